"""Rates, and what a figure may show to a school."""

from collections.abc import Sequence

from schoolgroup.management.returns.figures.models import Completeness, CountRow, SumRow

# With two schools in a sum each could subtract itself and see the other.
SCHOOLS_MIN = 3
RATE_DIGITS = 4


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


def withheld(rows: Sequence[SumRow]) -> set[tuple[str, str | None]]:
    """The (field, tier) whose sum would show one school's own answer, alone or by subtraction.

    A sum over fewer than three schools is withheld; then so are the field's other tiers, because
    total minus tier would give it back, and the total too where that is of fewer than three.
    """
    hidden: set[tuple[str, str | None]] = set()
    for field in {row.field_code for row in rows}:
        lines = [row for row in rows if row.field_code == field]
        tiers = [row for row in lines if row.tier is not None]
        if any(row.schools < SCHOOLS_MIN for row in tiers):
            hidden |= {(field, row.tier) for row in tiers}
        hidden |= {(field, None) for row in lines if row.tier is None and row.schools < SCHOOLS_MIN}
    return hidden
