"""What the search has done from time to time; nothing found or counted is wrong without it."""

from datetime import timedelta

import msgspec

from schoolgroup.directory.service import list_groups
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.resources.search import tidying_queries as queries

NEWS_FOR = timedelta(days=400)  # how far back "what is new" can look


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What was done for one group."""

    group_code: str
    added_up_figures: int
    counted_loans: int
    forgotten_moves: int


async def tidy(db: Database, group_code: str | None = None) -> list[Report]:
    """Add figures up, count loans (the order "most borrowed"), forget old changes; of each group.

    May be killed at any point and run several at once.
    """
    reports = []
    for group in await list_groups(db):
        if group_code not in (None, group.code):
            continue

        async def work(tx: Tx, code: str = group.code) -> Report:
            await queries.join_changes(tx)
            return Report(
                group_code=code,
                added_up_figures=await queries.add_up(tx),
                counted_loans=await queries.count_loans(tx),
                forgotten_moves=await queries.forget_moves(tx, tx.now - NEWS_FOR),
            )

        reports.append(await db.run(system_actor(group.id), work, "tidy"))
    return reports
