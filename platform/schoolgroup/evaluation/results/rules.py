"""Reading a score sheet and sealing results: pure, and the same bytes for the same results.

A sheet has a row per candidate: school_code, exam_number, class, status, then one column per item.
`status` is empty or present; absent (缺考), void (违纪) or exempt (免考) leave the items empty.
"""

import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec
import numpy as np

from schoolgroup.evaluation.exams.choices import count_choices
from schoolgroup.evaluation.exams.models import Item, Participation, Subject
from schoolgroup.evaluation.results.models import (
    Candidate,
    Collected,
    Part,
    Result,
    Sums,
    SumsInput,
    SumsRow,
)
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.identity_numbers import holds_identity_number
from schoolgroup.kernel.sheet_files import NOTES
from schoolgroup.kernel.sheets import Findings, Row, need_columns
from schoolgroup.kernel.texts import Text

COLUMNS = ("school_code", "exam_number", "class", "status")
CODE, NUMBER, CLASS, STATUS = COLUMNS
NUMBER_CHARACTERS_MAX = CLASS_CHARACTERS_MAX = 40
ABSENT_WORDS = ("absent", "缺考", "缺")
STATUS_WORDS: dict[str, Result] = {
    **dict.fromkeys(("present", "正常", "参考"), Result.PRESENT),
    **dict.fromkeys(ABSENT_WORDS, Result.ABSENT),
    **dict.fromkeys(("void", "违纪", "作弊"), Result.VOID),
    **dict.fromkeys(("exempt", "免考", "免试"), Result.EXEMPT),
}
NUMBER_AS_WRITTEN = re.compile(r"-?[0-9]{1,9}(\.[0-9]{1,9})?")
ARRAY_HEADER_BYTES, ELEMENT_BYTES = 20, 6


class SumsInvalid(Invalid):
    """The sums are not of this paper."""

    code = "sums_invalid"
    title = Text("The sums do not fit the paper", "汇总数据与试卷不符")
    remedy = Text("Mend what `errors` names.", "请按 errors 逐项修改。")


class Sender(msgspec.Struct, frozen=True):
    """A school of the exam as a sheet may name it, and whether the caller may send for it."""

    school_id: UUID
    status: Participation
    may_send: bool


Roster = Mapping[tuple[UUID, str], str | None]


def read_scores(
    rows: Sequence[Row],
    paper: Subject,
    senders: Mapping[str, Sender],
    roster: Roster | None,
    findings: Findings,
    on_screen: Collection[str] = (),
) -> list[Candidate]:
    """The candidates of a sheet; everything wrong with it goes into `findings`.

    `senders` by school code; `roster`: who may be in it, None where the sheet itself says so;
    `on_screen`: labels of items that are being marked here, whose columns may be left out: they
    count as nothing until the marking is complete. An optional item left empty was not answered.
    Raises SheetRefused where a column is missing.
    """
    items = paper.items
    labels = [item.label for item in items]
    first = rows[0].cells if rows else {}
    absent = {label for label in labels if label in on_screen and label not in first}
    need_columns(rows, (CODE, NUMBER, *(label for label in labels if label not in absent)))
    known = {*COLUMNS, *labels, *NOTES}
    for name in rows[0].cells:
        if name and name not in known:
            findings.add(rows[0], name, "column_unknown", "no item of this paper", "remove it")
    tables = [_marks_by_text(item) for item in items]
    seen: dict[str, int] = {}
    candidates = []
    for row in rows:
        school = school_of(row, senders, findings)
        number = number_of(row, seen, findings)
        class_label = row.cells.get(CLASS, "")
        if len(class_label) > CLASS_CHARACTERS_MAX:
            findings.add(row, CLASS, "too_long", "at most 40 characters", "shorten it")
        result, marks = _result(row, items, labels, tables, absent, findings)
        if school is None or number is None or result is None:
            continue
        if roster is not None and not on_roster(row, (school, number), result, roster, findings):
            continue
        counted: tuple[int, ...] | None = None
        left_out: tuple[int, ...] = ()
        if marks is not None:
            counted, left_out = count_choices(items, paper.choices, marks)
        candidates.append(Candidate(school, number, class_label, result, counted, left_out))
    return candidates


def on_roster(
    row: Row,
    who: tuple[UUID, str],
    result: Result,
    roster: Roster,
    findings: Findings,
) -> bool:
    """Whether the roster has the candidate, and says of the sitting what the sheet says."""
    if who not in roster:
        findings.add(
            row, NUMBER, "not_on_roster", "not on the roster of this subject",
            "write the number that was drawn, or have the candidate added with a reason",
        )  # fmt: skip
        return False
    recorded = roster[who]
    if recorded not in (None, Result.PRESENT) and recorded != result:
        findings.add(
            row, STATUS, "attendance_differs", f"was recorded {recorded}",
            "mend the sheet, or the record of the sitting",
        )  # fmt: skip
        return False
    return True


