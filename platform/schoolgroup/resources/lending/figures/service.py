"""Figures of lending: what went to whom, what a school gave and took, how long people waited."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import msgspec

from schoolgroup.access.decisions import require
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.sheet_files import ListFormat, SheetFile, table_file
from schoolgroup.resources.lending.figures import queries
from schoolgroup.resources.lending.figures.models import Balance, Circulation, Exchange, Waits

READ = "figures:read"
EARLIEST, LATEST = date(2000, 1, 1), date(2200, 1, 1)


async def circulation(tx: Tx, from_on: date | None, until_on: date | None) -> list[Circulation]:
    """Loans by owner, borrower, subject and month in [from, until). Raises Invalid."""
    return await queries.list_circulation(tx, *_months(tx, from_on, until_on))


async def balance(tx: Tx, from_on: date | None, until_on: date | None) -> list[Balance]:
    """Given and taken by school, subject and month in [from, until). Raises Invalid."""
    return await queries.list_balance(tx, *_months(tx, from_on, until_on))


async def exchange(tx: Tx, from_on: date, until_on: date) -> list[Exchange]:
    """The same by tier, for who shows a school's balance beside the others' mean: never a row."""
    return await queries.list_exchange(tx, *_months(tx, from_on, until_on))


async def waits(tx: Tx, from_on: date | None, until_on: date | None) -> list[Waits]:
    """Waiting times by school and month in [from, until). Raises Invalid."""
    return await queries.list_waits(tx, *_months(tx, from_on, until_on))


async def sheet(
    name: str, kind: type[msgspec.Struct], rows: Sequence[Any], form: ListFormat
) -> SheetFile:
    """The rows as a CSV or XLSX file, a column per field."""
    names = [field.name for field in msgspec.structs.fields(kind)]
    cells = [[getattr(row, name) for name in names] for row in rows]
    return await table_file(f"lending-{name}", names, cells, form, title=name)


def _months(tx: Tx, from_on: date | None, until_on: date | None) -> tuple[date, date]:
    require(tx, READ, thing="figures/lending")
    first, last = from_on or EARLIEST, until_on or LATEST
    if first >= last:
        raise Invalid(problems=[Problem("query:/until_on", "order", "until_on follows from_on")])
    return first, last
