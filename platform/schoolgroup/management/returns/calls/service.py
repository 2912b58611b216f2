"""Calling for returns: who is asked is fixed at opening; graces are recorded with their reason."""

from typing import Any
from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.calls import queries, rules
from schoolgroup.management.returns.calls.models import (
    CALL,
    GRACES,
    SENT,
    Call,
    CallRow,
    CallWish,
    CallWithFields,
    ExemptionWish,
    ExtensionWish,
    Mine,
    NewCall,
    Target,
)
from schoolgroup.management.returns.forms import service as forms

ONE = PageRequest(limit=1)


class BadCall(Invalid):
    """The call cannot be made like this; `errors` says why."""

    code = "bad_call"
    title = Text("The call is not valid", "填报任务无效")


class AlreadyAnswered(Conflict):
    """The school has answered: what counts in the figures is not exempted away."""

    code = "already_answered"
    title = Text("The school has answered", "该校已填报")
    remedy = Text("Send its return back first.", "请先退回该校填报单。")


class AlreadyExempt(Conflict):
    """The school is exempt from this call."""

    code = "already_exempt"
    title = Text("The school is exempt", "该校已免报")
    remedy = Text("Nothing is to be done.", "无需操作。")


class NotExempt(Conflict):
    """The school is not exempt from this call."""

    code = "not_exempt"
    title = Text("The school is not exempt", "该校未免报")
    remedy = Text("Nothing is to be done.", "无需操作。")


async def create_call(tx: Tx, wish: NewCall) -> CallWithFields:
    """A call of a form's newest version: a draft, or opened at once. Raises BadCall."""
    require(tx, "call:open", thing="call/new")
    form_version = await _form_version(tx, wish)
    call_id = new_id()
    await queries.insert_call(tx, call_id, wish, form_version, rules.opening(wish, tx.now))
    if wish.draft:
        await journal.record(
            tx, "call.drafted", act="call:open", thing=f"call/{call_id}", version=1, data={}
        )
        return await get_call(tx, call_id)
    return await open_call(tx, call_id)


async def revise_call(tx: Tx, call_id: UUID, wish: CallWish, version: int) -> CallWithFields:
    """Change a draft; the newest version of its form is taken. Raises BadCall, StaleVersion,
    WrongState.
    """
    call = await _lock(tx, call_id, "call:open")
    check_version(version, call.version)
    CALL.step(call.status, "revise")
    form_version = await _form_version(tx, wish)
    opens_at = rules.opening(wish, tx.now)
    await queries.revise_call(tx, call_id, wish, form_version, opens_at)
    await journal.record(
        tx, "call.revised", act="call:open", thing=f"call/{call_id}", version=call.version + 1,
        data={},
    )  # fmt: skip
    return await get_call(tx, call_id)


async def discard_call(tx: Tx, call_id: UUID) -> CallWithFields:
    """A draft that will not be sent. Raises WrongState."""
    call = await _lock(tx, call_id, "call:open")
    await queries.step_call(tx, call_id, CALL.step(call.status, "discard"), call.opens_at)
    await journal.record(
        tx, "call.discarded", act="call:open", thing=f"call/{call_id}", version=call.version + 1,
        data={},
    )  # fmt: skip
    return await get_call(tx, call_id)


async def open_call(tx: Tx, call_id: UUID) -> CallWithFields:
    """Send a draft: write its targets, which nobody joins or leaves, and take answers.

    Raises BadCall where a school is not of the group today or it would be due before it opens,
    WrongState.
    """
    call = await _lock(tx, call_id, "call:open")
    status = CALL.step(call.status, "open")
    opens_at = max(call.opens_at, tx.now)
    if call.due_at <= opens_at:
        raise BadCall(problems=[Problem("/due_at", "too_early", "it is due before it opens")])
    wished = call.wished_school_ids
    school_ids = await queries.write_targets(tx, call_id, wished)
    unknown = set(wished or []) - set(school_ids)
    if unknown or not school_ids:
        raise BadCall(
            problems=[
                Problem(f"/school_ids/{number}", "no_school_of_the_group", "not in the group today")
                for number, school_id in enumerate(wished or [])
                if school_id in unknown
            ]
            or [Problem("/all", "no_schools", "the group has no schools today")]
        )
    await queries.step_call(tx, call_id, status, opens_at)
    await journal.record(
        tx,
        "call.opened",
        act="call:open",
        thing=f"call/{call_id}",
        school_ids=school_ids,
        version=call.version + 1,
        data={"form_id": call.form_id, "form_version": call.form_version, "period": call.period},
    )
    return await get_call(tx, call_id)


