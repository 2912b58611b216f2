"""The object store's few calls against a real server; those minio keeps private among them."""

import hashlib
from datetime import timedelta

import httpx
import pytest

from schoolgroup.kernel.storage import EDGE_BYTES, Missing, StoredPart
from tests.resources.uploads import PART_BYTES, some_bytes

CONTENT = some_bytes(PART_BYTES + 1000, "storage")


@pytest.fixture
def storage(services):
    return services.storage


async def put(storage, key, upload_id, number, piece):
    link = storage.part_link(key, upload_id, number, timedelta(seconds=60))
    async with httpx.AsyncClient(timeout=60) as browser:
        answer = await browser.put(link, content=piece)
    assert answer.status_code == 200, answer.text
    return answer.headers["etag"].strip('"')


async def test_an_object_is_put_together_from_parts_and_read_back(storage):
    key = "storage/whole"
    upload_id = await storage.begin_multipart(key)
    assert await storage.list_parts(key, upload_id) == []
    etags = [
        await put(storage, key, upload_id, 1, CONTENT[:PART_BYTES]),
        await put(storage, key, upload_id, 2, CONTENT[PART_BYTES:]),
    ]
    arrived = await storage.list_parts(key, upload_id)
    assert arrived == [StoredPart(1, etags[0], PART_BYTES), StoredPart(2, etags[1], 1000)]
    assert await storage.find(key) is None
    await storage.complete_multipart(key, upload_id, arrived)
    stored = await storage.find(key)
    assert stored is not None
    assert stored.size_bytes == len(CONTENT)
    found = await storage.inspect(key, len(CONTENT))
    assert found.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert (found.head, found.tail) == (CONTENT[:EDGE_BYTES], CONTENT[-EDGE_BYTES:])
    with pytest.raises(Missing):
        await storage.list_parts(key, upload_id)
    await storage.delete(key)
    await storage.delete(key)
    assert await storage.find(key) is None


async def test_reading_stops_beyond_the_limit(storage):
    key = "storage/long"
    upload_id = await storage.begin_multipart(key)
    await put(storage, key, upload_id, 1, CONTENT)
    await storage.complete_multipart(key, upload_id, await storage.list_parts(key, upload_id))
    found = await storage.inspect(key, 1000)
    assert 1000 < found.size_bytes < len(CONTENT)


async def test_what_is_not_there_is_missing_and_no_failure(storage):
    with pytest.raises(Missing):
        await storage.inspect("storage/nothing", 10)
    with pytest.raises(Missing):
        await storage.list_parts("storage/nothing", "no-such-upload")
    with pytest.raises(Missing):
        await storage.complete_multipart(
            "storage/nothing", "no-such-upload", [StoredPart(1, "a" * 32, 1)]
        )
    await storage.abort_multipart("storage/nothing", "no-such-upload")
    await storage.delete("storage/nothing")


async def test_an_upload_that_was_given_up_takes_no_part(storage):
    key = "storage/given-up"
    upload_id = await storage.begin_multipart(key)
    await put(storage, key, upload_id, 1, b"part")
    await storage.abort_multipart(key, upload_id)
    link = storage.part_link(key, upload_id, 2, timedelta(seconds=60))
    async with httpx.AsyncClient(verify=False) as browser:
        assert (await browser.put(link, content=b"late")).status_code == 404
