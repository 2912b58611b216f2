-- migrate:up
-- Why: a million resources are found by any word within the blink of an eye, filtered, ranked and
-- counted, and nobody finds, counts or guesses what may not be discovered. What a resource's files
-- say is kept here too, for finding it and for showing where to those who may read it.
SET lock_timeout = '4s';
SET statement_timeout = '600s';

-- ── the text of files ────────────────────────────────────────────────────────────────────────

-- What was read out of the files of a revision. This is content, not description: beyond the own
-- school it is shown to nobody whom the policy does not let open the files.
CREATE TABLE resource_text (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no int NOT NULL,
    -- the owner, kept here too so that this wall needs no look at the resource
    school_id uuid NOT NULL,
    body text NOT NULL CHECK (length(body) <= 200000),
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, resource_id, revision_no),
    FOREIGN KEY (group_id, resource_id, revision_no)
        REFERENCES revision (group_id, resource_id, no),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
SELECT app.wall_by_school('resource_text', ARRAY['school_id']);
GRANT SELECT, INSERT, DELETE, UPDATE (body, updated_at) ON resource_text TO schoolgroup_app;

-- ── classes: all resources that the same people may find ─────────────────────────────────────

-- To whom open offers reach, with which rights and until when. Its id is the hash of its lines, so
-- that many resources share one: everything that decides about them but their school, kind, status
-- and the persons who hold them.
CREATE TABLE search_reach (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    PRIMARY KEY (group_id, id)
);
CREATE TABLE search_reach_line (
    group_id uuid NOT NULL,
    reach_id uuid NOT NULL,
    line_no int NOT NULL,
    kind text NOT NULL,
    tier text,
    circle_id uuid,
    audience_school_id uuid,
    discover boolean NOT NULL,
    borrow boolean NOT NULL,
    adapt boolean NOT NULL,
    valid_until_at timestamptz,
    PRIMARY KEY (group_id, reach_id, line_no),
    FOREIGN KEY (group_id, reach_id) REFERENCES search_reach (group_id, id)
);
-- All classes of a school that differ by their kind alone: what is counted by.
CREATE TABLE search_family (
    group_id uuid NOT NULL,
    id int NOT NULL GENERATED ALWAYS AS IDENTITY,
    school_id uuid NOT NULL,
    status text NOT NULL,
    reach_id uuid NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_family UNIQUE (group_id, school_id, status, reach_id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, reach_id) REFERENCES search_reach (group_id, id)
);
-- The policy speaks of classes as it does of resources (relations.toml: resource_class).
CREATE TABLE search_class (
    group_id uuid NOT NULL,
    id int NOT NULL GENERATED ALWAYS AS IDENTITY,
    family_id int NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    reach_id uuid NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_class UNIQUE (group_id, school_id, status, kind, reach_id),
    FOREIGN KEY (group_id, family_id) REFERENCES search_family (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, reach_id) REFERENCES search_reach (group_id, id)
);

-- A value of a facet, by a number that fits into an array.
CREATE TABLE search_value (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id int NOT NULL GENERATED ALWAYS AS IDENTITY,
    facet text NOT NULL,
    value text NOT NULL CHECK (length(value) BETWEEN 1 AND 200),
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_value UNIQUE (group_id, facet, value)
);

-- ── entries: what is looked through ──────────────────────────────────────────────────────────

