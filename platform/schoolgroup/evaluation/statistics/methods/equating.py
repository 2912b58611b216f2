"""Two forms of a test on one scale, taken by equivalent groups (Kolen and Brennan 2014).

A form is a list of frequencies of the whole scores lowest, lowest+1, … in steps of one. The
result gives for every score of form X its equivalent on the scale of form Y, with the standard
error of equating where theory has one.
"""

import math
from typing import Literal

import msgspec
import numpy as np
import numpy.typing as npt

from schoolgroup.evaluation.statistics.methods.items import Column
from schoolgroup.evaluation.statistics.methods.presmoothing import smooth
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.resampling import REPLICATIONS, SEED
from schoolgroup.kernel.texts import Text

Method = Literal["mean", "linear", "equipercentile"]

# Ranks are compared at ten decimals, as R's equate does: sums of floats that should be equal are.
DECIMALS = 10
SCORES_MAX = 20_000  # of one form: no paper has more half marks


class Form(msgspec.Struct, frozen=True):
    """Frequencies of scores `lowest`, `lowest` + 1, …; smoothed ones need not be whole."""

    frequencies: tuple[float, ...]
    lowest: int = 0

    @property
    def n(self) -> float:
        """How many took the form."""
        return math.fsum(self.frequencies)

    @property
    def scores(self) -> Column:
        """Every score of the form."""
        return np.arange(len(self.frequencies), dtype=np.float64) + self.lowest

    @property
    def counts(self) -> Column:
        """The frequencies as numbers."""
        return np.asarray(self.frequencies, dtype=np.float64)

    def mean_sd(self) -> tuple[float, float]:
        """Mean and sd with divisor n−1."""
        n, scores = self.n, self.scores
        mean = float(self.counts @ scores) / n
        return mean, math.sqrt(float(self.counts @ (scores - mean) ** 2) / (n - 1))


class Equated(msgspec.Struct, frozen=True):
    """One score of form X on the scale of form Y; se in Y's units, null where unknown."""

    score: int
    equivalent: float
    se: float | None


class Equating(msgspec.Struct, frozen=True):
    """The conversion with its method; intercept and slope of the straight ones."""

    method: str
    n_x: int
    n_y: int
    intercept: float | None
    slope: float | None
    smoothed_degree: int | None
    table: tuple[Equated, ...]

    def of(self, score: int) -> float:
        """The equivalent of a score. Raises MethodRefused outside form X: nobody extrapolates."""
        first = self.table[0].score
        if not first <= score <= self.table[-1].score:
            raise MethodRefused(
                Text(f"form X has no score {score}", f"X 卷没有 {score} 分这一分数")
            )
        return self.table[score - first].equivalent


def form_of(scores: npt.ArrayLike, lowest: int, highest: int) -> Form:
    """The form of these whole scores. Raises MethodRefused for a score that is not on it."""
    given = np.asarray(scores, dtype=np.float64)
    if highest - lowest >= SCORES_MAX:
        raise MethodRefused(
            Text(f"a form of more than {SCORES_MAX} scores", f"试卷分数超过 {SCORES_MAX} 种")
        )
    whole = given.astype(np.int64)
    if (whole != given).any() or len(given) == 0 or given.min() < lowest or given.max() > highest:
        raise MethodRefused(
            Text("scores are not whole or off the form", "分数不是整数或超出试卷范围")
        )
    counts = np.bincount(whole - lowest, minlength=highest - lowest + 1)
    return Form(tuple(counts.astype(np.float64).tolist()), lowest)


def equate(x: Form, y: Form, method: Method, smoothed_degree: int | None = None) -> Equating:
    """Form X on the scale of form Y, random groups.

    mean: x − μx + μy. linear: equal z. equipercentile: equal percentile ranks, after log-linear
    presmoothing of that degree if one is given. Standard errors: linear ones assuming normality
    (Kolen and Brennan table 7.1), equipercentile by Lord (1982), null after smoothing: those come
    by resampling (`smoothed_se`).
    Raises MethodRefused with fewer than two scores that occur on a form.
    """
    for form in (x, y):
        if np.count_nonzero(form.counts) < 2 or (form.counts < 0).any():
            raise MethodRefused(Text("a form has no spread of scores", "试卷得分没有差异"))
    if method == "equipercentile":
        return _equipercentile(x, y, smoothed_degree)
    (mean_x, sd_x), (mean_y, sd_y) = x.mean_sd(), y.mean_sd()
    slope = 1.0 if method == "mean" else sd_y / sd_x
    intercept = mean_y - slope * mean_x
    table = []
    for score in x.scores.tolist():
        if method == "mean":
            se = math.sqrt(sd_x**2 / x.n + sd_y**2 / y.n)
        else:
            z = (score - mean_x) / sd_x
            se = sd_y * math.sqrt((1 / x.n + 1 / y.n) * (1 + z * z / 2))
        table.append(Equated(int(score), intercept + slope * score, se))
    return Equating(method, round(x.n), round(y.n), intercept, slope, None, tuple(table))


