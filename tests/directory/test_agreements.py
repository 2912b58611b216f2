"""Agreements: in force only with both principals' signatures; never two at a time."""

import asyncio
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import httpx
import pytest

from schoolgroup.directory.agreements import rules
from schoolgroup.directory.agreements.models import AgreementRow, AgreementStatus
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.transitions import WrongState
from tests.people import Person, School, World, today_there
from tests.waiting import until_waiting

TODAY = today_there  # the clock is not jumped in this file


class Sides(NamedTuple):
    ours: School
    theirs: School
    owner: Person
    grantee: Person


@pytest.fixture
async def sides(world: World) -> Sides:
    ours, theirs = await world.school("一校"), await world.school("二校", "partner")
    owner, grantee = await world.person(ours, "principal"), await world.person(theirs, "principal")
    return Sides(ours, theirs, owner, grantee)


def entry(grantee: School, **more: Any) -> dict[str, Any]:
    return {
        "grantee_school_id": str(grantee.id),
        "kinds": ["lesson_plan"],
        "from_on": TODAY().isoformat(),
        "until_on": (TODAY() + timedelta(days=365)).isoformat(),
        **more,
    }


async def propose(http, sides: Sides, **more: Any) -> dict[str, Any]:
    body = entry(sides.theirs, **more)
    answer = await http.post("/v1/agreements", json=body, headers=sides.owner.headers)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def act(http, person: Person, agreement: dict[str, Any], verb: str) -> httpx.Response:
    path = f"/v1/agreements/{agreement['id']}/{verb}"
    answer: httpx.Response = await http.post(path, headers=person.headers)
    return answer


async def test_a_visitor_is_asked_to_sign_in(http: httpx.AsyncClient):
    some_id = "00000000-0000-7000-8000-000000000000"
    for method, path in [
        ("GET", "/v1/agreements"),
        ("POST", "/v1/agreements"),
        ("GET", f"/v1/agreements/{some_id}"),
        ("POST", f"/v1/agreements/{some_id}/sign"),
        ("POST", f"/v1/agreements/{some_id}/decline"),
        ("POST", f"/v1/agreements/{some_id}/end"),
    ]:
        assert (await http.request(method, path)).status_code == 401


@pytest.mark.parametrize("of", ["another group", "a third school"])
async def test_a_stranger_finds_nothing(http, world: World, sides: Sides, of: str):
    agreement = await propose(http, sides)
    if of == "another group":
        await world.group("other")
        stranger = await world.person(None, "group_admin")
    else:
        stranger = await world.person(await world.school("三校"), "principal")
    path = f"/v1/agreements/{agreement['id']}"
    assert (await http.get(path, headers=stranger.headers)).status_code == 404
    for verb in ("sign", "decline", "end"):
        assert (await act(http, stranger, agreement, verb)).status_code == 404
    assert (await http.get("/v1/agreements", headers=stranger.headers)).json()["items"] == []


async def test_both_signatures_put_it_in_force(http, sides: Sides, sql):
    agreement = await propose(http, sides)
    assert (agreement["status"], agreement["actions"]) == ("proposed", ["sign", "decline"])
    first = (await act(http, sides.owner, agreement, "sign")).json()
    assert (first["status"], first["actions"], first["holds_today"]) == (
        "proposed",
        ["decline"],
        False,
    )
    again = await act(http, sides.owner, agreement, "sign")
    assert (again.status_code, again.json()["code"]) == (409, "already_signed")
    second = (await act(http, sides.grantee, agreement, "sign")).json()
    assert (second["status"], second["actions"], second["holds_today"]) == (
        "in_force",
        ["end"],
        True,
    )
    row = await sql.fetchrow("SELECT owner_signed_by, grantee_signed_by FROM agreement")
    assert tuple(row) == (sides.owner.id, sides.grantee.id)
    events = await sql.fetch("SELECT type, school_ids, version FROM event ORDER BY seq")
    assert [(e["type"], e["version"]) for e in events] == [
        ("agreement.proposed", 1),
        ("agreement.signed", 2),
        ("agreement.in_force", 3),
    ]
    assert all(set(e["school_ids"]) == {sides.ours.id, sides.theirs.id} for e in events)


