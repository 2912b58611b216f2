"""Papers: set by those named for it, versioned, checked against a blueprint, sealed as a file."""

import asyncio
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.exams.lifecycle import BEFORE_SAT
from schoolgroup.evaluation.exams.models import ExamRow, Item, Subject
from schoolgroup.evaluation.papers import queries, rules
from schoolgroup.evaluation.papers.keys import KeyRule
from schoolgroup.evaluation.papers.models import (
    Blueprint,
    PaperFile,
    PaperInput,
    PaperItem,
    PaperTaken,
    PaperView,
    Setters,
    half,
)
from schoolgroup.evaluation.papers.table import COLUMNS, paper_rows, read_paper
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, NotFound, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.sheet_files import SheetFile, TableFormat, table_file
from schoolgroup.kernel.sheets import (
    Findings,
    read_sheet,
)
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import WrongState

READ, SET = "paper:read", "paper:set"


class UnknownSubject(Invalid):
    """The exam has no such subject."""

    code = "unknown_subject"
    remedy = Text("Name one of the exam's subjects in ?subject=.", "请在 ?subject= 中指定科目。")


class UnknownPerson(Invalid):
    """A setter is a person of the group."""

    code = "unknown_person"
    remedy = Text("Name people of the group by their ids.", "请填写集团内人员的 id。")


refuse_by_constraint("setter_person", UnknownPerson)


async def get(tx: Tx, exam_id: UUID, subject: str | None) -> PaperView:
    """A paper with its keys. Raises NotFound for whoever is neither organiser nor its setter."""
    exam, paper = await fetch(tx, exam_id, subject, READ)
    return await _view(tx, exam, paper)


async def set_paper(
    tx: Tx, exam_id: UUID, subject: str | None, data: PaperInput, version: int
) -> PaperView:
    """A whole new version of a paper, while nobody has sat it.

    Raises NotFound, StaleVersion, PaperInvalid, PaperFixed.
    """
    exam, paper = await fetch(tx, exam_id, subject, SET, lock=True)
    check_version(version, paper.paper_version)
    await _set(tx, exam, paper, data)
    return await _reread(tx, exam, paper)


async def import_paper(
    tx: Tx, exam_id: UUID, subject: str | None, content: bytes, *, dry_run: bool
) -> PaperTaken:
    """The same from an item table. Raises also SheetRefused with every problem of the file."""
    exam, paper = await fetch(tx, exam_id, subject, SET, lock=True)
    findings = Findings()
    data = read_paper(await asyncio.to_thread(read_sheet, content), findings)
    findings.refuse_any()
    rules.check_paper(data.items, data.choices)
    if not dry_run:
        await _set(tx, exam, paper, data)
        paper = subject_of(await exams.papers(tx, exam_id), paper.subject)
    full = Subject(
        paper.id, "", 0, 0, 0, 0, [], [_stored(item) for item in data.items], data.choices
    )
    return PaperTaken(dry_run, len(data.items), full.full_half_marks / 2, paper.paper_version)


async def export_paper(
    tx: Tx, exam_id: UUID, subject: str | None, file_format: TableFormat
) -> SheetFile:
    """The item table with its keys as a file that the import reads back; it is audited."""
    exam, paper = await fetch(tx, exam_id, subject, READ)
    items = _shown(paper, await queries.list_keys(tx, paper.id, paper.paper_version))
    table = paper_rows(items, paper.choices)
    await journal.enter(tx, READ, f"exam/{exam.id}", "done", {"exported": paper.subject})
    return await table_file("paper", COLUMNS, table, file_format, title=paper.subject)


async def set_blueprint(tx: Tx, exam_id: UUID, subject: str | None, data: Blueprint) -> PaperView:
    """What the paper should ask; checked against it in every view. Raises PaperInvalid."""
    exam, paper = await fetch(tx, exam_id, subject, SET, lock=True)
    if exam.status not in BEFORE_SAT:
        raise rules.PaperFixed(facts={"state": exam.status})
    rules.check_blueprint(data.cells)
    await queries.set_cells(tx, paper.id, data.cells)
    await _record(tx, "paper.planned", exam, paper)
    return await _view(tx, exam, paper)


async def set_setters(tx: Tx, exam_id: UUID, subject: str | None, data: Setters) -> PaperView:
    """Name who sets a paper; others who did no longer do. Raises UnknownPerson, WrongState."""
    exam = await exams.fetch_locked(tx, exam_id, "exam:create")
    paper = subject_of(await exams.papers(tx, exam_id), subject)
    if exam.status not in BEFORE_SAT:
        raise WrongState(facts={"state": exam.status})
    await queries.set_setters(tx, exam_id, paper.id, sorted(set(data.person_ids)))
    await _record(tx, "paper.setters_named", exam, paper, act="exam:create")
    return await _view(tx, exam, paper)


