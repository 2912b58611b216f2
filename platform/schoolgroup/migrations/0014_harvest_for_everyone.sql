-- migrate:up
-- Why: what a school offers to everyone is harvested without signing in, by the same policy as
-- everything else: a visitor is a subject of the policy, and of the walls. Lists become sets of the
-- harvest, so what enters or leaves a list is told to harvesters. And the key of an upload is written
-- down before the store is asked to begin it, so that whatever a crash leaves there can be found.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- ── visitors ─────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION app.is_visitor() RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT coalesce(app.claim('kind') = 'visitor', false) $$;

-- Begins a transaction for who has not signed in, as app.begin does for everyone else: the policy in
-- force holds, and there is no session to ask. SG001 forged context, or not a visitor's; SG002 stale
-- policy. Answers the transaction's instant.
CREATE FUNCTION app.begin_visit(context text, mac text) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = public, pg_catalog
AS $$
DECLARE current_sha text;
BEGIN
    PERFORM set_config('app.context', context, true), set_config('app.mac', mac, true);
    IF NOT app.is_visitor() THEN
        RAISE EXCEPTION 'the context is not signed by the application' USING ERRCODE = 'SG001';
    END IF;
    SELECT b.sha256 INTO current_sha FROM policy_bundle b
     WHERE b.group_id = app.group_id() ORDER BY b.version DESC LIMIT 1;
    IF current_sha IS DISTINCT FROM app.claim('policy_sha256') THEN
        RAISE EXCEPTION 'the policy in force is another' USING ERRCODE = 'SG002';
    END IF;
    RETURN app.now();
END $$;

-- ── offers to everyone ───────────────────────────────────────────────────────────────────────

ALTER TABLE offer_audience DROP CONSTRAINT offer_audience_kind_check;
ALTER TABLE offer_audience ADD CONSTRAINT offer_audience_kind_check
    CHECK (kind IN ('group', 'tier', 'circle', 'school', 'public'));
CREATE INDEX offer_audience_public ON offer_audience (group_id, offer_id) WHERE kind = 'public';
-- A line for everyone is seen by everyone, and a visitor sees no other.
ALTER POLICY wall ON offer_audience
    USING (group_id = (SELECT app.group_id())
           AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())
                OR kind = 'public' OR kind = 'group' AND NOT (SELECT app.is_visitor())
                OR tier = (SELECT app.tier())
                OR audience_school_id = (SELECT app.school_id())
                OR EXISTS (SELECT FROM circle_member m
                            WHERE m.group_id = offer_audience.group_id
                              AND m.circle_id = offer_audience.circle_id
                              AND m.school_id = (SELECT app.school_id()))));

-- ── the harvest ──────────────────────────────────────────────────────────────────────────────

-- Once offered to everyone, for ever told to everyone: as a record, or as deleted.
ALTER TABLE harvest_stamp ADD COLUMN ever_public boolean NOT NULL DEFAULT false;
CREATE INDEX harvest_order_public ON harvest_stamp (group_id, changed_at, resource_id)
 WHERE ever_public;
CREATE OR REPLACE FUNCTION app.stamp_harvest(stamped_group uuid, stamped_resource uuid)
RETURNS void LANGUAGE sql
AS $$
    INSERT INTO harvest_stamp AS h (group_id, resource_id, changed_at, ever_public)
    SELECT r.group_id, r.id, date_trunc('second', clock_timestamp() + (app.now() - now())),
           EXISTS (SELECT FROM offer o JOIN offer_audience a
                       ON a.group_id = o.group_id AND a.offer_id = o.id AND a.kind = 'public'
                    WHERE o.group_id = r.group_id AND o.resource_id = r.id)
      FROM resource r
     WHERE r.group_id = stamped_group AND r.id = stamped_resource AND r.status <> 'draft'
    ON CONFLICT (group_id, resource_id)
    DO UPDATE SET changed_at = greatest(h.changed_at, EXCLUDED.changed_at),
                  ever_public = h.ever_public OR EXCLUDED.ever_public
$$;
GRANT UPDATE (ever_public) ON harvest_stamp TO schoolgroup_app;

-- The newest published edition of a list is a set of the harvest: what an edition that comes out or
-- goes brings in, and what it takes out, has changed. In one order for all, so that two editions
-- published at once do not wait for each other.
CREATE FUNCTION app.stamp_list(stamped_group uuid, stamped_list uuid, also_edition uuid)
RETURNS void LANGUAGE sql
AS $$
    SELECT app.stamp_harvest(e.group_id, e.resource_id)
      FROM (SELECT DISTINCT y.group_id, y.resource_id FROM list_edition d
              JOIN list_entry y ON y.group_id = d.group_id AND y.edition_id = d.id
             WHERE d.group_id = stamped_group AND d.list_id = stamped_list
               AND (d.status = 'published' OR d.id = also_edition) AND y.resource_id IS NOT NULL
             ORDER BY y.resource_id) e
$$;
CREATE FUNCTION app.stamp_edition() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.stamp_list(NEW.group_id, NEW.list_id, NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_published AFTER UPDATE ON list_edition
FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status) EXECUTE FUNCTION app.stamp_edition();
CREATE FUNCTION app.stamp_readers() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.stamp_list(NEW.group_id, NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_audience AFTER UPDATE ON resource_list
FOR EACH ROW WHEN (OLD.audience IS DISTINCT FROM NEW.audience)
EXECUTE FUNCTION app.stamp_readers();
-- The subjects there are, read by leaping from one to the next.
CREATE INDEX resource_subject ON resource (group_id, subject, id) WHERE status = 'published';

-- ── uploads about to begin ───────────────────────────────────────────────────────────────────

-- Stores tell unfinished uploads by their exact key only (MinIO, rclone), so the key has to be known
-- even where the server died before the deposit was written. Goes when the deposit is there.
CREATE TABLE begun_upload (
    group_id uuid NOT NULL REFERENCES education_group (id),
    upload_key text NOT NULL CHECK (length(upload_key) BETWEEN 1 AND 500),
    begun_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, upload_key)
);
CREATE INDEX begun_upload_age ON begun_upload (group_id, begun_at);
SELECT app.wall_by_group('begun_upload');
GRANT SELECT, INSERT, DELETE ON begun_upload TO schoolgroup_app;

GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.sign(text) FROM schoolgroup_app;
-- migrate:down
