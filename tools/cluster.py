"""A whole installation of real processes on one machine, each of which can be killed and started.

    async with Cluster(folder, apis=2, workers=1) as cluster:
        cluster.api_urls, cluster.proxy_url, cluster.settings
        await cluster.kill("api1")                 # SIGKILL; also "worker1", "postgres", "s3" …
        await cluster.start("api1")                # the same port, the same data

PostgreSQL and the S3 server come from wheels. With `pooled` PgBouncer stands before the database,
with `haproxy` HAProxy before the API (Debian packages of these names; otherwise a small proxy of
ours), with `standby` a streaming standby for reads.
Ports stay the same as long as the cluster lives. Everything is on the loopback address.
"""

import asyncio
import fcntl
import os
import shutil
import signal
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit

import msgspec
import psutil

from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.children import Child
from schoolgroup.kernel.pace import UNHURRIED
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.stores import StoreAddresses, keep_credentials
from schoolgroup.kernel.stores_common import LOOPBACK, free_port, make_folder, server_account
from schoolgroup.kernel.stores_postgres import serve_postgres
from schoolgroup.kernel.stores_s3 import REGION, serve_s3
from schoolgroup.running import bring_up_to_date, embedded_settings
from tools import parts
from tools.balancer import balancer

ENDING = {signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGQUIT, signal.SIGABRT}
END_S = 60.0


