"""From exact marks to the subject's score: rounded once, at its total, half up.

A settled script is worth a whole number of quarter marks. Scores are kept as half marks by item,
and whatever is reckoned of a subject is reckoned of their sum. So the running total of the paper is
rounded after each item, and an item's score is what it adds to it: every item is within a quarter
mark of its exact value, items of whole half marks are untouched, and the sum of all items is the
exact total rounded once, half up. The exact quarter marks stay with the scripts.
"""

from collections.abc import Collection, Mapping, Sequence


def scores(quarter_marks: Sequence[int]) -> list[int]:
    """Half marks by item, of exact quarter marks by item in the order of the paper."""
    found, exact, rounded = [], 0, 0
    for quarters in quarter_marks:
        exact += quarters
        upto = (exact + 1) // 2  # half up: a half mark is two quarters
        found.append(upto - rounded)
        rounded = upto
    return found


def left_out(
    positions: Sequence[int],
    choose: int,
    rule: str,
    quarter_marks: Mapping[int, int],
    blank: Collection[int],
) -> list[int]:
    """Of a group of optional items those that do not count, by position.

    `choose` of those answered count: the first on the paper, or the best (the earlier of equals).
    """
    answered = [p for p in positions if p not in blank]
    if rule == "best":
        answered.sort(key=lambda p: (-quarter_marks[p], p))
    kept = [*answered, *(p for p in positions if p in blank)][:choose]
    return [p for p in positions if p not in kept]


def is_rounded(quarter_marks: Sequence[int]) -> bool:
    """Whether the exact total lies between two half marks."""
    return sum(quarter_marks) % 2 == 1
