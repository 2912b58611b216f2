"""SQL of who uses a resource: every figure is counted from rows when it is asked for."""

from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one
from schoolgroup.resources.catalogue.use.models import AffectedSchool, MonthOfUse, OwnedRow

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
    SELECT v.viewer_school_id AS school_id, date_trunc('month', v.viewed_on)::date AS month_on,
           1 AS views, 0 AS previews, 0 AS loans, 0 AS downloads
      FROM resource_view v WHERE v.group_id = $1 AND v.resource_id = $2
     UNION ALL
    SELECT v.viewer_school_id, date_trunc('month', v.viewed_on)::date, 0, 1, 0, 0
      FROM preview_view v WHERE v.group_id = $1 AND v.resource_id = $2
     UNION ALL
    SELECT l.borrower_school_id, date_trunc('month', l.starts_at AT TIME ZONE $3)::date, 0, 0, 1, 0
      FROM loan l WHERE l.group_id = $1 AND l.resource_id = $2
     UNION ALL
    SELECT f.borrower_school_id, date_trunc('month', f.at AT TIME ZONE $3)::date, 0, 0, 0, 1
      FROM loan l JOIN loan_fetch f ON f.group_id = l.group_id AND f.loan_id = l.id
     WHERE l.group_id = $1 AND l.resource_id = $2
)
SELECT u.month_on, u.school_id, s.name AS school_name, sum(u.views)::int AS views,
       sum(u.previews)::int AS previews, sum(u.loans)::int AS loans,
       sum(u.downloads)::int AS downloads
  FROM used u JOIN school s ON s.group_id = $1 AND s.id = u.school_id
 WHERE u.month_on > app.today() - interval '24 months'
 GROUP BY u.month_on, u.school_id, s.name
 ORDER BY u.month_on DESC, s.name, u.school_id
"""
# Running and ready are the clock against a stored instant, never a state.
LIST_AFFECTED = """
WITH met AS (
    SELECT l.borrower_school_id AS school_id, 1 AS running_loans, l.ends_at, 0 AS holds
      FROM loan l
     WHERE l.group_id = $1 AND l.resource_id = $2 AND l.status = 'active' AND l.ends_at > $3
     UNION ALL
    SELECT h.borrower_school_id, 0, NULL, 1
      FROM resource r
      JOIN hold h ON h.group_id = r.group_id AND h.owner_school_id = r.school_id
                 AND h.resource_id = r.id
     WHERE r.group_id = $1 AND r.id = $2
       AND (h.status = 'waiting' OR (h.status = 'ready' AND h.ready_until_at > $3))
)
SELECT m.school_id, s.name AS school_name, sum(m.running_loans)::int AS running_loans,
       max(m.ends_at) AS last_ends_at, sum(m.holds)::int AS holds
  FROM met m JOIN school s ON s.group_id = $1 AND s.id = m.school_id
 GROUP BY m.school_id, s.name
 ORDER BY s.name, m.school_id
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


async def list_affected(tx: Tx, resource_id: UUID, now: datetime) -> list[AffectedSchool]:
    """What each school has of a resource at an instant."""
    return await fetch_all(tx, AffectedSchool, LIST_AFFECTED, tx.group_id, resource_id, now)
