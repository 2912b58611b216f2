-- migrate:up
-- Why: who doubts a mark is heard, the answer has a reason, and what changes makes a new snapshot.
-- What was told of a small change stays told as it was: two releases side by side show nobody.
-- A school may send how often each total occurs instead of its pupils' rows.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- Until then the schools a release went to may appeal; null: no appeals are heard.
ALTER TABLE exam_release ADD COLUMN appeals_until_at timestamptz;
-- The earlier release whose figures stand here still, because too few pupils' marks have changed.
ALTER TABLE release_shared_figure ADD COLUMN carried_from_id uuid,
    ADD FOREIGN KEY (group_id, carried_from_id) REFERENCES exam_release (group_id, id);

-- A school doubts what one of its pupils was given in a subject 复核. A pupil stands here under the
-- exam number, as everywhere.
CREATE TABLE exam_appeal (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    release_id uuid NOT NULL,
    snapshot_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    -- re_add: are the marks added up and taken over right; re_mark: mark the answers afresh
    kind text NOT NULL CHECK (kind IN ('re_add', 're_mark')),
    -- the items in doubt; empty: all of them
    items text[] NOT NULL,
    reason text NOT NULL CHECK (length(reason) BETWEEN 1 AND 2000),
    status text NOT NULL CHECK (status IN ('lodged', 'upheld', 'rejected', 'withdrawn')),
    decided_because text NOT NULL DEFAULT '' CHECK (length(decided_because) <= 2000),
    before_half_marks int2[] NOT NULL,
    -- the marks as decided; they count from the snapshot they were applied in
    after_half_marks int2[],
    applied_snapshot_id uuid,
    lodged_at timestamptz NOT NULL,
    decided_at timestamptz,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    FOREIGN KEY (group_id, release_id) REFERENCES exam_release (group_id, id),
    FOREIGN KEY (group_id, snapshot_id) REFERENCES exam_snapshot (group_id, id),
    FOREIGN KEY (group_id, applied_snapshot_id) REFERENCES exam_snapshot (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, candidate_id) REFERENCES exam_candidate (group_id, id),
    CHECK ((status = 'upheld') = (after_half_marks IS NOT NULL)),
    CHECK ((status IN ('upheld', 'rejected')) = (decided_at IS NOT NULL)),
    CHECK (status = 'lodged' OR status = 'withdrawn' OR decided_because <> ''),
    CHECK (applied_snapshot_id IS NULL OR status = 'upheld'),
    CHECK (cardinality(after_half_marks) = cardinality(before_half_marks))
);
-- One answer per pupil, subject and snapshot: a changed mark may be doubted again, once.
CREATE UNIQUE INDEX one_appeal_per_snapshot
    ON exam_appeal (group_id, snapshot_id, exam_subject_id, candidate_id)
 WHERE status <> 'withdrawn';
-- And one that waits: for its answer, or for the snapshot that counts it.
CREATE UNIQUE INDEX one_open_appeal ON exam_appeal (group_id, exam_subject_id, candidate_id)
 WHERE status = 'lodged' OR status = 'upheld' AND applied_snapshot_id IS NULL;
CREATE INDEX exam_appeal_exam ON exam_appeal (group_id, exam_id, id);

SELECT app.wall_by_school('exam_appeal', ARRAY['school_id']);
-- A school that runs an exam of its own hears the appeals itself; its pupils are its own.
GRANT SELECT, INSERT ON exam_appeal TO schoolgroup_app;
GRANT UPDATE (status, decided_because, after_half_marks, applied_snapshot_id, decided_at, version)
    ON exam_appeal TO schoolgroup_app;
GRANT UPDATE (item_half_marks) ON exam_score TO schoolgroup_app;

-- Federated results: how often each total occurs at a school, in half marks from the lowest up, and
-- no row of any pupil. All score statistics but those of items follow exactly from it.
CREATE TABLE exam_sum (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    lowest_half_marks int NOT NULL,
    counts int[] NOT NULL CHECK (cardinality(counts) <= 60000 AND 0 <= ALL (counts)),
    n_absent int NOT NULL CHECK (n_absent >= 0),
    n_void int NOT NULL CHECK (n_void >= 0),
    n_exempt int NOT NULL CHECK (n_exempt >= 0),
    sent_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, exam_subject_id, school_id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
ALTER TABLE exam_snapshot_part ADD COLUMN sums jsonb,
    ADD CHECK (sums IS NULL OR cardinality(exam_numbers) = 0);
SELECT app.wall_by_school('exam_sum', ARRAY['school_id']);
GRANT SELECT, INSERT, DELETE ON exam_sum TO schoolgroup_app;
-- migrate:down
