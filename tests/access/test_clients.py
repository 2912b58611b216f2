"""Systems are connected to one school or the office, within scopes, by OAuth's own rules."""

from base64 import b64encode
from datetime import timedelta
from uuid import UUID, uuid4

import jwt
import pytest

SCOPES = ["return:draft", "return:read", "resource:discover"]


def basic(client_id: str, secret: str) -> dict[str, str]:
    return {"Authorization": "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()}


async def ask(http, client, **form):
    form = {"grant_type": "client_credentials", **form}
    return await http.post("/oauth/token", data=form, headers=basic(client["id"], client["secret"]))


@pytest.fixture
async def school(world):
    return await world.school("一中")


@pytest.fixture
async def admin(world, school):
    return await world.person(school, "school_admin")


@pytest.fixture
async def client(http, admin):
    answer = await http.post(
        "/v1/clients", json={"name": "教务系统", "scopes": SCOPES}, headers=admin.headers
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def bearer(http, client, **form) -> dict[str, str]:
    answer = await ask(http, client, **form)
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['access_token']}"}


async def test_the_visitor_gets_401(http):
    one = f"/v1/clients/{uuid4()}"
    for method, path in (
        ("GET", "/v1/clients"),
        ("POST", "/v1/clients"),
        ("GET", one),
        ("PATCH", one),
        ("DELETE", one),
        ("POST", f"{one}/suspend"),
        ("POST", f"{one}/resume"),
        ("POST", f"{one}/rotate-secret"),
    ):
        assert (await http.request(method, path)).status_code == 401, path
    for path in ("/oauth/token", "/oauth/revoke"):
        refused = await http.post(path, data={"grant_type": "client_credentials"})
        assert (refused.status_code, refused.json()["error"]) == (401, "invalid_client")


async def test_of_another_schools_systems_nothing_is_known(http, world, client):
    stranger = await world.person(await world.school("二中"), "school_admin")
    await world.group("other")
    foreigner = await world.person(None, "group_admin")
    one = f"/v1/clients/{client['id']}"
    match = {"If-Match": '"1"'}
    for person in (stranger, foreigner):
        headers = {**person.headers, **match}
        assert (await http.get("/v1/clients", headers=headers)).json()["items"] == []
        for answer in (
            await http.get(one, headers=headers),
            await http.patch(one, json={"name": "x"}, headers=headers),
            await http.post(f"{one}/suspend", headers=headers),
            await http.post(f"{one}/resume", headers=headers),
            await http.post(f"{one}/rotate-secret", json={}, headers=headers),
            await http.delete(one, headers=headers),
        ):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_a_teacher_connects_nothing(http, world, school):
    teacher = await world.person(school, "teacher")
    answer = await http.post(
        "/v1/clients", json={"name": "x", "scopes": SCOPES}, headers=teacher.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    answer = await http.get("/v1/clients", headers=teacher.headers)
    assert answer.status_code == 403


async def test_an_administrator_connects_only_for_the_own_school(http, world, admin):
    other = await world.school("二中")
    wish = {"name": "x", "scopes": SCOPES, "school_id": str(other.id)}
    answer = await http.post("/v1/clients", json=wish, headers=admin.headers)
    assert answer.status_code == 403
    office = await world.person(None, "group_admin")
    answer = await http.post("/v1/clients", json=wish, headers=office.headers)
    assert (answer.status_code, answer.json()["school_id"]) == (201, str(other.id))
    missing = {**wish, "school_id": str(uuid4())}
    answer = await http.post("/v1/clients", json=missing, headers=office.headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "unknown_school")
    own = {"name": "x", "scopes": ["directory:import"]}
    answer = await http.post("/v1/clients", json=own, headers=office.headers)
    assert (answer.status_code, answer.json()["school_id"]) == (201, None)


async def test_the_secret_is_shown_once_and_kept_nowhere(http, admin, client, sql):
    assert client["secret"].startswith("sgs_")
    assert client["actions"] == ["suspend", "change", "rotate-secret", "add-key", "disconnect"]
    shown = await http.get(f"/v1/clients/{client['id']}", headers=admin.headers)
    assert shown.json() == {**client, "secret": None}
    assert shown.headers["etag"] == '"1"'
    key = {**admin.headers, "Idempotency-Key": "k"}
    wish = {"name": "second", "scopes": SCOPES}
    first = await http.post("/v1/clients", json=wish, headers=key)
    again = await http.post("/v1/clients", json=wish, headers=key)
    assert again.json() == {**first.json(), "secret": None}
    assert again.headers["location"] == f"/v1/clients/{first.json()['id']}"
    tables = await sql.fetch(
        """SELECT c.oid::regclass::text AS name FROM pg_class c
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"""
    )
    for table in tables:
        rows = await sql.fetch(f"SELECT t::text FROM {table['name']} t")
        body = await sql.fetchval(
            "SELECT string_agg(encode(body, 'escape'), '') FROM idempotency_key"
        )
        text = "\n".join(row[0] for row in rows) + (body or "")
        assert client["secret"] not in text, table["name"]
        assert first.json()["secret"] not in text, table["name"]


@pytest.mark.parametrize(
    ("scopes", "code"), [(["nothing:real"], "no_such_act"), (["policy:publish"], "not_for_clients")]
)
async def test_scopes_that_can_never_be_used_are_refused(http, admin, scopes, code):
    answer = await http.post(
        "/v1/clients", json={"name": "x", "scopes": scopes}, headers=admin.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "useless_scope")
    assert [(e["pointer"], e["code"]) for e in answer.json()["errors"]] == [("/scopes/0", code)]


async def test_a_name_is_taken_only_within_a_school(http, world, admin, client):
    wish = {"name": client["name"], "scopes": SCOPES}
    answer = await http.post("/v1/clients", json=wish, headers=admin.headers)
    assert (answer.status_code, answer.json()["code"]) == (409, "client_name_taken")
    other = await world.person(await world.school("二中"), "school_admin")
    assert (await http.post("/v1/clients", json=wish, headers=other.headers)).status_code == 201


async def test_a_token_is_given_for_the_own_credentials(http, client, school):
    answer = await ask(http, client)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    given = answer.json()
    assert (given["token_type"], given["expires_in"]) == ("Bearer", 600)
    assert given["scope"] == " ".join(sorted(SCOPES))
    header = jwt.get_unverified_header(given["access_token"])
    claims = jwt.decode(given["access_token"], options={"verify_signature": False})
    assert (header["typ"], header["alg"]) == ("at+jwt", "EdDSA")
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= claims.keys()
    assert claims["client_id"] == client["id"]
    me = await http.get("/v1/me", headers={"Authorization": f"Bearer {given['access_token']}"})
    assert me.status_code == 403  # account:read is not among its scopes
    post = await http.post(
        "/oauth/token",
        data={
            "grant_type": "client_credentials",
            "client_id": client["id"],
            "client_secret": client["secret"],
            "scope": "return:read resource:discover return:read",
            "something": "else",
        },
    )
    assert post.json()["scope"] == "resource:discover return:read"


async def test_the_published_keys_verify_the_token(http, client):
    token = (await ask(http, client)).json()["access_token"]
    meta = (await http.get("/.well-known/oauth-authorization-server")).json()
    assert meta["issuer"] == "http://test"
    assert meta["token_endpoint"] == "http://test/oauth/token"
    assert set(SCOPES) <= set(meta["scopes_supported"])
    keys = jwt.PyJWKSet.from_dict((await http.get("/.well-known/jwks.json")).json())
    kid = jwt.get_unverified_header(token)["kid"]
    key = next(key for key in keys.keys if key.key_id == kid)
    claims = jwt.decode(token, key.key, algorithms=["EdDSA"], audience="schoolgroup-api")
    assert claims["sub"] == f"client:{client['id']}"


@pytest.mark.parametrize(
    ("form", "how", "status", "error"),
    [
        ({"grant_type": "password"}, "basic", 400, "unsupported_grant_type"),
        ({"grant_type": ""}, "basic", 400, "invalid_request"),
        ({"scope": "policy:publish"}, "basic", 400, "invalid_scope"),
        ({"scope": "return:read  return:draft"}, "basic", 400, "invalid_scope"),
        ({}, "wrong secret", 401, "invalid_client"),
        ({}, "unknown", 401, "invalid_client"),
        ({}, "no uuid", 401, "invalid_client"),
        ({}, "junk", 401, "invalid_client"),
        ({}, "bearer", 401, "invalid_client"),
        ({}, "both", 400, "invalid_request"),
        ({}, "nothing", 401, "invalid_client"),
        ({}, "secret in the address", 400, None),
    ],
)
async def test_errors_are_oauths_own(http, client, form, how, status, error):
    headers = {
        "basic": basic(client["id"], client["secret"]),
        "wrong secret": basic(client["id"], client["secret"] + "x"),
        "unknown": basic(str(uuid4()), client["secret"]),
        "no uuid": basic("me", client["secret"]),
        "junk": {"Authorization": "Basic ???"},
        "bearer": {"Authorization": f"Bearer {client['secret']}"},
        "both": basic(client["id"], client["secret"]),
        "nothing": {},
        "secret in the address": {},
    }[how]
    body = {"grant_type": "client_credentials", **form}
    if how == "both":
        body |= {"client_id": client["id"], "client_secret": client["secret"]}
    params = {"client_secret": client["secret"]} if how == "secret in the address" else {}
    answer = await http.post("/oauth/token", data=body, headers=headers, params=params)
    assert answer.status_code == status, answer.text
    if error is not None:
        assert answer.json().keys() == {"error", "error_description"}
        assert answer.json()["error"] == error
        assert answer.headers["cache-control"] == "no-store"
    if status == 401:
        assert answer.headers["www-authenticate"].startswith("Basic")


async def test_a_form_with_a_parameter_twice_or_no_form_is_refused(http, client):
    headers = {
        **basic(client["id"], client["secret"]),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    twice = b"grant_type=client_credentials&grant_type=client_credentials"
    answer = await http.post("/oauth/token", content=twice, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    answer = await http.post(
        "/oauth/token", json={"grant_type": "client_credentials"}, headers=basic(client["id"], "x")
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


async def test_scopes_narrow_the_rights_of_the_role(http, client, world, services):
    wide = await bearer(http, client)
    assert (await http.get("/v1/audit", headers=wide)).json()["code"] == "out_of_scope"
    narrow = await bearer(http, client, scope="return:read")
    actor = await services.authenticator.actor_of(narrow["Authorization"][7:])
    assert actor.scopes == {"return:read"}
    assert actor.role == "client"


async def test_a_rotated_secret_works_beside_the_new_one_for_a_while(http, admin, client, clock):
    one = f"/v1/clients/{client['id']}"
    answer = await http.post(f"{one}/rotate-secret", json={"overlap_s": 300}, headers=admin.headers)
    assert answer.status_code == 200
    new = {**client, "secret": answer.json()["secret"]}
    assert answer.json()["previous_secret_until_at"] is not None
    assert (await ask(http, client)).status_code == 200
    assert (await ask(http, new)).status_code == 200
    clock.jump(timedelta(seconds=301))
    assert (await ask(http, client)).status_code == 401
    assert (await ask(http, new)).status_code == 200
    shown = await http.get(one, headers=admin.headers)
    assert shown.json()["previous_secret_until_at"] is None
    answer = await http.post(f"{one}/rotate-secret", json={"overlap_s": 0}, headers=admin.headers)
    assert (await ask(http, new)).status_code == 401
    assert (await ask(http, {**new, "secret": answer.json()["secret"]})).status_code == 200


async def test_a_suspended_system_is_shut_out_at_once(http, admin, client):
    headers = await bearer(http, client, scope="return:read")
    one = f"/v1/clients/{client['id']}"
    assert (await http.get("/v1/clients", headers=headers)).status_code == 403
    suspended = await http.post(f"{one}/suspend", headers=admin.headers)
    assert (suspended.json()["status"], suspended.json()["actions"][0]) == ("suspended", "resume")
    assert (await http.get("/v1/clients", headers=headers)).status_code == 401
    assert (await ask(http, client)).json()["error"] == "invalid_client"
    again = await http.post(f"{one}/suspend", headers=admin.headers)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert (await http.post(f"{one}/resume", headers=admin.headers)).status_code == 200
    assert (await http.get("/v1/clients", headers=headers)).status_code == 401  # the old token
    assert (await ask(http, client)).status_code == 200


async def test_other_scopes_end_the_tokens_given_before(http, admin, client):
    headers = await bearer(http, client)
    one = f"/v1/clients/{client['id']}"
    match = {**admin.headers, "If-Match": '"1"'}
    renamed = await http.patch(one, json={"name": "排课系统"}, headers=match)
    assert (renamed.status_code, renamed.json()["version"]) == (200, 2)
    assert (await http.get("/v1/clients", headers=headers)).status_code == 403
    stale = await http.patch(one, json={"name": "x"}, headers=match)
    assert stale.status_code == 412
    assert (await http.patch(one, json={}, headers=admin.headers)).status_code == 428
    match = {**admin.headers, "If-Match": '"2"'}
    narrowed = await http.patch(one, json={"scopes": ["return:read"]}, headers=match)
    assert narrowed.json()["scopes"] == ["return:read"]
    assert (await http.get("/v1/clients", headers=headers)).status_code == 401
    assert (await ask(http, client)).json()["scope"] == "return:read"


async def test_a_system_is_disconnected_for_good(http, admin, client, sql):
    headers = await bearer(http, client)
    one = f"/v1/clients/{client['id']}"
    assert (await http.delete(one, headers=admin.headers)).status_code == 428
    gone = await http.delete(one, headers={**admin.headers, "If-Match": '"1"'})
    assert gone.status_code == 204
    assert (await http.get("/v1/clients", headers=headers)).status_code == 401
    assert (await ask(http, client)).status_code == 401
    assert (await http.get(one, headers=admin.headers)).status_code == 404
    entered = await sql.fetch(
        """SELECT detail ->> 'event' AS event FROM audit_entry WHERE outcome = 'done'
            ORDER BY at, seq"""
    )
    assert [entry["event"] for entry in entered] == [
        "client.connected",
        None,
        "client.disconnected",
    ]


async def test_a_client_takes_its_own_token_back(http, world, client, admin):
    headers = await bearer(http, client)
    token = headers["Authorization"][7:]
    office = await world.person(None, "group_admin")
    wish = {"name": "other", "scopes": ["directory:import"]}
    other = (await http.post("/v1/clients", json=wish, headers=office.headers)).json()

    async def revoke(by, **form):
        return await http.post("/oauth/revoke", data=form, headers=basic(by["id"], by["secret"]))

    assert (await revoke(other, token=token)).status_code == 200  # not its own: nothing happens
    person = admin.headers["Authorization"][7:]
    assert (await revoke(client, token=person)).status_code == 200
    assert (await http.get("/v1/clients", headers=admin.headers)).status_code == 200
    assert (await http.get("/v1/clients", headers=headers)).status_code == 403
    assert (await revoke(client, token="junk")).status_code == 200
    assert (await revoke(client)).json()["error"] == "invalid_request"
    assert (await revoke({**client, "secret": "x"}, token=token)).status_code == 401
    assert (await revoke(client, token=token)).status_code == 200
    assert (await http.get("/v1/clients", headers=headers)).status_code == 401


async def test_a_school_that_leaves_takes_its_systems_with_it(http, client, school, sql):
    headers = await bearer(http, client)
    await sql.execute(
        "UPDATE school_tier SET until_on = CURRENT_DATE - 1 WHERE school_id = $1", school.id
    )
    assert (await http.get("/v1/clients", headers=headers)).status_code == 401
    answer = await ask(http, client)
    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_a_new_tier_is_felt_by_the_next_request(http, client, school, sql, services):
    headers = await bearer(http, client)
    token = headers["Authorization"][7:]
    assert (await services.authenticator.actor_of(token)).tier == "integrated"
    await sql.execute("UPDATE school_tier SET tier = 'partner' WHERE school_id = $1", school.id)
    await http.get("/v1/clients", headers=headers)
    assert (await services.authenticator.actor_of(token)).tier == "partner"


async def test_failures_are_entered_but_cannot_flood_the_trail(http, client, sql, settings):
    for _ in range(settings.login_failures_max + 5):
        assert (await ask(http, {**client, "secret": "x"})).status_code == 401
    entered = await sql.fetchval(
        "SELECT count(*) FROM audit_entry WHERE outcome = 'denied' AND thing = $1",
        f"client/{client['id']}",
    )
    assert entered == settings.login_failures_max
    assert (await ask(http, client)).status_code == 200


async def test_clients_are_listed_in_pages(http, admin, client):
    made = [client["id"]]
    for n in range(4):
        wish = {"name": f"system {n}", "scopes": SCOPES}
        answer = await http.post("/v1/clients", json=wish, headers=admin.headers)
        made.append(answer.json()["id"])
    seen, link = [], "/v1/clients?limit=2"
    while link:
        page = await http.get(link, headers=admin.headers)
        seen += [item["id"] for item in page.json()["items"]]
        link = page.headers.get("link", "")[1:].partition(">")[0]
    assert seen == made[::-1]
    assert all(UUID(found) for found in seen)
