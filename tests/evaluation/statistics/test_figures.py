"""Figures against tables worked out by hand, and against published ones."""

import math
from uuid import UUID

import numpy as np
import pytest

from schoolgroup.evaluation.exams.models import Item, Level, Subject
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics import rules
from schoolgroup.kernel.ids import new_id

SHA = "0" * 64
LEVELS = [Level("A", 85), Level("B", 70), Level("C", 60), Level("D", 0)]


def subject(*max_half_marks: int, levels: list[Level] | None = None) -> Subject:
    items = [Item(str(n), most) for n, most in enumerate(max_half_marks, start=1)]
    return Subject(new_id(), "数学", 1, 85, 60, 40, levels or LEVELS, items)


def part(
    of: Subject,
    half_marks: list[list[int]],
    others: list[Result] | None = None,
    school: UUID | None = None,
) -> Part:
    results = [Result.PRESENT] * len(half_marks) + (others or [])
    return Part(
        of.id,
        school or new_id(),
        1,
        [f"{n:04d}" for n in range(len(results))],
        ["901"] * len(results),
        results,
        np.array(half_marks, dtype="<i2").tobytes(),
        "",
    )


def test_a_small_table_by_hand():
    # marks out of 2 + 3 = 5:   1+3=4   2+2=4   0+1=1   2+3=5   and one absent, one void, one exempt
    paper = subject(4, 6)
    others = [Result.ABSENT, Result.VOID, Result.EXEMPT]
    found = rules.figures(paper, [part(paper, [[2, 6], [4, 4], [0, 2], [4, 6]], others)], SHA)
    assert (found.n_present, found.n_absent, found.n_void, found.n_exempt) == (4, 1, 1, 1)
    assert found.participation == 4 / 6
    assert found.full_marks == 5
    assert found.mean == 3.5  # (4+4+1+5)/4: the absent pupil is no zero
    assert found.sd == 1.5  # sqrt((0.25+0.25+6.25+2.25)/4), divisor n
    # ordered 1 4 4 5: type 7 at 0.75, 1.5, 2.25 from the first
    assert (found.lower_quartile, found.median, found.upper_quartile) == (3.25, 4, 4.25)
    # lines at 4.25, 3 and 2 marks
    assert [(r.line, r.share) for r in found.rates] == [
        ("excellent", 0.25),
        ("pass", 0.75),
        ("low", 0.25),
    ]
    # A from 4.25, B from 3.5, C from 3
    assert [g.share for g in found.grades] == [0.25, 0.5, 0, 0.25]
    assert [i.p for i in found.items] == [5 / 8, 9 / 12]
    # item 1: 1 2 0 2; item 2: 3 2 1 3 -> r = 1.75 / sqrt(2.75 * 2.75) = 7/11, the rest is the other
    assert [i.rest_r for i in found.items] == pytest.approx([7 / 11, 7 / 11], abs=1e-15)
    # alpha = 2/1 * (1 - (2.75/4 + 2.75/4) / 2.25)
    assert found.alpha == pytest.approx(2 * (1 - (2.75 / 2) / 2.25), abs=1e-15)
    assert found.basis.n == 4


def test_the_order_of_rows_and_schools_changes_no_byte():
    paper = subject(4, 6, 3)
    marks = [[n % 5, n % 7, n % 4] for n in range(50)]
    whole = rules.figures(paper, [part(paper, marks)], SHA)
    parted = rules.figures(paper, [part(paper, marks[30:]), part(paper, marks[:30][::-1])], SHA)
    assert parted == whole


def test_nobody_and_no_variance_give_null_never_nan():
    paper = subject(4, 6)
    empty = rules.figures(paper, [part(paper, [], [Result.ABSENT])], SHA)
    assert (empty.n_present, empty.participation) == (0, 0)
    assert [empty.mean, empty.sd, empty.median, empty.alpha] == [None] * 4
    assert [r.share for r in empty.rates] == [None] * 3
    same = rules.figures(paper, [part(paper, [[2, 3], [2, 3]])], SHA)
    assert (same.sd, same.alpha) == (0, None)
    assert [(i.rest_r, i.discriminates) for i in same.items] == [(None, False)] * 2


def test_a_negative_item_does_not_discriminate_and_alpha_may_be_negative():
    paper = subject(2, 2)
    found = rules.figures(paper, [part(paper, [[2, 0], [0, 2], [2, 0], [0, 1]])], SHA)
    assert found.items[0].rest_r is not None
    assert found.items[0].rest_r < 0
    assert not found.items[0].discriminates
    assert found.alpha is not None
    assert found.alpha < 0


