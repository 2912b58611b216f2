"""Any figure is counted over the same rows, for now and for any day; midnight is the group's."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from schoolgroup.management.ledgers.figures import rules
from schoolgroup.management.ledgers.figures.models import CountRow, Step
from tests.management.ledgers.book import Book
from tests.people import THERE, World, today_there

COUNTED = ("total", "open", "reported", "closed", "dropped", "overdue", "on_time", "settled")


def midnight_of(clock, days: int) -> None:
    """The first instant of the day so many days from today, at the group's place."""
    there = datetime.combine(today_there() + timedelta(days=days), time(), THERE)
    clock.offset = there - datetime.now(UTC)


async def test_an_item_is_overdue_from_the_group_s_midnight_on(book: Book, clock):
    """Due today: until 24:00 there, which is 16:00 in UTC; a report a second before is in time."""
    head = book.principals[0]
    late, in_time, waits = [await book.open(due_on=str(today_there())) for _ in range(3)]
    midnight_of(clock, 1)
    clock.offset -= timedelta(seconds=30)
    await book.act(head, in_time, "report")
    assert (await book.figures())["whole"]["overdue"] == 0
    assert not (await book.read(head, waits))["overdue"]
    midnight_of(clock, 1)
    assert (await book.read(head, waits))["overdue"]
    await book.act(head, late, "report")
    for item in (late, in_time):
        await book.act(book.inspector, item, "close")
    whole = (await book.figures())["whole"]
    assert {k: whole[k] for k in ("closed", "on_time", "overdue", "settled")} == {
        "closed": 2, "on_time": 1, "overdue": 1, "settled": 3,
    }  # fmt: skip
    assert whole["completion_rate"] == pytest.approx(2 / 3)
    assert whole["on_time_rate"] == pytest.approx(1 / 3)  # what is overdue already is not in time


async def test_every_figure_is_its_rows_and_yesterday_does_not_change(book: Book, clock, sql):
    """I22: a random life of items; every view of the figures says the same, and says it again."""
    chance = random.Random(11)
    items: list[dict] = []
    kept: dict[str, dict] = {}
    begun = today_there()
    for day in range(4):
        midnight_of(clock, day)
        clock.offset += timedelta(hours=10)
        for _ in range(3):
            number = chance.randrange(2)
            due = str(begun + timedelta(days=day + chance.randrange(3)))
            items.append(await book.open(book.schools[number], due_on=due) | {"n": number})
        for item in chance.sample(items, 3):
            now = await book.read(book.office, item)
            if now["status"] == "open":
                await book.act(book.principals[item["n"]], item, "report")
            elif now["status"] == "reported":
                verb = chance.choice(["close", "close", "refuse"])
                await book.act(book.inspector, item, verb, report_no=now["reported_no"])
            else:
                await book.act(book.office, item, "reopen")
        if day == 2:
            await book.act(book.office, items[0], "drop") if (
                await book.read(book.office, items[0])
            )["status"] in ("open", "reported") else None
        whole = (await book.figures())["whole"]
        listed = (await book.send(book.office, "GET", "/v1/ledger-items"))["items"]
        for status in ("open", "reported", "closed", "dropped"):
            assert whole[status] == sum(one["status"] == status for one in listed)
        assert whole["overdue"] == sum(one["overdue"] for one in listed)
        for by in ("category", "school", "tier", "source", "ledger", "measure"):
            parts = (await book.figures(by=by))["parts"]
            for name in COUNTED:
                assert sum(part[name] for part in parts) == whole[name], (by, name)
        point = (await book.series(begun))[-1]
        assert point["figure"] == whole
        kept[point["on"]] = whole
        school = await book.figures(book.principals[0], school_id=str(book.schools[0].id))
        assert school["whole"]["total"] == sum(item["n"] == 0 for item in items)
    midnight_of(clock, 4)
    again = {p["on"]: p["figure"] for p in await book.series(begun)}
    for gone in list(kept)[:-1]:
        assert again[gone] == kept[gone], gone
    assert (await book.figures(book.principals[1]))["whole"] == (await book.figures())["whole"]


async def test_a_school_learns_totals_and_its_own(book: Book, world: World):
    await book.open()
    other = {"school_id": str(book.schools[0].id)}
    head = book.principals[1]
    for query in (other, {"by": "school"}):
        answer = await book.http.get("/v1/ledger-figures", params=query, headers=head.headers)
        assert answer.status_code == 422
    auditor = await world.person(None, "auditor")
    assert (await book.figures(auditor, by="school"))["parts"][0]["total"] == 1
    # and the function itself gives a school no other school's part, whatever asks it
    mine = await book.figures(head, school_id=str(book.schools[1].id))
    assert mine["whole"]["total"] == 0


async def test_no_tier_gives_a_school_away(book: Book, world: World):
    """What is told, subtracted from the whole in any way, is never one or two schools'."""
    for name in ("南校", "北校"):
        await world.school(name)
    for school in [*book.schools, None]:
        await book.open(school_id=str(school.id) if school else None)
    by = {"by": "tier"}
    for who in (book.office, book.inspector):
        told = await book.figures(who, **by)
        assert [part["part"] for part in told["parts"]] == ["integrated", "office", "partner"]
        assert told["withheld"] == []
    told = await book.figures(book.principals[0], **by)  # three integrated schools, one partner
    assert [part["part"] for part in told["parts"]] == ["office"]
    assert (told["whole"]["total"], told["withheld"]) == (3, ["integrated", "partner"])
    for name in ("紧密一校", "紧密二校"):
        await world.school(name, "partner")
    told = await book.figures(book.principals[0], **by)
    assert ([part["total"] for part in told["parts"]], told["withheld"]) == ([1, 1, 1], [])


