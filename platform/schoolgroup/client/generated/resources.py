"""Lesson resources: describe, find, preview, publish (资源目录).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class Adaptation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str | UnsetType | None = UNSET
    offer_id: UUID | UnsetType | None = UNSET


class Affected(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID
    running_loans: int
    holds: int
    lists: int
    lists_of_office: int
    lists_elsewhere: int
    derivatives: int
    dependents: int
    schools: list[AffectedSchool]


class AffectedSchool(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_name: str
    running_loans: int
    last_ends_at: dt.datetime | None
    holds: int
    lists: int
    derivatives: int
    dependents: int


class BulkImportResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    rows: int
    created: int
    updated: int
    unchanged: int
    published: int
    held_back: list[HeldBack]


class Can(k.Word):
    """What the caller may do with what is found, as the policy and the offers stand now."""

    BORROW = "borrow"
    ADAPT = "adapt"


class CatalogueKind(k.Word):
    """What sort of thing a resource is."""

    LESSON_PLAN = "lesson_plan"
    COURSEWARE = "courseware"
    VIDEO = "video"
    EXERCISE = "exercise"
    PAPER = "paper"
    SCHOOL_COURSE = "school_course"
    EXPERIMENT = "experiment"
    BOOK = "book"
    PLACE = "place"
    OTHER = "other"


class CatalogueLabel(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    en: str
    zh: str


class CatalogueStanding(k.Word):
    """How a prerequisite is now, for whoever asks; a broken one is shown, never dropped."""

    OK = "ok"
    WITHDRAWN = "withdrawn"
    OUT_OF_REACH = "out_of_reach"


class CatalogueWithdrawal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class Check(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    pointer: str
    what: shared.Text
    fix: shared.Text
    blocks: bool = True


class CheckResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    code: str
    pointer: str
    what: shared.Text
    fix: shared.Text
    blocks: bool
    passed: bool
    found: list[str] = []


class Checks(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID
    revision_no: int
    ready: bool
    checks: list[CheckResult]


class Facet(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    values: list[SearchValue]


class File(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    file_name: str
    size_bytes: int
    media_type: str


class FileChoice(Struct, frozen=True, kw_only=True, omit_defaults=True):
    upload_id: UUID | UnsetType | None = UNSET
    no: int | UnsetType | None = UNSET
    file_name: str | UnsetType | None = UNSET


class FilePreview(Struct, frozen=True, kw_only=True, omit_defaults=True):
    file_no: int
    file_name: str
    media_type: str
    state: State
    form: MadeForm | None
    because: str | None
    page_count: int | None
    shown: int
    outline: list[MadeSection]


class FoundResource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    kind: CatalogueKind
    summary: str
    stage: shared.CatalogueStage | None
    subject: str | None
    edition: str | None
    grade: str | None
    volume: str | None
    chapter: list[str]
    licence: Licence | None
    language: str
    keywords: list[str]
    curriculum_node_id: UUID | None = None
    duration_minutes: int | None = None
    id: UUID
    school_id: UUID
    school_name: str
    author_person_id: UUID | None
    status: Status
    published_revision_no: int | None
    created_at: dt.datetime
    updated_at: dt.datetime
    published_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    withdrawn_because: str | None
    version: int
    actions: list[str]
    thumbnail: str | None = None
    highlights: list[Highlight] = []


class HeldBack(Struct, frozen=True, kw_only=True, omit_defaults=True):
    row: int
    ref: str | None
    resource_id: UUID
    checks: list[str]


class Highlight(Struct, frozen=True, kw_only=True, omit_defaults=True):
    of: str
    text: str
    marks: list[tuple[int, int]]


class Licence(k.Word):
    """What those who have it may do with it. Names of Creative Commons 4.0 where they are
    those.
    """

    GROUP_ONLY = "group_only"
    CC_BY = "cc_by"
    CC_BY_SA = "cc_by_sa"
    CC_BY_NC = "cc_by_nc"
    CC_BY_NC_SA = "cc_by_nc_sa"
    PUBLIC_DOMAIN = "public_domain"


class Look(Struct, frozen=True, kw_only=True, omit_defaults=True):
    until: dt.datetime


class MadeForm(k.Word):
    """What a preview shows."""

    PAGES = "pages"
    PICTURE = "picture"
    COVER = "cover"
    OUTLINE = "outline"


class MadeSection(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    lines: list[str]


class MonthOfUse(Struct, frozen=True, kw_only=True, omit_defaults=True):
    month_on: dt.date
    school_id: UUID
    school_name: str
    views: int
    previews: int
    loans: int
    downloads: int
    derivatives: int


class Need(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID | UnsetType | None = UNSET
    node_id: UUID | UnsetType | None = UNSET


class News(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[FoundResource]
    next_cursor: str | None = None
    total: int
    counts: SearchCounts
    until: dt.datetime


class Owner(k.Word):
    """Whose resources a list shows."""

    MINE = "mine"
    OTHERS = "others"


class Prerequisite(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    resource_id: UUID | None
    node_id: UUID | None
    title: str | None
    standing: CatalogueStanding


class PreviewPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    page: int
    file_no: int
    width_px: int
    height_px: int
    link: str


class PreviewRule(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID
    pages_max: int
    version: int


class PreviewRuleChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    pages_max: int


class Previews(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID
    revision_no: int
    state: State
    pages_max: int
    thumbnail: str | None
    pages: list[PreviewPage]
    files: list[FilePreview]
    text: TextState


class Resource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    kind: CatalogueKind
    summary: str
    stage: shared.CatalogueStage | None
    subject: str | None
    edition: str | None
    grade: str | None
    volume: str | None
    chapter: list[str]
    licence: Licence | None
    language: str
    keywords: list[str]
    curriculum_node_id: UUID | None = None
    duration_minutes: int | None = None
    id: UUID
    school_id: UUID
    school_name: str
    author_person_id: UUID | None
    status: Status
    published_revision_no: int | None
    created_at: dt.datetime
    updated_at: dt.datetime
    published_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    withdrawn_because: str | None
    version: int
    actions: list[str]
    files: list[File]
    prerequisites: list[Prerequisite] = []
    derived_from_resource_id: UUID | None = None
    derived_from_revision_no: int | None = None
    draft: Revision | None = None
    checks: list[Check] = []


class ResourceChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str | UnsetType = UNSET
    kind: CatalogueKind | UnsetType = UNSET
    summary: str | UnsetType = UNSET
    stage: shared.CatalogueStage | UnsetType | None = UNSET
    subject: str | UnsetType | None = UNSET
    edition: str | UnsetType | None = UNSET
    grade: str | UnsetType | None = UNSET
    volume: str | UnsetType | None = UNSET
    chapter: list[str] | UnsetType = UNSET
    curriculum_node_id: UUID | UnsetType | None = UNSET
    licence: Licence | UnsetType | None = UNSET
    language: str | UnsetType = UNSET
    keywords: list[str] | UnsetType = UNSET
    duration_minutes: int | UnsetType | None = UNSET
    prerequisites: list[Need] | UnsetType = UNSET
    files: list[FileChoice] | UnsetType = UNSET


class ResourceDraft(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    kind: CatalogueKind
    summary: str = ""
    stage: shared.CatalogueStage | UnsetType | None = UNSET
    subject: str | UnsetType | None = UNSET
    edition: str | UnsetType | None = UNSET
    grade: str | UnsetType | None = UNSET
    volume: str | UnsetType | None = UNSET
    chapter: list[str] | UnsetType = UNSET
    curriculum_node_id: UUID | UnsetType | None = UNSET
    licence: Licence | UnsetType | None = UNSET
    language: str = "zh"
    keywords: list[str] | UnsetType = UNSET
    duration_minutes: int | UnsetType | None = UNSET
    prerequisites: list[Need] | UnsetType = UNSET
    files: list[FileChoice] | UnsetType = UNSET


class Revision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    title: str
    kind: CatalogueKind
    summary: str
    stage: shared.CatalogueStage | None
    subject: str | None
    edition: str | None
    grade: str | None
    volume: str | None
    chapter: list[str]
    licence: Licence | None
    language: str
    keywords: list[str]
    curriculum_node_id: UUID | None = None
    duration_minutes: int | None = None
    no: int
    created_at: dt.datetime
    updated_at: dt.datetime
    published_at: dt.datetime | None
    files: list[File] = []
    prerequisites: list[Prerequisite] = []


class SavedSearch(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    name: str
    wanted: Wanted
    looked_at: dt.datetime
    created_at: dt.datetime
    updated_at: dt.datetime
    version: int
    actions: list[str]


class SearchChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str | UnsetType = UNSET
    wanted: Wanted | UnsetType = UNSET


class SearchCounts(k.Word):
    """Whether figures say how many there are, or how many there are at least."""

    EXACT = "exact"
    AT_LEAST = "at_least"


class SearchPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[FoundResource]
    next_cursor: str | None = None
    total: int | None = None
    counts: SearchCounts | None = None
    facets: list[Facet] | None = None


class SearchSort(k.Word):
    """The order of what is found."""

    RELEVANCE = "relevance"
    NEWEST = "newest"
    MOST_BORROWED = "most_borrowed"


class SearchSuggestion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kind: str
    text: str
    node_id: UUID | None = None


class SearchValue(Struct, frozen=True, kw_only=True, omit_defaults=True):
    value: str
    label: str
    count: int


class SearchWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str
    wanted: Wanted


class State(k.Word):
    """How a file's preview stands. None: nothing of this kind of file can be shown."""

    MAKING = "making"
    READY = "ready"
    NONE = "none"
    FAILED = "failed"


