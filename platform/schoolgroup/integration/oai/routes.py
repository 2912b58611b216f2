"""The harvest over HTTP: OAI-PMH 2.0 by GET, and by POST with a form."""

from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec
from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec

from schoolgroup.integration.metadata.routes import addresses_of
from schoolgroup.integration.oai import queries, rules, service
from schoolgroup.integration.oai.documents import Reply
from schoolgroup.integration.oai.models import Asked, ErrorCode, OaiError, Token, Verb
from schoolgroup.kernel.bodies import UnsupportedMediaType
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Unavailable
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.paging import BadCursor, Cursors
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.texts import Text

PATH = "/oai"
FORM = "application/x-www-form-urlencoded"
MEDIA_TYPE = "text/xml"  # the framework says the charset
LIST_NAME = "oai"
BUSY_S = 20
# The protocol answers what is wrong with its arguments itself, so they are read by it alone.
OPT = {**may("resource:discover"), "own_parameters": True}
ANSWERS = {
    200: ResponseSpec(
        bytes,
        description="An OAI-PMH 2.0 response; the protocol's own errors too are answered with 200.",
        media_type="text/xml",
    ),
    **refusals(Unavailable),
}


@get(
    PATH,
    opt=OPT,
    operation_id="harvest",
    tags=["metadata"],
    summary="Harvest what is published (OAI-PMH 2.0)",
    responses=ANSWERS,
)
async def harvest(call: NamedDependency[Call]) -> Response[bytes]:
    """verb, identifier, metadataPrefix (oai_dc, lom), from, until, set, resumptionToken.

    A harvester carries a bearer token and is given what its school may discover.
    """
    return await _answer(call, parse_qsl(call.request.url.query, keep_blank_values=True))


@post(
    PATH,
    opt=OPT,
    operation_id="harvestByForm",
    tags=["metadata"],
    summary="Harvest what is published (OAI-PMH 2.0), asked by a form",
    status_code=200,
    responses={**ANSWERS, **refusals(UnsupportedMediaType)},
)
async def harvest_by_form(
    call: NamedDependency[Call], request: Request[Any, Any, Any]
) -> Response[bytes]:
    """The same arguments as application/x-www-form-urlencoded."""
    body = (await request.body()).decode("utf-8", "replace")
    if body and request.content_type[0].lower() != FORM:
        raise UnsupportedMediaType(remedy=Text(f"Send {FORM}.", f"请使用 {FORM}。"))
    return await _answer(call, parse_qsl(body, keep_blank_values=True))


async def _answer(call: Call, pairs: list[tuple[str, str]]) -> Response[bytes]:
    base_url = addresses_of(call).base + PATH
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

        return Response(await call.read(refuse), media_type=MEDIA_TYPE)
    try:
        document = await call.read(lambda tx: _reply(tx, call, asked, base_url, domain))
    except Unavailable as busy:
        if busy.retry_after_s is None:
            busy.retry_after_s = BUSY_S
        raise
    return Response(document, media_type=MEDIA_TYPE)


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
        earliest = await queries.earliest(tx)
        reply.identify("Schoolgroup 资源共享", email, earliest)
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


ROUTES = [harvest, harvest_by_form]
