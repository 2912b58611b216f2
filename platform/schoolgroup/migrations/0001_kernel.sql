-- migrate:up
-- Why: the ground every feature stands on. Who is asking is told to the database once per
-- transaction, signed, so that row-level security holds even where a query forgets its filter;
-- repeated commands, events and the audit trail live beside the rows they speak of.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

CREATE SCHEMA app;
GRANT USAGE ON SCHEMA app TO schoolgroup_app;

-- The key that signs a transaction's context: padded halves of an HMAC-SHA256 key (RFC 2104).
-- Only the owner reads it; the application knows the key itself and signs with it.
CREATE TABLE app.secret (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    inner_pad bytea NOT NULL CHECK (length(inner_pad) = 64),
    outer_pad bytea NOT NULL CHECK (length(outer_pad) = 64)
);

CREATE FUNCTION app.sign(message text) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$ SELECT sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8'))) FROM app.secret $$;
REVOKE ALL ON FUNCTION app.sign(text) FROM public;

-- One claim of the signed context, or null: a context set by anyone without the key says nothing.
CREATE FUNCTION app.claim(claim text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
AS $$
DECLARE context text := current_setting('app.context', true);
BEGIN
    IF context IS NULL OR context = '' THEN RETURN NULL; END IF;
    IF encode(app.sign(context), 'hex') IS DISTINCT FROM current_setting('app.mac', true) THEN
        RETURN NULL;
    END IF;
    RETURN context::jsonb ->> claim;
END $$;

CREATE FUNCTION app.group_id() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT app.claim('group_id')::uuid $$;
CREATE FUNCTION app.school_id() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT app.claim('school_id')::uuid $$;
CREATE FUNCTION app.person_id() RETURNS uuid LANGUAGE sql STABLE
AS $$ SELECT app.claim('person_id')::uuid $$;
CREATE FUNCTION app.tier() RETURNS text LANGUAGE sql STABLE
AS $$ SELECT app.claim('tier') $$;
CREATE FUNCTION app.role() RETURNS text LANGUAGE sql STABLE
AS $$ SELECT app.claim('role') $$;
-- Whether the caller's right is not bounded by one school: the group office and the system itself.
CREATE FUNCTION app.is_office() RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT coalesce(app.claim('tier') = 'office' OR app.claim('kind') = 'system', false) $$;

-- The one clock: the transaction's own, moved only by what the signed context says (tests jump it).
CREATE FUNCTION app.now() RETURNS timestamptz LANGUAGE sql STABLE
AS $$ SELECT now() + coalesce(app.claim('clock_offset_s')::float8, 0) * interval '1 second' $$;
-- The date at the group's place.
CREATE FUNCTION app.today() RETURNS date LANGUAGE sql STABLE
AS $$ SELECT (app.now() AT TIME ZONE coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::date $$;

CREATE TABLE education_group (
    id uuid PRIMARY KEY,
    code text NOT NULL UNIQUE CHECK (code ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    time_zone text NOT NULL DEFAULT 'Asia/Shanghai',
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Policies are published as append-only bundles; the newest version is the one in force.
CREATE TABLE policy_bundle (
    group_id uuid NOT NULL REFERENCES education_group (id),
    version int NOT NULL CHECK (version > 0),
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    files jsonb NOT NULL,
    author text NOT NULL,
    approver text NOT NULL,
    note text NOT NULL DEFAULT '',
    published_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, version)
);

-- A repeated command with the same key gets the same answer (draft-ietf-httpapi-idempotency-key-header).
CREATE TABLE idempotency_key (
    group_id uuid NOT NULL REFERENCES education_group (id),
    caller text NOT NULL,
    route text NOT NULL,
    key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    fingerprint bytea NOT NULL,
    status int NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL CHECK (length(body) <= 4194304),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, caller, route, key)
);
CREATE INDEX idempotency_key_age ON idempotency_key (created_at);

-- The outbox: one row per state change, written in its transaction. A reader stays below the
-- oldest running transaction (xmin), so no event is ever skipped: a sequence is not commit order.
CREATE TABLE event (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    seq bigint GENERATED ALWAYS AS IDENTITY,
    transaction_id xid8 NOT NULL DEFAULT pg_current_xact_id(),
    type text NOT NULL CHECK (type ~ '^[a-z_]+\.[a-z_]+$'),
    subject text NOT NULL,
    owner_school_id uuid,
    school_ids uuid[] NOT NULL DEFAULT '{}',
    version int,
    data jsonb NOT NULL,
    request_id text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id)
);
CREATE INDEX event_order ON event (group_id, transaction_id, seq);

-- The audit trail: append-only, one hash chain per school (and one for the group office).
CREATE TABLE audit_entry (
    group_id uuid NOT NULL REFERENCES education_group (id),
    chain text NOT NULL,
    seq bigint NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    request_id text NOT NULL,
    actor text NOT NULL,
    school_id uuid,
    act text NOT NULL,
    thing text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'denied')),
    relations text[] NOT NULL DEFAULT '{}',
    policy_line text NOT NULL DEFAULT '',
    policy_sha256 text NOT NULL,
    detail jsonb NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (group_id, chain, seq)
);
CREATE INDEX audit_entry_thing ON audit_entry (group_id, thing);
CREATE INDEX audit_entry_at ON audit_entry (group_id, at, chain, seq);
CREATE TABLE audit_head (
    group_id uuid NOT NULL REFERENCES education_group (id),
    chain text NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL,
    PRIMARY KEY (group_id, chain)
);

