"""Rounds: planned by the office, balanced by rule, covered when every school was visited."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Problem, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.rounds.plans import models, queries, rules
from schoolgroup.management.rounds.plans.models import (
    ROUND,
    Assigned,
    Assignment,
    AssignWish,
    Coverage,
    CoverageLine,
    CoverageRow,
    ExcuseWish,
    Load,
    OpenWish,
    Place,
    Round,
    RoundRow,
    RoundStatus,
    RoundWish,
    Team,
    TeamWish,
)

refuse_by_constraint("one_team_per_name", rules.TeamExists)
refuse_by_constraint("one_team_per_person", rules.TeamExists)
refuse_by_constraint("nobody_inspects_the_own_school", rules.NoTeam)


async def make_round(tx: Tx, wish: RoundWish) -> Round:
    """A round in planning. Raises BadRound, NotFound for an unknown ledger."""
    require(tx, models.RUN, thing="round/new")
    rules.check_round(wish)
    await books.look_up(tx, wish.ledger_id)
    round_id = new_id()
    await queries.insert_round(tx, round_id, wish)
    await record(tx, "round.made", round_id, 1)
    return await get_round(tx, round_id)


async def get_round(tx: Tx, round_id: UUID) -> Round:
    """A round with its teams. Raises NotFound."""
    row = await look_up(tx, round_id)
    return _shown(tx, row, (await queries.list_teams(tx, [round_id]))[round_id])


async def look_up(
    tx: Tx, round_id: UUID, act: str = models.READ, *, hold: bool = False
) -> RoundRow:
    """The round's row for who may `act` on it, held if asked. Raises NotFound."""
    thing = f"round/{round_id}"
    row = require_found(await queries.get_round(tx, round_id, hold=hold), thing, act)
    require(tx, act, row.relations, thing=thing, see=models.READ)
    return row


async def list_rounds(tx: Tx, page: PageRequest) -> list[Round]:
    """The group's rounds, the newest first."""
    rows = await queries.list_rounds(tx, page)
    teams = await queries.list_teams(tx, [row.id for row in rows])
    return [_shown(tx, row, teams[row.id]) for row in rows]


async def add_team(tx: Tx, round_id: UUID, wish: TeamWish) -> Round:
    """A team while the round is planned. Raises NotPlanning, BadRound, TeamExists."""
    row = await look_up(tx, round_id, models.RUN, hold=True)
    if row.status is not RoundStatus.PLANNING:
        raise rules.NotPlanning
    people = [member.person_id for member in wish.members]
    rules.check_team(wish, await queries.list_appointed(tx, people))
    team_id = await queries.insert_team(tx, round_id, wish)
    await queries.step_round(tx, round_id, row.status)
    await record(tx, "round.team_added", round_id, row.version + 1, team_id=str(team_id))
    return await get_round(tx, round_id)


async def open_round(tx: Tx, round_id: UUID, wish: OpenWish) -> Round:
    """Fix whom the round is to reach, today's schools, and begin. Raises WrongState, BadRound."""
    row = await look_up(tx, round_id, models.RUN, hold=True)
    status = ROUND.step(row.status, "open")
    school_ids = await queries.write_schools(tx, round_id, wish.school_ids)
    unknown = set(wish.school_ids or []) - set(school_ids)
    if unknown or not school_ids:
        raise rules.BadRound(
            problems=[
                Problem(f"/school_ids/{n}", "no_school_of_the_group", "not in the group today")
                for n, school_id in enumerate(wish.school_ids or [])
                if school_id in unknown
            ]
            or [Problem("/school_ids", "no_schools", "the group has no schools today")]
        )
    await queries.step_round(tx, round_id, status)
    await record(tx, "round.opened", round_id, row.version + 1, school_ids=school_ids)
    return await get_round(tx, round_id)


async def close_round(tx: Tx, round_id: UUID) -> Round:
    """No more visits are planned; those that are go on. Raises WrongState."""
    row = await look_up(tx, round_id, models.RUN, hold=True)
    await queries.step_round(tx, round_id, ROUND.step(row.status, "close"))
    await record(tx, "round.closed", round_id, row.version + 1)
    return await get_round(tx, round_id)


