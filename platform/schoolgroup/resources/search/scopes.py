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

import functools
from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime
from typing import NamedTuple

from schoolgroup.access.decisions import may, policy_of
from schoolgroup.kernel.db import Tx
from schoolgroup.resources.search import rights
from schoolgroup.resources.search import scope_queries as queries
from schoolgroup.resources.search.models import Own, Reach, Scope, Wanted

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
    key = (rights.viewpoint(tx), wanted.status, wanted.owner, wanted.can)
    kept = _kept.get(key)
    if kept is not None and kept.since <= tx.now < kept.reach.until:
        _kept.move_to_end(key)
        own = await _own(tx, wanted, kept.reach)
        if own.lots is not None and own.lots == kept.reach.lots:
            return await _scope(tx, wanted, kept.reach, own)
    reach = await queries.reach(tx, wanted, by_person=_by_person(tx, wanted))
    if reach.lots is not None:
        _kept[key] = _Kept(tx.now, reach)
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    return await _scope(tx, wanted, reach, await _own(tx, wanted, reach))


def forget() -> None:
    """Work everything out anew."""
    _kept.clear()
    rights.forget()


async def _own(tx: Tx, wanted: Wanted, reach: Reach, *, whole: bool = False) -> Own:
    """What is the actor's own, with the relations by row; or with the `whole` of the relations."""
    return await queries.own(
        tx, wanted, reach.beyond_schools, reach.beyond_statuses,
        rights.ACTS if whole else (), rights.BY_ROW,
    )  # fmt: skip


async def _scope(tx: Tx, wanted: Wanted, reach: Reach, own: Own) -> Scope:
    """These classes, and of what is the actor's own each that may be found though its may not."""
    extra: list[int] = []
    if own.numbers:
        extra = await _beyond(tx, wanted, reach, own)
    return Scope(reach.classes, reach.families, reach.whole, extra)


async def _beyond(tx: Tx, wanted: Wanted, reach: Reach, own: Own) -> list[int]:
    whole = await rights.of_classes(tx, own.lots, own.class_ids)
    if whole is None:
        own = await _own(tx, wanted, reach, whole=True)
    acts = ["resource:discover"]
    if wanted.can is not None:
        acts.append(f"resource:{wanted.can}")
    classes = _members(reach.classes)
    found = []
    seen: dict[int, bool] = {}  # the same for all that are alike
    for no, class_id, held in zip(own.numbers, own.class_ids, own.relations, strict=True):
        if class_id not in classes:
            mask = held if whole is None else whole(class_id, held)
            if mask not in seen:
                seen[mask] = all(may(tx, act, mask) for act in acts)
            if seen[mask]:
                found.append(no)
    return found


@functools.lru_cache(maxsize=KEPT_MAX)
def _members(classes: str) -> frozenset[int]:
    """The classes of the text form of an array."""
    return frozenset(map(int, filter(None, classes.strip("{}").split(","))))


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
