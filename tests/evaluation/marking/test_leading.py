"""Abnormal scripts, marks set aside, live figures, progress, and the subject's marks at last."""

import math
from datetime import UTC, datetime, timedelta

import asyncpg
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.evaluation.marking.completion.rules import is_rounded, left_out, scores
from schoolgroup.evaluation.marking.desk.models import Check
from schoolgroup.evaluation.marking.desk.rules import calibrated, is_due, must_pause
from schoolgroup.evaluation.marking.figures.rules import agreement
from schoolgroup.evaluation.marking.models import Purpose
from tests.evaluation.exams.test_limits import tighten
from tests.evaluation.marking.room import Room, prepare, staffed, with_images
from tests.people import World

ONE = {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0}
DAY = timedelta(days=1)


async def test_an_abnormal_script_goes_to_a_leader_and_comes_back(http, world: World):
    room = await staffed(http, world, ONE, mode="1")
    task = await room.taken("m1")
    script = await room.script_of(task)
    body = {"kind": "unreadable", "note": "字迹不清"}
    assert (await room.post("m1", f"/v1/marking/tasks/{task}/report", body)).status_code == 200
    assert (await room.take("m2")).json()["code"] == "nothing_to_take"
    assert (await room.get("m2", f"{room.path}/abnormal")).status_code == 403
    queue = (await room.get("leader", f"{room.path}/abnormal")).json()["items"]
    assert [(q["kind"], q["note"], q["decision"]) for q in queue] == [
        ("unreadable", "字迹不清", None)
    ]
    path = f"/v1/marking/abnormal/{queue[0]['id']}"
    assert (await room.get("leader", f"{path}/image")).status_code == 307
    decided = await room.post(
        "leader", f"{path}/decide", {"decision": "mark_on", "because": "可辨认"}
    )
    assert decided.status_code == 200, decided.text
    again = await room.post("arbiter", f"{path}/decide", {"decision": "mark_on", "because": "x"})
    assert again.json()["code"] == "already_decided"
    await room.give("m2", 7)
    assert await room.final(script) == (28, "single")


async def test_a_blank_script_gets_its_mark_from_the_leader_alone(http, world: World):
    room = await staffed(http, world, ONE)
    script = await room.script_of(await room.give("leader", 1))
    task = await room.taken("m1")
    blank = {"kind": "blank"}
    await room.post("m1", f"/v1/marking/tasks/{task}/report", blank)
    report = (await room.get("leader", f"{room.path}/abnormal")).json()["items"][0]["id"]
    path = f"/v1/marking/abnormal/{report}/decide"
    final = {"decision": "final", "because": "空白卷", "marks": 0}
    # the leader has marked this script: the final mark is another one's
    assert (await room.post("leader", path, final)).json()["code"] == "marked_before"
    done = await room.post("arbiter", path, final)
    assert done.json()["items"][0]["decision"] == "final"
    assert await room.final(script) == (0, "arbiter")
    assert (await room.take("m2")).json()["code"] == "nothing_to_take"


async def test_marks_set_aside_are_kept_and_given_anew_by_others(http, world: World):
    room = await staffed(http, world, {"甲校": 0, "乙校": 2, "丙校": 0, "丁校": 0})
    for who in ("m1", "m2"):
        for _ in range(2):
            await room.give(who, 6 if who == "m2" else 8)
    settled = "SELECT count(settled_at) FROM marking_script"
    assert await world.sql.fetchval(settled) == 2
    path = f"{room.path}/markers/{room.people['m1'].id}/remark"
    now = datetime.now(UTC)
    span = {"from_at": (now - DAY).isoformat(), "until_at": (now + DAY).isoformat()}
    done = await room.post("leader", path, {**span, "because": "尺度过宽"})
    assert done.json()["set_aside"] == 2
    assert await world.sql.fetchval(settled) == 0
    assert (await room.take("m1")).json()["code"] == "nothing_to_take"  # never the same again
    for _ in range(2):
        await room.give("m3", 6)
    finals = await world.sql.fetch("SELECT final_quarter_marks FROM marking_script")
    assert [row[0] for row in finals] == [24, 24]
    assert await world.sql.fetchval("SELECT count(*) FROM marking_mark") == 6
    figures = (await room.get("leader", f"{room.path}/figures")).json()["markers"]
    of_m1 = next(f["figures"] for f in figures if f["person_id"] == str(room.people["m1"].id))
    assert (of_m1["marked"], of_m1["set_aside"]) == (0, 2)
    again = await room.post("leader", path, {**span, "because": "x"})
    assert again.json()["code"] == "nothing_set_aside"


