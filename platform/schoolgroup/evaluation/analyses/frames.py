"""From the parts of a snapshot to the marks methods work on. Pure."""

from collections.abc import Callable, Sequence
from uuid import UUID

from schoolgroup.evaluation.analyses.models import Frame
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics.rules import counted_of, marks_of


def frame_of(subject: Subject, parts: Sequence[Part], name_of: Callable[[UUID], str]) -> Frame:
    """The marks of one subject, of those present, with each school by the name given to its id."""
    own = [part for part in parts if part.exam_subject_id == subject.id]
    rows = [
        (name_of(part.school_id), label, number)
        for part in own
        for number, label, result in zip(
            part.exam_numbers, part.class_labels, part.results, strict=True
        )
        if result is Result.PRESENT
    ]
    return Frame(
        subject=subject,
        marks=marks_of(own, len(subject.items)),
        schools=[school for school, _, _ in rows],
        classes=[label for _, label, _ in rows],
        pupils=[number for _, _, number in rows],
        tiers={},
        ids={},
        counted=counted_of(own, len(subject.items)),
    )
