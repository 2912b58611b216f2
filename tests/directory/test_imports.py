"""Rosters as files: whole or not at all, every problem at once, the same file twice is once."""

import asyncio
import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import openpyxl
import pytest

from schoolgroup.access.audit import verify_chains
from tests.people import Person, World

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SCHOOLS = """code,name,name_en,stages,tier,tier_from_on,address,lng,lat
9900000001,青禾学校,Qinghe One,primary;junior,integrated,2024-09-01,青禾路9号,124.267,29.335
9900000002,青禾中学,Qinghe Two,junior;senior,partner,2024-09-01,"临江路17号, 东门",124.081,-29.47
"""
STAFF = """username,name,school_code,role,from_on,until_on
lin.wanqing,林晚晴,GROUP,group_admin,2025-09-01,
wei.letian,魏乐天,9900000001,principal,2025-09-01,
wei.letian,魏乐天,9900000001,lead,2024-09-01,2025-09-01
chen.songnian,陈松年,9900000002,librarian,2025-09-01,2035-09-01
chen.songnian,陈松年,,inspector,2025-09-01,
"""
CIRCLES = """circle,circle_en,subject,school_code,from_on
小学数学校际圈,Primary mathematics circle,mathematics,9900000001,2025-09-01
小学数学校际圈,Primary mathematics circle,mathematics,9900000002,2025-09-01
"""


@pytest.fixture
async def admin(world: World) -> Person:
    return await world.person(None, "group_admin")


async def send(http, admin: Person, kind: str, text: str | bytes, query: str = "", **headers: str):
    content = text.encode() if isinstance(text, str) else text
    return await http.post(
        f"/v1/directory/import?kind={kind}{query}",
        content=content,
        headers={**admin.headers, "Content-Type": CSV, **headers},
    )


async def take(http, admin: Person, kind: str, text: str | bytes, query: str = "") -> list[int]:
    answer = await send(http, admin, kind, text, query)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    return [told["rows"], told["created"], told["updated"], told["unchanged"]]


async def problems(http, admin: Person, kind: str, text: str) -> list[tuple[str, str]]:
    answer = await send(http, admin, kind, text)
    assert (answer.status_code, answer.json()["code"]) == (422, "sheet_refused"), answer.text
    assert all(error["detail"] and error["remedy"] for error in answer.json()["errors"])
    return [(error["pointer"], error["code"]) for error in answer.json()["errors"]]


async def test_a_visitor_is_asked_to_sign_in(http: httpx.AsyncClient):
    for method, path in [
        ("POST", "/v1/directory/import?kind=schools"),
        ("POST", "/v1/directory/import/annotated?kind=schools"),
        ("GET", "/v1/directory/export?kind=schools"),
    ]:
        assert (await http.request(method, path)).status_code == 401


@pytest.mark.parametrize("role", ["school_admin", "principal", "inspector"])
async def test_only_the_office_moves_rosters(http, world: World, role: str, sql):
    school = None if role == "inspector" else await world.school("一校")
    person = await world.person(school, role)
    assert (await send(http, person, "schools", SCHOOLS)).status_code == 403
    path = "/v1/directory/import/annotated?kind=schools"
    headers = {**person.headers, "Content-Type": CSV}
    assert (await http.post(path, content=SCHOOLS, headers=headers)).status_code == 403
    export = await http.get("/v1/directory/export?kind=staff", headers=person.headers)
    assert export.status_code == 403
    denied = await sql.fetch("SELECT act FROM audit_entry WHERE outcome = 'denied' ORDER BY seq")
    assert [row["act"] for row in denied] == ["directory:import"] * 2 + ["directory:export"]


