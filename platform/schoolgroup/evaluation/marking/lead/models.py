"""What a team leader does: markers, known scripts, abnormal scripts."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.marking.desk.models import AbnormalKind
from schoolgroup.evaluation.marking.models import MarkerStatus, Marks, Reason
from schoolgroup.kernel.http import Input

SEEDS_MAX = 200


class Decision(StrEnum):
    """What becomes of an abnormal script."""

    MARK_ON = "mark_on"
    FINAL = "final"


class Because(Input, frozen=True):
    """Why, in words the marker reads."""

    because: Reason


class RemarkInput(Input, frozen=True):
    """Which of a marker's marks are set aside, and why: given from one instant until another."""

    from_at: Annotated[datetime, Meta(tz=True)]
    until_at: Annotated[datetime, Meta(tz=True)]
    because: Reason


class SeedWish(Input, frozen=True):
    """How many scripts to draw by lot, and what for."""

    use: Literal["seed", "calibration"]
    count: Annotated[int, Meta(ge=1, le=SEEDS_MAX)]


class SeedKey(Input, frozen=True):
    """The mark an expert gives a known script, and why."""

    marks: Marks
    because: Reason


class DecisionInput(Input, frozen=True):
    """Mark on as it is, or a final mark."""

    decision: Decision
    because: Reason
    marks: Marks | None = None


class MarkerState(msgspec.Struct, frozen=True):
    """Where a marker stands now."""

    plan_id: UUID
    person_id: UUID
    status: MarkerStatus
    paused_because: str


class Remarked(msgspec.Struct, frozen=True):
    """How many marks were set aside; as many turns stand open in their place."""

    plan_id: UUID
    person_id: UUID
    set_aside: int


class Seed(msgspec.Struct, frozen=True):
    """A known script; null until an expert has marked it."""

    id: UUID
    use: str
    known_marks: float | None
    known_because: str
    times_marked: int


class Seeds(msgspec.Struct, frozen=True):
    """The known scripts of an item."""

    plan_id: UUID
    items: list[Seed]


class Abnormal(msgspec.Struct, frozen=True):
    """An abnormal script, without a word on whose it is."""

    id: UUID
    kind: AbnormalKind
    note: str
    reported_at: datetime
    decision: Decision | None
    decided_because: str
    decided_at: datetime | None


class AbnormalQueue(msgspec.Struct, frozen=True):
    """Abnormal scripts of an item, the undecided first."""

    plan_id: UUID
    items: list[Abnormal]


class SeedRow(msgspec.Struct, frozen=True):
    """A known script as stored."""

    id: UUID
    plan_id: UUID
    school_id: UUID
    image_key: str | None


class ReportRow(msgspec.Struct, frozen=True):
    """A report as stored."""

    id: UUID
    plan_id: UUID
    script_id: UUID
    script_school_id: UUID
    decided_at: datetime | None
    image_key: str | None
