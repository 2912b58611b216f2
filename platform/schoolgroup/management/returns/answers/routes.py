"""HTTP of returns."""

from uuid import UUID

from litestar import Response, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, link_answer, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page
from schoolgroup.kernel.storage import Storage
from schoolgroup.kernel.transitions import WrongState
from schoolgroup.management.returns.answers import rules, service
from schoolgroup.management.returns.answers.files import IN_HAND
from schoolgroup.management.returns.answers.models import (
    Acceptance,
    Answers,
    Prefill,
    Return,
    ReturnVersion,
    SendingBack,
    VersionDiff,
)

TAGS = ["returns"]
OUTSIDE_WINDOW = (rules.CallClosed, rules.NotOpenYet, rules.SchoolExempt)


@get("/v1/calls/{call_id:uuid}/return", opt=may("return:read"), operation_id="getOwnReturn",
     tags=TAGS, summary="Read one's school's return",
     responses=refusals(NotAllowed, NotFound, rules.ReturnNotBegun))  # fmt: skip
async def get_own(call_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Return]:
    """The return of one's own school to this call."""
    return await call.item(lambda tx: service.get_own(tx, call_id))


@put("/v1/calls/{call_id:uuid}/return", opt=may("return:draft"), operation_id="saveReturn",
     tags=TAGS, summary="Fill in one's school's return",
     responses=refusals(NotAllowed, NotFound, rules.ReturnNotBegun, *OUTSIDE_WINDOW,
                        rules.FieldsNotReopened, WrongState, rules.ReturnBegun, StaleVersion,
                        rules.BadAnswers, VersionRequired))  # fmt: skip
async def save(
    call_id: FromPath[UUID], data: JSONBody[Answers], call: NamedDependency[Call]
) -> Response[Return]:
    """All answers so far: If-None-Match: * begins, If-Match goes on from the version read."""
    begins = call.request.headers.get("if-none-match", "").strip() == "*"
    version = None if begins else call.expected_version()
    return await call.once(
        lambda tx: service.save(tx, call_id, data.values, version, fill=data.prefill),
        status=201 if begins else 200,
    )


@get("/v1/calls/{call_id:uuid}/return/prefill", opt=may("return:read"),
     operation_id="getPrefill", tags=TAGS, summary="See what was told already",
     responses=refusals(NotAllowed, NotFound))  # fmt: skip
async def get_prefill(call_id: FromPath[UUID], call: NamedDependency[Call]) -> Prefill:
    """One's school's newest answer to each field of the call, with the return it stands in."""
    return await call.read(lambda tx: service.prefill(tx, call_id))


@post("/v1/calls/{call_id:uuid}/return/submit", opt=may("return:submit"),
      operation_id="submitReturn", status_code=200, tags=TAGS,
      summary="Submit one's school's return",
      responses=refusals(NotAllowed, NotFound, rules.ReturnNotBegun, *OUTSIDE_WINDOW, WrongState,
                         StaleVersion, rules.BadAnswers))  # fmt: skip
async def submit(call_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Return]:
    """Hand in what is filled in as an immutable version; If-Match, if sent, must be what is."""
    version = call.expected_version() if "if-match" in call.request.headers else None
    return await call.once(lambda tx: service.submit(tx, call_id, version), status=200)


@get("/v1/returns/{return_id:uuid}", opt=may("return:read"), operation_id="getReturn", tags=TAGS,
     summary="Read a return", responses=refusals(NotFound))  # fmt: skip
async def get_return(return_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Return]:
    """A return; whoever does not fill it in sees what was submitted last."""
    return await call.item(lambda tx: service.get_return(tx, return_id))


@get("/v1/returns/{return_id:uuid}/versions", opt=may("return:read"),
     operation_id="listReturnVersions", tags=TAGS, summary="List what was submitted",
     responses=refusals(BadCursor, NotFound))  # fmt: skip
