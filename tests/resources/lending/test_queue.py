"""The queue: a freed seat goes to its head, in order, whoever walks in; nothing needs a job."""

from datetime import timedelta

import asyncpg
import pytest

from tests.resources.lending.shelf import act, again, borrow, shelve


async def fill(http, world, services, seats, waiting, **terms):
    """An offer with every seat lent and people waiting; (shelf, offer, borrowers, waiters)."""
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=seats, **terms)
    people = [
        await world.person(await world.school(f"{n}中"), "teacher") for n in range(seats + waiting)
    ]
    answers = [await borrow(http, offer, person) for person in people]
    assert [a.status_code for a in answers] == [201] * seats + [202] * waiting
    loans = [a.json()["loan"]["id"] for a in answers[:seats]]
    holds = [a.json()["hold"]["id"] for a in answers[seats:]]
    return shelf, offer, people, loans, holds


async def status_of(world, hold_id):
    return await world.sql.fetchval("SELECT status FROM hold WHERE id = $1", hold_id)


async def test_a_return_hands_the_seat_to_the_head_and_not_to_a_walk_in(http, world, services):
    _shelf, offer, people, loans, holds = await fill(http, world, services, 1, 2)
    returned = await act(http, people[0], "loans", loans[0], "return")
    assert (returned.status_code, returned.json()["status"]) == (200, "returned")
    head = (await http.get(f"/v1/holds/{holds[0]}", headers=people[1].headers)).json()
    assert (head["status"], head["my_turn"], head["place"]) == ("ready", True, None)
    assert head["actions"] == ["borrow", "cancel"]
    next_one = (await http.get(f"/v1/holds/{holds[1]}", headers=people[2].headers)).json()
    assert (next_one["place"], next_one["ahead"], next_one["my_turn"]) == (1, 0, False)
    walk_in = await borrow(http, offer, await world.person(await world.school("新"), "teacher"))
    assert (walk_in.status_code, walk_in.json()["hold"]["place"]) == (202, 2)
    taken = await borrow(http, offer, people[1])
    assert taken.status_code == 201
    filled = (await http.get(f"/v1/holds/{holds[0]}", headers=people[1].headers)).json()
    assert (filled["status"], filled["loan_id"]) == ("filled", taken.json()["loan"]["id"])
    kinds = [row["type"] for row in await world.sql.fetch("SELECT type FROM event ORDER BY seq")]
    assert kinds == [
        "offer.made",
        "loan.opened",
        "hold.placed",
        "hold.placed",
        "loan.returned",
        "hold.ready",
        "hold.placed",
        "hold.filled",
        "loan.opened",
    ]


async def test_the_queue_keeps_its_order(http, world, services):
    _shelf, offer, people, loans, holds = await fill(http, world, services, 1, 4)
    at_the_seat, loan = people[0], loans[0]
    for number in range(4):
        await act(http, at_the_seat, "loans", loan, "return")
        states = [await status_of(world, hold) for hold in holds]
        assert states == ["filled"] * number + ["ready"] + ["waiting"] * (3 - number)
        at_the_seat = people[1 + number]
        loan = (await borrow(http, offer, at_the_seat)).json()["loan"]["id"]


async def test_who_leaves_the_queue_lets_the_others_up(http, world, services):
    _shelf, _offer, people, loans, holds = await fill(http, world, services, 1, 3)
    cancelled = await act(http, people[1], "holds", holds[0], "cancel")
    assert (cancelled.status_code, cancelled.json()["status"]) == (200, "cancelled")
    await act(http, people[0], "loans", loans[0], "return")
    assert await status_of(world, holds[1]) == "ready"
    await act(http, people[2], "holds", holds[1], "cancel")  # a ready seat is passed on
    assert await status_of(world, holds[2]) == "ready"
    again_cancelled = await act(http, people[2], "holds", holds[1], "cancel")
    assert (again_cancelled.status_code, again_cancelled.json()["code"]) == (409, "wrong_state")


async def test_a_loan_that_is_over_gives_its_seat_without_any_job(http, world, services, clock):
    _shelf, offer, people, _loans, holds = await fill(http, world, services, 1, 1, loan_days=7)
    clock.jump(timedelta(days=7))
    head = await again(people[1], world)
    hold = (await http.get(f"/v1/holds/{holds[0]}", headers=head.headers)).json()
    assert (hold["status"], hold["my_turn"], hold["place"]) == ("waiting", True, 1)
    walk_in = await world.person(await world.school("新"), "teacher")
    answer = await borrow(http, offer, walk_in)  # the desk is brought up to the instant first
    assert (answer.status_code, answer.json()["hold"]["place"]) == (202, 1)
    assert await status_of(world, holds[0]) == "ready"
    loan = await world.sql.fetchrow("SELECT status, closed_at, ends_at FROM loan")
    assert loan["status"] == "ended"
    assert loan["closed_at"] == loan["ends_at"]
    assert (await borrow(http, offer, head)).status_code == 201


