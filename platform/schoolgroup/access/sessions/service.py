"""Signing in and out: sessions of people, from a password or a refresh token."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access import passwords
from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.access.queries import load_actor
from schoolgroup.access.sessions import queries
from schoolgroup.access.sessions.gate import (
    Gate,
    group_of_refresh_token,
    make_refresh_token,
    token_hash,
)
from schoolgroup.access.sessions.models import Context, Refresh, Session, SessionOpened, SignIn
from schoolgroup.access.sessions.rules import check_new_password
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import Actor, ActorKind, system_actor
from schoolgroup.kernel.db import SessionOver, Tx
from schoolgroup.kernel.errors import Conflict, Denial, Forbidden, Refusal, Unauthenticated
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text

OPEN, RENEW, REVOKE, READ = "session:open", "session:renew", "session:revoke", "session:read"


class LoginFailed(Unauthenticated):
    """No one here signs in by this name and password."""

    code = "login_failed"
    title = Text("Name or password is not right", "用户名或密码不正确")
    remedy = Text(
        "Check both; a forgotten password is reset by your school's administrator.",
        "请核对后重试；忘记密码请联系本校管理员重置。",
    )


class PasswordChangeRequired(Forbidden):
    """The password is a one-time password."""

    code = "password_change_required"
    title = Text("Choose your own password first", "请先设置新密码")
    remedy = Text("Sign in again with new_password.", "请携带 new_password 重新登录。")


class NoAppointment(Forbidden):
    """There is no appointment in force to act in."""

    code = "no_appointment"
    title = Text("No appointment in force", "当前没有有效任职")
    remedy = Text("Ask your school's administrator.", "请联系本校管理员。")


class ChooseAppointment(Conflict):
    """There are several appointments to act in, or the one named is not among them."""

    code = "choose_appointment"
    title = Text("Choose the appointment to act in", "请选择任职身份")
    remedy = Text("Sign in again with one appointment_id.", "请携带 appointment_id 重新登录。")


class Attempt(msgspec.Struct, frozen=True):
    """An attempt that is counted, and whom it is about (None: nobody)."""

    id: UUID
    subjects: dict[bytes, int]
    credential: queries.Credential | None


async def sign_in(gate: Gate, wish: SignIn, address: str, request_id: str) -> SessionOpened:
    """Open a session for whoever knows the password.

    Raises LoginFailed alike for an unknown group or name, a wrong password, and people who are
    suspended or have left; TooManyAttempts; and, only after the right password, WeakPassword,
    PasswordChangeRequired, NoAppointment, ChooseAppointment.
    """
    await gate.authenticator.keep_keys_fresh()
    group_id = await gate.find_group(wish.group)
    if group_id is None:
        await passwords.matches(None, wish.password)
        raise LoginFailed
    username = wish.username.strip().lower()
    attempt = await count_attempt(gate, system_actor(group_id), username, address, request_id)
    known = attempt.credential
    right = await passwords.matches(known.password_hash if known else None, wish.password)
    # Entered in the chain of the school of whom it is about, by the system.
    actor = msgspec.structs.replace(
        system_actor(group_id), school_id=known.school_id if known else None
    )
    try:
        if known is None or not right or known.shut_out:
            raise _failed(known)
        new_hash = None
        if wish.new_password is not None:
            check_new_password(wish.new_password, known.username, wish.password)
            new_hash = await passwords.hash_password(wish.new_password)

        async def work(tx: Tx) -> SessionOpened:
            return await open_session(tx, gate, known, wish.appointment_id, new_hash)

        opened = await gate.db.run(actor, work, request_id)
    except LoginFailed as failed:
        await enter_failure(gate, actor, failed, request_id)
        raise
    except Refusal:
        await gate.take_back(actor, attempt.subjects, attempt.id)
        raise
    await gate.take_back(actor, attempt.subjects, attempt.id)
    return opened


async def count_attempt(
    gate: Gate, system: Actor, username: str, address: str, request_id: str
) -> Attempt:
    """Count an attempt with a password, before the password is looked at."""

    async def count(tx: Tx) -> Attempt:
        subjects = gate.subjects(tx.group_id, username, address)
        attempt_id = await gate.count(tx, subjects)
        return Attempt(attempt_id, subjects, await queries.get_credential(tx, username))

    return await gate.db.run(system, count, request_id)


async def enter_failure(gate: Gate, actor: Actor, failed: Refusal, request_id: str) -> None:
    """Enter a failed attempt in the audit trail; the name that was typed is not kept."""
    denial = failed.denial
    if denial is not None:

        async def enter(tx: Tx) -> None:
            await journal.enter_denial(tx, denial, failed.code)

        await gate.db.run(actor, enter, request_id)


async def open_session(
    tx: Tx, gate: Gate, known: queries.Credential, chosen: UUID | None, new_hash: str | None
) -> SessionOpened:
    """Open the session, with everything looked at again under lock."""
    person = await queries.lock_credential(tx, known.person_id)
    if person is None or person.shut_out or person.password_hash != known.password_hash:
        raise LoginFailed
    if person.must_change and new_hash is None:
        raise PasswordChangeRequired
    _choose(await queries.list_contexts(tx, person.person_id), chosen)
    if new_hash is not None:
        await queries.set_password(tx, person.person_id, new_hash, must_change=False)
        await queries.revoke_sessions_of(tx, [person.person_id], "password changed")
    opened, mine = await begin_session(tx, gate, person.person_id, person.epoch, chosen)
    session_id = opened.session_id
    if new_hash is not None:
        thing = f"person/{person.person_id}"
        await journal.enter(tx.in_name_of(mine), "password:change", thing, "done", {})
    await journal.enter(tx.in_name_of(mine), OPEN, f"session/{session_id}", "done", {})
    return opened


async def begin_session(
    tx: Tx, gate: Gate, person_id: UUID, epoch: int, chosen: UUID | None
) -> tuple[SessionOpened, Actor]:
    """A session of a person who is known to be it, in one appointment, with its tokens.

    Raises NoAppointment, ChooseAppointment. What was done is entered by who calls, as the actor.
    """
    context = _choose(await queries.list_contexts(tx, person_id), chosen)
    session_id, until = new_id(), tx.now + gate.session_life
    await queries.insert_session(tx, session_id, person_id, context.appointment_id, epoch, until)
    opened = await _give_tokens(tx, gate, session_id, person_id, context, until)
    return opened, _actor(tx, person_id, context)


async def refresh(gate: Gate, wish: Refresh, request_id: str) -> SessionOpened:
    """New tokens for a session, with what its person may do by now; the old token is used up.

    Raises SessionOver: also where the token was used before, which ends the session, as one of
    the two who used it stole it (RFC 9700 section 4.14.2).
    """
    group_id = group_of_refresh_token(wish.refresh_token)
    if group_id is None:
        raise SessionOver
    used = token_hash(wish.refresh_token)
    await gate.authenticator.keep_keys_fresh()

    async def renew(tx: Tx) -> SessionOpened | None:
        token = await queries.lock_refresh_token(tx, used)
        if token is None:
            raise SessionOver
        if token.used_at is not None:
            await queries.revoke_session(tx, token.session_id, "refresh token used twice")
            await _enter_for(tx, token, REVOKE, {"because": "refresh token used twice"})
            return None
        await queries.renew_session(tx, token.session_id)
        standing = await load_actor(tx, group_id, token.session_id)
        if standing is None:
            raise SessionOver
        await queries.use_refresh_token(tx, used)
        contexts = await queries.list_contexts(tx, token.person_id)
        context = next(c for c in contexts if c.appointment_id == token.appointment_id)
        await _enter_for(tx, token, RENEW, {})
        return await _give_tokens(
            tx, gate, token.session_id, token.person_id, context, token.expires_at
        )

    opened = await gate.db.run(system_actor(group_id), renew, request_id)
    if opened is None:
        raise SessionOver
    return opened


async def list_sessions(
    tx: Tx, person_id: UUID | None, client_id: UUID | None, page: PageRequest
) -> list[Session]:
    """The standing sessions one may see: one's own, an administrator's school's."""
    rows = await queries.list_sessions(tx, person_id, client_id, page)
    return [_shown(tx, row) for row in rows]