CREATE SEQUENCE search_entry_no;
-- One row per resource, written by triggers and by nothing else. `document` has, besides the words
-- of the description, the title's words again behind ^, the values that can be filtered by behind =
-- (facet=value), keywords behind #, places of the curriculum behind @ (with all above them), and
-- behind $ and % its segments: 16,384 and 262,144 neighbours in `no`. By those, an index over a
-- million is worked through from the newest on and left as soon as enough was found, however
-- frequent a word is.
CREATE TABLE search_entry (
    group_id uuid NOT NULL,
    -- the order "newest first": a new one when it is made and when it is first published
    no bigint NOT NULL,
    resource_id uuid NOT NULL,
    school_id uuid NOT NULL,
    class_id int NOT NULL,
    -- loans so far, as of the last run of `schoolgroup tidy`
    loans int NOT NULL DEFAULT 0,
    title_chars smallint NOT NULL,
    draft boolean NOT NULL,
    value_ids int[] NOT NULL,
    document tsvector NOT NULL,
    PRIMARY KEY (group_id, resource_id),
    CONSTRAINT one_entry_per_no UNIQUE (group_id, no),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, class_id) REFERENCES search_class (group_id, id)
) WITH (fillfactor = 90);
CREATE INDEX search_entry_used ON search_entry (group_id, loans DESC, no DESC) WHERE loans > 0;
CREATE INDEX search_entry_document ON search_entry USING gin (document);
DROP INDEX resource_search;
CREATE INDEX resource_author ON resource (group_id, author_person_id)
 WHERE author_person_id IS NOT NULL;

-- The text of files in parts that a tsvector can hold; `said` is the part itself, `document` the
-- same behind the entry's, so that words of the title and of the text are found together. Empty
-- where the revision is not the one that is shown.
CREATE TABLE search_part (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no int NOT NULL,
    part int NOT NULL,
    school_id uuid NOT NULL,
    said tsvector NOT NULL,
    document tsvector NOT NULL,
    PRIMARY KEY (group_id, resource_id, revision_no, part),
    FOREIGN KEY (group_id, resource_id, revision_no)
        REFERENCES resource_text (group_id, resource_id, revision_no) ON DELETE CASCADE
);
CREATE INDEX search_part_document ON search_part USING gin (document);

-- How many entries of a family have a value (value 0: how many there are), as differences that are
-- only ever added, so that nobody waits for anybody; `schoolgroup tidy` adds them up.
CREATE TABLE search_tally (
    group_id uuid NOT NULL REFERENCES education_group (id),
    family_id int NOT NULL,
    value_id int NOT NULL,
    n int NOT NULL
);
CREATE INDEX search_tally_family ON search_tally (group_id, family_id);
-- Which class an entry came from and when: what somebody could not find before, and now can.
CREATE TABLE search_move (
    group_id uuid NOT NULL,
    no bigint GENERATED ALWAYS AS IDENTITY,
    resource_id uuid NOT NULL,
    -- null: it was not there
    from_class_id int,
    to_class_id int NOT NULL,
    moved_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, no),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, from_class_id) REFERENCES search_class (group_id, id),
    FOREIGN KEY (group_id, to_class_id) REFERENCES search_class (group_id, id)
);
CREATE INDEX search_move_at ON search_move (group_id, moved_at);

-- ── how they are written ─────────────────────────────────────────────────────────────────────

CREATE FUNCTION app.search_value(of_group uuid, of_facet text, of_value text) RETURNS int
LANGUAGE plpgsql
AS $$
DECLARE number int;
BEGIN
    SELECT v.id INTO number FROM search_value v
     WHERE v.group_id = of_group AND v.facet = of_facet AND v.value = of_value;
    IF number IS NULL THEN
        INSERT INTO search_value (group_id, facet, value) VALUES (of_group, of_facet, of_value)
        ON CONFLICT (group_id, facet, value) DO NOTHING RETURNING id INTO number;
    END IF;
    IF number IS NULL THEN -- made by somebody else meanwhile
        SELECT v.id INTO number FROM search_value v
         WHERE v.group_id = of_group AND v.facet = of_facet AND v.value = of_value;
    END IF;
    RETURN number;
END $$;