async def get_call(tx: Tx, call_id: UUID) -> CallWithFields:
    """A call with its fields, as the acting school or the office sees it."""
    call = await look_up(tx, call_id)
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    asked = await forms.rules_of(tx, call.form_id, call.form_version)
    return CallWithFields(**_shown(tx, call), fields=fields, rules=asked)


async def list_calls(tx: Tx, page: PageRequest) -> list[Call]:
    """The calls addressed to the acting school, or all for the office, newest first."""
    return [Call(**_shown(tx, call)) for call in await queries.list_calls(tx, page)]


async def look_up(tx: Tx, call_id: UUID) -> CallRow:
    """The call's row, for whoever may read the call; NotFound for everyone else."""
    call = await queries.get_call(tx, call_id)
    require_found(call, f"call/{call_id}", "call:read")
    assert call is not None
    require(tx, "call:read", call.relations, thing=f"call/{call_id}", see="call:read")
    return call


async def list_targets(tx: Tx, call_id: UUID, page: PageRequest) -> list[Target]:
    """How each school stands: all of them for who may read all returns, else one's own."""
    await look_up(tx, call_id)
    return await queries.list_targets(
        tx, call_id, page, school_id=None if sees_all(tx) else _me(tx)
    )


async def missing_targets(tx: Tx, call_id: UUID, limit: int) -> list[Target]:
    """The schools that are expected and have not answered; the caller has asked `sees_all`."""
    page = PageRequest(limit=limit)
    return await queries.list_targets(tx, call_id, page, missing_only=True)


async def own_target(tx: Tx, call_id: UUID) -> Target | None:
    """How the acting school stands; None for the office and where the call is not addressed."""
    if tx.actor.school_id is None:
        return None
    return await _target(tx, call_id, tx.actor.school_id)


def sees_all(tx: Tx) -> bool:
    """Whether the actor may read every school's return, not only one's own."""
    return may(tx, "return:read")


async def close_call(tx: Tx, call_id: UUID) -> CallWithFields:
    """Take no more answers from now on; extensions stand. Raises WrongState."""
    call = await _lock(tx, call_id, "call:close")
    await queries.close_call(tx, call_id, CALL.step(call.status, "close"))
    await journal.record(
        tx,
        "call.closed",
        act="call:close",
        thing=f"call/{call_id}",
        version=call.version + 1,
        data={},
    )
    return await get_call(tx, call_id)


async def exempt(tx: Tx, call_id: UUID, wish: ExemptionWish) -> Target:
    """The school need not answer: it leaves the denominator, with its reason.

    Raises BadCall, AlreadyAnswered, AlreadyExempt.
    """
    call = await _lock(tx, call_id, "call:open")
    await queries.lock_target(tx, call_id, wish.school_id)
    target = await _expected(tx, call_id, wish.school_id)
    if target.answered:
        raise AlreadyAnswered
    await queries.exempt(tx, call_id, wish.school_id, wish.because)
    await queries.move_call(tx, call_id)
    await journal.record(
        tx,
        "call.school_exempted",
        act="call:open",
        thing=f"call/{call_id}",
        school_ids=[wish.school_id],
        version=call.version + 1,
        data={"school_id": wish.school_id},
    )
    return await _expected_or_exempt(tx, call_id, wish.school_id)


async def lift_exemption(tx: Tx, call_id: UUID, school_id: UUID) -> Target:
    """The school is expected after all and stands in the denominator again.

    An extension it had before stands. Raises BadCall where the call is not addressed to it,
    NotExempt.
    """
    call = await _lock(tx, call_id, "call:open")
    await queries.lock_target(tx, call_id, school_id)
    if (await _expected_or_exempt(tx, call_id, school_id)).expected:
        raise NotExempt
    await queries.lift_exemption(tx, call_id, school_id)
    await queries.move_call(tx, call_id)
    await journal.record(
        tx,
        "call.exemption_lifted",
        act="call:open",
        thing=f"call/{call_id}",
        school_ids=[school_id],
        version=call.version + 1,
        data={"school_id": school_id},
    )
    return await _expected_or_exempt(tx, call_id, school_id)


