"""Who uses a resource, and whom its withdrawal would meet: told to its owner, by school."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct


class MonthOfUse(Struct, frozen=True):
    """What the people of one school did with a resource in one month.

    `views` are people and days: one person who opens its page twice on a day counts once. So are
    `previews`, of who looked at pages or words of its files.
    `downloads` are files fetched on a loan.
    """

    month_on: date
    school_id: UUID
    school_name: str
    views: int
    previews: int
    loans: int
    downloads: int


class Use(Struct, frozen=True):
    """Who used a resource in the last two years, newest month first. Never whose person."""

    resource_id: UUID
    months: list[MonthOfUse]


class AffectedSchool(Struct, frozen=True):
    """What a withdrawal would meet at one school.

    `running_loans` end at the latest at `last_ends_at`; `holds` are places in the queue, waiting or
    ready to be picked up.
    """

    school_id: UUID
    school_name: str
    running_loans: int
    last_ends_at: datetime | None
    holds: int


class Affected(Struct, frozen=True):
    """Whom a withdrawal would meet now."""

    resource_id: UUID
    running_loans: int
    holds: int
    schools: list[AffectedSchool]


class OwnedRow(Struct, frozen=True):
    """Whose a resource is, with the relations between it and whoever asks."""

    id: UUID
    school_name: str
    relations: int