async def test_with_nobody_waiting_a_seat_that_is_over_is_lent_anew(http, world, services, clock):
    _shelf, offer, people, loans, _holds = await fill(http, world, services, 1, 0, loan_days=7)
    clock.jump(timedelta(days=7))
    back = await again(people[0], world)
    shown = (await http.get(f"/v1/loans/{loans[0]}", headers=back.headers)).json()
    assert (shown["status"], shown["actions"]) == ("ended", [])
    assert shown["closed_at"] == shown["ends_at"]
    for verb, person in (("return", back), ("renew", back)):
        over = await act(http, person, "loans", loans[0], verb)
        assert (over.status_code, over.json()["code"]) == (410, "loan_over")
    assert (await borrow(http, offer, back)).status_code == 201  # the same person, once more
    listed = await http.get("/v1/loans", params={"running": True}, headers=back.headers)
    assert [loan["status"] for loan in listed.json()["items"]] == ["active"]
    assert await world.sql.fetchval("SELECT count(*) FROM seat WHERE loan_id IS NOT NULL") == 1


async def test_an_unlimited_loan_that_is_over_can_be_borrowed_again(http, world, services, clock):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=None, loan_days=1)
    teacher = await world.person(await world.school("二中"), "teacher")
    assert (await borrow(http, offer, teacher)).status_code == 201
    clock.jump(timedelta(days=1))
    assert (await borrow(http, offer, await again(teacher, world))).status_code == 201


async def test_a_seat_not_picked_up_passes_on_without_any_job(http, world, services, clock):
    terms = {"pickup_hours": 24, "loan_days": 30}
    _shelf, offer, people, loans, holds = await fill(http, world, services, 1, 2, **terms)
    await act(http, people[0], "loans", loans[0], "return")
    clock.jump(timedelta(hours=24))
    late, next_one = await again(people[1], world), await again(people[2], world)
    hold = (await http.get(f"/v1/holds/{holds[0]}", headers=late.headers)).json()
    assert (hold["status"], hold["my_turn"], hold["actions"]) == ("lapsed", False, [])
    answer = await borrow(http, offer, late)
    assert (answer.status_code, answer.json()["hold"]["place"]) == (202, 1)
    assert [await status_of(world, hold) for hold in holds] == ["lapsed", "ready"]
    assert (await borrow(http, offer, next_one)).status_code == 201


async def test_one_instant_before_its_hour_a_seat_is_still_reserved(http, world, services, clock):
    _shelf, offer, people, loans, _holds = await fill(http, world, services, 1, 1, pickup_hours=24)
    await act(http, people[0], "loans", loans[0], "return")
    clock.jump(timedelta(hours=24, seconds=-20))
    assert (await borrow(http, offer, await again(people[1], world))).status_code == 201


async def test_a_colleague_over_the_share_is_passed_over_until_the_share_allows(
    http, world, services
):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=2, per_school_max=1)
    large, others = await world.school("大校"), [await world.school(f"{n}中") for n in range(3)]
    first, second = await world.person(large, "teacher"), await world.person(large, "teacher")
    a, b, c = [await world.person(school, "teacher") for school in others]
    loan_a = (await borrow(http, offer, a)).json()["loan"]["id"]
    loan_b = (await borrow(http, offer, b)).json()["loan"]["id"]
    hold_1 = (await borrow(http, offer, first)).json()["hold"]["id"]
    hold_2 = (await borrow(http, offer, second)).json()["hold"]["id"]
    hold_c = (await borrow(http, offer, c)).json()["hold"]["id"]
    await act(http, a, "loans", loan_a, "return")
    await act(http, b, "loans", loan_b, "return")
    assert [await status_of(world, h) for h in (hold_1, hold_2, hold_c)] == [
        "ready",
        "waiting",
        "ready",
    ]
    taken = (await borrow(http, offer, first)).json()["loan"]["id"]
    await act(http, first, "loans", taken, "return")
    assert await status_of(world, hold_2) == "ready"


async def test_who_has_left_is_passed_over(http, world, services):
    _shelf, _offer, people, loans, holds = await fill(http, world, services, 1, 2)
    await world.sql.execute("UPDATE person SET left_at = now() WHERE id = $1", people[1].id)
    await act(http, people[0], "loans", loans[0], "return")
    assert [await status_of(world, hold) for hold in holds] == ["waiting", "ready"]


