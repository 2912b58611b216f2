"""A script from the queue to its final mark, and every way the desk says no."""

from datetime import timedelta

from tests.evaluation.marking.room import prepare, staffed, together
from tests.people import World


async def test_the_visitor_is_asked_who_he_is(http, world: World):
    room = await staffed(http, world)
    for path in ("take", "arbitration/take", "open", "seeds"):
        assert (await http.post(f"{room.path}/{path}", json={})).status_code == 401


async def test_who_is_not_in_the_pool_takes_nothing(http, world: World):
    room = await staffed(http, world)
    colleague = await world.person(room.school("甲校"), "teacher")
    assert (await room.take(colleague)).status_code == 404
    lead = await world.person(room.school("甲校"), "lead")  # follows the progress, marks nothing
    assert (await room.take(lead)).status_code == 403
    task = await room.taken("m1")
    assert (await room.mark("m2", task, 5)).status_code == 404
    assert (await room.get(room.officer, f"/v1/marking/tasks/{task}")).status_code in (403, 404)


async def test_two_marks_that_agree_settle_a_script_at_their_exact_mean(http, world: World):
    room = await staffed(http, world, {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0})
    first = await room.give("m1", 7.5)
    script = await room.script_of(first)
    assert await room.final(script) is None
    second = await room.give("m2", 8)
    assert await room.script_of(second) == script
    assert await room.final(script) == (31, "mean")  # 7.75 marks
    nothing = await room.take("m3")
    assert (nothing.status_code, nothing.json()["code"]) == (409, "nothing_to_take")


async def test_a_third_and_then_an_arbiter_decide(http, world: World):
    room = await staffed(http, world, {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0})
    script = await room.script_of(await room.give("m1", 2))
    await room.give("m2", 9)
    await room.give("m3", 5)
    assert await room.final(script) is None
    for who in ("m1", "m2"):  # the third has come; the arbiter's turn is nobody else's
        assert (await room.take(who)).status_code == 409
    queue = (await room.get("arbiter", f"{room.path}/arbitration")).json()
    assert queue["waiting"] == 1
    assert queue["items"][0]["marks"] == [2, 9, 5]
    refused = await room.post("m1", f"{room.path}/arbitration/take")
    assert refused.status_code == 403
    taken = await room.post("arbiter", f"{room.path}/arbitration/take")
    assert taken.json()["earlier_marks"] == [2, 9, 5]
    assert (await room.mark("arbiter", taken.json()["id"], 6)).status_code == 200
    assert await room.final(script) == (24, "arbiter")


async def test_an_arbiter_never_gets_what_he_has_marked_himself(http, world: World):
    sizes = {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0}
    room = await staffed(http, world, sizes, mode="2+1")
    await room.give("leader", 2)
    await room.give("m1", 9)
    refused = await room.post("leader", f"{room.path}/arbitration/take")
    assert refused.json()["code"] == "nothing_to_take"
    assert (await room.post("arbiter", f"{room.path}/arbitration/take")).status_code == 200


async def test_in_checked_modes_the_leader_marks_blind_and_decides(http, world: World):
    sizes = {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0}
    room = await staffed(http, world, sizes, mode="1+1")
    script = await room.script_of(await room.give("m1", 3))
    assert (await room.take("m2")).status_code == 409  # the second turn is the leader's
    taken = (await room.take("leader")).json()
    assert taken["earlier_marks"] is None
    await room.mark("leader", taken["id"], 10)
    assert await room.final(script) == (40, "checked")


async def test_a_script_in_hand_is_answered_again_and_its_time_runs_out(http, world: World, clock):
    room = await staffed(
        http, world, {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0}, mode="1", lease_minutes=3
    )
    task = await room.taken("m1")
    assert await room.taken("m1") == task
    clock.jump(timedelta(minutes=2))
    renewed = await room.post("m1", f"/v1/marking/tasks/{task}/renew")
    assert renewed.status_code == 200
    clock.jump(timedelta(minutes=2))
    assert (await room.get("m1", f"/v1/marking/tasks/{task}")).status_code == 200
    clock.jump(timedelta(minutes=1))  # to the very end: half-open
    late = await room.mark("m1", task, 5)
    assert (late.status_code, late.json()["code"]) == (410, "lease_over")
    assert late.json()["remedy"]
    again = await room.taken("m2")
    assert await room.script_of(again)
    assert (await room.mark("m1", task, 5)).json()["code"] == "lease_over"
    assert (await room.mark("m2", again, 5)).status_code == 200


