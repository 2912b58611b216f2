"""The table of the law by itself: every kind of exam comes to one gate, and the right one."""

from itertools import product

import pytest

from schoolgroup.evaluation.exams.gates import (
    ARTICLES,
    GATES,
    GRADES_OF,
    Content,
    ExamKind,
    Purpose,
    Stage,
    article_against,
    gate_of,
)
from schoolgroup.evaluation.exams.rules import allowed_instead

KINDS = [
    ExamKind(stage, grade, purpose, joint, term_last)
    for stage in Stage
    for grade in GRADES_OF[stage]
    for purpose, joint, term_last in product(Purpose, (True, False), (True, False))
]


def test_every_kind_of_exam_comes_to_a_gate_and_every_gate_is_reached():
    reached = {gate_of(kind).name for kind in KINDS}
    assert reached == {gate.name for gate in GATES}


@pytest.mark.parametrize("grade", [0, 7, 9, 13])
def test_a_grade_of_another_stage_has_none(grade):
    with pytest.raises(LookupError):
        gate_of(ExamKind(Stage.PRIMARY, grade, Purpose.FINAL, False, False))


def test_across_schools_only_the_graduating_grades_hold_mocks():
    """And samples of quality, which tell of no pupil."""
    let_through = {
        (kind.stage, kind.grade, kind.purpose)
        for kind in KINDS
        if kind.joint and gate_of(kind).allowed and kind.purpose is not Purpose.SAMPLING
    }
    assert let_through == {
        (Stage.JUNIOR, 9, Purpose.MOCK),
        (Stage.SENIOR, 12, Purpose.MOCK),
    }


def test_nothing_in_compulsory_education_tells_marks_or_ranks():
    for kind in KINDS:
        gate = gate_of(kind)
        if kind.stage is not Stage.SENIOR:
            assert not {Content.RANKS, Content.PUPIL_SCORES} & set(gate.contents)
        if not gate.allowed:
            assert gate.contents == ()
        if kind.purpose is Purpose.PUBLICATION:
            assert not gate.allowed


def test_every_gate_and_every_content_has_an_article_in_both_languages():
    for gate in GATES:
        for article in (ARTICLES[gate.article], *(article_against(gate, c) for c in Content)):
            assert article.quote.zh
            assert article.quote.en
            assert article.law.zh
            assert article.published


def test_what_stays_allowed_is_told():
    primary = ExamKind(Stage.PRIMARY, 4, Purpose.MOCK, True, False)
    assert [one["gate"] for one in allowed_instead(primary)] == ["sampling"]
    eighth = ExamKind(Stage.JUNIOR, 8, Purpose.MOCK, True, True)
    assert [one["gate"] for one in allowed_instead(eighth)] == ["sampling", "junior_mock"]
    monthly = ExamKind(Stage.JUNIOR, 8, Purpose.ROUTINE, False, False)
    told = [one["gate"] for one in allowed_instead(monthly)]
    assert told == ["sampling", "junior_mock", "final", "junior_midterm"]