-- What is hashed: every column that says something, in a form that has one spelling.
CREATE FUNCTION app.audit_digest(entry audit_entry) RETURNS bytea LANGUAGE sql STABLE
AS $$
    SELECT sha256(entry.previous_hash || convert_to(jsonb_build_array(
        entry.group_id, entry.chain, entry.seq, extract(epoch FROM entry.at), entry.request_id,
        entry.actor, entry.school_id, entry.act, entry.thing, entry.outcome, entry.relations,
        entry.policy_line, entry.policy_sha256, entry.detail)::text, 'UTF8'))
$$;

-- Numbers and chains an entry as it is written; the head's row lock orders the writers of a chain.
CREATE FUNCTION app.chain_audit_entry() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
DECLARE head audit_head;
BEGIN
    INSERT INTO audit_head AS h (group_id, chain, seq, hash)
    VALUES (NEW.group_id, NEW.chain, 0, '\x')
    ON CONFLICT (group_id, chain) DO UPDATE SET seq = h.seq RETURNING h.* INTO head;
    NEW.seq := head.seq + 1;
    NEW.previous_hash := head.hash;
    NEW.hash := app.audit_digest(NEW);
    UPDATE audit_head h SET seq = NEW.seq, hash = NEW.hash
     WHERE h.group_id = NEW.group_id AND h.chain = NEW.chain;
    RETURN NEW;
END $$;
CREATE TRIGGER chain_audit_entry BEFORE INSERT ON audit_entry
FOR EACH ROW EXECUTE FUNCTION app.chain_audit_entry();

CREATE FUNCTION app.refuse_change() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'SG010'; END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON audit_entry
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON audit_entry
FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();

-- The wall of a table whose rows belong to the whole group.
CREATE FUNCTION app.wall_by_group(target regclass) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY wall ON %s USING (group_id = (SELECT app.group_id()))', target);
END $$;
-- The wall of a table whose rows belong to schools: any of the named columns lets its school in,
-- the office sees all, and `also` may widen reading to what the policy offers others.
CREATE FUNCTION app.wall_by_school(target regclass, columns text[], also text DEFAULT 'false')
RETURNS void LANGUAGE plpgsql
AS $$
DECLARE mine text;
BEGIN
    SELECT string_agg(format('%I = (SELECT app.school_id())', c), ' OR ') INTO mine
      FROM unnest(columns) AS c;
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format(
        'CREATE POLICY wall ON %s USING (group_id = (SELECT app.group_id())
            AND ((SELECT app.is_office()) OR %s OR %s))
         WITH CHECK (group_id = (SELECT app.group_id()) AND ((SELECT app.is_office()) OR %s))',
        target, mine, also, mine);
END $$;

SELECT app.wall_by_group('policy_bundle');
SELECT app.wall_by_group('idempotency_key');
SELECT app.wall_by_group('audit_head');
ALTER TABLE education_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE education_group FORCE ROW LEVEL SECURITY;
-- The system itself (a login, before anyone is known) may look a group up by its code.
CREATE POLICY wall ON education_group
    USING (id = (SELECT app.group_id()) OR (SELECT app.claim('kind')) = 'system');
ALTER TABLE event ENABLE ROW LEVEL SECURITY;
ALTER TABLE event FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON event
    USING (group_id = (SELECT app.group_id())
           AND ((SELECT app.is_office()) OR owner_school_id = (SELECT app.school_id())
                OR (SELECT app.school_id()) = ANY (school_ids)))
    WITH CHECK (group_id = (SELECT app.group_id()));
ALTER TABLE audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON audit_entry
    USING (group_id = (SELECT app.group_id())
           AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())))
    WITH CHECK (group_id = (SELECT app.group_id())
                AND (school_id IS NOT DISTINCT FROM (SELECT app.school_id())
                     -- a sign-in is entered in the chain of the school it leads to
                     OR (SELECT app.claim('kind')) = 'system'));

GRANT SELECT ON education_group, policy_bundle, idempotency_key, event, audit_entry, audit_head
   TO schoolgroup_app;
GRANT INSERT ON education_group, policy_bundle, idempotency_key, event, audit_entry
   TO schoolgroup_app;
-- The right to one column is what locking expired keys takes (FOR UPDATE SKIP LOCKED).
GRANT DELETE, UPDATE (created_at) ON idempotency_key TO schoolgroup_app;
-- migrate:down
