"""Reading what strangers made, in a process of its own that may do little and not for long.

Libraries that read PDF, pictures and office files are large and meet files made to break them. So
they run in a child process: no secrets in its environment, no connection of ours, hard limits on
memory, processor time, files and the clock on the wall (`setrlimit`, and SIGKILL), and, as far as
the kernel lets us, no network and no file but programs, libraries, fonts and its own folder. (A
program of others is not kept from files: which ones it needs is not known here.) Whatever happens
in there, the worker learns one word of it.

This is the worker's side; `kernel.confined` is what the child runs first.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from schoolgroup.kernel import confined

MIB = 1024 * 1024
SIGNAL_OF_TIME = {-signal.SIGXCPU, -signal.SIGKILL}


class Limits(msgspec.Struct, frozen=True):
    """What a child may use. `seconds` on the wall; memory is address space, code included."""

    seconds: float = 60.0
    cpu_seconds: int = 45
    memory_bytes: int = 1024 * MIB
    file_bytes: int = 64 * MIB  # of any one file it writes
    files: int = 64  # open at once


class Failed(Exception):
    """The child did not come to its end. `reason`: too_slow, too_much_memory or crashed."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


async def run(module: str, arguments: Sequence[str], folder: Path, limits: Limits) -> None:
    """Run `module.main(arguments)` confined, with `folder` as its place to work and write.

    Raises Failed. When this is cancelled, the child and what it started are killed first.
    """
    await _run(["module", module, *arguments], folder, limits)


async def run_program(
    program: Path, arguments: Sequence[str], folder: Path, limits: Limits
) -> None:
    """The same for a program; raises Failed also where there is none."""
    await _run(["program", str(program), *arguments], folder, limits)


async def _run(what: Sequence[str], folder: Path, limits: Limits) -> None:
    told = json.dumps(msgspec.structs.asdict(limits))
    command = [sys.executable, "-s", "-P", "-m", confined.__name__, told, *what]
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env=environment(folder),
        start_new_session=True,
    )
    try:
        async with asyncio.timeout(limits.seconds):
            code = await process.wait()
    except TimeoutError:
        raise Failed("too_slow") from None
    finally:
        _kill_all_of(process.pid)
        await process.wait()
    if code:
        raise Failed(_reason(code))


def environment(folder: Path) -> dict[str, str]:
    """All a child is told: where our code is, and where it may write. Nothing else of ours."""
    return {
        "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }


def _reason(code: int) -> str:
    if code == confined.OUT_OF_MEMORY:
        return "too_much_memory"
    return "too_slow" if code in SIGNAL_OF_TIME else "crashed"


def _kill_all_of(session: int) -> None:
    """The child leads a session of its own; whatever it left behind in it goes with it."""
    try:
        os.killpg(session, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return
