"""What schools answer to an invitation, subject by subject, and what comes together of it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.models import Participation
from schoolgroup.kernel.http import Input

Reason = Annotated[str, Meta(min_length=1, max_length=2000)]


class SubjectAnswer(Input, frozen=True):
    """Whether the school takes part in one subject."""

    subject: Annotated[str, Meta(min_length=1, max_length=40)]
    accept: bool


class Answers(Input, frozen=True):
    """Answers to some or all subjects; those not named stay as they were."""

    answers: Annotated[list[SubjectAnswer], Meta(min_length=1, max_length=20)]


class LateAnswers(Input, frozen=True):
    """The same by the organiser in a school's place, with the reason."""

    answers: Annotated[list[SubjectAnswer], Meta(min_length=1, max_length=20)]
    because: Reason


class SchoolAnswer(msgspec.Struct, frozen=True):
    """Where one school stands with one subject."""

    school_id: UUID
    school_name: str
    subject: str
    status: Participation
    answered_at: datetime | None
    late_because: str


class SubjectFigures(msgspec.Struct, frozen=True):
    """How many schools have answered what, counted from their answers."""

    subject: str
    invited: int
    accepted: int
    declined: int


class Acceptance(msgspec.Struct, frozen=True):
    """The answers to an exam: figures for all, and the schools the caller may see."""

    exam_id: UUID
    answer_until_at: datetime | None
    open: bool
    subjects: list[SubjectFigures]
    schools: list[SchoolAnswer]
