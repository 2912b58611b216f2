"""Connected systems that prove who they are by a key; the assertions are signed by joserfc."""

import asyncio
import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from joserfc import jwt as signer
from joserfc.jwk import ECKey, KeySet, OctKey, OKPKey, RSAKey

from schoolgroup.access.clients.keys import ASSERTION_TYPE

# RFC 9864 renames EdDSA with this curve to Ed25519; RFC 9068 libraries of today say EdDSA.
pytestmark = pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
SCOPES = ["return:draft", "return:read", "resource:discover"]
MAKERS: dict[str, Callable[[], Any]] = {
    "RS256": lambda: RSAKey.generate_key(2048),
    "ES256": lambda: ECKey.generate_key("P-256"),
    "EdDSA": lambda: OKPKey.generate_key("Ed25519"),
}


@pytest.fixture
async def admin(world):
    return await world.person(await world.school("一中"), "school_admin")


@pytest.fixture
async def client(http, admin):
    wish = {"name": "教务系统", "scopes": SCOPES, "authenticates_by": "key"}
    answer = await http.post("/v1/clients", json=wish, headers=admin.headers)
    assert answer.status_code == 201, answer.text
    assert (answer.json()["secret"], answer.json()["keys"]) == (None, [])
    return answer.json()


async def register(http, admin, client, key, **more):
    wish = {"jwk": key.as_dict(private=False), **more}
    return await http.post(f"/v1/clients/{client['id']}/keys", json=wish, headers=admin.headers)


def sign(key, client, clock, *, alg="ES256", header=None, **claims) -> str:
    now = int(clock.now().timestamp())
    body = {"iss": client["id"], "sub": client["id"], "aud": "http://test", "exp": now + 60}
    body |= {"jti": str(uuid4()), "iat": now}
    body = {k: v for k, v in (body | claims).items() if v is not None}
    return signer.encode({"alg": alg, **(header or {})}, body, key, algorithms=[alg])


async def show(http, assertion, path="/oauth/token", **form):
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": assertion,
        **form,
    }
    return await http.post(path, data=form)


@pytest.mark.parametrize("alg", sorted(MAKERS))
async def test_a_key_opens_with_its_own_algorithm(http, admin, client, clock, alg):
    key = MAKERS[alg]()
    answer = await register(http, admin, client, key, kid="one")
    assert answer.status_code == 201, answer.text
    assert [(k["kid"], k["alg"], k["until_at"]) for k in answer.json()["keys"]] == [
        ("one", alg, None)
    ]
    given = await show(http, sign(key, client, clock, alg=alg, header={"kid": "one"}))
    assert given.status_code == 200, given.text
    assert given.json()["scope"] == " ".join(sorted(SCOPES))
    for aud in ("http://test/oauth/token", ["http://test"]):
        assert (await show(http, sign(key, client, clock, alg=alg, aud=aud))).status_code == 200
    other = await show(http, sign(MAKERS[alg](), client, clock, alg=alg, header={"kid": "one"}))
    assert (other.status_code, other.json()["error"]) == (401, "invalid_client")


async def test_a_pem_is_the_same_key(http, admin, client, clock):
    key = MAKERS["RS256"]()
    wish = {"pem": key.as_pem(private=False).decode()}
    one = f"/v1/clients/{client['id']}/keys"
    answer = await http.post(one, json=wish, headers=admin.headers)
    assert answer.json()["keys"][0]["kid"] == key.thumbprint()
    assert (await show(http, sign(key, client, clock, alg="RS256"))).status_code == 200


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (lambda: {"jwk": ECKey.generate_key("P-256").as_dict(private=True)}, "private_key"),
        (lambda: {"pem": ECKey.generate_key("P-256").as_pem(private=True).decode()}, "private_key"),
        (lambda: {"jwk": OctKey.generate_key(256).as_dict()}, "private_key"),
        (lambda: {"jwk": ECKey.generate_key("P-384").as_dict(private=False)}, "kind"),
        (lambda: {"jwk": RSAKey.generate_key(1024, auto_kid=True).as_dict(private=False)}, "bits"),
        (lambda: {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}, "unreadable"),
        (lambda: {"jwk": {"kty": "none"}}, "kind"),
        (lambda: {"pem": "x"}, "unreadable"),
        (dict, "one_form"),
    ],
    ids=["private jwk", "private pem", "oct", "P-384", "short", "no point", "none", "pem", "empty"],
)
async def test_what_is_no_public_key_is_refused(http, admin, client, sql, wish, code):
    one = f"/v1/clients/{client['id']}/keys"
    answer = await http.post(one, json=wish(), headers=admin.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "useless_key"), answer.text
    assert answer.json()["errors"][0]["code"] == code
    assert await sql.fetchval("SELECT count(*) FROM client_key") == 0


