-- migrate:up
-- Why: a resource says where in the curriculum it belongs by pointing into a versioned tree, a
-- school has a bounded share of the store, what nobody uses is given back without ever losing what
-- somebody names, and an owner sees who uses a resource.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- One state of the curriculum tree. It may be replaced until a resource points into it; from then
-- on neither it nor its nodes ever change, and what comes next is a new version.
CREATE TABLE curriculum_version (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    -- where its facts come from, for people
    source text NOT NULL CHECK (length(source) <= 1000),
    created_at timestamptz NOT NULL,
    -- the first time a resource pointed into it
    used_at timestamptz,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_curriculum_per_no UNIQUE (group_id, no),
    CONSTRAINT one_curriculum_per_name UNIQUE (group_id, name)
);

-- Nodes are numbered depth first: what lies below one is exactly no..last_no.
CREATE TABLE curriculum_node (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    version_id uuid NOT NULL,
    parent_id uuid,
    no int NOT NULL CHECK (no > 0),
    last_no int NOT NULL,
    level text NOT NULL CHECK (level IN ('stage', 'subject', 'edition', 'grade', 'volume',
        'chapter')),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    stage text NOT NULL CHECK (stage IN ('kindergarten', 'primary', 'junior', 'senior')),
    -- 六三 or 五四; null where the difference does not arise
    school_system text CHECK (school_system IN ('six_three', 'five_four')),
    -- the names from the stage down to this node; the same place in every version has the same path
    path text[] NOT NULL CHECK (cardinality(path) BETWEEN 1 AND 13),
    path_key text NOT NULL CHECK (path_key ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_node_per_no UNIQUE (group_id, version_id, no),
    CONSTRAINT one_node_per_path UNIQUE (group_id, version_id, path_key),
    FOREIGN KEY (group_id, version_id) REFERENCES curriculum_version (group_id, id),
    FOREIGN KEY (group_id, parent_id) REFERENCES curriculum_node (group_id, id),
    CHECK (last_no >= no),
    CHECK ((parent_id IS NULL) = (level = 'stage'))
);
CREATE INDEX curriculum_node_parent ON curriculum_node (group_id, version_id, parent_id, no);
CREATE INDEX curriculum_node_path ON curriculum_node (group_id, path_key);
CREATE INDEX curriculum_node_child ON curriculum_node (group_id, parent_id);

CREATE FUNCTION app.keep_used_curriculum() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE held curriculum_node := coalesce(OLD, NEW);
BEGIN
    -- The lock keeps a resource from pointing into it between this look and the end.
    PERFORM FROM curriculum_version v
      WHERE v.group_id = held.group_id AND v.id = held.version_id AND v.used_at IS NULL
        FOR SHARE;
    IF NOT FOUND OR TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'curriculum version % is in use', held.version_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'used_curriculum_never_changes';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_used BEFORE INSERT OR UPDATE OR DELETE ON curriculum_node
FOR EACH ROW EXECUTE FUNCTION app.keep_used_curriculum();

CREATE FUNCTION app.keep_used_version() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.used_at IS NOT NULL THEN
        RAISE EXCEPTION 'curriculum version % is in use', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'used_curriculum_never_changes';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_used BEFORE UPDATE OR DELETE ON curriculum_version
FOR EACH ROW EXECUTE FUNCTION app.keep_used_version();

ALTER TABLE resource ADD COLUMN curriculum_node_id uuid;
ALTER TABLE resource ADD CONSTRAINT resource_curriculum FOREIGN KEY (group_id, curriculum_node_id)
    REFERENCES curriculum_node (group_id, id);
ALTER TABLE revision ADD COLUMN curriculum_node_id uuid;
ALTER TABLE revision ADD CONSTRAINT revision_curriculum FOREIGN KEY (group_id, curriculum_node_id)
    REFERENCES curriculum_node (group_id, id);
CREATE INDEX resource_curriculum ON resource (group_id, curriculum_node_id, id)
 WHERE curriculum_node_id IS NOT NULL;
CREATE INDEX revision_curriculum ON revision (group_id, curriculum_node_id)
 WHERE curriculum_node_id IS NOT NULL;

-- What the office grants a school; without a row the installation's setting holds.
CREATE TABLE school_quota (
    group_id uuid NOT NULL,
    school_id uuid NOT NULL,
    bytes_max bigint NOT NULL CHECK (bytes_max >= 0),
    version int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, school_id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);

-- scan: what a virus scanner said of the bytes, or why none did. tidied_at: what an abandoned
-- upload held in the store was given back. released_at: verified, but no resource used it for long;
-- its content is no longer kept for its sake.
ALTER TABLE deposit ADD COLUMN scan text
    CHECK (scan IN ('clean', 'not_configured', 'too_large'));
ALTER TABLE deposit ADD COLUMN tidied_at timestamptz;
ALTER TABLE deposit ADD COLUMN released_at timestamptz;
ALTER TABLE deposit DROP CONSTRAINT deposit_check1;
ALTER TABLE deposit ADD CONSTRAINT verified_names_a_blob
    CHECK ((status = 'verified' AND released_at IS NULL) = (blob_id IS NOT NULL));
CREATE INDEX deposit_untidied ON deposit (group_id, expires_at, id)
 WHERE status = 'open' AND tidied_at IS NULL;
CREATE INDEX deposit_unused ON deposit (group_id, verified_at, id)
 WHERE status = 'verified' AND released_at IS NULL;
CREATE INDEX deposit_school ON deposit (group_id, school_id, id);

-- The contents a school's rows name: files of its revisions, verified uploads, and what was
-- announced by uploads still open. One view for every figure about it (domain.md, law 1).
CREATE VIEW school_content WITH (security_invoker = true) AS
SELECT r.group_id, r.school_id, b.sha256, b.size_bytes
  FROM resource r
  JOIN revision_file f ON f.group_id = r.group_id AND f.resource_id = r.id
  JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
 UNION
SELECT d.group_id, d.school_id, d.sha256, d.size_bytes
  FROM deposit d
 WHERE (d.status = 'verified' AND d.released_at IS NULL)
    OR (d.status = 'open' AND d.expires_at > app.now());

-- Who opened a resource's page on a day: a row per person and day, so that a count is a count of
-- rows. The owner is only ever told the school.
CREATE TABLE resource_view (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    viewer_school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    viewed_on date NOT NULL,
    owner_school_id uuid NOT NULL,
    PRIMARY KEY (group_id, resource_id, viewer_school_id, person_id, viewed_on),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, viewer_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, owner_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);

SELECT app.wall_by_group('curriculum_version');
SELECT app.wall_by_group('curriculum_node');
SELECT app.wall_by_school('resource_view', ARRAY['viewer_school_id', 'owner_school_id']);
-- A school reads its own share; only the office writes one.
ALTER TABLE school_quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE school_quota FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON school_quota
    USING (group_id = (SELECT app.group_id())
           AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())))
    WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()));

GRANT SELECT, INSERT, UPDATE (source, created_at, used_at) ON curriculum_version
   TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON curriculum_node TO schoolgroup_app;
GRANT UPDATE (curriculum_node_id) ON resource, revision TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (bytes_max, version, updated_at) ON school_quota TO schoolgroup_app;
GRANT UPDATE (scan, tidied_at, released_at) ON deposit TO schoolgroup_app;
-- The collector's: what a row names is kept by the foreign keys themselves.
GRANT DELETE ON blob TO schoolgroup_app;
GRANT SELECT ON school_content TO schoolgroup_app;
GRANT SELECT, INSERT ON resource_view TO schoolgroup_app;
-- migrate:down
