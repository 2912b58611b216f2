"""One dashboard per role; the same figure in dashboard, ledger, bulletin, export and API (I22)."""

import csv
import io
from collections import Counter
from typing import Any

import httpx
import pytest

from schoolgroup.management.ledgers.items.models import ItemStatus
from schoolgroup.management.ledgers.sheets.rules import STATUS
from tests.management.bulletins.test_bulletins import Press
from tests.people import Person, World


@pytest.fixture
async def press(http: httpx.AsyncClient, world: World) -> Press:
    made = Press(http, world)
    await made.begin()
    return made


async def look(press: Press, who: Person) -> dict[str, Any]:
    """The dashboard of somebody."""
    answer: dict[str, Any] = await press.send(who, "GET", "/v1/dashboard")
    return answer


def value(board: dict[str, Any], saved: str) -> Any:
    """A figure of it."""
    return next(s["figure"]["value"] for s in board["figures"] if s["figure"]["saved"] == saved)


async def test_a_visitor_is_refused_and_a_stranger_sees_an_own_empty_group(
    press: Press, http, world: World
):
    assert (await http.get("/v1/dashboard")).status_code == 401
    await press.close_one()
    await press.issued()
    await world.group("other")
    board = await look(press, await world.person(None, "group_admin"))
    assert (value(board, "ledger_items"), board["ledgers"], board["unsigned"]) == (0, [], [])
    assert (board["schools"]["integrated"], board["schools"]["partner"]) == (0, 0)


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
    figure = next(s["figure"] for s in board["figures"] if s["figure"]["saved"] == "ledger_items")
    listed = await press.send(press.office, "GET", figure["link"])
    assert figure["value"] == len(listed["items"]) == 4
    assert figure["as_of_at"] == board["as_of_at"]


async def test_a_school_sees_its_own_beside_the_group_and_what_waits(press: Press):
    await press.close_one()
    await press.open(press.schools[1])
    out = await press.issued()
    east, west = [await look(press, who) for who in press.principals]
    assert (east["beside"]["own"]["total"], east["beside"]["group"]["total"]) == (1, 2)
    assert west["beside"]["own"]["closed"] == 0
    assert [one["id"] for one in west["unsigned"]] == [out["id"]]
    kinds = {one["kind"]: one["count"] for one in west["waiting"]["items"]}
    assert kinds == {"item_to_do": 1, "bulletin_to_sign": 1}
    for who in press.principals:
        await press.step(who, out, "sign")
    assert (await look(press, press.principals[1]))["unsigned"] == []
    assert (await look(press, press.office))["unsigned"] == []
