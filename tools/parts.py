"""The processes of a cluster: how each is started on a fixed port, and when it is ready.

Each is an async context manager that gives a supervised child (`kernel.children`), so none of
them outlives us. PgBouncer and HAProxy are looked for where Debian puts them.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.to_thread
import httpx
import msgspec

import schoolgroup
from schoolgroup.kernel.children import Account, Child, Command
from schoolgroup.kernel.settings import PREFIX, Settings
from schoolgroup.kernel.stores_common import LOOPBACK, PLAIN_ENVIRONMENT, folder_for, make_folder
from schoolgroup.kernel.stores_postgres import installed_programs

READY_S = 60.0
PROGRAM_S = 300.0
CARRIES_STATEMENTS = (
    1,
    21,
)  # PgBouncer from this version on: prepared statements over transactions
SOURCE = Path(schoolgroup.__file__).parent.parent
INFRA = SOURCE.parent / "infra"


class NotReady(Exception):
    """A process of the cluster ended, or did not come up in time; says what it wrote."""


class ProgramMissing(Exception):
    """A program that is no wheel is not installed; the message says which package has it."""


def environment_of(settings: Settings) -> dict[str, str]:
    """The settings as the environment of a process of their own; defaults are left out."""
    defaults = {f.name: f.default for f in msgspec.structs.fields(Settings)}
    given = {n: v for n, v in msgspec.structs.asdict(settings).items() if v != defaults[n]}
    return {
        PREFIX + name.upper(): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in given.items()
    }


@asynccontextmanager
async def schoolgroup_process(
    order: str, settings: Settings, log: Path, ready: Callable[[Child], bool]
) -> AsyncIterator[Child]:
    """`schoolgroup serve` or `work` with these settings."""
    command = Command(
        name=order,
        argv=[sys.executable, "-m", "schoolgroup", order],
        log=log,
        stop=((signal.SIGTERM, 30.0),),
        environment=PLAIN_ENVIRONMENT | {"PYTHONPATH": str(SOURCE)} | environment_of(settings),
    )
    async with running(command, ready) as child:
        yield child


@asynccontextmanager
async def api(settings: Settings, log: Path) -> AsyncIterator[Child]:
    """One process of the API, until `/readyz` answers 200."""
    address = f"http://{settings.host}:{settings.port}/readyz"
    async with schoolgroup_process("serve", settings, log, lambda _: answers(address)) as child:
        yield child


@asynccontextmanager
async def worker(settings: Settings, log: Path) -> AsyncIterator[Child]:
    """One worker, until it says that it works."""
    async with schoolgroup_process("work", settings, log, says("Schoolgroup works")) as child:
        yield child


def pgbouncer_version() -> tuple[int, int]:
    """Which PgBouncer is installed; raises ProgramMissing."""
    program = program_of("pgbouncer", "pgbouncer")
    told = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    major, minor = re.findall(r"PgBouncer (\d+)\.(\d+)", told.stdout)[0]
    return int(major), int(minor)


@asynccontextmanager
async def pgbouncer(
    port: int, target: int, users: Mapping[str, str], folder: Path, account: Account | None
) -> AsyncIterator[Child]:
    """PgBouncer in transaction mode before the database at `target`, with infra's own settings."""
    program = program_of("pgbouncer", "pgbouncer")
    make_folder(folder, account)
    with folder_for(account, folder) as seen:
        write_pgbouncer(port, target, users, folder, seen.argument)
        command = Command(
            name="pgbouncer",
            argv=[program, f"{seen.argument}/pgbouncer.ini"],
            log=folder / "pgbouncer.log",
            stop=((signal.SIGINT, 5.0),),
            account=account,
            handles=seen.handles,
            environment=PLAIN_ENVIRONMENT,
        )
        async with running(command, says("process up")) as child:
            yield child


