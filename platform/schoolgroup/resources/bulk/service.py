"""A school's catalogue from a sheet: whole or not at all, and the same sheet twice is once.

A dry run does everything and takes it back, so it can promise what the import will do. Files are
verified uploads of the actor's: whatever else was uploaded, here or at another school, is answered
like what was never there.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import NoReturn
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.sheets import (
    Findings,
    Row,
    SheetRefused,
    read_sheet,
    write_annotated,
)
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.bulk import queries, rules
from schoolgroup.resources.bulk.models import (
    Entry,
    HeldBack,
    ImportResult,
    Known,
    Line,
    Outcome,
    Upload,
)
from schoolgroup.resources.bulk.rules import both
from schoolgroup.resources.catalogue import rules as catalogue_rules
from schoolgroup.resources.catalogue.checks import rules as checks
from schoolgroup.resources.catalogue.checks.models import CheckedFile, Facts
from schoolgroup.resources.catalogue.models import Description, FileRow, Status
from schoolgroup.resources.catalogue.needs import queries as need_queries
from schoolgroup.resources.catalogue.needs import service as needs
from schoolgroup.resources.curriculum import service as curriculum
from schoolgroup.resources.curriculum.models import Place
from schoolgroup.resources.deposits import service as deposits

CREATE, DESCRIBE, PUBLISH = "resource:create", "resource:describe", "resource:publish"
HELD_BACK_MAX = 1_000
Named = tuple[UUID | None, UUID | None, str]


class RefTaken(Conflict):
    """Another resource of the school has this reference."""

    code = "ref_taken"
    title = Text("The reference is taken", "该校本编号已被使用")
    remedy = Text("Choose another reference.", "请更换校本编号。")


refuse_by_constraint("one_resource_per_ref", RefTaken)


class _TakenBack(Exception):
    """Carries what a dry run found out of the transaction that undoes it."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__()
        self.result = result


async def read_file(content: bytes) -> list[Row]:
    """The rows of a CSV or XLSX file, read beside the event loop. Raises SheetRefused."""
    return await asyncio.to_thread(read_sheet, content)


async def ask_import(tx: Tx) -> None:
    """Raise unless the actor may make resources: asked before a large file is read."""
    require(tx, CREATE, deposits.mask_of_new(tx), thing="resource/new")
    if tx.actor.school_id is None:
        raise NotFound


async def import_rows(
    tx: Tx, file_rows: Sequence[Row], *, publish: bool, dry_run: bool
) -> ImportResult:
    """Bring the school's drafts to what the sheet says; `publish` those that are ready.

    A row is found again by its resource_id or the school's own reference; without either it is a
    new draft. Raises NotAllowed, SheetRefused with every problem of the file, TooManyRows.
    """
    await ask_import(tx)
    rows = rules.name_columns(file_rows)
    if not dry_run:
        return await _take(tx, rows, publish, dry_run=False)

    async def do_and_take_back() -> NoReturn:
        raise _TakenBack(await _take(tx, rows, publish, dry_run=True))

    try:
        await tx.savepoint(do_and_take_back)
    except _TakenBack as done:
        return done.result


async def annotate(tx: Tx, file_rows: Sequence[Row]) -> bytes:
    """The file back as a workbook with what is wrong written beside each row; nothing is kept.

    Raises NotAllowed, and SheetRefused where the columns themselves are wrong.
    """
    problems = []
    try:
        await import_rows(tx, file_rows, publish=False, dry_run=True)
    except SheetRefused as refused:
        problems = refused.problems
    return await asyncio.to_thread(write_annotated, "resources", file_rows, problems)


async def _take(tx: Tx, rows: Sequence[Row], publish: bool, *, dry_run: bool) -> ImportResult:
    findings = Findings()
    lines = rules.read_lines(rows, findings)
    school_id = tx.actor.school_id
    assert school_id is not None  # ask_import has raised otherwise
    await queries.lock_imports(tx, school_id)
    entries = await _plan(tx, school_id, lines, findings)
    findings.refuse_any()
    created = [e for e in entries if e.outcome is Outcome.CREATED]
    updated = [e for e in entries if e.outcome is Outcome.UPDATED]
    await queries.write_new(tx, created)
    await queries.write_changed(tx, updated)
    await queries.write_parts(tx, [*created, *updated])
    ready: list[Entry] = []
    held: list[HeldBack] = []
    if publish:
        ready, held = await _sort_out(tx, entries)
        await queries.write_published(tx, ready)
    changes = [
        *(_change(tx, e, "resource.created", CREATE, e.version) for e in created),
        *(_change(tx, e, "resource.described", DESCRIBE, e.version) for e in updated),
        *(_change(tx, e, "resource.published", PUBLISH, e.version + 1) for e in ready),
    ]
    if not dry_run:
        await journal.record_many(tx, changes)
    counted = Counter(entry.outcome for entry in entries)
    return ImportResult(
        dry_run=dry_run,
        rows=len(rows),
        created=counted[Outcome.CREATED],
        updated=counted[Outcome.UPDATED],
        unchanged=counted[Outcome.UNCHANGED],
        published=len(ready),
        held_back=held[:HELD_BACK_MAX],
    )


