"""Every route has a door: nobody gets 401, a stranger never any data, and no route is forgotten."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import asyncpg
import httpx
import msgspec
import pytest
from litestar import Litestar

from schoolgroup.access.bundles import shipped_policy
from schoolgroup.documentation import RouteLine, describe_routes, list_routes
from tests.applications import bare_app
from tests.conftest import Broom
from tests.people import Person, World
from tests.populate import Group, populate

ROUTES = list_routes(bare_app())
GUARDED = [route for route in ROUTES if route.act != "public"]
PARAMETER = re.compile(r"\{([a-z_]+):[a-z]+\}")
PAGE = Path(__file__).parent.parent / "docs" / "routes.md"
POLICY = shipped_policy().compiled
VOCABULARY = POLICY.bundle.vocabulary
MISSING = "0199d000-0000-7000-8000-000000000000"
# Acts of the policy that no route takes yet. This list may only shrink.
NOT_YET_TAKEN: set[str] = set()
# Path parameters that count or name something within a thing, or name a gate of the law, which is
# the same for all: alone they name nothing of another group.
COUNTERS = {"no", "other_no", "number", "version", "gate_name", "indicator", "field_code"}


class House(msgspec.Struct):
    """A group that everything was made in, and how one knocks at its doors."""

    http: httpx.AsyncClient
    world: World
    group: Group


@pytest.fixture(scope="module")
async def house(app: Litestar, superuser: asyncpg.Connection, broom: Broom) -> AsyncIterator[House]:
    """The group whose things are asked for in vain: the same for all, as it stays as it is."""
    await broom.sweep()
    world = World(superuser, app.state.services.authenticator, bundle_kept=True)
    await world.group()
    transport = httpx.ASGITransport(app=cast("Any", app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield House(http, world, await populate(http, world, app.state.services))


def address(route: RouteLine, ids: dict[str, Any]) -> str:
    unknown = set(PARAMETER.findall(route.path)) - set(ids)
    assert not unknown, f"{route.path}: tests/populate.py makes no {', '.join(unknown)}"
    return PARAMETER.sub(lambda match: str(ids[match[1]]), route.path)


async def ask(
    http: httpx.AsyncClient, route: RouteLine, path: str, headers: dict[str, str], body: Any
) -> httpx.Response:
    more = {"If-Match": '"1"'} if route.method in ("PUT", "PATCH", "DELETE") else {}
    sent = {"json": body} if route.method in ("POST", "PUT", "PATCH") else {}
    return await http.request(route.method, path, headers={**headers, **more}, **sent)


async def all_answer_401(house: House, headers: dict[str, str]) -> None:
    wrong = []
    for route in GUARDED:
        answer = await ask(house.http, route, address(route, house.group.ids), headers, {})
        if answer.status_code != 401 or "www-authenticate" not in answer.headers:
            wrong.append(f"{route.method} {route.path}: {answer.status_code}")
        elif not answer.headers["content-type"].startswith("application/problem+json"):
            wrong.append(f"{route.method} {route.path}: no problem document")
    assert not wrong, "\n".join(wrong)


async def test_neither_nobody_nor_junk_opens_a_door(house: House):
    await all_answer_401(house, {})
    for token in ("x", "a.b.c", "eyJhbGciOiJub25lIn0.e30."):
        await all_answer_401(house, {"Authorization": f"Bearer {token}"})


async def office(house: House) -> Person:
    """The group's administrator, in a new session."""
    person = house.group.people["group_admin"]
    return await house.world.sign_in(person.group_id, person.id, person.appointment_id)


async def test_an_expired_token_opens_no_door(house: House, clock):
    who = await office(house)
    assert (await house.http.get("/v1/me", headers=who.headers)).status_code == 200
    clock.jump(timedelta(hours=2))
    await all_answer_401(house, who.headers)


async def test_a_revoked_session_opens_no_door(house: House):
    who = await office(house)
    assert (await house.http.get("/v1/me", headers=who.headers)).status_code == 200
    await house.world.sql.execute(
        "UPDATE access_session SET revoked_at = now() WHERE id = $1", who.session_id
    )
    await all_answer_401(house, who.headers)


async def traces(sql: asyncpg.Connection, group_id) -> list[int]:
    """How much happened in a group: every deed and every denial leaves a trace."""
    return [
        await sql.fetchval(f"SELECT count(*) FROM {table} WHERE group_id = $1", group_id)
        for table in ("event", "audit_entry", "idempotency_key")
    ]


async def stranger(world: World, role: str, where: str = "other") -> Person:
    """Someone of another group, with that role at the first place one can hold it."""
    await world.group(f"{where}-{role.replace('_', '-')}")
    tier = next(tier for name, tier in VOCABULARY.places if name == role)
    if tier == "office":
        return await world.person(None, role)
    return await world.person(await world.school(f"外{role}"), role)


ROLES = sorted({role for role, _ in VOCABULARY.places if role not in ("client", "visitor")})


