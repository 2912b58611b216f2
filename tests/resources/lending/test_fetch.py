"""The file comes back byte for byte, through a link that dies with the loan."""

import asyncio
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx

from tests.resources.lending.shelf import CONTENT, act, again, borrow, shelve


async def lend(http, world, services, **terms):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, **terms)
    teacher = await world.person(await world.school("二中"), "teacher")
    answer = await borrow(http, offer, teacher)
    assert answer.status_code == 201, answer.text
    return shelf, offer, teacher, answer.json()["loan"]["id"]


def life_s(answer: httpx.Response) -> int:
    return int(parse_qs(urlsplit(answer.headers["Location"]).query)["X-Amz-Expires"][0])


async def test_the_file_comes_back_byte_identical(http, world, services):
    _shelf, _offer, teacher, loan = await lend(http, world, services)
    listed = (await http.get(f"/v1/loans/{loan}/files", headers=teacher.headers)).json()
    assert [(f["no"], f["file_name"], f["size_bytes"]) for f in listed["items"]] == [
        (1, "教案 第一课时.txt", len(CONTENT))
    ]
    assert "object_key" not in listed["items"][0]
    answer = await http.get(f"/v1/loans/{loan}/files/1", headers=teacher.headers)
    assert (answer.status_code, life_s(answer)) == (307, services.settings.download_link_s)
    async with httpx.AsyncClient(verify=False) as browser:
        got = await browser.get(answer.headers["Location"])
        assert got.status_code == 200
        assert got.content == CONTENT
        assert "filename*=UTF-8''" in got.headers["Content-Disposition"]
        part = await browser.get(answer.headers["Location"], headers={"Range": "bytes=5-9"})
        assert part.content == CONTENT[5:10]  # resumable (the embedded store says 200 for it)
    missing = await http.get(f"/v1/loans/{loan}/files/2", headers=teacher.headers)
    assert missing.status_code == 404


async def test_every_link_is_noted_for_borrower_and_owner(http, world, services):
    shelf, _offer, teacher, loan = await lend(http, world, services)
    for _ in range(2):
        await http.get(f"/v1/loans/{loan}/files/1", headers=teacher.headers)
    for person in (teacher, shelf.author, shelf.librarian):
        noted = await http.get(f"/v1/loans/{loan}/fetches", headers=person.headers)
        assert [fetch["file_no"] for fetch in noted.json()["items"]] == [1, 1]
    # what is written in the trail is not who but when: no personal data
    assert set(noted.json()["items"][0]) == {"id", "loan_id", "file_no", "at", "link_until_at"}


async def test_a_link_never_outlives_the_loan(http, world, services, clock):
    _shelf, _offer, teacher, loan = await lend(http, world, services, loan_days=1)
    clock.jump(timedelta(days=1, seconds=-30))
    teacher = await again(teacher, world)
    answer = await http.get(f"/v1/loans/{loan}/files/1", headers=teacher.headers)
    assert answer.status_code == 307
    assert 1 <= life_s(answer) <= 30
    noted = await world.sql.fetchrow(
        """SELECT f.link_until_at <= l.ends_at AS within FROM loan_fetch f
             JOIN loan l ON l.id = f.loan_id"""
    )
    assert noted["within"]


async def test_the_link_itself_dies_with_the_loan(http, world, services, clock):
    """The store refuses the link when its seconds are over: seen in real time."""
    _shelf, _offer, teacher, loan = await lend(http, world, services, loan_days=1)
    ends_at = await world.sql.fetchval("SELECT ends_at FROM loan")
    clock.jump(ends_at - clock.now() - timedelta(seconds=3))
    teacher = await again(teacher, world)
    answer = await http.get(f"/v1/loans/{loan}/files/1", headers=teacher.headers)
    assert answer.status_code == 307
    async with httpx.AsyncClient(verify=False) as browser:
        assert (await browser.get(answer.headers["Location"])).content == CONTENT
        await asyncio.sleep(4)
        refused = await browser.get(answer.headers["Location"])
    assert refused.status_code in (400, 403)
    assert CONTENT not in refused.content
    over = await http.get(f"/v1/loans/{loan}/files/1", headers=teacher.headers)
    assert (over.status_code, over.json()["code"]) == (410, "loan_over")


async def test_after_the_end_nothing_is_fetched_even_if_no_job_ever_ran(
    http, world, services, clock
):
    """I6: the row still says active; only the instant has passed."""
    _shelf, _offer, teacher, loan = await lend(http, world, services, loan_days=1)
    clock.jump(timedelta(days=1))
    teacher = await again(teacher, world)
    assert await world.sql.fetchval("SELECT status FROM loan") == "active"
    for path in ("files", "files/1"):
        over = await http.get(f"/v1/loans/{loan}/{path}", headers=teacher.headers)
        assert (over.status_code, over.json()["code"]) == (410, "loan_over")
    assert await world.sql.fetchval("SELECT count(*) FROM loan_fetch") == 0


async def test_after_the_return_nothing_is_fetched(http, world, services):
    _shelf, _offer, teacher, loan = await lend(http, world, services)
    await act(http, teacher, "loans", loan, "return")
    for path in ("files", "files/1"):
        over = await http.get(f"/v1/loans/{loan}/{path}", headers=teacher.headers)
        assert (over.status_code, over.json()["code"]) == (410, "loan_over")


async def test_only_the_borrower_opens_the_files(http, world, services):
    _shelf, _offer, teacher, loan = await lend(http, world, services)
    from tests.people import School

    own = School(teacher.school_id, world.group_id, "", "", "integrated")
    librarian = await world.person(own, "librarian")
    refused = await http.get(f"/v1/loans/{loan}/files/1", headers=librarian.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    colleague = await world.person(own, "teacher")
    hidden = await http.get(f"/v1/loans/{loan}/files/1", headers=colleague.headers)
    assert hidden.status_code == 404


async def test_a_loan_keeps_the_revision_it_was_made_for(http, world, services):
    shelf, _offer, teacher, loan = await lend(http, world, services)
    sql, now = world.sql, "now()"
    await sql.execute(
        f"""INSERT INTO revision (group_id, resource_id, no, kind, title, summary, chapter,
                                  language, keywords, created_at, updated_at, published_at)
            VALUES ($1, $2, 2, 'lesson_plan', '勾股定理 新版', '', '{{}}', 'zh', '{{}}',
                    {now}, {now}, {now})""",
        world.group_id,
        shelf.resource_id,
    )
    await sql.execute("UPDATE resource SET published_revision_no = 2, title = '勾股定理 新版'")
    kept = (await http.get(f"/v1/loans/{loan}", headers=teacher.headers)).json()
    assert (kept["revision_no"], kept["title"]) == (1, "勾股定理")
    answer = await http.get(f"/v1/loans/{loan}/files/1", headers=teacher.headers)
    assert answer.status_code == 307
