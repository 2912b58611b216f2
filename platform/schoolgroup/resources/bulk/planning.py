"""What each row of a sheet makes: which resource it is about, its description, files and needs.

Whatever cannot be is noted beside the row; nothing is written here.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.sheets import Findings
from schoolgroup.resources.bulk import queries, rules
from schoolgroup.resources.bulk.models import Entry, Known, Line, Outcome, Upload
from schoolgroup.resources.bulk.rules import both
from schoolgroup.resources.catalogue import rules as catalogue_rules
from schoolgroup.resources.catalogue.models import Description, FileRow, Status
from schoolgroup.resources.catalogue.needs import queries as need_queries
from schoolgroup.resources.catalogue.needs import service as needs
from schoolgroup.resources.curriculum import service as curriculum
from schoolgroup.resources.curriculum.models import Place

DESCRIBE = "resource:describe"
Named = tuple[UUID | None, UUID | None, str]


async def plan(tx: Tx, school_id: UUID, lines: Sequence[Line], findings: Findings) -> list[Entry]:
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


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return "-" in text
