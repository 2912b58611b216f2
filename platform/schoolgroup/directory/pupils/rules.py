"""Reading registers, going up a grade, and what a transfer may become: pure decisions."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from schoolgroup.directory.pupils.models import (
    Known,
    PupilLine,
    PupilStatus,
    ToPromote,
    TransferStatus,
)
from schoolgroup.kernel.errors import Conflict, Invalid
from schoolgroup.kernel.identity_numbers import is_identity_number
from schoolgroup.kernel.sheet_files import MARK_COLUMN
from schoolgroup.kernel.sheets import Findings, Row, need_columns
from schoolgroup.kernel.texts import Text
from schoolgroup.kernel.transitions import Machine, Transition

YEAR_BEGINS_MONTH = 8  # as for exams: what August prepares belongs to the year of September
GRADES = {"primary": range(1, 7), "junior": range(7, 10), "senior": range(10, 13)}
NUMERALS = "零一二三四五六七八九"
CHINESE = {"学籍号": "register_number", "班级": "class", "年级": "grade", "姓名": "name",
           "性别": "sex", "问题/problem": "problem"}  # fmt: skip
COLUMNS = ("register_number", "grade", "class", "name", "sex")
SEXES = {"": None, "f": "f", "m": "m", "女": "f", "男": "m"}
P = TransferStatus
TRANSFER: Machine[TransferStatus] = Machine(
    "transfer",
    [
        Transition("accept", "transfer:decide", (P.PROPOSED,), P.ACCEPTED),
        Transition("decline", "transfer:decide", (P.PROPOSED,), P.DECLINED),
        Transition("withdraw", "transfer:propose", (P.PROPOSED,), P.WITHDRAWN),
    ],
)


class RegisterNumberTaken(Conflict):
    """Another pupil of the school has this number."""

    code = "register_number_taken"
    title = Text("The register number is taken", "学籍号已被使用")
    remedy = Text("Give the pupil another number.", "请使用其他学籍号。")


class NotEnrolled(Conflict):
    """The pupil is not at the school now."""

    code = "not_enrolled"
    title = Text("The pupil is not enrolled", "该学生不在籍")


class PromotionDepended(Conflict):
    """Something already rests on the new year: an exam's candidates, or a transfer."""

    code = "promotion_depended_on"
    title = Text("Something rests on the promotion", "升级后已有数据依赖")
    remedy = Text("Correct single classes by an import instead.", "请改用导入逐一更正。")


class TransferOpen(Conflict):
    """A transfer of this pupil is waiting for an answer."""

    code = "transfer_open"
    title = Text("A transfer is waiting", "已有待处理的转学")
    remedy = Text("Withdraw it first.", "请先撤回。")


class SchoolUnfit(Invalid):
    """The receiving school does not teach the pupil's grade, is closed, or is the same."""

    code = "school_unfit"
    remedy = Text("Name another school that teaches the grade.", "请指定开设该年级的其他学校。")


def school_year(on: date) -> int:
    """The calendar year in which the school year of that day began."""
    return on.year if on.month >= YEAR_BEGINS_MONTH else on.year - 1


def year_begins_on(year: int) -> date:
    """The first day of a school year."""
    return date(year, 9, 1)


def teaches(stages: Collection[str], grade: int) -> bool:
    """Whether a school of these stages has this grade; 五四 junior schools begin with 6."""
    return any(grade in GRADES.get(stage, ()) for stage in stages) or (
        grade == 6 and "junior" in stages
    )


def named(rows: Sequence[Row]) -> list[Row]:
    """The rows with English column names; raises SheetRefused where a column is missing."""
    made = [
        Row(row.number, {CHINESE.get(name, name): cell for name, cell in row.cells.items()})
        for row in rows
    ]
    need_columns(made, COLUMNS[:3])
    return made


def read_register(
    rows: Sequence[Row], stages: Collection[str], findings: Findings
) -> list[PupilLine]:
    """The pupils of a file; what is wrong goes into `findings`."""
    for name in rows[0].cells:
        if name and name not in (*COLUMNS, "problem", MARK_COLUMN):
            findings.add(rows[0], name, "column_unknown", "no column of a register", "remove it")
    seen: dict[str, int] = {}
    lines = []
    for row in rows:
        cells, before = row.cells, len(findings.problems)
        number, label, name = cells["register_number"], cells["class"], cells.get("name", "")
        if not 0 < len(number) <= 40:
            findings.add(
                row, "register_number", "register_number", "1 to 40 characters", "write it"
            )
        elif is_identity_number(number):
            why = "an identity number has no place here"
            findings.add(row, "register_number", "identity_number", why, "write another number")
        elif number in seen:
            why = f"stands in row {seen[number]} already"
            findings.add(row, "register_number", "twice", why, "each pupil once")
        seen.setdefault(number, row.number)
        if not 0 < len(label) <= 40:
            findings.add(row, "class", "class", "1 to 40 characters", "write the class")
        grade = int(cells["grade"]) if cells["grade"].isdigit() and len(cells["grade"]) < 3 else 0
        if not 1 <= grade <= 12 or not teaches(stages, grade):
            findings.add(row, "grade", "grade", "not a grade of this school", "write 1 to 12")
        sex = cells.get("sex", "").lower()
        if sex not in SEXES:
            findings.add(row, "sex", "sex", "neither f 女 nor m 男", "write one or nothing")
        if len(name) > 100:
            findings.add(row, "name", "too_long", "at most 100 characters", "shorten it")
        if len(findings.problems) == before:
            lines.append(PupilLine(row, number, grade, label, name, SEXES[sex]))
    return lines


def check_known(lines: Sequence[PupilLine], known: Mapping[str, Known], findings: Findings) -> None:
    """A number whose pupil has gone is not given to another."""
    for line in lines:
        has = known.get(line.register_number)
        if has is not None and has.status is not PupilStatus.ENROLLED:
            findings.add(
                line.row, "register_number", "pupil_gone", f"this pupil has {has.status}",
                "take the row out, or use another number",
            )  # fmt: skip


def differs(line: PupilLine, known: Known) -> bool:
    """Whether a file says another class or sex than the register."""
    return (line.grade, line.class_label) != (known.grade, known.class_label) or (
        line.sex is not None and line.sex != known.sex
    )


def leaving(stages: Collection[str], given: Sequence[int] | None) -> set[int]:
    """The grades after which pupils leave the school."""
    if given is not None:
        return set(given)
    return {g for g in range(1, 13) if not any(g + 1 in GRADES.get(s, ()) for s in stages)}


def promoted(one: ToPromote) -> tuple[int, str]:
    """The next grade, and the label with the grade in it moved on: 701 → 801, 七1班 → 八1班."""
    grade, label = one.grade, one.class_label
    plain = rf"{grade}(?![0-9])|{grade}[0-9]{{2}}(?![0-9])"
    spelt = rf"{_numeral(grade)}(?![{NUMERALS}十])"
    for pattern, old, new in (
        (plain, str(grade), str(grade + 1)),
        (spelt, _numeral(grade), _numeral(grade + 1)),
    ):
        if re.match(pattern, label):
            return grade + 1, new + label[len(old) :]
    return grade + 1, label


def _numeral(grade: int) -> str:
    return NUMERALS[grade] if grade < 10 else "十" + (NUMERALS[grade - 10] if grade > 10 else "")
