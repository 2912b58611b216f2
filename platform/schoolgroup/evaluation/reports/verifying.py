"""Published figures beside the same figures worked out anew, one by one. Pure.

Every leaf of what was published is a figure: a mean, a suppressed flag, a pupil's grade. Each is
named by where it stands, so that what differs is found at once.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
import numpy as np

from schoolgroup.evaluation.assigning.models import Conversion
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
from schoolgroup.evaluation.results.models import Candidate, Part, Result
from schoolgroup.evaluation.statistics.models import GROUP, Computed, Figures, Pupils
from schoolgroup.evaluation.statistics.release import compute
from schoolgroup.evaluation.statistics.rules import counted_of, marks_of

FORMAT = "schoolgroup-release-export/1"
ALL = "*"
# Of one school's own part alone these cannot be worked out: they need every school.
OF_A_PUPIL = (
    "class_labels", "results", "grades", "total_half_marks", "assigned_marks", "joint_ranks",
)  # fmt: skip
NEEDS_ALL = "joint_ranks"


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
    conversions: Mapping[UUID, Conversion],
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
        papers, parts, letters, release.snapshot_sha256, release.cell_pupils_min,
        release.contents, conversions,
    )  # fmt: skip
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
        for name in (
            "class_labels",
            "results",
            "grades",
            "total_half_marks",
            "assigned_marks",
            "joint_ranks",
        ):
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
    export: Export, sheets: Mapping[str, Mapping[str, Candidate]] | None = None
) -> list[Checked]:
    """A school's own part, worked out from its own file.

    `sheets`: by subject and exam number what the school's own sheets say of its pupils; their marks
    stand in place of the file's. Without any marks only what states and grades say is compared.
    """
    found: list[Checked] = []
    for one in export.subjects:
        given = (sheets or {}).get(one.subject.subject)
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
            export.contents, {} if one.conversion is None else {one.subject.id: one.conversion},
        )  # fmt: skip
        key = (one.subject.id, export.school_id)
        if one.figures is not None or key in anew.own:
            found += beside(name, of, one.figures, anew.own.get(key))
        if one.pupils is not None or key in anew.pupils:
            found += _pupils(name, of, one.pupils, anew.pupils.get(key), alone=True)
    return found


def _part(
    export: Export, one: ExportedSubject, given: Mapping[str, Candidate] | None
) -> Part | None:
    """The part as it was sealed, of the file's marks or of those given; null without marks."""
    present = [row for row in one.rows if row.result is Result.PRESENT]
    if given is not None:
        present = [_given(row, given.get(row.exam_number)) for row in present]
    marks = [row.half_marks for row in present if row.half_marks is not None]
    if len(marks) < len(present):
        return None
    return Part(
        exam_subject_id=one.subject.id,
        school_id=export.school_id,
        paper_version=one.paper_version,
        exam_numbers=[row.exam_number for row in one.rows],
        class_labels=[row.class_label for row in one.rows],
        results=[row.result for row in one.rows],
        half_marks=np.array(marks, dtype="<i2").tobytes(),
        sha256=one.part_sha256,
        sums=one.sums,
        left_out=_left_out(present, len(one.subject.items)),
    )


def _given(row: ExportedRow, own: Candidate | None) -> ExportedRow:
    """The row with the marks of the school's own sheet."""
    if own is None or own.half_marks is None:
        return msgspec.structs.replace(row, half_marks=None)
    return msgspec.structs.replace(
        row, half_marks=list(own.half_marks), left_out=list(own.left_out)
    )


def _left_out(present: Sequence[ExportedRow], items: int) -> bytes:
    """Which items do not count for whom, as a part holds it."""
    if not any(row.left_out for row in present):
        return b""
    mask = np.zeros((len(present), items), dtype=np.bool_)
    for n, row in enumerate(present):
        mask[n, row.left_out] = True
    return np.packbits(mask, axis=1).tobytes()


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
    conversions: Mapping[UUID, Conversion],
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
                conversion=conversions.get(paper.id),
            )
            for paper in papers
            if (part := by_subject.get(paper.id)) is not None
        ],
    )


def _rows(part: Part, items: int, *, with_marks: bool) -> list[ExportedRow]:
    marks = iter(marks_of([part], items).tolist())
    counted = counted_of([part], items)
    at = iter(range(len(part.half_marks)))
    rows = []
    for number, label, result in zip(
        part.exam_numbers, part.class_labels, part.results, strict=True
    ):
        row: list[int] | None = None
        left_out: list[int] = []
        if result is Result.PRESENT:
            row, n = next(marks), next(at)
            if counted is not None:
                left_out = np.flatnonzero(~counted[n]).tolist()
        told = row if with_marks else None
        rows.append(ExportedRow(number, label, result, told, left_out if with_marks else []))
    return rows
