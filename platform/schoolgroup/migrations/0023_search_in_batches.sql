-- migrate:up
-- Why: whatever the word, the first page is there within the blink of an eye, also a single character
-- and words that are rare together; and thousands of resources at once are indexed by a few statements
-- instead of ten thousand. Lessons are found by how long they last.
SET lock_timeout = '4s';
SET statement_timeout = '1800s';

-- ── what an adaptation may be offered within ─────────────────────────────────────────────────

-- Whether every offer that an offer was adapted by gives whoever asks the same right now. `given` is
-- discover, borrow or adapt; found: to find it, though it is suspended, over or closed.
CREATE FUNCTION app.within_bounds(of_group uuid, of_offer uuid, given text) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN NOT EXISTS (
        SELECT FROM offer_bound b
         WHERE b.group_id = of_group AND b.offer_id = of_offer AND NOT EXISTS (
             SELECT FROM offer p
               JOIN offer_audience q ON q.group_id = p.group_id AND q.offer_id = p.id
              WHERE p.group_id = b.group_id AND p.id = b.bounding_offer_id
                AND CASE given WHEN 'borrow' THEN q.borrow WHEN 'adapt' THEN q.adapt
                               ELSE q.discover END
                AND (given = 'found' OR p.status = 'open'
                     AND (p.valid_until_at IS NULL OR app.now() < p.valid_until_at))
                AND (q.kind = 'public' OR q.kind = 'group' AND NOT (SELECT app.is_visitor())
                     OR q.tier = (SELECT app.tier())
                     OR q.audience_school_id = (SELECT app.school_id())
                     OR EXISTS (SELECT FROM circle_member m
                                 WHERE m.group_id = q.group_id AND m.circle_id = q.circle_id
                                   AND m.school_id = (SELECT app.school_id())))));
END $$;
CREATE OR REPLACE VIEW offer_reach WITH (security_invoker = true) AS
SELECT a.group_id, a.offer_id, a.id, a.kind, a.tier, a.circle_id, a.audience_school_id,
       a.discover AND (NOT a.bounded OR app.within_bounds(a.group_id, a.offer_id, 'found'))
           AS found,
       a.discover AND (NOT a.bounded OR app.within_bounds(a.group_id, a.offer_id, 'discover'))
           AS discover,
       a.borrow AND (NOT a.bounded OR app.within_bounds(a.group_id, a.offer_id, 'borrow'))
           AS borrow,
       a.adapt AND (NOT a.bounded OR app.within_bounds(a.group_id, a.offer_id, 'adapt')) AS adapt
  FROM offer_audience a;

-- A line of a bounded offer names the offer, whose bounds are asked for whoever asks, now.
ALTER TABLE search_reach_line ADD COLUMN bounded_offer_id uuid;
CREATE OR REPLACE VIEW search_reach_given WITH (security_invoker = true) AS
SELECT l.group_id, l.reach_id, l.kind, l.tier, l.circle_id, l.audience_school_id, l.valid_until_at,
       l.discover AND (l.bounded_offer_id IS NULL
                       OR app.within_bounds(l.group_id, l.bounded_offer_id, 'discover')) AS discover,
       l.borrow AND (l.bounded_offer_id IS NULL
                     OR app.within_bounds(l.group_id, l.bounded_offer_id, 'borrow')) AS borrow,
       l.adapt AND (l.bounded_offer_id IS NULL
                    OR app.within_bounds(l.group_id, l.bounded_offer_id, 'adapt')) AS adapt
  FROM search_reach_line l;

-- ── what stands in an entry ──────────────────────────────────────────────────────────────────

DROP TRIGGER index_new ON resource;
DROP TRIGGER index_changed ON resource;
DROP TRIGGER index_sealed ON resource;
DROP TRIGGER index_changed ON offer;
DROP TRIGGER index_changed ON offer_audience;
DROP TRIGGER tally ON search_entry;
DROP FUNCTION app.index_changed_resource(), app.index_changed_offer(), app.index_changed_audience(),
    app.tally_entry(), app.index_resource(uuid, uuid), app.index_parts(uuid, uuid),
    app.search_class(resource), app.search_document(resource, bigint),
    app.search_value(uuid, text, text);

-- Segments of 4,096 and 65,536 neighbours: an index is worked through by the small ones while much is
-- found, and by the large ones, or at one go, where little is.
CREATE OR REPLACE FUNCTION app.search_segments(entry_no bigint) RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$ SELECT ARRAY['$' || (entry_no >> 12), '%' || (entry_no >> 16)] $$;

