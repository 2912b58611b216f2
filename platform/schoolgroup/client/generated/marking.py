"""Marking of scripts: plans, tasks, figures (阅卷).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class Abnormal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    kind: AbnormalKind
    note: str
    reported_at: dt.datetime
    decision: LeadDecision | None
    decided_because: str
    decided_at: dt.datetime | None


class AbnormalKind(k.Word):
    """Why a script cannot be marked 异常卷: 空白, 错位, 不清, 疑似作弊."""

    BLANK = "blank"
    WRONG_ITEM = "wrong_item"
    UNREADABLE = "unreadable"
    SUSPECTED_CHEATING = "suspected_cheating"


class AbnormalQueue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    items: list[Abnormal]


class Allotted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    weight: int
    turns_allotted: int | None


class ArbitrationQueue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    waiting: int
    items: list[Disputed]


class Area(Struct, frozen=True, kw_only=True, omit_defaults=True):
    page: int
    left: float
    top: float
    right: float
    bottom: float


class BatchInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    deposit_id: UUID


class BatchView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    exam_id: UUID
    school_id: UUID
    subject: str
    candidates: int
    cut: int
    left: int
    created_at: dt.datetime
    version: int
    actions: list[str]


class CompleteInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str


class Completed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str
    labels: list[str]
    candidates: int
    written: int
    rounded: int
    suspected: list[Suspected]


class CutWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    candidates: int = 20


class DecisionInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    decision: LeadDecision
    because: str
    marks: float | UnsetType | None = UNSET


class DeskMarkInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    marks: float | UnsetType | None = UNSET
    points: list[float] | UnsetType | None = UNSET


class DeskMarked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    task_id: UUID
    marks: float
    points: list[float]
    marked_at: dt.datetime


class Disputed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    marks: list[float] | None
    waiting_since_at: dt.datetime | None


class Duty(k.Word):
    """What a member of the pool may take: marker 阅卷员, leader 题组长, arbiter 仲裁员."""

    MARKER = "marker"
    LEADER = "leader"
    ARBITER = "arbiter"


class FiguresAgreement(Struct, frozen=True, kw_only=True, omit_defaults=True):
    pairs: int
    exact: float
    adjacent: float
    kappa: float | None
    severity: float
    severity_low: float | None
    severity_high: float | None


class FiguresFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    marked: int
    set_aside: int
    per_hour: float | None
    mean: float | None
    sd: float | None
    agreement: FiguresAgreement | None
    checks: int
    outside: int


class FiguresProgress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    items: list[ItemProgress]


class GivenBack(Struct, frozen=True, kw_only=True, omit_defaults=True):
    task_id: UUID


class ItemFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    markers: list[MarkerFigures]


class ItemProgress(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    subject: str
    label: str
    status: PlanStatus
    whole: Whole | None
    schools: list[OfSchool]


class LeadBecause(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class LeadDecision(k.Word):
    """What becomes of an abnormal script."""

    MARK_ON = "mark_on"
    FINAL = "final"


class MarkerFigures(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_id: UUID
    person_name: str
    school_id: UUID
    duty: Duty
    status: MarkerStatus
    paused_because: str
    figures: FiguresFigures


class MarkerInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_id: UUID
    school_id: UUID
    duty: Duty | UnsetType = UNSET


class MarkerState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    person_id: UUID
    status: MarkerStatus
    paused_because: str


class MarkerStatus(k.Word):
    """Where a marker stands with an item."""

    CALIBRATING = "calibrating"
    LIVE = "live"
    PAUSED = "paused"
    LEFT = "left"


class MarkerView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_id: UUID
    person_name: str
    school_id: UUID
    school_name: str
    duty: Duty
    status: MarkerStatus
    paused_because: str


class MarkingBalance(k.Word):
    """How the work is spread over the markers' schools."""

    CANDIDATES = "candidates"
    SET = "set"
    NONE = "none"


class Medium(k.Word):
    """What a marker looks at."""

    IMAGE = "image"
    PAPER = "paper"


