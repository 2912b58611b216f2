"""Offering a resource to others, and changing or ending the offer."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Refusal, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lending.desk import queries as desk_queries
from schoolgroup.resources.lending.desk import rules as desk_rules
from schoolgroup.resources.lending.desk import service as desk
from schoolgroup.resources.lending.desk.models import Mine
from schoolgroup.resources.lending.holds import rules as hold_rules
from schoolgroup.resources.lending.holds import service as holds
from schoolgroup.resources.lending.holds.models import Spot
from schoolgroup.resources.lending.offers import queries, rules
from schoolgroup.resources.lending.offers.models import (
    Offer,
    OfferChange,
    OfferRow,
    OfferWish,
    TermsVersion,
)
from schoolgroup.resources.lending.shelf import service as shelf
from schoolgroup.resources.lending.terms import queries as terms_queries
from schoolgroup.resources.lending.terms import rules as terms_rules
from schoolgroup.resources.lending.terms.models import Ground

SEE, MAKE, CHANGE, BORROW = (
    "resource:discover",
    "offer:make",
    "offer:change",
    "resource:borrow",
)
OFFER_CLOSED = "the offer was closed"
NO_LONGER_REACHED = "the offer no longer reaches this school"


class UnknownAudience(Invalid):
    """The audience names a circle or a school that is not there."""

    code = "unknown_audience"
    title = Text("The audience is not known", "共享对象不存在")
    remedy = Text(
        "Name circles and schools of the group by their ids.", "请填写本集团校际圈或学校的 id。"
    )


refuse_by_constraint("audience_circle", UnknownAudience)
refuse_by_constraint("audience_school", UnknownAudience)


async def make_offer(tx: Tx, resource_id: UUID, wish: OfferWish) -> Offer:
    """Offer a resource. Raises NotFound, NotAllowed, Invalid, UnknownAudience, TwoOffersOfItems."""
    name = f"resource/{resource_id}"
    resource = await queries.get_resource(tx, resource_id)
    require_found(resource, name, MAKE)
    assert resource is not None  # require_found has raised otherwise
    require(tx, MAKE, resource.relations, thing=name, see=SEE, owner=resource.school_name)
    if resource.status == "withdrawn":
        raise rules.ResourceNotOfferable
    rules.check_wish(wish, tx.now)
    offer_id = new_id()
    share = None
    if wish.per_school_max is msgspec.UNSET:
        share = await terms_queries.get_share(tx, resource.kind) or terms_rules.SHARE_PERCENT
    await queries.insert_offer(tx, offer_id, resource_id, resource.school_id, wish, share)
    await queries.insert_audiences(tx, offer_id, resource.school_id, wish.audiences)
    await queries.keep_terms(tx, offer_id)
    offer = await find(tx, offer_id, MAKE)
    rules.check_bounds(offer)
    if wish.by_items:
        async with tx.as_system():
            await shelf.follow_items(tx, await desk.hold_desk(tx, offer_id))
        offer = await find(tx, offer_id, MAKE)
    elif offer.seats:
        await queries.add_seats(tx, offer_id, offer.seats)
    await _announce(tx, "offer.made", MAKE, offer)
    return await _shown_one(tx, offer)


async def get_offer(tx: Tx, offer_id: UUID) -> Offer:
    """One offer as the caller sees it. Raises NotFound."""
    return await _shown_one(tx, await find(tx, offer_id, SEE))


async def list_offers(tx: Tx, resource_id: UUID, page: PageRequest) -> list[Offer]:
    """The offers of a resource that the caller may find. Raises NotFound where it is hidden."""
    offers = await queries.list_offers(tx, resource_id, page)
    if not offers:
        name = f"resource/{resource_id}"
        resource = await queries.get_resource(tx, resource_id)
        draft = resource is not None and resource.status == "draft"
        at_home = resource is not None and resource.school_id == tx.actor.school_id
        require_found(resource if at_home or not draft else None, name, SEE)
        assert resource is not None  # require_found has raised otherwise
        require(tx, SEE, resource.relations, thing=name, see=SEE)
    return await _shown(tx, offers)


async def move_offer(tx: Tx, offer_id: UUID, verb: str) -> Offer:
    """Suspend, resume or close an offer. Raises NotFound, NotAllowed, WrongState.

    Closing ends the queue; resuming serves it. Running loans go on to their end.
    """
    await _may_change(tx, offer_id)
    async with tx.as_system():
        offer = await desk.hold_desk(tx, offer_id)
        status = rules.MACHINE.step(offer.status, verb)
        happened: list[desk.Happened] = []
        if status is rules.CLOSED:
            happened = await desk.cancel(tx, offer_id, None, OFFER_CLOSED)
        await queries.set_status(tx, offer_id, status)
        if status is rules.OPEN:
            happened = await desk.settle(tx, msgspec.structs.replace(offer, status=status))
            happened += await _settle_bounded(tx, offer_id)
    offer = await find(tx, offer_id, CHANGE)
    await desk.announce(tx, CHANGE, happened)
    names = {"suspend": "suspended", "resume": "resumed", "close": "closed"}
    await _announce(tx, f"offer.{names[verb]}", CHANGE, offer)
    return await _shown_one(tx, offer)


async def change_offer(tx: Tx, offer_id: UUID, change: OfferChange, version: int) -> Offer:
    """Change the terms or the audience: a new version. Raises also StaleVersion, Invalid.

    Running loans keep what they were made under. Seats cut below the number lent retire when they
    are freed; added ones serve the queue first; who is reached no more leaves the queue.
    """
    await _may_change(tx, offer_id)
    async with tx.as_system():
        offer = await desk.hold_desk(tx, offer_id)
        check_version(version, offer.version)
        stated = rules.changed(offer, change, tx.now)
        share = stated.share_percent if change.per_school_max is msgspec.UNSET else None
        await queries.set_terms(tx, stated, share)
        if isinstance(change.audiences, list):
            await queries.replace_audiences(tx, offer_id, offer.school_id, change.audiences)
        offer = await desk.hold_desk(tx, offer_id)  # the share of a school follows the seats
        if offer.seats is not None:
            await queries.add_seats(tx, offer_id, offer.seats)
        happened = await desk.settle(tx, offer)
        for hold_id in await queries.list_left_out(tx, offer_id):
            happened += await desk.cancel(tx, offer_id, hold_id, NO_LONGER_REACHED)
        happened += await _settle_bounded(tx, offer_id)
    await queries.keep_terms(tx, offer_id)
    offer = await find(tx, offer_id, CHANGE)
    await desk.announce(tx, CHANGE, happened)
    await _announce(tx, "offer.changed", CHANGE, offer)
    return await _shown_one(tx, offer)


async def list_terms(tx: Tx, offer_id: UUID, page: PageRequest) -> list[TermsVersion]:
    """Every version of the terms, newest first, for those who keep the offer.

    Raises NotFound, NotAllowed.
    """
    await _may_change(tx, offer_id)
    return await queries.list_terms(tx, offer_id, page)


async def find(tx: Tx, offer_id: UUID, act: str) -> OfferRow:
    """The offer, where the caller may know of it; raises an audited NotFound otherwise."""
    name = f"offer/{offer_id}"
    offer = await queries.get_offer(tx, offer_id)
    require_found(offer, name, act)
    assert offer is not None  # require_found has raised otherwise
    require(tx, SEE, offer.relations, thing=name, see=SEE)
    return offer


async def find_on_ground(tx: Tx, offer_id: UUID, act: str) -> tuple[OfferRow, Ground]:
    """The same with what a loan's terms are decided on for the caller, in one look."""
    name = f"offer/{offer_id}"
    offer, ground = require_found(await queries.get_offer_on_ground(tx, offer_id), name, act)
    require(tx, SEE, offer.relations, thing=name, see=SEE)
    return offer, ground


