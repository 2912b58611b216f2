"""Figures, and releases of them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.assigning.models import ConversionUsed
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import SCHOOLS_MAX, Reason
from schoolgroup.evaluation.results.models import Result
from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

GROUP = "*"


class ReleaseStatus(StrEnum):
    """Whether a release stands."""

    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class ReleaseInput(Input, frozen=True):
    """To whom results go, from when, and what of them.

    `recipients`: schools of the exam, or all that take part; the public is no recipient the law
    knows. Without `contents`: figures, and the pupils' grades where the gate lets them be.
    """

    recipients: (
        Annotated[list[UUID], Meta(min_length=1, max_length=SCHOOLS_MAX)]
        | Literal["participants", "public"]
    ) = "participants"
    embargo_until_at: Annotated[datetime, Meta(tz=True)] | None = None
    # until then the schools it went to may appeal for their pupils; null: no appeals
    appeals_until_at: Annotated[datetime, Meta(tz=True)] | None = None
    contents: Annotated[list[Content], Meta(min_length=1, max_length=4)] | None = None


class Withdrawal(Input, frozen=True):
    """Why a release is taken back."""

    because: Reason


class Rate(msgspec.Struct, frozen=True, gc=False):
    """The share of those present on the good side of a line (`low`: below it).

    `share` null: hidden, because too few pupils stand on one side of the line.
    """

    line: str
    percent: int
    share: float | None


class GradeShare(msgspec.Struct, frozen=True, gc=False):
    """The share of those present who reached exactly this grade; null: hidden."""

    grade: str
    from_percent: int
    share: float | None


class ItemFigure(msgspec.Struct, frozen=True, gc=False):
    """One item: `p` = mean / maximum, `rest_r` = its correlation with the total without it.

    `rest_r` null: somebody's marks do not vary. `discriminates` false: flat or negative.
    `n`: of an optional item 选做, for how many it counts: p and rest_r are theirs; null of an item
    that everybody answers, and where too few chose one of the group to tell anything of it.
    """

    label: str
    max_marks: float
    p: float | None
    rest_r: float | None
    discriminates: bool
    n: int | None = None


class Basis(msgspec.Struct, frozen=True):
    """What a set of figures rests on: how many pupils, which snapshot, which code."""

    n: int
    snapshot_sha256: str
    paper_version: int
    code_version: str


class Figures(msgspec.Struct, frozen=True):
    """One subject's figures of a school or the group. Means and the like are of those present.

    Null where nobody was present, where a formula has no value (zero variance), or, of the group,
    where the number is too small to be told.
    """

    n_present: int
    n_absent: int | None
    n_void: int | None
    n_exempt: int | None
    participation: float | None
    full_marks: float
    mean: float | None
    sd: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    rates: list[Rate]
    grades: list[GradeShare]
    items: list[ItemFigure]
    alpha: float | None
    basis: Basis
    # how many the items and alpha are of, where some schools sent sums instead of rows
    n_by_item: int | None = None


class PeerFigures(msgspec.Struct, frozen=True):
    """What others may learn of a school; everything null where it is suppressed."""

    suppressed: bool
    n_band: str | None
    participation: float | None = None
    mean: float | None = None
    sd: float | None = None
    lower_quartile: float | None = None
    median: float | None = None
    upper_quartile: float | None = None
    rates: list[Rate] = []
    grades: list[GradeShare] = []
    snapshot_sha256: str = ""
    code_version: str = ""


class GroupFigures(msgspec.Struct, frozen=True):
    """All schools taken together; `figures` null where they would give a small school away."""

    suppressed: bool
    schools: int
    figures: Figures | None


class OwnView(msgspec.Struct, frozen=True):
    """A school's own figures in one subject, and the letter the others know it by."""

    subject: str
    letter: str
    figures: Figures


class PeerView(msgspec.Struct, frozen=True):
    """An anonymous school in one subject."""

    subject: str
    letter: str
    figures: PeerFigures


class GroupView(msgspec.Struct, frozen=True):
    """The group in one subject."""

    subject: str
    figures: GroupFigures


class NamedView(msgspec.Struct, frozen=True):
    """A school by name in one subject: for the organiser; small cells stay hidden."""

    subject: str
    letter: str
    school_id: UUID
    school_name: str
    figures: PeerFigures


