"""Keys against hand-worked cases, in half marks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.evaluation.exams.choices import count_choices
from schoolgroup.evaluation.exams.models import Choice, ChoiceRule, Item
from schoolgroup.evaluation.papers.keys import (
    Everyone,
    Exact,
    Multiple,
    Numeric,
    Partial,
    Single,
    fault_of,
    score,
)

SINGLE = Single(accept=["B"])
FIXED = Multiple(answer="ABD", partial=Partial.FIXED, part_marks=2)  # 全对5 部分2 错0
THREE = Multiple(answer="ABD", partial=Partial.BY_COUNT, part_marks=2)  # 6 over three: 2 each
TWO = Multiple(answer="AC", partial=Partial.BY_COUNT, part_marks=3)  # 6 over two: 3 each


@pytest.mark.parametrize(
    ("key", "answer", "most", "half_marks"),
    [
        (SINGLE, "B", 10, 10), (SINGLE, " ｂ ", 10, 10), (SINGLE, "A", 10, 0),
        (SINGLE, "AB", 10, 0), (SINGLE, "", 10, 0), (SINGLE, ".", 10, 0),
        (Single(accept=["B", "C"]), "C", 10, 10),
        (FIXED, "ABD", 10, 10), (FIXED, "DBA", 10, 10), (FIXED, "A,B,D", 10, 10),
        (FIXED, "AB", 10, 4), (FIXED, "D", 10, 4), (FIXED, "ABC", 10, 0), (FIXED, "C", 10, 0),
        (FIXED, "ABCD", 10, 0), (FIXED, "", 10, 0), (FIXED, "AA", 10, 4),
        (THREE, "ABD", 12, 12), (THREE, "AB", 12, 8), (THREE, "D", 12, 4), (THREE, "AC", 12, 0),
        (TWO, "AC", 12, 12), (TWO, "C", 12, 6), (TWO, "ABC", 12, 0),
        (Multiple(answer="AC"), "A", 12, 0), (Multiple(answer="AC"), "CA", 12, 12),
        (Numeric(value="3.14", tolerance="0.01"), "3.15", 8, 8),  # both ends are in
        (Numeric(value="3.14", tolerance="0.01"), "3.13", 8, 8),
        (Numeric(value="3.14", tolerance="0.01"), "3.1501", 8, 0),
        (Numeric(value="0.1"), "0.10", 8, 8),  # exactly, not as floats
        (Numeric(value="1/3"), "2/6", 8, 8), (Numeric(value="1/3"), "0.333", 8, 0),
        (Numeric(value="-2"), "−２", 8, 8), (Numeric(value="2"), "two", 8, 0),
        (Numeric(value="2"), "1/0", 8, 0), (Numeric(value="2"), "1e999999", 8, 0),
        (Exact(accept=["Photosynthesis", "光合作用"]), " photosynthesis ", 4, 4),
        (Exact(accept=["光合作用"]), "光合", 4, 0),
        (Exact(accept=["NaCl"], case_sensitive=True), "nacl", 4, 0),
        (Everyone(), "", 6, 6), (Everyone(), "Z", 6, 6),
    ],
)  # fmt: skip
def test_an_answer_earns_what_the_rule_says(key, answer, most, half_marks):
    assert score(key, answer, most) == half_marks


@pytest.mark.parametrize(
    ("key", "most"),
    [
        (Multiple(answer="ABD", partial=Partial.FIXED, part_marks=5), 10),
        (Multiple(answer="ABD", partial=Partial.BY_COUNT, part_marks=3), 12),  # two earn all
        (Multiple(answer="AA"), 10),
        (Multiple(answer="AB", part_marks=1), 10),
        (Multiple(answer="AB", partial=Partial.FIXED), 10),
        (Numeric(value="x"), 10),
        (Numeric(value="1", tolerance="-1"), 10),
    ],
)
def test_a_key_that_contradicts_itself_is_found(key, most):
    assert fault_of(key, most)


@settings(max_examples=60, deadline=None)
@given(st.text("ABCDE", max_size=6), st.sampled_from([FIXED, THREE, TWO, SINGLE]))
def test_no_answer_earns_more_than_all_and_none_less_than_nothing(answer, key):
    assert 0 <= score(key, answer, 12) <= 12


ITEMS = [Item("1", 10), Item("22", 20, choice="选"), Item("23", 20, choice="选")]


@pytest.mark.parametrize(
    ("rule", "marks", "counted", "left_out"),
    [
        (ChoiceRule.FIRST, [8, 10, None], (8, 10, 0), (3,)),
        (ChoiceRule.FIRST, [8, None, 16], (8, 0, 16), (2,)),
        (ChoiceRule.FIRST, [8, 10, 16], (8, 10, 0), (3,)),  # 多做按所做的第一题计分
        (ChoiceRule.BEST, [8, 10, 16], (8, 0, 16), (2,)),
        (ChoiceRule.BEST, [8, 16, 16], (8, 16, 0), (3,)),  # the first of equals
        (ChoiceRule.FIRST, [8, 0, 16], (8, 0, 0), (3,)),  # answered, and worth nothing
        (ChoiceRule.FIRST, [8, None, None], (8, 0, 0), (2, 3)),
    ],
)
def test_of_optional_items_as_many_count_as_were_asked_for(rule, marks, counted, left_out):
    assert count_choices(ITEMS, [Choice(name="选", choose=1, rule=rule)], marks) == (
        counted,
        left_out,
    )
