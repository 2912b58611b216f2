"""What somebody may find is kept until something changes it: then the next request sees it."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec
import pytest

from schoolgroup.access import algebra
from schoolgroup.access.bundle import shipped_relations
from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.search import scope_queries, scopes, tidying
from schoolgroup.resources.search.models import Wanted
from tests.people import today_there
from tests.resources import holdings
from tests.resources.lending.shelf import again, agree, shelve
from tests.resources.lending.test_reach import adapted, change, offered, post
from tests.resources.search.test_search import ask, titles

# What decides about classes may read these and nothing else, for each column that the clock is
# compared with stands in REACH's `until`, and each table leaves marks (migration 0040).
READ = {
    "search_class": {"school_id", "status", "kind", "reach_id", "sealed_until_at"},
    "search_reach_given": {"reach_id", "discover", "borrow", "adapt", "kind", "tier", "circle_id",
                           "audience_school_id", "valid_until_at"},
    "circle_member": {"circle_id", "school_id"},
    "agreement": {"owner_school_id", "grantee_school_id", "grantee_circle_id", "status", "kinds",
                  "from_on", "until_on"},
}  # fmt: skip
MARKED = (
    "search_class", "search_reach_line", "circle_member", "agreement", "offer_bound", "offer",
    "offer_audience",
)  # fmt: skip


@pytest.fixture
def decided(monkeypatch):
    """Each time that is worked out which classes may be found."""
    calls = []
    work_out = scope_queries.reach

    async def counted(tx, wanted, **more):
        calls.append(wanted)
        return await work_out(tx, wanted, **more)

    monkeypatch.setattr(scope_queries, "reach", counted)
    return calls


async def marks(sql, *, left):
    for table in MARKED:
        verb = "ENABLE" if left else "DISABLE"
        for name in await sql.fetch(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = $1::text::regclass"
            " AND tgname LIKE 'mark\\_%' AND tgname <> 'mark_bounded'", table,
        ):  # fmt: skip
            await sql.execute(f"ALTER TABLE {table} {verb} TRIGGER {name['tgname']}")


@pytest.fixture(params=[True, False], ids=["marked", "not-marked"])
async def marked(request, sql):
    """Whether changes leave their marks: where not, the same test shows what would be missed."""
    if not request.param:
        await marks(sql, left=False)
    yield request.param
    await marks(sql, left=True)


def columns(part, tables):
    """Every (table, column) and everything asked in a definition; `tables` by alias."""
    match part:
        case algebra.Exists():
            yield from columns(part.body, {**tables, part.alias: part.table})
        case algebra.Column():
            yield tables[part.alias], part.name
        case algebra.Asked():
            yield "asked", part.name
        case msgspec.Struct():
            for name in part.__struct_fields__:
                yield from columns(getattr(part, name), tables)
        case tuple():
            for one in part:
                yield from columns(one, tables)


def test_what_decides_about_classes_is_what_is_watched():
    found: dict[str, set[str]] = {}
    for relation in shipped_relations().by_name.values():
        if definition := relation.on.get("resource_class"):
            for table, name in columns(definition, {"thing": "search_class"}):
                found.setdefault(table, set()).add(name)
    assert found.pop("asked") <= {"school_id", "tier", "now", "today"}  # never a person
    assert {table: names - READ.get(table, set()) for table, names in found.items()} == {
        table: set() for table in READ
    }


class Door:
    """Someone who looks for things, and whether changes leave marks."""

    def __init__(self, http, who, marked):
        self.http, self.who, self.marked = http, who, marked
        self.total = 0

    async def finds(self, *expected, **params):
        """What is there after a change; without its marks what was there before still counts."""
        found = await ask(self.http, self.who, **params, facets=True)
        if self.marked:
            assert {one["title"] for one in found["items"]} == set(expected), params
        assert found["total"] == (len(expected) if self.marked else self.total), params
        scopes.forget()
        found = await ask(self.http, self.who, **params, facets=True)
        assert {one["title"] for one in found["items"]} == set(expected)
        assert found["total"] == len(expected)
        self.total = len(expected)


@pytest.fixture
async def reading(world):
    return await world.school("读书学校", tier="partner")


async def test_a_right_withdrawn_is_gone_for_the_next_request(
    http, world, sql, reading, decided, marked
):
    held = await holdings.hold(world)
    reader, group = await world.person(reading, "teacher"), world.group_id
    door, circle = Door(http, reader, marked), new_id()
    await sql.execute(
        "INSERT INTO circle (group_id, id, name, created_at, updated_at)"
        " VALUES ($1, $2, '圈', now(), now())", group, circle,
    )  # fmt: skip
    inside, lent = await held.publish(["圈内", "可借"], offered=False)
    await held.offer(inside, "circle", circle_id=circle)
    await held.offer(lent)
    await sql.execute("UPDATE offer_audience SET borrow = true WHERE kind = 'group'")
    scopes.forget()
    door.total = 1
    await door.finds("可借", owner="others")
    at = len(decided)
    for who in (reader, await world.person(reading, "teacher")):
        assert await titles(http, who, owner="others") == ["可借"]
    assert len(decided) == at  # neither again nor for a colleague
    # a school joins a circle, and leaves it
    await sql.execute(
        "INSERT INTO circle_member (group_id, circle_id, school_id, joined_at)"
        " VALUES ($1, $2, $3, now())", group, circle, reading.id,
    )  # fmt: skip
    await door.finds("可借", "圈内", owner="others")
    await sql.execute("DELETE FROM circle_member")
    await door.finds("可借", owner="others")
    # an agreement is signed, and ended
    lending = Door(http, reader, marked)
    scopes.forget()
    assert await titles(http, reader, can="borrow") == []
    await agree(world, held.school, reading)
    await lending.finds("可借", can="borrow")
    await sql.execute("UPDATE agreement SET status = 'ended', ended_at = now()")
    await lending.finds(can="borrow")
    # something comes that is like nothing there was before
    scopes.forget()
    assert await titles(http, reader, kind="paper") == []
    papers = Door(http, reader, marked)
    await held.publish(["试卷"], kind="paper")
    await papers.finds("试卷", kind="paper")


async def test_a_narrowed_bound_narrows_for_the_next_request(
    http, world, services, sql, reading, marked
):
    shelf = await shelve(world, services)
    second = await world.person(await world.school("二中"), "librarian")
    everyone = [{"kind": "group", "discover": True, "borrow": True, "adapt": True}]
    named = [{**everyone[0], "kind": "school", "school_id": str(second.school_id)}]
    parent = await shelf.offer(http, audiences=everyone)
    made = await adapted(http, second, shelf.resource_id, title="改编")
    await offered(http, second, made)
    door = Door(http, await world.person(reading, "teacher"), marked)
    by = str(second.school_id)
    scopes.forget()
    door.total = 1
    await door.finds("改编", school_id=by)
    await change(http, shelf.author, parent, audiences=named)
    await door.finds(school_id=by)
    await change(http, shelf.author, parent, audiences=everyone)
    await door.finds("改编", school_id=by)
    await post(http, shelf.author, f"/v1/offers/{parent['id']}/suspend")
    await door.finds(school_id=by)


async def test_what_the_clock_takes_away_is_not_kept(http, world, sql, reading, clock, decided):
    held = await holdings.hold(world)
    reader = await world.person(reading, "teacher")
    soon, paper, lent = await held.publish(["将到期", "密封卷", "可借"])
    await sql.execute("UPDATE offer_audience SET borrow = true")
    today = today_there()
    await agree(world, held.school, reading)
    await sql.execute("UPDATE agreement SET until_on = $1", today + timedelta(days=1))
    now = datetime.now(UTC).replace(microsecond=0)  # as harvesters are told
    await sql.execute(
        "UPDATE offer SET valid_until_at = $2 WHERE resource_id = $1",
        soon, now + timedelta(seconds=60),
    )  # fmt: skip
    await sql.execute(
        "UPDATE resource SET sealed_until_at = $2 WHERE id = $1", paper, now + timedelta(seconds=90)
    )
    for _ in range(2):
        assert set(await titles(http, reader, owner="others")) == {"将到期", "可借"}
        assert set(await titles(http, reader, can="borrow")) == {"将到期", "可借"}
    at = len(decided)
    clock.jump(timedelta(seconds=61))
    assert await titles(http, reader, owner="others") == ["可借"]
    clock.jump(timedelta(seconds=30))
    assert set(await titles(http, reader, owner="others")) == {"可借", "密封卷"}
    assert len(decided) == at + 2
    midnight = datetime.combine(today + timedelta(days=1), datetime.min.time())
    midnight = midnight.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
    clock.jump(midnight - clock.now() - timedelta(seconds=10))
    reader = await again(reader, world)  # a token lives ten minutes
    assert set(await titles(http, reader, can="borrow")) == {"可借", "密封卷"}
    clock.jump(timedelta(seconds=11))
    assert await titles(http, reader, can="borrow") == []


async def test_one_who_has_written_sees_the_own_changes_and_leaves_nothing_behind(
    http, services, world, sql
):
    held = await holdings.hold(world)
    await held.publish(["分数"])
    actor = await services.authenticator.actor_of(held.reader.headers["Authorization"][7:])
    scopes.forget()
    assert await titles(http, held.reader) == ["分数"]

    async def look(tx):
        return (await scopes.scope_of(tx, Wanted())).classes

    before = await services.db.run(actor, look)
    async with services.db.transaction(actor) as tx:
        await tx.connection.execute(
            "INSERT INTO search_change (group_id) VALUES ($1)", world.group_id
        )
        assert (await scope_queries.reach(tx, Wanted(), by_person=True)).lots is None
        assert await look(tx) == before
    state = "SELECT bit_xor(lot) FROM search_change"
    named = await sql.fetchval(state)
    await tidying.tidy(services.db)
    assert await sql.fetchval("SELECT count(*) FROM search_change") == 1
    assert await sql.fetchval(state) == named
