"""SQL of loans, as the caller may see them. An active loan past its end reads as ended."""

from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.desk.models import LoanRow, Passed
from schoolgroup.resources.lending.loans.models import Fetch, LentFile

_LOAN = """l.id, l.offer_id, l.resource_id, l.revision_no, l.title,
       l.owner_school_id, o.name AS owner_school_name,
       l.borrower_school_id, b.name AS borrower_school_name, l.borrower_person_id,
       CASE WHEN l.status = 'active' AND l.ends_at <= app.now() AND h.id IS NULL THEN 'ended'
            ELSE l.status END AS status,
       l.starts_at, l.ends_at, l.guaranteed_until_at, l.terms, l.renewals,
       l.recalled_at, l.recalled_because,
       CASE WHEN l.status = 'active' AND l.ends_at <= app.now() AND h.id IS NULL THEN l.ends_at
            ELSE l.closed_at END AS closed_at,
       l.closed_because, h.id AS handover_id,
       CASE WHEN h.handed_at IS NOT NULL
            THEN app.overdue_days(l.group_id, l.borrower_school_id, l.ends_at)
            ELSE 0 END AS overdue_days,
       l.version, /*relations:loan:l*/ AS relations
  FROM loan l
  JOIN school o ON o.group_id = l.group_id AND o.id = l.owner_school_id
  JOIN school b ON b.group_id = l.group_id AND b.id = l.borrower_school_id
  LEFT JOIN item_handover h ON h.group_id = l.group_id AND h.loan_id = l.id
                           AND h.status IN ('sent', 'handed', 'received', 'claimed')"""

GET_LOAN = f"""
SELECT {_LOAN}
 WHERE l.group_id = $1 AND l.id = $2
"""

LIST_LOANS = f"""
SELECT {_LOAN}
 WHERE l.group_id = $1
   AND ($2::uuid IS NULL OR l.offer_id = $2)
   AND ($3::uuid IS NULL OR l.borrower_person_id = $3)
   AND ($4::boolean IS NULL
        OR $4 = (l.status = 'active' AND (app.now() < l.ends_at OR h.id IS NOT NULL)))
   AND ($5::uuid IS NULL OR l.id < $5)
   AND /*visible:loan:read@loan:l*/
 ORDER BY l.id DESC
 LIMIT $6
"""

RENEW_LOAN = """
UPDATE loan SET ends_at = $3, renewals = renewals + 1, version = version + 1
 WHERE group_id = $1 AND id = $2 AND status = 'active' AND app.now() < ends_at AND version = $4
RETURNING id, offer_id, owner_school_id, borrower_school_id, version
"""

RECALL_LOAN = """
UPDATE loan SET ends_at = $3, recalled_at = app.now(), recalled_because = $5, version = version + 1
 WHERE group_id = $1 AND id = $2 AND status = 'active' AND app.now() < ends_at AND version = $4
RETURNING id, offer_id, owner_school_id, borrower_school_id, version
"""

GET_END = "SELECT ends_at FROM loan WHERE group_id = $1 AND id = $2"

LIST_FILES = """
SELECT f.no, f.file_name, b.size_bytes, b.sha256, b.media_type, b.object_key
  FROM revision_file f
  JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
 WHERE f.group_id = $1 AND f.resource_id = $2 AND f.revision_no = $3
   AND ($4::int IS NULL OR f.no = $4)
 ORDER BY f.no
"""

INSERT_FETCH = """
INSERT INTO loan_fetch (group_id, id, loan_id, file_no, owner_school_id, borrower_school_id, at,
                        link_until_at)
VALUES ($1, $2, $3, $4, $5, $6, app.now(), $7)
"""

# A download that is taken up again within a day is the same download.
INSERT_DOWNLOAD = """
INSERT INTO loan_fetch (group_id, id, loan_id, file_no, owner_school_id, borrower_school_id, at,
                        link_until_at)
SELECT $1, $2, $3, $4, $5, $6, app.now(), $7
 WHERE $8 OR NOT EXISTS (
       SELECT FROM loan_fetch f
        WHERE f.group_id = $1 AND f.loan_id = $3 AND f.file_no = $4
          AND f.at > app.now() - interval '1 day')
"""

LIST_FETCHES = """
SELECT id, loan_id, file_no, at, link_until_at
  FROM loan_fetch
 WHERE group_id = $1 AND loan_id = $2 AND ($3::uuid IS NULL OR id < $3)
 ORDER BY id DESC
 LIMIT $4
"""


async def get_loan(tx: Tx, loan_id: UUID) -> LoanRow | None:
    """The loan with the caller's relations to it."""
    return await fetch_one(tx, LoanRow, with_rights(tx, GET_LOAN), tx.group_id, loan_id)


async def list_loans(
    tx: Tx, offer_id: UUID | None, person_id: UUID | None, running: bool | None, page: PageRequest
) -> list[LoanRow]:
    """The loans the caller may read, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_LOANS)
    return await fetch_all(
        tx, LoanRow, sql, tx.group_id, offer_id, person_id, running, after, page.limit
    )


async def get_end(tx: Tx, loan_id: UUID) -> datetime | None:
    """When the loan ends, where it is seen."""
    ends_at: datetime | None = await fetch_value(tx, GET_END, tx.group_id, loan_id)
    return ends_at


async def renew_loan(tx: Tx, loan: LoanRow, ends_at: datetime) -> Passed | None:
    """Move the end of a running loan; None where it has changed since it was read."""
    return await fetch_one(tx, Passed, RENEW_LOAN, tx.group_id, loan.id, ends_at, loan.version)


async def recall_loan(tx: Tx, loan: LoanRow, ends_at: datetime, because: str) -> Passed | None:
    """Call a running loan back; None where it has changed since it was read."""
    return await fetch_one(
        tx, Passed, RECALL_LOAN, tx.group_id, loan.id, ends_at, loan.version, because
    )


async def list_files(tx: Tx, loan: LoanRow, no: int | None = None) -> list[LentFile]:
    """The files of the revision that was lent, or the one numbered `no`."""
    return await fetch_all(
        tx, LentFile, LIST_FILES, tx.group_id, loan.resource_id, loan.revision_no, no
    )


async def insert_fetch(
    tx: Tx, fetch_id: UUID, loan: LoanRow, no: int, link_until_at: datetime
) -> None:
    """Note a link that is given out."""
    await execute(
        tx,
        INSERT_FETCH,
        tx.group_id,
        fetch_id,
        loan.id,
        no,
        loan.owner_school_id,
        loan.borrower_school_id,
        link_until_at,
    )


async def note_download(
    tx: Tx, fetch_id: UUID, loan: LoanRow, no: int, *, from_the_start: bool
) -> None:
    """Note a download as it begins; what only goes on with one is not noted again."""
    await execute(
        tx,
        INSERT_DOWNLOAD,
        tx.group_id,
        fetch_id,
        loan.id,
        no,
        loan.owner_school_id,
        loan.borrower_school_id,
        loan.ends_at,
        from_the_start,
    )


async def list_fetches(tx: Tx, loan_id: UUID, page: PageRequest) -> list[Fetch]:
    """The links given out for a loan, newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, Fetch, LIST_FETCHES, tx.group_id, loan_id, after, page.limit)
