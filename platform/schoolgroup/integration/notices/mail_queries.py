"""SQL of letters: who gets one, who sends it, and what became of it.

Two senders at once never take the same letter or the same notice: rows somebody else holds are
skipped, and a second digest of one day meets the unique key.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from schoolgroup.integration.notices.models import Letter, MailKind, NoticeRow, Recipient
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.ids import new_id

_NOTICE = """n.id, n.person_id, n.school_id, n.kind, n.subject_id, n.anchor_at, n.hours, n.urgent,
       n.subject_en, n.subject_zh, n.body_en, n.body_zh, n.link"""

# Notices that are to be mailed now: the urgent ones at once, the others from the hour the person
# chose, outside quiet hours, once a day.
TAKE_UNMAILED = """
SELECT n.id, n.person_id, n.urgent
  FROM notice n
  JOIN email_address e ON e.group_id = n.group_id AND e.person_id = n.person_id
  LEFT JOIN notice_preference p ON p.group_id = n.group_id AND p.person_id = n.person_id
 WHERE n.group_id = $1 AND n.mail_id IS NULL AND n.superseded_at IS NULL AND n.made_at > $2
   AND e.verified_at IS NOT NULL AND e.failed_at IS NULL AND coalesce(p.email_on, true)
   AND NOT n.kind = ANY (coalesce(p.muted, '{}'))
   AND (n.urgent
        OR coalesce(p.digest_at, '07:30') <= (SELECT app.time_of_day())
           AND NOT app.is_quiet((SELECT app.time_of_day()), coalesce(p.quiet_from, '22:00'),
                                coalesce(p.quiet_until, '07:00'))
           AND NOT EXISTS (SELECT FROM mail m
                            WHERE m.group_id = n.group_id AND m.person_id = n.person_id
                              AND m.kind = 'digest' AND m.day = (SELECT app.today())))
 ORDER BY n.person_id, n.id
 LIMIT $3
   FOR UPDATE OF n SKIP LOCKED
"""

INSERT_MAIL = """
INSERT INTO mail (group_id, id, person_id, kind, day, next_try_at, made_at)
VALUES ($1, $2, $3, $4, CASE WHEN $4 = 'digest' THEN (SELECT app.today()) END, app.now(), app.now())
ON CONFLICT (group_id, person_id, day) WHERE kind = 'digest' DO NOTHING
RETURNING id
"""
PUT_INTO_MAIL = """
UPDATE notice SET mail_id = $2 WHERE group_id = $1 AND id = ANY ($3::uuid[]) AND mail_id IS NULL
"""

# The next letter that is due and that nobody is sending. What is not urgent keeps quiet hours also
# when the server comes back in the middle of the night.
TAKE_MAIL = """
UPDATE mail SET tries = tries + 1, leased_until_at = app.now() + $2::interval
 WHERE group_id = $1 AND id = (
       SELECT m.id FROM mail m
         LEFT JOIN notice_preference p ON p.group_id = m.group_id AND p.person_id = m.person_id
        WHERE m.group_id = $1 AND m.status = 'queued' AND m.next_try_at <= app.now()
          AND (m.leased_until_at IS NULL OR m.leased_until_at <= app.now())
          AND (m.kind <> 'digest'
               OR NOT app.is_quiet((SELECT app.time_of_day()), coalesce(p.quiet_from, '22:00'),
                                   coalesce(p.quiet_until, '07:00')))
        ORDER BY m.next_try_at, m.id LIMIT 1
          FOR UPDATE OF m SKIP LOCKED)
RETURNING id, person_id, kind, day, tries, made_at, leased_until_at
"""
LIST_NOTICES = f"""
SELECT {_NOTICE} FROM notice n
 WHERE n.group_id = $1 AND n.mail_id = $2 AND n.superseded_at IS NULL
 ORDER BY n.urgent DESC, n.anchor_at, n.id
