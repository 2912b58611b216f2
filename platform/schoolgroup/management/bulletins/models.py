"""Bulletins (简报): numbered per year, checked by another, kept as they were issued."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from msgspec import UNSET, Meta, Struct, UnsetType, field

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.management.figures.models import Reference, Value

READ, WRITE, CHECK = "bulletin:read", "bulletin:write", "bulletin:check"
ISSUE, SIGN = "bulletin:issue", "bulletin:sign"
PROPOSE, SEE, DECIDE = "article:propose", "article:read", "article:decide"
SECTIONS_MAX, FIGURES_MAX = 50, 40

Title = Annotated[str, Meta(min_length=1, max_length=200)]
Body = Annotated[str, Meta(min_length=1, max_length=20_000)]
Because = Annotated[str, Meta(min_length=1, max_length=1000)]


class BulletinStatus(StrEnum):
    """Its life; a correction goes through it again, while the last edition stays readable."""

    DRAFT = "draft"
    CHECKED = "checked"
    ISSUED = "issued"
    CORRECTED = "corrected"


OUT = (BulletinStatus.ISSUED, BulletinStatus.CORRECTED)
BULLETIN: Machine[BulletinStatus] = Machine(
    "bulletin",
    [
        Transition("change", WRITE, (BulletinStatus.DRAFT,), BulletinStatus.DRAFT),
        Transition("check", CHECK, (BulletinStatus.DRAFT,), BulletinStatus.CHECKED),
        Transition("send_back", CHECK, (BulletinStatus.CHECKED,), BulletinStatus.DRAFT),
        Transition("issue", ISSUE, (BulletinStatus.CHECKED,), BulletinStatus.ISSUED),
        Transition("correct", WRITE, OUT, BulletinStatus.DRAFT),
        Transition("sign", SIGN, OUT, BulletinStatus.ISSUED),
    ],
)


class Audience(StrEnum):
    """Whom a bulletin is for; the schools are written down when it is first issued."""

    GROUP = "group"
    TIER = "tier"
    CIRCLE = "circle"
    SCHOOLS = "schools"


class Tier(StrEnum):
    """A school's tier."""

    INTEGRATED = "integrated"
    PARTNER = "partner"


class Section(Input, frozen=True, kw_only=True):
    """A heading and its text; an empty line parts paragraphs."""

    heading: Annotated[str, Meta(max_length=200)] = ""
    text: Body


Sections = Annotated[list[Section], Meta(min_length=1, max_length=SECTIONS_MAX)]
References = Annotated[list[Reference], Meta(max_length=FIGURES_MAX)]


class AudienceWish(Input, frozen=True, kw_only=True):
    """Whom it is for, with the tier, the circle or the schools."""

    kind: Audience = Audience.GROUP
    tier: Tier | None = None
    circle_id: UUID | None = None
    school_ids: Annotated[list[UUID], Meta(max_length=2000)] = field(default_factory=list)


class BulletinWish(Input, frozen=True, kw_only=True):
    """A bulletin to be written."""

    title: Title
    sections: Sections
    figures: References = field(default_factory=list)
    audience: AudienceWish = field(default_factory=AudienceWish)


class BulletinChange(Input, frozen=True, kw_only=True):
    """What of a draft changes. Whom it is for changes no more once it was issued."""

    title: Title | UnsetType = UNSET
    sections: Sections | UnsetType = UNSET
    figures: References | UnsetType = UNSET
    audience: AudienceWish | UnsetType = UNSET


class Correction(Input, frozen=True, kw_only=True):
    """What the next edition changes, in words its readers see."""

    changed: Annotated[str, Meta(min_length=1, max_length=2000)]


class ArticleWish(Input, frozen=True, kw_only=True):
    """What a school offers for a bulletin."""

    title: Title
    body: Body


class Taking(Input, frozen=True, kw_only=True):
    """Into which bulletin, a draft."""

    bulletin_id: UUID


class Declining(Input, frozen=True, kw_only=True):
    """Why not."""

    because: Because


