-- migrate:up
-- Why: what may be done with the 50 resources of a page, and what is one's own, was decided row by
-- row behind some hundred walls; now it is decided for their classes and kept (0040 says for how long).
SET lock_timeout = '4s';
SET statement_timeout = '600s';

-- What somebody made is asked for school by school and status by status: what lies in classes that
-- are in scope is not even looked at.
CREATE INDEX resource_author_school ON resource (group_id, author_person_id, school_id, status)
 WHERE author_person_id IS NOT NULL;
DROP INDEX resource_author_status;

-- As in 0040, planned once per connection instead of once per page.
CREATE OR REPLACE FUNCTION app.search_thumbnails(ids uuid[]) RETURNS SETOF uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog SET plan_cache_mode = force_generic_plan
AS $$
DECLARE mine uuid := app.group_id();
BEGIN
    RETURN QUERY
    SELECT r.id
      FROM resource r
     WHERE r.group_id = mine AND r.id = ANY (ids) AND r.preview_pages_max > 0
       AND EXISTS (SELECT FROM revision_file f
                     JOIN preview_page p ON p.group_id = f.group_id AND p.school_id = r.school_id
                                        AND p.blob_id = f.blob_id AND p.no = 0
                    WHERE f.group_id = r.group_id AND f.resource_id = r.id
                      AND f.revision_no = coalesce(r.published_revision_no, 1));
END $$;
-- migrate:down
