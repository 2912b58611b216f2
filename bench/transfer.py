"""Up and down through presigned links beside the store's own client, same store and same run.

Ours is the whole way a browser goes over HTTP: open, PUT the parts to their links, complete – which
has the server read the file back and hash it before it acknowledges –, and for the way down ask for
the link and follow it. The bar is on the bytes' way, through the links; the whole way is shown.
"""

import hashlib
import io
import os
import statistics
import time
from collections.abc import Awaitable, Callable

import httpx
import msgspec
import urllib3
from minio import Minio

from bench import Row
from bench._ground import Ground, ground
from schoolgroup.serving import serving
from tests.people import Person

MIB = 1024 * 1024
SIZES = ((1 * MIB, 24), (64 * MIB, 6))  # bytes, and how often each way
TIMES_MIN = 0.9
TYPE = "application/octet-stream"


class Way:
    """One teacher's way over HTTP, and the raw client's."""

    def __init__(self, at: Ground, http: httpx.AsyncClient, who: Person) -> None:
        self.at, self.http, self.who = at, http, who
        self.store = urllib3.PoolManager()  # what minio's client uses too
        settings = at.services.settings
        self.raw = Minio(
            settings.s3_endpoint,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
            secure=False,
            region=settings.s3_region,
        )
        self.links_s = 0.0

    async def up(self, content: bytes) -> str:
        """Hand a file in; the id of its upload. `links_s` is what the PUTs alone took."""
        wish = {
            "file_name": "课件.bin",
            "size_bytes": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
            "media_type": TYPE,
        }
        opened = await self.http.post("/v1/uploads", json=wish, headers=self.who.headers)
        upload = opened.raise_for_status().json()
        began, parts, size = time.perf_counter(), [], upload["part_bytes"]
        for part in upload["parts"]:
            n = part["number"]
            piece = content[(n - 1) * size : n * size]
            put = self.store.request("PUT", part["url"], body=piece)
            if put.status != 200:
                raise AssertionError(put.data)
            parts.append({"number": n, "etag": put.headers["etag"].strip('"')})
        self.links_s = time.perf_counter() - began
        done = await self.http.post(
            f"/v1/uploads/{upload['id']}/complete",
            json={"parts": parts},
            headers=self.who.headers,
        )
        done.raise_for_status()
        return str(upload["id"])

    async def publish(self, upload_id: str) -> str:
        """A resource of the file; the address of the file."""
        draft = {"title": "课件", "kind": "courseware", "files": [{"upload_id": upload_id}]}
        made = await self.http.post("/v1/resources", json=draft, headers=self.who.headers)
        return f"/v1/resources/{made.raise_for_status().json()['id']}/files/1"

    async def down(self, path: str, size: int) -> None:
        """Fetch a file by its durable address."""
        ticket = await self.http.get(path, headers=self.who.headers, follow_redirects=False)
        link = ticket.headers["location"]
        began, count = time.perf_counter(), 0
        answer = self.store.request("GET", link, preload_content=False)
        for piece in answer.stream(MIB):
            count += len(piece)
        answer.release_conn()
        self.links_s = time.perf_counter() - began
        if count != size:
            raise AssertionError("another file came back")


async def _timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def measure() -> list[Row]:
    """Seconds per file, ours and the raw client's, turn about."""
    rows = []
    async with ground(access_token_s=86_400) as at:
        teacher = await at.world.person(await at.world.school("一中"), "teacher")
        settings = at.services.settings
        async with (
            serving(msgspec.structs.replace(settings, port=0)) as address,
            httpx.AsyncClient(base_url=address, timeout=120) as http,
        ):
            way = Way(at, http, teacher)
            for size, times in SIZES:
                rows += await compare(way, size, times)
    return rows


async def compare(way: Way, size: int, times: int) -> list[Row]:
    """One size: the links, the whole way, and the raw client."""
    links: dict[str, list[float]] = {"up": [], "down": []}
    whole: dict[str, list[float]] = {"up": [], "down": []}
    raw: dict[str, list[float]] = {"up": [], "down": []}
    bucket = way.at.services.settings.s3_bucket
    for n in range(times + 1):
        content = os.urandom(size)
        upload_id = ""

        async def hand_in(content: bytes = content) -> None:
            nonlocal upload_id
            upload_id = await way.up(content)

        took = await _timed(hand_in)
        up_links = way.links_s
        began = time.perf_counter()
        way.raw.put_object(bucket, f"raw/{n}", io.BytesIO(content), size, part_size=8 * MIB)
        raw_up = time.perf_counter() - began
        path = await way.publish(upload_id)
        down = await _timed(lambda path=path: way.down(path, size))  # type: ignore[misc]  # pinned
        down_links = way.links_s
        began, count = time.perf_counter(), 0
        answer = way.raw.get_object(bucket, f"raw/{n}")
        for piece in answer.stream(MIB):
            count += len(piece)
        answer.release_conn()
        raw_down = time.perf_counter() - began
        if count != size:
            raise AssertionError("the raw client got another file")
        if n == 0:
            continue  # the first of each opens connections
        for kept, figures in ((links, (up_links, down_links)), (whole, (took, down)),
                              (raw, (raw_up, raw_down))):  # fmt: skip
            kept["up"].append(figures[0])
            kept["down"].append(figures[1])
    rows = []
    for way_name in ("up", "down"):
        theirs = statistics.median(raw[way_name]) * 1000
        peer = "minio's client, 8 MiB parts" if way_name == "up" else "minio's client"
        for what, figures, bar in (
            ("through the links", links, TIMES_MIN),
            ("the whole way, verified" if way_name == "up" else "the whole way", whole, 0),
        ):
            ours = statistics.median(figures[way_name]) * 1000
            label = f"{size // MIB} MiB {way_name}, {what}, p50"
            rows.append(Row(label, ours, peer, theirs, "ms", bar))
    return rows
