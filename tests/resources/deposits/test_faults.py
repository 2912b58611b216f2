"""Uploads while things really break: the server killed, the store out of reach, a browser away."""

import asyncio
import hashlib
import re
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any, cast

import asyncpg
import httpx
import msgspec
import pytest

from schoolgroup.app import create_app
from schoolgroup.kernel import bootstrap
from schoolgroup.resources.deposits import routes
from schoolgroup.resources.deposits.tidying import GRACE, tidy
from tests.resources.faults import server_process, wire_to
from tests.resources.uploads import (
    MIB,
    PART_BYTES,
    complete,
    hand_in,
    open_upload,
    put_parts,
    some_bytes,
)
from tests.waiting import until_waiting

FILE = some_bytes(PART_BYTES + MIB, "faults")
SHA256 = hashlib.sha256(FILE).hexdigest()


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


@asynccontextmanager
async def client_of(settings, clock, **other):
    """The application in this process with other settings; of its rooms, the one for uploads."""
    application = create_app(msgspec.structs.replace(settings, **other), clock, routes.ROUTES)
    async with application.lifespan():
        transport = httpx.ASGITransport(app=cast("Any", application), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield http


async def state_of(sql):
    """What the database says of the only deposit, and how many contents it names."""
    row = await sql.fetchrow(
        "SELECT status, verified_at, (SELECT count(*) FROM blob) AS blobs FROM deposit"
    )
    return tuple(row)


async def test_a_server_killed_between_complete_and_commit_loses_and_doubles_nothing(
    http, teacher, settings, services, sql, tmp_path
):
    """SIGKILL twice: once the store has the file whole and nothing is written, once in the commit.

    The first: the store's answer to what comes after CompleteMultipartUpload never arrives. The
    second: the transaction that acknowledges waits for a row that the test holds.
    """
    log = tmp_path / "log"
    async with wire_to(settings.s3_endpoint) as (wire, wired):
        other = {"s3_endpoint": wired, "s3_public_endpoint": settings.s3_endpoint}
        async with server_process(settings, log, **other) as (process, address):  # noqa: SIM117
            async with httpx.AsyncClient(base_url=address, timeout=60) as api:
                upload = await open_upload(api, teacher, FILE)
                parts = await put_parts(upload, FILE)
                assembled = asyncio.Event()

                async def hold_after_assembling(piece):
                    if assembled.is_set():
                        await asyncio.sleep(3600)
                    if b"CompleteMultipartUploadResult" in piece:
                        assembled.set()

                wire.answered = hold_after_assembling
                asking = asyncio.create_task(complete(api, teacher, upload, parts))
                await asyncio.wait_for(assembled.wait(), 30)
                key = await sql.fetchval("SELECT upload_key FROM deposit")
                found = await services.storage.find(key)
                assert found is not None
                assert found.size_bytes == len(FILE)
                process.kill()
                with pytest.raises(httpx.TransportError):
                    await asking
        assert await state_of(sql) == ("open", None, 0)
        wire.cut()  # whatever still waits on it
        wire.mend()
        async with server_process(settings, log, **other) as (process, address):  # noqa: SIM117
            async with httpx.AsyncClient(base_url=address, timeout=60) as api:
                holder = await asyncpg.connect(bootstrap.inside(settings.database_admin_url))
                held = holder.transaction()
                await held.start()
                await holder.execute("SELECT FROM deposit FOR UPDATE")
                asking = asyncio.create_task(complete(api, teacher, upload, parts))
                await until_waiting(sql)
                process.kill()
                with pytest.raises(httpx.TransportError):
                    await asking
                await held.rollback()
                await holder.close()
        assert await state_of(sql) == ("open", None, 0)
    # another process of the same installation goes on
    seen = await http.get(f"/v1/uploads/{upload['id']}", headers=teacher.headers)
    assert (seen.json()["status"], seen.json()["assembled"]) == ("open", True)
    answers = [await complete(http, teacher, upload, parts) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    assert {answer.json()["receipt"]["sha256"] for answer in answers} == {SHA256}
    assert (await state_of(sql))[0] == "verified"
    assert await sql.fetchval("SELECT count(*) FROM blob") == 1
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'deposit.verified'") == 1
    kept = await services.storage.inspect(key, len(FILE))
    assert kept.sha256 == SHA256


async def test_a_store_out_of_reach_at_any_step_costs_patience_and_no_bytes(
    settings, clock, teacher, sql
):
    async with (
        wire_to(settings.s3_endpoint) as (wire, wired),
        client_of(settings, clock, s3_endpoint=wired, s3_public_endpoint="") as http,
    ):
        wire.cut()
        refused = await http.post(
            "/v1/uploads", headers=teacher.headers,
            json={"file_name": "a.bin", "size_bytes": len(FILE), "sha256": SHA256,
                  "media_type": "application/octet-stream"},
        )  # fmt: skip
        assert (refused.status_code, refused.json()["code"]) == (503, "store_unavailable")
        assert await sql.fetchval("SELECT count(*) FROM deposit") == 0
        wire.mend()
        upload = await open_upload(http, teacher, FILE)
        address = f"/v1/uploads/{upload['id']}"
        first = await put_parts(upload, FILE, [1])
        wire.cut()  # in the middle of the upload
        with pytest.raises(httpx.TransportError):
            await put_parts(upload, FILE, [2])
        looking = await http.get(address, headers=teacher.headers)
        assert (looking.status_code, looking.json()["code"]) == (503, "store_unavailable")
        early = await complete(http, teacher, upload, first)
        assert (early.status_code, early.json()["code"]) == (503, "store_unavailable")
        wire.mend()
        seen = (await http.get(address, headers=teacher.headers)).json()
        assert [part["number"] for part in seen["received"]] == [1]
        parts = first + await put_parts(upload, FILE, [2])

        async def tear_the_answer(piece):
            if b"CompleteMultipartUploadResult" in piece:
                wire.cut()  # it is done there, and nobody here is told
                raise ConnectionError

        wire.answered = tear_the_answer
        lost = await complete(http, teacher, upload, parts)
        assert (lost.status_code, lost.json()["code"]) == (503, "store_unavailable")
        wire.mend()
        passed = 0

        async def tear_while_reading_back(piece):
            nonlocal passed
            passed += len(piece)
            if passed > 3 * MIB:
                wire.cut()
                raise ConnectionError

        wire.answered = tear_while_reading_back
        lost = await complete(http, teacher, upload, parts)
        assert (lost.status_code, lost.json()["code"]) == (503, "store_unavailable")
        assert await state_of(sql) == ("open", None, 0)
        wire.mend()
        done = await complete(http, teacher, upload, parts)
        assert done.status_code == 200, done.text
        assert done.json()["receipt"]["sha256"] == SHA256


async def test_a_browser_that_comes_back_tomorrow_goes_on(http, world, teacher, clock):
    upload = await open_upload(http, teacher, FILE)
    address = f"/v1/uploads/{upload['id']}"
    first = await put_parts(upload, FILE, [1])
    clock.jump(timedelta(days=1, hours=1))
    teacher = await world.sign_in(teacher.group_id, teacher.id, teacher.appointment_id)
    seen = (await http.get(address, headers=teacher.headers)).json()
    received = [{"number": p["number"], "etag": p["etag"]} for p in seen["received"]]
    assert received == first, "what the store says is enough to go on with"
    missing = [n for n in range(1, seen["part_count"] + 1) if n not in {1}]
    links = await http.post(f"{address}/parts", json={"numbers": missing}, headers=teacher.headers)
    rest = await put_parts({**upload, **links.json()}, FILE)
    done = await complete(http, teacher, upload, received + rest)
    assert done.json()["receipt"]["sha256"] == SHA256


async def test_what_was_begun_in_the_store_and_never_written_here_is_given_back(
    http, teacher, services, sql, clock, settings, tmp_path
):
    """The server is killed after the store has begun an upload and before the deposit is written;
    an upload is given up while the store cannot hear it.
    """
    storage = services.storage
    async with (
        wire_to(settings.s3_endpoint) as (wire, wired),
        server_process(settings, tmp_path / "log", s3_endpoint=wired) as (process, address),
        httpx.AsyncClient(base_url=address, timeout=60) as api,
    ):
        begun = asyncio.Event()

        async def hold_the_answer(piece):
            if b"<UploadId>" in piece:
                begun.set()
                await asyncio.sleep(3600)

        wire.answered = hold_the_answer
        asking = asyncio.create_task(open_upload(api, teacher, FILE))
        await asyncio.wait_for(begun.wait(), 30)
        process.kill()
        with pytest.raises(httpx.TransportError):
            await asking
    lost = await sql.fetchval("SELECT upload_key FROM begun_upload")
    assert await sql.fetchval("SELECT count(*) FROM deposit") == 0
    assert len(await storage.list_multiparts(lost)) == 1
    upload = await open_upload(http, teacher, FILE)
    kept = await sql.fetchval("SELECT upload_key FROM deposit")
    async with (
        wire_to(settings.s3_endpoint) as (wire, wired),
        client_of(settings, clock, s3_endpoint=wired, s3_public_endpoint="") as unheard,
    ):
        given_up = await open_upload(unheard, teacher, FILE)
        wire.cut()
        gone = await unheard.delete(
            f"/v1/uploads/{given_up['id']}", headers={**teacher.headers, "If-Match": '"1"'}
        )
        assert (gone.status_code, gone.json()["status"]) == (200, "aborted")
    noted = {row[0] for row in await sql.fetch("SELECT upload_key FROM begun_upload")}
    assert len(noted) == 2
    (young,) = await tidy(services.db, storage, "demo")
    assert young.aborted_multiparts == 0
    clock.jump(GRACE + timedelta(minutes=1))
    (report,) = await tidy(services.db, storage, "demo")
    assert report.aborted_multiparts == 2
    for key in noted:
        assert await storage.list_multiparts(key) == []
    assert len(await storage.list_multiparts(kept)) == 1, "an open upload is left alone"
    assert await sql.fetchval("SELECT count(*) FROM begun_upload") == 0
    assert upload["status"] == "open"


async def test_the_store_is_asked_the_same_of_every_school_with_the_same_bytes(
    settings, clock, world, teacher
):
    """What takes the same steps takes the same time: no school can tell that it is not the first.

    Nor does its share of the store tell: each school's counts its own files only.
    """
    others = [await world.person(await world.school(f"{n}校"), "teacher") for n in range(2)]
    steps: dict[int, list[str]] = {}
    shares = []
    async with (
        wire_to(settings.s3_endpoint) as (wire, wired),
        client_of(settings, clock, s3_endpoint=wired, s3_public_endpoint="") as http,
    ):
        for n, who in enumerate((teacher, *others)):
            mine = steps.setdefault(n, [])

            async def note(piece, mine=mine):
                found = re.match(rb"(GET|PUT|POST|HEAD|DELETE) /[^ ?]*(\?[a-zA-Z-]*)? ?", piece)
                if found:
                    mine.append((found[1] + (found[2] or b"")).decode())

            wire.asked = note
            before = (await http.get("/v1/uploads/quota", headers=who.headers)).json()
            await hand_in(http, who, FILE)
            after = (await http.get("/v1/uploads/quota", headers=who.headers)).json()
            shares.append((before["used_bytes"], after["used_bytes"]))
    assert steps[0] == steps[1] == steps[2]
    assert len(steps[0]) >= 6
    assert shares == [(0, len(FILE))] * 3
