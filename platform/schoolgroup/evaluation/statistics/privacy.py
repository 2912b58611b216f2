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
from typing import Generic, TypeVar

import msgspec

K = TypeVar("K", bound=Hashable)
HIDDEN_MIN = 3


class Hidden(msgspec.Struct, Generic[K], frozen=True):
    """Which rows of a table are hidden, and whether its total is."""

    rows: frozenset[K]
    total: bool


def hide_rows(sizes: Mapping[K, int], k: int) -> Hidden[K]:
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


def may_part(parts: Mapping[K, Sequence[tuple[int, bool]]], k: int) -> bool:
    """Whether parts of a table may have figures of their own, under the total that stands.

    `parts` has the pupils of each row and whether the row is hidden. Each part has to be as safe as
    what is hidden: three rows, and without any of them k pupils. What is hidden within a part must
    be so too, for the others of the part could be subtracted from it.
    """
    for rows in parts.values():
        hidden = [size for size, is_hidden in rows if is_hidden]
        if not _safe([size for size, _ in rows], k) or (hidden and not _safe(hidden, k)):
            return False
    return True


class Spread(msgspec.Struct, frozen=True):
    """How many of `n` pupils reach each line: `above[percent]`."""

    above: Mapping[int, int]
    n: int

    def without(self, other: "Spread") -> "Spread":
        """The same without some of its pupils."""
        return Spread(
            {line: count - other.above[line] for line, count in self.above.items()},
            self.n - other.n,
        )


def kept_lines(spreads: Sequence[Spread], k: int, preferred: Sequence[int]) -> set[int]:
    """The lines that may be shown, given what a reader can make of them: the `spreads`.

    Lines are tried in the order of `preferred`; one is kept when in each spread every slice between
    the kept lines holds k pupils or more.
    """
    kept: set[int] = set()
    for percent in preferred:
        lines = sorted(kept | {percent})
        if all(_slices_large(spread, lines, k) for spread in spreads):
            kept.add(percent)
    return kept


def _slices_large(spread: Spread, lines: Sequence[int], k: int) -> bool:
    high = spread.n
    for line in lines:
        low = spread.above[line]
        if high - low < k:
            return False
        high = low
    return high >= k


class Lines(msgspec.Struct, Generic[K], frozen=True):
    """Which lines may be shown: of each school, and of all together."""

    of: dict[K, frozenset[int]]
    total: frozenset[int]


def share_lines(
    spreads: Mapping[K, Spread], hidden: frozenset[K], k: int, preferred: Sequence[int]
) -> Lines[K]:
    """The lines that may be shown of each school that is not hidden, and of the total."""
    of = {
        row: set() if row in hidden else kept_lines([spread], k, preferred)
        for row, spread in spreads.items()
    }
    whole = _together(list(spreads.values()), preferred)
    # each school can take itself out of the total
    rests = [whole.without(spread) for spread in spreads.values()] if len(spreads) > 1 else []
    total = kept_lines([whole, *rests], k, preferred)
    for line in total:
        hiding = [spreads[row] for row in spreads if line not in of[row]]
        rest = _together(hiding, preferred)
        safe = len(hiding) >= HIDDEN_MIN and all(
            _slices_large(rest.without(reader), [line], k) for reader in hiding
        )
        if hiding and not safe:
            for lines in of.values():
                lines.discard(line)
    return Lines({row: frozenset(lines) for row, lines in of.items()}, frozenset(total))


def _together(spreads: Sequence[Spread], lines: Sequence[int]) -> Spread:
    return Spread(
        {line: sum(spread.above[line] for spread in spreads) for line in lines},
        sum(spread.n for spread in spreads),
    )
