"""The pupil register 学籍: ids that say nothing, classes by year, names apart."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.sheets import Row

Label = Annotated[str, Meta(min_length=1, max_length=40)]
Year = Annotated[int, Meta(ge=1990, le=2200)]


class PupilStatus(StrEnum):
    """Whether a pupil is at the school."""

    ENROLLED = "enrolled"
    LEFT = "left"
    GRADUATED = "graduated"


class TransferStatus(StrEnum):
    """How a transfer stands 转学."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class NameInput(Input, frozen=True):
    """A pupil's name: it stays in the school."""

    name: Annotated[str, Meta(min_length=1, max_length=100)]


class Promotion(Input, frozen=True):
    """Promote every enrolled pupil into a school year 升级.

    `leaving_grades`: those that leave in the end; left out: the last grade of each stage after
    which the school has no other (of a 五四 primary school, say so: 5).
    """

    to_year: Year
    leaving_grades: (
        Annotated[list[Annotated[int, Meta(ge=1, le=12)]], Meta(max_length=12)] | None
    ) = None


class TransferWish(Input, frozen=True):
    """Where a pupil is to go."""

    to_school_id: UUID
    because: Annotated[str, Meta(max_length=1000)] = ""


class TransferConsent(Input, frozen=True):
    """Under which number and in which class the pupil comes to the receiving school."""

    register_number: Label
    class_label: Label


class TransferRefusal(Input, frozen=True):
    """Why the receiving school declines."""

    because: Annotated[str, Meta(min_length=1, max_length=1000)]


class PupilLine(msgspec.Struct, frozen=True):
    """A row of a register file."""

    row: Row
    register_number: str
    grade: int
    class_label: str
    name: str
    sex: str | None


class Known(msgspec.Struct, frozen=True):
    """What the register has of a number: `grade` null: not enrolled in that year."""

    id: UUID
    register_number: str
    status: PupilStatus
    sex: str | None
    grade: int | None
    class_label: str | None


class PupilsTaken(msgspec.Struct, frozen=True):
    """What a file did, or with dry_run would have done; each row counts once."""

    dry_run: bool
    school_year: int
    rows: int
    created: int
    updated: int
    unchanged: int
    names: int


class PupilRow(msgspec.Struct, frozen=True):
    """A pupil as stored, with the class of the newest year at the school."""

    id: UUID
    school_id: UUID
    register_number: str
    sex: str | None
    status: PupilStatus
    school_year: int | None
    grade: int | None
    class_label: str | None
    version: int
    relations: int


class Enrolment(msgspec.Struct, frozen=True):
    """One year in one class; `until_on` is the first day it no longer holds."""

    school_id: UUID
    school_year: int
    grade: int
    class_label: str
    from_on: date
    until_on: date | None


class PupilView(msgspec.Struct, frozen=True):
    """A pupil without a name."""

    id: UUID
    register_number: str
    sex: str | None
    status: PupilStatus
    school_year: int | None
    grade: int | None
    class_label: str | None
    version: int
    actions: list[str]


class PupilHistory(msgspec.Struct, frozen=True):
    """The same with the years the school may see."""

    pupil: PupilView
    enrolments: list[Enrolment]
    version: int


class NameView(msgspec.Struct, frozen=True):
    """A name, read on record."""

    pupil_id: UUID
    register_number: str
    name: str


class NameList(msgspec.Struct, frozen=True):
    """The names of a class, read on record."""

    items: list[NameView]


class ClassSize(msgspec.Struct, frozen=True):
    """A class and how many are in it."""

    grade: int
    class_label: str
    pupils: int


class ClassList(msgspec.Struct, frozen=True):
    """The classes of a school year."""

    school_year: int
    items: list[ClassSize]


class ToPromote(msgspec.Struct, frozen=True):
    """A pupil of the year before."""

    pupil_id: UUID
    register_number: str
    grade: int
    class_label: str


class PromotionView(msgspec.Struct, frozen=True):
    """A promotion; `undone_at` null: it stands."""

    id: UUID
    school_id: UUID
    to_year: int
    promoted: int
    graduated: int
    made_at: datetime
    undone_at: datetime | None


class TransferRow(msgspec.Struct, frozen=True):
    """A transfer as stored."""

    id: UUID
    pupil_id: UUID
    from_school_id: UUID
    from_name: str
    to_school_id: UUID
    to_name: str
    status: TransferStatus
    grade: int
    because: str
    decided_because: str
    proposed_at: datetime
    decided_at: datetime | None
    version: int
    relations: int


class TransferView(msgspec.Struct, frozen=True):
    """A transfer as shown: no name, no number."""

    id: UUID
    pupil_id: UUID
    from_school_id: UUID
    from_school_name: str
    to_school_id: UUID
    to_school_name: str
    status: TransferStatus
    grade: int
    because: str
    decided_because: str
    proposed_at: datetime
    decided_at: datetime | None
    version: int
    actions: list[str]
