"""SQL of the gate before passwords: attempts of late, counted by subject."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_one

LOCK_SUBJECT = """
SELECT pg_advisory_xact_lock(hashtextextended('login ' || encode($1, 'hex'), 0))
"""
COUNT_ATTEMPTS = """
SELECT count(*) AS attempts, min(at) AS first_at
  FROM login_failure
 WHERE group_id = $1 AND subject_sha256 = $2 AND at > $3
"""
INSERT_ATTEMPT = """
INSERT INTO login_failure (group_id, subject_sha256, at, id) VALUES ($1, $2, $3, $4)
"""
DELETE_ATTEMPT = """
DELETE FROM login_failure WHERE group_id = $1 AND subject_sha256 = ANY ($2) AND id = $3
"""
FORGET_ATTEMPTS = """
DELETE FROM login_failure
 WHERE group_id = $1
   AND ctid = ANY (ARRAY (SELECT ctid FROM login_failure WHERE group_id = $1 AND at <= $2
                           ORDER BY at LIMIT 20 FOR UPDATE SKIP LOCKED))
"""


class Attempts(msgspec.Struct, frozen=True):
    """How often something was tried within the window, and when first."""

    attempts: int
    first_at: datetime | None


async def lock_subject(tx: Tx, subject: bytes) -> None:
    """Let nobody else count attempts of this subject until the transaction ends."""
    await execute(tx, LOCK_SUBJECT, subject)


async def count_attempts(tx: Tx, subject: bytes, since: datetime) -> Attempts:
    """The subject's attempts after `since` that have not turned out right."""
    found = await fetch_one(tx, Attempts, COUNT_ATTEMPTS, tx.group_id, subject, since)
    return found or Attempts(0, None)


async def insert_attempt(tx: Tx, subjects: list[bytes], attempt_id: UUID) -> None:
    """Count one attempt against each subject."""
    rows = [(tx.group_id, subject, tx.now, attempt_id) for subject in subjects]
    await execute_many(tx, INSERT_ATTEMPT, rows)


async def delete_attempt(tx: Tx, subjects: list[bytes], attempt_id: UUID) -> None:
    """Take an attempt back: it turned out right."""
    await execute(tx, DELETE_ATTEMPT, tx.group_id, subjects, attempt_id)


async def forget_attempts(tx: Tx, before: datetime) -> None:
    """Forget a few attempts that count no more."""
    await execute(tx, FORGET_ATTEMPTS, tx.group_id, before)
