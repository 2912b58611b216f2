"""Joint exams: invitations, results, releases (联考与评价).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class AcceptanceAcceptance(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    answer_until_at: dt.datetime | None
    open: bool
    subjects: list[SubjectFigures]
    schools: list[SchoolAnswer]


class AcceptanceAnswers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    answers: list[SubjectAnswer]


class AnalysesBy(k.Word):
    """Of whom mastery is told."""

    SCHOOL = "school"
    CLASS = "class"
    PUPIL = "pupil"


class AnalysesSource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str | None
    paper_version: int | None
    snapshot_id: UUID
    snapshot_sha256: str


class AnalysisInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    method: Method
    subject: str | UnsetType | None = UNSET
    line_marks: float | UnsetType | None = UNSET
    places: int | UnsetType | None = UNSET
    near_marks: float | UnsetType | None = UNSET
    scheme: str | UnsetType | None = UNSET
    boundary: Boundary | UnsetType | None = UNSET
    tie: Tie | UnsetType | None = UNSET
    one_score: OneScore | UnsetType | None = UNSET
    model: Model | UnsetType | None = UNSET
    focal_school_ids: list[UUID] | UnsetType | None = UNSET
    focal_tier: str | UnsetType | None = UNSET
    by: AnalysesBy | UnsetType | None = UNSET
    purify: bool | UnsetType | None = UNSET
    other: Other | UnsetType | None = UNSET
    how: How | UnsetType | None = UNSET
    smoothed_degree: int | UnsetType | None = UNSET
    earlier: list[Earlier] | UnsetType | None = UNSET
    anchors: list[str] | UnsetType | None = UNSET


class AnalysisView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    method: Method
    scope: str
    n: int
    parameters: dict[str, Any]
    figures: dict[str, Any]
    rows: list[dict[str, Any]]
    notes: list[shared.Text]
    sources: list[AnalysesSource]
    code_version: str


class AppealInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    exam_number: str
    kind: AppealKind
    reason: str
    items: list[str] | UnsetType = UNSET


class AppealKind(k.Word):
    """What is asked: that the marks are added up again, or that answers are marked afresh."""

    RE_ADD = "re_add"
    RE_MARK = "re_mark"


class AppealStatus(k.Word):
    """The life of an appeal."""

    LODGED = "lodged"
    UPHELD = "upheld"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class AppealView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    exam_id: UUID
    release_id: UUID
    subject: str
    school_id: UUID
    school_name: str
    exam_number: str
    kind: AppealKind
    items: list[str]
    reason: str
    status: AppealStatus
    decided_because: str
    total_before: float
    total_after: float | None
    moved: list[MarkMoved]
    applied: bool
    lodged_at: dt.datetime
    decided_at: dt.datetime | None
    version: int
    actions: list[str]


class AppealsDecision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    uphold: bool
    because: str
    marks: list[AppealsMarkInput] | UnsetType = UNSET


class AppealsMarkInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    marks: float


class AssigningBand(Struct, frozen=True, kw_only=True, omit_defaults=True):
    level: str
    raw_lowest: int | None
    raw_highest: int | None
    lowest: int
    highest: int


class Boundary(k.Word):
    """How many a level's cumulative share may hold when a tied score straddles it."""

    AT_MOST = "at_most"
    AT_LEAST = "at_least"
    NEAREST = "nearest"


class Collects(k.Word):
    """What an exam may take in of each pupil."""

    SCORES = "scores"
    NONE = "none"


class Conversion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    exam_id: UUID
    exam_subject_id: UUID
    subject: str
    number: int
    snapshot_id: UUID
    snapshot_sha256: str
    scheme: str
    boundary: Boundary
    tie: Tie
    one_score: OneScore
    when_marks_change: WhenMarksChange
    because: str
    n: int
    bands: list[AssigningBand]
    made_at: dt.datetime


class ConversionInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    scheme: str
    boundary: Boundary
    tie: Tie | UnsetType = UNSET
    one_score: OneScore | UnsetType = UNSET
    when_marks_change: WhenMarksChange | UnsetType = UNSET
    because: str = ""


class ConversionList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    items: list[Conversion]


