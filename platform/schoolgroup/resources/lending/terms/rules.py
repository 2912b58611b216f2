"""Which terms hold for whom, and why: pure. The offer is the owner's word, a rule the bound.

Of the rules that match a borrower, the most specific one that states a value decides it: a rule
naming the kind of resource before one naming the role, that before one naming the tier.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from schoolgroup.kernel.errors import Conflict, Invalid, Problem
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.lending.offers.models import OfferRow, Terms
from schoolgroup.resources.lending.terms.models import (
    Days,
    Ground,
    Lasts,
    Limit,
    Limits,
    Reason,
    Rule,
    RuleChange,
    RuleWish,
    Source,
)

# Where no rule says otherwise: what one person may have open, and the part of several seats one
# school may hold (half: two schools at least have a place at every offer with several seats).
OPEN_PER_PERSON_MAX = 50
SHARE_PERCENT = 50
VALUES = (
    "loan_days_max",
    "renewals_max",
    "person_open_max",
    "school_open_max",
    "group_open_max",
    "share_percent",
    "hold_band",
)
OFFICE = Text(
    "A rule of the group office that is more specific, or a change of this one.",
    "集团办公室修改该规则，或制定更具体的规则。",
)


class RuleSaysNothing(Invalid):
    """A rule states at least one value."""

    code = "rule_says_nothing"
    title = Text("The rule says nothing", "规则没有内容")
    remedy = Text("Give at least one value.", "请至少填写一项限值。")


class RuleExists(Conflict):
    """There is a rule for this tier, kind and role already."""

    code = "rule_exists"
    title = Text("There is such a rule already", "已有相同范围的规则")
    remedy = Text("Change that rule.", "请修改已有规则。")


class Decided(msgspec.Struct, frozen=True):
    """What a borrower gets: the terms with their reasons, and until when."""

    terms: Terms
    ends_at: datetime
    guaranteed_until_at: datetime


def check_wish(wish: RuleWish) -> None:
    """Raise RuleSaysNothing where no value is stated."""
    if all(getattr(wish, name) is None for name in VALUES):
        raise RuleSaysNothing(problems=[Problem("/", "missing", f"one of {', '.join(VALUES)}")])


def changed(rule: Rule, change: RuleChange) -> Rule:
    """The rule with what the change sets. Raises RuleSaysNothing."""
    values = msgspec.structs.asdict(change)
    kept: dict[str, Any] = {k: v for k, v in values.items() if v is not msgspec.UNSET}
    after = msgspec.structs.replace(rule, **kept)
    if all(getattr(after, name) is None for name in VALUES):
        raise RuleSaysNothing
    return after


def deciding(rules: Iterable[Rule], kind: str, value: str) -> Rule | None:
    """The most specific rule for the kind that states the value, or None."""
    stating = [r for r in rules if r.kind in (None, kind) and getattr(r, value) is not None]
    return max(stating, key=_weight, default=None)


def limits(ground: Ground, kind: str) -> Limits:
    """The limits a borrower meets for this kind of resource."""
    found: dict[str, Limit | None] = {}
    for whose in ("person", "school", "group"):
        rule = deciding(ground.rules, kind, f"{whose}_open_max")
        found[whose] = (
            Limit(getattr(rule, f"{whose}_open_max"), rule.kind, rule.id) if rule else None
        )
    person = found["person"] or Limit(OPEN_PER_PERSON_MAX, None, None)
    return Limits(person, found["school"], found["group"])


def band(ground: Ground, kind: str) -> int:
    """The band a borrower's hold is placed in; 0 where no rule says otherwise."""
    rule = deciding(ground.rules, kind, "hold_band")
    return rule.hold_band or 0 if rule else 0


def share_of(seats: int | None, percent: int) -> int | None:
    """How many of several seats one school may hold; None for a single seat or unlimited ones."""
    if seats is None or seats < 2:
        return None
    return max(1, ceil(seats * percent / 100))


