"""Stock-taking over HTTP: the sheet out, the counted sheet in, labels, figures."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import MediaType, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.imports.routes import MEDIA_TYPES, NotAFile, SheetOperation
from schoolgroup.kernel.errors import Invalid, TooLarge, Unauthenticated
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE, Row, SheetRefused, write_csv, write_xlsx
from schoolgroup.resources.items.stock import service
from schoolgroup.resources.items.stock.models import Figure, FigureList, SheetForm, StockTaken
from schoolgroup.resources.lending.figures.models import Form

TAGS = ["items"]
FILE_BYTES_MAX = 4 * 1024 * 1024
DryRun = FromQuery[Annotated[bool, QueryParameter(description="Check only: nothing is kept.")]]
OfResource = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this resource.")]]
OfSet = FromQuery[
    Annotated[UUID | None, QueryParameter(description="Only those entered together.")]
]
AsForm = FromQuery[Annotated[Form, QueryParameter(description="json, csv or xlsx.")]]


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
        SheetForm, QueryParameter(name="format", description="How the sheet is written.")
    ] = SheetForm.CSV,
) -> Response[bytes]:
    """Count in the empty columns 在架 (是/否), 实际位置, 实有件数, 品相, and send it back."""
    content = await call.read(lambda tx: service.sheet(tx, resource_id, file_format))
    kind = XLSX_TYPE if file_format is SheetForm.XLSX else CSV_TYPE
    return _file(content, kind, f"stock.{file_format}")


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
    rows = await _read(call)
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
    rows = await _read(call)
    content = await call.read(lambda tx: service.annotate(tx, rows))
    return _file(content, XLSX_TYPE, "stock-problems.xlsx")


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
    call: NamedDependency[Call], form: AsForm = Form.JSON
) -> Response[FigureList]:
    """The caller's school; the office sees all."""
    rows = await call.read(service.figures)
    if form is Form.JSON:
        return Response(FigureList(rows))
    names = [field.name for field in msgspec.structs.fields(Figure)]
    cells = [[getattr(row, name) for name in names] for row in rows]
    answer: Any = (
        _file(write_xlsx("items", names, cells), XLSX_TYPE, "items.xlsx")
        if form is Form.XLSX
        else _file(write_csv(names, cells), CSV_TYPE, "items.csv")
    )
    return answer  # type: ignore[no-any-return]  # a file instead of the JSON


async def _read(call: Call) -> list[Row]:
    media_type = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise NotAFile
    await call.read(service.ask_keep)
    return await service.read_file(await call.request.body())


def _file(content: bytes, media_type: str, name: str) -> Response[bytes]:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


ROUTES = [stock_sheet, take_stock, annotate_stock, item_labels, item_figures]
