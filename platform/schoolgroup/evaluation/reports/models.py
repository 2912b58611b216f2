"""A report before it is written down: sections of tables and plots, each saying what it rests on.

One structure for every recipient and every form: the JSON is this structure, the workbook and the
page are drawings of it, so that the same figure stands in all three.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import msgspec

from schoolgroup.evaluation.assigning.models import Conversion
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.results.models import Part, Result, Sums
from schoolgroup.evaluation.statistics.models import (
    Figures,
    GroupFigures,
    PeerFigures,
    Pupils,
    ReleaseRow,
)
from schoolgroup.kernel.texts import Text


class Recipient(StrEnum):
    """For whom a report is."""

    PUPIL = "pupil"
    CLASS = "class"
    TEACHER = "teacher"
    SCHOOL = "school"
    GROUP = "group"


class Form(StrEnum):
    """How a report is written."""

    JSON = "json"
    XLSX = "xlsx"
    HTML = "html"


class Language(StrEnum):
    """The language of a page or a workbook; JSON says everything in both."""

    EN = "en"
    ZH = "zh"


class Sign(StrEnum):
    """Why a cell holds no figure; never 0, never blank."""

    SUPPRESSED = "suppressed"  # too few pupils, or solvable from others
    NO_VALUE = "no_value"  # the formula has no value here (nobody present, nothing varies)
    NOT_TOLD = "not_told"  # this recipient is not told it


class Withheld(msgspec.Struct, frozen=True):
    """A cell without a figure, and why."""

    sign: Sign


SUPPRESSED, NO_VALUE, NOT_TOLD = (Withheld(sign) for sign in Sign)
Cell = float | int | str | bool | Text | Withheld


class Column(msgspec.Struct, frozen=True):
    """One column. `decimals`: how a page rounds it (JSON and XLSX hold the figure itself)."""

    key: str
    label: Text
    decimals: int = 2
    percent: bool = False


class Table(msgspec.Struct, frozen=True):
    """Rows of cells under columns."""

    columns: list[Column]
    rows: list[list[Cell]]


class Bar(msgspec.Struct, frozen=True):
    """One bar of a distribution: a grade, or marks from `low` to below `high`."""

    label: str
    n: int
    low: float | None = None
    high: float | None = None


class Distribution(msgspec.Struct, frozen=True, tag="distribution"):
    """How many pupils stand where."""

    axis: Text
    bars: list[Bar]
    mean: float | None = None


class Interval(msgspec.Struct, frozen=True):
    """One school's value and how sure it is; nulls: suppressed."""

    label: Text
    value: float | None
    low: float | None
    high: float | None
    own: bool = False


class Intervals(msgspec.Struct, frozen=True, tag="intervals"):
    """Schools beside each other, in the order of their labels: never in one of their values."""

    axis: Text
    of: list[Interval]
    reference: float | None
    reference_label: Text


class ItemPoint(msgspec.Struct, frozen=True):
    """One item on the map."""

    label: str
    p: float
    rest_r: float
    discriminates: bool


class ItemMap(msgspec.Struct, frozen=True, tag="item_map"):
    """Difficulty against discrimination."""

    points: list[ItemPoint]


class Location(msgspec.Struct, frozen=True):
    """Where an item (or one of its steps) lies on the scale of ability."""

    label: str
    at: float


class Wright(msgspec.Struct, frozen=True, tag="wright"):
    """Pupils and items on one scale (Wright map)."""

    pupils: list[Bar]
    items: list[Location]


Plot = Distribution | Intervals | ItemMap | Wright


class Section(msgspec.Struct, frozen=True):
    """One table or plot with everything needed to defend it.

    `uncertainty` says how it is given, null where the figures are counts or exact descriptions.
    """

    key: str
    subject: str
    title: Text
    method: Text
    parameters: dict[str, object]
    n: int | None
    uncertainty: Text | None
    snapshot_sha256: list[str]
    code_version: str
    table: Table
    plot: Plot | None = None
    notes: list[Text] = []


