"""What a job is, and what its kind says of it."""

from collections.abc import Awaitable, Callable
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import msgspec

from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage

if TYPE_CHECKING:
    from schoolgroup.kernel.jobs.queue import Work

SECONDS_MAX = 60.0
ATTEMPTS_MAX = 8


class JobStatus(StrEnum):
    """What is known of a job. In hand is never stored: it waits, and somebody holds its lease."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"


class GiveUp(Exception):
    """The job can never succeed: it is kept as failed at once, with this reason.

    `reason` is a code or a sentence of ours; it holds no personal data and nothing of a file.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Means(Protocol):
    """What a job works with; `app.Services` has it."""

    @property
    def db(self) -> Database:
        """The database."""
        ...

    @property
    def storage(self) -> Storage:
        """The object store."""
        ...

    @property
    def settings(self) -> Settings:
        """The installation's settings."""
        ...


class Wish(msgspec.Struct, frozen=True):
    """A job somebody should do: its group, what it is about, and the key it is wished for once."""

    group_id: UUID
    data: dict[str, Any]
    once: str


class Kind(msgspec.Struct, frozen=True):
    """One kind of job: its name, how it is done, and its bounds.

    `every` or `daily_at` (a time of day at the group's place) let each group have one by itself.
    `found_by` is asked each second, as the system of no group, what there is to do: for work that
    follows from many changes, so that none of them has to write a job.
    `when_failed` is told, in the transaction that gives a job up, what it was about.
    `lane`: kinds that mostly wait for others elsewhere have hands of their own, so that they do not
    keep those waiting that work.
    `forgotten`: done, it leaves no row behind; for what is done so often that its effect is record
    enough.
    """

    name: str
    handler: Callable[["Work"], Awaitable[None]]
    seconds_max: float = SECONDS_MAX
    attempts_max: int = ATTEMPTS_MAX
    every: timedelta | None = None
    daily_at: time | None = None
    when_failed: Callable[[Tx, dict[str, Any]], Awaitable[None]] | None = None
    found_by: Callable[[Tx], Awaitable[list[Wish]]] | None = None
    lane: str = ""
    forgotten: bool = False


def kind(
    name: str,
    *,
    seconds_max: float = SECONDS_MAX,
    attempts_max: int = ATTEMPTS_MAX,
    every: timedelta | None = None,
    daily_at: time | None = None,
    when_failed: Callable[[Tx, dict[str, Any]], Awaitable[None]] | None = None,
    found_by: Callable[[Tx], Awaitable[list[Wish]]] | None = None,
    lane: str = "",
    forgotten: bool = False,
) -> Callable[[Callable[["Work"], Awaitable[None]]], Kind]:
    """Say that the function below does the jobs called `name`; it becomes their `Kind`."""

    def declare(handler: Callable[["Work"], Awaitable[None]]) -> Kind:
        return Kind(
            name=name,
            handler=handler,
            seconds_max=seconds_max,
            attempts_max=attempts_max,
            every=every,
            daily_at=daily_at,
            when_failed=when_failed,
            found_by=found_by,
            lane=lane,
            forgotten=forgotten,
        )

    return declare


class Taken(msgspec.Struct, frozen=True):
    """A job in hand. `attempts` counts this one: it is the fence of its end."""

    group_id: UUID
    id: UUID
    kind: str
    data: dict[str, Any]
    attempts: int
    time_zone: str
    request_id: str
    trace_parent: str | None = None


class GroupClock(msgspec.Struct, frozen=True):
    """A group and where its day begins."""

    id: UUID
    time_zone: str


class Job(msgspec.Struct, frozen=True):
    """A job as people see it. `running`: a worker has it in hand now."""

    id: UUID
    kind: str
    status: JobStatus
    running: bool
    attempts: int
    due_at: datetime
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    failed_because: str | None
    data: dict[str, Any]
    version: int
