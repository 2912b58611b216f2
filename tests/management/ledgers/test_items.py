"""An item is open until somebody else than who reported it has seen the evidence."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from tests.management.ledgers.book import DOCUMENT, Book
from tests.people import World, today_there
from tests.waiting import until_waiting


async def test_a_visitor_and_a_stranger_see_nothing(book: Book, http, world: World):
    item = await book.open()
    path = f"/v1/ledger-items/{item['id']}"
    assert (await http.get(path)).status_code == 401
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    assert (await http.get(path, headers=stranger.headers)).status_code == 404
    refused = await http.post(f"{path}/drop", json={"because": "x"}, headers=stranger.headers)
    assert refused.status_code == 404


async def test_an_item_goes_round_the_loop(book: Book, sql):
    head, other = book.principals
    item = await book.open()
    assert (item["no"], item["status"], item["overdue"]) == (1, "open", False)
    assert item["actions"] == ["drop", "amend"]
    assert (await book.read(head, item))["actions"] == ["report"]
    await book.read(other, item, 404)  # another school's
    reported = await book.act(head, item, "report")
    assert (reported["status"], reported["reported_no"]) == ("reported", 1)
    assert reported["actions"] == []  # the reporter can only wait
    refused = await book.act(book.inspector, item, "refuse")
    assert (refused["status"], refused["reported_no"]) == ("open", None)
    await book.act(head, item, "report")
    assert (await book.act(book.inspector, item, "close", 409))["code"] == "report_overtaken"
    closed = await book.act(book.inspector, item, "close", report_no=2)
    assert (closed["status"], closed["actions"]) == ("closed", [])
    assert (await book.read(book.office, item))["actions"] == ["reopen"]
    again = await book.act(book.office, item, "reopen", because="现场复查仍有杂物")
    assert again["status"] == "open"
    dropped = await book.act(book.office, item, "drop")
    assert dropped["status"] == "dropped"
    await book.act(book.office, item, "drop", 409)

    told = await book.send(head, "GET", f"/v1/ledger-items/{item['id']}/history")
    verbs = [act["verb"] for act in told["acts"]]
    assert verbs == ["open", "report", "refuse", "report", "close", "reopen", "drop"]
    assert told["acts"][2]["because"] == "佐证不足"
    assert [report["evidence"][0]["text"] for report in told["reports"]] == [
        DOCUMENT[0]["text"]
    ] * 2
    # I23: one event and one audit entry for each change, in order
    events = await sql.fetch(
        "SELECT type, version FROM event WHERE subject = $1 ORDER BY seq",
        f"ledger_item/{item['id']}",
    )
    names = ["opened", "reported", "refused", "reported", "closed", "reopened", "dropped"]
    assert [e["type"] for e in events] == [f"ledger_item.{name}" for name in names]
    assert [e["version"] for e in events] == [1, 2, 3, 4, 5, 6, 7]
    entries = await sql.fetchval(
        "SELECT count(*) FROM audit_entry WHERE thing = $1 AND outcome = 'done'",
        f"ledger_item/{item['id']}",
    )
    assert entries == 7


async def test_who_reported_does_not_close_not_even_from_another_desk(
    book: Book, world: World, sql
):
    """I21: the person counts, not the appointment; and the row refuses it whoever writes."""
    school, head = book.schools[0], book.principals[0]
    item = await book.open(school)
    await book.act(head, item, "report")
    desk = await sql.fetchval(
        """INSERT INTO appointment (group_id, id, person_id, role, from_on, created_at)
           VALUES ($1, gen_random_uuid(), $2, 'inspector', '2020-09-01', now()) RETURNING id""",
        head.group_id,
        head.id,
    )
    same = await world.sign_in(head.group_id, head.id, desk)
    assert "close" not in (await book.read(same, item))["actions"]
    assert (await book.act(same, item, "close", 409))["code"] == "closed_by_reporter"
    assert (await book.act(same, item, "refuse", 409))["code"] == "closed_by_reporter"
    with pytest.raises(asyncpg.CheckViolationError, match="closed_by_someone_else"):
        await sql.execute(
            "UPDATE ledger_item SET status = 'closed', closed_by_person_id = reported_by_person_id"
        )
    own = await book.open(None, school_id=None)
    await book.act(book.office, own, "report")
    assert (await book.act(book.office, own, "close", 409))["code"] == "closed_by_reporter"
    await book.act(book.inspector, own, "close")


async def test_nothing_is_reported_without_evidence_that_is_there(book: Book, sql):
    """I21: a report without evidence cannot even be written."""
    head = book.principals[0]
    item = await book.open()
    await book.act(head, item, "report", 422, note="x", evidence=[])
    nobody = "0199d000-0000-7000-8000-000000000000"
    wrong = [{"upload_id": nobody}, {"resource_id": nobody}, {"text": " "}]
    told = await book.act(head, item, "report", 422, note="x", evidence=wrong)
    assert [e["pointer"] for e in told["errors"]] == [
        "/evidence/0/upload_id", "/evidence/1/resource_id", "/evidence/2",
    ]  # fmt: skip
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="a_report_has_evidence"):
        async with sql.transaction():
            await sql.execute(
                """INSERT INTO ledger_report (group_id, item_id, no, person_id, note, reported_at)
                   SELECT group_id, id, 1, $1, 'x', now() FROM ledger_item""",
                head.id,
            )
    with pytest.raises(asyncpg.CheckViolationError):
        await sql.execute(
            "UPDATE ledger_item SET status = 'closed', closed_by_person_id = $1", head.id
        )


async def test_two_who_decide_at_once_decide_once(book: Book, sql):
    """The item is held: the one waits for the other and finds it decided."""
    item = await book.open()
    await book.act(book.principals[0], item, "report")
    path = f"/v1/ledger-items/{item['id']}"
    async with sql.transaction():
        await sql.execute("SELECT 1 FROM ledger_item FOR UPDATE")
        both = [
            asyncio.create_task(
                book.http.post(
                    f"{path}/{verb}",
                    json={"report_no": 1, "because": "x"},
                    headers=book.signed(who),
                )
            )
            for verb, who in (("close", book.office), ("refuse", book.inspector))
        ]
        await until_waiting(sql, 2)
    codes = sorted([answer.status_code for answer in await asyncio.gather(*both)])
    assert codes == [200, 409]
    acts = await sql.fetch("SELECT no FROM ledger_act ORDER BY no")
    assert [act["no"] for act in acts] == [1, 2, 3]


async def test_items_opened_at_once_get_their_own_numbers(book: Book, sql):
    async with sql.transaction():
        await sql.execute("SELECT 1 FROM ledger FOR UPDATE")
        opening = [asyncio.create_task(book.open(book.schools[n % 2])) for n in range(3)]
        await until_waiting(sql, 3)
    assert sorted(item["no"] for item in await asyncio.gather(*opening)) == [1, 2, 3]


async def test_a_school_enters_for_itself_and_moves_no_deadline(book: Book):
    head, other = book.principals
    own = await book.open(who=head)
    await book.open(book.schools[1], who=head, expect=403)
    await book.open(who=head, expect=403, school_id=None)
    path = f"/v1/ledger-items/{own['id']}"
    later = {"due_on": str(today_there() + timedelta(days=30)), "because": "施工"}
    await book.send(head, "PATCH", path, 403, json=later, headers={"If-Match": '"1"'})
    await book.send(other, "PATCH", path, 404, json=later, headers={"If-Match": '"1"'})
    await book.send(book.office, "PATCH", path, 412, json=later, headers={"If-Match": '"9"'})
    moved = await book.send(book.office, "PATCH", path, json=later, headers={"If-Match": '"1"'})
    assert (moved["due_on"], moved["version"]) == (later["due_on"], 2)
    nothing = {"due_on": later["due_on"], "because": "x"}
    await book.send(book.office, "PATCH", path, 422, json=nothing, headers={"If-Match": '"2"'})
    gone = {"due_on": str(today_there() - timedelta(days=1)), "because": "x"}
    await book.send(book.office, "PATCH", path, 422, json=gone, headers={"If-Match": '"2"'})


async def test_what_an_item_names_must_be_there(book: Book, world: World):
    teacher = await world.person(book.schools[1], "teacher")
    told = await book.open(
        expect=422, category="nothing", person_id=str(teacher.id), due_on="2020-01-01",
        measure_id=str(teacher.id),
    )  # fmt: skip
    assert [e["pointer"] for e in told["errors"]] == [
        "/category", "/measure_id", "/person_id", "/due_on",
    ]  # fmt: skip
    await book.open(ref="A-1")
    assert (await book.open(expect=409, ref="A-1"))["code"] == "item_ref_taken"


async def test_the_person_named_reports_and_no_other_teacher(book: Book, world: World):
    school = book.schools[0]
    named, other = [await world.person(school, "teacher") for _ in range(2)]
    item = await book.open(person_id=str(named.id))
    await book.read(other, item, 404)
    await book.act(other, item, "report", 404)
    assert (await book.act(named, item, "report"))["status"] == "reported"
    found = await book.send(named, "GET", "/v1/ledger-items")
    assert [one["id"] for one in found["items"]] == [item["id"]]


async def test_lists_show_what_may_be_read(book: Book, world: World):
    auditor = await world.person(None, "auditor")
    items = [await book.open(school) for school in (*book.schools, *book.schools)]
    for who, seen in ((book.office, 4), (auditor, 4), *((p, 2) for p in book.principals)):
        listed = (await book.send(who, "GET", "/v1/ledger-items"))["items"]
        assert len(listed) == seen
        for item in items:
            shown = item["id"] in {one["id"] for one in listed}
            await book.read(who, item, 200 if shown else 404)
    await book.act(auditor, items[0], "drop", 403)
    await book.act(auditor, items[0], "report", 403)


async def test_a_school_that_left_keeps_its_items_and_gets_no_new_ones(book: Book, sql):
    """A school leaves in the middle: its items stand and are moved or dropped with a reason."""
    left, stays = book.schools
    item = await book.open(left)
    await sql.execute("UPDATE school_tier SET until_on = app.today() WHERE school_id = $1", left.id)
    await book.open(left, expect=422)
    path = f"/v1/ledger-items/{item['id']}"
    kept = {"title": "改由集团跟进", "because": "该校退出"}
    await book.send(book.office, "PATCH", path, json=kept, headers={"If-Match": '"1"'})
    parts = (await book.figures(by="tier"))["parts"]
    assert [(part["part"], part["open"]) for part in parts] == [("left", 1)]
    taken = {"school_id": str(stays.id), "because": "由接收学校承担"}
    await book.send(book.office, "PATCH", path, json=taken, headers={"If-Match": '"2"'})
    assert (await book.read(book.principals[1], item))["school_name"] == "西校"
    await book.read(book.principals[0], item, 401)  # nobody acts for a school that left