class Cluster:
    """Processes by name: postgres, s3, api1…, worker1…, and as wished pgbouncer, standby, proxy."""

    def __init__(
        self,
        folder: Path,
        *,
        apis: int = 2,
        workers: int = 1,
        pooled: bool = False,
        haproxy: bool = False,
        standby: bool = False,
        durable: bool = True,
        given: dict[str, object] | None = None,
    ) -> None:
        """`given` are settings of the application beside those the cluster decides itself."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder.resolve()
        self.durable = durable
        self.pooled, self.haproxy, self.standby = pooled, haproxy, standby
        self._given = {**UNHURRIED, **(given or {})}
        self._keys = keep_credentials(self.folder)
        self.password = self._keys.database_password
        self.account = server_account(self.folder)
        names = [*(f"api{n + 1}" for n in range(apis)), "postgres", "s3", "proxy"]
        names += ["pgbouncer"] * pooled + ["standby"] * standby
        self.ports = {name: free_port() for name in names}
        self.api_names = [name for name in names if name.startswith("api")]
        self.worker_names = [f"worker{n + 1}" for n in range(workers)]
        self.api_urls = [f"http://{LOOPBACK}:{self.ports[name]}" for name in self.api_names]
        self.proxy_url = f"http://{LOOPBACK}:{self.ports['proxy']}"
        self._open: dict[str, tuple[AsyncExitStack, Child]] = {}
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Start everything and wait until it is ready. Raises NotReady, ProgramMissing."""
        try:
            self._lock = self._take_lock()
            await self.start("postgres")
            await self.start("s3")
            self.settings = self._settings()
            await bring_up_to_date(self.settings)
            self.settings = self._through_the_pooler(self.settings)
            for name in ["standby"] * self.standby + ["pgbouncer"] * self.pooled:
                await self.start(name)
            await asyncio.gather(*map(self.start, self.api_names + self.worker_names))
            if self.haproxy:
                await self.start("proxy")
            else:
                targets = [self.ports[name] for name in self.api_names]
                await self._stack.enter_async_context(balancer(self.ports["proxy"], targets))
        except BaseException:
            await self._stop_all()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        raised: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop everything, those that others lean on last."""
        await self._stop_all()

    async def start(self, name: str) -> None:
        """Start a process that does not run, on its port and data; returns when it is ready."""
        if name in self._open:
            raise ValueError(f"{name} runs already")
        stack = AsyncExitStack()
        child = await stack.enter_async_context(self._part(name))
        self._open[name] = (stack, child)

    async def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to the process itself; where it ends by it, wait until it is gone.

        Its supervisor then sweeps what it left behind, as a container's runtime would.
        """
        stack, child = self._open[name]
        os.kill(self.pid(name), number)
        if number in ENDING:
            await child.wait(END_S)
            del self._open[name]
            await stack.aclose()

    async def stop(self, name: str) -> None:
        """Ask a process to end, in its own way, and wait."""
        stack, _ = self._open.pop(name)
        await stack.aclose()

    def pid(self, name: str) -> int:
        """The process id of the server itself, not of its supervisor."""
        (server,) = psutil.Process(self._open[name][1].supervisor_pid).children()
        return int(server.pid)

    def log(self, name: str) -> Path:
        """What a process wrote."""
        return self._open[name][1].command.log

    def running(self) -> Sequence[str]:
        """The names of what runs, in the order it was started."""
        return [name for name, (_, child) in self._open.items() if child.exit_code is None]

    async def ended(self) -> list[str]:
        """What has ended by itself since it was started; each of them can be started again."""
        names = [name for name, (_, child) in self._open.items() if child.exit_code is not None]
        for name in names:
            stack, _ = self._open.pop(name)
            await stack.aclose()
        return names

    @property
    def admin_url(self) -> str:
        """The application's database as its superuser: to arrange and to look."""
        return bootstrap.inside(self.settings.database_admin_url)

    @asynccontextmanager
    async def _part(self, name: str) -> AsyncIterator[Child]:
        kind = name if name == "s3" else name.rstrip("0123456789")
        port = self.ports.get(name, 0)
        if kind == "postgres":
            async with self._postgres(self.folder, port) as child:
                yield child
        elif kind == "standby":
            await self._copy_primary()
            async with self._postgres(self.folder / "standby", port) as child:
                yield child
        elif kind == "s3":
            keys = self._keys
            async with serve_s3(
                self.folder,
                access_key=keys.s3_access_key,
                secret_key=keys.s3_secret_key,
                account=self.account,
                lock=self._lock,
                port=port,
            ) as store:
                yield store.child
        else:
            async with self._programs(kind, name, port) as child:
                yield child

    @asynccontextmanager
    async def _programs(self, kind: str, name: str, port: int) -> AsyncIterator[Child]:
        log = self.folder / "log" / f"{name}.log"
        if kind == "api":
            own = msgspec.structs.replace(self.settings, host=LOOPBACK, port=port)
            part = parts.api(own, log)
        elif kind == "worker":
            part = parts.worker(self.settings, log)
        elif kind == "pgbouncer":
            at = urlsplit(self.settings.database_url)
            users = {at.username or "": unquote(at.password or "")}
            part = parts.pgbouncer(
                port, self.ports["postgres"], users, self.folder / "pgbouncer", self.account
            )
        elif kind == "proxy":
            targets = [self.ports[name] for name in self.api_names]
            part = parts.haproxy(port, targets, self.folder / "proxy")
        else:
            raise ValueError(f"there is no {name} in a cluster")
        async with part as child:
            yield child

    @asynccontextmanager
    async def _postgres(self, folder: Path, port: int) -> AsyncIterator[Child]:
        async with serve_postgres(
            folder,
            password=self.password,
            account=self.account,
            durable=self.durable,
            lock=self._lock,
            port=port,
            more={"hot_standby_feedback": "on"},
        ) as server:
            yield server.child

    async def _copy_primary(self) -> None:
        """Fill the standby's folder from the primary, once; later it catches up by itself."""
        target = self.folder / "standby"
        target.mkdir(mode=0o700, exist_ok=True)
        data = target / "postgres"
        if (data / "PG_VERSION").exists():
            return
        await parts.postgres_program(
            "pg_basebackup", "--dbname", self.settings.database_admin_url, "--pgdata", str(data),
            "--wal-method=stream", "--checkpoint=fast", "--write-recovery-conf",
        )  # fmt: skip
        self.give_to_server(data)

    def give_to_server(self, data: Path) -> None:
        """Let the account PostgreSQL runs as own a folder we filled."""
        if self.account is not None:
            for path in (data, *data.rglob("*")):
                shutil.chown(path, self.account.uid, self.account.gid)

    def _settings(self) -> Settings:
        keys = self._keys
        admin = (
            f"postgresql://postgres:{self.password}@{LOOPBACK}:{self.ports['postgres']}"
            "/postgres?sslmode=disable"
        )
        addresses = StoreAddresses(
            database_admin_url=admin,
            database_host=LOOPBACK,
            database_port=self.ports["postgres"],
            s3_endpoint=f"{LOOPBACK}:{self.ports['s3']}",
            s3_access_key=keys.s3_access_key,
            s3_secret_key=keys.s3_secret_key,
            s3_region=REGION,
            s3_secure=False,
        )
        return embedded_settings(self.folder, addresses, self._given)

    def _through_the_pooler(self, settings: Settings) -> Settings:
        """The addresses as the processes are told them."""
        changed: dict[str, object] = {}
        if self.standby:
            changed["database_read_url"] = self._at(settings.database_url, "standby")
        if self.pooled:
            changed["database_url"] = self._at(settings.database_url, "pgbouncer")
            if parts.pgbouncer_version() < parts.CARRIES_STATEMENTS:
                changed["database_statements_max"] = 0
        return msgspec.structs.replace(settings, **changed)

    def _at(self, url: str, name: str) -> str:
        """The same role and database at another of our servers."""
        at = urlsplit(url)
        netloc = f"{at.username}:{at.password}@{LOOPBACK}:{self.ports[name]}"
        return at._replace(netloc=netloc).geturl()

    def _take_lock(self) -> int:
        """The lock the servers inherit (`kernel.stores`): no second cluster on the same folder."""
        make_folder(self.folder / "log", None)
        handle = os.open(self.folder / "servers.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._stack.callback(os.close, handle)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return handle

    async def _stop_all(self) -> None:
        for name in reversed(list(self._open)):
            await self.stop(name)
        await self._stack.aclose()
