"""What is said of exams: what comes in, what goes out, and the rows in between."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.gates import Article, Content, Purpose, Stage
from schoolgroup.kernel.http import Input

SUBJECTS_MAX, ITEMS_MAX, SCHOOLS_MAX = 20, 200, 500
ITEM_MARKS_MAX = 300

Percent = Annotated[int, Meta(ge=0, le=100)]
Name = Annotated[str, Meta(min_length=1, max_length=40)]
Reason = Annotated[str, Meta(min_length=1, max_length=2000)]


class ExamStatus(StrEnum):
    """The life of an exam 考试状态 (evaluation.md section 2)."""

    DRAFT = "draft"
    INVITED = "invited"
    REGISTERING = "registering"
    ROSTERED = "rostered"
    SAT = "sat"
    MARKING = "marking"
    VERIFYING = "verifying"
    FROZEN = "frozen"
    RELEASED = "released"
    ARCHIVED = "archived"
    CANCELLED = "cancelled"


class Participation(StrEnum):
    """Where a school stands with an exam."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class ItemKind(StrEnum):
    """How an item is scored: by its key, or by a marker 客观题/主观题."""

    OBJECTIVE = "objective"
    SUBJECTIVE = "subjective"


class ChoiceRule(StrEnum):
    """Which optional items count where more were answered than asked for 多做时计分规则."""

    FIRST = "first"  # the first answered, in the order of the paper
    BEST = "best"  # those with the most marks; the first of equals


class Choice(Input, frozen=True):
    """A group of optional items 选做题: `choose` of them count."""

    name: Name
    choose: Annotated[int, Meta(ge=1, le=20)]
    rule: ChoiceRule = ChoiceRule.FIRST


class ItemInput(Input, frozen=True):
    """One item 小题 of a paper; marks go in steps of 0.5."""

    label: Name
    max_marks: Annotated[float, Meta(ge=0.5, le=ITEM_MARKS_MAX, multiple_of=0.5)]
    knowledge_point: Annotated[str, Meta(max_length=200)] = ""
    ability: Annotated[str, Meta(max_length=100)] = ""

    @property
    def max_half_marks(self) -> int:
        """The maximum in whole half marks; the input has been held to steps of 0.5."""
        return round(self.max_marks * 2)


class Lines(Input, frozen=True):
    """Lines of excellence, pass and low marks 优秀/及格/低分线, in percent of the full marks."""

    excellent_percent: Percent = 85
    pass_percent: Percent = 60
    low_percent: Annotated[int, Meta(ge=1, le=100)] = 40


class GradeLevel(Input, frozen=True):
    """One grade 等级 and the percent of the full marks it begins at; the last begins at 0."""

    grade: Annotated[str, Meta(min_length=1, max_length=10)]
    from_percent: Percent


class SubjectInput(Input, frozen=True):
    """One subject's paper. Without grade levels: A from 85, B from 70, C from 60, D below."""

    subject: Name
    items: Annotated[list[ItemInput], Meta(min_length=1, max_length=ITEMS_MAX)]
    lines: Lines = Lines()
    levels: Annotated[list[GradeLevel], Meta(min_length=4, max_length=5)] | None = None


class ExamInput(Input, frozen=True):
    """An exam to set up. `term_last`: it falls into the last term before graduation."""

    title: Annotated[str, Meta(min_length=1, max_length=200)]
    stage: Stage
    grade: Annotated[int, Meta(ge=1, le=12)]
    purpose: Purpose
    subjects: Annotated[list[SubjectInput], Meta(min_length=1, max_length=SUBJECTS_MAX)]
    term_last: bool = False


class Invitation(Input, frozen=True):
    """Whom to invite: the named schools, or all of the group that teach the stage."""

    school_ids: Annotated[list[UUID], Meta(min_length=1, max_length=SCHOOLS_MAX)] | None = None
    all: bool = False


class Cancellation(Input, frozen=True):
    """Why an exam does not take place."""

    because: Reason


