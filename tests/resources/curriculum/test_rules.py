"""The tree a file makes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel.sheets import Findings, Row, SheetRefused, read_sheet
from schoolgroup.resources.catalogue.models import (
    CHAPTER_DEPTH_MAX,
    Description,
    Kind,
    Stage,
)
from schoolgroup.resources.catalogue.rules import ContradictsPlace, placed
from schoolgroup.resources.curriculum import rules
from schoolgroup.resources.curriculum.models import Level, Place, SchoolSystem, Step
from schoolgroup.resources.curriculum.service import STARTER

HEADER = ("stage", "school_system", "subject", "edition", "grade", "volume", "chapter")


def rows(*cells):
    return [
        Row(number, dict(zip(HEADER, line, strict=True))) for number, line in enumerate(cells, 2)
    ]


def tree(*cells):
    findings = Findings()
    lines = rules.read_lines(rules.name_columns(rows(*cells)), findings)
    findings.refuse_any()
    return rules.grow(lines)


def test_what_lies_above_a_row_is_made_and_numbered_depth_first():
    nodes = tree(
        ("小学", "六三", "数学", "人教版", "五年级", "下册", "四 分数 > 1 意义"),
        ("小学", "五四", "数学", "青岛版", "五年级", "下册", ""),
        ("小学", "六三", "数学", "人教版", "五年级", "下册", "四 分数 > 2 性质"),
    )
    assert [(n.no, n.last_no, n.parent_no, n.name) for n in nodes] == [
        (1, 8, None, "小学（六三学制）"),
        (2, 8, 1, "数学"),
        (3, 8, 2, "人教版"),
        (4, 8, 3, "五年级"),
        (5, 8, 4, "下册"),
        (6, 8, 5, "四 分数"),
        (7, 7, 6, "1 意义"),
        (8, 8, 6, "2 性质"),
        (9, 13, None, "小学（五四学制）"),
        (10, 13, 9, "数学"),
        (11, 13, 10, "青岛版"),
        (12, 13, 11, "五年级"),
        (13, 13, 12, "下册"),
    ]
    assert nodes[6].path[-2:] == ["四 分数", "1 意义"]
    assert nodes[12].school_system is SchoolSystem.FIVE_FOUR
    assert len({node.path_key for node in nodes}) == len(nodes)


def test_a_level_may_be_left_out():
    nodes = tree(("高中", "", "语文", "统编版", "", "必修 上册", ""))
    assert [node.level for node in nodes] == ["stage", "subject", "edition", "volume"]
    assert nodes[0].name == "高中"


@pytest.mark.parametrize(
    ("line", "pointer", "code"),
    [
        (("大学", "", "数学", "", "", "", ""), "/2/stage", "stage_unknown"),
        (("小学", "七二", "数学", "", "", "", ""), "/2/school_system", "system_unknown"),
        (("小学", "", "", "人教版", "", "", ""), "/2/subject", "subject_missing"),
        (("小学", "", "数学", "版" * 61, "", "", ""), "/2/edition", "name_too_long"),
        (("小学", "", "数学", "", "", "", "a >> b"), "/2/chapter", "chapter_malformed"),
        (("小学", "", "数学", "", "", "", ">".join("章" * 9)), "/2/chapter", "chapter_malformed"),
        (("小学", "", "数学", "", "", "", "章" * 121), "/2/chapter", "name_too_long"),
    ],
)
def test_each_mistake_is_named_with_its_cell(line, pointer, code):
    with pytest.raises(SheetRefused) as refused:
        tree(line)
    assert [(p.pointer, p.code) for p in refused.value.problems] == [(pointer, code)]


def test_the_longest_names_and_the_deepest_chapter_are_taken():
    deep = " > ".join(["章" * 120] * CHAPTER_DEPTH_MAX)
    nodes = tree(("primary", "six_three", "数学", "版" * 60, "级" * 60, "册" * 60, deep))
    assert len(nodes[-1].path) == 13


def test_a_place_written_twice_is_named():
    line = ("小学", "", "数学", "人教版", "", "", "")
    with pytest.raises(SheetRefused) as refused:
        tree(line, line)
    assert (refused.value.problems[0].pointer, refused.value.problems[0].code) == (
        "/3/stage",
        "row_twice",
    )


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"学段": "小学", "学科": "数学", "备注": "x"}, "column_unknown"),
        ({"学段": "小学"}, "column_missing"),
    ],
)
def test_columns_that_are_unknown_or_missing_are_named(cells, code):
    with pytest.raises(SheetRefused) as refused:
        rules.name_columns([Row(2, cells)])
    assert [p.code for p in refused.value.problems] == [code]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["小学", "初中"]), st.sampled_from(["", "六三"]),
            st.sampled_from("数语"), st.sampled_from(["", "人教版", "北师大版"]),
            st.sampled_from(["", "五年级"]), st.just(""),
            st.sampled_from(["", "一", "一 > 1", "二"]),
        ),
        min_size=1, max_size=30, unique=True,
    )
)  # fmt: skip
def test_in_any_tree_a_range_of_numbers_is_exactly_what_lies_below(cells):
    nodes = tree(*cells)
    assert [node.no for node in nodes] == list(range(1, len(nodes) + 1))
    for node in nodes:
        inside = {n.no for n in nodes if n.path[: len(node.path)] == node.path}
        assert inside == set(range(node.no, node.last_no + 1))


def test_the_starter_tree_is_whole():
    """The volumes every teacher knows: six years of two, both systems, senior without grades."""
    findings = Findings()
    lines = rules.read_lines(rules.name_columns(read_sheet(STARTER.read_bytes())), findings)
    findings.refuse_any()
    nodes = rules.grow(lines)
    assert len(lines) == 926
    paths = {tuple(node.path) for node in nodes}

    def volumes(*start):
        return sum(
            1 for n in nodes if n.level is Level.VOLUME and tuple(n.path[: len(start)]) == start
        )

    assert volumes("小学（六三学制）", "数学", "人教版") == 12
    assert volumes("小学（六三学制）", "数学", "苏教版") == 12
    assert volumes("小学（六三学制）", "语文", "统编版") == 12
    assert volumes("小学（五四学制）", "数学", "青岛版") == 10
    assert volumes("初中（六三学制）", "数学", "北师大版") == 6
    assert volumes("初中（五四学制）", "数学", "鲁教版") == 8
    assert volumes("初中（六三学制）", "英语", "外研社版") == 6
    assert volumes("高中", "语文", "统编版") == 5
    assert ("初中（六三学制）", "数学", "北师大版", "八年级", "上册") in paths
    grades = [n.name for n in nodes if n.path[:3] == ["小学（六三学制）", "数学", "人教版"]]
    assert [g for g in grades if g.endswith("年级")] == [f"{n}年级" for n in "一二三四五六"]


def test_coordinates_are_read_off_the_way_to_a_node():
    names = ["小学（六三学制）", "数学", "人教版", "五年级", "下册", "四", "1"]
    levels = [*list(Level), Level.CHAPTER]
    steps = [Step(level, name, Stage.PRIMARY) for level, name in zip(levels, names, strict=True)]
    assert rules.place_of(steps) == Place(
        stage=Stage.PRIMARY, subject="数学", edition="人教版", grade="五年级", volume="下册",
        chapter=["四", "1"],
    )  # fmt: skip


def described(**more):
    empty = dict.fromkeys(("stage", "subject", "edition", "grade", "volume", "licence"))
    base = {"title": "x", "kind": Kind.PAPER, "summary": "", "chapter": [], "language": "zh"}
    return Description(**{**empty, **base, "keywords": [], **more})


def test_a_place_fills_its_coordinates_and_leaves_what_is_below_open():
    place = Place(stage=Stage.PRIMARY, subject="数学", edition="人教版")
    filled = placed(described(grade="五年级"), place, {"grade"}, True)
    assert (filled.stage, filled.subject, filled.edition) == ("primary", "数学", "人教版")
    assert filled.grade == "五年级"
    moved = placed(described(grade="五年级", chapter=["四"]), place, set(), True)
    assert (moved.grade, moved.chapter) == (None, [])
    stayed = placed(described(grade="五年级", chapter=["四"]), place, set(), False)
    assert (stayed.grade, stayed.chapter) == ("五年级", ["四"])


def test_what_contradicts_the_place_is_named():
    place = Place(stage=Stage.PRIMARY, subject="数学")
    said = described(stage=Stage.JUNIOR, subject="数学")
    with pytest.raises(ContradictsPlace) as refused:
        placed(said, place, {"stage", "subject"}, True)
    assert [p.pointer for p in refused.value.problems] == ["/stage"]
