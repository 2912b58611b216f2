"""SQL of the harvest: keyset over (instant of the last visible change, id).

Nothing is overtaken: stamps are written with the wall clock (migration 0009), and a list ends at
the horizon, the beginning of the oldest transaction that is still writing. Whatever commits later
is stamped later than the horizon, and the next harvest asks from there.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.integration.metadata.models import Described
from schoolgroup.integration.metadata.queries import DESCRIBED
from schoolgroup.integration.oai.models import HeaderRow, Repository, SetRow, SetSpec
from schoolgroup.kernel.context import ActorKind
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one, fetch_value
from schoolgroup.resources.catalogue.models import STAGES

LONG_AGO = datetime(1, 1, 1, tzinfo=UTC)
NO_ID = UUID(int=0)

# The other sessions seen are those of the application's own role: nobody else writes resources.
HORIZON = """
SELECT date_trunc('second',
                  least(app.now(), min(a.xact_start) + (app.now() - now())))
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.backend_xid IS NOT NULL
"""
EARLIEST = """
SELECT g.name, date_trunc('second', g.created_at) AS earliest_at
  FROM education_group g WHERE g.id = $1
"""

# The lists whose newest published edition has the item; a list the caller may not read is not told.
# `h` says when: its own instant, or the end of an offer that ran out since. Of what the caller may
# find no more (withdrawn, or no longer offered to its school) the deletion is told, for ever; what
# was never within its reach is not there at all.
ITEM = """
       r.id, h.changed_at, (r.status <> 'published' OR NOT found.now_) AS deleted,
       s.code AS school_code, r.stage, r.subject,
       ARRAY(SELECT l.id::text FROM list_entry y
               JOIN list_edition d ON d.group_id = y.group_id AND d.id = y.edition_id
                                  AND d.status = 'published'
               JOIN resource_list l ON l.group_id = d.group_id AND l.id = d.list_id
              WHERE y.group_id = r.group_id AND y.resource_id = r.id
                AND d.school_year = (SELECT max(z.school_year) FROM list_edition z
                                  WHERE z.group_id = l.group_id AND z.list_id = l.id
                                    AND z.status = 'published')
                AND /*visible:list:read@list:l*/
              ORDER BY l.id) AS lists
"""
FOUND = """
  JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id AND r.status <> 'draft'
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
 CROSS JOIN LATERAL (SELECT r.group_id, r.id, r.school_id, r.author_person_id, r.kind,
                            r.sealed_until_at, 'published'::text AS status) was
 CROSS JOIN LATERAL (SELECT coalesce(/*visible:resource:discover@resource:was*/, false) AS now_
                     OFFSET 0) found
"""
WITHIN_REACH = f"""
{FOUND}
 WHERE (found.now_ OR EXISTS (
           SELECT FROM offer o WHERE o.group_id = r.group_id AND o.resource_id = r.id
              AND /*visible:resource:discover@offer:o*/))
"""
# For who has not signed in: what is or once was offered to everyone, by an index of its own.
OFFERED_TO_ALL = f"""
{FOUND}
 WHERE h.ever_public
"""
STAMPED = """
  FROM harvest_stamp h
"""
# The last offer of a resource that ran out after its stamp.
RAN_OUT = """
  FROM (SELECT x.group_id, x.resource_id, date_trunc('second', x.valid_until_at) AS changed_at,
               t.ever_public
          FROM offer x
          JOIN harvest_stamp t ON t.group_id = x.group_id AND t.resource_id = x.resource_id
         WHERE x.group_id = $1 AND x.status = 'open' AND x.valid_until_at <= app.now()
           AND x.valid_until_at >= greatest($2::timestamptz, $6)
           AND x.valid_until_at < $3::timestamptz + interval '1 second'
           AND date_trunc('second', x.valid_until_at) > t.changed_at
           AND NOT EXISTS (SELECT FROM offer y
                            WHERE y.group_id = x.group_id AND y.resource_id = x.resource_id
                              AND y.status = 'open' AND y.valid_until_at <= app.now()
                              AND (y.valid_until_at, y.id) > (x.valid_until_at, x.id)
                           OFFSET 0)) h
"""
NOT_RAN_OUT = """
   AND NOT EXISTS (SELECT FROM offer y
                    WHERE y.group_id = h.group_id AND y.resource_id = h.resource_id
                      AND y.status = 'open' AND y.valid_until_at <= app.now()
                      AND date_trunc('second', y.valid_until_at) > h.changed_at
                   OFFSET 0)
