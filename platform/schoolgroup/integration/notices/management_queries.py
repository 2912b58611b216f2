"""What people are told of returns, ledgers and bulletins: as matters_queries says."""

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

MANAGEMENT = (_RETURNS, _LEDGERS, _BULLETINS)
