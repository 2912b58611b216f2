"""What is said about one subject of a round: by itself, by assessors, by peers and surveys."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.appraisals.rounds.models import AppraisalStatus
from schoolgroup.evaluation.appraisals.schemes.models import (
    INDICATORS_MAX,
    LEVELS_MAX,
    IndicatorCode,
    Number,
)
from schoolgroup.kernel.http import Input

EVIDENCE_MAX = 20

Note = Annotated[str, Meta(max_length=2000)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]


class MarkInput(Input, frozen=True):
    """A judgement of one leaf on its scale: a number, a level's code, yes or no."""

    indicator: IndicatorCode
    value: Annotated[str, Meta(min_length=1, max_length=40)]
    note: Note = ""


class Marks(Input, frozen=True):
    """Judgements of leaves, in place of those sent before."""

    marks: Annotated[list[MarkInput], Meta(min_length=1, max_length=INDICATORS_MAX)]


class TallyInput(Input, frozen=True):
    """What so many said of one leaf: counts per point of the scale, the best first, or the sum."""

    source: Literal["peer", "survey"]
    indicator: IndicatorCode
    n: Annotated[int, Meta(ge=1, le=1_000_000)]
    counts: Annotated[list[Count], Meta(max_length=LEVELS_MAX)] | None = None
    sum: Number | None = None


class Tallies(Input, frozen=True):
    """Sums of answers; nobody who answered is named."""

    tallies: Annotated[list[TallyInput], Meta(min_length=1, max_length=INDICATORS_MAX)]


class EvidenceInput(Input, frozen=True):
    """A piece of evidence: a published resource of the school, or a file it has deposited."""

    indicator: IndicatorCode
    resource_id: UUID | None = None
    deposit_id: UUID | None = None
    note: Annotated[str, Meta(max_length=1000)] = ""


class EvidenceReview(Input, frozen=True):
    """Whether a piece counts; refusing says why."""

    evidence_id: UUID
    accept: bool
    because: Annotated[str, Meta(max_length=1000)] = ""


class Recusal(Input, frozen=True):
    """Why an assessor steps aside."""

    because: Annotated[str, Meta(min_length=1, max_length=1000)]


class CaseRow(msgspec.Struct, frozen=True):
    """A case as stored, with the caller's relations to it."""

    id: UUID
    appraisal_id: UUID
    scheme_id: UUID
    school_id: UUID
    school_code: str
    school_name: str
    stage: str
    teacher_ref: str
    runner_school_id: UUID | None
    appraisal_status: AppraisalStatus
    self_sent_at: datetime | None
    version: int
    relations: int


class Mark(msgspec.Struct, frozen=True):
    """A judgement as it was given."""

    indicator: str
    value: str
    note: str


class MarkRow(msgspec.Struct, frozen=True):
    """A judgement as stored."""

    case_id: UUID
    source: str
    person_id: UUID
    indicator: str
    value: str
    note: str


class EvidenceView(msgspec.Struct, frozen=True):
    """A piece of evidence and what was decided about it."""

    id: UUID
    indicator: str
    resource_id: UUID | None
    deposit_id: UUID | None
    title: str
    note: str
    status: str
    reviewed_because: str


class EvidenceRow(msgspec.Struct, frozen=True):
    """Which case a piece is of, and what it is."""

    case_id: UUID
    resource_id: UUID | None
    deposit_id: UUID | None


class SeatView(msgspec.Struct, frozen=True):
    """An assessor's seat: for who runs the round."""

    person_id: UUID
    status: str
    recused_because: str


class CaseView(msgspec.Struct, frozen=True):
    """A case: its own word and evidence; of assessments only those of the reader."""

    id: UUID
    appraisal_id: UUID
    scheme_id: UUID
    school_id: UUID
    school_name: str
    stage: str
    teacher_ref: str
    status: AppraisalStatus
    own: list[Mark]
    evidence: list[EvidenceView]
    my_assessment: list[Mark]
    assessors: list[SeatView]
    self_sent_at: datetime | None
    version: int
    actions: list[str]


class CaseLine(msgspec.Struct, frozen=True):
    """A case in a list."""

    id: UUID
    school_id: UUID
    school_name: str
    stage: str
    teacher_ref: str
    self_sent_at: datetime | None
    version: int
    actions: list[str]


class Kept(msgspec.Struct, frozen=True):
    """How many judgements were kept."""

    kept: int
