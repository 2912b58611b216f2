"""The register of pupils, under the law (学籍).

Written by `make client` from the API description: do not edit.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from msgspec import UNSET, Struct, UnsetType

from schoolgroup.client import kinds as k


class ClassList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_year: int
    items: list[ClassSize]


class ClassSize(Struct, frozen=True, kw_only=True, omit_defaults=True):
    grade: int
    class_label: str
    pupils: int


class Enrolment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    school_year: int
    grade: int
    class_label: str
    from_on: dt.date
    until_on: dt.date | None


class NameInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    name: str


class NameList(Struct, frozen=True, kw_only=True, omit_defaults=True):
    items: list[NameView]


class NameView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    pupil_id: UUID
    register_number: str
    name: str


class Promotion(Struct, frozen=True, kw_only=True, omit_defaults=True):
    to_year: int
    leaving_grades: list[int] | UnsetType | None = UNSET


class PromotionView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    school_id: UUID
    to_year: int
    promoted: int
    graduated: int
    made_at: dt.datetime
    undone_at: dt.datetime | None


class PupilHistory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    pupil: PupilView
    enrolments: list[Enrolment]
    version: int


class PupilStatus(k.Word):
    """Whether a pupil is at the school."""

    ENROLLED = "enrolled"
    LEFT = "left"
    GRADUATED = "graduated"


class PupilView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    register_number: str
    sex: str | None
    status: PupilStatus
    school_year: int | None
    grade: int | None
    class_label: str | None
    version: int
    actions: list[str]


class PupilsTaken(Struct, frozen=True, kw_only=True, omit_defaults=True):
    dry_run: bool
    school_year: int
    rows: int
    created: int
    updated: int
    unchanged: int
    names: int


class RetentionInput(Struct, frozen=True, kw_only=True, omit_defaults=True):
    months: int
    because: str


class RetentionView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    school_id: UUID
    months: int
    is_usual: bool
    because: str
    names_due: int
    updated_at: dt.datetime | None
    version: int


class TransferConsent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    register_number: str
    class_label: str


class TransferRefusal(Struct, frozen=True, kw_only=True, omit_defaults=True):
    because: str


class TransferStatus(k.Word):
    """How a transfer stands 转学."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class TransferView(Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: UUID
    pupil_id: UUID
    from_school_id: UUID
    from_school_name: str
    to_school_id: UUID
    to_school_name: str
    status: TransferStatus
    grade: int
    because: str
    decided_because: str
    proposed_at: dt.datetime
    decided_at: dt.datetime | None
    version: int
    actions: list[str]


class TransferWish(Struct, frozen=True, kw_only=True, omit_defaults=True):
    to_school_id: UUID
    because: str = ""


