"""Keys of objective items, and what an answer is worth: pure, exact, in half marks.

Rules, as Chinese papers print them:
- single 单选: one of the accepted letters earns all, anything else nothing.
- multiple 多选: all letters earn all; any wrong letter earns nothing; some of the right ones
  earn by `partial`: nothing (全对得分); a fixed part (全对 5 分，部分选对 2 分，有选错 0 分, the
  national papers until 2023); or as much per right letter (by_count, the national papers since
  2024: 6 marks over two right letters 3 each, over three 2 each).
- numeric 填空: within a tolerance, both ends included; fractions like 1/2 are numbers.
- text 填空: one of the accepted texts after NFKC, without surrounding or doubled spaces.
- everyone 送分: everybody who sat earns all, answered or not.
"""

import unicodedata
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, TypeAlias

from msgspec import Meta

from schoolgroup.kernel.http import Input

Letters = Annotated[str, Meta(min_length=1, max_length=26, pattern="^[A-Z]+$")]
NumberText = Annotated[str, Meta(min_length=1, max_length=40)]
BLANK = {"", "-", ".", "*", "#", "空"}


class Partial(StrEnum):
    """What some of the right letters are worth."""

    NONE = "none"
    FIXED = "fixed"
    BY_COUNT = "by_count"


class Single(Input, frozen=True, tag="single", tag_field="rule"):
    """One letter; where several are accepted, any of them."""

    accept: Annotated[
        list[Annotated[str, Meta(pattern="^[A-Z]$")]], Meta(min_length=1, max_length=26)
    ]


class Multiple(Input, frozen=True, tag="multiple", tag_field="rule"):
    """Several letters. `part_marks`: of the fixed part, or of each right letter."""

    answer: Letters
    partial: Partial = Partial.NONE
    part_marks: Annotated[float, Meta(ge=0.5, le=300, multiple_of=0.5)] | None = None


class Numeric(Input, frozen=True, tag="numeric", tag_field="rule"):
    """A number, and how far an answer may be from it."""

    value: NumberText
    tolerance: NumberText = "0"


class Exact(Input, frozen=True, tag="text", tag_field="rule"):
    """One of some texts; capitals count only where told."""

    accept: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=200)]], Meta(min_length=1, max_length=20)
    ]
    case_sensitive: bool = False


class Everyone(Input, frozen=True, tag="everyone", tag_field="rule"):
    """The item was faulty: all its marks go to everybody who sat."""


KeyRule: TypeAlias = Single | Multiple | Numeric | Exact | Everyone


def fault_of(key: KeyRule, max_half_marks: int) -> str:
    """What is wrong with a key in itself, or nothing."""
    if isinstance(key, Numeric):
        value, tolerance = number(key.value), number(key.tolerance)
        if value is None or tolerance is None or tolerance < 0:
            return "value and tolerance are numbers, the tolerance not below 0"
    if isinstance(key, Multiple):
        letters = set(key.answer)
        if len(letters) != len(key.answer):
            return "a letter stands twice"
        if (key.partial is Partial.NONE) != (key.part_marks is None):
            return "part_marks belongs to partial marks, and they need it"
        half = round((key.part_marks or 0) * 2)
        most = half * (len(letters) - 1 if key.partial is Partial.BY_COUNT else 1)
        if key.part_marks is not None and not 0 < most < max_half_marks:
            return "some of the right letters would earn as much as all"
    return ""


def score(key: KeyRule, answer: str, max_half_marks: int) -> int:
    """The half marks an answer earns; an empty answer earns nothing but by `everyone`."""
    if isinstance(key, Everyone):
        return max_half_marks
    said = tidy(answer)
    if said in BLANK:
        return 0
    if isinstance(key, Single):
        return max_half_marks if said.upper() in key.accept else 0
    if isinstance(key, Multiple):
        return _multiple(key, said.upper(), max_half_marks)
    if isinstance(key, Numeric):
        given, value, tolerance = number(said), number(key.value), number(key.tolerance)
        near = (
            given is not None
            and value is not None
            and tolerance is not None
            and abs(given - value) <= tolerance
        )
        return max_half_marks if near else 0
    accepted = [tidy(text) for text in key.accept]
    if not key.case_sensitive:
        said, accepted = said.casefold(), [text.casefold() for text in accepted]
    return max_half_marks if said in accepted else 0


def _multiple(key: Multiple, said: str, max_half_marks: int) -> int:
    chosen = {letter for letter in said if not letter.isspace() and letter not in ",、;"}
    right = set(key.answer)
    if chosen - right or not chosen:
        return 0
    if chosen == right:
        return max_half_marks
    part = round((key.part_marks or 0) * 2)
    return part * len(chosen) if key.partial is Partial.BY_COUNT else part


def tidy(text: str) -> str:
    """NFKC, without surrounding or doubled spaces: full-width letters and digits become plain."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def number(text: str) -> Fraction | None:
    """An exact number, written as a decimal or as a fraction of two integers; else None."""
    plain = tidy(text).replace("−", "-")
    above, slash, below = plain.partition("/")
    try:
        if slash:
            return Fraction(int(above), int(below))
        value = Decimal(plain)
        # an exponent would make a number of a billion digits out of ten characters
        return Fraction(value) if value.is_finite() and abs(value.adjusted()) < 40 else None
    except (ValueError, InvalidOperation, ZeroDivisionError):
        return None
