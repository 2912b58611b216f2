-- migrate:up
-- Why: joint exams from invitation to released results. Scores are half marks in one array per
-- candidate and subject; a frozen snapshot is never changed again; what a school may learn of the
-- others lies in a table that names no school.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

CREATE TABLE exam (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- null: the group office runs it, across schools
    school_id uuid,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    stage text NOT NULL CHECK (stage IN ('primary', 'junior', 'senior')),
    grade smallint NOT NULL CHECK (grade BETWEEN 1 AND 12),
    purpose text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 40),
    term_last boolean NOT NULL,
    -- the year in which the school year began
    school_year smallint NOT NULL,
    -- the gate of the law it passed when it was set up
    gate text NOT NULL CHECK (length(gate) BETWEEN 1 AND 60),
    status text NOT NULL CHECK (status IN ('draft', 'invited', 'registering', 'rostered', 'sat',
        'marking', 'verifying', 'frozen', 'released', 'archived', 'cancelled')),
    cancelled_because text NOT NULL DEFAULT '' CHECK (length(cancelled_because) <= 2000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX exam_in_year ON exam (group_id, school_year, stage, grade);

CREATE TABLE exam_subject (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    position smallint NOT NULL CHECK (position BETWEEN 1 AND 20),
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 40),
    paper_version smallint NOT NULL DEFAULT 1 CHECK (paper_version > 0),
    -- lines in percent of the full marks
    excellent_percent smallint NOT NULL CHECK (excellent_percent <= 100),
    pass_percent smallint NOT NULL,
    low_percent smallint NOT NULL CHECK (low_percent > 0),
    -- grades from the best down, and the percent each begins at; the last begins at 0
    grade_labels text[] NOT NULL CHECK (cardinality(grade_labels) BETWEEN 2 AND 5),
    grade_percents smallint[] NOT NULL CHECK (cardinality(grade_percents) = cardinality(grade_labels)),
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, exam_id, subject),
    UNIQUE (group_id, exam_id, position),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    CHECK (low_percent <= pass_percent AND pass_percent <= excellent_percent)
);
CREATE TABLE paper_item (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    position smallint NOT NULL CHECK (position BETWEEN 1 AND 200),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 40),
    max_half_marks smallint NOT NULL CHECK (max_half_marks > 0),
    knowledge_point text NOT NULL DEFAULT '' CHECK (length(knowledge_point) <= 200),
    ability text NOT NULL DEFAULT '' CHECK (length(ability) <= 100),
    PRIMARY KEY (group_id, exam_subject_id, paper_version, position),
    UNIQUE (group_id, exam_subject_id, paper_version, label),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id)
);

CREATE TABLE exam_school (
    group_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('invited', 'accepted', 'declined')),
    -- what the others see in place of its name: drawn by lot when the results are frozen
    letter text CHECK (letter ~ '^[A-Z]{1,3}$'),
    invited_at timestamptz NOT NULL,
    answered_at timestamptz,
    PRIMARY KEY (group_id, exam_id, school_id),
    UNIQUE (group_id, exam_id, letter),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX exam_school_school ON exam_school (group_id, school_id);

-- Pupils under their exam number; a name has no place here.
CREATE TABLE exam_candidate (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    school_id uuid NOT NULL,
    exam_number text COLLATE "C" NOT NULL CHECK (length(exam_number) BETWEEN 1 AND 40),
    class_label text NOT NULL DEFAULT '' CHECK (length(class_label) <= 40),
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, exam_id, school_id, exam_number),
    FOREIGN KEY (group_id, exam_id, school_id) REFERENCES exam_school (group_id, exam_id, school_id)
);
-- One row per candidate and subject; absent, void and exempt are states, never numbers.
CREATE TABLE exam_score (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    result text NOT NULL CHECK (result IN ('present', 'absent', 'void', 'exempt', 'late')),
    item_half_marks int2[],
    PRIMARY KEY (group_id, exam_subject_id, candidate_id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, candidate_id) REFERENCES exam_candidate (group_id, id) ON DELETE CASCADE,
    CHECK ((result = 'present') = (item_half_marks IS NOT NULL))
);
CREATE INDEX exam_score_candidate ON exam_score (group_id, candidate_id);

