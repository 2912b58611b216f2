"""A time node waits for who answers for its measure, and for the office when that person left."""

from datetime import UTC, datetime, time, timedelta

import httpx
import pytest

from schoolgroup.integration.notices.sending import send_due
from tests.management.initiatives.test_measures import added, begun
from tests.management.ledgers.book import Book
from tests.people import THERE, Person, World, today_there

MONDAY = today_there() + timedelta(days=14 - today_there().weekday())


@pytest.fixture
async def book(http: httpx.AsyncClient, world: World) -> Book:
    return await Book(http, world).begin()


async def test_a_node_is_told_before_its_day_and_after(book: Book, world: World, services, clock):
    """Two nodes of one day, a Friday: five school days before, the day itself, the Monday after."""
    officer = await world.person(None, "evaluation_officer")
    friday = str(MONDAY + timedelta(days=11))
    nodes = [{"title": "完成排查", "due_on": friday}, {"title": "完成整改", "due_on": friday}]
    initiative = await begun(book)
    measure = await added(book, initiative, nodes=nodes, person_id=str(officer.id))

    async def told(day: int) -> dict[str, int]:
        there = datetime.combine(MONDAY + timedelta(days=day), time(9), THERE)
        clock.offset = there - datetime.now(UTC)
        await send_due(services.db, services.post_office, "demo")
        rows = await world.sql.fetch("SELECT person_id, kind FROM notice")
        assert {row["person_id"] for row in rows} <= {officer.id}
        found: dict[str, int] = {}
        for row in rows:
            found[row["kind"]] = found.get(row["kind"], 0) + 1
        return found

    async def waits(who: Person) -> list[str]:
        found = await book.send(who, "GET", "/v1/inbox", params={"kind": "node_to_reach"})
        return sorted(one["text"]["zh"] for one in found["items"])

    assert await told(3) == {}
    assert await waits(officer) == []
    assert await told(7) == {"node_due_soon": 2}
    lines = ["排查隐患：“完成排查”", "排查隐患：“完成整改”"]
    assert await waits(officer) == lines
    assert await waits(book.office) == await waits(book.principals[0]) == []
    reach = f"/v1/measures/{measure['id']}/nodes/1/reach"
    await book.send(officer, "POST", reach, json={"note": "已完成"})
    assert await waits(officer) == lines[1:]
    assert await told(11) == {"node_due_soon": 3}
    assert await told(12) == {"node_due_soon": 3, "node_overdue": 1}
    await world.sql.execute(
        "UPDATE appointment SET until_on = app.today() WHERE person_id = $1", officer.id
    )
    assert await waits(book.office) == lines[1:]
    drop = f"/v1/measures/{measure['id']}/step"
    await book.send(book.office, "POST", drop, json={"verb": "drop", "because": "并入他项"})
    assert await waits(book.office) == []
