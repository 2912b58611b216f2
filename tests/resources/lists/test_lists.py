"""Lists: an edition each school year, suggestions from schools, broken targets in plain view."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest

from tests.people import Person, World
from tests.resources.holdings import Holdings, hold

ISBN = "978-7-02-000220-7"


class Shelf(msgspec.Struct, frozen=True):
    """A school's holdings, its curator, and the requests made of it."""

    http: httpx.AsyncClient
    held: Holdings

    @property
    def curator(self) -> Person:
        return self.held.librarian

    @property
    def reader(self) -> Person:
        return self.held.reader

    async def ask(
        self, method: str, path: str, who: Person | None = None, version: int = 0, **body: Any
    ) -> httpx.Response:
        headers = dict((who or self.curator).headers)
        if version:
            headers["If-Match"] = f'"{version}"'
        return await self.http.request(method, f"/v1/{path}", json=body or None, headers=headers)

    async def do(self, method: str, path: str, who: Person | None = None, **body: Any) -> Any:
        answer = await self.ask(method, path, who, **body)
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.json() if answer.content else None

    async def begun(self, **said: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """A list with a draft edition for 2026."""
        made = await self.do("POST", "lists", **{"kind": "reading", "title": "五年级书目", **said})
        edition = await self.do("POST", f"lists/{made['id']}/editions", school_year=2026)
        return made, edition

    async def published(self, titles: list[str]) -> tuple[dict[str, Any], dict[str, Any], list]:
        """A published edition with these resources and a book."""
        things = await self.held.publish(titles)
        made, edition = await self.begun()
        path = f"list-editions/{edition['id']}"
        for one in things:
            await self.do("POST", f"{path}/entries", target="resource", resource_id=str(one))
        await self.do("POST", f"{path}/entries", target="book", title="红楼梦", isbn=ISBN)
        return made, await self.do("POST", f"{path}/publish"), things


@pytest.fixture
async def shelf(http, world: World) -> Shelf:
    return Shelf(http, await hold(world))


async def test_nobody_reads_or_makes_lists(http, shelf):
    for method, path in (("GET", "/v1/lists"), ("POST", "/v1/lists")):
        assert (await http.request(method, path)).status_code == 401


async def test_a_stranger_and_another_school_see_no_draft(shelf, world):
    made, edition = await shelf.begun()
    principal = await world.person(await world.school("第三小学"), "principal")
    colleague = await world.person(shelf.held.school, "teacher")
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "librarian")
    for who in (shelf.reader, principal, colleague, stranger):
        assert (await shelf.do("GET", "lists", who))["items"] == []
        for path in (f"lists/{made['id']}", f"list-editions/{edition['id']}"):
            assert (await shelf.ask("GET", path, who)).status_code == 404
        path = f"list-editions/{edition['id']}/entries"
        refused = await shelf.ask("POST", path, who, target="book", title="x")
        assert refused.status_code == 404


async def test_a_list_from_draft_to_archive(shelf, sql):
    made, edition = await shelf.begun()
    assert made["actions"] == ["change", "begin_edition", "delete"]
    assert edition["actions"] == ["edit", "publish", "discard"]
    path = f"list-editions/{edition['id']}"
    (one,) = await shelf.held.publish(["分数的意义"])
    await shelf.do("POST", f"{path}/entries", target="resource", resource_id=str(one),
                   importance="required", note="第一单元")  # fmt: skip
    await shelf.do("POST", f"{path}/entries", target="book", title="红楼梦", isbn=ISBN)
    whole = await shelf.do("POST", f"{path}/entries", target="place", title="一大会址",
                           address="兴业路76号", hours="9:00–17:00", capacity_people=45,
                           contact="预约处")  # fmt: skip
    assert [e["title"] for e in whole["entries"]] == ["分数的意义", "红楼梦", "一大会址"]
    assert [e["standing"] for e in whole["entries"]] == ["ok", None, None]
    assert whole["entries"][1]["isbn"] == "9787020002207"
    ids = [e["id"] for e in whole["entries"]]
    moved = await shelf.do("PUT", f"{path}/order", version=whole["version"], entry_ids=ids[::-1])
    assert [e["id"] for e in moved["entries"]] == ids[::-1]
    book = moved["entries"][1]
    changed = await shelf.do(
        "PATCH", f"list-entries/{book['id']}", version=book["version"], author="曹雪芹"
    )
    assert changed["entries"][1]["author"] == "曹雪芹"
    assert (await shelf.ask("DELETE", f"list-entries/{ids[2]}", version=1)).status_code == 204
    out = await shelf.do("POST", f"{path}/publish")
    assert (out["status"], out["actions"]) == ("published", ["archive"])
    assert len(out["entries"]) == 2
    seen = await shelf.do("GET", path, shelf.reader)
    assert [e["title"] for e in seen["entries"]] == ["红楼梦", "分数的意义"]
    assert seen["actions"] == []
    (listed,) = (await shelf.do("GET", "lists?school_year=2026&kind=reading", shelf.reader))[
        "items"
    ]
    assert listed["actions"] == ["suggest"]
    assert (await shelf.do("GET", "lists?school_year=2027", shelf.reader))["items"] == []
    archived = await shelf.do("POST", f"{path}/archive")
    assert archived["status"] == "archived"
    assert (await shelf.do("GET", path, shelf.reader))["status"] == "archived"
    events = [row["type"] for row in await sql.fetch(
        "SELECT type FROM event WHERE type LIKE 'list.%' ORDER BY id")]  # fmt: skip
    assert events == [
        "list.created", "list.edition_begun", "list.entry_added", "list.entry_added",
        "list.entry_added", "list.entries_ordered", "list.entry_changed", "list.entry_removed",
        "list.published", "list.archived",
    ]  # fmt: skip


