"""SQL of transfers between schools."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.directory.pupils.models import PupilRow, TransferRow, TransferStatus
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest

SELECT_TRANSFER = """
SELECT t.id, t.pupil_id, t.from_school_id, f.name AS from_name, t.to_school_id, o.name AS to_name,
       t.status, t.grade, t.because, t.decided_because, t.proposed_at, t.decided_at, t.version,
       /*relations:transfer:t*/ AS relations
  FROM pupil_transfer t
  JOIN school f ON f.group_id = t.group_id AND f.id = t.from_school_id
  JOIN school o ON o.group_id = t.group_id AND o.id = t.to_school_id
 WHERE t.group_id = $1
"""
GET_TRANSFER = SELECT_TRANSFER + " AND t.id = $2"
LIST_TRANSFERS = (
    SELECT_TRANSFER
    + """
   AND ($2::uuid IS NULL OR t.id < $2) AND /*visible:transfer:read@transfer:t*/
 ORDER BY t.id DESC LIMIT $3
"""
)
INSERT_TRANSFER = """
INSERT INTO pupil_transfer (group_id, id, pupil_id, from_school_id, to_school_id, status, grade,
                            because, proposed_at)
VALUES ($1, $2, $3, $4, $5, 'proposed', $6, $7, $8)
"""
MOVE_TRANSFER = """
UPDATE pupil_transfer SET status = $3, decided_because = $4, decided_at = $5,
                          version = version + 1
 WHERE group_id = $1 AND id = $2
"""
MOVE_PUPIL = """
UPDATE pupil SET school_id = $3, register_number = $4, version = version + 1, updated_at = $5
 WHERE group_id = $1 AND id = $2
"""


async def get_transfer(tx: Tx, transfer_id: UUID) -> TransferRow | None:
    """One transfer with the caller's relations."""
    sql = with_rights(tx, GET_TRANSFER)
    return await fetch_one(tx, TransferRow, sql, tx.group_id, transfer_id)


async def list_transfers(tx: Tx, page: PageRequest) -> list[TransferRow]:
    """Transfers the caller may see, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    sql = with_rights(tx, LIST_TRANSFERS)
    return await fetch_all(tx, TransferRow, sql, tx.group_id, after, page.limit)


async def insert_transfer(
    tx: Tx, transfer_id: UUID, pupil: PupilRow, to_school_id: UUID, because: str
) -> None:
    """Propose that a pupil goes."""
    await execute(
        tx,
        INSERT_TRANSFER,
        tx.group_id,
        transfer_id,
        pupil.id,
        pupil.school_id,
        to_school_id,
        pupil.grade,
        because,
        tx.now,
    )


async def move_transfer(tx: Tx, transfer_id: UUID, status: TransferStatus, because: str) -> None:
    """What became of it."""
    await execute(tx, MOVE_TRANSFER, tx.group_id, transfer_id, status, because, tx.now)


async def move_pupil(tx: Tx, pupil_id: UUID, to_school_id: UUID, number: str) -> None:
    """The pupil belongs to the other school from now on."""
    await execute(tx, MOVE_PUPIL, tx.group_id, pupil_id, to_school_id, number, tx.now)
