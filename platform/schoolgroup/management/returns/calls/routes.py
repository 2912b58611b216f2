"""HTTP of calls for returns."""

from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import LIMIT, Cursor, Limit, may, refusals
from schoolgroup.kernel.http import Call as HttpCall
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.returns.calls import service
from schoolgroup.management.returns.calls.models import (
    Call,
    CallWish,
    CallWithFields,
    ExemptionWish,
    ExtensionWish,
    Target,
)

TAGS = ["returns"]


@post("/v1/calls", opt=may("call:open"), operation_id="openCall", tags=TAGS,
      summary="Call for returns", responses=refusals(NotAllowed, service.BadCall))  # fmt: skip
async def open_call(
    data: JSONBody[CallWish], call: NamedDependency[HttpCall]
) -> Response[CallWithFields]:
    """Ask schools by a form's newest version; who is asked is fixed now."""
    return await call.once(
        lambda tx: service.open_call(tx, data), location=lambda made: f"/v1/calls/{made.id}"
    )


@get("/v1/calls", opt=may("call:read"), operation_id="listCalls", tags=TAGS,
     summary="List calls", responses=refusals(BadCursor))  # fmt: skip
async def list_calls(
    call: NamedDependency[HttpCall], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Call]]:
    """The calls addressed to one's school, or all of them for the office, newest first."""
    return await call.page("calls", limit, cursor, service.list_calls, key_of=lambda c: [c.id])


@get("/v1/calls/{call_id:uuid}", opt=may("call:read"), operation_id="getCall", tags=TAGS,
     summary="Read a call", responses=refusals(NotFound))  # fmt: skip
async def get_call(
    call_id: FromPath[UUID], call: NamedDependency[HttpCall]
) -> Response[CallWithFields]:
    """A call with what it asks; `mine` says until when one's own school may answer."""
    return await call.item(lambda tx: service.get_call(tx, call_id))


@get("/v1/calls/{call_id:uuid}/targets", opt=may("call:read"), operation_id="listTargets",
     tags=TAGS, summary="How each school stands",
     responses=refusals(BadCursor, NotFound))  # fmt: skip
async def list_targets(
    call_id: FromPath[UUID],
    call: NamedDependency[HttpCall],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Target]]:
    """The schools asked, in the order of their codes; a school sees itself."""
    return await call.page(
        f"targets of {call_id}",
        limit,
        cursor,
        lambda tx, page: service.list_targets(tx, call_id, page),
        key_of=lambda target: [target.school_code],
    )


@post("/v1/calls/{call_id:uuid}/close", opt=may("call:close"), operation_id="closeCall",
      status_code=200, tags=TAGS, summary="Close a call",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def close_call(
    call_id: FromPath[UUID], call: NamedDependency[HttpCall]
) -> Response[CallWithFields]:
    """Take no more answers from now on; extensions stand."""
    return await call.once(lambda tx: service.close_call(tx, call_id), status=200)


@post("/v1/calls/{call_id:uuid}/exemptions", opt=may("call:open"), operation_id="exemptSchool",
      tags=TAGS, summary="Exempt a school",
      responses=refusals(NotAllowed, NotFound, service.AlreadyAnswered, service.AlreadyExempt,
                         service.BadCall))  # fmt: skip
async def exempt_school(
    call_id: FromPath[UUID], data: JSONBody[ExemptionWish], call: NamedDependency[HttpCall]
) -> Response[Target]:
    """A school that need not answer leaves the denominator, with the reason."""
    return await call.once(lambda tx: service.exempt(tx, call_id, data))


@post("/v1/calls/{call_id:uuid}/extensions", opt=may("call:open"), operation_id="extendSchool",
      tags=TAGS, summary="Give a school more time",
      responses=refusals(NotAllowed, NotFound, service.AlreadyExempt, service.BadCall))  # fmt: skip
async def extend_school(
    call_id: FromPath[UUID], data: JSONBody[ExtensionWish], call: NamedDependency[HttpCall]
) -> Response[Target]:
    """A school may answer until later: an extension always wins, also after closing."""
    return await call.once(lambda tx: service.extend(tx, call_id, data))


ROUTES = [
    open_call,
    list_calls,
    get_call,
    list_targets,
    close_call,
    exempt_school,
    extend_school,
]
