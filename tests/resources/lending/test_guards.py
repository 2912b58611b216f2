"""What stands behind the offer's lock: locks of seats and holds, versions of loans, constraints.

In each test the second comes while the first has not committed. The law is kept; with the lock
taken out a constraint still refuses; with the constraint dropped as well the law is broken. Locks
that matter only beside a walk-in are tried beside one; the others only once the offer's lock is
gone, behind which they stand. The locks and indexes in front are in test_race.py and test_locks.py.
"""

import asyncio
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from uuid import UUID

import pytest

from schoolgroup.kernel.errors import ConstraintRefused, Refusal
from schoolgroup.resources.lending.desk import passing_queries, queries, rules
from schoolgroup.resources.lending.desk.models import BorrowWish, PauseWish, RecallWish
from schoolgroup.resources.lending.holds import service as holds
from schoolgroup.resources.lending.loans import queries as loan_queries
from schoolgroup.resources.lending.loans import service as loans
from schoolgroup.resources.lending.offers import service as offers
from schoolgroup.resources.lending.offers.models import OfferChange
from tests.resources.lending.shelf import actor_of, shelve
from tests.resources.lending.test_locks import without_the_offer_lock
from tests.resources.lending.test_race import attempt, crowd, waits_for_a_lock

LATE_LOOK = "FROM (SELECT pg_advisory_xact_lock(7) OFFSET 0) AS late CROSS JOIN seat s"
SEATS = """
SELECT loan_id IS NOT NULL AS lent, hold_id IS NOT NULL AS reserved, retired_at IS NOT NULL AS cut
  FROM seat WHERE offer_id = $1 ORDER BY no
"""
EMPTY = """
UPDATE seat SET loan_id = NULL, hold_id = NULL, retired_at = NULL;
DELETE FROM hold; DELETE FROM loan
"""


@asynccontextmanager
async def without(sql, table, *names):
    """Without these constraints; what came to break them is swept out before they stand again."""
    says = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = $1"
    kept = {name: await sql.fetchval(says, name) for name in names}
    for name in names:
        await sql.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    try:
        yield
    finally:
        await sql.execute(EMPTY)
        for name, definition in kept.items():
            await sql.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


@contextmanager
def stopped_by(name):
    """The database itself refuses, by this constraint."""
    with pytest.raises(ConstraintRefused) as stopped:
        yield
    assert getattr(stopped.value.__cause__, "constraint_name", None) == name


def unlocked(monkeypatch, name, lock):
    """Take the lock out of a statement of the desk."""
    module = queries if hasattr(queries, name) else passing_queries
    text = getattr(module, name)
    assert lock in text
    monkeypatch.setattr(module, name, text.replace(lock, ""))


async def shelf_of(http, world, services, people, **terms):
    """(the owner's librarian as services see them, an offer's id, so many borrowers)."""
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, per_school_max=None, **terms)
    librarian = await actor_of(services, shelf.librarian)
    return librarian, UUID(offer["id"]), await crowd(world, services, people)


async def meets(world, services, actor, step):
    """Start the step and let it come to where it waits, or to its end."""
    task = asyncio.create_task(services.db.run(actor, step))
    await waits_for_a_lock(world.sql, task)
    return task


async def seats_of(world, offer_id):
    """Who is on each seat: "lent", "reserved", "cut", a pair of them, or nobody."""
    rows = await world.sql.fetch(SEATS, offer_id)
    return ["+".join(word for word, there in row.items() if there) for row in rows]


async def a_cut_meets_a_claim(world, services, scene):
    """The only seat is cut while someone takes it; what becomes of the seat."""
    owner, offer, (who,) = scene
    change = OfferChange(seats=0)
    version = await world.sql.fetchval("SELECT version FROM offer WHERE id = $1", offer)
    async with services.db.transaction(who) as tx:
        await loans.borrow(tx, offer, BorrowWish())
        cut = await meets(
            world, services, owner, lambda tx: offers.change_offer(tx, offer, change, version)
        )
    await cut
    return await seats_of(world, offer)


async def test_a_seat_that_is_cut_retires_only_when_it_is_free(http, world, services, monkeypatch):
    """I9: RETIRE_SEATS waits for a seat that a walk-in is taking, and then lets it stand."""
    scene = await shelf_of(http, world, services, 1, seats=1)
    assert await a_cut_meets_a_claim(world, services, scene) == ["lent"]
    await world.sql.execute(EMPTY)
    await world.sql.execute("UPDATE offer SET seats = 1")
    unlocked(monkeypatch, "RETIRE_SEATS", "FOR UPDATE OF s")
    with stopped_by("one_occupant"):
        await a_cut_meets_a_claim(world, services, scene)
    await world.sql.execute(EMPTY)
    async with without(world.sql, "seat", "one_occupant"):
        assert await a_cut_meets_a_claim(world, services, scene) == ["lent+cut"]


