"""Terms: which rule gave them, what would change them, and when a loan ends by the calendar."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.lending.terms import rules
from schoolgroup.resources.lending.terms.models import Days, Ground, Lasts, Rule
from tests.resources.lending.shelf import act, again, borrow, shelve

ZONE = "Asia/Shanghai"
NOON = datetime(2026, 9, 21, 4, tzinfo=UTC)  # Monday, noon in Shanghai
VALUES = dict.fromkeys(rules.VALUES)


def rule(**values):
    case = {"tier": None, "kind": None, "role": None}
    return Rule(id=new_id(), because="r", version=1, **{**case, **VALUES, **values})


def due(days, *, lasts=Lasts.DAYS, terms=(), holidays=(), bound=False, until=None):
    ground = Ground([], list(terms), list(holidays))
    return rules.due(NOON, days, lasts, ground, ZONE, bound=bound, valid_until_at=until)


async def lay_down(http, office, **values):
    answer = await http.post(
        "/v1/lending-rules", json={"because": "课标要求", **values}, headers=office.headers
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_visitor_is_asked_to_sign_in(http):
    thing = uuid4()
    for method, path in [
        ("GET", f"/v1/offers/{thing}/terms"),
        ("POST", "/v1/lending-rules"),
        ("GET", "/v1/lending-rules"),
        ("GET", f"/v1/lending-rules/{thing}"),
        ("PATCH", f"/v1/lending-rules/{thing}"),
        ("POST", f"/v1/lending-rules/{thing}/end"),
    ]:
        assert (await http.request(method, path)).status_code == 401, (method, path)


async def test_a_stranger_of_another_group_finds_nothing(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http)
    office = await world.person(None, "group_admin")
    made = await lay_down(http, office, loan_days_max=3)
    await world.group("elsewhere")
    stranger = await world.person(None, "group_admin")
    headers = {**stranger.headers, "If-Match": '"1"'}
    path = f"/v1/lending-rules/{made['id']}"
    for answer in [
        await http.get(f"/v1/offers/{offer['id']}/terms", headers=stranger.headers),
        await http.get(path, headers=stranger.headers),
        await http.patch(path, json={"loan_days_max": 9}, headers=headers),
        await http.post(f"{path}/end", headers=headers),
    ]:
        assert answer.status_code == 404
    assert (await http.get("/v1/lending-rules", headers=stranger.headers)).json()["items"] == []


def test_the_most_specific_rule_that_states_a_value_decides_it():
    anyone = rule(loan_days_max=30, renewals_max=0)
    tier = rule(tier="partner", loan_days_max=20)
    role = rule(role="teacher", loan_days_max=18)
    both = rule(tier="partner", role="teacher", loan_days_max=16)
    kind = rule(kind="paper", loan_days_max=7)
    given = [anyone, tier, role, both, kind]
    for number, expected in [(5, kind), (4, both), (3, role), (2, tier), (1, anyone)]:
        assert rules.deciding(reversed(given[:number]), "paper", "loan_days_max") is expected
    assert rules.deciding(given, "video", "loan_days_max") is both
    assert rules.deciding(given, "paper", "renewals_max") is anyone
    assert rules.deciding([kind], "video", "loan_days_max") is None


@pytest.mark.parametrize(
    ("seats", "percent", "share"),
    [(None, 50, None), (0, 50, None), (1, 50, None), (2, 50, 1), (3, 50, 2), (5, 50, 3), (9, 1, 1)],
)
def test_a_fair_share_is_of_several_seats(seats, percent, share):
    assert rules.share_of(seats, percent) == share


def test_a_loan_ends_after_its_days():
    assert due(7) == (NOON + timedelta(days=7), [])


def test_a_last_day_in_a_holiday_moves_to_the_first_day_after_it():
    """National day 1–7 October, and two days the school adds: 10 days from 21 September."""
    national = Days("国庆", date(2026, 10, 1), date(2026, 10, 8))
    own = Days("校运会", date(2026, 10, 8), date(2026, 10, 10))
    ends_at, because = due(10, holidays=[own, national])
    assert ends_at == datetime(2026, 10, 10, 12, tzinfo=ZoneInfo(ZONE))
    assert "国庆、校运会" in because[0].why.zh
    before, _ = due(9, holidays=[own, national])
    assert before == NOON + timedelta(days=9)
    after, _ = due(19, holidays=[own, national])
    assert after == NOON + timedelta(days=19)


def test_to_the_end_of_the_term_is_its_last_midnight_at_the_group_s_place():
    term = Days("上学期", date(2026, 9, 1), date(2027, 1, 20))
    ends_at, because = due(14, lasts=Lasts.TERM, terms=[term])
    assert ends_at == datetime(2027, 1, 20, tzinfo=ZoneInfo(ZONE))
    assert because[0].source == "calendar"
    bounded, _ = due(14, lasts=Lasts.TERM, terms=[term], bound=True)
    assert bounded == NOON + timedelta(days=14)
    between, because = due(14, lasts=Lasts.TERM)
    assert between == NOON + timedelta(days=14)
    assert "no term" in because[0].why.en


def test_a_loan_never_outlasts_its_offer():
    until = NOON + timedelta(days=3)
    ends_at, because = due(14, until=until)
    assert (ends_at, because[0].source) == (until, "offer")


async def test_which_rule_gave_the_days_and_what_would_change_it(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=5, loan_days=30)
    office = await world.person(None, "group_admin")
    teacher = await world.person(await world.school("二中"), "teacher")
    path = f"/v1/offers/{offer['id']}/terms"
    before = (await http.get(path, headers=teacher.headers)).json()
    assert (before["loan_days"], before["because"][0]["source"]) == (30, "offer")
    assert before["per_school_max"] == 3
    wide = await lay_down(http, office, loan_days_max=20)
    narrow = await lay_down(http, office, kind="lesson_plan", role="teacher", loan_days_max=14)
    await lay_down(http, office, kind="lesson_plan", tier="partner", loan_days_max=1)
    shown = (await http.get(path, headers=teacher.headers)).json()
    days = shown["because"][0]
    assert (shown["loan_days"], days["rule_id"]) == (14, narrow["id"])
    assert "课标要求" in days["why"]["zh"]
    assert days["would_change"]["zh"]
    librarian = await world.person(await world.school("三中"), "librarian")
    other = (await http.get(path, headers=librarian.headers)).json()
    assert (other["loan_days"], other["because"][0]["rule_id"]) == (20, wide["id"])
    dry = (await borrow(http, offer, teacher, dry_run=True)).json()
    lent = (await borrow(http, offer, teacher)).json()
    for said in (dry["because"], lent["because"], lent["loan"]["terms"]["because"]):
        assert said[0]["rule_id"] == narrow["id"]
    assert lent["loan"]["terms"]["loan_days"] == 14
    assert dry["foreseen"]["ends_at"][:16] == lent["loan"]["ends_at"][:16]


async def test_a_rule_changed_changes_new_loans_only(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=5, loan_days=30)
    office = await world.person(None, "group_admin")
    made = await lay_down(http, office, loan_days_max=20)
    first, second, third = [
        await world.person(await world.school(f"{n}中"), "teacher") for n in range(3)
    ]
    old = (await borrow(http, offer, first)).json()["loan"]
    path = f"/v1/lending-rules/{made['id']}"
    headers = {**office.headers, "If-Match": '"1"'}
    changed = await http.patch(path, json={"loan_days_max": 5}, headers=headers)
    assert (changed.status_code, changed.json()["version"]) == (200, 2)
    stale = await http.patch(path, json={"loan_days_max": 6}, headers=headers)
    assert stale.status_code == 412
    new = (await borrow(http, offer, second)).json()["loan"]
    assert [loan["terms"]["loan_days"] for loan in (old, new)] == [20, 5]
    after = (await http.get(f"/v1/loans/{old['id']}", headers=first.headers)).json()
    assert after == old
    ended = await http.post(f"{path}/end", headers={**office.headers, "If-Match": '"2"'})
    assert ended.status_code == 200
    last = (await borrow(http, offer, third)).json()["loan"]
    assert last["terms"]["loan_days"] == 30
    empty = await http.patch(path, json={"loan_days_max": 6}, headers=headers)
    assert empty.status_code == 404


async def test_rules_are_the_office_s_to_set_and_everyone_s_to_know(http, world, services):
    office = await world.person(None, "group_admin")
    principal = await world.person(await world.school("二中"), "principal")
    made = await lay_down(http, office, tier="partner", person_open_max=3)
    for wish, code in [
        ({"because": "x"}, "rule_says_nothing"),
        ({"because": "x", "tier": "partner", "loan_days_max": 3}, "rule_exists"),
    ]:
        refused = await http.post("/v1/lending-rules", json=wish, headers=office.headers)
        assert refused.json()["code"] == code
    denied = await http.post(
        "/v1/lending-rules", json={"because": "x", "loan_days_max": 1}, headers=principal.headers
    )
    assert denied.status_code == 403
    shown = await http.get("/v1/lending-rules", headers=principal.headers)
    assert [one["id"] for one in shown.json()["items"]] == [made["id"]]


async def test_due_dates_skip_the_holidays_of_the_borrowing_school(http, world, services, clock):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=5, loan_days=10, renewals_max=2)
    off, on = await world.school("休中"), await world.school("常中")
    today = datetime.now(ZoneInfo(ZONE)).date()
    await world.sql.execute(
        """INSERT INTO holiday (group_id, id, school_id, name, from_on, until_on)
           VALUES ($1, $2, $3, '校庆', $4, $5)""",
        world.group_id, new_id(), off.id, today + timedelta(days=9), today + timedelta(days=15),
    )  # fmt: skip
    lengths, taken = {}, {}
    for school in (off, on):
        teacher = await world.person(school, "teacher")
        loan = (await borrow(http, offer, teacher)).json()["loan"]
        length = datetime.fromisoformat(loan["ends_at"]) - datetime.fromisoformat(loan["starts_at"])
        lengths[school.name] = length.days
        taken[school.name] = teacher, loan["id"]
    assert lengths == {"休中": 15, "常中": 10}
    clock.jump(timedelta(days=2))
    ends_on = {}
    for name, (teacher, loan_id) in taken.items():
        now = await again(teacher, world)
        await act(http, now, "loans", loan_id, "renew")  # where a holiday leaves nothing: refused
        kept = (await http.get(f"/v1/loans/{loan_id}", headers=now.headers)).json()
        ends_at = datetime.fromisoformat(kept["ends_at"]).astimezone(ZoneInfo(ZONE))
        ends_on[name] = ends_at.date()
    twelve = (clock.now() + timedelta(days=10)).astimezone(ZoneInfo(ZONE)).date()
    assert ends_on == {"休中": today + timedelta(days=15), "常中": twelve}


async def test_a_loan_to_the_end_of_the_term_is_not_renewed_beyond_it(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1, lasts="term")
    today = datetime.now(ZoneInfo(ZONE)).date()
    last = today + timedelta(days=40)
    await world.sql.execute(
        """INSERT INTO term (group_id, id, name, from_on, until_on)
           VALUES ($1, $2, '春', $3, $4)""",
        world.group_id, new_id(), today - timedelta(days=40), last,
    )  # fmt: skip
    teacher = await world.person(await world.school("二中"), "teacher")
    loan = (await borrow(http, offer, teacher)).json()["loan"]
    ends_at = datetime.fromisoformat(loan["ends_at"]).astimezone(ZoneInfo(ZONE))
    assert (ends_at.date(), ends_at.hour) == (last, 0)
    refused = await act(http, teacher, "loans", loan["id"], "renew")
    assert (refused.status_code, refused.json()["code"]) == (409, "renewal_gains_nothing")


async def test_limits_of_a_person_a_school_and_the_group(http, world, services):
    shelf = await shelve(world, services)
    office = await world.person(None, "group_admin")
    a, b = await world.school("甲"), await world.school("乙")
    person, colleague, other = [await world.person(school, "teacher") for school in (a, a, b)]
    offers = [await shelf.offer(http, seats=1) for _ in range(5)]
    limit = await lay_down(http, office, kind="lesson_plan", person_open_max=2)
    await lay_down(http, office, school_open_max=3)
    await lay_down(http, office, tier="integrated", group_open_max=4)

    async def take(number, who):
        shown = await http.get(f"/v1/offers/{offers[number]['id']}", headers=who.headers)
        listed = await http.get(f"/v1/resources/{shelf.resource_id}/offers", headers=who.headers)
        (same,) = [one for one in listed.json()["items"] if one["id"] == offers[number]["id"]]
        answer = await borrow(http, offers[number], who)
        # what is shown that one may do is what the desk then does, by the same rule
        assert ("borrow" in shown.json()["actions"]) is (answer.status_code < 300)
        assert same["actions"] == shown.json()["actions"]
        return answer.json().get("code") or answer.json()["outcome"]

    assert [await take(0, person), await take(1, person)] == ["loan", "loan"]
    refused = await borrow(http, offers[2], person)
    problem = refused.json()
    assert (problem["code"], problem["limit"], problem["rule_id"]) == (
        "own_limit_reached",
        2,
        limit["id"],
    )
    assert await take(0, colleague) == "hold"  # a place in the queue counts as well
    assert await take(2, colleague) == "school_limit_reached"
    assert await take(2, other) == "loan"
    assert await take(3, other) == "group_limit_reached"
    dry = await borrow(http, offers[3], other, dry_run=True)
    assert dry.json()["code"] == "group_limit_reached"


async def test_a_limit_holds_when_one_person_asks_for_many_things_at_once(http, world, services):
    """Two counts taken at the same instant would both be below the limit: they wait for each other.

    With LOCK_LIMITS not taken this fails (seen: 8 loans against a limit of 3).
    """
    shelf = await shelve(world, services)
    await lay_down(http, await world.person(None, "group_admin"), person_open_max=3)
    person = await world.person(await world.school("甲"), "teacher")
    offers = [await shelf.offer(http, seats=1) for _ in range(8)]
    answers = await asyncio.gather(*(borrow(http, offer, person) for offer in offers))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
    assert {a.json()["code"] for a in answers if a.status_code == 409} == {"own_limit_reached"}


async def test_one_school_cannot_hold_all_seats_unless_the_owner_says_so(http, world, services):
    shelf = await shelve(world, services)
    large = await world.school("大校")
    people = [await world.person(large, "teacher") for _ in range(3)]
    fair = await shelf.offer(http, seats=2)
    free = await shelf.offer(http, seats=2, per_school_max=None)
    answers = [await borrow(http, fair, person) for person in people[:2]]
    assert [a.status_code for a in answers] == [201, 409]
    assert answers[1].json()["code"] == "school_cap_reached"
    assert [(await borrow(http, free, p)).status_code for p in people[:2]] == [201, 201]
    headers = {**shelf.author.headers, "If-Match": f'"{fair["version"]}"'}
    more = await http.patch(f"/v1/offers/{fair['id']}", json={"seats": 4}, headers=headers)
    assert more.json()["per_school_max"] == 2  # the share follows the seats
    assert (await borrow(http, fair, people[1])).status_code == 201
    await lay_down(http, await world.person(None, "group_admin"), share_percent=100)
    assert (await shelf.offer(http, seats=3))["per_school_max"] == 3


async def test_a_licence_gives_so_many_loans_and_no_more(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=1, loans_max=2)
    people = [await world.person(await world.school(f"{n}中"), "teacher") for n in range(4)]
    loan = (await borrow(http, offer, people[0])).json()["loan"]
    assert (await borrow(http, offer, people[1])).status_code == 202
    refused = await borrow(http, offer, people[2])
    assert (refused.status_code, refused.json()["code"]) == (409, "licence_used_up")
    dry = await borrow(http, offer, people[2], dry_run=True)
    assert (dry.status_code, dry.json()["code"]) == (409, "licence_used_up")
    await act(http, people[0], "loans", loan["id"], "return")
    assert (await borrow(http, offer, people[1])).status_code == 201
    assert (await borrow(http, offer, people[3])).json()["code"] == "licence_used_up"
    shown = await http.get(f"/v1/offers/{offer['id']}", headers=people[3].headers)
    assert shown.json()["actions"] == []


async def test_a_licence_of_few_loans_holds_when_many_come_at_once(http, world, services):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=None, loans_max=3)
    people = [await world.person(await world.school(f"{n}中"), "teacher") for n in range(8)]
    answers = await asyncio.gather(*(borrow(http, offer, person) for person in people))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 5
