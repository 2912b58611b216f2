"""Endpoints: whose they are, where they may be, and what is kept of their secrets."""

import asyncio
from base64 import b64encode
from typing import Any

import msgspec
import pytest

from schoolgroup.integration.webhooks.courier import Courier
from tests.integration.notices.postbox import certificate
from tests.integration.webhooks.conftest import PATH
from tests.integration.webhooks.receivers import Receiver

PUBLIC = "https://8.8.8.8/hook"


async def test_nobody_and_no_stranger_sees_an_endpoint(http, world, desk, told):
    assert (await http.get(PATH)).status_code == 401
    school = await world.school("一中")
    teacher = await world.person(school, "teacher")
    assert (await http.get(PATH, headers=teacher.headers)).status_code == 403
    admin = await world.person(school, "school_admin")
    assert (await http.get(PATH, headers=admin.headers)).json()["items"] == []
    await world.group("others")
    stranger = await world.person(None, "group_admin")
    for who in (stranger, admin, teacher):
        for verb in ("test", "replay", "rotate-secret"):
            body = {"after": "2026-01-01T00:00:00Z"} if verb == "replay" else {}
            answer = await http.post(f"{PATH}/{told['id']}/{verb}", json=body, headers=who.headers)
            assert answer.status_code == 404, answer.text
        assert (await http.get(f"{PATH}/{told['id']}", headers=who.headers)).status_code == 404


async def test_a_school_admin_keeps_the_endpoints_of_the_school_and_sees_the_secret_once(
    http, world, desk, sql
):
    school, other = await world.school("一中"), await world.school("二中")
    admin = await world.person(school, "school_admin")
    client_id, _ = await desk.connect(school)
    foreign, _ = await desk.connect(other)
    wish = {"url": PUBLIC, "types": ["loan.*"], "client_id": str(client_id)}
    headers = {**admin.headers, "Idempotency-Key": "one"}
    made = (await http.post(PATH, json=wish, headers=headers)).json()
    secret = made["secret"]
    assert secret.startswith("whsec_")
    assert (made["status"], made["school_id"]) == ("active", str(school.id))
    repeated = (await http.post(PATH, json=wish, headers=headers)).json()
    assert repeated == {**made, "secret": None}
    one = f"{PATH}/{made['id']}"
    assert (await http.get(one, headers=admin.headers)).json()["secret"] is None
    kept = await sql.fetch("SELECT w::text FROM webhook_endpoint w")
    kept += await sql.fetch("SELECT k::text FROM idempotency_key k")
    kept += await sql.fetch("SELECT a::text FROM audit_entry a")
    assert secret not in "".join(row[0] for row in kept)
    await desk.add(admin.headers, PUBLIC, 422, client_id=str(foreign))
    assert (await desk.add(admin.headers, PUBLIC, 422))["code"] == "unknown_client"
    bad = await desk.add(admin.headers, PUBLIC, 422, client_id=str(client_id), types=["Loan"])
    assert bad["errors"][0]["pointer"] == "/types"

    stale = {**admin.headers, "If-Match": '"7"'}
    assert (await http.patch(one, json={"active": False}, headers=stale)).status_code == 412
    now = {**admin.headers, "If-Match": '"1"'}
    paused = (await http.patch(one, json={"active": False}, headers=now)).json()
    assert (paused["status"], paused["version"]) == ("paused", 2)
    assert "resume" in paused["actions"]
    rotated = await http.post(f"{one}/rotate-secret", json={}, headers=admin.headers)
    assert rotated.json()["secret"] not in (secret, None)
    assert rotated.json()["previous_secret_until_at"] is not None
    gone = await http.delete(one, headers={**admin.headers, "If-Match": '"3"'})
    assert gone.status_code == 204, gone.text
    events = await sql.fetch("SELECT type FROM event WHERE subject = $1", f"webhook/{made['id']}")
    assert [row["type"] for row in events] == [
        "webhook.added",
        "webhook.paused",
        "webhook.secret_rotated",
        "webhook.removed",
    ]


