"""The dashboard asks the features for their figures and counts nothing itself."""

from uuid import UUID

from schoolgroup.access.decisions import may, require
from schoolgroup.directory import service as directory
from schoolgroup.integration.dashboard.models import Beside, Dashboard, SchoolCounts, Shown
from schoolgroup.integration.inbox import service as inbox
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.bulletins import service as bulletins
from schoolgroup.management.figures import service as figures
from schoolgroup.management.figures.models import Reference, Saved
from schoolgroup.management.initiatives import service as initiatives
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.ledgers.figures import service as ledgers
from schoolgroup.management.ledgers.figures.models import By, Of
from schoolgroup.management.returns.calls import service as calls
from schoolgroup.management.rounds.plans import service as rounds

FIGURES = "figures:read"
NEWEST = PageRequest(limit=12)


async def dashboard(tx: Tx) -> Dashboard:
    """What the caller's role sees first. Raises NotAllowed."""
    require(tx, FIGURES, thing="dashboard")
    group = await directory.get_group(tx)
    own = tx.actor.school_id
    beside = None
    if own is not None:
        mine = await ledgers.whole(tx, Of(school_id=own))
        beside = Beside(mine, (await ledgers.figures(tx, By.NOTHING, Of())).whole)
    lines = await bulletins.list_bulletins(tx, NEWEST, None, unsigned=own is None)
    outlooks = [
        await ledgers.outlook(tx, one.id) for one in await books.list_ledgers(tx, None, NEWEST)
    ]
    return Dashboard(
        role=tx.actor.role,
        tier=tx.actor.tier,
        school_id=own,
        as_of_at=tx.now,
        schools=SchoolCounts(group.schools_integrated, group.schools_partner, "/v1/schools"),
        waiting=await inbox.count_items(tx),
        figures=await _figures(tx),
        ledgers=outlooks,
        beside=beside,
        unsigned=[one for one in lines if own is None or one.signed_at is None],
    )


async def _figures(tx: Tx) -> list[Shown]:
    """Of what is open now and the caller may read, each by the same saved query as bulletins."""
    wanted = [("", Reference(saved=saved)) for saved in (
        Saved.LEDGER_ITEMS, Saved.LEDGER_COMPLETION, Saved.LEDGER_ON_TIME,
    )]  # fmt: skip
    month = f"{books.day_of(tx, tx.now):%Y-%m}"
    wanted += [
        ("", Reference(saved=saved, month=month))
        for saved in (Saved.ACTIVITIES, Saved.ACTIVITY_PUPILS)
    ]
    if may(tx, "call:read") or tx.actor.school_id is not None:
        for call in await calls.list_calls(tx, NEWEST):
            if call.closed_at is None:
                wanted += _about(call.title, call.id, Saved.CALL_COMPLETENESS, Saved.CALL_ON_TIME)
    for one in await rounds.list_rounds(tx, NEWEST):
        if one.status == "open":
            wanted += _about(one.title, one.id, Saved.ROUND_COVERAGE)
    for initiative in await initiatives.list_initiatives(tx, NEWEST):
        wanted += _about(initiative.title, initiative.id, Saved.MEASURES, Saved.MEASURES_DONE)
    return [Shown(title, await figures.work_out(tx, one)) for title, one in wanted]


def _about(title: str, of: UUID, *saved: Saved) -> list[tuple[str, Reference]]:
    return [(title, Reference(saved=one, of=of)) for one in saved]
