"""The curriculum over HTTP: import, open level by level, search, and resources that point to it."""

import asyncio

import asyncpg
import pytest

from schoolgroup.kernel.sheets import XLSX_TYPE, write_xlsx
from schoolgroup.resources.curriculum.service import STARTER_NAME

HEADER = "学段,学制,学科,版本,年级,册次,章节"
SMALL = f"""{HEADER}
小学,六三,数学,人教版,五年级,下册,四 分数的意义和性质 > 1 分数的意义
小学,六三,数学,人教版,五年级,下册,四 分数的意义和性质 > 2 真分数和假分数
小学,六三,数学,人教版,五年级,上册,
小学,六三,数学,北师大版,五年级,下册,
小学,五四,数学,青岛版,五年级,下册,
"""
CSV = "text/csv"
NOWHERE = "01890000-0000-7000-8000-000000000000"


@pytest.fixture
async def office(world):
    return await world.person(None, "group_admin")


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


async def send(http, who, content, media_type=CSV, **params):
    return await http.post(
        "/v1/curriculum/import",
        params={"name": "2025", **params},
        content=content.encode() if isinstance(content, str) else content,
        headers={**who.headers, "Content-Type": media_type},
    )


async def imported(http, who, content=SMALL, **params):
    answer = await send(http, who, content, **params)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def nodes(http, who, **params):
    answer = await http.get("/v1/curriculum/nodes", params=params, headers=who.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


async def node_at(http, who, *names, version=None):
    """The node these names lead to, opened level by level as a screen would."""
    at: dict = {}
    params = {"version": version} if version else {}
    for name in names:
        level = await nodes(http, who, **params, **({"parent": at["id"]} if at else {}))
        at = next(node for node in level if node["name"] == name)
    return at


async def draft(http, who, **more):
    body = {"title": "分数的意义", "kind": "lesson_plan", **more}
    return await http.post("/v1/resources", json=body, headers=who.headers)


async def change(http, who, resource, **body):
    tag = {"If-Match": f'"{resource["version"]}"'}
    return await http.patch(
        f"/v1/resources/{resource['id']}", json=body, headers={**who.headers, **tag}
    )


async def test_a_visitor_is_asked_to_sign_in(http):
    answers = [
        await http.post("/v1/curriculum/import?name=x", content=SMALL),
        await http.get("/v1/curriculum/versions"),
        await http.get("/v1/curriculum/nodes"),
        await http.get("/v1/curriculum/nodes/search?q=数学"),
    ]
    assert [answer.status_code for answer in answers] == [401] * 4


async def test_another_groups_tree_is_not_there(http, world, office):
    await imported(http, office)
    root = (await nodes(http, office))[0]
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    assert await nodes(http, stranger) == []
    hidden = await http.get(
        "/v1/curriculum/nodes", params={"parent": root["id"]}, headers=stranger.headers
    )
    assert hidden.status_code == 404
    made = await draft(
        http, await world.person(await world.school("外"), "teacher"), curriculum_node_id=root["id"]
    )
    assert (made.status_code, made.json()["errors"][0]["code"]) == (422, "no_such_node")


async def test_a_school_does_not_import(http, world, teacher):
    librarian = await world.person(await world.school("二中"), "librarian")
    for who in (teacher, librarian):
        for answer in (
            await send(http, who, SMALL),
            await http.post("/v1/curriculum/import?starter=true", headers=who.headers),
        ):
            assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")


async def test_the_starter_tree_is_loaded_with_one_call_and_again_changes_nothing(
    http, office, teacher
):
    for unchanged in (False, True):
        answer = await http.post("/v1/curriculum/import?starter=true", headers=office.headers)
        assert answer.status_code == 200, answer.text
        result = answer.json()
        assert (result["version_no"], result["rows"]) == (1, 926)
        assert (result["name"], result["unchanged"]) == (STARTER_NAME, unchanged)
    versions = (await http.get("/v1/curriculum/versions", headers=teacher.headers)).json()["items"]
    assert [(v["no"], v["nodes"], v["used_at"]) for v in versions] == [(1, result["nodes"], None)]
    assert "国家中小学智慧教育平台" in versions[0]["source"]
    roots = await nodes(http, teacher)
    assert [root["name"] for root in roots] == [
        "小学（六三学制）", "小学（五四学制）", "初中（六三学制）", "初中（五四学制）", "高中",
    ]  # fmt: skip
    volume = await node_at(http, teacher, "初中（六三学制）", "数学", "北师大版", "八年级", "上册")
    assert volume["has_children"] is False
    assert (volume["level"], volume["stage"]) == ("volume", "junior")


async def test_the_tree_is_opened_level_by_level_in_pages(http, office, teacher):
    await imported(http, office)
    edition = await node_at(http, teacher, "小学（六三学制）", "数学", "人教版")
    assert edition["path"] == ["小学（六三学制）", "数学", "人教版"]
    grade = await node_at(http, teacher, "小学（六三学制）", "数学", "人教版", "五年级")
    first = await http.get(
        "/v1/curriculum/nodes",
        params={"parent": grade["id"], "limit": 1},
        headers=teacher.headers,
    )
    rest = await http.get(
        "/v1/curriculum/nodes",
        params={"parent": grade["id"], "limit": 1, "cursor": first.json()["next_cursor"]},
        headers=teacher.headers,
    )
    names = [a.json()["items"][0]["name"] for a in (first, rest)]
    assert names == ["下册", "上册"]  # as the file has them
    assert rest.json()["next_cursor"] is None


async def test_a_name_is_found_by_a_part_of_it(http, office, teacher):
    await imported(http, office)
    found = await http.get(
        "/v1/curriculum/nodes/search", params={"q": "分数"}, headers=teacher.headers
    )
    assert [node["name"] for node in found.json()["items"]] == [
        "四 分数的意义和性质", "1 分数的意义", "2 真分数和假分数",
    ]  # fmt: skip
    assert found.json()["items"][1]["path"][-3:] == ["下册", "四 分数的意义和性质", "1 分数的意义"]
    none = await http.get("/v1/curriculum/nodes/search", params={"q": "%"}, headers=teacher.headers)
    assert none.json()["items"] == []
    missing = await http.get(
        "/v1/curriculum/nodes/search", params={"q": "x", "version": 9}, headers=teacher.headers
    )
    assert missing.status_code == 404


async def test_a_dry_run_promises_and_keeps_nothing(http, office, sql):
    result = await imported(http, office, dry_run="true")
    assert (result["dry_run"], result["nodes"], result["version_no"]) == (True, 17, 1)
    assert await sql.fetchval("SELECT count(*) FROM curriculum_version") == 0
    assert await sql.fetchval("SELECT count(*) FROM event") == 0


async def test_a_workbook_is_read_too_and_problems_name_their_cells(http, office, sql):
    header = HEADER.split(",")
    good = write_xlsx("x", header, [["小学", "六三", "数学", "人教版", "五年级", "下册", ""]])
    assert (await imported(http, office, good, media_type=XLSX_TYPE))["nodes"] == 5
    bad = write_xlsx(
        "x", header, [["大学", "", "数学", "", "", "", ""], ["小学", "", "", "", "", "", ""]]
    )
    refused = await send(http, office, bad, XLSX_TYPE, name="2026")
    assert (refused.status_code, refused.json()["code"]) == (422, "sheet_refused")
    assert [e["pointer"] for e in refused.json()["errors"]] == ["/2/stage", "/3/subject"]
    assert await sql.fetchval("SELECT count(*) FROM curriculum_version") == 1
    unnamed = await http.post(
        "/v1/curriculum/import", content=SMALL, headers={**office.headers, "Content-Type": CSV}
    )
    assert unnamed.json()["errors"][0]["code"] == "name_missing"
    not_a_file = await send(http, office, SMALL, "application/json")
    assert not_a_file.status_code == 415


async def test_a_version_may_be_mended_until_a_resource_points_into_it(http, office, teacher, sql):
    await imported(http, office)
    mended = SMALL + "小学,六三,数学,北师大版,五年级,上册,\n"
    result = await imported(http, office, mended)
    assert (result["version_no"], result["replaced"], result["nodes"]) == (1, True, 18)
    node = await node_at(http, teacher, "小学（六三学制）", "数学", "人教版", "五年级", "下册")
    assert (await draft(http, teacher, curriculum_node_id=node["id"])).status_code == 201
    refused = await send(http, office, SMALL)
    assert (refused.status_code, refused.json()["code"]) == (409, "curriculum_in_use")
    assert refused.json()["version_no"] == 1
    assert (await imported(http, office, mended))["unchanged"] is True
    assert (await imported(http, office, SMALL, name="2026"))["version_no"] == 2
    for statement in (
        "DELETE FROM curriculum_node WHERE level = 'chapter' AND last_no = no"
        " AND version_id = (SELECT id FROM curriculum_version WHERE no = 1)",
        "UPDATE curriculum_node SET name = 'x'",
        "UPDATE curriculum_version SET used_at = NULL WHERE no = 1",
    ):
        with pytest.raises(asyncpg.CheckViolationError):
            await sql.execute(statement)


async def test_a_resource_and_an_import_that_meet_never_leave_it_pointing_nowhere(
    http, office, teacher, sql
):
    """The import replaces the tree while a draft takes a node of it: one of them is refused."""
    for number in range(4):
        name = f"v{number}"
        version = (await imported(http, office, name=name))["version_no"]
        names = ("小学（六三学制）", "数学", "人教版", "五年级", "下册")
        node = await node_at(http, teacher, *names, version=version)
        other = SMALL + "小学,六三,语文,统编版,五年级,上册,\n"
        replaced, made = await asyncio.gather(
            send(http, office, other, name=name),
            draft(http, teacher, curriculum_node_id=node["id"]),
        )
        assert sorted([replaced.status_code == 200, made.status_code == 201]) == [False, True]
        assert (replaced.status_code, made.status_code) in ((200, 422), (409, 201))
        assert await sql.fetchval(
            """SELECT count(*) FROM curriculum_node n
                 JOIN curriculum_version v ON v.id = n.version_id WHERE v.no = $1""",
            version,
        ) == (17 if made.status_code == 201 else 21)


async def test_a_place_fills_the_coordinates_of_a_draft(http, office, teacher):
    await imported(http, office)
    chapter = await node_at(
        http, teacher, "小学（六三学制）", "数学", "人教版", "五年级", "下册",
        "四 分数的意义和性质", "1 分数的意义",
    )  # fmt: skip
    made = (await draft(http, teacher, curriculum_node_id=chapter["id"])).json()
    assert made["curriculum_node_id"] == chapter["id"]
    assert (made["stage"], made["subject"], made["edition"]) == ("primary", "数学", "人教版")
    assert (made["grade"], made["volume"]) == ("五年级", "下册")
    assert made["chapter"] == ["四 分数的意义和性质", "1 分数的意义"]

    wrong = await change(http, teacher, made, subject="语文")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "contradicts_place")
    assert [e["pointer"] for e in wrong.json()["errors"]] == ["/subject"]

    edition = await node_at(http, teacher, "小学（六三学制）", "数学", "北师大版")
    moved = (await change(http, teacher, made, curriculum_node_id=edition["id"])).json()
    assert (moved["edition"], moved["grade"], moved["chapter"]) == ("北师大版", None, [])
    free = await change(http, teacher, moved, curriculum_node_id=None, subject="语文")
    assert (free.json()["curriculum_node_id"], free.json()["subject"]) == (None, "语文")
    assert free.json()["edition"] == "北师大版"
    nowhere = await draft(http, teacher, curriculum_node_id=NOWHERE)
    assert nowhere.json()["errors"][0] | {"detail": ""} == {
        "pointer": "/curriculum_node_id", "code": "no_such_node", "detail": "",
    }  # fmt: skip
    unlike = await draft(http, teacher, curriculum_node_id=chapter["id"], stage="junior")
    assert unlike.json()["code"] == "contradicts_place"


