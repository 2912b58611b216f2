"""What both embedded stores stand on: errors, folders a server may enter, ports.

StoreError                 the embedded stores cannot be used, and why
├── StoresInUse            another process holds this data directory
├── StoreStartFailed       a server did not come up; carries the end of its log
└── DataUnusable           what lies in the data directory is not ours to start on
"""

import os
import pwd
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from schoolgroup.kernel.children import Account, Child

LOOPBACK = "127.0.0.1"
PORT_ATTEMPTS_MAX = 5
PLAIN_ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "TZ": "UTC"}


class StoreError(Exception):
    """The embedded stores cannot be used, and why."""


class StoresInUse(StoreError):
    """Another process holds this data directory; `pid` is its id when it could be read."""

    def __init__(self, data_dir: Path, pid: int | None) -> None:
        self.pid = pid
        holder = "another process" if pid is None else f"process {pid}"
        super().__init__(f"{data_dir} is in use by {holder}: stop it, or choose another directory")


class StoreStartFailed(StoreError):
    """A server did not come up; `log_tail` is the end of what it wrote."""

    def __init__(self, name: str, reason: str, log_tail: str, log: Path) -> None:
        self.log_tail = log_tail
        super().__init__(f"{name}: {reason}; the end of {log}:\n{log_tail}")

    @classmethod
    def of(cls, child: Child, reason: str) -> "StoreStartFailed":
        """The same, said of a child with what it logged in this run."""
        return cls(child.command.name, reason, child.log_tail(), child.command.log)


class DataUnusable(StoreError):
    """What lies in the data directory is not ours to start on."""


class Folder(msgspec.Struct, frozen=True):
    """A directory as a server sees it.

    `argument` is the path to tell the server, `handles` what it must inherit for that.
    """

    argument: str
    handles: tuple[int, ...]


@contextmanager
def folder_for(account: Account | None, path: Path) -> Iterator[Folder]:
    """Let a server that runs as the account into this directory, wherever it lies.

    Running as root, the directory may lie below one that only root may enter (a home of mode 0700).
    On Linux the server therefore gets the open directory, and names it ``/proc/self/fd/N``: that
    is resolved without walking the parents. The data stays where it was asked for, and no
    permission outside the directory is touched. Elsewhere the plain path is used, and the server
    itself reports a parent it may not enter.
    """
    if account is None or sys.platform != "linux":
        yield Folder(str(path), ())
        return
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield Folder(f"/proc/self/fd/{handle}", (handle,))
    finally:
        os.close(handle)


def make_folder(path: Path, account: Account | None) -> None:
    """Make the directory if need be, private to the account that will use it."""
    path.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(path, account.uid, account.gid)


def server_account(data_dir: Path) -> Account | None:
    """Whom the servers run as: us, or when we are root, an account without rights.

    PostgreSQL refuses to run as root, and an S3 server has no reason to. Root uses the account
    that owns the database already, else ``nobody``: it exists everywhere (initdb wants an account
    with a name) and so none has to be created. Other services that run as ``nobody`` could then
    reach the data; where that matters, start as an ordinary user.
    """
    if os.geteuid() != 0:
        return None
    try:
        owner = (data_dir / "postgres").stat()
    except FileNotFoundError:
        pass
    else:
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    try:
        nobody = pwd.getpwnam("nobody")
    except KeyError:
        raise StoreError("run as an ordinary user: there is no account 'nobody' here") from None
    return Account(nobody.pw_uid, nobody.pw_gid)


def free_port() -> int:
    """A TCP port on the loopback address that was free a moment ago.

    Another process may take it before the server does; the server then fails to bind, and the
    caller tries again with a new one.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port


def port_was_taken(child: Child) -> bool:
    """Whether a server ended because another process had taken its port."""
    return "address already in use" in child.log_tail().lower()
