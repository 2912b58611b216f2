"""The laws of things, tried to be broken: never in two hands, every hand-over signed for or open.

A state machine draws the steps, each taken by people of both schools at the same time; after every
step the rows are held to the laws. The races below it say which lock and which constraint it is
that keeps a law: with them taken out, the law breaks.
"""

import asyncio
from datetime import timedelta
from uuid import UUID

import anyio
import msgspec
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from schoolgroup.kernel.errors import Refusal
from schoolgroup.resources.items import queries as item_queries
from schoolgroup.resources.items import rules as item_rules
from schoolgroup.resources.items import service as items
from schoolgroup.resources.items.handovers import rules
from schoolgroup.resources.items.handovers import service as handovers
from schoolgroup.resources.items.handovers.models import (
    AcceptWish,
    HandoverWish,
    ScannedStep,
    SignedStep,
)
from schoolgroup.resources.items.models import Condition, ItemStatus, MarkWish
from schoolgroup.resources.lending.desk.models import BorrowWish
from schoolgroup.resources.lending.loans import service as loans
from tests.resources.items.desk import lay_out
from tests.resources.lending.shelf import actor_of, borrow

COUNT, BORROWERS = 2, 3
TRIED = settings(
    max_examples=6,
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
# What the rows say: each column is a law and must be zero.
LAWS = """
WITH open AS (SELECT * FROM item_handover WHERE closed_at IS NULL),
     out AS (SELECT * FROM open WHERE status IN ('sent', 'handed', 'received', 'claimed')),
     running AS (SELECT l.*, (SELECT count(*) FROM out o WHERE o.loan_id = l.id) AS things
                   FROM loan l WHERE l.status = 'active'),
     standing AS (SELECT * FROM seat WHERE retired_at IS NULL)
SELECT (SELECT count(*) FROM (SELECT FROM open GROUP BY item_id HAVING count(*) > 1) AS d)
           AS in_two_hands,
       (SELECT count(*) FROM (SELECT FROM out GROUP BY loan_id HAVING count(*) > 1) AS d)
           AS two_things_for_one_loan,
       (SELECT count(*) FROM item_handover WHERE closed_at IS NOT NULL AND handed_at IS NOT NULL
           AND received_at IS NULL) AS closed_without_receipt,
       (SELECT count(*) FROM open h JOIN item i ON i.id = h.item_id WHERE i.state <> 'sound')
           AS unsound_in_hand,
       (SELECT count(*) FROM out h JOIN loan l ON l.id = h.loan_id WHERE l.status <> 'active')
           AS out_without_a_loan,
       (SELECT count(*) FROM running r WHERE 1 <>
           (SELECT count(*) FROM standing s WHERE s.loan_id = r.id)) AS loan_off_its_seat,
       (SELECT greatest(0, (SELECT count(*) FROM running)
                         + (SELECT count(*) FROM hold WHERE status = 'ready')
                         - (SELECT count(*) FROM item i WHERE state = 'sound'
                             AND NOT EXISTS (SELECT FROM open h WHERE h.item_id = i.id
                                                AND h.status IN ('returning', 'returned')))))
           AS promised_more_than_there_is,
       (SELECT count(*) FROM standing s WHERE s.loan_id IS NULL AND s.hold_id IS NULL
           AND EXISTS (SELECT FROM hold WHERE status = 'waiting')) AS waits_beside_a_free_seat
"""
STATUSES = "SELECT item_id, status FROM item_now ORDER BY item_id"
VERBS = ("hand", "send", "deliver", "receive", "claim", "send_back", "take_back", "accept", "lose",
         "cancel")  # fmt: skip
MARKS = ("damage", "repair", "lose", "find")


class Stage:
    """Two things, three borrowers of another school, both librarians; the way to the services."""

    def __init__(self, world, services, clock, things, borrowers, owner, there):
        self.world, self.services, self.clock, self.things = world, services, clock, things
        self.borrowers, self.owner, self.there = borrowers, owner, there
        self.offer_id = UUID(things.offer["id"])
        self.items = [UUID(one["id"]) for one in things.items]
        self.steps = 0
        self.seen: dict[str, int] = {}
        self.moves: set[tuple[str, str]] = set()

    async def do(self, actor, name, work):
        """ "ok", or the code of a typed refusal; anything else fails the test."""
        try:
            await self.services.db.run(actor, work)
            code = "ok"
        except Refusal as refused:
            code = refused.code
        self.seen[f"{name} {code}"] = self.seen.get(f"{name} {code}", 0) + 1
        return code

    async def newest(self, table, where, *arguments):
        sql = f"SELECT id FROM {table} WHERE {where} ORDER BY id DESC LIMIT 1"
        return await self.world.sql.fetchval(sql, *arguments)

    def barcode(self, number):
        return self.things.items[number]["barcode"]

    async def command(self, what, number):
        """What one person does, as a coroutine; None where there is nothing to do it to."""
        who = self.borrowers[number % BORROWERS]
        if what == "borrow":
            return self.do(who, what, lambda tx: loans.borrow(tx, self.offer_id, BorrowWish()))
        if what in ("begin", "begin_send", "set_aside"):
            step = {"begin": "hand", "begin_send": "send"}.get(what, "set_aside")
            loan = await self.newest(
                "loan", "borrower_person_id = $1 AND status = 'active'", who.person_id
            )
            begin = msgspec.convert(
                {"barcode": self.barcode(number % COUNT), "step": step}, HandoverWish
            )
            return loan and self.do(self.owner, what, lambda tx: handovers.begin(tx, loan, begin))
        if what == "mark":
            item, step = self.items[number % COUNT], MARKS[number % len(MARKS)]
            mark = msgspec.convert({"step": step, "because": "盘点"}, MarkWish)
            return self.do(self.owner, f"mark {step}", lambda tx: items.mark_item(tx, item, mark))
        return await self.step(what, number)

    async def step(self, verb, number):
        item = self.items[number % COUNT]
        about = await self.newest("item_handover", "item_id = $1", item)
        if about is None:
            return None
        scanned = ScannedStep(barcode=self.barcode(number % COUNT))
        act = rules.HANDOVERS.transitions[verb].act
        borrower = await self.world.sql.fetchval(
            "SELECT borrower_person_id FROM item_handover WHERE id = $1", about
        )
        actor = self.there if act == rules.PASS else self.owner
        if act == rules.RECEIVE:
            actor = next(b for b in self.borrowers if b.person_id == borrower)
        accept = AcceptWish(
            barcode=scanned.barcode,
            condition=Condition.GOOD,
            pieces_back=40,
            damaged=number % 5 == 4,
        )
        works = {
            "receive": lambda tx: handovers.sign(tx, about, verb, SignedStep()),
            "claim": lambda tx: handovers.sign(tx, about, verb, SignedStep()),
            "send_back": lambda tx: handovers.take(tx, about, verb, scanned),
            "take_back": lambda tx: handovers.take(tx, about, verb, scanned),
            "accept": lambda tx: handovers.accept(tx, about, accept),
            "lose": lambda tx: handovers.close(tx, about, verb, "x"),
            "cancel": lambda tx: handovers.close(tx, about, verb, "x"),
        }
        work = works.get(verb, lambda tx: handovers.hand(tx, about, verb, scanned))
        return self.do(actor, verb, work)

    async def statuses(self):
        """Where each thing is, as the application's own view says it."""
        async with self.services.db.transaction(self.owner) as tx:
            rows = await tx.connection.fetch(STATUSES)
        return {row["item_id"]: row["status"] for row in rows}


WHATS = ("borrow", "begin", "begin", "begin_send", "set_aside", "mark", *VERBS)
command = st.tuples(st.sampled_from(WHATS), st.integers(0, 11))


class Things(RuleBasedStateMachine):
    """Two things and what people do with them; the stage is put in by the test."""

    stage: Stage

    def run(self, work, *arguments):
        self.stage.steps += 1
        return anyio.from_thread.run(work, *arguments)

    @initialize()
    def clear(self):
        self.run(self._clear)

    async def _clear(self):
        stage, sql = self.stage, self.stage.world.sql
        stage.clock.offset = timedelta()
        for table in ("item_note", "item_handover", "ask", "seat", "hold", "loan"):
            await sql.execute(f"DELETE FROM {table}")
        await sql.execute("UPDATE item SET state = 'sound', pieces = 40")
        await sql.execute("UPDATE offer SET seats = $1", COUNT)
        await sql.execute(
            "INSERT INTO seat (group_id, offer_id, no) SELECT $1, $2, generate_series(1, $3)",
            stage.world.group_id, stage.offer_id, COUNT,
        )  # fmt: skip

    @rule(number=st.integers(0, 11), way=st.sampled_from(["begin", "begin_send"]))
    def a_thing_goes_out(self, number, way):
        for what in ("borrow", way, "deliver", "receive"):
            self.run(self._together, [(what, number)])

    @rule(number=st.integers(0, 11), way=st.sampled_from(["take_back", "send_back", "claim"]))
    def a_thing_comes_back(self, number, way):
        for verb in (way, "take_back", "accept"):
            self.run(self._together, [(verb, number)])

    @rule(commands=st.lists(command, min_size=2, max_size=5))
    def at_once(self, commands):
        self.run(self._together, commands)

    async def _together(self, commands):
        before = await self.stage.statuses()
        done = [await self.stage.command(what, number) for what, number in commands]
        await asyncio.gather(*(one for one in done if one is not None))
        after = await self.stage.statuses()
        if len(commands) == 1:  # one step at a time is a step of the table
            moved = [(before[i], after[i]) for i in before if before[i] != after[i]]
            self.stage.moves |= set(moved)

    @rule(hours=st.sampled_from([1, 30, 24 * 16]))
    def time_passes(self, hours):
        self.stage.clock.jump(timedelta(hours=hours))

    @invariant()
    def the_laws_hold(self):
        row = self.run(self._broken)
        assert not row, row

    async def _broken(self):
        row = await self.stage.world.sql.fetchrow(LAWS)
        assert row is not None
        return {law: count for law, count in row.items() if count}


async def set_stage(http, world, services, clock):
    things = await lay_out(http, world, services, count=COUNT, per_school_max=None)
    people = [things.borrower, *[await world.person(things.school, "teacher") for _ in range(2)]]
    actors = [await actor_of(services, one) for one in people]
    owner = await actor_of(services, things.owner)
    there = await actor_of(services, things.librarian)
    return Stage(world, services, clock, things, actors, owner, there)


async def test_the_laws_of_things(http, world, services, clock):
    stage = await set_stage(http, world, services, clock)
    Things.stage = stage
    await anyio.to_thread.run_sync(lambda: run_state_machine_as_test(Things, settings=TRIED))
    table = {
        (source, step.target) for step in item_rules.ITEMS.transitions.values()
        for source in step.sources
    }  # fmt: skip
    assert {(ItemStatus(a), ItemStatus(b)) for a, b in stage.moves} <= table
    done = {name.removesuffix(" ok") for name in stage.seen if name.endswith(" ok")}
    assert done >= {"borrow", "take_back", "accept"}, stage.seen
    assert any(not name.endswith(" ok") for name in stage.seen)


async def two_scan(stage, first_work, second_work):
    """A first librarian has scanned and not yet committed when a second scans the same thing."""
    second = await actor_of(
        stage.services, await stage.world.person(stage.things.shelf.school, "librarian")
    )
    async with stage.services.db.transaction(stage.owner) as tx:
        await first_work(tx)
        other = asyncio.create_task(stage.do(second, "second", second_work))
        while not other.done():
            if await stage.world.sql.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
                break
            await asyncio.sleep(0.01)
    return await other


async def two_loans(stage, http):
    """Loans of two borrowers, the second by an offer that was made when the first was closed."""
    things = stage.things
    first = await things.borrowed()
    closed = await things.post(things.shelf.author, f"/v1/offers/{things.offer['id']}/close")
    assert closed.status_code == 200
    offer = await things.shelf.offer(http, seats=None, by_items=True)
    other = await stage.world.person(await stage.world.school("三中"), "teacher")
    second = (await borrow(http, offer, other)).json()["loan"]
    return UUID(first["id"]), UUID(second["id"])


async def given_twice(stage, http):
    """Two librarians give one thing out for two loans of two offers: at no common desk."""
    first, second = await two_loans(stage, http)
    wish = HandoverWish(barcode=stage.barcode(0))
    code = await two_scan(
        stage,
        lambda tx: handovers.begin(tx, first, wish),
        lambda tx: handovers.begin(tx, second, wish),
    )
    hands = await stage.world.sql.fetchval("SELECT count(*) FROM item_handover")
    return code, hands


async def test_two_librarians_who_give_one_thing_out(http, world, services, clock):
    stage = await set_stage(http, world, services, clock)
    assert await given_twice(stage, http) == ("item_not_free", 1)


def without_the_items_lock(monkeypatch):
    unlocked = item_queries.LOCK_ITEM.replace("FOR UPDATE", "")
    assert unlocked != item_queries.LOCK_ITEM
    monkeypatch.setattr(item_queries, "LOCK_ITEM", unlocked)


async def test_without_the_lock_the_index_still_has_the_last_word(
    http, world, services, clock, monkeypatch
):
    stage = await set_stage(http, world, services, clock)
    without_the_items_lock(monkeypatch)
    assert await given_twice(stage, http) == ("already_in_hand", 1)


async def test_without_the_index_a_thing_is_in_two_hands(http, world, services, clock, monkeypatch):
    """The control: what the two tests above forbid does happen once both are taken away."""
    stage = await set_stage(http, world, services, clock)
    without_the_items_lock(monkeypatch)
    await world.sql.execute("DROP INDEX one_hand")
    try:
        assert await given_twice(stage, http) == ("ok", 2)
    finally:
        await world.sql.execute("DELETE FROM item_handover")
        await world.sql.execute(
            "CREATE UNIQUE INDEX one_hand ON item_handover (group_id, item_id) "
            "WHERE closed_at IS NULL"
        )


async def test_two_librarians_who_take_one_thing_back(http, world, services, clock):
    stage = await set_stage(http, world, services, clock)
    handover = await stage.things.give(await stage.things.borrowed())
    about, scanned = UUID(handover["id"]), ScannedStep(barcode=stage.barcode(0))

    def back(tx):
        return handovers.take(tx, about, "take_back", scanned)

    assert await two_scan(stage, back, back) == "wrong_state"
    row = await world.sql.fetchrow("SELECT version, status FROM item_handover")
    assert tuple(row) == (3, "returned")


async def test_a_thing_is_not_marked_while_it_is_given_out(http, world, services, clock):
    """Who marks and who gives out meet at the desk: one of them sees what the other did."""
    stage = await set_stage(http, world, services, clock)
    loan = UUID((await stage.things.borrowed())["id"])
    wish = HandoverWish(barcode=stage.barcode(0))
    mark = MarkWish(step="damage", because="进水")
    code = await two_scan(
        stage,
        lambda tx: handovers.begin(tx, loan, wish),
        lambda tx: items.mark_item(tx, stage.items[0], mark),
    )
    assert code == "wrong_state"
