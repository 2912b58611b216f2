"""The curriculum as a versioned tree: 学段 学科 版本 年级 册次 章节."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue.models import STAGES, Stage

NAME_MAX, CHAPTER_NAME_MAX = 60, 120  # as the columns of a resource take them


class Level(StrEnum):
    """What a node of the tree is, from the root down; a level may be left out, never reversed."""

    STAGE = "stage"
    SUBJECT = "subject"
    EDITION = "edition"
    GRADE = "grade"
    VOLUME = "volume"
    CHAPTER = "chapter"


class SchoolSystem(StrEnum):
    """How the nine years of compulsory schooling are divided (学制)."""

    SIX_THREE = "six_three"
    FIVE_FOUR = "five_four"


SYSTEMS = {
    SchoolSystem.SIX_THREE: Text("six-three system", "六三学制"),
    SchoolSystem.FIVE_FOUR: Text("five-four system", "五四学制"),
}


def root_name(stage: Stage, system: SchoolSystem | None) -> str:
    """What the root of a stage within a school system is called."""
    return STAGES[stage].zh + (f"（{SYSTEMS[system].zh}）" if system else "")


class Version(Struct, frozen=True, kw_only=True):
    """One state of the tree. From `used_at` on it never changes."""

    no: int
    name: str
    source: str
    nodes: int
    created_at: datetime
    used_at: datetime | None


class Node(Struct, frozen=True, kw_only=True):
    """A place in the tree; `path` are the names from the stage down to it.

    `no` orders the nodes of a version depth first.
    """

    id: UUID
    version_no: int
    no: int
    level: Level
    name: str
    stage: Stage
    school_system: SchoolSystem | None
    path: list[str]
    has_children: bool


class ImportResult(Struct, frozen=True, kw_only=True):
    """What an import did, or a dry run would do; `unchanged`: that version says exactly this."""

    dry_run: bool
    version_no: int
    name: str
    rows: int
    nodes: int
    replaced: bool
    unchanged: bool


class Place(Struct, frozen=True, kw_only=True):
    """The coordinates a node stands for; what lies below it is left open."""

    stage: Stage
    subject: str | None = None
    edition: str | None = None
    grade: str | None = None
    volume: str | None = None
    chapter: list[str] = []


class Line(Struct, frozen=True):
    """One row of an import: where its node stands."""

    stage: Stage
    system: SchoolSystem | None
    below: tuple[tuple[Level, str], ...]


class NewNode(Struct, frozen=True, kw_only=True):
    """A node as it is written; `parent_no` is the number of its parent in the same version."""

    no: int
    last_no: int
    parent_no: int | None
    level: Level
    name: str
    stage: Stage
    school_system: SchoolSystem | None
    path: list[str]
    path_key: str


class VersionRow(Struct, frozen=True):
    """A version's row."""

    id: UUID
    no: int
    used_at: datetime | None


class Step(Struct, frozen=True):
    """One node on the way from the root to a node."""

    level: Level
    name: str
    stage: Stage
