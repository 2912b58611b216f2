"""What somebody may find, worked out once for all who may find the same, until it changes.

Whole classes of resources are decided by the policy (queries of `scope_queries`), which takes ten
times as long as asking whether anything it was decided by has changed. So a decision is kept in the
process under everything it depends on, and holds

- in the state of the tables it was made in: each statement is told that state's name (migration
  0040), in the same snapshot in which it reads, so a right withdrawn is gone for the next request;
- under one version of the policy, by role, tier, school and scope of whoever asks, never by person:
  what only concerns a person is asked each time;
- until the clock may change it.

Relations come with the release and never change at run time (`bundle.shipped_relations`), so what
the decision reads is known: a test walks their definitions.
"""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from typing import NamedTuple

from schoolgroup.access.decisions import policy_of
from schoolgroup.kernel.db import Tx
from schoolgroup.resources.search import scope_queries as queries
from schoolgroup.resources.search.models import Reach, Scope, Wanted

KEPT_MAX = 256  # of some ten kilobytes each


class _Kept(NamedTuple):
    since: datetime
    reach: Reach


_kept: OrderedDict[Hashable, _Kept] = OrderedDict()


async def scope_of(tx: Tx, wanted: Wanted) -> Scope:
    """What the actor may find of what is wanted; from here on plans are kept.

    Not to be called within `tx.as_system()`: the actor's own rights are what is kept.
    """
    await queries.keep_plans(tx)
    key = _key(tx, wanted)
    kept = _kept.get(key)
    if kept is not None and kept.since <= tx.now < kept.reach.until:
        _kept.move_to_end(key)
        scope, lots = await _scope(tx, wanted, kept.reach)
        if lots is not None and lots == kept.reach.lots:
            return scope
    reach = await queries.reach(tx, wanted, by_person=_by_person(tx, wanted))
    if reach.lots is not None:
        _kept[key] = _Kept(tx.now, reach)
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    scope, _ = await _scope(tx, wanted, reach)
    return scope


def forget() -> None:
    """Work everything out anew."""
    _kept.clear()


async def _scope(tx: Tx, wanted: Wanted, reach: Reach) -> tuple[Scope, int | None]:
    own = await queries.own(tx, wanted, reach.classes, reach.beyond_schools, reach.beyond_statuses)
    return Scope(reach.classes, reach.families, reach.whole, own.extra), own.lots


def _by_person(tx: Tx, wanted: Wanted) -> bool:
    """Whether a personal relation lets the actor do what is wanted; without a wish, find it."""
    if wanted.can is None or tx.policy is None:
        return wanted.can is None
    policy = policy_of(tx)
    allow, _ = policy.masks(tx.actor.role, tx.actor.tier, f"resource:{wanted.can}")
    known = policy.relations.by_name
    return any(
        known[part].personal
        for name in policy.relations.names_in(allow)
        for part in (name, *known[name].parts)
    )


def _key(tx: Tx, wanted: Wanted) -> Hashable:
    """Everything a decision about classes depends on beside the tables and the clock."""
    actor = tx.actor
    return (
        actor.group_id, tx.policy and tx.policy.sha256, actor.kind, actor.role, actor.tier,
        actor.school_id, actor.scopes, actor.time_zone, wanted.status, wanted.owner, wanted.can,
    )  # fmt: skip