class ConversionUsed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    conversion_id: UUID
    number: int
    scheme: str
    source: str
    boundary: Boundary
    tie: Tie
    one_score: OneScore
    when_marks_change: WhenMarksChange
    snapshot_sha256: str
    bands: list[AssigningBand]


class Earlier(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str
    anchors: list[str]


class ExamInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    stage: shared.GatesStage
    grade: int
    purpose: shared.Purpose
    subjects: list[SubjectInput]
    term_last: bool = False


class ExamSummary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID | None
    title: str
    stage: shared.GatesStage
    grade: int
    purpose: shared.Purpose
    term_last: bool
    status: shared.ExamStatus
    created_at: dt.datetime
    version: int
    actions: list[str]


class ExamsCancellation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class ExamsItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    max_half_marks: int
    knowledge_point: str = ""
    ability: str = ""
    section: str = ""
    parent: str = ""
    kind: shared.ItemKind | UnsetType = UNSET
    step_half_marks: int = 1
    choice: str = ""
    target_percent: int | None = None


class ExamsSubject(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    subject: str
    paper_version: int
    excellent_percent: int
    pass_percent: int
    low_percent: int
    levels: list[shared.ExamsLevel]
    items: list[ExamsItem]
    choices: list[shared.ExamsChoice] = []
    starts_at: dt.datetime | None = None
    minutes: int | None = None


class Export(Struct, frozen=True, kw_only=True, omit_defaults=True):
    format: str
    release_id: UUID
    exam_id: UUID
    exam: str
    school_id: UUID
    school_code: str
    school: str
    contents: list[shared.GatesContent]
    cell_pupils_min: int
    released_with: str
    snapshot_sha256: str
    subjects: list[ExportedSubject]


class Exported(k.Word):
    """Which table of a release."""

    FIGURES = "figures"
    PUPILS = "pupils"


class ExportedRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_number: str
    class_label: str
    result: shared.Result
    half_marks: list[int] | None
    left_out: list[int] = []


class ExportedSubject(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: ExamsSubject
    paper_version: int
    part_sha256: str
    rows: list[ExportedRow]
    sums: Sums | None
    figures: StatisticsFigures | None
    pupils: Pupils | None
    conversion: Conversion | None = None


class GateList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[GateState]


class GateRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    gate: str
    allowed: bool
    collects: Collects
    contents: list[shared.GatesContent]
    in_school_year_max: int | None
    because: str
    version: int
    updated_at: dt.datetime


class GateRuleInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str
    allowed: bool | UnsetType | None = UNSET
    collects: Collects | UnsetType | None = UNSET
    contents: list[shared.GatesContent] | UnsetType | None = UNSET
    in_school_year_max: int | UnsetType | None = UNSET


class GateState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    stages: list[shared.GatesStage]
    grades: list[int]
    purposes: list[shared.Purpose]
    joint: bool | None
    term_last: bool | None
    allowed: bool
    collects: Collects
    contents: list[shared.GatesContent]
    in_school_year_max: int | None
    article: shared.GatesArticle
    stricter: GateRule | None
    version: int


class GradeLevel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    grade: str
    from_percent: int


class GradeShare(Struct, frozen=True, kw_only=True, omit_defaults=True):
    grade: str
    from_percent: int
    share: float | None


class GroupFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    suppressed: bool
    schools: int
    figures: StatisticsFigures | None


class GroupView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    figures: GroupFigures


class How(k.Word):
    """How two papers are put on one scale."""

    MEAN = "mean"
    LINEAR = "linear"
    EQUIPERCENTILE = "equipercentile"
    TUCKER = "tucker"
    LEVINE = "levine"
    CHAINED = "chained"
    CHAINED_EQUIPERCENTILE = "chained_equipercentile"


class Invitation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_ids: list[UUID] | UnsetType | None = UNSET
    all: bool = False


class ItemFigure(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    max_marks: float
    p: float | None
    rest_r: float | None
    discriminates: bool
    n: int | None = None


class ItemInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    max_marks: float
    knowledge_point: str = ""
    ability: str = ""


class Language(k.Word):
    """The language of a page or a workbook; JSON says everything in both."""

    EN = "en"
    ZH = "zh"


class LateAnswers(Struct, frozen=True, kw_only=True, omit_defaults=True):
    answers: list[SubjectAnswer]
    because: str


class Lines(Struct, frozen=True, kw_only=True, omit_defaults=True):
    excellent_percent: int = 85
    pass_percent: int = 60
    low_percent: int = 40


class MarkMoved(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    before: float
    after: float


class Method(k.Word):
    """What can be worked out of a frozen snapshot."""

    SCORES = "scores"
    SCORE_TABLE = "score_table"
    LINES = "lines"
    ASSIGNED = "assigned"
    ITEMS = "items"
    RELIABILITY = "reliability"
    IRT = "irt"
    DIF = "dif"
    MASTERY = "mastery"
    DIFFERENCES = "differences"
    EQUATING = "equating"
    TREND = "trend"
    VALUE_ADDED = "value_added"
    PROGRESS = "progress"


class Model(k.Word):
    """Which slopes are free: one common, or one per item (2PL; graded for marks above 1)."""

    RASCH = "rasch"
    N2PL = "2pl"


class NamedView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    letter: str
    school_id: UUID
    school_name: str
    figures: PeerFigures


class OneScore(k.Word):
    """What a level in which only one raw score occurs is given."""

    MAX = "max"
    MIN = "min"
    MEAN = "mean"


class Other(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str


class OwnView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    letter: str
    figures: StatisticsFigures


class PeerFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    suppressed: bool
    n_band: str | None
    participation: float | None = None
    mean: float | None = None
    sd: float | None = None
    lower_quartile: float | None = None
    median: float | None = None
    upper_quartile: float | None = None
    rates: list[Rate] = []
    grades: list[GradeShare] = []
    snapshot_sha256: str = ""
    code_version: str = ""


class PeerView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    letter: str
    figures: PeerFigures


class PupilRow(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    exam_number: str
    class_label: str
    result: str
    grade: str | None
    total_marks: float | None
    joint_rank: int | None
    assigned_marks: int | None = None


class Pupils(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_numbers: list[str]
    class_labels: list[str]
    results: list[shared.Result]
    grades: list[str] | None
    total_half_marks: list[int | None] | None
    joint_ranks: list[int | None] | None
    assigned_marks: list[int | None] | None = None


class PupilsView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    release_id: UUID
    items: list[PupilRow]
    version: int


class Rate(Struct, frozen=True, kw_only=True, omit_defaults=True):
    line: str
    percent: int
    share: float | None


class Recipient(k.Word):
    """For whom."""

    PUPIL = "pupil"
    CLASS = "class"
    TEACHER = "teacher"
    SCHOOL = "school"
    GROUP = "group"


class Refreeze(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class ReleaseInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    recipients: list[UUID] | Literal["participants", "public"] | UnsetType = UNSET
    embargo_until_at: dt.datetime | UnsetType | None = UNSET
    appeals_until_at: dt.datetime | UnsetType | None = UNSET
    contents: list[shared.GatesContent] | UnsetType | None = UNSET


class ReleaseStatus(k.Word):
    """Whether a release stands."""

    RELEASED = "released"
    WITHDRAWN = "withdrawn"


class ReleaseSummary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    exam_id: UUID
    title: str
    status: ReleaseStatus
    contents: list[shared.GatesContent]
    embargo_until_at: dt.datetime | None
    appeals_until_at: dt.datetime | None
    stale: bool
    released_at: dt.datetime
    version: int
    actions: list[str]


class ReleaseView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    exam_id: UUID
    title: str
    status: ReleaseStatus
    contents: list[shared.GatesContent]
    recipients: list[UUID]
    snapshot_sha256: str
    frozen_at: dt.datetime
    code_version: str
    cell_pupils_min: int
    embargo_until_at: dt.datetime | None
    appeals_until_at: dt.datetime | None
    stale: bool
    released_at: dt.datetime
    withdrawn_at: dt.datetime | None
    withdrawn_because: str
    methods: dict[str, shared.Text]
    own: list[OwnView]
    others: list[PeerView]
    group: list[GroupView]
    schools: list[NamedView]
    version: int
    actions: list[str]
    conversions: list[ConversionUsed] = []


class ReportsForm(k.Word):
    """json, xlsx or html (to print)."""

    JSON = "json"
    XLSX = "xlsx"
    HTML = "html"


class ResultsTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str
    dry_run: bool
    rows: int
    schools: int
    present: int
    absent: int
    void: int
    exempt: int
    replaced: int
    status: shared.ExamStatus


class Schedule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subjects: list[SubjectHour] | UnsetType = UNSET
    answer_until_at: dt.datetime | UnsetType | None = UNSET


class SchoolAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_name: str
    subject: str
    status: shared.Participation
    answered_at: dt.datetime | None
    late_because: str


class SnapshotView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    exam_id: UUID
    number: int
    snapshot_sha256: str
    frozen_at: dt.datetime
    candidates: int
    schools: int
    schools_without_results: list[str]
    status: shared.ExamStatus


class StagesBecause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class StatisticsBasis(Struct, frozen=True, kw_only=True, omit_defaults=True):
    n: int
    snapshot_sha256: str
    paper_version: int
    code_version: str


class StatisticsFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    n_present: int
    n_absent: int | None
    n_void: int | None
    n_exempt: int | None
    participation: float | None
    full_marks: float
    mean: float | None
    sd: float | None
    lower_quartile: float | None
    median: float | None
    upper_quartile: float | None
    rates: list[Rate]
    grades: list[GradeShare]
    items: list[ItemFigure]
    alpha: float | None
    basis: StatisticsBasis
    n_by_item: int | None = None


class StatisticsVerification(Struct, frozen=True, kw_only=True, omit_defaults=True):
    release_id: UUID
    scope: Literal["whole", "own"]
    snapshot_sha256: str
    released_with: str
    verified_with: str
    parts_checked: int
    figures_checked: int
    equal: bool
    differences: list[str]


class StatisticsWithdrawal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class SubjectAnswer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    accept: bool


class SubjectFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    invited: int
    accepted: int
    declined: int


class SubjectHour(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    starts_at: dt.datetime | None
    minutes: int | UnsetType | None = UNSET


class SubjectInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    items: list[ItemInput]
    lines: Lines | UnsetType = UNSET
    levels: list[GradeLevel] | UnsetType | None = UNSET


class Sums(Struct, frozen=True, kw_only=True, omit_defaults=True):
    lowest: int
    counts: list[int]
    absent: int
    void: int
    exempt: int


class SumsInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_code: str
    subject: str
    totals: list[TotalCount]
    absent: int = 0
    void: int = 0
    exempt: int = 0


class SumsTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str
    school_id: UUID
    n_present: int
    mean: float | None
    status: shared.ExamStatus


class Tie(k.Word):
    """`nearest` with two equally near scores: let more in, or fewer."""

    MORE = "more"
    FEWER = "fewer"


class TotalCount(Struct, frozen=True, kw_only=True, omit_defaults=True):
    marks: float
    pupils: int


class WhenMarksChange(k.Word):
    """What becomes of the table when an appeal changes marks after it was made."""

    KEEP = "keep"
    RENEW = "renew"


def accept_exam(exam_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[shared.ExamView]:
    """Take part with your school in every subject.

    Possible until the hour set for it, and until the roster is locked or results come in.
    """
    return k.ask(
        "acceptExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/accept", exam_id=exam_id),
        k.read_json(shared.ExamView),
        once=True,
        key=idempotency_key,
    )


def analyse_exam(exam_id: UUID, body: AnalysisInput) -> k.Asked[AnalysisView]:
    """Work a figure out of the frozen results of all schools.

    Each result names method, parameters, n, snapshot and code; asked again: the same bytes.
    """
    return k.ask(
        "analyseExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/analyses", exam_id=exam_id),
        k.read_json(AnalysisView),
        body=body,
    )


def analyse_release(release_id: UUID, body: AnalysisInput) -> k.Asked[AnalysisView]:
    """Work a figure out of your own pupils' released results.

    A school's own part of the snapshot that was released; who runs the exam gets the whole.
    """
    return k.ask(
        "analyseRelease",
        "POST",
        k.path_of("/v1/releases/{release_id}/analyses", release_id=release_id),
        k.read_json(AnalysisView),
        body=body,
    )


def annotate_scores(
    exam_id: UUID, body: bytes, *, subject: str | None = None, content_type: str = "text/csv"
) -> k.Asked[k.Content]:
    """Get a sheet of marks back with its problems beside each row.

    A dry run answered by the file, CSV or XLSX as it came, with a column 问题/problem.
    """
    return k.ask(
        "annotateScores",
        "POST",
        k.path_of("/v1/exams/{exam_id}/scores/annotated", exam_id=exam_id),
        k.read_content,
        query={"subject": subject},
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def answer_exam_subjects(
    exam_id: UUID, body: AcceptanceAnswers, *, idempotency_key: str | None = None
) -> k.Asked[shared.ExamView]:
    """Accept or decline single subjects for your school.

    Subjects that are not named stay as they were.
    """
    return k.ask(
        "answerExamSubjects",
        "PUT",
        k.path_of("/v1/exams/{exam_id}/answers", exam_id=exam_id),
        k.read_json(shared.ExamView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def answer_in_place_of_school(
    exam_id: UUID, school_id: UUID, body: LateAnswers, *, idempotency_key: str | None = None
) -> k.Asked[shared.ExamView]:
    """Answer in a school's place, with a reason.

    For the organiser, after the deadline; the reason is kept and shown to the school.
    """
    return k.ask(
        "answerInPlaceOfSchool",
        "PUT",
        k.path_of(
            "/v1/exams/{exam_id}/schools/{school_id}/answers", exam_id=exam_id, school_id=school_id
        ),
        k.read_json(shared.ExamView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def archive_exam(exam_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[shared.ExamView]:
    """Close an exam for good.

    Nothing changes any more.
    """
    return k.ask(
        "archiveExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/archive", exam_id=exam_id),
        k.read_json(shared.ExamView),
        once=True,
        key=idempotency_key,
    )


def begin_marking(exam_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[shared.ExamView]:
    """Begin marking.

    From the sitting, or back from verification.
    """
    return k.ask(
        "beginMarking",
        "POST",
        k.path_of("/v1/exams/{exam_id}/begin-marking", exam_id=exam_id),
        k.read_json(shared.ExamView),
        once=True,
        key=idempotency_key,
    )


def cancel_exam(
    exam_id: UUID, body: ExamsCancellation, *, idempotency_key: str | None = None
) -> k.Asked[shared.ExamView]:
    """Call an exam off.

    Possible until the results are frozen.
    """
    return k.ask(
        "cancelExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/cancel", exam_id=exam_id),
        k.read_json(shared.ExamView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def close_sitting(exam_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[shared.ExamView]:
    """Close the sitting.

    Whoever was recorded absent, void, exempt or late has that as a result.
    """
    return k.ask(
        "closeSitting",
        "POST",
        k.path_of("/v1/exams/{exam_id}/sit", exam_id=exam_id),
        k.read_json(shared.ExamView),
        once=True,
        key=idempotency_key,
    )


def convert_marks(
    exam_id: UUID, body: ConversionInput, *, idempotency_key: str | None = None
) -> k.Asked[Conversion]:
    """Make the table of assigned marks of a subject.

    Of the frozen marks; it stands when an appeal changes single marks, unless told
    otherwise.
    """
    return k.ask(
        "convertMarks",
        "POST",
        k.path_of("/v1/exams/{exam_id}/conversions", exam_id=exam_id),
        k.read_json(Conversion),
        body=body,
        once=True,
        key=idempotency_key,
    )


def create_exam(body: ExamInput, *, idempotency_key: str | None = None) -> k.Asked[shared.ExamView]:
    """Set up an exam.

    The office sets up joint exams, a school its own; the law decides which there can be.
    """
    return k.ask(
        "createExam",
        "POST",
        "/v1/exams",
        k.read_json(shared.ExamView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def decide_appeal(
    appeal_id: UUID, body: AppealsDecision, *, idempotency_key: str | None = None
) -> k.Asked[AppealView]:
    """Answer an appeal.

    Upheld with the marks that change, or rejected; the reason is told to the school.
    """
    return k.ask(
        "decideAppeal",
        "POST",
        k.path_of("/v1/appeals/{appeal_id}/decide", appeal_id=appeal_id),
        k.read_json(AppealView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def decline_exam(exam_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[shared.ExamView]:
    """Stay out with your school.

    Possible until the hour set for it, and until the roster is locked or results come in.
    """
    return k.ask(
        "declineExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/decline", exam_id=exam_id),
        k.read_json(shared.ExamView),
        once=True,
        key=idempotency_key,
    )


def export_release(
    release_id: UUID, *, content: Exported | None = None, format: Any | None = None
) -> k.Asked[k.Content]:
    """A table of a release as a file, logged and marked.

    Every row names who took it, when, and `export/<id>`: `GET /v1/audit?thing=` finds that.
    """
    return k.ask(
        "exportRelease",
        "GET",
        k.path_of("/v1/releases/{release_id}/export", release_id=release_id),
        k.read_content,
        query={"content": content, "format": format},
        accept="*/*",
    )


def freeze_exam(exam_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[SnapshotView]:
    """Freeze the results in a snapshot.

    The snapshot never changes again; its hash stands beside every later figure.
    """
    return k.ask(
        "freezeExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/freeze", exam_id=exam_id),
        k.read_json(SnapshotView),
        once=True,
        key=idempotency_key,
    )


def get_acceptance(exam_id: UUID) -> k.Asked[AcceptanceAcceptance]:
    """Who takes part in which subject.

    The figures count all schools; a school sees its own answers, the organiser everyone's.
    """
    return k.ask(
        "getAcceptance",
        "GET",
        k.path_of("/v1/exams/{exam_id}/acceptance", exam_id=exam_id),
        k.read_json(AcceptanceAcceptance),
    )


def get_appeal(appeal_id: UUID) -> k.Asked[AppealView]:
    """One appeal and its answer.

    With the items whose marks changed, and whether a snapshot holds them yet.
    """
    return k.ask(
        "getAppeal",
        "GET",
        k.path_of("/v1/appeals/{appeal_id}", appeal_id=appeal_id),
        k.read_json(AppealView),
    )


def get_exam(exam_id: UUID) -> k.Asked[shared.ExamView]:
    """One exam with its papers and schools.

    A school sees itself among the schools, the organiser sees all.
    """
    return k.ask(
        "getExam",
        "GET",
        k.path_of("/v1/exams/{exam_id}", exam_id=exam_id),
        k.read_json(shared.ExamView),
    )


def get_own_part(release_id: UUID) -> k.Asked[Export]:
    """Your own school's part of a release, to be worked out anew without us.

    Rows without names, papers and published figures: `schoolgroup verify --export` reads
    it.
    """
    return k.ask(
        "getOwnPart",
        "GET",
        k.path_of("/v1/releases/{release_id}/own-part", release_id=release_id),
        k.read_json(Export),
    )


def get_release(release_id: UUID) -> k.Asked[ReleaseView]:
    """One release: your own figures, the others without a name.

    A school sees itself and anonymous others, the organiser sees schools by name.
    """
    return k.ask(
        "getRelease",
        "GET",
        k.path_of("/v1/releases/{release_id}", release_id=release_id),
        k.read_json(ReleaseView),
    )


def get_released_pupils(release_id: UUID) -> k.Asked[PupilsView]:
    """Your own school's pupils in a release.

    By exam number, with what the law lets be told: in compulsory education, grades.
    """
    return k.ask(
        "getReleasedPupils",
        "GET",
        k.path_of("/v1/releases/{release_id}/pupils", release_id=release_id),
        k.read_json(PupilsView),
    )


def get_report(
    release_id: UUID,
    *,
    recipient: Any | None = None,
    form: Any | None = None,
    lang: Language | None = None,
    subject: str | None = None,
    class_label: str | None = None,
    exam_number: str | None = None,
    names: bool | None = None,
    prior_release_id: UUID | None = None,
    wright: bool | None = None,
) -> k.Asked[str | k.Content]:
    """A report for a pupil, class, teacher, school or the group.

    What the release tells this recipient, no more; the same request gives the same bytes.
    """
    return k.ask(
        "getReport",
        "GET",
        k.path_of("/v1/releases/{release_id}/report", release_id=release_id),
        k.read_either(str),
        query={
            "recipient": recipient,
            "form": form,
            "lang": lang,
            "subject": subject,
            "class_label": class_label,
            "exam_number": exam_number,
            "names": names,
            "prior_release_id": prior_release_id,
            "wright": wright,
        },
        accept="*/*",
    )


def import_scores(
    exam_id: UUID,
    body: bytes,
    *,
    subject: str | None = None,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[ResultsTaken]:
    """Import item marks of one subject from CSV or XLSX.

    The body is the file: school_code, exam_number, class, status, then a column per item.
    """
    return k.ask(
        "importScores",
        "POST",
        k.path_of("/v1/exams/{exam_id}/scores", exam_id=exam_id),
        k.read_json(ResultsTaken),
        query={"subject": subject, "dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def invite_to_exam(
    exam_id: UUID, body: Invitation, *, idempotency_key: str | None = None
) -> k.Asked[shared.ExamView]:
    """Invite schools to a joint exam.

    Integrated schools take part by membership, partner schools are asked.
    """
    return k.ask(
        "inviteToExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/invite", exam_id=exam_id),
        k.read_json(shared.ExamView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def list_appeals(
    exam_id: UUID,
    *,
    status: AppealStatus | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[AppealView]]:
    """Appeals of an exam: all for who runs it, its own for a school.

    The newest first.
    """
    return k.ask(
        "listAppeals",
        "GET",
        k.path_of("/v1/exams/{exam_id}/appeals", exam_id=exam_id),
        k.read_json(k.Page[AppealView]),
        query={"status": status, "limit": limit, "cursor": cursor},
    )


def list_conversions(exam_id: UUID) -> k.Asked[ConversionList]:
    """The tables of assigned marks of an exam.

    By subject, the newest first; a school finds the one used in its release.
    """
    return k.ask(
        "listConversions",
        "GET",
        k.path_of("/v1/exams/{exam_id}/conversions", exam_id=exam_id),
        k.read_json(ConversionList),
    )


def list_exam_gates() -> k.Asked[GateList]:
    """Which exams the law and the group allow.

    In the order in which they are tried: the first that fits an exam decides.
    """
    return k.ask("listExamGates", "GET", "/v1/exam-gates", k.read_json(GateList))


def list_exams(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[ExamSummary]]:
    """Exams you may see, the newest first.

    The office sees the group's exams, a school those it takes part in or runs.
    """
    return k.ask(
        "listExams",
        "GET",
        "/v1/exams",
        k.read_json(k.Page[ExamSummary]),
        query={"limit": limit, "cursor": cursor},
    )


def list_releases(
    *, exam_id: UUID | None = None, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[ReleaseSummary]]:
    """Releases you may read, the newest first.

    A release stands here from its hour on, and no longer once it is withdrawn.
    """
    return k.ask(
        "listReleases",
        "GET",
        "/v1/releases",
        k.read_json(k.Page[ReleaseSummary]),
        query={"exam_id": exam_id, "limit": limit, "cursor": cursor},
    )


def lodge_appeal(
    release_id: UUID, body: AppealInput, *, idempotency_key: str | None = None
) -> k.Asked[AppealView]:
    """Doubt a mark of one of your pupils.

    Until the hour set with the release; by exam number, without a name.
    """
    return k.ask(
        "lodgeAppeal",
        "POST",
        k.path_of("/v1/releases/{release_id}/appeals", release_id=release_id),
        k.read_json(AppealView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def open_registration(
    exam_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[shared.ExamView]:
    """Open registration of candidates.

    The seed of the draw is sealed now; its hash is shown with the roster.
    """
    return k.ask(
        "openRegistration",
        "POST",
        k.path_of("/v1/exams/{exam_id}/register", exam_id=exam_id),
        k.read_json(shared.ExamView),
        once=True,
        key=idempotency_key,
    )


def refreeze_exam(
    exam_id: UUID, body: Refreeze, *, idempotency_key: str | None = None
) -> k.Asked[SnapshotView]:
    """Freeze anew with the marks of upheld appeals.

    A new snapshot with its hash; releases of the old one say that they are stale.
    """
    return k.ask(
        "refreezeExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/refreeze", exam_id=exam_id),
        k.read_json(SnapshotView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def release_results(
    exam_id: UUID, body: ReleaseInput, *, idempotency_key: str | None = None
) -> k.Asked[ReleaseView]:
    """Release frozen results to schools.

    What the law keeps back - ranks, scores, the public - cannot be released by anyone.
    """
    return k.ask(
        "releaseResults",
        "POST",
        k.path_of("/v1/exams/{exam_id}/releases", exam_id=exam_id),
        k.read_json(ReleaseView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def reopen_exam(
    exam_id: UUID, body: StagesBecause, *, idempotency_key: str | None = None
) -> k.Asked[shared.ExamView]:
    """Open frozen results again.

    The snapshot stays; freezing again makes the next one.
    """
    return k.ask(
        "reopenExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/reopen", exam_id=exam_id),
        k.read_json(shared.ExamView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def restore_exam_gate(
    gate_name: str, *, version: int, idempotency_key: str | None = None
) -> k.Asked[GateState]:
    """Take the group's rule back.

    The law alone decides again.
    """
    return k.ask(
        "restoreExamGate",
        "DELETE",
        k.path_of("/v1/exam-gates/{gate_name}", gate_name=gate_name),
        k.read_json(GateState),
        version=version,
        once=True,
        key=idempotency_key,
    )


def schedule_exam(
    exam_id: UUID, body: Schedule, *, idempotency_key: str | None = None
) -> k.Asked[shared.ExamView]:
    """Set the hours of an exam.

    Until when schools answer, and when each subject begins; sealed papers open then.
    """
    return k.ask(
        "scheduleExam",
        "PUT",
        k.path_of("/v1/exams/{exam_id}/schedule", exam_id=exam_id),
        k.read_json(shared.ExamView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def send_sums(
    exam_id: UUID, body: SumsInput, *, idempotency_key: str | None = None
) -> k.Asked[SumsTaken]:
    """Send how often each total occurs instead of pupils' rows.

    No pupil's row leaves the school; every figure of totals follows exactly, none of items.
    """
    return k.ask(
        "sendSums",
        "POST",
        k.path_of("/v1/exams/{exam_id}/sums", exam_id=exam_id),
        k.read_json(SumsTaken),
        body=body,
        once=True,
        key=idempotency_key,
    )


def tighten_exam_gate(
    gate_name: str, body: GateRuleInput, *, version: int, idempotency_key: str | None = None
) -> k.Asked[GateState]:
    """Be stricter than the law.

    A rule only takes away. If-Match is the version shown; 0 where the group has no rule
    yet.
    """
    return k.ask(
        "tightenExamGate",
        "PUT",
        k.path_of("/v1/exam-gates/{gate_name}", gate_name=gate_name),
        k.read_json(GateState),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def verify_exam(exam_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[shared.ExamView]:
    """Hand the results over for verification.

    Possible once nothing is left to mark and everyone on the roster has a result
    everywhere.
    """
    return k.ask(
        "verifyExam",
        "POST",
        k.path_of("/v1/exams/{exam_id}/verify", exam_id=exam_id),
        k.read_json(shared.ExamView),
        once=True,
        key=idempotency_key,
    )


def verify_release(release_id: UUID) -> k.Asked[StatisticsVerification]:
    """Work a release out anew from its snapshot and compare.

    The organiser verifies everything, a school its own part.
    """
    return k.ask(
        "verifyRelease",
        "GET",
        k.path_of("/v1/releases/{release_id}/verify", release_id=release_id),
        k.read_json(StatisticsVerification),
    )


def withdraw_appeal(appeal_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[AppealView]:
    """Take an appeal back.

    Before it is decided; another may be lodged in its place.
    """
    return k.ask(
        "withdrawAppeal",
        "POST",
        k.path_of("/v1/appeals/{appeal_id}/withdraw", appeal_id=appeal_id),
        k.read_json(AppealView),
        once=True,
        key=idempotency_key,
    )


def withdraw_release(
    release_id: UUID, body: StatisticsWithdrawal, *, idempotency_key: str | None = None
) -> k.Asked[ReleaseView]:
    """Take a release back.

    It stays as a trace for the organiser; the results can be released again.
    """
    return k.ask(
        "withdrawRelease",
        "POST",
        k.path_of("/v1/releases/{release_id}/withdraw", release_id=release_id),
        k.read_json(ReleaseView),
        body=body,
        once=True,
        key=idempotency_key,
    )
