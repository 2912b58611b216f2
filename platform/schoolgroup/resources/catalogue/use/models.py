"""Who uses a resource, and whom its withdrawal would meet: told to its owner, by school."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct


class MonthOfUse(Struct, frozen=True):
    """What the people of one school did with a resource in one month.

    `views` are people and days: one person who opens its page twice on a day counts once, and so
    for `previews`. `downloads` are files fetched on a loan, `derivatives` published adaptations.
    """

    month_on: date
    school_id: UUID
    school_name: str
    views: int
    previews: int
    loans: int
    downloads: int
    derivatives: int


class Use(Struct, frozen=True):
    """Who used a resource in the last two years, newest month first. Never whose person."""

    resource_id: UUID
    months: list[MonthOfUse]


class AffectedSchool(Struct, frozen=True):
    """What a withdrawal would meet at one school.

    `running_loans` end at the latest at `last_ends_at`; `holds` are places in the queue, waiting or
    ready to be picked up. `lists` are those the caller may read that name it, `derivatives` and
    `dependents` what is published there and was adapted from it or takes it for granted.
    """

    school_id: UUID
    school_name: str
    running_loans: int
    last_ends_at: datetime | None
    holds: int
    lists: int
    derivatives: int
    dependents: int


class Affected(Struct, frozen=True):
    """Whom a withdrawal would meet now.

    `lists` has all current editions that name it; of those the caller may not read, only their
    number is told (`lists_elsewhere`), never whose they are.
    """

    resource_id: UUID
    running_loans: int
    holds: int
    lists: int
    lists_of_office: int
    lists_elsewhere: int
    derivatives: int
    dependents: int
    schools: list[AffectedSchool]


class ListsNaming(Struct, frozen=True):
    """Lists that name a resource: kept by a school (none: by the office)."""

    school_id: UUID | None
    lists: int


class OwnedRow(Struct, frozen=True):
    """Whose a resource is, with the relations between it and whoever asks."""

    id: UUID
    school_name: str
    relations: int
