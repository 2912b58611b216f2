"""Returns as workbooks that come back as they went out, and what a call costs before it is sent."""

import io
import json
from datetime import date, datetime
from typing import Any

import httpx
import pytest
from python_calamine import CalamineWorkbook

from schoolgroup.kernel.sheets import XLSX_TYPE, write_csv, write_xlsx
from schoolgroup.management.returns.burden import rules as burden
from schoolgroup.management.returns.sheets import rules
from tests.management.returns.desk import BEGIN, FIELDS, Desk
from tests.people import Person

LABEL = {"en": "x", "zh": "x"}
TRIPS = {
    "code": "trips", "label": {"en": "Trips", "zh": "研学"}, "type": "rows", "max": 4,
    "columns": [
        {"code": "place", "label": {"en": "Place", "zh": "地点"}, "type": "text", "required": True},
        {"code": "went", "label": {"en": "Went", "zh": "人数"}, "type": "integer"},
    ],
}  # fmt: skip
VALUES: dict[str, Any] = {
    "lessons": 12, "hours": 1.5, "note": "=1+1　甲\n乙", "canteen": "shared", "inspected": False,
    "held_on": "2026-06-01", "trips": [{"place": "农场", "went": 3}, {"place": "馆"}],
}  # fmt: skip


async def post(
    desk: Desk, who: Person, path: str, content: bytes, expect: int = 200, **headers: str
) -> httpx.Response:
    given = {"Content-Type": XLSX_TYPE, **{k.replace("_", "-"): v for k, v in headers.items()}}
    answer = await desk.http.post(path, content=content, headers={**desk.signed(who), **given})
    assert answer.status_code == expect, answer.text
    return answer


async def fetch(desk: Desk, who: Person, path: str, expect: int = 200) -> bytes:
    answer = await desk.http.get(path, headers=desk.signed(who))
    assert answer.status_code == expect, answer.text
    return answer.content


def grid(content: bytes) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_index(0).to_python(skip_empty_area=False)


def filled(content: bytes, **cells: Any) -> bytes:
    """The workbook with these answers written into it, `__` for brackets."""
    header, *rows = grid(content)
    at, path = header.index(rules.ANSWER), header.index(rules.PATH)
    for row in rows:
        if row[path] in cells:
            row[at] = cells.pop(row[path])
    assert not cells
    return write_xlsx("x", header, rows)


async def test_a_workbook_that_comes_back_untouched_changes_nothing(desk: Desk):
    call = await desk.call(form_id=(await desk.form([*FIELDS, TRIPS]))["id"])
    who = desk.principals[0]
    await desk.save(who, call, VALUES)
    path = f"/v1/calls/{call['id']}/return/sheet"
    content = await fetch(desk, who, path)
    assert grid(content)[4][rules.HEADER.index(rules.ANSWER)] == "共用"
    taken = (await post(desk, who, path, content, If_Match='"1"')).json()
    assert (taken["changed"], taken["answered"], taken["version"]) == ([], 7, 2)
    own = await desk.send(who, "GET", f"/v1/calls/{call['id']}/return")
    assert own["values"] == VALUES


async def test_an_empty_workbook_is_filled_in_checked_and_taken(desk: Desk):
    call = await desk.call(form_id=(await desk.form([*FIELDS, TRIPS]))["id"])
    who = desk.principals[0]
    path = f"/v1/calls/{call['id']}/return/sheet"
    empty = await fetch(desk, who, path)
    full = filled(empty, lessons="１２", canteen="own", inspected="是", held_on="2026/6/1",
                  **{"trips[2].place": "农场", "trips[2].went": 3})  # fmt: skip
    dry = (await post(desk, who, f"{path}?dry_run=true", full)).json()
    assert (dry["dry_run"], dry["version"], dry["answered"]) == (True, None, 5)
    await desk.send(who, "GET", f"/v1/calls/{call['id']}/return", 404)
    await post(desk, who, path, full, 428)
    assert (await post(desk, who, path, full, 200, **BEGIN)).json()["version"] == 1
    own = await desk.send(who, "GET", f"/v1/calls/{call['id']}/return")
    assert own["values"] == {
        "lessons": 12, "canteen": "own", "inspected": True, "held_on": "2026-06-01",
        "trips": [{"place": "农场", "went": 3}],
    }  # fmt: skip
    await post(desk, who, path, full, 412, If_Match='"7"')