async def a_resumed_hold_meets_a_walk_in(world, services, monkeypatch, scene):
    """Who looked before anyone waited takes the seat while a paused hold is resumed.

    Its statement saw a free seat and no queue; then the seat was lent, someone joined and paused,
    and the seat came back. It takes it, as a walk-in may beside who is paused, and has not
    committed when the hold is resumed and served. What becomes of the seat, and of the hold.
    """
    _owner, offer, (early, other, waiter) = scene
    gate = world.sql.transaction()
    await gate.start()
    await world.sql.fetchval("SELECT pg_advisory_xact_lock(7)")
    claimed, leave = asyncio.Event(), asyncio.Event()

    async def claim(tx):
        await loans.borrow(tx, offer, BorrowWish())
        claimed.set()
        await leave.wait()

    with monkeypatch.context() as late:
        assert "FROM seat s" in queries.CLAIM_FREE_SEAT
        text = queries.CLAIM_FREE_SEAT.replace("FROM seat s", LATE_LOOK)
        late.setattr(queries, "CLAIM_FREE_SEAT", text)
        walk_in = await meets(world, services, early, claim)
    _, loan = await attempt(services, other, offer.hex)
    _, hold = await attempt(services, waiter, offer.hex)
    await services.db.run(waiter, lambda tx: holds.pause_hold(tx, hold, PauseWish()))
    await services.db.run(other, lambda tx: loans.return_loan(tx, loan))
    await gate.rollback()
    await asyncio.wait_for(claimed.wait(), 5)
    try:
        resumed = await meets(world, services, waiter, lambda tx: holds.resume_hold(tx, hold))
    finally:
        leave.set()
    await walk_in
    await resumed
    status = await world.sql.fetchval("SELECT status FROM hold WHERE id = $1", hold)
    return await seats_of(world, offer), status


async def test_a_seat_being_taken_is_not_handed_over(http, world, services, monkeypatch):
    """I1: HAND_OVER waits for a seat that a walk-in is taking."""
    scene = await shelf_of(http, world, services, 3, seats=1)
    race = (world, services, monkeypatch, scene)
    assert await a_resumed_hold_meets_a_walk_in(*race) == (["lent"], "waiting")
    await world.sql.execute(EMPTY)
    unlocked(monkeypatch, "HAND_OVER", "FOR UPDATE OF s")
    with stopped_by("one_occupant"):
        await a_resumed_hold_meets_a_walk_in(*race)
    await world.sql.execute(EMPTY)
    async with without(world.sql, "seat", "one_occupant"):
        assert await a_resumed_hold_meets_a_walk_in(*race) == (["lent+reserved"], "ready")


async def two_returns_meet(world, services, scene):
    """Two of two seats come back at once while two wait; the seats, and who is called."""
    _owner, offer, (first, second, *waiting) = scene
    _, one = await attempt(services, first, offer.hex)
    _, two = await attempt(services, second, offer.hex)
    ids = [(await attempt(services, who, offer.hex))[1] for who in waiting]
    async with services.db.transaction(first) as tx:
        await loans.return_loan(tx, one)
        other = await meets(world, services, second, lambda tx: loans.return_loan(tx, two))
    await other
    states = "SELECT status FROM hold WHERE id = $1"
    return await seats_of(world, offer), [await world.sql.fetchval(states, one) for one in ids]


async def test_each_seat_calls_another_head_of_the_queue(http, world, services, monkeypatch):
    """I3, I4: behind the offer's lock HAND_OVER locks the head, behind that stand two constraints:
    a hold has one seat, and a loan has one seat.
    """
    scene = await shelf_of(http, world, services, 4, seats=2)
    kept = (["reserved"] * 2, ["ready"] * 2)
    assert await two_returns_meet(world, services, scene) == kept
    await world.sql.execute(EMPTY)
    without_the_offer_lock(monkeypatch)
    assert await two_returns_meet(world, services, scene) == kept
    await world.sql.execute(EMPTY)
    unlocked(monkeypatch, "HAND_OVER", "FOR UPDATE OF h")
    with stopped_by("one_seat_per_hold"):
        await two_returns_meet(world, services, scene)
    await world.sql.execute(EMPTY)
    _owner, offer, (_, _, head, _) = scene
    async with without(world.sql, "seat", "one_seat_per_hold"):
        found = await two_returns_meet(world, services, scene)
        assert found == (["reserved"] * 2, ["ready", "waiting"])
        with stopped_by("one_seat_per_loan"):
            await services.db.run(head, lambda tx: loans.borrow(tx, offer, BorrowWish()))
        async with without(world.sql, "seat", "one_seat_per_loan"):
            assert (await attempt(services, head, offer.hex))[0] == "loan"
            assert await seats_of(world, offer) == ["lent", "lent"]  # of one loan


