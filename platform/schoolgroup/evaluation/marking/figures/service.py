"""Live figures of markers for those who lead, one's own for a marker; progress for all."""

from uuid import UUID

from schoolgroup.access.decisions import may
from schoolgroup.evaluation.exams import service as exams
from schoolgroup.evaluation.marking.figures import queries
from schoolgroup.evaluation.marking.figures.models import (
    Figures,
    ItemFigures,
    ItemProgress,
    MarkerFigures,
    OfSchool,
    Progress,
    Whole,
)
from schoolgroup.evaluation.marking.figures.rules import figures_of
from schoolgroup.evaluation.marking.models import PlanRow
from schoolgroup.evaluation.marking.plans import queries as plan_queries
from schoolgroup.evaluation.marking.plans import service as plans
from schoolgroup.kernel.db import Tx

# With fewer pairs a marker could work out what the others gave.
OWN_PAIRS_MIN = 10


async def of_item(tx: Tx, plan_id: UUID) -> ItemFigures:
    """Every marker of the item, as it stands now."""
    plan = await plans.fetch(tx, plan_id, "marking:lead")
    async with tx.as_system():
        pool = await plan_queries.list_pool(tx, plan_id)
        given = await queries.list_given(tx, plan_id, None, plan.tolerance_half_marks)
        pairs = await queries.list_pairs(tx, plan_id, None)
    given_by, pairs_of = {g.person_id: g for g in given}, {p.person_id: p for p in pairs}
    markers = []
    for one in pool:
        beside = pairs_of.get(one.person_id)
        own, other = (beside.own, beside.other) if beside else ([], [])
        markers.append(
            MarkerFigures(
                one.person_id,
                one.person_name,
                one.school_id,
                one.duty,
                one.status,
                one.paused_because,
                figures_of(plan, given_by.get(one.person_id), own, other),
            )
        )
    return ItemFigures(plan_id, markers)


async def own(tx: Tx, plan_id: UUID) -> Figures:
    """The caller's own figures; no other marker's mark can be told from them."""
    plan = await plans.fetch(tx, plan_id, "marking:mark")
    me = tx.actor.person_id
    async with tx.as_system():
        given = await queries.list_given(tx, plan_id, me, plan.tolerance_half_marks)
        pairs = await queries.list_pairs(tx, plan_id, me)
    enough = pairs and len(pairs[0].own) >= OWN_PAIRS_MIN
    mine, theirs = (pairs[0].own, pairs[0].other) if enough else ([], [])
    return figures_of(plan, given[0] if given else None, mine, theirs)


async def progress(tx: Tx, exam_id: UUID) -> Progress:
    """How far each item is: in all for who marks or organises, by school only the own one.

    Raises NotFound where the caller may see no item of the exam.
    """
    found = await plan_queries.list_plans(tx, exam_id)
    if not found:
        await exams.fetch(tx, exam_id, "exam:read")
    ids = [plan.id for plan in found]
    async with tx.as_system():
        scripts = await queries.count_scripts(tx, ids)
        given = await queries.count_given(tx, ids)
        waiting = {row.plan_id: row for row in await queries.count_open(tx, ids)}
    items = []
    for plan in found:
        of_plan = [s for s in scripts if s.plan_id == plan.id]
        marks = {g.school_id: g for g in given if g.plan_id == plan.id}
        row = waiting[plan.id]
        whole = Whole(
            scripts=sum(s.scripts for s in of_plan),
            settled=sum(s.settled for s in of_plan),
            marks=sum(g.marks for g in marks.values()),
            open_turns=row.open_turns,
            in_hand=row.in_hand,
            thirds=row.thirds,
            disputed=row.disputed,
            abnormal=row.abnormal,
            without_image=sum(s.without_image for s in of_plan),
        )
        origin = {s.school_id: s for s in of_plan}
        schools = []
        for school_id in sorted({*origin, *marks}):
            if not _sees_school(tx, plan, school_id):
                continue
            own_scripts, done = origin.get(school_id), marks.get(school_id)
            schools.append(
                OfSchool(
                    school_id,
                    own_scripts.scripts if own_scripts else 0,
                    own_scripts.settled if own_scripts else 0,
                    done.marks if done else 0,
                    done.turns_allotted if done else None,
                )
            )
        inside = may(tx, "marking:mark", plan.relations) or _runs(tx, plan)
        items.append(
            ItemProgress(
                plan.id, plan.subject, plan.label, plan.status, whole if inside else None, schools
            )
        )
    return Progress(exam_id, items)


def _runs(tx: Tx, plan: PlanRow) -> bool:
    return may(tx, "marking:run", plan.relations)


def _sees_school(tx: Tx, plan: PlanRow, school_id: UUID) -> bool:
    return school_id == tx.actor.school_id or _runs(tx, plan)
