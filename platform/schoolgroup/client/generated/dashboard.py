"""The figures of one's role in one call (总览).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import Struct

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class Beside(Struct, frozen=True, kw_only=True, omit_defaults=True):
    group: shared.FiguresFigure
    own: shared.FiguresFigure


class Dashboard(Struct, frozen=True, kw_only=True, omit_defaults=True):
    as_of_at: dt.datetime
    beside: Beside | None
    figures: list[Shown]
    ledgers: list[shared.Outlook]
    role: str
    school_id: UUID | None
    schools: SchoolCounts
    tier: str
    unsigned: list[shared.BulletinLine]
    waiting: shared.InboxCounts


class SchoolCounts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    integrated: int
    link: str
    partner: int


class Shown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    figure: shared.FiguresValue
    title: str


def get_dashboard() -> k.Asked[Dashboard]:
    """What a role sees first.

    In one call and of one instant: each figure with the way to the rows behind it.
    """
    return k.ask("getDashboard", "GET", "/v1/dashboard", k.read_json(Dashboard))
