"""Planning the marking of an item: its rules, its pool, and opening it."""

from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.limits import service as limits
from schoolgroup.evaluation.marking.models import (
    Balance,
    Duty,
    MarkerStatus,
    Medium,
    PlanRow,
    PlanStatus,
    ThresholdUnit,
)
from schoolgroup.evaluation.marking.plans import queries
from schoolgroup.evaluation.marking.plans.models import (
    Labels,
    PlanInput,
    PlanRules,
    Plans,
    PlanView,
    PointView,
    Pool,
    PoolInput,
)
from schoolgroup.evaluation.marking.plans.rules import (
    PlanInvalid,
    check_marking,
    check_running,
    checked,
    scoring,
    subject_of,
)
from schoolgroup.evaluation.marking.rules import OPENING, allotments
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, Problem, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

S = PlanStatus
MANY_TURNS = 1000
PLAN: Machine[PlanStatus] = Machine(
    "the marking",
    [
        Transition("change", "marking:run", (S.DRAFT, S.OPEN), S.DRAFT),
        # again: takes in candidates who came late, or opens what was complete
        Transition("open", "marking:run", (S.DRAFT, S.OPEN, S.COMPLETE), S.OPEN),
        Transition("take", "marking:mark", (S.OPEN,), S.OPEN),
        Transition("arbitrate", "marking:arbitrate", (S.OPEN,), S.OPEN),
    ],
)


class AlreadyPlanned(Conflict):
    """The item has its marking already."""

    code = "already_planned"
    title = Text("The item's marking is planned already", "该题已有阅卷安排")
    remedy = Text("Change the plan that is there.", "请修改已有的阅卷安排。")


class RulesFixed(Conflict):
    """Scripts are being marked by these rules already."""

    code = "rules_fixed"
    title = Text("The rules of marking stand", "评分规则已定")
    remedy = Text(
        "Mode, threshold, third mark, step, points and medium stay; change leases, checks, shares.",
        "评卷模式、误差、三评规则、步长、采分点与介质不可更改，可调整领取时限、抽检与份额。",
    )


class NothingToMark(Conflict):
    """The exam has no candidates yet whose scripts could be marked."""

    code = "nothing_to_mark"
    title = Text("There are no scripts", "没有可评阅的答卷")
    remedy = Text("Enter the candidates first.", "请先录入考生。")


class NobodyToMark(Conflict):
    """The pool lacks somebody the mode needs, from two schools at least."""

    code = "nobody_to_mark"
    title = Text("The pool is not complete", "阅卷组人员不全")
    remedy = Text(
        "Take in markers, a leader or arbiter where the mode needs one, from two or more schools.",
        "请补充阅卷员，以及该模式所需的题组长或仲裁员，且来自两所以上学校。",
    )


class PoolInvalid(Invalid):
    """Somebody cannot be taken into the pool."""

    code = "pool_invalid"
    remedy = Text(
        "Name people in their appointment at a school; a member stays with that school.",
        "请指定在该校任职的人员；已在组内者不可更换学校。",
    )


class MarkingUnfinished(Conflict):
    """Scripts of the exam are still being marked."""

    code = "marking_unfinished"
    title = Text("Marking is not finished", "阅卷尚未完成")
    remedy = Text("Complete the marking of every subject first.", "请先完成各科阅卷。")


refuse_by_constraint("one_plan_per_item", AlreadyPlanned)
refuse_by_constraint("marking_unfinished", MarkingUnfinished)


async def create(tx: Tx, exam_id: UUID, data: PlanInput) -> PlanView:
    """Plan the marking of one item of a joint exam.

    Raises NotJoint (a school's own scripts cannot be marked by other schools only), ForbiddenByLaw
    where no pupil's result may be collected, PlanInvalid, AlreadyPlanned, WrongState.
    """
    exam = await exams.fetch_locked(tx, exam_id, "marking:plan")
    if exam.school_id is not None:
        raise exams.NotJoint
    check_running(exam.status)
    exam_rules.check_collects(await limits.gate_in_force(tx, exam.gate), f"exam/{exam_id}")
    paper = subject_of(await exams.papers(tx, exam_id), data.subject)
    labels = [item.label for item in paper.items]
    label = exam_rules.plain(data.label)
    if label not in labels:
        problem = Problem("/label", "unknown_item", f"{label} is no item of the paper")
        raise PlanInvalid(problems=[problem])
    at = labels.index(label)
    columns = checked(data, paper.items[at].max_half_marks)
    plan_id = new_id()
    position = at + 1
    await queries.insert_plan(
        tx, plan_id, exam_id, paper.id, paper.paper_version, position, columns
    )
    plan = await fetch(tx, plan_id, "marking:read")
    await record(tx, "marking.planned", "marking:plan", plan)
    return view(tx, plan)


