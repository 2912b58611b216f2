-- migrate:up
-- Why: who is asking. Passwords and secrets are kept only as hashes; sessions are rows, so that
-- revoking one is felt by the very next transaction; every transaction begins by one function that
-- checks the signature of its context, the policy in force and that the session still stands.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

CREATE TABLE person_credential (
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    password_hash text NOT NULL CHECK (password_hash LIKE '$argon2id$%'),
    must_change boolean NOT NULL DEFAULT false,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, person_id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);

CREATE TABLE client (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- null: acts for the group office
    school_id uuid,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    scopes text[] NOT NULL,
    secret_sha256 bytea NOT NULL CHECK (length(secret_sha256) = 32),
    -- a rotated secret still works until then
    previous_secret_sha256 bytea CHECK (length(previous_secret_sha256) = 32),
    previous_until_at timestamptz,
    epoch int NOT NULL DEFAULT 1,
    suspended_at timestamptz,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    -- once per school: of another school's machines nobody learns even the names
    CONSTRAINT client_name_once UNIQUE NULLS NOT DISTINCT (group_id, school_id, name),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
-- A machine names itself by its id alone: the group is found by it.
CREATE INDEX client_by_id ON client (id);

CREATE TABLE access_session (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    person_id uuid,
    appointment_id uuid,
    client_id uuid,
    -- null: everything its role may do
    scopes text[],
    epoch int NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz,
    revoked_because text,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, appointment_id) REFERENCES appointment (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, client_id) REFERENCES client (group_id, id) ON DELETE CASCADE,
    CHECK ((person_id IS NULL) <> (client_id IS NULL)),
    CHECK ((person_id IS NULL) = (appointment_id IS NULL))
);
CREATE INDEX access_session_person ON access_session (group_id, person_id)
 WHERE revoked_at IS NULL;
CREATE INDEX access_session_client ON access_session (group_id, client_id)
 WHERE client_id IS NOT NULL;

-- Opaque, rotating: using one twice revokes the session (RFC 9700 section 4.14.2).
CREATE TABLE refresh_token (
    group_id uuid NOT NULL,
    token_sha256 bytea NOT NULL CHECK (length(token_sha256) = 32),
    session_id uuid NOT NULL,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    PRIMARY KEY (group_id, token_sha256),
    FOREIGN KEY (group_id, session_id) REFERENCES access_session (group_id, id) ON DELETE CASCADE
);

CREATE INDEX refresh_token_session ON refresh_token (group_id, session_id);

-- Attempts to sign in by what was tried (a keyed hash of the name, one of the address): never the
-- values. Entered before the password is looked at and taken back when it is right, so that many
-- attempts at once are counted too. One attempt is two rows of the same id.
CREATE TABLE login_failure (
    group_id uuid NOT NULL REFERENCES education_group (id),
    subject_sha256 bytea NOT NULL,
    at timestamptz NOT NULL,
    id uuid NOT NULL,
    PRIMARY KEY (group_id, subject_sha256, id)
);
CREATE INDEX login_failure_recent ON login_failure (group_id, subject_sha256, at);
CREATE INDEX login_failure_age ON login_failure (at);

-- Keys that sign access tokens; the private half is encrypted with the installation's secret.
CREATE TABLE signing_key (
    kid text PRIMARY KEY,
    public_jwk jsonb NOT NULL,
    private_sealed bytea NOT NULL,
    created_at timestamptz NOT NULL,
    retired_at timestamptz
);

-- Begins a transaction for one subject: the context must carry the application's signature, the
-- caller must hold the policy in force, and the session must still stand with the same rights.
-- SG001 forged context, SG002 stale policy, SG003 session over. Answers the transaction's instant.
CREATE FUNCTION app.begin(context text, mac text) RETURNS timestamptz
LANGUAGE plpgsql SET search_path = public, pg_catalog
AS $$
DECLARE
    claims jsonb;
    kind text;
    at timestamptz;
    today date;
    current_sha text;
