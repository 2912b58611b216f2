"""Scanned scripts over HTTP."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.exams.service import NotJoint
from schoolgroup.evaluation.marking.plans.rules import PlanInvalid
from schoolgroup.evaluation.marking.scripts import service
from schoolgroup.evaluation.marking.scripts.models import (
    BatchInput,
    BatchView,
    CutWish,
    TemplateInput,
    TemplateView,
)
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.storage import Storage
from schoolgroup.kernel.transitions import WrongState

TAGS = ["marking"]


@post(
    "/v1/exams/{exam_id:uuid}/script-template",
    opt=may("marking:plan"),
    operation_id="setScriptTemplate",
    status_code=200,
    tags=TAGS,
    summary="Say where on the pages the answers are",
    responses=refusals(NotFound, WrongState, PlanInvalid, service.TemplateInvalid),
)
async def set_template(
    exam_id: FromPath[UUID], data: JSONBody[TemplateInput], call: NamedDependency[Call]
) -> Response[TemplateView]:
    """Regions by item, and where names may stand: the two never touch."""
    return await call.once(lambda tx: service.set_template(tx, exam_id, data), status=200)


@post(
    "/v1/exams/{exam_id:uuid}/script-batches",
    opt=may("script:send"),
    operation_id="sendScripts",
    tags=TAGS,
    summary="Hand in the school's scanned scripts",
    responses=refusals(
        NotFound, WrongState, NotJoint, PlanInvalid, service.NoTemplate, service.ArchiveInvalid
    ),
)
async def send_scripts(
    exam_id: FromPath[UUID],
    data: JSONBody[BatchInput],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
) -> Response[BatchView]:
    """A verified upload: a ZIP of pages by exam number. All problems are told at once."""
    listing = await service.begin_batch(call, storage, exam_id, data)
    return await call.once(
        lambda tx: service.register(tx, exam_id, data, listing),
        location=lambda batch: f"/v1/script-batches/{batch.id}",
    )


@get(
    "/v1/script-batches/{batch_id:uuid}",
    opt=may("script:cut"),
    operation_id="getScriptBatch",
    tags=TAGS,
    summary="How far the school's scripts are cut",
    responses=refusals(NotFound),
)
async def get_batch(batch_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[BatchView]:
    """Candidates in all, cut and left."""
    return await call.item(lambda tx: service.get_batch(tx, batch_id))


@post(
    "/v1/script-batches/{batch_id:uuid}/cut",
    opt=may("script:cut"),
    operation_id="cutScripts",
    status_code=200,
    tags=TAGS,
    summary="Cut the next candidates' pages into answers",
    responses=refusals(NotFound, service.CutMeanwhile, service.ArchiveInvalid),
)
async def cut_scripts(
    batch_id: FromPath[UUID],
    data: JSONBody[CutWish],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
) -> Response[BatchView]:
    """Ask again until nothing is left; a request that dies is simply repeated."""
    job, keys = await service.cut_some(call, storage, batch_id, data.candidates)
    return await call.once(lambda tx: service.keep(tx, job, keys), status=200)


ROUTES = [set_template, send_scripts, get_batch, cut_scripts]
