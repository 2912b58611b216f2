"""A draw is fixed before its public value exists, and anyone draws it again."""

import hashlib
import hmac
import itertools
import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import pytest

from schoolgroup.commands import drawing
from schoolgroup.management.rounds.draws import rules
from schoolgroup.management.rounds.draws.models import Document
from schoolgroup.management.rounds.plans.models import Bench, Place
from schoolgroup.management.rounds.plans.rules import NoTeam, assign
from tests.management.rounds.tour import Tour
from tests.people import today_there

SOURCE = "上证综指 2026-10-09 收盘点位，保留两位小数"


async def committed(tour: Tour, count: int = 1, expect: int = 201, hours: float = 1, **more):
    at = datetime.now(UTC) + timedelta(hours=hours)
    body = {"count": count, "public_source": SOURCE, "public_from_at": at.isoformat(), **more}
    path = f"/v1/rounds/{tour.round['id']}/draws"
    return await tour.send(tour.inspector, "POST", path, expect, json=body)


def draw_again(published: dict) -> list[str]:
    """The four steps of the documentation, written without anything of ours."""
    document = published["document"]
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == published["document_sha256"]
    assert hashlib.sha256(bytes.fromhex(published["seed"])).hexdigest() == document["seed_sha256"]
    lines = ["schoolgroup-draw/1", digest, published["seed"], published["public_value"]]
    key = hashlib.sha256("\n".join(lines).encode()).digest()
    lots = {c: hmac.new(key, c.encode(), hashlib.sha256).digest() for c in document["candidates"]}
    stands = [c for c in sorted(lots, key=lots.__getitem__) if c not in published["passed_over"]]
    return stands[: document["count"]]


async def test_a_draw_is_committed_revealed_and_drawn_again(
    tour: Tour, clock, sql, tmp_path, capsys
):
    for name in "甲乙丙丁戊":
        await tour.enrol(f"{name}校")
    assert (await committed(tour, expect=409))["code"] == "round_not_open"
    await tour.start()
    assert (await committed(tour, 8, expect=422))["code"] == "bad_draw"
    await committed(tour, expect=422, hours=-1)
    draw = await committed(tour, 2)
    assert (draw["seed"], draw["drawn"], draw["actions"]) == (None, None, [])
    assert len(draw["document"]["candidates"]) == 7
    path = f"/v1/draws/{draw['id']}"
    value = {"public_value": "3412.07"}
    assert (await tour.send(tour.office, "POST", f"{path}/reveal", 409, json=value))[
        "code"
    ] == "draw_too_early"
    await tour.send(tour.office, "POST", f"{path}/plan", 409,
                    json={"planned_on": str(today_there())})  # fmt: skip

    clock.jump(timedelta(hours=2))
    # one that would have been drawn leaves meanwhile: it is passed over, by name
    secret = await sql.fetchval("SELECT encode(seed, 'hex') FROM draw_secret")
    kept = Document(**draw["document"])
    first = rules.order(kept, secret, "3412.07")[0]
    gone = await sql.fetchval(
        "UPDATE school SET closed_on = '2020-01-01' WHERE code = $1 RETURNING id", first
    )
    principal = next(one for one in tour.principals if one.school_id != gone)
    await tour.send(principal, "POST", f"{path}/reveal", 403, json=value)
    told = await tour.send(tour.inspector, "POST", f"{path}/reveal", json=value)
    assert told["passed_over"] == [first]
    assert first not in told["drawn"]
    again = await tour.send(tour.office, "POST", f"{path}/reveal", 409, json={"public_value": "1"})
    assert again["code"] == "draw_revealed"
    reader = next(p for p, s in zip(tour.principals, tour.schools, strict=True) if s.code != first)
    published = await tour.send(reader, "GET", path)
    assert draw_again(published) == published["drawn"] == told["drawn"]

    file = tmp_path / "draw.json"
    file.write_text(json.dumps(published))
    assert drawing.draw(file) == 0
    for name, forged in (
        ("public_value", "3412.08"),
        ("drawn", published["document"]["candidates"][:2][::-1]),
        ("seed", "00" * 32),
        ("document", {**published["document"], "count": 3}),
    ):
        file.write_text(json.dumps({**published, name: forged}))
        assert drawing.draw(file) == 1, name
    assert "WRONG" in capsys.readouterr().out

    plan = {"planned_on": str(today_there() + timedelta(days=1))}
    made = await tour.send(tour.inspector, "POST", f"{path}/plan", json=plan)
    assert {one["school_name"] for one in made["assigned"]} == {c[1:] for c in told["drawn"]}
    assert (await tour.send(tour.inspector, "POST", f"{path}/plan", json=plan))["assigned"] == []
    assert {v["kind"] for v in await tour.visits()} == {"spot"}


