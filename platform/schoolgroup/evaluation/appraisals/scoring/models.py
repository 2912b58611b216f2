"""What scoring takes and gives: plain and exact, so that anyone can do it again."""

from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import msgspec

from schoolgroup.evaluation.appraisals.schemes.models import Label, Source


class Tally(msgspec.Struct, frozen=True):
    """A sum of answers: how many chose each point of the scale, or the sum of their numbers."""

    n: int
    counts: list[int] | None
    sum: Decimal | None


class CaseInputs(msgspec.Struct, frozen=True):
    """Everything the score of one case is reckoned from. Values are text, as they were given."""

    case_id: UUID
    stage: str
    figures: dict[str, Decimal] = {}
    own: dict[str, str] = {}
    # by person: each has a value for every leaf experts judge
    experts: dict[UUID, dict[str, str]] = {}
    tallies: dict[tuple[Source, str], Tally] = {}
    # leaves with a piece of evidence that was accepted
    proved: frozenset[str] = frozenset()
    # leaf → share of the scale in basis points: the newest decision
    moderated: dict[str, int] = {}


class Input(msgspec.Struct, frozen=True):
    """What one source gives a leaf."""

    source: Source
    weight_bp: int
    n: int
    share: Fraction | None
    # why it does not count
    missing: str = ""
    # figures it was reckoned from, as given
    figures: dict[str, Decimal | None] = {}


class Node(msgspec.Struct, frozen=True):
    """The outcome of one indicator: `share` of its scale, `part` of the whole it stands for."""

    code: str
    parent: str
    weight_bp: int
    share: Fraction | None
    part: Fraction
    inputs: list[Input]
    moderated_bp: int | None
    missing: str
    vetoed: bool


class RuleResult(msgspec.Struct, frozen=True):
    """How a case stands to a threshold; `passed` is null where a figure is missing."""

    code: str
    passed: bool | None
    reached: list[str]
    below_floor: list[str]
    missing: list[str]


class Uncertainty(msgspec.Struct, frozen=True):
    """Of what experts contribute: the standard error of their mean over raters, in percent points.

    The 95 % interval is by Student's t with n − 1 degrees of freedom; null with one rater.
    """

    n_raters: int
    standard_error: float | None
    low: float | None
    high: float | None


class CaseScore(msgspec.Struct, frozen=True):
    """The result of one case, exact."""

    nodes: dict[str, Node]
    total: Fraction | None
    missing: list[str]
    vetoes: list[str]
    band: str
    rules: list[RuleResult]
    uncertainty: Uncertainty


class SpreadResult(msgspec.Struct, frozen=True):
    """差异系数 of one ratio over the subjects of one stage.

    `square` is exact: the decision compares it with the square of the limit.
    """

    rule: str
    indicator: str
    stage: str
    limit: str
    n: int
    missing: int
    coefficient: str | None
    passed: bool | None
    square: Fraction | None = None


class Method(msgspec.Struct, frozen=True):
    """How something was reckoned, in words."""

    code: str
    text: Label
