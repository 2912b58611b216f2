"""What people are told: computed from the rows, once, in time, and never what is overtaken."""

from datetime import timedelta
from typing import Any

from tests.integration.notices.conftest import Told
from tests.people import Person
from tests.resources.lending.shelf import Shelf


async def lend(told: Told, shelf: Shelf, who: Person, **terms: Any) -> dict[str, Any]:
    offer = await made(told, shelf, **terms)
    return (await told.ask(who, "POST", f"/v1/offers/{offer['id']}/borrow", 201, json={}))["loan"]


async def made(told: Told, shelf: Shelf, **terms: Any) -> dict[str, Any]:
    body = {
        "audiences": [{"kind": "group", "discover": True, "borrow": True}],
        "seats": 1, "loan_days": 14, "pickup_hours": 48, **terms,
    }  # fmt: skip
    path = f"/v1/resources/{shelf.resource_id}/offers"
    return await told.ask(shelf.author, "POST", path, 201, json=body)


async def test_a_loan_that_ends_soon_is_told_once_and_only_to_its_borrower(told, shelf, reader):
    await lend(told, shelf, reader)
    assert (await told.run()).notices == 0
    told.clock.jump(timedelta(days=11, minutes=1))
    assert (await told.run()).notices == 1
    assert await told.kinds(reader) == ["loan_due_soon"]
    assert (await told.run()).notices == 0
    told.clock.jump(timedelta(days=3))
    await told.run()
    assert await told.kinds(reader) == ["loan_due_soon", "loan_ended"]
    assert await told.kinds(shelf.author) == []
    row = await told.world.sql.fetchrow("SELECT * FROM notice WHERE kind = 'loan_due_soon'")
    assert row["subject_zh"].startswith("《勾股定理》将于")
    assert row["subject_en"].startswith("“勾股定理” ends on ")
    assert "第一中学" in row["body_zh"]
    events = await told.world.sql.fetch("SELECT * FROM event WHERE type = 'notice.made'")
    assert len(events) == 2
    assert events[0]["school_ids"] == [reader.school_id]
