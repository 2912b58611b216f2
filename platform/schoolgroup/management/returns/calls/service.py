"""Calling for returns: who is asked is fixed at opening; graces are recorded with their reason."""

from typing import Any
from uuid import UUID

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.calls import queries, rules
from schoolgroup.management.returns.calls.models import (
    CALL,
    GRACES,
    Call,
    CallRow,
    CallWish,
    CallWithFields,
    ExemptionWish,
    ExtensionWish,
    Mine,
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


async def open_call(tx: Tx, wish: CallWish) -> CallWithFields:
    """Open a call of a form's newest version and write its targets. Raises BadCall."""
    require(tx, "call:open", thing="call/new")
    problems = rules.problems_of(wish, tx.now)
    form_version = await forms.newest_version(tx, wish.form_id)
    if form_version is None:
        problems.append(Problem("/form_id", "unknown_form", "there is no such form"))
    if problems or form_version is None:
        raise BadCall(problems=problems)
    call_id = new_id()
    await queries.insert_call(tx, call_id, wish, form_version, rules.opening(wish, tx.now))
    school_ids = await queries.write_targets(tx, call_id, None if wish.all else wish.school_ids)
    unknown = set(wish.school_ids or []) - set(school_ids)
    if unknown or not school_ids:
        raise BadCall(
            problems=[
                Problem(f"/school_ids/{number}", "no_school_of_the_group", "not in the group today")
                for number, school_id in enumerate(wish.school_ids or [])
                if school_id in unknown
            ]
            or [Problem("/all", "no_schools", "the group has no schools today")]
        )
    await journal.record(
        tx,
        "call.opened",
        act="call:open",
        thing=f"call/{call_id}",
        school_ids=school_ids,
        version=1,
        data={"form_id": wish.form_id, "form_version": form_version, "period": wish.period},
    )
    return await get_call(tx, call_id)


async def get_call(tx: Tx, call_id: UUID) -> CallWithFields:
    """A call with its fields, as the acting school or the office sees it."""
    call = await look_up(tx, call_id)
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    return CallWithFields(**_shown(tx, call), fields=fields)


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
    """Let no exemption or extension of the acting school come between look and deed."""
    await queries.lock_target(tx, call_id, tx.actor.school_id)


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
        "created_at": call.created_at,
        "version": call.version,
        "actions": _actions(tx, call),
    }


def _actions(tx: Tx, call: CallRow) -> list[str]:
    steps = CALL.actions(call.status, lambda act: may(tx, act, call.relations))
    return steps + [verb for verb, act in GRACES if may(tx, act, call.relations)]
