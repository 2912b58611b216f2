"""A roster over HTTP: sent in, drawn, locked, printed, sat."""

import hashlib
from datetime import timedelta

import pytest

from tests.evaluation.sittings import PAPER, again, freeze, mock_exam, send, set_up
from tests.people import today_there

CHINESE = {"subject": "语文", "items": [{"label": "1", "max_marks": 10}]}


def names_of(school, n):
    return [f"{school}学生{k:02}" for k in range(n)]


def sheet(n, classes=3, names=None, header="学籍号,班级,姓名", extra=""):
    rows = [f"G{k:03},90{k % classes},{names[k] if names else ''}{extra}" for k in range(n)]
    return "\n".join([header, *rows]).encode()


async def registering(http, world, subjects=None, **more):
    sitting = await set_up(http, world, ("甲校", "乙校"), subjects=subjects or [PAPER], **more)
    opened = await http.post(f"{sitting.path}/register", headers=sitting.officer.headers)
    assert opened.status_code == 200, opened.text
    return sitting


async def apply(http, sitting, who, content, **query):
    return await http.post(
        f"{sitting.path}/candidates", params=query, content=content, headers=who.headers
    )


async def rooms(http, sitting, *wanted):
    body = {
        "rooms": [
            {"site_school_id": str(sitting.schools[s].id), "label": label, "seat_rows": r,
             "seat_columns": c}
            for s, label, r, c in wanted
        ]
    }  # fmt: skip
    return await http.put(f"{sitting.path}/rooms", json=body, headers=sitting.officer.headers)


async def drawn(http, world, mixed=True, **more):
    sitting = await registering(http, world, **more)
    for name in ("甲校", "乙校"):
        content = sheet(14, names=names_of(name, 14))
        sent = await apply(http, sitting, sitting.principals[name], content)
        assert sent.status_code == 200, sent.text
    made = await rooms(http, sitting, ("甲校", "101", 4, 4), ("乙校", "201", 4, 4))
    assert made.status_code == 200, made.text
    draw = await http.post(
        f"{sitting.path}/draw", json={"mixed": mixed}, headers=sitting.officer.headers
    )
    assert draw.status_code == 200, draw.text
    return sitting, draw.json()


async def test_a_visitor_is_asked_to_sign_in_and_a_stranger_finds_nothing(http, world):
    sitting = await registering(http, world)
    paths = [("POST", "candidates"), ("POST", "candidates/from-register"), ("GET", "candidates"),
             ("POST", "candidates/annotated"),
             ("GET", "rooms"), ("PUT", "rooms"), ("POST", "draw"), ("GET", "draw"),
             ("POST", "roster/lock"), ("POST", "candidates/late"), ("PUT", "attendance"),
             ("GET", "prints?kind=sign-in")]  # fmt: skip
    await world.group("other")
    stranger = await world.person(None, "evaluation_officer")
    for method, path in paths:
        url = f"{sitting.path}/{path}"
        assert (await http.request(method, url)).status_code == 401, path
        body: dict[str, object] = {"json": {}} if method != "GET" else {}
        answer = await http.request(method, url, headers=stranger.headers, **body)
        assert answer.status_code in (404, 422), (path, answer.text)


async def test_a_school_sends_its_candidates_whole_and_again(http, world, sql):
    sitting = await registering(http, world, [PAPER, CHINESE])
    principal = sitting.principals["甲校"]
    content = "register_number,class,subjects\nG1,901,数学;语文\nG2,901,\nＧ3,902,语文\n".encode()
    dry = await apply(http, sitting, principal, content, dry_run=True)
    assert dry.json() == {"dry_run": True, "candidates": 3, "entries": 5, "schools": 1,
                          "from_register": 0, "removed": 0}  # fmt: skip
    assert await sql.fetchval("SELECT count(*) FROM exam_candidate") == 0
    assert (await apply(http, sitting, principal, content)).json()["entries"] == 5
    shorter = b"register_number,class\nG1,903\nG4,901\n"
    taken = (await apply(http, sitting, principal, shorter)).json()
    assert (taken["candidates"], taken["removed"]) == (2, 2)
    listed = (await http.get(f"{sitting.path}/candidates", headers=principal.headers)).json()
    seen = {(c["register_number"], c["class_label"], tuple(c["subjects"])) for c in listed["items"]}
    assert seen == {("G1", "903", ("数学", "语文")), ("G4", "901", ("数学", "语文"))}
    assert {c["exam_number"] for c in listed["items"]} == {None}
    other = await http.get(f"{sitting.path}/candidates", headers=sitting.principals["乙校"].headers)
    assert other.json()["items"] == []
    office = await http.get(f"{sitting.path}/candidates", headers=sitting.officer.headers)
    assert {c["register_number"] for c in office.json()["items"]} == {None}


