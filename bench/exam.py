"""A whole joint exam through the API: 20,000 candidates of 35 schools, 6 subjects of 25 items.

Every phase is one user's act (or the acts of all 35 schools) over HTTP short of the socket, each
committed to the disk. The essay is marked in 2+1+1 by 32 markers at once; of its 40,000 first and
second marks a sample is given over HTTP, the other scripts are made final by one SQL statement,
which is not timed. Then a sheet of 100,000 candidates and 30 items comes in, as CSV and as XLSX.
Client and database share the two cores.

Sizes by environment: BENCH_EXAM_CANDIDATES, BENCH_EXAM_PAIRS, BENCH_EXAM_ROWS (0: leave out).
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
import numpy as np

from bench import Row
from bench._ground import Ground, ground
from schoolgroup.kernel.sheets import write_xlsx
from tests.evaluation.whole import SHEETS, Whole
from tests.people import Person

SCHOOLS, MARKERS = 35, 32
CANDIDATES = int(os.environ.get("BENCH_EXAM_CANDIDATES", "20000"))
PAIRS = int(os.environ.get("BENCH_EXAM_PAIRS", "1000"))
ROWS = int(os.environ.get("BENCH_EXAM_ROWS", "100000"))
ROWS_ITEMS = 30
FORMATS = dict(zip(SHEETS, ("csv", "xlsx", "gb18030", "csv"), strict=True))
IMAGES = "UPDATE marking_script SET image_key = 'marking/' || id"
RELEASE = "UPDATE marking_turn SET is_held = false WHERE is_held"
FILL_FINALS = """
UPDATE marking_script SET final_quarter_marks = 80 + (random() * 150)::int, settled_by = 'mean',
       settled_at = now()
 WHERE final_quarter_marks IS NULL
"""
VACUUM = "VACUUM ANALYZE marking_script, marking_turn, marking_identity"
BODY_BYTES_MAX = 64 * 1024 * 1024


class Phases:
    """How long each phase took, beside what it may take."""

    def __init__(self) -> None:
        self.rows: list[Row] = []

    @asynccontextmanager
    async def time(self, what: str, limit_s: float) -> AsyncIterator[None]:
        """Time what is done within."""
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        self.rows.append(Row(what, took, "limit", limit_s, "s", 1))


async def measure() -> list[Row]:
    """Every phase from the invitation to the verified release, and the large sheets."""
    phases = Phases()
    async with ground(pool_max=MARKERS, body_bytes_max=BODY_BYTES_MAX) as here:
        transport = httpx.ASGITransport(app=cast("Any", here.app))
        async with httpx.AsyncClient(transport=transport, base_url="http://bench") as http:
            if CANDIDATES:
                await _exam(here, http, phases)
            if ROWS:
                await _large_sheets(here, http, phases)
    return phases.rows


async def _exam(here: Ground, http: httpx.AsyncClient, phases: Phases) -> None:
    base, more = divmod(CANDIDATES, SCHOOLS)
    sizes = {f"{n:02}": base + (n < more) for n in range(SCHOOLS)}
    exam = Whole(http, here.world, sizes, seed=5)
    async with phases.time("set up, papers with keys, invite, answer", 10):
        await exam.invite()
    async with phases.time(f"register {CANDIDATES:,} candidates, {SCHOOLS} files", 30):
        await exam.register()
    async with phases.time("draw numbers, rooms and seats; lock", 60):
        await exam.draw()
    async with phases.time("read every candidate, page by page", 60):
        await exam.learn_numbers()
    async with phases.time("attendance of 35 schools; sit", 30):
        await exam.sit()
        await exam.begin_marking()
    for subject in ("化学", "语文"):
        async with phases.time(f"answers to items with keys, {subject}", 15):
            await exam.send_answers(subject)
    for subject, file_format in FORMATS.items():
        content = exam.sheet(subject, file_format)
        async with phases.time(f"sheet of marks, {CANDIDATES:,} × 25, {file_format}", 20):
            await exam.send_sheet(subject, file_format, content)
    schools = list(exam.schools.values())
    people = [await here.world.person(schools[n % SCHOOLS], "teacher") for n in range(MARKERS)]
    plan = await exam.plan_essay([(person, "marker") for person in people])
    async with phases.time("open the essay: a script for each candidate", 10):
        await exam.ask(exam.officer, f"{plan}/open")
    await here.sql.execute(IMAGES)
    await here.sql.execute(RELEASE)
    await here.sql.execute(VACUUM)
    began = time.perf_counter()
    given = await _mark(http, people, plan)
    each_ms = (time.perf_counter() - began) / given * 1000
    demand = "200 markers at 20 s a script"
    phases.rows.append(
        Row(f"take + mark, {MARKERS} at a time, each of {given:,}", each_ms, demand, 100, "ms", 1)
    )
    await here.sql.execute(FILL_FINALS)
    async with phases.time("complete the subject", 5):
        done = await exam.complete()
    assert done["written"] == done["candidates"], done
    async with phases.time("verify", 10):
        await exam.ask(exam.officer, f"{exam.path}/verify")
    async with phases.time("freeze: snapshot and its hash", 10):
        await exam.ask(exam.officer, f"{exam.path}/freeze")
    async with phases.time("release: all figures of 35 schools × 6 subjects", 10):
        made = await exam.ask(exam.officer, f"{exam.path}/releases", json={})
    release = f"/v1/releases/{made['id']}"
    async with phases.time("work the release out anew and compare", 10):
        verified = await exam.ask(exam.officer, f"{release}/verify", "GET")
    assert verified["equal"], verified
    async with phases.time("a school reads the release", 1):
        await exam.ask(exam.principals["00"], release, "GET")
    _compare(exam, made)


def _compare(exam: Whole, made: dict[str, Any]) -> None:
    """The group's mean of each subject that came as a sheet, against what everybody did."""
    told = {one["subject"]: one["figures"]["figures"] for one in made["group"]}
    for subject in SHEETS:
        totals = [one.total(subject) for one in exam.done if not one.state.get(subject)]
        assert told[subject]["n_present"] == len(totals)
        assert abs(told[subject]["mean"] - np.mean(totals) / 2) < 1e-9, subject


