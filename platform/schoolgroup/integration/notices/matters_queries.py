"""SQL of what people are told about: one SELECT per kind, over the rows as they stand now.

Each answers the matters that are true at this instant, whether or not anybody was told:
    kind, subject_id   what it is about
    anchor_at          the instant the timing counts from; another instant is another matter
    since_at           when it came into this state: no reminder is owed for a time before that
    school_id          whose people are told (null: the group office)
    person_id          the one person told; null: whoever of the school may do the kind's act
    facts              what the text may speak of; `_at` is an instant. No person's name ever.
What the facts have overtaken is simply no longer answered: a notice of it is then not sent. A new
feature adds its SELECT here and its entry in defaults.toml; nothing else.
"""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from schoolgroup.integration.notices.appraisal_queries import APPRAISALS
from schoolgroup.kernel.db import Tx, fetch_all

# A loan comes into view when the longest lead may have begun (loan_due_soon: hours_min).
_LOANS = """
SELECT 'loan_due_soon' AS kind, l.id AS subject_id, l.ends_at AS anchor_at,
       l.starts_at AS since_at, l.borrower_school_id AS school_id,
       l.borrower_person_id AS person_id,
       jsonb_build_object('title', l.title, 'owner', s.name, 'ends_at', l.ends_at) AS facts
  FROM loan l
  JOIN school s ON s.group_id = l.group_id AND s.id = l.owner_school_id
 WHERE l.group_id = $1 AND l.status = 'active' AND (SELECT app.now()) < l.ends_at
   AND l.ends_at <= (SELECT app.now()) + interval '336 hours'
UNION ALL
SELECT 'loan_recalled', l.id, l.recalled_at, l.recalled_at, l.borrower_school_id,
       l.borrower_person_id,
       jsonb_build_object('title', l.title, 'owner', s.name, 'ends_at', l.ends_at,
                          'because', l.recalled_because)
  FROM loan l
  JOIN school s ON s.group_id = l.group_id AND s.id = l.owner_school_id
 WHERE l.group_id = $1 AND l.status = 'active' AND (SELECT app.now()) < l.ends_at
   AND l.recalled_at > $3
UNION ALL
SELECT CASE l.status WHEN 'revoked' THEN 'loan_revoked' ELSE 'loan_ended' END, l.id, l.closed_at,
       l.closed_at, l.borrower_school_id, l.borrower_person_id,
       jsonb_build_object('title', l.title, 'owner', s.name, 'ends_at', l.ends_at,
                          'because', l.closed_because)
  FROM loan l
  JOIN school s ON s.group_id = l.group_id AND s.id = l.owner_school_id
 WHERE l.group_id = $1 AND l.status IN ('revoked', 'ended') AND l.closed_at > $3
UNION ALL
SELECT CASE WHEN app.is_out(l.group_id, l.id) THEN 'thing_overdue' ELSE 'loan_ended' END, l.id,
       l.ends_at, l.ends_at, l.borrower_school_id, l.borrower_person_id,
       jsonb_build_object('title', l.title, 'owner', s.name, 'ends_at', l.ends_at)
  FROM loan l
  JOIN school s ON s.group_id = l.group_id AND s.id = l.owner_school_id
 WHERE l.group_id = $1 AND l.status = 'active' AND l.ends_at BETWEEN $3 AND (SELECT app.now())"""

_HOLDS = """
SELECT t.kind, h.id,
       CASE t.kind WHEN 'hold_ready' THEN coalesce(h.ready_at, h.placed_at)
                   ELSE h.ready_until_at END,
       coalesce(h.ready_at, h.placed_at), h.borrower_school_id, h.borrower_person_id,
       jsonb_build_object('title', coalesce(r.title, ''), 'owner', s.name,
                          'until_at', h.ready_until_at)
  FROM hold h
  JOIN school s ON s.group_id = h.group_id AND s.id = h.owner_school_id
  LEFT JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id
 CROSS JOIN (VALUES ('hold_ready'), ('hold_lapses_soon')) AS t (kind)
 WHERE h.group_id = $1 AND h.status = 'ready' AND (SELECT app.now()) < h.ready_until_at
UNION ALL
SELECT 'hold_lapsed', h.id, h.ready_until_at, h.ready_until_at, h.borrower_school_id,
       h.borrower_person_id,
       jsonb_build_object('title', coalesce(r.title, ''), 'owner', s.name)
  FROM hold h
  JOIN school s ON s.group_id = h.group_id AND s.id = h.owner_school_id
  LEFT JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id
 WHERE h.group_id = $1 AND h.ready_until_at > $3
   AND (h.status = 'lapsed' OR h.status = 'ready' AND h.ready_until_at <= (SELECT app.now()))
UNION ALL
SELECT 'hold_moved', h.id, h.moved_at, h.moved_at, h.borrower_school_id, h.borrower_person_id,
       jsonb_build_object('title', coalesce(r.title, ''), 'owner', s.name,
                          'because', h.moved_because)
  FROM hold h
  JOIN school s ON s.group_id = h.group_id AND s.id = h.owner_school_id
  LEFT JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id
 WHERE h.group_id = $1 AND h.status = 'waiting' AND h.moved_at > $3"""

