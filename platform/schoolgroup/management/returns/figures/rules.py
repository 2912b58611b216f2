"""Rates, and what a figure may show to a school."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from schoolgroup.management.returns.figures.models import (
    AtomRow,
    Completeness,
    CountRow,
    Dimension,
    RollUpKind,
    RollUpLine,
    SumRow,
)

# With two schools in a sum each could subtract itself and see the other.
SCHOOLS_MIN = 3
RATE_DIGITS = 4
# The bound of the figures of exams: fewer pupils may be recognised.
PUPILS_MIN = 10
VALUE_DIGITS = 6


def rate(part: int, whole: int) -> float | None:
    """`part` of `whole`, to four digits; null where nothing is expected."""
    return round(part / whole, RATE_DIGITS) if whole else None


def with_rates(row: CountRow) -> Completeness:
    """The counts with their rates."""
    return Completeness(
        tier=row.tier, targets=row.targets, exempt=row.exempt, expected=row.expected,
        not_begun=row.not_begun, drafting=row.drafting, sent_back=row.sent_back,
        submitted=row.submitted, accepted=row.accepted, answered=row.answered,
        on_time=row.on_time, completion_rate=rate(row.answered, row.expected),
        on_time_rate=rate(row.on_time, row.expected),
        accepted_rate=rate(row.accepted, row.expected),
    )  # fmt: skip


def withheld(rows: Sequence[SumRow], pupils: Collection[str] = ()) -> set[tuple[str, str | None]]:
    """The (field, tier) whose sum would show one school's own answer, alone or by subtraction.

    A sum over fewer than three schools is withheld; then so are the field's other tiers, because
    total minus tier would give it back, and the total too where that is of fewer than three. Of
    the fields that count pupils, a sum from 1 to 9 is withheld in the same way.
    """
    hidden: set[tuple[str, str | None]] = set()
    for field in {row.field_code for row in rows}:
        of_field = [row for row in rows if row.field_code == field]
        tiers = [row for row in of_field if row.tier is not None]
        small = {
            row.tier
            for row in of_field
            if row.schools < SCHOOLS_MIN or (field in pupils and 0 < row.sum < PUPILS_MIN)
        }
        if small - {None}:
            small |= {row.tier for row in tiers}
        hidden |= {(field, tier) for tier in small}
    return hidden


def lines(
    atoms: Sequence[AtomRow],
    kind: RollUpKind,
    by: Dimension,
    *,
    hide: bool,
    pupils: tuple[bool, bool],
) -> list[RollUpLine]:
    """A call's atoms put together by tier or stage, and over all of them (key null), last.

    With `hide`, what would show a school's answer or point at few pupils is withheld (`pupils`:
    whether the first and the second number count pupils):
    a cell over fewer than three schools; one that leaves out one or two schools which answered
    only one of its two numbers, for their answer is the difference to the sum over all; a number
    of pupils from 1 to 9. Where one of several cells is withheld, all are, but not the whole, so
    that none comes back by subtraction. Stages overlap, so they are shown only where the schools
    of each tier and each set of stages are at least three: every difference is a sum over those.
    """
    keys: list[str | None] = []
    if by is Dimension.TIER:
        keys += sorted({atom.tier for atom in atoms})
    if by is Dimension.STAGE:
        keys += sorted({stage for atom in atoms for stage in atom.stages})
    cells = [(key, [a for a in atoms if _within(a, key, by)]) for key in [*keys, None]]
    small = {key for key, cell in cells if hide and _is_small(cell, pupils)}
    if small - {None}:
        small |= set(keys)
    if hide and by is Dimension.STAGE and any(0 < a.schools < SCHOOLS_MIN for a in atoms):
        small |= set(keys)
    return [
        RollUpLine(
            key=key,
            name=key or "",
            schools=sum(atom.schools for atom in cell),
            value=None if key in small else _value(cell, kind),
            withheld=key in small,
        )
        for key, cell in cells
    ]


def _within(atom: AtomRow, key: str | None, by: Dimension) -> bool:
    if key is None:
        return True
    return atom.tier == key if by is Dimension.TIER else key in atom.stages


def _total(numbers: Sequence[Decimal | None]) -> Decimal:
    return sum((number for number in numbers if number is not None), Decimal(0))


def _is_small(cell: Sequence[AtomRow], pupils: tuple[bool, bool]) -> bool:
    if sum(atom.schools for atom in cell) < SCHOOLS_MIN:
        return True
    if 0 < sum(atom.only_one for atom in cell) < SCHOOLS_MIN:
        return True
    first, second = _total([a.sum for a in cell]), _total([a.sum_beside for a in cell])
    counted = [first] if pupils[0] else []
    if pupils[1]:
        # of a share the rest is told too
        counted += [second, second - first] if pupils[0] else [second]
    return any(0 < number < PUPILS_MIN for number in counted)


def _value(cell: Sequence[AtomRow], kind: RollUpKind) -> float | None:
    schools = sum(atom.schools for atom in cell)
    return value_of(
        kind,
        schools,
        _total([atom.sum for atom in cell]),
        _total([atom.sum_beside for atom in cell]),
        _total([atom.sum_product for atom in cell]),
    )


def value_of(
    kind: RollUpKind, schools: int, number: Decimal, beside: Decimal, product: Decimal
) -> float | None:
    """The figure out of its sums, to six digits; None over no schools and by a zero."""
    over = {
        RollUpKind.SUM: (number, Decimal(1)),
        RollUpKind.MEAN: (number, Decimal(schools)),
        RollUpKind.WEIGHTED_MEAN: (product, beside),
        RollUpKind.SHARE: (number, beside),
    }
    upper, lower = over[kind]
    return round(float(upper / lower), VALUE_DIGITS) if schools and lower else None
