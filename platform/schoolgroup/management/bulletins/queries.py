"""SQL of bulletins, their editions, receipts and articles."""

from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.management.bulletins.models import (
    ArticleRow,
    ArticleStatus,
    ArticleWish,
    AudienceWish,
    BulletinRow,
    BulletinWish,
    Content,
    Edition,
    Printed,
    Receipt,
)

INSERT_BULLETIN = """
INSERT INTO bulletin (group_id, id, title, sections, figures, audience, tier, circle_id, school_ids,
                      status, editor_person_ids, created_at, updated_at)
VALUES ($1, $2, $3, $4::jsonb, $5::jsonb, $6, $7, $8, $9, 'draft', ARRAY[$10::uuid], app.now(),
        app.now())
"""
# $2: the acting school, whose own receipt is shown.
_BULLETIN = """
SELECT b.id, b.year, b.no, b.title, b.sections, b.figures, b.audience, b.tier, b.circle_id,
       b.school_ids, b.status, b.editor_person_ids, b.checked_by_person_id, b.changed,
       b.edition_no, b.version, b.created_at, e.content, e.issued_at,
       coalesce(e.changed, '') AS edition_changed, coalesce(r.schools, 0) AS schools,
       coalesce(r.signed, 0) AS signed, r.signed_at, /*relations:bulletin:b*/ AS relations
  FROM bulletin b
  LEFT JOIN bulletin_edition e
    ON e.group_id = b.group_id AND e.bulletin_id = b.id AND e.no = b.edition_no
  LEFT JOIN LATERAL (
      SELECT count(*) AS schools, count(s.signed_at) AS signed,
             max(s.signed_at) FILTER (WHERE s.school_id = $2) AS signed_at
        FROM bulletin_standing s
       WHERE s.group_id = b.group_id AND s.bulletin_id = b.id) r ON true"""
