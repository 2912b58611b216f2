"""SQL of rules, preferences, addresses and notices."""

from collections.abc import Sequence
from datetime import time
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.integration.notices.models import (
    AddressRow,
    EmailState,
    GroupFacts,
    NoticeRow,
    Preference,
    RuleRow,
)
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value

GET_GROUP = "SELECT name, time_zone FROM education_group WHERE id = $1"
_RULE = """id, school_id, kind, is_on, hours, urgent, subject_en, subject_zh, body_en, body_zh,
       version"""
LIST_RULES = f"SELECT {_RULE} FROM notice_rule WHERE group_id = $1"
GET_RULE = f"""
SELECT {_RULE} FROM notice_rule
 WHERE group_id = $1 AND id = $2 AND school_id IS NOT DISTINCT FROM $3 FOR UPDATE
"""
INSERT_RULE = """
INSERT INTO notice_rule (group_id, id, school_id, kind, is_on, hours, urgent, subject_en,
                         subject_zh, body_en, body_zh, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, app.now(), app.now())
"""
CHANGE_RULE = """
UPDATE notice_rule
   SET is_on = $3, hours = $4, urgent = $5, subject_en = $6, subject_zh = $7, body_en = $8,
       body_zh = $9, version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""
DELETE_RULE = "DELETE FROM notice_rule WHERE group_id = $1 AND id = $2"

GET_PREFERENCE = """
SELECT language, email_on, digest_at, quiet_from, quiet_until, muted, version
  FROM notice_preference WHERE group_id = $1 AND person_id = $2
"""
# Two changes at once: the second one finds the first one's version.
SET_PREFERENCE = """
INSERT INTO notice_preference AS p (group_id, person_id, language, email_on, digest_at, quiet_from,
                                    quiet_until, muted, version, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9 + 1, app.now())
ON CONFLICT (group_id, person_id) DO UPDATE
   SET language = $3, email_on = $4, digest_at = $5, quiet_from = $6, quiet_until = $7, muted = $8,
       version = $9 + 1, updated_at = app.now()
 WHERE p.version = $9
RETURNING version
"""

GET_ADDRESS = """
SELECT person_id, address, code_at, code_tries, verified_at, failed_at, failed_because, version
  FROM email_address WHERE group_id = $1 AND person_id = $2 FOR UPDATE
"""
SET_ADDRESS = """
INSERT INTO email_address AS e (group_id, person_id, address, code_at, updated_at)
VALUES ($1, $2, $3, app.now(), app.now())
ON CONFLICT (group_id, person_id) DO UPDATE
   SET address = $3, code_at = app.now(), code_tries = 0, verified_at = NULL, failed_at = NULL,
       failed_because = '', version = e.version + 1, updated_at = app.now()
RETURNING person_id, address, code_at, code_tries, verified_at, failed_at, failed_because, version
"""
COUNT_TRY = """
UPDATE email_address SET code_tries = code_tries + 1
 WHERE group_id = $1 AND person_id = $2 AND verified_at IS NULL
"""
VERIFY_ADDRESS = """
UPDATE email_address SET verified_at = app.now(), version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND person_id = $2
"""
DROP_ADDRESS = "DELETE FROM email_address WHERE group_id = $1 AND person_id = $2"
COUNT_CODES = """
SELECT count(*) FROM mail
 WHERE group_id = $1 AND person_id = $2 AND kind = 'code'
   AND made_at > app.now() - interval '24 hours'
"""
GET_EMAIL_OF = """
SELECT e.address, e.verified_at, e.failed_at, e.failed_because
  FROM email_address e WHERE e.group_id = $1 AND e.person_id = $2
"""
GET_PERSON = """
SELECT /*relations:person:p*/ AS relations FROM person p WHERE p.group_id = $1 AND p.id = $2
"""

# Whoever else has told somebody meanwhile has done it: nothing is told twice.
INSERT_NOTICES = """
INSERT INTO notice (group_id, id, person_id, school_id, kind, subject_id, anchor_at, hours, urgent,
                    subject_en, subject_zh, body_en, body_zh, link, made_at)
SELECT $1, n.id, n.person_id, n.school_id, n.kind, n.subject_id, n.anchor_at, n.hours, n.urgent,
       n.subject_en, n.subject_zh, n.body_en, n.body_zh, n.link, app.now()
  FROM jsonb_to_recordset($2::jsonb) AS n (
       id uuid, person_id uuid, school_id uuid, kind text, subject_id uuid, anchor_at timestamptz,
       hours int, urgent boolean, subject_en text, subject_zh text, body_en text, body_zh text,
       link text)
 ORDER BY n.person_id, n.kind, n.subject_id, n.anchor_at, n.hours, n.school_id