async def test_resources_are_found_by_a_place_and_all_below_it_in_every_version(
    http, office, teacher
):
    await imported(http, office)
    path = ("小学（六三学制）", "数学", "人教版", "五年级", "下册")
    old = await node_at(http, teacher, *path)
    other = await node_at(http, teacher, "小学（五四学制）", "数学", "青岛版")
    first = (await draft(http, teacher, curriculum_node_id=old["id"])).json()
    aside = (await draft(http, teacher, curriculum_node_id=other["id"])).json()
    await draft(http, teacher, subject="数学")
    more = SMALL + "小学,六三,数学,人教版,六年级,下册,\n"
    await imported(http, office, more, name="2026")
    new = await node_at(http, teacher, *path, "四 分数的意义和性质", version=2)
    second = (await draft(http, teacher, curriculum_node_id=new["id"])).json()

    async def found(node):
        params = {"node": node["id"]}
        answer = await http.get("/v1/resources", params=params, headers=teacher.headers)
        return {item["id"] for item in answer.json()["items"]}

    for version in (1, 2):
        edition = await node_at(http, teacher, *path[:3], version=version)
        assert await found(edition) == {first["id"], second["id"]}
        chapter = await node_at(http, teacher, *path, "四 分数的意义和性质", version=version)
        assert await found(chapter) == {second["id"]}
    assert await found(other) == {aside["id"]}
    assert await found(await node_at(http, teacher, *path[:3], "六年级", version=2)) == set()


async def test_a_revision_keeps_its_place(http, office, teacher, sql):
    await imported(http, office)
    node = await node_at(http, teacher, "小学（六三学制）", "数学", "人教版", "五年级", "下册")
    made = (await draft(http, teacher, curriculum_node_id=node["id"])).json()
    kept = await sql.fetchval("SELECT curriculum_node_id FROM revision")
    assert str(kept) == made["curriculum_node_id"] == node["id"]
    revisions = await http.get(f"/v1/resources/{made['id']}/revisions", headers=teacher.headers)
    assert revisions.json()["items"][0]["curriculum_node_id"] == node["id"]


async def test_an_import_is_announced_and_audited_once(http, office, sql):
    await imported(http, office)
    await imported(http, office)
    events = await sql.fetch("SELECT type, data FROM event")
    assert [(e["type"]) for e in events] == ["curriculum.imported"]
    acts = await sql.fetch("SELECT act FROM audit_entry WHERE outcome = 'done'")
    assert [a["act"] for a in acts] == ["curriculum:import"]
