"""What is said of rounds: who is appraised, by which scheme, by whom, until when."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.appraisals.schemes.models import Code, SchemeStatus, SchemeSubject
from schoolgroup.kernel.http import Input

CASES_MAX = 2000
PEOPLE_MAX = 500

Instant = Annotated[datetime, Meta(tz=True, description="RFC 3339 with an offset.")]
Because = Annotated[str, Meta(min_length=1, max_length=1000)]
Named = Annotated[str, Meta(min_length=1, max_length=200)]
Stage = Literal["", "kindergarten", "primary", "junior", "senior"]


class AppraisalStatus(StrEnum):
    """The life of a round."""

    DRAFT = "draft"
    SELF = "self"
    EVIDENCE_REVIEW = "evidence_review"
    EXPERTS = "experts"
    MODERATION = "moderation"
    OBJECTION = "objection"
    FINAL = "final"
    CANCELLED = "cancelled"


class AppraisalInput(Input, frozen=True):
    """A round of a published scheme. Each hour ends what stands before it."""

    scheme_id: UUID
    title: Named
    self_until_at: Instant
    evidence_until_at: Instant
    experts_until_at: Instant


class Deadlines(Input, frozen=True):
    """New hours; what is left out stays."""

    self_until_at: Instant | None = None
    evidence_until_at: Instant | None = None
    experts_until_at: Instant | None = None


class Subject(Input, frozen=True):
    """A school, by stage where its figures are apart; or a teacher under the school's own code."""

    school_id: UUID
    stage: Stage = ""
    teacher_ref: Annotated[str, Meta(pattern=r"^[A-Za-z0-9._-]{0,40}\Z")] = ""


class Subjects(Input, frozen=True):
    """Who is appraised; added to those there are."""

    subjects: Annotated[list[Subject], Meta(min_length=1, max_length=CASES_MAX)]


class Step(Input, frozen=True):
    """The next step of a round; calling off says why."""

    verb: Literal["open", "review", "assess", "moderate", "announce", "cancel"]
    because: Annotated[str, Meta(max_length=2000)] = ""


class Conflict(Input, frozen=True):
    """Who has an interest in a school, and which."""

    person_id: UUID
    school_id: UUID
    because: Because


class Panel(Input, frozen=True):
    """Assessors to share the cases among: so many each, never of the own school, evenly."""

    person_ids: Annotated[list[UUID], Meta(min_length=1, max_length=PEOPLE_MAX)]
    per_case: Annotated[int, Meta(ge=1, le=9)]
    conflicts: Annotated[list[Conflict], Meta(max_length=PEOPLE_MAX)] = msgspec.field(
        default_factory=list
    )


class FromCall(Input, frozen=True):
    """Figures from the accepted returns of a call: figure → field of its form."""

    call_id: UUID
    fields: Annotated[dict[Code, Code], Meta(min_length=1, max_length=100)]
    stage: Stage = ""


class AppraisalRow(msgspec.Struct, frozen=True):
    """A round as stored, with the caller's relations to it."""

    id: UUID
    school_id: UUID | None
    scheme_id: UUID
    subject: SchemeSubject
    scheme_status: SchemeStatus
    scheme_sha256: str | None
    title: str
    status: AppraisalStatus
    self_until_at: datetime
    evidence_until_at: datetime
    experts_until_at: datetime
    objections_until_at: datetime | None
    office_sees: bool
    cancelled_because: str
    results_sha256: str | None
    code_version: str
    version: int
    created_at: datetime
    relations: int


class Progress(msgspec.Struct, frozen=True):
    """How far a round is: counted over its rows."""

    cases: int
    self_sent: int
    assessments: int
    submitted: int
    evidence_to_review: int
    objections_open: int


class AppraisalView(msgspec.Struct, frozen=True):
    """A round; `progress` for who runs it."""

    id: UUID
    school_id: UUID | None
    scheme_id: UUID
    scheme_sha256: str | None
    subject: SchemeSubject
    title: str
    status: AppraisalStatus
    self_until_at: datetime
    evidence_until_at: datetime
    experts_until_at: datetime
    objections_until_at: datetime | None
    cancelled_because: str
    results_sha256: str | None
    progress: Progress | None
    created_at: datetime
    version: int
    actions: list[str]


class AppraisalLine(msgspec.Struct, frozen=True):
    """A round in a list."""

    id: UUID
    school_id: UUID | None
    scheme_id: UUID
    title: str
    status: AppraisalStatus
    version: int
    actions: list[str]


class PersonRow(msgspec.Struct, frozen=True):
    """Someone who could assess: the schools of running appointments, and whether of the office."""

    id: UUID
    school_ids: list[UUID]
    of_office: bool


class SeatRow(msgspec.Struct, frozen=True):
    """A person's seat, or conflict, at a case."""

    case_id: UUID
    person_id: UUID
    status: str


class PlainCase(msgspec.Struct, frozen=True):
    """A case as assignment and figures need it."""

    id: UUID
    school_id: UUID
    school_code: str
    stage: str
    teacher_ref: str


class Assigned(msgspec.Struct, frozen=True):
    """What an assignment did: cases per assessor."""

    assigned: int
    load: dict[str, int]


class FigureCell(msgspec.Struct, frozen=True):
    """One figure of one case."""

    case_id: UUID
    field: str
    value: str
    origin: str


class FiguresTaken(msgspec.Struct, frozen=True):
    """What was taken in; cases that still lack a figure the scheme asks for."""

    cells: int
    cases: int
    lacking: list[str]
