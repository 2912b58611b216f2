-- migrate:up
-- Why: lesson resources. Bytes are named by what they are (a blob per content and group), handed in
-- by deposits that are verified before anything is acknowledged, and described by resources whose
-- published revisions never change. Later issues add tables beside these: quotas, previews, texts
-- extracted from files, a tree of curriculum coordinates.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- One content of the group. Its school is nowhere here: that another school has the same bytes is
-- nobody's business. `object_key` is where the bytes are in the store: <group>/<sha256>/<deposit>,
-- the key of the deposit that brought them first; it is never written to again. Links are made for
-- this key, never for one put together elsewhere.
CREATE TABLE blob (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    -- found in the bytes themselves, never believed from a client
    media_type text NOT NULL CHECK (length(media_type) BETWEEN 3 AND 200),
    -- deposits write verified ones only; the others are for bytes fetched or scanned afterwards
    state text NOT NULL CHECK (state IN ('receiving', 'verified', 'rejected')),
    object_key text NOT NULL CHECK (length(object_key) BETWEEN 1 AND 500),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_blob_per_content UNIQUE (group_id, sha256)
);

-- A file being handed in. Expired is never stored: it is expires_at against the clock.
CREATE TABLE deposit (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    -- who hands it in: a person, or a connected system of the school
    person_id uuid,
    client_id uuid,
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    media_type_claimed text NOT NULL CHECK (length(media_type_claimed) <= 200),
    status text NOT NULL CHECK (status IN ('open', 'verified', 'rejected', 'aborted')),
    rejected_because text,
    upload_key text NOT NULL CHECK (length(upload_key) BETWEEN 1 AND 500),
    -- null: not begun in the store yet, or forgotten by it; begun (again) when next asked for
    multipart_id text,
    -- who asks the store to put the parts together asks alone until then: not every store bears
    -- being asked twice at once
    assembling_until_at timestamptz,
    part_bytes bigint NOT NULL CHECK (part_bytes >= 5242880),
    blob_id uuid,
    expires_at timestamptz NOT NULL,
    verified_at timestamptz,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, upload_key),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, client_id) REFERENCES client (group_id, id),
    FOREIGN KEY (group_id, blob_id) REFERENCES blob (group_id, id),
    CHECK ((person_id IS NULL) <> (client_id IS NULL)),
    CHECK ((status = 'verified') = (blob_id IS NOT NULL)),
    CHECK ((status = 'verified') = (verified_at IS NOT NULL)),
    CHECK ((status = 'rejected') = (rejected_because IS NOT NULL))
);
CREATE INDEX deposit_open ON deposit (group_id, coalesce(person_id, client_id), expires_at)
 WHERE status = 'open';
CREATE INDEX deposit_blob ON deposit (group_id, blob_id);

-- What the group finds: the newest published revision's description, or the first draft's while
-- nothing is published. The description itself belongs to the revision; these columns follow it.
CREATE TABLE resource (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    -- null: handed in by a connected system of the school
    author_person_id uuid,
    kind text NOT NULL CHECK (kind IN ('lesson_plan', 'courseware', 'video', 'exercise', 'paper',
        'school_course', 'experiment', 'book', 'place', 'other')),
    status text NOT NULL CHECK (status IN ('draft', 'published', 'withdrawn')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    summary text NOT NULL DEFAULT '' CHECK (length(summary) <= 4000),
    stage text CHECK (stage IN ('kindergarten', 'primary', 'junior', 'senior')),
    subject text CHECK (length(subject) BETWEEN 1 AND 60),
    edition text CHECK (length(edition) BETWEEN 1 AND 60),
    grade text CHECK (length(grade) BETWEEN 1 AND 60),
    volume text CHECK (length(volume) BETWEEN 1 AND 60),
    chapter text[] NOT NULL DEFAULT '{}' CHECK (cardinality(chapter) <= 8),
    licence text CHECK (licence IN ('group_only', 'cc_by', 'cc_by_sa', 'cc_by_nc', 'cc_by_nc_sa',
        'public_domain')),
    language text NOT NULL DEFAULT 'zh' CHECK (language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'),
    keywords text[] NOT NULL DEFAULT '{}' CHECK (cardinality(keywords) <= 20),
    published_revision_no int,
    -- bigrams of Chinese, words of the rest; written by the application (catalogue/words.py)
    search tsvector NOT NULL,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    published_at timestamptz,
    withdrawn_at timestamptz,
    withdrawn_because text CHECK (length(withdrawn_because) BETWEEN 1 AND 500),
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, author_person_id) REFERENCES person (group_id, id),
    CHECK ((status = 'draft') = (published_revision_no IS NULL)),
    CHECK ((status = 'draft') = (published_at IS NULL)),
    CHECK ((status = 'withdrawn') = (withdrawn_at IS NOT NULL)),
    CHECK ((status = 'withdrawn') = (withdrawn_because IS NOT NULL))
);
CREATE INDEX resource_school ON resource (group_id, school_id, id);
CREATE INDEX resource_search ON resource USING gin (search);

-- A description with its files. Immutable from the instant it is published.
CREATE TABLE revision (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    kind text NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    stage text,
    subject text,
    edition text,
    grade text,
    volume text,
    chapter text[] NOT NULL,
    licence text,
    language text NOT NULL,
    keywords text[] NOT NULL,
    created_by_person_id uuid,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    -- null: a draft
    published_at timestamptz,
    PRIMARY KEY (group_id, resource_id, no),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, created_by_person_id) REFERENCES person (group_id, id)
);
CREATE UNIQUE INDEX one_draft_at_a_time ON revision (group_id, resource_id)
 WHERE published_at IS NULL;
