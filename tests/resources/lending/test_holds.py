"""Places in the queue: bands, pauses, a new order with its reason, and estimates that hold."""

import asyncio
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import uuid4

from schoolgroup.resources.lending.holds import rules
from schoolgroup.resources.lending.holds.models import History, Occupied, Pickup
from tests.resources.lending.shelf import act, again, borrow
from tests.resources.lending.test_queue import fill, status_of
from tests.resources.lending.test_terms import lay_down


async def look(http, person, hold_id):
    return (await http.get(f"/v1/holds/{hold_id}", headers=person.headers)).json()


async def test_a_visitor_and_a_stranger(http, world, services):
    thing = uuid4()
    for method, path in [
        ("POST", f"/v1/holds/{thing}/pause"),
        ("POST", f"/v1/holds/{thing}/resume"),
        ("GET", f"/v1/offers/{thing}/queue"),
        ("POST", f"/v1/offers/{thing}/queue"),
    ]:
        assert (await http.request(method, path)).status_code == 401
    _shelf, offer, _people, _loans, holds = await fill(http, world, services, 1, 1)
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "librarian")
    order = {"hold_ids": holds, "because": "x"}
    path = f"/v1/offers/{offer['id']}/queue"
    for answer in [
        await http.post(f"/v1/holds/{holds[0]}/pause", json={}, headers=stranger.headers),
        await act(http, stranger, "holds", holds[0], "resume"),
        await http.get(path, headers=stranger.headers),
        await http.post(path, json=order, headers=stranger.headers),
    ]:
        assert answer.status_code == 404


async def test_who_pauses_is_passed_over_and_keeps_the_place(http, world, services):
    _shelf, offer, people, loans, holds = await fill(http, world, services, 1, 3)
    paused = await http.post(f"/v1/holds/{holds[0]}/pause", json={}, headers=people[1].headers)
    assert (paused.status_code, paused.json()["place"]) == (200, None)
    assert paused.json()["actions"] == ["cancel", "resume"]
    assert (await look(http, people[2], holds[1]))["ahead"] == 0
    refused = await borrow(http, offer, people[1])
    assert (refused.json()["code"], refused.json()["place"]) == ("already_on_hold", None)
    await act(http, people[0], "loans", loans[0], "return")
    assert [await status_of(world, h) for h in holds] == ["waiting", "ready", "waiting"]
    resumed = await act(http, people[1], "holds", holds[0], "resume")
    assert (resumed.json()["place"], resumed.json()["paused"]) == (1, False)
    await act(http, people[2], "holds", holds[1], "cancel")
    assert [await status_of(world, h) for h in holds] == ["ready", "cancelled", "waiting"]
    late = await http.post(f"/v1/holds/{holds[0]}/pause", json={}, headers=people[1].headers)
    assert (late.status_code, late.json()["code"]) == (409, "wrong_state")


async def test_a_free_seat_beside_a_paused_hold_is_lent_and_a_resume_is_served(
    http, world, services
):
    _shelf, offer, people, loans, holds = await fill(http, world, services, 1, 1)
    await http.post(f"/v1/holds/{holds[0]}/pause", json={}, headers=people[1].headers)
    await act(http, people[0], "loans", loans[0], "return")
    newcomer = await world.person(await world.school("新"), "teacher")
    dry = await borrow(http, offer, newcomer, dry_run=True)
    assert dry.json()["outcome"] == "loan"
    loan = await borrow(http, offer, newcomer)
    assert loan.status_code == 201
    await act(http, newcomer, "loans", loan.json()["loan"]["id"], "return")
    resumed = await act(http, people[1], "holds", holds[0], "resume")
    assert (resumed.json()["status"], resumed.json()["my_turn"]) == ("ready", True)


async def test_a_pause_ends_at_its_instant_without_any_job(http, world, services, clock):
    _shelf, offer, people, loans, holds = await fill(http, world, services, 1, 1, loan_days=30)
    until = (datetime.now(UTC) + timedelta(hours=2)).isoformat()
    wish = {"until_at": until}
    paused = await http.post(f"/v1/holds/{holds[0]}/pause", json=wish, headers=people[1].headers)
    assert paused.json()["paused"] is True
    past = {"until_at": "2020-01-01T00:00:00Z"}
    refused = await http.post(f"/v1/holds/{holds[0]}/pause", json=past, headers=people[1].headers)
    assert refused.status_code == 422
    await act(http, people[0], "loans", loans[0], "return")
    assert await status_of(world, holds[0]) == "waiting"
    clock.jump(timedelta(hours=3))
    head = await again(people[1], world)
    assert (await look(http, head, holds[0]))["my_turn"] is True
    walk_in = await borrow(http, offer, await world.person(await world.school("新"), "teacher"))
    assert walk_in.status_code == 202
    assert (await borrow(http, offer, head)).status_code == 201


