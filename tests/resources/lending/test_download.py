"""A file through the API in ranges: interrupted on a real line, resumed, byte for byte the same."""

import hashlib
import time
from datetime import timedelta

import httpx
import msgspec
import pytest

from schoolgroup.resources.lending.loans.downloads import Places, until
from schoolgroup.serving import serving
from tests.resources.faults import wire_to
from tests.resources.lending.shelf import act, again, borrow, shelve
from tests.resources.uploads import MIB, some_bytes

FILE = some_bytes(9 * MIB + 12345, "download")
ETAG = f'"{hashlib.sha256(FILE).hexdigest()}"'


async def lend(http, world, services, **terms):
    """The path of the file of a running loan, and its borrower."""
    shelf = await shelve(world, services, content=FILE)
    offer = await shelf.offer(http, **terms)
    teacher = await world.person(await world.school("二中"), "teacher")
    loan = (await borrow(http, offer, teacher)).json()["loan"]["id"]
    return f"/v1/loans/{loan}/files/1/content", loan, teacher, shelf


async def test_nobody_and_no_stranger_downloads(http, world, services):
    path, _loan, _teacher, shelf = await lend(http, world, services)
    assert (await http.get(path)).status_code == 401
    other = await world.person(await world.school("三中"), "teacher")
    assert (await http.get(path, headers=other.headers)).status_code == 404
    assert (await http.get(path, headers=shelf.author.headers)).status_code == 403
    assert await world.sql.fetchval("SELECT count(*) FROM loan_fetch") == 0


async def test_a_download_cut_on_the_line_is_resumed_where_it_stopped(
    http, world, services, settings
):
    path, loan, teacher, shelf = await lend(http, world, services)
    async with (
        serving(msgspec.structs.replace(settings, port=0)) as address,
        wire_to(address.removeprefix("http://")) as (wire, wired),
    ):
        got, etag, cuts = b"", "", 0
        while len(got) < len(FILE):
            headers = {**teacher.headers}
            if got:
                headers |= {"Range": f"bytes={len(got)}-", "If-Range": etag}
            wire.mend()
            begun_with, passed = len(got), 0

            async def cut_after_some(piece, limit=(cuts + 2) * MIB):
                nonlocal passed
                passed += len(piece)
                if passed > limit:
                    wire.cut()
                    raise ConnectionError

            wire.answered = cut_after_some if cuts < 2 else None
            try:
                async with (
                    httpx.AsyncClient(base_url=f"http://{wired}") as client,
                    client.stream("GET", path, headers=headers) as answer,
                ):
                    assert answer.status_code == (206 if begun_with else 200)
                    if begun_with:
                        told = f"bytes {begun_with}-{len(FILE) - 1}/{len(FILE)}"
                        assert answer.headers["content-range"] == told
                    assert answer.headers["accept-ranges"] == "bytes"
                    assert "filename*=UTF-8''" in answer.headers["content-disposition"]
                    etag = answer.headers["etag"]
                    async for piece in answer.aiter_raw():
                        got += piece
            except httpx.TransportError:
                cuts += 1
    assert cuts == 2
    assert etag == ETAG
    assert got == FILE
    for who in (teacher, shelf.librarian):
        noted = await http.get(f"/v1/loans/{loan}/fetches", headers=who.headers)
        assert len(noted.json()["items"]) == 1, "one download, however often it was taken up"


async def test_ranges_and_versions_at_the_edges(http, world, services):
    path, _loan, teacher, _shelf = await lend(http, world, services)

    async def ask(**headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await http.get(path, headers={**teacher.headers, **named})

    last = await ask(Range="bytes=-5")
    assert (last.status_code, last.content) == (206, FILE[-5:])
    beyond = await ask(Range=f"bytes={len(FILE)}-")
    assert (beyond.status_code, beyond.json()["code"]) == (416, "range_beyond_end")
    assert beyond.headers["content-range"] == f"bytes */{len(FILE)}"
    other = await ask(Range="bytes=5-9", If_Range='"another file"')
    assert (other.status_code, other.content) == (200, FILE)
    known = await ask(If_None_Match=ETAG)
    assert (known.status_code, known.content) == (304, b"")
    assert (await ask(Range="bytes=0-1,5-6")).status_code == 200


async def test_every_range_asks_anew_whether_the_loan_runs(http, world, services, clock):
    path, loan, teacher, _shelf = await lend(http, world, services, loan_days=1)
    part = {"Range": "bytes=0-9"}
    assert (await http.get(path, headers={**teacher.headers, **part})).content == FILE[:10]
    clock.jump(timedelta(days=1, seconds=1))
    late = await again(teacher, world)
    over = await http.get(path, headers={**late.headers, "Range": "bytes=10-"})
    assert (over.status_code, over.json()["code"]) == (410, "loan_over")
    clock.offset = timedelta()
    await act(http, teacher, "loans", loan, "return")
    assert (await http.get(path, headers={**teacher.headers, **part})).status_code == 410


async def test_the_bytes_stop_when_the_loan_ends_however_slow_the_line():
    async def pieces():
        for n in range(3):
            yield b"%d" % n

    running, over = time.monotonic() + 60, time.monotonic() - 1
    places = Places(1)
    places.take()
    assert [p async for p in until(running, b"x", pieces(), places)] == [b"x", b"0", b"1", b"2"]
    assert places.left == 1
    places.take()
    got = []
    torn = until(over, b"x", pieces(), places)
    got.append(await anext(torn))
    with pytest.raises(ConnectionAbortedError):
        await anext(torn)
    assert got == [b"x"]
    assert places.left == 1


async def test_a_store_out_of_reach_is_told_and_places_are_given_back(http, world, services, app):
    path, _loan, teacher, _shelf = await lend(http, world, services)
    key = await world.sql.fetchval("SELECT object_key FROM blob")
    app.state.download_places = Places(2)
    for _ in range(3):
        assert (await http.get(path, headers=teacher.headers)).status_code == 200
    await services.storage.delete(key)
    for _ in range(3):
        gone = await http.get(path, headers=teacher.headers)
        assert (gone.status_code, gone.json()["code"]) == (503, "store_unavailable")
    assert app.state.download_places.left == 2
    app.state.download_places.left = 0
    busy = await http.get(path, headers=teacher.headers)
    assert (busy.status_code, busy.json()["code"]) == (503, "too_many_downloads")
    assert int(busy.headers["retry-after"]) >= 1
    app.state.download_places = Places()
