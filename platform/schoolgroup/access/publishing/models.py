"""The policy as it is shown and published."""

from datetime import datetime
from typing import Annotated

import msgspec
from msgspec import Meta

from schoolgroup.access.policy import FILES
from schoolgroup.kernel.http import Input

FILE_CHARACTERS_MAX = 65_536
FileName = Annotated[str, Meta(max_length=40)]
FileText = Annotated[str, Meta(max_length=FILE_CHARACTERS_MAX)]


class PolicyWish(Input, frozen=True):
    """The files to put in force; what is left out stays as it is in force."""

    files: Annotated[dict[FileName, FileText], Meta(min_length=1, max_length=len(FILES))]
    note: Annotated[str, Meta(max_length=1000)] = ""
    # judge and compare only; nothing is put in force
    dry_run: bool = False


class PolicyVersion(msgspec.Struct, frozen=True):
    """A published version: `sha256` names it in the audit trail. `author` published it."""

    version: int
    sha256: str
    author: str
    approver: str
    note: str
    published_at: datetime


class PolicyShown(msgspec.Struct, frozen=True):
    """A published version with its files by name."""

    version: int
    sha256: str
    author: str
    approver: str
    note: str
    published_at: datetime
    files: dict[str, str]


class Cell(msgspec.Struct, frozen=True):
    """What one role at one tier needs for one act: any of `allowed` holds and none of `denied`."""

    role: str
    tier: str
    act: str
    allowed: list[str]
    denied: list[str]


class CellChange(msgspec.Struct, frozen=True):
    """One right as it was and as it would be; null where the role, tier or act is not there."""

    role: str
    tier: str
    act: str
    before: Cell | None
    after: Cell | None


class Judged(msgspec.Struct, frozen=True):
    """A policy without faults, and every right it changes. `version` is null in a dry run."""

    version: int | None
    sha256: str
    changes: list[CellChange]


class Matrix(msgspec.Struct, frozen=True):
    """Who may do what: every right somebody has."""

    sha256: str
    cells: list[Cell]