async def test_given_back_it_goes_to_somebody_else(http, world: World):
    room = await staffed(http, world, {"甲校": 0, "乙校": 2, "丙校": 0, "丁校": 0}, mode="1")
    task = await room.taken("m1")
    script = await room.script_of(task)
    assert (await room.post("m1", f"/v1/marking/tasks/{task}/give-back")).status_code == 200
    other = await room.taken("m1")
    assert await room.script_of(other) != script
    assert (await room.mark("m1", task, 5)).json()["code"] == "lease_over"


async def test_the_same_mark_again_is_the_same_and_another_is_refused(http, world: World):
    room = await staffed(http, world, mode="1")
    task = await room.taken("m1")
    answers = await together(*(room.mark("m1", task, 6.5) for _ in range(4)))
    assert {a.status_code for a in answers} == {200}
    assert len({a.text for a in answers}) == 1
    other = await room.mark("m1", task, 7)
    assert (other.status_code, other.json()["code"]) == (409, "already_marked")
    assert await world.sql.fetchval("SELECT count(*) FROM marking_mark") == 1


async def test_a_mark_fits_the_item_its_step_and_its_points(http, world: World):
    points = [{"label": "内容", "max_marks": 8}, {"label": "表达", "max_marks": 4}]
    room = await staffed(http, world, mode="1", step_marks=1, points=points)
    task = await room.taken("m1")
    path = f"/v1/marking/tasks/{task}/mark"

    async def refused(body) -> set[str]:
        answer = await room.post("m1", path, body)
        assert answer.status_code == 422, answer.text
        return {problem["code"] for problem in answer.json()["errors"]}

    assert await refused({"marks": 5}) == {"points_missing"}
    assert await refused({"points": [8.5, 5]}) == {"out_of_range"}
    assert await refused({"points": [7.5, 3]}) == {"off_step"}
    assert await refused({"points": [7, 3], "marks": 9}) == {"points_do_not_add_up"}
    assert await refused({"points": [7.25, 3]}) == {"invalid_value"}
    done = await room.post("m1", path, {"points": [7, 3]})
    assert (done.json()["marks"], done.json()["points"]) == (10, [7, 3])


async def test_on_paper_the_code_on_the_sheet_says_which_script(http, world: World):
    room = await prepare(http, world, {"甲校": 1, "乙校": 1}, medium="paper", mode="1")
    await room.enrol("a", "甲校")
    await room.enrol("b", "乙校")
    await room.open()
    assert (await room.take("a")).json()["code"] == "code_missing"
    codes = (await room.get(room.officer, f"{room.path}/labels")).json()["items"]
    by_school = {c["exam_number"][:3]: c["blind_code"] for c in codes}
    own, other = by_school["S甲校"], by_school["S乙校"]
    assert (await room.take("a", blind_code=own)).json()["code"] == "not_for_you"
    taken = await room.take("a", blind_code=other.lower())
    assert taken.json()["blind_code"] == other
    assert (await room.get("a", f"/v1/marking/tasks/{taken.json()['id']}/image")).status_code == 404
    assert (await room.get("a", f"{room.path}/labels")).status_code == 403


async def test_each_school_does_its_share_of_the_work(http, world: World):
    """丙校 has no candidates but three quarters of the work; when that is done, 甲校 goes on."""
    room = await prepare(http, world, {"甲校": 0, "乙校": 4, "丙校": 0}, mode="1", balance="set")
    await room.enrol("a", "甲校")
    await room.enrol("c", "丙校")
    shares = [
        {"school_id": str(room.school("甲校").id), "weight": 1},
        {"school_id": str(room.school("丙校").id), "weight": 3},
    ]
    me = room.people["a"]
    again = [{"person_id": str(me.id), "school_id": str(me.school_id)}]
    await room.post(room.officer, f"{room.path}/markers", {"markers": again, "shares": shares})
    await room.open()
    await world.sql.execute("UPDATE marking_turn SET is_held = false")
    allotted = (await room.get(room.officer, f"{room.path}/markers")).json()["allotted"]
    assert {a["weight"]: a["turns_allotted"] for a in allotted} == {1: 1, 3: 3}
    await room.give("a", 5)
    done = await room.take("a")
    assert (done.status_code, done.json()["code"]) == (409, "share_done")
    for _ in range(3):
        await room.give("c", 5)


async def test_schools_are_interleaved_in_the_queue(http, world: World):
    room = await prepare(http, world, {"甲校": 0, "乙校": 12, "丙校": 4, "丁校": 4}, mode="1")
    for name in ("甲校", "乙校"):
        await room.enrol(name, name)
    await room.open()
    order = await world.sql.fetch(
        """SELECT s.name FROM marking_script x JOIN school s ON s.id = x.school_id
            ORDER BY x.place"""
    )
    names = [row["name"] for row in order]
    for quarter in range(4):  # each quarter of the queue holds about its part of every school
        part = names[quarter * 5 : quarter * 5 + 5]
        assert 2 <= part.count("乙校") <= 4, names
