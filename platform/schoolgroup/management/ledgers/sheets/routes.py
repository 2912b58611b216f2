"""HTTP of ledgers as sheets: template, dry run, import, the sheet back, export."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed, OutOfScope
from schoolgroup.kernel.errors import Invalid, NotFound
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_bodies import (
    FILE_BYTES_MAX,
    NotAFile,
    SheetOperation,
    sent_rows,
)
from schoolgroup.kernel.sheet_files import TableFormat
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE, SheetRefused
from schoolgroup.management.ledgers.items import models as items
from schoolgroup.management.ledgers.items.models import ItemFilter, ItemStatus
from schoolgroup.management.ledgers.sheets import rules, service
from schoolgroup.management.ledgers.sheets.models import ImportResult

TAGS = ["ledgers"]
LEDGER = "/v1/ledgers/{ledger_id:uuid}"
DryRun = FromQuery[Annotated[bool, QueryParameter(description="Check only: nothing is kept.")]]
AsForm = FromQuery[Annotated[TableFormat, QueryParameter(description="csv or xlsx.")]]
OfThis = Annotated[UUID | None, QueryParameter(description="Only those of this one.")]
OfCategory = Annotated[
    str | None, QueryParameter(max_length=40, description="Only those of this category.")
]
REFUSALS = (
    NotAllowed, OutOfScope, NotFound, SheetRefused, rules.TooManyRows, NotAFile, Invalid,
)  # fmt: skip


@get(LEDGER + "/import/template", opt=may(items.ENTER), operation_id="getLedgerTemplate",
     tags=TAGS, summary="The empty sheet for an import of items", media_type=XLSX_TYPE,
     responses=refusals(NotAllowed, OutOfScope, NotFound))  # fmt: skip
async def get_template(
    ledger_id: FromPath[UUID], call: NamedDependency[Call], form: AsForm = TableFormat.XLSX
) -> Response[bytes]:
    """With the columns an import takes."""
    await call.read(lambda tx: service.ask_import(tx, ledger_id))
    return file_answer(await service.template(form))


@post(LEDGER + "/import", opt=may(items.ENTER), operation_id="importLedger",
      operation_class=SheetOperation, tags=TAGS, summary="Take items over from a sheet",
      status_code=200, request_max_body_size=FILE_BYTES_MAX,
      responses=refusals(*REFUSALS))  # fmt: skip
async def import_ledger(
    ledger_id: FromPath[UUID], call: NamedDependency[Call], dry_run: DryRun = False
) -> Response[ImportResult]:
    """All or nothing, every problem at once; the same file a second time changes nothing.

    Columns, in English or Chinese: title 事项, category 类别, due_on 办结期限, and any of ref 编号,
    detail 说明, school_code 责任学校, person 责任人, opened_on 立项日期, source_note 来源, measure
    举措序号; of what was kept elsewhere also evidence 佐证, reported_on 报告日期, reported_by
    报告人, closed_on 销号日期, closed_by 销号人, dropped_on 撤销日期, because 撤销原因.
    """
    rows = await sent_rows(call, lambda tx: service.ask_import(tx, ledger_id))
    return await call.once(
        lambda tx: service.import_rows(tx, ledger_id, rows, dry_run=dry_run), status=200
    )


@post(LEDGER + "/import/annotated", opt=may(items.ENTER), operation_id="annotateLedgerImport",
      operation_class=SheetOperation, tags=TAGS,
      summary="Get the sheet back with its problems beside each row", status_code=200,
      request_max_body_size=FILE_BYTES_MAX, media_type=XLSX_TYPE,
      responses=refusals(*REFUSALS))  # fmt: skip
async def annotate(ledger_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[bytes]:
    """A dry run answered by the workbook with a column 问题/problem: mend it and send it back."""
    rows = await sent_rows(call, lambda tx: service.ask_import(tx, ledger_id))
    return file_answer(await call.read(lambda tx: service.annotate(tx, ledger_id, rows)))


@get(LEDGER + "/export", opt=may(items.READ), operation_id="exportLedger", tags=TAGS,
     summary="The items of a ledger, as a file",
     responses={200: ResponseSpec(bytes, description="The file.", media_type=CSV_TYPE),
                **refusals(NotFound, service.ExportTooLarge)})  # fmt: skip
async def export_ledger(
    ledger_id: FromPath[UUID],
    call: NamedDependency[Call],
    form: AsForm = TableFormat.CSV,
    measure_id: FromQuery[OfThis] = None,
    school_id: FromQuery[OfThis] = None,
    category: FromQuery[OfCategory] = None,
    status: FromQuery[ItemStatus | None] = None,
    overdue: FromQuery[bool | None] = None,
) -> Response[bytes]:
    """What the list shows for the same filters, as far as the caller may see it."""
    wanted = ItemFilter(
        ledger_id=ledger_id, measure_id=measure_id, school_id=school_id, category=category,
        status=status, overdue=overdue,
    )  # fmt: skip
    return file_answer(await call.read(lambda tx: service.export(tx, ledger_id, wanted, form)))


ROUTES = [get_template, import_ledger, annotate, export_ledger]