"""
SUPERSEDE = """
UPDATE notice SET superseded_at = app.now() WHERE group_id = $1 AND id = ANY ($2::uuid[])
"""
GET_RECIPIENT = """
SELECT e.address, e.code_at, e.verified_at IS NOT NULL AS verified,
       e.failed_at IS NOT NULL AS failed,
       coalesce(p.email_on, true) AS email_on, coalesce(p.language, 'zh') AS language,
       o.suspended_at IS NULL AND o.left_at IS NULL AND EXISTS (
           SELECT FROM appointment a
            WHERE a.group_id = e.group_id AND a.person_id = e.person_id
              AND a.from_on <= (SELECT app.today())
              AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on))
           AS here
  FROM email_address e
  JOIN person o ON o.group_id = e.group_id AND o.id = e.person_id
  LEFT JOIN notice_preference p ON p.group_id = e.group_id AND p.person_id = e.person_id
 WHERE e.group_id = $1 AND e.person_id = $2
"""

# Only whoever still holds the lease says what became of the letter.
FINISH_MAIL = """
UPDATE mail SET status = $4, answer = $5, leased_until_at = NULL, done_at = app.now()
 WHERE group_id = $1 AND id = $2 AND status = 'queued' AND leased_until_at = $3
"""
PUT_OFF_MAIL = """
UPDATE mail SET next_try_at = $4, answer = $5, leased_until_at = NULL
 WHERE group_id = $1 AND id = $2 AND status = 'queued' AND leased_until_at = $3
"""
MARK_ADDRESS = """
UPDATE email_address
   SET failed_at = app.now(), failed_because = $4, version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND person_id = $2 AND address = $3
"""


class Unmailed(msgspec.Struct, frozen=True):
    """A notice that is to be mailed now."""

    id: UUID
    person_id: UUID
    urgent: bool


async def take_unmailed(tx: Tx, within: timedelta, limit: int) -> list[Unmailed]:
    """Hold notices that are to be mailed now, and that nobody else holds."""
    return await fetch_all(tx, Unmailed, TAKE_UNMAILED, tx.group_id, tx.now - within, limit)


async def insert_mail(tx: Tx, person_id: UUID, kind: MailKind) -> UUID | None:
    """A new letter; None where the person has this day's digest already."""
    made: UUID | None = await fetch_value(tx, INSERT_MAIL, tx.group_id, new_id(), person_id, kind)
    return made


async def put_into_mail(tx: Tx, mail_id: UUID, notice_ids: Sequence[UUID]) -> None:
    """These notices are told in that letter."""
    await execute(tx, PUT_INTO_MAIL, tx.group_id, mail_id, list(notice_ids))


async def take_mail(tx: Tx, lease: timedelta) -> Letter | None:
    """Take the next letter that is due, for as long as the lease."""
    return await fetch_one(tx, Letter, TAKE_MAIL, tx.group_id, lease)


async def list_notices(tx: Tx, mail_id: UUID) -> list[NoticeRow]:
    """The notices of a letter that were not overtaken."""
    return await fetch_all(tx, NoticeRow, LIST_NOTICES, tx.group_id, mail_id)


async def supersede(tx: Tx, notice_ids: Sequence[UUID]) -> None:
    """The facts have overtaken these notices: they are not sent."""
    await execute(tx, SUPERSEDE, tx.group_id, list(notice_ids))


async def get_recipient(tx: Tx, person_id: UUID) -> Recipient | None:
    """Whom a letter would go to now."""
    return await fetch_one(tx, Recipient, GET_RECIPIENT, tx.group_id, person_id)


async def finish_mail(tx: Tx, letter: Letter, status: str, answer: str) -> bool:
    """What became of a letter; False where somebody else has taken it meanwhile."""
    done = await execute(
        tx, FINISH_MAIL, tx.group_id, letter.id, letter.leased_until_at, status, answer
    )
    return done == 1


async def put_off_mail(tx: Tx, letter: Letter, until_at: datetime, answer: str) -> None:
    """Try the letter again later."""
    await execute(
        tx, PUT_OFF_MAIL, tx.group_id, letter.id, letter.leased_until_at, until_at, answer
    )


async def mark_address(tx: Tx, person_id: UUID, address: str, because: str) -> None:
    """The receiving server knows no such mailbox: nothing more is sent there."""
    await execute(tx, MARK_ADDRESS, tx.group_id, person_id, address, because)
