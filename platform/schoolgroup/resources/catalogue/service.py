"""Describe, publish, revise, withdraw and find lesson resources.

A description belongs to a revision; the resource shows the newest published one, or the first draft
while nothing is published. So whatever others see is immutable, and a draft of a next revision is
seen by those who may describe it and by nobody else.
"""

import operator
from typing import Any
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import Grant, may, require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import (
    Conflict,
    Denial,
    Gone,
    Invalid,
    NotFound,
    Problem,
    refuse_by_constraint,
)
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.storage import StoredFile
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue import queries, rules
from schoolgroup.resources.catalogue.checks import rules as check_rules
from schoolgroup.resources.catalogue.checks import service as checks
from schoolgroup.resources.catalogue.checks.models import Checks
from schoolgroup.resources.catalogue.files import choose
from schoolgroup.resources.catalogue.models import (
    KINDS,
    LICENCES,
    MACHINE,
    STAGES,
    Check,
    Description,
    Label,
    Life,
    Resource,
    ResourceChange,
    ResourceDraft,
    ResourceRow,
    ResourceSummary,
    Revision,
    Status,
    SummaryRow,
    Vocabulary,
)
from schoolgroup.resources.catalogue.needs import queries as need_queries
from schoolgroup.resources.catalogue.needs import service as needs
from schoolgroup.resources.catalogue.use import service as use
from schoolgroup.resources.curriculum import service as curriculum
from schoolgroup.resources.deposits import service as deposits
from schoolgroup.resources.previews.wishes import wish_for

SHARED_FIELDS = tuple(
    f.name for f in msgspec.structs.fields(ResourceSummary) if f.name != "actions"
)
_shared = operator.attrgetter(*SHARED_FIELDS)

# What decides about a row of a list: what can be done with it, whether it is seen, and read.
ACTS_OF_LISTS = (
    "resource:discover",
    "resource:describe",
    "resource:publish",
    "resource:withdraw",
    "resource:adapt",
    "resource:fetch",
)


class NotReady(Invalid):
    """The draft lacks what a published resource has."""

    code = "not_ready"
    title = Text("The draft is not ready to be published", "草稿尚不符合发布要求")
    remedy = Text("Do what `checks` says and publish again.", "请按 checks 的提示完善后再发布。")


class Withdrawn(Gone):
    """The owning school has withdrawn it."""

    code = "withdrawn"
    title = Text("It was withdrawn", "该资源已撤回")
    remedy = Text("Ask the owning school for something in its place.", "请向所属学校咨询替代资源。")


class PublishedNeverChanges(Conflict):
    """A published revision never changes."""

    code = "published_never_changes"
    title = Text("A published revision never changes", "已发布的版次不可更改")
    remedy = Text("Begin a new revision.", "请新建版次。")


refuse_by_constraint("published_revisions_never_change", PublishedNeverChanges)


# ── making ─────────────────────────────────────────────────────────────────────────────────────


async def create(tx: Tx, draft: ResourceDraft) -> Resource:
    """A new draft of the actor's school; raises NotAllowed, Invalid for a file it cannot have."""
    require(tx, "resource:create", deposits.mask_of_new(tx), thing="resource/new")
    files = await choose(tx, draft.files, [])
    description = await _place(tx, rules.describe(draft), rules.sent_coordinates(draft), moved=True)
    named = await needs.resolve(tx, None, draft.prerequisites)
    resource_id = new_id()
    await queries.insert_resource(tx, resource_id, description, rules.searched(description))
    await queries.insert_revision(tx, resource_id, 1, description)
    await queries.put_files(tx, resource_id, 1, files)
    await wish_for(tx, resource_id, 1)
    await need_queries.put_needs(tx, resource_id, 1, named)
    return await made(tx, resource_id, "resource.created", "resource:create")


