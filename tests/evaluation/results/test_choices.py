"""Optional items 选做: what a pupil did not choose is no zero, from the sheet to the figures."""

import pytest

from tests.evaluation.papers.test_papers import put_paper
from tests.evaluation.sittings import freeze, mock_exam, release, rows, send, set_up, sheet

PAPER = {
    "items": [
        {"label": "1", "max_marks": 4, "knowledge_point": "方程"},
        {"label": "22", "max_marks": 6, "choice": "选考", "knowledge_point": "几何"},
        {"label": "23", "max_marks": 6, "choice": "选考", "knowledge_point": "概率"},
    ],
    "choices": [{"name": "选考", "choose": 1, "rule": "first"}],
}
HEADER = "school_code,exam_number,class,status,1,22,23"
SENIOR = {"title": "高三联考", "stage": "senior", "grade": 12, "purpose": "mock"}
SCHOOLS = ("甲校", "乙校", "丙校", "丁校")


def geometry(n):
    """Pupils who chose 22; the mark of 1 is 0 … 4 in turn, and 22 is one and a half of it."""
    return [f",{i % 5},{i % 5 * 1.5:g}," for i in range(n)]


def chance(n):
    """Pupils who chose 23 and lost 2 marks of it."""
    return [f",{i % 5},,4" for i in range(n)]


async def chosen(http, world, choice_of):
    """An exam with an optional item, its results frozen and released."""
    sitting = await set_up(http, world, SCHOOLS, exam=mock_exam(**SENIOR))
    put = await put_paper(http, sitting, sitting.officer, PAPER)
    assert put.status_code == 200, put.text
    blocks = [rows(sitting.schools[name].code, marks) for name, marks in choice_of.items()]
    taken = await send(http, sitting, sheet(*blocks, header=HEADER))
    assert taken.status_code == 200, taken.text
    sitting.exam["snapshot"] = await freeze(http, sitting)
    made = await release(http, sitting)
    assert made.status_code == 201, made.text
    sitting.exam["release"] = made.json()
    return sitting


