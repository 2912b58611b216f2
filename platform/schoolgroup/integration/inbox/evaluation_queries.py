"""What waits in exams and appraisals, as SQL of the inbox: see queries for its columns."""

_EXAMS = """
SELECT 'exam_to_answer', e.id, x.invited_at, NULL::timestamptz, e.title, '', '/v1/exams/' || e.id
  FROM exam e
  JOIN exam_school x ON x.group_id = e.group_id AND x.exam_id = e.id AND x.school_id = $3
 WHERE e.group_id = $1 AND e.school_id IS NULL AND x.status = 'invited'
   AND e.status IN ('invited', 'registering', 'rostered') AND /*visible:exam:join@exam:e*/
UNION ALL
SELECT 'appeal_to_decide', p.id, p.lodged_at, NULL::timestamptz, e.title, s.name,
       '/v1/appeals/' || p.id
  FROM exam_appeal p
  JOIN exam e ON e.group_id = p.group_id AND e.id = p.exam_id
  JOIN school s ON s.group_id = p.group_id AND s.id = p.school_id
 WHERE p.group_id = $1 AND p.status = 'lodged' AND /*visible:appeal:decide@exam:e*/"""

# A case waits for its school's own word, for each assessor's judgement, and for a look at the
# result while objections are taken; a round for who runs it while evidence is not looked at.
_APPRAISALS = """
SELECT CASE a.status WHEN 'self' THEN 'appraisal_to_answer' ELSE 'appraisal_result' END, c.id,
       a.updated_at, CASE a.status WHEN 'self' THEN a.self_until_at ELSE a.objections_until_at END,
       a.title, '',
       '/v1/appraisal-cases/' || c.id || CASE a.status WHEN 'self' THEN '' ELSE '/result' END
  FROM appraisal_case c
  JOIN appraisal a ON a.group_id = c.group_id AND a.id = c.appraisal_id
 WHERE c.group_id = $1
   AND (a.status = 'self' AND c.self_sent_at IS NULL AND (SELECT app.now()) < a.self_until_at
        AND /*visible:appraisal_case:answer@appraisal_case:c*/
        OR a.status = 'objection' AND (SELECT app.now()) < a.objections_until_at
        AND NOT EXISTS (SELECT FROM appraisal_objection o
                         WHERE o.group_id = c.group_id AND o.case_id = c.id)
        AND /*visible:appraisal_case:object@appraisal_case:c*/)
UNION ALL
SELECT 'appraisal_to_assess', c.id, a.updated_at, a.experts_until_at, a.title, s.name,
       '/v1/appraisal-cases/' || c.id
  FROM appraisal_assessor p
  JOIN appraisal_case c ON c.group_id = p.group_id AND c.id = p.case_id
  JOIN appraisal a ON a.group_id = c.group_id AND a.id = c.appraisal_id
  JOIN school s ON s.group_id = c.group_id AND s.id = c.school_id
 WHERE p.group_id = $1 AND p.person_id = $2 AND p.assessor_school_id IS NOT DISTINCT FROM $3
   AND p.status = 'assigned' AND a.status = 'experts' AND (SELECT app.now()) < a.experts_until_at
   AND /*visible:appraisal_case:assess@appraisal_case:c*/
UNION ALL
SELECT 'evidence_to_review', a.id, a.updated_at, a.evidence_until_at, a.title, '',
       '/v1/appraisals/' || a.id || '/cases'
  FROM appraisal a
 WHERE a.group_id = $1 AND a.status = 'evidence_review'
   AND EXISTS (SELECT FROM appraisal_evidence v
                WHERE v.group_id = a.group_id AND v.appraisal_id = a.id AND v.status = 'offered')
   AND /*visible:appraisal:run@appraisal:a*/
UNION ALL
SELECT 'objection_to_decide', o.id, o.lodged_at, NULL::timestamptz, a.title, s.name,
       '/v1/appraisals/' || a.id || '/objections'
  FROM appraisal_objection o
  JOIN appraisal a ON a.group_id = o.group_id AND a.id = o.appraisal_id
  JOIN school s ON s.group_id = o.group_id AND s.id = o.school_id
 WHERE o.group_id = $1 AND o.status = 'lodged' AND /*visible:appraisal:moderate@appraisal:a*/"""

EVALUATION = (_EXAMS, _APPRAISALS)