GET_BULLETIN = f"{_BULLETIN} WHERE b.group_id = $1 AND b.id = $3"
LIST_BULLETINS = f"""{_BULLETIN}
 WHERE b.group_id = $1 AND ($3::uuid IS NULL OR b.id < $3) AND ($4::int IS NULL OR b.year = $4)
   AND (NOT $5::boolean OR r.signed < r.schools)
   AND (NOT $6::boolean OR b.status = 'draft' AND NOT $7 = ANY (b.editor_person_ids)
                           AND /*visible:bulletin:check@bulletin:b*/)
   AND /*visible:bulletin:read@bulletin:b*/
 ORDER BY b.id DESC LIMIT $8
"""
# Who reads to decide holds the bulletin before: what is read under the lock is the newest.
HOLD_BULLETIN = """
SELECT 1 FROM bulletin WHERE group_id = $1 AND id = $2 FOR NO KEY UPDATE
"""
WRITE_BULLETIN = """
UPDATE bulletin SET title = $3, sections = $4::jsonb, figures = $5::jsonb, audience = $6, tier = $7,
       circle_id = $8, school_ids = $9, updated_at = app.now(), version = version + 1,
       editor_person_ids = CASE WHEN $10::uuid = ANY (editor_person_ids) THEN editor_person_ids
                                ELSE editor_person_ids || $10::uuid END
 WHERE group_id = $1 AND id = $2
"""
MOVE_BULLETIN = """
UPDATE bulletin SET status = $3, checked_by_person_id = $4, updated_at = app.now(),
       version = version + 1
 WHERE group_id = $1 AND id = $2
"""
BEGIN_CORRECTION = """
UPDATE bulletin SET status = 'draft', checked_by_person_id = NULL, changed = $3,
       editor_person_ids = ARRAY[$4::uuid], updated_at = app.now(), version = version + 1
 WHERE group_id = $1 AND id = $2
"""
TOUCH_BULLETIN = """
UPDATE bulletin SET updated_at = app.now(), version = version + 1,
       editor_person_ids = CASE WHEN $3::uuid = ANY (editor_person_ids) THEN editor_person_ids
                                ELSE editor_person_ids || $3::uuid END
 WHERE group_id = $1 AND id = $2
"""
# The year's row is held until the issue commits; an issue that fails gives its number back.
GIVE_NUMBER = """
INSERT INTO bulletin_number AS n (group_id, year, last_no)
VALUES ($1, extract(year FROM app.today())::int, 1)
ON CONFLICT (group_id, year) DO UPDATE SET last_no = n.last_no + 1
RETURNING n.year, n.last_no AS no
"""
NUMBER_BULLETIN = """
UPDATE bulletin SET status = $3, year = $4, no = $5, edition_no = edition_no + 1,
       updated_at = app.now(), version = version + 1
 WHERE group_id = $1 AND id = $2
"""
INSERT_EDITION = """
INSERT INTO bulletin_edition (group_id, bulletin_id, no, content, changed, issued_at,
                              issued_by_person_id, checked_by_person_id)
VALUES ($1, $2, $3, $4::jsonb, $5, app.now(), $6, $7)
"""
ADDRESS = """
INSERT INTO bulletin_recipient (group_id, bulletin_id, school_id)
SELECT s.group_id, $2, s.id
  FROM school s
 CROSS JOIN LATERAL (SELECT app.tier_of(s.id, app.today()) AS tier) t
 WHERE s.group_id = $1 AND t.tier IS NOT NULL
   AND (s.closed_on IS NULL OR app.today() < s.closed_on)
   AND CASE $3::text WHEN 'group' THEN true
            WHEN 'tier' THEN t.tier = $4
            WHEN 'circle' THEN EXISTS (SELECT FROM circle_member m
                                        WHERE m.group_id = $1 AND m.circle_id = $5
                                          AND m.school_id = s.id)
            ELSE s.id = ANY ($6::uuid[]) END
"""
LIST_RECIPIENT_IDS = """
SELECT coalesce(array_agg(school_id), '{}') FROM bulletin_recipient
 WHERE group_id = $1 AND bulletin_id = $2
"""
COUNT_KNOWN = """
SELECT count(*) FROM school WHERE group_id = $1 AND id = ANY ($2::uuid[])
"""
IS_CIRCLE = "SELECT EXISTS (SELECT FROM circle WHERE group_id = $1 AND id = $2)"
LIST_EDITIONS = """
SELECT e.bulletin_id, b.year, b.no, e.no AS edition_no, e.changed, e.issued_at, e.content
  FROM bulletin_edition e
  JOIN bulletin b ON b.group_id = e.group_id AND b.id = e.bulletin_id
 WHERE e.group_id = $1 AND e.bulletin_id = $2 AND ($3::int IS NULL OR e.no = $3)
 ORDER BY e.no
"""
SIGN_BULLETIN = """
INSERT INTO bulletin_receipt (group_id, bulletin_id, edition_no, school_id, person_id, signed_at)
VALUES ($1, $2, $3, $4, $5, app.now())
ON CONFLICT DO NOTHING
"""
LIST_RECEIPTS = """
SELECT t.school_id, s.name AS school_name, t.person_id, t.signed_at
  FROM bulletin_standing t
  JOIN school s ON s.group_id = t.group_id AND s.id = t.school_id
 WHERE t.group_id = $1 AND t.bulletin_id = $2
 ORDER BY t.signed_at NULLS FIRST, s.name, s.id
"""
INSERT_ARTICLE = """
INSERT INTO bulletin_article (group_id, id, school_id, person_id, title, body, status, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'proposed', app.now())
"""
_ARTICLE = """
SELECT a.id, a.school_id, s.name AS school_name, a.title, a.body, a.status, a.bulletin_id,
       a.declined_because, a.created_at, a.version, /*relations:article:a*/ AS relations
  FROM bulletin_article a
  JOIN school s ON s.group_id = a.group_id AND s.id = a.school_id"""