async def describe(tx: Tx, resource_id: UUID, change: ResourceChange, version: int) -> Resource:
    """Change a draft, or the draft of a next revision; raises WrongState, StaleVersion, Invalid."""
    row = await lock(tx, resource_id, "resource:describe")
    check_version(version, row.version)
    revising = row.life is Life.REVISING
    MACHINE.step(row.life, "describe_revision" if revising else "describe")
    draft = await _draft_of(tx, row)
    described = rules.changed(draft, change)
    moved = described.curriculum_node_id != draft.curriculum_node_id
    described = await _place(tx, described, rules.sent_coordinates(change), moved=moved)
    await queries.describe_revision(tx, resource_id, draft.no, described)
    if isinstance(change.files, list):
        had = await queries.file_rows(tx, resource_id, draft.no)
        await queries.put_files(tx, resource_id, draft.no, await choose(tx, change.files, had))
        await wish_for(tx, resource_id, draft.no)
    if isinstance(change.prerequisites, list):
        named = await needs.resolve(tx, resource_id, change.prerequisites)
        await need_queries.put_needs(tx, resource_id, draft.no, named)
    if not revising:
        await queries.show_description(tx, resource_id, described, rules.searched(described))
    return await done(tx, resource_id, "resource.described", "resource:describe", draft.no)


async def revise(tx: Tx, resource_id: UUID) -> Resource:
    """Begin the next revision of a published resource as a copy; raises WrongState."""
    row = await lock(tx, resource_id, "resource:describe")
    MACHINE.step(row.life, "revise")
    published = await _revision_of(tx, row, row.published_revision_no)
    number = await queries.next_revision_no(tx, resource_id)
    await queries.insert_revision(tx, resource_id, number, published)
    await queries.put_files(
        tx, resource_id, number, await queries.file_rows(tx, resource_id, published.no)
    )
    await need_queries.copy_needs(tx, resource_id, published.no, resource_id, number)
    return await done(tx, resource_id, "resource.revised", "resource:describe", number)


async def publish(tx: Tx, resource_id: UUID) -> Resource:
    """Publish the draft; raises NotReady naming what it lacks, WrongState."""
    row = await lock(tx, resource_id, "resource:publish")
    MACHINE.step(row.life, "publish")
    draft = await _draft_of(tx, row)
    if any(one.resource_id is not None for one in draft.prerequisites):
        await need_queries.lock_circles(tx)
    unmet = check_rules.unmet(await checks.examine(tx, resource_id, row.school_id, draft))
    if unmet:
        raise NotReady(
            problems=[Problem(c.pointer, c.code, c.what.en, c.fix.en) for c in unmet],
            facts={"checks": unmet},
        )
    await queries.publish_revision(tx, resource_id, draft.no)
    await queries.show_description(tx, resource_id, draft, rules.searched(draft))
    await queries.set_published(tx, resource_id, draft.no)
    await wish_for(tx, resource_id, draft.no)
    return await done(tx, resource_id, "resource.published", "resource:publish", draft.no)


async def withdraw(tx: Tx, resource_id: UUID, because: str) -> Resource:
    """Take a resource back; a tombstone says why. Raises WrongState."""
    row = await lock(tx, resource_id, "resource:withdraw")
    MACHINE.step(row.life, "withdraw")
    await queries.set_withdrawn(tx, resource_id, because)
    return await done(
        tx, resource_id, "resource.withdrawn", "resource:withdraw", row.published_revision_no or 0
    )


# ── finding ────────────────────────────────────────────────────────────────────────────────────


async def get(tx: Tx, resource_id: UUID) -> Resource:
    """A resource; raises NotFound, Withdrawn for those who could see it before."""
    row = await visible(tx, resource_id)
    if row.status is Status.PUBLISHED:
        await use.note_view(tx, row.id, row.school_id)
    return await whole(tx, row)


