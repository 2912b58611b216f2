"""Exports over HTTP: resources by the filters of their list, and editions of lists."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.integration.exports import service
from schoolgroup.integration.exports.models import Form
from schoolgroup.integration.metadata.routes import addresses_of
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheets import CSV_TYPE
from schoolgroup.resources.catalogue.models import Kind, Licence, Owner, Stage, Status
from schoolgroup.resources.search.models import Wanted
from schoolgroup.resources.search.routes import (
    Able,
    Keyword,
    Language,
    MediaType,
    Minutes,
    Node,
    Q,
    Word,
)

AsForm = FromQuery[Annotated[Form, QueryParameter(description="csv, xlsx or jsonld.")]]


FILE = ResponseSpec(bytes, description="The file.", media_type=CSV_TYPE)


@get(
    "/v1/resources/export",
    opt=may(service.DISCOVER, on_standby=True),
    operation_id="exportResources",
    tags=["resources"],
    summary="What a list of resources shows, as a file",
    responses={200: FILE, **refusals(service.TooMuch)},
)
async def export_resources(
    call: NamedDependency[Call],
    form: AsForm = Form.CSV,
    q: Q = None,
    kind: FromQuery[Kind | None] = None,
    stage: FromQuery[Stage | None] = None,
    subject: Word = None,
    edition: Word = None,
    grade: Word = None,
    volume: Word = None,
    node: Node = None,
    licence: FromQuery[Licence | None] = None,
    language: Language = None,
    keyword: Keyword = None,
    school_id: FromQuery[UUID | None] = None,
    minutes_from: Minutes = None,
    minutes_to: Minutes = None,
    media_type: MediaType = None,
    owner: FromQuery[Owner | None] = None,
    status: FromQuery[Status | None] = None,
    can: Able = None,
) -> Response[bytes]:
    """Only what the caller may see; a school's own rows can be mended and imported again."""
    wanted = Wanted(
        q=q, kind=kind, stage=stage, subject=subject, edition=edition, grade=grade, volume=volume,
        node=node, licence=licence, language=language, keyword=keyword, school_id=school_id,
        minutes_from=minutes_from, minutes_to=minutes_to, media_type=media_type, owner=owner,
        status=status, can=can,
    )  # fmt: skip
    addresses = addresses_of(call)
    return file_answer(
        await call.read(lambda tx: service.export_resources(tx, wanted, form, addresses))
    )


@get(
    "/v1/list-editions/{edition_id:uuid}/export",
    opt=may(service.READ, on_standby=True),
    operation_id="exportEdition",
    tags=["lists"],
    summary="An edition of a list, as a file",
    responses={200: FILE, **refusals(NotFound)},
)
async def export_edition(
    edition_id: FromPath[UUID], call: NamedDependency[Call], form: AsForm = Form.CSV
) -> Response[bytes]:
    """Its entries in order, as far as the caller may see them; a broken one says so."""
    addresses = addresses_of(call)
    return file_answer(
        await call.read(lambda tx: service.export_edition(tx, edition_id, form, addresses))
    )


ROUTES = [export_resources, export_edition]
