"""The object store behind a tiny surface: any S3, through minio's client in threads."""

import asyncio
import hashlib
import io
import re
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote

import msgspec
import urllib3
from minio import Minio
from minio.datatypes import Part
from minio.error import InvalidResponseError, MinioException, S3Error

from schoolgroup.kernel.errors import Unavailable
from schoolgroup.kernel.object_files import ObjectFile, ReadTooMuch
from schoolgroup.kernel.observe import metrics, traces

T = TypeVar("T")
CHUNK_BYTES = 1024 * 1024
CONNECT_S, READ_S = 5.0, 60.0
GONE = {"NoSuchKey", "NoSuchUpload", "NoSuchBucket", "NotFound"}
CODE_IN_XML = re.compile(r"<Code>(\w+)</Code>")
PARTS_MAX = 10_000  # of one multipart upload, by the rules of S3
EDGE_BYTES = 64 * 1024
RANGE_BYTES = 64 * 1024  # read at a time where an object is looked into


class StoreUnavailable(Unavailable):
    """The object store does not answer."""

    code = "store_unavailable"


class Missing(Exception):
    """The store has no such object or no such unfinished upload (any more)."""


class StoredObject(msgspec.Struct, frozen=True):
    """What the store says of an object."""

    key: str
    size_bytes: int


class StoredPart(msgspec.Struct, frozen=True):
    """A part of an unfinished upload that has arrived."""

    number: int
    etag: str
    size_bytes: int


class ListedObject(msgspec.Struct, frozen=True):
    """An object in a list, with when it was last written."""

    key: str
    size_bytes: int
    written_at: datetime


class StoredFile(msgspec.Struct, frozen=True):
    """Where a file's bytes are, and what a download of it is called."""

    file_name: str
    object_key: str
    media_type: str


class Inspected(msgspec.Struct, frozen=True):
    """What was found by reading an object from its first byte to its last.

    `head` and `tail` are its first and last bytes, up to 64 KiB each.
    """

    sha256: str
    size_bytes: int
    head: bytes
    tail: bytes


