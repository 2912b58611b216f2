"""SQL of returns and their versions."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.returns.answers.models import (
    ReturnRow,
    ReturnStatus,
    Source,
    Suggestion,
    SuggestionRow,
    VersionRow,
)

# Between two saves longer than this nobody worked on the return; less work than that was not done
# here at all. Conventions of ours, stated in the documentation of the burden.
PAUSE = timedelta(minutes=15)
WORK_MIN = timedelta(minutes=1)

GET_RETURN = """
SELECT r.id, r.call_id, c.form_id, c.form_version, r.school_id, s.name AS school_name, r.status,
       c.period, r.values AS answers, r.sources, v.values AS submitted_answers,
       v.sources AS submitted_sources, r.submitted_no, r.accepted_no,
       r.accepted_at, r.reopened_fields, r.sent_back_because, r.created_at, r.updated_at,
       r.version, c.opens_at, app.closes_at(c, g) AS closes_at,
       g.exempted_at IS NOT NULL AS exempt, /*relations:return:r*/ AS relations
  FROM school_return r
  JOIN return_call c ON c.group_id = r.group_id AND c.id = r.call_id
  JOIN return_target g
    ON g.group_id = r.group_id AND g.call_id = r.call_id AND g.school_id = r.school_id
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
  LEFT JOIN return_version v
    ON v.group_id = r.group_id AND v.return_id = r.id AND v.no = r.submitted_no
 WHERE r.group_id = $1 AND r.id = $2
"""
# The lock comes first, on its own: the row is then read as the one before us left it.
LOCK_RETURN = "SELECT 1 FROM school_return r WHERE r.group_id = $1 AND r.id = $2 FOR UPDATE"
FIND_OWN = """
SELECT r.id FROM school_return r WHERE r.group_id = $1 AND r.call_id = $2 AND r.school_id = $3
"""
INSERT_RETURN = """
INSERT INTO school_return (group_id, id, call_id, school_id, status, values, sources, created_at,
                           updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)
"""
# Work is the time since the last save, where it was no pause ($6).
SAVE_RETURN = """
UPDATE school_return
   SET values = $3, sources = $5, version = version + 1, updated_at = $4,
       worked_seconds = worked_seconds + CASE WHEN $4 - updated_at <= $6::interval
           THEN extract(epoch FROM $4 - updated_at)::int ELSE 0 END
 WHERE group_id = $1 AND id = $2
"""
# What came from elsewhere in one go was not worked on here: less than $10 is not measured.
INSERT_VERSION = """
INSERT INTO return_version (group_id, return_id, school_id, no, values, submitted_by_person_id,
                            submitted_at, sources, worked_seconds)
SELECT $1, $2, $3, $4, $5, $6, $7, $8,
       CASE WHEN w.seconds >= extract(epoch FROM $10::interval) THEN w.seconds END
  FROM school_return r
 CROSS JOIN LATERAL (
     SELECT r.worked_seconds + CASE WHEN $7 - r.updated_at <= $9::interval
         THEN extract(epoch FROM $7 - r.updated_at)::int ELSE 0 END AS seconds) w
 WHERE r.group_id = $1 AND r.id = $2
"""
SUBMIT_RETURN = """
UPDATE school_return
   SET status = $3, submitted_no = $4, reopened_fields = '{}', sent_back_because = NULL,
       version = version + 1, updated_at = $5
 WHERE group_id = $1 AND id = $2
"""
ACCEPT_RETURN = """
UPDATE school_return
   SET status = $3, accepted_no = $4, accepted_at = $5, accepted_by_person_id = $6,
       version = version + 1, updated_at = $5
 WHERE group_id = $1 AND id = $2
"""
SEND_BACK_RETURN = """
UPDATE school_return
   SET status = $3, reopened_fields = $4, sent_back_because = $5, version = version + 1,
       updated_at = $6
 WHERE group_id = $1 AND id = $2
"""
LIST_VERSIONS = """
SELECT v.no, v.values AS answers, v.sources, v.submitted_by_person_id, v.submitted_at,
       v.no IS NOT DISTINCT FROM r.accepted_no AS accepted
  FROM return_version v
  JOIN school_return r ON r.group_id = v.group_id AND r.id = v.return_id
 WHERE v.group_id = $1 AND v.return_id = $2 AND ($3::int IS NULL OR v.no < $3)
 ORDER BY v.no DESC LIMIT $4
"""


GET_VERSION = """
SELECT v.no, v.values AS answers, v.sources, v.submitted_by_person_id, v.submitted_at,
       v.no IS NOT DISTINCT FROM r.accepted_no AS accepted
  FROM return_version v
  JOIN school_return r ON r.group_id = v.group_id AND r.id = v.return_id
 WHERE v.group_id = $1 AND v.return_id = $2 AND v.no = $3
