"""The policy as two masks per (role, tier, act): a decision in a fraction of a microsecond.

`compiler.load_policy` makes it, through stock Casbin; here it is only read.
"""

from collections.abc import Iterable, Mapping

import msgspec

from schoolgroup.access.algebra import And, Asked, Compare, Expr, Or, Word, simplify
from schoolgroup.access.bundle import shipped_relations
from schoolgroup.access.evaluate import to_sql
from schoolgroup.access.policy import ALLOW, DENY, PolicyBundle, PolicyLine

NOTHING = (0, 0)
Cell = tuple[str, str, str]


class Decision(msgspec.Struct, frozen=True):
    """An answer and the rules behind it: all that allow, all that deny. Any deny wins."""

    allowed: bool
    allowing: tuple[PolicyLine, ...]
    denying: tuple[PolicyLine, ...]


class CompiledPolicy:
    """One version of the policy, ready to decide. Immutable and safe to share between threads.

    Whatever the policy does not know - a role, a tier, an act, a relation - is denied.
    """

    def __init__(self, bundle: PolicyBundle, cells: Mapping[Cell, Iterable[PolicyLine]]) -> None:
        self.bundle = bundle
        self.relations = bundle.relations
        self.cells = {cell: tuple(lines) for cell, lines in cells.items()}
        # statements with their markers replaced (decisions.with_rights): the same text each time
        self.written: dict[tuple[object, ...], str] = {}
        self._masks = {cell: self._fold(lines) for cell, lines in self.cells.items()}
        self._possible: dict[tuple[str, str], list[str]] = {}  # as many as places

    def _fold(self, lines: tuple[PolicyLine, ...]) -> tuple[int, int]:
        masks = {ALLOW: 0, DENY: 0}
        for line in lines:
            masks[line.eft] |= self.relations.by_name[line.rel].bit
        return masks[ALLOW], masks[DENY]

    @property
    def sha256(self) -> str:
        """The hash of the bundle this was compiled from: the version's name."""
        return self.bundle.sha256

    def allows(self, role: str, tier: str, act: str, mask: int) -> bool:
        """Whether `role` of a school of `tier` may do `act` while the relations in `mask` hold."""
        allow, deny = self._masks.get((role, tier, act), NOTHING)
        return mask & allow != 0 and mask & deny == 0

    def decide(self, role: str, tier: str, act: str, mask: int) -> Decision:
        """The same answer with every rule that speaks for or against it."""
        spoken = [line for line in self.lines_for(role, tier, act) if self._bit(line) & mask]
        allowing = tuple(line for line in spoken if line.eft == ALLOW)
        denying = tuple(line for line in spoken if line.eft == DENY)
        return Decision(bool(allowing) and not denying, allowing, denying)

    def acts_allowed(self, role: str, tier: str, acts: Iterable[str], mask: int) -> list[str]:
        """Which of these acts are allowed, in their order: what a row's `actions` are made of."""
        masks = self._masks
        found = []
        for act in acts:
            allow, deny = masks.get((role, tier, act), NOTHING)
            if mask & allow and not mask & deny:
                found.append(act)
        return found

    def acts_possible(self, role: str, tier: str) -> list[str]:
        """The acts that some relation would allow: what a caller's permissions are listed from."""
        found = self._possible.get((role, tier))
        if found is None:
            acts = self.bundle.vocabulary.acts
            found = [act for act in acts if self._opens(self.masks(role, tier, act))]
            self._possible[role, tier] = found
        return list(found)

    @staticmethod
    def _opens(masks: tuple[int, int]) -> bool:
        return masks[0] & ~masks[1] != 0

    def masks(self, role: str, tier: str, act: str) -> tuple[int, int]:
        """The relations that allow and those that deny, as masks: the vector of this right."""
        return self._masks.get((role, tier, act), NOTHING)

    def lines_for(self, role: str, tier: str, act: str) -> tuple[PolicyLine, ...]:
        """Every rule that speaks to this, whatever relation it asks for, in the file's order."""
        return self.cells.get((role, tier, act), ())

    def mask_sql(self, thing: str, alias: str) -> str:
        """See `Relations.mask_sql`."""
        return self.relations.mask_sql(thing, alias)

    def list_predicate_sql(self, role: str, tier: str, act: str, thing: str, alias: str) -> str:
        """SQL over the row `alias`: exactly the rows on which `allows` would say yes.

        TRUE or FALSE where that is clear without looking. Raises KeyError for an unknown thing,
        ValueError for a bad alias.
        """
        allow, deny = self.masks(role, tier, act)
        return self.relations.predicate_sql(thing, alias, allow, deny)

    def rls_predicate_sql(self, thing: str, alias: str) -> str:
        """SQL over the row `alias`: a superset of what any role of the caller's tier may touch.

        The second lock, for a row-level security policy: it knows the tier but not the role, and
        looks only into tables whose own lock does not look back. It says nothing about the group:
        join it with `group_id = (SELECT app.group_id())`, which also shuts out an unset context.
        A relation that looks into a second table sees there what that table's lock lets through.
        Raises KeyError for an unknown thing, ValueError for a bad alias.
        """
        self.relations.mask_sql(thing, alias)  # the same refusals
        return to_sql(self._lock(thing), alias)

    def _lock(self, thing: str) -> Expr:
        words = self.bundle.vocabulary
        opened: dict[
            int, set[str]
        ] = {}  # relation bit: the tiers where it lets somebody do something
        for role, tier in words.places:
            for name, act in words.acts.items():
                if thing in act.on:
                    allow = self.masks(role, tier, name)[0]
                    for relation in self.relations.by_name.values():
                        if allow & relation.bit:
                            opened.setdefault(relation.bit, set()).add(tier)
        by_tiers: dict[tuple[str, ...], int] = {}
        for bit, tiers in sorted(opened.items()):
            key = tuple(tier for tier in words.tiers if tier in tiers)
            by_tiers[key] = by_tiers.get(key, 0) | bit
        parts: list[Expr] = []
        for key, mask in by_tiers.items():
            reach = self.relations.lock(thing, mask)
            tier_is = Or(tuple(Compare("=", Asked("tier"), Word(tier)) for tier in key))
            parts.append(reach if len(key) == len(words.tiers) else And((tier_is, reach)))
        return simplify(Or(tuple(parts)))

    def _bit(self, line: PolicyLine) -> int:
        return self.relations.by_name[line.rel].bit


def mask_sql(thing: str, alias: str) -> str:
    """`Relations.mask_sql` of the shipped relations."""
    return shipped_relations().mask_sql(thing, alias)


def list_predicate_sql(
    policy: CompiledPolicy, role: str, tier: str, act: str, thing: str, alias: str
) -> str:
    """See `CompiledPolicy.list_predicate_sql`."""
    return policy.list_predicate_sql(role, tier, act, thing, alias)


def rls_predicate_sql(policy: CompiledPolicy, thing: str, alias: str) -> str:
    """See `CompiledPolicy.rls_predicate_sql`."""
    return policy.rls_predicate_sql(thing, alias)
