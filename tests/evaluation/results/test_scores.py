"""Sheets of marks over HTTP: taken whole or refused with everything that is wrong."""

import asyncio
import io

import pytest
import xlsxwriter

from schoolgroup.kernel.sheets import read_sheet
from tests.evaluation.exams.test_exams import NOWHERE
from tests.evaluation.sittings import (
    HEADER,
    PAPER,
    freeze,
    mock_exam,
    rows,
    send,
    set_up,
    sheet,
    spread,
)


def problems(answer):
    assert answer.status_code == 422, answer.text
    return {(p["pointer"], p["code"]) for p in answer.json()["errors"]}


async def stored(sql):
    return await sql.fetch(
        """SELECT c.exam_number, s.result, s.item_half_marks FROM exam_score s
             JOIN exam_candidate c ON c.id = s.candidate_id ORDER BY c.exam_number"""
    )


async def test_a_visitor_is_asked_to_sign_in(http):
    for act in ("scores", "freeze"):
        assert (await http.post(f"/v1/exams/{NOWHERE}/{act}")).status_code == 401


async def test_a_stranger_finds_nothing(http, world):
    sitting = await set_up(http, world)
    await world.group("other")
    for role, school in (("evaluation_officer", None), ("principal", await world.school("外校"))):
        stranger = await world.person(school, role)
        assert (await send(http, sitting, b"x", stranger)).status_code == 404
        frozen = await http.post(f"{sitting.path}/freeze", headers=stranger.headers)
        assert frozen.status_code == 404


async def test_marks_are_kept_as_half_marks_and_absence_as_a_state(http, world, sql):
    sitting = await set_up(http, world)
    code = sitting.schools["甲校"].code
    content = sheet(
        rows(
            code,
            [
                "present,1.5,3,0",
                ",２,0.5,５.０",  # full-width digits
                "缺考,,,",
                ",缺考,缺考,缺考",
                "void,,,",
                "exempt,,,",
            ],
        )
    )
    dry = await send(http, sitting, content, dry_run=True)
    assert dry.json() == {
        "exam_id": sitting.exam["id"],
        "subject": "数学",
        "dry_run": True,
        "rows": 6,
        "schools": 1,
        "present": 2,
        "absent": 2,
        "void": 1,
        "exempt": 1,
        "replaced": 0,
        "status": "invited",
    }
    assert await stored(sql) == []
    taken = await send(http, sitting, content)
    assert (taken.json()["rows"], taken.json()["status"]) == (6, "verifying")
    assert [tuple(row)[1:] for row in await stored(sql)] == [
        ("present", [3, 6, 0]),
        ("present", [4, 1, 10]),
        ("absent", None),
        ("absent", None),
        ("void", None),
        ("exempt", None),
    ]


def as_csv(lines):
    return "\r\n".join([HEADER, *lines]).encode("gb18030")


def as_xlsx(lines):
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for n, line in enumerate([HEADER, *lines]):
        page.write_row(n, 0, line.split(","))
    book.close()
    return out.getvalue()


@pytest.mark.parametrize("written", [as_csv, as_xlsx], ids=["csv", "xlsx"])
async def test_a_sheet_comes_back_as_it_came_with_an_error_column(http, world, sql, written):
    sitting = await set_up(http, world)
    code, headers = sitting.schools["甲校"].code, sitting.principals["甲校"].headers
    lines = [f"{code},1001,９０１,,２,3,5", f"{code},1002,901,缺考,,,", f"{code},1003,901,,9,x,5"]
    path = f"{sitting.path}/scores/annotated"
    back = await http.post(path, content=written(lines), headers=headers)
    kind = "csv" if written is as_csv else "xlsx"
    assert f'"scores-checked.{kind}"' in back.headers["content-disposition"]
    assert back.content[:3] == (b"\xef\xbb\xbf" if written is as_csv else b"PK\x03")
    found = read_sheet(back.content)
    told = [row.cells["问题/problem"] for row in found]
    assert told[:2] == ["", ""]
    assert "1: '9': not within 0 to 2" in told[2]
    assert "2: 'x': text in a mark" in told[2]
    assert (found[1].cells["status"], found[0].cells["class"]) == ("缺考", "901")
    assert await stored(sql) == []
    if written is as_csv:  # mended, it goes in as it is: the column of problems is no item
        mended = back.content.replace(b",9,x,5", b",1,1,5")
        again = await send(http, sitting, mended, sitting.principals["甲校"])
        assert (again.status_code, again.json()["absent"]) == (200, 1), again.text
    stranger = sitting.principals["乙校"]
    theirs = await http.post(path, content=as_xlsx(lines[:1]), headers=stranger.headers)
    assert "no school invited" in read_sheet(theirs.content)[0].cells["问题/problem"]
    assert (await http.post(path, content=b"a,b\n1,2", headers=headers)).status_code == 422
    assert (await http.post(f"/v1/exams/{NOWHERE}/scores/annotated")).status_code == 401


