"""Connecting systems: each bound to one school or to the group office, within given scopes."""

import secrets
from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from msgspec import UNSET

from schoolgroup.access.clients import queries
from schoolgroup.access.clients.keys import read_public_key
from schoolgroup.access.clients.models import (
    Client,
    ClientChange,
    ClientStatus,
    ClientWish,
    KeyWish,
    LimitWish,
    Rotation,
    Way,
)
from schoolgroup.access.clients.rules import CLIENTS, KEYS_MAX, LIMIT, MANAGE, check_scopes
from schoolgroup.access.decisions import Grant, may, policy_of, require, require_found
from schoolgroup.access.sessions.gate import token_hash
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    Problem,
    StaleVersion,
    refuse_by_constraint,
)
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

SECRET_MARK, SECRET_BYTES = "sgs_", 32


class ClientNameTaken(Conflict):
    """The school (or the office) has a connected system of that name."""

    code = "client_name_taken"
    title = Text("There is a connected system of that name", "已存在同名接入系统")
    remedy = Text("Choose another name.", "请另取名称。")


class NoKey(Conflict):
    """Known by keys alone, it must have one that is in force."""

    code = "no_key"
    title = Text("There is no key in force", "没有有效的公钥")
    remedy = Text("Register a public key first.", "请先登记公钥。")


class KeysAlone(Conflict):
    """It is known by keys alone and has no secret."""

    code = "keys_alone"
    title = Text("It has keys, not a secret", "该系统仅使用密钥认证")
    remedy = Text("Set authenticates_by to secret first.", "请先将 authenticates_by 改为 secret。")


class KeyNameTaken(Conflict):
    """The system has a key of that name."""

    code = "key_name_taken"
    title = Text("There is a key of that name", "已存在同名密钥")
    remedy = Text("Choose another kid, or remove that key.", "请另取 kid，或先删除该密钥。")


class TooManyKeys(Conflict):
    """A system has at most five keys in force."""

    code = "too_many_keys"
    title = Text("It has five keys in force", "有效密钥已达五个")
    remedy = Text(
        "Remove one, or let the others end by overlap_s.", "请删除旧密钥或设置 overlap_s。"
    )


refuse_by_constraint("client_name_once", ClientNameTaken)
refuse_by_constraint("client_key_once", KeyNameTaken)


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
    client_id = new_id()
    secret = new_secret() if wish.authenticates_by is Way.SECRET else None
    hashed = token_hash(secret) if secret else None
    until = _in_days(tx, wish.secret_days) if secret else None
    await queries.insert_client(tx, client_id, school_id, wish.name, scopes, hashed, until)
    shown = await _read_again(tx, client_id)
    await _record(tx, "client.connected", shown, grant, scopes=scopes)
    return msgspec.structs.replace(shown, secret=secret)


async def change(tx: Tx, client_id: UUID, wish: ClientChange, version: int) -> Client:
    """Change name or scopes; tokens given out under other scopes end at once.

    Raises NoKey where it is to be known by keys alone and has none.
    """
    row, grant = await _lock(tx, client_id, version)
    way = row.authenticates_by if wish.authenticates_by is UNSET else wish.authenticates_by
    if way is Way.KEY and not row.public_keys:
        raise NoKey
    name = row.name if wish.name is UNSET else wish.name
    scopes = row.scopes if wish.scopes is UNSET else check_scopes(policy_of(tx), wish.scopes)
    await queries.update_client(tx, client_id, name, scopes, way)
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
    """Give a new secret, in the answer and nowhere else; the old one still works for a while.

    Raises KeysAlone.
    """
    row, grant = await _lock(tx, client_id, None)
    if row.authenticates_by is Way.KEY:
        raise KeysAlone
    secret = new_secret()
    overlap = tx.now + timedelta(seconds=wish.overlap_s) if wish.overlap_s else None
    previous = overlap if row.has_secret else None
    until = _in_days(tx, wish.secret_days)
    await queries.rotate_secret(tx, client_id, token_hash(secret), previous, until)
    shown = await _read_again(tx, client_id)
    await _record(tx, "client.secret_rotated", shown, grant)
    return msgspec.structs.replace(shown, secret=secret)


