"""SQL of deposits and the blobs they become."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.deposits.models import Blob, Deposit, Rejection, Scan, VerifiedFile

# Opening is counted and done one at a time per person, so the bound holds under any concurrency.
LOCK_OPENING = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
COUNT_OPEN = """
SELECT count(*) FROM deposit d
 WHERE d.group_id = $1 AND coalesce(d.person_id, d.client_id) = $2
   AND d.status = 'open' AND d.expires_at > $3
"""
INSERT_DEPOSIT = """
INSERT INTO deposit (group_id, id, school_id, person_id, client_id, file_name, size_bytes, sha256,
                     media_type_claimed, status, upload_key, multipart_id, part_bytes, expires_at,
                     created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, $12, $13, $14, $14)
"""
GET_DEPOSIT = """
SELECT d.id, d.school_id, d.file_name, d.size_bytes, d.sha256, d.media_type_claimed, d.status,
       d.rejected_because, d.upload_key, d.multipart_id, d.part_bytes, d.blob_id,
       b.object_key AS blob_key, b.media_type, d.created_at, d.expires_at, d.verified_at,
       d.scan, d.tidied_at, d.released_at, d.version, /*relations:deposit:d*/ AS relations
  FROM deposit d LEFT JOIN blob b ON b.group_id = d.group_id AND b.id = d.blob_id
 WHERE d.group_id = $1 AND d.id = $2
"""
# Only the lock: what the row says is read by the next statement, whose snapshot has whatever the
# one who held the lock has written, the blob included.
LOCK_DEPOSIT = "SELECT d.id FROM deposit d WHERE d.group_id = $1 AND d.id = $2 FOR UPDATE"
LIST_DEPOSITS = """
SELECT d.id, d.school_id, d.file_name, d.size_bytes, d.sha256, d.media_type_claimed, d.status,
       d.rejected_because, d.upload_key, d.multipart_id, d.part_bytes, d.blob_id,
       b.object_key AS blob_key, b.media_type, d.created_at, d.expires_at, d.verified_at,
       d.scan, d.tidied_at, d.released_at, d.version, /*relations:deposit:d*/ AS relations
  FROM deposit d LEFT JOIN blob b ON b.group_id = d.group_id AND b.id = d.blob_id
 WHERE d.group_id = $1 AND /*visible:deposit:read@deposit:d*/
   AND ($2::uuid IS NULL OR d.id < $2)
 ORDER BY d.id DESC LIMIT $3
"""
KEEP_MULTIPART = """
UPDATE deposit SET multipart_id = $4
 WHERE group_id = $1 AND id = $2 AND status = 'open' AND multipart_id IS NOT DISTINCT FROM $3
"""
CLAIM_ASSEMBLING = """
UPDATE deposit SET assembling_until_at = $4
 WHERE group_id = $1 AND id = $2 AND status = 'open'
   AND (assembling_until_at IS NULL OR assembling_until_at <= $3)
"""
# Whoever comes first brings the content; the others get the same id. DO NOTHING would not return
# it (measured: 98 % of the losers came away without one), the empty update always does.
NAME_BLOB = """
INSERT INTO blob (group_id, id, sha256, size_bytes, media_type, state, object_key, created_at)
VALUES ($1, $2, $3, $4, $5, 'verified', $6, $7)
ON CONFLICT (group_id, sha256) DO UPDATE SET sha256 = EXCLUDED.sha256
RETURNING id, object_key
"""
VERIFY_DEPOSIT = """
UPDATE deposit SET status = 'verified', blob_id = $3, verified_at = $4, updated_at = $4,
                   scan = $5, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
REJECT_DEPOSIT = """
UPDATE deposit SET status = 'rejected', rejected_because = $3, updated_at = $4,
                   version = version + 1
 WHERE group_id = $1 AND id = $2
"""
ABORT_DEPOSIT = """
UPDATE deposit SET status = 'aborted', updated_at = $3, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
VERIFIED_FILES = """
SELECT d.id AS deposit_id, d.file_name, d.blob_id, /*relations:deposit:d*/ AS relations
  FROM deposit d
 WHERE d.group_id = $1 AND d.id = ANY ($2) AND d.status = 'verified'
   AND d.blob_id IS NOT NULL
"""


NOTE_BEGUN = """
INSERT INTO begun_upload (group_id, upload_key, begun_at) VALUES ($1, $2, app.now())
    ON CONFLICT (group_id, upload_key) DO NOTHING
