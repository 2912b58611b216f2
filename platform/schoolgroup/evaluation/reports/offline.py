"""`schoolgroup verify`: the table it prints; a school's own file worked out without a server."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from schoolgroup.evaluation.exams.models import Participation, Subject
from schoolgroup.evaluation.reports import verifying
from schoolgroup.evaluation.reports.models import Checked, Export
from schoolgroup.evaluation.results.models import Candidate
from schoolgroup.evaluation.results.rules import CODE, Sender, read_scores
from schoolgroup.evaluation.statistics.rules import CODE_VERSION
from schoolgroup.kernel.errors import Invalid
from schoolgroup.kernel.sheets import Findings, read_sheet
from schoolgroup.kernel.texts import Text

Marks = dict[str, dict[str, Candidate]]
VERDICTS = {True: "equal", False: "DIFFERENT", None: "not checkable"}
HEADER = ("subject", "of", "figure", "published", "recomputed", "verdict")
CELL_CHARACTERS_MAX = 44


class FileRefused(Invalid):
    """A file that cannot be verified."""

    code = "file_refused"
    title = Text("The file cannot be verified", "文件无法核验")
    remedy = Text(
        "Give the export of your school, and score sheets named after their subjects.",
        "请给出本校导出文件，以及以科目命名的成绩表。",
    )


def verify_files(files: Sequence[Path], *, everything: bool) -> tuple[int, str]:
    """(exit code, what to print) of exports and, beside them, the school's own score sheets.

    Raises FileRefused for a file that is neither, SheetRefused for a sheet with problems.
    """
    exports, sheets = [], []
    for file in files:
        try:
            raw = file.read_bytes()
        except OSError as failed:
            raise FileRefused(Text(f"{file}: {failed.strerror}", str(failed))) from failed
        if raw.lstrip()[:1] == b"{":
            exports.append(_export(file, raw))
        else:
            sheets.append((file, raw))
    if not exports:
        raise FileRefused(
            Text("give the file of GET /v1/releases/{id}/own-part", "请给出学校导出文件")
        )
    code, pages = 0, []
    for export in exports:
        marks = _marks(export, sheets)
        rows = verifying.check_export(export, marks)
        pages.append(
            f"{export.exam}, {export.school}: release {export.release_id}, "
            f"snapshot {export.snapshot_sha256[:16]}…, released with {export.released_with}, "
            f"verified with {CODE_VERSION}\n{shown(rows, everything=everything)}"
        )
        code |= exit_code(rows)
    return code, "\n\n".join(pages)


def exit_code(rows: Sequence[Checked]) -> int:
    """1 where a figure differs."""
    return int(any(row.equal is False for row in rows))


def shown(rows: Sequence[Checked], *, everything: bool) -> str:
    """What was compared, by subject and school; each figure that differs; all with `everything`."""
    told = [row for row in rows if everything or row.equal is False]
    counts: dict[tuple[str, str], list[int]] = {}
    for row in rows:
        count = counts.setdefault((row.subject, row.of), [0, 0, 0])
        count[{True: 0, False: 1, None: 2}[row.equal]] += 1
    lines = [
        ("subject", "of", "equal", "different", "not checkable"),
        *((*who, *map(str, count)) for who, count in counts.items()),
    ]
    page = _aligned(lines)
    if told:
        page += "\n\n" + _aligned(
            [
                HEADER,
                *(
                    (row.subject, row.of, row.figure, _cell(row.published),
                     _cell(row.recomputed), VERDICTS[row.equal])
                    for row in told
                ),
            ]
        )  # fmt: skip
    different = sum(1 for row in rows if row.equal is False)
    compared = sum(1 for row in rows if row.equal is not None)
    verdict = "equal" if not different else f"{different} DIFFERENT"
    return f"{page}\n\n{compared} figures compared: {verdict}"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    widths = [max(len(line[at]) for line in lines) for at in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def _cell(value: object) -> str:
    said = "–" if value is None else str(value)
    return said if len(said) <= CELL_CHARACTERS_MAX else said[: CELL_CHARACTERS_MAX - 1] + "…"


def _export(file: Path, raw: bytes) -> Export:
    try:
        export = msgspec.json.decode(raw, type=Export)
    except msgspec.DecodeError as wrong:
        raise FileRefused(Text(f"{file.name}: {wrong}", f"{file.name}：{wrong}")) from wrong
    if export.format != verifying.FORMAT:
        why = f"{file.name}: {export.format}, not {verifying.FORMAT}"
        raise FileRefused(Text(why, why))
    return export


def _marks(export: Export, sheets: Sequence[tuple[Path, bytes]]) -> Marks:
    """The pupils of the school's own sheets, by the subject a file is named after."""
    papers = {one.subject.subject: one.subject for one in export.subjects}
    marks: Marks = {}
    for file, raw in sheets:
        name = next(iter(papers)) if len(papers) == 1 else file.stem
        if name not in papers:
            named = ", ".join(papers)
            raise FileRefused(
                Text(f"{file.name}: name it after one of {named}", f"文件名须为科目：{named}")
            )
        marks[name] = _of_sheet(export, papers[name], raw)
    return marks


def _of_sheet(export: Export, paper: Subject, raw: bytes) -> dict[str, Candidate]:
    rows = [row for row in read_sheet(raw) if row.cells.get(CODE) == export.school_code]
    senders: Mapping[str, Sender] = {
        export.school_code: Sender(export.school_id, Participation.ACCEPTED, True)
    }
    findings = Findings()
    candidates = read_scores(rows, paper, senders, None, findings)
    findings.refuse_any()
    return {one.exam_number: one for one in candidates}
