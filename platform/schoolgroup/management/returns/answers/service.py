"""Answering a call: a school fills in and submits, the office accepts or sends fields back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from msgspec.structs import replace

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Problem, Refusal, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.answers import files, files_queries, queries, rules
from schoolgroup.management.returns.answers.models import (
    RETURN,
    SAVES,
    Attachment,
    Prefill,
    Return,
    ReturnRow,
    ReturnStatus,
    ReturnVersion,
    SendingBack,
    Source,
    Suggestion,
    VersionDiff,
    VersionRow,
)
from schoolgroup.management.returns.calls import service as calls
from schoolgroup.management.returns.calls.models import CallRow
from schoolgroup.management.returns.forms import service as forms

# Possible only while the school may answer.
IN_WINDOW = frozenset({"draft", "correct", "submit", "send_back"})


refuse_by_constraint("one_return_per_school", rules.ReturnBegun)


async def get_own(tx: Tx, call_id: UUID) -> Return:
    """The acting school's return to the call, with the rules it breaks. Raises ReturnNotBegun."""
    await calls.look_up(tx, call_id)
    return_id = await queries.find_own(tx, call_id)
    if return_id is None:
        require(tx, "return:read", own_mask(tx), thing=f"call/{call_id}/return")
        raise rules.ReturnNotBegun
    held = await _look_up(tx, return_id)
    shown = await _shown(tx, held)
    fields = await forms.fields_of(tx, held.form_id, held.form_version)
    asked = await forms.rules_of(tx, held.form_id, held.form_version)
    return replace(shown, warnings=rules.problems_of_rules(fields, asked, shown.values))


async def get_return(tx: Tx, return_id: UUID) -> Return:
    """A return: one's own school's, or any for the office."""
    return await _shown(tx, await _look_up(tx, return_id))


async def list_versions(tx: Tx, return_id: UUID, page: PageRequest) -> list[ReturnVersion]:
    """What was submitted, newest first."""
    await _look_up(tx, return_id)
    rows = await queries.list_versions(tx, return_id, page)
    named = await files.shown(tx, return_id, [row.no for row in rows])
    return [_version(row, named[row.no]) for row in rows]


async def get_version(tx: Tx, return_id: UUID, no: int) -> ReturnVersion:
    """One submission. Raises NotFound."""
    await _look_up(tx, return_id)
    row = await _one_version(tx, return_id, no)
    return _version(row, (await files.shown(tx, return_id, [no]))[no])


async def open_file(tx: Tx, return_id: UUID, no: int, upload_id: UUID) -> StoredFile:
    """A file of a submission, for who may read it; of the work in hand (0) for who fills it in.

    Entered in the trail. Raises NotFound.
    """
    held = await _look_up(tx, return_id)
    if no == files.IN_HAND and not may(tx, "return:draft", held.relations):
        raise NotFound
    found = await files_queries.get_file(tx, return_id, no, upload_id)
    if found is None:
        raise NotFound
    detail = {"version_no": no, "upload_id": upload_id}
    await journal.enter(tx, "return:read", f"return/{return_id}", "done", detail)
    return found


async def diff(tx: Tx, return_id: UUID, from_no: int, to_no: int) -> VersionDiff:
    """What differs between two submissions, field by field. Raises NotFound."""
    held = await _look_up(tx, return_id)
    before = await _one_version(tx, return_id, from_no)
    after = await _one_version(tx, return_id, to_no)
    fields = await forms.fields_of(tx, held.form_id, held.form_version)
    return VersionDiff(
        return_id=return_id,
        from_no=from_no,
        to_no=to_no,
        accepted_no=held.accepted_no,
        differences=rules.differences(fields, before.answers, after.answers),
    )


async def prefill(tx: Tx, call_id: UUID) -> Prefill:
    """What the acting school has told already of what the call asks, each with its source."""
    call = await calls.look_up(tx, call_id)
    require(tx, "return:read", own_mask(tx), thing=f"call/{call_id}/return")
    if call.my_school_id is None:
        raise NotFound
    return Prefill(call_id=call_id, period=call.period, suggestions=await _suggest(tx, call))


