"""Figures worked out of frozen marks: what they are, for whom, and what is refused."""

import statistics

import pytest

from schoolgroup.evaluation.value_added.report import value_added
from schoolgroup.evaluation.value_added.sums import from_six_numbers, six_numbers
from tests.evaluation.exams.test_exams import NOWHERE
from tests.evaluation.exams.test_limits import tighten
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

SIZES = {"甲校": 60, "乙校": 30, "丙校": 24, "丁校": 16, "戊校": 12}
SENIOR = {"title": "高三联考", "stage": "senior", "grade": 12, "purpose": "mock"}


async def ask(http, person, sitting, method, **more):
    body = {"method": method, **({"subject": "数学"} if method != "lines" else {}), **more}
    return await http.post(f"{sitting.path}/analyses", json=body, headers=person.headers)


async def figures(http, sitting, method, **more):
    answer = await ask(http, sitting.officer, sitting, method, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def totals(n):
    return [sum(float(c) for c in row.split(",")[1:]) for row in spread(n)]


@pytest.fixture
async def sitting(http, world):
    """A senior mock of five schools, frozen and released."""
    made = await set_up(http, world, tuple(SIZES), exam=mock_exam(**SENIOR))
    made.exam["release"] = await released(http, made, SIZES)
    return made


async def test_a_visitor_is_asked_to_sign_in(http):
    for path in (f"/v1/exams/{NOWHERE}/analyses", f"/v1/releases/{NOWHERE}/analyses"):
        answer = await http.post(path, json={"method": "scores", "subject": "数学"})
        assert answer.status_code == 401


async def test_the_whole_is_for_who_runs_the_exam(http, world, sitting):
    assert (await ask(http, sitting.officer, sitting, "scores")).status_code == 200
    admin = await world.person(None, "group_admin")
    assert (await ask(http, admin, sitting, "scores")).status_code == 200
    principal = sitting.principals["甲校"]
    assert (await ask(http, principal, sitting, "scores")).status_code == 403
    await world.group("other")
    stranger = await world.person(None, "evaluation_officer")
    assert (await ask(http, stranger, sitting, "scores")).status_code == 404


async def test_scores_are_those_of_the_marks_and_the_same_bytes_each_time(http, sitting):
    first = await ask(http, sitting.officer, sitting, "scores")
    again = await ask(http, sitting.officer, sitting, "scores")
    assert first.content == again.content
    found = first.json()
    everyone = [mark for n in SIZES.values() for mark in totals(n)]
    assert found["n"] == len(everyone) == 142
    assert found["figures"]["mean"] == pytest.approx(statistics.fmean(everyone), abs=1e-12)
    assert found["figures"]["sd"] == pytest.approx(statistics.pstdev(everyone), abs=1e-12)
    shown = {row["school"]: row for row in found["rows"]}
    assert shown["乙校"]["mean"] == pytest.approx(statistics.fmean(totals(30)), abs=1e-12)
    [source] = found["sources"]
    assert source["snapshot_sha256"] == sitting.exam["release"]["snapshot_sha256"]
    assert found["code_version"]


async def test_a_small_school_is_hidden_with_others_so_that_nobody_subtracts_it(http, world):
    sizes = {"甲校": 60, "乙校": 30, "丙校": 24, "丁校": 4, "戊校": 12}
    made = await set_up(http, world, tuple(sizes), exam=mock_exam(**SENIOR))
    await released(http, made, sizes)
    for method in ("scores", "mastery"):
        found = await figures(http, made, method)
        table = found["rows"] if method == "scores" else found["rows"][0]["schools"]
        hidden = {row["school"] for row in table if row["suppressed"]}
        assert hidden == {"丁校", "戊校", "丙校"}
        assert all(set(row) == {"school", "suppressed"} for row in table if row["suppressed"])


async def test_the_score_table_counts_everybody_once(http, sitting):
    found = await figures(http, sitting, "score_table")
    everyone = [mark for n in SIZES.values() for mark in totals(n)]
    assert sum(row["n"] for row in found["rows"]) == len(everyone)
    for row in found["rows"]:
        assert row["n_at_or_above"] == sum(mark >= row["from_marks"] for mark in everyone)


async def test_a_line_of_places_is_the_mark_of_the_last_place(http, sitting):
    found = await figures(http, sitting, "lines", places=40, near_marks=1)
    everyone = sorted((m for n in SIZES.values() for m in totals(n)), reverse=True)
    assert found["figures"]["line_marks"] == everyone[39]
    assert found["figures"]["n_reached"] == sum(m >= everyone[39] for m in everyone)
    below = sum(everyone[39] - 1 <= m < everyone[39] for m in everyone)
    assert found["figures"]["n_near_below"] == below
    [row] = found["rows"]
    # with one subject its line is the line of the total, and everybody over one is over both
    assert row["line_marks"] == pytest.approx(everyone[39])
    assert (row["both"], row["hit_rate"]) == (found["figures"]["n_reached"], 1.0)


async def test_assigned_marks_name_every_choice(http, sitting):
    found = await figures(http, sitting, "assigned", scheme="3+1+2", boundary="nearest")
    assert found["parameters"]["raw"] == "whole marks, half up"
    assert {"tie", "one_score", "boundary", "source"} <= set(found["parameters"])
    given = [row["assigned"] for row in found["rows"]]
    assert given == sorted(given, reverse=True)
    assert sum(level["n"] for level in found["figures"]["levels"]) == found["n"]


async def test_items_reliability_and_mastery(http, sitting):
    items = await figures(http, sitting, "items")
    assert [row["label"] for row in items["rows"]] == ["1", "2", "3"]
    everyone = [row.split(",")[1:] for n in SIZES.values() for row in spread(n)]
    first = [float(cells[0]) for cells in everyone]
    assert items["rows"][0]["p"] == pytest.approx(statistics.fmean(first) / 2)
    reliability = await figures(http, sitting, "reliability", line_marks=6)
    assert reliability["figures"]["alpha"] == pytest.approx(items["figures"]["alpha"])
    mastery = await figures(http, sitting, "mastery")
    assert [(row["kind"], row["name"]) for row in mastery["rows"]] == [
        ("knowledge_point", "方程"),
        ("ability", "运算"),
    ]
    assert mastery["rows"][0]["mastery"] == pytest.approx(items["rows"][0]["p"])
    assert mastery["notes"][0]["zh"] == "2 道题未标注知识点"


async def test_too_few_pupils_are_told_so(http, sitting):
    answer = await ask(http, sitting.officer, sitting, "irt", model="2pl")
    assert answer.status_code == 422
    assert answer.json()["code"] == "method_refused"
    assert "200" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["score_table", "lines", "assigned"])
