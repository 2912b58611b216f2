"""Words that all of marking shares."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.gates import Stage
from schoolgroup.evaluation.exams.models import ExamStatus

Reason = Annotated[str, Meta(min_length=1, max_length=500)]
# given in steps of half a mark
Marks = Annotated[float, Meta(ge=0, le=300, multiple_of=0.5)]


class Mode(StrEnum):
    """Who marks an item, in the trade's notation 评卷模式 (rules.settle says what each means)."""

    SINGLE = "1"
    CHECKED = "1+1"
    CHECKED_ARBITER = "1+1+1"
    DOUBLE = "2+1"
    DOUBLE_THIRD = "2+1+1"


class ThresholdUnit(StrEnum):
    """What the threshold counts."""

    HALF_MARKS = "half_marks"
    PERCENT = "percent"


class ThirdRule(StrEnum):
    """What a third mark does that is equally far from both: the sources do not say."""

    HIGHER = "higher"
    LOWER = "lower"
    ARBITRATE = "arbitrate"


class Duty(StrEnum):
    """What a member of the pool may take: marker 阅卷员, leader 题组长, arbiter 仲裁员."""

    MARKER = "marker"
    LEADER = "leader"
    ARBITER = "arbiter"


class MarkerStatus(StrEnum):
    """Where a marker stands with an item."""

    CALIBRATING = "calibrating"
    LIVE = "live"
    PAUSED = "paused"
    LEFT = "left"


class PlanStatus(StrEnum):
    """The life of an item's marking."""

    DRAFT = "draft"
    OPEN = "open"
    COMPLETE = "complete"


class Medium(StrEnum):
    """What a marker looks at."""

    IMAGE = "image"
    PAPER = "paper"


class Balance(StrEnum):
    """How the work is spread over the markers' schools."""

    CANDIDATES = "candidates"
    SET = "set"
    NONE = "none"


class Purpose(StrEnum):
    """Why a script is in a marker's hands; the marker is not told."""

    LIVE = "live"
    SEED = "seed"
    CALIBRATION = "calibration"
    RECHECK = "recheck"


class SettledBy(StrEnum):
    """Which rule made a script's mark final."""

    SINGLE = "single"
    CHECKED = "checked"
    MEAN = "mean"
    NEARER = "nearer"
    ARBITER = "arbiter"


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """The rules an item's marks are settled by. `threshold` in half marks or percent."""

    mode: Mode
    threshold: int
    threshold_unit: ThresholdUnit
    third_rule: ThirdRule
    max_half_marks: int


class PlanRow(msgspec.Struct, frozen=True, kw_only=True):
    """An item's plan as stored, with its exam's state and the relations of whoever asks."""

    id: UUID
    exam_id: UUID
    exam_subject_id: UUID
    paper_version: int
    position: int
    subject: str
    label: str
    max_half_marks: int
    status: PlanStatus
    mode: Mode
    threshold: int
    threshold_unit: ThresholdUnit
    third_rule: ThirdRule
    step_half_marks: int
    point_labels: list[str]
    point_half_marks: list[int]
    medium: Medium
    lease_minutes: int
    seed_percent: int
    recheck_percent: int
    tolerance_half_marks: int
    pause_outside_max: int
    pause_window: int
    calibration_pass: int
    calibration_of: int
    balance: Balance
    arbiter_sees_marks: bool
    exam_status: ExamStatus
    exam_stage: Stage
    exam_title: str
    version: int
    relations: int

    @property
    def scheme(self) -> Scheme:
        """The part of it that settles marks."""
        return Scheme(
            mode=self.mode,
            threshold=self.threshold,
            threshold_unit=self.threshold_unit,
            third_rule=self.third_rule,
            max_half_marks=self.max_half_marks,
        )