"""
FORGET_BEGUN = "DELETE FROM begun_upload WHERE group_id = $1 AND upload_key = $2"


async def lock_opening(tx: Tx) -> None:
    """Wait until nobody else opens an upload for the same person or client."""
    await execute(tx, LOCK_OPENING, f"deposit/{tx.group_id}/{tx.actor.name}")


async def count_open(tx: Tx) -> int:
    """How many uploads of the actor are open and not expired."""
    actor = tx.actor
    count: int = await fetch_value(
        tx, COUNT_OPEN, tx.group_id, actor.person_id or actor.client_id, tx.now
    )
    return count


async def insert_deposit(
    tx: Tx,
    deposit_id: UUID,
    *,
    file_name: str,
    size_bytes: int,
    sha256: str,
    media_type_claimed: str,
    upload_key: str,
    multipart_id: str,
    part_bytes: int,
    expires_at: datetime,
) -> None:
    """Write a new open deposit of the actor and the actor's school."""
    actor = tx.actor
    await execute(
        tx,
        INSERT_DEPOSIT,
        tx.group_id,
        deposit_id,
        actor.school_id,
        actor.person_id,
        actor.client_id,
        file_name,
        size_bytes,
        sha256,
        media_type_claimed,
        upload_key,
        multipart_id,
        part_bytes,
        expires_at,
        tx.now,
    )


async def get_deposit(tx: Tx, deposit_id: UUID) -> Deposit | None:
    """A deposit with its relations to the actor."""
    return await fetch_one(tx, Deposit, with_rights(tx, GET_DEPOSIT), tx.group_id, deposit_id)


async def lock_deposit(tx: Tx, deposit_id: UUID) -> Deposit | None:
    """The same, kept from changing until the transaction ends."""
    await execute(tx, LOCK_DEPOSIT, tx.group_id, deposit_id)
    return await get_deposit(tx, deposit_id)


async def list_deposits(tx: Tx, page: PageRequest) -> list[Deposit]:
    """Deposits the actor may see, newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, Deposit, with_rights(tx, LIST_DEPOSITS), tx.group_id, after, page.limit
    )


async def keep_multipart(
    tx: Tx, deposit_id: UUID, was: str | None, multipart_id: str | None
) -> bool:
    """Put one upload of the store in another one's place; False where somebody else did."""
    return bool(await execute(tx, KEEP_MULTIPART, tx.group_id, deposit_id, was, multipart_id))


async def claim_assembling(tx: Tx, deposit_id: UUID, until_at: datetime) -> bool:
    """Whether the caller alone may ask the store to put the parts together until then."""
    return bool(await execute(tx, CLAIM_ASSEMBLING, tx.group_id, deposit_id, tx.now, until_at))


async def name_blob(
    tx: Tx, blob_id: UUID, *, sha256: str, size_bytes: int, media_type: str, object_key: str
) -> Blob:
    """The group's blob of this content: a new one with this id and key, or the one there is."""
    blob = await fetch_one(
        tx, Blob, NAME_BLOB,
        tx.group_id, blob_id, sha256, size_bytes, media_type, object_key, tx.now,
    )  # fmt: skip
    assert blob is not None, "the upsert always answers"
    return blob


async def verify_deposit(tx: Tx, deposit_id: UUID, blob_id: UUID, scan: Scan) -> None:
    """The deposit's bytes are those of the blob."""
    await execute(tx, VERIFY_DEPOSIT, tx.group_id, deposit_id, blob_id, tx.now, scan)


async def reject_deposit(tx: Tx, deposit_id: UUID, because: Rejection) -> None:
    """The deposit's bytes are not what was announced."""
    await execute(tx, REJECT_DEPOSIT, tx.group_id, deposit_id, because, tx.now)


async def abort_deposit(tx: Tx, deposit_id: UUID) -> None:
    """The deposit is given up."""
    await execute(tx, ABORT_DEPOSIT, tx.group_id, deposit_id, tx.now)


async def verified_files(tx: Tx, deposit_ids: Sequence[UUID]) -> list[VerifiedFile]:
    """Those of the deposits that are verified, with their relations to the actor."""
    return await fetch_all(
        tx, VerifiedFile, with_rights(tx, VERIFIED_FILES), tx.group_id, list(deposit_ids)
    )


async def note_begun(tx: Tx, key: str) -> None:
    """Write down that the store has, or is about to have, an unfinished upload to this key."""
    await execute(tx, NOTE_BEGUN, tx.group_id, key)


async def forget_begun(tx: Tx, key: str) -> None:
    """An open deposit names the key now, or the store has nothing unfinished there any more."""
    await execute(tx, FORGET_BEGUN, tx.group_id, key)
