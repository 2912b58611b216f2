"""Federated results: a school sends how often each total occurs, and the figures are the same."""

from collections import Counter

import pytest

from tests.evaluation.exams.test_exams import NOWHERE
from tests.evaluation.sittings import freeze, mock_exam, release, rows, send, set_up, sheet, spread

SIZES = {"甲校": 40, "乙校": 30, "丙校": 24, "丁校": 16}
OF_TOTALS = (
    "n_present", "n_absent", "n_void", "n_exempt", "participation", "mean", "sd", "median",
    "lower_quartile", "upper_quartile", "rates", "grades",
)  # fmt: skip


def totals(n):
    return [sum(float(c) for c in row.split(",")[1:]) for row in spread(n)]


def sums(sitting, name, marks, **more):
    return {
        "school_code": sitting.schools[name].code,
        "subject": "数学",
        "totals": [{"marks": mark, "pupils": n} for mark, n in Counter(marks).items()],
        **more,
    }


async def post(http, person, sitting, body):
    return await http.post(f"{sitting.path}/sums", json=body, headers=person.headers)


async def test_a_visitor_is_asked_to_sign_in(http):
    body = {"school_code": "x", "subject": "数学", "totals": []}
    assert (await http.post(f"/v1/exams/{NOWHERE}/sums", json=body)).status_code == 401


async def whole(http, sitting):
    await freeze(http, sitting)
    made = (await release(http, sitting)).json()
    seen = await http.get(f"/v1/releases/{made['id']}", headers=sitting.officer.headers)
    verified = await http.get(f"/v1/releases/{made['id']}/verify", headers=sitting.officer.headers)
    assert verified.json()["equal"], verified.text
    return seen.json()["group"][0]["figures"]["figures"]


async def test_sums_and_rows_give_the_same_figures(http, world):
    absent = [*spread(24), "absent"]
    by_rows = await set_up(http, world)
    blocks = [
        rows(by_rows.schools[name].code, absent if name == "丙校" else spread(n))
        for name, n in SIZES.items()
    ]
    assert (await send(http, by_rows, sheet(*blocks))).status_code == 200
    expected = await whole(http, by_rows)

    second = await http.post("/v1/exams", json=mock_exam(), headers=by_rows.officer.headers)
    assert second.status_code == 201, second.text
    by_sums = type(by_rows)(second.json(), by_rows.officer, by_rows.schools, by_rows.principals)
    invited = await http.post(
        f"{by_sums.path}/invite", json={"all": True}, headers=by_sums.officer.headers
    )
    assert invited.status_code == 200
    mixed = [rows(by_sums.schools[name].code, spread(SIZES[name])) for name in ("甲校", "乙校")]
    assert (await send(http, by_sums, sheet(*mixed))).status_code == 200
    for name, more in (("丙校", {"absent": 1}), ("丁校", {})):
        taken = await post(
            http,
            by_sums.principals[name],
            by_sums,
            sums(by_sums, name, totals(SIZES[name]), **more),
        )
        assert taken.status_code == 200, taken.text
        assert taken.json()["n_present"] == SIZES[name]
    found = await whole(http, by_sums)
    assert {name: found[name] for name in OF_TOTALS} == {name: expected[name] for name in OF_TOTALS}
    assert (found["n_by_item"], expected["n_by_item"]) == (70, None)


async def test_analyses_count_sums_where_they_can_and_say_so_where_not(http, world):
    senior = {"title": "高三联考", "stage": "senior", "grade": 12}
    sitting = await set_up(http, world, exam=mock_exam(**senior))
    block = rows(sitting.schools["甲校"].code, spread(40))
    assert (await send(http, sitting, sheet(block))).status_code == 200
    body = sums(sitting, "乙校", totals(30))
    assert (await post(http, sitting.principals["乙校"], sitting, body)).status_code == 200
    await freeze(http, sitting)

    async def ask(method, **more):
        answer = await http.post(
            f"{sitting.path}/analyses",
            json={"method": method, "subject": "数学", **more},
            headers=sitting.officer.headers,
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    everyone = [*totals(40), *totals(30)]
    scores = await ask("scores")
    assert (scores["n"], scores["figures"]["mean"]) == (70, pytest.approx(sum(everyone) / 70))
    table = await ask("score_table")
    assert sum(row["n"] for row in table["rows"]) == 70
    assigned = await ask("assigned", scheme="shandong", boundary="nearest")
    assert assigned["n"] == 70
    items = await ask("items")
    assert items["n"] == 40
    for found, told in ((scores, "in the whole"), (table, "30 results"), (items, "needs rows")):
        assert told in found["notes"][-1]["en"]


async def test_who_may_send_what(http, world):
    sitting = await set_up(http, world)
    body = sums(sitting, "甲校", totals(12))
    stranger = await post(http, sitting.principals["乙校"], sitting, body)
    assert (stranger.status_code, stranger.json()["code"]) == (409, "not_taking_part")
    assert (await post(http, sitting.officer, sitting, body)).status_code == 200
    # rows take the place of sums, and never the other way round
    block = rows(sitting.schools["甲校"].code, spread(12))
    assert (await send(http, sitting, sheet(block))).status_code == 200
    again = await post(http, sitting.principals["甲校"], sitting, body)
    assert again.json()["code"] == "rows_are_in"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ([{"marks": 10.5, "pupils": 1}], "out_of_range"),
        ([{"marks": 3, "pupils": 1}, {"marks": 3, "pupils": 2}], "twice"),
    ],
    ids=["beyond", "twice"],
)
async def test_sums_fit_the_paper(http, world, wrong, code):
    sitting = await set_up(http, world)
    body = sums(sitting, "甲校", []) | {"totals": wrong}
    answer = await post(http, sitting.officer, sitting, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "sums_invalid")
    assert answer.json()["errors"][0]["code"] == code
