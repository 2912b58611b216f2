"""What is told of results: each number with its parts, its n and its uncertainty."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.appraisals.schemes.models import (
    BasisPoints,
    IndicatorCode,
    Label,
    Source,
)
from schoolgroup.evaluation.appraisals.scoring.models import (
    RuleResult,
    SpreadResult,
    Uncertainty,
)
from schoolgroup.kernel.http import Input

CHANGES_MAX = 100

Because = Annotated[str, Meta(min_length=1, max_length=2000)]


class ObjectionStatus(StrEnum):
    """The life of an objection 异议."""

    LODGED = "lodged"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class LeafChange(Input, frozen=True):
    """A leaf's new share of its scale."""

    indicator: IndicatorCode
    after_bp: BasisPoints


class ModerationInput(Input, frozen=True):
    """Leaves moderated, and why."""

    changes: Annotated[list[LeafChange], Meta(min_length=1, max_length=CHANGES_MAX)]
    because: Because


class ObjectionInput(Input, frozen=True):
    """What a school doubts; no indicators: the whole."""

    reason: Because
    indicators: Annotated[list[IndicatorCode], Meta(max_length=CHANGES_MAX)] = msgspec.field(
        default_factory=list
    )


class ObjectionDecision(Input, frozen=True):
    """The answer: upheld with what changes, or rejected; always why."""

    uphold: bool
    because: Because
    changes: Annotated[list[LeafChange], Meta(max_length=CHANGES_MAX)] = msgspec.field(
        default_factory=list
    )


class ObjectionRow(msgspec.Struct, frozen=True):
    """An objection as stored."""

    id: UUID
    case_id: UUID
    appraisal_id: UUID
    school_id: UUID
    indicators: list[str]
    reason: str
    status: ObjectionStatus
    decided_because: str
    lodged_at: datetime
    decided_at: datetime | None
    version: int


class ObjectionView(msgspec.Struct, frozen=True):
    """An objection as its school and who runs the round see it."""

    id: UUID
    case_id: UUID
    appraisal_id: UUID
    school_id: UUID
    indicators: list[str]
    reason: str
    status: ObjectionStatus
    decided_because: str
    lodged_at: datetime
    decided_at: datetime | None
    version: int
    actions: list[str]


class FigureRow(msgspec.Struct, frozen=True):
    """A figure of a case."""

    case_id: UUID
    field: str
    value: Decimal


class TallyRow(msgspec.Struct, frozen=True):
    """A sum of answers as stored."""

    case_id: UUID
    source: Source
    indicator: str
    n: int
    counts: list[int] | None
    sum: Decimal | None


class ModerationRow(msgspec.Struct, frozen=True):
    """A change of a leaf, with what it was."""

    case_id: UUID
    indicator: str
    before: str | None
    after_bp: int
    because: str
    objection_id: UUID | None
    moderated_at: datetime


class ProofRow(msgspec.Struct, frozen=True):
    """A leaf with an accepted piece of evidence."""

    case_id: UUID
    indicator: str


class StoredResult(msgspec.Struct, frozen=True):
    """A final result, byte for byte."""

    case_id: UUID
    document: str
    sha256: str


class NodeView(msgspec.Struct, frozen=True):
    """An indicator's outcome: of its scale, and how much of the whole it stands for."""

    code: str
    title: Label
    parent: str
    weight_bp: int
    # of the whole, after renormalising where the scheme does
    part: str
    exact: str | None
    percent: str | None
    n: dict[str, int]
    moderated: bool
    missing: str
    vetoed: bool


class Core(msgspec.Struct, frozen=True):
    """What is hashed: the same inputs give the same bytes."""

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


class ResultView(msgspec.Struct, frozen=True):
    """The result of a case: provisional until the round is final."""

    case_id: UUID
    school_id: UUID
    school_name: str
    stage: str
    teacher_ref: str
    final: bool
    result: Core
    sha256: str
    code_version: str


class Standing(msgspec.Struct, frozen=True):
    """One case in the runner's list, in the order of schools: there are no ranks.

    `surely_above` and `surely_below`: cases of the same stage whose 95 % intervals lie apart.
    """

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


class Distribution(msgspec.Struct, frozen=True):
    """The totals of the other subjects of a stage, without a name; hidden when there are few."""

    stage: str
    n: int
    suppressed: bool
    mean: str | None = None
    lower_quartile: str | None = None
    median: str | None = None
    upper_quartile: str | None = None


class RoundResults(msgspec.Struct, frozen=True):
    """The results of a round as the reader may see them."""

    appraisal_id: UUID
    final: bool
    cases: list[Standing]
    others: list[Distribution]
    spreads: list[SpreadResult]
    scheme_sha256: str
    results_sha256: str | None
    code_version: str


class SourceView(msgspec.Struct, frozen=True):
    """What one source gave a leaf; how answers fall only where no count is small."""

    source: Source
    weight_bp: int
    n: int
    percent: str | None
    exact: str | None
    counts: list[int] | None
    figures: dict[str, str | None]
    missing: str
    text: Label


class ModerationView(msgspec.Struct, frozen=True):
    """A change of a leaf: what it was, what it is, why."""

    before: str | None
    after: str
    because: str
    by_objection: bool
    moderated_at: datetime


class Explanation(msgspec.Struct, frozen=True):
    """Why a number is what it is: every weight and input below it, with the rules in words."""

    node: NodeView
    method: Label
    sources: list[SourceView]
    moderations: list[ModerationView]
    rules: list[Label]
    below: list["Explanation"]


class ExplanationView(msgspec.Struct, frozen=True):
    """The explanation of one indicator of one result."""

    case_id: UUID
    explanation: Explanation
    total_percent: str | None
    scheme_sha256: str
    code_version: str
    reference: str


class Verification(msgspec.Struct, frozen=True):
    """Whether the results, reckoned anew from their inputs, are those that became final."""

    equal: bool
    cases: int
    differing: list[UUID]
    results_sha256: str | None
    recomputed_sha256: str
    code_version: str
    verified_with: str
