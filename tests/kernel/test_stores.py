"""The embedded stores: what they promise, and what they refuse."""

import os
import socket
from pathlib import Path

import asyncpg
import psutil
import pytest
from minio.datatypes import Part
from minio.error import InvalidResponseError

from schoolgroup.kernel import stores_postgres, stores_s3
from schoolgroup.kernel.stores import (
    DataUnusable,
    StoresInUse,
    StoreStartFailed,
    embedded_stores,
)
from tests.kernel.stores_tools import (
    PART,
    addresses,
    bucket,
    holder,
    link,
    mode,
    nobody_runs,
    send,
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


# --- what is promised while they run ------------------------------------------------------------


async def test_the_database_is_a_postgresql_18_set_up_for_chinese_and_utc(data_dir):
    async with embedded_stores(data_dir, durable=False) as stores:
        assert int(str(await sql(stores, "SHOW server_version_num"))) // 10_000 == 18
        assert await sql(stores, "SHOW server_encoding") == "UTF8"
        assert await sql(stores, "SHOW timezone") == "UTC"
        assert await sql(stores, "SHOW max_connections") == "100"
        assert await sql(stores, "SHOW data_checksums") == "on"
        assert await sql(stores, "SELECT upper('é')") == "É"
        words = await sql(
            stores, "CREATE EXTENSION IF NOT EXISTS pg_trgm", "SELECT show_trgm('数学')"
        )
        assert words, "Chinese characters count as letters"


@pytest.mark.parametrize(("durable", "fsync"), [(True, "on"), (False, "off")])
async def test_only_a_durable_database_waits_for_the_disk(data_dir, durable, fsync):
    async with embedded_stores(data_dir, durable=durable) as stores:
        assert await sql(stores, "SHOW fsync") == fsync
        assert await sql(stores, "SHOW synchronous_commit") == fsync
        assert await sql(stores, "SHOW full_page_writes") == fsync


async def test_nobody_gets_in_without_the_secrets_and_only_from_this_machine(data_dir):
    async with embedded_stores(data_dir, durable=False) as stores:
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asyncpg.connect(
                host=stores.database_host,
                port=stores.database_port,
                user="postgres",
                password="guess",
            )
        for endpoint in (stores.s3_endpoint, f"{stores.s3_endpoint}/lessons/a"):
            assert send("GET", f"http://{endpoint}").status_code >= 400
        servers = psutil.Process().children(recursive=True)
        listening = {
            connection.laddr.ip
            for server in servers
            for connection in server.net_connections("all")
            if connection.status == psutil.CONN_LISTEN or connection.family == socket.AF_UNIX
        }
        assert listening == {"127.0.0.1"}
        arguments = " ".join(" ".join(server.cmdline()) for server in servers)
        assert stores.s3_secret_key not in arguments
        assert stores.database_admin_url.split(":")[2].split("@")[0] not in arguments
    kept = data_dir / "stores.toml"
    assert stores.s3_secret_key in kept.read_text()
    assert mode(kept) == 0o600
    assert mode(data_dir) == 0o700


async def test_the_log_of_the_database_holds_neither_rows_nor_statements(data_dir):
    async with embedded_stores(data_dir, durable=False) as stores:
        with pytest.raises(asyncpg.UniqueViolationError, match=r"person_pkey"):
            await sql(
                stores,
                "CREATE TABLE person (email text PRIMARY KEY)",
                "INSERT INTO person VALUES ('li@example.org')",
                "INSERT INTO person VALUES ('li@example.org')",
            )
    log = (data_dir / "log" / "postgres.log").read_text()
    assert "person_pkey" in log
    assert "li@example.org" not in log


# --- the facts about the S3 server that the application counts on -------------------------------


async def test_presigned_links_put_get_and_give_ranges(data_dir):
    async with embedded_stores(data_dir, durable=False) as stores:
        client = bucket(stores)
        put = send("PUT", link(client, "PUT", "数学/试卷.pdf"), content=b"0123456789")
        assert (put.status_code, put.headers["etag"]) == (200, '"781e5e245d69b566979b86e28d23f2c7"')
        query = {"response-content-type": "application/pdf"}
        got = send(
            "GET", link(client, "GET", "数学/试卷.pdf", **query), headers={"Range": "bytes=2-4"}
        )
        assert got.content == b"234"
        assert got.headers["content-range"] == "bytes 2-4/10"
        assert got.headers["content-type"] == "application/pdf"
        assert got.status_code == 200  # and not 206: see stores_s3
        forged = link(client, "GET", "数学/试卷.pdf")[:-4] + "0000"
        assert send("GET", forged).status_code == 403


async def test_a_browser_may_upload_and_read_the_etag(data_dir):
    async with embedded_stores(data_dir, durable=False) as stores:
        client = bucket(stores)
        origin = {"Origin": "https://school.example"}
        asks = origin | {
            "Access-Control-Request-Method": "PUT",
            "Access-Control-Request-Headers": "content-type",
        }
        preflight = send("OPTIONS", link(client, "PUT", "a.pdf"), headers=asks)
        assert preflight.status_code == 200
        assert preflight.headers["access-control-allow-origin"] == "*"
        assert "PUT" in preflight.headers["access-control-allow-methods"]
        assert "Content-Type" in preflight.headers["access-control-allow-headers"]
        put = send("PUT", link(client, "PUT", "a.pdf"), content=b"x", headers=origin)
        assert put.headers["access-control-expose-headers"] == "ETag"


async def test_presigned_parts_in_any_order_make_one_object(data_dir):
    async with embedded_stores(data_dir, durable=False) as stores:
        client = bucket(stores)
        upload = client._create_multipart_upload("lessons", "big.bin", {})
        parts = []
        for number, content in ((2, b"tail"), (1, PART)):
            url = link(client, "PUT", "big.bin", uploadId=upload, partNumber=str(number))
            sent = send("PUT", url, content=content)
            assert sent.status_code == 200
            parts.append(Part(number, sent.headers["etag"].strip('"')))
        listed = client._list_parts("lessons", "big.bin", upload).parts
        assert [(part.part_number, part.size) for part in listed] == [(1, len(PART)), (2, 4)]
        done = client._complete_multipart_upload(
            "lessons", "big.bin", upload, sorted_by_number(parts)
        )
        assert str(done.etag).endswith("-2")
        assert client.stat_object("lessons", "big.bin").etag != done.etag
        assert send("GET", link(client, "GET", "big.bin")).content == PART + b"tail"


async def test_a_wrong_etag_ends_the_upload(data_dir):
    async with embedded_stores(data_dir, durable=False) as stores:
        client = bucket(stores)
        upload = client._create_multipart_upload("lessons", "wrong.bin", {})
        url = link(client, "PUT", "wrong.bin", uploadId=upload, partNumber="1")
        right = send("PUT", url, content=b"x").headers["etag"].strip('"')
        for etag, answer in (("0" * 32, "InvalidPart"), (right, "NoSuchUpload")):
            with pytest.raises(InvalidResponseError, match=answer):
                client._complete_multipart_upload("lessons", "wrong.bin", upload, [Part(1, etag)])


def sorted_by_number(parts: list[Part]) -> list[Part]:
    return sorted(parts, key=lambda part: part.part_number)


# --- what is refused ----------------------------------------------------------------------------


async def test_a_second_start_on_the_directory_is_refused_with_the_pid(data_dir):
    with holder(data_dir) as process:
        stores = addresses(process)
        with pytest.raises(StoresInUse, match=f"process {process.pid}") as refusal:
            async with embedded_stores(data_dir, durable=False):
                pass
        assert refusal.value.pid == process.pid
        assert await sql(stores, "SELECT 1") == 1, "the first goes on undisturbed"
    async with embedded_stores(data_dir, durable=False):
        with pytest.raises(StoresInUse, match=f"process {os.getpid()}"):
            async with embedded_stores(data_dir, durable=False):
                pass


async def test_a_port_taken_in_the_meantime_is_replaced(data_dir, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        for module in (stores_postgres, stores_s3):
            real = module.free_port
            ports = iter([taken.getsockname()[1]])
            monkeypatch.setattr(
                module, "free_port", lambda ports=ports, real=real: next(ports, None) or real()
            )
        async with embedded_stores(data_dir, durable=False) as stores:
            assert stores.database_port != taken.getsockname()[1]
            assert not stores.s3_endpoint.endswith(f":{taken.getsockname()[1]}")
            assert await sql(stores, "SELECT 1") == 1


async def test_a_server_that_does_not_start_is_reported_with_its_log(data_dir, monkeypatch):
    monkeypatch.setitem(stores_postgres.SETTINGS, "max_connections", "plenty")
    with pytest.raises(
        StoreStartFailed, match=r'(?s)postgres: ended with code 1.*"plenty"'
    ) as failure:
        async with embedded_stores(data_dir, durable=False):
            pass
    assert "starting PostgreSQL" not in failure.value.log_tail, "of this run only"
    assert nobody_runs(data_dir)


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        ("postgres/PG_VERSION", "17\n", "PostgreSQL 17"),
        ("postgres/notes.txt", "mine", "not a PostgreSQL database"),
        ("stores.toml", "database_password = 7\n", "stores.toml"),
        ("stores.toml", "=", "stores.toml"),
    ],
)
async def test_a_directory_with_something_else_in_it_is_left_alone(tmp_path, path, content, says):
    (tmp_path / path).parent.mkdir(exist_ok=True)
    if path != "stores.toml":
        keys = ("database_password", "s3_access_key", "s3_secret_key")
        (tmp_path / "stores.toml").write_text("".join(f'{key} = "x"\n' for key in keys))
    (tmp_path / path).write_text(content)
    with pytest.raises(DataUnusable, match=says):
        async with embedded_stores(tmp_path, durable=False):
            pass
    assert (tmp_path / path).read_text() == content


async def test_a_database_without_its_password_is_refused(tmp_path):
    (tmp_path / "postgres").mkdir()
    with pytest.raises(DataUnusable, match=r"stores\.toml is missing"):
        async with embedded_stores(tmp_path, durable=False):
            pass
