"""What a call costs the schools that answer it, in minutes."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.texts import Text


class Basis(StrEnum):
    """What an estimate stands on: work that was measured, or a convention."""

    VERSION = "form_version"
    FORM = "form"
    FIELDS = "fields"
    RECKONED = "reckoned"


class FieldMinutes(Struct, frozen=True):
    """What one field is estimated at."""

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
    """The burden 填报负担 of a call before it is sent, or as it was sent; `method` says how.

    `basis`: measured of this version of the form, of the form, of forms that ask at least half of
    its fields (over `measured_returns` returns), or only reckoned. `reckoned_minutes_of_form` is
    what the convention says.
    """

    call_id: UUID
    week_begins_on: date
    basis: Basis
    measured_returns: int
    reckoned_minutes_of_form: float
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


class WorkRow(Struct, frozen=True):
    """What a form version took where it was measured."""

    form_id: UUID
    form_version: int
    returns: int
    median_seconds: float


class FormRow(Struct, frozen=True):
    """A version of a form that asks at least half of the fields of another form's."""

    form_id: UUID
    form_version: int


class Pace(Struct, frozen=True):
    """How measured work stands to reckoned minutes, and over how many returns."""

    basis: Basis
    factor: float = 1.0
    returns: int = 0
