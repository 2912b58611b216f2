"""Schemes from draft to publication; a change of what is published is a new edition."""

import hashlib
from enum import StrEnum
from uuid import UUID

from schoolgroup.access.decisions import may, policy_of, require, require_found
from schoolgroup.evaluation.appraisals.schemes import files, queries, rules
from schoolgroup.evaluation.appraisals.schemes.models import (
    Adoption,
    Label,
    SchemeInput,
    SchemeLine,
    SchemeRow,
    SchemeStatus,
    SchemeTaken,
    SchemeView,
)
from schoolgroup.kernel import journal
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Problem, refuse_by_constraint
from schoolgroup.kernel.http import check_version
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.sheet_files import SheetFile
from schoolgroup.kernel.sheets import XLSX_TYPE

refuse_by_constraint("weights_make_10000", rules.WeightsWrong)
refuse_by_constraint("source_weights_make_10000", rules.WeightsWrong)
refuse_by_constraint("leaves_have_scales", rules.SchemeInvalid)
refuse_by_constraint("published_schemes_stay", rules.SchemeFixed)
refuse_by_constraint("one_scheme_per_edition", rules.EditionTaken)


class SchemeFormat(StrEnum):
    """How a scheme is written as a file."""

    YAML = "yaml"
    JSON = "json"
    XLSX = "xlsx"


async def create(tx: Tx, data: SchemeInput) -> SchemeView:
    """A draft: of the group when the office asks, else of the school, for its teachers.

    Raises SchemeInvalid, WeightsWrong, EditionTaken.
    """
    _require_new(tx, data)
    rules.check_scheme(data)
    if await queries.newest_edition(tx, tx.actor.school_id, data.code):
        raise rules.EditionTaken
    return await _insert(tx, data, 1)


async def import_scheme(tx: Tx, content: bytes, *, dry_run: bool) -> SchemeTaken:
    """A draft from a file, or a new draft edition of a scheme there is; all of it or nothing."""
    data = files.read_scheme(content)
    _require_new(tx, data)
    rules.check_scheme(data)
    leaves = sum(one.scale is not None for one in data.indicators)
    if dry_run:
        return SchemeTaken(True, len(data.indicators), leaves, None)
    newest = await queries.newest_edition(tx, tx.actor.school_id, data.code)
    made = await _insert(tx, data, newest + 1)
    return SchemeTaken(False, len(data.indicators), leaves, made)


async def adopt(tx: Tx, data: Adoption) -> SchemeView:
    """A draft of a ready scheme. Raises EditionTaken."""
    return await create(tx, files.ready_scheme(data.name))


async def fetch(tx: Tx, scheme_id: UUID, act: str) -> SchemeRow:
    """A scheme, if the caller may do `act` to it. Raises NotFound, NotAllowed."""
    found = await queries.get_scheme(tx, scheme_id)
    row = require_found(found, f"appraisal_scheme/{scheme_id}", act)
    require(tx, act, row.relations, thing=f"appraisal_scheme/{scheme_id}", see=rules.READ)
    return row


async def get(tx: Tx, scheme_id: UUID) -> SchemeView:
    """One scheme with its tree."""
    return await _view(tx, await fetch(tx, scheme_id, rules.READ))


async def read(tx: Tx, scheme_id: UUID) -> SchemeInput:
    """The content of a scheme; who may see what is judged by it may read it."""
    row = await queries.get_scheme(tx, scheme_id)
    assert row is not None  # the round names it
    return rules.content(row, await queries.list_tree(tx, scheme_id))


async def list_schemes(tx: Tx, page: PageRequest) -> list[SchemeLine]:
    """Schemes the caller may read, the newest first."""
    return [
        SchemeLine(
            id=row.id,
            school_id=row.school_id,
            code=row.code,
            edition=row.edition,
            title=Label(en=row.title_en, zh=row.title_zh),
            subject=row.subject,
            status=row.status,
            version=row.version,
            actions=_actions(tx, row),
        )
        for row in await queries.list_schemes(tx, page)
    ]


async def change(tx: Tx, scheme_id: UUID, data: SchemeInput, version: int) -> SchemeView:
    """Write a draft anew. Raises StaleVersion, WrongState, SchemeInvalid, WeightsWrong."""
    row = await _locked(tx, scheme_id)
    check_version(version, row.version)
    rules.SCHEME.step(row.status, "change")
    if data.code != row.code or data.subject is not row.subject:
        why = "a scheme keeps its code and whom it is for"
        raise rules.SchemeInvalid(problems=[Problem("/code", "kept", why, "make another scheme")])
    rules.check_scheme(data)
    await queries.change_scheme(tx, scheme_id, data, rules.levels(data.indicators))
    return await _changed(tx, scheme_id, "appraisal_scheme.changed")


