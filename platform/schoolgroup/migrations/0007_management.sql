-- migrate:up
-- Why: data returns (填报). What is asked (fields, forms), whom and until when (calls, targets) and
-- what schools answered (returns and their versions) are kept apart, so that a denominator is fixed
-- when a call opens and an answer, once submitted, never changes. Figures over all schools come
-- from functions of the owner, which answer sums and counts and never a school's row.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- The dictionary: one meaning per code for the whole group. An entry never changes, or an old
-- answer would change its meaning: a different question is a new code.
CREATE TABLE field (
    group_id uuid NOT NULL REFERENCES education_group (id),
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,63}$'),
    label_en text NOT NULL CHECK (length(label_en) BETWEEN 1 AND 200),
    label_zh text NOT NULL CHECK (length(label_zh) BETWEEN 1 AND 200),
    type text NOT NULL
        CHECK (type IN ('integer', 'decimal', 'text', 'choice', 'boolean', 'date')),
    unit text NOT NULL DEFAULT '' CHECK (length(unit) <= 40),
    -- of a number its value, of a text its length in characters
    min numeric,
    max numeric,
    -- [{"code": …, "en": …, "zh": …}, …] in the order they are shown
    choices jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(choices) = 'array'),
    created_at timestamptz NOT NULL,
    CONSTRAINT one_meaning_per_field PRIMARY KEY (group_id, code),
    CHECK (max >= min),
    CHECK ((type = 'choice') = (choices <> '[]')),
    CHECK (type IN ('integer', 'decimal', 'text') OR (min IS NULL AND max IS NULL))
);

CREATE TABLE form (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id)
);
-- The newest version is the form's own; a call names the one it asks by, which never changes.
CREATE TABLE form_version (
    group_id uuid NOT NULL,
    form_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    title_en text NOT NULL CHECK (length(title_en) BETWEEN 1 AND 200),
    title_zh text NOT NULL CHECK (length(title_zh) BETWEEN 1 AND 200),
    created_by_person_id uuid,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, form_id, no),
    FOREIGN KEY (group_id, form_id) REFERENCES form (group_id, id),
    FOREIGN KEY (group_id, created_by_person_id) REFERENCES person (group_id, id)
);
CREATE TABLE form_field (
    group_id uuid NOT NULL,
    form_id uuid NOT NULL,
    form_version int NOT NULL,
    field_code text NOT NULL,
    -- where on the form it stands
    place int NOT NULL CHECK (place > 0),
    required boolean NOT NULL,
    PRIMARY KEY (group_id, form_id, form_version, field_code),
    UNIQUE (group_id, form_id, form_version, place),
    FOREIGN KEY (group_id, form_id, form_version)
        REFERENCES form_version (group_id, form_id, no),
    FOREIGN KEY (group_id, field_code) REFERENCES field (group_id, code)
);

CREATE TABLE return_call (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    form_id uuid NOT NULL,
    form_version int NOT NULL,
    -- what the answers are about: 2026, 2026-06, 2026-Q2, … ; sorts in time
    period text NOT NULL CHECK (period ~ '^[0-9]{4}[0-9A-Za-z-]{0,36}$'),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    opens_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    closes_at timestamptz NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'closed')),
    -- when the office closed it by hand, before or after closes_at
    closed_at timestamptz,
    opened_by_person_id uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, form_id, form_version)
        REFERENCES form_version (group_id, form_id, no),
    FOREIGN KEY (group_id, opened_by_person_id) REFERENCES person (group_id, id),
    CHECK (opens_at < due_at AND due_at <= closes_at),
    CHECK ((status = 'closed') = (closed_at IS NOT NULL))
);

