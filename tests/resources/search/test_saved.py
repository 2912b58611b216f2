"""Kept searches: one's own, and what is new is what one could not find before."""

import asyncio

import pytest

from schoolgroup.kernel.context import system_actor
from schoolgroup.resources.search.saved import service
from tests.resources import holdings

PATH = "/v1/saved-searches"


@pytest.fixture
async def held(world):
    return await holdings.hold(world)


async def keep(http, person, name="分数", **wanted):
    body = {"name": name, "wanted": wanted or {"q": "分数"}}
    answer = await http.post(PATH, json=body, headers=person.headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def news(http, person, saved, **params):
    answer = await http.get(f"{PATH}/{saved['id']}/new", params=params, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def fresh(http, person, saved):
    found = await news(http, person, saved)
    assert found["total"] == len(found["items"])
    return {item["title"] for item in found["items"]}


async def test_a_visitor_is_asked_to_sign_in_and_nobody_sees_anothers(http, world, held):
    one = f"{PATH}/01890000-0000-7000-8000-000000000000"
    answers = [
        await http.get(PATH),
        await http.post(PATH, json={"name": "x", "wanted": {}}),
        await http.get(one),
        await http.patch(one, json={}, headers={"If-Match": '"1"'}),
        await http.delete(one, headers={"If-Match": '"1"'}),
        await http.get(f"{one}/new"),
        await http.post(f"{one}/look", json={"until": "2026-01-01T00:00:00Z"}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 7
    saved = await keep(http, held.reader)
    one = f"{PATH}/{saved['id']}"
    colleague = await world.person(held.school, "principal")
    await world.group("other")
    stranger = await world.person(await world.school("外校"), "teacher")
    for person in (colleague, held.librarian, stranger):
        tag = {**person.headers, "If-Match": '"1"'}
        answers = [
            await http.get(one, headers=tag),
            await http.patch(one, json={"name": "y"}, headers=tag),
            await http.delete(one, headers=tag),
            await http.get(f"{one}/new", headers=tag),
            await http.post(f"{one}/look", json={"until": "2026-01-01T00:00:00Z"}, headers=tag),
        ]
        assert [answer.status_code for answer in answers] == [404] * 5
        assert (await http.get(PATH, headers=tag)).json()["items"] == []
    machine = await world.client(None, ["search:keep"])
    answer = await http.post(PATH, json={"name": "x", "wanted": {}}, headers=machine)
    assert answer.status_code == 403


async def test_the_life_of_a_kept_search(http, held, monkeypatch):
    reader = held.reader
    saved = await keep(http, reader)
    assert saved["wanted"] == {"q": "分数"}
    one, tag = f"{PATH}/{saved['id']}", {**reader.headers, "If-Match": '"1"'}
    again = await http.post(PATH, json={"name": "分数", "wanted": {}}, headers=reader.headers)
    assert again.json()["code"] == "search_name_taken"
    changed = await http.patch(one, json={"wanted": {"kind": "video"}}, headers=tag)
    assert (changed.json()["name"], changed.json()["wanted"]) == ("分数", {"kind": "video"})
    assert (await http.patch(one, json={"name": "y"}, headers=tag)).status_code == 412
    wrong = {"name": "x", "wanted": {"kind": "nothing"}}
    assert (await http.post(PATH, json=wrong, headers=reader.headers)).status_code == 422
    monkeypatch.setattr(service, "SAVED_MAX", 3)
    wishes = [{"name": f"n{n}", "wanted": {}} for n in range(5)]
    answers = await asyncio.gather(
        *(http.post(PATH, json=wish, headers=reader.headers) for wish in wishes)
    )
    assert sorted(a.status_code for a in answers) == [201, 201, 409, 409, 409]
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"too_many_searches"}
    assert (await http.delete(one, headers={**tag, "If-Match": '"2"'})).status_code == 204
    assert len((await http.get(PATH, headers=reader.headers)).json()["items"]) == 2


async def test_new_is_what_could_not_be_found_before(http, world, sql, held):
    reader, old = held.reader, await held.publish(["分数旧课"])
    (secret,) = await held.publish(["分数秘密"], offered=False)
    saved = await keep(http, reader)
    assert await fresh(http, reader, saved) == set()
    await held.publish(["分数新课", "小数新课"], summary="")
    assert await fresh(http, reader, saved) == {"分数新课"}
    await held.offer(secret)  # old, and newly offered
    await held.offer(old[0])  # offered once more: no news
    assert await fresh(http, reader, saved) == {"分数新课", "分数秘密"}
    first = await news(http, reader, saved, limit=1)
    second = await news(http, reader, saved, limit=1, cursor=first["next_cursor"])
    assert second["next_cursor"] is None
    assert len({item["id"] for item in first["items"] + second["items"]}) == 2
    await held.publish(["分数最新"])  # while what is new was being looked at
    looked = await http.post(
        f"{PATH}/{saved['id']}/look", json={"until": first["until"]}, headers=reader.headers
    )
    assert looked.status_code == 200, looked.text
    assert await fresh(http, reader, saved) == {"分数最新"}
    back = {"until": "2020-01-01T00:00:00Z"}
    await http.post(f"{PATH}/{saved['id']}/look", json=back, headers=reader.headers)
    assert await fresh(http, reader, saved) == {"分数最新"}
    # suspended again: not there any more, and so not new either
    await sql.execute("UPDATE offer SET status = 'suspended'")
    assert await fresh(http, reader, saved) == set()


async def test_what_commits_while_one_looks_stays_new(http, world, sql, services, held):
    """The horizon: a change still being written is later than any look at it."""
    saved = await keep(http, held.reader)
    (secret,) = await held.publish(["分数秘密"], offered=False)
    async with services.db.transaction(system_actor(world.group_id)) as tx:
        await tx.connection.execute(
            "UPDATE search_entry SET loans = loans WHERE resource_id = $1", secret
        )
        await tx.connection.execute(
            """INSERT INTO search_move (group_id, resource_id, from_class_id, to_class_id, moved_at)
               SELECT group_id, resource_id, NULL, class_id, clock_timestamp() FROM search_entry
                WHERE resource_id = $1""",
            secret,
        )
        until = (await news(http, held.librarian, await keep(http, held.librarian)))["until"]
        assert until <= tx.now.isoformat().replace("+00:00", "Z")
    answer = await http.get(f"{PATH}/{saved['id']}", headers=held.reader.headers)
    assert answer.json()["looked_at"]
