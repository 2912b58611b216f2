"""Returns as workbooks that come back as they went out: a school's own, and all of a call."""

import io
import json
from typing import Any

import httpx
import xlsxwriter
from python_calamine import CalamineWorkbook

from schoolgroup.kernel.sheets import XLSX_TYPE, write_csv, write_xlsx
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


def all_sheets(content: bytes) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {n: book.get_sheet_by_name(n).to_python() for n in book.sheet_names}


def workbook_of(sheets: dict[str, list[list[Any]]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


async def test_all_returns_have_their_rows_and_a_school_takes_its_part_back(desk: Desk):
    """Rows stand on a sheet of their own; what is not the school's is not read."""
    other = {**TRIPS, "code": "clubs", "label": {"en": "Clubs", "zh": "研学"}}
    call = await desk.call(form_id=(await desk.form([*FIELDS, TRIPS, other]))["id"])
    first, second, third = desk.principals
    await desk.save(first, call, VALUES)
    mine = await desk.submit(first, call)
    await desk.answer(second, call, trips=[{"place": "江边", "went": 7}], clubs=[{"place": "棋"}])
    sheets = all_sheets(await fetch(desk, desk.office, f"/v1/calls/{call['id']}/sheet"))
    main, trips, clubs = sheets.values()
    codes = [school.code for school in desk.schools]
    assert [row[0] for row in main[1:]] == sorted(codes)
    assert [row[:5] for row in trips[1:]] == [
        [codes[0], "一中", 1, "农场", 3], [codes[0], "一中", 2, "馆", ""],
        [codes[1], "二中", 1, "江边", 7],
    ]  # fmt: skip
    assert [row[3] for row in clubs[1:]] == ["棋"]
    assert list(sheets) == ["returns", "研学", "3 研学"], "two fields of one name keep their sheets"
    assert len({row[-1] for table in sheets.values() for row in table[1:]}) == 1, "the mark"

    # sent back, the first school takes the workbook as it is: nothing has changed
    wish = {"fields": ["lessons", "trips"], "because": "请核对"}
    await desk.send(desk.office, "POST", f"/v1/returns/{mine['id']}/send-back", json=wish)
    path = f"/v1/calls/{call['id']}/return/sheet"
    same = await post(desk, first, path, workbook_of(sheets), If_Match='"3"')
    assert (same.json()["changed"], same.json()["version"]) == ([], 4)
    # with another number and one row less; the other schools' lines are nobody's concern
    lessons = main[0].index("共享课数/Lessons shared (lessons)")
    line = next(row for row in main if row[0] == codes[0])
    line[lessons], trips[3][3] = 15, "别校改动"
    del trips[2]
    taken = (await post(desk, first, path, workbook_of(sheets), If_Match='"4"')).json()
    assert taken["changed"] == ["lessons", "trips"]
    own = await desk.send(first, "GET", f"/v1/calls/{call['id']}/return")
    assert own["values"] == {**VALUES, "lessons": 15, "trips": [{"place": "农场", "went": 3}]}
    # a school that never began has a line and no rows; nothing of others comes in
    empty = (await post(desk, third, f"{path}?dry_run=true", workbook_of(sheets))).json()
    assert empty["answered"] == 0
    # nobody's row is left on the last sheet: only its header is
    del clubs[1:]
    dry = await post(desk, second, f"{path}?dry_run=true", workbook_of(sheets))
    assert dry.json()["changed"] == ["clubs", "trips"]

    # what is wrong is told at the school's line, also of a row on another sheet
    line[lessons], trips[1][4] = "many", "x"
    wrong = workbook_of(sheets)
    refused = (await post(desk, first, path, wrong, 422, If_Match='"5"')).json()
    at = main.index(line) + 1
    rows_head = main[0][[str(h).endswith("(trips)") for h in main[0]].index(True)]
    assert [error["pointer"] for error in refused["errors"]] == [
        f"/{at}/{main[0][lessons]}", f"/{at}/{rows_head}",
    ]  # fmt: skip
    back = grid((await post(desk, first, f"{path}/annotated", wrong)).content)
    assert [bool(row[-1]) for row in back[1:]] == [row is line for row in main[1:]]
    main.remove(line)
    gone = (await post(desk, first, path, workbook_of(sheets), 422, If_Match='"5"')).json()
    assert gone["errors"][0]["code"] == "no_line_of_school"
