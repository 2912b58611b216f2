"""Releases over HTTP: who sees what, from when, and what nobody may be sent."""

import statistics
from datetime import UTC, datetime, timedelta

import pytest

from tests.evaluation.exams.test_exams import NOWHERE
from tests.evaluation.sittings import (
    freeze,
    mock_exam,
    release,
    released,
    rows,
    send,
    set_up,
    sheet,
    spread,
)

SIZES = {"甲校": 40, "乙校": 30, "丙校": 24, "丁校": 16}


async def get(http, person, path):
    return await http.get(path, headers=person.headers)


async def signed_in_again(world, person):
    """The same person after a jump of the clock: access tokens live for minutes."""
    return await world.sign_in(person.group_id, person.id, person.appointment_id)


def marks_of(n):
    return [sum(float(c) for c in row.split(",")[1:]) for row in spread(n)]


async def test_a_visitor_is_asked_to_sign_in(http):
    path = f"/v1/releases/{NOWHERE}"
    answers = [
        await http.post(f"/v1/exams/{NOWHERE}/releases", json={}),
        await http.get("/v1/releases"),
        await http.get(path),
        await http.get(f"{path}/pupils"),
        await http.get(f"{path}/verify"),
        await http.post(f"{path}/withdraw", json={"because": "x"}),
    ]
    assert [a.status_code for a in answers] == [401] * 6


async def test_a_stranger_and_a_school_that_did_not_take_part_find_nothing(http, world):
    sitting = await set_up(http, world, partners=("紧密校",))
    made = await released(http, sitting, SIZES)
    path = f"/v1/releases/{made['id']}"
    outside = [sitting.principals["紧密校"]]
    await world.group("other")
    outside.append(await world.person(await world.school("外校"), "principal"))
    outside.append(await world.person(None, "evaluation_officer"))
    for person in outside:
        for address in (path, f"{path}/pupils", f"{path}/verify"):
            assert (await get(http, person, address)).status_code == 404
        withdrawn = await http.post(
            f"{path}/withdraw", json={"because": "x"}, headers=person.headers
        )
        assert withdrawn.status_code == 404
        assert (await get(http, person, "/v1/releases")).json()["items"] == []
    for person in outside[1:]:
        answer = await http.post(f"{sitting.path}/releases", json={}, headers=person.headers)
        assert answer.status_code == 404


async def test_a_school_sees_itself_and_anonymous_others(http, world):
    sitting = await set_up(http, world)
    made = await released(http, sitting, SIZES)
    for name, n in SIZES.items():
        principal = sitting.principals[name]
        answer = await get(http, principal, f"/v1/releases/{made['id']}")
        seen = answer.json()
        marks = marks_of(n)
        [own] = seen["own"]
        assert own["figures"]["n_present"] == n
        assert own["figures"]["mean"] == pytest.approx(statistics.fmean(marks), abs=1e-12)
        assert own["figures"]["sd"] == pytest.approx(statistics.pstdev(marks), abs=1e-12)
        assert own["figures"]["basis"] == {
            "n": n,
            "snapshot_sha256": made["snapshot_sha256"],
            "paper_version": 1,
            "code_version": made["code_version"],
        }
        others = {o["letter"]: o["figures"] for o in seen["others"]}
        assert own["letter"] not in others
        assert {own["letter"], *others} == set("ABCD")
        assert sorted(o["mean"] for o in others.values()) == pytest.approx(
            sorted(statistics.fmean(marks_of(m)) for other, m in SIZES.items() if other != name)
        )
        assert all(set(o) & {"n_present", "items"} == set() for o in others.values())
        assert seen["schools"] == []
        assert seen["recipients"] == [str(sitting.schools[name].id)]
        assert seen["group"][0]["figures"]["figures"]["n_present"] == sum(SIZES.values())
        for other, school in sitting.schools.items():
            hidden = other != name
            assert not hidden or (
                str(school.id) not in answer.text
                and other not in answer.text
                and school.code not in answer.text
            )


