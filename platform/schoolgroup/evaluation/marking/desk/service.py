"""At the desk: take a script, look at it, renew, give back, report. Marking it: handing_in.

Everything here works as the system once the policy has said yes, because a queue spans schools; a
marker's own school sees none of these rows. The order of locks is marker, script, turn, always.
"""

import secrets
from datetime import timedelta
from uuid import UUID

from schoolgroup.access.decisions import require, require_found
from schoolgroup.evaluation.marking.desk import check_queries, queries, rules
from schoolgroup.evaluation.marking.desk.models import (
    ArbitrationQueue,
    Disputed,
    GivenBack,
    MarkerRow,
    Reported,
    ReportInput,
    TakeWish,
    TaskRow,
    TaskView,
    TurnRow,
)
from schoolgroup.evaluation.marking.desk.refusals import (
    CodeMissing,
    LeaseOver,
    MarkerPaused,
    MarkingNotOpen,
    NoImage,
    NoKnownScripts,
    NotForYou,
    NothingToTake,
    ShareDone,
)
from schoolgroup.evaluation.marking.models import (
    Balance,
    Duty,
    MarkerStatus,
    Medium,
    PlanRow,
    PlanStatus,
    Purpose,
)
from schoolgroup.evaluation.marking.plans import rules as plan_rules
from schoolgroup.evaluation.marking.plans import service as plans
from schoolgroup.evaluation.marking.plans.models import PointView
from schoolgroup.evaluation.marking.rules import TAKES
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.texts import Text

RETRY_S = 30
LINK_MAX = timedelta(seconds=60)


async def take(tx: Tx, plan_id: UUID, wish: TakeWish) -> TaskView:
    """The next script of the item under a lease; what is in hand already is answered again.

    Raises NotFound, NotAllowed, MarkingNotOpen, MarkerPaused, CodeMissing, NotForYou, ShareDone,
    NoKnownScripts, NothingToTake.
    """
    plan = await plans.fetch(tx, plan_id, "marking:mark")
    check_open(plan)
    if plan.medium is Medium.PAPER and wish.blind_code is None:
        raise CodeMissing
    async with tx.as_system():
        marker = await lock_marker(tx, plan)
        turn = await queries.in_hand(tx, plan_id, marker.person_id)
        if turn is None:
            await _take_next(tx, plan, marker, wish)
            turn = await queries.in_hand(tx, plan_id, marker.person_id)
        assert turn is not None  # taken a moment ago, under the lock of the marker
        return await _view(tx, plan, turn)


async def take_disputed(tx: Tx, plan_id: UUID) -> TaskView:
    """The next script that waits for an arbiter: never one the caller has marked."""
    plan = await plans.fetch(tx, plan_id, "marking:arbitrate")
    check_open(plan)
    async with tx.as_system():
        marker = await lock_marker(tx, plan)
        turn = await queries.in_hand(tx, plan_id, marker.person_id)
        if turn is None:
            until_at = tx.now + timedelta(minutes=plan.lease_minutes)
            if not await queries.take_turn(tx, plan_id, marker, [Duty.ARBITER], until_at, False):
                raise NothingToTake(retry_after_s=RETRY_S)
            turn = await queries.in_hand(tx, plan_id, marker.person_id)
        assert turn is not None
        return await _view(tx, plan, turn)


async def disputed(tx: Tx, plan_id: UUID) -> ArbitrationQueue:
    """What waits for an arbiter."""
    plan = await plans.fetch(tx, plan_id, "marking:arbitrate")
    async with tx.as_system():
        rows = await queries.list_disputed(tx, plan_id)
    shown = plan.arbiter_sees_marks
    return ArbitrationQueue(
        plan_id,
        len(rows),
        [Disputed([m / 2 for m in r.marks] if shown else None, r.waiting_since_at) for r in rows],
    )


async def get_task(tx: Tx, task_id: UUID) -> TaskView:
    """The script in hand. Raises LeaseOver once it is not."""
    task, plan = await fetch_task(tx, task_id)
    async with tx.as_system():
        return await _view(tx, plan, await _running(tx, task))


async def find_image(tx: Tx, task_id: UUID) -> str:
    """Where the script's image is in the store: never told, the same key says the same script."""
    task, _ = await fetch_task(tx, task_id)
    async with tx.as_system():
        turn = await _running(tx, task)
    if turn.image_key is None:
        raise NoImage
    return turn.image_key


async def renew(tx: Tx, task_id: UUID) -> TaskView:
    """The full time once more, counted from now. Raises LeaseOver."""
    task, plan = await fetch_task(tx, task_id)
    async with tx.as_system():
        until_at = tx.now + timedelta(minutes=plan.lease_minutes)
        if not await queries.renew(tx, task.id, until_at):
            raise LeaseOver
        return await _view(tx, plan, await _running(tx, task))


async def give_back(tx: Tx, task_id: UUID) -> GivenBack:
    """Back into the queue, at once. Raises LeaseOver."""
    task, plan = await fetch_task(tx, task_id)
    async with tx.as_system():
        if not await queries.end_lease(tx, task.id):
            raise LeaseOver
    data: dict[str, object] = {"task_id": task.id}
    await plans.record(tx, "marking.given_back", "marking:hand_in", plan, data)
    return GivenBack(task.id)


