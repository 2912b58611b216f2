"""Connecting systems: each bound to one school or to the group office, within given scopes."""

import secrets
from datetime import timedelta
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.clients import queries
from schoolgroup.access.clients.models import (
    Client,
    ClientChange,
    ClientStatus,
    ClientWish,
    Rotation,
)
from schoolgroup.access.clients.rules import CLIENTS, MANAGE, check_scopes
from schoolgroup.access.decisions import Grant, may, policy_of, require, require_found
from schoolgroup.access.sessions.gate import token_hash
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, Problem, StaleVersion, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

SECRET_MARK, SECRET_BYTES = "sgs_", 32


class ClientNameTaken(Conflict):
    """The school (or the office) has a connected system of that name."""

    code = "client_name_taken"
    title = Text("There is a connected system of that name", "已存在同名接入系统")
    remedy = Text("Choose another name.", "请另取名称。")


refuse_by_constraint("client_name_once", ClientNameTaken)


class UnknownSchool(Invalid):
    """The group has no such school."""

    code = "unknown_school"
    title = Text("There is no such school in the group", "集团内无此学校")


def new_secret() -> str:
    """A client secret: 256 random bits."""
    return SECRET_MARK + secrets.token_urlsafe(SECRET_BYTES)


async def list_clients(tx: Tx, page: PageRequest) -> list[Client]:
    """The connected systems of the own school, or of the whole group."""
    require(tx, MANAGE, policy_of(tx).relations.mask_of("own"), thing="client")
    return [_shown(tx, row) for row in await queries.list_clients(tx, page)]


async def get_client(tx: Tx, client_id: UUID) -> Client:
    """One of them. Raises NotFound."""
    row = require_found(await queries.get_client(tx, client_id), f"client/{client_id}", MANAGE)
    require(tx, MANAGE, row.relations, thing=f"client/{client_id}", see=MANAGE)
    return _shown(tx, row)


async def connect(tx: Tx, wish: ClientWish) -> Client:
    """Connect a system; its secret is in the answer and nowhere else.

    Raises NotAllowed, UselessScope, UnknownSchool, ClientNameTaken.
    """
    school_id = wish.school_id or tx.actor.school_id
    own = school_id is not None and school_id == tx.actor.school_id
    mask = policy_of(tx).relations.mask_of(*(["own"] if own else []))
    grant = require(tx, MANAGE, mask, thing="client")
    scopes = check_scopes(policy_of(tx), wish.scopes)
    if school_id is not None and not await queries.school_exists(tx, school_id):
        raise UnknownSchool(problems=[Problem("/school_id", "unknown_school", "not in the group")])
    client_id, secret = new_id(), new_secret()
    await queries.insert_client(tx, client_id, school_id, wish.name, scopes, token_hash(secret))
    shown = await _read_again(tx, client_id)
    await _record(tx, "client.connected", shown, grant, scopes=scopes)
    return msgspec.structs.replace(shown, secret=secret)


async def change(tx: Tx, client_id: UUID, wish: ClientChange, version: int) -> Client:
    """Change name or scopes; tokens given out under other scopes end at once."""
    row, grant = await _lock(tx, client_id, version)
    name = row.name if wish.name is UNSET else wish.name
    scopes = row.scopes if wish.scopes is UNSET else check_scopes(policy_of(tx), wish.scopes)
    await queries.update_client(tx, client_id, name, scopes)
    shown = await _read_again(tx, client_id)
    await _record(tx, "client.changed", shown, grant, scopes=scopes)
    return shown


async def step(tx: Tx, client_id: UUID, verb: str) -> Client:
    """Suspend (its very next request is refused) or resume. Raises WrongState."""
    row, grant = await _lock(tx, client_id, None)
    target = CLIENTS.step(_status(row), verb)
    suspended = target is ClientStatus.SUSPENDED
    await queries.set_suspended(tx, client_id, tx.now if suspended else None)
    shown = await _read_again(tx, client_id)
    await _record(tx, "client.suspended" if suspended else "client.resumed", shown, grant)
    return shown


async def rotate_secret(tx: Tx, client_id: UUID, wish: Rotation) -> Client:
    """Give a new secret, in the answer and nowhere else; the old one still works for a while."""
    _row, grant = await _lock(tx, client_id, None)
    secret = new_secret()
    until = tx.now + timedelta(seconds=wish.overlap_s) if wish.overlap_s else None
    await queries.rotate_secret(tx, client_id, token_hash(secret), until)
    shown = await _read_again(tx, client_id)
    await _record(tx, "client.secret_rotated", shown, grant)
    return msgspec.structs.replace(shown, secret=secret)


async def disconnect(tx: Tx, client_id: UUID, version: int) -> None:
    """Remove a connected system; its sessions end with it."""
    row, grant = await _lock(tx, client_id, version)
    await queries.delete_client(tx, client_id)
    await _record(tx, "client.disconnected", _shown(tx, row), grant)


def without_secret(client: Client) -> Client:
    """What is remembered of the answer: never the secret."""
    return msgspec.structs.replace(client, secret=None)


async def _lock(tx: Tx, client_id: UUID, version: int | None) -> tuple[queries.ClientRow, Grant]:
    thing = f"client/{client_id}"
    row = require_found(await queries.lock_client(tx, client_id), thing, MANAGE)
    grant = require(tx, MANAGE, row.relations, thing=thing, see=MANAGE)
    if version is not None and version != row.version:
        raise StaleVersion
    return row, grant


async def _read_again(tx: Tx, client_id: UUID) -> Client:
    row = require_found(await queries.get_client(tx, client_id), f"client/{client_id}", MANAGE)
    return _shown(tx, row)


async def _record(tx: Tx, event: str, client: Client, grant: Grant, **data: object) -> None:
    await journal.record(
        tx,
        event,
        act=MANAGE,
        thing=f"client/{client.id}",
        data={"client_id": client.id, **data},
        owner_school_id=client.school_id,
        version=client.version,
        **grant.entered,
    )


def _status(row: queries.ClientRow) -> ClientStatus:
    return ClientStatus.ACTIVE if row.suspended_at is None else ClientStatus.SUSPENDED


def _shown(tx: Tx, row: queries.ClientRow) -> Client:
    previous = row.previous_until_at
    verbs = CLIENTS.actions(_status(row), lambda act: may(tx, act, row.relations))
    more = ["change", "rotate-secret", "disconnect"] if may(tx, MANAGE, row.relations) else []
    return Client(
        id=row.id,
        name=row.name,
        school_id=row.school_id,
        scopes=row.scopes,
        status=_status(row),
        previous_secret_until_at=previous if previous and tx.now < previous else None,
        created_at=row.created_at,
        version=row.version,
        actions=[*verbs, *more],
    )
