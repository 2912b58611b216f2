"""SQL of agreements."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.directory.agreements.models import (
    AgreementEntry,
    AgreementFilter,
    AgreementRow,
    AgreementStatus,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

LIST_AGREEMENTS = """
SELECT g.id, g.owner_school_id, s.name AS owner_name, g.grantee_school_id, g.grantee_circle_id,
       g.kinds, g.from_on, g.until_on, g.status, g.owner_signed_at, g.grantee_signed_at,
       g.ended_at, g.note, g.created_at, g.updated_at, g.version,
       /*relations:agreement:g*/ AS relations
  FROM agreement g
  JOIN school s ON s.group_id = g.group_id AND s.id = g.owner_school_id
 WHERE g.group_id = $1 AND /*visible:agreement:read@agreement:g*/
   AND ($2::uuid IS NULL OR g.owner_school_id = $2 OR g.grantee_school_id = $2
        OR EXISTS (SELECT FROM circle_member m
                    WHERE m.group_id = g.group_id AND m.circle_id = g.grantee_circle_id
                      AND m.school_id = $2))
   AND ($3::text IS NULL OR g.status = $3)
   AND ($4::uuid IS NULL OR g.id > $4)
 ORDER BY g.id
 LIMIT $5
"""

GET_AGREEMENT = """
SELECT g.id, g.owner_school_id, s.name AS owner_name, g.grantee_school_id, g.grantee_circle_id,
       g.kinds, g.from_on, g.until_on, g.status, g.owner_signed_at, g.grantee_signed_at,
       g.ended_at, g.note, g.created_at, g.updated_at, g.version,
       /*relations:agreement:g*/ AS relations
  FROM agreement g
  JOIN school s ON s.group_id = g.group_id AND s.id = g.owner_school_id
 WHERE g.group_id = $1 AND g.id = $2
"""

LOCK_AGREEMENT = """
SELECT g.version FROM agreement g WHERE g.group_id = $1 AND g.id = $2 FOR UPDATE
"""

INSERT_AGREEMENT = """
INSERT INTO agreement (group_id, id, owner_school_id, grantee_school_id, grantee_circle_id, kinds,
                       from_on, until_on, status, note, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'proposed', $9, $10, $10)
"""

SIGN_AS_OWNER = """
UPDATE agreement
   SET owner_signed_by = $3, owner_signed_at = $4, status = $5, version = version + 1,
       updated_at = $4
 WHERE group_id = $1 AND id = $2
"""

SIGN_AS_GRANTEE = """
UPDATE agreement
   SET grantee_signed_by = $3, grantee_signed_at = $4, status = $5, version = version + 1,
       updated_at = $4
 WHERE group_id = $1 AND id = $2
"""

SETTLE_AGREEMENT = """
UPDATE agreement
   SET status = $3, ended_at = $4, version = version + 1, updated_at = $4
 WHERE group_id = $1 AND id = $2
"""

FIND_CIRCLE = """
SELECT EXISTS (SELECT FROM circle c WHERE c.group_id = $1 AND c.id = $2)
"""

LIST_CIRCLE_SCHOOLS = """
SELECT m.school_id FROM circle_member m WHERE m.group_id = $1 AND m.circle_id = $2
"""


async def list_agreements(tx: Tx, wanted: AgreementFilter, page: PageRequest) -> list[AgreementRow]:
    """The agreements the actor may see, oldest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_AGREEMENTS)
    return await fetch_all(
        tx, AgreementRow, sql, tx.group_id, wanted.school_id, wanted.status, after, page.limit
    )


async def get_agreement(tx: Tx, agreement_id: UUID) -> AgreementRow | None:
    """One agreement."""
    sql = with_rights(tx, GET_AGREEMENT)
    return await fetch_one(tx, AgreementRow, sql, tx.group_id, agreement_id)


async def lock_agreement(tx: Tx, agreement_id: UUID) -> None:
    """Hold the agreement until commit, so that of two signatures the second sees the first."""
    await fetch_value(tx, LOCK_AGREEMENT, tx.group_id, agreement_id)


async def insert_agreement(
    tx: Tx, agreement_id: UUID, owner_school_id: UUID, entry: AgreementEntry
) -> None:
    """A proposal, not signed yet."""
    await execute(
        tx,
        INSERT_AGREEMENT,
        tx.group_id,
        agreement_id,
        owner_school_id,
        entry.grantee_school_id,
        entry.grantee_circle_id,
        sorted(set(entry.kinds)),
        entry.from_on,
        entry.until_on,
        entry.note,
        tx.now,
    )


async def sign(tx: Tx, agreement_id: UUID, status: AgreementStatus, *, as_owner: bool) -> None:
    """The actor's signature for one side, and the status with it."""
    sql = SIGN_AS_OWNER if as_owner else SIGN_AS_GRANTEE
    await execute(tx, sql, tx.group_id, agreement_id, tx.actor.person_id, tx.now, status)


async def settle(tx: Tx, agreement_id: UUID, status: AgreementStatus) -> None:
    """It is declined, or ends, now."""
    await execute(tx, SETTLE_AGREEMENT, tx.group_id, agreement_id, status, tx.now)


async def has_circle(tx: Tx, circle_id: UUID) -> bool:
    """Whether the circle is one of the group's."""
    return bool(await fetch_value(tx, FIND_CIRCLE, tx.group_id, circle_id))


async def list_circle_schools(tx: Tx, circle_id: UUID) -> list[UUID]:
    """The schools of a circle, to be told."""
    rows = await tx.connection.fetch(LIST_CIRCLE_SCHOOLS, tx.group_id, circle_id)
    return [row["school_id"] for row in rows]
