-- migrate:up
-- Why: an inspector appointed at the group office had no way to hand in a photo as evidence, nor the
-- office a document: every upload was a school's. One without a school is the office's; it counts
-- towards a share of the store of the group's own.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

ALTER TABLE deposit ALTER COLUMN school_id DROP NOT NULL;
-- Systems hand in for schools; at the office a person answers for every file.
ALTER TABLE deposit ADD CONSTRAINT the_office_hands_in_by_persons
    CHECK (school_id IS NOT NULL OR person_id IS NOT NULL);

-- What the office keeps for itself; without a row the installation's figure for a school holds.
CREATE TABLE group_quota (
    group_id uuid PRIMARY KEY REFERENCES education_group (id),
    bytes_max bigint NOT NULL CHECK (bytes_max >= 0),
    version int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL
);
ALTER TABLE group_quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE group_quota FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON group_quota
    USING (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()))
    WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()));
GRANT SELECT, INSERT, UPDATE (bytes_max, version, updated_at) ON group_quota TO schoolgroup_app;
-- migrate:down
