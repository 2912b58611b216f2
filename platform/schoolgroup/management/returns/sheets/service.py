"""Returns out as workbooks, and the same workbooks back in: one school's, or all of a call."""

import asyncio
from collections.abc import Sequence
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
    problems_of,
    with_notes,
)
from schoolgroup.kernel.sheets import (
    XLSX_TYPE,
    Findings,
    Row,
    Sheet,
    SheetRefused,
    need_columns,
)
from schoolgroup.management.returns.answers import rules as judging
from schoolgroup.management.returns.answers import service as answers
from schoolgroup.management.returns.answers.models import Return
from schoolgroup.management.returns.calls import service as calls
from schoolgroup.management.returns.calls.models import CallRow
from schoolgroup.management.returns.forms import service as forms
from schoolgroup.management.returns.forms.models import FormField
from schoolgroup.management.returns.sheets import queries, rules, together, workbook
from schoolgroup.management.returns.sheets.models import Taken


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
    tx: Tx, call_id: UUID, sheets: Sequence[Sheet], version: int | None, *, dry_run: bool
) -> Taken:
    """The workbook's answers in the place of the work in hand; fields it leaves out stay.

    The school's own workbook, or that of all schools: then its own line and rows of it.

    Raises SheetRefused with every problem of the file, and what saving the return raises.
    """
    call, held = await _own(tx, call_id)
    require(tx, "return:draft", answers.own_mask(tx), thing=f"call/{call_id}/return")
    fields = await forms.fields_of(tx, call.form_id, call.form_version)
    before = held.values if held else {}
    values = judging.answered(await _values(tx, fields, before, sheets))
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


async def annotate(tx: Tx, call_id: UUID, sent: bytes, sheets: Sequence[Sheet]) -> SheetFile:
    """The file's first sheet back with what is wrong beside each line; nothing is kept."""
    problems = await problems_of(take(tx, call_id, sheets, None, dry_run=True))
    return await asyncio.to_thread(with_notes, sent, "return-checked", sheets[0].rows, problems)


async def export(tx: Tx, call_id: UUID, form: SheetFormat) -> SheetFile:
    """Every school's newest submission, a line each; kept in the trail, with its mark on each line.

    A workbook has the rows of each field of rows on a sheet of its own.

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
    header, table = together.table(fields, lines)
    more = together.tables_of_rows(fields, lines)
    mark = f"{tx.now.isoformat(timespec='seconds')} {tx.actor.name} {number}"
    return await asyncio.to_thread(exported, "returns", header, table, mark, form, more)


async def _own(tx: Tx, call_id: UUID) -> tuple[CallRow, Return | None]:
    call = await calls.look_up(tx, call_id)
    try:
        return call, await answers.get_own(tx, call_id)
    except judging.ReturnNotBegun:
        return call, None


async def _values(
    tx: Tx,
    fields: Sequence[FormField],
    before: dict[str, Any],
    sheets: Sequence[Sheet],
) -> dict[str, Any]:
    """What the file answers; raises SheetRefused with everything that is wrong in it."""
    if not together.holds_all(sheets):
        return _read(fields, before, sheets[0].rows)
    part = together.part_of(await queries.own_code(tx), fields, sheets)
    emptied = {code: value for code, value in before.items() if code not in part.emptied}
    try:
        return _read(fields, emptied, part.lines)
    except SheetRefused as refused:
        raise SheetRefused(problems=together.put_right(refused.problems, part.places)) from refused


def _read(
    fields: Sequence[FormField], before: dict[str, Any], rows: Sequence[Row]
) -> dict[str, Any]:
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
