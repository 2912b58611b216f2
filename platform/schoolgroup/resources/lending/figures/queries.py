"""SQL of figures. Row-level security lets a school see the loans it made or gave; a figure of a
school is shown to itself and to the office, never a part of another school's.
"""

from datetime import date

from schoolgroup.kernel.db import Tx, fetch_all
from schoolgroup.resources.lending.figures.models import Balance, Circulation, Exchange, Waits

LIST_CIRCULATION = """
SELECT m.month, m.owner_school_id, o.name AS owner_school_name, m.borrower_school_id,
       b.name AS borrower_school_name, m.subject, m.loans, m.renewals, m.recalls, m.fetches
  FROM lending_months m
  JOIN school o ON o.group_id = m.group_id AND o.id = m.owner_school_id
  JOIN school b ON b.group_id = m.group_id AND b.id = m.borrower_school_id
 WHERE m.group_id = $1 AND m.month >= $2 AND m.month < $3
   AND (app.is_office() OR app.school_id() IN (m.owner_school_id, m.borrower_school_id))
 ORDER BY m.month DESC, o.code, b.code, m.subject
"""

LIST_BALANCE = """
SELECT e.month, e.school_id, s.name AS school_name, e.subject, e.given, e.taken
  FROM exchange_balance e
  JOIN school s ON s.group_id = e.group_id AND s.id = e.school_id
 WHERE e.group_id = $1 AND e.month >= $2 AND e.month < $3
   AND (app.is_office() OR e.school_id = app.school_id())
 ORDER BY e.month DESC, s.code, e.subject
"""

LIST_WAITS = """
SELECT w.month, w.school_id, s.name AS school_name, w.holds,
       round(w.median_hours::numeric, 1)::float8 AS median_hours,
       round(w.longest_hours::numeric, 1)::float8 AS longest_hours, w.lapsed
  FROM waiting_times w
  JOIN school s ON s.group_id = w.group_id AND s.id = w.school_id
 WHERE w.group_id = $1 AND w.month >= $2 AND w.month < $3
   AND (app.is_office() OR w.school_id = app.school_id())
 ORDER BY w.month DESC, s.code
"""

LIST_EXCHANGE = "SELECT tier, schools, given, taken FROM app.exchange_by_tier($1, $2)"


async def list_circulation(tx: Tx, from_on: date, until_on: date) -> list[Circulation]:
    """Loans by owner, borrower, subject and month, as far as they concern the caller's school."""
    return await fetch_all(tx, Circulation, LIST_CIRCULATION, tx.group_id, from_on, until_on)


async def list_balance(tx: Tx, from_on: date, until_on: date) -> list[Balance]:
    """Given and taken by school, subject and month: the caller's school, the office all."""
    return await fetch_all(tx, Balance, LIST_BALANCE, tx.group_id, from_on, until_on)


async def list_waits(tx: Tx, from_on: date, until_on: date) -> list[Waits]:
    """Waiting times by school and month: the caller's school, the office all."""
    return await fetch_all(tx, Waits, LIST_WAITS, tx.group_id, from_on, until_on)


async def list_exchange(tx: Tx, from_on: date, until_on: date) -> list[Exchange]:
    """Given and taken by the tiers of today: sums over all their schools, for everybody."""
    return await fetch_all(tx, Exchange, LIST_EXCHANGE, from_on, until_on)
