"""Signing in at the group's own provider: set by the office, begun and finished by anyone."""

import hmac
import logging
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import require, require_found
from schoolgroup.access.identity import queries, rules
from schoolgroup.access.identity.models import Begin, Begun, Finish, Provider, ProviderWish
from schoolgroup.access.identity.providers import CodeRefused
from schoolgroup.access.sessions.gate import Gate, token_hash
from schoolgroup.access.sessions.models import SessionOpened
from schoolgroup.access.sessions.service import OPEN, begin_session, enter_failure
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import (
    Denial,
    Invalid,
    NotFound,
    Problem,
    StaleVersion,
    Unauthenticated,
)
from schoolgroup.kernel.sealing import seal, unseal
from schoolgroup.kernel.texts import Text

MANAGE, THING, PERSON = "identity:manage", "identity-provider", "person:manage"
log = logging.getLogger("schoolgroup")


class NoProvider(NotFound):
    """The group has no provider of its own: its people sign in by password."""

    code = "no_identity_provider"
    title = Text("There is no sign-in of the group's own", "集团未设置统一登录")
    remedy = Text("Sign in with a password.", "请使用密码登录。")


class RedirectUnknown(Invalid):
    """Nobody is sent back to an address that was not set."""

    code = "redirect_unknown"
    title = Text("This address is not among those set", "该回调地址未登记")
    remedy = Text("Name one of the redirect_uris of the group.", "请使用集团登记的回调地址。")


class IdentityRefused(Unauthenticated):
    """The provider does not vouch for anyone we know, or the sign-in is over."""

    code = "identity_refused"
    title = Text("This sign-in is not accepted", "统一登录未通过")
    remedy = Text(
        "Begin anew; if it stays so, your school's administrator looks at your entry.",
        "请重新登录；如仍失败，请联系本校管理员核对人员信息。",
    )


async def get_provider(tx: Tx) -> Provider:
    """The provider in force. Raises NoProvider."""
    require(tx, MANAGE, thing=THING)
    row = await queries.get_provider(tx)
    if row is None:
        raise NoProvider
    return _shown(row)


async def check_issuer(tx: Tx) -> None:
    """Whoever asks may set the provider; before anything is fetched."""
    require(tx, MANAGE, thing=THING)


async def set_provider(tx: Tx, gate: Gate, wish: ProviderWish, version: int) -> Provider:
    """Put a provider in force; `version` 0 where there was none. Raises StaleVersion."""
    grant = require(tx, MANAGE, thing=THING)
    now = await queries.lock_provider(tx)
    if version != (now.version if now else 0):
        raise StaleVersion
    sealed = None
    if wish.client_secret is not None:
        sealed = seal(wish.client_secret.encode(), gate.identity_key, str(tx.group_id))
    row = queries.ProviderRow(
        wish.issuer, wish.client_id, sealed, wish.username_claim, list(wish.redirect_uris),
        tx.now, version + 1,
    )  # fmt: skip
    await queries.set_provider(tx, row)
    await journal.record(
        tx,
        "identity_provider.set",
        act=MANAGE,
        thing=THING,
        data={"issuer": wish.issuer},
        version=row.version,
        **grant.entered,
    )
    return _shown(row)


async def remove_provider(tx: Tx, version: int) -> None:
    """Let people sign in by password alone; whom it knew by which subject stays known."""
    grant = require(tx, MANAGE, thing=THING)
    now = await queries.lock_provider(tx)
    if now is None:
        raise NoProvider
    if now.version != version:
        raise StaleVersion
    await queries.delete_provider(tx)
    await journal.record(
        tx, "identity_provider.removed", act=MANAGE, thing=THING, data={}, **grant.entered
    )


async def unlink(tx: Tx, person_id: UUID) -> None:
    """Let the next sign-in by the person's name link another account. Raises NotFound.

    For whom the provider has given a new account; with another's name one becomes that person, so
    whoever may set passwords decides it.
    """
    thing = f"person/{person_id}"
    row = require_found(await queries.get_person(tx, person_id), thing, PERSON)
    grant = require(tx, PERSON, row.relations, thing=thing, see="person:read")
    async with tx.as_system():
        count = await queries.unlink_person(tx, person_id)
    await journal.enter(tx, PERSON, thing, "done", {"unlinked": count}, **grant.entered)


async def begin(gate: Gate, wish: Begin, request_id: str) -> Begun:
    """Begin a sign-in. Raises NoProvider, RedirectUnknown, Unavailable."""
    group_id = await gate.find_group(wish.group)
    if group_id is None:
        raise NoProvider

    async def read(tx: Tx) -> queries.ProviderRow | None:
        return await queries.get_provider(tx)

    provider = await gate.db.run(system_actor(group_id), read, request_id)
    if provider is None:
        raise NoProvider
    redirect_uri = wish.redirect_uri or provider.redirect_uris[0]
    if redirect_uri not in provider.redirect_uris:
        raise RedirectUnknown(problems=[Problem("/redirect_uri", "unknown", "not among them")])
    document = await gate.providers.document(provider.issuer)
    flow = rules.make_flow(group_id)

    async def remember(tx: Tx) -> None:
        until = tx.now + rules.FLOW_LIFE
        await queries.insert_flow(tx, token_hash(flow), provider.issuer, redirect_uri, until)

    await gate.db.run(system_actor(group_id), remember, request_id)
    guard = rules.secrets_of(flow, gate.flow_key)
    return Begun(
        authorization_url=rules.authorization_url(
            document.authorization_endpoint, provider.client_id, redirect_uri, guard
        ),
        flow=flow,
        expires_in=int(rules.FLOW_LIFE.total_seconds()),
    )


