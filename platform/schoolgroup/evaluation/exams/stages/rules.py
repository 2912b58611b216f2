"""Whether hours can be set so."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.exams.rules import plain
from schoolgroup.evaluation.exams.stages.models import Schedule
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text


class ScheduleInvalid(Invalid):
    """The hours do not fit the exam."""

    code = "schedule_invalid"
    remedy = Text(
        "Name subjects of the exam, and whole seconds to come.", "请指定本考试科目与未来时间。"
    )


def check_schedule(data: Schedule, subjects: Sequence[Subject], now: datetime) -> None:
    """Raise ScheduleInvalid, naming every hour that cannot be.

    An hour that has come stays: its paper is open, and cannot be shut again.
    """
    by_name = {s.subject: s for s in subjects}
    problems = []
    for n, wish in enumerate(data.subjects):
        subject = by_name.get(plain(wish.subject))
        at = f"/subjects/{n}"
        if subject is None:
            problems.append(Problem(f"{at}/subject", "unknown_subject", wish.subject))
        elif subject.starts_at is not None and subject.starts_at <= now:
            problems.append(Problem(f"{at}/starts_at", "has_begun", "this subject has begun"))
        if wish.starts_at is not None and wish.starts_at <= now:
            problems.append(Problem(f"{at}/starts_at", "past", "this instant has passed"))
        if wish.starts_at is not None and wish.starts_at.microsecond:
            problems.append(Problem(f"{at}/starts_at", "not_whole", "a whole second"))
    until = data.answer_until_at
    if until is not msgspec.UNSET and until is not None and until <= now:
        problems.append(Problem("/answer_until_at", "past", "this instant has passed"))
    if problems:
        raise ScheduleInvalid(problems=problems)
