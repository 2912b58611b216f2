"""What must hold when uploads meet, crash or lose the store: I10 and I11 of the design."""

import asyncio
import hashlib

import httpx
import msgspec
import pytest

from schoolgroup.app import create_app
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.storage import StoredPart
from schoolgroup.resources.deposits import receiving
from schoolgroup.resources.deposits import routes as deposit_routes
from schoolgroup.resources.deposits.models import FinishedPart
from tests.resources.uploads import (
    MIB,
    PART_BYTES,
    complete,
    hand_in,
    open_upload,
    put_parts,
    some_bytes,
    wish,
)

SMALL = b"%PDF-1.7\n" + some_bytes(3000)
TWO_PARTS = some_bytes(PART_BYTES + 2 * MIB, "two")
SHARED = some_bytes(MIB, "shared")
CROWD = 48


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


class AsSystem:
    """Transactions of the system itself, as a worker would have them."""

    def __init__(self, services, group_id):
        self.services = services
        self.group_id = group_id

    async def read(self, work):
        return await self.services.db.run(system_actor(self.group_id), work)


async def objects_of(services, group_id, content):
    """The keys under which the store has a group's content."""
    prefix = f"{group_id}/{hashlib.sha256(content).hexdigest()}/"

    def keys():
        found = services.storage.client.list_objects(
            services.storage.bucket, prefix, recursive=True
        )
        return [item.object_name for item in found]

    return await services.storage.run(keys)


async def test_the_same_content_from_a_crowd_is_one_object_and_all_succeed(
    http, world, services, sql
):
    """Everybody completes at the same instant; everybody gets the same kind of receipt."""
    schools = [await world.school(f"{n}中") for n in range(6)]
    crowd = [await world.person(schools[n % 6], "teacher") for n in range(CROWD)]
    uploads = await asyncio.gather(*(open_upload(http, person, SHARED) for person in crowd))
    parts = [await put_parts(upload, SHARED) for upload in uploads]
    answers = await asyncio.gather(
        *(complete(http, *each) for each in zip(crowd, uploads, parts, strict=True))
    )
    assert [answer.status_code for answer in answers] == [200] * CROWD
    bodies = [answer.json() for answer in answers]
    assert {body["receipt"]["sha256"] for body in bodies} == {hashlib.sha256(SHARED).hexdigest()}
    # Nothing in an answer tells who was first: what is not one's own is the same for all.
    own = ("id", "receipt", "created_at", "expires_at")
    shapes = {msgspec.json.encode({k: v for k, v in b.items() if k not in own}) for b in bodies}
    assert len(shapes) == 1
    blob = await sql.fetch("SELECT id, object_key FROM blob")
    assert len(blob) == 1
    assert await objects_of(services, world.group_id, SHARED) == [blob[0]["object_key"]]
    assert await sql.fetchval(
        "SELECT count(*) FROM deposit WHERE status = 'verified' AND blob_id = $1", blob[0]["id"]
    ) == len(crowd)


async def test_a_later_school_uploads_the_same_bytes_and_harms_nothing(
    http, world, services, sql, teacher
):
    first = await hand_in(http, teacher, SMALL, "教案.pdf")
    other = await world.person(await world.school("二中"), "teacher")
    second = await hand_in(http, other, SMALL, "anything.exe")
    assert second["media_type"] == first["media_type"] == "application/pdf"
    key = await sql.fetchval("SELECT object_key FROM blob")
    assert key.endswith(first["id"])
    assert await objects_of(services, teacher.group_id, SMALL) == [key]
    assert (await services.storage.inspect(key, 10_000)).sha256 == first["sha256"]


async def test_two_groups_share_nothing(http, world, sql, teacher):
    await hand_in(http, teacher, SMALL)
    await world.group("other")
    stranger = await world.person(await world.school("外校"), "teacher")
    await hand_in(http, stranger, SMALL)
    assert await sql.fetchval("SELECT count(DISTINCT object_key) FROM blob") == 2


async def test_completing_many_times_at_once_is_one_effect(http, teacher, sql):
    upload = await open_upload(http, teacher, TWO_PARTS)
    parts = await put_parts(upload, TWO_PARTS)
    answers = await asyncio.gather(*(complete(http, teacher, upload, parts) for _ in range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.content for answer in answers}) == 1
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'deposit.verified'") == 1
    assert (await complete(http, teacher, upload, parts)).content == answers[0].content


async def test_rejecting_many_times_at_once_is_one_rejection(http, teacher, sql):
    wrong = {"sha256": hashlib.sha256(b"another").hexdigest()}
    upload = await open_upload(http, teacher, TWO_PARTS, **wrong)
    parts = await put_parts(upload, TWO_PARTS)
    answers = await asyncio.gather(*(complete(http, teacher, upload, parts) for _ in range(6)))
    assert {answer.json()["code"] for answer in answers} == {"sha256_mismatch"}
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'deposit.rejected'") == 1


async def test_a_crash_after_the_store_put_it_together_loses_nothing(http, teacher, services, sql):
    upload = await open_upload(http, teacher, TWO_PARTS)
    parts = await put_parts(upload, TWO_PARTS)
    row = await sql.fetchrow("SELECT upload_key, multipart_id FROM deposit")
    listed = [StoredPart(part["number"], part["etag"], 0) for part in parts]
    await services.storage.complete_multipart(row["upload_key"], row["multipart_id"], listed)
    # Here the server died: the store has the object, the database knows nothing of it.
    seen = await http.get(f"/v1/uploads/{upload['id']}", headers=teacher.headers)
    assert (seen.json()["assembled"], seen.json()["received"]) == (True, [])
    done = await complete(http, teacher, upload, parts)
    assert (done.status_code, done.json()["status"]) == (200, "verified")


