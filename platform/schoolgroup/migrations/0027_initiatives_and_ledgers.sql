-- migrate:up
-- Why: the loop of joint management: initiatives with measures (专项行动, 举措), and ledgers (台账) of
-- items that are open until somebody else than who reported them done has seen the evidence (销号).
-- What happened to an item is a row that never changes, with what it was from then on; so how a
-- ledger stood on any day, today's figure and a series come from one view over the same rows.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- The nth school day after a day (n > 0) or before it (n < 0): days in a holiday of the group or of
-- the school do not count, as in app.overdue_days (0015). Beyond 400 days the calendar decides.
CREATE FUNCTION app.school_day(in_group uuid, of_school uuid, from_day date, n int) RETURNS date
LANGUAGE sql STABLE
AS $$
    SELECT coalesce((
        SELECT from_day + sign(n)::int * d
          FROM generate_series(1, 400) AS d
         WHERE NOT EXISTS (SELECT FROM holiday h
                            WHERE h.group_id = in_group
                              AND (h.school_id IS NULL OR h.school_id = of_school)
                              AND h.from_on <= from_day + sign(n)::int * d
                              AND from_day + sign(n)::int * d < h.until_on)
         ORDER BY d OFFSET abs(n) - 1 LIMIT 1), from_day + n)
$$;

CREATE TABLE initiative (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    summary text NOT NULL DEFAULT '' CHECK (length(summary) <= 4000),
    status text NOT NULL CHECK (status IN ('planned', 'running', 'done', 'dropped')),
    -- why it was dropped or taken up again
    status_because text NOT NULL DEFAULT '' CHECK (length(status_because) <= 2000),
    from_on date NOT NULL,
    until_on date,
    created_by_person_id uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, created_by_person_id) REFERENCES person (group_id, id),
    CHECK (until_on > from_on),
    CHECK (status <> 'dropped' OR status_because <> '')
);
CREATE TABLE measure (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    initiative_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 4000),
    -- responsible offices 责任科室, the leading one first
    offices text[] NOT NULL CHECK (cardinality(offices) BETWEEN 1 AND 10),
    -- who answers for it at the group office
    person_id uuid,
    status text NOT NULL CHECK (status IN ('planned', 'under_way', 'done', 'dropped')),
    status_because text NOT NULL DEFAULT '' CHECK (length(status_because) <= 2000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_measure_per_number UNIQUE (group_id, initiative_id, no),
    FOREIGN KEY (group_id, initiative_id) REFERENCES initiative (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    CHECK (status <> 'dropped' OR status_because <> '')
);
-- Time nodes 时间节点: what is to be there by when.
CREATE TABLE measure_node (
    group_id uuid NOT NULL,
    measure_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    due_on date NOT NULL,
    reached_at timestamptz,
    reached_by_person_id uuid,
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    PRIMARY KEY (group_id, measure_id, no),
    FOREIGN KEY (group_id, measure_id) REFERENCES measure (group_id, id),
    FOREIGN KEY (group_id, reached_by_person_id) REFERENCES person (group_id, id),
    CHECK ((reached_at IS NULL) = (reached_by_person_id IS NULL))
);
-- The calls for returns by which a measure is followed.
CREATE TABLE measure_call (
    group_id uuid NOT NULL,
    measure_id uuid NOT NULL,
    call_id uuid NOT NULL,
    PRIMARY KEY (group_id, measure_id, call_id),
    FOREIGN KEY (group_id, measure_id) REFERENCES measure (group_id, id),
    FOREIGN KEY (group_id, call_id) REFERENCES return_call (group_id, id)
);
CREATE TABLE measure_remark (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    measure_id uuid NOT NULL,
    person_id uuid NOT NULL,
    -- null: said for the group office
    school_id uuid,
    text text NOT NULL CHECK (length(text) BETWEEN 1 AND 4000),
    at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, measure_id) REFERENCES measure (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX measure_remark_measure ON measure_remark (group_id, measure_id, id);

-- What items are about: data of the group. A category never changes, or an old item would be about
-- something else.
CREATE TABLE ledger_category (
    group_id uuid NOT NULL REFERENCES education_group (id),
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,39}$'),
    label_en text NOT NULL CHECK (length(label_en) BETWEEN 1 AND 100),
    label_zh text NOT NULL CHECK (length(label_zh) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    CONSTRAINT one_category_per_code PRIMARY KEY (group_id, code),
    CONSTRAINT one_category_per_label UNIQUE (group_id, label_zh)
);
CREATE TABLE ledger (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    initiative_id uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_ledger_per_title UNIQUE (group_id, title),
    FOREIGN KEY (group_id, initiative_id) REFERENCES initiative (group_id, id)
);
-- The completion rate to be reached at the end of a day; the newest word for a day counts.
CREATE TABLE ledger_target (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    ledger_id uuid NOT NULL,
    completion numeric(4, 3) NOT NULL CHECK (completion > 0 AND completion <= 1),
    by_on date NOT NULL,
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 1000),
    set_by_person_id uuid,
    set_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, ledger_id) REFERENCES ledger (group_id, id),
    FOREIGN KEY (group_id, set_by_person_id) REFERENCES person (group_id, id)
);
CREATE INDEX ledger_target_ledger ON ledger_target (group_id, ledger_id, by_on);

