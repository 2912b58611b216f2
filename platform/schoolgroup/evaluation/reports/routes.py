"""Reports over HTTP: one address, five recipients, three forms."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.evaluation.reports import service
from schoolgroup.evaluation.reports.models import Asked, Export, Form, Language, Recipient
from schoolgroup.evaluation.reports.rules import ReportInvalid
from schoolgroup.evaluation.statistics.service import Embargoed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import JSON, Call, may, refusals
from schoolgroup.kernel.sheets import XLSX_TYPE

TAGS = ["exams"]
HTML = "text/html; charset=utf-8"
TYPES = {Form.JSON: JSON, Form.XLSX: XLSX_TYPE, Form.HTML: HTML}
Word = FromQuery[Annotated[str | None, QueryParameter(max_length=40)]]


@get(
    "/v1/releases/{release_id:uuid}/report",
    opt=may("release:read", on_standby=True),
    operation_id="getReport",
    tags=TAGS,
    summary="A report for a pupil, class, teacher, school or the group",
    responses={
        200: ResponseSpec(bytes, description="The report.", media_type=JSON),
        **refusals(NotFound, Embargoed, ReportInvalid, service.ForTheOrganiser),
    },
)
async def get_report(
    release_id: FromPath[UUID],
    call: NamedDependency[Call],
    recipient: FromQuery[
        Annotated[Recipient, QueryParameter(description="For whom.")]
    ] = Recipient.SCHOOL,
    form: FromQuery[
        Annotated[Form, QueryParameter(description="json, xlsx or html (to print).")]
    ] = Form.JSON,
    lang: FromQuery[
        Annotated[Language | None, QueryParameter(description="en or zh; else by Accept-Language.")]
    ] = None,
    subject: Word = None,
    class_label: Word = None,
    exam_number: Word = None,
    names: FromQuery[
        Annotated[bool, QueryParameter(description="With the own school's names (audited).")]
    ] = False,
    prior_release_id: FromQuery[
        Annotated[
            UUID | None,
            QueryParameter(description="The earlier results value-added is reckoned from."),
        ]
    ] = None,
    wright: FromQuery[
        Annotated[bool, QueryParameter(description="With a Wright map (Rasch model).")]
    ] = False,
) -> Response[bytes]:
    """What the release tells this recipient, no more; the same request gives the same bytes."""
    asked = Asked(recipient, subject, class_label, exam_number, names, prior_release_id, wright)
    made = await call.read(lambda tx: service.report(tx, release_id, asked, form))
    language = lang or Language(call.language)
    content = await service.written(made, form, language)
    headers = {"Content-Language": str(language), "Vary": "Accept-Language"}
    if form is Form.HTML:
        headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'"
    if form is not Form.JSON:
        name = f"{recipient}-{str(release_id)[-12:]}.{form}"
        how = "inline" if form is Form.HTML else "attachment"
        headers["Content-Disposition"] = f'{how}; filename="{name}"'
    return Response(content, media_type=TYPES[form], headers=headers)


@get(
    "/v1/releases/{release_id:uuid}/own-part",
    opt=may("release:read", on_standby=True),
    operation_id="getOwnPart",
    tags=TAGS,
    summary="Your own school's part of a release, to be worked out anew without us",
    responses=refusals(NotFound, Embargoed),
)
async def get_own_part(release_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Export]:
    """Rows without names, papers and published figures: `schoolgroup verify --export` reads it."""
    made = await call.read(lambda tx: service.export(tx, release_id))
    name = f"release-{str(release_id)[-12:]}.json"
    return Response(made, headers={"Content-Disposition": f'attachment; filename="{name}"'})


ROUTES = [get_report, get_own_part]
