"""A thing on its way: set aside, sent, handed over, signed for, taken back, accepted."""

from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from schoolgroup.kernel.ids import new_id
from tests.people import THERE
from tests.resources.items.desk import lay_out
from tests.resources.lending.shelf import act, again, borrow


def begun_days(due_at: str, clock) -> int:
    """Days begun since it was due, where there is school on each: the due day is the first."""
    due_on = datetime.fromisoformat(due_at).astimezone(THERE).date()
    return (clock.now().astimezone(THERE).date() - due_on).days + 1


async def test_a_visitor_is_asked_to_sign_in(http):
    thing = uuid4()
    verbs = ("hand", "send", "deliver", "receive", "claim", "send-back", "take-back", "accept")
    for method, path in [
        ("POST", "/v1/items"),
        ("GET", "/v1/items"),
        ("GET", f"/v1/items/{thing}"),
        ("PATCH", f"/v1/items/{thing}"),
        ("POST", f"/v1/items/{thing}/mark"),
        ("GET", f"/v1/items/{thing}/notes"),
        ("POST", "/v1/items/scan"),
        ("POST", f"/v1/loans/{thing}/handovers"),
        ("GET", "/v1/handovers"),
        ("GET", f"/v1/handovers/{thing}"),
        *(("POST", f"/v1/handovers/{thing}/{verb}") for verb in (*verbs, "lose", "cancel")),
    ]:
        answer = await http.request(method, path)
        assert answer.status_code == 401, (method, path)


async def test_a_stranger_finds_no_thing(http, world, services):
    things = await lay_out(http, world, services)
    loan = await things.borrowed()
    handover = await things.give(loan)
    third = await world.person(await world.school("三中"), "librarian")
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "librarian")
    for who in (third, stranger):
        for path in (f"/v1/items/{things.items[0]['id']}", f"/v1/handovers/{handover['id']}"):
            assert (await http.get(path, headers=who.headers)).status_code == 404
        code = things.barcode()
        assert (await things.post(who, "/v1/items/scan", barcode=code)).status_code == 404
        assert (await things.step(who, handover, "take-back", barcode=code)).status_code == 404
        begun = await things.post(who, f"/v1/loans/{loan['id']}/handovers", barcode=code)
        assert begun.status_code == 404
        assert (await things.get(who, "/v1/items"))["items"] == []
        assert (await things.get(who, "/v1/handovers"))["items"] == []


async def test_a_set_goes_out_by_the_hand_and_comes_home(http, world, services):
    """The whole way in one house: seats follow the items, every step is said and signed."""
    things = await lay_out(http, world, services, count=1, loan_days=10)
    owner, borrower, code = things.owner, things.borrower, things.barcode()
    assert (await things.shown_offer())["seats"] == 1
    foreseen = await borrow(http, things.offer, borrower, dry_run=True)
    assert [r["term"] for r in foreseen.json()["because"]][-1] == "collect_by_at"
    loan = await things.borrowed()
    assert loan["terms"]["by_items"] is True
    collect = datetime.fromisoformat(loan["ends_at"]) - datetime.fromisoformat(loan["starts_at"])
    assert collect == timedelta(hours=48)  # to be collected by then
    assert set(loan["actions"]) == {"return", "fetch"}
    scanned = await things.scan(owner)
    assert "Set it aside for 借书中学" in scanned["words"]["en"]
    assert scanned["next"][0]["path"] == f"/v1/loans/{loan['id']}/handovers"
    handover = await things.give(loan, step="set_aside")
    assert (handover["status"], handover["pieces_out"]) == ("prepared", 40)
    assert (await things.item())["status"] == "reserved"
    assert "hold shelf" in (await things.scan(owner))["words"]["en"]
    handover = await things.done(owner, handover, "hand", barcode=code)
    assert handover["status"] == "handed"
    assert handover["receipt_due_at"] is not None
    days = datetime.fromisoformat(handover["due_at"]) - datetime.fromisoformat(
        handover["handed_at"]
    )
    assert days == timedelta(days=10)  # the days count from the hand-over
    shown = await things.get(borrower, f"/v1/loans/{loan['id']}")
    assert (shown["handover_id"], shown["overdue_days"]) == (handover["id"], 0)
    assert set(shown["actions"]) == {"renew", "fetch"}
    refused = await act(http, borrower, "loans", loan["id"], "return")
    assert (refused.status_code, refused.json()["code"]) == (409, "thing_is_out")
    revoked = await act(http, owner, "loans", loan["id"], "revoke", because="x")
    assert revoked.json()["code"] == "thing_is_out"
    handover = await things.done(borrower, handover, "receive", note="封面有折痕")
    assert (handover["status"], handover["received_by"]) == ("received", "borrower")
    waiting = await world.person(await world.school("三中"), "teacher")
    hold = (await borrow(http, things.offer, waiting)).json()["hold"]
    assert "Lent to 借书中学" in (await things.scan(owner))["words"]["en"]
    handover = await things.done(owner, handover, "take-back", barcode=code)
    assert (handover["status"], handover["actions"]) == ("returned", ["accept"])
    assert (await things.item())["status"] == "in_inspection"
    closed = await things.get(borrower, f"/v1/loans/{loan['id']}")
    assert (closed["status"], closed["handover_id"]) == ("returned", None)
    assert (await things.shown_offer())["seats"] == 0  # nothing to give before it is inspected
    assert (await things.get(waiting, f"/v1/holds/{hold['id']}"))["status"] == "waiting"
    accepted = {"barcode": code, "condition": "worn", "pieces_back": 39, "note": "缺一册"}
    handover = await things.done(owner, handover, "accept", **accepted)
    assert (handover["status"], handover["missing"]) == ("accepted", 1)
    assert (await things.get(waiting, f"/v1/holds/{hold['id']}"))["status"] == "ready"
    item = await things.item()
    assert (item["status"], item["condition"], item["pieces"]) == ("available", "worn", 39)
    notes = (await things.get(owner, f"/v1/items/{item['id']}/notes"))["items"]
    assert [(n["step"], n["pieces"], n["note"]) for n in notes] == [
        ("accept", 39, "缺一册"),
        ("receive", 40, "封面有折痕"),
    ]
    events = await world.sql.fetch(
        """SELECT type FROM event WHERE subject IN ($1, $2)""",
        f"handover/{handover['id']}",
        f"loan/{loan['id']}",
    )
    assert sorted(row["type"] for row in events) == sorted(
        ["loan.opened", "loan.returned"]
        + [f"handover.{s}" for s in ("prepared", "handed", "received", "returned", "accepted")]
    )


