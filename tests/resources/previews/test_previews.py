"""Looking at a resource before borrowing it: who may, how much, and what is never shown."""

import asyncio
import io
from datetime import timedelta

import httpx
import pytest
from PIL import Image

from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.jobs import Worker
from schoolgroup.resources.previews import queries, tidying
from schoolgroup.resources.previews.making.made import Form, Made
from schoolgroup.resources.previews.reading import Picture
from schoolgroup.services import known_jobs
from tests.resources.lending.shelf import shelve
from tests.resources.previews import files
from tests.resources.previews.shelf import draft, previews, publish, work
from tests.resources.uploads import hand_in
from tests.waiting import until_waiting

NOWHERE = "/v1/resources/01890000-0000-7000-8000-000000000000"


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


@pytest.fixture
async def reader(world):
    """A teacher of another school of the group."""
    return await world.person(await world.school("二中", tier="partner"), "teacher")


async def page(http, who, resource, number):
    path = f"/v1/resources/{resource['id']}/previews/{number}"
    return await http.get(path, headers=who.headers)


async def fetched(link: str) -> Image.Image:
    """The picture behind a presigned link, as a browser gets it."""
    async with httpx.AsyncClient(verify=False) as browser:
        answer = await browser.get(link)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["content-disposition"].startswith("inline")
    return Image.open(io.BytesIO(answer.content))


async def test_a_visitor_is_asked_to_sign_in(http):
    for what in ("previews", "previews/1", "preview-rule"):
        assert (await http.get(f"{NOWHERE}/{what}")).status_code == 401


async def test_the_first_pages_are_seen_and_no_seat_is_taken(http, teacher, reader, services, sql):
    lesson = await draft(http, teacher, ("课件.pdf", files.pdf([f"Page {n}" for n in range(8)])))
    await publish(http, teacher, lesson)
    before = await previews(http, reader, lesson)
    assert (before["state"], before["pages"], before["text"]) == ("making", [], "making")
    await work(services)
    seen = await previews(http, reader, lesson)
    assert seen["state"] == "ready"
    (file,) = seen["files"]
    assert (file["form"], file["page_count"], file["shown"]) == ("pages", 8, 5)
    assert [p["page"] for p in seen["pages"]] == [1, 2, 3, 4, 5]
    assert {(p["width_px"], p["height_px"]) for p in seen["pages"]} == {(905, 1280)}
    first = await http.get(seen["pages"][0]["link"], headers=reader.headers)
    assert first.status_code == 307
    shown = await fetched(first.headers["location"])
    assert shown.size == (905, 1280)
    assert len(shown.convert("L").getcolors() or []) > 5, "something is drawn on the page"
    small = await page(http, reader, lesson, 0)
    assert max((await fetched(small.headers["location"])).size) == 320
    assert (await page(http, reader, lesson, 6)).status_code == 404
    for table in ("loan", "loan_fetch", "hold"):
        assert await sql.fetchval(f"SELECT count(*) FROM {table}") == 0


async def test_a_preview_never_tells_where_the_original_is(http, teacher, reader, services, sql):
    lesson = await draft(http, teacher, ("课件.pdf", files.pdf(["one"])))
    await publish(http, teacher, lesson)
    await work(services)
    link = (await page(http, reader, lesson, 1)).headers["location"]
    blob = await sql.fetchrow("SELECT id, sha256, object_key FROM blob")
    assert blob is not None
    for secret in (str(blob["id"]), blob["sha256"], blob["object_key"]):
        assert secret not in link


async def test_strangers_and_what_is_not_published_or_withdrawn(
    http, world, teacher, reader, services
):
    lesson = await draft(http, teacher, ("课件.pdf", files.pdf(["one"])))
    await work(services)
    author = await previews(http, teacher, lesson)
    assert author["state"] == "ready", "the author sees the previews of a draft"
    paths = [f"/v1/resources/{lesson['id']}/{what}" for what in ("previews", "previews/1")]

    async def answers(who) -> list[int]:
        return [(await http.get(path, headers=who.headers)).status_code for path in paths]

    assert await answers(reader) == [404, 404]
    await publish(http, teacher, lesson)
    assert await answers(reader) == [200, 307]
    group = world.group_id
    await world.group("other")
    stranger = await world.person(await world.school("外"), "principal")
    assert await answers(stranger) == [404, 404]
    world.group_id = group
    because = {"because": "有误"}
    gone = await http.post(
        f"/v1/resources/{lesson['id']}/withdraw", json=because, headers=teacher.headers
    )
    assert gone.status_code == 200
    assert await answers(reader) == [410, 410]


