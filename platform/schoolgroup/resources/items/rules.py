"""Barcodes and their checksums, the steps of an item, and what a scan means: pure."""

from collections.abc import Callable, Sequence

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.resources.items.models import (
    Desk,
    ItemRow,
    ItemStatus,
    ItemsWish,
    Scheme,
    Step,
    Waiting,
)

May = Callable[[str], bool]
KEEP, GIVE = "item:keep", "handover:give"
# Steps a hand-over takes (handovers/rules.py); an item's own are asked for.
BY_HANDOVER = "-"
AVAILABLE, RESERVED = ItemStatus.AVAILABLE, ItemStatus.RESERVED
IN_TRANSIT, ON_LOAN, CLAIMED = ItemStatus.IN_TRANSIT, ItemStatus.ON_LOAN, ItemStatus.CLAIMED
INSPECTED = ItemStatus.IN_INSPECTION
DAMAGED, LOST, WITHDRAWN = ItemStatus.DAMAGED, ItemStatus.LOST, ItemStatus.WITHDRAWN
ITEMS: Machine[ItemStatus] = Machine(
    "item",
    [
        Transition("damage", KEEP, (AVAILABLE,), DAMAGED),
        Transition("repair", KEEP, (DAMAGED,), AVAILABLE),
        Transition("lose", KEEP, (AVAILABLE, DAMAGED), LOST),
        Transition("find", KEEP, (LOST,), AVAILABLE),
        Transition("withdraw", KEEP, (AVAILABLE, DAMAGED, LOST), WITHDRAWN),
        Transition("set_aside", BY_HANDOVER, (AVAILABLE,), RESERVED),
        Transition("put_back", BY_HANDOVER, (RESERVED,), AVAILABLE),
        Transition("send", BY_HANDOVER, (AVAILABLE, RESERVED), IN_TRANSIT),
        Transition("hand", BY_HANDOVER, (AVAILABLE, RESERVED, IN_TRANSIT), ON_LOAN),
        Transition("claim", BY_HANDOVER, (ON_LOAN,), CLAIMED),
        Transition("send_back", BY_HANDOVER, (IN_TRANSIT, ON_LOAN, CLAIMED), IN_TRANSIT),
        Transition("take_back", BY_HANDOVER, (IN_TRANSIT, ON_LOAN, CLAIMED), INSPECTED),
        Transition("accept", BY_HANDOVER, (INSPECTED,), AVAILABLE),
        Transition("accept_damaged", BY_HANDOVER, (INSPECTED,), DAMAGED),
        Transition("give_up", BY_HANDOVER, (IN_TRANSIT, ON_LOAN, CLAIMED), LOST),
    ],
)
STATE_OF = {AVAILABLE: "sound", DAMAGED: "damaged", LOST: "lost", WITHDRAWN: "withdrawn"}
CODE39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"


class BarcodeTaken(Conflict):
    """Your school has an item with this barcode."""

    code = "barcode_taken"
    title = Text("The barcode is taken", "条码已被使用")
    remedy = Text("Use another label, or find the item by it.", "请更换条码，或按条码查找该实物。")


class AmbiguousBarcode(Conflict):
    """Things of several schools that are here carry this barcode."""

    code = "ambiguous_barcode"
    title = Text("Several things carry this barcode", "多件实物使用同一条码")
    remedy = Text("Open the right one by its id (item_ids).", "请按 id（item_ids）打开所需实物。")


def checksum_ok(scheme: Scheme, barcode: str) -> bool:
    """Whether a barcode fits its scheme, its check character included.

    ean13: GS1 General Specifications 7.9.1 (weights 1 and 3). luhn14: the 14 digits of library
    Codabar labels, check digit by ISO/IEC 7812-1 annex B. mod43: ISO/IEC 16388 annex A.
    """
    if scheme is Scheme.PLAIN:
        return True
    if scheme is Scheme.MOD43:
        body, check = barcode[:-1], barcode[-1:]
        if not body or any(c not in CODE39 for c in barcode):
            return False
        return CODE39[sum(CODE39.index(c) for c in body) % 43] == check
    if not (barcode.isascii() and barcode.isdigit()):
        return False
    if scheme is Scheme.EAN13:
        return len(barcode) == 13 and ean13_check(barcode[:12]) == barcode[12]
    return len(barcode) == 14 and _luhn(barcode)


def ean13_check(body: str) -> str:
    """The check digit of the first twelve digits of an EAN-13 (GS1 GenSpecs 7.9.1)."""
    weighted = sum(int(c) * (3 if place % 2 else 1) for place, c in enumerate(body))
    return str(-weighted % 10)


