"""A file of a loan through the API itself: in ranges, so that it can be interrupted and resumed.

The presigned link (`/files/{no}`) is the faster way, where the store honours ranges and the file
arrives before the link dies. This one needs no more than the API's own address: it is for slow and
broken lines, for download managers, and for stores that do not answer ranges as RFC 9110 has it.
"""

import asyncio
import time
from base64 import b64encode
from collections.abc import AsyncIterator
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, PathParameter
from litestar.response import Stream

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound, Unauthenticated, Unavailable
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.ranges import BeyondTheEnd, Span, read_range
from schoolgroup.kernel.storage import Missing, Storage, StoreUnavailable
from schoolgroup.resources.lending.desk import rules
from schoolgroup.resources.lending.loans import service
from schoolgroup.resources.lending.loans.models import LentFile

AT_ONCE = 16  # of one process: each holds a connection to the store
BUSY_S = 5
FileNo = FromPath[Annotated[int, PathParameter(ge=1, le=50, description="The file's number.")]]


class TooManyDownloads(Unavailable):
    """As many downloads run through the API as it bears at once."""

    code = "too_many_downloads"


class Places:
    """How many downloads run in this process."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self.left = at_once

    def take(self) -> None:
        """Take a place; raises TooManyDownloads."""
        if self.left < 1:
            raise TooManyDownloads(retry_after_s=BUSY_S)
        self.left -= 1

    def give_back(self) -> None:
        """Leave the place to the next."""
        self.left += 1


@get(
    "/v1/loans/{loan_id:uuid}/files/{no:int}/content",
    opt=may("loan:fetch"),
    operation_id="downloadLoanFile",
    tags=["lending"],
    summary="A file of a running loan, whole or in ranges",
    responses={
        200: ResponseSpec(bytes, description="The file.", media_type="application/octet-stream"),
        206: ResponseSpec(
            bytes, description="The range asked for.", media_type="application/octet-stream"
        ),
        **refusals(
            Unauthenticated, NotAllowed, NotFound, rules.LoanOver, BeyondTheEnd, TooManyDownloads,
            StoreUnavailable,
        ),
    },
)  # fmt: skip
async def download_file(
    loan_id: FromPath[UUID],
    no: FileNo,
    call: NamedDependency[Call],
    storage: NamedDependency[Storage],
) -> Response[Any]:
    """Range and If-Range (the ETag is the file's SHA-256) as RFC 9110 has them; one range.

    Every request asks anew whether the loan runs; the bytes stop when it ends. A download is noted
    once for borrower and owner, not for each range.
    """
    headers = call.request.headers

    def wanted(file: LentFile) -> Span | None:
        etag = f'"{file.sha256}"'
        return read_range(headers.get("range"), headers.get("if-range"), etag, file.size_bytes)

    places = _places_of(call)
    places.take()
    try:
        granted = await call.read(lambda tx: service.download(tx, loan_id, no, wanted))
        file, span = granted.file, granted.span
        told = _headers(file, span)
        known = headers.get("if-none-match", "")
        if span is None and told["ETag"] in known:
            places.give_back()
            return Response(None, status_code=304, headers={"ETag": told["ETag"]})
        first, length = (span.first, span.length) if span else (0, file.size_bytes)
        pieces = storage.stream(file.object_key, first, length)
        try:
            begun = await anext(pieces)  # what fails now is still told as a problem
        except Missing as gone:
            raise StoreUnavailable(facts={"what": "store"}) from gone
    except BaseException:
        places.give_back()
        raise
    return Stream(
        until(time.monotonic() + granted.lasts_s, begun, pieces, places),
        status_code=206 if span else 200,
        headers=told,
        media_type=file.media_type,
    )


def _headers(file: LentFile, span: Span | None) -> dict[str, str]:
    digest = b64encode(bytes.fromhex(file.sha256)).decode()
    told = {
        "Accept-Ranges": "bytes",
        "ETag": f'"{file.sha256}"',
        "Content-Length": str(span.length if span else file.size_bytes),
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.file_name)}",
        "Repr-Digest": f"sha-256=:{digest}:",
    }
    return told | ({"Content-Range": span.told} if span else {})


async def until(
    over_at: float, begun: bytes, pieces: AsyncIterator[bytes], places: Places
) -> AsyncIterator[bytes]:
    """The pieces as they are taken; torn off when the loan ends, however slow the line is."""
    try:
        yield begun
        async for piece in pieces:
            if time.monotonic() >= over_at:
                raise ConnectionAbortedError("the loan has ended")
            yield piece
    finally:
        places.give_back()
        await asyncio.shield(_close(pieces))


async def _close(pieces: AsyncIterator[bytes]) -> None:
    closing = getattr(pieces, "aclose", None)
    if closing is not None:
        await closing()


def _places_of(call: Call) -> Places:
    state = call.request.app.state
    if not hasattr(state, "download_places"):
        state.download_places = Places()
    places: Places = state.download_places
    return places


ROUTES = [download_file]