async def test_who_keeps_secrets_elsewhere_brings_one_that_is_long_enough(
    http, desk, receiver, sql
):
    own, next_one = (f"whsec_{b64encode(bytes([n]) * n).decode()}" for n in (24, 64))
    _, headers = await desk.connect(None)
    for bad in (23, 65, 25):
        secret = f"whsec_{b64encode(b'k' * bad).decode()}"
        secret = secret[:-2] + "!!" if bad == 25 else secret
        refused = await desk.add(headers, receiver.url, 422, secret=secret)
        assert refused["errors"][0]["pointer"] == "/secret", refused
        assert secret not in str(refused)
    made = await desk.add(headers, receiver.url, types=["note.*"], secret=own)
    assert made["secret"] is None, "it is known to whoever brought it"
    await desk.happens(1)
    await desk.work()
    rotated = await desk.ask(made["id"], "rotate-secret", {"overlap_s": 60, "secret": next_one})
    assert rotated["secret"] is None
    await desk.happens(1)
    await desk.work()
    receiver.messages[0].verify(own)
    for secret in (own, next_one):
        receiver.messages[1].verify(secret)
    kept = await sql.fetch("SELECT w::text FROM webhook_endpoint w")
    kept += await sql.fetch("SELECT a::text FROM audit_entry a")
    assert own not in "".join(row[0] for row in kept)


async def test_a_connected_system_keeps_only_its_own(http, world, desk, sql):
    school = await world.school("一中")
    scopes = ("event:read", "webhook:manage", "webhook:read")
    first_id, first = await desk.connect(school, scopes)
    second_id, second = await desk.connect(school, scopes)
    _, silent = await desk.connect(school, ("event:read",))
    made = await desk.add(first, PUBLIC)
    assert made["client_id"] == str(first_id)
    assert (await desk.add(second, PUBLIC, 422, client_id=str(first_id)))["code"] == (
        "unknown_client"
    )
    assert (await desk.add(silent, PUBLIC, 403))["code"] == "out_of_scope"
    assert (await http.get(f"{PATH}/{made['id']}", headers=second)).status_code == 404
    assert (await http.get(PATH, headers=second)).json()["items"] == []
    assert len((await http.get(PATH, headers=first)).json()["items"]) == 1
    # whatever becomes of the system becomes of its endpoints
    await sql.execute("DELETE FROM client WHERE id = $1", first_id)
    assert await sql.fetchval("SELECT count(*) FROM webhook_endpoint") == 0


async def test_a_school_has_ten_endpoints_at_most_also_when_asked_at_once(world, desk, http):
    _, headers = await desk.connect(await world.school("一中"))
    _, others = await desk.connect(await world.school("二中"))
    wish = {"url": PUBLIC}
    answers = await asyncio.gather(
        *(http.post(PATH, json=wish, headers=headers) for _ in range(14))
    )
    for _ in range(12):  # who met another one at the same place asks again
        answers.append(await http.post(PATH, json=wish, headers=headers))
    codes = [answer.status_code for answer in answers]
    assert codes.count(201) == 10
    assert {a.json()["code"] for a in answers if a.status_code != 201} == {"too_many_endpoints"}
    await desk.add(others, PUBLIC)


REFUSED = [
    "http://8.8.8.8/hook",
    "https://8.8.8.8:22/hook",
    "https://user:pass@8.8.8.8/hook",
    "https://8.8.8.8/hook#x",
    "https://127.0.0.1/hook",
    "https://localhost/hook",
    "https://10.1.2.3/hook",
    "https://169.254.169.254/latest/meta-data/",
    "https://100.100.100.200/latest/meta-data/",
    "https://168.63.129.16/",
    "https://2130706433/",
    "https://0/",
    "https://[::1]/hook",
    "https://[::ffff:127.0.0.1]/hook",
    "https://[::ffff:a9fe:a9fe]/hook",
    "https://[64:ff9b::7f00:1]/hook",
    "https://[2002:7f00:1::]/hook",
    "https://[fd00:ec2::254]/hook",
    "https://[fe80::1]/hook",
    "https://0x7f.1/",
]


