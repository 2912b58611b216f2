"""Handing a mark in: kept for ever, and what it settles, in one transaction.

A crash before the commit leaves nothing of it, one after it loses nothing: the marker who got no
answer sends the same mark again and is told that it stands.
"""

from uuid import UUID

from schoolgroup.evaluation.marking.desk import check_queries, queries, rules
from schoolgroup.evaluation.marking.desk import service as desk
from schoolgroup.evaluation.marking.desk.models import Marked, MarkerRow, MarkInput, TurnRow
from schoolgroup.evaluation.marking.desk.refusals import AlreadyMarked, LeaseOver
from schoolgroup.evaluation.marking.models import Duty, MarkerStatus, PlanRow, Purpose
from schoolgroup.evaluation.marking.plans import service as plans
from schoolgroup.evaluation.marking.rules import ARBITER, Needs, settle
from schoolgroup.kernel.db import Tx


async def mark(tx: Tx, task_id: UUID, data: MarkInput) -> Marked:
    """Give the script in hand its mark; the same mark again is answered the same.

    Raises MarkInvalid (range, step, points), LeaseOver, AlreadyMarked, MarkerPaused,
    MarkingNotOpen.
    """
    task, plan = await desk.fetch_task(tx, task_id)
    half_marks, points = rules.half_marks_of(plan, data)
    async with tx.as_system():
        before = await queries.get_turn(tx, task_id)
        if before is None:
            raise LeaseOver
        if before.marked_at is not None:
            return _again(before, half_marks, points)
        desk.check_open(plan)
        marker = await desk.lock_marker(tx, plan)
        await queries.lock_script(tx, task_id)
        if not await queries.close_turn(tx, task_id):
            after = await queries.get_turn(tx, task_id)
            if after is None or after.marked_at is None:
                raise LeaseOver
            return _again(after, half_marks, points)  # the same request, a moment ago
        await queries.insert_mark(
            tx, before.id, plan.id, task.person_id, half_marks, points, task.taken_at
        )
        if before.purpose is Purpose.LIVE:
            await settle_script(tx, plan, before.script_id)
        else:
            await _judge(tx, plan, marker, before)
    await plans.record(tx, "marking.marked", "marking:hand_in", plan, {"task_id": task_id})
    return Marked(task_id, half_marks / 2, [p / 2 for p in points], tx.now)


async def settle_script(tx: Tx, plan: PlanRow, script_id: UUID) -> None:
    """Make the script final if its marks allow it, else open the turn it needs.

    The caller holds the script's lock.
    """
    found = settle(plan.scheme, await queries.list_marks(tx, script_id))
    if isinstance(found, Needs):
        duty = Duty.ARBITER if found.no == ARBITER else Duty.MARKER
        if found.no > 2:
            await queries.add_turn(tx, script_id, found.no, duty)
        return
    await queries.settle_script(tx, script_id, found)


async def _judge(tx: Tx, plan: PlanRow, marker: MarkerRow, turn: TurnRow) -> None:
    """Let a calibrating marker in or keep them out; pause one who misses too many checks."""
    tolerance = plan.tolerance_half_marks
    if turn.purpose is Purpose.CALIBRATION:
        kinds = [Purpose.CALIBRATION]
        checks = await check_queries.list_checks(tx, plan.id, marker, kinds, plan.calibration_of)
        passed = rules.calibrated(checks, tolerance, plan.calibration_pass, plan.calibration_of)
        if passed is None or marker.status is not MarkerStatus.CALIBRATING:
            return
        missed = rules.outside(checks, tolerance)
        because = "" if passed else f"calibration: {missed} of {len(checks)} outside tolerance"
        status = MarkerStatus.LIVE if passed else MarkerStatus.PAUSED
        await check_queries.set_marker(tx, plan.id, marker.person_id, status, because, tx.now)
        return
    kinds = [Purpose.SEED, Purpose.RECHECK]
    checks = await check_queries.list_checks(tx, plan.id, marker, kinds, plan.pause_window)
    if marker.status is MarkerStatus.LIVE and rules.must_pause(
        checks, tolerance, plan.pause_outside_max
    ):
        missed = rules.outside(checks, tolerance)
        because = f"checks: {missed} of the last {len(checks)} outside tolerance"
        await check_queries.set_marker(
            tx, plan.id, marker.person_id, MarkerStatus.PAUSED, because, marker.checked_from_at
        )


def _again(turn: TurnRow, half_marks: int, points: list[int]) -> Marked:
    assert turn.marked_at is not None
    assert turn.half_marks is not None
    if (turn.half_marks, turn.point_half_marks) != (half_marks, points):
        raise AlreadyMarked
    return Marked(turn.task_id, half_marks / 2, [p / 2 for p in points], turn.marked_at)