class Status(k.Word):
    """What the group sees of a resource."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Suggestions(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[SearchSuggestion]


class TextState(k.Word):
    """Whether a revision is found by what its files say. No text: scanned pages, say."""

    MAKING = "making"
    READY = "ready"
    NO_TEXT = "no_text"
    FAILED = "failed"


class Use(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID
    months: list[MonthOfUse]


class Vocabulary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    kinds: list[CatalogueLabel]
    stages: list[CatalogueLabel]
    licences: list[CatalogueLabel]


class Wanted(Struct, frozen=True, kw_only=True, omit_defaults=True):
    q: str | UnsetType | None = UNSET
    kind: CatalogueKind | UnsetType | None = UNSET
    stage: shared.CatalogueStage | UnsetType | None = UNSET
    subject: str | UnsetType | None = UNSET
    edition: str | UnsetType | None = UNSET
    grade: str | UnsetType | None = UNSET
    volume: str | UnsetType | None = UNSET
    node: UUID | UnsetType | None = UNSET
    licence: Licence | UnsetType | None = UNSET
    language: str | UnsetType | None = UNSET
    keyword: str | UnsetType | None = UNSET
    school_id: UUID | UnsetType | None = UNSET
    minutes_from: int | UnsetType | None = UNSET
    minutes_to: int | UnsetType | None = UNSET
    media_type: str | UnsetType | None = UNSET
    owner: Owner | UnsetType | None = UNSET
    status: Status | UnsetType | None = UNSET
    can: Can | UnsetType | None = UNSET


def adapt_resource(
    resource_id: UUID, body: Adaptation, *, idempotency_key: str | None = None
) -> k.Asked[Resource]:
    """Adapt a resource into a draft of one's own.

    It keeps the revision it was made from; what is offered of it never reaches further.
    """
    return k.ask(
        "adaptResource",
        "POST",
        k.path_of("/v1/resources/{resource_id}/adapt", resource_id=resource_id),
        k.read_json(Resource),
        body=body,
        once=True,
        key=idempotency_key,
    )


def annotate_resources_import(body: bytes, *, content_type: str = "text/csv") -> k.Asked[k.Content]:
    """Get the sheet back with its problems beside each row.

    A dry run answered by the workbook with a column 问题/problem: mend it and send it back.
    """
    return k.ask(
        "annotateResourcesImport",
        "POST",
        "/v1/resources/import/annotated",
        k.read_content,
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def change_saved_search(
    search_id: UUID, body: SearchChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[SavedSearch]:
    """Change a kept search.

    Another name, or something else to look for.
    """
    return k.ask(
        "changeSavedSearch",
        "PATCH",
        k.path_of("/v1/saved-searches/{search_id}", search_id=search_id),
        k.read_json(SavedSearch),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def check_resource(resource_id: UUID) -> k.Asked[Checks]:
    """Every check of a draft, with its fix in both languages.

    At any time: what blocks a publication, and what is only advice.
    """
    return k.ask(
        "checkResource",
        "GET",
        k.path_of("/v1/resources/{resource_id}/checks", resource_id=resource_id),
        k.read_json(Checks),
    )


def create_resource(
    body: ResourceDraft, *, idempotency_key: str | None = None
) -> k.Asked[Resource]:
    """Begin a resource as a draft.

    Files are verified uploads; what is missing can be added until it is published.
    """
    return k.ask(
        "createResource",
        "POST",
        "/v1/resources",
        k.read_json(Resource),
        body=body,
        once=True,
        key=idempotency_key,
    )


def delete_saved_search(search_id: UUID, *, version: int) -> k.Asked[None]:
    """Keep a search no more.

    One of one's own.
    """
    return k.ask(
        "deleteSavedSearch",
        "DELETE",
        k.path_of("/v1/saved-searches/{search_id}", search_id=search_id),
        k.read_nothing,
        version=version,
        accept="*/*",
    )


def describe_resource(
    resource_id: UUID, body: ResourceChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[Resource]:
    """Change a draft.

    The draft, or the draft of the next revision; what is published never changes.
    """
    return k.ask(
        "describeResource",
        "PATCH",
        k.path_of("/v1/resources/{resource_id}", resource_id=resource_id),
        k.read_json(Resource),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def discard_draft(resource_id: UUID, *, version: int) -> k.Asked[None]:
    """Discard the draft.

    A first draft goes with its resource; the draft of a next revision leaves what is out.
    """
    return k.ask(
        "discardDraft",
        "DELETE",
        k.path_of("/v1/resources/{resource_id}/draft", resource_id=resource_id),
        k.read_nothing,
        version=version,
        accept="*/*",
    )


def export_resources(
    *,
    form: Any | None = None,
    q: str | None = None,
    kind: CatalogueKind | None = None,
    stage: shared.CatalogueStage | None = None,
    subject: str | None = None,
    edition: str | None = None,
    grade: str | None = None,
    volume: str | None = None,
    node: UUID | None = None,
    licence: Licence | None = None,
    language: str | None = None,
    keyword: str | None = None,
    school_id: UUID | None = None,
    minutes_from: int | None = None,
    minutes_to: int | None = None,
    media_type: str | None = None,
    owner: Owner | None = None,
    status: Status | None = None,
    can: Can | None = None,
) -> k.Asked[k.Content]:
    """What a list of resources shows, as a file.

    Only what the caller may see; a school's own rows can be mended and imported again.
    """
    return k.ask(
        "exportResources",
        "GET",
        "/v1/resources/export",
        k.read_content,
        query={
            "form": form,
            "q": q,
            "kind": kind,
            "stage": stage,
            "subject": subject,
            "edition": edition,
            "grade": grade,
            "volume": volume,
            "node": node,
            "licence": licence,
            "language": language,
            "keyword": keyword,
            "school_id": school_id,
            "minutes_from": minutes_from,
            "minutes_to": minutes_to,
            "media_type": media_type,
            "owner": owner,
            "status": status,
            "can": can,
        },
        accept="*/*",
    )


def fetch_preview(resource_id: UUID, number: int) -> k.Asked[k.Link]:
    """One page of a preview.

    A link to the picture that lives for a moment; number 0 is the thumbnail.
    """
    return k.ask(
        "fetchPreview",
        "GET",
        k.path_of(
            "/v1/resources/{resource_id}/previews/{number}", resource_id=resource_id, number=number
        ),
        k.read_link,
        accept="*/*",
    )


def fetch_resource_file(
    resource_id: UUID, number: int, *, revision: int | None = None
) -> k.Asked[k.Link]:
    """Open a file of the own school.

    A link that lives for a moment; other schools borrow the resource instead.
    """
    return k.ask(
        "fetchResourceFile",
        "GET",
        k.path_of(
            "/v1/resources/{resource_id}/files/{number}", resource_id=resource_id, number=number
        ),
        k.read_link,
        query={"revision": revision},
        accept="*/*",
    )


def get_affected_by_withdrawal(resource_id: UUID) -> k.Asked[Affected]:
    """Whom taking a resource back would meet.

    Loans, queue, lists, adaptations and dependents by school: look before you withdraw.
    """
    return k.ask(
        "getAffectedByWithdrawal",
        "GET",
        k.path_of("/v1/resources/{resource_id}/affected", resource_id=resource_id),
        k.read_json(Affected),
    )


def get_import_template(*, form: Any | None = None) -> k.Asked[k.Content]:
    """The empty sheet for an import of resources.

    With what stands in each column; a workbook offers the words a column takes.
    """
    return k.ask(
        "getImportTemplate",
        "GET",
        "/v1/resources/import/template",
        k.read_content,
        query={"form": form},
        accept="*/*",
    )


def get_preview_rule(resource_id: UUID) -> k.Asked[PreviewRule]:
    """How much of a resource is shown before it is borrowed.

    How many pages of each file; 0 shows nothing.
    """
    return k.ask(
        "getPreviewRule",
        "GET",
        k.path_of("/v1/resources/{resource_id}/preview-rule", resource_id=resource_id),
        k.read_json(PreviewRule),
    )


def get_resource(resource_id: UUID) -> k.Asked[Resource]:
    """One resource.

    With its files; those who may describe it also see the next revision and what it lacks.

    `Accept: application/ld+json` is answered with schema.org, `application/xml` with LOM.
    """
    return k.ask(
        "getResource",
        "GET",
        k.path_of("/v1/resources/{resource_id}", resource_id=resource_id),
        k.read_json(Resource),
    )


def get_resource_use(resource_id: UUID, *, form: Any | None = None) -> k.Asked[Use | k.Content]:
    """Who uses a resource, per school and month.

    For those who keep it; schools only, never whose person. Also as a sheet.
    """
    return k.ask(
        "getResourceUse",
        "GET",
        k.path_of("/v1/resources/{resource_id}/use", resource_id=resource_id),
        k.read_either(Use),
        query={"form": form},
        accept="*/*",
    )


def get_resource_vocabulary() -> k.Asked[Vocabulary]:
    """The fixed words resources are described with.

    Kinds, stages and licences with their labels in English and Chinese.
    """
    return k.ask(
        "getResourceVocabulary", "GET", "/v1/resources/vocabulary", k.read_json(Vocabulary)
    )


def get_saved_search(search_id: UUID) -> k.Asked[SavedSearch]:
    """A kept search.

    One of one's own.
    """
    return k.ask(
        "getSavedSearch",
        "GET",
        k.path_of("/v1/saved-searches/{search_id}", search_id=search_id),
        k.read_json(SavedSearch),
    )


def import_resources(
    body: bytes,
    *,
    publish: bool | None = None,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[BulkImportResult]:
    """Create and change drafts from a sheet.

    All or nothing, every problem at once; the same file a second time changes nothing.

    Columns, in English or Chinese: title 标题, kind 类型, and any of ref 校本编号, resource_id
    资源标识, summary 简介, stage 学段, subject 学科, edition 版本, grade 年级, volume 册次, chapter 章节,
    curriculum_node_id 课程节点, licence 许可, language 语言, keywords 关键词, duration_minutes 时长（分钟）,
    files 文件 (id, sha256 or name of a verified upload of yours), prerequisites 先修.
    """
    return k.ask(
        "importResources",
        "POST",
        "/v1/resources/import",
        k.read_json(BulkImportResult),
        query={"publish": publish, "dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def list_new_in_saved_search(
    search_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[News]:
    """What is new in a kept search.

    What the caller can find now and could not when last looked; how many, and a page.
    """
    return k.ask(
        "listNewInSavedSearch",
        "GET",
        k.path_of("/v1/saved-searches/{search_id}/new", search_id=search_id),
        k.read_json(News),
        query={"limit": limit, "cursor": cursor},
    )


def list_previews(resource_id: UUID) -> k.Asked[Previews]:
    """Look at a resource before borrowing it.

    Pages of each file as far as the owner shows them, or words in order; it takes no seat.
    """
    return k.ask(
        "listPreviews",
        "GET",
        k.path_of("/v1/resources/{resource_id}/previews", resource_id=resource_id),
        k.read_json(Previews),
    )


def list_resources(
    *,
    q: str | None = None,
    kind: CatalogueKind | None = None,
    stage: shared.CatalogueStage | None = None,
    subject: str | None = None,
    edition: str | None = None,
    grade: str | None = None,
    volume: str | None = None,
    node: UUID | None = None,
    licence: Licence | None = None,
    language: str | None = None,
    keyword: str | None = None,
    school_id: UUID | None = None,
    minutes_from: int | None = None,
    minutes_to: int | None = None,
    media_type: str | None = None,
    owner: Owner | None = None,
    status: Status | None = None,
    can: Can | None = None,
    sort: SearchSort | None = None,
    facets: bool | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[SearchPage]:
    """Find resources.

    Only what the caller may discover; withdrawn ones only with status=withdrawn.

    A page has 20 unless `limit` asks for up to 200: a hit says more of itself than a row of
    a list.

    `counts: at_least` says that more match than were looked at: figures are lower bounds
    then, and a list by relevance ends with what was looked at.
    """
    return k.ask(
        "listResources",
        "GET",
        "/v1/resources",
        k.read_json(SearchPage),
        query={
            "q": q,
            "kind": kind,
            "stage": stage,
            "subject": subject,
            "edition": edition,
            "grade": grade,
            "volume": volume,
            "node": node,
            "licence": licence,
            "language": language,
            "keyword": keyword,
            "school_id": school_id,
            "minutes_from": minutes_from,
            "minutes_to": minutes_to,
            "media_type": media_type,
            "owner": owner,
            "status": status,
            "can": can,
            "sort": sort,
            "facets": facets,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_revisions(
    resource_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Revision]]:
    """The revisions of a resource, newest first.

    Published ones for everybody who may see the resource.
    """
    return k.ask(
        "listRevisions",
        "GET",
        k.path_of("/v1/resources/{resource_id}/revisions", resource_id=resource_id),
        k.read_json(k.Page[Revision]),
        query={"limit": limit, "cursor": cursor},
    )


def list_saved_searches(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[SavedSearch]]:
    """One's kept searches, newest first.

    Nobody sees those of others.
    """
    return k.ask(
        "listSavedSearches",
        "GET",
        "/v1/saved-searches",
        k.read_json(k.Page[SavedSearch]),
        query={"limit": limit, "cursor": cursor},
    )


def look_at_saved_search(
    search_id: UUID, body: Look, *, idempotency_key: str | None = None
) -> k.Asked[SavedSearch]:
    """Mark what is new as seen.

    Up to `until` of the answer that showed it: what came meanwhile stays new.
    """
    return k.ask(
        "lookAtSavedSearch",
        "POST",
        k.path_of("/v1/saved-searches/{search_id}/look", search_id=search_id),
        k.read_json(SavedSearch),
        body=body,
        once=True,
        key=idempotency_key,
    )


def publish_resource(resource_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Resource]:
    """Publish the draft.

    Immutable from then on; what the draft lacks is named with its fix in both languages.
    """
    return k.ask(
        "publishResource",
        "POST",
        k.path_of("/v1/resources/{resource_id}/publish", resource_id=resource_id),
        k.read_json(Resource),
        once=True,
        key=idempotency_key,
    )


def revise_resource(resource_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[Resource]:
    """Begin the next revision.

    A copy of the published one, to be changed and published; until then nobody else sees
    it.
    """
    return k.ask(
        "reviseResource",
        "POST",
        k.path_of("/v1/resources/{resource_id}/revisions", resource_id=resource_id),
        k.read_json(Resource),
        once=True,
        key=idempotency_key,
    )


def save_search(body: SearchWish, *, idempotency_key: str | None = None) -> k.Asked[SavedSearch]:
    """Keep a search.

    What is found by it from now on is new.
    """
    return k.ask(
        "saveSearch",
        "POST",
        "/v1/saved-searches",
        k.read_json(SavedSearch),
        body=body,
        once=True,
        key=idempotency_key,
    )


def set_preview_rule(
    resource_id: UUID, body: PreviewRuleChange, *, version: int, idempotency_key: str | None = None
) -> k.Asked[PreviewRule]:
    """Show more or less of a resource.

    From now on, also of what was published before.
    """
    return k.ask(
        "setPreviewRule",
        "PUT",
        k.path_of("/v1/resources/{resource_id}/preview-rule", resource_id=resource_id),
        k.read_json(PreviewRule),
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def suggest_resources(*, q: str, limit: int | None = None) -> k.Asked[Suggestions]:
    """How a question may go on.

    While it is being typed: titles and keywords one may find, places of the curriculum.
    """
    return k.ask(
        "suggestResources",
        "GET",
        "/v1/resources/suggestions",
        k.read_json(Suggestions),
        query={"q": q, "limit": limit},
    )


def withdraw_resource(
    resource_id: UUID, body: CatalogueWithdrawal, *, idempotency_key: str | None = None
) -> k.Asked[Resource]:
    """Take a resource back.

    Those who could see it are told that it is gone, when and why.
    """
    return k.ask(
        "withdrawResource",
        "POST",
        k.path_of("/v1/resources/{resource_id}/withdraw", resource_id=resource_id),
        k.read_json(Resource),
        body=body,
        once=True,
        key=idempotency_key,
    )