async def fetch(tx: Tx, plan_id: UUID, act: str) -> PlanRow:
    """The plan, if the caller may do `act` to it. Raises NotFound, NotAllowed."""
    plan = await queries.get_plan(tx, plan_id)
    require_found(plan, f"marking_plan/{plan_id}", act)
    assert plan is not None
    require(tx, act, plan.relations, thing=f"marking_plan/{plan_id}", see="marking:read")
    return plan


async def fetch_locked(tx: Tx, plan_id: UUID, act: str) -> PlanRow:
    """The same, and nobody else changes the plan until this transaction ends."""
    await fetch(tx, plan_id, act)
    async with tx.as_system():  # a leader may not change the row, and so not lock it either
        await queries.lock_plan(tx, plan_id)
    return await fetch(tx, plan_id, act)


async def get(tx: Tx, plan_id: UUID) -> PlanView:
    """One plan."""
    return view(tx, await fetch(tx, plan_id, "marking:read"))


async def list_plans(tx: Tx, exam_id: UUID) -> Plans:
    """The plans of an exam the caller may see."""
    if not (found := await queries.list_plans(tx, exam_id)):
        await exams.fetch(tx, exam_id, "exam:read")
    return Plans([view(tx, plan) for plan in found])


async def change(tx: Tx, plan_id: UUID, data: PlanRules, version: int) -> PlanView:
    """Other rules; once marking is open, only those of leases, checks and shares.

    Raises WrongState, StaleVersion, PlanInvalid, RulesFixed.
    """
    plan = await fetch_locked(tx, plan_id, "marking:run")
    check_version(version, plan.version)
    PLAN.step(plan.status, "change")
    columns = checked(data, plan.max_half_marks)
    if plan.status is PlanStatus.OPEN and columns[: len(scoring(plan))] != scoring(plan):
        raise RulesFixed
    await queries.change_plan(tx, plan_id, columns)
    plan = await fetch(tx, plan_id, "marking:read")
    if plan.status is PlanStatus.OPEN:
        await _allot(tx, plan)
    await record(tx, "marking.changed", "marking:run", plan)
    return view(tx, plan)


async def add_markers(tx: Tx, plan_id: UUID, data: PoolInput) -> Pool:
    """Take people into the pool or change their duty. Raises PoolInvalid naming each problem."""
    plan = await fetch_locked(tx, plan_id, "marking:run")
    appointed = await queries.list_appointed(tx, data.markers)
    problems = [
        Problem(f"/markers/{n}", "not_appointed", "nobody with an appointment at that school")
        for n, one in enumerate(data.markers)
        if (one.person_id, one.school_id) not in appointed
    ]
    if not problems:
        calibrates = plan.calibration_of > 0
        for n, one in enumerate(data.markers):
            fresh = calibrates and one.duty is Duty.MARKER
            status = MarkerStatus.CALIBRATING if fresh else MarkerStatus.LIVE
            if not await queries.upsert_marker(
                tx, plan_id, one.person_id, one.school_id, one.duty, status
            ):
                told = "in the pool for another school"
                problems.append(Problem(f"/markers/{n}", "other_school", told))
    if problems:
        raise PoolInvalid(problems=problems)
    await queries.upsert_shares(tx, plan_id, [(s.school_id, s.weight) for s in data.shares])
    if plan.status is PlanStatus.OPEN:
        await _allot(tx, plan)
    await record(tx, "marking.pool_changed", "marking:run", plan)
    return await _pool(tx, plan_id)


async def pool(tx: Tx, plan_id: UUID) -> Pool:
    """Who marks the item: for those who lead or organise it."""
    await fetch(tx, plan_id, "marking:lead")
    async with tx.as_system():  # the leader's own school sees only its own markers
        return await _pool(tx, plan_id)


