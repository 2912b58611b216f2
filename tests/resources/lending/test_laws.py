"""The laws of lending, tried to be broken: many at once, a clock that jumps, killed connections.

A state machine draws the steps; every step runs its commands at the same time, on real
transactions of the services. After every step the rows are held to I1–I9 (domain.md).
`LENDING_EXAMPLES=100 pytest tests/resources/lending/test_laws.py` plays a hundred such histories.
"""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

import anyio
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from schoolgroup.kernel.errors import Refusal
from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.lending.desk import passing_queries
from schoolgroup.resources.lending.desk.models import (
    BorrowWish,
    OrderWish,
    PauseWish,
    RecallWish,
)
from schoolgroup.resources.lending.holds import service as holds
from schoolgroup.resources.lending.loans import service as loans
from schoolgroup.resources.lending.offers import service as offers
from schoolgroup.resources.lending.offers.models import (
    AudienceKind,
    AudienceWish,
    OfferChange,
    OfferWish,
)
from tests.resources.lending.shelf import actor_of, again, borrow, shelve

PEOPLE, SCHOOLS = 6, 3
TRIED = settings(
    max_examples=int(os.environ.get("LENDING_EXAMPLES", "12")),
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# What the rows say ($1 the offer, $2 the instant): each column is a law and must be zero.
LAWS = """
WITH running AS (SELECT * FROM loan WHERE offer_id = $1 AND status = 'active'),
     open_hold AS (SELECT * FROM hold WHERE offer_id = $1 AND status IN ('waiting', 'ready')),
     standing AS (SELECT * FROM seat WHERE offer_id = $1 AND retired_at IS NULL),
     free AS (SELECT * FROM standing WHERE loan_id IS NULL AND hold_id IS NULL),
     taken AS (SELECT borrower_school_id AS school_id, count(*) AS n
                 FROM (SELECT borrower_school_id FROM running
                       UNION ALL
                       SELECT borrower_school_id FROM open_hold WHERE status = 'ready') AS t
                GROUP BY 1)
SELECT (SELECT greatest(0, (SELECT count(*) FROM running)
                         + (SELECT count(*) FROM open_hold WHERE status = 'ready')
                         - (SELECT count(*) FROM standing))) AS i1_more_than_seats,
       (SELECT count(*) FROM running l
         WHERE 1 <> (SELECT count(*) FROM standing s WHERE s.loan_id = l.id)) AS i1_loan_off_seat,
       (SELECT count(*) FROM open_hold h WHERE status = 'ready'
           AND 1 <> (SELECT count(*) FROM standing s WHERE s.hold_id = h.id)) AS i1_hold_off_seat,
       (SELECT count(*) FROM standing s
         WHERE s.loan_id IS NOT NULL AND s.loan_id NOT IN (SELECT id FROM running)
            OR s.hold_id IS NOT NULL
               AND s.hold_id NOT IN (SELECT id FROM open_hold WHERE status = 'ready')) AS i1_ghost,
       (SELECT count(*) FROM (SELECT FROM running GROUP BY borrower_person_id
                              HAVING count(*) > 1) AS d) AS i2_two_loans,
       (SELECT count(*) FROM (SELECT FROM open_hold GROUP BY borrower_person_id
                              HAVING count(*) > 1) AS d) AS i2_two_holds,
       (SELECT count(*) FROM open_hold h, offer o
         WHERE o.id = $1 AND h.status = 'waiting' AND h.paused_at IS NULL
           AND EXISTS (SELECT FROM free)
           AND coalesce((SELECT n FROM taken t WHERE t.school_id = h.borrower_school_id), 0)
               < coalesce(o.per_school_max, 1000)) AS i4_waits_beside_a_free_seat,
       (SELECT count(*) FROM taken t, offer o
         WHERE o.id = $1 AND t.n > o.per_school_max) AS share_exceeded,
       (SELECT count(*) FROM loan WHERE offer_id = $1
           AND ends_at < guaranteed_until_at) AS i7_below_guaranteed,
       (SELECT count(*) FROM loan WHERE offer_id = $1 AND status IN ('returned', 'revoked')
           AND closed_at > ends_at) AS i6_closed_after_its_end,
       (SELECT count(*) FROM offer o WHERE o.id = $1 AND EXISTS (SELECT FROM free)
           AND (SELECT count(*) FROM standing) > o.seats) AS i9_cut_seat_is_lent_again
"""
LINE = """
SELECT id, borrower_school_id AS school_id, status, paused_at IS NOT NULL AS paused,
       (band, placed_at, id) AS key
  FROM hold WHERE offer_id = $1 AND status IN ('waiting', 'ready') ORDER BY band, placed_at, id
"""
TAKEN = """
SELECT borrower_school_id FROM loan WHERE offer_id = $1 AND status = 'active'
UNION ALL
SELECT borrower_school_id FROM hold WHERE offer_id = $1 AND status = 'ready'
"""
COMMANDS = ("borrow", "borrow", "borrow", "return", "renew", "cancel", "pause", "resume", "fetch")
command = st.tuples(st.sampled_from(COMMANDS), st.integers(0, PEOPLE - 1))


class Stage:
    """The people, and how the machine's thread reaches the services on the loop."""

    def __init__(self, world, services, http, clock, shelf, people, actors, owner):
        self.world, self.services, self.http, self.clock = world, services, http, clock
        self.shelf, self.people, self.actors, self.owner = shelf, people, actors, owner
        self.steps = self.commands = 0
        self.seen: dict[str, int] = {}
        self.broken: set[str] = set()

    async def do(self, actor, work):
        """ "ok" or the code of a typed refusal; anything else fails the test."""
        self.commands += 1
        try:
            await self.services.db.run(actor, work)
        except Refusal as refused:
            code = refused.code
        else:
            code = "ok"
        self.seen[code] = self.seen.get(code, 0) + 1
        return code

    async def own(self, table, number, offer_id):
        """The newest loan or hold of a person on the offer."""
        return await self.world.sql.fetchval(
            f"SELECT id FROM {table} WHERE offer_id = $1 AND borrower_person_id = $2 "
            "ORDER BY id DESC LIMIT 1",
            offer_id,
            self.people[number].id,
        )

    async def prepare(self, what, number, offer_id):
        """The command as a coroutine, or None where there is nothing to do it to."""
        actor = self.actors[number]
        if what == "borrow":
            return self.do(actor, lambda tx: loans.borrow(tx, offer_id, BorrowWish()))
        table = "loan" if what in ("return", "renew", "fetch") else "hold"
        about = await self.own(table, number, offer_id)
        if about is None:
            return None
        works = {
            "return": lambda tx: loans.return_loan(tx, about),
            "renew": lambda tx: loans.renew_loan(tx, about),
            "fetch": lambda tx: self.fetched(tx, about),
            "cancel": lambda tx: holds.cancel_hold(tx, about),
            "pause": lambda tx: holds.pause_hold(tx, about, PauseWish()),
            "resume": lambda tx: holds.resume_hold(tx, about),
        }
        return self.do(actor, works[what])

    async def fetched(self, tx, loan_id):
        """I6: a link is given only before the end, and dies with the loan."""
        ticket = await loans.fetch(tx, loan_id, 1, 60)
        ends_at = await tx.connection.fetchval("SELECT ends_at FROM loan WHERE id = $1", loan_id)
        assert tx.now + timedelta(seconds=ticket.link_s) <= ends_at


class Lending(RuleBasedStateMachine):
    """One offer and what people do to it; the stage is put in by the test."""

    stage: Stage

    def run(self, work, *arguments):
        self.stage.steps += 1
        return anyio.from_thread.run(work, *arguments)

    @initialize(seats=st.integers(1, 4), share=st.sampled_from([None, 1, 2]))
    def make_offer(self, seats, share):
        self.seats, self.share = seats, share
        self.run(self._make_offer, seats, share)

    async def _make_offer(self, seats, share):
        stage = self.stage
        stage.clock.offset = timedelta()
        wish = OfferWish(
            audiences=[AudienceWish(kind=AudienceKind.GROUP, borrow=True)],
            seats=seats,
            per_school_max=share,
            loan_days=10,
            guaranteed_days=2,
            renewals_max=2,
            pickup_hours=24,
        )
        made = await stage.services.db.run(
            stage.owner, lambda tx: offers.make_offer(tx, stage.shelf.resource_id, wish)
        )
        self.offer_id: UUID = made.id

    @rule(commands=st.lists(command, min_size=3, max_size=7))
    def together(self, commands):
        self.run(self._together, commands)

    async def _together(self, commands):
        line, taken = await self._line()
        prepared = [await self.stage.prepare(w, who, self.offer_id) for w, who in commands]
        await asyncio.gather(*(one for one in prepared if one is not None))
        if not {"pause", "resume", "cancel"} & {what for what, _ in commands}:
            # within a batch a school may have been at its share for a moment: that is no law broken
            at_share = {self.stage.people[who].school_id for _, who in commands if self.share}
            await self._kept_order(line, [*taken, *at_share])

    @rule(commands=st.lists(command, min_size=1, max_size=2), victim=command)
    def a_connection_dies(self, commands, victim):
        self.run(self._a_connection_dies, commands, victim)

    async def _a_connection_dies(self, commands, victim):
        """The victim's connection is killed after its statements and before its commit."""
        stage, (_, number) = self.stage, victim

        async def die(tx):
            await loans.borrow(tx, self.offer_id, BorrowWish())
            await tx.connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

        prepared = [await stage.prepare(w, who, self.offer_id) for w, who in commands]
        others = [one for one in prepared if one is not None]
        code, *_ = await asyncio.gather(stage.do(stage.actors[number], die), *others)
        assert code != "ok"

    @rule(hours=st.sampled_from([1, 12, 25, 49, 24 * 11]))
    def time_passes(self, hours):
        self.stage.clock.jump(timedelta(hours=hours))

    @rule(which=st.integers(0, 50), how=st.sampled_from(["recall", "revoke"]))
    def the_owner_calls_one_back(self, which, how):
        self.run(self._call_back, which, how)

    async def _call_back(self, which, how):
        rows = await self.stage.world.sql.fetch(
            "SELECT id FROM loan WHERE offer_id = $1 AND status = 'active' ORDER BY id",
            self.offer_id,
        )
        if not rows:
            return
        loan_id = rows[which % len(rows)]["id"]
        recall = RecallWish(because="公开课")
        work = {
            "recall": lambda tx: loans.recall_loan(tx, loan_id, recall),
            "revoke": lambda tx: loans.revoke_loan(tx, loan_id, "有误"),
        }
        await self.stage.do(self.stage.owner, work[how])

    @rule(seats=st.integers(0, 5), number=st.integers(0, PEOPLE - 1))
    def the_owner_changes_the_seats(self, seats, number):
        self.run(self._change_seats, seats, number)

    async def _change_seats(self, seats, number):
        stage = self.stage

        async def change(tx):
            now = await offers.get_offer(tx, self.offer_id)
            return await offers.change_offer(
                tx, self.offer_id, OfferChange(seats=seats), now.version
            )

        borrowing = await stage.prepare("borrow", number, self.offer_id)
        await asyncio.gather(stage.do(stage.owner, change), borrowing)

    @rule(seed=st.integers(0, 10_000), number=st.integers(0, PEOPLE - 1))
    def the_owner_reorders(self, seed, number):
        self.run(self._reorder, seed, number)

    async def _reorder(self, seed, number):
        line, _ = await self._line()
        waiting = [row["id"] for row in line if row["status"] == "waiting"]
        if not waiting:
            return
        # drawn apart: how many wait depends on the race, and what is drawn must not
        Random(seed).shuffle(waiting)
        wish = OrderWish(hold_ids=waiting, because="周五公开课")
        returning = await self.stage.prepare("return", number, self.offer_id)
        works = [self.stage.do(self.stage.owner, lambda tx: holds.reorder(tx, self.offer_id, wish))]
        await asyncio.gather(*works, *([returning] if returning is not None else []))

    @rule(number=st.integers(0, PEOPLE - 1))
    def a_command_is_repeated(self, number):
        self.run(self._repeat, number)

    async def _repeat(self, number):
        """I8: the same key, at once and later: one answer."""
        stage = self.stage
        person = await again(stage.people[number], stage.world)
        headers = {**person.headers, "Idempotency-Key": str(new_id())}
        caller = type(person)(
            person.id, person.group_id, person.school_id, person.appointment_id,
            person.session_id, person.role, headers,
        )  # fmt: skip
        offer = {"id": str(self.offer_id)}
        answers = await asyncio.gather(*(borrow(stage.http, offer, caller) for _ in range(2)))
        done = [a for a in answers if a.status_code in (201, 202)]
        if done:
            later = await borrow(stage.http, offer, caller)
            assert {a.text for a in [*done, later]} == {done[0].text}
            assert {a.status_code for a in [*done, later]} == {done[0].status_code}

    async def _line(self):
        line = await self.stage.world.sql.fetch(LINE, self.offer_id)
        taken = [r[0] for r in await self.stage.world.sql.fetch(TAKEN, self.offer_id)]
        return line, taken

    async def _kept_order(self, before, taken_before):
        """I3, I5: nobody became ready past somebody who could have had the seat all the time."""
        after, taken_after = await self._line()
        waited = {r["id"] for r in before if r["status"] == "waiting" and not r["paused"]}
        passed_over = [
            row
            for row in after
            if row["id"] in waited
            and row["status"] == "waiting"
            and row["school_id"] not in {*taken_before, *taken_after}
        ]
        had_turn = {r["id"] for r in before if r["status"] == "ready"}
        readied = [r for r in after if r["status"] == "ready" and r["id"] not in had_turn]
        for row in passed_over:
            assert all(one["key"] < row["key"] for one in readied)

    @invariant()
    @precondition(lambda self: hasattr(self, "offer_id"))
    def the_laws_hold(self):
        broken = anyio.from_thread.run(self._broken)
        self.stage.broken |= broken.keys()
        assert not broken, broken

    async def _broken(self):
        row = await self.stage.world.sql.fetchrow(LAWS, self.offer_id)
        return {law: count for law, count in row.items() if count}


async def stage_for(http, world, services, clock):
    shelf = await shelve(world, services)
    schools = [await world.school(f"{n}中") for n in range(SCHOOLS)]
    people = [await world.person(schools[n % SCHOOLS], "teacher") for n in range(PEOPLE)]
    actors = [await actor_of(services, person) for person in people]
    await world.sql.execute(
        """INSERT INTO lending_rule (group_id, id, person_open_max, because, created_at, updated_at)
           VALUES ($1, $2, 1000, 'many offers are tried', $3, $3)""",
        world.group_id, new_id(), datetime.now(UTC),
    )  # fmt: skip
    owner = await actor_of(services, shelf.author)
    return Stage(world, services, http, clock, shelf, people, actors, owner)


@pytest.mark.long
async def test_the_laws_hold_whatever_happens_at_once(http, world, services, clock):
    stage = await stage_for(http, world, services, clock)
    machine = type("Tried", (Lending,), {"stage": stage})
    await anyio.to_thread.run_sync(lambda: run_state_machine_as_test(machine, settings=TRIED))
    assert stage.commands > 100, stage.seen
    assert stage.seen["ok"] > 50, stage.seen
    assert {"already_borrowed", "already_on_hold", "unavailable"} <= stage.seen.keys(), stage.seen


async def test_the_machine_notices_a_queue_that_is_not_served(
    http, world, services, clock, monkeypatch
):
    """What the machine is for: where a freed seat is handed to nobody, it finds I4 broken.

    (That each lock matters is seen in test_race, without leaving it to chance.)
    """

    async def nobody(tx, offer):
        return None

    monkeypatch.setattr(passing_queries, "hand_over", nobody)
    stage = await stage_for(http, world, services, clock)
    machine = type("Unserved", (Lending,), {"stage": stage})
    # Flaky: told to happen again, at once, it may come at another step, or not at all
    with pytest.raises((AssertionError, Flaky)):
        await anyio.to_thread.run_sync(lambda: run_state_machine_as_test(machine, settings=TRIED))
    assert [law for law in stage.broken if law.startswith("i4_")], stage.broken
