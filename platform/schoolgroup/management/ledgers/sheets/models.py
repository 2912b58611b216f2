"""Ledgers as files: what a row says, and what an import did."""

from datetime import date
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.sheets import Row


class Line(Struct, frozen=True, kw_only=True):
    """A row: an item, and what happened to it where it was kept before."""

    row: Row
    ref: str | None
    title: str
    detail: str
    category: str
    school_code: str
    username: str
    due_on: date
    opened_on: date
    source_note: str
    measure_no: int | None
    evidence: str
    reported_on: date | None
    reported_by: str
    closed_on: date | None
    closed_by: str
    dropped_on: date | None
    because: str


class Known(Struct, frozen=True):
    """An item of the ledger with a reference, as an import finds it again."""

    ref: str
    title: str
    category: str
    due_on: date
    school_code: str


class School(Struct, frozen=True):
    """A school a row may name, by its code or its name."""

    id: UUID
    code: str
    name: str


class Someone(Struct, frozen=True):
    """A person a row may name, and where the person has ever been appointed (empty: the office)."""

    id: UUID
    username: str
    places: list[str]


class Placed(Struct, frozen=True, kw_only=True):
    """A line with everything it names found."""

    line: Line
    id: UUID
    school_id: UUID | None
    person_id: UUID | None
    category: str
    measure_id: UUID | None
    reporter_id: UUID | None
    closer_id: UUID | None


class ImportResult(Struct, frozen=True):
    """What the file did, or with `dry_run` would have done; each row counts once."""

    dry_run: bool
    rows: int
    opened: int
    reported: int
    closed: int
    dropped: int
    unchanged: int
