"""The compiled policy says exactly what stock Casbin says."""

import random
from functools import lru_cache
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.compiler import OneMatcher
from schoolgroup.access.policy import ALLOW, DENY, PolicyLine
from tests.access.policies import shipped, stock, stock_for_act, toy

Answer = tuple[str, str, str, frozenset[str], bool, str]

ROLES, TIERS = ("teacher", "head", "clerk"), ("near", "far")
ACTS, RELS = ("book:read", "book:lend", "book:burn"), ("any", "own", "new", "lost")
RULES = [
    f"p, {role}, {tier}, {rel}, {act}, {effect}"
    for role in ("member", *ROLES)
    for tier in ("*", *TIERS)
    for rel in RELS
    for act in (*ACTS, "book:use", "book:all")
    for effect in (ALLOW, DENY)
    if (role, tier) != ("clerk", "near")
]


def mask(policy: CompiledPolicy, names: frozenset[str]) -> int:
    """Exactly these relations: neither `any` nor what follows from others is added."""
    return sum(policy.relations.by_name[name].bit for name in names)


@lru_cache(maxsize=1)
def stock_answers() -> list[Answer]:
    """No relation, each one and each two together, for every place and act of the shipped policy.

    A relation that no rule for the act names makes no difference; one such stands for the others.
    These are so many that the matcher is parsed once, not at each: that alone changes nothing, as
    test_parsing_the_matcher_once_changes_no_answer holds.
    """
    bundle = shipped().bundle
    answers: list[Answer] = []
    for act in bundle.vocabulary.acts:
        enforcer = stock_for_act(bundle, act, OneMatcher)
        named = sorted({rule[2] for rule in enforcer.model.model["p"]["p"].policy})
        named.append(next(name for name in bundle.relations.names if name not in named))
        sets = [frozenset(c) for n in range(3) for c in combinations(named, n)]
        for role, tier in bundle.vocabulary.places:
            for held in sets:
                allowed, rule = enforcer.enforce_ex(role, tier, held, act)
                answers.append((role, tier, act, held, allowed, ", ".join(["p", *rule])))
    return answers


def disagreements(policy: CompiledPolicy) -> int:
    """On how many of those the policy answers otherwise than stock Casbin."""
    return sum(
        policy.allows(role, tier, act, mask(policy, held)) is not allowed
        for role, tier, act, held, allowed, _ in stock_answers()
    )


def test_every_single_relation_and_every_pair():
    assert len(stock_answers()) > 8_000
    assert 1_000 < sum(allowed for *_, allowed, _ in stock_answers()) < len(stock_answers())
    assert disagreements(shipped()) == 0


def test_parsing_the_matcher_once_changes_no_answer():
    chance, bundle = random.Random(3), shipped().bundle
    for role, tier, act, held, allowed, rule in chance.sample(stock_answers(), 150):
        answer, named = stock_for_act(bundle, act).enforce_ex(role, tier, held, act)
        assert (answer, ", ".join(["p", *named])) == (allowed, rule)


def test_the_decision_names_the_rule_that_casbin_names():
    for role, tier, act, held, allowed, rule in stock_answers():
        decision = shipped().decide(role, tier, act, mask(shipped(), held))
        assert decision.allowed is allowed
        named = decision.allowing if allowed else decision.denying
        assert (rule in map(str, named)) if named else rule == "p"


def test_the_whole_policy_at_random():
    policy, chance = shipped(), random.Random(20260901)
    enforcer = stock(policy.bundle.files)
    places, acts = policy.bundle.vocabulary.places, list(policy.bundle.vocabulary.acts)
    seen = {True: 0, False: 0}
    for _ in range(500):
        (role, tier), act = chance.choice(places), chance.choice(acts)
        held = frozenset(n for n in policy.relations.names if chance.random() < 0.4)
        allowed = enforcer.enforce(role, tier, held, act)
        assert policy.allows(role, tier, act, mask(policy, held)) is allowed
        seen[allowed] += 1
    assert min(seen.values()) > 40


@pytest.mark.parametrize(
    ("role", "tier", "act"),
    [
        ("", "", ""),
        ("nobody", "integrated", "directory:read"),
        ("member", "integrated", "directory:read"),
        ("teacher", "office", "directory:read"),
        ("teacher", "", "directory:read"),
        ("teacher", "*", "directory:read"),
        ("teacher", "integrated", "common:read"),
        ("teacher", "integrated", "directory:destroy"),
        ("group_admin", "integrated", "directory:import"),
    ],
)
def test_what_the_policy_does_not_know_is_denied(role: str, tier: str, act: str):
    assert not shipped().allows(role, tier, act, -1)
    assert not shipped().decide(role, tier, act, -1).allowed
    assert shipped().acts_allowed(role, tier, [act], -1) == []


