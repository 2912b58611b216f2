"""One's own account, and the one-time passwords an administrator hands out."""

from uuid import UUID

import msgspec

from schoolgroup.access import passwords
from schoolgroup.access.decisions import may, policy_of, require
from schoolgroup.access.sessions import queries
from schoolgroup.access.sessions.gate import Gate
from schoolgroup.access.sessions.models import (
    ChangePassword,
    InitialPassword,
    InitialPasswords,
    InitialPasswordsMade,
    Me,
    PersonShown,
)
from schoolgroup.access.sessions.rules import check_new_password
from schoolgroup.access.sessions.service import count_attempt, enter_failure
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import Actor, system_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Denial, Forbidden, Invalid, NotFound, Problem
from schoolgroup.kernel.texts import Text

CHANGE, MANAGE, SELF = "account:secure", "person:manage", "self"


class WrongPassword(Forbidden):
    """The password in use is another one."""

    code = "wrong_password"
    title = Text("The old password is not right", "原密码不正确")
    remedy = Text("Check it and try again.", "请核对后重试。")


class NoPassword(Forbidden):
    """Connected systems have a secret instead, which is rotated."""

    code = "no_password"
    title = Text("There is no password to change", "没有可更改的密码")
    remedy = Text("Rotate the client's secret.", "请轮换接入系统的密钥。")


class PeopleNotYours(Invalid):
    """Some of these names are not those of people whose password you may set."""

    code = "people_not_yours"
    title = Text("Some names are not people of your school", "部分用户名不属于本校人员")
    remedy = Text(
        "Leave these names out; who is also appointed elsewhere asks the group office.",
        "请去掉这些用户名；同时在外校或集团任职者请联系集团办公室重置。",
    )


class PasswordChanged(msgspec.Struct, frozen=True):
    """A change of password that was checked: from which hash to which."""

    person_id: UUID
    old_hash: str | None
    new_hash: str


async def show_me(tx: Tx) -> Me:
    """Who is asking, and what that allows."""
    require(tx, "account:read", thing="group")
    actor, policy = tx.actor, policy_of(tx)
    group = await queries.get_group(tx)
    if group is None:
        raise NotFound
    acts = policy.acts_possible(actor.role, actor.tier)
    person = await queries.get_person(tx, actor.person_id) if actor.person_id else None
    client = await queries.get_client(tx, actor.client_id) if actor.client_id else None
    school = await queries.get_school(tx, actor.school_id) if actor.school_id else None
    if actor.session_id is None:
        raise NotFound
    return Me(
        group=group,
        person=person,
        client=client,
        school=school,
        session_id=actor.session_id,
        appointment_id=actor.appointment_id,
        role=actor.role,
        tier=actor.tier,
        scopes=None if actor.scopes is None else sorted(actor.scopes),
        acts=[act for act in acts if actor.scopes is None or act in actor.scopes],
        contexts=await queries.list_contexts(tx, actor.person_id) if actor.person_id else [],
        valid_until_at=actor.valid_until_at,
        policy_sha256=policy.sha256,
    )


async def whose_password(tx: Tx) -> PersonShown:
    """Whose password the caller may change: the own. Raises NoPassword."""
    person_id = tx.actor.person_id
    require(tx, CHANGE, policy_of(tx).relations.mask_of(SELF), thing=f"person/{person_id}")
    person = await queries.get_person(tx, person_id) if person_id else None
    if person is None:
        raise NoPassword
    return person


async def check_and_hash(
    gate: Gate,
    actor: Actor,
    person: PersonShown,
    wish: ChangePassword,
    address: str,
    request_id: str,
) -> PasswordChanged:
    """Compare the old password and hash the new one.

    Raises WrongPassword, WeakPassword, TooManyAttempts: guessing here is counted with guessing at
    the door.
    """
    system = system_actor(actor.group_id)
    attempt = await count_attempt(gate, system, person.username, address, request_id)
    known = attempt.credential
    if known is None or not await passwords.matches(known.password_hash, wish.old_password):
        denial = Denial(act=CHANGE, thing=f"person/{person.id}", relations=(), policy_line="")
        failed = WrongPassword(denial=denial)
        await enter_failure(gate, actor, failed, request_id)
        raise failed
    await gate.take_back(system, attempt.subjects, attempt.id)
    check_new_password(wish.new_password, person.username, wish.old_password)
    new_hash = await passwords.hash_password(wish.new_password)
    return PasswordChanged(person.id, known.password_hash, new_hash)