async def test_a_published_edition_never_changes_whoever_tries(shelf, sql):
    _, edition, _ = await shelf.published(["分数的意义"])
    path, entry = f"list-editions/{edition['id']}", edition["entries"][0]
    tries = [
        await shelf.ask("POST", f"{path}/entries", target="book", title="x"),
        await shelf.ask("PATCH", f"list-entries/{entry['id']}", version=1, note="x"),
        await shelf.ask("DELETE", f"list-entries/{entry['id']}", version=1),
        await shelf.ask("PUT", f"{path}/order", version=edition["version"], entry_ids=[]),
        await shelf.ask("DELETE", path, version=edition["version"]),
    ]
    assert {(t.status_code, t.json()["code"]) for t in tries} == {(409, "wrong_state")}
    with pytest.raises(Exception, match="is published"):
        await sql.execute("UPDATE list_entry SET note = 'x'")


async def test_what_does_not_fit_is_refused_by_name(shelf, world):
    made, edition = await shelf.begun()
    path = f"list-editions/{edition['id']}"
    assert (await shelf.ask("POST", f"{path}/publish")).json()["code"] == "empty_edition"
    bad = await shelf.ask("POST", f"{path}/entries", target="book", title="x", isbn="123")
    assert (bad.status_code, bad.json()["errors"][0]["pointer"]) == (422, "/isbn")
    await shelf.do("POST", f"{path}/entries", target="book", title="红楼梦", isbn=ISBN)
    twice = await shelf.ask("POST", f"{path}/entries", target="book", title="石头记", isbn=ISBN)
    assert (twice.status_code, twice.json()["code"]) == (409, "entry_twice")
    other = await shelf.ask("POST", f"lists/{made['id']}/editions", school_year=2027)
    assert (other.status_code, other.json()["code"]) == (409, "draft_open")
    await shelf.do("POST", f"{path}/publish")
    same = await shelf.ask("POST", f"lists/{made['id']}/editions", school_year=2026)
    assert (same.status_code, same.json()["code"]) == (409, "edition_exists")
    gone = await shelf.ask("DELETE", f"lists/{made['id']}", version=1)
    assert (gone.status_code, gone.json()["code"]) == (409, "list_published")
    office = await world.person(None, "group_admin")
    narrow = await shelf.ask("POST", "lists", office, kind="place", title="x", audience="school")
    assert narrow.status_code == 422
    assert (await shelf.ask("PATCH", f"lists/{made['id']}", title="x")).status_code == 428
    stale = await shelf.ask("PATCH", f"lists/{made['id']}", version=9, title="x")
    assert stale.status_code == 412


async def test_a_list_of_nothing_published_can_be_deleted(shelf):
    made, edition = await shelf.begun()
    await shelf.do("POST", f"list-editions/{edition['id']}/entries", target="book", title="x")
    assert (await shelf.ask("DELETE", f"lists/{made['id']}", version=1)).status_code == 204
    assert (await shelf.ask("GET", f"lists/{made['id']}")).status_code == 404


async def test_a_list_for_the_school_stays_in_the_school(shelf, world):
    made, edition = await shelf.begun(audience="school")
    path = f"list-editions/{edition['id']}"
    await shelf.do("POST", f"{path}/entries", target="book", title="红楼梦")
    await shelf.do("POST", f"{path}/publish")
    colleague = await world.person(shelf.held.school, "teacher")
    office = await world.person(None, "group_admin")
    assert (await shelf.ask("GET", path, colleague)).status_code == 200
    for who in (shelf.reader, office):
        assert (await shelf.ask("GET", path, who)).status_code == 404
        assert (await shelf.do("GET", "lists", who))["items"] == []
    denied = await shelf.ask("PATCH", f"lists/{made['id']}", colleague, version=1, title="x")
    assert denied.status_code == 403