async def test_both_sides_see_it_and_only_principals_settle_it(http, world: World, sides: Sides):
    agreement = await propose(http, sides)
    teacher = await world.person(sides.theirs, "teacher")
    office = await world.person(None, "group_admin")
    for viewer in (teacher, office, sides.grantee):
        listed = (await http.get("/v1/agreements", headers=viewer.headers)).json()["items"]
        assert [item["id"] for item in listed] == [agreement["id"]]
    for viewer in (teacher, office):
        refused = await act(http, viewer, agreement, "sign")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")


async def test_either_side_declines_and_ends(http, sides: Sides):
    first = await propose(http, sides)
    assert (await act(http, sides.grantee, first, "decline")).json()["status"] == "declined"
    late = await act(http, sides.owner, first, "sign")
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    second = await propose(http, sides)
    early = await act(http, sides.owner, second, "end")
    assert early.status_code == 409
    for person in (sides.owner, sides.grantee):
        await act(http, person, second, "sign")
    ended = (await act(http, sides.grantee, second, "end")).json()
    assert (ended["status"], ended["holds_today"], ended["actions"]) == ("ended", False, [])
    assert (await propose(http, sides))["status"] == "proposed"


async def test_two_never_overlap(http, sides: Sides):
    await propose(http, sides)
    body = entry(sides.theirs, from_on=(TODAY() + timedelta(days=300)).isoformat())
    body["until_on"] = (TODAY() + timedelta(days=400)).isoformat()
    answer = await http.post("/v1/agreements", json=body, headers=sides.owner.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "agreements_overlap")
    assert answer.json()["remedy"]
    body["from_on"] = (TODAY() + timedelta(days=365)).isoformat()  # the first day after the other
    answer = await http.post("/v1/agreements", json=body, headers=sides.owner.headers)
    assert answer.status_code == 201
    other_way = await http.post(
        "/v1/agreements", json=entry(sides.ours), headers=sides.grantee.headers
    )
    assert other_way.status_code == 201


async def test_a_proposal_is_over_the_own_schools_things(http, world: World, sides: Sides):
    third = await world.school("三校")
    admin = await world.person(sides.ours, "school_admin")
    teacher = await world.person(sides.ours, "teacher")
    office = await world.person(None, "group_admin")
    for person, body, status in [
        (admin, entry(sides.theirs), 201),
        (teacher, entry(third), 403),
        (office, entry(third, owner_school_id=str(sides.ours.id)), 403),
        (sides.owner, entry(third, owner_school_id=str(sides.theirs.id)), 403),
        (sides.owner, entry(third, owner_school_id=str(sides.ours.id)), 201),
    ]:
        answer = await http.post("/v1/agreements", json=body, headers=person.headers)
        assert answer.status_code == status, answer.text


async def test_wrong_entries_are_named(http, world: World, sides: Sides):
    tomorrow = (TODAY() + timedelta(days=1)).isoformat()
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"grantee_school_id": None}, "one_grantee"),
        ({"grantee_circle_id": str(new_id())}, "one_grantee"),
        ({"grantee_school_id": None, "grantee_circle_id": str(new_id())}, "no_such_circle"),
        ({"grantee_school_id": str(new_id())}, "no_such_school"),
        ({"grantee_school_id": str(sides.ours.id)}, "same_school"),
        ({"from_on": tomorrow, "until_on": tomorrow}, "not_later"),
        ({"from_on": "2020-01-01", "until_on": "2021-01-01"}, "in_the_past"),
        ({"kinds": ["No"]}, "invalid_value"),
        ({"status": "in_force"}, "invalid_value"),
    ]
    for more, code in wrong:
        body = entry(sides.theirs, **more)
        answer = await http.post("/v1/agreements", json=body, headers=sides.owner.headers)
        assert answer.status_code == 422, answer.text
        assert answer.json()["errors"][0]["code"] == code, answer.text


async def test_a_circle_is_signed_for_by_any_of_its_schools(http, world: World, sides: Sides, sql):
    circle_id = new_id()
    await sql.execute(
        """INSERT INTO circle (group_id, id, name, created_at, updated_at)
           VALUES ($1, $2, '圈', now(), now())""",
        world.group_id,
        circle_id,
    )
    for school in (sides.ours, sides.theirs):
        await sql.execute(
            """INSERT INTO circle_member (group_id, circle_id, school_id, joined_at)
               VALUES ($1, $2, $3, now())""",
            world.group_id,
            circle_id,
            school.id,
        )
    agreement = await propose(http, sides, grantee_school_id=None, grantee_circle_id=str(circle_id))
    await act(http, sides.owner, agreement, "sign")
    again = await act(http, sides.owner, agreement, "sign")
    assert again.status_code == 409
    signed = await act(http, sides.grantee, agreement, "sign")
    assert signed.json()["status"] == "in_force"


