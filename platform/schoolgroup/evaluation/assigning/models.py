"""Tables that turn raw into assigned marks 等级赋分: made once, named wherever they were used."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.evaluation.exams.models import Name
from schoolgroup.evaluation.statistics.methods.assigned import Boundary, OneScore, Tie
from schoolgroup.kernel.http import Input


class WhenMarksChange(StrEnum):
    """What becomes of the table when an appeal changes marks after it was made."""

    KEEP = "keep"  # the table stands, the changed mark is read off it: nobody else moves
    RENEW = "renew"  # the next release works a table out of its own snapshot: everybody may move


class ConversionInput(Input, frozen=True):
    """How a subject's raw marks become assigned ones.

    The official texts fix shares and intervals; what they leave open is said here and printed with
    every result. `because`: from the second table of a subject on.
    """

    subject: Name
    scheme: Annotated[str, Meta(max_length=40)]
    boundary: Boundary
    tie: Tie = Tie.MORE
    one_score: OneScore = OneScore.MAX
    when_marks_change: WhenMarksChange = WhenMarksChange.KEEP
    because: Annotated[str, Meta(max_length=2000)] = ""


class Band(msgspec.Struct, frozen=True):
    """One level: the raw marks that occurred in it (null: nobody's), and the marks it is given."""

    level: str
    raw_lowest: int | None
    raw_highest: int | None
    lowest: int
    highest: int


class Conversion(msgspec.Struct, frozen=True):
    """A table as it was made; nothing changes it. `snapshot_*`: the marks it was worked out of."""

    id: UUID
    exam_id: UUID
    exam_subject_id: UUID
    subject: str
    number: int
    snapshot_id: UUID
    snapshot_sha256: str
    scheme: str
    boundary: Boundary
    tie: Tie
    one_score: OneScore
    when_marks_change: WhenMarksChange
    because: str
    n: int
    bands: list[Band]
    made_at: datetime


class ConversionUsed(msgspec.Struct, frozen=True):
    """Which table a release was told by."""

    subject: str
    conversion_id: UUID
    number: int
    scheme: str
    source: str
    boundary: Boundary
    tie: Tie
    one_score: OneScore
    when_marks_change: WhenMarksChange
    snapshot_sha256: str
    bands: list[Band]


class ConversionList(msgspec.Struct, frozen=True):
    """The tables of an exam, by subject, the newest first."""

    exam_id: UUID
    items: list[Conversion]
