"""Schools answer subject by subject, in time; later only the organiser, with a reason."""

from datetime import timedelta

import pytest

from tests.evaluation.sittings import PAPER, again, mock_exam, rows, send, set_up, sheet, spread
from tests.people import today_there

CHINESE = {"subject": "语文", "items": [{"label": "1", "max_marks": 10}]}
TWO = [PAPER, CHINESE]


async def answers(http, sitting, who, **wish):
    body = {"answers": [{"subject": s, "accept": a} for s, a in wish.items()]}
    return await http.put(f"{sitting.path}/answers", json=body, headers=who.headers)


async def test_a_visitor_is_asked_to_sign_in(http, world):
    sitting = await set_up(http, world)
    for method, path in (
        ("PUT", "answers"),
        ("GET", "acceptance"),
        ("PUT", f"schools/{sitting.schools['甲校'].id}/answers"),
        ("PUT", "schedule"),
    ):
        assert (await http.request(method, f"{sitting.path}/{path}", json={})).status_code == 401


async def test_a_school_takes_some_subjects_and_the_figures_count_all(http, world):
    sitting = await set_up(http, world, ("甲校", "乙校"), ("紧密校",), mock_exam(), TWO)
    partner = sitting.principals["紧密校"]
    seen = (await http.get(f"{sitting.path}/acceptance", headers=partner.headers)).json()
    assert seen["subjects"] == [
        {"subject": s, "invited": 1, "accepted": 2, "declined": 0} for s in ("数学", "语文")
    ]
    assert {a["school_name"] for a in seen["schools"]} == {"紧密校"}
    taken = await answers(http, sitting, partner, 数学=True, 语文=False)
    assert taken.status_code == 200, taken.text
    assert taken.json()["schools"][0]["status"] == "accepted"
    office = (await http.get(f"{sitting.path}/acceptance", headers=sitting.officer.headers)).json()
    assert [(f["accepted"], f["declined"]) for f in office["subjects"]] == [(3, 0), (2, 1)]
    assert len(office["schools"]) == 6
    # results of a subject the school has declined are not taken
    code = sitting.schools["紧密校"].code
    chinese = f"school_code,exam_number,1\n{code},{code}0001,8\n".encode()
    refused = await send(http, sitting, chinese, subject="语文")
    assert [e["code"] for e in refused.json()["errors"]] == ["not_taking_part"]
    fine = await send(http, sitting, sheet(rows(code, spread(2))), subject="数学")
    assert fine.status_code == 200, fine.text


@pytest.mark.parametrize(
    "wish", [{"化学": True}, {"数学": True, " 数学": False}], ids=["unknown", "twice"]
)
async def test_answers_to_no_subject_or_twice_are_refused(http, world, wish):
    sitting = await set_up(http, world, ("甲校",))
    refused = await answers(http, sitting, sitting.principals["甲校"], **wish)
    assert (refused.status_code, refused.json()["code"]) == (422, "answers_invalid")


async def test_the_deadline_binds_schools_and_the_organiser_answers_with_a_reason(
    http, world, clock
):
    sitting = await set_up(http, world, ("甲校",), ("紧密校",))
    officer, partner = sitting.officer, sitting.principals["紧密校"]
    until = f"{today_there() + timedelta(days=2)}T08:00:00+08:00"
    set_ = await http.put(
        f"{sitting.path}/schedule", json={"answer_until_at": until}, headers=officer.headers
    )
    assert set_.status_code == 200, set_.text
    seen = (await http.get(sitting.path, headers=partner.headers)).json()
    assert seen["actions"] == ["accept", "decline"]
    clock.jump(timedelta(days=3))
    officer, partner = await again(world, officer), await again(world, partner)
    closed = await http.post(f"{sitting.path}/accept", headers=partner.headers)
    assert (closed.status_code, closed.json()["code"]) == (409, "answers_closed")
    assert closed.json()["until"]
    assert (await http.get(sitting.path, headers=partner.headers)).json()["actions"] == []
    path = f"{sitting.path}/schools/{sitting.schools['紧密校'].id}/answers"
    late: dict[str, object] = {"answers": [{"subject": "数学", "accept": True}]}
    assert (await http.put(path, json=late, headers=officer.headers)).status_code == 422
    late["because"] = "校长出差，电话确认"
    assert (await http.put(path, json=late, headers=partner.headers)).status_code in (403, 404)
    taken = await http.put(path, json=late, headers=officer.headers)
    assert taken.status_code == 200, taken.text
    own = (await http.get(f"{sitting.path}/acceptance", headers=partner.headers)).json()
    assert own["schools"][0]["late_because"] == "校长出差，电话确认"
    assert own["schools"][0]["status"] == "accepted"
    nowhere = await http.put(
        f"{sitting.path}/schools/{officer.id}/answers", json=late, headers=officer.headers
    )
    assert nowhere.status_code == 404


async def test_hours_that_have_come_stay(http, world, clock):
    sitting = await set_up(http, world, ("甲校",))
    at = f"{today_there() + timedelta(days=2)}T09:00:00+08:00"

    async def set_hour(starts_at, subject="数学"):
        wish = {"subjects": [{"subject": subject, "starts_at": starts_at, "minutes": 120}]}
        return await http.put(
            f"{sitting.path}/schedule", json=wish, headers=sitting.officer.headers
        )

    assert (await set_hour("2020-01-01T09:00:00+08:00")).json()["code"] == "schedule_invalid"
    assert (await set_hour(at, "化学")).status_code == 422
    assert (await set_hour(at.replace(":00+", ":00.5+"))).status_code == 422
    made = await set_hour(at)
    assert made.json()["subjects"][0]["minutes"] == 120
    clock.jump(timedelta(days=3))
    sitting.officer = await again(world, sitting.officer)
    later = f"{today_there() + timedelta(days=9)}T09:00:00+08:00"
    begun = await set_hour(later)
    assert [e["code"] for e in begun.json()["errors"]] == ["has_begun"]
