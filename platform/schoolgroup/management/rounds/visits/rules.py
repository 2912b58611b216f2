"""What can be recorded of a visit: pure."""

from collections.abc import Sequence
from datetime import date

from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.rounds.plans.models import Criterion
from schoolgroup.management.rounds.visits.models import ObservationRow, ObservationWish


class BadVisit(Invalid):
    """The visit cannot be like this; `errors` says why."""

    code = "bad_visit"
    title = Text("The visit's record is not valid", "巡回指导记录无效")


def check_observations(rubric: Sequence[Criterion], wishes: Sequence[ObservationWish]) -> None:
    """Raise BadVisit for criteria the rubric has not, stands twice, or points above its most."""
    most = {one.code: one.points_max for one in rubric}
    problems = []
    for n, wish in enumerate(wishes):
        if wish.criterion not in most:
            why = f"the rubric has {', '.join(most)}"
            problems.append(Problem(f"/observations/{n}/criterion", "unknown_criterion", why))
        elif wish.points > most[wish.criterion]:
            why = f"at most {most[wish.criterion]}"
            problems.append(Problem(f"/observations/{n}/points", "out_of_range", why))
        if wish.criterion in [one.criterion for one in wishes[:n]]:
            problems.append(Problem(f"/observations/{n}/criterion", "twice", "stands twice"))
    if problems:
        raise BadVisit(problems=problems)


def check_criterion(rubric: Sequence[Criterion], criterion: str) -> None:
    """Raise BadVisit for a finding on what the rubric has not."""
    if criterion and criterion not in [one.code for one in rubric]:
        raise BadVisit(problems=[Problem("/criterion", "unknown_criterion", "not of the rubric")])


def check_complete(rubric: Sequence[Criterion], seen: Sequence[ObservationRow]) -> None:
    """Raise BadVisit for a report that leaves a criterion out."""
    codes = {one.criterion for one in seen}
    missing = [one.code for one in rubric if one.code not in codes]
    if missing:
        why = f"not looked at yet: {', '.join(missing)}"
        raise BadVisit(problems=[Problem("/observations", "incomplete", why)])


def check_carried_out(on: date, today: date) -> None:
    """Raise BadVisit for a visit that is still to come."""
    if on > today:
        raise BadVisit(problems=[Problem("/carried_out_on", "too_late", "it is still to come")])


def check_planned(on: date, today: date) -> None:
    """Raise BadVisit for a day that has passed."""
    if on < today:
        raise BadVisit(problems=[Problem("/planned_on", "too_early", "the day has passed")])


def check_moved(on: date, before: date) -> None:
    """Raise BadVisit where the day stays the same."""
    if on == before:
        raise BadVisit(problems=[Problem("/planned_on", "nothing_changes", "it is that day")])
