"""Rounds of guidance, visits, draws (巡回指导).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class AssignWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    planned_on: dt.date
    keep: bool = False


class Assignment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    round_id: UUID
    kept: bool
    assigned: list[PlansAssigned]
    loads: list[Load]


class CancelWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class CarryOutWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    carried_out_on: dt.date | UnsetType | None = UNSET


class ConfirmWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    planned_on: dt.date | UnsetType | None = UNSET


class Coverage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    round_id: UUID
    whole: CoverageLine
    by_tier: list[CoverageLine]
    full: bool
    schools: list[PlansStanding] | None


class CoverageLine(Struct, frozen=True, kw_only=True, omit_defaults=True):
    tier: str | None
    schools: int
    excused: int
    expected: int
    planned: int
    visited: int
    spot_checked: int
    rate: float | None


class Criterion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    en: str
    zh: str
    points_max: int = 10


class Document(Struct, frozen=True, kw_only=True, omit_defaults=True):
    algorithm: str
    draw_id: str
    candidates: list[str]
    count: int
    seed_sha256: str
    public_source: str
    public_from_at: str


class DrawsDrawView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    round_id: UUID
    document: Document
    document_sha256: str
    committed_at: dt.datetime
    seed: str | None
    public_value: str | None
    drawn: list[str] | None
    passed_over: list[str] | None
    revealed_at: dt.datetime | None
    how: str
    version: int
    actions: list[str]


class DrawsDrawWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    count: int
    public_source: str
    public_from_at: dt.datetime
    school_ids: list[UUID] | UnsetType | None = UNSET


class ExcuseWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    because: str


class Finding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    item_id: UUID
    round_no: int
    visit_id: UUID
    criterion: str
    title: str
    detail: str
    category: str
    due_on: dt.date
    status: shared.ItemsItemStatus
    overdue: bool
    found_at: dt.datetime


class FindingWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    category: str
    due_on: dt.date
    detail: str = ""
    criterion: str = ""


class Load(Struct, frozen=True, kw_only=True, omit_defaults=True):
    team_id: UUID
    team_name: str
    visits: int


class Member(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_id: UUID
    school_id: UUID | None
    leads: bool


class MemberWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_id: UUID
    school_id: UUID | UnsetType | None = UNSET
    leads: bool = False


class MoveWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    planned_on: dt.date
    because: str


class Observation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    criterion: str
    points: int
    note: str
    person_id: UUID
    observed_at: dt.datetime
    evidence: list[VisitsEvidenceView]


class ObservationWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    criterion: str
    points: int
    note: str = ""
    evidence: list[shared.EvidenceWish] | UnsetType = UNSET


class ObservationsWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    observations: list[ObservationWish]


class OpenWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_ids: list[UUID] | UnsetType | None = UNSET


class PlanWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    planned_on: dt.date


class PlansAssigned(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_name: str
    team_id: UUID
    team_name: str


class PlansStanding(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_name: str
    tier: str
    excused_because: str | None
    expected: bool
    planned: bool
    visited: bool
    spot_checks: int


class ReplyWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    reply: str


class RevealWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    public_value: str


class Round(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    no: int
    title: str
    rubric: list[Criterion]
    ledger_id: UUID
    from_on: dt.date
    until_on: dt.date
    status: RoundStatus
    teams: list[Team]
    created_at: dt.datetime
    version: int
    actions: list[str]


class RoundStatus(k.Word):
    """The life of a round."""

    PLANNING = "planning"
    OPEN = "open"
    CLOSED = "closed"


class RoundWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    ledger_id: UUID
    from_on: dt.date
    until_on: dt.date
    rubric: list[Criterion]


class Summary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    round_id: UUID
    round_no: int
    team_id: UUID
    team_name: str
    school_id: UUID
    school_name: str
    kind: VisitKind
    planned_on: dt.date
    status: VisitStatus
    carried_out_on: dt.date | None
    version: int
    actions: list[str]


class Team(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    name: str
    members: list[Member]
    visits: int


class TeamWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    members: list[MemberWish]


class Visit(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    unclosed: list[Finding]
    round_id: UUID
    round_no: int
    team_id: UUID
    team_name: str
    school_id: UUID
    school_name: str
    kind: VisitKind
    draw_id: UUID | None
    planned_on: dt.date
    moved_from_on: dt.date | None
    moved_at: dt.datetime | None
    moved_because: str
    moved_by_school: bool
    status: VisitStatus
    carried_out_on: dt.date | None
    summary: str
    reported_at: dt.datetime | None
    reply: str
    replied_at: dt.datetime | None
    cancelled_because: str
    inspector_ids: list[UUID]
    observations: list[Observation]
    points: int
    points_max: int
    findings: list[Finding]
    version: int
    actions: list[str]


class VisitKind(k.Word):
    """Planned for every school, or a spot check that was drawn."""

    PLANNED = "planned"
    SPOT = "spot"


class VisitStatus(k.Word):
    """The life of a visit."""

    PLANNED = "planned"
    CONFIRMED = "confirmed"
    CARRIED_OUT = "carried_out"
    REPORTED = "reported"
    REPLIED = "replied"
    CANCELLED = "cancelled"


class VisitsEvidenceView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: shared.EvidenceKind
    text: str
    file_name: str | None
    link: str | None


class VisitsReportWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    summary: str


def add_team(
    round_id: UUID, body: TeamWish, *, idempotency_key: str | None = None
) -> k.Asked[Round]:
    """Add a team.

    Members from several schools; a person is in one team of a round.
    """
    return k.ask(
        "addTeam",
        "POST",
        k.path_of("/v1/rounds/{round_id}/teams", round_id=round_id),
        k.read_json(Round),
        body=body,
        once=True,
        key=idempotency_key,
    )


def assign_teams(
    round_id: UUID, body: AssignWish, *, idempotency_key: str | None = None
) -> k.Asked[Assignment]:
    """Give every school without a visit a team.

    As even as can be, and no team to a school of its members; a trial unless `keep`.
    """
    return k.ask(
        "assignTeams",
        "POST",
        k.path_of("/v1/rounds/{round_id}/assign", round_id=round_id),
        k.read_json(Assignment),
        body=body,
        once=True,
        key=idempotency_key,
    )


def cancel_visit(
    visit_id: UUID, body: CancelWish, *, idempotency_key: str | None = None
) -> k.Asked[Visit]:
    """Cancel a visit.

    Before it is carried out, with the reason; the school waits for another.
    """
    return k.ask(
        "cancelVisit",
        "POST",
        k.path_of("/v1/visits/{visit_id}/cancel", visit_id=visit_id),
        k.read_json(Visit),
        body=body,
        once=True,
        key=idempotency_key,
    )


def carry_out_visit(
    visit_id: UUID, body: CarryOutWish, *, idempotency_key: str | None = None
) -> k.Asked[Visit]:
    """The team was there.

    From now on the school counts as visited; what was seen can be written down.
    """
    return k.ask(
        "carryOutVisit",
        "POST",
        k.path_of("/v1/visits/{visit_id}/carry-out", visit_id=visit_id),
        k.read_json(Visit),
        body=body,
        once=True,
        key=idempotency_key,
    )


def close_round(round_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Round]:
    """Close a round.

    No more visits are planned; those that are go on.
    """
    return k.ask(
        "closeRound",
        "POST",
        k.path_of("/v1/rounds/{round_id}/close", round_id=round_id),
        k.read_json(Round),
        once=True,
        key=idempotency_key,
    )


def commit_spot_draw(
    round_id: UUID, body: DrawsDrawWish, *, idempotency_key: str | None = None
) -> k.Asked[DrawsDrawView]:
    """Commit a draw of spot checks.

    Candidates, number, the hash of the seed and the public value's source are fixed now.
    """
    return k.ask(
        "commitSpotDraw",
        "POST",
        k.path_of("/v1/rounds/{round_id}/draws", round_id=round_id),
        k.read_json(DrawsDrawView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def confirm_visit(
    visit_id: UUID, body: ConfirmWish, *, idempotency_key: str | None = None
) -> k.Asked[Visit]:
    """Confirm the day of a visit.

    By the school; it may name another day.
    """
    return k.ask(
        "confirmVisit",
        "POST",
        k.path_of("/v1/visits/{visit_id}/confirm", visit_id=visit_id),
        k.read_json(Visit),
        body=body,
        once=True,
        key=idempotency_key,
    )


def excuse_school(
    round_id: UUID, body: ExcuseWish, *, idempotency_key: str | None = None
) -> k.Asked[Coverage]:
    """Excuse a school from a round.

    It leaves the denominator of the coverage, with the reason.
    """
    return k.ask(
        "excuseSchool",
        "POST",
        k.path_of("/v1/rounds/{round_id}/excusals", round_id=round_id),
        k.read_json(Coverage),
        body=body,
        once=True,
        key=idempotency_key,
    )


def find_on_visit(
    visit_id: UUID, body: FindingWish, *, idempotency_key: str | None = None
) -> k.Asked[Visit]:
    """Something is to be put right.

    An item of the round's ledger is opened with it, in the same transaction.
    """
    return k.ask(
        "findOnVisit",
        "POST",
        k.path_of("/v1/visits/{visit_id}/findings", visit_id=visit_id),
        k.read_json(Visit),
        body=body,
        once=True,
        key=idempotency_key,
    )


def get_round(round_id: UUID) -> k.Asked[Round]:
    """Read a round.

    With its teams and how many visits each has; these move without its version.
    """
    return k.ask(
        "getRound", "GET", k.path_of("/v1/rounds/{round_id}", round_id=round_id), k.read_json(Round)
    )


def get_round_coverage(round_id: UUID) -> k.Asked[Coverage]:
    """How much of a round is done.

    Schools visited of all that are expected, by tier; by name for the office.
    """
    return k.ask(
        "getRoundCoverage",
        "GET",
        k.path_of("/v1/rounds/{round_id}/coverage", round_id=round_id),
        k.read_json(Coverage),
    )


def get_spot_draw(draw_id: UUID) -> k.Asked[DrawsDrawView]:
    """Read a draw.

    Once it is revealed this is the file that `schoolgroup draw` recomputes.
    """
    return k.ask(
        "getSpotDraw",
        "GET",
        k.path_of("/v1/draws/{draw_id}", draw_id=draw_id),
        k.read_json(DrawsDrawView),
    )


def get_visit(visit_id: UUID) -> k.Asked[Visit]:
    """Read a visit.

    What earlier visits found and is not closed comes first; it moves without the version.
    """
    return k.ask(
        "getVisit", "GET", k.path_of("/v1/visits/{visit_id}", visit_id=visit_id), k.read_json(Visit)
    )


def list_rounds(*, limit: int | None = None, cursor: str | None = None) -> k.Asked[k.Page[Round]]:
    """List rounds.

    The newest first, each with its teams.
    """
    return k.ask(
        "listRounds",
        "GET",
        "/v1/rounds",
        k.read_json(k.Page[Round]),
        query={"limit": limit, "cursor": cursor},
    )


def list_spot_draws(
    round_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[DrawsDrawView]]:
    """The draws of a round.

    The newest first; everybody in the group may read them.
    """
    return k.ask(
        "listSpotDraws",
        "GET",
        k.path_of("/v1/rounds/{round_id}/draws", round_id=round_id),
        k.read_json(k.Page[DrawsDrawView]),
        query={"limit": limit, "cursor": cursor},
    )


def list_visits(
    *,
    round_id: UUID | None = None,
    school_id: UUID | None = None,
    status: VisitStatus | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Summary]]:
    """List visits.

    Those to one's school, those one goes on, or all for the office; the newest first.
    """
    return k.ask(
        "listVisits",
        "GET",
        "/v1/visits",
        k.read_json(k.Page[Summary]),
        query={
            "round_id": round_id,
            "school_id": school_id,
            "status": status,
            "limit": limit,
            "cursor": cursor,
        },
    )


def make_round(body: RoundWish, *, idempotency_key: str | None = None) -> k.Asked[Round]:
    """Plan a round.

    With what is looked at, and the ledger its findings go to.
    """
    return k.ask(
        "makeRound",
        "POST",
        "/v1/rounds",
        k.read_json(Round),
        body=body,
        once=True,
        key=idempotency_key,
    )


def move_visit(
    visit_id: UUID, body: MoveWish, *, idempotency_key: str | None = None
) -> k.Asked[Visit]:
    """Move a visit to another day.

    Before it is carried out, with the reason; the school and the team are told.
    """
    return k.ask(
        "moveVisit",
        "POST",
        k.path_of("/v1/visits/{visit_id}/move", visit_id=visit_id),
        k.read_json(Visit),
        body=body,
        once=True,
        key=idempotency_key,
    )


def observe_visit(
    visit_id: UUID, body: ObservationsWish, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Visit]:
    """Write down what was seen.

    By the criteria of the round's rubric, with evidence; the team's alone until the report.
    """
    return k.ask(
        "observeVisit",
        "PUT",
        k.path_of("/v1/visits/{visit_id}/observations", visit_id=visit_id),
        k.read_json(Visit),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def open_round(
    round_id: UUID, body: OpenWish, *, idempotency_key: str | None = None
) -> k.Asked[Round]:
    """Open a round.

    Whom it is to reach is fixed now; a school that joins later is for the next round.
    """
    return k.ask(
        "openRound",
        "POST",
        k.path_of("/v1/rounds/{round_id}/open", round_id=round_id),
        k.read_json(Round),
        body=body,
        once=True,
        key=idempotency_key,
    )


def open_visit_evidence(visit_id: UUID, no: int) -> k.Asked[k.Link]:
    """Open a file of a visit's evidence.

    A link that lives a minute; who opened it stands in the audit trail.
    """
    return k.ask(
        "openVisitEvidence",
        "GET",
        k.path_of("/v1/visits/{visit_id}/evidence/{no}", visit_id=visit_id, no=no),
        k.read_link,
        accept="*/*",
    )


def plan_spot_draw(
    draw_id: UUID, body: PlanWish, *, idempotency_key: str | None = None
) -> k.Asked[Assignment]:
    """Plan the spot checks that were drawn.

    Teams are given as for planned visits: balanced, and none to its own school.
    """
    return k.ask(
        "planSpotDraw",
        "POST",
        k.path_of("/v1/draws/{draw_id}/plan", draw_id=draw_id),
        k.read_json(Assignment),
        body=body,
        once=True,
        key=idempotency_key,
    )


def reply_to_visit(
    visit_id: UUID, body: ReplyWish, *, idempotency_key: str | None = None
) -> k.Asked[Visit]:
    """Reply to the report of a visit.

    By the principal of the school visited.
    """
    return k.ask(
        "replyToVisit",
        "POST",
        k.path_of("/v1/visits/{visit_id}/reply", visit_id=visit_id),
        k.read_json(Visit),
        body=body,
        once=True,
        key=idempotency_key,
    )


def report_visit(
    visit_id: UUID, body: VisitsReportWish, *, idempotency_key: str | None = None
) -> k.Asked[Visit]:
    """Report a visit.

    Every criterion was looked at; the school reads it from now on.
    """
    return k.ask(
        "reportVisit",
        "POST",
        k.path_of("/v1/visits/{visit_id}/report", visit_id=visit_id),
        k.read_json(Visit),
        body=body,
        once=True,
        key=idempotency_key,
    )


def reveal_spot_draw(
    draw_id: UUID, body: RevealWish, *, idempotency_key: str | None = None
) -> k.Asked[DrawsDrawView]:
    """Reveal who is drawn.

    With the public value as its source has it; there is no second draw of a commitment.
    """
    return k.ask(
        "revealSpotDraw",
        "POST",
        k.path_of("/v1/draws/{draw_id}/reveal", draw_id=draw_id),
        k.read_json(DrawsDrawView),
        body=body,
        once=True,
        key=idempotency_key,
    )