def _luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1 annex B)."""
    doubled = [int(c) * (2 if place % 2 else 1) for place, c in enumerate(reversed(digits))]
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def own_barcode(number: int) -> str:
    """An EAN-13 for use within a school: prefix 2 is set aside for that (GS1 GenSpecs 1.4.5).

    `number` is below ten to the eleventh.
    """
    body = f"2{number:011d}"
    return body + ean13_check(body)


def check_wish(wish: ItemsWish) -> None:
    """Raise Invalid, naming each barcode, where the wish contradicts itself or a checksum fails."""
    problems: list[Problem] = []
    if (wish.barcodes is None) == (wish.count is None):
        problems.append(Problem("/barcodes", "one_of", "give either barcodes or count"))
    if wish.count is not None and wish.scheme is not Scheme.PLAIN:
        why = "barcodes made here are of the scheme ean13 by themselves"
        problems.append(Problem("/scheme", "surplus", why, "leave it out"))
    seen: set[str] = set()
    for number, barcode in enumerate(wish.barcodes or ()):
        at = f"/barcodes/{number}"
        if barcode in seen:
            problems.append(Problem(at, "twice", "this barcode stands here twice"))
        seen.add(barcode)
        if not checksum_ok(wish.scheme, barcode):
            why = f"the check character of {barcode} does not fit {wish.scheme}"
            problems.append(Problem(at, "checksum", why, "scan the label again"))
    if problems:
        raise Invalid(problems=problems)


def item_actions(item: ItemRow, may: May) -> list[str]:
    """What the caller may do to the item now."""
    steps = ITEMS.actions(item.status, lambda act: act != BY_HANDOVER and may(act))
    return [*steps, "change"] if may(KEEP) and item.status is not WITHDRAWN else steps


def scanned(
    item: ItemRow, stage: str, waiting: Waiting | None, desk: Desk
) -> tuple[Text, Sequence[Step]]:
    """What should happen next, and the requests that would do it.

    `stage` is the status of the open hand-over, or nothing; `waiting` the loan next in turn.
    """
    borrower = item.borrower_school_name or ""
    path = f"/v1/handovers/{item.handover_id}"
    if item.school_id != desk.school_id:
        return _scanned_away(item, stage, path)
    uncollected = stage == "prepared" and item.due_at is not None and item.due_at <= desk.now
    if (item.status is AVAILABLE or uncollected) and waiting is not None:
        by = waiting.collect_by_at.isoformat(timespec="minutes")
        return Text(
            f"Set it aside for {waiting.borrower_school_name}, to be collected until {by}, "
            "or send it there",
            f"请为{waiting.borrower_school_name}留置（领取截止 {by}），或直接寄送",
        ), [Step("hand_over", "POST", f"/v1/loans/{waiting.loan_id}/handovers")]
    if item.status is AVAILABLE:
        if desk.at == item.home_location:
            return Text("It is where it belongs", "在架，无需处理"), []
        return Text(
            f"Put it on its shelf: {item.home_location}", f"请放回：{item.home_location}"
        ), []
    if uncollected:
        return Text(
            f"{borrower} did not collect it in time: put it on its shelf, {item.home_location}",
            f"{borrower}未按时领取：请放回 {item.home_location}",
        ), [Step("cancel", "POST", f"{path}/cancel")]
    told: dict[str, tuple[Text, list[str]]] = {
        "prepared": (
            Text(
                f"On the hold shelf for {borrower}: hand it over or send it",
                f"已为{borrower}留置：请交出或寄送",
            ),
            ["hand", "send", "cancel"],
        ),
        "sent": (
            Text(
                f"It is on its way to {borrower}: if it came back, take it in",
                f"正在送往{borrower}：如已退回请收回",
            ),
            ["take-back"],
        ),
        "returning": (Text("It has come home: take it in", "已送回：请收回"), ["take-back"]),
        "returned": (
            Text("Inspect it and accept the return", "请检查并验收"),
            ["accept"],
        ),
        "claimed": (
            Text(
                f"{borrower} said it was returned, and here it is: take it in",
                f"{borrower}曾声明已还，现已找到：请收回",
            ),
            ["take-back"],
        ),
    }
    out = (
        Text(
            f"Lent to {borrower}{_late(item).en}: take it back",
            f"已借给{borrower}{_late(item).zh}：请收回",
        ),
        ["take-back"],
    )
    marks: dict[ItemStatus, tuple[Text, list[str]]] = {
        LOST: (Text("It was lost: mark it as found", "曾登记遗失：请标记为已找到"), ["find"]),
        DAMAGED: (
            Text("It is damaged: repair or withdraw it", "已损坏：请修复或注销"),
            ["repair", "withdraw"],
        ),
        WITHDRAWN: (Text("It was withdrawn: take its label off", "已注销：请撕去条码"), []),
    }
    if item.status in marks:
        words, verbs = marks[item.status]
        return words, [Step(verb, "POST", f"/v1/items/{item.id}/mark") for verb in verbs]
    words, verbs = told.get(stage, out)
    return words, [Step(v.replace("-", "_"), "POST", f"{path}/{v}") for v in verbs]


def _scanned_away(item: ItemRow, stage: str, path: str) -> tuple[Text, Sequence[Step]]:
    """The same at the school that has another school's thing in hand."""
    owner = item.school_name
    if stage == "sent":
        words = Text(f"It came from {owner}: hand it to the borrower", f"来自{owner}：请转交借用人")
        return words, [Step("deliver", "POST", f"{path}/deliver")]
    if stage in ("handed", "received", "claimed"):
        words = Text(
            f"It belongs to {owner}{_late(item).en}: take it from the borrower and send it home",
            f"属于{owner}{_late(item).zh}：请收下并送还",
        )
        return words, [Step("send_back", "POST", f"{path}/send-back")]
    if stage == "prepared":
        return Text(f"It waits at {owner}", f"仍在{owner}留置"), []
    return Text(f"It is on its way home to {owner}", f"正在送还{owner}"), []


def _late(item: ItemRow) -> Text:
    if not item.overdue_days:
        return Text("", "")
    days = item.overdue_days
    return Text(f", {days} school days overdue", f"（逾期 {days} 个上学日）")
