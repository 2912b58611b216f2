-- migrate:up
-- Why: the whole life of an exam. Which subjects a school takes and until when it may answer; papers
-- with keys, optional items, blueprints and versions; answers kept so that a changed key scores them
-- anew; a paper's file sealed until the exam begins; a group stricter than the law, never laxer.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- Schools answer until then; null: until registration closes.
ALTER TABLE exam ADD COLUMN answer_until_at timestamptz;
ALTER TABLE exam_subject ADD COLUMN starts_at timestamptz
        CHECK (starts_at = date_trunc('second', starts_at)),
    ADD COLUMN minutes smallint CHECK (minutes BETWEEN 1 AND 600);

-- Whether the actor's side runs the exam: the office those of the group, a school its own.
CREATE FUNCTION app.runs_exam(of_exam_id uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT app.is_office() OR EXISTS (
        SELECT FROM public.exam e WHERE e.group_id = app.group_id() AND e.id = of_exam_id
           AND e.school_id = app.school_id())
$$;

-- ── acceptance per subject ───────────────────────────────────────────────────────────────────

CREATE TABLE exam_school_subject (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('invited', 'accepted', 'declined')),
    answered_at timestamptz,
    -- why the organiser answered in the school's place, after the deadline
    late_because text NOT NULL DEFAULT '' CHECK (length(late_because) <= 2000),
    PRIMARY KEY (group_id, exam_subject_id, school_id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, exam_id, school_id) REFERENCES exam_school (group_id, exam_id, school_id)
);
CREATE INDEX exam_school_subject_exam ON exam_school_subject (group_id, exam_id, school_id);
-- What is there already: a school's answer to the exam is its answer to every subject. The owner is
-- bound by the walls too, and nobody is speaking now.
ALTER TABLE exam_school NO FORCE ROW LEVEL SECURITY;
ALTER TABLE exam_subject NO FORCE ROW LEVEL SECURITY;
INSERT INTO exam_school_subject (group_id, exam_subject_id, school_id, exam_id, status, answered_at)
SELECT s.group_id, s.id, p.school_id, p.exam_id, p.status, p.answered_at
  FROM exam_school p JOIN exam_subject s ON s.group_id = p.group_id AND s.exam_id = p.exam_id;

-- ── papers 试卷 ──────────────────────────────────────────────────────────────────────────────

-- The setters 命题人 of a subject: beside the organiser, only they see a paper before its time.
CREATE TABLE exam_setter (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    person_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    named_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, exam_subject_id, person_id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    CONSTRAINT setter_person FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);
CREATE INDEX exam_setter_exam ON exam_setter (group_id, exam_id, person_id);

CREATE TABLE paper_version (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    version smallint NOT NULL CHECK (version > 0),
    because text NOT NULL DEFAULT '' CHECK (length(because) <= 2000),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, exam_subject_id, version),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id)
);
INSERT INTO paper_version (group_id, exam_subject_id, version, made_at)
SELECT group_id, id, 1, now() FROM exam_subject;
ALTER TABLE exam_subject FORCE ROW LEVEL SECURITY;
ALTER TABLE exam_school FORCE ROW LEVEL SECURITY;

ALTER TABLE paper_item
    ADD COLUMN section text NOT NULL DEFAULT '' CHECK (length(section) <= 100),
    -- the label of the item this one is a part of 小问
    ADD COLUMN parent text NOT NULL DEFAULT '' CHECK (length(parent) <= 40),
    ADD COLUMN kind text NOT NULL DEFAULT 'subjective' CHECK (kind IN ('objective', 'subjective')),
    ADD COLUMN step_half_marks smallint NOT NULL DEFAULT 1 CHECK (step_half_marks > 0),
    -- the group of optional items it belongs to 选做; empty: everyone answers it
    ADD COLUMN choice text NOT NULL DEFAULT '' CHECK (length(choice) <= 40),
    ADD COLUMN target_percent smallint CHECK (target_percent BETWEEN 0 AND 100),
    ADD CHECK (max_half_marks % step_half_marks = 0);
-- Of the items of a group `choose` count; `rule` says which where more were answered.
CREATE TABLE paper_choice (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    choose smallint NOT NULL CHECK (choose > 0),
    rule text NOT NULL CHECK (rule IN ('first', 'best')),
    PRIMARY KEY (group_id, exam_subject_id, paper_version, name),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id)
);
-- Apart from the item, because it is secret longer than the item is.
CREATE TABLE paper_key (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    position smallint NOT NULL,
    rule jsonb NOT NULL,
    PRIMARY KEY (group_id, exam_subject_id, paper_version, position),
    FOREIGN KEY (group_id, exam_subject_id, paper_version, position)
        REFERENCES paper_item (group_id, exam_subject_id, paper_version, position)
        ON DELETE CASCADE
);
-- The two-way blueprint 双向细目表: what a paper should ask of each knowledge point and ability.
CREATE TABLE paper_cell (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    knowledge_point text NOT NULL CHECK (length(knowledge_point) BETWEEN 1 AND 200),
    ability text NOT NULL CHECK (length(ability) BETWEEN 1 AND 100),
    half_marks smallint NOT NULL CHECK (half_marks > 0),
    target_percent smallint CHECK (target_percent BETWEEN 0 AND 100),
    PRIMARY KEY (group_id, exam_subject_id, knowledge_point, ability),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id)
);

