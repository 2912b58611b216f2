"""Scanned scripts: where answers stand on the pages, and the archives schools hand in."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.models import Name
from schoolgroup.kernel.http import Input

PAGES_MAX, REGIONS_MAX, CUT_MAX = 20, 400, 50
Page = Annotated[int, Meta(ge=1, le=PAGES_MAX)]
# percent of the page's width or height
Percent = Annotated[float, Meta(ge=0, le=100)]


class Area(Input, frozen=True, kw_only=True):
    """A rectangle on a page, in percent of its width and height from the upper left corner."""

    page: Page
    left: Percent
    top: Percent
    right: Percent
    bottom: Percent


class Region(Area, frozen=True, kw_only=True):
    """Where an item is answered; an item may have several, one below the other in its image."""

    label: Name


class TemplateInput(Input, frozen=True, kw_only=True):
    """Where on the pages of a subject's scripts the answers are, and where names may stand."""

    subject: Name
    pages: Page
    regions: Annotated[list[Region], Meta(min_length=1, max_length=REGIONS_MAX)]
    name_areas: Annotated[list[Area], Meta(min_length=1, max_length=40)]


class TemplateView(msgspec.Struct, frozen=True):
    """A template as kept."""

    exam_id: UUID
    subject: str
    paper_version: int
    pages: int
    regions: list[Region]
    name_areas: list[Area]
    version: int


class BatchInput(Input, frozen=True, kw_only=True):
    """An archive of pages, uploaded and verified: `<exam number>-<page>.png` or `.jpg`."""

    subject: Name
    deposit_id: UUID


class CutWish(Input, frozen=True):
    """How many candidates' pages to cut now."""

    candidates: Annotated[int, Meta(ge=1, le=CUT_MAX)] = 20


class BatchView(msgspec.Struct, frozen=True, kw_only=True):
    """How far a school's archive is cut. Cut again until nothing is left."""

    id: UUID
    exam_id: UUID
    school_id: UUID
    subject: str
    candidates: int
    cut: int
    left: int
    created_at: datetime
    version: int
    actions: list[str]


class TemplateRow(msgspec.Struct, frozen=True):
    """A template as stored."""

    exam_subject_id: UUID
    paper_version: int
    pages: int
    regions: list[Region]
    name_areas: list[Area]
    version: int


class BatchRow(msgspec.Struct, frozen=True):
    """An archive as stored, with the relations of whoever asks."""

    id: UUID
    exam_id: UUID
    exam_subject_id: UUID
    paper_version: int
    school_id: UUID
    subject: str
    deposit_id: UUID
    exam_numbers: list[str]
    candidates_cut: int
    created_at: datetime
    version: int
    relations: int


class Archive(msgspec.Struct, frozen=True):
    """Where a verified upload is in the store."""

    school_id: UUID
    object_key: str
    size_bytes: int
    media_type: str
    relations: int


class Cut(msgspec.Struct, frozen=True):
    """One answer to be cut: the script it becomes, and its regions from top to bottom."""

    script_id: UUID
    exam_number: str
    regions: list[Region]


class Job(msgspec.Struct, frozen=True):
    """What one request cuts."""

    batch: BatchRow
    archive: Archive
    cuts: list[Cut]
    numbers: list[str]
    pages: int
