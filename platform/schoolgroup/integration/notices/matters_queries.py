"""SQL of what people are told about: one SELECT per kind, over the rows as they stand now.

Each answers the matters that are true at this instant, whether or not anybody was told:
    kind, subject_id   what it is about
    anchor_at          the instant the timing counts from; another instant is another matter
    since_at           when it came into this state: no reminder is owed for a time before that
    school_id          whose people are told (null: the group office)
    person_id          the one person told; null: whoever of the school may do the kind's act
    facts              what the text may speak of; `_at` is an instant. No person's name ever.
What the facts have overtaken is simply no longer answered: a notice of it is then not sent. A new
feature adds its SELECT to the module of its promise beside this one, and its entry in
defaults.toml; nothing else. The columns have the names of the first SELECT of all (`_LOANS`).
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from schoolgroup.integration.notices.appraisal_queries import APPRAISALS
from schoolgroup.integration.notices.lending_queries import LENDING
from schoolgroup.integration.notices.management_queries import MANAGEMENT
from schoolgroup.kernel.db import Tx, fetch_all

_EXAMS = """
SELECT 'exam_invited', x.exam_id, x.invited_at, x.invited_at, x.school_id, NULL::uuid,
       jsonb_build_object('title', m.title)
  FROM exam_school x
  JOIN exam m ON m.group_id = x.group_id AND m.id = x.exam_id
 WHERE x.group_id = $1 AND x.status = 'invited'
   AND m.status IN ('invited', 'registering', 'rostered')
UNION ALL
SELECT 'results_released', v.id, greatest(v.released_at, v.embargo_until_at),
       greatest(v.released_at, v.embargo_until_at), p.school_id, NULL::uuid,
       jsonb_build_object('title', m.title)
  FROM exam_release v
  JOIN exam m ON m.group_id = v.group_id AND m.id = v.exam_id
  JOIN release_recipient p ON p.group_id = v.group_id AND p.release_id = v.id
 WHERE v.group_id = $1 AND v.status = 'released'
   AND greatest(v.released_at, v.embargo_until_at) BETWEEN $3 AND (SELECT app.now())"""

# Each side of an agreement: the owner, the grantee, or every school of the circle.
_AGREEMENTS = """
SELECT CASE g.status WHEN 'proposed' THEN 'agreement_proposed' ELSE 'agreement_ends_soon' END,
       g.id, CASE g.status WHEN 'proposed' THEN g.created_at
                  ELSE g.until_on::timestamp AT TIME ZONE d.time_zone END,
       CASE g.status WHEN 'proposed' THEN g.created_at
            ELSE greatest(g.owner_signed_at, g.grantee_signed_at) END,
       p.school_id, NULL::uuid,
       jsonb_build_object('school', coalesce(s.name, c.name, ''), 'from_on', g.from_on,
                          'until_on', g.until_on)
  FROM agreement g
  JOIN education_group d ON d.id = g.group_id
  JOIN LATERAL (
      SELECT g.owner_school_id AS school_id, g.grantee_school_id AS partner_id,
             g.owner_signed_at IS NOT NULL AS signed
      UNION ALL
      SELECT g.grantee_school_id, g.owner_school_id, g.grantee_signed_at IS NOT NULL
       WHERE g.grantee_school_id IS NOT NULL
      UNION ALL
      SELECT m.school_id, g.owner_school_id, g.grantee_signed_at IS NOT NULL
        FROM circle_member m
       WHERE m.group_id = g.group_id AND m.circle_id = g.grantee_circle_id
         AND m.school_id <> g.owner_school_id) p ON true
  LEFT JOIN school s ON s.group_id = g.group_id AND s.id = p.partner_id
  LEFT JOIN circle c ON c.group_id = g.group_id AND c.id = g.grantee_circle_id
 WHERE g.group_id = $1 AND (SELECT app.today()) < g.until_on
   AND (g.status = 'in_force' OR g.status = 'proposed' AND NOT p.signed)"""

_LISTS = """
SELECT 'suggestion_received', g.id, g.created_at, g.created_at, g.owner_school_id, NULL::uuid,
       jsonb_build_object('list', l.title, 'title', coalesce(g.entry ->> 'title', ''),
                          'school', s.name)
  FROM list_suggestion g
  JOIN resource_list l ON l.group_id = g.group_id AND l.id = g.list_id
  JOIN school s ON s.group_id = g.group_id AND s.id = g.school_id
 WHERE g.group_id = $1 AND g.status = 'proposed'
UNION ALL
SELECT 'suggestion_' || g.status, g.id, g.decided_at, g.decided_at, g.school_id, g.person_id,
       jsonb_build_object('list', l.title, 'title', coalesce(g.entry ->> 'title', ''),
                          'because', coalesce(g.decided_because, ''))
  FROM list_suggestion g
  JOIN resource_list l ON l.group_id = g.group_id AND l.id = g.list_id
 WHERE g.group_id = $1 AND g.status IN ('accepted', 'declined') AND g.person_id IS NOT NULL
   AND g.decided_at > $3"""

_WEBHOOKS = """
SELECT 'webhook_disabled', w.id, w.disabled_at, w.disabled_at, w.school_id, NULL::uuid,
       jsonb_build_object('title', coalesce(nullif(w.description, ''), c.name),
                          'because', w.disabled_because)
  FROM webhook_endpoint w
  JOIN client c ON c.group_id = w.group_id AND c.id = w.client_id
 WHERE w.group_id = $1 AND w.status = 'disabled' AND w.disabled_at > $3"""

_MATTER = " UNION ALL ".join([
    *LENDING, *MANAGEMENT, _EXAMS, _AGREEMENTS, _LISTS, APPRAISALS, _WEBHOOKS,
])  # fmt: skip

# $2: the kinds with their timings as shipped and who may be told, [{kind, hours, school_days,
# is_on, roles, personal}]; a role is written "tier/role". $3: what happened before is not told any
# more. A school's own rule goes before the office's, that before what is shipped.
_ADDRESSED = f"""
WITH shipped AS (
    SELECT k.* FROM jsonb_to_recordset($2::jsonb)
        AS k (kind text, hours int[], school_days boolean, is_on boolean, roles text[],
              personal text[])),
