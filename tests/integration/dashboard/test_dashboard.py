"""One dashboard per role; the same figure in dashboard, ledger, bulletin, export and API (I22)."""

import csv
import io
import itertools
import json
from collections import Counter
from typing import Any

import httpx
import pytest

from schoolgroup.integration.dashboard import rules
from schoolgroup.management.figures.models import Ratio
from schoolgroup.management.ledgers.items.models import ItemStatus
from schoolgroup.management.ledgers.sheets.rules import STATUS
from tests.evaluation import sittings
from tests.integration.dashboard.house import House
from tests.management.bulletins.test_bulletins import Press
from tests.people import Person, World

EVERYBODY = {
    "schools_integrated", "schools_partner", "ledger_items", "ledger_closed", "ledger_completion",
    "ledger_on_time", "ledger_target", "activities", "activity_pupils", "round_teams",
    "round_coverage", "measures", "measures_done", "loans_given", "loans_taken",
}  # fmt: skip
LEDGER = {"ledger_items", "ledger_closed", "ledger_completion", "ledger_on_time"}
CALLS = {"call_completeness", "call_on_time"}
EXAMS = {"exam_mean", "exam_present"}
# What a role sees more than everybody, and of which of all this the rows are not its to read.
ROLES: dict[str, tuple[set[str], set[str]]] = {
    "group_admin": (CALLS | EXAMS | {"bulletins"}, set()),
    "inspector": (CALLS | EXAMS | {"bulletins"}, set()),
    "evaluation_officer": (EXAMS, LEDGER | {"round_coverage"}),
    "auditor": ({"bulletins"}, set()),
    "principal": (CALLS | EXAMS | {"bulletins"}, set()),
    "school_admin": (CALLS | {"bulletins"}, set()),
    "lead": (CALLS | EXAMS | {"bulletins"}, set()),
    "librarian": (EXAMS | {"bulletins"}, LEDGER | {"round_coverage"}),
    "teacher": (EXAMS | {"bulletins"}, LEDGER | {"round_coverage"}),
}
OFFICE = ("group_admin", "inspector", "evaluation_officer", "auditor")
SEEN = ("carried_out", "reported", "replied")


@pytest.fixture
async def press(http: httpx.AsyncClient, world: World) -> Press:
    made = Press(http, world)
    await made.begin()
    return made


async def look(press: Press, who: Person) -> dict[str, Any]:
    """The dashboard of somebody."""
    answer: dict[str, Any] = await press.send(who, "GET", "/v1/dashboard")
    return answer


def figure(board: dict[str, Any], saved: str) -> dict[str, Any]:
    """A figure of it."""
    found: dict[str, Any] = next(one for one in board["figures"] if one["saved"] == saved)
    return found


def value(board: dict[str, Any], saved: str) -> Any:
    """A figure's value."""
    return figure(board, saved)["value"]


async def test_a_visitor_is_refused_and_a_stranger_sees_an_own_empty_group(
    press: Press, http, world: World
):
    assert (await http.get("/v1/dashboard")).status_code == 401
    await press.close_one()
    await press.issued()
    await world.group("other")
    board = await look(press, await world.person(None, "group_admin"))
    assert (value(board, "ledger_items"), board["ledgers"], board["unsigned"]) == (0, [], [])
    assert (value(board, "schools_integrated"), value(board, "schools_partner")) == (0, 0)
    assert all(mean["schools"] == 0 for one in board["figures"] for mean in one["beside"])


