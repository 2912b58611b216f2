"""Exports: what the caller may see, as a file that does no harm and can come back."""

import json
from inspect import signature

import pytest

from schoolgroup.integration.exports import routes, service
from schoolgroup.kernel.sheets import read_sheet
from schoolgroup.resources.search.routes import list_resources
from tests.resources.holdings import hold

NOWHERE = "01890000-0000-7000-8000-000000000000"
EXPORT = "/v1/resources/export"


@pytest.fixture
async def holdings(world):
    return await hold(world)


async def taken(http, who, path, form, **params):
    answer = await http.get(path, params={"form": form, **params}, headers=who.headers)
    assert answer.status_code == 200, answer.text
    return answer.content


async def listed(http, who, **params):
    wanted = {"limit": 200, "sort": "newest", **params}
    answer = await http.get("/v1/resources", params=wanted, headers=who.headers)
    return [item["title"] for item in answer.json()["items"]]


async def test_a_visitor_and_a_stranger(http, world, holdings):
    await holdings.publish(["分数的意义"])
    edition = f"/v1/list-editions/{NOWHERE}/export"
    for path in (EXPORT, edition):
        assert (await http.get(path)).status_code == 401
    await world.group("other")
    stranger = await world.person(await world.school("外"), "librarian")
    assert read_sheet(await taken(http, stranger, EXPORT, "csv")) == []
    assert (await http.get(edition, headers=stranger.headers)).status_code == 404


async def test_a_file_has_what_the_list_shows_and_no_more(http, world, holdings, sql):
    await holdings.publish(["分数的意义", "勾股定理"])
    await holdings.publish(["未共享的资源"], offered=False)
    for who in (holdings.reader, holdings.librarian):
        for params in ({}, {"q": "分数"}, {"status": "withdrawn"}, {"owner": "mine"}):
            shown = await listed(http, who, **params)
            for form in ("csv", "xlsx"):
                rows = read_sheet(await taken(http, who, EXPORT, form, **params))
                assert [row.cells["标题"] for row in rows] == shown
    document = json.loads(await taken(http, holdings.reader, EXPORT, "jsonld"))
    assert document["@context"] == "https://schema.org"
    assert {thing["name"]["@value"] for thing in document["@graph"]} == {"分数的意义", "勾股定理"}
    trail = await sql.fetch(
        "SELECT act, detail FROM audit_entry WHERE thing = 'resource/export' ORDER BY seq"
    )
    assert len(trail) == 17  # who took what, every time
    assert json.loads(trail[-1]["detail"]) == {"export": "jsonld", "rows": 2}


async def test_whatever_narrows_a_search_narrows_its_file(http, holdings, sql):
    """Every filter of the list is one of the export, so that a file is what the list shows."""
    found, file = (
        set(signature(handler.fn).parameters)
        for handler in (list_resources, routes.export_resources)
    )
    assert found - file == {"sort", "facets", "limit", "cursor"}
    assert file - found == {"form"}
    short, _ = await holdings.publish(["甲资源", "乙资源"])
    await sql.execute("UPDATE resource SET duration_minutes = 40 WHERE id = $1", short)
    wanted = {"minutes_from": 30, "minutes_to": 45}
    rows = read_sheet(await taken(http, holdings.reader, EXPORT, "csv", **wanted))
    assert [row.cells["标题"] for row in rows] == ["甲资源"]


async def test_a_cell_never_becomes_a_formula(http, holdings):
    await holdings.publish(["=HYPERLINK(1)", "+86", "＝１＋１", "-x", "@sum", "'=quoted"])
    text = (await taken(http, holdings.reader, EXPORT, "csv")).decode("utf-8-sig")
    for line in text.splitlines()[1:]:
        assert line.split(",")[1].startswith("'"), line
    found = {row.cells["标题"] for row in read_sheet(text.encode())}
    assert found == {"=HYPERLINK(1)", "+86", "=1+1", "-x", "@sum", "'=quoted"}


