-- migrate:up
-- Why: a snapshot is hashed over the papers it was frozen with, and its figures are worked out by
-- them. A key that is changed later makes another version of the paper; what was frozen before must
-- still come out as it did.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

ALTER TABLE exam_snapshot
    -- the subjects with their papers as they were; null: frozen before this was kept, then the
    -- papers in force are looked at
    ADD COLUMN papers jsonb;
-- migrate:down
