"""The doctor finds a whole installation in order, and each fault it looks for at least once."""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import asyncpg
import msgspec
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from schoolgroup.backup import manifest
from schoolgroup.backup.manifest import Manifest
from schoolgroup.commands.doctoring import examine
from schoolgroup.doctor import around, inside
from schoolgroup.doctor.database import check_database, skew
from schoolgroup.doctor.models import Finding, Verdict
from schoolgroup.doctor.store import check_store
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import enqueue
from schoolgroup.services import storage_of
from tests.people import World
from tests.test_running import order

HAN = re.compile(r"[一-鿿]")


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    """Findings by their check; each has words in both languages, and a remedy where one is due."""
    for finding in findings:
        assert finding.why.en
        assert HAN.search(finding.why.zh) or finding.why.zh.startswith("PostgreSQL"), finding
        if finding.verdict is not Verdict.OK:
            assert finding.remedy.en, finding
            assert HAN.search(finding.remedy.zh), finding
    return {finding.check: finding for finding in findings}


async def test_a_whole_installation_is_in_order(settings, world: World, services, tmp_path):
    await services.storage.make_bucket()
    found = by_name(await examine(settings))
    # no worker has run for this group, and nobody named the backups
    assert found.pop("workers").verdict is Verdict.FAIL
    assert found.pop("backups").verdict is Verdict.WARN
    found.pop("disk")  # the machine's own matter
    assert {name for name, finding in found.items() if finding.verdict is not Verdict.OK} == set()
    assert len(found) >= 15


async def test_a_database_that_is_away_or_another_s_password(settings):
    gone = msgspec.structs.replace(settings, database_url="postgresql://x:y@127.0.0.1:1/z")
    assert by_name(await check_database(gone))["database"].verdict is Verdict.FAIL
    wrong = settings.database_url.replace("app%20password", "another")
    other = msgspec.structs.replace(settings, database_url=wrong)
    assert "Password" in by_name(await check_database(other))["database"].why.en


async def test_a_role_above_the_walls_and_more_pool_than_room(settings, sql):
    mighty = msgspec.structs.replace(
        settings,
        database_url=bootstrap.inside(settings.database_admin_url),
        database_pool_max=500,
    )
    found = by_name(await check_database(mighty))
    assert found["database role"].verdict is Verdict.FAIL
    assert found["connections"].verdict is Verdict.FAIL


@pytest.mark.parametrize(
    ("broken", "mended", "check"),
    [
        ("ALTER TABLE loan NO FORCE ROW LEVEL SECURITY",
         "ALTER TABLE loan FORCE ROW LEVEL SECURITY", "walls"),
        ("DELETE FROM schema_migrations WHERE version = '0002'",
         "INSERT INTO schema_migrations VALUES ('0002')", "migrations"),
        ("UPDATE pg_extension SET extname = 'gone' WHERE extname = 'btree_gist'",
         "UPDATE pg_extension SET extname = 'btree_gist' WHERE extname = 'gone'", "extensions"),
    ],
    ids=["walls", "migrations", "extensions"],
)  # fmt: skip
async def test_a_schema_that_is_not_as_it_should_be(settings, sql, broken, mended, check):
    await sql.execute(broken)
    try:
        assert by_name(await check_database(settings))[check].verdict is Verdict.FAIL
    finally:
        await sql.execute(mended)
    assert by_name(await check_database(settings))[check].verdict is Verdict.OK


async def test_versions_that_may_not_be_read_or_are_newer(settings, sql):
    await sql.execute("INSERT INTO schema_migrations VALUES ('9999')")
    await sql.execute("REVOKE SELECT ON schema_migrations FROM schoolgroup_app")
    try:
        found = by_name(await check_database(settings))["migrations"]
        assert (found.verdict, "9999" in found.why.en) == (Verdict.WARN, True), "by the migrator"
        alone = msgspec.structs.replace(settings, database_migrate_url="")
        assert "may not be read" in by_name(await check_database(alone))["migrations"].why.en
    finally:
        await sql.execute("GRANT SELECT ON schema_migrations TO schoolgroup_app")
        await sql.execute("DELETE FROM schema_migrations WHERE version = '9999'")


def test_clocks_apart():
    now = datetime.now(UTC)
    for off_s, verdict in ((1, Verdict.OK), (10, Verdict.WARN), (-600, Verdict.FAIL)):
        assert skew("clock", now + timedelta(seconds=off_s), now).verdict is verdict


async def test_policies_jobs_and_workers(settings, world: World, services, sql: asyncpg.Connection):
    group = system_actor(world.group_id)
    found = by_name(await inside.check_inside(services))
    assert found["workers"].verdict is Verdict.FAIL
    await sql.execute(
        """INSERT INTO job (group_id, id, kind, data, status, due_at, request_id, created_at)
           VALUES ($1, gen_random_uuid(), 'later', '{}', 'waiting', now() + interval '1 hour',
                   'schedule', now())""",
        world.group_id,
    )
    found = by_name(await inside.check_inside(services))
    assert {finding.verdict for finding in found.values()} == {Verdict.OK}
    await services.db.run(group, lambda tx: enqueue(tx, "late", {}))
    await sql.execute("UPDATE job SET due_at = now() - interval '5 minutes' WHERE kind = 'late'")
    assert by_name(await inside.check_inside(services))["jobs"].verdict is Verdict.WARN
    await sql.execute("UPDATE job SET due_at = now() - interval '1 hour' WHERE kind = 'late'")
    assert by_name(await inside.check_inside(services))["jobs"].verdict is Verdict.FAIL
    await sql.execute(
        """INSERT INTO policy_bundle (group_id, version, sha256, files, author, approver,
                                      published_at)
           VALUES ($1, 2, $2, '{}', 'x', 'y', now())""",
        world.group_id, "0" * 64,
    )  # fmt: skip
    assert by_name(await inside.check_inside(services))["policies"].verdict is Verdict.FAIL