async def test_seats_cut_below_the_number_lent_retire_as_they_come_back(http, world, services):
    """I9: running loans stand, no new ones."""
    shelf, offer, people, loans, holds = await fill(http, world, services, 3, 1)
    headers = {**shelf.author.headers, "If-Match": f'"{offer["version"]}"'}
    path = f"/v1/offers/{offer['id']}"
    cut = await http.patch(path, json={"seats": 1}, headers=headers)
    assert (cut.status_code, cut.json()["seats"], cut.json()["lent"]) == (200, 1, 3)
    for number in range(2):
        await act(http, people[number], "loans", loans[number], "return")
        assert await status_of(world, holds[0]) == "waiting"
    await act(http, people[2], "loans", loans[2], "return")
    assert await status_of(world, holds[0]) == "ready"
    standing = "SELECT count(*) FROM seat WHERE retired_at IS NULL"
    assert await world.sql.fetchval(standing) == 1
    stale = await http.patch(path, json={"seats": 2}, headers=headers)
    assert stale.status_code == 412
    missing = await http.patch(path, json={"seats": 2}, headers=shelf.author.headers)
    assert missing.status_code == 428
    headers["If-Match"] = f'"{cut.json()["version"]}"'
    assert (await http.patch(path, json={"seats": 4}, headers=headers)).status_code == 200
    assert await world.sql.fetchval(standing) == 4
    newcomer = await world.person(await world.school("新"), "teacher")
    assert (await borrow(http, offer, newcomer)).status_code == 201


async def test_added_seats_serve_the_queue_first(http, world, services):
    shelf, offer, _people, _loans, holds = await fill(http, world, services, 1, 3)
    headers = {**shelf.author.headers, "If-Match": f'"{offer["version"]}"'}
    await http.patch(f"/v1/offers/{offer['id']}", json={"seats": 3}, headers=headers)
    assert [await status_of(world, hold) for hold in holds] == ["ready", "ready", "waiting"]


async def test_limited_stays_limited(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=None)
    headers = {**shelf.author.headers, "If-Match": '"1"'}
    refused = await http.patch(f"/v1/offers/{offer['id']}", json={"seats": 3}, headers=headers)
    assert (refused.status_code, refused.json()["code"]) == (409, "seats_kind_fixed")


async def test_a_suspended_offer_keeps_its_queue_and_serves_it_when_resumed(http, world, services):
    shelf, offer, people, loans, holds = await fill(http, world, services, 1, 1)
    await act(http, shelf.author, "offers", offer["id"], "suspend")
    await act(http, people[0], "loans", loans[0], "return")
    assert await status_of(world, holds[0]) == "waiting"
    await act(http, shelf.author, "offers", offer["id"], "resume")
    assert await status_of(world, holds[0]) == "ready"
    wrong = await act(http, shelf.author, "offers", offer["id"], "resume")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_state")


async def test_closing_ends_the_queue_and_lets_loans_run(http, world, services):
    shelf, offer, people, loans, holds = await fill(http, world, services, 1, 2)
    closed = await act(http, shelf.librarian, "offers", offer["id"], "close")
    assert (closed.status_code, closed.json()["status"], closed.json()["actions"]) == (
        200,
        "closed",
        [],
    )
    assert [await status_of(world, hold) for hold in holds] == ["cancelled"] * 2
    told = (await http.get(f"/v1/holds/{holds[0]}", headers=people[1].headers)).json()
    assert told["closed_because"] == "the offer was closed"
    loan = (await http.get(f"/v1/loans/{loans[0]}", headers=people[0].headers)).json()
    assert loan["status"] == "active"


async def test_renewing_is_limited_and_never_over_a_queue(http, world, services, clock):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1, loan_days=10, renewals_max=1)
    teacher = await world.person(await world.school("二中"), "teacher")
    waiter = await world.person(await world.school("三中"), "teacher")
    loan = (await borrow(http, offer, teacher)).json()["loan"]
    hold = (await borrow(http, offer, waiter)).json()["hold"]
    refused = await act(http, teacher, "loans", loan["id"], "renew")
    assert (refused.status_code, refused.json()["code"]) == (409, "someone_waits")
    assert refused.json()["until"] == loan["ends_at"]
    await act(http, waiter, "holds", hold["id"], "cancel")
    clock.jump(timedelta(days=4))
    teacher = await again(teacher, world)
    renewed = await act(http, teacher, "loans", loan["id"], "renew")
    assert (renewed.status_code, renewed.json()["renewals"]) == (200, 1)
    moved = await world.sql.fetchval(
        "SELECT ends_at - starts_at FROM loan WHERE id = $1", loan["id"]
    )
    assert timedelta(days=14) <= moved < timedelta(days=14, minutes=5)
    assert "renew" not in renewed.json()["actions"]
    refused = await act(http, teacher, "loans", loan["id"], "renew")
    assert (refused.status_code, refused.json()["code"]) == (409, "no_renewals_left")