async def list_revisions(tx: Tx, resource_id: UUID, page: PageRequest) -> list[Revision]:
    """The revisions of a resource, newest first; drafts for those who may describe it."""
    row = await visible(tx, resource_id)
    drafts = may(tx, "resource:describe", row.relations)
    found = await queries.list_revisions(tx, resource_id, drafts, page)
    needed = await needs.shown(tx, resource_id, [revision.no for revision in found])
    return [msgspec.structs.replace(one, prerequisites=needed[one.no]) for one in found]


async def check(tx: Tx, resource_id: UUID) -> Checks:
    """Every check of the draft, or of what is published; raises NotFound, NotAllowed, Withdrawn."""
    row = await visible(tx, resource_id)
    require(
        tx, "resource:describe", row.relations,
        thing=f"resource/{resource_id}", see="resource:discover", owner=row.school_name,
    )  # fmt: skip
    revision = await _revision_of(tx, row, row.draft_no or row.published_revision_no)
    results = await checks.examine(tx, resource_id, row.school_id, revision)
    return Checks(resource_id, revision.no, not check_rules.unmet(results), results)


async def find_file(tx: Tx, resource_id: UUID, number: int, revision_no: int | None) -> StoredFile:
    """A file for those who may open it without a loan; of the shown revision unless one is named.

    Raises NotFound, NotAllowed (others borrow it), Withdrawn.
    """
    row = await queries.get_resource(tx, resource_id)
    thing = f"resource/{resource_id}"
    require_found(row, thing, "resource:fetch")
    assert row is not None
    if not may(tx, "resource:fetch", row.relations):
        await visible(tx, resource_id)
    require(
        tx, "resource:fetch", row.relations,
        thing=thing, see="resource:discover", owner=row.school_name,
    )  # fmt: skip
    shown = revision_no or row.published_revision_no or row.draft_no or 0
    # The first draft is what the resource shows; the draft of a next revision is not.
    hidden = shown == row.draft_no and row.life is not Life.DRAFT
    if hidden and not may(tx, "resource:describe", row.relations):
        raise NotFound
    file = await queries.get_file(tx, resource_id, shown, number)
    if file is None:
        raise NotFound
    return file


def vocabulary(tx: Tx) -> Vocabulary:
    """The fixed words of the catalogue, for whoever belongs to the group."""
    require(tx, "directory:read", thing="vocabulary/resources")
    return Vocabulary(
        kinds=[Label(code, text.en, text.zh) for code, text in KINDS.items()],
        stages=[Label(code, text.en, text.zh) for code, text in STAGES.items()],
        licences=[Label(code, text.en, text.zh) for code, text in LICENCES.items()],
    )


async def discoverable(tx: Tx, resource_id: UUID) -> ResourceRow:
    """A resource the actor may discover, for rooms beside this one; raises NotFound, Withdrawn."""
    return await visible(tx, resource_id)


# ── within ─────────────────────────────────────────────────────────────────────────────────────


async def _place(tx: Tx, description: Description, sent: set[str], *, moved: bool) -> Description:
    """The description with what its place in the curriculum says; raises ContradictsPlace."""
    if description.curriculum_node_id is None:
        return description
    place = await curriculum.take_place(tx, description.curriculum_node_id)
    return rules.placed(description, place, sent, moved)


async def fetch(tx: Tx, resource_id: UUID) -> ResourceRow:
    """The resource behind the caller's wall; raises an audited NotFound."""
    row = await queries.get_resource(tx, resource_id)
    require_found(row, f"resource/{resource_id}", "resource:discover")
    assert row is not None
    return row


async def visible(tx: Tx, resource_id: UUID) -> ResourceRow:
    """A resource the actor may discover; raises NotFound, Withdrawn."""
    row = await fetch(tx, resource_id)
    thing = f"resource/{resource_id}"
    seen = may(tx, "resource:discover", row.relations)
    if row.status is Status.WITHDRAWN and (
        seen or may(tx, "resource:discover", row.relations_before)
    ):
        raise Withdrawn(
            row.withdrawn_because or "",
            facts={"withdrawn_at": row.withdrawn_at, "because": row.withdrawn_because},
        )
    if not seen:
        denial = Denial(act="resource:discover", thing=thing, relations=(), policy_line="")
        raise NotFound(denial=denial)
    return row


