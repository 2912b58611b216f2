"""Live figures of a call: counted over rows each time, never showing a school another's answer."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import require, require_found
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.calls import service as calls
from schoolgroup.management.returns.figures import queries, rules
from schoolgroup.management.returns.figures.models import (
    AskedCall,
    AtomRow,
    Basis,
    CallCompleteness,
    CallFigures,
    CallLine,
    Dimension,
    Figure,
    Question,
    RollUp,
    RollUpKind,
    RollUpLine,
    Series,
    SumRow,
)
from schoolgroup.management.returns.forms import service as forms
from schoolgroup.management.returns.forms.models import Field, FormField
from schoolgroup.management.returns.forms.rules import NUMBERS

MISSING_MAX = 1000
ZERO = Decimal(0)


class BadQuestion(Invalid):
    """There is no such figure of this call; `errors` says why."""

    code = "bad_question"
    title = Text("There is no such figure", "没有这样的统计")


async def completeness(tx: Tx, call_id: UUID) -> CallCompleteness:
    """Who has answered, counted; by name only for who may read every return."""
    await calls.look_up(tx, call_id)
    rows = await queries.count_by_tier(tx, call_id)
    *tiers, whole = rows
    names = await calls.missing_targets(tx, call_id, MISSING_MAX) if calls.sees_all(tx) else None
    return CallCompleteness(
        **msgspec.structs.asdict(rules.with_rates(whole)),
        call_id=call_id,
        last_closes_at=whole.closes_at,
        by_tier=[rules.with_rates(row) for row in tiers],
        missing=names,
        mine=await calls.own_target(tx, call_id),
    )


async def figures(tx: Tx, call_id: UUID, basis: Basis) -> CallFigures:
    """Sums and means of the call's numbers; for schools only when nobody can answer any more.

    Over accepted answers only for who may read every return: acceptances come one by one.
    """
    call = await queries.get_call(tx, call_id)
    require_found(call, f"call/{call_id}", "figures:read")
    assert call is not None
    thing = f"call/{call_id}"
    require(tx, "figures:read", call.relations, thing=thing)
    if basis is Basis.ACCEPTED:
        require(tx, "return:read", thing=thing)
    until_at = None if calls.sees_all(tx) else await _still_open_until(tx, call_id)
    shown: list[Figure] = []
    if until_at is None:
        rows = await queries.sum_by_tier(tx, call_id, only_accepted=basis is Basis.ACCEPTED)
        fields = await forms.fields_of(tx, call.form_id, call.form_version)
        pupils = {field.code for field in fields if field.counts_pupils}
        hidden = set() if calls.sees_all(tx) else rules.withheld(rows, pupils)
        by_code = {field.code: field for field in fields}
        shown = [
            _figure(by_code[r.field_code.partition(".")[0]], r, (r.field_code, r.tier) in hidden)
            for r in rows
        ]
    return CallFigures(
        call_id=call_id,
        form_version=call.form_version,
        basis=basis,
        withheld_until_at=until_at,
        figures=shown,
    )


async def roll_up(tx: Tx, call_id: UUID, question: Question) -> RollUp:
    """A figure of a call by tier, stage or school; schools see it once nobody can answer any more.

    By school, a school sees itself alone. Raises BadQuestion, NotFound.
    """
    call = await _asked(tx, call_id, question)
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    numbers = {field.code: field for field in fields}
    _refuse_no_numbers(question, numbers)
    line = CallLine(id=call.id, period=call.period, title=call.title, last_closes_at=None)
    until_at = None
    if not calls.sees_all(tx) and question.by is not Dimension.SCHOOL:
        until_at = await _still_open_until(tx, call_id)
    if question.by is Dimension.SCHOOL:
        return _rolled_up(line, question, None, await _by_school(tx, call_id, question))
    atoms: list[AtomRow] = []
    if until_at is None:
        atoms = await _atoms(tx, [call_id], question)
    found = _lines(tx, question, atoms, numbers) if until_at is None else []
    return _rolled_up(line, question, until_at, found)


async def series(
    tx: Tx, question: Question, first: str | None, last: str | None, limit: int
) -> Series:
    """The same figure over the calls that asked the field, between two periods.

    For schools without the calls that are still answered. Raises BadQuestion.
    """
    require(tx, "figures:read", thing=f"field/{question.field}")
    if question.basis is Basis.ACCEPTED:
        require(tx, "return:read", thing=f"field/{question.field}")
    if question.by is Dimension.SCHOOL:
        raise BadQuestion(problems=[Problem("query:/by", "too_many", "a series is not by school")])
    codes = [question.field, *([question.beside] if question.beside else [])]
    known = await forms.dictionary_of(tx, [code.partition(".")[0] for code in codes])
    _refuse_no_numbers(question, known)
    field_code = question.field.partition(".")[0]
    sees_all = calls.sees_all(tx)
    found = await queries.calls_of_field(tx, field_code, first, last, limit, with_end=not sees_all)
    if not sees_all:
        found = [c for c in found if c.last_closes_at is None or c.last_closes_at <= tx.now]
    atoms = await _atoms(tx, [call.id for call in found], question)
    return Series(
        field=question.field,
        beside=question.beside,
        kind=question.kind,
        by=question.by,
        basis=question.basis,
        calls=[
            _rolled_up(
                call, question, None,
                _lines(tx, question, [a for a in atoms if a.call_id == call.id], known),
            )
            for call in reversed(found)
        ],
    )  # fmt: skip


async def _asked(tx: Tx, call_id: UUID, question: Question) -> AskedCall:
    call = await queries.get_call(tx, call_id)
    require_found(call, f"call/{call_id}", "figures:read")
    assert call is not None
    require(tx, "figures:read", call.relations, thing=f"call/{call_id}")
    if question.basis is Basis.ACCEPTED:
        require(tx, "return:read", thing=f"call/{call_id}")
    return call


async def _atoms(tx: Tx, call_ids: Sequence[UUID], question: Question) -> list[AtomRow]:
    accepted = question.basis is Basis.ACCEPTED
    return await queries.roll_up(
        tx, call_ids, question.field, question.beside, only_accepted=accepted
    )


async def _by_school(tx: Tx, call_id: UUID, question: Question) -> list[RollUpLine]:
    rows = await queries.by_school(
        tx, call_id, question.field, question.beside,
        only_accepted=question.basis is Basis.ACCEPTED,
        school_id=None if calls.sees_all(tx) else tx.actor.school_id,
    )  # fmt: skip
    return [
        RollUpLine(
            key=row.school_code,
            name=row.school_name,
            schools=1,
            value=rules.value_of(
                question.kind, 1, row.number, row.beside or ZERO, row.number * (row.beside or ZERO)
            ),
            withheld=False,
        )
        for row in rows
        if row.number is not None
    ]


def _lines(
    tx: Tx, question: Question, atoms: Sequence[AtomRow], fields: Mapping[str, Field]
) -> list[RollUpLine]:
    first = fields.get(question.field)
    second = fields.get(question.beside or "")
    counted = (
        first is not None and first.counts_pupils,
        second is not None and second.counts_pupils,
    )
    return rules.lines(
        atoms, question.kind, question.by, hide=not calls.sees_all(tx), pupils=counted
    )


def _rolled_up(
    call: CallLine, question: Question, until_at: datetime | None, lines: list[RollUpLine]
) -> RollUp:
    return RollUp(
        call_id=call.id, period=call.period, title=call.title, field=question.field,
        beside=question.beside, kind=question.kind, by=question.by, basis=question.basis,
        withheld_until_at=until_at, lines=lines,
    )  # fmt: skip


def _refuse_no_numbers(question: Question, fields: Mapping[str, Field]) -> None:
    """Raise BadQuestion unless it asks for numbers there are, and for two where it takes two."""
    problems: list[Problem] = []
    needs_two = question.kind in (RollUpKind.WEIGHTED_MEAN, RollUpKind.SHARE)
    if needs_two != (question.beside is not None):
        why = f"a {question.kind} takes {'two fields' if needs_two else 'one field'}"
        problems.append(Problem("query:/beside", "beside", why))
    for name, code in (("field", question.field), ("beside", question.beside)):
        if code is not None and not _is_number(code, fields):
            problems.append(Problem(f"query:/{name}", "no_number", f"{code} is no number here"))
    if problems:
        raise BadQuestion(problems=problems)


def _is_number(code: str, fields: Mapping[str, Field]) -> bool:
    name, dot, column = code.partition(".")
    field = fields.get(name)
    if field is None or not dot:
        return field is not None and field.type in NUMBERS
    return any(one.code == column and one.type in NUMBERS for one in field.columns)


async def _still_open_until(tx: Tx, call_id: UUID) -> datetime | None:
    """When the last school expected can no longer answer; None if that has passed."""
    whole = (await queries.count_by_tier(tx, call_id))[-1]
    return whole.closes_at if whole.closes_at and tx.now < whole.closes_at else None


def _figure(field: FormField, row: SumRow, hide: bool) -> Figure:
    column = row.field_code.partition(".")[2]
    meant = next((one for one in field.columns if one.code == column), field)
    return Figure(
        field=row.field_code,
        label=meant.label,
        unit=meant.unit,
        tier=row.tier,
        schools=row.schools,
        sum=None if hide else row.sum,
        mean=None if hide else row.mean,
    )