@asynccontextmanager
async def haproxy(port: int, apis: Sequence[int], folder: Path) -> AsyncIterator[Child]:
    """HAProxy before the processes of the API, with infra's own limits; without TLS."""
    program = program_of("haproxy", "haproxy")
    make_folder(folder, None)
    write_haproxy(port, apis, folder)
    common = INFRA / "proxy" / "common.cfg"
    command = Command(
        name="haproxy",
        argv=[program, "-db", "-f", str(common), "-f", str(folder / "local.cfg")],
        log=folder / "haproxy.log",
        stop=((signal.SIGUSR1, 5.0), (signal.SIGTERM, 5.0)),
        environment=PLAIN_ENVIRONMENT,
    )
    address = f"http://{LOOPBACK}:{port}/healthz"
    async with running(command, lambda _: answers(address)) as child:
        yield child


def write_pgbouncer(
    port: int, target: int, users: Mapping[str, str], folder: Path, seen_as: str
) -> None:
    """The configuration of one PgBouncer: where it listens and leads; the rest is infra's."""
    shutil.copy(INFRA / "pgbouncer" / "common.ini", folder / "common.ini")
    lines = [f'"{name}" "{password}"' for name, password in users.items()]
    (folder / "users.txt").write_text("\n".join(lines) + "\n")
    # as infra's own pgbouncer.ini has it; an older one does not know the word
    kept = re.search(r"^max_prepared_.*$", (INFRA / "pgbouncer/pgbouncer.ini").read_text(), re.M)
    carried = kept[0] if kept and pgbouncer_version() >= CARRIES_STATEMENTS else ""
    (folder / "pgbouncer.ini").write_text(
        f"[databases]\n* = host={LOOPBACK} port={target}\n"
        f"[pgbouncer]\nlisten_addr = {LOOPBACK}\nlisten_port = {port}\n{carried}\n"
        f"auth_file = {seen_as}/users.txt\n%include {seen_as}/common.ini\n"
    )
    owner = folder.stat()
    for file in folder.iterdir():
        os.chown(file, owner.st_uid, owner.st_gid)


def write_haproxy(port: int, apis: Sequence[int], folder: Path) -> None:
    """Where one HAProxy listens and leads; the rest is infra's."""
    servers = "".join(f"    server api{n} {LOOPBACK}:{at} check\n" for n, at in enumerate(apis, 1))
    (folder / "local.cfg").write_text(
        f"global\n    maxconn 8000\n"
        f"frontend local\n    bind {LOOPBACK}:{port}\n    default_backend api\n"
        f"backend api\n{servers}"
    )


@asynccontextmanager
async def running(command: Command, ready: Callable[[Child], bool]) -> AsyncIterator[Child]:
    """Start it, wait until it is ready, stop it in the end. Raises NotReady."""
    child = Child.start(command)
    try:
        give_up_at = time.monotonic() + READY_S
        while not await anyio.to_thread.run_sync(ready, child):
            if child.exit_code is not None:
                raise NotReady(f"{command.name} ended ({child.exit_code}):\n{child.log_tail()}")
            if time.monotonic() > give_up_at:
                raise NotReady(f"{command.name} is not ready after {READY_S:g} s: {command.log}")
            await anyio.sleep(0.05)
        yield child
    finally:
        await child.stop()


def says(words: str) -> Callable[[Child], bool]:
    """Ready when a child has written these words."""
    return lambda child: words in child.log_tail()


def answers(address: str) -> bool:
    """Whether a GET is answered with 200 now."""
    try:
        return httpx.get(address, timeout=5.0).status_code == 200
    except httpx.HTTPError:
        return False


def program_of(name: str, package: str) -> str:
    """Where Debian puts a program; raises ProgramMissing."""
    found = shutil.which(name, path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin")
    if found is None:
        raise ProgramMissing(f"{name} is not installed: apt-get install {package}")
    return found


async def postgres_program(name: str, *arguments: str) -> str:
    """Run one of PostgreSQL's programs to its end; what it wrote. Raises NotReady."""
    process = await asyncio.create_subprocess_exec(
        str(installed_programs() / name),
        *arguments,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    wrote, _ = await asyncio.wait_for(process.communicate(), PROGRAM_S)
    if process.returncode:
        raise NotReady(f"{name} ended with {process.returncode}: {wrote.decode()[-2000:]}")
    return wrote.decode()
