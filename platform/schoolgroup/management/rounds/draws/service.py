"""Draws: committed, revealed, planned. Whoever is of the group reads them and can draw again."""

import secrets
from uuid import UUID

from schoolgroup.access.decisions import may, require_found
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.ledgers.books import service as books
from schoolgroup.management.rounds.draws import queries, rules
from schoolgroup.management.rounds.draws.models import (
    DrawRow,
    DrawView,
    DrawWish,
    PlanWish,
    RevealWish,
)
from schoolgroup.management.rounds.plans import models as plan_models
from schoolgroup.management.rounds.plans import rules as plan_rules
from schoolgroup.management.rounds.plans import service as plans
from schoolgroup.management.rounds.plans.models import Assignment, RoundRow, RoundStatus

SEED_BYTES = 32


async def commit(tx: Tx, round_id: UUID, wish: DrawWish) -> DrawView:
    """Fix everything of a draw but the public value. Raises NotOpen, BadDraw."""
    row = await _open_round(tx, round_id)
    candidates = await queries.list_candidates(tx, round_id, wish.school_ids)
    unknown = set(wish.school_ids or []) - {one.id for one in candidates}
    if unknown:
        raise rules.BadDraw(
            problems=[
                Problem(f"/school_ids/{n}", "not_of_the_round", "the round is not to reach it")
                for n, school_id in enumerate(wish.school_ids or [])
                if school_id in unknown
            ]
        )
    rules.check_wish(wish.count, len(candidates), wish.public_from_at, tx.now)
    draw_id, seed = new_id(), secrets.token_bytes(SEED_BYTES)
    document = rules.document_of(
        draw_id, [one.code for one in candidates], wish.count, seed, wish.public_source,
        wish.public_from_at,
    )  # fmt: skip
    digest = rules.digest(document)
    await queries.insert_draw(tx, draw_id, round_id, document, digest, wish.public_from_at, seed)
    await plans.record(
        tx, "round.draw_committed", round_id, row.version,
        draw_id=str(draw_id), document_sha256=digest,
    )  # fmt: skip
    return await get_draw(tx, draw_id)


async def get_draw(tx: Tx, draw_id: UUID) -> DrawView:
    """A draw as it is published. Raises NotFound."""
    row = await _draw(tx, draw_id)
    return _shown(tx, row, await plans.look_up(tx, row.round_id))


async def list_draws(tx: Tx, round_id: UUID, page: PageRequest) -> list[DrawView]:
    """The draws of a round, the newest first. Raises NotFound."""
    of = await plans.look_up(tx, round_id)
    return [_shown(tx, row, of) for row in await queries.list_draws(tx, round_id, page)]


async def reveal(tx: Tx, draw_id: UUID, wish: RevealWish) -> DrawView:
    """Reveal the seed and who is drawn; who left meanwhile is passed over, by name.

    Raises AlreadyRevealed, TooEarly.
    """
    found = await _draw(tx, draw_id)
    of = await plans.look_up(tx, found.round_id, plan_models.RUN, hold=True)
    row = await _draw(tx, draw_id, hold=True)
    if row.revealed_at is not None:
        raise rules.AlreadyRevealed
    if tx.now < row.public_from_at:
        raise rules.TooEarly(until_at=row.public_from_at)
    still = {one.code for one in await queries.list_candidates(tx, row.round_id)}
    passed = [code for code in row.document.candidates if code not in still]
    seed = await queries.take_secret(tx, draw_id)
    drawn = rules.draw(row.document, seed, wish.public_value, passed)
    await queries.reveal(tx, draw_id, seed, wish.public_value, drawn, passed)
    await plans.record(
        tx, "round.draw_revealed", row.round_id, of.version, draw_id=str(draw_id), drawn=drawn
    )
    return await get_draw(tx, draw_id)


async def plan(tx: Tx, draw_id: UUID, wish: PlanWish) -> Assignment:
    """Plan a spot check at each school drawn that has none by this draw yet.

    Raises NotRevealed, NotOpen, NoTeam.
    """
    found = await _draw(tx, draw_id)
    of = await _open_round(tx, found.round_id)
    if found.drawn is None:
        raise rules.NotRevealed
    plan_rules.check_day(wish.planned_on, books.day_of(tx, tx.now))
    schools = await queries.list_to_plan(tx, found.drawn, draw_id)
    made = await plans.plan(tx, of.id, schools, wish.planned_on, draw_id)
    await plans.record(
        tx, "round.draw_planned", of.id, of.version,
        school_ids=[one.id for one in schools], draw_id=str(draw_id),
    )  # fmt: skip
    return made


async def _open_round(tx: Tx, round_id: UUID) -> RoundRow:
    row = await plans.look_up(tx, round_id, plan_models.RUN, hold=True)
    if row.status is not RoundStatus.OPEN:
        raise plan_rules.NotOpen
    return row


async def _draw(tx: Tx, draw_id: UUID, *, hold: bool = False) -> DrawRow:
    found = await queries.get_draw(tx, draw_id, hold=hold)
    return require_found(found, f"draw/{draw_id}", plan_models.READ)


def _shown(tx: Tx, row: DrawRow, of: RoundRow) -> DrawView:
    verbs = []
    if may(tx, plan_models.RUN, of.relations):
        if row.revealed_at is None and tx.now >= row.public_from_at:
            verbs.append("reveal")
        if row.revealed_at is not None and of.status is RoundStatus.OPEN:
            verbs.append("plan")
    return DrawView(
        id=row.id, round_id=row.round_id, document=row.document,
        document_sha256=row.document_sha256, committed_at=row.committed_at, seed=row.seed,
        public_value=row.public_value, drawn=row.drawn, passed_over=row.passed_over,
        revealed_at=row.revealed_at, how=rules.HOW, version=row.version, actions=verbs,
    )  # fmt: skip
