"""What becomes of an ask: pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

from schoolgroup.kernel.errors import Conflict, Refusal
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition
from schoolgroup.resources.lending.asks.models import AskRow, AskStatus
from schoolgroup.resources.lending.offers.models import OfferRow
from schoolgroup.resources.lending.terms.models import Reason, Source

ASKED, AGREED = AskStatus.ASKED, AskStatus.AGREED
# After a refusal the owner is left in peace for a while.
ASK_AGAIN_AFTER = timedelta(days=7)
ASKS: Machine[AskStatus] = Machine(
    "ask",
    [
        Transition("agree", "ask:decide", (ASKED,), AGREED),
        Transition("decline", "ask:decide", (ASKED,), AskStatus.DECLINED),
        Transition("withdraw", "ask:withdraw", (ASKED, AGREED), AskStatus.WITHDRAWN),
    ],
)


class AlreadyAsked(Conflict):
    """The owner has been asked and has not answered yet."""

    code = "already_asked"
    title = Text("The owner was asked already", "已提交借用申请")
    remedy = Text(
        "Wait for the answer (ask_id): at the deadline the stated default holds.",
        "请等待答复（ask_id），逾期按约定默认处理。",
    )


class AskDeclined(Conflict):
    """The owner has declined; the owner can be asked again after a while."""

    code = "ask_declined"
    title = Text("The owner declined", "所属学校已谢绝")


def why_not_asked(ask: AskRow | None, now: datetime) -> Refusal | None:
    """Why the owner is not asked (again) now, or None."""
    if ask is None:
        return None
    if ask.status is ASKED:
        what = Text("they agree", "视为同意") if ask.by_default == "agree" else None
        default = what or Text("they decline", "视为谢绝")
        return AlreadyAsked(
            Text(f"without an answer by then {default.en}", f"逾期未答复{default.zh}"),
            until_at=ask.decide_by_at,
            facts={"ask_id": ask.id, "by_default": ask.by_default},
        )
    decided_at = ask.decided_at or ask.decide_by_at
    again_at = decided_at + ASK_AGAIN_AFTER
    if ask.status is AskStatus.DECLINED and now < again_at:
        why = ask.decided_because or "no answer in time"
        return AskDeclined(
            Text(why, ask.decided_because or "逾期未答复"),
            until_at=again_at,
            remedy=Text(
                f"Ask again after that, or talk to {ask.owner_school_name}.",
                f"届时可再次申请，或联系{ask.owner_school_name}。",
            ),
            facts={"ask_id": ask.id},
        )
    return None


def asking(offer: OfferRow, decide_by_at: datetime) -> Reason:
    """That the owner is asked first, until when, and what silence means."""
    agrees = offer.ask_default == "agree"
    return Reason(
        "ask",
        decide_by_at,
        Source.OFFER,
        Text(
            f"{offer.school_name} wants to be asked; silence means "
            f"{'agreed' if agrees else 'declined'}",
            f"须经{offer.school_name}同意，逾期{'视为同意' if agrees else '视为谢绝'}",
        ),
        Text(
            f"An agreement in force with {offer.school_name} answers at once.",
            f"与{offer.school_name}的生效协议可即时答复。",
        ),
    )


def actions(ask: AskRow, may: Callable[[str], bool]) -> list[str]:
    """What the caller may do to the ask now."""
    return ASKS.actions(ask.status, may)
