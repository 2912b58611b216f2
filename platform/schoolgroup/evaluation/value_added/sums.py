"""A school in six numbers: n, Σx, Σy, Σx², Σxy, Σy². Pupil rows need not leave the school.

The random-intercept and the random-slope fit need nothing else. With p predictors a school sends
(p+2)(p+3)/2 numbers; with none, three.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.kernel.texts import Text

Array = npt.NDArray[np.float64]


class SixNumbers(msgspec.Struct, frozen=True):
    """One school's sums over its pupils with both marks; x prior, y outcome."""

    school: str
    n: int
    sum_x: float
    sum_y: float
    sum_xx: float
    sum_xy: float
    sum_yy: float


class Moments(msgspec.Struct, frozen=True):
    """All schools, in one order: sizes, and cross-products about `origin`.

    Variables are the predictors, then y. `sums[j]` and `products[j]` are of school j, of the
    variables less their origin, which keeps digits when marks are large beside their spread.
    """

    schools: tuple[str, ...]
    n: Array
    sums: Array
    products: Array
    origin: Array
    n_without_prior: tuple[int, ...]


def from_six_numbers(rows: Sequence[SixNumbers]) -> Moments:
    """Moments of schools that sent their sums; the order of the schools does not matter.

    Raises MethodRefused for a school that comes twice, a negative n or sums that no pupils have.
    """
    ordered = sorted((row for row in rows if row.n), key=lambda row: row.school)
    names = [row.school for row in ordered]
    if len(set(names)) != len(names):
        raise MethodRefused(Text("a school is given twice", "有学校重复"))
    for row in ordered:
        _check(row)
    n = np.array([row.n for row in ordered], dtype=np.float64)
    sums = np.array([[row.sum_x, row.sum_y] for row in ordered]).reshape(-1, 2)
    products = np.array(
        [[[row.sum_xx, row.sum_xy], [row.sum_xy, row.sum_yy]] for row in ordered]
    ).reshape(-1, 2, 2)
    origin = sums.sum(axis=0) / n.sum() if len(n) else np.zeros(2)
    # Σ(x−o)(y−o') = Σxy − o'Σx − oΣy + n·o·o'
    cross = sums[:, :, None] * origin[None, None, :]
    moved = products - cross - cross.transpose(0, 2, 1)
    moved = moved + n[:, None, None] * np.outer(origin, origin)
    return Moments(tuple(names), n, sums - n[:, None] * origin, moved, origin, (0,) * len(names))


def six_numbers(
    schools: Sequence[str], prior: npt.ArrayLike, outcome: npt.ArrayLike
) -> list[SixNumbers]:
    """What each school would send of its rows; a row without a prior or an outcome is left out."""
    names = np.asarray(schools, dtype=np.str_)
    x, y = np.asarray(prior, dtype=np.float64), np.asarray(outcome, dtype=np.float64)
    has = ~(np.isnan(x) | np.isnan(y))
    found = []
    for name in sorted(set(schools)):
        a, b = x[has & (names == name)], y[has & (names == name)]
        sums = (a.sum(), b.sum(), a @ a, a @ b, b @ b)
        found.append(SixNumbers(name, len(a), *(float(each) for each in sums)))
    return found


def from_rows(schools: Sequence[str], predictors: npt.ArrayLike, outcome: npt.ArrayLike) -> Moments:
    """Moments from pupil rows; `predictors` is pupils × p (p may be 0).

    A row with a missing predictor or outcome (NaN) is counted and left out. The result has the
    same bits in whatever order the rows come; pupils need no identity, so ids may repeat.
    Raises MethodRefused for ±∞.
    """
    y = np.asarray(outcome, dtype=np.float64)
    table = np.column_stack([np.asarray(predictors, dtype=np.float64).reshape(len(y), -1), y])
    if np.isinf(table).any():
        raise MethodRefused(Text("a mark is infinite", "得分为无穷大"))
    names, place = np.unique(np.asarray(schools, dtype=np.str_), return_inverse=True)
    has = ~np.isnan(table).any(axis=1)
    missing = np.bincount(place[~has], minlength=len(names))
    table, place = table[has], place[has]
    order = np.lexsort((*table.T, place))
    table, place = table[order], place[order]
    size = np.bincount(place, minlength=len(names))
    kept = size > 0
    k = table.shape[1]
    if not len(table):
        return Moments((), np.empty(0), np.empty((0, k)), np.empty((0, k, k)), np.zeros(k), ())
    origin = table.mean(axis=0)
    away = table - origin
    starts = np.concatenate([[0], np.cumsum(size[kept])[:-1]])
    sums = np.add.reduceat(away, starts, axis=0)
    products = np.add.reduceat(away[:, :, None] * away[:, None, :], starts, axis=0)
    return Moments(
        tuple(names[kept].tolist()),
        size[kept].astype(np.float64),
        sums,
        products,
        origin,
        tuple(missing[kept].tolist()),
    )


def _check(row: SixNumbers) -> None:
    figures = (row.sum_x, row.sum_y, row.sum_xx, row.sum_xy, row.sum_yy)
    slack = 1 + 1e-9  # the sums were rounded where they were made
    possible = (
        row.n > 0
        and all(np.isfinite(figures))
        and row.sum_x**2 <= row.n * row.sum_xx * slack
        and row.sum_y**2 <= row.n * row.sum_yy * slack
        and row.sum_xy**2 <= row.sum_xx * row.sum_yy * slack
    )
    if not possible:
        raise MethodRefused(
            Text(
                f"no pupils have the sums of school {row.school}",
                f"学校 {row.school} 的汇总数不成立",
            )
        )