-- The class of a resource as its offers stand now; made where it is the first of its class.
CREATE FUNCTION app.search_class(of_resource resource) RETURNS int LANGUAGE plpgsql
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
               'valid_until_at', extract(epoch FROM o.valid_until_at))), '[]')
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
                        audience_school_id, discover, borrow, adapt, valid_until_at)
            SELECT of_resource.group_id, reach, row_number() OVER (), l.kind, l.tier, l.circle_id,
                   l.audience_school_id, l.discover, l.borrow, l.adapt,
                   to_timestamp(l.valid_until_at)
              FROM jsonb_to_recordset(lines) AS l (kind text, tier text, circle_id uuid,
                   audience_school_id uuid, discover boolean, borrow boolean, adapt boolean,
                   valid_until_at float8);
        END IF;
    END IF;
    SELECT c.id INTO number FROM search_class c
     WHERE c.group_id = of_resource.group_id AND c.school_id = of_resource.school_id
       AND c.status = of_resource.status AND c.kind = of_resource.kind AND c.reach_id = reach;
    IF number IS NULL THEN
        INSERT INTO search_family (group_id, school_id, status, reach_id)
        VALUES (of_resource.group_id, of_resource.school_id, of_resource.status, reach)
        ON CONFLICT (group_id, school_id, status, reach_id) DO NOTHING;
        SELECT f.id INTO family FROM search_family f
         WHERE f.group_id = of_resource.group_id AND f.school_id = of_resource.school_id
           AND f.status = of_resource.status AND f.reach_id = reach;
        INSERT INTO search_class (group_id, family_id, school_id, status, kind, reach_id)
        VALUES (of_resource.group_id, family, of_resource.school_id, of_resource.status,
                of_resource.kind, reach)
        ON CONFLICT (group_id, school_id, status, kind, reach_id) DO NOTHING
        RETURNING id INTO number;
    END IF;
    IF number IS NULL THEN
        SELECT c.id INTO number FROM search_class c
         WHERE c.group_id = of_resource.group_id AND c.school_id = of_resource.school_id
           AND c.status = of_resource.status AND c.kind = of_resource.kind AND c.reach_id = reach;
    END IF;
    RETURN number;
END $$;

-- What can be counted and filtered by. Media types are those of the published files.
CREATE FUNCTION app.search_facets(of_resource resource) RETURNS TABLE (facet text, value text)
LANGUAGE sql STABLE
AS $$
    SELECT f.facet, f.value
      FROM (VALUES ('kind', of_resource.kind), ('stage', of_resource.stage),
                   ('subject', of_resource.subject), ('edition', of_resource.edition),
                   ('grade', of_resource.grade), ('volume', of_resource.volume),
                   ('licence', of_resource.licence), ('language', of_resource.language),
                   ('school_id', of_resource.school_id::text)) AS f (facet, value)
     WHERE f.value IS NOT NULL
    UNION
    SELECT 'media_type', b.media_type
      FROM revision_file f
      JOIN blob b ON b.group_id = f.group_id AND b.id = f.blob_id
     WHERE f.group_id = of_resource.group_id AND f.resource_id = of_resource.id
       AND f.revision_no = of_resource.published_revision_no
     ORDER BY 1, 2
$$;

-- One spelling of a keyword: half-width, small letters.
CREATE FUNCTION app.search_keyword(keyword text) RETURNS text LANGUAGE sql IMMUTABLE
AS $$ SELECT lower(normalize(btrim(keyword), NFKC)) $$;

-- The words of a title (weight A) once more behind ^, so that titles are looked through alone. No
-- lexeme holds a quotation mark (catalogue/words.py).
CREATE FUNCTION app.search_titles(words tsvector) RETURNS tsvector LANGUAGE sql IMMUTABLE
AS $$ SELECT regexp_replace(ts_filter(words, '{a}')::text, $q$'([^']+)'$q$, $q$'^\1'$q$, 'g')::tsvector $$;

CREATE FUNCTION app.search_segments(entry_no bigint) RETURNS text[] LANGUAGE sql IMMUTABLE
AS $$ SELECT ARRAY['$' || (entry_no >> 14), '%' || (entry_no >> 18)] $$;

CREATE FUNCTION app.search_document(of_resource resource, entry_no bigint) RETURNS tsvector
LANGUAGE sql STABLE
AS $$
    SELECT of_resource.search || app.search_titles(of_resource.search) || array_to_tsvector(
        ARRAY(SELECT '=' || f.facet || '=' || f.value FROM app.search_facets(of_resource) f
               UNION
              SELECT '#' || app.search_keyword(k) FROM unnest(of_resource.keywords) k
               WHERE app.search_keyword(k) <> ''
               UNION
              SELECT '@' || left(above.path_key, 32)
                FROM curriculum_node n
                JOIN curriculum_node above ON above.group_id = n.group_id
                     AND above.version_id = n.version_id AND above.no <= n.no
                     AND above.last_no >= n.no
               WHERE n.group_id = of_resource.group_id AND n.id = of_resource.curriculum_node_id
               UNION
              SELECT unnest(app.search_segments(entry_no))))
