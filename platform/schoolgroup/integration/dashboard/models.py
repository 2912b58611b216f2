"""One dashboard per role (工作台): figures with their instant and the way to the rows."""

from datetime import date, datetime
from uuid import UUID

from msgspec import Struct

from schoolgroup.integration.inbox.models import Counts
from schoolgroup.kernel.texts import Text
from schoolgroup.management.bulletins.models import BulletinLine
from schoolgroup.management.figures.models import Unit
from schoolgroup.management.ledgers.figures.models import Outlook


class Mean(Struct, frozen=True):
    """The mean over the schools of the group, or of a tier, to see a figure beside.

    Of counts, for each school; a share, of all these schools taken together. `withheld`: to a
    school nothing is told over fewer than three, nor what would tell it of the rest.
    """

    of: str
    schools: int
    value: float | None
    withheld: bool


class Shown(Struct, frozen=True, kw_only=True):
    """A figure: of the group for the office, of one's own school for a school.

    `whose` is `group` or `school`. `title` is the call, round, initiative, ledger or exam it is of,
    `subject` that of an exam, `out_of` its full marks, `by_on` the day of a target. `link` leads to
    the rows behind the figure; it is null where they are not the caller's to read.
    """

    saved: str
    label: Text
    title: str
    subject: str
    of: UUID | None
    month: str | None
    whose: str
    unit: Unit
    value: float | None
    out_of: float | None
    by_on: date | None
    link: str | None
    beside: list[Mean]


class Dashboard(Struct, frozen=True, kw_only=True):
    """Everything a role sees first, read in one transaction: all of it as of one instant.

    `waiting` is the inbox, counted. `ledgers` are the office's: each with its targets and where it
    is heading. `unsigned` are bulletins some school (a school: one's own) has not signed for.
    """

    role: str
    tier: str
    school_id: UUID | None
    as_of_at: datetime
    waiting: Counts
    figures: list[Shown]
    ledgers: list[Outlook]
    unsigned: list[BulletinLine]
