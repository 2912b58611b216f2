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
    values: dict[str, Any]
    prefill: bool = False


class AnswersSource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    return_id: UUID
    version_no: int
    call_id: UUID
    call_title: str
    period: str
    submitted_at: dt.datetime


class AnswersSuggestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    field: str
    value: Any
    same_period: bool
    source: AnswersSource


class Attachment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    upload_id: UUID
    file_name: str
    media_type: str
    size_bytes: int
    sha256: str
    link: str


class BurdenBasis(k.Word):
    """What an estimate stands on: work that was measured, or a convention."""

    FORM_VERSION = "form_version"
    FORM = "form"
    FIELDS = "fields"
    RECKONED = "reckoned"


class Call(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    form_id: UUID
    form_version: int
    form_title: shared.Text
    period: str
    title: str
    opens_at: dt.datetime
    due_at: dt.datetime
    closes_at: dt.datetime
    status: CallStatus
    closed_at: dt.datetime | None
    mine: Mine | None
    wished_school_ids: list[UUID] | None
    created_at: dt.datetime
    version: int
    actions: list[str]


class CallBurden(Struct, frozen=True, kw_only=True, omit_defaults=True):
    call_id: UUID
    week_begins_on: dt.date
    basis: BurdenBasis
    measured_returns: int
    reckoned_minutes_of_form: float
    minutes_of_form: float
    minutes_of_all_schools: float
    fields: list[FieldMinutes]
    schools: list[SchoolBurden]
    method: shared.Text


class CallCompleteness(Struct, frozen=True, kw_only=True, omit_defaults=True):
    tier: str | None
    targets: int
    exempt: int
    expected: int
    not_begun: int
    drafting: int
    sent_back: int
    submitted: int
    accepted: int
    answered: int
    on_time: int
    completion_rate: float | None
    on_time_rate: float | None
    accepted_rate: float | None
    call_id: UUID
    last_closes_at: dt.datetime | None
    by_tier: list[Completeness]
    missing: list[CallsTarget] | None
    mine: CallsTarget | None


class CallFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    call_id: UUID
    form_version: int
    basis: FiguresBasis
    withheld_until_at: dt.datetime | None
    figures: list[ReturnsFiguresFigure]


class CallStatus(k.Word):
    """Whether the office still takes answers. That its hour has passed is never stored."""

    DRAFT = "draft"
    DISCARDED = "discarded"
    OPEN = "open"
    CLOSED = "closed"


class CallWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    form_id: UUID
    period: str
    title: str
    due_at: dt.datetime
    closes_at: dt.datetime
    opens_at: dt.datetime | UnsetType | None = UNSET
    school_ids: list[UUID] | UnsetType | None = UNSET
    all: bool = False


class CallWithFields(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    form_id: UUID
    form_version: int
    form_title: shared.Text
    period: str
    title: str
    opens_at: dt.datetime
    due_at: dt.datetime
    closes_at: dt.datetime
    status: CallStatus
    closed_at: dt.datetime | None
    mine: Mine | None
    wished_school_ids: list[UUID] | None
    created_at: dt.datetime
    version: int
    actions: list[str]
    fields: list[FormField]
    rules: list[FormsRule]


class CallsTarget(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_code: str
    school_name: str
    tier: str
    exempt_because: str | None
    extended_until_at: dt.datetime | None
    closes_at: dt.datetime
    status: TargetStatus
    return_id: UUID | None
    submitted_no: int | None
    accepted_no: int | None
    first_submitted_at: dt.datetime | None
    expected: bool
    answered: bool
    on_time: bool
    accepted: bool


class CellDifference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    row: int
    column: str
    before: Any
    after: Any


class ChoiceWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: FormsLabels


class Column(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: shared.Text
    type: FieldType
    required: bool
    unit: str
    min: float | None
    max: float | None
    choices: list[FormsChoice]


class ColumnWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: FormsLabels
    type: FieldType
    required: bool = False
    unit: str = ""
    min: float | UnsetType | None = UNSET
    max: float | UnsetType | None = UNSET
    choices: list[ChoiceWish] | UnsetType = UNSET


class Completeness(Struct, frozen=True, kw_only=True, omit_defaults=True):
    tier: str | None
    targets: int
    exempt: int
    expected: int
    not_begun: int
    drafting: int
    sent_back: int
    submitted: int
    accepted: int
    answered: int
    on_time: int
    completion_rate: float | None
    on_time_rate: float | None
    accepted_rate: float | None


class Difference(Struct, frozen=True, kw_only=True, omit_defaults=True):
    field: str
    label: shared.Text
    before: Any
    after: Any
    cells: list[CellDifference]


class Dimension(k.Word):
    """Into what a roll-up is taken apart."""

    ALL = "all"
    TIER = "tier"
    STAGE = "stage"
    SCHOOL = "school"


class ExemptionWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    because: str


class ExtensionWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    until_at: dt.datetime
    because: str


class Field(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: shared.Text
    type: FieldType
    unit: str
    min: float | None
    max: float | None
    choices: list[FormsChoice]
    columns: list[Column] = []
    counts_pupils: bool = False
    media_types: list[str] = []


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
    code: str
    required: bool = False
    required_when: str | UnsetType | None = UNSET
    asked_when: str | UnsetType | None = UNSET
    counts_pupils: bool = False
    media_types: list[str] | UnsetType = UNSET
    columns: list[ColumnWish] | UnsetType = UNSET
    label: FormsLabels | UnsetType | None = UNSET
    type: FieldType | UnsetType | None = UNSET
    unit: str = ""
    min: float | UnsetType | None = UNSET
    max: float | UnsetType | None = UNSET
    choices: list[ChoiceWish] | UnsetType = UNSET


class FiguresBasis(k.Word):
    """Over all answers, or the accepted ones."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"


class FormField(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: shared.Text
    type: FieldType
    unit: str
    min: float | None
    max: float | None
    choices: list[FormsChoice]
    columns: list[Column] = []
    counts_pupils: bool = False
    media_types: list[str] = []
    required: bool
    required_when: str | None = None
    asked_when: str | None = None


class FormSummary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    version: int
    title: shared.Text
    created_at: dt.datetime
    updated_at: dt.datetime
    actions: list[str]


class FormWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: FormsLabels
    fields: list[FieldWish]
    rules: list[FormsRuleWish] | UnsetType = UNSET


class FormsChoice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    label: shared.Text


class FormsForm(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    version: int
    title: shared.Text
    created_at: dt.datetime
    updated_at: dt.datetime
    actions: list[str]
    fields: list[FormField]
    rules: list[FormsRule]


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
    school_id: UUID
    exempt_because: str | None
    extended_until_at: dt.datetime | None
    closes_at: dt.datetime


class NewCall(Struct, frozen=True, kw_only=True, omit_defaults=True):
    form_id: UUID
    period: str
    title: str
    due_at: dt.datetime
    closes_at: dt.datetime
    opens_at: dt.datetime | UnsetType | None = UNSET
    school_ids: list[UUID] | UnsetType | None = UNSET
    all: bool = False
    draft: bool = False


class Prefill(Struct, frozen=True, kw_only=True, omit_defaults=True):
    call_id: UUID
    period: str
    suggestions: list[AnswersSuggestion]


class Problem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    pointer: str
    code: str
    detail: str
    remedy: str = ""


class Return(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    call_id: UUID
    school_id: UUID
    status: ReturnStatus
    values: dict[str, Any]
    sources: dict[str, AnswersSource]
    files: list[Attachment]
    warnings: list[Problem]
    submitted_no: int | None
    accepted_no: int | None
    accepted_at: dt.datetime | None
    changed_since_acceptance: bool
    reopened_fields: list[str]
    sent_back_because: str | None
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    actions: list[str]


class ReturnStatus(k.Word):
    """Where a return is between the school and the office."""

    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


class ReturnVersion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    values: dict[str, Any]
    sources: dict[str, AnswersSource]
    files: list[Attachment]
    submitted_by_person_id: UUID
    submitted_at: dt.datetime
    accepted: bool


class ReturnsFiguresFigure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    field: str
    label: shared.Text
    unit: str
    tier: str | None
    schools: int
    sum: float | None
    mean: float | None


class ReturnsFiguresSeries(Struct, frozen=True, kw_only=True, omit_defaults=True):
    field: str
    beside: str | None
    kind: RollUpKind
    by: Dimension
    basis: FiguresBasis
    calls: list[RollUp]


class RollUp(Struct, frozen=True, kw_only=True, omit_defaults=True):
    call_id: UUID
    period: str
    title: str
    field: str
    beside: str | None
    kind: RollUpKind
    by: Dimension
    basis: FiguresBasis
    withheld_until_at: dt.datetime | None
    lines: list[RollUpLine]


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
    school_id: UUID
    school_code: str
    school_name: str
    minutes: float
    told_already: int
    week_minutes: float


class SchoolWeek(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_code: str
    school_name: str
    week_begins_on: dt.date
    calls: int
    minutes: float


class SendingBack(Struct, frozen=True, kw_only=True, omit_defaults=True):
    fields: list[str]
    because: str


class SheetsTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    answered: int
    changed: list[str]
    warnings: list[Problem]
    version: int | None


class TargetStatus(k.Word):
    """How far one school's answer is."""

    NOT_BEGUN = "not_begun"
    DRAFTING = "drafting"
    SUBMITTED = "submitted"
    SENT_BACK = "sent_back"
    ACCEPTED = "accepted"


class VersionDiff(Struct, frozen=True, kw_only=True, omit_defaults=True):
    return_id: UUID
    from_no: int
    to_no: int
    accepted_no: int | None
    differences: list[Difference]


class Weeks(Struct, frozen=True, kw_only=True, omit_defaults=True):
    from_on: dt.date
    until_on: dt.date
    weeks: list[SchoolWeek]
    method: shared.Text


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
    call_id: UUID, body: bytes, *, content_type: str = "text/csv"
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

    As XLSX with a sheet for each field of rows; a school takes its part of it back in.
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
    call_id: UUID,
    body: AnswersAnswers,
    *,
    version: int | None = None,
    idempotency_key: str | None = None,
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
        begins=version is None,
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
    call_id: UUID, *, version: int | None = None, idempotency_key: str | None = None
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
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    version: int | None = None,
    idempotency_key: str | None = None,
) -> k.Asked[SheetsTaken]:
    """Fill in one's school's return from a workbook.

    The workbook that went out, whole or not at all; If-None-Match: * or If-Match as in PUT.

    Also the workbook of all returns of the call: what it says of one's school is taken.
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
        begins=version is None,
        once=True,
        key=idempotency_key,
    )