$$;

-- Write the entry of a resource anew. Its row is locked before anything is looked at, so that the
-- last of several who change the same resource at once sees what the others did.
CREATE FUNCTION app.index_resource(of_group uuid, of_id uuid) RETURNS void LANGUAGE plpgsql
AS $$
DECLARE
    old search_entry;
    r resource;
    class int;
    entry_no bigint;
    facet_ids int[];
    words tsvector;
BEGIN
    SELECT * INTO old FROM search_entry e
     WHERE e.group_id = of_group AND e.resource_id = of_id FOR UPDATE;
    SELECT * INTO r FROM resource WHERE group_id = of_group AND id = of_id;
    IF r.id IS NULL THEN RETURN; END IF;
    class := app.search_class(r);
    entry_no := CASE WHEN old.no IS NULL OR (old.draft AND r.status <> 'draft')
                     THEN nextval('search_entry_no') ELSE old.no END;
    SELECT coalesce(array_agg(v.id ORDER BY v.id), '{}') INTO facet_ids
      FROM (SELECT app.search_value(of_group, f.facet, f.value) AS id
              FROM app.search_facets(r) f) v;
    words := app.search_document(r, entry_no);
    IF old.no IS NULL THEN
        INSERT INTO search_entry (group_id, no, resource_id, school_id, class_id, title_chars,
                                  draft, value_ids, document)
        VALUES (of_group, entry_no, of_id, r.school_id, class, length(r.title),
                r.status = 'draft', facet_ids, words);
    ELSIF (old.class_id, old.no, old.title_chars, old.draft, old.value_ids, old.document)
          IS DISTINCT FROM
          (class, entry_no, length(r.title)::smallint, r.status = 'draft', facet_ids, words) THEN
        UPDATE search_entry e
           SET class_id = class, no = entry_no, title_chars = length(r.title),
               draft = r.status = 'draft', value_ids = facet_ids, document = words
         WHERE e.group_id = of_group AND e.resource_id = of_id;
    END IF;
    IF old.class_id IS DISTINCT FROM class THEN
        INSERT INTO search_move (group_id, resource_id, from_class_id, to_class_id, moved_at)
        VALUES (of_group, of_id, old.class_id, class,
                clock_timestamp() + (app.now() - now()));
    END IF;
    PERFORM app.index_parts(of_group, of_id);
END $$;

CREATE FUNCTION app.index_parts(of_group uuid, of_id uuid) RETURNS void LANGUAGE sql
AS $$
    UPDATE search_part p
       SET document = shown.document
      FROM (SELECT q.revision_no, q.part,
                   CASE WHEN q.revision_no = coalesce(r.published_revision_no, 1)
                        THEN e.document || q.said ELSE ''::tsvector END AS document
              FROM search_part q
              JOIN resource r ON r.group_id = q.group_id AND r.id = q.resource_id
              JOIN search_entry e ON e.group_id = q.group_id AND e.resource_id = q.resource_id
             WHERE q.group_id = of_group AND q.resource_id = of_id) shown
     WHERE p.group_id = of_group AND p.resource_id = of_id
       AND p.revision_no = shown.revision_no AND p.part = shown.part
       AND p.document IS DISTINCT FROM shown.document
$$;