async def save(
    tx: Tx, call_id: UUID, values: Mapping[str, Any], version: int | None, *, fill: bool = False
) -> Return:
    """Keep the school's answers as far as they go; `version` None begins a new return.

    `fill`, at the beginning, takes over what was answered for the period already; rules that do
    not hold yet stand in `warnings` of what is returned.

    Raises BadAnswers, FieldsNotReopened, ReturnBegun, ReturnNotBegun, StaleVersion, WrongState,
    and what `rules.window_refusal` answers.
    """
    call, held = await _hold_own(tx, call_id, "return:draft")
    if version is None:
        if held is not None:
            raise rules.ReturnBegun
        _refuse_outside_window(tx, call)
    else:
        if held is None:
            raise rules.ReturnNotBegun
        check_version(version, held.version)
        RETURN.step(held.status, SAVES.get(held.status, "draft"))
        _refuse_outside_window(tx, call)
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    _refuse(rules.BadAnswers, rules.problems_of(fields, values))
    kept = rules.answered(values)
    school_id = call.my_school_id
    assert school_id is not None, "the call is addressed to the acting school"
    if held is None:
        return_id = new_id()
        sources: dict[str, Source] = {}
        for told in await _suggest(tx, call) if fill else []:
            if told.same_period and told.field not in values:
                kept[told.field], sources[told.field] = told.value, told.source
        named = await files.find(tx, school_id, fields, kept)
        await queries.insert_return(tx, return_id, call_id, kept, sources)
    else:
        return_id = held.id
        if held.submitted_answers is not None:
            locked = rules.problems_of_locked(held.submitted_answers, kept, held.reopened_fields)
            _refuse(rules.FieldsNotReopened, locked)
        named = await files.find(tx, school_id, fields, kept)
        cited = rules.kept_sources(held.sources, held.answers, kept)
        await queries.save_return(tx, return_id, kept, cited)
    await files_queries.keep_files(tx, return_id, school_id, named)
    event = "return.begun" if held is None else "return.saved"
    saved = await _record(tx, return_id, event, "return:draft")
    asked = await forms.rules_of(tx, call.form_id, call.form_version)
    return replace(saved, warnings=rules.problems_of_rules(fields, asked, kept))


async def submit(tx: Tx, call_id: UUID, version: int | None) -> Return:
    """Hand the school's answers in as an immutable version; `version`: the one that was read.

    Raises BadAnswers, ReturnNotBegun, StaleVersion, WrongState, and what `rules.window_refusal`
    answers.
    """
    call, held = await _hold_own(tx, call_id, "return:submit")
    if held is None:
        raise rules.ReturnNotBegun
    if version is not None:
        check_version(version, held.version)
    status = RETURN.step(held.status, "submit")
    _refuse_outside_window(tx, call)
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    _refuse(rules.BadAnswers, rules.problems_of(fields, held.answers))
    asked = await forms.rules_of(tx, call.form_id, call.form_version)
    _refuse(
        rules.BadAnswers,
        rules.problems_of_missing(fields, held.answers)
        + rules.problems_of_rules(fields, asked, held.answers),
    )
    no = (held.submitted_no or 0) + 1
    await queries.submit_return(tx, held, no, status)
    await files_queries.freeze_files(tx, held.id, no)
    return await _record(tx, held.id, "return.submitted", "return:submit", version_no=no)


async def accept(tx: Tx, return_id: UUID, version_no: int) -> Return:
    """Accept the version the office has read. Raises NotTheNewestVersion, WrongState."""
    held = await _hold(tx, return_id, "return:accept")
    status = RETURN.step(held.status, "accept")
    if version_no != held.submitted_no:
        raise rules.NotTheNewestVersion(facts={"newest_version_no": held.submitted_no})
    await queries.accept_return(tx, return_id, version_no, status)
    return await _record(tx, return_id, "return.accepted", "return:accept", version_no=version_no)


async def send_back(tx: Tx, return_id: UUID, wish: SendingBack) -> Return:
    """Open the named fields again, also of an accepted return; the rest stays locked.

    Raises BadAnswers for a field the form does not have, CallClosed where the school could not
    answer any more, WrongState.
    """
    held = await _hold(tx, return_id, "return:send_back")
    status = RETURN.step(held.status, "send_back")
    refusal = _window(tx, held)
    if refusal is not None:
        refusal.remedy_now = Text(
            "Give the school an extension first: it could not answer any more.",
            "该校已无法填报，请先为其延期。",
        )
        raise refusal
    fields = await forms.fields_of(tx, held.form_id, held.form_version)
    known = {field.code for field in fields}
    _refuse(
        rules.BadAnswers,
        [
            Problem(f"/fields/{number}", "unknown_field", "the form has no such field")
            for number, code in enumerate(wish.fields)
            if code not in known
        ],
    )
    named = [field.code for field in fields if field.code in set(wish.fields)]
    await queries.send_back_return(tx, return_id, named, wish.because, status)
    return await _record(
        tx, return_id, "return.sent_back", "return:send_back",
        version_no=held.submitted_no, fields=named,
    )  # fmt: skip


