"""Whether answers fit their fields, and when a school may still answer."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from schoolgroup.kernel.errors import (
    Conflict,
    Invalid,
    NotFound,
    Problem,
    Refusal,
    StaleVersion,
)
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.answers.models import (
    CellDifference,
    Difference,
    Source,
)
from schoolgroup.management.returns.forms.expressions import evaluate, named_in, parse_rule
from schoolgroup.management.returns.forms.models import (
    FILES_MAX,
    NUMBER_MAX,
    ROWS_MAX,
    Column,
    Field,
    FieldType,
    FormField,
    Rule,
)

TEXT_MAX = 4000
PROBLEMS_MAX = 100
UPLOAD = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
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


class ReturnNotBegun(NotFound):
    """The school has not begun to answer this call."""

    code = "return_not_begun"
    title = Text("Nothing is filled in yet", "尚未填报")
    remedy = Text(
        "Begin with PUT and If-None-Match: *.", "请用 PUT 并带 If-None-Match: * 开始填报。"
    )


class ReturnBegun(StaleVersion):
    """Somebody of the school has begun already."""

    code = "return_begun"
    title = Text("It was begun already", "本校已开始填报")
    remedy = Text(
        "Read it, and send If-Match with its ETag.", "请先读取，再在 If-Match 中带上其 ETag。"
    )


class BadAnswers(Invalid):
    """Answers do not fit their fields; `errors` names each."""

    code = "bad_answers"
    title = Text("Some answers are not valid", "部分填报内容无效")


class FieldsNotReopened(Conflict):
    """Only the fields the office named may change."""

    code = "fields_not_reopened"
    title = Text("These fields were not sent back", "这些字段未被退回")
    remedy = Text(
        "Leave them as they were, or ask the group office to send them back too.",
        "请保持原值，或联系集团办公室一并退回。",
    )


class NotTheNewestVersion(Conflict):
    """Another version than the newest was named: what counts is what was submitted last."""

    code = "not_the_newest_version"
    title = Text("It is not the newest version", "不是最新提交的版本")
    remedy = Text("Read the newest version and decide on that.", "请查看最新版本后再审核。")


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
    """The answers without those that say nothing (null), nor such cells of rows."""
    return {
        code: [
            {name: cell for name, cell in row.items() if cell is not None}
            if isinstance(row, dict)
            else row
            for row in value
        ]
        if isinstance(value, list)
        else value
        for code, value in values.items()
        if value is not None
    }


def problems_of(fields: Sequence[FormField], values: Mapping[str, Any]) -> list[Problem]:
    """Everything wrong with answers as far as they go; at most 100 problems."""
    known = {field.code: field for field in fields}
    found: list[Problem] = []
    for code, value in values.items():
        if len(found) == PROBLEMS_MAX:
            break
        if code not in known:
            found.append(Problem(at(code), "unknown_field", "the form has no such field"))
        elif value is None:
            continue
        elif known[code].type is FieldType.ROWS:
            found += _problems_of_rows(known[code], value)
        elif wrong := _wrong(known[code], value):
            found.append(Problem(at(code), *wrong))
    return found[:PROBLEMS_MAX]


def _problems_of_rows(field: FormField, value: Any) -> list[Problem]:
    here = at(field.code)
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        return [Problem(here, "wrong_type", "a list of rows")]
    most = int(field.max if field.max is not None else ROWS_MAX)
    if len(value) > most:
        return [Problem(here, "too_many_rows", f"at most {most} rows")]
    columns = {column.code: column for column in field.columns}
    found: list[Problem] = []
    for number, row in enumerate(value):
        for name, cell in row.items():
            place = f"{here}/{number}/{_token(name)}"
            if name not in columns:
                found.append(Problem(place, "unknown_field", "there is no such column"))
            elif cell is not None and (wrong := _wrong(columns[name], cell)):
                found.append(Problem(place, *wrong))
    return found


def problems_of_missing(fields: Sequence[FormField], values: Mapping[str, Any]) -> list[Problem]:
    """Required fields and columns without an answer, and answers to what is not asked.

    A text of spaces is no answer. Where a condition is unknown, the field is asked and not needed.
    """
    found: list[Problem] = []
    known = {field.code: field for field in fields}
    for field in fields:
        value = values.get(field.code)
        if _holds(field.asked_when, known, values) is False:
            if not _empty(value):
                why = f"it is asked only where {field.asked_when}"
                found.append(Problem(at(field.code), "not_asked", f"{_named(field)}: {why}"))
            continue
        needed = field.required or _holds(field.required_when, known, values) is True
        if needed and _empty(value):
            found.append(Problem(at(field.code), "required", f"{_named(field)}: no answer"))
        elif field.type is FieldType.ROWS and isinstance(value, list):
            found += _missing_in_rows(field, value)
        elif field.type is FieldType.FILE and value and len(value) < (field.min or 0):
            why = f"{_named(field)}: at least {field.min:g} files"
            found.append(Problem(at(field.code), "too_few_files", why))
    return found[:PROBLEMS_MAX]


def _missing_in_rows(field: FormField, rows: Sequence[Mapping[str, Any]]) -> list[Problem]:
    found: list[Problem] = []
    if field.min is not None and len(rows) < field.min:
        why = f"{_named(field)}: at least {field.min:g} rows"
        found.append(Problem(at(field.code), "too_few_rows", why))
    for number, row in enumerate(rows):
        found += [
            Problem(f"{at(field.code)}/{number}/{column.code}", "required",
                    f"{_named(field)}, {number + 1}: {_named(column)}: no answer")
            for column in field.columns
            if column.required and _empty(row.get(column.code))
        ]  # fmt: skip
    return found


def problems_of_rules(
    fields: Sequence[FormField], rules: Sequence[Rule], values: Mapping[str, Any]
) -> list[Problem]:
    """Each rule that does not hold, once at each field it names, in the words of the form.

    The answers must fit their fields. A rule over something not answered is not broken.
    """
    known = {field.code: field for field in fields}
    found: list[Problem] = []
    for rule in rules:
        parsed = parse_rule(rule.holds, known)
        if evaluate(parsed, values) is False:
            said = f"{rule.message.en} / {rule.message.zh}"
            found += [
                Problem(at(code), "rule_broken", said, rule.holds) for code in named_in(parsed)
            ]
    return found[:PROBLEMS_MAX]


def _holds(text: str | None, known: Mapping[str, Field], values: Mapping[str, Any]) -> object:
    return None if text is None else evaluate(parse_rule(text, known), values)


def _named(field: Field | Column) -> str:
    return f"{field.label.en} / {field.label.zh}"


def kept_sources(
    sources: Mapping[str, Source], before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, Source]:
    """The citations of the answers that stand as they were taken over: a changed one has none."""
    return {
        code: source
        for code, source in sources.items()
        if code in after and before.get(code) == after[code]
    }


def differences(
    fields: Sequence[FormField], before: Mapping[str, Any], after: Mapping[str, Any]
) -> list[Difference]:
    """What differs between two submissions, field by field in the order of the form.

    Rows are compared by their place: what stands in row 2 with what stood in row 2.
    """
    found: list[Difference] = []
    for field in fields:
        old, new = before.get(field.code), after.get(field.code)
        if old == new:
            continue
        cells: list[CellDifference] = []
        if field.type is FieldType.ROWS:
            was, is_ = old or [], new or []
            for number in range(max(len(was), len(is_))):
                one = was[number] if number < len(was) else {}
                other = is_[number] if number < len(is_) else {}
                cells += [
                    CellDifference(number + 1, c.code, one.get(c.code), other.get(c.code))
                    for c in field.columns
                    if one.get(c.code) != other.get(c.code)
                ]
        found.append(
            Difference(field=field.code, label=field.label, before=old, after=new, cells=cells)
        )
    return found


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
    return "/values/" + _token(code)


def _token(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _empty(value: Any) -> bool:
    return value is None or value == [] or (isinstance(value, str) and not value.strip())


def _wrong(field: FormField | Column, value: Any) -> tuple[str, str] | None:
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
        case FieldType.FILE:
            return _wrong_files(field, value)
        case FieldType.BOOLEAN:
            if not isinstance(value, bool):
                return "wrong_type", "true or false"
        case FieldType.DATE:
            if not isinstance(value, str) or not _is_day(value):
                return "wrong_type", "a date, YYYY-MM-DD"
    return None


def _wrong_number(field: FormField | Column, value: Any) -> tuple[str, str] | None:
    kinds = (int,) if field.type is FieldType.INTEGER else (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool):
        return "wrong_type", "a whole number" if kinds == (int,) else "a number"
    low = -NUMBER_MAX if field.min is None else field.min
    high = NUMBER_MAX if field.max is None else field.max
    if not low <= value <= high:
        return "out_of_range", f"from {low:g} to {high:g} {field.unit}".strip()
    return None


def _wrong_text(field: FormField | Column, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, str):
        return "wrong_type", "a text"
    if UNPRINTABLE.search(value):
        return "unprintable", "it contains control characters"
    low, high = field.min or 0, min(TEXT_MAX, TEXT_MAX if field.max is None else field.max)
    if not low <= len(value) <= high:
        return "out_of_range", f"from {low:g} to {high:g} characters"
    return None


def _wrong_files(field: FormField | Column, value: Any) -> tuple[str, str] | None:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        return "wrong_type", "a list of uploads by their ids"
    if not all(UPLOAD.fullmatch(one) for one in value) or len(set(value)) < len(value):
        return "wrong_type", "ids of uploads, each once"
    most = int(FILES_MAX if field.max is None else field.max)
    if len(value) > most:
        return "too_many_files", f"at most {most} files"
    return None


def _is_day(value: str) -> bool:
    if not DAY.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
