"""The group, as everyone in it sees it, and the words the directory shares."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta


class Tier(StrEnum):
    """How a school belongs to the group."""

    INTEGRATED = "integrated"
    PARTNER = "partner"


class Stage(StrEnum):
    """A stage of schooling (学段)."""

    KINDERGARTEN = "kindergarten"
    PRIMARY = "primary"
    JUNIOR = "junior"
    SENIOR = "senior"


class Role(StrEnum):
    """What a person is at a school, or at the group office."""

    TEACHER = "teacher"
    LEAD = "lead"
    LIBRARIAN = "librarian"
    SCHOOL_ADMIN = "school_admin"
    PRINCIPAL = "principal"
    GROUP_ADMIN = "group_admin"
    EVALUATION_OFFICER = "evaluation_officer"
    INSPECTOR = "inspector"
    AUDITOR = "auditor"


OFFICE_ROLES = frozenset({Role.GROUP_ADMIN, Role.EVALUATION_OFFICER, Role.INSPECTOR, Role.AUDITOR})

# A text that is not only blank; lengths are the columns' own.
Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"\S")]
ShortName = Annotated[str, Meta(min_length=1, max_length=100, pattern=r"\S")]
NameEn = Annotated[str, Meta(max_length=200)]
ShortNameEn = Annotated[str, Meta(max_length=100)]


class Group(msgspec.Struct, frozen=True):
    """The education group (教育集团); schools are counted as they stand today."""

    id: UUID
    code: str
    name: str
    time_zone: str
    created_at: datetime
    schools_integrated: int
    schools_partner: int