async def test_the_same_figure_everywhere(press: Press):
    """Counted over rows: closed of all not dropped, wherever somebody looks."""
    await press.close_one()
    for _ in range(2):
        await press.open()
    dropped = await press.open()
    await press.act(press.office, dropped, "drop", because="重复")
    board = await look(press, press.office)
    of = {"ledger_id": press.ledger["id"]}
    api = await press.send(press.office, "GET", "/v1/ledger-figures", params=of)
    outlook = await press.send(press.office, "GET", f"/v1/ledgers/{press.ledger['id']}/outlook")
    bulletin = await press.issued()
    sheet = await press.send(
        press.office, "GET", f"/v1/ledgers/{press.ledger['id']}/export", params={"form": "csv"}
    )
    rows = list(csv.reader(io.StringIO(sheet.decode("utf-8-sig"))))
    at = rows[0].index("状态")
    states = Counter(row[at] for row in rows[1:])
    rate_exported = states[STATUS[ItemStatus.CLOSED]] / (
        states.total() - states[STATUS[ItemStatus.DROPPED]]
    )
    rates = {
        rate_exported,
        value(board, "ledger_completion"),
        board["ledgers"][0]["figure"]["completion_rate"],
        api["whole"]["completion_rate"],
        outlook["figure"]["completion_rate"],
        bulletin["content"]["figures"][0]["value"],
    }
    assert rates == {1 / 3}


def counted(saved: str, rows: Any, *, by_office: bool) -> float:
    """A figure counted over the rows its link leads to, by nothing of the application's."""
    listed = rows.get("items", []) if isinstance(rows, dict) else rows
    states = Counter(row.get("status") for row in listed)
    if saved == "ledger_completion":
        return states["closed"] / (len(listed) - states["dropped"])
    if saved == "ledger_on_time":  # of the house's items none was reported late
        return states["closed"] / (states["closed"] + sum(row["overdue"] for row in listed))
    if saved == "ledger_target":
        return float(rows["aims"][0]["completion"])
    if saved in CALLS:
        met = "answered" if saved == "call_completeness" else "on_time"
        return sum(row[met] for row in listed) / sum(row["expected"] for row in listed)
    if saved == "round_teams":
        return len(rows["teams"])
    if saved == "round_coverage" and by_office:
        return sum(one["visited"] for one in rows["schools"]) / len(rows["schools"])
    if saved == "round_coverage":
        return float(any(row["status"] in SEEN for row in listed))
    if saved == "activity_pupils":
        return sum(row["pupils"] for row in listed)
    if saved == "measures_done":
        return states["done"] / len(listed)
    if saved.startswith("loans_"):
        return sum(row[saved.removeprefix("loans_")] for row in listed)
    if saved in EXAMS:
        [told] = rows["group"] if by_office else rows["own"]
        figures = told["figures"]["figures"] if by_office else told["figures"]
        return float(figures["mean" if saved == "exam_mean" else "n_present"])
    return len(listed)


async def test_each_role_sees_its_figures_and_the_rows_behind_each(http, world, services):
    house = await House(http, world, services).fill()
    school = house.schools[2]  # 甲校, which sat the exam, borrowed, answered nothing
    for role, (more, closed) in ROLES.items():
        own = None if role in OFFICE else school
        who = await world.person(own, role)
        board = await look(house, who)  # one call: all of it as of one instant
        names = [one["saved"] for one in board["figures"]]
        assert len(names) == len(set(names))
        assert set(names) == EVERYBODY | more, role
        assert {one["saved"] for one in board["figures"] if one["link"] is None} == closed, role
        for one in board["figures"]:
            if one["link"]:
                rows = await house.send(who, "GET", one["link"])
                told = counted(one["saved"], rows, by_office=own is None)
                assert told == pytest.approx(one["value"], abs=5e-5), (role, one)
        assert bool(board["ledgers"]) == (own is None)
        if own is not None:  # nothing in it is of another school
            said = json.dumps(board, ensure_ascii=False)
            others = [other for other in house.schools if other.id != own.id]
            assert not any(str(other.id) in said or other.name in said for other in others)

    # beside its own: the means over the group and its tier, reckoned from the rows otherwise
    board = await look(house, house.principals[2])
    sql = world.sql
    for saved, column in (("loans_given", "owner"), ("loans_taken", "borrower")):
        by_tier = dict(
            await sql.fetch(
                f"""SELECT t.tier, count(*) FROM loan l JOIN school_tier t
                        ON t.school_id = l.{column}_school_id
                     WHERE l.owner_school_id <> l.borrower_school_id GROUP BY 1"""
            )
        )
        group, tier = figure(board, saved)["beside"]
        assert (group["of"], group["schools"], group["value"]) == ("group", 8, 3 / 8)
        assert (tier["of"], tier["value"]) == ("integrated", by_tier.get("integrated", 0) / 5)
    items = figure(board, "ledger_items")
    assert (items["value"], [mean["value"] for mean in items["beside"]]) == (2, [1.0, 1.0])
    exam = figure(board, "exam_mean")
    [release] = (await house.send(house.officer, "GET", "/v1/releases"))["items"]
    told = await house.send(house.principals[2], "GET", f"/v1/releases/{release['id']}")
    assert exam["beside"][0]["value"] == told["group"][0]["figures"]["figures"]["mean"]
    assert (exam["out_of"], exam["subject"]) == (10, "数学")
    # of two partner schools nothing is told, and so nothing of the integrated ones either
    hidden = {"of": "integrated", "schools": 3, "value": None, "withheld": True}
    assert exam["beside"][1:] == [hidden]
    means = await sql.fetch(
        """SELECT t.tier, count(*), sum((f.figures ->> 'n_present')::int
                  * (f.figures ->> 'mean')::float8) / sum((f.figures ->> 'n_present')::int) AS mean
             FROM release_figure f JOIN school_tier t USING (group_id, school_id)
            GROUP BY 1 ORDER BY 1"""
    )
    beside = figure(await look(house, house.officer), "exam_mean")["beside"]
    assert [tuple(one.values())[:3] for one in beside] == [
        (row["tier"], row["count"], pytest.approx(row["mean"], abs=5e-5)) for row in means
    ]


