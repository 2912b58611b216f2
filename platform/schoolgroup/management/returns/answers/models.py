"""What a school answers, and how far its answer is."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text
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
    """All answers of the school so far: what is left out is not answered.

    `prefill`, at the beginning of a return, takes over what the school has told already for the
    period of the call, wherever `values` says nothing; each such answer carries its source.
    """

    values: Values
    prefill: bool = False


class Acceptance(Input, frozen=True):
    """The version the office has read and accepts."""

    version_no: Annotated[int, Meta(ge=1, le=2**31 - 1)]


class SendingBack(Input, frozen=True):
    """The fields that open again, and why."""

    fields: Annotated[list[FieldCode], Meta(min_length=1, max_length=FIELDS_MAX)]
    because: Annotated[str, Meta(min_length=1, max_length=2000)]


class Attachment(Struct, frozen=True, kw_only=True):
    """A file a return names; `link` leads to it for who may read it here, and is in the trail."""

    upload_id: UUID
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str
    link: str


class OwnFile(Struct, frozen=True):
    """A completed upload of the school that answers."""

    upload_id: UUID
    file_name: str
    blob_id: UUID
    media_type: str


class FileRow(Struct, frozen=True):
    """A file of a submission, or of the work in hand (`no` 0)."""

    no: int
    upload_id: UUID
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str


class Source(Struct, frozen=True, kw_only=True):
    """Where an answer was taken over from: a submission of the same school."""

    return_id: UUID
    version_no: int
    call_id: UUID
    call_title: str
    period: str
    submitted_at: datetime


class Suggestion(Struct, frozen=True, kw_only=True):
    """What the school answered to this field before; `same_period`: it need not be asked again."""

    field: str
    value: Any
    same_period: bool
    source: Source


class SuggestionRow(Struct, frozen=True, kw_only=True):
    """A suggestion's row."""

    field_code: str
    answer: Any
    same_period: bool
    return_id: UUID
    version_no: int
    call_id: UUID
    call_title: str
    period: str
    submitted_at: datetime

    def as_suggestion(self) -> Suggestion:
        """The suggestion with its source."""
        source = Source(
            return_id=self.return_id, version_no=self.version_no, call_id=self.call_id,
            call_title=self.call_title, period=self.period, submitted_at=self.submitted_at,
        )  # fmt: skip
        return Suggestion(
            field=self.field_code, value=self.answer, same_period=self.same_period, source=source
        )


class Prefill(Struct, frozen=True, kw_only=True):
    """What the school has told already of what a call asks."""

    call_id: UUID
    period: str
    suggestions: list[Suggestion]


class CellDifference(Struct, frozen=True):
    """A cell that differs; rows count from 1."""

    row: int
    column: str
    before: Any
    after: Any


class Difference(Struct, frozen=True, kw_only=True):
    """A field that differs between two submissions; `cells` of a field of rows."""

    field: str
    label: Text
    before: Any
    after: Any
    cells: list[CellDifference]


class VersionDiff(Struct, frozen=True, kw_only=True):
    """What differs from submission `from_no` to `to_no`; `accepted_no` is what was accepted."""

    return_id: UUID
    from_no: int
    to_no: int
    accepted_no: int | None
    differences: list[Difference]


class Return(Struct, frozen=True, kw_only=True):
    """A school's return 填报单.

    `values` is the work in hand for those who fill it in, and the newest submitted version for
    everyone else. `changed_since_acceptance` says that what was accepted is not what counts now.
    `sources` says which answers were taken over and from where; an answer that was changed since
    has none. `warnings` are rules the work in hand breaks: it can be saved, and not submitted.
    """

    id: UUID
    call_id: UUID
    school_id: UUID
    status: ReturnStatus
    values: dict[str, Any]
    sources: dict[str, Source]
    files: list[Attachment]
    warnings: list[Problem]
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
    period: str
    answers: dict[str, Any]
    sources: dict[str, Source]
    submitted_answers: dict[str, Any] | None
    submitted_sources: dict[str, Source] | None
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
    sources: dict[str, Source]
    submitted_by_person_id: UUID
    submitted_at: datetime
    accepted: bool


class ReturnVersion(Struct, frozen=True, kw_only=True):
    """One submission: it never changes. `accepted` marks the one the office accepted last."""

    no: int
    values: dict[str, Any]
    sources: dict[str, Source]
    files: list[Attachment]
    submitted_by_person_id: UUID
    submitted_at: datetime
    accepted: bool