async def change_password(tx: Tx, changed: PasswordChanged) -> None:
    """Put the new password in force; every other session of the person ends.

    Raises WrongPassword where it was changed meanwhile.
    """
    require(tx, CHANGE, policy_of(tx).relations.mask_of(SELF), thing=f"person/{changed.person_id}")
    now = await queries.lock_credential(tx, changed.person_id)
    if now is None or now.password_hash != changed.old_hash:
        raise WrongPassword
    person_id = changed.person_id
    await queries.set_password(tx, person_id, changed.new_hash, must_change=False)
    await queries.revoke_sessions_of(tx, [person_id], "password changed", tx.actor.session_id)
    await journal.enter(tx, "password:change", f"person/{person_id}", "done", {})


async def choose_people(tx: Tx, wish: InitialPasswords) -> dict[str, UUID]:
    """Whose passwords these are, all of them the caller's to set. Raises PeopleNotYours.

    A school sets the passwords of those who are appointed nowhere else: with another's password
    one takes over what that person is elsewhere.
    """
    require(tx, MANAGE, policy_of(tx).relations.mask_of("own"), thing="person")
    rows = await queries.list_people_named(tx, list(wish.usernames))
    theirs = {
        row.username: row.id for row in rows if may(tx, MANAGE, row.relations) and not row.shut_out
    }
    people = {name: theirs[name] for name in wish.usernames if name in theirs}
    elsewhere: list[UUID] = []
    if tx.actor.school_id is not None:
        async with tx.as_system():
            elsewhere = await queries.list_appointed_elsewhere(
                tx, list(people.values()), tx.actor.school_id
            )
    problems = [
        Problem(f"/usernames/{i}", "not_yours", "no such person, or not yours to set")
        for i, name in enumerate(wish.usernames)
        if name not in people or people[name] in elsewhere
    ]
    problems += [
        Problem(f"/usernames/{i}", "twice", "named twice")
        for i, name in enumerate(wish.usernames)
        if name in wish.usernames[:i]
    ]
    if problems:
        raise PeopleNotYours(problems=problems)
    return people


async def make_initial_passwords(names: list[str]) -> dict[str, tuple[str, str]]:
    """A one-time password and its hash for each name, one by one: others need the room too."""
    made = {}
    for name in names:
        password = passwords.initial_password()
        made[name] = password, await passwords.hash_password(password)
    return made


async def set_initial_passwords(
    tx: Tx, people: dict[str, UUID], made: dict[str, tuple[str, str]]
) -> InitialPasswordsMade:
    """Put one-time passwords in force and end the sessions of these people."""
    rows = {row.id: row for row in await queries.list_people_named(tx, list(people))}
    for name, person_id in sorted(people.items()):  # one order for all: nobody waits in a circle
        row = rows.get(person_id)
        if row is None:
            raise PeopleNotYours
        require(tx, MANAGE, row.relations, thing=f"person/{person_id}", see="person:read")
        await queries.set_password(tx, person_id, made[name][1], must_change=True)
    await queries.revoke_sessions_of(tx, list(people.values()), "password set anew")
    for person_id in people.values():
        await journal.enter(tx, "password:set", f"person/{person_id}", "done", {})
    return InitialPasswordsMade(
        [InitialPassword(name, person_id, made[name][0]) for name, person_id in people.items()]
    )


def without_secrets(made: InitialPasswordsMade) -> InitialPasswordsMade:
    """What is remembered of the answer: who, never the passwords."""
    return InitialPasswordsMade(
        [InitialPassword(item.username, item.person_id, None) for item in made.items]
    )
