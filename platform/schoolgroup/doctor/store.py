"""Checks of the object store: there, ours to write in, in time, and open to browsers."""

import asyncio
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx

from schoolgroup.doctor.database import skew
from schoolgroup.doctor.models import Finding, fail, warn, well
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.storage import Missing, Storage, StoreUnavailable
from schoolgroup.kernel.texts import Text

ASK_S = 5.0
FOLDER = "doctor"
ORIGIN = "https://doctor.example"


async def check_store(storage: Storage) -> list[Finding]:
    """Write, read and delete one object; ask as a browser would."""
    key, content = f"{FOLDER}/{new_id()}", b"schoolgroup doctor"
    try:
        # as every other call, but with less patience
        async with asyncio.timeout(ASK_S * 3):
            await storage.put(key, content, "text/plain")
            read = await storage.inspect(key, len(content))
            found = [_kept(read.size_bytes == len(content))]
            found += await _as_a_browser(storage, key)
            await storage.delete(key)
            if await storage.find(key) is not None:
                found.append(_not_deleted())
    except (StoreUnavailable, Missing, TimeoutError) as failed:
        cause = type(failed.__cause__ or failed).__name__
        return [
            fail(
                "store",
                Text(
                    f"an object cannot be written and read ({cause})",
                    f"无法写入并读取对象（{cause}）",
                ),
                Text(
                    "Is it running; are s3_endpoint, keys and bucket right; is its disk full?",
                    "请检查对象存储是否运行、s3_endpoint、密钥与存储桶，以及磁盘是否已满。",
                ),
            )
        ]
    return found


def _kept(whole: bool) -> Finding:
    if whole:
        return well("store", "written, read and deleted", "可写、可读、可删")
    return fail(
        "store",
        Text("what was read is not what was written", "读取内容与写入不一致"),
        Text("Do not use this store; look at its disk.", "请勿使用该存储，并检查磁盘。"),
    )


def _not_deleted() -> Finding:
    return warn(
        "store delete",
        Text("a deleted object is still there", "删除的对象仍然存在"),
        Text(
            "Let the key delete objects; else nothing is ever given back.",
            "请授予删除权限，否则空间无法释放。",
        ),
    )


async def _as_a_browser(storage: Storage, key: str) -> list[Finding]:
    """A presigned link from another origin, as an upload page uses it."""
    link = storage.link(key, timedelta(seconds=60), "x.txt", "text/plain")
    asks = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-type",
    }
    try:
        async with httpx.AsyncClient(timeout=ASK_S) as browser:
            before = await browser.options(link, headers=asks)
            got = await browser.get(link, headers={"Origin": ORIGIN})
    except httpx.HTTPError as failed:
        return [
            fail(
                "store for browsers",
                Text(
                    f"links cannot be followed ({type(failed).__name__})",
                    f"链接无法访问（{type(failed).__name__}）",
                ),
                Text(
                    "Is s3_public_endpoint the address browsers see?",
                    "s3_public_endpoint 是否为浏览器可访问的地址？",
                ),
            )
        ]
    found = [_cors(before, got)]
    if "date" in got.headers:
        there = parsedate_to_datetime(got.headers["date"])
        found.append(skew("store clock", there, datetime.now(UTC)))
    return found


def _cors(before: httpx.Response, got: httpx.Response) -> Finding:
    allowed = before.headers.get("access-control-allow-origin") in ("*", ORIGIN)
    exposed = "etag" in got.headers.get("access-control-expose-headers", "").lower()
    if allowed and (exposed or got.headers.get("access-control-expose-headers") == "*"):
        return well("store for browsers", "uploads from pages are allowed", "允许网页直接上传")
    return warn(
        "store for browsers",
        Text(
            "pages of other origins may not upload, or do not see ETag (CORS)",
            "跨域网页无法上传，或无法读取 ETag（CORS）",
        ),
        Text(
            "Allow your pages' origin and expose ETag (MinIO: MINIO_API_CORS_ALLOW_ORIGIN).",
            "请允许网页来源的 PUT、GET 并暴露 ETag；MinIO 见 MINIO_API_CORS_ALLOW_ORIGIN。",
        ),
    )