async def test_every_problem_is_told_at_once_and_nothing_is_taken(http, world, sql):
    sitting = await set_up(http, world, partners=("紧密校",))
    code, partner = sitting.schools["甲校"].code, sitting.schools["紧密校"].code
    lines = [
        f"{code},1001,901,,2,3,5",
        f"{code},1001,901,,2,3,5",  # 3: the same number
        "nobody,1002,901,,2,3,5",  # 4: no such school
        f"{partner},1003,901,,2,3,5",  # 5: has not accepted
        f"{code},1004,901,,2.5,3,5",  # 6: above the maximum
        f"{code},1005,901,,-1,3,5",  # 7: below 0
        f"{code},1006,901,,0.3,3,5",  # 8: no half marks
        f"{code},1007,901,,two,3,5",  # 9: text
        f"{code},1008,901,,2,,5",  # 10: missing
        f"{code},1009,901,absent,2,3,",  # 11: marks of an absent pupil
        f"{code},1010,901,ill,2,3,5",  # 12: no status
        f"{code},,901,,2,3,5",  # 13: no number
        f"{code},1012,901,,1e999999999,NaN,inf",  # 14: numbers that are none
        f"{code},G11010519491231002X,901,,2,3,5",  # 15: an identity number (the standard's own)
        f"{code},110105194912310021,901,,2,3,5",  # the check character is wrong: any number
    ]
    refused = await send(http, sitting, "\n".join([HEADER, *lines]).encode())
    assert problems(refused) == {
        ("/3/exam_number", "exam_number_twice"),
        ("/4/school_code", "unknown_school"),
        ("/5/school_code", "not_taking_part"),
        ("/6/1", "out_of_range"),
        ("/7/1", "out_of_range"),
        ("/8/1", "wrong_step"),
        ("/9/1", "not_a_number"),
        ("/10/2", "item_missing"),
        ("/11/1", "marks_without_presence"),
        ("/11/2", "marks_without_presence"),
        ("/12/status", "status_unknown"),
        ("/13/exam_number", "exam_number"),
        ("/14/1", "not_a_number"),
        ("/14/2", "not_a_number"),
        ("/14/3", "not_a_number"),
        ("/15/exam_number", "identity_number"),
    }
    assert all(p["remedy"] for p in refused.json()["errors"])
    assert await stored(sql) == []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", ("", "empty")),
        (HEADER.encode(), ("", "no_rows")),
        (b"school_code,exam_number,1,2\nx,1,2,3", ("/1/3", "column_missing")),
        (HEADER.encode() + b",4\nx,1,,,2,3,5,1", ("/2/4", "column_unknown")),
        (b"PK\x03\x04 no workbook", ("", "not_xlsx")),
    ],
)
async def test_a_file_that_is_no_such_table_is_refused(http, world, content, found):
    sitting = await set_up(http, world)
    assert found in problems(await send(http, sitting, content))


async def test_xlsx_and_gb18030_read_the_same(http, world, sql):
    sitting = await set_up(http, world)
    code = sitting.schools["甲校"].code
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    table = book.add_worksheet()
    table.write_row(0, 0, ["school_code", "exam_number", "class", "status", 1, 2, 3])
    table.write_row(1, 0, [code, 26010001, 901, "", 1.5, 3, 5])
    table.write_row(2, 0, [code, 26010002, 901, "缺考"])
    book.close()
    assert (await send(http, sitting, out.getvalue())).status_code == 200
    first = await stored(sql)
    text = f"{HEADER}\n{code},26010001,901,,1.5,3,5\n{code},26010002,901,缺考,,,\n"
    again = await send(http, sitting, text.encode("gb18030"))
    assert (again.status_code, again.json()["replaced"]) == (200, 2)
    assert await stored(sql) == first
    assert [row["item_half_marks"] for row in first] == [[3, 6, 10], None]


async def test_a_new_sheet_replaces_only_the_schools_in_it(http, world, sql):
    sitting = await set_up(http, world)
    a, b = sitting.schools["甲校"].code, sitting.schools["乙校"].code
    await send(http, sitting, sheet(rows(a, spread(3)), rows(b, spread(2))))
    again = await send(http, sitting, sheet(rows(a, [",0,0,0"], first=7)))
    assert again.json()["replaced"] == 3
    numbers = {row["exam_number"] for row in await stored(sql)}
    assert numbers == {f"{b}0001", f"{b}0002", f"{a}0007"}
    assert await sql.fetchval("SELECT count(*) FROM exam_candidate") == 3  # no left-over pupils


