"""Returns as workbooks: what a file did, and the lines of all returns of a call."""

from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from schoolgroup.kernel.errors import Problem


class Taken(Struct, frozen=True, kw_only=True):
    """What a file did, or with `dry_run` would have done.

    `changed` names the fields whose answer is another now; `warnings` are rules that do not hold
    yet; `version` is the return's afterwards, null where nothing was kept.
    """

    dry_run: bool
    answered: int
    changed: list[str]
    warnings: list[Problem]
    version: int | None


class LineRow(Struct, frozen=True, kw_only=True):
    """A school's newest submission to a call; the answers are null where it has none."""

    school_code: str
    school_name: str
    tier: str
    status: str
    submitted_no: int | None
    accepted_no: int | None
    submitted_at: datetime | None
    answers: dict[str, Any] | None
    file_names: dict[str, str] | None


class SheetCall(Struct, frozen=True):
    """What an office download needs of its call."""

    id: UUID
    form_id: UUID
    form_version: int
    title: str
    relations: int
