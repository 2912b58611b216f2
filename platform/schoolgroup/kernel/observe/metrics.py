"""The numbers a process tells Prometheus. The values of every label are bounded; none is a person.

Each process is scraped by itself: sum over processes in the query, not here. What is true of the
whole installation (`schoolgroup_queue_…`, `schoolgroup_events_…`) every process tells alike: take
`max`, not `sum`.
"""

from collections.abc import Callable, Iterable, Iterator

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
REQUEST_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
SLOW_S = (0.1, 0.5, 1, 5, 15, 60, 300)
POLICIES_MAX = 20  # hashes told by themselves; groups with another are counted together
HASH_CHARS = 12

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

REQUEST_SECONDS = Histogram(
    "schoolgroup_request_seconds",
    "From the first byte read to the last byte sent.",
    ["method", "route", "status"],
    registry=REGISTRY,
    buckets=REQUEST_S,
)
REQUESTS_IN_FLIGHT = Gauge(
    "schoolgroup_requests_in_flight", "Requests being answered now.", registry=REGISTRY
)
REQUESTS_SHED = Counter(
    "schoolgroup_requests_shed",
    "Refused because there is too much: requests, connections, pool, pace (of one caller), slow.",
    ["why"],
    registry=REGISTRY,
)
POOL_WAIT_SECONDS = Histogram(
    "schoolgroup_pool_wait_seconds",
    "How long a transaction waited for a connection.",
    registry=REGISTRY,
    buckets=QUICK_S,
)
STATEMENT_SECONDS = Histogram(
    "schoolgroup_statement_seconds",
    "One SQL statement, there and back.",
    registry=REGISTRY,
    buckets=QUICK_S,
)
SLOW_STATEMENTS = Counter(
    "schoolgroup_slow_statements",
    "Statements that took slow_query_ms or more, by the constant they are written in.",
    ["statement"],
    registry=REGISTRY,
)
DATABASE_ERRORS = Counter(
    "schoolgroup_database_errors",
    "no_connection, lost, slow (cancelled or locked out), retried (met another change), refused.",
    ["what"],
    registry=REGISTRY,
)
DENIALS = Counter(
    "schoolgroup_denials", "Decisions of the policy that denied.", ["act"], registry=REGISTRY
)
STORE_SECONDS = Histogram(
    "schoolgroup_store_seconds",
    "One call of the object store.",
    ["call"],
    registry=REGISTRY,
    buckets=SLOW_S,
)
STORE_ERRORS = Counter(
    "schoolgroup_store_errors", "Calls the object store failed.", ["call"], registry=REGISTRY
)
JOBS = Counter(
    "schoolgroup_jobs",
    "Jobs this worker has ended: done, retried, given_up, lost.",
    ["kind", "outcome"],
    registry=REGISTRY,
)
JOB_SECONDS = Histogram(
    "schoolgroup_job_seconds", "One attempt at a job.", ["kind"], registry=REGISTRY, buckets=SLOW_S
)

_SHED = {
    why: REQUESTS_SHED.labels(why)
    for why in ("requests", "connections", "pool", "pace", "slow", "head")
}
_DATABASE_ERRORS = {
    # told as 0 from the start, so that a first one is seen
    what: DATABASE_ERRORS.labels(what)
    for what in ("no_connection", "lost", "slow", "retried", "refused")
}


def database_error(what: str) -> None:
    """Count one failure of the database."""
    _DATABASE_ERRORS[what].inc()


def shed(why: str) -> None:
    """Count one who was sent away."""
    _SHED[why].inc()


class PoolState(msgspec.Struct, frozen=True):
    """What a pool of connections holds at this moment."""

    size: int
    idle: int
    size_max: int
    waiting: int


class QueueState(msgspec.Struct, frozen=True):
    """The jobs of one kind, over all groups, at this moment."""

    kind: str
    waiting: int
    running: int
    retried: int
    given_up: int
    oldest_due_s: float


class Vitals(msgspec.Struct, frozen=True):
    """What is true of the whole installation; `ok` is False where it could not be read."""

    ok: bool
    queue: list[QueueState] = []
    events_held_back_s: float = 0.0
    webhooks_pending: int = 0
    webhooks_failing: int = 0


class Held(msgspec.Struct, frozen=True, eq=False):
    """What one set of services holds open: its pool, and the hashes of the policies it knows."""

    called: str
    pool: Callable[[], PoolState]
    policies: Callable[[], Iterable[str]]


class Living(Collector):
    """Numbers that are looked up when they are asked for."""

    def __init__(self) -> None:
        self.held: list[Held] = []
        self.vitals: Vitals | None = None

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Pools, policies, and the installation's state as last read."""
        yield from self._collect_pools()
        yield self._collect_policies()
        if self.vitals is not None:
            yield from _families_of(self.vitals)

    def _collect_pools(self) -> Iterator[GaugeMetricFamily]:
        states = [(each.called, each.pool()) for each in self.held]
        for what, told in (
            ("size", "Connections open."),
            ("idle", "Connections open and unused."),
            ("size_max", "Connections allowed."),
            ("waiting", "Transactions waiting for a connection now."),
        ):
            family = GaugeMetricFamily(f"schoolgroup_pool_{what}", told, labels=["pool"])
            for name in dict(states):
                family.add_metric([name], sum(getattr(s, what) for n, s in states if n == name))
            yield family

    def _collect_policies(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily(
            "schoolgroup_policy_groups",
            "Groups this process judges by each policy, by the beginning of its hash.",
            labels=["policy"],
        )
        counts: dict[str, int] = {}
        for each in self.held:
            for sha256 in each.policies():
                name = sha256[:HASH_CHARS]
                if name not in counts and len(counts) >= POLICIES_MAX:
                    name = "other"
                counts[name] = counts.get(name, 0) + 1
        for name, count in counts.items():
            family.add_metric([name], count)
        return family


def _families_of(vitals: Vitals) -> Iterator[GaugeMetricFamily]:
    yield GaugeMetricFamily(
        "schoolgroup_vitals_ok", "Whether the installation's state could be read.", vitals.ok
    )
    if not vitals.ok:
        return
    yield GaugeMetricFamily(
        "schoolgroup_events_held_back_seconds",
        "How long the oldest running transaction has kept events from being read.",
        vitals.events_held_back_s,
    )
    yield GaugeMetricFamily(
        "schoolgroup_webhooks_pending",
        "Subscribers an event is on its way to.",
        vitals.webhooks_pending,
    )
    yield GaugeMetricFamily(
        "schoolgroup_webhooks_failing",
        "Subscribers whose last attempt failed.",
        vitals.webhooks_failing,
    )
    for what, told in (
        ("waiting", "Jobs that wait, those for later included."),
        ("running", "Jobs a worker has in hand."),
        ("retried", "Jobs that wait for another attempt."),
        ("given_up", "Jobs that failed for good and are kept."),
        ("oldest_due_s", "How long the oldest job has been due and not taken."),
    ):
        name = "oldest_due_seconds" if what == "oldest_due_s" else what
        family = GaugeMetricFamily(f"schoolgroup_queue_{name}", told, labels=["kind"])
        for state in vitals.queue:
            family.add_metric([state.kind], getattr(state, what))
        yield family


LIVING = Living()
REGISTRY.register(LIVING)