async def test_the_law_keeps_ranks_back_here_too(http, world, method):
    made = await set_up(http, world)  # a mock of grade 9: compulsory education
    await released(http, made, {"甲校": 40, "乙校": 30, "丙校": 24, "丁校": 16})
    needed: dict[str, dict[str, object]] = {
        "lines": {"places": 5},
        "assigned": {"scheme": "3+1+2", "boundary": "nearest"},
    }
    more = needed.get(method, {})
    answer = await ask(http, made.officer, made, method, **more)
    assert answer.status_code == 403
    assert answer.json()["code"] == "forbidden_by_law"
    assert (await ask(http, made.officer, made, "items")).status_code == 200


async def test_nothing_is_worked_out_before_the_freeze(http, world):
    made = await set_up(http, world, exam=mock_exam(**SENIOR))
    answer = await ask(http, made.officer, made, "scores")
    assert answer.json()["code"] == "not_frozen"


@pytest.mark.parametrize(
    ("body", "pointers"),
    [
        ({"method": "scores"}, ["/subject"]),
        ({"method": "scores", "subject": "数学", "places": 3}, ["/places"]),
        ({"method": "lines"}, ["/line_marks"]),
        ({"method": "lines", "places": 3, "line_marks": 5}, ["/line_marks"]),
        ({"method": "assigned", "subject": "数学", "scheme": "?"}, ["/boundary", "/scheme"]),
        ({"method": "dif", "subject": "数学"}, ["/focal_tier"]),
        ({"method": "equating", "subject": "数学"}, ["/how", "/other"]),
        ({"method": "scores", "subject": "英语"}, ["/subject"]),
    ],
    ids=lambda value: None,
)
async def test_what_does_not_fit_the_method_is_named(http, sitting, body, pointers):
    answer = await http.post(f"{sitting.path}/analyses", json=body, headers=sitting.officer.headers)
    assert answer.status_code == 422, answer.text
    assert sorted(problem["pointer"] for problem in answer.json()["errors"]) == pointers


