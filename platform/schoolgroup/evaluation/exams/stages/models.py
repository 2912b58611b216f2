"""What is said when an exam moves from stage to stage, and when its subjects are sat."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input

Reason = Annotated[str, Meta(min_length=1, max_length=2000)]


class Because(Input, frozen=True):
    """Why."""

    because: Reason


class SubjectHour(Input, frozen=True):
    """When a subject is sat: a whole second; null takes the hour back."""

    subject: Annotated[str, Meta(min_length=1, max_length=40)]
    starts_at: Annotated[datetime, Meta(tz=True)] | None
    minutes: Annotated[int, Meta(ge=1, le=600)] | None = None


class Schedule(Input, frozen=True):
    """The hours of an exam: until when schools answer, and when each named subject begins."""

    subjects: Annotated[list[SubjectHour], Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    answer_until_at: Annotated[datetime, Meta(tz=True)] | msgspec.UnsetType | None = msgspec.UNSET


class Unfinished(msgspec.Struct, frozen=True):
    """An item whose marking is not over: so many scripts without a final mark, and why."""

    subject: str
    label: str
    scripts: int
    disputed: int
    reported: int


class Keyless(msgspec.Struct, frozen=True):
    """An objective item of which answers were read and no key says what they are worth."""

    subject: str
    label: str


class Missing(msgspec.Struct, frozen=True):
    """A school whose candidates still lack a result in a subject."""

    subject: str
    school_id: UUID
    candidates: int