async def report(tx: Tx, task_id: UUID, data: ReportInput) -> Reported:
    """Send an abnormal script to the leader; it leaves the queue until that is decided.

    A known script or an own one again is only put aside: the marker is not told which it was.
    """
    task, plan = await fetch_task(tx, task_id)
    async with tx.as_system():
        await lock_marker(tx, plan)
        await queries.lock_script(tx, task.id)
        turn = await _running(tx, task)
        await queries.end_lease(tx, task.id)
        if turn.purpose is Purpose.LIVE:
            await queries.report(tx, plan.id, turn.script_id, task.person_id, data.kind, data.note)
    told: dict[str, object] = {"task_id": task.id, "kind": data.kind}
    await plans.record(tx, "marking.reported", "marking:hand_in", plan, told)
    return Reported(task.id, data.kind)


async def fetch_task(tx: Tx, task_id: UUID) -> tuple[TaskRow, PlanRow]:
    """A task of the caller's own, and its plan. Raises NotFound for anybody else's."""
    thing = f"marking_task/{task_id}"
    task = await queries.fetch_task(tx, task_id)
    require_found(task, thing, "marking:hand_in")
    assert task is not None
    require(tx, "marking:hand_in", task.relations, thing=thing, see="marking:hand_in")
    return task, await plans.fetch(tx, task.plan_id, "marking:read")


async def lock_marker(tx: Tx, plan: PlanRow) -> MarkerRow:
    """The caller in the pool, doing nothing else now. Raises MarkerPaused with the reason."""
    assert tx.actor.person_id is not None
    marker = await queries.lock_marker(tx, plan.id, tx.actor.person_id)
    assert marker is not None  # the policy has seen the caller in the pool
    if marker.status is MarkerStatus.PAUSED:
        raise MarkerPaused(Text(marker.paused_because, marker.paused_because))
    return marker


def check_open(plan: PlanRow) -> None:
    """Raise MarkingNotOpen where the item is not being marked."""
    if plan.status is not PlanStatus.OPEN:
        raise MarkingNotOpen
    plan_rules.check_marking(plan.exam_status)


async def _take_next(tx: Tx, plan: PlanRow, marker: MarkerRow, wish: TakeWish) -> None:
    until_at = tx.now + timedelta(minutes=plan.lease_minutes)
    if marker.status is MarkerStatus.CALIBRATING:
        known = await check_queries.pick_known(tx, plan.id, marker, Purpose.CALIBRATION)
        if known is None:
            raise NoKnownScripts
        await check_queries.take_check(tx, plan.id, marker, known, Purpose.CALIBRATION, until_at)
        return
    script_id = None
    if wish.blind_code is not None:
        code = wish.blind_code.strip().upper()
        script_id = await queries.find_by_code(tx, plan.id, code)
        if script_id is None:
            raise NotForYou
    elif await _take_check(tx, plan, marker):
        return
    share_done = plan.balance is not Balance.NONE and await queries.is_share_done(
        tx, plan.id, marker.school_id
    )
    duties = TAKES[marker.duty]
    if await queries.take_turn(tx, plan.id, marker, duties, until_at, share_done, script_id):
        return
    if script_id is not None:
        raise NotForYou
    raise ShareDone if share_done else NothingToTake(retry_after_s=RETRY_S)


async def _take_check(tx: Tx, plan: PlanRow, marker: MarkerRow) -> bool:
    if not (plan.seed_percent or plan.recheck_percent):
        return False
    done = await check_queries.count_done(tx, plan.id, marker.person_id)
    until_at = tx.now + timedelta(minutes=plan.lease_minutes)
    chance = secrets.SystemRandom()
    if rules.is_due(done.live, done.seeds, plan.seed_percent, chance.random()):
        known = await check_queries.pick_known(tx, plan.id, marker, Purpose.SEED)
        if known is not None:
            await check_queries.take_check(tx, plan.id, marker, known, Purpose.SEED, until_at)
            return True
    if rules.is_due(done.live, done.rechecks, plan.recheck_percent, chance.random()):
        own = await check_queries.pick_own(tx, plan.id, marker)
        if own is not None:
            await check_queries.take_check(tx, plan.id, marker, own, Purpose.RECHECK, until_at)
            return True
    return False


async def _running(tx: Tx, task: TaskRow) -> TurnRow:
    turn = await queries.get_turn(tx, task.id)
    if turn is None or turn.marked_at or turn.voided_at or turn.leased_until_at <= tx.now:
        raise LeaseOver
    return turn


async def _view(tx: Tx, plan: PlanRow, turn: TurnRow) -> TaskView:
    earlier = None
    if turn.duty is Duty.ARBITER and plan.arbiter_sees_marks:
        given = await queries.list_marks(tx, turn.script_id)
        earlier = [half_marks / 2 for half_marks in given.values()]
    return TaskView(
        id=turn.task_id,
        plan_id=plan.id,
        subject=plan.subject,
        label=plan.label,
        max_marks=plan.max_half_marks / 2,
        step_marks=plan.step_half_marks / 2,
        points=[
            PointView(label, most / 2)
            for label, most in zip(plan.point_labels, plan.point_half_marks, strict=True)
        ],
        medium=plan.medium,
        blind_code=turn.blind_code,
        leased_until_at=turn.leased_until_at,
        earlier_marks=earlier,
        actions=["mark", "report", "renew", "give-back"],
    )
