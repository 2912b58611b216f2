"""What waits in joint management, as SQL of the inbox: see queries for its columns."""

# A return that is not begun is no row yet: whoever may draft the school's returns is owed the call
# ($4: the caller may fill in a return of the acting school).
_RETURNS = """
SELECT 'return_to_answer', c.id, c.opens_at, app.due_at(c, g), c.title, '', '/v1/calls/' || c.id
  FROM return_standing s
  JOIN return_call c ON c.group_id = s.group_id AND c.id = s.call_id
  JOIN return_target g
    ON g.group_id = s.group_id AND g.call_id = s.call_id AND g.school_id = s.school_id
 WHERE s.group_id = $1 AND s.school_id = $3 AND $4::boolean AND s.expected
   AND s.status IN ('not_begun', 'drafting')
   AND c.opens_at <= (SELECT app.now()) AND (SELECT app.now()) < s.closes_at
UNION ALL
SELECT 'return_to_correct', r.id, r.updated_at, app.closes_at(c, g), c.title, '',
       '/v1/returns/' || r.id
  FROM school_return r
  JOIN return_call c ON c.group_id = r.group_id AND c.id = r.call_id
  JOIN return_target g
    ON g.group_id = r.group_id AND g.call_id = r.call_id AND g.school_id = r.school_id
 WHERE r.group_id = $1 AND r.status = 'sent_back' AND (SELECT app.now()) < app.closes_at(c, g)
   AND /*visible:return:draft@return:r*/
UNION ALL
SELECT 'return_to_accept', r.id, v.submitted_at, NULL::timestamptz, c.title, s.name,
       '/v1/returns/' || r.id
  FROM school_return r
  JOIN return_call c ON c.group_id = r.group_id AND c.id = r.call_id
  JOIN school s ON s.group_id = r.group_id AND s.id = r.school_id
  JOIN return_version v
    ON v.group_id = r.group_id AND v.return_id = r.id AND v.no = r.submitted_no
 WHERE r.group_id = $1 AND r.status = 'submitted' AND /*visible:return:accept@return:r*/"""

# An item waits for who reports it, and once it was reported for who closes it: never for the
# reporter. A report that was refused says so by its last act. Whoever was named and has left waits
# for nothing any more: then it waits for all who may report.
_LEDGERS = """
SELECT CASE WHEN a.verb = 'refuse' THEN 'item_refused' ELSE 'item_to_do' END, i.id, a.at,
       (i.due_on + 1)::timestamp AT TIME ZONE g.time_zone, i.title, '',
       '/v1/ledger-items/' || i.id
  FROM ledger_item i
  JOIN education_group g ON g.id = i.group_id
  JOIN LATERAL (SELECT c.verb, c.at FROM ledger_act c
                 WHERE c.group_id = i.group_id AND c.item_id = i.id AND c.verb <> 'amend'
                 ORDER BY c.no DESC LIMIT 1) a ON true
 WHERE i.group_id = $1 AND i.status = 'open'
   AND (i.person_id IS NULL OR i.person_id = $2
        OR NOT app.is_appointed(i.group_id, i.person_id, i.school_id))
   AND /*visible:ledger_item:report@ledger_item:i*/
UNION ALL
SELECT 'item_to_close', i.id, r.reported_at, NULL::timestamptz, i.title, coalesce(s.name, ''),
       '/v1/ledger-items/' || i.id
  FROM ledger_item i
  JOIN ledger_report r
    ON r.group_id = i.group_id AND r.item_id = i.id AND r.no = i.reported_no
  LEFT JOIN school s ON s.group_id = i.group_id AND s.id = i.school_id
 WHERE i.group_id = $1 AND i.status = 'reported' AND i.reported_by_person_id <> $2
   AND /*visible:ledger_item:close@ledger_item:i*/"""

