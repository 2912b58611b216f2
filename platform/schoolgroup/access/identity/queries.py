"""SQL of the group's own sign-in."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_one

GET_PROVIDER = """
SELECT issuer, client_id, secret_sealed, username_claim, redirect_uris, updated_at, version
  FROM identity_provider WHERE group_id = $1
"""
LOCK_PROVIDER = """
SELECT issuer, client_id, secret_sealed, username_claim, redirect_uris, updated_at, version
  FROM identity_provider WHERE group_id = $1 FOR UPDATE
"""
SET_PROVIDER = """
INSERT INTO identity_provider (group_id, issuer, client_id, secret_sealed, username_claim,
                               redirect_uris, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (group_id) DO UPDATE
   SET issuer = $2, client_id = $3, secret_sealed = $4, username_claim = $5, redirect_uris = $6,
       updated_at = $7, version = identity_provider.version + 1
"""
DELETE_PROVIDER = """
DELETE FROM identity_provider WHERE group_id = $1
"""

INSERT_FLOW = """
INSERT INTO sign_in_flow (group_id, handle_sha256, issuer, redirect_uri, expires_at)
VALUES ($1, $2, $3, $4, $5)
"""
DELETE_ENDED_FLOWS = """
DELETE FROM sign_in_flow
 WHERE group_id = $1
   AND ctid = ANY (ARRAY (SELECT ctid FROM sign_in_flow
                           WHERE group_id = $1 AND expires_at <= $2
                           LIMIT 50 FOR UPDATE SKIP LOCKED))
"""
LOCK_FLOW = """
SELECT issuer, redirect_uri, person_id, code_sha256 FROM sign_in_flow
 WHERE group_id = $1 AND handle_sha256 = $2 AND app.now() < expires_at
   FOR UPDATE
"""
SET_FLOW_PERSON = """
UPDATE sign_in_flow SET person_id = $3, code_sha256 = $4
 WHERE group_id = $1 AND handle_sha256 = $2
"""
DELETE_FLOW = """
DELETE FROM sign_in_flow WHERE group_id = $1 AND handle_sha256 = $2
"""

# The person a subject was linked to; who was never linked is found by the name.
FIND_PERSON = """
SELECT p.id, EXISTS (SELECT FROM person_identity i
                      WHERE i.group_id = p.group_id AND i.person_id = p.id AND i.issuer = $2
                        AND i.subject = $3) AS linked
  FROM person p
 WHERE p.group_id = $1
   AND p.id = coalesce((SELECT i.person_id FROM person_identity i
                         WHERE i.group_id = $1 AND i.issuer = $2 AND i.subject = $3),
                       (SELECT n.id FROM person n WHERE n.group_id = $1 AND n.username = $4
                           AND NOT EXISTS (SELECT FROM person_identity o
                                            WHERE o.group_id = n.group_id AND o.person_id = n.id
                                              AND o.issuer = $2)))
"""
LINK_PERSON = """
INSERT INTO person_identity (group_id, issuer, subject, person_id, linked_at)
VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING
"""
GET_PERSON = """
SELECT p.id, /*relations:person:p*/ AS relations
  FROM person p WHERE p.group_id = $1 AND p.id = $2
"""
UNLINK_PERSON = """
DELETE FROM person_identity WHERE group_id = $1 AND person_id = $2
"""
LOCK_PERSON = """
SELECT id, epoch, suspended_at IS NOT NULL OR left_at IS NOT NULL AS shut_out
  FROM person WHERE group_id = $1 AND id = $2 FOR UPDATE
"""


class ProviderRow(msgspec.Struct, frozen=True):
    """The group's provider, its secret sealed."""

    issuer: str
    client_id: str
    secret_sealed: bytes | None
    username_claim: str
    redirect_uris: list[str]
    updated_at: datetime
    version: int


class FlowRow(msgspec.Struct, frozen=True):
    """A sign-in on its way; with a person once the provider has said who it is, by which code."""

    issuer: str
    redirect_uri: str
    person_id: UUID | None
    code_sha256: bytes | None


class PersonFound(msgspec.Struct, frozen=True):
    """Whom an identity means, and whether that is known by the subject already."""

    id: UUID
    linked: bool


class PersonRelated(msgspec.Struct, frozen=True):
    """A person with the relations between them and whoever looks."""

    id: UUID
    relations: int


class PersonLocked(msgspec.Struct, frozen=True):
    """A person about to be signed in."""

    id: UUID
    epoch: int
    shut_out: bool


async def get_provider(tx: Tx) -> ProviderRow | None:
    """The provider of the group."""
    return await fetch_one(tx, ProviderRow, GET_PROVIDER, tx.group_id)


async def lock_provider(tx: Tx) -> ProviderRow | None:
    """The provider of the group, held until the transaction ends."""
    return await fetch_one(tx, ProviderRow, LOCK_PROVIDER, tx.group_id)


async def set_provider(tx: Tx, row: ProviderRow) -> None:
    """Put a provider in force."""
    await execute(
        tx,
        SET_PROVIDER,
        tx.group_id,
        row.issuer,
        row.client_id,
        row.secret_sealed,
        row.username_claim,
        row.redirect_uris,
        tx.now,
    )


async def delete_provider(tx: Tx) -> None:
    """Let the group's people sign in by password alone."""
    await execute(tx, DELETE_PROVIDER, tx.group_id)


async def insert_flow(
    tx: Tx, handle: bytes, issuer: str, redirect_uri: str, until_at: datetime
) -> None:
    """Remember a sign-in that was begun; ended ones are cleared away by the way."""
    await execute(tx, DELETE_ENDED_FLOWS, tx.group_id, tx.now)
    await execute(tx, INSERT_FLOW, tx.group_id, handle, issuer, redirect_uri, until_at)


async def lock_flow(tx: Tx, handle: bytes) -> FlowRow | None:
    """A sign-in that was begun and has not ended, held until the transaction ends."""
    return await fetch_one(tx, FlowRow, LOCK_FLOW, tx.group_id, handle)


async def set_flow_person(tx: Tx, handle: bytes, person_id: UUID, code_sha256: bytes) -> None:
    """Remember who it turned out to be."""
    await execute(tx, SET_FLOW_PERSON, tx.group_id, handle, person_id, code_sha256)


async def delete_flow(tx: Tx, handle: bytes) -> None:
    """A sign-in is finished once."""
    await execute(tx, DELETE_FLOW, tx.group_id, handle)


async def find_person(tx: Tx, issuer: str, subject: str, username: str) -> PersonFound | None:
    """Whom an identity means: by its subject, or the first time by the name."""
    return await fetch_one(tx, PersonFound, FIND_PERSON, tx.group_id, issuer, subject, username)


async def link_person(tx: Tx, issuer: str, subject: str, person_id: UUID) -> bool:
    """Know the person by the subject from now on; False where another came first."""
    return bool(await execute(tx, LINK_PERSON, tx.group_id, issuer, subject, person_id, tx.now))


async def get_person(tx: Tx, person_id: UUID) -> PersonRelated | None:
    """A person whose link is to be taken away."""
    return await fetch_one(tx, PersonRelated, with_rights(tx, GET_PERSON), tx.group_id, person_id)


async def unlink_person(tx: Tx, person_id: UUID) -> int:
    """Know the person by no subject any more; how many those were. Only as the system."""
    return await execute(tx, UNLINK_PERSON, tx.group_id, person_id)


async def lock_person(tx: Tx, person_id: UUID) -> PersonLocked | None:
    """The person, held until the session is open."""
    return await fetch_one(tx, PersonLocked, LOCK_PERSON, tx.group_id, person_id)