_THINGS = """
SELECT 'thing_handed', h.id, h.handed_at, h.handed_at, h.borrower_school_id, h.borrower_person_id,
       jsonb_build_object('title', l.title, 'owner', s.name)
  FROM item_handover h
  JOIN loan l ON l.group_id = h.group_id AND l.id = h.loan_id
  JOIN school s ON s.group_id = h.group_id AND s.id = h.owner_school_id
 WHERE h.group_id = $1 AND h.status = 'handed' AND h.received_at IS NULL"""

# Asked and not answered in time is no. Cancelled is told where the owner did it, which the audit
# trail says.
_BOOKINGS = """
SELECT t.kind, b.id, CASE t.kind WHEN 'booking_near' THEN b.starts_at ELSE b.confirmed_at END,
       b.confirmed_at, b.booker_school_id, b.booker_person_id,
       jsonb_build_object('title', p.name, 'starts_at', b.starts_at)
  FROM booking b
  JOIN place p ON p.group_id = b.group_id AND p.id = b.place_id
 CROSS JOIN (VALUES ('booking_confirmed'), ('booking_near')) AS t (kind)
 WHERE b.group_id = $1 AND b.status = 'confirmed' AND (SELECT app.now()) < b.starts_at
UNION ALL
SELECT 'booking_asked', b.id, b.created_at, b.created_at, b.owner_school_id, NULL::uuid,
       jsonb_build_object('title', p.name, 'school', s.name, 'starts_at', b.starts_at,
                          'decide_by_at', b.decide_by_at)
  FROM booking b
  JOIN place p ON p.group_id = b.group_id AND p.id = b.place_id
  JOIN school s ON s.group_id = b.group_id AND s.id = b.booker_school_id
 WHERE b.group_id = $1 AND b.status = 'asked' AND (SELECT app.now()) < b.decide_by_at
UNION ALL
SELECT 'booking_refused', b.id, coalesce(b.closed_at, b.decide_by_at),
       coalesce(b.closed_at, b.decide_by_at), b.booker_school_id, b.booker_person_id,
       jsonb_build_object('title', p.name, 'starts_at', b.starts_at, 'because', b.closed_because)
  FROM booking b
  JOIN place p ON p.group_id = b.group_id AND p.id = b.place_id
 WHERE b.group_id = $1 AND coalesce(b.closed_at, b.decide_by_at) > $3
   AND (b.status IN ('declined', 'lapsed')
        OR b.status = 'asked' AND b.decide_by_at <= (SELECT app.now())
        OR b.status = 'cancelled' AND EXISTS (
            SELECT FROM audit_entry a
             WHERE a.group_id = b.group_id AND a.thing = 'booking/' || b.id
               AND a.act = 'booking:decide' AND a.outcome = 'done' AND a.at >= b.closed_at))"""