"""
# A list set: the few items of the lists are looked up, not the whole harvest passed by.
IN_LIST = """
   AND h.resource_id IN (
       SELECT y.resource_id FROM resource_list l
         JOIN list_edition d ON d.group_id = l.group_id AND d.list_id = l.id
                            AND d.status = 'published'
         JOIN list_entry y ON y.group_id = d.group_id AND y.edition_id = d.id
        WHERE l.group_id = $1 AND ($5::text IS NULL OR l.id = $5::text::uuid)
          AND d.school_year = (SELECT max(z.school_year) FROM list_edition z
                                WHERE z.group_id = l.group_id AND z.list_id = l.id
                                  AND z.status = 'published')
          AND /*visible:list:read@list:l*/)
"""
NARROWED = """
   AND h.group_id = $1 AND h.changed_at BETWEEN $2 AND $3
   AND (h.changed_at, h.resource_id) > ($6, $7)
   AND CASE $4::text WHEN 'school' THEN $5::text IS NULL OR s.code = $5
                     WHEN 'subject' THEN r.subject = coalesce($5, r.subject)
                     WHEN 'stage' THEN r.stage = coalesce($5, r.stage)
                     ELSE true END
 ORDER BY h.changed_at, h.resource_id LIMIT $8
"""
# OFFSET 0 keeps the planner at one look into the index per item, however many offers there are.
LIST_STAMPED = f"SELECT {ITEM} {STAMPED} {WITHIN_REACH} {NOT_RAN_OUT} {NARROWED}"
LIST_RAN_OUT = f"SELECT {ITEM} {RAN_OUT} {WITHIN_REACH} {NARROWED}"
LIST_STAMPED_IN_LIST = f"SELECT {ITEM} {STAMPED} {WITHIN_REACH} {IN_LIST} {NOT_RAN_OUT} {NARROWED}"
LIST_RAN_OUT_IN_LIST = f"SELECT {ITEM} {RAN_OUT} {WITHIN_REACH} {IN_LIST} {NARROWED}"
LIST_STAMPED_FOR_ALL = f"SELECT {ITEM} {STAMPED} {OFFERED_TO_ALL} {NOT_RAN_OUT} {NARROWED}"
LIST_RAN_OUT_FOR_ALL = f"SELECT {ITEM} {RAN_OUT} {OFFERED_TO_ALL} {NARROWED}"
ONE = """
  FROM (SELECT t.group_id, t.resource_id, t.ever_public,
               greatest(t.changed_at, (SELECT date_trunc('second', max(y.valid_until_at))
                   FROM offer y WHERE y.group_id = t.group_id AND y.resource_id = t.resource_id
                    AND y.status = 'open' AND y.valid_until_at <= app.now())) AS changed_at
          FROM harvest_stamp t WHERE t.group_id = $1 AND t.resource_id = $2) h
"""
GET_ITEM = f"SELECT {ITEM} {ONE} {WITHIN_REACH}"
GET_ITEM_FOR_ALL = f"SELECT {ITEM} {ONE} {OFFERED_TO_ALL}"
LIST_DESCRIBED = f"""
SELECT {DESCRIBED}
  FROM resource r
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
  JOIN revision v ON v.group_id = r.group_id AND v.resource_id = r.id
                 AND v.no = r.published_revision_no
 WHERE r.group_id = $1 AND r.id = ANY ($2::uuid[]) AND r.status = 'published'
   AND /*visible:resource:discover@resource:r*/
"""
# From one subject to the next by the index, and each looked into until one item is found.
LIST_SETS = """
WITH RECURSIVE subjects AS (
    (SELECT r.subject FROM resource r
      WHERE r.group_id = $1 AND r.status = 'published' AND r.subject IS NOT NULL
      ORDER BY r.subject LIMIT 1)
    UNION ALL
    SELECT (SELECT r.subject FROM resource r
             WHERE r.group_id = $1 AND r.status = 'published' AND r.subject > n.subject
             ORDER BY r.subject LIMIT 1)
      FROM subjects n WHERE n.subject IS NOT NULL)
SELECT 'school' AS kind, s.code AS value, s.name FROM school s WHERE s.group_id = $1
 UNION ALL
SELECT 'subject', n.subject, n.subject FROM subjects n
 WHERE n.subject IS NOT NULL AND EXISTS (
       SELECT FROM resource r
        WHERE r.group_id = $1 AND r.status = 'published' AND r.subject = n.subject
          AND /*visible:resource:discover@resource:r*/)
 UNION ALL