-- The characters of Chinese words, each behind the mark: by them a single one is found like a word,
-- and not as the beginning of hundreds of them. Pairs and ends begin with every character of a run.
CREATE FUNCTION app.search_characters(words tsvector, mark text) RETURNS text[]
LANGUAGE sql IMMUTABLE
AS $$
    SELECT coalesce(array_agg(DISTINCT mark || left(w.lexeme, 1)), '{}') FROM unnest(words) w
     WHERE ascii(w.lexeme) >= x'3005'::int
$$;

-- How long it takes, in steps of 1, 8, 64 and 512 minutes: any span is a few of them.
CREATE FUNCTION app.search_minutes(minutes int) RETURNS text[] LANGUAGE sql IMMUTABLE
AS $$
    SELECT CASE WHEN minutes IS NULL THEN '{}'::text[]
                ELSE ARRAY['=minutes/1=' || minutes, '=minutes/8=' || minutes / 8,
                           '=minutes/64=' || minutes / 64, '=minutes/512=' || minutes / 512] END
$$;

-- These are read once for each of many rows: each is one SELECT, so that it becomes a part of the
-- statement it is read in.
CREATE FUNCTION app.search_document(of_resource resource, entry_no bigint)
RETURNS TABLE (document tsvector) LANGUAGE sql STABLE
AS $$
    SELECT of_resource.search || app.search_titles(of_resource.search) || array_to_tsvector(
        app.search_characters(of_resource.search, '~')
        || app.search_characters(ts_filter(of_resource.search, '{a}'), '^~')
        || app.search_minutes(of_resource.duration_minutes) || app.search_segments(entry_no)
        || ARRAY(SELECT '=' || f.facet || '=' || f.value FROM app.search_facets(of_resource) f
               UNION
              SELECT '#' || app.search_keyword(k) FROM unnest(of_resource.keywords) k
               WHERE app.search_keyword(k) <> ''
               UNION
              SELECT '@' || left(above.path_key, 32)
                FROM curriculum_node n
                JOIN curriculum_node above ON above.group_id = n.group_id
                     AND above.version_id = n.version_id AND above.no <= n.no
                     AND above.last_no >= n.no
               WHERE n.group_id = of_resource.group_id AND n.id = of_resource.curriculum_node_id))
$$;

-- To whom the open offers of a resource reach, and the name of all that reach to the same.
CREATE FUNCTION app.search_reach(of_resource resource) RETURNS TABLE (id uuid, lines jsonb)
LANGUAGE sql STABLE
AS $$
    SELECT md5(all_of.lines::text)::uuid, all_of.lines
      FROM (SELECT coalesce(jsonb_agg(DISTINCT jsonb_build_object(
                       'kind', a.kind, 'tier', a.tier, 'circle_id', a.circle_id,
                       'audience_school_id', a.audience_school_id, 'discover', a.discover,
                       'borrow', a.borrow, 'adapt', a.adapt,
                       'valid_until_at', extract(epoch FROM o.valid_until_at),
                       'bounded_offer_id', CASE WHEN a.bounded THEN o.id END)), '[]') AS lines
              FROM offer o
              JOIN offer_audience a ON a.group_id = o.group_id AND a.offer_id = o.id
             WHERE o.group_id = of_resource.group_id AND o.resource_id = of_resource.id
               AND o.status = 'open') all_of
$$;

-- The class of a resource as its offers stand now; none where it is the first of its class.
CREATE FUNCTION app.search_class(of_resource resource) RETURNS TABLE (id int)
LANGUAGE sql STABLE
AS $$
    SELECT c.id
      FROM app.search_reach(of_resource) s
      JOIN search_class c ON c.group_id = of_resource.group_id
           AND c.school_id = of_resource.school_id AND c.status = of_resource.status
           AND c.kind = of_resource.kind AND c.reach_id = s.id
           AND c.sealed_until_at IS NOT DISTINCT FROM of_resource.sealed_until_at
$$;

-- ── how entries are written ──────────────────────────────────────────────────────────────────

