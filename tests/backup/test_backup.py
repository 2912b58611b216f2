"""A backup made while people write, restored elsewhere: every row and every byte is there again."""

import asyncio
import hashlib
import json
import shutil

import asyncpg
import msgspec
import pytest

from schoolgroup.backup import (
    BrokenBackup,
    TargetNotEmpty,
    WrongSecret,
    WrongVersion,
    making,
    manifest,
    superuser,
)
from schoolgroup.backup.making import make_backup
from schoolgroup.backup.restoring import restore_backup
from schoolgroup.integration.events.models import Position, Wanted
from schoolgroup.integration.events.service import follow
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.journal import record
from schoolgroup.services import Services, open_services, storage_of
from tests.resources.lending.shelf import shelve

TABLES = """
SELECT c.oid::regclass::text FROM pg_class c
 WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
"""
NAMES_OBJECTS = """
SELECT table_name || '.' || column_name FROM information_schema.columns
 WHERE table_schema = 'public' AND column_name ~ '(object|image|upload|archive)_key$'
"""


@pytest.fixture
async def elsewhere(settings, tmp_path):
    """An empty installation on the same servers: another database and another bucket."""
    name = f"restored_{tmp_path.name[-6:].replace('-', '_').lower()}"

    def at(url: str) -> str:
        return url.rpartition("/")[0] + "/" + name

    made = msgspec.structs.replace(
        settings,
        database_url=at(settings.database_url),
        database_migrate_url=at(settings.database_migrate_url),
        s3_bucket=name.replace("_", "-"),
    )
    yield made
    await bootstrap.drop_database(settings.database_admin_url, name)


async def hashes_in(sql: asyncpg.Connection) -> dict[str, str]:
    """Every table's rows, whatever their order, as one hash."""
    return {
        name: await sql.fetchval(
            f"SELECT coalesce(md5(string_agg(t::text, chr(10) ORDER BY t::text)), '') FROM {name} t"
        )
        for (name,) in await sql.fetch(TABLES)
    }


async def hashes(settings) -> dict[str, str]:
    name = settings.database_url.rpartition("/")[2]
    sql = await asyncpg.connect(bootstrap.inside(settings.database_admin_url, name))
    try:
        return await hashes_in(sql)
    finally:
        await sql.close()


async def objects(settings) -> dict[str, str]:
    storage = storage_of(settings)
    found = {}
    for each in await storage.list_below(""):
        found[each.key] = (await storage.inspect(each.key, 1 << 30)).sha256
    return found


async def test_it_holds_one_moment_of_both_stores_while_people_write(
    http, world, services, settings, elsewhere, tmp_path, monkeypatch
):
    await shelve(world, services)
    at_the_moment: dict[str, str] = {}
    writing = asyncio.Event()

    async def write_on() -> None:
        await writing.wait()
        for number in range(5):
            await world.school(f"后来{number}校")
            await services.storage.put(f"later/{number}", b"later", "text/plain")
            await asyncio.sleep(0.02)

    async def moment(sql: asyncpg.Connection) -> str:
        at_the_moment.update(await hashes_in(sql))
        writing.set()
        return str(await sql.fetchval(superuser.EXPORT_SNAPSHOT))

    monkeypatch.setattr(superuser, "export_snapshot", moment)
    made, _ = await asyncio.gather(
        make_backup(settings, services.storage, tmp_path / "kept"), write_on()
    )
    assert made.objects >= 1
    assert made.objects_read == made.objects
    assert await hashes(settings) != at_the_moment, "nobody wrote while it was made"

    done = await restore_backup(elsewhere, storage_of(elsewhere), tmp_path / "kept")
    assert done.rows == made.rows
    assert await hashes(elsewhere) == at_the_moment
    here, there = await objects(settings), await objects(elsewhere)
    assert len(there) == made.objects
    assert there.items() <= here.items()
    async with (
        open_services(elsewhere) as restored,
        restored.db.transaction(system_actor(world.group_id)) as tx,
    ):
        await record(tx, "school.changed", act="school:change", thing="school/x",
                     owner_school_id=None, school_ids=[], version=1, data={})  # fmt: skip
    with pytest.raises(TargetNotEmpty, match="1 groups"):
        await restore_backup(elsewhere, storage_of(elsewhere), tmp_path / "kept")
    again = await make_backup(settings, services.storage, tmp_path / "kept")
    assert (again.objects, again.objects_read) == (made.objects, 0), "objects are copied once"


