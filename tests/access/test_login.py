"""People sign in by a password: once it is right, and never too often when it is not."""

import asyncio
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from schoolgroup.access import passwords
from schoolgroup.access.sessions.rules import ADDRESS_FACTOR
from schoolgroup.kernel.ids import new_id

PASSWORD = "eight bright lanterns"
NEW = "nine quiet rivers"


@pytest.fixture(scope="module")
def password_hash() -> str:
    return passwords.HASHER.hash(PASSWORD)


@pytest.fixture
def give(sql, password_hash):
    """Give a person a password."""

    async def give(person, *, must_change: bool = False) -> str:
        await sql.execute(
            """INSERT INTO person_credential (group_id, person_id, password_hash, must_change,
                                              updated_at) VALUES ($1, $2, $3, $4, now())""",
            person.group_id,
            person.id,
            password_hash,
            must_change,
        )
        return str(await sql.fetchval("SELECT username FROM person WHERE id = $1", person.id))

    return give


async def sign_in(http, username: str, password: str = PASSWORD, **more):
    body = {"username": username, "password": password, **more}
    return await http.post("/v1/sessions", json=body)


async def test_the_visitor_gets_401_everywhere_but_at_the_door(http):
    for method, path in (
        ("GET", "/v1/me"),
        ("GET", "/v1/sessions"),
        ("DELETE", f"/v1/sessions/{uuid4()}"),
        ("POST", "/v1/me/password"),
        ("POST", "/v1/people/initial-passwords"),
    ):
        answer = await http.request(method, path)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated"), path


async def test_a_teacher_signs_in_and_is_known(http, world, give):
    school = await world.school("一中")
    teacher = await world.person(school, "teacher")
    username = await give(teacher)
    answer = await sign_in(http, username)
    assert answer.status_code == 201, answer.text
    opened = answer.json()
    assert opened["token_type"] == "Bearer"
    assert opened["expires_in"] == 600
    assert opened["context"] == {
        "appointment_id": str(teacher.appointment_id),
        "school_id": str(school.id),
        "school_name": "一中",
        "role": "teacher",
        "tier": "integrated",
    }
    headers = {"Authorization": f"Bearer {opened['access_token']}"}
    me = (await http.get("/v1/me", headers=headers)).json()
    assert me["person"]["id"] == str(teacher.id)
    assert me["school"]["name"] == "一中"
    assert me["group"]["code"] == "demo"
    assert (me["role"], me["tier"], me["scopes"]) == ("teacher", "integrated", None)
    assert "resource:borrow" in me["acts"]
    assert "policy:publish" not in me["acts"]
    assert [c["appointment_id"] for c in me["contexts"]] == [str(teacher.appointment_id)]


async def test_nothing_that_was_typed_is_kept(http, world, give, sql):
    username = await give(await world.person(await world.school("一中"), "teacher"))
    opened = (await sign_in(http, username)).json()
    await sign_in(http, username, "a wrong password")
    await sign_in(http, "somebody-else", "a wrong password")
    tables = await sql.fetch(
        """SELECT c.oid::regclass::text AS name FROM pg_class c
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace"""
    )
    for table in tables:
        rows = await sql.fetch(f"SELECT t::text FROM {table['name']} t")
        text = "\n".join(row[0] for row in rows)
        for secret in (
            PASSWORD,
            "a wrong password",
            "somebody-else",
            opened["refresh_token"],
            opened["access_token"],
        ):
            assert secret not in text, table["name"]


@pytest.mark.parametrize("how", ["unknown", "wrong", "suspended", "left", "no password", "group"])
async def test_whoever_may_not_in_gets_one_answer(http, world, give, sql, how):
    person = await world.person(await world.school("一中"), "teacher", "wang.li")
    if how != "no password":
        await give(person)
    if how in ("suspended", "left"):
        await sql.execute(f"UPDATE person SET {how}_at = now() WHERE id = $1", person.id)
    answer = await sign_in(
        http,
        "nobody" if how == "unknown" else "wang.li",
        "wrong" if how == "wrong" else PASSWORD,
        **({"group": "other"} if how == "group" else {}),
    )
    body = answer.json()
    body.pop("request_id")
    assert answer.status_code == 401
    assert body == {
        "type": "/problems/login-failed",
        "title": "Name or password is not right",
        "status": 401,
        "detail": "No one here signs in by this name and password.",
        "instance": "/v1/sessions",
        "code": "login_failed",
        "remedy": "Check both; a forgotten password is reset by your school's administrator.",
    }


async def test_an_unknown_user_costs_the_same_time(http, world, give, password_hash):
    username = await give(await world.person(await world.school("一中"), "teacher"))
    known: list[float] = []
    unknown: list[float] = []
    for _ in range(9):
        for name, times in ((username, known), ("nobody", unknown)):
            start = time.perf_counter()
            await sign_in(http, name, "not the password")
            times.append(time.perf_counter() - start)
    assert passwords.NOBODY.split("$")[:4] == password_hash.split("$")[:4]
    middle = len(known) // 2
    assert 0.6 < sorted(unknown)[middle] / sorted(known)[middle] < 1.7