async def test_every_problem_comes_back_beside_its_line(desk: Desk):
    call = await desk.call(form_id=(await desk.form([*FIELDS, TRIPS]))["id"])
    who = desk.principals[0]
    path = f"/v1/calls/{call['id']}/return/sheet"
    empty = await fetch(desk, who, path)
    for cells, bad in (
        ({"lessons": "many", "canteen": "none", "trips[1].went": 1.5}, 3),
        ({"lessons": 1001, "trips[1].went": 1e14, "note": "x" * 21}, 2),
    ):
        wrong = filled(empty, **cells)
        refused = (await post(desk, who, path, wrong, 422, **BEGIN)).json()
        assert (refused["code"], len(refused["errors"])) == ("sheet_refused", bad)
        back = grid((await post(desk, who, f"{path}/annotated", wrong)).content)
        assert sum(bool(row[-1]) for row in back[1:]) == bad
    unknown = write_csv(
        [rules.PATH, rules.ANSWER], [["nothing", 1], ["lessons", 1], ["lessons", 2]]
    )
    answer = await post(desk, who, path, unknown, 422, **BEGIN, Content_Type="text/csv")
    assert [e["code"] for e in answer.json()["errors"]] == ["unknown_field", "field_twice"]
    await post(desk, who, path, empty, 415, **BEGIN, Content_Type="text/plain")
    assert await desk.world.sql.fetchval("SELECT count(*) FROM school_return") == 0


async def test_the_office_takes_all_returns_and_it_is_kept_in_the_trail(desk: Desk):
    call = await desk.call()
    await desk.answer(desk.principals[0], call, canteen="own")
    await desk.save(desk.principals[1], call, {"lessons": 9})
    path = f"/v1/calls/{call['id']}/sheet"
    header, *rows = grid(await fetch(desk, desk.office, path))
    at = header.index("共享课数/Lessons shared (lessons)")
    assert [row[at] for row in rows] == [1, "", ""]  # what was not submitted is nobody's yet
    marks = {row[-1] for row in rows}
    entry = await desk.world.sql.fetchval(
        "SELECT detail FROM audit_entry WHERE thing = $1 AND act = 'return:read'",
        f"call/{call['id']}",
    )
    assert json.loads(entry)["export"] in marks.pop()
    assert not marks
    await fetch(desk, desk.principals[0], path, 403)
    await desk.world.group("other")
    await fetch(desk, await desk.world.person(None, "group_admin"), path, 404)


async def test_a_draft_is_weighed_before_it_is_sent(desk: Desk):
    form_id = (await desk.form())["id"]
    first = await desk.call(form_id=form_id)
    told = {"lessons": 1, "note": "x"}
    await desk.save(desk.principals[0], first, told)
    await desk.submit(desk.principals[0], first)
    draft = await desk.call(form_id=form_id, draft=True)
    found = await desk.send(desk.office, "GET", f"/v1/calls/{draft['id']}/burden")
    assert found["minutes_of_form"] == 2 + 2 + 5 + 0.5 + 0.5 + 1
    assert [(s["minutes"], s["told_already"]) for s in found["schools"]] == [
        (4, 2),
        (11, 0),
        (11, 0),
    ]
    assert {s["week_minutes"] for s in found["schools"]} == {11}
    assert found["minutes_of_all_schools"] == 26
    assert found["method"]["zh"]
    await desk.send(desk.principals[0], "GET", f"/v1/calls/{draft['id']}/burden", 404)
    await desk.send(desk.principals[0], "GET", f"/v1/calls/{first['id']}/burden", 403)
    path = f"/v1/returns-burden?from_on={found['week_begins_on']}&weeks=1"
    whole = await desk.send(desk.office, "GET", path)
    assert [(w["calls"], w["minutes"]) for w in whole["weeks"]] == [(1, 11)] * 3
    own = await desk.send(desk.principals[1], "GET", path)
    assert [w["school_id"] for w in own["weeks"]] == [str(desk.schools[1].id)]


@pytest.mark.parametrize(
    ("instant", "monday"),
    [
        ("2026-06-28T15:59:59+00:00", date(2026, 6, 22)),  # Sunday, a second before midnight there
        ("2026-06-28T16:00:00+00:00", date(2026, 6, 22)),  # due at midnight: the day before
        ("2026-06-28T16:00:01+00:00", date(2026, 6, 29)),
    ],
)
def test_a_week_ends_at_midnight_of_the_group(instant: str, monday: date):
    assert burden.week_of(datetime.fromisoformat(instant), "Asia/Shanghai") == monday