CREATE FUNCTION app.index_changed_resource() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.index_resource(NEW.group_id, NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER index_new AFTER INSERT ON resource
FOR EACH ROW EXECUTE FUNCTION app.index_changed_resource();
CREATE TRIGGER index_changed AFTER UPDATE ON resource
FOR EACH ROW WHEN ((OLD.status, OLD.published_revision_no, OLD.title, OLD.kind, OLD.stage,
        OLD.subject, OLD.edition, OLD.grade, OLD.volume, OLD.licence, OLD.language, OLD.keywords,
        OLD.curriculum_node_id, OLD.search)
    IS DISTINCT FROM (NEW.status, NEW.published_revision_no, NEW.title, NEW.kind, NEW.stage,
        NEW.subject, NEW.edition, NEW.grade, NEW.volume, NEW.licence, NEW.language, NEW.keywords,
        NEW.curriculum_node_id, NEW.search))
EXECUTE FUNCTION app.index_changed_resource();

CREATE FUNCTION app.index_changed_offer() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.index_resource(NEW.group_id, NEW.resource_id);
    RETURN NULL;
END $$;
CREATE TRIGGER index_changed AFTER UPDATE ON offer
FOR EACH ROW WHEN ((OLD.status, OLD.valid_until_at) IS DISTINCT FROM
                   (NEW.status, NEW.valid_until_at))
EXECUTE FUNCTION app.index_changed_offer();
CREATE FUNCTION app.index_changed_audience() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE changed offer_audience := coalesce(NEW, OLD);
BEGIN
    PERFORM app.index_resource(o.group_id, o.resource_id) FROM offer o
      WHERE o.group_id = changed.group_id AND o.id = changed.offer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER index_changed AFTER INSERT OR UPDATE OR DELETE ON offer_audience
FOR EACH ROW EXECUTE FUNCTION app.index_changed_audience();

CREATE FUNCTION app.tally_entry() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.class_id, OLD.value_ids) = (NEW.class_id, NEW.value_ids) THEN
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO search_tally (group_id, family_id, value_id, n)
        SELECT c.group_id, c.family_id, v, -1 FROM search_class c, unnest(0 || OLD.value_ids) v
         WHERE c.group_id = OLD.group_id AND c.id = OLD.class_id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO search_tally (group_id, family_id, value_id, n)
        SELECT c.group_id, c.family_id, v, 1 FROM search_class c, unnest(0 || NEW.value_ids) v
         WHERE c.group_id = NEW.group_id AND c.id = NEW.class_id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER tally AFTER INSERT OR UPDATE OF class_id, value_ids OR DELETE ON search_entry
FOR EACH ROW EXECUTE FUNCTION app.tally_entry();

-- ── how they are looked through ──────────────────────────────────────────────────────────────

-- An index over words cannot be used behind a wall: the planner must not ask a word of a row before
-- the wall has let the row through. So these functions run as the owner of the tables, whom a policy
-- of its own lets read entries, and do what the wall does: by the signed group, and by classes
-- that the caller's own wall lets through. They answer numbers and ids, never a text.

-- The classes among these that the wall lets the caller see.
CREATE FUNCTION app.search_classes(asked int[]) RETURNS SETOF int
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
AS $$
    SELECT c.id FROM unnest(asked) a (id)
      JOIN search_class c ON c.group_id = (SELECT app.group_id()) AND c.id = a.id
$$;

CREATE TYPE app.search_match AS (
    no bigint, resource_id uuid, class_id int, loans int, title_chars smallint, strong boolean,
    value_ids int[]);

-- The newest `most` entries below `before` that match and are of these classes or among the `extra`
-- ones; `unborrowed` ones only, where asked. `strong`: whether they also match the narrower question.
-- Without a question all match. With one, it goes down by small segments while much is found, by
-- large ones where little is.
CREATE FUNCTION app.search_matches(
    wanted tsquery, narrower tsquery, classes int[], extra bigint[], unborrowed boolean,
    before bigint, most int)
RETURNS SETOF app.search_match LANGUAGE plpgsql STABLE SECURITY DEFINER
SET search_path = public, pg_catalog SET enable_seqscan = off SET plan_cache_mode = force_generic_plan
SET work_mem = '16MB' SET jit = off
AS $$
DECLARE
    mine uuid := app.group_id();
    school uuid := app.school_id();
    office boolean := app.is_office();
    visible int[] := ARRAY(SELECT app.search_classes(classes));
    upper_no bigint := before; -- what is below it has not been looked at yet
    lower_no bigint;
    segment tsquery;
    looked int := 0;
    found_now int;
    found_all int := 0;
