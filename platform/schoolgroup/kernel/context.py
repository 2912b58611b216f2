"""Who is asking, as every transaction is told."""

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