async def test_an_assertion_opens_once_also_when_shown_at_once(http, admin, client, clock):
    key = MAKERS["ES256"]()
    await register(http, admin, client, key)
    assertion = sign(key, client, clock)
    answers = await asyncio.gather(*(show(http, assertion) for _ in range(6)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 5
    again = await show(http, assertion)
    assert again.json()["error_description"] == "this jti was used before"


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({"aud": "http://other"}, "aud"),
        ({"aud": ["http://test", "http://other"]}, "aud"),
        ({"aud": None}, "aud"),
        ({"iss": "someone"}, "iss"),
        ({"exp": None}, "expired"),
        ({"exp": 1}, "expired"),
        ({"exp": "soon"}, "exp"),
        ({"exp": 1e300}, "exp"),
        ({"exp": 4102444800}, "five minutes"),
        ({"nbf": 4102444800}, "nbf"),
        ({"iat": 4102444800}, "iat"),
        ({"jti": None}, "jti"),
        ({"jti": "x" * 256}, "jti"),
    ],
    ids=lambda value: None if isinstance(value, dict) else value,
)
async def test_an_assertion_must_be_whole(http, admin, client, clock, claims, why):
    key = MAKERS["ES256"]()
    await register(http, admin, client, key)
    answer = await show(http, sign(key, client, clock, **claims))
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert why in answer.json()["error_description"]
    assert answer.headers["cache-control"] == "no-store"


async def test_no_trick_with_algorithms_opens(http, admin, client, clock):
    key = MAKERS["ES256"]()
    await register(http, admin, client, key, kid="one")
    public = key.as_pem(private=False)
    now = int(clock.now().timestamp())
    body = {"iss": client["id"], "sub": client["id"], "aud": "http://test", "exp": now + 60}
    body["jti"] = "x"
    head, payload, _ = jwt.encode(body, "x" * 32, headers={"kid": "one"}).split(".")
    mac = hmac.new(public, f"{head}.{payload}".encode(), hashlib.sha256).digest()
    confused = f"{head}.{payload}.{urlsafe_b64encode(mac).decode().rstrip('=')}"
    unsigned = jwt.encode(body, "", algorithm="none", headers={"kid": "one"})
    embedded = sign(MAKERS["ES256"](), client, clock, header={"jwk": key.as_dict(private=False)})
    for assertion in (confused, unsigned, embedded, "a.b.c", "", "x" * 9000):
        answer = await show(http, assertion)
        assert answer.status_code == 401, assertion


async def test_two_ways_at_once_and_another_type_are_refused(http, admin, client, clock):
    key = MAKERS["ES256"]()
    await register(http, admin, client, key)
    twice = await show(http, sign(key, client, clock), client_secret="x")
    assert (twice.status_code, twice.json()["error"]) == (400, "invalid_request")
    saml = await show(http, sign(key, client, clock), client_assertion_type="saml")
    assert (saml.status_code, saml.json()["error"]) == (400, "invalid_request")
    other = await show(http, sign(key, client, clock), client_id=str(uuid4()))
    assert other.status_code == 401


async def test_keys_are_changed_with_an_overlap_and_ends_are_shown(http, admin, client, clock):
    old, new = MAKERS["ES256"](), MAKERS["EdDSA"]()
    await register(http, admin, client, old, kid="old")
    answer = await register(http, admin, client, new, kid="new", overlap_s=300, days=30)
    shown = {key["kid"]: key["until_at"] for key in answer.json()["keys"]}
    assert shown["old"] < shown["new"]
    assert (await show(http, sign(old, client, clock))).status_code == 200
    assert (await show(http, sign(new, client, clock, alg="EdDSA"))).status_code == 200
    clock.jump(timedelta(seconds=301))
    assert (await show(http, sign(old, client, clock))).status_code == 401
    assert (await show(http, sign(new, client, clock, alg="EdDSA"))).status_code == 200
    again = await register(http, admin, client, MAKERS["ES256"](), kid="old")  # the name is free
    assert again.status_code == 201
    clock.jump(timedelta(days=31))
    assert (await show(http, sign(new, client, clock, alg="EdDSA"))).status_code == 401


