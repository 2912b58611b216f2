"""Checks, duration, prerequisites, adapting and discarding: drafts over HTTP."""

import asyncio

import asyncpg
import pytest

from schoolgroup.resources.catalogue.checks.rules import personal, speaks
from tests.resources.catalogue.test_resources import (
    NOWHERE,
    act,
    draft,
    offer_to_group,
    published,
    read,
)


@pytest.fixture
async def school(world):
    return await world.school("一中")


@pytest.fixture
async def teacher(world, school):
    return await world.person(school, "teacher")


async def change(http, person, resource, **body):
    headers = {**person.headers, "If-Match": f'"{resource["version"]}"'}
    return await http.patch(f"/v1/resources/{resource['id']}", json=body, headers=headers)


async def discard(http, person, resource):
    headers = {**person.headers, "If-Match": f'"{resource["version"]}"'}
    return await http.delete(f"/v1/resources/{resource['id']}/draft", headers=headers)


async def checks(http, person, resource):
    answer = await http.get(f"/v1/resources/{resource['id']}/checks", headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def failed(report):
    return {one["code"] for one in report["checks"] if not one["passed"]}


def needing(*resources):
    return [{"resource_id": resource["id"]} for resource in resources]


async def test_a_visitor_and_a_stranger(http, world, teacher):
    made = await draft(http, teacher)
    await world.group("other")
    stranger = await world.person(await world.school("外"), "librarian")
    for who, status, one in (
        ({}, 401, f"/v1/resources/{NOWHERE}"),
        (stranger.headers, 404, f"/v1/resources/{made['id']}"),
    ):
        headers = {**who, "If-Match": '"1"'}
        answers = [
            await http.post(f"{one}/adapt", json={}, headers=headers),
            await http.get(f"{one}/checks", headers=headers),
            await http.delete(f"{one}/draft", headers=headers),
        ]
        assert [answer.status_code for answer in answers] == [status] * 3


async def test_every_check_is_named_with_its_fix_at_any_time(http, world, teacher):
    made = await draft(http, teacher, summary="", keywords=[], edition=None, kind="video",
                       title="新建演示文稿(2).pptx")  # fmt: skip
    report = await checks(http, teacher, made)
    assert report["ready"] is False
    assert failed(report) == {
        "title_is_placeholder", "summary_missing", "keywords_missing", "coordinate_missing",
        "media_type_unexpected", "file_not_scanned",
    }  # fmt: skip
    assert all(one["what"]["zh"] and one["fix"]["en"] for one in report["checks"])
    blocking = {one["code"] for one in report["checks"] if one["blocks"]}
    assert blocking & failed(report) == {"title_is_placeholder"}
    refused = await act(http, teacher, made, "publish")
    assert [error["code"] for error in refused.json()["errors"]] == ["title_is_placeholder"]
    done = await change(http, teacher, made, title="分数的意义")
    assert (await act(http, teacher, made, "publish")).status_code == 200, done.text
    after = await checks(http, teacher, made)  # advice stays advice after the publication
    assert after["ready"] is True
    assert "file_not_scanned" in failed(after)
    colleague = await world.person(await world.school("二中"), "librarian")
    hidden = await http.get(f"/v1/resources/{made['id']}/checks", headers=colleague.headers)
    assert hidden.status_code == 404


async def test_personal_data_keeps_a_draft_from_being_published(http, teacher):
    made = await draft(http, teacher, summary="联系学生家长１３８ ００１３ ８０００")
    report = await checks(http, teacher, made)
    (found,) = [one for one in report["checks"] if one["code"] == "personal_data"]
    assert (found["passed"], found["found"]) == (False, ["summary"])  # where, never what
    assert "8000" not in str(report)
    assert (await act(http, teacher, made, "publish")).status_code == 422


@pytest.mark.parametrize(
    ("text", "is_personal"),
    [
        ("身份证11010519491231002X", True),
        ("110105 19491231 002x", True),
        ("110105194912310021", False),  # the check digit is wrong
        ("110105194913310020", False),  # there is no thirteenth month
        ("电话138-0013-8000", True),
        ("+86 13800138000", True),
        ("13 57 9 11 13 15 17 19 奇数列", False),
        ("ISBN 978-7-107-36789-6", False),
        ("8008100138001380001", False),
    ],
)
def test_what_is_personal(text, is_personal):
    assert bool(personal(text)) is is_personal


@pytest.mark.parametrize(
    ("title", "says"),
    [
        ("分数的意义", True), ("Fractions", True), ("课件 1", False), ("Untitled-3", False),
        ("无标题", False), ("勾股定理.pptx", False), ("啊啊啊", False), ("五年级试卷", True),
    ],
)  # fmt: skip
def test_what_says_something(title, says):
    assert speaks(title) is says


async def test_the_same_files_twice_are_pointed_out_to_those_who_know_the_other(
    http, world, school, teacher
):
    first = await published(http, teacher)
    second = await draft(http, teacher, title="分数的意义（重复）")
    (found,) = [
        one for one in (await checks(http, teacher, second))["checks"]
        if one["code"] == "same_files_as_another"
    ]  # fmt: skip
    assert found["found"] == [first["id"]]
    elsewhere = await world.person(await world.school("二中"), "teacher")
    same = await draft(http, elsewhere)  # the same bytes at another school are nobody's business
    assert "same_files_as_another" not in failed(await checks(http, elsewhere, same))


async def test_duration_and_prerequisites_belong_to_the_revision(http, world, teacher, sql):
    basis = await published(http, teacher, title="分数的初步认识")
    made = await draft(http, teacher, duration_minutes=40, prerequisites=needing(basis))
    assert made["duration_minutes"] == 40
    assert made["prerequisites"] == [
        {"no": 1, "resource_id": basis["id"], "node_id": None, "title": "分数的初步认识",
         "standing": "ok"}
    ]  # fmt: skip
    await act(http, teacher, made, "publish")
    revised = (await act(http, teacher, made, "revisions")).json()
    assert revised["draft"]["prerequisites"] == made["prerequisites"]
    emptied = await change(http, teacher, revised, prerequisites=[], duration_minutes=None)
    assert emptied.status_code == 200, emptied.text
    assert emptied.json()["draft"]["prerequisites"] == []
    assert emptied.json()["prerequisites"] == made["prerequisites"]  # what is out stays
    revisions = await http.get(f"/v1/resources/{made['id']}/revisions", headers=teacher.headers)
    assert [len(one["prerequisites"]) for one in revisions.json()["items"]] == [0, 1]
    for statement in ("DELETE FROM prerequisite", "UPDATE prerequisite SET title = 'x'"):
        with pytest.raises(asyncpg.CheckViolationError):
            await sql.execute(statement)


async def test_a_dead_prerequisite_is_shown_and_blocks_the_next_publication(http, world, teacher):
    reader = await world.person(await world.school("二中"), "teacher")
    basis = await published(http, teacher, title="分数的初步认识")
    made = await published(http, teacher, prerequisites=needing(basis))
    await offer_to_group(world.sql, made)
    (seen,) = (await read(http, reader, made)).json()["prerequisites"]
    assert (seen["standing"], seen["title"]) == ("out_of_reach", None)
    await offer_to_group(world.sql, basis)
    (seen,) = (await read(http, reader, made)).json()["prerequisites"]
    assert (seen["standing"], seen["title"]) == ("ok", "分数的初步认识")
    await act(http, teacher, basis, "withdraw", because="有误")
    (seen,) = (await read(http, reader, made)).json()["prerequisites"]
    assert (seen["standing"], seen["title"]) == ("withdrawn", "分数的初步认识")
    revised = (await act(http, teacher, made, "revisions")).json()
    refused = await act(http, teacher, made, "publish")
    assert [error["code"] for error in refused.json()["errors"]] == ["prerequisite_broken"]
    assert refused.json()["checks"][0]["pointer"] == "/prerequisites"
    assert (await change(http, teacher, revised, prerequisites=[])).status_code == 200
    assert (await act(http, teacher, made, "publish")).status_code == 200


async def test_what_cannot_be_a_prerequisite_is_named(http, world, teacher):
    other = await world.person(await world.school("二中"), "teacher")
    hidden, drafted = await published(http, other), await draft(http, teacher)
    wrong = [
        {"resource_id": hidden["id"]}, {"resource_id": drafted["id"]}, {"resource_id": NOWHERE},
        {"node_id": NOWHERE}, {}, {"resource_id": NOWHERE, "node_id": NOWHERE},
    ]  # fmt: skip
    made = await draft(http, teacher)
    answer = await change(http, teacher, made, prerequisites=[*wrong, *needing(made)])
    assert answer.status_code == 422
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [
        ("/prerequisites/0/resource_id", "unknown"), ("/prerequisites/1/resource_id", "unknown"),
        ("/prerequisites/2/resource_id", "unknown"), ("/prerequisites/3/node_id", "no_such_node"),
        ("/prerequisites/4", "one_of"), ("/prerequisites/5", "one_of"),
        ("/prerequisites/6/resource_id", "circular"),
    ]  # fmt: skip


async def test_two_publications_at_once_never_close_a_circle(http, teacher, sql):
    """Each alone is right; without the lock on circles both go through (seen)."""
    first, second = [await published(http, teacher, title=t) for t in ("甲的资源", "乙的资源")]
    for one, needed in ((first, second), (second, first)):
        revised = (await act(http, teacher, one, "revisions")).json()
        done = await change(http, teacher, revised, prerequisites=needing(needed))
        assert done.status_code == 200, done.text
    answers = await asyncio.gather(*(act(http, teacher, one, "publish") for one in (first, second)))
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    (refused,) = [answer.json() for answer in answers if answer.status_code == 422]
    assert [error["code"] for error in refused["errors"]] == ["prerequisite_circular"]
    third = await published(http, teacher, title="丙的资源", prerequisites=needing(first, second))
    done, stuck = (first, second) if answers[0].status_code == 200 else (second, first)
    longer = await change(
        http, teacher, (await read(http, teacher, stuck)).json(), prerequisites=needing(third)
    )
    assert longer.json()["errors"][0]["code"] == "circular"  # through two others
    assert done["id"] != stuck["id"]


async def test_a_place_in_the_curriculum_can_be_a_prerequisite(http, world, teacher):
    office = await world.person(None, "group_admin")
    sheet = "学段,学制,学科,版本,年级,册次\n小学,六三,数学,人教版,三年级,上册\n".encode()
    done = await http.post(
        "/v1/curriculum/import?name=a", content=sheet,
        headers={**office.headers, "Content-Type": "text/csv"},
    )  # fmt: skip
    assert done.status_code == 200, done.text
    found = await http.get("/v1/curriculum/nodes/search?q=上册", headers=teacher.headers)
    (node,) = found.json()["items"]
    made = await draft(http, teacher, prerequisites=[{"node_id": node["id"]}])
    (need,) = made["prerequisites"]
    assert need["title"] == "小学（六三学制） › 数学 › 人教版 › 三年级 › 上册"
    again = await http.post(
        "/v1/curriculum/import?name=a", content=sheet.replace("上册".encode(), "下册".encode()),
        headers={**office.headers, "Content-Type": "text/csv"},
    )  # fmt: skip
    assert again.status_code == 409  # a tree that something points into stands for good


async def test_a_first_draft_is_discarded_with_all_that_was_prepared_for_it(http, world, teacher):
    made = await draft(http, teacher, prerequisites=[])
    wish = {"audiences": [{"kind": "group", "borrow": True}], "seats": 2}
    offers = f"/v1/resources/{made['id']}/offers"
    assert (await http.post(offers, json=wish, headers=teacher.headers)).status_code == 201
    stale = await discard(http, teacher, {**made, "version": made["version"] + 1})
    assert stale.status_code == 412
    assert (await discard(http, teacher, made)).status_code == 204
    assert (await read(http, teacher, made)).status_code == 404
    for table in ("resource", "revision", "revision_file", "offer", "offer_terms", "seat"):
        assert await world.sql.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    assert await world.sql.fetchval("SELECT count(*) FROM blob") == 1  # the upload is still theirs
    last = await world.sql.fetchval("SELECT type FROM event ORDER BY seq DESC LIMIT 1")
    assert last == "resource.discarded"


async def test_the_draft_of_a_revision_is_discarded_and_what_is_out_stays(http, teacher, sql):
    made = await published(http, teacher)
    refused = await discard(http, teacher, made)
    assert (refused.status_code, refused.json()["code"]) == (409, "wrong_state")
    revised = (await act(http, teacher, made, "revisions")).json()
    assert (await discard(http, teacher, revised)).status_code == 204
    left = (await read(http, teacher, made)).json()
    assert (left["status"], left["draft"], left["title"]) == ("published", None, made["title"])
    with pytest.raises(asyncpg.CheckViolationError) as violated:  # whoever tries, and however
        await sql.execute("DELETE FROM resource")
    assert violated.value.constraint_name == "published_resources_stay"
