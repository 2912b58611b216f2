"""`python -m tools.trial`: an installation as one grows into, from packages, under its main job.

Two processes of the API behind HAProxy, PgBouncer in transaction mode before PostgreSQL, a
streaming standby for heavy reads, a worker. With `--faults` a mixed load works on it first while
each of these parts is killed at random, and what was acknowledged is compared with what is there
(`tools.faults`). The demo's whole story is told through the proxy, a process of the API is killed
meanwhile, then some calls are counted. Prints tables; 1 when something did not hold. Needs
`apt-get install pgbouncer haproxy` (`--plain` does without both).
"""

import argparse
import asyncio
import logging
import secrets
import sys
import tempfile
import time
from pathlib import Path

import asyncpg
import httpx
from rich.console import Console
from rich.table import Table

from schoolgroup.demo.stage import Stage
from schoolgroup.demo.story import CHAPTERS, found
from tools import parts
from tools.cluster import Cluster
from tools.faults.run import TOKENS_S, kill_parts_of
from tools.faults.shown import table_of
from tools.recovery import recover_before_a_mistake

CLIENTS = 16
COUNTED_S = 5.0
WAIT_S = 60.0
LSN_BEHIND = "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) FROM pg_stat_replication"
SESSIONS = """
SELECT count(*) FROM pg_stat_activity
 WHERE usename = 'schoolgroup_app' AND backend_type = 'client backend'
"""
Rows = list[tuple[str, str]]


async def trial(folder: Path, asked: argparse.Namespace) -> int:
    """Run it all; the exit code."""
    console, rows, wrong = Console(width=110), Rows(), 0
    began, pooled = time.monotonic(), not asked.plain
    given: dict[str, object] = {"access_token_s": TOKENS_S} if asked.faults else {}
    async with Cluster(
        folder, apis=2, workers=1, pooled=pooled, haproxy=pooled, standby=True, given=given
    ) as cluster:
        rows.append(("ready after", f"{time.monotonic() - began:.1f} s"))
        rows.append(("runs", ", ".join(cluster.running())))
        if pooled:
            rows.append(("PgBouncer", pooler_of(cluster)))
        if asked.faults:
            logging.disable(logging.ERROR)  # what our own pool says of a database that is away
            through = [cluster.proxy_url]
            found = await kill_parts_of(cluster, asked.seed, asked.seconds, addresses=through)
            console.print(table_of(asked.seed, found))
            wrong = len(found.wrong)
        token = await tell(cluster, console, rows)
        for path in ("/v1/me", "/v1/resources?q=分数", "/v1/resources/export"):
            await count(cluster, path, token, rows)
        sql = await asyncpg.connect(cluster.admin_url)
        rows.append(("standby behind", f"{await sql.fetchval(LSN_BEHIND)} bytes"))
        rows.append(("connections at PostgreSQL", str(await sql.fetchval(SESSIONS))))
        await sql.close()
        await recover_before_a_mistake(cluster, rows)
    table = Table("what", "seen", title="An installation of many processes")
    for what, seen in rows:
        table.add_row(what, seen)
    console.print(table)
    return int(wrong > 0)


def pooler_of(cluster: Cluster) -> str:
    """Which PgBouncer runs, and whether plans are kept behind it."""
    kept = cluster.settings.database_statements_max
    version = ".".join(map(str, parts.pgbouncer_version()))
    return f"{version}, prepared statements {f'kept, {kept} a connection' if kept else 'not kept'}"


async def tell(cluster: Cluster, console: Console, rows: Rows) -> str:
    """The demo's story through the proxy, with a process killed in its middle; a token of it."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as files:
        async with httpx.AsyncClient(base_url=cluster.proxy_url, timeout=WAIT_S) as http:
            stage = Stage(http, console, Path(files), f"trial-{secrets.token_hex(4)}")
            stage.made["exam responses"] = None
            await found(cluster.settings, stage)
            for number, (short, title, chapter) in enumerate(CHAPTERS):
                await stage.play(short, title, chapter)
                if number == 2:
                    await cluster.kill("api1")
                    console.print("  (api1 is killed; the proxy goes on with the other)")
            await cluster.start("api1")
            rows.append(("the demo's story through the proxy", f"{time.monotonic() - began:.1f} s"))
            group, username, password = stage.logins[0]
            signed = await http.post(
                "/v1/sessions", json={"group": group, "username": username, "password": password}
            )
            signed.raise_for_status()
            token: str = signed.json()["access_token"]
            return token


async def count(cluster: Cluster, path: str, token: str, rows: Rows) -> None:
    """How often a call is answered by one process, and by all through the proxy."""
    for name, address in (("api2", cluster.api_urls[1]), ("proxy", cluster.proxy_url)):
        took: list[float] = []
        give_up_at = time.monotonic() + COUNTED_S
        headers = {"Authorization": f"Bearer {token}"}
        async with httpx.AsyncClient(base_url=address, timeout=WAIT_S, headers=headers) as http:
            await asyncio.gather(
                *(ask(http, path, took, give_up_at) for _ in range(CLIENTS)),
            )
        took.sort()
        p50, p99 = (took[int(len(took) * part)] * 1000 for part in (0.5, 0.99))
        rows.append(
            (f"GET {path} at {name}",
             f"{len(took) / COUNTED_S:,.0f}/s, p50 {p50:.0f} ms, p99 {p99:.0f} ms")
        )  # fmt: skip


async def ask(http: httpx.AsyncClient, path: str, took: list[float], give_up_at: float) -> None:
    """One client: a request after the other, each one timed."""
    while (now := time.monotonic()) < give_up_at:
        (await http.get(path)).raise_for_status()
        took.append(time.monotonic() - now)


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tools.trial", description=__doc__)
    parser.add_argument("--plain", action="store_true", help="without PgBouncer and HAProxy")
    parser.add_argument("--faults", action="store_true", help="kill every part at random first")
    parser.add_argument("--seconds", type=float, default=90, help="of load while parts are killed")
    parser.add_argument("--seed", type=int, default=1, help="which parts, and when")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="schoolgroup-trial-") as folder:
        return asyncio.run(trial(Path(folder), asked))


if __name__ == "__main__":
    sys.exit(main())
