"""Importing and reading the curriculum tree, and taking coordinates from it.

A version may be replaced until a resource points into it; then it stands for good, and the next
import gets a name and a number of its own.
"""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

from schoolgroup.access.decisions import require
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheets import Findings, Row, read_sheet
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.curriculum import queries, rules
from schoolgroup.resources.curriculum.models import ImportResult, Node, Place, Version, VersionRow

STARTER = Path(__file__).parent / "starter.csv"
STARTER_NAME = "2025 国家平台教材目录"
STARTER_SOURCE = (
    "国家中小学智慧教育平台 2025 年提供下载的教材册次名称 "
    "(names of the textbook volumes on the national platform in 2025)"
)


class VersionInUse(Conflict):
    """Resources point into this version of the curriculum: it stands for good."""

    code = "curriculum_in_use"
    title = Text("This version of the curriculum is in use", "该课程目录版本已被使用")
    remedy = Text(
        "Import under another name: that makes a new version.", "请换一个名称导入为新版本。"
    )


class TooManyNodes(Invalid):
    """The tree would have more nodes than one version takes."""

    code = "too_many_nodes"
    title = Text("The tree is too large", "课程目录过大")
    remedy = Text("Leave out what no resource needs.", "请删去不需要的部分。")


refuse_by_constraint("used_curriculum_never_changes", VersionInUse)


def name_missing() -> Problem:
    """The problem of an import that does not say what its version is called."""
    return Problem("query:/name", "name_missing", "the version needs a name", "send name=…")


async def read_starter() -> list[Row]:
    """The rows of the tree that ships with the platform."""
    return await asyncio.to_thread(lambda: read_sheet(STARTER.read_bytes()))


async def ask_import(tx: Tx) -> None:
    """Raise unless the actor may import: asked before a large file is read."""
    require(tx, "curriculum:import", thing=f"group/{tx.group_id}")


async def import_tree(
    tx: Tx, file_rows: Sequence[Row], name: str, source: str, *, dry_run: bool
) -> ImportResult:
    """Let the version of this name be what the file says; a new name makes a new version.

    The same file again changes nothing. Raises NotAllowed, SheetRefused with every problem of the
    file, TooManyNodes, VersionInUse.
    """
    await ask_import(tx)
    rows = rules.name_columns(file_rows)
    findings = Findings()
    lines = rules.read_lines(rows, findings)
    findings.refuse_any()
    nodes = rules.grow(lines)
    if len(nodes) > rules.NODES_MAX:
        raise TooManyNodes(facts={"nodes": len(nodes), "nodes_max": rules.NODES_MAX})
    await queries.lock_imports(tx)
    known = await queries.lock_version_named(tx, name)
    keys = [node.path_key for node in nodes]
    unchanged = known is not None and await queries.path_keys(tx, known.id) == keys
    if known is not None and known.used_at is not None and not unchanged:
        raise VersionInUse(facts={"version_no": known.no, "used_at": known.used_at})
    number = known.no if known else await queries.newest_no(tx) + 1
    if not dry_run and not unchanged:
        version_id = known.id if known else new_id()
        if known is None:
            await queries.insert_version(tx, version_id, number, name, source)
        else:
            await queries.renew_version(tx, version_id, source)
        await queries.put_nodes(tx, version_id, nodes)
        await journal.record(
            tx,
            "curriculum.imported",
            act="curriculum:import",
            thing=f"curriculum/{version_id}",
            data={"version_no": number, "nodes": len(nodes)},
        )
    return ImportResult(
        dry_run=dry_run,
        version_no=number,
        name=name,
        rows=len(rows),
        nodes=len(nodes),
        replaced=known is not None and not unchanged,
        unchanged=unchanged,
    )


async def plant_starter(tx: Tx) -> ImportResult:
    """Give a new group the tree that ships with the platform: what found_group does `also`."""
    rows = await read_starter()
    return await import_tree(tx, rows, STARTER_NAME, STARTER_SOURCE, dry_run=False)


async def list_versions(tx: Tx, page: PageRequest) -> list[Version]:
    """The versions of the tree, newest first."""
    require(tx, "curriculum:read", thing=f"group/{tx.group_id}")
    return await queries.list_versions(tx, page)


async def list_children(
    tx: Tx, version_no: int | None, parent_id: UUID | None, page: PageRequest
) -> list[Node]:
    """What lies right below a node, or the stages of a version (the newest unless one is named).

    Raises NotFound where there is no such version or node.
    """
    require(tx, "curriculum:read", thing=f"group/{tx.group_id}")
    if parent_id is None:
        version = await _version(tx, version_no)
        return await queries.list_children(tx, version.id, None, page) if version else []
    version = await queries.version_of_node(tx, parent_id)
    if version is None or version_no not in (None, version.no):
        raise NotFound
    return await queries.list_children(tx, version.id, parent_id, page)


async def find(tx: Tx, words: str, version_no: int | None, page: PageRequest) -> list[Node]:
    """Nodes by a part of their name, in the order of the tree."""
    require(tx, "curriculum:read", thing=f"group/{tx.group_id}")
    version = await _version(tx, version_no)
    return await queries.find_nodes(tx, version.id, words, page) if version else []


async def take_place(tx: Tx, node_id: UUID) -> Place:
    """The coordinates of a node that something is about to point to; its version is in use then.

    Raises Invalid where there is no such node.
    """
    await queries.mark_used(tx, node_id)
    steps = await queries.steps_to(tx, node_id)
    if not steps:
        why = "there is no such node in the curriculum"
        raise Invalid(problems=[Problem("/curriculum_node_id", "no_such_node", why)])
    return rules.place_of(steps)


async def _version(tx: Tx, number: int | None) -> VersionRow | None:
    """The named version or the newest; None where the group has none. Raises NotFound."""
    version = await queries.get_version(tx, number or await queries.newest_no(tx))
    if version is None and number is not None:
        raise NotFound
    return version
