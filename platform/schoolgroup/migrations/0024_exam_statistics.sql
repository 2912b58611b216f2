-- migrate:up
-- Why: an exam writes tens of thousands of rows within minutes – its roster, answers, marks, scripts –
-- and the next act reads them at once. Until autovacuum comes by, the planner takes these tables for
-- empty and joins them row by row: with 20,000 candidates attendance and completion ran into their
-- time limit. So who is about to read them has the statistics brought up to date first.
SET lock_timeout = '4s';
SET statement_timeout = '600s';

-- Cheap where nothing has grown: only a table a tenth larger than when it was looked at last is
-- looked at again, and none that somebody else is looking at.
CREATE FUNCTION app.refresh_exam_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
DECLARE t regclass;
BEGIN
    FOREACH t IN ARRAY ARRAY['exam_candidate', 'exam_entry', 'exam_seat', 'exam_response', 'exam_score',
                             'marking_identity', 'marking_script', 'marking_turn']::regclass[] LOOP
        IF (SELECT pg_relation_size(t) / current_setting('block_size')::int > 1.1 * c.relpages + 10
              FROM pg_class c WHERE c.oid = t) THEN
            EXECUTE format('ANALYZE (SKIP_LOCKED) %s', t);
        END IF;
    END LOOP;
END $$;
REVOKE EXECUTE ON FUNCTION app.refresh_exam_statistics() FROM public;
GRANT EXECUTE ON FUNCTION app.refresh_exam_statistics() TO schoolgroup_app;

-- migrate:down