-- A candidate's answers to the objective items, in their order on the paper, as they were read:
-- a changed key scores them anew. `half_marks` is what they were worth by `paper_version`.
CREATE TABLE exam_response (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    answers text[] NOT NULL,
    half_marks int2[] NOT NULL CHECK (cardinality(half_marks) = cardinality(answers)),
    PRIMARY KEY (group_id, exam_subject_id, candidate_id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, candidate_id) REFERENCES exam_candidate (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX exam_response_candidate ON exam_response (group_id, candidate_id);
-- Positions of the optional items that do not count for this candidate; their marks are stored as 0.
ALTER TABLE exam_score ADD COLUMN left_out int2[] NOT NULL DEFAULT '{}';

-- What a changed key moved: by item for all, by candidate for the own school.
CREATE TABLE paper_rescore (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    from_version smallint NOT NULL,
    to_version smallint NOT NULL,
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 2000),
    rescored int NOT NULL,
    moved int NOT NULL,
    items jsonb NOT NULL,
    made_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, exam_subject_id, to_version),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id)
);
CREATE TABLE paper_rescore_move (
    group_id uuid NOT NULL,
    rescore_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    before_half_marks int NOT NULL,
    after_half_marks int NOT NULL,
    items text[] NOT NULL,
    PRIMARY KEY (group_id, rescore_id, candidate_id),
    FOREIGN KEY (group_id, rescore_id) REFERENCES paper_rescore (group_id, id),
    FOREIGN KEY (group_id, candidate_id) REFERENCES exam_candidate (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX paper_rescore_move_candidate ON paper_rescore_move (group_id, candidate_id);

-- ── the sealed file of a paper ───────────────────────────────────────────────────────────────

-- Until that instant a resource is there for its author and the setters of the subject alone;
-- infinity: no hour is set yet. In the row itself, so that what forbids needs to look nothing up.
ALTER TABLE resource ADD COLUMN sealed_until_at timestamptz;
CREATE TABLE exam_paper_file (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    sealed_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, resource_id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id)
);
CREATE INDEX exam_paper_file_subject ON exam_paper_file (group_id, exam_subject_id);
-- An offer of a sealed resource opens with it.
ALTER TABLE offer ADD COLUMN opens_at timestamptz;
CREATE FUNCTION app.open_with_resource() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    SELECT r.sealed_until_at INTO NEW.opens_at FROM resource r
     WHERE r.group_id = NEW.group_id AND r.id = NEW.resource_id;
    RETURN NEW;
END $$;
CREATE TRIGGER open_with_resource BEFORE INSERT ON offer
FOR EACH ROW EXECUTE FUNCTION app.open_with_resource();
CREATE FUNCTION app.move_openings() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE offer o SET opens_at = NEW.sealed_until_at
     WHERE o.group_id = NEW.group_id AND o.resource_id = NEW.id;
    RETURN NULL;
END $$;
CREATE TRIGGER move_openings AFTER UPDATE OF sealed_until_at ON resource
FOR EACH ROW EXECUTE FUNCTION app.move_openings();
-- The seal follows the hour of the exam.
CREATE FUNCTION app.move_seal() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE resource r SET sealed_until_at = coalesce(NEW.starts_at, 'infinity')
      FROM exam_paper_file f
     WHERE f.group_id = NEW.group_id AND f.exam_subject_id = NEW.id
       AND r.group_id = f.group_id AND r.id = f.resource_id;
    RETURN NULL;
END $$;
CREATE TRIGGER move_seal AFTER UPDATE OF starts_at ON exam_subject
FOR EACH ROW EXECUTE FUNCTION app.move_seal();
-- A harvester asks for what changed since it last asked: to it, the opening is the change.
CREATE FUNCTION app.stamp_at_opening() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE opening timestamptz;
BEGIN
    SELECT r.sealed_until_at INTO opening FROM resource r
     WHERE r.group_id = NEW.group_id AND r.id = NEW.resource_id;
    IF opening < 'infinity' THEN
        NEW.changed_at := greatest(NEW.changed_at, opening);
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER stamp_at_opening BEFORE INSERT OR UPDATE ON harvest_stamp
FOR EACH ROW EXECUTE FUNCTION app.stamp_at_opening();
CREATE TRIGGER stamp_sealed AFTER UPDATE OF sealed_until_at ON resource
FOR EACH ROW WHEN (NEW.status <> 'draft') EXECUTE FUNCTION app.stamp_resource();

-- ── the group's own gates ────────────────────────────────────────────────────────────────────

-- What a group takes away from a gate of the law. It is read together with the law, never instead.
CREATE TABLE exam_gate_rule (
    group_id uuid NOT NULL REFERENCES education_group (id),
    gate text NOT NULL CHECK (length(gate) BETWEEN 1 AND 60),
    allowed boolean NOT NULL,
    collects text NOT NULL CHECK (collects IN ('scores', 'none')),
    contents text[] NOT NULL,
    in_school_year_max smallint CHECK (in_school_year_max >= 0),
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 2000),
    version int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, gate)
);

