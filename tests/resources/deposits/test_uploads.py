"""Uploads over HTTP, with a real store: the story, resuming, refusals."""

import hashlib
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from schoolgroup.resources.deposits.rules import LIVES_FOR, OPEN_PER_PERSON_MAX
from tests.resources.uploads import (
    MIB,
    PART_BYTES,
    complete,
    hand_in,
    open_upload,
    put_parts,
    some_bytes,
    wish,
)

SMALL = b"%PDF-1.7\n" + some_bytes(3000)
LARGE = some_bytes(2 * PART_BYTES + 5 * MIB, "large")  # three parts


@pytest.fixture
async def teacher(world):
    return await world.person(await world.school("一中"), "teacher")


async def signed_in_again(world, person):
    """The same person after a jump of the clock: access tokens live for minutes."""
    return await world.sign_in(person.group_id, person.id, person.appointment_id)


async def test_a_visitor_is_asked_to_sign_in(http):
    upload = "/v1/uploads/01890000-0000-7000-8000-000000000000"
    answers = [
        await http.post("/v1/uploads", json=wish(SMALL)),
        await http.get("/v1/uploads"),
        await http.get(upload),
        await http.post(f"{upload}/parts", json={"numbers": [1]}),
        await http.post(f"{upload}/complete", json={"parts": [{"number": 1, "etag": "x"}]}),
        await http.delete(upload, headers={"If-Match": '"1"'}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 6


async def test_a_stranger_and_a_colleague_find_nothing(http, world, teacher):
    upload = await open_upload(http, teacher, SMALL)
    address = f"/v1/uploads/{upload['id']}"
    colleague = await world.person(await world.school("二中"), "librarian")
    await world.group("other")
    stranger = await world.person(await world.school("外校"), "librarian")
    for other in (colleague, stranger):
        answers = [
            await http.get(address, headers=other.headers),
            await http.post(f"{address}/parts", json={"numbers": [1]}, headers=other.headers),
            await complete(http, other, upload, [{"number": 1, "etag": "x"}]),
            await http.delete(address, headers={**other.headers, "If-Match": '"1"'}),
        ]
        assert [answer.status_code for answer in answers] == [404] * 4
        assert (await http.get("/v1/uploads", headers=other.headers)).json()["items"] == []


async def test_the_librarian_of_the_school_may_finish_a_teachers_upload(http, world):
    school = await world.school("一中")
    teacher = await world.person(school, "teacher")
    librarian = await world.person(school, "librarian")
    upload = await open_upload(http, teacher, SMALL)
    done = await complete(http, librarian, upload, await put_parts(upload, SMALL))
    assert done.json()["status"] == "verified"


async def test_who_only_audits_hands_nothing_in(http, world):
    auditor = await world.person(None, "auditor")
    answer = await http.post("/v1/uploads", json=wish(SMALL), headers=auditor.headers)
    assert answer.status_code == 403
    assert answer.json()["code"] == "not_allowed"


async def test_a_small_file_goes_in_one_part_and_gets_a_receipt(http, teacher, services, sql):
    upload = await open_upload(http, teacher, SMALL, file_name="教案.pdf")
    assert upload["status"] == "open"
    assert upload["actions"] == ["sign", "complete", "abort"]
    assert [part["number"] for part in upload["parts"]] == [1]
    done = (await complete(http, teacher, upload, await put_parts(upload, SMALL))).json()
    assert done["status"] == "verified"
    assert done["media_type"] == "application/pdf"
    assert done["receipt"]["sha256"] == hashlib.sha256(SMALL).hexdigest()
    assert done["receipt"]["size_bytes"] == len(SMALL)
    assert done["actions"] == []
    key = await sql.fetchval("SELECT object_key FROM blob")
    assert key == f"{teacher.group_id}/{done['sha256']}/{upload['id']}"
    async with httpx.AsyncClient(verify=False) as store:
        link = services.storage.link(key, timedelta(seconds=30), "教案.pdf", "application/pdf")
        fetched = await store.get(link)
    assert fetched.content == SMALL


async def test_a_large_file_goes_in_parts_and_is_resumed_where_it_stopped(http, teacher):
    upload = await open_upload(http, teacher, LARGE)
    assert upload["part_count"] == 3
    first = await put_parts(upload, LARGE, [1])
    # The browser was closed; it comes back and asks what has arrived.
    address = f"/v1/uploads/{upload['id']}"
    seen = (await http.get(address, headers=teacher.headers)).json()
    assert [part["number"] for part in seen["received"]] == [1]
    assert seen["received"][0]["size_bytes"] == PART_BYTES
    assert seen["parts"] == []
    links = await http.post(f"{address}/parts", json={"numbers": [2, 3]}, headers=teacher.headers)
    rest = await put_parts({**upload, **links.json()}, LARGE)
    done = await complete(http, teacher, upload, first + rest)
    assert done.status_code == 200, done.text
    assert done.json()["receipt"]["sha256"] == hashlib.sha256(LARGE).hexdigest()


async def test_a_missing_part_is_named_and_may_follow(http, teacher):
    upload = await open_upload(http, teacher, LARGE)
    sent = await put_parts(upload, LARGE, [1, 2])
    refused = await complete(http, teacher, upload, sent)
    assert refused.status_code == 409
    assert refused.json()["code"] == "parts_missing"
    assert refused.json()["missing"] == [3]
    sent += await put_parts(upload, LARGE, [3])
    assert (await complete(http, teacher, upload, sent[1:])).json()["missing"] == [1]
    assert (await complete(http, teacher, upload, sent)).status_code == 200


async def test_a_wrong_etag_does_not_cost_the_upload(http, teacher):
    upload = await open_upload(http, teacher, SMALL)
    sent = await put_parts(upload, SMALL)
    refused = await complete(http, teacher, upload, [{"number": 1, "etag": "0" * 32}])
    assert refused.json()["code"] == "parts_differ"
    assert refused.json()["differing"] == [1]
    assert (await complete(http, teacher, upload, sent)).status_code == 200


@pytest.mark.parametrize(
    ("announced", "code"),
    [
        ({"sha256": hashlib.sha256(b"another").hexdigest()}, "sha256_mismatch"),
        ({"size_bytes": len(SMALL) + 1}, "size_mismatch"),
        ({"size_bytes": len(SMALL) - 1}, "size_mismatch"),
    ],
)
async def test_other_bytes_than_announced_are_refused_and_deleted(
    http, teacher, services, sql, announced, code
):
    upload = await open_upload(http, teacher, SMALL, **announced)
    sent = await put_parts(upload, SMALL) if "sha256" in announced else None
    if sent is None:  # the piece is cut by the announced size: send what there is
        async with httpx.AsyncClient(verify=False) as store:
            put = await store.put(upload["parts"][0]["url"], content=SMALL)
        sent = [{"number": 1, "etag": put.headers["etag"].strip('"')}]
    refused = await complete(http, teacher, upload, sent)
    assert refused.status_code == 422
    assert refused.json()["code"] == code
    seen = (await http.get(f"/v1/uploads/{upload['id']}", headers=teacher.headers)).json()
    assert (seen["status"], seen["rejected_because"]) == ("rejected", code)
    assert seen["receipt"] is None
    row = await sql.fetchrow("SELECT upload_key, blob_id FROM deposit")
    assert row["blob_id"] is None
    assert await services.storage.find(row["upload_key"]) is None
    assert await sql.fetchval("SELECT count(*) FROM blob") == 0
    again = await complete(http, teacher, upload, sent)
    assert again.json()["code"] == code


async def test_an_expired_upload_is_refused_by_the_clock_alone(http, world, teacher, clock):
    upload = await open_upload(http, teacher, SMALL)
    sent = await put_parts(upload, SMALL)
    address = f"/v1/uploads/{upload['id']}"
    clock.jump(LIVES_FOR - timedelta(seconds=30))
    teacher = await signed_in_again(world, teacher)
    links = await http.post(f"{address}/parts", json={"numbers": [1]}, headers=teacher.headers)
    assert links.json()["parts"][0]["expires_at"] <= upload["expires_at"]
    clock.jump(timedelta(seconds=31))
    seen = (await http.get(address, headers=teacher.headers)).json()
    assert (seen["status"], seen["actions"]) == ("expired", [])
    refused = await complete(http, teacher, upload, sent)
    assert (refused.status_code, refused.json()["code"]) == (410, "upload_expired")
    links = await http.post(f"{address}/parts", json={"numbers": [1]}, headers=teacher.headers)
    assert links.status_code == 410


async def test_an_upload_that_was_given_up_is_over(http, teacher, services, sql):
    upload = await open_upload(http, teacher, LARGE)
    sent = await put_parts(upload, LARGE, [1])
    address = f"/v1/uploads/{upload['id']}"
    no_version = await http.delete(address, headers=teacher.headers)
    assert no_version.status_code == 428
    stale = await http.delete(address, headers={**teacher.headers, "If-Match": '"9"'})
    assert stale.status_code == 412
    gone = await http.delete(address, headers={**teacher.headers, "If-Match": '"1"'})
    assert (gone.status_code, gone.json()["status"]) == (200, "aborted")
    assert (await complete(http, teacher, upload, sent)).json()["code"] == "upload_aborted"
    async with httpx.AsyncClient(verify=False) as store:
        late = await store.put(upload["parts"][1]["url"], content=b"late")
    assert late.status_code == 404
    key = await sql.fetchval("SELECT upload_key FROM deposit")
    assert await services.storage.find(key) is None


async def test_a_verified_upload_cannot_be_given_up(http, teacher):
    done = await hand_in(http, teacher, SMALL)
    answer = await http.delete(
        f"/v1/uploads/{done['id']}", headers={**teacher.headers, "If-Match": '"2"'}
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong_state")


@pytest.mark.parametrize(
    "name",
    ["../secret.pdf", "a/b.pdf", "a\\b.pdf", "..", ".", "a\u0007b", "a\nb", "lesson\u202efdp.exe",
     "分" * 90, "  "],
)  # fmt: skip
async def test_a_name_that_is_not_one_plain_name_is_refused(http, teacher, name):
    answer = await http.post(
        "/v1/uploads", json=wish(SMALL, file_name=name), headers=teacher.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "bad_file_name")


async def test_the_size_has_a_limit_that_is_told(http, teacher, services):
    most = services.settings.upload_bytes_max
    for size, status in ((most, 201), (most + 1, 413)):
        answer = await http.post(
            "/v1/uploads", json=wish(SMALL, size_bytes=size), headers=teacher.headers
        )
        assert answer.status_code == status
    assert answer.json()["bytes_max"] == most


async def test_a_file_of_many_parts_is_signed_in_batches(http, teacher):
    upload = await open_upload(http, teacher, SMALL, size_bytes=205 * PART_BYTES + 1)
    assert upload["part_count"] == 206
    assert [part["number"] for part in upload["parts"]] == list(range(1, 101))
    address = f"/v1/uploads/{upload['id']}/parts"
    more = await http.post(address, json={"numbers": [206, 101]}, headers=teacher.headers)
    assert [part["number"] for part in more.json()["parts"]] == [206, 101]
    beyond = await http.post(address, json={"numbers": [1, 207]}, headers=teacher.headers)
    assert beyond.status_code == 422
    assert beyond.json()["errors"][0]["pointer"] == "/numbers/1"
    too_many = await http.post(
        address, json={"numbers": list(range(1, 102))}, headers=teacher.headers
    )
    assert too_many.status_code == 422


async def test_the_open_uploads_of_a_person_are_bounded(http, world, teacher, sql, clock):
    upload = await open_upload(http, teacher, SMALL)
    await sql.execute(
        """INSERT INTO deposit SELECT (jsonb_populate_record(d, jsonb_build_object(
                  'id', gen_random_uuid(), 'upload_key', 'k' || n))).*
             FROM deposit d, generate_series(2, $1) n""",
        OPEN_PER_PERSON_MAX,
    )
    refused = await http.post("/v1/uploads", json=wish(SMALL), headers=teacher.headers)
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many_open_uploads")
    assert "Retry-After" in refused.headers
    await http.delete(f"/v1/uploads/{upload['id']}", headers={**teacher.headers, "If-Match": '"1"'})
    await open_upload(http, teacher, SMALL)
    clock.jump(LIVES_FOR)
    await open_upload(http, await signed_in_again(world, teacher), SMALL)


async def test_a_repeated_opening_is_one_upload_with_fresh_links(http, teacher, sql):
    headers = {**teacher.headers, "Idempotency-Key": "k1"}
    first = await http.post("/v1/uploads", json=wish(SMALL), headers=headers)
    second = await http.post("/v1/uploads", json=wish(SMALL), headers=headers)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert first.json()["id"] == second.json()["id"]
    assert await sql.fetchval("SELECT count(*) FROM deposit") == 1
    assert b"X-Amz-Signature" not in await sql.fetchval("SELECT body FROM idempotency_key")
    sent = await put_parts(second.json(), SMALL)
    assert (await complete(http, teacher, first.json(), sent)).status_code == 200


async def test_uploads_are_listed_newest_first_in_pages(http, teacher):
    made = [(await open_upload(http, teacher, SMALL))["id"] for _ in range(3)]
    page = await http.get("/v1/uploads?limit=2", headers=teacher.headers)
    assert [item["id"] for item in page.json()["items"]] == made[:0:-1]
    rest = await http.get(
        f"/v1/uploads?limit=2&cursor={page.json()['next_cursor']}", headers=teacher.headers
    )
    assert [item["id"] for item in rest.json()["items"]] == made[:1]


async def test_each_step_is_announced_and_audited_once(http, teacher, sql):
    done = await hand_in(http, teacher, SMALL)
    events = await sql.fetch("SELECT type, subject, owner_school_id FROM event ORDER BY seq")
    assert [tuple(e) for e in events] == [
        ("deposit.opened", f"deposit/{done['id']}", teacher.school_id),
        ("deposit.verified", f"deposit/{done['id']}", teacher.school_id),
    ]
    assert await sql.fetchval("SELECT count(*) FROM audit_entry WHERE outcome = 'done'") == 2


async def test_a_connected_system_hands_in_for_its_school(http, world, sql):
    school = await world.school("一中")
    headers = await world.client(school, ["deposit:open", "deposit:complete", "deposit:read"])
    answer = await http.post("/v1/uploads", json=wish(SMALL), headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.json()["actions"] == ["sign", "complete"]
    row = await sql.fetchrow("SELECT person_id, client_id, school_id FROM deposit")
    assert row["person_id"] is None
    assert isinstance(row["client_id"], UUID)
    assert row["school_id"] == school.id
    narrow = await world.client(school, ["deposit:read"])
    refused = await http.post("/v1/uploads", json=wish(SMALL), headers=narrow)
    assert (refused.status_code, refused.json()["code"]) == (403, "out_of_scope")
