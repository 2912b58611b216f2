"""Sessions: refreshed once per token, seen by few, and over at once when rights change."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from schoolgroup.access import passwords

PASSWORD = "eight bright lanterns"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return passwords.HASHER.hash(PASSWORD)


@pytest.fixture
async def school(world):
    return await world.school("一中")


@pytest.fixture
async def teacher(world, school):
    return await world.person(school, "teacher", "wang.li")


@pytest.fixture
async def opened(http, teacher, sql, password_hash):
    """The tokens of a session that the teacher opened with a password."""
    await sql.execute(
        """INSERT INTO person_credential (group_id, person_id, password_hash, updated_at)
           VALUES ($1, $2, $3, now())""",
        teacher.group_id,
        teacher.id,
        password_hash,
    )
    answer = await http.post("/v1/sessions", json={"username": "wang.li", "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return answer.json()


def by(tokens) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens['access_token']}"}


async def refresh(http, tokens):
    return await http.post("/v1/sessions/refresh", json={"refresh_token": tokens["refresh_token"]})


async def test_a_session_is_refreshed_by_a_token_that_works_once(http, opened, sql):
    answer = await refresh(http, opened)
    assert answer.status_code == 200, answer.text
    renewed = answer.json()
    assert renewed["session_id"] == opened["session_id"]
    assert renewed["context"] == opened["context"]
    assert (await http.get("/v1/me", headers=by(renewed))).status_code == 200
    # the old token again: one of the two who used it stole it
    stolen = await refresh(http, opened)
    assert (stolen.status_code, stolen.json()["code"]) == (401, "session_over")
    assert (await http.get("/v1/me", headers=by(renewed))).status_code == 401
    assert (await refresh(http, renewed)).status_code == 401
    because = await sql.fetchval(
        "SELECT detail ->> 'because' FROM audit_entry WHERE act = 'session:revoke'"
    )
    assert because == "refresh token used twice"


async def test_a_token_used_twice_at_once_is_used_once(http, opened):
    answers = await asyncio.gather(*(refresh(http, opened) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [401] * 7
    given = next(answer.json() for answer in answers if answer.status_code == 200)
    assert (await http.get("/v1/me", headers=by(given))).status_code == 401


@pytest.mark.parametrize("token", ["x", "sgr_", "sgr_????", "sgr_" + "A" * 64, "sgr_" + "A" * 65])
async def test_what_is_no_refresh_token_is_refused(http, world, token):
    answer = await http.post("/v1/sessions/refresh", json={"refresh_token": token})
    assert (answer.status_code, answer.json()["code"]) == (401, "session_over")


async def test_a_session_ends_in_the_end(http, opened, settings, clock):
    clock.jump(timedelta(seconds=601))
    expired = await http.get("/v1/me", headers=by(opened))
    assert (expired.status_code, expired.json()["code"]) == (401, "token_refused")
    renewed = (await refresh(http, opened)).json()
    assert (await http.get("/v1/me", headers=by(renewed))).status_code == 200
    clock.jump(timedelta(seconds=settings.session_s))
    assert (await refresh(http, renewed)).status_code == 401


CHANGES = {
    "suspended": "UPDATE person SET suspended_at = now() WHERE id = $1",
    "left": "UPDATE person SET left_at = now() WHERE id = $1",
    "the appointment ended": "UPDATE appointment SET until_on = '2026-01-01' WHERE person_id = $1",
    "the school left the group": """UPDATE school_tier SET until_on = '2026-01-01'
        WHERE school_id = (SELECT school_id FROM appointment WHERE person_id = $1)""",
    "the school closed": """UPDATE school SET closed_on = '2026-01-01'
        WHERE id = (SELECT school_id FROM appointment WHERE person_id = $1)""",
}


@pytest.mark.parametrize("change", CHANGES)
async def test_lost_rights_end_the_session_at_once(http, opened, teacher, sql, change):
    assert (await http.get("/v1/me", headers=by(opened))).status_code == 200
    await sql.execute(CHANGES[change], teacher.id)
    refused = await http.get("/v1/me", headers=by(opened))
    assert (refused.status_code, refused.json()["code"]) == (401, "session_over")
    assert (await refresh(http, opened)).status_code == 401


async def test_another_role_needs_a_refresh(http, opened, teacher, sql):
    assert (await http.get("/v1/me", headers=by(opened))).status_code == 200
    await sql.execute("UPDATE appointment SET role = 'lead' WHERE person_id = $1", teacher.id)
    assert (await http.get("/v1/me", headers=by(opened))).status_code == 401
    renewed = (await refresh(http, opened)).json()
    assert renewed["context"]["role"] == "lead"
    for tokens in (renewed, opened):  # the older token of this session has the new rights, too
        assert (await http.get("/v1/me", headers=by(tokens))).json()["role"] == "lead"


async def test_another_tier_is_felt_by_the_very_next_request(http, opened, teacher, sql):
    assert (await http.get("/v1/me", headers=by(opened))).json()["tier"] == "integrated"
    await sql.execute(
        "UPDATE school_tier SET tier = 'partner' WHERE school_id = $1", teacher.school_id
    )
    assert (await http.get("/v1/me", headers=by(opened))).json()["tier"] == "partner"
    renewed = (await refresh(http, opened)).json()
    assert renewed["context"]["tier"] == "partner"


async def test_a_tier_that_changes_on_a_day_is_felt_on_that_day(http, world, sql, clock, services):
    """No job runs: dates alone end the remembered rights."""
    school = await world.school("一中")
    teacher = await world.person(school, "teacher")
    today = await sql.fetchval("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
    await sql.execute(
        "UPDATE school_tier SET until_on = $2 WHERE school_id = $1",
        school.id,
        today + timedelta(days=1),
    )
    await sql.execute(
        """INSERT INTO school_tier (group_id, id, school_id, tier, from_on)
           VALUES ($1, $2, $3, 'partner', $4)""",
        world.group_id,
        uuid4(),
        school.id,
        today + timedelta(days=1),
    )
    # a token that outlives midnight, so that only the date ends the rights
    fresh = await world.sign_in(world.group_id, teacher.id, teacher.appointment_id)
    services.authenticator.access_token_s, before = 10**6, services.authenticator.access_token_s
    try:
        token = services.authenticator.write_token(
            fresh.session_id, world.group_id, f"person:{teacher.id}"
        )
    finally:
        services.authenticator.access_token_s = before
    headers = {"Authorization": f"Bearer {token}"}
    assert (await http.get("/v1/me", headers=headers)).json()["tier"] == "integrated"
    clock.jump(timedelta(days=1))
    assert (await http.get("/v1/me", headers=headers)).json()["tier"] == "partner"


async def test_no_read_succeeds_after_the_revocation_is_answered(http, world, school, teacher):
    """Readers run all the time; none that begins after the answer of DELETE gets data."""
    admin = await world.person(school, "school_admin")
    revoked, read_often = asyncio.Event(), asyncio.Event()
    begun_after, seen = [], []

    async def read() -> None:
        while True:
            after = revoked.is_set()
            answer = await http.get("/v1/me", headers=teacher.headers)
            seen.append(answer.status_code)
            if len(seen) == 20:
                read_often.set()
            if after:
                begun_after.append(answer.status_code)
            if len(begun_after) >= 20:
                return

    async def revoke() -> None:
        await read_often.wait()
        path = f"/v1/sessions/{teacher.session_id}"
        assert (await http.delete(path, headers=admin.headers)).status_code == 204
        revoked.set()

    await asyncio.gather(*(read() for _ in range(4)), revoke())
    assert seen.count(200) >= 16
    assert set(begun_after) == {401}


async def test_who_sees_and_ends_whose_sessions(http, world, school, teacher):
    admin = await world.person(school, "school_admin")
    colleague = await world.person(school, "teacher")
    stranger = await world.person(await world.school("二中"), "school_admin")
    office = await world.person(None, "group_admin")

    async def seen(person) -> set[str]:
        answer = await http.get("/v1/sessions", headers=person.headers)
        assert answer.status_code == 200
        return {item["id"] for item in answer.json()["items"]}

    mine = {str(teacher.session_id)}
    assert await seen(teacher) == mine
    assert await seen(colleague) == {str(colleague.session_id)}
    assert await seen(admin) == mine | {str(admin.session_id), str(colleague.session_id)}
    assert await seen(stranger) == {str(stranger.session_id)}
    assert len(await seen(office)) == 5
    of_teacher = await http.get(
        "/v1/sessions", params={"person_id": str(teacher.id)}, headers=admin.headers
    )
    [item] = of_teacher.json()["items"]
    assert (item["role"], item["current"], item["actions"]) == ("teacher", False, ["revoke"])
    path = f"/v1/sessions/{teacher.session_id}"
    for person in (colleague, stranger):
        answer = await http.delete(path, headers=person.headers)
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert (await http.delete(path, headers=admin.headers)).status_code == 204
    assert (await http.get("/v1/me", headers=teacher.headers)).status_code == 401
    assert (await http.delete(path, headers=admin.headers)).status_code == 404
    assert await seen(admin) == {str(admin.session_id), str(colleague.session_id)}


async def test_signing_out_ends_the_own_session(http, teacher, sql):
    path = f"/v1/sessions/{teacher.session_id}"
    assert (await http.delete(path, headers=teacher.headers)).status_code == 204
    assert (await http.get("/v1/me", headers=teacher.headers)).status_code == 401
    entry = await sql.fetchrow(
        """SELECT actor, detail ->> 'because' AS because, policy_line FROM audit_entry
            WHERE act = 'session:revoke'"""
    )
    assert tuple(entry)[:2] == (f"person:{teacher.id}", "signed out")
    assert entry["policy_line"] == "p, member, *, self, account:use, allow"


async def test_a_stranger_of_another_group_finds_nothing(http, world, teacher):
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    answer = await http.delete(f"/v1/sessions/{teacher.session_id}", headers=stranger.headers)
    assert answer.status_code == 404
    listed = await http.get("/v1/sessions", headers=stranger.headers)
    assert [item["id"] for item in listed.json()["items"]] == [str(stranger.session_id)]


async def test_a_person_changes_the_own_password(http, opened, teacher, world, settings):
    new = "nine quiet rivers"
    other_session = teacher.headers
    body = {"old_password": PASSWORD, "new_password": new}
    wrong = await http.post(
        "/v1/me/password", json={**body, "old_password": "x"}, headers=by(opened)
    )
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    weak = await http.post(
        "/v1/me/password", json={**body, "new_password": "short"}, headers=by(opened)
    )
    assert (weak.status_code, weak.json()["code"]) == (422, "weak_password")
    done = await http.post("/v1/me/password", json=body, headers=by(opened))
    assert done.status_code == 204, done.text
    assert (await http.get("/v1/me", headers=by(opened))).status_code == 200
    assert (await http.get("/v1/me", headers=other_session)).status_code == 401
    signed_in = {"username": "wang.li", "password": new}
    assert (await http.post("/v1/sessions", json=signed_in)).status_code == 201
    # who stole a session cannot guess the password here either
    for _ in range(settings.login_failures_max):
        answer = await http.post("/v1/me/password", json=body, headers=by(opened))
    assert answer.status_code == 429


async def test_a_machine_has_no_password(http, world, school):
    headers = await world.client(school, ["account:secure", "account:read"])
    body = {"old_password": "x", "new_password": "nine quiet rivers"}
    answer = await http.post("/v1/me/password", json=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_password")
    me = (await http.get("/v1/me", headers=headers)).json()
    assert (me["client"]["name"][:6], me["person"], me["role"]) == ("client", None, "client")
    assert me["acts"] == ["account:read", "account:secure"]
