"""The life of an exam: every step there is, no other, and only by whom the policy names."""

from schoolgroup.evaluation.exams.lifecycle import EXAM
from schoolgroup.evaluation.exams.models import ExamStatus as S
from schoolgroup.kernel.transitions import WrongState
from tests.evaluation.sittings import freeze, rows, send, set_up, sheet, spread

# Drawn by hand from the stages, not from the table: who changes one must change the other.
STEPS = {
    (S.DRAFT, "invite", S.INVITED), (S.INVITED, "invite", S.INVITED),
    (S.INVITED, "register", S.REGISTERING), (S.REGISTERING, "lock", S.ROSTERED),
    (S.ROSTERED, "sit", S.SAT), (S.INVITED, "import", S.VERIFYING),
    (S.SAT, "import", S.VERIFYING), (S.VERIFYING, "import", S.VERIFYING),
    (S.MARKING, "import_part", S.MARKING), (S.SAT, "begin_marking", S.MARKING),
    (S.VERIFYING, "begin_marking", S.MARKING), (S.MARKING, "verify", S.VERIFYING),
    (S.SAT, "verify", S.VERIFYING), (S.VERIFYING, "freeze", S.FROZEN),
    (S.FROZEN, "reopen", S.VERIFYING), (S.FROZEN, "release", S.RELEASED),
    (S.RELEASED, "release", S.RELEASED), (S.RELEASED, "withdraw", S.FROZEN),
    (S.RELEASED, "archive", S.ARCHIVED), (S.FROZEN, "archive", S.ARCHIVED),
    *((s, "cancel", S.CANCELLED) for s in (S.DRAFT, S.INVITED, S.REGISTERING, S.ROSTERED, S.SAT,
                                           S.MARKING, S.VERIFYING)),
}  # fmt: skip


def test_the_table_holds_these_steps_and_no_other():
    taken = set()
    for state in S:
        for verb in EXAM.transitions:
            try:
                taken.add((state, verb, EXAM.step(state, verb)))
            except WrongState:
                continue
    assert taken == STEPS


def test_nothing_leads_out_of_the_end_and_what_is_frozen_is_not_cancelled():
    assert {s for s, _, _ in STEPS if s in (S.CANCELLED, S.ARCHIVED)} == set()
    assert not {s for s, verb, _ in STEPS if verb == "cancel"} & {S.FROZEN, S.RELEASED}


async def test_an_exam_whose_scores_come_as_sheets_goes_without_ceremony(http, world):
    sitting = await set_up(http, world)
    code = sitting.schools["甲校"].code
    assert (await send(http, sitting, sheet(rows(code, spread(3))))).status_code == 200
    first = await freeze(http, sitting)
    reopened = await http.post(
        f"{sitting.path}/reopen", json={"because": "漏录一人"}, headers=sitting.officer.headers
    )
    assert (reopened.status_code, reopened.json()["status"]) == (200, "verifying")
    await send(http, sitting, sheet(rows(code, spread(4))))
    second = await freeze(http, sitting)
    assert (first["number"], second["number"]) == (1, 2)
    assert first["snapshot_sha256"] != second["snapshot_sha256"]
    done = await http.post(f"{sitting.path}/archive", headers=sitting.officer.headers)
    assert (done.json()["status"], done.json()["actions"]) == ("archived", [])


STAGES = [("register", {}), ("sit", {}), ("begin-marking", {}), ("verify", {}),
          ("reopen", {"because": "x"}), ("archive", {}), ("roster/lock", {})]  # fmt: skip


async def test_no_school_and_nobody_else_moves_the_groups_exam(http, world):
    sitting = await set_up(http, world, ("甲校",))
    school = sitting.schools["甲校"]
    at_school = ("teacher", "lead", "principal", "school_admin", "librarian")
    people = [await world.person(school, role) for role in at_school]
    people += [await world.person(None, r) for r in ("inspector", "auditor", "group_admin")]
    for who in people:
        for stage, body in STAGES:
            answer = await http.post(f"{sitting.path}/{stage}", json=body, headers=who.headers)
            assert answer.status_code in (403, 404), (who.role, stage, answer.text)
        put = await http.put(f"{sitting.path}/schedule", json={}, headers=who.headers)
        assert put.status_code in (403, 404)


async def test_stages_out_of_order_are_refused(http, world):
    sitting = await set_up(http, world)
    for stage, body in STAGES[1:]:
        answer = await http.post(
            f"{sitting.path}/{stage}", json=body, headers=sitting.officer.headers
        )
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state"), stage
    opened = await http.post(f"{sitting.path}/register", headers=sitting.officer.headers)
    assert opened.json()["status"] == "registering"
    assert opened.json()["actions"] == ["lock", "cancel"]
    # a roster is being made: a sheet no longer goes past it
    taken = await send(http, sitting, sheet(rows(sitting.schools["甲校"].code, spread(3))))
    assert (taken.status_code, taken.json()["code"]) == (409, "wrong_state")


async def test_each_step_leaves_one_event_and_one_entry(http, world, sql):
    sitting = await set_up(http, world)
    before = await sql.fetchval("SELECT count(*) FROM audit_entry")
    await http.post(f"{sitting.path}/register", headers=sitting.officer.headers)
    assert await sql.fetchval("SELECT count(*) FROM audit_entry") == before + 1
    event = await sql.fetchrow("SELECT * FROM event ORDER BY seq DESC LIMIT 1")
    assert event["type"] == "exam.registering"
    assert set(event["school_ids"]) == {s.id for s in sitting.schools.values()}
