"""Reports over releases, a school's own export, and releases worked out anew figure by figure.

Nothing is told that the release does not tell: the same door (`releases.fetch`: recipients, the
hour, withdrawal), the same contents, the same hidden cells.
"""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import policy_of, require
from schoolgroup.evaluation.assigning import queries as assigning
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.gates import Content
from schoolgroup.evaluation.exams.models import Participant, Subject
from schoolgroup.evaluation.reports import composing, page, queries, rules, verifying, workbook
from schoolgroup.evaluation.reports.models import (
    Asked,
    Checked,
    Export,
    Form,
    Ground,
    Language,
    Prior,
    Recipient,
    Report,
)
from schoolgroup.evaluation.results import service as results
from schoolgroup.evaluation.results.models import Part
from schoolgroup.evaluation.statistics import queries as stored_figures
from schoolgroup.evaluation.statistics import service as releases
from schoolgroup.evaluation.statistics import telling
from schoolgroup.evaluation.statistics.models import Computed, PeerFigures, ReleaseRow
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Forbidden, Problem
from schoolgroup.kernel.texts import Text

READ, NAME = "release:read", "pupil:name"
PAGE_SUBJECTS_MAX = 3  # of a page with pictures: about a second of one core
AT_ONCE = 2  # reports made at the same time: the rest of the process stays fast
_turns = asyncio.Semaphore(AT_ONCE)


class ForTheOrganiser(Forbidden):
    """All schools by name are for who runs the exam."""

    code = "organiser_only"
    title = Text("Only who runs the exam gets this report", "该报告仅限考试组织方")
    remedy = Text("Ask for the report of your school.", "请查看本校报告。")


async def report(tx: Tx, release_id: UUID, asked: Asked, form: Form) -> Report:
    """The report of a release for one recipient.

    Raises NotFound, Embargoed, ReportInvalid, ForTheOrganiser, NothingOfYours, and NotAllowed
    where names are asked for by who may not read them.
    """
    row = await releases.fetch(tx, release_id)
    _check(asked)
    ground = await _ground(tx, row, asked, form)
    async with _turns:
        made = await asyncio.to_thread(composing.compose, ground)
    entry = {"report": str(asked.recipient), "form": str(form), "sections": len(made.sections)}
    await journal.enter(tx, READ, f"release/{release_id}", "done", entry)
    return made


async def written(made: Report, form: Form, language: Language) -> bytes:
    """The report as a file; the same report gives the same bytes."""
    if form is Form.JSON:
        return msgspec.json.encode(made)
    render = page.render if form is Form.HTML else workbook.render
    async with _turns:
        return await asyncio.to_thread(render, made, str(language))


async def export(tx: Tx, release_id: UUID) -> Export:
    """The acting school's own part of a release: rows, papers, and what was published of them.

    Marks of pupils only where the release tells them; names never. Raises NotFound, Embargoed,
    NothingOfYours.
    """
    row = await releases.fetch(tx, release_id)
    school_id = tx.actor.school_id
    if school_id is None:
        raise rules.NothingOfYours
    parts = await results.parts(tx, row.snapshot_id, school_id)
    sealed = await queries.get_sealed(tx, release_id)
    if not parts or sealed is None:
        raise rules.NothingOfYours
    stored = await stored_figures.get_computed(tx, release_id, school_id)
    made = verifying.told_export(
        sealed,
        school_id,
        await queries.get_school_name(tx, school_id),
        await results.papers_of(tx, row.exam_id, row.snapshot_id),
        parts,
        {subject: found for (subject, _), found in stored.own.items()},
        {subject: found for (subject, _), found in stored.pupils.items()},
        {c.exam_subject_id: c for c in await assigning.list_used(tx, release_id)},
    )
    rows = sum(len(one.rows) for one in made.subjects)
    await journal.enter(tx, READ, f"release/{release_id}", "done", {"export": "json", "rows": rows})
    return made


