-- migrate:up
-- Why: appraisals 评价 of schools, and of teachers inside their school. A scheme is a tree of
-- indicators whose weights make 10,000 basis points on every level: the schema refuses 9,999. What
-- is published never changes. Nobody assesses the own school; whoever assesses sees no other's
-- marks; what concerns teachers stays behind the school's wall unless the scheme says otherwise.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

CREATE FUNCTION app.sum_of(parts int[]) RETURNS bigint LANGUAGE sql IMMUTABLE
AS $$ SELECT coalesce(sum(part), 0) FROM unnest(parts) AS part $$;

CREATE TABLE appraisal_scheme (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- null: of the group office
    school_id uuid,
    code text NOT NULL CHECK (code ~ '^[a-z][a-z0-9_]{0,63}$'),
    edition int NOT NULL CHECK (edition > 0),
    title_en text NOT NULL CHECK (length(title_en) BETWEEN 1 AND 200),
    title_zh text NOT NULL CHECK (length(title_zh) BETWEEN 1 AND 200),
    subject text NOT NULL CHECK (subject IN ('school', 'teacher')),
    status text NOT NULL CHECK (status IN ('draft', 'published', 'retired')),
    -- what stands beside the tree: bands, thresholds, spreads, what is done with missing leaves
    settings jsonb NOT NULL CHECK (jsonb_typeof(settings) = 'object'),
    teachers_to_office boolean NOT NULL,
    -- of what was published
    sha256 text CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_scheme_per_edition UNIQUE NULLS NOT DISTINCT (group_id, school_id, code, edition),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK ((status = 'draft') = (sha256 IS NULL)),
    CHECK (subject = 'teacher' OR NOT teachers_to_office),
    CHECK (subject = 'teacher' OR school_id IS NULL)
);
CREATE TABLE appraisal_indicator (
    group_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    code text NOT NULL CHECK (code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'),
    level smallint NOT NULL CHECK (level BETWEEN 1 AND 3),
    parent_code text,
    parent_level smallint GENERATED ALWAYS AS (level - 1) STORED,
    place int NOT NULL CHECK (place >= 0),
    title_en text NOT NULL CHECK (length(title_en) BETWEEN 1 AND 400),
    title_zh text NOT NULL CHECK (length(title_zh) BETWEEN 1 AND 400),
    weight_bp int NOT NULL CHECK (weight_bp BETWEEN 0 AND 10000),
    -- leaves alone have a scale and sources
    scale jsonb CHECK (jsonb_typeof(scale) = 'object'),
    sources text[] NOT NULL,
    source_weights_bp int[] NOT NULL CHECK (0 <= ALL (source_weights_bp)),
    veto_below_bp int CHECK (veto_below_bp BETWEEN 1 AND 10000),
    evidence_required boolean NOT NULL,
    PRIMARY KEY (group_id, scheme_id, code),
    UNIQUE (group_id, scheme_id, code, level),
    UNIQUE (group_id, scheme_id, place),
    FOREIGN KEY (group_id, scheme_id) REFERENCES appraisal_scheme (group_id, id),
    FOREIGN KEY (group_id, scheme_id, parent_code, parent_level)
        REFERENCES appraisal_indicator (group_id, scheme_id, code, level)
        DEFERRABLE INITIALLY DEFERRED,
    CHECK ((level = 1) = (parent_code IS NULL)),
    CHECK (sources <@ ARRAY['data', 'expert', 'peer', 'self', 'survey']),
    CHECK (cardinality(sources) = cardinality(source_weights_bp)),
    CONSTRAINT source_weights_make_10000
        CHECK (scale IS NULL OR app.sum_of(source_weights_bp) = 10000),
    CHECK ((scale IS NULL) = (sources = '{}')),
    CHECK (scale IS NOT NULL OR (veto_below_bp IS NULL AND NOT evidence_required))
);
-- Looked at when the transaction commits: a tree is written row by row. All siblings make 10,000, and
-- what has children has no scale.
CREATE FUNCTION app.check_indicators() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE of_group uuid := coalesce(NEW.group_id, OLD.group_id);
        of_scheme uuid := coalesce(NEW.scheme_id, OLD.scheme_id);
BEGIN
    IF EXISTS (SELECT FROM public.appraisal_indicator i
                WHERE i.group_id = of_group AND i.scheme_id = of_scheme
                GROUP BY i.parent_code HAVING sum(i.weight_bp) <> 10000) THEN
        RAISE EXCEPTION 'weights of siblings do not make 10000'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'weights_make_10000';
    END IF;
    IF EXISTS (SELECT FROM public.appraisal_indicator i
                WHERE i.group_id = of_group AND i.scheme_id = of_scheme
                  AND (i.scale IS NULL) <> EXISTS (
                      SELECT FROM public.appraisal_indicator c
                       WHERE c.group_id = i.group_id AND c.scheme_id = i.scheme_id
                         AND c.parent_code = i.code)) THEN
        RAISE EXCEPTION 'leaves and only leaves have a scale'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'leaves_have_scales';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER weights_make_10000 AFTER INSERT OR UPDATE OR DELETE ON appraisal_indicator
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.check_indicators();
-- What was published stays as it is: a change is a new edition.
CREATE FUNCTION app.keep_published_scheme() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
        TG_OP = 'DELETE'
        OR (NEW.group_id, NEW.id, NEW.school_id, NEW.code, NEW.edition, NEW.title_en, NEW.title_zh,
            NEW.subject, NEW.settings, NEW.teachers_to_office, NEW.sha256, NEW.created_at)
           IS DISTINCT FROM
           (OLD.group_id, OLD.id, OLD.school_id, OLD.code, OLD.edition, OLD.title_en, OLD.title_zh,
            OLD.subject, OLD.settings, OLD.teachers_to_office, OLD.sha256, OLD.created_at)
        OR NEW.status = 'draft' OR (OLD.status = 'retired' AND NEW.status <> 'retired')) THEN
        RAISE EXCEPTION 'a published scheme never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_schemes_stay';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON appraisal_scheme
