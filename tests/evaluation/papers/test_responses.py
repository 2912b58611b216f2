"""Answers in, scored by the key, and scored anew when the key changes."""

import pytest

from schoolgroup.kernel.sheets import PROBLEM_COLUMN, read_sheet
from tests.evaluation.papers.test_papers import ITEMS, name_setter, put_paper
from tests.evaluation.sittings import freeze, mock_exam, release, set_up

OBJECTIVE = {"items": ITEMS[:2]}
HEADER = "school_code,exam_number,class,status,answers"


def sheet(*lines, header=HEADER):
    return "\n".join([header, *lines]).encode()


async def send(http, sitting, content, who=None, **query):
    return await http.post(
        f"{sitting.path}/responses",
        params=query,
        content=content,
        headers=(who or sitting.officer).headers,
    )


async def change(http, sitting, who, version, *keys, because="答案有误"):
    body = {"keys": [{"label": label, "key": key} for label, key in keys], "because": because}
    return await http.put(
        f"{sitting.path}/paper/keys",
        json=body,
        headers={**who.headers, "If-Match": f'"{version}"'},
    )


async def totals(sql):
    rows = await sql.fetch(
        """SELECT c.exam_number, s.result, s.item_half_marks, s.paper_version FROM exam_score s
             JOIN exam_candidate c ON c.id = s.candidate_id ORDER BY c.exam_number"""
    )
    return {r["exam_number"]: (r["result"], r["item_half_marks"], r["paper_version"]) for r in rows}


async def ready(http, world, **exam):
    sitting = await set_up(http, world, ("甲校", "乙校"), exam=mock_exam(**exam))
    made = await put_paper(http, sitting, sitting.officer, OBJECTIVE)
    assert made.status_code == 200, made.text
    return sitting


async def test_answers_are_scored_and_make_the_results_of_an_objective_paper(http, world, sql):
    sitting = await ready(http, world)
    a, b = (sitting.schools[n].code for n in ("甲校", "乙校"))
    content = sheet(
        f"{a},1,901,,\"B,ABD\"", f"{a},2,901,,\"Ｂ;AB\"", f"{a},3,901,缺考,",
        f"{b},4,902,,\"A,AC\"", f"{b},5,902,,\"B,.\"", f"{b},6,902,,",
    )  # fmt: skip
    dry = await send(http, sitting, content, dry_run=True)
    assert (dry.status_code, dry.json()["rows"], dry.json()["present"]) == (200, 6, 5), dry.text
    assert await totals(sql) == {}
    taken = await send(http, sitting, content)
    assert (taken.json()["scored"], taken.json()["status"]) == (True, "verifying")
    assert await totals(sql) == {
        "1": ("present", [10, 12], 2), "2": ("present", [10, 8], 2), "3": ("absent", None, 2),
        "4": ("present", [0, 0], 2), "5": ("present", [10, 0], 2), "6": ("present", [0, 0], 2),
    }  # fmt: skip


async def test_every_problem_of_an_answer_sheet_is_named(http, world):
    sitting = await ready(http, world)
    a = sitting.schools["甲校"].code
    content = sheet(
        f"{a},1,901,,B", f"{a},2,901,迟到了,BA", f"{a},1,901,,BA", "无,3,901,,BA", f"{a},,901,,BA"
    )
    refused = await send(http, sitting, content)
    found = [(e["pointer"], e["code"]) for e in refused.json()["errors"]]
    assert found == [
        ("/2/answers", "answers_count"), ("/3/status", "status_unknown"),
        ("/4/exam_number", "exam_number_twice"), ("/5/school_code", "unknown_school"),
        ("/6/exam_number", "exam_number"),
    ]  # fmt: skip
    back = await http.post(
        f"{sitting.path}/responses/annotated", content=content, headers=sitting.officer.headers
    )
    assert back.status_code == 200, back.text
    noted = {row.number: row.cells[PROBLEM_COLUMN] for row in read_sheet(back.content)}
    assert [number for number, note in noted.items() if note] == [2, 3, 4, 5, 6]


async def test_a_school_sends_its_own_answers_and_no_others(http, world):
    sitting = await ready(http, world)
    lead = await world.person(sitting.schools["甲校"], "lead")
    a, b = (sitting.schools[n].code for n in ("甲校", "乙校"))
    assert (await send(http, sitting, sheet(f"{a},1,901,,BA"), lead)).status_code == 200
    refused = await send(http, sitting, sheet(f"{b},1,901,,BA"), lead)
    assert [e["code"] for e in refused.json()["errors"]] == ["unknown_school"]


