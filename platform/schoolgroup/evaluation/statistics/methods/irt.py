"""Item response models by marginal maximum likelihood: Rasch, two-parameter, graded.

One engine for all three (Bock and Lieberman 1970; Samejima 1969): the probability of category c
or higher is logistic(a·θ + d_c), θ ~ N(0, 1) on 121 nodes from −6 to 6; a dichotomous item is a
graded one of two categories. Rasch: one common a. Answer patterns are sorted and counted first,
so the order of the pupils changes nothing. A missing mark (NaN) says nothing about its item.
"""

from enum import StrEnum

import msgspec
import numpy as np
import numpy.typing as npt

from schoolgroup.evaluation.statistics.methods.items import Table, checked
from schoolgroup.evaluation.statistics.methods.refusals import MethodRefused
from schoolgroup.evaluation.statistics.methods.threads import one_thread
from schoolgroup.kernel.texts import Text

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

NODES = np.linspace(-6, 6, 121)
WEIGHTS = np.exp(-NODES * NODES / 2) / np.exp(-NODES * NODES / 2).sum()
CATEGORIES_MAX = 12
TINY = 1e-300
FALL_MAX = 30.0  # of the log of a fall: no search needs to look beyond


class Model(StrEnum):
    """Which slopes are free: one common, or one per item (2PL; graded for marks above 1)."""

    RASCH = "rasch"
    TWO_PL = "2pl"


N_MIN = {Model.RASCH: 100, Model.TWO_PL: 200}


class IrtItem(msgspec.Struct, frozen=True):
    """One item: P(category c or higher) = logistic(a·θ + d[c−1]); b = −d/a.

    scores: the marks that occur, lowest first; one threshold between each two. With
    discriminates false (a not above 0 by its 95 % interval) b is null: a threshold of a line
    that does not rise is no difficulty. An item everybody answers alike has no a at all.
    """

    label: str
    scores: tuple[float, ...]
    a: float | None
    a_se: float | None
    d: tuple[float, ...]
    d_se: tuple[float | None, ...]
    b: tuple[float, ...] | None
    discriminates: bool


class IrtFit(msgspec.Struct, frozen=True):
    """The fitted model. n: pupils with at least one mark; parameters: how many are free."""

    model: Model
    n: int
    parameters: int
    log_likelihood: float
    aic: float
    bic: float
    converged: bool
    items: tuple[IrtItem, ...]


class Layout(msgspec.Struct, frozen=True):
    """Where each item's categories and thresholds stand in the flat arrays."""

    item: Whole  # of each threshold
    upper: Whole  # the category column just above each threshold
    lowest: Whole  # the lowest category column of each item
    columns: int


class Coded(msgspec.Struct, frozen=True):
    """Distinct answer patterns as a 0/1 matrix of categories, with how often each occurs."""

    onehot: Array
    counts: Array
    of_pupil: Whole
    layout: Layout
    scores: tuple[tuple[float, ...], ...]
    kept: tuple[int, ...]


@one_thread
def fit(marks: Table, model: Model, labels: list[str], *, slope: float | None = None) -> IrtFit:
    """Fit; `slope` fixes the common a of the Rasch model (1 in some programs).

    Raises MethodRefused below N_MIN pupils, with fewer than two items that vary, or an item of
    more than CATEGORIES_MAX marks.
    """
    from scipy.optimize import minimize

    table = checked(marks)
    table = table[~np.isnan(table).all(axis=1)]
    if len(table) < N_MIN[model]:
        raise MethodRefused(
            Text(
                f"{model} needs {N_MIN[model]} pupils; there are {len(table)}",
                f"{model} 模型至少需要 {N_MIN[model]} 人，现有 {len(table)} 人",
            )
        )
    coded = encode(table)
    problem = _Problem(coded, model, slope)
    found = minimize(
        problem.value,
        problem.start(table),
        jac=True,
        method="L-BFGS-B",
        options={"maxiter": 2000, "maxfun": 4000, "ftol": 1e-13, "gtol": 1e-2, "maxcor": 30},
    )
    free, se, converged = problem.polish(np.asarray(found.x, dtype=np.float64))
    a, d = problem.expand(free)
    if float(a.sum()) < 0:  # θ and −θ fit alike: marks rise with ability
        a = -a
    log_likelihood = -float(problem.value(free)[0])
    a_se, d_se = problem.errors(free, se)
    size = len(free)
    return IrtFit(
        model=model,
        n=len(table),
        parameters=size,
        log_likelihood=log_likelihood,
        aic=2 * size - 2 * log_likelihood,
        bic=size * float(np.log(len(table))) - 2 * log_likelihood,
        converged=converged,
        items=_items(table, coded, labels, a, d, a_se, d_se),
    )


