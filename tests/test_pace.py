"""Nobody takes more than a share: quotas of callers, over processes, told in each answer."""

import asyncio
import time
from typing import Any, cast

import httpx
import msgspec
import pytest

from schoolgroup.app import create_app
from schoolgroup.documentation import list_routes
from schoolgroup.kernel.db import Database
from schoolgroup.kernel.errors import Unavailable
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.pace import BULK, READ, VISIT, WRITE, Paces, TooFast, policy_of
from tests.applications import bare_app

QUOTAS = {READ: 20, WRITE: 12, BULK: 11, VISIT: 15}
GROUP = new_id()


class Wall:
    """A wall clock of the tests."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def used_up(paces: Paces, caller: str, policy: str = READ, quota: int | None = None) -> int:
    taken = 0
    while paces.look(GROUP, caller, policy, quota).left:
        paces.take(GROUP, caller, policy, quota)
        taken += 1
    with pytest.raises(TooFast) as refused:
        paces.take(GROUP, caller, policy, quota)
    assert 1 <= cast("int", refused.value.retry_after_s) <= 60
    assert refused.value.facts["violated-policies"] == [policy]
    return taken


def test_a_quota_is_of_one_caller_and_one_kind_and_comes_back():
    wall = Wall()
    paces = Paces(QUOTAS, wall)
    assert used_up(paces, "a") == 20
    assert used_up(paces, "b") == 20
    assert used_up(paces, "a", WRITE) == 12
    assert used_up(paces, "a", READ, quota=25) == 5  # what the office gave it beyond
    standing = paces.look(GROUP, "a", READ)
    assert standing.left == 0
    wall.now += standing.reset_s - 1
    assert used_up(paces, "a") == 0
    wall.now += 1
    assert used_up(paces, "a") == 20


def test_windows_of_callers_do_not_all_begin_at_once():
    paces = Paces(QUOTAS, Wall())
    assert len({paces.take(GROUP, f"{n}", READ).reset_s for n in range(200)}) > 40


def test_what_is_remembered_is_bounded(monkeypatch):
    monkeypatch.setattr("schoolgroup.kernel.pace.CALLERS_MAX", 100)
    wall = Wall()
    paces = Paces(QUOTAS, wall)
    for n in range(1000):
        paces.take(GROUP, f"{n}", READ)
        wall.now += 0.5
    assert len(paces._uses) <= 101


async def test_processes_tell_each_other(services, sql):
    wall = Wall()
    one, two = Paces(QUOTAS, wall), Paces(QUOTAS, wall)
    for _ in range(12):
        one.take(GROUP, "a", READ)
    assert await two.tell(services.db) == 0
    assert await one.tell(services.db) == 1
    assert await one.tell(services.db) == 0  # told once
    for _ in range(TELLS := 10):
        two.take(GROUP, "a", READ)  # it has not heard yet: within a second, no further
    assert QUOTAS[READ] < TELLS + 12
    await two.tell(services.db)
    assert used_up(two, "a") == 0
    assert used_up(two, "b") == 20
    wall.now += 60
    assert used_up(two, "a") == 20
    await asyncio.gather(one.tell(services.db), two.tell(services.db))
    kept = await sql.fetchval("SELECT min(window_no) FROM request_count")
    assert kept >= wall.now // 60 - 2


async def test_without_the_database_each_process_goes_on(services, monkeypatch):
    paces = Paces(QUOTAS, Wall())
    for _ in range(12):
        paces.take(GROUP, "a", READ)
    monkeypatch.setattr("schoolgroup.kernel.pace.TELL_EVERY_S", 0.01)
    asked = asyncio.Event()

    class Gone(Database):
        async def run(self, *_: Any) -> Any:
            asked.set()
            raise Unavailable

    gone = Gone(services.db.pool, b"", services.clock, services.policies, cast("Any", None))
    telling = asyncio.create_task(paces.keep_telling(gone))
    await asked.wait()
    assert used_up(paces, "a") == 8
    assert not telling.done()
    telling.cancel()


def test_counting_costs_microseconds():
    paces = Paces({READ: 10_000_000})
    began = time.perf_counter()
    for _ in range(20_000):
        paces.take(GROUP, "person:0199d000-0000-7000-8000-000000000000", READ).headers()
    assert (time.perf_counter() - began) / 20_000 < 50e-6


def test_what_takes_or_gives_whole_files_is_bulk():
    routes = list_routes(bare_app())
    words = ("export", "import", "annotate", "print")
    heavy = [r for r in routes if r.name.lower().startswith(words)]
    assert len(heavy) > 15
    assert [r.path for r in heavy if policy_of(r.method, r.path) != BULK] == []
    assert policy_of("GET", "/v1/loans") == READ
    assert policy_of("POST", "/v1/loans") == WRITE


@pytest.fixture
async def slow_http(app, settings, world):
    """The application with small quotas."""
    small = {"reads_per_minute": 4, "writes_per_minute": 2, "bulk_per_minute": 1}
    kept = app.state.paces
    hurried = msgspec.structs.replace(settings, visits_per_minute=3, **small)
    app.state.paces = create_app(hurried, routes=[]).state.paces
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    app.state.paces = kept


async def test_every_answer_says_where_the_caller_stands(slow_http, world):
    teacher = await world.person(await world.school("一中"), "teacher")
    for left in (3, 2, 1, 0):
        answer = await slow_http.get("/v1/me", headers=teacher.headers)
        assert answer.status_code == 200
        assert answer.headers["ratelimit-policy"] == '"read";q=4;w=60'
        assert answer.headers["ratelimit"].startswith(f'"read";r={left};t=')
    chinese = {**teacher.headers, "Accept-Language": "zh-CN"}
    refused = await slow_http.get("/v1/me", headers=chinese)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_fast")
    assert refused.json()["title"] == "本分钟内请求过多"
    assert refused.json()["violated-policies"] == ["read"]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.headers["ratelimit"].startswith('"read";r=0;t=')
    # another kind, another person, a second session of the same person
    write = await slow_http.post("/v1/clients", json={}, headers=teacher.headers)
    assert write.headers["ratelimit-policy"] == '"write";q=2;w=60'
    other = await world.person(await world.school("二中"), "teacher")
    assert (await slow_http.get("/v1/me", headers=other.headers)).status_code == 200
    again = await world.sign_in(teacher.group_id, teacher.id, teacher.appointment_id)
    assert (await slow_http.get("/v1/me", headers=again.headers)).status_code == 429


async def test_who_is_not_signed_in_is_counted_by_address(slow_http):
    assert (await slow_http.get("/healthz")).status_code == 200
    for left in (2, 1, 0):
        answer = await slow_http.get("/v1/me", headers={"Authorization": "Bearer x"})
        assert answer.status_code == 401
        assert answer.headers["ratelimit"].startswith(f'"visit";r={left};')
    assert (await slow_http.get("/v1/me")).status_code == 429
    assert (await slow_http.post("/v1/sessions", json={})).status_code == 429
    assert (await slow_http.get("/v1/nowhere")).status_code == 404
    assert (await slow_http.get("/healthz")).status_code == 200


async def test_the_office_gives_a_system_its_own_quota(slow_http, world, sql):
    headers = await world.client(await world.school("一中"), ["account:read"])
    await sql.execute("UPDATE client SET requests_per_minute = 6")
    for left in range(5, -1, -1):
        answer = await slow_http.get("/v1/me", headers=headers)
        assert answer.headers["ratelimit-policy"] == '"read";q=6;w=60'
        assert answer.headers["ratelimit"].startswith(f'"read";r={left};')
    assert (await slow_http.get("/v1/me", headers=headers)).status_code == 429
    write = await slow_http.post("/v1/clients", json={}, headers=headers)
    assert write.headers["ratelimit-policy"] == '"write";q=3;w=60'


async def test_a_system_that_introspects_is_counted_as_itself(slow_http, world, sql):
    """A learning platform asks for many people from one address: its own quota counts."""
    office = await world.person(None, "group_admin")
    wish = {"name": "x", "scopes": ["account:read"]}
    made = (await slow_http.post("/v1/clients", json=wish, headers=office.headers)).json()
    form = {"client_id": made["id"], "client_secret": made["secret"], "token": "x"}
    for left in (3, 2, 1, 0):
        answer = await slow_http.post("/oauth/introspect", data=form)
        assert answer.json() == {"active": False}
        assert answer.headers["ratelimit"].startswith(f'"read";r={left};')
    assert (await slow_http.post("/oauth/introspect", data=form)).status_code == 429
    form["client_secret"] = "wrong"
    for left in (2, 1, 0):
        answer = await slow_http.post("/oauth/introspect", data=form)
        assert answer.status_code == 401
        assert answer.headers["ratelimit"].startswith(f'"visit";r={left};')
    assert (await slow_http.post("/oauth/introspect", data=form)).status_code == 429
