"""Exams over HTTP: who sees them, the gates of the law, invitations and answers."""

import asyncio

import pytest

from tests.evaluation.sittings import PAPER, mock_exam, rows, send, set_up, sheet, spread

NOWHERE = "01890000-0000-7000-8000-000000000000"


async def test_a_visitor_is_asked_to_sign_in(http):
    path = f"/v1/exams/{NOWHERE}"
    answers = [
        await http.post("/v1/exams", json=mock_exam()),
        await http.get("/v1/exams"),
        await http.get(path),
        await http.post(f"{path}/invite", json={"all": True}),
        await http.post(f"{path}/accept"),
        await http.post(f"{path}/decline"),
        await http.post(f"{path}/cancel", json={"because": "雪"}),
    ]
    assert [a.status_code for a in answers] == [401] * 7


async def test_a_stranger_finds_nothing(http, world):
    sitting = await set_up(http, world)
    await world.group("other")
    strangers = [
        await world.person(await world.school("外校"), "principal"),
        await world.person(None, "evaluation_officer"),
    ]
    for stranger in strangers:
        answers = [
            await http.get(sitting.path, headers=stranger.headers),
            await http.post(f"{sitting.path}/invite", json={"all": True}, headers=stranger.headers),
            await http.post(f"{sitting.path}/accept", headers=stranger.headers),
            await http.post(f"{sitting.path}/decline", headers=stranger.headers),
            await http.post(
                f"{sitting.path}/cancel", json={"because": "x"}, headers=stranger.headers
            ),
        ]
        assert [a.status_code for a in answers] == [404] * 5
        assert (await http.get("/v1/exams", headers=stranger.headers)).json()["items"] == []


async def test_a_joint_mock_of_the_graduating_grade_goes_from_draft_to_invited(http, world):
    sitting = await set_up(http, world, partners=("紧密校",))
    exam = sitting.exam
    assert exam["status"] == "invited"
    assert exam["gate"]["name"] == "junior_mock"
    assert exam["gate"]["contents"] == ["figures", "pupil_grades"]
    assert "1—2次模拟考试" in exam["gate"]["article"]["quote"]["zh"]
    by_name = {s["school_name"]: s["status"] for s in exam["schools"]}
    assert by_name == {
        **dict.fromkeys(("甲校", "乙校", "丙校", "丁校"), "accepted"),
        "紧密校": "invited",
    }
    assert exam["subjects"][0]["full_marks"] == 10
    assert [level["grade"] for level in exam["subjects"][0]["levels"]] == ["A", "B", "C", "D"]
    assert exam["actions"] == ["invite", "register", "import", "cancel"]


@pytest.mark.parametrize(
    ("changes", "gate", "words"),
    [
        ({"stage": "primary", "grade": 4}, "joint_primary", "跨校际的考试"),
        ({"stage": "primary", "grade": 6, "purpose": "final"}, "joint_primary", "跨校际的考试"),
        ({"grade": 8}, "joint_junior_not_graduating", "初中非毕业年级"),
        ({"term_last": False}, "joint_junior_other", "下学期"),
        ({"purpose": "final"}, "joint_junior_other", "模拟考试"),
        ({"purpose": "ranking"}, "compulsory_ranking", "不排名"),
        ({"purpose": "publication"}, "publication", "不得公开"),
        ({"purpose": "placement"}, "compulsory_placement", "分班"),
        ({"purpose": "selection"}, "compulsory_selection", "免试入学"),
        ({"stage": "senior", "grade": 11}, "joint_senior_not_graduating", "初高中非毕业年级"),
        ({"stage": "senior", "grade": 12, "purpose": "publication"}, "publication", "不得公开"),
    ],
)
async def test_what_the_law_forbids_cannot_be_set_up(http, world, sql, changes, gate, words):
    officer = await world.person(None, "evaluation_officer")
    refused = await http.post(
        "/v1/exams", json=mock_exam(**changes), headers={**officer.headers, "Accept-Language": "zh"}
    )
    assert refused.status_code == 403
    problem = refused.json()
    assert (problem["code"], problem["gate"]) == ("forbidden_by_law", gate)
    assert words in problem["detail"]
    assert words in problem["article"]["zh"]
    assert problem["article"]["en"]
    assert problem["law"]["published"]
    assert gate not in {other["gate"] for other in problem["allowed"]}
    assert await sql.fetchval("SELECT count(*) FROM exam") == 0
    audited = await sql.fetchval("SELECT count(*) FROM audit_entry WHERE outcome = 'denied'")
    assert audited == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"purpose": "final", "grade": 8, "term_last": False}, 201),
        ({"purpose": "midterm", "grade": 7}, 201),
        ({"purpose": "routine", "grade": 8}, 403),
        ({"purpose": "diagnosis", "grade": 8}, 403),
        ({"stage": "primary", "grade": 2, "purpose": "final"}, 403),
        ({"stage": "primary", "grade": 3, "purpose": "final"}, 201),
        ({"stage": "primary", "grade": 3, "purpose": "midterm"}, 403),
        ({"stage": "senior", "grade": 10, "purpose": "routine"}, 201),
    ],
)
async def test_a_schools_own_exam_has_gates_too(http, world, changes, status):
    lead = await world.person(await world.school("甲校"), "lead")
    made = await http.post("/v1/exams", json=mock_exam(**changes), headers=lead.headers)
    assert made.status_code == status, made.text
    if status == 201:
        assert made.json()["status"] == "invited"
        assert [s["status"] for s in made.json()["schools"]] == ["accepted"]


