-- migrate:up
-- Why: who doubts a mark is heard, the answer has a reason, and what changes makes a new snapshot.
-- What was told of a small change stays told as it was: two releases side by side show nobody.
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
-- migrate:down
