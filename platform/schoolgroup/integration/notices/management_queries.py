"""What people are told of returns, ledgers, measures, visits and bulletins.

As matters_queries says. Whoever was named and is not appointed there any more is told nothing: then
whoever may act instead is.
"""

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
       CASE WHEN t.kind IN ('item_due_soon', 'item_overdue') AND app.is_appointed(
                i.group_id, i.person_id, i.school_id) THEN i.person_id END,
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
SELECT 'item_refused', i.id, a.at, a.at, i.school_id,
       CASE WHEN app.is_appointed(i.group_id, i.person_id, i.school_id) THEN i.person_id END,
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

# A time node waits for who answers for its measure, else for the office.
_MEASURES = """
SELECT CASE WHEN n.due_on < (SELECT app.today()) THEN 'node_overdue' ELSE 'node_due_soon' END,
       m.id, (n.due_on + 1)::timestamp AT TIME ZONE g.time_zone + n.no * interval '1 microsecond',
       m.created_at, NULL::uuid,
       CASE WHEN app.is_appointed(m.group_id, m.person_id, NULL) THEN m.person_id END,
       jsonb_build_object('title', n.title, 'measure', m.title, 'due_on', n.due_on)
  FROM measure_node n
  JOIN measure m ON m.group_id = n.group_id AND m.id = n.measure_id
  JOIN initiative i ON i.group_id = m.group_id AND i.id = m.initiative_id
  JOIN education_group g ON g.id = n.group_id
 WHERE n.group_id = $1 AND n.reached_at IS NULL AND m.status IN ('planned', 'under_way')
   AND i.status = 'running'"""

# The school is told of a visit, of another day, of the day before, of the report that waits for its
# reply; who goes there of the same and of the reply; the office where no reply comes.
_VISITS = """
WITH visit AS (
    SELECT v.*, r.title, t.name AS team, h.name AS school,
           v.planned_on::timestamp AT TIME ZONE g.time_zone AS begins_at,
           (v.planned_on + 1)::timestamp AT TIME ZONE g.time_zone AS over_at,
           greatest(v.created_at, v.moved_at) AS fixed_at,
           jsonb_build_object(
               'title', r.title, 'team', t.name, 'school', h.name, 'planned_on', v.planned_on,
               'from_on', v.moved_from_on,
               'because', CASE v.status WHEN 'cancelled' THEN v.cancelled_because
                                        ELSE v.moved_because END) AS facts
      FROM inspection_visit v
      JOIN inspection_round r ON r.group_id = v.group_id AND r.id = v.round_id
      JOIN round_team t ON t.group_id = v.group_id AND t.id = v.team_id
      JOIN school h ON h.group_id = v.group_id AND h.id = v.school_id
      JOIN education_group g ON g.id = v.group_id
     WHERE v.group_id = $1)
SELECT t.kind, v.id, x.anchor_at, x.since_at,
       CASE t.to WHEN 'team' THEN p.home_school_id WHEN 'school' THEN v.school_id END,
       CASE t.to WHEN 'team' THEN p.person_id END, v.facts
  FROM visit v
 CROSS JOIN (VALUES
     ('visit_planned', 'school'), ('visit_duty', 'team'), ('visit_near', 'school'),
     ('visit_duty_near', 'team'), ('visit_moved', 'school'), ('visit_duty_moved', 'team'),
     ('visit_called_off', 'school'), ('visit_duty_called_off', 'team'), ('visit_to_record', 'team'),
     ('visit_reported', 'school'), ('visit_unanswered', 'office'), ('visit_replied', 'team'))
     AS t (kind, "to")
  LEFT JOIN visit_inspector p ON t.to = 'team' AND p.group_id = v.group_id AND p.visit_id = v.id
 CROSS JOIN LATERAL (
     SELECT CASE WHEN t.kind IN ('visit_planned', 'visit_duty') THEN v.created_at
                 WHEN t.kind IN ('visit_near', 'visit_duty_near') THEN v.begins_at
                 WHEN t.kind IN ('visit_moved', 'visit_duty_moved') THEN v.moved_at
                 WHEN t.kind IN ('visit_called_off', 'visit_duty_called_off') THEN v.updated_at
                 WHEN t.kind = 'visit_to_record' THEN v.over_at
                 WHEN t.kind = 'visit_replied' THEN v.replied_at
                 ELSE v.reported_at END AS anchor_at,
            CASE WHEN t.kind IN ('visit_near', 'visit_duty_near') THEN v.fixed_at
                 WHEN t.kind = 'visit_to_record' THEN v.created_at END AS since_at) y
 CROSS JOIN LATERAL (SELECT y.anchor_at, coalesce(y.since_at, y.anchor_at) AS since_at) x
 WHERE (t.to <> 'team' OR p.person_id IS NOT NULL)
   AND CASE t.kind
       WHEN 'visit_planned' THEN v.status = 'planned' AND v.moved_at IS NULL
       WHEN 'visit_duty' THEN v.status IN ('planned', 'confirmed') AND v.moved_at IS NULL
       WHEN 'visit_near' THEN v.status IN ('planned', 'confirmed')
                              AND (SELECT app.now()) < v.begins_at
       WHEN 'visit_duty_near' THEN v.status IN ('planned', 'confirmed')
                                   AND (SELECT app.now()) < v.begins_at
       WHEN 'visit_moved' THEN v.status IN ('planned', 'confirmed') AND NOT v.moved_by_school
                               AND v.moved_at > $3
       WHEN 'visit_duty_moved' THEN v.status IN ('planned', 'confirmed') AND v.moved_at > $3
       WHEN 'visit_to_record' THEN v.status IN ('planned', 'confirmed', 'carried_out')
                                   AND v.over_at <= (SELECT app.now())
       WHEN 'visit_replied' THEN v.status = 'replied' AND v.replied_at > $3
       WHEN 'visit_reported' THEN v.status = 'reported'
       WHEN 'visit_unanswered' THEN v.status = 'reported'
       ELSE v.status = 'cancelled' AND v.updated_at > $3 END"""

MANAGEMENT = (_RETURNS, _LEDGERS, _MEASURES, f"({_VISITS})", _BULLETINS)
