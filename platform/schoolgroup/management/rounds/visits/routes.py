"""Visits over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, link_answer, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.storage import Storage
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.ledgers.items.rules import BadEvidence, BadItem
from schoolgroup.management.rounds.visits import models, rules, service
from schoolgroup.management.rounds.visits.models import (
    CancelWish,
    CarryOutWish,
    ConfirmWish,
    FindingWish,
    MoveWish,
    ObservationsWish,
    ReplyWish,
    ReportWish,
    Summary,
    Visit,
    VisitFilter,
    VisitStatus,
)

TAGS = ["rounds"]
VISIT = "/v1/visits/{visit_id:uuid}"
OfThis = Annotated[UUID | None, QueryParameter(description="Only those of this one.")]


@get("/v1/visits", opt=may(models.READ), operation_id="listVisits", tags=TAGS,
     summary="List visits", responses=refusals(BadCursor))  # fmt: skip
async def list_visits(
    call: NamedDependency[Call],
    round_id: FromQuery[OfThis] = None,
    school_id: FromQuery[OfThis] = None,
    status: FromQuery[VisitStatus | None] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Summary]]:
    """Those to one's school, those one goes on, or all for the office; the newest first."""
    wanted = VisitFilter(round_id=round_id, school_id=school_id, status=status)
    return await call.page(
        f"visits/{wanted}",
        limit,
        cursor,
        lambda tx, page: service.list_visits(tx, wanted, page),
        key_of=lambda one: [str(one.id)],
    )


@get(VISIT, opt=may(models.READ), operation_id="getVisit", tags=TAGS, summary="Read a visit",
     responses=refusals(NotFound))  # fmt: skip
async def get_visit(visit_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Visit]:
    """What earlier visits found and is not closed comes first; it moves without the version."""
    return Response(await call.read(lambda tx: service.get_visit(tx, visit_id)))


@post(VISIT + "/confirm", opt=may(models.CONFIRM), operation_id="confirmVisit", tags=TAGS,
      status_code=200, summary="Confirm the day of a visit",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadVisit))  # fmt: skip
async def confirm_visit(
    visit_id: FromPath[UUID], data: JSONBody[ConfirmWish], call: NamedDependency[Call]
) -> Response[Visit]:
    """By the school; it may name another day."""
    return await call.once(lambda tx: service.confirm(tx, visit_id, data), status=200)


@post(VISIT + "/carry-out", opt=may(models.RECORD), operation_id="carryOutVisit", tags=TAGS,
      status_code=200, summary="The team was there",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadVisit))  # fmt: skip
async def carry_out_visit(
    visit_id: FromPath[UUID], data: JSONBody[CarryOutWish], call: NamedDependency[Call]
) -> Response[Visit]:
    """From now on the school counts as visited; what was seen can be written down."""
    return await call.once(lambda tx: service.carry_out(tx, visit_id, data), status=200)


@put(VISIT + "/observations", opt=may(models.RECORD), operation_id="observeVisit", tags=TAGS,
     summary="Write down what was seen",
     responses=refusals(NotAllowed, NotFound, WrongState, rules.BadVisit, BadEvidence,
                        StaleVersion, VersionRequired))  # fmt: skip
async def observe_visit(
    visit_id: FromPath[UUID], data: JSONBody[ObservationsWish], call: NamedDependency[Call]
) -> Response[Visit]:
    """By the criteria of the round's rubric, with evidence; the team's alone until the report."""
    return await call.change(lambda tx, version: service.observe(tx, visit_id, data, version))


@post(VISIT + "/findings", opt=may(models.RECORD), operation_id="findOnVisit", tags=TAGS,
      summary="Something is to be put right",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadVisit, BadItem))  # fmt: skip
async def find_on_visit(
    visit_id: FromPath[UUID], data: JSONBody[FindingWish], call: NamedDependency[Call]
) -> Response[Visit]:
    """An item of the round's ledger is opened with it, in the same transaction."""
    return await call.once(lambda tx: service.find(tx, visit_id, data))


@post(VISIT + "/report", opt=may(models.RECORD), operation_id="reportVisit", tags=TAGS,
      status_code=200, summary="Report a visit",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadVisit))  # fmt: skip
async def report_visit(
    visit_id: FromPath[UUID], data: JSONBody[ReportWish], call: NamedDependency[Call]
) -> Response[Visit]:
    """Every criterion was looked at; the school reads it from now on."""
    return await call.once(lambda tx: service.report(tx, visit_id, data), status=200)


@post(VISIT + "/reply", opt=may(models.REPLY), operation_id="replyToVisit", tags=TAGS,
      status_code=200, summary="Reply to the report of a visit",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def reply_to_visit(
    visit_id: FromPath[UUID], data: JSONBody[ReplyWish], call: NamedDependency[Call]
) -> Response[Visit]:
    """By the principal of the school visited."""
    return await call.once(lambda tx: service.reply(tx, visit_id, data), status=200)


@post(VISIT + "/move", opt=may(models.RUN), operation_id="moveVisit", tags=TAGS,
      status_code=200, summary="Move a visit to another day",
      responses=refusals(NotAllowed, NotFound, WrongState, rules.BadVisit))  # fmt: skip
async def move_visit(
    visit_id: FromPath[UUID], data: JSONBody[MoveWish], call: NamedDependency[Call]
) -> Response[Visit]:
    """Before it is carried out, with the reason; the school and the team are told."""
    return await call.once(lambda tx: service.move(tx, visit_id, data), status=200)


@post(VISIT + "/cancel", opt=may(models.RUN), operation_id="cancelVisit", tags=TAGS,
      status_code=200, summary="Cancel a visit",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def cancel_visit(
    visit_id: FromPath[UUID], data: JSONBody[CancelWish], call: NamedDependency[Call]
) -> Response[Visit]:
    """Before it is carried out, with the reason; the school waits for another."""
    return await call.once(lambda tx: service.cancel(tx, visit_id, data), status=200)


@get(VISIT + "/evidence/{no:int}", opt=may(models.READ), operation_id="openVisitEvidence",
     tags=TAGS, status_code=307, summary="Open a file of a visit's evidence",
     responses=refusals(NotFound))  # fmt: skip
async def open_evidence(
    visit_id: FromPath[UUID],
    no: FromPath[int],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
) -> Response[None]:
    """A link that lives a minute; who opened it stands in the audit trail."""
    file = await call.read(lambda tx: service.evidence_file(tx, visit_id, no))
    return link_answer(storage, file)


ROUTES = [
    list_visits, get_visit, confirm_visit, carry_out_visit, observe_visit, find_on_visit,
    report_visit, reply_to_visit, move_visit, cancel_visit, open_evidence,
]  # fmt: skip