def encode(table: Table, scores: tuple[tuple[float, ...], ...] | None = None) -> Coded:
    """Count the distinct patterns; items that do not vary are set aside.

    `scores`: the marks of each item as another sample has them (a mark off them is refused).
    """
    values = [
        tuple(np.unique(own[~np.isnan(own)]).tolist()) if scores is None else scores[at]
        for at, own in enumerate(table.T)
    ]
    kept = tuple(at for at, found in enumerate(values) if len(found) > 1)
    if len(kept) < 2:
        raise MethodRefused(Text("fewer than two items vary", "有差异的题目不足两道"))
    if max(len(values[at]) for at in kept) > CATEGORIES_MAX:
        raise MethodRefused(
            Text(
                f"an item has more than {CATEGORIES_MAX} different marks: group them first",
                f"有题目的得分种类超过 {CATEGORIES_MAX} 种，请先合并",
            )
        )
    patterns, of_pupil, counts = np.unique(
        np.nan_to_num(table[:, kept], nan=-np.inf), axis=0, return_inverse=True,
        return_counts=True,
    )  # fmt: skip
    blocks: list[Array] = []
    item: list[int] = []
    upper: list[int] = []
    lowest: list[int] = []
    columns = 0
    for place, at in enumerate(kept):
        own = np.asarray(values[at])
        chosen = patterns[:, place, None] == own[None, :]
        if not (chosen.any(axis=1) | np.isneginf(patterns[:, place])).all():
            raise MethodRefused(Text("a mark the item was not fitted with", "出现未参与拟合的得分"))
        blocks.append(chosen.astype(np.float64))
        lowest.append(columns)
        item += [place] * (len(own) - 1)
        upper += range(columns + 1, columns + len(own))
        columns += len(own)
    layout = Layout(np.array(item), np.array(upper), np.array(lowest), columns)
    return Coded(
        np.hstack(blocks),
        counts.astype(np.float64),
        of_pupil.reshape(-1).astype(np.int64),
        layout,
        tuple(values),
        kept,
    )


def probabilities(layout: Layout, a: Array, d: Array, theta: Array) -> tuple[Array, Array]:
    """(P of each category, P of each threshold) at every θ; rows are θ."""
    from scipy.special import expit

    z = theta[:, None] * a[layout.item] + d
    reach = expit(z)
    found = np.zeros((len(theta), layout.columns))
    found[:, layout.upper] += reach
    found[:, layout.upper - 1] -= reach
    # 1 − P loses its digits where P is near 1; the complement has them
    first = np.isin(layout.upper - 1, layout.lowest)
    found[:, layout.upper[first] - 1] = expit(-z[:, first])
    return np.maximum(found, TINY), reach