async def test_the_letters_stay_and_come_by_lot(http, world, sql):
    sitting = await set_up(http, world)
    first = await released(http, sitting, SIZES)
    again = (await release(http, sitting)).json()
    letters = [{s["school_id"]: s["letter"] for s in r["schools"]} for r in (first, again)]
    assert letters[0] == letters[1]
    orders = set()
    for _ in range(12):  # frozen anew, the same schools draw other letters
        await sql.execute("UPDATE exam_school SET letter = NULL")
        await sql.execute("UPDATE exam SET status = 'verifying'")
        await freeze(http, sitting)
        drawn = await sql.fetch("SELECT letter FROM exam_school ORDER BY school_id")
        orders.add("".join(row["letter"] for row in drawn))
    assert all(sorted(order) == list("ABCD") for order in orders)
    assert len(orders) > 1


async def test_the_office_sees_schools_by_name_and_small_ones_stay_hidden(http, world):
    sitting = await set_up(http, world)
    made = await released(http, sitting, {**SIZES, "丁校": 7})
    by_name = {s["school_name"]: s["figures"] for s in made["schools"]}
    assert {name for name, f in by_name.items() if f["suppressed"]} == {"丁校", "丙校", "乙校"}
    assert by_name["丁校"]["mean"] is None
    assert by_name["甲校"]["mean"] == pytest.approx(statistics.fmean(marks_of(40)))
    assert made["group"][0]["figures"]["suppressed"] is False
    small = await get(http, sitting.principals["丁校"], f"/v1/releases/{made['id']}")
    assert small.json()["own"][0]["figures"]["n_present"] == 7  # one's own pupils are one's own
    assert sum(o["figures"]["suppressed"] for o in small.json()["others"]) == 2


async def test_no_row_of_another_school_passes_the_wall(http, world, services):
    """Even a query that forgets its filter: the database itself shows a school its own rows."""
    sitting = await set_up(http, world)
    made = await released(http, sitting, SIZES)
    mine = sitting.schools["甲校"].id
    token = sitting.principals["甲校"].headers["Authorization"].partition(" ")[2]
    actor = await services.authenticator.actor_of(token)
    async with services.db.transaction(actor) as tx:
        for table in (
            "exam_candidate",
            "exam_score",
            "exam_snapshot_part",
            "release_figure",
            "release_pupils",
            "release_recipient",
            "exam_school",
        ):
            schools = await tx.connection.fetch(f"SELECT DISTINCT school_id FROM {table}")
            assert [row["school_id"] for row in schools] == [mine], table
        shared = await tx.connection.fetch("SELECT * FROM release_shared_figure")
        assert len(shared) == 5
        assert not any(str(s.id) in str(row) for row in shared for s in sitting.schools.values())
    assert made["status"] == "released"


@pytest.mark.parametrize(
    ("wish", "words"),
    [
        ({"contents": ["ranks"]}, "不排名"),
        ({"contents": ["figures", "pupil_scores"]}, "等级评价"),
        ({"recipients": "public"}, "不得公开"),
    ],
)
async def test_what_the_law_keeps_back_is_released_to_nobody(http, world, sql, wish, words):
    sitting = await set_up(http, world)
    await send(http, sitting, sheet(rows(sitting.schools["甲校"].code, spread(12))))
    await freeze(http, sitting)
    refused = await release(http, sitting, **wish)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_by_law")
    assert words in refused.json()["article"]["zh"]
    assert await sql.fetchval("SELECT count(*) FROM exam_release") == 0


async def test_pupils_get_grades_and_no_marks_and_only_in_their_own_school(http, world):
    sitting = await set_up(http, world)
    made = await released(http, sitting, SIZES)
    path = f"/v1/releases/{made['id']}/pupils"
    seen = (await get(http, sitting.principals["丙校"], path)).json()
    code = sitting.schools["丙校"].code
    assert [p["exam_number"] for p in seen["items"]] == [f"{code}{n:04d}" for n in range(1, 25)]
    expected = [next(g for g, f in (("A", 8.5), ("B", 7), ("C", 6), ("D", 0)) if m >= f)
                for m in marks_of(24)]  # fmt: skip
    assert [p["grade"] for p in seen["items"]] == expected
    assert {(p["total_marks"], p["joint_rank"]) for p in seen["items"]} == {(None, None)}
    assert (await get(http, sitting.officer, path)).status_code == 404