# An ask that is not answered in time is decided by its default, whether or not that was written.
_ASKS = """
SELECT t.kind, a.id, CASE t.kind WHEN 'ask_received' THEN a.asked_at ELSE a.decide_by_at END,
       a.asked_at, a.owner_school_id, CASE WHEN t.to_author THEN r.author_person_id END,
       jsonb_build_object('title', r.title, 'school', b.name, 'decide_by_at', a.decide_by_at,
                          'default_en', CASE a.by_default WHEN 'agree' THEN 'agreement'
                                             ELSE 'refusal' END,
                          'default_zh', CASE a.by_default WHEN 'agree' THEN '同意'
                                             ELSE '谢绝' END)
  FROM ask a
  JOIN school b ON b.group_id = a.group_id AND b.id = a.borrower_school_id
  JOIN resource r ON r.group_id = a.group_id AND r.id = a.resource_id
 CROSS JOIN (VALUES ('ask_received', false), ('ask_received', true),
                    ('ask_default_near', false), ('ask_default_near', true)) AS t (kind, to_author)
 WHERE a.group_id = $1 AND a.status = 'asked' AND (SELECT app.now()) < a.decide_by_at
   AND (NOT t.to_author OR r.author_person_id IS NOT NULL)
UNION ALL
SELECT CASE WHEN a.status = 'declined' OR a.status = 'asked' AND a.by_default = 'decline'
            THEN 'ask_declined' ELSE t.kind END, a.id,
       coalesce(a.decided_at, a.decide_by_at)
           + CASE t.kind WHEN 'ask_unused' THEN interval '14 days' ELSE interval '0' END,
       coalesce(a.decided_at, a.decide_by_at), a.borrower_school_id, a.borrower_person_id,
       jsonb_build_object('title', r.title, 'owner', o.name, 'because', a.decided_because,
                          'conditions', a.conditions,
                          'until_at', coalesce(a.decided_at, a.decide_by_at) + interval '14 days')
  FROM ask a
  JOIN school o ON o.group_id = a.group_id AND o.id = a.owner_school_id
  JOIN resource r ON r.group_id = a.group_id AND r.id = a.resource_id
 CROSS JOIN (VALUES ('ask_agreed'), ('ask_unused')) AS t (kind)
 WHERE a.group_id = $1
   AND (a.status IN ('agreed', 'declined')
        OR a.status = 'asked' AND a.decide_by_at <= (SELECT app.now()))
   AND coalesce(a.decided_at, a.decide_by_at) > (SELECT app.now()) - interval '14 days'
   AND (t.kind = 'ask_agreed' OR a.status = 'agreed'
        OR a.status = 'asked' AND a.by_default = 'agree')"""

_RETURNS = """
SELECT t.kind, s.call_id,
       CASE t.kind WHEN 'return_called' THEN c.opens_at ELSE app.due_at(c, g) END,
       CASE t.kind WHEN 'return_late' THEN app.due_at(c, g) ELSE c.opens_at END,
       s.school_id, NULL::uuid,
       jsonb_build_object('title', c.title, 'due_at', app.due_at(c, g),
                          'closes_at', s.closes_at)
  FROM return_standing s
  JOIN return_call c ON c.group_id = s.group_id AND c.id = s.call_id
  JOIN return_target g
    ON g.group_id = s.group_id AND g.call_id = s.call_id AND g.school_id = s.school_id
 CROSS JOIN (VALUES ('return_called'), ('return_due_soon'), ('return_late')) AS t (kind)
 WHERE s.group_id = $1 AND s.expected AND NOT s.answered AND s.status <> 'sent_back'
   AND c.opens_at <= (SELECT app.now()) AND (SELECT app.now()) < s.closes_at
   AND (t.kind = 'return_late') = (app.due_at(c, g) <= (SELECT app.now()))
UNION ALL
SELECT 'return_sent_back', r.id, e.at, e.at, r.school_id, NULL::uuid,
       jsonb_build_object('title', c.title, 'because', r.sent_back_because,
                          'closes_at', app.closes_at(c, g))
  FROM school_return r
  JOIN return_call c ON c.group_id = r.group_id AND c.id = r.call_id
  JOIN return_target g
    ON g.group_id = r.group_id AND g.call_id = r.call_id AND g.school_id = r.school_id
  JOIN LATERAL (SELECT max(e.at) AS at FROM event e
                 WHERE e.group_id = r.group_id AND e.subject = 'return/' || r.id
                   AND e.type = 'return.sent_back') e ON true
 WHERE r.group_id = $1 AND r.status = 'sent_back' AND (SELECT app.now()) < app.closes_at(c, g)"""

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

