"""Faults of other kinds than a sudden end: a slow store, a full disk, a clock that jumps, a crowd.

Each scenario starts what it needs, breaks it, and looks at two things: what somebody who has
nothing to do with the fault notices meanwhile, and whether all works again afterwards by itself.
"""

import asyncio
import os
import random
import resource
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import psutil

from schoolgroup.kernel.stores_common import StoreError
from tests.people import Person
from tests.resources.faults import server_process, wire_to
from tools.cluster import Cluster
from tools.faults.ground import STORIES, Ground, Lending, Uploads
from tools.faults.run import TOKENS_S, check_all, ground_on, load, quiet
from tools.parts import NotReady

GIVEN: dict[str, object] = {"access_token_s": TOKENS_S}
PROBES = 60
STORE_SLOW_S = 3.0
ASKED_AT_ONCE = 600
CROWD = 10_000
CROWD_AT_ONCE = 500
SLOW_CLIENTS = 500
DISK_MB = 400
FULL_S = 8.0
BACK_S = 60.0
FAKETIME = Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")  # Debian: libfaketime


class Shown(msgspec.Struct):
    """What a scenario showed; `wrong` is empty where everything held."""

    figures: list[tuple[str, str]] = []
    wrong: list[str] = []

    def say(self, what: str, figure: object) -> None:
        """One figure."""
        self.figures.append((what, str(figure)))


class Probe(msgspec.Struct, frozen=True):
    """What somebody noticed who only asked who they are."""

    p50_ms: float
    p99_ms: float
    statuses: Counter[str]

    def __str__(self) -> str:
        told = ", ".join(f"{count} × {what}" for what, count in sorted(self.statuses.items()))
        return f"p50 {self.p50_ms:.0f} ms, p99 {self.p99_ms:.0f} ms ({told})"

    @property
    def all_well(self) -> bool:
        """Whether every one was answered."""
        return set(self.statuses) == {"200"}