async def _mark(http: httpx.AsyncClient, people: list[Person], plan: str) -> int:
    """So many pairs of take and mark by all at once; how many were given."""
    left, given = PAIRS, 0

    async def work(n: int) -> None:
        nonlocal left, given
        chance, who = random.Random(n), people[n]
        while left > 0:
            left -= 1
            taken = await http.post(f"{plan}/take", json={}, headers=who.headers, timeout=60)
            assert taken.status_code == 200, taken.text
            path = f"/v1/marking/tasks/{taken.json()['id']}/mark"
            marks = max(0, min(120, round(chance.gauss(84, 7)))) / 2
            done = await http.post(path, json={"marks": marks}, headers=who.headers, timeout=60)
            assert done.status_code == 200, done.text
            given += 1

    await asyncio.gather(*(work(n) for n in range(len(people))))
    return given


async def _large_sheets(here: Ground, http: httpx.AsyncClient, phases: Phases) -> None:
    world = here.world
    await world.group("large")
    officer = await world.person(None, "evaluation_officer")
    schools = [await world.school(f"大{n:02}", stages=("senior",)) for n in range(SCHOOLS)]
    items = [{"label": str(n), "max_marks": 5} for n in range(1, ROWS_ITEMS + 1)]
    exam = {"title": "大考", "stage": "senior", "grade": 12, "purpose": "mock", "term_last": True,
            "subjects": [{"subject": "数学", "items": items}]}  # fmt: skip

    async def ask(path: str, **more: Any) -> dict[str, Any]:
        answer = await http.post(path, headers=officer.headers, timeout=300, **more)
        assert answer.is_success, answer.text[:2000]
        return cast("dict[str, Any]", answer.json())

    path = f"/v1/exams/{(await ask('/v1/exams', json=exam))['id']}"
    await ask(f"{path}/invite", json={"all": True})
    marks = np.random.default_rng(7).integers(0, 11, (ROWS, ROWS_ITEMS)) / 2
    header = ["school_code", "exam_number", "class", "status", *(i["label"] for i in items)]
    table = [
        [schools[n % SCHOOLS].code, f"26{n:08}", f"{n % 20 + 1}班", "", *own]
        for n, own in enumerate(marks.tolist())
    ]
    text = "\n".join(",".join(map(str, row)) for row in [header, *table]).encode()
    book = write_xlsx("数学", header, table)
    size = f"{ROWS:,} × {ROWS_ITEMS}"
    async with phases.time(f"{size} as CSV, looked through only", 20):
        await ask(f"{path}/scores?dry_run=true", content=text)
    async with phases.time(f"{size} as CSV, taken in whole", 30):
        taken = await ask(f"{path}/scores", content=text)
    assert taken["rows"] == ROWS
    async with phases.time(f"{size} as XLSX, taken in whole in its place", 60):
        taken = await ask(f"{path}/scores", content=book)
    assert taken["replaced"] == ROWS
    async with phases.time(f"freeze {size}", 10):
        await ask(f"{path}/freeze")
    async with phases.time(f"release {size}", 10):
        made = await ask(f"{path}/releases", json={})
    async with phases.time(f"verify {size}", 10):
        answer = await http.get(f"/v1/releases/{made['id']}/verify", headers=officer.headers)
    assert answer.json()["equal"]
    told = made["group"][0]["figures"]["figures"]
    assert abs(told["mean"] - marks.sum(axis=1).mean()) < 1e-9