async def extend(tx: Tx, call_id: UUID, wish: ExtensionWish) -> Target:
    """The school may answer until later, even after the call was closed.

    Raises BadCall where it would give the school nothing, AlreadyExempt.
    """
    call = await _lock(tx, call_id, "call:open")
    await queries.lock_target(tx, call_id, wish.school_id)
    target = await _expected(tx, call_id, wish.school_id)
    problems = rules.problems_of_extension(wish.until_at, target.closes_at, tx.now)
    if problems:
        raise BadCall(problems=problems)
    await queries.extend(tx, call_id, wish.school_id, wish.until_at, wish.because)
    await queries.move_call(tx, call_id)
    await journal.record(
        tx,
        "call.school_extended",
        act="call:open",
        thing=f"call/{call_id}",
        school_ids=[wish.school_id],
        version=call.version + 1,
        data={"school_id": wish.school_id, "until_at": wish.until_at},
    )
    return await _expected_or_exempt(tx, call_id, wish.school_id)


async def hold_own_target(tx: Tx, call_id: UUID) -> None:
    """Let no closing, and no grace of the acting school, come between look and deed."""
    await queries.share_call(tx, call_id)
    await queries.lock_target(tx, call_id, tx.actor.school_id)


async def _form_version(tx: Tx, wish: CallWish) -> int:
    """The newest version of the form that is asked by. Raises BadCall, also for the instants."""
    problems = rules.problems_of(wish, tx.now)
    form_version = await forms.newest_version(tx, wish.form_id)
    if form_version is None:
        problems.append(Problem("/form_id", "unknown_form", "there is no such form"))
    if problems or form_version is None:
        raise BadCall(problems=problems)
    return form_version


async def _lock(tx: Tx, call_id: UUID, act: str) -> CallRow:
    call = await queries.lock_call(tx, call_id)
    require_found(call, f"call/{call_id}", act)
    assert call is not None
    require(tx, act, call.relations, thing=f"call/{call_id}", see="call:read")
    return call


async def _target(tx: Tx, call_id: UUID, school_id: UUID) -> Target | None:
    found = await queries.list_targets(tx, call_id, ONE, school_id=school_id)
    return found[0] if found else None


async def _expected_or_exempt(tx: Tx, call_id: UUID, school_id: UUID) -> Target:
    target = await _target(tx, call_id, school_id)
    if target is None:
        raise BadCall(
            problems=[Problem("/school_id", "not_asked", "the call is not addressed to it")]
        )
    return target


async def _expected(tx: Tx, call_id: UUID, school_id: UUID) -> Target:
    target = await _expected_or_exempt(tx, call_id, school_id)
    if not target.expected:
        raise AlreadyExempt
    return target


def _me(tx: Tx) -> UUID:
    if tx.actor.school_id is None:
        raise NotFound
    return tx.actor.school_id


def _shown(tx: Tx, call: CallRow) -> dict[str, Any]:
    mine = None
    if call.my_school_id is not None and call.my_closes_at is not None:
        mine = Mine(
            call.my_school_id, call.my_exempt_because, call.my_extended_until_at, call.my_closes_at
        )
    return {
        "id": call.id,
        "form_id": call.form_id,
        "form_version": call.form_version,
        "form_title": Text(call.title_en, call.title_zh),
        "period": call.period,
        "title": call.title,
        "opens_at": call.opens_at,
        "due_at": call.due_at,
        "closes_at": call.closes_at,
        "status": call.status,
        "closed_at": call.closed_at,
        "mine": mine,
        "wished_school_ids": call.wished_school_ids,
        "created_at": call.created_at,
        "version": call.version,
        "actions": _actions(tx, call),
    }


def _actions(tx: Tx, call: CallRow) -> list[str]:
    steps = CALL.actions(call.status, lambda act: may(tx, act, call.relations))
    if call.status not in SENT:
        return steps
    return steps + [verb for verb, act in GRACES if may(tx, act, call.relations)]
