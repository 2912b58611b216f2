-- migrate:up
-- Why: a resource says how long it takes, what it takes for granted and what it was made from; what
-- was adapted never reaches further than what it was adapted from, however that is narrowed later;
-- an offer's terms have versions and a loan knows the one it was made under; drafts can be discarded;
-- a school brings its whole catalogue in by one sheet and finds its rows again by its own reference.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- ── what a revision says besides ─────────────────────────────────────────────────────────────

ALTER TABLE resource
    ADD COLUMN duration_minutes int CHECK (duration_minutes BETWEEN 1 AND 10000),
    -- the school's own reference (校本编号), by which its next sheet finds the row again
    ADD COLUMN ref text CHECK (length(ref) BETWEEN 1 AND 80),
    -- the revision it was adapted from; it keeps its parent after the parent's withdrawal (I14)
    ADD COLUMN derived_from_resource_id uuid,
    ADD COLUMN derived_from_revision_no int,
    -- the nearest offer by whose grace it exists; null: the school's own work all the way up
    ADD COLUMN derived_by_offer_id uuid,
    ADD CONSTRAINT resource_derived_from
        FOREIGN KEY (group_id, derived_from_resource_id, derived_from_revision_no)
        REFERENCES revision (group_id, resource_id, no),
    ADD CONSTRAINT resource_derived_by FOREIGN KEY (group_id, derived_by_offer_id)
        REFERENCES offer (group_id, id),
    ADD CONSTRAINT derived_from_a_revision
        CHECK ((derived_from_resource_id IS NULL) = (derived_from_revision_no IS NULL)),
    ADD CONSTRAINT derived_by_grace_of
        CHECK (derived_by_offer_id IS NULL OR derived_from_resource_id IS NOT NULL);
ALTER TABLE revision ADD COLUMN duration_minutes int
    CHECK (duration_minutes BETWEEN 1 AND 10000);
CREATE UNIQUE INDEX one_resource_per_ref ON resource (group_id, school_id, ref)
 WHERE ref IS NOT NULL;
CREATE INDEX resource_derived ON resource (group_id, derived_from_resource_id)
 WHERE derived_from_resource_id IS NOT NULL;
CREATE INDEX resource_by_grace ON resource (group_id, derived_by_offer_id)
 WHERE derived_by_offer_id IS NOT NULL;

-- What a revision takes for granted: another resource, or a place in the curriculum. `title` is what
-- it was called when it was named, so that a dead one is still shown by it.
CREATE TABLE prerequisite (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no int NOT NULL,
    no int NOT NULL CHECK (no BETWEEN 1 AND 20),
    needs_resource_id uuid,
    needs_node_id uuid,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 2000),
    PRIMARY KEY (group_id, resource_id, revision_no, no),
    FOREIGN KEY (group_id, resource_id, revision_no)
        REFERENCES revision (group_id, resource_id, no),
    FOREIGN KEY (group_id, needs_resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, needs_node_id) REFERENCES curriculum_node (group_id, id),
    CONSTRAINT needs_one_thing CHECK (num_nonnulls(needs_resource_id, needs_node_id) = 1),
    CONSTRAINT needs_not_itself CHECK (needs_resource_id <> resource_id),
    CONSTRAINT needs_once UNIQUE NULLS NOT DISTINCT
        (group_id, resource_id, revision_no, needs_resource_id, needs_node_id)
);
CREATE INDEX prerequisite_of ON prerequisite (group_id, needs_resource_id)
 WHERE needs_resource_id IS NOT NULL;
CREATE INDEX prerequisite_node ON prerequisite (group_id, needs_node_id)
 WHERE needs_node_id IS NOT NULL;
CREATE FUNCTION app.keep_published_prerequisite() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE held prerequisite := coalesce(OLD, NEW);
BEGIN
    -- The lock keeps a publication from slipping in between this look and the end.
    PERFORM FROM revision v
      WHERE v.group_id = held.group_id AND v.resource_id = held.resource_id
        AND v.no = held.revision_no AND v.published_at IS NULL
        FOR SHARE;
    IF NOT FOUND OR TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'revision % of % is published', held.revision_no, held.resource_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_revisions_never_change';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_published BEFORE INSERT OR UPDATE OR DELETE ON prerequisite
FOR EACH ROW EXECUTE FUNCTION app.keep_published_prerequisite();

-- Lineage is what it was: whoever tries, and however.
CREATE FUNCTION app.keep_lineage() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'resource % keeps what it was made from', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lineage_never_changes';
END $$;
CREATE TRIGGER keep_lineage BEFORE UPDATE ON resource
FOR EACH ROW WHEN ((OLD.derived_from_resource_id, OLD.derived_from_revision_no,
                    OLD.derived_by_offer_id)
    IS DISTINCT FROM (NEW.derived_from_resource_id, NEW.derived_from_revision_no,
                      NEW.derived_by_offer_id))