def test_the_item_is_not_correlated_with_itself():
    # with the item inside the total r would be 1 for both; the rests are unrelated
    paper = subject(2, 2)
    found = rules.figures(paper, [part(paper, [[0, 0], [0, 2], [2, 0], [2, 2]])], SHA)
    assert [i.rest_r for i in found.items] == [0, 0]
    assert found.alpha == 0


@pytest.mark.parametrize(
    ("full", "total", "reaches"),
    [(200, 170, True), (200, 169, False), (33, 28, False), (33, 29, True)],
)
def test_a_line_is_compared_in_whole_numbers(full, total, reaches):
    # 85 % of 16.5 marks is 14.025 marks, 28.05 half marks
    assert rules.at_or_above(np.array([total]), 85, full) == int(reaches)


def test_grades_of_pupils_agree_with_the_shares():
    paper = subject(200)
    totals = np.array([200, 170, 169, 140, 139, 120, 119, 0])
    grades = rules.grades_of(LEVELS, totals, 200)
    assert grades == ["A", "A", "B", "B", "C", "C", "D", "D"]
    shares = rules.grade_shares(paper, totals)
    assert [s.share for s in shares] == [grades.count(s.grade) / 8 for s in shares]


def test_equal_totals_share_a_rank_and_the_next_is_skipped():
    totals = np.array([98, 95, 95, 90, 88, 88, 88, 70])
    assert rules.competition_ranks(totals, totals) == [1, 2, 2, 4, 5, 5, 5, 8]


def test_quartiles_of_one_two_and_five():
    assert [rules.quantile(np.array([6]), q) for q in (1, 2, 3)] == [3, 3, 3]
    assert [rules.quantile(np.array([2, 6]), q) for q in (1, 2, 3)] == [1.5, 2, 2.5]
    assert [rules.quantile(np.array([2, 4, 6, 8, 40]), q) for q in (1, 2, 3)] == [2, 3, 4]


# Bock and Lieberman's five items of the Law School Admission Test (LSAT section 6): how often each
# pattern of answers occurred among 1,000 people (Psychometrika 35, 1970, table 1).
LSAT = {
    "00000": 3, "00001": 6, "00010": 2, "00011": 11, "00100": 1, "00101": 1, "00110": 3,
    "00111": 4, "01000": 1, "01001": 8, "01010": 0, "01011": 16, "01100": 0, "01101": 3,
    "01110": 2, "01111": 15, "10000": 10, "10001": 29, "10010": 14, "10011": 81, "10100": 3,
    "10101": 28, "10110": 15, "10111": 80, "11000": 16, "11001": 56, "11010": 21, "11011": 173,
    "11100": 11, "11101": 61, "11110": 28, "11111": 298,
}  # fmt: skip


def test_lsat_comes_out_as_published():
    """ltm and psych (R) give these for the same table: alpha 0.295, the p and corrected r below."""
    marks = [[2 * int(c) for c in pattern] for pattern, times in LSAT.items() for _ in range(times)]
    paper = subject(2, 2, 2, 2, 2)
    found = rules.figures(paper, [part(paper, marks)], SHA)
    assert found.n_present == 1000
    assert found.mean == 3.819
    assert found.sd == pytest.approx(1.03452356183898, abs=1e-12)
    assert found.alpha == pytest.approx(0.294997192215944, abs=1e-12)
    assert [i.p for i in found.items] == [0.924, 0.709, 0.553, 0.763, 0.870]
    first_four = [i.rest_r for i in found.items][:4]
    assert first_four == pytest.approx(
        [0.112832688922342, 0.15317812011653, 0.17277894329109, 0.144428095247094], abs=1e-12
    )


def test_exact_at_the_size_of_a_large_exam():
    rng = np.random.default_rng(1)
    marks = rng.integers(0, 13, (20_000, 25))
    paper = subject(*[12] * 25)
    found = rules.figures(paper, [part(paper, marks.tolist())], SHA)
    totals = marks.sum(axis=1).tolist()
    assert found.mean == sum(totals) / 40_000
    n, s, q = len(totals), sum(totals), sum(t * t for t in totals)
    assert found.sd == math.sqrt(n * q - s * s) / (2 * n)