async def test_more_than_a_file_takes_is_refused_with_what_helps(http, holdings, monkeypatch):
    await holdings.publish(["甲资源", "乙资源", "丙资源"])
    monkeypatch.setattr(service, "ROWS_MAX", 2)
    refused = await http.get(EXPORT, headers=holdings.reader.headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "export_too_large")
    await holdings.publish(["丁视频"], kind="video")
    assert len(read_sheet(await taken(http, holdings.reader, EXPORT, "csv", kind="video"))) == 1


async def test_what_a_school_takes_out_it_can_bring_back_in(http, holdings):
    """Unchanged it changes nothing; a mended draft is taken."""
    await holdings.publish(["分数的意义"])
    who = holdings.librarian
    made = await http.post(
        "/v1/resources", headers=who.headers,
        json={"title": "草稿一份", "kind": "video", "keywords": ["甲", "乙"], "chapter": ["一"],
              "duration_minutes": 40},
    )  # fmt: skip
    assert made.status_code == 201
    content = await taken(http, who, EXPORT, "csv", owner="mine")
    headers = {**who.headers, "Content-Type": "text/csv"}
    same = await http.post("/v1/resources/import", content=content, headers=headers)
    assert same.status_code == 200, same.text
    assert same.json()["unchanged"] == 2
    mended = content.replace("草稿一份".encode(), "分数的乘法".encode())
    done = await http.post("/v1/resources/import", content=mended, headers=headers)
    assert (done.json()["updated"], done.json()["unchanged"]) == (1, 1)


async def test_an_edition_keeps_its_order_and_shows_what_is_broken(http, world, holdings):
    one, two = await holdings.publish(["分数的意义", "勾股定理"])
    who = holdings.librarian
    made = await http.post(
        "/v1/lists", json={"kind": "course", "title": "课程资源清单"}, headers=who.headers
    )
    begun = await http.post(
        f"/v1/lists/{made.json()['id']}/editions", json={"school_year": 2026}, headers=who.headers
    )
    edition = f"/v1/list-editions/{begun.json()['id']}"
    for entry in (
        {"target": "resource", "resource_id": str(one), "importance": "required"},
        {"target": "book", "title": "几何原本", "isbn": "978-7-5447-4555-0", "author": "欧几里得"},
        {"target": "place", "title": "科技馆", "hours": "周二至周日 9-17", "capacity_people": 300,
         "contact": "教育部 010-1234", "address": "北辰东路 5 号"},
        {"target": "resource", "resource_id": str(two), "note": "=1+1"},
    ):  # fmt: skip
        added = await http.post(f"{edition}/entries", json=entry, headers=who.headers)
        assert added.status_code in (200, 201), added.text
    hidden = await http.get(f"{edition}/export", headers=holdings.reader.headers)
    assert hidden.status_code == 404  # a draft edition is its curators' own
    assert (await http.post(f"{edition}/publish", headers=who.headers)).status_code == 200
    await holdings.withdraw(http, two)
    for form in ("csv", "xlsx"):
        rows = read_sheet(await taken(http, holdings.reader, f"{edition}/export", form))
        assert [row.cells["名称"] for row in rows] == [
            "分数的意义", "几何原本", "科技馆", "勾股定理",
        ]  # fmt: skip
        assert [row.cells["现状"] for row in rows] == ["正常", "", "", "已撤回"]
        assert rows[2].cells["容纳人数"] == "300"
        assert rows[3].cells["说明"] == "=1+1"
    document = json.loads(await taken(http, holdings.reader, f"{edition}/export", "jsonld"))
    assert document["numberOfItems"] == 4
    kinds = [element["item"]["@type"] for element in document["itemListElement"]]
    assert kinds == ["LearningResource", "Book", "Place", "LearningResource"]
    assert document["itemListElement"][1]["item"]["isbn"] == "9787544745550"