async def lock(tx: Tx, resource_id: UUID, act: str) -> ResourceRow:
    """The resource, locked, for an act the actor may do on it; raises NotFound, NotAllowed."""
    row = await queries.lock_resource(tx, resource_id)
    thing = f"resource/{resource_id}"
    require_found(row, thing, act)
    assert row is not None
    require(tx, act, row.relations, thing=thing, see="resource:discover", owner=row.school_name)
    return row


async def _revision_of(tx: Tx, row: ResourceRow, number: int | None) -> Revision:
    revision = await queries.get_revision(tx, row.id, number or 0)
    if revision is None:
        raise NotFound
    files = await queries.files_of(tx, row.id, revision.no)
    needed = await needs.shown(tx, row.id, [revision.no])
    return msgspec.structs.replace(revision, files=files, prerequisites=needed[revision.no])


async def _draft_of(tx: Tx, row: ResourceRow) -> Revision:
    return await _revision_of(tx, row, row.draft_no)


async def whole(tx: Tx, row: ResourceRow) -> Resource:
    """The resource with what this actor may see of it."""
    draft: Revision | None = None
    unmet: list[Check] = []
    if row.draft_no is not None and may(tx, "resource:describe", row.relations):
        draft = await _draft_of(tx, row)
        unmet = check_rules.unmet(await checks.examine(tx, row.id, row.school_id, draft))
    shown = row.published_revision_no or row.draft_no or 0
    return Resource(
        **shared_fields(row),
        actions=actions_of(tx, row.life, row.relations),
        files=await queries.files_of(tx, row.id, shown),
        prerequisites=(await needs.shown(tx, row.id, [shown]))[shown],
        derived_from_resource_id=row.derived_from_resource_id,
        derived_from_revision_no=row.derived_from_revision_no,
        draft=draft if row.life is Life.REVISING else None,
        checks=unmet,
    )


def shared_fields(row: SummaryRow) -> dict[str, Any]:
    return dict(zip(SHARED_FIELDS, _shared(row), strict=True))


def actions_of(tx: Tx, life: Life, mask: int) -> list[str]:
    """What the actor may do now with what lives so, given the relations in `mask`."""
    steps = MACHINE.actions(life, lambda act: may(tx, act, mask))
    published = life in (Life.PUBLISHED, Life.REVISING)
    return [*steps, "adapt"] if published and may(tx, "resource:adapt", mask) else steps


async def done(tx: Tx, resource_id: UUID, event: str, act: str, revision_no: int) -> Resource:
    """What every change ends with: the next version, one event, and the resource as it is now."""
    await queries.move_version(tx, resource_id)
    row = await fetch(tx, resource_id)
    shown = await whole(tx, row)
    await record(tx, event, act, row, revision_no)
    return shown


async def made(
    tx: Tx, resource_id: UUID, event: str, act: str, grant: Grant | None = None
) -> Resource:
    """What every new draft ends with; `grant`: by what another's thing was used for it."""
    row = await fetch(tx, resource_id)
    shown = await whole(tx, row)
    await record(tx, event, act, row, 1, grant)
    return shown


async def record(
    tx: Tx, event: str, act: str, row: ResourceRow, revision_no: int, grant: Grant | None = None
) -> None:
    """One event and one audit entry about a resource."""
    await journal.record(
        tx,
        event,
        act=act,
        thing=f"resource/{row.id}",
        owner_school_id=row.school_id,
        version=row.version,
        data={"resource_id": row.id, "kind": row.kind, "revision_no": revision_no},
        **(grant or Grant((), "")).entered,
    )
