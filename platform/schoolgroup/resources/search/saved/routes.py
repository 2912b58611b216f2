"""Searches somebody keeps."""

from uuid import UUID

import msgspec
from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page, PageRequest
from schoolgroup.resources.search.saved import service
from schoolgroup.resources.search.saved.models import (
    Look,
    News,
    SavedSearch,
    SearchChange,
    SearchWish,
)

SEARCH = "/v1/saved-searches/{search_id:uuid}"


@post(
    "/v1/saved-searches",
    opt=may("search:keep"),
    operation_id="saveSearch",
    tags=["resources"],
    summary="Keep a search",
    responses=refusals(NotAllowed, service.TooManySearches, service.NameTaken),
)
async def save_search(
    data: JSONBody[SearchWish], call: NamedDependency[Call]
) -> Response[SavedSearch]:
    """What is found by it from now on is new."""
    return await call.once(
        lambda tx: service.save(tx, data),
        location=lambda saved: f"/v1/saved-searches/{saved.id}",
    )


@get(
    "/v1/saved-searches",
    opt=may("search:keep"),
    operation_id="listSavedSearches",
    tags=["resources"],
    summary="One's kept searches, newest first",
    responses=refusals(BadCursor),
)
async def list_saved_searches(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[SavedSearch]]:
    """Nobody sees those of others."""
    return await call.page(
        "saved-searches",
        limit,
        cursor,
        lambda tx, page: service.list_saved(tx, page),
        key_of=lambda saved: [saved.id],
    )


@get(
    SEARCH,
    opt=may("search:keep"),
    operation_id="getSavedSearch",
    tags=["resources"],
    summary="A kept search",
    responses=refusals(NotFound),
)
async def get_saved_search(
    search_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[SavedSearch]:
    """One of one's own."""
    return await call.item(lambda tx: service.get(tx, search_id))


@patch(
    SEARCH,
    opt=may("search:keep"),
    operation_id="changeSavedSearch",
    tags=["resources"],
    summary="Change a kept search",
    responses=refusals(NotFound, service.NameTaken, StaleVersion, VersionRequired),
)
async def change_saved_search(
    search_id: FromPath[UUID], data: JSONBody[SearchChange], call: NamedDependency[Call]
) -> Response[SavedSearch]:
    """Another name, or something else to look for."""
    return await call.change(lambda tx, version: service.change(tx, search_id, data, version))


@delete(
    SEARCH,
    opt=may("search:keep"),
    operation_id="deleteSavedSearch",
    tags=["resources"],
    summary="Keep a search no more",
    status_code=204,
    responses=refusals(NotFound, StaleVersion, VersionRequired),
)
async def delete_saved_search(search_id: FromPath[UUID], call: NamedDependency[Call]) -> None:
    """One of one's own."""
    version = call.expected_version()
    await call.read(lambda tx: service.delete(tx, search_id, version))


@get(
    f"{SEARCH}/new",
    opt=may("search:keep"),
    operation_id="listNewInSavedSearch",
    tags=["resources"],
    summary="What is new in a kept search",
    responses=refusals(NotFound, BadCursor),
)
async def list_new(
    search_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[News]:
    """What the caller can find now and could not when last looked; how many, and a page."""
    name = f"new in {search_id}"
    page = PageRequest(limit=limit, after=call.cursors.read(name, cursor) if cursor else None)
    news, key = await call.read(lambda tx: service.news(tx, search_id, page))
    following = call.cursors.write(name, key) if key else None
    answer = msgspec.structs.replace(news, next_cursor=following)
    return Response(answer, headers=call.link_to_next(following))


@post(
    f"{SEARCH}/look",
    opt=may("search:keep"),
    operation_id="lookAtSavedSearch",
    tags=["resources"],
    summary="Mark what is new as seen",
    status_code=200,
    responses=refusals(NotFound),
)
async def look_at_saved_search(
    search_id: FromPath[UUID], data: JSONBody[Look], call: NamedDependency[Call]
) -> Response[SavedSearch]:
    """Up to `until` of the answer that showed it: what came meanwhile stays new."""
    return await call.once(lambda tx: service.look(tx, search_id, data.until), status=200)


ROUTES = [
    save_search,
    list_saved_searches,
    get_saved_search,
    change_saved_search,
    delete_saved_search,
    list_new,
    look_at_saved_search,
]