async def revoke(tx: Tx, session_id: UUID) -> None:
    """End a session: its very next request is refused. Raises NotFound, NotAllowed."""
    row = await queries.lock_session(tx, session_id)
    thing = f"session/{session_id}"
    row = require_found(row, thing, REVOKE)
    grant = require(tx, REVOKE, row.relations, thing=thing, see=READ)
    own = row.person_id is not None and row.person_id == tx.actor.person_id
    because = "signed out" if own else "revoked"
    await queries.revoke_session(tx, session_id, because)
    await journal.enter(tx, REVOKE, thing, "done", {"because": because}, **grant.entered)


def _choose(contexts: list[Context], chosen: UUID | None) -> Context:
    if not contexts:
        raise NoAppointment
    if chosen is None and len(contexts) == 1:
        return contexts[0]
    for context in contexts:
        if context.appointment_id == chosen:
            return context
    raise ChooseAppointment(facts={"appointments": contexts})


def _failed(known: queries.Credential | None) -> LoginFailed:
    thing = f"person/{known.person_id}" if known else "person"
    return LoginFailed(denial=Denial(act=OPEN, thing=thing, relations=(), policy_line=""))


def _actor(tx: Tx, person_id: UUID, context: Context) -> Actor:
    return Actor(
        kind=ActorKind.PERSON,
        group_id=tx.group_id,
        role=context.role,
        tier=context.tier,
        school_id=context.school_id,
        person_id=person_id,
        appointment_id=context.appointment_id,
    )


async def _enter_for(
    tx: Tx, token: queries.RefreshRow, act: str, detail: dict[str, object]
) -> None:
    owner = msgspec.structs.replace(
        tx.actor, kind=ActorKind.PERSON, person_id=token.person_id, school_id=token.school_id
    )
    await journal.enter(tx.in_name_of(owner), act, f"session/{token.session_id}", "done", detail)


async def _give_tokens(
    tx: Tx, gate: Gate, session_id: UUID, person_id: UUID, context: Context, until: datetime
) -> SessionOpened:
    refresh_token = make_refresh_token(tx.group_id)
    await queries.insert_refresh_token(tx, token_hash(refresh_token), session_id, until)
    return SessionOpened(
        access_token=gate.authenticator.write_token(session_id, tx.group_id, f"person:{person_id}"),
        token_type="Bearer",
        expires_in=gate.authenticator.access_token_s,
        refresh_token=refresh_token,
        session_id=session_id,
        context=context,
    )


def _shown(tx: Tx, row: queries.SessionRow) -> Session:
    return Session(
        id=row.id,
        person_id=row.person_id,
        client_id=row.client_id,
        appointment_id=row.appointment_id,
        role=row.role,
        school_id=row.school_id,
        created_at=row.created_at,
        expires_at=row.expires_at,
        current=row.id == tx.actor.session_id,
        actions=["revoke"] if may(tx, REVOKE, row.relations) else [],
    )
