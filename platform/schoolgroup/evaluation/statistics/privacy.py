"""Hiding small cells so that nobody can work them out, not even with the own figures in hand.

Three rules, for a table of schools under the group's total (evaluation.md section 7):

1. A school with fewer than k pupils present is hidden.
2. Whoever knows the total, the visible schools and the own school could subtract. So beside a
   hidden school others are hidden, smallest first, until at least three are and, whichever of
   them reads, the rest have k pupils or more. Where the schools do not suffice, the total goes.
3. A share tells how many pupils stand on each side of its line. Only lines are kept that leave
   k pupils or more in every slice between them; and where the total, the schools that show a line
   and the own school would leave fewer than k on one side of it, no school shows it.
"""

from collections.abc import Hashable, Mapping, Sequence
from itertools import pairwise
from typing import TypeVar

import msgspec

K = TypeVar("K", bound=Hashable)
HIDDEN_MIN = 3


class Hidden(msgspec.Struct, frozen=True):
    """Which rows of a table are hidden, and whether its total is."""

    rows: frozenset[object]
    total: bool


def hide_rows(sizes: Mapping[K, int], k: int) -> Hidden:
    """What to hide of a table of `sizes` (pupils per row) whose total is shown."""
    hidden = {row for row, size in sizes.items() if size < k}
    if not hidden:
        return Hidden(frozenset(), False)
    # smallest first; equal sizes in the order of the keys, so that the choice is always the same
    for row in sorted(sizes, key=lambda row: (sizes[row], str(row))):
        if row not in hidden and not _safe([sizes[h] for h in hidden], k):
            hidden.add(row)
    return Hidden(frozenset(hidden), not _safe([sizes[h] for h in hidden], k))


def _safe(hidden_sizes: Sequence[int], k: int) -> bool:
    """Whether no reader, knowing one of the hidden rows, gets at fewer than k pupils or one row."""
    total = sum(hidden_sizes)
    return len(hidden_sizes) >= HIDDEN_MIN and total - max(hidden_sizes) >= k


def kept_lines(above: Mapping[int, int], n: int, k: int, preferred: Sequence[int]) -> set[int]:
    """The lines that may be shown of one distribution.

    `above[percent]` is how many of the `n` pupils reach the line; lines are tried in the order of
    `preferred`, and one is kept when every slice between the kept lines holds k pupils or more.
    """
    kept: set[int] = set()
    for percent in preferred:
        edges = [n, *(above[line] for line in sorted(kept | {percent})), 0]
        if all(high - low >= k for high, low in pairwise(edges)):
            kept.add(percent)
    return kept


class Lines(msgspec.Struct, frozen=True):
    """Which lines may be shown: of each school, and of all together."""

    of: Mapping[Hashable, frozenset[int]]
    total: frozenset[int]


def share_lines(
    above: Mapping[K, Mapping[int, int]],
    sizes: Mapping[K, int],
    hidden: frozenset[object],
    k: int,
    preferred: Sequence[int],
) -> Lines:
    """The lines that may be shown of each school that is not hidden, and of the total."""
    of = {
        row: set() if row in hidden else kept_lines(above[row], sizes[row], k, preferred)
        for row in sizes
    }

    def safe(rows: Sequence[K], line: int) -> bool:
        """Whether whoever knows one of these rows learns of k or more on each side of the rest."""
        reach = sum(above[row][line] for row in rows)
        short = sum(sizes[row] for row in rows) - reach
        return all(
            reach - above[row][line] >= k and short - (sizes[row] - above[row][line]) >= k
            for row in rows
        )

    everyone = list(sizes)
    together = {line: sum(above[row][line] for row in everyone) for line in preferred}
    total = kept_lines(together, sum(sizes.values()), k, preferred)
    if len(everyone) > 1:
        total = {line for line in total if safe(everyone, line)}
    for line in total:
        hiding = [row for row in everyone if line not in of[row]]
        if hiding and not (len(hiding) >= HIDDEN_MIN and safe(hiding, line)):
            for row in everyone:
                of[row].discard(line)
    return Lines({row: frozenset(lines) for row, lines in of.items()}, frozenset(total))
