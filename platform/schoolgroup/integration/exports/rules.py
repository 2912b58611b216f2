"""Resources and lists as tables and as schema.org: pure.

The columns of a resource's table are those of the import sheet, so that a school's own rows go back
in; what only tells (its school, its status) stands in columns the import knows to pass over.
"""

from collections.abc import Sequence
from typing import Any

from schoolgroup.integration.metadata.models import Addresses
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.bulk.rules import COLUMNS, TOLD_ONLY
from schoolgroup.resources.catalogue.models import KINDS, LICENCES, STAGES, ResourceSummary
from schoolgroup.resources.lists.models import Edition, Entry, Importance, Standing, Target

TOGETHER = (
    "resource_id", "title", "kind", "summary", "stage", "subject", "edition", "grade", "volume",
    "chapter", "curriculum_node_id", "licence", "language", "keywords", "duration_minutes",
)  # fmt: skip
RESOURCE_HEADER = [*(COLUMNS[name][0] for name in TOGETHER), *TOLD_ONLY]
STATUS = {"draft": "草稿", "published": "已发布", "withdrawn": "已撤回"}
TARGETS = {
    Target.RESOURCE: Text("resource", "资源"),
    Target.BOOK: Text("book", "图书"),
    Target.PLACE: Text("place", "场所"),
}
IMPORTANCE = {
    Importance.REQUIRED: Text("required", "必选"),
    Importance.RECOMMENDED: Text("recommended", "推荐"),
    Importance.OPTIONAL: Text("optional", "可选"),
}
STANDINGS = {
    Standing.OK: Text("as entered", "正常"),
    Standing.CHANGED: Text("a newer revision is out", "已有新版次"),
    Standing.WITHDRAWN: Text("withdrawn", "已撤回"),
    Standing.OUT_OF_REACH: Text("not offered to you", "未向本校共享"),
}
ENTRY_HEADER = [
    "序号", "对象", "重要程度", "名称", "说明", "现状", "ISBN", "作者", "出版社", "地址",
    "开放时间", "容纳人数", "联系方式", "资源标识", "链接",
]  # fmt: skip


def resource_rows(resources: Sequence[ResourceSummary], addresses: Addresses) -> list[list[object]]:
    """A row per resource, under RESOURCE_HEADER."""
    return [
        [
            str(r.id), r.title, KINDS[r.kind].zh, r.summary, STAGES[r.stage].zh if r.stage else "",
            r.subject, r.edition, r.grade, r.volume, " > ".join(r.chapter),
            str(r.curriculum_node_id or ""), LICENCES[r.licence].zh if r.licence else "",
            r.language, "；".join(r.keywords), r.duration_minutes, r.school_name,
            STATUS[r.status], r.published_at.date().isoformat() if r.published_at else "",
            addresses.resource(r.id),
        ]
        for r in resources
    ]  # fmt: skip


def entry_rows(edition: Edition, addresses: Addresses) -> list[list[object]]:
    """A row per entry in its order, under ENTRY_HEADER; a broken one says what became of it."""
    return [
        [
            at, TARGETS[e.target].zh, IMPORTANCE[e.importance].zh, e.title, e.note,
            STANDINGS[e.standing].zh if e.standing else "", e.isbn, e.author, e.publisher,
            e.address, e.hours, e.capacity_people, e.contact, str(e.resource_id or ""),
            addresses.resource(e.resource_id) if e.resource_id else "",
        ]
        for at, e in enumerate(edition.entries, 1)
    ]  # fmt: skip


def item_list(edition: Edition, addresses: Addresses) -> dict[str, Any]:
    """The schema.org ItemList of an edition; what is not known is left out."""
    return {
        "@context": "https://schema.org",
        "@type": "ItemList",
        "@id": f"{addresses.base}/v1/list-editions/{edition.id}",
        "name": f"{edition.list_title} {edition.school_year}-{edition.school_year + 1}",
        "numberOfItems": len(edition.entries),
        "itemListOrder": "https://schema.org/ItemListOrderAscending",
        "itemListElement": [
            _said(
                {
                    "@type": "ListItem",
                    "position": at,
                    "description": entry.note,
                    "item": _item(entry, addresses),
                }
            )
            for at, entry in enumerate(edition.entries, 1)
        ],
    }


def _item(entry: Entry, addresses: Addresses) -> dict[str, Any]:
    if entry.target is Target.RESOURCE and entry.resource_id is not None:
        address = addresses.resource(entry.resource_id)
        return _said({"@type": "LearningResource", "@id": address, "name": entry.title})
    if entry.target is Target.BOOK:
        publisher = {"@type": "Organization", "name": entry.publisher} if entry.publisher else None
        return _said(
            {
                "@type": "Book",
                "name": entry.title,
                "isbn": entry.isbn,
                "author": entry.author,
                "publisher": publisher,
            }
        )
    return _said(
        {
            "@type": "Place",
            "name": entry.title,
            "address": entry.address,
            "description": entry.hours,
            "maximumAttendeeCapacity": entry.capacity_people,
        }
    )


def _said(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "")}
