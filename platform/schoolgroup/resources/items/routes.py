"""Items over HTTP: enter, change, mark, scan; hand-overs and stock-taking stand beside them."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import (
    Invalid,
    NotFound,
    StaleVersion,
    Unauthenticated,
    VersionRequired,
)
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, link_answer, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage, StoredFile
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.items import rules, service
from schoolgroup.resources.items.handovers import routes as handovers
from schoolgroup.resources.items.models import (
    Entered,
    Item,
    ItemChange,
    ItemNote,
    ItemStatus,
    ItemsWish,
    MarkWish,
    Scanned,
    ScanWish,
)
from schoolgroup.resources.items.stock import routes as stock

TAGS = ["items"]
ONE = "/v1/items/{item_id:uuid}"
OfResource = FromQuery[Annotated[UUID | None, QueryParameter(description="Only of this resource.")]]
InStatus = FromQuery[Annotated[ItemStatus | None, QueryParameter(description="Only in this.")]]
IsOverdue = FromQuery[
    Annotated[bool | None, QueryParameter(description="Only overdue (true) or only not (false).")]
]
ByBarcode = FromQuery[
    Annotated[str | None, QueryParameter(max_length=40, description="Exactly this barcode.")]
]


@post(
    "/v1/items",
    opt=may(service.KEEP),
    operation_id="enterItems",
    tags=TAGS,
    summary="Enter items of a resource: a copy, a set as one or by its lots",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, Invalid, service.ResourceGone, rules.BarcodeTaken
    ),
)
async def enter_items(data: JSONBody[ItemsWish], call: NamedDependency[Call]) -> Response[Entered]:
    """With barcodes that are on them already, or with new ones to be printed."""
    return await call.once(lambda tx: service.enter_items(tx, data))


@get(
    "/v1/items",
    opt=may(service.READ),
    operation_id="listItems",
    tags=TAGS,
    summary="The items of the school, and those it has in hand",
    responses=refusals(Unauthenticated, BadCursor),
)
async def list_items(
    call: NamedDependency[Call],
    resource_id: OfResource = None,
    status: InStatus = None,
    overdue: IsOverdue = None,
    barcode: ByBarcode = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Item]]:
    """Newest first."""
    return await call.page(
        "items",
        limit,
        cursor,
        lambda tx, page: service.list_items(tx, resource_id, status, overdue, barcode, page),
        key_of=lambda item: [item.id],
    )


@get(
    ONE,
    opt=may(service.READ),
    operation_id="getItem",
    tags=TAGS,
    summary="One item and where it is now",
    responses=refusals(Unauthenticated, NotFound),
)
async def get_item(item_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Item]:
    """Always as of now: an item becomes overdue without its version moving."""
    item = await call.read(lambda tx: service.get_item(tx, item_id))
    return Response(item, headers={"ETag": f'"{item.version}"'})


@patch(
    ONE,
    opt=may(service.KEEP),
    operation_id="changeItem",
    tags=TAGS,
    summary="Change an item's place, pieces or condition",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, Invalid, WrongState, StaleVersion, VersionRequired
    ),
)
async def change_item(
    item_id: FromPath[UUID], data: JSONBody[ItemChange], call: NamedDependency[Call]
) -> Response[Item]:
    """Whether it can be lent at all is marked, with a reason."""
    return await call.change(lambda tx, version: service.change_item(tx, item_id, data, version))


@post(
    "/v1/items/{item_id:uuid}/mark",
    opt=may(service.KEEP),
    operation_id="markItem",
    tags=TAGS,
    status_code=200,
    summary="Mark an item as damaged, repaired, lost, found or withdrawn",
    responses=refusals(
        Unauthenticated, NotAllowed, NotFound, Invalid, WrongState, service.NotAPhoto
    ),
)
async def mark_item(
    item_id: FromPath[UUID], data: JSONBody[MarkWish], call: NamedDependency[Call]
) -> Response[Item]:
    """The seats of the offer that lends it follow at once; a found one serves who waits."""
    return await call.once(lambda tx: service.mark_item(tx, item_id, data), status=200)


@post(
    "/v1/items/scan",
    opt=may(service.SCAN),
    operation_id="scanItem",
    tags=TAGS,
    status_code=200,
    summary="Scan a barcode: what should happen next",
    responses=refusals(Unauthenticated, NotFound, Invalid, rules.AmbiguousBarcode),
)
async def scan_item(data: JSONBody[ScanWish], call: NamedDependency[Call]) -> Response[Scanned]:
    """In the librarian's words, with the requests that would do it; the scan changes nothing."""
    return Response(await call.read(lambda tx: service.scan(tx, data)), status_code=200)


@get(
    "/v1/items/{item_id:uuid}/notes",
    opt=may(service.READ),
    operation_id="listItemNotes",
    tags=TAGS,
    summary="What was noted about an item's condition",
    responses=refusals(Unauthenticated, NotFound, BadCursor),
)
async def list_notes(
    item_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[ItemNote]]:
    """Newest first; a school that had it in hand reads the notes of its own hand-overs."""
    return await call.page(
        f"notes of {item_id}",
        limit,
        cursor,
        lambda tx, page: service.list_notes(tx, item_id, page),
        key_of=lambda note: [note.id],
    )


@get(
    "/v1/item-notes/{note_id:uuid}/photo",
    opt=may(service.READ),
    operation_id="openItemPhoto",
    tags=TAGS,
    status_code=307,
    summary="Open the picture of a note",
    responses=refusals(Unauthenticated, NotFound),
)
async def open_photo(
    note_id: FromPath[UUID],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
    services: NamedDependency[Any],
) -> Response[None]:
    """307 to a link of short life."""
    settings: Settings = services.settings
    photo, lives_for = await call.read(
        lambda tx: service.photo_at(tx, note_id, settings.download_link_s)
    )
    file = StoredFile(f"{note_id}", photo.object_key, photo.media_type)
    return link_answer(storage, file, lives_for)


ROUTES = [
    enter_items,
    list_items,
    get_item,
    change_item,
    mark_item,
    scan_item,
    list_notes,
    open_photo,
    *handovers.ROUTES,
    *stock.ROUTES,
]