SELECT 'stage', g.stage, g.stage FROM unnest($2::text[]) AS g (stage)
 WHERE EXISTS (SELECT FROM resource r
                WHERE r.group_id = $1 AND r.status = 'published' AND r.stage = g.stage
                  AND /*visible:resource:discover@resource:r*/)
 UNION ALL
SELECT 'list', l.id::text, l.title FROM resource_list l
 WHERE l.group_id = $1 AND /*visible:list:read@list:l*/
   AND EXISTS (SELECT FROM list_edition d JOIN list_entry y
                   ON y.group_id = d.group_id AND y.edition_id = d.id AND y.resource_id IS NOT NULL
                WHERE d.group_id = l.group_id AND d.list_id = l.id AND d.status = 'published')
 ORDER BY 1, 2
"""
LIST_SETS_FOR_ALL = """
WITH offered AS MATERIALIZED (
    SELECT DISTINCT r.school_id, r.subject, r.stage
      FROM harvest_stamp h
      JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id
     WHERE h.group_id = $1 AND h.ever_public AND /*visible:resource:discover@resource:r*/)
SELECT 'school' AS kind, s.code AS value, s.name FROM school s
 WHERE s.group_id = $1 AND s.id IN (SELECT school_id FROM offered)
 UNION ALL
SELECT DISTINCT 'subject', subject, subject FROM offered WHERE subject IS NOT NULL
 UNION ALL
SELECT DISTINCT 'stage', stage, stage FROM offered WHERE stage = ANY ($2::text[])
 ORDER BY 1, 2
"""


async def horizon(tx: Tx) -> datetime:
    """The last second of which every change is known to be seen; ask before the list itself."""
    until: datetime = await fetch_value(tx, HORIZON)
    return until


async def get_repository(tx: Tx) -> Repository:
    """Whose harvest it is; no item of the group is older than it."""
    found = await fetch_one(tx, Repository, EARLIEST, tx.group_id)
    assert found is not None  # a transaction of a group that is not there does not begin
    return found


async def list_items(
    tx: Tx,
    from_at: datetime | None,
    until_at: datetime,
    within: SetSpec | None,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[HeaderRow]:
    """Items the caller may or once might find, oldest change first."""
    after_at, after_id = after or (LONG_AGO, NO_ID)

    async def look(sql: str, upto: datetime) -> list[HeaderRow]:
        return await fetch_all(
            tx, HeaderRow, with_rights(tx, sql), tx.group_id, from_at or LONG_AGO, upto,
            within.kind if within else None, within.value if within else None, after_at, after_id,
            limit,
        )  # fmt: skip

    by_stamp, by_end = LIST_STAMPED, LIST_RAN_OUT
    if within is not None and within.kind == "list":
        by_stamp, by_end = LIST_STAMPED_IN_LIST, LIST_RAN_OUT_IN_LIST
    elif tx.actor.kind is ActorKind.VISITOR:
        by_stamp, by_end = LIST_STAMPED_FOR_ALL, LIST_RAN_OUT_FOR_ALL
    stamped = await look(by_stamp, until_at)
    # Beyond the last of a full page nothing else is wanted.
    last_at = stamped[-1].changed_at if len(stamped) == limit else until_at
    ran_out = await look(by_end, last_at)
    return sorted([*stamped, *ran_out], key=lambda row: (row.changed_at, row.id))[:limit]


async def get_item(tx: Tx, resource_id: UUID) -> HeaderRow | None:
    """One of them."""
    sql = GET_ITEM_FOR_ALL if tx.actor.kind is ActorKind.VISITOR else GET_ITEM
    return await fetch_one(tx, HeaderRow, with_rights(tx, sql), tx.group_id, resource_id)


async def list_described(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Described]:
    """What is said about these; those no longer to be found are left out."""
    sql = with_rights(tx, LIST_DESCRIBED)
    return {row.id: row for row in await fetch_all(tx, Described, sql, tx.group_id, list(ids))}


async def list_sets(tx: Tx) -> list[SetRow]:
    """The schools, the subjects and stages of what the caller may find, the lists it may read.

    A visitor is told of schools too only where they offer something to everyone.
    """
    sql = LIST_SETS_FOR_ALL if tx.actor.kind is ActorKind.VISITOR else LIST_SETS
    return await fetch_all(tx, SetRow, with_rights(tx, sql), tx.group_id, [*STAGES])
