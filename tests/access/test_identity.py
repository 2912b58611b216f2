"""People sign in at the group's own provider: a real one, in a process of its own."""

import asyncio
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import jwt
import pytest
from joserfc import jwt as signer
from joserfc.jwk import ECKey, OctKey, RSAKey

from schoolgroup.access.identity import providers, rules
from schoolgroup.access.identity.providers import Providers
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.stores_common import free_port

BACK = "https://portal.example.cn/back"
ROOT = Path(__file__).parent.parent.parent
PEOPLE = (
    '{"sub": "u-1", "preferred_username": "Wang.Fang"}',
    '{"sub": "u-2", "preferred_username": "wang.fang"}',
    '{"sub": "u-3", "preferred_username": "nobody"}',
    '{"sub": "u-4", "name": "without the claim"}',
)


@pytest.fixture(scope="module")
def issuer():
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.access.identity_server", str(port), *PEOPLE],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT / "platform")},
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    give_up_at = time.monotonic() + 60
    while True:
        assert process.poll() is None
        assert time.monotonic() < give_up_at
        try:
            assert httpx.get(f"{address}/jwks", trust_env=False).status_code == 200
            break
        except httpx.TransportError:
            time.sleep(0.05)
    yield address
    process.kill()
    process.wait()


@pytest.fixture
async def office(http, world, services, issuer, monkeypatch):
    monkeypatch.setattr(services.gate, "providers", Providers(issuer))
    office = await world.person(None, "group_admin")
    wish = {"issuer": issuer, "client_id": "schoolgroup", "client_secret": "a secret"}
    wish["redirect_uris"] = [BACK]
    answer = await http.put(
        "/v1/identity-provider", json=wish, headers={**office.headers, "If-Match": '"0"'}
    )
    assert answer.status_code == 200, answer.text
    return office


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher", "wang.fang")


async def begin(http) -> dict[str, Any]:
    answer = await http.post("/v1/sessions/identity", json={"redirect_uri": BACK})
    assert answer.status_code == 201, answer.text
    return answer.json()


def visit(url: str, subject: str = "u-1") -> dict[str, str]:
    """What the person's browser does: go there, say who one is, and be sent back."""
    sent = httpx.post(url, data={"sub": subject}, trust_env=False)
    assert sent.status_code == 302, sent.text
    back = sent.headers["location"]
    assert back.startswith(BACK + "?")
    return {k: v[0] for k, v in parse_qs(urlsplit(back).query).items()}


async def sign_in(http, subject: str = "u-1", **more) -> httpx.Response:
    begun = await begin(http)
    back = visit(begun["authorization_url"], subject)
    wish = {"flow": begun["flow"], "state": back["state"], "code": back["code"], **more}
    return await http.post("/v1/sessions/identity/finish", json=wish)


async def test_the_visitor_gets_401(http):
    for method in ("GET", "PUT", "DELETE"):
        assert (await http.request(method, "/v1/identity-provider")).status_code == 401
    assert (await http.delete(f"/v1/people/{new_id()}/identity")).status_code == 401


async def test_a_teacher_signs_in_where_the_group_does(http, office, teacher, sql):
    answer = await sign_in(http)
    assert answer.status_code == 201, answer.text
    headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
    me = (await http.get("/v1/me", headers=headers)).json()
    assert (me["person"]["id"], me["role"]) == (str(teacher.id), "teacher")
    assert answer.headers["location"] == f"/v1/sessions/{me['session_id']}"
    refreshed = await http.post(
        "/v1/sessions/refresh", json={"refresh_token": answer.json()["refresh_token"]}
    )
    assert refreshed.status_code == 200
    entry = await sql.fetchrow(
        "SELECT actor, outcome, detail FROM audit_entry WHERE act = 'session:open'"
    )
    assert (entry["actor"], entry["outcome"]) == (f"person:{teacher.id}", "done")
    assert "identity provider" in entry["detail"]


