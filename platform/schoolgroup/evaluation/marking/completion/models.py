"""A subject whose scripts are all marked."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from schoolgroup.kernel.http import Input


class CompleteInput(Input, frozen=True):
    """Which subject to complete."""

    subject: Annotated[str, Meta(min_length=1, max_length=40)]


class Suspected(msgspec.Struct, frozen=True):
    """A candidate one of whose scripts was reported as suspected cheating."""

    exam_number: str
    label: str
    note: str


class Completed(msgspec.Struct, frozen=True):
    """What completing a subject did.

    `rounded`: candidates whose exact total lay between two half marks and went up. `written`: those
    whose marks are new or others than before.
    """

    exam_id: UUID
    subject: str
    labels: list[str]
    candidates: int
    written: int
    rounded: int
    suspected: list[Suspected]


class CandidateRow(msgspec.Struct, frozen=True):
    """A candidate with what is known of the subject: marks by position, objective ones, a result.

    `positions` and `quarter_marks` stand side by side; `blank` are items a leader found empty.
    """

    candidate_id: UUID
    school_id: UUID
    exam_number: str
    result: str | None
    positions: list[int]
    quarter_marks: list[int]
    blank: list[int]
    objective_half_marks: list[int] | None
    item_half_marks: list[int] | None
    left_out: list[int] | None


class Written(msgspec.Struct, frozen=True):
    """A candidate's marks to be written, in half marks; the optional items that do not count."""

    candidate_id: UUID
    school_id: UUID
    half_marks: list[int]
    left_out: list[int]


class ChoiceRow(msgspec.Struct, frozen=True):
    """A group of optional items 选做: of them `choose` count, the first answered or the best."""

    name: str
    choose: int
    rule: str


class ItemRow(msgspec.Struct, frozen=True):
    """One item of the paper in force, in its order."""

    position: int
    label: str
    max_half_marks: int
    kind: str
    choice: str
