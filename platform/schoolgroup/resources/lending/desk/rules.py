"""The desk's rules in the librarian's words: pure, and the same for borrowing, for the dry run of
it and for `actions`. A refusal says why, until when, and what would help.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from schoolgroup.kernel.errors import Conflict, Forbidden, Gone, Refusal
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.resources.lending.desk.models import (
    Figures,
    HoldRow,
    HoldStatus,
    LoanRow,
    LoanStatus,
    Mine,
)
from schoolgroup.resources.lending.offers.models import OfferRow, OfferStatus
from schoolgroup.resources.lending.offers.rules import OfferIsClosed
from schoolgroup.resources.lending.terms.models import Ground, Limit, Limits, OpenNow
from schoolgroup.resources.lending.terms.rules import due

May = Callable[[str], bool]

# A recall leaves at least so long, also where nothing more was guaranteed.
RECALL_NOTICE = timedelta(hours=24)

# Steps nobody asks for: the desk takes them when an instant has passed or a seat is given.
BY_ITSELF = "-"
ACTIVE = LoanStatus.ACTIVE
WAITING, READY = HoldStatus.WAITING, HoldStatus.READY
LOANS: Machine[LoanStatus] = Machine(
    "loan",
    [
        Transition("return", "loan:return", (ACTIVE,), LoanStatus.RETURNED),
        Transition("renew", "loan:renew", (ACTIVE,), ACTIVE),
        Transition("recall", "loan:recall", (ACTIVE,), ACTIVE),
        Transition("revoke", "loan:revoke", (ACTIVE,), LoanStatus.REVOKED),
        Transition("end", BY_ITSELF, (ACTIVE,), LoanStatus.ENDED),
    ],
)
HOLDS: Machine[HoldStatus] = Machine(
    "hold",
    [
        Transition("cancel", "hold:cancel", (WAITING, READY), HoldStatus.CANCELLED),
        Transition("pause", "hold:pause", (WAITING,), WAITING),
        Transition("resume", "hold:pause", (WAITING,), WAITING),
        Transition("make_ready", BY_ITSELF, (WAITING,), READY),
        Transition("fill", BY_ITSELF, (READY,), HoldStatus.FILLED),
        Transition("lapse", BY_ITSELF, (READY,), HoldStatus.LAPSED),
    ],
)


class OfferIsSuspended(Conflict):
    """The owner lends nothing new on this offer for now; running loans go on."""

    code = "offer_suspended"
    title = Text("The offer is suspended", "共享已暂停")


class OfferIsOver(Conflict):
    """The offer was valid until an instant that has passed; running loans go on."""

    code = "offer_over"
    title = Text("The offer is over", "共享已到期")


class ResourceWithdrawn(Conflict):
    """The owner has withdrawn the resource; running loans go on."""

    code = "resource_withdrawn"
    title = Text("The resource was withdrawn", "资源已撤回")


class ResourceUnpublished(Conflict):
    """The resource is still a draft: there is no revision to lend."""

    code = "resource_unpublished"
    title = Text("The resource is not published yet", "资源尚未发布")
    remedy = Text("Publish it first.", "请先发布。")


class NotABorrower(Forbidden):
    """Loans are made to people of a school."""

    code = "not_a_borrower"
    title = Text("Only people of a school borrow", "仅限学校人员借阅")
    remedy = Text("Sign in as a person of a school.", "请以学校人员身份登录。")


class AlreadyBorrowed(Conflict):
    """You have this on loan already: one loan per person and offer."""

    code = "already_borrowed"
    title = Text("You have it on loan already", "已借阅此资源")
    remedy = Text(
        "Use the running loan (loan_id); renew it if it is too short.",
        "请使用现有借阅（loan_id），时间不足可续借。",
    )


class AlreadyOnHold(Conflict):
    """You are in the queue already: one place per person and offer."""

    code = "already_on_hold"
    title = Text("You are in the queue already", "已在预约队列中")
    remedy = Text(
        "Wait for your turn: see the hold (hold_id) for your place.",
        "请等待轮到您，位置见该预约（hold_id）。",
    )


class SchoolCapReached(Conflict):
    """Your school has as many seats of this offer as one school may have."""

    code = "school_cap_reached"
    title = Text("Your school has its full share", "本校已达席位上限")
    remedy = Text("Borrow again when a colleague has returned it.", "请待本校同事归还后再借。")


class OwnLimitReached(Conflict):
    """You have as many loans and holds open as one person may have."""

    code = "own_limit_reached"
    title = Text("You have reached your own limit", "已达个人借阅上限")
    remedy = Text("Return a loan or cancel a hold first.", "请先归还借阅或取消预约。")


class SchoolLimitReached(Conflict):
    """Your school has as many loans and holds open as one school may have."""

    code = "school_limit_reached"
    title = Text("Your school has reached its limit", "已达本校借阅上限")
    remedy = Text(
        "Borrow when a colleague has returned something, or ask the group office.",
        "请待同事归还后再借，或联系集团办公室。",
    )


class GroupLimitReached(Conflict):
    """As many loans and holds are open in the group as may be."""

    code = "group_limit_reached"
    title = Text("The group has reached its limit", "已达集团借阅上限")
    remedy = Text("Try again when something was returned.", "请待有资源归还后再试。")


class LicenceUsedUp(Conflict):
    """The licence gives no more loans than it gave, or than are promised to those who wait."""

    code = "licence_used_up"
    title = Text("The licence has no loans left", "许可的借阅次数已用完")


class Recalled(Conflict):
    """The owner has called the loan back: it is not renewed."""

    code = "recalled"
    title = Text("The loan was recalled", "借阅已被召回")
    remedy = Text("Return it in time.", "请按时归还。")


class RecallChangesNothing(Conflict):
    """The loan ends no later than a recall could make it end."""

    code = "recall_changes_nothing"
    title = Text("A recall would change nothing", "召回不会提前到期")
    remedy = Text(
        "Wait for its end; a guaranteed time cannot be taken away.",
        "请等待到期，保证的借期不可收回。",
    )


class RenewalGainsNothing(Conflict):
    """The loan lasts as long as it can already: to the end of the term or of the offer."""

    code = "renewal_gains_nothing"
    title = Text("A renewal would gain nothing", "续借不会延长")
    remedy = Text("Renew when it would end later than it does.", "请在可延长时再续借。")


class LoanOver(Gone):
    """The loan is over, and so is the access it gave."""

    code = "loan_over"
    title = Text("The loan is over", "借阅已结束")
    remedy = Text("Borrow it again.", "请重新借阅。")


class NoRenewalsLeft(Conflict):
    """The loan was renewed as often as its terms allow."""

    code = "no_renewals_left"
    title = Text("No renewals left", "续借次数已用完")
    remedy = Text("Return it and borrow it again.", "请归还后重新借阅。")


class SomeoneWaits(Conflict):
    """Somebody waits for a seat: a loan is not renewed over a queue."""

    code = "someone_waits"
    title = Text("Somebody waits for it", "有人正在排队等候")
    remedy = Text("Return it in time and join the queue.", "请按时归还并重新预约。")


def why_not_lent(offer: OfferRow, now: datetime) -> Refusal | None:
    """Why the offer gives nothing to anyone at this instant, or None."""
    ask = Text(f"Ask {offer.school_name}.", f"请联系{offer.school_name}。")
    if offer.status is OfferStatus.CLOSED:
        return OfferIsClosed()
    if offer.resource_status == "withdrawn":
        return ResourceWithdrawn(remedy=ask)
    if offer.revision_no is None:
        return ResourceUnpublished()
    if offer.valid_until_at is not None and now >= offer.valid_until_at:
        return OfferIsOver(
            Text(
                f"the offer was valid until {offer.valid_until_at.isoformat()}",
                f"共享有效期至 {offer.valid_until_at.isoformat()}",
            ),
            remedy=ask,
        )
    if offer.status is OfferStatus.SUSPENDED or offer.held_up:
        return OfferIsSuspended(remedy=ask)
    return None


def why_not_again(offer: OfferRow, mine: Mine, now: datetime) -> Refusal | None:
    """Why this borrower, with what they and their school have, gets no more of it; or None.

    A hold that is ready, or whose turn has come, is no obstacle: borrowing turns it into the loan.
    """
    running = mine.loan_ends_at is not None and (mine.loan_out or now < mine.loan_ends_at)
    if mine.loan_id is not None and running:
        return AlreadyBorrowed(until_at=mine.loan_ends_at, facts={"loan_id": mine.loan_id})
    if mine.hold_status is HoldStatus.READY and not lapsed(mine, now):
        return None
    if offer.per_school_max is not None and mine.school_count >= offer.per_school_max:
        return SchoolCapReached(
            Text(
                f"one school may have {offer.per_school_max}, yours has {mine.school_count}",
                f"每校上限 {offer.per_school_max}，本校已有 {mine.school_count}",
            )
        )
    return None


def why_over_limits(limits: Limits, opened: OpenNow) -> Refusal | None:
    """Why a borrower who has no place yet opens nothing more, of any offer; or None."""
    checks: tuple[tuple[Limit | None, int, type[Conflict]], ...] = (
        (limits.person, opened.person, OwnLimitReached),
        (limits.school, opened.school, SchoolLimitReached),
        (limits.group, opened.group, GroupLimitReached),
    )
    for limit, count, refusal in checks:
        if limit is not None and count >= limit.open_max:
            return refusal(
                Text(
                    f"{count} loans and holds of {limit.kind or 'all kinds'} are open, "
                    f"{limit.open_max} may be",
                    f"{limit.kind or '全部类型'}已有 {count} 项借阅与预约，上限 {limit.open_max}",
                ),
                facts={"limit": limit.open_max, "open": count, "rule_id": limit.rule_id},
            )
    return None


def why_used_up(offer: OfferRow, figures: Figures) -> Refusal | None:
    """Why a licence with so many loans in its lifetime gives no further one, or None."""
    if figures.licence_left is None or figures.licence_left > 0:
        return None
    promised = figures.reserved + figures.waiting
    return LicenceUsedUp(
        Text(
            f"{figures.loans_made} of {figures.loans_max} loans were made, {promised} are promised",
            f"共 {figures.loans_max} 次，已借 {figures.loans_made} 次，{promised} 次已预约",
        ),
        remedy=Text(f"Ask {offer.school_name}.", f"请联系{offer.school_name}。"),
        facts={"loans_max": figures.loans_max, "loans_made": figures.loans_made},
    )


def why_waiting(mine: Mine, figures: Figures) -> Refusal | None:
    """Why a borrower who waits still waits, or None where a seat is there for this place."""
    if mine.hold_status is not HoldStatus.WAITING or figures.seats is None:
        return None
    if mine.place is not None and mine.place <= figures.unoccupied:
        return None
    return already_on_hold(mine.hold_id, mine.place, figures.seats)


def already_on_hold(hold_id: object, place: int | None, seats: int | None) -> AlreadyOnHold:
    """The refusal that names the place in the queue; no place: it is paused."""
    if place is None:
        return AlreadyOnHold(
            Text("your place in the queue is paused", "您的预约已暂停"),
            remedy=Text("Resume the hold (hold_id) first.", "请先恢复该预约（hold_id）。"),
            facts={"hold_id": hold_id, "place": None, "seats": seats},
        )
    ahead = place - 1
    return AlreadyOnHold(
        Text(
            f"you are number {place} in the queue for {seats} seats",
            f"您在队列第 {place} 位，共 {seats} 个席位",
        ),
        facts={"hold_id": hold_id, "place": place, "ahead": ahead, "seats": seats},
    )


def lapsed(mine: Mine, now: datetime) -> bool:
    """Whether the reserved seat was not picked up in time."""
    return mine.ready_until_at is not None and now >= mine.ready_until_at


def why_not_renewed(loan: LoanRow, waiting: int) -> Refusal | None:
    """Why a running loan cannot be renewed, or None."""
    if loan.recalled_at is not None:
        return Recalled(
            Text(
                f"the owner called it back: {loan.recalled_because}",
                f"召回原因：{loan.recalled_because}",
            ),
            until_at=loan.ends_at,
        )
    if loan.renewals >= loan.terms.renewals_max:
        return NoRenewalsLeft(
            Text(
                f"renewed {loan.renewals} of {loan.terms.renewals_max} times",
                f"已续借 {loan.renewals} 次，上限 {loan.terms.renewals_max} 次",
            ),
            until_at=loan.ends_at,
        )
    if waiting:
        return SomeoneWaits(until_at=loan.ends_at, facts={"waiting": waiting})
    return None


def renewed_until(
    loan: LoanRow, ground: Ground, now: datetime, time_zone: str, valid_until_at: datetime | None
) -> datetime:
    """The end of a renewed loan, by its own terms and the borrowing school's calendar.

    Raises RenewalGainsNothing where it would end no later than it does.
    """
    ends_at, _ = due(
        now,
        loan.terms.loan_days,
        loan.terms.lasts,
        ground,
        time_zone,
        bound=loan.terms.bounded,
        valid_until_at=valid_until_at,
    )
    if ends_at <= loan.ends_at:
        raise RenewalGainsNothing(until_at=loan.ends_at)
    return ends_at


def recalled_until(loan: LoanRow, wished_at: datetime | None, now: datetime) -> datetime:
    """The end of a recalled loan: as wished, with notice, never before what was guaranteed.

    Raises RecallChangesNothing where that is no sooner than it ends now.
    """
    soonest = max(loan.guaranteed_until_at, now + RECALL_NOTICE)
    ends_at = max(soonest, wished_at) if wished_at is not None else soonest
    if ends_at >= loan.ends_at:
        raise RecallChangesNothing(
            Text(
                f"guaranteed until {loan.guaranteed_until_at.isoformat()}",
                f"保证借期至 {loan.guaranteed_until_at.isoformat()}",
            ),
            until_at=loan.ends_at,
        )
    return ends_at


def loan_actions(loan: LoanRow, may: May) -> list[str]:
    """What the caller may do to the loan now."""
    steps = LOANS.actions(loan.status, lambda act: act != BY_ITSELF and may(act))
    if loan.recalled_at is not None or loan.renewals >= loan.terms.renewals_max:
        steps = [step for step in steps if step != "renew"]
    if loan.handover_id is not None:  # what is out comes back over the desk
        steps = [step for step in steps if step not in ("return", "revoke")]
    elif loan.terms.by_items:
        steps = [step for step in steps if step != "renew"]
    return [*steps, "fetch"] if loan.status is ACTIVE and may("loan:fetch") else steps


def hold_actions(hold: HoldRow, my_turn: bool, may: May) -> list[str]:
    """What the caller may do to the hold now; a turn is taken by borrowing from the offer."""
    steps = HOLDS.actions(hold.status, lambda act: act != BY_ITSELF and may(act))
    idle = "pause" if hold.paused else "resume"
    steps = [step for step in steps if step != idle]
    return ["borrow", *steps] if my_turn and may("hold:read") else steps
