"""What is said about a lesson resource: the words of the catalogue, inputs, answers and rows."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

FILES_MAX, KEYWORDS_MAX, CHAPTER_DEPTH_MAX, NEEDS_MAX = 50, 20, 8, 20


class Kind(StrEnum):
    """What sort of thing a resource is."""

    LESSON_PLAN = "lesson_plan"
    COURSEWARE = "courseware"
    VIDEO = "video"
    EXERCISE = "exercise"
    PAPER = "paper"
    SCHOOL_COURSE = "school_course"
    EXPERIMENT = "experiment"
    BOOK = "book"
    PLACE = "place"
    OTHER = "other"


class Stage(StrEnum):
    """The stage of schooling it is for."""

    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class Licence(StrEnum):
    """What those who have it may do with it. Names of Creative Commons 4.0 where they are those."""

    GROUP_ONLY = "group_only"
    CC_BY = "cc_by"
    CC_BY_SA = "cc_by_sa"
    CC_BY_NC = "cc_by_nc"
    CC_BY_NC_SA = "cc_by_nc_sa"
    PUBLIC_DOMAIN = "public_domain"


KINDS = {
    Kind.LESSON_PLAN: Text("lesson plan", "教学设计"),
    Kind.COURSEWARE: Text("courseware", "课件"),
    Kind.VIDEO: Text("video", "视频"),
    Kind.EXERCISE: Text("exercise", "习题"),
    Kind.PAPER: Text("test paper", "试卷"),
    Kind.SCHOOL_COURSE: Text("school-based course", "校本课程"),
    Kind.EXPERIMENT: Text("experiment", "实验"),
    Kind.BOOK: Text("reading book", "书目"),
    Kind.PLACE: Text("place of learning", "红色阵地"),
    Kind.OTHER: Text("other", "其他"),
}
STAGES = {
    Stage.KINDERGARTEN: Text("kindergarten", "幼儿园"),
    Stage.PRIMARY: Text("primary school", "小学"),
    Stage.JUNIOR: Text("junior secondary school", "初中"),
    Stage.SENIOR: Text("senior secondary school", "高中"),
}
LICENCES = {
    Licence.GROUP_ONLY: Text("for use within the group", "仅限集团内使用"),
    Licence.CC_BY: Text("CC BY 4.0", "知识共享 署名 4.0"),
    Licence.CC_BY_SA: Text("CC BY-SA 4.0", "知识共享 署名—相同方式共享 4.0"),
    Licence.CC_BY_NC: Text("CC BY-NC 4.0", "知识共享 署名—非商业性使用 4.0"),
    Licence.CC_BY_NC_SA: Text("CC BY-NC-SA 4.0", "知识共享 署名—非商业性使用—相同方式共享 4.0"),
    Licence.PUBLIC_DOMAIN: Text("public domain", "公有领域"),
}


class Status(StrEnum):
    """What the group sees of a resource."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Life(StrEnum):
    """The status together with whether a new revision of a published resource is being drafted."""

    DRAFT = "draft"
    PUBLISHED = "published"
    REVISING = "revising"
    WITHDRAWN = "withdrawn"


MACHINE: Machine[Life] = Machine(
    "the resource",
    [
        Transition("describe", "resource:describe", (Life.DRAFT,), Life.DRAFT),
        Transition("describe_revision", "resource:describe", (Life.REVISING,), Life.REVISING),
        Transition("publish", "resource:publish", (Life.DRAFT, Life.REVISING), Life.PUBLISHED),
        Transition("revise", "resource:describe", (Life.PUBLISHED,), Life.REVISING),
        Transition(
            "withdraw", "resource:withdraw", (Life.PUBLISHED, Life.REVISING), Life.WITHDRAWN
        ),
        Transition("discard", "resource:describe", (Life.DRAFT,), Life.DRAFT),
        Transition("discard_revision", "resource:describe", (Life.REVISING,), Life.PUBLISHED),
    ],
)

Title = Annotated[str, Meta(min_length=1, max_length=200, examples=["分数的意义"])]
Summary = Annotated[str, Meta(max_length=4000)]
Facet = Annotated[str, Meta(min_length=1, max_length=60)]
Chapter = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=120)]], Meta(max_length=CHAPTER_DEPTH_MAX)
]
Keywords = Annotated[
    list[Annotated[str, Meta(min_length=1, max_length=40)]], Meta(max_length=KEYWORDS_MAX)
]
Language = Annotated[
    str, Meta(pattern="^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$", max_length=30, examples=["zh"])
]
Minutes = Annotated[int, Meta(ge=1, le=10_000, description="Minutes it takes.", examples=[40])]


class Need(Input, frozen=True):
    """One prerequisite: another resource or a place in the curriculum."""

    resource_id: UUID | None = None
    node_id: UUID | None = None


Needs = Annotated[list[Need], Meta(max_length=NEEDS_MAX)]


class FileChoice(Input, frozen=True):
    """One file of a draft: a verified upload, or by `no` one the draft already has."""

    upload_id: UUID | None = None
    no: Annotated[int, Meta(ge=1, le=FILES_MAX)] | None = None
    file_name: Annotated[str, Meta(min_length=1, max_length=200)] | None = None


Files = Annotated[list[FileChoice], Meta(max_length=FILES_MAX)]


