"""Files in both directions, as programs: uploads go on after a break, downloads by ranges."""

import hashlib
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar
from uuid import UUID

import httpx
import msgspec

from schoolgroup.client.errors import (
    RangeNotSatisfied,
    SchoolgroupError,
    TransferFailed,
    Unreachable,
    refusal_of,
)
from schoolgroup.client.exchange import (
    Call,
    Program,
    Reply,
    Send,
    State,
    Wait,
    Work,
    exchange,
    wait_of,
)
from schoolgroup.client.generated import uploads
from schoolgroup.client.kinds import Asked

T = TypeVar("T")
READ_BYTES = 1024 * 1024
SIGNED_AT_ONCE = 100
LINK_OVER = frozenset({400, 403})  # a presigned link that has expired, by S3 servers
Progress = Callable[[int, int], None]


def told(done: int, whole: int) -> None:
    """The progress of nobody."""


def upload(
    state: State, path: Path, media_type: str, resume: UUID | None, progress: Progress
) -> Program[uploads.Upload]:
    """A verified upload of the file at `path`.

    With `resume`, one that was begun goes on with the parts that have not arrived. Raises Refused,
    Unreachable, TransferFailed; what has arrived by then stays, and `resume` goes on from there.
    """
    size, sha256 = yield Work(lambda: _measure(path))
    if resume is None:
        wish = uploads.UploadWish(
            file_name=path.name, size_bytes=size, sha256=sha256, media_type=media_type
        )
        opened = yield from _ask(state, uploads.open_upload(wish))
    else:
        opened = yield from _ask(state, uploads.get_upload(resume))
        if (opened.sha256, opened.size_bytes) != (sha256, size):
            raise TransferFailed(f"{path.name} is not the file the upload {resume} was begun with")
        if opened.status == uploads.DepositStatus.VERIFIED:
            progress(size, size)
            return opened
    try:
        return (yield from _hand_in(state, path, opened, progress))
    except SchoolgroupError as broken:
        broken.add_note(f"go on with resume={opened.id}")
        raise


def _hand_in(
    state: State, path: Path, upload: uploads.Upload, progress: Progress
) -> Program[uploads.Upload]:
    finished = {part.number: part.etag for part in upload.received}
    links = {part.number: part.url for part in upload.parts}
    done = sum(part.size_bytes for part in upload.received)
    progress(done, upload.size_bytes)
    missing = [n for n in range(1, upload.part_count + 1) if n not in finished]
    for at, number in enumerate(missing):
        if upload.assembled:
            break
        attempt = 0
        while number not in finished:
            if number not in links:
                wanted = uploads.PartNumbers(numbers=missing[at : at + SIGNED_AT_ONCE])
                signed = yield from _ask(state, uploads.sign_upload_parts(upload.id, wanted))
                links = {part.number: part.url for part in signed.parts}
            start = (number - 1) * upload.part_bytes
            bytes_ = yield Work(partial(_read, path, start, upload.part_bytes))
            attempt += 1
            etag = yield from _put(state, links.pop(number), bytes_, attempt)
            if etag is not None:
                finished[number] = etag
                done += len(bytes_)
                progress(done, upload.size_bytes)
    parts = [uploads.FinishedPart(number=n, etag=tag) for n, tag in sorted(finished.items())]
    if not parts:  # the store has put them together already
        parts = [uploads.FinishedPart(number=1, etag="-")]
    whole = uploads.Completion(parts=parts)
    return (yield from _ask(state, uploads.complete_upload(upload.id, whole)))


def _put(state: State, url: str, part: bytes, attempt: int) -> Program[str | None]:
    """The store's ETag of a part; None: ask for a new link and try again. Raises TransferFailed."""
    try:
        reply: Reply = yield Send("PUT", url, {}, part)
    except httpx.TransportError as broken:
        failed: SchoolgroupError = Unreachable(f"the store: {type(broken).__name__}: {broken}")
        failed.__cause__ = broken
    else:
        if reply.status < 300 and "etag" in reply.headers:
            return reply.headers["etag"]
        failed = TransferFailed(f"the store answered {reply.status} to a part")
        if reply.status not in LINK_OVER and reply.status < 500 and reply.status != 429:
            raise failed
    if attempt >= state.patience.attempts:
        raise failed
    yield Wait(wait_of(state.patience, attempt, None, state.chance))
    return None