FOR EACH ROW EXECUTE FUNCTION app.keep_published_scheme();
CREATE FUNCTION app.keep_published_indicator() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (SELECT FROM public.appraisal_scheme s
                WHERE s.group_id = coalesce(NEW.group_id, OLD.group_id)
                  AND s.id = coalesce(NEW.scheme_id, OLD.scheme_id) AND s.status <> 'draft') THEN
        RAISE EXCEPTION 'a published scheme never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_schemes_stay';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_published BEFORE INSERT OR UPDATE OR DELETE ON appraisal_indicator
FOR EACH ROW EXECUTE FUNCTION app.keep_published_indicator();

-- One round of one scheme: of the office over schools, or of a school over its teachers.
CREATE TABLE appraisal (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    school_id uuid,
    scheme_id uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    status text NOT NULL CHECK (status IN ('draft', 'self', 'evidence_review', 'experts',
        'moderation', 'objection', 'final', 'cancelled')),
    self_until_at timestamptz NOT NULL,
    evidence_until_at timestamptz NOT NULL,
    experts_until_at timestamptz NOT NULL,
    -- set when the results are announced
    objections_until_at timestamptz,
    office_sees boolean NOT NULL,
    cancelled_because text NOT NULL DEFAULT '' CHECK (length(cancelled_because) <= 2000),
    -- of the results when they became final
    results_sha256 text CHECK (results_sha256 ~ '^[0-9a-f]{64}$'),
    code_version text NOT NULL DEFAULT '' CHECK (length(code_version) <= 40),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, id, scheme_id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, scheme_id) REFERENCES appraisal_scheme (group_id, id),
    CHECK (self_until_at < evidence_until_at AND evidence_until_at < experts_until_at),
    CHECK (school_id IS NOT NULL OR office_sees),
    CHECK ((status = 'final') = (results_sha256 IS NOT NULL)),
    CHECK (status NOT IN ('objection', 'final') OR objections_until_at IS NOT NULL),
    CHECK ((status = 'cancelled') = (cancelled_because <> ''))
);
-- Who is appraised: a school (by stage, where its figures are kept apart), or a teacher under a
-- name that means something only inside the school.
CREATE TABLE appraisal_case (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    stage text NOT NULL CHECK (stage IN ('', 'kindergarten', 'primary', 'junior', 'senior')),
    teacher_ref text NOT NULL CHECK (teacher_ref ~ '^[A-Za-z0-9._-]{0,40}$'),
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    self_sent_at timestamptz,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, id, scheme_id),
    CONSTRAINT one_case_per_subject UNIQUE (group_id, appraisal_id, school_id, stage, teacher_ref),
    FOREIGN KEY (group_id, appraisal_id, scheme_id) REFERENCES appraisal (group_id, id, scheme_id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK (runner_school_id IS NULL OR runner_school_id = school_id),
    CHECK ((runner_school_id IS NULL) = (teacher_ref = ''))
);
CREATE INDEX appraisal_case_school ON appraisal_case (group_id, school_id);

