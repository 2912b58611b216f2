"""What may be done with what was found: decided for whole classes, and kept until it changes.

Nearly all relations to a resource hold for its whole class (same school, kind, status, audience and
seal); only those BY_ROW are asked for row by row. So a page of 50 rows is decided by what is kept
of their classes, under everything that depends on: see `scopes`, which keeps whole scopes the same
way. Where the tables moved on, or nobody may keep anything, every relation is asked for row by row.
"""

import functools
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from datetime import datetime
from typing import NamedTuple

from schoolgroup.access.decisions import policy_of
from schoolgroup.access.relations import ANY_MASK, Relations
from schoolgroup.kernel.context import ActorKind
from schoolgroup.kernel.db import Tx
from schoolgroup.resources.catalogue import service as catalogue
from schoolgroup.resources.search import scope_queries as queries

ACTS = (*catalogue.ACTS_OF_LISTS, "resource:borrow")
# Not of a class: what concerns a person, and a seal, which authors and setters look behind.
BY_ROW = ("author", "lent", "sealed")
KEPT_MAX = 256  # of some hundred kilobytes each at the most
Whole = Callable[[int, int], int]  # (class, relations by row) to all relations


class _Kept(NamedTuple):
    lots: int
    since: datetime
    until: datetime
    by_class: dict[int, int]


_kept: OrderedDict[Hashable, _Kept] = OrderedDict()


async def of_classes(tx: Tx, lots: int | None, class_ids: Iterable[int]) -> Whole | None:
    """How relations by row become all relations, for these classes in the state `lots`.

    None where that is not known: nothing may be kept, or the tables have moved on meanwhile. Not to
    be called within `tx.as_system()`: the actor's own rights are what is kept.
    """
    if tx.actor.kind is ActorKind.SYSTEM:  # may do everything: nobody asks by what
        return lambda _, by_row: by_row
    if lots is None:
        return None
    key = viewpoint(tx)
    kept = _kept.get(key)
    if kept is None or kept.lots != lots or not kept.since <= tx.now < kept.until:
        kept = None
    known = kept.by_class if kept else {}
    if unknown := set(class_ids) - known.keys():
        found = await queries.class_rights(tx, sorted(unknown), ACTS)
        if found.lots != lots or not unknown <= set(found.class_ids):
            return None
        until = min(found.until, kept.until) if kept else found.until
        known = {**known, **dict(zip(found.class_ids, found.relations, strict=True))}
        _kept[key] = _Kept(lots, kept.since if kept else tx.now, until, known)
        while len(_kept) > KEPT_MAX:
            _kept.popitem(last=False)
    elif kept:
        _kept.move_to_end(key)
    relations = policy_of(tx).relations
    return lambda class_id, by_row: _whole(relations, known[class_id], by_row)


def forget() -> None:
    """Work everything out anew."""
    _kept.clear()


def viewpoint(tx: Tx) -> Hashable:
    """Everything a decision about classes depends on beside the tables and the clock."""
    actor = tx.actor
    return (
        actor.group_id, tx.policy and tx.policy.sha256, actor.kind, actor.role, actor.tier,
        actor.school_id, actor.scopes, actor.time_zone,
    )  # fmt: skip


@functools.lru_cache(maxsize=10_000)
def _whole(relations: Relations, of_class: int, by_row: int) -> int:
    return relations.close(of_class & _of_class(relations) | by_row)


@functools.lru_cache(maxsize=8)
def _of_class(relations: Relations) -> int:
    """The bits a class decides: neither those by row nor what is made of others."""
    plain = (r for r in relations.by_name.values() if not r.parts and r.name not in BY_ROW)
    return functools.reduce(lambda mask, r: mask | r.bit, plain, ANY_MASK)
