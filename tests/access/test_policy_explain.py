"""An explanation is true: taking out what it names changes the answer, and so does following it."""

import random
from functools import lru_cache

import pytest

from schoolgroup.access.bundle import policies_folder
from schoolgroup.access.explain import Explanation, explain
from schoolgroup.access.matrix import cell_text, render_matrix
from schoolgroup.access.policy import ALLOW, DENY
from tests.access.policies import shipped, stock_for_act, without

BORROW = "resource:borrow"
Told = tuple[str, str, str, int, Explanation]


def masks_to_try():
    """Each relation beside `any`, and random closed sets, for every place and act."""
    policy, chance = shipped(), random.Random(7)
    bits = [relation.bit for relation in policy.relations.by_name.values()]
    for role, tier in policy.bundle.vocabulary.places:
        for act in policy.bundle.vocabulary.acts:
            named = [policy.relations.by_name[r.rel].bit for r in policy.lines_for(role, tier, act)]
            for bit in {*named, bits[1]}:
                yield role, tier, act, bit | 1
            for _ in range(3):
                yield (
                    role,
                    tier,
                    act,
                    policy.relations.close(1 | sum(bit for bit in bits if chance.random() < 0.3)),
                )


@lru_cache(maxsize=1)
def all_told() -> list[Told]:
    """What is said of each of them, which three tests look at."""
    return [(*one, explain(shipped(), *one)) for one in masks_to_try()]


def test_taking_out_what_it_names_flips_the_answer():
    policy, flipped = shipped(), {ALLOW: 0, DENY: 0}
    for role, tier, act, mask, told in all_told():
        assert told.allowed == policy.allows(role, tier, act, mask)
        named = told.allowing if told.allowed else told.denying
        if not named or not (told.allowed or told.allowing):
            continue
        other = without(policy, *(line.number for line in named), only={(role, tier, act)})
        assert other.allows(role, tier, act, mask) is not told.allowed
        flipped[ALLOW if told.allowed else DENY] += 1
    assert min(flipped.values()) > 10


@pytest.mark.parametrize("line", shipped().bundle.lines, ids=lambda line: f"line {line.number}")
def test_every_rule_matters_to_somebody_and_is_the_one_named(line):
    """Take the named rule out of what stock Casbin knows, and it answers the opposite."""
    policy = shipped()
    for (role, tier, act), lines in policy.cells.items():
        if line not in lines:
            continue
        mask = policy.relations.by_name[line.rel].bit
        if line.eft == DENY:
            mask |= policy.masks(role, tier, act)[0]
        told = explain(policy, role, tier, act, mask)
        if (told.allowing if line.eft == ALLOW else told.denying) == (line,):
            held = set(policy.relations.names_in(mask))
            enforcer = stock_for_act(policy.bundle, act)
            assert enforcer.enforce(role, tier, held, act) is told.allowed
            assert enforcer.remove_policy(*str(line).split(", ")[1:])
            assert enforcer.enforce(role, tier, held, act) is not told.allowed
            return
    pytest.fail(f"nobody needs it: {line}")


def test_following_the_remedy_allows():
    policy, followed = shipped(), 0
    for role, tier, act, mask, told in all_told():
        for way in told.would_allow:
            assert not mask & policy.relations.by_name[way.line.rel].bit
            after = policy.relations.close(mask | policy.relations.mask_of(*way.missing))
            decision = policy.decide(role, tier, act, after)
            assert way.line in decision.allowing
            assert decision.allowed or decision.denying
            followed += 1
    assert followed > 1_000


def test_every_denial_says_what_to_do_in_both_languages():
    for *_, told in all_told():
        for text in (told.reason, told.remedy(), told.remedy("第一中学")):
            assert "{" not in text.en + text.zh
            assert bool(text.en) == bool(text.zh)
        assert bool(told.remedy().en) is not told.allowed
        assert told.reason.en
        assert told.reason.zh


def test_a_partner_is_told_to_get_an_agreement_or_to_be_named():
    mask = shipped().relations.mask_of("published", "offered", "borrowable")
    told = explain(shipped(), "teacher", "partner", BORROW, mask)
    assert told.reason.en == "A teacher (close-partner school) may not borrow."
    assert told.remedy("第一中学").en == (
        "You need an agreement with 第一中学 that covers this kind of thing: ask your principal to"
        " sign one. Or: Ask 第一中学 to name your school in the offer, with the right to borrow."
    )
    assert "协议" in told.remedy().zh
    assert [way.missing for way in told.would_allow] == [("agreed",), ("borrow_named",)]
    assert [held.relation for held in told.held] == ["published", "offered", "borrowable"]


def test_a_denial_by_rule_gives_that_rules_reason_and_way_out():
    mask = shipped().relations.mask_of("offered", "borrowable", "withdrawn")
    told = explain(shipped(), "teacher", "integrated", BORROW, mask)
    assert not told.allowed
    assert [line.rel for line in told.denying] == ["withdrawn"]
    assert "Nobody borrows or adapts" in told.reason.en
    assert "has withdrawn it" in told.remedy().en


def test_a_colleague_who_may_is_named_before_anything_else():
    own = shipped().relations.mask_of("own")
    told = explain(shipped(), "school_admin", "integrated", "return:submit", own)
    assert told.others == ("principal",)
    assert told.remedy().en == "Ask a principal."
    told = explain(
        shipped(), "school_admin", "partner", "loan:return", shipped().relations.mask_of("borrower")
    )
    assert told.others == ()  # being the borrower is personal: no colleague inherits it


def test_a_school_that_has_left_is_denied_without_a_stumble():
    told = explain(shipped(), "teacher", "", BORROW, -1 & (1 << 20) - 1)
    assert not told.allowed
    assert told.reason.en == "This role may not borrow."
    assert told.remedy().en


def test_the_committed_matrix_is_the_policy():
    printed = (policies_folder() / "matrix.md").read_text("utf-8")
    assert printed == render_matrix(shipped()), "run `make matrix` and review the diff"


def test_the_matrix_changes_with_every_rule():
    """Some cell of it changes, and what is printed is these cells."""
    policy = shipped()
    for line in policy.bundle.lines:
        spoken = {cell for cell, lines in policy.cells.items() if line in lines}
        other = without(policy, line.number, only=spoken)
        assert any(cell_text(other, *cell) != cell_text(policy, *cell) for cell in spoken), line
    printed = render_matrix(policy)
    assert all(f" {cell_text(policy, *cell)} |" in printed for cell in policy.cells)
