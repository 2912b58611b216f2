"""SQL of papers: versions, keys, blueprints, setters, the sealed file."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.exams.models import Choice
from schoolgroup.evaluation.papers.keys import KeyRule
from schoolgroup.evaluation.papers.models import Cell, PaperItem, ResourceRow, VersionView, half
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one, fetch_value

LIST_KEYS = """
SELECT i.label, k.rule FROM paper_key k
  JOIN paper_item i ON i.group_id = k.group_id AND i.exam_subject_id = k.exam_subject_id
                   AND i.paper_version = k.paper_version AND i.position = k.position
 WHERE k.group_id = $1 AND k.exam_subject_id = $2 AND k.paper_version = $3
"""
LIST_VERSIONS = """
SELECT version, because, made_at FROM paper_version
 WHERE group_id = $1 AND exam_subject_id = $2 ORDER BY version
"""
LIST_CELLS = """
SELECT knowledge_point, ability, half_marks / 2.0::float8 AS marks, target_percent FROM paper_cell
 WHERE group_id = $1 AND exam_subject_id = $2 ORDER BY knowledge_point, ability
"""
LIST_SETTERS = """
SELECT person_id AS id FROM exam_setter
 WHERE group_id = $1 AND exam_subject_id = $2 ORDER BY person_id
"""
LIST_FILES = """
SELECT resource_id AS id FROM exam_paper_file
 WHERE group_id = $1 AND exam_subject_id = $2 ORDER BY sealed_at, resource_id
"""
IS_SETTER = """
SELECT EXISTS (SELECT FROM exam_setter
                WHERE group_id = $1 AND exam_subject_id = $2 AND person_id = $3)
"""
INSERT_VERSION = """
INSERT INTO paper_version (group_id, exam_subject_id, version, because, made_at)
VALUES ($1, $2, $3, $4, $5)
"""
INSERT_ITEM = """
INSERT INTO paper_item (group_id, exam_subject_id, paper_version, position, label, max_half_marks,
                        knowledge_point, ability, section, parent, kind, step_half_marks, choice,
                        target_percent)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""
INSERT_KEY = """
INSERT INTO paper_key (group_id, exam_subject_id, paper_version, position, rule)
VALUES ($1, $2, $3, $4, $5)
"""
INSERT_CHOICE = """
INSERT INTO paper_choice (group_id, exam_subject_id, paper_version, name, choose, rule)
VALUES ($1, $2, $3, $4, $5, $6)
"""
USE_VERSION = """
UPDATE exam_subject SET paper_version = $3 WHERE group_id = $1 AND id = $2
"""
HAS_RESULTS = """
SELECT EXISTS (SELECT FROM exam_score WHERE group_id = $1 AND exam_subject_id = $2)
    OR EXISTS (SELECT FROM exam_response WHERE group_id = $1 AND exam_subject_id = $2)
"""
DELETE_CELLS = "DELETE FROM paper_cell WHERE group_id = $1 AND exam_subject_id = $2"
INSERT_CELL = """
INSERT INTO paper_cell (group_id, exam_subject_id, knowledge_point, ability, half_marks,
                        target_percent)
VALUES ($1, $2, $3, $4, $5, $6)
"""
DELETE_SETTERS = """
DELETE FROM exam_setter
 WHERE group_id = $1 AND exam_subject_id = $2 AND person_id <> ALL ($3::uuid[])
"""
INSERT_SETTERS = """
INSERT INTO exam_setter (group_id, exam_subject_id, person_id, exam_id, named_at)
SELECT $1, $2, p.id, $3, $4 FROM unnest($5::uuid[]) AS p (id)
    ON CONFLICT DO NOTHING
"""
GET_RESOURCE = """
SELECT r.id, r.kind, r.status, r.author_person_id, r.sealed_until_at IS NOT NULL AS sealed,
       (SELECT count(*) FROM offer o WHERE o.group_id = r.group_id AND o.resource_id = r.id)::int
           AS offers
  FROM resource r
 WHERE r.group_id = $1 AND r.id = $2 AND r.author_person_id = $3 AND r.school_id = $4
   FOR UPDATE OF r
"""
SEAL = """
UPDATE resource r SET sealed_until_at = coalesce(s.starts_at, 'infinity')
  FROM exam_subject s
 WHERE r.group_id = $1 AND r.id = $2 AND s.group_id = $1 AND s.id = $3
"""
INSERT_FILE = """
INSERT INTO exam_paper_file (group_id, resource_id, exam_subject_id, sealed_at)
VALUES ($1, $2, $3, $4)
"""


class _Key(msgspec.Struct, frozen=True):
    label: str
    rule: KeyRule