async def test_a_key_is_taken_away_but_not_the_last(http, admin, client, clock):
    first, second = MAKERS["ES256"](), MAKERS["ES256"]()
    one = f"/v1/clients/{client['id']}"
    shown = (await register(http, admin, client, first, kid="a")).json()
    taken = await register(http, admin, client, second, kid="a")
    assert (taken.status_code, taken.json()["code"]) == (409, "key_name_taken")
    shown = (await register(http, admin, client, second, kid="b")).json()
    ids = {key["kid"]: key["id"] for key in shown["keys"]}
    assert (await http.delete(f"{one}/keys/{ids['a']}", headers=admin.headers)).status_code == 428
    match = {**admin.headers, "If-Match": f'"{shown["version"]}"'}
    assert (await http.delete(f"{one}/keys/{ids['a']}", headers=match)).status_code == 204
    assert (await show(http, sign(first, client, clock))).status_code == 401
    assert (await show(http, sign(second, client, clock))).status_code == 200
    match["If-Match"] = f'"{shown["version"] + 1}"'
    last = await http.delete(f"{one}/keys/{ids['b']}", headers=match)
    assert (last.status_code, last.json()["code"]) == (409, "no_key")
    assert (await http.delete(f"{one}/keys/{uuid4()}", headers=match)).status_code == 404
    for n in range(4):
        assert (await register(http, admin, client, MAKERS["ES256"](), kid=f"{n}")).is_success
    many = await register(http, admin, client, MAKERS["ES256"]())
    assert (many.status_code, many.json()["code"]) == (409, "too_many_keys")


async def test_a_system_moves_from_its_secret_to_keys_without_a_gap(http, admin, clock, sql):
    wish = {"name": "x", "scopes": SCOPES, "secret_days": 90}
    client = (await http.post("/v1/clients", json=wish, headers=admin.headers)).json()
    assert client["secret_until_at"] is not None
    one = f"/v1/clients/{client['id']}"
    by_secret = {"client_id": client["id"], "client_secret": client["secret"]}
    form = {"grant_type": "client_credentials", **by_secret}
    match = {**admin.headers, "If-Match": '"1"'}
    early = await http.patch(one, json={"authenticates_by": "key"}, headers=match)
    assert (early.status_code, early.json()["code"]) == (409, "no_key")
    key = MAKERS["ES256"]()
    await register(http, admin, client, key)
    assert (await http.post("/oauth/token", data=form)).status_code == 200
    assert (await show(http, sign(key, client, clock))).status_code == 200
    match["If-Match"] = '"2"'
    moved = await http.patch(one, json={"authenticates_by": "key"}, headers=match)
    assert (moved.status_code, moved.json()["secret_until_at"]) == (200, None)
    assert (await http.post("/oauth/token", data=form)).status_code == 401
    assert (await show(http, sign(key, client, clock))).status_code == 200
    assert await sql.fetchval("SELECT secret_sha256 IS NULL FROM client")
    refused = await http.post(f"{one}/rotate-secret", json={}, headers=admin.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "keys_alone")


async def test_a_secret_ends_when_it_says(http, admin, clock):
    wish = {"name": "x", "scopes": SCOPES, "secret_days": 1}
    client = (await http.post("/v1/clients", json=wish, headers=admin.headers)).json()
    form = {"grant_type": "client_credentials", "client_id": client["id"]}
    form["client_secret"] = client["secret"]
    assert (await http.post("/oauth/token", data=form)).status_code == 200
    clock.jump(timedelta(days=1))
    assert (await http.post("/oauth/token", data=form)).status_code == 401


