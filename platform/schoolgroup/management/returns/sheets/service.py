"""Returns out as workbooks, and the same workbooks back in."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from schoolgroup.access.decisions import require, require_found
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.sheet_files import (
    NOTES,
    SheetFile,
    SheetFormat,
    exported,
    with_notes,
)
from schoolgroup.kernel.sheets import (
    XLSX_TYPE,
    Findings,
    Row,
    SheetRefused,
    need_columns,
)
from schoolgroup.management.returns.answers import rules as judging
from schoolgroup.management.returns.answers import service as answers
from schoolgroup.management.returns.answers.models import Return
from schoolgroup.management.returns.calls import service as calls
from schoolgroup.management.returns.calls.models import CallRow
from schoolgroup.management.returns.forms import service as forms
from schoolgroup.management.returns.forms.models import FieldType, FormField
from schoolgroup.management.returns.sheets import queries, rules, workbook
from schoolgroup.management.returns.sheets.models import LineRow, Taken


async def write_own(tx: Tx, call_id: UUID) -> SheetFile:
    """The acting school's return as a workbook to fill in, also before it has begun."""
    call, held = await _own(tx, call_id)
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    names = {str(one.upload_id): one.file_name for one in held.files} if held else {}
    values, sources = (held.values, held.sources) if held else ({}, {})
    lines = rules.lines_of(fields, values, sources, names)
    content = await asyncio.to_thread(workbook.write, call.title, list(lines))
    return SheetFile(f"return-{call.period}.xlsx", XLSX_TYPE, content)


async def take(
    tx: Tx, call_id: UUID, rows: Sequence[Row], version: int | None, *, dry_run: bool
) -> Taken:
    """The workbook's answers in the place of the work in hand; fields it leaves out stay.

    Raises SheetRefused with every problem of the file, and what saving the return raises.
    """
    call, held = await _own(tx, call_id)
    require(tx, "return:draft", answers.own_mask(tx), thing=f"call/{call_id}/return")
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    before = held.values if held else {}
    values = judging.answered(_values(fields, before, rows))
    changed = sorted(c for c in before.keys() | values.keys() if before.get(c) != values.get(c))
    if dry_run:
        asked = await forms.rules_of(tx, call.form_id, call.form_version)
        warnings = judging.problems_of_rules(fields, asked, values)
        return Taken(
            dry_run=True, answered=len(values), changed=changed, warnings=warnings, version=None
        )
    saved = await answers.save(tx, call_id, values, version)
    return Taken(
        dry_run=False, answered=len(values), changed=changed, warnings=saved.warnings,
        version=saved.version,
    )  # fmt: skip


async def annotate(tx: Tx, call_id: UUID, sent: bytes, rows: Sequence[Row]) -> SheetFile:
    """The file back with what is wrong beside each line; nothing is kept."""
    problems = []
    try:
        await take(tx, call_id, rows, None, dry_run=True)
    except SheetRefused as refused:
        problems = refused.problems
    return await asyncio.to_thread(with_notes, sent, "return-checked", rows, problems)


async def export(tx: Tx, call_id: UUID, form: SheetFormat) -> SheetFile:
    """Every school's newest submission, a line each; kept in the trail, with its mark on each line.

    For who may read every return. Raises NotFound.
    """
    call = await queries.get_call(tx, call_id)
    require_found(call, f"call/{call_id}", "call:read")
    assert call is not None
    require(tx, "call:read", call.relations, thing=f"call/{call_id}", see="call:read")
    require(tx, "return:read", thing=f"call/{call_id}/returns")
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    lines = await queries.list_lines(tx, call_id)
    number = new_id()
    told = {"export": number, "form": form, "schools": len(lines)}
    await journal.enter(tx, "return:read", f"call/{call_id}", "done", told)
    header, table = _table(fields, lines)
    mark = f"{tx.now.isoformat(timespec='seconds')} {tx.actor.name} {number}"
    return await asyncio.to_thread(exported, "returns", header, table, mark, form)


def _table(
    fields: Sequence[FormField], lines: Sequence[LineRow]
) -> tuple[list[str], list[list[object]]]:
    """A column a field, and of a field of rows how many rows it has."""
    header = ["学校编码/code", "学校/school", "类别/tier", "状态/status", "版本/version",
              "通过版本/accepted", "提交时间/submitted"]  # fmt: skip
    header += [f"{field.label.zh}/{field.label.en} ({field.code})" for field in fields]
    return header, [
        [
            line.school_code, line.school_name, line.tier, line.status, line.submitted_no,
            line.accepted_no, line.submitted_at.isoformat() if line.submitted_at else None,
            *(_cell(f, (line.answers or {}).get(f.code), line.file_names) for f in fields),
        ]
        for line in lines
    ]  # fmt: skip


def _cell(field: FormField, value: Any, names: Mapping[str, str] | None) -> object:
    if field.type is FieldType.FILE:
        return rules.files_named(value, names or {})
    if field.type is FieldType.ROWS:
        return None if value is None else len(value)
    return rules.shown(field, value)


async def _own(tx: Tx, call_id: UUID) -> tuple[CallRow, Return | None]:
    call = await calls.look_up(tx, call_id)
    try:
        return call, await answers.get_own(tx, call_id)
    except judging.ReturnNotBegun:
        return call, None


def _values(
    fields: Sequence[FormField], before: dict[str, Any], rows: Sequence[Row]
) -> dict[str, Any]:
    """What the file answers; raises SheetRefused with everything that is wrong in it."""
    need_columns(rows, (rules.PATH, rules.ANSWER))
    findings = Findings()
    for column in rows[0].cells:
        if column and column not in rules.HEADER and column not in NOTES:
            findings.add(rows[0], column, "unknown_column", "not known", "take the column out")
    values, seen = rules.read_lines(fields, before, rows, findings)
    findings.refuse_any()
    problems = judging.problems_of(fields, values)
    if problems:
        raise SheetRefused(problems=rules.on_lines(problems, seen))
    return values
