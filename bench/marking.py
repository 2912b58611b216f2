"""A joint exam of 20,000 candidates from 35 schools, 6 subjects of 25 items: how fast scripts are
taken, marked in 2+1+1 and completed.

Full size: the candidates, the papers, two items with all their scripts (40,000, and 80,000 first
and second marks to give), the completion of a subject. A sample: of these marks some thousands are
given, 32 markers at a time; the rest is filled in by SQL before the completion, and the other items
come as imported marks. Each take and each mark is a transaction of its own with its audit entry,
committed to the disk. "HTTP" is the whole application short of the socket; client and database
share the two cores.
"""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from typing import Any, cast
from uuid import UUID

import httpx

from bench import Row, percentile
from bench._ground import Ground, ground
from schoolgroup.evaluation.marking.desk import handing_in
from schoolgroup.evaluation.marking.desk import service as desk
from schoolgroup.evaluation.marking.desk.models import MarkInput, TakeWish
from schoolgroup.evaluation.marking.desk.refusals import NothingToTake
from tests.people import Person

SCHOOLS, CANDIDATES, SUBJECTS, ITEMS, MARKED = 35, 20_000, 6, 25, 2
MARKERS = 32
PAIRS_SQL, PAIRS_HTTP = 2_000, 1_000
# 200 markers who read a script for 20 seconds each need one every 100 ms.
DEMAND_MS = 100.0
FILL_CANDIDATES = """
INSERT INTO exam_candidate (group_id, id, exam_id, school_id, exam_number)
SELECT $1, gen_random_uuid(), $2, (($3::uuid[])[1 + n % cardinality($3::uuid[])]),
       to_char(n, 'FM00000000')
  FROM generate_series(1, $4::int) AS n
"""
# Objective marks as an import leaves them; the items to be marked stand at 0.
FILL_SCORES = """
INSERT INTO exam_score (group_id, exam_subject_id, candidate_id, school_id, paper_version, result,
                        item_half_marks)
SELECT c.group_id, $1, c.id, c.school_id, 1, 'present', array_fill(4::int2, ARRAY[$2::int])
  FROM exam_candidate c
"""
FILL_FINALS = """
UPDATE marking_script SET final_quarter_marks = 20 + (random() * 20)::int, settled_by = 'mean',
       settled_at = now()
 WHERE final_quarter_marks IS NULL
"""
IMAGES = "UPDATE marking_script SET image_key = 'marking/' || id"
RELEASE = "UPDATE marking_turn SET is_held = false WHERE is_held"


def paper(subject: str) -> dict[str, Any]:
    """25 items, the last two of 12 marks each."""
    items: list[dict[str, Any]] = [
        {"label": str(n), "max_marks": 12 if n > ITEMS - MARKED else 3} for n in range(1, ITEMS + 1)
    ]
    return {"subject": subject, "items": items}


class Timed:
    """How long each call took, in milliseconds."""

    def __init__(self) -> None:
        self.take_ms: list[float] = []
        self.mark_ms: list[float] = []

    async def time(self, into: list[float], work: Awaitable[Any]) -> Any:
        """Await it and keep how long it took."""
        began = time.perf_counter()
        answer = await work
        into.append((time.perf_counter() - began) * 1000)
        return answer


