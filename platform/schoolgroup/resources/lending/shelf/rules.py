"""The shelf (书架) behind the desk: what lending a thing refuses that lending a file does not."""

from datetime import datetime

from schoolgroup.kernel.errors import Conflict, Problem, Refusal
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lending.desk.models import LoanRow, LoanStatus


class ThingIsOut(Conflict):
    """The thing of this loan is in somebody's hands: it comes back over the desk."""

    code = "thing_is_out"
    title = Text("The thing is still out", "实物尚未归还")
    remedy = Text(
        "Bring it back: the librarian scans it (handover_id). To have it sooner, recall it.",
        "请归还实物，由资源管理员扫码办理（handover_id）；如需提前收回，请召回。",
    )


class NotCollected(Conflict):
    """The days of a loan of things count from the hand-over: before it nothing is renewed."""

    code = "not_collected"
    title = Text("The thing was not collected yet", "实物尚未领取")
    remedy = Text("Collect it first, until the instant told.", "请在截止时间前先领取实物。")


class Overdue(Conflict):
    """You have this thing in hand, and it was due."""

    code = "overdue"
    title = Text("It is overdue", "已逾期")
    remedy = Text("Bring it back first.", "请先归还。")


class SeatsFollowItems(Conflict):
    """An offer that lends items has as many seats as there are items to give."""

    code = "seats_follow_items"
    title = Text("The seats follow the items", "席位数随实物数量而定")
    remedy = Text("Enter or withdraw items instead.", "请登记或注销实物。")


class TwoOffersOfItems(Conflict):
    """The items of a resource are lent by one offer at a time."""

    code = "two_offers_of_items"
    title = Text("Another offer lends these items", "已有共享条款出借这些实物")
    remedy = Text(
        "Close that offer first; one offer can reach several audiences.",
        "请先关闭该条款；一项条款可面向多个范围。",
    )


def why_not_given_back(loan: LoanRow) -> Refusal | None:
    """Why a loan is not ended from afar, or None: what is out comes back over the desk."""
    if loan.handover_id is None:
        return None
    return ThingIsOut(facts={"handover_id": loan.handover_id})


def why_not_renewed(loan: LoanRow, now: datetime) -> Refusal | None:
    """Why a loan of a thing is not renewed, or None: not collected yet, or overdue."""
    if not loan.terms.by_items or loan.status is not LoanStatus.ACTIVE:
        return None
    if loan.handover_id is None:
        return NotCollected(until_at=loan.ends_at)
    if now >= loan.ends_at:
        return Overdue(until_at=loan.ends_at, facts={"handover_id": loan.handover_id})
    return None


def seat_problems(by_items: bool, seats: int | None) -> list[Problem]:
    """What is wrong with the seats of an offer about to be made: items bring their own."""
    if by_items and seats is not None:
        why = "an offer that lends items has as many seats as there are items"
        return [Problem("/seats", "surplus", why, "leave it out")]
    return []
