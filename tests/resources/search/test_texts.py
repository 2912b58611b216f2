"""What files say: handed over by the worker, kept for the owner."""

import pytest

from schoolgroup.kernel.context import system_actor
from schoolgroup.resources.search.texts import TEXT_CHARACTERS_MAX, index_text
from tests.resources import holdings
from tests.resources.lending.shelf import actor_of


@pytest.fixture
async def held(world):
    return await holdings.hold(world)


async def hand_over(services, held, resource, text, revision_no=1):
    async with services.db.transaction(system_actor(held.world.group_id)) as tx:
        return await index_text(tx, resource, revision_no, text)


async def test_the_text_of_a_revision_is_kept_replaced_and_cut_off(services, sql, held):
    resource, *_ = await held.publish(["分数的意义"])
    assert await hand_over(services, held, resource, "第一稿\0")
    assert await hand_over(services, held, resource, "分" * (TEXT_CHARACTERS_MAX + 1))
    kept = await sql.fetch("SELECT revision_no, school_id, body FROM resource_text")
    assert [(r["revision_no"], r["school_id"], len(r["body"])) for r in kept] == [
        (1, held.school.id, TEXT_CHARACTERS_MAX)
    ]
    assert not await hand_over(services, held, resource, "x", revision_no=2)


async def test_another_school_does_not_see_the_text(services, held):
    resource, *_ = await held.publish(["分数的意义"])
    await hand_over(services, held, resource, "只有读得到的人才看得到")
    for person, rows in ((held.librarian, 1), (held.reader, 0)):
        async with services.db.transaction(await actor_of(services, person)) as tx:
            seen = await tx.connection.fetchval("SELECT count(*) FROM resource_text")
        assert seen == rows