async def test_a_teacher_sets_up_no_exam_and_a_school_no_joint_one(http, world):
    school = await world.school("甲校")
    teacher = await world.person(school, "teacher")
    refused = await http.post("/v1/exams", json=mock_exam(), headers=teacher.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    lead = await world.person(school, "lead")
    own = (await http.post("/v1/exams", json=mock_exam(), headers=lead.headers)).json()
    assert own["school_id"] == str(school.id)
    invite = await http.post(
        f"/v1/exams/{own['id']}/invite", json={"all": True}, headers=lead.headers
    )
    assert (invite.status_code, invite.json()["code"]) == (409, "exam_not_joint")
    officer = await world.person(None, "evaluation_officer")
    seen = await http.get(f"/v1/exams/{own['id']}", headers=officer.headers)
    assert seen.status_code == 404  # a school's own exam is not the group's business


async def test_the_third_mock_of_a_school_year_is_refused_even_at_once(http, world, sql):
    officer = await world.person(None, "evaluation_officer")

    async def set_one_up():
        return await http.post("/v1/exams", json=mock_exam(), headers=officer.headers)

    answers = await asyncio.gather(*(set_one_up() for _ in range(5)))
    assert sorted(a.status_code for a in answers) == [201, 201, 403, 403, 403]
    assert await sql.fetchval("SELECT count(*) FROM exam") == 2
    first = next(a.json() for a in answers if a.status_code == 201)
    await http.post(
        f"/v1/exams/{first['id']}/cancel", json={"because": "改期"}, headers=officer.headers
    )
    assert (await set_one_up()).status_code == 201  # a cancelled one does not count


@pytest.mark.parametrize(
    ("subject", "code"),
    [
        (
            {"items": [{"label": "1", "max_marks": 2}, {"label": "１", "max_marks": 2}]},
            "label_twice",
        ),
        ({"items": [{"label": "class", "max_marks": 2}]}, "label_taken"),
        ({"lines": {"excellent_percent": 50}}, "lines_order"),
        (
            {
                "levels": [
                    {"grade": g, "from_percent": p}
                    for g, p in (("优", 85), ("良", 60), ("中", 70), ("差", 0))
                ]
            },
            "levels_order",
        ),
    ],
)
async def test_a_paper_that_contradicts_itself_is_refused(http, world, subject, code):
    officer = await world.person(None, "evaluation_officer")
    refused = await http.post(
        "/v1/exams",
        json=mock_exam(subjects=[{**PAPER, **subject}]),
        headers=officer.headers,
    )
    assert refused.status_code == 422
    assert [p["code"] for p in refused.json()["errors"]] == [code]


@pytest.mark.parametrize("marks", [0.3, 0, -1, 301, None])
async def test_marks_go_in_halves(http, world, marks):
    officer = await world.person(None, "evaluation_officer")
    paper = {**PAPER, "items": [{"label": "1", "max_marks": marks}]}
    refused = await http.post(
        "/v1/exams", json=mock_exam(subjects=[paper]), headers=officer.headers
    )
    assert refused.status_code == 422


async def offered(http, who):
    """What the list says may be done with the one exam in it."""
    (only,) = (await http.get("/v1/exams", headers=who.headers)).json()["items"]
    return only["actions"]


async def test_a_partner_school_answers_for_itself_until_results_are_in(http, world):
    sitting = await set_up(http, world, partners=("紧密校",))
    partner = sitting.principals["紧密校"]
    seen = (await http.get(sitting.path, headers=partner.headers)).json()
    assert seen["actions"] == ["accept", "decline"]
    assert [s["school_name"] for s in seen["schools"]] == ["紧密校"]
    assert seen["subjects"][0]["items"][0]["knowledge_point"] is None  # not before the exam
    assert await offered(http, partner) == seen["actions"] == ["accept", "decline"]
    accepted = await http.post(f"{sitting.path}/accept", headers=partner.headers)
    assert accepted.status_code == 200
    assert accepted.json()["schools"][0]["status"] == "accepted"
    assert await offered(http, partner) == accepted.json()["actions"] == ["import", "decline"]
    again = await http.post(f"{sitting.path}/accept", headers=partner.headers)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    declined = await http.post(f"{sitting.path}/decline", headers=partner.headers)
    assert declined.json()["schools"][0]["status"] == "declined"
    assert (await http.get(sitting.path, headers=partner.headers)).status_code == 404
    await http.post(f"{sitting.path}/invite", json={"all": True}, headers=sitting.officer.headers)
    asked_again = (await http.get(sitting.path, headers=partner.headers)).json()
    assert asked_again["schools"][0]["status"] == "invited"
    await send(http, sitting, sheet(rows(sitting.schools["甲校"].code, spread(2))))
    late = await http.post(f"{sitting.path}/decline", headers=sitting.principals["甲校"].headers)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_a_partner_that_is_not_invited_sees_nothing_and_an_integrated_one_joins(http, world):
    officer = await world.person(None, "evaluation_officer")
    exam = (await http.post("/v1/exams", json=mock_exam(), headers=officer.headers)).json()
    path = f"/v1/exams/{exam['id']}"
    first, second = await world.school("甲校"), await world.school("乙校")
    await http.post(f"{path}/invite", json={"school_ids": [str(first.id)]}, headers=officer.headers)
    partner = await world.person(await world.school("紧密校", "partner"), "principal")
    assert (await http.get(path, headers=partner.headers)).status_code == 404
    assert (await http.post(f"{path}/accept", headers=partner.headers)).status_code == 404
    assert (await http.get("/v1/exams", headers=partner.headers)).json()["items"] == []
    principal = await world.person(second, "principal")
    joined = await http.post(f"{path}/accept", headers=principal.headers)
    assert joined.status_code == 200
    assert joined.json()["version"] > exam["version"]
    teacher = await world.person(second, "teacher")
    assert (await http.post(f"{path}/decline", headers=teacher.headers)).status_code == 403


async def test_only_fitting_schools_are_invited(http, world):
    officer = await world.person(None, "evaluation_officer")
    exam = (await http.post("/v1/exams", json=mock_exam(), headers=officer.headers)).json()
    path = f"/v1/exams/{exam['id']}/invite"
    primary = await world.school("小学", stages=("primary",))
    for wish in (
        {"school_ids": [str(primary.id)]},
        {"school_ids": [NOWHERE]},
        {},
        {"all": True, "school_ids": [str(primary.id)]},
        {"all": True},  # no school teaches the stage
    ):
        refused = await http.post(path, json=wish, headers=officer.headers)
        assert (refused.status_code, refused.json()["code"]) == (422, "invitation_invalid"), wish


async def test_a_cancelled_exam_is_over(http, world):
    sitting = await set_up(http, world)
    cancelled = await http.post(
        f"{sitting.path}/cancel", json={"because": "停电"}, headers=sitting.officer.headers
    )
    assert (cancelled.json()["status"], cancelled.json()["actions"]) == ("cancelled", [])
    taken = await send(http, sitting, sheet(rows(sitting.schools["甲校"].code, spread(2))))
    assert (taken.status_code, taken.json()["code"]) == (409, "wrong_state")


async def test_the_list_pages_and_shows_what_a_point_read_shows(http, world):
    officer = await world.person(None, "evaluation_officer")
    made = [
        (await http.post("/v1/exams", json=mock_exam(), headers=officer.headers)).json()["id"]
        for _ in range(2)
    ]
    page = (await http.get("/v1/exams?limit=1", headers=officer.headers)).json()
    assert [e["id"] for e in page["items"]] == [made[1]]
    rest = await http.get(
        f"/v1/exams?limit=1&cursor={page['next_cursor']}", headers=officer.headers
    )
    assert [e["id"] for e in rest.json()["items"]] == [made[0]]
    assert rest.json()["next_cursor"] is None
    one = await http.get(f"/v1/exams/{made[0]}", headers=officer.headers)
    assert one.json()["actions"] == rest.json()["items"][0]["actions"]
    same = await http.get(
        f"/v1/exams/{made[0]}", headers={**officer.headers, "If-None-Match": one.headers["etag"]}
    )
    assert same.status_code == 304