CREATE TABLE exam_snapshot (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    number smallint NOT NULL CHECK (number > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    frozen_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, exam_id, number),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id)
);
-- One school's roster and marks in one subject: four columns side by side, in the order of the exam
-- numbers. `half_marks` holds little-endian int16, one row of items per candidate present.
CREATE TABLE exam_snapshot_part (
    group_id uuid NOT NULL,
    snapshot_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    exam_numbers text[] NOT NULL,
    class_labels text[] NOT NULL,
    results text[] NOT NULL,
    half_marks bytea NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (group_id, snapshot_id, exam_subject_id, school_id),
    FOREIGN KEY (group_id, snapshot_id) REFERENCES exam_snapshot (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK (cardinality(class_labels) = cardinality(exam_numbers)
           AND cardinality(results) = cardinality(exam_numbers))
);

CREATE TABLE exam_release (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    snapshot_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('released', 'withdrawn')),
    contents text[] NOT NULL CHECK (contents <> '{}'),
    -- figures over fewer pupils are hidden
    cell_pupils_min smallint NOT NULL CHECK (cell_pupils_min >= 1),
    code_version text NOT NULL,
    embargo_until_at timestamptz,
    released_at timestamptz NOT NULL,
    withdrawn_at timestamptz,
    withdrawn_because text NOT NULL DEFAULT '' CHECK (length(withdrawn_because) <= 2000),
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    FOREIGN KEY (group_id, snapshot_id) REFERENCES exam_snapshot (group_id, id),
    CHECK ((status = 'withdrawn') = (withdrawn_at IS NOT NULL))
);
CREATE INDEX exam_release_exam ON exam_release (group_id, exam_id);
CREATE TABLE release_recipient (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    school_id uuid NOT NULL,
    PRIMARY KEY (group_id, release_id, school_id),
    FOREIGN KEY (group_id, release_id) REFERENCES exam_release (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
-- A school's own figures, whole: nobody else's.
CREATE TABLE release_figure (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    figures jsonb NOT NULL,
    PRIMARY KEY (group_id, release_id, exam_subject_id, school_id),
    FOREIGN KEY (group_id, release_id) REFERENCES exam_release (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
-- What all recipients see of the others (by letter) and of the group ('*'), small cells hidden:
-- no school is named here, so nothing here can give one away.
CREATE TABLE release_shared_figure (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    letter text COLLATE "C" NOT NULL CHECK (letter ~ '^([A-Z]{1,3}|[*])$'),
    figures jsonb NOT NULL,
    PRIMARY KEY (group_id, release_id, exam_subject_id, letter),
    FOREIGN KEY (group_id, release_id) REFERENCES exam_release (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id)
);
-- A school's pupils by exam number, with what the law lets be told of each: arrays side by side.
CREATE TABLE release_pupils (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    exam_numbers text[] NOT NULL,
    class_labels text[] NOT NULL,
    results text[] NOT NULL,
    -- null: the release does not tell it
    grades text[],
    total_half_marks int[],
    joint_ranks int[],
    PRIMARY KEY (group_id, release_id, exam_subject_id, school_id),
    FOREIGN KEY (group_id, release_id) REFERENCES exam_release (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);

-- Frozen and released figures never change; only a release's status does.
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON exam_snapshot
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON exam_snapshot_part
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON release_figure
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON release_shared_figure
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON release_pupils
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON exam_snapshot
FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON exam_snapshot_part
FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();

-- The group's exams are known in the group, a school's own only there and at the office.
ALTER TABLE exam ENABLE ROW LEVEL SECURITY;
ALTER TABLE exam FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON exam FOR SELECT USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR school_id IS NULL OR school_id = (SELECT app.school_id())));
CREATE POLICY enter ON exam FOR INSERT WITH CHECK (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())));
-- An invited school moves the exam on when it answers and when it sends in its results.
CREATE POLICY change ON exam FOR UPDATE USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())
         OR EXISTS (SELECT FROM exam_school s WHERE s.group_id = exam.group_id
                       AND s.exam_id = exam.id AND s.school_id = (SELECT app.school_id()))));
-- A paper is as visible as its exam.
ALTER TABLE exam_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE exam_subject FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON exam_subject USING (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM exam e WHERE e.group_id = exam_subject.group_id
                   AND e.id = exam_subject.exam_id));
ALTER TABLE paper_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE paper_item FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON paper_item USING (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM exam_subject s WHERE s.group_id = paper_item.group_id
                   AND s.id = paper_item.exam_subject_id));