def percentile_ranks(form: Form) -> Column:
    """P(x) as a share: those below and half of those at each score."""
    share = form.counts / form.n
    found: Column = np.cumsum(share) - share / 2
    return found


def _equipercentile(x: Form, y: Form, degree: int | None) -> Equating:
    used_x, used_y = (
        (form if degree is None else Form(tuple(smooth(form.counts, degree).tolist()), form.lowest))
        for form in (x, y)
    )
    ranks = percentile_ranks(used_x)
    table = []
    for score, rank, equivalent in zip(
        used_x.scores.tolist(), ranks.tolist(), scores_at(ranks, used_y).tolist(), strict=True
    ):
        se = None if degree is not None else _lord(rank, x.n, used_y)
        table.append(Equated(int(score), equivalent, se))
    return Equating("equipercentile", round(x.n), round(y.n), None, None, degree, tuple(table))


def score_at(rank: float, form: Form) -> float:
    """The score with this percentile rank; see `scores_at`."""
    return float(scores_at(np.array([rank]), form)[0])


def scores_at(ranks: Column, form: Form) -> Column:
    """The scores with these percentile ranks (shares), the inverse of a continuous P.

    Each score is spread evenly over ±1/2. Where scores do not occur, P is flat: the middle of the
    flat stretch (Kolen and Brennan eq. 2.18 and 2.19). Rank 0 gives the lower end, lowest − 1/2;
    rank 1 the upper end, highest + 1/2 (as R's equate).
    """
    wanted = np.round(ranks, DECIMALS)
    upto = np.round(np.cumsum(form.counts / form.n), DECIMALS)
    upto[-1] = 1.0
    inside = (wanted > 0) & (wanted < 1)
    found: Column = np.where(wanted <= 0, -0.5, len(upto) - 0.5)
    within = wanted[inside]
    # the first score with upto > rank, and the first with upto >= rank
    ends = []
    for side in ("right", "left"):
        at = np.searchsorted(upto, within, side=side)
        before = np.where(at > 0, upto[np.maximum(at, 1) - 1], 0.0)
        ends.append(at - 0.5 + (within - before) / (upto[at] - before))
    found[inside] = (ends[0] + ends[1]) / 2
    found = found + form.lowest
    return found


def smoothed_se(
    x: Form, y: Form, degree: int, *, replications: int = REPLICATIONS, seed: int = SEED
) -> list[float]:
    """Standard errors after presmoothing: samples of the same sizes from the smoothed forms.

    Kolen and Brennan (2014), section 7.4.2 (parametric bootstrap). A sample that cannot be
    smoothed is left out; raises MethodRefused where more than one in ten cannot.
    """
    from_x, from_y = (Form(tuple(smooth(form.counts, degree).tolist())) for form in (x, y))
    chance = np.random.default_rng(seed)
    found = []
    for _ in range(replications):
        drawn = [
            Form(tuple(chance.multinomial(round(each.n), each.counts / each.n).tolist()),
                 form.lowest)
            for each, form in ((from_x, x), (from_y, y))
        ]  # fmt: skip
        try:
            table = _equipercentile(drawn[0], drawn[1], degree).table
        except MethodRefused:
            continue
        found.append([one.equivalent for one in table])
    if len(found) < 0.9 * replications:
        raise MethodRefused(Text("the smoothing does not settle", "平滑未收敛"))
    errors: list[float] = np.std(found, axis=0, ddof=1).tolist()
    return errors


def _lord(rank: float, n_x: float, y: Form) -> float | None:
    """Lord (1982); Kolen and Brennan eq. 7.12. Null where form Y has nobody at that rank."""
    share = y.counts / y.n
    upto = np.cumsum(share)
    if not 0 < rank < 1:
        return None
    upper = min(int(np.searchsorted(upto, rank, side="right")), len(share) - 1)
    width = float(share[upper])
    if width == 0:
        return None
    below = float(upto[upper]) - width
    both = rank * (1 - rank) * (n_x + y.n) / (n_x * y.n)
    inner = (float(upto[upper]) - rank) * (rank - below) / (y.n * width)
    return math.sqrt(max(0.0, both - inner)) / width
