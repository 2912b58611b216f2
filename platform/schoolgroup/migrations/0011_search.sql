-- migrate:up
-- Why: a million resources are found by any word within the blink of an eye, filtered, ranked and
-- counted, and nobody finds, counts or guesses what may not be discovered. What a resource's files
-- say is kept here too, for finding it and for showing where to those who may read it.
SET lock_timeout = '4s';
SET statement_timeout = '600s';

-- ── the text of files ────────────────────────────────────────────────────────────────────────

-- What was read out of the files of a revision. This is content, not description: beyond the own
-- school it is shown to nobody whom the policy does not let open the files.
CREATE TABLE resource_text (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no int NOT NULL,
    -- the owner, kept here too so that this wall needs no look at the resource
    school_id uuid NOT NULL,
    body text NOT NULL CHECK (length(body) <= 200000),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, resource_id, revision_no),
    FOREIGN KEY (group_id, resource_id, revision_no)
        REFERENCES revision (group_id, resource_id, no),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
SELECT app.wall_by_school('resource_text', ARRAY['school_id']);
GRANT SELECT, INSERT, DELETE, UPDATE (body, updated_at) ON resource_text TO schoolgroup_app;
-- migrate:down