-- Make what the entries of these resources need: reaches with their lines, classes, values.
CREATE FUNCTION app.prepare_entries(of_group uuid, ids uuid[]) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
    WITH reach AS MATERIALIZED (
        SELECT DISTINCT s.id, s.lines FROM resource r CROSS JOIN LATERAL app.search_reach(r) s
         WHERE r.group_id = of_group AND r.id = ANY (ids)
           AND NOT EXISTS (SELECT FROM search_reach h WHERE h.group_id = of_group AND h.id = s.id)),
    made AS (
        INSERT INTO search_reach (group_id, id) SELECT of_group, id FROM reach ORDER BY id
        ON CONFLICT (group_id, id) DO NOTHING RETURNING id)
    INSERT INTO search_reach_line (group_id, reach_id, line_no, kind, tier, circle_id,
                audience_school_id, discover, borrow, adapt, valid_until_at, bounded_offer_id)
    SELECT of_group, reach.id, row_number() OVER (PARTITION BY reach.id), l.kind, l.tier,
           l.circle_id, l.audience_school_id, l.discover, l.borrow, l.adapt,
           to_timestamp(l.valid_until_at), l.bounded_offer_id
      FROM made JOIN reach ON reach.id = made.id
     CROSS JOIN LATERAL jsonb_to_recordset(reach.lines) AS l (kind text, tier text,
           circle_id uuid, audience_school_id uuid, discover boolean, borrow boolean,
           adapt boolean, valid_until_at float8, bounded_offer_id uuid);

    WITH lacking AS MATERIALIZED (
        SELECT DISTINCT r.school_id, r.status, r.kind, s.id AS reach_id, r.sealed_until_at
          FROM resource r CROSS JOIN LATERAL app.search_reach(r) s
         WHERE r.group_id = of_group AND r.id = ANY (ids)
           AND NOT EXISTS (SELECT FROM app.search_class(r)))
    INSERT INTO search_family (group_id, school_id, status, reach_id)
    SELECT DISTINCT of_group, n.school_id, n.status, n.reach_id FROM lacking n
     WHERE NOT EXISTS (SELECT FROM search_family f
                        WHERE f.group_id = of_group AND f.school_id = n.school_id
                          AND f.status = n.status AND f.reach_id = n.reach_id)
     ORDER BY n.school_id, n.status, n.reach_id
    ON CONFLICT (group_id, school_id, status, reach_id) DO NOTHING;

    INSERT INTO search_class (group_id, family_id, school_id, status, kind, reach_id,
                              sealed_until_at)
    SELECT DISTINCT of_group, f.id, r.school_id, r.status, r.kind, s.id, r.sealed_until_at
      FROM resource r
     CROSS JOIN LATERAL app.search_reach(r) s
      JOIN search_family f ON f.group_id = of_group AND f.school_id = r.school_id
           AND f.status = r.status AND f.reach_id = s.id
     WHERE r.group_id = of_group AND r.id = ANY (ids)
       AND NOT EXISTS (SELECT FROM app.search_class(r))
     ORDER BY r.school_id, r.status, r.kind, s.id
    ON CONFLICT (group_id, school_id, status, kind, reach_id, sealed_until_at) DO NOTHING;

    INSERT INTO search_value (group_id, facet, value)
    SELECT DISTINCT of_group, f.facet, f.value
      FROM resource r CROSS JOIN LATERAL app.search_facets(r) f
     WHERE r.group_id = of_group AND r.id = ANY (ids)
       AND NOT EXISTS (SELECT FROM search_value v
                        WHERE v.group_id = of_group AND v.facet = f.facet AND v.value = f.value)
     ORDER BY f.facet, f.value
    ON CONFLICT (group_id, facet, value) DO NOTHING;
END $$;

