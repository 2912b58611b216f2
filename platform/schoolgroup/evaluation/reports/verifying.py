"""Published figures beside the same figures worked out anew, one by one. Pure.

Every leaf of what was published is a figure: a mean, a suppressed flag, a pupil's grade. Each is
named by where it stands, so that what differs is found at once.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
import numpy as np

from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Subject
from schoolgroup.evaluation.reports.models import (
    Checked,
    Export,
    ExportedRow,
    ExportedSubject,
    SchoolName,
    SealedRelease,
)
from schoolgroup.evaluation.results import rules as results_rules
from schoolgroup.evaluation.results.models import Part, Result
from schoolgroup.evaluation.statistics.models import GROUP, Computed, Figures, Pupils
from schoolgroup.evaluation.statistics.release import compute

FORMAT = "schoolgroup-release-export/1"
ALL = "*"
# Of one school's own part alone these cannot be worked out: they need every school.
NEEDS_ALL = "joint_ranks"
# Without marks: what states and grades alone say.
WITHOUT_MARKS = ("n_present", "n_absent", "n_void", "n_exempt", "participation", "basis.n")


def leaves(found: object, at: str = "") -> dict[str, object]:
    """Every figure of a structure by its place, like `items[3].p`."""
    if isinstance(found, dict):
        return {
            key: leaf
            for name, own in found.items()
            for key, leaf in leaves(own, f"{at}.{name}" if at else str(name)).items()
        }
    if isinstance(found, list) and any(isinstance(one, dict) for one in found):
        return {
            key: leaf
            for n, own in enumerate(found)
            for key, leaf in leaves(own, f"{at}[{_name(own, n)}]").items()
        }
    return {at: found}


def _name(one: object, n: int) -> object:
    if isinstance(one, dict):
        return next((one[key] for key in ("label", "line", "grade") if key in one), n)
    return n


def beside(subject: str, of: str, published: object, recomputed: object) -> list[Checked]:
    """Each figure of two structures side by side; one that only one of them has differs."""
    before = leaves(msgspec.to_builtins(published)) if published is not None else {}
    after = leaves(msgspec.to_builtins(recomputed)) if recomputed is not None else {}
    return [
        Checked(
            subject, of, key, before.get(key, "(missing)"), after.get(key, "(missing)"),
            key in before and key in after and before[key] == after[key],
        )
        for key in dict.fromkeys([*before, *after])
    ]  # fmt: skip


def check_release(
    release: SealedRelease,
    papers: Sequence[Subject],
    parts: Sequence[Part],
    letters: Mapping[UUID, str],
    names: Mapping[UUID, str],
    stored: Computed,
    carried: Mapping[tuple[UUID, str], object],
) -> list[Checked]:
    """Everything a release published, from its snapshot: hashes, figures, what is suppressed.

    `carried`: the figures told as in an earlier release, as that release holds them.
    """
    subjects = {paper.id: paper.subject for paper in papers}
    found = [
        Checked(subjects[part.exam_subject_id], names[part.school_id], "part_sha256", part.sha256,
                own := results_rules.part_sha256(part), own == part.sha256)
        for part in parts
    ]  # fmt: skip
    sealed = results_rules.snapshot_sha256(release.exam_id, papers, parts)
    found.append(
        Checked(ALL, ALL, "snapshot_sha256", release.snapshot_sha256, sealed,
                sealed == release.snapshot_sha256)
    )  # fmt: skip
    anew = compute(
        papers, parts, letters, release.snapshot_sha256, release.cell_pupils_min, release.contents
    )
    for key in sorted(stored.own.keys() | anew.own.keys(), key=str):
        subject, school = key
        found += beside(subjects[subject], names[school], stored.own.get(key), anew.own.get(key))
    by_letter = {letter: names[school] for school, letter in letters.items()}
    shared = {**anew.shared, **carried}
    for told in sorted(stored.shared.keys() | shared.keys(), key=str):
        subject, letter = told
        who = "all schools" if letter == GROUP else f"{by_letter.get(letter, '?')} as {letter}"
        found += beside(subjects[subject], who, stored.shared.get(told), shared.get(told))
    for key in sorted(stored.pupils.keys() | anew.pupils.keys(), key=str):
        subject, school = key
        found += _pupils(
            subjects[subject],
            names[school],
            stored.pupils.get(key),
            anew.pupils.get(key),
            alone=False,
        )
    return found


def _pupils(
    subject: str, of: str, published: Pupils | None, recomputed: Pupils | None, *, alone: bool
) -> list[Checked]:
    """Each pupil's result, grade, marks and rank, by exam number."""
    if published is None or recomputed is None:
        return beside(subject, of, published, recomputed)
    rows: list[Checked] = []
    after = {number: n for n, number in enumerate(recomputed.exam_numbers)}
    for n, number in enumerate(published.exam_numbers):
        at = after.pop(number, None)
        for name in ("class_labels", "results", "grades", "total_half_marks", "joint_ranks"):
            before, now = getattr(published, name), getattr(recomputed, name)
            if before is None and now is None:
                continue
            told = None if before is None else before[n]
            if alone and name == NEEDS_ALL:
                rows.append(Checked(subject, of, f"{number} {name}", told, None, None))
                continue
            value = "(missing)" if at is None or now is None else now[at]
            rows.append(Checked(subject, of, f"{number} {name}", told, value, told == value))
    rows += [Checked(subject, of, number, "(missing)", "present", False) for number in after]
    return rows