async def test_addresses_within_are_refused_when_an_endpoint_is_entered_or_changed(
    http, world, services
):
    """With the settings as shipped: nothing but public addresses, https and two ports."""
    headers = await world.client(await world.school("一中"), ["webhook:manage"])
    for url in REFUSED:
        answer = await http.post(PATH, json={"url": url}, headers=headers)
        assert answer.status_code == 422, f"{url}: {answer.text}"
        assert answer.json()["code"] in ("address_refused", "unknown_host"), url
    made = (await http.post(PATH, json={"url": PUBLIC}, headers=headers)).json()
    changed = await http.patch(
        f"{PATH}/{made['id']}",
        json={"url": "https://127.0.0.1/"},
        headers={**headers, "If-Match": '"1"'},
    )
    assert (changed.status_code, changed.json()["code"]) == (422, "address_refused")


async def test_a_name_that_turns_inside_after_it_was_entered_reaches_nothing(
    desk, services, told, receiver, monkeypatch, sql
):
    """DNS rebinding: public when it was entered, loopback when it is delivered."""
    loop = asyncio.get_running_loop()
    stands_for = ["8.8.8.8"]
    asked: list[str] = []

    async def look_up(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        return [(2, 1, 6, "", (each, port)) for each in stands_for]

    monkeypatch.setattr(loop, "getaddrinfo", look_up)
    allowed = desk.services.courier
    await services.courier.check("https://sis.example.org/hook")
    stands_for[:] = ["8.8.8.8", "127.0.0.1"]
    way = services.courier.way()
    async with way as client:
        outcome = await services.courier.bring(
            client, "https://sis.example.org/hook", {}, b"{}", services.clock.now()
        )
    assert (outcome.status, outcome.error) == (None, "address_refused")
    # and where it is allowed: looked up once, and the connection goes to what was looked up
    stands_for[:] = ["127.0.0.1"]
    asked.clear()
    named = f"http://sis.example.org:{receiver.port}/hook"
    async with allowed.way() as client:
        outcome = await allowed.bring(client, named, {}, b"{}", services.clock.now())
    assert outcome.status == 200
    assert asked == ["sis.example.org"]
    assert receiver.messages[-1].headers["host"] == f"sis.example.org:{receiver.port}"


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
async def test_no_proxy_of_the_environment_is_asked(desk, receiver, monkeypatch, variable):
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    courier = desk.services.courier
    async with courier.way() as client:
        sent = await courier.bring(client, receiver.url, {}, b"{}", desk.services.clock.now())
    assert sent.status == 200


async def test_a_certificate_must_be_of_the_name_not_of_the_address_it_stands_for(
    near, monkeypatch, tmp_path
):
    """The same receiver: by its address its certificate holds, by a name that leads there not."""
    server_side, authority = certificate(tmp_path)
    settings = msgspec.structs.replace(near.settings, webhook_ca_file=str(authority))
    courier, now = Courier(settings), near.clock.now()
    loop = asyncio.get_running_loop()
    look_up = loop.getaddrinfo

    async def all_here(host: str, port: int, **more: Any) -> list[Any]:
        return await look_up("127.0.0.1", port, **more)

    monkeypatch.setattr(loop, "getaddrinfo", all_here)
    receiver = Receiver()
    server = await asyncio.start_server(receiver.serve, "127.0.0.1", 0, ssl=server_side)
    port = server.sockets[0].getsockname()[1]
    try:
        async with courier.way() as way:
            sent = await courier.bring(way, f"https://127.0.0.1:{port}/", {}, b"{}", now)
            assert (sent.status, sent.error) == (200, None)
        async with courier.way() as way:
            named = f"https://sis.example.org:{port}/"
            sent = await courier.bring(way, named, {}, b"{}", now)
            assert (sent.status, sent.error) == (None, "certificate")
        async with near.courier.way() as way:
            sent = await near.courier.bring(way, f"https://127.0.0.1:{port}/", {}, b"{}", now)
            assert sent.error == "certificate", "an authority nobody named is not believed"
    finally:
        server.close()
    assert len(receiver.messages) == 1
