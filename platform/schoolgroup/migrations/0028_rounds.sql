-- migrate:up
-- Why: rounds of guidance (巡回指导). Whom a round is to reach is written when it opens; nobody
-- inspects the own school, by constraint; a finding is a ledger item from its first moment; and a
-- spot check is drawn by a rule whose parts are fixed before the last of them is known to anybody,
-- so that everyone can draw it again.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

CREATE TABLE inspection_round (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    -- [{"code": …, "en": …, "zh": …, "points_max": …}, …] in the order they are looked at
    rubric jsonb NOT NULL CHECK (jsonb_typeof(rubric) = 'array' AND rubric <> '[]'),
    -- where its findings go
    ledger_id uuid NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    status text NOT NULL CHECK (status IN ('planning', 'open', 'closed')),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_round_per_number UNIQUE (group_id, no),
    FOREIGN KEY (group_id, ledger_id) REFERENCES ledger (group_id, id),
    CHECK (until_on > from_on)
);
-- The schools a round is to reach: written when it opens, never added to or taken from. The
-- denominator of its coverage is these rows without the excused ones.
CREATE TABLE round_school (
    group_id uuid NOT NULL,
    round_id uuid NOT NULL,
    school_id uuid NOT NULL,
    tier text NOT NULL CHECK (tier IN ('integrated', 'partner')),
    excused_at timestamptz,
    excused_because text CHECK (length(excused_because) BETWEEN 1 AND 1000),
    PRIMARY KEY (group_id, round_id, school_id),
    FOREIGN KEY (group_id, round_id) REFERENCES inspection_round (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK ((excused_at IS NULL) = (excused_because IS NULL))
);
CREATE TABLE round_team (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    round_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, id, round_id),
    CONSTRAINT one_team_per_name UNIQUE (group_id, round_id, name),
    FOREIGN KEY (group_id, round_id) REFERENCES inspection_round (group_id, id)
);
CREATE TABLE team_member (
    group_id uuid NOT NULL,
    team_id uuid NOT NULL,
    round_id uuid NOT NULL,
    person_id uuid NOT NULL,
    -- of which school (null: the group office)
    school_id uuid,
    leads boolean NOT NULL DEFAULT false,
    PRIMARY KEY (group_id, team_id, person_id),
    UNIQUE (group_id, team_id, person_id, school_id),
    CONSTRAINT one_team_per_person UNIQUE (group_id, round_id, person_id),
    FOREIGN KEY (group_id, team_id, round_id) REFERENCES round_team (group_id, id, round_id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE UNIQUE INDEX one_leader_per_team ON team_member (group_id, team_id) WHERE leads;

-- A draw 抽签: committed before its public value exists, revealed after. `document` is what was
-- published at the commitment; its hash stands beside it.
CREATE TABLE inspection_draw (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    round_id uuid NOT NULL,
    document jsonb NOT NULL,
    document_sha256 text NOT NULL CHECK (document_sha256 ~ '^[0-9a-f]{64}$'),
    seed_sha256 text NOT NULL CHECK (seed_sha256 ~ '^[0-9a-f]{64}$'),
    -- from then on the public value is known to everyone
    public_from_at timestamptz NOT NULL,
    committed_at timestamptz NOT NULL,
    -- null until it is revealed
    seed bytea,
    public_value text CHECK (length(public_value) BETWEEN 1 AND 200),
    -- the codes of the schools drawn, and those passed over because they had left meanwhile
    drawn text[],
    passed_over text[],
    revealed_at timestamptz,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, round_id) REFERENCES inspection_round (group_id, id),
    CHECK (committed_at < public_from_at),
    CHECK (public_from_at <= revealed_at),
    CHECK ((revealed_at IS NULL) = (seed IS NULL) AND (seed IS NULL) = (public_value IS NULL)
           AND (seed IS NULL) = (drawn IS NULL) AND (seed IS NULL) = (passed_over IS NULL)),
    CONSTRAINT the_seed_is_the_one_committed CHECK (encode(sha256(seed), 'hex') = seed_sha256)
);
CREATE INDEX inspection_draw_round ON inspection_draw (group_id, round_id, id);
-- The seed before it is revealed: open to the system alone.
CREATE TABLE draw_secret (
    group_id uuid NOT NULL,
    draw_id uuid NOT NULL,
    seed bytea NOT NULL CHECK (octet_length(seed) = 32),
    PRIMARY KEY (group_id, draw_id),
    FOREIGN KEY (group_id, draw_id) REFERENCES inspection_draw (group_id, id)
);
-- What was committed does not change, and what was revealed neither.
CREATE FUNCTION app.keep_draw() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.revealed_at IS NOT NULL
       OR (NEW.round_id, NEW.document, NEW.document_sha256, NEW.seed_sha256, NEW.public_from_at,
           NEW.committed_at)
          IS DISTINCT FROM (OLD.round_id, OLD.document, OLD.document_sha256, OLD.seed_sha256,
                            OLD.public_from_at, OLD.committed_at) THEN
        RAISE EXCEPTION 'a draw is kept as it was committed' USING ERRCODE = 'SG010';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_draw BEFORE UPDATE ON inspection_draw
FOR EACH ROW EXECUTE FUNCTION app.keep_draw();

CREATE TABLE inspection_visit (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    round_id uuid NOT NULL,
    team_id uuid NOT NULL,
    school_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('planned', 'spot')),
    draw_id uuid,
    planned_on date NOT NULL,
    status text NOT NULL CHECK (status IN
        ('planned', 'confirmed', 'carried_out', 'reported', 'replied', 'cancelled')),
    carried_out_on date,
    summary text NOT NULL DEFAULT '' CHECK (length(summary) <= 8000),
    reported_at timestamptz,
    reply text NOT NULL DEFAULT '' CHECK (length(reply) <= 8000),
    replied_at timestamptz,
    cancelled_because text NOT NULL DEFAULT '' CHECK (length(cancelled_because) <= 1000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, id, team_id, school_id),
    FOREIGN KEY (group_id, round_id, school_id)
        REFERENCES round_school (group_id, round_id, school_id),
    FOREIGN KEY (group_id, team_id, round_id) REFERENCES round_team (group_id, id, round_id),
    FOREIGN KEY (group_id, draw_id) REFERENCES inspection_draw (group_id, id),
    CHECK ((kind = 'spot') = (draw_id IS NOT NULL)),
    CHECK ((status IN ('carried_out', 'reported', 'replied')) = (carried_out_on IS NOT NULL)),
    CHECK ((status IN ('reported', 'replied')) = (reported_at IS NOT NULL)),
    CHECK (reported_at IS NULL OR summary <> ''),
    CHECK ((status = 'replied') = (replied_at IS NOT NULL)),
    CHECK (replied_at IS NULL OR reply <> ''),
    CHECK ((status = 'cancelled') = (cancelled_because <> ''))
);
CREATE UNIQUE INDEX one_planned_visit_per_school ON inspection_visit (group_id, round_id, school_id)
 WHERE kind = 'planned' AND status <> 'cancelled';
