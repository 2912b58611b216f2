-- migrate:up
-- Why: other systems are told of what happened instead of asking. A webhook is a place in the stream
-- of events, kept for a connected system: everything up to it was told. So an endpoint that is down
-- costs one row and not one per event, nothing is missed, and what is told is decided by the rights
-- of the moment it is told. The stream itself learns to outlive the server it was written on, to
-- forget what is old, and to tell a school of what others share with it.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- ── The stream ───────────────────────────────────────────────────────────────────────────────

-- Transaction ids start anew on another server: after a restore from a dump, and after a recovery
-- to a point in time some are given out twice. A life is one run of one server; within it they only
-- rise, and no transaction outlives it. So (life, transaction_id, seq) is an order that holds over
-- restores, and a restored database begins its own life by itself, with the first event or reader.
-- Lives are numbered by the second they began in, so that a number is not given out twice even
-- where the newest lives were lost with the old server.
CREATE TABLE app.server_life (
    no bigint PRIMARY KEY CHECK (no > 0),
    -- pg_postmaster_start_time(): which run of which server
    started_at timestamptz NOT NULL
);
CREATE FUNCTION app.event_life() RETURNS bigint
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE newest app.server_life;
BEGIN
    SELECT * INTO newest FROM app.server_life l ORDER BY l.no DESC LIMIT 1;
    -- a standby reads what its primary wrote, and begins a life when it is promoted
    IF newest.started_at = pg_postmaster_start_time() OR pg_is_in_recovery() THEN
        RETURN coalesce(newest.no, 0);
    END IF;
    PERFORM pg_advisory_xact_lock(8302);
    SELECT * INTO newest FROM app.server_life l ORDER BY l.no DESC LIMIT 1;
    IF newest.started_at IS DISTINCT FROM pg_postmaster_start_time() THEN
        INSERT INTO app.server_life (no, started_at)
        VALUES (greatest(coalesce(newest.no, 0) + 1,
                         floor(extract(epoch FROM clock_timestamp()))::bigint),
                pg_postmaster_start_time())
        RETURNING * INTO newest;
    END IF;
    RETURN newest.no;
END $$;

-- What was written before lives were counted is of life 0; cursors given out then still hold.
ALTER TABLE event ADD COLUMN life bigint NOT NULL DEFAULT 0;
ALTER TABLE event ALTER COLUMN life SET DEFAULT app.event_life();
DROP INDEX event_order;
CREATE INDEX event_order ON event (group_id, life, transaction_id, seq);

-- The last event that was forgotten: a cursor before it has missed something.
CREATE TABLE event_floor (
    group_id uuid PRIMARY KEY REFERENCES education_group (id),
    life bigint NOT NULL,
    transaction_id xid8 NOT NULL,
    seq bigint NOT NULL,
    forgotten_at timestamptz NOT NULL
);
SELECT app.wall_by_group('event_floor');
GRANT SELECT, INSERT, UPDATE ON event_floor TO schoolgroup_app;
-- Whatever an installation sets: nobody deletes an event of the last thirty days, and only the
-- system any.
CREATE POLICY old_ones ON event AS RESTRICTIVE FOR DELETE
    USING ((SELECT app.is_system()) AND at < (SELECT app.now()) - interval '30 days');
GRANT DELETE ON event TO schoolgroup_app;

-- What is shared concerns whoever may find it: the lock opens for these, and the policy decides by
-- resource:discover at the moment of telling (integration/events).
CREATE FUNCTION app.subject_id(subject text, kind text) RETURNS uuid LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN starts_with(subject, kind || '/')
                  THEN substr(subject, length(kind) + 2)::uuid END $$;
CREATE FUNCTION app.tells_of_sharing(type text) RETURNS boolean LANGUAGE sql IMMUTABLE
AS $$ SELECT type = 'resource.published' OR starts_with(type, 'offer.') $$;
CREATE POLICY shared ON event FOR SELECT
    USING (group_id = (SELECT app.group_id()) AND app.tells_of_sharing(type)
           AND (EXISTS (SELECT FROM resource r WHERE r.group_id = event.group_id
                           AND r.id = app.subject_id(event.subject, 'resource'))
                OR EXISTS (SELECT FROM offer o WHERE o.group_id = event.group_id
                              AND o.id = app.subject_id(event.subject, 'offer'))));
-- A worker asks which webhooks have something to tell, over all groups.
CREATE POLICY due ON event FOR SELECT
    USING ((SELECT app.claim('kind')) = 'system' AND (SELECT app.group_id()) IS NULL);

-- ── Webhooks ─────────────────────────────────────────────────────────────────────────────────