async def test_a_lower_band_goes_before(http, world, services):
    office = await world.person(None, "group_admin")
    await lay_down(http, office, role="lead", hold_band=-1)
    _shelf, offer, people, loans, holds = await fill(http, world, services, 1, 2)
    lead = await world.person(await world.school("组长校"), "lead")
    taken = await borrow(http, offer, lead)
    assert taken.json()["hold"]["place"] == 1
    assert (await look(http, people[1], holds[0]))["place"] == 2
    await act(http, people[0], "loans", loans[0], "return")
    assert await status_of(world, taken.json()["hold"]["id"]) == "ready"


async def test_staff_reorder_and_every_displaced_hold_says_why(http, world, services):
    shelf, offer, people, loans, holds = await fill(http, world, services, 1, 4)
    path = f"/v1/offers/{offer['id']}/queue"
    headers = shelf.librarian.headers
    order = [holds[2], holds[0], holds[1], holds[3]]
    by_waiting = await http.post(
        path, json={"hold_ids": order, "because": "me first"}, headers=people[3].headers
    )
    assert by_waiting.status_code == 403
    for wrong in (order[:3], [*order, holds[0]], [*order[:3], str(uuid4())], [loans[0]]):
        refused = await http.post(path, json={"hold_ids": wrong, "because": "x"}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "queue_moved")
        assert refused.json()["hold_ids"] == holds
    moved = await http.post(
        path, json={"hold_ids": order, "because": "周五公开课"}, headers=headers
    )
    assert [hold["id"] for hold in moved.json()["items"]] == order
    shown = [await look(http, people[1 + n], holds[n]) for n in range(4)]
    assert [hold["place"] for hold in shown] == [2, 3, 1, 4]
    assert [hold["moved_because"] for hold in shown] == ["周五公开课"] * 3 + [""]
    assert [hold["joined_at"] for hold in shown] == sorted(hold["joined_at"] for hold in shown)
    last = await borrow(http, offer, await world.person(await world.school("新"), "teacher"))
    assert last.json()["hold"]["place"] == 5
    await act(http, people[0], "loans", loans[0], "return")
    states = [await status_of(world, hold) for hold in holds]
    assert states == ["waiting", "waiting", "ready", "waiting"]
    displaced = await http.post(path, json={"hold_ids": order, "because": "x"}, headers=headers)
    assert displaced.json()["code"] == "queue_moved"  # what is ready is no longer in the line
    moves = await world.sql.fetchval("SELECT count(*) FROM event WHERE type = 'hold.moved'")
    assert moves == 3


async def test_a_return_during_a_new_order_serves_one_order_or_the_other(http, world, services):
    shelf, offer, people, loans, holds = await fill(http, world, services, 1, 2)
    path = f"/v1/offers/{offer['id']}/queue"
    order = {"hold_ids": holds[::-1], "because": "x"}
    moved, _returned = await asyncio.gather(
        http.post(path, json=order, headers=shelf.librarian.headers),
        act(http, people[0], "loans", loans[0], "return"),
    )
    ready = [n for n in range(2) if await status_of(world, holds[n]) == "ready"]
    assert (moved.status_code, ready) in [(200, [1]), (409, [0])]


async def test_an_estimate_says_how_many_are_ahead_and_what_it_rests_on(
    http, world, services, clock
):
    shelf, offer, people, loans, holds = await fill(http, world, services, 1, 2)
    shown = await look(http, people[2], holds[1])
    assert shown["estimate"]["because"]["en"].startswith("1 ahead, 1 seats, likely ")
    assert "little is known" in shown["estimate"]["because"]["en"]
    assert shown["estimate"]["until_days"] <= 2 + 14 + 14
    await world.sql.execute(
        """INSERT INTO loan (group_id, id, offer_id, resource_id, revision_no, title,
               owner_school_id, borrower_school_id, borrower_person_id, status, starts_at, ends_at,
               guaranteed_until_at, terms, closed_at)
           SELECT group_id, gen_random_uuid(), offer_id, resource_id, revision_no, title,
               owner_school_id, borrower_school_id, borrower_person_id, 'returned',
               now() - interval '30 days', now() - interval '16 days', now() - interval '30 days',
               terms, now() - interval '30 days' + n * interval '8 hours'
             FROM loan, generate_series(1, 12) AS n WHERE id = $1""",
        loans[0],
    )
    known = (await look(http, people[2], holds[1]))["estimate"]
    assert known["known"] == 12
    assert known["until_days"] <= 10  # a loan of at most 4 days, two pickups of at most 2 days
    assert "past loans half were back within" in known["because"]["en"]
    assert (await look(http, shelf.librarian, holds[1]))["estimate"] == known


