"""Laying a decision open to whoever may hear it.

Everyone may ask about themselves, and an administrator about the own people, but only for things
one of the two may already see; the group office may ask everything.
"""

from uuid import UUID

import msgspec

from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.decisions import policy_of, require, require_found
from schoolgroup.access.explain import explain
from schoolgroup.access.explanations import queries
from schoolgroup.access.explanations.models import (
    Explained,
    HeldShown,
    LineShown,
    Question,
    WayShown,
)
from schoolgroup.access.policy import PolicyLine
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.access.sessions.models import Context
from schoolgroup.access.sessions.service import ChooseAppointment
from schoolgroup.kernel.context import Actor, ActorKind
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem
from schoolgroup.kernel.texts import Text

EXPLAIN = "access:explain"
# entries of the trail are known by chain and number; a class stands for its resources
NO_ROWS = ("audit", "resource_class")


class UnknownThing(Invalid):
    """There is no such kind of thing, or the act is not done to it."""

    code = "unknown_thing"
    title = Text("The question cannot be asked", "问题无法解析")
    remedy = Text(
        "Write the thing as kind/id, and an act that is done to such things: /v1/policy/matrix.",
        "对象写作 类型/编号，操作须适用于该类对象，见 /v1/policy/matrix。",
    )


class NobodyToExplain(Conflict):
    """The person has no appointment in force that you can know of."""

    code = "no_appointment"
    title = Text("No appointment in force", "当前没有有效任职")


class Asked(msgspec.Struct, frozen=True):
    """A question that may be asked: by whom, about whom in which context, and about what.

    `mine` are the relations between the caller and the thing; null where it is hidden from them.
    """

    question: Question
    by: Actor
    subject: Actor
    policy: CompiledPolicy
    kind: str
    thing_id: UUID | None
    mine: int | None


async def understand(tx: Tx, question: Question) -> Asked:
    """Who is asked about and what stands between the caller and the thing.

    Raises UnknownThing, NotFound, NotAllowed, NobodyToExplain, ChooseAppointment.
    """
    policy = policy_of(tx)
    kind, thing_id = _read(policy, question)
    subject = await _subject(tx, question)
    mine: int | None = ANY_MASK
    if thing_id is not None:
        row = await queries.get_thing(tx, policy.relations, kind, thing_id)
        mine = row.relations if row else None
    return Asked(question, tx.actor, subject, policy, kind, thing_id, mine)


async def answer(db: Database, asked: Asked, request_id: str) -> Explained:
    """Lay the decision open. Raises NotFound where neither of the two knows of the thing."""
    policy, subject, kind = asked.policy, asked.subject, asked.kind

    async def look(tx: Tx) -> tuple[queries.ThingRow | None, str]:
        if asked.thing_id is None:
            return queries.ThingRow(ANY_MASK, None), ""
        row = await queries.get_thing(tx, policy.relations, kind, asked.thing_id)
        owner_id = row.owner_school_id if row else None
        owner = await queries.get_school_name(tx, owner_id) if owner_id else None
        return row, owner or ""

    # The system looks as if it were the person: past row-level security, with their relations.
    eyes = msgspec.structs.replace(subject, kind=ActorKind.SYSTEM)
    row, owner = await db.run(eyes, look, request_id)
    known = (
        asked.by.tier == "office"
        or (asked.mine is not None and _sees(policy, asked.by, kind, asked.mine))
        or (row is not None and _sees(policy, subject, kind, row.relations))
    )
    if row is None or not known:
        raise NotFound
    return _told(policy, asked.question, subject, row.relations, owner)


def _read(policy: CompiledPolicy, question: Question) -> tuple[str, UUID | None]:
    kind, _, written = question.thing.partition("/")
    act = policy.bundle.vocabulary.acts.get(question.act)
    things = policy.relations.things
    problems = []
    thing_id: UUID | None = None
    if kind not in things or kind in NO_ROWS:
        problems.append(Problem("/thing", "unknown_kind", "no such kind of thing"))
    elif things[kind]:
        try:
            thing_id = UUID(written)
        except ValueError:
            problems.append(Problem("/thing", "no_id", "kind/id, the id a UUID"))
    elif written:
        problems.append(Problem("/thing", "no_id", f"{kind} has no id"))
    if act is None:
        problems.append(Problem("/act", "unknown_act", "not in the policy"))
    elif kind not in act.on:
        problems.append(Problem("/act", "not_done_to_this", f"done to {', '.join(act.on)}"))
    if problems:
        raise UnknownThing(problems=problems)
    return kind, thing_id


async def _subject(tx: Tx, question: Question) -> Actor:
    actor, person_id = tx.actor, question.person_id
    if person_id is None or (person_id == actor.person_id and question.appointment_id is None):
        own = policy_of(tx).relations.mask_of("self")
        require(tx, EXPLAIN, own, thing=f"person/{actor.person_id}")
        return actor
    thing = f"person/{person_id}"
    person = require_found(await queries.get_person(tx, person_id), thing, EXPLAIN)
    require(tx, EXPLAIN, person.relations, thing=thing, see="person:read")
    contexts = await queries.list_contexts(tx, person_id)
    if not contexts:
        raise NobodyToExplain
    context = _choose(contexts, question.appointment_id)
    return Actor(
        kind=ActorKind.PERSON,
        group_id=actor.group_id,
        role=context.role,
        tier=context.tier,
        school_id=context.school_id,
        person_id=person_id,
        appointment_id=context.appointment_id,
        time_zone=actor.time_zone,
    )


def _choose(contexts: list[Context], chosen: UUID | None) -> Context:
    if chosen is None and len(contexts) == 1:
        return contexts[0]
    for context in contexts:
        if context.appointment_id == chosen:
            return context
    raise ChooseAppointment(facts={"appointments": contexts})


def _sees(policy: CompiledPolicy, actor: Actor, kind: str, mask: int) -> bool:
    """Whether the actor may do anything at all with the thing, and so knows that it is there."""
    acts = [
        name
        for name, act in policy.bundle.vocabulary.acts.items()
        if kind in act.on and (actor.scopes is None or name in actor.scopes)
    ]
    return bool(policy.acts_allowed(actor.role, actor.tier, acts, mask))


def _told(
    policy: CompiledPolicy, question: Question, actor: Actor, mask: int, owner: str
) -> Explained:
    told = explain(policy, actor.role, actor.tier, question.act, mask)
    in_scope = actor.scopes is None or question.act in actor.scopes
    return Explained(
        act=question.act,
        thing=question.thing,
        person_id=actor.person_id,
        role=actor.role,
        tier=actor.tier,
        school_id=actor.school_id,
        allowed=told.allowed and in_scope,
        in_scope=in_scope,
        held=[HeldShown(held.relation, held.meaning) for held in told.held],
        allowing=[_line(line) for line in told.allowing],
        denying=[_line(line) for line in told.denying],
        would_allow=[
            WayShown(_line(way.line), list(way.missing), way.remedy(owner))
            for way in told.would_allow
        ],
        others=list(told.others),
        reason=told.reason,
        remedy=told.remedy(owner),
        policy_sha256=policy.sha256,
    )


def _line(line: PolicyLine) -> LineShown:
    return LineShown(line.number, str(line), line.reason)