async def test_a_school_analyses_its_own_pupils_from_the_release(http, sitting):
    path = f"/v1/releases/{sitting.exam['release']['id']}/analyses"
    principal = sitting.principals["丙校"]
    body = {"method": "scores", "subject": "数学"}
    own = await http.post(path, json=body, headers=principal.headers)
    assert own.status_code == 200, own.text
    found = own.json()
    assert (found["scope"], found["n"]) == ("own", 24)
    assert found["figures"]["mean"] == pytest.approx(statistics.fmean(totals(24)))
    assert "甲校" not in own.text
    for method in ("differences", "dif"):
        refused = await http.post(
            path,
            json={"method": method, "subject": "数学"}
            | ({"focal_tier": "partner"} if method == "dif" else {}),
            headers=principal.headers,
        )
        assert refused.json()["code"] == "organiser_only"
    whole = await http.post(path, json=body, headers=sitting.officer.headers)
    assert (whole.json()["scope"], whole.json()["n"]) == ("whole", 142)


async def second_exam(http, sitting, marks):
    """Another exam of the same schools and pupils, frozen."""
    made = await http.post(
        "/v1/exams",
        json=mock_exam(**{**SENIOR, "title": "高三第二次联考"}),
        headers=sitting.officer.headers,
    )
    assert made.status_code == 201, made.text
    later = type(sitting)(made.json(), sitting.officer, sitting.schools, sitting.principals)
    invited = await http.post(
        f"{later.path}/invite", json={"all": True}, headers=sitting.officer.headers
    )
    assert invited.status_code == 200
    blocks = [rows(sitting.schools[name].code, marks[name]) for name in SIZES]
    taken = await send(http, later, sheet(*blocks))
    assert taken.status_code == 200, taken.text
    await freeze(http, later)
    return later


async def test_value_added_agrees_with_six_numbers_per_school(http, sitting):
    lift = dict.fromkeys(SIZES, 0) | {"乙校": 1}
    marks = {
        name: [
            f",{(i * 7 + n) % 5 / 2:g},{i * 3 % 7 / 2:g},{min(5, (10 - i % 9) / 2 + lift[name]):g}"
            for i in range(n)
        ]
        for name, n in SIZES.items()
    }
    later = await second_exam(http, sitting, marks)
    other = {"exam_id": sitting.exam["id"], "subject": "数学"}
    found = await figures(http, later, "value_added", other=other)
    outcome = {
        name: [sum(float(c) for c in row.split(",")[1:]) for row in marks[name]] for name in SIZES
    }
    names = [name for name, n in SIZES.items() for _ in range(n)]
    sums = six_numbers(
        names,
        [mark for n in SIZES.values() for mark in totals(n)],
        [mark for name in SIZES for mark in outcome[name]],
    )
    federated = value_added(from_six_numbers(sums))
    assert found["n"] == 142
    assert found["figures"]["b"] == pytest.approx(federated.fit.fixed[1], rel=1e-6)
    effects = {row["school"]: row["effect"] for row in found["rows"]}
    for school in federated.schools:
        assert effects[school.school] == pytest.approx(school.effect, abs=1e-6)
    twin = await figures(http, later, "progress", other=other)
    assert twin["n"] == 142
    assert sum(row["n"] for row in twin["rows"]) == 142
    assert found["notes"][0]["zh"].startswith("学生按学校与考号匹配")


async def test_a_paper_equated_to_itself_is_itself(http, sitting):
    later = await second_exam(http, sitting, {name: spread(n) for name, n in SIZES.items()})
    other = {"exam_id": sitting.exam["id"], "subject": "数学"}
    for how in ("mean", "linear", "equipercentile", "tucker", "chained"):
        anchors = {"anchors": ["1", "3"]} if how in ("tucker", "chained") else {}
        found = await figures(http, later, "equating", other=other, how=how, **anchors)
        # at marks that occur: beyond them an equipercentile has nothing to go by
        middle = [row for row in found["rows"] if 4 <= row["marks"] <= 9]
        assert all(row["equivalent"] == pytest.approx(row["marks"]) for row in middle), how
        assert len(found["sources"]) == 2
    refused = await ask(
        http, later.officer, later, "equating", other=other, how="tucker", anchors=["9"]
    )
    assert refused.json()["code"] == "method_refused"