async def test_a_subject_is_the_person_even_when_its_name_moves(http, office, teacher, world, sql):
    assert (await sign_in(http)).status_code == 201
    await sql.execute("UPDATE person SET username = 'renamed' WHERE id = $1", teacher.id)
    assert (await sign_in(http)).status_code == 201
    await sql.execute("UPDATE person SET username = 'wang.fang' WHERE id = $1", teacher.id)
    taken = await sign_in(http, "u-2")  # another account that calls itself the same
    assert (taken.status_code, taken.json()["code"]) == (401, "identity_refused")
    school = await sql.fetchval(
        "SELECT school_id FROM appointment WHERE person_id = $1", teacher.id
    )
    assert school
    other = await world.person(await world.school("二中"), "school_admin")
    one = f"/v1/people/{teacher.id}/identity"
    assert (await http.delete(one, headers=other.headers)).status_code in (403, 404)
    assert (await http.delete(one, headers=office.headers)).status_code == 204
    assert (await sign_in(http, "u-2")).status_code == 201
    assert (await sign_in(http)).status_code == 401


@pytest.mark.parametrize("subject", ["u-3", "u-4"])
async def test_whom_nobody_knows_does_not_get_in(http, office, teacher, sql, subject):
    answer = await sign_in(http, subject)
    assert (answer.status_code, answer.json()["code"]) == (401, "identity_refused")
    denied = await sql.fetchval(
        "SELECT count(*) FROM audit_entry WHERE act = 'session:open' AND outcome = 'denied'"
    )
    assert denied == 1


async def test_who_is_suspended_or_has_no_appointment_does_not_get_in(http, office, teacher, sql):
    await sql.execute("UPDATE person SET suspended_at = now() WHERE id = $1", teacher.id)
    assert (await sign_in(http)).status_code == 401
    await sql.execute("UPDATE person SET suspended_at = NULL WHERE id = $1", teacher.id)
    await sql.execute("UPDATE appointment SET until_on = '2025-01-01'")
    assert (await sign_in(http)).json()["code"] == "no_appointment"


async def test_an_appointment_is_chosen_without_a_second_visit(http, office, teacher, world, sql):
    second, other_id = await world.school("二中"), new_id()
    await sql.execute(
        """INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, created_at)
           VALUES ($1, $2, $3, $4, 'principal', '2021-01-01', now())""",
        world.group_id, other_id, teacher.id, second.id,
    )  # fmt: skip
    begun = await begin(http)
    back = visit(begun["authorization_url"])
    wish = {"flow": begun["flow"], "state": back["state"], "code": back["code"]}
    answer = await http.post("/v1/sessions/identity/finish", json=wish)
    assert (answer.status_code, answer.json()["code"]) == (409, "choose_appointment")
    other_code = {**wish, "code": "x", "appointment_id": str(other_id)}
    refused = await http.post("/v1/sessions/identity/finish", json=other_code)
    assert refused.status_code == 401
    chosen = {**wish, "appointment_id": str(other_id)}
    opened = await http.post("/v1/sessions/identity/finish", json=chosen)
    assert (opened.status_code, opened.json()["context"]["role"]) == (201, "principal")
    again = await http.post("/v1/sessions/identity/finish", json=chosen)
    assert again.status_code == 401, "a sign-in is finished once"


async def test_a_sign_in_is_bound_to_who_began_it(http, office, teacher, clock):
    mine, theirs = await begin(http), await begin(http)
    back = visit(theirs["authorization_url"])
    finish = "/v1/sessions/identity/finish"
    for wish in (
        {"flow": mine["flow"], "state": back["state"], "code": back["code"]},
        {"flow": theirs["flow"], "state": "x", "code": back["code"]},
        {"flow": "sgf_x" * 3, "state": back["state"], "code": back["code"]},
        {"flow": theirs["flow"], "state": back["state"], "code": "x"},
        {"flow": theirs["flow"], "state": back["state"], "code": back["code"], "iss": "https://x"},
    ):
        answer = await http.post(finish, json=wish)
        assert (answer.status_code, answer.json()["code"]) == (401, "identity_refused"), wish
    # a code stolen on its way: the verifier is another
    state = parse_qs(urlsplit(mine["authorization_url"]).query)["state"][0]
    stolen = {"flow": mine["flow"], "state": state, "code": back["code"]}
    assert (await http.post(finish, json=stolen)).status_code == 401
    late = await begin(http)
    back = visit(late["authorization_url"])
    clock.jump(rules.FLOW_LIFE)
    wish = {"flow": late["flow"], "state": back["state"], "code": back["code"]}
    assert (await http.post(finish, json=wish)).status_code == 401


