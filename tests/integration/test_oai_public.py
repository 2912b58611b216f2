"""What is offered to everyone is harvested without signing in, and nothing else is.

The same kinds of offers as everywhere, one resource each; lists become sets; the pace is bounded.
"""

import re
from typing import Any
from uuid import UUID

import anyio.to_thread
import asyncpg
import httpx
import msgspec
import pytest

from schoolgroup.access.bundles import compile_files, shipped_policy
from schoolgroup.integration.oai import service
from schoolgroup.integration.oai.pace import HarvestTooFast, Pace
from schoolgroup.kernel.context import system_actor, visitor_actor
from schoolgroup.kernel.ids import new_id
from schoolgroup.serving import serving
from tests.integration.harvesting import NS, Answer, compare, with_scythe, with_sickle
from tests.people import Person, World
from tests.resources.holdings import Holdings, hold

BASE = "/oai/demo"
GO: dict[str, Any] = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}


@pytest.fixture
async def held(world: World) -> Holdings:
    return await hold(world)


async def ask(
    http: httpx.AsyncClient, who: Person | None = None, base: str = BASE, **arguments: str
) -> Answer:
    headers = who.headers if who else {}
    return Answer(await http.get(base, params=arguments, headers=headers))


async def seen(http: httpx.AsyncClient, who: Person | None = None, **more: str) -> dict[str, bool]:
    """Each identifier in the harvest of someone (nobody: a visitor), and whether it is deleted."""
    answer = await ask(http, who, **GO, **more)
    assert answer.error in ("", "noRecordsMatch")
    return {
        header.xpath("o:identifier/text()", namespaces=NS)[0].rpartition(":")[2]: header.get(
            "status"
        )
        == "deleted"
        for header in answer.all("//o:header")
    }


async def test_the_only_group_need_not_be_named_and_several_must(http, world, held):
    for base, host in (("/oai", "http://test/oai"), (BASE, f"http://test{BASE}")):
        answer = await ask(http, base=base, verb="Identify")
        assert answer.all("o:Identify/o:baseURL/text()") == [host]
        assert answer.all("o:Identify/o:repositoryName/text()") == ["集团 demo 资源共享"]
    assert (await http.get("/oai/nobody", params=GO)).status_code == 404
    await world.group("elsewhere")
    unnamed = await http.get("/oai", params=GO)
    assert (unnamed.status_code, unnamed.json()["code"]) == (401, "group_not_named")
    assert "www-authenticate" in unnamed.headers
    assert (await ask(http, base="/oai/elsewhere", **GO)).error == "noRecordsMatch"


@pytest.mark.parametrize("token", ["junk", "Basic eDp5", "Bearer", "Bearer a.b.c"])
async def test_a_bad_token_is_no_visitor(http, held, token):
    for base in ("/oai", BASE):
        answer = await http.get(base, params=GO, headers={"Authorization": token})
        assert answer.status_code == 401


async def test_a_token_harvests_at_its_own_groups_address_only(http, world, held):
    (one,) = await held.publish(["分数的意义"])
    assert await seen(http, held.reader) == {str(one): False}
    await world.group("elsewhere")
    at = await http.get("/oai/elsewhere", params=GO, headers=held.reader.headers)
    assert at.status_code == 404


async def test_every_kind_of_offer_reaches_exactly_whom_the_api_lets_find_it(http, world, held):
    """Drafts, school-only, circle, tier, school, group, public: harvest equals policy for all."""
    integrated = await world.person(await world.school("三小", tier="integrated"), "teacher")
    circle_school = await world.school("四小", tier="partner")
    in_circle = await world.person(circle_school, "teacher")
    circle = new_id()
    await world.sql.execute(
        "INSERT INTO circle (group_id, id, name, created_at, updated_at)"
        " VALUES ($1, $2, '数学圈', now(), now())",
        world.group_id, circle,
    )  # fmt: skip
    await world.sql.execute(
        "INSERT INTO circle_member (group_id, circle_id, school_id, joined_at)"
        " VALUES ($1, $2, $3, now())",
        world.group_id, circle, circle_school.id,
    )  # fmt: skip
    names = ["own", "circle", "tier", "school", "group", "public"]
    things = dict(zip(names, await held.publish(names, offered=False), strict=True))
    await held.offer(things["circle"], "circle", circle_id=circle)
    await held.offer(things["tier"], "tier", tier="integrated")
    await held.offer(things["school"], "school", school_id=held.reader.school_id)
    await held.offer(things["group"])
    open_to_all = await held.offer(things["public"], "public")
    draft = await http.post(
        "/v1/resources", json={"title": "草稿", "kind": "paper"}, headers=held.librarian.headers
    )
    made = await http.post(
        f"/v1/resources/{draft.json()['id']}/offers",
        json={"audiences": [{"kind": "public"}]},
        headers=held.librarian.headers,
    )
    assert made.status_code == 201, made.text
    expected = [
        (held.librarian, {"own", "circle", "tier", "school", "group", "public"}),
        (held.reader, {"school", "group", "public"}),
        (integrated, {"tier", "group", "public"}),
        (in_circle, {"circle", "group", "public"}),
    ]
    for who, found in expected:
        page = await http.get("/v1/resources", params={"limit": 200}, headers=who.headers)
        listed = {item["id"] for item in page.json()["items"] if item["status"] == "published"}
        assert listed == {str(things[name]) for name in found}
        assert await seen(http, who) == dict.fromkeys(listed, False)
    only = {str(things["public"]): False}
    assert await seen(http) == only
    for name in names:
        got = await ask(http, verb="GetRecord", metadataPrefix="lom",
                        identifier=f"oai:schoolgroup.localhost:{things[name]}")  # fmt: skip
        assert got.error == ("" if name == "public" else "idDoesNotExist")
    sets = (await ask(http, verb="ListSets")).all("//o:setSpec/text()")
    assert "school:3101150003" in sets
    assert len([s for s in sets if s.startswith("school:")]) == 1
    # once offered to everyone, for ever told to everyone
    for verb, deleted in (("suspend", True), ("resume", False), ("close", True)):
        act = await http.post(f"/v1/offers/{open_to_all}/{verb}", headers=held.librarian.headers)
        assert act.status_code == 200, act.text
        assert await seen(http) == dict.fromkeys(only, deleted)