CREATE TABLE ledger_item (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    ledger_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 300),
    detail text NOT NULL DEFAULT '' CHECK (length(detail) <= 4000),
    category text NOT NULL,
    -- where it came from, and which finding, return, bulletin
    source text NOT NULL CHECK (source IN ('visit', 'return', 'bulletin', 'manual', 'import')),
    source_id uuid,
    source_note text NOT NULL DEFAULT '' CHECK (length(source_note) <= 300),
    -- the caller's own number for it, by which an import finds it again
    ref text CHECK (length(ref) BETWEEN 1 AND 80),
    measure_id uuid,
    -- who is to see to it: a school (null: the group office), and there perhaps one person
    school_id uuid,
    person_id uuid,
    -- to be reported done by the end of this day at the group's place
    due_on date NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'reported', 'closed', 'dropped')),
    -- the report that waits to be looked at, or by which it was closed
    reported_no int,
    reported_by_person_id uuid,
    closed_by_person_id uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_item_per_number UNIQUE (group_id, ledger_id, no),
    CONSTRAINT one_item_per_ref UNIQUE (group_id, ledger_id, ref),
    FOREIGN KEY (group_id, ledger_id) REFERENCES ledger (group_id, id),
    FOREIGN KEY (group_id, category) REFERENCES ledger_category (group_id, code),
    FOREIGN KEY (group_id, measure_id) REFERENCES measure (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, closed_by_person_id) REFERENCES person (group_id, id),
    CHECK ((status IN ('reported', 'closed')) = (reported_no IS NOT NULL)),
    CHECK ((reported_no IS NULL) = (reported_by_person_id IS NULL)),
    CHECK ((status = 'closed') = (closed_by_person_id IS NOT NULL)),
    -- I21: never by who reported it done
    CONSTRAINT closed_by_someone_else CHECK (closed_by_person_id <> reported_by_person_id)
);
CREATE INDEX ledger_item_ledger ON ledger_item (group_id, ledger_id, id);
CREATE INDEX ledger_item_school ON ledger_item (group_id, school_id, status);
CREATE INDEX ledger_item_measure ON ledger_item (group_id, measure_id) WHERE measure_id IS NOT NULL;
CREATE INDEX ledger_item_waits ON ledger_item (group_id, due_on)
 WHERE status IN ('open', 'reported');

