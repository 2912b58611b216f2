"""Spot checks drawn by lot (抽查): everything is fixed before the last part is known to anybody."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from schoolgroup.kernel.http import Input

COUNT_MAX = 500


class DrawWish(Input, frozen=True):
    """How many schools are to be drawn, from whom (null: every school the round is to reach), and
    which public value, known to nobody before `public_from_at`, takes part in it.
    """

    count: Annotated[int, Meta(ge=1, le=COUNT_MAX)]
    public_source: Annotated[
        str,
        Meta(
            min_length=10,
            max_length=500,
            examples=["上证综指 2026-10-09 收盘点位，保留两位小数，见上海证券交易所网站"],
        ),
    ]
    public_from_at: datetime
    school_ids: Annotated[list[UUID], Meta(min_length=1, max_length=2000)] | None = None


class RevealWish(Input, frozen=True):
    """The public value as its source has it."""

    public_value: Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^\S(.*\S)?$")]


class PlanWish(Input, frozen=True):
    """The day of the spot checks."""

    planned_on: date


class Document(Struct, frozen=True, kw_only=True):
    """What is published at the commitment; its hash is taken over its canonical JSON."""

    algorithm: str
    draw_id: str
    candidates: list[str]
    count: int
    seed_sha256: str
    public_source: str
    public_from_at: str


class Published(Struct, frozen=True, kw_only=True, omit_defaults=False):
    """A revealed draw as a file: what `schoolgroup draw` recomputes."""

    document: Document
    document_sha256: str
    seed: str
    public_value: str
    passed_over: list[str]
    drawn: list[str]


class DrawRow(Struct, frozen=True):
    """A draw as stored; the seed as hexadecimal digits."""

    id: UUID
    round_id: UUID
    document: Document
    document_sha256: str
    public_from_at: datetime
    committed_at: datetime
    seed: str | None
    public_value: str | None
    drawn: list[str] | None
    passed_over: list[str] | None
    revealed_at: datetime | None
    version: int


class DrawView(Struct, frozen=True):
    """A draw. Until it is revealed seed, value and result are null; `how` says how to recompute."""

    id: UUID
    round_id: UUID
    document: Document
    document_sha256: str
    committed_at: datetime
    seed: str | None
    public_value: str | None
    drawn: list[str] | None
    passed_over: list[str] | None
    revealed_at: datetime | None
    how: str
    version: int
    actions: list[str]
