"""Assigned grades (等级赋分) of the senior high entrance subjects, in whole numbers.

Levels by cumulative share from the top; inside a level the raw marks are stretched onto the
level's interval. The official texts fix shares and intervals, not which side of a share a tied
score falls on: that rule is a named parameter and is printed with the result.
"""

from collections.abc import Mapping
from enum import StrEnum
from fractions import Fraction

import msgspec

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.rounding import whole_half_up
from schoolgroup.kernel.texts import Text


class Boundary(StrEnum):
    """How many a level's cumulative share may hold when a tied score straddles it."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    NEAREST = "nearest"


class Tie(StrEnum):
    """`nearest` with two equally near scores: let more in, or fewer."""

    MORE = "more"
    FEWER = "fewer"


class OneScore(StrEnum):
    """What a level in which only one raw score occurs is given."""

    MAX = "max"
    MIN = "min"
    MEAN = "mean"


class Band(msgspec.Struct, frozen=True):
    """One level: its share of those who sat in percent, and the marks it is given."""

    level: str
    percent: int
    lowest: int
    highest: int


class Scheme(msgspec.Struct, frozen=True):
    """The levels from the top; shares sum to 100, intervals fall and do not overlap."""

    code: str
    source: str
    bands: tuple[Band, ...]

    def __post_init__(self) -> None:
        if sum(band.percent for band in self.bands) != 100:
            raise ValueError("the shares of a scheme sum to 100 %")
        if any(band.percent < 0 or band.lowest > band.highest for band in self.bands):
            raise ValueError("a level has a share from 0 and an interval from low to high")
        pairs = zip(self.bands, self.bands[1:], strict=False)
        if any(upper.lowest <= lower.highest for upper, lower in pairs):
            raise ValueError("the intervals of a scheme fall and do not overlap")


SHANDONG = Scheme(
    "shandong",
    "山东省深化高等学校考试招生综合改革试点方案 (2018)",
    tuple(
        Band(level, percent, lowest, lowest + 9)
        for level, percent, lowest in zip(
            ("A", "B+", "B", "C+", "C", "D+", "D", "E"),
            (3, 7, 16, 24, 24, 16, 7, 3),
            range(91, 20, -10),
            strict=True,
        )
    ),
)
THREE_ONE_TWO = Scheme(
    "3+1+2",
    "普通高中学业水平选择性考试等级赋分 (八省市 3+1+2, 2019)",
    (
        Band("A", 15, 86, 100),
        Band("B", 35, 71, 85),
        Band("C", 35, 56, 70),
        Band("D", 13, 41, 55),
        Band("E", 2, 30, 40),
    ),
)
SCHEMES = {scheme.code: scheme for scheme in (SHANDONG, THREE_ONE_TWO)}


class LevelFound(msgspec.Struct, frozen=True):
    """One level as it came out; raw bounds null where nobody is in it."""

    level: str
    n: int
    share: float
    raw_lowest: int | None
    raw_highest: int | None


class Assignment(msgspec.Struct, frozen=True):
    """The conversion of one exam: frozen with it, printed with its rules. n: those who sat."""

    scheme: str
    boundary: Boundary
    tie: Tie
    one_score: OneScore
    n: int
    levels: tuple[LevelFound, ...]
    assigned: dict[int, int]
    level_of: dict[int, str]


def assign(
    counts: Mapping[int, int],
    scheme: Scheme,
    boundary: Boundary,
    *,
    tie: Tie = Tie.MORE,
    one_score: OneScore = OneScore.MAX,
) -> Assignment:
    """Assigned marks of each raw score that occurs; `counts` holds those who sat, nobody else.

    Raw scores in any whole unit (marks or half marks). Equal raw scores get equal marks and a
    higher raw score never gets less. Raises MethodRefused when nobody sat.
    """
    raws = sorted((raw for raw, count in counts.items() if count), reverse=True)
    n = sum(counts[raw] for raw in raws)
    if n == 0:
        raise MethodRefused(Text("nobody sat: nothing to assign", "无人参加考试，无法赋分"))
    levels, assigned, level_of = [], {}, {}
    cumulative_percent, taken, placed = 0, 0, 0
    for number, band in enumerate(scheme.bands, start=1):
        cumulative_percent += band.percent
        last = number == len(scheme.bands)
        end = (
            len(raws)
            if last
            else _cut(raws, counts, placed, taken, cumulative_percent * n, boundary, tie)
        )
        inside = raws[placed:end]
        size = sum(counts[raw] for raw in inside)
        for raw in inside:
            ends = (inside[-1], inside[0])
            assigned[raw] = stretched(raw, ends, (band.lowest, band.highest), one_score)
            level_of[raw] = band.level
        levels.append(
            LevelFound(
                band.level,
                size,
                size / n,
                inside[-1] if inside else None,
                inside[0] if inside else None,
            )
        )
        placed, taken = end, taken + size
    return Assignment(scheme.code, boundary, tie, one_score, n, tuple(levels), assigned, level_of)


def interpolate(raw: int, raw_lowest: int, raw_highest: int, lowest: int, highest: int) -> Fraction:
    """T = ((Y2−Y)·T1 + (Y−Y1)·T2)/(Y2−Y1), exactly, from (Y2−Y)/(Y−Y1) = (T2−T)/(T−T1)."""
    return Fraction(
        (raw_highest - raw) * lowest + (raw - raw_lowest) * highest, raw_highest - raw_lowest
    )


def _cut(
    raws: list[int],
    counts: Mapping[int, int],
    placed: int,
    taken: int,
    wanted: int,
    boundary: Boundary,
    tie: Tie,
) -> int:
    """Where the level ends in `raws`; `wanted`: cumulative percent · n, compared with 100 · count.

    Whole numbers only: 0.03·2392 has no exact float.
    """
    end, reached = placed, taken
    while end < len(raws) and 100 * (reached + counts[raws[end]]) <= wanted:
        reached += counts[raws[end]]
        end += 1
    under = wanted - 100 * reached
    if boundary is Boundary.AT_MOST or under <= 0 or end == len(raws):
        return end
    if boundary is Boundary.AT_LEAST:
        return end + 1
    over = 100 * (reached + counts[raws[end]]) - wanted
    return end + 1 if over < under or (over == under and tie is Tie.MORE) else end


def stretched(raw: int, raws: tuple[int, int], marks: tuple[int, int], one_score: OneScore) -> int:
    """The marks of a raw score within a level, whole, half up; both bounds lowest first."""
    lowest, highest = raws
    if lowest == highest:
        given = {
            OneScore.MAX: Fraction(marks[1]),
            OneScore.MIN: Fraction(marks[0]),
            OneScore.MEAN: Fraction(marks[0] + marks[1], 2),
        }[one_score]
        return whole_half_up(given)
    return whole_half_up(interpolate(raw, lowest, highest, *marks))
