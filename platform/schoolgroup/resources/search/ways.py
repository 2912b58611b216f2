"""How to go through an index of a million: by what is rare, as the planner's statistics have it.

How many rows have a word changes slowly, and a wrong number costs time, never a match: so it is
looked up once and remembered for a while.
"""

import time

from schoolgroup.kernel.db import Tx
from schoolgroup.resources.search import queries, rules
from schoolgroup.resources.search.models import Question, Way

REMEMBERED_S, REMEMBERED_MAX = 600.0, 10_000
_have: dict[str, tuple[float, int]] = {}


async def ways(tx: Tx, question: Question) -> tuple[Way, Way]:
    """The way to everything that matches, and to the titles that do."""
    pieces = {
        piece
        for term in (*question.terms, *question.title_terms, question.filters)
        for piece in term
        if rules.plain(piece)
    }
    now = time.monotonic()
    have = {p: n for p in pieces if (n := _known(p, now)) is not None}
    if unknown := sorted(pieces - have.keys()):
        if len(_have) + len(unknown) > REMEMBERED_MAX:
            _have.clear()
        for piece, n in zip(unknown, await queries.frequencies(tx, unknown), strict=True):
            _have[piece] = (now, n)
            have[piece] = n
    return (
        rules.way(question.wanted, question.terms, question.filters, have),
        rules.way(question.titles, question.title_terms, question.filters, have),
    )


def _known(piece: str, now: float) -> int | None:
    at, n = _have.get(piece, (0.0, 0))
    return n if at and now - at < REMEMBERED_S else None
