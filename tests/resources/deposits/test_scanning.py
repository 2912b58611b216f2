"""A virus scanner over clamd's protocol: a real server on a real socket that speaks it."""

import asyncio
import contextlib
import struct

import httpx
import msgspec
import pytest

from schoolgroup.app import create_app
from schoolgroup.resources.deposits import routes as deposit_routes
from tests.resources.uploads import complete, hand_in, open_upload, put_parts, some_bytes

CLEAN = b"%PDF-1.7\n" + some_bytes(3 * 1024**2 // 2, "clean")
# Put together here so that no scanner takes this file for what it only names.
MARK = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """INSTREAM as clamd(8) describes it; knows one signature, and a limit on a stream's length."""

    def __init__(self, bytes_max=2**40, answer=None):
        self.bytes_max, self.answer, self.streams = bytes_max, answer, []

    async def serve(self, reader, writer):
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            assert await reader.readexactly(10) == b"zINSTREAM\0"
            content = b""
            while size := struct.unpack(">I", await reader.readexactly(4))[0]:
                content += await reader.readexactly(size)
                if len(content) > self.bytes_max:
                    writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                    await writer.drain()
                    await asyncio.sleep(0.1)  # the peer may still be sending
                    return writer.close()
            self.streams.append(content)
            said = b"stream: Eicar-Test-Signature FOUND\0" if MARK in content else b"stream: OK\0"
            writer.write(self.answer or said)
            await writer.drain()
        writer.close()


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


@contextlib.asynccontextmanager
async def scanned_by(settings, clock, clamd, unix=None):
    """A client of the application with this scanner."""
    if unix:
        server = await asyncio.start_unix_server(clamd.serve, unix)
        address = f"unix:{unix}"
    else:
        server = await asyncio.start_server(clamd.serve, "127.0.0.1", 0)
        address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server, client_of(settings, clock, address) as http:
        yield http


@contextlib.asynccontextmanager
async def client_of(settings, clock, address):
    app = create_app(
        msgspec.structs.replace(settings, clamd_address=address), clock, deposit_routes.ROUTES
    )
    async with app.lifespan():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)  # type: ignore[arg-type]  # it is one
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
            yield http


async def test_without_a_scanner_the_receipt_says_so(http, teacher):
    receipt = (await hand_in(http, teacher, CLEAN))["receipt"]
    assert receipt["scanned"] is False
    assert receipt["because"] == {"en": "no scanner configured", "zh": "未配置病毒扫描"}


@pytest.mark.parametrize("over", ["tcp", "unix"])
async def test_a_clean_file_is_scanned_whole(settings, whole_clock, teacher, tmp_path, over):
    clamd = Clamd()
    unix = str(tmp_path / "clamd.sock") if over == "unix" else None
    async with scanned_by(settings, whole_clock, clamd, unix) as http:
        receipt = (await hand_in(http, teacher, CLEAN))["receipt"]
    assert (receipt["scanned"], receipt["because"]) == (True, None)
    assert clamd.streams == [CLEAN]


async def test_an_infected_file_is_refused_and_deleted(
    settings, whole_clock, teacher, services, sql
):
    bad = b"%PDF-1.7\n" + MARK
    async with scanned_by(settings, whole_clock, Clamd()) as http:
        upload = await open_upload(http, teacher, bad)
        parts = await put_parts(upload, bad)
        refused = await complete(http, teacher, upload, parts)
        assert (refused.status_code, refused.json()["code"]) == (422, "infected")
        assert refused.json()["signature"] == "Eicar-Test-Signature"
        assert (await complete(http, teacher, upload, parts)).json()["code"] == "infected"
    row = await sql.fetchrow("SELECT status, rejected_because, upload_key FROM deposit")
    assert (row["status"], row["rejected_because"]) == ("rejected", "infected")
    assert await services.storage.find(row["upload_key"]) is None


async def test_the_same_bytes_are_scanned_for_every_school(settings, whole_clock, world, teacher):
    """Else the time an answer takes would tell that another school has the file."""
    clamd = Clamd()
    other = await world.person(await world.school("二中"), "teacher")
    async with scanned_by(settings, whole_clock, clamd) as http:
        for who in (teacher, other):
            await hand_in(http, who, CLEAN)
    assert len(clamd.streams) == 2


TO_THE_END_NOT = b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0"


@pytest.mark.parametrize(
    "clamd", [Clamd(bytes_max=1024**2), Clamd(answer=TO_THE_END_NOT)], ids=["stream", "file"]
)
async def test_what_the_scanner_does_not_take_is_said_in_the_receipt(
    settings, whole_clock, teacher, clamd
):
    async with scanned_by(settings, whole_clock, clamd) as http:
        receipt = (await hand_in(http, teacher, CLEAN))["receipt"]
    assert (receipt["scanned"], receipt["because"]["en"]) == (
        False,
        "larger than the scanner takes",
    )


@pytest.mark.parametrize("answer", [b"stream: Can't allocate memory ERROR\0", b"", b"hello\0"])
async def test_a_scanner_that_cannot_say_keeps_the_upload_open(
    http, settings, whole_clock, teacher, sql, answer
):
    clamd = Clamd(answer=answer or b"\0")
    async with scanned_by(settings, whole_clock, clamd) as scanned:
        upload = await open_upload(scanned, teacher, CLEAN)
        parts = await put_parts(upload, CLEAN)
        refused = await complete(scanned, teacher, upload, parts)
        assert (refused.status_code, refused.json()["code"]) == (503, "scanner_unavailable")
        assert refused.headers["Retry-After"] == "10"
        clamd.answer = None
        done = await complete(scanned, teacher, upload, parts)
    assert done.json()["receipt"]["scanned"] is True


async def test_a_scanner_that_is_away_lets_nothing_through(settings, whole_clock, teacher, sql):
    async with client_of(settings, whole_clock, "127.0.0.1:1") as http:
        upload = await open_upload(http, teacher, CLEAN)
        refused = await complete(http, teacher, upload, await put_parts(upload, CLEAN))
    assert (refused.status_code, refused.json()["code"]) == (503, "scanner_unavailable")
    assert await sql.fetchval("SELECT status FROM deposit") == "open"
