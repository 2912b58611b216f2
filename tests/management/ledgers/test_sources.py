"""Where an item came from is there, and may be read by who names it."""

from datetime import timedelta
from typing import Any

import asyncpg
import httpx
import pytest

from tests.management.ledgers.book import Book
from tests.management.returns.desk import Desk
from tests.management.rounds.tour import Tour
from tests.people import World, today_there

NOBODY = "0199d000-0000-7000-8000-000000000000"


@pytest.fixture
async def tour(http: httpx.AsyncClient, world: World) -> Tour:
    return await Tour(http, world).prepare()


async def sources_of_east(tour: Tour, http: httpx.AsyncClient, world: World) -> dict[str, str]:
    """One of each source; all but the measure and the activity are the first school's affair."""
    east = tour.schools[0]
    await tour.start()
    await tour.assign()
    desk = Desk(http, world, tour.office)
    desk.schools, desk.principals = tour.schools, tour.principals
    call = await desk.call()
    answered = await desk.answer(tour.principals[0], call)
    body: dict[str, Any] = {"title": "专项行动", "from_on": str(today_there())}
    initiative = await tour.send(tour.office, "POST", "/v1/initiatives", 201, json=body)
    path = f"/v1/initiatives/{initiative['id']}/measures"
    body = {"title": "排查", "offices": ["安全科"]}
    measure = await tour.send(tour.office, "POST", path, 201, json=body)
    body = {"title": "简报", "sections": [{"heading": "要闻", "text": "x"}], "figures": []}
    body["audience"] = {"kind": "schools", "school_ids": [str(east.id)]}
    bulletin = await tour.send(tour.office, "POST", "/v1/bulletins", 201, json=body)
    step = f"/v1/bulletins/{bulletin['id']}"
    await tour.send(tour.inspector, "POST", f"{step}/check")
    await tour.send(tour.office, "POST", f"{step}/issue")
    body = {"kind": "lecture", "title": "讲座", "held_on": str(today_there())}
    body["place_name"] = "礼堂"
    activity = await tour.send(
        await world.person(east, "lead"), "POST", "/v1/activities", 201, json=body
    )
    return {
        "visit": (await tour.visit_of(east))["id"],
        "return": answered["id"],
        "bulletin": bulletin["id"],
        "measure": measure["id"],
        "activity": activity["id"],
    }


async def test_a_source_is_there_and_may_be_read(tour: Tour, http, world: World):
    """The office and the school itself name each; another school only what it may read too."""
    found = await sources_of_east(tour, http, world)
    east, west = tour.principals
    everybodys = {"measure", "activity"}
    for source, source_id in found.items():
        wish: dict[str, Any] = {"source": source, "source_id": source_id}
        for who in (tour.office, east):
            item = await tour.open(who=who, **wish)
            link = item["source_link"]
            assert (await tour.send(who, "GET", link))["id"] == source_id
            assert link.endswith(source_id)
        seen = 201 if source in everybodys else 422
        told = await tour.open(tour.schools[1], west, seen, **wish)
        if seen == 422:
            assert [(e["pointer"], e["code"]) for e in told["errors"]] == [
                ("/source_id", "not_there")
            ]
        await tour.open(expect=422, source=source, source_id=NOBODY)
        mixed = next(other for other in found if other != source)
        await tour.open(expect=422, source=mixed, source_id=source_id)
    listed = await tour.send(tour.office, "GET", "/v1/ledger-items", params={"source": "measure"})
    assert len(listed["items"]) == 3
    by_source = {one["part"]: one["total"] for one in (await tour.figures(by="source"))["parts"]}
    assert by_source == {"visit": 2, "return": 2, "bulletin": 2, "measure": 3, "activity": 3}


async def test_what_is_no_row_is_said_in_words_and_names_none(book: Book):
    assert (await book.open())["source_link"] is None
    told = await book.open(expect=422, source="bulletin")
    assert told["errors"][0]["pointer"] == "/source_id"
    item = await book.open(source="bulletin", source_note="系统启用前的第 3 期简报")
    assert (item["source"], item["source_id"], item["source_link"]) == ("bulletin", None, None)
    told = await book.open(expect=422, source="manual", source_id=NOBODY)
    assert told["errors"][0]["code"] == "names_no_row"


async def test_the_row_refuses_a_source_that_is_not_there_whoever_writes(book: Book, sql):
    """The trigger has the last word: also of what belongs to another group."""
    item = await book.open()
    copied = """
        INSERT INTO ledger_item (group_id, id, ledger_id, no, title, category, source, source_id,
                                 school_id, due_on, status, created_at, updated_at)
        SELECT group_id, gen_random_uuid(), ledger_id, 2, title, category, $2, $3, school_id,
               due_on, status, created_at, updated_at FROM ledger_item WHERE id = $1"""
    for source in ("visit", "return", "bulletin", "measure", "activity"):
        with pytest.raises(asyncpg.ForeignKeyViolationError, match="the source is not there"):
            await sql.execute(copied, item["id"], source, NOBODY)
    with pytest.raises(asyncpg.CheckViolationError, match="ledger_item_source_id_check"):
        await sql.execute("UPDATE ledger_item SET source_id = $2 WHERE id = $1", item["id"], NOBODY)


async def test_a_finding_keeps_its_visit_as_source(tour: Tour):
    await tour.start()
    await tour.assign()
    east, west = tour.schools
    visit = await tour.carried_out(east, tour.members[west.name])
    due = str(today_there() + timedelta(days=5))
    found = await tour.find(tour.members[west.name], visit, due_on=due)
    item = await tour.read(tour.principals[0], {"id": found["findings"][0]["item_id"]})
    assert item["source_link"] == f"/v1/visits/{visit['id']}"