-- Who is expected to answer: written when the call opens, and never added to or taken from. The
-- denominator of every rate is these rows without the exempt ones.
CREATE TABLE return_target (
    group_id uuid NOT NULL,
    call_id uuid NOT NULL,
    school_id uuid NOT NULL,
    -- as it was when the call opened, so that figures by tier stay true
    tier text NOT NULL CHECK (tier IN ('integrated', 'partner')),
    exempted_at timestamptz,
    exempt_because text CHECK (length(exempt_because) BETWEEN 1 AND 1000),
    extended_until_at timestamptz,
    extended_because text CHECK (length(extended_because) BETWEEN 1 AND 1000),
    PRIMARY KEY (group_id, call_id, school_id),
    FOREIGN KEY (group_id, call_id) REFERENCES return_call (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK ((exempted_at IS NULL) = (exempt_because IS NULL)),
    CHECK ((extended_until_at IS NULL) = (extended_because IS NULL))
);
CREATE INDEX return_target_school ON return_target (group_id, school_id, call_id);

CREATE TABLE school_return (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    call_id uuid NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('drafting', 'submitted', 'sent_back', 'accepted')),
    -- the work in hand; what was submitted stands in return_version
    values jsonb NOT NULL CHECK (jsonb_typeof(values) = 'object'),
    -- the newest submitted version, and the one the office accepted last
    submitted_no int,
    accepted_no int,
    accepted_at timestamptz,
    accepted_by_person_id uuid,
    reopened_fields text[] NOT NULL DEFAULT '{}',
    sent_back_because text CHECK (length(sent_back_because) BETWEEN 1 AND 2000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, id, school_id),
    CONSTRAINT one_return_per_school UNIQUE (group_id, call_id, school_id),
    FOREIGN KEY (group_id, call_id, school_id)
        REFERENCES return_target (group_id, call_id, school_id),
    FOREIGN KEY (group_id, accepted_by_person_id) REFERENCES person (group_id, id),
    CHECK ((status = 'drafting') = (submitted_no IS NULL)),
    -- what is accepted is exactly what was submitted last: a change after it stands out
    CONSTRAINT acceptance_names_the_newest
        CHECK (status <> 'accepted' OR (accepted_no IS NOT NULL AND accepted_no = submitted_no)),
    CHECK ((accepted_no IS NULL) = (accepted_at IS NULL)),
    CHECK ((status = 'sent_back') = (sent_back_because IS NOT NULL AND reopened_fields <> '{}'))
);
CREATE INDEX school_return_school ON school_return (group_id, school_id);

CREATE TABLE return_version (
    group_id uuid NOT NULL,
    return_id uuid NOT NULL,
    school_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    values jsonb NOT NULL CHECK (jsonb_typeof(values) = 'object'),
    submitted_by_person_id uuid NOT NULL,
    submitted_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, return_id, no),
    FOREIGN KEY (group_id, return_id, school_id)
        REFERENCES school_return (group_id, id, school_id),
    FOREIGN KEY (group_id, submitted_by_person_id) REFERENCES person (group_id, id)
);
ALTER TABLE school_return
    ADD FOREIGN KEY (group_id, id, submitted_no)
        REFERENCES return_version (group_id, return_id, no),
    ADD FOREIGN KEY (group_id, id, accepted_no)
        REFERENCES return_version (group_id, return_id, no);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['field', 'form_version', 'form_field', 'return_version'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', name);
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', name);
    END LOOP;
END $$;

-- The one place that says until when a school may answer: the call's own end, or the hour the
-- office closed it, and an extension always wins over both.
CREATE FUNCTION app.closes_at(call return_call, target return_target) RETURNS timestamptz
LANGUAGE sql IMMUTABLE
AS $$ SELECT greatest(target.extended_until_at, least(call.closes_at, call.closed_at)) $$;
-- Until when an answer is on time.
CREATE FUNCTION app.due_at(call return_call, target return_target) RETURNS timestamptz
LANGUAGE sql IMMUTABLE
AS $$ SELECT greatest(target.extended_until_at, call.due_at) $$;

-- How each school stands in each call: every count and rate is counted over this view. A school is
-- on time by its first submission, whatever the office sends back later; what was sent back is
-- not answered until it comes again.
CREATE VIEW return_standing WITH (security_invoker = true) AS
SELECT g.group_id, g.call_id, g.school_id, g.tier, g.exempt_because, g.extended_until_at,
       app.closes_at(c, g) AS closes_at,
       r.id AS return_id,
       coalesce(r.status, 'not_begun') AS status,
       r.submitted_no, r.accepted_no,
       f.submitted_at AS first_submitted_at,
       g.exempted_at IS NULL AS expected,
       g.exempted_at IS NULL AND coalesce(r.status IN ('submitted', 'accepted'), false) AS answered,
       g.exempted_at IS NULL AND coalesce(r.status IN ('submitted', 'accepted'), false)
           AND f.submitted_at < app.due_at(c, g) AS on_time,
       g.exempted_at IS NULL AND coalesce(r.status = 'accepted', false) AS accepted
  FROM return_target g
  JOIN return_call c ON c.group_id = g.group_id AND c.id = g.call_id
  LEFT JOIN school_return r
    ON r.group_id = g.group_id AND r.call_id = g.call_id AND r.school_id = g.school_id
  LEFT JOIN return_version f ON f.group_id = r.group_id AND f.return_id = r.id AND f.no = 1;

-- Completeness of a call by tier, and over all of them (tier null).
CREATE FUNCTION app.call_completeness(of_call_id uuid)
RETURNS TABLE (tier text, targets bigint, exempt bigint, expected bigint, not_begun bigint,
               drafting bigint, sent_back bigint, submitted bigint, accepted bigint,
               answered bigint, on_time bigint, closes_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    SELECT s.tier, count(*), count(*) FILTER (WHERE NOT s.expected),
           count(*) FILTER (WHERE s.expected),
           count(*) FILTER (WHERE s.expected AND s.status = 'not_begun'),
           count(*) FILTER (WHERE s.expected AND s.status = 'drafting'),
           count(*) FILTER (WHERE s.expected AND s.status = 'sent_back'),
           count(*) FILTER (WHERE s.expected AND s.status = 'submitted'),
           count(*) FILTER (WHERE s.accepted),
           count(*) FILTER (WHERE s.answered),
           count(*) FILTER (WHERE s.on_time),
           max(s.closes_at) FILTER (WHERE s.expected)
      FROM return_standing s
     WHERE s.group_id = app.group_id() AND s.call_id = of_call_id
     GROUP BY GROUPING SETS ((s.tier), ())
     ORDER BY s.tier NULLS LAST
$$;

-- Sum and mean of each number on a call's form, by tier and over all of them (tier null), over the
-- newest submitted versions of the schools that have answered, or the accepted ones among them.
CREATE FUNCTION app.call_figures(of_call_id uuid, only_accepted boolean)
RETURNS TABLE (field_code text, tier text, schools bigint, sum numeric, mean numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    WITH asked AS (
        SELECT d.code, f.place
          FROM return_call c
          JOIN form_field f ON f.group_id = c.group_id AND f.form_id = c.form_id
                           AND f.form_version = c.form_version
          JOIN field d ON d.group_id = f.group_id AND d.code = f.field_code
         WHERE c.group_id = app.group_id() AND c.id = of_call_id
           AND d.type IN ('integer', 'decimal')
    ), answer AS (
        SELECT s.tier, v.values
          FROM return_standing s
          JOIN return_version v ON v.group_id = s.group_id AND v.return_id = s.return_id
                               AND v.no = s.submitted_no
         WHERE s.group_id = app.group_id() AND s.call_id = of_call_id
           AND s.answered AND (s.accepted OR NOT only_accepted)
    )
    SELECT q.code, a.tier, count(e.value), sum(e.value::numeric), avg(e.value::numeric)
      FROM answer a
     CROSS JOIN LATERAL jsonb_each_text(a.values) e
      JOIN asked q ON q.code = e.key
     GROUP BY GROUPING SETS ((q.place, q.code, a.tier), (q.place, q.code))
     ORDER BY q.place, a.tier NULLS LAST
$$;

-- Walls. What is asked is known in the group and written by its office; who was exempted or given
-- more time, and every answer, is seen by that school and the office alone.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['field', 'form', 'form_version', 'form_field', 'return_call'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id()))
            WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()))', name);
    END LOOP;