def download(
    state: State, asked: Asked[object], path: Path, progress: Progress, sha256: str | None
) -> Program[Path]:
    """The file that `asked` leads to, at `path`; raises Refused, Unreachable, TransferFailed.

    It grows beside its place as `….part` and takes its name when it is whole. What broke off goes
    on from there with a range, and only if the file is still the same (If-Range); where the server
    answers with a link to the store, the link is fetched without the token and asked for anew.
    """
    growing = path.with_name(path.name + ".part")
    sink = _Sink(growing)
    yield Work(sink.open)
    attempt = 0
    try:
        while True:
            attempt += 1
            try:
                whole = yield from _fetch(state, asked.call, sink, progress)
            except httpx.TransportError as broken:
                failed: SchoolgroupError = Unreachable(f"{type(broken).__name__}: {broken}")
                failed.__cause__ = broken
            except RangeNotSatisfied as refused:
                yield Work(sink.begin_again)
                failed = refused
            else:
                if whole is None or sink.length == whole:
                    break
                failed = TransferFailed(f"{sink.length} of {whole} bytes came")
            if attempt >= state.patience.attempts:
                raise failed
            yield Wait(wait_of(state.patience, attempt, None, state.chance))
    finally:
        sink.close()
    if sha256 is not None:
        _, found = yield Work(lambda: _measure(growing))
        if found != sha256:
            yield Work(sink.throw_away)
            raise TransferFailed(f"SHA-256 is {found}, not {sha256}")
    result: Path = yield Work(lambda: sink.finish(path))
    return result


def _fetch(state: State, call: Call, sink: "_Sink", progress: Progress) -> Program[int | None]:
    """Take what is missing; how long the whole is, where that is told."""
    ranged: dict[str, str] = {"Accept-Encoding": "identity"}
    if sink.length and sink.tag:
        ranged |= {"Range": f"bytes={sink.length}-", "If-Range": sink.tag}
    elif sink.length:
        yield Work(sink.begin_again)
    sink.progress = progress
    asked = msgspec.structs.replace(call, headers={**call.headers, **ranged})
    reply = yield from exchange(state, asked, sink)
    if reply.status == 307:
        reply = yield Send("GET", reply.headers["location"], ranged, None, sink)
        if reply.status >= 400:
            refused = refusal_of(reply.status, reply.headers, reply.body)
            if reply.status in LINK_OVER or reply.status >= 500:
                raise httpx.ReadError(str(refused))  # ask for a new link
            raise refused
    return _whole(reply)


class _Sink:
    """The growing file, and the ETag of what is in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.noted = path.with_name(path.name + ".etag")
        self.tag = ""
        self.length = 0
        self.whole = 0
        self.progress: Progress = told
        self._file: BinaryIO | None = None

    def open(self) -> None:
        """Go on with what an earlier call left."""
        self._file = self.path.open("ab")
        self.length = self._file.tell()
        self.tag = self.noted.read_text("ascii") if self.noted.exists() else ""

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """An answer's body follows: the rest (206), or everything (200)."""
        if status != 206:
            self.begin_again()
        self.tag = headers.get("etag", "")
        self.noted.write_text(self.tag, "ascii")
        length = headers.get("content-length", "0")
        self.whole = self.length + (int(length) if length.isdigit() else 0)

    def begin_again(self) -> None:
        """Forget what is there."""
        assert self._file is not None
        self._file.truncate(0)
        self.length, self.tag = 0, ""

    def write(self, chunk: bytes) -> None:
        """Take what came."""
        assert self._file is not None
        self._file.write(chunk)
        self.length += len(chunk)
        self.progress(self.length, max(self.whole, self.length))

    def close(self) -> None:
        """Let go of the file."""
        if self._file is not None:
            self._file.close()

    def finish(self, path: Path) -> Path:
        """Give it its name."""
        self.close()
        self.noted.unlink(missing_ok=True)
        os.replace(self.path, path)
        return path

    def throw_away(self) -> None:
        """It is not the file it should be."""
        self.close()
        self.noted.unlink(missing_ok=True)
        self.path.unlink(missing_ok=True)


def _whole(reply: Reply) -> int | None:
    if reply.status == 206:
        size = reply.headers.get("content-range", "").rpartition("/")[2]
        return int(size) if size.isdigit() else None
    length = reply.headers.get("content-length", "")
    return int(length) if length.isdigit() else None


def _ask(state: State, asked: Asked[T]) -> Program[T]:
    reply = yield from exchange(state, asked.call)
    return asked.read(reply)


def _read(path: Path, start: int, length: int) -> bytes:
    with path.open("rb") as file:
        file.seek(start)
        return file.read(length)


def _measure(path: Path) -> tuple[int, str]:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(READ_BYTES):
            digest.update(chunk)
        return file.tell(), digest.hexdigest()