async def test_a_cursor_from_before_goes_on_after_a_restore_and_skips_nothing(
    world, services, settings, elsewhere, tmp_path
):
    """Transaction ids begin anew on another server, far below those of the events."""

    async def happened(there: Services, what: str) -> None:
        async with there.db.transaction(system_actor(world.group_id)) as tx:
            await record(tx, f"school.{what}", act="school:manage", thing="school/x", version=1,
                         data={})  # fmt: skip

    office = await world.person(None, "group_admin")
    await happened(services, "one")
    await happened(services, "two")
    await world.sql.execute("UPDATE event SET transaction_id = '900000000000'")
    place = await world.sql.fetchrow("SELECT life, seq FROM event WHERE type = 'school.one'")
    await make_backup(settings, services.storage, tmp_path)
    await restore_backup(elsewhere, storage_of(elsewhere), tmp_path)
    sql = await asyncpg.connect(
        bootstrap.inside(elsewhere.database_admin_url, elsewhere.database_url.rpartition("/")[2])
    )
    # here both are databases of one server; elsewhere it would have been started at another time
    await sql.execute("UPDATE app.server_life SET started_at = started_at - interval '1 day'")
    await sql.close()
    async with open_services(elsewhere) as restored:
        await happened(restored, "three")
        token = office.headers["Authorization"].split()[1]
        actor = await restored.authenticator.actor_of(token)
        after = Position(900_000_000_000, place["seq"], place["life"])
        async with restored.db.transaction(actor) as tx:
            rows, _, more = await follow(tx, after, Wanted(None, None), 10)
    assert [row.type for row in rows] == ["school.two", "school.three"]
    assert not more


async def test_an_object_that_goes_away_meanwhile_begins_it_again(
    world, services, settings, tmp_path, monkeypatch
):
    await shelve(world, services)
    looked = superuser.named_objects
    asked = []

    async def one_goes(sql: asyncpg.Connection) -> list[tuple[str, str | None, int | None]]:
        named = await looked(sql)
        asked.append(len(named))
        return [*named, ("gone/by/now", None, None)] if len(asked) == 1 else named

    monkeypatch.setattr(superuser, "named_objects", one_goes)
    await make_backup(settings, services.storage, tmp_path)
    assert len(asked) == 2
    assert len(manifest.backups_in(tmp_path)) == 1
    assert len([*tmp_path.iterdir()]) == 2, "the first attempt left nothing behind"


def change(folder, **fields) -> None:
    """A manifest that says something else, sealed as it should be."""
    said = json.loads((folder / manifest.MANIFEST).read_text())
    content = json.dumps(said | fields).encode()
    (folder / manifest.MANIFEST).write_bytes(content)
    (folder / manifest.SEAL).write_text(hashlib.sha256(content).hexdigest())


async def test_what_is_broken_foreign_or_in_the_way_is_refused_before_anything_is_done(
    world, services, settings, elsewhere, tmp_path
):
    await shelve(world, services)
    whole = tmp_path / "whole"
    await make_backup(settings, services.storage, whole)
    storage = storage_of(elsewhere)

    async def refused(kind: type[Exception], spoil, told: str, there=elsewhere) -> None:
        root = tmp_path / "spoilt"
        shutil.copytree(whole, root)
        spoil(root, manifest.backups_in(root)[0])
        with pytest.raises(kind, match=told):
            await restore_backup(there, storage, root)
        shutil.rmtree(root)

    def cut(root, folder) -> None:
        with (folder / manifest.DUMP).open("r+b") as file:
            file.truncate(100)

    def lose(root, folder) -> None:
        for path in (root / manifest.OBJECTS).glob("*/*"):
            path.unlink()

    await refused(BrokenBackup, cut, "has changed")
    await refused(BrokenBackup, lose, "No such file")
    await refused(BrokenBackup, lambda _, f: (f / manifest.MANIFEST).write_text("{"), "sealed")
    await refused(BrokenBackup, lambda _, f: (f / manifest.SEAL).unlink(), "no finished backup")
    await refused(BrokenBackup, lambda _, f: change(f, tables=1), "tables")
    await refused(WrongVersion, lambda _, f: change(f, format=2), "format 2")
    await refused(WrongVersion, lambda _, f: change(f, schema_version="9999"), "schema 9999")
    other = msgspec.structs.replace(elsewhere, secret="another secret, as long as any other is")
    await refused(WrongSecret, lambda *_: None, "another secret", other)
    await storage.make_bucket()
    await storage.put("somebody's", b"x", "text/plain")
    await refused(TargetNotEmpty, lambda *_: None, "1 other objects")
    await storage.delete("somebody's")
    await restore_backup(elsewhere, storage, whole)


async def test_every_column_that_names_an_object_is_known_to_the_backup(sql):
    found = {name for (name,) in await sql.fetch(NAMES_OBJECTS)}
    ours = {"blob.object_key", "preview_page.object_key", "marking_script.image_key"}
    # what is still being received; nobody was told that it is here
    assert found == ours | {"begun_upload.upload_key", "deposit.upload_key"}
    assert making.ATTEMPTS_MAX > 1