-- Write the entries of resources anew. Their rows are locked before anything is looked at, so that
-- the last of several who change the same resource at once sees what the others did.
CREATE FUNCTION app.index_resources(of_group uuid, ids uuid[]) RETURNS void LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM FROM search_entry e WHERE e.group_id = of_group AND e.resource_id = ANY (ids)
      ORDER BY e.resource_id FOR UPDATE;
    PERFORM app.prepare_entries(of_group, ids);
    -- Each looked up for itself: the planner expects one, and would compare each with all others.
    WITH made AS MATERIALIZED (
        SELECT n.no, (n.r).id, (n.r).school_id, n.from_class_id, length((n.r).title) AS chars,
               (n.r).status = 'draft' AS draft,
               (SELECT c.id FROM app.search_class(n.r) c) AS class_id,
               ARRAY(SELECT v.id FROM app.search_facets(n.r) f
                       JOIN search_value v ON v.group_id = of_group AND v.facet = f.facet
                                          AND v.value = f.value
                      ORDER BY v.id) AS value_ids,
               (SELECT d.document FROM app.search_document(n.r, n.no) d) AS document
          FROM (SELECT one.r, old.class_id AS from_class_id,
                       CASE WHEN old.no IS NULL OR (old.draft AND (one.r).status <> 'draft')
                            THEN nextval('search_entry_no') ELSE old.no END AS no
                  FROM (SELECT r FROM resource r
                         WHERE r.group_id = of_group AND r.id = ANY (ids) ORDER BY r.id) one
                  LEFT JOIN LATERAL (SELECT e.class_id, e.no, e.draft FROM search_entry e
                                      WHERE e.group_id = of_group AND e.resource_id = (one.r).id
                                     OFFSET 0) old ON true
                OFFSET 0) n),
    written AS (
        INSERT INTO search_entry AS e (group_id, no, resource_id, school_id, class_id, title_chars,
                                       draft, value_ids, document)
        SELECT of_group, no, id, school_id, class_id, chars, draft, value_ids, document FROM made
         ORDER BY no
        ON CONFLICT (group_id, resource_id) DO UPDATE
           SET class_id = EXCLUDED.class_id, no = EXCLUDED.no, title_chars = EXCLUDED.title_chars,
               draft = EXCLUDED.draft, value_ids = EXCLUDED.value_ids,
               document = EXCLUDED.document
         WHERE (e.class_id, e.no, e.title_chars, e.draft, e.value_ids, e.document) IS DISTINCT FROM
               (EXCLUDED.class_id, EXCLUDED.no, EXCLUDED.title_chars, EXCLUDED.draft,
                EXCLUDED.value_ids, EXCLUDED.document))
    INSERT INTO search_move (group_id, resource_id, from_class_id, to_class_id, moved_at)
    SELECT of_group, id, from_class_id, class_id, clock_timestamp() + (app.now() - now())
      FROM made WHERE from_class_id IS DISTINCT FROM class_id;
    PERFORM app.index_parts(of_group, ids);
END $$;

CREATE FUNCTION app.index_parts(of_group uuid, ids uuid[]) RETURNS void LANGUAGE sql
AS $$
    UPDATE search_part p
       SET document = shown.document
      FROM (SELECT q.resource_id, q.revision_no, q.part,
                   CASE WHEN q.revision_no = coalesce(r.published_revision_no, 1)
                        THEN e.document || q.said
                             || array_to_tsvector(app.search_characters(q.said, '~'))
                        ELSE ''::tsvector END AS document
              FROM search_part q
              JOIN resource r ON r.group_id = q.group_id AND r.id = q.resource_id
              JOIN search_entry e ON e.group_id = q.group_id AND e.resource_id = q.resource_id
             WHERE q.group_id = of_group AND q.resource_id = ANY (ids)) shown
     WHERE p.group_id = of_group AND p.resource_id = shown.resource_id
       AND p.revision_no = shown.revision_no AND p.part = shown.part
       AND p.document IS DISTINCT FROM shown.document
$$;

-- Once for each statement, however many rows it wrote.
CREATE FUNCTION app.index_new_resources() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.index_resources(n.group_id, array_agg(n.id)) FROM new_rows n GROUP BY n.group_id;
    RETURN NULL;
END $$;
CREATE TRIGGER index_new AFTER INSERT ON resource REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION app.index_new_resources();

CREATE FUNCTION app.index_changed_resources() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.index_resources(n.group_id, array_agg(n.id))
       FROM new_rows n JOIN old_rows o ON o.group_id = n.group_id AND o.id = n.id
      WHERE (o.status, o.published_revision_no, o.title, o.kind, o.stage, o.subject, o.edition,
             o.grade, o.volume, o.licence, o.language, o.keywords, o.curriculum_node_id,
             o.duration_minutes, o.sealed_until_at, o.search)
            IS DISTINCT FROM
            (n.status, n.published_revision_no, n.title, n.kind, n.stage, n.subject, n.edition,
             n.grade, n.volume, n.licence, n.language, n.keywords, n.curriculum_node_id,
             n.duration_minutes, n.sealed_until_at, n.search)
      GROUP BY n.group_id;
    RETURN NULL;
END $$;
CREATE TRIGGER index_changed AFTER UPDATE ON resource
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_resources();

CREATE FUNCTION app.index_changed_offers() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.index_resources(n.group_id, array_agg(DISTINCT n.resource_id))
       FROM new_rows n JOIN old_rows o ON o.group_id = n.group_id AND o.id = n.id
      WHERE (o.status, o.valid_until_at) IS DISTINCT FROM (n.status, n.valid_until_at)
      GROUP BY n.group_id;
    RETURN NULL;