async def test_failures_are_counted_per_name(http, world, give, settings, clock):
    school = await world.school("一中")
    username = await give(await world.person(school, "teacher"))
    colleague = await give(await world.person(school, "teacher"))
    for _ in range(settings.login_failures_max):
        assert (await sign_in(http, username, "wrong")).status_code == 401
    answer = await sign_in(http, username)  # even the right one waits now
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_attempts")
    assert 0 < int(answer.headers["retry-after"]) <= settings.login_window_s + 1
    assert (await sign_in(http, colleague)).status_code == 201
    clock.jump(timedelta(seconds=settings.login_window_s + 1))
    assert (await sign_in(http, username)).status_code == 201


async def test_many_attempts_at_once_are_all_counted(http, world, give, settings):
    username = await give(await world.person(await world.school("一中"), "teacher"))
    answers = await asyncio.gather(
        *(sign_in(http, username, f"guess {n}") for n in range(settings.login_failures_max * 3))
    )
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(401) == settings.login_failures_max
    assert statuses.count(429) == settings.login_failures_max * 2


async def test_the_right_password_does_not_wipe_out_failures(http, world, give, settings, sql):
    username = await give(await world.person(await world.school("一中"), "teacher"))
    for _ in range(settings.login_failures_max - 1):
        await sign_in(http, username, "wrong")
    assert (await sign_in(http, username)).status_code == 201
    assert (await sign_in(http, username)).status_code == 201  # a right one is not counted
    assert (await sign_in(http, username, "wrong")).status_code == 401
    assert (await sign_in(http, username)).status_code == 429
    assert await sql.fetchval("SELECT count(*) FROM login_failure") == (
        settings.login_failures_max * 2
    )


async def test_one_address_cannot_try_names_without_end(http, world, settings, sql, services):
    await world.school("一中")
    limit = settings.login_failures_max * ADDRESS_FACTOR
    subjects = services.gate.subjects(world.group_id, "x", "127.0.0.1")
    address = next(subject for subject, most in subjects.items() if most == limit)
    await sql.executemany(
        "INSERT INTO login_failure (group_id, subject_sha256, at, id) VALUES ($1, $2, now(), $3)",
        [(world.group_id, address, new_id()) for _ in range(limit)],
    )
    assert (await sign_in(http, "a-new-name")).status_code == 429


async def test_a_one_time_password_must_be_changed(http, world, give):
    username = await give(
        await world.person(await world.school("一中"), "teacher"), must_change=True
    )
    answer = await sign_in(http, username)
    assert (answer.status_code, answer.json()["code"]) == (403, "password_change_required")
    assert (await sign_in(http, username, "wrong", new_password=NEW)).status_code == 401
    for weak, code in (
        ("short", "too_short"),
        ("aaaaaaaaaaaa", "too_uniform"),
        (f"my {username}!", "contains_username"),
        (PASSWORD, "not_new"),
    ):
        refused = await sign_in(http, username, new_password=weak)
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, code)
    assert (await sign_in(http, username, new_password=NEW)).status_code == 201
    assert (await sign_in(http, username)).status_code == 401
    assert (await sign_in(http, username, NEW)).status_code == 201


async def test_with_several_appointments_one_is_chosen(http, world, give, sql):
    first, second = await world.school("一中"), await world.school("二中", "partner")
    person = await world.person(first, "teacher")
    username = await give(person)
    other_id = new_id()
    await sql.execute(
        """INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, created_at)
           VALUES ($1, $2, $3, $4, 'principal', '2021-01-01', now())""",
        world.group_id,
        other_id,
        person.id,
        second.id,
    )
    answer = await sign_in(http, username)
    assert (answer.status_code, answer.json()["code"]) == (409, "choose_appointment")
    offered = answer.json()["appointments"]
    assert [(a["school_name"], a["role"], a["tier"]) for a in offered] == [
        ("一中", "teacher", "integrated"),
        ("二中", "principal", "partner"),
    ]
    assert (await sign_in(http, username, "wrong")).status_code == 401  # nothing is listed
    chosen = await sign_in(http, username, appointment_id=str(other_id))
    assert chosen.json()["context"] == offered[1]
    stranger = await sign_in(http, username, appointment_id=str(uuid4()))
    assert stranger.json()["code"] == "choose_appointment"
    headers = {"Authorization": f"Bearer {chosen.json()['access_token']}"}
    me = (await http.get("/v1/me", headers=headers)).json()
    assert me["contexts"] == offered


async def test_without_an_appointment_in_force_nobody_acts(http, world, give, sql):
    person = await world.person(await world.school("一中"), "teacher")
    username = await give(person)
    await sql.execute(
        "UPDATE appointment SET until_on = '2025-01-01' WHERE person_id = $1", person.id
    )
    answer = await sign_in(http, username)
    assert (answer.status_code, answer.json()["code"]) == (403, "no_appointment")


