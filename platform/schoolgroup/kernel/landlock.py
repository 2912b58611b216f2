"""Which files a process may see at all: Linux's Landlock (kernel 5.13 and later), in a few calls.

A process gives up, for itself and all it starts and for good, every file but those below the places
named here, and (kernel 6.7 and later) every TCP connection. See landlock(7); there is no root and
no daemon in it. Where the kernel has no Landlock nothing happens, and `restrict` says so.
"""

import ctypes
import os
import sys
from collections.abc import Iterable
from pathlib import Path

# <linux/landlock.h>; the numbers of the calls are the same on every architecture
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, PATH_BENEATH = 1, 1
EXECUTE, READ_FILE, READ_DIR = 1 << 0, 1 << 2, 1 << 3
LOOK = EXECUTE | READ_FILE | READ_DIR
ALL_OF_VERSION = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1}
OF_FILES = EXECUTE | READ_FILE | 1 << 1 | 1 << 14  # also: write, truncate
BIND_AND_CONNECT, NET_SINCE = 3, 4


class _Ruleset(ctypes.Structure):
    _fields_ = (("handled_access_fs", ctypes.c_uint64), ("handled_access_net", ctypes.c_uint64))


class _PathBeneath(ctypes.Structure):
    _pack_ = 1
    _fields_ = (("allowed_access", ctypes.c_uint64), ("parent_fd", ctypes.c_int32))


def restrict(look: Iterable[Path], work: Iterable[Path]) -> bool:
    """See only what is below `look`, and write only below `work`; False where that cannot be had.

    The process must have given up new privileges before (PR_SET_NO_NEW_PRIVS).
    """
    if sys.platform != "linux":
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE_RULESET, None, 0, ASK_VERSION)
    if version < 1:
        return False
    everything = ALL_OF_VERSION[min(version, 3)]
    net = BIND_AND_CONNECT if version >= NET_SINCE else 0
    rules = _Ruleset(everything, net)
    size = ctypes.sizeof(rules) if net else ctypes.sizeof(ctypes.c_uint64)
    ruleset = libc.syscall(CREATE_RULESET, ctypes.byref(rules), size, 0)
    if ruleset < 0:
        return False
    try:
        for path in look:
            _allow(libc, ruleset, path, LOOK)
        for path in work:
            _allow(libc, ruleset, path, everything)
        return bool(libc.syscall(RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, access: int) -> None:
    """One place; what is not there needs no rule."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        allowed = access if path.is_dir() else access & OF_FILES
        beneath = _PathBeneath(allowed, handle)
        libc.syscall(ADD_RULE, ruleset, PATH_BENEATH, ctypes.byref(beneath), 0)
    finally:
        os.close(handle)
