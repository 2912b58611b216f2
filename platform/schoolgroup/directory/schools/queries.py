"""SQL of schools and their tiers."""

from datetime import date
from uuid import UUID

import asyncpg

from schoolgroup.access.decisions import with_rights
from schoolgroup.directory.models import Stage, Tier
from schoolgroup.directory.schools.models import (
    SchoolEntry,
    SchoolFilter,
    SchoolRow,
    SchoolTier,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

LIST_SCHOOLS = """
SELECT s.id, s.code, s.name, s.name_en, s.stages, s.address, s.longitude, s.latitude, s.closed_on,
       s.created_at, s.updated_at, s.version, t.tier, t.from_on AS tier_from_on,
       /*relations:school:s*/ AS relations
  FROM school s
  LEFT JOIN school_tier t
    ON t.group_id = s.group_id AND t.school_id = s.id AND t.from_on <= (SELECT app.today())
   AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
 WHERE s.group_id = $1
   AND ($2::text IS NULL OR t.tier = $2)
   AND ($3::text IS NULL OR $3 = ANY (s.stages))
   AND ($4::text IS NULL OR s.code = $4
        OR position(lower($4) IN lower(s.name || ' ' || s.name_en)) > 0)
   AND ($5::bool OR s.closed_on IS NULL OR (SELECT app.today()) < s.closed_on)
   AND ($6::text IS NULL OR s.code > $6)
 ORDER BY s.code
 LIMIT $7
"""

GET_SCHOOL = """
SELECT s.id, s.code, s.name, s.name_en, s.stages, s.address, s.longitude, s.latitude, s.closed_on,
       s.created_at, s.updated_at, s.version, t.tier, t.from_on AS tier_from_on,
       /*relations:school:s*/ AS relations
  FROM school s
  LEFT JOIN school_tier t
    ON t.group_id = s.group_id AND t.school_id = s.id AND t.from_on <= (SELECT app.today())
   AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
 WHERE s.group_id = $1 AND s.id = $2
"""

LOCK_SCHOOL = """
SELECT s.version FROM school s WHERE s.group_id = $1 AND s.id = $2 FOR UPDATE
"""

INSERT_SCHOOL = """
INSERT INTO school (group_id, id, code, name, name_en, stages, address, longitude, latitude,
                    created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
"""

UPDATE_SCHOOL = """
UPDATE school
   SET name = $3, name_en = $4, stages = $5, address = $6, longitude = $7, latitude = $8,
       version = version + 1, updated_at = $9
 WHERE group_id = $1 AND id = $2
"""

TOUCH_SCHOOL = """
UPDATE school SET version = version + 1, updated_at = $3 WHERE group_id = $1 AND id = $2
"""

CLOSE_SCHOOL = """
UPDATE school SET closed_on = $3, version = version + 1, updated_at = $4
 WHERE group_id = $1 AND id = $2
"""

DELETE_SCHOOL = """
DELETE FROM school WHERE group_id = $1 AND id = $2
"""

LIST_TIERS = """
SELECT id, tier, from_on, until_on
  FROM school_tier
 WHERE group_id = $1 AND school_id = $2
 ORDER BY from_on
"""

INSERT_TIER = """
INSERT INTO school_tier (group_id, id, school_id, tier, from_on, until_on)
VALUES ($1, $2, $3, $4, $5, $6)
"""

END_TIER = """
UPDATE school_tier SET until_on = $3 WHERE group_id = $1 AND id = $2
"""

REOPEN_TIER = """
UPDATE school_tier SET until_on = $4
 WHERE group_id = $1 AND school_id = $2 AND until_on = $3
"""

DELETE_TIER = """
DELETE FROM school_tier WHERE group_id = $1 AND id = $2
"""

DELETE_TIERS_FROM = """
DELETE FROM school_tier WHERE group_id = $1 AND school_id = $2 AND from_on >= $3
"""

END_TIERS_ON = """
UPDATE school_tier SET until_on = $3
 WHERE group_id = $1 AND school_id = $2 AND (until_on IS NULL OR until_on > $3)
"""

DELETE_APPOINTMENTS_AFTER = """
DELETE FROM appointment WHERE group_id = $1 AND school_id = $2 AND from_on > $3
"""

END_APPOINTMENTS_ON = """
UPDATE appointment SET until_on = $3, version = version + 1
 WHERE group_id = $1 AND school_id = $2 AND (until_on IS NULL OR until_on > $3)
"""


async def list_schools(tx: Tx, wanted: SchoolFilter, page: PageRequest) -> list[SchoolRow]:
    """Schools in the order of their codes."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_SCHOOLS)
    return await fetch_all(
        tx,
        SchoolRow,
        sql,
        tx.group_id,
        wanted.tier,
        wanted.stage,
        wanted.q,
        wanted.closed,
        after,
        page.limit,
    )


async def get_school(tx: Tx, school_id: UUID) -> SchoolRow | None:
    """One school."""
    return await fetch_one(tx, SchoolRow, with_rights(tx, GET_SCHOOL), tx.group_id, school_id)


async def lock_school(tx: Tx, school_id: UUID) -> int | None:
    """Hold the school until commit, so that changes of its tier come one after another."""
    version: int | None = await fetch_value(tx, LOCK_SCHOOL, tx.group_id, school_id)
    return version


async def insert_school(tx: Tx, school_id: UUID, entry: SchoolEntry, stages: list[Stage]) -> None:
    """A new school, without a tier yet."""
    await execute(
        tx,
        INSERT_SCHOOL,
        tx.group_id,
        school_id,
        entry.code,
        entry.name,
        entry.name_en,
        stages,
        entry.address,
        entry.longitude,
        entry.latitude,
        tx.now,
    )


async def update_school(tx: Tx, school: SchoolRow) -> None:
    """Write a school's entry as it shall be."""
    await execute(
        tx,
        UPDATE_SCHOOL,
        tx.group_id,
        school.id,
        school.name,
        school.name_en,
        school.stages,
        school.address,
        school.longitude,
        school.latitude,
        tx.now,
    )


async def touch_school(tx: Tx, school_id: UUID) -> None:
    """The school has changed: its version moves."""
    await execute(tx, TOUCH_SCHOOL, tx.group_id, school_id, tx.now)


async def close_school(tx: Tx, school_id: UUID, on: date) -> None:
    """Close a school from a day on: its tier and its appointments end, later ones never begin."""
    await execute(tx, DELETE_TIERS_FROM, tx.group_id, school_id, on)
    await execute(tx, END_TIERS_ON, tx.group_id, school_id, on)
    await execute(tx, DELETE_APPOINTMENTS_AFTER, tx.group_id, school_id, on)
    await execute(tx, END_APPOINTMENTS_ON, tx.group_id, school_id, on)
    await execute(tx, CLOSE_SCHOOL, tx.group_id, school_id, on, tx.now)


async def remove_school(tx: Tx, school_id: UUID) -> bool:
    """Delete a school that nothing but its own tiers refers to; whether that was so."""

    async def remove() -> None:
        await execute(tx, DELETE_TIERS_FROM, tx.group_id, school_id, date.min)
        await execute(tx, DELETE_SCHOOL, tx.group_id, school_id)

    try:
        await tx.savepoint(remove)
    except asyncpg.ForeignKeyViolationError:
        return False
    return True


async def list_tiers(tx: Tx, school_id: UUID) -> list[SchoolTier]:
    """Every tier the school ever had or will have, oldest first."""
    return await fetch_all(tx, SchoolTier, LIST_TIERS, tx.group_id, school_id)


async def insert_tier(
    tx: Tx, tier_id: UUID, school_id: UUID, tier: Tier, from_on: date, until_on: date | None = None
) -> None:
    """A tier from a day on; `until_on` is the first day after it."""
    await execute(tx, INSERT_TIER, tx.group_id, tier_id, school_id, tier, from_on, until_on)


async def end_tier(tx: Tx, tier_id: UUID, until_on: date) -> None:
    """End a period of membership; `until_on` is the first day after it."""
    await execute(tx, END_TIER, tx.group_id, tier_id, until_on)


async def cancel_tier(tx: Tx, school_id: UUID, tier: SchoolTier) -> None:
    """Take back a tier that has not begun: the one before it goes on."""
    await execute(tx, DELETE_TIER, tx.group_id, tier.id)
    await execute(tx, REOPEN_TIER, tx.group_id, school_id, tier.from_on, tier.until_on)
