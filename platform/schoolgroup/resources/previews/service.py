"""Looking at a resource before borrowing it: whoever may find it, as far as its owner shows it."""

from uuid import UUID

from schoolgroup.access.decisions import require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import check_version
from schoolgroup.resources.catalogue import queries as catalogue_queries
from schoolgroup.resources.catalogue import service as catalogue
from schoolgroup.resources.catalogue.models import ResourceRow, Status
from schoolgroup.resources.catalogue.use import service as use
from schoolgroup.resources.previews import queries, rules
from schoolgroup.resources.previews.models import (
    FileRow,
    Link,
    PageRow,
    PreviewPage,
    PreviewRule,
    PreviewRuleChange,
    Previews,
    TextState,
)

DESCRIBE = "resource:describe"
THUMBNAIL = 0


async def previews_of(tx: Tx, resource_id: UUID) -> Previews:
    """What can be seen of the revision that is shown; raises NotFound, Withdrawn.

    Words of a file are content: who is shown some is counted as having looked.
    """
    row = await catalogue.discoverable(tx, resource_id)
    rule, files, pages, text = await _made(tx, row)
    shown = rules.shown_pages(pages, rule.pages_max)
    told = [rules.preview_of(file, shown, rule.pages_max) for file in files]
    if any(file.outline for file in told):
        await _note(tx, row)
    base = f"/v1/resources/{resource_id}/previews"
    small = rules.thumbnail(pages, rule.pages_max)
    return Previews(
        resource_id=resource_id,
        revision_no=_shown_revision(row),
        state=rules.state_of_all(told),
        pages_max=rule.pages_max,
        thumbnail=f"{base}/{THUMBNAIL}" if small else None,
        pages=[
            PreviewPage(n, page.file_no, page.width_px, page.height_px, f"{base}/{n}")
            for n, page in enumerate(shown, 1)
        ],
        files=told,
        text=text,
    )


async def find_page(tx: Tx, resource_id: UUID, number: int) -> Link:
    """A page's picture, by its number through all files; 0 is the thumbnail.

    Raises NotFound, Withdrawn. A page is counted as a look, a thumbnail in a list is not.
    """
    row = await catalogue.discoverable(tx, resource_id)
    rule, _, pages, _ = await _made(tx, row)
    shown = rules.shown_pages(pages, rule.pages_max)
    if number == THUMBNAIL:
        found = rules.thumbnail(pages, rule.pages_max)
    else:
        found = shown[number - 1] if 1 <= number <= len(shown) else None
        if found:
            await _note(tx, row)
    if found is None:
        raise NotFound
    return Link(found.object_key, found.media_type)


async def rule_of(tx: Tx, resource_id: UUID) -> PreviewRule:
    """How much is shown; for whoever may find it."""
    await catalogue.discoverable(tx, resource_id)
    return await _rule(tx, resource_id)


async def set_rule(
    tx: Tx, resource_id: UUID, change: PreviewRuleChange, version: int
) -> PreviewRule:
    """Show more or less from now on; raises NotFound, NotAllowed, StaleVersion."""
    thing = f"resource/{resource_id}"
    row = require_found(await catalogue_queries.lock_resource(tx, resource_id), thing, DESCRIBE)
    require(
        tx, DESCRIBE, row.relations, thing=thing, see="resource:discover", owner=row.school_name
    )
    check_version(version, row.version)
    await queries.set_rule(tx, resource_id, change.pages_max)
    await journal.record(
        tx,
        "resource.previews_set",
        act=DESCRIBE,
        thing=thing,
        owner_school_id=row.school_id,
        version=row.version + 1,
        data={"resource_id": resource_id, "pages_max": change.pages_max},
    )
    return await _rule(tx, resource_id)


# ── within ─────────────────────────────────────────────────────────────────────────────────────


def _shown_revision(row: ResourceRow) -> int:
    return row.published_revision_no or row.draft_no or 0


async def _rule(tx: Tx, resource_id: UUID) -> PreviewRule:
    rule = await queries.get_rule(tx, resource_id)
    if rule is None:
        raise NotFound
    return rule


async def _made(
    tx: Tx, row: ResourceRow
) -> tuple[PreviewRule, list[FileRow], list[PageRow], TextState]:
    """What was made, read as the system: the policy has said that the actor may find it."""
    revision_no = _shown_revision(row)
    rule = await _rule(tx, row.id)
    async with tx.as_system():
        files = await queries.list_files(tx, row.id, revision_no)
        pages = await queries.list_pages(tx, row.id, revision_no)
        text = await queries.get_text_state(tx, row.id, revision_no)
    return rule, files, pages, text


async def _note(tx: Tx, row: ResourceRow) -> None:
    if row.status is Status.PUBLISHED:
        await use.note_preview(tx, row.id, row.school_id)
