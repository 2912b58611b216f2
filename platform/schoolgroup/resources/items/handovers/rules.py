"""The steps of a hand-over, and why one is refused: pure, in the librarian's words."""

from collections.abc import Callable
from datetime import datetime, timedelta

from schoolgroup.kernel.errors import Conflict, Refusal
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.resources.items.handovers.models import HandoverRow, HandoverStatus
from schoolgroup.resources.items.models import ItemRow, ItemStatus
from schoolgroup.resources.lending.desk.models import LoanRow, LoanStatus
from schoolgroup.resources.lending.desk.rules import LoanOver

May = Callable[[str], bool]
GIVE, PASS, RECEIVE = "handover:give", "handover:pass", "handover:receive"
# So long the borrower has to object; after it, silence is a receipt.
RECEIPT_WITHIN = timedelta(days=7)
PREPARED, SENT, HANDED = HandoverStatus.PREPARED, HandoverStatus.SENT, HandoverStatus.HANDED
RECEIVED, CLAIMED = HandoverStatus.RECEIVED, HandoverStatus.CLAIMED
RETURNING, RETURNED = HandoverStatus.RETURNING, HandoverStatus.RETURNED
ACCEPTED, LOST, CANCELLED = (
    HandoverStatus.ACCEPTED,
    HandoverStatus.LOST,
    HandoverStatus.CANCELLED,
)
OUT = (SENT, HANDED, RECEIVED, CLAIMED)
HANDOVERS: Machine[HandoverStatus] = Machine(
    "hand-over",
    [
        Transition("hand", GIVE, (PREPARED,), HANDED),
        Transition("send", GIVE, (PREPARED,), SENT),
        Transition("cancel", GIVE, (PREPARED,), CANCELLED),
        Transition("deliver", PASS, (SENT,), HANDED),
        Transition("receive", RECEIVE, (HANDED,), RECEIVED),
        Transition("claim", RECEIVE, (HANDED, RECEIVED), CLAIMED),
        Transition("send_back", PASS, OUT, RETURNING),
        Transition("take_back", GIVE, (*OUT, RETURNING), RETURNED),
        Transition("accept", GIVE, (RETURNED,), ACCEPTED),
        Transition("lose", GIVE, (*OUT, RETURNING), LOST),
    ],
)


class NotOfThings(Conflict):
    """This loan is of files: there is nothing to hand over."""

    code = "not_of_things"
    title = Text("The loan is not of a thing", "该借阅不含实物")
    remedy = Text("Open its files instead.", "请直接打开文件。")


class WrongThing(Conflict):
    """What was scanned is not a thing of what was borrowed."""

    code = "wrong_thing"
    title = Text("This is another thing", "不是所借的实物")
    remedy = Text("Scan a thing of the resource that was borrowed.", "请扫描所借资源的实物。")


class WrongBarcode(Conflict):
    """What was scanned is not the thing of this hand-over."""

    code = "wrong_barcode"
    title = Text("You scanned another thing", "扫描的不是此交接的实物")
    remedy = Text(
        "Scan the thing with the barcode told, or look this one up by a scan.",
        "请扫描所示条码的实物，或先扫码查询手中实物。",
    )


class ItemNotFree(Conflict):
    """The thing is in another hand, or cannot be lent."""

    code = "item_not_free"
    title = Text("The thing is not free", "该实物当前不可交出")
    remedy = Text("Scan it to see what should happen with it.", "请扫码查询应如何处理。")


class AlreadyInHand(Conflict):
    """Someone else has just given this thing out."""

    code = "already_in_hand"
    title = Text("The thing was given out at this moment", "该实物刚被交出")
    remedy = Text("Scan it to see who has it.", "请扫码查询去向。")


class LoanHasItsThing(Conflict):
    """A thing was given out or set aside for this loan already."""

    code = "loan_has_its_thing"
    title = Text("The loan has its thing already", "该借阅已有实物")
    remedy = Text("Go on with that hand-over, or cancel it first.", "请继续或先取消已有的交接。")


class ReceiptOpen(Conflict):
    """The borrower has not signed for the thing, and may still object."""

    code = "receipt_open"
    title = Text("The receipt is still open", "尚未签收")
    remedy = Text(
        "Ask the borrower or the librarian there to sign, or wait: silence is a receipt then.",
        "请借用人或其学校签收；逾期未提出异议视为签收。",
    )


class TooManyPieces(Conflict):
    """More pieces came back than went out."""

    code = "too_many_pieces"
    title = Text("More came back than went out", "归还件数多于借出件数")
    remedy = Text("Count again.", "请重新清点。")


def why_not_given(loan: LoanRow, item: ItemRow) -> Refusal | None:
    """Why this thing is not given out for this loan now, or None."""
    if not loan.terms.by_items:
        return NotOfThings()
    if loan.status is not LoanStatus.ACTIVE:
        return LoanOver(until_at=loan.closed_at)
    if item.resource_id != loan.resource_id:
        return WrongThing(facts={"item_id": item.id})
    if loan.handover_id is not None:
        return LoanHasItsThing(facts={"handover_id": loan.handover_id})
    if item.status is not ItemStatus.AVAILABLE:
        return ItemNotFree(
            Text(f"it is {item.status}", f"当前状态：{item.status}"),
            facts={"item_status": item.status, "handover_id": item.handover_id},
        )
    return None


def why_another(handover: HandoverRow, barcode: str) -> Refusal | None:
    """Why what was scanned does not move this hand-over, or None."""
    if barcode == handover.barcode:
        return None
    return WrongBarcode(
        Text(
            f"{barcode} was scanned, the hand-over is of {handover.barcode}",
            f"扫描的是 {barcode}，交接单条码为 {handover.barcode}",
        ),
        facts={"barcode": handover.barcode},
    )


def receipt_due_at(handover: HandoverRow) -> datetime | None:
    """When silence becomes a receipt; None where it was signed or nothing was handed over."""
    if handover.handed_at is None or handover.received_at is not None:
        return None
    return handover.handed_at + RECEIPT_WITHIN


def why_not_lost(handover: HandoverRow, now: datetime) -> Refusal | None:
    """Why the owner may not yet hold the borrower to a thing that is gone, or None."""
    due_at = receipt_due_at(handover)
    if due_at is not None and now < due_at:
        return ReceiptOpen(until_at=due_at)
    return None


def handover_actions(handover: HandoverRow, now: datetime, may: May) -> list[str]:
    """What the caller may do to the hand-over now."""
    steps = HANDOVERS.actions(handover.status, may)
    if why_not_lost(handover, now) is not None:
        steps = [step for step in steps if step != "lose"]
    return steps
