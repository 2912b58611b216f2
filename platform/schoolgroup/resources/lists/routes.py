"""Lists, their editions and entries over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, etag, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.lists import rules, service
from schoolgroup.resources.lists.models import (
    CREATE,
    CURATE,
    READ,
    Edition,
    EditionDraft,
    EntryChange,
    EntryWish,
    ListChange,
    ListDraft,
    ListKind,
    Order,
    ResourceList,
)

TAGS = ["lists"]
LIST = "/v1/lists/{list_id:uuid}"
EDITION = "/v1/list-editions/{edition_id:uuid}"
ENTRY = "/v1/list-entries/{entry_id:uuid}"
CHANGES = (NotFound, NotAllowed, Invalid, StaleVersion, VersionRequired)
Year = FromQuery[Annotated[int | None, QueryParameter(ge=1990, le=2200)]]


@post(
    "/v1/lists",
    opt=may(CREATE),
    operation_id="createList",
    tags=TAGS,
    summary="Begin a list of courses, readings or places",
    responses=refusals(NotAllowed, Invalid),
)
async def create_list(
    data: JSONBody[ListDraft], call: NamedDependency[Call]
) -> Response[ResourceList]:
    """Of the acting school, or of the group office; unseen by others until an edition is out."""
    return await call.once(
        lambda tx: service.create(tx, data), location=lambda made: f"/v1/lists/{made.id}"
    )


@get(
    "/v1/lists",
    opt=may(READ),
    operation_id="listLists",
    tags=TAGS,
    summary="The lists one may read, newest first",
    responses=refusals(BadCursor),
)
async def list_lists(
    call: NamedDependency[Call],
    kind: FromQuery[ListKind | None] = None,
    school_year: Year = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[ResourceList]]:
    """Of a kind, or with an edition of a school year."""
    return await call.page(
        "lists",
        limit,
        cursor,
        lambda tx, page: service.find_lists(tx, kind, school_year, page),
        key_of=lambda one: [one.id],
    )


@get(
    LIST,
    opt=may(READ),
    operation_id="getList",
    tags=TAGS,
    summary="One list and its editions",
    responses=refusals(NotFound),
)
async def get_list(list_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[ResourceList]:
    """Newest school year first; drafts for those who curate it."""
    found = await call.read(lambda tx: service.get(tx, list_id))
    return Response(found, headers=etag(found))


@patch(
    LIST,
    opt=may(CURATE),
    operation_id="changeList",
    tags=TAGS,
    summary="Change what a list says of itself",
    responses=refusals(*CHANGES),
)
async def change_list(
    list_id: FromPath[UUID], data: JSONBody[ListChange], call: NamedDependency[Call]
) -> Response[ResourceList]:
    """Its title, its summary, whom it is for."""
    return await call.change(lambda tx, version: service.change(tx, list_id, data, version))


@delete(
    LIST,
    opt=may(CURATE),
    operation_id="deleteList",
    tags=TAGS,
    summary="Delete a list of which nothing was published",
    status_code=204,
    responses=refusals(NotFound, NotAllowed, StaleVersion, VersionRequired, service.ListPublished),
)
async def delete_list(list_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """With its draft edition."""
    version = call.expected_version()
    await call.read(lambda tx: service.delete(tx, list_id, version))


@post(
    f"{LIST}/editions",
    opt=may(CURATE),
    operation_id="beginEdition",
    tags=TAGS,
    summary="Begin the edition of a school year",
    responses=refusals(NotFound, NotAllowed, Invalid, service.EditionExists, service.DraftOpen),
)
async def begin_edition(
    list_id: FromPath[UUID], data: JSONBody[EditionDraft], call: NamedDependency[Call]
) -> Response[Edition]:
    """Empty, or rolled over: `attention` then reports what is dead or has changed since."""
    return await call.once(
        lambda tx: service.begin_edition(tx, list_id, data),
        location=lambda made: f"/v1/list-editions/{made.id}",
    )


@get(
    EDITION,
    opt=may(READ),
    operation_id="getEdition",
    tags=TAGS,
    summary="One edition with its entries in order",
    responses=refusals(NotFound),
)
async def get_edition(edition_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Edition]:
    """Always as of now: how its resources stand moves without the edition's version moving."""
    edition = await call.read(lambda tx: service.get_edition(tx, edition_id))
    return Response(edition, headers=etag(edition))