def check_export(
    export: Export, marks: Mapping[str, Mapping[str, Sequence[int]]] | None = None
) -> list[Checked]:
    """A school's own part, worked out from its own file.

    `marks`: half marks by subject and exam number, from the sheets the school keeps itself; they
    stand in place of the file's. Without any marks only what states and grades say is compared.
    """
    found: list[Checked] = []
    for one in export.subjects:
        given = (marks or {}).get(one.subject.subject)
        part = _part(export, one, given)
        name, of = one.subject.subject, export.school
        if part is None:
            found += _without_marks(export, one)
            continue
        sha = results_rules.part_sha256(part)
        found.append(Checked(name, of, "part_sha256", one.part_sha256, sha, sha == one.part_sha256))
        letters = {export.school_id: "A"}
        anew = compute(
            [one.subject], [part], letters, export.snapshot_sha256, export.cell_pupils_min,
            export.contents,
        )  # fmt: skip
        key = (one.subject.id, export.school_id)
        if one.figures is not None or key in anew.own:
            found += beside(name, of, one.figures, anew.own.get(key))
        if one.pupils is not None or key in anew.pupils:
            found += _pupils(name, of, one.pupils, anew.pupils.get(key), alone=True)
    return found


def _part(
    export: Export, one: ExportedSubject, given: Mapping[str, Sequence[int]] | None
) -> Part | None:
    """The part as it was sealed, of the file's marks or of those given; null without marks."""
    present = [row for row in one.rows if row.result is Result.PRESENT]
    marks = [row.half_marks if given is None else given.get(row.exam_number) for row in present]
    if any(row is None for row in marks):
        return None
    table = np.array([row for row in marks if row is not None], dtype="<i2")
    return Part(
        exam_subject_id=one.subject.id,
        school_id=export.school_id,
        paper_version=one.paper_version,
        exam_numbers=[row.exam_number for row in one.rows],
        class_labels=[row.class_label for row in one.rows],
        results=[row.result for row in one.rows],
        half_marks=table.tobytes(),
        sha256=one.part_sha256,
        sums=one.sums,
    )


def _without_marks(export: Export, one: ExportedSubject) -> list[Checked]:
    """What can be compared where the release tells no marks: counts, and grades by their shares."""
    results = [row.result for row in one.rows]
    n, absent, void = (
        results.count(result) for result in (Result.PRESENT, Result.ABSENT, Result.VOID)
    )
    sat = n + absent + void
    known: dict[str, object] = {
        "n_present": n, "n_absent": absent, "n_void": void,
        "n_exempt": results.count(Result.EXEMPT), "participation": n / sat if sat else None,
        "basis.n": n,
    }  # fmt: skip
    if one.pupils is not None and one.pupils.grades is not None and n:
        for level in one.subject.levels:
            share = one.pupils.grades.count(level.grade) / n
            known[f"grades[{level.grade}].share"] = share
    name, of = one.subject.subject, export.school
    found = [Checked(name, of, "part_sha256", one.part_sha256, None, None)]
    for key, told in leaves(msgspec.to_builtins(one.figures)).items() if one.figures else ():
        if key in known:
            found.append(Checked(name, of, key, told, known[key], told == known[key]))
        else:
            found.append(Checked(name, of, key, told, None, None))
    return found


def told_export(
    release: SealedRelease,
    school_id: UUID,
    school: SchoolName,
    papers: Sequence[Subject],
    parts: Sequence[Part],
    own: Mapping[UUID, Figures],
    pupils: Mapping[UUID, Pupils],
) -> Export:
    """A school's own part of a release as a file; marks only where the release tells them."""
    by_subject = {part.exam_subject_id: part for part in parts}
    with_marks = Content.PUPIL_SCORES in release.contents
    return Export(
        format=FORMAT,
        release_id=release.id,
        exam_id=release.exam_id,
        exam=release.title,
        school_id=school_id,
        school_code=school.code,
        school=school.name,
        contents=release.contents,
        cell_pupils_min=release.cell_pupils_min,
        released_with=release.code_version,
        snapshot_sha256=release.snapshot_sha256,
        subjects=[
            ExportedSubject(
                subject=paper,
                paper_version=part.paper_version,
                part_sha256=part.sha256,
                rows=_rows(part, len(paper.items), with_marks=with_marks),
                sums=part.sums,
                figures=own.get(paper.id),
                pupils=pupils.get(paper.id),
            )
            for paper in papers
            if (part := by_subject.get(paper.id)) is not None
        ],
    )


def _rows(part: Part, items: int, *, with_marks: bool) -> list[ExportedRow]:
    marks = iter(np.frombuffer(part.half_marks, dtype="<i2").reshape(-1, items).tolist())
    return [
        ExportedRow(
            number,
            label,
            result,
            row if with_marks else None,
        )
        for number, label, result, row in (
            (number, label, result, next(marks) if result is Result.PRESENT else None)
            for number, label, result in zip(
                part.exam_numbers, part.class_labels, part.results, strict=True
            )
        )
    ]
