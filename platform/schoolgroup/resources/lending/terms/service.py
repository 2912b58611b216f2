"""The group's rules for borrowing, and the terms one would get, explained."""

from uuid import UUID

from schoolgroup.access.decisions import require
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.offers import service as offers
from schoolgroup.resources.lending.terms import queries, rules
from schoolgroup.resources.lending.terms.models import Explained, Rule, RuleChange, RuleWish

READ, SET = "lending_rule:read", "lending_rule:set"
refuse_by_constraint("one_rule_per_case", rules.RuleExists)


async def explain(tx: Tx, offer_id: UUID) -> Explained:
    """The terms the caller would get of an offer now, each with its reason. Raises NotFound."""
    offer = await offers.find(tx, offer_id, offers.SEE)
    actor = tx.actor
    ground = await queries.get_ground(tx, actor.school_id, actor.tier, actor.role)
    decided = rules.decide(offer, ground, tx.now, actor.time_zone)
    return Explained(
        offer.id,
        decided.terms.loan_days,
        decided.terms.renewals_max,
        offer.per_school_max,
        decided.ends_at,
        decided.terms.because,
    )


async def make_rule(tx: Tx, wish: RuleWish) -> Rule:
    """Lay down a rule; running loans keep their terms. Raises RuleSaysNothing, RuleExists."""
    require(tx, SET, thing="lending_rule/-")
    rules.check_wish(wish)
    rule_id = new_id()
    await queries.insert_rule(tx, rule_id, wish)
    return await _announced(tx, "lending_rule.made", rule_id)


async def list_rules(tx: Tx, page: PageRequest) -> list[Rule]:
    """The group's rules for borrowing, oldest first."""
    require(tx, READ, thing="lending_rule/-")
    return list(await queries.list_rules(tx, page))


async def get_rule(tx: Tx, rule_id: UUID) -> Rule:
    """One rule. Raises NotFound."""
    require(tx, READ, thing=f"lending_rule/{rule_id}")
    rule = await queries.get_rule(tx, rule_id)
    if rule is None:
        raise NotFound
    return rule


async def change_rule(tx: Tx, rule_id: UUID, change: RuleChange, version: int) -> Rule:
    """Change a rule for new loans. Raises NotFound, StaleVersion, RuleSaysNothing."""
    rule = await _held(tx, rule_id, version)
    await queries.change_rule(tx, rules.changed(rule, change))
    return await _announced(tx, "lending_rule.changed", rule_id)


async def end_rule(tx: Tx, rule_id: UUID, version: int) -> Rule:
    """Take a rule away; the rule as it was. Raises NotFound, StaleVersion."""
    rule = await _held(tx, rule_id, version)
    await queries.delete_rule(tx, rule_id)
    await _record(tx, "lending_rule.ended", rule)
    return rule


async def _held(tx: Tx, rule_id: UUID, version: int) -> Rule:
    require(tx, SET, thing=f"lending_rule/{rule_id}")
    rule = await queries.lock_rule(tx, rule_id)
    if rule is None:
        raise NotFound
    check_version(version, rule.version)
    return rule


async def _announced(tx: Tx, event: str, rule_id: UUID) -> Rule:
    rule = await get_rule(tx, rule_id)
    await _record(tx, event, rule)
    return rule


async def _record(tx: Tx, event: str, rule: Rule) -> None:
    await journal.record(
        tx,
        event,
        act=SET,
        thing=f"lending_rule/{rule.id}",
        version=rule.version,
        data={"tier": rule.tier, "kind": rule.kind, "role": rule.role},
    )
