"""One joint exam from the invitation to the archive, and every figure of it reckoned again."""

import asyncio
import random
from datetime import UTC, datetime, timedelta

from tests.evaluation.papers.test_sealed import publish_and_offer
from tests.evaluation.reckoning import check_figures, final_mark, grade_of, half_up, rank_of
from tests.evaluation.sittings import again
from tests.evaluation.whole import (
    ITEMS,
    LABELS,
    OF_CHOICE,
    OF_ESSAY,
    OF_ITEM,
    SHEETS,
    SUBJECTS,
    Done,
    Whole,
)
from tests.people import Person, World
from tests.resources.lending.shelf import shelve

SIZES = {"甲": 12, "乙": 12, "丙": 11, "丁": 11, "戊": 3, "己": 11}  # 己: a partner
THRESHOLD = 5
LANES = 4
MARKING_SCHOOLS = ("甲", "乙", "丙")


async def test_a_whole_exam(http, world: World, services, sql, clock):
    exam = Whole(http, world, SIZES, seed=2026)
    await exam.invite()
    await seal_paper(exam, services)
    await exam.register()
    await exam.draw(rows=3, columns=5)
    await exam.learn_numbers()
    clock.jump(timedelta(days=1, minutes=1))
    await sign_in_again(exam)
    assert (await paper(exam)).status_code == 200
    await exam.sit()
    await exam.begin_marking()
    for subject, file_format in zip(SHEETS, ("csv", "xlsx", "gb18030", "csv"), strict=True):
        await exam.send_sheet(subject, file_format)
    await exam.send_answers("化学")
    await exam.send_answers("语文")
    thirds, arbitrated = await mark_essays(exam)
    assert thirds > arbitrated > 0, "the lot must make every way to a final mark occur"
    done = await exam.complete()
    assert done["written"] == done["candidates"] == len(present(exam, "语文"))
    await exam.ask(exam.officer, f"{exam.path}/verify")
    frozen = await exam.ask(exam.officer, f"{exam.path}/freeze")
    assert (frozen["candidates"], frozen["schools"]) == (sum(SIZES.values()), len(SIZES))
    made = await release_under_embargo(exam, clock)
    await check_release(exam, made)
    await appeal(exam, made)
    archived = await exam.ask(exam.officer, f"{exam.path}/archive")
    assert (archived["status"], archived["actions"]) == ("archived", [])


async def seal_paper(exam: Whole, services) -> None:
    """The setter's file of 语文 is sealed until the exam begins, offered as it is."""
    sql = exam.world.sql
    exam.shelf = shelf = await shelve(exam.world, services, status="draft")
    await sql.execute("UPDATE resource SET kind = 'paper'")
    await sql.execute("UPDATE revision SET kind = 'paper'")
    query = {"subject": "语文"}
    setters = {"person_ids": [str(shelf.author.id)]}
    await exam.ask(exam.officer, f"{exam.path}/paper/setters", "PUT", params=query, json=setters)
    starts_at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0).isoformat()
    hours = {"subjects": [{"subject": "语文", "starts_at": starts_at, "minutes": 150}]}
    await exam.ask(exam.officer, f"{exam.path}/schedule", "PUT", json=hours)
    wish = {"resource_id": str(shelf.resource_id)}
    await exam.ask(shelf.author, f"{exam.path}/paper/file", params=query, json=wish)
    await publish_and_offer(exam.http, shelf, sql)
    assert (await paper(exam)).status_code == 404


async def paper(exam: Whole):
    """The sealed paper as a principal looks for it."""
    path = f"/v1/resources/{exam.shelf.resource_id}"
    return await exam.http.get(path, headers=exam.principals["乙"].headers)


async def sign_in_again(exam: Whole) -> None:
    """After a jump of the clock."""
    exam.officer = await again(exam.world, exam.officer)
    for name, person in exam.principals.items():
        exam.principals[name] = await again(exam.world, person)


def present(exam: Whole, subject: str, school: str | None = None) -> list[Done]:
    """Who has marks in a subject."""
    return [
        one
        for one in exam.done
        if subject in one.marks and not one.state.get(subject) and school in (None, one.school)
    ]