END $$;
CREATE TRIGGER index_changed AFTER UPDATE ON offer
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_offers();

CREATE FUNCTION app.index_changed_audiences() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.index_resources(o.group_id, array_agg(DISTINCT o.resource_id))
       FROM rows_of a JOIN offer o ON o.group_id = a.group_id AND o.id = a.offer_id
      GROUP BY o.group_id;
    RETURN NULL;
END $$;
CREATE TRIGGER index_new AFTER INSERT ON offer_audience REFERENCING NEW TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_audiences();
CREATE TRIGGER index_changed AFTER UPDATE ON offer_audience REFERENCING NEW TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_audiences();
CREATE TRIGGER index_gone AFTER DELETE ON offer_audience REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_audiences();

CREATE FUNCTION app.tally_new_entries() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO search_tally (group_id, family_id, value_id, n)
    SELECT c.group_id, c.family_id, v, count(*)
      FROM new_rows e JOIN search_class c ON c.group_id = e.group_id AND c.id = e.class_id,
           unnest(0 || e.value_ids) v
     GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_new AFTER INSERT ON search_entry REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION app.tally_new_entries();
CREATE FUNCTION app.tally_changed_entries() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO search_tally (group_id, family_id, value_id, n)
    SELECT c.group_id, c.family_id, v, sum(e.n)
      FROM (SELECT o.group_id, o.class_id, o.value_ids, -1 AS n
              FROM old_rows o
              JOIN new_rows n ON n.group_id = o.group_id AND n.resource_id = o.resource_id
             WHERE (o.class_id, o.value_ids) IS DISTINCT FROM (n.class_id, n.value_ids)
             UNION ALL
            SELECT n.group_id, n.class_id, n.value_ids, 1
              FROM old_rows o
              JOIN new_rows n ON n.group_id = o.group_id AND n.resource_id = o.resource_id
             WHERE (o.class_id, o.value_ids) IS DISTINCT FROM (n.class_id, n.value_ids)) e
      JOIN search_class c ON c.group_id = e.group_id AND c.id = e.class_id,
           unnest(0 || e.value_ids) v
     GROUP BY 1, 2, 3 HAVING sum(e.n) <> 0;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_changed AFTER UPDATE ON search_entry
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION app.tally_changed_entries();
CREATE FUNCTION app.tally_gone_entries() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO search_tally (group_id, family_id, value_id, n)
    SELECT c.group_id, c.family_id, v, -count(*)
      FROM old_rows e JOIN search_class c ON c.group_id = e.group_id AND c.id = e.class_id,
           unnest(0 || e.value_ids) v
     GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE TRIGGER tally_gone AFTER DELETE ON search_entry REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION app.tally_gone_entries();

-- The same for what harvesters are told of (0009, 0014).
DROP TRIGGER stamp_new ON resource;
DROP TRIGGER stamp_changed ON resource;
CREATE FUNCTION app.stamp_resources(of_group uuid, ids uuid[]) RETURNS void LANGUAGE sql
AS $$
    INSERT INTO harvest_stamp AS h (group_id, resource_id, changed_at, ever_public)
    SELECT r.group_id, r.id, date_trunc('second', clock_timestamp() + (app.now() - now())),
           EXISTS (SELECT FROM offer o JOIN offer_audience a
                       ON a.group_id = o.group_id AND a.offer_id = o.id AND a.kind = 'public'
                    WHERE o.group_id = r.group_id AND o.resource_id = r.id)
      FROM resource r
     WHERE r.group_id = of_group AND r.id = ANY (ids) AND r.status <> 'draft'
     ORDER BY r.id
    ON CONFLICT (group_id, resource_id)
    DO UPDATE SET changed_at = greatest(h.changed_at, EXCLUDED.changed_at),
                  ever_public = h.ever_public OR EXCLUDED.ever_public
