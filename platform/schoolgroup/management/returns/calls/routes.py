"""HTTP of calls for returns."""

from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
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
    NewCall,
    Target,
)

TAGS = ["returns"]


@post("/v1/calls", opt=may("call:open"), operation_id="openCall", tags=TAGS,
      summary="Call for returns", responses=refusals(NotAllowed, service.BadCall))  # fmt: skip
async def open_call(
    data: JSONBody[NewCall], call: NamedDependency[HttpCall]
) -> Response[CallWithFields]:
    """Ask schools by a form's newest version; who is asked is fixed now, unless it is a draft."""
    return await call.once(
        lambda tx: service.create_call(tx, data), location=lambda made: f"/v1/calls/{made.id}"
    )


@put("/v1/calls/{call_id:uuid}", opt=may("call:open"), operation_id="reviseCall", tags=TAGS,
     summary="Change a draft of a call",
     responses=refusals(NotAllowed, NotFound, WrongState, StaleVersion, service.BadCall,
                        VersionRequired))  # fmt: skip
async def revise_call(
    call_id: FromPath[UUID], data: JSONBody[CallWish], call: NamedDependency[HttpCall]
) -> Response[CallWithFields]:
    """Only while it is a draft: what was asked never moves under an answer."""
    return await call.change(lambda tx, version: service.revise_call(tx, call_id, data, version))


@post("/v1/calls/{call_id:uuid}/open", opt=may("call:open"), operation_id="sendCall",
      status_code=200, tags=TAGS, summary="Send a draft of a call",
      responses=refusals(NotAllowed, NotFound, WrongState, service.BadCall))  # fmt: skip
async def send_call(
    call_id: FromPath[UUID], call: NamedDependency[HttpCall]
) -> Response[CallWithFields]:
    """Fix who is asked, and take answers from `opens_at` on."""
    return await call.once(lambda tx: service.open_call(tx, call_id), status=200)


@post("/v1/calls/{call_id:uuid}/discard", opt=may("call:open"), operation_id="discardCall",
      status_code=200, tags=TAGS, summary="Discard a draft of a call",
      responses=refusals(NotAllowed, NotFound, WrongState))  # fmt: skip
async def discard_call(
    call_id: FromPath[UUID], call: NamedDependency[HttpCall]
) -> Response[CallWithFields]:
    """It will not be sent; no school has seen it."""
    return await call.once(lambda tx: service.discard_call(tx, call_id), status=200)


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


@post("/v1/calls/{call_id:uuid}/exemptions/{school_id:uuid}/lift", opt=may("call:open"),
      operation_id="liftExemption", status_code=200, tags=TAGS, summary="Lift an exemption",
      responses=refusals(NotAllowed, NotFound, service.NotExempt, service.BadCall))  # fmt: skip
async def lift_exemption(
    call_id: FromPath[UUID], school_id: FromPath[UUID], call: NamedDependency[HttpCall]
) -> Response[Target]:
    """The school is expected to answer after all: it is in the denominator again."""
    return await call.once(lambda tx: service.lift_exemption(tx, call_id, school_id), status=200)


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
    lift_exemption,
    extend_school,
    revise_call,
    send_call,
    discard_call,
]
