"""What is asked of frozen marks, and what is answered: always with method, n, snapshot and code."""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import msgspec
import numpy as np
from msgspec import Meta

from schoolgroup.evaluation.exams.models import ITEMS_MAX, SCHOOLS_MAX, Name, Subject
from schoolgroup.evaluation.statistics.methods.assigned import Boundary, OneScore, Tie
from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.methods.irt import Model
from schoolgroup.evaluation.statistics.methods.items import Mask
from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text

EARLIER_MAX = 9
MarksOf = Annotated[float, Meta(ge=0, le=10_000, multiple_of=0.5)]


class Method(StrEnum):
    """What can be worked out of a frozen snapshot."""

    SCORES = "scores"  # n, mean, sd, quartiles; by school
    SCORE_TABLE = "score_table"  # 一分一段表
    LINES = "lines"  # 上线、单科有效分
    ASSIGNED = "assigned"  # 等级赋分
    ITEMS = "items"  # 题目分析
    RELIABILITY = "reliability"  # 信度
    IRT = "irt"  # 项目反应理论
    DIF = "dif"  # 题目功能差异
    MASTERY = "mastery"  # 知识点与能力掌握
    DIFFERENCES = "differences"  # 校际差异
    EQUATING = "equating"  # 等值
    TREND = "trend"  # 历年同一量尺的趋势
    VALUE_ADDED = "value_added"  # 增值
    PROGRESS = "progress"  # 增值的简明对照


class How(StrEnum):
    """How two papers are put on one scale."""

    MEAN = "mean"
    LINEAR = "linear"
    EQUIPERCENTILE = "equipercentile"
    TUCKER = "tucker"
    LEVINE = "levine"
    CHAINED = "chained"
    CHAINED_EQUIPERCENTILE = "chained_equipercentile"


class By(StrEnum):
    """Of whom mastery is told."""

    SCHOOL = "school"
    CLASS = "class"
    PUPIL = "pupil"


class Other(Input, frozen=True):
    """The frozen exam to compare with: the earlier one of value-added, the form to equate to."""

    exam_id: UUID
    subject: Name


class Earlier(Input, frozen=True):
    """The frozen exam before, with the labels of the items that both papers share."""

    exam_id: UUID
    subject: Name
    anchors: Annotated[list[Name], Meta(min_length=1, max_length=ITEMS_MAX)]


class AnalysisInput(Input, frozen=True):
    """One question. What a method does not take is refused, so that nothing asked is ignored."""

    method: Method
    # every method but `lines` is about one subject
    subject: Name | None = None
    # lines: one of the two, and how near is near (临界生)
    line_marks: MarksOf | None = None
    places: Annotated[int, Meta(ge=1, le=1_000_000)] | None = None
    near_marks: MarksOf | None = None
    # assigned: none of these has a default that an official text would bear out
    scheme: Annotated[str, Meta(max_length=40)] | None = None
    boundary: Boundary | None = None
    tie: Tie | None = None
    one_score: OneScore | None = None
    model: Model | None = None
    # dif: the schools whose pupils are studied beside all others, or those of one tier
    focal_school_ids: Annotated[list[UUID], Meta(min_length=1, max_length=SCHOOLS_MAX)] | None = (
        None
    )
    focal_tier: Annotated[str, Meta(max_length=40)] | None = None
    # mastery: by school unless told; by pupil only a school, of its own
    by: By | None = None
    # dif: match on items that function alike only, found in rounds
    purify: bool | None = None
    other: Other | None = None
    how: How | None = None
    smoothed_degree: Annotated[int, Meta(ge=1, le=10)] | None = None
    # trend: the exams before this one, the latest first, each linked to the one after it
    earlier: Annotated[list[Earlier], Meta(min_length=1, max_length=EARLIER_MAX)] | None = None
    # equating through anchors: labels that mean the same item in both papers
    anchors: Annotated[list[Name], Meta(min_length=1, max_length=ITEMS_MAX)] | None = None


class Source(msgspec.Struct, frozen=True):
    """The frozen marks a figure rests on."""

    exam_id: UUID
    subject: str | None
    paper_version: int | None
    snapshot_id: UUID
    snapshot_sha256: str


class Frame(msgspec.Struct, frozen=True):
    """The marks of one subject in a snapshot, a row per pupil present, in the snapshot's order."""

    subject: Subject
    marks: Marks  # half marks, pupils x items
    schools: list[str]  # of each row: the school's name
    classes: list[str]
    pupils: list[str]  # of each row: what tells the pupil apart within the exam
    tiers: dict[str, str]  # of each school
    ids: dict[str, UUID]  # of each school
    source: Source | None = None  # None: within a report, which names it itself
    counted: Mask | None = None  # which items count for whom (选做); None: all for everybody
    sent: Marks | None = None  # totals of schools that sent sums instead of rows

    @property
    def totals(self) -> Marks:
        """The totals in half marks."""
        found: Marks = self.marks.sum(axis=1)
        return found

    @property
    def everyone(self) -> Marks:
        """The totals in half marks, of rows and of sums."""
        if self.sent is None:
            return self.totals
        found: Marks = np.concatenate([self.totals, self.sent])
        return found


class Found(msgspec.Struct, frozen=True):
    """What a method found, before it is signed with its snapshot."""

    n: int
    parameters: dict[str, Any]
    figures: dict[str, Any]
    rows: list[dict[str, Any]]
    notes: list[Text] = []


class AnalysisView(msgspec.Struct, frozen=True):
    """One result. The same question to the same snapshot gives the same bytes.

    `scope`: `whole` for who runs the exam, `own` for a school that was sent the results.
    """

    method: Method
    scope: str
    n: int
    parameters: dict[str, Any]
    figures: dict[str, Any]
    rows: list[dict[str, Any]]
    notes: list[Text]
    sources: list[Source]
    code_version: str