$$;
CREATE OR REPLACE FUNCTION app.stamp_harvest(stamped_group uuid, stamped_resource uuid)
RETURNS void LANGUAGE sql
AS $$ SELECT app.stamp_resources(stamped_group, ARRAY[stamped_resource]) $$;
CREATE FUNCTION app.stamp_new_resources() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.stamp_resources(n.group_id, array_agg(n.id))
       FROM new_rows n WHERE n.status <> 'draft' GROUP BY n.group_id;
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_new AFTER INSERT ON resource REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION app.stamp_new_resources();
CREATE FUNCTION app.stamp_changed_resources() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.stamp_resources(n.group_id, array_agg(n.id))
       FROM new_rows n JOIN old_rows o ON o.group_id = n.group_id AND o.id = n.id
      WHERE n.status <> 'draft'
        AND (o.status, o.published_revision_no, o.school_id, o.title, o.kind, o.summary, o.stage,
             o.subject, o.edition, o.grade, o.volume, o.chapter, o.licence, o.language, o.keywords)
            IS DISTINCT FROM
            (n.status, n.published_revision_no, n.school_id, n.title, n.kind, n.summary, n.stage,
             n.subject, n.edition, n.grade, n.volume, n.chapter, n.licence, n.language,
             n.keywords)
      GROUP BY n.group_id;
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_changed AFTER UPDATE ON resource
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION app.stamp_changed_resources();

-- ── how they are looked through ──────────────────────────────────────────────────────────────

DROP FUNCTION app.search_matches(tsquery, tsquery, int[], bigint[], boolean, bigint, int),
    app.search_texts(tsquery, int[], bigint[], bigint, int),
    app.search_most_borrowed(tsquery, int[], bigint[], int, bigint, int),
    app.search_classes(int[]);
DROP TYPE app.search_match;
-- `place` is 3 where the title matches, 2 where what is narrower does, 1 for the rest.
CREATE TYPE app.search_match AS (
    no bigint, resource_id uuid, loans int, title_chars smallint, place smallint, value_ids int[]);

-- The next stretch to look through below `upper_no`: by small segments while enough would be found
-- in a few of them, by large ones while it would be found at all, and the rest at one go where it is
-- not to be expected. `looked` numbers held `so_far`.
CREATE FUNCTION app.search_stretch(
    upper_no bigint, first_no bigint, looked bigint, so_far int, most int,
    OUT lower_no bigint, OUT segment text, OUT narrow boolean)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE needed float8 := (most - so_far)::float8 * looked / greatest(so_far, 0.5);
BEGIN
    narrow := looked >= 12288 AND needed > upper_no - first_no;
    IF looked < 12288 OR needed < 131072 THEN
        lower_no := ((upper_no - 1) >> 12) << 12;
        segment := '$' || (lower_no >> 12);
    ELSIF NOT narrow THEN
        lower_no := ((upper_no - 1) >> 16) << 16;
        segment := '%' || (lower_no >> 16);
    ELSE
        lower_no := first_no;
    END IF;
END $$;

-- The newest `most` entries below `before` that match and are of these classes or among the `extra`
-- ones; `unborrowed` ones only, where asked; with `if_wide` given up as soon as fewer are to be
-- expected. Without a question all match. What is written as an expression is kept from any index but
-- that of the words: the planner would join a million numbers to a few hundred matches. It runs as
-- the owner, whom a policy lets read entries (0011), and does what the wall of entries does: by the
-- signed group, and drafts for their school and the office.
CREATE FUNCTION app.search_matches(
    wanted tsquery, titles tsquery, narrower tsquery, classes int[], extra bigint[],
    unborrowed boolean, before bigint, most int, if_wide boolean)
RETURNS SETOF app.search_match LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
SET work_mem = '16MB' SET jit = off
AS $$
DECLARE
    mine uuid := app.group_id();
    school uuid := app.school_id();
    office boolean := app.is_office();
    upper_no bigint; -- what is below it has not been looked at yet
    first_no bigint;
    looked bigint := 0;
    next_one record;
    asked tsquery;
    found_now int;
    found_all int := 0;
BEGIN
    IF wanted IS NULL THEN
        RETURN QUERY
        SELECT e.no, e.resource_id, e.loans, e.title_chars, 1::smallint, e.value_ids
          FROM search_entry e
         WHERE e.group_id = mine AND e.no < before AND (e.loans = 0 OR NOT unborrowed)
           AND (e.class_id IN (SELECT unnest(classes)) OR e.no IN (SELECT unnest(extra)))
           AND (NOT e.draft OR e.school_id = school OR office)
         ORDER BY e.no DESC LIMIT most;
        RETURN;
    END IF;
    SELECT least(coalesce(max(e.no) + 1, 0), before), coalesce(min(e.no), 0)
      INTO upper_no, first_no FROM search_entry e WHERE e.group_id = mine;
    WHILE upper_no > first_no AND found_all < most LOOP
        next_one := app.search_stretch(upper_no, first_no, looked, found_all, most);
        IF if_wide AND next_one.narrow THEN RETURN; END IF;
        asked := CASE WHEN next_one.segment IS NULL THEN wanted
                      ELSE wanted && quote_literal(next_one.segment)::tsquery END;
        RETURN QUERY
        SELECT e.no, e.resource_id, e.loans, e.title_chars,
               CASE WHEN e.document @@ titles THEN 3 WHEN e.document @@ narrower THEN 2
                    ELSE 1 END::smallint, e.value_ids
          FROM search_entry e
         WHERE (e.group_id = mine) IS TRUE AND e.no + 0 < upper_no
           AND (e.loans = 0 OR NOT unborrowed) AND e.document @@ asked
           AND (e.class_id IN (SELECT unnest(classes)) OR e.no IN (SELECT unnest(extra)))
           AND (NOT e.draft OR e.school_id = school OR office)
         ORDER BY e.no + 0 DESC LIMIT most - found_all;
        GET DIAGNOSTICS found_now = ROW_COUNT;
        found_all := found_all + found_now;
        looked := looked + upper_no - next_one.lower_no;
        upper_no := next_one.lower_no;
    END LOOP;