class Report(msgspec.Struct, frozen=True):
    """A report over one release for one recipient."""

    recipient: Recipient
    of: Text  # whom it is about: a school, a class, an exam number
    release_id: UUID
    exam_id: UUID
    exam: str
    organiser: str
    contents: list[str]
    released_at: datetime
    frozen_at: datetime
    snapshot_sha256: str
    released_with: str
    report_version: str
    cell_pupils_min: int
    stale: bool
    withdrawn: bool
    sections: list[Section]
    notes: list[Text]


class Asked(msgspec.Struct, frozen=True):
    """What was asked for."""

    recipient: Recipient
    subject: str | None = None
    class_label: str | None = None
    exam_number: str | None = None
    names: bool = False
    prior_release_id: UUID | None = None
    wright: bool = False


class Named(msgspec.Struct, frozen=True):
    """A pupil's name by exam number, as the own school has it."""

    exam_number: str
    name: str


class Prior(msgspec.Struct, frozen=True):
    """The earlier released exam of value-added: its marks of the same subjects, by name."""

    snapshot_sha256: str
    subjects: dict[str, Subject]
    parts: Sequence[Part]


class Ground(msgspec.Struct, frozen=True):
    """Everything a report is made from, of the release and nothing else.

    `own`: the acting school's figures by subject; `shared` by subject and letter; `labels`: what a
    letter may be called here (a school's name for who runs the exam, else the letter itself).
    `parts`: the snapshot's parts that the recipient may have computed with: its own, or all.
    """

    release: ReleaseRow
    asked: Asked
    subjects: Sequence[Subject]
    own: dict[UUID, Figures]
    shared: dict[tuple[UUID, str], PeerFigures | GroupFigures]
    pupils: dict[UUID, Pupils]
    parts: dict[UUID, list[Part]]
    school_name: str
    letter: str
    labels: dict[str, Text]
    letters: dict[UUID, str]
    exact_n: dict[tuple[UUID, str], int]
    names: dict[str, str]
    prior: Prior | None = None
    everyone: Sequence[Part] = ()


class SchoolName(msgspec.Struct, frozen=True):
    """What a school is called, in files and on paper."""

    code: str
    name: str


class ExportedRow(msgspec.Struct, frozen=True):
    """One pupil of the school: no name; `half_marks` null where absent or not released.

    `left_out`: positions of the optional items that do not count for the pupil.
    """

    exam_number: str
    class_label: str
    result: Result
    half_marks: list[int] | None
    left_out: list[int] = []


class ExportedSubject(msgspec.Struct, frozen=True):
    """One subject: the paper, the school's rows, and what was published of them."""

    subject: Subject
    paper_version: int
    part_sha256: str
    rows: list[ExportedRow]
    sums: Sums | None
    figures: Figures | None
    pupils: Pupils | None
    conversion: Conversion | None = None


class Export(msgspec.Struct, frozen=True):
    """A school's own part of a release as a file: enough to work it out anew without a server."""

    format: str
    release_id: UUID
    exam_id: UUID
    exam: str
    school_id: UUID
    school_code: str
    school: str
    contents: list[Content]
    cell_pupils_min: int
    released_with: str
    snapshot_sha256: str
    subjects: list[ExportedSubject]


class Checked(msgspec.Struct, frozen=True):
    """One published figure beside the one worked out anew; `equal` null: cannot be worked out."""

    subject: str
    of: str
    figure: str
    published: object
    recomputed: object
    equal: bool | None


class SealedRelease(msgspec.Struct, frozen=True):
    """What of a stored release is needed to work it out anew."""

    id: UUID
    exam_id: UUID
    title: str
    snapshot_id: UUID
    snapshot_sha256: str
    contents: list[Content]
    cell_pupils_min: int
    code_version: str
