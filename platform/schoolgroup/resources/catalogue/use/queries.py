"""SQL of who uses a resource: every figure is counted from rows when it is asked for."""

from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.resources.catalogue.use.models import (
    AffectedSchool,
    ListsNaming,
    MonthOfUse,
    OwnedRow,
)

GET_OWNED = """
SELECT r.id, s.name AS school_name, /*relations:resource:r*/ AS relations
  FROM resource r JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
 WHERE r.group_id = $1 AND r.id = $2
"""
NOTE_VIEW = """
INSERT INTO resource_view (group_id, resource_id, viewer_school_id, person_id, viewed_on,
                           owner_school_id)
VALUES ($1, $2, $3, $4, app.today(), $5)
ON CONFLICT DO NOTHING
"""
NOTE_PREVIEW = """
INSERT INTO preview_view (group_id, resource_id, viewer_school_id, person_id, viewed_on,
                          owner_school_id)
VALUES ($1, $2, $3, $4, app.today(), $5)
ON CONFLICT DO NOTHING
"""
# Months are those of the group's place; the last two years.
LIST_USE = """
WITH used AS (
    SELECT v.viewer_school_id AS school_id, v.viewed_on AS on_, 1 AS views, 0 AS previews,
           0 AS loans, 0 AS downloads, 0 AS derivatives
      FROM resource_view v WHERE v.group_id = $1 AND v.resource_id = $2
     UNION ALL
    SELECT p.viewer_school_id, p.viewed_on, 0, 1, 0, 0, 0
      FROM preview_view p WHERE p.group_id = $1 AND p.resource_id = $2
     UNION ALL
    SELECT l.borrower_school_id, (l.starts_at AT TIME ZONE $3)::date, 0, 0, 1, 0, 0
      FROM loan l WHERE l.group_id = $1 AND l.resource_id = $2
     UNION ALL
    SELECT f.borrower_school_id, (f.at AT TIME ZONE $3)::date, 0, 0, 0, 1, 0
      FROM loan l JOIN loan_fetch f ON f.group_id = l.group_id AND f.loan_id = l.id
     WHERE l.group_id = $1 AND l.resource_id = $2
     UNION ALL
    SELECT d.school_id, (d.published_at AT TIME ZONE $3)::date, 0, 0, 0, 0, 1
      FROM resource d
     WHERE d.group_id = $1 AND d.derived_from_resource_id = $2 AND d.status <> 'draft'
)
SELECT date_trunc('month', u.on_)::date AS month_on, u.school_id, s.name AS school_name,
       sum(u.views)::int AS views, sum(u.previews)::int AS previews, sum(u.loans)::int AS loans,
       sum(u.downloads)::int AS downloads, sum(u.derivatives)::int AS derivatives
  FROM used u JOIN school s ON s.group_id = $1 AND s.id = u.school_id
 WHERE date_trunc('month', u.on_) > app.today() - interval '24 months'
 GROUP BY date_trunc('month', u.on_), u.school_id, s.name
 ORDER BY date_trunc('month', u.on_) DESC, s.name, u.school_id
"""
# Running and ready are the clock against a stored instant, never a state.
LIST_AFFECTED = """
WITH met AS (
    SELECT l.borrower_school_id AS school_id, 1 AS running_loans, l.ends_at, 0 AS holds, 0 AS lists,
           0 AS derivatives, 0 AS dependents
      FROM loan l
     WHERE l.group_id = $1 AND l.resource_id = $2 AND l.status = 'active' AND l.ends_at > $3
     UNION ALL
    SELECT h.borrower_school_id, 0, NULL, 1, 0, 0, 0
      FROM resource r
      JOIN hold h ON h.group_id = r.group_id AND h.owner_school_id = r.school_id
                 AND h.resource_id = r.id
     WHERE r.group_id = $1 AND r.id = $2
       AND (h.status = 'waiting' OR (h.status = 'ready' AND h.ready_until_at > $3))
     UNION ALL
    SELECT n.school_id, 0, NULL, 0, n.lists, 0, 0
      FROM unnest($4::uuid[], $5::int[]) AS n (school_id, lists)
     UNION ALL
    SELECT d.school_id, 0, NULL, 0, 0, 1, 0
      FROM resource d
     WHERE d.group_id = $1 AND d.derived_from_resource_id = $2 AND d.status = 'published'
     UNION ALL
    SELECT d.school_id, 0, NULL, 0, 0, 0, 1
      FROM prerequisite n
      JOIN resource d ON d.group_id = n.group_id AND d.id = n.resource_id
                     AND d.status = 'published' AND d.published_revision_no = n.revision_no
     WHERE n.group_id = $1 AND n.needs_resource_id = $2
)
SELECT m.school_id, s.name AS school_name, sum(m.running_loans)::int AS running_loans,
       max(m.ends_at) AS last_ends_at, sum(m.holds)::int AS holds, sum(m.lists)::int AS lists,
       sum(m.derivatives)::int AS derivatives, sum(m.dependents)::int AS dependents
  FROM met m JOIN school s ON s.group_id = $1 AND s.id = m.school_id
 GROUP BY m.school_id, s.name
 ORDER BY s.name, m.school_id
"""
# Lists with a current edition that names it: published, or being drafted by whoever asks.
LISTS_NAMING = """
SELECT l.school_id, count(DISTINCT l.id)::int AS lists
  FROM list_entry e
  JOIN list_edition i ON i.group_id = e.group_id AND i.id = e.edition_id
  JOIN resource_list l ON l.group_id = i.group_id AND l.id = i.list_id
 WHERE e.group_id = $1 AND e.resource_id = $2 AND /*visible:list:read@list:l*/
   AND (i.status = 'published' OR i.status = 'draft' AND /*visible:list:curate@list:l*/)
 GROUP BY l.school_id
"""
COUNT_LISTS_NAMING = """
SELECT count(DISTINCT i.list_id)::int
  FROM list_entry e JOIN list_edition i ON i.group_id = e.group_id AND i.id = e.edition_id
 WHERE e.group_id = $1 AND e.resource_id = $2 AND i.status IN ('published', 'draft')
"""