async def test_a_paused_marker_hands_nothing_in_and_one_dismissed_is_gone(http, world: World):
    room = await staffed(http, world)
    task = await room.taken("m1")
    path = f"{room.path}/markers/{room.people['m1'].id}"
    assert (await room.post("leader", f"{path}/pause", {"because": "复核"})).status_code == 200
    refused = await room.mark("m1", task, 5)
    assert (refused.status_code, refused.json()["code"]) == (409, "marker_paused")
    assert refused.json()["detail"] == "复核"
    await room.post("leader", f"{path}/dismiss", {"because": "调离"})
    assert (await room.take("m1")).status_code == 404
    nobody = f"{room.path}/markers/{room.officer.id}/pause"
    assert (await room.post("leader", nobody, {"because": "x"})).status_code == 404


async def test_an_own_script_comes_again_and_is_compared_with_oneself(
    http, world: World, monkeypatch
):
    room = await staffed(
        http,
        world,
        {"甲校": 0, "乙校": 12, "丙校": 0, "丁校": 0},
        mode="1",
        recheck_percent=50,
        pause_outside_max=0,
        pause_window=1,
    )
    given: dict[str, float] = {}
    for n in range(20):
        taken = await room.take("m1")
        if taken.status_code != 200:
            break
        task = taken.json()["id"]
        script = str(await room.script_of(task))
        marks = given.get(script, n % 9)
        again = script in given
        given[script] = marks
        await room.mark("m1", task, marks + 2 if again else marks)
        if again:
            break
    refused = await room.take("m1")
    assert refused.json()["code"] == "marker_paused"  # two marks off the own one
    # a re-mark says something of the marker, and nothing of the script
    finals = await world.sql.fetchval(
        """SELECT count(*) FROM marking_script s JOIN marking_turn t ON t.script_id = s.id
            WHERE t.purpose = 'recheck' AND s.final_quarter_marks = $1""",
        int(4 * marks),
    )
    assert finals == 1


async def test_figures_of_markers_by_hand(http, world: World):
    room = await staffed(http, world, {"甲校": 0, "乙校": 3, "丙校": 0, "丁校": 0})
    for who, series in (("m1", (6, 7, 8)), ("m2", (6, 6.5, 6))):
        by_script: dict[str, float] = {}
        for marks in series:
            task = await room.give(who, marks)
            by_script[str(await room.script_of(task))] = marks
        room.plan[who] = by_script
    found = (await room.get("leader", f"{room.path}/figures")).json()["markers"]
    of = {f["person_id"]: f["figures"] for f in found}
    m1 = of[str(room.people["m1"].id)]
    assert (m1["marked"], m1["mean"]) == (3, 7)
    assert math.isclose(m1["sd"], math.sqrt(2 / 3))
    pairs = [(room.plan["m1"][s], room.plan["m2"][s]) for s in room.plan["m1"]]
    apart = np.array([a - b for a, b in pairs])
    assert m1["agreement"]["severity"] == apart.mean()
    assert m1["agreement"]["exact"] == sum(a == b for a, b in pairs) / 3
    assert m1["agreement"]["adjacent"] == sum(abs(a - b) <= 0.5 for a, b in pairs) / 3
    assert m1["agreement"]["severity_low"] < apart.mean() < m1["agreement"]["severity_high"]
    mine = await room.get("m1", f"{room.path}/figures/mine")
    assert mine.json()["marked"] == 3
    assert mine.json()["agreement"] is None  # three pairs would tell what the others gave
    assert (await room.get("m1", f"{room.path}/figures")).status_code == 403


