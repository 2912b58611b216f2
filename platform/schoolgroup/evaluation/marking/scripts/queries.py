"""SQL of scanned scripts: templates, archives, the images of answers."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.evaluation.marking.models import PlanRow
from schoolgroup.evaluation.marking.scripts.models import (
    Archive,
    BatchRow,
    TemplateInput,
    TemplateRow,
)
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one

GET_TEMPLATE = """
SELECT exam_subject_id, paper_version, pages, regions, name_areas, version FROM marking_template
 WHERE group_id = $1 AND exam_subject_id = $2 AND paper_version = $3
"""
UPSERT_TEMPLATE = """
INSERT INTO marking_template (group_id, exam_id, exam_subject_id, paper_version, pages, regions,
                              name_areas, set_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    ON CONFLICT (group_id, exam_subject_id, paper_version)
    DO UPDATE SET pages = excluded.pages, regions = excluded.regions,
                  name_areas = excluded.name_areas, set_at = excluded.set_at,
                  version = marking_template.version + 1
"""
# An upload of the acting school that was verified; promises do not import each other, and this is
# all that one reads of the other.
GET_ARCHIVE = """
SELECT d.school_id, b.object_key, b.size_bytes, b.media_type, /*relations:deposit:d*/ AS relations
  FROM deposit d JOIN blob b ON b.group_id = d.group_id AND b.id = d.blob_id
 WHERE d.group_id = $1 AND d.id = $2 AND d.status = 'verified' AND d.released_at IS NULL
"""
LIST_NUMBERS = """
SELECT exam_number FROM exam_candidate
 WHERE group_id = $1 AND exam_id = $2 AND school_id = $3 ORDER BY exam_number
"""
INSERT_BATCH = """
INSERT INTO script_batch (group_id, id, exam_id, exam_subject_id, paper_version, school_id,
                          deposit_id, exam_numbers, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
GET_BATCH = """
SELECT b.id, b.exam_id, b.exam_subject_id, b.paper_version, b.school_id, s.subject, b.deposit_id,
       b.exam_numbers, b.candidates_cut, b.created_at, b.version,
       /*relations:script_batch:b*/ AS relations
  FROM script_batch b
  JOIN exam_subject s ON s.group_id = b.group_id AND s.id = b.exam_subject_id
 WHERE b.group_id = $1 AND b.id = $2
"""
# As the system: which script of an item is whose.
LIST_SCRIPTS = """
SELECT i.script_id, i.plan_id, c.exam_number
  FROM exam_candidate c
  JOIN marking_identity i ON i.group_id = c.group_id AND i.candidate_id = c.id
 WHERE c.group_id = $1 AND c.exam_id = $2 AND c.school_id = $3 AND c.exam_number = ANY ($4)
   AND i.plan_id = ANY ($5)
"""
SET_IMAGE = "UPDATE marking_script SET image_key = $3 WHERE group_id = $1 AND id = $2"
# Their turns wait no longer, unless a leader is to decide on the script.
RELEASE = """
UPDATE marking_turn t SET is_held = false
 WHERE t.group_id = $1 AND t.script_id = ANY ($2) AND t.is_held AND t.marked_at IS NULL
   AND NOT EXISTS (SELECT FROM marking_abnormal a WHERE a.group_id = t.group_id
                      AND a.script_id = t.script_id AND a.decided_at IS NULL)
"""
ADVANCE = """
UPDATE script_batch SET candidates_cut = candidates_cut + $4, version = version + 1
 WHERE group_id = $1 AND id = $2 AND candidates_cut = $3
"""
LIST_IMAGE_PLANS = """
SELECT p.id, p.exam_id, p.exam_subject_id, p.paper_version, p.position, s.subject, i.label,
       i.max_half_marks, p.status, p.mode, p.threshold, p.threshold_unit, p.third_rule,
       p.step_half_marks, p.point_labels, p.point_half_marks, p.medium, p.lease_minutes,
       p.seed_percent, p.recheck_percent, p.tolerance_half_marks, p.pause_outside_max,
       p.pause_window, p.calibration_pass, p.calibration_of, p.balance, p.arbiter_sees_marks,
       e.status AS exam_status, e.stage AS exam_stage, e.title AS exam_title, p.version,
       0::bigint AS relations
  FROM marking_plan p
  JOIN exam e ON e.group_id = p.group_id AND e.id = p.exam_id
  JOIN exam_subject s ON s.group_id = p.group_id AND s.id = p.exam_subject_id
  JOIN paper_item i ON i.group_id = p.group_id AND i.exam_subject_id = p.exam_subject_id
                   AND i.paper_version = p.paper_version AND i.position = p.position
 WHERE p.group_id = $1 AND p.exam_subject_id = $2 AND p.paper_version = $3 AND p.medium = 'image'
   AND p.status <> 'complete'
 ORDER BY p.position
"""


async def get_template(tx: Tx, exam_subject_id: UUID, paper_version: int) -> TemplateRow | None:
    """The template of a paper version."""
    return await fetch_one(
        tx, TemplateRow, GET_TEMPLATE, tx.group_id, exam_subject_id, paper_version
    )


async def upsert_template(
    tx: Tx, exam_id: UUID, exam_subject_id: UUID, paper_version: int, given: TemplateInput
) -> None:
    """Keep a template in place of the one there is."""
    await execute(
        tx,
        UPSERT_TEMPLATE,
        tx.group_id,
        exam_id,
        exam_subject_id,
        paper_version,
        given.pages,
        given.regions,
        given.name_areas,
        tx.now,
    )


async def get_archive(tx: Tx, deposit_id: UUID) -> Archive | None:
    """A verified upload."""
    return await fetch_one(tx, Archive, with_rights(tx, GET_ARCHIVE), tx.group_id, deposit_id)


class _Number(msgspec.Struct, frozen=True):
    exam_number: str


async def list_numbers(tx: Tx, exam_id: UUID, school_id: UUID) -> list[str]:
    """The exam numbers of a school's candidates."""
    rows = await fetch_all(tx, _Number, LIST_NUMBERS, tx.group_id, exam_id, school_id)
    return [row.exam_number for row in rows]


async def insert_batch(
    tx: Tx,
    batch_id: UUID,
    exam_id: UUID,
    template: TemplateRow,
    school_id: UUID,
    deposit_id: UUID,
    exam_numbers: Sequence[str],
) -> None:
    """A school's archive, nothing of it cut yet."""
    await execute(
        tx,
        INSERT_BATCH,
        tx.group_id,
        batch_id,
        exam_id,
        template.exam_subject_id,
        template.paper_version,
        school_id,
        deposit_id,
        list(exam_numbers),
        tx.now,
    )


async def get_batch(tx: Tx, batch_id: UUID) -> BatchRow | None:
    """An archive with the caller's relations to it."""
    return await fetch_one(tx, BatchRow, with_rights(tx, GET_BATCH), tx.group_id, batch_id)


class ScriptOf(msgspec.Struct, frozen=True):
    """Which script of an item is whose."""

    script_id: UUID
    plan_id: UUID
    exam_number: str


async def list_scripts(
    tx: Tx, batch: BatchRow, numbers: Sequence[str], plan_ids: Sequence[UUID]
) -> list[ScriptOf]:
    """The scripts of some candidates."""
    return await fetch_all(
        tx,
        ScriptOf,
        LIST_SCRIPTS,
        tx.group_id,
        batch.exam_id,
        batch.school_id,
        list(numbers),
        list(plan_ids),
    )


async def list_image_plans(tx: Tx, exam_subject_id: UUID, paper_version: int) -> list[PlanRow]:
    """The items of a paper that are marked from images and not complete."""
    return await fetch_all(
        tx, PlanRow, LIST_IMAGE_PLANS, tx.group_id, exam_subject_id, paper_version
    )


async def set_images(tx: Tx, keys: Sequence[tuple[UUID, str]]) -> None:
    """Give scripts their images, and let their turns be taken."""
    await execute_many(tx, SET_IMAGE, [(tx.group_id, script_id, key) for script_id, key in keys])
    await execute(tx, RELEASE, tx.group_id, [script_id for script_id, _ in keys])


async def advance(tx: Tx, batch_id: UUID, was: int, more: int) -> bool:
    """So many more candidates are cut; False where somebody else went on meanwhile."""
    return bool(await execute(tx, ADVANCE, tx.group_id, batch_id, was, more))
