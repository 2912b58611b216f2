"""Explanations over HTTP."""

from litestar import Response, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.access.explanations import service
from schoolgroup.access.explanations.models import Explained, Question
from schoolgroup.access.sessions.service import ChooseAppointment
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals


@post(
    "/v1/explanations",
    opt=may("access:explain"),
    operation_id="explain",
    tags=["access"],
    summary="Why may I, or may I not?",
    status_code=200,
    responses=refusals(
        NotFound, NotAllowed, service.UnknownThing, service.NobodyToExplain, ChooseAppointment
    ),
)
async def explain(data: JSONBody[Question], call: NamedDependency[Call]) -> Response[Explained]:
    """Which relations hold, which rules allow or deny, and what would have to be so.

    Asks only, changes nothing. About oneself; for administrators also about their people.
    """
    asked = await call.read(lambda tx: service.understand(tx, data))
    return Response(await service.answer(call.db, asked, call.request_id), status_code=200)


ROUTES = [explain]