async def test_the_group_may_be_left_out_only_where_there_is_one(http, world, give):
    username = await give(await world.person(await world.school("一中"), "teacher"))
    await world.group("other")
    assert (await sign_in(http, username)).status_code == 401
    assert (await sign_in(http, username, group="demo")).status_code == 201
    assert (await sign_in(http, username, group="other")).status_code == 401


async def test_sign_ins_and_failures_are_in_the_audit_trail(http, world, give, sql):
    school = await world.school("一中")
    person = await world.person(school, "teacher")
    username = await give(person)
    opened = (await sign_in(http, username)).json()
    await sign_in(http, username, "wrong")
    await sign_in(http, "nobody", "wrong")
    rows = await sql.fetch(
        "SELECT chain, actor, act, thing, outcome, school_id FROM audit_entry ORDER BY at, seq"
    )
    assert [tuple(row) for row in rows] == [
        (
            str(school.id),
            f"person:{person.id}",
            "session:open",
            f"session/{opened['session_id']}",
            "done",
            school.id,
        ),
        (str(school.id), "system:-", "session:open", f"person/{person.id}", "denied", school.id),
        ("office", "system:-", "session:open", "person", "denied", None),
    ]


async def test_an_administrator_hands_out_one_time_passwords(http, world, give, sql):
    school, other = await world.school("一中"), await world.school("二中")
    admin = await world.person(school, "school_admin")
    people = [await world.person(school, "teacher", f"teacher-{n}") for n in range(3)]
    key = {**admin.headers, "Idempotency-Key": "one"}
    names = {"usernames": ["teacher-2", "teacher-0", "teacher-1"]}
    answer = await http.post("/v1/people/initial-passwords", json=names, headers=key)
    assert answer.status_code == 201, answer.text
    items = answer.json()["items"]
    # in the order asked for, which is not that of the register
    assert [item["person_id"] for item in items] == [str(people[n].id) for n in (2, 0, 1)]
    assert len({item["password"] for item in items}) == 3
    for item in items:
        first = await sign_in(http, item["username"], item["password"])
        assert first.json()["code"] == "password_change_required"
        done = await sign_in(http, item["username"], item["password"], new_password=NEW)
        assert done.status_code == 201
    # who was signed in is signed out
    assert (await http.get("/v1/me", headers=people[0].headers)).status_code == 401
    # the same command again: the same answer, but no password is kept anywhere
    again = await http.post("/v1/people/initial-passwords", json=names, headers=key)
    assert again.headers["idempotent-replayed"] == "true"
    assert [item["password"] for item in again.json()["items"]] == [None, None, None]
    assert (await sign_in(http, "teacher-0", NEW)).status_code == 201
    entered = await sql.fetchval("SELECT count(*) FROM audit_entry WHERE act = 'password:set'")
    assert entered == 3
    # not of another school, not unknown ones, not of someone who is also something elsewhere
    await world.person(other, "teacher", "stranger")
    double = await world.person(school, "teacher", "double")
    await sql.execute(
        """INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, created_at)
           VALUES ($1, $2, $3, NULL, 'group_admin', '2021-01-01', now())""",
        world.group_id,
        UUID(int=7),
        double.id,
    )
    refused = await http.post(
        "/v1/people/initial-passwords",
        json={"usernames": ["teacher-0", "stranger", "nobody", "double", "teacher-0"]},
        headers=admin.headers,
    )
    assert refused.status_code == 422
    assert [e["pointer"] for e in refused.json()["errors"]] == [
        "/usernames/1",
        "/usernames/2",
        "/usernames/3",
        "/usernames/4",
    ]
    teacher = await http.post("/v1/people/initial-passwords", json=names, headers=people[1].headers)
    assert teacher.status_code == 401  # signed out above
    colleague = await world.person(school, "teacher")
    denied = await http.post("/v1/people/initial-passwords", json=names, headers=colleague.headers)
    assert (denied.status_code, denied.json()["code"]) == (403, "not_allowed")
    office = await world.person(None, "group_admin")
    done = await http.post(
        "/v1/people/initial-passwords",
        json={"usernames": ["double", "stranger"]},
        headers=office.headers,
    )
    assert done.status_code == 201


async def test_making_many_passwords_leaves_room_for_others(http, world):
    school = await world.school("一中")
    admin = await world.person(school, "school_admin")
    names = [f"teacher-{n:03d}" for n in range(60)]
    for name in names:
        await world.person(school, "teacher", name)
    making = asyncio.create_task(
        http.post(
            "/v1/people/initial-passwords",
            json={"usernames": names},
            headers=admin.headers,
            timeout=60,
        )
    )
    waits = []
    while not making.done():
        start = time.perf_counter()
        assert (await sign_in(http, "nobody", "x")).status_code in (401, 429)
        waits.append(time.perf_counter() - start)
        await asyncio.sleep(0.03)
    assert (await making).status_code == 201
    assert len(waits) > 5
    assert max(waits) < 2