async def test_a_policy_without_visitors_keeps_everything_in_the_group(http, world, held):
    """The policy of the group decides, not the offer alone."""
    (one,) = await held.publish(["分数的意义"], offered=False)
    await held.offer(one, "public")
    assert await seen(http) == {str(one): False}
    texts = dict(shipped_policy().texts)
    texts["policy.csv"] = re.sub(r"(?m)^#.*\n#.*\np, visitor, .*\n", "", texts["policy.csv"])
    texts["cases.yaml"] = re.sub(r"(?ms)^# ── visitors.*?(?=^# ──)", "", texts["cases.yaml"])
    closed = compile_files({name: text.encode() for name, text in texts.items()})
    await world.sql.execute(
        """INSERT INTO policy_bundle (group_id, version, sha256, files, author, approver,
                                      published_at)
           VALUES ($1, 2, $2, $3, 'tests', 'tests', now())""",
        world.group_id, closed.sha256, msgspec.json.encode(texts).decode(),
    )  # fmt: skip
    assert await seen(http) == {str(one): True}
    assert await seen(http, held.reader) == {str(one): False}


async def test_a_visitor_sees_no_other_row_behind_the_walls(http, services, world, held):
    """What the harvest's own statements forget, the walls still hide."""
    (one, two) = await held.publish(["公开", "集团"], offered=False)
    public, _group = await held.offer(one, "public"), await held.offer(two)
    await http.post("/v1/uploads", json={"file_name": "a.txt", "size_bytes": 3, "sha256": "0" * 64,
                    "media_type": "text/plain"}, headers=held.librarian.headers)  # fmt: skip

    async def look(tx: Any) -> dict[str, list[Any]]:
        asked = {
            "offer": "SELECT id FROM offer",
            "audience": "SELECT kind FROM offer_audience",
            "deposit": "SELECT id FROM deposit",
            "person": "SELECT id FROM person",
            "appointment": "SELECT id FROM appointment",
            "event": "SELECT id FROM event",
            "audit": "SELECT seq FROM audit_entry",
            "session": "SELECT id FROM access_session",
        }
        return {
            name: [row[0] for row in await tx.connection.fetch(sql)] for name, sql in asked.items()
        }

    visitor = visitor_actor(world.group_id)
    found = await services.db.run(visitor, look)
    nothing: list[Any] = []
    hidden = ("deposit", "person", "appointment", "event", "audit", "session")
    expected = {"offer": [public], "audience": ["public"]}
    assert found == expected | {name: nothing for name in hidden}


async def test_nobody_slips_in_as_a_visitor(services, world, held):
    """A visit is begun by a visitor's signed context only, and a session only by a session."""
    connection = await services.db.pool.acquire()
    try:
        policy = services.policies.in_force(world.group_id) or await services.policies.reload(
            world.group_id
        )
        contexts = {
            "visitor": services.db._sign(visitor_actor(world.group_id), policy),
            "system": services.db._sign(system_actor(world.group_id), policy),
        }
        forged = contexts["system"][0].replace("system", "visitor"), contexts["system"][1]
        for function, context, allowed in (
            ("begin_visit", contexts["visitor"], True),
            ("begin_visit", contexts["system"], False),
            ("begin_visit", forged, False),
            ("begin", contexts["visitor"], False),
        ):
            tried = connection.transaction()
            await tried.start()
            state = None
            try:
                await connection.fetchval(f"SELECT app.{function}($1, $2)", *context)
            except asyncpg.PostgresError as refused:
                state = refused.sqlstate
            await tried.rollback()
            assert state in ([None] if allowed else ["SG001", "SG003"])
    finally:
        await services.db.pool.release(connection)