async def test_what_was_committed_cannot_be_changed_by_anybody(tour: Tour, clock, sql):
    await tour.start()
    draw = await committed(tour)
    for change in (
        "UPDATE inspection_draw SET document = document || '{\"count\": 2}'",
        "UPDATE inspection_draw SET seed_sha256 = repeat('0', 64)",
        "UPDATE inspection_draw SET public_from_at = public_from_at + interval '1 day'",
    ):
        with pytest.raises(asyncpg.PostgresError, match="kept as it was committed"):
            await sql.execute(change)
    with pytest.raises(asyncpg.CheckViolationError, match="the_seed_is_the_one_committed"):
        await sql.execute(
            """UPDATE inspection_draw SET seed = sha256('mine'), public_value = 'x', drawn = '{}',
                      passed_over = '{}', revealed_at = public_from_at"""
        )
    async with sql.transaction():  # nobody who logs in reads the seed
        await sql.execute("SET LOCAL ROLE schoolgroup_app")
        assert await sql.fetchval("SELECT count(*) FROM draw_secret") == 0
    clock.jump(timedelta(hours=2))
    path = f"/v1/draws/{draw['id']}/reveal"
    await tour.send(tour.office, "POST", path, json={"public_value": "1"})
    with pytest.raises(asyncpg.PostgresError, match="kept as it was committed"):
        await sql.execute("UPDATE inspection_draw SET drawn = '{}'")


def test_every_candidate_has_the_same_chance():
    """2 of 6, 3,000 public values: each is drawn about 1,000 times (sd 26; 5 sd allowed)."""
    seed = b"\x01" * 32
    at = datetime(2026, 10, 9, 7, tzinfo=UTC)
    document = rules.document_of("x", ["c", "a", "f", "b", "e", "d"], 2, seed, SOURCE, at)
    assert document.candidates == list("abcdef")
    seen = Counter(
        code for n in range(3000) for code in rules.draw(document, seed.hex(), str(n), [])
    )
    assert sum(seen.values()) == 6000
    assert all(abs(seen[code] - 1000) < 130 for code in "abcdef")


def ids(n: int, kind: int = 0):
    return UUID(int=kind * 1000 + n + 1)


def test_no_other_assignment_is_more_even():
    """Against every other assignment, by brute force, of small random cases."""
    chance = random.Random(7)
    for _ in range(150):
        schools = [Place(ids(n), f"S{n}", f"S{n}") for n in range(chance.randint(1, 5))]
        teams = [
            Bench(ids(t, 1), f"T{t}",
                  [s.id for s in schools if chance.random() < 0.4], chance.randint(0, 2))
            for t in range(chance.randint(1, 3))
        ]  # fmt: skip
        may = [[t for t in teams if s.id not in t.school_ids] for s in schools]
        if not all(may):
            with pytest.raises(NoTeam):
                assign(schools, teams)
            continue
        goes = assign(schools, teams)
        by_id = {t.id: t for t in teams}
        assert all(s.id not in by_id[goes[s.id]].school_ids for s in schools)

        def cost(chosen, teams=teams):
            loads = Counter({t.id: t.visits for t in teams})
            loads.update(chosen)
            return sum(load * load for load in loads.values())

        best = min(cost([t.id for t in choice]) for choice in itertools.product(*may))
        assert cost(list(goes.values())) == best
