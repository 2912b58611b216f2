"""How long a school keeps names of pupils who are gone."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input


class RetentionInput(Input, frozen=True):
    """The school's own term, and why it needs that long."""

    months: Annotated[int, Meta(ge=1, le=120)]
    because: Annotated[str, Meta(min_length=1, max_length=2000)]


class RetentionView(msgspec.Struct, frozen=True):
    """The term in force; `is_usual`: the school has set none of its own.

    `names_due`: how many names the next night will erase, if nothing changes.
    """

    school_id: UUID
    months: int
    is_usual: bool
    because: str
    names_due: int
    updated_at: datetime | None
    version: int


class Term(msgspec.Struct, frozen=True):
    """A school with its term as stored; null: none of its own."""

    school_id: UUID
    months: int | None
    because: str
    updated_at: datetime | None
    version: int


class Erased(msgspec.Struct, frozen=True):
    """How many names went: of the register, and of candidates outside it."""

    pupils: int
    candidates: int