class Storage:
    """One bucket. Keys are ours; bytes never pass through a request of this server."""

    def __init__(
        self,
        endpoint: str,
        access_key: str,
        secret_key: str,
        *,
        region: str,
        bucket: str,
        secure: bool = False,
        public_endpoint: str = "",
    ) -> None:
        """`public_endpoint` is the address browsers see; presigned links are made for it."""

        def client(address: str) -> Minio:
            pool = urllib3.PoolManager(
                timeout=urllib3.Timeout(connect=CONNECT_S, read=READ_S),
                maxsize=16,
                retries=urllib3.Retry(total=2, backoff_factor=0.1),
            )
            return Minio(
                address,
                access_key=access_key,
                secret_key=secret_key,
                secure=secure,
                region=region,
                http_client=pool,
            )

        self.bucket = bucket
        self.client = client(endpoint)
        self.public = client(public_endpoint) if public_endpoint else self.client

    async def run(self, work: Callable[[], T]) -> T:
        """Run a blocking call of the client in a thread.

        Raises Missing where the store has no such thing, StoreUnavailable where it fails.
        """
        call = _name_of(work)
        began_s = time.perf_counter()
        try:
            with traces.span(f"store {call}"):
                return await asyncio.to_thread(work)
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as failed:
            if _code_of(failed) in GONE:
                raise Missing from failed
            metrics.STORE_ERRORS.labels(call).inc()
            raise StoreUnavailable(facts={"what": "store"}) from failed
        finally:
            metrics.STORE_SECONDS.labels(call).observe(time.perf_counter() - began_s)

    async def make_bucket(self) -> None:
        """Make the bucket unless it is there."""

        def make() -> None:
            if not self.client.bucket_exists(self.bucket):
                self.client.make_bucket(self.bucket)

        await self.run(make)

    async def find(self, key: str) -> StoredObject | None:
        """The object at `key`, or None."""
        try:
            found = await self.run(lambda: self.client.stat_object(self.bucket, key))
        except Missing:
            return None
        return StoredObject(key=key, size_bytes=found.size or 0)

    async def inspect(self, key: str, size_bytes_max: int) -> Inspected:
        """Read an object once from the store, and no further than the limit; raises Missing."""

        def read() -> Inspected:
            digest, size, head, tail = hashlib.sha256(), 0, b"", b""
            answer: Any = self.client.get_object(self.bucket, key)
            try:
                for chunk in answer.stream(CHUNK_BYTES):
                    size += len(chunk)
                    if size > size_bytes_max:
                        break
                    digest.update(chunk)
                    head = (head + chunk)[:EDGE_BYTES] if len(head) < EDGE_BYTES else head
                    tail = (tail + chunk[-EDGE_BYTES:])[-EDGE_BYTES:]
            finally:
                answer.close()
                answer.release_conn()
            return Inspected(digest.hexdigest(), size, head, tail)

        return await self.run(read)

    async def read_parts(
        self, key: str, size_bytes: int, bytes_max: int, work: Callable[[BinaryIO], T]
    ) -> T:
        """Let `work` look into an object as a file; only what it reads is asked of the store.

        It runs in a thread and may read `bytes_max` in all: beyond that it gets ReadTooMuch.
        """

        def look() -> T:
            with io.BufferedReader(
                ObjectFile(self.client, self.bucket, key, size_bytes, bytes_max), RANGE_BYTES
            ) as file:
                return work(file)

        return await self.run(look)

    async def read_through(self, key: str, work: Callable[[Iterator[bytes]], T]) -> T:
        """Let `work`, in a thread, take an object's bytes from the first to the last."""

        def read() -> T:
            answer: Any = self.client.get_object(self.bucket, key)
            try:
                return work(answer.stream(CHUNK_BYTES))
            finally:
                answer.close()
                answer.release_conn()

        return await self.run(read)

    async def stream(self, key: str, first: int, length: int) -> AsyncIterator[bytes]:
        """So many bytes of an object from `first` on, a piece at a time; raises Missing.

        One connection to the store, read in a thread only as fast as the pieces are taken.
        """
        answer: Any = await self.run(
            lambda: self.client.get_object(self.bucket, key, offset=first, length=length)
        )
        try:
            left = length
            while left > 0:
                piece: bytes = await self.run(partial(answer.read, min(CHUNK_BYTES, left)))
                if not piece:
                    raise StoreUnavailable(facts={"what": "store"})
                left -= len(piece)
                yield piece
        finally:
            answer.close()
            answer.release_conn()

    async def list_below(self, prefix: str) -> list[ListedObject]:
        """Every object whose key begins so."""

        def read() -> list[ListedObject]:
            found = self.client.list_objects(self.bucket, prefix, recursive=True)
            return [
                ListedObject(o.object_name, o.size or 0, o.last_modified)
                for o in found
                if o.object_name and o.last_modified
            ]

        return await self.run(read)

    async def save(self, key: str, into: Path, size_bytes_max: int) -> None:
        """Write an object to a file; raises Missing, ReadTooMuch beyond the limit."""

        def read(pieces: Iterator[bytes]) -> None:
            size = 0
            with into.open("wb") as file:
                for piece in pieces:
                    size += len(piece)
                    if size > size_bytes_max:
                        raise ReadTooMuch
                    file.write(piece)

        await self.read_through(key, read)

    async def put(self, key: str, content: bytes, media_type: str) -> None:
        """Write a small object of ours; the same key again holds the same bytes."""
        await self.run(
            lambda: self.client.put_object(
                self.bucket, key, io.BytesIO(content), len(content), content_type=media_type
            )
        )

    async def put_file(self, key: str, file: Path, media_type: str) -> None:
        """Write an object from a file, in parts where it is large."""
        await self.run(
            lambda: self.client.fput_object(self.bucket, key, str(file), content_type=media_type)
        )

    async def delete(self, key: str) -> None:
        """Delete the object; nothing happens where there is none."""
        await self.run(lambda: self.client.remove_object(self.bucket, key))

    def link(
        self,
        key: str,
        lives_for: timedelta,
        file_name: str,
        media_type: str,
        *,
        inline: bool = False,
    ) -> str:
        """A presigned GET for `lives_for`, downloading under `file_name` (RFC 8187).

        `inline`: shown in place. Only for what we made ourselves, never for what was handed in.
        """
        how = "inline" if inline else "attachment"
        headers: dict[str, Any] = {
            "response-content-disposition": f"{how}; filename*=UTF-8''{quote(file_name)}",
            "response-content-type": media_type,
        }
        return self.public.presigned_get_object(
            self.bucket, key, expires=lives_for, response_headers=headers
        )

    # Multipart uploads. minio's client keeps these calls of the S3 interface to itself (a leading
    # underscore) and offers only uploads it carries out; here the browser carries them out, so
    # they are called in this one place. tests/kernel/test_storage.py notices if they change.

    async def begin_multipart(self, key: str) -> str:
        """Begin an upload in parts to `key`; its id in the store."""
        return await self.run(lambda: self.client._create_multipart_upload(self.bucket, key, {}))

    def part_link(self, key: str, upload_id: str, number: int, lives_for: timedelta) -> str:
        """A presigned PUT for part `number` (from 1) of an upload; made without the network."""
        return self.public.get_presigned_url(
            "PUT",
            self.bucket,
            key,
            expires=lives_for,
            extra_query_params={"partNumber": str(number), "uploadId": upload_id},
        )

    async def list_parts(self, key: str, upload_id: str) -> list[StoredPart]:
        """The parts that have arrived, in order; raises Missing where there is no such upload."""

        def read() -> list[StoredPart]:
            found: list[StoredPart] = []
            after: str | None = None
            while len(found) < PARTS_MAX:
                answer = self.client._list_parts(
                    self.bucket, key, upload_id, part_number_marker=after
                )
                found += [StoredPart(p.part_number, p.etag, p.size or 0) for p in answer.parts]
                after = answer.next_part_number_marker
                if not answer.is_truncated or not after:
                    break
            return found

        return await self.run(read)

    async def complete_multipart(
        self, key: str, upload_id: str, parts: Sequence[StoredPart]
    ) -> None:
        """Put the parts together as the object `key`; raises Missing where that is over."""
        listed = [Part(part.number, part.etag) for part in parts]
        await self.run(
            lambda: self.client._complete_multipart_upload(self.bucket, key, upload_id, listed)
        )

    async def list_multiparts(self, key: str) -> list[str]:
        """The ids of the unfinished uploads to exactly this key.

        Not below a prefix: MinIO and rclone answer such a question with nothing.
        """

        def read() -> list[str]:
            answer = self.client._list_multipart_uploads(self.bucket, prefix=key)
            return [u.upload_id for u in answer.uploads if u.object_name == key and u.upload_id]

        try:
            return await self.run(read)
        except Missing:
            return []

    async def abort_multipart(self, key: str, upload_id: str) -> None:
        """Give an unfinished upload up; nothing happens where there is none."""
        try:
            await self.run(lambda: self.client._abort_multipart_upload(self.bucket, key, upload_id))
        except Missing:
            return


def _name_of(work: Callable[[], object]) -> str:
    """The method of ours a blocking call was made in: `find`, `put`; `stream` for each piece."""
    inside = getattr(work, "__qualname__", "").split(".")
    return inside[1] if len(inside) > 2 and inside[0] == Storage.__name__ else "stream"


def _code_of(failed: BaseException) -> str:
    """The store's own word for what went wrong.

    Some servers send their errors as text/xml; minio's client then takes them for no answer of S3.
    """
    if isinstance(failed, S3Error):
        return failed.code or ""
    if isinstance(failed, InvalidResponseError):
        found = CODE_IN_XML.search(failed._body or "")
        return found[1] if found else ""
    return ""