class ReleaseRow(msgspec.Struct, frozen=True):
    """A release as stored, with the relations of whoever asks."""

    id: UUID
    exam_id: UUID
    owner_school_id: UUID | None
    owner_name: str
    title: str
    gate: str
    snapshot_id: UUID
    snapshot_sha256: str
    frozen_at: datetime
    status: ReleaseStatus
    contents: list[Content]
    cell_pupils_min: int
    code_version: str
    embargo_until_at: datetime | None
    appeals_until_at: datetime | None
    # the exam has a newer snapshot: a mark has changed since
    stale: bool
    released_at: datetime
    withdrawn_at: datetime | None
    withdrawn_because: str
    version: int
    relations: int
    exam_relations: int


class ReleaseSummary(msgspec.Struct, frozen=True):
    """A release in a list."""

    id: UUID
    exam_id: UUID
    title: str
    status: ReleaseStatus
    contents: list[Content]
    embargo_until_at: datetime | None
    appeals_until_at: datetime | None
    stale: bool
    released_at: datetime
    version: int
    actions: list[str]


class ReleaseView(msgspec.Struct, frozen=True):
    """A release as the caller may see it: `own` for a school, `schools` for the organiser.

    `stale`: marks have changed since, and a newer snapshot stands. A figure of others whose
    `snapshot_sha256` is an older one is told as it was: too few pupils have changed since.
    """

    id: UUID
    exam_id: UUID
    title: str
    status: ReleaseStatus
    contents: list[Content]
    recipients: list[UUID]
    snapshot_sha256: str
    frozen_at: datetime
    code_version: str
    cell_pupils_min: int
    embargo_until_at: datetime | None
    appeals_until_at: datetime | None
    stale: bool
    released_at: datetime
    withdrawn_at: datetime | None
    withdrawn_because: str
    methods: dict[str, Text]
    own: list[OwnView]
    others: list[PeerView]
    group: list[GroupView]
    schools: list[NamedView]
    version: int
    actions: list[str]
    # by which tables raw marks were turned into assigned ones
    conversions: list[ConversionUsed] = []


class Pupils(msgspec.Struct, frozen=True):
    """What a release tells of one school's pupils in a subject, side by side; null: not told."""

    exam_numbers: list[str]
    class_labels: list[str]
    results: list[Result]
    grades: list[str] | None
    total_half_marks: list[int | None] | None
    joint_ranks: list[int | None] | None
    assigned_marks: list[int | None] | None = None


class Computed(msgspec.Struct, frozen=True):
    """Everything a release holds. Keys: subject and school, or subject and letter.

    `origin`: the earlier release a shared figure was first told in, where it is not this one's.
    """

    own: dict[tuple[UUID, UUID], Figures]
    shared: dict[tuple[UUID, str], PeerFigures | GroupFigures]
    pupils: dict[tuple[UUID, UUID], Pupils]
    origin: dict[tuple[UUID, str], UUID] = {}


class PupilRow(msgspec.Struct, frozen=True):
    """What a release tells a school of one of its pupils; null: not released."""

    subject: str
    exam_number: str
    class_label: str
    result: str
    grade: str | None
    total_marks: float | None
    joint_rank: int | None
    # 等级赋分, by the table that the release names for the subject
    assigned_marks: int | None = None


class PupilsView(msgspec.Struct, frozen=True):
    """A school's own pupils in a release."""

    release_id: UUID
    items: list[PupilRow]
    version: int


class GlanceRow(msgspec.Struct, frozen=True):
    """One subject of a release: of all schools together, and of the school that looks."""

    release_id: UUID
    cell_pupils_min: int
    subject: str
    whole: GroupFigures | None
    own: Figures | None


class TierRow(msgspec.Struct, frozen=True):
    """A school in one subject of a release, under its tier of today (empty: it has left).

    `hidden`: the release tells the others nothing of it.
    """

    release_id: UUID
    subject: str
    tier: str
    present: int
    mean: float
    hidden: bool


class TierMean(msgspec.Struct, frozen=True):
    """The mean of those present at the schools of a tier; null where it is withheld."""

    tier: str
    schools: int
    mean: float | None


class Glance(msgspec.Struct, frozen=True):
    """The same with the exam's title, and by tier, for who shows it elsewhere."""

    release_id: UUID
    title: str
    subject: str
    whole: GroupFigures | None
    own: Figures | None
    tiers: list[TierMean]


class Verification(msgspec.Struct, frozen=True):
    """A release worked out anew from its snapshot. `scope` own: a school's own part only."""

    release_id: UUID
    scope: Literal["whole", "own"]
    snapshot_sha256: str
    released_with: str
    verified_with: str
    parts_checked: int
    figures_checked: int
    equal: bool
    differences: list[str]