async def test_a_crash_after_verifying_and_before_the_commit_loses_nothing(
    http, teacher, services, sql
):
    upload = await open_upload(http, teacher, SMALL)
    parts = await put_parts(upload, SMALL)
    deposit_id = await sql.fetchval("SELECT id FROM deposit")
    sent = [msgspec.convert(part, FinishedPart) for part in parts]
    worker = AsSystem(services, teacher.group_id)
    found = await receiving.receive(worker, services.storage, deposit_id, sent)
    assert found is not None
    assert found.sha256 == upload["sha256"]
    assert await sql.fetchval("SELECT count(*) FROM blob") == 0
    done = await complete(http, teacher, upload, parts)
    assert (done.status_code, done.json()["status"]) == (200, "verified")


async def test_an_upload_the_store_has_forgotten_is_begun_anew(http, teacher, services, sql):
    """As after a restart of the embedded store, or by its rule for abandoned uploads."""
    upload = await open_upload(http, teacher, SMALL)
    parts = await put_parts(upload, SMALL)
    row = await sql.fetchrow("SELECT upload_key, multipart_id FROM deposit")
    await services.storage.abort_multipart(row["upload_key"], row["multipart_id"])
    refused = await complete(http, teacher, upload, parts)
    assert (refused.json()["code"], refused.json()["missing"]) == ("parts_missing", [1])
    address = f"/v1/uploads/{upload['id']}"
    links = await http.post(f"{address}/parts", json={"numbers": [1]}, headers=teacher.headers)
    assert links.status_code == 200, links.text
    parts = await put_parts({**upload, **links.json()}, SMALL)
    assert (await complete(http, teacher, upload, parts)).status_code == 200


async def test_reading_a_forgotten_upload_begins_it_anew(http, teacher, services, sql):
    upload = await open_upload(http, teacher, SMALL)
    row = await sql.fetchrow("SELECT upload_key, multipart_id FROM deposit")
    await services.storage.abort_multipart(row["upload_key"], row["multipart_id"])
    seen = await http.get(f"/v1/uploads/{upload['id']}", headers=teacher.headers)
    assert (seen.json()["status"], seen.json()["received"]) == ("open", [])
    assert await sql.fetchval("SELECT multipart_id FROM deposit") != row["multipart_id"]


async def test_an_upload_given_up_while_it_is_completed_acknowledges_nothing(
    http, teacher, services, sql
):
    upload = await open_upload(http, teacher, SMALL)
    parts = await put_parts(upload, SMALL)
    abort = http.delete(
        f"/v1/uploads/{upload['id']}", headers={**teacher.headers, "If-Match": '"1"'}
    )
    completed, aborted = await asyncio.gather(complete(http, teacher, upload, parts), abort)
    status = await sql.fetchval("SELECT status FROM deposit")
    won = {"verified": completed, "aborted": aborted}
    assert won.pop(status).status_code == 200
    assert [other.status_code in (409, 412) for other in won.values()] == [True]
    assert len(await objects_of(services, teacher.group_id, SMALL)) == (status == "verified")


async def test_without_the_store_the_answer_is_503_and_nothing_is_written(
    http, settings, whole_clock, teacher, sql
):
    upload = await open_upload(http, teacher, SMALL)
    parts = await put_parts(upload, SMALL)
    away = msgspec.structs.replace(settings, s3_endpoint="127.0.0.1:1")
    cut_off = create_app(away, whole_clock, deposit_routes.ROUTES)
    async with cut_off.lifespan():
        transport = httpx.ASGITransport(app=cut_off, raise_app_exceptions=False)  # type: ignore[arg-type]  # it is one
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as alone:
            address = f"/v1/uploads/{upload['id']}"
            answers = [
                await alone.post("/v1/uploads", json=wish(SMALL), headers=teacher.headers),
                await alone.get(address, headers=teacher.headers),
                await complete(alone, teacher, upload, parts),
            ]
    assert [(a.status_code, a.json()["code"]) for a in answers] == [(503, "store_unavailable")] * 3
    assert all("Retry-After" in answer.headers for answer in answers)
    assert await sql.fetchval("SELECT count(*) FROM deposit") == 1
    assert await sql.fetchval("SELECT status FROM deposit") == "open"
    assert (await complete(http, teacher, upload, parts)).status_code == 200


async def test_only_one_request_asks_the_store_to_put_the_parts_together(
    http, teacher, services, sql
):
    """The race held open by hand: another request has claimed it, and takes its time."""
    upload = await open_upload(http, teacher, SMALL)
    parts = await put_parts(upload, SMALL)
    row = await sql.fetchrow(
        """UPDATE deposit SET assembling_until_at = now() + interval '1 minute'
        RETURNING upload_key, multipart_id"""
    )
    waiting = asyncio.create_task(complete(http, teacher, upload, parts))
    await asyncio.sleep(0.6)
    assert await services.storage.find(row["upload_key"]) is None
    assert not waiting.done()
    listed = [StoredPart(part["number"], part["etag"], 0) for part in parts]
    await services.storage.complete_multipart(row["upload_key"], row["multipart_id"], listed)
    assert (await waiting).status_code == 200


async def test_who_claimed_it_and_died_keeps_nobody_waiting_for_ever(http, teacher, sql):
    upload = await open_upload(http, teacher, SMALL)
    parts = await put_parts(upload, SMALL)
    await sql.execute("UPDATE deposit SET assembling_until_at = now() + interval '1 minute'")
    refused = await complete(http, teacher, upload, parts)
    assert (refused.status_code, refused.json()["code"]) == (409, "still_assembling")
    assert refused.headers["Retry-After"] == "2"
    await sql.execute("UPDATE deposit SET assembling_until_at = now() - interval '1 second'")
    assert (await complete(http, teacher, upload, parts)).status_code == 200