async def test_the_owner_decides_how_much_is_shown(http, teacher, reader, services):
    deck, scan = files.slides(4), files.scan("x")
    lesson = await draft(http, teacher, ("课件.pptx", deck), ("扫描.pdf", scan))
    await publish(http, teacher, lesson)
    await work(services)
    path = f"/v1/resources/{lesson['id']}/preview-rule"
    rule = await http.get(path, headers=reader.headers)
    assert rule.json()["pages_max"] == 5
    etag = {"If-Match": rule.headers["etag"]}
    refused = await http.put(path, json={"pages_max": 2}, headers={**reader.headers, **etag})
    assert refused.status_code == 403
    assert (await http.put(path, json={"pages_max": 2}, headers=teacher.headers)).status_code == 428
    few = await http.put(path, json={"pages_max": 2}, headers={**teacher.headers, **etag})
    assert few.status_code == 200, few.text
    stale = await http.put(path, json={"pages_max": 3}, headers={**teacher.headers, **etag})
    assert stale.status_code == 412
    seen = await previews(http, reader, lesson)
    assert [file["shown"] for file in seen["files"]] == [2, 1]
    assert [s["title"] for s in seen["files"][0]["outline"]] == [
        "第1课 分数的意义",
        "第2课 分数的意义",
    ]
    assert [(p["page"], p["file_no"]) for p in seen["pages"]] == [(1, 2)]
    etag = {"If-Match": few.headers["etag"]}
    none = await http.put(path, json={"pages_max": 0}, headers={**teacher.headers, **etag})
    assert none.status_code == 200
    seen = await previews(http, reader, lesson)
    assert (seen["pages"], seen["thumbnail"]) == ([], None)
    assert [file["outline"] for file in seen["files"]] == [[], []]
    assert (await page(http, reader, lesson, 0)).status_code == 404
    assert (await page(http, reader, lesson, 1)).status_code == 404
    too_many = await http.put(path, json={"pages_max": 11}, headers={**teacher.headers, **etag})
    assert too_many.status_code == 422


async def test_words_of_all_files_are_read_for_the_search(http, teacher, services, sql):
    lesson = await draft(
        http,
        teacher,
        ("课件.pptx", files.with_cover(files.slides(1))),
        ("教案.docx", files.document()),
        ("成绩.xlsx", files.sheet()),
        ("说明.txt", "勾股定理".encode()),
        ("页.html", "<html><p>平行四边形</p><script>隐藏</script></html>".encode()),
        ("书.pdf", files.pdf(["Pythagoras"])),
    )
    await work(services)
    body = await sql.fetchval("SELECT body FROM resource_text")
    for word in ("分数的意义", "分母", "教学过程", "板书设计", "满分一百", "勾股定理",
                 "平行四边形", "Pythagoras"):  # fmt: skip
        assert word in body
    assert "隐藏" not in body
    seen = await previews(http, teacher, lesson)
    assert seen["text"] == "ready"
    assert [file["form"] for file in seen["files"]] == ["outline"] * 5 + ["pages"]
    assert seen["thumbnail"], "the cover of the slides"
    lines = seen["files"][1]["outline"][1]
    assert lines == {"title": "教学过程", "lines": ["导入新课", "板书设计"]}