matter AS ({_MATTER}),
ruled AS (
    SELECT m.*, k.school_days, k.roles, k.personal,
           coalesce(own.hours, ours.hours, k.hours) AS timings
      FROM matter m
      JOIN shipped k ON k.kind = m.kind
      LEFT JOIN notice_rule own
        ON own.group_id = $1 AND own.kind = m.kind AND own.school_id = m.school_id
      LEFT JOIN notice_rule ours
        ON ours.group_id = $1 AND ours.kind = m.kind AND ours.school_id IS NULL
     WHERE coalesce(own.is_on, ours.is_on, k.is_on)),
staff AS (
    SELECT a.person_id, coalesce(a.school_id, '00000000-0000-0000-0000-000000000000') AS at,
           coalesce(t.tier, 'office') || '/' || a.role AS role
      FROM appointment a
      JOIN person p ON p.group_id = a.group_id AND p.id = a.person_id
      LEFT JOIN school_tier t
        ON t.group_id = a.group_id AND t.school_id = a.school_id
       AND t.from_on <= (SELECT app.today())
       AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
     WHERE a.group_id = $1 AND a.from_on <= (SELECT app.today())
       AND (a.until_on IS NULL OR (SELECT app.today()) < a.until_on)
       AND p.suspended_at IS NULL AND p.left_at IS NULL)"""

# Of several timings that have come, the latest: after a pause nobody gets all of them at once.
# Where a kind counts school days, every 24 hours are one of the school that is told (the office:
# the group's), at the same time of day.
FIND_DUE = f"""{_ADDRESSED},
due AS (
    SELECT r.*, t.hours
      FROM ruled r
      JOIN education_group g ON g.id = $1
     CROSS JOIN LATERAL (
         SELECT h AS hours FROM unnest(r.timings) AS h
          CROSS JOIN LATERAL (
              SELECT CASE WHEN r.school_days
                          THEN app.after_school_hours($1, r.school_id, g.time_zone, r.anchor_at, h)
                          ELSE r.anchor_at + h * interval '1 hour' END AS at) w
          WHERE w.at <= (SELECT app.now()) AND w.at >= r.since_at AND w.at > $3
          ORDER BY h DESC LIMIT 1) t)
SELECT DISTINCT d.kind, d.subject_id, d.anchor_at, d.hours, d.school_id, s.person_id, d.facts
  FROM due d
  JOIN staff s ON s.at = coalesce(d.school_id, '00000000-0000-0000-0000-000000000000')
   AND CASE WHEN d.person_id IS NULL THEN s.role = ANY (d.roles)
            ELSE s.person_id = d.person_id AND s.role = ANY (d.personal) END
 WHERE NOT EXISTS (
     SELECT FROM notice n
      WHERE n.group_id = $1 AND n.person_id = s.person_id AND n.kind = d.kind
        AND n.subject_id = d.subject_id AND n.anchor_at = d.anchor_at AND n.hours = d.hours
        AND n.school_id IS NOT DISTINCT FROM d.school_id)
 LIMIT $4
"""

# Which of these matters ($4) still are as they were, for people who may still be told of them.
STILL_TRUE = f"""{_ADDRESSED}
SELECT DISTINCT r.kind, r.subject_id, r.anchor_at, r.school_id, s.person_id
  FROM ruled r
  JOIN staff s ON s.at = coalesce(r.school_id, '00000000-0000-0000-0000-000000000000')
   AND CASE WHEN r.person_id IS NULL THEN s.role = ANY (r.roles)
            ELSE s.person_id = r.person_id AND s.role = ANY (r.personal) END
 WHERE r.subject_id = ANY ($4::uuid[])
"""


class Told(msgspec.Struct, frozen=True):
    """A kind as the statements take it: its shipped timings, and the roles that may be told."""

    kind: str
    hours: list[int]
    school_days: bool
    is_on: bool
    roles: list[str]
    personal: list[str]


class Due(msgspec.Struct, frozen=True):
    """A matter one person is to be told of now."""

    kind: str
    subject_id: UUID
    anchor_at: datetime
    hours: int
    school_id: UUID | None
    person_id: UUID
    facts: dict[str, str | None]


class Standing(msgspec.Struct, frozen=True):
    """A matter that is still as it was, for one person."""

    kind: str
    subject_id: UUID
    anchor_at: datetime
    school_id: UUID | None
    person_id: UUID


async def find_due(tx: Tx, told: list[Told], look_back: timedelta, limit: int) -> list[Due]:
    """Up to `limit` matters whose time has come and that nobody has been told of yet."""
    return await fetch_all(tx, Due, FIND_DUE, tx.group_id, told, tx.now - look_back, limit)


async def still_true(
    tx: Tx, told: list[Told], look_back: timedelta, subject_ids: list[UUID]
) -> set[Standing]:
    """Which matters about these subjects stand now, for whom."""
    since = tx.now - look_back
    rows = await fetch_all(tx, Standing, STILL_TRUE, tx.group_id, told, since, subject_ids)
    return set(rows)
