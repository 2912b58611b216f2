"""How people are told (通知): preferences, addresses, rules, and the notices themselves."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

Language = Literal["en", "zh"]
KindCode = Annotated[str, Meta(pattern="^[a-z][a-z_]{0,59}$")]
# A time of day at the group's place, to the minute.
TimeOfDay = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["07:30"])]
# A local part as RFC 5321 section 4.1.2 has it without quoting, in ASCII; a domain with a dot.
EmailText = Annotated[
    str,
    Meta(
        max_length=254,
        pattern=r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
        r"@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$",
        examples=["wang@example.edu.cn"],
    ),
]
SubjectText = Annotated[str, Meta(min_length=1, max_length=200)]
BodyText = Annotated[str, Meta(min_length=1, max_length=2000)]
Hours = Annotated[list[Annotated[int, Meta(ge=-2400, le=2400)]], Meta(min_length=1, max_length=3)]


class MailKind(StrEnum):
    """Why a letter is written."""

    DIGEST = "digest"
    URGENT = "urgent"
    CODE = "code"


class Preference(msgspec.Struct, frozen=True):
    """How one person wants to be told; times of day as the database keeps them."""

    language: Language = "zh"
    email_on: bool = True
    digest_at: time = time(7, 30)
    quiet_from: time = time(22, 0)
    quiet_until: time = time(7, 0)
    muted: list[str] = []
    version: int = 1


class EmailState(msgspec.Struct, frozen=True):
    """Where a person gets mail, and whether it arrives.

    `failed_because` is what the receiving server said when it refused the address for good.
    """

    address: str
    verified_at: datetime | None
    failed_at: datetime | None
    failed_because: str


class NoticeSettings(msgspec.Struct, frozen=True):
    """How the caller is told. `email_offered` is false where this installation sends no mail.

    One letter a day at `digest_at`, none from `quiet_from` until `quiet_until`; what is urgent
    comes at once. Times are the group's own (`time_zone`).
    """

    language: Language
    email_on: bool
    digest_at: str
    quiet_from: str
    quiet_until: str
    muted: list[str]
    time_zone: str
    email_offered: bool
    email: EmailState | None
    version: int


class PreferenceChange(Input, frozen=True, kw_only=True):
    """What to change; what is left out stays. Equal quiet times: no quiet hours."""

    language: Language | UnsetType = UNSET
    email_on: bool | UnsetType = UNSET
    digest_at: TimeOfDay | UnsetType = UNSET
    quiet_from: TimeOfDay | UnsetType = UNSET
    quiet_until: TimeOfDay | UnsetType = UNSET
    muted: Annotated[list[KindCode], Meta(max_length=100)] | UnsetType = UNSET


class AddressWish(Input, frozen=True, kw_only=True):
    """Where mail shall go; a code is sent there."""

    address: EmailText


class CodeEntry(Input, frozen=True, kw_only=True):
    """The code that arrived."""

    code: Annotated[str, Meta(pattern="^[0-9]{8}$")]


class AddressRow(msgspec.Struct, frozen=True):
    """An address as it is stored."""

    person_id: UUID
    address: str
    code_at: datetime
    code_tries: int
    verified_at: datetime | None
    failed_at: datetime | None
    failed_because: str
    version: int


class BothTexts(Input, frozen=True, kw_only=True):
    """A subject line in both languages."""

    en: SubjectText
    zh: SubjectText


class BothBodies(Input, frozen=True, kw_only=True):
    """A body in both languages."""

    en: BodyText
    zh: BodyText


class RuleWish(Input, frozen=True, kw_only=True):
    """What to do otherwise than it stands above: the office for the group, a school for itself."""

    kind: KindCode
    is_on: bool | None = None
    hours: Hours | None = None
    urgent: bool | None = None
    subject: BothTexts | None = None
    body: BothBodies | None = None


class RuleChange(Input, frozen=True, kw_only=True):
    """What to change; null: as it stands above."""

    is_on: bool | UnsetType | None = UNSET
    hours: Hours | UnsetType | None = UNSET
    urgent: bool | UnsetType | None = UNSET
    subject: BothTexts | UnsetType | None = UNSET
    body: BothBodies | UnsetType | None = UNSET


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """What a school or the office has set for a kind; null: as it stands above."""

    id: UUID
    school_id: UUID | None
    kind: str
    is_on: bool | None
    hours: list[int] | None
    urgent: bool | None
    subject_en: str | None
    subject_zh: str | None
    body_en: str | None
    body_zh: str | None
    version: int = 1


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """What a school or the office has set otherwise for a kind."""

    id: UUID
    school_id: UUID | None
    kind: str
    is_on: bool | None
    hours: list[int] | None
    urgent: bool | None
    subject: Text | None
    body: Text | None
    version: int


class RuleInForce(msgspec.Struct, frozen=True, kw_only=True):
    """A kind as it is in force for the acting school, and within which limits it may be changed.

    `set_by` says whose word decides most: as shipped, the group's, or the school's. `own` is the
    acting school's (or office's) own rule, if it has one. A `fixed` kind is never switched off.
    Where `school_days`, every 24 of the hours are one day of school: weekends and holidays do not
    count, days made up for do.
    """

    kind: str
    name: Text
    set_by: Literal["shipped", "group", "school"]
    is_on: bool
    hours: list[int]
    hours_min: int
    hours_max: int
    school_days: bool
    urgent: bool
    fixed: bool
    subject: Text
    body: Text
    placeholders: list[str]
    own: Rule | None


class RulesInForce(msgspec.Struct, frozen=True):
    """Every kind of notice."""

    items: list[RuleInForce]


class NoticeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A notice as it is stored, in the words of the moment it was made."""

    id: UUID
    person_id: UUID
    school_id: UUID | None
    kind: str
    subject_id: UUID
    anchor_at: datetime
    hours: int
    urgent: bool
    subject_en: str
    subject_zh: str
    body_en: str
    body_zh: str
    link: str

    def subject(self, language: str) -> str:
        """The subject line in a language."""
        return self.subject_en if language == "en" else self.subject_zh

    def body(self, language: str) -> str:
        """The body in a language."""
        return self.body_en if language == "en" else self.body_zh


class GroupFacts(msgspec.Struct, frozen=True):
    """What is said of the group in its letters."""

    name: str
    time_zone: str


class Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A letter somebody has taken to send; nobody else does before `leased_until_at`."""

    id: UUID
    person_id: UUID
    kind: MailKind
    day: date | None
    tries: int
    made_at: datetime
    leased_until_at: datetime


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a letter goes to, as of the moment it is sent. `here`: has an appointment today."""

    address: str
    code_at: datetime
    verified: bool
    failed: bool
    email_on: bool
    language: Language
    here: bool


class SendingReport(msgspec.Struct, kw_only=True):
    """What one run told people, of one group. `stopped_by`: why it went no further."""

    group_code: str
    notices: int = 0
    sent: int = 0
    put_off: int = 0
    refused: int = 0
    dropped: int = 0
    stopped_by: str = ""
