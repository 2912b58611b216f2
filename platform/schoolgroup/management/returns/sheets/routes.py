"""HTTP of returns as workbooks."""

import asyncio
from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_bodies import (
    FILE_BYTES_MAX,
    NotAFile,
    SheetOperation,
    sent_file,
)
from schoolgroup.kernel.sheet_files import SheetFormat
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE, Sheet, SheetRefused, read_sheets
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.returns.answers import rules as judging
from schoolgroup.management.returns.sheets import service
from schoolgroup.management.returns.sheets.models import Taken

TAGS = ["returns"]
OWN = "/v1/calls/{call_id:uuid}/return/sheet"
DryRun = FromQuery[Annotated[bool, QueryParameter(description="Check only: nothing is kept.")]]
OUTSIDE_WINDOW = (judging.CallClosed, judging.NotOpenYet, judging.SchoolExempt)


@get(OWN, opt=may("return:read"), operation_id="getReturnSheet", tags=TAGS,
     summary="One's school's return as a workbook", media_type=XLSX_TYPE,
     responses=refusals(NotAllowed, NotFound))  # fmt: skip
async def get_own(call_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """A line each answer, named in both languages; cells take only what the field takes."""
    return file_answer(await call.read(lambda tx: service.write_own(tx, call_id)))


@post(OWN, opt=may("return:draft"), operation_id="takeReturnSheet",
      operation_class=SheetOperation, status_code=200, tags=TAGS,
      summary="Fill in one's school's return from a workbook",
      request_max_body_size=FILE_BYTES_MAX,
      responses=refusals(NotAllowed, NotFound, judging.ReturnNotBegun, *OUTSIDE_WINDOW,
                         judging.FieldsNotReopened, WrongState, judging.ReturnBegun, StaleVersion,
                         SheetRefused, NotAFile, VersionRequired))  # fmt: skip
async def take_own(
    call_id: FromPath[UUID], call: NamedDependency[Call], dry_run: DryRun = False
) -> Response[Taken]:
    """The workbook that went out, whole or not at all; If-None-Match: * or If-Match as in PUT.

    Also the workbook of all returns of the call: what it says of one's school is taken.
    """
    begins = call.request.headers.get("if-none-match", "").strip() == "*"
    version = None if begins or dry_run else call.expected_version()
    _, sheets = await _sent(call)
    return await call.once(
        lambda tx: service.take(tx, call_id, sheets, version, dry_run=dry_run), status=200
    )


@post(OWN + "/annotated", opt=may("return:draft"), operation_id="annotateReturnSheet",
      operation_class=SheetOperation, status_code=200, tags=TAGS,
      summary="Get the workbook back with its problems beside each line",
      request_max_body_size=FILE_BYTES_MAX, media_type=XLSX_TYPE,
      responses=refusals(NotAllowed, NotFound, SheetRefused, NotAFile))  # fmt: skip
async def annotate_own(call_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """A dry run answered by the file itself with a column 问题/problem."""
    sent, sheets = await _sent(call)
    return file_answer(await call.read(lambda tx: service.annotate(tx, call_id, sent, sheets)))


@get("/v1/calls/{call_id:uuid}/sheet", opt=may("return:read"), operation_id="exportReturns",
     tags=TAGS, summary="All returns of a call, as a file",
     responses={200: ResponseSpec(bytes, description="The file.", media_type=CSV_TYPE),
                **refusals(NotAllowed, NotFound)})  # fmt: skip
async def export_returns(
    call_id: FromPath[UUID],
    call: NamedDependency[Call],
    form: FromQuery[SheetFormat] = SheetFormat.XLSX,
) -> Response[bytes]:
    """A line each school with what it submitted last; who took it stands in the audit trail.

    As XLSX with a sheet for each field of rows; a school takes its part of it back in.
    """
    return file_answer(await call.read(lambda tx: service.export(tx, call_id, form)))


async def _sent(call: Call) -> tuple[bytes, list[Sheet]]:
    """The file that was sent, and its sheets, read beside the event loop."""
    sent = await sent_file(call)
    return sent, await asyncio.to_thread(read_sheets, sent)


ROUTES = [get_own, take_own, annotate_own, export_returns]