async def test_a_thing_travels_between_schools(http, world, services, clock):
    """In transit nothing runs out; each school scans what it has; so is the way back."""
    things = await lay_out(http, world, services, count=1)
    owner, there, code = things.owner, things.librarian, things.barcode()
    loan = await things.borrowed()
    handover = await things.give(loan, step="send")
    assert (await things.item())["status"] == "in_transit"
    clock.jump(timedelta(days=3))  # longer than it was to be collected
    owner, there = await again(owner, world), await again(there, world)
    shown = await things.get(there, f"/v1/loans/{loan['id']}")
    assert (shown["status"], shown["overdue_days"]) == ("active", 0)
    scanned = await things.scan(there)
    assert "hand it to the borrower" in scanned["words"]["en"]
    assert scanned["next"][0]["path"].endswith("/deliver")
    assert "来自第一中学" in scanned["words"]["zh"]
    handover = await things.done(there, handover, "deliver", barcode=code)
    assert handover["status"] == "handed"
    handover = await things.done(there, handover, "receive")
    assert handover["received_by"] == "school"
    assert "send it home" in (await things.scan(there))["words"]["en"]
    handover = await things.done(there, handover, "send-back", barcode=code)
    assert handover["status"] == "returning"
    assert (await things.get(there, f"/v1/loans/{loan['id']}"))["status"] == "returned"
    owner = await again(owner, world)
    assert "come home" in (await things.scan(owner))["words"]["en"]
    handover = await things.done(owner, handover, "take-back", barcode=code)
    done = await things.done(
        owner, handover, "accept", barcode=code, condition="good", pieces_back=40
    )
    assert (done["status"], done["missing"]) == ("accepted", 0)
    listed = (await http.get("/v1/items", headers=there.headers)).json()["items"]
    assert listed == []  # it is no longer in hand there


