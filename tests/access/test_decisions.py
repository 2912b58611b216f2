"""The question every service asks before anything else: may they?"""

from datetime import UTC, datetime

import msgspec
import pytest

from schoolgroup.access import decisions
from schoolgroup.access.bundles import shipped_policy
from schoolgroup.access.decisions import (
    Grant,
    NotAllowed,
    OutOfScope,
    may,
    require,
    require_found,
    with_rights,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import Actor, ActorKind, system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Denial, NotFound, Unavailable
from schoolgroup.kernel.ids import new_id

OFFERED = ("published", "offered", "borrowable")


def acting(role: str, tier: str, scopes: frozenset[str] | None = None, policy: object = 1) -> Tx:
    """A transaction that is only asked about rights."""
    actor = Actor(kind=ActorKind.PERSON, group_id=new_id(), role=role, tier=tier, scopes=scopes)
    held = shipped_policy().compiled if policy else None
    return Tx(None, actor, held, datetime.now(UTC), "-", lambda _: ("", ""))  # type: ignore[arg-type]  # no database


def mask(*names: str) -> int:
    return shipped_policy().compiled.relations.mask_of(*names)


def test_what_is_allowed_says_by_what():
    tx = acting("teacher", "integrated")
    grant = require(tx, "resource:borrow", mask(*OFFERED), thing="offer/1")
    assert grant.relations == ("any", *OFFERED)
    assert grant.policy_line == "p, teacher, integrated, borrowable, resource:borrow, allow"
    assert grant.entered == {"relations": grant.relations, "policy_line": grant.policy_line}


def test_what_may_be_seen_and_not_done_is_told_with_the_remedy():
    tx = acting("teacher", "partner")
    with pytest.raises(NotAllowed) as caught:
        require(
            tx,
            "resource:borrow",
            mask(*OFFERED),
            thing="offer/1",
            see="resource:discover",
            owner="一中",
        )
    refused = caught.value
    assert "agreement with 一中" in refused.remedy_now.en
    assert isinstance(refused.detail, msgspec.Struct)
    assert refused.denial == Denial("resource:borrow", "offer/1", ("any", *OFFERED), "")
    assert refused.facts == {"act": "resource:borrow"}


def test_a_denial_names_the_line_that_denies():
    tx = acting("teacher", "integrated")
    held = mask("published", "offered", "borrowable", "suspended")
    with pytest.raises(NotAllowed) as caught:
        require(tx, "resource:borrow", held, thing="offer/1", see="resource:discover")
    assert caught.value.denial is not None
    assert caught.value.denial.policy_line == "p, member, *, suspended, resource:use, deny"


def test_what_may_not_even_be_seen_is_not_there():
    tx = acting("teacher", "integrated")
    with pytest.raises(NotFound) as caught:
        require(tx, "resource:borrow", mask("draft"), thing="offer/1", see="resource:discover")
    assert not isinstance(caught.value, NotAllowed)
    assert caught.value.denial is not None
    assert caught.value.detail == ""


def test_a_row_that_was_not_found_is_an_audited_not_found():
    thing = object()
    assert require_found(thing, "offer/1", "resource:borrow") is thing
    with pytest.raises(NotFound) as caught:
        require_found(None, "offer/1", "resource:borrow")
    assert caught.value.denial == Denial("resource:borrow", "offer/1", (), "")


def test_scopes_narrow_and_never_widen():
    held = mask(*OFFERED)
    narrow = acting("teacher", "integrated", frozenset({"resource:discover"}))
    assert may(narrow, "resource:discover", held)
    assert not may(narrow, "resource:borrow", held)
    with pytest.raises(OutOfScope) as caught:
        require(narrow, "resource:borrow", held, thing="offer/1", see="resource:discover")
    assert caught.value.denial is not None
    wide = acting("teacher", "integrated", frozenset({"policy:publish"}))
    assert not may(wide, "policy:publish")
    blind = acting("teacher", "integrated", frozenset({"resource:borrow"}))
    assert may(blind, "resource:borrow", held)
    with pytest.raises(NotFound):  # it may not find, so it is not told what it may not adapt
        require(blind, "resource:adapt", held, thing="offer/1", see="resource:discover")


def test_without_a_policy_nothing_is_allowed():
    tx = acting("group_admin", "office", policy=None)
    with pytest.raises(Unavailable):
        may(tx, "policy:publish")
    with pytest.raises(Unavailable):
        require(tx, "policy:publish", thing="group")


@pytest.mark.parametrize(
    ("role", "tier"), [("nobody", "office"), ("group_admin", "integrated"), ("teacher", "")]
)
def test_an_unknown_place_may_nothing(role, tier):
    tx = acting(role, tier)
    assert not may(tx, "directory:read", mask("own"))
    with pytest.raises(NotAllowed):
        require(tx, "directory:read", thing="school")


def test_the_system_may_what_it_must():
    tx = Tx(None, system_actor(new_id()), None, datetime.now(UTC), "-", lambda _: ("", ""))  # type: ignore[arg-type]  # no database
    assert may(tx, "policy:publish")
    assert require(tx, "policy:publish", thing="group") == Grant((), "")
    assert with_rights(tx, "/*visible:resource:discover@resource:r*/") == "TRUE"


def test_markers_become_what_the_policy_says():
    tx = acting("teacher", "partner")
    policy = shipped_policy().compiled
    filled = with_rights(tx, "SELECT /*relations:offer:o*/ FROM offer o")
    assert filled == f"SELECT {policy.mask_sql('offer', 'o')} FROM offer o"
    filled = with_rights(tx, "WHERE /*visible:resource:discover@resource:r*/")
    predicate = policy.list_predicate_sql(
        "teacher", "partner", "resource:discover", "resource", "r"
    )
    assert filled == f"WHERE {predicate}"
    narrow = acting("teacher", "partner", frozenset({"loan:read"}))
    assert with_rights(narrow, "/*visible:resource:discover@resource:r*/") == "FALSE"
    assert not decisions.MARKER.search(filled)
    with pytest.raises(KeyError):
        with_rights(tx, "/*relations:nothing:o*/")


async def test_a_write_of_the_system_is_entered_in_anothers_name(services, world, sql):
    person = await world.person(await world.school("一中"), "teacher")
    actor = await services.authenticator.actor_of(person.headers["Authorization"][7:])

    async def write(tx: Tx) -> None:
        await journal.enter(tx.in_name_of(actor), "tested", "thing/1", "done", {})

    await services.db.run(system_actor(world.group_id), write)
    entry = await sql.fetchrow("SELECT actor, chain FROM audit_entry")
    assert tuple(entry) == (f"person:{person.id}", str(person.school_id))


async def test_only_the_system_writes_into_anothers_chain(services, world, sql):
    """Row-level security stops an entry under another school, whatever the service says."""
    person = await world.person(await world.school("一中"), "teacher")
    other = await world.school("二中")
    actor = await services.authenticator.actor_of(person.headers["Authorization"][7:])
    forged = msgspec.structs.replace(actor, school_id=other.id)

    async def write(tx: Tx) -> None:
        await journal.enter(tx.in_name_of(forged), "tested", "thing/1", "done", {})

    with pytest.raises(Exception, match="row-level security"):
        await services.db.run(actor, write)
    assert await sql.fetchval("SELECT count(*) FROM audit_entry") == 0


async def test_a_denied_decision_is_entered_though_its_work_is_rolled_back(services, world, sql):
    person = await world.person(await world.school("一中"), "teacher")
    actor = await services.authenticator.actor_of(person.headers["Authorization"][7:])

    async def work(tx: Tx) -> None:
        await journal.enter(tx, "tested", "thing/1", "done", {})
        require(tx, "policy:publish", thing="group")

    with pytest.raises(NotAllowed):
        await services.db.run(actor, work, "request-1")
    entries = await sql.fetch("SELECT act, outcome, request_id, relations FROM audit_entry")
    assert [tuple(entry) for entry in entries] == [
        ("policy:publish", "denied", "request-1", ["any"])
    ]


async def test_what_signing_in_needs_is_hidden_from_everyone_else(services, world, sql):
    """The second lock: hashes of passwords, tokens and attempts, past every service."""
    school, other = await world.school("一中"), await world.school("二中")
    person, stranger = await world.person(school, "teacher"), await world.person(other, "principal")
    await sql.execute(
        """INSERT INTO person_credential (group_id, person_id, password_hash, updated_at)
           VALUES ($1, $2, '$argon2id$x', now())""",
        world.group_id,
        person.id,
    )
    await sql.execute(
        "INSERT INTO refresh_token VALUES ($1, sha256('x'), $2, now(), now() + interval '1 day')",
        world.group_id,
        person.session_id,
    )
    await sql.execute(
        "INSERT INTO login_failure VALUES ($1, sha256('x'), now(), $2)", world.group_id, new_id()
    )
    await world.client(school, ["return:read"])

    async def seen(who) -> dict[str, int]:
        actor = who
        if not isinstance(who, Actor):
            actor = await services.authenticator.actor_of(who.headers["Authorization"][7:])

        async def count(tx: Tx) -> dict[str, int]:
            return {
                name: await tx.connection.fetchval(f"SELECT count(*) FROM {name}")
                for name in (
                    "person_credential",
                    "refresh_token",
                    "login_failure",
                    "client",
                    "access_session",
                )
            }

        return await services.db.run(actor, count)

    assert list((await seen(stranger)).values()) == [0, 0, 0, 0, 1]
    assert list((await seen(person)).values()) == [1, 0, 0, 1, 2]
    assert list((await seen(system_actor(world.group_id))).values()) == [1, 1, 1, 1, 3]
    other_group = await world.group("other")
    assert list((await seen(system_actor(other_group))).values()) == [0, 0, 0, 0, 0]
    assert list((await seen(system_actor(None))).values()) == [0, 0, 0, 1, 0]