def decide(
    offer: OfferRow,
    ground: Ground,
    now: datetime,
    time_zone: str,
    *,
    asked_days_max: int | None = None,
) -> Decided:
    """The terms a loan made now would carry, and its end.

    `asked_days_max` is what the owner agreed to when asked. `time_zone` is the group's.
    """
    days, because = _least_days(offer, ground, asked_days_max)
    renewals, renewals_why = _renewals(offer, ground)
    ends_at, ends_why = due(
        now,
        days.value,
        offer.lasts,
        ground,
        time_zone,
        bound=days.bounded,
        valid_until_at=offer.valid_until_at,
    )
    reasons = [*because, renewals_why, *_share_why(offer), *ends_why]
    terms = Terms(
        loan_days=days.value,
        renewals_max=renewals,
        pickup_hours=offer.pickup_hours,
        guaranteed_days=offer.guaranteed_days,
        lasts=offer.lasts,
        bounded=days.bounded,
        by_items=offer.by_items,
        because=reasons,
        terms_no=offer.terms_no,
    )
    guaranteed = min(ends_at, now + timedelta(days=offer.guaranteed_days))
    return Decided(terms, ends_at, guaranteed)


def due(
    now: datetime,
    days: int,
    lasts: Lasts,
    ground: Ground,
    time_zone: str,
    *,
    bound: bool,
    valid_until_at: datetime | None,
) -> tuple[datetime, list[Reason]]:
    """When a loan made or renewed now ends, and why then.

    `lasts` term: at the end of the running term (`days` from now where none runs; no later than
    that where `bound`). A last day in a holiday of the group or the school moves to the first day
    after it. Never later than the offer is valid.
    """
    zone = ZoneInfo(time_zone)
    ends_at, reasons = now + timedelta(days=days), []
    term = _term_at(ground.terms, now.astimezone(zone).date()) if lasts is Lasts.TERM else None
    term_ends_at = _start_of(term.until_on, zone) if term else None
    if term is not None and term_ends_at is not None and not (bound and ends_at < term_ends_at):
        ends_at = term_ends_at
        reasons.append(_calendar_reason(ends_at, f"the end of {term.name}", f"{term.name}结束"))
    else:
        if lasts is Lasts.TERM and term is None:
            reasons.append(_calendar_reason(ends_at, "no term is running", "当前不在学期内"))
        moved, over = _after_holidays(ends_at, ground.holidays, zone)
        if over:
            ends_at, names = moved, "、".join(over)
            reasons.append(
                _calendar_reason(ends_at, f"it would have ended in {names}", f"原到期日在{names}内")
            )
    if valid_until_at is not None and valid_until_at < ends_at:
        ends_at = valid_until_at
        reasons.append(
            Reason(
                "ends_at",
                ends_at,
                Source.OFFER,
                Text("the offer is valid until then", "共享有效期至此"),
                Text("The owner extends the offer.", "所属学校延长共享有效期。"),
            )
        )
    return ends_at, reasons


def collect_by(
    offer: OfferRow, ground: Ground, now: datetime, time_zone: str
) -> tuple[datetime, Reason]:
    """Until when a thing is to be collected, never in a holiday, and why then."""
    ends_at, _ = _after_holidays(
        now + timedelta(hours=offer.pickup_hours), ground.holidays, ZoneInfo(time_zone)
    )
    return ends_at, Reason(
        "collect_by_at",
        ends_at,
        Source.OFFER,
        Text(
            f"collect it within {offer.pickup_hours} hours; the days count from the hand-over",
            f"请在 {offer.pickup_hours} 小时内领取，借期自交接时起算",
        ),
        Text(f"Another offer of {offer.school_name}.", f"{offer.school_name}另行共享。"),
    )


class _Days(msgspec.Struct, frozen=True):
    """Days, and whether something other than the offer bounds them."""

    value: int
    bounded: bool