def test_no_relation_no_right():
    for role, tier in shipped().bundle.vocabulary.places:
        assert shipped().acts_allowed(role, tier, shipped().bundle.vocabulary.acts, 0) == []


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(RULES), min_size=1, max_size=7, unique_by=lambda r: r.rsplit(",", 1)[0]
    )
)
def test_any_policy_compiles_to_what_casbin_says(rules: list[str]):
    rules = [*rules, "p, head, near, any, book:read, allow"]
    rules = list({rule.rsplit(",", 1)[0]: rule for rule in rules}.values())
    policy = toy(rules)
    enforcer = stock(policy.bundle.files, kind=OneMatcher)
    for role, tier in policy.bundle.vocabulary.places:
        for act in ACTS:
            for n in range(len(RELS) + 1):
                for held in map(frozenset, combinations(RELS, n)):
                    expected = enforcer.enforce(role, tier, held, act)
                    assert policy.allows(role, tier, act, mask(policy, held)) is expected


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.sampled_from(RULES), max_size=6, unique_by=lambda r: r.rsplit(",", 1)[0]),
    st.sampled_from(RULES),
)
def test_an_allow_never_takes_away_and_a_deny_never_gives(rules: list[str], added: str):
    first = "p, head, near, any, book:read, allow"
    rules = [r for r in rules if r.rsplit(",", 1)[0] not in (first[:-7], added.rsplit(",", 1)[0])]
    if added.startswith(first[:-7]):
        return
    before, after = toy([first, *rules]), toy([first, *rules, added])
    for role, tier in before.bundle.vocabulary.places:
        for act in ACTS:
            for held in range(1 << len(RELS)):
                was = before.allows(role, tier, act, held)
                now = after.allows(role, tier, act, held)
                assert now >= was if added.endswith(ALLOW) else now <= was


# ── bugs seeded on purpose: a test that catches none proves nothing ──


def folded(policy: CompiledPolicy, *, keep_denies: bool, denies_allow: bool) -> CompiledPolicy:
    class Mutant(CompiledPolicy):
        def _fold(self, lines: tuple[PolicyLine, ...]) -> tuple[int, int]:
            allow, deny = super()._fold(lines)
            return (allow | deny if denies_allow else allow), (deny if keep_denies else 0)

    return Mutant(policy.bundle, policy.cells)


def kept(policy: CompiledPolicy, keep) -> CompiledPolicy:
    """Only the rules in each cell for which `keep(cell, line, index, count)` holds."""
    cells = {
        cell: [line for i, line in enumerate(lines) if keep(cell, line, i, len(lines))]
        for cell, lines in policy.cells.items()
    }
    return CompiledPolicy(policy.bundle, cells)


def deny_only_its_own_relation(policy: CompiledPolicy) -> CompiledPolicy:
    class Mutant(CompiledPolicy):
        def allows(self, role: str, tier: str, act: str, mask: int) -> bool:
            allow, deny = self.masks(role, tier, act)
            return mask & allow & ~deny != 0

    return Mutant(policy.bundle, policy.cells)


def next_bit(policy: CompiledPolicy) -> CompiledPolicy:
    class Mutant(CompiledPolicy):
        def allows(self, role: str, tier: str, act: str, mask: int) -> bool:
            return super().allows(role, tier, act, mask << 1)

    return Mutant(policy.bundle, policy.cells)


def all_relations_needed(policy: CompiledPolicy) -> CompiledPolicy:
    class Mutant(CompiledPolicy):
        def allows(self, role: str, tier: str, act: str, mask: int) -> bool:
            allow, deny = self.masks(role, tier, act)
            return bool(allow) and mask & allow == allow and not mask & deny

    return Mutant(policy.bundle, policy.cells)


def partners_as_integrated(policy: CompiledPolicy) -> CompiledPolicy:
    swap = {"partner": "integrated", "integrated": "integrated"}
    cells = {(r, t, a): policy.lines_for(r, swap.get(t, t), a) for r, t, a in policy.cells}
    return CompiledPolicy(policy.bundle, cells)


BUGS = {
    "denies forgotten": lambda p: folded(p, keep_denies=False, denies_allow=False),
    "denies read as allows": lambda p: folded(p, keep_denies=False, denies_allow=True),
    "only the first rule": lambda p: kept(p, lambda cell, line, i, n: i == 0),
    "only the last rule": lambda p: kept(p, lambda cell, line, i, n: i == n - 1),
    "roles not inherited": lambda p: kept(p, lambda cell, line, i, n: line.role == cell[0]),
    "members forgotten": lambda p: kept(p, lambda cell, line, i, n: line.role != "member"),
    "groups of acts not followed": lambda p: kept(p, lambda c, line, i, n: line.act == c[2]),
    "rules for every tier forgotten": lambda p: kept(p, lambda c, line, i, n: line.tier != "*"),
    "rules for one tier forgotten": lambda p: kept(p, lambda c, line, i, n: line.tier == "*"),
    "a deny outweighs only its relation": deny_only_its_own_relation,
    "bits shifted by one": next_bit,
    "all relations needed instead of one": all_relations_needed,
    "partners treated as integrated": partners_as_integrated,
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_seeded_bug_is_caught(bug: str):
    assert disagreements(BUGS[bug](shipped())) > 0
