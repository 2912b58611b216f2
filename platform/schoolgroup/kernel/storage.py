"""The object store behind a tiny surface: any S3, through minio's client in threads."""

import asyncio
import hashlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any, TypeVar
from urllib.parse import quote

import msgspec
import urllib3
from minio import Minio
from minio.error import MinioException, S3Error

from schoolgroup.kernel.errors import Unavailable

T = TypeVar("T")
CHUNK_BYTES = 1024 * 1024
CONNECT_S, READ_S = 5.0, 60.0
GONE = {"NoSuchKey", "NoSuchUpload", "NoSuchBucket", "NotFound"}


class StoreUnavailable(Unavailable):
    """The object store does not answer."""

    code = "store_unavailable"


class StoredObject(msgspec.Struct, frozen=True):
    """What the store says of an object."""

    key: str
    size_bytes: int


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
        """Run a blocking call of the client in a thread; raises StoreUnavailable where it fails."""
        try:
            return await asyncio.to_thread(work)
        except S3Error as refused:
            if refused.code in GONE:
                raise
            raise StoreUnavailable(facts={"what": "store"}) from refused
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as failed:
            raise StoreUnavailable(facts={"what": "store"}) from failed

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
        except S3Error:
            return None
        return StoredObject(key=key, size_bytes=found.size or 0)

    async def digest(self, key: str, size_bytes_max: int) -> tuple[str, int]:
        """The SHA-256 (hex) and size of an object, read once from the store; bounded."""

        def read() -> tuple[str, int]:
            digest, size = hashlib.sha256(), 0
            answer: Any = self.client.get_object(self.bucket, key)
            try:
                for chunk in answer.stream(CHUNK_BYTES):
                    size += len(chunk)
                    if size > size_bytes_max:
                        break
                    digest.update(chunk)
            finally:
                answer.close()
                answer.release_conn()
            return digest.hexdigest(), size

        return await self.run(read)

    async def delete(self, key: str) -> None:
        """Delete the object; nothing happens where there is none."""
        await self.run(lambda: self.client.remove_object(self.bucket, key))

    def link(self, key: str, lives_for: timedelta, file_name: str, media_type: str) -> str:
        """A presigned GET for `lives_for`, downloading under `file_name` (RFC 8187)."""
        headers: dict[str, Any] = {
            "response-content-disposition": f"attachment; filename*=UTF-8''{quote(file_name)}",
            "response-content-type": media_type,
        }
        return self.public.presigned_get_object(
            self.bucket, key, expires=lives_for, response_headers=headers
        )