def who_may_at_home(act: str, number: int) -> list[str]:
    """A role that could do this in its own group, another at each route, and one that could not.

    `make audit` asks as every one of them.
    """
    may = sorted(
        {r for r, tier in VOCABULARY.places if r in ROLES and POLICY.masks(r, tier, act)[0]}
    )
    others = [role for role in ROLES if role not in may]
    return [roles[number % len(roles)] for roles in (may, others) if roles]


async def test_a_stranger_gets_no_data(house: House):
    http, first, world, sql = house.http, house.group, house.world, house.world.sql
    before = await traces(sql, first.group_id)
    wrong: list[str] = []
    asking = {route.name: who_may_at_home(route.act, n) for n, route in enumerate(GUARDED)}
    assert set(ROLES) == {role for roles in asking.values() for role in roles}
    for role in ROLES:
        who = await stranger(world, role)
        for route in (one for one in GUARDED if role in asking[one.name]):
            path = address(route, first.ids)
            # what would be let in, where there is such a thing: an empty body is refused at once
            body = first.bodies.get(route.name, {})
            answer = await ask(http, route, path, who.headers, body)
            fault = fault_of(route, path, answer, first)
            if fault:
                wrong.append(f"{role}: {route.method} {route.path} {body}: {fault}")
            if answer.status_code == 401:
                who = await world.sign_in(who.group_id, who.id, who.appointment_id)
    assert not wrong, f"{len(wrong)} doors stand open\n" + "\n".join(wrong[:60])
    assert await traces(sql, first.group_id) == before


def fault_of(route: RouteLine, path: str, answer: httpx.Response, first: Group) -> str:
    status = answer.status_code
    if status >= 500:
        return f"{status}: a failure of ours"
    named = set(PARAMETER.findall(route.path)) - COUNTERS
    if named and status < 400:
        return f"{status}: it worked on another group's thing"
    if named and route.method == "GET" and status != 404:
        return f"{status}: a stranger may not know that it exists"
    text = answer.text
    # the trail of the stranger's own group tells the ids it asked for in vain, and no others
    asked = " ".join(map(str, first.ids.values())) if route.path == "/v1/audit" else path
    told = {one for one in first.all_ids if one in text and one not in asked}
    told |= {name for name in first.names if name in text}
    return f"{status}: tells {sorted(told)[:3]}" if told else ""


async def test_what_is_not_there_answers_like_what_is_anothers(house: House):
    """A stranger cannot tell an id that exists elsewhere from one that exists nowhere."""
    people = {role: await stranger(house.world, role, "far") for role in ROLES}
    wrong = await telling(house.http, house.group, people)
    assert not wrong, "\n".join(wrong)


async def telling(http: httpx.AsyncClient, first: Group, people: dict[str, Person]) -> list[str]:
    """The routes that answer differently about what is another's and what is nowhere.

    Each is asked by one who could do this at home, who therefore gets furthest.
    """
    nowhere = {n: value if n in COUNTERS else MISSING for n, value in first.ids.items()}
    wrong = []
    for number, route in enumerate(GUARDED):
        if not PARAMETER.search(route.path) or route.name == "revokeSession":
            continue
        who = people[who_may_at_home(route.act, number)[0]]
        body = first.bodies.get(route.name, {})
        there = await ask(http, route, address(route, first.ids), who.headers, body)
        nothing = await ask(http, route, address(route, nowhere), who.headers, body)
        same = ("code", "title", "remedy")
        if there.status_code != nothing.status_code or any(
            there.json().get(name) != nothing.json().get(name) for name in same
        ):
            wrong.append(f"{route.method} {route.path}: {there.text} / {nothing.text}")
    return wrong


def test_every_route_takes_an_act_of_the_policy():
    unknown = {route.act for route in GUARDED} - set(VOCABULARY.acts)
    assert not unknown


def test_every_act_of_the_policy_opens_a_route():
    unused = set(VOCABULARY.acts) - {route.act for route in GUARDED}
    assert unused == NOT_YET_TAKEN, "the list of acts without a route may only shrink"


def test_public_routes_are_few_and_known():
    public = {f"{route.method} {route.path}" for route in ROUTES if route.act == "public"}
    assert public == {
        "GET /.well-known/jwks.json",
        "GET /.well-known/oauth-authorization-server",
        "GET /assets/docs/{file_path:path}",
        "GET /docs",
        "GET /docs/oauth2-redirect.html",
        "GET /docs/openapi.json",
        "GET /docs/{path:str}",
        "GET /healthz",
        "GET /oai",
        "GET /oai/{group_code:str}",
        "GET /openapi.json",
        "GET /readyz",
        "HEAD /assets/docs/{file_path:path}",
        "POST /oai",
        "POST /oai/{group_code:str}",
        "POST /oauth/introspect",
        "POST /oauth/revoke",
        "POST /oauth/token",
        "POST /v1/sessions",
        "POST /v1/sessions/identity",
        "POST /v1/sessions/identity/finish",
        "POST /v1/sessions/refresh",
    }


def test_the_page_of_routes_is_what_the_application_serves():
    described = describe_routes(bare_app())
    assert PAGE.exists(), "docs/routes.md is missing: run `make routes`"
    assert PAGE.read_text("utf-8") == described, "docs/routes.md is old: run `make routes`"
