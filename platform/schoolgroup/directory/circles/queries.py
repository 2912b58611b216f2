"""SQL of circles."""

from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.directory.circles.models import CircleEntry, CircleMember, CircleRow
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

LIST_CIRCLES = """
SELECT c.id, c.name, c.name_en, c.subject, c.purpose, c.created_at, c.updated_at, c.version,
       (SELECT count(*) FROM circle_member m
         WHERE m.group_id = c.group_id AND m.circle_id = c.id) AS schools,
       /*relations:circle:c*/ AS relations
  FROM circle c
 WHERE c.group_id = $1 AND /*visible:circle:read@circle:c*/
   AND ($2::uuid IS NULL OR c.id > $2)
 ORDER BY c.id
 LIMIT $3
"""

GET_CIRCLE = """
SELECT c.id, c.name, c.name_en, c.subject, c.purpose, c.created_at, c.updated_at, c.version,
       (SELECT count(*) FROM circle_member m
         WHERE m.group_id = c.group_id AND m.circle_id = c.id) AS schools,
       /*relations:circle:c*/ AS relations
  FROM circle c
 WHERE c.group_id = $1 AND c.id = $2
"""

LOCK_CIRCLE = """
SELECT c.version FROM circle c WHERE c.group_id = $1 AND c.id = $2 FOR UPDATE
"""

INSERT_CIRCLE = """
INSERT INTO circle (group_id, id, name, name_en, subject, purpose, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7)
"""

UPDATE_CIRCLE = """
UPDATE circle
   SET name = $3, name_en = $4, subject = $5, purpose = $6, version = version + 1, updated_at = $7
 WHERE group_id = $1 AND id = $2
"""

TOUCH_CIRCLE = """
UPDATE circle SET version = version + 1, updated_at = $3 WHERE group_id = $1 AND id = $2
"""

DELETE_CIRCLE = """
DELETE FROM circle WHERE group_id = $1 AND id = $2
"""

LIST_MEMBERS = """
SELECT m.school_id, s.code, s.name, t.tier, m.from_on
  FROM circle_member m
  JOIN school s ON s.group_id = m.group_id AND s.id = m.school_id
  LEFT JOIN school_tier t
    ON t.group_id = s.group_id AND t.school_id = s.id AND t.from_on <= (SELECT app.today())
   AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
 WHERE m.group_id = $1 AND m.circle_id = $2 AND ($3::text IS NULL OR s.code > $3)
 ORDER BY s.code
 LIMIT $4
"""

LIST_MEMBER_IDS = """
SELECT school_id FROM circle_member WHERE group_id = $1 AND circle_id = $2
"""

INSERT_MEMBER = """
INSERT INTO circle_member (group_id, circle_id, school_id, joined_at, from_on)
VALUES ($1, $2, $3, $4, (SELECT app.today()))
ON CONFLICT DO NOTHING
"""

DELETE_MEMBER = """
DELETE FROM circle_member WHERE group_id = $1 AND circle_id = $2 AND school_id = $3
"""


async def list_circles(tx: Tx, page: PageRequest) -> list[CircleRow]:
    """The circles the actor may see, oldest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_CIRCLES)
    return await fetch_all(tx, CircleRow, sql, tx.group_id, after, page.limit)


async def get_circle(tx: Tx, circle_id: UUID) -> CircleRow | None:
    """One circle."""
    return await fetch_one(tx, CircleRow, with_rights(tx, GET_CIRCLE), tx.group_id, circle_id)


async def lock_circle(tx: Tx, circle_id: UUID) -> None:
    """Hold the circle until commit."""
    await fetch_value(tx, LOCK_CIRCLE, tx.group_id, circle_id)


async def insert_circle(tx: Tx, circle_id: UUID, entry: CircleEntry) -> None:
    """A new circle."""
    await execute(
        tx,
        INSERT_CIRCLE,
        tx.group_id,
        circle_id,
        entry.name,
        entry.name_en,
        entry.subject,
        entry.purpose,
        tx.now,
    )


async def update_circle(tx: Tx, circle: CircleRow) -> None:
    """Write a circle as it shall be."""
    await execute(
        tx,
        UPDATE_CIRCLE,
        tx.group_id,
        circle.id,
        circle.name,
        circle.name_en,
        circle.subject,
        circle.purpose,
        tx.now,
    )


async def touch_circle(tx: Tx, circle_id: UUID) -> None:
    """The circle's schools have changed: its version moves."""
    await execute(tx, TOUCH_CIRCLE, tx.group_id, circle_id, tx.now)


async def delete_circle(tx: Tx, circle_id: UUID) -> None:
    """Delete a circle; the database refuses where an agreement names it."""
    await execute(tx, DELETE_CIRCLE, tx.group_id, circle_id)


async def list_members(tx: Tx, circle_id: UUID, page: PageRequest) -> list[CircleMember]:
    """The schools of a circle by code."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, CircleMember, LIST_MEMBERS, tx.group_id, circle_id, after, page.limit
    )


async def list_member_ids(tx: Tx, circle_id: UUID) -> list[UUID]:
    """The ids of the schools of a circle."""
    rows = await tx.connection.fetch(LIST_MEMBER_IDS, tx.group_id, circle_id)
    return [row["school_id"] for row in rows]


async def insert_member(tx: Tx, circle_id: UUID, school_id: UUID) -> bool:
    """Put a school into a circle from today on; whether it was not in it before."""
    return await execute(tx, INSERT_MEMBER, tx.group_id, circle_id, school_id, tx.now) > 0


async def delete_member(tx: Tx, circle_id: UUID, school_id: UUID) -> bool:
    """Take a school out of a circle; whether it was in it."""
    return await execute(tx, DELETE_MEMBER, tx.group_id, circle_id, school_id) > 0
