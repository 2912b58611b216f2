"""A decision of the compiled policy beside stock Casbin with the same policy and requests."""

import random
import time
from collections.abc import Callable

from bench import Row, percentile
from schoolgroup.access.compiler import load_policy, stock_enforcer

REQUESTS = 20_000
STOCK_REQUESTS = 2_000
ACTIONS_ROWS = 50


def _time_each(call: Callable[..., object], requests: list[tuple[object, ...]]) -> list[float]:
    """Microseconds of each call, the clock's own reading (some 0.05 µs) included."""
    clock, samples = time.perf_counter_ns, []
    for request in requests:
        began = clock()
        call(*request)
        samples.append((clock() - began) / 1_000)
    return samples


def _at(samples: list[float], percent: int) -> float:
    return percentile(samples, percent / 100)


async def measure() -> list[Row]:
    """p50 and p99 of one decision, compiling once, and all acts on a page of rows."""
    began = time.perf_counter()
    policy = load_policy()
    compiled_ms = (time.perf_counter() - began) * 1_000
    stock = stock_enforcer(policy.bundle.files)
    chance = random.Random(1)
    places, acts = policy.bundle.vocabulary.places, list(policy.bundle.vocabulary.acts)
    requests = [
        (
            *chance.choice(places),
            chance.choice(acts),
            policy.relations.close(1 | chance.getrandbits(28)),
        )
        for _ in range(REQUESTS)
    ]
    same = [
        (role, tier, frozenset(policy.relations.names_in(mask)), act)
        for role, tier, act, mask in requests[:STOCK_REQUESTS]
    ]
    for ours, theirs in zip(requests, same, strict=False):
        if policy.allows(*ours) is not stock.enforce(*theirs):
            raise AssertionError(f"stock Casbin answers otherwise: {theirs}")
    ours_us = _time_each(policy.allows, list(requests))
    stock_us = _time_each(stock.enforce, list(same))
    peer = f"stock Casbin, {len(policy.bundle.lines)} rules"
    rows = [
        Row(f"one decision, p{share}", _at(ours_us, share), peer, _at(stock_us, share), "µs", 100)
        for share in (50, 99)
    ]
    masks = [mask for *_, mask in requests[:ACTIONS_ROWS]]
    page: list[tuple[object, ...]] = [("teacher", "partner", acts, mask) for mask in masks]
    pages = [sum(_time_each(policy.acts_allowed, page)) for _ in range(100)]
    per_page = _at(stock_us, 50) * len(acts) * ACTIONS_ROWS / 1_000
    rows.append(
        Row(
            f"all {len(acts)} acts of {ACTIONS_ROWS} rows, p50",
            _at(pages, 50) / 1_000,
            "as many stock decisions",
            per_page,
            "ms",
            100,
        )
    )
    rows.append(Row("load and compile a version", compiled_ms, "budget", 5_000, "ms"))
    return rows