async def test_a_group_is_read_from_its_files_and_a_second_time_nothing_changes(http, admin, sql):
    assert await take(http, admin, "schools", SCHOOLS) == [2, 2, 0, 0]
    assert await take(http, admin, "staff", STAFF) == [5, 5, 0, 0]
    assert await take(http, admin, "circles", CIRCLES) == [2, 2, 0, 0]
    events = await sql.fetchval("SELECT count(*) FROM event")
    versions = await sql.fetch("SELECT id, version, epoch FROM person ORDER BY id")
    assert await take(http, admin, "schools", SCHOOLS) == [2, 0, 0, 2]
    assert await take(http, admin, "staff", STAFF) == [5, 0, 0, 5]
    assert await take(http, admin, "circles", CIRCLES) == [2, 0, 0, 2]
    assert await sql.fetchval("SELECT count(*) FROM event") == events
    assert await sql.fetch("SELECT id, version, epoch FROM person ORDER BY id") == versions
    schools = (await http.get("/v1/schools", headers=admin.headers)).json()["items"]
    assert [(s["tier"], s["longitude"], s["latitude"]) for s in schools] == [
        ("integrated", 124.267, 29.335),
        ("partner", 124.081, -29.47),
    ]
    (circle,) = (await http.get("/v1/circles", headers=admin.headers)).json()["items"]
    assert (circle["name"], circle["schools"]) == ("小学数学校际圈", 2)
    person = await http.get("/v1/people?q=wei.letian", headers=admin.headers)
    appointments = person.json()["items"][0]["appointments"]
    assert [(a["role"], a["until_on"]) for a in appointments] == [
        ("lead", "2025-09-01"),
        ("principal", None),
    ]


async def test_each_person_of_a_roster_is_one_event_and_one_entry_of_an_unbroken_chain(
    http, admin, sql, services
):
    await take(http, admin, "schools", SCHOOLS)
    before = await sql.fetchval("SELECT max(seq) FROM audit_entry")
    await take(http, admin, "staff", STAFF)
    people = {f"person/{row['id']}" for row in await sql.fetch("SELECT id FROM person")}
    people.discard(f"person/{admin.id}")
    events = await sql.fetch("SELECT * FROM event WHERE type = 'person.entered' ORDER BY seq")
    assert {event["subject"] for event in events} == people
    assert len(events) == len(people) == 3
    schools = {row["id"] for row in await sql.fetch("SELECT id FROM school")}
    told = [set(event["school_ids"]) for event in events]
    assert all(ids <= schools for ids in told)
    assert sorted(len(ids) for ids in told) == [0, 1, 1]
    entries = await sql.fetch("SELECT * FROM audit_entry WHERE seq > $1 ORDER BY seq", before)
    assert {entry["thing"] for entry in entries[:-1]} == people
    assert entries[-1]["detail"] == '{"kind": "staff", "created": 5, "updated": 0}'
    chains = await verify_chains(services.db, admin.group_id)
    assert all(chain.intact for chain in chains)
    assert "林晚晴" not in str([dict(row) for row in [*events, *entries]])


async def test_the_same_file_twice_at_once_is_once(http, admin, sql):
    answers = await asyncio.gather(*(send(http, admin, "schools", SCHOOLS) for _ in range(3)))
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert sorted(answer.json()["created"] for answer in answers) == [0, 0, 2]
    assert await sql.fetchval("SELECT count(*) FROM school_tier") == 2


async def test_a_dry_run_tells_the_same_and_keeps_nothing(http, admin, sql):
    before = await sql.fetchval("SELECT count(*) FROM audit_entry")
    assert await take(http, admin, "schools", SCHOOLS, "&dry_run=true") == [2, 2, 0, 0]
    for table in ("school", "school_tier", "event"):
        assert await sql.fetchval(f"SELECT count(*) FROM {table}") == 0
    assert await sql.fetchval("SELECT count(*) FROM audit_entry") == before
    assert await take(http, admin, "schools", SCHOOLS) == [2, 2, 0, 0]


async def test_what_differs_is_updated_and_what_a_file_leaves_out_stays(http, admin):
    await take(http, admin, "schools", SCHOOLS)
    shorter = "code,name,stages,tier,tier_from_on\n"
    shorter += "9900000001,青禾新名,junior;primary,integrated,2024-09-01\n"
    assert await take(http, admin, "schools", shorter) == [1, 0, 1, 0]
    first, second = (await http.get("/v1/schools", headers=admin.headers)).json()["items"]
    assert (first["name"], first["address"], first["version"]) == ("青禾新名", "青禾路9号", 2)
    assert second["version"] == 1
    await take(http, admin, "staff", STAFF)
    changed = STAFF.replace("林晚晴", "林晓晴").replace("2035-09-01", "2030-09-01")
    assert await take(http, admin, "staff", changed) == [5, 0, 2, 3]


