"""Limits, effective rules, codes and retries: pure."""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from schoolgroup.integration.notices.kinds import Kind
from schoolgroup.integration.notices.models import (
    BothBodies,
    BothTexts,
    Rule,
    RuleInForce,
    RuleRow,
)
from schoolgroup.integration.notices.templates import faults_of
from schoolgroup.kernel.errors import Conflict, Invalid, NotFound, Problem, TooMany
from schoolgroup.kernel.texts import Text

LOOK_BACK = timedelta(days=14)  # what happened longer ago is in the lists, not in a notice
MAILED_WITHIN = timedelta(
    days=3
)  # a notice that could not be mailed for so long stays in the inbox
CODE_LASTS = timedelta(minutes=30)
CODE_TRIES_MAX = 5
LOCAL_PART_MAX = 64
CODES_A_DAY_MAX = 5
RETRY_FIRST = timedelta(minutes=1)
RETRY_MAX = timedelta(minutes=30)
RETRY_FOR = timedelta(days=3)  # RFC 5321 section 4.5.4.1: give up after 4 to 5 days at most


class UnknownKind(NotFound):
    """There is no such kind of notice."""

    code = "unknown_notice_kind"
    title = Text("There is no such kind of notice", "没有此类通知")
    remedy = Text("GET /v1/notice-rules lists the kinds.", "通知类别见 GET /v1/notice-rules。")


class RuleExists(Conflict):
    """This kind has a rule of yours already."""

    code = "notice_rule_exists"
    title = Text("You have a rule for this kind already", "该类通知已有本级规则")
    remedy = Text("Change that one.", "请修改已有规则。")


class RuleOutOfLimits(Invalid):
    """The rule goes beyond what this kind allows; `errors` name each place."""

    code = "notice_rule_out_of_limits"
    title = Text("The rule goes beyond its limits", "规则超出允许范围")


class EmailNotOffered(Conflict):
    """This installation sends no mail."""

    code = "email_not_offered"
    title = Text("This server sends no mail", "本系统未配置邮件发送")
    remedy = Text("Everything is in your inbox: GET /v1/inbox.", "所有事项见收件箱 GET /v1/inbox。")


class NoAddress(NotFound):
    """You have entered no address."""

    code = "no_email_address"
    title = Text("There is no address", "未填写邮箱")
    remedy = Text("Enter one first.", "请先填写邮箱。")


class CodeWrong(Conflict):
    """The code is not the one that was sent, or its time is over."""

    code = "email_code_wrong"
    title = Text("The code is wrong or too old", "验证码错误或已过期")
    remedy = Text("Enter the address again for a new code.", "请重新填写邮箱以获取新验证码。")


class TooManyCodes(TooMany):
    """Too many codes were sent for you today, or the same one was tried too often."""

    code = "too_many_codes"
    title = Text("Too many codes", "验证码次数过多")
    remedy = Text("Try again tomorrow.", "请明天再试。")


def check_rule(
    kind: Kind,
    *,
    is_on: bool | None,
    hours: list[int] | None,
    subject: BothTexts | None,
    body: BothBodies | None,
) -> None:
    """Raise RuleOutOfLimits naming everything the kind does not allow."""
    problems = []
    if is_on is False and kind.fixed:
        why = "this kind is not switched off: someone's right depends on knowing it"
        problems.append(Problem("/is_on", "fixed", why))
    for n, hour in enumerate(hours or []):
        if not kind.hours_min <= hour <= kind.hours_max:
            why = f"from {kind.hours_min} to {kind.hours_max}"
            problems.append(Problem(f"/hours/{n}", "out_of_range", why))
    if hours is not None and len(set(hours)) < len(hours):
        problems.append(Problem("/hours", "twice", "each timing once"))
    texts = {"subject": subject, "body": body}
    for name, text in texts.items():
        for language in ("en", "zh") if text is not None else ():
            for fault in faults_of(getattr(text, language), kind.may_say):
                problems.append(Problem(f"/{name}/{language}", "bad_template", fault))
    if problems:
        raise RuleOutOfLimits(problems=problems)


