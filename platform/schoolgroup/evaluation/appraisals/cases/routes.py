"""Cases over HTTP."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.evaluation.appraisals.cases import rules, service
from schoolgroup.evaluation.appraisals.cases.models import (
    CaseLine,
    CaseView,
    EvidenceInput,
    EvidenceReview,
    Kept,
    Marks,
    Recusal,
    Tallies,
)
from schoolgroup.evaluation.appraisals.rounds import rules as steps
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, link_answer, may, refusals
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.storage import Storage

TAGS = ["appraisals"]


@get(
    "/v1/appraisals/{appraisal_id:uuid}/cases",
    opt=may(rules.READ),
    operation_id="listAppraisalCases",
    tags=TAGS,
    summary="The cases of a round: your school's, those you assess, or all",
    responses=refusals(NotFound),
)
async def list_cases(
    appraisal_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[CaseLine]]:
    """In a fixed order."""
    return await call.page(
        f"appraisal-cases/{appraisal_id}",
        limit,
        cursor,
        lambda tx, page: service.list_cases(tx, appraisal_id, page),
        key_of=lambda case: [str(case.id)],
    )


@get(
    "/v1/appraisal-cases/{case_id:uuid}",
    opt=may(rules.READ),
    operation_id="getAppraisalCase",
    tags=TAGS,
    summary="One case: its own word and its evidence",
    responses=refusals(NotFound),
)
async def get_one(case_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[CaseView]:
    """Of assessments only your own."""
    return Response(await call.read(lambda tx: service.get(tx, case_id)))


@post(
    "/v1/appraisal-cases/{case_id:uuid}/self",
    opt=may(rules.ANSWER),
    operation_id="assessYourself",
    status_code=200,
    tags=TAGS,
    summary="The school's own word 自评",
    responses=refusals(NotFound, steps.NotNow, steps.DeadlinePassed, rules.MarksInvalid),
)
async def answer(
    case_id: FromPath[UUID], data: JSONBody[Marks], call: NamedDependency[Call]
) -> Response[CaseView]:
    """In place of what was sent before, until the hour."""
    return await call.once(lambda tx: service.answer(tx, case_id, data), status=200)


@post(
    "/v1/appraisal-cases/{case_id:uuid}/evidence",
    opt=may(rules.ANSWER),
    operation_id="addAppraisalEvidence",
    status_code=200,
    tags=TAGS,
    summary="Link a resource or a deposit as evidence 佐证材料",
    responses=refusals(
        NotFound,
        steps.NotNow,
        steps.DeadlinePassed,
        rules.EvidenceInvalid,
        rules.EvidenceStands,
    ),
)
async def add_evidence(
    case_id: FromPath[UUID], data: JSONBody[EvidenceInput], call: NamedDependency[Call]
) -> Response[CaseView]:
    """A published resource or a verified deposit of the school itself."""
    return await call.once(lambda tx: service.add_evidence(tx, case_id, data), status=200)


@post(
    "/v1/appraisal-cases/{case_id:uuid}/evidence/review",
    opt=may(steps.RUN),
    operation_id="reviewAppraisalEvidence",
    status_code=200,
    tags=TAGS,
    summary="Say whether a piece of evidence counts",
    responses=refusals(NotFound, steps.NotNow, rules.EvidenceInvalid),
)
async def review_evidence(
    case_id: FromPath[UUID], data: JSONBody[EvidenceReview], call: NamedDependency[Call]
) -> Response[CaseView]:
    """A leaf that needs evidence is missing until a piece of it is accepted."""
    return await call.once(lambda tx: service.review_evidence(tx, case_id, data), status=200)


@get(
    "/v1/appraisal-evidence/{evidence_id:uuid}/files/{no:int}",
    opt=may(rules.READ),
    operation_id="openAppraisalEvidence",
    status_code=307,
    tags=TAGS,
    summary="Open a file handed in as evidence",
    responses=refusals(NotFound),
)
async def open_evidence(
    evidence_id: FromPath[UUID],
    no: FromPath[int],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
) -> Response[Any]:
    """A link that lives for a minute; the audit trail keeps who asked for it."""
    file = await call.read(lambda tx: service.open_evidence(tx, evidence_id, no))
    return link_answer(storage, file)


@post(
    "/v1/appraisal-cases/{case_id:uuid}/assessment",
    opt=may(rules.ASSESS),
    operation_id="assessCase",
    status_code=200,
    tags=TAGS,
    summary="Your judgement of every leaf",
    responses=refusals(
        NotFound,
        steps.NotNow,
        steps.DeadlinePassed,
        rules.ConflictOfInterest,
        rules.MarksInvalid,
    ),
)
async def assess(
    case_id: FromPath[UUID], data: JSONBody[Marks], call: NamedDependency[Call]
) -> Response[Kept]:
    """Independent: nobody else's is shown before moderation. Again until it closes."""
    return await call.once(lambda tx: service.assess(tx, case_id, data), status=200)


@post(
    "/v1/appraisal-cases/{case_id:uuid}/recuse",
    opt=may(rules.ASSESS),
    operation_id="recuseFromCase",
    status_code=200,
    tags=TAGS,
    summary="Step aside for a conflict of interest 回避",
    responses=refusals(NotFound, steps.NotNow),
)
async def recuse(
    case_id: FromPath[UUID], data: JSONBody[Recusal], call: NamedDependency[Call]
) -> Response[Kept]:
    """What you judged does not count; you are not asked again."""
    return await call.once(lambda tx: service.recuse(tx, case_id, data), status=200)


@post(
    "/v1/appraisal-cases/{case_id:uuid}/tallies",
    opt=may(steps.RUN),
    operation_id="tallyAnswers",
    status_code=200,
    tags=TAGS,
    summary="Sums of what peers or a survey said",
    responses=refusals(NotFound, steps.NotNow, rules.MarksInvalid),
)
async def put_tallies(
    case_id: FromPath[UUID], data: JSONBody[Tallies], call: NamedDependency[Call]
) -> Response[Kept]:
    """n and counts; sums of too few people neither count nor are shown."""
    return await call.once(lambda tx: service.put_tallies(tx, case_id, data), status=200)


ROUTES = [
    list_cases,
    get_one,
    answer,
    add_evidence,
    review_evidence,
    open_evidence,
    assess,
    recuse,
    put_tallies,
]