async def test_what_is_out_is_overdue_by_school_days_and_keeps_its_seat(
    http, world, services, clock
):
    things = await lay_out(http, world, services, count=1, loan_days=7)
    await world.no_weekends()
    second = await world.person(await world.school("三中"), "teacher")
    loan = await things.borrowed()
    handover = await things.give(loan)
    hold = (await borrow(http, things.offer, second)).json()["hold"]
    clock.jump(timedelta(days=7, hours=1))
    owner, borrower = await again(things.owner, world), await again(things.borrower, world)
    late = await things.get(owner, f"/v1/handovers/{handover['id']}")
    late_by = begun_days(late["due_at"], clock)
    assert late["overdue_days"] == late_by >= 1
    assert [h["id"] for h in (await things.get(owner, "/v1/handovers", overdue=True))["items"]]
    listed = (await things.get(owner, "/v1/items", overdue=True))["items"]
    assert listed[0]["overdue_days"] == late_by
    shown = await things.get(borrower, f"/v1/loans/{loan['id']}")
    assert (shown["status"], shown["overdue_days"]) == ("active", late_by)
    renewed = await act(http, borrower, "loans", loan["id"], "renew")
    assert renewed.json()["code"] == "overdue"
    twice = await borrow(http, things.offer, borrower)
    assert twice.json()["code"] == "already_borrowed"
    impatient = await borrow(http, things.offer, await again(second, world))
    assert impatient.json()["code"] == "already_on_hold"  # the seat is not passed on
    assert hold["place"] == 1
    offer = (await http.get(f"/v1/offers/{things.offer['id']}", headers=owner.headers)).json()
    assert (offer["lent"], offer["free"], offer["waiting"]) == (1, 0, 1)
    clock.jump(timedelta(days=3))
    owner = await again(owner, world)
    later = await things.get(owner, f"/v1/handovers/{handover['id']}")
    assert later["overdue_days"] == late_by + 3
    due_on = datetime.fromisoformat(later["due_at"]).astimezone(THERE).date()
    await world.sql.execute(
        """INSERT INTO holiday (group_id, id, school_id, name, from_on, until_on)
           VALUES ($1, $2, $3, '停课', $4, $5)""",
        world.group_id, new_id(), things.school.id, due_on, due_on + timedelta(days=2),
    )  # fmt: skip
    spared = await things.get(owner, f"/v1/handovers/{handover['id']}")
    assert spared["overdue_days"] == late_by + 1  # the school's own holiday does not count
    assert "take_back" in spared["actions"]
    await things.done(owner, handover, "take-back", barcode=things.barcode())


async def test_what_is_not_collected_goes_to_the_next_without_any_job(http, world, services, clock):
    things = await lay_out(http, world, services, count=1, pickup_hours=24)
    loan = await things.borrowed()
    stale = await things.give(loan, step="set_aside")
    second = await world.person(await world.school("三中"), "teacher")
    assert (await borrow(http, things.offer, second)).json()["outcome"] == "hold"
    clock.jump(timedelta(hours=25))
    owner, second = await again(things.owner, world), await again(second, world)
    told = await things.scan(owner)
    assert "did not collect it in time" in told["words"]["en"]
    assert told["next"][0]["verb"] == "cancel"
    taken = await borrow(http, things.offer, second)
    assert taken.json()["outcome"] == "loan"
    told = await things.scan(owner)
    assert "Set it aside for 三中" in told["words"]["en"]
    late = await things.step(owner, stale, "hand", barcode=things.barcode())
    assert (late.status_code, late.json()["code"]) == (410, "loan_over")
    begun = await things.post(
        owner,
        f"/v1/loans/{taken.json()['loan']['id']}/handovers",
        barcode=things.barcode(),
    )
    assert begun.status_code == 201, begun.text
    assert (await things.get(owner, f"/v1/handovers/{stale['id']}"))["status"] == "cancelled"


async def test_a_recall_makes_it_due_sooner(http, world, services, clock):
    things = await lay_out(http, world, services, count=1, loan_days=20, guaranteed_days=5)
    await world.no_weekends()
    loan = await things.borrowed()
    handover = await things.give(loan)
    recalled = await act(http, things.owner, "loans", loan["id"], "recall", because="公开课")
    assert recalled.status_code == 200, recalled.text
    days = datetime.fromisoformat(recalled.json()["ends_at"]) - datetime.fromisoformat(
        handover["handed_at"]
    )
    assert days == timedelta(days=5)  # what was guaranteed counts from the hand-over too
    clock.jump(timedelta(days=6))
    owner = await again(things.owner, world)
    assert (await things.get(owner, f"/v1/handovers/{handover['id']}"))["overdue_days"] == 2


async def test_says_returned_lost_and_found(http, world, services, clock):
    things = await lay_out(http, world, services, count=2)
    owner = things.owner
    loan = await things.borrowed()
    handover = await things.give(loan)
    early = await things.step(owner, handover, "lose", because="不见了")
    assert early.json()["code"] == "receipt_open"
    assert early.json()["until"] == handover["receipt_due_at"]
    claimed = await things.done(things.borrower, handover, "claim", note="周五已交前台")
    assert (claimed["status"], claimed["received_by"]) == ("claimed", "borrower")
    assert (await things.item())["status"] == "claimed"
    assert "said it was returned" in (await things.scan(owner))["words"]["en"]
    lost = await things.done(owner, handover, "lose", because="双方均未找到")
    assert lost["status"] == "lost"
    assert (await things.get(things.borrower, f"/v1/loans/{loan['id']}"))["status"] == "returned"
    assert (await things.shown_offer())["seats"] == 1
    assert (await things.scan(owner))["next"][0]["verb"] == "find"
    path = f"/v1/items/{things.items[0]['id']}/mark"
    found = await things.post(owner, path, step="find", because="在书架后")
    assert (found.json()["status"], found.json()["state_because"]) == ("available", "在书架后")
    assert (await things.shown_offer())["seats"] == 2
    # nobody signs, and nobody objects: after a week silence is a receipt
    silent = await things.give(await things.borrowed())
    clock.jump(timedelta(days=7, hours=1))
    gone = await things.done(await again(owner, world), silent, "lose", because="无回音")
    assert (gone["status"], gone["received_by"]) == ("lost", "silence")


