"""Taking resources and lists out as files: what the caller may see, bounded, and kept in the trail.

A file is what the list itself shows, by the same query and the same rights.
"""

from uuid import UUID

import msgspec

from schoolgroup.integration.exports import rules
from schoolgroup.integration.exports.models import Form
from schoolgroup.integration.metadata.json_ld import json_ld
from schoolgroup.integration.metadata.models import Addresses
from schoolgroup.integration.oai import queries as described
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import TooLarge
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheet_files import SheetFile, TableFormat, table_file
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lists import service as lists
from schoolgroup.resources.search import service as search
from schoolgroup.resources.search.models import Sort, Wanted

DISCOVER, READ = "resource:discover", "list:read"
ROWS_MAX = 5_000
JSON_LD = "application/ld+json"


class TooMuch(TooLarge):
    """More is found than one file takes."""

    code = "export_too_large"
    title = Text("More is found than one file takes", "结果过多，无法一次导出")
    remedy = Text(
        f"Narrow it: a file takes {ROWS_MAX} rows.", f"请缩小范围，每个文件最多 {ROWS_MAX} 行。"
    )


async def export_resources(tx: Tx, wanted: Wanted, form: Form, addresses: Addresses) -> SheetFile:
    """What the list of resources shows for these filters, newest first; raises TooMuch.

    As JSON-LD only what is published: a draft has no description for other systems.
    """
    whole = PageRequest(limit=ROWS_MAX + 1, after=None)
    found = (await search.search(tx, wanted, Sort.NEWEST, whole)).items
    if len(found) > ROWS_MAX:
        raise TooMuch(facts={"rows_max": ROWS_MAX})
    await _enter(tx, DISCOVER, "resource/export", form, len(found))
    if form is not Form.JSONLD:
        table = rules.resource_rows(found, addresses)
        return await table_file("resources", rules.RESOURCE_HEADER, table, TableFormat(form))
    things = await described.list_described(tx, [r.id for r in found])
    graph = [json_ld(things[r.id], addresses) for r in found if r.id in things]
    for thing in graph:
        thing.pop("@context")
    document = {"@context": "https://schema.org", "@graph": graph}
    return SheetFile("resources.jsonld", JSON_LD, msgspec.json.encode(document))


async def export_edition(tx: Tx, edition_id: UUID, form: Form, addresses: Addresses) -> SheetFile:
    """An edition of a list with its entries in order; broken ones too. Raises NotFound."""
    edition = await lists.get_edition(tx, edition_id)
    await _enter(tx, READ, f"list-edition/{edition_id}", form, len(edition.entries))
    name = f"list-{edition.school_year}"
    if form is Form.JSONLD:
        document = msgspec.json.encode(rules.item_list(edition, addresses))
        return SheetFile(f"{name}.jsonld", JSON_LD, document)
    table = rules.entry_rows(edition, addresses)
    return await table_file(name, rules.ENTRY_HEADER, table, TableFormat(form))


async def _enter(tx: Tx, act: str, thing: str, form: Form, rows: int) -> None:
    """An export leaves the platform: the audit trail keeps who took it and how much."""
    await journal.enter(tx, act, thing, "done", {"export": form, "rows": rows})
