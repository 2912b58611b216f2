"""What initiatives and measures may be, and how their progress is told: pure."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.initiatives.models import (
    InitiativeWish,
    MeasureRow,
    MeasureStatus,
    Progress,
    ProgressRow,
    StepWish,
    Totals,
    Verb,
)


class BadInitiative(Invalid):
    """The initiative or its measure cannot be like this; `errors` says why."""

    code = "bad_initiative"
    title = Text("The initiative is not valid", "专项行动无效")


class NodeReached(Conflict):
    """The time node was reached already."""

    code = "node_reached"
    title = Text("The time node is reached", "该节点已完成")
    remedy = Text("Nothing is to be done.", "无需操作。")


def check_initiative(wish: InitiativeWish) -> None:
    """Raise BadInitiative where it would end before it begins."""
    if wish.until_on is not None and wish.until_on <= wish.from_on:
        raise BadInitiative(
            problems=[Problem("/until_on", "too_early", "it ends before it begins")]
        )


def check_step(wish: StepWish) -> None:
    """Raise BadInitiative for a step back that gives no reason."""
    if wish.verb in (Verb.DROP, Verb.RESUME) and not wish.because.strip():
        raise BadInitiative(problems=[Problem("/because", "required", "say why")])


def check_named(calls: Sequence[UUID], found: set[UUID], person_is_there: bool) -> None:
    """Raise BadInitiative for calls and a person that are not there."""
    problems = [
        Problem(f"/call_ids/{n}", "unknown_call", "there is no such call")
        for n, call_id in enumerate(calls)
        if call_id not in found or call_id in calls[:n]
    ]
    if not person_is_there:
        why = "not appointed at the group office today"
        problems.append(Problem("/person_id", "not_appointed", why))
    if problems:
        raise BadInitiative(problems=problems)


def progress(row: ProgressRow) -> Progress:
    """Counts with their rates."""
    return Progress(
        nodes=row.nodes,
        nodes_reached=row.nodes_reached,
        nodes_overdue=row.nodes_overdue,
        next_due_on=row.next_due_on,
        items_total=row.items_total,
        items_closed=row.items_closed,
        items_overdue=row.items_overdue,
        items_rate=row.items_closed / row.items_counted if row.items_counted else None,
        returns_expected=row.returns_expected,
        returns_answered=row.returns_answered,
        returns_rate=row.returns_answered / row.returns_expected if row.returns_expected else None,
        items_link=f"/v1/ledger-items?measure_id={row.measure_id}",
    )


def totals(measures: Sequence[MeasureRow], rows: Sequence[ProgressRow]) -> Totals:
    """An initiative's measures counted; the nodes of dropped ones do not count."""
    dropped = {one.id for one in measures if one.status is MeasureStatus.DROPPED}
    counted = [row for row in rows if row.measure_id not in dropped]

    def of(status: MeasureStatus) -> int:
        return sum(one.status is status for one in measures)

    return Totals(
        measures=len(measures),
        planned=of(MeasureStatus.PLANNED),
        under_way=of(MeasureStatus.UNDER_WAY),
        done=of(MeasureStatus.DONE),
        dropped=of(MeasureStatus.DROPPED),
        nodes=sum(row.nodes for row in counted),
        nodes_reached=sum(row.nodes_reached for row in counted),
        nodes_overdue=sum(row.nodes_overdue for row in counted),
    )