BEGIN
    PERFORM set_config('app.context', context, true), set_config('app.mac', mac, true);
    kind := app.claim('kind');
    IF kind IS NULL THEN
        RAISE EXCEPTION 'the context is not signed by the application' USING ERRCODE = 'SG001';
    END IF;
    claims := context::jsonb;
    at := app.now();
    IF kind = 'system' THEN RETURN at; END IF;
    today := app.today();
    SELECT b.sha256 INTO current_sha FROM policy_bundle b
     WHERE b.group_id = (claims ->> 'group_id')::uuid ORDER BY b.version DESC LIMIT 1;
    IF current_sha IS DISTINCT FROM claims ->> 'policy_sha256' THEN
        RAISE EXCEPTION 'the policy in force is another' USING ERRCODE = 'SG002';
    END IF;
    IF at >= (claims ->> 'valid_until_at')::timestamptz
       OR claims ->> 'school_id' IS NOT NULL AND NOT EXISTS (
           SELECT FROM school_tier t
             JOIN school h ON h.group_id = t.group_id AND h.id = t.school_id
            WHERE t.group_id = (claims ->> 'group_id')::uuid
              AND t.school_id = (claims ->> 'school_id')::uuid
              AND t.tier = claims ->> 'tier'
              AND t.from_on <= today AND (t.until_on IS NULL OR today < t.until_on)
              AND (h.closed_on IS NULL OR today < h.closed_on)) THEN
        RAISE EXCEPTION 'the rights of this session have changed' USING ERRCODE = 'SG003';
    END IF;
    PERFORM FROM access_session s
       LEFT JOIN person p ON p.group_id = s.group_id AND p.id = s.person_id
       LEFT JOIN client c ON c.group_id = s.group_id AND c.id = s.client_id
      WHERE s.group_id = (claims ->> 'group_id')::uuid AND s.id = (claims ->> 'session_id')::uuid
        AND s.revoked_at IS NULL AND at < s.expires_at
        AND coalesce(p.epoch, c.epoch) = (claims ->> 'epoch')::int
        AND p.suspended_at IS NULL AND p.left_at IS NULL AND c.suspended_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the session is over' USING ERRCODE = 'SG003';
    END IF;
    RETURN at;
END $$;

-- Closing a school, or setting another day for it, changes what its people and machines may do.
CREATE FUNCTION app.move_epochs_of_closing() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE client c SET epoch = epoch + 1 WHERE c.group_id = NEW.group_id AND c.school_id = NEW.id;
    UPDATE person p SET epoch = epoch + 1
      FROM appointment a
     WHERE a.group_id = NEW.group_id AND a.school_id = NEW.id
       AND p.group_id = a.group_id AND p.id = a.person_id;
    RETURN NULL;
END $$;
CREATE TRIGGER move_epochs_of_closing AFTER UPDATE OF closed_on ON school
FOR EACH ROW WHEN (OLD.closed_on IS DISTINCT FROM NEW.closed_on)
EXECUTE FUNCTION app.move_epochs_of_closing();

-- What signing in needs, only the system itself sees; passwords are set for people one may see;
-- sessions and machines are seen by their school, and a session by its own person.
CREATE FUNCTION app.is_system() RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT coalesce(app.claim('kind') = 'system', false) $$;
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['person_credential', 'client', 'access_session', 'refresh_token',
                             'login_failure'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['refresh_token', 'login_failure'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id())
                            AND (SELECT app.is_system()))', t);
    END LOOP;
END $$;
CREATE POLICY wall ON person_credential USING (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM person p WHERE p.group_id = person_credential.group_id
                   AND p.id = person_credential.person_id));
CREATE POLICY wall ON client USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())));
-- The system, before any group is known, may look a machine up by its id.
CREATE POLICY find ON client FOR SELECT
    USING ((SELECT app.is_system()) AND (SELECT app.group_id()) IS NULL);
CREATE POLICY wall ON access_session USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR person_id = (SELECT app.person_id())
         OR EXISTS (SELECT FROM person p
                     WHERE p.group_id = access_session.group_id AND p.id = access_session.person_id)
         OR EXISTS (SELECT FROM client c
                     WHERE c.group_id = access_session.group_id
                       AND c.id = access_session.client_id)));

GRANT SELECT, INSERT, UPDATE, DELETE ON person_credential, client, access_session, refresh_token,
    login_failure TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE ON signing_key TO schoolgroup_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.sign(text) FROM schoolgroup_app;
-- migrate:down