async def test_every_problem_of_a_roster_is_named_at_once(http, world):
    sitting = await registering(http, world)
    content = ("register_number,class,subjects,school_code\n,901,,\nG1,,,\nG1,901,化学,\n"
               "G2,901,,无\n").encode()  # fmt: skip
    refused = await apply(http, sitting, sitting.principals["甲校"], content)
    found = {(e["pointer"], e["code"]) for e in refused.json()["errors"]}
    assert found == {
        ("/2/register_number", "register_number"), ("/3/class", "class"),
        ("/4/register_number", "twice"), ("/4/subjects", "subject_not_taken"),
        ("/5/school_code", "unknown_school"),
    }  # fmt: skip
    code = sitting.schools["甲校"].code
    office = f"school_code,register_number,class,name\n{code},G1,901,张三\n".encode()
    refused = await apply(http, sitting, sitting.officer, office)
    assert [e["code"] for e in refused.json()["errors"]] == ["name_leaves_school"]


async def test_anyone_can_draw_again_and_compare(http, world, sql):
    sitting, draw = await drawn(http, world)
    assert hashlib.sha256(draw["seed"].encode()).hexdigest() == draw["commitment_sha256"]
    only = draw["draws"][0]
    assert (only["conflicts"], only["conflicts_min"], only["candidates"]) == (0, 0, 28)
    lines = await sql.fetch(
        """SELECT t.candidate_id || ' ' || r.number || ' ' || t.seat_no AS line FROM exam_seat t
             JOIN exam_room r ON r.id = t.room_id"""
    )
    joined = "\n".join(sorted(row["line"] for row in lines))
    assert hashlib.sha256(joined.encode()).hexdigest() == only["result_sha256"]
    numbers = [r["exam_number"] for r in await sql.fetch("SELECT exam_number FROM exam_candidate")]
    assert len(set(numbers)) == 28
    assert {len(n) for n in numbers} == {8}
    # another draw says why, counts up, and the first stays on record
    again_ = f"{sitting.path}/draw"
    silent = await http.post(again_, json={}, headers=sitting.officer.headers)
    assert (silent.status_code, silent.json()["code"]) == (422, "redraw_needs_reason")
    second = await http.post(
        again_, json={"mixed": True, "because": "加一考场"}, headers=sitting.officer.headers
    )
    hashes = [d["result_sha256"] for d in second.json()["draws"]]
    assert len(set(hashes)) == 2
    assert hashes[1] == only["result_sha256"]


async def test_the_seed_is_sealed_until_it_was_used(http, world):
    sitting = await registering(http, world)
    for who in (sitting.officer, sitting.principals["甲校"]):
        seen = (await http.get(f"{sitting.path}/draw", headers=who.headers)).json()
        assert seen["seed"] is None
        assert len(seen["commitment_sha256"]) == 64


