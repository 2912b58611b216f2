"""SQL of rounds, teams, whom a round is to reach, and coverage."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.rounds.plans.models import (
    Bench,
    CoverageRow,
    Member,
    Place,
    RoundRow,
    RoundStatus,
    RoundWish,
    Standing,
    Team,
    TeamWish,
)

INSERT_ROUND = """
INSERT INTO inspection_round (group_id, id, no, title, rubric, ledger_id, from_on, until_on, status,
                              created_at, updated_at)
SELECT $1, $2, (SELECT coalesce(max(no), 0) + 1 FROM inspection_round WHERE group_id = $1),
       $3, $4, $5, $6, $7, 'planning', $8, $8
"""
_ROUND = """
SELECT r.id, r.no, r.title, r.rubric, r.ledger_id, r.from_on, r.until_on, r.status, r.version,
       r.created_at, /*relations:round:r*/ AS relations
  FROM inspection_round r"""
GET_ROUND = f"{_ROUND} WHERE r.group_id = $1 AND r.id = $2"
LOCK_ROUND = f"{_ROUND} WHERE r.group_id = $1 AND r.id = $2 FOR UPDATE OF r"
LIST_ROUNDS = f"""{_ROUND}
 WHERE r.group_id = $1 AND ($2::uuid IS NULL OR r.id < $2) AND /*visible:round:read@round:r*/
 ORDER BY r.id DESC LIMIT $3
"""
STEP_ROUND = """
UPDATE inspection_round SET status = $3, updated_at = $4, version = version + 1
 WHERE group_id = $1 AND id = $2
"""
# The denominator: every school that belongs to the group on the day, or those asked for among them.
WRITE_SCHOOLS = """
INSERT INTO round_school (group_id, round_id, school_id, tier)
SELECT s.group_id, $2, s.id, t.tier
  FROM school s
 CROSS JOIN LATERAL (SELECT app.tier_of(s.id, app.today()) AS tier) t
 WHERE s.group_id = $1 AND t.tier IS NOT NULL
   AND (s.closed_on IS NULL OR app.today() < s.closed_on)
   AND ($3::uuid[] IS NULL OR s.id = ANY ($3))
RETURNING school_id AS id
"""
EXCUSE = """
UPDATE round_school SET excused_at = $4, excused_because = $5
 WHERE group_id = $1 AND round_id = $2 AND school_id = $3 AND excused_at IS NULL
"""
LIST_STANDING = """
SELECT s.school_id, h.name AS school_name, s.tier, s.excused_because, s.expected, s.planned,
       s.visited, s.spot_checks
  FROM round_standing s
  JOIN school h ON h.group_id = s.group_id AND h.id = s.school_id
 WHERE s.group_id = $1 AND s.round_id = $2
 ORDER BY h.code
"""
COVERAGE = """
SELECT tier, schools, excused, expected, planned, visited, spot_checked
  FROM app.round_coverage($1)
"""
INSERT_TEAM = """
INSERT INTO round_team (group_id, id, round_id, name, created_at) VALUES ($1, $2, $3, $4, $5)
"""
INSERT_MEMBERS = """
INSERT INTO team_member (group_id, team_id, round_id, person_id, school_id, leads)
SELECT $1, $2, $3, n.person_id, n.school_id, n.leads
  FROM jsonb_to_recordset($4::jsonb) AS n (person_id uuid, school_id uuid, leads boolean)
"""
LIST_TEAMS = """
SELECT t.round_id, t.id, t.name,
       coalesce((SELECT jsonb_agg(jsonb_build_object('person_id', m.person_id, 'school_id',
                                  m.school_id, 'leads', m.leads) ORDER BY m.person_id)
                   FROM team_member m
                  WHERE m.group_id = t.group_id AND m.team_id = t.id), '[]') AS members,
       (SELECT count(*) FROM inspection_visit v
         WHERE v.group_id = t.group_id AND v.team_id = t.id AND v.status <> 'cancelled') AS visits
  FROM round_team t
 WHERE t.group_id = $1 AND t.round_id = ANY ($2::uuid[])
 ORDER BY t.round_id, t.name