_ROUNDS = """
SELECT 'visit_to_confirm', v.id, v.created_at, v.planned_on::timestamp AT TIME ZONE g.time_zone,
       r.title, t.name, '/v1/visits/' || v.id
  FROM inspection_visit v
  JOIN inspection_round r ON r.group_id = v.group_id AND r.id = v.round_id
  JOIN round_team t ON t.group_id = v.group_id AND t.id = v.team_id
  JOIN education_group g ON g.id = v.group_id
 WHERE v.group_id = $1 AND v.status = 'planned' AND v.school_id = $3
   AND /*visible:visit:confirm@visit:v*/
UNION ALL
SELECT 'visit_to_report', v.id, v.created_at, v.planned_on::timestamp AT TIME ZONE g.time_zone,
       r.title, h.name, '/v1/visits/' || v.id
  FROM inspection_visit v
  JOIN inspection_round r ON r.group_id = v.group_id AND r.id = v.round_id
  JOIN school h ON h.group_id = v.group_id AND h.id = v.school_id
  JOIN education_group g ON g.id = v.group_id
 WHERE v.group_id = $1 AND v.status IN ('planned', 'confirmed', 'carried_out')
   AND v.planned_on <= (SELECT app.today()) AND /*visible:visit:record@visit:v*/
UNION ALL
SELECT 'visit_to_reply', v.id, v.reported_at, NULL::timestamptz, r.title, t.name,
       '/v1/visits/' || v.id
  FROM inspection_visit v
  JOIN inspection_round r ON r.group_id = v.group_id AND r.id = v.round_id
  JOIN round_team t ON t.group_id = v.group_id AND t.id = v.team_id
 WHERE v.group_id = $1 AND v.status = 'reported' AND /*visible:visit:reply@visit:v*/"""

# The office: schools of an open round without a visit, a draw whose public value is there, schools
# that were drawn and have no visit yet.
_ROUNDS_TO_RUN = """
SELECT 'round_to_assign', r.id, r.updated_at, NULL::timestamptz, r.title, '', '/v1/rounds/' || r.id
  FROM inspection_round r
 WHERE r.group_id = $1 AND r.status = 'open'
   AND EXISTS (SELECT FROM round_standing s
                WHERE s.group_id = r.group_id AND s.round_id = r.id AND s.expected
                  AND NOT s.planned)
   AND /*visible:round:run@round:r*/
UNION ALL
SELECT CASE WHEN d.revealed_at IS NULL THEN 'draw_to_reveal' ELSE 'draw_to_plan' END, d.id,
       coalesce(d.revealed_at, d.public_from_at), NULL::timestamptz, r.title, '',
       '/v1/draws/' || d.id
  FROM inspection_draw d
  JOIN inspection_round r ON r.group_id = d.group_id AND r.id = d.round_id
 WHERE d.group_id = $1 AND r.status = 'open' AND d.public_from_at <= (SELECT app.now())
   AND (d.revealed_at IS NULL OR EXISTS (
           SELECT FROM school s
             LEFT JOIN inspection_visit v ON v.group_id = s.group_id AND v.draw_id = d.id
                                         AND v.school_id = s.id AND v.status <> 'cancelled'
            WHERE s.group_id = d.group_id AND s.code = ANY (d.drawn) AND v.id IS NULL))
   AND /*visible:round:run@round:r*/"""

# A time node stands there from a week before its day, for who answers for its measure, else for the
# office. Two nodes of one day are two instants.
_MEASURES = """
SELECT 'node_to_reach', m.id,
       (n.due_on - 7)::timestamp AT TIME ZONE g.time_zone + n.no * interval '1 microsecond',
       (n.due_on + 1)::timestamp AT TIME ZONE g.time_zone, n.title, m.title, '/v1/measures/' || m.id
  FROM measure_node n
  JOIN measure m ON m.group_id = n.group_id AND m.id = n.measure_id
  JOIN initiative i ON i.group_id = m.group_id AND i.id = m.initiative_id
  JOIN education_group g ON g.id = n.group_id
 WHERE n.group_id = $1 AND n.reached_at IS NULL AND n.due_on <= (SELECT app.today()) + 7
   AND m.status IN ('planned', 'under_way') AND i.status = 'running'
   AND (m.person_id = $2 OR NOT app.is_appointed(m.group_id, m.person_id, NULL))
   AND /*visible:initiative:advance@measure:m*/"""

# What should have taken place by today is held or cancelled by who holds it.
_ACTIVITIES = """
SELECT 'activity_to_report', a.id, (a.held_on + 1)::timestamp AT TIME ZONE g.time_zone,
       NULL::timestamptz, a.title, '', '/v1/activities/' || a.id
  FROM activity a
  JOIN education_group g ON g.id = a.group_id
 WHERE a.group_id = $1 AND a.status = 'planned' AND a.held_on < (SELECT app.today())
   AND /*visible:activity:keep@activity:a*/"""

