"""What a change of policy changes, right by right."""

from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.publishing.models import Cell, CellChange


def cells(policy: CompiledPolicy) -> dict[tuple[str, str, str], Cell]:
    """Every right that some relation gives: (role, tier, act) to what it takes."""
    words, names = policy.bundle.vocabulary, policy.relations.names_in
    found = {}
    for role, tier in words.places:
        for act in words.acts:
            allow, deny = policy.masks(role, tier, act)
            if allow & ~deny:
                key = role, tier, act
                found[key] = Cell(*key, list(names(allow & ~deny)), list(names(deny)))
    return found


def changes(before: CompiledPolicy, after: CompiledPolicy) -> list[CellChange]:
    """Every right that is given, taken, or takes something else than before."""
    old, new = cells(before), cells(after)
    return [
        CellChange(*key, old.get(key), new.get(key))
        for key in sorted(old.keys() | new.keys())
        if old.get(key) != new.get(key)
    ]