async def test_an_offer_says_how_long_who_asks_now_would_wait(http, world, services, clock):
    """Where a reader decides: in the list, from one look for all, and by the reader's own band."""
    office = await world.person(None, "group_admin")
    await lay_down(http, office, role="lead", hold_band=-1)
    shelf, offer, people, loans, holds = await fill(http, world, services, 1, 2)
    free = await shelf.offer(http, seats=1)
    new = await world.school("新")
    newcomer, lead = await world.person(new, "teacher"), await world.person(new, "lead")
    path = f"/v1/resources/{shelf.resource_id}/offers"

    async def ahead_of(person):
        listed = (await http.get(path, headers=person.headers)).json()["items"]
        shown = {one["id"]: one for one in listed}
        assert (shown[free["id"]]["ahead"], shown[free["id"]]["estimate"]) == (None, None)
        return shown[offer["id"]]["ahead"], shown[offer["id"]]["estimate"]

    ahead, likely = await ahead_of(newcomer)
    assert ahead == 2
    assert likely["because"]["en"].startswith("2 ahead, 1 seats, likely ")
    assert 0 <= likely["from_days"] < likely["until_days"] <= 14 * 3 + 2 * 2
    foreseen = (await borrow(http, offer, newcomer, dry_run=True)).json()["foreseen"]
    assert (foreseen["ahead"], foreseen["estimate"]["known"]) == (2, likely["known"])
    assert (await ahead_of(lead))[0] == 0  # goes before who waits in a later band
    assert [(await ahead_of(person))[0] for person in people] == [None, 0, 1]
    await http.post(f"/v1/holds/{holds[0]}/pause", json={}, headers=people[1].headers)
    assert [(await ahead_of(person))[0] for person in (*people, newcomer)] == [None, None, 0, 1]
    await act(http, people[0], "loans", loans[0], "return")
    assert [(await ahead_of(person))[0] for person in (people[2], newcomer)] == [None, 0]
    await act(http, shelf.author, "offers", offer["id"], "suspend")
    assert await ahead_of(newcomer) == (None, None)


def wait_of(chance, ahead, occupied, lengths, pickups):
    """One true course of things, drawn from what the history was drawn from."""
    free = sorted(max(0.0, min(left, length - age)) for age, left, length in occupied)
    for _ in range(ahead):
        at = free.pop(0)
        hours, taken = pickups(chance)
        free = sorted([*free, at + hours + (lengths(chance) if taken else 0.0)])
    return free[0]


def test_four_of_five_estimates_hold():
    """Calibration: 300 queues with a known law of returns; the estimate sees only their past."""
    chance, held, widths, waits = Random(20261123), 0, [], []

    def lengths(c):
        return min(336.0, c.gammavariate(2.0, 60.0))

    def pickups(c):
        return (48.0, False) if c.random() < 0.15 else (c.uniform(1.0, 40.0), True)

    queues = 300
    for _ in range(queues):
        seats, ahead = chance.randint(1, 5), chance.randint(0, 8)
        occupied: list[tuple[float, float, float]] = []
        while len(occupied) < seats:
            length, age = lengths(chance), chance.uniform(0.0, 336.0)
            if age < length:  # a loan that runs is one that has not come back yet
                occupied.append((age, 336.0 - age, length))
        history = History(
            [lengths(chance) for _ in range(60)],
            [Pickup(*pickups(chance)) for _ in range(40)],
            [Occupied(age, left, False) for age, left, _ in occupied],
        )
        low, high = rules.likely_hours(ahead, seats, history, 14, 48, chance.randrange(10**9))
        wait = wait_of(chance, ahead, occupied, lengths, pickups)
        held += low <= wait <= high
        widths.append(high - low)
        waits.append((ahead + 1) * (336.0 + 48.0) / seats)
    assert 0.72 <= held / queues <= 0.88, held / queues
    assert sum(widths) < 0.5 * sum(waits)  # and says more than the terms alone


def test_an_estimate_is_the_same_whenever_it_is_asked():
    history = History([24.0 * n for n in range(1, 9)], [], [Occupied(10.0, 300.0, False)])
    first = rules.estimate(3, 1, history, 14, 48, seed=7)
    assert first == rules.estimate(3, 1, history, 14, 48, seed=7)
    assert first.from_days < first.until_days
