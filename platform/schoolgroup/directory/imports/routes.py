"""Rosters as files over HTTP: import, a dry run, the file back with its problems, export."""

from dataclasses import dataclass
from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType
from litestar.params import FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.imports import rules, service
from schoolgroup.directory.imports.models import (
    ExportKind,
    FileFormat,
    ImportResult,
    Kind,
    SheetFile,
)
from schoolgroup.directory.people.rules import LastAdministrator
from schoolgroup.kernel.errors import Invalid, Refusal, TooLarge
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE, Row, SheetRefused
from schoolgroup.kernel.texts import Text

TAGS = ["directory"]
MEDIA_TYPES = (CSV_TYPE, XLSX_TYPE, "application/octet-stream")
FILE_BYTES_MAX = 8 * 1024 * 1024
DryRun = FromQuery[Annotated[bool, QueryParameter(description="Check only: nothing is kept.")]]


class NotAFile(Refusal):
    """The body has to be a CSV or XLSX file itself."""

    status = 415
    code = "not_a_sheet"
    title = Text("Send a CSV or XLSX file", "请上传 CSV 或 XLSX 文件")
    remedy = Text(
        f"Send the file as the body, with Content-Type {CSV_TYPE} or {XLSX_TYPE}.",
        f"请将文件作为请求正文发送，Content-Type 为 {CSV_TYPE} 或 {XLSX_TYPE}。",
    )


@dataclass
class SheetOperation(Operation):
    """Says in the API's description that the body is the file itself."""

    def __post_init__(self) -> None:
        """One binary body in any of the media types read."""
        schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        self.request_body = RequestBody(
            description="The file: UTF-8 or GB18030 CSV, or a workbook whose first sheet is read.",
            required=True,
            content={name: OpenAPIMediaType(schema=schema) for name in MEDIA_TYPES},
        )


@post(
    "/v1/directory/import",
    opt=may("directory:import"),
    operation_id="importDirectory",
    operation_class=SheetOperation,
    tags=TAGS,
    summary="Import schools, staff or circles from a file",
    status_code=200,
    request_max_body_size=FILE_BYTES_MAX,
    responses=refusals(
        NotAllowed, SheetRefused, rules.TooManyRows, NotAFile, LastAdministrator, Invalid
    ),
)
async def import_directory(
    call: NamedDependency[Call], kind: FromQuery[Kind], dry_run: DryRun = False
) -> Response[ImportResult]:
    """All or nothing, every problem at once; the same file a second time changes nothing.

    Columns, in English or Chinese: schools: code, name, stages, tier, tier_from_on, [name_en,
    address, lng, lat]; staff: username, name, school_code (empty or GROUP: the office), role,
    from_on, [until_on]; circles: circle, school_code, [circle_en, subject, from_on].
    """
    rows = await _read(call)
    return await call.once(
        lambda tx: service.import_rows(tx, kind, rows, dry_run=dry_run), status=200
    )


@post(
    "/v1/directory/import/annotated",
    opt=may("directory:import"),
    operation_id="annotateImport",
    operation_class=SheetOperation,
    tags=TAGS,
    summary="Get a file back with its problems beside each row",
    status_code=200,
    request_max_body_size=FILE_BYTES_MAX,
    media_type=XLSX_TYPE,
    responses=refusals(NotAllowed, SheetRefused, rules.TooManyRows, NotAFile, Invalid),
)
async def annotate(call: NamedDependency[Call], kind: FromQuery[Kind]) -> Response[bytes]:
    """A dry run answered by the workbook with a column 问题/problem: mend it and send it back."""
    rows = await _read(call)
    return _file(await call.read(lambda tx: service.annotate(tx, kind, rows)))


@get(
    "/v1/directory/export",
    opt=may("directory:export"),
    operation_id="exportDirectory",
    tags=TAGS,
    summary="Export schools or staff as a file",
    media_type=CSV_TYPE,
    responses=refusals(NotAllowed, TooLarge, Invalid),
)
async def export_directory(
    call: NamedDependency[Call],
    kind: FromQuery[ExportKind],
    file_format: Annotated[
        FileFormat, QueryParameter(name="format", description="How the file is written.")
    ] = FileFormat.CSV,
) -> Response[bytes]:
    """A file the import reads back; the audit trail keeps who took it."""
    return _file(await call.read(lambda tx: service.export(tx, kind, file_format)))


async def _read(call: Call) -> list[Row]:
    media_type = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise NotAFile
    await call.read(service.ask_import)
    return await service.read_file(await call.request.body())


def _file(file: SheetFile) -> Response[bytes]:
    return Response(
        file.content,
        media_type=file.media_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


ROUTES = [import_directory, annotate, export_directory]