async def test_a_school_sees_its_own_and_what_waits_and_no_mean_of_two(press: Press):
    """Of two schools the mean would be the other one's figure."""
    await press.close_one()
    await press.open(press.schools[1])
    out = await press.issued()
    east, west = [await look(press, who) for who in press.principals]
    office = await look(press, press.office)
    assert [value(board, "ledger_items") for board in (east, west, office)] == [1, 1, 2]
    assert [value(board, "ledger_closed") for board in (east, west, office)] == [1, 0, 1]
    for board in (east, west):
        means = [mean for one in board["figures"] for mean in one["beside"]]
        assert means
        assert all(mean["withheld"] and mean["value"] is None for mean in means)
    assert not any(mean["withheld"] for one in office["figures"] for mean in one["beside"])
    assert [one["id"] for one in west["unsigned"]] == [out["id"]]
    kinds = {one["kind"]: one["count"] for one in west["waiting"]["items"]}
    assert kinds == {"item_to_do": 1, "bulletin_to_sign": 1}
    for who in press.principals:
        await press.step(who, out, "sign")
    assert (await look(press, press.principals[1]))["unsigned"] == []
    assert (await look(press, press.office))["unsigned"] == []


def test_no_school_learns_a_mean_of_fewer_than_three():
    """Neither told, nor as what the group's less the own tier's leaves."""
    for sizes in itertools.product(range(6), repeat=2):
        schools = dict(zip(("integrated", "partner"), sizes, strict=True))
        tiers = {tier: Ratio(count) for tier, count in schools.items()}
        for tier in schools:
            shown = [one for one in rules.means(None, tiers, schools, tier) if not one.withheld]
            told = {one.of: one.schools for one in shown}
            assert all(count >= 3 for count in told.values())
            if len(told) == 2:
                assert told["group"] - told[tier] not in (1, 2)
            assert ("group" in told) == (sum(sizes) >= 3)
        assert not any(one.withheld for one in rules.means(None, tiers, schools, None))


async def test_what_a_release_hides_the_dashboard_hides(http, world: World):
    """A school of four pupils is hidden, and the total that would give it away."""
    sitting = await sittings.set_up(http, world, ("甲校", "乙校"))
    await sittings.released(http, sitting, {"甲校": 30, "乙校": 4})
    headers = sitting.principals["甲校"].headers
    board = (await http.get("/v1/dashboard", headers=headers)).json()
    exam = figure(board, "exam_mean")
    assert exam["value"] is not None
    assert exam["beside"] == [
        {"of": of, "schools": 2, "value": None, "withheld": True} for of in ("group", "integrated")
    ]