async def test_a_changed_key_scores_anew_and_says_what_moved(http, world, sql):
    sitting = await ready(http, world)
    a, b = (sitting.schools[n].code for n in ("甲校", "乙校"))
    lines = [f'{a},A{n:02},901,,"{"B" if n % 2 else "C"},ABD"' for n in range(30)]
    lines += [f'{b},B{n:02},902,,"C,AB"' for n in range(4)]
    assert (await send(http, sitting, sheet(*lines))).status_code == 200
    setter = await name_setter_in_database(world, sitting)
    # C was right all along for item 1 (15 of 甲校 lose, 15 + 4 win); item 2 stays
    refused = await change(http, sitting, setter, 2, ("1", {"rule": "single", "accept": ["C"]}))
    assert refused.status_code == 403  # once answers are in, keys are the organiser's
    stale = await change(
        http, sitting, sitting.officer, 1, ("1", {"rule": "single", "accept": ["C"]})
    )
    assert stale.status_code == 412
    done = await change(
        http, sitting, sitting.officer, 2, ("1", {"rule": "single", "accept": ["C"]})
    )
    assert done.status_code == 200, done.text
    report = done.json()
    assert (report["from_version"], report["to_version"]) == (2, 3)
    assert (report["rescored"], report["moved"]) == (34, 34)
    assert report["items"] == [{"label": "1", "up": 19, "down": 15, "half_marks": 40}]
    assert [(s["school_name"], s["moved"]) for s in report["schools"]] == [
        ("乙校", 4),
        ("甲校", 30),
    ]
    marks = await totals(sql)
    assert marks["A00"] == ("present", [10, 12], 3)
    assert marks["A01"] == ("present", [0, 12], 3)
    assert {m[2] for m in marks.values()} == {3}
    # everybody gets the faulty item, and nothing else moves
    given = await change(http, sitting, sitting.officer, 3, ("1", {"rule": "everyone"}))
    assert given.json()["items"] == [{"label": "1", "up": 15, "down": 0, "half_marks": 150}]
    back = await change(
        http, sitting, sitting.officer, 4, ("2", {"rule": "multiple", "answer": "AB"})
    )
    assert back.json()["items"][0] == {"label": "2", "up": 4, "down": 30, "half_marks": -344}

    principal = sitting.principals["乙校"]
    seen = (await http.get(f"{sitting.path}/rescores", headers=principal.headers)).json()["items"]
    assert [x["to_version"] for x in seen] == [5, 4, 3]
    assert all(x["schools"] == [] for x in seen)  # before the release nobody learns who moved
    moves = f"/v1/rescores/{report['id']}/moves"
    assert (await http.get(moves, headers=principal.headers)).status_code == 409
    await freeze(http, sitting)
    late = await change(http, sitting, sitting.officer, 5, ("1", {"rule": "everyone"}))
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")
    await release(http, sitting)
    own = (await http.get(moves, headers=principal.headers)).json()["items"]
    assert [m["exam_number"] for m in own] == ["B00", "B01", "B02", "B03"]
    # grade 9: a pupil's marks are not told, only that something moved
    assert {(tuple(m["items"]), m["before_marks"]) for m in own} == {(("1",), None)}
    assert (await http.get(moves, headers=sitting.officer.headers)).json()["items"] == []


async def name_setter_in_database(world, sitting):
    setter = await world.person(sitting.schools["甲校"], "teacher")
    await world.sql.execute(
        """INSERT INTO exam_setter SELECT $1, id, $2, exam_id, now() FROM exam_subject
            WHERE group_id = $1""",
        world.group_id,
        setter.id,
    )
    return setter


async def test_where_a_key_moved_few_schools_are_told_no_numbers(http, world):
    sitting = await ready(http, world, stage="senior", grade=12)
    a = sitting.schools["甲校"].code
    await send(http, sitting, sheet(*(f'{a},{n},901,,"B,ABD"' for n in range(4))))
    await change(http, sitting, sitting.officer, 2, ("1", {"rule": "single", "accept": ["C"]}))
    seen = await http.get(f"{sitting.path}/rescores", headers=sitting.principals["乙校"].headers)
    only = seen.json()["items"][0]
    assert (only["moved"], only["items"]) == (
        None,
        [{"label": "1", "up": None, "down": None, "half_marks": None}],
    )
    await freeze(http, sitting)
    await release(http, sitting)
    own = await http.get(
        f"/v1/rescores/{only['id']}/moves", headers=sitting.principals["甲校"].headers
    )
    assert {(m["before_marks"], m["after_marks"]) for m in own.json()["items"]} == {(11.0, 6.0)}


@pytest.mark.parametrize("status", ["draft", "registering"])
async def test_before_anyone_sat_the_setter_changes_keys(http, world, sql, status):
    sitting = await ready(http, world)
    setter = await name_setter(http, world, sitting)
    await sql.execute("UPDATE exam SET status = $1", status)
    done = await change(http, sitting, setter, 2, ("1", {"rule": "single", "accept": ["D"]}))
    assert (done.status_code, done.json()["rescored"]) == (200, 0)
    wrong = await change(http, sitting, setter, 3, ("9", {"rule": "everyone"}))
    assert [e["code"] for e in wrong.json()["errors"]] == ["unknown_item"]


async def test_an_earlier_release_is_verified_by_the_paper_it_was_frozen_with(http, world):
    sitting = await ready(http, world)
    a, b = (sitting.schools[n].code for n in ("甲校", "乙校"))
    lines = [f'{a},A{n:02},901,,"{"B" if n % 2 else "C"},ABD"' for n in range(30)]
    lines += [f'{b},B{n:02},902,,"C,AB"' for n in range(12)]
    assert (await send(http, sitting, sheet(*lines))).status_code == 200
    await freeze(http, sitting)
    told = (await release(http, sitting)).json()
    officer, because = sitting.officer.headers, {"because": "答案有误"}
    gone = await http.post(f"/v1/releases/{told['id']}/withdraw", json=because, headers=officer)
    assert gone.status_code == 200, gone.text
    opened = await http.post(f"{sitting.path}/reopen", json=because, headers=officer)
    assert opened.status_code == 200, opened.text
    done = await change(http, sitting, sitting.officer, 2, ("1", {"rule": "everyone"}))
    assert done.status_code == 200, done.text
    await freeze(http, sitting)
    again = (await release(http, sitting)).json()
    assert again["snapshot_sha256"] != told["snapshot_sha256"]
    for one in (told, again):
        verified = await http.get(f"/v1/releases/{one['id']}/verify", headers=officer)
        assert (verified.status_code, verified.json()["differences"]) == (200, [])
        assert verified.json()["equal"]
