"""What people are told of loans, queues, things, places and asks: as matters_queries says."""

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

LENDING = (_LOANS, _HOLDS, _THINGS, _BOOKINGS, _ASKS)