BEGIN
    IF wanted IS NULL THEN
        RETURN QUERY
        SELECT e.no, e.resource_id, e.class_id, e.loans, e.title_chars, false, e.value_ids
          FROM search_entry e
         WHERE e.group_id = mine AND e.no < before AND (e.loans = 0 OR NOT unborrowed)
           AND (e.class_id IN (SELECT unnest(visible))
                OR e.no = ANY (extra) AND (NOT e.draft OR e.school_id = school OR office))
         ORDER BY e.no DESC LIMIT most;
        RETURN;
    END IF;
    SELECT least(max(e.no) + 1, before) INTO upper_no FROM search_entry e WHERE e.group_id = mine;
    WHILE upper_no > 0 AND found_all < most LOOP
        IF looked < 3 OR found_all::bigint * 16 > looked::bigint * most THEN
            lower_no := ((upper_no - 1) >> 14) << 14;
            segment := quote_literal('$' || (lower_no >> 14));
            looked := looked + 1;
        ELSE
            lower_no := ((upper_no - 1) >> 18) << 18;
            segment := quote_literal('%' || (lower_no >> 18));
            looked := looked + greatest(1, ((upper_no - lower_no) >> 14)::int);
        END IF;
        RETURN QUERY
        SELECT e.no, e.resource_id, e.class_id, e.loans, e.title_chars,
               e.document @@ narrower AS strong, e.value_ids
          FROM search_entry e
         WHERE e.group_id = mine AND e.no < upper_no AND (e.loans = 0 OR NOT unborrowed)
           AND e.document @@ (wanted && segment)
           AND (e.class_id IN (SELECT unnest(visible))
                OR e.no = ANY (extra) AND (NOT e.draft OR e.school_id = school OR office))
         ORDER BY e.no + 0 DESC LIMIT most - found_all;
        GET DIAGNOSTICS found_now = ROW_COUNT;
        found_all := found_all + found_now;
        upper_no := lower_no;
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
    visible int[] := ARRAY(SELECT app.search_classes(classes));
    upper_no bigint;
    lower_no bigint;
    segment tsquery;
    looked int := 0;
    found_now int;
    found_all int := 0;
BEGIN
    SELECT least(max(e.no) + 1, before) INTO upper_no FROM search_entry e WHERE e.group_id = mine;
    WHILE upper_no > 0 AND found_all < most LOOP
        IF looked < 3 OR found_all::bigint * 16 > looked::bigint * most THEN
            lower_no := ((upper_no - 1) >> 14) << 14;
            segment := quote_literal('$' || (lower_no >> 14));
            looked := looked + 1;
        ELSE
            lower_no := ((upper_no - 1) >> 18) << 18;
            segment := quote_literal('%' || (lower_no >> 18));
            looked := looked + greatest(1, ((upper_no - lower_no) >> 14)::int);
        END IF;
        RETURN QUERY
        SELECT DISTINCT ON (e.no + 0) e.no, e.resource_id, e.class_id, e.loans, e.title_chars,
               false AS strong, e.value_ids
          FROM search_part p
          JOIN search_entry e ON e.group_id = p.group_id AND e.resource_id = p.resource_id
         WHERE p.group_id = mine AND e.no < upper_no AND p.document @@ (wanted && segment)
           AND (e.class_id IN (SELECT unnest(visible))
                OR e.no = ANY (extra) AND (NOT e.draft OR e.school_id = school OR office))
         ORDER BY e.no + 0 DESC LIMIT most - found_all;
        GET DIAGNOSTICS found_now = ROW_COUNT;
        found_all := found_all + found_now;
        upper_no := lower_no;
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
    SELECT e.no, e.resource_id, e.class_id, e.loans, e.title_chars, false, e.value_ids
      FROM search_entry e
     WHERE e.group_id = mine AND e.loans > 0
       AND (e.loans < after_loans OR e.loans = after_loans AND e.no < after_no)
       AND (wanted IS NULL OR e.document @@ wanted)
       AND (e.class_id IN (SELECT app.search_classes(classes))
            OR e.no = ANY (extra) AND (NOT e.draft OR e.school_id = school OR office))
     ORDER BY e.loans DESC, e.no DESC LIMIT most;
