"""What holds between the actor and something that is about to be made, and rules of days."""

from datetime import date
from uuid import UUID

from schoolgroup.access.decisions import policy_of, require
from schoolgroup.access.relations import ANY_MASK
from schoolgroup.kernel.context import ActorKind
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text


def mask_at(tx: Tx, school_id: UUID | None) -> int:
    """The relations to a new thing of a school: `own` where it is the actor's, else only `any`."""
    actor = tx.actor
    if actor.kind is ActorKind.SYSTEM or school_id is None or school_id != actor.school_id:
        return ANY_MASK
    return policy_of(tx).relations.mask_of("own")


def require_scope(tx: Tx, act: str, things: str) -> None:
    """A client that lacks the scope of a list is told so; everybody else lists what they may see.

    Raises OutOfScope, NotAllowed.
    """
    if tx.actor.scopes is not None and act not in tx.actor.scopes:
        require(tx, act, thing=things)


def refuse_backward(from_on: date, until_on: date | None) -> None:
    """Raise Invalid where a period ends before it has a day: `until_on` is the first day after."""
    if until_on is not None and until_on <= from_on:
        raise Invalid(
            Text("until_on must be later than from_on", "until_on 须晚于 from_on"),
            problems=[Problem("/until_on", "not_later", "must be later than from_on")],
        )