def own_rule(row: RuleRow) -> Rule:
    """A rule as it is shown."""
    return Rule(
        id=row.id,
        school_id=row.school_id,
        kind=row.kind,
        is_on=row.is_on,
        hours=row.hours,
        urgent=row.urgent,
        subject=_text(row.subject_en, row.subject_zh),
        body=_text(row.body_en, row.body_zh),
        version=row.version,
    )


def in_force(code: str, kind: Kind, rows: Iterable[RuleRow], school_id: UUID | None) -> RuleInForce:
    """A kind as a school's people (or the office, `school_id` null) are told of it.

    Each value is decided by the nearest rule that states it: the school's, the group's, as shipped.
    """
    mine = [row for row in rows if row.kind == code]
    group = next((row for row in mine if row.school_id is None), None)
    school = next((row for row in mine if row.school_id == school_id and school_id), None)
    nearest = [row for row in (school, group) if row is not None]
    own = school if school_id else group
    set_by: Literal["shipped", "group", "school"] = (
        "school" if school else "group" if group else "shipped"
    )
    return RuleInForce(
        kind=code,
        name=kind.name,
        set_by=set_by,
        is_on=next((r.is_on for r in nearest if r.is_on is not None), True),
        hours=next((r.hours for r in nearest if r.hours is not None), kind.hours),
        hours_min=kind.hours_min,
        hours_max=kind.hours_max,
        school_days=kind.school_days,
        urgent=next((r.urgent for r in nearest if r.urgent is not None), kind.urgent),
        fixed=kind.fixed,
        subject=next(
            (t for r in nearest if (t := _text(r.subject_en, r.subject_zh))), kind.subject
        ),
        body=next((t for r in nearest if (t := _text(r.body_en, r.body_zh))), kind.body),
        placeholders=kind.may_say,
        own=own_rule(own) if own else None,
    )


def _text(en: str | None, zh: str | None) -> Text | None:
    return Text(en, zh) if en is not None and zh is not None else None


def check_muted(muted: Iterable[str], kinds: Mapping[str, Kind]) -> None:
    """Raise Invalid for a kind that does not exist or is never muted."""
    problems = []
    for n, code in enumerate(muted):
        if code not in kinds:
            problems.append(Problem(f"/muted/{n}", "unknown_kind", "no such kind of notice"))
        elif kinds[code].fixed:
            why = "this kind is never muted: someone's right depends on knowing it"
            problems.append(Problem(f"/muted/{n}", "fixed", why))
    if problems:
        raise Invalid(problems=problems)


def check_address(address: str) -> None:
    """Raise Invalid where the part before the @ is too long (RFC 5321 section 4.5.3.1.1)."""
    if len(address.partition("@")[0]) > LOCAL_PART_MAX:
        why = f"at most {LOCAL_PART_MAX} characters before the @"
        raise Invalid(problems=[Problem("/address", "too_long", why)])


def code_for(key: bytes, group_id: UUID, person_id: UUID, address: str, code_at: datetime) -> str:
    """The eight digits that prove an address: reckoned, so that they are stored nowhere.

    Of one person, one address and one asking; HMAC-SHA256 cut as in RFC 4226 section 5.3.
    """
    asked = f"{group_id}/{person_id}/{address}/{code_at.timestamp():.6f}"
    digest = hmac.new(key, asked.encode(), hashlib.sha256).digest()
    at = digest[-1] & 0xF
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 10**8:08d}"


def next_try(tries: int, now: datetime) -> datetime:
    """When to try again after `tries` failures: 1, 2, 4, … minutes, at most half an hour."""
    doublings: int = 2 ** min(max(tries - 1, 0), 10)
    return now + min(RETRY_FIRST * doublings, RETRY_MAX)


def same(code: str, right: str) -> bool:
    """Whether the codes are the same, in the same time whatever they are."""
    return hmac.compare_digest(code.encode(), right.encode())
