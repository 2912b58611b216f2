"""Runs one server and stops it when the process that asked for it is gone, however that died.

Started as ``python -I -S supervisor.py`` by `kernel.children`, so nothing but the standard library
is imported here, and it is up in a few hundredths of a second.

Why a process of its own, and not only `PR_SET_PDEATHSIG` in the server:

* the death signal follows the *thread* that forked, is forgotten when credentials change, and does
  not exist outside Linux; end-of-file on a pipe is delivered by every kernel, also after SIGKILL;
* a server wants to be asked in its own way (PostgreSQL: SIGINT, then SIGQUIT) and within a bound.

The death signal is used for the one case the pipe cannot cover: this supervisor itself killed. It
is single-threaded and sets it after the change of user, so the two warnings above do not apply.
Should the pipe have leaked into a sibling that was forked without exec, no end-of-file comes; hence
the parent's process id is looked at once a second as well.
"""

import argparse
import ctypes
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable

LIFELINE = 0  # our standard input: the read end of a pipe only the parent can write to
PARENT_CHECK_SECONDS = 1.0
SWEEP_SECONDS_MAX = 10.0
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>

Step = tuple[signal.Signals, float]


def main() -> int:
    """Run the command given after ``--`` until it ends or we are told to end it."""
    parser = argparse.ArgumentParser(prog="supervisor")
    parser.add_argument("--parent", type=int, required=True, help="process id to live as long as")
    parser.add_argument("--stop", type=step, action="append", required=True, help="SIGINT:30")
    parser.add_argument("--uid", type=int)
    parser.add_argument("--gid", type=int)
    parser.add_argument("command", nargs="+")
    options = parser.parse_args()
    wakes = wake_on_signals()
    if sys.platform == "linux":
        _prctl(PR_SET_CHILD_SUBREAPER, 1)  # so that what a killed server leaves behind is ours
    account: dict[str, object] = {}
    if options.uid is not None:
        account = {"user": options.uid, "group": options.gid, "extra_groups": []}
    try:
        server = subprocess.Popen(
            options.command,
            stdin=subprocess.DEVNULL,
            cwd="/",
            close_fds=False,  # the handles given to us to hand on, e.g. of directories
            start_new_session=True,
            preexec_fn=die_with_me(options.stop[0][0]),  # we have one thread only
            **account,  # type: ignore[call-overload]  # the three above, or none
        )
    except (OSError, subprocess.SubprocessError) as error:
        print(f"cannot start {options.command[0]}: {error}", file=sys.stderr)  # noqa: T201
        return 127
    while server.poll() is None:
        readable, _, _ = select.select([LIFELINE, wakes], [], [], PARENT_CHECK_SECONDS)
        if wakes in readable and asked_to_stop(wakes):
            break
        if LIFELINE in readable or os.getppid() != options.parent:
            break
    code = stop(server, options.stop)
    sweep()
    return code if code >= 0 else 128 - code


def step(text: str) -> Step:
    """Read ``SIGINT:30``: send SIGINT, then wait up to 30 seconds."""
    name, seconds = text.split(":")
    return signal.Signals[name], float(seconds)


def wake_on_signals() -> int:
    """A descriptor that turns readable when the server ends or somebody stops us."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    return read_end


def asked_to_stop(wakes: int) -> bool:
    """Whether a signal other than "a child has ended" has come."""
    return any(number != signal.SIGCHLD for number in os.read(wakes, 4096))


def die_with_me(number: signal.Signals) -> Callable[[], None] | None:
    """What the server does between fork and exec; nothing where the kernel has no such thing."""
    if sys.platform != "linux":
        return None
    me = os.getpid()

    def prepare() -> None:
        _prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != me:  # we died before the line above: too late for the signal
            os._exit(1)

    return prepare


def stop(server: subprocess.Popen[bytes], steps: list[Step]) -> int:
    """Ask as gently as the steps say, each within its bound, and in the end without asking."""
    for number, seconds in steps:
        if server.poll() is not None:
            break
        server.send_signal(number)
        try:
            server.wait(seconds)
        except subprocess.TimeoutExpired:
            continue
    if server.poll() is None:
        server.kill()
    return server.wait()


def sweep() -> None:
    """Kill what the server left behind: a killed postmaster leaves backends, say, amid a query."""
    give_up_at = time.monotonic() + SWEEP_SECONDS_MAX
    while time.monotonic() < give_up_at:
        try:
            if os.waitpid(-1, os.WNOHANG) != (0, 0):
                continue
        except ChildProcessError:
            return
        for pid in _children():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        time.sleep(0.01)


def _children() -> list[int]:
    """Ids of the processes whose parent we are (Linux; asked for only when there are some)."""
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            with open(f"/proc/{entry}/stat", "rb") as stat:
                # "pid (name) state ppid …", where the name may hold anything
                parent = int(stat.read().rpartition(b")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        if parent == os.getpid():
            found.append(int(entry))
    return found


def _prctl(option: int, argument: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, argument, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


if __name__ == "__main__":
    sys.exit(main())
