-- migrate:up
-- Why: marking 阅卷 of joint exams, blind by construction. What joins a script to a pupil, a school
-- or another person's mark stands behind a wall that lets no school in; a marker's own rows name
-- only the task in hand. That nobody marks the own school's script, nor one script twice, nor one
-- role twice, are constraints: they hold whoever writes, and however.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- How one item 小题 of a paper is marked.
CREATE TABLE marking_plan (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    position smallint NOT NULL,
    status text NOT NULL CHECK (status IN ('draft', 'open', 'complete')),
    mode text NOT NULL CHECK (mode IN ('1', '1+1', '1+1+1', '2+1', '2+1+1')),
    -- two marks no further apart than this agree: half marks, or percent of the item's maximum
    threshold smallint NOT NULL CHECK (threshold >= 0),
    threshold_unit text NOT NULL CHECK (threshold_unit IN ('half_marks', 'percent')),
    -- a third mark equally far from both
    third_rule text NOT NULL CHECK (third_rule IN ('higher', 'lower', 'arbitrate')),
    step_half_marks smallint NOT NULL CHECK (step_half_marks BETWEEN 1 AND 20),
    -- scoring points with their maximum, in half marks; empty: one mark for the whole item
    point_labels text[] NOT NULL DEFAULT '{}',
    point_half_marks smallint[] NOT NULL DEFAULT '{}',
    -- image: cut from what the schools upload; paper: marked by the blind code on the sheet
    medium text NOT NULL CHECK (medium IN ('image', 'paper')),
    lease_minutes smallint NOT NULL CHECK (lease_minutes BETWEEN 1 AND 240),
    seed_percent smallint NOT NULL CHECK (seed_percent BETWEEN 0 AND 50),
    recheck_percent smallint NOT NULL CHECK (recheck_percent BETWEEN 0 AND 50),
    -- how far from the known mark, or the own earlier one, is still within tolerance
    tolerance_half_marks smallint NOT NULL CHECK (tolerance_half_marks >= 0),
    -- more than so many outside it among the last so many checks pauses the marker
    pause_outside_max smallint NOT NULL CHECK (pause_outside_max >= 0),
    pause_window smallint NOT NULL CHECK (pause_window BETWEEN 1 AND 100),
    -- so many of so many known scripts before the first live one; 0: no calibration
    calibration_pass smallint NOT NULL,
    calibration_of smallint NOT NULL CHECK (calibration_of BETWEEN 0 AND 50),
    -- candidates: a school's markers do its candidates' share; set: as set; none: first come
    balance text NOT NULL CHECK (balance IN ('candidates', 'set', 'none')),
    arbiter_sees_marks boolean NOT NULL,
    opened_at timestamptz,
    completed_at timestamptz,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_plan_per_item UNIQUE (group_id, exam_subject_id, paper_version, position),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id, paper_version, position)
        REFERENCES paper_item (group_id, exam_subject_id, paper_version, position),
    CHECK (cardinality(point_labels) = cardinality(point_half_marks)),
    CHECK (pause_outside_max <= pause_window),
    CHECK (calibration_pass BETWEEN 0 AND calibration_of)
);
CREATE INDEX marking_plan_exam ON marking_plan (group_id, exam_id, id);

