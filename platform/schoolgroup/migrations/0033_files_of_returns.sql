-- migrate:up
-- Why: what a school tells is often proved by a file. A field takes files handed in by the school
-- itself; which files a return names, and each submission of it named, are rows, so that a content
-- a return stands on is never collected.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- Of a field of files, max bounds how many there are; media_types says of which kinds they may be
-- ("application/pdf", "image/*"), empty for all.
ALTER TABLE field
    ADD COLUMN media_types jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(media_types) = 'array'),
    DROP CONSTRAINT field_type_check,
    DROP CONSTRAINT field_check2,
    ADD CONSTRAINT field_type_check CHECK (type IN
        ('integer', 'decimal', 'text', 'choice', 'boolean', 'date', 'rows', 'file')),
    ADD CONSTRAINT field_check2 CHECK (type IN ('integer', 'decimal', 'text', 'rows', 'file')
                                       OR (min IS NULL AND max IS NULL)),
    ADD CONSTRAINT files_have_media_types CHECK (type = 'file' OR media_types = '[]');

ALTER TABLE deposit ADD CONSTRAINT one_school_per_deposit UNIQUE (group_id, id, school_id);

-- The files a return names: `no` 0 is the work in hand, any other the submission of that number.
-- The keys hold that they are the school's own. The content is kept here because an upload lets go
-- of it when no resource takes it.
CREATE TABLE return_file (
    group_id uuid NOT NULL,
    return_id uuid NOT NULL,
    school_id uuid NOT NULL,
    no int NOT NULL CHECK (no >= 0),
    version_no int GENERATED ALWAYS AS (nullif(no, 0)) STORED,
    upload_id uuid NOT NULL,
    file_name text NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
    blob_id uuid NOT NULL,
    PRIMARY KEY (group_id, return_id, no, upload_id),
    FOREIGN KEY (group_id, return_id, school_id)
        REFERENCES school_return (group_id, id, school_id),
    FOREIGN KEY (group_id, return_id, version_no)
        REFERENCES return_version (group_id, return_id, no),
    FOREIGN KEY (group_id, upload_id, school_id) REFERENCES deposit (group_id, id, school_id),
    FOREIGN KEY (group_id, blob_id) REFERENCES blob (group_id, id)
);
CREATE INDEX return_file_blob ON return_file (group_id, blob_id);
CREATE INDEX return_file_upload ON return_file (group_id, upload_id);
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON return_file
    FOR EACH ROW WHEN (OLD.no > 0) EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON return_file
    FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
SELECT app.wall_by_school('return_file', ARRAY['school_id']);
GRANT SELECT, INSERT, DELETE ON return_file TO schoolgroup_app;

-- As in 0007, but the group is asked for once and not for each row.
CREATE OR REPLACE FUNCTION app.call_completeness(of_call_id uuid)
RETURNS TABLE (tier text, targets bigint, exempt bigint, expected bigint, not_begun bigint,
               drafting bigint, sent_back bigint, submitted bigint, accepted bigint,
               answered bigint, on_time bigint, closes_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    SELECT s.tier, count(*), count(*) FILTER (WHERE NOT s.expected),
           count(*) FILTER (WHERE s.expected),
           count(*) FILTER (WHERE s.expected AND s.status = 'not_begun'),
           count(*) FILTER (WHERE s.expected AND s.status = 'drafting'),
           count(*) FILTER (WHERE s.expected AND s.status = 'sent_back'),
           count(*) FILTER (WHERE s.expected AND s.status = 'submitted'),
           count(*) FILTER (WHERE s.accepted),
           count(*) FILTER (WHERE s.answered),
           count(*) FILTER (WHERE s.on_time),
           max(s.closes_at) FILTER (WHERE s.expected)
      FROM return_standing s
     WHERE s.group_id = (SELECT app.group_id()) AND s.call_id = of_call_id
     GROUP BY GROUPING SETS ((s.tier), ())
     ORDER BY s.tier NULLS LAST
$$;
-- migrate:down
