"""Child processes that cannot outlive us, whatever kills us; see `kernel.supervisor` for how."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

import anyio
import msgspec

from schoolgroup.kernel import supervisor

POLL_SECONDS = 0.01
SUPERVISOR_SECONDS_MAX = 20.0  # beyond the server's own steps: its sweep and its exit
LOG_BYTES_MAX = 16 * 1024 * 1024
LOG_TAIL_LINES = 15


class Account(msgspec.Struct, frozen=True):
    """Whom a server runs as, when that is not us."""

    uid: int
    gid: int


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A server to run.

    `handles` are open descriptors the server inherits under the same numbers. `environment` is all
    it gets, so that nobody's PGDATA or RCLONE_CONFIG changes what runs. `stop` is how to end it:
    signal and seconds to wait, step by step; SIGKILL follows by itself.
    """

    name: str
    argv: Sequence[str]
    log: Path
    stop: Sequence[tuple[signal.Signals, float]]
    account: Account | None = None
    handles: Sequence[int] = ()
    environment: Mapping[str, str] = {}


class Child:
    """One supervised process. `start` it, ask `exit_code`, and `stop` it."""

    def __init__(
        self, command: Command, process: subprocess.Popen[bytes], lifeline: int, log_begins: int
    ) -> None:
        self.command = command
        self._process = process
        self._log_begins = log_begins  # bytes in the log before this run
        self._lifeline: int | None = lifeline

    @classmethod
    def start(cls, command: Command) -> Self:
        """Start the server under its supervisor; its output is added to the log (mode 0600).

        That the program could not be run shows as exit code 127 and a line in the log.
        """
        argv = [sys.executable, "-I", "-S", supervisor.__file__, f"--parent={os.getpid()}"]
        argv += [f"--stop={number.name}:{seconds}" for number, seconds in command.stop]
        if command.account is not None:
            argv += [f"--uid={command.account.uid}", f"--gid={command.account.gid}"]
        log = open_log(command.log)
        log_begins = os.fstat(log).st_size
        read_end, lifeline = os.pipe()
        try:
            process = subprocess.Popen(
                [*argv, "--", *command.argv],
                stdin=read_end,
                stdout=log,
                stderr=log,
                cwd="/",
                env=dict(command.environment),
                pass_fds=tuple(command.handles),
                start_new_session=True,  # Ctrl-C in a terminal is for us, who then stop in order
            )
        except BaseException:
            os.close(lifeline)
            raise
        finally:
            os.close(read_end)
            os.close(log)
        return cls(command, process, lifeline, log_begins)

    @property
    def supervisor_pid(self) -> int:
        """Process id of the supervisor, whose only child is the server."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; otherwise the server's code, or 128 + the signal that ended it."""
        return self._process.poll()

    async def wait(self, seconds_max: float) -> int:
        """Wait for it to end by itself. Raises TimeoutError."""
        give_up_at = time.monotonic() + seconds_max
        while (code := self.exit_code) is None:
            if time.monotonic() > give_up_at:
                raise TimeoutError(f"{self.command.name} took longer than {seconds_max:g} s")
            await anyio.sleep(POLL_SECONDS)
        return code

    async def stop(self) -> None:
        """End the server and wait until it is gone; not to be interrupted, but bounded."""
        with anyio.CancelScope(shield=True):
            self._let_go()
            bound = sum(seconds for _, seconds in self.command.stop) + SUPERVISOR_SECONDS_MAX
            try:
                await self.wait(bound)
            except TimeoutError:
                self._process.kill()  # the server then gets its death signal
                await self.wait(SUPERVISOR_SECONDS_MAX)

    def log_tail(self) -> str:
        """The last lines this server wrote, for an error message."""
        try:
            with self.command.log.open("rb") as log:
                log.seek(self._log_begins)
                lines = log.read().decode(errors="replace").splitlines()
        except OSError as error:
            return str(error)
        return "\n".join(lines[-LOG_TAIL_LINES:])

    def _let_go(self) -> None:
        if self._lifeline is not None:
            os.close(self._lifeline)
            self._lifeline = None


def open_log(path: Path) -> int:
    """Open a log for appending, readable by its owner only; a large one is set aside first."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_BYTES_MAX:
        path.replace(path.with_name(f"{path.name}.1"))
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
