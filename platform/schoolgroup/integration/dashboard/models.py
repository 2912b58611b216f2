"""One dashboard per role (工作台): figures with their instant and the way to the rows."""

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from schoolgroup.integration.inbox.models import Counts
from schoolgroup.management.bulletins.models import BulletinLine
from schoolgroup.management.figures.models import Value
from schoolgroup.management.ledgers.figures.models import Figure, Outlook


class Shown(Struct, frozen=True):
    """A figure, and the call, round or initiative it is of."""

    title: str
    figure: Value


class Beside(Struct, frozen=True):
    """A school's own ledger items beside all the group's, without names."""

    own: Figure
    group: Figure


class SchoolCounts(Struct, frozen=True):
    """Schools by tier, today."""

    integrated: int
    partner: int
    link: str


class Dashboard(Struct, frozen=True, kw_only=True):
    """Everything a role sees first, read in one transaction: all of it as of one instant.

    `waiting` is the inbox, counted. `ledgers` carry their targets with a projection, `beside` is a
    school's alone. `unsigned` are bulletins some school (a school: one's own) has not signed for.
    """

    role: str
    tier: str
    school_id: UUID | None
    as_of_at: datetime
    schools: SchoolCounts
    waiting: Counts
    figures: list[Shown]
    ledgers: list[Outlook]
    beside: Beside | None
    unsigned: list[BulletinLine]
