"""Who is asking, as every transaction is told."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

import msgspec


class ActorKind(StrEnum):
    """What kind of subject acts."""

    PERSON = "person"
    CLIENT = "client"
    SYSTEM = "system"
    VISITOR = "visitor"


class Actor(msgspec.Struct, frozen=True):
    """One subject in exactly one context: one appointment, one client, or the system itself.

    `school_id` is null for the group office; `tier` is then "office". `scopes` null means all the
    role may do. `valid_until_at` is the next instant at which dates alone change these rights.
    """

    kind: ActorKind
    group_id: UUID | None
    role: str
    tier: str
    school_id: UUID | None = None
    person_id: UUID | None = None
    client_id: UUID | None = None
    appointment_id: UUID | None = None
    session_id: UUID | None = None
    scopes: frozenset[str] | None = None
    epoch: int = 0
    valid_until_at: datetime | None = None
    time_zone: str = "Asia/Shanghai"
    # what the office has set for a client; null: what everyone is given
    requests_per_minute: int | None = None

    @property
    def name(self) -> str:
        """How the audit trail calls the subject: kind and id, never a person's name."""
        return f"{self.kind}:{self.person_id or self.client_id or '-'}"

    @property
    def chain(self) -> str:
        """The audit chain this subject writes to: one per school, one for the office."""
        return str(self.school_id) if self.school_id else "office"


def system_actor(group_id: UUID | None) -> Actor:
    """The system itself: logins, imports at set-up, workers."""
    return Actor(kind=ActorKind.SYSTEM, group_id=group_id, role="system", tier="office")


def visitor_actor(group_id: UUID) -> Actor:
    """Someone of whom nothing is known but at which group's door they stand."""
    return Actor(kind=ActorKind.VISITOR, group_id=group_id, role="visitor", tier="outside")


# What a transaction is told of who is asking, a line each: `app.said()` in SQL knows the order.
CLAIMS = (
    "kind", "tier", "role", "group_id", "school_id", "person_id", "client_id", "clock_offset_s",
    "time_zone", "session_id", "epoch", "valid_until_at", "policy_sha256",
)  # fmt: skip


def in_lines(claims: Mapping[str, object]) -> str:
    """The claims as the database reads them; one that is None or left out is an empty line.

    Raises ValueError where one of them holds a line break, which would move those below it.
    """
    found = map(claims.get, CLAIMS)
    said = "\n".join(["" if claim is None else str(claim) for claim in found])
    if said.count("\n") != len(CLAIMS) - 1:
        raise ValueError("a claim has a line break")
    return said


def context_of(actor: Actor, policy_sha256: str | None, clock_offset_s: float) -> str:
    """The context of a transaction in which this actor is judged by this version of the policy."""
    until_at = actor.valid_until_at
    return in_lines(
        {
            "kind": actor.kind,
            "tier": actor.tier,
            "role": actor.role,
            "group_id": actor.group_id,
            "school_id": actor.school_id,
            "person_id": actor.person_id,
            "client_id": actor.client_id,
            "clock_offset_s": clock_offset_s,
            "time_zone": actor.time_zone,
            "session_id": actor.session_id,
            "epoch": actor.epoch,
            "valid_until_at": until_at.isoformat() if until_at else None,
            "policy_sha256": policy_sha256,
        }
    )


class Decider(Protocol):
    """A compiled policy version, as the kernel needs it."""

    @property
    def sha256(self) -> str:
        """The policy version's hash."""
        ...

    def allows(self, role: str, tier: str, act: str, mask: int) -> bool:
        """Whether the role at the tier may do the act while the relations in the mask hold."""
        ...


class Policies(Protocol):
    """Where the policy in force for a group comes from."""

    def in_force(self, group_id: UUID) -> Decider | None:
        """The policy this process holds for the group."""
        ...

    async def reload(self, group_id: UUID) -> Decider:
        """Read the policy in force anew; raises Unavailable where that fails."""
        ...
