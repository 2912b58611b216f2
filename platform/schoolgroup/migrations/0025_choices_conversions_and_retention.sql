-- migrate:up
-- Why: an item that does not count for a pupil is no zero, in a snapshot neither; the table that
-- turned raw into assigned marks stands when single marks change later; names have a term.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- Of the candidates present one bit per item, set where the item does not count (选做), each row
-- filled up to whole bytes. Empty: every item counts for everybody, as in all snapshots before.
ALTER TABLE exam_snapshot_part ADD COLUMN left_out bytea NOT NULL DEFAULT ''
    CHECK (left_out = '' OR sums IS NULL);

-- ── tables of assigned marks 等级赋分 ─────────────────────────────────────────────────────────

CREATE TABLE exam_conversion (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    number smallint NOT NULL CHECK (number > 0),
    -- the frozen marks it was worked out of
    snapshot_id uuid NOT NULL,
    scheme text NOT NULL CHECK (length(scheme) BETWEEN 1 AND 40),
    boundary text NOT NULL CHECK (boundary IN ('at_most', 'at_least', 'nearest')),
    tie text NOT NULL CHECK (tie IN ('more', 'fewer')),
    one_score text NOT NULL CHECK (one_score IN ('max', 'min', 'mean')),
    -- keep: a mark changed later is read off this table; renew: the next snapshot makes its own
    when_marks_change text NOT NULL CHECK (when_marks_change IN ('keep', 'renew')),
    because text NOT NULL DEFAULT '' CHECK (length(because) <= 2000),
    n int NOT NULL CHECK (n > 0),
    -- from the top: level, raw_lowest, raw_highest, lowest, highest
    bands jsonb NOT NULL CHECK (jsonb_typeof(bands) = 'array'),
    made_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT conversion_number_once UNIQUE (group_id, exam_subject_id, number),
    FOREIGN KEY (group_id, exam_id) REFERENCES exam (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, snapshot_id) REFERENCES exam_snapshot (group_id, id)
);
CREATE INDEX exam_conversion_exam ON exam_conversion (group_id, exam_id);
-- Which table a release was told by.
CREATE TABLE release_conversion (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    conversion_id uuid NOT NULL,
    PRIMARY KEY (group_id, release_id, exam_subject_id),
    FOREIGN KEY (group_id, release_id) REFERENCES exam_release (group_id, id),
    FOREIGN KEY (group_id, exam_subject_id) REFERENCES exam_subject (group_id, id),
    FOREIGN KEY (group_id, conversion_id) REFERENCES exam_conversion (group_id, id)
);
ALTER TABLE release_pupils ADD COLUMN assigned_marks smallint[];

CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON exam_conversion
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON release_conversion
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();

ALTER TABLE release_conversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE release_conversion FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON release_conversion USING (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM exam_release r WHERE r.group_id = release_conversion.group_id
                   AND r.id = release_conversion.release_id));
-- Whoever runs the exam has the table; a school once a release that it may read was told by it.
ALTER TABLE exam_conversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE exam_conversion FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON exam_conversion USING (group_id = (SELECT app.group_id())
    AND (app.runs_exam(exam_id)
         OR EXISTS (SELECT FROM release_conversion u WHERE u.group_id = exam_conversion.group_id
                       AND u.conversion_id = exam_conversion.id)))
    WITH CHECK (group_id = (SELECT app.group_id()) AND app.runs_exam(exam_id));

-- ── how long names are kept ──────────────────────────────────────────────────────────────────

-- A school's own term, in months from when a pupil left it; without a row the usual one holds.
CREATE TABLE pupil_retention (
    group_id uuid NOT NULL,
    school_id uuid NOT NULL,
    months smallint NOT NULL CHECK (months BETWEEN 1 AND 120),
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 2000),
    version int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, school_id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
SELECT app.wall_by_school('pupil_retention', ARRAY['school_id']);

GRANT SELECT, INSERT ON exam_conversion, release_conversion, pupil_retention TO schoolgroup_app;
GRANT UPDATE (months, because, version, updated_at) ON pupil_retention TO schoolgroup_app;
-- migrate:down