async def a_pickup_meets_a_cancelling(world, services, scene):
    """One window picks up what is ready while the other gives it up; the answer, and the seat."""
    _owner, offer, (first, who) = scene
    _, loan = await attempt(services, first, offer.hex)
    _, hold = await attempt(services, who, offer.hex)
    await services.db.run(first, lambda tx: loans.return_loan(tx, loan))
    async with services.db.transaction(who) as tx:
        await holds.cancel_hold(tx, hold)
        other = asyncio.create_task(attempt(services, who, offer.hex))
        await waits_for_a_lock(world.sql, other)
    outcome, _ = await other
    status = await world.sql.fetchval("SELECT status FROM hold WHERE id = $1", hold)
    return outcome, status, await seats_of(world, offer)


async def test_what_was_given_up_is_not_picked_up(http, world, services, monkeypatch):
    """I1: behind the offer's lock FILL_HOLD locks the hold; else a loan runs that has no seat."""
    scene = await shelf_of(http, world, services, 2, seats=1)
    found = await a_pickup_meets_a_cancelling(world, services, scene)
    assert found == ("loan", "cancelled", ["lent"])  # the seat was free again, and is lent anew
    await world.sql.execute(EMPTY)
    without_the_offer_lock(monkeypatch)
    found = await a_pickup_meets_a_cancelling(world, services, scene)
    assert found == ("already_on_hold", "cancelled", [""])
    await world.sql.execute(EMPTY)
    unlocked(monkeypatch, "FILL_HOLD", "FOR UPDATE")
    found = await a_pickup_meets_a_cancelling(world, services, scene)
    assert found == ("loan", "filled", [""])


async def a_recall_meets(world, services, scene, second):
    """The owner recalls a loan and someone else moves its end; the refusal, days left of it."""
    owner, offer, (who,) = scene
    _, loan = await attempt(services, who, offer.hex)
    starts_at = await world.sql.fetchval("SELECT starts_at FROM loan WHERE id = $1", loan)
    if second == "renew":
        actor, step = who, lambda tx: loans.renew_loan(tx, loan)
    else:
        later = RecallWish(because="期末", ends_at=starts_at + timedelta(days=9))
        actor, step = owner, lambda tx: loans.recall_loan(tx, loan, later)
    async with services.db.transaction(owner) as tx:
        await loans.recall_loan(tx, loan, RecallWish(because="公开课"))
        other = await meets(world, services, actor, step)
    try:
        await other
        refused = None
    except Refusal as refusal:
        refused = refusal.code
    row = await world.sql.fetchrow("SELECT ends_at, recalled_because FROM loan WHERE id = $1", loan)
    return refused, (row["ends_at"] - starts_at).days, row["recalled_because"]


@pytest.mark.parametrize(
    ("second", "statement", "refused", "broken"),
    [
        ("renew", "RENEW_LOAN", "recalled", (None, 30, "公开课")),
        ("recall", "RECALL_LOAN", "recall_changes_nothing", (None, 9, "期末")),
    ],
)
async def test_who_moves_the_end_of_a_loan_has_seen_the_recall(
    http, world, services, monkeypatch, second, statement, refused, broken
):
    """Behind the offer's lock stands the version: else a loan called back runs on or grows."""
    scene = await shelf_of(http, world, services, 1, seats=1, loan_days=30, guaranteed_days=7)
    assert await a_recall_meets(world, services, scene, second) == (refused, 7, "公开课")
    await world.sql.execute(EMPTY)
    without_the_offer_lock(monkeypatch)
    assert await a_recall_meets(world, services, scene, second) == ("loan_over", 7, "公开课")
    await world.sql.execute(EMPTY)
    text, arguments = getattr(loan_queries, statement), "AND ($4::int IS NULL OR version <> 0)"
    assert "AND version = $4" in text
    monkeypatch.setattr(loan_queries, statement, text.replace("AND version = $4", arguments))
    assert await a_recall_meets(world, services, scene, second) == broken


async def test_the_guarantee_stands_behind_the_rule_of_recalls(http, world, services, monkeypatch):
    """I7: a rule that forgot the guarantee is refused by the database."""
    owner, offer, (who,) = await shelf_of(
        http, world, services, 1, seats=1, loan_days=30, guaranteed_days=7
    )
    _, loan = await attempt(services, who, offer.hex)
    monkeypatch.setattr(rules, "recalled_until", lambda loan, wish, now: now + timedelta(days=1))
    wish = RecallWish(because="公开课")
    with stopped_by("never_below_guaranteed"):
        await services.db.run(owner, lambda tx: loans.recall_loan(tx, loan, wish))
    async with without(world.sql, "loan", "never_below_guaranteed"):
        recalled = await services.db.run(owner, lambda tx: loans.recall_loan(tx, loan, wish))
        assert recalled.ends_at < recalled.guaranteed_until_at
