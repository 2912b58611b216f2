"""What waits and what is late reaches who has to act, by school days, and climbs."""

from datetime import UTC, datetime, time, timedelta

from schoolgroup.integration.notices.sending import send_due
from tests.management.ledgers.book import Book
from tests.people import THERE, Person, World, today_there

HOLIDAY = """
INSERT INTO holiday (group_id, id, school_id, name, from_on, until_on)
VALUES ($1, gen_random_uuid(), NULL, '假期', $2, $3)
"""


async def waiting(book: Book, who: Person) -> list[str]:
    found = await book.send(who, "GET", "/v1/inbox", params={"sort": "waiting"})
    return sorted(one["kind"] for one in found["items"])


async def test_the_inbox_follows_the_item(book: Book):
    head, other = book.principals
    item = await book.open()
    assert await waiting(book, head) == ["item_to_do"]
    assert await waiting(book, other) == await waiting(book, book.office) == []
    await book.act(head, item, "report")
    assert await waiting(book, head) == []
    assert await waiting(book, book.office) == ["item_to_close"]
    await book.act(book.inspector, item, "refuse")
    assert await waiting(book, head) == ["item_refused"]
    assert await waiting(book, book.inspector) == []


async def test_what_is_late_climbs_by_school_days(book: Book, world: World, services, clock, sql):
    """Due on a Monday, three days of holiday and then a weekend: Friday is the first day after."""
    head = book.principals[0]
    admin = await world.person(book.schools[0], "school_admin")
    today = today_there() + timedelta(days=7 - today_there().weekday())
    await sql.execute(HOLIDAY, head.group_id, today + timedelta(1), today + timedelta(4))
    await book.open(due_on=str(today))

    async def told_on(day: int) -> dict[str, list[str]]:
        there = datetime.combine(today + timedelta(days=day), time(9), THERE)
        clock.offset = there - datetime.now(UTC)
        await send_due(services.db, services.post_office, "demo")
        rows = await sql.fetch("SELECT person_id, kind FROM notice ORDER BY kind")
        return {
            name: [row["kind"] for row in rows if row["person_id"] == who.id]
            for name, who in (("head", head), ("admin", admin), ("office", book.office))
        }

    assert await told_on(3) == {"head": [], "admin": [], "office": []}
    assert await told_on(4) == {"head": ["item_overdue"], "admin": ["item_overdue"], "office": []}
    fourth = await told_on(9)
    assert fourth["head"] == ["item_overdue"]
    fifth = await told_on(10)
    assert fifth["head"] == ["item_long_overdue", "item_overdue"]
    assert fifth["admin"] == ["item_overdue"]
    assert (await told_on(16))["office"] == []
    assert (await told_on(17))["office"] == ["item_overdue_at_school"]


async def test_who_reports_is_told_before_the_day_and_of_a_refusal(
    book: Book, services, clock, sql
):
    head = book.principals[0]
    await book.world.no_weekends()
    item = await book.open(due_on=str(today_there() + timedelta(days=7)))

    async def told() -> list[tuple]:
        await send_due(services.db, services.post_office, "demo")
        rows = await sql.fetch("SELECT person_id, kind FROM notice ORDER BY kind")
        return [(row["kind"], row["person_id"]) for row in rows]

    assert await told() == []
    there = datetime.combine(today_there() + timedelta(days=4), time(9), THERE)
    clock.offset = there - datetime.now(UTC)
    assert await told() == [("item_due_soon", head.id)]
    await book.act(head, item, "report")
    assert {("item_to_close", book.office.id), ("item_to_close", book.inspector.id)} <= {
        *await told()
    }
    await book.act(book.inspector, item, "refuse")
    assert ("item_refused", head.id) in await told()