async def mark_essays(exam: Whole) -> tuple[int, int]:
    """On paper, by the blind codes on the sheets, in 2+1+1; how many thirds, how many arbitrated.

    Each lane has a marker of each of three schools, so two or three may take any sheet.
    """
    world = exam.world
    lanes = [
        {s: await world.person(exam.schools[s], "teacher") for s in (*MARKING_SCHOOLS, "戊")}
        for _ in range(LANES)
    ]
    arbiter = await world.person(exam.schools["丁"], "teacher")
    other = await world.person(exam.schools["己"], "teacher")
    pool = [(person, "marker") for lane in lanes for person in lane.values()]
    pool += [(arbiter, "arbiter"), (other, "arbiter")]
    plan = await exam.plan_essay(pool, medium="paper", threshold_marks=THRESHOLD)
    await exam.ask(exam.officer, f"{plan}/open")
    labels = await exam.ask(exam.officer, f"{plan}/labels", "GET")
    codes = {label["exam_number"]: label["blind_code"] for label in labels["items"]}
    sitting = present(exam, "语文")
    assert set(codes) == {one.number for one in sitting}
    chance = random.Random(7)
    wanted = {}
    for one in sitting:
        first = chance.randint(70, 110)
        apart = chance.choice((0, 1, 4, 9, 10, 11, 20, 30))
        second, third = first - apart, first - chance.choice((0, 4, apart // 2, -11))
        wanted[one.number] = [half / 2 for half in (first, second, third, chance.randint(60, 119))]

    async def give(who: Person, taken, marks: float) -> None:
        path = f"/v1/marking/tasks/{taken['id']}/mark"
        await exam.ask(who, path, json={"marks": marks})

    async def work(lane: dict[str, Person], part: list[Done]) -> int:
        thirds = 0
        for one in part:
            able = [person for school, person in lane.items() if school != one.school]
            code, marks = {"blind_code": codes[one.number]}, wanted[one.number]
            _, needed = final_mark(marks, THRESHOLD)
            for who, mark in zip(able[: min(needed, 3)], marks, strict=False):
                await give(who, await exam.ask(who, f"{plan}/take", json=code), mark)
            thirds += needed > 2
        return thirds

    thirds = sum(
        await asyncio.gather(*(work(lane, sitting[n::LANES]) for n, lane in enumerate(lanes)))
    )
    of_code = {code: number for number, code in codes.items()}
    arbitrated = 0
    for who in (arbiter, other):  # each takes what is not of the own school
        while True:
            headers = who.headers
            taken = await exam.http.post(f"{plan}/arbitration/take", headers=headers)
            if taken.status_code != 200:
                assert taken.json()["code"] == "nothing_to_take"
                break
            task = taken.json()
            marks = wanted[of_code[task["blind_code"]]]
            assert task["earlier_marks"] == marks[:3]
            await give(who, task, marks[3])
            arbitrated += 1
    for one in sitting:
        final, _ = final_mark(wanted[one.number], THRESHOLD)
        one.marks["语文"][-1] = half_up(final)
    needed = [final_mark(wanted[one.number], THRESHOLD)[1] for one in sitting]
    assert arbitrated == needed.count(4)
    return thirds, arbitrated


async def release_under_embargo(exam: Whole, clock):
    """Told in an hour, with everything the law allows of a senior mock; nothing is seen before."""
    soon = (clock.now() + timedelta(hours=1)).isoformat()
    week = (clock.now() + timedelta(days=7)).isoformat()
    wish = {"contents": ["figures", "pupil_grades", "pupil_scores", "ranks"],
            "embargo_until_at": soon, "appeals_until_at": week}  # fmt: skip
    made = await exam.ask(exam.officer, f"{exam.path}/releases", json=wish)
    path = f"/v1/releases/{made['id']}"
    for name in SIZES:
        headers = exam.principals[name].headers
        for early in (path, f"{path}/pupils", f"{path}/verify"):
            refused = await exam.http.get(early, headers=headers)
            assert (refused.status_code, refused.json()["code"]) == (403, "embargoed")
    clock.jump(timedelta(hours=1, seconds=1))
    await sign_in_again(exam)
    return made


def most(subject: str) -> list[int]:
    """The maxima of a paper in half marks."""
    if subject in SHEETS:
        return [OF_ITEM] * ITEMS
    return [OF_CHOICE] * (ITEMS - 1) + [OF_ESSAY if subject == "语文" else OF_CHOICE]


async def check_release(exam: Whole, made) -> None:
    """Every figure, grade, total and rank of the release."""
    seen = await exam.ask(exam.officer, f"/v1/releases/{made['id']}", "GET")
    assert [one["subject"] for one in seen["group"]] == list(SUBJECTS)
    for one in seen["group"]:
        subject = one["subject"]
        assert not one["figures"]["suppressed"], subject
        marks = [done.marks[subject] for done in present(exam, subject)]
        check_figures(one["figures"]["figures"], marks, most(subject))
        hidden = [
            peer["school_name"]
            for peer in seen["schools"]
            if peer["subject"] == subject and peer["figures"]["suppressed"]
        ]
        assert "戊" in hidden
        assert len(hidden) >= 3, "one hidden alone could be worked out from the total"
        left = [len(present(exam, subject, school)) for school in hidden]
        assert sum(left) - max(left) >= made["cell_pupils_min"]
    for name, principal in exam.principals.items():
        own = await exam.ask(principal, f"/v1/releases/{made['id']}", "GET")
        assert own["schools"] == []
        for one in own["own"]:
            marks = [done.marks[one["subject"]] for done in present(exam, one["subject"], name)]
            check_figures(one["figures"], marks, most(one["subject"]))
        assert len(own["own"]) == 5 + (name != exam.partner)
        await check_pupils(exam, made, name)
    verified = await exam.ask(exam.officer, f"/v1/releases/{made['id']}/verify", "GET")
    assert verified["equal"]


async def check_pupils(exam: Whole, made, name: str) -> None:
    """What a school is told of its own pupils."""
    path = f"/v1/releases/{made['id']}/pupils"
    told = (await exam.ask(exam.principals[name], path, "GET"))["items"]
    by_number = {one.number: one for one in exam.of(name)}
    everybody = {s: [one.total(s) for one in present(exam, s)] for s in SUBJECTS}
    for row in told:
        one, subject = by_number[row["exam_number"]], row["subject"]
        state = one.state.get(subject, "present")
        assert row["result"] == state
        if state != "present":
            assert (row["total_marks"], row["grade"], row["joint_rank"]) == (None, None, None)
            continue
        total = one.total(subject)
        assert row["total_marks"] * 2 == total, (row, one.marks[subject])
        assert row["grade"] == grade_of(total, sum(most(subject)))
        assert row["joint_rank"] == rank_of(total, everybody[subject])
    assert len(told) == sum(len(one.marks) for one in exam.of(name))


async def appeal(exam: Whole, made) -> None:
    """One mark moves: the old release is stale, the new one says so only to the own school."""
    one = next(done for done in present(exam, "数学", "甲") if min(done.marks["数学"]) < OF_ITEM)
    at = one.marks["数学"].index(min(one.marks["数学"]))
    doubt = {"subject": "数学", "exam_number": one.number, "kind": "re_mark", "reason": "漏计"}
    path = f"/v1/releases/{made['id']}"
    lodged = await exam.ask(exam.principals["甲"], f"{path}/appeals", json=doubt)
    verdict = {"uphold": True, "because": "确有漏计",
               "marks": [{"label": LABELS[at], "marks": OF_ITEM / 2}]}  # fmt: skip
    await exam.ask(exam.officer, f"/v1/appeals/{lodged['id']}/decide", json=verdict)
    because = {"because": "复核结果生效"}
    newer = await exam.ask(exam.officer, f"{exam.path}/refreeze", json=because)
    assert (newer["number"], newer["snapshot_sha256"] != made["snapshot_sha256"]) == (2, True)
    others = exam.principals["乙"]
    before = await exam.ask(others, path, "GET")
    assert before["stale"]
    told_first = await exam.ask(exam.principals["甲"], path, "GET")
    one.marks["数学"][at] = OF_ITEM
    wish = {"contents": made["contents"]}
    second = await exam.ask(exam.officer, f"{exam.path}/releases", json=wish)
    own = await exam.ask(exam.principals["甲"], f"/v1/releases/{second['id']}", "GET")
    assert not own["stale"]
    for figures, old in zip(own["own"], told_first["own"], strict=True):
        marks = [done.marks[figures["subject"]] for done in present(exam, figures["subject"], "甲")]
        check_figures(figures["figures"], marks, most(figures["subject"]))
        moved = figures["figures"]["mean"] != old["figures"]["mean"]
        assert moved == (figures["subject"] == "数学")
    await check_pupils(exam, second, "甲")
    after = await exam.ask(others, f"/v1/releases/{second['id']}", "GET")
    assert (after["others"], after["group"]) == (before["others"], before["group"])
