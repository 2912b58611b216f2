"""The collector: what is abandoned goes, and nothing that a row names ever does (I10, I12)."""

import asyncio
import hashlib
import io
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import Registry, Worker, enqueue
from schoolgroup.kernel.storage import Missing
from schoolgroup.resources.deposits import tidying, tidying_queries
from schoolgroup.resources.deposits.jobs import tidy_deposits
from schoolgroup.resources.deposits.rules import LIVES_FOR
from schoolgroup.resources.deposits.tidying import GRACE, UNUSED_FOR, tidy
from tests.resources.uploads import complete, hand_in, open_upload, put_parts, some_bytes

FILE = b"%PDF-1.7\n" + some_bytes(5000, "kept")
NONE = timedelta()


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


async def again(world, person):
    """The same person after a jump of the clock: access tokens live for minutes."""
    return await world.sign_in(person.group_id, person.id, person.appointment_id)


async def run(services, **how):
    reports = await tidy(services.db, services.storage, "demo", **how)
    assert len(reports) == 1
    return reports[0]


async def keys(services, group_id):
    return {o.key for o in await services.storage.list_below(f"{group_id}/")}


async def put(services, key, content=b"left behind"):
    storage = services.storage
    await storage.run(
        lambda: storage.client.put_object(storage.bucket, key, io.BytesIO(content), len(content))
    )


async def test_an_abandoned_upload_is_given_back_after_its_end(
    http, world, teacher, services, sql, clock
):
    upload = await open_upload(http, teacher, FILE)
    await put_parts(upload, FILE)
    assert (await run(services)).expired_uploads == 0
    row = await sql.fetchrow("SELECT upload_key, multipart_id FROM deposit")
    assert len(await services.storage.list_parts(*row)) == 1
    clock.jump(LIVES_FOR)
    report = await run(services)
    assert (report.expired_uploads, report.aborted_multiparts) == (1, 1)
    with pytest.raises(Missing):
        await services.storage.list_parts(*row)
    assert (await run(services)).expired_uploads == 0
    seen = await http.get(
        f"/v1/uploads/{upload['id']}", headers=(await again(world, teacher)).headers
    )
    assert seen.json()["status"] == "expired"
    events = await sql.fetch("SELECT type FROM event ORDER BY seq")
    assert [e["type"] for e in events] == ["deposit.opened", "deposit.expired"]


async def test_what_a_crash_left_behind_goes_when_it_is_old_and_nothing_else_does(
    http, teacher, services, clock
):
    done = await hand_in(http, teacher, FILE)
    group = teacher.group_id
    orphan = f"{group}/{'ab' * 32}/{new_id()}"
    other = f"{group}/previews/page-1.png"
    nearly = f"{group}/{done['sha256']}/{new_id()}"
    for key in (orphan, other, nearly):
        await put(services, key)
    young = await run(services)
    assert (young.young_objects, young.deleted_objects, young.named_objects) == (2, 0, 1)
    clock.jump(GRACE + timedelta(minutes=1))
    report = await run(services)
    assert (report.deleted_objects, report.deleted_bytes) == (2, 2 * len(b"left behind"))
    assert (report.named_objects, report.other_objects) == (1, 1)
    assert await keys(services, group) == {other, f"{group}/{done['sha256']}/{done['id']}"}


async def test_a_verified_upload_nobody_uses_is_released_after_long(
    http, world, teacher, services, sql, clock
):
    used, unused = await hand_in(http, teacher, FILE), await hand_in(http, teacher, FILE[:-1])
    body = {"title": "分数", "kind": "paper", "files": [{"upload_id": used["id"]}]}
    assert (await http.post("/v1/resources", json=body, headers=teacher.headers)).status_code == 201
    clock.jump(UNUSED_FOR - timedelta(minutes=1))
    assert (await run(services)).released_uploads == 0
    clock.jump(timedelta(minutes=2))
    report = await run(services)
    assert (report.released_uploads, report.deleted_contents, report.deleted_objects) == (1, 1, 1)
    assert report.deleted_bytes == len(FILE) - 1
    assert await sql.fetchval("SELECT count(*) FROM blob") == 1
    teacher = await again(world, teacher)
    seen = await http.get(f"/v1/uploads/{unused['id']}", headers=teacher.headers)
    assert (seen.json()["status"], seen.json()["actions"]) == ("released", [])
    assert seen.json()["receipt"]["sha256"] == unused["sha256"]
    share = (await http.get("/v1/uploads/quota", headers=teacher.headers)).json()
    assert share["used_bytes"] == len(FILE)
    body["files"] = [{"upload_id": unused["id"]}]
    refused = await http.post("/v1/resources", json=body, headers=teacher.headers)
    assert refused.status_code == 422
    # The same file is simply handed in again.
    assert (await hand_in(http, teacher, FILE[:-1]))["status"] == "verified"


