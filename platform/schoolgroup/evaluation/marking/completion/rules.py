"""From exact marks to the subject's score: rounded once, at its total, half up.

A settled script is worth a whole number of quarter marks. Scores are kept as half marks by item,
and whatever is reckoned of a subject is reckoned of their sum. So the running total of the paper is
rounded after each item, and an item's score is what it adds to it: every item is within a quarter
mark of its exact value, items of whole half marks are untouched, and the sum of all items is the
exact total rounded once, half up. The exact quarter marks stay with the scripts.
"""

from collections.abc import Sequence


def scores(quarter_marks: Sequence[int]) -> list[int]:
    """Half marks by item, of exact quarter marks by item in the order of the paper."""
    found, exact, rounded = [], 0, 0
    for quarters in quarter_marks:
        exact += quarters
        upto = (exact + 1) // 2  # half up: a half mark is two quarters
        found.append(upto - rounded)
        rounded = upto
    return found


def is_rounded(quarter_marks: Sequence[int]) -> bool:
    """Whether the exact total lies between two half marks."""
    return sum(quarter_marks) % 2 == 1