ON CONFLICT ON CONSTRAINT one_notice DO NOTHING
RETURNING id
"""

# A pickup that lapsed or a loan that ended with nobody at the desk since, and somebody who waits.
LIST_STALE_DESKS = """
SELECT o.id FROM offer o
 WHERE o.group_id = $1 AND o.status = 'open'
   AND EXISTS (SELECT FROM hold w WHERE w.group_id = o.group_id AND w.offer_id = o.id
                  AND w.status = 'waiting' AND NOT app.is_paused(w.paused_at, w.paused_until_at))
   AND (EXISTS (SELECT FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
                   AND h.status = 'ready' AND h.ready_until_at <= app.now())
        OR EXISTS (SELECT FROM loan l WHERE l.group_id = o.group_id AND l.offer_id = o.id
                      AND l.status = 'active' AND l.ends_at <= app.now()))
 ORDER BY o.id LIMIT $2
"""


async def get_group(tx: Tx) -> GroupFacts | None:
    """What is said of the group in its letters."""
    return await fetch_one(tx, GroupFacts, GET_GROUP, tx.group_id)


async def list_rules(tx: Tx) -> list[RuleRow]:
    """The rules of the group and of the schools the actor sees."""
    return await fetch_all(tx, RuleRow, LIST_RULES, tx.group_id)


async def get_rule(tx: Tx, rule_id: UUID) -> RuleRow | None:
    """A rule of the acting school or office, kept from changing until the transaction ends."""
    return await fetch_one(tx, RuleRow, GET_RULE, tx.group_id, rule_id, tx.actor.school_id)


async def insert_rule(tx: Tx, rule: RuleRow) -> None:
    """A new rule."""
    await execute(
        tx, INSERT_RULE, tx.group_id, rule.id, rule.school_id, rule.kind, rule.is_on, rule.hours,
        rule.urgent, rule.subject_en, rule.subject_zh, rule.body_en, rule.body_zh,
    )  # fmt: skip


async def change_rule(tx: Tx, rule: RuleRow) -> None:
    """Everything of a rule but whose it is and of which kind."""
    await execute(
        tx, CHANGE_RULE, tx.group_id, rule.id, rule.is_on, rule.hours, rule.urgent,
        rule.subject_en, rule.subject_zh, rule.body_en, rule.body_zh,
    )  # fmt: skip


async def delete_rule(tx: Tx, rule_id: UUID) -> None:
    """The kind is again as it stands above."""
    await execute(tx, DELETE_RULE, tx.group_id, rule_id)


async def get_preference(tx: Tx, person_id: UUID) -> Preference | None:
    """How a person wants to be told; None: as the defaults say."""
    return await fetch_one(tx, Preference, GET_PREFERENCE, tx.group_id, person_id)


async def set_preference(tx: Tx, person_id: UUID, wanted: Preference) -> bool:
    """Keep a person's wishes where `wanted.version` is the newest; whether it was."""
    times: tuple[time, ...] = (wanted.digest_at, wanted.quiet_from, wanted.quiet_until)
    done = await fetch_value(
        tx, SET_PREFERENCE, tx.group_id, person_id, wanted.language, wanted.email_on, *times,
        wanted.muted, wanted.version,
    )  # fmt: skip
    return done is not None


async def get_address(tx: Tx, person_id: UUID) -> AddressRow | None:
    """A person's own address, kept from changing until the transaction ends."""
    return await fetch_one(tx, AddressRow, GET_ADDRESS, tx.group_id, person_id)


async def set_address(tx: Tx, person_id: UUID, address: str) -> AddressRow | None:
    """A new address, not yet verified."""
    return await fetch_one(tx, AddressRow, SET_ADDRESS, tx.group_id, person_id, address)


async def count_try(tx: Tx, person_id: UUID) -> None:
    """One more try of the code, counted before it is looked at."""
    await execute(tx, COUNT_TRY, tx.group_id, person_id)


async def verify_address(tx: Tx, person_id: UUID) -> None:
    """The address is the person's."""
    await execute(tx, VERIFY_ADDRESS, tx.group_id, person_id)


async def drop_address(tx: Tx, person_id: UUID) -> None:
    """No mail any more."""
    await execute(tx, DROP_ADDRESS, tx.group_id, person_id)


async def count_codes(tx: Tx, person_id: UUID) -> int:
    """How many codes were written for a person within a day."""
    return int(await fetch_value(tx, COUNT_CODES, tx.group_id, person_id))


async def get_email_of(tx: Tx, person_id: UUID) -> EmailState | None:
    """Where a person gets mail, for those who may see it."""
    return await fetch_one(tx, EmailState, GET_EMAIL_OF, tx.group_id, person_id)


async def get_relations_to(tx: Tx, person_id: UUID) -> int | None:
    """The relations between the actor and a person; None where there is none to see."""
    found: int | None = await fetch_value(tx, with_rights(tx, GET_PERSON), tx.group_id, person_id)
    return found


async def insert_notices(tx: Tx, rows: Sequence[NoticeRow]) -> set[UUID]:
    """Write notices; the ids of those nobody had written before."""
    found = await tx.connection.fetch(INSERT_NOTICES, tx.group_id, list(rows))
    return {row["id"] for row in found}


async def list_stale_desks(tx: Tx, limit: int) -> list[UUID]:
    """Offers where somebody waits and a seat has come free by time alone."""
    return [row["id"] for row in await tx.connection.fetch(LIST_STALE_DESKS, tx.group_id, limit)]
