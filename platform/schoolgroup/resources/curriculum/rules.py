"""Pure decisions about the curriculum: what a file says, and the tree it makes."""

import hashlib
from collections.abc import Iterable, Sequence

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.sheets import Findings, Row, SheetRefused, need_columns
from schoolgroup.resources.catalogue.models import CHAPTER_DEPTH_MAX, STAGES, Stage
from schoolgroup.resources.curriculum.models import (
    CHAPTER_NAME_MAX,
    NAME_MAX,
    SYSTEMS,
    Level,
    Line,
    NewNode,
    Place,
    SchoolSystem,
    Step,
    root_name,
)

NODES_MAX = 50_000
COLUMNS = {
    "学段": "stage",
    "学制": "school_system",
    "学科": "subject",
    "版本": "edition",
    "年级": "grade",
    "册次": "volume",
    "章节": "chapter",
}
BELOW = (Level.SUBJECT, Level.EDITION, Level.GRADE, Level.VOLUME)
CHAPTERS_PART = ">"
STAGE_WORDS = {word: stage for stage, t in STAGES.items() for word in (stage.value, t.zh, t.en)}
SYSTEM_WORDS = {
    word: system
    for system, text in SYSTEMS.items()
    for word in (system.value, text.zh, text.en, text.zh.removesuffix("学制"))
}


def name_columns(rows: Sequence[Row]) -> list[Row]:
    """The rows with their columns in English; raises SheetRefused for unknown or missing ones."""
    need_columns(rows, [])
    given = {COLUMNS.get(name, name) for name in rows[0].cells if name}
    known = set(COLUMNS.values())
    wrong = [
        Problem(f"/1/{name}", "column_unknown", "this column is not known", "rename or remove it")
        for name in sorted(given - known)
    ]
    wrong += [
        Problem(f"/1/{name}", "column_missing", f"the column {name} is missing", "add it")
        for name in ("stage", "subject")
        if name not in given
    ]
    if wrong:
        raise SheetRefused(problems=wrong)
    return [
        Row(row.number, {COLUMNS.get(name, name): cell for name, cell in row.cells.items()})
        for row in rows
    ]


def read_lines(rows: Sequence[Row], findings: Findings) -> list[Line]:
    """What each row says; whatever is wrong is noted in `findings`."""
    lines: list[Line] = []
    first_at: dict[Line, int] = {}
    for row in rows:
        line = _read_line(row, findings)
        if line is None:
            continue
        if line in first_at:
            why = f"the same place as in row {first_at[line]}"
            findings.add(row, "stage", "row_twice", why, "remove one of them")
        first_at.setdefault(line, row.number)
        lines.append(line)
    return lines


def _read_line(row: Row, findings: Findings) -> Line | None:
    cells = row.cells
    stage = STAGE_WORDS.get(cells["stage"])
    if stage is None:
        allowed = " ".join(text.zh for text in STAGES.values())
        findings.add(row, "stage", "stage_unknown", "no such stage", f"one of: {allowed}")
    written = cells.get("school_system", "")
    system = SYSTEM_WORDS.get(written)
    if written and system is None:
        findings.add(
            row, "school_system", "system_unknown", "no such school system", "六三, 五四 or empty"
        )
    if not cells["subject"]:
        findings.add(row, "subject", "subject_missing", "the subject is missing", "write it")
    below: list[tuple[Level, str]] = []
    for level in BELOW:
        name = cells.get(level, "")
        if len(name) > NAME_MAX:
            why = f"more than {NAME_MAX} characters"
            findings.add(row, level, "name_too_long", why, "shorten it")
        elif name:
            below.append((level, name))
    chapters = [part.strip() for part in cells.get("chapter", "").split(CHAPTERS_PART)]
    if chapters != [""]:
        if "" in chapters or len(chapters) > CHAPTER_DEPTH_MAX:
            why = f"1 to {CHAPTER_DEPTH_MAX} names separated by {CHAPTERS_PART}"
            findings.add(row, "chapter", "chapter_malformed", why, "write them like 四 > 1")
        elif max(map(len, chapters)) > CHAPTER_NAME_MAX:
            why = f"more than {CHAPTER_NAME_MAX} characters"
            findings.add(row, "chapter", "name_too_long", why, "shorten it")
        below += [(Level.CHAPTER, name) for name in chapters]
    return None if stage is None else Line(stage, system, tuple(below))


class _Branch:
    def __init__(self) -> None:
        self.below: dict[tuple[Level, str], _Branch] = {}


def grow(lines: Iterable[Line]) -> list[NewNode]:
    """The tree in depth-first order; siblings stand as they first appear in the file."""
    roots: dict[tuple[Stage, SchoolSystem | None], _Branch] = {}
    for line in lines:
        at = roots.setdefault((line.stage, line.system), _Branch())
        for step in line.below:
            at = at.below.setdefault(step, _Branch())
    nodes: list[NewNode] = []
    for (stage, system), root in roots.items():
        name = root_name(stage, system)
        _number(nodes, root, (Level.STAGE, name), stage, system, [name], None)
    return nodes


def _number(
    nodes: list[NewNode],
    branch: _Branch,
    step: tuple[Level, str],
    stage: Stage,
    system: SchoolSystem | None,
    path: list[str],
    parent_no: int | None,
) -> None:
    at = len(nodes)
    number = at + 1
    nodes.append(
        NewNode(
            no=number, last_no=number, parent_no=parent_no, level=step[0], name=step[1],
            stage=stage, school_system=system, path=path, path_key=path_key(path),
        )
    )  # fmt: skip
    for below, child in branch.below.items():
        _number(nodes, child, below, stage, system, [*path, below[1]], number)
    fields = {name: getattr(nodes[at], name) for name in NewNode.__struct_fields__}
    nodes[at] = NewNode(**{**fields, "last_no": len(nodes)})


def path_key(path: Sequence[str]) -> str:
    """What two places have in common exactly when they have the same names above them."""
    return hashlib.sha256("\0".join(path).encode()).hexdigest()


def place_of(steps: Sequence[Step]) -> Place:
    """The coordinates of the node the steps lead to, from the root down."""
    named = {step.level: step.name for step in steps}
    return Place(
        stage=steps[0].stage,
        subject=named.get(Level.SUBJECT),
        edition=named.get(Level.EDITION),
        grade=named.get(Level.GRADE),
        volume=named.get(Level.VOLUME),
        chapter=[step.name for step in steps if step.level is Level.CHAPTER],
    )