async def test_two_signatures_at_once_put_it_in_force(http, sides: Sides, sql):
    """The row is held from here until both wait: the second has to see the first."""
    agreement = await propose(http, sides)
    async with sql.transaction():
        await sql.execute("SELECT FROM agreement WHERE id = $1 FOR UPDATE", UUID(agreement["id"]))
        racing = [
            asyncio.create_task(act(http, person, agreement, "sign"))
            for person in (sides.owner, sides.grantee)
        ]
        await until_waiting(sql, 2)
    answers = [await task for task in racing]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted(answer.json()["status"] for answer in answers) == ["in_force", "proposed"]
    row = await sql.fetchrow("SELECT status, version FROM agreement")
    assert tuple(row) == ("in_force", 3)


async def test_two_proposals_at_once_make_one(http, sides: Sides, sql):
    body = entry(sides.theirs)
    answers = await asyncio.gather(
        *(http.post("/v1/agreements", json=body, headers=sides.owner.headers) for _ in range(4))
    )
    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
    assert await sql.fetchval("SELECT count(*) FROM agreement") == 1


async def test_its_last_day_passes_by_itself(http, world: World, sides: Sides, clock: Clock):
    agreement = await propose(http, sides, until_on=(TODAY() + timedelta(days=3)).isoformat())
    await act(http, sides.owner, agreement, "sign")
    clock.jump(timedelta(days=4))
    owner, grantee = [
        await world.sign_in(person.group_id, person.id, person.appointment_id)
        for person in (sides.owner, sides.grantee)
    ]
    path = f"/v1/agreements/{agreement['id']}"
    seen = (await http.get(path, headers=grantee.headers)).json()
    assert (seen["status"], seen["holds_today"]) == ("proposed", False)
    assert "sign" not in seen["actions"]
    late = await act(http, grantee, agreement, "sign")
    assert (late.status_code, late.json()["code"]) == (409, "agreement_past")
    assert (await act(http, owner, agreement, "decline")).status_code == 200


async def test_the_list_is_filtered_and_paged(http, world: World, sides: Sides):
    third = await world.school("三校")
    first = await propose(http, sides)
    body = entry(third)
    await http.post("/v1/agreements", json=body, headers=sides.owner.headers)
    for query, number in [
        ("", 2),
        (f"school_id={sides.theirs.id}", 1),
        ("status=proposed", 2),
        ("status=ended", 0),
    ]:
        page = await http.get(f"/v1/agreements?{query}", headers=sides.owner.headers)
        assert len(page.json()["items"]) == number, query
    page = (await http.get("/v1/agreements?limit=1", headers=sides.owner.headers)).json()
    assert page["items"][0]["id"] == first["id"]
    path = f"/v1/agreements?limit=1&cursor={page['next_cursor']}"
    rest = (await http.get(path, headers=sides.owner.headers)).json()
    assert (len(rest["items"]), rest["next_cursor"]) == (1, None)


@pytest.mark.parametrize("verb", ["sign", "decline", "end"])
@pytest.mark.parametrize("status", list(AgreementStatus))
def test_the_table_is_the_whole_truth(verb: str, status: AgreementStatus):
    allowed = {("sign", "proposed"), ("decline", "proposed"), ("end", "in_force")}
    if (verb, status.value) in allowed:
        rules.AGREEMENT.step(status, verb)
    else:
        with pytest.raises(WrongState):
            rules.AGREEMENT.step(status, verb)


def test_an_agreement_holds_on_its_days_only():
    day = date(2026, 9, 1)
    row = AgreementRow(
        id=new_id(),
        owner_school_id=new_id(),
        owner_name="一校",
        grantee_school_id=new_id(),
        grantee_circle_id=None,
        kinds=[],
        from_on=day,
        until_on=day + timedelta(days=2),
        status=AgreementStatus.IN_FORCE,
        owner_signed_at=None,
        grantee_signed_at=None,
        ended_at=None,
        note="",
        created_at=Clock().now(),
        updated_at=Clock().now(),
        version=1,
        relations=1,
    )
    held = [rules.holds_on(row, day + timedelta(days=offset)) for offset in (-1, 0, 1, 2)]
    assert held == [False, True, True, False]
