"""A team leader's work: pausing and resuming markers, known scripts, abnormal scripts."""

from datetime import timedelta
from uuid import UUID

from msgspec.structs import replace

from schoolgroup.access.decisions import require_found
from schoolgroup.evaluation.marking.desk import check_queries, handing_in
from schoolgroup.evaluation.marking.desk import queries as desk_queries
from schoolgroup.evaluation.marking.desk import rules as desk_rules
from schoolgroup.evaluation.marking.desk import service as desk
from schoolgroup.evaluation.marking.desk.models import MarkerRow, MarkInput
from schoolgroup.evaluation.marking.desk.refusals import NoImage, OwnSchool
from schoolgroup.evaluation.marking.lead import queries
from schoolgroup.evaluation.marking.lead.models import (
    AbnormalQueue,
    Because,
    Decision,
    DecisionInput,
    MarkerState,
    Remarked,
    RemarkInput,
    ReportRow,
    SeedKey,
    Seeds,
    SeedWish,
)
from schoolgroup.evaluation.marking.models import Duty, MarkerStatus, Medium, PlanRow, PlanStatus
from schoolgroup.evaluation.marking.plans import queries as plan_queries
from schoolgroup.evaluation.marking.plans import service as plans
from schoolgroup.evaluation.marking.rules import ARBITER
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem
from schoolgroup.kernel.texts import Text


class AlreadyDecided(Conflict):
    """Somebody has decided on this script."""

    code = "already_decided"
    title = Text("It is decided already", "该异常卷已处理")
    remedy = Text("A decision stays; see the list of abnormal scripts.", "处理结果不可更改。")


class NothingSetAside(Conflict):
    """The marker has given no mark in that time that could be set aside."""

    code = "nothing_set_aside"
    title = Text("No marks in that time", "该时段无可作废的评分")
    remedy = Text("Name another time; what an arbiter decided stays.", "请更改时段；仲裁结果不变。")


# ── markers ────────────────────────────────────────────────────────────────────────────────────


async def pause(tx: Tx, plan_id: UUID, person_id: UUID, data: Because) -> MarkerState:
    """Let a marker hand nothing more in; a script in hand comes back by itself."""
    return await _set(tx, plan_id, person_id, MarkerStatus.PAUSED, data.because)


async def resume(tx: Tx, plan_id: UUID, person_id: UUID, data: Because) -> MarkerState:
    """Let a marker go on: through calibration once more where the item has one.

    What was missed before no longer counts for the next pause.
    """
    plan = await plans.fetch(tx, plan_id, "marking:lead")
    async with tx.as_system():
        marker = await _member(tx, plan, person_id)
    again = marker.paused_because.startswith("calibration") and plan.calibration_of > 0
    status = MarkerStatus.CALIBRATING if again else MarkerStatus.LIVE
    return await _set(tx, plan_id, person_id, status, data.because)


async def dismiss(tx: Tx, plan_id: UUID, person_id: UUID, data: Because) -> MarkerState:
    """Take someone out of the pool; the marks given stay."""
    return await _set(tx, plan_id, person_id, MarkerStatus.LEFT, data.because)


async def remark(tx: Tx, plan_id: UUID, person_id: UUID, data: RemarkInput) -> Remarked:
    """Have a marker's scripts of a time marked clean by others: the marks are kept and set aside.

    Scripts settled by an arbiter stay. Raises MarkingNotOpen, NothingSetAside.
    """
    plan = await plans.fetch_locked(tx, plan_id, "marking:lead")
    desk.check_open(plan)
    async with tx.as_system():
        await _member(tx, plan, person_id)
        count = await queries.set_marks_aside(
            tx, plan_id, person_id, data.from_at, data.until_at, data.because
        )
    if not count:
        raise NothingSetAside
    told: dict[str, object] = {"person_id": person_id, "set_aside": count}
    await plans.record(tx, "marking.set_aside", "marking:lead", plan, told)
    return Remarked(plan_id, person_id, count)


async def _set(
    tx: Tx, plan_id: UUID, person_id: UUID, status: MarkerStatus, because: str
) -> MarkerState:
    plan = await plans.fetch(tx, plan_id, "marking:lead")
    async with tx.as_system():
        await _member(tx, plan, person_id)
        await check_queries.set_marker(tx, plan_id, person_id, status, because, tx.now)
    told: dict[str, object] = {"person_id": person_id, "status": status}
    await plans.record(tx, "marking.marker_set", "marking:lead", plan, told)
    return MarkerState(plan_id, person_id, status, because)


async def _member(tx: Tx, plan: PlanRow, person_id: UUID) -> MarkerRow:
    marker = await desk_queries.lock_marker(tx, plan.id, person_id)
    if marker is None:
        raise NotFound
    return marker


# ── known scripts ──────────────────────────────────────────────────────────────────────────────


async def draw_seeds(tx: Tx, plan_id: UUID, data: SeedWish) -> Seeds:
    """Draw scripts by lot to be known ones, once an expert has marked them.

    Each is a copy under an id of its own, so nobody recognises it. Raises NothingToMark.
    """
    plan = await plans.fetch_locked(tx, plan_id, "marking:lead")
    async with tx.as_system():
        if plan.status is PlanStatus.DRAFT and plan.medium is Medium.IMAGE:
            await plan_queries.add_scripts(tx, plan, None, False)
        drawn = await queries.draw_seeds(tx, plan_id, tx.actor.school_id, data.use, data.count)
        if not drawn:
            raise plans.NothingToMark
        seeds = await queries.list_seeds(tx, plan_id)
    told: dict[str, object] = {"use": data.use, "drawn": drawn}
    await plans.record(tx, "marking.seeds_drawn", "marking:lead", plan, told)
    return Seeds(plan_id, seeds)