async def test_a_new_revision_is_read_anew_and_a_scan_has_no_text(http, teacher, services, sql):
    lesson = await draft(http, teacher, ("一.txt", "第一版".encode()))
    await publish(http, teacher, lesson)
    await work(services)
    page = f"/v1/resources/{lesson['id']}"
    revised = await http.post(f"{page}/revisions", headers=teacher.headers)
    upload = await hand_in(http, teacher, files.scan("y"), "二.pdf")
    changed = await http.patch(
        page,
        json={"files": [{"upload_id": upload["id"]}]},
        headers={**teacher.headers, "If-Match": revised.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    await work(services)
    assert (await previews(http, teacher, lesson))["revision_no"] == 1
    assert (await http.post(f"{page}/publish", headers=teacher.headers)).status_code == 200
    await work(services)
    seen = await previews(http, teacher, lesson)
    assert (seen["revision_no"], seen["text"], seen["state"]) == (2, "no_text", "ready")
    bodies = await sql.fetch("SELECT revision_no, body FROM resource_text ORDER BY revision_no")
    assert [tuple(row) for row in bodies] == [(1, "第一版"), (2, "")]


async def test_a_look_is_counted_for_the_owner_by_school(http, teacher, reader, services):
    lesson = await draft(http, teacher, ("课件.pdf", files.pdf(["one", "two"])))
    await publish(http, teacher, lesson)
    await work(services)
    await previews(http, reader, lesson)  # a list of links shows nothing yet
    await page(http, reader, lesson, 0)
    used = f"/v1/resources/{lesson['id']}/use"
    assert (await http.get(used, headers=teacher.headers)).json()["months"] == []
    for number in (1, 2, 1):
        assert (await page(http, reader, lesson, number)).status_code == 307
    (month,) = (await http.get(used, headers=teacher.headers)).json()["months"]
    assert month["school_name"] == "二中"
    assert (month["previews"], month["views"], month["loans"]) == (1, 0, 0)


async def test_the_same_picture_is_one_object_and_two_schools_do_not_share_work(
    http, world, teacher, services, sql
):
    """How soon a preview is there must not tell that another school has the same file."""
    other = await world.person(await world.school("三中"), "teacher")
    content = files.pdf(["the same"])
    first = await draft(http, teacher, ("一.pdf", content))
    await work(services)
    second = await draft(http, other, ("二.pdf", content))
    assert (await previews(http, teacher, first))["state"] == "ready"
    assert (await previews(http, other, second))["state"] == "making"
    await work(services)
    assert (await previews(http, other, second))["state"] == "ready"
    found = await sql.fetchrow(
        "SELECT count(*) AS rows, count(DISTINCT object_key) AS objects FROM preview_page"
    )
    assert tuple(found) == (4, 2)
    stored = await services.storage.list_below(f"{world.group_id}/previews/")
    assert len(stored) == 2


async def test_previews_go_when_nobody_uses_the_file_and_not_before(
    http, world, teacher, services, sql
):
    lesson = await draft(http, teacher, ("一.pdf", files.pdf(["first"])))
    await work(services)
    tidy = [services.db, services.storage, world.group_id]
    kept = await tidying.tidy_group(*tidy, grace=timedelta())
    assert (kept.dropped_previews, kept.deleted_pictures, kept.named_pictures) == (0, 0, 2)
    page = f"/v1/resources/{lesson['id']}"
    emptied = await http.patch(
        page, json={"files": []}, headers={**teacher.headers, "If-Match": '"1"'}
    )
    assert emptied.status_code == 200, emptied.text
    young = await tidying.tidy_group(*tidy)
    assert (young.dropped_previews, young.deleted_pictures) == (0, 0)
    gone = await tidying.tidy_group(*tidy, grace=timedelta())
    assert (gone.dropped_previews, gone.deleted_pictures) == (1, 2)
    assert await services.storage.list_below(f"{world.group_id}/previews/") == []
    assert await sql.fetchval("SELECT count(*) FROM preview_page") == 0


async def test_the_collector_waits_for_who_is_naming_a_picture(http, world, teacher, services, sql):
    """What no row names may be named again at this moment: its key is the hash of its bytes."""
    await draft(http, teacher, ("一.txt", "只有文字".encode()))
    await work(services)
    blob_id = await sql.fetchval("SELECT blob_id FROM rendering")
    picture = Picture(0, 9, 9, b"RIFF----WEBP")
    async with services.db.transaction(system_actor(world.group_id)) as tx:
        await queries.lock_objects_shared(tx)
        await services.storage.put(picture.key(world.group_id), picture.content, "image/webp")
        tidy = tidying.tidy_group(services.db, services.storage, world.group_id, grace=timedelta())
        tidying_it = asyncio.create_task(tidy)
        await until_waiting(sql)
        made, rows = Made(form=Form.OUTLINE), [picture.row(world.group_id)]
        await queries.keep_rendering(tx, teacher.school_id, blob_id, made, rows)
    report = await tidying_it
    assert (report.deleted_pictures, report.named_pictures) == (0, 1)
    assert await services.storage.find(picture.key(world.group_id))


async def test_a_preview_keeps_no_content_from_being_collected(http, teacher, services, sql):
    """The original is deleted by its own rule, and what was made of it goes with it."""
    await draft(http, teacher, ("一.pdf", files.pdf(["first"])))
    await work(services)
    await sql.execute("DELETE FROM revision_file WHERE true")
    await sql.execute("UPDATE deposit SET blob_id = NULL, released_at = now()")
    await sql.execute("DELETE FROM blob")
    assert await sql.fetchval("SELECT count(*) FROM rendering") == 0


async def test_what_was_published_before_is_found_and_read(http, world, services, sql):
    shelf = await shelve(world, services)  # straight into the database: nobody wished for it
    lesson = {"id": str(shelf.resource_id)}
    assert (await previews(http, shelf.author, lesson))["state"] == "making"
    worker = Worker(services, known_jobs())
    await worker.write_turns()
    await worker.run_until_idle()
    seen = await previews(http, shelf.author, lesson)
    assert (seen["state"], seen["text"]) == ("ready", "ready")