-- ── walls ────────────────────────────────────────────────────────────────────────────────────

SELECT app.wall_by_school(t, ARRAY['school_id']) FROM unnest(ARRAY[
    'exam_school_subject', 'exam_response', 'paper_rescore_move'
]::regclass[]) AS t;
SELECT app.wall_by_group('exam_gate_rule');
SELECT app.wall_by_group('exam_paper_file');
ALTER TABLE exam_setter ENABLE ROW LEVEL SECURITY;
ALTER TABLE exam_setter FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON exam_setter USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR person_id = (SELECT app.person_id())
         OR app.runs_exam(exam_id)))
    WITH CHECK (group_id = (SELECT app.group_id()) AND app.runs_exam(exam_id));
-- Who may know keys and the blueprint before the results are frozen: the organiser and the setters.
CREATE FUNCTION app.sees_paper(of_exam_subject_id uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT app.is_office()
        OR EXISTS (SELECT FROM public.exam_setter t WHERE t.group_id = app.group_id()
                      AND t.exam_subject_id = of_exam_subject_id
                      AND t.person_id = app.person_id())
        OR EXISTS (SELECT FROM public.exam_subject s
                     JOIN public.exam e ON e.group_id = s.group_id AND e.id = s.exam_id
                    WHERE s.group_id = app.group_id() AND s.id = of_exam_subject_id
                      AND (e.school_id = app.school_id()
                           OR e.status IN ('frozen', 'released', 'archived')))
$$;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['paper_version', 'paper_choice', 'paper_rescore',
                             'paper_key', 'paper_cell']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format(
            'CREATE POLICY wall ON %1$I USING (group_id = (SELECT app.group_id()) AND %2$s)',
            t,
            CASE WHEN t IN ('paper_key', 'paper_cell')
                 THEN 'app.sees_paper(exam_subject_id)'
                 ELSE format('EXISTS (SELECT FROM exam_subject s WHERE s.group_id = %1$I.group_id
                                         AND s.id = %1$I.exam_subject_id)', t) END);
    END LOOP;
END $$;
-- Hours are set by whoever runs the exam, even where a query forgets to ask.
CREATE POLICY runs ON exam_subject AS RESTRICTIVE FOR UPDATE USING (
    app.runs_exam(exam_id) OR app.sees_paper(id));
-- A sealed paper is not there, whoever forgets to ask; the system itself still tidies up.
CREATE FUNCTION app.sets_paper_of(of_resource_id uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM public.exam_paper_file f
                     JOIN public.exam_setter t ON t.group_id = f.group_id
                                              AND t.exam_subject_id = f.exam_subject_id
                    WHERE f.group_id = app.group_id() AND f.resource_id = of_resource_id
                      AND t.person_id = app.person_id())
$$;
CREATE POLICY sealed ON resource AS RESTRICTIVE FOR SELECT USING (
    sealed_until_at IS NULL OR sealed_until_at <= (SELECT app.now())
    OR author_person_id = (SELECT app.person_id())
    OR (SELECT app.claim('kind')) = 'system' OR app.sets_paper_of(id));

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON paper_rescore
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();

GRANT SELECT, INSERT ON exam_school_subject, exam_setter, paper_version, paper_choice, paper_key,
    paper_cell, exam_response, paper_rescore, paper_rescore_move, exam_paper_file,
    exam_gate_rule
    TO schoolgroup_app;
GRANT UPDATE (answer_until_at) ON exam TO schoolgroup_app;
GRANT UPDATE (paper_version, starts_at, minutes) ON exam_subject TO schoolgroup_app;
GRANT UPDATE (status, answered_at, late_because) ON exam_school_subject TO schoolgroup_app;
GRANT UPDATE (paper_version, answers, half_marks) ON exam_response TO schoolgroup_app;
GRANT UPDATE (paper_version, item_half_marks, left_out, result) ON exam_score TO schoolgroup_app;
GRANT UPDATE (sealed_until_at) ON resource TO schoolgroup_app;
GRANT UPDATE (opens_at) ON offer TO schoolgroup_app;
GRANT UPDATE (allowed, collects, contents, in_school_year_max, because, version, updated_at)
    ON exam_gate_rule TO schoolgroup_app;
GRANT DELETE ON exam_setter, paper_choice, paper_key, paper_cell, paper_item, exam_response,
    exam_gate_rule TO schoolgroup_app;
GRANT EXECUTE ON FUNCTION app.runs_exam(uuid), app.sees_paper(uuid), app.sets_paper_of(uuid),
    app.move_seal(), app.stamp_at_opening(),
    app.open_with_resource(), app.move_openings() TO schoolgroup_app;
-- migrate:down
