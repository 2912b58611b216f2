"""Point-in-time recovery, tried: a base copy, the kept log, a mistake, and the instant before it.

`pg_receivewal` keeps every byte of the log as it is written, so nothing waits for a segment to
fill. What is recovered is a second server beside the first, from which is then taken what is
wanted (docs/operations.md has the same steps for an operator).
"""

import asyncio
import os
import shutil
import signal
import time
from pathlib import Path

import asyncpg

from schoolgroup.kernel.bootstrap import inside
from schoolgroup.kernel.children import Command
from schoolgroup.kernel.stores_common import PLAIN_ENVIRONMENT
from schoolgroup.kernel.stores_postgres import installed_programs, serve_postgres
from tools import parts
from tools.cluster import Cluster

SLOT = "kept_log"
COUNT = "SELECT count(*) FROM school"
RECOVERING = "SELECT pg_is_in_recovery() AND pg_sleep(0.05)::text IS NOT NULL"
COPIED_S = 30.0


async def recover_before_a_mistake(cluster: Cluster, rows: list[tuple[str, str]]) -> None:
    """Delete every school's name by mistake, and have the instant before it again."""
    admin = cluster.settings.database_admin_url
    log_kept = cluster.folder / "kept"
    log_kept.mkdir(mode=0o700)
    create = ("--dbname", admin, "--slot", SLOT, "--if-not-exists", "--create-slot")
    await parts.postgres_program("pg_receivewal", *create)
    command = Command(
        name="pg_receivewal",
        argv=[str(installed_programs() / "pg_receivewal"), "--dbname", admin, "--slot", SLOT,
              "--directory", str(log_kept), "--synchronous"],
        log=cluster.folder / "log" / "receivewal.log",
        stop=((signal.SIGINT, 10.0),),
        environment=PLAIN_ENVIRONMENT,
    )  # fmt: skip
    async with parts.running(command, lambda _: any(log_kept.iterdir())):
        copy = cluster.folder / "recovered"
        copy.mkdir(mode=0o700)
        await parts.postgres_program(
            "pg_basebackup", "--dbname", admin, "--pgdata", str(copy / "postgres"),
            "--checkpoint=fast", "--wal-method=none",
        )  # fmt: skip
        sql = await asyncpg.connect(cluster.admin_url)
        before = await sql.fetchval(COUNT)
        instant = await sql.fetchval("SELECT clock_timestamp()::text")
        await asyncio.sleep(0.1)
        await sql.execute("UPDATE school SET name = 'gone'")
        end = await sql.fetchval("SELECT pg_current_wal_flush_lsn()")
        await reached(sql, end)
        await sql.close()
    began = time.monotonic()
    recovered = await recover(cluster, copy, log_kept, instant)
    rows.append(
        ("recovered to the instant before a mistake",
         f"{recovered} of {before} schools by their names, after {time.monotonic() - began:.1f} s")
    )  # fmt: skip
    if recovered != before:
        raise RuntimeError(f"{recovered} of {before} schools were recovered")


async def reached(sql: asyncpg.Connection, end: object) -> None:
    """Wait until the kept log holds everything up to `end`."""
    give_up_at = time.monotonic() + COPIED_S
    kept = "SELECT restart_lsn >= $1::pg_lsn FROM pg_replication_slots WHERE slot_name = $2"
    while not await sql.fetchval(kept, end, SLOT):
        if time.monotonic() > give_up_at:
            raise RuntimeError("the log was not kept in time")
        await asyncio.sleep(0.05)


async def recover(cluster: Cluster, copy: Path, log_kept: Path, instant: str) -> int:
    """Bring the copy to that instant; how many schools have their names there."""
    data = copy / "postgres"
    prepare(data, log_kept)
    cluster.give_to_server(data)
    lock = os.open(copy / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        async with serve_postgres(
            copy,
            password=cluster.password,
            account=cluster.account,
            durable=True,
            lock=lock,
            more={
                "restore_command": "false",  # the log lies in pg_wal already
                "recovery_target_time": instant,
                "recovery_target_action": "promote",
            },
        ) as server:
            sql = await asyncpg.connect(inside(server.admin_url))
            while await sql.fetchval(
                "SELECT pg_is_in_recovery() AND pg_sleep(0.05)::text IS NOT NULL"
            ):
                pass
            named: int = await sql.fetchval(COUNT + " WHERE name <> 'gone'")
            await sql.close()
            return named
    finally:
        os.close(lock)


def prepare(data: Path, log_kept: Path) -> None:
    """Lay the kept log into the copy and say that it is to be recovered."""
    for segment in log_kept.iterdir():
        shutil.copy(segment, data / "pg_wal" / segment.name.removesuffix(".partial"))
    (data / "recovery.signal").touch()
