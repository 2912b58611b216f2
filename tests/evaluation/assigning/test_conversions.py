"""Assigned marks 等级赋分: a table made of frozen marks, and what a changed mark does to it."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.evaluation.assigning.models import Band
from schoolgroup.evaluation.assigning.rules import convert
from schoolgroup.evaluation.statistics.methods.assigned import (
    SCHEMES,
    Boundary,
    OneScore,
    assign,
)
from tests.evaluation.appeals.test_appeals import doubt, number_of, post, refreeze, until, uphold
from tests.evaluation.exams.test_exams import NOWHERE
from tests.evaluation.sittings import (
    freeze,
    mock_exam,
    release,
    rows,
    send,
    set_up,
    sheet,
    spread,
)

SIZES = {"甲校": 40, "乙校": 30, "丙校": 24, "丁校": 16}
SENIOR = {"title": "高三联考", "stage": "senior", "grade": 12, "purpose": "mock"}
WISH = {"subject": "数学", "scheme": "3+1+2", "boundary": "nearest"}
ALL = ["figures", "pupil_grades", "pupil_scores", "ranks"]


def table_of(counts, scheme, one_score=OneScore.MAX):
    found = assign(counts, SCHEMES[scheme], Boundary.NEAREST, one_score=one_score)
    bands = [
        Band(level.level, level.raw_lowest, level.raw_highest, band.lowest, band.highest)
        for level, band in zip(found.levels, SCHEMES[scheme].bands, strict=True)
    ]
    return found, bands


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.integers(0, 100), st.integers(1, 30), min_size=1, max_size=40),
    st.sampled_from(sorted(SCHEMES)),
    st.sampled_from(list(OneScore)),
)
def test_a_table_gives_what_it_was_made_with_and_never_less_for_more(counts, scheme, one_score):
    found, bands = table_of(counts, scheme, one_score)
    given = [convert(raw, bands, one_score) for raw in range(101)]
    assert {raw: given[raw] for raw in counts} == found.assigned
    assert given == sorted(given)


def test_marks_that_did_not_occur_by_hand():
    """90 pupils: A 90–95, B 70–80, C at 60 alone, D nobody, E at 20."""
    bands = [Band("A", 90, 95, 86, 100), Band("B", 70, 80, 71, 85), Band("C", 60, 60, 56, 70),
             Band("D", None, None, 41, 55), Band("E", 20, 20, 30, 40)]  # fmt: skip
    by_hand = {
        100: 100,  # above all: the upper end of the highest level
        92: 92,  # 86 + 14·2/5 = 91.6
        89: 85,  # below A's lowest, so of B, at its upper end
        75: 78,  # the middle of B: (71 + 85) / 2
        65: 70,  # between B and C: of C, which has one mark
        40: 40,  # D is empty: of E
        0: 40,  # below all: the lowest level, where one mark is given its maximum
    }
    assert {raw: convert(raw, bands, OneScore.MAX) for raw in by_hand} == by_hand
    assert convert(0, bands, OneScore.MIN) == 30


async def convert_marks(http, sitting, who=None, **changes):
    person = who or sitting.officer
    return await post(http, person, f"{sitting.path}/conversions", WISH | changes)


@pytest.fixture
async def sitting(http, world):
    """Four schools with frozen results; the pupils' marks, in halves, differ by two and a half."""
    made = await set_up(http, world, tuple(SIZES), exam=mock_exam(**SENIOR))
    blocks = [rows(made.schools[name].code, spread(n)) for name, n in SIZES.items()]
    assert (await send(http, made, sheet(*blocks))).status_code == 200
    await freeze(http, made)
    return made


async def told(http, sitting, made):
    """Total and assigned mark of each pupil of 甲校 by exam number."""
    path = f"/v1/releases/{made['id']}/pupils"
    seen = await http.get(path, headers=sitting.principals["甲校"].headers)
    assert seen.status_code == 200, seen.text
    return {p["exam_number"]: (p["total_marks"], p["assigned_marks"]) for p in seen.json()["items"]}


async def a_changed_mark(http, sitting, made, n, marks):
    """An upheld appeal that gives pupil n of 甲校 these marks, and the next snapshot."""
    number = number_of(sitting, "甲校", n)
    path = f"/v1/releases/{made['id']}/appeals"
    lodged = await post(http, sitting.principals["甲校"], path, doubt(number))
    assert lodged.status_code == 201, lodged.text
    await uphold(http, sitting, lodged.json(), marks)
    assert (await refreeze(http, sitting)).status_code == 201
    return number