async def verify_release(db: Database, group_id: UUID, release_id: UUID) -> list[Checked] | None:
    """Every figure a release published beside the one worked out anew; null: not of this group.

    For who operates the server; a person asks `GET /v1/releases/{id}/verify`.
    """

    async def work(tx: Tx) -> list[Checked] | None:
        sealed = await queries.get_sealed(tx, release_id)
        if sealed is None:
            return None
        schools = await exams.participants(tx, sealed.exam_id)
        stored = await stored_figures.get_computed(tx, release_id, None)
        return await asyncio.to_thread(
            verifying.check_release,
            sealed,
            await results.papers_of(tx, sealed.exam_id, sealed.snapshot_id),
            await results.parts(tx, sealed.snapshot_id),
            {school.school_id: school.letter for school in schools if school.letter},
            {school.school_id: school.school_name for school in schools},
            stored,
            await telling.first_told(tx, stored.origin),
            {c.exam_subject_id: c for c in await assigning.list_used(tx, release_id)},
        )

    return await db.run(system_actor(group_id), work)


def _check(asked: Asked) -> None:
    """Raise ReportInvalid for what the recipient needs and lacks, or does not take."""
    takes = {
        Recipient.PUPIL: {"exam_number"},
        Recipient.CLASS: {"class_label"},
        Recipient.TEACHER: set(),
        Recipient.SCHOOL: {"prior_release_id", "wright"},
        Recipient.GROUP: {"prior_release_id", "wright"},
    }[asked.recipient]
    if asked.recipient in (Recipient.PUPIL, Recipient.CLASS):
        takes |= {"names"}
    given = {
        "exam_number": asked.exam_number is not None,
        "class_label": asked.class_label is not None,
        "names": asked.names,
        "prior_release_id": asked.prior_release_id is not None,
        "wright": asked.wright,
    }
    problems = [
        Problem(f"query:/{name}", "not_taken", f"a {asked.recipient} report does not take it")
        for name, is_given in given.items()
        if is_given and name not in takes
    ]
    problems += [
        Problem(f"query:/{name}", "missing", f"a {asked.recipient} report needs it", "give it")
        for name in ("exam_number", "class_label")
        if name in takes and not given[name]
    ]
    if problems:
        raise rules.ReportInvalid(problems=problems)


async def _ground(tx: Tx, row: ReleaseRow, asked: Asked, form: Form) -> Ground:
    school_id = tx.actor.school_id
    whole = asked.recipient is Recipient.GROUP
    if whole and not releases.organises(tx, row):
        raise ForTheOrganiser
    if not whole and school_id is None:
        raise rules.NothingOfYours
    papers = await results.papers_of(tx, row.exam_id, row.snapshot_id)
    subjects = _subjects(papers, asked, form)
    wanted = [subject.id for subject in subjects]
    # no report for the group tells of single pupils
    stored = await stored_figures.get_computed(
        tx, row.id, school_id, subjects=wanted, with_pupils=not whole
    )
    schools = [s for s in await exams.participants(tx, row.exam_id) if s.letter]
    letter = next((s.letter or "" for s in schools if s.school_id == school_id), "")
    prior = await _prior(tx, row, asked)
    parts = await results.parts(tx, row.snapshot_id, school_id, wanted)
    letters = {s.school_id: s.letter or "" for s in schools}
    everyone: Sequence[Part] = ()
    if prior is not None:
        # What compares schools needs all of them; of others only what is not hidden is told.
        async with tx.as_system():
            everyone = await results.parts(tx, row.snapshot_id, subjects=wanted)
            of_all = await exams.participants(tx, row.exam_id)
        letters = {s.school_id: s.letter for s in of_all if s.letter}
    return Ground(
        release=row,
        asked=asked,
        subjects=subjects,
        own={s: found for (s, school), found in stored.own.items() if school == school_id},
        shared=stored.shared,
        pupils={s: told for (s, school), told in stored.pupils.items() if school == school_id},
        parts=_by_subject(parts),
        school_name=""
        if school_id is None
        else (await queries.get_school_name(tx, school_id)).name,
        letter=letter,
        labels=_labels(stored, schools, letter, named=school_id is None),
        letters=letters,
        exact_n=_exact(stored, letters) if school_id is None else {},
        names=await _names(tx, row, asked, school_id),
        prior=prior,
        everyone=everyone,
    )