async def test_a_broken_target_is_shown_and_never_dropped(shelf, http):
    _, edition, things = await shelf.published(["撤回", "修订", "不再共享", "照旧"])
    path = f"list-editions/{edition['id']}"
    mine = shelf.curator.headers
    await shelf.held.withdraw(http, things[0])
    assert (await http.post(f"/v1/resources/{things[1]}/revisions", headers=mine)).is_success
    assert (await http.post(f"/v1/resources/{things[1]}/publish", headers=mine)).is_success
    await shelf.held.world.sql.execute(
        "UPDATE offer SET status = 'closed' WHERE resource_id = $1", things[2]
    )
    seen = await shelf.do("GET", path, shelf.reader)
    assert [(e["title"], e["standing"]) for e in seen["entries"]] == [
        ("撤回", "withdrawn"), ("修订", "changed"), (None, "out_of_reach"), ("照旧", "ok"),
        ("红楼梦", None),
    ]  # fmt: skip
    assert "不再共享" not in (await shelf.ask("GET", path, shelf.reader)).text
    assert [a["standing"] for a in seen["attention"]] == ["withdrawn", "changed", "out_of_reach"]
    assert seen["attention"][0]["fix"]["zh"]


async def test_rolling_over_reports_what_is_dead_or_changed(shelf, http):
    made, edition, things = await shelf.published(["撤回", "修订", "照旧"])
    mine = shelf.curator.headers
    await shelf.held.withdraw(http, things[0])
    assert (await http.post(f"/v1/resources/{things[1]}/revisions", headers=mine)).is_success
    assert (await http.post(f"/v1/resources/{things[1]}/publish", headers=mine)).is_success
    wish = {"school_year": 2027, "from_edition_id": edition["id"]}
    rolled = await shelf.do("POST", f"lists/{made['id']}/editions", **wish)
    assert rolled["rolled_from_edition_id"] == edition["id"]
    assert [e["title"] for e in rolled["entries"]] == ["撤回", "修订", "照旧", "红楼梦"]
    assert [(a["title"], a["standing"]) for a in rolled["attention"]] == [
        ("撤回", "withdrawn"), ("修订", "changed"),
    ]  # fmt: skip
    dead, changed = rolled["entries"][:2]
    again = await shelf.do("PATCH", f"list-entries/{changed['id']}", version=1,
                           resource_id=str(things[1]))  # fmt: skip
    assert [a["title"] for a in again["attention"]] == ["撤回"]
    note = await shelf.do("PATCH", f"list-entries/{dead['id']}", version=1, note="已撤回")
    assert note["entries"][0]["note"] == "已撤回"
    assert (await shelf.ask("DELETE", f"list-entries/{dead['id']}", version=2)).status_code == 204
    out = await shelf.do("POST", f"list-editions/{rolled['id']}/publish")
    assert out["attention"] == []
    before = await shelf.do("GET", f"list-editions/{edition['id']}")
    assert len(before["entries"]) == 4
    other, _ = await shelf.begun(title="另一清单")
    foreign = await shelf.ask("POST", f"lists/{other['id']}/editions", **wish)
    assert foreign.status_code == 422