async def _may_change(tx: Tx, offer_id: UUID) -> None:
    offer = await find(tx, offer_id, CHANGE)
    require(
        tx, CHANGE, offer.relations, thing=f"offer/{offer_id}", see=SEE, owner=offer.school_name
    )


async def _settle_bounded(tx: Tx, offer_id: UUID) -> list[desk.Happened]:
    """Serve the queues of what was adapted by this offer: it may give them seats again (I4)."""
    happened: list[desk.Happened] = []
    for bounded_id in await queries.list_bounded(tx, offer_id):
        happened += await desk.settle(tx, await desk.hold_desk(tx, bounded_id))
    return happened


async def _announce(tx: Tx, event: str, act: str, offer: OfferRow) -> None:
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"offer/{offer.id}",
        owner_school_id=offer.school_id,
        version=offer.version,
        relations=policy_of(tx).relations.names_in(offer.relations),
        data={"resource_id": offer.resource_id},
    )


async def _shown_one(tx: Tx, offer: OfferRow) -> Offer:
    return (await _shown(tx, [offer]))[0]


async def _shown(tx: Tx, rows: Sequence[OfferRow]) -> list[Offer]:
    """Offers with what counts of them, what is the caller's, and what the caller may do."""
    ids = [row.id for row in rows]
    if not ids:
        return []
    audiences = await queries.list_audiences(tx, ids)
    actor = tx.actor
    ground = await terms_queries.get_ground(tx, actor.school_id, actor.tier, actor.role)
    async with tx.as_system():
        figures = await desk_queries.list_figures(tx, ids)
        mine = await desk_queries.list_mine(tx, ids, tx.actor.person_id, tx.actor.school_id)
        over = await _over_limits(tx, rows, mine, ground)
        spots = [
            Spot(row.id, mine[row.id].place, terms_rules.band(ground, row.kind))
            for row in rows
            if hold_rules.has_to_wait(row, mine[row.id], figures[row.id], tx.now)
        ]
        known = await holds.ahead_at_offers(tx, spots)
    shown = []
    for row in rows:
        counted, own, before = figures[row.id], mine[row.id], known.get(row.id)
        actions = rules.actions(row, may(tx, CHANGE, row.relations))
        refused = (
            desk_rules.why_waiting(own, counted)
            or desk_rules.why_not_lent(row, tx.now)
            or desk_rules.why_not_again(row, own, tx.now)
            or (own.hold_id is None and over.get(row.kind))
            or (own.hold_id is None and desk_rules.why_used_up(row, counted))
        )
        if may(tx, BORROW, row.relations) and not refused:
            actions = ["borrow", *actions]
        running = own.loan_ends_at is not None and tx.now < own.loan_ends_at
        queued = own.hold_id is not None and not desk_rules.lapsed(own, tx.now)
        shown.append(
            Offer(
                id=row.id,
                resource_id=row.resource_id,
                title=row.title,
                owner_school_id=row.school_id,
                owner_school_name=row.school_name,
                status=row.status,
                valid_until_at=row.valid_until_at,
                seats=row.seats,
                free=counted.free,
                lent=counted.lent,
                waiting=counted.waiting,
                loan_days=row.loan_days,
                renewals_max=row.renewals_max,
                pickup_hours=row.pickup_hours,
                guaranteed_days=row.guaranteed_days,
                per_school_max=row.per_school_max,
                lasts=row.lasts,
                loans_max=row.loans_max,
                asks_owner=row.asks_owner,
                ask_hours=row.ask_hours,
                ask_default=row.ask_default,
                bounded=row.bounded,
                terms_no=row.terms_no,
                by_items=row.by_items,
                audiences=audiences[row.id],
                my_loan_id=own.loan_id if running else None,
                my_hold_id=own.hold_id if queued else None,
                my_place=own.place,
                ahead=before.place - 1 if before and before.place else None,
                estimate=holds.estimate(before) if before else None,
                actions=actions,
                version=row.version,
                created_at=row.created_at,
            )
        )
    return shown


async def _over_limits(
    tx: Tx, rows: Sequence[OfferRow], mine: dict[UUID, Mine], ground: Ground
) -> dict[str, Refusal]:
    """By kind of resource, why the caller opens nothing more: the rule that borrowing asks too."""
    person_id, school_id = tx.actor.person_id, tx.actor.school_id
    if person_id is None or school_id is None:
        return {}
    found = {}
    for kind, offer_id in {row.kind: row.id for row in rows}.items():
        limits = terms_rules.limits(ground, kind)
        own_open = mine[offer_id].own_open
        opened = await terms_queries.open_now(tx, person_id, school_id, limits, own_open)
        if why := desk_rules.why_over_limits(limits, opened):
            found[kind] = why
    return found
