"""Scanned scripts from a school's archive to the images markers see.

The store is never asked while a transaction is open: what takes both is told as steps over
`Transactions`, each of which may be repeated after a crash. Cutting goes candidate by candidate, so
many in a request, and starts where the last request that committed has left off.
"""

import zipfile
import zlib
from collections.abc import Awaitable, Callable
from typing import BinaryIO, Protocol, TypeVar
from uuid import UUID, uuid4

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.evaluation.exams import rules as exam_rules
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.marking.plans import queries as plan_queries
from schoolgroup.evaluation.marking.plans import rules as plan_rules
from schoolgroup.evaluation.marking.scripts import cutting, queries
from schoolgroup.evaluation.marking.scripts.models import (
    Archive,
    BatchInput,
    BatchRow,
    BatchView,
    Cut,
    Job,
    TemplateInput,
    TemplateRow,
    TemplateView,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.object_files import ReadTooMuch
from schoolgroup.kernel.storage import Missing, Storage
from schoolgroup.kernel.texts import Text

T = TypeVar("T")
PROBLEMS_MAX = 100
READ_FACTOR = 3  # of an archive's bytes, for directories and what is read ahead
MEDIA_TYPE = "image/png"
# what zipfile raises on bytes that are no archive, or one packed in ways it does not know
NOT_READABLE = (
    zipfile.BadZipFile,
    ReadTooMuch,
    EOFError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    zlib.error,
)


class Transactions(Protocol):
    """Short transactions of one actor, with the store asked in between."""

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in a transaction and commit."""
        ...


class TemplateInvalid(Invalid):
    """The template does not fit the paper, or would show a name."""

    code = "template_invalid"


class NoTemplate(Conflict):
    """Nobody has said where on the pages the answers are."""

    code = "no_template"
    title = Text("There is no template", "尚无切图模板")
    remedy = Text("Ask the organiser to set the template first.", "请先由考务评价员设置切图模板。")


class ArchiveInvalid(Invalid):
    """The archive's pages do not fit the school's candidates."""

    code = "script_archive_invalid"
    title = Text("The archive does not fit", "答卷压缩包不符合要求")
    remedy = Text(
        "Send a ZIP of pages named <exam number>-<page>.png or .jpg; all problems are listed.",
        "请上传 ZIP，页面命名为“准考证号-页码.png/.jpg”；所有问题已列出。",
    )


class CutMeanwhile(Conflict):
    """Somebody else has cut pages of this archive in the same moment."""

    code = "cut_meanwhile"
    title = Text("Somebody else is cutting it", "他人正在切分该批答卷")
    remedy = Text("Ask again: it goes on where they are.", "请重试：将从最新进度继续。")


async def set_template(tx: Tx, exam_id: UUID, data: TemplateInput) -> TemplateView:
    """Say where the answers are. Raises TemplateInvalid: no region may touch a name area."""
    exam = await exams.fetch_locked(tx, exam_id, "marking:plan")
    plan_rules.check_running(exam.status)
    paper = plan_rules.subject_of(await exams.papers(tx, exam_id), data.subject)
    if problems := cutting.template_problems(data, [item.label for item in paper.items]):
        raise TemplateInvalid(problems=problems[:PROBLEMS_MAX])
    await queries.upsert_template(tx, exam_id, paper.id, paper.paper_version, data)
    kept = await _template(tx, exam_id, data.subject)
    await journal.record(
        tx,
        "marking.template_set",
        act="marking:plan",
        thing=f"exam/{exam_id}",
        version=kept.version,
        data={"exam_id": exam_id, "subject": paper.subject},
    )
    return TemplateView(
        exam_id,
        paper.subject,
        kept.paper_version,
        kept.pages,
        kept.regions,
        kept.name_areas,
        kept.version,
    )


async def begin_batch(
    transactions: Transactions, storage: Storage, exam_id: UUID, data: BatchInput
) -> cutting.Listing:
    """Look into a school's archive; its directory is read, and nothing is written.

    Raises NotFound, NotAllowed, NoTemplate, ArchiveInvalid for what is no archive.
    """

    async def look(tx: Tx) -> tuple[Archive, TemplateRow]:
        await exams.fetch(tx, exam_id, "script:send")
        return await _archive(tx, data.deposit_id), await _template(tx, exam_id, data.subject)

    archive, template = await transactions.read(look)
    return await _read(storage, archive, lambda f: cutting.list_pages(f, template.pages))


async def register(tx: Tx, exam_id: UUID, data: BatchInput, listing: cutting.Listing) -> BatchView:
    """Match an archive's pages to the school's candidates, all of them or nothing.

    Raises ArchiveInvalid with every problem.
    """
    exam = await exams.fetch(tx, exam_id, "script:send")
    plan_rules.check_running(exam.status)
    school_id = tx.actor.school_id
    if school_id is None or exam.school_id is not None:
        raise exams.NotJoint
    await _archive(tx, data.deposit_id)
    template = await _template(tx, exam_id, data.subject)
    found = await queries.list_image_plans(tx, template.exam_subject_id, template.paper_version)
    cut_from = {region.label for region in template.regions}
    problems = [
        Problem(plan.label, "no_region", "the template does not say where this item is answered")
        for plan in found
        if plan.label not in cut_from
    ]
    numbers = await queries.list_numbers(tx, exam_id, school_id)
    pages = sorted({region.page for region in template.regions})
    problems += listing.problems + cutting.number_problems(listing, numbers, pages)
    if not listing.pages and not problems:
        problems.append(Problem("", "no_pages", "the archive holds no pages"))
    if problems:
        raise ArchiveInvalid(problems=problems[:PROBLEMS_MAX])
    batch_id = new_id()
    await queries.insert_batch(
        tx, batch_id, exam_id, template, school_id, data.deposit_id, sorted(listing.pages)
    )
    async with tx.as_system():
        for plan in found:
            await plan_queries.add_scripts(tx, plan, school_id, False)
    batch = await fetch(tx, batch_id)
    await _record(tx, "marking.scripts_sent", "script:send", batch)
    return _view(tx, batch)


async def get_batch(tx: Tx, batch_id: UUID) -> BatchView:
    """How far an archive is cut."""
    return _view(tx, await fetch(tx, batch_id))


async def cut_some(
    transactions: Transactions, storage: Storage, batch_id: UUID, count: int
) -> tuple[Job, list[tuple[UUID, str]]]:
    """Cut the next candidates' answers and put them into the store under random keys.

    Nothing refers to them before `keep` has committed. Raises ArchiveInvalid naming a page that
    cannot be read.
    """
    job = await transactions.read(lambda tx: _job(tx, batch_id, count))
    if not job.numbers:
        return job, []
    images = await _read(storage, job.archive, lambda file: _cut(file, job))
    keys = [(script_id, f"marking/{job.batch.exam_id}/{uuid4()}") for script_id, _ in images]
    for (_, key), (_, image) in zip(keys, images, strict=True):
        await storage.put(key, image, MEDIA_TYPE)
    return job, keys


async def keep(tx: Tx, job: Job, keys: list[tuple[UUID, str]]) -> BatchView:
    """Let the scripts have their images. Raises CutMeanwhile."""
    batch = await fetch(tx, job.batch.id)
    if job.numbers:
        if not await queries.advance(tx, batch.id, job.batch.candidates_cut, len(job.numbers)):
            raise CutMeanwhile
        async with tx.as_system():
            await queries.set_images(tx, keys)
        batch = await fetch(tx, batch.id)
        await _record(tx, "marking.scripts_cut", "script:cut", batch)
    return _view(tx, batch)


async def fetch(tx: Tx, batch_id: UUID) -> BatchRow:
    """An archive of the caller's school. Raises NotFound, NotAllowed."""
    thing = f"script_batch/{batch_id}"
    batch = await queries.get_batch(tx, batch_id)
    require_found(batch, thing, "script:cut")
    assert batch is not None
    require(tx, "script:cut", batch.relations, thing=thing, see="script:cut")
    return batch


async def _job(tx: Tx, batch_id: UUID, count: int) -> Job:
    batch = await fetch(tx, batch_id)
    archive = await _archive(tx, batch.deposit_id)
    template = await queries.get_template(tx, batch.exam_subject_id, batch.paper_version)
    assert template is not None  # there was one when the archive came; it is replaced, never gone
    numbers = batch.exam_numbers[batch.candidates_cut :][:count]
    found = await queries.list_image_plans(tx, batch.exam_subject_id, batch.paper_version)
    async with tx.as_system():
        scripts = await queries.list_scripts(tx, batch, numbers, [plan.id for plan in found])
    regions = {
        plan.id: [region for region in template.regions if region.label == plan.label]
        for plan in found
    }
    cuts = [
        Cut(script.script_id, script.exam_number, regions[script.plan_id])
        for script in scripts
        if regions[script.plan_id]
    ]
    return Job(batch, archive, cuts, numbers, template.pages)


def _cut(file: BinaryIO, job: Job) -> list[tuple[UUID, bytes]]:
    listing = cutting.list_pages(file, job.pages)
    images = []
    for number in job.numbers:
        pages = cutting.read_pages(file, listing.pages[number])
        images += [
            (one.script_id, cutting.cut(pages, one.regions))
            for one in job.cuts
            if one.exam_number == number
        ]
    return images


async def _read(storage: Storage, archive: Archive, work: Callable[[BinaryIO], T]) -> T:
    most = READ_FACTOR * archive.size_bytes + 1024 * 1024
    try:
        return await storage.read_parts(archive.object_key, archive.size_bytes, most, work)
    except NOT_READABLE as wrong:
        raise ArchiveInvalid("not a readable ZIP archive") from wrong
    except cutting.BadPage as wrong:
        raise ArchiveInvalid(problems=[Problem("", "bad_page", str(wrong))]) from wrong
    except Missing as gone:
        raise ArchiveInvalid("the upload is no longer kept: upload it again") from gone


async def _archive(tx: Tx, deposit_id: UUID) -> Archive:
    archive = await queries.get_archive(tx, deposit_id)
    require_found(archive, f"deposit/{deposit_id}", "deposit:read")
    assert archive is not None
    thing = f"deposit/{deposit_id}"
    require(tx, "deposit:read", archive.relations, thing=thing, see="deposit:read")
    return archive


async def _template(tx: Tx, exam_id: UUID, subject: str) -> TemplateRow:
    paper = plan_rules.subject_of(await exams.papers(tx, exam_id), exam_rules.plain(subject))
    template = await queries.get_template(tx, paper.id, paper.paper_version)
    if template is None:
        raise NoTemplate
    return template


def _view(tx: Tx, batch: BatchRow) -> BatchView:
    left = len(batch.exam_numbers) - batch.candidates_cut
    can_cut = left > 0 and may(tx, "script:cut", batch.relations)
    return BatchView(
        id=batch.id,
        exam_id=batch.exam_id,
        school_id=batch.school_id,
        subject=batch.subject,
        candidates=len(batch.exam_numbers),
        cut=batch.candidates_cut,
        left=left,
        created_at=batch.created_at,
        version=batch.version,
        actions=["cut"] if can_cut else [],
    )


async def _record(tx: Tx, event: str, act: str, batch: BatchRow) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"script_batch/{batch.id}",
        owner_school_id=batch.school_id,
        version=batch.version,
        data={"exam_id": batch.exam_id, "candidates": len(batch.exam_numbers)},
    )