def sealed(exam_subject_id: UUID, items: int, collected: Collected) -> Part:
    """One school's results in one subject as a part of a snapshot, with its hash."""
    present = collected.results.count(Result.PRESENT)
    part = Part(
        exam_subject_id=exam_subject_id,
        school_id=collected.school_id,
        paper_version=collected.paper_version,
        exam_numbers=collected.exam_numbers,
        class_labels=collected.class_labels,
        results=collected.results,
        half_marks=marks_of(collected.sent, present, items),
        sha256="",
        left_out=_left_out(collected, items),
    )
    return msgspec.structs.replace(part, sha256=part_sha256(part))


def sealed_sums(exam_subject_id: UUID, row: SumsRow) -> Part:
    """The sums of one school in one subject as a part of a snapshot, with its hash."""
    sums = Sums(row.lowest, row.counts, row.absent, row.void, row.exempt)
    part = Part(
        exam_subject_id, row.school_id, row.paper_version, [], [], [], b"", sha256="", sums=sums
    )
    return msgspec.structs.replace(part, sha256=part_sha256(part))


def read_sums(data: SumsInput, full_half_marks: int) -> Sums:
    """A school's sums as they are kept. Raises SumsInvalid (a total twice, or off the paper)."""
    counts: dict[int, int] = {}
    problems = []
    for n, row in enumerate(data.totals):
        half = round(row.marks * 2)
        if half > full_half_marks:
            why = f"the paper has {full_half_marks / 2:g} marks"
            problems.append(Problem(f"/totals/{n}/marks", "out_of_range", why, "mend"))
        if half in counts:
            problems.append(Problem(f"/totals/{n}/marks", "twice", "given already", "add them up"))
        counts[half] = row.pupils
    if problems:
        raise SumsInvalid(problems=problems)
    lowest = min(counts, default=0)
    size = max(counts, default=-1) - lowest + 1
    table = [counts.get(lowest + place, 0) for place in range(size)]
    return Sums(lowest, table, data.absent, data.void, data.exempt)


def part_sha256(part: Part) -> str:
    """SHA-256 of one school's part: its roster as one JSON line, then the marks as they lie.

    Of sums the line ends with them, and where some items do not count with the hash of which;
    without either it is what it has always been.
    """
    told: list[object] = [part.exam_subject_id, part.paper_version, part.school_id,
                          part.exam_numbers, part.class_labels, part.results]  # fmt: skip
    if part.sums is not None:
        told.append(part.sums)
    if part.left_out:
        told.append({"left_out_sha256": hashlib.sha256(part.left_out).hexdigest()})
    roster = msgspec.json.encode(told)
    return hashlib.sha256(roster + b"\n" + part.half_marks).hexdigest()


def snapshot_sha256(exam_id: UUID, subjects: Sequence[Subject], parts: Sequence[Part]) -> str:
    """SHA-256 over the papers with their lines and grades, and the hash of every part."""
    papers = [
        [s.id, s.subject, s.paper_version, s.excellent_percent, s.pass_percent, s.low_percent,
         s.levels, [_said(item) for item in s.items], *([s.choices] if s.choices else [])]
        for s in sorted(subjects, key=lambda s: str(s.id))
    ]  # fmt: skip
    sealed = sorted((str(p.exam_subject_id), str(p.school_id), p.sha256) for p in parts)
    return hashlib.sha256(msgspec.json.encode([exam_id, papers, sealed])).hexdigest()


def _said(item: Item) -> dict[str, object]:
    """What the hash takes of an item: what was always there, and what differs from a plain one."""
    plain = Item(item.label, item.max_half_marks)
    always = {"label", "max_half_marks", "knowledge_point", "ability"}
    return {
        name: value
        for name, value in msgspec.structs.asdict(item).items()
        if name in always or value != getattr(plain, name)
    }


def marks_of(sent: bytes, present: int, items: int) -> bytes:
    """The marks out of PostgreSQL's `array_send` of one-dimensional int2 arrays put end to end.

    Each array is a header of 20 bytes, then 4 bytes of length and 2 of number per element.
    Raises ValueError where the bytes are not that many such arrays.
    """
    if present == 0 and not sent:
        return b""
    stride = ARRAY_HEADER_BYTES + ELEMENT_BYTES * items
    table = np.frombuffer(sent, dtype=np.uint8).reshape(present, stride)
    elements = table[:, ARRAY_HEADER_BYTES:].reshape(present, items, ELEMENT_BYTES)[:, :, 4:]
    return np.ascontiguousarray(elements).view(">i2").astype("<i2").tobytes()


def _left_out(collected: Collected, items: int) -> bytes:
    """One bit per item of each candidate present, set where it does not count; empty: all do."""
    if not collected.choosers:
        return b""
    present = [
        number
        for number, result in zip(collected.exam_numbers, collected.results, strict=True)
        if result is Result.PRESENT
    ]
    at = {number: place for place, number in enumerate(present)}
    mask = np.zeros((len(present), items), dtype=np.bool_)
    for number, positions in zip(collected.choosers, collected.left_out, strict=True):
        mask[at[number], [int(position) - 1 for position in positions.split()]] = True
    return np.packbits(mask, axis=1).tobytes()