SELECT app.wall_by_school(t, ARRAY['school_id']) FROM unnest(ARRAY[
    'exam_school', 'exam_candidate', 'exam_score', 'exam_snapshot_part', 'release_recipient'
]::regclass[]) AS t;
-- A snapshot's hash is for those whose results are in it; a release for those it was made for.
ALTER TABLE exam_snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE exam_snapshot FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON exam_snapshot FOR SELECT USING (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM exam e WHERE e.group_id = exam_snapshot.group_id
                   AND e.id = exam_snapshot.exam_id
                   AND ((SELECT app.is_office()) OR e.school_id = (SELECT app.school_id())
                        OR EXISTS (SELECT FROM exam_school s WHERE s.group_id = e.group_id
                                      AND s.exam_id = e.id
                                      AND s.school_id = (SELECT app.school_id())))));
CREATE POLICY enter ON exam_snapshot FOR INSERT WITH CHECK (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM exam e WHERE e.group_id = exam_snapshot.group_id
                   AND e.id = exam_snapshot.exam_id
                   AND ((SELECT app.is_office()) OR e.school_id = (SELECT app.school_id()))));
ALTER TABLE exam_release ENABLE ROW LEVEL SECURITY;
ALTER TABLE exam_release FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON exam_release FOR SELECT USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office())
         OR EXISTS (SELECT FROM release_recipient r WHERE r.group_id = exam_release.group_id
                       AND r.release_id = exam_release.id
                       AND r.school_id = (SELECT app.school_id()))
         OR EXISTS (SELECT FROM exam e WHERE e.group_id = exam_release.group_id
                       AND e.id = exam_release.exam_id
                       AND e.school_id = (SELECT app.school_id()))));
CREATE POLICY enter ON exam_release FOR INSERT WITH CHECK (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM exam e WHERE e.group_id = exam_release.group_id
                   AND e.id = exam_release.exam_id
                   AND ((SELECT app.is_office()) OR e.school_id = (SELECT app.school_id()))));
CREATE POLICY change ON exam_release FOR UPDATE USING (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM exam e WHERE e.group_id = exam_release.group_id
                   AND e.id = exam_release.exam_id
                   AND ((SELECT app.is_office()) OR e.school_id = (SELECT app.school_id()))));
-- Figures are shut until the hour of their release and once it is withdrawn, whoever forgets to
-- ask; the office works on them all the same.
CREATE FUNCTION app.release_is_open(of_release_id uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM public.exam_release r
                    WHERE r.group_id = app.group_id() AND r.id = of_release_id
                      AND r.status = 'released'
                      AND (r.embargo_until_at IS NULL OR r.embargo_until_at <= app.now()))
$$;
CREATE FUNCTION app.runs_release(of_release_id uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT app.is_office() OR EXISTS (
        SELECT FROM public.exam_release r
          JOIN public.exam e ON e.group_id = r.group_id AND e.id = r.exam_id
         WHERE r.group_id = app.group_id() AND r.id = of_release_id
           AND e.school_id = app.school_id())
$$;
DO $$
DECLARE t regclass; mine text;
BEGIN
    FOREACH t IN ARRAY ARRAY['release_figure', 'release_pupils', 'release_shared_figure']::regclass[]
    LOOP
        mine := CASE t WHEN 'release_shared_figure'::regclass THEN 'true'
                       ELSE 'school_id = (SELECT app.school_id())' END;
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
        EXECUTE format(
            'CREATE POLICY wall ON %s FOR SELECT USING (group_id = (SELECT app.group_id())
                AND ((SELECT app.is_office()) OR (%s AND app.release_is_open(release_id))))',
            t, mine);
        EXECUTE format(
            'CREATE POLICY enter ON %s FOR INSERT WITH CHECK (group_id = (SELECT app.group_id())
                AND app.runs_release(release_id))', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON exam, exam_subject, paper_item, exam_school, exam_candidate, exam_score,
    exam_snapshot, exam_snapshot_part, exam_release, release_recipient, release_figure,
    release_shared_figure, release_pupils TO schoolgroup_app;
GRANT UPDATE (status, cancelled_because, version, updated_at) ON exam TO schoolgroup_app;
GRANT UPDATE (status, letter, answered_at) ON exam_school TO schoolgroup_app;
GRANT UPDATE (class_label) ON exam_candidate TO schoolgroup_app;
GRANT DELETE ON exam_candidate, exam_score TO schoolgroup_app;
GRANT UPDATE (status, withdrawn_at, withdrawn_because, version) ON exam_release TO schoolgroup_app;
GRANT EXECUTE ON FUNCTION app.release_is_open(uuid), app.runs_release(uuid) TO schoolgroup_app;
-- migrate:down
