"""The marker's desk over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.marking.desk import handing_in, refusals, rules, service
from schoolgroup.evaluation.marking.desk.models import (
    ArbitrationQueue,
    GivenBack,
    Marked,
    MarkInput,
    Reported,
    ReportInput,
    TakeWish,
    TaskView,
)
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may
from schoolgroup.kernel.http import refusals as documented
from schoolgroup.kernel.storage import Missing, Storage

TAGS = ["marking"]
FILE_NAME, MEDIA_TYPE = "answer.png", "image/png"


@post(
    "/v1/marking/plans/{plan_id:uuid}/take",
    opt=may("marking:mark"),
    operation_id="takeScript",
    status_code=200,
    tags=TAGS,
    summary="Take the next script of an item",
    responses=documented(
        NotFound,
        refusals.MarkingNotOpen,
        refusals.MarkerPaused,
        refusals.CodeMissing,
        refusals.NotForYou,
        refusals.ShareDone,
        refusals.NoKnownScripts,
        refusals.NothingToTake,
    ),
)
async def take_script(
    plan_id: FromPath[UUID], data: JSONBody[TakeWish], call: NamedDependency[Call]
) -> Response[TaskView]:
    """Under a lease; who has one in hand gets the same again. Nothing tells whose it is."""
    return await call.once(lambda tx: service.take(tx, plan_id, data), status=200)


@get(
    "/v1/marking/plans/{plan_id:uuid}/arbitration",
    opt=may("marking:arbitrate"),
    operation_id="listDisputed",
    tags=TAGS,
    summary="Scripts that wait for an arbiter",
    responses=documented(NotFound),
)
async def list_disputed(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> ArbitrationQueue:
    """Their marks side by side where the plan shows them to arbiters."""
    return await call.read(lambda tx: service.disputed(tx, plan_id))


@post(
    "/v1/marking/plans/{plan_id:uuid}/arbitration/take",
    opt=may("marking:arbitrate"),
    operation_id="takeDisputed",
    status_code=200,
    tags=TAGS,
    summary="Take the next disputed script",
    responses=documented(
        NotFound, refusals.MarkingNotOpen, refusals.MarkerPaused, refusals.NothingToTake
    ),
)
async def take_disputed(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[TaskView]:
    """Never one you have marked yourself; the mark you give is final."""
    return await call.once(lambda tx: service.take_disputed(tx, plan_id), status=200)


@get(
    "/v1/marking/tasks/{task_id:uuid}",
    opt=may("marking:hand_in"),
    operation_id="getTask",
    tags=TAGS,
    summary="The script in hand",
    responses=documented(NotFound, refusals.LeaseOver),
)
async def get_task(task_id: FromPath[UUID], call: NamedDependency[Call]) -> TaskView:
    """What it is out of, in which step, and until when."""
    return await call.read(lambda tx: service.get_task(tx, task_id))


@get(
    "/v1/marking/tasks/{task_id:uuid}/image",
    opt=may("marking:hand_in"),
    operation_id="getScriptImage",
    tags=TAGS,
    summary="The image of the script in hand",
    media_type=MEDIA_TYPE,
    responses=documented(NotFound, refusals.LeaseOver, refusals.NoImage),
)
async def get_image(
    task_id: FromPath[UUID], call: NamedDependency[Call], storage: NamedDependency[Storage]
) -> Response[bytes]:
    """The bytes themselves: a link's key would tell that a known or an own script is back."""
    key = await call.read(lambda tx: service.find_image(tx, task_id))
    try:
        image = await storage.read_through(key, b"".join)
    except Missing as gone:
        raise refusals.NoImage from gone
    headers = {
        "Content-Disposition": f'inline; filename="{FILE_NAME}"',
        "Cache-Control": "private, no-store",
    }
    return Response(image, media_type=MEDIA_TYPE, headers=headers)


@post(
    "/v1/marking/tasks/{task_id:uuid}/renew",
    opt=may("marking:hand_in"),
    operation_id="renewTask",
    status_code=200,
    tags=TAGS,
    summary="More time for the script in hand",
    responses=documented(NotFound, refusals.LeaseOver),
)
async def renew_task(task_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[TaskView]:
    """The full time once more, from now."""
    return await call.once(lambda tx: service.renew(tx, task_id), status=200)


@post(
    "/v1/marking/tasks/{task_id:uuid}/give-back",
    opt=may("marking:hand_in"),
    operation_id="giveScriptBack",
    status_code=200,
    tags=TAGS,
    summary="Give the script in hand back",
    responses=documented(NotFound, refusals.LeaseOver),
)
async def give_back(task_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[GivenBack]:
    """The next marker gets it."""
    return await call.once(lambda tx: service.give_back(tx, task_id), status=200)


@post(
    "/v1/marking/tasks/{task_id:uuid}/mark",
    opt=may("marking:hand_in"),
    operation_id="markScript",
    status_code=200,
    tags=TAGS,
    summary="Mark the script in hand",
    responses=documented(
        NotFound,
        rules.MarkInvalid,
        refusals.LeaseOver,
        refusals.AlreadyMarked,
        refusals.MarkerPaused,
        refusals.MarkingNotOpen,
    ),
)
async def mark_script(
    task_id: FromPath[UUID], data: JSONBody[MarkInput], call: NamedDependency[Call]
) -> Response[Marked]:
    """Kept for ever; sending the same mark again changes nothing."""
    return await call.once(lambda tx: handing_in.mark(tx, task_id, data), status=200)


@post(
    "/v1/marking/tasks/{task_id:uuid}/report",
    opt=may("marking:hand_in"),
    operation_id="reportScript",
    status_code=200,
    tags=TAGS,
    summary="Report a script that cannot be marked",
    responses=documented(NotFound, refusals.LeaseOver, refusals.MarkerPaused),
)
async def report_script(
    task_id: FromPath[UUID], data: JSONBody[ReportInput], call: NamedDependency[Call]
) -> Response[Reported]:
    """Blank, wrong item, unreadable or suspected cheating: a leader decides."""
    return await call.once(lambda tx: service.report(tx, task_id, data), status=200)


ROUTES = [
    take_script,
    list_disputed,
    take_disputed,
    get_task,
    get_image,
    renew_task,
    give_back,
    mark_script,
    report_script,
]
