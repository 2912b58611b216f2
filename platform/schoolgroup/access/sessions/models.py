"""What signing in takes and gives."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input

# Anything may be typed into a sign-in: what cannot be a name or a password is simply not right.
Typed = Annotated[str, Meta(min_length=1, max_length=256)]


class SignIn(Input, frozen=True):
    """Who signs in, by what, to act in which appointment."""

    username: Typed
    password: Typed
    # the group's code; may be left out where the server has exactly one group
    group: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    # sets a new password with this sign-in; needed where a one-time password is used
    new_password: Typed | None = None
    # which appointment to act in; may be left out by whoever has exactly one
    appointment_id: UUID | None = None


class Refresh(Input, frozen=True):
    """The refresh token of a session; each can be used once."""

    refresh_token: Annotated[str, Meta(min_length=1, max_length=256)]


class ChangePassword(Input, frozen=True):
    """The password in use and the one to use from now on."""

    old_password: Typed
    new_password: Typed


class InitialPasswords(Input, frozen=True):
    """Whose one-time passwords are to be made anew."""

    usernames: Annotated[
        list[Annotated[str, Meta(min_length=1, max_length=64)]], Meta(min_length=1, max_length=200)
    ]


class Context(msgspec.Struct, frozen=True):
    """One appointment a person can act in. No school: the group office."""

    appointment_id: UUID
    school_id: UUID | None
    school_name: str
    role: str
    tier: str


class SessionOpened(msgspec.Struct, frozen=True):
    """A session's tokens. `expires_in` is the life of the access token, seconds."""

    access_token: str
    token_type: str
    expires_in: int
    refresh_token: str
    session_id: UUID
    context: Context


class Session(msgspec.Struct, frozen=True):
    """A session that stands: of a person in an appointment, or of a connected system."""

    id: UUID
    person_id: UUID | None
    client_id: UUID | None
    appointment_id: UUID | None
    role: str
    school_id: UUID | None
    created_at: datetime
    expires_at: datetime
    current: bool
    actions: list[str]


class InitialPassword(msgspec.Struct, frozen=True):
    """A one-time password, shown this once; null when the same answer is given again."""

    username: str
    person_id: UUID
    password: str | None


class InitialPasswordsMade(msgspec.Struct, frozen=True):
    """The one-time passwords, in the order asked for."""

    items: list[InitialPassword]


class GroupShown(msgspec.Struct, frozen=True):
    """The group one is signed in to."""

    id: UUID
    code: str
    name: str
    time_zone: str


class PersonShown(msgspec.Struct, frozen=True):
    """The person who is signed in."""

    id: UUID
    username: str
    name: str


class ClientShown(msgspec.Struct, frozen=True):
    """The connected system that is signed in."""

    id: UUID
    name: str


class SchoolShown(msgspec.Struct, frozen=True):
    """The school one acts for."""

    id: UUID
    code: str
    name: str


class Me(msgspec.Struct, frozen=True):
    """Who is asking, in which context, and what that allows.

    `acts` are all acts some relation to a thing would allow within the scopes; whether a certain
    thing allows one is said by its own `actions`. `policy_sha256` names the policy that says so.
    """

    group: GroupShown
    person: PersonShown | None
    client: ClientShown | None
    school: SchoolShown | None
    session_id: UUID
    appointment_id: UUID | None
    role: str
    tier: str
    scopes: list[str] | None
    acts: list[str]
    contexts: list[Context]
    valid_until_at: datetime | None
    policy_sha256: str