async def probe(address: str, who: Person, times: int = PROBES) -> Probe:
    """Ask `times` times one after another, on a connection of one's own."""
    took: list[float] = []
    statuses: Counter[str] = Counter()
    async with httpx.AsyncClient(base_url=address, timeout=20) as http:
        for _ in range(times):
            began_s = time.perf_counter()
            try:
                answer = await http.get("/v1/me", headers=who.headers)
                statuses[str(answer.status_code)] += 1
            except httpx.TransportError as broken:
                statuses[type(broken).__name__] += 1
            took.append((time.perf_counter() - began_s) * 1000)
    took.sort()
    return Probe(took[len(took) // 2], took[int(len(took) * 0.99)], statuses)


@asynccontextmanager
async def one_api(
    folder: Path, seed: int, **other: object
) -> AsyncIterator[tuple[Cluster, Ground, Person, str, int]]:
    """Stores, a group, a teacher, and one process of the API with these settings; its id."""
    async with (
        Cluster(folder, apis=0, workers=0, given=GIVEN) as cluster,
        server_process(cluster.settings, folder / "api.log", **GIVEN, **other) as (process, at),
        ground_on(cluster, random.Random(seed), [at]) as ground,
    ):
        who = await ground.world.person(await ground.world.school("旁校"), "teacher")
        await probe(at, who, 10)
        yield cluster, ground, who, at, process.pid


async def store_slow_or_gone(folder: Path, seed: int) -> Shown:
    """The store answers after three seconds, then not at all, then as before."""
    shown = Shown()
    async with Cluster(folder, apis=0, workers=0, given=GIVEN) as cluster:
        settings = cluster.settings
        async with wire_to(settings.s3_endpoint) as (wire, wired):
            other = {**GIVEN, "s3_endpoint": wired, "s3_public_endpoint": settings.s3_endpoint}
            async with (
                server_process(settings, folder / "api.log", **other) as (_, at),
                ground_on(cluster, random.Random(seed), [at]) as ground,
            ):
                who = await ground.world.person(await ground.world.school("旁校"), "teacher")
                uploads = Uploads(ground)
                await uploads.prepare()
                shown.say("others, store as usual", await probe(at, who))

                async def slow(piece: bytes) -> None:
                    await asyncio.sleep(STORE_SLOW_S)

                wire.answered = slow
                handing_in = asyncio.gather(*(uploads.step(n % 2) for n in range(12)))
                shown.say("others, store slow by 3 s", seen := await probe(at, who))
                wire.cut()
                async with httpx.AsyncClient(base_url=at, timeout=30) as http:
                    began_s = time.monotonic()
                    ready = await http.get("/readyz")
                    shown.say("/readyz, store gone", f"{ready.status_code} after "
                              f"{time.monotonic() - began_s:.1f} s")  # fmt: skip
                shown.say("others, store gone", gone := await probe(at, who))
                wire.mend()
                await handing_in
                shown.say("files acknowledged, all of them", len(uploads.receipts))
                shown.wrong = (await check_all(ground, [uploads]))[0]
                if not (seen.all_well and gone.all_well):
                    shown.wrong.append("others were not answered")
                if ready.status_code != 503:
                    shown.wrong.append("/readyz does not say that the store is gone")
    return shown


async def pool_exhausted(folder: Path, seed: int) -> Shown:
    """Two connections for six hundred requests at once: as many wait as may, others are told so."""
    shown = Shown()
    async with one_api(folder, seed, database_pool_max=2) as (_, ground, who, at, _pid):
        # whoever asked so often has used up a quota of their own
        other = await ground.world.person(await ground.world.school("邻校"), "teacher")
        where = urlsplit(at)
        request = f"GET /v1/resources HTTP/1.1\r\nHost: {where.netloc}\r\nConnection: close\r\n"
        request += "".join(f"{name}: {value}\r\n" for name, value in who.headers.items()) + "\r\n"

        async def ask() -> tuple[int, float]:
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            began_s = time.monotonic()
            writer.write(request.encode())
            status = int((await reader.readline()).split()[1])
            took_s = time.monotonic() - began_s
            writer.transport.abort()
            return status, took_s

        # sockets alone: a client library with so many connections is slower than what it asks
        asked = await asyncio.gather(*(ask() for _ in range(ASKED_AT_ONCE)))
        statuses = Counter(status for status, _ in asked)
        shown.say(f"{ASKED_AT_ONCE} at once on 2 connections", dict(statuses))
        for status in sorted(statuses):
            took = sorted(took_s for seen, took_s in asked if seen == status)
            shown.say(
                f"answered {status}, half, last", f"{took[len(took) // 2]:.1f} s, {took[-1]:.1f} s"
            )
        shown.say("others afterwards", seen := await probe(at, other))
        if not set(statuses) <= {200, 429, 503}:
            shown.wrong.append(f"answered otherwise: {dict(statuses)}")
        if not seen.all_well:
            shown.wrong.append("it did not recover")
    return shown


async def crowd_of_connections(folder: Path, seed: int) -> Shown:
    """Ten thousand connections that say nothing, and one client that does."""
    shown = Shown()
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(CROWD, hard - 1000)
    async with one_api(folder, seed) as (_, _ground, who, at, pid):
        server = psutil.Process(pid)
        before = server.memory_info().rss
        shown.say("before", await probe(at, who))
        where = urlsplit(at)
        open_now: list[asyncio.StreamWriter] = []
        for first in range(0, count, CROWD_AT_ONCE):
            some = range(first, min(first + CROWD_AT_ONCE, count))
            made = await asyncio.gather(
                *(asyncio.open_connection(where.hostname, where.port) for _ in some)
            )
            open_now += [writer for _, writer in made]
        shown.say(f"with {len(open_now)} silent connections", seen := await probe(at, who))
        mib = (server.memory_info().rss - before) / 2**20
        shown.say("memory for them", f"{mib:.0f} MiB")
        for writer in open_now:
            writer.transport.abort()
        shown.say("afterwards", after := await probe(at, who))
        if not (seen.all_well and after.all_well):
            shown.wrong.append("a crowd that says nothing keeps others out")
    return shown


async def slow_clients(folder: Path, seed: int) -> Shown:
    """Five hundred clients that send their headers a byte at a time."""
    shown = Shown()
    async with one_api(folder, seed) as (_, _ground, who, at, _pid):
        where = urlsplit(at)
        ended = 0

        async def dawdle() -> None:
            nonlocal ended
            reader, writer = await asyncio.open_connection(where.hostname, where.port)
            try:
                for letter in b"GET /v1/me HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 400:
                    writer.write(bytes([letter]))
                    await writer.drain()
                    await asyncio.sleep(0.25)
                    if reader.at_eof() or writer.is_closing():
                        ended += 1
                        return
            except OSError:
                ended += 1
            finally:
                writer.transport.abort()

        crowd = [asyncio.create_task(dawdle()) for _ in range(SLOW_CLIENTS)]
        await asyncio.sleep(1)
        shown.say(f"others, beside {SLOW_CLIENTS} slow clients", seen := await probe(at, who))
        _, waiting = await asyncio.wait(crowd, timeout=40)
        shown.say("slow clients sent away within 40 s", ended)
        for task in waiting:
            task.cancel()
        await asyncio.gather(*crowd, return_exceptions=True)
        if not seen.all_well:
            shown.wrong.append("slow clients keep others out")
        if ended < SLOW_CLIENTS:
            shown.wrong.append(f"{SLOW_CLIENTS - ended} slow clients are let stay")
    return shown


async def clock_jumps(folder: Path, seed: int) -> Shown:
    """One process believes it is two hours later, another two hours earlier: loans know better."""
    shown = Shown()
    if not await asyncio.to_thread(FAKETIME.exists):
        shown.say("left out", "libfaketime is not installed: apt-get install libfaketime")
        return shown
    async with Cluster(folder, apis=1, workers=1, given=GIVEN) as cluster:
        kept = dict(os.environ)
        os.environ |= {"LD_PRELOAD": str(FAKETIME), "DONT_FAKE_MONOTONIC": "1", "FAKETIME": "+2h"}
        try:
            async with server_process(cluster.settings, folder / "late.log", **GIVEN) as (_, late):
                os.environ["FAKETIME"] = "-2h"
                early_log = folder / "early.log"
                async with server_process(cluster.settings, early_log, **GIVEN) as (_, early):
                    os.environ.clear()
                    os.environ.update(kept)
                    await lend_by(cluster, seed, [*cluster.api_urls, late, early], shown)
        finally:
            os.environ.clear()
            os.environ.update(kept)
    return shown


async def lend_by(cluster: Cluster, seed: int, addresses: list[str], shown: Shown) -> None:
    """Lend through clocks that differ, and compare what was written with the database's clock."""
    async with ground_on(cluster, random.Random(seed), addresses) as ground:
        ground.recorder.again.add(401)  # a token of another time: the next process may know it
        lending = Lending(ground)
        await lending.prepare()
        for address in addresses:
            shown.say(f"who am I, at {address[-5:]}", await probe(address, lending.readers[0], 10))
        given_up = await load([lending], time.monotonic() + 6)
        off_s = await ground.sql.fetchval(
            "SELECT coalesce(max(abs(extract(epoch FROM now() - starts_at))), 0)::float FROM loan"
        )
        shown.say("loans lent and returned", f"{len(lending.lent)}, {len(lending.returned)}")
        shown.say("furthest a loan's beginning is from now", f"{off_s:.0f} s")
        shown.wrong = [*given_up, *(await check_all(ground, [lending]))[0]]
        if off_s > 600:
            shown.wrong.append("a loan was dated by the clock of a process")


async def disk_full(folder: Path, seed: int) -> Shown:
    """The disk of both stores fills up under the load, and is emptied again."""
    shown = Shown()
    if os.geteuid() != 0:
        shown.say("left out", "only root may mount a small disk")
        return shown
    disk = folder / "disk"
    disk.mkdir()
    await command("mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "tmpfs", str(disk))
    try:
        async with (
            Cluster(disk / "data", apis=2, workers=1, given=GIVEN) as cluster,
            ground_on(cluster, random.Random(seed)) as ground,
        ):
            stories = [kind(ground) for kind in STORIES]
            for story in stories:
                await story.prepare()
            working = asyncio.create_task(load(stories, time.monotonic() + FULL_S * 2))
            await asyncio.sleep(FULL_S / 4)
            full = await asyncio.to_thread(fill, disk / "ballast")
            before = ground.recorder.answered.total()
            down: list[str] = []
            stopped = await keep_up(cluster, FULL_S, down)
            shown.say("ballast to fill the disk", f"{full / 2**20:.0f} MiB")
            shown.say("acknowledged while full", ground.recorder.answered.total() - before)
            (disk / "ballast").unlink()
            emptied_s = time.monotonic()
            stopped += await keep_up(cluster, 1, down)
            while down and time.monotonic() - emptied_s < BACK_S:
                stopped += await keep_up(cluster, 1, down)
            shown.say("room again: all runs after", f"{time.monotonic() - emptied_s:.0f} s")
            given_up = await working + [f"{name} did not come back" for name in down]
            shown.say("servers that ended by it and were started again", stopped)
            shown.say("told to come again", sum(ground.recorder.refused.values()))
            left = await quiet(ground)
            wrong, entries = await check_all(ground, stories)
            shown.wrong = [*given_up, *left, *wrong]
            for story in stories:
                shown.say(f"acknowledged: {story.name}", story.acknowledged)
            anew = sum(getattr(story, "begun_anew", 0) for story in stories)
            shown.say("uploads begun anew", anew)
            shown.say("audit entries verified", entries)
    finally:
        await command("umount", "--lazy", str(disk))
    return shown


async def keep_up(cluster: Cluster, seconds: float, down: list[str]) -> int:
    """What a container's runtime does: start again what has ended. How often.

    `down` is what could not be started yet.
    """
    restarted, until_s = 0, time.monotonic() + seconds
    while time.monotonic() < until_s:
        await asyncio.sleep(0.25)
        down += await cluster.ended()
        for name in list(down):
            with suppress(NotReady, StoreError, OSError):  # the disk is still full: the next time
                await cluster.start(name)
                down.remove(name)
                restarted += 1
    return restarted


def fill(path: Path) -> int:
    """Write until there is no room; how many bytes that took."""
    size = 0
    with path.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            size += file.write(b"\0" * 65536)
    return size


async def command(*words: str) -> None:
    """Run a program of the system; raises CalledProcessError."""
    await asyncio.to_thread(subprocess.run, words, check=True, capture_output=True)


SCENARIOS: dict[str, Callable[[Path, int], Awaitable[Shown]]] = {
    "store": store_slow_or_gone,
    "pool": pool_exhausted,
    "connections": crowd_of_connections,
    "slow-clients": slow_clients,
    "clock": clock_jumps,
    "disk": disk_full,
}
NAMES: Sequence[str] = list(SCENARIOS)
