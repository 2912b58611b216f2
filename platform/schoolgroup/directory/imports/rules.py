"""What a row of a roster file has to say: columns, their Chinese names, and how cells are read.

Everything wrong is collected with row, column and remedy; nothing is ignored silently.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TypeVar

import msgspec

from schoolgroup.directory.imports.models import CircleLine, Kind, SchoolLine, StaffLine
from schoolgroup.directory.models import OFFICE_ROLES, Role, Stage, Tier
from schoolgroup.directory.schools.models import SchoolEntry
from schoolgroup.kernel.errors import Problem, TooLarge
from schoolgroup.kernel.sheets import (
    PROBLEM_COLUMN,
    Findings,
    Row,
    SheetRefused,
    need_columns,
    parse_date,
)
from schoolgroup.kernel.texts import Text

E = TypeVar("E", bound=StrEnum)
IMPORT_ROWS_MAX = 5_000
OFFICE = "GROUP"
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")
SEPARATORS = re.compile(r"[;,、|/\s]+")  # full-width ones have become plain by NFKC
GUARDED = re.compile(r"^'(?=[=+\-@])")  # how our CSV keeps a text from becoming a formula

NEEDED: Mapping[Kind, tuple[str, ...]] = {
    Kind.SCHOOLS: ("code", "name", "stages", "tier", "tier_from_on"),
    Kind.STAFF: ("username", "name", "school_code", "role", "from_on"),
    Kind.CIRCLES: ("circle", "school_code"),
}
OPTIONAL: Mapping[Kind, tuple[str, ...]] = {
    Kind.SCHOOLS: ("name_en", "address", "lng", "lat"),
    Kind.STAFF: ("until_on",),
    Kind.CIRCLES: ("circle_en", "subject", "from_on"),
}
COLUMNS: Mapping[Kind, tuple[str, ...]] = {
    Kind.SCHOOLS: (
        "code", "name", "name_en", "stages", "tier", "tier_from_on", "address", "lng", "lat",
    ),
    Kind.STAFF: ("username", "name", "school_code", "role", "from_on", "until_on"),
    Kind.CIRCLES: ("circle", "circle_en", "subject", "school_code", "from_on"),
}  # fmt: skip
CHINESE: Mapping[Kind, Mapping[str, str]] = {
    Kind.SCHOOLS: {
        "学校标识码": "code",
        "学校名称": "name",
        "英文名称": "name_en",
        "学段": "stages",
        "类别": "tier",
        "类别起始日期": "tier_from_on",
        "地址": "address",
        "经度": "lng",
        "纬度": "lat",
    },
    Kind.STAFF: {
        "用户名": "username",
        "姓名": "name",
        "学校标识码": "school_code",
        "职务": "role",
        "任职起始日期": "from_on",
        "任职结束日期": "until_on",
    },
    Kind.CIRCLES: {
        "校际圈": "circle",
        "校际圈英文名称": "circle_en",
        "学科": "subject",
        "学校标识码": "school_code",
        "加入日期": "from_on",
    },
}
STAGES: Mapping[str, Stage] = {
    "幼儿园": Stage.KINDERGARTEN,
    "幼": Stage.KINDERGARTEN,
    "小学": Stage.PRIMARY,
    "小": Stage.PRIMARY,
    "初中": Stage.JUNIOR,
    "初": Stage.JUNIOR,
    "高中": Stage.SENIOR,
    "高": Stage.SENIOR,
}
TIERS: Mapping[str, Tier] = {
    "一体化": Tier.INTEGRATED,
    "一体化成员校": Tier.INTEGRATED,
    "紧密": Tier.PARTNER,
    "紧密校": Tier.PARTNER,
}
ROLES: Mapping[str, Role] = {
    "教师": Role.TEACHER,
    "备课组长": Role.LEAD,
    "教研组长": Role.LEAD,
    "资源管理员": Role.LIBRARIAN,
    "校管理员": Role.SCHOOL_ADMIN,
    "校长": Role.PRINCIPAL,
    "集团管理员": Role.GROUP_ADMIN,
    "考务评价员": Role.EVALUATION_OFFICER,
    "巡回指导员": Role.INSPECTOR,
    "审计员": Role.AUDITOR,
}
OFFICE_NAMES = ("", OFFICE, "集团", "集团办公室")


class TooManyRows(TooLarge):
    """The file has more rows than one import takes."""

    code = "too_many_rows"
    title = Text("The file has too many rows", "文件行数过多")
    remedy = Text(
        f"Send it in files of at most {IMPORT_ROWS_MAX} rows.",
        f"请拆分为每个不超过 {IMPORT_ROWS_MAX} 行的文件。",
    )


def name_columns(kind: Kind, rows: Sequence[Row]) -> list[Row]:
    """The rows under the columns' own names, whichever language the header speaks.

    A column we added to a refused file is dropped, so that the mended file can be sent back.
    Raises SheetRefused for missing and unknown columns, TooManyRows.
    """
    if len(rows) > IMPORT_ROWS_MAX:
        raise TooManyRows(facts={"rows": len(rows), "rows_max": IMPORT_ROWS_MAX})
    named = [_named(kind, row) for row in rows]
    need_columns(named, NEEDED[kind])
    known = set(COLUMNS[kind])
    unknown = [name for name in named[0].cells if name not in known]
    if unknown:
        raise SheetRefused(
            problems=[
                Problem(
                    f"/1/{name}",
                    "column_unknown",
                    f"the column {name!r} is not known here",
                    f"take it out, or use one of 请删除或改为: {', '.join(COLUMNS[kind])}",
                )
                for name in unknown
            ]
        )
    return named


def read_schools(rows: Sequence[Row], findings: Findings) -> list[SchoolLine]:
    """What each row says of a school; rows with problems are noted and left out."""
    given = frozenset(name for name in OPTIONAL[Kind.SCHOOLS] if rows and name in rows[0].cells)
    lines = []
    for row in rows:
        read = _Reader(row, findings)
        code = read.cell("code", _code, "use the 学校标识码: letters, digits, . _ - 只含字母数字")
        name = read.cell("name", _text(1, 200), "write 1 to 200 characters 请填写 1–200 字")
        stages = read.cell("stages", _stages, f"use 请用: {'; '.join(Stage)} (or 小学; 初中 …)")
        tier = read.cell("tier", _one_of(Tier, TIERS), f"use 请用: {' / '.join(Tier)}")
        from_on = read.cell("tier_from_on", _day, "write like 请写成 2026-09-01")
        name_en = read.cell("name_en", _text(0, 200), "at most 200 characters 最多 200 字")
        address = read.cell("address", _text(0, 400), "at most 400 characters 最多 400 字")
        lng = read.cell("lng", _degrees(180), "degrees east, -180 to 180 经度")
        lat = read.cell("lat", _degrees(90), "degrees north, -90 to 90 纬度")
        if read.is_whole:
            entry = SchoolEntry(
                code=str(code),
                name=str(name),
                stages=_list_of(stages),
                tier=Tier(str(tier)),
                tier_from_on=_as_day(from_on),
                name_en=str(name_en),
                address=str(address),
                longitude=_as_float(lng),
                latitude=_as_float(lat),
            )
            lines.append(SchoolLine(row, entry, given))
    return lines


def read_staff(rows: Sequence[Row], findings: Findings) -> list[StaffLine]:
    """What each row says of an appointment; rows with problems are noted and left out."""
    lines = []
    for row in rows:
        read = _Reader(row, findings)
        username = read.cell("username", _username, "a-z 0-9 . _ - , 2 to 64 用户名 2–64 位小写")
        name = read.cell("name", _text(1, 100), "write 1 to 100 characters 请填写 1–100 字")
        school = read.cell("school_code", _school_or_office, "a school's code, or GROUP 或集团")
        role = read.cell("role", _one_of(Role, ROLES), f"use 请用: {' / '.join(Role)}")
        from_on = read.cell("from_on", _day, "write like 请写成 2026-09-01")
        until_on = read.cell("until_on", parse_date, "write like 2026-09-01, or leave empty 可留空")
        if not read.is_whole:
            continue
        line = StaffLine(
            row=row,
            username=str(username),
            name=str(name),
            school_code=str(school),
            role=Role(str(role)),
            from_on=_as_day(from_on),
            until_on=None if until_on is None else _as_day(until_on),
        )
        if line.until_on is not None and line.until_on <= line.from_on:
            why = "is not later than from_on"
            findings.add(row, "until_on", "not_later", why, "the first day after 须晚于起始日期")
        elif (line.school_code == "") != (line.role in OFFICE_ROLES):
            held = "needs a school" if line.school_code == "" else "is held at the group office"
            remedy = f"office roles name {OFFICE}, all others a school 集团职务填 {OFFICE}"
            findings.add(row, "role", "role_misplaced", held, remedy)
        else:
            lines.append(line)
    return lines


def read_circles(rows: Sequence[Row], findings: Findings) -> list[CircleLine]:
    """What each row says of a school in a circle; rows with problems are noted and left out."""
    lines = []
    for row in rows:
        read = _Reader(row, findings)
        circle = read.cell("circle", _text(1, 200), "write 1 to 200 characters 请填写 1–200 字")
        english = read.cell("circle_en", _text(0, 200), "at most 200 characters 最多 200 字")
        subject = read.cell("subject", _text(0, 100), "at most 100 characters 最多 100 字")
        school = read.cell("school_code", _code, "a school's 学校标识码")
        from_on = read.cell("from_on", parse_date, "write like 2026-09-01, or leave empty 可留空")
        if read.is_whole:
            lines.append(
                CircleLine(
                    row=row,
                    circle=str(circle),
                    circle_en=str(english) if "circle_en" in row.cells else None,
                    subject=str(subject) if "subject" in row.cells else None,
                    school_code=str(school),
                    from_on=None if from_on is None else _as_day(from_on),
                )
            )
    return lines


class _Reader:
    """Reads the cells of one row and remembers whether all could be read."""

    def __init__(self, row: Row, findings: Findings) -> None:
        self.row = row
        self.findings = findings
        self.is_whole = True

    def cell(self, column: str, parse: Callable[[str], object], remedy: str) -> object | None:
        try:
            return parse(self.row.cells.get(column, ""))
        except ValueError as wrong:
            self.is_whole = False
            self.findings.add(self.row, column, "invalid_value", str(wrong), remedy)
            return None


def _named(kind: Kind, row: Row) -> Row:
    aliases = CHINESE[kind]
    cells = {
        aliases.get(name, name.lower()): GUARDED.sub("", cell)
        for name, cell in row.cells.items()
        if name and name != PROBLEM_COLUMN
    }
    return msgspec.structs.replace(row, cells=cells)


def _code(cell: str) -> str:
    if not CODE.fullmatch(cell):
        raise ValueError("is not a school's code")
    return cell


def _username(cell: str) -> str:
    if not USERNAME.fullmatch(cell):
        raise ValueError("is not a username")
    return cell


def _school_or_office(cell: str) -> str:
    return "" if cell in OFFICE_NAMES else _code(cell)


def _text(length_min: int, length_max: int) -> Callable[[str], str]:
    def parse(cell: str) -> str:
        if not length_min <= len(cell) <= length_max:
            raise ValueError("is empty" if not cell else f"has {len(cell)} characters")
        return cell

    return parse


def _one_of(words: type[E], aliases: Mapping[str, E]) -> Callable[[str], E]:
    def parse(cell: str) -> E:
        if cell in aliases:
            return aliases[cell]
        try:
            return words(cell.lower())
        except ValueError:
            raise ValueError("is not one of the known words") from None

    return parse


def _stages(cell: str) -> list[Stage]:
    parse = _one_of(Stage, STAGES)
    named = [parse(word) for word in SEPARATORS.split(cell) if word]
    if not named:
        raise ValueError("names no stage")
    return [stage for stage in Stage if stage in named]


def _day(cell: str) -> date:
    day = parse_date(cell)
    if day is None:
        raise ValueError("is empty")
    return day


def _degrees(bound: float) -> Callable[[str], float | None]:
    def parse(cell: str) -> float | None:
        if not cell:
            return None
        degrees = float(cell)
        if not -bound <= degrees <= bound:  # NaN is not within either
            raise ValueError(f"is not within -{bound:g} to {bound:g}")
        return degrees

    return parse


def _list_of(value: object) -> list[Stage]:
    return msgspec.convert(value, list[Stage])


def _as_day(value: object) -> date:
    return msgspec.convert(value, date)


def _as_float(value: object) -> float | None:
    return msgspec.convert(value, float | None)
