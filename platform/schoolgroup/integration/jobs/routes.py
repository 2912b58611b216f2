"""The workers' jobs over HTTP."""

from typing import Annotated
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.integration.jobs import service
from schoolgroup.integration.jobs.models import JobShown
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.jobs import JobStatus
from schoolgroup.kernel.paging import Page
from schoolgroup.kernel.transitions import WrongState


@get(
    "/v1/jobs",
    opt=may("job:read"),
    operation_id="listJobs",
    tags=["service"],
    summary="What workers do",
    responses=refusals(NotAllowed),
)
async def list_jobs(
    call: NamedDependency[Call],
    status: FromQuery[JobStatus | None] = None,
    kind: FromQuery[Annotated[str | None, QueryParameter(max_length=63)]] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[JobShown]]:
    """Previews, notices and other work that follows a change, the newest first.

    What is done is forgotten after a week; what failed is kept until it is asked for again.
    """
    return await call.page(
        "jobs",
        limit,
        cursor,
        lambda tx, page: service.list_jobs(tx, status, kind, page),
        key_of=lambda job: [job.id],
    )


@get(
    "/v1/jobs/{job_id:uuid}",
    opt=may("job:read"),
    operation_id="getJob",
    tags=["service"],
    summary="How a job stands",
    responses=refusals(NotFound),
)
async def get_job(job_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[JobShown]:
    """One job: whether it waits, is in hand, is done or has failed, and why."""
    return await call.item(lambda tx: service.get_job(tx, job_id))


@post(
    "/v1/jobs/{job_id:uuid}/retry",
    opt=may("job:retry"),
    operation_id="retryJob",
    status_code=200,
    tags=["service"],
    summary="Ask again for a failed job",
    responses=refusals(NotAllowed, NotFound, WrongState),
)
async def retry_job(job_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[JobShown]:
    """It waits anew, with all its attempts before it."""
    return await call.once(lambda tx: service.retry_job(tx, job_id), status=200)


ROUTES = [list_jobs, get_job, retry_job]
