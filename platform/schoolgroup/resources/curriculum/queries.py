"""SQL of the curriculum tree."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.curriculum.models import NewNode, Node, Step, Version, VersionRow

LOCK_IMPORTS = "SELECT pg_advisory_xact_lock(hashtextextended('curriculum/' || $1::uuid, 0))"
LIST_VERSIONS = """
SELECT v.no, v.name, v.source, v.created_at, v.used_at,
       (SELECT count(*) FROM curriculum_node n
         WHERE n.group_id = v.group_id AND n.version_id = v.id) AS nodes
  FROM curriculum_version v
 WHERE v.group_id = $1 AND ($2::int IS NULL OR v.no < $2)
 ORDER BY v.no DESC LIMIT $3
"""
NEWEST_NO = "SELECT coalesce(max(no), 0) FROM curriculum_version WHERE group_id = $1"
GET_VERSION = "SELECT id, no, used_at FROM curriculum_version WHERE group_id = $1 AND no = $2"
LOCK_VERSION_NAMED = """
SELECT id, no, used_at FROM curriculum_version WHERE group_id = $1 AND name = $2 FOR UPDATE
"""
INSERT_VERSION = """
INSERT INTO curriculum_version (group_id, id, no, name, source, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
RENEW_VERSION = """
UPDATE curriculum_version SET source = $3, created_at = $4 WHERE group_id = $1 AND id = $2
"""
PATH_KEYS = """
SELECT n.path_key FROM curriculum_node n
 WHERE n.group_id = $1 AND n.version_id = $2 ORDER BY n.no
"""
DELETE_NODES = "DELETE FROM curriculum_node WHERE group_id = $1 AND version_id = $2"
INSERT_NODES = """
INSERT INTO curriculum_node (group_id, id, version_id, parent_id, no, last_no, level, name, stage,
                             school_system, path, path_key)
SELECT $1, n.id, $2, n.parent_id, n.no, n.last_no, n.level, n.name, n.stage, n.school_system,
       n.path, n.path_key
  FROM jsonb_to_recordset($3::jsonb) AS n (id uuid, parent_id uuid, no int, last_no int, level text,
       name text, stage text, school_system text, path text[], path_key text)
"""
LIST_CHILDREN = """
SELECT n.id, v.no AS version_no, n.no, n.level, n.name, n.stage, n.school_system, n.path,
       n.last_no > n.no AS has_children
  FROM curriculum_node n
  JOIN curriculum_version v ON v.group_id = n.group_id AND v.id = n.version_id
 WHERE n.group_id = $1 AND n.version_id = $2 AND n.parent_id IS NOT DISTINCT FROM $3
   AND ($4::int IS NULL OR n.no > $4)
 ORDER BY n.no LIMIT $5
"""
FIND_NODES = """
SELECT n.id, v.no AS version_no, n.no, n.level, n.name, n.stage, n.school_system, n.path,
       n.last_no > n.no AS has_children
  FROM curriculum_node n
  JOIN curriculum_version v ON v.group_id = n.group_id AND v.id = n.version_id
 WHERE n.group_id = $1 AND n.version_id = $2 AND strpos(lower(n.name), lower($3)) > 0
   AND ($4::int IS NULL OR n.no > $4)
 ORDER BY n.no LIMIT $5
"""
VERSION_OF_NODE = """
SELECT v.id, v.no, v.used_at
  FROM curriculum_node n
  JOIN curriculum_version v ON v.group_id = n.group_id AND v.id = n.version_id
 WHERE n.group_id = $1 AND n.id = $2
"""
STEPS_TO = """
SELECT a.level, a.name, a.stage
  FROM curriculum_node n
  JOIN curriculum_node a ON a.group_id = n.group_id AND a.version_id = n.version_id
                        AND a.no <= n.no AND a.last_no >= n.no
 WHERE n.group_id = $1 AND n.id = $2
 ORDER BY a.no
"""
# Waits for an import that is replacing the version; the node may then be gone.
MARK_USED = """
UPDATE curriculum_version SET used_at = $3
 WHERE group_id = $1 AND used_at IS NULL
   AND id = (SELECT n.version_id FROM curriculum_node n WHERE n.group_id = $1 AND n.id = $2)
"""


async def lock_imports(tx: Tx) -> None:
    """Wait until nobody else imports a curriculum in this group."""
    await execute(tx, LOCK_IMPORTS, tx.group_id)


async def list_versions(tx: Tx, page: PageRequest) -> list[Version]:
    """Versions of the tree, newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, Version, LIST_VERSIONS, tx.group_id, after, page.limit)


async def newest_no(tx: Tx) -> int:
    """The number of the newest version; 0 where there is none."""
    number: int = await fetch_value(tx, NEWEST_NO, tx.group_id)
    return number


async def get_version(tx: Tx, number: int) -> VersionRow | None:
    """A version by its number."""
    return await fetch_one(tx, VersionRow, GET_VERSION, tx.group_id, number)


async def lock_version_named(tx: Tx, name: str) -> VersionRow | None:
    """A version by its name, kept from being used or replaced until the transaction ends."""
    return await fetch_one(tx, VersionRow, LOCK_VERSION_NAMED, tx.group_id, name)


async def insert_version(tx: Tx, version_id: UUID, number: int, name: str, source: str) -> None:
    """A new version, still without nodes."""
    await execute(tx, INSERT_VERSION, tx.group_id, version_id, number, name, source, tx.now)


async def renew_version(tx: Tx, version_id: UUID, source: str) -> None:
    """The version is about to say something else."""
    await execute(tx, RENEW_VERSION, tx.group_id, version_id, source, tx.now)


async def path_keys(tx: Tx, version_id: UUID) -> list[str]:
    """The places of a version in order."""
    rows = await tx.connection.fetch(PATH_KEYS, tx.group_id, version_id)
    return [row["path_key"] for row in rows]


async def put_nodes(tx: Tx, version_id: UUID, nodes: Sequence[NewNode]) -> None:
    """Let the version have exactly these nodes; refused by the database once it is in use."""
    await execute(tx, DELETE_NODES, tx.group_id, version_id)
    ids = {node.no: new_id() for node in nodes}
    rows = [
        {
            **msgspec.structs.asdict(node),
            "id": ids[node.no],
            "parent_id": ids.get(node.parent_no) if node.parent_no else None,
        }
        for node in nodes
    ]
    await execute(tx, INSERT_NODES, tx.group_id, version_id, rows)


async def list_children(
    tx: Tx, version_id: UUID, parent_id: UUID | None, page: PageRequest
) -> list[Node]:
    """The nodes right below a node, or the roots, in their order."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, Node, LIST_CHILDREN, tx.group_id, version_id, parent_id, after, page.limit
    )


async def find_nodes(tx: Tx, version_id: UUID, name: str, page: PageRequest) -> list[Node]:
    """The nodes whose name contains this."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, Node, FIND_NODES, tx.group_id, version_id, name, after, page.limit)


async def version_of_node(tx: Tx, node_id: UUID) -> VersionRow | None:
    """The version a node belongs to."""
    return await fetch_one(tx, VersionRow, VERSION_OF_NODE, tx.group_id, node_id)


async def steps_to(tx: Tx, node_id: UUID) -> list[Step]:
    """The nodes from the root down to a node; empty where there is none."""
    return await fetch_all(tx, Step, STEPS_TO, tx.group_id, node_id)


async def mark_used(tx: Tx, node_id: UUID) -> None:
    """From now on the node's version never changes."""
    await execute(tx, MARK_USED, tx.group_id, node_id, tx.now)
