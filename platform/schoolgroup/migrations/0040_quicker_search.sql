-- migrate:up
-- Why: what somebody may find hardly ever changes between two questions, and was worked out anew for
-- each. Now every change to it leaves a mark, so that it is worked out again exactly when it changed.
SET lock_timeout = '4s';
SET statement_timeout = '600s';

-- ── what was found out about a scope holds until something it was found out from changes ─────

-- One row per change of what decides about classes (see the triggers). Each has a lot of its own, and
-- all lots a statement sees, taken together by xor, name the state it sees: no two states share one
-- but by a chance of 1 in 2^63, also where a backup was brought back and went on differently. Rows
-- are only ever added, so nobody waits for anybody; `schoolgroup tidy` puts many into one, which
-- changes no name.
CREATE TABLE search_change (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    lot bigint NOT NULL DEFAULT hashtextextended(gen_random_uuid()::text, 0),
    PRIMARY KEY (group_id, id)
);
SELECT app.wall_by_group('search_change');
GRANT SELECT, INSERT, DELETE ON search_change TO schoolgroup_app;

CREATE FUNCTION app.mark_search_change() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO search_change (group_id) SELECT DISTINCT r.group_id FROM rows_of r;
    RETURN NULL;
END $$;
-- Any offer may bound another by the time it has changed (app.within_bounds): to look whether it does
-- would miss what is made at the same moment. Lines of an offer made or changed in this transaction
-- need no mark of their own: nobody has seen the one, and the other leaves one.
CREATE FUNCTION app.mark_new_audience() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    INSERT INTO search_change (group_id)
    SELECT DISTINCT r.group_id
      FROM rows_of r JOIN offer o ON o.group_id = r.group_id AND o.id = r.offer_id
     WHERE o.xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END $$;
CREATE TRIGGER mark_new AFTER INSERT ON search_class REFERENCING NEW TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON search_class REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON search_class REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON search_reach_line REFERENCING NEW TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON search_reach_line REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON search_reach_line REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON circle_member REFERENCING NEW TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON circle_member REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON circle_member REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON agreement REFERENCING NEW TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON agreement REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON agreement REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON offer_bound REFERENCING NEW TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON offer_bound REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON offer REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON offer_audience REFERENCING NEW TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_new_audience();
CREATE TRIGGER mark_changed AFTER UPDATE ON offer_audience REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON offer_audience REFERENCING OLD TABLE AS rows_of
FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();

-- An entry is read far more often than written, and nearly always for its words: in its own page they
-- are there in a fifth of the time. Entries that are there already move as they are written anew.
ALTER TABLE search_entry SET (toast_tuple_target = 8160);
-- What is rare among the newest is found class by class.
CREATE INDEX search_entry_class ON search_entry (group_id, class_id, no);

-- Of what somebody made hardly any is outside of all classes that person may find: drafts.
CREATE INDEX resource_author_status ON resource (group_id, author_person_id, status)
 WHERE author_person_id IS NOT NULL;
DROP INDEX resource_author;

-- ── the index is gone through by what is rare ────────────────────────────────────────────────

-- About how many entries have each lexeme, as the planner would estimate it.
CREATE FUNCTION app.search_frequencies(lexemes text[]) RETURNS int[]
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
DECLARE
    lexeme text;
    plan json;
    found int[] := '{}';