CREATE TABLE webhook_endpoint (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    -- who is told: the system whose rights decide about each event
    client_id uuid NOT NULL,
    -- the system's school, for the lock; null: the group office
    school_id uuid,
    -- so many for one school: the numbers are all there are
    slot int NOT NULL CHECK (slot BETWEEN 1 AND 10),
    url text NOT NULL CHECK (length(url) BETWEEN 8 AND 2000 AND url ~ '^https?://'),
    -- as the feed takes them; empty: all
    types text[] NOT NULL DEFAULT '{}' CHECK (cardinality(types) <= 50),
    description text NOT NULL DEFAULT '' CHECK (length(description) <= 200),
    -- paused: by a person; disabled: by what the receiver answered
    status text NOT NULL CHECK (status IN ('active', 'paused', 'disabled')),
    disabled_because text CHECK (disabled_because IN ('gone', 'exhausted')),
    disabled_at timestamptz,
    -- encrypted with a key of the installation's secret: it must sign, so a hash will not do
    secret_sealed bytea NOT NULL CHECK (length(secret_sealed) BETWEEN 40 AND 200),
    -- a rotated secret signs beside the new one until then
    previous_secret_sealed bytea CHECK (length(previous_secret_sealed) BETWEEN 40 AND 200),
    previous_until_at timestamptz,
    -- the session in which events are read for it; made anew when it no longer stands
    session_id uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, client_id) REFERENCES client (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, session_id) REFERENCES access_session (group_id, id)
        ON DELETE SET NULL (session_id),
    CONSTRAINT webhook_slot_once UNIQUE NULLS NOT DISTINCT (group_id, school_id, slot),
    CHECK ((status = 'disabled') = (disabled_at IS NOT NULL)),
    CHECK ((status = 'disabled') = (disabled_because IS NOT NULL)),
    CHECK ((previous_secret_sealed IS NULL) = (previous_until_at IS NULL))
);
CREATE INDEX webhook_endpoint_client ON webhook_endpoint (group_id, client_id);
CREATE INDEX webhook_endpoint_session ON webhook_endpoint (group_id, session_id);

-- A place in the stream: the endpoint's own, that follows what happens, and at most one that tells
-- an earlier stretch once more, up to end_*.
CREATE TABLE webhook_stream (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    school_id uuid,
    kind text NOT NULL CHECK (kind IN ('live', 'replay')),
    life bigint NOT NULL,
    transaction_id xid8 NOT NULL,
    seq bigint NOT NULL,
    end_life bigint,
    end_transaction_id xid8,
    end_seq bigint,
    after_at timestamptz,
    until_at timestamptz,
    -- the event at the head, while it is tried, and how often it has failed
    event_id uuid,
    tries int NOT NULL DEFAULT 0 CHECK (tries >= 0),
    due_at timestamptz NOT NULL,
    -- the job that has it in hand, until then: in order means by one at a time
    holder text CHECK (length(holder) BETWEEN 1 AND 100),
    held_until_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, endpoint_id) REFERENCES webhook_endpoint (group_id, id)
        ON DELETE CASCADE,
    CHECK ((kind = 'live') = (end_life IS NULL)),
    CHECK (num_nulls(end_life, end_transaction_id, end_seq, after_at, until_at) IN (0, 5)),
    CHECK ((holder IS NULL) = (held_until_at IS NULL)),
    CHECK (kind = 'replay' OR ended_at IS NULL)
);
CREATE UNIQUE INDEX one_live_stream ON webhook_stream (group_id, endpoint_id) WHERE kind = 'live';
CREATE UNIQUE INDEX one_replay ON webhook_stream (group_id, endpoint_id)
 WHERE kind = 'replay' AND ended_at IS NULL;
CREATE INDEX webhook_stream_due ON webhook_stream (due_at) WHERE ended_at IS NULL;

-- What was sent and what came of it. An event has its row from the first attempt on.
CREATE TABLE webhook_delivery (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    school_id uuid,
    -- null: asked for by hand
    stream_id uuid,
    kind text NOT NULL CHECK (kind IN ('event', 'replay', 'redelivery', 'ping')),
    event_id uuid,
    event_type text NOT NULL CHECK (length(event_type) BETWEEN 1 AND 130),
    -- dropped: not, or no longer, to be told to this subscriber
    status text NOT NULL CHECK (status IN ('waiting', 'delivered', 'failed', 'dropped')),
    tries int NOT NULL DEFAULT 0,
    -- the last ones: {at, status, error, latency_ms, answer}
    attempts jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_array_length(attempts) <= 20),
    created_at timestamptz NOT NULL,
    ended_at timestamptz,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, endpoint_id) REFERENCES webhook_endpoint (group_id, id)
        ON DELETE CASCADE,
    FOREIGN KEY (group_id, stream_id) REFERENCES webhook_stream (group_id, id) ON DELETE CASCADE,
    CONSTRAINT one_delivery_in_a_stream UNIQUE (group_id, stream_id, event_id),
    CHECK ((kind = 'ping') = (event_id IS NULL)),
    CHECK ((status = 'waiting') = (ended_at IS NULL))
);
CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (group_id, endpoint_id, id);
CREATE INDEX webhook_delivery_ended ON webhook_delivery (group_id, ended_at);

SELECT app.wall_by_school(t, ARRAY['school_id'])
  FROM unnest(ARRAY['webhook_endpoint', 'webhook_stream', 'webhook_delivery']::regclass[]) AS t;
CREATE POLICY due ON webhook_endpoint FOR SELECT
    USING ((SELECT app.claim('kind')) = 'system' AND (SELECT app.group_id()) IS NULL);
CREATE POLICY due ON webhook_stream FOR SELECT
    USING ((SELECT app.claim('kind')) = 'system' AND (SELECT app.group_id()) IS NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_endpoint, webhook_delivery TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE ON webhook_stream TO schoolgroup_app;
-- migrate:down
