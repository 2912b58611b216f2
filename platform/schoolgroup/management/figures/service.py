"""Working references out: one way for bulletins, dashboards and whoever else shows a figure."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import urlencode
from uuid import UUID

from schoolgroup.directory import service as directory
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, NotFound, Problem
from schoolgroup.management.activities import rules as activity_rules
from schoolgroup.management.activities import service as activities
from schoolgroup.management.activities.models import Asked
from schoolgroup.management.figures import queries
from schoolgroup.management.figures.models import (
    FAMILY,
    LABELS,
    Answer,
    Family,
    Reference,
    Saved,
    Unit,
    Value,
)
from schoolgroup.management.initiatives import service as initiatives
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.ledgers.figures import service as ledgers
from schoolgroup.management.ledgers.figures.models import Of
from schoolgroup.management.returns.figures import service as returns
from schoolgroup.management.rounds.plans import service as rounds

Answers = Mapping[Saved, Answer]
Kept = dict[tuple[Family, UUID | None, str | None], Answers]
OF_NOTHING = (Family.GROUP, Family.BULLETIN, Family.ACTIVITY)


def check(references: Sequence[Reference]) -> None:
    """Raise Invalid, naming each, where a reference lacks what it is about or names too much."""
    problems = []
    for number, one in enumerate(references):
        at, family = f"/figures/{number}", FAMILY[one.saved]
        if (family is Family.ACTIVITY) != (one.month is not None):
            problems.append(Problem(f"{at}/month", "month", "of activities, and only of these"))
        if family in OF_NOTHING and one.of is not None:
            problems.append(Problem(f"{at}/of", "not_of", "this figure is of the whole group"))
        if family not in (*OF_NOTHING, Family.LEDGER) and one.of is None:
            problems.append(Problem(f"{at}/of", "required", "which of them the figure is of"))
    if problems:
        raise Invalid(problems=problems)


async def check_there(tx: Tx, references: Sequence[Reference]) -> list[Value]:
    """Each worked out; raises Invalid, naming it, where what it is about is not there."""
    check(references)
    values: list[Value] = []
    kept: Kept = {}
    for number, one in enumerate(references):
        try:
            values += await work_out(tx, [one], kept)
        except NotFound:
            problem = Problem(f"/figures/{number}/of", "unknown", "there is no such thing")
            raise Invalid(problems=[problem]) from None
    return values


async def work_out(
    tx: Tx, references: Sequence[Reference], kept: Kept | None = None
) -> list[Value]:
    """The figures now, as their features tell them; one look for those of the same rows.

    `kept` has what this transaction has looked at already. Raises NotFound, NotAllowed.
    """
    kept = {} if kept is None else kept
    values = []
    for one in references:
        key = (FAMILY[one.saved], one.of, one.month)
        if key not in kept:
            kept[key] = await _ANSWER[key[0]](tx, one)
        answer = kept[key][one.saved]
        values.append(
            Value(
                saved=one.saved, of=one.of, month=one.month, label=LABELS[one.saved],
                unit=answer.unit, value=answer.value, as_of_at=tx.now, link=answer.link,
                by_on=answer.by_on,
            )
        )  # fmt: skip
    return values


def _of(one: Reference) -> UUID:
    assert one.of is not None  # `check` has raised otherwise
    return one.of


async def _of_group(tx: Tx, one: Reference) -> Answers:
    group = await directory.get_group(tx)
    return {
        Saved.SCHOOLS_INTEGRATED: Answer(
            value=group.schools_integrated, link="/v1/schools?tier=integrated"
        ),
        Saved.SCHOOLS_PARTNER: Answer(value=group.schools_partner, link="/v1/schools?tier=partner"),
    }


async def _of_ledger(tx: Tx, one: Reference) -> Answers:
    if one.of is not None:
        await books.look_up(tx, one.of)
    whole = await ledgers.whole(tx, Of(ledger_id=one.of))
    link = whole.items_link
    closed = link + ("&" if "?" in link else "?") + "status=closed"
    return {
        Saved.LEDGER_ITEMS: Answer(value=whole.total, link=link),
        Saved.LEDGER_CLOSED: Answer(value=whole.closed, link=closed),
        Saved.LEDGER_COMPLETION: Answer(value=whole.completion_rate, link=link, unit=Unit.SHARE),
        Saved.LEDGER_ON_TIME: Answer(value=whole.on_time_rate, link=link, unit=Unit.SHARE),
    }


async def _of_target(tx: Tx, one: Reference) -> Answers:
    """The next target to come; the last one where all have passed."""
    ledger_id = _of(one)
    targets = (await books.get_ledger(tx, ledger_id)).targets
    today = books.day_of(tx, tx.now)
    aim = next((t for t in targets if t.by_on >= today), targets[-1] if targets else None)
    return {
        Saved.LEDGER_TARGET: Answer(
            value=aim.completion if aim else None,
            link=f"/v1/ledgers/{ledger_id}/outlook",
            unit=Unit.SHARE,
            by_on=aim.by_on if aim else None,
        )
    }


async def _of_call(tx: Tx, one: Reference) -> Answers:
    call = await returns.completeness(tx, _of(one))
    link = f"/v1/calls/{one.of}/targets"
    return {
        Saved.CALL_COMPLETENESS: Answer(value=call.completion_rate, link=link, unit=Unit.SHARE),
        Saved.CALL_ON_TIME: Answer(value=call.on_time_rate, link=link, unit=Unit.SHARE),
    }


async def _of_round(tx: Tx, one: Reference) -> Answers:
    whole = await rounds.get_round(tx, _of(one))
    rate = (await rounds.coverage(tx, whole.id)).whole.rate
    link = f"/v1/rounds/{whole.id}"
    return {
        Saved.ROUND_TEAMS: Answer(value=len(whole.teams), link=link),
        Saved.ROUND_COVERAGE: Answer(value=rate, link=f"{link}/coverage", unit=Unit.SHARE),
    }


async def _of_month(tx: Tx, one: Reference) -> Answers:
    month = one.month or ""
    totals = (await activities.figures(tx, month, month, Asked())).totals
    link = activities_of(month)
    return {
        Saved.ACTIVITIES: Answer(value=totals.activities, link=link),
        Saved.ACTIVITY_PUPILS: Answer(value=totals.pupils, link=link),
    }


def activities_of(month: str, school_id: UUID | None = None) -> str:
    """The address of the list of what was held in a month, of one school or of all."""
    first = activity_rules.month_of(month)
    query = {"status": "held", "from_on": first, "until_on": activity_rules.next_month(first)}
    return "/v1/activities?" + urlencode(query | ({"school_id": school_id} if school_id else {}))


async def _of_initiative(tx: Tx, one: Reference) -> Answers:
    totals = (await initiatives.get_initiative(tx, _of(one))).totals
    link, whole = f"/v1/initiatives/{one.of}/measures", totals.measures - totals.dropped
    done = totals.done / whole if whole else None
    return {
        Saved.MEASURES: Answer(value=totals.measures, link=link),
        Saved.MEASURES_DONE: Answer(value=done, link=link, unit=Unit.SHARE),
    }


async def _of_bulletins(tx: Tx, one: Reference) -> Answers:
    issued = await queries.count_bulletins(tx)
    link = f"/v1/bulletins?year={issued.year}"
    return {Saved.BULLETINS: Answer(value=issued.count, link=link)}


_ANSWER: dict[Family, Callable[[Tx, Reference], Awaitable[Answers]]] = {
    Family.GROUP: _of_group,
    Family.LEDGER: _of_ledger,
    Family.TARGET: _of_target,
    Family.CALL: _of_call,
    Family.ROUND: _of_round,
    Family.ACTIVITY: _of_month,
    Family.INITIATIVE: _of_initiative,
    Family.BULLETIN: _of_bulletins,
}
