"""The same figures parted: of one's own school, and over the schools of each tier."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.activities import service as activities
from schoolgroup.management.activities.models import Asked, MonthFigure
from schoolgroup.management.figures import queries
from schoolgroup.management.figures.models import (
    FAMILY,
    Family,
    Parts,
    Ratio,
    Reference,
    Saved,
    SchoolTier,
)
from schoolgroup.management.figures.service import activities_of
from schoolgroup.management.ledgers.figures import service as ledgers
from schoolgroup.management.ledgers.figures.models import By, Figure, Of
from schoolgroup.management.returns.figures import service as returns
from schoolgroup.management.returns.figures.models import Completeness
from schoolgroup.management.rounds.plans import service as rounds
from schoolgroup.management.rounds.visits import service as visits
from schoolgroup.management.rounds.visits.models import VisitFilter, VisitStatus

PARTED = (Family.LEDGER, Family.CALL, Family.ROUND, Family.ACTIVITY)
SEEN = (VisitStatus.CARRIED_OUT, VisitStatus.REPORTED, VisitStatus.REPLIED)
VISITS = PageRequest(limit=50)


class Parting:
    """Parts figures by the tiers of one day; rows that several figures need are read once."""

    def __init__(self, tx: Tx, tiers: Sequence[SchoolTier]) -> None:
        self.tx = tx
        self.own = tx.actor.school_id
        self.tier_of = {one.school_id: one.tier for one in tiers}
        self.schools: dict[str, int] = {}
        for one in tiers:
            self.schools[one.tier] = self.schools.get(one.tier, 0) + 1
        self.kept: dict[tuple[Family, UUID | None, str | None], Mapping[Saved, Parts]] = {}

    async def parts(self, one: Reference) -> Parts | None:
        """The parts of a figure; None for one that is of the group and no school's."""
        family = FAMILY[one.saved]
        if family not in PARTED:
            return None
        key = (family, one.of, one.month)
        if key not in self.kept:
            self.kept[key] = await self._all(family, one)
        return self.kept[key].get(one.saved)

    async def _all(self, family: Family, one: Reference) -> Mapping[Saved, Parts]:
        if family is Family.LEDGER:
            return await self._ledger(one.of)
        if family is Family.ACTIVITY:
            return await self._activities(one.month or "")
        assert one.of is not None  # calls and rounds are asked for by name
        return await (self._call if family is Family.CALL else self._round)(one.of)

    async def _ledger(self, ledger_id: UUID | None) -> Mapping[Saved, Parts]:
        told = await ledgers.counted(self.tx, By.TIER, Of(ledger_id=ledger_id))
        tiers = {part.part: part for part in told.parts}
        mine = None
        if self.own is not None:
            mine = await ledgers.whole(self.tx, Of(ledger_id=ledger_id, school_id=self.own))
        link = mine.items_link if mine else ""

        def ratio(saved: Saved, one: Figure | None) -> Ratio:
            if saved is Saved.LEDGER_ITEMS:
                return Ratio(one.total if one else 0)
            if saved is Saved.LEDGER_CLOSED:
                return Ratio(one.closed if one else 0)
            if saved is Saved.LEDGER_ON_TIME:
                return Ratio(one.on_time, one.settled) if one else Ratio(0, 0)
            return Ratio(one.closed, one.total - one.dropped) if one else Ratio(0, 0)

        return {
            saved: Parts(
                own=ratio(saved, mine) if mine else None,
                own_link=f"{link}&status=closed" if saved is Saved.LEDGER_CLOSED else link,
                tiers={tier: ratio(saved, tiers.get(tier)) for tier in self.schools},
                schools=self.schools,
            )
            for saved, family in FAMILY.items()
            if family is Family.LEDGER
        }

    async def _call(self, call_id: UUID) -> Mapping[Saved, Parts]:
        told = await returns.completeness(self.tx, call_id)
        mine = told.mine if told.mine and told.mine.expected else None

        def part(saved: Saved, one: Completeness) -> int:
            return one.on_time if saved is Saved.CALL_ON_TIME else one.answered

        return {
            saved: Parts(
                own=Ratio(int(mine.on_time if saved is Saved.CALL_ON_TIME else mine.answered), 1)
                if mine
                else None,
                own_link=f"/v1/calls/{call_id}/targets",
                tiers={row.tier: Ratio(part(saved, row), row.expected)
                       for row in told.by_tier if row.tier},
                schools={row.tier: row.expected for row in told.by_tier if row.tier},
            )
            for saved in (Saved.CALL_COMPLETENESS, Saved.CALL_ON_TIME)
        }  # fmt: skip

    async def _round(self, round_id: UUID) -> Mapping[Saved, Parts]:
        told = await rounds.coverage(self.tx, round_id)
        mine = []
        if self.own is not None:
            wanted = VisitFilter(round_id=round_id, school_id=self.own)
            mine = await visits.list_visits(self.tx, wanted, VISITS)
        return {
            Saved.ROUND_COVERAGE: Parts(
                own=Ratio(int(any(one.status in SEEN for one in mine)), 1) if mine else None,
                own_link=f"/v1/visits?round_id={round_id}&school_id={self.own}",
                tiers={row.tier: Ratio(row.visited, row.expected)
                       for row in told.by_tier if row.tier},
                schools={row.tier: row.expected for row in told.by_tier if row.tier},
            )
        }  # fmt: skip

    async def _activities(self, month: str) -> Mapping[Saved, Parts]:
        lines = (await activities.figures(self.tx, month, month, Asked())).lines

        def part(saved: Saved, of: Sequence[MonthFigure]) -> Ratio:
            return Ratio(sum(x.activities if saved is Saved.ACTIVITIES else x.pupils for x in of))

        mine = [line for line in lines if line.school_id == self.own]
        by_tier = {
            tier: [x for x in lines if x.school_id and self.tier_of.get(x.school_id) == tier]
            for tier in self.schools
        }
        return {
            saved: Parts(
                own=part(saved, mine) if self.own else None,
                own_link=activities_of(month, self.own),
                tiers={tier: part(saved, of) for tier, of in by_tier.items()},
                schools=self.schools,
            )
            for saved in (Saved.ACTIVITIES, Saved.ACTIVITY_PUPILS)
        }


async def parting(tx: Tx) -> Parting:
    """Parting by the schools of today."""
    return Parting(tx, await queries.list_tiers(tx))
