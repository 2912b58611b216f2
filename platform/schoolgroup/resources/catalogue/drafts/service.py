"""Adapting another's resource into a draft of one's own, and discarding a draft.

An adaptation keeps the revision it was made from (I14), and the offer it was made by: whatever is
offered of it stays within that offer and those above it (I15, migration 0013).
"""

from uuid import UUID

import msgspec

from schoolgroup.access.decisions import require
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue import queries as catalogue_queries
from schoolgroup.resources.catalogue import rules
from schoolgroup.resources.catalogue import service as catalogue
from schoolgroup.resources.catalogue.drafts import queries
from schoolgroup.resources.catalogue.drafts.models import Adaptation
from schoolgroup.resources.catalogue.models import MACHINE, Life, Resource, ResourceRow, Status
from schoolgroup.resources.catalogue.needs import queries as need_queries
from schoolgroup.resources.deposits import quota
from schoolgroup.resources.deposits import service as deposits
from schoolgroup.resources.deposits.models import Limits
from schoolgroup.resources.previews.wishes import wish_for

ADAPT, CREATE, DESCRIBE, SEE = (
    "resource:adapt",
    "resource:create",
    "resource:describe",
    "resource:discover",
)


class NotPublished(Conflict):
    """Only what is published can be adapted."""

    code = "not_published"
    title = Text("It is not published", "尚未发布")
    remedy = Text("Publish it first, or change the draft itself.", "请先发布，或直接修改草稿。")


class NoOfferToAdaptBy(Conflict):
    """No offer open now lets the actor's school adapt it."""

    code = "no_offer_to_adapt_by"
    title = Text("No open offer lets you adapt it", "当前没有允许改编的共享条款")
    remedy = Text("Ask the owning school for the right to adapt.", "请联系所属学校开放改编。")


async def adapt(tx: Tx, resource_id: UUID, wish: Adaptation, limits: Limits) -> Resource:
    """A draft of the actor's school with the parent's description, files and prerequisites.

    Raises NotFound, NotAllowed, Withdrawn, NotPublished, NoOfferToAdaptBy, QuotaExceeded, Invalid.
    """
    parent = await catalogue.visible(tx, resource_id)
    thing = f"resource/{resource_id}"
    grant = require(tx, ADAPT, parent.relations, thing=thing, see=SEE, owner=parent.school_name)
    require(tx, CREATE, deposits.mask_of_new(tx), thing="resource/new")
    if parent.status is not Status.PUBLISHED or parent.published_revision_no is None:
        raise NotPublished
    by_offer_id = await _by_grace_of(tx, parent, wish.offer_id)
    revision = await catalogue_queries.get_revision(tx, resource_id, parent.published_revision_no)
    if revision is None:
        raise NotFound
    title = wish.title or revision.title
    described = msgspec.structs.replace(revision, title=title)
    made_id = new_id()
    searched = rules.searched(described)
    await quota.take_over(
        tx, limits, lambda: queries.adapt(tx, parent, made_id, title, searched, by_offer_id)
    )
    await need_queries.copy_needs(tx, resource_id, revision.no, made_id, 1)
    await wish_for(tx, made_id, 1)
    return await catalogue.made(tx, made_id, "resource.adapted", ADAPT, grant)


async def discard(tx: Tx, resource_id: UUID, version: int) -> None:
    """The draft is not wanted: a first one goes with the resource, a next revision's alone.

    Raises NotFound, NotAllowed, WrongState where nothing is being drafted, StaleVersion.
    """
    row = await catalogue.lock(tx, resource_id, DESCRIBE)
    check_version(version, row.version)
    revising = row.life is Life.REVISING
    MACHINE.step(row.life, "discard_revision" if revising else "discard")
    number = row.draft_no or 0
    await queries.discard_revision(tx, resource_id, number)
    if revising:
        await catalogue.done(tx, resource_id, "resource.revision_discarded", DESCRIBE, number)
        return
    await queries.discard_resource(tx, resource_id)
    await catalogue.record(tx, "resource.discarded", DESCRIBE, row, number)


async def _by_grace_of(tx: Tx, parent: ResourceRow, offer_id: UUID | None) -> UUID | None:
    """The offer an adaptation is made by; none for the school's own work.

    A school that reworks what it had adapted stays by the grace of the same offer.
    """
    school_id = tx.actor.school_id
    if school_id is None:
        raise NotFound
    if parent.school_id == school_id:
        return parent.derived_by_offer_id
    allowing = [offer.id for offer in await queries.list_allowing(tx, parent.id, school_id)]
    if offer_id is not None and offer_id not in allowing:
        why = "no offer of this resource that lets you adapt it"
        raise Invalid(problems=[Problem("/offer_id", "unknown", why)])
    if not allowing:
        raise NoOfferToAdaptBy
    return offer_id or allowing[0]
