"""SQL of terms, holidays and days made up for."""

from datetime import date
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.directory.calendar.models import (
    HolidayEntry,
    HolidayFilter,
    HolidayRow,
    MakeupEntry,
    MakeupRow,
    TermEntry,
    TermRow,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest

LIST_TERMS = """
SELECT t.id, t.name, t.name_en, t.from_on, t.until_on, t.version,
       /*relations:term:t*/ AS relations
  FROM term t
 WHERE t.group_id = $1 AND /*visible:term:read@term:t*/
   AND ($2::date IS NULL OR (t.from_on, t.id) > ($2, $3::uuid))
 ORDER BY t.from_on, t.id
 LIMIT $4
"""

GET_TERM = """
SELECT t.id, t.name, t.name_en, t.from_on, t.until_on, t.version,
       /*relations:term:t*/ AS relations
  FROM term t
 WHERE t.group_id = $1 AND t.id = $2
"""

LOCK_TERM = """
SELECT t.version FROM term t WHERE t.group_id = $1 AND t.id = $2 FOR UPDATE
"""

INSERT_TERM = """
INSERT INTO term (group_id, id, name, name_en, from_on, until_on) VALUES ($1, $2, $3, $4, $5, $6)
"""

UPDATE_TERM = """
UPDATE term
   SET name = $3, name_en = $4, from_on = $5, until_on = $6, version = version + 1
 WHERE group_id = $1 AND id = $2
"""

DELETE_TERM = """
DELETE FROM term WHERE group_id = $1 AND id = $2
"""

LIST_HOLIDAYS = """
SELECT h.id, h.school_id, h.name, h.name_en, h.from_on, h.until_on, h.version,
       /*relations:holiday:h*/ AS relations
  FROM holiday h
 WHERE h.group_id = $1 AND /*visible:term:read@holiday:h*/
   AND ($2::uuid IS NULL OR h.school_id IS NULL OR h.school_id = $2)
   AND ($3::date IS NULL OR $3 < h.until_on)
   AND ($4::date IS NULL OR h.from_on < $4)
   AND ($5::date IS NULL OR (h.from_on, h.id) > ($5, $6::uuid))
 ORDER BY h.from_on, h.id
 LIMIT $7
"""

GET_HOLIDAY = """
SELECT h.id, h.school_id, h.name, h.name_en, h.from_on, h.until_on, h.version,
       /*relations:holiday:h*/ AS relations
  FROM holiday h
 WHERE h.group_id = $1 AND h.id = $2
"""

LOCK_HOLIDAY = """
SELECT h.version FROM holiday h WHERE h.group_id = $1 AND h.id = $2 FOR UPDATE
"""

INSERT_HOLIDAY = """
INSERT INTO holiday (group_id, id, school_id, name, name_en, from_on, until_on)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""

UPDATE_HOLIDAY = """
UPDATE holiday
   SET name = $3, name_en = $4, from_on = $5, until_on = $6, version = version + 1
 WHERE group_id = $1 AND id = $2
"""

DELETE_HOLIDAY = """
DELETE FROM holiday WHERE group_id = $1 AND id = $2
"""

_MAKEUP = """
SELECT m.id, m.school_id, m.name, m.name_en, m.taught_on, m.version,
       /*relations:makeup_day:m*/ AS relations
  FROM makeup_day m"""
LIST_MAKEUPS = f"""{_MAKEUP}
 WHERE m.group_id = $1 AND /*visible:term:read@makeup_day:m*/
   AND ($2::uuid IS NULL OR m.school_id IS NULL OR m.school_id = $2)
   AND ($3::date IS NULL OR $3 <= m.taught_on)
   AND ($4::date IS NULL OR m.taught_on < $4)
   AND ($5::date IS NULL OR (m.taught_on, m.id) > ($5, $6::uuid))
 ORDER BY m.taught_on, m.id
 LIMIT $7
"""

GET_MAKEUP = f"{_MAKEUP} WHERE m.group_id = $1 AND m.id = $2"

INSERT_MAKEUP = """
INSERT INTO makeup_day (group_id, id, school_id, name, name_en, taught_on)
VALUES ($1, $2, $3, $4, $5, $6)
"""

DELETE_MAKEUP = """
DELETE FROM makeup_day WHERE group_id = $1 AND id = $2
"""


def after_day(page: PageRequest) -> tuple[date | None, str | None]:
    """The day and id a page goes on after, read from its cursor."""
    return (date.fromisoformat(page.after[0]), page.after[1]) if page.after else (None, None)


async def list_terms(tx: Tx, page: PageRequest) -> list[TermRow]:
    """Terms from the earliest on."""
    after = after_day(page)
    sql = with_rights(tx, LIST_TERMS)
    return await fetch_all(tx, TermRow, sql, tx.group_id, *after, page.limit)


async def get_term(tx: Tx, term_id: UUID) -> TermRow | None:
    """One term."""
    return await fetch_one(tx, TermRow, with_rights(tx, GET_TERM), tx.group_id, term_id)


async def lock_term(tx: Tx, term_id: UUID) -> None:
    """Hold the term until commit."""
    await fetch_value(tx, LOCK_TERM, tx.group_id, term_id)


async def insert_term(tx: Tx, term_id: UUID, entry: TermEntry) -> None:
    """A new term; the database refuses one that overlaps another."""
    await execute(
        tx,
        INSERT_TERM,
        tx.group_id,
        term_id,
        entry.name,
        entry.name_en,
        entry.from_on,
        entry.until_on,
    )


async def update_term(tx: Tx, term: TermRow) -> None:
    """Write a term as it shall be."""
    await execute(
        tx,
        UPDATE_TERM,
        tx.group_id,
        term.id,
        term.name,
        term.name_en,
        term.from_on,
        term.until_on,
    )


async def delete_term(tx: Tx, term_id: UUID) -> None:
    """Delete a term."""
    await execute(tx, DELETE_TERM, tx.group_id, term_id)


async def list_holidays(tx: Tx, wanted: HolidayFilter, page: PageRequest) -> list[HolidayRow]:
    """Holidays from the earliest on."""
    after = after_day(page)
    sql = with_rights(tx, LIST_HOLIDAYS)
    return await fetch_all(
        tx,
        HolidayRow,
        sql,
        tx.group_id,
        wanted.school_id,
        wanted.since,
        wanted.until,
        *after,
        page.limit,
    )


async def get_holiday(tx: Tx, holiday_id: UUID) -> HolidayRow | None:
    """One holiday."""
    return await fetch_one(tx, HolidayRow, with_rights(tx, GET_HOLIDAY), tx.group_id, holiday_id)


async def lock_holiday(tx: Tx, holiday_id: UUID) -> None:
    """Hold the holiday until commit."""
    await fetch_value(tx, LOCK_HOLIDAY, tx.group_id, holiday_id)


async def insert_holiday(tx: Tx, holiday_id: UUID, entry: HolidayEntry) -> None:
    """A new holiday."""
    await execute(
        tx,
        INSERT_HOLIDAY,
        tx.group_id,
        holiday_id,
        entry.school_id,
        entry.name,
        entry.name_en,
        entry.from_on,
        entry.until_on,
    )


async def update_holiday(tx: Tx, holiday: HolidayRow) -> None:
    """Write a holiday as it shall be."""
    await execute(
        tx,
        UPDATE_HOLIDAY,
        tx.group_id,
        holiday.id,
        holiday.name,
        holiday.name_en,
        holiday.from_on,
        holiday.until_on,
    )


async def delete_holiday(tx: Tx, holiday_id: UUID) -> None:
    """Delete a holiday."""
    await execute(tx, DELETE_HOLIDAY, tx.group_id, holiday_id)


async def list_makeups(tx: Tx, wanted: HolidayFilter, page: PageRequest) -> list[MakeupRow]:
    """Days made up for, from the earliest on."""
    after = after_day(page)
    sql = with_rights(tx, LIST_MAKEUPS)
    return await fetch_all(
        tx, MakeupRow, sql, tx.group_id, wanted.school_id, wanted.since, wanted.until, *after,
        page.limit,
    )  # fmt: skip


async def get_makeup(tx: Tx, makeup_day_id: UUID) -> MakeupRow | None:
    """One day made up for."""
    return await fetch_one(tx, MakeupRow, with_rights(tx, GET_MAKEUP), tx.group_id, makeup_day_id)


async def insert_makeup(tx: Tx, makeup_day_id: UUID, entry: MakeupEntry) -> None:
    """A new one; the database refuses the same day of the same school twice."""
    await execute(
        tx, INSERT_MAKEUP, tx.group_id, makeup_day_id, entry.school_id, entry.name, entry.name_en,
        entry.taught_on,
    )  # fmt: skip


async def delete_makeup(tx: Tx, makeup_day_id: UUID) -> int:
    """Delete one; how many there were."""
    return await execute(tx, DELETE_MAKEUP, tx.group_id, makeup_day_id)
