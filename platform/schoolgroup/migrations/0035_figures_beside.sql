-- migrate:up
-- Why: a school sees what it lent and borrowed beside the mean of the group and of its tier, and may
-- see no loan between other schools. So the sums are made here, over the same view as everybody's.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- Read by the functions of the schema's owner, which give sums away and no rows.
CREATE POLICY counted ON loan FOR SELECT TO CURRENT_USER
    USING (group_id = (SELECT app.group_id()));

-- What the schools of each tier today gave to others and took from others in months
-- [from_month, until_month), and how many schools these are.
CREATE FUNCTION app.exchange_by_tier(from_month date, until_month date)
RETURNS TABLE (tier text, schools bigint, given bigint, taken bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    WITH exchanged AS (
        SELECT e.school_id, sum(e.given) AS given, sum(e.taken) AS taken
          FROM exchange_balance e
         WHERE e.group_id = (SELECT app.group_id())
           AND e.month >= from_month AND e.month < until_month
         GROUP BY e.school_id)
    SELECT t.tier, count(*), coalesce(sum(e.given), 0)::bigint, coalesce(sum(e.taken), 0)::bigint
      FROM school_tier t
      LEFT JOIN exchanged e ON e.school_id = t.school_id
     WHERE t.group_id = (SELECT app.group_id()) AND t.from_on <= (SELECT app.today())
       AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
     GROUP BY t.tier
     ORDER BY t.tier
$$;
REVOKE EXECUTE ON FUNCTION app.exchange_by_tier(date, date) FROM public;
GRANT EXECUTE ON FUNCTION app.exchange_by_tier(date, date) TO schoolgroup_app;

-- The figures of ledgers, measures and rounds as they were (0027, 0028), but the signed context is
-- looked at once a question and not once a row: it was what they spent their time on.
CREATE OR REPLACE FUNCTION app.ledger_figures(
    at_instants timestamptz[], by text, of_ledger uuid, of_initiative uuid, of_measure uuid,
    of_school uuid, of_category text)
RETURNS TABLE (at timestamptz, part text, total bigint, open bigint, reported bigint,
               closed bigint, dropped bigint, counted bigint, overdue bigint, on_time bigint,
               settled bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    WITH standing AS (
        SELECT t.at, s.*, s.status IN ('open', 'reported')
                   AND s.due_on < (t.at AT TIME ZONE s.time_zone)::date AS is_overdue,
               CASE by WHEN 'category' THEN s.category
                       WHEN 'school' THEN coalesce(s.school_id::text, 'office')
                       WHEN 'tier' THEN coalesce((
                           SELECT q.tier FROM school_tier q
                            WHERE q.group_id = s.group_id AND q.school_id = s.school_id
                              AND q.from_on <= (t.at AT TIME ZONE s.time_zone)::date
                              AND (q.until_on IS NULL
                                   OR (t.at AT TIME ZONE s.time_zone)::date < q.until_on)),
                           CASE WHEN s.school_id IS NULL THEN 'office' ELSE 'left' END)
                       WHEN 'source' THEN s.source
                       WHEN 'ledger' THEN s.ledger_id::text
                       WHEN 'measure' THEN coalesce(s.measure_id::text, 'none')
                       ELSE '' END AS part
          FROM unnest(at_instants) AS t (at)
          JOIN ledger_span s ON s.from_at <= t.at AND t.at < s.until_at
         WHERE s.group_id = (SELECT app.group_id())
           AND (of_ledger IS NULL OR s.ledger_id = of_ledger)
           AND (of_initiative IS NULL OR s.initiative_id = of_initiative)
           AND (of_measure IS NULL OR s.measure_id = of_measure)
           AND (of_school IS NULL OR s.school_id = of_school)
           AND (of_category IS NULL OR s.category = of_category)
           AND ((SELECT app.is_office()) OR of_school = (SELECT app.school_id())
                OR of_school IS NULL AND by IN ('', 'category', 'tier', 'source', 'ledger',
                                                'measure')))
    SELECT t.at, coalesce(s.part, ''), count(s.item_id),
           count(*) FILTER (WHERE s.status = 'open'),
           count(*) FILTER (WHERE s.status = 'reported'),
           count(*) FILTER (WHERE s.status = 'closed'),
           count(*) FILTER (WHERE s.status = 'dropped'),
           count(*) FILTER (WHERE s.status <> 'dropped'),
           count(*) FILTER (WHERE s.is_overdue),
           count(*) FILTER (WHERE s.on_time),
           count(*) FILTER (WHERE s.status = 'closed' OR s.is_overdue)
      FROM unnest(at_instants) AS t (at)
      LEFT JOIN standing s ON s.at = t.at
     GROUP BY t.at, s.part
     ORDER BY t.at, s.part
$$;
CREATE OR REPLACE FUNCTION app.measure_progress(of_initiative uuid, of_measure uuid)
RETURNS TABLE (measure_id uuid, nodes bigint, nodes_reached bigint, nodes_overdue bigint,
               next_due_on date, items_total bigint, items_closed bigint, items_counted bigint,
               items_overdue bigint, returns_expected bigint, returns_answered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    SELECT m.id, n.nodes, n.reached, n.overdue, n.next_due_on,
           coalesce(f.total, 0), coalesce(f.closed, 0), coalesce(f.counted, 0),
           coalesce(f.overdue, 0), c.expected, c.answered
      FROM measure m
      LEFT JOIN app.ledger_figures(ARRAY[(SELECT app.now())], 'measure', NULL, NULL, of_measure,
                                   NULL, NULL) f
        ON f.part = m.id::text
     CROSS JOIN LATERAL (
         SELECT count(*) AS nodes, count(d.reached_at) AS reached,
                count(*) FILTER (WHERE d.reached_at IS NULL AND d.due_on < (SELECT app.today()))
                    AS overdue,
                min(d.due_on) FILTER (WHERE d.reached_at IS NULL) AS next_due_on
           FROM measure_node d WHERE d.group_id = m.group_id AND d.measure_id = m.id) n
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE s.expected) AS expected,
                count(*) FILTER (WHERE s.answered) AS answered
           FROM measure_call k
           JOIN return_standing s ON s.group_id = k.group_id AND s.call_id = k.call_id
          WHERE k.group_id = m.group_id AND k.measure_id = m.id) c
     WHERE m.group_id = (SELECT app.group_id())
       AND (of_initiative IS NULL OR m.initiative_id = of_initiative)
       AND (of_measure IS NULL OR m.id = of_measure)
$$;
CREATE OR REPLACE FUNCTION app.round_coverage(of_round_id uuid)
RETURNS TABLE (tier text, schools bigint, excused bigint, expected bigint, planned bigint,
               visited bigint, spot_checked bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    SELECT s.tier, count(*), count(*) FILTER (WHERE NOT s.expected),
           count(*) FILTER (WHERE s.expected), count(*) FILTER (WHERE s.planned),
           count(*) FILTER (WHERE s.visited), count(*) FILTER (WHERE s.spot_checks > 0)
      FROM round_standing s
     WHERE s.group_id = (SELECT app.group_id()) AND s.round_id = of_round_id
     GROUP BY GROUPING SETS ((s.tier), ())
     ORDER BY s.tier NULLS LAST
$$;
-- migrate:down
