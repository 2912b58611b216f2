-- migrate:up
-- Why: pupils under an id that says nothing, their names apart and inside their school alone; and an
-- exam's candidates, rooms and seats, drawn by a seed that was sealed before anyone was registered.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- ── the pupil register 学籍 ──────────────────────────────────────────────────────────────────

CREATE TABLE pupil (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- where the pupil is now, or was last
    school_id uuid NOT NULL,
    register_number text COLLATE "C" NOT NULL CHECK (length(register_number) BETWEEN 1 AND 40),
    sex text CHECK (sex IN ('f', 'm')),
    status text NOT NULL CHECK (status IN ('enrolled', 'left', 'graduated')),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT register_number_once UNIQUE (group_id, school_id, register_number),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
-- Where a pupil was in which school year: history stays where it happened.
CREATE TABLE pupil_enrolment (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    register_number text COLLATE "C" NOT NULL CHECK (length(register_number) BETWEEN 1 AND 40),
    school_year smallint NOT NULL CHECK (school_year BETWEEN 1990 AND 2200),
    grade smallint NOT NULL CHECK (grade BETWEEN 1 AND 12),
    class_label text NOT NULL CHECK (length(class_label) BETWEEN 1 AND 40),
    from_on date NOT NULL,
    -- the first day it no longer holds
    until_on date,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, pupil_id) REFERENCES pupil (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CONSTRAINT one_class_a_year UNIQUE (group_id, pupil_id, school_year, school_id),
    CHECK (until_on IS NULL OR until_on >= from_on)
);
CREATE UNIQUE INDEX one_open_enrolment ON pupil_enrolment (group_id, pupil_id, school_year)
 WHERE until_on IS NULL;
CREATE INDEX pupil_enrolment_class ON pupil_enrolment
    (group_id, school_id, school_year, grade, class_label);
-- A name belongs to the school that wrote it down; a transfer does not take it along.
CREATE TABLE pupil_name (
    group_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, pupil_id, school_id),
    FOREIGN KEY (group_id, pupil_id) REFERENCES pupil (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
-- One promotion per school and year; undone ones stay as history.
CREATE TABLE pupil_promotion (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    to_year smallint NOT NULL CHECK (to_year BETWEEN 1990 AND 2200),
    promoted int NOT NULL,
    graduated int NOT NULL,
    made_at timestamptz NOT NULL,
    undone_at timestamptz,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE UNIQUE INDEX one_promotion_a_year ON pupil_promotion (group_id, school_id, to_year)
 WHERE undone_at IS NULL;
CREATE TABLE pupil_transfer (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    from_school_id uuid NOT NULL,
    to_school_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'accepted', 'declined', 'withdrawn')),
    -- shown to the receiving school, which does not see the register it comes from
    grade smallint NOT NULL,
    because text NOT NULL DEFAULT '' CHECK (length(because) <= 1000),
    decided_because text NOT NULL DEFAULT '' CHECK (length(decided_because) <= 1000),
    proposed_at timestamptz NOT NULL,
    decided_at timestamptz,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, pupil_id) REFERENCES pupil (group_id, id),
    FOREIGN KEY (group_id, from_school_id) REFERENCES school (group_id, id),
    CONSTRAINT receiving_school FOREIGN KEY (group_id, to_school_id)
        REFERENCES school (group_id, id),
    CHECK (from_school_id <> to_school_id),
    CHECK ((status = 'proposed') = (decided_at IS NULL))
);
CREATE UNIQUE INDEX one_open_transfer ON pupil_transfer (group_id, pupil_id)
 WHERE status = 'proposed';

-- ── candidates, rooms and seats 考务 ─────────────────────────────────────────────────────────

ALTER TABLE exam_candidate
    ADD COLUMN pupil_id uuid,
    -- the number the school knows the pupil by; until numbers are drawn, the only one
    ADD COLUMN register_number text COLLATE "C" CHECK (length(register_number) BETWEEN 1 AND 40),
    -- why it came after the roster was locked
    ADD COLUMN late_because text NOT NULL DEFAULT '' CHECK (length(late_because) <= 2000),
    ADD FOREIGN KEY (group_id, pupil_id) REFERENCES pupil (group_id, id);
CREATE UNIQUE INDEX candidate_of_pupil ON exam_candidate (group_id, exam_id, pupil_id)
 WHERE pupil_id IS NOT NULL;
CREATE UNIQUE INDEX candidate_of_register ON exam_candidate
    (group_id, exam_id, school_id, register_number) WHERE register_number IS NOT NULL;
