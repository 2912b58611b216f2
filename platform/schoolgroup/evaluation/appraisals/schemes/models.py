"""What is said of schemes 评价方案: trees of indicators with weights, scales, sources and rules."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input

WHOLE_BP = 10_000
INDICATORS_MAX = 400
LEVELS_MAX = 20

Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,63}\Z")]
IndicatorCode = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}\Z")]
# A number as people write it: exact, never a float.
Number = Annotated[str, Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,6})?\Z")]
BasisPoints = Annotated[int, Meta(ge=0, le=WHOLE_BP)]
Title = Annotated[str, Meta(min_length=1, max_length=400)]


class SchemeSubject(StrEnum):
    """Who is appraised by it."""

    SCHOOL = "school"
    TEACHER = "teacher"


class SchemeStatus(StrEnum):
    """The life of an edition of a scheme."""

    DRAFT = "draft"
    PUBLISHED = "published"
    RETIRED = "retired"


class Source(StrEnum):
    """Where a leaf's score comes from."""

    DATA = "data"
    EXPERT = "expert"
    PEER = "peer"
    SELF = "self"
    SURVEY = "survey"


class Missing(StrEnum):
    """What becomes of a total when a leaf is missing."""

    INCOMPLETE = "incomplete"
    RENORMALISE = "renormalise"


class Label(Input, frozen=True):
    """A title in both languages."""

    en: Title
    zh: Title


class ScoreScale(Input, frozen=True, tag="score", tag_field="type"):
    """A number from `min` to `max` in steps."""

    max: Number
    min: Number = "0"
    step: Number = "1"


class LevelPoint(Input, frozen=True):
    """One level and the points it is worth."""

    code: IndicatorCode
    points: Annotated[int, Meta(ge=0, le=1_000_000)]
    title: Label | None = None


class LevelScale(Input, frozen=True, tag="level", tag_field="type"):
    """Levels, the best first; the best one's points are the whole."""

    levels: Annotated[list[LevelPoint], Meta(min_length=2, max_length=LEVELS_MAX)]


class YesNoScale(Input, frozen=True, tag="yes_no", tag_field="type"):
    """Yes is the whole, no is nothing."""


class RatioScale(Input, frozen=True, tag="ratio", tag_field="type"):
    """numerator × per ÷ denominator, of figures; the target of the stage is the whole.

    `targets` by stage; the empty stage stands for every other.
    """

    numerator: Code
    denominator: Code
    targets: Annotated[dict[str, Number], Meta(min_length=1, max_length=5)]
    per: Annotated[int, Meta(ge=1, le=1_000_000)] = 1


Scale = ScoreScale | LevelScale | YesNoScale | RatioScale


class SourceShare(Input, frozen=True):
    """How much of a leaf comes from one source."""

    source: Source
    weight_bp: BasisPoints


class IndicatorInput(Input, frozen=True):
    """One indicator 指标 of the tree; leaves alone have a scale and sources."""

    code: IndicatorCode
    title: Label
    weight_bp: BasisPoints
    parent: Annotated[str, Meta(max_length=40)] = ""
    scale: Scale | None = None
    sources: Annotated[list[SourceShare], Meta(max_length=5)] = msgspec.field(default_factory=list)
    # 一票否决: below this share of its scale the subject falls into the lowest band
    veto_below_bp: Annotated[int, Meta(ge=1, le=WHOLE_BP)] | None = None
    evidence_required: bool = False


class Band(Input, frozen=True):
    """A band of totals, from a share of the whole on."""

    code: IndicatorCode
    title: Label
    from_bp: BasisPoints


class Threshold(Input, frozen=True):
    """At least so many of these ratios reach their target, the rest this share of it."""

    code: IndicatorCode
    title: Label
    over: Annotated[list[IndicatorCode], Meta(min_length=1, max_length=100)]
    at_least: Annotated[int, Meta(ge=0, le=100)]
    floor_bp: BasisPoints


class Spread(Input, frozen=True):
    """差异系数 of each of these ratios over the subjects of a stage is at most this."""

    code: IndicatorCode
    title: Label
    over: Annotated[list[IndicatorCode], Meta(min_length=1, max_length=100)]
    max: Annotated[dict[str, Number], Meta(min_length=1, max_length=5)]


class Settings(Input, frozen=True):
    """What stands beside the tree."""

    missing: Missing = Missing.INCOMPLETE
    bands: Annotated[list[Band], Meta(max_length=20)] = msgspec.field(default_factory=list)
    thresholds: Annotated[list[Threshold], Meta(max_length=20)] = msgspec.field(
        default_factory=list
    )
    spreads: Annotated[list[Spread], Meta(max_length=20)] = msgspec.field(default_factory=list)
    experts_min: Annotated[int, Meta(ge=1, le=20)] = 1
    # sums of fewer people are not shown and do not count
    peers_min: Annotated[int, Meta(ge=1, le=1000)] = 3
    survey_min: Annotated[int, Meta(ge=5, le=1000)] = 10
    objection_days: Annotated[int, Meta(ge=1, le=90)] = 7
    reference: Annotated[str, Meta(max_length=400)] = ""


class SchemeInput(Input, frozen=True):
    """A scheme as it is written, imported and exported."""

    code: Code
    title: Label
    indicators: Annotated[list[IndicatorInput], Meta(min_length=1, max_length=INDICATORS_MAX)]
    subject: SchemeSubject = SchemeSubject.SCHOOL
    # of teachers: whether the office sees their appraisals
    teachers_to_office: bool = False
    settings: Settings = msgspec.field(default_factory=Settings)


class Adoption(Input, frozen=True):
    """Which ready scheme is taken."""

    name: Literal["national_balance_2017"]


class SchemeRow(msgspec.Struct, frozen=True):
    """A scheme as stored, without its tree."""

    id: UUID
    school_id: UUID | None
    code: str
    edition: int
    title_en: str
    title_zh: str
    subject: SchemeSubject
    status: SchemeStatus
    settings: Settings
    teachers_to_office: bool
    sha256: str | None
    version: int
    created_at: datetime
    relations: int


class IndicatorRow(msgspec.Struct, frozen=True):
    """An indicator as stored."""

    code: str
    parent_code: str | None
    title_en: str
    title_zh: str
    weight_bp: int
    scale: Scale | None
    sources: list[Source]
    source_weights_bp: list[int]
    veto_below_bp: int | None
    evidence_required: bool


class SchemeView(msgspec.Struct, frozen=True):
    """A scheme with its tree."""

    id: UUID
    school_id: UUID | None
    edition: int
    status: SchemeStatus
    scheme: SchemeInput
    sha256: str | None
    created_at: datetime
    version: int
    actions: list[str]


class SchemeLine(msgspec.Struct, frozen=True):
    """A scheme in a list."""

    id: UUID
    school_id: UUID | None
    code: str
    edition: int
    title: Label
    subject: SchemeSubject
    status: SchemeStatus
    version: int
    actions: list[str]


class SchemeTaken(msgspec.Struct, frozen=True):
    """What an import would make, or has made."""

    dry_run: bool
    indicators: int
    leaves: int
    scheme: SchemeView | None
