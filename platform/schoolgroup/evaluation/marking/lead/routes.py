"""A team leader's work over HTTP."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.marking.desk.refusals import (
    DecidedByReporter,
    MarkedBefore,
    MarkingNotOpen,
    NoImage,
    OwnSchool,
)
from schoolgroup.evaluation.marking.desk.routes import FILE_NAME, MEDIA_TYPE
from schoolgroup.evaluation.marking.desk.rules import MarkInvalid
from schoolgroup.evaluation.marking.lead import service
from schoolgroup.evaluation.marking.lead.models import (
    AbnormalQueue,
    Because,
    DecisionInput,
    MarkerState,
    Remarked,
    RemarkInput,
    SeedKey,
    Seeds,
    SeedWish,
)
from schoolgroup.evaluation.marking.plans.service import NothingToMark
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, link_answer, may, refusals
from schoolgroup.kernel.storage import Storage, StoredFile

TAGS = ["marking"]


@post(
    "/v1/marking/plans/{plan_id:uuid}/markers/{person_id:uuid}/pause",
    opt=may("marking:lead"),
    operation_id="pauseMarker",
    status_code=200,
    tags=TAGS,
    summary="Pause a marker",
    responses=refusals(NotFound),
)
async def pause_marker(
    plan_id: FromPath[UUID],
    person_id: FromPath[UUID],
    data: JSONBody[Because],
    call: NamedDependency[Call],
) -> Response[MarkerState]:
    """Nothing more is taken or handed in; a script in hand comes back by itself."""
    return await call.once(lambda tx: service.pause(tx, plan_id, person_id, data), status=200)


@post(
    "/v1/marking/plans/{plan_id:uuid}/markers/{person_id:uuid}/resume",
    opt=may("marking:lead"),
    operation_id="resumeMarker",
    status_code=200,
    tags=TAGS,
    summary="Let a marker go on",
    responses=refusals(NotFound),
)
async def resume_marker(
    plan_id: FromPath[UUID],
    person_id: FromPath[UUID],
    data: JSONBody[Because],
    call: NamedDependency[Call],
) -> Response[MarkerState]:
    """What was missed before no longer counts."""
    return await call.once(lambda tx: service.resume(tx, plan_id, person_id, data), status=200)


@post(
    "/v1/marking/plans/{plan_id:uuid}/markers/{person_id:uuid}/dismiss",
    opt=may("marking:lead"),
    operation_id="dismissMarker",
    status_code=200,
    tags=TAGS,
    summary="Take a marker out of the pool",
    responses=refusals(NotFound),
)
async def dismiss_marker(
    plan_id: FromPath[UUID],
    person_id: FromPath[UUID],
    data: JSONBody[Because],
    call: NamedDependency[Call],
) -> Response[MarkerState]:
    """The marks given stay."""
    return await call.once(lambda tx: service.dismiss(tx, plan_id, person_id, data), status=200)


@post(
    "/v1/marking/plans/{plan_id:uuid}/markers/{person_id:uuid}/remark",
    opt=may("marking:lead"),
    operation_id="remarkScripts",
    status_code=200,
    tags=TAGS,
    summary="Have a marker's scripts marked clean",
    responses=refusals(NotFound, MarkingNotOpen, service.NothingSetAside),
)
async def remark_scripts(
    plan_id: FromPath[UUID],
    person_id: FromPath[UUID],
    data: JSONBody[RemarkInput],
    call: NamedDependency[Call],
) -> Response[Remarked]:
    """Marks of a time are kept and set aside; others mark the scripts anew."""
    return await call.once(lambda tx: service.remark(tx, plan_id, person_id, data), status=200)


@post(
    "/v1/marking/plans/{plan_id:uuid}/seeds",
    opt=may("marking:lead"),
    operation_id="drawSeeds",
    tags=TAGS,
    summary="Draw scripts to be known ones",
    responses=refusals(NotFound, NothingToMark),
)
async def draw_seeds(
    plan_id: FromPath[UUID], data: JSONBody[SeedWish], call: NamedDependency[Call]
) -> Response[Seeds]:
    """By lot, from other schools than yours; they count once an expert has marked them."""
    return await call.once(lambda tx: service.draw_seeds(tx, plan_id, data))


@get(
    "/v1/marking/plans/{plan_id:uuid}/seeds",
    opt=may("marking:lead"),
    operation_id="listSeeds",
    tags=TAGS,
    summary="The known scripts of an item",
    responses=refusals(NotFound),
)
async def list_seeds(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> Seeds:
    """With the mark each is known by, and how often it was marked."""
    return await call.read(lambda tx: service.list_seeds(tx, plan_id))


@get(
    "/v1/marking/seeds/{seed_id:uuid}/image",
    opt=may("marking:lead"),
    operation_id="getSeedImage",
    status_code=307,
    tags=TAGS,
    summary="The image of a known script",
    responses=refusals(NotFound, NoImage, OwnSchool),
)
async def get_seed_image(
    seed_id: FromPath[UUID], call: NamedDependency[Call], storage: NamedDependency[Storage]
) -> Response[Any]:
    """A link that lives for a minute."""
    key, lives_for = await call.read(lambda tx: service.seed_image(tx, seed_id))
    return link_answer(storage, StoredFile(FILE_NAME, key, MEDIA_TYPE), lives_for)


@post(
    "/v1/marking/seeds/{seed_id:uuid}/key",
    opt=may("marking:lead"),
    operation_id="keySeed",
    status_code=200,
    tags=TAGS,
    summary="Give a known script its mark",
    responses=refusals(NotFound, OwnSchool, MarkInvalid),
)
async def key_seed(
    seed_id: FromPath[UUID], data: JSONBody[SeedKey], call: NamedDependency[Call]
) -> Response[Seeds]:
    """With the reason an expert has for it."""
    return await call.once(lambda tx: service.key_seed(tx, seed_id, data), status=200)


@get(
    "/v1/marking/plans/{plan_id:uuid}/abnormal",
    opt=may("marking:arbitrate"),
    operation_id="listAbnormal",
    tags=TAGS,
    summary="Abnormal scripts of an item",
    responses=refusals(NotFound),
)
async def list_abnormal(plan_id: FromPath[UUID], call: NamedDependency[Call]) -> AbnormalQueue:
    """The undecided first, none of your own school."""
    return await call.read(lambda tx: service.list_abnormal(tx, plan_id))


@get(
    "/v1/marking/abnormal/{report_id:uuid}/image",
    opt=may("marking:arbitrate"),
    operation_id="getAbnormalImage",
    status_code=307,
    tags=TAGS,
    summary="The image of an abnormal script",
    responses=refusals(NotFound, NoImage, OwnSchool),
)
async def get_abnormal_image(
    report_id: FromPath[UUID], call: NamedDependency[Call], storage: NamedDependency[Storage]
) -> Response[Any]:
    """A link that lives for a minute."""
    key, lives_for = await call.read(lambda tx: service.abnormal_image(tx, report_id))
    return link_answer(storage, StoredFile(FILE_NAME, key, MEDIA_TYPE), lives_for)


@post(
    "/v1/marking/abnormal/{report_id:uuid}/decide",
    opt=may("marking:arbitrate"),
    operation_id="decideAbnormal",
    status_code=200,
    tags=TAGS,
    summary="Decide on an abnormal script",
    responses=refusals(
        NotFound,
        MarkInvalid,
        MarkingNotOpen,
        OwnSchool,
        MarkedBefore,
        DecidedByReporter,
        service.AlreadyDecided,
    ),
)
async def decide_abnormal(
    report_id: FromPath[UUID], data: JSONBody[DecisionInput], call: NamedDependency[Call]
) -> Response[AbnormalQueue]:
    """Mark on, or a final mark: never by who reported it or has marked it."""
    return await call.once(lambda tx: service.decide(tx, report_id, data), status=200)


ROUTES = [
    pause_marker,
    resume_marker,
    dismiss_marker,
    remark_scripts,
    draw_seeds,
    list_seeds,
    get_seed_image,
    key_seed,
    list_abnormal,
    get_abnormal_image,
    decide_abnormal,
]
