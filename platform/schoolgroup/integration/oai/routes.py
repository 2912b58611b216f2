"""The harvest over HTTP: OAI-PMH 2.0 by GET, and by POST with a form."""

from typing import Annotated, Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, PathParameter

from schoolgroup.access.sessions.gate import Gate
from schoolgroup.access.sessions.routes import address_of
from schoolgroup.access.tokens import TokenRefused
from schoolgroup.integration.metadata.routes import addresses_of
from schoolgroup.integration.oai import queries, rules, service
from schoolgroup.integration.oai.documents import Reply
from schoolgroup.integration.oai.models import Asked, ErrorCode, OaiError, Token, Verb
from schoolgroup.integration.oai.pace import HarvestTooFast, Pace
from schoolgroup.kernel.bodies import UnsupportedMediaType
from schoolgroup.kernel.context import Actor, ActorKind, visitor_actor
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound, Unauthenticated, Unavailable
from schoolgroup.kernel.http import PUBLIC, Call, refusals
from schoolgroup.kernel.pace import OWN
from schoolgroup.kernel.paging import BadCursor, Cursors
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.texts import Text


class GroupNotNamed(Unauthenticated):
    """Nobody is signed in, and there are several groups here."""

    code = "group_not_named"
    title = Text("Which group is meant?", "未指明集团")
    remedy = Text(
        "Harvest /oai/<code of the group>, or carry a bearer token.",
        "请收割 /oai/<集团代码>，或携带访问令牌。",
    )


PATH = "/oai"
OF_GROUP = PATH + "/{group_code:str}"
FORM = "application/x-www-form-urlencoded"
MEDIA_TYPE = "text/xml"  # the framework says the charset
LIST_NAME = "oai"
BUSY_S = 20
# Who carries a token is asked for it here, not at the door: a visitor comes in too. The protocol
# answers what is wrong with its arguments itself, so they are read by it alone.
OPT = {**PUBLIC, "own_parameters": True, "pace": OWN}
ANSWERS = {
    200: ResponseSpec(
        bytes,
        description="An OAI-PMH 2.0 response; the protocol's own errors too are answered with 200.",
        media_type="text/xml",
    ),
    **refusals(GroupNotNamed, NotFound, HarvestTooFast, Unavailable),
}
Code = FromPath[Annotated[str, PathParameter(max_length=40, description="The group's code.")]]
Services = NamedDependency[Any]
Asking = Request[Any, Any, Any]


@get(
    PATH,
    opt=OPT,
    operation_id="harvest",
    tags=["metadata"],
    summary="Harvest what is published (OAI-PMH 2.0)",
    security=[{}, {"bearer": []}],
    responses=ANSWERS,
)
async def harvest(request: Asking, services: Services) -> Response[bytes]:
    """verb, identifier, metadataPrefix (oai_dc, lom), from, until, set, resumptionToken.

    With a bearer token what its school may discover; without one what is offered to everyone.
    """
    return await _answer(request, services, None, _query(request))


@post(
    PATH,
    opt=OPT,
    operation_id="harvestByForm",
    tags=["metadata"],
    summary="Harvest what is published (OAI-PMH 2.0), asked by a form",
    status_code=200,
    security=[{}, {"bearer": []}],
    responses={**ANSWERS, **refusals(UnsupportedMediaType)},
)
async def harvest_by_form(request: Asking, services: Services) -> Response[bytes]:
    """The same arguments as application/x-www-form-urlencoded."""
    return await _answer(request, services, None, await _form(request))


@get(
    OF_GROUP,
    opt=OPT,
    operation_id="harvestGroup",
    tags=["metadata"],
    summary="Harvest one of several groups of this server (OAI-PMH 2.0)",
    security=[{}, {"bearer": []}],
    responses=ANSWERS,
)
async def harvest_group(group_code: Code, request: Asking, services: Services) -> Response[bytes]:
    """The same of the group named; this is then the baseURL."""
    return await _answer(request, services, group_code, _query(request))


@post(
    OF_GROUP,
    opt=OPT,
    operation_id="harvestGroupByForm",
    tags=["metadata"],
    summary="Harvest one of several groups of this server (OAI-PMH 2.0), asked by a form",
    status_code=200,
    security=[{}, {"bearer": []}],
    responses={**ANSWERS, **refusals(UnsupportedMediaType)},
)
async def harvest_group_by_form(
    group_code: Code, request: Asking, services: Services
) -> Response[bytes]:
    """The same of the group named, asked by a form."""
    return await _answer(request, services, group_code, await _form(request))


def _query(request: Asking) -> list[tuple[str, str]]:
    return parse_qsl(request.url.query, keep_blank_values=True)


async def _form(request: Asking) -> list[tuple[str, str]]:
    body = (await request.body()).decode("utf-8", "replace")
    if body and request.content_type[0].lower() != FORM:
        raise UnsupportedMediaType(remedy=Text(f"Send {FORM}.", f"请使用 {FORM}。"))
    return parse_qsl(body, keep_blank_values=True)


