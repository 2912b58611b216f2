-- migrate:up
-- Why: a connected system can prove who it is by a key whose private half we never see; people can
-- sign in at the group's own identity provider; and processes that share a load tell each other how
-- much each caller has asked for.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

ALTER TABLE client
    ALTER COLUMN secret_sha256 DROP NOT NULL,
    -- 'key': only by private_key_jwt, and then there is no secret to lose
    ADD COLUMN authenticates_by text NOT NULL DEFAULT 'secret'
        CHECK (authenticates_by IN ('secret', 'key')),
    -- null: the secret has no end
    ADD COLUMN secret_until_at timestamptz,
    -- null: what everyone is given; set by the office
    ADD COLUMN requests_per_minute int CHECK (requests_per_minute BETWEEN 1 AND 1000000),
    ADD CONSTRAINT keys_instead_of_secrets CHECK (authenticates_by = 'secret'
        OR (secret_sha256 IS NULL AND previous_secret_sha256 IS NULL));

-- Public halves alone (RFC 7517); the key of each algorithm is of one kind, so that none can be
-- used with another (RFC 8725 section 3.1).
CREATE TABLE client_key (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    kid text NOT NULL CHECK (length(kid) BETWEEN 1 AND 200),
    alg text NOT NULL,
    public_jwk jsonb NOT NULL CHECK (jsonb_typeof(public_jwk) = 'object'),
    created_at timestamptz NOT NULL,
    -- null: it has no end
    until_at timestamptz,
    PRIMARY KEY (group_id, id),
    CONSTRAINT client_key_once UNIQUE (group_id, client_id, kid),
    FOREIGN KEY (group_id, client_id) REFERENCES client (group_id, id) ON DELETE CASCADE,
    CONSTRAINT only_the_public_half CHECK (NOT public_jwk ?| ARRAY['d', 'p', 'q', 'k']),
    CONSTRAINT one_kind_per_algorithm CHECK (
        (alg, public_jwk ->> 'kty', coalesce(public_jwk ->> 'crv', '')) IN
        (('RS256', 'RSA', ''), ('ES256', 'EC', 'P-256'), ('EdDSA', 'OKP', 'Ed25519')))
);

-- Each assertion opens once (RFC 7523 section 3, jti); kept until it would be refused anyway.
CREATE TABLE client_assertion (
    group_id uuid NOT NULL,
    client_id uuid NOT NULL,
    jti_sha256 bytea NOT NULL CHECK (length(jti_sha256) = 32),
    until_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, client_id, jti_sha256),
    FOREIGN KEY (group_id, client_id) REFERENCES client (group_id, id) ON DELETE CASCADE
);
CREATE INDEX client_assertion_age ON client_assertion (group_id, client_id, until_at);

-- The group's own sign-in (OpenID Connect). The secret is encrypted with the installation's.
CREATE TABLE identity_provider (
    group_id uuid PRIMARY KEY REFERENCES education_group (id),
    issuer text NOT NULL CHECK (length(issuer) BETWEEN 8 AND 300),
    client_id text NOT NULL CHECK (length(client_id) BETWEEN 1 AND 200),
    secret_sealed bytea,
    username_claim text NOT NULL CHECK (length(username_claim) BETWEEN 1 AND 60),
    redirect_uris text[] NOT NULL CHECK (cardinality(redirect_uris) BETWEEN 1 AND 10),
    version int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL
);

-- Who is who there: linked at the first sign-in by the name, and from then on known by the
-- provider's own subject, which is never given to anyone else (OpenID Connect Core section 5.7).
CREATE TABLE person_identity (
    group_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    person_id uuid NOT NULL,
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, issuer, subject),
    CONSTRAINT one_subject_per_person UNIQUE (group_id, person_id, issuer),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id) ON DELETE CASCADE
);

-- A sign-in on its way. State, nonce and verifier are reckoned from the handle, which only whoever
-- began it holds: here is nothing that would help anyone to finish it.
CREATE TABLE sign_in_flow (
    group_id uuid NOT NULL REFERENCES education_group (id),
    handle_sha256 bytea NOT NULL CHECK (length(handle_sha256) = 32),
    issuer text NOT NULL,
    redirect_uri text NOT NULL,
    -- once the provider has said who it is, so that choosing an appointment needs no second visit
    person_id uuid,
    code_sha256 bytea CHECK (length(code_sha256) = 32),
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, handle_sha256),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id) ON DELETE CASCADE,
    CHECK ((person_id IS NULL) = (code_sha256 IS NULL))
);
CREATE INDEX sign_in_flow_age ON sign_in_flow (group_id, expires_at);

-- How much a caller has asked for in a window, told by each process about once a second. Not
-- logged: after a crash everyone begins anew, and nothing of it goes to a standby or a backup.
CREATE UNLOGGED TABLE request_count (
    -- of nobody's group: callers that are known by their address alone
    group_id uuid NOT NULL,
    caller_sha256 bytea NOT NULL CHECK (length(caller_sha256) = 32),
    window_no bigint NOT NULL,
    used int NOT NULL CHECK (used >= 0),
    PRIMARY KEY (group_id, caller_sha256, window_no)
) WITH (fillfactor = 70);
CREATE INDEX request_count_window ON request_count (window_no);

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['client_key', 'client_assertion', 'identity_provider',
                             'person_identity', 'sign_in_flow', 'request_count'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['client_assertion', 'person_identity', 'sign_in_flow'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id())
                            AND (SELECT app.is_system()))', t);
    END LOOP;
END $$;
CREATE POLICY wall ON client_key USING (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM client c WHERE c.group_id = client_key.group_id
                   AND c.id = client_key.client_id));
CREATE POLICY wall ON identity_provider USING (group_id = (SELECT app.group_id())
    AND (SELECT app.is_office()));
-- The processes themselves, of all groups at once.
CREATE POLICY wall ON request_count
    USING ((SELECT app.is_system()) AND (SELECT app.group_id()) IS NULL);

GRANT SELECT, INSERT, UPDATE, DELETE ON client_key, client_assertion, identity_provider,
    sign_in_flow, request_count TO schoolgroup_app;
-- a key that was lost is taken out at once
GRANT DELETE ON signing_key TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON person_identity TO schoolgroup_app;
-- migrate:down
