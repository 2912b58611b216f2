"""What a school answers, and how far its answer is."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.management.returns.forms.models import FIELDS_MAX, FieldCode

Values = Annotated[
    dict[Annotated[str, Meta(max_length=200)], Any],
    Meta(
        max_length=2 * FIELDS_MAX,
        description="Answers by field code; null or absent means not answered.",
    ),
]


class ReturnStatus(StrEnum):
    """Where a return is between the school and the office."""

    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


RETURN: Machine[ReturnStatus] = Machine(
    "the return",
    [
        Transition("draft", "return:draft", (ReturnStatus.DRAFTING,), ReturnStatus.DRAFTING),
        Transition("correct", "return:draft", (ReturnStatus.SENT_BACK,), ReturnStatus.SENT_BACK),
        Transition(
            "submit",
            "return:submit",
            (ReturnStatus.DRAFTING, ReturnStatus.SENT_BACK),
            ReturnStatus.SUBMITTED,
        ),
        Transition("accept", "return:accept", (ReturnStatus.SUBMITTED,), ReturnStatus.ACCEPTED),
        Transition(
            "send_back",
            "return:send_back",
            (ReturnStatus.SUBMITTED, ReturnStatus.ACCEPTED),
            ReturnStatus.SENT_BACK,
        ),
    ],
)
SAVES = {ReturnStatus.SENT_BACK: "correct"}  # what saving is called; elsewhere "draft"


class Answers(Input, frozen=True):
    """All answers of the school so far: what is left out is not answered."""

    values: Values


class Acceptance(Input, frozen=True):
    """The version the office has read and accepts."""

    version_no: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class SendingBack(Input, frozen=True):
    """The fields that open again, and why."""

    fields: Annotated[list[FieldCode], Meta(min_length=1, max_length=FIELDS_MAX)]
    because: Annotated[str, Meta(min_length=1, max_length=2000)]


class Return(Struct, frozen=True, kw_only=True):
    """A school's return 填报单.

    `values` is the work in hand for those who fill it in, and the newest submitted version for
    everyone else. `changed_since_acceptance` says that what was accepted is not what counts now.
    """

    id: UUID
    call_id: UUID
    school_id: UUID
    status: ReturnStatus
    values: dict[str, Any]
    submitted_no: int | None
    accepted_no: int | None
    accepted_at: datetime | None
    changed_since_acceptance: bool
    reopened_fields: list[str]
    sent_back_because: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    actions: list[str]


class ReturnRow(Struct, frozen=True, kw_only=True):
    """A return's row with its call's instants for the school, and the relations to whoever asks."""

    id: UUID
    call_id: UUID
    form_id: UUID
    form_version: int
    school_id: UUID
    school_name: str
    status: ReturnStatus
    answers: dict[str, Any]
    submitted_answers: dict[str, Any] | None
    submitted_no: int | None
    accepted_no: int | None
    accepted_at: datetime | None
    reopened_fields: list[str]
    sent_back_because: str | None
    created_at: datetime
    updated_at: datetime
    version: int
    opens_at: datetime
    closes_at: datetime
    exempt: bool
    relations: int


class VersionRow(Struct, frozen=True, kw_only=True):
    """A submission's row; `values` would be a method of the driver's rows, so it is `answers`."""

    no: int
    answers: dict[str, Any]
    submitted_by_person_id: UUID
    submitted_at: datetime
    accepted: bool


class ReturnVersion(Struct, frozen=True, kw_only=True):
    """One submission: it never changes. `accepted` marks the one the office accepted last."""

    no: int
    values: dict[str, Any]
    submitted_by_person_id: UUID
    submitted_at: datetime
    accepted: bool