async def add_key(tx: Tx, client_id: UUID, wish: KeyWish) -> Client:
    """Know the system by a public key; the others may end after an overlap.

    Raises UselessKey, KeyNameTaken, TooManyKeys.
    """
    row, grant = await _lock(tx, client_id, None)
    key = read_public_key(wish.jwk, wish.pem, wish.kid)
    if len(row.public_keys) >= KEYS_MAX:
        raise TooManyKeys
    others = None
    if wish.overlap_s is not None:
        others = tx.now + timedelta(seconds=wish.overlap_s)
    key_id = new_id()
    await queries.insert_key(tx, client_id, key_id, key, _in_days(tx, wish.days), others)
    shown = await _read_again(tx, client_id)
    await _record(tx, "client.key_added", shown, grant, key_id=key_id)
    return shown


async def remove_key(tx: Tx, client_id: UUID, key_id: UUID, version: int) -> None:
    """Know the system by this key no longer. Raises NotFound; NoKey for the last of keys alone."""
    row, grant = await _lock(tx, client_id, version)
    if not await queries.delete_key(tx, client_id, key_id):
        raise NotFound
    if row.authenticates_by is Way.KEY and len(row.public_keys) == 1:
        raise NoKey("the last key of a system that is known by keys alone; suspend it instead")
    await _record(tx, "client.key_removed", await _read_again(tx, client_id), grant, key_id=key_id)


async def limit(tx: Tx, client_id: UUID, wish: LimitWish) -> Client:
    """Set how many requests a minute it is given, with its next token; the office does."""
    thing = f"client/{client_id}"
    row = require_found(await queries.lock_client(tx, client_id), thing, LIMIT)
    grant = require(tx, LIMIT, row.relations, thing=thing, see=MANAGE)
    await queries.set_limit(tx, client_id, wish.requests_per_minute)
    shown = await _read_again(tx, client_id)
    told = {"requests_per_minute": wish.requests_per_minute}
    await _record(tx, "client.limited", shown, grant, act=LIMIT, **told)
    return shown


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


async def _record(
    tx: Tx, event: str, client: Client, grant: Grant, act: str = MANAGE, **data: object
) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"client/{client.id}",
        data={"client_id": client.id, **data},
        owner_school_id=client.school_id,
        version=client.version,
        **grant.entered,
    )


def _in_days(tx: Tx, days: int | None) -> datetime | None:
    return None if days is None else tx.now + timedelta(days=days)


def _status(row: queries.ClientRow) -> ClientStatus:
    return ClientStatus.ACTIVE if row.suspended_at is None else ClientStatus.SUSPENDED


def _shown(tx: Tx, row: queries.ClientRow) -> Client:
    previous = row.previous_until_at
    verbs = CLIENTS.actions(_status(row), lambda act: may(tx, act, row.relations))
    more: list[str] = []
    if may(tx, MANAGE, row.relations):
        keys_alone = row.authenticates_by is Way.KEY
        more = ["change", *([] if keys_alone else ["rotate-secret"]), "add-key", "disconnect"]
    if may(tx, LIMIT, row.relations):
        more.append("limit")
    return Client(
        id=row.id,
        name=row.name,
        school_id=row.school_id,
        scopes=row.scopes,
        status=_status(row),
        authenticates_by=row.authenticates_by,
        secret_until_at=row.secret_until_at,
        keys=row.public_keys,
        requests_per_minute=row.requests_per_minute,
        previous_secret_until_at=previous if previous and tx.now < previous else None,
        created_at=row.created_at,
        version=row.version,
        actions=[*verbs, *more],
    )
