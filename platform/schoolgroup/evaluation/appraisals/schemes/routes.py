"""Schemes over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.evaluation.appraisals.schemes import rules, service
from schoolgroup.evaluation.appraisals.schemes.models import (
    Adoption,
    SchemeInput,
    SchemeLine,
    SchemeTaken,
    SchemeView,
)
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, file_answer, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.sheet_bodies import SheetOperation
from schoolgroup.kernel.sheets import SheetRefused
from schoolgroup.kernel.transitions import WrongState

TAGS = ["appraisals"]


@post(
    "/v1/appraisal-schemes",
    opt=may(rules.SET),
    operation_id="createAppraisalScheme",
    tags=TAGS,
    summary="Write a scheme: a tree of weighted indicators",
    responses=refusals(rules.SchemeInvalid, rules.WeightsWrong, rules.EditionTaken),
)
async def create(data: JSONBody[SchemeInput], call: NamedDependency[Call]) -> Response[SchemeView]:
    """A draft; weights of each node's children make 10,000 basis points."""
    return await call.once(
        lambda tx: service.create(tx, data), location=lambda s: f"/v1/appraisal-schemes/{s.id}"
    )


@post(
    "/v1/appraisal-schemes/import",
    opt=may(rules.SET),
    operation_id="importAppraisalScheme",
    operation_class=SheetOperation,
    status_code=200,
    tags=TAGS,
    summary="A scheme from a YAML, JSON or XLSX file",
    responses=refusals(rules.SchemeInvalid, rules.WeightsWrong, rules.EditionTaken, SheetRefused),
)
async def import_scheme(
    call: NamedDependency[Call],
    dry_run: FromQuery[
        Annotated[bool, QueryParameter(description="Check everything, keep nothing.")]
    ] = False,
) -> Response[SchemeTaken]:
    """As the export writes it; where the code is known, the draft is its next edition."""
    content = await call.request.body()
    return await call.once(
        lambda tx: service.import_scheme(tx, content, dry_run=dry_run), status=200
    )


@post(
    "/v1/appraisal-schemes/adopt",
    opt=may(rules.SET),
    operation_id="adoptAppraisalScheme",
    tags=TAGS,
    summary="Take a ready scheme: the national balance check of 2017",
    responses=refusals(rules.EditionTaken),
)
async def adopt(data: JSONBody[Adoption], call: NamedDependency[Call]) -> Response[SchemeView]:
    """义务教育优质均衡资源配置七项指标（教督〔2017〕6号）, as a draft."""
    return await call.once(
        lambda tx: service.adopt(tx, data), location=lambda s: f"/v1/appraisal-schemes/{s.id}"
    )


@get(
    "/v1/appraisal-schemes",
    opt=may(rules.READ),
    operation_id="listAppraisalSchemes",
    tags=TAGS,
    summary="Schemes: the group's published ones, and the own",
)
async def list_schemes(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[SchemeLine]]:
    """The newest first."""
    return await call.page(
        "appraisal-schemes", limit, cursor, service.list_schemes, key_of=lambda s: [str(s.id)]
    )


@get(
    "/v1/appraisal-schemes/{scheme_id:uuid}",
    opt=may(rules.READ),
    operation_id="getAppraisalScheme",
    tags=TAGS,
    summary="One scheme with its tree",
    responses=refusals(NotFound),
)
async def get_one(scheme_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[SchemeView]:
    """Once published, with the hash its results name."""
    return await call.item(lambda tx: service.get(tx, scheme_id))


@put(
    "/v1/appraisal-schemes/{scheme_id:uuid}",
    opt=may(rules.SET),
    operation_id="changeAppraisalScheme",
    tags=TAGS,
    summary="Write a draft anew",
    responses=refusals(
        NotFound,
        rules.SchemeInvalid,
        rules.WeightsWrong,
        rules.SchemeFixed,
        StaleVersion,
        VersionRequired,
    ),
)
async def change(
    scheme_id: FromPath[UUID], data: JSONBody[SchemeInput], call: NamedDependency[Call]
) -> Response[SchemeView]:
    """The whole of it; If-Match: its version."""
    return await call.change(lambda tx, version: service.change(tx, scheme_id, data, version))


@post(
    "/v1/appraisal-schemes/{scheme_id:uuid}/publish",
    opt=may(rules.SET),
    operation_id="publishAppraisalScheme",
    status_code=200,
    tags=TAGS,
    summary="Publish a scheme: from here on it never changes",
    responses=refusals(NotFound, WrongState, rules.SchemeInvalid, rules.WeightsWrong),
)
async def publish(scheme_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[SchemeView]:
    """Its hash is told with every result."""
    return await call.once(lambda tx: service.publish(tx, scheme_id), status=200)


@post(
    "/v1/appraisal-schemes/{scheme_id:uuid}/retire",
    opt=may(rules.SET),
    operation_id="retireAppraisalScheme",
    status_code=200,
    tags=TAGS,
    summary="Retire a scheme: no new round begins with it",
    responses=refusals(NotFound, WrongState),
)
async def retire(scheme_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[SchemeView]:
    """Rounds that run go on."""
    return await call.once(lambda tx: service.retire(tx, scheme_id), status=200)


@post(
    "/v1/appraisal-schemes/{scheme_id:uuid}/revise",
    opt=may(rules.SET),
    operation_id="reviseAppraisalScheme",
    tags=TAGS,
    summary="A draft of the next edition",
    responses=refusals(NotFound, WrongState, rules.EditionTaken),
)
async def revise(scheme_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[SchemeView]:
    """Equal to this one, to be changed."""
    return await call.once(
        lambda tx: service.revise(tx, scheme_id),
        location=lambda s: f"/v1/appraisal-schemes/{s.id}",
    )


@get(
    "/v1/appraisal-schemes/{scheme_id:uuid}/export",
    opt=may(rules.READ),
    operation_id="exportAppraisalScheme",
    tags=TAGS,
    summary="A scheme as a YAML, JSON or XLSX file",
    media_type="application/yaml",
    responses=refusals(NotFound),
)
async def export(
    scheme_id: FromPath[UUID],
    call: NamedDependency[Call],
    file_format: Annotated[
        service.SchemeFormat, QueryParameter(name="format", description="How it is written.")
    ] = service.SchemeFormat.YAML,
) -> Response[bytes]:
    """The import reads it back."""
    file = await call.read(lambda tx: service.export(tx, scheme_id, file_format))
    return file_answer(file)


ROUTES = [
    create,
    import_scheme,
    adopt,
    list_schemes,
    get_one,
    change,
    publish,
    retire,
    revise,
    export,
]
