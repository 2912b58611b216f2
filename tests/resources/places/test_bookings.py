"""Booking a place: who may, when it is open, never two at a time, and what happens afterwards."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from icalendar import Calendar

from schoolgroup.kernel.ids import new_id
from tests.people import THERE, today_there
from tests.resources.lending.shelf import again, agree
from tests.resources.places.visits import HOURS, at, open_place


def events(content: bytes) -> list[Any]:
    """The entries of a calendar, as another program reads them."""
    read: Any = Calendar.from_ical(content)
    found: list[Any] = read.walk("VEVENT")
    return found


async def test_a_visitor_is_asked_to_sign_in(http):
    thing = uuid4()
    verbs = ("confirm", "decline", "call-off", "no-show", "cancel")
    for method, path in [
        ("POST", "/v1/places"),
        ("GET", "/v1/places"),
        ("GET", f"/v1/places/{thing}"),
        ("PATCH", f"/v1/places/{thing}"),
        ("POST", f"/v1/places/{thing}/closures"),
        ("DELETE", f"/v1/places/{thing}/closures/{thing}"),
        ("GET", f"/v1/places/{thing}/free?month=2026-09"),
        ("POST", f"/v1/places/{thing}/bookings"),
        ("GET", "/v1/bookings"),
        ("GET", "/v1/bookings/calendar"),
        ("GET", f"/v1/bookings/{thing}"),
        ("GET", f"/v1/bookings/{thing}/calendar"),
        *(("POST", f"/v1/bookings/{thing}/{verb}") for verb in verbs),
    ]:
        answer = await http.request(method, path)
        assert answer.status_code == 401, (method, path)


async def test_whom_the_offer_does_not_reach_the_place_does_not_exist(http, world, services):
    circle = new_id()
    await world.sql.execute(
        """INSERT INTO circle (group_id, id, name, created_at, updated_at)
           VALUES ($1, $2, '东片', now(), now())""",
        world.group_id, circle,
    )  # fmt: skip
    audience = [{"kind": "circle", "circle_id": str(circle), "borrow": True}]
    visits = await open_place(http, world, services, audiences=audience)
    teacher = visits.teacher
    assert (await http.get(visits.path, headers=teacher.headers)).status_code == 404
    assert (await visits.book(teacher, at(3, 9))).status_code == 404
    assert (await visits.get(teacher, "/v1/places"))["items"] == []
    await world.sql.execute(
        """INSERT INTO circle_member (group_id, circle_id, school_id, joined_at, from_on)
           VALUES ($1, $2, $3, now(), '2020-01-01')""",
        world.group_id, circle, visits.school.id,
    )  # fmt: skip
    shown = await visits.get(teacher, visits.path)
    assert shown["actions"] == ["book"]
    booking = await visits.booked(teacher, at(3, 9))
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "librarian")
    for path in (visits.path, f"/v1/bookings/{booking['id']}", f"{visits.path}/free?month=2026-09"):
        assert (await http.get(path, headers=stranger.headers)).status_code == 404
    assert (await visits.step(stranger, booking, "cancel")).status_code == 404


async def test_a_partner_books_under_an_agreement(http, world, services):
    visits = await open_place(http, world, services)
    partner = await world.school("紧密校", tier="partner")
    teacher = await world.person(partner, "teacher")
    refused = await visits.book(teacher, at(3, 9))
    assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    assert "agreement with 第一中学" in refused.json()["remedy"]
    await agree(world, visits.shelf.school, partner)
    assert (await visits.book(teacher, at(3, 9))).status_code == 201


async def test_a_booking_is_made_seen_and_kept_in_a_calendar(http, world, services):
    visits = await open_place(http, world, services)
    teacher, keeper = visits.teacher, visits.keeper
    begin = at(3, 9)
    rehearsed = await visits.book(teacher, begin, hours=2, dry_run=True)
    assert (rehearsed.status_code, rehearsed.json()["outcome"]) == (200, "confirmed")
    assert await world.sql.fetchval("SELECT count(*) FROM booking") == 0
    first = await visits.book(teacher, begin, hours=2, key="visit-1")
    assert first.status_code == 201, first.text
    again_asked = await visits.book(teacher, begin, hours=2, key="visit-1")
    assert again_asked.json() == first.json()
    booking = first.json()["booking"]
    assert (booking["status"], booking["actions"]) == ("confirmed", ["cancel"])
    assert first.headers["Location"] == f"/v1/bookings/{booking['id']}"
    taken = await visits.book(keeper, at(3, 10))
    assert (taken.status_code, taken.json()["code"]) == (409, "slot_taken")
    assert datetime.fromisoformat(taken.json()["taken_until"]) == at(3, 11)
    assert (await visits.book(keeper, at(3, 11))).status_code == 201  # half open: to the minute
    other = await world.person(await world.school("三中"), "teacher")
    day = await visits.free_on(other, begin.date())
    assert [(s["starts_at"][11:16], s["ends_at"][11:16], s["room_for"]) for s in day["spans"]] == [
        ("08:00", "09:00", 40),
        ("09:00", "12:00", 0),
        ("12:00", "18:00", 40),
    ]
    assert str(visits.school.id) not in str(day)
    assert (await visits.get(other, "/v1/bookings"))["items"] == []
    seen = (await visits.get(keeper, "/v1/bookings", place_id=visits.place["id"]))["items"]
    assert seen[-1]["booker_school_name"] == "来访中学"
    answer = await http.get(f"/v1/bookings/{booking['id']}/calendar", headers=teacher.headers)
    assert answer.headers["content-type"].startswith("text/calendar")
    (event,) = events(answer.content)
    assert event["DTSTART"].dt == begin
    assert event["DTEND"].dt == at(3, 11)
    assert (str(event["STATUS"]), str(event["LOCATION"])) == ("CONFIRMED", "人民路1号")
    await visits.step(teacher, booking, "cancel", "学校停课")
    whole = await http.get("/v1/bookings/calendar?mine=true", headers=teacher.headers)
    (event,) = events(whole.content)
    assert (str(event["STATUS"]), event["SEQUENCE"]) == ("CANCELLED", 1)
    assert (await visits.book(keeper, begin, hours=2)).status_code == 201  # free at once


REFUSED: list[tuple[int, int, int, dict[str, Any], str]] = [
    (0, 0, 0, {}, "too_soon"),
    (40, 9, 0, {}, "too_far_ahead"),
    (3, 7, 0, {}, "outside_hours"),
    (3, 17, 0, {"hours": 2}, "outside_hours"),
    (3, 9, 30, {}, "not_on_slots"),
    (3, 9, 0, {"hours": 1.5}, "not_on_slots"),
    (3, 9, 0, {"hours": 5}, "too_long"),
    (3, 9, 0, {"ends_at": "9999-12-31T23:59:59Z"}, "too_long"),
    (3, 9, 0, {"starts_at": "0001-01-01T00:00:00Z"}, "too_soon"),
    (3, 9, 0, {"people": 41}, "too_many_people"),
    (5, 9, 0, {}, "closed_that_day"),
    (7, 9, 0, {}, "closed_that_day"),
    (3, 9, 0, {"hours": -1}, "invalid"),
]


async def test_refusals_of_a_time_say_why(http, world, services):
    visits = await open_place(http, world, services, ahead_days=30)
    day = today_there()
    closed = {"from_on": str(day + timedelta(days=5)), "until_on": str(day + timedelta(days=6))}
    made = await http.post(
        f"{visits.path}/closures", json={**closed, "because": "检修"}, headers=visits.keeper.headers
    )
    assert made.status_code == 201
    await world.sql.execute(
        """INSERT INTO holiday (group_id, id, school_id, name, from_on, until_on)
           VALUES ($1, $2, $3, '校庆', $4, $5)""",
        world.group_id, new_id(), visits.shelf.school.id, day + timedelta(days=7),
        day + timedelta(days=8),
    )  # fmt: skip
    for days, hour, minute, wish, code in REFUSED:
        refused = await visits.book(visits.teacher, at(days, hour, minute), **wish)
        assert refused.json()["code"] == code, (days, hour, minute, wish, refused.text)
    assert await world.sql.fetchval("SELECT count(*) FROM booking") == 0
    free = await visits.free_on(visits.teacher, day + timedelta(days=5))
    assert (free["closed_because"], free["spans"]) == ("检修", [])


async def test_a_shared_place_takes_several_parties_up_to_its_capacity(http, world, services):
    visits = await open_place(http, world, services, shared=True)
    other = await world.person(await world.school("三中"), "teacher")
    await visits.booked(visits.teacher, at(3, 9), hours=2, people=25)
    await visits.booked(other, at(3, 10), hours=2, people=15)
    full = await visits.book(other, at(3, 9), hours=2, people=16)
    assert (full.json()["code"], full.json()["room_for"]) == ("no_room", 0)
    assert (await visits.book(other, at(3, 9), people=15)).status_code == 201
    assert (await visits.book(other, at(3, 11), people=25)).status_code == 201
    day = await visits.free_on(other, at(3, 9).date())
    assert [(s["starts_at"][11:13], s["room_for"]) for s in day["spans"]] == [
        ("08", 40), ("09", 0), ("12", 40),
    ]  # fmt: skip


async def test_an_owner_who_is_asked_decides_or_lets_it_lapse(http, world, services, clock):
    visits = await open_place(http, world, services, asks_owner=True, ask_hours=24)
    teacher, keeper = visits.teacher, visits.keeper
    asked = await visits.book(teacher, at(9, 9))
    assert (asked.status_code, asked.json()["outcome"]) == (202, "asked")
    booking = asked.json()["booking"]
    assert (await visits.step(teacher, booking, "confirm", None)).status_code == 403
    shown = await visits.get(keeper, f"/v1/bookings/{booking['id']}")
    assert shown["actions"] == ["confirm", "decline"]
    done = await visits.step(keeper, booking, "confirm", None)
    assert (done.json()["status"], done.json()["actions"]) == ("confirmed", ["call_off"])
    off = await visits.step(keeper, booking, "call-off", "设备故障")
    assert (off.json()["status"], off.json()["closed_because"]) == ("cancelled", "设备故障")
    other = await world.person(await world.school("三中"), "teacher")
    late = await visits.booked(teacher, at(9, 9))
    assert (await visits.book(other, at(9, 9))).json()["code"] == "slot_taken"
    clock.jump(timedelta(hours=25))  # nobody answered: no job has to run
    teacher, other, keeper = [await again(p, world) for p in (teacher, other, keeper)]
    assert (await visits.get(teacher, f"/v1/bookings/{late['id']}"))["status"] == "lapsed"
    assert (await visits.step(keeper, late, "confirm", None)).json()["code"] == "wrong_state"
    assert (await visits.book(other, at(9, 9))).status_code == 202
    told = await world.sql.fetch(
        "SELECT type FROM event WHERE subject = $1 ORDER BY at", f"booking/{late['id']}"
    )
    assert [row["type"] for row in told] == ["booking.asked", "booking.lapsed"]


async def test_a_booking_is_cancelled_in_time_or_called_off(http, world, services, clock):
    visits = await open_place(http, world, services, cancel_hours=48, lead_hours=0)
    teacher = visits.teacher
    booking = await visits.booked(teacher, at(3, 9))
    colleague = await world.person(visits.school, "teacher")
    assert (await visits.step(colleague, booking, "cancel")).status_code == 404
    early = await visits.step(visits.keeper, booking, "no-show")
    assert early.json()["code"] == "not_begun"
    clock.jump(at(3, 9) - timedelta(hours=47) - datetime.now(THERE))
    teacher, keeper = await again(teacher, world), await again(visits.keeper, world)
    late = await visits.step(teacher, booking, "cancel")
    assert (late.status_code, late.json()["code"]) == (409, "too_late_to_cancel")
    assert (await visits.get(teacher, f"/v1/bookings/{booking['id']}"))["actions"] == []
    clock.jump(timedelta(hours=48))
    keeper = await again(keeper, world)
    noted = await visits.step(keeper, booking, "no-show", "未到场")
    assert noted.json()["status"] == "no_show"


async def test_a_place_is_changed_by_its_keeper(http, world, services):
    visits = await open_place(http, world, services)
    keeper, teacher = visits.keeper, visits.teacher
    stood = await visits.booked(teacher, at(3, 9))
    change = {"capacity_people": 10, "hours": HOURS[:1], "status": "closed"}
    by_teacher = await http.patch(
        visits.path, json=change, headers={**teacher.headers, "If-Match": '"1"'}
    )
    assert by_teacher.status_code == 403
    done = await http.patch(visits.path, json=change, headers={**keeper.headers, "If-Match": '"1"'})
    assert (done.status_code, len(done.json()["hours"])) == (200, 1), done.text
    stale = await http.patch(
        visits.path, json={"name": "x"}, headers={**keeper.headers, "If-Match": '"1"'}
    )
    assert stale.status_code == 412
    assert (await visits.book(teacher, at(4, 9))).json()["code"] == "place_closed"
    assert (await visits.get(teacher, f"/v1/bookings/{stood['id']}"))["status"] == "confirmed"
    overlap = [HOURS[0], {**HOURS[0], "from_minute": 600}]
    wrong = await http.patch(
        visits.path, json={"hours": overlap}, headers={**keeper.headers, "If-Match": '"2"'}
    )
    assert (wrong.status_code, wrong.json()["errors"][0]["code"]) == (422, "overlap")
    closed = await http.post(
        f"{visits.path}/closures",
        json={"from_on": "2099-01-01", "until_on": "2099-01-02", "because": "检修"},
        headers=keeper.headers,
    )
    closure = closed.json()["closures"][0]["id"]
    opened = await http.delete(f"{visits.path}/closures/{closure}", headers=keeper.headers)
    assert opened.json()["closures"] == []
    large = await visits.get(teacher, "/v1/places", people=11)
    assert large["items"] == []


async def test_who_has_booked_keeps_seeing_it_when_the_offer_is_gone(http, world, services):
    """A school that the audience no longer reaches finds the place no more, but its booking."""
    visits = await open_place(http, world, services)
    booking = await visits.booked(visits.teacher, at(3, 9))
    await world.sql.execute("DELETE FROM offer_audience")
    teacher = visits.teacher
    assert (await http.get(visits.path, headers=teacher.headers)).status_code == 404
    shown = await visits.get(teacher, f"/v1/bookings/{booking['id']}")
    assert (shown["place_name"], shown["actions"]) == ("红色记忆陈列馆", ["cancel"])
    assert (await visits.step(teacher, booking, "cancel")).status_code == 200