async def test_a_changed_tier_is_a_dated_change_and_history_stays(http, admin, clock):
    await take(http, admin, "schools", SCHOOLS)
    today = clock.now().astimezone(ZoneInfo("Asia/Shanghai")).date()
    past = SCHOOLS.replace("partner,2024-09-01", "integrated,2025-09-01")
    assert await problems(http, admin, "schools", past) == [("/3/tier_from_on", "tier_in_the_past")]
    later = (today + timedelta(days=30)).isoformat()
    planned = SCHOOLS.replace("partner,2024-09-01", f"integrated,{later}")
    assert await take(http, admin, "schools", planned) == [2, 0, 1, 1]
    assert await take(http, admin, "schools", planned) == [2, 0, 0, 2]
    (school,) = (await http.get("/v1/schools?q=青禾中学", headers=admin.headers)).json()["items"]
    tiers = await http.get(f"/v1/schools/{school['id']}/tiers", headers=admin.headers)
    assert [(t["tier"], t["until_on"]) for t in tiers.json()["items"]] == [
        ("partner", later),
        ("integrated", None),
    ]


async def test_every_problem_is_told_at_once_and_nothing_is_taken(http, admin, sql):
    wrong = """code,name,stages,tier,tier_from_on,lng
9900000001,,primary,integrated,2024-09-01,
bad code,学校,university,office,2024-02-30,181
9900000003,学校三,小学；初中,一体化,2024/9/1,nan
9900000004,学校四,高中,紧密校,2024-09-01,
9900000004,学校四,高中,紧密校,2024-09-01,
"""
    assert await problems(http, admin, "schools", wrong) == [
        ("/2/name", "invalid_value"),
        ("/3/code", "invalid_value"),
        ("/3/stages", "invalid_value"),
        ("/3/tier", "invalid_value"),
        ("/3/tier_from_on", "invalid_value"),
        ("/3/lng", "invalid_value"),
        ("/4/lng", "invalid_value"),
        ("/6/code", "twice"),
    ]
    assert await sql.fetchval("SELECT count(*) FROM school") == 0


async def test_staff_rows_are_checked_against_each_other_and_the_directory(http, admin, sql):
    await take(http, admin, "schools", SCHOOLS)
    await take(http, admin, "staff", STAFF)
    people = await sql.fetchval("SELECT count(*) FROM person")
    wrong = """username,name,school_code,role,from_on,until_on
Upper,甲,9900000001,teacher,2025-09-01,
no.school,乙,9900000009,teacher,2025-09-01,
at.office,丙,GROUP,teacher,2025-09-01,
at.school,丁,9900000001,auditor,2025-09-01,
backward,戊,9900000001,teacher,2025-09-01,2025-09-01
twice,己,9900000001,teacher,2025-09-01,
twice,己,9900000001,teacher,2026-09-01,
renamed,庚,9900000001,teacher,2025-09-01,
renamed,辛,9900000001,lead,2025-09-01,
wei.letian,魏乐天,9900000001,principal,2026-01-01,
"""
    assert sorted(await problems(http, admin, "staff", wrong)) == sorted(
        [
            ("/2/username", "invalid_value"),
            ("/3/school_code", "no_such_school"),
            ("/4/role", "role_misplaced"),
            ("/5/role", "role_misplaced"),
            ("/6/until_on", "not_later"),
            ("/8/from_on", "appointments_overlap"),
            ("/10/name", "name_differs"),
            ("/11/from_on", "appointments_overlap"),
        ]
    )
    assert await sql.fetchval("SELECT count(*) FROM person") == people