async def seal_file(tx: Tx, exam_id: UUID, subject: str | None, data: PaperFile) -> PaperView:
    """Seal an own draft as the paper's file: until the subject begins it is there for nobody else.

    Not in a search, a list or the harvest; its offers open with it. Raises NotFound where the
    draft is not the caller's own, NotToBeSealed, PaperFixed.
    """
    exam, paper = await fetch(tx, exam_id, subject, SET, lock=True)
    if exam.status not in BEFORE_SAT or (paper.starts_at and paper.starts_at <= tx.now):
        raise rules.PaperFixed(facts={"state": exam.status})
    resource = await queries.get_own_resource(tx, data.resource_id)
    if resource is None:
        raise NotFound
    if resource.kind != "paper" or resource.status != "draft" or resource.offers or resource.sealed:
        raise rules.NotToBeSealed(facts={"kind": resource.kind, "status": resource.status})
    await queries.seal(tx, resource.id, paper.id)
    await _record(tx, "paper.sealed", exam, paper)
    return await _view(tx, exam, paper)


async def fetch(
    tx: Tx, exam_id: UUID, subject: str | None, act: str, *, lock: bool = False
) -> tuple[ExamRow, Subject]:
    """The exam and one subject, for its organiser and the setters of this very subject.

    Raises NotFound, NotAllowed, UnknownSubject.
    """
    exam = await (exams.fetch_locked if lock else exams.fetch)(tx, exam_id, act)
    paper = subject_of(await exams.papers(tx, exam_id), subject)
    organises = may(tx, "exam:create", exam.relations)
    if not organises and not await queries.is_setter(tx, paper.id):
        raise NotFound  # a setter of one subject knows nothing of the others
    return exam, paper


def subject_of(papers: list[Subject], name: str | None) -> Subject:
    """The named subject, or the only one. Raises UnknownSubject."""
    fit = [p for p in papers if name is None or p.subject == exam_rules.plain(name)]
    if len(fit) != 1:
        raise UnknownSubject(facts={"subjects": [p.subject for p in papers]})
    return fit[0]


async def keyed(tx: Tx, paper: Subject) -> list[PaperItem]:
    """The items of the version in force with their keys, for those who may know them."""
    return _shown(paper, await queries.list_keys(tx, paper.id, paper.paper_version))


async def _set(tx: Tx, exam: ExamRow, paper: Subject, data: PaperInput) -> None:
    if exam.status not in BEFORE_SAT or await queries.has_results(tx, paper.id):
        raise rules.PaperFixed(facts={"state": exam.status})
    rules.check_paper(data.items, data.choices)
    items = [
        msgspec.structs.replace(
            item, label=exam_rules.plain(item.label), parent=exam_rules.plain(item.parent)
        )
        for item in data.items
    ]
    version = paper.paper_version + 1
    await queries.insert_paper(tx, paper.id, version, items, data.choices, data.because)
    async with tx.as_system():  # the exam as shown has changed; a setter's school may be elsewhere
        await exams.set_status(tx, exam.id, exam.status)
    await _record(tx, "paper.set", exam, paper)


async def _reread(tx: Tx, exam: ExamRow, paper: Subject) -> PaperView:
    return await _view(tx, exam, subject_of(await exams.papers(tx, exam.id), paper.subject))


async def _view(tx: Tx, exam: ExamRow, paper: Subject) -> PaperView:
    items = await keyed(tx, paper)
    cells = await queries.list_cells(tx, paper.id)
    return PaperView(
        exam_id=exam.id,
        subject=paper.subject,
        full_marks=paper.full_half_marks / 2,
        items=items,
        choices=paper.choices,
        blueprint=rules.blueprint(cells, items, paper.choices),
        versions=await queries.list_versions(tx, paper.id),
        setter_ids=await queries.list_setters(tx, paper.id),
        resource_ids=await queries.list_files(tx, paper.id),
        starts_at=paper.starts_at,
        version=paper.paper_version,
    )


def _shown(paper: Subject, keys: dict[str, KeyRule]) -> list[PaperItem]:
    return [
        PaperItem(
            label=item.label,
            max_marks=item.max_half_marks / 2,
            step=item.step_half_marks / 2,
            section=item.section,
            parent=item.parent,
            kind=item.kind,
            choice=item.choice,
            knowledge_point=item.knowledge_point,
            ability=item.ability,
            target_percent=item.target_percent,
            key=keys.get(item.label),
        )
        for item in paper.items
    ]


def _stored(item: PaperItem) -> Item:
    return Item(item.label, half(item.max_marks), choice=item.choice)


async def _record(tx: Tx, event: str, exam: ExamRow, paper: Subject, act: str = SET) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"exam/{exam.id}",
        owner_school_id=exam.school_id,
        version=exam.version,
        data={"exam_id": exam.id, "exam_subject_id": paper.id},
    )
