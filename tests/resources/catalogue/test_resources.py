"""Resources over HTTP: the story of one, and what must never happen to it."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest

from schoolgroup.kernel.ids import new_id
from tests.resources.uploads import hand_in, some_bytes

PDF = b"%PDF-1.7\n" + some_bytes(3000, "lesson")
OTHER = b"%PDF-1.7\n" + some_bytes(3000, "other")
NOWHERE = "01890000-0000-7000-8000-000000000000"
READY = {
    "title": "分数的意义",
    "kind": "lesson_plan",
    "summary": "从分苹果开始认识分数。",
    "stage": "primary",
    "subject": "数学",
    "edition": "人教版",
    "grade": "五年级",
    "volume": "下册",
    "chapter": ["四 分数的意义和性质", "1 分数的意义"],
    "licence": "group_only",
    "keywords": ["分数", "单位1"],
}


@pytest.fixture
async def school(world):
    return await world.school("一中")


@pytest.fixture
async def teacher(world, school):
    return await world.person(school, "teacher")


async def draft(http, person, **more):
    upload = await hand_in(http, person, PDF, "教案.pdf")
    body = {**READY, "files": [{"upload_id": upload["id"]}], **more}
    answer = await http.post("/v1/resources", json=body, headers=person.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def act(http, person, resource, verb, **body):
    return await http.post(
        f"/v1/resources/{resource['id']}/{verb}", json=body or None, headers=person.headers
    )


async def published(http, person, **more):
    made = await draft(http, person, **more)
    answer = await act(http, person, made, "publish")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def read(http, person, resource):
    return await http.get(f"/v1/resources/{resource['id']}", headers=person.headers)


async def found(http, person, **params):
    answer = await http.get("/v1/resources", params=params, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def offer_to_group(sql, resource):
    """An open offer to find and borrow for the whole group, as lending would write it."""
    offer_id = new_id()
    await sql.execute(
        """INSERT INTO offer (group_id, id, resource_id, school_id, status, loan_days,
                              renewals_max, pickup_hours, guaranteed_days, created_at, updated_at)
           SELECT r.group_id, $2, r.id, r.school_id, 'open', 14, 1, 48, 3, now(), now()
             FROM resource r WHERE r.id = $1""",
        resource["id"],
        offer_id,
    )
    await sql.execute(
        """INSERT INTO offer_audience
                  (group_id, offer_id, id, school_id, kind, discover, borrow, adapt)
           SELECT o.group_id, o.id, $2, o.school_id, 'group', true, true, false
             FROM offer o WHERE o.id = $1""",
        offer_id,
        new_id(),
    )


async def test_a_visitor_is_asked_to_sign_in(http):
    one = f"/v1/resources/{NOWHERE}"
    answers = [
        await http.post("/v1/resources", json=READY),
        await http.get("/v1/resources"),
        await http.get("/v1/resources/vocabulary"),
        await http.get(one),
        await http.patch(one, json={}, headers={"If-Match": '"1"'}),
        await http.post(f"{one}/revisions"),
        await http.get(f"{one}/revisions"),
        await http.post(f"{one}/publish"),
        await http.post(f"{one}/withdraw", json={"because": "x"}),
        await http.get(f"{one}/files/1"),
    ]
    assert [answer.status_code for answer in answers] == [401] * len(answers)


async def everything(http, person, resource):
    one = f"/v1/resources/{resource['id']}"
    headers = person.headers
    return [
        await http.get(one, headers=headers),
        await http.patch(one, json={}, headers={**headers, "If-Match": '"1"'}),
        await http.post(f"{one}/revisions", headers=headers),
        await http.get(f"{one}/revisions", headers=headers),
        await http.post(f"{one}/publish", headers=headers),
        await http.post(f"{one}/withdraw", json={"because": "x"}, headers=headers),
        await http.get(f"{one}/files/1", headers=headers),
    ]


async def test_a_stranger_finds_nothing(http, world, sql, teacher):
    made = await published(http, teacher)
    await offer_to_group(sql, made)
    await world.group("other")
    stranger = await world.person(await world.school("外校"), "librarian")
    answers = await everything(http, stranger, made)
    assert [answer.status_code for answer in answers] == [404] * len(answers)
    assert await found(http, stranger) == []


async def test_a_draft_never_leaks(http, world, sql, school, teacher):
    made = await draft(http, teacher)
    await offer_to_group(sql, made)  # an offer that stands before the publication opens nothing
    other = await world.school("二中")
    elsewhere = [await world.person(other, role) for role in ("teacher", "librarian", "principal")]
    office = [await world.person(None, role) for role in ("group_admin", "auditor", "inspector")]
    colleague = await world.person(school, "teacher")
    for person in (*elsewhere, *office, colleague):
        answers = await everything(http, person, made)
        assert [answer.status_code for answer in answers] == [404] * len(answers), person.role
        assert await found(http, person) == []
        assert await found(http, person, status="draft") == []
        assert await found(http, person, q="分数") == []
    for role in ("lead", "librarian", "principal"):
        person = await world.person(school, role)
        assert (await read(http, person, made)).status_code == 200
        assert await found(http, person, status="draft") == [made["id"]]


async def test_the_story_of_a_resource(http, world, school, teacher, sql):
    made = await draft(http, teacher)
    assert made["status"] == "draft"
    assert made["actions"] == ["describe", "publish", "discard"]
    assert made["files"] == [
        {"no": 1, "file_name": "教案.pdf", "size_bytes": len(PDF), "media_type": "application/pdf"}
    ]
    assert made["checks"] == []
    one = f"/v1/resources/{made['id']}"
    changed = await http.patch(
        one, json={"grade": None, "title": "分数的意义（一）"},
        headers={**teacher.headers, "If-Match": f'"{made["version"]}"'},
    )  # fmt: skip
    assert changed.status_code == 200, changed.text
    assert (changed.json()["grade"], changed.json()["title"]) == (None, "分数的意义（一）")
    assert changed.json()["subject"] == "数学"
    done = await act(http, teacher, made, "publish")
    assert done.json()["status"] == "published"
    assert done.json()["published_revision_no"] == 1
    assert done.json()["actions"] == ["revise", "withdraw", "adapt"]
    colleague = await world.person(school, "teacher")
    seen = await read(http, colleague, made)
    assert seen.json()["actions"] == ["adapt"]
    fetched = await http.get(f"{one}/files/1", headers=colleague.headers)
    assert fetched.status_code == 307
    async with httpx.AsyncClient(verify=False) as store:
        file = await store.get(fetched.headers["location"])
    assert file.content == PDF
    assert file.headers["content-type"] == "application/pdf"
    assert "filename*=UTF-8''%E6%95%99%E6%A1%88.pdf" in file.headers["content-disposition"]
    events = await sql.fetch("SELECT type FROM event WHERE type LIKE 'resource.%' ORDER BY seq")
    assert [e["type"] for e in events] == [
        "resource.created", "resource.described", "resource.published",
    ]  # fmt: skip


async def test_what_a_draft_lacks_is_named_with_its_fix_in_both_languages(http, teacher):
    answer = await http.post(
        "/v1/resources", json={"title": "？", "kind": "courseware"}, headers=teacher.headers
    )
    made = answer.json()
    codes = ["title_too_short", "file_missing", "stage_missing", "subject_missing",
             "licence_missing"]  # fmt: skip
    assert [check["code"] for check in made["checks"]] == codes
    refused = await act(http, teacher, made, "publish")
    assert (refused.status_code, refused.json()["code"]) == (422, "not_ready")
    assert [error["pointer"] for error in refused.json()["errors"]] == [
        "/title", "/files", "/stage", "/subject", "/licence",
    ]  # fmt: skip
    for check in refused.json()["checks"]:
        assert check["fix"]["zh"]
        assert check["fix"]["en"]
    assert (await read(http, teacher, made)).json()["status"] == "draft"


async def test_a_place_needs_neither_stage_nor_subject(http, teacher):
    await published(http, teacher, kind="place", title="五四广场", stage=None, subject=None)


async def test_a_published_revision_never_changes(http, teacher, sql, services):
    made = await published(http, teacher)
    one = f"/v1/resources/{made['id']}"
    refused = await http.patch(
        one, json={"title": "x"}, headers={**teacher.headers, "If-Match": f'"{made["version"]}"'}
    )
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    # Not even the owner of the tables can.
    for statement in (
        "UPDATE revision SET title = 'x'",
        "UPDATE revision SET published_at = NULL",
        "DELETE FROM revision",
        "UPDATE revision_file SET file_name = 'x'",
        "DELETE FROM revision_file",
        "INSERT INTO revision_file SELECT group_id, resource_id, revision_no, 2, 'x', blob_id"
        "  FROM revision_file",
    ):
        with pytest.raises(asyncpg.CheckViolationError) as violated:
            await sql.execute(statement)
        assert violated.value.constraint_name == "published_revisions_never_change"


async def test_the_next_revision_is_seen_by_its_makers_only_until_it_is_published(
    http, world, school, teacher, sql
):
    made = await published(http, teacher, title="旧的标题")
    await offer_to_group(sql, made)
    colleague = await world.person(school, "teacher")
    other = await world.person(await world.school("二中"), "teacher")
    revised = await act(http, teacher, made, "revisions")
    assert revised.status_code == 201, revised.text
    assert revised.json()["actions"] == [
        "describe_revision", "publish", "withdraw", "discard_revision", "adapt",
    ]  # fmt: skip
    assert (await act(http, teacher, made, "revisions")).status_code == 409
    one = f"/v1/resources/{made['id']}"
    upload = await hand_in(http, teacher, OTHER, "练习.pdf")
    changed = await http.patch(
        one,
        json={
            "title": "秘密的新标题",
            "files": [{"upload_id": upload["id"]}, {"no": 1, "file_name": "旧教案.pdf"}],
        },
        headers={**teacher.headers, "If-Match": revised.headers["etag"]},
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["title"] == "旧的标题"
    assert changed.json()["draft"]["title"] == "秘密的新标题"
    names = [f["file_name"] for f in changed.json()["draft"]["files"]]
    assert names == ["练习.pdf", "旧教案.pdf"]
    for person in (colleague, other):
        seen = await read(http, person, made)
        assert "秘密" not in seen.text
        assert seen.json()["draft"] is None
        listed = await http.get(f"{one}/revisions", headers=person.headers)
        assert [r["no"] for r in listed.json()["items"]] == [1]
        assert await found(http, person, q="秘密") == []
        hidden = await http.get(f"{one}/files/1?revision=2", headers=person.headers)
        assert hidden.status_code == (404 if person is colleague else 403)
    assert (await http.get(f"{one}/files/1?revision=2", headers=teacher.headers)).status_code == 307
    assert (await act(http, teacher, made, "publish")).status_code == 200
    seen = (await read(http, other, made)).json()
    assert (seen["title"], seen["published_revision_no"]) == ("秘密的新标题", 2)
    assert await found(http, other, q="秘密") == [made["id"]]
    assert await found(http, other, q="旧的标题") == []
    listed = (await http.get(f"{one}/revisions", headers=other.headers)).json()["items"]
    assert [(r["no"], len(r["files"])) for r in listed] == [(2, 2), (1, 1)]
    assert listed[1]["title"] == "旧的标题"


async def test_other_schools_find_what_is_offered_and_borrow_it_to_open_it(
    http, world, teacher, sql
):
    made = await published(http, teacher)
    other = await world.person(await world.school("二中", tier="partner"), "teacher")
    assert (await read(http, other, made)).status_code == 404
    assert await found(http, other) == []
    await offer_to_group(sql, made)
    assert (await read(http, other, made)).status_code == 200
    assert await found(http, other) == [made["id"]]
    fetched = await http.get(f"/v1/resources/{made['id']}/files/1", headers=other.headers)
    assert (fetched.status_code, fetched.json()["code"]) == (403, "not_allowed")
    assert fetched.json()["remedy"]
    refused = await act(http, other, made, "withdraw", because="x")
    assert refused.status_code == 403
    await sql.execute("UPDATE offer SET valid_until_at = now() - interval '1 second'")
    assert (await read(http, other, made)).status_code == 404
    assert await found(http, other) == []


async def test_what_was_withdrawn_leaves_a_tombstone_for_those_who_could_see_it(
    http, world, school, teacher, sql
):
    made = await published(http, teacher)
    await offer_to_group(sql, made)
    colleague = await world.person(school, "teacher")
    other = await world.person(await world.school("二中"), "teacher")
    unready = await draft(http, teacher)
    assert (await act(http, teacher, unready, "withdraw", because="x")).status_code == 409
    assert (await act(http, colleague, made, "withdraw", because="x")).status_code == 403
    gone = await act(http, teacher, made, "withdraw", because="版权到期")
    assert (gone.status_code, gone.json()["status"]) == (200, "withdrawn")
    assert gone.json()["actions"] == []
    for person in (teacher, colleague, other):
        answer = await read(http, person, made)
        assert (answer.status_code, answer.json()["code"]) == (410, "withdrawn")
        assert answer.json()["because"] == "版权到期"
        assert datetime.fromisoformat(answer.json()["withdrawn_at"]) < datetime.now(UTC)
        assert made["id"] not in await found(http, person)
    assert await found(http, teacher, status="withdrawn") == [made["id"]]
    assert await found(http, other, status="withdrawn") == []
    assert (await act(http, teacher, made, "publish")).status_code == 409
    fetched = await http.get(f"/v1/resources/{made['id']}/files/1", headers=other.headers)
    assert fetched.status_code == 410
    unseen = await published(http, teacher)
    await act(http, teacher, unseen, "withdraw", because="x")
    assert (await read(http, other, unseen)).status_code == 404


async def test_files_come_only_from_verified_uploads_one_may_see(http, world, teacher):
    mine = await hand_in(http, teacher, PDF)
    stranger = await world.person(await world.school("二中"), "teacher")
    theirs = await hand_in(http, stranger, OTHER)
    answer = await http.post(
        "/v1/resources",
        json={
            **READY,
            "files": [
                {"upload_id": mine["id"], "file_name": "../x"},
                {"upload_id": theirs["id"]},
                {"upload_id": NOWHERE},
                {"no": 1},
                {},
                {"upload_id": mine["id"]},
            ],
        },
        headers=teacher.headers,
    )
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/files/0/file_name", "bad_file_name"),
        ("/files/1/upload_id", "upload_not_verified"),
        ("/files/2/upload_id", "upload_not_verified"),
        ("/files/3/no", "no_such_file"),
        ("/files/4", "one_of"),
    ]


async def test_a_change_must_name_the_version_it_changes(http, teacher):
    made = await draft(http, teacher)
    one = f"/v1/resources/{made['id']}"
    assert (await http.patch(one, json={}, headers=teacher.headers)).status_code == 428
    changes = [
        http.patch(one, json={"title": f"第{n}稿"}, headers={**teacher.headers, "If-Match": '"1"'})
        for n in range(6)
    ]
    statuses = sorted(answer.status_code for answer in await asyncio.gather(*changes))
    assert statuses == [200, 412, 412, 412, 412, 412]
    same = await http.get(one, headers={**teacher.headers, "If-None-Match": '"2"'})
    assert same.status_code == 304


async def test_publishing_many_times_at_once_is_one_publication(http, teacher, sql):
    made = await draft(http, teacher)
    answers = await asyncio.gather(*(act(http, teacher, made, "publish") for _ in range(6)))
    assert sorted(a.status_code for a in answers) == [200, 409, 409, 409, 409, 409]
    assert await sql.fetchval("SELECT count(*) FROM event WHERE type = 'resource.published'") == 1


async def test_a_change_that_waited_for_a_publication_is_refused(http, teacher, sql, settings):
    """The race held open by hand: the row is locked, published, and only then let go."""
    made = await draft(http, teacher)
    holder = await asyncpg.connect(
        httpx.URL(settings.database_admin_url).copy_with(path="/schoolgroup").__str__()
    )
    try:
        async with holder.transaction():
            await holder.execute("SELECT FROM resource FOR UPDATE")
            change = asyncio.create_task(
                http.patch(
                    f"/v1/resources/{made['id']}",
                    json={"title": "too late"},
                    headers={**teacher.headers, "If-Match": '"1"'},
                )
            )
            await asyncio.sleep(0.3)
            assert not change.done()
            await holder.execute("UPDATE revision SET published_at = now()")
            await holder.execute(
                """UPDATE resource SET status = 'published', published_revision_no = 1,
                                       published_at = now(), version = version + 1"""
            )
        answer = await change
    finally:
        await holder.close()
    assert answer.status_code == 412
    assert await sql.fetchval("SELECT title FROM resource") == READY["title"]


async def test_search_finds_two_characters_phrases_and_facets(http, teacher):
    made = await published(http, teacher)
    await published(http, teacher, title="圆的面积", kind="courseware", summary="", keywords=[],
                    chapter=["五 圆"], grade="六年级")  # fmt: skip
    for q in ("分数", "分数的意义", "苹果", "单位1", "教学设计", "五年级 分数"):
        assert await found(http, teacher, q=q) == [made["id"]], q
    assert await found(http, teacher, q="小数") == []
    assert await found(http, teacher, q="，。") == []
    assert len(await found(http, teacher, q="数学")) == 2
    assert await found(http, teacher, kind="lesson_plan", stage="primary", subject="数学") == [
        made["id"]
    ]
    assert await found(http, teacher, stage="senior") == []
    assert len(await found(http, teacher, owner="mine")) == 2
    assert await found(http, teacher, owner="others") == []
    wrong = await http.get("/v1/resources?kind=nonsense", headers=teacher.headers)
    assert wrong.status_code == 422


async def test_the_newest_come_first_in_pages(http, teacher):
    made = [(await published(http, teacher, title=f"第{n}课"))["id"] for n in range(3)]
    first = await http.get("/v1/resources?limit=2", headers=teacher.headers)
    assert [item["id"] for item in first.json()["items"]] == made[:0:-1]
    rest = await http.get(
        f"/v1/resources?limit=2&cursor={first.json()['next_cursor']}", headers=teacher.headers
    )
    assert [item["id"] for item in rest.json()["items"]] == made[:1]


async def test_a_list_shows_exactly_what_can_be_read(http, world, sql, school, teacher):
    """The SQL filter and the point decision agree for every role, tier and state of a resource."""
    own = [await draft(http, teacher), await published(http, teacher)]
    offered = [await published(http, teacher), await draft(http, teacher)]
    for resource in offered:
        await offer_to_group(sql, resource)
    gone = await published(http, teacher)
    await act(http, teacher, gone, "withdraw", because="x")
    schools = [school, await world.school("二中"), await world.school("三中", tier="partner")]
    people = [
        await world.person(at, role)
        for at in schools
        for role in ("teacher", "lead", "librarian", "principal", "school_admin")
    ]
    people += [await world.person(None, role) for role in ("group_admin", "auditor")]
    seen = 0
    for person in (teacher, *people):
        listed = set(await found(http, person)) | set(await found(http, person, status="withdrawn"))
        readable = set()
        for resource in (*own, *offered, gone):
            status = (await read(http, person, resource)).status_code
            if status == 200 or (status == 410 and resource["id"] in listed):
                readable.add(resource["id"])
        assert listed == readable, person.role
        seen += len(listed)
    assert seen > len(people)


async def test_the_words_of_the_catalogue_come_in_both_languages(http, teacher):
    words = (await http.get("/v1/resources/vocabulary", headers=teacher.headers)).json()
    assert {"code": "courseware", "en": "courseware", "zh": "课件"} in words["kinds"]
    assert len(words["stages"]) == 4
    assert all(label["zh"] for group in words.values() for label in group)


async def test_a_link_to_a_file_dies_soon(http, teacher, services):
    made = await published(http, teacher)
    fetched = await http.get(f"/v1/resources/{made['id']}/files/1", headers=teacher.headers)
    lives_for = httpx.URL(fetched.headers["location"]).params["X-Amz-Expires"]
    assert timedelta(seconds=int(lives_for)) == timedelta(seconds=services.settings.download_link_s)
    missing = await http.get(f"/v1/resources/{made['id']}/files/2", headers=teacher.headers)
    assert missing.status_code == 404
    assert hashlib.sha256(PDF).hexdigest() not in (await read(http, teacher, made)).text
