"""Whether answers fit their fields, and when a school may still answer."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from schoolgroup.kernel.errors import Conflict, Problem, Refusal
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.forms.models import NUMBER_MAX, FieldType, FormField

TEXT_MAX = 4000
PROBLEMS_MAX = 100
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
# Control characters but for tab, line feed and carriage return: no answer, and not storable (NUL).
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class NotOpenYet(Conflict):
    """The call has not opened: answers are taken from the instant given."""

    code = "not_open_yet"
    title = Text("The call has not opened yet", "填报尚未开始")
    remedy = Text("Come back when it opens.", "请在开始时间后再填报。")


class CallClosed(Conflict):
    """The time to answer is over for this school since the instant given."""

    code = "call_closed"
    title = Text("The call is closed", "填报已截止")
    remedy = Text(
        "Ask the group office for an extension: it counts from the moment it is given.",
        "请联系集团办公室延期，延期一经批准立即生效。",
    )


class SchoolExempt(Conflict):
    """The office has exempted this school: no answer is expected."""

    code = "school_exempt"
    title = Text("The school is exempt", "本校免报")
    remedy = Text("Ask the group office if the exemption is wrong.", "如有误请联系集团办公室。")


def window_refusal(
    now: datetime, *, opens_at: datetime, closes_at: datetime, exempt: bool
) -> Refusal | None:
    """Why a school may not answer at `now`; None if it may. The closing instant is outside."""
    if exempt:
        return SchoolExempt()
    if now < opens_at:
        return NotOpenYet(until_at=opens_at)
    if now >= closes_at:
        return CallClosed(until_at=closes_at)
    return None


def answered(values: Mapping[str, Any]) -> dict[str, Any]:
    """The answers without those that say nothing (null)."""
    return {code: value for code, value in values.items() if value is not None}


def problems_of(fields: Sequence[FormField], values: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with answers as far as they go; at most 100 problems."""
    known = {field.code: field for field in fields}
    found: list[Problem] = []
    for code, value in values.items():
        if len(found) == PROBLEMS_MAX:
            break
        if code not in known:
            found.append(Problem(at(code), "unknown_field", "the form has no such field"))
        elif value is not None and (wrong := _wrong(known[code], value)):
            found.append(Problem(at(code), *wrong))
    return found


def problems_of_missing(fields: Sequence[FormField], values: Mapping[str, Any]) -> list[Problem]:
    """Required fields without an answer; a text of spaces is none."""
    return [
        Problem(at(field.code), "required", f"{field.label.en} / {field.label.zh}: no answer")
        for field in fields
        if field.required and _empty(values.get(field.code))
    ][:PROBLEMS_MAX]


def problems_of_locked(
    before: Mapping[str, Any], after: Mapping[str, Any], reopened: Collection[str]
) -> list[Problem]:
    """Answers that changed although the office did not name their field."""
    changed = [c for c in sorted(before.keys() | after.keys()) if before.get(c) != after.get(c)]
    return [
        Problem(at(code), "not_reopened", "the office did not send this field back")
        for code in changed
        if code not in reopened
    ][:PROBLEMS_MAX]


def at(code: str) -> str:
    """The JSON pointer of an answer (RFC 6901)."""
    return "/values/" + code.replace("~", "~0").replace("/", "~1")


def _empty(value: Any) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _wrong(field: FormField, value: Any) -> tuple[str, str] | None:
    """The rule an answer breaks and why; None if it is right."""
    match field.type:
        case FieldType.INTEGER | FieldType.DECIMAL:
            return _wrong_number(field, value)
        case FieldType.TEXT:
            return _wrong_text(field, value)
        case FieldType.CHOICE:
            codes = [choice.code for choice in field.choices]
            if not isinstance(value, str) or value not in codes:
                return "not_a_choice", f"one of {', '.join(codes)}"[:300]
        case FieldType.BOOLEAN:
            if not isinstance(value, bool):
                return "wrong_type", "true or false"
        case FieldType.DATE:
            if not isinstance(value, str) or not _is_day(value):
                return "wrong_type", "a date, YYYY-MM-DD"
    return None


def _wrong_number(field: FormField, value: Any) -> tuple[str, str] | None:
    kinds = (int,) if field.type is FieldType.INTEGER else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool):
        return "wrong_type", "a whole number" if kinds == (int,) else "a number"
    low = -NUMBER_MAX if field.min is None else field.min
    high = NUMBER_MAX if field.max is None else field.max
    if not low <= value <= high:
        return "out_of_range", f"from {low:g} to {high:g} {field.unit}".strip()
    return None


def _wrong_text(field: FormField, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "wrong_type", "a text"
    if UNPRINTABLE.search(value):
        return "unprintable", "it contains control characters"
    low, high = field.min or 0, min(TEXT_MAX, TEXT_MAX if field.max is None else field.max)
    if not low <= len(value) <= high:
        return "out_of_range", f"from {low:g} to {high:g} characters"
    return None


def _is_day(value: str) -> bool:
    if not DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