async def test_a_draw_without_seats_for_all_seats_nobody(http, world, sql):
    sitting = await registering(http, world)
    await apply(http, sitting, sitting.principals["甲校"], sheet(10))
    await rooms(http, sitting, ("乙校", "201", 5, 5))
    draw = f"{sitting.path}/draw"
    refused = await http.post(draw, json={}, headers=sitting.officer.headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_enough_seats")
    assert refused.json()["unseated"] == 10  # without mixing, each sits at the own school
    unlocked = await http.post(f"{sitting.path}/roster/lock", headers=sitting.officer.headers)
    assert (unlocked.status_code, unlocked.json()["code"]) == (409, "not_seated")
    twice = await rooms(http, sitting, ("乙校", "201", 5, 5), ("乙校", "201", 5, 5))
    assert (twice.status_code, twice.json()["code"]) == (422, "rooms_invalid")
    assert await sql.fetchval("SELECT count(*) FROM exam_seat") == 0


async def test_after_the_lock_only_late_candidates_with_a_reason(http, world):
    sitting, _ = await drawn(http, world)
    headers = sitting.officer.headers
    locked = await http.post(f"{sitting.path}/roster/lock", headers=headers)
    assert (locked.json()["status"], locked.json()["actions"]) == ("rostered", ["sit", "cancel"])
    for method, path, body in (
        ("POST", "draw", {"because": "x"}),
        ("POST", "candidates", None),
        ("PUT", "rooms", {"rooms": [{"site_school_id": str(sitting.schools["甲校"].id),
                                     "label": "1", "seat_rows": 1, "seat_columns": 1}]}),
    ):  # fmt: skip
        answer = await http.request(method, f"{sitting.path}/{path}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state"), path
    late = {"school_id": str(sitting.schools["甲校"].id), "register_number": "G900",
            "class_label": "900", "because": "转学生"}  # fmt: skip
    seats = set()
    for n in range(4):  # 32 seats, 28 taken
        added = await http.post(
            f"{sitting.path}/candidates/late",
            json={**late, "register_number": f"G90{n}"},
            headers=headers,
        )
        assert added.status_code == 201, added.text
        seats.add((added.json()["room_number"], added.json()["seat_no"]))
        assert added.json()["late_because"] == "转学生"
    assert len(seats) == 4
    full = await http.post(
        f"{sitting.path}/candidates/late", json={**late, "register_number": "Z"}, headers=headers
    )
    assert (full.status_code, full.json()["code"]) == (409, "no_spare_seat")
    no_reason = await http.post(
        f"{sitting.path}/candidates/late", json={**late, "because": ""}, headers=headers
    )
    assert no_reason.status_code == 422


@pytest.mark.parametrize("kind", ["door-list", "seat-labels", "sign-in"])
async def test_prints_name_only_the_own_pupils(http, world, sql, kind):
    sitting, _ = await drawn(http, world)
    path = f"{sitting.path}/prints?kind={kind}"
    before = await sql.fetchval("SELECT count(*) FROM audit_entry WHERE act = 'pupil:name'")
    own = await http.get(path, headers=sitting.principals["甲校"].headers)
    assert own.status_code == 200, own.text
    assert "甲校学生" in own.text
    assert "乙校学生" not in own.text  # they sit there, too, as numbers
    sheets = own.text.split("</style>")[1].split("<footer")[0]
    assert "201" not in sheets.replace("26001", "")
    after = await sql.fetchval("SELECT count(*) FROM audit_entry WHERE act = 'pupil:name'")
    assert after == before + 1
    assert "<script" not in own.text
    assert "http" not in own.text
    office = await http.get(path, headers=sitting.officer.headers)
    assert "学生0" not in office.text
    assert office.text.count("<section>") == 2
    book = await http.get(f"{path}&format=xlsx", headers=sitting.principals["乙校"].headers)
    assert book.content[:2] == b"PK"
    none = await http.get(f"{path}&room=1", headers=sitting.principals["乙校"].headers)
    assert none.status_code == 404
    teacher = await world.person(sitting.schools["甲校"], "teacher")
    assert (await http.get(path, headers=teacher.headers)).status_code == 403


async def test_what_a_name_says_is_text_on_every_print(http, world):
    sitting = await registering(http, world)
    nasty = "<img src=x onerror=alert(1)>"
    await apply(http, sitting, sitting.principals["甲校"], sheet(1, names=[nasty]))
    await rooms(http, sitting, ("甲校", "101", 1, 2))
    await http.post(f"{sitting.path}/draw", json={}, headers=sitting.officer.headers)
    page = await http.get(
        f"{sitting.path}/prints?kind=sign-in", headers=sitting.principals["甲校"].headers
    )
    assert "&lt;img" in page.text
    assert "<img" not in page.text


async def test_the_office_cannot_read_a_name_even_past_every_query(http, world, services, sql):
    from schoolgroup.kernel.context import Actor, ActorKind

    sitting, _ = await drawn(http, world)
    assert await sql.fetchval("SELECT count(*) FROM exam_candidate_name") == 28

    async def seen(kind=ActorKind.PERSON, **who):
        actor = Actor(kind=kind, group_id=world.group_id, **who)
        async with services.db.pool.acquire() as connection, connection.transaction():
            context, mac = services.db._sign(actor, None)
            await connection.execute(
                "SELECT set_config('app.context', $1, true), set_config('app.mac', $2, true)",
                context,
                mac,
            )
            return await connection.fetchval("SELECT count(*) FROM exam_candidate_name")

    school = sitting.schools["甲校"].id
    assert await seen(role="group_admin", tier="office") == 0
    assert await seen(kind=ActorKind.SYSTEM, role="system", tier="office") == 0
    assert await seen(role="principal", tier="integrated", school_id=school) == 14


async def test_a_whole_sitting_from_lock_to_frozen(http, world, sql, clock):
    sitting, _ = await drawn(http, world)
    officer = sitting.officer
    at = f"{today_there() + timedelta(days=1)}T09:00:00+08:00"
    await http.put(
        f"{sitting.path}/schedule",
        json={"subjects": [{"subject": "数学", "starts_at": at}]},
        headers=officer.headers,
    )
    await http.post(f"{sitting.path}/roster/lock", headers=officer.headers)
    seated = await sql.fetch(
        """SELECT c.exam_number, c.school_id, t.site_school_id FROM exam_seat t
             JOIN exam_candidate c ON c.id = t.candidate_id ORDER BY c.exam_number"""
    )
    mine = sitting.schools["甲校"].id
    elsewhere = [r["exam_number"] for r in seated if mine not in (r["school_id"], r[2])]
    guests = [r["exam_number"] for r in seated if r["school_id"] != mine and r[2] == mine]
    own = [r["exam_number"] for r in seated if r["school_id"] == mine]
    principal = sitting.principals["甲校"]

    async def record(who, *records):
        body = {"records": [{"exam_number": n, "attendance": a} for n, a in records]}
        return await http.put(f"{sitting.path}/attendance", json=body, headers=who.headers)

    early = await record(principal, (own[0], "absent"))
    assert [e["code"] for e in early.json()["errors"]] == ["not_begun"]
    assert (await record(principal, (own[3], "exempt"))).status_code == 200
    clock.jump(timedelta(days=2))
    officer, principal = await again(world, officer), await again(world, principal)
    done = await record(principal, (own[0], "absent"), (own[1], "void"), (guests[0], "late"))
    assert done.status_code == 200, done.text
    wrong = await record(principal, (elsewhere[0], "absent"), (own[0], "void"), (own[0], "void"))
    assert [e["code"] for e in wrong.json()["errors"]] == ["unknown_candidate", "twice"]
    assert (await record(officer, (elsewhere[0], "absent"))).status_code == 200
    sat = await http.post(f"{sitting.path}/sit", headers=officer.headers)
    assert sat.json()["status"] == "sat"

    # results: a number that is on no roster, presence where absence was recorded, then whole
    codes = {s.id: s.code for s in sitting.schools.values()}
    gone = {own[0], own[1], own[3], guests[0], elsewhere[0]}
    header = "school_code,exam_number,class,status,1,2,3"
    lines = [
        f"{codes[r['school_id']]},{r['exam_number']},,,1,2,3"
        for r in seated
        if r["exam_number"] not in gone
    ]
    sitting.officer = officer
    bad = [f"{codes[mine]},99999999,,,1,2,3", f"{codes[mine]},{own[0]},,,1,2,3"]
    refused = await send(http, sitting, "\n".join([header, *lines, *bad]).encode())
    assert [e["code"] for e in refused.json()["errors"]] == ["not_on_roster", "attendance_differs"]
    part = await send(http, sitting, "\n".join([header, *lines[:-1]]).encode())
    assert part.status_code == 200, part.text
    early = await http.post(f"{sitting.path}/freeze", headers=officer.headers)
    assert (early.status_code, early.json()["code"]) == (409, "marks_incomplete")
    await send(http, sitting, "\n".join([header, *lines]).encode())
    frozen = await freeze(http, sitting)
    assert frozen["candidates"] == 28
    states = await sql.fetch("SELECT result, count(*) AS n FROM exam_score GROUP BY 1")
    assert {r["result"]: r["n"] for r in states} == {
        "present": 23, "absent": 2, "void": 1, "late": 1, "exempt": 1,
    }  # fmt: skip


async def test_a_schools_own_exam_has_a_roster_too(http, world):
    lead = await world.person(await world.school("甲校"), "lead")
    made = (
        await http.post(
            "/v1/exams",
            json=mock_exam(purpose="final", grade=8, term_last=False),
            headers=lead.headers,
        )
    ).json()
    path = f"/v1/exams/{made['id']}"
    assert (await http.post(f"{path}/register", headers=lead.headers)).status_code == 200
    sent = await http.post(
        f"{path}/candidates", content=sheet(6, names=names_of("甲", 6)), headers=lead.headers
    )
    assert sent.status_code == 200, sent.text
    body = {"rooms": [{"site_school_id": made["school_id"], "label": "1", "seat_rows": 3,
                       "seat_columns": 3}]}  # fmt: skip
    await http.put(f"{path}/rooms", json=body, headers=lead.headers)
    drew = await http.post(f"{path}/draw", json={}, headers=lead.headers)
    assert drew.status_code == 200, drew.text
    locked = await http.post(f"{path}/roster/lock", headers=lead.headers)
    assert locked.json()["status"] == "rostered"
    page = await http.get(f"{path}/prints?kind=door-list", headers=lead.headers)
    assert "甲学生03" in page.text
