"""Forms, calls and the schools' returns (填报).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class AnswersAcceptance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    version_no: int


class AnswersAnswers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    prefill: bool = False
    values: dict[str, Any]


class AnswersSource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    call_id: UUID
    call_title: str
    period: str
    return_id: UUID
    submitted_at: dt.datetime
    version_no: int


class AnswersSuggestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    field: str
    same_period: bool
    source: AnswersSource
    value: Any


class Attachment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    file_name: str
    link: str
    media_type: str
    sha256: str
    size_bytes: int
    upload_id: UUID


class Call(Struct, frozen=True, kw_only=True, omit_defaults=True):
    actions: list[str]
    closed_at: dt.datetime | None
    closes_at: dt.datetime
    created_at: dt.datetime
    due_at: dt.datetime
    form_id: UUID
    form_title: shared.Text
    form_version: int
    id: UUID
    mine: Mine | None
    opens_at: dt.datetime
    period: str
    status: CallStatus
    title: str
    version: int
    wished_school_ids: list[UUID] | None


class CallBurden(Struct, frozen=True, kw_only=True, omit_defaults=True):
    call_id: UUID
    fields: list[FieldMinutes]
    method: shared.Text
    minutes_of_all_schools: float
    minutes_of_form: float
    schools: list[SchoolBurden]
    week_begins_on: dt.date


class CallCompleteness(Struct, frozen=True, kw_only=True, omit_defaults=True):
    accepted: int
    accepted_rate: float | None
    answered: int
    by_tier: list[Completeness]
    call_id: UUID
    completion_rate: float | None
    drafting: int
    exempt: int
    expected: int
    last_closes_at: dt.datetime | None
    mine: CallsTarget | None
    missing: list[CallsTarget] | None
    not_begun: int
    on_time: int
    on_time_rate: float | None
    sent_back: int
    submitted: int
    targets: int
    tier: str | None


class CallFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    basis: FiguresBasis
    call_id: UUID
    figures: list[ReturnsFiguresFigure]
    form_version: int
    withheld_until_at: dt.datetime | None


class CallStatus(k.Word):
    """Whether the office still takes answers. That its hour has passed is never stored."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    OPEN = "open"
    CLOSED = "closed"


class CallWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    all: bool = False
    closes_at: dt.datetime
    due_at: dt.datetime
    form_id: UUID
    opens_at: dt.datetime | UnsetType | None = UNSET
    period: str
    school_ids: list[UUID] | UnsetType | None = UNSET
    title: str


class CallWithFields(Struct, frozen=True, kw_only=True, omit_defaults=True):
    actions: list[str]
    closed_at: dt.datetime | None
    closes_at: dt.datetime
    created_at: dt.datetime
    due_at: dt.datetime
    fields: list[FormField]
    form_id: UUID
    form_title: shared.Text
    form_version: int
    id: UUID
    mine: Mine | None
    opens_at: dt.datetime
    period: str
    rules: list[FormsRule]
    status: CallStatus
    title: str
    version: int
    wished_school_ids: list[UUID] | None


class CallsTarget(Struct, frozen=True, kw_only=True, omit_defaults=True):
    accepted: bool
    accepted_no: int | None
    answered: bool
    closes_at: dt.datetime
    exempt_because: str | None
    expected: bool
    extended_until_at: dt.datetime | None
    first_submitted_at: dt.datetime | None
    on_time: bool
    return_id: UUID | None
    school_code: str
    school_id: UUID
    school_name: str
    status: TargetStatus
    submitted_no: int | None
    tier: str


class CellDifference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    after: Any
    before: Any
    column: str
    row: int


class ChoiceWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: FormsLabels


class Column(Struct, frozen=True, kw_only=True, omit_defaults=True):
    choices: list[FormsChoice]
    code: str
    label: shared.Text
    max: float | None
    min: float | None
    required: bool
    type: FieldType
    unit: str


class ColumnWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    choices: list[ChoiceWish] | UnsetType = UNSET
    code: str
    label: FormsLabels
    max: float | UnsetType | None = UNSET
    min: float | UnsetType | None = UNSET
    required: bool = False
    type: FieldType
    unit: str = ""


class Completeness(Struct, frozen=True, kw_only=True, omit_defaults=True):
    accepted: int
    accepted_rate: float | None
    answered: int
    completion_rate: float | None
    drafting: int
    exempt: int
    expected: int
    not_begun: int
    on_time: int
    on_time_rate: float | None
    sent_back: int
    submitted: int
    targets: int
    tier: str | None


class Difference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    after: Any
    before: Any
    cells: list[CellDifference]
    field: str
    label: shared.Text


class Dimension(k.Word):
    """Into what a roll-up is taken apart."""

    ALL = "all"
    TIER = "tier"
    STAGE = "stage"
    SCHOOL = "school"


class ExemptionWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str
    school_id: UUID


class ExtensionWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str
    school_id: UUID
    until_at: dt.datetime


class Field(Struct, frozen=True, kw_only=True, omit_defaults=True):
    choices: list[FormsChoice]
    code: str
    columns: list[Column] = []
    counts_pupils: bool = False
    label: shared.Text
    max: float | None
    media_types: list[str] = []
    min: float | None
    type: FieldType
    unit: str


class FieldMinutes(Struct, frozen=True, kw_only=True, omit_defaults=True):
    field: str
    label: shared.Text
    minutes: float


class FieldType(k.Word):
    """What kind of answer a field takes."""

    INTEGER = "integer"
    DECIMAL = "decimal"
    TEXT = "text"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    DATE = "date"
    ROWS = "rows"
    FILE = "file"


class FieldWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    asked_when: str | UnsetType | None = UNSET
    choices: list[ChoiceWish] | UnsetType = UNSET
    code: str
    columns: list[ColumnWish] | UnsetType = UNSET
    counts_pupils: bool = False
    label: FormsLabels | UnsetType | None = UNSET
    max: float | UnsetType | None = UNSET
    media_types: list[str] | UnsetType = UNSET
    min: float | UnsetType | None = UNSET
    required: bool = False
    required_when: str | UnsetType | None = UNSET
    type: FieldType | UnsetType | None = UNSET
    unit: str = ""