async def test_introspection_tells_what_stands_now(http, world, admin, client, clock, sql):
    key = MAKERS["ES256"]()
    await register(http, admin, client, key)

    async def ask(token, hint="access_token"):
        answer = await show(
            http, sign(key, client, clock), "/oauth/introspect", token=token, token_type_hint=hint
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    token = (await show(http, sign(key, client, clock), scope="return:read")).json()["access_token"]
    told = await ask(token)
    assert told["active"]
    assert (told["scope"], told["client_id"]) == ("return:read", client["id"])
    assert (told["sub"], told["role"]) == (f"client:{client['id']}", "client")
    assert told["exp"] == jwt.decode(token, options={"verify_signature": False})["exp"]
    person = admin.headers["Authorization"][7:]
    told = await ask(person)
    assert (told["active"], told["sub"]) == (True, f"person:{admin.id}")
    assert "老师" not in str(told)
    await sql.execute(
        "UPDATE access_session SET revoked_at = now() WHERE id = $1", admin.session_id
    )
    assert await ask(person) == {"active": False}
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    assert await ask(stranger.headers["Authorization"][7:]) == {"active": False}
    assert await ask("junk", "refresh_token") == {"active": False}
    assert (await http.post("/oauth/introspect", data={"token": token})).status_code == 401
    assert (await show(http, sign(key, client, clock), "/oauth/introspect")).status_code == 400
    revoked = await show(http, sign(key, client, clock), "/oauth/revoke", token=token)
    assert revoked.status_code == 200
    assert await ask(token) == {"active": False}


async def test_the_discovery_document_names_all_of_it(http):
    meta = (await http.get("/.well-known/oauth-authorization-server")).json()
    assert meta["introspection_endpoint"] == "http://test/oauth/introspect"
    for endpoint in ("token", "revocation", "introspection"):
        assert "private_key_jwt" in meta[f"{endpoint}_endpoint_auth_methods_supported"]
        algs = meta[f"{endpoint}_endpoint_auth_signing_alg_values_supported"]
        assert algs == ["RS256", "ES256", "EdDSA"]


async def test_only_the_office_says_how_fast_a_system_may_go(http, world, admin, client, services):
    one = f"/v1/clients/{client['id']}/limit"
    refused = await http.post(one, json={"requests_per_minute": 9}, headers=admin.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    office = await world.person(None, "group_admin")
    answer = await http.post(one, json={"requests_per_minute": 9}, headers=office.headers)
    assert (answer.status_code, answer.json()["requests_per_minute"]) == (200, 9)
    assert "limit" in answer.json()["actions"]
    back = await http.post(one, json={"requests_per_minute": None}, headers=office.headers)
    assert back.json()["requests_per_minute"] is None


@pytest.fixture
async def own_keys(services, sql):
    """The signing keys are the tests' own here; afterwards those of before."""
    kept = await sql.fetch("SELECT * FROM signing_key")
    yield services.authenticator
    await sql.execute("DELETE FROM signing_key")
    for row in kept:
        await sql.execute("INSERT INTO signing_key VALUES ($1, $2, $3, $4, $5)", *row.values())
    await services.authenticator.prepare()


async def test_a_new_signing_key_is_published_before_it_signs(http, admin, own_keys, clock):
    async def published() -> KeySet:
        return KeySet.import_key_set((await http.get("/.well-known/jwks.json")).json())

    def write() -> str:
        return own_keys.write_token(admin.session_id, admin.group_id, "person:x")

    old = jwt.get_unverified_header(write())["kid"]
    kid = await own_keys.rotate()
    assert {old, kid} <= {key.kid for key in (await published()).keys}
    assert jwt.get_unverified_header(write())["kid"] == old
    last_of_old = write()
    clock.jump(timedelta(minutes=10, seconds=1))
    await own_keys.keep_keys_fresh()
    token = write()
    assert jwt.get_unverified_header(token)["kid"] == kid
    assert signer.decode(token, await published(), algorithms=["EdDSA"]).claims["sub"] == "person:x"
    assert old in {key.kid for key in (await published()).keys}
    with pytest.raises(Exception, match="expired"):
        own_keys.claims_of(last_of_old)  # only its own end ended it
    clock.jump(timedelta(minutes=20))
    await own_keys.keep_keys_fresh()
    assert old not in {key.kid for key in (await published()).keys}


async def test_a_lost_signing_key_is_taken_out_with_its_tokens(http, admin, own_keys):
    assert (await http.get("/v1/me", headers=admin.headers)).status_code == 200
    kid = await own_keys.rotate(at_once=True)
    assert (await http.get("/v1/me", headers=admin.headers)).status_code == 401
    token = own_keys.write_token(admin.session_id, admin.group_id, "person:x")
    assert jwt.get_unverified_header(token)["kid"] == kid
    headers = {"Authorization": f"Bearer {token}"}
    assert (await http.get("/v1/me", headers=headers)).status_code == 200