def accept_transfer(
    transfer_id: UUID, body: TransferConsent, *, idempotency_key: str | None = None
) -> k.Asked[TransferView]:
    """Take a pupil in.

    For the receiving school. Earlier years and results stay where they were.
    """
    return k.ask(
        "acceptTransfer",
        "POST",
        k.path_of("/v1/pupil-transfers/{transfer_id}/accept", transfer_id=transfer_id),
        k.read_json(TransferView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def annotate_pupils(
    body: bytes, *, school_year: int | None = None, content_type: str = "text/csv"
) -> k.Asked[k.Content]:
    """Get a register back with its problems beside each row.

    A dry run answered by the file, CSV or XLSX as it came, with a column 问题/problem.
    """
    return k.ask(
        "annotatePupils",
        "POST",
        "/v1/pupils/import/annotated",
        k.read_content,
        query={"school_year": school_year},
        body=body,
        content_type=content_type,
        accept="*/*",
    )


def decline_transfer(
    transfer_id: UUID, body: TransferRefusal, *, idempotency_key: str | None = None
) -> k.Asked[TransferView]:
    """Decline a transfer.

    For the receiving school, with a reason.
    """
    return k.ask(
        "declineTransfer",
        "POST",
        k.path_of("/v1/pupil-transfers/{transfer_id}/decline", transfer_id=transfer_id),
        k.read_json(TransferView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def erase_pupil_name(
    pupil_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[PupilHistory]:
    """Erase a pupil's name.

    For good: results and years remain under an id nobody can turn back.
    """
    return k.ask(
        "erasePupilName",
        "DELETE",
        k.path_of("/v1/pupils/{pupil_id}/name", pupil_id=pupil_id),
        k.read_json(PupilHistory),
        once=True,
        key=idempotency_key,
    )


def get_pupil(pupil_id: UUID) -> k.Asked[PupilHistory]:
    """One pupil with the years at your school.

    Without a name.
    """
    return k.ask(
        "getPupil",
        "GET",
        k.path_of("/v1/pupils/{pupil_id}", pupil_id=pupil_id),
        k.read_json(PupilHistory),
    )


def get_pupil_retention() -> k.Asked[RetentionView]:
    """How long your school keeps names of pupils who are gone.

    With how many names the next night will erase.
    """
    return k.ask("getPupilRetention", "GET", "/v1/pupil-retention", k.read_json(RetentionView))


def import_pupils(
    body: bytes,
    *,
    school_year: int | None = None,
    dry_run: bool | None = None,
    content_type: str = "text/csv",
    idempotency_key: str | None = None,
) -> k.Asked[PupilsTaken]:
    """Import your school's pupils from CSV or XLSX.

    register_number 学籍号, grade 年级, class 班级, [name 姓名, sex 性别]; all or nothing.
    """
    return k.ask(
        "importPupils",
        "POST",
        "/v1/pupils/import",
        k.read_json(PupilsTaken),
        query={"school_year": school_year, "dry_run": dry_run},
        body=body,
        content_type=content_type,
        once=True,
        key=idempotency_key,
    )


def list_pupil_classes(*, school_year: int | None = None) -> k.Asked[ClassList]:
    """Your school's classes of a year.

    With how many are in each.
    """
    return k.ask(
        "listPupilClasses",
        "GET",
        "/v1/pupil-classes",
        k.read_json(ClassList),
        query={"school_year": school_year},
    )


def list_pupils(
    *,
    grade: int | None = None,
    class_label: str | None = None,
    status: PupilStatus | None = None,
    limit: int | None = None,
    cursor: str | None = None,
) -> k.Asked[k.Page[PupilView]]:
    """Your school's pupils, without names.

    By register number.
    """
    return k.ask(
        "listPupils",
        "GET",
        "/v1/pupils",
        k.read_json(k.Page[PupilView]),
        query={
            "grade": grade,
            "class_label": class_label,
            "status": status,
            "limit": limit,
            "cursor": cursor,
        },
    )


def list_transfers(
    *, limit: int | None = None, cursor: str | None = None
) -> k.Asked[k.Page[TransferView]]:
    """Transfers from and to your school.

    The newest first.
    """
    return k.ask(
        "listTransfers",
        "GET",
        "/v1/pupil-transfers",
        k.read_json(k.Page[TransferView]),
        query={"limit": limit, "cursor": cursor},
    )


def promote_pupils(
    body: Promotion, *, idempotency_key: str | None = None
) -> k.Asked[PromotionView]:
    """Promote all pupils into a school year.

    Repeating it changes nothing; the last grade leaves.
    """
    return k.ask(
        "promotePupils",
        "POST",
        "/v1/pupil-promotions",
        k.read_json(PromotionView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def propose_transfer(
    pupil_id: UUID, body: TransferWish, *, idempotency_key: str | None = None
) -> k.Asked[TransferView]:
    """Propose that a pupil goes to another school.

    The receiving school sees the id and the grade, no name and no number.
    """
    return k.ask(
        "proposeTransfer",
        "POST",
        k.path_of("/v1/pupils/{pupil_id}/transfer", pupil_id=pupil_id),
        k.read_json(TransferView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def pupil_leaves(pupil_id: UUID, *, idempotency_key: str | None = None) -> k.Asked[PupilHistory]:
    """A pupil leaves the group's schools.

    To a school of the group goes a transfer instead.
    """
    return k.ask(
        "pupilLeaves",
        "POST",
        k.path_of("/v1/pupils/{pupil_id}/leave", pupil_id=pupil_id),
        k.read_json(PupilHistory),
        once=True,
        key=idempotency_key,
    )


def read_class_names(*, grade: int, class_label: str) -> k.Asked[NameList]:
    """The names of a class, on record.

    Only within the own school; the audit trail keeps who read them.
    """
    return k.ask(
        "readClassNames",
        "GET",
        "/v1/pupil-names",
        k.read_json(NameList),
        query={"grade": grade, "class_label": class_label},
    )


def read_pupil_name(pupil_id: UUID) -> k.Asked[NameView]:
    """A pupil's name, on record.

    Only within the own school; the audit trail keeps who read it.
    """
    return k.ask(
        "readPupilName",
        "GET",
        k.path_of("/v1/pupils/{pupil_id}/name", pupil_id=pupil_id),
        k.read_json(NameView),
    )


def set_pupil_retention(
    body: RetentionInput, *, idempotency_key: str | None = None
) -> k.Asked[RetentionView]:
    """Set how long your school keeps names of pupils who are gone.

    From 1 to 120 months after the last day at the school; erased every night, for good.
    """
    return k.ask(
        "setPupilRetention",
        "PUT",
        "/v1/pupil-retention",
        k.read_json(RetentionView),
        body=body,
        once=True,
        key=idempotency_key,
    )


def undo_promotion(
    promotion_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[PromotionView]:
    """Take a promotion back.

    While no exam, transfer or later promotion rests on it.
    """
    return k.ask(
        "undoPromotion",
        "POST",
        k.path_of("/v1/pupil-promotions/{promotion_id}/undo", promotion_id=promotion_id),
        k.read_json(PromotionView),
        once=True,
        key=idempotency_key,
    )


def withdraw_transfer(
    transfer_id: UUID, *, idempotency_key: str | None = None
) -> k.Asked[TransferView]:
    """Take a proposed transfer back.

    For the school that proposed it.
    """
    return k.ask(
        "withdrawTransfer",
        "POST",
        k.path_of("/v1/pupil-transfers/{transfer_id}/withdraw", transfer_id=transfer_id),
        k.read_json(TransferView),
        once=True,
        key=idempotency_key,
    )


def write_pupil_name(
    pupil_id: UUID, body: NameInput, *, idempotency_key: str | None = None
) -> k.Asked[PupilHistory]:
    """Write a pupil's name down.

    It stays in the school, also when the pupil goes.
    """
    return k.ask(
        "writePupilName",
        "PUT",
        k.path_of("/v1/pupils/{pupil_id}/name", pupil_id=pupil_id),
        k.read_json(PupilHistory),
        body=body,
        once=True,
        key=idempotency_key,
    )
