"""The dashboard asks the features for their figures and counts nothing itself."""

from uuid import UUID

from schoolgroup.access.decisions import may, policy_of, require
from schoolgroup.evaluation.statistics.glancing import glance
from schoolgroup.evaluation.statistics.models import Glance
from schoolgroup.integration.dashboard import rules
from schoolgroup.integration.dashboard.models import Dashboard, Mean, Shown
from schoolgroup.integration.inbox import service as inbox
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.management.activities.rules import month_of, next_month
from schoolgroup.management.bulletins import service as bulletins
from schoolgroup.management.figures import service as figures
from schoolgroup.management.figures.models import FAMILY, Family, Ratio, Reference, Saved, Unit
from schoolgroup.management.figures.parting import Parting, parting
from schoolgroup.management.initiatives import service as initiatives
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.ledgers.figures import service as ledgers
from schoolgroup.management.returns.calls import service as calls
from schoolgroup.management.rounds.plans import service as rounds
from schoolgroup.resources.lending.figures import service as lending

FIGURES = "figures:read"
NEWEST = PageRequest(limit=12)
EXAMS = 3
# What one must be allowed to read for the rows behind a figure; of the others everybody is.
ROWS = {
    Family.LEDGER: "ledger_item:read",
    Family.CALL: "call:read",
    Family.BULLETIN: "bulletin:read",
}
VISITS = "visit:read"  # behind the coverage of a round; its teams are known to everybody
LENDING = {
    "loans_given": Text("loans to other schools", "借出给他校"),
    "loans_taken": Text("loans from other schools", "向他校借入"),
}
EXAM_MEAN = Text("mean of the exam", "联考平均分")
EXAM_PRESENT = Text("candidates present", "联考实考人数")


async def dashboard(tx: Tx) -> Dashboard:
    """What the caller's role sees first. Raises NotAllowed."""
    require(tx, FIGURES, thing="dashboard")
    own = tx.actor.school_id
    lines = await bulletins.list_bulletins(tx, NEWEST, None, unsigned=own is None)
    books_kept = await books.list_ledgers(tx, None, NEWEST)
    month = f"{books.day_of(tx, tx.now):%Y-%m}"
    aims = [(one.title, Reference(saved=Saved.LEDGER_TARGET, of=one.id))
            for one in books_kept if one.targets]  # fmt: skip
    return Dashboard(
        role=tx.actor.role,
        tier=tx.actor.tier,
        school_id=own,
        as_of_at=tx.now,
        waiting=await inbox.count_items(tx),
        figures=[
            *await _shown(tx, [*await _wanted(tx, month), *aims]),
            *await _lending(tx, month),
            *[shown for one in await glance(tx, EXAMS) for shown in _exam(tx, one)],
        ],
        ledgers=[] if own else [await ledgers.outlook(tx, one.id) for one in books_kept],
        unsigned=[one for one in lines if own is None or one.signed_at is None],
    )


async def _wanted(tx: Tx, month: str) -> list[tuple[str, Reference]]:
    """What is open now and the caller may know of, by the same saved queries as bulletins."""
    plain = [saved for saved, family in FAMILY.items() if family in (Family.GROUP, Family.LEDGER)]
    if tx.actor.school_id is not None or may(tx, ROWS[Family.BULLETIN]):
        plain.append(Saved.BULLETINS)
    wanted = [("", Reference(saved=saved)) for saved in plain]
    wanted += [
        ("", Reference(saved=saved, month=month))
        for saved in (Saved.ACTIVITIES, Saved.ACTIVITY_PUPILS)
    ]
    for call in await calls.list_calls(tx, NEWEST):
        if call.closed_at is None:
            wanted += _about(call.title, call.id, Saved.CALL_COMPLETENESS, Saved.CALL_ON_TIME)
    for one in await rounds.list_rounds(tx, NEWEST):
        if one.status == "open":
            wanted += _about(one.title, one.id, Saved.ROUND_TEAMS, Saved.ROUND_COVERAGE)
    for initiative in await initiatives.list_initiatives(tx, NEWEST):
        wanted += _about(initiative.title, initiative.id, Saved.MEASURES, Saved.MEASURES_DONE)
    return wanted