class FiguresBasis(k.Word):
    """Over all answers, or the accepted ones."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"


class FormField(Struct, frozen=True, kw_only=True, omit_defaults=True):
    asked_when: str | None = None
    choices: list[FormsChoice]
    code: str
    columns: list[Column] = []
    counts_pupils: bool = False
    label: shared.Text
    max: float | None
    media_types: list[str] = []
    min: float | None
    required: bool
    required_when: str | None = None
    type: FieldType
    unit: str


class FormSummary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    actions: list[str]
    created_at: dt.datetime
    id: UUID
    title: shared.Text
    updated_at: dt.datetime
    version: int


class FormWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    fields: list[FieldWish]
    rules: list[FormsRuleWish] | UnsetType = UNSET
    title: FormsLabels


class FormsChoice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: shared.Text


class FormsForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    actions: list[str]
    created_at: dt.datetime
    fields: list[FormField]
    id: UUID
    rules: list[FormsRule]
    title: shared.Text
    updated_at: dt.datetime
    version: int


class FormsLabels(Struct, frozen=True, kw_only=True, omit_defaults=True):
    en: str
    zh: str


class FormsRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    holds: str
    message: shared.Text


class FormsRuleWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    holds: str
    message: FormsLabels


class Mine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    closes_at: dt.datetime
    exempt_because: str | None
    extended_until_at: dt.datetime | None
    school_id: UUID


class NewCall(Struct, frozen=True, kw_only=True, omit_defaults=True):
    all: bool = False
    closes_at: dt.datetime
    draft: bool = False
    due_at: dt.datetime
    form_id: UUID
    opens_at: dt.datetime | UnsetType | None = UNSET
    period: str
    school_ids: list[UUID] | UnsetType | None = UNSET
    title: str


class Prefill(Struct, frozen=True, kw_only=True, omit_defaults=True):
    call_id: UUID
    period: str
    suggestions: list[AnswersSuggestion]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    detail: str
    pointer: str
    remedy: str = ""


class Return(Struct, frozen=True, kw_only=True, omit_defaults=True):
    accepted_at: dt.datetime | None
    accepted_no: int | None
    actions: list[str]
    call_id: UUID
    changed_since_acceptance: bool
    created_at: dt.datetime
    files: list[Attachment]
    id: UUID
    reopened_fields: list[str]
    school_id: UUID
    sent_back_because: str | None
    sources: dict[str, AnswersSource]
    status: ReturnStatus
    submitted_no: int | None
    updated_at: dt.datetime
    values: dict[str, Any]
    version: int
    warnings: list[Problem]


class ReturnStatus(k.Word):
    """Where a return is between the school and the office."""

    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


class ReturnVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    accepted: bool
    files: list[Attachment]
    no: int
    sources: dict[str, AnswersSource]
    submitted_at: dt.datetime
    submitted_by_person_id: UUID
    values: dict[str, Any]


class ReturnsFiguresFigure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    field: str
    label: shared.Text
    mean: float | None
    schools: int
    sum: float | None
    tier: str | None
    unit: str


class ReturnsFiguresSeries(Struct, frozen=True, kw_only=True, omit_defaults=True):
    basis: FiguresBasis
    beside: str | None
    by: Dimension
    calls: list[RollUp]
    field: str
    kind: RollUpKind


class RollUp(Struct, frozen=True, kw_only=True, omit_defaults=True):
    basis: FiguresBasis
    beside: str | None
    by: Dimension
    call_id: UUID
    field: str
    kind: RollUpKind
    lines: list[RollUpLine]
    period: str
    title: str
    withheld_until_at: dt.datetime | None


class RollUpKind(k.Word):
    """What is worked out of the numbers of many schools.

    `sum`; `mean`: the sum by the number of schools; `weighted_mean`: each school's number
    weighted by the second one; `share`: the sum of the first by the sum of the second.
    """

    SUM = "sum"
    MEAN = "mean"
    WEIGHTED_MEAN = "weighted_mean"
    SHARE = "share"


class RollUpLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    key: str | None
    name: str
    schools: int
    value: float | None
    withheld: bool


class SchoolBurden(Struct, frozen=True, kw_only=True, omit_defaults=True):
    minutes: float
    school_code: str
    school_id: UUID
    school_name: str
    told_already: int
    week_minutes: float


class SchoolWeek(Struct, frozen=True, kw_only=True, omit_defaults=True):
    calls: int
    minutes: float
    school_code: str
    school_id: UUID
    school_name: str
    week_begins_on: dt.date


class SendingBack(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str
    fields: list[str]


class SheetsTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    answered: int
    changed: list[str]
    dry_run: bool
    version: int | None
    warnings: list[Problem]


class TargetStatus(k.Word):
    """How far one school's answer is."""

    NOT_BEGUN = "not_begun"
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


class VersionDiff(Struct, frozen=True, kw_only=True, omit_defaults=True):
    accepted_no: int | None
    differences: list[Difference]
    from_no: int
    return_id: UUID
    to_no: int


class Weeks(Struct, frozen=True, kw_only=True, omit_defaults=True):
    from_on: dt.date
    method: shared.Text
    until_on: dt.date
    weeks: list[SchoolWeek]


def accept_return(
    return_id: UUID, body: AnswersAcceptance, *, idempotency_key: str | None = None
) -> k.Asked[Return]:
    """Accept a return.

    Accept exactly the version that was read; it must be the newest.
    """
    return k.ask(
        "acceptReturn",
        "POST",
        k.path_of("/v1/returns/{return_id}/accept", return_id=return_id),
        k.read_json(Return),
        body=body,
        once=True,
        key=idempotency_key,
    )


