"""The group's rules for borrowing over HTTP, and the terms of an offer explained."""

from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, Unauthenticated, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.resources.lending.terms import rules, service
from schoolgroup.resources.lending.terms.models import Explained, Rule, RuleChange, RuleWish

TAGS = ["lending"]


@get(
    "/v1/offers/{offer_id:uuid}/terms",
    opt=may("resource:discover"),
    operation_id="explainTerms",
    tags=TAGS,
    summary="The terms I would get of an offer: which rule gave them, what would change them",
    responses=refusals(Unauthenticated, NotFound),
)
async def explain(offer_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Explained]:
    """As of now, for the caller's school, tier and role."""
    return Response(await call.read(lambda tx: service.explain(tx, offer_id)))


@post(
    "/v1/lending-rules",
    opt=may("lending_rule:set"),
    operation_id="makeLendingRule",
    tags=TAGS,
    summary="Lay down a rule for borrowing",
    responses=refusals(Unauthenticated, NotAllowed, rules.RuleExists, rules.RuleSaysNothing),
)
async def make_rule(data: JSONBody[RuleWish], call: NamedDependency[Call]) -> Response[Rule]:
    """By tier, kind of resource and role; the most specific rule wins. Loans keep their terms."""
    return await call.once(
        lambda tx: service.make_rule(tx, data),
        location=lambda rule: f"/v1/lending-rules/{rule.id}",
    )


@get(
    "/v1/lending-rules",
    opt=may("lending_rule:read"),
    operation_id="listLendingRules",
    tags=TAGS,
    summary="The group's rules for borrowing",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_rules(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Rule]]:
    """Oldest first; everyone in the group may know them."""
    return await call.page(
        "lending rules",
        limit,
        cursor,
        service.list_rules,
        key_of=lambda rule: [rule.id],
    )


@get(
    "/v1/lending-rules/{rule_id:uuid}",
    opt=may("lending_rule:read"),
    operation_id="getLendingRule",
    tags=TAGS,
    summary="One rule for borrowing",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_rule(rule_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Rule]:
    """Its ETag is what a change names."""
    return await call.item(lambda tx: service.get_rule(tx, rule_id))


@patch(
    "/v1/lending-rules/{rule_id:uuid}",
    opt=may("lending_rule:set"),
    operation_id="changeLendingRule",
    tags=TAGS,
    summary="Change a rule for new loans",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, StaleVersion, VersionRequired, rules.RuleSaysNothing
    ),
)
async def change_rule(
    rule_id: FromPath[UUID], data: JSONBody[RuleChange], call: NamedDependency[Call]
) -> Response[Rule]:
    """Running loans keep the terms they were made on."""
    return await call.change(lambda tx, version: service.change_rule(tx, rule_id, data, version))


@post(
    "/v1/lending-rules/{rule_id:uuid}/end",
    opt=may("lending_rule:set"),
    operation_id="endLendingRule",
    tags=TAGS,
    status_code=200,
    summary="Take a rule away",
    responses=refusals(Unauthenticated, NotAllowed, NotFound, StaleVersion, VersionRequired),
)
async def end_rule(rule_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Rule]:
    """Name its version in If-Match; the answer is the rule as it was."""
    return await call.change(lambda tx, version: service.end_rule(tx, rule_id, version))


ROUTES = [explain, make_rule, list_rules, get_rule, change_rule, end_rule]
