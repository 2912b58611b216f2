"""Suggestions for lists over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid, NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.resources.lists.models import (
    CURATE,
    READ,
    SUGGEST,
    Decision,
    Suggestion,
    SuggestionWish,
)
from schoolgroup.resources.lists.service import EntryTwice
from schoolgroup.resources.lists.suggestions import service

TAGS = ["lists"]
OF_LIST = "/v1/lists/{list_id:uuid}/suggestions"
ONE = "/v1/list-suggestions/{suggestion_id:uuid}"


@post(
    OF_LIST,
    opt=may(SUGGEST),
    operation_id="suggestEntry",
    tags=TAGS,
    summary="Suggest an entry for a list",
    responses=refusals(NotFound, NotAllowed, Invalid, service.SchoolsSuggest),
)
async def suggest(
    list_id: FromPath[UUID], data: JSONBody[SuggestionWish], call: NamedDependency[Call]
) -> Response[Suggestion]:
    """For the next edition; the list's curator decides, with a reason."""
    return await call.once(lambda tx: service.suggest(tx, list_id, data))


@get(
    OF_LIST,
    opt=may(READ),
    operation_id="listSuggestions",
    tags=TAGS,
    summary="The suggestions for a list, newest first",
    responses=refusals(NotFound, BadCursor),
)
async def list_suggestions(
    list_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Suggestion]]:
    """All of them for its curators, for others those of their own school."""
    return await call.page(
        f"suggestions/{list_id}",
        limit,
        cursor,
        lambda tx, page: service.list_suggestions(tx, list_id, page),
        key_of=lambda suggestion: [suggestion.id],
    )


@post(
    f"{ONE}/accept",
    opt=may(CURATE),
    operation_id="acceptSuggestion",
    tags=TAGS,
    summary="Take a suggestion into the draft edition",
    status_code=200,
    responses=refusals(
        NotFound, NotAllowed, WrongState, service.NoDraftEdition, EntryTwice, Invalid
    ),
)
async def accept(
    suggestion_id: FromPath[UUID], data: JSONBody[Decision], call: NamedDependency[Call]
) -> Response[Suggestion]:
    """As its last entry."""
    return await call.once(lambda tx: service.accept(tx, suggestion_id, data.because), status=200)


@post(
    f"{ONE}/decline",
    opt=may(CURATE),
    operation_id="declineSuggestion",
    tags=TAGS,
    summary="Decline a suggestion",
    status_code=200,
    responses=refusals(NotFound, NotAllowed, WrongState),
)
async def decline(
    suggestion_id: FromPath[UUID], data: JSONBody[Decision], call: NamedDependency[Call]
) -> Response[Suggestion]:
    """The school that made it reads why."""
    return await call.once(lambda tx: service.decline(tx, suggestion_id, data.because), status=200)


@post(
    f"{ONE}/take-back",
    opt=may(SUGGEST),
    operation_id="takeSuggestionBack",
    tags=TAGS,
    summary="Take one's own suggestion back",
    status_code=200,
    responses=refusals(NotFound, NotAllowed, WrongState, service.NotTheProposer),
)
async def take_back(
    suggestion_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[Suggestion]:
    """Before it is decided."""
    return await call.once(lambda tx: service.take_back(tx, suggestion_id), status=200)


ROUTES = [suggest, list_suggestions, accept, decline, take_back]
