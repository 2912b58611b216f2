"""The versioned tree resources point into (课程目录).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import Struct

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class CurriculumImportResult(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    version_no: int
    name: str
    rows: int
    nodes: int
    replaced: bool
    unchanged: bool


class CurriculumLevel(k.Word):
    """What a node of the tree is, from the root down; a level may be left out, never reversed."""

    STAGE = "stage"
    SUBJECT = "subject"
    EDITION = "edition"
    GRADE = "grade"
    VOLUME = "volume"
    CHAPTER = "chapter"


class Node(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    version_no: int
    no: int
    level: CurriculumLevel
    name: str
    stage: shared.CatalogueStage
    school_system: SchoolSystem | None
    path: list[str]
    has_children: bool


class SchoolSystem(k.Word):
    """How the nine years of compulsory schooling are divided (学制)."""

    SIX_THREE = "six_three"
    FIVE_FOUR = "five_four"


class Version(Struct, frozen=True, kw_only=True, omit_defaults=True):
    no: int
    name: str
    source: str
    nodes: int
    created_at: dt.datetime
    used_at: dt.datetime | None


def import_curriculum(
    body: bytes | None = None,
    *,
    starter: bool | None = None,
    name: str | None = None,
    source: str | None = None,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[CurriculumImportResult]:
    """Import a version of the curriculum tree.

    All or nothing, every problem at once; a version resources point into stands for good.

    Columns, in English or Chinese: stage 学段, [school_system 学制], subject 学科, [edition 版本,
    grade 年级, volume 册次, chapter 章节 (levels separated by >)]. One row is one place; what
    lies above it is made. The order of the rows is the order of the tree.
    """
    return k.ask(
        "importCurriculum",
        "POST",
        "/v1/curriculum/import",
        k.read_json(CurriculumImportResult),
        query={"starter": starter, "name": name, "source": source, "dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def list_curriculum_nodes(
    *,
    version: int | None = None,
    parent: UUID | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[Node]]:
    """What lies right below a place in the curriculum.

    Without `parent` the stages; a tree is opened level by level.
    """
    return k.ask(
        "listCurriculumNodes",
        "GET",
        "/v1/curriculum/nodes",
        k.read_json(k.Page[Node]),
        query={"version": version, "parent": parent, "limit": limit, "cursor": cursor},
    )


def list_curriculum_versions(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Version]]:
    """Versions of the curriculum tree, newest first.

    With where its facts come from, and since when it is in use.
    """
    return k.ask(
        "listCurriculumVersions",
        "GET",
        "/v1/curriculum/versions",
        k.read_json(k.Page[Version]),
        query={"limit": limit, "cursor": cursor},
    )


def search_curriculum(
    *, q: str, version: int | None = None, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Node]]:
    """Find places in the curriculum by a part of their name.

    Each with the names above it, in the order of the tree.
    """
    return k.ask(
        "searchCurriculum",
        "GET",
        "/v1/curriculum/nodes/search",
        k.read_json(k.Page[Node]),
        query={"q": q, "version": version, "limit": limit, "cursor": cursor},
    )