def annotate_return_sheet(
    call_id: UUID, body: bytes, *, content_type: str = "application/octet-stream"
) -> k.Asked[k.Content]:
    """Get the workbook back with its problems beside each line.

    A dry run answered by the file itself with a column 问题/problem.
    """
    return k.ask(
        "annotateReturnSheet",
        "POST",
        k.path_of("/v1/calls/{call_id}/return/sheet/annotated", call_id=call_id),
        k.read_content,
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def close_call(call_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[CallWithFields]:
    """Close a call.

    Take no more answers from now on; extensions stand.
    """
    return k.ask(
        "closeCall",
        "POST",
        k.path_of("/v1/calls/{call_id}/close", call_id=call_id),
        k.read_json(CallWithFields),
        once=True,
        key=idempotency_key,
    )


def compare_return_versions(return_id: UUID, no: int, other_no: int) -> k.Asked[VersionDiff]:
    """Compare two submissions.

    What differs from the first to the second, field by field and cell by cell.
    """
    return k.ask(
        "compareReturnVersions",
        "GET",
        k.path_of(
            "/v1/returns/{return_id}/versions/{no}/diff/{other_no}",
            return_id=return_id,
            no=no,
            other_no=other_no,
        ),
        k.read_json(VersionDiff),
    )


def create_form(body: FormWish, *, idempotency_key: str | None = None) -> k.Asked[FormsForm]:
    """Design a form.

    A form of fields in their order; a field with label and type is entered in the
    dictionary.
    """
    return k.ask(
        "createForm",
        "POST",
        "/v1/forms",
        k.read_json(FormsForm),
        body=body,
        once=True,
        key=idempotency_key,
    )


def discard_call(call_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[CallWithFields]:
    """Discard a draft of a call.

    It will not be sent; no school has seen it.
    """
    return k.ask(
        "discardCall",
        "POST",
        k.path_of("/v1/calls/{call_id}/discard", call_id=call_id),
        k.read_json(CallWithFields),
        once=True,
        key=idempotency_key,
    )


def exempt_school(
    call_id: UUID, body: ExemptionWish, *, idempotency_key: str | None = None
) -> k.Asked[CallsTarget]:
    """Exempt a school.

    A school that need not answer leaves the denominator, with the reason.
    """
    return k.ask(
        "exemptSchool",
        "POST",
        k.path_of("/v1/calls/{call_id}/exemptions", call_id=call_id),
        k.read_json(CallsTarget),
        body=body,
        once=True,
        key=idempotency_key,
    )


def export_returns(call_id: UUID, *, form: shared.SheetFormat | None = None) -> k.Asked[k.Content]:
    """All returns of a call, as a file.

    A line each school with what it submitted last; who took it stands in the audit trail.
    """
    return k.ask(
        "exportReturns",
        "GET",
        k.path_of("/v1/calls/{call_id}/sheet", call_id=call_id),
        k.read_content,
        query={"form": form},
        accept="*/*",
    )


def extend_school(
    call_id: UUID, body: ExtensionWish, *, idempotency_key: str | None = None
) -> k.Asked[CallsTarget]:
    """Give a school more time.

    A school may answer until later: an extension always wins, also after closing.
    """
    return k.ask(
        "extendSchool",
        "POST",
        k.path_of("/v1/calls/{call_id}/extensions", call_id=call_id),
        k.read_json(CallsTarget),
        body=body,
        once=True,
        key=idempotency_key,
    )


def get_call(call_id: UUID) -> k.Asked[CallWithFields]:
    """Read a call.

    A call with what it asks; `mine` says until when one's own school may answer.
    """
    return k.ask(
        "getCall",
        "GET",
        k.path_of("/v1/calls/{call_id}", call_id=call_id),
        k.read_json(CallWithFields),
    )


def get_call_burden(call_id: UUID) -> k.Asked[CallBurden]:
    """Weigh a call.

    Minutes of each school, less what it has told already, beside what its week holds.
    """
    return k.ask(
        "getCallBurden",
        "GET",
        k.path_of("/v1/calls/{call_id}/burden", call_id=call_id),
        k.read_json(CallBurden),
    )


def get_completeness(call_id: UUID) -> k.Asked[CallCompleteness]:
    """How complete a call is.

    Expected, answered, on time and accepted, live; the office sees who is missing.
    """
    return k.ask(
        "getCompleteness",
        "GET",
        k.path_of("/v1/calls/{call_id}/completeness", call_id=call_id),
        k.read_json(CallCompleteness),
    )


def get_field_series(
    *,
    field: str,
    kind: RollUpKind | None = None,
    beside: str | None = None,
    by: Dimension | None = None,
    basis: Any | None = None,
    from_period: str | None = None,
    to_period: str | None = None,
    calls_max: int | None = None,
) -> k.Asked[ReturnsFiguresSeries]:
    """One figure over periods.

    The same figure of every call that asked the field, by whatever form; newest
    `calls_max`.
    """
    return k.ask(
        "getFieldSeries",
        "GET",
        "/v1/field-series",
        k.read_json(ReturnsFiguresSeries),
        query={
            "field": field,
            "kind": kind,
            "beside": beside,
            "by": by,
            "basis": basis,
            "from_period": from_period,
            "to_period": to_period,
            "calls_max": calls_max,
        },
    )


def get_figures(call_id: UUID, *, basis: Any | None = None) -> k.Asked[CallFigures]:
    """Sums and means of a call.

    Each number by tier; schools see them once nobody can answer any more.
    """
    return k.ask(
        "getFigures",
        "GET",
        k.path_of("/v1/calls/{call_id}/figures", call_id=call_id),
        k.read_json(CallFigures),
        query={"basis": basis},
    )


def get_form(form_id: UUID) -> k.Asked[FormsForm]:
    """Read a form.

    A form in its newest version.
    """
    return k.ask(
        "getForm", "GET", k.path_of("/v1/forms/{form_id}", form_id=form_id), k.read_json(FormsForm)
    )


def get_own_return(call_id: UUID) -> k.Asked[Return]:
    """Read one's school's return.

    The return of one's own school to this call.
    """
    return k.ask(
        "getOwnReturn",
        "GET",
        k.path_of("/v1/calls/{call_id}/return", call_id=call_id),
        k.read_json(Return),
    )


def get_prefill(call_id: UUID) -> k.Asked[Prefill]:
    """See what was told already.

    One's school's newest answer to each field of the call, with the return it stands in.
    """
    return k.ask(
        "getPrefill",
        "GET",
        k.path_of("/v1/calls/{call_id}/return/prefill", call_id=call_id),
        k.read_json(Prefill),
    )


def get_return(return_id: UUID) -> k.Asked[Return]:
    """Read a return.

    A return; whoever does not fill it in sees what was submitted last.
    """
    return k.ask(
        "getReturn",
        "GET",
        k.path_of("/v1/returns/{return_id}", return_id=return_id),
        k.read_json(Return),
    )


def get_return_sheet(call_id: UUID) -> k.Asked[k.Content]:
    """One's school's return as a workbook.

    A line each answer, named in both languages; cells take only what the field takes.
    """
    return k.ask(
        "getReturnSheet",
        "GET",
        k.path_of("/v1/calls/{call_id}/return/sheet", call_id=call_id),
        k.read_content,
        accept="*/*",
    )


def get_return_version(return_id: UUID, no: int) -> k.Asked[ReturnVersion]:
    """Read one submission.

    What was submitted under this number, with where each answer came from.
    """
    return k.ask(
        "getReturnVersion",
        "GET",
        k.path_of("/v1/returns/{return_id}/versions/{no}", return_id=return_id, no=no),
        k.read_json(ReturnVersion),
    )


def get_returns_burden(*, from_on: dt.date, weeks: int | None = None) -> k.Asked[Weeks]:
    """What is due each week.

    Minutes per school and week; a school sees itself, the office everyone.
    """
    return k.ask(
        "getReturnsBurden",
        "GET",
        "/v1/returns-burden",
        k.read_json(Weeks),
        query={"from_on": from_on, "weeks": weeks},
    )


def lift_exemption(
    call_id: UUID, school_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[CallsTarget]:
    """Lift an exemption.

    The school is expected to answer after all: it is in the denominator again.
    """
    return k.ask(
        "liftExemption",
        "POST",
        k.path_of(
            "/v1/calls/{call_id}/exemptions/{school_id}/lift", call_id=call_id, school_id=school_id
        ),
        k.read_json(CallsTarget),
        once=True,
        key=idempotency_key,
    )


def list_calls(*, limit: int | None = None, cursor: str | None = None) -> k.Asked[k.Page[Call]]:
    """List calls.

    The calls addressed to one's school, or all of them for the office, newest first.
    """
    return k.ask(
        "listCalls",
        "GET",
        "/v1/calls",
        k.read_json(k.Page[Call]),
        query={"limit": limit, "cursor": cursor},
    )


def list_fields(*, limit: int | None = None, cursor: str | None = None) -> k.Asked[k.Page[Field]]:
    """List the field dictionary.

    The dictionary in the order of codes: one meaning per code for the whole group.
    """
    return k.ask(
        "listFields",
        "GET",
        "/v1/fields",
        k.read_json(k.Page[Field]),
        query={"limit": limit, "cursor": cursor},
    )


def list_forms(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[FormSummary]]:
    """List forms.

    The forms one may manage, newest first.
    """
    return k.ask(
        "listForms",
        "GET",
        "/v1/forms",
        k.read_json(k.Page[FormSummary]),
        query={"limit": limit, "cursor": cursor},
    )


def list_return_versions(
    return_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[ReturnVersion]]:
    """List what was submitted.

    Every submission, newest first; none of them ever changes.
    """
    return k.ask(
        "listReturnVersions",
        "GET",
        k.path_of("/v1/returns/{return_id}/versions", return_id=return_id),
        k.read_json(k.Page[ReturnVersion]),
        query={"limit": limit, "cursor": cursor},
    )


def list_targets(
    call_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[CallsTarget]]:
    """How each school stands.

    The schools asked, in the order of their codes; a school sees itself.
    """
    return k.ask(
        "listTargets",
        "GET",
        k.path_of("/v1/calls/{call_id}/targets", call_id=call_id),
        k.read_json(k.Page[CallsTarget]),
        query={"limit": limit, "cursor": cursor},
    )


def open_call(body: NewCall, *, idempotency_key: str | None = None) -> k.Asked[CallWithFields]:
    """Call for returns.

    Ask schools by a form's newest version; who is asked is fixed now, unless it is a draft.
    """
    return k.ask(
        "openCall",
        "POST",
        "/v1/calls",
        k.read_json(CallWithFields),
        body=body,
        once=True,
        key=idempotency_key,
    )


def open_return_file(return_id: UUID, upload_id: UUID) -> k.Asked[k.Link]:
    """Open a file of what is being filled in.

    A link that lives a minute, for who fills the return in.
    """
    return k.ask(
        "openReturnFile",
        "GET",
        k.path_of(
            "/v1/returns/{return_id}/files/{upload_id}", return_id=return_id, upload_id=upload_id
        ),
        k.read_link,
        accept="*/*",
    )


def open_return_version_file(return_id: UUID, no: int, upload_id: UUID) -> k.Asked[k.Link]:
    """Open a file of a submission.

    A link that lives a minute; who opened it stands in the audit trail.
    """
    return k.ask(
        "openReturnVersionFile",
        "GET",
        k.path_of(
            "/v1/returns/{return_id}/versions/{no}/files/{upload_id}",
            return_id=return_id,
            no=no,
            upload_id=upload_id,
        ),
        k.read_link,
        accept="*/*",
    )


def revise_call(
    call_id: UUID, body: CallWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[CallWithFields]:
    """Change a draft of a call.

    Only while it is a draft: what was asked never moves under an answer.
    """
    return k.ask(
        "reviseCall",
        "PUT",
        k.path_of("/v1/calls/{call_id}", call_id=call_id),
        k.read_json(CallWithFields),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def revise_form(
    form_id: UUID, body: FormWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[FormsForm]:
    """Make the next version of a form.

    A new version; calls that are open keep the version they were opened with.
    """
    return k.ask(
        "reviseForm",
        "PUT",
        k.path_of("/v1/forms/{form_id}", form_id=form_id),
        k.read_json(FormsForm),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def roll_up_call(
    call_id: UUID,
    field_code: str,
    *,
    kind: RollUpKind | None = None,
    beside: str | None = None,
    by: Dimension | None = None,
    basis: Any | None = None,
) -> k.Asked[RollUp]:
    """One figure of a call, by tier, stage or school.

    Sum, mean, weighted mean or share, live; by school, a school sees itself alone.
    """
    return k.ask(
        "rollUpCall",
        "GET",
        k.path_of(
            "/v1/calls/{call_id}/roll-up/{field_code}", call_id=call_id, field_code=field_code
        ),
        k.read_json(RollUp),
        query={"kind": kind, "beside": beside, "by": by, "basis": basis},
    )


def save_return(
    call_id: UUID, body: AnswersAnswers, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Return]:
    """Fill in one's school's return.

    All answers so far: If-None-Match: * begins, If-Match goes on from the version read.
    """
    return k.ask(
        "saveReturn",
        "PUT",
        k.path_of("/v1/calls/{call_id}/return", call_id=call_id),
        k.read_json(Return),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def send_call(call_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[CallWithFields]:
    """Send a draft of a call.

    Fix who is asked, and take answers from `opens_at` on.
    """
    return k.ask(
        "sendCall",
        "POST",
        k.path_of("/v1/calls/{call_id}/open", call_id=call_id),
        k.read_json(CallWithFields),
        once=True,
        key=idempotency_key,
    )


def send_return_back(
    return_id: UUID, body: SendingBack, *, idempotency_key: str | None = None
) -> k.Asked[Return]:
    """Send fields of a return back.

    Open the named fields again with a reason; all others stay as submitted.
    """
    return k.ask(
        "sendReturnBack",
        "POST",
        k.path_of("/v1/returns/{return_id}/send-back", return_id=return_id),
        k.read_json(Return),
        body=body,
        once=True,
        key=idempotency_key,
    )


def submit_return(
    call_id: UUID, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Return]:
    """Submit one's school's return.

    Hand in what is filled in as an immutable version; If-Match, if sent, must be what is.
    """
    return k.ask(
        "submitReturn",
        "POST",
        k.path_of("/v1/calls/{call_id}/return/submit", call_id=call_id),
        k.read_json(Return),
        version=version,
        once=True,
        key=idempotency_key,
    )


def take_return_sheet(
    call_id: UUID,
    body: bytes,
    *,
    version: int,
    dry_run: bool | None = None,
    content_type: str = "application/octet-stream",
    idempotency_key: str | None = None,
) -> k.Asked[SheetsTaken]:
    """Fill in one's school's return from a workbook.

    The workbook that went out, whole or not at all; If-None-Match: * or If-Match as in PUT.
    """
    return k.ask(
        "takeReturnSheet",
        "POST",
        k.path_of("/v1/calls/{call_id}/return/sheet", call_id=call_id),
        k.read_json(SheetsTaken),
        query={"dry_run": dry_run},
        body=body,
        content_type=content_type,
        version=version,
        once=True,
        key=idempotency_key,
    )