async def verified(http, sitting, made):
    path = f"/v1/releases/{made['id']}/verify"
    return (await http.get(path, headers=sitting.officer.headers)).json()["equal"]


async def test_who_may_make_a_table_and_when(http, world, sitting):
    for method in ("POST", "GET"):
        answer = await http.request(method, f"/v1/exams/{NOWHERE}/conversions", json=WISH)
        assert answer.status_code == 401
    assert (await convert_marks(http, sitting, sitting.principals["甲校"])).status_code == 403
    unknown = await convert_marks(http, sitting, scheme="浙江")
    assert unknown.json()["code"] == "unknown_scheme"
    made = await convert_marks(http, sitting)
    assert (made.status_code, made.json()["number"], made.json()["n"]) == (201, 1, 110), made.text
    again = await convert_marks(http, sitting, scheme="shandong")
    assert (again.status_code, again.json()["code"]) == (422, "conversion_needs_reason")
    second = await convert_marks(http, sitting, scheme="shandong", because="改用山东方案")
    assert second.json()["number"] == 2
    listed = await http.get(f"{sitting.path}/conversions", headers=sitting.officer.headers)
    assert [one["scheme"] for one in listed.json()["items"]] == ["shandong", "3+1+2"]
    # assigned marks are places among others: where the law keeps ranks back, there are none
    junior = await set_up(http, world, ("戊校", "己校"), exam=mock_exam())
    block = rows(junior.schools["戊校"].code, spread(20))
    assert (await send(http, junior, sheet(block))).status_code == 200
    early = await convert_marks(http, junior)
    assert early.json()["code"] == "wrong_state"
    await freeze(http, junior)
    forbidden = await convert_marks(http, junior)
    assert (forbidden.status_code, forbidden.json()["code"]) == (403, "forbidden_by_law")
    await world.group("other")
    stranger = await world.person(None, "evaluation_officer")
    assert (await convert_marks(http, sitting, stranger)).status_code == 404


async def test_a_changed_mark_is_read_off_the_table_that_stands(http, sitting):
    table = (await convert_marks(http, sitting)).json()
    first = (await release(http, sitting, contents=ALL, appeals_until_at=until())).json()
    [used] = first["conversions"]
    assert used["conversion_id"] == table["id"]
    assert used["source"].startswith("普通高中")
    before = await told(http, sitting, first)
    raw = [band for band in table["bands"] if band["raw_highest"] is not None]
    top = (raw[0]["raw_highest"], raw[0]["highest"])
    assert {given for total, given in before.values() if total == top[0]} == {top[1]}
    # the weakest pupil of 甲校 turns out to have full marks
    weakest = min(before, key=lambda number: before[number][0])
    full = [{"label": "1", "marks": 2}, {"label": "2", "marks": 3}, {"label": "3", "marks": 5}]
    n = int(weakest[-4:])
    assert await a_changed_mark(http, sitting, first, n, full) == weakest
    second = (await release(http, sitting, contents=ALL)).json()
    [still] = second["conversions"]
    assert still["conversion_id"] == table["id"]
    assert still["snapshot_sha256"] == first["snapshot_sha256"] != second["snapshot_sha256"]
    after = await told(http, sitting, second)
    assert after.pop(weakest) == (10, 100)
    before.pop(weakest)
    assert after == before  # nobody else's assigned mark has moved
    assert await verified(http, sitting, first)
    assert await verified(http, sitting, second)


async def test_a_scheme_may_say_that_the_table_is_made_anew(http, sitting):
    made = await convert_marks(http, sitting, when_marks_change="renew", scheme="shandong")
    first = (await release(http, sitting, contents=ALL, appeals_until_at=until())).json()
    weakest = min((await told(http, sitting, first)).items(), key=lambda one: one[1][0])[0]
    full = [{"label": "1", "marks": 2}, {"label": "2", "marks": 3}, {"label": "3", "marks": 5}]
    await a_changed_mark(http, sitting, first, int(weakest[-4:]), full)
    second = (await release(http, sitting, contents=ALL)).json()
    [used] = second["conversions"]
    assert (used["number"], used["snapshot_sha256"]) == (2, second["snapshot_sha256"])
    assert used["conversion_id"] != made.json()["id"]
    seen = await http.get(f"/v1/releases/{first['id']}", headers=sitting.officer.headers)
    assert seen.json()["conversions"][0]["number"] == 1  # what was told by the first stays so
    assert await verified(http, sitting, second)
    # a release without the pupils' marks tells no assigned ones either
    third = (await release(http, sitting)).json()
    assert third["conversions"] == []
