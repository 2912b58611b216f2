-- migrate:up
-- Why: the search decides whole classes of resources at once, also those of adaptations, which are
-- offered within the offers they were adapted by, and those of papers under seal; and what is
-- offered to everyone by the grace of an offer to the group is not offered to visitors.
SET lock_timeout = '4s';
SET statement_timeout = '600s';

-- As in 0013, with everybody: a bounding offer to the group gives nothing to who is not of it.
CREATE OR REPLACE VIEW offer_reach WITH (security_invoker = true) AS
SELECT a.group_id, a.offer_id, a.id, a.kind, a.tier, a.circle_id, a.audience_school_id,
       CASE WHEN a.discover THEN NOT a.bounded OR NOT EXISTS (
           SELECT FROM offer_bound b
            WHERE b.group_id = a.group_id AND b.offer_id = a.offer_id AND NOT EXISTS (
                SELECT FROM offer p
                  JOIN offer_audience q ON q.group_id = p.group_id AND q.offer_id = p.id
                 WHERE p.group_id = b.group_id AND p.id = b.bounding_offer_id AND q.discover
                   AND (q.kind = 'public' OR q.kind = 'group' AND NOT (SELECT app.is_visitor()) OR q.tier = (SELECT app.tier())
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
                       AND (p.valid_until_at IS NULL OR app.now() < p.valid_until_at) AND (q.kind = 'public' OR q.kind = 'group' AND NOT (SELECT app.is_visitor()) OR q.tier = (SELECT app.tier())
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
                       AND (p.valid_until_at IS NULL OR app.now() < p.valid_until_at) AND (q.kind = 'public' OR q.kind = 'group' AND NOT (SELECT app.is_visitor()) OR q.tier = (SELECT app.tier())
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
                       AND (p.valid_until_at IS NULL OR app.now() < p.valid_until_at) AND (q.kind = 'public' OR q.kind = 'group' AND NOT (SELECT app.is_visitor()) OR q.tier = (SELECT app.tier())
                        OR q.audience_school_id = (SELECT app.school_id())
                        OR EXISTS (SELECT FROM circle_member m WHERE m.group_id = q.group_id
                                      AND m.circle_id = q.circle_id
                                      AND m.school_id = (SELECT app.school_id()))))) END AS adapt
  FROM offer_audience a;

-- A line of a bounded offer names itself: what it gives is asked of offer_reach, for who asks, now.
ALTER TABLE search_reach_line ADD COLUMN audience_id uuid;
CREATE VIEW search_reach_given WITH (security_invoker = true) AS
SELECT l.group_id, l.reach_id, l.kind, l.tier, l.circle_id, l.audience_school_id, l.valid_until_at,
       CASE WHEN l.audience_id IS NULL THEN l.discover
            ELSE EXISTS (SELECT FROM offer_reach r WHERE r.group_id = l.group_id
                            AND r.id = l.audience_id AND r.discover) END AS discover,
       CASE WHEN l.audience_id IS NULL THEN l.borrow
            ELSE EXISTS (SELECT FROM offer_reach r WHERE r.group_id = l.group_id
                            AND r.id = l.audience_id AND r.borrow) END AS borrow,
       CASE WHEN l.audience_id IS NULL THEN l.adapt
            ELSE EXISTS (SELECT FROM offer_reach r WHERE r.group_id = l.group_id
                            AND r.id = l.audience_id AND r.adapt) END AS adapt
  FROM search_reach_line l;
GRANT SELECT ON search_reach_given TO schoolgroup_app;
-- A paper under seal is of a class of its own, and leaves it by the clock.
ALTER TABLE search_class ADD COLUMN sealed_until_at timestamptz,
    DROP CONSTRAINT one_class,
    ADD CONSTRAINT one_class UNIQUE NULLS NOT DISTINCT
        (group_id, school_id, status, kind, reach_id, sealed_until_at);
CREATE TRIGGER index_sealed AFTER UPDATE ON resource
FOR EACH ROW WHEN (OLD.sealed_until_at IS DISTINCT FROM NEW.sealed_until_at)
EXECUTE FUNCTION app.index_changed_resource();

CREATE OR REPLACE FUNCTION app.search_class(of_resource resource) RETURNS int LANGUAGE plpgsql
AS $$
DECLARE
    reach uuid;
    lines jsonb;
    family int;
    number int;
BEGIN
    SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object(
               'kind', a.kind, 'tier', a.tier, 'circle_id', a.circle_id,
               'audience_school_id', a.audience_school_id, 'discover', a.discover,
               'borrow', a.borrow, 'adapt', a.adapt,
               'valid_until_at', extract(epoch FROM o.valid_until_at),
               'audience_id', CASE WHEN a.bounded THEN a.id END)), '[]')
      INTO lines
      FROM offer o
      JOIN offer_audience a ON a.group_id = o.group_id AND a.offer_id = o.id
     WHERE o.group_id = of_resource.group_id AND o.resource_id = of_resource.id
       AND o.status = 'open';
    reach := md5(lines::text)::uuid;
    IF NOT EXISTS (SELECT FROM search_reach s
                    WHERE s.group_id = of_resource.group_id AND s.id = reach) THEN
        INSERT INTO search_reach (group_id, id) VALUES (of_resource.group_id, reach)
        ON CONFLICT (group_id, id) DO NOTHING;
        IF FOUND THEN
            INSERT INTO search_reach_line (group_id, reach_id, line_no, kind, tier, circle_id,
                        audience_school_id, discover, borrow, adapt, valid_until_at, audience_id)
            SELECT of_resource.group_id, reach, row_number() OVER (), l.kind, l.tier, l.circle_id,
                   l.audience_school_id, l.discover, l.borrow, l.adapt,
                   to_timestamp(l.valid_until_at), l.audience_id
              FROM jsonb_to_recordset(lines) AS l (kind text, tier text, circle_id uuid,
                   audience_school_id uuid, discover boolean, borrow boolean, adapt boolean,
                   valid_until_at float8, audience_id uuid);
        END IF;
    END IF;
    SELECT c.id INTO number FROM search_class c
     WHERE c.group_id = of_resource.group_id AND c.school_id = of_resource.school_id
       AND c.status = of_resource.status AND c.kind = of_resource.kind AND c.reach_id = reach
       AND c.sealed_until_at IS NOT DISTINCT FROM of_resource.sealed_until_at;
    IF number IS NULL THEN
        INSERT INTO search_family (group_id, school_id, status, reach_id)
        VALUES (of_resource.group_id, of_resource.school_id, of_resource.status, reach)
        ON CONFLICT (group_id, school_id, status, reach_id) DO NOTHING;
        SELECT f.id INTO family FROM search_family f
         WHERE f.group_id = of_resource.group_id AND f.school_id = of_resource.school_id
           AND f.status = of_resource.status AND f.reach_id = reach;
        INSERT INTO search_class (group_id, family_id, school_id, status, kind, reach_id,
                                  sealed_until_at)
        VALUES (of_resource.group_id, family, of_resource.school_id, of_resource.status,
                of_resource.kind, reach, of_resource.sealed_until_at)
        ON CONFLICT (group_id, school_id, status, kind, reach_id, sealed_until_at) DO NOTHING
        RETURNING id INTO number;
    END IF;
    IF number IS NULL THEN
        SELECT c.id INTO number FROM search_class c
         WHERE c.group_id = of_resource.group_id AND c.school_id = of_resource.school_id
           AND c.status = of_resource.status AND c.kind = of_resource.kind AND c.reach_id = reach
           AND c.sealed_until_at IS NOT DISTINCT FROM of_resource.sealed_until_at;
    END IF;
    RETURN number;
END $$;

-- Adaptations that were there already find their class anew.
SELECT app.index_resource(o.group_id, o.resource_id)
  FROM offer o
 WHERE EXISTS (SELECT FROM offer_bound b WHERE b.group_id = o.group_id AND b.offer_id = o.id);
-- migrate:down