async def finish(gate: Gate, wish: Finish, request_id: str) -> SessionOpened:
    """Open a session for whom the provider vouches.

    Raises IdentityRefused, alike for whatever is not right; NoAppointment and ChooseAppointment,
    after which the same call is repeated with an appointment_id; Unavailable.
    """
    group_id = rules.group_of_flow(wish.flow)
    guard = rules.secrets_of(wish.flow, gate.flow_key)
    if group_id is None or not hmac.compare_digest(wish.state.encode(), guard.state.encode()):
        raise IdentityRefused
    await gate.authenticator.keep_keys_fresh()
    try:
        person_id = await _recognise(gate, group_id, wish, guard, request_id)
    except IdentityRefused as refused:
        await enter_failure(gate, system_actor(group_id), refused, request_id)
        raise

    async def open_session(tx: Tx) -> SessionOpened:
        flow = await queries.lock_flow(tx, token_hash(wish.flow))
        person = await queries.lock_person(tx, person_id)
        if flow is None or flow.person_id != person_id or person is None or person.shut_out:
            raise _refused(person_id)
        opened, mine = await begin_session(tx, gate, person.id, person.epoch, wish.appointment_id)
        await queries.delete_flow(tx, token_hash(wish.flow))
        thing = f"session/{opened.session_id}"
        await journal.enter(tx.in_name_of(mine), OPEN, thing, "done", {"by": "identity provider"})
        return opened

    return await gate.db.run(system_actor(group_id), open_session, request_id)


async def _recognise(
    gate: Gate, group_id: UUID, wish: Finish, guard: rules.FlowSecrets, request_id: str
) -> UUID:
    """Whom the provider vouches for; asked once, remembered with the flow."""
    handle, code_hash = token_hash(wish.flow), token_hash(wish.code)
    system = system_actor(group_id)

    async def read(tx: Tx) -> tuple[queries.FlowRow | None, queries.ProviderRow | None]:
        return await queries.lock_flow(tx, handle), await queries.get_provider(tx)

    flow, provider = await gate.db.run(system, read, request_id)
    if flow is None or provider is None or flow.issuer != provider.issuer:
        raise _refused()
    if flow.person_id is not None:
        if flow.code_sha256 != code_hash:
            raise _refused()
        return flow.person_id
    if wish.iss is not None and wish.iss != provider.issuer:  # RFC 9207: mixed up with another
        raise _refused()
    identity = await _ask(gate, group_id, provider, flow, wish.code, guard)

    async def remember(tx: Tx) -> UUID | None:
        found = await queries.find_person(tx, provider.issuer, identity.subject, identity.username)
        if found is None or await queries.lock_flow(tx, handle) is None:
            return None
        if not found.linked and not await queries.link_person(
            tx, provider.issuer, identity.subject, found.id
        ):
            return None  # another sign-in by another account came first
        await queries.set_flow_person(tx, handle, found.id, code_hash)
        return found.id

    person_id = await gate.db.run(system, remember, request_id)
    if person_id is None:
        raise _refused()
    return person_id


async def _ask(
    gate: Gate,
    group_id: UUID,
    provider: queries.ProviderRow,
    flow: queries.FlowRow,
    code: str,
    guard: rules.FlowSecrets,
) -> rules.Identity:
    secret = None
    if provider.secret_sealed is not None:
        raw = unseal(provider.secret_sealed, gate.identity_key, str(group_id))
        secret = raw.decode() if raw is not None else None
    try:
        document = await gate.providers.document(provider.issuer)
        token = await gate.providers.exchange(
            document, provider.client_id, secret, code, flow.redirect_uri, guard.verifier
        )
        return rules.read_id_token(
            token,
            await gate.providers.key_of(document, token),
            issuer=provider.issuer,
            client_id=provider.client_id,
            nonce=guard.nonce,
            username_claim=provider.username_claim,
            now=gate.db.clock.now(),
        )
    except (CodeRefused, rules.TokenUntrue) as wrong:
        log.warning("a sign-in at %s is not accepted: %s", provider.issuer, wrong)
        raise _refused() from wrong


def _refused(person_id: UUID | None = None) -> IdentityRefused:
    thing = f"person/{person_id}" if person_id else "person"
    return IdentityRefused(denial=Denial(act=OPEN, thing=thing, relations=(), policy_line=""))


def _shown(row: queries.ProviderRow) -> Provider:
    values = msgspec.structs.asdict(row)
    values["has_secret"] = values.pop("secret_sealed") is not None
    return Provider(**values)
