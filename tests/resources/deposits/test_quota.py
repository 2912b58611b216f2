"""A school's share of the store: shown, counted by distinct bytes, held under any concurrency."""

import asyncio

import pytest

from tests.resources.lending.shelf import shelve
from tests.resources.uploads import complete, hand_in, open_upload, put_parts, some_bytes, wish

FILE = b"%PDF-1.7\n" + some_bytes(5000, "one")
OTHER = b"%PDF-1.7\n" + some_bytes(7000, "two")


@pytest.fixture
async def school(world):
    return await world.school("一中")


@pytest.fixture
async def teacher(world, school):
    return await world.person(school, "teacher")


@pytest.fixture
async def office(world):
    return await world.person(None, "group_admin")


@pytest.fixture
async def shelf(world, services):
    return await shelve(world, services)


async def share(http, who):
    answer = await http.get("/v1/uploads/quota", headers=who.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def grant(http, office, school, bytes_max, version=0):
    return await http.put(
        f"/v1/schools/{school.id}/quota",
        json={"bytes_max": bytes_max},
        headers={**office.headers, "If-Match": f'"{version}"'},
    )


async def test_a_visitor_is_asked_to_sign_in(http):
    address = "/v1/schools/01890000-0000-7000-8000-000000000000/quota"
    answers = [
        await http.get("/v1/uploads/quota"),
        await http.get(address),
        await http.put(address, json={"bytes_max": 1}, headers={"If-Match": '"0"'}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 3


async def test_others_see_no_ones_share(http, world, school, teacher):
    neighbour = await world.person(await world.school("二中"), "principal")
    address = f"/v1/schools/{school.id}/quota"
    assert (await http.get(address, headers=neighbour.headers)).status_code == 403
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    assert (await http.get(address, headers=stranger.headers)).status_code == 404
    assert (await grant(http, stranger, school, 5)).status_code == 404
    assert (await share(http, stranger))["school_id"] is None  # their own group's


async def test_the_office_has_a_share_of_its_own(http, world, teacher, office):
    inspector = await world.person(None, "inspector")
    await hand_in(http, teacher, FILE)
    done = await hand_in(http, inspector, OTHER)
    shown = await share(http, office)
    assert (shown["school_id"], shown["used_bytes"]) == (None, len(OTHER))
    put = {"url": "/v1/uploads/quota", "json": {"bytes_max": len(OTHER) + 1}}
    for who, status in ((teacher, 403), (inspector, 403), (office, 200)):
        headers = {**who.headers, "If-Match": '"0"'}
        assert (await http.put(**put, headers=headers)).status_code == status
    full = await http.post("/v1/uploads", json=wish(FILE), headers=inspector.headers)
    assert (full.status_code, full.json()["code"]) == (413, "quota_exceeded")
    await open_upload(http, teacher, OTHER)  # the school's share is another
    # whose hands it is in: its own, not a colleague's, nor a school's
    one = f"/v1/uploads/{done['id']}"
    for who, status in ((inspector, 200), (office, 404), (teacher, 404)):
        assert (await http.get(one, headers=who.headers)).status_code == status
    auditor = await world.person(None, "auditor")
    refused = await http.post("/v1/uploads", json=wish(OTHER), headers=auditor.headers)
    assert refused.status_code == 403


async def test_the_share_is_shown_before_the_upload(http, teacher, services):
    shown = await share(http, teacher)
    assert shown["bytes_max"] == shown["free_bytes"] == services.settings.school_bytes_max
    assert (shown["used_bytes"], shown["set_by_office"], shown["version"]) == (0, False, 0)
    assert shown["file_bytes_max"] == services.settings.upload_bytes_max
    assert shown["kind_bytes_max"]["image"] == services.settings.upload_image_bytes_max


async def test_a_content_counts_once_for_each_school_that_names_it(http, world, teacher, school):
    colleague = await world.person(school, "teacher")
    other = await world.person(await world.school("二中"), "teacher")
    done = await hand_in(http, teacher, FILE)
    await hand_in(http, colleague, FILE)
    await open_upload(http, colleague, FILE)
    assert (await share(http, teacher))["used_bytes"] == len(FILE)
    assert (await share(http, other))["used_bytes"] == 0
    body = {"title": "分数", "kind": "paper", "files": [{"upload_id": done["id"]}]}
    made = await http.post("/v1/resources", json=body, headers=teacher.headers)
    assert made.status_code == 201
    assert (await share(http, teacher))["used_bytes"] == len(FILE)
    await hand_in(http, other, FILE)
    assert (await share(http, other))["used_bytes"] == len(FILE)
    opened = await open_upload(http, teacher, OTHER)
    assert (await share(http, teacher))["used_bytes"] == len(FILE) + len(OTHER)
    gone = {**teacher.headers, "If-Match": '"1"'}
    await http.delete(f"/v1/uploads/{opened['id']}", headers=gone)
    assert (await share(http, teacher))["used_bytes"] == len(FILE)


async def test_what_does_not_fit_is_refused_with_figures_and_remedy(
    http, teacher, school, office, sql
):
    await hand_in(http, teacher, FILE)
    granted = await grant(http, office, school, len(FILE) + len(OTHER) - 1)
    assert (granted.status_code, granted.json()["version"]) == (200, 1)
    assert granted.headers["ETag"] == '"1"'
    refused = await http.post("/v1/uploads", json=wish(OTHER), headers=teacher.headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "quota_exceeded")
    told = {
        name: refused.json()[name]
        for name in ("bytes_max", "used_bytes", "free_bytes", "size_bytes")
    }
    assert told == {
        "bytes_max": len(FILE) + len(OTHER) - 1,
        "used_bytes": len(FILE),
        "free_bytes": len(OTHER) - 1,
        "size_bytes": len(OTHER),
    }
    assert refused.json()["remedy"]
    assert await sql.fetchval("SELECT count(*) FROM deposit WHERE sha256 = $1", "x") == 0
    # What the school has already takes no more room; one byte more, and the other fits too.
    await open_upload(http, teacher, FILE)
    assert (await grant(http, office, school, len(FILE) + len(OTHER), 1)).status_code == 200
    await open_upload(http, teacher, OTHER)


async def test_a_share_below_what_is_kept_only_keeps_more_out(http, teacher, school, office):
    upload = await open_upload(http, teacher, FILE)
    await grant(http, office, school, 0)
    shown = await share(http, teacher)
    assert (shown["bytes_max"], shown["free_bytes"], shown["used_bytes"]) == (0, 0, len(FILE))
    done = await complete(http, teacher, upload, await put_parts(upload, FILE))
    assert done.status_code == 200
    refused = await http.post("/v1/uploads", json=wish(OTHER), headers=teacher.headers)
    assert refused.json()["code"] == "quota_exceeded"


async def test_only_the_office_sets_it_and_knows_the_version(http, world, school, teacher, office):
    admin = await world.person(school, "school_admin")
    for who in (admin, teacher):
        refused = await grant(http, who, school, 2**40)
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert (await share(http, admin))["set_by_office"] is False
    assert (await grant(http, office, school, 10)).status_code == 200
    assert (await grant(http, office, school, 20)).status_code == 412
    seen = await http.get(f"/v1/schools/{school.id}/quota", headers=office.headers)
    assert (seen.json()["bytes_max"], seen.headers["ETag"]) == (10, '"1"')


async def test_many_openings_at_once_never_take_the_same_room(http, world, teacher, school, office):
    """Four files fit; twelve people of the school open one each at the same instant."""
    size = 1000
    await grant(http, office, school, 4 * size)
    crowd = [await world.person(school, "teacher") for _ in range(12)]
    contents = [some_bytes(size, f"crowd {n}") for n in range(len(crowd))]
    answers = await asyncio.gather(
        *(
            http.post("/v1/uploads", json=wish(content), headers=who.headers)
            for who, content in zip(crowd, contents, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [413] * 8
    shown = await share(http, teacher)
    assert (shown["used_bytes"], shown["free_bytes"]) == (4 * size, 0)


async def test_setting_a_share_is_announced_and_audited_once(http, school, office, sql):
    await grant(http, office, school, 10)
    events = await sql.fetch("SELECT type, owner_school_id FROM event")
    assert [tuple(event) for event in events] == [("quota.set", school.id)]


async def test_what_is_adapted_counts_for_the_school_that_adapts(http, world, shelf, office):
    await shelf.offer(http, audiences=[{"kind": "group", "borrow": True, "adapt": True}])
    second = await world.school("二中")
    reader = await world.person(second, "teacher")
    adapt = f"/v1/resources/{shelf.resource_id}/adapt"
    assert (await grant(http, office, second, 1)).status_code in (200, 201)
    refused = await http.post(adapt, json={}, headers=reader.headers)
    assert (refused.status_code, refused.json()["code"]) == (413, "quota_exceeded"), refused.text
    assert refused.json()["size_bytes"] > 1
    assert (await grant(http, office, second, 2**40, version=1)).status_code == 200
    assert (await http.post(adapt, json={}, headers=reader.headers)).status_code == 201
    # once the school names the contents, another adaptation adds nothing
    assert (await grant(http, office, second, 1, version=2)).status_code == 200
    assert (await http.post(adapt, json={}, headers=reader.headers)).status_code == 201