async def open_plan(tx: Tx, plan_id: UUID) -> PlanView:
    """Begin marking: every candidate's script gets its turns, every school its share.

    Again: scripts of candidates who came late are taken in, a complete item opens once more.
    Raises WrongState, NothingToMark, NobodyToMark.
    """
    plan = await fetch_locked(tx, plan_id, "marking:run")
    status = PLAN.step(plan.status, "open")
    check_marking(plan.exam_status)
    await _check_pool(tx, plan)
    on_paper = plan.medium is Medium.PAPER
    await exams.refresh_statistics(tx)
    await queries.add_scripts(tx, plan, None, on_paper)
    if await queries.add_turns(tx, plan, OPENING[plan.mode], not on_paper) >= MANY_TURNS:
        await queries.refresh_statistics(tx)
    if not await queries.count_scripts(tx, plan_id):
        raise NothingToMark
    await _allot(tx, plan)
    await queries.move_plan(tx, plan_id, status)
    plan = await fetch(tx, plan_id, "marking:read")
    await record(tx, "marking.opened", "marking:run", plan)
    return view(tx, plan)


async def labels(tx: Tx, plan_id: UUID) -> Labels:
    """The blind codes for marking on paper; reading them is entered in the audit trail."""
    plan = await fetch(tx, plan_id, "marking:run")
    found = await queries.list_labels(tx, plan_id)
    thing = f"marking_plan/{plan_id}"
    await journal.enter(tx, "marking:run", thing, "done", {"labels": len(found)})
    return Labels(plan.id, found)


def view(tx: Tx, plan: PlanRow) -> PlanView:
    """A plan as the caller may see it."""
    in_marks = plan.threshold_unit is ThresholdUnit.HALF_MARKS
    given = msgspec.structs.asdict(plan)
    shared = {name: given[name] for name in PlanView.__struct_fields__ if name in given}
    return PlanView(
        **shared,
        max_marks=plan.max_half_marks / 2,
        threshold_marks=plan.threshold / 2 if in_marks else None,
        threshold_percent=None if in_marks else plan.threshold,
        step_marks=plan.step_half_marks / 2,
        tolerance_marks=plan.tolerance_half_marks / 2,
        points=[
            PointView(label, most / 2)
            for label, most in zip(plan.point_labels, plan.point_half_marks, strict=True)
        ],
        actions=PLAN.actions(plan.status, lambda act: may(tx, act, plan.relations)),
    )


async def record(
    tx: Tx, event: str, act: str, plan: PlanRow, data: dict[str, object] | None = None
) -> None:
    """Announce what happened to an item's marking, to the office alone; never a mark."""
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"marking_plan/{plan.id}",
        version=plan.version,
        data={"exam_id": plan.exam_id, "plan_id": plan.id, **(data or {})},
    )


async def _pool(tx: Tx, plan_id: UUID) -> Pool:
    return Pool(
        plan_id, await queries.list_pool(tx, plan_id), await queries.list_shares(tx, plan_id)
    )


async def _check_pool(tx: Tx, plan: PlanRow) -> None:
    there = [m for m in await queries.list_pool(tx, plan.id) if m.status is not MarkerStatus.LEFT]
    duties = {m.duty for m in there}
    needs_leader = Duty.LEADER in OPENING[plan.mode].values()
    marks = {Duty.MARKER, Duty.LEADER} & duties
    if not marks or (needs_leader and Duty.LEADER not in duties):
        raise NobodyToMark
    if len({m.school_id for m in there}) < 2:
        raise NobodyToMark  # nobody marks the own school's scripts


async def _allot(tx: Tx, plan: PlanRow) -> None:
    """Reckon anew what each school's markers are to do of the turns open to every marker."""
    known = {share.school_id: share.weight for share in await queries.list_shares(tx, plan.id)}
    if plan.balance is Balance.NONE:
        return
    scripts = await queries.count_scripts(tx, plan.id)
    turns = sum(1 for duty in OPENING[plan.mode].values() if duty is Duty.MARKER)
    schools = await queries.list_marking_schools(tx, plan.id)
    total = sum(scripts.values())
    capacity = {s: turns * (total - scripts.get(s, 0)) for s in schools}
    by_candidates = plan.balance is Balance.CANDIDATES
    weight = {s: scripts.get(s, 0) if by_candidates else known.get(s, 0) for s in schools}
    parts = allotments(turns * total, capacity, weight)
    await queries.set_allotted(
        tx, plan.id, [(s, min(weight[s], 1_000_000), parts[s]) for s in schools]
    )