-- That something is done, with its evidence. A report never changes: after a refusal comes another.
CREATE TABLE ledger_report (
    group_id uuid NOT NULL,
    item_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    person_id uuid NOT NULL,
    note text NOT NULL CHECK (length(note) BETWEEN 1 AND 4000),
    reported_at timestamptz NOT NULL,
    first_place int NOT NULL DEFAULT 1 CHECK (first_place = 1),
    PRIMARY KEY (group_id, item_id, no),
    UNIQUE (group_id, item_id, no, person_id),
    FOREIGN KEY (group_id, item_id) REFERENCES ledger_item (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);
-- A file handed in, a resource, or the number of a document and where it lies.
CREATE TABLE ledger_evidence (
    group_id uuid NOT NULL,
    item_id uuid NOT NULL,
    report_no int NOT NULL,
    place int NOT NULL CHECK (place > 0),
    kind text NOT NULL CHECK (kind IN ('upload', 'resource', 'document')),
    text text NOT NULL DEFAULT '' CHECK (length(text) <= 500),
    file_name text,
    blob_id uuid,
    resource_id uuid,
    PRIMARY KEY (group_id, item_id, report_no, place),
    FOREIGN KEY (group_id, item_id, report_no) REFERENCES ledger_report (group_id, item_id, no),
    FOREIGN KEY (group_id, blob_id) REFERENCES blob (group_id, id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    CHECK ((kind = 'upload') = (blob_id IS NOT NULL)),
    CHECK ((blob_id IS NULL) = (file_name IS NULL)),
    CHECK ((kind = 'resource') = (resource_id IS NOT NULL)),
    CHECK (kind <> 'document' OR text <> '')
);
CREATE INDEX ledger_evidence_blob ON ledger_evidence (group_id, blob_id) WHERE blob_id IS NOT NULL;
-- I21: no report without evidence, so nothing is closed without it.
ALTER TABLE ledger_report ADD CONSTRAINT a_report_has_evidence
    FOREIGN KEY (group_id, item_id, no, first_place)
    REFERENCES ledger_evidence (group_id, item_id, report_no, place)
    DEFERRABLE INITIALLY DEFERRED;
-- And what an item was closed by is that person's report.
ALTER TABLE ledger_item ADD FOREIGN KEY (group_id, id, reported_no, reported_by_person_id)
    REFERENCES ledger_report (group_id, item_id, no, person_id);

-- What happened to an item, and what it was from then on. `at` is when, `entered_at` when we
-- learned of it: a ledger that was kept elsewhere is taken over with its days.
CREATE TABLE ledger_act (
    group_id uuid NOT NULL,
    item_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    verb text NOT NULL CHECK (verb IN
        ('open', 'report', 'refuse', 'close', 'drop', 'reopen', 'amend')),
    status text NOT NULL CHECK (status IN ('open', 'reported', 'closed', 'dropped')),
    due_on date NOT NULL,
    category text NOT NULL,
    school_id uuid,
    report_no int,
    because text NOT NULL DEFAULT '' CHECK (length(because) <= 2000),
    -- null: a connected system
    person_id uuid,
    at timestamptz NOT NULL,
    entered_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, item_id, no),
    FOREIGN KEY (group_id, item_id) REFERENCES ledger_item (group_id, id),
    FOREIGN KEY (group_id, item_id, report_no) REFERENCES ledger_report (group_id, item_id, no),
    FOREIGN KEY (group_id, category) REFERENCES ledger_category (group_id, code),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    CHECK (at <= entered_at),
    CHECK ((verb = 'open') = (no = 1)),
    CHECK (verb NOT IN ('refuse', 'drop', 'reopen', 'amend') OR because <> ''),
    CHECK ((status IN ('reported', 'closed')) = (report_no IS NOT NULL))
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['measure_remark', 'ledger_category', 'ledger_target',
                                'ledger_report', 'ledger_evidence', 'ledger_act'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', name);
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', name);
    END LOOP;
END $$;

-- The one view of ledgers: what each item was, from when until when. Whatever is counted of
-- ledgers, now or for a day gone by, is counted over it. `on_time` of what is closed: it was
-- reported done by the end of the day it was due, at the group's place; that nobody looked at the
-- report for a week is not the school's delay.
CREATE VIEW ledger_span WITH (security_invoker = true) AS
SELECT a.group_id, a.item_id, i.ledger_id, l.initiative_id, i.measure_id, i.source, a.category,
       a.school_id, a.due_on, a.status, a.at AS from_at,
       lead(a.at, 1, 'infinity') OVER (PARTITION BY a.group_id, a.item_id ORDER BY a.no)
           AS until_at,
       a.status = 'closed' AND (r.reported_at AT TIME ZONE g.time_zone)::date <= a.due_on
           AS on_time,
       g.time_zone
  FROM ledger_act a
  JOIN ledger_item i ON i.group_id = a.group_id AND i.id = a.item_id
  JOIN ledger l ON l.group_id = i.group_id AND l.id = i.ledger_id
  JOIN education_group g ON g.id = a.group_id
  LEFT JOIN ledger_report r
    ON r.group_id = a.group_id AND r.item_id = a.item_id AND r.no = a.report_no;

-- How items stood at each of some instants, in parts (`by`: none, category, school, tier, source,
-- ledger, measure). Null filters take all. Of other schools a school learns totals, never a part
-- that is one school's. Overdue is open or reported with the day past at the group's place; settled
-- is what can be said to be on time or not: closed, or overdue.
CREATE FUNCTION app.ledger_figures(
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
         WHERE s.group_id = app.group_id()
           AND (of_ledger IS NULL OR s.ledger_id = of_ledger)
           AND (of_initiative IS NULL OR s.initiative_id = of_initiative)
           AND (of_measure IS NULL OR s.measure_id = of_measure)
           AND (of_school IS NULL OR s.school_id = of_school)
           AND (of_category IS NULL OR s.category = of_category)
           AND (app.is_office() OR of_school = app.school_id()
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

-- How far each measure is, from its time nodes, its ledger items and the calls it is followed by:
-- one row a measure, counted, nothing stored. The items are those of app.ledger_figures at now.
CREATE FUNCTION app.measure_progress(of_initiative uuid, of_measure uuid)
RETURNS TABLE (measure_id uuid, nodes bigint, nodes_reached bigint, nodes_overdue bigint,
               next_due_on date, items_total bigint, items_closed bigint, items_counted bigint,
               items_overdue bigint, returns_expected bigint, returns_answered bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    SELECT m.id, n.nodes, n.reached, n.overdue, n.next_due_on,
           coalesce(f.total, 0), coalesce(f.closed, 0), coalesce(f.counted, 0),
           coalesce(f.overdue, 0), c.expected, c.answered
      FROM measure m
      LEFT JOIN app.ledger_figures(ARRAY[app.now()], 'measure', NULL, NULL, of_measure, NULL, NULL) f
        ON f.part = m.id::text
     CROSS JOIN LATERAL (
         SELECT count(*) AS nodes, count(d.reached_at) AS reached,
                count(*) FILTER (WHERE d.reached_at IS NULL AND d.due_on < app.today()) AS overdue,
                min(d.due_on) FILTER (WHERE d.reached_at IS NULL) AS next_due_on
           FROM measure_node d WHERE d.group_id = m.group_id AND d.measure_id = m.id) n
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE s.expected) AS expected,
                count(*) FILTER (WHERE s.answered) AS answered
           FROM measure_call k
           JOIN return_standing s ON s.group_id = k.group_id AND s.call_id = k.call_id
          WHERE k.group_id = m.group_id AND k.measure_id = m.id) c
     WHERE m.group_id = app.group_id()
       AND (of_initiative IS NULL OR m.initiative_id = of_initiative)
       AND (of_measure IS NULL OR m.id = of_measure)
$$;

-- Walls. Initiatives, measures and the ledgers' own names are known in the group and written by its
-- office; items and what happened to them are seen by the school that answers for them.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['initiative', 'measure', 'measure_node', 'measure_call',
                                'ledger_category', 'ledger', 'ledger_target'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id()))
            WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()))', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['ledger_report', 'ledger_evidence', 'ledger_act'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id())
            AND ((SELECT app.is_office()) OR EXISTS (
                SELECT FROM ledger_item i WHERE i.group_id = %I.group_id
                   AND i.id = %I.item_id)))', name, name, name);
        EXECUTE format('CREATE POLICY counted ON %I FOR SELECT TO CURRENT_USER
            USING (group_id = (SELECT app.group_id()))', name);
    END LOOP;
END $$;
ALTER TABLE measure_remark ENABLE ROW LEVEL SECURITY;
ALTER TABLE measure_remark FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON measure_remark USING (group_id = (SELECT app.group_id()))
    WITH CHECK (group_id = (SELECT app.group_id())
                AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())));
