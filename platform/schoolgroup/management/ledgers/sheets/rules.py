"""Reading and writing ledgers as sheets: pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from schoolgroup.kernel.errors import TooLarge
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.sheets import Findings, Row, SheetRefused, parse_date
from schoolgroup.kernel.texts import Text
from schoolgroup.management.ledgers.books.models import Category
from schoolgroup.management.ledgers.items.models import Item, ItemStatus
from schoolgroup.management.ledgers.sheets.models import Known, Line, Placed, School, Someone

ROWS_MAX = 2_000
COLUMNS = {
    "ref": "编号", "title": "事项", "detail": "说明", "category": "类别",
    "school_code": "责任学校", "person": "责任人", "due_on": "办结期限", "opened_on": "立项日期",
    "source_note": "来源", "measure": "举措序号", "evidence": "佐证",
    "reported_on": "报告日期", "reported_by": "报告人", "closed_on": "销号日期",
    "closed_by": "销号人", "dropped_on": "撤销日期", "because": "撤销原因",
}  # fmt: skip
NEEDED = ("title", "category", "due_on")
TOLD_ONLY = ("序号", "状态", "责任学校名称", "是否逾期", "问题/problem")
STATUS = {
    ItemStatus.OPEN: "未办结",
    ItemStatus.REPORTED: "待销号",
    ItemStatus.CLOSED: "已销号",
    ItemStatus.DROPPED: "已撤销",
}
LIMITS = {"ref": 80, "title": 300, "detail": 4000, "source_note": 300, "evidence": 500,
          "because": 2000}  # fmt: skip
MEND = "mend the cell 请修改该单元格"


class TooManyRows(TooLarge):
    """More rows than one file takes."""

    code = "too_many_rows"
    title = Text("Too many rows", "行数过多")
    remedy = Text(f"A file takes {ROWS_MAX} rows.", f"每个文件最多 {ROWS_MAX} 行。")


def name_columns(rows: Sequence[Row]) -> list[Row]:
    """The rows under the names of COLUMNS; raises SheetRefused for a column that is not known."""
    if len(rows) > ROWS_MAX:
        raise TooManyRows
    names = {zh: name for name, zh in COLUMNS.items()} | {name: name for name in COLUMNS}
    findings = Findings()
    for column in rows[0].cells if rows else []:
        if column and column not in names and column not in TOLD_ONLY:
            findings.add(rows[0], column, "unknown_column", "not known", "take the column out")
    findings.refuse_any()
    return [
        Row(row.number, {names[c]: value for c, value in row.cells.items() if c in names})
        for row in rows
    ]


def read_lines(rows: Sequence[Row], today: date, findings: Findings) -> list[Line]:
    """What the rows say; whatever cannot be is a finding."""
    lines = []
    for row in rows:
        before = len(findings.problems)
        line = _read_line(row, today, findings)
        if line is not None and len(findings.problems) == before:
            _check_history(line, today, findings)
            lines.append(line)
    return lines


def _read_line(row: Row, today: date, findings: Findings) -> Line | None:
    def text(name: str) -> str:
        return row.cells.get(name, "")

    def day(name: str) -> date | None:
        found = findings.cell(row, name, parse_date, "not_a_date", "write 2026-06-30")
        return found if isinstance(found, date) else None

    for name, most in LIMITS.items():
        if len(text(name)) > most:
            findings.add(row, name, "too_long", f"more than {most} characters", MEND)
    for name in NEEDED:
        if not text(name):
            findings.add(row, name, "required", "is empty", "fill it in 请填写")
    due_on = day("due_on")
    measure = text("measure")
    if measure and not (measure.isdecimal() and len(measure) < 5):
        findings.add(row, "measure", "not_a_number", "not a number", MEND)
    days = {name: day(name) for name in ("opened_on", "reported_on", "closed_on", "dropped_on")}
    if due_on is None or (measure and not (measure.isdecimal() and len(measure) < 5)):
        return None
    return Line(
        row=row,
        ref=text("ref") or None,
        title=text("title"),
        detail=text("detail"),
        category=text("category"),
        school_code=text("school_code"),
        username=text("person"),
        due_on=due_on,
        opened_on=days["opened_on"] or today,
        source_note=text("source_note"),
        measure_no=int(measure) if measure else None,
        evidence=text("evidence"),
        reported_on=days["reported_on"],
        reported_by=text("reported_by"),
        closed_on=days["closed_on"],
        closed_by=text("closed_by"),
        dropped_on=days["dropped_on"],
        because=text("because"),
    )


def _check_history(line: Line, today: date, findings: Findings) -> None:
    """Days in their order, none to come; a report with evidence, a closing with its report."""
    row = line.row
    order = [("opened_on", line.opened_on), ("reported_on", line.reported_on),
             ("closed_on", line.closed_on or line.dropped_on)]  # fmt: skip
    last = date.min
    for name, on in order:
        if on is not None and (on < last or on > today):
            findings.add(row, name, "out_of_order", "before what came earlier, or to come", MEND)
        last = on or last
    if line.reported_on and not (line.reported_by and line.evidence):
        why = "a report has its reporter and its evidence"
        findings.add(row, "reported_by", "report_incomplete", why, "fill in 报告人 and 佐证")
    if line.closed_on and not (line.reported_on and line.closed_by):
        why = "what is closed was reported, and was closed by somebody"
        findings.add(row, "closed_by", "closing_incomplete", why, "fill in 报告日期 and 销号人")
    if line.closed_by and line.closed_by == line.reported_by:
        why = "who reported it does not close it (销号须由他人办理)"
        findings.add(row, "closed_by", "closed_by_reporter", why, "name who closed it")
    if line.dropped_on and (line.closed_on or not line.because):
        why = "dropped is what was not closed, with the reason"
        findings.add(row, "dropped_on", "drop_incomplete", why, "fill in 撤销原因")


class Directory:
    """What rows name, by how they name it."""

    def __init__(
        self,
        schools: Sequence[School],
        people: Sequence[Someone],
        categories: Sequence[Category],
        measures: Mapping[int, UUID],
    ) -> None:
        """`measures` are those of the ledger's initiative by their numbers."""
        names = [school.name for school in schools]
        self.schools = {school.code: school for school in schools} | {
            school.name: school for school in schools if names.count(school.name) == 1
        }
        self.people = {person.username: person for person in people}
        self.categories = {one.code: one.code for one in categories} | {
            one.label.zh: one.code for one in categories
        }
        self.measures = measures