@pytest.mark.parametrize("damaged", [True, False], ids=["damaged", "empty"])
async def test_a_damaged_return_is_lent_to_nobody(http, world, services, damaged):
    things = await lay_out(http, world, services, count=1)
    code = things.barcode()
    handover = await things.give(await things.borrowed())
    await things.done(things.owner, handover, "take-back", barcode=code)
    refused = await things.step(
        things.owner, handover, "accept", barcode=code, condition="poor", pieces_back=41
    )
    assert refused.json()["code"] == "too_many_pieces"
    body = {"condition": "poor", "pieces_back": 40 if damaged else 0, "damaged": damaged}
    await things.done(things.owner, handover, "accept", barcode=code, note="进水", **body)
    assert (await things.item())["status"] == "damaged"
    assert (await things.shown_offer())["seats"] == 0
    other = await world.person(await world.school("三中"), "teacher")
    assert (await borrow(http, things.offer, other)).json()["outcome"] == "hold"
    path = f"/v1/items/{things.items[0]['id']}/mark"
    repaired = await things.post(things.owner, path, step="repair", because="已晒干")
    assert repaired.json()["actions"] == ["damage", "lose", "withdraw", "change"]
    holds = (await things.get(other, "/v1/holds"))["items"]
    assert holds[0]["status"] == "ready"


async def test_refusals_of_the_desk_say_what_helps(http, world, services):
    things = await lay_out(http, world, services, count=2)
    owner, borrower = things.owner, things.borrower
    loan = await things.borrowed()
    path = f"/v1/loans/{loan['id']}/handovers"
    unknown = await things.post(owner, path, barcode="2999999999993")
    assert (unknown.status_code, "no item with the barcode" in unknown.json()["detail"]) == (
        404,
        True,
    )
    own = await things.post(borrower, path, barcode=things.barcode())
    assert (own.status_code, own.json()["code"]) == (403, "not_allowed")
    handover = await things.give(loan)
    assert (await things.post(owner, path, barcode=things.barcode(1))).json()["code"] == (
        "loan_has_its_thing"
    )
    wrong = await things.step(owner, handover, "take-back", barcode=things.barcode(1))
    assert (wrong.json()["code"], wrong.json()["barcode"]) == ("wrong_barcode", things.barcode())
    early = await things.step(
        owner, handover, "accept", barcode=things.barcode(), condition="good", pieces_back=40
    )
    assert (early.status_code, early.json()["code"]) == (409, "wrong_state")
    other = await world.person(await world.school("三中"), "teacher")
    second = (await borrow(http, things.offer, other)).json()["loan"]
    taken = await things.post(
        owner, f"/v1/loans/{second['id']}/handovers", barcode=things.barcode()
    )
    assert (taken.json()["code"], taken.json()["item_status"]) == ("item_not_free", "on_loan")
    assert taken.json()["handover_id"] == handover["id"]
    mine = await things.post(other, f"/v1/handovers/{handover['id']}/receive")
    assert mine.status_code == 404
    files = await things.shelf.offer(http, seats=1)
    digital = (await borrow(http, files, borrower)).json()["loan"]
    nothing = await things.post(
        owner, f"/v1/loans/{digital['id']}/handovers", barcode=things.barcode(1)
    )
    assert nothing.json()["code"] == "not_of_things"
    chinese = {**owner.headers, "Accept-Language": "zh-CN"}
    said = await http.post(
        f"/v1/handovers/{handover['id']}/take-back",
        json={"barcode": things.barcode(1)},
        headers=chinese,
    )
    assert said.json()["title"] == "扫描的不是此交接的实物"


async def test_a_repeated_hand_over_is_one(http, world, services):
    things = await lay_out(http, world, services, count=2)
    loan = await things.borrowed()
    path, body = f"/v1/loans/{loan['id']}/handovers", {"barcode": things.barcode()}
    headers = {**things.owner.headers, "Idempotency-Key": "hand-1"}
    first = await http.post(path, json=body, headers=headers)
    second = await http.post(path, json=body, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert await world.sql.fetchval("SELECT count(*) FROM item_handover") == 1
