"""Whether an item can be marked that way, and when: pure decisions."""

from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams.models import ExamStatus, Subject
from schoolgroup.evaluation.marking.models import Medium, PlanRow, ThresholdUnit
from schoolgroup.evaluation.marking.plans.models import PlanRules
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import WrongState


class PlanInvalid(Invalid):
    """The item cannot be marked that way."""

    code = "marking_plan_invalid"


def check_running(status: ExamStatus) -> None:
    """Raise WrongState for an exam whose scripts are no longer, or not yet, marked."""
    if status not in exam_rules.BEFORE_FROZEN:
        raise WrongState(
            Text(f"the exam is {status}", f"考试当前为 {status}"), facts={"state": status}
        )


def check_marking(status: ExamStatus) -> None:
    """Raise WrongState unless the exam is at the stage of marking."""
    if status is not ExamStatus.MARKING:
        raise WrongState(
            Text(
                f"the exam is {status}: scripts are marked while it is marking",
                f"考试当前为 {status}，仅在阅卷阶段评阅",
            ),
            facts={"state": status},
        )


def subject_of(papers: list[Subject], name: str) -> Subject:
    """The paper of a subject. Raises PlanInvalid."""
    plain = exam_rules.plain(name)
    for paper in papers:
        if paper.subject == plain:
            return paper
    raise PlanInvalid(problems=[Problem("/subject", "unknown_subject", f"no subject {plain}")])


def checked(data: PlanRules, max_half_marks: int) -> tuple[object, ...]:
    """The rules as columns, in the order of the statements. Raises PlanInvalid."""
    problems = []
    if (data.threshold_marks is None) == (data.threshold_percent is None):
        told = "send either threshold_marks or threshold_percent"
        problems.append(Problem("/threshold_marks", "one_threshold", told))
    step = round(2 * data.step_marks)
    if max_half_marks % step:
        told = f"{data.step_marks:g} does not go into {max_half_marks / 2:g}"
        problems.append(Problem("/step_marks", "step_does_not_fit", told))
    points = [round(2 * point.max_marks) for point in data.points]
    names = [point.label for point in data.points]
    if points and sum(points) != max_half_marks:
        told = f"the points come to {sum(points) / 2:g}, the item to {max_half_marks / 2:g}"
        problems.append(Problem("/points", "points_do_not_add_up", told))
    if any(point % step for point in points):
        problems.append(Problem("/points", "step_does_not_fit", "the step goes into each point"))
    if len(set(names)) != len(names):
        problems.append(Problem("/points", "point_twice", "each point has its own label"))
    if data.calibration_pass > data.calibration_of:
        told = "not more than calibration_of"
        problems.append(Problem("/calibration_pass", "out_of_range", told))
    if data.pause_outside_max > data.pause_window:
        problems.append(Problem("/pause_outside_max", "out_of_range", "not above pause_window"))
    if data.medium is Medium.PAPER and (data.seed_percent or data.calibration_of):
        told = "known scripts need images: 0 for marking on paper"
        problems.append(Problem("/seed_percent", "needs_images", told))
    if data.medium is Medium.PAPER and data.recheck_percent:
        told = "re-marks need images: 0 for marking on paper"
        problems.append(Problem("/recheck_percent", "needs_images", told))
    if problems:
        raise PlanInvalid(problems=problems)
    in_marks = data.threshold_marks is not None
    threshold = round(2 * data.threshold_marks) if in_marks else data.threshold_percent  # type: ignore[operator]  # checked above
    return (
        data.mode,
        threshold,
        ThresholdUnit.HALF_MARKS if in_marks else ThresholdUnit.PERCENT,
        data.third_rule,
        step,
        names,
        points,
        data.medium,
        data.lease_minutes,
        data.seed_percent,
        data.recheck_percent,
        round(2 * data.tolerance_marks),
        data.pause_outside_max,
        data.pause_window,
        data.calibration_pass,
        data.calibration_of,
        data.balance,
        data.arbiter_sees_marks,
    )


def scoring(plan: PlanRow) -> tuple[object, ...]:
    """The rules that are the same for every script, in the order of `checked`."""
    return (
        plan.mode,
        plan.threshold,
        plan.threshold_unit,
        plan.third_rule,
        plan.step_half_marks,
        plan.point_labels,
        plan.point_half_marks,
        plan.medium,
    )
