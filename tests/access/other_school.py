"""What one school's people can do to another school's things, asked over HTTP and of the policy.

Broken object level authorisation (OWASP API1): things exist, their ids are known, and whoever asks
is signed in, only not where the thing belongs. What is expected comes from the policy itself: which
relations hold between the person and the row is asked of the database, what they permit of the
compiled policy (held equal to stock Casbin by tests/access/test_policy_casbin.py).
"""

import re
from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

import httpx
import msgspec

from schoolgroup.access.bundles import shipped_policy
from schoolgroup.access.decisions import policy_of, with_rights
from schoolgroup.documentation import RouteLine
from schoolgroup.kernel.db import Tx
from schoolgroup.services import Services
from tests.people import Person, World
from tests.populate import Group

PARAMETER = re.compile(r"\{([a-z_]+)_id:uuid\}")
ANY_PARAMETER = re.compile(r"\{([a-z_]+):[a-z]+\}")
POLICY = shipped_policy().compiled
WORDS, THINGS = POLICY.bundle.vocabulary, POLICY.relations.things
# Parameters that are not called as their kind of thing.
KINDS = {"upload": "deposit", "list": "list", "edition": "", "article": "article", "task":
         "marking_task", "plan": "marking", "batch": "script_batch", "search": "search",
         "scheme": "appraisal_scheme", "case": "appraisal_case", "spot_draw": ""}  # fmt: skip
# Ending one's own session is no attack.
LEFT_OUT = {"revokeSession", "changePassword"}


# An address names what is the group's, and what it lists of that is filtered by the policy: for
# another school nothing. Lists and point decisions agree (tests/access/test_policy_sql.py).
OWN_PART = {"listMarking", "getMarkingProgress", "exportLedger"}


class Door(msgspec.Struct, frozen=True):
    """A route that leads to one thing: of this kind, the one `parameter` names.

    Where the address names a part of the thing (an edition of a list, an appeal in an exam), the
    thing is the one tests/populate.py made the part of. Of kind `group`: what is the group's.
    """

    route: RouteLine
    kind: str
    parameter: str


def doors(routes: list[RouteLine]) -> list[Door]:
    """The routes whose act is done to a thing their address names, itself or a part of it."""
    found = []
    for route in routes:
        if route.act == "public" or route.name in LEFT_OUT:
            continue
        on = WORDS.acts[route.act].on
        for name in reversed(PARAMETER.findall(route.path)):
            kind = KINDS.get(name, name)
            if kind in on and THINGS.get(kind):
                found.append(Door(route, kind, f"{name}_id"))
                break
        else:
            if ANY_PARAMETER.search(route.path) and route.name not in OWN_PART:
                found.append(_through(route, on))
    return found


def _through(route: RouteLine, on: Collection[str]) -> Door:
    """The door to a part of a thing: the policy is asked about the thing."""
    names = {kind: name for name, kind in KINDS.items()}
    for kind in on:
        if THINGS.get(kind):
            return Door(route, kind, f"{names.get(kind, kind)}_id")
    return Door(route, "group", "")


async def strangers(world: World, roles: Mapping[str, tuple[str, ...]]) -> list[Person]:
    """People of two more schools of the group, one of each tier, with these roles there."""
    made = []
    for tier, wanted in roles.items():
        school = await world.school(f"旁观{tier}", tier)
        made += [await world.person(school, role) for role in wanted]
    return made


async def denied(services: Services, who: Person, door: Door, ids: Mapping[str, Any]) -> bool:
    """Whether the policy denies the door's act on that thing to this person."""
    token = who.headers["Authorization"].removeprefix("Bearer ")
    actor = await services.authenticator.actor_of(token)
    table = THINGS[door.kind]

    async def ask(tx: Tx) -> bool:
        if door.kind == "group":
            mask = policy_of(tx).relations.mask_of("group")
            return not policy_of(tx).allows(actor.role, actor.tier, door.route.act, mask)
        sql = f"SELECT /*relations:{door.kind}:t*/ FROM {table} t WHERE group_id = $1 AND id = $2"
        thing_id = UUID(str(ids[door.parameter]))
        mask = await tx.connection.fetchval(with_rights(tx, sql), tx.group_id, thing_id)
        if mask is None:
            return True  # row-level security hides it altogether
        return not policy_of(tx).allows(actor.role, actor.tier, door.route.act, mask)

    return await services.db.run(actor, ask)


def address(route: RouteLine, ids: dict[str, Any]) -> str:
    """The route's address with the ids of things that exist."""
    return ANY_PARAMETER.sub(lambda match: str(ids[match[1]]), route.path)


async def attack(
    http: httpx.AsyncClient, who: Person, door: Door, group: Group, body: Any
) -> httpx.Response:
    """One request in the person's name about the other school's thing."""
    route = door.route
    more = {"If-Match": '"1"'} if route.method in ("PUT", "PATCH", "DELETE") else {}
    sent = {"json": body} if route.method in ("POST", "PUT", "PATCH") else {}
    path = address(route, group.ids)
    return await http.request(route.method, path, headers={**who.headers, **more}, **sent)