async def test_an_earlier_first_day_corrects_the_record(http, admin, world, sql):
    """The founder of a group is its administrator from that day; the roster knows since when."""
    await sql.execute("UPDATE person SET username = 'lin.wanqing', name = '林晚晴'")
    await sql.execute("UPDATE appointment SET from_on = '2026-01-01'")
    admin = await world.sign_in(admin.group_id, admin.id, admin.appointment_id)
    text = "\n".join(STAFF.splitlines()[:2])
    assert await take(http, admin, "staff", text) == [1, 0, 1, 0]
    row = await sql.fetchrow("SELECT count(*) AS n, min(from_on) AS since FROM appointment")
    assert row is not None
    assert (row["n"], row["since"].isoformat()) == (1, "2025-09-01")
    # nothing was taken from the person: whoever imports a roster naming themselves goes on
    assert await take(http, admin, "staff", text) == [1, 0, 0, 1]


async def test_a_file_does_not_bring_back_who_has_left(http, admin):
    await take(http, admin, "schools", SCHOOLS)
    await take(http, admin, "staff", STAFF)
    (person,) = (await http.get("/v1/people?q=wei.letian", headers=admin.headers)).json()["items"]
    await http.post(f"/v1/people/{person['id']}/leave", headers=admin.headers)
    assert await problems(http, admin, "staff", STAFF) == [("/3/username", "person_left")]


async def test_a_file_does_not_take_the_last_administrator(http, world: World, sql):
    admin = await world.person(None, "group_admin", "lin.wanqing")
    await sql.execute("UPDATE person SET name = '林晚晴'")
    text = "username,name,school_code,role,from_on,until_on\n"
    text += "lin.wanqing,林晚晴,GROUP,group_admin,2020-09-01,2021-09-01\n"
    answer = await send(http, admin, "staff", text)
    assert (answer.status_code, answer.json()["code"]) == (409, "last_administrator")
    assert await sql.fetchval("SELECT until_on FROM appointment") is None


async def test_circles_name_open_schools_and_days_that_have_come(http, admin, clock):
    await take(http, admin, "schools", SCHOOLS)
    later = (datetime.now(UTC) + timedelta(days=9)).date()
    wrong = f"""circle,school_code,from_on
圈,9900000001,{later}
圈,9900000009,
圈,9900000002,
圈,9900000002,
"""
    assert await problems(http, admin, "circles", wrong) == [
        ("/2/from_on", "in_the_future"),
        ("/3/school_code", "no_such_school"),
        ("/5/school_code", "twice"),
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty"),
        ("code,name\n", "no_rows"),
        ("code,name,stages,tier\n1,2,3,4\n", "column_missing"),
        ("code,name,stages,tier,tier_from_on,phone\n1,2,3,4,5,6\n", "column_unknown"),
        ("code,code\n1,2\n", "column_twice"),
        ("\0\0\0", "not_a_table"),
    ],
)
async def test_a_file_that_is_no_roster_is_named(http, admin, text: str, code: str):
    answer = await send(http, admin, "schools", text)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_a_broken_workbook_is_refused(http, admin):
    answer = await send(http, admin, "schools", b"PK\x03\x04 not a workbook")
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "not_xlsx")


async def test_limits_on_type_kind_rows_and_bytes(http, admin):
    json = await send(http, admin, "schools", SCHOOLS, **{"Content-Type": "application/json"})
    assert (json.status_code, json.json()["code"]) == (415, "not_a_sheet")
    assert (await send(http, admin, "pupils", SCHOOLS)).status_code == 422
    assert (await send(http, admin, "schools", SCHOOLS, "&dry_run=perhaps")).status_code == 422
    rows = SCHOOLS.splitlines()[0] + "\n" + "9,名,,primary,partner,2024-09-01,,,\n" * 5001
    many = await send(http, admin, "schools", rows)
    assert (many.status_code, many.json()["code"]) == (413, "too_many_rows")
    big = await send(http, admin, "schools", b"x" * (8 * 1024 * 1024 + 1))
    assert big.status_code == 413


