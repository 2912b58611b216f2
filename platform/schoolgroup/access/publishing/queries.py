"""SQL of published policies."""

from schoolgroup.access.publishing.models import PolicyShown, PolicyVersion
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest

GET_VERSION = """
SELECT version, sha256, author, approver, note, published_at, files
  FROM policy_bundle
 WHERE group_id = $1 AND ($2::int IS NULL OR version = $2)
 ORDER BY version DESC
 LIMIT 1
"""
LIST_VERSIONS = """
SELECT version, sha256, author, approver, note, published_at
  FROM policy_bundle
 WHERE group_id = $1 AND ($2::int IS NULL OR version < $2)
 ORDER BY version DESC
 LIMIT $3
"""
INSERT_VERSION = """
INSERT INTO policy_bundle (group_id, version, sha256, files, author, approver, note, published_at)
VALUES ($1, $2, $3, $4, $5, $5, $6, $7)
"""


async def get_version(tx: Tx, version: int | None = None) -> PolicyShown | None:
    """A published version; without a number, the newest, which is in force."""
    return await fetch_one(tx, PolicyShown, GET_VERSION, tx.group_id, version)


async def list_versions(tx: Tx, page: PageRequest) -> list[PolicyVersion]:
    """Published versions, newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, PolicyVersion, LIST_VERSIONS, tx.group_id, after, page.limit)


async def insert_version(
    tx: Tx, version: int, sha256: str, files: dict[str, str], note: str
) -> None:
    """Put a version in force, published by the actor."""
    await execute(
        tx,
        INSERT_VERSION,
        tx.group_id,
        version,
        sha256,
        files,
        tx.actor.name,
        note,
        tx.now,
    )