# An item climbs by school days of the school that sees to it: three before its day, the first after
# it, and five and ten after that, to the principal and the office (school null: their own items).
_LEDGERS = """
SELECT t.kind, i.id, x.at, CASE t.kind WHEN 'item_due_soon' THEN i.created_at ELSE x.at END,
       CASE WHEN t.to_office THEN NULL ELSE i.school_id END,
       CASE WHEN t.kind IN ('item_due_soon', 'item_overdue') THEN i.person_id END,
       jsonb_build_object('title', i.title, 'due_on', i.due_on, 'school', coalesce(s.name, ''))
  FROM ledger_item i
  JOIN education_group g ON g.id = i.group_id
  LEFT JOIN school s ON s.group_id = i.group_id AND s.id = i.school_id
 CROSS JOIN (VALUES ('item_due_soon', -3, false), ('item_overdue', 1, false),
                    ('item_long_overdue', 5, false), ('item_overdue_at_school', 10, true))
            AS t (kind, school_days, to_office)
 CROSS JOIN LATERAL (
     SELECT app.school_day(i.group_id, i.school_id, i.due_on, t.school_days)::timestamp
            AT TIME ZONE g.time_zone AS at) x
 WHERE i.group_id = $1 AND i.status = 'open' AND (NOT t.to_office OR i.school_id IS NOT NULL)
   AND i.due_on BETWEEN (SELECT app.today()) - 60 AND (SELECT app.today()) + 30
   AND (t.kind = 'item_due_soon') = (i.due_on >= (SELECT app.today()))
UNION ALL
SELECT 'item_refused', i.id, a.at, a.at, i.school_id, i.person_id,
       jsonb_build_object('title', i.title, 'because', a.because, 'due_on', i.due_on)
  FROM ledger_item i
  JOIN LATERAL (SELECT c.verb, c.at, c.because FROM ledger_act c
                 WHERE c.group_id = i.group_id AND c.item_id = i.id AND c.verb <> 'amend'
                 ORDER BY c.no DESC LIMIT 1) a ON true
 WHERE i.group_id = $1 AND i.status = 'open' AND a.verb = 'refuse' AND a.at > $3
UNION ALL
SELECT 'item_to_close', i.id, r.reported_at, r.reported_at, NULL::uuid, NULL::uuid,
       jsonb_build_object('title', i.title, 'school', coalesce(s.name, ''))
  FROM ledger_item i
  JOIN ledger_report r
    ON r.group_id = i.group_id AND r.item_id = i.id AND r.no = i.reported_no
  LEFT JOIN school s ON s.group_id = i.group_id AND s.id = i.school_id
 WHERE i.group_id = $1 AND i.status = 'reported'"""

_BULLETINS = """
SELECT 'bulletin_issued', s.bulletin_id, s.issued_at, s.issued_at, s.school_id, NULL::uuid,
       jsonb_build_object('title', e.content ->> 'title')
  FROM bulletin_standing s
  JOIN bulletin_edition e
    ON e.group_id = s.group_id AND e.bulletin_id = s.bulletin_id AND e.no = s.edition_no
 WHERE s.group_id = $1 AND s.signed_at IS NULL"""

_WEBHOOKS = """
SELECT 'webhook_disabled', w.id, w.disabled_at, w.disabled_at, w.school_id, NULL::uuid,
       jsonb_build_object('title', coalesce(nullif(w.description, ''), c.name),
                          'because', w.disabled_because)
  FROM webhook_endpoint w
  JOIN client c ON c.group_id = w.group_id AND c.id = w.client_id
 WHERE w.group_id = $1 AND w.status = 'disabled' AND w.disabled_at > $3"""

_MATTER = " UNION ALL ".join([
    _LOANS, _HOLDS, _THINGS, _BOOKINGS, _ASKS, _RETURNS, _EXAMS, _AGREEMENTS, _LISTS, _LEDGERS,
    _BULLETINS, APPRAISALS, _WEBHOOKS,
])  # fmt: skip

# $2: the kinds with their timings as shipped and who may be told, [{kind, hours, is_on, roles,
# personal}]; a role is written "tier/role". $3: what happened before is not told any more.
# A school's own rule goes before the office's, that before what is shipped.
_ADDRESSED = f"""
WITH shipped AS (
    SELECT k.* FROM jsonb_to_recordset($2::jsonb)
        AS k (kind text, hours int[], is_on boolean, roles text[], personal text[])),
matter AS ({_MATTER}),
ruled AS (
    SELECT m.*, k.roles, k.personal, coalesce(own.hours, ours.hours, k.hours) AS timings
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
FIND_DUE = f"""{_ADDRESSED},
due AS (
    SELECT r.*, t.hours
      FROM ruled r
     CROSS JOIN LATERAL (
         SELECT h AS hours FROM unnest(r.timings) AS h
          WHERE r.anchor_at + h * interval '1 hour' <= (SELECT app.now())
            AND r.anchor_at + h * interval '1 hour' >= r.since_at
            AND r.anchor_at + h * interval '1 hour' > $3
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