async def test_chinese_headers_words_and_encodings_are_read(http, admin):
    text = "学校标识码,学校名称,学段,类别,类别起始日期\n"
    text += "９９００００００７７,青禾学校,小学、初中,一体化成员校,2024/9/1\n"
    assert await take(http, admin, "schools", text.encode("gb18030")) == [1, 1, 0, 0]
    (school,) = (await http.get("/v1/schools", headers=admin.headers)).json()["items"]
    assert (school["code"], school["stages"]) == ("9900000077", ["primary", "junior"])
    staff = (
        "用户名,姓名,学校标识码,职务,任职起始日期\nlin.wanqing,林晚晴,集团,集团管理员,2025-09-01\n"
    )
    assert await take(http, admin, "staff", staff) == [1, 1, 0, 0]


def workbook(text: str) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in csv.reader(io.StringIO(text)):
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


async def test_a_workbook_is_read_like_the_same_csv(http, admin):
    answer = await send(http, admin, "schools", workbook(SCHOOLS), **{"Content-Type": XLSX})
    assert answer.json()["created"] == 2
    assert await take(http, admin, "schools", SCHOOLS) == [2, 0, 0, 2]


async def test_a_refused_file_comes_back_with_its_problems_and_can_be_sent_again(http, admin):
    wrong = SCHOOLS.replace("primary;junior", "university")
    answer = await http.post(
        "/v1/directory/import/annotated?kind=schools",
        content=wrong,
        headers={**admin.headers, "Content-Type": CSV},
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    assert answer.headers["content-disposition"] == 'attachment; filename="schools-checked.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = [[cell.value for cell in row] for row in sheet.rows]
    assert rows[0][-1] == "问题/problem"
    assert "stages: 'university'" in rows[1][-1]
    assert rows[2][-1] in ("", None)
    sheet.cell(2, 4).value = "primary;junior"
    out = io.BytesIO()
    sheet.parent.save(out)
    mended = await send(http, admin, "schools", out.getvalue(), **{"Content-Type": XLSX})
    assert mended.json()["created"] == 2
    missing = await http.post(
        "/v1/directory/import/annotated?kind=schools",
        content="code\n1\n",
        headers={**admin.headers, "Content-Type": CSV},
    )
    assert missing.status_code == 422


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
@pytest.mark.parametrize("kind", ["schools", "staff"])
async def test_an_export_reads_back_unchanged_and_is_audited(
    http, admin, sql, kind: str, file_format: str
):
    await take(http, admin, "schools", SCHOOLS.replace("青禾路9号", "=1+1"))
    await take(http, admin, "staff", STAFF)
    answer = await http.get(
        f"/v1/directory/export?kind={kind}&format={file_format}", headers=admin.headers
    )
    assert answer.status_code == 200
    rows = {"schools": 2, "staff": 6}[kind]
    assert await take(http, admin, kind, answer.content) == [rows, 0, 0, rows]
    entry = await sql.fetchrow("SELECT * FROM audit_entry WHERE act = 'directory:export'")
    assert entry["detail"] == f'{{"kind": "{kind}", "rows": {rows}}}'
    assert entry["actor"] == f"person:{admin.id}"


async def test_a_machine_of_the_office_moves_rosters_within_its_scope(http, world: World):
    headers = await world.client(None, ["directory:import"])
    answer = await http.post(
        "/v1/directory/import?kind=schools",
        content=SCHOOLS,
        headers={**headers, "Content-Type": CSV},
    )
    assert (answer.status_code, answer.json()["created"]) == (200, 2)
    answer = await http.get("/v1/directory/export?kind=schools", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "out_of_scope")


async def test_a_repeated_import_with_one_key_is_answered_from_memory(http, admin):
    first = await send(http, admin, "schools", SCHOOLS, **{"Idempotency-Key": "k"})
    second = await send(http, admin, "schools", SCHOOLS, **{"Idempotency-Key": "k"})
    assert second.json() == first.json()
    assert second.headers["idempotent-replayed"] == "true"
    other = await send(http, admin, "schools", SCHOOLS + "\n", **{"Idempotency-Key": "k"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
