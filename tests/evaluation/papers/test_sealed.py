"""A sealed paper is there for its setters alone until the exam begins, and not a second later."""

from datetime import UTC, datetime, timedelta

from tests.evaluation.sittings import again, mock_exam, set_up
from tests.resources.lending.shelf import EVERYONE, shelve


async def sealed(http, world, services, hours=24):
    """An exam of two schools whose paper lies as a draft at a third; sealed, published, offered."""
    shelf = await shelve(world, services, status="draft")
    sitting = await set_up(http, world, ("甲校", "乙校"), exam=mock_exam())
    await world.sql.execute(
        "UPDATE resource SET kind = 'paper', title = '九年级数学密卷' WHERE id = $1",
        shelf.resource_id,
    )
    await world.sql.execute(
        "UPDATE revision SET kind = 'paper', title = '九年级数学密卷', summary = '第一次模拟', "
        "stage = 'junior', subject = '数学' WHERE resource_id = $1",
        shelf.resource_id,
    )
    await http.put(
        f"{sitting.path}/paper/setters",
        json={"person_ids": [str(shelf.author.id)]},
        headers=sitting.officer.headers,
    )
    starts_at = (datetime.now(UTC) + timedelta(hours=hours)).replace(microsecond=0)
    set_ = await http.put(
        f"{sitting.path}/schedule",
        json={"subjects": [{"subject": "数学", "starts_at": starts_at.isoformat()}]},
        headers=sitting.officer.headers,
    )
    assert set_.status_code == 200, set_.text
    return shelf, sitting, starts_at


async def seal(http, sitting, shelf):
    return await http.post(
        f"{sitting.path}/paper/file",
        json={"resource_id": str(shelf.resource_id)},
        headers=shelf.author.headers,
    )


async def publish_and_offer(http, shelf, sql):
    """Straight through the doors where they are open to the author."""
    await sql.execute(
        "UPDATE revision SET published_at = now() WHERE resource_id = $1", shelf.resource_id
    )
    await sql.execute(
        "UPDATE resource SET status = 'published', published_at = now(), "
        "published_revision_no = 1 WHERE id = $1",
        shelf.resource_id,
    )
    made = await http.post(
        f"/v1/resources/{shelf.resource_id}/offers",
        json={"audiences": EVERYONE, "loan_days": 14, "pickup_hours": 48},
        headers=shelf.author.headers,
    )
    assert made.status_code == 201, made.text
    return made.json()


def until(clock, instant):
    """Set the clock so that now is that instant, to the microsecond it takes to say so."""
    clock.offset = instant - datetime.now(UTC)