CREATE UNIQUE INDEX one_spot_visit_per_draw ON inspection_visit (group_id, draw_id, school_id)
 WHERE kind = 'spot' AND status <> 'cancelled';
CREATE INDEX inspection_visit_school ON inspection_visit (group_id, school_id, id);
CREATE INDEX inspection_visit_round ON inspection_visit (group_id, round_id, id);

-- Who goes on a visit: members of its team, none from the school that is visited.
CREATE TABLE visit_inspector (
    group_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    team_id uuid NOT NULL,
    person_id uuid NOT NULL,
    home_school_id uuid,
    visited_school_id uuid NOT NULL,
    PRIMARY KEY (group_id, visit_id, person_id),
    FOREIGN KEY (group_id, visit_id, team_id, visited_school_id)
        REFERENCES inspection_visit (group_id, id, team_id, school_id),
    FOREIGN KEY (group_id, team_id, person_id) REFERENCES team_member (group_id, team_id, person_id),
    FOREIGN KEY (group_id, team_id, person_id, home_school_id)
        REFERENCES team_member (group_id, team_id, person_id, school_id),
    CONSTRAINT nobody_inspects_the_own_school CHECK (home_school_id <> visited_school_id)
);
CREATE INDEX visit_inspector_person ON visit_inspector (group_id, person_id, visit_id);

CREATE TABLE visit_observation (
    group_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    -- a code of the round's rubric
    criterion text NOT NULL CHECK (length(criterion) BETWEEN 1 AND 40),
    points int NOT NULL CHECK (points >= 0),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 4000),
    person_id uuid NOT NULL,
    observed_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, visit_id, criterion),
    FOREIGN KEY (group_id, visit_id) REFERENCES inspection_visit (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);
CREATE TABLE visit_evidence (
    group_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    place int NOT NULL CHECK (place > 0),
    criterion text NOT NULL CHECK (length(criterion) BETWEEN 1 AND 40),
    kind text NOT NULL CHECK (kind IN ('upload', 'resource', 'document')),
    text text NOT NULL DEFAULT '' CHECK (length(text) <= 500),
    file_name text,
    blob_id uuid,
    resource_id uuid,
    PRIMARY KEY (group_id, visit_id, place),
    FOREIGN KEY (group_id, visit_id, criterion)
        REFERENCES visit_observation (group_id, visit_id, criterion),
    FOREIGN KEY (group_id, blob_id) REFERENCES blob (group_id, id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    CHECK ((kind = 'upload') = (blob_id IS NOT NULL)),
    CHECK ((blob_id IS NULL) = (file_name IS NULL)),
    CHECK ((kind = 'resource') = (resource_id IS NOT NULL)),
    CHECK (kind <> 'document' OR text <> '')
);
CREATE INDEX visit_evidence_blob ON visit_evidence (group_id, blob_id) WHERE blob_id IS NOT NULL;
-- A finding 问题 is a ledger item from the moment it is written: there is none without.
CREATE TABLE visit_finding (
    group_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    -- a code of the rubric, or empty
    criterion text NOT NULL DEFAULT '' CHECK (length(criterion) <= 40),
    item_id uuid NOT NULL,
    found_by_person_id uuid NOT NULL,
    found_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, visit_id, no),
    CONSTRAINT one_item_per_finding UNIQUE (group_id, item_id),
    FOREIGN KEY (group_id, visit_id) REFERENCES inspection_visit (group_id, id),
    FOREIGN KEY (group_id, item_id) REFERENCES ledger_item (group_id, id),
    FOREIGN KEY (group_id, found_by_person_id) REFERENCES person (group_id, id)
);