async def test_the_owner_revokes_and_says_why(http, world, services):
    shelf, _offer, people, loans, holds = await fill(http, world, services, 1, 1)
    refused = await act(http, people[0], "loans", loans[0], "revoke", because="我不要了")
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    revoked = await act(http, shelf.librarian, "loans", loans[0], "revoke", because="版权问题")
    assert (revoked.status_code, revoked.json()["status"]) == (200, "revoked")
    told = (await http.get(f"/v1/loans/{loans[0]}", headers=people[0].headers)).json()
    assert (told["closed_because"], told["actions"]) == ("版权问题", [])
    assert await status_of(world, holds[0]) == "ready"
    wrong = await act(http, people[0], "loans", loans[0], "return")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "wrong_state")


async def test_who_sees_which_loans_and_holds(http, world, services):
    """A list shows exactly what a look at each one shows."""
    shelf, _offer, people, loans, holds = await fill(http, world, services, 1, 1)
    borrowing = people[0]
    school = [s for s in (await world.sql.fetch("SELECT id FROM school"))]
    assert len(school) == 3
    from tests.people import School

    own = School(borrowing.school_id, world.group_id, "", "", "integrated")
    colleague = await world.person(own, "teacher")
    librarian = await world.person(own, "librarian")
    unrelated = await world.person(await world.school("九中"), "librarian")
    office = await world.person(None, "group_admin")
    for person in (
        borrowing,
        colleague,
        librarian,
        shelf.author,
        shelf.librarian,
        unrelated,
        office,
    ):
        for what, ids in (("loans", loans), ("holds", holds)):
            listed = await http.get(f"/v1/{what}", headers=person.headers)
            looked = [
                one
                for one in ids
                if (await http.get(f"/v1/{what}/{one}", headers=person.headers)).status_code == 200
            ]
            assert [item["id"] for item in listed.json()["items"]] == looked, (person.role, what)
    seen = await http.get("/v1/loans", headers=librarian.headers)
    assert len(seen.json()["items"]) == 1
    mine = await http.get("/v1/loans", params={"mine": True}, headers=librarian.headers)
    assert mine.json()["items"] == []
    by_librarian = await act(http, librarian, "loans", loans[0], "return")
    assert by_librarian.status_code == 200


async def test_pages_of_loans_follow_one_another(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=None)
    school = await world.school("二中")
    ids = []
    for _ in range(5):
        answer = await borrow(http, offer, await world.person(school, "teacher"))
        ids.append(answer.json()["loan"]["id"])
    seen, cursor = [], None
    while True:
        params = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = (await http.get("/v1/loans", params=params, headers=shelf.author.headers)).json()
        seen += [loan["id"] for loan in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == sorted(ids, reverse=True)


@pytest.mark.parametrize(
    ("wrong", "constraint"),
    [
        (
            "UPDATE loan SET ends_at = guaranteed_until_at - interval '1 second'",
            "never_below_guaranteed",
        ),
        ("UPDATE seat SET hold_id = (SELECT id FROM hold)", "one_occupant"),
        ("UPDATE seat SET retired_at = now()", "one_occupant"),
        (
            """INSERT INTO seat (group_id, offer_id, no, loan_id)
               SELECT group_id, offer_id, 9, loan_id FROM seat""",
            "one_seat_per_loan",
        ),
        (
            """INSERT INTO hold (group_id, id, offer_id, resource_id, owner_school_id,
                                 borrower_school_id, borrower_person_id, status, placed_at)
               SELECT group_id, gen_random_uuid(), offer_id, resource_id, owner_school_id,
                      borrower_school_id, borrower_person_id, 'waiting', now() FROM hold""",
            "one_open_hold",
        ),
    ],
)
async def test_the_tables_themselves_refuse_what_must_never_be(
    http, world, services, wrong, constraint
):
    """I1, I2 and I7 hold even against a statement that forgets them."""
    await fill(http, world, services, 1, 1, guaranteed_days=7)
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as refused:
        await world.sql.execute(wrong)
    assert refused.value.constraint_name == constraint