async def test_a_content_another_school_uses_stays_when_one_school_lets_go(
    http, world, teacher, services, sql, clock
):
    other = await world.person(await world.school("二中"), "teacher")
    await hand_in(http, teacher, FILE)
    theirs = await hand_in(http, other, FILE)
    body = {"title": "分数", "kind": "paper", "files": [{"upload_id": theirs["id"]}]}
    assert (await http.post("/v1/resources", json=body, headers=other.headers)).status_code == 201
    clock.jump(UNUSED_FOR + timedelta(days=1))
    report = await run(services)
    assert (report.released_uploads, report.deleted_contents, report.deleted_objects) == (1, 0, 0)
    key = await sql.fetchval("SELECT object_key FROM blob")
    assert (await services.storage.inspect(key, 10_000)).sha256 == theirs["sha256"]


async def test_uploads_completing_while_the_collector_runs_lose_nothing(
    http, world, teacher, services, sql
):
    """The worst case: no grace, everything unused at once, the same contents again and again.

    Whatever was acknowledged and not released has its bytes in the store, unchanged.
    """
    stop = asyncio.Event()

    async def collect():
        runs = 0
        while not stop.is_set():
            await tidy(services.db, services.storage, "demo", grace=NONE, unused_for=NONE)
            runs += 1
        return runs

    contents = [b"%PDF-1.7\n" + some_bytes(2000, f"same {n}") for n in range(3)]
    people = [await world.person(await world.school(f"{n}校"), "teacher") for n in range(4)]

    async def give(person, n):
        content = contents[n % len(contents)]
        done = await hand_in_stubbornly(http, person, content)
        assert done["receipt"]["sha256"] == hashlib.sha256(content).hexdigest()

    collectors = [asyncio.create_task(collect()) for _ in range(2)]
    try:
        for n in range(8):
            await asyncio.gather(*(give(person, n + at) for at, person in enumerate(people)))
            await named_bytes_are_there(services, sql)
    finally:
        stop.set()
        runs = await asyncio.gather(*collectors)
    assert all(count > 1 for count in runs)
    await named_bytes_are_there(services, sql)
    assert await sql.fetchval("SELECT count(*) FROM deposit WHERE released_at IS NOT NULL") > 0


async def hand_in_stubbornly(http, person, content):
    """As a browser does: what the store answers with a failure of its own is sent again.

    The embedded store stumbles when the last object beside a new one is deleted at that moment.
    """
    for _ in range(5):
        upload = await open_upload(http, person, content)
        async with httpx.AsyncClient(timeout=60, verify=False) as store:
            put = await store.put(upload["parts"][0]["url"], content=content)
        if put.status_code >= 500:
            continue
        part = {"number": 1, "etag": put.headers.get("etag", "").strip('"')}
        done = await complete(http, person, upload, [part])
        if done.status_code == 503 or done.json().get("code") == "parts_missing":
            continue
        assert done.status_code == 200, done.text
        return done.json()
    raise AssertionError("the store failed five times")


async def named_bytes_are_there(services, sql):
    """Every content a row names can be read whole, in one moment of the database."""
    for row in await sql.fetch("SELECT id, object_key, sha256, size_bytes FROM blob"):
        found = await services.storage.find(row["object_key"])
        if found is None:  # let go since we looked: then no row names it any more
            left = await sql.fetchval("SELECT count(*) FROM blob WHERE id = $1", row["id"])
            assert left == 0, "a content that a row names has lost its bytes"


async def test_a_content_somebody_is_naming_at_this_moment_is_left_alone(
    http, teacher, services, sql, world
):
    """The race held open by hand: a second school has named the content and not yet committed."""
    await hand_in(http, teacher, FILE)
    await sql.execute("UPDATE deposit SET released_at = now(), blob_id = NULL")
    blob = await sql.fetchrow("SELECT id, object_key FROM blob")
    named, go_on = asyncio.Event(), asyncio.Event()

    async def name_it(tx):
        await tx.connection.execute(
            """INSERT INTO blob SELECT group_id, $1, sha256, size_bytes, media_type, state,
                      'x/' || object_key, created_at FROM blob
               ON CONFLICT (group_id, sha256) DO UPDATE SET sha256 = EXCLUDED.sha256""",
            new_id(),
        )
        named.set()
        await go_on.wait()
        await tx.connection.execute(
            """UPDATE deposit SET released_at = NULL, blob_id = $1, verified_at = $2""",
            blob["id"], datetime.now(UTC),
        )  # fmt: skip

    naming = asyncio.create_task(services.db.run(system_actor(teacher.group_id), name_it))
    await named.wait()
    assert (await run(services, grace=NONE)).deleted_contents == 0
    go_on.set()
    await naming
    assert (await run(services, grace=NONE)).deleted_contents == 0
    assert await services.storage.find(blob["object_key"]) is not None