@pytest.mark.parametrize(
    ("schools", "parts", "hidden"),
    [
        ({"integrated": 19, "partner": 16}, "integrated partner", ""),
        ({"integrated": 2, "partner": 1}, "integrated partner", "integrated partner"),
        ({"integrated": 1, "partner": 16}, "partner", "integrated partner"),  # none is a figure too
        ({"integrated": 19, "partner": 16, "left": 1}, "integrated partner", ""),
        ({"integrated": 19, "partner": 16, "left": 1}, "integrated left", "left partner"),
        ({"integrated": 2}, "integrated", "integrated"),
    ],
    ids=["many", "few", "none", "left without", "left with", "one tier"],
)  # fmt: skip
def test_what_is_withheld_is_never_alone(schools, parts, hidden):
    assert rules.withheld(set(parts.split()), schools) == set(hidden.split())


async def test_a_target_says_how_far_it_is(book: Book):
    for _ in range(3):
        await book.closed()
    for _ in range(2):
        await book.open()
    path = f"/v1/ledgers/{book.ledger['id']}"
    day = today_there() + timedelta(days=13)
    body = {"completion": 0.8, "by_on": str(day), "because": "集团部署"}
    past = {**body, "by_on": str(today_there() - timedelta(days=1))}
    await book.send(book.office, "POST", f"{path}/targets", 422, json=past)
    await book.send(book.office, "POST", f"{path}/targets", 201, json={**body, "completion": 0.5})
    told = await book.send(book.office, "POST", f"{path}/targets", 201, json=body)
    assert [t["completion"] for t in told["targets"]] == [0.8]  # the newest word for a day
    await book.send(book.principals[0], "POST", f"{path}/targets", 403, json=body)
    [aim] = (await book.send(book.principals[0], "GET", f"{path}/outlook"))["aims"]
    assert (aim["missing"], aim["reached"], aim["passed"]) == (1, False, False)
    assert aim["needed_a_week"] == pytest.approx(0.5, rel=0.1)
    assert aim["projection"]["expected"] is None  # a day of history
    assert "fewer than 4" in aim["projection"]["method"]["en"]
    await book.closed()
    await book.act(book.office, (await book.open()), "drop")
    [aim] = (await book.send(book.office, "GET", f"{path}/outlook"))["aims"]
    assert (aim["missing"], aim["reached"]) == (1, False)  # 4 of 6: 5 are needed


NOW = datetime(2026, 6, 1, 4, tzinfo=UTC)


def counts(closed: list[int], total: int) -> list[CountRow]:
    weeks = rules.week_ends(NOW)[-len(closed) :]
    return [
        CountRow(at, "", total, total - c, 0, c, 0, total, 0, 0, c)
        for at, c in zip(weeks, closed, strict=True)
    ]


def test_a_projection_is_its_formula_or_a_reason():
    """Weekly nets 2, 4, 6, 4: m = 4, s = 1.633; two weeks on, t(3; 0.9) = 1.638."""
    made = rules.project(counts([10, 12, 16, 22, 26], 60), NOW + timedelta(days=14))
    assert (made.weeks_looked_at, made.closings_a_week) == (4, 4.0)
    half = 1.637744 * 1.632993 * (2 + 4 / 4) ** 0.5
    assert made.expected == pytest.approx(34 / 60)
    assert made.low == pytest.approx((34 - half) / 60, rel=1e-5)
    assert made.high == pytest.approx((34 + half) / 60, rel=1e-5)
    assert rules.project(counts([10, 12, 16, 22], 60), NOW).expected is None
    assert rules.project(counts([50, 55, 58, 59, 60], 60), NOW + timedelta(days=70)).high == 1.0


def test_the_interval_holds_what_it_says():
    """3,000 invented ledgers of normal weeks: 80 % of the futures lie inside (±2.2 % is 3 sd)."""
    chance = random.Random(3)
    inside = 0
    for _ in range(3000):
        closed = [1000.0]
        for _ in range(8):
            closed.append(closed[-1] + chance.gauss(20, 6))
        later = closed[-1] + sum(chance.gauss(20, 6) for _ in range(3))
        rows = counts(closed, 100_000)  # type: ignore[arg-type]
        made = rules.project(rows, NOW + timedelta(days=21))
        assert made.low is not None
        assert made.high is not None
        inside += made.low <= later / 100_000 <= made.high
    assert abs(inside / 3000 - 0.8) < 0.022


@pytest.mark.parametrize(
    ("completion", "total", "closed", "missing"),
    [(0.8, 60, 47, 1), (0.8, 60, 48, 0), (0.8, 194, 126, 30), (1.0, 3, 2, 1), (0.8, 0, 0, 0)],
)
def test_what_is_missing_is_a_whole_number_of_items(completion, total, closed, missing):
    rows = counts([closed], total)
    aim = rules.aim(completion, date(2026, 7, 1), rows, ZoneInfo("Asia/Shanghai"))
    assert aim.missing == missing


def test_days_of_a_series():
    days = rules.days_of(date(2026, 1, 31), date(2026, 4, 1), Step.MONTH, date(2026, 4, 1))
    assert [str(d) for d in days] == ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-01"]
    with pytest.raises(rules.BadSeries):
        rules.days_of(date(2020, 1, 1), date(2026, 1, 1), Step.DAY, date(2026, 4, 1))
    with pytest.raises(rules.BadSeries):
        rules.days_of(date(2026, 1, 1), date(2026, 4, 2), Step.DAY, date(2026, 4, 1))
