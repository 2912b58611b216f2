"""A real server under more than it can take: who is let in is served, the rest is told at once."""

import asyncio
import socket
import subprocess
import sys
import time
from contextlib import asynccontextmanager
from typing import Any, cast
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from schoolgroup.access import routes as access
from schoolgroup.app import create_app
from schoolgroup.kernel import health
from schoolgroup.kernel.connections import make_room
from schoolgroup.serving import serving
from tests.people import World

AT_ONCE_S = 0.5
IDLE_CONNECTIONS = 400


@asynccontextmanager
async def server(settings, **given):
    chosen = msgspec.structs.replace(settings, port=0, **given)
    app = create_app(chosen, routes=[*health.ROUTES, *access.ROUTES])
    async with (
        serving(chosen, app) as base,
        httpx.AsyncClient(base_url=base, timeout=20) as http,
    ):
        yield http, urlsplit(base).port


class Raw:
    """A connection of whoever does not keep to manners."""

    def __init__(self, reader, writer) -> None:
        self.reader, self.writer = reader, writer

    @classmethod
    async def to(cls, port: int, receive_bytes: int | None = None) -> "Raw":
        made = socket.socket()
        if receive_bytes:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, ("127.0.0.1", port))
        return cls(*await asyncio.open_connection(sock=made, limit=1024))

    async def send(self, text: str) -> "Raw":
        self.writer.write(text.encode())
        await self.writer.drain()
        return self

    async def rest(self) -> bytes:
        try:
            return await asyncio.wait_for(self.reader.read(), 10)
        except ConnectionError:
            return b""
        finally:
            self.writer.close()


POST = "POST /v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