async def test_a_store_that_is_away_is_not_ours_or_keeps_browsers_out(settings, services):
    gone = storage_of(msgspec.structs.replace(settings, s3_endpoint="127.0.0.1:1"))
    assert by_name(await check_store(gone))["store"].verdict is Verdict.FAIL
    stranger = storage_of(msgspec.structs.replace(settings, s3_secret_key="another"))
    assert by_name(await check_store(stranger))["store"].verdict is Verdict.FAIL
    hidden = msgspec.structs.replace(settings, s3_public_endpoint="127.0.0.1:1")
    found = by_name(await check_store(storage_of(hidden)))
    assert (found["store"].verdict, found["store for browsers"].verdict) == (
        Verdict.OK, Verdict.FAIL,
    )  # fmt: skip


def test_little_room_few_files_no_backup(monkeypatch, tmp_path):
    full = type("Usage", (), {"free": 1024})()
    monkeypatch.setattr("shutil.disk_usage", lambda place: full)
    assert around.check_disk(tmp_path).verdict is Verdict.FAIL
    monkeypatch.setattr("resource.getrlimit", lambda which: (256, 1024))
    assert around.check_files().verdict is Verdict.WARN
    assert around.check_backups(tmp_path).verdict is Verdict.FAIL
    for name, hours, verdict in (("old", 50, Verdict.WARN), ("new", 1, Verdict.OK)):
        made_at = (datetime.now(UTC) - timedelta(hours=hours)).isoformat()
        made = Manifest(format=1, made_at=made_at, schema_version="1", secret_check="",
                        dump_sha256="", dump_bytes=0, tables={}, objects=[])  # fmt: skip
        (tmp_path / name).mkdir()
        manifest.write(tmp_path / name, made)
        assert around.check_backups(tmp_path).verdict is verdict
    (tmp_path / "new" / "manifest.json").write_text("{}")  # not what was sealed
    assert around.check_backups(tmp_path).verdict is Verdict.WARN


@asynccontextmanager
async def answering(said: bytes, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """A server that says this to whoever asks; its port."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):  # who did not believe the certificate is gone
            await reader.read(100)
            writer.write(said)
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.mark.parametrize(
    ("days", "verdict"), [(90, Verdict.OK), (10, Verdict.WARN), (1, Verdict.FAIL)]
)
async def test_a_certificate_that_ends(settings, tmp_path, days, verdict):
    pair = tmp_path / "pair.pem"
    pair.write_bytes(certificate(days))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair)
    async with answering(b"", context) as port:
        shown = msgspec.structs.replace(settings, public_url=f"https://localhost:{port}")
        found = by_name([await around.check_certificate(shown, pair)])["certificate"]
        assert found.verdict is verdict
        unknown = await around.check_certificate(shown)
        assert unknown.verdict is Verdict.FAIL, "nobody we believe has signed it"
    plain = msgspec.structs.replace(settings, public_url="http://schools.example")
    assert (await around.check_certificate(plain)).verdict is Verdict.FAIL


def certificate(days: int) -> bytes:
    """A key and a certificate of localhost that ends after so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name)
        .public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + made.public_bytes(serialization.Encoding.PEM)


async def test_a_scanner_and_a_mail_server_that_do_not_answer(settings):
    for said, verdict in ((b"PONG\0", Verdict.OK), (b"busy", Verdict.FAIL)):
        async with answering(said) as port:
            with_scanner = msgspec.structs.replace(settings, clamd_address=f"127.0.0.1:{port}")
            assert (await around.check_scanner(with_scanner)).verdict is verdict
    gone = msgspec.structs.replace(
        settings, clamd_address="127.0.0.1:1", smtp_host="127.0.0.1", smtp_port=1
    )
    assert by_name([await around.check_scanner(gone)])["scanner"].verdict is Verdict.FAIL
    assert by_name([await around.check_mail(gone)])["mail"].verdict is Verdict.FAIL


async def test_the_command_tells_people_and_programs(settings, world: World):
    given = {
        f"SCHOOLGROUP_{name.upper()}": str(getattr(settings, name))
        for name in ("secret", "database_url", "s3_endpoint", "s3_access_key", "s3_secret_key")
    }
    told = await asyncio.to_thread(lambda: order("doctor", "--json", **given))
    assert told.returncode == 1, "no worker runs here"
    found = {each["check"]: each for each in msgspec.json.decode(told.stdout)}
    assert found["walls"]["verdict"] == "ok"
    assert found["workers"]["verdict"] == "fail"
    assert settings.secret not in told.stdout + told.stderr
    nothing = await asyncio.to_thread(lambda: order("doctor", SCHOOLGROUP_SECRET="s" * 40))
    assert nothing.returncode == 1
    assert "database_url" in nothing.stderr
