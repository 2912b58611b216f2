"""What a release holds, computed from a snapshot's parts: pure, so that anyone can do it again."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
import numpy as np

from schoolgroup.evaluation.assigning.models import Conversion
from schoolgroup.evaluation.assigning.rules import convert, raw_marks
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics import rules
from schoolgroup.evaluation.statistics.bulk import figures_of_schools
from schoolgroup.evaluation.statistics.methods.collecting import uncollected
from schoolgroup.evaluation.statistics.methods.exact import Marks
from schoolgroup.evaluation.statistics.models import (
    GROUP,
    Computed,
    Figures,
    GradeShare,
    GroupFigures,
    ItemFigure,
    PeerFigures,
    Pupils,
    Rate,
)
from schoolgroup.evaluation.statistics.privacy import Spread, hide_rows, share_lines

BANDS = (10, 20, 50, 100, 200, 500)


@uncollected
def compute(
    subjects: Sequence[Subject],
    parts: Sequence[Part],
    letters: Mapping[UUID, str],
    snapshot_sha256: str,
    k: int,
    contents: Sequence[Content],
    conversions: Mapping[UUID, Conversion],
) -> Computed:
    """Everything a release with these contents holds, small cells (< k pupils) hidden.

    `conversions`: by subject the table of assigned marks, which go with the pupils' marks.
    """
    computed = Computed({}, {}, {})
    by_subject: dict[UUID, list[Part]] = {subject.id: [] for subject in subjects}
    for part in parts:
        by_subject.setdefault(part.exam_subject_id, []).append(part)
    for subject in subjects:
        of_subject = by_subject[subject.id]
        if Content.FIGURES in contents:
            own, whole = figures_of_schools(subject, of_subject, snapshot_sha256)
            computed.own.update({(subject.id, school): own[school] for school in own})
            named = {letters[school]: found for school, found in own.items()}
            shared = share(subject, named, whole, k)
            computed.shared.update({(subject.id, name): shared[name] for name in shared})
        if set(contents) - {Content.FIGURES}:
            told = _pupils(subject, of_subject, contents, conversions.get(subject.id))
            computed.pupils.update({(subject.id, school): told[school] for school in told})
    return computed


def share(
    subject: Subject, own: Mapping[str, Figures], whole: Figures, k: int
) -> dict[str, PeerFigures | GroupFigures]:
    """What may be told of each school (by letter) and of all (`*`)."""
    sizes = {name: found.n_present for name, found in own.items()}
    hidden = hide_rows(sizes, k)
    spreads = {name: Spread(_above(found), sizes[name]) for name, found in own.items()}
    lines = share_lines(spreads, hidden.rows, k, _preferred(subject))
    shared: dict[str, PeerFigures | GroupFigures] = {
        name: PeerFigures(suppressed=True, n_band=None)
        if name in hidden.rows
        else _peer(found, lines.of[name])
        for name, found in own.items()
    }
    untold = hidden.total or whole.n_present < k
    shared[GROUP] = GroupFigures(
        suppressed=untold,
        schools=len(own),
        figures=None if untold else _whole(subject, whole, lines.total, k),
    )
    return shared


def band(n: int) -> str:
    """About how many: an exact number of pupils would tell the school."""
    low = max((edge for edge in BANDS if edge <= n), default=0)
    high = min((edge for edge in BANDS if edge > n), default=None)
    return f"{low}+" if high is None else f"{low}-{high - 1}"


def _preferred(subject: Subject) -> list[int]:
    """The lines in the order in which they are kept where not all can be."""
    lines = [subject.pass_percent, subject.excellent_percent, subject.low_percent]
    cuts = [level.from_percent for level in subject.levels if level.from_percent]
    return list(dict.fromkeys([*lines, *cuts]))


def _above(found: Figures) -> dict[int, int]:
    """How many reach each line, back from the shares."""
    n, reached = found.n_present, 0
    above: dict[int, int] = {}
    for share_of in found.grades:
        reached += round((share_of.share or 0) * n)
        above[share_of.from_percent] = reached
    for rate in found.rates:
        count = round((rate.share or 0) * n)
        above[rate.percent] = n - count if rate.line == rules.LOW else count
    return above


def _shown_rates(found: Figures, kept: frozenset[int]) -> list[Rate]:
    return [
        rate if rate.percent in kept else msgspec.structs.replace(rate, share=None)
        for rate in found.rates
    ]


def _shown_grades(found: Figures, kept: frozenset[int]) -> list[GradeShare]:
    """The grades with only those shares both of whose lines are kept."""
    top = 100_000
    edges = [top, *(level.from_percent for level in found.grades)]
    known = {*kept, 0, top}
    return [
        one
        if one.from_percent in known and edges[n] in known
        else msgspec.structs.replace(one, share=None)
        for n, one in enumerate(found.grades)
    ]


def few_chose(subject: Subject, chosen: Mapping[str, int | None], k: int) -> set[str]:
    """Labels of the optional items of which nothing is told: one of their group has 1 to k−1.

    The whole group, because the total and the other items would give its rarest item away.
    """
    few = {
        item.choice
        for item in subject.items
        if item.choice and 0 < (chosen.get(item.label) or 0) < k
    }
    return {item.label for item in subject.items if item.choice in few}


def _whole(subject: Subject, found: Figures, kept: frozenset[int], k: int) -> Figures:
    hidden = few_chose(subject, {one.label: one.n for one in found.items}, k)

    def told(count: int | None) -> int | None:
        return count if count is not None and (count == 0 or count >= k) else None

    return msgspec.structs.replace(
        found,
        rates=_shown_rates(found, kept),
        grades=_shown_grades(found, kept),
        n_absent=told(found.n_absent),
        n_void=told(found.n_void),
        n_exempt=told(found.n_exempt),
        items=[
            ItemFigure(one.label, one.max_marks, None, None, discriminates=False)
            if one.label in hidden
            else one
            for one in found.items
        ],
    )


def _peer(found: Figures, kept: frozenset[int]) -> PeerFigures:
    return PeerFigures(
        suppressed=False,
        n_band=band(found.n_present),
        participation=found.participation,
        mean=found.mean,
        sd=found.sd,
        lower_quartile=found.lower_quartile,
        median=found.median,
        upper_quartile=found.upper_quartile,
        rates=_shown_rates(found, kept),
        grades=_shown_grades(found, kept),
        snapshot_sha256=found.basis.snapshot_sha256,
        code_version=found.basis.code_version,
    )


def _pupils(
    subject: Subject,
    parts: Sequence[Part],
    contents: Sequence[Content],
    conversion: Conversion | None,
) -> dict[UUID, Pupils]:
    """What is told of each school's pupils: grades, totals, ranks, as far as `contents` says."""
    everybody = rules.totals_of(parts, len(subject.items))
    told = {}
    for part in parts:
        if part.sums is not None:
            continue  # the school tells its pupils itself
        totals = rules.marks_of([part], len(subject.items)).sum(axis=1)
        present = [result is Result.PRESENT for result in part.results]
        places = np.cumsum(present) - 1  # where a candidate's marks lie among those present
        grades = rules.grades_of(subject.levels, totals, subject.full_half_marks)
        ranks = rules.competition_ranks(totals, everybody)
        at = [int(place) if here else None for place, here in zip(places, present, strict=True)]
        told[part.school_id] = Pupils(
            exam_numbers=part.exam_numbers,
            class_labels=part.class_labels,
            results=part.results,
            grades=["" if p is None else grades[p] for p in at]
            if Content.PUPIL_GRADES in contents
            else None,
            total_half_marks=[None if p is None else int(totals[p]) for p in at]
            if Content.PUPIL_SCORES in contents
            else None,
            joint_ranks=[None if p is None else ranks[p] for p in at]
            if Content.RANKS in contents
            else None,
            assigned_marks=_assigned(totals, at, conversion)
            if conversion is not None and Content.PUPIL_SCORES in contents
            else None,
        )
    return told


def _assigned(totals: Marks, at: Sequence[int | None], conversion: Conversion) -> list[int | None]:
    """Each pupil's assigned mark by the table; null of those who were not present."""
    marks = {
        total: convert(raw_marks(total), conversion.bands, conversion.one_score)
        for total in set(totals.tolist())
    }
    return [None if place is None else marks[int(totals[place])] for place in at]
