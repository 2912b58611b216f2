"""Working a reference out: one way for bulletins, dashboards and whoever else shows a figure."""

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, NotFound, Problem
from schoolgroup.management.activities import rules as activity_rules
from schoolgroup.management.activities import service as activities
from schoolgroup.management.activities.models import Asked
from schoolgroup.management.figures.models import LABELS, MONTHLY, Reference, Saved, Unit, Value
from schoolgroup.management.initiatives import service as initiatives
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.ledgers.figures import service as ledgers
from schoolgroup.management.ledgers.figures.models import Of
from schoolgroup.management.returns.figures import service as returns
from schoolgroup.management.rounds.plans import service as rounds

OFFICE_ONLY = (Saved.LEDGER_COMPLETION, Saved.LEDGER_ON_TIME, Saved.LEDGER_ITEMS)


def check(references: Sequence[Reference]) -> None:
    """Raise Invalid, naming each, where a reference lacks what it is about or names too much."""
    problems = []
    for number, one in enumerate(references):
        at = f"/figures/{number}"
        monthly = one.saved in MONTHLY
        if monthly != (one.month is not None):
            problems.append(Problem(f"{at}/month", "month", "of activities, and only of these"))
        if monthly and one.of is not None:
            problems.append(Problem(f"{at}/of", "not_of", "activities are of the whole group"))
        if not monthly and one.of is None and one.saved not in OFFICE_ONLY:
            problems.append(Problem(f"{at}/of", "required", "which call, round or initiative"))
    if problems:
        raise Invalid(problems=problems)


async def check_there(tx: Tx, references: Sequence[Reference]) -> list[Value]:
    """Each worked out; raises Invalid, naming it, where what it is about is not there."""
    check(references)
    values = []
    for number, one in enumerate(references):
        try:
            values.append(await work_out(tx, one))
        except NotFound:
            problem = Problem(f"/figures/{number}/of", "unknown", "there is no such thing")
            raise Invalid(problems=[problem]) from None
    return values


async def work_out(tx: Tx, one: Reference) -> Value:
    """The figure now, as its feature tells it. Raises NotFound, NotAllowed."""
    unit, value, link = await _answer(tx, one)
    return Value(
        saved=one.saved, of=one.of, month=one.month, label=LABELS[one.saved], unit=unit,
        value=value, as_of_at=tx.now, link=link,
    )  # fmt: skip


async def _answer(tx: Tx, one: Reference) -> tuple[Unit, float | None, str]:
    if one.saved in MONTHLY:
        return await _of_month(tx, one.saved, one.month or "")
    if one.saved in OFFICE_ONLY:
        return await _of_ledger(tx, one.saved, one.of)
    assert one.of is not None  # `check` has raised otherwise
    if one.saved in (Saved.CALL_COMPLETENESS, Saved.CALL_ON_TIME):
        call = await returns.completeness(tx, one.of)
        on_time = one.saved is Saved.CALL_ON_TIME
        rate = call.on_time_rate if on_time else call.completion_rate
        return Unit.SHARE, rate, f"/v1/calls/{one.of}/targets"
    if one.saved is Saved.ROUND_COVERAGE:
        coverage = await rounds.coverage(tx, one.of)
        return Unit.SHARE, coverage.whole.rate, f"/v1/rounds/{one.of}/coverage"
    totals = (await initiatives.get_initiative(tx, one.of)).totals
    link = f"/v1/initiatives/{one.of}/measures"
    if one.saved is Saved.MEASURES:
        return Unit.COUNT, totals.measures, link
    whole = totals.measures - totals.dropped
    return Unit.SHARE, totals.done / whole if whole else None, link


async def _of_ledger(
    tx: Tx, saved: Saved, ledger_id: UUID | None
) -> tuple[Unit, float | None, str]:
    if ledger_id is not None:
        await books.look_up(tx, ledger_id)
    whole = await ledgers.whole(tx, Of(ledger_id=ledger_id))
    if saved is Saved.LEDGER_ITEMS:
        return Unit.COUNT, whole.total, whole.items_link
    on_time = saved is Saved.LEDGER_ON_TIME
    return Unit.SHARE, whole.on_time_rate if on_time else whole.completion_rate, whole.items_link


async def _of_month(tx: Tx, saved: Saved, month: str) -> tuple[Unit, float | None, str]:
    totals = (await activities.figures(tx, month, month, Asked())).totals
    first = activity_rules.month_of(month)
    query = {"status": "held", "from_on": first, "until_on": activity_rules.next_month(first)}
    link = "/v1/activities?" + urlencode(query)
    count = totals.activities if saved is Saved.ACTIVITIES else totals.pupils
    return Unit.COUNT, count, link