async def test_the_foreign_keys_have_the_last_word(http, teacher, services, sql):
    """A row the collector's statement did not see, of whatever table, still keeps the content."""
    await hand_in(http, teacher, FILE)
    blob_id = await sql.fetchval("SELECT id FROM blob")
    actor = system_actor(teacher.group_id)
    assert not await services.db.run(actor, lambda tx: tidying_queries.delete_blob(tx, blob_id))
    assert await sql.fetchval("SELECT count(*) FROM blob") == 1


async def test_who_completes_at_the_end_and_the_collector_do_not_both_win(
    http, teacher, services, sql
):
    """The upload ends while its completion is under way: acknowledged and there, or refused."""
    for n in range(6):
        content = FILE + bytes([n])
        upload = await open_upload(http, teacher, content)
        parts = await put_parts(upload, content)
        ends = datetime.now(UTC) + timedelta(seconds=0.02 * n)
        await sql.execute("UPDATE deposit SET expires_at = $2 WHERE id = $1", upload["id"], ends)

        async def collect():
            for _ in range(4):
                await run(services, grace=NONE)

        done, _ = await asyncio.gather(complete(http, teacher, upload, parts), collect())
        row = await sql.fetchrow("SELECT * FROM deposit WHERE id = $1", upload["id"])
        if done.status_code == 200:
            assert (row["status"], row["tidied_at"]) == ("verified", None)
            assert await services.storage.find(row["upload_key"]) is not None
        else:
            assert done.json()["code"] in ("upload_expired", "parts_missing")
            assert row["status"] == "open"


async def test_completing_again_what_was_released_takes_nothing_from_another_school(
    http, world, teacher, services, sql, clock
):
    """The first to bring a content lets go of it; its key is still where the content lies."""
    upload = await open_upload(http, teacher, FILE)
    parts = await put_parts(upload, FILE)
    assert (await complete(http, teacher, upload, parts)).status_code == 200
    other = await world.person(await world.school("二中"), "teacher")
    theirs = await hand_in(http, other, FILE)
    body = {"title": "分数", "kind": "paper", "files": [{"upload_id": theirs["id"]}]}
    assert (await http.post("/v1/resources", json=body, headers=other.headers)).status_code == 201
    clock.jump(UNUSED_FOR + timedelta(days=1))
    assert (await run(services)).released_uploads == 1
    once_more = await complete(http, await again(world, teacher), upload, parts)
    assert (once_more.status_code, once_more.json()["status"]) == (200, "released")
    key = await sql.fetchval("SELECT object_key FROM blob")
    assert key.endswith(upload["id"])
    assert (await services.storage.inspect(key, 10_000)).sha256 == theirs["sha256"]


async def test_another_groups_things_are_not_touched(http, world, teacher, services):
    done = await hand_in(http, teacher, FILE)
    await world.group("other")
    reports = await tidy(services.db, services.storage, "other", grace=NONE, unused_for=NONE)
    assert [report.group_code for report in reports] == ["other"]
    assert reports[0] == tidying.Report(group_code="other")
    assert await keys(services, teacher.group_id) == {
        f"{teacher.group_id}/{done['sha256']}/{done['id']}"
    }


async def test_the_office_reads_what_the_nightly_run_did(http, world, teacher, services, clock):
    """Carried out by a worker, where nobody sees a report printed; every night, even of nothing."""
    office = await world.person(None, "group_admin")
    await open_upload(http, teacher, FILE)
    for days in (LIVES_FOR + timedelta(minutes=1), timedelta(days=1)):
        clock.jump(days)
        async with services.db.transaction(system_actor(teacher.group_id)) as tx:
            await enqueue(tx, "tidy_deposits", {})
        await Worker(services, Registry([tidy_deposits])).run_until_idle()
    office, teacher = await again(world, office), await again(world, teacher)
    asked = {"act": tidying.COLLECT}
    found = await http.get("/v1/audit", params=asked, headers=office.headers)
    assert found.status_code == 200, found.text
    told = [(item["detail"], item["actor"]) for item in found.json()["items"]]
    assert [detail["expired_uploads"] for detail, _ in told] == [0, 1]
    assert {actor for _, actor in told} == {"system:-"}
    assert set(told[0][0]) == set(tidying.Report.__struct_fields__) - {"group_code"}
    own = await http.get("/v1/audit", params=asked, headers=teacher.headers)
    assert own.status_code == 403
