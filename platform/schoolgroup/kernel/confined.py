"""What a confined child runs first: it gives up what reading a file does not take, and begins.

    python -s -P -m schoolgroup.kernel.confined <limits> module <module> <arguments>…
    python -s -P -m schoolgroup.kernel.confined <limits> program <path> <arguments>…

The module's `main(arguments)` is called, or the program takes our place, after the limits are in
force. Nothing but the standard library is imported here: a child is made for every file. The
worker's side is `kernel.sandbox`.
"""

import ctypes
import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from schoolgroup.kernel import landlock

if sys.platform != "win32":
    import resource

PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS = 1, 38  # <linux/prctl.h>
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000  # <sched.h>
# Where programs, libraries and fonts are; secrets are in /run, /etc, /var, or beside the data.
SEEN = ("/usr", "/bin", "/lib", "/lib64", "/opt", "/etc/fonts", "/etc/ld.so.cache", "/dev/urandom")
OUT_OF_MEMORY = 90  # an exit code of ours, where no signal says it


def confine(limits: dict[str, int]) -> None:
    """Give up, for this process and all it starts, what reading a file does not take."""
    # the soft limit sends SIGXCPU; should that be ignored, the hard one kills a second later
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"], limits["cpu_seconds"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"], limits["memory_bytes"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["file_bytes"], limits["file_bytes"]))
    resource.setrlimit(resource.RLIMIT_NOFILE, (limits["files"], limits["files"]))
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
    confine(json.loads(told))
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