ALTER TABLE resource ADD CONSTRAINT resource_published_revision
    FOREIGN KEY (group_id, id, published_revision_no)
    REFERENCES revision (group_id, resource_id, no);

CREATE TABLE revision_file (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no int NOT NULL,
    no int NOT NULL CHECK (no BETWEEN 1 AND 50),
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    blob_id uuid NOT NULL,
    PRIMARY KEY (group_id, resource_id, revision_no, no),
    FOREIGN KEY (group_id, resource_id, revision_no)
        REFERENCES revision (group_id, resource_id, no),
    FOREIGN KEY (group_id, blob_id) REFERENCES blob (group_id, id)
);
CREATE INDEX revision_file_blob ON revision_file (group_id, blob_id);

-- Published things are immutable (domain.md, law 9): whoever tries, and however.
CREATE FUNCTION app.keep_published_revision() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'revision % of % is published', OLD.no, OLD.resource_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_revisions_never_change';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_published BEFORE UPDATE OR DELETE ON revision
FOR EACH ROW EXECUTE FUNCTION app.keep_published_revision();

CREATE FUNCTION app.keep_published_file() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE held revision_file := coalesce(OLD, NEW);
BEGIN
    -- The lock keeps a publication from slipping in between this look and the end.
    PERFORM FROM revision v
      WHERE v.group_id = held.group_id AND v.resource_id = held.resource_id
        AND v.no = held.revision_no AND v.published_at IS NULL
        FOR SHARE;
    IF NOT FOUND OR (TG_OP = 'UPDATE' AND (NEW.group_id, NEW.resource_id, NEW.revision_no)
                     IS DISTINCT FROM (OLD.group_id, OLD.resource_id, OLD.revision_no)) THEN
        RAISE EXCEPTION 'revision % of % is published', held.revision_no, held.resource_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_revisions_never_change';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_published BEFORE INSERT OR UPDATE OR DELETE ON revision_file
FOR EACH ROW EXECUTE FUNCTION app.keep_published_file();

-- Walls. A draft is its school's own; what was ever published may be offered to any school of the
-- group, so the wall lets the group in and the policy narrows it (offers, agreements, loans). A
-- withdrawn one stays inside the wall: those who could see it are told that it is gone.
SELECT app.wall_by_group('blob');
SELECT app.wall_by_school('deposit', ARRAY['school_id']);
SELECT app.wall_by_school('resource', ARRAY['school_id'], $$status <> 'draft'$$);
ALTER TABLE revision ENABLE ROW LEVEL SECURITY;
ALTER TABLE revision FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON revision
    USING (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM resource r
                        WHERE r.group_id = revision.group_id AND r.id = revision.resource_id
                          AND (revision.published_at IS NOT NULL OR (SELECT app.is_office())
                               OR r.school_id = (SELECT app.school_id()))))
    WITH CHECK (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM resource r
                        WHERE r.group_id = revision.group_id AND r.id = revision.resource_id
                          AND ((SELECT app.is_office())
                               OR r.school_id = (SELECT app.school_id()))));
ALTER TABLE revision_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE revision_file FORCE ROW LEVEL SECURITY;
-- Files are seen where their revision is; they are written for drafts only (the trigger), which
-- only the own school sees.
CREATE POLICY wall ON revision_file
    USING (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM revision v
                        WHERE v.group_id = revision_file.group_id
                          AND v.resource_id = revision_file.resource_id
                          AND v.no = revision_file.revision_no));

GRANT SELECT, INSERT, UPDATE (sha256) ON blob TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (status, rejected_because, multipart_id, assembling_until_at, blob_id, verified_at,
            version, updated_at)
    ON deposit TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (kind, status, title, summary, stage, subject, edition, grade, volume, chapter, licence,
            language, keywords, published_revision_no, search, version, updated_at, published_at,
            withdrawn_at, withdrawn_because)
    ON resource TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (kind, title, summary, stage, subject, edition, grade, volume, chapter, licence,
            language, keywords, updated_at, published_at)
    ON revision TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON revision_file TO schoolgroup_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.sign(text) FROM schoolgroup_app;
-- migrate:down