async def test_the_office_alone_sets_the_provider_and_its_secret_is_sealed(
    http, office, teacher, issuer, sql, world
):
    one = "/v1/identity-provider"
    assert (await http.get(one, headers=teacher.headers)).status_code == 403
    shown = await http.get(one, headers=office.headers)
    assert (shown.json()["has_secret"], shown.headers["etag"]) == (True, '"1"')
    assert "a secret" not in shown.text
    kept = await sql.fetchval("SELECT secret_sealed FROM identity_provider")
    assert b"a secret" not in kept
    wish = {"issuer": issuer, "client_id": "x", "redirect_uris": [BACK]}
    match = {**office.headers, "If-Match": '"1"'}
    assert (await http.put(one, json=wish, headers=office.headers)).status_code == 428
    stale = await http.put(one, json=wish, headers={**office.headers, "If-Match": '"0"'})
    assert stale.status_code == 412
    strange = {**wish, "issuer": "http://169.254.169.254/latest"}
    refused = await http.put(one, json=strange, headers=match)
    assert (refused.status_code, refused.json()["code"]) == (422, "useless_issuer")
    elsewhere = await http.post("/v1/sessions/identity", json={"redirect_uri": "https://evil.cn"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (422, "redirect_unknown")
    wish["client_secret"] = "another"
    assert (await http.put(one, json=wish, headers=match)).status_code == 200
    assert (await sign_in(http)).status_code == 201
    gone = await http.delete(one, headers={**office.headers, "If-Match": '"2"'})
    assert gone.status_code == 204
    none = await http.post("/v1/sessions/identity", json={})
    assert (none.status_code, none.json()["code"]) == (404, "no_identity_provider")


async def test_a_public_client_signs_in_by_pkce_alone(http, office, teacher, issuer, services):
    """Without a secret nothing but the verifier proves who began; another one is refused."""
    wish = {"issuer": issuer, "client_id": "public", "redirect_uris": [BACK]}
    match = {**office.headers, "If-Match": '"1"'}
    kept = await http.put("/v1/identity-provider", json=wish, headers=match)
    assert (kept.status_code, kept.json()["has_secret"]) == (200, False)
    assert (await sign_in(http)).status_code == 201
    first, second = await begin(http), await begin(http)
    back = visit(first["authorization_url"])
    stolen = {"flow": second["flow"], "code": back["code"]}
    stolen["state"] = parse_qs(urlsplit(second["authorization_url"]).query)["state"][0]
    refused = await http.post("/v1/sessions/identity/finish", json=stolen)
    assert (refused.status_code, refused.json()["code"]) == (401, "identity_refused")


async def test_a_provider_that_is_down_is_said_so_soon(http, office, services, monkeypatch):
    port = free_port()
    gone = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(services.gate, "providers", Providers(gone))
    wish = {"issuer": gone, "client_id": "x", "redirect_uris": [BACK]}
    answer = await http.put(
        "/v1/identity-provider", json=wish, headers={**office.headers, "If-Match": '"1"'}
    )
    assert (answer.status_code, answer.json()["what"]) == (503, "identity provider")


@pytest.mark.parametrize("ends", [True, False], ids=["says no", "never ends"])
async def test_a_provider_that_publishes_nothing_is_not_there(
    http, office, services, monkeypatch, ends
):
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\n" + b"x" * (9 if ends else 1))
        with suppress(ConnectionError):
            await reader.read()
        writer.close()

    monkeypatch.setattr(providers, "WHOLE_S", 0.2)
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        there = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        monkeypatch.setattr(services.gate, "providers", Providers(there))
        wish = {"issuer": there, "client_id": "x", "redirect_uris": [BACK]}
        told = await http.put(
            "/v1/identity-provider", json=wish, headers={**office.headers, "If-Match": '"1"'}
        )
    assert (told.status_code, told.json()["what"]) == (503, "identity provider")


KEY = RSAKey.generate_key(2048, {"kid": "k"})
EC = ECKey.generate_key("P-256", {"kid": "e"})
ISSUER, NONCE = "https://id.example.cn", "the nonce"


def id_token(clock, key=KEY, alg="RS256", header=None, **claims) -> str:
    now = clock.now().timestamp()
    body = {"iss": ISSUER, "aud": "us", "sub": "1", "nonce": NONCE, "iat": now, "exp": now + 300}
    body = {k: v for k, v in {**body, "name": "Wang.Fang", **claims}.items() if v is not None}
    return signer.encode({"alg": alg, "kid": "k", **(header or {})}, body, key, algorithms=[alg])


def read(clock, token: str) -> rules.Identity:
    keys = [KEY.as_dict(private=False), EC.as_dict(private=False)]
    key = rules.key_for(token, keys)
    if key is None:
        raise rules.TokenUntrue("no key")
    return rules.read_id_token(
        token, key, issuer=ISSUER, client_id="us", nonce=NONCE, username_claim="name",
        now=clock.now(),
    )  # fmt: skip


def test_a_right_token_is_believed(clock):
    assert read(clock, id_token(clock)) == rules.Identity("1", "wang.fang")
    assert read(clock, id_token(clock, EC, "ES256", {"kid": "e"})).subject == "1"
    both = id_token(clock, aud=["us", "them"], azp="us")
    assert read(clock, both).subject == "1"
    slow = clock.now().timestamp() + 55
    assert read(clock, id_token(clock, iat=slow, nbf=slow)).subject == "1"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": ISSUER + "/"}, {"aud": "them"}, {"aud": ["us", "them"]}, {"aud": None},
        {"azp": "them"}, {"nonce": "other"}, {"nonce": None}, {"exp": None}, {"iat": None},
        {"exp": 1}, {"exp": "x"}, {"exp": True}, {"iat": 4102444800}, {"nbf": 4102444800},
        {"sub": None}, {"sub": ""}, {"sub": "x" * 256}, {"name": None}, {"name": 3},
    ],
    ids=str,
)  # fmt: skip
def test_a_token_that_is_not_whole_is_not_believed(clock, claims):
    with pytest.raises(rules.TokenUntrue):
        read(clock, id_token(clock, **claims))