async def publish(tx: Tx, scheme_id: UUID) -> SchemeView:
    """From here on it never changes; its hash is told with every result. Raises WrongState."""
    row = await _locked(tx, scheme_id)
    status = rules.SCHEME.step(row.status, "publish")
    content = rules.content(row, await queries.list_tree(tx, scheme_id))
    rules.check_scheme(content)
    sha256 = hashlib.sha256(rules.canonical(content)).hexdigest()
    await queries.set_status(tx, scheme_id, status, sha256)
    return await _changed(tx, scheme_id, "appraisal_scheme.published")


async def retire(tx: Tx, scheme_id: UUID) -> SchemeView:
    """No new round is begun with it. Raises WrongState."""
    row = await _locked(tx, scheme_id)
    status = rules.SCHEME.step(row.status, "retire")
    await queries.set_status(tx, scheme_id, status, None)
    return await _changed(tx, scheme_id, "appraisal_scheme.retired")


async def revise(tx: Tx, scheme_id: UUID) -> SchemeView:
    """A draft of the next edition, equal to this one. Raises WrongState, EditionTaken."""
    row = await _locked(tx, scheme_id)
    rules.SCHEME.step(row.status, "revise")
    content = rules.content(row, await queries.list_tree(tx, scheme_id))
    newest = await queries.newest_edition(tx, row.school_id, row.code)
    return await _insert(tx, content, newest + 1)


async def export(tx: Tx, scheme_id: UUID, file_format: SchemeFormat) -> SheetFile:
    """A scheme as a file an import reads back."""
    row = await fetch(tx, scheme_id, rules.READ)
    content = rules.content(row, await queries.list_tree(tx, scheme_id))
    name = f"{row.code}-{row.edition}.{file_format}"
    if file_format is SchemeFormat.XLSX:
        return SheetFile(name, XLSX_TYPE, files.write_workbook(content))
    if file_format is SchemeFormat.JSON:
        return SheetFile(name, "application/json", files.write_json(content))
    return SheetFile(name, "application/yaml", files.write_yaml(content))


def _require_new(tx: Tx, data: SchemeInput) -> None:
    school = tx.actor.school_id
    mask = policy_of(tx).relations.mask_of("group" if school is None else "own")
    require(tx, rules.SET, mask, thing="appraisal_scheme/new")
    if school is not None and data.subject == "school":
        why = "a school's own schemes are for its teachers"
        raise rules.SchemeInvalid(problems=[Problem("/subject", "teacher", why, "write teacher")])


async def _insert(tx: Tx, data: SchemeInput, edition: int) -> SchemeView:
    scheme_id = new_id()
    levels = rules.levels(data.indicators)
    await queries.insert_scheme(tx, scheme_id, tx.actor.school_id, data, edition, levels)
    return await _changed(tx, scheme_id, "appraisal_scheme.created")


async def _locked(tx: Tx, scheme_id: UUID) -> SchemeRow:
    await fetch(tx, scheme_id, rules.SET)
    row = await queries.lock_scheme(tx, scheme_id)
    assert row is not None  # it was fetched a moment ago, and schemes are never deleted
    return row


async def _changed(tx: Tx, scheme_id: UUID, event: str) -> SchemeView:
    row = await queries.get_scheme(tx, scheme_id)
    assert row is not None
    view = await _view(tx, row)
    await journal.record(
        tx,
        event,
        act=rules.SET,
        thing=f"appraisal_scheme/{scheme_id}",
        owner_school_id=row.school_id,
        school_ids=[row.school_id] if row.school_id else [],
        version=row.version,
        data={"scheme_id": scheme_id, "status": row.status, "edition": row.edition},
    )
    return view


def _actions(tx: Tx, row: SchemeRow) -> list[str]:
    return rules.SCHEME.actions(row.status, lambda act: may(tx, act, row.relations))


async def _view(tx: Tx, row: SchemeRow) -> SchemeView:
    return SchemeView(
        id=row.id,
        school_id=row.school_id,
        edition=row.edition,
        status=SchemeStatus(row.status),
        scheme=rules.content(row, await queries.list_tree(tx, row.id)),
        sha256=row.sha256,
        created_at=row.created_at,
        version=row.version,
        actions=_actions(tx, row),
    )