EXECUTE FUNCTION app.keep_lineage();

-- A draft may be discarded; what was ever published never is.
CREATE FUNCTION app.keep_published_resource() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'resource % was published', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_resources_stay';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_published BEFORE DELETE ON resource
FOR EACH ROW EXECUTE FUNCTION app.keep_published_resource();

-- ── how far an adaptation reaches ────────────────────────────────────────────────────────────

-- Each offer that bounds an offer of an adapted resource: the one the resource was adapted by, and
-- those that bound that one, all the way up. Lineage never changes; reach, seats and end are computed
-- from these offers whenever somebody asks (I15), so narrowing one narrows all below it at once.
CREATE TABLE offer_bound (
    group_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    bounding_offer_id uuid NOT NULL,
    -- what is offered, and the school that offers it
    resource_id uuid NOT NULL,
    school_id uuid NOT NULL,
    PRIMARY KEY (group_id, offer_id, bounding_offer_id),
    FOREIGN KEY (group_id, offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, bounding_offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK (offer_id <> bounding_offer_id)
);
CREATE INDEX offer_bound_by ON offer_bound (group_id, bounding_offer_id);
CREATE INDEX offer_bound_school ON offer_bound (group_id, school_id, bounding_offer_id);
CREATE INDEX offer_bound_resource ON offer_bound (group_id, resource_id);
CREATE TRIGGER refuse_update BEFORE UPDATE ON offer_bound
FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
-- By the group: a bound that is hidden would be no bound.
SELECT app.wall_by_group('offer_bound');
-- Whether its offer is bounded at all, so that the reach of all others is decided without a look.
ALTER TABLE offer_audience ADD COLUMN bounded boolean NOT NULL DEFAULT false;

-- Written by the tables themselves, so that nobody can forget.
CREATE FUNCTION app.bound_offer() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO offer_bound (group_id, offer_id, bounding_offer_id, resource_id, school_id)
    SELECT NEW.group_id, NEW.id, by_grace.id, NEW.resource_id, NEW.school_id
      FROM resource r
     CROSS JOIN LATERAL (SELECT r.derived_by_offer_id
                          UNION
                         SELECT b.bounding_offer_id FROM offer_bound b
                          WHERE b.group_id = r.group_id AND b.offer_id = r.derived_by_offer_id)
           AS by_grace (id)
     WHERE r.group_id = NEW.group_id AND r.id = NEW.resource_id
       AND r.derived_by_offer_id IS NOT NULL;
    RETURN NULL;
END $$;
CREATE TRIGGER bound_new AFTER INSERT ON offer
FOR EACH ROW EXECUTE FUNCTION app.bound_offer();
CREATE FUNCTION app.mark_bounded() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    NEW.bounded := EXISTS (SELECT FROM offer_bound b
                            WHERE b.group_id = NEW.group_id AND b.offer_id = NEW.offer_id);
    RETURN NEW;
END $$;
CREATE TRIGGER mark_bounded BEFORE INSERT OR UPDATE ON offer_audience
FOR EACH ROW EXECUTE FUNCTION app.mark_bounded();

-- Whoever offers by the grace of an offer goes on seeing that one. A small set, hashed once.
CREATE POLICY adapter ON offer FOR SELECT
    USING (group_id = (SELECT app.group_id())
           AND id IN (SELECT b.bounding_offer_id FROM offer_bound b
                       WHERE b.group_id = (SELECT app.group_id())
                         AND b.school_id = (SELECT app.school_id())));

-- The lines of audiences with the rights they give to whoever asks: of a bounded offer only those
-- that each bounding offer, being open, gives them too. `found` is what remains when one of them is
-- suspended, over or closed. A bounding offer that is hidden gives nothing.
CREATE VIEW offer_reach WITH (security_invoker = true) AS
SELECT a.group_id, a.offer_id, a.id, a.kind, a.tier, a.circle_id, a.audience_school_id,
       CASE WHEN a.discover THEN NOT a.bounded OR NOT EXISTS (
           SELECT FROM offer_bound b
            WHERE b.group_id = a.group_id AND b.offer_id = a.offer_id AND NOT EXISTS (
                SELECT FROM offer p
                  JOIN offer_audience q ON q.group_id = p.group_id AND q.offer_id = p.id
                 WHERE p.group_id = b.group_id AND p.id = b.bounding_offer_id AND q.discover
                   AND (q.kind = 'group' OR q.tier = (SELECT app.tier())
                        OR q.audience_school_id = (SELECT app.school_id())
                        OR EXISTS (SELECT FROM circle_member m WHERE m.group_id = q.group_id
                                      AND m.circle_id = q.circle_id
                                      AND m.school_id = (SELECT app.school_id()))))) END AS found,
       CASE WHEN a.discover THEN NOT a.bounded OR NOT EXISTS (
           SELECT FROM offer_bound b
            WHERE b.group_id = a.group_id AND b.offer_id = a.offer_id AND NOT EXISTS (
                SELECT FROM offer p
                  JOIN offer_audience q ON q.group_id = p.group_id AND q.offer_id = p.id
                 WHERE p.group_id = b.group_id AND p.id = b.bounding_offer_id AND q.discover
                   AND p.status = 'open'
                       AND (p.valid_until_at IS NULL OR app.now() < p.valid_until_at) AND (q.kind = 'group' OR q.tier = (SELECT app.tier())
                        OR q.audience_school_id = (SELECT app.school_id())
                        OR EXISTS (SELECT FROM circle_member m WHERE m.group_id = q.group_id
                                      AND m.circle_id = q.circle_id
                                      AND m.school_id = (SELECT app.school_id()))))) END AS discover,
       CASE WHEN a.borrow THEN NOT a.bounded OR NOT EXISTS (
           SELECT FROM offer_bound b
            WHERE b.group_id = a.group_id AND b.offer_id = a.offer_id AND NOT EXISTS (
                SELECT FROM offer p
                  JOIN offer_audience q ON q.group_id = p.group_id AND q.offer_id = p.id
                 WHERE p.group_id = b.group_id AND p.id = b.bounding_offer_id AND q.borrow
                   AND p.status = 'open'
                       AND (p.valid_until_at IS NULL OR app.now() < p.valid_until_at) AND (q.kind = 'group' OR q.tier = (SELECT app.tier())
                        OR q.audience_school_id = (SELECT app.school_id())
                        OR EXISTS (SELECT FROM circle_member m WHERE m.group_id = q.group_id
                                      AND m.circle_id = q.circle_id
                                      AND m.school_id = (SELECT app.school_id()))))) END AS borrow,
       CASE WHEN a.adapt THEN NOT a.bounded OR NOT EXISTS (
           SELECT FROM offer_bound b
            WHERE b.group_id = a.group_id AND b.offer_id = a.offer_id AND NOT EXISTS (
                SELECT FROM offer p
                  JOIN offer_audience q ON q.group_id = p.group_id AND q.offer_id = p.id
                 WHERE p.group_id = b.group_id AND p.id = b.bounding_offer_id AND q.adapt
                   AND p.status = 'open'
                       AND (p.valid_until_at IS NULL OR app.now() < p.valid_until_at) AND (q.kind = 'group' OR q.tier = (SELECT app.tier())
                        OR q.audience_school_id = (SELECT app.school_id())
                        OR EXISTS (SELECT FROM circle_member m WHERE m.group_id = q.group_id
                                      AND m.circle_id = q.circle_id
                                      AND m.school_id = (SELECT app.school_id()))))) END AS adapt
  FROM offer_audience a;

-- As before, with the seats an offer has within every offer that bounds it; least() passes over
-- what is unlimited.
CREATE OR REPLACE VIEW offer_figures WITH (security_invoker = true) AS
SELECT o.group_id, o.id AS offer_id,
       least(o.seats, (SELECT min(p.seats) FROM offer_bound b
                         JOIN offer p ON p.group_id = b.group_id AND p.id = b.bounding_offer_id
                        WHERE b.group_id = o.group_id AND b.offer_id = o.id)) AS seats,
       (SELECT count(*) FROM seat s WHERE s.group_id = o.group_id AND s.offer_id = o.id
           AND s.retired_at IS NULL) AS standing,
       (SELECT count(*) FROM loan l WHERE l.group_id = o.group_id AND l.offer_id = o.id
           AND l.status = 'active' AND app.now() < l.ends_at) AS lent,
       (SELECT count(*) FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
           AND h.status = 'ready' AND app.now() < h.ready_until_at) AS reserved,
       (SELECT count(*) FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
           AND h.status = 'waiting') AS waiting,
       (SELECT count(*) FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
           AND h.status = 'waiting' AND app.is_paused(h.paused_at, h.paused_until_at)) AS paused,
       o.loans_max,
       CASE WHEN o.loans_max IS NOT NULL THEN
           (SELECT count(*) FROM loan l WHERE l.group_id = o.group_id AND l.offer_id = o.id)
       END AS loans_made
  FROM offer o;

-- What bounds others changes what harvesters see of them.
CREATE FUNCTION app.stamp_bounded(of_group uuid, of_offer uuid) RETURNS void LANGUAGE sql
AS $$
    SELECT app.stamp_harvest(b.group_id, b.resource_id) FROM offer_bound b
     WHERE b.group_id = of_group AND b.bounding_offer_id = of_offer
$$;
CREATE FUNCTION app.stamp_bounded_by_offer() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN PERFORM app.stamp_bounded(NEW.group_id, NEW.id); RETURN NULL; END $$;
CREATE TRIGGER stamp_bounded AFTER UPDATE ON offer
FOR EACH ROW WHEN ((OLD.status, OLD.valid_until_at)
    IS DISTINCT FROM (NEW.status, NEW.valid_until_at))
EXECUTE FUNCTION app.stamp_bounded_by_offer();
CREATE FUNCTION app.stamp_bounded_by_audience() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE changed offer_audience := coalesce(NEW, OLD);
BEGIN
    PERFORM app.stamp_bounded(changed.group_id, changed.offer_id);
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_bounded AFTER INSERT OR UPDATE OR DELETE ON offer_audience
FOR EACH ROW EXECUTE FUNCTION app.stamp_bounded_by_audience();

-- ── versions of terms ────────────────────────────────────────────────────────────────────────

-- a loan keeps the number of the version it was made under in its own terms
ALTER TABLE offer ADD COLUMN terms_no int NOT NULL DEFAULT 1 CHECK (terms_no > 0);
CREATE TABLE offer_terms (
    group_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    school_id uuid NOT NULL,
    -- the terms and the audience as the owner stated them (offers/models.StatedTerms)
    terms jsonb NOT NULL,
    -- null: a connected system, or from before versions were kept
    by_person_id uuid,
    stated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, offer_id, no),
    FOREIGN KEY (group_id, offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, by_person_id) REFERENCES person (group_id, id)
);
ALTER TABLE offer NO FORCE ROW LEVEL SECURITY;
ALTER TABLE offer_audience NO FORCE ROW LEVEL SECURITY;
INSERT INTO offer_terms (group_id, offer_id, no, school_id, terms, stated_at)
SELECT o.group_id, o.id, 1, o.school_id,
       jsonb_build_object('seats', o.seats, 'valid_until_at', o.valid_until_at,
           'lasts', o.lasts, 'loan_days', o.loan_days, 'renewals_max', o.renewals_max,
           'pickup_hours', o.pickup_hours, 'guaranteed_days', o.guaranteed_days,
           'per_school_max', o.per_school_max, 'share_percent', o.share_percent,
           'loans_max', o.loans_max, 'asks_owner', o.asks_owner, 'ask_hours', o.ask_hours,
           'ask_default', o.ask_default,
           'audiences', (SELECT coalesce(jsonb_agg(jsonb_build_object('kind', a.kind,
               'tier', a.tier, 'circle_id', a.circle_id, 'school_id', a.audience_school_id,
               'discover', a.discover, 'borrow', a.borrow, 'adapt', a.adapt)
               ORDER BY a.kind, a.id), '[]') FROM offer_audience a
              WHERE a.group_id = o.group_id AND a.offer_id = o.id)),
       o.updated_at
  FROM offer o;