class Printed(Struct, frozen=True):
    """An article as it stands in a bulletin."""

    school_name: str
    title: str
    body: str


class Content(Struct, frozen=True, kw_only=True):
    """What is read: of a draft as it is now, of an edition as it was issued."""

    title: str
    sections: list[Section]
    articles: list[Printed]
    figures: list[Value]


class BulletinRow(Struct, frozen=True, kw_only=True):
    """A bulletin as stored, with its newest edition and the caller's relations."""

    id: UUID
    year: int | None
    no: int | None
    title: str
    sections: list[Section]
    figures: list[Reference]
    audience: Audience
    tier: Tier | None
    circle_id: UUID | None
    school_ids: list[UUID]
    status: BulletinStatus
    editor_person_ids: list[UUID]
    checked_by_person_id: UUID | None
    changed: str
    edition_no: int
    version: int
    created_at: datetime
    content: Content | None
    issued_at: datetime | None
    edition_changed: str
    schools: int
    signed: int
    signed_at: datetime | None
    relations: int


class Receipts(Struct, frozen=True):
    """Of so many schools, so many have signed for the newest edition."""

    schools: int
    signed: int
    link: str


class Bulletin(Struct, frozen=True, kw_only=True):
    """A bulletin as the caller sees it.

    Schools see the newest edition. Figures of an edition carry the instant of its issue; of a draft
    they are live. `changed` is what this edition corrects. `receipts` is for the office alone;
    `signed_at` is when one's own school signed for this edition.
    """

    id: UUID
    year: int | None
    no: int | None
    status: BulletinStatus
    edition_no: int
    changed: str
    content: Content
    audience: AudienceWish | None
    references: list[Reference] | None
    issued_at: datetime | None
    receipts: Receipts | None
    signed_at: datetime | None
    created_at: datetime
    version: int
    actions: list[str]


class BulletinLine(Struct, frozen=True, kw_only=True):
    """A bulletin in a list."""

    id: UUID
    year: int | None
    no: int | None
    title: str
    status: BulletinStatus
    edition_no: int
    issued_at: datetime | None
    receipts: Receipts | None
    signed_at: datetime | None
    version: int


class Edition(Struct, frozen=True, kw_only=True):
    """One edition, as it was issued."""

    bulletin_id: UUID
    year: int
    no: int
    edition_no: int
    changed: str
    issued_at: datetime
    content: Content


class Receipt(Struct, frozen=True):
    """How a school stands: nobody has signed yet where `signed_at` is null."""

    school_id: UUID
    school_name: str
    person_id: UUID | None
    signed_at: datetime | None


class ArticleStatus(StrEnum):
    """Proposed by a school, decided by the office."""

    PROPOSED = "proposed"
    TAKEN = "taken"
    DECLINED = "declined"


ARTICLE: Machine[ArticleStatus] = Machine(
    "article",
    [
        Transition("take", DECIDE, (ArticleStatus.PROPOSED,), ArticleStatus.TAKEN),
        Transition("decline", DECIDE, (ArticleStatus.PROPOSED,), ArticleStatus.DECLINED),
    ],
)


class ArticleRow(Struct, frozen=True):
    """An article as stored, with the caller's relations."""

    id: UUID
    school_id: UUID
    school_name: str
    title: str
    body: str
    status: ArticleStatus
    bulletin_id: UUID | None
    declined_because: str
    created_at: datetime
    version: int
    relations: int


class Article(Struct, frozen=True):
    """An article and what became of it."""

    id: UUID
    school_id: UUID
    school_name: str
    title: str
    body: str
    status: ArticleStatus
    bulletin_id: UUID | None
    declined_because: str
    created_at: datetime
    version: int
    actions: list[str]


class Format(StrEnum):
    """How an edition is taken out."""

    HTML = "html"
    PDF = "pdf"


class Paper(Struct, frozen=True):
    """A printed edition."""

    name: str
    media_type: str
    data: bytes