CREATE INDEX exam_candidate_pupil ON exam_candidate (group_id, pupil_id) WHERE pupil_id IS NOT NULL;
-- For schools that do not keep the register here.
CREATE TABLE exam_candidate_name (
    group_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    PRIMARY KEY (group_id, candidate_id),
    FOREIGN KEY (group_id, candidate_id) REFERENCES exam_candidate (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
-- A candidate takes a subject; how it went with being there, as a state. Null: nothing to say.
CREATE TABLE exam_entry (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    school_id uuid NOT NULL,
    attendance text CHECK (attendance IN ('present', 'absent', 'void', 'exempt', 'late')),
    attendance_because text NOT NULL DEFAULT '' CHECK (length(attendance_because) <= 1000),
    recorded_at timestamptz,
    PRIMARY KEY (group_id, exam_subject_id, candidate_id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, candidate_id) REFERENCES exam_candidate (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, exam_id, school_id) REFERENCES exam_school (group_id, exam_id, school_id),
    CHECK ((attendance IS NULL) = (recorded_at IS NULL))
);
CREATE INDEX exam_entry_candidate ON exam_entry (group_id, candidate_id);
CREATE INDEX exam_entry_exam ON exam_entry (group_id, exam_id, school_id);
CREATE TABLE exam_room (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    site_school_id uuid NOT NULL,
    -- its order among the rooms of the exam: part of the exam number
    number smallint NOT NULL CHECK (number BETWEEN 1 AND 999),
    label text NOT NULL CHECK (length(label) BETWEEN 1 AND 40),
    seat_rows smallint NOT NULL CHECK (seat_rows BETWEEN 1 AND 30),
    seat_columns smallint NOT NULL CHECK (seat_columns BETWEEN 1 AND 30),
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, exam_id, number),
    CONSTRAINT room_label_once UNIQUE (group_id, exam_id, site_school_id, label),
    CONSTRAINT room_site FOREIGN KEY (group_id, exam_id, site_school_id)
        REFERENCES exam_school (group_id, exam_id, school_id)
);
-- Seats count row by row from the front left; one candidate to a seat, one seat to a candidate.
CREATE TABLE exam_seat (
    group_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    room_id uuid NOT NULL,
    seat_no smallint NOT NULL CHECK (seat_no BETWEEN 1 AND 900),
    school_id uuid NOT NULL,
    site_school_id uuid NOT NULL,
    PRIMARY KEY (group_id, candidate_id),
    CONSTRAINT one_to_a_seat UNIQUE (group_id, room_id, seat_no),
    FOREIGN KEY (group_id, candidate_id) REFERENCES exam_candidate (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, room_id) REFERENCES exam_room (group_id, id),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id)
);
-- The seed is drawn and its hash told before registration opens; it is told itself with the draw.
CREATE TABLE exam_seed (
    group_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    seed text NOT NULL CHECK (seed ~ '^[0-9a-f]{64}$'),
    commitment_sha256 text NOT NULL CHECK (commitment_sha256 ~ '^[0-9a-f]{64}$'),
    committed_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, exam_id),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id)
);
CREATE TABLE exam_draw (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    number smallint NOT NULL CHECK (number > 0),
    because text NOT NULL DEFAULT '' CHECK (length(because) <= 2000),
    mixed boolean NOT NULL,
    candidates int NOT NULL,
    conflicts int NOT NULL,
    -- the fewest any seating of these rooms could have, as far as it is proved
    conflicts_min int NOT NULL,
    result_sha256 text NOT NULL CHECK (result_sha256 ~ '^[0-9a-f]{64}$'),
    drawn_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, exam_id, number),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id)
);

-- ── walls ────────────────────────────────────────────────────────────────────────────────────

SELECT app.wall_by_school(t, ARRAY['school_id']) FROM unnest(ARRAY[
    'pupil', 'pupil_enrolment', 'pupil_promotion', 'exam_entry'
]::regclass[]) AS t;
SELECT app.wall_by_school('pupil_transfer', ARRAY['from_school_id', 'to_school_id']);
SELECT app.wall_by_school('exam_seat', ARRAY['school_id', 'site_school_id']);
-- Names: the own school alone. Not the office, and not the system: both have no school.
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['pupil_name', 'exam_candidate_name'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id())
                            AND school_id = (SELECT app.school_id()))', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['exam_room', 'exam_draw'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY wall ON %1$I USING (group_id = (SELECT app.group_id())
                            AND EXISTS (SELECT FROM exam e WHERE e.group_id = %1$I.group_id
                                           AND e.id = %1$I.exam_id))', t);
    END LOOP;
END $$;
ALTER TABLE exam_seed ENABLE ROW LEVEL SECURITY;
ALTER TABLE exam_seed FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON exam_seed USING (group_id = (SELECT app.group_id()) AND app.runs_exam(exam_id));

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON exam_draw
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON exam_seed
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();

GRANT SELECT, INSERT ON pupil, pupil_enrolment, pupil_name, pupil_promotion, pupil_transfer,
    exam_candidate_name, exam_entry, exam_room, exam_seat, exam_seed, exam_draw TO schoolgroup_app;
GRANT UPDATE (school_id, register_number, sex, status, version, updated_at) ON pupil
    TO schoolgroup_app;
GRANT UPDATE (register_number, grade, class_label, until_on) ON pupil_enrolment TO schoolgroup_app;
GRANT UPDATE (name, updated_at) ON pupil_name TO schoolgroup_app;
GRANT UPDATE (undone_at) ON pupil_promotion TO schoolgroup_app;
GRANT UPDATE (status, decided_because, decided_at, version) ON pupil_transfer TO schoolgroup_app;
GRANT UPDATE (exam_number, pupil_id, register_number) ON exam_candidate TO schoolgroup_app;
GRANT UPDATE (name) ON exam_candidate_name TO schoolgroup_app;
GRANT UPDATE (attendance, attendance_because, recorded_at) ON exam_entry TO schoolgroup_app;
GRANT DELETE ON pupil_enrolment, pupil_name, exam_candidate_name, exam_entry, exam_room, exam_seat
    TO schoolgroup_app;
-- migrate:down