async def _suggest(tx: Tx, call: CallRow) -> list[Suggestion]:
    """Earlier answers that fit what the field is now: choices and bounds never change."""
    return await queries.suggest(
        tx, call.my_school_id, call.id, call.form_id, call.form_version, call.period
    )


async def _one_version(tx: Tx, return_id: UUID, no: int) -> VersionRow:
    found = await queries.get_version(tx, return_id, no)
    if found is None:
        raise NotFound
    return found


def _version(row: VersionRow, named: list[Attachment]) -> ReturnVersion:
    return ReturnVersion(
        no=row.no,
        values=row.answers,
        sources=row.sources,
        files=named,
        submitted_by_person_id=row.submitted_by_person_id,
        submitted_at=row.submitted_at,
        accepted=row.accepted,
    )


async def _hold_own(tx: Tx, call_id: UUID, act: str) -> tuple[CallRow, ReturnRow | None]:
    """The call and the acting school's return to it, both locked against each other's changes."""
    await calls.hold_own_target(tx, call_id)
    call = await calls.look_up(tx, call_id)
    return_id = await queries.find_own(tx, call_id)
    held = await queries.lock_return(tx, return_id) if return_id else None
    mask = held.relations if held else own_mask(tx)
    thing = f"return/{return_id}" if return_id else f"call/{call_id}/return"
    require(tx, act, mask, thing=thing)
    if call.my_school_id is None:
        raise NotFound
    return call, held


async def _hold(tx: Tx, return_id: UUID, act: str) -> ReturnRow:
    held = await queries.lock_return(tx, return_id)
    require_found(held, f"return/{return_id}", act)
    assert held is not None
    require(
        tx, act, held.relations,
        thing=f"return/{return_id}", see="return:read", owner=held.school_name,
    )  # fmt: skip
    return held


async def _look_up(tx: Tx, return_id: UUID) -> ReturnRow:
    held = await queries.get_return(tx, return_id)
    require_found(held, f"return/{return_id}", "return:read")
    assert held is not None
    require(tx, "return:read", held.relations, thing=f"return/{return_id}", see="return:read")
    return held


async def _record(tx: Tx, return_id: UUID, event: str, act: str, **data: object) -> Return:
    held = await queries.get_return(tx, return_id)
    assert held is not None, "it was written in this transaction"
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"return/{return_id}",
        owner_school_id=held.school_id,
        version=held.version,
        data={"call_id": held.call_id, **data},
    )
    return await _shown(tx, held)


def own_mask(tx: Tx) -> int:
    """The relations to a return the acting school would make; the office has none of its own."""
    if tx.actor.school_id is None:
        return ANY_MASK
    return policy_of(tx).relations.mask_of("own")


def _window(tx: Tx, held: ReturnRow) -> Refusal | None:
    return rules.window_refusal(
        tx.now, opens_at=held.opens_at, closes_at=held.closes_at, exempt=held.exempt
    )


def _refuse_outside_window(tx: Tx, call: CallRow) -> None:
    assert call.my_closes_at is not None, "the call is addressed to the acting school"
    refusal = rules.window_refusal(
        tx.now,
        opens_at=call.opens_at,
        closes_at=call.my_closes_at,
        exempt=call.my_exempt_because is not None,
    )
    if refusal is not None:
        raise refusal


def _refuse(kind: type[Refusal], problems: list[Problem]) -> None:
    if problems:
        raise kind(problems=problems)


async def _shown(tx: Tx, held: ReturnRow) -> Return:
    fills_in = may(tx, "return:draft", held.relations)
    no = files.IN_HAND if fills_in else held.submitted_no
    named = [] if no is None else (await files.shown(tx, held.id, [no]))[no]
    return Return(
        id=held.id,
        call_id=held.call_id,
        school_id=held.school_id,
        status=held.status,
        values=held.answers if fills_in else held.submitted_answers or {},
        sources=held.sources if fills_in else held.submitted_sources or {},
        files=named,
        warnings=[],
        submitted_no=held.submitted_no,
        accepted_no=held.accepted_no,
        accepted_at=held.accepted_at,
        changed_since_acceptance=held.accepted_no is not None
        and held.status is not ReturnStatus.ACCEPTED,
        reopened_fields=held.reopened_fields,
        sent_back_because=held.sent_back_because,
        created_at=held.created_at,
        updated_at=held.updated_at,
        version=held.version,
        actions=_actions(tx, held),
    )


def _actions(tx: Tx, held: ReturnRow) -> list[str]:
    verbs = RETURN.actions(held.status, lambda act: may(tx, act, held.relations))
    if _window(tx, held) is None:
        return verbs
    return [verb for verb in verbs if verb not in IN_WINDOW]
