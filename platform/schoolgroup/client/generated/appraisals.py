"""Appraisals by indicators: schemes, rounds, cases, results (评价).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class Adoption(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: Literal["national_balance_2017"]


class AppraisalInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    scheme_id: UUID
    title: str
    self_until_at: dt.datetime
    evidence_until_at: dt.datetime
    experts_until_at: dt.datetime


class AppraisalLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    scheme_id: UUID
    title: str
    status: AppraisalStatus
    version: int
    actions: list[str]


class AppraisalStatus(k.Word):
    """The life of a round."""

    DRAFT = "draft"
    SELF = "self"
    EVIDENCE_REVIEW = "evidence_review"
    EXPERTS = "experts"
    MODERATION = "moderation"
    OBJECTION = "objection"
    FINAL = "final"
    CANCELLED = "cancelled"


class AppraisalView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    scheme_id: UUID
    scheme_sha256: str | None
    subject: SchemeSubject
    title: str
    status: AppraisalStatus
    self_until_at: dt.datetime
    evidence_until_at: dt.datetime
    experts_until_at: dt.datetime
    objections_until_at: dt.datetime | None
    cancelled_because: str
    results_sha256: str | None
    progress: RoundsProgress | None
    created_at: dt.datetime
    version: int
    actions: list[str]


class AppraisalsStanding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    case_id: UUID
    school_id: UUID
    school_code: str
    stage: str
    teacher_ref: str
    total_percent: str | None
    band: str
    complete: bool
    vetoes: list[str]
    rules: list[RuleResult]
    uncertainty: Uncertainty
    surely_above: int
    surely_below: int
    sha256: str


class AppraisalsVerification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    equal: bool
    cases: int
    differing: list[UUID]
    results_sha256: str | None
    recomputed_sha256: str
    code_version: str
    verified_with: str


class CaseLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID
    school_name: str
    stage: str
    teacher_ref: str
    self_sent_at: dt.datetime | None
    version: int
    actions: list[str]


class CaseView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    appraisal_id: UUID
    scheme_id: UUID
    school_id: UUID
    school_name: str
    stage: str
    teacher_ref: str
    status: AppraisalStatus
    own: list[Mark]
    evidence: list[CasesEvidenceView]
    my_assessment: list[Mark]
    assessors: list[SeatView]
    self_sent_at: dt.datetime | None
    version: int
    actions: list[str]


class CasesEvidenceView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    indicator: str
    resource_id: UUID | None
    deposit_id: UUID | None
    title: str
    note: str
    status: str
    reviewed_because: str


class CasesMarkInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    indicator: str
    value: str
    note: str = ""


class Conflict(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_id: UUID
    school_id: UUID
    because: str


class Core(Struct, frozen=True, kw_only=True, omit_defaults=True):
    case_id: UUID
    scheme_sha256: str
    inputs_sha256: str
    total_exact: str | None
    total_percent: str | None
    complete: bool
    missing: list[str]
    vetoes: list[str]
    band: str
    rules: list[RuleResult]
    uncertainty: Uncertainty
    nodes: list[NodeView]


class Deadlines(Struct, frozen=True, kw_only=True, omit_defaults=True):
    self_until_at: dt.datetime | UnsetType | None = UNSET
    evidence_until_at: dt.datetime | UnsetType | None = UNSET
    experts_until_at: dt.datetime | UnsetType | None = UNSET


class Distribution(Struct, frozen=True, kw_only=True, omit_defaults=True):
    stage: str
    n: int
    suppressed: bool
    mean: str | None = None
    lower_quartile: str | None = None
    median: str | None = None
    upper_quartile: str | None = None


class EvidenceInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    indicator: str
    resource_id: UUID | UnsetType | None = UNSET
    deposit_id: UUID | UnsetType | None = UNSET
    note: str = ""


class EvidenceReview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    evidence_id: UUID
    accept: bool
    because: str = ""


class Explanation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    node: NodeView
    method: SchemesLabel
    sources: list[SourceView]
    moderations: list[ModerationView]
    rules: list[SchemesLabel]
    below: list[Explanation]


class ExplanationView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    case_id: UUID
    explanation: Explanation
    total_percent: str | None
    scheme_sha256: str
    code_version: str
    reference: str


class FiguresTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    cells: int
    cases: int
    lacking: list[str]


class FromCall(Struct, frozen=True, kw_only=True, omit_defaults=True):
    call_id: UUID
    fields: dict[str, str]
    stage: Literal["", "kindergarten", "primary", "junior", "senior"] = ""


class IndicatorInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    title: SchemesLabel
    weight_bp: int
    parent: str = ""
    scale: ScoreScale | LevelScale | YesNoScale | RatioScale | UnsetType | None = UNSET
    sources: list[SourceShare] | UnsetType = UNSET
    veto_below_bp: int | UnsetType | None = UNSET
    evidence_required: bool = False


class Kept(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kept: int


class LeafChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    indicator: str
    after_bp: int


class LevelPoint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    points: int
    title: SchemesLabel | UnsetType | None = UNSET


class LevelScale(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="level"
):
    levels: list[LevelPoint]


class Mark(Struct, frozen=True, kw_only=True, omit_defaults=True):
    indicator: str
    value: str
    note: str


class Marks(Struct, frozen=True, kw_only=True, omit_defaults=True):
    marks: list[CasesMarkInput]


class Missing(k.Word):
    """What becomes of a total when a leaf is missing."""

    INCOMPLETE = "incomplete"
    RENORMALISE = "renormalise"


class ModerationInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    changes: list[LeafChange]
    because: str


class ModerationView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    before: str | None
    after: str
    because: str
    by_objection: bool
    moderated_at: dt.datetime


class NodeView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    title: SchemesLabel
    parent: str
    weight_bp: int
    part: str
    exact: str | None
    percent: str | None
    n: dict[str, int]
    moderated: bool
    missing: str
    vetoed: bool


class ObjectionDecision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    uphold: bool
    because: str
    changes: list[LeafChange] | UnsetType = UNSET


class ObjectionInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    reason: str
    indicators: list[str] | UnsetType = UNSET


class ObjectionStatus(k.Word):
    """The life of an objection 异议."""

    LODGED = "lodged"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class ObjectionView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    case_id: UUID
    appraisal_id: UUID
    school_id: UUID
    indicators: list[str]
    reason: str
    status: ObjectionStatus
    decided_because: str
    lodged_at: dt.datetime
    decided_at: dt.datetime | None
    version: int
    actions: list[str]


class Panel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_ids: list[UUID]
    per_case: int
    conflicts: list[Conflict] | UnsetType = UNSET


class RaterFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_id: UUID
    cases: int
    severity: float | None
    low: float | None
    high: float | None


class RatioScale(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="ratio"
):
    numerator: str
    denominator: str
    targets: dict[str, str]
    per: int = 1


class Recusal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class Reliability(Struct, frozen=True, kw_only=True, omit_defaults=True):
    cases: int
    raters: int
    alpha: float | None
    single: float | None
    single_low: float | None
    single_high: float | None
    mean: float | None
    mean_of: int | None
    icc2: float | None
    kappa: float | None
    kappa_pairs: int
    severity: list[RaterFigures]
    code_version: str = ""


class ResultView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    case_id: UUID
    school_id: UUID
    school_name: str
    stage: str
    teacher_ref: str
    final: bool
    result: Core
    sha256: str
    code_version: str


class RoundResults(Struct, frozen=True, kw_only=True, omit_defaults=True):
    appraisal_id: UUID
    final: bool
    cases: list[AppraisalsStanding]
    others: list[Distribution]
    spreads: list[SpreadResult]
    scheme_sha256: str
    results_sha256: str | None
    code_version: str


class RoundsAssigned(Struct, frozen=True, kw_only=True, omit_defaults=True):
    assigned: int
    load: dict[str, int]


class RoundsProgress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    cases: int
    self_sent: int
    assessments: int
    submitted: int
    evidence_to_review: int
    objections_open: int


class RoundsStep(Struct, frozen=True, kw_only=True, omit_defaults=True):
    verb: Literal["open", "review", "assess", "moderate", "announce", "cancel"]
    because: str = ""


class RoundsSubject(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    stage: Literal["", "kindergarten", "primary", "junior", "senior"] = ""
    teacher_ref: str = ""


class RuleResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    passed: bool | None
    reached: list[str]
    below_floor: list[str]
    missing: list[str]


class SchemeFormat(k.Word):
    """How it is written."""

    YAML = "yaml"
    JSON = "json"
    XLSX = "xlsx"


class SchemeInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    title: SchemesLabel
    indicators: list[IndicatorInput]
    subject: SchemeSubject | UnsetType = UNSET
    teachers_to_office: bool = False
    settings: Settings | UnsetType = UNSET


class SchemeLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    code: str
    edition: int
    title: SchemesLabel
    subject: SchemeSubject
    status: SchemeStatus
    version: int
    actions: list[str]


class SchemeStatus(k.Word):
    """The life of an edition of a scheme."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class SchemeSubject(k.Word):
    """Who is appraised by it."""

    SCHOOL = "school"
    TEACHER = "teacher"


class SchemeTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    indicators: int
    leaves: int
    scheme: SchemeView | None


class SchemeView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    edition: int
    status: SchemeStatus
    scheme: SchemeInput
    sha256: str | None
    created_at: dt.datetime
    version: int
    actions: list[str]


class SchemesBand(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    title: SchemesLabel
    from_bp: int


class SchemesLabel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    en: str
    zh: str


class SchemesSource(k.Word):
    """Where a leaf's score comes from."""

    DATA = "data"
    EXPERT = "expert"
    PEER = "peer"
    SELF = "self"
    SURVEY = "survey"


class ScoreScale(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="score"
):
    max: str
    min: str = "0"
    step: str = "1"


class SeatView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_id: UUID
    status: str
    recused_because: str


class Settings(Struct, frozen=True, kw_only=True, omit_defaults=True):
    missing: Missing | UnsetType = UNSET
    bands: list[SchemesBand] | UnsetType = UNSET
    thresholds: list[Threshold] | UnsetType = UNSET
    spreads: list[Spread] | UnsetType = UNSET
    experts_min: int = 1
    peers_min: int = 3
    survey_min: int = 10
    objection_days: int = 7
    reference: str = ""


class SourceShare(Struct, frozen=True, kw_only=True, omit_defaults=True):
    source: SchemesSource
    weight_bp: int


class SourceView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    source: SchemesSource
    weight_bp: int
    n: int
    percent: str | None
    exact: str | None
    counts: list[int] | None
    figures: dict[str, str | None]
    missing: str
    text: SchemesLabel


class Spread(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    title: SchemesLabel
    over: list[str]
    max: dict[str, str]


class SpreadResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    rule: str
    indicator: str
    stage: str
    limit: str
    n: int
    missing: int
    coefficient: str | None
    passed: bool | None
    square: Any = UNSET


class Subjects(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subjects: list[RoundsSubject]


class Tallies(Struct, frozen=True, kw_only=True, omit_defaults=True):
    tallies: list[TallyInput]


class TallyInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    source: Literal["peer", "survey"]
    indicator: str
    n: int
    counts: list[int] | UnsetType | None = UNSET
    sum: str | UnsetType | None = UNSET


class Threshold(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    title: SchemesLabel
    over: list[str]
    at_least: int
    floor_bp: int


class Uncertainty(Struct, frozen=True, kw_only=True, omit_defaults=True):
    n_raters: int
    standard_error: float | None
    low: float | None
    high: float | None


class YesNoScale(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="type", tag="yes_no"
):
    pass


def add_appraisal_evidence(
    case_id: UUID, body: EvidenceInput, *, idempotency_key: str | None = None
) -> k.Asked[CaseView]:
    """Link a resource or a deposit as evidence 佐证材料.

    A published resource or a verified deposit of the school itself.
    """
    return k.ask(
        "addAppraisalEvidence",
        "POST",
        k.path_of("/v1/appraisal-cases/{case_id}/evidence", case_id=case_id),
        k.read_json(CaseView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def adopt_appraisal_scheme(
    body: Adoption, *, idempotency_key: str | None = None
) -> k.Asked[SchemeView]:
    """Take a ready scheme: the national balance check of 2017.

    义务教育优质均衡资源配置七项指标（教督〔2017〕6号）, as a draft.
    """
    return k.ask(
        "adoptAppraisalScheme",
        "POST",
        "/v1/appraisal-schemes/adopt",
        k.read_json(SchemeView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def assess_case(case_id: UUID, body: Marks, *, idempotency_key: str | None = None) -> k.Asked[Kept]:
    """Your judgement of every leaf.

    Independent: nobody else's is shown before moderation. Again until it closes.
    """
    return k.ask(
        "assessCase",
        "POST",
        k.path_of("/v1/appraisal-cases/{case_id}/assessment", case_id=case_id),
        k.read_json(Kept),
        body=body,
        once=True,
        key=idempotency_key,
    )


def assess_yourself(
    case_id: UUID, body: Marks, *, idempotency_key: str | None = None
) -> k.Asked[CaseView]:
    """The school's own word 自评.

    In place of what was sent before, until the hour.
    """
    return k.ask(
        "assessYourself",
        "POST",
        k.path_of("/v1/appraisal-cases/{case_id}/self", case_id=case_id),
        k.read_json(CaseView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def assign_assessors(
    appraisal_id: UUID, body: Panel, *, idempotency_key: str | None = None
) -> k.Asked[RoundsAssigned]:
    """Share the cases among assessors, evenly.

    Never the own school, never against a declared conflict; again to fill gaps.
    """
    return k.ask(
        "assignAssessors",
        "POST",
        k.path_of("/v1/appraisals/{appraisal_id}/assessors", appraisal_id=appraisal_id),
        k.read_json(RoundsAssigned),
        body=body,
        once=True,
        key=idempotency_key,
    )


def change_appraisal(
    appraisal_id: UUID, body: Deadlines, *, version: int, idempotency_key: str | None = None
) -> k.Asked[AppraisalView]:
    """Move the hours of a round.

    If-Match: its version.
    """
    return k.ask(
        "changeAppraisal",
        "PATCH",
        k.path_of("/v1/appraisals/{appraisal_id}", appraisal_id=appraisal_id),
        k.read_json(AppraisalView),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def change_appraisal_scheme(
    scheme_id: UUID, body: SchemeInput, *, version: int, idempotency_key: str | None = None
) -> k.Asked[SchemeView]:
    """Write a draft anew.

    The whole of it; If-Match: its version.
    """
    return k.ask(
        "changeAppraisalScheme",
        "PUT",
        k.path_of("/v1/appraisal-schemes/{scheme_id}", scheme_id=scheme_id),
        k.read_json(SchemeView),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def create_appraisal(
    body: AppraisalInput, *, idempotency_key: str | None = None
) -> k.Asked[AppraisalView]:
    """Set up a round of a published scheme.

    The office appraises schools, a school its own teachers.
    """
    return k.ask(
        "createAppraisal",
        "POST",
        "/v1/appraisals",
        k.read_json(AppraisalView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def create_appraisal_scheme(
    body: SchemeInput, *, idempotency_key: str | None = None
) -> k.Asked[SchemeView]:
    """Write a scheme: a tree of weighted indicators.

    A draft; weights of each node's children make 10,000 basis points.
    """
    return k.ask(
        "createAppraisalScheme",
        "POST",
        "/v1/appraisal-schemes",
        k.read_json(SchemeView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def decide_objection(
    objection_id: UUID, body: ObjectionDecision, *, idempotency_key: str | None = None
) -> k.Asked[ObjectionView]:
    """Answer an objection.

    Upheld with what changes, or rejected; the reason is told to the school.
    """
    return k.ask(
        "decideObjection",
        "POST",
        k.path_of("/v1/appraisal-objections/{objection_id}/decide", objection_id=objection_id),
        k.read_json(ObjectionView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def explain_case_result(case_id: UUID, indicator: str) -> k.Asked[ExplanationView]:
    """Why is this number what it is.

    The tree below an indicator (`*`: the total) with weights, inputs, rules, method and n.
    """
    return k.ask(
        "explainCaseResult",
        "GET",
        k.path_of(
            "/v1/appraisal-cases/{case_id}/results/{indicator}/explanation",
            case_id=case_id,
            indicator=indicator,
        ),
        k.read_json(ExplanationView),
    )


def export_appraisal_results(
    appraisal_id: UUID, *, format: Any | None = None
) -> k.Asked[k.Content]:
    """All results as a sheet.

    The audit trail keeps who took it.
    """
    return k.ask(
        "exportAppraisalResults",
        "GET",
        k.path_of("/v1/appraisals/{appraisal_id}/results/export", appraisal_id=appraisal_id),
        k.read_content,
        query={"format": format},
        accept="*/*",
    )


def export_appraisal_scheme(scheme_id: UUID, *, format: Any | None = None) -> k.Asked[k.Content]:
    """A scheme as a YAML, JSON or XLSX file.

    The import reads it back.
    """
    return k.ask(
        "exportAppraisalScheme",
        "GET",
        k.path_of("/v1/appraisal-schemes/{scheme_id}/export", scheme_id=scheme_id),
        k.read_content,
        query={"format": format},
        accept="*/*",
    )


def finalise_appraisal(
    appraisal_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[AppraisalView]:
    """The results stand, with one hash over all.

    When the hour for objections has passed and each is answered.
    """
    return k.ask(
        "finaliseAppraisal",
        "POST",
        k.path_of("/v1/appraisals/{appraisal_id}/finalise", appraisal_id=appraisal_id),
        k.read_json(AppraisalView),
        once=True,
        key=idempotency_key,
    )


def get_appraisal(appraisal_id: UUID) -> k.Asked[AppraisalView]:
    """One round, its step and its hours.

    `actions` names the steps possible now; how far it is, for who runs it.
    """
    return k.ask(
        "getAppraisal",
        "GET",
        k.path_of("/v1/appraisals/{appraisal_id}", appraisal_id=appraisal_id),
        k.read_json(AppraisalView),
    )


def get_appraisal_case(case_id: UUID) -> k.Asked[CaseView]:
    """One case: its own word and its evidence.

    Of assessments only your own.
    """
    return k.ask(
        "getAppraisalCase",
        "GET",
        k.path_of("/v1/appraisal-cases/{case_id}", case_id=case_id),
        k.read_json(CaseView),
    )


def get_appraisal_results(appraisal_id: UUID) -> k.Asked[RoundResults]:
    """Results: all for who runs the round; for a school its own and the others unnamed.

    With uncertainty, and without ranks.
    """
    return k.ask(
        "getAppraisalResults",
        "GET",
        k.path_of("/v1/appraisals/{appraisal_id}/results", appraisal_id=appraisal_id),
        k.read_json(RoundResults),
    )


def get_appraisal_scheme(scheme_id: UUID) -> k.Asked[SchemeView]:
    """One scheme with its tree.

    Once published, with the hash its results name.
    """
    return k.ask(
        "getAppraisalScheme",
        "GET",
        k.path_of("/v1/appraisal-schemes/{scheme_id}", scheme_id=scheme_id),
        k.read_json(SchemeView),
    )


def get_assessor_reliability(appraisal_id: UUID) -> k.Asked[Reliability]:
    """Whether assessors agree, and who is severe.

    Krippendorff's alpha, ICC, kappa, severity with intervals.
    """
    return k.ask(
        "getAssessorReliability",
        "GET",
        k.path_of("/v1/appraisals/{appraisal_id}/reliability", appraisal_id=appraisal_id),
        k.read_json(Reliability),
    )


def get_case_result(case_id: UUID) -> k.Asked[ResultView]:
    """The result of one case, down to its leaves.

    For its school from the announcement on.
    """
    return k.ask(
        "getCaseResult",
        "GET",
        k.path_of("/v1/appraisal-cases/{case_id}/result", case_id=case_id),
        k.read_json(ResultView),
    )


def import_appraisal_scheme(
    body: bytes,
    *,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[SchemeTaken]:
    """A scheme from a YAML, JSON or XLSX file.

    As the export writes it; where the code is known, the draft is its next edition.
    """
    return k.ask(
        "importAppraisalScheme",
        "POST",
        "/v1/appraisal-schemes/import",
        k.read_json(SchemeTaken),
        query={"dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def list_appraisal_cases(
    appraisal_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[CaseLine]]:
    """The cases of a round: your school's, those you assess, or all.

    In a fixed order.
    """
    return k.ask(
        "listAppraisalCases",
        "GET",
        k.path_of("/v1/appraisals/{appraisal_id}/cases", appraisal_id=appraisal_id),
        k.read_json(k.Page[CaseLine]),
        query={"limit": limit, "cursor": cursor},
    )


def list_appraisal_schemes(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[SchemeLine]]:
    """Schemes: the group's published ones, and the own.

    The newest first.
    """
    return k.ask(
        "listAppraisalSchemes",
        "GET",
        "/v1/appraisal-schemes",
        k.read_json(k.Page[SchemeLine]),
        query={"limit": limit, "cursor": cursor},
    )


def list_appraisals(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[AppraisalLine]]:
    """Rounds you run, take part in or assess.

    The newest first.
    """
    return k.ask(
        "listAppraisals",
        "GET",
        "/v1/appraisals",
        k.read_json(k.Page[AppraisalLine]),
        query={"limit": limit, "cursor": cursor},
    )


def list_objections(
    appraisal_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[ObjectionView]]:
    """Objections: all for who runs the round, its own for a school.

    The newest first.
    """
    return k.ask(
        "listObjections",
        "GET",
        k.path_of("/v1/appraisals/{appraisal_id}/objections", appraisal_id=appraisal_id),
        k.read_json(k.Page[ObjectionView]),
        query={"limit": limit, "cursor": cursor},
    )


def moderate_case(
    case_id: UUID, body: ModerationInput, *, idempotency_key: str | None = None
) -> k.Asked[ResultView]:
    """Change leaves before the announcement, and say why.

    What it was is kept and told to the school.
    """
    return k.ask(
        "moderateCase",
        "POST",
        k.path_of("/v1/appraisal-cases/{case_id}/moderation", case_id=case_id),
        k.read_json(ResultView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def move_appraisal(
    appraisal_id: UUID, body: RoundsStep, *, idempotency_key: str | None = None
) -> k.Asked[AppraisalView]:
    """Take the next step of a round.

    open → review → assess → moderate → announce; cancel from anywhere before the end.
    """
    return k.ask(
        "moveAppraisal",
        "POST",
        k.path_of("/v1/appraisals/{appraisal_id}/move", appraisal_id=appraisal_id),
        k.read_json(AppraisalView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def name_appraisal_subjects(
    appraisal_id: UUID, body: Subjects, *, idempotency_key: str | None = None
) -> k.Asked[AppraisalView]:
    """Name who is appraised.

    Schools, by stage where figures are apart; or teachers under the school's own codes.
    """
    return k.ask(
        "nameAppraisalSubjects",
        "POST",
        k.path_of("/v1/appraisals/{appraisal_id}/subjects", appraisal_id=appraisal_id),
        k.read_json(AppraisalView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def object_to_result(
    case_id: UUID, body: ObjectionInput, *, idempotency_key: str | None = None
) -> k.Asked[ObjectionView]:
    """Object to the own result 异议.

    By the school itself, until the hour set with the announcement.
    """
    return k.ask(
        "objectToResult",
        "POST",
        k.path_of("/v1/appraisal-cases/{case_id}/objections", case_id=case_id),
        k.read_json(ObjectionView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def open_appraisal_evidence(evidence_id: UUID, no: int) -> k.Asked[k.Link]:
    """Open a file handed in as evidence.

    A link that lives for a minute; the audit trail keeps who asked for it.
    """
    return k.ask(
        "openAppraisalEvidence",
        "GET",
        k.path_of(
            "/v1/appraisal-evidence/{evidence_id}/files/{no}", evidence_id=evidence_id, no=no
        ),
        k.read_link,
        accept="*/*",
    )


def publish_appraisal_scheme(
    scheme_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[SchemeView]:
    """Publish a scheme: from here on it never changes.

    Its hash is told with every result.
    """
    return k.ask(
        "publishAppraisalScheme",
        "POST",
        k.path_of("/v1/appraisal-schemes/{scheme_id}/publish", scheme_id=scheme_id),
        k.read_json(SchemeView),
        once=True,
        key=idempotency_key,
    )


def recuse_from_case(
    case_id: UUID, body: Recusal, *, idempotency_key: str | None = None
) -> k.Asked[Kept]:
    """Step aside for a conflict of interest 回避.

    What you judged does not count; you are not asked again.
    """
    return k.ask(
        "recuseFromCase",
        "POST",
        k.path_of("/v1/appraisal-cases/{case_id}/recuse", case_id=case_id),
        k.read_json(Kept),
        body=body,
        once=True,
        key=idempotency_key,
    )


def retire_appraisal_scheme(
    scheme_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[SchemeView]:
    """Retire a scheme: no new round begins with it.

    Rounds that run go on.
    """
    return k.ask(
        "retireAppraisalScheme",
        "POST",
        k.path_of("/v1/appraisal-schemes/{scheme_id}/retire", scheme_id=scheme_id),
        k.read_json(SchemeView),
        once=True,
        key=idempotency_key,
    )


def review_appraisal_evidence(
    case_id: UUID, body: EvidenceReview, *, idempotency_key: str | None = None
) -> k.Asked[CaseView]:
    """Say whether a piece of evidence counts.

    A leaf that needs evidence is missing until a piece of it is accepted.
    """
    return k.ask(
        "reviewAppraisalEvidence",
        "POST",
        k.path_of("/v1/appraisal-cases/{case_id}/evidence/review", case_id=case_id),
        k.read_json(CaseView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def revise_appraisal_scheme(
    scheme_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[SchemeView]:
    """A draft of the next edition.

    Equal to this one, to be changed.
    """
    return k.ask(
        "reviseAppraisalScheme",
        "POST",
        k.path_of("/v1/appraisal-schemes/{scheme_id}/revise", scheme_id=scheme_id),
        k.read_json(SchemeView),
        once=True,
        key=idempotency_key,
    )


def take_appraisal_figures(
    appraisal_id: UUID,
    body: bytes,
    *,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[FiguresTaken]:
    """Figures of the subjects from a table (CSV or XLSX).

    school_code 学校代码, stage 学段, and a column per figure of the scheme.
    """
    return k.ask(
        "takeAppraisalFigures",
        "POST",
        k.path_of("/v1/appraisals/{appraisal_id}/figures", appraisal_id=appraisal_id),
        k.read_json(FiguresTaken),
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def take_figures_from_call(
    appraisal_id: UUID, body: FromCall, *, idempotency_key: str | None = None
) -> k.Asked[FiguresTaken]:
    """Figures from the accepted returns of a call.

    Each figure keeps the return and the version it was taken from.
    """
    return k.ask(
        "takeFiguresFromCall",
        "POST",
        k.path_of("/v1/appraisals/{appraisal_id}/figures/from-call", appraisal_id=appraisal_id),
        k.read_json(FiguresTaken),
        body=body,
        once=True,
        key=idempotency_key,
    )


def tally_answers(
    case_id: UUID, body: Tallies, *, idempotency_key: str | None = None
) -> k.Asked[Kept]:
    """Sums of what peers or a survey said.

    n and counts; sums of too few people neither count nor are shown.
    """
    return k.ask(
        "tallyAnswers",
        "POST",
        k.path_of("/v1/appraisal-cases/{case_id}/tallies", case_id=case_id),
        k.read_json(Kept),
        body=body,
        once=True,
        key=idempotency_key,
    )


def verify_appraisal(appraisal_id: UUID) -> k.Asked[AppraisalsVerification]:
    """Reckon final results anew and compare every byte.

    From the rows they came from.
    """
    return k.ask(
        "verifyAppraisal",
        "GET",
        k.path_of("/v1/appraisals/{appraisal_id}/verify", appraisal_id=appraisal_id),
        k.read_json(AppraisalsVerification),
    )


def withdraw_objection(
    objection_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[ObjectionView]:
    """Take an objection back.

    Before it is answered.
    """
    return k.ask(
        "withdrawObjection",
        "POST",
        k.path_of("/v1/appraisal-objections/{objection_id}/withdraw", objection_id=objection_id),
        k.read_json(ObjectionView),
        once=True,
        key=idempotency_key,
    )