async def _call_of(request: Asking, services: Any, group_code: str | None) -> Call:
    """The request as its bearer's, or as a visitor's to the group named or the only one.

    Raises TokenRefused, SessionOver, GroupNotNamed where there are several, NotFound.
    """
    gate: Gate = services.gate
    header = request.headers.get("authorization", "")
    if header:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise TokenRefused
        token = token.strip()

        async def renew() -> Actor:
            gate.authenticator.forget(token)
            return await gate.authenticator.actor_of(token)

        actor = await gate.authenticator.actor_of(token)
        if group_code is not None and await gate.find_group(group_code) != actor.group_id:
            raise NotFound
        return Call(services.db, services.cursors, actor, request, renew)
    group_id = await gate.find_group(group_code)
    if group_id is None:
        raise GroupNotNamed if group_code is None else NotFound
    return Call(services.db, services.cursors, visitor_actor(group_id), request)


def _pace_of(request: Asking, services: Any) -> Pace:
    state = request.app.state
    if not hasattr(state, "harvest_pace"):
        state.harvest_pace = Pace(services.settings.harvest_requests_per_minute)
    pace: Pace = state.harvest_pace
    return pace


async def _answer(
    request: Asking, services: Any, group_code: str | None, pairs: list[tuple[str, str]]
) -> Response[bytes]:
    call = await _call_of(request, services, group_code)
    visiting = call.actor.kind is ActorKind.VISITOR
    caller = f"address:{address_of(request)}" if visiting else call.actor.name
    async with _pace_of(request, services).turn(caller):
        try:
            document = await _document(call, group_code, pairs)
        except Unavailable as busy:
            if busy.retry_after_s is None:
                busy.retry_after_s = BUSY_S
            raise
    return Response(document, media_type=MEDIA_TYPE)


async def _document(call: Call, group_code: str | None, pairs: list[tuple[str, str]]) -> bytes:
    base_url = addresses_of(call).base + PATH + (f"/{group_code}" if group_code else "")
    domain = service.domain_at(base_url)
    try:
        asked = rules.read(pairs)
    except OaiError as unreadable:
        wrong = unreadable
        # Where the arguments cannot be read, `request` carries none (section 3.6).
        known = wrong.code not in (ErrorCode.BAD_VERB, ErrorCode.BAD_ARGUMENT)
        arguments = dict(pairs) if known else {}

        async def refuse(tx: Tx) -> bytes:
            reply = Reply(tx.now, base_url, domain, arguments)
            reply.error(wrong)
            return reply.bytes()

        return await call.read(refuse)
    return await call.read(lambda tx: _reply(tx, call, asked, base_url, domain))


async def _reply(tx: Tx, call: Call, asked: Asked, base_url: str, domain: str) -> bytes:
    # The date harvesters go on from: everything up to it has been shown.
    reply = Reply(await queries.horizon(tx), base_url, domain, asked.arguments)
    try:
        await _fill(tx, call, asked, reply)
    except OaiError as wrong:
        reply.error(wrong)
    return reply.bytes()


async def _fill(tx: Tx, call: Call, asked: Asked, reply: Reply) -> None:
    addresses = addresses_of(call)
    if asked.verb is Verb.IDENTIFY:
        settings: Settings = call.request.app.state.services.settings
        host = urlsplit(reply.base_url).hostname or "localhost"
        email = settings.contact_email or f"postmaster@{host}"
        kept = await queries.get_repository(tx)
        reply.identify(f"{kept.name} 资源共享", email, kept.earliest_at)
    elif asked.verb is Verb.LIST_METADATA_FORMATS:
        if asked.identifier is not None:
            await service.get_one(tx, asked, reply.domain)
        reply.formats(service.formats())
    elif asked.verb is Verb.LIST_SETS:
        if asked.token is not None:
            raise OaiError(ErrorCode.BAD_TOKEN, "the sets are given at once")
        reply.sets(await service.sets(tx))
    elif asked.verb is Verb.GET_RECORD:
        item = await service.get_one(tx, asked, reply.domain)
        assert asked.prefix is not None  # read() has refused a GetRecord without one
        reply.record(item, asked.prefix, addresses)
    else:
        page = await service.list_some(tx, asked, _read_token(call.cursors, asked))
        token = _write_token(call.cursors, page.token) if page.token else None
        if asked.verb is Verb.LIST_RECORDS:
            reply.records(page, addresses, token)
        else:
            reply.headers(page, token)


def _read_token(cursors: Cursors, asked: Asked) -> Token | None:
    if asked.token is None:
        return None
    try:
        token = msgspec.convert(cursors.read(LIST_NAME, asked.token), Token)
    except (BadCursor, msgspec.ValidationError) as wrong:
        raise OaiError(ErrorCode.BAD_TOKEN, "not a token of this server") from wrong
    if token.verb is not asked.verb:
        raise OaiError(ErrorCode.BAD_TOKEN, f"this token goes on with {token.verb}")
    return token


def _write_token(cursors: Cursors, token: Token) -> str:
    return cursors.write(LIST_NAME, list(msgspec.structs.astuple(token)))


ROUTES = [harvest, harvest_by_form, harvest_group, harvest_group_by_form]
