"""The gates of the law and the group's own: stricter only, and above every role."""

from datetime import UTC, datetime
from itertools import product

import pytest

from schoolgroup.access.bundles import shipped_policy
from schoolgroup.evaluation.exams.gates import GATES, Collects, Content, ExamKind, gate_of
from schoolgroup.evaluation.exams.limits.models import GateRule
from schoolgroup.evaluation.exams.limits.rules import stricter
from tests.evaluation.exams.test_gates import KINDS
from tests.evaluation.sittings import freeze, mock_exam, release, rows, send, set_up, sheet, spread

# a visitor has not signed in, and so has no exams to set up
PLACES = sorted(
    place for place in shipped_policy().compiled.bundle.vocabulary.places if place[0] != "visitor"
)


def rule(gate, allowed, collects, contents, most):
    return GateRule(gate, allowed, collects, contents, most, "x", 1, datetime.now(UTC))


def test_no_rule_whatsoever_opens_what_the_law_shuts():
    """Every gate × every rule that could be stored, also one written past the API."""
    every = [list(Content), [], [Content.RANKS], [Content.FIGURES]]
    for gate in GATES:
        for allowed, collects, contents, most in product(
            (True, False), Collects, every, (None, 0, 1, 9)
        ):
            left = stricter(gate, rule(gate.name, allowed, collects, contents, most))
            assert left.allowed <= gate.allowed
            assert set(left.contents) <= set(gate.contents)
            assert left.collects in (gate.collects, Collects.NONE)
            if gate.in_school_year_max is not None:
                assert left.in_school_year_max is not None
                assert left.in_school_year_max <= gate.in_school_year_max


FORBIDDEN: dict[bool, list[ExamKind]] = {True: [], False: []}
for _kind in KINDS:
    if not gate_of(_kind).allowed:
        FORBIDDEN[_kind.joint].append(_kind)
# one kind of exam for each forbidding gate, across schools and in one
SAMPLES = {
    joint: list({gate_of(k).name: k for k in kinds}.values()) for joint, kinds in FORBIDDEN.items()
}


async def everyone(world, schools, scopes):
    """Someone of each role at each tier, and a machine of each."""
    for role, tier in PLACES:
        school = schools.get(tier)
        if role == "client":
            yield role, tier, await world.client(school, scopes)
        else:
            yield role, tier, (await world.person(school, role)).headers


async def test_a_forbidden_exam_cannot_be_set_up_by_anyone(http, world, sql):
    schools = {tier: await world.school(tier, tier) for tier in ("integrated", "partner")}
    tried = 0
    async for role, tier, headers in everyone(world, schools, ["exam:create", "exam:read"]):
        for kind in SAMPLES[tier == "office"]:
            wish = mock_exam(
                stage=kind.stage, grade=kind.grade, purpose=kind.purpose, term_last=kind.term_last
            )
            answer = await http.post("/v1/exams", json=wish, headers=headers)
            assert answer.status_code in (403, 404), (role, tier, kind, answer.text)
            tried += 1
    assert tried >= 6 * len(PLACES)
    assert await sql.fetchval("SELECT count(*) FROM exam") == 0


async def test_a_forbidden_release_cannot_be_made_by_anyone(http, world, sql):
    """Frozen marks of a compulsory grade: no role gets ranks, marks or the public out of them."""
    sitting = await set_up(http, world, integrated=("甲校", "乙校"), partners=("紧密校",))
    blocks = [rows(sitting.schools[n].code, spread(12)) for n in ("甲校", "乙校")]
    await send(http, sitting, sheet(*blocks))
    await freeze(http, sitting)
    schools = {"integrated": sitting.schools["甲校"], "partner": sitting.schools["紧密校"]}
    wishes = [{"contents": [c]} for c in ("pupil_scores", "ranks")] + [{"recipients": "public"}]
    async for role, tier, headers in everyone(world, schools, ["release:make", "release:read"]):
        for wish in wishes:
            answer = await http.post(f"{sitting.path}/releases", json=wish, headers=headers)
            assert answer.status_code in (403, 404), (role, tier, wish, answer.text)
    assert await sql.fetchval("SELECT count(*) FROM exam_release") == 0


async def tighten(http, who, gate, version=0, **wish):
    return await http.put(
        f"/v1/exam-gates/{gate}",
        json={"because": "集团决定", **wish},
        headers={**who.headers, "If-Match": f'"{version}"'},
    )


