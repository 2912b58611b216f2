"""What people are told of appraisals: as matters_queries says, over rounds and cases as they stand.

A step begins with the event of its round; its hour is the round's own, so that a moved hour is
told anew and a step taken earlier is not told of at all.
"""

# Who stands: told when the self-assessment opens and before it ends, until its word is in; when the
# results are announced, and before the time for objections ends, unless one was lodged.
# Who assesses: the person in the seat, until the judgement is in. Who runs: evidence to look at,
# objections to answer.
APPRAISALS = """
SELECT t.kind, c.id, CASE WHEN t.by_hour THEN x.until_at ELSE x.began_at END, x.began_at,
       c.school_id, NULL::uuid,
       jsonb_build_object('title', a.title, 'until_at', x.until_at)
  FROM appraisal a
  JOIN appraisal_case c ON c.group_id = a.group_id AND c.appraisal_id = a.id
 CROSS JOIN (VALUES ('appraisal_opened', 'self', false), ('appraisal_self_due', 'self', true),
                    ('appraisal_announced', 'objection', false),
                    ('appraisal_objections_end', 'objection', true)) AS t (kind, step, by_hour)
 CROSS JOIN LATERAL (
     SELECT CASE t.step WHEN 'self' THEN a.self_until_at ELSE a.objections_until_at END AS until_at,
            coalesce((SELECT max(e.at) FROM event e
                       WHERE e.group_id = a.group_id AND e.subject = 'appraisal/' || a.id
                         AND e.type = 'appraisal.' || a.status), a.updated_at) AS began_at) x
 WHERE a.group_id = $1 AND a.status = t.step AND (SELECT app.now()) < x.until_at
   AND (t.step <> 'self' OR c.self_sent_at IS NULL)
   AND NOT EXISTS (SELECT FROM appraisal_objection o
                    WHERE o.group_id = c.group_id AND o.case_id = c.id)
UNION ALL
SELECT t.kind, p.case_id, CASE WHEN t.by_hour THEN a.experts_until_at ELSE x.began_at END,
       x.began_at, p.assessor_school_id, p.person_id,
       jsonb_build_object('title', a.title, 'school', s.name, 'until_at', a.experts_until_at)
  FROM appraisal a
  JOIN appraisal_assessor p ON p.group_id = a.group_id AND p.appraisal_id = a.id
  JOIN school s ON s.group_id = p.group_id AND s.id = p.school_id
 CROSS JOIN (VALUES ('appraisal_to_assess', false), ('appraisal_assess_due', true))
            AS t (kind, by_hour)
 CROSS JOIN LATERAL (
     SELECT coalesce((SELECT max(e.at) FROM event e
                       WHERE e.group_id = a.group_id AND e.subject = 'appraisal/' || a.id
                         AND e.type = 'appraisal.experts'), a.updated_at) AS began_at) x
 WHERE a.group_id = $1 AND a.status = 'experts' AND p.status = 'assigned'
   AND (SELECT app.now()) < a.experts_until_at
UNION ALL
SELECT 'appraisal_evidence_to_review', a.id, a.evidence_until_at, a.updated_at, a.school_id,
       NULL::uuid, jsonb_build_object('title', a.title, 'until_at', a.evidence_until_at)
  FROM appraisal a
 WHERE a.group_id = $1 AND a.status = 'evidence_review'
   AND EXISTS (SELECT FROM appraisal_evidence v
                WHERE v.group_id = a.group_id AND v.appraisal_id = a.id AND v.status = 'offered')
UNION ALL
SELECT 'appraisal_objection_lodged', a.id, o.lodged_at, o.lodged_at, o.runner_school_id, NULL::uuid,
       jsonb_build_object('title', a.title, 'school', s.name)
  FROM appraisal_objection o
  JOIN appraisal a ON a.group_id = o.group_id AND a.id = o.appraisal_id
  JOIN school s ON s.group_id = o.group_id AND s.id = o.school_id
 WHERE o.group_id = $1 AND o.status = 'lodged'"""
