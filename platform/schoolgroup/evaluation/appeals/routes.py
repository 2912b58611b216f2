"""Appeals over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.evaluation.appeals import rules, service
from schoolgroup.evaluation.appeals.models import (
    AppealInput,
    AppealStatus,
    AppealView,
    Decision,
    Refreeze,
)
from schoolgroup.evaluation.results.models import SnapshotView
from schoolgroup.evaluation.results.service import NumbersShared
from schoolgroup.evaluation.statistics.service import Embargoed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.transitions import WrongState

TAGS = ["exams"]


@post(
    "/v1/releases/{release_id:uuid}/appeals",
    opt=may(rules.LODGE),
    operation_id="lodgeAppeal",
    tags=TAGS,
    summary="Doubt a mark of one of your pupils",
    responses=refusals(
        NotFound, Embargoed, rules.AppealsClosed, rules.AppealInvalid, rules.AlreadyAppealed
    ),
)
async def lodge(
    release_id: FromPath[UUID], data: JSONBody[AppealInput], call: NamedDependency[Call]
) -> Response[AppealView]:
    """Until the hour set with the release; by exam number, without a name."""
    return await call.once(
        lambda tx: service.lodge(tx, release_id, data), location=lambda a: f"/v1/appeals/{a.id}"
    )


@get(
    "/v1/exams/{exam_id:uuid}/appeals",
    opt=may(rules.READ),
    operation_id="listAppeals",
    tags=TAGS,
    summary="Appeals of an exam: all for who runs it, its own for a school",
    responses=refusals(NotFound),
)
async def list_appeals(
    exam_id: FromPath[UUID],
    call: NamedDependency[Call],
    status: FromQuery[
        Annotated[AppealStatus | None, QueryParameter(description="Only those that stand so.")]
    ] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[AppealView]]:
    """The newest first."""
    return await call.page(
        f"appeals/{exam_id}/{status}",
        limit,
        cursor,
        lambda tx, page: service.list_appeals(tx, exam_id, status, page),
        key_of=lambda appeal: [str(appeal.id)],
    )


@get(
    "/v1/appeals/{appeal_id:uuid}",
    opt=may(rules.READ),
    operation_id="getAppeal",
    tags=TAGS,
    summary="One appeal and its answer",
    responses=refusals(NotFound),
)
async def get_one(appeal_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[AppealView]:
    """With the items whose marks changed, and whether a snapshot holds them yet."""
    return await call.item(lambda tx: service.get(tx, appeal_id))


@post(
    "/v1/appeals/{appeal_id:uuid}/withdraw",
    opt=may(rules.LODGE),
    operation_id="withdrawAppeal",
    status_code=200,
    tags=TAGS,
    summary="Take an appeal back",
    responses=refusals(NotFound, WrongState),
)
async def withdraw(appeal_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[AppealView]:
    """Before it is decided; another may be lodged in its place."""
    return await call.once(lambda tx: service.withdraw(tx, appeal_id), status=200)


@post(
    "/v1/appeals/{appeal_id:uuid}/decide",
    opt=may(rules.DECIDE),
    operation_id="decideAppeal",
    status_code=200,
    tags=TAGS,
    summary="Answer an appeal",
    responses=refusals(NotFound, WrongState, rules.AppealInvalid),
)
async def decide(
    appeal_id: FromPath[UUID], data: JSONBody[Decision], call: NamedDependency[Call]
) -> Response[AppealView]:
    """Upheld with the marks that change, or rejected; the reason is told to the school."""
    return await call.once(lambda tx: service.decide(tx, appeal_id, data), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/refreeze",
    opt=may("exam:freeze"),
    operation_id="refreezeExam",
    tags=TAGS,
    summary="Freeze anew with the marks of upheld appeals",
    responses=refusals(
        NotFound, WrongState, rules.NothingToRefreeze, rules.MarksGone, NumbersShared
    ),
)
async def refreeze(
    exam_id: FromPath[UUID], data: JSONBody[Refreeze], call: NamedDependency[Call]
) -> Response[SnapshotView]:
    """A new snapshot with its hash; releases of the old one say that they are stale."""
    return await call.once(lambda tx: service.refreeze(tx, exam_id, data))


ROUTES = [lodge, list_appeals, get_one, withdraw, decide, refreeze]