END $$;

-- The same for the text of files.
CREATE FUNCTION app.search_texts(
    wanted tsquery, classes int[], extra bigint[], before bigint, most int)
RETURNS SETOF app.search_match LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
SET work_mem = '16MB' SET jit = off
AS $$
DECLARE
    mine uuid := app.group_id();
    school uuid := app.school_id();
    office boolean := app.is_office();
    upper_no bigint;
    first_no bigint;
    looked bigint := 0;
    next_one record;
    asked tsquery;
    found_now int;
    found_all int := 0;
BEGIN
    SELECT least(coalesce(max(e.no) + 1, 0), before), coalesce(min(e.no), 0)
      INTO upper_no, first_no FROM search_entry e WHERE e.group_id = mine;
    WHILE upper_no > first_no AND found_all < most LOOP
        next_one := app.search_stretch(upper_no, first_no, looked, found_all, most);
        asked := CASE WHEN next_one.segment IS NULL THEN wanted
                      ELSE wanted && quote_literal(next_one.segment)::tsquery END;
        RETURN QUERY
        SELECT DISTINCT ON (e.no + 0) e.no, e.resource_id, e.loans, e.title_chars, 0::smallint,
               e.value_ids
          FROM search_part p
          JOIN search_entry e ON e.group_id = p.group_id AND e.resource_id = p.resource_id
         WHERE (p.group_id = mine) IS TRUE AND e.no + 0 < upper_no AND p.document @@ asked
           AND (e.class_id IN (SELECT unnest(classes)) OR e.no IN (SELECT unnest(extra)))
           AND (NOT e.draft OR e.school_id = school OR office)
         ORDER BY e.no + 0 DESC LIMIT most - found_all;
        GET DIAGNOSTICS found_now = ROW_COUNT;
        found_all := found_all + found_now;
        looked := looked + upper_no - next_one.lower_no;
        upper_no := next_one.lower_no;
    END LOOP;
END $$;

-- The most borrowed that match, after (loans, no). For words so frequent that the most borrowed
-- are soon found; what was never borrowed is not among them.
CREATE FUNCTION app.search_most_borrowed(
    wanted tsquery, classes int[], extra bigint[], after_loans int, after_no bigint, most int)
RETURNS SETOF app.search_match LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog SET enable_seqscan = off SET enable_bitmapscan = off
SET enable_sort = off SET plan_cache_mode = force_generic_plan SET jit = off
AS $$
DECLARE
    mine uuid := app.group_id();
    school uuid := app.school_id();
    office boolean := app.is_office();
BEGIN
    RETURN QUERY
    SELECT e.no, e.resource_id, e.loans, e.title_chars, 0::smallint, e.value_ids
      FROM search_entry e
     WHERE e.group_id = mine AND e.loans > 0
       AND (e.loans < after_loans OR e.loans = after_loans AND e.no < after_no)
       AND (wanted IS NULL OR e.document @@ wanted)
       AND (e.class_id IN (SELECT unnest(classes)) OR e.no IN (SELECT unnest(extra)))
       AND (NOT e.draft OR e.school_id = school OR office)
     ORDER BY e.loans DESC, e.no DESC LIMIT most;