async def list_versions(
    return_id: FromPath[UUID],
    call: NamedDependency[Call],
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[ReturnVersion]]:
    """Every submission, newest first; none of them ever changes."""
    return await call.page(
        f"versions of {return_id}",
        limit,
        cursor,
        lambda tx, page: service.list_versions(tx, return_id, page),
        key_of=lambda submitted: [submitted.no],
    )


@get("/v1/returns/{return_id:uuid}/versions/{no:int}", opt=may("return:read"),
     operation_id="getReturnVersion", tags=TAGS, summary="Read one submission",
     responses=refusals(NotFound))  # fmt: skip
async def get_version(
    return_id: FromPath[UUID], no: FromPath[int], call: NamedDependency[Call]
) -> ReturnVersion:
    """What was submitted under this number, with where each answer came from."""
    return await call.read(lambda tx: service.get_version(tx, return_id, no))


@get("/v1/returns/{return_id:uuid}/versions/{no:int}/diff/{other_no:int}",
     opt=may("return:read"), operation_id="compareReturnVersions", tags=TAGS,
     summary="Compare two submissions", responses=refusals(NotFound))  # fmt: skip
async def diff(
    return_id: FromPath[UUID],
    no: FromPath[int],
    other_no: FromPath[int],
    call: NamedDependency[Call],
) -> VersionDiff:
    """What differs from the first to the second, field by field and cell by cell."""
    return await call.read(lambda tx: service.diff(tx, return_id, no, other_no))


@get("/v1/returns/{return_id:uuid}/files/{upload_id:uuid}", opt=may("return:draft"),
     operation_id="openReturnFile", tags=TAGS, status_code=307,
     summary="Open a file of what is being filled in", responses=refusals(NotFound))  # fmt: skip
async def open_file(
    return_id: FromPath[UUID],
    upload_id: FromPath[UUID],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
) -> Response[None]:
    """A link that lives a minute, for who fills the return in."""
    file = await call.read(lambda tx: service.open_file(tx, return_id, IN_HAND, upload_id))
    return link_answer(storage, file)


@get("/v1/returns/{return_id:uuid}/versions/{no:int}/files/{upload_id:uuid}",
     opt=may("return:read"), operation_id="openReturnVersionFile", tags=TAGS, status_code=307,
     summary="Open a file of a submission", responses=refusals(NotFound))  # fmt: skip
async def open_version_file(
    return_id: FromPath[UUID],
    no: FromPath[int],
    upload_id: FromPath[UUID],
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
) -> Response[None]:
    """A link that lives a minute; who opened it stands in the audit trail."""
    if no == IN_HAND:
        raise NotFound
    file = await call.read(lambda tx: service.open_file(tx, return_id, no, upload_id))
    return link_answer(storage, file)


@post("/v1/returns/{return_id:uuid}/accept", opt=may("return:accept"), operation_id="acceptReturn",
      status_code=200,
      tags=TAGS, summary="Accept a return",
      responses=refusals(NotAllowed, NotFound, WrongState,
                         rules.NotTheNewestVersion))  # fmt: skip
async def accept(
    return_id: FromPath[UUID], data: JSONBody[Acceptance], call: NamedDependency[Call]
) -> Response[Return]:
    """Accept exactly the version that was read; it must be the newest."""
    return await call.once(lambda tx: service.accept(tx, return_id, data.version_no), status=200)


@post("/v1/returns/{return_id:uuid}/send-back", opt=may("return:send_back"),
      operation_id="sendReturnBack", status_code=200, tags=TAGS,
      summary="Send fields of a return back",
      responses=refusals(NotAllowed, NotFound, WrongState, *OUTSIDE_WINDOW,
                         rules.BadAnswers))  # fmt: skip
async def send_back(
    return_id: FromPath[UUID], data: JSONBody[SendingBack], call: NamedDependency[Call]
) -> Response[Return]:
    """Open the named fields again with a reason; all others stay as submitted."""
    return await call.once(lambda tx: service.send_back(tx, return_id, data), status=200)


ROUTES = [
    get_own,
    save,
    get_prefill,
    submit,
    get_return,
    list_versions,
    get_version,
    diff,
    open_file,
    open_version_file,
    accept,
    send_back,
]
