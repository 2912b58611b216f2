"""Minutes of fields, and weeks of days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.burden.models import (
    DueRow,
    FieldMinutes,
    SchoolWeek,
)
from schoolgroup.management.returns.forms.models import FieldType, FormField

# A convention, not a measurement: to look a number up, to choose, to write a sentence.
MINUTES = {
    FieldType.INTEGER: 2.0,
    FieldType.DECIMAL: 2.0,
    FieldType.TEXT: 5.0,
    FieldType.CHOICE: 0.5,
    FieldType.BOOLEAN: 0.5,
    FieldType.DATE: 1.0,
    FieldType.FILE: 3.0,
}
ROWS_ASSUMED = 3.0
METHOD = Text(
    "Reckoned, not measured: 2 minutes a number, 5 a text, half a minute a choice or yes/no, 1 a "
    "date, 3 the files of a field; rows count as many times as schools filled in on average, three "
    "where none has. Fields a school has told already for the period cost nothing; weeks count "
    "whole forms.",
    "为估算值，并非实测：数字2分钟，文本5分钟，选择或是否0.5分钟，日期1分钟，附件3分钟；多行字段按各校平均行数计，"
    "无记录时按3行计。本期已填报过的字段不计时；按周统计时计整张表。",
)


def minutes_of(fields: Sequence[FormField], rows: Mapping[str, float]) -> list[FieldMinutes]:
    """What each field is reckoned at; `rows` is how many rows a field usually has."""
    return [FieldMinutes(f.code, f.label, _minutes(f, rows.get(f.code))) for f in fields]


def _minutes(field: FormField, rows: float | None) -> float:
    if field.type is not FieldType.ROWS:
        return MINUTES[field.type]
    usual = max(field.min or 0.0, ROWS_ASSUMED) if rows is None else rows
    return round(usual * sum(MINUTES[column.type] for column in field.columns), 1)


def week_of(instant: datetime, zone: str) -> date:
    """The Monday of the week of an instant at the group's place.

    What is due at midnight is due at the end of the day before.
    """
    on = (instant - timedelta(microseconds=1)).astimezone(ZoneInfo(zone)).date()
    return on - timedelta(days=on.weekday())


def begin_of(on: date, zone: str) -> datetime:
    """Midnight at the group's place, at the beginning of a day."""
    return datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(zone))


def by_week(
    due: Sequence[DueRow], minutes: Mapping[tuple[object, int], float], zone: str
) -> list[SchoolWeek]:
    """What is due put together by school and week; `minutes` by form and version."""
    found: dict[tuple[str, date], SchoolWeek] = {}
    for one in due:
        key = (one.school_code, week_of(one.due_at, zone))
        before = found.get(key)
        found[key] = SchoolWeek(
            school_id=one.school_id,
            school_code=one.school_code,
            school_name=one.school_name,
            week_begins_on=key[1],
            calls=(before.calls if before else 0) + 1,
            minutes=(before.minutes if before else 0) + minutes[one.form_id, one.form_version],
        )
    return [found[key] for key in sorted(found, key=lambda k: (k[1], k[0]))]