GET_ARTICLE = f"{_ARTICLE} WHERE a.group_id = $1 AND a.id = $2"
LOCK_ARTICLE = "SELECT 1 FROM bulletin_article WHERE group_id = $1 AND id = $2 FOR NO KEY UPDATE"
LIST_ARTICLES = f"""{_ARTICLE}
 WHERE a.group_id = $1 AND ($2::uuid IS NULL OR a.id < $2) AND ($3::text IS NULL OR a.status = $3)
   AND /*visible:article:read@article:a*/
 ORDER BY a.id DESC LIMIT $4
"""
DECIDE_ARTICLE = """
UPDATE bulletin_article SET status = $3, bulletin_id = $4, declined_because = $5,
       decided_at = app.now(), version = version + 1
 WHERE group_id = $1 AND id = $2
"""
LIST_PRINTED = """
SELECT s.name AS school_name, a.title, a.body
  FROM bulletin_article a
  JOIN school s ON s.group_id = a.group_id AND s.id = a.school_id
 WHERE a.group_id = $1 AND a.bulletin_id = $2
 ORDER BY a.created_at, a.id
"""


class Number(msgspec.Struct, frozen=True):
    """A number given."""

    year: int
    no: int


async def insert_bulletin(tx: Tx, bulletin_id: UUID, wish: BulletinWish, editor: UUID) -> None:
    """A draft."""
    to = wish.audience
    await execute(
        tx, INSERT_BULLETIN, tx.group_id, bulletin_id, wish.title, wish.sections, wish.figures,
        to.kind, to.tier, to.circle_id, to.school_ids, editor,
    )  # fmt: skip


async def get_bulletin(tx: Tx, bulletin_id: UUID, *, hold: bool = False) -> BulletinRow | None:
    """The bulletin, newest under the lock, with the caller's relations."""
    if hold:
        await execute(tx, HOLD_BULLETIN, tx.group_id, bulletin_id)
    sql = with_rights(tx, GET_BULLETIN)
    return await fetch_one(tx, BulletinRow, sql, tx.group_id, tx.actor.school_id, bulletin_id)


async def list_bulletins(
    tx: Tx, page: PageRequest, year: int | None, *, unsigned: bool, to_check: bool
) -> list[BulletinRow]:
    """Those the caller may read, the newest first; `to_check`: drafts others wrote, to be checked.

    A connected system checks nothing.
    """
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, BulletinRow, with_rights(tx, LIST_BULLETINS), tx.group_id, tx.actor.school_id, after,
        year, unsigned, to_check, tx.actor.person_id, page.limit,
    )  # fmt: skip


async def write_bulletin(tx: Tx, bulletin_id: UUID, wish: BulletinWish, editor: UUID) -> None:
    """All that is written of a draft."""
    to = wish.audience
    await execute(
        tx, WRITE_BULLETIN, tx.group_id, bulletin_id, wish.title, wish.sections, wish.figures,
        to.kind, to.tier, to.circle_id, to.school_ids, editor,
    )  # fmt: skip


async def move_bulletin(tx: Tx, bulletin_id: UUID, status: str, checker: UUID | None) -> None:
    """Into another state, checked by somebody or by nobody."""
    await execute(tx, MOVE_BULLETIN, tx.group_id, bulletin_id, status, checker)


async def begin_correction(tx: Tx, bulletin_id: UUID, changed: str, editor: UUID) -> None:
    """A draft again; the edition before stays."""
    await execute(tx, BEGIN_CORRECTION, tx.group_id, bulletin_id, changed, editor)


async def touch_bulletin(tx: Tx, bulletin_id: UUID, editor: UUID) -> None:
    """Somebody changed what is printed in it."""
    await execute(tx, TOUCH_BULLETIN, tx.group_id, bulletin_id, editor)


async def give_number(tx: Tx) -> Number:
    """The year's next number."""
    given = await fetch_one(tx, Number, GIVE_NUMBER, tx.group_id)
    assert given is not None  # an upsert answers always
    return given