# A draft waits for whoever may check it and did not write it; a correction is signed for anew.
_BULLETINS = """
SELECT 'bulletin_to_check', b.id, b.updated_at, NULL::timestamptz, b.title, '',
       '/v1/bulletins/' || b.id
  FROM bulletin b
 WHERE b.group_id = $1 AND b.status = 'draft' AND NOT $2 = ANY (b.editor_person_ids)
   AND /*visible:bulletin:check@bulletin:b*/
UNION ALL
SELECT 'bulletin_to_issue', b.id, b.updated_at, NULL::timestamptz, b.title, '',
       '/v1/bulletins/' || b.id
  FROM bulletin b
 WHERE b.group_id = $1 AND b.status = 'checked' AND /*visible:bulletin:issue@bulletin:b*/
UNION ALL
SELECT 'bulletin_to_sign', b.id, s.issued_at, NULL::timestamptz, e.content ->> 'title', '',
       '/v1/bulletins/' || b.id
  FROM bulletin_standing s
  JOIN bulletin b ON b.group_id = s.group_id AND b.id = s.bulletin_id
  JOIN bulletin_edition e
    ON e.group_id = s.group_id AND e.bulletin_id = s.bulletin_id AND e.no = s.edition_no
 WHERE s.group_id = $1 AND s.school_id = $3 AND s.signed_at IS NULL
   AND /*visible:bulletin:sign@bulletin:b*/
UNION ALL
SELECT 'article_to_decide', a.id, a.created_at, NULL::timestamptz, a.title, s.name,
       '/v1/bulletin-articles/' || a.id
  FROM bulletin_article a
  JOIN school s ON s.group_id = a.group_id AND s.id = a.school_id
 WHERE a.group_id = $1 AND a.status = 'proposed' AND /*visible:article:decide@article:a*/"""

# Who was named and is not appointed there any more: whoever may name another hands it over, from
# the day of leaving on.
_HAND_OVERS = """
SELECT d.kind, d.id,
       coalesce(p.left_at, p.suspended_at,
                (SELECT max(t.until_on)::timestamp AT TIME ZONE g.time_zone FROM appointment t
                  WHERE t.group_id = d.group_id AND t.person_id = d.person_id
                    AND t.school_id IS NOT DISTINCT FROM d.at_school_id), d.created_at),
       NULL::timestamptz, d.title, coalesce(s.name, ''), d.link
  FROM (SELECT 'item_to_hand_over' AS kind, i.group_id, i.id, i.created_at, i.title, i.person_id,
               i.school_id AS at_school_id, i.school_id, '/v1/ledger-items/' || i.id AS link
          FROM ledger_item i
         WHERE i.group_id = $1 AND i.status = 'open' AND i.person_id IS NOT NULL
           AND /*visible:ledger_item:amend@ledger_item:i*/
        UNION ALL
        SELECT 'measure_to_hand_over', m.group_id, m.id, m.created_at, m.title, m.person_id,
               NULL, NULL, '/v1/measures/' || m.id
          FROM measure m
          JOIN initiative n ON n.group_id = m.group_id AND n.id = m.initiative_id
         WHERE m.group_id = $1 AND m.status IN ('planned', 'under_way') AND n.status = 'running'
           AND m.person_id IS NOT NULL AND /*visible:initiative:manage@measure:m*/
        UNION ALL
        SELECT 'visit_to_hand_over', v.group_id, v.id, v.created_at, r.title, q.person_id,
               q.home_school_id, v.school_id, '/v1/visits/' || v.id
          FROM inspection_visit v
          JOIN inspection_round r ON r.group_id = v.group_id AND r.id = v.round_id
          JOIN visit_inspector q ON q.group_id = v.group_id AND q.visit_id = v.id
         WHERE v.group_id = $1 AND v.status IN ('planned', 'confirmed')
           AND /*visible:round:run@visit:v*/) d
  JOIN person p ON p.group_id = d.group_id AND p.id = d.person_id
  JOIN education_group g ON g.id = d.group_id
  LEFT JOIN school s ON s.group_id = d.group_id AND s.id = d.school_id
 WHERE NOT app.is_appointed(d.group_id, d.person_id, d.at_school_id)"""
MANAGEMENT = (
    _RETURNS, _LEDGERS, _ROUNDS, _ROUNDS_TO_RUN, _MEASURES, _ACTIVITIES, _BULLETINS, _HAND_OVERS,
)  # fmt: skip
