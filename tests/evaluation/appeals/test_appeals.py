"""Appeals over HTTP: who may doubt, who answers, and what becomes of the numbers."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.evaluation.exams.test_exams import NOWHERE
from tests.evaluation.sittings import release, released, rows, set_up, sheet, spread

SIZES = {"甲校": 40, "乙校": 30, "丙校": 24, "丁校": 16}
REASON = "第 3 题步骤分似有遗漏"


async def post(http, person, path, body=None):
    return await http.post(path, json=body, headers=person.headers)


def until(days=7):
    return (datetime.now(UTC) + timedelta(days=days)).isoformat()


def doubt(number, **changes):
    return {"subject": "数学", "exam_number": number, "kind": "re_mark", "reason": REASON} | changes


@pytest.fixture
async def sitting(http, world):
    """Four schools with released results, open for appeals for a week."""
    made = await set_up(http, world)
    made.exam["release"] = await released(http, made, SIZES, appeals_until_at=until())
    return made


def number_of(sitting, school, n):
    return f"{sitting.schools[school].code}{n:04d}"


async def lodge(http, sitting, school="甲校", n=5, **changes):
    path = f"/v1/releases/{sitting.exam['release']['id']}/appeals"
    body = doubt(number_of(sitting, school, n), **changes)
    return await post(http, sitting.principals[school], path, body)


async def uphold(http, sitting, appeal, marks):
    answer = await post(
        http,
        sitting.officer,
        f"/v1/appeals/{appeal['id']}/decide",
        {"uphold": True, "because": "漏计步骤分", "marks": marks},
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


async def refreeze(http, sitting):
    return await post(
        http, sitting.officer, f"{sitting.path}/refreeze", {"because": "复核结果生效"}
    )


async def view(http, person, sitting, made):
    answer = await http.get(f"/v1/releases/{made['id']}", headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_visitor_is_asked_to_sign_in(http):
    answers = [
        await http.post(f"/v1/releases/{NOWHERE}/appeals", json=doubt("1")),
        await http.get(f"/v1/exams/{NOWHERE}/appeals"),
        await http.get(f"/v1/appeals/{NOWHERE}"),
        await http.post(f"/v1/appeals/{NOWHERE}/withdraw"),
        await http.post(f"/v1/appeals/{NOWHERE}/decide", json={"uphold": False, "because": "x"}),
        await http.post(f"/v1/exams/{NOWHERE}/refreeze", json={"because": "x"}),
    ]
    assert [answer.status_code for answer in answers] == [401] * 6


async def test_a_school_sees_its_own_appeals_and_nobody_elses(http, world, sitting):
    made = (await lodge(http, sitting)).json()
    path = f"/v1/appeals/{made['id']}"
    other = sitting.principals["乙校"]
    assert (await http.get(path, headers=other.headers)).status_code == 404
    listed = await http.get(f"{sitting.path}/appeals", headers=other.headers)
    assert listed.json()["items"] == []
    assert (await post(http, other, f"{path}/withdraw")).status_code == 404
    own = await http.get(f"{sitting.path}/appeals", headers=sitting.principals["甲校"].headers)
    assert [one["id"] for one in own.json()["items"]] == [made["id"]]
    everything = await http.get(f"{sitting.path}/appeals", headers=sitting.officer.headers)
    assert [one["exam_number"] for one in everything.json()["items"]] == [made["exam_number"]]
    # its own school cannot decide it, a stranger does not find it
    decision = {"uphold": False, "because": "x"}
    mine = await post(http, sitting.principals["甲校"], f"{path}/decide", decision)
    assert mine.status_code == 403
    await world.group("other")
    stranger = await world.person(None, "evaluation_officer")
    assert (await post(http, stranger, f"{path}/decide", decision)).status_code == 404


async def test_another_schools_pupil_cannot_be_appealed_for(http, sitting):
    path = f"/v1/releases/{sitting.exam['release']['id']}/appeals"
    body = doubt(number_of(sitting, "甲校", 5))
    answer = await post(http, sitting.principals["乙校"], path, body)
    assert (answer.status_code, answer.json()["code"]) == (422, "appeal_invalid")
    assert answer.json()["errors"][0]["pointer"] == "/exam_number"


async def test_an_upheld_appeal_moves_the_mark_with_the_next_snapshot(http, sitting):
    before = sitting.exam["release"]
    made = await lodge(http, sitting, n=5, items=["3"])
    assert made.status_code == 201, made.text
    assert made.json()["actions"] == ["withdraw"]
    decided = await uphold(http, sitting, made.json(), [{"label": "3", "marks": 5}])
    assert decided["moved"] == [{"label": "3", "before": 3.0, "after": 5.0}]
    assert (decided["total_after"] - decided["total_before"], decided["applied"]) == (2.0, False)
    # nothing is told before it is frozen and released anew
    school = sitting.principals["甲校"]
    assert not (await view(http, school, sitting, before))["stale"]
    frozen = await refreeze(http, sitting)
    assert (frozen.status_code, frozen.json()["number"]) == (201, 2)
    assert frozen.json()["snapshot_sha256"] != before["snapshot_sha256"]
    old = await view(http, school, sitting, before)
    assert old["stale"]
    assert old["own"] == before_own(before, old)
    again = (await release(http, sitting)).json()
    new = await view(http, school, sitting, again)
    assert not new["stale"]
    moved = new["own"][0]["figures"]["mean"] - old["own"][0]["figures"]["mean"]
    assert moved == pytest.approx(2 / 40)
    done = await http.get(f"/v1/appeals/{decided['id']}", headers=school.headers)
    assert done.json()["applied"]
    for made_at in (before, again):
        verified = await http.get(
            f"/v1/releases/{made_at['id']}/verify", headers=sitting.officer.headers
        )
        assert verified.json()["equal"], verified.text


def before_own(before, old):
    """The own figures of the old release, which nothing may change."""
    assert old["snapshot_sha256"] == before["snapshot_sha256"]
    return old["own"]


async def test_a_rejected_appeal_changes_nothing_and_says_why(http, sitting):
    made = (await lodge(http, sitting)).json()
    answer = await post(
        http,
        sitting.officer,
        f"/v1/appeals/{made['id']}/decide",
        {"uphold": False, "because": "复核无误"},
    )
    assert answer.json()["status"] == "rejected"
    seen = await http.get(f"/v1/appeals/{made['id']}", headers=sitting.principals["甲校"].headers)
    assert (seen.json()["decided_because"], seen.json()["moved"]) == ("复核无误", [])
    assert (await refreeze(http, sitting)).json()["code"] == "nothing_to_refreeze"
    second = await post(
        http, sitting.officer, f"/v1/appeals/{made['id']}/decide", {"uphold": False, "because": "x"}
    )
    assert second.json()["code"] == "wrong_state"
    assert (await lodge(http, sitting)).json()["code"] == "already_appealed"


async def test_appeals_are_heard_until_the_hour_and_not_without_one(http, world, sitting, clock):
    other = (await release(http, sitting)).json()
    body = doubt(number_of(sitting, "甲校", 5))
    unheard = await post(
        http, sitting.principals["甲校"], f"/v1/releases/{other['id']}/appeals", body
    )
    assert unheard.json()["code"] == "appeals_closed"
    clock.jump(timedelta(days=7, seconds=1))
    principal = sitting.principals["甲校"]
    again = await world.sign_in(principal.group_id, principal.id, principal.appointment_id)
    path = f"/v1/releases/{sitting.exam['release']['id']}/appeals"
    late = await post(http, again, path, body)
    assert (late.status_code, late.json()["code"]) == (409, "appeals_closed")


@pytest.mark.parametrize(
    ("decision", "pointer"),
    [
        ({"uphold": True, "marks": []}, "/marks"),
        ({"uphold": True, "marks": [{"label": "9", "marks": 1}]}, "/marks/0/label"),
        ({"uphold": True, "marks": [{"label": "3", "marks": 5.5}]}, "/marks/0/marks"),
        ({"uphold": True, "marks": [{"label": "3", "marks": 3}]}, "/marks"),
        ({"uphold": False, "marks": [{"label": "3", "marks": 4}]}, "/marks"),
    ],
    ids=["none", "unknown", "above", "the_same", "rejected"],
)
async def test_a_decision_fits_the_paper(http, sitting, decision, pointer):
    made = (await lodge(http, sitting)).json()
    answer = await post(
        http, sitting.officer, f"/v1/appeals/{made['id']}/decide", {"because": "x", **decision}
    )
    assert answer.json()["code"] == "appeal_invalid"
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_of_many_at_once_one_appeal_is_lodged_and_one_decision_counts(http, sitting):
    answers = await asyncio.gather(*(lodge(http, sitting) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    [made] = [answer.json() for answer in answers if answer.status_code == 201]
    decisions = await asyncio.gather(
        *(
            post(
                http,
                sitting.officer,
                f"/v1/appeals/{made['id']}/decide",
                {"uphold": True, "because": "x", "marks": [{"label": "3", "marks": mark}]},
            )
            for mark in (4, 4.5, 5)
        )
    )
    assert sorted(answer.status_code for answer in decisions) == [200, 409, 409]
    frozen = await asyncio.gather(*(refreeze(http, sitting) for _ in range(4)))
    assert sorted(answer.status_code for answer in frozen) == [201, 409, 409, 409]


async def test_two_releases_side_by_side_show_no_changed_pupil(http, sitting):
    """The difference attack: another school subtracts what it was told before from what is now."""
    first = sitting.exam["release"]
    appeal = (await lodge(http, sitting, n=5)).json()
    await uphold(http, sitting, appeal, [{"label": "3", "marks": 5}])
    assert (await refreeze(http, sitting)).status_code == 201
    second = (await release(http, sitting)).json()
    reader = sitting.principals["乙校"]
    before, after = [await view(http, reader, sitting, made) for made in (first, second)]
    assert before["others"] == after["others"]
    assert before["group"] == after["group"]
    # the school itself sees its pupil's new mark, and the organiser's own analysis is exact
    own = sitting.principals["甲校"]
    mine = [(await view(http, own, sitting, made))["own"] for made in (first, second)]
    assert mine[0][0]["figures"]["mean"] != mine[1][0]["figures"]["mean"]


async def test_what_a_withdrawn_release_told_counts_too(http, sitting):
    first = await view(http, sitting.principals["乙校"], sitting, sitting.exam["release"])
    withdrawn = await post(
        http,
        sitting.officer,
        f"/v1/releases/{sitting.exam['release']['id']}/withdraw",
        {"because": "漏发一校"},
    )
    assert withdrawn.status_code == 200
    reopened = await post(http, sitting.officer, f"{sitting.path}/reopen", {"because": "补录一人"})
    assert reopened.status_code == 200, reopened.text
    # one more pupil of a school: her marks are the difference of the two sums
    block = [
        *rows(sitting.schools["甲校"].code, spread(40)),
        *rows(sitting.schools["甲校"].code, [",2,3,5"], first=41),
    ]
    taken = await http.post(
        f"{sitting.path}/scores", content=sheet(block), headers=sitting.officer.headers
    )
    assert taken.status_code == 200, taken.text
    frozen = await post(http, sitting.officer, f"{sitting.path}/freeze")
    assert frozen.status_code == 201, frozen.text
    second = (await release(http, sitting)).json()
    seen = await view(http, sitting.principals["乙校"], sitting, second)
    assert (seen["others"], seen["group"]) == (first["others"], first["group"])
    verified = await http.get(
        f"/v1/releases/{second['id']}/verify", headers=sitting.officer.headers
    )
    assert verified.json()["equal"], verified.text


async def test_a_change_of_many_pupils_is_told(http, sitting):
    first = await view(http, sitting.principals["乙校"], sitting, sitting.exam["release"])
    for n in range(2, 14):
        made = await lodge(http, sitting, n=n)
        decision = {"uphold": True, "because": "整题改判", "marks": [{"label": "1", "marks": 0}]}
        answer = await post(
            http, sitting.officer, f"/v1/appeals/{made.json()['id']}/decide", decision
        )
        assert answer.status_code == 200, answer.text
    assert (await refreeze(http, sitting)).status_code == 201
    second = (await release(http, sitting)).json()
    seen = await view(http, sitting.principals["乙校"], sitting, second)
    assert seen["group"] != first["group"]
    moved = [
        one["letter"]
        for one, old in zip(seen["others"], first["others"], strict=True)
        if one != old
    ]
    assert len(moved) == 1, "of one school enough pupils changed, the others are told as they were"
