"""The exam the demo ships, run over HTTP: 35 schools, real answers, published figures."""

import csv
import io
from collections import Counter

import pytest

from schoolgroup.demo import roster
from tests.evaluation.sittings import Sitting, freeze, mock_exam, release, send

# Item analysis of the data set HCI (McFarland et al. 2017, doi:10.1187/cbe.16-10-0305; 651 people,
# 20 items) as psych::alpha in R gives it.
ALPHA = 0.715453478612218
SD = 3.63688784763155
REST_R = [
    0.288419093752361, 0.220613426914743, 0.350041831844286, 0.172986616174255, 0.276783768736937,
    0.341884684388201, 0.100937961916876, 0.325215295546513, 0.212967866194457, 0.264356774407634,
    0.285111634597683, 0.315593353044008, 0.361217671168828, 0.338557825382942, 0.300563998739685,
    0.382226799706098, 0.0434040664366992, 0.417120686161406, 0.36650603270071, 0.339553292195737,
]  # fmt: skip


def table(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))


async def test_the_shipped_exam_comes_out_as_published_and_gives_no_small_school_away(http, world):
    schools = {
        row["code"]: await world.school(row["name"], row["tier"], code=row["code"])
        for row in table(roster.schools_csv())
    }
    officer = await world.person(None, "evaluation_officer")
    principals = {code: await world.person(s, "principal") for code, s in schools.items()}
    paper = {
        "subject": "科学",
        "items": [{"label": str(n), "max_marks": 1} for n in range(1, 21)],
    }
    exam = await http.post("/v1/exams", json=mock_exam(subjects=[paper]), headers=officer.headers)
    sitting = Sitting(exam.json(), officer, schools, principals)
    await http.post(f"{sitting.path}/invite", json={"all": True}, headers=officer.headers)
    early = await send(http, sitting, roster.exam_csv())
    partners = [code for code, school in schools.items() if school.tier == "partner"]
    assert {p["code"] for p in early.json()["errors"]} == {"not_taking_part"}
    for code in partners:
        headers = principals[code].headers
        assert (await http.post(f"{sitting.path}/accept", headers=headers)).status_code == 200
    taken = (await send(http, sitting, roster.exam_csv())).json()
    assert (taken["rows"], taken["schools"], taken["present"], taken["absent"]) == (
        666,
        35,
        651,
        15,
    )
    await freeze(http, sitting)
    made = (await release(http, sitting)).json()

    group = made["group"][0]["figures"]["figures"]
    assert (group["n_present"], group["n_absent"]) == (651, 15)
    assert group["mean"] == 7950 / 651
    assert group["median"] == 12
    assert group["sd"] == pytest.approx(SD, abs=1e-12)
    assert group["alpha"] == pytest.approx(ALPHA, abs=1e-12)
    assert [i["rest_r"] for i in group["items"]] == pytest.approx(REST_R, abs=1e-12)
    assert (group["items"][0]["p"], group["items"][5]["p"]) == (455 / 651, 236 / 651)

    sat = Counter(
        row["school_code"] for row in table(roster.exam_csv()) if row["status"] == "present"
    )
    suppressed = {s["school_name"] for s in made["schools"] if s["figures"]["suppressed"]}
    smallest = sorted(sat, key=lambda code: sat[code])[:3]
    assert sat[smallest[0]] == 7
    assert suppressed == {schools[code].name for code in smallest}
    for code in (smallest[0], "9900000001"):
        path = f"/v1/releases/{made['id']}"
        seen = await http.get(path, headers=principals[code].headers)
        assert seen.json()["own"][0]["figures"]["n_present"] == sat[code]
        others = seen.json()["others"]
        assert len(others) == 34
        assert sum(o["figures"]["suppressed"] for o in others) == (2 if code in smallest else 3)
        assert not any(s.name in seen.text for c, s in schools.items() if c != code)
    verified = await http.get(f"/v1/releases/{made['id']}/verify", headers=officer.headers)
    assert verified.json()["equal"] is True