END $$;
ALTER TABLE return_target ENABLE ROW LEVEL SECURITY;
ALTER TABLE return_target FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON return_target
    USING (group_id = (SELECT app.group_id())
           AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())))
    WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()));
SELECT app.wall_by_school('school_return', ARRAY['school_id']);
SELECT app.wall_by_school('return_version', ARRAY['school_id']);
-- The owner of the two functions above counts over all schools of the group; nobody logs in as it.
CREATE POLICY counted ON return_target FOR SELECT TO CURRENT_USER
    USING (group_id = (SELECT app.group_id()));
CREATE POLICY counted ON school_return FOR SELECT TO CURRENT_USER
    USING (group_id = (SELECT app.group_id()));
CREATE POLICY counted ON return_version FOR SELECT TO CURRENT_USER
    USING (group_id = (SELECT app.group_id()));

GRANT SELECT, INSERT ON field, form_version, form_field, return_version TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (version, updated_at) ON form TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (status, closed_at, version, updated_at) ON return_call
    TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (exempted_at, exempt_because, extended_until_at, extended_because) ON return_target
    TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (status, values, submitted_no, accepted_no, accepted_at, accepted_by_person_id,
            reopened_fields, sent_back_because, version, updated_at) ON school_return
    TO schoolgroup_app;
GRANT SELECT ON return_standing TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.call_completeness(uuid), app.call_figures(uuid, boolean) FROM public;
GRANT EXECUTE ON FUNCTION app.closes_at(return_call, return_target),
    app.due_at(return_call, return_target), app.call_completeness(uuid),
    app.call_figures(uuid, boolean) TO schoolgroup_app;
-- migrate:down