async def test_a_school_sends_its_own_rows_only(http, world, sql):
    sitting = await set_up(http, world)
    a, b = sitting.schools["甲校"], sitting.schools["乙校"]
    lead = await world.person(a, "lead")
    refused = await send(http, sitting, sheet(rows(b.code, spread(2))), lead)
    # the other school is not even named to it
    assert problems(refused) == {
        ("/2/school_code", "unknown_school"),
        ("/3/school_code", "unknown_school"),
    }
    taken = await send(http, sitting, sheet(rows(a.code, spread(2))), lead)
    assert (taken.status_code, taken.json()["status"]) == (200, "verifying")
    teacher = await world.person(a, "teacher")
    assert (await send(http, sitting, b"x", teacher)).status_code == 403
    assert await sql.fetchval("SELECT status FROM exam") == "verifying"


async def test_schools_send_at_once_and_all_of_it_arrives(http, world, sql):
    sitting = await set_up(http, world)
    answers = await asyncio.gather(
        *(
            send(http, sitting, sheet(rows(sitting.schools[n].code, spread(5))), p)
            for n, p in sitting.principals.items()
            for _ in range(2)  # and each of them twice
        )
    )
    assert [a.status_code for a in answers] == [200] * 8
    assert await sql.fetchval("SELECT count(*) FROM exam_score") == 20


async def test_the_subject_is_named_where_there_are_several(http, world):
    physics = {**PAPER, "subject": "物理"}
    sitting = await set_up(http, world, subjects=[PAPER, physics])
    content = sheet(rows(sitting.schools["甲校"].code, spread(2)))
    refused = await send(http, sitting, content)
    assert (refused.status_code, refused.json()["subjects"]) == (422, ["数学", "物理"])
    assert (await send(http, sitting, content, subject="化学")).status_code == 422
    for subject in ("数学", "物理"):
        assert (await send(http, sitting, content, subject=subject)).status_code == 200
    frozen = await freeze(http, sitting)
    assert frozen["candidates"] == 2  # pupils, not papers


async def test_a_sampling_takes_in_no_pupil(http, world):
    sitting = await set_up(http, world, exam=mock_exam(purpose="sampling", grade=8))
    refused = await send(http, sitting, sheet(rows(sitting.schools["甲校"].code, spread(2))))
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_by_law")


async def test_frozen_results_never_change(http, world, sql, services):
    sitting = await set_up(http, world)
    a = sitting.schools["甲校"]
    early = await http.post(f"{sitting.path}/freeze", headers=sitting.officer.headers)
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    content = sheet(rows(a.code, [",2,3,5", "缺考,,,", ",0.5,0,0"]))
    await send(http, sitting, content)
    own = await http.post(f"{sitting.path}/freeze", headers=sitting.principals["甲校"].headers)
    assert own.status_code == 403
    frozen = await freeze(http, sitting)
    assert (frozen["candidates"], frozen["schools"], frozen["number"]) == (3, 1, 1)
    assert sorted(frozen["schools_without_results"]) == sorted(["乙校", "丙校", "丁校"])
    late = await send(http, sitting, content)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    part = await sql.fetchrow("SELECT * FROM exam_snapshot_part")
    assert part["half_marks"] == bytes([4, 0, 6, 0, 10, 0, 1, 0, 0, 0, 0, 0])
    assert part["results"] == ["present", "absent", "present"]
    for statement in (
        "UPDATE exam_snapshot_part SET results = results",
        "DELETE FROM exam_snapshot",
        "TRUNCATE exam_snapshot_part",
    ):
        with pytest.raises(Exception, match="append-only"):
            await sql.execute(statement)


async def test_a_number_of_two_schools_keeps_results_from_being_frozen(http, world):
    sitting = await set_up(http, world)
    for name in ("甲校", "乙校"):
        code = sitting.schools[name].code
        content = f"{HEADER}\n{code},26010001,901,,1,1,1\n".encode()
        assert (await send(http, sitting, content)).status_code == 200
    refused = await http.post(f"{sitting.path}/freeze", headers=sitting.officer.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "exam_numbers_shared")
    assert refused.json()["errors"][0]["detail"] == "26010001"


async def test_a_repeated_import_with_its_key_happens_once(http, world, sql):
    sitting = await set_up(http, world)
    content = sheet(rows(sitting.schools["甲校"].code, spread(2)))
    headers = {**sitting.officer.headers, "Idempotency-Key": "sheet-1"}
    answers = [
        await http.post(f"{sitting.path}/scores", content=content, headers=headers)
        for _ in range(2)
    ]
    assert answers[0].content == answers[1].content
    assert answers[1].headers["idempotent-replayed"] == "true"
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'exam.imported'") == 1