@post(
    f"{EDITION}/publish",
    opt=may(CURATE),
    operation_id="publishEdition",
    tags=TAGS,
    summary="Publish an edition",
    status_code=200,
    responses=refusals(NotFound, NotAllowed, WrongState, rules.EmptyEdition),
)
async def publish_edition(
    edition_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Edition]:
    """It never changes from then on."""
    return await call.once(lambda tx: service.move_edition(tx, edition_id, "publish"), status=200)


@post(
    f"{EDITION}/archive",
    opt=may(CURATE),
    operation_id="archiveEdition",
    tags=TAGS,
    summary="Archive an edition",
    status_code=200,
    responses=refusals(NotFound, NotAllowed, WrongState),
)
async def archive_edition(
    edition_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Edition]:
    """It can still be read."""
    return await call.once(lambda tx: service.move_edition(tx, edition_id, "archive"), status=200)


@delete(
    EDITION,
    opt=may(CURATE),
    operation_id="discardEdition",
    tags=TAGS,
    summary="Discard a draft edition",
    status_code=204,
    responses=refusals(NotFound, NotAllowed, WrongState, StaleVersion, VersionRequired),
)
async def discard_edition(edition_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """With its entries."""
    version = call.expected_version()
    await call.read(lambda tx: service.discard_edition(tx, edition_id, version))


@put(
    f"{EDITION}/order",
    opt=may(CURATE),
    operation_id="orderEntries",
    tags=TAGS,
    summary="Put the entries of a draft in order",
    responses=refusals(*CHANGES, WrongState, rules.OrderMismatch),
)
async def order_entries(
    edition_id: FromPath[UUID], data: JSONBody[Order], call: NamedDependency[Call]
) -> Response[Edition]:
    """Every entry is named, once."""
    return await call.change(
        lambda tx, version: service.put_in_order(tx, edition_id, data.entry_ids, version)
    )


@post(
    f"{EDITION}/entries",
    opt=may(CURATE),
    operation_id="addEntry",
    tags=TAGS,
    summary="Add an entry to a draft edition",
    responses=refusals(
        NotFound, NotAllowed, Invalid, WrongState, service.EntryTwice, service.EditionFull
    ),
)
async def add_entry(
    edition_id: FromPath[UUID], data: JSONBody[EntryWish], call: NamedDependency[Call]
) -> Response[Edition]:
    """A resource one may find, a book, or a place; the last one, until it is put in order."""
    return await call.once(lambda tx: service.add_entry(tx, edition_id, data))


@patch(
    ENTRY,
    opt=may(CURATE),
    operation_id="changeEntry",
    tags=TAGS,
    summary="Change an entry of a draft edition",
    responses=refusals(*CHANGES, WrongState, service.EntryTwice),
)
async def change_entry(
    entry_id: FromPath[UUID], data: JSONBody[EntryChange], call: NamedDependency[Call]
) -> Response[Edition]:
    """If-Match names the entry's own version; the answer is the whole edition."""
    return await call.change(lambda tx, version: service.change_entry(tx, entry_id, data, version))


@delete(
    ENTRY,
    opt=may(CURATE),
    operation_id="removeEntry",
    tags=TAGS,
    summary="Take an entry out of a draft edition",
    status_code=204,
    responses=refusals(NotFound, NotAllowed, WrongState, StaleVersion, VersionRequired),
)
async def remove_entry(entry_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """If-Match names the entry's own version."""
    version = call.expected_version()
    await call.read(lambda tx: service.remove_entry(tx, entry_id, version))


ROUTES = [
    create_list,
    list_lists,
    get_list,
    change_list,
    delete_list,
    begin_edition,
    get_edition,
    publish_edition,
    archive_edition,
    discard_edition,
    order_entries,
    add_entry,
    change_entry,
    remove_entry,
]
