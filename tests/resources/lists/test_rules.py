"""What is an ISBN, and what an entry must say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel.errors import Invalid
from schoolgroup.resources.lists.models import EntryWish, Target
from schoolgroup.resources.lists.rules import check_entry, isbn_13


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("978-7-02-000220-7", "9787020002207"),  # 红楼梦, 人民文学出版社
        ("9780306406157", "9780306406157"),  # the example of ISO 2108
        ("ISBN 0-306-40615-2", "9780306406157"),  # the same in ten digits
        ("0-8044-2957-X", "9780804429573"),
        ("080442957x", "9780804429573"),
        ("978-7-02-000220-8", None),
        ("0-306-40615-3", None),
        ("977-0306406157", None),
        ("978030640615", None),
        ("９７８０３０６４０６１５７", None),
        ("", None),
    ],
)
def test_an_isbn_is_known_by_its_check_digit(text, digits):
    assert isbn_13(text) == digits


@given(st.integers(0, 999_999_999), st.integers(0, 12), st.integers(1, 9))
def test_no_single_wrong_digit_passes(body, place, shift):
    start = f"978{body:09d}"
    right = next(start + str(d) for d in range(10) if isbn_13(start + str(d)))
    wrong = right[:place] + str((int(right[place]) + shift) % 10) + right[place + 1 :]
    assert isbn_13(wrong) is None


@pytest.mark.parametrize(
    ("wish", "pointers"),
    [
        (EntryWish(target=Target.RESOURCE), ["/resource_id"]),
        (EntryWish(target=Target.BOOK), ["/title"]),
        (EntryWish(target=Target.BOOK, title="红楼梦", isbn="978"), ["/isbn"]),
        (EntryWish(target=Target.BOOK, title="红楼梦", hours="9–17"), ["/hours"]),
        (EntryWish(target=Target.PLACE, title="一大会址", author="x", isbn="1"),
         ["/isbn", "/author"]),
    ],
)  # fmt: skip
def test_what_is_missing_and_what_has_no_meaning_is_named(wish, pointers):
    with pytest.raises(Invalid) as refused:
        check_entry(wish)
    assert [problem.pointer for problem in refused.value.problems] == pointers