def test_severity_and_its_interval_beside_a_textbook():
    """Differences 1, 2, 3, 4 half marks: mean 1.25 marks, t(3) = 3.1824, se = 0.5·1.2910/2."""
    found = agreement([5, 6, 7, 8], [4, 4, 4, 4], 10, 1)
    assert found is not None
    assert found.severity == 1.25
    assert found.severity_high is not None
    reach = 3.182446 * 0.5 * math.sqrt(5 / 3) / 2
    assert math.isclose(found.severity_high - 1.25, reach, rel_tol=1e-6)
    assert agreement([], [], 10, 1) is None
    alone = agreement([5], [5], 10, 1)
    assert alone is not None
    assert (alone.kappa, alone.severity_low) == (None, None)


async def progress(room: Room, who) -> dict:
    answer = await room.get(who, f"{room.sitting.path}/marking/progress")
    assert answer.status_code == 200, answer.text
    return answer.json()["items"][0]


async def test_each_sees_of_the_progress_what_concerns_them(http, world: World):
    room = await staffed(http, world, {"甲校": 1, "乙校": 2, "丙校": 0, "丁校": 0})
    await room.give("m1", 5)
    await room.give("m2", 5)
    await room.taken("m3")
    seen = await progress(room, room.officer)
    assert seen["whole"]["scripts"] == 3
    assert (seen["whole"]["marks"], seen["whole"]["in_hand"]) == (2, 1)
    assert len(seen["schools"]) == 3  # of origin or of markers
    leader = await progress(room, "leader")
    assert leader["whole"] == seen["whole"]
    assert leader["schools"] == []  # 丁校 has neither candidates nor marks
    principal = await world.person(room.school("乙校"), "principal")
    own = await progress(room, principal)
    assert own["whole"] is None
    assert [s["school_id"] for s in own["schools"]] == [str(room.school("乙校").id)]
    assert own["schools"][0]["scripts"] == 2


async def complete(room: Room, subject: str = "语文"):
    return await room.post(
        room.officer, f"{room.sitting.path}/marking/complete", {"subject": subject}
    )


async def test_verification_names_what_is_still_open(http, world: World):
    room = await staffed(http, world, ONE | {"乙校": 2}, mode="2+1")
    path = f"{room.sitting.path}/verify"

    async def still_open() -> dict[str, str]:
        answer = await room.post(room.officer, path)
        assert (answer.status_code, answer.json()["code"]) == (409, "still_open")
        return {e["code"]: e["detail"] for e in answer.json()["errors"]}

    assert await still_open() == {"marking_open": "2 scripts without a final mark"}
    first = await room.give("m1", 2)
    disputed = await room.script_of(first)
    task = await room.taken("m2")
    if await room.script_of(task) != disputed:  # by lot: the other script goes first
        assert (await room.mark("m2", task, 2)).status_code == 200
        task = await room.taken("m2")
    assert (await room.mark("m2", task, 11)).status_code == 200
    report = await room.taken("m1")
    body = {"kind": "unreadable", "note": "x"}
    await room.post("m1", f"/v1/marking/tasks/{report}/report", body)
    told = await still_open()
    assert told["arbitration_open"] == "1 wait for an arbiter"
    assert told["report_open"] == "1 reported and not decided"
    # an exam whose answers were read and whose keys are gone
    await world.sql.execute("UPDATE paper_item SET kind = 'objective' WHERE label = '1'")
    await world.sql.execute(
        """INSERT INTO exam_response (group_id, exam_subject_id, candidate_id, school_id,
                                      paper_version, answers, half_marks)
           SELECT c.group_id, s.id, c.id, c.school_id, 1, '{A}', '{0}'
             FROM exam_candidate c JOIN exam_subject s ON s.exam_id = c.exam_id"""
    )
    assert (await still_open())["key_missing"] == "answers without a key"


