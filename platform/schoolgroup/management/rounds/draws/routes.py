"""Draws over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.management.rounds.draws import rules, service
from schoolgroup.management.rounds.draws.models import DrawView, DrawWish, PlanWish, RevealWish
from schoolgroup.management.rounds.plans.models import READ, RUN, Assignment
from schoolgroup.management.rounds.plans.rules import BadRound, NoTeam, NotOpen

TAGS = ["rounds"]
DRAW = "/v1/draws/{draw_id:uuid}"


@post("/v1/rounds/{round_id:uuid}/draws", opt=may(RUN), operation_id="commitSpotDraw", tags=TAGS,
      summary="Commit a draw of spot checks",
      responses=refusals(NotAllowed, NotFound, NotOpen, rules.BadDraw))  # fmt: skip
async def commit_draw(
    round_id: FromPath[UUID], data: JSONBody[DrawWish], call: NamedDependency[Call]
) -> Response[DrawView]:
    """Candidates, number, the hash of the seed and the public value's source are fixed now."""
    return await call.once(
        lambda tx: service.commit(tx, round_id, data), location=lambda made: f"/v1/draws/{made.id}"
    )


@get("/v1/rounds/{round_id:uuid}/draws", opt=may(READ), operation_id="listSpotDraws", tags=TAGS,
     summary="The draws of a round", responses=refusals(BadCursor, NotFound))  # fmt: skip
async def list_draws(
    round_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[DrawView]]:
    """The newest first; everybody in the group may read them."""
    return await call.page(
        f"draws/{round_id}",
        limit,
        cursor,
        lambda tx, page: service.list_draws(tx, round_id, page),
        key_of=lambda one: [str(one.id)],
    )


@get(DRAW, opt=may(READ), operation_id="getSpotDraw", tags=TAGS, summary="Read a draw",
     responses=refusals(NotFound))  # fmt: skip
async def get_draw(draw_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[DrawView]:
    """Once it is revealed this is the file that `schoolgroup draw` recomputes."""
    return await call.item(lambda tx: service.get_draw(tx, draw_id))


@post(DRAW + "/reveal", opt=may(RUN), operation_id="revealSpotDraw", tags=TAGS, status_code=200,
      summary="Reveal who is drawn",
      responses=refusals(NotAllowed, NotFound, rules.AlreadyRevealed, rules.TooEarly))  # fmt: skip
async def reveal_draw(
    draw_id: FromPath[UUID], data: JSONBody[RevealWish], call: NamedDependency[Call]
) -> Response[DrawView]:
    """With the public value as its source has it; there is no second draw of a commitment."""
    return await call.once(lambda tx: service.reveal(tx, draw_id, data), status=200)


@post(DRAW + "/plan", opt=may(RUN), operation_id="planSpotDraw", tags=TAGS, status_code=200,
      summary="Plan the spot checks that were drawn",
      responses=refusals(NotAllowed, NotFound, rules.NotRevealed, NotOpen, NoTeam,
                         BadRound))  # fmt: skip
async def plan_draw(
    draw_id: FromPath[UUID], data: JSONBody[PlanWish], call: NamedDependency[Call]
) -> Response[Assignment]:
    """Teams are given as for planned visits: balanced, and none to its own school."""
    return await call.once(lambda tx: service.plan(tx, draw_id, data), status=200)


ROUTES = [commit_draw, list_draws, get_draw, reveal_draw, plan_draw]
