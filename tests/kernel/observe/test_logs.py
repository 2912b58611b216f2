"""Log lines say what happened by ids and numbers, and nothing of what people wrote."""

import logging
import re

import asyncpg
import httpx

from schoolgroup.kernel.jobs import Worker
from schoolgroup.services import known_jobs
from tests.kernel.observe.conftest import Lines, written
from tests.people import Person, World
from tests.populate import NAMES_OF_A_GROUP, populate

PASSWORD = "correct horse 王小明"
PEOPLE = """
SELECT name FROM person UNION SELECT username FROM person UNION SELECT name FROM education_group
UNION SELECT file_name FROM deposit
"""
WORDS = re.compile(r"[一-鿿]{2,}")


async def test_a_request_is_one_line_of_ids_and_numbers(http, world: World, services, lines: Lines):
    school = await world.school("一中")
    teacher = await world.person(school, "teacher", "li.ming")
    headers = {**teacher.headers, "X-Request-Id": "asked-once"}
    asked = await http.get("/v1/resources?who=李明", headers=headers)
    assert asked.status_code == 400, "there is no such parameter"
    await http.get("/v1/me", headers=headers)
    await http.get("/v1/me/王小明?token=abc")
    await http.get("/healthz")
    refused, answered, unmatched, healthy = lines.of("request")
    assert (refused["route"], refused["status"]) == ("/v1/resources", 400)
    assert answered == {
        **{name: answered[name] for name in ("at", "ms", "policy")},
        "level": "info", "logger": "schoolgroup.requests", "message": "request",
        "request_id": "asked-once", "method": "GET", "route": "/v1/me", "status": 200,
        "actor": f"person:{teacher.id}", "school": str(school.id),
    }  # fmt: skip
    assert 0 < answered["ms"] < 5000
    assert services.policies.in_force(world.group_id).sha256.startswith(answered["policy"])
    assert (unmatched["route"], unmatched["status"]) == ("unmatched", 404)
    assert "actor" not in unmatched
    assert healthy["level"] == "debug", "machines ask every few seconds"


async def test_nothing_people_wrote_is_in_the_log(
    http: httpx.AsyncClient, world: World, services, sql: asyncpg.Connection, lines: Lines
):
    """Everything a group does, and what goes wrong with it, at the level that says most."""
    group = await populate(http, world, services)
    name = "王小明"
    for wrong in (
        {"username": "li.ming", "password": PASSWORD},
        {"username": name, "password": PASSWORD, "group": name},
        {"username": "li.ming", "password": PASSWORD, "小名": name},
    ):
        assert (await http.post("/v1/sessions", json=wrong)).status_code >= 400
    asker = group.people["group_admin"]
    for path in (f"/v1/people?q={name}", f"/v1/resources/{name}", f"/v1/audit?actor={name}"):
        await http.get(path, headers=asker.headers)
    await http.post("/v1/resources", content=f'{{"title": "{name}', headers=asker.headers)
    await http.post("/v1/resources", json={"title": name * 999}, headers=asker.headers)
    await http.get("/v1/me", headers={b"Authorization": f"Bearer {PASSWORD}".encode()})
    worker = Worker(services, known_jobs())
    await worker.write_turns()
    await worker.run_until_idle()
    assert len(lines.of("request")) > 80
    assert lines.of("job")
    secrets = {PASSWORD, name, "li.ming"}
    for statement, arguments in ((PEOPLE, ()), (NAMES_OF_A_GROUP, (group.group_id,))):
        secrets |= {row[0] for row in await sql.fetch(statement, *arguments)}
    secrets |= {person.headers["Authorization"].split()[1] for person in group.people.values()}
    # two letters of a code may stand in any hash: only what could be told apart from one
    told = [s for s in secrets if s and (WORDS.search(s) or len(s) > 5) and s in lines.text]
    assert not told
    assert not WORDS.search(lines.text)


async def test_a_failure_is_told_by_kind_and_place_alone(desk, anna: Person, lines: Lines):
    sent = {"text": "SELECT 王小明"}
    answer = await desk.post("/v1/run", json=sent, headers=anna.headers)
    assert answer.status_code == 500
    [told] = [line for line in lines.all if "failed" in line["message"]]
    assert told["errors"] == ["asyncpg.exceptions.UndefinedColumnError"]
    assert any("tests.kernel.notes" in frame for frame in told["frames"])
    assert told["request_id"] == answer.json()["request_id"]
    assert "王小明" not in lines.text
    duplicate = {"text": "王小明"}
    assert (await desk.post("/v1/notes", json=duplicate, headers=anna.headers)).status_code == 201
    assert (await desk.post("/v1/notes", json=duplicate, headers=anna.headers)).status_code == 409
    too_small = {"text": "王小红", "small": 2**40}
    assert (await desk.post("/v1/notes", json=too_small, headers=anna.headers)).status_code == 422
    assert "王小" not in lines.text


def test_of_other_libraries_only_the_constant_text_is_told():
    with written("info") as lines:
        other = logging.getLogger("urllib3.connectionpool")
        other.warning("Retrying %s", "/bucket/课件.pdf?X-Amz-Signature=abc")
        other.info("not heard")
        logging.getLogger("schoolgroup.jobs").debug("nor this")
        logging.getLogger("schoolgroup.jobs").info("%d heard", 3)
    assert [line["message"] for line in lines.all] == ["Retrying %s", "3 heard"]