async def test_a_sheet_may_leave_out_what_is_marked_here(http, world: World):
    """The sheet has the objective item alone; the essay is marked here; together they count."""
    room = await staffed(http, world, ONE, mode="1")
    code, path = room.school("乙校").code, f"{room.sitting.path}/scores"
    content = f"school_code,exam_number,class,status,1\n{code},{code}0001,901,,2.5".encode()
    taken = await http.post(path, content=content, headers=room.officer.headers)
    assert (taken.status_code, taken.json()["status"]) == (200, "marking"), taken.text
    freeze = await room.post(room.officer, f"{room.sitting.path}/verify")
    assert freeze.json()["code"] == "still_open"  # a mark that is still to come is no nought
    await room.give("m1", 8)
    done = (await complete(room)).json()
    assert (done["candidates"], done["written"]) == (1, 1)
    assert await world.sql.fetchval("SELECT item_half_marks FROM exam_score") == [5, 16]
    # now that the marking is over, a sheet without the essay would take its marks away
    again = await http.post(path, content=content, headers=room.officer.headers)
    assert [e["pointer"] for e in again.json()["errors"]] == ["/1/作文"]
    assert again.json()["errors"][0]["code"] == "column_missing"


async def test_a_subject_is_written_once_every_script_is_final(http, world: World):
    room = await staffed(http, world, {"甲校": 0, "乙校": 2, "丙校": 0, "丁校": 0})
    early = await complete(room)
    assert early.json()["code"] == "marking_unfinished"
    assert early.json()["scripts_left"] == {"作文": 2}
    for who, marks in (("m1", 7.5), ("m2", 8)):
        for _ in range(2):
            await room.give(who, marks)
    missing = await complete(room)
    assert (missing.status_code, missing.json()["code"]) == (409, "objective_missing")
    assert [p["detail"] for p in missing.json()["errors"]] == ["1", "1"]
    assert await world.sql.fetchval("SELECT count(*) FROM exam_score") == 0
    await world.sql.execute(
        """INSERT INTO exam_score (group_id, exam_subject_id, candidate_id, school_id,
                                   paper_version, result, item_half_marks)
           SELECT c.group_id, s.id, c.id, c.school_id, 1, 'present', '{5,0}'
             FROM exam_candidate c JOIN exam_subject s ON s.exam_id = c.exam_id"""
    )
    await world.sql.execute("UPDATE exam SET status = 'verifying'")
    freeze = await room.post(room.officer, f"{room.sitting.path}/freeze")
    assert freeze.json()["code"] == "still_open"
    with pytest.raises(asyncpg.CheckViolationError, match="goes on"):  # so does the database
        await world.sql.execute("UPDATE exam SET status = 'frozen'")
    await world.sql.execute("UPDATE exam SET status = 'marking'")
    done = (await complete(room)).json()
    assert (done["candidates"], done["written"], done["rounded"]) == (2, 2, 2)
    written = await world.sql.fetch("SELECT item_half_marks FROM exam_score")
    # 2.5 and exactly 7.75: 10.25 → 10.5
    assert [row["item_half_marks"] for row in written] == [[5, 16], [5, 16]]
    again = (await complete(room)).json()
    assert (again["written"], again["rounded"]) == (0, 2)
    assert (await room.take("m3")).json()["code"] == "marking_not_open"
    exact = await world.sql.fetchval("SELECT sum(final_quarter_marks) FROM marking_script")
    assert exact == 62  # the scripts keep what they are worth


