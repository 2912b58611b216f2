"""SQL of the field dictionary and the forms."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, execute_many, fetch_all, fetch_one
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.forms.models import (
    Field,
    FieldRow,
    FieldWish,
    FormRow,
    Labels,
    Rule,
    RuleRow,
    RuleWish,
)

# Whoever comes second finds the entry there; the service compares the meanings.
ENTER_FIELD = """
INSERT INTO field (group_id, code, label_en, label_zh, type, unit, min, max, choices, created_at,
                   columns, counts_pupils, media_types)
VALUES ($1, $2, $3, $4, $5, $6, $7::float8, $8::float8, $9, $10, $11, $12, $13)
ON CONFLICT (group_id, code) DO NOTHING
"""
GET_FIELDS = """
SELECT d.code, d.label_en, d.label_zh, d.type, d.unit, d.min::float8 AS min, d.max::float8 AS max,
       d.choices, d.columns, d.counts_pupils, d.media_types
  FROM field d
 WHERE d.group_id = $1 AND d.code = ANY ($2)
"""
LIST_FIELDS = """
SELECT d.code, d.label_en, d.label_zh, d.type, d.unit, d.min::float8 AS min, d.max::float8 AS max,
       d.choices, d.columns, d.counts_pupils, d.media_types
  FROM field d
 WHERE d.group_id = $1 AND ($2::text IS NULL OR d.code > $2 COLLATE "C")
 ORDER BY d.code COLLATE "C" LIMIT $3
"""
FIELDS_OF_FORM = """
SELECT d.code, d.label_en, d.label_zh, d.type, d.unit, d.min::float8 AS min, d.max::float8 AS max,
       d.choices, d.columns, d.counts_pupils, d.media_types, f.required,
       f.required_when, f.asked_when
  FROM form_field f JOIN field d ON d.group_id = f.group_id AND d.code = f.field_code
 WHERE f.group_id = $1 AND f.form_id = $2 AND f.form_version = $3
 ORDER BY f.place
"""
INSERT_FORM = """
INSERT INTO form (group_id, id, created_at, updated_at) VALUES ($1, $2, $3, $3)
"""
INSERT_FORM_VERSION = """
INSERT INTO form_version (group_id, form_id, no, title_en, title_zh, created_by_person_id,
                          created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
INSERT_FORM_FIELD = """
INSERT INTO form_field (group_id, form_id, form_version, field_code, place, required,
                        required_when, asked_when)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
INSERT_RULE = """
INSERT INTO form_rule (group_id, form_id, form_version, place, holds, message_en, message_zh)
VALUES ($1, $2, $3, $4, $5, $6, $7)
"""
RULES_OF_FORM = """
SELECT r.holds, r.message_en, r.message_zh FROM form_rule r
 WHERE r.group_id = $1 AND r.form_id = $2 AND r.form_version = $3
 ORDER BY r.place
"""
MOVE_FORM = """
UPDATE form SET version = $3, updated_at = $4 WHERE group_id = $1 AND id = $2
"""
GET_FORM = """
SELECT f.id, f.version, v.title_en, v.title_zh, f.created_at, f.updated_at,
       /*relations:form:f*/ AS relations
  FROM form f
  JOIN form_version v ON v.group_id = f.group_id AND v.form_id = f.id AND v.no = f.version
 WHERE f.group_id = $1 AND f.id = $2
"""
LOCK_FORM = GET_FORM + " FOR UPDATE OF f"
LIST_FORMS = """
SELECT f.id, f.version, v.title_en, v.title_zh, f.created_at, f.updated_at,
       /*relations:form:f*/ AS relations
  FROM form f
  JOIN form_version v ON v.group_id = f.group_id AND v.form_id = f.id AND v.no = f.version
 WHERE f.group_id = $1 AND /*visible:form:manage@form:f*/ AND ($2::uuid IS NULL OR f.id < $2)
 ORDER BY f.id DESC LIMIT $3
"""


async def enter_fields(tx: Tx, fields: Sequence[Field]) -> None:
    """Enter what the dictionary does not have; ordered by code, so that two never deadlock."""
    await execute_many(
        tx,
        ENTER_FIELD,
        [
            (
                tx.group_id, f.code, f.label.en, f.label.zh, f.type, f.unit, f.min, f.max,
                f.choices, tx.now, f.columns, f.counts_pupils, f.media_types,
            )
            for f in sorted(fields, key=lambda field: field.code)
        ],
    )  # fmt: skip


async def get_fields(tx: Tx, codes: Sequence[str]) -> dict[str, Field]:
    """The dictionary's entries of these codes."""
    rows = await fetch_all(tx, FieldRow, GET_FIELDS, tx.group_id, list(codes))
    return {row.code: row.as_field() for row in rows}


async def list_fields(tx: Tx, page: PageRequest) -> list[FieldRow]:
    """The dictionary in the order of codes."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, FieldRow, LIST_FIELDS, tx.group_id, after, page.limit)


async def fields_of_form(tx: Tx, form_id: UUID, version: int) -> list[FieldRow]:
    """The fields of one version of a form, in their order."""
    return await fetch_all(tx, FieldRow, FIELDS_OF_FORM, tx.group_id, form_id, version)


async def insert_form(tx: Tx, form_id: UUID) -> None:
    """A form without a version yet."""
    await execute(tx, INSERT_FORM, tx.group_id, form_id, tx.now)


async def insert_version(
    tx: Tx,
    form_id: UUID,
    no: int,
    title: Labels,
    fields: Sequence[FieldWish],
    rules: Sequence[RuleWish],
) -> None:
    """A version of a form: its title, its fields in their order and its rules."""
    await execute(
        tx, INSERT_FORM_VERSION,
        tx.group_id, form_id, no, title.en, title.zh, tx.actor.person_id, tx.now,
    )  # fmt: skip
    await execute_many(
        tx,
        INSERT_FORM_FIELD,
        [
            (
                tx.group_id, form_id, no, field.code, place, field.required,
                field.required_when, field.asked_when,
            )
            for place, field in enumerate(fields, start=1)
        ],
    )  # fmt: skip
    await execute_many(
        tx,
        INSERT_RULE,
        [
            (tx.group_id, form_id, no, place, rule.holds, rule.message.en, rule.message.zh)
            for place, rule in enumerate(rules, start=1)
        ],
    )


async def rules_of_form(tx: Tx, form_id: UUID, version: int) -> list[Rule]:
    """The rules of one version of a form, in their order."""
    rows = await fetch_all(tx, RuleRow, RULES_OF_FORM, tx.group_id, form_id, version)
    return [Rule(row.holds, Text(row.message_en, row.message_zh)) for row in rows]


async def move_form(tx: Tx, form_id: UUID, version: int) -> None:
    """The form stands at this version from now on."""
    await execute(tx, MOVE_FORM, tx.group_id, form_id, version, tx.now)


async def get_form(tx: Tx, form_id: UUID) -> FormRow | None:
    """A form in its newest version, with its relations to the actor."""
    return await fetch_one(tx, FormRow, with_rights(tx, GET_FORM), tx.group_id, form_id)


async def lock_form(tx: Tx, form_id: UUID) -> FormRow | None:
    """The same, kept from changing until the transaction ends."""
    return await fetch_one(tx, FormRow, with_rights(tx, LOCK_FORM), tx.group_id, form_id)


async def list_forms(tx: Tx, page: PageRequest) -> list[FormRow]:
    """The forms the actor may manage, newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, FormRow, with_rights(tx, LIST_FORMS), tx.group_id, after, page.limit)
