"""A pupil's place on the scale of a fitted model: EAP and WLE, each with its standard error."""

import msgspec
import numpy as np

from schoolgroup.evaluation.statistics.methods.irt import (
    NODES,
    WEIGHTS,
    Array,
    Coded,
    IrtFit,
    encode,
    probabilities,
)
from schoolgroup.evaluation.statistics.methods.items import Table
from schoolgroup.evaluation.statistics.methods.threads import one_thread

REACH = 12.0  # where a weighted likelihood is looked for


class Abilities(msgspec.Struct, frozen=True):
    """One figure per pupil, in the order given.

    eap: mean and sd of the posterior with a N(0, 1) prior (Bock and Mislevy 1982): pulled towards
    0, and for a pupil without marks exactly the prior. wle: Warm (1989), without that pull; null
    for a pupil without marks. reliability: var(EAP)/(var(EAP) + mean of se²).
    """

    eap: tuple[float, ...]
    eap_se: tuple[float, ...]
    wle: tuple[float | None, ...]
    wle_se: tuple[float | None, ...]
    reliability: float | None


@one_thread
def abilities(marks: Table, fitted: IrtFit) -> Abilities:
    """Abilities of these pupils by a model fitted to them or to others on the same items."""
    table = np.asarray(marks, dtype=np.float64)
    coded = encode(table, tuple(item.scores for item in fitted.items))
    a = np.array([item.a for item in fitted.items if item.a is not None])
    d = np.array([d for item in fitted.items for d in item.d])
    eap, eap_se = _eap(coded, a, d)
    wle, wle_se = _wle(coded, a, d)
    at = coded.of_pupil
    spread, error = (
        float(eap[at].var(ddof=1)) if len(at) > 1 else 0.0,
        float((eap_se[at] ** 2).mean()),
    )
    answered = (coded.onehot.sum(axis=1) > 0)[at].tolist()
    return Abilities(
        tuple(eap[at].tolist()),
        tuple(eap_se[at].tolist()),
        tuple(v if has else None for v, has in zip(wle[at].tolist(), answered, strict=True)),
        tuple(v if has else None for v, has in zip(wle_se[at].tolist(), answered, strict=True)),
        spread / (spread + error) if spread + error > 0 else None,
    )


def _eap(coded: Coded, a: Array, d: Array) -> tuple[Array, Array]:
    p, _ = probabilities(coded.layout, a, d, NODES)
    joint = coded.onehot @ np.log(p).T
    posterior = np.exp(joint - joint.max(axis=1, keepdims=True)) * WEIGHTS
    posterior /= posterior.sum(axis=1, keepdims=True)
    mean = posterior @ NODES
    variance = (posterior * (NODES[None, :] - mean[:, None]) ** 2).sum(axis=1)
    return mean, np.sqrt(variance)


def _wle(coded: Coded, a: Array, d: Array) -> tuple[Array, Array]:
    """The root of l'(θ) + J/(2I) by bisection, I = ΣP'²/P and J = ΣP'P''/P over answered items."""
    layout = coded.layout
    of_column = np.searchsorted(layout.lowest, np.arange(layout.columns), side="right") - 1
    answered = (coded.onehot @ np.eye(len(layout.lowest))[of_column])[:, of_column]
    slope = a[layout.item]

    def at(theta: Array) -> tuple[Array, Array]:
        p, reach = probabilities(layout, a, d, theta)
        first = slope * reach * (1 - reach)
        second = slope * first * (1 - 2 * reach)
        p1, p2 = np.zeros_like(p), np.zeros_like(p)
        for into, change in ((p1, first), (p2, second)):
            into[:, layout.upper] += change
            into[:, layout.upper - 1] -= change
        information = (answered * p1 * p1 / p).sum(axis=1)
        bias = (answered * p1 * p2 / p).sum(axis=1)
        score = (coded.onehot * p1 / p).sum(axis=1)
        safe = np.maximum(information, 1e-300)
        return score + bias / (2 * safe), safe

    low, high = np.full(len(coded.onehot), -REACH), np.full(len(coded.onehot), REACH)
    for _ in range(48):
        middle = (low + high) / 2
        rising = at(middle)[0] > 0
        low, high = np.where(rising, middle, low), np.where(rising, high, middle)
    theta = (low + high) / 2
    return theta, 1 / np.sqrt(at(theta)[1])
