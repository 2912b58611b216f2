"""What a call costs the schools that answer it, in minutes."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.texts import Text


class FieldMinutes(Struct, frozen=True):
    """What one field is reckoned at."""

    field: str
    label: Text
    minutes: float


class SchoolBurden(Struct, frozen=True, kw_only=True):
    """A school that is or would be asked.

    `minutes` is for what it has not told already for the period; `told_already` is how many fields
    it has. `week_minutes` is what other calls due in the same week take.
    """

    school_id: UUID
    school_code: str
    school_name: str
    minutes: float
    told_already: int
    week_minutes: float


class CallBurden(Struct, frozen=True, kw_only=True):
    """The burden 填报负担 of a call before it is sent, or as it was sent; `method` says how."""

    call_id: UUID
    week_begins_on: date
    minutes_of_form: float
    minutes_of_all_schools: float
    fields: list[FieldMinutes]
    schools: list[SchoolBurden]
    method: Text


class SchoolWeek(Struct, frozen=True, kw_only=True):
    """What is due of one school in one week, Monday to Sunday at the group's place."""

    school_id: UUID
    school_code: str
    school_name: str
    week_begins_on: date
    calls: int
    minutes: float


class Weeks(Struct, frozen=True, kw_only=True):
    """The burden per school and week; weeks in which nothing is due are left out."""

    from_on: date
    until_on: date
    weeks: list[SchoolWeek]
    method: Text


class CallPlan(Struct, frozen=True):
    """What an estimate needs of a call."""

    id: UUID
    form_id: UUID
    form_version: int
    period: str
    due_at: datetime
    relations: int


class MeantRow(Struct, frozen=True):
    """A school that is asked, or meant by a draft, with how many fields it has told already."""

    school_id: UUID
    school_code: str
    school_name: str
    told: list[str]


class DueRow(Struct, frozen=True):
    """One school's part in one call that is due."""

    call_id: UUID
    form_id: UUID
    form_version: int
    school_id: UUID
    school_code: str
    school_name: str
    due_at: datetime


class RowsRow(Struct, frozen=True):
    """How many rows schools have filled in on average."""

    field_code: str
    rows: float
