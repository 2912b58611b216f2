"""Appraisals inside a school, and the national check from the returns of a call."""

import pytest

from tests.evaluation.appraisals.season import Season, hours
from tests.evaluation.appraisals.test_scoring import ON_TARGET
from tests.management.returns.desk import Desk

TEACHERS = {
    "code": "teacher_2026",
    "title": {"en": "Teachers", "zh": "教师评价"},
    "subject": "teacher",
    "indicators": [
        {"code": "T", "title": {"en": "t", "zh": "教学"}, "weight_bp": 10_000,
         "scale": {"type": "score", "max": "10"},
         "sources": [{"source": "expert", "weight_bp": 5_000},
                     {"source": "peer", "weight_bp": 5_000}]}
    ],
}  # fmt: skip


@pytest.mark.parametrize("shared", [False, True], ids=["inside", "shared"])
async def test_teachers_stay_in_their_school_unless_the_scheme_says_otherwise(http, world, shared):
    school = await world.school("校内评价校")
    principal = await world.person(school, "principal")
    colleague = await world.person(school, "teacher")
    office = await world.person(None, "group_admin")

    async def done(who, path, body=None):
        answer = await http.post(path, json=body, headers=who.headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    wish = {**TEACHERS, "teachers_to_office": shared}
    scheme = await done(principal, "/v1/appraisal-schemes", wish)
    await done(principal, f"/v1/appraisal-schemes/{scheme['id']}/publish")
    body = {"scheme_id": scheme["id"], "title": "教师评价", **hours(1, 2, 3)}
    made = await done(principal, "/v1/appraisals", body)
    path = f"/v1/appraisals/{made['id']}"
    teacher = {"school_id": str(school.id), "teacher_ref": "T-017"}
    await done(principal, f"{path}/subjects", {"subjects": [teacher]})
    panel_ = {"person_ids": [str(colleague.id)], "per_case": 1}
    await done(principal, f"{path}/assessors", panel_)
    [case] = (await http.get(f"{path}/cases", headers=principal.headers)).json()["items"]
    for verb in ("open", "review", "assess"):
        await done(principal, f"{path}/move", {"verb": verb})
    at = f"/v1/appraisal-cases/{case['id']}"
    tally = {"source": "peer", "indicator": "T", "n": 4, "sum": "30"}
    await done(principal, f"{at}/tallies", {"tallies": [tally]})
    await done(colleague, f"{at}/assessment", {"marks": [{"indicator": "T", "value": "9"}]})
    await done(principal, f"{path}/move", {"verb": "moderate"})
    told = (await http.get(f"{at}/result", headers=principal.headers)).json()
    assert told["result"]["total_exact"] == "33/40"
    seen = [
        (await http.get(one, headers=office.headers)).status_code
        for one in (path, at, at + "/result")
    ]
    assert seen == ([200, 200, 200] if shared else [404, 404, 404])
    other = await world.person(await world.school("别校"), "principal")
    assert (await http.get(path, headers=other.headers)).status_code == 404


async def test_the_national_check_from_accepted_returns(http, world):
    """Seven figures of a call become the verdict of each school and the coefficients of all."""
    office = await world.person(None, "group_admin")
    desk = Desk(http, world, office)
    for name in ("甲均衡校", "乙均衡校"):
        await desk.enrol(name)
    fields = [
        {"code": name, "label": {"en": name, "zh": name}, "type": "decimal", "required": True}
        for name in ON_TARGET
    ]
    call = await desk.call(form_id=(await desk.form(fields))["id"])
    # the second school lacks 15 % of its sports ground, and its rooms are twice the target
    changes = [{}, {"sports_m2": "1734", "teaching_rooms_m2": "2320"}]
    for who, change in zip(desk.principals, changes, strict=True):
        values = {name: float(text) for name, text in {**ON_TARGET, **change}.items()}
        await desk.save(who, call, values)
        sent = await desk.submit(who, call)
        if who is desk.principals[0]:
            first = sent
        path = f"/v1/returns/{sent['id']}/accept"
        await desk.send(office, "POST", path, 200, json={"version_no": 1})
    assert first["school_id"] == str(desk.schools[0].id)

    officer = await world.person(None, "evaluation_officer")
    season = Season(http, world, officer, desk.schools, desk.principals, [], {}, {}, {})
    adopt = {"name": "national_balance_2017"}
    scheme = await season.done(officer, "/v1/appraisal-schemes/adopt", adopt)
    body = {"scheme_id": scheme["id"], "title": "优质均衡监测", **hours(1, 2, 3)}
    early = await season.post(officer, "/v1/appraisals", body)
    assert early.json()["code"] == "scheme_not_published"
    await season.done(officer, f"/v1/appraisal-schemes/{scheme['id']}/publish")
    season.round = await season.done(officer, "/v1/appraisals", body)
    subjects = [{"school_id": str(school.id), "stage": "junior"} for school in desk.schools]
    await season.done(officer, f"{season.path}/subjects", {"subjects": subjects})
    wish = {"call_id": call["id"], "stage": "junior", "fields": {name: name for name in ON_TARGET}}
    taken = await season.done(officer, f"{season.path}/figures/from-call", wish)
    assert (taken["cells"], taken["lacking"]) == (16, [])
    origin = await world.sql.fetchval("SELECT min(origin) FROM appraisal_figure")
    assert origin.startswith("return ")
    await season.move("open", "review", "assess", "moderate", "announce")
    told = (await season.get(officer, f"{season.path}/results")).json()
    verdicts = [case["rules"][0] for case in told["cases"]]
    assert [one["passed"] for one in verdicts] == [True, True]
    assert {len(one["reached"]) for one in verdicts} == {6, 7}
    spread = {one["indicator"]: one for one in told["spreads"]}
    # 5.8 and 11.6 m² for 200 pupils each: μ = 8.7, sd = 2.9, a third
    assert (spread["R4"]["coefficient"], spread["R4"]["passed"]) == ("0.3333", True)
    assert spread["R1"]["coefficient"] == "0.0000"
    # two schools: neither may learn the other's total from "the others"
    seen = (await season.get(desk.principals[0], f"{season.path}/results")).json()
    assert seen["others"][0]["suppressed"]