class Item(msgspec.Struct, frozen=True):
    """One item of a paper; knowledge point and ability are shown to its makers until frozen.

    `parent`: the label of the item it is a part of; `choice`: the group of optional items it is in.
    """

    label: str
    max_half_marks: int
    knowledge_point: str = ""
    ability: str = ""
    section: str = ""
    parent: str = ""
    kind: ItemKind = ItemKind.SUBJECTIVE
    step_half_marks: int = 1
    choice: str = ""
    target_percent: int | None = None


class Level(msgspec.Struct, frozen=True):
    """A grade and the percent of the full marks it begins at."""

    grade: str
    from_percent: int


class Subject(msgspec.Struct, frozen=True):
    """One subject of an exam with the paper version in force."""

    id: UUID
    subject: str
    paper_version: int
    excellent_percent: int
    pass_percent: int
    low_percent: int
    levels: list[Level]
    items: list[Item]
    choices: list[Choice] = []
    starts_at: datetime | None = None
    minutes: int | None = None

    @property
    def full_half_marks(self) -> int:
        """The full marks of the paper, in half marks; of optional items those that count."""
        full = sum(item.max_half_marks for item in self.items if not item.choice)
        for choice in self.choices:
            most = (item.max_half_marks for item in self.items if item.choice == choice.name)
            full += sum(sorted(most, reverse=True)[: choice.choose])
        return full


class SchoolRow(msgspec.Struct, frozen=True):
    """A school that could be invited; `tier` null: not in the group today."""

    school_id: UUID
    name: str
    tier: str | None
    stages: list[str]


class Participant(msgspec.Struct, frozen=True):
    """A school and its answer."""

    school_id: UUID
    school_code: str
    school_name: str
    status: Participation
    answered_at: datetime | None
    letter: str | None


class ExamRow(msgspec.Struct, frozen=True):
    """An exam as stored, with the relations and the answer of whoever asks."""

    id: UUID
    school_id: UUID | None
    owner_name: str
    title: str
    stage: Stage
    grade: int
    purpose: Purpose
    term_last: bool
    gate: str
    status: ExamStatus
    cancelled_because: str
    answer_until_at: datetime | None
    version: int
    created_at: datetime
    updated_at: datetime
    standing: Participation | None
    relations: int


class ItemView(msgspec.Struct, frozen=True):
    """One item as shown."""

    label: str
    max_marks: float
    knowledge_point: str | None
    ability: str | None
    section: str
    parent: str
    kind: ItemKind
    choice: str


class SubjectView(msgspec.Struct, frozen=True):
    """One subject as shown."""

    subject: str
    paper_version: int
    full_marks: float
    excellent_percent: int
    pass_percent: int
    low_percent: int
    levels: list[Level]
    items: list[ItemView]
    choices: list[Choice]
    starts_at: datetime | None
    minutes: int | None


class ParticipantView(msgspec.Struct, frozen=True):
    """A school that was invited: schools see themselves, the organiser sees all."""

    school_id: UUID
    school_name: str
    status: Participation
    answered_at: datetime | None


class GateView(msgspec.Struct, frozen=True):
    """What the law lets this exam do, and the article it rests on."""

    name: str
    collects: str
    contents: list[Content]
    article: Article


class ExamSummary(msgspec.Struct, frozen=True):
    """An exam in a list; `school_id` null: the group office runs it."""

    id: UUID
    school_id: UUID | None
    title: str
    stage: Stage
    grade: int
    purpose: Purpose
    term_last: bool
    status: ExamStatus
    created_at: datetime
    version: int
    actions: list[str]


class ExamView(msgspec.Struct, frozen=True):
    """An exam with its papers, its gate and its schools."""

    id: UUID
    school_id: UUID | None
    title: str
    stage: Stage
    grade: int
    purpose: Purpose
    term_last: bool
    status: ExamStatus
    cancelled_because: str
    answer_until_at: datetime | None
    gate: GateView
    subjects: list[SubjectView]
    schools: list[ParticipantView]
    created_at: datetime
    updated_at: datetime
    version: int
    actions: list[str]