async def _plan(tx: Tx, school_id: UUID, lines: Sequence[Line], findings: Findings) -> list[Entry]:
    """What each row makes; whatever cannot be is noted in `findings`."""
    ids = [line.resource_id for line in lines if line.resource_id is not None]
    refs = [line.ref for line in lines if line.ref is not None]
    found = await queries.lock_known(tx, school_id, ids, refs)
    by_id = {known.id: known for known in found if may(tx, DESCRIBE, known.relations)}
    by_ref = {known.ref: known for known in found if known.ref is not None}
    places = await _places(tx, lines, findings)
    uploads = await _uploads(tx, school_id, lines)
    targets = await _targets(tx, school_id, lines)
    entries = []
    for line in lines:
        known, wrong = _known(line, by_id, by_ref, findings)
        description = rules.described(line, known)
        if description is not None and (place := places.get(description.curriculum_node_id)):
            try:
                had = known.curriculum_node_id if known else None
                sent = {name for name in catalogue_rules.COORDINATES if line.said.get(name)}
                moved = had != description.curriculum_node_id
                description = catalogue_rules.placed(description, place, sent, moved)
            except catalogue_rules.ContradictsPlace as contradicts:
                for problem in contradicts.problems:
                    findings.add(
                        line.row, problem.pointer[1:], problem.code, problem.detail,
                        both("leave the cell empty", "请清空该单元格"),
                    )  # fmt: skip
        files = _files(line, uploads, findings)
        needed = _needs(line, targets, findings)
        if description is None or wrong:
            continue
        outcome = _outcome(line, known, description, files, needed, findings)
        resource_id = known.id if known else new_id()
        entries.append(
            Entry(
                line=line, resource_id=resource_id, known=known, description=description,
                files=files, needs=needed, outcome=outcome,
            )
        )  # fmt: skip
    return entries


def _known(
    line: Line, by_id: dict[UUID, Known], by_ref: dict[str, Known], findings: Findings
) -> tuple[Known | None, bool]:
    """The resource the row is about (none: a new one), and whether the row is wrong about it."""
    named = by_ref.get(line.ref) if line.ref else None
    if line.resource_id is None:
        if named is not None and named.id not in by_id:
            findings.add(
                line.row, "ref", "not_yours", "a resource you may not change has this reference",
                both("ask its author or the librarian", "请联系作者或资源管理员"),
            )  # fmt: skip
            return None, True
        return named, False
    known = by_id.get(line.resource_id)
    if known is None:
        findings.add(
            line.row, "resource_id", "unknown", "no resource of your school that you may change",
            both("leave it empty for a new resource", "新建资源请留空"),
        )  # fmt: skip
        return None, True
    if named is not None and named.id != known.id:
        findings.add(
            line.row, "ref", "ref_taken", "another resource of your school has this reference",
            both("choose another one", "请更换校本编号"),
        )  # fmt: skip
        return None, True
    return known, False


def _outcome(
    line: Line,
    known: Known | None,
    description: Description,
    files: list[FileRow] | None,
    needed: list[Named] | None,
    findings: Findings,
) -> Outcome:
    if known is None:
        return Outcome.CREATED
    names = [field.name for field in msgspec.structs.fields(Description)]
    same = (
        all(getattr(known, name) == getattr(description, name) for name in names)
        and (files is None or files == known.files)
        and (needed is None
             or [(n[0], n[1]) for n in needed] == [(n.resource_id, n.node_id) for n in known.needs])
        and (line.ref is None or line.ref == known.ref)
    )  # fmt: skip
    if same:
        return Outcome.UNCHANGED
    if known.draft_no is None:
        findings.add(
            line.row, "title", "published_never_changes",
            "it is withdrawn" if known.status is Status.WITHDRAWN else "it is published",
            both("begin a new revision first", "请先新建版次再导入"),
        )  # fmt: skip
    return Outcome.UPDATED


async def _places(tx: Tx, lines: Sequence[Line], findings: Findings) -> dict[UUID | None, Place]:
    """The coordinates of every place in the curriculum the rows name."""
    places: dict[UUID | None, Place] = {}
    for line in lines:
        node_id = line.said.get("curriculum_node_id")
        if not isinstance(node_id, UUID) or node_id in places:
            continue
        try:
            places[node_id] = await curriculum.take_place(tx, node_id)
        except Invalid:
            findings.add(
                line.row, "curriculum_node_id", "no_such_node", "no such place in the curriculum",
                both("take it from GET /v1/curriculum/nodes", "请从课程目录中选取"),
            )  # fmt: skip
    return places


