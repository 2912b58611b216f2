"""The figures of one's role in one call (总览).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import Struct

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class Dashboard(Struct, frozen=True, kw_only=True, omit_defaults=True):
    role: str
    tier: str
    school_id: UUID | None
    as_of_at: dt.datetime
    waiting: shared.InboxCounts
    figures: list[Shown]
    ledgers: list[shared.Outlook]
    unsigned: list[shared.BulletinLine]


class Mean(Struct, frozen=True, kw_only=True, omit_defaults=True):
    of: str
    schools: int
    value: float | None
    withheld: bool


class Shown(Struct, frozen=True, kw_only=True, omit_defaults=True):
    saved: str
    label: shared.Text
    title: str
    subject: str
    of: UUID | None
    month: str | None
    whose: str
    unit: shared.Unit
    value: float | None
    out_of: float | None
    by_on: dt.date | None
    link: str | None
    beside: list[Mean]


def get_dashboard() -> k.Asked[Dashboard]:
    """What a role sees first.

    In one call and of one instant: each figure with the way to the rows behind it.
    """
    return k.ask("getDashboard", "GET", "/v1/dashboard", k.read_json(Dashboard))