-- Who marks an item: in one appointment at one school, never for the office.
CREATE TABLE marking_marker (
    group_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    person_id uuid NOT NULL,
    school_id uuid NOT NULL,
    duty text NOT NULL CHECK (duty IN ('marker', 'leader', 'arbiter')),
    status text NOT NULL CHECK (status IN ('calibrating', 'live', 'paused', 'left')),
    -- of the last pause: by whom or by which checks
    paused_because text NOT NULL DEFAULT '' CHECK (length(paused_because) <= 500),
    -- checks before this instant no longer count for a pause
    checked_from_at timestamptz NOT NULL,
    joined_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, plan_id, person_id),
    UNIQUE (group_id, plan_id, person_id, school_id),
    FOREIGN KEY (group_id, plan_id) REFERENCES marking_plan (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX marking_marker_person ON marking_marker (group_id, person_id);
-- What a school's markers are to do of the first and second marks: reckoned when marking opens.
CREATE TABLE marking_share (
    group_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    school_id uuid NOT NULL,
    weight int NOT NULL CHECK (weight BETWEEN 0 AND 1000000),
    turns_allotted int,
    PRIMARY KEY (group_id, plan_id, school_id),
    FOREIGN KEY (group_id, plan_id) REFERENCES marking_plan (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);

-- One answer to one item. The id is random and says nothing; whose it is stands in
-- marking_identity. `school_id` is here for the constraint that keeps its own markers away.
CREATE TABLE marking_script (
    group_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    plan_id uuid NOT NULL,
    school_id uuid NOT NULL,
    -- seed and calibration: a copy under another id, with a known mark once an expert has given it
    kind text NOT NULL CHECK (kind IN ('live', 'seed', 'calibration')),
    known_half_marks smallint,
    known_because text NOT NULL DEFAULT '' CHECK (length(known_because) <= 500),
    -- in the store, under a random key
    image_key text CHECK (length(image_key) BETWEEN 1 AND 200),
    blind_code text CHECK (blind_code ~ '^[0-9A-F]{10}$'),
    -- orders the queue: schools interleaved, by lot within each
    place bigint NOT NULL DEFAULT 0,
    -- exact: the mean of two half marks is a quarter mark
    final_quarter_marks smallint CHECK (final_quarter_marks >= 0),
    settled_by text CHECK (settled_by IN ('single', 'checked', 'mean', 'nearer', 'arbiter')),
    settled_at timestamptz,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, id, school_id, plan_id),
    CONSTRAINT one_script_per_code UNIQUE (group_id, plan_id, blind_code),
    FOREIGN KEY (group_id, plan_id) REFERENCES marking_plan (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK ((final_quarter_marks IS NULL) = (settled_at IS NULL)),
    CHECK ((final_quarter_marks IS NULL) = (settled_by IS NULL)),
    CHECK (kind = 'live' OR final_quarter_marks IS NULL),
    CHECK (kind <> 'live' OR known_half_marks IS NULL)
);
CREATE INDEX marking_script_plan ON marking_script (group_id, plan_id, kind, school_id);
CREATE TABLE marking_identity (
    group_id uuid NOT NULL,
    script_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    PRIMARY KEY (group_id, script_id),
    CONSTRAINT one_script_per_candidate UNIQUE (group_id, plan_id, candidate_id),
    FOREIGN KEY (group_id, script_id) REFERENCES marking_script (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, candidate_id) REFERENCES exam_candidate (group_id, id)
);
CREATE INDEX marking_identity_candidate ON marking_identity (group_id, candidate_id);

-- A script in somebody's hands: all a marker's own rows say. Which script it is, and which turn,
-- stands in marking_turn.
CREATE TABLE marking_task (
    group_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    plan_id uuid NOT NULL,
    person_id uuid NOT NULL,
    taken_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, plan_id, person_id)
        REFERENCES marking_marker (group_id, plan_id, person_id)
);

-- One role on one script, with one occupant: the seat of a marker. `no` 1 to 3 are marks given
-- blind, 4 the arbiter's, 0 a check on the marker (a seed, a calibration, an own script again).
CREATE TABLE marking_turn (
    group_id uuid NOT NULL,
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    plan_id uuid NOT NULL,
    script_id uuid NOT NULL,
    script_school_id uuid NOT NULL,
    no smallint NOT NULL CHECK (no BETWEEN 0 AND 4),
    purpose text NOT NULL CHECK (purpose IN ('live', 'seed', 'calibration', 'recheck')),
    duty text NOT NULL CHECK (duty IN ('marker', 'leader', 'arbiter')),
    place bigint NOT NULL,
    -- waits for an image, or for a decision on an abnormal script
    is_held boolean NOT NULL DEFAULT false,
    -- the occupant; a lease that has run out leaves the turn to whoever comes next
    person_id uuid,
    marker_school_id uuid,
    task_id uuid,
    leased_until_at timestamptz,
    marked_at timestamptz,
    -- set aside: another turn stands in its place, or nobody needs it any more
    voided_at timestamptz,
    voided_because text NOT NULL DEFAULT '' CHECK (length(voided_because) <= 500),
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, id, person_id),
    FOREIGN KEY (group_id, script_id, script_school_id, plan_id)
        REFERENCES marking_script (group_id, id, school_id, plan_id),
    FOREIGN KEY (group_id, plan_id, person_id, marker_school_id)
        REFERENCES marking_marker (group_id, plan_id, person_id, school_id),
    FOREIGN KEY (group_id, task_id) REFERENCES marking_task (group_id, id),
    CONSTRAINT never_the_own_school CHECK (marker_school_id <> script_school_id),
    CHECK ((person_id IS NULL) = (marker_school_id IS NULL)),
    CHECK ((person_id IS NULL) = (task_id IS NULL)),
    CHECK ((person_id IS NULL) = (leased_until_at IS NULL)),
    CHECK (marked_at IS NULL OR person_id IS NOT NULL),
    CHECK ((purpose = 'live') = (no > 0))
);
-- One seat per role of a script; nobody in two roles of it, and each check once per marker.
CREATE UNIQUE INDEX one_turn_per_role ON marking_turn (group_id, script_id, no)
 WHERE purpose = 'live' AND voided_at IS NULL;
