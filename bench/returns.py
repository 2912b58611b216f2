"""1,000 schools, 200 fields, 12 periods: how complete a call is and what its answers sum to, live.

"Ours" is the whole request over HTTP within one process: rights, walls, the view every figure is
counted over, JSON. Beside it, on a warm connection of its superuser and so without rights and
walls, the plain SQL somebody would write for the same number.
"""

import random
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any, cast
from uuid import UUID

import httpx
import msgspec

from bench import Row
from bench._ground import Ground, ground
from schoolgroup.kernel.ids import new_id

SCHOOLS, FIELDS, PERIODS = 1_000, 200, 12
TIMES = 9
INTERACTIVE_S = 1.0
BEGUN = """
INSERT INTO school_return (group_id, id, call_id, school_id, status, values, created_at, updated_at)
VALUES ($1, $2, $3, $4, 'drafting', $5::text::jsonb, now(), now())
"""
SUBMITTED = """
INSERT INTO return_version (group_id, return_id, school_id, no, values, submitted_by_person_id,
                            submitted_at)
SELECT group_id, id, school_id, 1, values, $1, now() FROM school_return
"""
MOVED = "UPDATE school_return SET status = 'submitted', submitted_no = 1"
COUNT = """
SELECT g.tier, count(*), count(r.id) FROM return_target g
  LEFT JOIN school_return r
    ON r.group_id = g.group_id AND r.call_id = g.call_id AND r.school_id = g.school_id
 WHERE g.call_id = $1 GROUP BY g.tier
"""
SHARE = """
SELECT g.tier, sum((v.values ->> 'f0')::numeric) / sum((v.values ->> 'f1')::numeric)
  FROM return_target g
  JOIN school_return r
    ON r.group_id = g.group_id AND r.call_id = g.call_id AND r.school_id = g.school_id
  JOIN return_version v
    ON v.group_id = r.group_id AND v.return_id = r.id AND v.no = r.submitted_no
 WHERE g.call_id = $1 GROUP BY g.tier
"""
SERIES = """
SELECT c.period, avg((v.values ->> 'f0')::numeric)
  FROM return_call c
  JOIN school_return r ON r.group_id = c.group_id AND r.call_id = c.id
  JOIN return_version v
    ON v.group_id = r.group_id AND v.return_id = r.id AND v.no = r.submitted_no
 GROUP BY c.period
"""
ALL_FIELDS = """
SELECT e.key, g.tier, sum(e.value::numeric), avg(e.value::numeric)
  FROM return_target g
  JOIN school_return r
    ON r.group_id = g.group_id AND r.call_id = g.call_id AND r.school_id = g.school_id
  JOIN return_version v
    ON v.group_id = r.group_id AND v.return_id = r.id AND v.no = r.submitted_no
 CROSS JOIN LATERAL jsonb_each_text(v.values) e
 WHERE g.call_id = $1 GROUP BY e.key, g.tier
"""


async def measure() -> list[Row]:
    """Completeness, one roll-up, a series and all figures of a call."""
    async with ground(pool_max=4) as here:
        return await _measure(here)


async def _measure(here: Ground) -> list[Row]:
    office = await here.world.person(None, "group_admin")
    transport = httpx.ASGITransport(app=cast("Any", here.app))
    async with httpx.AsyncClient(
        transport=transport, base_url="http://bench", headers=office.headers, timeout=120
    ) as http:
        calls = await _set_up(here, http)
        last = calls[-1]

        async def get(path: str) -> None:
            answer = await http.get(path)
            assert answer.status_code == 200, answer.text

        async def raw(statement: str, *arguments: object) -> None:
            await here.sql.fetch(statement, *arguments)

        there = f"/v1/calls/{last}"
        share = f"{there}/roll-up/f0?kind=share&beside=f1"
        asked: list[tuple[str, str, str, tuple[object, ...]]] = [
            ("completeness, 1,000 schools", f"{there}/completeness", COUNT, (last,)),
            ("share of two fields by tier, 1,000 schools", share, SHARE, (last,)),
            ("mean over 12 periods, 12,000 returns", "/v1/field-series?field=f0&kind=mean",
             SERIES, ()),
            ("sum and mean of all 200 fields by tier", f"{there}/figures", ALL_FIELDS, (last,)),
        ]  # fmt: skip
        rows = []
        for what, path, statement, given in asked:
            ours = await _median(lambda path=path: get(path))  # type: ignore[misc]
            theirs = await _median(
                lambda statement=statement, given=given: raw(statement, *given)  # type: ignore[misc]
            )
            rows.append(Row(what, ours, "interactive", INTERACTIVE_S, "s", 1))
            rows.append(Row(what, ours, "the plain SQL", theirs, "s"))
        return rows


async def _median(work: Callable[[], Awaitable[None]]) -> float:
    found = []
    for _ in range(TIMES):
        began = time.perf_counter()
        await work()
        found.append(time.perf_counter() - began)
    return median(found)


async def _set_up(here: Ground, http: httpx.AsyncClient) -> list[UUID]:
    """Forms and calls by the API; the answers by the statements the application writes them with,
    in bulk.
    """
    world = here.world
    schools = [
        await world.school(f"{n:04}", "partner" if n % 2 else "integrated") for n in range(SCHOOLS)
    ]
    principal = await world.person(schools[0], "principal")
    label = {"en": "x", "zh": "x"}
    fields = [{"code": f"f{n}", "label": label, "type": "integer"} for n in range(FIELDS)]
    form = await http.post("/v1/forms", json={"title": label, "fields": fields})
    assert form.status_code == 201, form.text
    due = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    calls = []
    for month in range(1, PERIODS + 1):
        wish = {"form_id": form.json()["id"], "period": f"2026-{month:02}", "title": "x",
                "all": True, "due_at": due, "closes_at": due}  # fmt: skip
        made = await http.post("/v1/calls", json=wish)
        assert made.status_code == 201, made.text
        calls.append(UUID(made.json()["id"]))
    draw = random.Random(7)
    for call_id in calls:
        rows = [
            (world.group_id, new_id(), call_id, school.id, msgspec.json.encode(
                {f"f{n}": draw.randrange(1, 5_000) for n in range(FIELDS)}).decode())
            for school in schools
        ]  # fmt: skip
        await here.sql.executemany(BEGUN, rows)
    await here.sql.execute(SUBMITTED, principal.id)
    await here.sql.execute(MOVED)
    await here.sql.execute("VACUUM ANALYZE school_return, return_version, return_target")
    return calls