async def _uploads(tx: Tx, school_id: UUID, lines: Sequence[Line]) -> dict[str, list[Upload]]:
    """The actor's verified uploads by everything a cell may call them."""
    wanted = {item for line in lines for item in line.files or ()}
    if not wanted:
        return {}
    ids = [UUID(item) for item in wanted if _is_id(item)]
    sha256s = [item.lower() for item in wanted if rules.SHA256.fullmatch(item.lower())]
    found: dict[str, list[Upload]] = {}
    for upload in await queries.list_uploads(tx, school_id, ids, sha256s, list(wanted)):
        if may(tx, "deposit:read", upload.relations):
            for name in {str(upload.deposit_id), upload.sha256, upload.file_name}:
                found.setdefault(name, []).append(upload)
    return found


def _files(
    line: Line, uploads: dict[str, list[Upload]], findings: Findings
) -> list[FileRow] | None:
    if line.files is None:
        return None
    chosen = []
    for item in line.files:
        key = item.lower() if _is_id(item) or rules.SHA256.fullmatch(item.lower()) else item
        found = uploads.get(key, [])
        if not found:
            findings.add(
                line.row, "files", "upload_not_verified", f"{item!r}: no verified upload of yours",
                both("upload it first, then import again", "请先上传该文件再导入"),
            )  # fmt: skip
        elif key == item and len({upload.blob_id for upload in found}) > 1:
            findings.add(
                line.row, "files", "several_uploads", f"{item!r}: several uploads are called so",
                both("name it by its id or sha256", "请改用上传 id 或 sha256"),
            )  # fmt: skip
        else:
            chosen.append(FileRow(found[0].file_name, found[0].blob_id))
    return chosen


async def _targets(tx: Tx, school_id: UUID, lines: Sequence[Line]) -> dict[str, tuple[UUID, str]]:
    """What the cells of prerequisites name: id and title of published resources one may find."""
    wanted = {item for line in lines for item in line.needs or ()}
    if not wanted:
        return {}
    called = {item: UUID(item) for item in wanted if _is_id(item)}
    called |= await queries.ids_of_refs(tx, school_id, [i for i in wanted if i not in called])
    known = await need_queries.list_targets(tx, list(called.values()))
    return {
        item: (target.id, target.title)
        for item, one in called.items()
        if (target := known.get(one)) is not None
        and target.status == "published"
        and may(tx, needs.DISCOVER, target.relations)
    }


def _needs(
    line: Line, targets: dict[str, tuple[UUID, str]], findings: Findings
) -> list[Named] | None:
    if line.needs is None:
        return None
    named: list[Named] = []
    for item in line.needs:
        if item in targets:
            named.append((targets[item][0], None, targets[item][1]))
        else:
            findings.add(
                line.row, "prerequisites", "unknown",
                f"{item!r}: no published resource that you may find",
                both("publish it first, or take it out", "请先发布该资源，或将其移除"),
            )  # fmt: skip
    return named


async def _sort_out(tx: Tx, entries: Sequence[Entry]) -> tuple[list[Entry], list[HeldBack]]:
    """The drafts that are ready for the actor to publish, and those held back, and why."""
    ready: list[Entry] = []
    held: list[HeldBack] = []
    if any(entry.needs or (entry.known and entry.known.needs) for entry in entries):
        await need_queries.lock_circles(tx)
    new = deposits.mask_of_new(tx)
    for entry in entries:
        if entry.known is not None and entry.known.draft_no is None:
            continue
        files = entry.files if entry.files is not None else entry.known.files if entry.known else []
        facts = Facts(files=[CheckedFile(file.file_name, "", True, True) for file in files])
        if entry.needs or (entry.known and entry.known.needs):
            facts = await _facts_of_needs(tx, entry, facts)
        codes = [check.code for check in checks.unmet(checks.examine(entry.description, facts))]
        if not may(tx, PUBLISH, entry.known.relations if entry.known else new):
            codes.append("not_allowed")
        if codes:
            held.append(HeldBack(entry.line.row.number, entry.line.ref, entry.resource_id, codes))
        else:
            ready.append(entry)
    return ready, held


async def _facts_of_needs(tx: Tx, entry: Entry, facts: Facts) -> Facts:
    """The same with how the prerequisites of the draft as it is written now stand."""
    number = entry.revision_no
    shown = (await needs.shown(tx, entry.resource_id, [number]))[number]
    wanted = [one.resource_id for one in shown if one.resource_id is not None]
    circular = await needs.circles(tx, entry.resource_id, wanted)
    return msgspec.structs.replace(
        facts, prerequisites=shown, circular=[str(one) for one in circular]
    )


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return "-" in text


def _change(tx: Tx, entry: Entry, event: str, act: str, version: int) -> journal.Change:
    return journal.Change(
        event=event,
        act=act,
        thing=f"resource/{entry.resource_id}",
        owner_school_id=tx.actor.school_id,
        version=version,
        data={
            "resource_id": entry.resource_id,
            "kind": entry.description.kind,
            "revision_no": entry.revision_no,
        },
    )