CREATE UNIQUE INDEX never_twice_to_one_marker ON marking_turn (group_id, script_id, person_id)
 WHERE purpose = 'live' AND person_id IS NOT NULL;
CREATE UNIQUE INDEX one_check_per_marker
    ON marking_turn (group_id, script_id, person_id, purpose) WHERE purpose <> 'live';
CREATE UNIQUE INDEX one_turn_per_task ON marking_turn (group_id, task_id) WHERE task_id IS NOT NULL;
CREATE INDEX marking_turn_queue ON marking_turn (group_id, plan_id, place)
 WHERE purpose = 'live' AND marked_at IS NULL AND voided_at IS NULL AND NOT is_held;
CREATE INDEX marking_turn_done ON marking_turn (group_id, plan_id, marker_school_id, no)
 WHERE purpose = 'live' AND person_id IS NOT NULL AND voided_at IS NULL;
CREATE INDEX marking_turn_marked ON marking_turn (group_id, plan_id, person_id, purpose)
 WHERE marked_at IS NOT NULL;
CREATE INDEX marking_turn_in_hand ON marking_turn (group_id, plan_id, person_id)
 WHERE marked_at IS NULL AND voided_at IS NULL AND person_id IS NOT NULL;

-- Every mark ever given; a turn has one, by its occupant.
CREATE TABLE marking_mark (
    group_id uuid NOT NULL,
    turn_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    person_id uuid NOT NULL,
    half_marks smallint NOT NULL CHECK (half_marks >= 0),
    point_half_marks smallint[] NOT NULL DEFAULT '{}',
    taken_at timestamptz NOT NULL,
    marked_at timestamptz NOT NULL,
    CONSTRAINT one_mark_per_turn PRIMARY KEY (group_id, turn_id),
    CONSTRAINT marks_by_the_occupant FOREIGN KEY (group_id, turn_id, person_id)
        REFERENCES marking_turn (group_id, id, person_id)
);
CREATE INDEX marking_mark_person ON marking_mark (group_id, plan_id, person_id);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON marking_mark
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON marking_mark
FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();

-- A script a marker cannot mark 异常卷; a leader decides.
CREATE TABLE marking_abnormal (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    plan_id uuid NOT NULL,
    script_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('blank', 'wrong_item', 'unreadable', 'suspected_cheating')),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    reported_by uuid NOT NULL,
    reported_at timestamptz NOT NULL,
    decision text CHECK (decision IN ('mark_on', 'final')),
    decided_by uuid,
    decided_because text NOT NULL DEFAULT '' CHECK (length(decided_because) <= 500),
    decided_at timestamptz,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, script_id) REFERENCES marking_script (group_id, id),
    FOREIGN KEY (group_id, plan_id, reported_by)
        REFERENCES marking_marker (group_id, plan_id, person_id),
    FOREIGN KEY (group_id, plan_id, decided_by)
        REFERENCES marking_marker (group_id, plan_id, person_id),
    CONSTRAINT decided_by_another CHECK (decided_by <> reported_by),
    CHECK ((decision IS NULL) = (decided_at IS NULL)),
    CHECK ((decision IS NULL) = (decided_by IS NULL))
);
CREATE UNIQUE INDEX one_open_report ON marking_abnormal (group_id, script_id)
 WHERE decided_at IS NULL;
CREATE INDEX marking_abnormal_plan ON marking_abnormal (group_id, plan_id, id);

-- Where on the scanned pages an item's answer is, and where names may stand: in hundredths of a
-- percent of the page. No region touches a name area (scripts/cutting.py).
CREATE TABLE marking_template (
    group_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    pages smallint NOT NULL CHECK (pages BETWEEN 1 AND 20),
    regions jsonb NOT NULL,
    name_areas jsonb NOT NULL,
    set_at timestamptz NOT NULL,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, exam_subject_id, paper_version),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id)
);
-- A school's scanned pages: an archive handed in as an upload, cut candidate by candidate.
CREATE TABLE script_batch (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    school_id uuid NOT NULL,
    deposit_id uuid NOT NULL,
    exam_numbers text[] NOT NULL CHECK (exam_numbers <> '{}'),
    candidates_cut int NOT NULL DEFAULT 0,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, deposit_id) REFERENCES deposit (group_id, id),
    CHECK (candidates_cut BETWEEN 0 AND cardinality(exam_numbers))
);
CREATE INDEX script_batch_exam ON script_batch (group_id, exam_id, id);

-- An exam is not frozen while somebody still marks it, whichever way the freezing comes.
CREATE FUNCTION app.marking_is_over() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF EXISTS (SELECT FROM public.marking_plan p WHERE p.group_id = NEW.group_id
                  AND p.exam_id = NEW.id AND p.status = 'open') THEN
        RAISE EXCEPTION 'marking of exam % goes on', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'marking_unfinished';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER marking_is_over BEFORE UPDATE OF status ON exam