SELECT app.wall_by_school('ledger_item', ARRAY['school_id'],
                          'person_id = (SELECT app.person_id())');
-- The owner of the functions above counts over all schools of the group; nobody logs in as it.
CREATE POLICY counted ON ledger_item FOR SELECT TO CURRENT_USER
    USING (group_id = (SELECT app.group_id()));

GRANT SELECT, INSERT,
    UPDATE (title, summary, status, status_because, from_on, until_on, version, updated_at)
    ON initiative TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (title, detail, offices, person_id, status, status_because, version, updated_at)
    ON measure TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE,
    UPDATE (title, due_on, reached_at, reached_by_person_id, note) ON measure_node
    TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON measure_call TO schoolgroup_app;
GRANT SELECT, INSERT ON measure_remark, ledger_category, ledger_target, ledger_report,
    ledger_evidence, ledger_act TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (title, initiative_id, version, updated_at) ON ledger
    TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (title, detail, category, measure_id, school_id, person_id, due_on, status, reported_no,
            reported_by_person_id, closed_by_person_id, version, updated_at) ON ledger_item
    TO schoolgroup_app;
GRANT SELECT ON ledger_span TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION
    app.ledger_figures(timestamptz[], text, uuid, uuid, uuid, uuid, text),
    app.measure_progress(uuid, uuid) FROM public;
GRANT EXECUTE ON FUNCTION
    app.ledger_figures(timestamptz[], text, uuid, uuid, uuid, uuid, text),
    app.measure_progress(uuid, uuid), app.school_day(uuid, uuid, date, int) TO schoolgroup_app;
-- migrate:down