async def test_years_on_one_scale_and_every_score_with_its_error(http, sitting):
    later = await second_exam(http, sitting, {name: spread(n) for name, n in SIZES.items()})
    earlier = [{"exam_id": sitting.exam["id"], "subject": "数学", "anchors": ["1", "3"]}]
    found = await figures(http, later, "trend", earlier=earlier, how="tucker")
    assert len(found["sources"]) == 2
    assert found["sources"][1]["exam_id"] == sitting.exam["id"]
    old, new = found["rows"]
    assert (old["change"], old["anchors"]) == (None, [])
    assert new["change"] == pytest.approx(0, abs=1e-9)  # the same pupils and marks twice
    assert new["change_se"] > 0
    assert [one["p_x"] for one in new["anchors"]] == [one["p_y"] for one in new["anchors"]]
    means = {row["school"]: row["mean"] for row in new["schools"]}
    assert means["乙校"] == pytest.approx(statistics.fmean(totals(30)))
    refused = await ask(http, later.officer, later, "trend", earlier=earlier, how="mean")
    assert [one["pointer"] for one in refused.json()["errors"]] == ["/how"]
    other = {"exam_id": sitting.exam["id"], "subject": "数学"}
    for how, more in (
        ("equipercentile", {"smoothed_degree": 2}),
        ("levine", {"anchors": ["1", "3"]}),
        ("chained_equipercentile", {"anchors": ["1", "3"]}),
    ):
        equated = await figures(http, later, "equating", other=other, how=how, **more)
        assert all(row["se"] is not None for row in equated["rows"]), how


async def test_mastery_by_class_and_of_a_schools_own_pupils(http, sitting):
    found = await figures(http, sitting, "mastery", by="class")
    first = found["rows"][0]
    assert (first["n_items"], first["few_items"]) == (1, True)
    assert {row["school"]: row["n"] for row in first["classes"]} == SIZES
    assert first["se"] > 0
    answer = await ask(http, sitting.officer, sitting, "mastery", by="pupil")
    assert answer.json()["code"] == "own_school_only"
    path = f"/v1/releases/{sitting.exam['release']['id']}/analyses"
    body = {"method": "mastery", "subject": "数学", "by": "pupil"}
    principal = sitting.principals["丙校"]
    refused = await http.post(path, json=body, headers=principal.headers)
    assert refused.json()["code"] == "own_school_only"  # this release holds no pupil's marks
    made = await release(http, sitting, contents=["figures", "pupil_scores"])
    path = f"/v1/releases/{made.json()['id']}/analyses"
    own = (await http.post(path, json=body, headers=principal.headers)).json()
    pupils = own["rows"][0]["pupils"]
    assert len(pupils) == 24
    marks = [float(row.split(",")[1]) for row in spread(24)]
    assert [one["mastery"] for one in pupils] == [mark / 2 for mark in marks]
    assert (await http.post(path, json=body, headers=sitting.officer.headers)).json()[
        "code"
    ] == "own_school_only"


async def test_every_item_is_looked_at_for_one_group_of_schools(http, sitting):
    ids = [str(sitting.schools[name].id) for name in ("乙校", "丙校")]
    found = await figures(http, sitting, "dif", focal_school_ids=ids, purify=True)
    assert [row["label"] for row in found["rows"]] == ["1", "2", "3"]
    assert found["parameters"]["purified"] is True
    assert {row["procedure"] for row in found["rows"]} == {"mantel"}
    assert all(row["logistic"]["p_both"] is not None for row in found["rows"])


async def test_what_the_group_keeps_back_is_kept_back_here_too(http, world, sitting):
    admin = await world.person(None, "group_admin")
    gate = sitting.exam["gate"]["name"]
    for person in (admin, sitting.officer):
        tightened = await tighten(http, person, gate, contents=["figures", "pupil_grades"])
        if tightened.status_code == 200:
            break
    assert tightened.status_code == 200, tightened.text
    answer = await ask(http, sitting.officer, sitting, "lines", places=5)
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden_by_law")
    path = f"/v1/releases/{sitting.exam['release']['id']}/analyses"
    own = await http.post(
        path,
        json={"method": "score_table", "subject": "数学"},
        headers=sitting.principals["甲校"].headers,
    )
    assert (own.status_code, own.json()["code"]) == (403, "forbidden_by_law")
    assert (await ask(http, sitting.officer, sitting, "items")).status_code == 200
