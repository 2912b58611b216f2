"""Minutes of fields, and weeks of days."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.burden.models import (
    Basis,
    DueRow,
    FieldMinutes,
    Pace,
    SchoolWeek,
    WorkRow,
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
ENOUGH = 5  # fewer measured returns say less than the convention
FACTOR_MAX = 10.0
METHOD = Text(
    "Measured where at least five returns of three schools were: the median of the time "
    "between the saves of a return until its first submission, pauses of more than 15 minutes "
    "left out and returns that took answers over not counted; of this version of the form, "
    "else of the form, else of forms asking at least half of its fields, shared out among the "
    "fields. Otherwise reckoned: 2 minutes a number, 5 a text, half a minute a choice or "
    "yes/no, 1 a date, 3 the files of a field; rows count as many times as schools filled in "
    "on average, three where none has. Fields a school has told already for the period cost "
    "nothing; weeks count whole forms.",
    "有三所以上学校、五份以上实测填报时按实测：取首次提交前各次保存之间用时的中位数，超过15"
    "分钟的停顿不计，沿用已有答案的填报不计；依次采用本版表、本表、至少半数字段相同的表，并按"
    "字段分摊。否则按估算：数字2分钟，文本5分钟，选择或是否0.5分钟，日期1分钟，附件3分"
    "钟；多行字段按各校平均行数计，无记录时按3行计。本期已填报过的字段不计时；按周统计时计整"
    "张表。",
)


def pace_of(
    form_id: UUID, version: int, work: Sequence[WorkRow], reckoned: Mapping[tuple[UUID, int], float]
) -> Pace:
    """How measured work stands to what is reckoned: of the version, the form, or those alike.

    `reckoned` has the minutes of each form version in `work`. The factor of several is the mean of
    theirs, weighted by their returns; it is kept between a tenth and ten.
    """
    told = [row for row in work if reckoned.get((row.form_id, row.form_version), 0) > 0]
    own = [row for row in told if row.form_id == form_id]
    same = [row for row in own if row.form_version == version]
    others = [row for row in told if row.form_id != form_id]
    for basis, rows in ((Basis.VERSION, same), (Basis.FORM, own), (Basis.FIELDS, others)):
        returns = sum(row.returns for row in rows)
        if returns < ENOUGH:
            continue
        factor = sum(
            row.returns * row.median_seconds / 60 / reckoned[row.form_id, row.form_version]
            for row in rows
        )
        return Pace(basis, min(max(factor / returns, 1 / FACTOR_MAX), FACTOR_MAX), returns)
    return Pace(Basis.RECKONED)


def at_pace(fields: Sequence[FieldMinutes], pace: Pace) -> list[FieldMinutes]:
    """What each field is estimated at, by what was measured."""
    return [FieldMinutes(f.field, f.label, f.minutes * pace.factor) for f in fields]


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
