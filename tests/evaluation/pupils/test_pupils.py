"""The pupil register: pseudonyms for all, names for the own school, on record; years that go on."""

import asyncio
from uuid import UUID

import pytest

from schoolgroup.directory.pupils.models import ToPromote
from schoolgroup.directory.pupils.rules import leaving, promoted, school_year
from schoolgroup.kernel.sheets import read_sheet
from tests.evaluation.sittings import PAPER, mock_exam, set_up
from tests.people import today_there

NOBODY = UUID(int=1)


def register(*rows, header="学籍号,年级,班级,姓名,性别"):
    return "\n".join([header, *rows]).encode()


SHEET = register(
    "G1,9,901,张三,男", "G2,9,902,李四,女", "G3,8,801,王五,", "G4,7,701,赵六,女", "Ｇ5,9,901,,"
)


async def taken(http, who, content=SHEET, **query):
    answer = await http.post(
        "/v1/pupils/import", params=query, content=content, headers=who.headers
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def keeper(world, name="甲校", role="school_admin", **more):
    return await world.person(await world.school(name, **more), role)


async def pupils(http, who, **query):
    answer = await http.get("/v1/pupils", params=query, headers=who.headers)
    assert answer.status_code == 200, answer.text
    return {p["register_number"]: p for p in answer.json()["items"]}


async def test_a_visitor_is_asked_to_sign_in_and_a_stranger_finds_nothing(http, world):
    admin = await keeper(world)
    await taken(http, admin)
    one = (await pupils(http, admin))["G1"]["id"]
    paths = [("POST", "/v1/pupils/import"), ("POST", "/v1/pupils/import/annotated"),
             ("GET", "/v1/pupils"), ("GET", f"/v1/pupils/{one}"), ("GET", "/v1/pupil-classes"),
             ("GET", f"/v1/pupils/{one}/name"), ("PUT", f"/v1/pupils/{one}/name"),
             ("DELETE", f"/v1/pupils/{one}/name"), ("POST", f"/v1/pupils/{one}/leave"),
             ("POST", f"/v1/pupils/{one}/transfer"), ("GET", "/v1/pupil-transfers"),
             ("POST", "/v1/pupil-promotions"),
             ("GET", "/v1/pupil-names?grade=9&class_label=901")]  # fmt: skip
    for method, path in paths:
        assert (await http.request(method, path)).status_code == 401, path
    others = [await keeper(world, "乙校"), await world.person(None, "group_admin"),
              await world.person(None, "evaluation_officer")]  # fmt: skip
    await world.group("other")
    others.append(await keeper(world, "外校"))
    for who in others:
        for method, path in paths:
            if one in path and method == "GET":
                answer = await http.request(method, path, headers=who.headers)
                assert answer.status_code == 404, (who.role, path, answer.text)
        assert await pupils(http, who) == {}
        names = await http.get("/v1/pupil-names?grade=9&class_label=901", headers=who.headers)
        assert "张三" not in names.text


async def test_the_same_file_twice_is_once_and_another_corrects_it(http, world, sql):
    admin = await keeper(world)
    dry = await taken(http, admin, dry_run=True)
    assert (dry["created"], dry["rows"]) == (5, 5)
    assert await sql.fetchval("SELECT count(*) FROM pupil") == 0
    first = await taken(http, admin)
    assert (first["created"], first["names"]) == (5, 4)
    again = await taken(http, admin)
    assert (again["created"], again["updated"], again["unchanged"], again["names"]) == (0, 0, 5, 0)
    moved = await taken(http, admin, register("G1,9,903,张三丰,男"))
    assert (moved["updated"], moved["names"]) == (1, 1)
    seen = await pupils(http, admin)
    assert seen["G1"]["class_label"] == "903"
    assert set(seen) == {"G1", "G2", "G3", "G4", "G5"}
    ids = {p["id"] for p in seen.values()}
    assert not any(number in "".join(ids) for number in ("G1", "张三"))
    classes = (await http.get("/v1/pupil-classes", headers=admin.headers)).json()
    assert {(c["class_label"], c["pupils"]) for c in classes["items"]} == {
        ("701", 1), ("801", 1), ("901", 1), ("902", 1), ("903", 1),
    }  # fmt: skip


async def test_every_problem_comes_back_beside_its_row(http, world):
    admin = await keeper(world)
    wrong = register(
        "G1,9,901,甲,男", "G1,9,901,乙,男", ",9,901,丙,", "G2,11,901,丁,", "G3,9,,戊,x"
    )
    refused = await http.post("/v1/pupils/import", content=wrong, headers=admin.headers)
    found = {(e["pointer"], e["code"]) for e in refused.json()["errors"]}
    assert found == {
        ("/3/register_number", "twice"), ("/4/register_number", "register_number"),
        ("/5/grade", "grade"), ("/6/class", "class"), ("/6/sex", "sex"),
    }  # fmt: skip
    book = await http.post("/v1/pupils/import/annotated", content=wrong, headers=admin.headers)
    rows = read_sheet(book.content)
    assert [bool(row.cells["问题/problem"]) for row in rows] == [False, True, True, True, True]
    assert await pupils(http, admin) == {}


async def test_names_are_read_on_record_by_the_own_school_alone(http, world, services, sql):
    from schoolgroup.kernel.context import Actor, ActorKind

    admin = await keeper(world)
    await taken(http, admin)
    listed = await http.get("/v1/pupils", headers=admin.headers)
    assert "张三" not in listed.text
    one = (await pupils(http, admin))["G1"]["id"]
    read = await http.get(f"/v1/pupils/{one}/name", headers=admin.headers)
    assert read.json()["name"] == "张三"
    names = await http.get("/v1/pupil-names?grade=9&class_label=901", headers=admin.headers)
    assert [n["name"] for n in names.json()["items"]] == ["张三"]
    entries = await sql.fetch("SELECT actor, detail FROM audit_entry WHERE act = 'pupil:name'")
    assert len(entries) == 2
    assert all(str(admin.id) in e["actor"] for e in entries)
    everything = await sql.fetch(
        "SELECT data::text AS t FROM event UNION ALL SELECT detail::text FROM audit_entry"
    )
    assert not any("张三" in row["t"] or "G1" in row["t"] for row in everything)
    teacher = await world.sign_in(admin.group_id, admin.id, admin.appointment_id)
    assert teacher.role == "school_admin"

    async def seen(kind=ActorKind.PERSON, **who):
        actor = Actor(kind=kind, group_id=world.group_id, **who)
        async with services.db.pool.acquire() as connection, connection.transaction():
            context, mac = services.db._sign(actor, None)
            await connection.execute(
                "SELECT set_config('app.context', $1, true), set_config('app.mac', $2, true)",
                context,
                mac,
            )
            return await connection.fetchval("SELECT count(*) FROM pupil_name")

    assert await seen(role="group_admin", tier="office") == 0
    assert await seen(kind=ActorKind.SYSTEM, role="system", tier="office") == 0
    assert await seen(role="teacher", tier="integrated", school_id=admin.school_id) == 4
    erased = await http.delete(f"/v1/pupils/{one}/name", headers=admin.headers)
    assert erased.status_code == 200
    assert (await http.get(f"/v1/pupils/{one}/name", headers=admin.headers)).status_code == 404
    assert await sql.fetchval("SELECT count(*) FROM pupil_name WHERE name = '张三'") == 0
    written = await http.put(f"/v1/pupils/{one}/name", json={"name": "张珊"}, headers=admin.headers)
    assert written.status_code == 200


async def test_a_teacher_reads_no_register_and_a_client_no_names(http, world):
    school = await world.school("甲校")
    admin, teacher = (
        await world.person(school, "school_admin"),
        await world.person(school, "teacher"),
    )
    await taken(http, admin)
    assert await pupils(http, teacher) == {}
    machine = await world.client(school, ["pupil:read", "pupil:keep"])
    refused = await http.post("/v1/pupils/import", content=SHEET, headers=machine)
    assert refused.status_code == 403  # the file has names
    bare = register("G9,9,901,,")
    assert (await http.post("/v1/pupils/import", content=bare, headers=machine)).status_code == 200


@pytest.mark.parametrize(
    ("grade", "label", "now"),
    [(7, "701", (8, "801")), (7, "七1班", (8, "八1班")), (8, "八（3）班", (9, "九（3）班")),
     (9, "901", (10, "1001")), (10, "高一1班", (11, "高一1班")), (7, "向日葵", (8, "向日葵")),
     (10, "1002", (11, "1102")), (1, "12班", (2, "12班")), (1, "1", (2, "2"))],
)  # fmt: skip
def test_a_class_keeps_its_name_and_moves_its_grade(grade, label, now):
    assert promoted(ToPromote(NOBODY, "", grade, label)) == now


def test_the_last_grade_of_a_school_leaves_it():
    assert 9 in leaving(["junior"], None)
    assert 6 not in leaving(["primary", "junior"], None)
    assert {6, 12} <= leaving(["primary", "senior"], None)
    assert leaving(["primary"], [5]) == {5}


async def test_promotion_is_once_however_often_and_can_be_taken_back(http, world, sql):
    admin = await keeper(world)
    await taken(http, admin)
    year = school_year(today_there())
    before = await pupils(http, admin)

    async def promote():
        return await http.post(
            "/v1/pupil-promotions", json={"to_year": year + 1}, headers=admin.headers
        )

    answers = await asyncio.gather(*(promote() for _ in range(3)))
    assert [a.status_code for a in answers] == [200] * 3
    assert len({a.json()["id"] for a in answers}) == 1
    made = answers[0].json()
    assert (made["promoted"], made["graduated"]) == (2, 3)
    after = await pupils(http, admin)
    assert (after["G3"]["grade"], after["G3"]["class_label"]) == (9, "901")
    assert after["G1"]["status"] == "graduated"
    assert (await http.post(f"/v1/pupils/{before['G1']['id']}/leave",
                            headers=admin.headers)).status_code == 409  # fmt: skip
    undone = await http.post(f"/v1/pupil-promotions/{made['id']}/undo", headers=admin.headers)
    assert undone.json()["undone_at"]
    now = await pupils(http, admin)
    assert {n: (p["grade"], p["class_label"], p["status"]) for n, p in now.items()} == {
        n: (p["grade"], p["class_label"], p["status"]) for n, p in before.items()
    }
    second = (await promote()).json()
    assert second["id"] != made["id"]
    # an exam of the new year rests on it
    await sql.execute(
        """INSERT INTO exam (group_id, id, title, stage, grade, purpose, term_last, school_year,
                             gate, status, created_at, updated_at)
           VALUES ($1, gen_random_uuid(), 'x', 'junior', 9, 'mock', true, $2, 'junior_mock',
                   'registering', now(), now())""",
        world.group_id, year + 1,
    )  # fmt: skip
    await sql.execute(
        """INSERT INTO exam_school (group_id, exam_id, school_id, status, invited_at)
           SELECT $1, id, $2, 'accepted', now() FROM exam""",
        world.group_id, admin.school_id,
    )  # fmt: skip
    await sql.execute(
        """INSERT INTO exam_candidate (group_id, id, exam_id, school_id, exam_number, pupil_id)
           SELECT $1, gen_random_uuid(), id, $2, '1', $3 FROM exam""",
        world.group_id, admin.school_id, UUID(before["G3"]["id"]),
    )  # fmt: skip
    rests = await http.post(f"/v1/pupil-promotions/{second['id']}/undo", headers=admin.headers)
    assert (rests.status_code, rests.json()["code"]) == (409, "promotion_depended_on")


async def test_a_transfer_needs_consent_and_history_stays(http, world, sql):
    old, new, third = [await keeper(world, name) for name in ("甲校", "乙校", "丙校")]
    senior = await keeper(world, "高中", stages=("senior",))
    await taken(http, old)
    await taken(http, new, register("H1,9,911,钱七,"))
    one = (await pupils(http, old))["G1"]["id"]
    path = f"/v1/pupils/{one}/transfer"

    async def propose(to):
        wish = {"to_school_id": str(to.school_id), "because": "搬家"}
        return await http.post(path, json=wish, headers=old.headers)

    assert (await propose(senior)).json()["code"] == "school_unfit"
    assert (await propose(old)).status_code == 422
    first = (await propose(new)).json()
    assert first["actions"] == ["withdraw"]
    assert (await propose(third)).json()["code"] == "transfer_open"
    seen = (await http.get("/v1/pupil-transfers", headers=new.headers)).json()["items"]
    assert [t["actions"] for t in seen] == [["accept", "decline"]]
    assert "张三" not in str(seen)
    assert "G1" not in str(seen)
    assert (await http.get("/v1/pupil-transfers", headers=third.headers)).json()["items"] == []
    decide = f"/v1/pupil-transfers/{first['id']}"
    consent = {"register_number": "H2", "class_label": "912"}
    for who, status in ((old, 403), (third, 404)):
        answer = await http.post(f"{decide}/accept", json=consent, headers=who.headers)
        assert answer.status_code == status, answer.text
    busy = await http.post(
        f"{decide}/accept", json={**consent, "register_number": "H1"}, headers=new.headers
    )
    assert (busy.status_code, busy.json()["code"]) == (409, "register_number_taken")
    done = await http.post(f"{decide}/accept", json=consent, headers=new.headers)
    assert (done.status_code, done.json()["status"]) == (200, "accepted")
    again = await http.post(f"{decide}/withdraw", headers=old.headers)
    assert (again.status_code, again.json()["code"]) == (409, "wrong_state")
    assert "G1" not in await pupils(http, old)
    here = (await pupils(http, new))["H2"]
    assert (here["id"], here["grade"], here["class_label"]) == (one, 9, "912")
    # the name did not come along; the old school's years are its own
    assert (await http.get(f"/v1/pupils/{one}/name", headers=new.headers)).status_code == 404
    history = (await http.get(f"/v1/pupils/{one}", headers=new.headers)).json()
    assert [e["class_label"] for e in history["enrolments"]] == ["912"]
    assert await sql.fetchval("SELECT count(*) FROM pupil_enrolment WHERE pupil_id = $1",
                              UUID(one)) == 2  # fmt: skip


async def test_a_declined_transfer_leaves_all_as_it_was(http, world):
    old, new = await keeper(world), await keeper(world, "乙校")
    await taken(http, old)
    one = (await pupils(http, old))["G2"]["id"]
    wish = {"to_school_id": str(new.school_id)}
    made = (await http.post(f"/v1/pupils/{one}/transfer", json=wish, headers=old.headers)).json()
    path = f"/v1/pupil-transfers/{made['id']}/decline"
    assert (await http.post(path, json={}, headers=new.headers)).status_code == 422
    no = await http.post(path, json={"because": "学位已满"}, headers=new.headers)
    assert (no.json()["status"], no.json()["decided_because"]) == ("declined", "学位已满")
    assert (await pupils(http, old))["G2"]["status"] == "enrolled"


async def test_an_exam_takes_its_candidates_from_the_register(http, world):
    sitting = await set_up(http, world, ("甲校", "乙校"), subjects=[PAPER], exam=mock_exam())
    principal = sitting.principals["甲校"]
    await taken(http, principal)
    await http.post(f"{sitting.path}/register", headers=sitting.officer.headers)
    path = f"{sitting.path}/candidates/from-register"
    sent = await http.post(path, json={}, headers=principal.headers)
    assert sent.status_code == 200, sent.text
    assert (sent.json()["candidates"], sent.json()["from_register"]) == (3, 3)  # grade 9 only
    fewer = await http.post(path, json={"class_labels": ["901"]}, headers=principal.headers)
    assert (fewer.json()["candidates"], fewer.json()["removed"]) == (2, 1)
    none = await http.post(path, json={"class_labels": ["999"]}, headers=principal.headers)
    assert (none.status_code, none.json()["code"]) == (422, "candidate_invalid")
    body = {"rooms": [{"site_school_id": str(sitting.schools["甲校"].id), "label": "1",
                       "seat_rows": 2, "seat_columns": 2}]}  # fmt: skip
    await http.put(f"{sitting.path}/rooms", json=body, headers=sitting.officer.headers)
    await http.post(f"{sitting.path}/draw", json={}, headers=sitting.officer.headers)
    page = await http.get(f"{sitting.path}/prints?kind=seat-labels", headers=principal.headers)
    assert "张三" in page.text
    office = await http.get(
        f"{sitting.path}/prints?kind=seat-labels", headers=sitting.officer.headers
    )
    assert "张三" not in office.text
