"""The group's own sign-in: how it is set, begun and finished."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input

Address = Annotated[str, Meta(min_length=8, max_length=300, pattern=r"^https?://[^\s#]+$")]
FLOW = Annotated[str, Meta(min_length=10, max_length=200)]


class ProviderWish(Input, frozen=True):
    """The provider the group's people sign in at.

    `issuer` must be one the installation trusts. People are found by `username_claim` the first
    time: it must be one the provider guards, not one people set themselves.
    """

    issuer: Address
    client_id: Annotated[str, Meta(min_length=1, max_length=200)]
    # where the provider may send people back to: pages of the group's own portal
    redirect_uris: Annotated[list[Address], Meta(min_length=1, max_length=10)]
    # null: a public client (PKCE alone); left out of every answer
    client_secret: Annotated[str, Meta(min_length=1, max_length=400)] | None = None
    username_claim: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_.:-]{1,60}$")] = "preferred_username"


class Provider(msgspec.Struct, frozen=True, kw_only=True):
    """The provider in force; its secret is never shown."""

    issuer: str
    client_id: str
    has_secret: bool
    username_claim: str
    redirect_uris: list[str]
    updated_at: datetime
    version: int


class Begin(Input, frozen=True):
    """Whose sign-in, and where to come back to (default: the first address that is allowed)."""

    # the group's code; may be left out where the server has exactly one group
    group: Annotated[str, Meta(min_length=1, max_length=40)] | None = None
    redirect_uri: Address | None = None


class Begun(msgspec.Struct, frozen=True):
    """Where to send the person, and what finishes the sign-in.

    Keep `flow` where only this browser has it (session storage, never an address); it ends after
    `expires_in` seconds.
    """

    authorization_url: str
    flow: str
    expires_in: int


class Finish(Input, frozen=True):
    """What the provider sent back, with the flow that was begun."""

    flow: FLOW
    state: Annotated[str, Meta(min_length=1, max_length=200)]
    code: Annotated[str, Meta(min_length=1, max_length=2048)]
    # RFC 9207: who says so, where the provider tells it
    iss: Annotated[str, Meta(max_length=300)] | None = None
    # which appointment to act in; may be left out by whoever has exactly one
    appointment_id: UUID | None = None