class _Problem:
    """Minus the log-likelihood of the free parameters, with its gradient.

    Free: slopes (K, one, or none), then per item its first d and the logs of the falls to the
    next, so that thresholds cannot cross.
    """

    def __init__(self, coded: Coded, model: Model, slope: float | None) -> None:
        self.coded, self.model, self.slope = coded, model, slope
        self.k = len(coded.kept)
        self.slopes = self.k if model is Model.TWO_PL else (1 if slope is None else 0)
        self.first = np.r_[True, np.diff(coded.layout.item) > 0]
        # where every pupil was given every item, the lowest categories follow from the others
        self.complete = bool(coded.onehot.sum(axis=1).min() == self.k)
        self.above = np.ascontiguousarray(coded.onehot[:, coded.layout.upper])

    def expand(self, free: Array) -> tuple[Array, Array]:
        """(a per item, d per threshold)."""
        own = free[: self.slopes]
        a = own if self.slopes == self.k else np.full(self.k, own[0] if len(own) else self.slope)
        raw = free[self.slopes :]
        steps = -self._falls(raw)
        run = np.cumsum(steps)
        starts = np.flatnonzero(self.first)[self.coded.layout.item]
        return np.asarray(a, dtype=np.float64), raw[starts] + run - run[starts]

    def _falls(self, raw: Array) -> Array:
        """How far each threshold lies below the one before it in its item; 0 for the first."""
        falls: Array = np.exp(np.where(self.first, -np.inf, np.clip(raw, -FALL_MAX, FALL_MAX)))
        return falls

    def joint(self, p: Array) -> Array:
        """log P(pattern | node), patterns × nodes."""
        log_p, layout = np.log(p), self.coded.layout
        if not self.complete:
            return np.asarray(self.coded.onehot @ log_p.T)
        lowest = log_p[:, layout.lowest]
        found = self.above @ (log_p[:, layout.upper] - lowest[:, layout.item]).T
        found += lowest.sum(axis=1)
        return np.asarray(found)

    def expected(self, posterior: Array) -> Array:
        """Expected number in each category, nodes × categories."""
        if not self.complete:
            return np.asarray(posterior.T @ self.coded.onehot)
        layout = self.coded.layout
        found = np.zeros((len(NODES), layout.columns))
        found[:, layout.upper] = posterior.T @ self.above
        starts = np.flatnonzero(self.first)
        held = np.add.reduceat(found[:, layout.upper], starts, axis=1)
        found[:, layout.lowest] = posterior.sum(axis=0)[:, None] - held
        return found

    def value(self, free: Array) -> tuple[float, Array]:
        """Minus the log-likelihood and its gradient."""
        coded, layout = self.coded, self.coded.layout
        a, d = self.expand(free)
        p, reach = probabilities(layout, a, d, NODES)
        joint = self.joint(p)
        peak = joint.max(axis=1, keepdims=True)
        joint -= peak
        np.exp(joint, out=joint)
        marginal = joint @ WEIGHTS
        value = float(coded.counts @ (np.log(marginal) + peak[:, 0]))
        joint *= (coded.counts / marginal)[:, None]  # the posterior, but for the weights
        ratio = self.expected(joint) * WEIGHTS[:, None] / p
        by_z = reach * (1 - reach) * (ratio[:, layout.upper] - ratio[:, layout.upper - 1])
        to_a: Array = np.bincount(layout.item, NODES @ by_z, self.k).astype(np.float64)
        to_d = by_z.sum(axis=0)
        return -value, -np.concatenate([self._to_slopes(to_a), self._to_raw(free, to_d)])

    def start(self, table: Table) -> Array:
        """Slopes of 1 and thresholds at the logit of the share that reaches them."""
        slopes = [1.0] * self.slopes
        raw, held = [], 0.0
        shares = self.coded.onehot.T @ self.coded.counts
        for at, upper in enumerate(self.coded.layout.upper.tolist()):
            low = int(self.coded.layout.lowest[self.coded.layout.item[at]])
            following = self.coded.layout.lowest[self.coded.layout.item[at] + 1 :]
            end = int(following[0]) if len(following) else len(shares)
            over, under = float(shares[upper:end].sum()), float(shares[low:upper].sum())
            logit = 1.1 * float(np.log((over + 0.5) / (under + 0.5)))
            raw.append(logit if self.first[at] else float(np.log(max(held - logit, 0.05))))
            held = logit
        return np.array(slopes + raw)

    def polish(self, free: Array) -> tuple[Array, Array | None, bool]:
        """Newton steps to the maximum; the inverse of the observed information if there is one."""
        gradient = self.value(free)[1]
        hessian = self._hessian(free, gradient)
        eigen = np.linalg.eigvalsh(hessian)
        if eigen[0] <= 1e-9 * eigen[-1]:
            return free, None, bool(np.abs(gradient).max() < 1e-2)
        covariance: Array = np.asarray(np.linalg.inv(hessian), dtype=np.float64)
        for _ in range(8):
            step = covariance @ gradient
            free = free - step
            gradient = self.value(free)[1]
            if np.abs(step).max() < 1e-9:
                break
        return free, covariance, bool(np.abs(gradient).max() < 1e-3)

    def errors(self, free: Array, covariance: Array | None) -> tuple[Array | None, Array | None]:
        """Standard errors of a and d by the delta method; null where the maximum is flat."""
        if covariance is None:
            return None, None
        size = len(free)
        jacobian_a, jacobian_d = [], []
        for at in range(size):
            move = np.zeros(size)
            move[at] = 1e-6
            (a1, d1), (a0, d0) = self.expand(free + move), self.expand(free - move)
            jacobian_a.append((a1 - a0) / 2e-6)
            jacobian_d.append((d1 - d0) / 2e-6)
        found = []
        for jacobian in (np.array(jacobian_a), np.array(jacobian_d)):
            found.append(np.sqrt(np.einsum("ij,ik,kj->j", jacobian, covariance, jacobian)))
        return found[0], found[1]

    def _hessian(self, free: Array, gradient: Array) -> Array:
        """Forward differences of the exact gradient: near enough for steps and errors."""
        rows = []
        for at in range(len(free)):
            moved = free.copy()
            moved[at] += 1e-5
            rows.append((self.value(moved)[1] - gradient) / 1e-5)
        hessian = np.array(rows)
        return np.asarray((hessian + hessian.T) / 2)

    def _to_slopes(self, to_a: Array) -> Array:
        if self.slopes == self.k:
            return to_a
        return np.array([to_a.sum()]) if self.slopes else np.empty(0)

    def _to_raw(self, free: Array, to_d: Array) -> Array:
        """Each raw parameter moves its own threshold and those after it in the item."""
        after = np.cumsum(to_d[::-1])[::-1]
        item = self.coded.layout.item
        ends = np.append(np.flatnonzero(self.first)[1:], len(to_d))[item]
        beyond = np.append(after, 0.0)[ends]
        raw = free[self.slopes :]
        scale = np.where(self.first, 1.0, -self._falls(raw))
        return np.asarray((after - beyond) * scale)


def _items(
    table: Table,
    coded: Coded,
    labels: list[str],
    a: Array,
    d: Array,
    a_se: Array | None,
    d_se: Array | None,
) -> tuple[IrtItem, ...]:
    found = []
    for at, label in enumerate(labels):
        if at not in coded.kept:
            found.append(IrtItem(label, coded.scores[at], None, None, (), (), None, False))
            continue
        place = coded.kept.index(at)
        mine = coded.layout.item == place
        slope, own = float(a[place]), tuple(d[mine].tolist())
        error = None if a_se is None else float(a_se[place])
        rises = slope > 0 and error is not None and slope - 1.96 * error > 0
        if error == 0:  # a fixed slope
            rises = slope > 0
        found.append(
            IrtItem(
                label=label,
                scores=coded.scores[at],
                a=slope,
                a_se=error,
                d=own,
                d_se=(None,) * len(own) if d_se is None else tuple(d_se[mine].tolist()),
                b=tuple(-each / slope for each in own) if rises else None,
                discriminates=rises,
            )
        )
    return tuple(found)
