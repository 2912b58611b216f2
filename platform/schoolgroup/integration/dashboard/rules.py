"""What of others stands beside a figure, and what a school is not told: pure."""

from collections.abc import Mapping

from schoolgroup.integration.dashboard.models import Mean
from schoolgroup.management.figures.models import Ratio

GROUP = "group"
SCHOOLS_MIN = 3


def value(ratio: Ratio) -> float | None:
    """A count, or a share; null of nothing."""
    if ratio.whole is None:
        return ratio.part
    return ratio.part / ratio.whole if ratio.whole else None


def means(
    whole: float | None, tiers: Mapping[str, Ratio], schools: Mapping[str, int], tier: str | None
) -> list[Mean]:
    """Over the group and each tier for the office (`tier` null), its own tier for a school.

    `whole` is the figure over the group: what a share stands beside, being the same everywhere. To
    a school a mean over fewer than three schools is withheld, and so is a tier's where the other
    tier has fewer than three: the group's, less the tier's, would be theirs.
    """
    everybody = sum(schools.values())
    if all(one.whole is None for one in tiers.values()):
        whole = per_school(sum(one.part for one in tiers.values()), everybody)
    found = [(GROUP, everybody, whole)]
    for name, count in sorted(schools.items()):
        if tier in (None, name):
            one = tiers.get(name, Ratio(0))
            told = per_school(one.part, count) if one.whole is None else value(one)
            found.append((name, count, told))
    hidden = [tier is not None and _few(count, everybody) for _, count, _ in found]
    return [
        Mean(of, count, None if hide else told, hide)
        for (of, count, told), hide in zip(found, hidden, strict=True)
    ]


def per_school(total: int, schools: int) -> float | None:
    """The mean of a count; null where there is no school."""
    return total / schools if schools else None


def _few(count: int, everybody: int) -> bool:
    return count < SCHOOLS_MIN or 0 < everybody - count < SCHOOLS_MIN