FOR EACH ROW WHEN (NEW.status = 'frozen' AND OLD.status <> 'released')
EXECUTE FUNCTION app.marking_is_over();
-- Marks are taken while the plan is open, and at no other time.
CREATE FUNCTION app.marking_is_open() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    -- no lock: a completion waits until every script is final, and then no turn is left to mark
    PERFORM FROM public.marking_plan p
      WHERE p.group_id = NEW.group_id AND p.id = NEW.plan_id AND p.status = 'open';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'plan % is not open', NEW.plan_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'marks_only_while_open';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER marking_is_open BEFORE INSERT ON marking_mark
FOR EACH ROW EXECUTE FUNCTION app.marking_is_open();

-- Opening an item writes tens of thousands of rows at once; the planner must not take the tables for
-- small ones until somebody else comes to look.
CREATE FUNCTION app.refresh_marking_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog
AS $$ BEGIN ANALYZE marking_script, marking_identity, marking_turn; END $$;

-- Plans and templates name nobody. What joins marks, scripts, schools and pupils is open to no
-- school: the desk works on it as the system, after the policy has said yes.
SELECT app.wall_by_school('script_batch', ARRAY['school_id']);
DO $$
DECLARE t regclass; mine text;
BEGIN
    -- read in the group, or in the own school; written by the office, and by the desk
    FOREACH t IN ARRAY ARRAY['marking_plan', 'marking_template', 'marking_marker',
                             'marking_share']::regclass[] LOOP
        mine := CASE WHEN t IN ('marking_plan'::regclass, 'marking_template'::regclass) THEN 'true'
                     ELSE 'school_id = (SELECT app.school_id())' END;
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY wall ON %s FOR SELECT USING (group_id = (SELECT app.group_id())
                AND ((SELECT app.is_office()) OR %s))', t, mine);
        EXECUTE format('CREATE POLICY enter ON %s FOR INSERT WITH CHECK
                            (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()))', t);
        EXECUTE format('CREATE POLICY change ON %s FOR UPDATE USING
                            (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()))', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['marking_script', 'marking_identity', 'marking_turn',
                             'marking_abnormal']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY wall ON %s USING (group_id = (SELECT app.group_id())
                            AND (SELECT app.is_office()))', t);
    END LOOP;
    -- one's own, to read; written by the desk
    FOREACH t IN ARRAY ARRAY['marking_task', 'marking_mark']::regclass[] LOOP
        EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY wall ON %s FOR SELECT USING (group_id = (SELECT app.group_id())
                AND ((SELECT app.is_office()) OR person_id = (SELECT app.person_id())))', t);
        EXECUTE format('CREATE POLICY enter ON %s FOR INSERT WITH CHECK
                            (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()))', t);
    END LOOP;
END $$;

GRANT SELECT, INSERT ON marking_plan, marking_marker, marking_share, marking_script,
    marking_identity, marking_task, marking_turn, marking_mark, marking_abnormal, marking_template,
    script_batch TO schoolgroup_app;
GRANT UPDATE (status, mode, threshold, threshold_unit, third_rule, step_half_marks, point_labels,
    point_half_marks, medium, lease_minutes, seed_percent, recheck_percent, tolerance_half_marks,
    pause_outside_max, pause_window, calibration_pass, calibration_of, balance, arbiter_sees_marks,
    opened_at, completed_at, version, updated_at) ON marking_plan TO schoolgroup_app;
GRANT UPDATE (duty, status, paused_because, checked_from_at) ON marking_marker TO schoolgroup_app;
GRANT UPDATE (weight, turns_allotted) ON marking_share TO schoolgroup_app;
GRANT UPDATE (known_half_marks, known_because, image_key, place, final_quarter_marks, settled_by,
    settled_at) ON marking_script TO schoolgroup_app;
GRANT UPDATE (place, is_held, person_id, marker_school_id, task_id, leased_until_at, marked_at, voided_at,
    voided_because) ON marking_turn TO schoolgroup_app;
GRANT UPDATE (decision, decided_by, decided_because, decided_at) ON marking_abnormal
    TO schoolgroup_app;
GRANT UPDATE (pages, regions, name_areas, set_at, version) ON marking_template TO schoolgroup_app;
GRANT UPDATE (candidates_cut, version) ON script_batch TO schoolgroup_app;
-- Completion writes the marked items into the scores.
GRANT UPDATE (item_half_marks) ON exam_score TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.refresh_marking_statistics() FROM public;
GRANT EXECUTE ON FUNCTION app.marking_is_over(), app.marking_is_open(),
    app.refresh_marking_statistics() TO schoolgroup_app;
-- migrate:down
