"""Papers, keys, blueprints and re-scoring (试卷).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k
from schoolgroup.client.generated import shared


class Blueprint(Struct, frozen=True, kw_only=True, omit_defaults=True):
    cells: list[PapersCell]


class BlueprintView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    cells: list[CellCheck]
    marks_by_knowledge_point: dict[str, float]
    marks_by_ability: dict[str, float]
    expected_percent: float | None
    fits: bool


class CellCheck(Struct, frozen=True, kw_only=True, omit_defaults=True):
    knowledge_point: str
    ability: str
    planned_marks: float | None
    marks: float
    items: list[str]
    planned_percent: int | None
    expected_percent: float | None
    fits: bool


class Everyone(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="rule", tag="everyone"
):
    pass


class Exact(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="rule", tag="text"):
    accept: list[str]
    case_sensitive: bool = False


class ItemKey(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    key: Single | Multiple | Numeric | Exact | Everyone


class ItemMove(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    up: int | None
    down: int | None
    half_marks: int | None


class KeyChange(Struct, frozen=True, kw_only=True, omit_defaults=True):
    keys: list[ItemKey]
    because: str


class Move(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_number: str
    class_label: str
    items: list[str]
    before_marks: float | None
    after_marks: float | None


class Multiple(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="rule", tag="multiple"
):
    answer: str
    partial: Partial | UnsetType = UNSET
    part_marks: float | UnsetType | None = UNSET


class Numeric(
    Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="rule", tag="numeric"
):
    value: str
    tolerance: str = "0"


class PaperFile(Struct, frozen=True, kw_only=True, omit_defaults=True):
    resource_id: UUID


class PaperInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[PaperItem]
    choices: list[shared.ExamsChoice] | UnsetType = UNSET
    because: str = ""


class PaperItem(Struct, frozen=True, kw_only=True, omit_defaults=True):
    label: str
    max_marks: float
    step: float = 0.5
    section: str = ""
    parent: str = ""
    kind: shared.ItemKind | UnsetType = UNSET
    choice: str = ""
    knowledge_point: str = ""
    ability: str = ""
    target_percent: int | UnsetType | None = UNSET
    key: Single | Multiple | Numeric | Exact | Everyone | UnsetType | None = UNSET


class PaperTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    items: int
    full_marks: float
    version: int


class PaperView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str
    full_marks: float
    items: list[PaperItem]
    choices: list[shared.ExamsChoice]
    blueprint: BlueprintView
    versions: list[VersionView]
    setter_ids: list[UUID]
    resource_ids: list[UUID]
    starts_at: dt.datetime | None
    version: int


class PapersCell(Struct, frozen=True, kw_only=True, omit_defaults=True):
    knowledge_point: str
    ability: str
    marks: float
    target_percent: int | UnsetType | None = UNSET


class Partial(k.Word):
    """What some of the right letters are worth."""

    NONE = "none"
    FIXED = "fixed"
    BY_COUNT = "by_count"


class RescoreList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[RescoreView]


class RescoreView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    subject: str
    from_version: int
    to_version: int
    because: str
    rescored: int
    moved: int | None
    items: list[ItemMove]
    schools: list[SchoolMoves]
    made_at: dt.datetime


class ResponsesTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    exam_id: UUID
    subject: str
    dry_run: bool
    rows: int
    present: int
    paper_version: int
    scored: bool
    status: str


class SchoolMoves(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_name: str
    moved: int


class Setters(Struct, frozen=True, kw_only=True, omit_defaults=True):
    person_ids: list[UUID]


class Single(Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="rule", tag="single"):
    accept: list[str]


class VersionView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    version: int
    because: str
    made_at: dt.datetime


def annotate_responses(
    exam_id: UUID, body: bytes, *, subject: str | None = None, content_type: str = "text/csv"
) -> k.Asked[k.Content]:
    """Get a sheet of answers back with its problems beside each row.

    A dry run answered by the file, CSV or XLSX as it came, with a column 问题/problem.
    """
    return k.ask(
        "annotateResponses",
        "POST",
        k.path_of("/v1/exams/{exam_id}/responses/annotated", exam_id=exam_id),
        k.read_content,
        query={"subject": subject},
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def change_keys(
    exam_id: UUID,
    body: KeyChange,
    *,
    version: int,
    subject: str | None = None,
    idempotency_key: str | None = None,
) -> k.Asked[RescoreView]:
    """Change keys; answers are scored anew.

    A new version of the paper, with a report of what moved. If-Match: the paper's version.
    """
    return k.ask(
        "changeKeys",
        "PUT",
        k.path_of("/v1/exams/{exam_id}/paper/keys", exam_id=exam_id),
        k.read_json(RescoreView),
        query={"subject": subject},
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )


def export_paper(
    exam_id: UUID, *, subject: str | None = None, format: Any | None = None
) -> k.Asked[k.Content]:
    """The item table of a paper as a file.

    With the keys: the audit trail keeps who took it.
    """
    return k.ask(
        "exportPaper",
        "GET",
        k.path_of("/v1/exams/{exam_id}/paper/export", exam_id=exam_id),
        k.read_content,
        query={"subject": subject, "format": format},
        accept="*/*",
    )


def get_paper(exam_id: UUID, *, subject: str | None = None) -> k.Asked[PaperView]:
    """One subject's paper with its keys.

    The blueprint stands beside it, checked cell by cell.
    """
    return k.ask(
        "getPaper",
        "GET",
        k.path_of("/v1/exams/{exam_id}/paper", exam_id=exam_id),
        k.read_json(PaperView),
        query={"subject": subject},
    )


def import_paper(
    exam_id: UUID,
    body: bytes,
    *,
    subject: str | None = None,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[PaperTaken]:
    """Set a paper from an item table (CSV or XLSX).

    Columns in English or Chinese: label 题号, max_marks 满分, … as the export writes them.
    """
    return k.ask(
        "importPaper",
        "POST",
        k.path_of("/v1/exams/{exam_id}/paper/import", exam_id=exam_id),
        k.read_json(PaperTaken),
        query={"subject": subject, "dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def import_responses(
    exam_id: UUID,
    body: bytes,
    *,
    subject: str | None = None,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[ResponsesTaken]:
    """Import the answers to the objective items from CSV or XLSX.

    school_code, exam_number, [class, status], then a column per item, or one: answers.
    """
    return k.ask(
        "importResponses",
        "POST",
        k.path_of("/v1/exams/{exam_id}/responses", exam_id=exam_id),
        k.read_json(ResponsesTaken),
        query={"subject": subject, "dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def list_rescore_moves(
    rescore_id: UUID, *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[Move]]:
    """Your own candidates that a changed key moved.

    Once results are released; marks only where the law lets a pupil's marks be told.
    """
    return k.ask(
        "listRescoreMoves",
        "GET",
        k.path_of("/v1/rescores/{rescore_id}/moves", rescore_id=rescore_id),
        k.read_json(k.Page[Move]),
        query={"limit": limit, "cursor": cursor},
    )


def list_rescores(exam_id: UUID) -> k.Asked[RescoreList]:
    """What changed keys have moved.

    By item for everybody who takes part; by school for the organiser.
    """
    return k.ask(
        "listRescores",
        "GET",
        k.path_of("/v1/exams/{exam_id}/rescores", exam_id=exam_id),
        k.read_json(RescoreList),
    )


def name_setters(
    exam_id: UUID, body: Setters, *, subject: str | None = None, idempotency_key: str | None = None
) -> k.Asked[PaperView]:
    """Name who sets a paper.

    They alone see the paper beside the organiser, and only of this subject.
    """
    return k.ask(
        "nameSetters",
        "PUT",
        k.path_of("/v1/exams/{exam_id}/paper/setters", exam_id=exam_id),
        k.read_json(PaperView),
        query={"subject": subject},
        body=body,
        once=True,
        key=idempotency_key,
    )


def seal_paper_file(
    exam_id: UUID,
    body: PaperFile,
    *,
    subject: str | None = None,
    idempotency_key: str | None = None,
) -> k.Asked[PaperView]:
    """Seal a draft as the paper's file.

    Publish and offer it then as any resource: to others it opens when the subject begins.
    """
    return k.ask(
        "sealPaperFile",
        "POST",
        k.path_of("/v1/exams/{exam_id}/paper/file", exam_id=exam_id),
        k.read_json(PaperView),
        query={"subject": subject},
        body=body,
        once=True,
        key=idempotency_key,
    )


def set_blueprint(
    exam_id: UUID,
    body: Blueprint,
    *,
    subject: str | None = None,
    idempotency_key: str | None = None,
) -> k.Asked[PaperView]:
    """Plan a paper: knowledge points × abilities.

    The two-way table 双向细目表, in place of the one there was.
    """
    return k.ask(
        "setBlueprint",
        "PUT",
        k.path_of("/v1/exams/{exam_id}/paper/blueprint", exam_id=exam_id),
        k.read_json(PaperView),
        query={"subject": subject},
        body=body,
        once=True,
        key=idempotency_key,
    )


def set_paper(
    exam_id: UUID,
    body: PaperInput,
    *,
    version: int,
    subject: str | None = None,
    idempotency_key: str | None = None,
) -> k.Asked[PaperView]:
    """Set a paper: a whole new version.

    Until results come in; afterwards only keys change. If-Match: the paper's version.
    """
    return k.ask(
        "setPaper",
        "PUT",
        k.path_of("/v1/exams/{exam_id}/paper", exam_id=exam_id),
        k.read_json(PaperView),
        query={"subject": subject},
        body=body,
        version=version,
        once=True,
        key=idempotency_key,
    )