class Mode(k.Word):
    """Who marks an item, in the trade's notation 评卷模式 (rules.settle says what each means)."""

    N1 = "1"
    N1_1 = "1+1"
    N1_1_1 = "1+1+1"
    N2_1 = "2+1"
    N2_1_1 = "2+1+1"


class OfSchool(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    scripts: int
    settled: int
    marks_given: int
    turns_allotted: int | None


class PlanInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    mode: Mode | UnsetType = UNSET
    threshold_marks: float | UnsetType | None = UNSET
    threshold_percent: int | UnsetType | None = UNSET
    third_rule: ThirdRule | UnsetType = UNSET
    step_marks: float = 0.5
    points: list[PointInput] | UnsetType = UNSET
    medium: Medium | UnsetType = UNSET
    lease_minutes: int = 20
    seed_percent: int = 2
    recheck_percent: int = 1
    tolerance_marks: float = 1
    pause_outside_max: int = 2
    pause_window: int = 5
    calibration_pass: int = 0
    calibration_of: int = 0
    balance: MarkingBalance | UnsetType = UNSET
    arbiter_sees_marks: bool = True
    subject: str
    label: str


class PlanRules(Struct, frozen=True, kw_only=True, omit_defaults=True):
    mode: Mode | UnsetType = UNSET
    threshold_marks: float | UnsetType | None = UNSET
    threshold_percent: int | UnsetType | None = UNSET
    third_rule: ThirdRule | UnsetType = UNSET
    step_marks: float = 0.5
    points: list[PointInput] | UnsetType = UNSET
    medium: Medium | UnsetType = UNSET
    lease_minutes: int = 20
    seed_percent: int = 2
    recheck_percent: int = 1
    tolerance_marks: float = 1
    pause_outside_max: int = 2
    pause_window: int = 5
    calibration_pass: int = 0
    calibration_of: int = 0
    balance: MarkingBalance | UnsetType = UNSET
    arbiter_sees_marks: bool = True


class PlanStatus(k.Word):
    """The life of an item's marking."""

    DRAFT = "draft"
    OPEN = "open"
    COMPLETE = "complete"


class PlanView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    exam_id: UUID
    subject: str
    label: str
    max_marks: float
    status: PlanStatus
    mode: Mode
    threshold_marks: float | None
    threshold_percent: int | None
    third_rule: ThirdRule
    step_marks: float
    points: list[PointView]
    medium: Medium
    lease_minutes: int
    seed_percent: int
    recheck_percent: int
    tolerance_marks: float
    pause_outside_max: int
    pause_window: int
    calibration_pass: int
    calibration_of: int
    balance: MarkingBalance
    arbiter_sees_marks: bool
    version: int
    actions: list[str]


class Plans(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[PlanView]


class PlansLabel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_number: str
    blind_code: str


class PlansLabels(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    items: list[PlansLabel]


class PointInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    max_marks: float


class PointView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    max_marks: float


class Pool(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    markers: list[MarkerView]
    allotted: list[Allotted]


class PoolInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    markers: list[MarkerInput]
    shares: list[ShareInput] | UnsetType = UNSET


class Region(Struct, frozen=True, kw_only=True, omit_defaults=True):
    page: int
    left: float
    top: float
    right: float
    bottom: float
    label: str


class RemarkInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    from_at: dt.datetime
    until_at: dt.datetime
    because: str


class Remarked(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    person_id: UUID
    set_aside: int


class ReportInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: AbnormalKind
    note: str = ""


class Reported(Struct, frozen=True, kw_only=True, omit_defaults=True):
    task_id: UUID
    kind: AbnormalKind


class Seed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    use: str
    known_marks: float | None
    known_because: str
    times_marked: int


class SeedKey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    marks: float
    because: str


class SeedWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    use: Literal["seed", "calibration"]
    count: int


class Seeds(Struct, frozen=True, kw_only=True, omit_defaults=True):
    plan_id: UUID
    items: list[Seed]


class ShareInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    weight: int


class Suspected(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_number: str
    label: str
    note: str


class TakeWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    blind_code: str | UnsetType | None = UNSET


class TaskView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    plan_id: UUID
    subject: str
    label: str
    max_marks: float
    step_marks: float
    points: list[PointView]
    medium: Medium
    blind_code: str | None
    leased_until_at: dt.datetime
    earlier_marks: list[float] | None
    actions: list[str]


class TemplateInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    subject: str
    pages: int
    regions: list[Region]
    name_areas: list[Area]


class TemplateView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str
    paper_version: int
    pages: int
    regions: list[Region]
    name_areas: list[Area]
    version: int


class ThirdRule(k.Word):
    """What a third mark does that is equally far from both: the sources do not say."""

    HIGHER = "higher"
    LOWER = "lower"
    ARBITRATE = "arbitrate"


class Whole(Struct, frozen=True, kw_only=True, omit_defaults=True):
    scripts: int
    settled: int
    marks: int
    open_turns: int
    in_hand: int
    thirds: int
    disputed: int
    abnormal: int
    without_image: int


def add_markers(
    plan_id: UUID, body: PoolInput, *, idempotency_key: str | None = None
) -> k.Asked[Pool]:
    """Take people into an item's pool.

    Markers, leaders and arbiters, each in the appointment at one school.
    """
    return k.ask(
        "addMarkers",
        "POST",
        k.path_of("/v1/marking/plans/{plan_id}/markers", plan_id=plan_id),
        k.read_json(Pool),
        body=body,
        once=True,
        key=idempotency_key,
    )


def change_marking_plan(
    plan_id: UUID, body: PlanRules, *, version: int, idempotency_key: str | None = None
) -> k.Asked[PlanView]:
    """Change how an item is marked.

    All rules anew; once marking is open, only those of leases, checks and shares.
    """
    return k.ask(
        "changeMarkingPlan",
        "PATCH",
        k.path_of("/v1/marking/plans/{plan_id}", plan_id=plan_id),
        k.read_json(PlanView),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def complete_marking(
    exam_id: UUID, body: CompleteInput, *, idempotency_key: str | None = None
) -> k.Asked[Completed]:
    """Write a subject's marks into its scores.

    Once every script is final: exact marks, rounded once at the total; again changes
    nothing.
    """
    return k.ask(
        "completeMarking",
        "POST",
        k.path_of("/v1/exams/{exam_id}/marking/complete", exam_id=exam_id),
        k.read_json(Completed),
        body=body,
        once=True,
        key=idempotency_key,
    )


def cut_scripts(
    batch_id: UUID, body: CutWish, *, idempotency_key: str | None = None
) -> k.Asked[BatchView]:
    """Cut the next candidates' pages into answers.

    Ask again until nothing is left; a request that dies is simply repeated.
    """
    return k.ask(
        "cutScripts",
        "POST",
        k.path_of("/v1/script-batches/{batch_id}/cut", batch_id=batch_id),
        k.read_json(BatchView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def decide_abnormal(
    report_id: UUID, body: DecisionInput, *, idempotency_key: str | None = None
) -> k.Asked[AbnormalQueue]:
    """Decide on an abnormal script.

    Mark on, or a final mark: never by who reported it or has marked it.
    """
    return k.ask(
        "decideAbnormal",
        "POST",
        k.path_of("/v1/marking/abnormal/{report_id}/decide", report_id=report_id),
        k.read_json(AbnormalQueue),
        body=body,
        once=True,
        key=idempotency_key,
    )


def dismiss_marker(
    plan_id: UUID, person_id: UUID, body: LeadBecause, *, idempotency_key: str | None = None
) -> k.Asked[MarkerState]:
    """Take a marker out of the pool.

    The marks given stay.
    """
    return k.ask(
        "dismissMarker",
        "POST",
        k.path_of(
            "/v1/marking/plans/{plan_id}/markers/{person_id}/dismiss",
            plan_id=plan_id,
            person_id=person_id,
        ),
        k.read_json(MarkerState),
        body=body,
        once=True,
        key=idempotency_key,
    )


def draw_seeds(
    plan_id: UUID, body: SeedWish, *, idempotency_key: str | None = None
) -> k.Asked[Seeds]:
    """Draw scripts to be known ones.

    By lot, from other schools than yours; they count once an expert has marked them.
    """
    return k.ask(
        "drawSeeds",
        "POST",
        k.path_of("/v1/marking/plans/{plan_id}/seeds", plan_id=plan_id),
        k.read_json(Seeds),
        body=body,
        once=True,
        key=idempotency_key,
    )


def get_abnormal_image(report_id: UUID) -> k.Asked[k.Link]:
    """The image of an abnormal script.

    A link that lives for a minute.
    """
    return k.ask(
        "getAbnormalImage",
        "GET",
        k.path_of("/v1/marking/abnormal/{report_id}/image", report_id=report_id),
        k.read_link,
        accept="*/*",
    )


def get_blind_codes(plan_id: UUID) -> k.Asked[PlansLabels]:
    """Blind codes for marking on paper.

    For the organiser to print and stick over the names; each reading is audited.
    """
    return k.ask(
        "getBlindCodes",
        "GET",
        k.path_of("/v1/marking/plans/{plan_id}/labels", plan_id=plan_id),
        k.read_json(PlansLabels),
    )


def get_marker_figures(plan_id: UUID) -> k.Asked[ItemFigures]:
    """How the markers of an item mark.

    Count, rate, mean, sd, agreement, kappa, severity with its interval; as of now.
    """
    return k.ask(
        "getMarkerFigures",
        "GET",
        k.path_of("/v1/marking/plans/{plan_id}/figures", plan_id=plan_id),
        k.read_json(ItemFigures),
    )


def get_marking_plan(plan_id: UUID) -> k.Asked[PlanView]:
    """How an item is marked.

    The rules, and what you may do now.
    """
    return k.ask(
        "getMarkingPlan",
        "GET",
        k.path_of("/v1/marking/plans/{plan_id}", plan_id=plan_id),
        k.read_json(PlanView),
    )


def get_marking_progress(exam_id: UUID) -> k.Asked[FiguresProgress]:
    """How far the marking of an exam is.

    By item, and by school: your own, or all where you organise it.
    """
    return k.ask(
        "getMarkingProgress",
        "GET",
        k.path_of("/v1/exams/{exam_id}/marking/progress", exam_id=exam_id),
        k.read_json(FiguresProgress),
    )


def get_own_marker_figures(plan_id: UUID) -> k.Asked[FiguresFigures]:
    """How you mark.

    The same of yourself alone.
    """
    return k.ask(
        "getOwnMarkerFigures",
        "GET",
        k.path_of("/v1/marking/plans/{plan_id}/figures/mine", plan_id=plan_id),
        k.read_json(FiguresFigures),
    )


def get_script_batch(batch_id: UUID) -> k.Asked[BatchView]:
    """How far the school's scripts are cut.

    Candidates in all, cut and left.
    """
    return k.ask(
        "getScriptBatch",
        "GET",
        k.path_of("/v1/script-batches/{batch_id}", batch_id=batch_id),
        k.read_json(BatchView),
    )


def get_script_image(task_id: UUID) -> k.Asked[k.Content]:
    """The image of the script in hand.

    The bytes themselves: a link's key would tell that a known or an own script is back.
    """
    return k.ask(
        "getScriptImage",
        "GET",
        k.path_of("/v1/marking/tasks/{task_id}/image", task_id=task_id),
        k.read_content,
        accept="*/*",
    )


def get_seed_image(seed_id: UUID) -> k.Asked[k.Link]:
    """The image of a known script.

    A link that lives for a minute.
    """
    return k.ask(
        "getSeedImage",
        "GET",
        k.path_of("/v1/marking/seeds/{seed_id}/image", seed_id=seed_id),
        k.read_link,
        accept="*/*",
    )


def get_task(task_id: UUID) -> k.Asked[TaskView]:
    """The script in hand.

    What it is out of, in which step, and until when.
    """
    return k.ask(
        "getTask",
        "GET",
        k.path_of("/v1/marking/tasks/{task_id}", task_id=task_id),
        k.read_json(TaskView),
    )


def give_script_back(task_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[GivenBack]:
    """Give the script in hand back.

    The next marker gets it.
    """
    return k.ask(
        "giveScriptBack",
        "POST",
        k.path_of("/v1/marking/tasks/{task_id}/give-back", task_id=task_id),
        k.read_json(GivenBack),
        once=True,
        key=idempotency_key,
    )


def key_seed(seed_id: UUID, body: SeedKey, *, idempotency_key: str | None = None) -> k.Asked[Seeds]:
    """Give a known script its mark.

    With the reason an expert has for it.
    """
    return k.ask(
        "keySeed",
        "POST",
        k.path_of("/v1/marking/seeds/{seed_id}/key", seed_id=seed_id),
        k.read_json(Seeds),
        body=body,
        once=True,
        key=idempotency_key,
    )


def list_abnormal(plan_id: UUID) -> k.Asked[AbnormalQueue]:
    """Abnormal scripts of an item.

    The undecided first, none of your own school.
    """
    return k.ask(
        "listAbnormal",
        "GET",
        k.path_of("/v1/marking/plans/{plan_id}/abnormal", plan_id=plan_id),
        k.read_json(AbnormalQueue),
    )


def list_disputed(plan_id: UUID) -> k.Asked[ArbitrationQueue]:
    """Scripts that wait for an arbiter.

    Their marks side by side where the plan shows them to arbiters.
    """
    return k.ask(
        "listDisputed",
        "GET",
        k.path_of("/v1/marking/plans/{plan_id}/arbitration", plan_id=plan_id),
        k.read_json(ArbitrationQueue),
    )


def list_markers(plan_id: UUID) -> k.Asked[Pool]:
    """An item's pool.

    Who marks, who is paused and why, and what each school is to do.
    """
    return k.ask(
        "listMarkers",
        "GET",
        k.path_of("/v1/marking/plans/{plan_id}/markers", plan_id=plan_id),
        k.read_json(Pool),
    )


def list_marking(exam_id: UUID) -> k.Asked[Plans]:
    """How the items of an exam are marked.

    The organiser sees all, a marker the own items, a school those of the exams it takes.
    """
    return k.ask(
        "listMarking",
        "GET",
        k.path_of("/v1/exams/{exam_id}/marking", exam_id=exam_id),
        k.read_json(Plans),
    )


def list_seeds(plan_id: UUID) -> k.Asked[Seeds]:
    """The known scripts of an item.

    With the mark each is known by, and how often it was marked.
    """
    return k.ask(
        "listSeeds",
        "GET",
        k.path_of("/v1/marking/plans/{plan_id}/seeds", plan_id=plan_id),
        k.read_json(Seeds),
    )


def mark_script(
    task_id: UUID, body: DeskMarkInput, *, idempotency_key: str | None = None
) -> k.Asked[DeskMarked]:
    """Mark the script in hand.

    Kept for ever; sending the same mark again changes nothing.
    """
    return k.ask(
        "markScript",
        "POST",
        k.path_of("/v1/marking/tasks/{task_id}/mark", task_id=task_id),
        k.read_json(DeskMarked),
        body=body,
        once=True,
        key=idempotency_key,
    )


def open_marking(plan_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[PlanView]:
    """Begin the marking of an item.

    Again: takes in candidates who came late, and opens a complete item once more.
    """
    return k.ask(
        "openMarking",
        "POST",
        k.path_of("/v1/marking/plans/{plan_id}/open", plan_id=plan_id),
        k.read_json(PlanView),
        once=True,
        key=idempotency_key,
    )


def pause_marker(
    plan_id: UUID, person_id: UUID, body: LeadBecause, *, idempotency_key: str | None = None
) -> k.Asked[MarkerState]:
    """Pause a marker.

    Nothing more is taken or handed in; a script in hand comes back by itself.
    """
    return k.ask(
        "pauseMarker",
        "POST",
        k.path_of(
            "/v1/marking/plans/{plan_id}/markers/{person_id}/pause",
            plan_id=plan_id,
            person_id=person_id,
        ),
        k.read_json(MarkerState),
        body=body,
        once=True,
        key=idempotency_key,
    )


def plan_marking(
    exam_id: UUID, body: PlanInput, *, idempotency_key: str | None = None
) -> k.Asked[PlanView]:
    """Plan the marking of an item.

    Mode, threshold, third mark, step, scoring points, leases and checks of one item.
    """
    return k.ask(
        "planMarking",
        "POST",
        k.path_of("/v1/exams/{exam_id}/marking", exam_id=exam_id),
        k.read_json(PlanView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def remark_scripts(
    plan_id: UUID, person_id: UUID, body: RemarkInput, *, idempotency_key: str | None = None
) -> k.Asked[Remarked]:
    """Have a marker's scripts marked clean.

    Marks of a time are kept and set aside; others mark the scripts anew.
    """
    return k.ask(
        "remarkScripts",
        "POST",
        k.path_of(
            "/v1/marking/plans/{plan_id}/markers/{person_id}/remark",
            plan_id=plan_id,
            person_id=person_id,
        ),
        k.read_json(Remarked),
        body=body,
        once=True,
        key=idempotency_key,
    )


def renew_task(task_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[TaskView]:
    """More time for the script in hand.

    The full time once more, from now.
    """
    return k.ask(
        "renewTask",
        "POST",
        k.path_of("/v1/marking/tasks/{task_id}/renew", task_id=task_id),
        k.read_json(TaskView),
        once=True,
        key=idempotency_key,
    )


def report_script(
    task_id: UUID, body: ReportInput, *, idempotency_key: str | None = None
) -> k.Asked[Reported]:
    """Report a script that cannot be marked.

    Blank, wrong item, unreadable or suspected cheating: a leader decides.
    """
    return k.ask(
        "reportScript",
        "POST",
        k.path_of("/v1/marking/tasks/{task_id}/report", task_id=task_id),
        k.read_json(Reported),
        body=body,
        once=True,
        key=idempotency_key,
    )


def resume_marker(
    plan_id: UUID, person_id: UUID, body: LeadBecause, *, idempotency_key: str | None = None
) -> k.Asked[MarkerState]:
    """Let a marker go on.

    What was missed before no longer counts.
    """
    return k.ask(
        "resumeMarker",
        "POST",
        k.path_of(
            "/v1/marking/plans/{plan_id}/markers/{person_id}/resume",
            plan_id=plan_id,
            person_id=person_id,
        ),
        k.read_json(MarkerState),
        body=body,
        once=True,
        key=idempotency_key,
    )


def send_scripts(
    exam_id: UUID, body: BatchInput, *, idempotency_key: str | None = None
) -> k.Asked[BatchView]:
    """Hand in the school's scanned scripts.

    A verified upload: a ZIP of pages by exam number. All problems are told at once.
    """
    return k.ask(
        "sendScripts",
        "POST",
        k.path_of("/v1/exams/{exam_id}/script-batches", exam_id=exam_id),
        k.read_json(BatchView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def set_script_template(
    exam_id: UUID, body: TemplateInput, *, idempotency_key: str | None = None
) -> k.Asked[TemplateView]:
    """Say where on the pages the answers are.

    Regions by item, and where names may stand: the two never touch.
    """
    return k.ask(
        "setScriptTemplate",
        "POST",
        k.path_of("/v1/exams/{exam_id}/script-template", exam_id=exam_id),
        k.read_json(TemplateView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def take_disputed(plan_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[TaskView]:
    """Take the next disputed script.

    Never one you have marked yourself; the mark you give is final.
    """
    return k.ask(
        "takeDisputed",
        "POST",
        k.path_of("/v1/marking/plans/{plan_id}/arbitration/take", plan_id=plan_id),
        k.read_json(TaskView),
        once=True,
        key=idempotency_key,
    )


def take_script(
    plan_id: UUID, body: TakeWish, *, idempotency_key: str | None = None
) -> k.Asked[TaskView]:
    """Take the next script of an item.

    Under a lease; who has one in hand gets the same again. Nothing tells whose it is.
    """
    return k.ask(
        "takeScript",
        "POST",
        k.path_of("/v1/marking/plans/{plan_id}/take", plan_id=plan_id),
        k.read_json(TaskView),
        body=body,
        once=True,
        key=idempotency_key,
    )