async def get_owned(tx: Tx, resource_id: UUID) -> OwnedRow | None:
    """Whose a resource is."""
    return await fetch_one(tx, OwnedRow, with_rights(tx, GET_OWNED), tx.group_id, resource_id)


async def note_view(tx: Tx, resource_id: UUID, owner_school_id: UUID) -> None:
    """The actor opened the resource's page today; once a day is enough to know."""
    actor = tx.actor
    await execute(
        tx, NOTE_VIEW, tx.group_id, resource_id, actor.school_id, actor.person_id, owner_school_id
    )


async def note_preview(tx: Tx, resource_id: UUID, owner_school_id: UUID) -> None:
    """The actor looked at its preview today."""
    actor = tx.actor
    whose = (actor.school_id, actor.person_id)
    await execute(tx, NOTE_PREVIEW, tx.group_id, resource_id, *whose, owner_school_id)


async def list_use(tx: Tx, resource_id: UUID) -> list[MonthOfUse]:
    """What each school did with a resource, month by month, newest first."""
    zone = tx.actor.time_zone
    return await fetch_all(tx, MonthOfUse, LIST_USE, tx.group_id, resource_id, zone)


async def lists_naming(tx: Tx, resource_id: UUID) -> list[ListsNaming]:
    """The lists the actor may read that name a resource, by who keeps them."""
    sql = with_rights(tx, LISTS_NAMING)
    return await fetch_all(tx, ListsNaming, sql, tx.group_id, resource_id)


async def count_lists_naming(tx: Tx, resource_id: UUID) -> int:
    """How many lists of anybody's name a resource; for the system's eyes."""
    count: int = await fetch_value(tx, COUNT_LISTS_NAMING, tx.group_id, resource_id)
    return count


async def list_affected(
    tx: Tx, resource_id: UUID, now: datetime, naming: list[ListsNaming]
) -> list[AffectedSchool]:
    """What each school has of a resource at an instant; `naming`: the lists of schools."""
    kept = {n.school_id: n.lists for n in naming if n.school_id is not None}
    return await fetch_all(
        tx, AffectedSchool, LIST_AFFECTED, tx.group_id, resource_id, now, list(kept),
        list(kept.values()),
    )  # fmt: skip