def place(
    lines: Sequence[Line], known: Mapping[str, Known], directory: Directory, findings: Findings
) -> tuple[list[Placed], int]:
    """The lines that are new, with what they name; how many the ledger has already.

    A row whose reference the ledger has is passed over where it says the same, and is a finding
    where it does not: what stands there is changed there, with a reason.
    """
    placed, unchanged = [], 0
    seen: set[str] = set()
    for line in lines:
        row = line.row
        if line.ref is not None and line.ref in seen:
            findings.add(row, "ref", "twice", "is in the file twice", "take the row out 请删除该行")
            continue
        seen |= {line.ref} if line.ref else set()
        school = directory.schools.get(line.school_code)
        category = directory.categories.get(line.category)
        if line.school_code and school is None:
            why = "no school of the group today, or two of that name"
            findings.add(row, "school_code", "no_such_school", why, "write its code 学校标识码")
            continue
        if category is None:
            findings.add(row, "category", "unknown_category", "there is no such category", MEND)
            continue
        code = school.code if school else ""
        old = known.get(line.ref or "")
        if old is not None:
            new = (line.title, category, line.due_on, code)
            if (old.title, old.category, old.due_on, old.school_code) == new:
                unchanged += 1
            else:
                why = "the ledger has this item, and it says something else"
                findings.add(row, "ref", "item_differs", why, "change it there, with the reason")
            continue
        found = {
            name: _person(directory, row, name, username, at, findings)
            for name, username, at in (
                ("person", line.username, code),
                ("reported_by", line.reported_by, code),
                ("closed_by", line.closed_by, ""),
            )
        }
        if line.measure_no is not None and line.measure_no not in directory.measures:
            why = "the ledger's initiative has no measure of this number"
            findings.add(row, "measure", "unknown_measure", why, MEND)
            continue
        measure = directory.measures.get(line.measure_no) if line.measure_no else None
        placed.append(
            Placed(
                line=line, id=new_id(), school_id=school.id if school else None,
                person_id=found["person"], category=category,
                measure_id=measure, reporter_id=found["reported_by"],
                closer_id=found["closed_by"],
            )
        )  # fmt: skip
    return placed, unchanged


def _person(
    directory: Directory, row: Row, column: str, username: str, at: str, findings: Findings
) -> UUID | None:
    if not username:
        return None
    person = directory.people.get(username)
    if person is None or at not in person.places:
        why = "nobody of that username, or never appointed there"
        findings.add(row, column, "not_appointed", why, "write the username 请填写用户名")
        return None
    return person.id


def table(items: Sequence[Item], school_codes: Mapping[UUID, str]) -> list[list[object]]:
    """A row per item under EXPORT_HEADER."""
    return [
        [
            item.no, STATUS[item.status], item.ref or "", item.title, item.detail, item.category,
            school_codes.get(item.school_id, "") if item.school_id else "",
            item.school_name or "集团办公室",
            item.due_on.isoformat(), item.source_note, "是" if item.overdue else "",
        ]
        for item in items
    ]  # fmt: skip


EXPORT_HEADER = [
    "序号", "状态", "编号", "事项", "说明", "类别", "责任学校", "责任学校名称", "办结期限", "来源",
    "是否逾期",
]  # fmt: skip


def need(rows: Sequence[Row]) -> None:
    """Raise SheetRefused unless there are rows with the needed columns."""
    findings = Findings()
    if not rows:
        raise SheetRefused(Text("there is no row below the header", "表头下没有数据行"))
    for name in NEEDED:
        if name not in rows[0].cells:
            findings.add(
                rows[0], name, "column_missing", "is missing", f"add 请增加 {COLUMNS[name]}"
            )
    findings.refuse_any()