def _about(title: str, of: UUID, *saved: Saved) -> list[tuple[str, Reference]]:
    return [(title, Reference(saved=one, of=of)) for one in saved]


async def _shown(tx: Tx, wanted: list[tuple[str, Reference]]) -> list[Shown]:
    values = await figures.work_out(tx, [one for _, one in wanted])
    parted = await parting(tx)
    shown = []
    for (title, one), value in zip(wanted, values, strict=True):
        parts = await parted.parts(one)
        own = parts.own if parts else None
        link = value.link if own is None or parts is None else parts.own_link
        beside = []
        if parts is not None:
            beside = rules.means(value.value, parts.tiers, parts.schools, _tier(tx, parted))
        shown.append(
            Shown(
                saved=one.saved, label=value.label, title=title, subject="", of=one.of,
                month=one.month, whose="group" if own is None else "school", unit=value.unit,
                value=value.value if own is None else rules.value(own), out_of=None,
                by_on=value.by_on, link=link if _opens(tx, one.saved, own) else None,
                beside=beside,
            )
        )  # fmt: skip
    return shown


def _tier(tx: Tx, parted: Parting) -> str | None:
    """The tier a school stands beside; null for the office, which sees every tier."""
    own = tx.actor.school_id
    return None if own is None else parted.tier_of.get(own, "")


def _opens(tx: Tx, saved: Saved, own: Ratio | None) -> bool:
    """Whether the rows behind a figure are the caller's to read."""
    act = VISITS if saved is Saved.ROUND_COVERAGE else ROWS.get(FAMILY[saved])
    if act is None or may(tx, act):
        return True
    if tx.actor.school_id is None:
        return False
    if FAMILY[saved] is Family.BULLETIN:
        return True  # counted are those the school was sent
    relation = "target" if FAMILY[saved] is Family.CALL else "own"
    return own is not None and may(tx, act, policy_of(tx).relations.mask_of(relation))


async def _lending(tx: Tx, month: str) -> list[Shown]:
    """Loans between schools in the month: the group's, or what one's own gave and took."""
    first = month_of(month)
    last = next_month(first)
    rows = await lending.balance(tx, first, last)
    tiers = await lending.exchange(tx, first, last)
    schools = {one.tier: one.schools for one in tiers}
    own = tx.actor.school_id
    tier = None if own is None else (tx.actor.tier or "")
    return [
        Shown(
            saved=saved, label=label, title="", subject="", of=None, month=month,
            whose="group" if own is None else "school", unit=Unit.COUNT,
            value=sum(row.given if saved == "loans_given" else row.taken for row in rows),
            out_of=None, by_on=None,
            link=f"/v1/lending/balance?from_on={first}&until_on={last}",
            beside=rules.means(
                None, {one.tier: Ratio(one.given if saved == "loans_given" else one.taken)
                 for one in tiers}, schools, tier,
            ),
        )
        for saved, label in LENDING.items()
    ]  # fmt: skip


def _exam(tx: Tx, one: Glance) -> list[Shown]:
    """One subject of a release, with what the release itself tells of all schools."""
    whole = one.whole.figures if one.whole else None
    mine = one.own if tx.actor.school_id is not None else whole
    beside: list[Mean] = []
    if tx.actor.school_id is not None and one.whole is not None:
        hidden = one.whole.suppressed or whole is None
        beside = [Mean(rules.GROUP, one.whole.schools, whole.mean if whole else None, hidden)]
    beside += [Mean(each.tier, each.schools, each.mean, each.mean is None) for each in one.tiers]
    if mine is None:
        return []

    def shown(saved: str, label: Text, unit: Unit, value: float | None) -> Shown:
        marks = unit is Unit.MARKS
        return Shown(
            saved=saved, label=label, title=one.title, subject=one.subject, of=one.release_id,
            month=None, whose="group" if tx.actor.school_id is None else "school", unit=unit,
            value=value, out_of=mine.full_marks if marks else None, by_on=None,
            link=f"/v1/releases/{one.release_id}", beside=beside if marks else [],
        )  # fmt: skip

    return [
        shown("exam_mean", EXAM_MEAN, Unit.MARKS, mine.mean),
        shown("exam_present", EXAM_PRESENT, Unit.COUNT, mine.n_present),
    ]