def _subjects(papers: list[Subject], asked: Asked, form: Form) -> list[Subject]:
    found = [
        paper
        for paper in papers
        if asked.subject is None or paper.subject == exam_rules.plain(asked.subject)
    ]
    named = ", ".join(paper.subject for paper in papers)
    if not found:
        raise rules.ReportInvalid(
            problems=[
                Problem("query:/subject", "unknown_subject", "not of this exam", f"one of {named}")
            ]
        )
    drawn = form is Form.HTML and asked.recipient is not Recipient.PUPIL
    if drawn and len(found) > PAGE_SUBJECTS_MAX:
        why = f"a page holds {PAGE_SUBJECTS_MAX} subjects"
        raise rules.ReportInvalid(
            problems=[Problem("query:/subject", "too_many", why, f"name one of {named}")]
        )
    return found


def _by_subject(parts: Sequence[Part]) -> dict[UUID, list[Part]]:
    found: dict[UUID, list[Part]] = {}
    for part in parts:
        found.setdefault(part.exam_subject_id, []).append(part)
    return found


def _labels(
    stored: Computed, schools: Sequence[Participant], own: str, *, named: bool
) -> dict[str, Text]:
    """What each letter is called: by name for the organiser, else the letter and `this school`."""
    names = {s.letter: s.school_name for s in schools}
    labels = {}
    for _, letter in stored.shared:
        if named and letter in names:
            labels[letter] = Text(names[letter], names[letter])
        elif letter == own:
            labels[letter] = Text(f"This school ({letter})", f"本校（{letter}）")
        else:
            labels[letter] = Text(f"School {letter}", f"学校 {letter}")
    return labels


def _exact(stored: Computed, letters: dict[UUID, str]) -> dict[tuple[UUID, str], int]:
    """Exact numbers for who runs the exam: of schools that are shown, and not as they were."""
    found = {}
    for (subject, school), figures in stored.own.items():
        key = (subject, letters.get(school, ""))
        told = stored.shared.get(key)
        if isinstance(told, PeerFigures) and not told.suppressed and key not in stored.origin:
            found[key] = figures.n_present
    return found


async def _names(tx: Tx, row: ReleaseRow, asked: Asked, school_id: UUID | None) -> dict[str, str]:
    """The own pupils' names, where they were asked for: read by the wall, entered in the trail."""
    if not asked.names or school_id is None:
        return {}
    require(tx, NAME, policy_of(tx).relations.mask_of("own"), thing=f"release/{row.id}")
    found = await queries.list_names(tx, row.exam_id, school_id)
    entry = {"names": len(found), "report": str(asked.recipient)}
    await journal.enter(tx, NAME, f"release/{row.id}", "done", entry)
    return {one.exam_number: one.name for one in found}


async def _prior(tx: Tx, row: ReleaseRow, asked: Asked) -> Prior | None:
    """The earlier release: as released to the caller as this one, and holding figures too."""
    if asked.prior_release_id is None:
        return None
    earlier = await releases.fetch(tx, asked.prior_release_id)
    same = earlier.exam_id == row.exam_id
    if same or not {Content.FIGURES} <= set(earlier.contents) & set(row.contents):
        why = "of the same exam" if same else "figures are not released"
        raise rules.ReportInvalid(problems=[Problem("query:/prior_release_id", "not_usable", why)])
    papers = await results.papers_of(tx, earlier.exam_id, earlier.snapshot_id)
    async with tx.as_system():
        parts = await results.parts(tx, earlier.snapshot_id)
    return Prior(earlier.snapshot_sha256, {paper.subject: paper for paper in papers}, parts)