async def test_a_school_suggests_and_the_curator_decides_with_a_reason(shelf, world):
    made, edition, _ = await shelf.published(["分数的意义"])
    (wanted,) = await shelf.held.publish(["分数的加减"])
    of = f"lists/{made['id']}/suggestions"
    entry = {"target": "resource", "resource_id": str(wanted)}
    one = await shelf.do("POST", of, shelf.reader, entry=entry, because="同单元")
    assert (one["status"], one["actions"]) == ("proposed", ["take_back"])
    book = {"target": "book", "title": "西游记", "isbn": "7-02-000873-X"}
    bad = await shelf.ask("POST", of, shelf.reader, entry=book, because="名著")
    assert bad.json()["errors"][0]["pointer"] == "/entry/isbn"
    two = await shelf.do("POST", of, shelf.reader, because="名著",
                         entry={"target": "book", "title": "西游记"})  # fmt: skip
    third = await world.person(await world.school("第三小学"), "teacher")
    assert (await shelf.do("GET", of, third))["items"] == []
    assert len((await shelf.do("GET", of, shelf.reader))["items"]) == 2
    assert len((await shelf.do("GET", of))["items"]) == 2
    decide = f"list-suggestions/{one['id']}/accept"
    assert (await shelf.ask("POST", decide, third, because="x")).status_code == 404
    assert (await shelf.ask("POST", decide, shelf.reader, because="x")).status_code == 403
    early = await shelf.ask("POST", decide, because="好")
    assert (early.status_code, early.json()["code"]) == (409, "no_draft_edition")
    wish = {"school_year": 2027, "from_edition_id": edition["id"]}
    rolled = await shelf.do("POST", f"lists/{made['id']}/editions", **wish)
    taken = await shelf.do("POST", decide, because="好")
    assert (taken["status"], taken["decided_because"], taken["actions"]) == ("accepted", "好", [])
    now = await shelf.do("GET", f"list-editions/{rolled['id']}")
    assert now["entries"][-1]["id"] == taken["entry_id"]
    assert now["entries"][-1]["title"] == "分数的加减"
    no = await shelf.do("POST", f"list-suggestions/{two['id']}/decline", because="已有")
    assert no["status"] == "declined"
    late = await shelf.ask("POST", f"list-suggestions/{two['id']}/take-back", shelf.reader)
    assert late.json()["code"] == "wrong_state"
    heard = (await shelf.do("GET", of, shelf.reader))["items"]
    assert [s["decided_because"] for s in heard] == ["已有", "好"]


async def test_only_who_made_a_suggestion_takes_it_back(shelf, world):
    made, _, _ = await shelf.published(["分数的意义"])
    entry = {"target": "book", "title": "西游记"}
    one = await shelf.do(
        "POST", f"lists/{made['id']}/suggestions", shelf.reader, entry=entry, because="名著"
    )
    back = f"list-suggestions/{one['id']}/take-back"
    assert (await shelf.ask("POST", back)).json()["code"] == "not_the_proposer"
    assert (await shelf.do("POST", back, shelf.reader))["status"] == "taken_back"


async def test_a_suggestion_is_taken_once_however_many_decide_at_once(shelf, sql):
    made, edition, _ = await shelf.published(["分数的意义"])
    await shelf.do("POST", f"lists/{made['id']}/editions", school_year=2027)
    one = await shelf.do("POST", f"lists/{made['id']}/suggestions", shelf.reader, because="名著",
                         entry={"target": "book", "title": "西游记"})  # fmt: skip
    path = f"list-suggestions/{one['id']}"
    answers = await asyncio.gather(
        *(shelf.ask("POST", f"{path}/accept", because="好") for _ in range(6)),
        *(shelf.ask("POST", f"{path}/decline", because="不") for _ in range(6)),
    )
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [200] + [409] * 11
    entries = await sql.fetchval("SELECT count(*) FROM list_entry WHERE title = '西游记'")
    stands = (await sql.fetchrow("SELECT status FROM list_suggestion"))["status"]
    assert entries == (1 if stands == "accepted" else 0)


async def test_no_entry_slips_into_an_edition_being_published(shelf, sql):
    _, edition = await shelf.begun()
    path = f"list-editions/{edition['id']}"
    await shelf.do("POST", f"{path}/entries", target="book", title="红楼梦")
    published, *added = await asyncio.gather(
        shelf.ask("POST", f"{path}/publish"),
        *(shelf.ask("POST", f"{path}/entries", target="book", title=f"第{n}") for n in range(8)),
    )
    assert published.status_code == 200
    there = await sql.fetchval("SELECT count(*) FROM list_entry")
    assert there == 1 + sum(answer.status_code == 201 for answer in added)
    assert len(published.json()["entries"]) == there
    assert {a.status_code for a in added} <= {201, 409}


async def test_the_office_keeps_lists_for_all(shelf, world):
    office = await world.person(None, "group_admin")
    made = await shelf.do("POST", "lists", office, kind="place", title="红色阵地")
    assert made["school_id"] is None
    path = f"lists/{made['id']}/editions"
    edition = await shelf.do("POST", path, office, school_year=2026)
    assert (await shelf.ask("GET", f"lists/{made['id']}")).status_code == 404
    entries = f"list-editions/{edition['id']}/entries"
    await shelf.do("POST", entries, office, target="place", title="一大会址")
    await shelf.do("POST", f"list-editions/{edition['id']}/publish", office)
    assert (await shelf.do("GET", f"lists/{made['id']}"))["title"] == "红色阵地"
    denied = await shelf.ask("POST", path, school_year=2027)
    assert denied.status_code == 403
    assert denied.json()["remedy"]