async def test_senior_pupils_get_marks_and_joint_ranks(http, world):
    exam = mock_exam(stage="senior", grade=12)
    officer_sitting = await set_up(http, world, integrated=("甲中", "乙中"), exam=exam)
    wish = {"contents": ["figures", "pupil_scores", "ranks"]}
    made = await released(http, officer_sitting, {"甲中": 12, "乙中": 10}, **wish)
    everybody = marks_of(12) + marks_of(10)
    for name, n in (("甲中", 12), ("乙中", 10)):
        path = f"/v1/releases/{made['id']}/pupils"
        seen = (await get(http, officer_sitting.principals[name], path)).json()["items"]
        assert [p["total_marks"] for p in seen] == marks_of(n)
        assert [p["joint_rank"] for p in seen] == [
            1 + sum(other > m for other in everybody) for m in marks_of(n)
        ]
        assert {p["grade"] for p in seen} == {None}


async def test_before_its_hour_a_release_shows_nothing(http, world, clock):
    sitting = await set_up(http, world)
    hour = datetime.now(UTC) + timedelta(days=2)
    made = await released(http, sitting, SIZES, embargo_until_at=hour.isoformat())
    principal = sitting.principals["甲校"]
    path = f"/v1/releases/{made['id']}"
    for address in (path, f"{path}/pupils", f"{path}/verify"):
        early = await get(http, principal, address)
        assert (early.status_code, early.json()["code"]) == (403, "embargoed")
        assert datetime.fromisoformat(early.json()["until"]) == hour
        assert "mean" not in early.text
    assert (await get(http, principal, "/v1/releases")).json()["items"] == []
    assert (await get(http, sitting.officer, path)).status_code == 200
    clock.jump(timedelta(days=2) - timedelta(seconds=30))
    principal = await signed_in_again(world, principal)
    assert (await get(http, principal, path)).status_code == 403
    clock.jump(timedelta(seconds=40))
    assert (await get(http, principal, path)).status_code == 200
    listed = (await get(http, principal, "/v1/releases")).json()["items"]
    assert [r["id"] for r in listed] == [made["id"]]


async def test_the_wall_itself_is_shut_before_the_hour(http, world, services):
    sitting = await set_up(http, world)
    hour = datetime.now(UTC) + timedelta(days=2)
    await released(http, sitting, SIZES, embargo_until_at=hour.isoformat())
    token = sitting.principals["甲校"].headers["Authorization"].partition(" ")[2]
    actor = await services.authenticator.actor_of(token)
    async with services.db.transaction(actor) as tx:
        for table in ("release_figure", "release_shared_figure", "release_pupils"):
            assert await tx.connection.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_a_release_to_some_schools_is_for_those_only(http, world):
    sitting = await set_up(http, world)
    first = str(sitting.schools["甲校"].id)
    made = await released(http, sitting, SIZES, recipients=[first])
    path = f"/v1/releases/{made['id']}"
    assert (await get(http, sitting.principals["甲校"], path)).status_code == 200
    assert (await get(http, sitting.principals["乙校"], path)).status_code == 404
    refused = await release(http, sitting, recipients=[NOWHERE])
    assert (refused.status_code, refused.json()["code"]) == (422, "recipients_invalid")
    empty = await release(http, sitting, recipients=[])
    assert empty.status_code == 422


async def test_a_withdrawn_release_is_gone_for_schools_and_can_be_made_again(http, world, sql):
    sitting = await set_up(http, world)
    made = await released(http, sitting, SIZES)
    path, principal = f"/v1/releases/{made['id']}", sitting.principals["甲校"]
    as_school = await http.post(
        f"{path}/withdraw", json={"because": "x"}, headers=principal.headers
    )
    assert as_school.status_code == 403
    withdrawn = await http.post(
        f"{path}/withdraw", json={"because": "复核后更正"}, headers=sitting.officer.headers
    )
    assert withdrawn.json()["status"] == "withdrawn"
    assert withdrawn.json()["withdrawn_because"] == "复核后更正"
    assert (await get(http, principal, path)).status_code == 404
    assert (await get(http, principal, f"{path}/pupils")).status_code == 404
    assert (await get(http, sitting.officer, path)).status_code == 200
    twice = await http.post(
        f"{path}/withdraw", json={"because": "x"}, headers=sitting.officer.headers
    )
    assert (twice.status_code, twice.json()["code"]) == (409, "wrong_state")
    exam = (await get(http, sitting.officer, sitting.path)).json()
    assert exam["status"] == "frozen"
    again = await release(http, sitting)
    assert again.status_code == 201
    assert (await get(http, principal, f"/v1/releases/{again.json()['id']}")).status_code == 200
    events = await sql.fetch("SELECT type FROM event WHERE type LIKE 'release%' ORDER BY seq")
    assert [e["type"] for e in events] == ["release.made", "release.withdrawn", "release.made"]


