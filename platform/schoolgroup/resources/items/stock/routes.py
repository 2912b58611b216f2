"""Stock-taking over HTTP: the sheet out, the counted sheet in, labels, figures."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, TooLarge, Unauthenticated
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_bodies import (
    NotAFile,
    SheetOperation,
    sent_rows,
)
from schoolgroup.kernel.sheet_files import ListFormat, SheetFile, TableFormat, table_file
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE, SheetRefused
from schoolgroup.resources.items.stock import service
from schoolgroup.resources.items.stock.models import Figure, FigureList, StockTaken

TAGS = ["items"]
FILE_BYTES_MAX = 4 * 1024 * 1024
DryRun = FromQuery[Annotated[bool, QueryParameter(description="Check only: nothing is kept.")]]
OfResource = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this resource.")]]
OfSet = FromQuery[
    Annotated[UUID | None, QueryParameter(description="Only those entered together.")]
]
AsForm = FromQuery[Annotated[ListFormat, QueryParameter(description="json, csv or xlsx.")]]


@get(
    "/v1/items/sheet",
    opt=may(service.KEEP),
    operation_id="stockSheet",
    tags=TAGS,
    summary="The sheet for stock-taking, in the order of the shelves",
    media_type=CSV_TYPE,
    responses=refusals(Unauthenticated, NotAllowed, TooLarge, Invalid),
)
async def stock_sheet(
    call: NamedDependency[Call],
    resource_id: OfResource = None,
    file_format: Annotated[
        TableFormat, QueryParameter(name="format", description="How the sheet is written.")
    ] = TableFormat.CSV,
) -> Response[bytes]:
    """Count in the empty columns 在架 (是/否), 实际位置, 实有件数, 品相, and send it back."""
    return file_answer(await call.read(lambda tx: service.sheet(tx, resource_id, file_format)))


@post(
    "/v1/items/stock-takes",
    opt=may(service.KEEP),
    operation_id="takeStock",
    operation_class=SheetOperation,
    tags=TAGS,
    status_code=200,
    summary="Send the counted sheet back",
    request_max_body_size=FILE_BYTES_MAX,
    responses=refusals(Unauthenticated, NotAllowed, SheetRefused, NotAFile, TooLarge, Invalid),
)
async def take_stock(call: NamedDependency[Call], dry_run: DryRun = False) -> Response[StockTaken]:
    """All or nothing, every problem at once: what is missing is lost, what was lost is found."""
    rows = service.counted(await sent_rows(call, service.ask_keep))
    return await call.once(lambda tx: service.take_stock(tx, rows, dry_run=dry_run), status=200)


@post(
    "/v1/items/stock-takes/annotated",
    opt=may(service.KEEP),
    operation_id="annotateStock",
    operation_class=SheetOperation,
    tags=TAGS,
    status_code=200,
    summary="Get the counted sheet back with its problems beside each row",
    request_max_body_size=FILE_BYTES_MAX,
    media_type=XLSX_TYPE,
    responses=refusals(Unauthenticated, NotAllowed, SheetRefused, NotAFile, TooLarge, Invalid),
)
async def annotate_stock(call: NamedDependency[Call]) -> Response[bytes]:
    """A dry run answered by the workbook with a column 问题/problem."""
    rows = service.counted(await sent_rows(call, service.ask_keep))
    content = await call.read(lambda tx: service.annotate(tx, rows))
    return file_answer(SheetFile("stock-problems.xlsx", XLSX_TYPE, content))


@get(
    "/v1/items/labels",
    opt=may(service.KEEP),
    operation_id="itemLabels",
    tags=TAGS,
    summary="Barcode labels to print",
    media_type=MediaType.HTML,
    responses=refusals(Unauthenticated, NotAllowed),
)
async def item_labels(
    call: NamedDependency[Call], resource_id: OfResource = None, set_id: OfSet = None
) -> Response[str]:
    """One page that needs nothing from outside, at most 240 labels, in the order of the shelves."""
    page = await call.read(lambda tx: service.label_page(tx, resource_id, set_id))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return Response(page, media_type=MediaType.HTML, headers={"Content-Security-Policy": policy})


@get(
    "/v1/items/figures",
    opt=may(service.FIGURES),
    operation_id="itemFigures",
    tags=TAGS,
    summary="Where the items of each school are: out, overdue, lost",
    responses=refusals(Unauthenticated, NotAllowed, Invalid),
)
async def item_figures(
    call: NamedDependency[Call], form: AsForm = ListFormat.JSON
) -> Response[FigureList]:
    """The caller's school; the office sees all."""
    rows = await call.read(service.figures)
    if form is ListFormat.JSON:
        return Response(FigureList(rows))
    names = [field.name for field in msgspec.structs.fields(Figure)]
    cells = [[getattr(row, name) for name in names] for row in rows]
    answer: Any = file_answer(await table_file("items", names, cells, form))
    return answer  # type: ignore[no-any-return]  # a file instead of the JSON


ROUTES = [stock_sheet, take_stock, annotate_stock, item_labels, item_figures]
