-- migrate:up
-- Why: work that follows a change without anybody waiting for it. A job is written in the
-- transaction of the change that wants it and carried out by a worker, again until it is done or
-- given up and kept as failed. The first use: previews and the text of what schools hand in.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- "In hand" is never stored: a worker that takes a job moves due_at on by its lease and renews it;
-- when it is killed the instant comes, and the job is taken again.
CREATE TABLE job (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z0-9_]{0,62}$'),
    -- ids only, never personal data
    data jsonb NOT NULL CHECK (jsonb_typeof(data) = 'object'),
    -- while one waits untouched, another wish with the same key is the same job
    once_key text CHECK (length(once_key) BETWEEN 1 AND 200),
    status text NOT NULL CHECK (status IN ('waiting', 'done', 'failed')),
    -- how often it was taken, the times before a person asked again not counted; also the fence:
    -- only who took it last may settle it
    attempts int NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    due_at timestamptz NOT NULL,
    -- who has it in hand, while status is waiting and due_at is to come
    worker text CHECK (length(worker) BETWEEN 1 AND 100),
    -- a code and a sentence of ours, of the last attempt that failed
    failed_because text CHECK (length(failed_because) <= 500),
    request_id text NOT NULL,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    ended_at timestamptz,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    CHECK ((status = 'waiting') = (ended_at IS NULL)),
    CHECK (status <> 'failed' OR failed_because IS NOT NULL)
);
CREATE UNIQUE INDEX one_untouched_job_per_key ON job (group_id, kind, once_key)
 WHERE status = 'waiting' AND once_key IS NOT NULL;
CREATE INDEX job_due ON job (group_id, due_at, id) WHERE status = 'waiting';
CREATE INDEX job_ended ON job (group_id, ended_at) WHERE status <> 'waiting';

SELECT app.wall_by_group('job');
-- A worker asks which groups have something due; it takes jobs as the system of one group.
CREATE POLICY due ON job FOR SELECT
    USING ((SELECT app.claim('kind')) = 'system' AND (SELECT app.group_id()) IS NULL);

-- What was made of one content for one school to look at. Each school's is made by itself, so that
-- how soon it is there says nothing about what other schools have.
CREATE TABLE rendering (
    group_id uuid NOT NULL,
    school_id uuid NOT NULL,
    blob_id uuid NOT NULL,
    -- making: wished for; none: nothing of this kind of file can be shown; failed: see because
    status text NOT NULL CHECK (status IN ('making', 'ready', 'none', 'failed')),
    -- pages: real pages; picture: the image itself, made small; cover: the picture a file brings of
    -- its first page; outline: its words in order, a title and lines for each slide or section
    form text CHECK (form IN ('pages', 'picture', 'cover', 'outline')),
    because text CHECK (length(because) BETWEEN 1 AND 100),
    -- of the whole document, where it has pages, slides or sheets
    page_count int CHECK (page_count >= 0),
    outline jsonb NOT NULL DEFAULT '[]',
    made_at timestamptz,
    PRIMARY KEY (group_id, school_id, blob_id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, blob_id) REFERENCES blob (group_id, id) ON DELETE CASCADE,
    CHECK ((status = 'making') = (made_at IS NULL)),
    CHECK ((status = 'ready') = (form IS NOT NULL)),
    CHECK ((status = 'failed') = (because IS NOT NULL))
);
CREATE INDEX rendering_blob ON rendering (group_id, blob_id);

-- no 0 is the thumbnail. The key in the store is derived from the image's own bytes.
CREATE TABLE preview_page (
    group_id uuid NOT NULL,
    school_id uuid NOT NULL,
    blob_id uuid NOT NULL,
    no int NOT NULL CHECK (no BETWEEN 0 AND 100),
    object_key text NOT NULL CHECK (length(object_key) BETWEEN 1 AND 500),
    media_type text NOT NULL CHECK (length(media_type) BETWEEN 3 AND 200),
    width_px int NOT NULL CHECK (width_px BETWEEN 1 AND 10000),
    height_px int NOT NULL CHECK (height_px BETWEEN 1 AND 10000),
    size_bytes bigint NOT NULL CHECK (size_bytes > 0),
    PRIMARY KEY (group_id, school_id, blob_id, no),
    FOREIGN KEY (group_id, school_id, blob_id)
        REFERENCES rendering (group_id, school_id, blob_id) ON DELETE CASCADE
);
CREATE INDEX preview_page_object ON preview_page (group_id, object_key);

-- That the files of a revision were read for the search, and what came of it. files_key is the hash
-- of which files: a draft with other files is read again.
CREATE TABLE revision_reading (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no int NOT NULL,
    school_id uuid NOT NULL,
    files_key text NOT NULL CHECK (files_key ~ '^[0-9a-f]{64}$'),
    -- no_text: pictures of pages, say; failed: a file could not be read, see because
    text_status text NOT NULL CHECK (text_status IN ('ready', 'no_text', 'failed')),
    because text CHECK (length(because) BETWEEN 1 AND 100),
    read_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, resource_id, revision_no),
    FOREIGN KEY (group_id, resource_id, revision_no)
        REFERENCES revision (group_id, resource_id, no),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);

-- How many pages of a file who may find it may look at before borrowing; 0: none at all.
ALTER TABLE resource ADD COLUMN preview_pages_max int NOT NULL DEFAULT 5
    CHECK (preview_pages_max BETWEEN 0 AND 10);

-- Who looked at a preview on a day; the owner is only ever told the school.
CREATE TABLE preview_view (
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

-- Others see previews of what they may discover: the policy says so first, then the system reads.
SELECT app.wall_by_school('rendering', ARRAY['school_id']);
SELECT app.wall_by_school('preview_page', ARRAY['school_id']);
SELECT app.wall_by_school('revision_reading', ARRAY['school_id']);
SELECT app.wall_by_school('preview_view', ARRAY['viewer_school_id', 'owner_school_id']);

GRANT SELECT, INSERT, DELETE,
    UPDATE (once_key, status, attempts, due_at, worker, failed_because, started_at, ended_at,
            version)
    ON job TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE, UPDATE (status, form, because, page_count, outline, made_at)
    ON rendering TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (files_key, text_status, because, read_at) ON revision_reading
   TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON preview_page TO schoolgroup_app;
GRANT UPDATE (preview_pages_max) ON resource TO schoolgroup_app;
GRANT SELECT, INSERT ON preview_view TO schoolgroup_app;
-- migrate:down