async def test_marking_meets_the_stricter_gate_of_the_group(http, world: World):
    """Where no pupil's result may be collected nothing is planned, and nothing marked written."""
    room = await staffed(http, world, {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0}, mode="1")
    await room.give("m1", 8)
    gate = room.sitting.exam["gate"]["name"]
    assert (await tighten(http, room.officer, gate, collects="none")).status_code == 200
    wish = {"subject": "语文", "label": "1", "mode": "1", "threshold_marks": 1}
    planned = await room.post(room.officer, f"{room.sitting.path}/marking", wish)
    for refused in (planned, await complete(room)):
        assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_by_law")
        assert refused.json()["gate"] == gate
    assert await world.sql.fetchval("SELECT count(*) FROM marking_plan") == 1
    assert await world.sql.fetchval("SELECT count(*) FROM exam_score") == 0


async def test_who_was_absent_has_no_script_and_stays_absent(http, world: World):
    room = await prepare(http, world, {"甲校": 0, "乙校": 2}, mode="1")
    await room.enrol("m", "甲校")
    await room.enrol("b", "乙校")
    await world.sql.execute(
        """INSERT INTO exam_score (group_id, exam_subject_id, candidate_id, school_id,
                                   paper_version, result, item_half_marks)
           SELECT c.group_id, s.id, c.id, c.school_id, 1,
                  CASE c.exam_number WHEN 'S乙校0001' THEN 'absent' ELSE 'present' END,
                  CASE c.exam_number WHEN 'S乙校0001' THEN NULL ELSE '{6,0}'::int2[] END
             FROM exam_candidate c JOIN exam_subject s ON s.exam_id = c.exam_id"""
    )
    await room.open()
    await with_images(room)
    await room.give("m", 12)
    assert (await room.take("m")).status_code == 409
    done = (await complete(room)).json()
    assert done["candidates"] == 1
    results = await world.sql.fetch("SELECT result, item_half_marks FROM exam_score ORDER BY 1")
    assert [tuple(row) for row in results] == [("absent", None), ("present", [6, 24])]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.integers(0, 60)), max_size=30))
def test_items_move_by_a_quarter_at_most_and_the_total_is_rounded_once(items):
    """Objective items (whole half marks) never move; the sum is the exact total, half up."""
    exact = [2 * n if whole else n for whole, n in items]
    found = scores(exact)
    assert sum(found) == math.floor(sum(exact) / 2 + 0.5)
    for quarters, half_marks in zip(exact, found, strict=True):
        assert abs(quarters - 2 * half_marks) <= 1
        assert half_marks >= 0
        if quarters % 2 == 0:
            assert 2 * half_marks == quarters
    assert is_rounded(exact) == (2 * sum(found) != sum(exact))


def test_of_optional_items_the_first_answered_or_the_best_count():
    marks = {4: 20, 5: 30, 6: 30, 7: 0}
    assert left_out([4, 5, 6, 7], 1, "first", marks, blank=[]) == [5, 6, 7]
    assert left_out([4, 5, 6, 7], 1, "first", marks, blank=[4]) == [4, 6, 7]
    assert left_out([4, 5, 6, 7], 1, "best", marks, blank=[]) == [4, 6, 7]  # the earlier of equals
    assert left_out([4, 5, 6, 7], 2, "best", marks, blank=[5]) == [5, 7]
    assert left_out([4, 5], 1, "best", {4: 0, 5: 0}, blank=[4, 5]) == [5]


def test_checks_come_near_their_share_and_nobody_can_count_on_them():
    assert is_due(100, 0, 2, draw=0.99)  # two behind: sure
    assert not is_due(10, 2, 2, draw=0.0)  # far ahead: never
    assert is_due(0, 0, 2, draw=0.019)
    assert not is_due(0, 0, 2, draw=0.021)
    assert not is_due(100, 0, 0, draw=0.0)


def test_calibration_and_pauses_at_their_edges():
    def checks(*apart: int) -> list[Check]:
        return [Check(Purpose.SEED, 10 + d, 10) for d in apart]

    assert calibrated(checks(2, -2), 2, 2, 3) is True
    assert calibrated(checks(2, 3), 2, 2, 3) is None
    assert calibrated(checks(3, 3), 2, 2, 3) is False
    assert not must_pause(checks(3, 0, 0), 2, 1)
    assert must_pause(checks(3, 0, -3), 2, 1)