async def test_not_a_second_before(http, world, services, sql, clock):
    shelf, sitting, starts_at = await sealed(http, world, services)
    done = await seal(http, sitting, shelf)
    assert done.status_code == 200, done.text
    assert done.json()["resource_ids"] == [str(shelf.resource_id)]
    offer = await publish_and_offer(http, shelf, sql)
    resource, offered = f"/v1/resources/{shelf.resource_id}", f"/v1/offers/{offer['id']}"
    librarian = await world.person(None, "group_admin")
    outsiders = [
        await world.person(sitting.schools["甲校"], "teacher"),
        sitting.principals["乙校"],
        shelf.librarian,  # even at the school that owns it
        await world.person(shelf.school, "principal"),
        sitting.officer,
        librarian,
    ]

    async def at_the_last_second(method, path, who, **more):
        until(clock, starts_at - timedelta(seconds=1))  # real time goes on between the requests
        return await http.request(method, path, headers=who.headers, **more)

    async def traces(who):
        answers = [
            await at_the_last_second("GET", resource, who),
            await at_the_last_second("GET", f"{resource}/offers", who),
            await at_the_last_second("GET", offered, who),
            await at_the_last_second("POST", f"{offered}/borrow", who, json={}),
            await at_the_last_second(
                "POST", f"{resource}/offers", who, json={"audiences": EVERYONE}
            ),
        ]
        searched = await at_the_last_second("GET", "/v1/resources?q=密卷", who)
        listed = await at_the_last_second("GET", "/v1/resources", who)
        found = "密卷" in searched.text or str(shelf.resource_id) in listed.text
        return [a.status_code for a in answers], found

    async def harvested(who):
        answer = await http.get("/oai?verb=ListRecords&metadataPrefix=oai_dc", headers=who.headers)
        assert answer.status_code == 200, answer.text
        return str(shelf.resource_id) in answer.text or "密卷" in answer.text

    until(clock, starts_at - timedelta(seconds=9))
    outsiders = [await again(world, who) for who in outsiders]
    author = await again(world, shelf.author)
    for who in outsiders:
        statuses, found = await traces(who)
        assert statuses == [404] * 5, (who.role, statuses)
        assert not found, who.role
        until(clock, starts_at - timedelta(seconds=1))
        assert not await harvested(who)
    until(clock, starts_at - timedelta(seconds=1))
    assert (await http.get(resource, headers=author.headers)).status_code == 200
    borrower = await again(world, outsiders[0])
    until(clock, starts_at - timedelta(seconds=1))
    assert (await http.get(resource, headers=borrower.headers)).status_code == 404
    until(clock, starts_at)
    assert (await http.get(resource, headers=borrower.headers)).status_code == 200
    lent = await http.post(f"{offered}/borrow", json={}, headers=borrower.headers)
    assert lent.status_code == 201, lent.text
    assert await harvested(borrower)
    found = await http.get("/v1/resources", headers=borrower.headers)
    assert str(shelf.resource_id) in found.text
    # to a harvester that asked before, the opening is the change
    since = starts_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    fresh = await http.get(
        f"/oai?verb=ListRecords&metadataPrefix=oai_dc&from={since}", headers=borrower.headers
    )
    assert str(shelf.resource_id) in fresh.text


async def test_the_seal_follows_the_hour_and_without_one_it_stays_shut(
    http, world, services, sql, clock
):
    shelf, sitting, starts_at = await sealed(http, world, services)
    await seal(http, sitting, shelf)
    await publish_and_offer(http, shelf, sql)
    path = f"{sitting.path}/schedule"
    later = starts_at + timedelta(hours=3)
    for hour in (None, later.isoformat()):
        moved = await http.put(
            path,
            json={"subjects": [{"subject": "数学", "starts_at": hour}]},
            headers=sitting.officer.headers,
        )
        assert moved.status_code == 200, moved.text
        stored = await sql.fetchval("SELECT sealed_until_at::text FROM resource")
        assert await sql.fetchval("SELECT opens_at::text FROM offer") == stored
        assert (stored == "infinity") == (hour is None)
    until(clock, starts_at)
    reader = await world.person(sitting.schools["甲校"], "teacher")
    resource = f"/v1/resources/{shelf.resource_id}"
    assert (await http.get(resource, headers=reader.headers)).status_code == 404
    until(clock, later)
    reader = await again(world, reader)
    assert (await http.get(resource, headers=reader.headers)).status_code == 200


async def test_only_an_own_draft_of_a_paper_that_is_offered_to_nobody_is_sealed(
    http, world, services, sql
):
    shelf, sitting, _ = await sealed(http, world, services)
    foreign = await http.post(
        f"{sitting.path}/paper/file",
        json={"resource_id": str(shelf.resource_id)},
        headers=sitting.officer.headers,
    )
    assert foreign.status_code == 404  # the officer did not make it
    await sql.execute("UPDATE resource SET kind = 'exercise'")
    refused = await seal(http, sitting, shelf)
    assert (refused.status_code, refused.json()["code"]) == (409, "not_to_be_sealed")
    await sql.execute("UPDATE resource SET kind = 'paper'")
    assert (await seal(http, sitting, shelf)).status_code == 200
    again_ = await seal(http, sitting, shelf)
    assert (again_.status_code, again_.json()["code"]) == (409, "not_to_be_sealed")
