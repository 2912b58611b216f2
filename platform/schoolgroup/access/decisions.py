"""May they? Asked by every service before anything else, answered by the compiled policy.

A service fetches a thing together with the mask of relations that hold (`with_rights`), and asks
`require`. Who may not even see the thing gets NotFound, who may see it and not do this Forbidden
with the reason and the remedy; both are audited after the rollback.
"""

import functools
import operator
import re
from collections.abc import Iterable
from typing import TypedDict, TypeVar, cast

import msgspec

from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.explain import explain
from schoolgroup.access.policy import PolicyLine
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.kernel.context import Actor, ActorKind
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Denial, Forbidden, NotFound, Unavailable
from schoolgroup.kernel.texts import Text

T = TypeVar("T")
WRITTEN_MAX = 10_000  # statements kept per policy version: acts × roles × tiers are far fewer
MARKER = re.compile(
    r"/\*(?:(?P<what>relations):|visible:(?P<act>[a-z_]+:[a-z_]+)@)"
    r"(?P<thing>[a-z_]+):(?P<alias>[a-z_]+)\*/"
)


class NotAllowed(Forbidden):
    """The policy of the group does not let this role do this here."""

    code = "not_allowed"


class OutOfScope(Forbidden):
    """The client or session was not given this scope."""

    code = "out_of_scope"
    title = Text("Outside the given scopes", "超出授权范围")
    remedy = Text(
        "Ask the administrator for a client with this scope.", "请向管理员申请包含该权限的客户端。"
    )


class Entered(TypedDict):
    """What the audit trail keeps of a right: arguments of `journal.record` and `journal.enter`."""

    relations: tuple[str, ...]
    policy_line: str


class Grant(msgspec.Struct, frozen=True):
    """By what something is allowed: the relations that hold, and the rules that say so."""

    relations: tuple[str, ...]
    policy_line: str

    @property
    def entered(self) -> Entered:
        """For the audit entry of what was done by it."""
        return Entered(relations=self.relations, policy_line=self.policy_line)


def policy_of(tx: Tx) -> CompiledPolicy:
    """The policy version this transaction was begun under."""
    if tx.policy is None:
        raise Unavailable(facts={"what": "policy"})
    return cast("CompiledPolicy", tx.policy)


def may(tx: Tx, act: str, mask: int = ANY_MASK) -> bool:
    """Whether the actor may do `act` on a thing to which the relations in `mask` hold."""
    actor = tx.actor
    if actor.kind is ActorKind.SYSTEM:
        return True
    if not _in_scope(actor, act):
        return False
    return policy_of(tx).allows(actor.role, actor.tier, act, mask)


def require(
    tx: Tx,
    act: str,
    mask: int = ANY_MASK,
    *,
    thing: str,
    see: str | None = None,
    owner: str = "",
) -> Grant:
    """Raise unless the actor may do `act` on `thing` ("loan/<id>") given the relations in `mask`.

    `see` is the act by which one may know the thing exists: where that too is denied, the answer
    is NotFound. `owner` names the owning school in the remedy. Raises NotAllowed, OutOfScope,
    NotFound. Answers by what it is allowed: a write to another school's thing enters that in the
    audit trail, `journal.record(..., **grant.entered)`.
    """
    actor = tx.actor
    if actor.kind is ActorKind.SYSTEM:
        return Grant((), "")
    policy = policy_of(tx)
    decision = policy.decide(actor.role, actor.tier, act, mask)
    if decision.allowed and _in_scope(actor, act):
        return Grant(policy.relations.names_in(mask), _lines(decision.allowing))
    denial = Denial(
        act=act,
        thing=thing,
        relations=policy.relations.names_in(mask),
        policy_line=_lines(decision.denying),
    )
    if see is not None and not may(tx, see, mask):
        raise NotFound(denial=denial)
    if not _in_scope(actor, act):
        raise OutOfScope(denial=denial, facts={"act": act})
    told = explain(policy, actor.role, actor.tier, act, mask)
    remedy = told.remedy(owner)
    raise NotAllowed(told.reason, remedy=remedy, denial=denial, facts={"act": act})


def require_found(thing: T | None, name: str, act: str) -> T:
    """The thing; an audited NotFound where row-level security or the group's wall hid the row."""
    if thing is None:
        raise NotFound(denial=Denial(act=act, thing=name, relations=(), policy_line=""))
    return thing


def with_rights(
    tx: Tx, sql: str, acts: Iterable[str] | None = None, also: Iterable[str] = ()
) -> str:
    """The statement with its markers replaced by what the policy says for this actor.

    `/*relations:offer:o*/` becomes a bigint: the relations between the actor and the row `o`;
    `/*visible:resource:discover@resource:r*/` a condition: the actor may do resource:discover on
    the row `r`. The text is constant per policy, role, tier and scope, so it stays prepared.
    With `acts` only those relations are worked out that decide about one of them, and `also` those
    named: for rows that are shown with what may be done to them, where nothing else is asked.
    """
    actor = tx.actor
    wanted = None if acts is None else (*acts, "also", *also)
    key = (sql, actor.kind is ActorKind.SYSTEM, actor.role, actor.tier, actor.scopes, wanted)
    kept = policy_of(tx).written if tx.policy else {}
    text = kept.get(key)
    if text is None:
        only = None
        if acts is not None:
            only = _deciding(tx, acts) | policy_of(tx).relations.mask_of(*also)
        text = _write(tx, sql, only)
        if len(kept) < WRITTEN_MAX:
            kept[key] = text
    return text


def _write(tx: Tx, sql: str, only: int | None) -> str:
    def fill(marker: re.Match[str]) -> str:
        if marker["what"] == "relations":
            return policy_of(tx).relations.mask_sql(marker["thing"], marker["alias"], only)
        return _visible_sql(tx, marker["act"], marker["thing"], marker["alias"])

    return MARKER.sub(fill, sql)


def _deciding(tx: Tx, acts: Iterable[str]) -> int:
    """The relations that allow the actor one of the acts, or forbid it."""
    masks = [policy_of(tx).masks(tx.actor.role, tx.actor.tier, act) for act in acts]
    return functools.reduce(operator.or_, (bits for pair in masks for bits in pair), 0)


def _visible_sql(tx: Tx, act: str, thing: str, alias: str) -> str:
    actor = tx.actor
    if actor.kind is ActorKind.SYSTEM:
        return "TRUE"
    if not _in_scope(actor, act):
        return "FALSE"
    return policy_of(tx).list_predicate_sql(actor.role, actor.tier, act, thing, alias)


def _lines(lines: Iterable[PolicyLine]) -> str:
    return "; ".join(map(str, lines))


def _in_scope(actor: Actor, act: str) -> bool:
    return actor.scopes is None or act in actor.scopes