def school_of(row: Row, senders: Mapping[str, Sender], findings: Findings) -> UUID | None:
    """The school a row names, if the caller may send for it and it takes part."""
    code = row.cells.get(CODE, "")
    sender = senders.get(code)
    if sender is None:
        findings.add(
            row, CODE, "unknown_school", "no school invited to this exam has this code",
            "write the school code as the directory has it, or invite the school",
        )  # fmt: skip
    elif not sender.may_send:
        findings.add(row, CODE, "not_your_school", "another school", "send your own school's rows")
    elif sender.status is not Participation.ACCEPTED:
        findings.add(
            row, CODE, "not_taking_part", f"the school has {sender.status} only",
            "let its principal accept the exam first",
        )  # fmt: skip
    else:
        return sender.school_id
    return None


def status_of(row: Row, findings: Findings) -> Result | None:
    """The result a row's status names; nothing in it means present."""
    word = row.cells.get(STATUS, "").lower()
    if not word:
        return Result.PRESENT
    if word not in STATUS_WORDS:
        findings.add(
            row, STATUS, "status_unknown", "not a status",
            "leave it empty, or write present, absent (缺考), void (违纪) or exempt (免考)",
        )  # fmt: skip
        return None
    return STATUS_WORDS[word]


def number_of(row: Row, seen: dict[str, int], findings: Findings) -> str | None:
    """The exam number of a row, once per file."""
    number = row.cells.get(NUMBER, "")
    if not number or len(number) > NUMBER_CHARACTERS_MAX or not number.isprintable():
        findings.add(row, NUMBER, "exam_number", "1 to 40 characters", "write the exam number")
        return None
    if holds_identity_number(number):
        findings.add(
            row, NUMBER, "identity_number", "an identity number names the pupil to everybody",
            "write the number of this exam",
        )  # fmt: skip
        return None
    if number in seen:
        findings.add(
            row, NUMBER, "exam_number_twice", f"stands in row {seen[number]} already",
            "each candidate once",
        )  # fmt: skip
        return None
    seen[number] = row.number
    return number


def _result(
    row: Row,
    items: Sequence[Item],
    labels: Sequence[str],
    tables: Sequence[Mapping[str, int]],
    absent: Collection[str],
    findings: Findings,
) -> tuple[Result | None, tuple[int | None, ...] | None]:
    cells = [row.cells.get(label, "") for label in labels]
    marked = {cell for cell in cells if cell}
    # an absent marker in the marks themselves, as many registers have it
    if not row.cells.get(STATUS) and marked and marked <= set(ABSENT_WORDS):
        return Result.ABSENT, None
    result = status_of(row, findings)
    if result is None:
        return None, None
    if result is not Result.PRESENT:
        for label, cell in zip(labels, cells, strict=True):
            if cell and cell not in ABSENT_WORDS:
                findings.add(
                    row, label, "marks_without_presence", f"marks of one who is {result}",
                    "clear the marks or the status",
                )  # fmt: skip
        return result, None
    marks = [table.get(cell) for table, cell in zip(tables, cells, strict=True)]
    if None in marks:
        missing = False
        for n, mark in enumerate(marks):
            if mark is None and labels[n] in absent:
                marks[n] = None if items[n].choice else 0
            elif mark is None and not (items[n].choice and not cells[n]):
                marks[n] = _mark(row, items[n], cells[n], findings)
                missing = missing or marks[n] is None
        if missing:
            return None, None
    return result, tuple(marks)


def _marks_by_text(item: Item) -> dict[str, int]:
    """Every way a mark of this item is usually written, with its half marks: one look per cell."""
    table = {}
    for half in range(0, item.max_half_marks + 1, item.step_half_marks):
        whole, rest = divmod(half, 2)
        if rest:
            table[f"{whole}.5"] = half
        else:
            table[str(whole)] = table[f"{whole}.0"] = half
    return table


def _mark(row: Row, item: Item, cell: str, findings: Findings) -> int | None:
    """The half marks of an unusual cell, or None with the reason noted."""
    most = f"{item.max_half_marks / 2:g}"
    if not cell:
        findings.add(
            row, item.label, "item_missing", "a candidate who was present has no mark here",
            "write 0 for nothing achieved, or absent in status",
        )  # fmt: skip
        return None
    if not NUMBER_AS_WRITTEN.fullmatch(cell):
        findings.add(row, item.label, "not_a_number", "text in a mark", f"write 0 to {most}")
        return None
    half = Decimal(cell) * 2
    if not 0 <= half <= item.max_half_marks:
        findings.add(row, item.label, "out_of_range", f"not within 0 to {most}", "mend the mark")
        return None
    if half % item.step_half_marks:
        step = f"{item.step_half_marks / 2:g}"
        findings.add(row, item.label, "wrong_step", f"marks go in steps of {step}", "round it")
        return None
    return int(half)