async def test_a_release_before_freezing_is_refused(http, world):
    sitting = await set_up(http, world)
    early = await release(http, sitting)
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")


async def test_a_release_recomputes_to_the_same_figures(http, world):
    sitting = await set_up(http, world)
    made = await released(http, sitting, SIZES)
    path = f"/v1/releases/{made['id']}/verify"
    whole = (await get(http, sitting.officer, path)).json()
    # four schools: own figures, five shared ones, four lists of grades
    assert (whole["equal"], whole["scope"]) == (True, "whole")
    assert (whole["parts_checked"], whole["figures_checked"]) == (4, 13)
    own = (await get(http, sitting.principals["甲校"], path)).json()
    assert (own["equal"], own["scope"]) == (True, "own")
    assert (own["parts_checked"], own["figures_checked"]) == (1, 1)


@pytest.mark.parametrize(
    ("tampering", "told"),
    [
        (
            "UPDATE exam_snapshot_part SET half_marks = set_byte(half_marks, 0, 0)"
            " WHERE school_id = $1",
            "part ",
        ),
        (
            "UPDATE exam_snapshot SET sha256 = repeat('0', 64) WHERE $1::uuid IS NOT NULL",
            "snapshot",
        ),
        (
            "UPDATE release_figure SET figures = jsonb_set(figures, '{mean}', '9.9')"
            " WHERE school_id = $1",
            "figures ",
        ),
        (
            "UPDATE exam_snapshot SET papers = jsonb_set(papers, '{0,items,0,max_half_marks}', '6')"
            " WHERE $1::uuid IS NOT NULL",
            "snapshot",
        ),
    ],
)
async def test_whoever_changes_a_byte_in_the_database_is_found_out(
    http, world, sql, tampering, told
):
    sitting = await set_up(http, world)
    made = await released(http, sitting, SIZES)
    async with sql.transaction():
        await sql.execute("SET LOCAL session_replication_role = replica")  # past the triggers
        assert await sql.execute(tampering, sitting.schools["甲校"].id) == "UPDATE 1"
    found = await get(http, sitting.officer, f"/v1/releases/{made['id']}/verify")
    assert found.json()["equal"] is False
    assert any(d.startswith(told) for d in found.json()["differences"])


async def test_the_same_release_reads_the_same_bytes(http, world):
    sitting = await set_up(http, world)
    made = await released(http, sitting, SIZES)
    path = f"/v1/releases/{made['id']}"
    answers = [await get(http, sitting.principals["甲校"], path) for _ in range(3)]
    assert len({a.content for a in answers}) == 1
    assert answers[0].headers["etag"] == '"1"'


async def test_a_school_runs_verifies_and_reads_its_own_exam(http, world):
    school = await world.school("甲校")
    lead = await world.person(school, "lead")
    exam = await http.post(
        "/v1/exams", json=mock_exam(purpose="final", grade=8), headers=lead.headers
    )
    path = f"/v1/exams/{exam.json()['id']}"
    content = sheet(rows(school.code, spread(30)))
    sent = await http.post(f"{path}/scores", content=content, headers=lead.headers)
    assert sent.status_code == 200
    assert (await http.post(f"{path}/freeze", headers=lead.headers)).status_code == 201
    made = await http.post(f"{path}/releases", json={}, headers=lead.headers)
    assert made.status_code == 201, made.text
    seen = (await get(http, lead, f"/v1/releases/{made.json()['id']}")).json()
    assert seen["own"][0]["figures"]["n_present"] == 30
    assert seen["others"] == []
    verified = (await get(http, lead, f"/v1/releases/{made.json()['id']}/verify")).json()
    assert (verified["equal"], verified["scope"]) == (True, "whole")
    other = await world.person(await world.school("乙校"), "principal")
    officer = await world.person(None, "evaluation_officer")
    for outsider in (other, officer):
        answer = await get(http, outsider, f"/v1/releases/{made.json()['id']}")
        assert answer.status_code == 404
