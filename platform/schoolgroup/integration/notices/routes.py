"""How one is told, where mail goes, and the rules of a school or the office, over HTTP."""

from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.integration.notices import rules, service
from schoolgroup.integration.notices.models import (
    AddressWish,
    CodeEntry,
    EmailState,
    NoticeSettings,
    PreferenceChange,
    Rule,
    RuleChange,
    RulesInForce,
    RuleWish,
)
from schoolgroup.integration.notices.smtp import Post
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import Call, may, refusals

TAGS = ["notices"]
MINE = "/v1/me/notice-settings"
ADDRESS = "/v1/me/email"


@get(
    MINE,
    opt=may("notice:prefer"),
    operation_id="getNoticeSettings",
    tags=TAGS,
    summary="How I am told",
    responses=refusals(service.PeopleOnly),
)
async def get_settings(
    call: NamedDependency[Call], post_office: NamedDependency[Post]
) -> Response[NoticeSettings]:
    """Language, the hour of the day's letter, quiet hours, what is not mailed, and the address."""
    offered = post_office.offered
    return await call.item(lambda tx: service.get_settings(tx, email_offered=offered))


@patch(
    MINE,
    opt=may("notice:prefer"),
    operation_id="changeNoticeSettings",
    tags=TAGS,
    summary="Change how I am told",
    responses=refusals(service.PeopleOnly, Invalid, StaleVersion, VersionRequired),
)
async def change_settings(
    data: JSONBody[PreferenceChange],
    call: NamedDependency[Call],
    post_office: NamedDependency[Post],
) -> Response[NoticeSettings]:
    """What is muted still comes into the inbox; only mail stays away."""
    offered = post_office.offered
    return await call.change(
        lambda tx, version: service.change_settings(tx, data, version, email_offered=offered)
    )


@put(
    ADDRESS,
    opt=may("notice:prefer"),
    operation_id="enterEmail",
    tags=TAGS,
    status_code=202,
    summary="Enter the address I get mail at",
    responses=refusals(service.PeopleOnly, rules.EmailNotOffered, rules.TooManyCodes, Invalid),
)
async def enter_address(
    data: JSONBody[AddressWish], call: NamedDependency[Call], post_office: NamedDependency[Post]
) -> Response[EmailState]:
    """A code is sent there; nothing else is, until it is entered."""
    offered = post_office.offered
    return await call.once(
        lambda tx: service.enter_address(tx, data, email_offered=offered), status=202
    )


@post(
    f"{ADDRESS}/verify",
    opt=may("notice:prefer"),
    operation_id="verifyEmail",
    tags=TAGS,
    status_code=200,
    summary="Enter the code that arrived",
    responses=refusals(
        service.PeopleOnly, rules.NoAddress, rules.CodeWrong, rules.TooManyCodes, Invalid
    ),
)
async def verify_address(
    data: JSONBody[CodeEntry], call: NamedDependency[Call], post_office: NamedDependency[Post]
) -> Response[EmailState]:
    """The code holds for 30 minutes and five tries."""
    key = post_office.code_key
    await call.read(service.spend_try)
    return await call.once(lambda tx: service.verify_address(tx, data.code, key), status=200)


@delete(
    ADDRESS,
    opt=may("notice:prefer"),
    operation_id="dropEmail",
    tags=TAGS,
    summary="Take my address away",
    responses=refusals(service.PeopleOnly, rules.NoAddress),
)
async def drop_address(call: NamedDependency[Call]) -> None:
    """No mail any more; the inbox stays."""
    await call.once(service.drop_address, status=204)


@get(
    "/v1/people/{person_id:uuid}/email",
    opt=may("person:manage"),
    operation_id="getEmailOfPerson",
    tags=TAGS,
    summary="Where a person gets mail, and whether it arrives",
    responses=refusals(NotFound, NotAllowed),
)
async def get_address_of(
    person_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[EmailState]:
    """For those who keep the school's people; colleagues do not see it."""
    return await call.item(lambda tx: service.get_address_of(tx, person_id))


@get(
    "/v1/notice-rules",
    opt=may("notice_rule:read"),
    operation_id="listNoticeRules",
    tags=TAGS,
    summary="What people are told, when, in which words, and who decided so",
)
async def list_rules(call: NamedDependency[Call]) -> Response[RulesInForce]:
    """As in force for one's own school, or for the group where one is of the office."""
    return Response(await call.read(service.list_rules))


@post(
    "/v1/notice-rules",
    opt=may("notice_rule:set"),
    operation_id="makeNoticeRule",
    tags=TAGS,
    summary="Tell our people otherwise than it stands above",
    responses=refusals(
        NotAllowed, rules.UnknownKind, rules.RuleExists, rules.RuleOutOfLimits, Invalid
    ),
)
async def make_rule(data: JSONBody[RuleWish], call: NamedDependency[Call]) -> Response[Rule]:
    """For the acting school, or for the whole group where one is of the office."""
    return await call.once(lambda tx: service.make_rule(tx, data))


@patch(
    "/v1/notice-rules/{notice_rule_id:uuid}",
    opt=may("notice_rule:set"),
    operation_id="changeNoticeRule",
    tags=TAGS,
    summary="Change a rule of one's own",
    responses=refusals(
        NotAllowed, NotFound, rules.RuleOutOfLimits, Invalid, StaleVersion, VersionRequired
    ),
)
async def change_rule(
    notice_rule_id: FromPath[UUID], data: JSONBody[RuleChange], call: NamedDependency[Call]
) -> Response[Rule]:
    """Notices that were made keep their words; the next ones have the new ones."""
    return await call.change(
        lambda tx, version: service.change_rule(tx, notice_rule_id, data, version)
    )


@delete(
    "/v1/notice-rules/{notice_rule_id:uuid}",
    opt=may("notice_rule:set"),
    operation_id="dropNoticeRule",
    tags=TAGS,
    summary="Leave a kind again as it stands above",
    responses=refusals(NotAllowed, NotFound),
)
async def delete_rule(notice_rule_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """The group's rule holds, or what is shipped."""
    await call.once(lambda tx: service.delete_rule(tx, notice_rule_id), status=204)


ROUTES = [
    get_settings,
    change_settings,
    enter_address,
    verify_address,
    drop_address,
    get_address_of,
    list_rules,
    make_rule,
    change_rule,
    delete_rule,
]