class _Id(msgspec.Struct, frozen=True):
    id: UUID


async def list_keys(tx: Tx, exam_subject_id: UUID, version: int) -> dict[str, KeyRule]:
    """The keys of a version by label, for those who may know them."""
    rows = await fetch_all(tx, _Key, LIST_KEYS, tx.group_id, exam_subject_id, version)
    return {row.label: row.rule for row in rows}


async def list_versions(tx: Tx, exam_subject_id: UUID) -> list[VersionView]:
    """Every version of a paper, the first first."""
    return await fetch_all(tx, VersionView, LIST_VERSIONS, tx.group_id, exam_subject_id)


async def list_cells(tx: Tx, exam_subject_id: UUID) -> list[Cell]:
    """The blueprint of a subject."""
    return await fetch_all(tx, Cell, LIST_CELLS, tx.group_id, exam_subject_id)


async def list_setters(tx: Tx, exam_subject_id: UUID) -> list[UUID]:
    """Who sets the paper."""
    rows = await fetch_all(tx, _Id, LIST_SETTERS, tx.group_id, exam_subject_id)
    return [row.id for row in rows]


async def list_files(tx: Tx, exam_subject_id: UUID) -> list[UUID]:
    """The sealed resources of a paper."""
    rows = await fetch_all(tx, _Id, LIST_FILES, tx.group_id, exam_subject_id)
    return [row.id for row in rows]


async def is_setter(tx: Tx, exam_subject_id: UUID) -> bool:
    """Whether the caller sets this paper."""
    found = await fetch_value(tx, IS_SETTER, tx.group_id, exam_subject_id, tx.actor.person_id)
    return bool(found)


async def insert_paper(
    tx: Tx,
    exam_subject_id: UUID,
    version: int,
    items: Sequence[PaperItem],
    choices: Sequence[Choice],
    because: str,
) -> None:
    """A new version of a paper, in force from now on."""
    ids = (tx.group_id, exam_subject_id, version)
    await execute(tx, INSERT_VERSION, *ids, because, tx.now)
    await execute_many(
        tx,
        INSERT_ITEM,
        [
            (*ids, n, i.label, half(i.max_marks), i.knowledge_point, i.ability, i.section,
             i.parent, i.kind, half(i.step), i.choice, i.target_percent)
            for n, i in enumerate(items, start=1)
        ],
    )  # fmt: skip
    await execute_many(
        tx,
        INSERT_KEY,
        [
            (*ids, n, msgspec.to_builtins(i.key))
            for n, i in enumerate(items, start=1)
            if i.key is not None
        ],
    )
    await execute_many(tx, INSERT_CHOICE, [(*ids, c.name, c.choose, c.rule) for c in choices])
    await execute(tx, USE_VERSION, *ids)


async def has_results(tx: Tx, exam_subject_id: UUID) -> bool:
    """Whether anything has come in for this paper."""
    return bool(await fetch_value(tx, HAS_RESULTS, tx.group_id, exam_subject_id))


async def set_cells(tx: Tx, exam_subject_id: UUID, cells: Sequence[Cell]) -> None:
    """The whole blueprint, in place of what was there."""
    await execute(tx, DELETE_CELLS, tx.group_id, exam_subject_id)
    await execute_many(
        tx,
        INSERT_CELL,
        [
            (tx.group_id, exam_subject_id, c.knowledge_point, c.ability, half(c.marks),
             c.target_percent)
            for c in cells
        ],
    )  # fmt: skip


async def set_setters(
    tx: Tx, exam_id: UUID, exam_subject_id: UUID, person_ids: Sequence[UUID]
) -> None:
    """Exactly these people set the paper."""
    await execute(tx, DELETE_SETTERS, tx.group_id, exam_subject_id, person_ids)
    await execute(
        tx, INSERT_SETTERS, tx.group_id, exam_subject_id, exam_id, tx.now, list(person_ids)
    )


async def get_own_resource(tx: Tx, resource_id: UUID) -> ResourceRow | None:
    """A resource the caller made for the own school, locked."""
    return await fetch_one(
        tx,
        ResourceRow,
        GET_RESOURCE,
        tx.group_id,
        resource_id,
        tx.actor.person_id,
        tx.actor.school_id,
    )


async def seal(tx: Tx, resource_id: UUID, exam_subject_id: UUID) -> None:
    """Shut a resource until the subject begins; without an hour for good, until one is set."""
    await execute(tx, SEAL, tx.group_id, resource_id, exam_subject_id)
    await execute(tx, INSERT_FILE, tx.group_id, resource_id, exam_subject_id, tx.now)
