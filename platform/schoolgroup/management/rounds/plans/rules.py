"""Who goes where: balanced, and no team to a school of its own members. Pure."""

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.management.rounds.plans.models import Bench, Place, RoundWish, TeamWish


class BadRound(Invalid):
    """The round or team cannot be like this; `errors` says why."""

    code = "bad_round"
    title = Text("The round is not valid", "巡回指导轮次无效")


class NotPlanning(Conflict):
    """Teams are made up while the round is planned."""

    code = "round_not_in_planning"
    title = Text("The round is open already", "该轮次已启动")
    remedy = Text(
        "Teams stand as they are; cancel and plan single visits.", "分组不再变更，可逐次调整。"
    )


class NotOpen(Conflict):
    """Visits are planned in an open round."""

    code = "round_not_open"
    title = Text("The round is not open", "该轮次未启动")
    remedy = Text("Open the round first.", "请先启动该轮次。")


class NoTeam(Conflict):
    """There are schools that no team can visit: each has a member from there."""

    code = "no_team_for_school"
    title = Text("No team may visit these schools", "部分学校无可派巡回指导组")
    remedy = Text(
        "Add a team without members from there, or move a member; `errors` names the schools.",
        "请增加不含该校人员的组，或调整成员；errors 列出冲突。",
    )


class AlreadyVisited(Conflict):
    """The school was visited in this round: it is not excused in hindsight."""

    code = "already_visited"
    title = Text("The school has a visit", "该校已有巡回指导安排")
    remedy = Text("Cancel the visit that is planned first.", "请先取消已安排的巡回指导。")


class TeamExists(Conflict):
    """The round has a team of this name, or one of the members is in another team."""

    code = "team_exists"
    title = Text("The name or a member is taken", "组名或成员已被占用")
    remedy = Text("Choose another name; a person is in one team.", "请更换组名；每人仅能在一个组。")


def check_round(wish: RoundWish) -> None:
    """Raise BadRound naming everything that cannot be."""
    problems = []
    if wish.until_on <= wish.from_on:
        problems.append(Problem("/until_on", "too_early", "it ends before it begins"))
    codes = [one.code for one in wish.rubric]
    for n, code in enumerate(codes):
        if code in codes[:n]:
            problems.append(Problem(f"/rubric/{n}/code", "twice", "stands twice"))
    if problems:
        raise BadRound(problems=problems)


def check_team(wish: TeamWish, appointed: Mapping[UUID, Sequence[UUID | None]]) -> None:
    """Raise BadRound for members not appointed where they are said to be, and a second leader."""
    problems = []
    for n, member in enumerate(wish.members):
        if member.school_id not in appointed.get(member.person_id, ()):
            problems.append(Problem(f"/members/{n}", "not_appointed", "not appointed there today"))
        if member.person_id in [one.person_id for one in wish.members[:n]]:
            problems.append(Problem(f"/members/{n}", "twice", "stands twice"))
        if member.leads and any(one.leads for one in wish.members[:n]):
            problems.append(
                Problem(f"/members/{n}/leads", "second_leader", "a team has one leader")
            )
    if problems:
        raise BadRound(problems=problems)


def check_day(planned_on: date, today: date) -> None:
    """Raise BadRound for a day that has passed."""
    if planned_on < today:
        raise BadRound(problems=[Problem("/planned_on", "too_early", "the day has passed")])


def assign(schools: Sequence[Place], teams: Sequence[Bench]) -> dict[UUID, UUID]:
    """Which team visits each school, so that no load can be made more even.

    An optimal semi-matching (Harvey, Ladner, Lovász, Tamir: Semi-matchings for bipartite graphs and
    load balancing, Journal of Algorithms 59, 2006, algorithm ASM1): each school goes to the least
    loaded team that can be reached by moving others, which minimises the largest load and every
    convex cost at once. Deterministic: schools in the order of their codes, teams as they stand.
    Visits a team already has count as load. Raises NoTeam naming who is in the way.
    """
    may = {
        school.id: [team.id for team in teams if school.id not in team.school_ids]
        for school in schools
    }
    names = {team.id: team.name for team in teams}
    problems = [
        Problem(
            f"/schools/{school.code}",
            "own_school_everywhere",
            f"{school.name}: every team has somebody from there ({', '.join(names.values())})",
        )
        for school in schools
        if not may[school.id]
    ]
    if problems:
        raise NoTeam(problems=problems)
    load = {team.id: team.visits for team in teams}
    order = {team.id: n for n, team in enumerate(teams)}
    goes: dict[UUID, UUID] = {}
    taken: dict[UUID, list[UUID]] = {team.id: [] for team in teams}
    for school in sorted(schools, key=lambda one: one.code):
        # breadth first over school → team → one of its schools → another team
        came: dict[UUID, tuple[UUID, UUID | None]] = {}
        queue: deque[tuple[UUID, UUID | None]] = deque([(school.id, None)])
        while queue:
            waiting, before = queue.popleft()
            for team_id in may[waiting]:
                if team_id not in came:
                    came[team_id] = (waiting, before)
                    queue.extend((one, team_id) for one in taken[team_id])
        best: UUID | None = min(came, key=lambda team_id: (load[team_id], order[team_id]))
        assert best is not None
        load[best] += 1
        while best is not None:
            mover, before = came[best]
            if before is not None:
                taken[before].remove(mover)
            taken[best].append(mover)
            goes[mover] = best
            best = before
    return goes
