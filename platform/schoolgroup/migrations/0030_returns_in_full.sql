-- migrate:up
-- Why: a return asks for tables and not only for single answers; answers of one field bind those of
-- another; what a school has told once is not asked of it again; the office weighs a call before it
-- sends it; and figures are taken by stage, as shares and over periods. Each has its rows here, so
-- that what was asked, and where an answer came from, stays as it was.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- A field of rows has its own columns: [{"code", "label": {"en", "zh"}, "type", …}, …], and min and
-- max bound how many rows there are.
ALTER TABLE field
    ADD COLUMN columns jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(columns) = 'array'),
    -- a small number of it may point at children, so small figures of it are not shown to schools
    ADD COLUMN counts_pupils boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT field_type_check,
    DROP CONSTRAINT field_check2,
    ADD CONSTRAINT field_type_check CHECK (type IN
        ('integer', 'decimal', 'text', 'choice', 'boolean', 'date', 'rows')),
    ADD CONSTRAINT field_check2 CHECK (type IN ('integer', 'decimal', 'text', 'rows')
                                       OR (min IS NULL AND max IS NULL)),
    ADD CONSTRAINT rows_have_columns CHECK ((type = 'rows') = (columns <> '[]')),
    ADD CONSTRAINT pupils_are_counted_in_numbers
        CHECK (NOT counts_pupils OR type IN ('integer', 'decimal'));

-- On a form: asked only where asked_when holds, and to be answered where required_when holds.
ALTER TABLE form_field
    ADD COLUMN required_when text CHECK (length(required_when) BETWEEN 1 AND 500),
    ADD COLUMN asked_when text CHECK (length(asked_when) BETWEEN 1 AND 500);

-- What must hold between the answers of one form version, with what is said where it does not.
CREATE TABLE form_rule (
    group_id uuid NOT NULL,
    form_id uuid NOT NULL,
    form_version int NOT NULL,
    place int NOT NULL CHECK (place > 0),
    holds text NOT NULL CHECK (length(holds) BETWEEN 1 AND 500),
    message_en text NOT NULL CHECK (length(message_en) BETWEEN 1 AND 200),
    message_zh text NOT NULL CHECK (length(message_zh) BETWEEN 1 AND 200),
    PRIMARY KEY (group_id, form_id, form_version, place),
    FOREIGN KEY (group_id, form_id, form_version)
        REFERENCES form_version (group_id, form_id, no)
);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON form_rule
    FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON form_rule
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
ALTER TABLE form_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE form_rule FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON form_rule USING (group_id = (SELECT app.group_id()))
    WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()));
GRANT SELECT, INSERT ON form_rule TO schoolgroup_app;

-- A call is drafted before it is opened. The schools meant are only a wish until then (null: all);
-- its targets are written when it opens.
ALTER TABLE return_call
    DROP CONSTRAINT return_call_status_check,
    ADD CONSTRAINT return_call_status_check
        CHECK (status IN ('draft', 'discarded', 'open', 'closed')),
    ADD COLUMN wished_school_ids uuid[] CHECK (cardinality(wished_school_ids) > 0);
GRANT UPDATE (form_id, form_version, period, title, opens_at, due_at, closes_at,
              wished_school_ids) ON return_call TO schoolgroup_app;

-- The stages of a school when the call opened, so that figures by stage stay true.
ALTER TABLE return_target ADD COLUMN stages text[] NOT NULL DEFAULT '{}';
-- The owner is behind the wall too, and this runs for every group at once.
ALTER TABLE return_target NO FORCE ROW LEVEL SECURITY;
ALTER TABLE school NO FORCE ROW LEVEL SECURITY;
UPDATE return_target g SET stages = s.stages
  FROM school s WHERE s.group_id = g.group_id AND s.id = g.school_id;
ALTER TABLE school FORCE ROW LEVEL SECURITY;
ALTER TABLE return_target FORCE ROW LEVEL SECURITY;

-- What was asked does not move under an answer: a call that is open keeps its question and its
-- hours, and nobody is added to whom it asks.
CREATE FUNCTION app.keep_call() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_catalog
AS $$
BEGIN
    IF OLD.status <> 'draft' AND
       (OLD.form_id, OLD.form_version, OLD.period, OLD.title, OLD.opens_at, OLD.due_at,
        OLD.closes_at) IS DISTINCT FROM
       (NEW.form_id, NEW.form_version, NEW.period, NEW.title, NEW.opens_at, NEW.due_at,
        NEW.closes_at)
    THEN
        RAISE EXCEPTION 'a call that was opened never changes';
    END IF;
    IF OLD.status <> 'draft' AND NEW.status = 'draft' THEN
        RAISE EXCEPTION 'a call that was opened is no draft again';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_call BEFORE UPDATE ON return_call
    FOR EACH ROW EXECUTE FUNCTION app.keep_call();
CREATE FUNCTION app.keep_targets() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_catalog
AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM return_call c
                    WHERE c.group_id = NEW.group_id AND c.id = NEW.call_id AND c.status = 'draft')
    THEN
        RAISE EXCEPTION 'nobody is added to a call that was opened';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_targets BEFORE INSERT ON return_target
    FOR EACH ROW EXECUTE FUNCTION app.keep_targets();

-- Where an answer came from that was not asked again: {"code": {"call_id", "period", …}, …}
ALTER TABLE school_return
    ADD COLUMN sources jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(sources) = 'object');
ALTER TABLE return_version
    ADD COLUMN sources jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(sources) = 'object');
