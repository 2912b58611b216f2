"""Why someone may or may not."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input
from schoolgroup.kernel.texts import Text


class Question(Input, frozen=True):
    """May this person do this with this thing? Without a person: may I?"""

    act: Annotated[str, Meta(min_length=1, max_length=60)]
    # kind and id, "offer/0192…"; "group" for what is done to no single thing
    thing: Annotated[str, Meta(min_length=1, max_length=100)]
    person_id: UUID | None = None
    # which appointment of that person; may be left out where there is only one
    appointment_id: UUID | None = None


class HeldShown(msgspec.Struct, frozen=True):
    """A relation that holds between the person and the thing."""

    relation: str
    meaning: Text


class LineShown(msgspec.Struct, frozen=True):
    """A rule: its line in policy.csv, what it says, and why it is there."""

    number: int
    rule: str
    reason: Text


class WayShown(msgspec.Struct, frozen=True):
    """A rule that would allow it: what is missing for it, and how to come by that."""

    line: LineShown
    missing: list[str]
    remedy: Text


class Explained(msgspec.Struct, frozen=True):
    """A decision laid open.

    `in_scope` is false where the caller's own token was not given this act; `others` are the
    roles at the same tier that may do it as things stand.
    """

    act: str
    thing: str
    person_id: UUID | None
    role: str
    tier: str
    school_id: UUID | None
    allowed: bool
    in_scope: bool
    held: list[HeldShown]
    allowing: list[LineShown]
    denying: list[LineShown]
    would_allow: list[WayShown]
    others: list[str]
    reason: Text
    remedy: Text
    policy_sha256: str