-- What each row of a case is walled by is the case's own, whoever writes it.
CREATE FUNCTION app.take_wall_of_case() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    SELECT c.appraisal_id, c.scheme_id, c.school_id, c.runner_school_id, c.office_sees
      INTO NEW.appraisal_id, NEW.scheme_id, NEW.school_id, NEW.runner_school_id, NEW.office_sees
      FROM public.appraisal_case c WHERE c.group_id = NEW.group_id AND c.id = NEW.case_id;
    RETURN NEW;
END $$;

-- A seat of an assessor. Whoever has a conflict of interest stands here too, and is never asked.
CREATE TABLE appraisal_assessor (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    person_id uuid NOT NULL,
    -- null: of the group office
    assessor_school_id uuid,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('assigned', 'submitted', 'recused')),
    recused_because text NOT NULL DEFAULT '' CHECK (length(recused_because) <= 1000),
    submitted_at timestamptz,
    PRIMARY KEY (group_id, case_id, person_id),
    FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES appraisal_case (group_id, id, scheme_id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, assessor_school_id) REFERENCES school (group_id, id),
    CHECK ((status = 'recused') = (recused_because <> '')),
    CHECK ((status = 'submitted') = (submitted_at IS NOT NULL)),
    -- inside a school teachers are assessed by colleagues, between schools never by the own school
    CONSTRAINT assessors_come_from_elsewhere CHECK (
        status = 'recused'
        OR CASE WHEN runner_school_id IS NULL THEN assessor_school_id IS DISTINCT FROM school_id
                ELSE assessor_school_id IS NOT DISTINCT FROM school_id END)
);
CREATE INDEX appraisal_assessor_person ON appraisal_assessor (group_id, person_id, case_id);

CREATE TABLE appraisal_figure (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    field text NOT NULL CHECK (field ~ '^[a-z][a-z0-9_]{0,63}$'),
    value numeric NOT NULL CHECK (value >= 0 AND value < 1e15),
    -- upload, or the return and its version it was taken from
    origin text NOT NULL CHECK (length(origin) BETWEEN 1 AND 100),
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    PRIMARY KEY (group_id, case_id, field),
    FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES appraisal_case (group_id, id, scheme_id)
);
-- One judgement of one leaf by one person: by the school of itself, or by an expert.
CREATE TABLE appraisal_mark (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('self', 'expert')),
    person_id uuid NOT NULL,
    indicator_code text NOT NULL,
    value text NOT NULL CHECK (length(value) BETWEEN 1 AND 40),
    note text NOT NULL CHECK (length(note) <= 2000),
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    PRIMARY KEY (group_id, case_id, source, person_id, indicator_code),
    FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES appraisal_case (group_id, id, scheme_id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, scheme_id, indicator_code)
        REFERENCES appraisal_indicator (group_id, scheme_id, code)
);
CREATE UNIQUE INDEX one_self_mark ON appraisal_mark (group_id, case_id, indicator_code)
 WHERE source = 'self';
-- What peers and surveys said, as sums: nobody who answered has a row.
CREATE TABLE appraisal_tally (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    source text NOT NULL CHECK (source IN ('peer', 'survey')),
    indicator_code text NOT NULL,
    n int NOT NULL CHECK (n > 0),
    -- how many chose each point of the scale, from the first on; of scores their sum instead
    counts int[] CHECK (0 <= ALL (counts)),
    sum numeric CHECK (sum >= -1e12 AND sum <= 1e12),
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    PRIMARY KEY (group_id, case_id, source, indicator_code),
    FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES appraisal_case (group_id, id, scheme_id),
    FOREIGN KEY (group_id, scheme_id, indicator_code)
        REFERENCES appraisal_indicator (group_id, scheme_id, code),
    CHECK ((counts IS NULL) <> (sum IS NULL)),
    CHECK (counts IS NULL OR app.sum_of(counts) = n)
);
CREATE TABLE appraisal_evidence (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    indicator_code text NOT NULL,
    resource_id uuid,
    deposit_id uuid,
    note text NOT NULL CHECK (length(note) <= 1000),
    status text NOT NULL CHECK (status IN ('offered', 'accepted', 'refused')),
    reviewed_because text NOT NULL DEFAULT '' CHECK (length(reviewed_because) <= 1000),
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT evidence_stands_once
        UNIQUE NULLS NOT DISTINCT (group_id, case_id, indicator_code, resource_id, deposit_id),
    FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES appraisal_case (group_id, id, scheme_id),
    FOREIGN KEY (group_id, scheme_id, indicator_code)
        REFERENCES appraisal_indicator (group_id, scheme_id, code),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, deposit_id) REFERENCES deposit (group_id, id),
    CHECK ((resource_id IS NULL) <> (deposit_id IS NULL)),
    CHECK (status <> 'refused' OR reviewed_because <> '')
);
CREATE INDEX appraisal_evidence_case ON appraisal_evidence (group_id, case_id);
CREATE TABLE appraisal_objection (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    indicator_codes text[] NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    status text NOT NULL CHECK (status IN ('lodged', 'upheld', 'rejected', 'withdrawn')),
    decided_because text NOT NULL DEFAULT '' CHECK (length(decided_because) <= 2000),
    lodged_at timestamptz NOT NULL,
    decided_at timestamptz,
    version int NOT NULL DEFAULT 1,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES appraisal_case (group_id, id, scheme_id),
    CHECK ((status IN ('upheld', 'rejected')) = (decided_at IS NOT NULL)),
    CHECK (decided_at IS NULL OR decided_because <> '')
);
CREATE UNIQUE INDEX one_open_objection ON appraisal_objection (group_id, case_id)
 WHERE status = 'lodged';