async def test_nobody_holds_a_connection_by_being_slow(settings, sql):
    limits = {"head_s": 1, "body_s": 1, "unread_s": 1}
    async with server(settings, **limits) as (http, port):
        began = time.monotonic()
        silent = await Raw.to(port)
        head = await (await Raw.to(port)).send("GET /healthz HTTP/1.1\r\nHost:")
        body = await (await Raw.to(port)).send(POST + "Content-Length: 50\r\n\r\n{")
        ask = "GET /assets/docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n"
        unread = await (await Raw.to(port, receive_bytes=2048)).send(ask * 20)
        kept = await (await Raw.to(port)).send("GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        answers = await asyncio.gather(silent.rest(), head.rest(), body.rest())
        assert 1 <= time.monotonic() - began < 8
        for answer in answers:
            assert answer.startswith(b"HTTP/1.1 408 Request Timeout\r\n"), answer
            assert b'"code":"too_slow"' in answer
        await asyncio.sleep(1.5)
        cut = await unread.rest()
        assert len(cut) < 20 * 1_000_000, "an answer nobody reads is given up"
        assert (await kept.reader.read(15)) == b"HTTP/1.1 200 OK"  # idle after an answer is fine
        kept.writer.close()
        assert (await http.get("/healthz")).status_code == 200


async def test_a_head_without_end_and_a_connection_too_many_are_refused(settings, sql):
    async with server(settings, connections_max=16) as (http, port):
        endless = await (await Raw.to(port)).send("GET / HTTP/1.1\r\n" + "X: y\r\n" * 12_000)
        assert (await endless.rest()).startswith(b"HTTP/1.1 431 ")
        others = [await Raw.to(port) for _ in range(16)]
        refused = await (await Raw.to(port)).rest()
        assert refused.startswith(b"HTTP/1.1 503 ")
        assert b"Retry-After: 1" in refused
        for other in others:
            other.writer.close()
        await asyncio.sleep(0.05)
        assert (await http.get("/healthz")).status_code == 200


async def test_idle_connections_cost_the_others_nothing(settings, sql):
    async with server(settings) as (http, port):
        idle = await asyncio.gather(*(Raw.to(port) for _ in range(IDLE_CONNECTIONS)))
        took = []
        for _ in range(20):
            began = time.monotonic()
            assert (await http.get("/readyz")).status_code == 200
            took.append(time.monotonic() - began)
        assert sorted(took)[10] < AT_ONCE_S
        for one in idle:
            one.writer.close()


async def test_more_requests_than_places_are_told_at_once(settings, sql):
    async with server(settings, requests_at_once=8) as (http, port):
        half = POST + "Content-Length: 50\r\n\r\n{"
        holding = [await (await Raw.to(port)).send(half) for _ in range(8)]
        await asyncio.sleep(0.1)
        began = time.monotonic()
        refused = await http.get("/v1/me", headers={"Accept-Language": "zh"})
        assert time.monotonic() - began < AT_ONCE_S
        assert (refused.status_code, refused.json()["code"]) == (503, "overloaded")
        assert (refused.json()["title"], refused.headers["retry-after"]) == ("系统繁忙", "1")
        assert (await http.get("/healthz")).status_code == 200
        for one in holding:
            one.writer.close()
        await asyncio.sleep(0.1)
        assert (await http.get("/v1/me")).status_code == 401


async def test_a_full_pool_answers_soon_and_recovers(settings, world: World, superuser):
    """Two connections held by a lock, three callers waiting: the fourth is not let in."""
    narrow = msgspec.structs.replace(
        settings, database_pool_max=2, database_queue_max=3, database_wait_s=1
    )
    teacher = await world.person(await world.school("一中"), "teacher")
    app = create_app(narrow, routes=access.ROUTES)
    async with app.lifespan():
        transport = httpx.ASGITransport(app=cast("Any", app))
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:

            async def ask() -> tuple[int, float]:
                began = time.monotonic()
                answer = await http.get("/v1/me", headers=teacher.headers)
                if answer.status_code == 503:
                    assert answer.json()["code"] == "overloaded"
                    assert int(answer.headers["retry-after"]) >= 1
                return answer.status_code, time.monotonic() - began

            assert (await ask())[0] == 200
            async with superuser.transaction():
                await superuser.execute("LOCK TABLE person IN ACCESS EXCLUSIVE MODE")
                held = [asyncio.create_task(ask()) for _ in range(2)]
                await asyncio.sleep(0.1)
                waiting = [asyncio.create_task(ask()) for _ in range(3)]
                await asyncio.sleep(0.1)
                status, took = await ask()
                assert (status, took < AT_ONCE_S) == (503, True)
                late = await asyncio.gather(*waiting)
                assert [status for status, _ in late] == [503] * 3
                assert all(0.9 < took < 3 for _, took in late)
            assert [status for status, _ in await asyncio.gather(*held)] == [200, 200]
            assert (await ask())[0] == 200


@pytest.mark.parametrize("trusted", ["", "127.0.0.1"])
async def test_only_a_named_proxy_says_whom_it_speaks_for(settings, sql, trusted):
    given = {"trusted_proxies": trusted, "visits_per_minute": 5}
    async with server(settings, **given) as (http, _port):
        left = []
        for n in (1, 2):
            told = {"X-Forwarded-For": f"203.0.113.{n}", "X-Forwarded-Proto": "https"}
            answer = await http.get("/.well-known/jwks.json", headers=told)
            left.append(answer.headers["ratelimit"].split(";")[1])
            assert ("strict-transport-security" in answer.headers) is bool(trusted)
        assert left == (["r=4", "r=4"] if trusted else ["r=4", "r=3"])


def test_too_few_files_are_said_in_words():
    code = "from schoolgroup.kernel.connections import make_room; print(make_room(12_000))"
    done = subprocess.run(
        ["bash", "-c", f"ulimit -n 900 && exec {sys.executable} -c '{code}'"],
        env={"PYTHONPATH": "platform"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "400"
    assert "raise it (ulimit -n 12500, LimitNOFILE=) or set connections_max" in done.stderr
    assert make_room(16) == 16