END $$;

-- ── walls and grants ─────────────────────────────────────────────────────────────────────────

SELECT app.wall_by_group('search_reach');
SELECT app.wall_by_group('search_value');
SELECT app.wall_by_group('search_move');
SELECT app.wall_by_school('search_family', ARRAY['school_id'], $$status <> 'draft'$$);
SELECT app.wall_by_school('search_class', ARRAY['school_id'], $$status <> 'draft'$$);
SELECT app.wall_by_school('search_entry', ARRAY['school_id'], 'NOT draft');
SELECT app.wall_by_school('search_part', ARRAY['school_id']);
-- Whom a line reaches sees that line.
ALTER TABLE search_reach_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_reach_line FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON search_reach_line
    USING (group_id = (SELECT app.group_id())
           AND (kind = 'group' OR tier = (SELECT app.tier())
                OR audience_school_id = (SELECT app.school_id())
                OR EXISTS (SELECT FROM circle_member m
                            WHERE m.group_id = search_reach_line.group_id
                              AND m.circle_id = search_reach_line.circle_id
                              AND m.school_id = (SELECT app.school_id()))))
    WITH CHECK (group_id = (SELECT app.group_id()));
ALTER TABLE search_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE search_tally FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON search_tally
    USING (group_id = (SELECT app.group_id()) AND family_id IN (SELECT f.id FROM search_family f))
    WITH CHECK (group_id = (SELECT app.group_id()));
CREATE POLICY looking_through ON search_entry FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY looking_through ON search_part FOR SELECT TO schoolgroup_owner USING (true);

GRANT SELECT, INSERT ON search_reach, search_reach_line, search_family, search_class, search_value,
                        search_move
   TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (no, class_id, loans, title_chars, draft, value_ids, document) ON search_entry
   TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE, UPDATE (document) ON search_part TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON search_tally TO schoolgroup_app;
GRANT USAGE ON SEQUENCE search_entry_no TO schoolgroup_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.sign(text) FROM schoolgroup_app;

-- What is there already. The owner is bound by the walls too, and nobody is speaking now.
ALTER TABLE resource NO FORCE ROW LEVEL SECURITY;
ALTER TABLE offer NO FORCE ROW LEVEL SECURITY;
ALTER TABLE offer_audience NO FORCE ROW LEVEL SECURITY;
ALTER TABLE revision_file NO FORCE ROW LEVEL SECURITY;
ALTER TABLE blob NO FORCE ROW LEVEL SECURITY;
ALTER TABLE curriculum_node NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_reach NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_reach_line NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_family NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_class NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_value NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_entry NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_part NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_tally NO FORCE ROW LEVEL SECURITY;
ALTER TABLE search_move NO FORCE ROW LEVEL SECURITY;
SELECT count(app.index_resource(r.group_id, r.id))
  FROM (SELECT group_id, id FROM resource ORDER BY id) r;
ALTER TABLE resource FORCE ROW LEVEL SECURITY;
ALTER TABLE offer FORCE ROW LEVEL SECURITY;
ALTER TABLE offer_audience FORCE ROW LEVEL SECURITY;
ALTER TABLE revision_file FORCE ROW LEVEL SECURITY;
ALTER TABLE blob FORCE ROW LEVEL SECURITY;
ALTER TABLE curriculum_node FORCE ROW LEVEL SECURITY;
ALTER TABLE search_reach FORCE ROW LEVEL SECURITY;
ALTER TABLE search_reach_line FORCE ROW LEVEL SECURITY;
ALTER TABLE search_family FORCE ROW LEVEL SECURITY;
ALTER TABLE search_class FORCE ROW LEVEL SECURITY;
ALTER TABLE search_value FORCE ROW LEVEL SECURITY;
ALTER TABLE search_entry FORCE ROW LEVEL SECURITY;
ALTER TABLE search_part FORCE ROW LEVEL SECURITY;
ALTER TABLE search_tally FORCE ROW LEVEL SECURITY;
ALTER TABLE search_move FORCE ROW LEVEL SECURITY;
-- migrate:down