async def test_a_visitor_and_a_school_set_no_gate(http, world):
    assert (await http.get("/v1/exam-gates")).status_code == 401
    assert (await http.put("/v1/exam-gates/senior_mock", json={})).status_code == 401
    principal = await world.person(await world.school("甲校"), "principal")
    listed = await http.get("/v1/exam-gates", headers=principal.headers)
    assert [g["name"] for g in listed.json()["items"]] == [g.name for g in GATES]
    refused = await tighten(http, principal, "senior_mock", allowed=False)
    assert refused.status_code == 403


@pytest.mark.parametrize(
    ("gate", "wish", "pointer"),
    [
        ("joint_primary", {"allowed": True}, "/allowed"),
        ("sampling", {"collects": "scores"}, "/collects"),
        ("junior_mock", {"contents": ["figures", "ranks"]}, "/contents/1"),
        ("junior_mock", {"in_school_year_max": 3}, "/in_school_year_max"),
    ],
)
async def test_a_rule_that_would_allow_more_is_refused(http, world, sql, gate, wish, pointer):
    officer = await world.person(None, "evaluation_officer")
    refused = await tighten(http, officer, gate, **wish)
    assert (refused.status_code, refused.json()["code"]) == (422, "laxer_than_law")
    assert [e["pointer"] for e in refused.json()["errors"]] == [pointer]
    assert await sql.fetchval("SELECT count(*) FROM exam_gate_rule") == 0


async def test_a_stricter_group_is_met_at_creation_invitation_import_and_release(http, world):
    sitting = await set_up(http, world, integrated=("甲校", "乙校"))
    officer, path = sitting.officer, sitting.path
    only = await tighten(http, officer, "junior_mock", in_school_year_max=1)
    assert (only.status_code, only.json()["version"]) == (200, 1)
    second = await http.post("/v1/exams", json=mock_exam(), headers=officer.headers)
    assert (second.status_code, second.json()["code"]) == (403, "forbidden_by_law")
    stale = await tighten(http, officer, "junior_mock", allowed=False)
    assert stale.status_code == 412

    blocks = [rows(s.code, spread(12)) for s in sitting.schools.values()]
    shut = await tighten(http, officer, "junior_mock", 1, collects="none")
    assert shut.json()["collects"] == "none"
    assert (await send(http, sitting, sheet(*blocks))).status_code == 403
    shut = await tighten(http, officer, "junior_mock", 2, allowed=False)
    again = await http.post(f"{path}/invite", json={"all": True}, headers=officer.headers)
    assert (again.status_code, again.json()["gate"]) == (403, "junior_mock")
    assert (await http.post(f"{path}/register", headers=officer.headers)).status_code == 403

    await tighten(http, officer, "junior_mock", 3, contents=["figures"])
    assert (await send(http, sitting, sheet(*blocks))).status_code == 200
    await freeze(http, sitting)
    refused = await release(http, sitting, contents=["pupil_grades"])
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden_by_law")
    made = await release(http, sitting)
    assert made.json()["contents"] == ["figures"]
    restored = await http.delete(
        "/v1/exam-gates/junior_mock", headers={**officer.headers, "If-Match": '"4"'}
    )
    assert (restored.status_code, restored.json()["stricter"]) == (200, None)
    assert restored.json()["contents"] == ["figures", "pupil_grades"]


async def test_a_row_written_past_the_rules_still_allows_nothing_more(http, world, sql):
    sitting = await set_up(http, world, integrated=("甲校", "乙校"))
    await sql.execute(
        """INSERT INTO exam_gate_rule (group_id, gate, allowed, collects, contents, because,
                                       updated_at)
           VALUES ($1, 'junior_mock', true, 'scores', '{figures,ranks,pupil_scores}', 'x', now()),
                  ($1, 'joint_primary', true, 'scores', '{figures}', 'x', now())""",
        world.group_id,
    )
    primary = await http.post(
        "/v1/exams", json=mock_exam(stage="primary", grade=4), headers=sitting.officer.headers
    )
    assert primary.status_code == 403
    await send(http, sitting, sheet(*(rows(s.code, spread(12)) for s in sitting.schools.values())))
    await freeze(http, sitting)
    assert (await release(http, sitting, contents=["ranks"])).status_code == 403