"""
# Everywhere a member is appointed today, not only where the member was named from.
LIST_BENCHES = """
SELECT t.id, t.name,
       ARRAY(SELECT a.school_id FROM team_member m
               JOIN appointment a ON a.group_id = m.group_id AND a.person_id = m.person_id
              WHERE m.group_id = t.group_id AND m.team_id = t.id AND a.school_id IS NOT NULL
                AND a.from_on <= (SELECT app.today())
                AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on)
              UNION
             SELECT m.school_id FROM team_member m
              WHERE m.group_id = t.group_id AND m.team_id = t.id
                AND m.school_id IS NOT NULL) AS school_ids,
       (SELECT count(*) FROM inspection_visit v
         WHERE v.group_id = t.group_id AND v.team_id = t.id AND v.status <> 'cancelled') AS visits
  FROM round_team t
 WHERE t.group_id = $1 AND t.round_id = $2
 ORDER BY t.name
"""
LIST_APPOINTED = """
SELECT a.person_id, a.school_id FROM appointment a
 WHERE a.group_id = $1 AND a.person_id = ANY ($2::uuid[]) AND a.from_on <= (SELECT app.today())
   AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on)
"""
# Expected, without a visit of any kind that stands, and still of the group.
LIST_UNPLANNED = """
SELECT h.id, h.code, h.name
  FROM round_standing s
  JOIN school h ON h.group_id = s.group_id AND h.id = s.school_id
 WHERE s.group_id = $1 AND s.round_id = $2 AND s.expected AND NOT EXISTS (
       SELECT FROM inspection_visit v
        WHERE v.group_id = s.group_id AND v.round_id = s.round_id AND v.school_id = s.school_id
          AND v.kind = 'planned' AND v.status <> 'cancelled')
   AND app.tier_of(h.id, (SELECT app.today())) IS NOT NULL
   AND (h.closed_on IS NULL OR (SELECT app.today()) < h.closed_on)
 ORDER BY h.code
"""
INSERT_VISITS = """
INSERT INTO inspection_visit (group_id, id, round_id, team_id, school_id, kind, draw_id, planned_on,
                              status, created_at, updated_at)
SELECT $1, n.id, $2, n.team_id, n.school_id, $3, $4, $5, 'planned', $6, $6
  FROM jsonb_to_recordset($7::jsonb) AS n (id uuid, team_id uuid, school_id uuid)
"""
INSERT_INSPECTORS = """
INSERT INTO visit_inspector (group_id, visit_id, team_id, person_id, home_school_id,
                             visited_school_id)
SELECT $1, n.id, n.team_id, m.person_id, m.school_id, n.school_id
  FROM jsonb_to_recordset($2::jsonb) AS n (id uuid, team_id uuid, school_id uuid)
  JOIN team_member m ON m.group_id = $1 AND m.team_id = n.team_id
"""


class NewVisit(msgspec.Struct, frozen=True):
    """A visit as it is planned."""

    id: UUID
    team_id: UUID
    school_id: UUID


class _Id(msgspec.Struct, frozen=True):
    id: UUID


class _Appointed(msgspec.Struct, frozen=True):
    person_id: UUID
    school_id: UUID | None


class _Team(msgspec.Struct, frozen=True):
    round_id: UUID
    id: UUID
    name: str
    members: list[Member]
    visits: int


async def insert_round(tx: Tx, round_id: UUID, wish: RoundWish) -> None:
    """A round in planning with the group's next number."""
    await execute(
        tx, INSERT_ROUND, tx.group_id, round_id, wish.title, wish.rubric, wish.ledger_id,
        wish.from_on, wish.until_on, tx.now,
    )  # fmt: skip


