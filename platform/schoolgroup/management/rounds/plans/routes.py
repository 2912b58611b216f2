"""Rounds, teams, assignment and coverage over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.rounds.plans import models, rules, service
from schoolgroup.management.rounds.plans.models import (
    Assignment,
    AssignWish,
    Coverage,
    ExcuseWish,
    OpenWish,
    Round,
    RoundWish,
    TeamWish,
)

TAGS = ["rounds"]
ROUND = "/v1/rounds/{round_id:uuid}"


@post("/v1/rounds", opt=may(models.RUN), operation_id="makeRound", tags=TAGS,
      summary="Plan a round",
      responses=refusals(NotAllowed, NotFound, rules.BadRound))  # fmt: skip
async def make_round(data: JSONBody[RoundWish], call: NamedDependency[Call]) -> Response[Round]:
    """With what is looked at, and the ledger its findings go to."""
    return await call.once(
        lambda tx: service.make_round(tx, data), location=lambda made: f"/v1/rounds/{made.id}"
    )


@get("/v1/rounds", opt=may(models.READ), operation_id="listRounds", tags=TAGS,
     summary="List rounds", responses=refusals(BadCursor))  # fmt: skip
async def list_rounds(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Round]]:
    """The newest first, each with its teams."""
    return await call.page(
        "rounds", limit, cursor, service.list_rounds, key_of=lambda one: [str(one.id)]
    )


@get(ROUND, opt=may(models.READ), operation_id="getRound", tags=TAGS, summary="Read a round",
     responses=refusals(NotFound))  # fmt: skip
async def get_round(round_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Round]:
    """With its teams and how many visits each has; these move without its version."""
    return Response(await call.read(lambda tx: service.get_round(tx, round_id)))


@post(ROUND + "/teams", opt=may(models.RUN), operation_id="addTeam", tags=TAGS,
      summary="Add a team",
      responses=refusals(NotAllowed, NotFound, rules.NotPlanning, rules.BadRound,
                         rules.TeamExists))  # fmt: skip
async def add_team(
    round_id: FromPath[UUID], data: JSONBody[TeamWish], call: NamedDependency[Call]
) -> Response[Round]:
    """Members from several schools; a person is in one team of a round."""
    return await call.once(lambda tx: service.add_team(tx, round_id, data))


@post(ROUND + "/open", opt=may(models.RUN), operation_id="openRound", tags=TAGS, status_code=200,
      summary="Open a round",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadRound))  # fmt: skip
async def open_round(
    round_id: FromPath[UUID], data: JSONBody[OpenWish], call: NamedDependency[Call]
) -> Response[Round]:
    """Whom it is to reach is fixed now; a school that joins later is for the next round."""
    return await call.once(lambda tx: service.open_round(tx, round_id, data), status=200)


@post(ROUND + "/close", opt=may(models.RUN), operation_id="closeRound", tags=TAGS, status_code=200,
      summary="Close a round", responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def close_round(round_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Round]:
    """No more visits are planned; those that are go on."""
    return await call.once(lambda tx: service.close_round(tx, round_id), status=200)


@post(ROUND + "/excusals", opt=may(models.RUN), operation_id="excuseSchool", tags=TAGS,
      summary="Excuse a school from a round",
      responses=refusals(NotAllowed, NotFound, rules.BadRound, rules.AlreadyVisited))  # fmt: skip
async def excuse(
    round_id: FromPath[UUID], data: JSONBody[ExcuseWish], call: NamedDependency[Call]
) -> Response[Coverage]:
    """It leaves the denominator of the coverage, with the reason."""
    return await call.once(lambda tx: service.excuse(tx, round_id, data))


@post(ROUND + "/assign", opt=may(models.RUN), operation_id="assignTeams", tags=TAGS,
      status_code=200, summary="Give every school without a visit a team",
      responses=refusals(NotAllowed, NotFound, rules.NotOpen, rules.NoTeam,
                         rules.BadRound))  # fmt: skip
async def assign(
    round_id: FromPath[UUID], data: JSONBody[AssignWish], call: NamedDependency[Call]
) -> Response[Assignment]:
    """As even as can be, and no team to a school of its members; a trial unless `keep`."""
    return await call.once(lambda tx: service.assign(tx, round_id, data), status=200)


@get(ROUND + "/coverage", opt=may(models.READ), operation_id="getRoundCoverage", tags=TAGS,
     summary="How much of a round is done", responses=refusals(NotFound))  # fmt: skip
async def get_coverage(round_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Coverage]:
    """Schools visited of all that are expected, by tier; by name for the office."""
    return Response(await call.read(lambda tx: service.coverage(tx, round_id)))


ROUTES = [
    make_round, list_rounds, get_round, add_team, open_round, close_round, excuse, assign,
    get_coverage,
]  # fmt: skip
