"""The audit trail: read by those it concerns, and nobody rewrites it unseen."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from schoolgroup.access.audit import verify_chains
from schoolgroup.access.audit.models import Verdict
from schoolgroup.kernel import journal


async def enter(services, person, actor_of, thing: str) -> None:
    actor = await actor_of(person)
    await services.db.run(actor, lambda tx: journal.enter(tx, "tested", thing, "done", {"n": 1}))


@pytest.fixture
def actor_of(services):
    async def actor_of(person):
        return await services.authenticator.actor_of(person.headers["Authorization"][7:])

    return actor_of


@pytest.fixture
async def trail(world, services, actor_of):
    """Five entries of one school, three of another, one of the office."""
    first, second = await world.school("一中"), await world.school("二中")
    one = await world.person(first, "principal")
    two = await world.person(second, "principal")
    office = await world.person(None, "auditor")
    for n in range(5):
        await enter(services, one, actor_of, f"thing/{n}")
    for n in range(3):
        await enter(services, two, actor_of, f"thing/{n}")
    await enter(services, office, actor_of, "thing/0")
    return one, two, office


async def test_the_visitor_gets_401(http):
    for path in ("/v1/audit", "/v1/audit/verify"):
        assert (await http.get(path)).status_code == 401


async def test_a_school_reads_its_own_trail_and_the_office_all(http, world, trail):
    one, two, office = trail
    for person, chains in (
        (one, {str(one.school_id)}),
        (two, {str(two.school_id)}),
        (office, {str(one.school_id), str(two.school_id), "office"}),
    ):
        answer = await http.get("/v1/audit", headers=person.headers)
        assert answer.status_code == 200, answer.text
        assert {item["chain"] for item in answer.json()["items"]} == chains
    teacher = await world.person(await world.school("三中"), "teacher")
    for path in ("/v1/audit", "/v1/audit/verify"):
        answer = await http.get(path, headers=teacher.headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    # and that was entered too
    denied = await http.get("/v1/audit", params={"outcome": "denied"}, headers=office.headers)
    entry = denied.json()["items"][0]
    assert (entry["act"], entry["actor"]) == ("audit:read", f"person:{teacher.id}")
    assert entry["chain"] == str(teacher.school_id)


async def test_it_is_filtered_and_paged(http, trail):
    _one, two, office = trail
    found = await http.get("/v1/audit", params={"thing": "thing/0"}, headers=office.headers)
    assert len(found.json()["items"]) == 3
    found = await http.get(
        "/v1/audit", params={"actor": f"person:{two.id}", "act": "tested"}, headers=office.headers
    )
    assert len(found.json()["items"]) == 3
    found = await http.get(
        "/v1/audit", params={"school_id": str(two.school_id)}, headers=office.headers
    )
    assert len(found.json()["items"]) == 3
    seen, link = [], "/v1/audit?limit=2"
    while link:
        page = await http.get(link, headers=office.headers)
        seen += [(item["chain"], item["seq"]) for item in page.json()["items"]]
        link = page.headers.get("link", "")[1:].partition(">")[0]
    assert len(seen) == len(set(seen)) == 9
    all_at_once = (await http.get("/v1/audit", headers=office.headers)).json()["items"]
    assert seen == [(item["chain"], item["seq"]) for item in all_at_once]
    middle = all_at_once[4]["at"]
    later = await http.get("/v1/audit", params={"since": middle}, headers=office.headers)
    sooner = await http.get("/v1/audit", params={"until": middle}, headers=office.headers)
    assert later.json()["items"] == all_at_once[:5]
    assert sooner.json()["items"] == all_at_once[5:]
    naive = await http.get(
        "/v1/audit", params={"since": "2026-01-01T00:00:00"}, headers=office.headers
    )
    assert naive.status_code == 422
    nothing = datetime.now(UTC) + timedelta(days=1)
    empty = await http.get(
        "/v1/audit", params={"since": nothing.isoformat()}, headers=office.headers
    )
    assert empty.json()["items"] == []


async def test_a_whole_trail_is_found_whole(http, trail, services):
    one, _two, office = trail
    verified = (await http.get("/v1/audit/verify", headers=office.headers)).json()
    assert (verified["intact"], verified["entries"], len(verified["chains"])) == (True, 9, 3)
    mine = (await http.get("/v1/audit/verify", headers=one.headers)).json()
    assert [chain["chain"] for chain in mine["chains"]] == [str(one.school_id)]
    for chain in await verify_chains(services.db, one.group_id):
        assert (chain.intact, chain.verdict, chain.broken_seq) == (True, Verdict.INTACT, None)


TAMPERINGS = {
    "a changed actor": ("UPDATE audit_entry SET actor = 'person:x' WHERE {at} = 3", "changed", 3),
    "a changed detail": (
        "UPDATE audit_entry SET detail = '{{}}' WHERE {at} = 1",
        "changed",
        1,
    ),
    "a changed time": (
        "UPDATE audit_entry SET at = at + interval '1 microsecond' WHERE {at} = 5",
        "changed",
        5,
    ),
    "a change with its own hash made right": (
        """UPDATE audit_entry SET thing = 'thing/x' WHERE {at} = 2;
           UPDATE audit_entry a SET hash = app.audit_digest(a) WHERE {at} = 2""",
        "unlinked",
        3,
    ),
    "a change of the newest with its hash made right": (
        """UPDATE audit_entry SET thing = 'thing/x' WHERE {at} = 5;
           UPDATE audit_entry a SET hash = app.audit_digest(a) WHERE {at} = 5""",
        "cut_off",
        6,
    ),
    "an entry taken out": ("DELETE FROM audit_entry WHERE {at} = 3", "missing", 4),
    "the first taken out": ("DELETE FROM audit_entry WHERE {at} = 1", "missing", 2),
    "the newest taken out": ("DELETE FROM audit_entry WHERE {at} >= 4", "cut_off", 4),
    "all taken out": ("DELETE FROM audit_entry WHERE {at} >= 1", "cut_off", 1),
    "the head turned back": ("UPDATE audit_head SET seq = 3 WHERE {at} = 5", "cut_off", 6),
}


@pytest.mark.parametrize("how", TAMPERINGS)
async def test_what_a_superuser_rewrites_is_found(http, trail, sql, services, how):
    one, two, office = trail
    statement, verdict, seq = TAMPERINGS[how]
    where = f"chain = '{one.school_id}' AND seq"
    async with sql.transaction():
        await sql.execute("SET LOCAL session_replication_role = replica")  # past the triggers
        await sql.execute(statement.format(at=where))
    found = {chain.chain: chain for chain in await verify_chains(services.db, one.group_id)}
    broken = found.pop(str(one.school_id))
    assert (broken.intact, broken.verdict, broken.broken_seq) == (False, verdict, seq)
    assert all(chain.intact for chain in found.values())
    shown = (await http.get("/v1/audit/verify", headers=office.headers)).json()
    assert shown["intact"] is False
    untouched = (await http.get("/v1/audit/verify", headers=two.headers)).json()
    assert untouched["intact"] is True


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET act = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
async def test_even_a_superuser_is_stopped_by_the_triggers(trail, sql, statement):
    with pytest.raises(Exception, match="append-only"):
        await sql.execute(statement)


async def test_a_denial_is_entered_after_the_rollback(http, trail, sql):
    one, _two, _office = trail
    missing = uuid4()
    answer = await http.delete(f"/v1/sessions/{missing}", headers=one.headers)
    assert answer.status_code == 404
    entry = await sql.fetchrow(
        "SELECT actor, act, thing, outcome, detail FROM audit_entry WHERE thing = $1",
        f"session/{missing}",
    )
    assert tuple(entry)[:4] == (
        f"person:{one.id}",
        "session:revoke",
        f"session/{missing}",
        "denied",
    )
