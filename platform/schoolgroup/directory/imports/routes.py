"""Rosters as files over HTTP: import, a dry run, the file back with its problems, export."""

from typing import Annotated

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.imports import rules, service
from schoolgroup.directory.imports.models import (
    ExportKind,
    ImportResult,
    Kind,
)
from schoolgroup.directory.people.rules import LastAdministrator
from schoolgroup.kernel.errors import Invalid, TooLarge
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_bodies import FILE_BYTES_MAX, NotAFile, SheetOperation, sent_rows
from schoolgroup.kernel.sheet_files import TableFormat
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE, SheetRefused

TAGS = ["directory"]
DryRun = FromQuery[Annotated[bool, QueryParameter(description="Check only: nothing is kept.")]]


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
    rows = await sent_rows(call, service.ask_import)
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
    rows = await sent_rows(call, service.ask_import)
    return file_answer(await call.read(lambda tx: service.annotate(tx, kind, rows)))


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
        TableFormat, QueryParameter(name="format", description="How the file is written.")
    ] = TableFormat.CSV,
) -> Response[bytes]:
    """A file the import reads back; the audit trail keeps who took it."""
    return file_answer(await call.read(lambda tx: service.export(tx, kind, file_format)))


ROUTES = [import_directory, annotate, export_directory]