async def excuse(tx: Tx, round_id: UUID, wish: ExcuseWish) -> Coverage:
    """A school leaves the denominator, with the reason. Raises BadRound, AlreadyVisited."""
    row = await look_up(tx, round_id, models.RUN, hold=True)
    schools = {one.school_id: one for one in await queries.list_standing(tx, round_id)}
    if wish.school_id not in schools:
        raise rules.BadRound(
            problems=[Problem("/school_id", "not_of_the_round", "the round is not to reach it")]
        )
    if schools[wish.school_id].planned:
        raise rules.AlreadyVisited
    if await queries.excuse(tx, round_id, wish.school_id, wish.because):
        await queries.step_round(tx, round_id, row.status)
        await record(
            tx, "round.school_excused", round_id, row.version + 1, school_ids=[wish.school_id]
        )
    return await coverage(tx, round_id)


async def coverage(tx: Tx, round_id: UUID) -> Coverage:
    """How much of a round is done: counts for everybody, names for who reads every visit."""
    await look_up(tx, round_id)
    rows = await queries.coverage(tx, round_id)
    whole = _line(rows[-1])
    names = await queries.list_standing(tx, round_id) if may(tx, "visit:read") else None
    return Coverage(
        round_id=round_id,
        whole=whole,
        by_tier=[_line(row) for row in rows[:-1]],
        full=whole.expected > 0 and whole.visited == whole.expected,
        schools=names,
    )


async def assign(tx: Tx, round_id: UUID, wish: AssignWish) -> Assignment:
    """Plan a visit for every school that has none, balanced; or try it. Raises NotOpen, NoTeam."""
    row = await look_up(tx, round_id, models.RUN, hold=True)
    if row.status is not RoundStatus.OPEN:
        raise rules.NotOpen
    rules.check_day(wish.planned_on, books.day_of(tx, tx.now))
    schools = await queries.list_unplanned(tx, round_id)
    assignment = await plan(tx, round_id, schools, wish.planned_on, None, keep=wish.keep)
    if wish.keep and assignment.assigned:
        await queries.step_round(tx, round_id, row.status)
        await record(
            tx,
            "round.visits_planned",
            round_id,
            row.version + 1,
            school_ids=[one.school_id for one in assignment.assigned],
        )
    return assignment


async def plan(
    tx: Tx,
    round_id: UUID,
    schools: Sequence[Place],
    planned_on: date,
    draw_id: UUID | None,
    *,
    keep: bool = True,
) -> Assignment:
    """Give each school a team and write the visits; the round is held. Raises NoTeam."""
    teams = await queries.list_benches(tx, round_id)
    goes = rules.assign(schools, teams)
    if keep and goes:
        visits = [queries.NewVisit(new_id(), goes[school.id], school.id) for school in schools]
        await queries.plan_visits(tx, round_id, visits, planned_on, draw_id)
        await journal.record_many(tx, [_planned(visit) for visit in visits])
    names = {team.id: team.name for team in teams}
    return Assignment(
        round_id,
        keep,
        [Assigned(one.id, one.name, goes[one.id], names[goes[one.id]]) for one in schools],
        [
            Load(team.id, team.name, team.visits + sum(to == team.id for to in goes.values()))
            for team in teams
        ],
    )


def _planned(visit: queries.NewVisit) -> journal.Change:
    return journal.Change(
        event="visit.planned",
        act=models.RUN,
        thing=f"visit/{visit.id}",
        version=1,
        data={"team_id": visit.team_id},
        owner_school_id=visit.school_id,
        school_ids=[visit.school_id],
    )


async def record(
    tx: Tx,
    event: str,
    round_id: UUID,
    version: int,
    *,
    school_ids: Sequence[UUID] = (),
    **data: object,
) -> None:
    """One event and one audit entry of a round."""
    await journal.record(
        tx, event, act=models.RUN, thing=f"round/{round_id}", version=version,
        school_ids=school_ids, data=data,
    )  # fmt: skip


def _line(row: CoverageRow) -> CoverageLine:
    rate = row.visited / row.expected if row.expected else None
    return CoverageLine(**msgspec.structs.asdict(row), rate=rate)


def _shown(tx: Tx, row: RoundRow, teams: list[Team]) -> Round:
    runs = may(tx, models.RUN, row.relations)
    verbs = ROUND.actions(row.status, lambda act: may(tx, act, row.relations))
    if runs and row.status is RoundStatus.PLANNING:
        verbs.append("add_team")
    if runs and row.status is RoundStatus.OPEN:
        verbs += ["assign", "excuse", "draw"]
    return Round(
        id=row.id, no=row.no, title=row.title, rubric=row.rubric, ledger_id=row.ledger_id,
        from_on=row.from_on, until_on=row.until_on, status=row.status, teams=teams,
        created_at=row.created_at, version=row.version, actions=verbs,
    )  # fmt: skip