def _least_days(
    offer: OfferRow, ground: Ground, asked_days_max: int | None
) -> tuple[_Days, list[Reason]]:
    rule = deciding(ground.rules, offer.kind, "loan_days_max")
    ceiling = rule.loan_days_max if rule else None
    days = offer.loan_days
    reason = _offer_reason("loan_days", days, offer)
    bounded = False
    to_term = offer.lasts is Lasts.TERM
    if rule is not None and ceiling is not None and (to_term or ceiling < days):
        days, bounded = ceiling, True
        reason = _rule_reason("loan_days", days, rule)
    if asked_days_max is not None and (asked_days_max < days or (to_term and not bounded)):
        days, bounded = asked_days_max, True
        reason = Reason(
            "loan_days",
            days,
            Source.ASK,
            Text("the owner agreed to so many days", "所属学校同意的天数"),
            Text("Ask the owner for longer.", "请向所属学校申请更长借期。"),
        )
    return _Days(days, bounded), [reason]


def _renewals(offer: OfferRow, ground: Ground) -> tuple[int, Reason]:
    rule = deciding(ground.rules, offer.kind, "renewals_max")
    if (
        rule is not None
        and rule.renewals_max is not None
        and rule.renewals_max < offer.renewals_max
    ):
        return rule.renewals_max, _rule_reason("renewals_max", rule.renewals_max, rule)
    return offer.renewals_max, _offer_reason("renewals_max", offer.renewals_max, offer)


def _share_why(offer: OfferRow) -> list[Reason]:
    if offer.per_school_max is None:
        return []
    if offer.share_percent is None:
        return [_offer_reason("per_school_max", offer.per_school_max, offer)]
    return [
        Reason(
            "per_school_max",
            offer.per_school_max,
            Source.GROUND,
            Text(
                f"a fair share: {offer.share_percent} % of {offer.seats} seats",
                f"公平份额：{offer.seats} 个席位的 {offer.share_percent}%",
            ),
            Text(
                "More seats, or a number the owner names in a new offer.",
                "增加席位，或由所属学校在新条款中另定数额。",
            ),
        )
    ]


def case_of(rule: Rule) -> Text:
    """For whom the rule is, in words."""
    parts = [part for part in (rule.tier, rule.kind, rule.role) if part]
    named = " × ".join(parts)
    return Text(named or "everyone", named or "所有人")


def _weight(rule: Rule) -> int:
    return 4 * (rule.kind is not None) + 2 * (rule.role is not None) + (rule.tier is not None)


def _rule_reason(term: str, value: int, rule: Rule) -> Reason:
    case = case_of(rule)
    return Reason(
        term,
        value,
        Source.RULE,
        Text(
            f"the group's rule for {case.en}: {rule.because}",
            f"集团规则（{case.zh}）：{rule.because}",
        ),
        OFFICE,
        rule.id,
    )


def _offer_reason(term: str, value: int, offer: OfferRow) -> Reason:
    return Reason(
        term,
        value,
        Source.OFFER,
        Text(f"{offer.school_name} offers it so", f"{offer.school_name}的共享条款"),
        Text(
            f"Another offer of {offer.school_name}; no rule of the group bounds it here.",
            f"{offer.school_name}另行共享；集团规则未另作限制。",
        ),
    )


def _calendar_reason(ends_at: datetime, en: str, zh: str) -> Reason:
    return Reason(
        "ends_at",
        ends_at,
        Source.CALENDAR,
        Text(en, zh),
        Text("A change of the school calendar, for new loans.", "校历变更（仅对新借阅）。"),
    )


def _term_at(terms: Sequence[Days], day: date) -> Days | None:
    return next((term for term in terms if term.holds(day)), None)


def _start_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


def _after_holidays(
    ends_at: datetime, holidays: Sequence[Days], zone: ZoneInfo
) -> tuple[datetime, list[str]]:
    """The same time of the first day that is in no holiday, and the holidays that were passed."""
    local, over = ends_at.astimezone(zone), []
    while inside := next((h for h in holidays if h.holds(local.date())), None):
        over.append(inside.name)
        local = datetime.combine(inside.until_on, local.timetz())
    return local.astimezone(ends_at.tzinfo), over