END $$;
GRANT EXECUTE ON FUNCTION app.within_bounds(uuid, uuid, text), app.search_segments(bigint),
    app.search_characters(tsvector, text), app.search_minutes(int),
    app.search_document(resource, bigint), app.search_reach(resource), app.search_class(resource),
    app.prepare_entries(uuid, uuid[]), app.index_resources(uuid, uuid[]),
    app.index_parts(uuid, uuid[]), app.stamp_resources(uuid, uuid[]),
    app.search_stretch(bigint, bigint, bigint, int, int),
    app.search_matches(tsquery, tsquery, tsquery, int[], bigint[], boolean, bigint, int, boolean),
    app.search_texts(tsquery, int[], bigint[], bigint, int),
    app.search_most_borrowed(tsquery, int[], bigint[], int, bigint, int) TO schoolgroup_app;

-- ── what is there already ────────────────────────────────────────────────────────────────────

ALTER TABLE resource NO FORCE ROW LEVEL SECURITY;
ALTER TABLE offer NO FORCE ROW LEVEL SECURITY;
ALTER TABLE offer_audience NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_reach NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_reach_line NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_family NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_class NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_entry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_part NO FORCE ROW LEVEL SECURITY;
-- A line says something else now, so its reach has another name.
CREATE TABLE moved_reach AS
SELECT one.group_id, one.reach_id, s.id, s.lines
  FROM (SELECT DISTINCT ON (c.group_id, c.reach_id) c.group_id, c.reach_id, e.resource_id
          FROM search_class c
          JOIN search_entry e ON e.group_id = c.group_id AND e.class_id = c.id
         ORDER BY c.group_id, c.reach_id) one
  JOIN resource r ON r.group_id = one.group_id AND r.id = one.resource_id
 CROSS JOIN LATERAL app.search_reach(r) s;
INSERT INTO search_reach (group_id, id) SELECT group_id, id FROM moved_reach
ON CONFLICT (group_id, id) DO NOTHING;
INSERT INTO search_reach_line (group_id, reach_id, line_no, kind, tier, circle_id,
            audience_school_id, discover, borrow, adapt, valid_until_at, bounded_offer_id)
SELECT m.group_id, m.id, row_number() OVER (PARTITION BY m.group_id, m.id), l.kind, l.tier,
       l.circle_id, l.audience_school_id, l.discover, l.borrow, l.adapt,
       to_timestamp(l.valid_until_at), l.bounded_offer_id
  FROM moved_reach m
 CROSS JOIN LATERAL jsonb_to_recordset(m.lines) AS l (kind text, tier text, circle_id uuid,
       audience_school_id uuid, discover boolean, borrow boolean, adapt boolean,
       valid_until_at float8, bounded_offer_id uuid)
 WHERE m.id <> m.reach_id;
UPDATE search_family f SET reach_id = m.id
  FROM moved_reach m WHERE m.group_id = f.group_id AND m.reach_id = f.reach_id;
UPDATE search_class c SET reach_id = m.id
  FROM moved_reach m WHERE m.group_id = c.group_id AND m.reach_id = c.reach_id;
DROP TABLE moved_reach;
ALTER TABLE search_reach_line DROP COLUMN audience_id;
ALTER TABLE search_entry DISABLE TRIGGER USER;
DROP INDEX search_entry_document;
UPDATE search_entry e
   SET document = ts_delete(e.document, ARRAY['$' || (e.no >> 14), '%' || (e.no >> 18)])
       || array_to_tsvector(
           app.search_characters(r.search, '~')
           || app.search_characters(ts_filter(r.search, '{a}'), '^~')
           || app.search_minutes(r.duration_minutes) || app.search_segments(e.no))
  FROM resource r WHERE r.group_id = e.group_id AND r.id = e.resource_id;
CREATE INDEX search_entry_document ON search_entry USING gin (document);
UPDATE search_part p
   SET document = e.document || p.said || array_to_tsvector(app.search_characters(p.said, '~'))
  FROM search_entry e
 WHERE e.group_id = p.group_id AND e.resource_id = p.resource_id AND p.document <> ''::tsvector;
ALTER TABLE search_entry ENABLE TRIGGER USER;
ALTER TABLE resource FORCE ROW LEVEL SECURITY;
ALTER TABLE offer FORCE ROW LEVEL SECURITY;
ALTER TABLE offer_audience FORCE ROW LEVEL SECURITY;
ALTER TABLE search_reach FORCE ROW LEVEL SECURITY;
ALTER TABLE search_reach_line FORCE ROW LEVEL SECURITY;
ALTER TABLE search_family FORCE ROW LEVEL SECURITY;
ALTER TABLE search_class FORCE ROW LEVEL SECURITY;
ALTER TABLE search_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE search_part FORCE ROW LEVEL SECURITY;
-- migrate:down