def test_a_token_ends_a_minute_after_it_says_at_the_latest(clock):
    now = clock.now().timestamp()
    assert read(clock, id_token(clock, exp=now - 58)).subject == "1"
    with pytest.raises(rules.TokenUntrue, match="expired"):
        read(clock, id_token(clock, exp=now - 61))


def test_no_other_algorithm_and_no_other_key_is_believed(clock):
    unsigned = jwt.encode({"iss": ISSUER}, "", algorithm="none", headers={"kid": "k"})
    mac = id_token(clock, OctKey.generate_key(256), "HS256")
    other = id_token(clock, RSAKey.generate_key(2048))
    unknown = id_token(clock, header={"kid": "z"})
    crossed = id_token(clock, EC, "ES256")  # the name of the RSA key
    for token in (unsigned, mac, other, unknown, crossed, "x", "a.b.c"):
        with pytest.raises(rules.TokenUntrue):
            read(clock, token)


def test_only_named_issuers_over_tls_are_called():
    assert rules.may_be_called("https://id.example.cn/x")
    assert rules.may_be_called("http://127.0.0.1:9")
    assert not rules.may_be_called("http://id.example.cn")
    assert not rules.may_be_called("http://127.0.0.1.evil.cn")
    assert not rules.may_be_called("file:///etc/passwd")