async def number_bulletin(tx: Tx, row: BulletinRow, number: Number, status: str) -> None:
    """It is out, under its number; its edition is written with it."""
    await execute(tx, NUMBER_BULLETIN, tx.group_id, row.id, status, number.year, number.no)


async def insert_edition(tx: Tx, row: BulletinRow, content: Content, issuer: UUID) -> None:
    """One edition more."""
    await execute(
        tx, INSERT_EDITION, tx.group_id, row.id, row.edition_no + 1, content, row.changed, issuer,
        row.checked_by_person_id,
    )  # fmt: skip


async def address(tx: Tx, row: BulletinRow) -> int:
    """Write down the schools it is for, as they are today; how many."""
    return await execute(
        tx, ADDRESS, tx.group_id, row.id, row.audience, row.tier, row.circle_id, row.school_ids
    )


async def list_recipient_ids(tx: Tx, bulletin_id: UUID) -> list[UUID]:
    """The schools it was issued to."""
    ids: list[UUID] = await fetch_value(tx, LIST_RECIPIENT_IDS, tx.group_id, bulletin_id)
    return ids


async def is_known(tx: Tx, to: AudienceWish) -> bool:
    """Whether the circle or every school named is of the group."""
    if to.circle_id is not None:
        return bool(await fetch_value(tx, IS_CIRCLE, tx.group_id, to.circle_id))
    count: int = await fetch_value(tx, COUNT_KNOWN, tx.group_id, to.school_ids)
    return count == len(to.school_ids)


async def list_editions(tx: Tx, bulletin_id: UUID, no: int | None = None) -> list[Edition]:
    """As they were issued, the first one first."""
    return await fetch_all(tx, Edition, LIST_EDITIONS, tx.group_id, bulletin_id, no)


async def sign_bulletin(tx: Tx, row: BulletinRow, school_id: UUID, person_id: UUID) -> bool:
    """Whether this signed for the newest edition; False where the school has signed already."""
    return bool(
        await execute(tx, SIGN_BULLETIN, tx.group_id, row.id, row.edition_no, school_id, person_id)
    )


async def list_receipts(tx: Tx, bulletin_id: UUID) -> list[Receipt]:
    """Each school, those missing first."""
    return await fetch_all(tx, Receipt, LIST_RECEIPTS, tx.group_id, bulletin_id)


async def insert_article(
    tx: Tx, article_id: UUID, school_id: UUID, person_id: UUID, wish: ArticleWish
) -> None:
    """An article a school offers."""
    await execute(
        tx, INSERT_ARTICLE, tx.group_id, article_id, school_id, person_id, wish.title, wish.body
    )


async def get_article(tx: Tx, article_id: UUID, *, hold: bool = False) -> ArticleRow | None:
    """The article, newest under the lock."""
    if hold:
        await execute(tx, LOCK_ARTICLE, tx.group_id, article_id)
    return await fetch_one(tx, ArticleRow, with_rights(tx, GET_ARTICLE), tx.group_id, article_id)


async def list_articles(
    tx: Tx, page: PageRequest, status: ArticleStatus | None
) -> list[ArticleRow]:
    """Those the caller may read, the newest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(
        tx, ArticleRow, with_rights(tx, LIST_ARTICLES), tx.group_id, after, status, page.limit
    )


async def decide_article(
    tx: Tx, article_id: UUID, status: str, bulletin_id: UUID | None, because: str
) -> None:
    """Taken into a bulletin, or declined with a reason."""
    await execute(tx, DECIDE_ARTICLE, tx.group_id, article_id, status, bulletin_id, because)


async def list_printed(tx: Tx, bulletin_id: UUID) -> list[Printed]:
    """The articles taken into a bulletin."""
    return await fetch_all(tx, Printed, LIST_PRINTED, tx.group_id, bulletin_id)