async def get_round(tx: Tx, round_id: UUID, *, hold: bool = False) -> RoundRow | None:
    """A round, held until commit if asked."""
    sql = with_rights(tx, LOCK_ROUND if hold else GET_ROUND)
    return await fetch_one(tx, RoundRow, sql, tx.group_id, round_id)


async def list_rounds(tx: Tx, page: PageRequest) -> list[RoundRow]:
    """The group's rounds, the newest first."""
    after = UUID(page.after[0]) if page.after else None
    sql = with_rights(tx, LIST_ROUNDS)
    return await fetch_all(tx, RoundRow, sql, tx.group_id, after, page.limit)


async def step_round(tx: Tx, round_id: UUID, status: RoundStatus) -> None:
    """Another state."""
    await execute(tx, STEP_ROUND, tx.group_id, round_id, status, tx.now)


async def write_schools(tx: Tx, round_id: UUID, wanted: Sequence[UUID] | None) -> list[UUID]:
    """Write whom the round is to reach; who that is."""
    rows = await fetch_all(tx, _Id, WRITE_SCHOOLS, tx.group_id, round_id, wanted)
    return [row.id for row in rows]


async def excuse(tx: Tx, round_id: UUID, school_id: UUID, because: str) -> bool:
    """Take a school out of the denominator; False where it is not there or excused already."""
    return bool(await execute(tx, EXCUSE, tx.group_id, round_id, school_id, tx.now, because))


async def list_standing(tx: Tx, round_id: UUID) -> list[Standing]:
    """How each school stands, by their codes."""
    return await fetch_all(tx, Standing, LIST_STANDING, tx.group_id, round_id)


async def coverage(tx: Tx, round_id: UUID) -> list[CoverageRow]:
    """Counts by tier, all of them last."""
    return await fetch_all(tx, CoverageRow, COVERAGE, round_id)


async def insert_team(tx: Tx, round_id: UUID, wish: TeamWish) -> UUID:
    """A team with its members; its id."""
    team_id = new_id()
    await execute(tx, INSERT_TEAM, tx.group_id, team_id, round_id, wish.name, tx.now)
    await execute(tx, INSERT_MEMBERS, tx.group_id, team_id, round_id, wish.members)
    return team_id


async def list_teams(tx: Tx, round_ids: Sequence[UUID]) -> dict[UUID, list[Team]]:
    """The teams of rounds by their names."""
    found: dict[UUID, list[Team]] = {one: [] for one in round_ids}
    for row in await fetch_all(tx, _Team, LIST_TEAMS, tx.group_id, list(round_ids)):
        found[row.round_id].append(Team(row.id, row.name, row.members, row.visits))
    return found


async def list_benches(tx: Tx, round_id: UUID) -> list[Bench]:
    """The teams of a round as the assignment sees them."""
    return await fetch_all(tx, Bench, LIST_BENCHES, tx.group_id, round_id)


async def list_appointed(tx: Tx, people: Sequence[UUID]) -> dict[UUID, list[UUID | None]]:
    """Where people are appointed today."""
    found: dict[UUID, list[UUID | None]] = {}
    for row in await fetch_all(tx, _Appointed, LIST_APPOINTED, tx.group_id, list(people)):
        found.setdefault(row.person_id, []).append(row.school_id)
    return found


async def list_unplanned(tx: Tx, round_id: UUID) -> list[Place]:
    """The schools that are expected and have no planned visit, by their codes."""
    return await fetch_all(tx, Place, LIST_UNPLANNED, tx.group_id, round_id)


async def plan_visits(
    tx: Tx, round_id: UUID, visits: Sequence[NewVisit], planned_on: date, draw_id: UUID | None
) -> None:
    """Plan visits of whole teams; the constraint refuses who would inspect the own school."""
    kind = "spot" if draw_id else "planned"
    await execute(
        tx, INSERT_VISITS, tx.group_id, round_id, kind, draw_id, planned_on, tx.now, list(visits)
    )
    await execute(tx, INSERT_INSPECTORS, tx.group_id, list(visits))
