"""Find resources."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from schoolgroup.kernel.http import Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, PageRequest
from schoolgroup.resources.catalogue.models import Kind, Licence, Owner, Stage, Status
from schoolgroup.resources.search import service
from schoolgroup.resources.search.models import Can, SearchPage, Sort, Suggestions, Wanted
from schoolgroup.resources.search.saved import routes as saved_routes

Q = FromQuery[
    Annotated[
        str | None,
        QueryParameter(
            min_length=1,
            max_length=200,
            description=(
                'Words; all must be there. "Several words" in quotation marks are one phrase, and '
                "so is a Chinese word. A star ends the beginning of a word: uni*."
            ),
        ),
    ]
]
Word = FromQuery[Annotated[str | None, QueryParameter(min_length=1, max_length=60)]]
Keyword = FromQuery[Annotated[str | None, QueryParameter(min_length=1, max_length=40)]]
Language = FromQuery[Annotated[str | None, QueryParameter(min_length=2, max_length=30)]]
MediaType = FromQuery[Annotated[str | None, QueryParameter(min_length=3, max_length=200)]]
Minutes = FromQuery[
    Annotated[
        int | None,
        QueryParameter(ge=1, le=10_000, description="How long it takes, from this or up to this."),
    ]
]
Node = FromQuery[
    Annotated[
        UUID | None, QueryParameter(description="A place in the curriculum and all below it.")
    ]
]
Order = FromQuery[
    Annotated[
        Sort | None,
        QueryParameter(description="By relevance where there is a q, else the newest first."),
    ]
]
Able = FromQuery[
    Annotated[
        Can | None, QueryParameter(description="Only what the caller may borrow, or adapt, now.")
    ]
]
# A hit carries its snippet, marks and coordinates: a screen shows some ten of them at once.
HITS = 20
Figures = FromQuery[
    Annotated[bool, QueryParameter(description="Answer total, counts and facets as well.")]
]


@get(
    "/v1/resources",
    opt=may("resource:discover", on_standby=True),
    operation_id="listResources",
    tags=["resources"],
    summary="Find resources",
    responses=refusals(BadCursor),
)
async def list_resources(
    call: NamedDependency[Call],
    q: Q = None,
    kind: FromQuery[Kind | None] = None,
    stage: FromQuery[Stage | None] = None,
    subject: Word = None,
    edition: Word = None,
    grade: Word = None,
    volume: Word = None,
    node: Node = None,
    licence: FromQuery[Licence | None] = None,
    language: Language = None,
    keyword: Keyword = None,
    school_id: FromQuery[UUID | None] = None,
    minutes_from: Minutes = None,
    minutes_to: Minutes = None,
    media_type: MediaType = None,
    owner: FromQuery[Owner | None] = None,
    status: FromQuery[Status | None] = None,
    can: Able = None,
    sort: Order = None,
    facets: Figures = False,
    limit: Limit = HITS,
    cursor: Cursor = None,
) -> Response[SearchPage]:
    """Only what the caller may discover; withdrawn ones only with status=withdrawn.

    A page has 20 unless `limit` asks for up to 200: a hit says more of itself than a row of a list.

    `counts: at_least` says that more match than were looked at: figures are lower bounds then, and
    a list by relevance ends with what was looked at.
    """
    wanted = Wanted(
        q=q, kind=kind, stage=stage, subject=subject, edition=edition, grade=grade, volume=volume,
        node=node, licence=licence, language=language, keyword=keyword, school_id=school_id,
        minutes_from=minutes_from, minutes_to=minutes_to, media_type=media_type, owner=owner,
        status=status, can=can,
    )  # fmt: skip
    order = sort or (Sort.RELEVANCE if q is not None else Sort.NEWEST)
    if q is None and order is Sort.RELEVANCE:
        order = Sort.NEWEST  # nothing to be relevant to
    name = f"resources/{order}"
    page = PageRequest(limit=limit, after=call.cursors.read(name, cursor) if cursor else None)
    found = await call.read(lambda tx: service.search(tx, wanted, order, page, facets=facets))
    following = call.cursors.write(name, found.next_key) if found.next_key else None
    answer = SearchPage(
        items=found.items,
        next_cursor=following,
        total=found.total,
        counts=found.counts,
        facets=found.facets,
    )
    return Response(answer, headers=call.link_to_next(following))


@get(
    "/v1/resources/suggestions",
    opt=may("resource:discover", on_standby=True),
    operation_id="suggestResources",
    tags=["resources"],
    summary="How a question may go on",
)
async def suggest(
    call: NamedDependency[Call],
    q: FromQuery[Annotated[str, QueryParameter(min_length=1, max_length=100)]],
    limit: FromQuery[Annotated[int, QueryParameter(ge=1, le=20)]] = 10,
) -> Suggestions:
    """While it is being typed: titles and keywords one may find, places of the curriculum."""
    return Suggestions(await call.read(lambda tx: service.suggest(tx, q, limit)))


ROUTES = [list_resources, suggest, *saved_routes.ROUTES]
