"""Figures of lending (借阅统计): each from one view, the same as JSON, CSV and XLSX."""

from datetime import date
from uuid import UUID

import msgspec


class Circulation(msgspec.Struct, frozen=True):
    """Loans one school made to another in one subject and month."""

    month: date
    owner_school_id: UUID
    owner_school_name: str
    borrower_school_id: UUID
    borrower_school_name: str
    subject: str
    loans: int
    renewals: int
    recalls: int
    fetches: int


class Balance(msgspec.Struct, frozen=True):
    """What a school gave to others and took from others in one subject and month."""

    month: date
    school_id: UUID
    school_name: str
    subject: str
    given: int
    taken: int


class Waits(msgspec.Struct, frozen=True):
    """How long those of a school waited who were given a seat in a month; hours."""

    month: date
    school_id: UUID
    school_name: str
    holds: int
    median_hours: float
    longest_hours: float
    lapsed: int


class Exchange(msgspec.Struct, frozen=True):
    """What the schools of a tier together gave to others and took from others."""

    tier: str
    schools: int
    given: int
    taken: int


class CirculationList(msgspec.Struct, frozen=True):
    """Circulation, newest month first."""

    items: list[Circulation]


class BalanceList(msgspec.Struct, frozen=True):
    """The exchange balance, newest month first."""

    items: list[Balance]


class WaitsList(msgspec.Struct, frozen=True):
    """Waiting times, newest month first."""

    items: list[Waits]
