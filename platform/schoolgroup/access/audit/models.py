"""What the audit trail shows."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import msgspec


class Outcome(StrEnum):
    """What became of what was asked for."""

    DONE = "done"
    DENIED = "denied"


class AuditEntry(msgspec.Struct, frozen=True):
    """One entry, by its chain and its number there. `actor` is a kind and an id, never a name.

    `school_id` is the school in whose name was acted (null: the group office, or the system);
    `relations` and `policy_line` say by what it was allowed or denied; `hash` is in hex.
    """

    chain: str
    seq: int
    at: datetime
    request_id: str
    actor: str
    school_id: UUID | None
    act: str
    thing: str
    outcome: Outcome
    relations: list[str]
    policy_line: str
    policy_sha256: str
    detail: dict[str, Any]
    hash: str


class AuditFilter(msgspec.Struct, frozen=True):
    """Which entries are wanted; null wants all. `since` is inclusive, `until` exclusive."""

    thing: str | None = None
    actor: str | None = None
    act: str | None = None
    outcome: Outcome | None = None
    school_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class Verdict(StrEnum):
    """What recomputing a chain found: the first fault, or none."""

    INTACT = "intact"
    CHANGED = "changed"  # an entry does not have its hash
    MISSING = "missing"  # an entry's predecessor is not there
    UNLINKED = "unlinked"  # an entry does not carry its predecessor's hash
    CUT_OFF = "cut_off"  # the newest entries are not there, or not those the head names


class ChainVerified(msgspec.Struct, frozen=True):
    """One chain, recomputed. `broken_seq` is the first entry at which it is broken."""

    chain: str
    entries: int
    intact: bool
    verdict: Verdict
    broken_seq: int | None


class TrailVerified(msgspec.Struct, frozen=True):
    """Every chain the caller may read, recomputed."""

    intact: bool
    entries: int
    chains: list[ChainVerified]
