"""Heavy reads on a real streaming standby: what it answers, and when the primary does instead."""

import os
import shutil

import asyncpg
import msgspec
import pytest

from schoolgroup.documentation import list_routes
from schoolgroup.kernel import standby as standby_module
from schoolgroup.kernel.bootstrap import inside
from schoolgroup.kernel.db import Database
from schoolgroup.kernel.stores_common import server_account
from schoolgroup.kernel.stores_postgres import Postgres, serve_postgres
from schoolgroup.services import Services, open_services
from tests.populate import populate
from tests.test_doors import address
from tools.parts import postgres_program

# The database of the tests acknowledges before it writes: what was committed is then flushed so.
FLUSH = "SELECT pg_logical_emit_message(false, 'tests', '', true)"


@pytest.fixture(scope="module")
async def far(settings, tmp_path_factory):
    """A standby of the database of the tests, and its superuser's connection."""
    folder = tmp_path_factory.mktemp("standby")
    data, account = folder / "postgres", server_account(folder)
    await postgres_program(
        "pg_basebackup", "--dbname", settings.database_admin_url, "--pgdata", str(data),
        "--checkpoint=fast", "--no-sync", "--write-recovery-conf",
    )  # fmt: skip
    if account is not None:
        for path in (data, *data.rglob("*")):
            shutil.chown(path, account.uid, account.gid)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    password = settings.database_admin_url.split(":")[2].split("@")[0]
    async with serve_postgres(
        folder, password=password, account=account, durable=False, lock=lock
    ) as server:
        connection = await asyncpg.connect(inside(server.admin_url))
        yield server, connection
        await connection.close()
    os.close(lock)


@pytest.fixture
async def standby(far: tuple[Postgres, asyncpg.Connection], settings, app):
    """The application of the tests with that standby beside its database."""
    url = settings.database_url.replace(
        f":{settings.database_url.rsplit(':', 1)[1].split('/')[0]}/", f":{far[0].port}/"
    )
    before = app.state.services
    async with open_services(msgspec.structs.replace(settings, database_read_url=url)) as own:
        app.state.services = msgspec.structs.replace(
            before, standby=standby_module.Standby(before.db, far_of(own))
        )
        yield app.state.services.standby
    app.state.services = before


def far_of(services: Services) -> Database:
    assert services.standby is not None
    return services.standby.far


async def test_what_may_be_read_there_is_read_there_and_is_the_same(
    http, app, world, services, standby, monkeypatch
):
    # here the log is sent five times a second only, and this is not about how long one waits
    monkeypatch.setattr(standby_module, "CATCH_UP_S", 10.0)
    group = await populate(http, world, services)
    await world.sql.execute(FLUSH)
    routes = [route for route in list_routes(app) if route.on_standby]
    assert len(routes) >= 13
    office = group.people["group_admin"]
    trail = "SELECT count(*) FROM audit_entry WHERE act = 'resource:discover' AND outcome = 'done'"
    entered = await world.sql.fetchval(trail)
    opened, not_there = 0, []
    for route in routes:
        path, before = address(route, group.ids), standby.answered
        asked = {"json": group.bodies.get(route.name), "headers": office.headers}
        answer = await http.request(route.method, path, **asked)
        opened += answer.status_code == 200
        if answer.status_code == 200 and standby.answered == before:
            not_there.append(f"{route.method} {path}")
    assert not not_there, "said to only read, but they write"
    assert standby.sent_back == 0
    assert opened >= 7
    assert await world.sql.fetchval(trail) == entered + 1, "the export is in the audit trail"


async def test_a_standby_that_is_behind_shows_nobody_an_older_world(http, world, standby, far):
    _, there = far
    school = await world.school("备校")
    teacher = await world.person(school, "teacher")
    await world.sql.execute(FLUSH)
    export = "/v1/resources/export"
    assert (await http.get(export, headers=teacher.headers)).status_code == 200
    assert (standby.answered, standby.sent_back) == (1, 0)
    await there.execute("SELECT pg_wal_replay_pause()")
    try:
        new = await world.person(school, "teacher")
        seen = await http.get(export, headers=new.headers)
        assert seen.status_code == 200, "a session the standby has not heard of"
        assert (standby.answered, standby.sent_back) == (1, 1)
        await world.sql.execute("UPDATE access_session SET revoked_at = now()")
        over = await http.get(export, headers=teacher.headers)
        assert over.status_code == 401, "the standby still believes in this session"
    finally:
        await there.execute("SELECT pg_wal_replay_resume()")


async def test_a_standby_that_is_gone_is_missed_by_nobody(http, world, services, standby):
    teacher = await world.person(await world.school("备校"), "teacher")
    gone = await asyncpg.create_pool("postgresql://x:x@127.0.0.1:9/none", min_size=0, max_size=1)
    standby.far.pool = gone
    for _ in range(2):
        answer = await http.get("/v1/resources/export", headers=teacher.headers)
        assert answer.status_code == 200
    assert (standby.answered, standby.sent_back) == (0, 1), "it is left alone for a while"
    await gone.close()
