"""What is said of papers: items, keys, blueprints, setters, files."""

from datetime import datetime
from typing import Annotated, TypeAlias
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.models import (
    ITEM_MARKS_MAX,
    ITEMS_MAX,
    Choice,
    ItemKind,
    Name,
)
from schoolgroup.evaluation.papers.keys import KeyRule
from schoolgroup.kernel.http import Input

Reason = Annotated[str, Meta(min_length=1, max_length=2000)]
HalfStep = Annotated[float, Meta(ge=0.5, le=ITEM_MARKS_MAX, multiple_of=0.5)]
Percent: TypeAlias = Annotated[int, Meta(ge=0, le=100)] | None


class PaperItem(Input, frozen=True):
    """One item 小题 with its key. `parent`: the item it is a part of 小问; `choice`: 选做组.

    `target_percent`: the difficulty aimed at, as the expected mean in percent of the maximum.
    """

    label: Name
    max_marks: HalfStep
    step: HalfStep = 0.5
    section: Annotated[str, Meta(max_length=100)] = ""
    parent: Annotated[str, Meta(max_length=40)] = ""
    kind: ItemKind = ItemKind.SUBJECTIVE
    choice: Annotated[str, Meta(max_length=40)] = ""
    knowledge_point: Annotated[str, Meta(max_length=200)] = ""
    ability: Annotated[str, Meta(max_length=100)] = ""
    target_percent: Percent = None
    key: KeyRule | None = None


class PaperInput(Input, frozen=True):
    """A whole paper, in the order of its items."""

    items: Annotated[list[PaperItem], Meta(min_length=1, max_length=ITEMS_MAX)]
    choices: Annotated[list[Choice], Meta(max_length=20)] = msgspec.field(default_factory=list)
    because: Annotated[str, Meta(max_length=2000)] = ""


class ItemKey(Input, frozen=True):
    """The new key of one item."""

    label: Name
    key: KeyRule


class KeyChange(Input, frozen=True):
    """Keys that change, and why; all other items keep theirs."""

    keys: Annotated[list[ItemKey], Meta(min_length=1, max_length=ITEMS_MAX)]
    because: Reason


class Cell(Input, frozen=True):
    """One cell of the two-way blueprint 双向细目表: what it should carry."""

    knowledge_point: Annotated[str, Meta(min_length=1, max_length=200)]
    ability: Annotated[str, Meta(min_length=1, max_length=100)]
    marks: HalfStep
    target_percent: Percent = None


class Blueprint(Input, frozen=True):
    """The whole blueprint of a subject; an empty one takes it back."""

    cells: Annotated[list[Cell], Meta(max_length=400)]


class Setters(Input, frozen=True):
    """Who sets the paper of a subject 命题人: all of them."""

    person_ids: Annotated[list[UUID], Meta(max_length=40)]


class PaperFile(Input, frozen=True):
    """A draft resource of kind paper 试卷 the caller made: sealed until the exam begins."""

    resource_id: UUID


def half(marks: float) -> int:
    """Whole half marks; the input has been held to steps of 0.5."""
    return round(marks * 2)


class CellCheck(msgspec.Struct, frozen=True):
    """A cell of the blueprint beside what the paper asks: marks, items, expected mean in percent.

    `planned_marks` null: the paper asks what the blueprint does not plan.
    """

    knowledge_point: str
    ability: str
    planned_marks: float | None
    marks: float
    items: list[str]
    planned_percent: int | None
    expected_percent: float | None
    fits: bool


class BlueprintView(msgspec.Struct, frozen=True):
    """The two-way table with its sums, checked against the paper in force.

    `expected_percent`: the paper's target difficulty, weighted by marks; null where items lack one.
    """

    cells: list[CellCheck]
    marks_by_knowledge_point: dict[str, float]
    marks_by_ability: dict[str, float]
    expected_percent: float | None
    fits: bool


class VersionView(msgspec.Struct, frozen=True):
    """One version of a paper and why it was made."""

    version: int
    because: str
    made_at: datetime


class PaperView(msgspec.Struct, frozen=True):
    """A paper with its keys, for the organiser and the setters; `version` is the paper's."""

    exam_id: UUID
    subject: str
    full_marks: float
    items: list[PaperItem]
    choices: list[Choice]
    blueprint: BlueprintView
    versions: list[VersionView]
    setter_ids: list[UUID]
    resource_ids: list[UUID]
    starts_at: datetime | None
    version: int


class PaperTaken(msgspec.Struct, frozen=True):
    """What an imported item table made, or would with dry_run."""

    dry_run: bool
    items: int
    full_marks: float
    version: int


class ResourceRow(msgspec.Struct, frozen=True):
    """What of a resource must be known before it is sealed."""

    id: UUID
    kind: str
    status: str
    author_person_id: UUID | None
    sealed: bool
    offers: int