CREATE INDEX appraisal_objection_round ON appraisal_objection (group_id, appraisal_id, id);
-- Every change of a leaf by moderation or objection, with what it was and why; the newest counts.
CREATE TABLE appraisal_moderation (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    indicator_code text NOT NULL,
    -- an exact share of the scale, as 17/20; null: it was missing
    before text CHECK (before ~ '^[0-9]{1,40}(/[0-9]{1,40})?$'),
    after_bp int NOT NULL CHECK (after_bp BETWEEN 0 AND 10000),
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 2000),
    objection_id uuid,
    person_id uuid NOT NULL,
    moderated_at timestamptz NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES appraisal_case (group_id, id, scheme_id),
    FOREIGN KEY (group_id, scheme_id, indicator_code)
        REFERENCES appraisal_indicator (group_id, scheme_id, code),
    FOREIGN KEY (group_id, objection_id) REFERENCES appraisal_objection (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);
CREATE INDEX appraisal_moderation_case ON appraisal_moderation (group_id, case_id, id);
-- The result as it became final, byte for byte.
CREATE TABLE appraisal_result (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    document text NOT NULL CHECK (length(document) <= 4000000),
    sha256 text NOT NULL CHECK (sha256 = encode(sha256(convert_to(document, 'UTF8')), 'hex')),
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    PRIMARY KEY (group_id, case_id),
    FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES appraisal_case (group_id, id, scheme_id)
);

DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['appraisal_moderation', 'appraisal_result'] LOOP
        EXECUTE format('CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON %I
                        FOR EACH ROW EXECUTE FUNCTION app.refuse_change()', name);
        EXECUTE format('CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I
                        FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['appraisal_assessor', 'appraisal_figure', 'appraisal_mark',
        'appraisal_tally', 'appraisal_evidence', 'appraisal_objection', 'appraisal_moderation',
        'appraisal_result'] LOOP
        EXECUTE format('CREATE TRIGGER take_wall BEFORE INSERT ON %I
                        FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case()', name);
    END LOOP;
    FOREACH name IN ARRAY ARRAY['appraisal_scheme', 'appraisal_indicator', 'appraisal',
        'appraisal_case', 'appraisal_assessor', 'appraisal_figure', 'appraisal_mark',
        'appraisal_tally', 'appraisal_evidence', 'appraisal_objection', 'appraisal_moderation',
        'appraisal_result'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
    END LOOP;
END $$;

-- Walls. The group's schemes and rounds are known in the group; a school's are its own, and the
-- office sees them where the scheme lets it.
CREATE POLICY wall ON appraisal_scheme
    USING (group_id = (SELECT app.group_id())
           AND (school_id IS NULL OR school_id = (SELECT app.school_id())
                OR ((SELECT app.is_office()) AND teachers_to_office)))
    WITH CHECK (group_id = (SELECT app.group_id())
                AND school_id IS NOT DISTINCT FROM (SELECT app.school_id()));
CREATE POLICY wall ON appraisal_indicator
    USING (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM appraisal_scheme s WHERE s.group_id = appraisal_indicator.group_id
                          AND s.id = appraisal_indicator.scheme_id));
-- The own seat, for the runner all of them.
CREATE POLICY wall ON appraisal_assessor
    USING (group_id = (SELECT app.group_id())
           AND (((SELECT app.is_office()) AND office_sees)
                OR runner_school_id = (SELECT app.school_id())
                OR person_id = (SELECT app.person_id())));
CREATE POLICY wall ON appraisal
    USING (group_id = (SELECT app.group_id())
           AND (school_id IS NULL OR school_id = (SELECT app.school_id())
                OR ((SELECT app.is_office()) AND office_sees)
                OR EXISTS (SELECT FROM appraisal_assessor a
                            WHERE a.group_id = appraisal.group_id AND a.appraisal_id = appraisal.id
                              AND a.person_id = (SELECT app.person_id()))))
    WITH CHECK (group_id = (SELECT app.group_id())
                AND school_id IS NOT DISTINCT FROM (SELECT app.school_id()));
CREATE POLICY wall ON appraisal_case
    USING (group_id = (SELECT app.group_id())
           AND (((SELECT app.is_office()) AND office_sees) OR school_id = (SELECT app.school_id())
                OR EXISTS (SELECT FROM appraisal_assessor a
                            WHERE a.group_id = appraisal_case.group_id
                              AND a.case_id = appraisal_case.id
                              AND a.person_id = (SELECT app.person_id()))))
    WITH CHECK (group_id = (SELECT app.group_id())
                AND (((SELECT app.is_office()) AND office_sees)
                     OR school_id = (SELECT app.school_id())));
-- A mark: who gave it, who runs the round; the school's own word is read by its assessors.
CREATE POLICY wall ON appraisal_mark
    USING (group_id = (SELECT app.group_id())
           AND (((SELECT app.is_office()) AND office_sees)
                OR runner_school_id = (SELECT app.school_id())
                OR (source = 'expert' AND person_id = (SELECT app.person_id()))
                OR (source = 'self'
                    AND (school_id = (SELECT app.school_id())
                         OR EXISTS (SELECT FROM appraisal_assessor a
                                     WHERE a.group_id = appraisal_mark.group_id
                                       AND a.case_id = appraisal_mark.case_id
                                       AND a.person_id = (SELECT app.person_id()))))))
    WITH CHECK (group_id = (SELECT app.group_id())
                AND (person_id = (SELECT app.person_id()) OR (SELECT app.is_office())));
CREATE POLICY wall ON appraisal_evidence
    USING (group_id = (SELECT app.group_id())
           AND (((SELECT app.is_office()) AND office_sees) OR school_id = (SELECT app.school_id())
                OR EXISTS (SELECT FROM appraisal_assessor a
                            WHERE a.group_id = appraisal_evidence.group_id
                              AND a.case_id = appraisal_evidence.case_id
                              AND a.person_id = (SELECT app.person_id()))))
    WITH CHECK (group_id = (SELECT app.group_id())
                AND (((SELECT app.is_office()) AND office_sees)
                     OR school_id = (SELECT app.school_id())));
DO $$
DECLARE name text;
BEGIN
    -- read by the school too, written by the runner alone
    FOREACH name IN ARRAY ARRAY['appraisal_figure', 'appraisal_moderation', 'appraisal_result'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id())
            AND (((SELECT app.is_office()) AND office_sees)
                 OR school_id = (SELECT app.school_id())))
            WITH CHECK (group_id = (SELECT app.group_id())
            AND (((SELECT app.is_office()) AND office_sees)
                 OR runner_school_id = (SELECT app.school_id())))', name);
    END LOOP;
END $$;
CREATE POLICY wall ON appraisal_objection
    USING (group_id = (SELECT app.group_id())
           AND (((SELECT app.is_office()) AND office_sees) OR school_id = (SELECT app.school_id())));
CREATE POLICY wall ON appraisal_tally
    USING (group_id = (SELECT app.group_id())
           AND (((SELECT app.is_office()) AND office_sees)
                OR runner_school_id = (SELECT app.school_id())));

GRANT SELECT, INSERT ON appraisal_scheme, appraisal, appraisal_case, appraisal_assessor,
    appraisal_objection, appraisal_evidence, appraisal_moderation, appraisal_result
    TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON appraisal_indicator, appraisal_figure, appraisal_mark,
    appraisal_tally TO schoolgroup_app;
GRANT UPDATE (title_en, title_zh, settings, teachers_to_office, status, sha256, version,
              updated_at) ON appraisal_scheme TO schoolgroup_app;
GRANT UPDATE (title, status, self_until_at, evidence_until_at, experts_until_at,
              objections_until_at, cancelled_because, results_sha256, code_version, version,
              updated_at) ON appraisal TO schoolgroup_app;
GRANT UPDATE (self_sent_at, version) ON appraisal_case TO schoolgroup_app;
GRANT UPDATE (status, recused_because, submitted_at) ON appraisal_assessor TO schoolgroup_app;
GRANT UPDATE (status, reviewed_because) ON appraisal_evidence TO schoolgroup_app;
GRANT UPDATE (status, decided_because, decided_at, version) ON appraisal_objection
    TO schoolgroup_app;
-- migrate:down