GRANT UPDATE (sources) ON school_return TO schoolgroup_app;

-- The number a school has answered to a field, or its sum over a column of rows ("staff.hours").
-- Null where nothing was answered. `answer` is what stands under the field's code alone.
CREATE FUNCTION app.number_of(answer jsonb, code text) RETURNS numeric
LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE jsonb_typeof(answer)
        WHEN 'number' THEN (answer #>> '{}')::numeric
        WHEN 'array' THEN
            (SELECT sum((r ->> split_part(code, '.', 2))::numeric)
               FROM jsonb_array_elements(answer) r
              WHERE jsonb_typeof(r -> split_part(code, '.', 2)) = 'number')
    END
$$;

-- Also the sums over columns of rows. The group is asked for once and not for each row.
CREATE OR REPLACE FUNCTION app.call_figures(of_call_id uuid, only_accepted boolean)
RETURNS TABLE (field_code text, tier text, schools bigint, sum numeric, mean numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    WITH on_form AS (
        SELECT d.code, d.type, d.columns, f.place
          FROM return_call c
          JOIN form_field f ON f.group_id = c.group_id AND f.form_id = c.form_id
                           AND f.form_version = c.form_version
          JOIN field d ON d.group_id = f.group_id AND d.code = f.field_code
         WHERE c.group_id = (SELECT app.group_id()) AND c.id = of_call_id
    ), asked AS (
        SELECT o.code, o.place, 0 AS within FROM on_form o WHERE o.type IN ('integer', 'decimal')
        UNION ALL
        SELECT o.code || '.' || (k.one ->> 'code'), o.place, k.within::int
          FROM on_form o
         CROSS JOIN LATERAL jsonb_array_elements(o.columns) WITH ORDINALITY AS k (one, within)
         WHERE k.one ->> 'type' IN ('integer', 'decimal')
    ), answer AS (
        SELECT s.tier, v.values
          FROM return_standing s
          JOIN return_version v ON v.group_id = s.group_id AND v.return_id = s.return_id
                               AND v.no = s.submitted_no
         WHERE s.group_id = (SELECT app.group_id()) AND s.call_id = of_call_id
           AND s.answered AND (s.accepted OR NOT only_accepted)
    ), told AS (
        SELECT q.place, q.within, q.code, a.tier,
               CASE jsonb_typeof(e.value) WHEN 'number' THEN (e.value #>> '{}')::numeric END
                   AS number
          FROM answer a
         CROSS JOIN LATERAL jsonb_each(a.values) e
          JOIN asked q ON q.within = 0 AND q.code = e.key
        UNION ALL
        SELECT q.place, q.within, q.code, a.tier, app.number_of(a.values -> split_part(q.code, '.', 1), q.code)
          FROM answer a JOIN asked q ON q.within > 0
    )
    SELECT t.code, t.tier, count(t.number), sum(t.number), avg(t.number)
      FROM told t WHERE t.number IS NOT NULL
     GROUP BY GROUPING SETS ((t.place, t.within, t.code, t.tier), (t.place, t.within, t.code))
     ORDER BY t.place, t.within, t.tier NULLS LAST
$$;

-- One or two numbers of some calls, summed over the schools of one tier and the same stages: every
-- roll-up is put together from these lines. Where two are taken together, over the schools that
-- have answered both; how many have answered only one of them stands beside it.
CREATE FUNCTION app.roll_up(of_call_ids uuid[], code text, beside text, only_accepted boolean)
RETURNS TABLE (call_id uuid, tier text, stages text[], schools bigint, only_one bigint,
               sum numeric, sum_beside numeric, sum_product numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    WITH answer AS MATERIALIZED (
        -- the two answers alone: the whole of a return is read once
        SELECT s.call_id, s.tier, g.stages, v.values -> split_part(code, '.', 1) AS x,
               v.values -> split_part(beside, '.', 1) AS y
          FROM return_standing s
          JOIN return_target g ON g.group_id = s.group_id AND g.call_id = s.call_id
                              AND g.school_id = s.school_id
          JOIN return_version v ON v.group_id = s.group_id AND v.return_id = s.return_id
                               AND v.no = s.submitted_no
         WHERE s.group_id = (SELECT app.group_id()) AND s.call_id = ANY (of_call_ids)
           AND s.answered AND (s.accepted OR NOT only_accepted)
    ), told AS MATERIALIZED (
        SELECT a.call_id, a.tier, a.stages, app.number_of(a.x, code) AS x,
               app.number_of(a.y, beside) AS y
          FROM answer a
    )
    SELECT t.call_id, t.tier, t.stages,
           count(*) FILTER (WHERE t.x IS NOT NULL AND (beside IS NULL OR t.y IS NOT NULL)),
           count(*) FILTER (WHERE beside IS NOT NULL AND (t.x IS NULL) <> (t.y IS NULL)),
           sum(t.x) FILTER (WHERE beside IS NULL OR t.y IS NOT NULL),
           sum(t.y) FILTER (WHERE t.x IS NOT NULL),
           sum(t.x * t.y)
      FROM told t
     GROUP BY t.call_id, t.tier, t.stages
     ORDER BY t.call_id, t.tier, t.stages
$$;
REVOKE EXECUTE ON FUNCTION app.roll_up(uuid[], text, text, boolean) FROM public;
GRANT EXECUTE ON FUNCTION app.number_of(jsonb, text),
    app.roll_up(uuid[], text, text, boolean) TO schoolgroup_app;
-- migrate:down
