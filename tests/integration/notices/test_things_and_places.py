"""Things in people's hands and places they go to: signed for, overdue, asked, near, called off."""

from datetime import timedelta

import pytest

from tests.integration.inbox.test_inbox import kinds
from tests.resources.items.desk import Things, lay_out
from tests.resources.places.visits import Visits, at, open_place


@pytest.fixture
async def things(http, world, services) -> Things:
    return await lay_out(http, world, services, count=1, loan_days=5)


@pytest.fixture
async def visits(http, world, services) -> Visits:
    return await open_place(http, world, services, asks_owner=True, ask_hours=24)


async def test_a_thing_is_signed_for_and_called_back_when_it_is_overdue(told, things, world, http):
    loan = await things.borrowed()
    handover = await things.give(loan)
    await told.run()
    assert await told.kinds(things.borrower) == ["thing_handed"]
    assert "receipt_to_sign" in await kinds(http, things.borrower)
    await things.done(things.borrower, handover, "receive")
    assert "receipt_to_sign" not in await kinds(http, things.borrower)
    told.clock.jump(timedelta(days=5, hours=1))
    await told.run()
    told.clock.jump(timedelta(days=3))
    await told.run()
    told_of = await told.kinds(things.borrower)
    assert told_of[1:] == ["thing_overdue", "thing_overdue"], "due soon was skipped: it was out"
    mine = await world.sign_in(world.group_id, things.borrower.id, things.borrower.appointment_id)
    assert await kinds(http, mine) == ["thing_overdue"]


async def test_a_place_is_asked_for_confirmed_near_and_called_off(told, visits, http, world):
    first = await visits.booked(visits.teacher, at(9, 9))
    second = await visits.booked(visits.teacher, at(10, 9))
    await told.run()
    assert await told.kinds(visits.keeper) == ["booking_asked", "booking_asked"]
    assert await kinds(http, visits.keeper) == ["booking_to_decide", "booking_to_decide"]
    assert (await visits.step(visits.keeper, first, "confirm", None)).status_code == 200
    await told.run()
    assert await told.kinds(visits.teacher) == ["booking_confirmed"]
    told.clock.jump(timedelta(hours=25))
    await told.run()
    assert await told.kinds(visits.teacher) == ["booking_confirmed", "booking_refused"], "silence"
    told.clock.jump(at(9, 9) - told.clock.now() - timedelta(hours=20))
    await told.run()
    assert (await told.kinds(visits.teacher))[2:] == ["booking_near"]
    keeper = await world.sign_in(world.group_id, visits.keeper.id, visits.keeper.appointment_id)
    assert (await visits.step(keeper, first, "call-off")).status_code == 200
    await told.run()
    assert (await told.kinds(visits.teacher))[3:] == ["booking_refused"]
    assert second["id"] != first["id"]
