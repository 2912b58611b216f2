"""The object store: links that die, objects that are not there, a store that does not answer."""

import asyncio
import hashlib
import io
from datetime import timedelta
from urllib.parse import quote

import httpx
import pytest

from schoolgroup.kernel.storage import Storage, StoreUnavailable

CONTENT = b"lesson " * 1000


@pytest.fixture
async def stored(services) -> str:
    key = "tests/lesson"
    storage = services.storage
    await storage.run(
        lambda: storage.client.put_object(
            storage.bucket, key, io.BytesIO(CONTENT), len(CONTENT), "application/octet-stream"
        )
    )
    return key


async def fetch(link: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(link)


async def test_a_link_gives_the_bytes_under_their_name(services, stored):
    name = '分数 "教案" 1.pdf'
    link = services.storage.link(stored, timedelta(seconds=60), name, "application/pdf")
    answer = await fetch(link)
    assert answer.status_code == 200
    assert answer.content == CONTENT
    assert quote(name) in answer.headers["content-disposition"]
    assert answer.headers["content-disposition"].startswith("attachment;")


async def test_a_link_dies(services, stored):
    link = services.storage.link(stored, timedelta(seconds=1), "a", "text/plain")
    await asyncio.sleep(2.1)
    assert (await fetch(link)).status_code == 403


async def test_a_link_is_for_one_object_only(services, stored):
    link = services.storage.link(stored, timedelta(seconds=60), "a", "text/plain")
    assert (await fetch(link.replace("lesson?", "other?"))).status_code == 403
    assert (await fetch(link.partition("?")[0])).status_code == 403


async def test_what_is_stored_is_measured_where_it_lies(services, stored):
    found = await services.storage.find(stored)
    assert (found.key, found.size_bytes) == (stored, len(CONTENT))
    digest, size = await services.storage.digest(stored, len(CONTENT))
    assert (digest, size) == (hashlib.sha256(CONTENT).hexdigest(), len(CONTENT))


async def test_measuring_stops_beyond_what_was_announced(services, stored):
    digest, size = await services.storage.digest(stored, 10)
    assert size > 10
    assert digest != hashlib.sha256(CONTENT).hexdigest()


async def test_what_is_not_there_is_nothing(services, stored):
    assert await services.storage.find("tests/nothing") is None
    await services.storage.delete("tests/nothing")
    await services.storage.delete(stored)
    assert await services.storage.find(stored) is None


async def test_a_store_that_does_not_answer_is_unavailable(settings, unused_port=1):
    away = Storage(
        f"127.0.0.1:{unused_port}", "k", "s", region="us-east-1", bucket="b", secure=False
    )
    with pytest.raises(StoreUnavailable):
        await away.find("x")
    assert "X-Amz-Signature" in away.link("x", timedelta(seconds=1), "a", "text/plain")


async def test_a_store_that_refuses_our_key_is_unavailable(settings, stored):
    stranger = Storage(
        settings.s3_endpoint,
        settings.s3_access_key,
        "not the secret",
        region=settings.s3_region,
        bucket=settings.s3_bucket,
        secure=settings.s3_secure,
    )
    with pytest.raises(StoreUnavailable):
        await stranger.digest(stored, 10)
