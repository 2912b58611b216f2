"""Reading what strangers made, in a process of its own that may do little and not for long.

Libraries that read PDF, pictures and office files are large and meet files made to break them. So
they run in a child process: no secrets in its environment, no connection of ours, hard limits on
memory, processor time, files and the clock on the wall (`setrlimit`, and SIGKILL), and, as far as
the kernel lets us, no network and no file but programs, libraries, fonts and its own folder. (A
program of others is not kept from files: which ones it needs is not known here.) Whatever happens
in there, the worker learns one word of it.

    python -s -P -m schoolgroup.kernel.sandbox <limits> module <module> <arguments>…
    python -s -P -m schoolgroup.kernel.sandbox <limits> program <path> <arguments>…

The module's `main(arguments)` is called, or the program takes our place, after the limits are in
force.
"""

import asyncio
import ctypes
import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec

from schoolgroup.kernel import landlock

if sys.platform != "win32":
    import resource

MIB = 1024 * 1024
PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38  # <linux/prctl.h>
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # <sched.h>
# Where programs, libraries and fonts are; secrets are in /run, /etc, /var, or beside the data.
SEEN = ("/usr", "/bin", "/lib", "/lib64", "/opt", "/etc/fonts", "/etc/ld.so.cache", "/dev/urandom")
OUT_OF_MEMORY = 90  # exit codes of ours, where no signal says it
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
    command = [sys.executable, "-s", "-P", "-m", __name__, told, *what]
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
    if code == OUT_OF_MEMORY:
        return "too_much_memory"
    return "too_slow" if code in SIGNAL_OF_TIME else "crashed"


def _kill_all_of(session: int) -> None:
    """The child leads a session of its own; whatever it left behind in it goes with it."""
    try:
        os.killpg(session, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        return


def confine(limits: Limits) -> None:
    """Give up, for this process and all it starts, what reading a file does not take."""
    # the soft limit sends SIGXCPU; should that be ignored, the hard one kills a second later
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_bytes, limits.file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits.files, limits.files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # a network of its own, with nothing in it; some containers forbid even that
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def hide_files() -> None:
    """Give up every file but code, libraries, fonts, and the folder we work in."""
    code = [sys.prefix, sys.base_prefix, *(path for path in sys.path if path)]
    landlock.restrict([*map(Path, code), *map(Path, SEEN)], [Path.cwd(), Path(os.devnull)])


def main(arguments: Sequence[str]) -> int:
    """Confine ourselves, then hand over to the module that was named."""
    told, kind, named, *rest = arguments
    parent = os.getppid()
    confine(Limits(**json.loads(told)))
    if os.getppid() != parent:  # died before we asked to die with it
        return 1
    if kind == "program":
        os.execv(named, [named, *rest])
    hide_files()
    try:
        importlib.import_module(named).main(rest)
    except MemoryError:
        return OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
