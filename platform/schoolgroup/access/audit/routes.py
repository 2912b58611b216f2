"""The audit trail over HTTP."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from schoolgroup.access.audit import service
from schoolgroup.access.audit.models import AuditEntry, AuditFilter, Outcome, TrailVerified
from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import Invalid
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import Page

Named = FromQuery[Annotated[str | None, QueryParameter(max_length=200)]]


@get(
    "/v1/audit",
    opt=may("audit:read"),
    operation_id="listAuditEntries",
    tags=["access"],
    summary="Who did what",
    responses=refusals(NotAllowed, Invalid),
)
async def list_entries(
    call: NamedDependency[Call],
    thing: Named = None,
    actor: Named = None,
    act: Named = None,
    outcome: FromQuery[Outcome | None] = None,
    school_id: FromQuery[UUID | None] = None,
    since: FromQuery[datetime | None] = None,
    until: FromQuery[datetime | None] = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[AuditEntry]]:
    """The trail of the own school, or of the whole group, newest first.

    `since` is inclusive, `until` exclusive; both with an offset.
    """
    wanted = AuditFilter(thing, actor, act, outcome, school_id, since, until)
    return await call.page(
        "audit",
        limit,
        cursor,
        lambda tx, page: service.list_entries(tx, wanted, page),
        key_of=lambda entry: [entry.at, entry.chain, entry.seq],
    )


@get(
    "/v1/audit/verify",
    opt=may("audit:read"),
    operation_id="verifyAudit",
    tags=["access"],
    summary="Recompute the trail",
    responses=refusals(NotAllowed),
)
async def verify(call: NamedDependency[Call]) -> TrailVerified:
    """Every hash and link of the chains one may read, computed anew."""
    return await call.read(service.verify)


ROUTES = [list_entries, verify]