async def list_seeds(tx: Tx, plan_id: UUID) -> Seeds:
    """The known scripts, for those who lead."""
    await plans.fetch(tx, plan_id, "marking:lead")
    async with tx.as_system():
        return Seeds(plan_id, await queries.list_seeds(tx, plan_id))


async def key_seed(tx: Tx, seed_id: UUID, data: SeedKey) -> Seeds:
    """Give a known script its mark; markers get it from then on. Raises MarkInvalid, OwnSchool."""
    plan = await _plan_of_seed(tx, seed_id)
    # an expert marks the whole: its points are not compared
    whole = replace(plan, point_labels=[], point_half_marks=[])
    half_marks, _ = desk_rules.half_marks_of(whole, MarkInput(marks=data.marks))
    async with tx.as_system():
        await queries.set_key(tx, seed_id, half_marks, data.because)
        seeds = await queries.list_seeds(tx, plan.id)
    await plans.record(tx, "marking.seed_keyed", "marking:lead", plan, {"seed_id": seed_id})
    return Seeds(plan.id, seeds)


async def seed_image(tx: Tx, seed_id: UUID) -> tuple[str, timedelta]:
    """Where a known script's image is in the store."""
    await _plan_of_seed(tx, seed_id)
    async with tx.as_system():
        seed = await queries.get_seed(tx, seed_id)
    assert seed is not None
    if seed.image_key is None:
        raise NoImage
    return seed.image_key, desk.LINK_MAX


async def _plan_of_seed(tx: Tx, seed_id: UUID) -> PlanRow:
    async with tx.as_system():
        seed = await queries.get_seed(tx, seed_id)
    require_found(seed, f"marking_seed/{seed_id}", "marking:lead")
    assert seed is not None
    plan = await plans.fetch(tx, seed.plan_id, "marking:lead")
    if seed.school_id == tx.actor.school_id:
        raise OwnSchool
    return plan


# ── abnormal scripts ───────────────────────────────────────────────────────────────────────────


async def list_abnormal(tx: Tx, plan_id: UUID) -> AbnormalQueue:
    """Abnormal scripts from other schools than the caller's."""
    await plans.fetch(tx, plan_id, "marking:arbitrate")
    async with tx.as_system():
        return AbnormalQueue(plan_id, await queries.list_abnormal(tx, plan_id, tx.actor.school_id))


async def abnormal_image(tx: Tx, report_id: UUID) -> tuple[str, timedelta]:
    """Where an abnormal script's image is in the store."""
    found, _ = await _report(tx, report_id)
    if found.image_key is None:
        raise NoImage
    return found.image_key, desk.LINK_MAX


async def decide(tx: Tx, report_id: UUID, data: DecisionInput) -> AbnormalQueue:
    """Let a script be marked on, or give it its final mark; never by who reported or marked it.

    Raises AlreadyDecided, MarkInvalid, OwnSchool, MarkedBefore, DecidedByReporter.
    """
    _, plan = await _report(tx, report_id)
    desk.check_open(plan)
    if (data.decision is Decision.FINAL) == (data.marks is None):
        told = "marks belong to a final decision, and only there"
        raise Invalid(problems=[Problem("/marks", "invalid_value", told)])
    async with tx.as_system():
        marker = await desk.lock_marker(tx, plan)
        found = await queries.get_report(tx, report_id)
        assert found is not None
        await queries.lock_script(tx, found.script_id)
        if not await queries.decide(tx, report_id, data.decision, marker.person_id, data.because):
            raise AlreadyDecided
        await queries.release_script(tx, found.script_id)
        if data.marks is not None:
            await _final(tx, plan, found.script_id, marker, data.marks)
        listed = await queries.list_abnormal(tx, plan.id, tx.actor.school_id)
    told_more: dict[str, object] = {"report_id": report_id, "decision": data.decision}
    await plans.record(tx, "marking.decided", "marking:arbitrate", plan, told_more)
    return AbnormalQueue(plan.id, listed)


async def _final(tx: Tx, plan: PlanRow, script_id: UUID, marker: MarkerRow, marks: float) -> None:
    # the decision is on the whole: an abnormal script has no points to tell apart
    whole = replace(plan, point_labels=[], point_half_marks=[])
    half_marks, points = desk_rules.half_marks_of(whole, MarkInput(marks=marks))
    await desk_queries.add_turn(tx, script_id, ARBITER, Duty.ARBITER)
    turn_id = await queries.decide_turn(tx, script_id, plan.id, marker.person_id, marker.school_id)
    if turn_id is None:
        raise AlreadyDecided
    await desk_queries.insert_mark(
        tx, turn_id, plan.id, marker.person_id, half_marks, points, tx.now
    )
    await handing_in.settle_script(tx, plan, script_id)


async def _report(tx: Tx, report_id: UUID) -> tuple[ReportRow, PlanRow]:
    async with tx.as_system():
        found = await queries.get_report(tx, report_id)
    require_found(found, f"marking_abnormal/{report_id}", "marking:arbitrate")
    assert found is not None
    plan = await plans.fetch(tx, found.plan_id, "marking:arbitrate")
    if found.script_school_id == tx.actor.school_id:
        raise OwnSchool
    return found, plan