async def measure() -> list[Row]:
    """Opening, taking and marking by SQL and over HTTP, progress, figures and completion."""
    async with ground(pool_max=MARKERS) as here:
        transport = httpx.ASGITransport(app=cast("Any", here.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as http:
            return await _measure(here, http)


async def _measure(here: Ground, http: httpx.AsyncClient) -> list[Row]:
    world, sql = here.world, here.sql
    officer = await world.person(None, "evaluation_officer")
    schools = [await world.school(f"{n:02}", stages=("senior",)) for n in range(SCHOOLS)]
    exam = {
        "title": "高三第一次联考",
        "stage": "senior",
        "grade": 12,
        "purpose": "mock",
        "term_last": True,
        "subjects": [paper(f"科目{n}") for n in range(SUBJECTS)],
    }

    async def ask(path: str, body: Any = None) -> dict[str, Any]:
        answer = await http.post(path, json=body, headers=officer.headers, timeout=120)
        assert answer.status_code in (200, 201), f"{path}: {answer.text}"
        return cast("dict[str, Any]", answer.json())

    exam_id = (await ask("/v1/exams", exam))["id"]
    await ask(f"/v1/exams/{exam_id}/invite", {"all": True})
    ids = [school.id for school in schools]
    await sql.execute(FILL_CANDIDATES, world.group_id, UUID(exam_id), ids, CANDIDATES)
    await sql.execute("UPDATE exam SET status = 'marking'")
    await sql.execute("ANALYZE exam_candidate")
    people = [await world.person(schools[n % SCHOOLS], "teacher") for n in range(MARKERS)]
    pool = {"markers": [{"person_id": str(p.id), "school_id": str(p.school_id)} for p in people]}
    plans, opened = [], []
    for n in range(MARKED):
        wish = {
            "subject": "科目0",
            "label": str(ITEMS - n),
            "threshold_marks": 2,
            "balance": "none",
            "seed_percent": 0,
        }
        plan = await ask(f"/v1/exams/{exam_id}/marking", wish)
        plans.append(UUID(plan["id"]))
        await ask(f"/v1/marking/plans/{plan['id']}/markers", pool)
        began = time.perf_counter()
        await ask(f"/v1/marking/plans/{plan['id']}/open")
        opened.append(time.perf_counter() - began)
    await sql.execute(IMAGES)
    await sql.execute(RELEASE)
    await sql.execute("VACUUM ANALYZE marking_script, marking_turn, marking_identity")
    by_sql, sql_s = await _mark(PAIRS_SQL, people, plans, _by_sql(here))
    by_http, http_s = await _mark(PAIRS_HTTP, people, plans, _by_http(http))
    began = time.perf_counter()
    await http.get(f"/v1/exams/{exam_id}/marking/progress", headers=officer.headers, timeout=60)
    progress_s = time.perf_counter() - began
    began = time.perf_counter()
    path = f"/v1/marking/plans/{plans[0]}/figures"
    assert (await http.get(path, headers=officer.headers, timeout=60)).status_code == 200
    figures_s = time.perf_counter() - began
    await sql.execute(FILL_FINALS)
    subject_id = await sql.fetchval("SELECT id FROM exam_subject WHERE subject = '科目0'")
    await sql.execute(FILL_SCORES, subject_id, ITEMS)
    began = time.perf_counter()
    done = await ask(f"/v1/exams/{exam_id}/marking/complete", {"subject": "科目0"})
    complete_s = time.perf_counter() - began
    assert done["written"] == CANDIDATES, done
    demand = "200 markers at 20 s a script"
    return [
        Row("open an item of 20,000 scripts, median", percentile(opened, 0.5), "patience", 30, "s"),
        Row(f"take + mark by SQL, {MARKERS} at a time, each", sql_s / PAIRS_SQL * 1000, demand,
            DEMAND_MS, "ms", 1),
        Row(f"take + mark over HTTP, {MARKERS} at a time, each", http_s / PAIRS_HTTP * 1000,
            demand, DEMAND_MS, "ms", 1),
        Row("take by SQL, p99 in the crowd", percentile(by_sql.take_ms, 0.99), "patience", 3000,
            "ms"),
        Row("mark by SQL, p99 in the crowd", percentile(by_sql.mark_ms, 0.99), "patience", 3000,
            "ms"),
        Row("take over HTTP, p99 in the crowd", percentile(by_http.take_ms, 0.99), "patience",
            3000, "ms"),
        Row("mark over HTTP, p99 in the crowd", percentile(by_http.mark_ms, 0.99), "patience",
            3000, "ms"),
        Row("progress of 40,000 scripts by item and school", progress_s, "patience", 5, "s"),
        Row("figures of the markers of one item", figures_s, "patience", 5, "s"),
        Row("complete a subject: 20,000 × 25 items", complete_s, "patience", 30, "s", 1),
    ]  # fmt: skip


Do = Callable[[Person, UUID, Timed, float], Awaitable[bool]]


async def _mark(count: int, people: list[Person], plans: list[UUID], do: Do) -> tuple[Timed, float]:
    """So many pairs of take and mark by all at once; every marker stays at one item."""
    timed, left = Timed(), [count]

    async def work(n: int) -> None:
        chance = random.Random(n)
        while left[0] > 0:
            left[0] -= 1
            marks = max(0, min(24, round(chance.gauss(14, 3)))) / 2
            if not await do(people[n], plans[n % len(plans)], timed, marks):
                return

    began = time.perf_counter()
    await asyncio.gather(*(work(n) for n in range(len(people))))
    return timed, time.perf_counter() - began


def _by_sql(here: Ground) -> Do:
    services = here.services

    async def do(who: Person, plan_id: UUID, timed: Timed, marks: float) -> bool:
        token = who.headers["Authorization"].removeprefix("Bearer ")
        actor = await services.authenticator.actor_of(token)
        run = services.db.run
        try:
            task = await timed.time(
                timed.take_ms, run(actor, lambda tx: desk.take(tx, plan_id, TakeWish()))
            )
        except NothingToTake:
            return False
        given = MarkInput(marks=marks)
        await timed.time(timed.mark_ms, run(actor, lambda tx: handing_in.mark(tx, task.id, given)))
        return True

    return do


def _by_http(http: httpx.AsyncClient) -> Do:
    async def do(who: Person, plan_id: UUID, timed: Timed, marks: float) -> bool:
        path = f"/v1/marking/plans/{plan_id}/take"
        taken = await timed.time(timed.take_ms, http.post(path, json={}, headers=who.headers))
        if taken.status_code != 200:
            return False
        path = f"/v1/marking/tasks/{taken.json()['id']}/mark"
        done = await timed.time(
            timed.mark_ms, http.post(path, json={"marks": marks}, headers=who.headers)
        )
        assert done.status_code == 200, done.text
        return True

    return do