class ResourceDraft(Input, frozen=True):
    """A new draft; what is missing can be added until it is published.

    A place in the curriculum (`curriculum_node_id`) fills the coordinates it stands for.
    """

    title: Title
    kind: Kind
    summary: Summary = ""
    stage: Stage | None = None
    subject: Facet | None = None
    edition: Facet | None = None
    grade: Facet | None = None
    volume: Facet | None = None
    chapter: Chapter = field(default_factory=list)
    curriculum_node_id: UUID | None = None
    licence: Licence | None = None
    language: Language = "zh"
    keywords: Keywords = field(default_factory=list)
    duration_minutes: Minutes | None = None
    prerequisites: Needs = field(default_factory=list)
    files: Files = field(default_factory=list)


class ResourceChange(Input, frozen=True):
    """What changes in a draft; a field that is not sent stays, null empties it (RFC 7396)."""

    title: Title | UnsetType = UNSET
    kind: Kind | UnsetType = UNSET
    summary: Summary | UnsetType = UNSET
    stage: Stage | UnsetType | None = UNSET
    subject: Facet | UnsetType | None = UNSET
    edition: Facet | UnsetType | None = UNSET
    grade: Facet | UnsetType | None = UNSET
    volume: Facet | UnsetType | None = UNSET
    chapter: Chapter | UnsetType = UNSET
    curriculum_node_id: UUID | UnsetType | None = UNSET
    licence: Licence | UnsetType | None = UNSET
    language: Language | UnsetType = UNSET
    keywords: Keywords | UnsetType = UNSET
    duration_minutes: Minutes | UnsetType | None = UNSET
    prerequisites: Needs | UnsetType = UNSET
    files: Files | UnsetType = UNSET


class Withdrawal(Input, frozen=True):
    """Why a resource is taken back; shown to everyone who could see it."""

    because: Annotated[str, Meta(min_length=1, max_length=500)]


class Description(Struct, frozen=True, kw_only=True):
    """What a revision says. Where it points into the curriculum, its coordinates say the same."""

    title: str
    kind: Kind
    summary: str
    stage: Stage | None
    subject: str | None
    edition: str | None
    grade: str | None
    volume: str | None
    chapter: list[str]
    licence: Licence | None
    language: str
    keywords: list[str]
    curriculum_node_id: UUID | None = None
    duration_minutes: int | None = None


class Standing(StrEnum):
    """How a prerequisite is now, for whoever asks; a broken one is shown, never dropped."""

    OK = "ok"
    WITHDRAWN = "withdrawn"
    OUT_OF_REACH = "out_of_reach"  # not offered to whoever asks


class Prerequisite(Struct, frozen=True):
    """One prerequisite of a revision, in order.

    `title` is what it was called when it was named; null where the resource is out of reach of
    whoever asks. A place in the curriculum is always `ok`: a used tree never changes.
    """

    no: int
    resource_id: UUID | None
    node_id: UUID | None
    title: str | None
    standing: Standing


class File(Struct, frozen=True):
    """A file of a revision; `no` is its place and its address."""

    no: int
    file_name: str
    size_bytes: int
    media_type: str


class Revision(Description, frozen=True, kw_only=True):
    """One revision; published_at is null while it is a draft."""

    no: int
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    files: list[File] = []
    prerequisites: list[Prerequisite] = []


class ResourceSummary(Description, frozen=True, kw_only=True):
    """A resource as lists show it."""

    id: UUID
    school_id: UUID
    school_name: str
    author_person_id: UUID | None
    status: Status
    published_revision_no: int | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: str | None
    version: int
    actions: list[str]


class Check(Struct, frozen=True):
    """Something that keeps a draft from being published, and what to do about it."""

    code: str
    pointer: str
    what: Text
    fix: Text
    blocks: bool = True


class Resource(ResourceSummary, frozen=True, kw_only=True):
    """A resource with its files and prerequisites.

    For those who may describe it: `draft` is the next revision while one is being written, and
    `checks` what still keeps the draft from being published.
    """

    files: list[File]
    prerequisites: list[Prerequisite] = []
    derived_from_resource_id: UUID | None = None
    derived_from_revision_no: int | None = None
    draft: Revision | None = None
    checks: list[Check] = []


class Label(Struct, frozen=True):
    """A word of the catalogue in both languages."""

    code: str
    en: str
    zh: str


class Vocabulary(Struct, frozen=True):
    """The fixed words a resource is described with."""

    kinds: list[Label]
    stages: list[Label]
    licences: list[Label]


class Owner(StrEnum):
    """Whose resources a list shows."""

    MINE = "mine"
    OTHERS = "others"


class SummaryRow(Description, frozen=True, kw_only=True):
    """A resource's row as lists need it, with the relations between it and whoever asks.

    `draft_no` is the revision that is being written.
    """

    id: UUID
    school_id: UUID
    school_name: str
    author_person_id: UUID | None
    status: Status
    published_revision_no: int | None
    created_at: datetime
    updated_at: datetime
    published_at: datetime | None
    withdrawn_at: datetime | None
    withdrawn_because: str | None
    version: int
    draft_no: int | None
    relations: int

    @property
    def life(self) -> Life:
        """The state the transition table speaks of."""
        if self.status is Status.PUBLISHED and self.draft_no is not None:
            return Life.REVISING
        return Life(self.status)


class ResourceRow(SummaryRow, frozen=True, kw_only=True):
    """A resource's whole row; `relations_before` are those there were before it was withdrawn."""

    derived_from_resource_id: UUID | None
    derived_from_revision_no: int | None
    derived_by_offer_id: UUID | None
    relations_before: int


class FileRow(Struct, frozen=True):
    """A file to be written or copied into a revision."""

    file_name: str
    blob_id: UUID