ALTER TABLE offer FORCE ROW LEVEL SECURITY;
ALTER TABLE offer_audience FORCE ROW LEVEL SECURITY;
-- A version never changes; it goes only with the discarded draft it spoke of.
CREATE FUNCTION app.keep_terms() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' OR EXISTS (
        SELECT FROM offer o JOIN resource r ON r.group_id = o.group_id AND r.id = o.resource_id
         WHERE o.group_id = OLD.group_id AND o.id = OLD.offer_id AND r.status <> 'draft') THEN
        RAISE EXCEPTION 'terms % of offer % were stated', OLD.no, OLD.offer_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'stated_terms_never_change';
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER keep_stated BEFORE UPDATE OR DELETE ON offer_terms
FOR EACH ROW EXECUTE FUNCTION app.keep_terms();
SELECT app.wall_by_school('offer_terms', ARRAY['school_id']);

-- Prerequisites are seen where their revision is; they are written in drafts only (the trigger),
-- which only the own school sees.
ALTER TABLE prerequisite ENABLE ROW LEVEL SECURITY;
ALTER TABLE prerequisite FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON prerequisite
    USING (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM revision v
                        WHERE v.group_id = prerequisite.group_id
                          AND v.resource_id = prerequisite.resource_id
                          AND v.no = prerequisite.revision_no));

GRANT SELECT, INSERT, DELETE ON prerequisite, offer_bound TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON offer_terms TO schoolgroup_app;
GRANT SELECT ON offer_reach TO schoolgroup_app;
GRANT UPDATE (duration_minutes, ref) ON resource TO schoolgroup_app;
GRANT UPDATE (duration_minutes) ON revision TO schoolgroup_app;
GRANT DELETE ON resource, revision, offer, offer_audience, seat TO schoolgroup_app;
GRANT UPDATE (loan_days, renewals_max, pickup_hours, guaranteed_days, per_school_max,
              share_percent, lasts, loans_max, asks_owner, ask_hours, ask_default, terms_no)
    ON offer TO schoolgroup_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.sign(text) FROM schoolgroup_app;
-- migrate:down