async def test_both_harvesters_take_all_that_is_public_without_a_token(settings, held, monkeypatch):
    monkeypatch.setattr(service, "RECORDS_PER_PAGE", 20)
    things = await held.publish([f"第{n}课 <{n}>" for n in range(25)], offered=False)
    for one in things[:23]:
        await held.offer(one, "public")
    await held.offer(things[23])
    async with serving(msgspec.structs.replace(settings, port=0)) as address:
        async with httpx.AsyncClient(base_url=address, headers=held.librarian.headers) as api:
            await held.withdraw(api, things[5])
            answer = await api.get("/v1/resources", params={"limit": 200})
            shown = {item["id"]: item for item in answer.json()["items"]}
        by_sickle = await anyio.to_thread.run_sync(with_sickle, f"{address}{BASE}")
        by_scythe = await anyio.to_thread.run_sync(with_scythe, f"{address}{BASE}")
    for harvest in (by_sickle, by_scythe):
        for prefix in ("oai_dc", "lom"):
            assert {name.rpartition(":")[2] for name in harvest[prefix]} == {
                str(one) for one in things[:23]
            }
            assert compare(harvest[prefix], shown, prefix) == [str(things[5])]


async def published_list(http, held: Holdings, things: list[UUID], year: int, **made: Any) -> str:
    """A list with a published edition of these, or a further edition of `list_id`."""

    async def do(path: str, body: Any) -> Any:
        answer = await http.post(f"/v1/{path}", json=body, headers=held.librarian.headers)
        assert answer.status_code in (200, 201), answer.text
        return answer.json()

    list_id = made.get("list_id")
    if list_id is None:
        body = {"kind": "course", "title": "五年级数学清单", **made}
        list_id = (await do("lists", body))["id"]
    edition = (await do(f"lists/{list_id}/editions", {"school_year": year}))["id"]
    for one in things:
        await do(
            f"list-editions/{edition}/entries", {"target": "resource", "resource_id": str(one)}
        )
    await do(f"list-editions/{edition}/publish", None)
    return str(list_id)


async def test_lists_are_sets_of_who_may_read_them_and_follow_their_editions(http, held):
    one, two, three = await held.publish(["一", "二", "三"])
    shared = await published_list(http, held, [one, two], 2025, audience="group")
    own = await published_list(http, held, [two], 2025, audience="school", title="校内")
    reader, librarian = held.reader, held.librarian
    sets = await ask(http, reader, verb="ListSets")
    assert f"list:{shared}" in sets.all("//o:setSpec/text()")
    assert "五年级数学清单" in sets.all("//o:setName/text()")
    assert f"list:{own}" not in sets.all("//o:setSpec/text()")
    assert set(await seen(http, reader, set=f"list:{shared}")) == {str(one), str(two)}
    assert await seen(http, reader, set=f"list:{own}") == {}
    assert set(await seen(http, librarian, set=f"list:{own}")) == {str(two)}
    assert set(await seen(http, librarian, set="list")) == {str(one), str(two)}
    assert await seen(http, set=f"list:{shared}") == {}
    listed = await ask(http, librarian, **GO, set=f"list:{own}")
    specs = listed.all("//o:setSpec/text()")
    assert specs[-2:] == sorted([f"list:{shared}", f"list:{own}"])
    # the next edition is out: what leaves and what enters is told by the next harvest
    await held.world.sql.execute(
        "UPDATE harvest_stamp SET changed_at = changed_at - interval '1 hour'"
    )
    since = (await ask(http, reader, verb="Identify")).all("o:responseDate/text()")[0]
    assert await seen(http, reader, **{"from": since}) == {}
    await published_list(http, held, [two, three], 2026, list_id=shared)
    changed = await seen(http, reader, **{"from": since})
    assert set(changed) == {str(one), str(two), str(three)}
    assert set(await seen(http, reader, set=f"list:{shared}")) == {str(two), str(three)}
    for wrong in ("list:x", "list:", f"list:{shared.upper()}"):
        assert (await ask(http, reader, **GO, set=wrong)).error == "badArgument"
    assert (await ask(http, reader, **GO, set=f"list:{new_id()}")).error == "noRecordsMatch"


async def test_the_pace_is_bounded_for_each_caller_and_told_in_seconds():
    seconds = 0.0
    pace = Pace(3, lambda: seconds)
    for _ in range(3):
        async with pace.turn("a"):
            pass
    with pytest.raises(HarvestTooFast) as refused:
        async with pace.turn("a"):
            pass
    assert refused.value.status == 503
    assert 1 <= (refused.value.retry_after_s or 0) <= 21
    async with pace.turn("b"):  # another harvester is not held up
        pass
    seconds += refused.value.retry_after_s or 0
    async with pace.turn("a"):
        pass


async def test_a_harvest_too_fast_is_503_with_retry_after(http, app, held, monkeypatch):
    monkeypatch.setattr(app.state, "harvest_pace", Pace(2), raising=False)
    answers = [await http.get(BASE, params=GO) for _ in range(3)]
    assert [a.status_code for a in answers] == [200, 200, 503]
    assert int(answers[2].headers["retry-after"]) >= 1
    assert answers[2].json()["code"] == "harvest_too_fast"


async def test_an_argument_of_any_length_is_answered(http, held):
    answer = await ask(http, verb="ListIdentifiers", resumptionToken="x" * 3000)
    assert answer.error == "badArgument"
