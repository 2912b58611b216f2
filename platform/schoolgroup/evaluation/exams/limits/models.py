"""What a group takes away from the gates of the law, and what is left."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.gates import Article, Collects, Content, Purpose, Stage
from schoolgroup.kernel.http import Input

Reason = Annotated[str, Meta(min_length=1, max_length=2000)]


class GateRuleInput(Input, frozen=True):
    """How the group wants a gate. Left out: as the law has it. A rule may only take away."""

    because: Reason
    allowed: bool | None = None
    collects: Collects | None = None
    contents: Annotated[list[Content], Meta(max_length=10)] | None = None
    in_school_year_max: Annotated[int, Meta(ge=0, le=20)] | None = None


class GateRule(msgspec.Struct, frozen=True):
    """A group's rule as stored: the whole of what it leaves."""

    gate: str
    allowed: bool
    collects: Collects
    contents: list[Content]
    in_school_year_max: int | None
    because: str
    version: int
    updated_at: datetime


class GateState(msgspec.Struct, frozen=True):
    """A gate as it stands in the group: the law's line less what the group took away.

    `stricter` is the group's rule; null: the law alone. `in_school_year_max` null: no limit.
    """

    name: str
    stages: tuple[Stage, ...]
    grades: tuple[int, ...]
    purposes: tuple[Purpose, ...]
    joint: bool | None
    term_last: bool | None
    allowed: bool
    collects: Collects
    contents: list[Content]
    in_school_year_max: int | None
    article: Article
    stricter: GateRule | None
    version: int


class GateList(msgspec.Struct, frozen=True):
    """Every gate, in the order in which they are tried."""

    items: list[GateState]
