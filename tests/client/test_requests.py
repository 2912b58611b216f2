"""The client against the real server: typed calls, retries, keys, tokens, versions, pages."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import msgspec
import pytest

from schoolgroup.client import AsyncClient, Client, ClientCredentials, Password, Tokens, Word
from schoolgroup.client.errors import (
    Conflict,
    Invalid,
    NotFound,
    SignInNeeded,
    StaleVersion,
    TooMany,
    Unavailable,
    Unexpected,
    Unreachable,
    retry_after_s,
)
from schoolgroup.client.exchange import Reply, decode
from schoolgroup.client.generated.access import ClientWish
from schoolgroup.client.generated.codes import Code
from schoolgroup.client.generated.lending import BorrowWish, OfferChange
from tests.client.conftest import PASSWORD, QUICK, in_thread, token_of, with_password
from tests.resources.lending.shelf import shelve


def known(person) -> Tokens:
    return Tokens(access_token=token_of(person))


@pytest.fixture
async def offered(world, services, http):
    """A shelf with one offer, and a reader of another school."""
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=2)
    reader = await world.person(await world.school("二中"), "teacher")
    return shelf, offer, reader


async def test_a_visitor_is_told_to_sign_in_in_the_language_asked_for(address, world):
    async with AsyncClient(address, language="zh-CN") as client:
        with pytest.raises(SignInNeeded) as refused:
            await client.access.me()
    assert (refused.value.status, refused.value.code) == (401, Code.UNAUTHENTICATED)
    assert refused.value.title == "请先登录"
    assert refused.value.remedy
    assert refused.value.request_id


async def test_a_story_at_once_with_pages_versions_and_typed_refusals(address, front, offered):
    shelf, offer, reader = offered

    def story() -> None:
        with Client(address, known(reader), patience=QUICK) as client:
            me = client.access.me()
            assert (me.role, me.school and me.school.name) == ("teacher", "二中")
            borrowed = client.lending.borrow(offer["id"], BorrowWish())
            assert borrowed.outcome == "loan"
            assert borrowed.loan is not None
            with pytest.raises(Conflict) as refused:
                client.lending.borrow(offer["id"], BorrowWish())
            assert refused.value.code == Code.ALREADY_BORROWED
            loans = list(client.lending.all_loans(mine=True, limit=1))
            assert [loan.id for loan in loans] == [borrowed.loan.id]
            with pytest.raises(NotFound):
                client.lending.get_loan(uuid4())
            again = client.lending.get_loan(borrowed.loan.id)
            assert client.lending.get_loan(borrowed.loan.id) == again, "from what was kept"
            assert "if-none-match" in front.seen[-1][2]
        with Client(address, known(shelf.author), patience=QUICK) as owner:
            mine = owner.lending.get_offer(offer["id"])
            changed = owner.lending.change_offer(
                mine.id, OfferChange(seats=3), version=mine.version
            )
            assert changed.version == mine.version + 1
            with pytest.raises(StaleVersion) as stale:
                owner.lending.change_offer(mine.id, OfferChange(seats=4), version=mine.version)
            assert stale.value.remedy
            with pytest.raises(Invalid) as invalid:
                owner.lending.change_offer(mine.id, OfferChange(seats=-1), version=mine.version)
            assert invalid.value.errors[0].pointer == "/seats"
            assert "/seats" in str(invalid.value)

    await in_thread(story)


async def test_pages_are_gone_through_once_each(address, world, front):
    office = await world.person(None, "group_admin")
    names = {f"学校{n}" for n in range(7)}
    for name in names:
        await world.school(name)
    async with AsyncClient(address, known(office), patience=QUICK) as client:
        found = [school.name async for school in client.directory.all_schools(limit=3)]
    assert set(found) == names
    assert len(found) == len(names)
    assert len(front.seen) == 3


async def test_what_is_put_off_is_asked_again_with_the_same_key(address, front, offered):
    _, offer, reader = offered
    front.only, front.plan = "/borrow", [503, 429]
    async with AsyncClient(address, known(reader), patience=QUICK) as client:
        borrowed = await client.lending.borrow(offer["id"], BorrowWish())
    assert borrowed.outcome == "loan"
    keys = [headers["idempotency-key"] for _, _, headers in front.seen]
    assert len(keys) == 3
    assert len(set(keys)) == 1


async def test_a_lost_answer_does_nothing_twice(address, front, offered, sql):
    _, offer, reader = offered
    front.only, front.plan = "/borrow", ["lose"]
    async with AsyncClient(address, known(reader), patience=QUICK) as client:
        borrowed = await client.lending.borrow(offer["id"], BorrowWish())
    assert borrowed.outcome == "loan", "the answer of the first time, not a refusal"
    assert len(front.seen) == 2
    assert await sql.fetchval("SELECT count(*) FROM loan") == 1


async def test_what_has_no_key_is_not_sent_twice_after_a_lost_answer(address, front, world):
    office = await world.person(None, "group_admin")
    async with AsyncClient(address, known(office), patience=QUICK) as client:
        wish = ClientWish(name="sis", scopes=["directory:read"])
        machine = await client.access.connect_client(wish)
        front.only, front.plan = "/v1/clients/", ["lose"]
        with pytest.raises(Unreachable):
            await client.access.disconnect_client(machine.id, version=machine.version)
    assert [path for method, path, _ in front.seen if method == "DELETE"] == [
        f"/v1/clients/{machine.id}"
    ]


@pytest.mark.parametrize(("status", "kind"), [(429, TooMany), (503, Unavailable)])
async def test_patience_ends_with_a_typed_error(address, front, status, kind):
    front.plan = [status] * 10
    async with AsyncClient(address, patience=QUICK) as client:
        with pytest.raises(kind) as refused:
            await client.service.health()
    assert refused.value.code == f"http_{status}"
    assert len(front.seen) == QUICK.attempts


async def test_nobody_there_is_said_after_trying():
    async with AsyncClient("http://127.0.0.1:9", patience=QUICK) as client:
        with pytest.raises(Unreachable, match="ConnectError"):
            await client.service.health()


async def test_a_token_that_ends_in_the_middle_is_renewed_once_for_all_tasks(
    address, front, world, clock
):
    teacher = await world.person(await world.school("一中"), "teacher")
    username = await with_password(world, teacher)
    kept: list[Tokens] = []
    credentials = Password(username=username, password=PASSWORD)
    async with AsyncClient(address, credentials, patience=QUICK, on_tokens=kept.append) as client:
        await client.access.me()
        clock.offset = timedelta(minutes=20)
        answers = await asyncio.gather(*(client.access.me() for _ in range(8)))
    assert {answer.role for answer in answers} == {"teacher"}
    paths = [path for _, path, _ in front.seen]
    assert paths.count("/v1/sessions") == 1
    assert paths.count("/v1/sessions/refresh") == 1, "a refresh token works once"
    assert len(kept) == 2
    assert kept[0].session_id == kept[1].session_id


async def test_where_the_session_was_ended_the_password_opens_a_new_one(address, front, world):
    teacher = await world.person(await world.school("一中"), "teacher")
    username = await with_password(world, teacher)
    credentials = Password(username=username, password=PASSWORD)

    def story() -> None:
        with Client(address, credentials, patience=QUICK) as client:
            client.access.revoke_session(client.access.me().session_id)
            assert client.access.me().role == "teacher"

    await in_thread(story)
    assert [path for _, path, _ in front.seen].count("/v1/sessions") == 2


async def test_a_wrong_password_is_not_tried_again(address, front, world):
    wrong = Password(username="nobody", password="not this one")
    async with AsyncClient(address, wrong, patience=QUICK) as client:
        with pytest.raises(SignInNeeded) as refused:
            await client.access.me()
    assert refused.value.code == "login_failed"
    assert len(front.seen) == 1


async def test_a_connected_system_signs_in_by_its_secret(address, world):
    office = await world.person(None, "group_admin")
    async with AsyncClient(address, known(office), patience=QUICK) as client:
        wish = ClientWish(name="sis", scopes=["account:read", "directory:read"])
        machine = await client.access.connect_client(wish)
    assert isinstance(machine.secret, str)
    mine = ClientCredentials(client_id=str(machine.id), client_secret=machine.secret)
    async with AsyncClient(address, mine, patience=QUICK) as client:
        me = await client.access.me()
        assert me.client is not None
        assert me.client.name == "sis"
        assert me.scopes == ["account:read", "directory:read"]


def test_retry_after_is_seconds_or_a_date():
    now = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
    assert retry_after_s("7") == 7.0
    assert retry_after_s("Tue, 24 Nov 2026 01:00:30 GMT", now) == 30.0
    assert retry_after_s("Tue, 24 Nov 2026 00:00:00 GMT", now) == 0.0
    assert retry_after_s("soon") is None


def test_answers_may_gain_words_and_fields_but_not_lose_them():
    class Light(Word):
        RED = "red"

    class Lamp(msgspec.Struct):
        light: Light

    lamp = decode(Reply(200, {}, b'{"light": "violet", "watts": 3}'), Lamp)
    assert lamp.light == "violet"
    assert lamp.light is not Light.RED
    assert decode(Reply(200, {}, b'{"light": "red"}'), Lamp).light is Light.RED
    with pytest.raises(Unexpected):
        decode(Reply(200, {}, b"{}"), Lamp)


def test_it_needs_nothing_of_the_server():
    foreign = "asyncpg litestar casbin minio numpy schoolgroup.kernel schoolgroup.app"
    code = f"""import sys, schoolgroup.client
client = schoolgroup.client.Client("http://localhost")
client.lending, client.exams
found = [name for name in "{foreign}".split() if name in sys.modules]
assert not found, found"""
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