async def ask(http, sitting, method):
    answer = await http.post(
        f"{sitting.path}/analyses",
        json={"method": method, "subject": "数学"},
        headers=sitting.officer.headers,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def by_label(table):
    return {row["label"]: row for row in table}


@pytest.fixture
async def sitting(http, world):
    """Of 60 pupils 40 chose 22 and 20 chose 23; one more answered both: the first counts."""
    return await chosen(
        http,
        world,
        {"甲校": [*geometry(20), ",4,6,6"], "乙校": geometry(20), "丙校": chance(10),
         "丁校": chance(10)},
    )  # fmt: skip


async def test_an_item_is_measured_by_those_for_whom_it_counts(http, sitting):
    [whole] = sitting.exam["release"]["group"]
    figures = whole["figures"]["figures"]
    items = by_label(figures["items"])
    # 41 chose 22: marks 0, 1.5, 3, 4.5, 6 eight times each, and 6 once; as zeros p would be 0.34
    assert (items["22"]["n"], items["22"]["p"]) == (41, (8 * 15 + 6) / (41 * 6))
    assert (items["23"]["n"], items["23"]["p"]) == (20, pytest.approx(4 / 6))
    assert (items["1"]["n"], items["1"]["p"]) == (None, (12 * 10 + 4) / (61 * 4))
    # with the choice as one item of two: 22 follows 1 exactly, 23 is a constant
    assert items["22"]["rest_r"] == pytest.approx(1)
    assert items["23"]["rest_r"] is None
    assert 0 < figures["alpha"] < 1
    asked = await ask(http, sitting, "items")
    analysed = by_label(asked["rows"])
    assert (analysed["22"]["n"], analysed["22"]["p"]) == (41, items["22"]["p"])
    assert asked["figures"]["n_items"] == 2
    assert asked["figures"]["alpha"] == pytest.approx(figures["alpha"])
    reliable = await ask(http, sitting, "reliability")
    assert (reliable["n"], reliable["figures"]["alpha"]) == (61, asked["figures"]["alpha"])
    mastery = {row["name"]: row for row in (await ask(http, sitting, "mastery"))["rows"]}
    assert (mastery["概率"]["n"], mastery["概率"]["mastery"]) == (20, pytest.approx(4 / 6))


async def test_the_hash_covers_what_does_not_count(http, world, sitting):
    path = f"/v1/releases/{sitting.exam['release']['id']}/verify"
    verified = await http.get(path, headers=sitting.officer.headers)
    assert verified.json()["equal"], verified.text
    stored = await world.sql.fetch("SELECT left_out FROM exam_snapshot_part ORDER BY school_id")
    assert sorted(len(row["left_out"]) for row in stored) == [10, 10, 20, 21]  # a byte per pupil
    await world.sql.execute("ALTER TABLE exam_snapshot_part DISABLE TRIGGER refuse_change")
    # one pupil of 丙校 made to have chosen the other item
    await world.sql.execute(
        "UPDATE exam_snapshot_part SET left_out = set_byte(left_out, 0, 32)"
        " WHERE length(left_out) = 10 AND get_byte(left_out, 0) = 64 AND school_id = $1",
        sitting.schools["丙校"].id,
    )
    await world.sql.execute("ALTER TABLE exam_snapshot_part ENABLE TRIGGER refuse_change")
    forged = (await http.get(path, headers=sitting.officer.headers)).json()
    assert not forged["equal"]
    assert any("its hash is another" in told for told in forged["differences"])


async def test_snapshots_from_before_still_verify(http, world):
    """A part without the column is hashed and counted as it was: plain papers never have it."""
    sitting = await set_up(http, world, SCHOOLS)
    blocks = [rows(sitting.schools[name].code, [",1,2,3"] * 12) for name in SCHOOLS]
    assert (await send(http, sitting, sheet(*blocks))).status_code == 200
    await freeze(http, sitting)
    made = (await release(http, sitting)).json()
    assert await world.sql.fetchval("SELECT bool_and(left_out = '') FROM exam_snapshot_part")
    assert {item["n"] for item in made["group"][0]["figures"]["figures"]["items"]} == {None}
    verified = await http.get(f"/v1/releases/{made['id']}/verify", headers=sitting.officer.headers)
    assert verified.json()["equal"]


async def test_an_item_that_hardly_anybody_chose_is_hidden_with_its_alternatives(http, world):
    choice_of = {name: geometry(12) for name in SCHOOLS}
    choice_of["甲校"] += chance(3)
    sitting = await chosen(http, world, choice_of)
    items = by_label(sitting.exam["release"]["group"][0]["figures"]["figures"]["items"])
    assert [items[label]["p"] for label in ("22", "23")] == [None, None]
    assert [items[label]["n"] for label in ("22", "23")] == [None, None]
    assert items["1"]["p"] is not None
    analysed = by_label((await ask(http, sitting, "items"))["rows"])
    assert [analysed[label].get("suppressed") for label in ("1", "22", "23")] == [None, True, True]


async def test_an_appeal_cannot_give_marks_to_an_item_that_does_not_count(http, sitting):
    made = await release(http, sitting, appeals_until_at="2999-01-01T00:00:00Z")
    school = sitting.principals["甲校"]
    number = f"{sitting.schools['甲校'].code}0001"
    doubt = {"subject": "数学", "exam_number": number, "kind": "re_mark", "reason": "漏计"}
    lodged = await http.post(
        f"/v1/releases/{made.json()['id']}/appeals", json=doubt, headers=school.headers
    )
    assert lodged.status_code == 201, lodged.text
    decided = await http.post(
        f"/v1/appeals/{lodged.json()['id']}/decide",
        json={"uphold": True, "because": "x", "marks": [{"label": "23", "marks": 2}]},
        headers=sitting.officer.headers,
    )
    assert (decided.status_code, decided.json()["errors"][0]["code"]) == (422, "left_out")