-- How each school of a round stands: coverage is counted over this view and nothing else.
CREATE VIEW round_standing WITH (security_invoker = true) AS
SELECT s.group_id, s.round_id, s.school_id, s.tier, s.excused_because,
       s.excused_at IS NULL AS expected,
       s.excused_at IS NULL AND coalesce(v.visited, false) AS visited,
       s.excused_at IS NULL AND coalesce(v.planned, false) AS planned,
       coalesce(v.spot_checks, 0) AS spot_checks
  FROM round_school s
  LEFT JOIN LATERAL (
      SELECT bool_or(v.status IN ('carried_out', 'reported', 'replied')) AS visited,
             bool_or(v.status <> 'cancelled') AS planned,
             count(*) FILTER (WHERE v.kind = 'spot'
                AND v.status IN ('carried_out', 'reported', 'replied')) AS spot_checks
        FROM inspection_visit v
       WHERE v.group_id = s.group_id AND v.round_id = s.round_id
         AND v.school_id = s.school_id) v ON true;

-- Coverage of a round by tier, and over all of them (tier null).
CREATE FUNCTION app.round_coverage(of_round_id uuid)
RETURNS TABLE (tier text, schools bigint, excused bigint, expected bigint, planned bigint,
               visited bigint, spot_checked bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    SELECT s.tier, count(*), count(*) FILTER (WHERE NOT s.expected),
           count(*) FILTER (WHERE s.expected), count(*) FILTER (WHERE s.planned),
           count(*) FILTER (WHERE s.visited), count(*) FILTER (WHERE s.spot_checks > 0)
      FROM round_standing s
     WHERE s.group_id = app.group_id() AND s.round_id = of_round_id
     GROUP BY GROUPING SETS ((s.tier), ())
     ORDER BY s.tier NULLS LAST
$$;

-- Walls. Rounds, whom they are to reach, teams and draws are known in the group; a visit is seen by
-- the school visited and by who goes there; what hangs on it, by who sees the visit.
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['inspection_round', 'round_school', 'round_team', 'team_member',
                                'inspection_draw'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id()))
            WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()))', name);
    END LOOP;
END $$;
ALTER TABLE draw_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE draw_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON draw_secret
    USING (group_id = (SELECT app.group_id()) AND (SELECT app.is_system()));
SELECT app.wall_by_school('visit_inspector', ARRAY['visited_school_id', 'home_school_id'],
                          'person_id = (SELECT app.person_id())');
ALTER TABLE inspection_visit ENABLE ROW LEVEL SECURITY;
ALTER TABLE inspection_visit FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON inspection_visit USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())
         OR EXISTS (SELECT FROM visit_inspector i WHERE i.group_id = inspection_visit.group_id
                       AND i.visit_id = inspection_visit.id
                       AND i.person_id = (SELECT app.person_id()))));
DO $$
DECLARE name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['visit_observation', 'visit_evidence', 'visit_finding'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', name);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', name);
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id())
            AND EXISTS (SELECT FROM inspection_visit v WHERE v.group_id = %I.group_id
                           AND v.id = %I.visit_id))', name, name, name);
    END LOOP;
END $$;
-- The owner of the function above counts over all schools of the group; nobody logs in as it.
CREATE POLICY counted ON inspection_visit FOR SELECT TO CURRENT_USER
    USING (group_id = (SELECT app.group_id()));

GRANT SELECT, INSERT,
    UPDATE (title, rubric, ledger_id, from_on, until_on, status, version, updated_at)
    ON inspection_round TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (excused_at, excused_because) ON round_school TO schoolgroup_app;
GRANT SELECT, INSERT ON round_team, team_member, visit_inspector, visit_finding TO schoolgroup_app;
GRANT DELETE ON team_member TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (seed, public_value, drawn, passed_over, revealed_at, version) ON inspection_draw
    TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON draw_secret TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (planned_on, status, carried_out_on, summary, reported_at, reply, replied_at,
            cancelled_because, version, updated_at) ON inspection_visit TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (points, note, person_id, observed_at) ON visit_observation
    TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON visit_evidence TO schoolgroup_app;
GRANT SELECT ON round_standing TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.round_coverage(uuid) FROM public;
GRANT EXECUTE ON FUNCTION app.round_coverage(uuid) TO schoolgroup_app;
-- migrate:down