BEGIN
    FOREACH lexeme IN ARRAY lexemes LOOP
        EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM search_entry WHERE document @@ %L::tsquery',
                       lexeme) INTO plan;
        found := found || least((plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8, 1e9)::int;
    END LOOP;
    RETURN found;
END $$;

DROP FUNCTION app.search_matches(tsquery, tsquery, tsquery, int[], bigint[], boolean, bigint, int,
        boolean),
    app.search_texts(tsquery, int[], bigint[], bigint, int),
    app.search_stretch(bigint, bigint, bigint, int, int);

-- The next stretch to look through below `upper_no`: 4,096 neighbours (their segment), or the rest at
-- one go (no segment), whichever is expected to be quicker. The index goes through the rarest of what
-- it is asked for, one after the other, and leaps over the rest: so a segment costs what it holds, and
-- one go what the rarest word has; besides each row that is named costs. Milliseconds as measured over
-- a million (docs/benchmarks.md). `looked` numbers held `so_far`, of which half may be hidden.
CREATE FUNCTION app.search_stretch(
    upper_no bigint, first_no bigint, looked bigint, so_far int, most int, rarest int,
    checked boolean, OUT lower_no bigint, OUT segment text)
LANGUAGE plpgsql IMMUTABLE
AS $$
DECLARE
    row_ms float8 := CASE WHEN checked THEN 0.008 ELSE 0.0015 END;
    rest float8 := upper_no - first_no;
    have float8 := rarest;
    per_no float8 := 2 * greatest(so_far, 0.5) / greatest(looked, 1);
    needed float8 := 2 * (most - so_far) / per_no;
    at_one_go_ms float8;
BEGIN
    IF rarest IS NULL THEN
        at_one_go_ms := CASE WHEN looked >= 12288 THEN rest - needed / 2 ELSE 1 END;
    ELSIF looked = 0 THEN
        at_one_go_ms := have * (0.0003 + row_ms) - 3; -- against three segments to begin with
    ELSE
        at_one_go_ms := have * 0.0003 + least(have, per_no * rest) * row_ms
            - least(needed, rest) * (0.6 / 4096 + per_no * row_ms);
    END IF;
    IF at_one_go_ms <= 0 THEN
        lower_no := first_no;
    ELSE
        lower_no := ((upper_no - 1) >> 12) << 12;
        segment := '$' || (lower_no >> 12);
    END IF;
END $$;

-- The newest `most` entries below `before` that match and are of these classes or among the `extra`
-- ones; `unborrowed` ones only, where asked. The index is asked for `indexed`, each row it names for
-- `checked` as well; without a question all match. `place` is 2 where what is narrower matches, else
-- 1. What is written as an expression is kept from any index but that of the words: the planner would
-- join a million numbers to a few hundred matches. It runs as the owner, whom a policy lets read
-- entries (0011), and does what the wall of entries does: by the signed group, and drafts for their
-- school and the office.
CREATE FUNCTION app.search_matches(
    indexed tsquery, checked tsquery, rarest int, narrower tsquery, classes int[], extra bigint[],
    unborrowed boolean, before bigint, most int)
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
    IF indexed IS NULL THEN
        -- Newest first, as long as enough of what comes may be found; else class by class.
        SELECT least(coalesce(max(e.no) + 1, 0), before), coalesce(min(e.no), 0)
          INTO upper_no, first_no FROM search_entry e WHERE e.group_id = mine;
        RETURN QUERY
        SELECT e.no, e.resource_id, e.loans, e.title_chars, 1::smallint, e.value_ids
          FROM search_entry e
         WHERE e.group_id = mine AND e.no < upper_no AND e.no >= upper_no - 8192
           AND (e.loans = 0 OR NOT unborrowed)
           AND (e.class_id IN (SELECT unnest(classes)) OR e.no IN (SELECT unnest(extra)))
           AND (NOT e.draft OR e.school_id = school OR office)
         ORDER BY e.no DESC LIMIT most;
        GET DIAGNOSTICS found_all = ROW_COUNT;
        IF found_all >= most OR upper_no - 8192 <= first_no THEN RETURN; END IF;
        upper_no := upper_no - 8192;
        IF least((most - found_all) * 8192.0 / greatest(found_all, 0.5), upper_no - first_no) * 0.0005
           > cardinality(classes) * 0.0005 * (10 + least(most, 50)) THEN
            RETURN QUERY
            SELECT m.no, m.resource_id, m.loans, m.title_chars, 1::smallint, m.value_ids
              FROM (SELECT e.*
                      FROM unnest(classes) c (id)
                     CROSS JOIN LATERAL (
                         SELECT e.no, e.resource_id, e.loans, e.title_chars, e.value_ids
                           FROM search_entry e
                          WHERE e.group_id = mine AND e.class_id = c.id AND e.no < upper_no
                            AND (e.loans = 0 OR NOT unborrowed)
                            AND (NOT e.draft OR e.school_id = school OR office)
                          ORDER BY e.no DESC LIMIT most) e
                     UNION ALL
                    SELECT e.no, e.resource_id, e.loans, e.title_chars, e.value_ids
                      FROM search_entry e
                     WHERE e.group_id = mine AND e.no IN (SELECT unnest(extra)) AND e.no < upper_no
                       AND e.class_id NOT IN (SELECT unnest(classes))
                       AND (e.loans = 0 OR NOT unborrowed)
                       AND (NOT e.draft OR e.school_id = school OR office)) m
             ORDER BY m.no DESC LIMIT most - found_all;
            RETURN;
        END IF;
        RETURN QUERY
        SELECT e.no, e.resource_id, e.loans, e.title_chars, 1::smallint, e.value_ids
          FROM search_entry e
         WHERE e.group_id = mine AND e.no < upper_no AND (e.loans = 0 OR NOT unborrowed)
           AND (e.class_id IN (SELECT unnest(classes)) OR e.no IN (SELECT unnest(extra)))
           AND (NOT e.draft OR e.school_id = school OR office)
         ORDER BY e.no DESC LIMIT most - found_all;
        RETURN;
    END IF;
    SELECT least(coalesce(max(e.no) + 1, 0), before), coalesce(min(e.no), 0)
      INTO upper_no, first_no FROM search_entry e WHERE e.group_id = mine;
    WHILE upper_no > first_no AND found_all < most LOOP
        next_one := app.search_stretch(upper_no, first_no, looked, found_all, most, rarest,
                                       checked IS NOT NULL);
        asked := CASE WHEN next_one.segment IS NULL THEN indexed
                      ELSE indexed && quote_literal(next_one.segment)::tsquery END;
        RETURN QUERY
        SELECT e.no, e.resource_id, e.loans, e.title_chars,
               CASE WHEN e.document @@ narrower THEN 2 ELSE 1 END::smallint, e.value_ids
          FROM search_entry e
         WHERE (e.group_id = mine) IS TRUE AND e.no + 0 < upper_no
           AND (e.loans = 0 OR NOT unborrowed) AND e.document @@ asked
           AND (e.class_id IN (SELECT unnest(classes)) OR e.no IN (SELECT unnest(extra)))
           AND (NOT e.draft OR e.school_id = school OR office)
           AND (checked IS NULL OR (e.document @@ checked) IS TRUE)
         ORDER BY e.no + 0 DESC LIMIT most - found_all;
        GET DIAGNOSTICS found_now = ROW_COUNT;
        found_all := found_all + found_now;
        looked := looked + upper_no - next_one.lower_no;
        upper_no := next_one.lower_no;
    END LOOP;
END $$;

-- The same for the text of files; the index is asked for all of it, and no word has more rows there
-- than there are parts.
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
    parts int := (SELECT greatest(c.reltuples, 0) FROM pg_class c
                   WHERE c.oid = 'search_part'::regclass);
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
        next_one := app.search_stretch(upper_no, first_no, looked, found_all, most, parts, true);
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
GRANT EXECUTE ON FUNCTION app.search_frequencies(text[]),
    app.search_stretch(bigint, bigint, bigint, int, int, int, boolean),
    app.search_matches(tsquery, tsquery, int, tsquery, int[], bigint[], boolean, bigint, int),
    app.search_texts(tsquery, int[], bigint[], bigint, int) TO schoolgroup_app;

-- Those of these resources that have a small picture which their owner shows, as far as the caller's
-- wall of resources reaches. The wall keeps pictures themselves within their school; whoever may
-- discover a resource sees that there is one. So it is asked as the owner, as in 0011.
CREATE POLICY looking_through ON preview_page FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY looking_through ON revision_file FOR SELECT TO schoolgroup_owner USING (true);
CREATE FUNCTION app.search_thumbnails(ids uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    SELECT r.id
      FROM resource r
     WHERE r.group_id = (SELECT app.group_id()) AND r.id = ANY (ids) AND r.preview_pages_max > 0
       AND EXISTS (SELECT FROM revision_file f
                     JOIN preview_page p ON p.group_id = f.group_id AND p.school_id = r.school_id
                                        AND p.blob_id = f.blob_id AND p.no = 0
                    WHERE f.group_id = r.group_id AND f.resource_id = r.id
                      AND f.revision_no = coalesce(r.published_revision_no, 1))
$$;
GRANT EXECUTE ON FUNCTION app.search_thumbnails(uuid[]) TO schoolgroup_app;
-- migrate:down
