"""What a row of a catalogue sheet says: columns, their Chinese names, how cells are read.

Everything wrong is collected with row, column, value and remedy; nothing is dropped silently.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from schoolgroup.kernel.errors import Problem, TooLarge
from schoolgroup.kernel.sheets import PROBLEM_COLUMN, Findings, Row, SheetRefused, need_columns
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.bulk.models import Known, Line
from schoolgroup.resources.catalogue.models import (
    CHAPTER_DEPTH_MAX,
    FILES_MAX,
    KEYWORDS_MAX,
    KINDS,
    LICENCES,
    NEEDS_MAX,
    STAGES,
    Description,
)

IMPORT_ROWS_MAX = 5_000
NEEDED = ("title", "kind")
# In the order of the template; with what each is called in Chinese and what stands in it.
COLUMNS: Mapping[str, tuple[str, Text]] = {
    "ref": ("校本编号", Text(
        "Your own reference: the next sheet finds the row again by it.",
        "本校自编号，再次导入时据此对应原资源。")),
    "resource_id": ("资源标识", Text(
        "The id of a resource of your school that is to be changed; else empty.",
        "要修改的本校资源 id；新建请留空。")),
    "title": ("标题", Text("Needed, at most 200 characters.", "必填，最多 200 字。")),
    "kind": ("类型", Text("Needed, one of the kinds.", "必填，须为下列类型之一。")),
    "summary": ("简介", Text("At most 4,000 characters.", "最多 4000 字。")),
    "stage": ("学段", Text("One of the stages.", "须为下列学段之一。")),
    "subject": ("学科", Text("At most 60 characters.", "最多 60 字。")),
    "edition": ("版本", Text("At most 60 characters.", "最多 60 字。")),
    "grade": ("年级", Text("At most 60 characters.", "最多 60 字。")),
    "volume": ("册次", Text("At most 60 characters.", "最多 60 字。")),
    "chapter": ("章节", Text("Levels separated by >.", "各级以 > 分隔。")),
    "curriculum_node_id": ("课程节点", Text(
        "The id of a place in the curriculum: it fills the coordinates.",
        "课程目录节点 id，据此填写坐标。")),
    "licence": ("许可", Text("One of the licences.", "须为下列许可之一。")),
    "language": ("语言", Text("For example zh or en.", "例如 zh、en。")),
    "keywords": ("关键词", Text("Separated by ; or 、", "以分号或顿号分隔。")),
    "duration_minutes": ("时长（分钟）", Text("A whole number.", "整数。")),
    "files": ("文件", Text(
        "Verified uploads of yours: id, sha256 or file name, separated by ; – empty: as they are.",
        "本人已校验的上传：id、sha256 或文件名，以分号分隔；留空则不变。")),
    "prerequisites": ("先修", Text(
        "Published resources (id, or your school's own reference) separated by ;.",
        "已发布资源（id 或本校自编号），以分号分隔。")),
}  # fmt: skip
# As a sheet comes in, widths are folded: so are the names of the columns.
CHINESE = {zh: name for name, (zh, _) in COLUMNS.items()} | {"时长(分钟)": "duration_minutes"}
# Columns an export adds for people; an import passes over them and over no others.
TOLD_ONLY = ("所属学校", "状态", "发布日期", "链接")
ITEMS = re.compile(r"[;\n|]+")
WORDS = re.compile(r"[;、,\n|]+")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
SHA256 = re.compile(r"[0-9a-f]{64}")
TITLE_MAX, SUMMARY_MAX, FACET_MAX, CHAPTER_MAX, KEYWORD_MAX, REF_MAX = 200, 4000, 60, 120, 40, 80
MINUTES_MAX = 10_000


class TooManyRows(TooLarge):
    """The file has more rows than one import takes."""

    code = "too_many_rows"
    title = Text("The file has too many rows", "文件行数过多")
    remedy = Text(
        f"Send it in files of at most {IMPORT_ROWS_MAX} rows.",
        f"请拆分为每个不超过 {IMPORT_ROWS_MAX} 行的文件。",
    )


def both(en: str, zh: str) -> str:
    """A remedy in both languages: the sheet that comes back is read by people of either."""
    return f"{en} {zh}"


def name_columns(rows: Sequence[Row]) -> list[Row]:
    """The rows under the columns' own names, whichever language the header speaks.

    A column we added to a refused file or to an export is passed over, so that the mended file can
    be sent back. Raises SheetRefused for missing, unknown and doubled columns, TooManyRows.
    """
    if len(rows) > IMPORT_ROWS_MAX:
        raise TooManyRows(facts={"rows": len(rows), "rows_max": IMPORT_ROWS_MAX})
    need_columns(rows, ())
    passed_over = (PROBLEM_COLUMN, *TOLD_ONLY)
    given = [name for name in rows[0].cells if name and name not in passed_over]
    names = [CHINESE.get(name, name) for name in given]
    wrong = [
        Problem(f"/1/{was}", "column_unknown", f"the column {was!r} is not known here",
                both("take it out, or use one of", f"请删除或改为: {', '.join(CHINESE)}"))
        for was, name in zip(given, names, strict=True) if name not in COLUMNS
    ]  # fmt: skip
    wrong += [
        Problem(f"/1/{was}", "column_twice", f"{name} stands there twice",
                both("take one out", "请删除其中一列"))
        for at, (was, name) in enumerate(zip(given, names, strict=True)) if name in names[:at]
    ]  # fmt: skip
    wrong += [
        Problem(f"/1/{name}", "column_missing", f"{name} ({COLUMNS[name][0]}) is missing",
                both("add it", "请添加该列"))
        for name in NEEDED if name not in names
    ]  # fmt: skip
    if wrong:
        raise SheetRefused(problems=wrong)
    return [
        Row(row.number, {CHINESE.get(name, name): row.cells[name] for name in given})
        for row in rows
    ]


def read_lines(rows: Sequence[Row], findings: Findings) -> list[Line]:
    """What each row says; whatever is wrong is noted in `findings`."""
    lines = [_read_line(row, findings) for row in rows]
    for name in ("ref", "resource_id"):
        first: dict[object, int] = {}
        for line in lines:
            value = getattr(line, name)
            if value is not None and value in first:
                why = f"the same as in row {first[value]}"
                findings.add(line.row, name, "row_twice", why,
                             both("one row per resource", "每个资源只占一行"))  # fmt: skip
            first.setdefault(value, line.row.number)
    return lines


def _read_line(row: Row, findings: Findings) -> Line:
    said: dict[str, Any] = {}
    for name, (read, remedy) in READERS.items():
        if name in row.cells:
            try:
                said[name] = read(row.cells[name])
            except ValueError as wrong:
                findings.add(row, name, f"{name}_wrong", str(wrong), remedy)
    resource_id = said.pop("resource_id", None)
    ref = said.pop("ref", None)
    files, needs = said.pop("files", None), said.pop("prerequisites", None)
    return Line(row=row, resource_id=resource_id, ref=ref, said=said, files=files or None,
                needs=needs)  # fmt: skip


def described(line: Line, known: Known | None) -> Description | None:
    """The description as the row wants it; None where the row itself is wrong."""
    if any(name not in line.said for name in NEEDED):
        return None
    if known is None:
        base: dict[str, Any] = {
            "summary": "", "stage": None, "subject": None, "edition": None, "grade": None,
            "volume": None, "chapter": [], "licence": None, "language": "zh", "keywords": [],
        }  # fmt: skip
    else:
        names = [field.name for field in msgspec.structs.fields(Description)]
        base = {name: getattr(known, name) for name in names}
    return Description(**{**base, **line.said})


def _text(most: int, *, needed: bool = False) -> Callable[[str], str | None]:
    def read(cell: str) -> str | None:
        if needed and not cell:
            raise ValueError("it is empty")
        if len(cell) > most:
            raise ValueError(f"more than {most} characters")
        return cell or None

    return read


def _summary(cell: str) -> str:
    return _text(SUMMARY_MAX)(cell) or ""


def _word(words: Mapping[Any, Text], *, needed: bool = False) -> Callable[[str], Any]:
    known = {
        spelt.casefold(): code
        for code, text in words.items()
        for spelt in (str(code), text.zh, text.en)
    }

    def read(cell: str) -> Any:
        if not cell and not needed:
            return None
        if cell.casefold() not in known:
            raise ValueError("not one of the words there are")
        return known[cell.casefold()]

    return read


def _parts(
    cell: str, by: re.Pattern[str], count_max: int, length_max: int, *, empty: bool = False
) -> list[str]:
    parts = [part.strip() for part in by.split(cell)] if cell else []
    if not empty:
        parts = [part for part in parts if part]
    if len(parts) > count_max:
        raise ValueError(f"more than {count_max}")
    if any(not part or len(part) > length_max for part in parts):
        raise ValueError(f"each has 1 to {length_max} characters")
    return list(dict.fromkeys(parts)) if not empty else parts


def _chapter(cell: str) -> list[str]:
    return _parts(cell, re.compile(">"), CHAPTER_DEPTH_MAX, CHAPTER_MAX, empty=True)


def _id(cell: str) -> UUID | None:
    try:
        return UUID(cell) if cell else None
    except ValueError:
        raise ValueError("not an id") from None


def _language(cell: str) -> str:
    if cell and not LANGUAGE.fullmatch(cell):
        raise ValueError("not a language tag")
    return cell or "zh"


def _minutes(cell: str) -> int | None:
    if not cell:
        return None
    if not cell.isdecimal() or not 1 <= int(cell) <= MINUTES_MAX:
        raise ValueError(f"not a whole number from 1 to {MINUTES_MAX}")
    return int(cell)


def _one_of(words: Mapping[Any, Text]) -> str:
    return both("use one of", "可填: " + ", ".join(text.zh for text in words.values()))


SHORTEN = both("write it, shorter", "请填写或缩短")
READERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "resource_id": (_id, both("leave it empty for a new resource", "新建资源请留空")),
    "ref": (_text(REF_MAX), SHORTEN),
    "title": (_text(TITLE_MAX, needed=True), SHORTEN),
    "kind": (_word(KINDS, needed=True), _one_of(KINDS)),
    "summary": (_summary, SHORTEN),
    "stage": (_word(STAGES), _one_of(STAGES)),
    "subject": (_text(FACET_MAX), SHORTEN),
    "edition": (_text(FACET_MAX), SHORTEN),
    "grade": (_text(FACET_MAX), SHORTEN),
    "volume": (_text(FACET_MAX), SHORTEN),
    "chapter": (_chapter, both("write it like 四 > 1", "请按“四 > 1”填写")),
    "curriculum_node_id": (_id, both("take it from the curriculum", "请填写课程目录节点 id")),
    "licence": (_word(LICENCES), _one_of(LICENCES)),
    "language": (_language, both("for example zh or en", "例如 zh 或 en")),
    "keywords": (
        lambda cell: _parts(cell, WORDS, KEYWORDS_MAX, KEYWORD_MAX),
        both("fewer, shorter words separated by ;", "请减少或缩短，以分号分隔"),
    ),
    "duration_minutes": (_minutes, both("minutes, for example 40", "分钟数，例如 40")),
    "files": (
        lambda cell: _parts(cell, ITEMS, FILES_MAX, 300),
        both("ids, sha256 or names separated by ;", "以分号分隔 id、sha256 或文件名"),
    ),
    "prerequisites": (
        lambda cell: _parts(cell, ITEMS, NEEDS_MAX, 200),
        both("ids or references separated by ;", "以分号分隔 id 或校本编号"),
    ),
}