"""
# The newest answer of one school to each field of a form version: of the same period before all
# others, then of the latest period before it. What was sent back is doubted and not offered.
SUGGEST = """
SELECT DISTINCT ON (f.place)
       f.field_code, v.values -> f.field_code AS answer, c.period = $5 AS same_period,
       r.id AS return_id, v.no AS version_no, c.id AS call_id, c.title AS call_title, c.period,
       v.submitted_at
  FROM form_field f
  JOIN school_return r ON r.group_id = f.group_id AND r.school_id = $2 AND r.call_id <> $6
                      AND r.status IN ('submitted', 'accepted')
  JOIN return_call c ON c.group_id = r.group_id AND c.id = r.call_id AND c.period COLLATE "C" <= $5
  JOIN return_version v ON v.group_id = r.group_id AND v.return_id = r.id AND v.no = r.submitted_no
 WHERE f.group_id = $1 AND f.form_id = $3 AND f.form_version = $4 AND v.values ? f.field_code
 ORDER BY f.place, c.period COLLATE "C" DESC, v.submitted_at DESC, r.id
"""


async def get_return(tx: Tx, return_id: UUID) -> ReturnRow | None:
    """A return with its relations to the actor."""
    return await fetch_one(tx, ReturnRow, with_rights(tx, GET_RETURN), tx.group_id, return_id)


async def lock_return(tx: Tx, return_id: UUID) -> ReturnRow | None:
    """The same, kept from changing until the transaction ends."""
    await execute(tx, LOCK_RETURN, tx.group_id, return_id)
    return await get_return(tx, return_id)


async def find_own(tx: Tx, call_id: UUID) -> UUID | None:
    """The acting school's return to a call."""
    found: UUID | None = await fetch_value(tx, FIND_OWN, tx.group_id, call_id, tx.actor.school_id)
    return found


async def insert_return(
    tx: Tx,
    return_id: UUID,
    call_id: UUID,
    values: Mapping[str, Any],
    sources: Mapping[str, Source],
) -> None:
    """The acting school begins to answer."""
    await execute(
        tx, INSERT_RETURN,
        tx.group_id, return_id, call_id, tx.actor.school_id, ReturnStatus.DRAFTING, values,
        sources, tx.now,
    )  # fmt: skip


async def save_return(
    tx: Tx, return_id: UUID, values: Mapping[str, Any], sources: Mapping[str, Source]
) -> None:
    """Put these answers in the place of the work in hand."""
    await execute(tx, SAVE_RETURN, tx.group_id, return_id, values, tx.now, sources, PAUSE)


async def submit_return(tx: Tx, held: ReturnRow, no: int, status: ReturnStatus) -> None:
    """Freeze the work in hand as version `no`."""
    await execute(
        tx, INSERT_VERSION,
        tx.group_id, held.id, held.school_id, no, held.answers, tx.actor.person_id, tx.now,
        held.sources, PAUSE, WORK_MIN,
    )  # fmt: skip
    await execute(tx, SUBMIT_RETURN, tx.group_id, held.id, status, no, tx.now)


async def accept_return(tx: Tx, return_id: UUID, no: int, status: ReturnStatus) -> None:
    """Name the version that is accepted."""
    await execute(tx, ACCEPT_RETURN, tx.group_id, return_id, status, no, tx.now, tx.actor.person_id)


async def send_back_return(
    tx: Tx, return_id: UUID, fields: Sequence[str], because: str, status: ReturnStatus
) -> None:
    """Open these fields again."""
    await execute(
        tx, SEND_BACK_RETURN, tx.group_id, return_id, status, list(fields), because, tx.now
    )


async def list_versions(tx: Tx, return_id: UUID, page: PageRequest) -> list[VersionRow]:
    """What was submitted, newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, VersionRow, LIST_VERSIONS, tx.group_id, return_id, after, page.limit)


async def get_version(tx: Tx, return_id: UUID, no: int) -> VersionRow | None:
    """One submission."""
    return await fetch_one(tx, VersionRow, GET_VERSION, tx.group_id, return_id, no)


async def suggest(
    tx: Tx, school_id: UUID | None, call_id: UUID, form_id: UUID, form_version: int, period: str
) -> list[Suggestion]:
    """What the school answered before to the fields of this form version, in their order."""
    rows = await fetch_all(
        tx, SuggestionRow, SUGGEST, tx.group_id, school_id, form_id, form_version, period, call_id
    )
    return [row.as_suggestion() for row in rows]
