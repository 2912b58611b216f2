"""An agreement is in force only with both principals' signatures, and never overlaps another."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from schoolgroup.directory.agreements.models import (
    AgreementEntry,
    AgreementRow,
    AgreementStatus,
)
from schoolgroup.directory.rights import refuse_backward
from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

PROPOSED, IN_FORCE = AgreementStatus.PROPOSED, AgreementStatus.IN_FORCE
AGREEMENT: Machine[AgreementStatus] = Machine(
    "agreement",
    [
        # in force with the second signature; the first leaves it proposed
        Transition("sign", "agreement:sign", (PROPOSED,), IN_FORCE),
        Transition("decline", "agreement:sign", (PROPOSED,), AgreementStatus.DECLINED),
        Transition("end", "agreement:end", (IN_FORCE,), AgreementStatus.ENDED),
    ],
)


class Side(StrEnum):
    """For which side a school signs."""

    OWNER = "owner"
    GRANTEE = "grantee"


class AgreementsOverlap(Conflict):
    """Between these two there is already an agreement, proposed or in force, in that time."""

    code = "agreements_overlap"
    title = Text("There is an agreement already in that time", "该期间已有协议")
    remedy = Text(
        "End or decline the other one, or choose days outside it.",
        "请先终止或谢绝原协议，或另选日期。",
    )


class AlreadySigned(Conflict):
    """Your side has signed."""

    code = "already_signed"
    title = Text("Your side has signed already", "本方已签署")
    remedy = Text("Wait for the other side's principal.", "请等待对方校长签署。")


class AgreementPast(Conflict):
    """The last day of the agreement is over."""

    code = "agreement_past"
    title = Text("The agreement's time is over", "协议期限已过")
    remedy = Text("Propose a new one.", "请重新发起协议。")


def refuse_wrong_entry(entry: AgreementEntry, owner_school_id: UUID, today: date) -> None:
    """Raise Invalid unless there is one grantee, another than the owner, and a day still ahead."""
    refuse_backward(entry.from_on, entry.until_on)
    problems = []
    if (entry.grantee_school_id is None) == (entry.grantee_circle_id is None):
        why = "name either a school or a circle"
        problems.append(Problem("/grantee_school_id", "one_grantee", why))
    if entry.grantee_school_id == owner_school_id:
        why = "a school needs no agreement with itself"
        problems.append(Problem("/grantee_school_id", "same_school", why))
    if entry.until_on <= today:
        problems.append(Problem("/until_on", "in_the_past", f"today is {today}"))
    if problems:
        raise Invalid(problems=problems)


def side_of(row: AgreementRow, school_id: UUID | None) -> Side:
    """For which side a party signs: the owner for itself, anybody else for the grantee."""
    return Side.OWNER if school_id == row.owner_school_id else Side.GRANTEE


def has_signed(row: AgreementRow, side: Side) -> bool:
    """Whether this side has signed."""
    signed_at = row.owner_signed_at if side is Side.OWNER else row.grantee_signed_at
    return signed_at is not None


def sign(row: AgreementRow, side: Side, today: date) -> AgreementStatus:
    """The status with this side's signature. Raises WrongState, AlreadySigned, AgreementPast."""
    in_force = AGREEMENT.step(row.status, "sign")
    if has_signed(row, side):
        raise AlreadySigned
    if row.until_on <= today:
        raise AgreementPast(facts={"until_on": row.until_on})
    other = Side.GRANTEE if side is Side.OWNER else Side.OWNER
    return in_force if has_signed(row, other) else row.status


def holds_on(row: AgreementRow, day: date) -> bool:
    """Whether it is in force and the day is one of its days."""
    return row.status is IN_FORCE and row.from_on <= day < row.until_on
