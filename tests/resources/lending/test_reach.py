"""I14 and I15: an adaptation keeps its parent, and never outreaches or outlives it."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from tests.resources.lending.shelf import again, borrow, shelve

EVERYTHING = {"discover": True, "borrow": True, "adapt": True}
GROUP = [{"kind": "group", **EVERYTHING}]
PUBLISHABLE = {"licence": "group_only", "stage": "junior", "subject": "数学"}


async def post(http, who, path, **body):
    answer = await http.post(path, json=body, headers=who.headers)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


async def change(http, who, offer, **body):
    now = (await http.get(f"/v1/offers/{offer['id']}", headers=who.headers)).json()
    headers = {**who.headers, "If-Match": f'"{now["version"]}"'}
    answer = await http.patch(f"/v1/offers/{offer['id']}", json=body, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def adapted(http, who, resource_id, **wish):
    """An adaptation by someone, published."""
    made = await post(http, who, f"/v1/resources/{resource_id}/adapt", **wish)
    headers = {**who.headers, "If-Match": f'"{made["version"]}"'}
    one = f"/v1/resources/{made['id']}"
    done = await http.patch(one, json=PUBLISHABLE, headers=headers)
    assert done.status_code == 200, done.text
    return await post(http, who, f"{one}/publish")


async def offered(http, who, resource, **terms):
    wish = {"audiences": GROUP, "seats": 5, "loan_days": 14, "per_school_max": None, **terms}
    return await post(http, who, f"/v1/resources/{resource['id']}/offers", **wish)


async def rights(http, who, resource, offer):
    """What someone of another school may: find the page, see the offer, borrow, adapt."""
    page = await http.get(f"/v1/resources/{resource['id']}", headers=who.headers)
    listed = await http.get("/v1/resources?owner=others&limit=200", headers=who.headers)
    listed = resource["id"] in [item["id"] for item in listed.json()["items"]]
    assert listed == (page.status_code == 200)
    seen = await http.get(f"/v1/offers/{offer['id']}", headers=who.headers)
    wish = {"dry_run": True}
    borrowed = await http.post(f"/v1/offers/{offer['id']}/borrow", json=wish, headers=who.headers)
    found = page.status_code == 200
    return "".join(
        letter
        for letter, holds in (
            ("d", found),
            ("o", seen.status_code == 200),
            ("b", borrowed.status_code in (200, 201, 202)),
            ("a", found and "adapt" in page.json()["actions"]),
        )
        if holds
    )


@pytest.fixture
async def shelf(world, services):
    return await shelve(world, services)


@pytest.fixture
async def second(world):
    return await world.person(await world.school("二中"), "librarian")


@pytest.fixture
async def third(world):
    return await world.person(await world.school("三中"), "teacher")


async def test_i14_a_derivative_keeps_its_parent_after_withdrawal(http, shelf, second, sql):
    await shelf.offer(http, audiences=GROUP)
    made = await adapted(http, second, shelf.resource_id, title="勾股定理（改编）")
    assert made["title"] == "勾股定理（改编）"
    assert made["derived_from_resource_id"] == str(shelf.resource_id)
    assert made["derived_from_revision_no"] == 1
    assert [f["file_name"] for f in made["files"]] == ["教案 第一课时.txt"]
    because = {"because": "有误"}
    await post(http, shelf.author, f"/v1/resources/{shelf.resource_id}/withdraw", **because)
    kept = await http.get(f"/v1/resources/{made['id']}", headers=second.headers)
    assert kept.json()["derived_from_resource_id"] == str(shelf.resource_id)
    for statement in (
        "DELETE FROM revision WHERE published_at IS NOT NULL",
        "DELETE FROM resource WHERE derived_from_resource_id IS NULL",
        "UPDATE resource SET derived_from_resource_id = NULL, derived_from_revision_no = NULL,"
        " derived_by_offer_id = NULL WHERE derived_from_resource_id IS NOT NULL",
    ):
        with pytest.raises(asyncpg.PostgresError):
            await sql.execute(statement)


async def test_adapting_takes_an_offer_that_allows_it(http, world, shelf, second, third):
    path = f"/v1/resources/{shelf.resource_id}/adapt"
    assert (await http.post(path, json={}, headers=second.headers)).status_code == 404
    named = {"kind": "school", "school_id": str(second.school_id), **EVERYTHING}
    finding = {"kind": "group", "discover": True}
    await shelf.offer(http, audiences=[named, finding])
    assert (await http.post(path, json={}, headers=second.headers)).status_code == 201
    refused = await http.post(path, json={}, headers=third.headers)
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    elsewhere = await shelf.offer(http, audiences=[finding])
    wrong = await http.post(path, json={"offer_id": elsewhere["id"]}, headers=second.headers)
    assert wrong.json()["errors"][0]["pointer"] == "/offer_id"
    hidden = await world.sql.fetchval(
        "SELECT count(*) FROM event WHERE type = 'resource.adapted' AND owner_school_id = $1",
        shelf.school.id,
    )
    assert hidden == 0  # their draft is nobody else's


@pytest.mark.parametrize(
    ("line", "reach"),
    [
        ({"kind": "group", **EVERYTHING}, "doba"),
        ({"kind": "tier", "tier": "integrated", **EVERYTHING}, "doba"),
        ({"kind": "tier", "tier": "partner", **EVERYTHING}, ""),
        ({"kind": "group", "discover": True, "borrow": True}, "dob"),
        ({"kind": "group", "discover": True, "adapt": True}, "doa"),
        ({"kind": "group", "discover": True}, "do"),
    ],
    ids=["group", "tier", "other tier", "no adapting", "no borrowing", "finding only"],
)
async def test_i15_a_reshare_never_outreaches_its_parent(http, shelf, second, third, line, reach):
    """The adapter offers everything to the whole group; the parent says how far that goes."""
    own = {"kind": "school", "school_id": str(second.school_id), **EVERYTHING}
    parent = await shelf.offer(http, audiences=[own, line])
    made = await adapted(http, second, shelf.resource_id)
    child = await offered(http, second, made)
    assert await rights(http, third, made, child) == reach
    # and narrowing the parent narrows it in that moment, for good or for a while
    await change(http, shelf.author, parent, audiences=[own])
    assert await rights(http, third, made, child) == ""
    await change(http, shelf.author, parent, audiences=[own, line])
    assert await rights(http, third, made, child) == reach
    await post(http, shelf.author, f"/v1/offers/{parent['id']}/suspend")
    suspended = await rights(http, third, made, child)
    assert suspended in ("", "o")  # whom it reached may still read its terms
    await post(http, shelf.author, f"/v1/offers/{parent['id']}/resume")
    assert await rights(http, third, made, child) == reach
    assert (
        await http.get(f"/v1/resources/{made['id']}", headers=second.headers)
    ).status_code == 200


async def test_i15_an_adaptation_of_an_adaptation_stays_within_both(http, world, shelf, second):
    third = await world.person(await world.school("三中"), "librarian")
    fourth = await world.person(await world.school("四中"), "teacher")
    named = [
        {"kind": "school", "school_id": str(who.school_id), **EVERYTHING} for who in (second, third)
    ]
    first_offer = await shelf.offer(http, audiences=named)
    middle = await adapted(http, second, shelf.resource_id)
    await offered(http, second, middle)
    last = await adapted(http, third, middle["id"])
    child = await offered(http, third, last)
    assert await rights(http, second, last, child) == "doba"
    assert await rights(http, fourth, last, child) == ""  # the middle one says group, the first not
    await change(http, shelf.author, first_offer, audiences=GROUP)
    assert await rights(http, fourth, last, child) == "doba"
    # reworking it at home does not shake the bounds off
    own = await adapted(http, third, last["id"])
    again_offered = await offered(http, third, own)
    await change(http, shelf.author, first_offer, audiences=named)
    assert await rights(http, fourth, own, again_offered) == ""


async def test_i15_a_reshare_never_outlives_its_parent(http, world, shelf, second, third, clock):
    until = datetime.now(UTC) + timedelta(days=3)
    parent = await shelf.offer(http, audiences=GROUP, valid_until_at=until.isoformat(), seats=5)
    made = await adapted(http, second, shelf.resource_id)
    child = await offered(http, second, made)
    assert datetime.fromisoformat(child["valid_until_at"]) == until
    loan = (await borrow(http, child, third)).json()["loan"]
    assert datetime.fromisoformat(loan["ends_at"]) == until  # not the fourteen days it states
    sooner = until - timedelta(days=1)
    await change(http, shelf.author, parent, valid_until_at=sooner.isoformat())
    seen = (await http.get(f"/v1/offers/{child['id']}", headers=second.headers)).json()
    assert datetime.fromisoformat(seen["valid_until_at"]) == sooner
    clock.jump(timedelta(days=2, seconds=1))
    fourth = await world.person(await world.school("四中"), "teacher")
    assert await rights(http, fourth, made, child) == "o"
    late = await again(third, world)  # a running loan stands, and shows what was lent
    assert await rights(http, late, made, child) == "do"


async def test_i15_a_reshare_never_has_more_seats_than_its_parent(http, world, shelf, second):
    parent = await shelf.offer(http, audiences=GROUP, seats=3, per_school_max=None)
    made = await adapted(http, second, shelf.resource_id)
    path = f"/v1/resources/{made['id']}/offers"
    wish = {"audiences": GROUP, "loan_days": 14}
    refused = await http.post(path, json=wish, headers=second.headers)
    assert refused.json()["errors"][0]["pointer"] == "/seats"  # unlimited is wider than three
    child = await offered(http, second, made, seats=5)
    assert (child["seats"], child["free"]) == (3, 3)
    people = [await world.person(await world.school(f"借{n}"), "teacher") for n in range(5)]
    first = await borrow(http, child, people[0])
    assert first.status_code == 201
    await change(http, shelf.author, parent, seats=1)
    seen = (await http.get(f"/v1/offers/{child['id']}", headers=second.headers)).json()
    assert (seen["seats"], seen["free"], seen["lent"]) == (1, 0, 1)  # running loans stand
    answers = await asyncio.gather(*(borrow(http, child, who) for who in people[1:]))
    assert [answer.status_code for answer in answers] == [202] * 4
    await change(http, shelf.author, parent, seats=2)
    head = await borrow(http, child, people[1])
    assert head.status_code in (201, 202)
    lent = await world.sql.fetchval(
        """SELECT count(*) FROM seat WHERE offer_id = $1
              AND (loan_id IS NOT NULL OR hold_id IS NOT NULL)""",
        child["id"],
    )
    assert lent == 2


async def test_i15_narrowing_the_parent_while_the_reshare_is_made_leaves_no_gap(
    http, world, shelf, second, third, sql
):
    """The parent's narrowing is held open while the child is made: whichever way they commit, the
    child is computed within what the parent says now. A copied audience would keep the old reach.
    """
    parent = await shelf.offer(http, audiences=GROUP)
    made = await adapted(http, second, shelf.resource_id)
    change_ = sql.transaction()
    await change_.start()
    await sql.execute("UPDATE offer SET status = 'closed' WHERE id = $1", parent["id"])
    making = asyncio.create_task(offered(http, second, made, seats=1))
    child = await asyncio.wait_for(making, 10)  # it need not wait: nothing is copied
    assert await rights(http, third, made, child) == "doba"  # not closed yet for anyone
    await change_.commit()
    assert await rights(http, third, made, child) in ("", "o")


async def test_i15_many_narrow_and_reshare_at_once(http, world, shelf, second, third):
    parent = await shelf.offer(http, audiences=GROUP, seats=9)
    made = await adapted(http, second, shelf.resource_id)
    named = [{"kind": "school", "school_id": str(second.school_id), **EVERYTHING}]

    async def narrow():
        await change(http, shelf.author, parent, audiences=named, seats=2)

    children = await asyncio.gather(
        *(offered(http, second, made, seats=5) for _ in range(6)), narrow()
    )
    for child in children[:-1]:
        assert await rights(http, third, made, child) == ""
        seen = (await http.get(f"/v1/offers/{child['id']}", headers=second.headers)).json()
        assert seen["seats"] == 2


async def test_every_change_of_terms_is_a_version_and_a_loan_keeps_its_own(
    http, world, shelf, third, sql
):
    offer = await shelf.offer(http, seats=3, loan_days=14)
    first = (await borrow(http, offer, third)).json()["loan"]
    changed = await change(http, shelf.author, offer, loan_days=7, audiences=GROUP)
    assert (changed["terms_no"], changed["loan_days"]) == (2, 7)
    fourth = await world.person(await world.school("四中"), "teacher")
    later = (await borrow(http, offer, fourth)).json()["loan"]
    mine = (await http.get(f"/v1/loans/{first['id']}", headers=third.headers)).json()
    assert (mine["terms"]["terms_no"], mine["terms"]["loan_days"]) == (1, 14)
    assert (later["terms"]["terms_no"], later["terms"]["loan_days"]) == (2, 7)
    path = f"/v1/offers/{offer['id']}/terms/versions"
    versions = (await http.get(path, headers=shelf.librarian.headers)).json()["items"]
    assert [v["no"] for v in versions] == [2, 1]
    assert [v["terms"]["loan_days"] for v in versions] == [7, 14]
    assert [v["terms"]["audiences"][0]["adapt"] for v in versions] == [True, False]
    assert {v["by_person_id"] for v in versions} == {str(shelf.author.id)}
    await post(http, shelf.author, f"/v1/offers/{offer['id']}/suspend")
    still = (await http.get(path, headers=shelf.librarian.headers)).json()["items"]
    assert len(still) == 2  # suspending changes no terms
    assert (await http.get(path, headers=third.headers)).status_code == 403
    assert (await http.get(path)).status_code == 401
    for statement in ("UPDATE offer_terms SET no = 9", "DELETE FROM offer_terms"):
        with pytest.raises(asyncpg.CheckViolationError):
            await sql.execute(statement)


async def test_who_is_reached_no_more_leaves_the_queue(http, world, shelf, second, third):
    offer = await shelf.offer(http, seats=1)
    await borrow(http, offer, second)
    hold = (await borrow(http, offer, third)).json()["hold"]
    named = [{"kind": "school", "school_id": str(second.school_id), "borrow": True}]
    await change(http, shelf.author, offer, audiences=named)
    left = (await http.get(f"/v1/holds/{hold['id']}", headers=third.headers)).json()
    assert left["status"] == "cancelled"
    running = await world.sql.fetchval("SELECT status FROM loan")
    assert running == "active"  # what was lent is kept
