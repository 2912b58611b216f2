CREATE SCHEMA app;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';
CREATE TYPE app.search_match AS (
	no bigint,
	resource_id uuid,
	loans integer,
	title_chars smallint,
	place smallint,
	value_ids integer[]
);
CREATE FUNCTION app.after_school_hours(in_group uuid, of_school uuid, zone text, from_at timestamp with time zone, hours integer) RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$
    SELECT (app.school_day(in_group, of_school, (from_at AT TIME ZONE zone)::date, hours / 24)
            + (from_at AT TIME ZONE zone)::time) AT TIME ZONE zone
           + hours % 24 * interval '1 hour'
$$;
CREATE TABLE public.audit_entry (
    group_id uuid NOT NULL,
    chain text NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    request_id text NOT NULL,
    actor text NOT NULL,
    school_id uuid,
    act text NOT NULL,
    thing text NOT NULL,
    outcome text NOT NULL,
    relations text[] DEFAULT '{}'::text[] NOT NULL,
    policy_line text DEFAULT ''::text NOT NULL,
    policy_sha256 text NOT NULL,
    detail jsonb NOT NULL,
    previous_hash bytea NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT audit_entry_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'denied'::text]))),
    CONSTRAINT audit_entry_seq_check CHECK ((seq > 0))
);
ALTER TABLE ONLY public.audit_entry FORCE ROW LEVEL SECURITY;
CREATE FUNCTION app.audit_digest(entry public.audit_entry) RETURNS bytea
    LANGUAGE sql STABLE
    AS $$
    SELECT sha256(entry.previous_hash || convert_to(jsonb_build_array(
        entry.group_id, entry.chain, entry.seq, extract(epoch FROM entry.at), entry.request_id,
        entry.actor, entry.school_id, entry.act, entry.thing, entry.outcome, entry.relations,
        entry.policy_line, entry.policy_sha256, entry.detail)::text, 'UTF8'))
$$;
CREATE FUNCTION app.begin(context text, mac text) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
DECLARE
    claims text[];
    at timestamptz;
    today date;
    of_group uuid;
    of_school uuid;
    current_sha text;
    is_so boolean;
    stands boolean;
BEGIN
    PERFORM set_config('app.context', context, true), set_config('app.mac', mac, true);
    claims := string_to_array(app.said(), E'\n', '');
    IF claims[1] IS NULL THEN
        RAISE EXCEPTION 'the context is not signed by the application' USING ERRCODE = 'SG001';
    END IF;
    -- As app.now() and app.today() have it.
    at := now() + coalesce(claims[8]::float8, 0) * interval '1 second';
    IF claims[1] = 'system' THEN RETURN at; END IF;
    today := (at AT TIME ZONE coalesce(claims[9], 'Asia/Shanghai'))::date;
    of_group := claims[4]::uuid;
    of_school := claims[5]::uuid;
    SELECT (SELECT b.sha256 FROM policy_bundle b
             WHERE b.group_id = of_group ORDER BY b.version DESC LIMIT 1),
           of_school IS NULL OR EXISTS (
               SELECT FROM school_tier t
                 JOIN school h ON h.group_id = t.group_id AND h.id = t.school_id
                WHERE t.group_id = of_group AND t.school_id = of_school
                  AND t.tier = claims[2]
                  AND t.from_on <= today AND (t.until_on IS NULL OR today < t.until_on)
                  AND (h.closed_on IS NULL OR today < h.closed_on)),
           EXISTS (
               SELECT FROM access_session s
                 LEFT JOIN person p ON p.group_id = s.group_id AND p.id = s.person_id
                 LEFT JOIN client c ON c.group_id = s.group_id AND c.id = s.client_id
                WHERE s.group_id = of_group AND s.id = claims[10]::uuid
                  AND s.revoked_at IS NULL AND at < s.expires_at
                  AND coalesce(p.epoch, c.epoch) = claims[11]::int
                  AND p.suspended_at IS NULL AND p.left_at IS NULL AND c.suspended_at IS NULL)
      INTO current_sha, is_so, stands;
    IF current_sha IS DISTINCT FROM claims[13] THEN
        RAISE EXCEPTION 'the policy in force is another' USING ERRCODE = 'SG002';
    END IF;
    IF at >= claims[12]::timestamptz OR NOT is_so THEN
        RAISE EXCEPTION 'the rights of this session have changed' USING ERRCODE = 'SG003';
    END IF;
    IF NOT stands THEN
        RAISE EXCEPTION 'the session is over' USING ERRCODE = 'SG003';
    END IF;
    RETURN at;
END $$;
CREATE FUNCTION app.begin_visit(context text, mac text) RETURNS timestamp with time zone
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_catalog'
    AS $$
DECLARE current_sha text;
BEGIN
    PERFORM set_config('app.context', context, true), set_config('app.mac', mac, true);
    IF NOT app.is_visitor() THEN
        RAISE EXCEPTION 'the context is not signed by the application' USING ERRCODE = 'SG001';
    END IF;
    SELECT b.sha256 INTO current_sha FROM policy_bundle b
     WHERE b.group_id = app.group_id() ORDER BY b.version DESC LIMIT 1;
    IF current_sha IS DISTINCT FROM app.claim('policy_sha256') THEN
        RAISE EXCEPTION 'the policy in force is another' USING ERRCODE = 'SG002';
    END IF;
    RETURN app.now();
END $$;
CREATE FUNCTION app.bound_offer() RETURNS trigger
    LANGUAGE plpgsql
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
CREATE FUNCTION app.call_completeness(of_call_id uuid) RETURNS TABLE(tier text, targets bigint, exempt bigint, expected bigint, not_begun bigint, drafting bigint, sent_back bigint, submitted bigint, accepted bigint, answered bigint, on_time bigint, closes_at timestamp with time zone)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    SELECT s.tier, count(*), count(*) FILTER (WHERE NOT s.expected),
           count(*) FILTER (WHERE s.expected),
           count(*) FILTER (WHERE s.expected AND s.status = 'not_begun'),
           count(*) FILTER (WHERE s.expected AND s.status = 'drafting'),
           count(*) FILTER (WHERE s.expected AND s.status = 'sent_back'),
           count(*) FILTER (WHERE s.expected AND s.status = 'submitted'),
           count(*) FILTER (WHERE s.accepted),
           count(*) FILTER (WHERE s.answered),
           count(*) FILTER (WHERE s.on_time),
           max(s.closes_at) FILTER (WHERE s.expected)
      FROM return_standing s
     WHERE s.group_id = (SELECT app.group_id()) AND s.call_id = of_call_id
     GROUP BY GROUPING SETS ((s.tier), ())
     ORDER BY s.tier NULLS LAST
$$;
CREATE FUNCTION app.call_figures(of_call_id uuid, only_accepted boolean) RETURNS TABLE(field_code text, tier text, schools bigint, sum numeric, mean numeric)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    WITH on_form AS (
        SELECT d.code, d.type, d.columns, f.place
          FROM return_call c
          JOIN form_field f ON f.group_id = c.group_id AND f.form_id = c.form_id
                           AND f.form_version = c.form_version
          JOIN field d ON d.group_id = f.group_id AND d.code = f.field_code
         WHERE c.group_id = (SELECT app.group_id()) AND c.id = of_call_id
    ), asked AS (
        SELECT o.code, o.place, 0 AS within FROM on_form o WHERE o.type IN ('integer', 'decimal')
        UNION ALL
        SELECT o.code || '.' || (k.one ->> 'code'), o.place, k.within::int
          FROM on_form o
         CROSS JOIN LATERAL jsonb_array_elements(o.columns) WITH ORDINALITY AS k (one, within)
         WHERE k.one ->> 'type' IN ('integer', 'decimal')
    ), answer AS (
        SELECT s.tier, v.values
          FROM return_standing s
          JOIN return_version v ON v.group_id = s.group_id AND v.return_id = s.return_id
                               AND v.no = s.submitted_no
         WHERE s.group_id = (SELECT app.group_id()) AND s.call_id = of_call_id
           AND s.answered AND (s.accepted OR NOT only_accepted)
    ), told AS (
        SELECT q.place, q.within, q.code, a.tier,
               CASE jsonb_typeof(e.value) WHEN 'number' THEN (e.value #>> '{}')::numeric END
                   AS number
          FROM answer a
         CROSS JOIN LATERAL jsonb_each(a.values) e
          JOIN asked q ON q.within = 0 AND q.code = e.key
        UNION ALL
        SELECT q.place, q.within, q.code, a.tier, app.number_of(a.values -> split_part(q.code, '.', 1), q.code)
          FROM answer a JOIN asked q ON q.within > 0
    )
    SELECT t.code, t.tier, count(t.number), sum(t.number), avg(t.number)
      FROM told t WHERE t.number IS NOT NULL
     GROUP BY GROUPING SETS ((t.place, t.within, t.code, t.tier), (t.place, t.within, t.code))
     ORDER BY t.place, t.within, t.tier NULLS LAST
$$;
CREATE FUNCTION app.chain_audit_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
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
CREATE FUNCTION app.check_indicators() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE of_group uuid := coalesce(NEW.group_id, OLD.group_id);
        of_scheme uuid := coalesce(NEW.scheme_id, OLD.scheme_id);
BEGIN
    IF EXISTS (SELECT FROM public.appraisal_indicator i
                WHERE i.group_id = of_group AND i.scheme_id = of_scheme
                GROUP BY i.parent_code HAVING sum(i.weight_bp) <> 10000) THEN
        RAISE EXCEPTION 'weights of siblings do not make 10000'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'weights_make_10000';
    END IF;
    IF EXISTS (SELECT FROM public.appraisal_indicator i
                WHERE i.group_id = of_group AND i.scheme_id = of_scheme
                  AND (i.scale IS NULL) <> EXISTS (
                      SELECT FROM public.appraisal_indicator c
                       WHERE c.group_id = i.group_id AND c.scheme_id = i.scheme_id
                         AND c.parent_code = i.code)) THEN
        RAISE EXCEPTION 'leaves and only leaves have a scale'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'leaves_have_scales';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION app.check_source() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_catalog'
    AS $$
DECLARE there boolean;
BEGIN
    IF NEW.source_id IS NULL THEN RETURN NEW; END IF;
    there := CASE NEW.source
        WHEN 'visit' THEN EXISTS (SELECT FROM inspection_visit s
            WHERE s.group_id = NEW.group_id AND s.id = NEW.source_id)
        WHEN 'return' THEN EXISTS (SELECT FROM school_return s
            WHERE s.group_id = NEW.group_id AND s.id = NEW.source_id)
        WHEN 'bulletin' THEN EXISTS (SELECT FROM bulletin s
            WHERE s.group_id = NEW.group_id AND s.id = NEW.source_id)
        WHEN 'measure' THEN EXISTS (SELECT FROM measure s
            WHERE s.group_id = NEW.group_id AND s.id = NEW.source_id)
        WHEN 'activity' THEN EXISTS (SELECT FROM activity s
            WHERE s.group_id = NEW.group_id AND s.id = NEW.source_id)
        ELSE false END;
    IF NOT there THEN
        RAISE EXCEPTION 'the source is not there'
            USING ERRCODE = 'foreign_key_violation', CONSTRAINT = 'the_source_is_there';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION app.claim(claim text) RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN nullif(split_part(app.said(), E'\n', CASE claim
        WHEN 'kind' THEN 1 WHEN 'tier' THEN 2 WHEN 'role' THEN 3 WHEN 'group_id' THEN 4
        WHEN 'school_id' THEN 5 WHEN 'person_id' THEN 6 WHEN 'client_id' THEN 7
        WHEN 'clock_offset_s' THEN 8 WHEN 'time_zone' THEN 9 WHEN 'session_id' THEN 10
        WHEN 'epoch' THEN 11 WHEN 'valid_until_at' THEN 12 WHEN 'policy_sha256' THEN 13 END), '');
END $$;
CREATE TABLE public.return_call (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    form_id uuid NOT NULL,
    form_version integer NOT NULL,
    period text NOT NULL,
    title text NOT NULL,
    opens_at timestamp with time zone NOT NULL,
    due_at timestamp with time zone NOT NULL,
    closes_at timestamp with time zone NOT NULL,
    status text NOT NULL,
    closed_at timestamp with time zone,
    opened_by_person_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    wished_school_ids uuid[],
    CONSTRAINT return_call_check CHECK (((opens_at < due_at) AND (due_at <= closes_at))),
    CONSTRAINT return_call_check1 CHECK (((status = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT return_call_period_check CHECK ((period ~ '^[0-9]{4}[0-9A-Za-z-]{0,36}$'::text)),
    CONSTRAINT return_call_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'discarded'::text, 'open'::text, 'closed'::text]))),
    CONSTRAINT return_call_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
    CONSTRAINT return_call_wished_school_ids_check CHECK ((cardinality(wished_school_ids) > 0))
);
ALTER TABLE ONLY public.return_call FORCE ROW LEVEL SECURITY;
CREATE TABLE public.return_target (
    group_id uuid NOT NULL,
    call_id uuid NOT NULL,
    school_id uuid NOT NULL,
    tier text NOT NULL,
    exempted_at timestamp with time zone,
    exempt_because text,
    extended_until_at timestamp with time zone,
    extended_because text,
    stages text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT return_target_check CHECK (((exempted_at IS NULL) = (exempt_because IS NULL))),
    CONSTRAINT return_target_check1 CHECK (((extended_until_at IS NULL) = (extended_because IS NULL))),
    CONSTRAINT return_target_exempt_because_check CHECK (((length(exempt_because) >= 1) AND (length(exempt_because) <= 1000))),
    CONSTRAINT return_target_extended_because_check CHECK (((length(extended_because) >= 1) AND (length(extended_because) <= 1000))),
    CONSTRAINT return_target_tier_check CHECK ((tier = ANY (ARRAY['integrated'::text, 'partner'::text])))
);
ALTER TABLE ONLY public.return_target FORCE ROW LEVEL SECURITY;
CREATE FUNCTION app.closes_at(call public.return_call, target public.return_target) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT greatest(target.extended_until_at, least(call.closes_at, call.closed_at)) $$;
CREATE FUNCTION app.due_at(call public.return_call, target public.return_target) RETURNS timestamp with time zone
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT greatest(target.extended_until_at, call.due_at) $$;
CREATE FUNCTION app.event_life() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog'
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
CREATE FUNCTION app.exchange_by_tier(from_month date, until_month date) RETURNS TABLE(tier text, schools bigint, given bigint, taken bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    WITH exchanged AS (
        SELECT e.school_id, sum(e.given) AS given, sum(e.taken) AS taken
          FROM exchange_balance e
         WHERE e.group_id = (SELECT app.group_id())
           AND e.month >= from_month AND e.month < until_month
         GROUP BY e.school_id)
    SELECT t.tier, count(*), coalesce(sum(e.given), 0)::bigint, coalesce(sum(e.taken), 0)::bigint
      FROM school_tier t
      LEFT JOIN exchanged e ON e.school_id = t.school_id
     WHERE t.group_id = (SELECT app.group_id()) AND t.from_on <= (SELECT app.today())
       AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
     GROUP BY t.tier
     ORDER BY t.tier
$$;
CREATE FUNCTION app.forget_resource() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM search_move m WHERE m.group_id = OLD.group_id AND m.resource_id = OLD.id;
    DELETE FROM search_entry e WHERE e.group_id = OLD.group_id AND e.resource_id = OLD.id;
    RETURN OLD;
END $$;
CREATE FUNCTION app.forget_revision() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM revision_reading g
     WHERE g.group_id = OLD.group_id AND g.resource_id = OLD.resource_id AND g.revision_no = OLD.no;
    DELETE FROM resource_text t
     WHERE t.group_id = OLD.group_id AND t.resource_id = OLD.resource_id AND t.revision_no = OLD.no;
    RETURN OLD;
END $$;
CREATE FUNCTION app.group_id() RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 4), '')::uuid; END $$;
CREATE FUNCTION app.in_lines(document jsonb) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog'
    AS $$
SELECT array_to_string(ARRAY[document ->> 'kind', document ->> 'tier', document ->> 'role',
           document ->> 'group_id', document ->> 'school_id', document ->> 'person_id',
           document ->> 'client_id', document ->> 'clock_offset_s', document ->> 'time_zone',
           document ->> 'session_id', document ->> 'epoch', document ->> 'valid_until_at',
           document ->> 'policy_sha256'], E'\n', '')
$$;
CREATE FUNCTION app.index_changed_audiences() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.index_resources(o.group_id, array_agg(DISTINCT o.resource_id))
       FROM rows_of a JOIN offer o ON o.group_id = a.group_id AND o.id = a.offer_id
      GROUP BY o.group_id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.index_changed_offers() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.index_resources(n.group_id, array_agg(DISTINCT n.resource_id))
       FROM new_rows n JOIN old_rows o ON o.group_id = n.group_id AND o.id = n.id
      WHERE (o.status, o.valid_until_at) IS DISTINCT FROM (n.status, n.valid_until_at)
      GROUP BY n.group_id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.index_changed_resources() RETURNS trigger
    LANGUAGE plpgsql
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
CREATE FUNCTION app.index_new_resources() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.index_resources(n.group_id, array_agg(n.id)) FROM new_rows n GROUP BY n.group_id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.index_parts(of_group uuid, ids uuid[]) RETURNS void
    LANGUAGE sql
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
CREATE FUNCTION app.index_resources(of_group uuid, ids uuid[]) RETURNS void
    LANGUAGE plpgsql
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
CREATE FUNCTION app.inner_pad() RETURNS bytea
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog'
    AS $$ SELECT inner_pad FROM app.secret $$;
CREATE FUNCTION app.is_appointed(in_group uuid, of_person uuid, at_school uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (SELECT FROM appointment a JOIN person p
                       ON p.group_id = a.group_id AND p.id = a.person_id
                    WHERE a.group_id = in_group AND a.person_id = of_person
                      AND a.school_id IS NOT DISTINCT FROM at_school
                      AND a.from_on <= app.today()
                      AND (a.until_on IS NULL OR app.today() < a.until_on)
                      AND p.suspended_at IS NULL AND p.left_at IS NULL)
$$;
CREATE FUNCTION app.is_office() RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE said text := app.said();
BEGIN
    RETURN coalesce(split_part(said, E'\n', 2) = 'office' OR split_part(said, E'\n', 1) = 'system',
                    false);
END $$;
CREATE FUNCTION app.is_out(in_group uuid, of_loan uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (SELECT FROM item_handover h
                    WHERE h.group_id = in_group AND h.loan_id = of_loan
                      AND h.status IN ('sent', 'handed', 'received', 'claimed'))
$$;
CREATE FUNCTION app.is_paused(paused_at timestamp with time zone, paused_until_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT paused_at IS NOT NULL AND (paused_until_at IS NULL OR app.now() < paused_until_at) $$;
CREATE FUNCTION app.is_quiet(at time without time zone, from_at time without time zone, until_at time without time zone) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT CASE WHEN from_at <= until_at THEN from_at <= at AND at < until_at
                  ELSE from_at <= at OR at < until_at END $$;
CREATE FUNCTION app.is_school_day(in_group uuid, of_school uuid, on_day date) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM makeup_day m WHERE m.group_id = in_group AND m.taught_on = on_day
                        AND m.school_id = of_school) THEN true
        WHEN EXISTS (SELECT FROM holiday h WHERE h.group_id = in_group AND h.school_id = of_school
                        AND h.from_on <= on_day AND on_day < h.until_on) THEN false
        WHEN EXISTS (SELECT FROM makeup_day m WHERE m.group_id = in_group AND m.taught_on = on_day
                        AND m.school_id IS NULL) THEN true
        WHEN EXISTS (SELECT FROM holiday h WHERE h.group_id = in_group AND h.school_id IS NULL
                        AND h.from_on <= on_day AND on_day < h.until_on) THEN false
        ELSE extract(isodow FROM on_day) < 6 END
$$;
CREATE FUNCTION app.is_system() RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN coalesce(split_part(app.said(), E'\n', 1) = 'system', false); END $$;
CREATE FUNCTION app.is_visitor() RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN coalesce(split_part(app.said(), E'\n', 1) = 'visitor', false); END $$;
CREATE FUNCTION app.keep_call() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_catalog'
    AS $$
BEGIN
    IF OLD.status <> 'draft' AND
       (OLD.form_id, OLD.form_version, OLD.period, OLD.title, OLD.opens_at, OLD.due_at,
        OLD.closes_at) IS DISTINCT FROM
       (NEW.form_id, NEW.form_version, NEW.period, NEW.title, NEW.opens_at, NEW.due_at,
        NEW.closes_at)
    THEN
        RAISE EXCEPTION 'a call that was opened never changes';
    END IF;
    IF OLD.status <> 'draft' AND NEW.status = 'draft' THEN
        RAISE EXCEPTION 'a call that was opened is no draft again';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION app.keep_draw() RETURNS trigger
    LANGUAGE plpgsql
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
CREATE FUNCTION app.keep_lineage() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    RAISE EXCEPTION 'resource % keeps what it was made from', OLD.id
        USING ERRCODE = 'check_violation', CONSTRAINT = 'lineage_never_changes';
END $$;
CREATE FUNCTION app.keep_published_edition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE held list_entry := coalesce(OLD, NEW);
BEGIN
    -- The lock keeps a publication from slipping in between this look and the end.
    PERFORM FROM list_edition e
      WHERE e.group_id = held.group_id AND e.id = held.edition_id AND e.status = 'draft'
        FOR SHARE;
    IF NOT FOUND OR (TG_OP = 'UPDATE' AND NEW.edition_id <> OLD.edition_id) THEN
        RAISE EXCEPTION 'edition % is published', held.edition_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_editions_never_change';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION app.keep_published_file() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE held revision_file := coalesce(OLD, NEW);
BEGIN
    -- The lock keeps a publication from slipping in between this look and the end.
    PERFORM FROM revision v
      WHERE v.group_id = held.group_id AND v.resource_id = held.resource_id
        AND v.no = held.revision_no AND v.published_at IS NULL
        FOR SHARE;
    IF NOT FOUND OR (TG_OP = 'UPDATE' AND (NEW.group_id, NEW.resource_id, NEW.revision_no)
                     IS DISTINCT FROM (OLD.group_id, OLD.resource_id, OLD.revision_no)) THEN
        RAISE EXCEPTION 'revision % of % is published', held.revision_no, held.resource_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_revisions_never_change';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION app.keep_published_indicator() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM public.appraisal_scheme s
                WHERE s.group_id = coalesce(NEW.group_id, OLD.group_id)
                  AND s.id = coalesce(NEW.scheme_id, OLD.scheme_id) AND s.status <> 'draft') THEN
        RAISE EXCEPTION 'a published scheme never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_schemes_stay';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION app.keep_published_prerequisite() RETURNS trigger
    LANGUAGE plpgsql
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
CREATE FUNCTION app.keep_published_resource() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.status <> 'draft' THEN
        RAISE EXCEPTION 'resource % was published', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_resources_stay';
    END IF;
    RETURN OLD;
END $$;
CREATE FUNCTION app.keep_published_revision() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'revision % of % is published', OLD.no, OLD.resource_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_revisions_never_change';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION app.keep_published_scheme() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.status <> 'draft' AND (
        TG_OP = 'DELETE'
        OR (NEW.group_id, NEW.id, NEW.school_id, NEW.code, NEW.edition, NEW.title_en, NEW.title_zh,
            NEW.subject, NEW.settings, NEW.teachers_to_office, NEW.sha256, NEW.created_at)
           IS DISTINCT FROM
           (OLD.group_id, OLD.id, OLD.school_id, OLD.code, OLD.edition, OLD.title_en, OLD.title_zh,
            OLD.subject, OLD.settings, OLD.teachers_to_office, OLD.sha256, OLD.created_at)
        OR NEW.status = 'draft' OR (OLD.status = 'retired' AND NEW.status <> 'retired')) THEN
        RAISE EXCEPTION 'a published scheme never changes'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_schemes_stay';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION app.keep_targets() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'public', 'pg_catalog'
    AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM return_call c
                    WHERE c.group_id = NEW.group_id AND c.id = NEW.call_id AND c.status = 'draft')
    THEN
        RAISE EXCEPTION 'nobody is added to a call that was opened';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION app.keep_terms() RETURNS trigger
    LANGUAGE plpgsql
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
CREATE FUNCTION app.keep_used_curriculum() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE held curriculum_node := coalesce(OLD, NEW);
BEGIN
    -- The lock keeps a resource from pointing into it between this look and the end.
    PERFORM FROM curriculum_version v
      WHERE v.group_id = held.group_id AND v.id = held.version_id AND v.used_at IS NULL
        FOR SHARE;
    IF NOT FOUND OR TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'curriculum version % is in use', held.version_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'used_curriculum_never_changes';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION app.keep_used_version() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF OLD.used_at IS NOT NULL THEN
        RAISE EXCEPTION 'curriculum version % is in use', OLD.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'used_curriculum_never_changes';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION app.ledger_figures(at_instants timestamp with time zone[], by text, of_ledger uuid, of_initiative uuid, of_measure uuid, of_school uuid, of_category text) RETURNS TABLE(at timestamp with time zone, part text, total bigint, open bigint, reported bigint, closed bigint, dropped bigint, counted bigint, overdue bigint, on_time bigint, settled bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    WITH standing AS (
        SELECT t.at, s.*, s.status IN ('open', 'reported')
                   AND s.due_on < (t.at AT TIME ZONE s.time_zone)::date AS is_overdue,
               CASE by WHEN 'category' THEN s.category
                       WHEN 'school' THEN coalesce(s.school_id::text, 'office')
                       WHEN 'tier' THEN coalesce((
                           SELECT q.tier FROM school_tier q
                            WHERE q.group_id = s.group_id AND q.school_id = s.school_id
                              AND q.from_on <= (t.at AT TIME ZONE s.time_zone)::date
                              AND (q.until_on IS NULL
                                   OR (t.at AT TIME ZONE s.time_zone)::date < q.until_on)),
                           CASE WHEN s.school_id IS NULL THEN 'office' ELSE 'left' END)
                       WHEN 'source' THEN s.source
                       WHEN 'ledger' THEN s.ledger_id::text
                       WHEN 'measure' THEN coalesce(s.measure_id::text, 'none')
                       ELSE '' END AS part
          FROM unnest(at_instants) AS t (at)
          JOIN ledger_span s ON s.from_at <= t.at AND t.at < s.until_at
         WHERE s.group_id = (SELECT app.group_id())
           AND (of_ledger IS NULL OR s.ledger_id = of_ledger)
           AND (of_initiative IS NULL OR s.initiative_id = of_initiative)
           AND (of_measure IS NULL OR s.measure_id = of_measure)
           AND (of_school IS NULL OR s.school_id = of_school)
           AND (of_category IS NULL OR s.category = of_category)
           AND ((SELECT app.is_office()) OR of_school = (SELECT app.school_id())
                OR of_school IS NULL AND by IN ('', 'category', 'tier', 'source', 'ledger',
                                                'measure')))
    SELECT t.at, coalesce(s.part, ''), count(s.item_id),
           count(*) FILTER (WHERE s.status = 'open'),
           count(*) FILTER (WHERE s.status = 'reported'),
           count(*) FILTER (WHERE s.status = 'closed'),
           count(*) FILTER (WHERE s.status = 'dropped'),
           count(*) FILTER (WHERE s.status <> 'dropped'),
           count(*) FILTER (WHERE s.is_overdue),
           count(*) FILTER (WHERE s.on_time),
           count(*) FILTER (WHERE s.status = 'closed' OR s.is_overdue)
      FROM unnest(at_instants) AS t (at)
      LEFT JOIN standing s ON s.at = t.at
     GROUP BY t.at, s.part
     ORDER BY t.at, s.part
$$;
CREATE FUNCTION app.mark_bounded() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    NEW.bounded := EXISTS (SELECT FROM offer_bound b
                            WHERE b.group_id = NEW.group_id AND b.offer_id = NEW.offer_id);
    RETURN NEW;
END $$;
CREATE FUNCTION app.mark_missed_events() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE webhook_stream s
       SET missed_until_at = coalesce(NEW.last_at, NEW.forgotten_at), missed_told = false
     WHERE s.group_id = NEW.group_id AND s.kind = 'live'
       AND (s.life, s.transaction_id, s.seq) < (NEW.life, NEW.transaction_id, NEW.seq);
    RETURN NULL;
END $$;
CREATE FUNCTION app.mark_new_audience() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO search_change (group_id)
    SELECT DISTINCT r.group_id
      FROM rows_of r JOIN offer o ON o.group_id = r.group_id AND o.id = r.offer_id
     WHERE o.xmin <> pg_current_xact_id()::xid;
    RETURN NULL;
END $$;
CREATE FUNCTION app.mark_search_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO search_change (group_id) SELECT DISTINCT r.group_id FROM rows_of r;
    RETURN NULL;
END $$;
CREATE FUNCTION app.marking_is_open() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    -- no lock: a completion waits until every script is final, and then no turn is left to mark
    PERFORM FROM public.marking_plan p
      WHERE p.group_id = NEW.group_id AND p.id = NEW.plan_id AND p.status = 'open';
    IF NOT FOUND THEN
        RAISE EXCEPTION 'plan % is not open', NEW.plan_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'marks_only_while_open';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION app.marking_is_over() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    IF EXISTS (SELECT FROM public.marking_plan p WHERE p.group_id = NEW.group_id
                  AND p.exam_id = NEW.id AND p.status = 'open') THEN
        RAISE EXCEPTION 'marking of exam % goes on', NEW.id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'marking_unfinished';
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION app.measure_progress(of_initiative uuid, of_measure uuid) RETURNS TABLE(measure_id uuid, nodes bigint, nodes_reached bigint, nodes_overdue bigint, next_due_on date, items_total bigint, items_closed bigint, items_counted bigint, items_overdue bigint, returns_expected bigint, returns_answered bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    SELECT m.id, n.nodes, n.reached, n.overdue, n.next_due_on,
           coalesce(f.total, 0), coalesce(f.closed, 0), coalesce(f.counted, 0),
           coalesce(f.overdue, 0), c.expected, c.answered
      FROM measure m
      LEFT JOIN app.ledger_figures(ARRAY[(SELECT app.now())], 'measure', NULL, NULL, of_measure,
                                   NULL, NULL) f
        ON f.part = m.id::text
     CROSS JOIN LATERAL (
         SELECT count(*) AS nodes, count(d.reached_at) AS reached,
                count(*) FILTER (WHERE d.reached_at IS NULL AND d.due_on < (SELECT app.today()))
                    AS overdue,
                min(d.due_on) FILTER (WHERE d.reached_at IS NULL) AS next_due_on
           FROM measure_node d WHERE d.group_id = m.group_id AND d.measure_id = m.id) n
     CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE s.expected) AS expected,
                count(*) FILTER (WHERE s.answered) AS answered
           FROM measure_call k
           JOIN return_standing s ON s.group_id = k.group_id AND s.call_id = k.call_id
          WHERE k.group_id = m.group_id AND k.measure_id = m.id) c
     WHERE m.group_id = (SELECT app.group_id())
       AND (of_initiative IS NULL OR m.initiative_id = of_initiative)
       AND (of_measure IS NULL OR m.id = of_measure)
$$;
CREATE FUNCTION app.measured_work(of_form_ids uuid[]) RETURNS TABLE(form_id uuid, form_version integer, returns bigint, median_seconds double precision)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    SELECT c.form_id, c.form_version, count(*),
           percentile_cont(0.5) WITHIN GROUP (ORDER BY v.worked_seconds)
      FROM return_version v
      JOIN school_return r ON r.group_id = v.group_id AND r.id = v.return_id
      JOIN return_call c ON c.group_id = r.group_id AND c.id = r.call_id
     WHERE v.group_id = (SELECT app.group_id()) AND v.no = 1 AND v.worked_seconds IS NOT NULL
       AND v.sources = '{}' AND c.form_id = ANY (of_form_ids)
     GROUP BY c.form_id, c.form_version
    HAVING count(DISTINCT v.school_id) >= 3
$$;
CREATE FUNCTION app.move_epoch() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE person p SET epoch = epoch + 1
     WHERE p.group_id = coalesce(NEW.group_id, OLD.group_id)
       AND p.id = coalesce(NEW.person_id, OLD.person_id);
    RETURN coalesce(NEW, OLD);
END $$;
CREATE FUNCTION app.move_epochs_of_closing() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE client c SET epoch = epoch + 1 WHERE c.group_id = NEW.group_id AND c.school_id = NEW.id;
    UPDATE person p SET epoch = epoch + 1
      FROM appointment a
     WHERE a.group_id = NEW.group_id AND a.school_id = NEW.id
       AND p.group_id = a.group_id AND p.id = a.person_id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.move_openings() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE offer o SET opens_at = NEW.sealed_until_at
     WHERE o.group_id = NEW.group_id AND o.resource_id = NEW.id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.move_seal() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE resource r SET sealed_until_at = coalesce(NEW.starts_at, 'infinity')
      FROM exam_paper_file f
     WHERE f.group_id = NEW.group_id AND f.exam_subject_id = NEW.id
       AND r.group_id = f.group_id AND r.id = f.resource_id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.now() RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN now() + coalesce(nullif(split_part(app.said(), E'\n', 8), '')::float8, 0)
                   * interval '1 second';
END $$;
CREATE FUNCTION app.number_of(answer jsonb, code text) RETURNS numeric
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE jsonb_typeof(answer)
        WHEN 'number' THEN (answer #>> '{}')::numeric
        WHEN 'array' THEN
            (SELECT sum((r ->> split_part(code, '.', 2))::numeric)
               FROM jsonb_array_elements(answer) r
              WHERE jsonb_typeof(r -> split_part(code, '.', 2)) = 'number')
    END
$$;
CREATE FUNCTION app.open_with_resource() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    SELECT r.sealed_until_at INTO NEW.opens_at FROM resource r
     WHERE r.group_id = NEW.group_id AND r.id = NEW.resource_id;
    RETURN NEW;
END $$;
CREATE FUNCTION app.outer_pad() RETURNS bytea
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog'
    AS $$ SELECT outer_pad FROM app.secret $$;
CREATE FUNCTION app.overdue_days(in_group uuid, of_school uuid, due_at timestamp with time zone) RETURNS integer
    LANGUAGE sql STABLE
    AS $$
    SELECT CASE WHEN due_at IS NULL OR app.now() < due_at THEN 0 ELSE (
        SELECT count(*)::int
          FROM generate_series(0, least(400, app.today() - (due_at AT TIME ZONE
                   coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::date)) AS n
         WHERE app.is_school_day(in_group, of_school, app.today() - n))
    END
$$;
CREATE FUNCTION app.person_id() RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 6), '')::uuid; END $$;
CREATE FUNCTION app.prepare_entries(of_group uuid, ids uuid[]) RETURNS void
    LANGUAGE plpgsql
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
CREATE FUNCTION app.refresh_directory_statistics() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$ BEGIN ANALYZE school, school_tier, person, appointment; END $$;
CREATE FUNCTION app.refresh_exam_statistics() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
DECLARE t regclass;
BEGIN
    FOREACH t IN ARRAY ARRAY['exam_candidate', 'exam_entry', 'exam_seat', 'exam_response', 'exam_score',
                             'marking_identity', 'marking_script', 'marking_turn']::regclass[] LOOP
        IF (SELECT pg_relation_size(t) / current_setting('block_size')::int > 1.1 * c.relpages + 10
              FROM pg_class c WHERE c.oid = t) THEN
            EXECUTE format('ANALYZE (SKIP_LOCKED) %s', t);
        END IF;
    END LOOP;
END $$;
CREATE FUNCTION app.refresh_marking_statistics() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$ BEGIN ANALYZE marking_script, marking_identity, marking_turn; END $$;
CREATE FUNCTION app.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'SG010'; END $$;
CREATE FUNCTION app.release_is_open(of_release_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (SELECT FROM public.exam_release r
                    WHERE r.group_id = app.group_id() AND r.id = of_release_id
                      AND r.status = 'released'
                      AND (r.embargo_until_at IS NULL OR r.embargo_until_at <= app.now()))
$$;
CREATE FUNCTION app.role() RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 3), ''); END $$;
CREATE FUNCTION app.roll_up(of_call_ids uuid[], code text, beside text, only_accepted boolean) RETURNS TABLE(call_id uuid, tier text, stages text[], schools bigint, only_one bigint, sum numeric, sum_beside numeric, sum_product numeric)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    WITH answer AS MATERIALIZED (
        -- the two answers alone: the whole of a return is read once
        SELECT s.call_id, s.tier, g.stages, v.values -> split_part(code, '.', 1) AS x,
               v.values -> split_part(beside, '.', 1) AS y
          FROM return_standing s
          JOIN return_target g ON g.group_id = s.group_id AND g.call_id = s.call_id
                              AND g.school_id = s.school_id
          JOIN return_version v ON v.group_id = s.group_id AND v.return_id = s.return_id
                               AND v.no = s.submitted_no
         WHERE s.group_id = (SELECT app.group_id()) AND s.call_id = ANY (of_call_ids)
           AND s.answered AND (s.accepted OR NOT only_accepted)
    ), told AS MATERIALIZED (
        SELECT a.call_id, a.tier, a.stages, app.number_of(a.x, code) AS x,
               app.number_of(a.y, beside) AS y
          FROM answer a
    )
    SELECT t.call_id, t.tier, t.stages,
           count(*) FILTER (WHERE t.x IS NOT NULL AND (beside IS NULL OR t.y IS NOT NULL)),
           count(*) FILTER (WHERE beside IS NOT NULL AND (t.x IS NULL) <> (t.y IS NULL)),
           sum(t.x) FILTER (WHERE beside IS NULL OR t.y IS NOT NULL),
           sum(t.y) FILTER (WHERE t.x IS NOT NULL),
           sum(t.x * t.y)
      FROM told t
     GROUP BY t.call_id, t.tier, t.stages
     ORDER BY t.call_id, t.tier, t.stages
$$;
CREATE FUNCTION app.round_coverage(of_round_id uuid) RETURNS TABLE(tier text, schools bigint, excused bigint, expected bigint, planned bigint, visited bigint, spot_checked bigint)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    SELECT s.tier, count(*), count(*) FILTER (WHERE NOT s.expected),
           count(*) FILTER (WHERE s.expected), count(*) FILTER (WHERE s.planned),
           count(*) FILTER (WHERE s.visited), count(*) FILTER (WHERE s.spot_checks > 0)
      FROM round_standing s
     WHERE s.group_id = (SELECT app.group_id()) AND s.round_id = of_round_id
     GROUP BY GROUPING SETS ((s.tier), ())
     ORDER BY s.tier NULLS LAST
$$;
CREATE FUNCTION app.runs_exam(of_exam_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT app.is_office() OR EXISTS (
        SELECT FROM public.exam e WHERE e.group_id = app.group_id() AND e.id = of_exam_id
           AND e.school_id = app.school_id())
$$;
CREATE FUNCTION app.runs_release(of_release_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT app.is_office() OR EXISTS (
        SELECT FROM public.exam_release r
          JOIN public.exam e ON e.group_id = r.group_id AND e.id = r.exam_id
         WHERE r.group_id = app.group_id() AND r.id = of_release_id
           AND e.school_id = app.school_id())
$$;
CREATE FUNCTION app.said() RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE context text := current_setting('app.context', true);
BEGIN
    IF encode(sha256(app.outer_pad() || sha256(app.inner_pad() || convert_to(context, 'UTF8'))),
              'hex') = current_setting('app.mac', true) THEN
        RETURN CASE WHEN starts_with(context, '{') THEN app.in_lines(context::jsonb)
                    ELSE context END;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION app.school_day(in_group uuid, of_school uuid, from_day date, n integer) RETURNS date
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE
    day date := from_day;
    left_over int := abs(n);
BEGIN
    FOR i IN 1..400 LOOP
        IF left_over = 0 THEN RETURN day; END IF;
        day := day + sign(n)::int;
        IF app.is_school_day(in_group, of_school, day) THEN left_over := left_over - 1; END IF;
    END LOOP;
    RETURN CASE WHEN left_over = 0 THEN day ELSE from_day + n END;
END $$;
CREATE FUNCTION app.school_id() RETURNS uuid
    LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 5), '')::uuid; END $$;
CREATE FUNCTION app.search_characters(words tsvector, mark text) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT coalesce(array_agg(DISTINCT mark || left(w.lexeme, 1)), '{}') FROM unnest(words) w
     WHERE ascii(w.lexeme) >= x'3005'::int
$$;
CREATE TABLE public.resource (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    author_person_id uuid,
    kind text NOT NULL,
    status text NOT NULL,
    title text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    stage text,
    subject text,
    edition text,
    grade text,
    volume text,
    chapter text[] DEFAULT '{}'::text[] NOT NULL,
    licence text,
    language text DEFAULT 'zh'::text NOT NULL,
    keywords text[] DEFAULT '{}'::text[] NOT NULL,
    published_revision_no integer,
    search tsvector NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    withdrawn_at timestamp with time zone,
    withdrawn_because text,
    curriculum_node_id uuid,
    preview_pages_max integer DEFAULT 5 NOT NULL,
    duration_minutes integer,
    ref text,
    derived_from_resource_id uuid,
    derived_from_revision_no integer,
    derived_by_offer_id uuid,
    sealed_until_at timestamp with time zone,
    CONSTRAINT derived_by_grace_of CHECK (((derived_by_offer_id IS NULL) OR (derived_from_resource_id IS NOT NULL))),
    CONSTRAINT derived_from_a_revision CHECK (((derived_from_resource_id IS NULL) = (derived_from_revision_no IS NULL))),
    CONSTRAINT resource_chapter_check CHECK ((cardinality(chapter) <= 8)),
    CONSTRAINT resource_check CHECK (((status = 'draft'::text) = (published_revision_no IS NULL))),
    CONSTRAINT resource_check1 CHECK (((status = 'draft'::text) = (published_at IS NULL))),
    CONSTRAINT resource_check2 CHECK (((status = 'withdrawn'::text) = (withdrawn_at IS NOT NULL))),
    CONSTRAINT resource_check3 CHECK (((status = 'withdrawn'::text) = (withdrawn_because IS NOT NULL))),
    CONSTRAINT resource_duration_minutes_check CHECK (((duration_minutes >= 1) AND (duration_minutes <= 10000))),
    CONSTRAINT resource_edition_check CHECK (((length(edition) >= 1) AND (length(edition) <= 60))),
    CONSTRAINT resource_grade_check CHECK (((length(grade) >= 1) AND (length(grade) <= 60))),
    CONSTRAINT resource_keywords_check CHECK ((cardinality(keywords) <= 20)),
    CONSTRAINT resource_kind_check CHECK ((kind = ANY (ARRAY['lesson_plan'::text, 'courseware'::text, 'video'::text, 'exercise'::text, 'paper'::text, 'school_course'::text, 'experiment'::text, 'book'::text, 'place'::text, 'other'::text]))),
    CONSTRAINT resource_language_check CHECK ((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text)),
    CONSTRAINT resource_licence_check CHECK ((licence = ANY (ARRAY['group_only'::text, 'cc_by'::text, 'cc_by_sa'::text, 'cc_by_nc'::text, 'cc_by_nc_sa'::text, 'public_domain'::text]))),
    CONSTRAINT resource_preview_pages_max_check CHECK (((preview_pages_max >= 0) AND (preview_pages_max <= 10))),
    CONSTRAINT resource_ref_check CHECK (((length(ref) >= 1) AND (length(ref) <= 80))),
    CONSTRAINT resource_stage_check CHECK ((stage = ANY (ARRAY['kindergarten'::text, 'primary'::text, 'junior'::text, 'senior'::text]))),
    CONSTRAINT resource_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'withdrawn'::text]))),
    CONSTRAINT resource_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 60))),
    CONSTRAINT resource_summary_check CHECK ((length(summary) <= 4000)),
    CONSTRAINT resource_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
    CONSTRAINT resource_volume_check CHECK (((length(volume) >= 1) AND (length(volume) <= 60))),
    CONSTRAINT resource_withdrawn_because_check CHECK (((length(withdrawn_because) >= 1) AND (length(withdrawn_because) <= 500)))
);
ALTER TABLE ONLY public.resource FORCE ROW LEVEL SECURITY;
CREATE FUNCTION app.search_class(of_resource public.resource) RETURNS TABLE(id integer)
    LANGUAGE sql STABLE
    AS $$
    SELECT c.id
      FROM app.search_reach(of_resource) s
      JOIN search_class c ON c.group_id = of_resource.group_id
           AND c.school_id = of_resource.school_id AND c.status = of_resource.status
           AND c.kind = of_resource.kind AND c.reach_id = s.id
           AND c.sealed_until_at IS NOT DISTINCT FROM of_resource.sealed_until_at
$$;
CREATE FUNCTION app.search_document(of_resource public.resource, entry_no bigint) RETURNS TABLE(document tsvector)
    LANGUAGE sql STABLE
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
CREATE FUNCTION app.search_facets(of_resource public.resource) RETURNS TABLE(facet text, value text)
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
CREATE FUNCTION app.search_frequencies(lexemes text[]) RETURNS integer[]
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
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
CREATE FUNCTION app.search_keyword(keyword text) RETURNS text
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT lower(normalize(btrim(keyword), NFKC)) $$;
CREATE FUNCTION app.search_matches(indexed tsquery, checked tsquery, rarest integer, narrower tsquery, classes integer[], extra bigint[], unborrowed boolean, before bigint, most integer) RETURNS SETOF app.search_match
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET work_mem TO '16MB'
    SET jit TO 'off'
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
CREATE FUNCTION app.search_minutes(minutes integer) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE WHEN minutes IS NULL THEN '{}'::text[]
                ELSE ARRAY['=minutes/1=' || minutes, '=minutes/8=' || minutes / 8,
                           '=minutes/64=' || minutes / 64, '=minutes/512=' || minutes / 512] END
$$;
CREATE FUNCTION app.search_most_borrowed(wanted tsquery, classes integer[], extra bigint[], after_loans integer, after_no bigint, most integer) RETURNS SETOF app.search_match
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    SET enable_seqscan TO 'off'
    SET enable_bitmapscan TO 'off'
    SET enable_sort TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET jit TO 'off'
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
CREATE FUNCTION app.search_reach(of_resource public.resource) RETURNS TABLE(id uuid, lines jsonb)
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
CREATE FUNCTION app.search_segments(entry_no bigint) RETURNS text[]
    LANGUAGE sql IMMUTABLE
    AS $_$ SELECT ARRAY['$' || (entry_no >> 12), '%' || (entry_no >> 16)] $_$;
CREATE FUNCTION app.search_stretch(upper_no bigint, first_no bigint, looked bigint, so_far integer, most integer, rarest integer, checked boolean, OUT lower_no bigint, OUT segment text) RETURNS record
    LANGUAGE plpgsql IMMUTABLE
    AS $_$
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
END $_$;
CREATE FUNCTION app.search_texts(wanted tsquery, classes integer[], extra bigint[], before bigint, most integer) RETURNS SETOF app.search_match
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    SET enable_seqscan TO 'off'
    SET plan_cache_mode TO 'force_generic_plan'
    SET work_mem TO '16MB'
    SET jit TO 'off'
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
CREATE FUNCTION app.search_thumbnails(ids uuid[]) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    SET plan_cache_mode TO 'force_generic_plan'
    AS $$
DECLARE mine uuid := app.group_id();
BEGIN
    RETURN QUERY
    SELECT r.id
      FROM resource r
     WHERE r.group_id = mine AND r.id = ANY (ids) AND r.preview_pages_max > 0
       AND EXISTS (SELECT FROM revision_file f
                     JOIN preview_page p ON p.group_id = f.group_id AND p.school_id = r.school_id
                                        AND p.blob_id = f.blob_id AND p.no = 0
                    WHERE f.group_id = r.group_id AND f.resource_id = r.id
                      AND f.revision_no = coalesce(r.published_revision_no, 1));
END $$;
CREATE FUNCTION app.search_titles(words tsvector) RETURNS tsvector
    LANGUAGE sql IMMUTABLE
    AS $_$ SELECT regexp_replace(ts_filter(words, '{a}')::text, $q$'([^']+)'$q$, $q$'^\1'$q$, 'g')::tsvector $_$;
CREATE FUNCTION app.sees_paper(of_exam_subject_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT app.is_office()
        OR EXISTS (SELECT FROM public.exam_setter t WHERE t.group_id = app.group_id()
                      AND t.exam_subject_id = of_exam_subject_id
                      AND t.person_id = app.person_id())
        OR EXISTS (SELECT FROM public.exam_subject s
                     JOIN public.exam e ON e.group_id = s.group_id AND e.id = s.exam_id
                    WHERE s.group_id = app.group_id() AND s.id = of_exam_subject_id
                      AND (e.school_id = app.school_id()
                           OR e.status IN ('frozen', 'released', 'archived')))
$$;
CREATE FUNCTION app.sets_paper_of(of_resource_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT EXISTS (SELECT FROM public.exam_paper_file f
                     JOIN public.exam_setter t ON t.group_id = f.group_id
                                              AND t.exam_subject_id = f.exam_subject_id
                    WHERE f.group_id = app.group_id() AND f.resource_id = of_resource_id
                      AND t.person_id = app.person_id())
$$;
CREATE FUNCTION app.sign(message text) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8'))) FROM app.secret $$;
CREATE FUNCTION app.stamp_at_opening() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE opening timestamptz;
BEGIN
    SELECT r.sealed_until_at INTO opening FROM resource r
     WHERE r.group_id = NEW.group_id AND r.id = NEW.resource_id;
    IF opening < 'infinity' THEN
        NEW.changed_at := greatest(NEW.changed_at, opening);
    END IF;
    RETURN NEW;
END $$;
CREATE FUNCTION app.stamp_audience() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE changed offer_audience := coalesce(NEW, OLD);
BEGIN
    PERFORM app.stamp_harvest(o.group_id, o.resource_id) FROM offer o
      WHERE o.group_id = changed.group_id AND o.id = changed.offer_id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_bounded(of_group uuid, of_offer uuid) RETURNS void
    LANGUAGE sql
    AS $$
    SELECT app.stamp_harvest(b.group_id, b.resource_id) FROM offer_bound b
     WHERE b.group_id = of_group AND b.bounding_offer_id = of_offer
$$;
CREATE FUNCTION app.stamp_bounded_by_audience() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE changed offer_audience := coalesce(NEW, OLD);
BEGIN
    PERFORM app.stamp_bounded(changed.group_id, changed.offer_id);
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_bounded_by_offer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN PERFORM app.stamp_bounded(NEW.group_id, NEW.id); RETURN NULL; END $$;
CREATE FUNCTION app.stamp_changed_resources() RETURNS trigger
    LANGUAGE plpgsql
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
CREATE FUNCTION app.stamp_edition() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.stamp_list(NEW.group_id, NEW.list_id, NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_harvest(stamped_group uuid, stamped_resource uuid) RETURNS void
    LANGUAGE sql
    AS $$ SELECT app.stamp_resources(stamped_group, ARRAY[stamped_resource]) $$;
CREATE FUNCTION app.stamp_list(stamped_group uuid, stamped_list uuid, also_edition uuid) RETURNS void
    LANGUAGE sql
    AS $$
    SELECT app.stamp_harvest(e.group_id, e.resource_id)
      FROM (SELECT DISTINCT y.group_id, y.resource_id FROM list_edition d
              JOIN list_entry y ON y.group_id = d.group_id AND y.edition_id = d.id
             WHERE d.group_id = stamped_group AND d.list_id = stamped_list
               AND (d.status = 'published' OR d.id = also_edition) AND y.resource_id IS NOT NULL
             ORDER BY y.resource_id) e
$$;
CREATE FUNCTION app.stamp_new_resources() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.stamp_resources(n.group_id, array_agg(n.id))
       FROM new_rows n WHERE n.status <> 'draft' GROUP BY n.group_id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_offer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.stamp_harvest(NEW.group_id, NEW.resource_id);
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_readers() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.stamp_list(NEW.group_id, NEW.id, NULL);
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_resource() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.stamp_harvest(NEW.group_id, NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_resources(of_group uuid, ids uuid[]) RETURNS void
    LANGUAGE sql
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
CREATE FUNCTION app.subject_id(subject text, kind text) RETURNS uuid
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT CASE WHEN starts_with(subject, kind || '/')
                  THEN substr(subject, length(kind) + 2)::uuid END $$;
CREATE FUNCTION app.sum_of(parts integer[]) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT coalesce(sum(part), 0) FROM unnest(parts) AS part $$;
CREATE FUNCTION app.take_new_key() RETURNS trigger
    LANGUAGE plpgsql
    AS $$ BEGIN ALTER FUNCTION app.said() COST 100; RETURN NULL; END $$;
CREATE FUNCTION app.take_wall_of_case() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    SELECT c.appraisal_id, c.scheme_id, c.school_id, c.runner_school_id, c.office_sees
      INTO NEW.appraisal_id, NEW.scheme_id, NEW.school_id, NEW.runner_school_id, NEW.office_sees
      FROM public.appraisal_case c WHERE c.group_id = NEW.group_id AND c.id = NEW.case_id;
    RETURN NEW;
END $$;
CREATE FUNCTION app.tally_changed_entries() RETURNS trigger
    LANGUAGE plpgsql
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
CREATE FUNCTION app.tally_gone_entries() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO search_tally (group_id, family_id, value_id, n)
    SELECT c.group_id, c.family_id, v, -count(*)
      FROM old_rows e JOIN search_class c ON c.group_id = e.group_id AND c.id = e.class_id,
           unnest(0 || e.value_ids) v
     GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION app.tally_new_entries() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO search_tally (group_id, family_id, value_id, n)
    SELECT c.group_id, c.family_id, v, count(*)
      FROM new_rows e JOIN search_class c ON c.group_id = e.group_id AND c.id = e.class_id,
           unnest(0 || e.value_ids) v
     GROUP BY 1, 2, 3;
    RETURN NULL;
END $$;
CREATE FUNCTION app.tells_of_sharing(type text) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$ SELECT type = 'resource.published' OR starts_with(type, 'offer.') $$;
CREATE FUNCTION app.tier() RETURNS text
    LANGUAGE plpgsql STABLE
    AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 2), ''); END $$;
CREATE FUNCTION app.tier_of(of_school_id uuid, on_day date) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT t.tier FROM public.school_tier t
     WHERE t.group_id = app.group_id() AND t.school_id = of_school_id
       AND t.from_on <= on_day AND (t.until_on IS NULL OR on_day < t.until_on)
$$;
CREATE FUNCTION app.time_of_day() RETURNS time without time zone
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN (app.now() AT TIME ZONE coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::time;
END $$;
CREATE FUNCTION app.today() RETURNS date
    LANGUAGE plpgsql STABLE
    AS $$
BEGIN
    RETURN (app.now() AT TIME ZONE coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::date;
END $$;
CREATE FUNCTION app.wall_by_group(target regclass) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', target);
    EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', target);
    EXECUTE format('CREATE POLICY wall ON %s USING (group_id = (SELECT app.group_id()))', target);
END $$;
CREATE FUNCTION app.wall_by_school(target regclass, columns text[], also text DEFAULT 'false'::text) RETURNS void
    LANGUAGE plpgsql
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
CREATE TABLE app.secret (
    only_row boolean DEFAULT true NOT NULL,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    CONSTRAINT secret_inner_pad_check CHECK ((length(inner_pad) = 64)),
    CONSTRAINT secret_only_row_check CHECK (only_row),
    CONSTRAINT secret_outer_pad_check CHECK ((length(outer_pad) = 64))
);
CREATE TABLE app.server_life (
    no bigint NOT NULL,
    started_at timestamp with time zone NOT NULL,
    CONSTRAINT server_life_no_check CHECK ((no > 0))
);
CREATE TABLE public.access_session (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid,
    appointment_id uuid,
    client_id uuid,
    scopes text[],
    epoch integer NOT NULL,
    created_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_because text,
    CONSTRAINT access_session_check CHECK (((person_id IS NULL) <> (client_id IS NULL))),
    CONSTRAINT access_session_check1 CHECK (((person_id IS NULL) = (appointment_id IS NULL)))
);
ALTER TABLE ONLY public.access_session FORCE ROW LEVEL SECURITY;
CREATE TABLE public.activity (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    kind text NOT NULL,
    title text NOT NULL,
    held_on date NOT NULL,
    month date GENERATED ALWAYS AS ((held_on - ((EXTRACT(day FROM held_on))::integer - 1))) STORED NOT NULL,
    place_name text NOT NULL,
    longitude numeric(9,6),
    latitude numeric(8,6),
    note text DEFAULT ''::text NOT NULL,
    status text DEFAULT 'planned'::text NOT NULL,
    sessions integer DEFAULT 0 NOT NULL,
    pupils integer DEFAULT 0 NOT NULL,
    teachers integer DEFAULT 0 NOT NULL,
    parents integer DEFAULT 0 NOT NULL,
    cancelled_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT activity_cancelled_because_check CHECK ((length(cancelled_because) <= 500)),
    CONSTRAINT activity_check CHECK (((status = 'cancelled'::text) = (cancelled_because <> ''::text))),
    CONSTRAINT activity_held_on_check CHECK (((held_on >= '2000-01-01'::date) AND (held_on <= '2199-12-31'::date))),
    CONSTRAINT activity_kind_check CHECK ((kind = ANY (ARRAY['lecture'::text, 'class_lesson'::text, 'visit'::text, 'training'::text]))),
    CONSTRAINT activity_latitude_check CHECK (((latitude >= ('-90'::integer)::numeric) AND (latitude <= (90)::numeric))),
    CONSTRAINT activity_longitude_check CHECK (((longitude >= ('-180'::integer)::numeric) AND (longitude <= (180)::numeric))),
    CONSTRAINT activity_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT activity_parents_check CHECK (((parents >= 0) AND (parents <= 1000000))),
    CONSTRAINT activity_place_name_check CHECK (((length(place_name) >= 1) AND (length(place_name) <= 200))),
    CONSTRAINT activity_pupils_check CHECK (((pupils >= 0) AND (pupils <= 1000000))),
    CONSTRAINT activity_sessions_check CHECK (((sessions >= 0) AND (sessions <= 1000))),
    CONSTRAINT activity_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'held'::text, 'cancelled'::text]))),
    CONSTRAINT activity_teachers_check CHECK (((teachers >= 0) AND (teachers <= 1000000))),
    CONSTRAINT activity_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
    CONSTRAINT counted_when_held CHECK (
CASE status
    WHEN 'held'::text THEN (sessions >= 1)
    ELSE ((((sessions + pupils) + teachers) + parents) = 0)
END),
    CONSTRAINT on_the_map_or_not CHECK (((longitude IS NULL) = (latitude IS NULL)))
);
ALTER TABLE ONLY public.activity FORCE ROW LEVEL SECURITY;
CREATE TABLE public.activity_guest (
    group_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    school_id uuid NOT NULL
);
ALTER TABLE ONLY public.activity_guest FORCE ROW LEVEL SECURITY;
CREATE VIEW public.activity_month WITH (security_invoker='true') AS
 SELECT group_id,
    school_id,
    month,
    kind,
    (count(*))::integer AS activities,
    (sum(sessions))::integer AS sessions,
    (sum(pupils))::integer AS pupils,
    (sum(teachers))::integer AS teachers,
    (sum(parents))::integer AS parents
   FROM public.activity a
  WHERE (status = 'held'::text)
  GROUP BY group_id, school_id, month, kind;
CREATE TABLE public.agreement (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    grantee_school_id uuid,
    grantee_circle_id uuid,
    kinds text[] DEFAULT '{}'::text[] NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    status text NOT NULL,
    owner_signed_by uuid,
    owner_signed_at timestamp with time zone,
    grantee_signed_by uuid,
    grantee_signed_at timestamp with time zone,
    ended_at timestamp with time zone,
    note text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT agreement_check CHECK ((until_on > from_on)),
    CONSTRAINT agreement_check1 CHECK (((grantee_school_id IS NULL) <> (grantee_circle_id IS NULL))),
    CONSTRAINT agreement_check2 CHECK ((grantee_school_id IS DISTINCT FROM owner_school_id)),
    CONSTRAINT agreement_check3 CHECK (((status <> 'in_force'::text) OR ((owner_signed_at IS NOT NULL) AND (grantee_signed_at IS NOT NULL)))),
    CONSTRAINT agreement_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT agreement_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'in_force'::text, 'declined'::text, 'ended'::text])))
);
ALTER TABLE ONLY public.agreement FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appointment (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    school_id uuid,
    role text NOT NULL,
    from_on date NOT NULL,
    until_on date,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT appointment_check CHECK (((until_on IS NULL) OR (until_on >= from_on))),
    CONSTRAINT appointment_check1 CHECK (((school_id IS NULL) = (role = ANY (ARRAY['group_admin'::text, 'evaluation_officer'::text, 'inspector'::text, 'auditor'::text])))),
    CONSTRAINT appointment_role_check CHECK ((role = ANY (ARRAY['teacher'::text, 'lead'::text, 'librarian'::text, 'school_admin'::text, 'principal'::text, 'group_admin'::text, 'evaluation_officer'::text, 'inspector'::text, 'auditor'::text])))
);
ALTER TABLE ONLY public.appointment FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    scheme_id uuid CONSTRAINT appraisal_scheme_id_not_null1 NOT NULL,
    title text NOT NULL,
    status text NOT NULL,
    self_until_at timestamp with time zone NOT NULL,
    evidence_until_at timestamp with time zone NOT NULL,
    experts_until_at timestamp with time zone NOT NULL,
    objections_until_at timestamp with time zone,
    office_sees boolean NOT NULL,
    cancelled_because text DEFAULT ''::text NOT NULL,
    results_sha256 text,
    code_version text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT appraisal_cancelled_because_check CHECK ((length(cancelled_because) <= 2000)),
    CONSTRAINT appraisal_check CHECK (((self_until_at < evidence_until_at) AND (evidence_until_at < experts_until_at))),
    CONSTRAINT appraisal_check1 CHECK (((school_id IS NOT NULL) OR office_sees)),
    CONSTRAINT appraisal_check2 CHECK (((status = 'final'::text) = (results_sha256 IS NOT NULL))),
    CONSTRAINT appraisal_check3 CHECK (((status <> ALL (ARRAY['objection'::text, 'final'::text])) OR (objections_until_at IS NOT NULL))),
    CONSTRAINT appraisal_check4 CHECK (((status = 'cancelled'::text) = (cancelled_because <> ''::text))),
    CONSTRAINT appraisal_code_version_check CHECK ((length(code_version) <= 40)),
    CONSTRAINT appraisal_results_sha256_check CHECK ((results_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT appraisal_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'self'::text, 'evidence_review'::text, 'experts'::text, 'moderation'::text, 'objection'::text, 'final'::text, 'cancelled'::text]))),
    CONSTRAINT appraisal_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.appraisal FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_assessor (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    person_id uuid NOT NULL,
    assessor_school_id uuid,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    status text NOT NULL,
    recused_because text DEFAULT ''::text NOT NULL,
    submitted_at timestamp with time zone,
    CONSTRAINT appraisal_assessor_check CHECK (((status = 'recused'::text) = (recused_because <> ''::text))),
    CONSTRAINT appraisal_assessor_check1 CHECK (((status = 'submitted'::text) = (submitted_at IS NOT NULL))),
    CONSTRAINT appraisal_assessor_recused_because_check CHECK ((length(recused_because) <= 1000)),
    CONSTRAINT appraisal_assessor_status_check CHECK ((status = ANY (ARRAY['assigned'::text, 'submitted'::text, 'recused'::text]))),
    CONSTRAINT assessors_come_from_elsewhere CHECK (((status = 'recused'::text) OR
CASE
    WHEN (runner_school_id IS NULL) THEN (assessor_school_id IS DISTINCT FROM school_id)
    ELSE (NOT (assessor_school_id IS DISTINCT FROM school_id))
END))
);
ALTER TABLE ONLY public.appraisal_assessor FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_case (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    stage text NOT NULL,
    teacher_ref text NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    self_sent_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT appraisal_case_check CHECK (((runner_school_id IS NULL) OR (runner_school_id = school_id))),
    CONSTRAINT appraisal_case_check1 CHECK (((runner_school_id IS NULL) = (teacher_ref = ''::text))),
    CONSTRAINT appraisal_case_stage_check CHECK ((stage = ANY (ARRAY[''::text, 'kindergarten'::text, 'primary'::text, 'junior'::text, 'senior'::text]))),
    CONSTRAINT appraisal_case_teacher_ref_check CHECK ((teacher_ref ~ '^[A-Za-z0-9._-]{0,40}$'::text))
);
ALTER TABLE ONLY public.appraisal_case FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_evidence (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    indicator_code text NOT NULL,
    resource_id uuid,
    deposit_id uuid,
    note text NOT NULL,
    status text NOT NULL,
    reviewed_because text DEFAULT ''::text NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    CONSTRAINT appraisal_evidence_check CHECK (((resource_id IS NULL) <> (deposit_id IS NULL))),
    CONSTRAINT appraisal_evidence_check1 CHECK (((status <> 'refused'::text) OR (reviewed_because <> ''::text))),
    CONSTRAINT appraisal_evidence_note_check CHECK ((length(note) <= 1000)),
    CONSTRAINT appraisal_evidence_reviewed_because_check CHECK ((length(reviewed_because) <= 1000)),
    CONSTRAINT appraisal_evidence_status_check CHECK ((status = ANY (ARRAY['offered'::text, 'accepted'::text, 'refused'::text])))
);
ALTER TABLE ONLY public.appraisal_evidence FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_figure (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    field text NOT NULL,
    value numeric NOT NULL,
    origin text NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    CONSTRAINT appraisal_figure_field_check CHECK ((field ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
    CONSTRAINT appraisal_figure_origin_check CHECK (((length(origin) >= 1) AND (length(origin) <= 100))),
    CONSTRAINT appraisal_figure_value_check CHECK (((value >= (0)::numeric) AND (value < '1000000000000000'::numeric)))
);
ALTER TABLE ONLY public.appraisal_figure FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_indicator (
    group_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    code text NOT NULL,
    level smallint NOT NULL,
    parent_code text,
    parent_level smallint GENERATED ALWAYS AS ((level - 1)) STORED,
    place integer NOT NULL,
    title_en text NOT NULL,
    title_zh text NOT NULL,
    weight_bp integer NOT NULL,
    scale jsonb,
    sources text[] NOT NULL,
    source_weights_bp integer[] NOT NULL,
    veto_below_bp integer,
    evidence_required boolean NOT NULL,
    CONSTRAINT appraisal_indicator_check CHECK (((level = 1) = (parent_code IS NULL))),
    CONSTRAINT appraisal_indicator_check1 CHECK ((cardinality(sources) = cardinality(source_weights_bp))),
    CONSTRAINT appraisal_indicator_check2 CHECK (((scale IS NULL) = (sources = '{}'::text[]))),
    CONSTRAINT appraisal_indicator_check3 CHECK (((scale IS NOT NULL) OR ((veto_below_bp IS NULL) AND (NOT evidence_required)))),
    CONSTRAINT appraisal_indicator_code_check CHECK ((code ~ '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$'::text)),
    CONSTRAINT appraisal_indicator_level_check CHECK (((level >= 1) AND (level <= 3))),
    CONSTRAINT appraisal_indicator_place_check CHECK ((place >= 0)),
    CONSTRAINT appraisal_indicator_scale_check CHECK ((jsonb_typeof(scale) = 'object'::text)),
    CONSTRAINT appraisal_indicator_source_weights_bp_check CHECK ((0 <= ALL (source_weights_bp))),
    CONSTRAINT appraisal_indicator_sources_check CHECK ((sources <@ ARRAY['data'::text, 'expert'::text, 'peer'::text, 'self'::text, 'survey'::text])),
    CONSTRAINT appraisal_indicator_title_en_check CHECK (((length(title_en) >= 1) AND (length(title_en) <= 400))),
    CONSTRAINT appraisal_indicator_title_zh_check CHECK (((length(title_zh) >= 1) AND (length(title_zh) <= 400))),
    CONSTRAINT appraisal_indicator_veto_below_bp_check CHECK (((veto_below_bp >= 1) AND (veto_below_bp <= 10000))),
    CONSTRAINT appraisal_indicator_weight_bp_check CHECK (((weight_bp >= 0) AND (weight_bp <= 10000))),
    CONSTRAINT source_weights_make_10000 CHECK (((scale IS NULL) OR (app.sum_of(source_weights_bp) = 10000)))
);
ALTER TABLE ONLY public.appraisal_indicator FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_mark (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    source text NOT NULL,
    person_id uuid NOT NULL,
    indicator_code text NOT NULL,
    value text NOT NULL,
    note text NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    CONSTRAINT appraisal_mark_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT appraisal_mark_source_check CHECK ((source = ANY (ARRAY['self'::text, 'expert'::text]))),
    CONSTRAINT appraisal_mark_value_check CHECK (((length(value) >= 1) AND (length(value) <= 40)))
);
ALTER TABLE ONLY public.appraisal_mark FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_moderation (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    indicator_code text NOT NULL,
    before text,
    after_bp integer NOT NULL,
    because text NOT NULL,
    objection_id uuid,
    person_id uuid NOT NULL,
    moderated_at timestamp with time zone NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    CONSTRAINT appraisal_moderation_after_bp_check CHECK (((after_bp >= 0) AND (after_bp <= 10000))),
    CONSTRAINT appraisal_moderation_because_check CHECK (((length(because) >= 1) AND (length(because) <= 2000))),
    CONSTRAINT appraisal_moderation_before_check CHECK ((before ~ '^[0-9]{1,40}(/[0-9]{1,40})?$'::text))
);
ALTER TABLE ONLY public.appraisal_moderation FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_objection (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    case_id uuid NOT NULL,
    indicator_codes text[] NOT NULL,
    reason text NOT NULL,
    status text NOT NULL,
    decided_because text DEFAULT ''::text NOT NULL,
    lodged_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    CONSTRAINT appraisal_objection_check CHECK (((status = ANY (ARRAY['upheld'::text, 'rejected'::text])) = (decided_at IS NOT NULL))),
    CONSTRAINT appraisal_objection_check1 CHECK (((decided_at IS NULL) OR (decided_because <> ''::text))),
    CONSTRAINT appraisal_objection_decided_because_check CHECK ((length(decided_because) <= 2000)),
    CONSTRAINT appraisal_objection_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000))),
    CONSTRAINT appraisal_objection_status_check CHECK ((status = ANY (ARRAY['lodged'::text, 'upheld'::text, 'rejected'::text, 'withdrawn'::text])))
);
ALTER TABLE ONLY public.appraisal_objection FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_result (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    document text NOT NULL,
    sha256 text NOT NULL,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    CONSTRAINT appraisal_result_check CHECK ((sha256 = encode(sha256(convert_to(document, 'UTF8'::name)), 'hex'::text))),
    CONSTRAINT appraisal_result_document_check CHECK ((length(document) <= 4000000))
);
ALTER TABLE ONLY public.appraisal_result FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_scheme (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    code text NOT NULL,
    edition integer NOT NULL,
    title_en text NOT NULL,
    title_zh text NOT NULL,
    subject text NOT NULL,
    status text NOT NULL,
    settings jsonb NOT NULL,
    teachers_to_office boolean NOT NULL,
    sha256 text,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT appraisal_scheme_check CHECK (((status = 'draft'::text) = (sha256 IS NULL))),
    CONSTRAINT appraisal_scheme_check1 CHECK (((subject = 'teacher'::text) OR (NOT teachers_to_office))),
    CONSTRAINT appraisal_scheme_check2 CHECK (((subject = 'teacher'::text) OR (school_id IS NULL))),
    CONSTRAINT appraisal_scheme_code_check CHECK ((code ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
    CONSTRAINT appraisal_scheme_edition_check CHECK ((edition > 0)),
    CONSTRAINT appraisal_scheme_settings_check CHECK ((jsonb_typeof(settings) = 'object'::text)),
    CONSTRAINT appraisal_scheme_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT appraisal_scheme_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'retired'::text]))),
    CONSTRAINT appraisal_scheme_subject_check CHECK ((subject = ANY (ARRAY['school'::text, 'teacher'::text]))),
    CONSTRAINT appraisal_scheme_title_en_check CHECK (((length(title_en) >= 1) AND (length(title_en) <= 200))),
    CONSTRAINT appraisal_scheme_title_zh_check CHECK (((length(title_zh) >= 1) AND (length(title_zh) <= 200)))
);
ALTER TABLE ONLY public.appraisal_scheme FORCE ROW LEVEL SECURITY;
CREATE TABLE public.appraisal_tally (
    group_id uuid NOT NULL,
    case_id uuid NOT NULL,
    source text NOT NULL,
    indicator_code text NOT NULL,
    n integer NOT NULL,
    counts integer[],
    sum numeric,
    appraisal_id uuid NOT NULL,
    scheme_id uuid NOT NULL,
    school_id uuid NOT NULL,
    runner_school_id uuid,
    office_sees boolean NOT NULL,
    CONSTRAINT appraisal_tally_check CHECK (((counts IS NULL) <> (sum IS NULL))),
    CONSTRAINT appraisal_tally_check1 CHECK (((counts IS NULL) OR (app.sum_of(counts) = n))),
    CONSTRAINT appraisal_tally_counts_check CHECK ((0 <= ALL (counts))),
    CONSTRAINT appraisal_tally_n_check CHECK ((n > 0)),
    CONSTRAINT appraisal_tally_source_check CHECK ((source = ANY (ARRAY['peer'::text, 'survey'::text]))),
    CONSTRAINT appraisal_tally_sum_check CHECK (((sum >= '-1000000000000'::numeric) AND (sum <= '1000000000000'::numeric)))
);
ALTER TABLE ONLY public.appraisal_tally FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ask (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    borrower_person_id uuid NOT NULL,
    status text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    asked_at timestamp with time zone NOT NULL,
    decide_by_at timestamp with time zone NOT NULL,
    by_default text NOT NULL,
    decided_at timestamp with time zone,
    decided_because text DEFAULT ''::text NOT NULL,
    conditions text DEFAULT ''::text NOT NULL,
    loan_days_max integer,
    agreement_id uuid,
    loan_id uuid,
    hold_id uuid,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT ask_by_default_check CHECK ((by_default = ANY (ARRAY['agree'::text, 'decline'::text]))),
    CONSTRAINT ask_check CHECK ((decide_by_at >= asked_at)),
    CONSTRAINT ask_check1 CHECK (((status = 'used'::text) = (num_nonnulls(loan_id, hold_id) = 1))),
    CONSTRAINT ask_conditions_check CHECK ((length(conditions) <= 1000)),
    CONSTRAINT ask_decided_because_check CHECK ((length(decided_because) <= 500)),
    CONSTRAINT ask_loan_days_max_check CHECK (((loan_days_max >= 1) AND (loan_days_max <= 400))),
    CONSTRAINT ask_note_check CHECK ((length(note) <= 500)),
    CONSTRAINT ask_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'agreed'::text, 'declined'::text, 'withdrawn'::text, 'used'::text])))
);
ALTER TABLE ONLY public.ask FORCE ROW LEVEL SECURITY;
CREATE TABLE public.audit_head (
    group_id uuid NOT NULL,
    chain text NOT NULL,
    seq bigint NOT NULL,
    hash bytea NOT NULL
);
ALTER TABLE ONLY public.audit_head FORCE ROW LEVEL SECURITY;
CREATE TABLE public.begun_upload (
    group_id uuid NOT NULL,
    upload_key text NOT NULL,
    begun_at timestamp with time zone NOT NULL,
    CONSTRAINT begun_upload_upload_key_check CHECK (((length(upload_key) >= 1) AND (length(upload_key) <= 500)))
);
ALTER TABLE ONLY public.begun_upload FORCE ROW LEVEL SECURITY;
CREATE TABLE public.blob (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    sha256 text NOT NULL,
    size_bytes bigint NOT NULL,
    media_type text NOT NULL,
    state text NOT NULL,
    object_key text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT blob_media_type_check CHECK (((length(media_type) >= 3) AND (length(media_type) <= 200))),
    CONSTRAINT blob_object_key_check CHECK (((length(object_key) >= 1) AND (length(object_key) <= 500))),
    CONSTRAINT blob_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT blob_size_bytes_check CHECK ((size_bytes > 0)),
    CONSTRAINT blob_state_check CHECK ((state = ANY (ARRAY['receiving'::text, 'verified'::text, 'rejected'::text])))
);
ALTER TABLE ONLY public.blob FORCE ROW LEVEL SECURITY;
CREATE TABLE public.booking (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    booker_school_id uuid NOT NULL,
    booker_person_id uuid NOT NULL,
    shared boolean NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    people integer NOT NULL,
    purpose text NOT NULL,
    status text NOT NULL,
    decide_by_at timestamp with time zone,
    cancel_by_at timestamp with time zone NOT NULL,
    confirmed_at timestamp with time zone,
    closed_at timestamp with time zone,
    closed_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT booking_check CHECK ((ends_at > starts_at)),
    CONSTRAINT booking_check1 CHECK (((status = ANY (ARRAY['asked'::text, 'confirmed'::text])) = (closed_at IS NULL))),
    CONSTRAINT booking_check2 CHECK (((status = 'asked'::text) <= (decide_by_at IS NOT NULL))),
    CONSTRAINT booking_check3 CHECK (((status <> ALL (ARRAY['confirmed'::text, 'no_show'::text])) OR (confirmed_at IS NOT NULL))),
    CONSTRAINT booking_closed_because_check CHECK ((length(closed_because) <= 500)),
    CONSTRAINT booking_people_check CHECK (((people >= 1) AND (people <= 100000))),
    CONSTRAINT booking_purpose_check CHECK (((length(purpose) >= 1) AND (length(purpose) <= 500))),
    CONSTRAINT booking_status_check CHECK ((status = ANY (ARRAY['asked'::text, 'confirmed'::text, 'declined'::text, 'lapsed'::text, 'cancelled'::text, 'no_show'::text])))
);
ALTER TABLE ONLY public.booking FORCE ROW LEVEL SECURITY;
CREATE TABLE public.bulletin (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    year integer,
    no integer,
    title text NOT NULL,
    sections jsonb NOT NULL,
    figures jsonb NOT NULL,
    audience text NOT NULL,
    tier text,
    circle_id uuid,
    school_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    status text NOT NULL,
    editor_person_ids uuid[] NOT NULL,
    checked_by_person_id uuid,
    changed text DEFAULT ''::text NOT NULL,
    edition_no integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT bulletin_audience_check CHECK ((audience = ANY (ARRAY['group'::text, 'tier'::text, 'circle'::text, 'schools'::text]))),
    CONSTRAINT bulletin_changed_check CHECK ((length(changed) <= 2000)),
    CONSTRAINT bulletin_check CHECK (((audience = 'tier'::text) = (tier IS NOT NULL))),
    CONSTRAINT bulletin_check1 CHECK (((audience = 'circle'::text) = (circle_id IS NOT NULL))),
    CONSTRAINT bulletin_check2 CHECK (((audience = 'schools'::text) = (cardinality(school_ids) > 0))),
    CONSTRAINT bulletin_check3 CHECK ((((edition_no > 0) = (no IS NOT NULL)) AND ((no IS NULL) = (year IS NULL)))),
    CONSTRAINT bulletin_check4 CHECK (((status <> ALL (ARRAY['issued'::text, 'corrected'::text])) OR (edition_no > 0))),
    CONSTRAINT bulletin_check5 CHECK (((status = 'corrected'::text) <= (edition_no > 1))),
    CONSTRAINT bulletin_check6 CHECK (((status = 'draft'::text) = (checked_by_person_id IS NULL))),
    CONSTRAINT bulletin_check7 CHECK (((edition_no = 0) OR (status = 'issued'::text) OR (changed <> ''::text))),
    CONSTRAINT bulletin_edition_no_check CHECK ((edition_no >= 0)),
    CONSTRAINT bulletin_editor_person_ids_check CHECK ((cardinality(editor_person_ids) > 0)),
    CONSTRAINT bulletin_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'checked'::text, 'issued'::text, 'corrected'::text]))),
    CONSTRAINT bulletin_tier_check CHECK ((tier = ANY (ARRAY['integrated'::text, 'partner'::text]))),
    CONSTRAINT bulletin_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
    CONSTRAINT checked_by_another CHECK ((NOT (checked_by_person_id = ANY (editor_person_ids))))
);
ALTER TABLE ONLY public.bulletin FORCE ROW LEVEL SECURITY;
CREATE TABLE public.bulletin_article (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    status text NOT NULL,
    bulletin_id uuid,
    declined_because text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT bulletin_article_body_check CHECK (((length(body) >= 1) AND (length(body) <= 20000))),
    CONSTRAINT bulletin_article_check CHECK (((status = 'taken'::text) = (bulletin_id IS NOT NULL))),
    CONSTRAINT bulletin_article_check1 CHECK (((status = 'declined'::text) = (declined_because <> ''::text))),
    CONSTRAINT bulletin_article_check2 CHECK (((status = 'proposed'::text) = (decided_at IS NULL))),
    CONSTRAINT bulletin_article_declined_because_check CHECK ((length(declined_because) <= 1000)),
    CONSTRAINT bulletin_article_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'taken'::text, 'declined'::text]))),
    CONSTRAINT bulletin_article_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.bulletin_article FORCE ROW LEVEL SECURITY;
CREATE TABLE public.bulletin_edition (
    group_id uuid NOT NULL,
    bulletin_id uuid NOT NULL,
    no integer CONSTRAINT bulletin_edition_no_not_null1 NOT NULL,
    content jsonb NOT NULL,
    changed text NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    issued_by_person_id uuid NOT NULL,
    checked_by_person_id uuid NOT NULL,
    CONSTRAINT a_correction_says_what CHECK (((no = 1) = (changed = ''::text))),
    CONSTRAINT bulletin_edition_changed_check CHECK ((length(changed) <= 2000)),
    CONSTRAINT bulletin_edition_no_check1 CHECK ((no > 0))
);
ALTER TABLE ONLY public.bulletin_edition FORCE ROW LEVEL SECURITY;
CREATE TABLE public.bulletin_number (
    group_id uuid NOT NULL,
    year integer NOT NULL,
    last_no integer NOT NULL,
    CONSTRAINT bulletin_number_last_no_check CHECK ((last_no > 0)),
    CONSTRAINT bulletin_number_year_check CHECK (((year >= 2000) AND (year <= 2199)))
);
ALTER TABLE ONLY public.bulletin_number FORCE ROW LEVEL SECURITY;
CREATE TABLE public.bulletin_receipt (
    group_id uuid NOT NULL,
    bulletin_id uuid NOT NULL,
    edition_no integer NOT NULL,
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    signed_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.bulletin_receipt FORCE ROW LEVEL SECURITY;
CREATE TABLE public.bulletin_recipient (
    group_id uuid NOT NULL,
    bulletin_id uuid NOT NULL,
    school_id uuid NOT NULL
);
ALTER TABLE ONLY public.bulletin_recipient FORCE ROW LEVEL SECURITY;
CREATE VIEW public.bulletin_standing WITH (security_invoker='true') AS
 SELECT r.group_id,
    r.bulletin_id,
    r.school_id,
    b.edition_no,
    e.issued_at,
    c.person_id,
    c.signed_at
   FROM (((public.bulletin_recipient r
     JOIN public.bulletin b ON (((b.group_id = r.group_id) AND (b.id = r.bulletin_id))))
     JOIN public.bulletin_edition e ON (((e.group_id = b.group_id) AND (e.bulletin_id = b.id) AND (e.no = b.edition_no))))
     LEFT JOIN public.bulletin_receipt c ON (((c.group_id = r.group_id) AND (c.bulletin_id = r.bulletin_id) AND (c.school_id = r.school_id) AND (c.edition_no = b.edition_no))));
CREATE TABLE public.circle (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_en text DEFAULT ''::text NOT NULL,
    subject text DEFAULT ''::text NOT NULL,
    purpose text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT circle_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT circle_name_en_check CHECK ((length(name_en) <= 200)),
    CONSTRAINT circle_purpose_check CHECK ((length(purpose) <= 2000)),
    CONSTRAINT circle_subject_check CHECK ((length(subject) <= 100))
);
ALTER TABLE ONLY public.circle FORCE ROW LEVEL SECURITY;
CREATE TABLE public.circle_member (
    group_id uuid NOT NULL,
    circle_id uuid NOT NULL,
    school_id uuid NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    from_on date DEFAULT app.today() NOT NULL
);
ALTER TABLE ONLY public.circle_member FORCE ROW LEVEL SECURITY;
CREATE TABLE public.client (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    name text NOT NULL,
    scopes text[] NOT NULL,
    secret_sha256 bytea,
    previous_secret_sha256 bytea,
    previous_until_at timestamp with time zone,
    epoch integer DEFAULT 1 NOT NULL,
    suspended_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    authenticates_by text DEFAULT 'secret'::text NOT NULL,
    secret_until_at timestamp with time zone,
    requests_per_minute integer,
    CONSTRAINT client_authenticates_by_check CHECK ((authenticates_by = ANY (ARRAY['secret'::text, 'key'::text]))),
    CONSTRAINT client_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT client_previous_secret_sha256_check CHECK ((length(previous_secret_sha256) = 32)),
    CONSTRAINT client_requests_per_minute_check CHECK (((requests_per_minute >= 1) AND (requests_per_minute <= 1000000))),
    CONSTRAINT client_secret_sha256_check CHECK ((length(secret_sha256) = 32)),
    CONSTRAINT keys_instead_of_secrets CHECK (((authenticates_by = 'secret'::text) OR ((secret_sha256 IS NULL) AND (previous_secret_sha256 IS NULL))))
);
ALTER TABLE ONLY public.client FORCE ROW LEVEL SECURITY;
CREATE TABLE public.client_assertion (
    group_id uuid NOT NULL,
    client_id uuid NOT NULL,
    jti_sha256 bytea NOT NULL,
    until_at timestamp with time zone NOT NULL,
    CONSTRAINT client_assertion_jti_sha256_check CHECK ((length(jti_sha256) = 32))
);
ALTER TABLE ONLY public.client_assertion FORCE ROW LEVEL SECURITY;
CREATE TABLE public.client_key (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    kid text NOT NULL,
    alg text NOT NULL,
    public_jwk jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    until_at timestamp with time zone,
    CONSTRAINT client_key_kid_check CHECK (((length(kid) >= 1) AND (length(kid) <= 200))),
    CONSTRAINT client_key_public_jwk_check CHECK ((jsonb_typeof(public_jwk) = 'object'::text)),
    CONSTRAINT one_kind_per_algorithm CHECK (((((alg = 'RS256'::text) AND ((public_jwk ->> 'kty'::text) = 'RSA'::text) AND (COALESCE((public_jwk ->> 'crv'::text), ''::text) = ''::text)) OR ((alg = 'ES256'::text) AND ((public_jwk ->> 'kty'::text) = 'EC'::text) AND (COALESCE((public_jwk ->> 'crv'::text), ''::text) = 'P-256'::text))) OR ((alg = 'EdDSA'::text) AND ((public_jwk ->> 'kty'::text) = 'OKP'::text) AND (COALESCE((public_jwk ->> 'crv'::text), ''::text) = 'Ed25519'::text)))),
    CONSTRAINT only_the_public_half CHECK ((NOT (public_jwk ?| ARRAY['d'::text, 'p'::text, 'q'::text, 'k'::text])))
);
ALTER TABLE ONLY public.client_key FORCE ROW LEVEL SECURITY;
CREATE TABLE public.curriculum_node (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    version_id uuid NOT NULL,
    parent_id uuid,
    no integer NOT NULL,
    last_no integer NOT NULL,
    level text NOT NULL,
    name text NOT NULL,
    stage text NOT NULL,
    school_system text,
    path text[] NOT NULL,
    path_key text NOT NULL,
    CONSTRAINT curriculum_node_check CHECK ((last_no >= no)),
    CONSTRAINT curriculum_node_check1 CHECK (((parent_id IS NULL) = (level = 'stage'::text))),
    CONSTRAINT curriculum_node_level_check CHECK ((level = ANY (ARRAY['stage'::text, 'subject'::text, 'edition'::text, 'grade'::text, 'volume'::text, 'chapter'::text]))),
    CONSTRAINT curriculum_node_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT curriculum_node_no_check CHECK ((no > 0)),
    CONSTRAINT curriculum_node_path_check CHECK (((cardinality(path) >= 1) AND (cardinality(path) <= 13))),
    CONSTRAINT curriculum_node_path_key_check CHECK ((path_key ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT curriculum_node_school_system_check CHECK ((school_system = ANY (ARRAY['six_three'::text, 'five_four'::text]))),
    CONSTRAINT curriculum_node_stage_check CHECK ((stage = ANY (ARRAY['kindergarten'::text, 'primary'::text, 'junior'::text, 'senior'::text])))
);
ALTER TABLE ONLY public.curriculum_node FORCE ROW LEVEL SECURITY;
CREATE TABLE public.curriculum_version (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    no integer NOT NULL,
    name text NOT NULL,
    source text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT curriculum_version_name_check CHECK (((length(name) >= 1) AND (length(name) <= 120))),
    CONSTRAINT curriculum_version_no_check CHECK ((no > 0)),
    CONSTRAINT curriculum_version_source_check CHECK ((length(source) <= 1000))
);
ALTER TABLE ONLY public.curriculum_version FORCE ROW LEVEL SECURITY;
CREATE TABLE public.deposit (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    person_id uuid,
    client_id uuid,
    file_name text NOT NULL,
    size_bytes bigint NOT NULL,
    sha256 text NOT NULL,
    media_type_claimed text NOT NULL,
    status text NOT NULL,
    rejected_because text,
    upload_key text NOT NULL,
    multipart_id text,
    assembling_until_at timestamp with time zone,
    part_bytes bigint NOT NULL,
    blob_id uuid,
    expires_at timestamp with time zone NOT NULL,
    verified_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    scan text,
    tidied_at timestamp with time zone,
    released_at timestamp with time zone,
    CONSTRAINT deposit_check CHECK (((person_id IS NULL) <> (client_id IS NULL))),
    CONSTRAINT deposit_check2 CHECK (((status = 'verified'::text) = (verified_at IS NOT NULL))),
    CONSTRAINT deposit_check3 CHECK (((status = 'rejected'::text) = (rejected_because IS NOT NULL))),
    CONSTRAINT deposit_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
    CONSTRAINT deposit_media_type_claimed_check CHECK ((length(media_type_claimed) <= 200)),
    CONSTRAINT deposit_part_bytes_check CHECK ((part_bytes >= 5242880)),
    CONSTRAINT deposit_scan_check CHECK ((scan = ANY (ARRAY['clean'::text, 'not_configured'::text, 'too_large'::text]))),
    CONSTRAINT deposit_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT deposit_size_bytes_check CHECK ((size_bytes > 0)),
    CONSTRAINT deposit_status_check CHECK ((status = ANY (ARRAY['open'::text, 'verified'::text, 'rejected'::text, 'aborted'::text]))),
    CONSTRAINT deposit_upload_key_check CHECK (((length(upload_key) >= 1) AND (length(upload_key) <= 500))),
    CONSTRAINT the_office_hands_in_by_persons CHECK (((school_id IS NOT NULL) OR (person_id IS NOT NULL))),
    CONSTRAINT verified_names_a_blob CHECK ((((status = 'verified'::text) AND (released_at IS NULL)) = (blob_id IS NOT NULL)))
);
ALTER TABLE ONLY public.deposit FORCE ROW LEVEL SECURITY;
CREATE TABLE public.draw_secret (
    group_id uuid NOT NULL,
    draw_id uuid NOT NULL,
    seed bytea NOT NULL,
    CONSTRAINT draw_secret_seed_check CHECK ((octet_length(seed) = 32))
);
ALTER TABLE ONLY public.draw_secret FORCE ROW LEVEL SECURITY;
CREATE TABLE public.education_group (
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    time_zone text DEFAULT 'Asia/Shanghai'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT education_group_code_check CHECK ((code ~ '^[a-z0-9][a-z0-9-]{0,39}$'::text)),
    CONSTRAINT education_group_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200)))
);
ALTER TABLE ONLY public.education_group FORCE ROW LEVEL SECURITY;
CREATE TABLE public.email_address (
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    address text NOT NULL,
    code_at timestamp with time zone NOT NULL,
    code_tries integer DEFAULT 0 NOT NULL,
    verified_at timestamp with time zone,
    failed_at timestamp with time zone,
    failed_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT email_address_address_check CHECK ((address ~ '^[!-?A-~]{1,64}@[A-Za-z0-9.-]{3,190}$'::text)),
    CONSTRAINT email_address_failed_because_check CHECK ((length(failed_because) <= 200))
);
ALTER TABLE ONLY public.email_address FORCE ROW LEVEL SECURITY;
CREATE TABLE public.event (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    seq bigint NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    type text NOT NULL,
    subject text NOT NULL,
    owner_school_id uuid,
    school_ids uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    version integer,
    data jsonb NOT NULL,
    request_id text NOT NULL,
    at timestamp with time zone NOT NULL,
    life bigint DEFAULT app.event_life() NOT NULL,
    CONSTRAINT event_type_check CHECK ((type ~ '^[a-z_]+\.[a-z_]+$'::text))
);
ALTER TABLE ONLY public.event FORCE ROW LEVEL SECURITY;
CREATE TABLE public.event_floor (
    group_id uuid NOT NULL,
    life bigint NOT NULL,
    transaction_id xid8 NOT NULL,
    seq bigint NOT NULL,
    forgotten_at timestamp with time zone NOT NULL,
    last_at timestamp with time zone
);
ALTER TABLE ONLY public.event_floor FORCE ROW LEVEL SECURITY;
ALTER TABLE public.event ALTER COLUMN seq ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.event_seq_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.exam (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    title text NOT NULL,
    stage text NOT NULL,
    grade smallint NOT NULL,
    purpose text NOT NULL,
    term_last boolean NOT NULL,
    school_year smallint NOT NULL,
    gate text NOT NULL,
    status text NOT NULL,
    cancelled_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    answer_until_at timestamp with time zone,
    CONSTRAINT exam_cancelled_because_check CHECK ((length(cancelled_because) <= 2000)),
    CONSTRAINT exam_gate_check CHECK (((length(gate) >= 1) AND (length(gate) <= 60))),
    CONSTRAINT exam_grade_check CHECK (((grade >= 1) AND (grade <= 12))),
    CONSTRAINT exam_purpose_check CHECK (((length(purpose) >= 1) AND (length(purpose) <= 40))),
    CONSTRAINT exam_stage_check CHECK ((stage = ANY (ARRAY['primary'::text, 'junior'::text, 'senior'::text]))),
    CONSTRAINT exam_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'invited'::text, 'registering'::text, 'rostered'::text, 'sat'::text, 'marking'::text, 'verifying'::text, 'frozen'::text, 'released'::text, 'archived'::text, 'cancelled'::text]))),
    CONSTRAINT exam_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.exam FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_appeal (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    release_id uuid NOT NULL,
    snapshot_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    kind text NOT NULL,
    items text[] NOT NULL,
    reason text NOT NULL,
    status text NOT NULL,
    decided_because text DEFAULT ''::text NOT NULL,
    before_half_marks smallint[] NOT NULL,
    after_half_marks smallint[],
    applied_snapshot_id uuid,
    lodged_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT exam_appeal_check CHECK (((status = 'upheld'::text) = (after_half_marks IS NOT NULL))),
    CONSTRAINT exam_appeal_check1 CHECK (((status = ANY (ARRAY['upheld'::text, 'rejected'::text])) = (decided_at IS NOT NULL))),
    CONSTRAINT exam_appeal_check2 CHECK (((status = 'lodged'::text) OR (status = 'withdrawn'::text) OR (decided_because <> ''::text))),
    CONSTRAINT exam_appeal_check3 CHECK (((applied_snapshot_id IS NULL) OR (status = 'upheld'::text))),
    CONSTRAINT exam_appeal_check4 CHECK ((cardinality(after_half_marks) = cardinality(before_half_marks))),
    CONSTRAINT exam_appeal_decided_because_check CHECK ((length(decided_because) <= 2000)),
    CONSTRAINT exam_appeal_kind_check CHECK ((kind = ANY (ARRAY['re_add'::text, 're_mark'::text]))),
    CONSTRAINT exam_appeal_reason_check CHECK (((length(reason) >= 1) AND (length(reason) <= 2000))),
    CONSTRAINT exam_appeal_status_check CHECK ((status = ANY (ARRAY['lodged'::text, 'upheld'::text, 'rejected'::text, 'withdrawn'::text])))
);
ALTER TABLE ONLY public.exam_appeal FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_candidate (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    school_id uuid NOT NULL,
    exam_number text NOT NULL COLLATE pg_catalog."C",
    class_label text DEFAULT ''::text NOT NULL,
    pupil_id uuid,
    register_number text COLLATE pg_catalog."C",
    late_because text DEFAULT ''::text NOT NULL,
    CONSTRAINT exam_candidate_class_label_check CHECK ((length(class_label) <= 40)),
    CONSTRAINT exam_candidate_exam_number_check CHECK (((length(exam_number) >= 1) AND (length(exam_number) <= 40))),
    CONSTRAINT exam_candidate_late_because_check CHECK ((length(late_because) <= 2000)),
    CONSTRAINT exam_candidate_register_number_check CHECK (((length(register_number) >= 1) AND (length(register_number) <= 40)))
);
ALTER TABLE ONLY public.exam_candidate FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_candidate_name (
    group_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    name text NOT NULL,
    CONSTRAINT exam_candidate_name_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
ALTER TABLE ONLY public.exam_candidate_name FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_conversion (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    number smallint NOT NULL,
    snapshot_id uuid NOT NULL,
    scheme text NOT NULL,
    boundary text NOT NULL,
    tie text NOT NULL,
    one_score text NOT NULL,
    when_marks_change text NOT NULL,
    because text DEFAULT ''::text NOT NULL,
    n integer NOT NULL,
    bands jsonb NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT exam_conversion_bands_check CHECK ((jsonb_typeof(bands) = 'array'::text)),
    CONSTRAINT exam_conversion_because_check CHECK ((length(because) <= 2000)),
    CONSTRAINT exam_conversion_boundary_check CHECK ((boundary = ANY (ARRAY['at_most'::text, 'at_least'::text, 'nearest'::text]))),
    CONSTRAINT exam_conversion_n_check CHECK ((n > 0)),
    CONSTRAINT exam_conversion_number_check CHECK ((number > 0)),
    CONSTRAINT exam_conversion_one_score_check CHECK ((one_score = ANY (ARRAY['max'::text, 'min'::text, 'mean'::text]))),
    CONSTRAINT exam_conversion_scheme_check CHECK (((length(scheme) >= 1) AND (length(scheme) <= 40))),
    CONSTRAINT exam_conversion_tie_check CHECK ((tie = ANY (ARRAY['more'::text, 'fewer'::text]))),
    CONSTRAINT exam_conversion_when_marks_change_check CHECK ((when_marks_change = ANY (ARRAY['keep'::text, 'renew'::text])))
);
ALTER TABLE ONLY public.exam_conversion FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_draw (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    number smallint NOT NULL,
    because text DEFAULT ''::text NOT NULL,
    mixed boolean NOT NULL,
    candidates integer NOT NULL,
    conflicts integer NOT NULL,
    conflicts_min integer NOT NULL,
    result_sha256 text NOT NULL,
    drawn_at timestamp with time zone NOT NULL,
    CONSTRAINT exam_draw_because_check CHECK ((length(because) <= 2000)),
    CONSTRAINT exam_draw_number_check CHECK ((number > 0)),
    CONSTRAINT exam_draw_result_sha256_check CHECK ((result_sha256 ~ '^[0-9a-f]{64}$'::text))
);
ALTER TABLE ONLY public.exam_draw FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_entry (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    school_id uuid NOT NULL,
    attendance text,
    attendance_because text DEFAULT ''::text NOT NULL,
    recorded_at timestamp with time zone,
    CONSTRAINT exam_entry_attendance_because_check CHECK ((length(attendance_because) <= 1000)),
    CONSTRAINT exam_entry_attendance_check CHECK ((attendance = ANY (ARRAY['present'::text, 'absent'::text, 'void'::text, 'exempt'::text, 'late'::text]))),
    CONSTRAINT exam_entry_check CHECK (((attendance IS NULL) = (recorded_at IS NULL)))
);
ALTER TABLE ONLY public.exam_entry FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_gate_rule (
    group_id uuid NOT NULL,
    gate text NOT NULL,
    allowed boolean NOT NULL,
    collects text NOT NULL,
    contents text[] NOT NULL,
    in_school_year_max smallint,
    because text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT exam_gate_rule_because_check CHECK (((length(because) >= 1) AND (length(because) <= 2000))),
    CONSTRAINT exam_gate_rule_collects_check CHECK ((collects = ANY (ARRAY['scores'::text, 'none'::text]))),
    CONSTRAINT exam_gate_rule_gate_check CHECK (((length(gate) >= 1) AND (length(gate) <= 60))),
    CONSTRAINT exam_gate_rule_in_school_year_max_check CHECK ((in_school_year_max >= 0))
);
ALTER TABLE ONLY public.exam_gate_rule FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_paper_file (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    sealed_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.exam_paper_file FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_release (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    snapshot_id uuid NOT NULL,
    status text NOT NULL,
    contents text[] NOT NULL,
    cell_pupils_min smallint NOT NULL,
    code_version text NOT NULL,
    embargo_until_at timestamp with time zone,
    released_at timestamp with time zone NOT NULL,
    withdrawn_at timestamp with time zone,
    withdrawn_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    appeals_until_at timestamp with time zone,
    CONSTRAINT exam_release_cell_pupils_min_check CHECK ((cell_pupils_min >= 1)),
    CONSTRAINT exam_release_check CHECK (((status = 'withdrawn'::text) = (withdrawn_at IS NOT NULL))),
    CONSTRAINT exam_release_contents_check CHECK ((contents <> '{}'::text[])),
    CONSTRAINT exam_release_status_check CHECK ((status = ANY (ARRAY['released'::text, 'withdrawn'::text]))),
    CONSTRAINT exam_release_withdrawn_because_check CHECK ((length(withdrawn_because) <= 2000))
);
ALTER TABLE ONLY public.exam_release FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_response (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    answers text[] NOT NULL,
    half_marks smallint[] NOT NULL,
    CONSTRAINT exam_response_check CHECK ((cardinality(half_marks) = cardinality(answers)))
);
ALTER TABLE ONLY public.exam_response FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_room (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    site_school_id uuid NOT NULL,
    number smallint NOT NULL,
    label text NOT NULL,
    seat_rows smallint NOT NULL,
    seat_columns smallint NOT NULL,
    CONSTRAINT exam_room_label_check CHECK (((length(label) >= 1) AND (length(label) <= 40))),
    CONSTRAINT exam_room_number_check CHECK (((number >= 1) AND (number <= 999))),
    CONSTRAINT exam_room_seat_columns_check CHECK (((seat_columns >= 1) AND (seat_columns <= 30))),
    CONSTRAINT exam_room_seat_rows_check CHECK (((seat_rows >= 1) AND (seat_rows <= 30)))
);
ALTER TABLE ONLY public.exam_room FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_school (
    group_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL,
    letter text,
    invited_at timestamp with time zone NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT exam_school_letter_check CHECK ((letter ~ '^[A-Z]{1,3}$'::text)),
    CONSTRAINT exam_school_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'accepted'::text, 'declined'::text])))
);
ALTER TABLE ONLY public.exam_school FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_school_subject (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    status text NOT NULL,
    answered_at timestamp with time zone,
    late_because text DEFAULT ''::text NOT NULL,
    CONSTRAINT exam_school_subject_late_because_check CHECK ((length(late_because) <= 2000)),
    CONSTRAINT exam_school_subject_status_check CHECK ((status = ANY (ARRAY['invited'::text, 'accepted'::text, 'declined'::text])))
);
ALTER TABLE ONLY public.exam_school_subject FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_score (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    result text NOT NULL,
    item_half_marks smallint[],
    left_out smallint[] DEFAULT '{}'::smallint[] NOT NULL,
    CONSTRAINT exam_score_check CHECK (((result = 'present'::text) = (item_half_marks IS NOT NULL))),
    CONSTRAINT exam_score_result_check CHECK ((result = ANY (ARRAY['present'::text, 'absent'::text, 'void'::text, 'exempt'::text, 'late'::text])))
);
ALTER TABLE ONLY public.exam_score FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_seat (
    group_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    room_id uuid NOT NULL,
    seat_no smallint NOT NULL,
    school_id uuid NOT NULL,
    site_school_id uuid NOT NULL,
    CONSTRAINT exam_seat_seat_no_check CHECK (((seat_no >= 1) AND (seat_no <= 900)))
);
ALTER TABLE ONLY public.exam_seat FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_seed (
    group_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    seed text NOT NULL,
    commitment_sha256 text NOT NULL,
    committed_at timestamp with time zone NOT NULL,
    CONSTRAINT exam_seed_commitment_sha256_check CHECK ((commitment_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT exam_seed_seed_check CHECK ((seed ~ '^[0-9a-f]{64}$'::text))
);
ALTER TABLE ONLY public.exam_seed FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_setter (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    person_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    named_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.exam_setter FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_snapshot (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    number smallint NOT NULL,
    sha256 text NOT NULL,
    frozen_at timestamp with time zone NOT NULL,
    papers jsonb,
    CONSTRAINT exam_snapshot_number_check CHECK ((number > 0)),
    CONSTRAINT exam_snapshot_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);
ALTER TABLE ONLY public.exam_snapshot FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_snapshot_part (
    group_id uuid NOT NULL,
    snapshot_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    exam_numbers text[] NOT NULL,
    class_labels text[] NOT NULL,
    results text[] NOT NULL,
    half_marks bytea NOT NULL,
    sha256 text NOT NULL,
    sums jsonb,
    left_out bytea DEFAULT '\x'::bytea NOT NULL,
    CONSTRAINT exam_snapshot_part_check CHECK (((cardinality(class_labels) = cardinality(exam_numbers)) AND (cardinality(results) = cardinality(exam_numbers)))),
    CONSTRAINT exam_snapshot_part_check1 CHECK (((sums IS NULL) OR (cardinality(exam_numbers) = 0))),
    CONSTRAINT exam_snapshot_part_check2 CHECK (((left_out = '\x'::bytea) OR (sums IS NULL))),
    CONSTRAINT exam_snapshot_part_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);
ALTER TABLE ONLY public.exam_snapshot_part FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_subject (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    "position" smallint NOT NULL,
    subject text NOT NULL,
    paper_version smallint DEFAULT 1 NOT NULL,
    excellent_percent smallint NOT NULL,
    pass_percent smallint NOT NULL,
    low_percent smallint NOT NULL,
    grade_labels text[] NOT NULL,
    grade_percents smallint[] NOT NULL,
    starts_at timestamp with time zone,
    minutes smallint,
    CONSTRAINT exam_subject_check CHECK ((cardinality(grade_percents) = cardinality(grade_labels))),
    CONSTRAINT exam_subject_check1 CHECK (((low_percent <= pass_percent) AND (pass_percent <= excellent_percent))),
    CONSTRAINT exam_subject_excellent_percent_check CHECK ((excellent_percent <= 100)),
    CONSTRAINT exam_subject_grade_labels_check CHECK (((cardinality(grade_labels) >= 2) AND (cardinality(grade_labels) <= 5))),
    CONSTRAINT exam_subject_low_percent_check CHECK ((low_percent > 0)),
    CONSTRAINT exam_subject_minutes_check CHECK (((minutes >= 1) AND (minutes <= 600))),
    CONSTRAINT exam_subject_paper_version_check CHECK ((paper_version > 0)),
    CONSTRAINT exam_subject_position_check CHECK ((("position" >= 1) AND ("position" <= 20))),
    CONSTRAINT exam_subject_starts_at_check CHECK ((starts_at = date_trunc('second'::text, starts_at))),
    CONSTRAINT exam_subject_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 40)))
);
ALTER TABLE ONLY public.exam_subject FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_sum (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    lowest_half_marks integer NOT NULL,
    counts integer[] NOT NULL,
    n_absent integer NOT NULL,
    n_void integer NOT NULL,
    n_exempt integer NOT NULL,
    sent_at timestamp with time zone NOT NULL,
    CONSTRAINT exam_sum_counts_check CHECK (((cardinality(counts) <= 60000) AND (0 <= ALL (counts)))),
    CONSTRAINT exam_sum_n_absent_check CHECK ((n_absent >= 0)),
    CONSTRAINT exam_sum_n_exempt_check CHECK ((n_exempt >= 0)),
    CONSTRAINT exam_sum_n_void_check CHECK ((n_void >= 0))
);
ALTER TABLE ONLY public.exam_sum FORCE ROW LEVEL SECURITY;
CREATE TABLE public.loan (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no integer NOT NULL,
    title text NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    borrower_person_id uuid NOT NULL,
    status text NOT NULL,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    guaranteed_until_at timestamp with time zone NOT NULL,
    terms jsonb NOT NULL,
    renewals integer DEFAULT 0 NOT NULL,
    closed_at timestamp with time zone,
    closed_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    recalled_at timestamp with time zone,
    recalled_because text DEFAULT ''::text NOT NULL,
    CONSTRAINT loan_check CHECK ((ends_at > starts_at)),
    CONSTRAINT loan_check1 CHECK (((status = 'active'::text) = (closed_at IS NULL))),
    CONSTRAINT loan_closed_because_check CHECK ((length(closed_because) <= 500)),
    CONSTRAINT loan_recalled_because_check CHECK ((length(recalled_because) <= 500)),
    CONSTRAINT loan_renewals_check CHECK (((renewals >= 0) AND (renewals <= 20))),
    CONSTRAINT loan_status_check CHECK ((status = ANY (ARRAY['active'::text, 'returned'::text, 'ended'::text, 'revoked'::text]))),
    CONSTRAINT never_below_guaranteed CHECK ((ends_at >= guaranteed_until_at)),
    CONSTRAINT recalled_for_a_reason CHECK (((recalled_at IS NULL) = (recalled_because = ''::text)))
);
ALTER TABLE ONLY public.loan FORCE ROW LEVEL SECURITY;
CREATE TABLE public.loan_fetch (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    loan_id uuid NOT NULL,
    file_no integer NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    at timestamp with time zone NOT NULL,
    link_until_at timestamp with time zone NOT NULL,
    CONSTRAINT loan_fetch_check CHECK ((link_until_at > at))
);
ALTER TABLE ONLY public.loan_fetch FORCE ROW LEVEL SECURITY;
CREATE TABLE public.revision (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    no integer NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    summary text NOT NULL,
    stage text,
    subject text,
    edition text,
    grade text,
    volume text,
    chapter text[] NOT NULL,
    licence text,
    language text NOT NULL,
    keywords text[] NOT NULL,
    created_by_person_id uuid,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    published_at timestamp with time zone,
    curriculum_node_id uuid,
    duration_minutes integer,
    CONSTRAINT revision_duration_minutes_check CHECK (((duration_minutes >= 1) AND (duration_minutes <= 10000))),
    CONSTRAINT revision_no_check CHECK ((no > 0))
);
ALTER TABLE ONLY public.revision FORCE ROW LEVEL SECURITY;
CREATE VIEW public.lending_months WITH (security_invoker='true') AS
 SELECT l.group_id,
    l.owner_school_id,
    l.borrower_school_id,
    COALESCE(r.subject, ''::text) AS subject,
    (date_trunc('month'::text, (l.starts_at AT TIME ZONE g.time_zone)))::date AS month,
    count(*) AS loans,
    COALESCE(sum(l.renewals), (0)::bigint) AS renewals,
    count(*) FILTER (WHERE (l.recalled_at IS NOT NULL)) AS recalls,
    ( SELECT count(*) AS count
           FROM public.loan_fetch f
          WHERE ((f.group_id = l.group_id) AND (f.loan_id = ANY (array_agg(l.id))))) AS fetches
   FROM ((public.loan l
     JOIN public.education_group g ON ((g.id = l.group_id)))
     LEFT JOIN public.revision r ON (((r.group_id = l.group_id) AND (r.resource_id = l.resource_id) AND (r.no = l.revision_no))))
  GROUP BY l.group_id, l.owner_school_id, l.borrower_school_id, COALESCE(r.subject, ''::text), ((date_trunc('month'::text, (l.starts_at AT TIME ZONE g.time_zone)))::date);
CREATE VIEW public.exchange_balance WITH (security_invoker='true') AS
 SELECT group_id,
    school_id,
    subject,
    month,
    (sum(given))::bigint AS given,
    (sum(taken))::bigint AS taken
   FROM ( SELECT m.group_id,
            m.owner_school_id AS school_id,
            m.subject,
            m.month,
            m.loans AS given,
            0 AS taken
           FROM public.lending_months m
          WHERE (m.owner_school_id <> m.borrower_school_id)
        UNION ALL
         SELECT m.group_id,
            m.borrower_school_id,
            m.subject,
            m.month,
            0,
            m.loans
           FROM public.lending_months m
          WHERE (m.owner_school_id <> m.borrower_school_id)) both_sides
  GROUP BY group_id, school_id, subject, month;
CREATE TABLE public.field (
    group_id uuid NOT NULL,
    code text NOT NULL,
    label_en text NOT NULL,
    label_zh text NOT NULL,
    type text NOT NULL,
    unit text DEFAULT ''::text NOT NULL,
    min numeric,
    max numeric,
    choices jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    columns jsonb DEFAULT '[]'::jsonb NOT NULL,
    counts_pupils boolean DEFAULT false NOT NULL,
    media_types jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT field_check CHECK ((max >= min)),
    CONSTRAINT field_check1 CHECK (((type = 'choice'::text) = (choices <> '[]'::jsonb))),
    CONSTRAINT field_check2 CHECK (((type = ANY (ARRAY['integer'::text, 'decimal'::text, 'text'::text, 'rows'::text, 'file'::text])) OR ((min IS NULL) AND (max IS NULL)))),
    CONSTRAINT field_choices_check CHECK ((jsonb_typeof(choices) = 'array'::text)),
    CONSTRAINT field_code_check CHECK ((code ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
    CONSTRAINT field_columns_check CHECK ((jsonb_typeof(columns) = 'array'::text)),
    CONSTRAINT field_label_en_check CHECK (((length(label_en) >= 1) AND (length(label_en) <= 200))),
    CONSTRAINT field_label_zh_check CHECK (((length(label_zh) >= 1) AND (length(label_zh) <= 200))),
    CONSTRAINT field_media_types_check CHECK ((jsonb_typeof(media_types) = 'array'::text)),
    CONSTRAINT field_type_check CHECK ((type = ANY (ARRAY['integer'::text, 'decimal'::text, 'text'::text, 'choice'::text, 'boolean'::text, 'date'::text, 'rows'::text, 'file'::text]))),
    CONSTRAINT field_unit_check CHECK ((length(unit) <= 40)),
    CONSTRAINT files_have_media_types CHECK (((type = 'file'::text) OR (media_types = '[]'::jsonb))),
    CONSTRAINT pupils_are_counted_in_numbers CHECK (((NOT counts_pupils) OR (type = ANY (ARRAY['integer'::text, 'decimal'::text])))),
    CONSTRAINT rows_have_columns CHECK (((type = 'rows'::text) = (columns <> '[]'::jsonb)))
);
ALTER TABLE ONLY public.field FORCE ROW LEVEL SECURITY;
CREATE TABLE public.form (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.form FORCE ROW LEVEL SECURITY;
CREATE TABLE public.form_field (
    group_id uuid NOT NULL,
    form_id uuid NOT NULL,
    form_version integer NOT NULL,
    field_code text NOT NULL,
    place integer NOT NULL,
    required boolean NOT NULL,
    required_when text,
    asked_when text,
    CONSTRAINT form_field_asked_when_check CHECK (((length(asked_when) >= 1) AND (length(asked_when) <= 500))),
    CONSTRAINT form_field_place_check CHECK ((place > 0)),
    CONSTRAINT form_field_required_when_check CHECK (((length(required_when) >= 1) AND (length(required_when) <= 500)))
);
ALTER TABLE ONLY public.form_field FORCE ROW LEVEL SECURITY;
CREATE TABLE public.form_rule (
    group_id uuid NOT NULL,
    form_id uuid NOT NULL,
    form_version integer NOT NULL,
    place integer NOT NULL,
    holds text NOT NULL,
    message_en text NOT NULL,
    message_zh text NOT NULL,
    CONSTRAINT form_rule_holds_check CHECK (((length(holds) >= 1) AND (length(holds) <= 500))),
    CONSTRAINT form_rule_message_en_check CHECK (((length(message_en) >= 1) AND (length(message_en) <= 200))),
    CONSTRAINT form_rule_message_zh_check CHECK (((length(message_zh) >= 1) AND (length(message_zh) <= 200))),
    CONSTRAINT form_rule_place_check CHECK ((place > 0))
);
ALTER TABLE ONLY public.form_rule FORCE ROW LEVEL SECURITY;
CREATE TABLE public.form_version (
    group_id uuid NOT NULL,
    form_id uuid NOT NULL,
    no integer NOT NULL,
    title_en text NOT NULL,
    title_zh text NOT NULL,
    created_by_person_id uuid,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT form_version_no_check CHECK ((no > 0)),
    CONSTRAINT form_version_title_en_check CHECK (((length(title_en) >= 1) AND (length(title_en) <= 200))),
    CONSTRAINT form_version_title_zh_check CHECK (((length(title_zh) >= 1) AND (length(title_zh) <= 200)))
);
ALTER TABLE ONLY public.form_version FORCE ROW LEVEL SECURITY;
CREATE TABLE public.group_quota (
    group_id uuid NOT NULL,
    bytes_max bigint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT group_quota_bytes_max_check CHECK ((bytes_max >= 0))
);
ALTER TABLE ONLY public.group_quota FORCE ROW LEVEL SECURITY;
CREATE TABLE public.harvest_stamp (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL,
    ever_public boolean DEFAULT false NOT NULL,
    CONSTRAINT harvest_stamp_changed_at_check CHECK ((changed_at = date_trunc('second'::text, changed_at)))
);
ALTER TABLE ONLY public.harvest_stamp FORCE ROW LEVEL SECURITY;
CREATE TABLE public.hold (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    borrower_person_id uuid NOT NULL,
    status text NOT NULL,
    band smallint DEFAULT 0 NOT NULL,
    placed_at timestamp with time zone NOT NULL,
    ready_until_at timestamp with time zone,
    loan_id uuid,
    closed_at timestamp with time zone,
    closed_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    joined_at timestamp with time zone,
    ready_at timestamp with time zone,
    paused_at timestamp with time zone,
    paused_until_at timestamp with time zone,
    moved_at timestamp with time zone,
    moved_because text DEFAULT ''::text NOT NULL,
    CONSTRAINT hold_check CHECK (((status = ANY (ARRAY['waiting'::text, 'ready'::text])) = (closed_at IS NULL))),
    CONSTRAINT hold_check1 CHECK (((status <> 'ready'::text) OR (ready_until_at IS NOT NULL))),
    CONSTRAINT hold_check2 CHECK (((status = 'filled'::text) = (loan_id IS NOT NULL))),
    CONSTRAINT hold_closed_because_check CHECK ((length(closed_because) <= 500)),
    CONSTRAINT hold_moved_because_check CHECK ((length(moved_because) <= 500)),
    CONSTRAINT hold_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'ready'::text, 'filled'::text, 'lapsed'::text, 'cancelled'::text]))),
    CONSTRAINT moved_for_a_reason CHECK (((moved_at IS NULL) = (moved_because = ''::text))),
    CONSTRAINT paused_while_waiting CHECK (((paused_until_at IS NULL) OR (paused_until_at > paused_at)))
);
ALTER TABLE ONLY public.hold FORCE ROW LEVEL SECURITY;
CREATE TABLE public.holiday (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    name text NOT NULL,
    name_en text DEFAULT ''::text NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT holiday_check CHECK ((until_on > from_on)),
    CONSTRAINT holiday_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT holiday_name_en_check CHECK ((length(name_en) <= 100))
);
ALTER TABLE ONLY public.holiday FORCE ROW LEVEL SECURITY;
CREATE TABLE public.idempotency_key (
    group_id uuid NOT NULL,
    caller text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    status integer NOT NULL,
    headers jsonb NOT NULL,
    body bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT idempotency_key_body_check CHECK ((length(body) <= 4194304)),
    CONSTRAINT idempotency_key_key_check CHECK (((length(key) >= 1) AND (length(key) <= 255)))
);
ALTER TABLE ONLY public.idempotency_key FORCE ROW LEVEL SECURITY;
CREATE TABLE public.identity_provider (
    group_id uuid NOT NULL,
    issuer text NOT NULL,
    client_id text NOT NULL,
    secret_sealed bytea,
    username_claim text NOT NULL,
    redirect_uris text[] NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT identity_provider_client_id_check CHECK (((length(client_id) >= 1) AND (length(client_id) <= 200))),
    CONSTRAINT identity_provider_issuer_check CHECK (((length(issuer) >= 8) AND (length(issuer) <= 300))),
    CONSTRAINT identity_provider_redirect_uris_check CHECK (((cardinality(redirect_uris) >= 1) AND (cardinality(redirect_uris) <= 10))),
    CONSTRAINT identity_provider_username_claim_check CHECK (((length(username_claim) >= 1) AND (length(username_claim) <= 60)))
);
ALTER TABLE ONLY public.identity_provider FORCE ROW LEVEL SECURITY;
CREATE TABLE public.inbox_read (
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    item text NOT NULL,
    read_at timestamp with time zone NOT NULL,
    CONSTRAINT inbox_read_item_check CHECK (((length(item) >= 1) AND (length(item) <= 200)))
);
ALTER TABLE ONLY public.inbox_read FORCE ROW LEVEL SECURITY;
CREATE TABLE public.initiative (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    status text NOT NULL,
    status_because text DEFAULT ''::text NOT NULL,
    from_on date NOT NULL,
    until_on date,
    created_by_person_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT initiative_check CHECK ((until_on > from_on)),
    CONSTRAINT initiative_check1 CHECK (((status <> 'dropped'::text) OR (status_because <> ''::text))),
    CONSTRAINT initiative_status_because_check CHECK ((length(status_because) <= 2000)),
    CONSTRAINT initiative_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'running'::text, 'done'::text, 'dropped'::text]))),
    CONSTRAINT initiative_summary_check CHECK ((length(summary) <= 4000)),
    CONSTRAINT initiative_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.initiative FORCE ROW LEVEL SECURITY;
CREATE TABLE public.inspection_draw (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    round_id uuid NOT NULL,
    document jsonb NOT NULL,
    document_sha256 text NOT NULL,
    seed_sha256 text NOT NULL,
    public_from_at timestamp with time zone NOT NULL,
    committed_at timestamp with time zone NOT NULL,
    seed bytea,
    public_value text,
    drawn text[],
    passed_over text[],
    revealed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT inspection_draw_check CHECK ((committed_at < public_from_at)),
    CONSTRAINT inspection_draw_check1 CHECK ((public_from_at <= revealed_at)),
    CONSTRAINT inspection_draw_check2 CHECK ((((revealed_at IS NULL) = (seed IS NULL)) AND ((seed IS NULL) = (public_value IS NULL)) AND ((seed IS NULL) = (drawn IS NULL)) AND ((seed IS NULL) = (passed_over IS NULL)))),
    CONSTRAINT inspection_draw_document_sha256_check CHECK ((document_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT inspection_draw_public_value_check CHECK (((length(public_value) >= 1) AND (length(public_value) <= 200))),
    CONSTRAINT inspection_draw_seed_sha256_check CHECK ((seed_sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT the_seed_is_the_one_committed CHECK ((encode(sha256(seed), 'hex'::text) = seed_sha256))
);
ALTER TABLE ONLY public.inspection_draw FORCE ROW LEVEL SECURITY;
CREATE TABLE public.inspection_round (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    no integer NOT NULL,
    title text NOT NULL,
    rubric jsonb NOT NULL,
    ledger_id uuid NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    status text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT inspection_round_check CHECK ((until_on > from_on)),
    CONSTRAINT inspection_round_no_check CHECK ((no > 0)),
    CONSTRAINT inspection_round_rubric_check CHECK (((jsonb_typeof(rubric) = 'array'::text) AND (rubric <> '[]'::jsonb))),
    CONSTRAINT inspection_round_status_check CHECK ((status = ANY (ARRAY['planning'::text, 'open'::text, 'closed'::text]))),
    CONSTRAINT inspection_round_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.inspection_round FORCE ROW LEVEL SECURITY;
CREATE TABLE public.inspection_visit (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    round_id uuid NOT NULL,
    team_id uuid NOT NULL,
    school_id uuid NOT NULL,
    kind text NOT NULL,
    draw_id uuid,
    planned_on date NOT NULL,
    status text NOT NULL,
    carried_out_on date,
    summary text DEFAULT ''::text NOT NULL,
    reported_at timestamp with time zone,
    reply text DEFAULT ''::text NOT NULL,
    replied_at timestamp with time zone,
    cancelled_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    moved_from_on date,
    moved_at timestamp with time zone,
    moved_because text DEFAULT ''::text NOT NULL,
    moved_by_school boolean DEFAULT false NOT NULL,
    CONSTRAINT inspection_visit_cancelled_because_check CHECK ((length(cancelled_because) <= 1000)),
    CONSTRAINT inspection_visit_check CHECK (((kind = 'spot'::text) = (draw_id IS NOT NULL))),
    CONSTRAINT inspection_visit_check1 CHECK (((status = ANY (ARRAY['carried_out'::text, 'reported'::text, 'replied'::text])) = (carried_out_on IS NOT NULL))),
    CONSTRAINT inspection_visit_check2 CHECK (((status = ANY (ARRAY['reported'::text, 'replied'::text])) = (reported_at IS NOT NULL))),
    CONSTRAINT inspection_visit_check3 CHECK (((reported_at IS NULL) OR (summary <> ''::text))),
    CONSTRAINT inspection_visit_check4 CHECK (((status = 'replied'::text) = (replied_at IS NOT NULL))),
    CONSTRAINT inspection_visit_check5 CHECK (((replied_at IS NULL) OR (reply <> ''::text))),
    CONSTRAINT inspection_visit_check6 CHECK (((status = 'cancelled'::text) = (cancelled_because <> ''::text))),
    CONSTRAINT inspection_visit_check7 CHECK (((moved_from_on IS NULL) = (moved_at IS NULL))),
    CONSTRAINT inspection_visit_kind_check CHECK ((kind = ANY (ARRAY['planned'::text, 'spot'::text]))),
    CONSTRAINT inspection_visit_moved_because_check CHECK ((length(moved_because) <= 1000)),
    CONSTRAINT inspection_visit_reply_check CHECK ((length(reply) <= 8000)),
    CONSTRAINT inspection_visit_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'confirmed'::text, 'carried_out'::text, 'reported'::text, 'replied'::text, 'cancelled'::text]))),
    CONSTRAINT inspection_visit_summary_check CHECK ((length(summary) <= 8000))
);
ALTER TABLE ONLY public.inspection_visit FORCE ROW LEVEL SECURITY;
CREATE TABLE public.item (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    set_id uuid,
    barcode text NOT NULL,
    scheme text NOT NULL,
    pieces integer NOT NULL,
    home_location text NOT NULL,
    condition text NOT NULL,
    state text NOT NULL,
    state_because text DEFAULT ''::text NOT NULL,
    seen_at timestamp with time zone,
    seen_location text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT item_barcode_check CHECK ((barcode ~ '^[!-~]{3,40}$'::text)),
    CONSTRAINT item_condition_check CHECK ((condition = ANY (ARRAY['good'::text, 'worn'::text, 'poor'::text]))),
    CONSTRAINT item_home_location_check CHECK (((length(home_location) >= 1) AND (length(home_location) <= 100))),
    CONSTRAINT item_pieces_check CHECK (((pieces >= 1) AND (pieces <= 10000))),
    CONSTRAINT item_scheme_check CHECK ((scheme = ANY (ARRAY['plain'::text, 'ean13'::text, 'luhn14'::text, 'mod43'::text]))),
    CONSTRAINT item_seen_location_check CHECK ((length(seen_location) <= 100)),
    CONSTRAINT item_state_because_check CHECK ((length(state_because) <= 500)),
    CONSTRAINT item_state_check CHECK ((state = ANY (ARRAY['sound'::text, 'damaged'::text, 'lost'::text, 'withdrawn'::text])))
);
ALTER TABLE ONLY public.item FORCE ROW LEVEL SECURITY;
CREATE TABLE public.item_handover (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    item_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    borrower_person_id uuid NOT NULL,
    status text NOT NULL,
    pieces_out integer NOT NULL,
    pieces_back integer,
    condition_out text NOT NULL,
    condition_back text,
    prepared_at timestamp with time zone NOT NULL,
    sent_at timestamp with time zone,
    handed_at timestamp with time zone,
    received_at timestamp with time zone,
    received_by text,
    claimed_at timestamp with time zone,
    returned_at timestamp with time zone,
    closed_at timestamp with time zone,
    closed_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT item_handover_check CHECK (((status = ANY (ARRAY['accepted'::text, 'lost'::text, 'cancelled'::text])) = (closed_at IS NOT NULL))),
    CONSTRAINT item_handover_check1 CHECK (((status <> ALL (ARRAY['handed'::text, 'received'::text, 'claimed'::text])) OR (handed_at IS NOT NULL))),
    CONSTRAINT item_handover_check2 CHECK (((status <> ALL (ARRAY['received'::text, 'claimed'::text])) OR (received_at IS NOT NULL))),
    CONSTRAINT item_handover_check3 CHECK (((status <> ALL (ARRAY['returning'::text, 'returned'::text])) OR (handed_at IS NULL) OR (received_at IS NOT NULL))),
    CONSTRAINT item_handover_check4 CHECK (((received_at IS NULL) = (received_by IS NULL))),
    CONSTRAINT item_handover_closed_because_check CHECK ((length(closed_because) <= 500)),
    CONSTRAINT item_handover_condition_back_check CHECK ((condition_back = ANY (ARRAY['good'::text, 'worn'::text, 'poor'::text]))),
    CONSTRAINT item_handover_condition_out_check CHECK ((condition_out = ANY (ARRAY['good'::text, 'worn'::text, 'poor'::text]))),
    CONSTRAINT item_handover_pieces_back_check CHECK (((pieces_back >= 0) AND (pieces_back <= 10000))),
    CONSTRAINT item_handover_pieces_out_check CHECK (((pieces_out >= 1) AND (pieces_out <= 10000))),
    CONSTRAINT item_handover_received_by_check CHECK ((received_by = ANY (ARRAY['borrower'::text, 'school'::text, 'return'::text, 'silence'::text]))),
    CONSTRAINT item_handover_status_check CHECK ((status = ANY (ARRAY['prepared'::text, 'sent'::text, 'handed'::text, 'received'::text, 'claimed'::text, 'returning'::text, 'returned'::text, 'accepted'::text, 'lost'::text, 'cancelled'::text]))),
    CONSTRAINT receipt_or_open CHECK (((closed_at IS NULL) OR (handed_at IS NULL) OR (received_at IS NOT NULL)))
);
ALTER TABLE ONLY public.item_handover FORCE ROW LEVEL SECURITY;
CREATE VIEW public.item_now WITH (security_invoker='true') AS
 SELECT i.group_id,
    i.id AS item_id,
    i.school_id,
    i.resource_id,
    h.id AS handover_id,
    h.offer_id,
    h.loan_id,
    h.borrower_school_id,
        CASE h.status
            WHEN 'prepared'::text THEN 'reserved'::text
            WHEN 'sent'::text THEN 'in_transit'::text
            WHEN 'handed'::text THEN 'on_loan'::text
            WHEN 'received'::text THEN 'on_loan'::text
            WHEN 'claimed'::text THEN 'claimed'::text
            WHEN 'returning'::text THEN 'in_transit'::text
            WHEN 'returned'::text THEN 'in_inspection'::text
            ELSE
            CASE i.state
                WHEN 'sound'::text THEN 'available'::text
                ELSE i.state
            END
        END AS status,
        CASE
            WHEN (h.status = ANY (ARRAY['prepared'::text, 'sent'::text, 'handed'::text, 'received'::text, 'claimed'::text])) THEN l.ends_at
            ELSE NULL::timestamp with time zone
        END AS due_at,
        CASE
            WHEN (h.status = ANY (ARRAY['handed'::text, 'received'::text, 'claimed'::text])) THEN app.overdue_days(i.group_id, h.borrower_school_id, l.ends_at)
            ELSE 0
        END AS overdue_days
   FROM ((public.item i
     LEFT JOIN public.item_handover h ON (((h.group_id = i.group_id) AND (h.item_id = i.id) AND (h.closed_at IS NULL))))
     LEFT JOIN public.loan l ON (((l.group_id = h.group_id) AND (l.id = h.loan_id))));
CREATE TABLE public.school (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    name_en text DEFAULT ''::text NOT NULL,
    stages text[] NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    longitude double precision,
    latitude double precision,
    closed_on date,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT school_address_check CHECK ((length(address) <= 400)),
    CONSTRAINT school_code_check CHECK (((length(code) >= 1) AND (length(code) <= 40))),
    CONSTRAINT school_latitude_check CHECK (((latitude >= ('-90'::integer)::double precision) AND (latitude <= (90)::double precision))),
    CONSTRAINT school_longitude_check CHECK (((longitude >= ('-180'::integer)::double precision) AND (longitude <= (180)::double precision))),
    CONSTRAINT school_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT school_name_en_check CHECK ((length(name_en) <= 200)),
    CONSTRAINT school_stages_check CHECK (((stages <@ ARRAY['kindergarten'::text, 'primary'::text, 'junior'::text, 'senior'::text]) AND (stages <> '{}'::text[])))
);
ALTER TABLE ONLY public.school FORCE ROW LEVEL SECURITY;
CREATE VIEW public.item_figures WITH (security_invoker='true') AS
 SELECT s.group_id,
    s.id AS school_id,
    s.name AS school_name,
    s.code AS school_code,
    count(n.item_id) AS owned,
    count(*) FILTER (WHERE (n.status = 'available'::text)) AS available,
    count(*) FILTER (WHERE (n.status = 'reserved'::text)) AS reserved,
    count(*) FILTER (WHERE (n.status = 'in_transit'::text)) AS in_transit,
    count(*) FILTER (WHERE (n.status = ANY (ARRAY['on_loan'::text, 'claimed'::text]))) AS "out",
    count(*) FILTER (WHERE (n.overdue_days > 0)) AS overdue,
    count(*) FILTER (WHERE (n.status = 'claimed'::text)) AS claimed,
    count(*) FILTER (WHERE (n.status = 'in_inspection'::text)) AS in_inspection,
    count(*) FILTER (WHERE (n.status = 'damaged'::text)) AS damaged,
    count(*) FILTER (WHERE (n.status = 'lost'::text)) AS lost,
    ( SELECT count(*) AS count
           FROM public.item_now b
          WHERE ((b.group_id = s.group_id) AND (b.borrower_school_id = s.id) AND (b.status = ANY (ARRAY['on_loan'::text, 'claimed'::text])))) AS in_hand,
    ( SELECT count(*) AS count
           FROM public.item_now b
          WHERE ((b.group_id = s.group_id) AND (b.borrower_school_id = s.id) AND (b.overdue_days > 0))) AS in_hand_overdue
   FROM (public.school s
     LEFT JOIN public.item_now n ON (((n.group_id = s.group_id) AND (n.school_id = s.id) AND (n.status <> 'withdrawn'::text))))
  GROUP BY s.group_id, s.id, s.name, s.code;
CREATE TABLE public.item_note (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    item_id uuid NOT NULL,
    handover_id uuid,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid,
    step text NOT NULL,
    condition text NOT NULL,
    pieces integer NOT NULL,
    note text NOT NULL,
    photo_blob_id uuid,
    noted_at timestamp with time zone NOT NULL,
    CONSTRAINT item_note_condition_check CHECK ((condition = ANY (ARRAY['good'::text, 'worn'::text, 'poor'::text]))),
    CONSTRAINT item_note_note_check CHECK ((length(note) <= 1000)),
    CONSTRAINT item_note_pieces_check CHECK (((pieces >= 0) AND (pieces <= 10000))),
    CONSTRAINT item_note_step_check CHECK (((length(step) >= 1) AND (length(step) <= 40)))
);
ALTER TABLE ONLY public.item_note FORCE ROW LEVEL SECURITY;
CREATE TABLE public.job (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL,
    once_key text,
    status text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    worker text,
    failed_because text,
    request_id text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    trace_parent text,
    CONSTRAINT job_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT job_check CHECK (((status = 'waiting'::text) = (ended_at IS NULL))),
    CONSTRAINT job_check1 CHECK (((status <> 'failed'::text) OR (failed_because IS NOT NULL))),
    CONSTRAINT job_data_check CHECK ((jsonb_typeof(data) = 'object'::text)),
    CONSTRAINT job_failed_because_check CHECK ((length(failed_because) <= 500)),
    CONSTRAINT job_kind_check CHECK ((kind ~ '^[a-z][a-z0-9_]{0,62}$'::text)),
    CONSTRAINT job_once_key_check CHECK (((length(once_key) >= 1) AND (length(once_key) <= 200))),
    CONSTRAINT job_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'done'::text, 'failed'::text]))),
    CONSTRAINT job_trace_parent_check CHECK (((trace_parent ~ '^[0-9a-f]{2}(-[0-9a-f]+){3}$'::text) AND (length(trace_parent) <= 100))),
    CONSTRAINT job_worker_check CHECK (((length(worker) >= 1) AND (length(worker) <= 100)))
);
ALTER TABLE ONLY public.job FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    initiative_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.ledger FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_act (
    group_id uuid NOT NULL,
    item_id uuid NOT NULL,
    no integer NOT NULL,
    verb text NOT NULL,
    status text NOT NULL,
    due_on date NOT NULL,
    category text NOT NULL,
    school_id uuid,
    report_no integer,
    because text DEFAULT ''::text NOT NULL,
    person_id uuid,
    at timestamp with time zone NOT NULL,
    entered_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_act_because_check CHECK ((length(because) <= 2000)),
    CONSTRAINT ledger_act_check CHECK ((at <= entered_at)),
    CONSTRAINT ledger_act_check1 CHECK (((verb = 'open'::text) = (no = 1))),
    CONSTRAINT ledger_act_check2 CHECK (((verb <> ALL (ARRAY['refuse'::text, 'drop'::text, 'reopen'::text, 'amend'::text])) OR (because <> ''::text))),
    CONSTRAINT ledger_act_check3 CHECK (((status = ANY (ARRAY['reported'::text, 'closed'::text])) = (report_no IS NOT NULL))),
    CONSTRAINT ledger_act_no_check CHECK ((no > 0)),
    CONSTRAINT ledger_act_status_check CHECK ((status = ANY (ARRAY['open'::text, 'reported'::text, 'closed'::text, 'dropped'::text]))),
    CONSTRAINT ledger_act_verb_check CHECK ((verb = ANY (ARRAY['open'::text, 'report'::text, 'refuse'::text, 'close'::text, 'drop'::text, 'reopen'::text, 'amend'::text])))
);
ALTER TABLE ONLY public.ledger_act FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_category (
    group_id uuid NOT NULL,
    code text NOT NULL,
    label_en text NOT NULL,
    label_zh text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_category_code_check CHECK ((code ~ '^[a-z][a-z0-9_]{0,39}$'::text)),
    CONSTRAINT ledger_category_label_en_check CHECK (((length(label_en) >= 1) AND (length(label_en) <= 100))),
    CONSTRAINT ledger_category_label_zh_check CHECK (((length(label_zh) >= 1) AND (length(label_zh) <= 100)))
);
ALTER TABLE ONLY public.ledger_category FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_evidence (
    group_id uuid NOT NULL,
    item_id uuid NOT NULL,
    report_no integer NOT NULL,
    place integer NOT NULL,
    kind text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    file_name text,
    blob_id uuid,
    resource_id uuid,
    CONSTRAINT ledger_evidence_check CHECK (((kind = 'upload'::text) = (blob_id IS NOT NULL))),
    CONSTRAINT ledger_evidence_check1 CHECK (((blob_id IS NULL) = (file_name IS NULL))),
    CONSTRAINT ledger_evidence_check2 CHECK (((kind = 'resource'::text) = (resource_id IS NOT NULL))),
    CONSTRAINT ledger_evidence_check3 CHECK (((kind <> 'document'::text) OR (text <> ''::text))),
    CONSTRAINT ledger_evidence_kind_check CHECK ((kind = ANY (ARRAY['upload'::text, 'resource'::text, 'document'::text]))),
    CONSTRAINT ledger_evidence_place_check CHECK ((place > 0)),
    CONSTRAINT ledger_evidence_text_check CHECK ((length(text) <= 500))
);
ALTER TABLE ONLY public.ledger_evidence FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_item (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    ledger_id uuid NOT NULL,
    no integer NOT NULL,
    title text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    category text NOT NULL,
    source text NOT NULL,
    source_id uuid,
    source_note text DEFAULT ''::text NOT NULL,
    ref text,
    measure_id uuid,
    school_id uuid,
    person_id uuid,
    due_on date NOT NULL,
    status text NOT NULL,
    reported_no integer,
    reported_by_person_id uuid,
    closed_by_person_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT closed_by_someone_else CHECK ((closed_by_person_id <> reported_by_person_id)),
    CONSTRAINT ledger_item_check CHECK (((status = ANY (ARRAY['reported'::text, 'closed'::text])) = (reported_no IS NOT NULL))),
    CONSTRAINT ledger_item_check1 CHECK (((reported_no IS NULL) = (reported_by_person_id IS NULL))),
    CONSTRAINT ledger_item_check2 CHECK (((status = 'closed'::text) = (closed_by_person_id IS NOT NULL))),
    CONSTRAINT ledger_item_detail_check CHECK ((length(detail) <= 4000)),
    CONSTRAINT ledger_item_no_check CHECK ((no > 0)),
    CONSTRAINT ledger_item_ref_check CHECK (((length(ref) >= 1) AND (length(ref) <= 80))),
    CONSTRAINT ledger_item_source_check CHECK ((source = ANY (ARRAY['visit'::text, 'return'::text, 'bulletin'::text, 'measure'::text, 'activity'::text, 'manual'::text, 'import'::text]))),
    CONSTRAINT ledger_item_source_note_check CHECK ((length(source_note) <= 300)),
    CONSTRAINT ledger_item_status_check CHECK ((status = ANY (ARRAY['open'::text, 'reported'::text, 'closed'::text, 'dropped'::text]))),
    CONSTRAINT ledger_item_title_check CHECK (((length(title) >= 1) AND (length(title) <= 300)))
);
ALTER TABLE ONLY public.ledger_item FORCE ROW LEVEL SECURITY;
CREATE TABLE public.ledger_report (
    group_id uuid NOT NULL,
    item_id uuid NOT NULL,
    no integer NOT NULL,
    person_id uuid NOT NULL,
    note text NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    first_place integer DEFAULT 1 NOT NULL,
    CONSTRAINT ledger_report_first_place_check CHECK ((first_place = 1)),
    CONSTRAINT ledger_report_no_check CHECK ((no > 0)),
    CONSTRAINT ledger_report_note_check CHECK (((length(note) >= 1) AND (length(note) <= 4000)))
);
ALTER TABLE ONLY public.ledger_report FORCE ROW LEVEL SECURITY;
CREATE VIEW public.ledger_span WITH (security_invoker='true') AS
 SELECT a.group_id,
    a.item_id,
    i.ledger_id,
    l.initiative_id,
    i.measure_id,
    i.source,
    a.category,
    a.school_id,
    a.due_on,
    a.status,
    a.at AS from_at,
    lead(a.at, 1, 'infinity'::timestamp with time zone) OVER (PARTITION BY a.group_id, a.item_id ORDER BY a.no) AS until_at,
    ((a.status = 'closed'::text) AND (((r.reported_at AT TIME ZONE g.time_zone))::date <= a.due_on)) AS on_time,
    g.time_zone
   FROM ((((public.ledger_act a
     JOIN public.ledger_item i ON (((i.group_id = a.group_id) AND (i.id = a.item_id))))
     JOIN public.ledger l ON (((l.group_id = i.group_id) AND (l.id = i.ledger_id))))
     JOIN public.education_group g ON ((g.id = a.group_id)))
     LEFT JOIN public.ledger_report r ON (((r.group_id = a.group_id) AND (r.item_id = a.item_id) AND (r.no = a.report_no))));
CREATE TABLE public.ledger_target (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    ledger_id uuid NOT NULL,
    completion numeric(4,3) NOT NULL,
    by_on date NOT NULL,
    because text NOT NULL,
    set_by_person_id uuid,
    set_at timestamp with time zone NOT NULL,
    CONSTRAINT ledger_target_because_check CHECK (((length(because) >= 1) AND (length(because) <= 1000))),
    CONSTRAINT ledger_target_completion_check CHECK (((completion > (0)::numeric) AND (completion <= (1)::numeric)))
);
ALTER TABLE ONLY public.ledger_target FORCE ROW LEVEL SECURITY;
CREATE TABLE public.lending_rule (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    tier text,
    kind text,
    role text,
    loan_days_max integer,
    renewals_max integer,
    person_open_max integer,
    school_open_max integer,
    group_open_max integer,
    share_percent integer,
    hold_band smallint,
    because text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT lending_rule_because_check CHECK (((length(because) >= 1) AND (length(because) <= 500))),
    CONSTRAINT lending_rule_group_open_max_check CHECK (((group_open_max >= 0) AND (group_open_max <= 1000000))),
    CONSTRAINT lending_rule_hold_band_check CHECK (((hold_band >= '-9'::integer) AND (hold_band <= 9))),
    CONSTRAINT lending_rule_kind_check CHECK ((kind = ANY (ARRAY['lesson_plan'::text, 'courseware'::text, 'video'::text, 'exercise'::text, 'paper'::text, 'school_course'::text, 'experiment'::text, 'book'::text, 'place'::text, 'other'::text]))),
    CONSTRAINT lending_rule_loan_days_max_check CHECK (((loan_days_max >= 1) AND (loan_days_max <= 400))),
    CONSTRAINT lending_rule_person_open_max_check CHECK (((person_open_max >= 0) AND (person_open_max <= 1000))),
    CONSTRAINT lending_rule_renewals_max_check CHECK (((renewals_max >= 0) AND (renewals_max <= 20))),
    CONSTRAINT lending_rule_role_check CHECK ((role = ANY (ARRAY['teacher'::text, 'lead'::text, 'librarian'::text, 'principal'::text]))),
    CONSTRAINT lending_rule_school_open_max_check CHECK (((school_open_max >= 0) AND (school_open_max <= 100000))),
    CONSTRAINT lending_rule_share_percent_check CHECK (((share_percent >= 1) AND (share_percent <= 100))),
    CONSTRAINT lending_rule_tier_check CHECK ((tier = ANY (ARRAY['integrated'::text, 'partner'::text]))),
    CONSTRAINT rule_says_something CHECK ((num_nonnulls(loan_days_max, renewals_max, person_open_max, school_open_max, group_open_max, share_percent, hold_band) > 0))
);
ALTER TABLE ONLY public.lending_rule FORCE ROW LEVEL SECURITY;
CREATE TABLE public.list_edition (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    school_year integer NOT NULL,
    status text NOT NULL,
    rolled_from_edition_id uuid,
    published_at timestamp with time zone,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT list_edition_check CHECK (((status = 'draft'::text) = (published_at IS NULL))),
    CONSTRAINT list_edition_check1 CHECK (((status = 'archived'::text) = (archived_at IS NOT NULL))),
    CONSTRAINT list_edition_school_year_check CHECK (((school_year >= 1990) AND (school_year <= 2200))),
    CONSTRAINT list_edition_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'archived'::text])))
);
ALTER TABLE ONLY public.list_edition FORCE ROW LEVEL SECURITY;
CREATE TABLE public.list_entry (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    edition_id uuid NOT NULL,
    sort_key integer NOT NULL,
    target text NOT NULL,
    title text NOT NULL,
    importance text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    resource_id uuid,
    revision_no integer,
    isbn text,
    author text DEFAULT ''::text NOT NULL,
    publisher text DEFAULT ''::text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    hours text DEFAULT ''::text NOT NULL,
    capacity_people integer,
    contact text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT list_entry_address_check CHECK ((length(address) <= 300)),
    CONSTRAINT list_entry_author_check CHECK ((length(author) <= 200)),
    CONSTRAINT list_entry_capacity_people_check CHECK (((capacity_people >= 1) AND (capacity_people <= 1000000))),
    CONSTRAINT list_entry_check CHECK (((target = 'resource'::text) = (resource_id IS NOT NULL))),
    CONSTRAINT list_entry_check1 CHECK (((resource_id IS NULL) = (revision_no IS NULL))),
    CONSTRAINT list_entry_check2 CHECK (((target = 'book'::text) OR (isbn IS NULL))),
    CONSTRAINT list_entry_check3 CHECK (((target = 'place'::text) OR (capacity_people IS NULL))),
    CONSTRAINT list_entry_contact_check CHECK ((length(contact) <= 200)),
    CONSTRAINT list_entry_hours_check CHECK ((length(hours) <= 300)),
    CONSTRAINT list_entry_importance_check CHECK ((importance = ANY (ARRAY['required'::text, 'recommended'::text, 'optional'::text]))),
    CONSTRAINT list_entry_isbn_check CHECK ((isbn ~ '^97[89][0-9]{10}$'::text)),
    CONSTRAINT list_entry_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT list_entry_publisher_check CHECK ((length(publisher) <= 200)),
    CONSTRAINT list_entry_target_check CHECK ((target = ANY (ARRAY['resource'::text, 'book'::text, 'place'::text]))),
    CONSTRAINT list_entry_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.list_entry FORCE ROW LEVEL SECURITY;
CREATE TABLE public.list_suggestion (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    owner_school_id uuid,
    school_id uuid NOT NULL,
    person_id uuid,
    entry jsonb NOT NULL,
    because text NOT NULL,
    status text NOT NULL,
    decided_because text,
    decided_at timestamp with time zone,
    entry_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT list_suggestion_because_check CHECK (((length(because) >= 1) AND (length(because) <= 1000))),
    CONSTRAINT list_suggestion_check CHECK (((status = 'proposed'::text) = (decided_at IS NULL))),
    CONSTRAINT list_suggestion_check1 CHECK (((status <> ALL (ARRAY['accepted'::text, 'declined'::text])) OR (decided_because IS NOT NULL))),
    CONSTRAINT list_suggestion_decided_because_check CHECK (((length(decided_because) >= 1) AND (length(decided_because) <= 1000))),
    CONSTRAINT list_suggestion_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'accepted'::text, 'declined'::text, 'taken_back'::text])))
);
ALTER TABLE ONLY public.list_suggestion FORCE ROW LEVEL SECURITY;
CREATE TABLE public.login_failure (
    group_id uuid NOT NULL,
    subject_sha256 bytea NOT NULL,
    at timestamp with time zone NOT NULL,
    id uuid NOT NULL
);
ALTER TABLE ONLY public.login_failure FORCE ROW LEVEL SECURITY;
CREATE TABLE public.mail (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL,
    day date,
    status text DEFAULT 'queued'::text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    next_try_at timestamp with time zone NOT NULL,
    leased_until_at timestamp with time zone,
    answer text DEFAULT ''::text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    done_at timestamp with time zone,
    CONSTRAINT mail_answer_check CHECK ((length(answer) <= 40)),
    CONSTRAINT mail_check CHECK (((kind = 'digest'::text) = (day IS NOT NULL))),
    CONSTRAINT mail_check1 CHECK (((status = 'queued'::text) = (done_at IS NULL))),
    CONSTRAINT mail_kind_check CHECK ((kind = ANY (ARRAY['digest'::text, 'urgent'::text, 'code'::text]))),
    CONSTRAINT mail_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'failed'::text, 'dropped'::text])))
);
ALTER TABLE ONLY public.mail FORCE ROW LEVEL SECURITY;
CREATE TABLE public.makeup_day (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    name text NOT NULL,
    name_en text DEFAULT ''::text NOT NULL,
    taught_on date NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT makeup_day_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT makeup_day_name_en_check CHECK ((length(name_en) <= 100))
);
ALTER TABLE ONLY public.makeup_day FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_abnormal (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    plan_id uuid NOT NULL,
    script_id uuid NOT NULL,
    kind text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    reported_by uuid NOT NULL,
    reported_at timestamp with time zone NOT NULL,
    decision text,
    decided_by uuid,
    decided_because text DEFAULT ''::text NOT NULL,
    decided_at timestamp with time zone,
    CONSTRAINT decided_by_another CHECK ((decided_by <> reported_by)),
    CONSTRAINT marking_abnormal_check CHECK (((decision IS NULL) = (decided_at IS NULL))),
    CONSTRAINT marking_abnormal_check1 CHECK (((decision IS NULL) = (decided_by IS NULL))),
    CONSTRAINT marking_abnormal_decided_because_check CHECK ((length(decided_because) <= 500)),
    CONSTRAINT marking_abnormal_decision_check CHECK ((decision = ANY (ARRAY['mark_on'::text, 'final'::text]))),
    CONSTRAINT marking_abnormal_kind_check CHECK ((kind = ANY (ARRAY['blank'::text, 'wrong_item'::text, 'unreadable'::text, 'suspected_cheating'::text]))),
    CONSTRAINT marking_abnormal_note_check CHECK ((length(note) <= 500))
);
ALTER TABLE ONLY public.marking_abnormal FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_identity (
    group_id uuid NOT NULL,
    script_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    candidate_id uuid NOT NULL
);
ALTER TABLE ONLY public.marking_identity FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_mark (
    group_id uuid NOT NULL,
    turn_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    person_id uuid NOT NULL,
    half_marks smallint NOT NULL,
    point_half_marks smallint[] DEFAULT '{}'::smallint[] NOT NULL,
    taken_at timestamp with time zone NOT NULL,
    marked_at timestamp with time zone NOT NULL,
    CONSTRAINT marking_mark_half_marks_check CHECK ((half_marks >= 0))
);
ALTER TABLE ONLY public.marking_mark FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_marker (
    group_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    person_id uuid NOT NULL,
    school_id uuid NOT NULL,
    duty text NOT NULL,
    status text NOT NULL,
    paused_because text DEFAULT ''::text NOT NULL,
    checked_from_at timestamp with time zone NOT NULL,
    joined_at timestamp with time zone NOT NULL,
    CONSTRAINT marking_marker_duty_check CHECK ((duty = ANY (ARRAY['marker'::text, 'leader'::text, 'arbiter'::text]))),
    CONSTRAINT marking_marker_paused_because_check CHECK ((length(paused_because) <= 500)),
    CONSTRAINT marking_marker_status_check CHECK ((status = ANY (ARRAY['calibrating'::text, 'live'::text, 'paused'::text, 'left'::text])))
);
ALTER TABLE ONLY public.marking_marker FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_plan (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    "position" smallint NOT NULL,
    status text NOT NULL,
    mode text NOT NULL,
    threshold smallint NOT NULL,
    threshold_unit text NOT NULL,
    third_rule text NOT NULL,
    step_half_marks smallint NOT NULL,
    point_labels text[] DEFAULT '{}'::text[] NOT NULL,
    point_half_marks smallint[] DEFAULT '{}'::smallint[] NOT NULL,
    medium text NOT NULL,
    lease_minutes smallint NOT NULL,
    seed_percent smallint NOT NULL,
    recheck_percent smallint NOT NULL,
    tolerance_half_marks smallint NOT NULL,
    pause_outside_max smallint NOT NULL,
    pause_window smallint NOT NULL,
    calibration_pass smallint NOT NULL,
    calibration_of smallint NOT NULL,
    balance text NOT NULL,
    arbiter_sees_marks boolean NOT NULL,
    opened_at timestamp with time zone,
    completed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT marking_plan_balance_check CHECK ((balance = ANY (ARRAY['candidates'::text, 'set'::text, 'none'::text]))),
    CONSTRAINT marking_plan_calibration_of_check CHECK (((calibration_of >= 0) AND (calibration_of <= 50))),
    CONSTRAINT marking_plan_check CHECK ((cardinality(point_labels) = cardinality(point_half_marks))),
    CONSTRAINT marking_plan_check1 CHECK ((pause_outside_max <= pause_window)),
    CONSTRAINT marking_plan_check2 CHECK (((calibration_pass >= 0) AND (calibration_pass <= calibration_of))),
    CONSTRAINT marking_plan_lease_minutes_check CHECK (((lease_minutes >= 1) AND (lease_minutes <= 240))),
    CONSTRAINT marking_plan_medium_check CHECK ((medium = ANY (ARRAY['image'::text, 'paper'::text]))),
    CONSTRAINT marking_plan_mode_check CHECK ((mode = ANY (ARRAY['1'::text, '1+1'::text, '1+1+1'::text, '2+1'::text, '2+1+1'::text]))),
    CONSTRAINT marking_plan_pause_outside_max_check CHECK ((pause_outside_max >= 0)),
    CONSTRAINT marking_plan_pause_window_check CHECK (((pause_window >= 1) AND (pause_window <= 100))),
    CONSTRAINT marking_plan_recheck_percent_check CHECK (((recheck_percent >= 0) AND (recheck_percent <= 50))),
    CONSTRAINT marking_plan_seed_percent_check CHECK (((seed_percent >= 0) AND (seed_percent <= 50))),
    CONSTRAINT marking_plan_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'open'::text, 'complete'::text]))),
    CONSTRAINT marking_plan_step_half_marks_check CHECK (((step_half_marks >= 1) AND (step_half_marks <= 20))),
    CONSTRAINT marking_plan_third_rule_check CHECK ((third_rule = ANY (ARRAY['higher'::text, 'lower'::text, 'arbitrate'::text]))),
    CONSTRAINT marking_plan_threshold_check CHECK ((threshold >= 0)),
    CONSTRAINT marking_plan_threshold_unit_check CHECK ((threshold_unit = ANY (ARRAY['half_marks'::text, 'percent'::text]))),
    CONSTRAINT marking_plan_tolerance_half_marks_check CHECK ((tolerance_half_marks >= 0))
);
ALTER TABLE ONLY public.marking_plan FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_script (
    group_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    plan_id uuid NOT NULL,
    school_id uuid NOT NULL,
    kind text NOT NULL,
    known_half_marks smallint,
    known_because text DEFAULT ''::text NOT NULL,
    image_key text,
    blind_code text,
    place bigint DEFAULT 0 NOT NULL,
    final_quarter_marks smallint,
    settled_by text,
    settled_at timestamp with time zone,
    CONSTRAINT marking_script_blind_code_check CHECK ((blind_code ~ '^[0-9A-F]{10}$'::text)),
    CONSTRAINT marking_script_check CHECK (((final_quarter_marks IS NULL) = (settled_at IS NULL))),
    CONSTRAINT marking_script_check1 CHECK (((final_quarter_marks IS NULL) = (settled_by IS NULL))),
    CONSTRAINT marking_script_check2 CHECK (((kind = 'live'::text) OR (final_quarter_marks IS NULL))),
    CONSTRAINT marking_script_check3 CHECK (((kind <> 'live'::text) OR (known_half_marks IS NULL))),
    CONSTRAINT marking_script_final_quarter_marks_check CHECK ((final_quarter_marks >= 0)),
    CONSTRAINT marking_script_image_key_check CHECK (((length(image_key) >= 1) AND (length(image_key) <= 200))),
    CONSTRAINT marking_script_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'seed'::text, 'calibration'::text]))),
    CONSTRAINT marking_script_known_because_check CHECK ((length(known_because) <= 500)),
    CONSTRAINT marking_script_settled_by_check CHECK ((settled_by = ANY (ARRAY['single'::text, 'checked'::text, 'mean'::text, 'nearer'::text, 'arbiter'::text])))
);
ALTER TABLE ONLY public.marking_script FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_share (
    group_id uuid NOT NULL,
    plan_id uuid NOT NULL,
    school_id uuid NOT NULL,
    weight integer NOT NULL,
    turns_allotted integer,
    CONSTRAINT marking_share_weight_check CHECK (((weight >= 0) AND (weight <= 1000000)))
);
ALTER TABLE ONLY public.marking_share FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_task (
    group_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    plan_id uuid NOT NULL,
    person_id uuid NOT NULL,
    taken_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.marking_task FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_template (
    group_id uuid NOT NULL,
    exam_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    pages smallint NOT NULL,
    regions jsonb NOT NULL,
    name_areas jsonb NOT NULL,
    set_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT marking_template_pages_check CHECK (((pages >= 1) AND (pages <= 20)))
);
ALTER TABLE ONLY public.marking_template FORCE ROW LEVEL SECURITY;
CREATE TABLE public.marking_turn (
    group_id uuid NOT NULL,
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    plan_id uuid NOT NULL,
    script_id uuid NOT NULL,
    script_school_id uuid NOT NULL,
    no smallint NOT NULL,
    purpose text NOT NULL,
    duty text NOT NULL,
    place bigint NOT NULL,
    is_held boolean DEFAULT false NOT NULL,
    person_id uuid,
    marker_school_id uuid,
    task_id uuid,
    leased_until_at timestamp with time zone,
    marked_at timestamp with time zone,
    voided_at timestamp with time zone,
    voided_because text DEFAULT ''::text NOT NULL,
    CONSTRAINT marking_turn_check CHECK (((person_id IS NULL) = (marker_school_id IS NULL))),
    CONSTRAINT marking_turn_check1 CHECK (((person_id IS NULL) = (task_id IS NULL))),
    CONSTRAINT marking_turn_check2 CHECK (((person_id IS NULL) = (leased_until_at IS NULL))),
    CONSTRAINT marking_turn_check3 CHECK (((marked_at IS NULL) OR (person_id IS NOT NULL))),
    CONSTRAINT marking_turn_check4 CHECK (((purpose = 'live'::text) = (no > 0))),
    CONSTRAINT marking_turn_duty_check CHECK ((duty = ANY (ARRAY['marker'::text, 'leader'::text, 'arbiter'::text]))),
    CONSTRAINT marking_turn_no_check CHECK (((no >= 0) AND (no <= 4))),
    CONSTRAINT marking_turn_purpose_check CHECK ((purpose = ANY (ARRAY['live'::text, 'seed'::text, 'calibration'::text, 'recheck'::text]))),
    CONSTRAINT marking_turn_voided_because_check CHECK ((length(voided_because) <= 500)),
    CONSTRAINT never_the_own_school CHECK ((marker_school_id <> script_school_id))
);
ALTER TABLE ONLY public.marking_turn FORCE ROW LEVEL SECURITY;
CREATE TABLE public.measure (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    initiative_id uuid NOT NULL,
    no integer NOT NULL,
    title text NOT NULL,
    detail text DEFAULT ''::text NOT NULL,
    offices text[] NOT NULL,
    person_id uuid,
    status text NOT NULL,
    status_because text DEFAULT ''::text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT measure_check CHECK (((status <> 'dropped'::text) OR (status_because <> ''::text))),
    CONSTRAINT measure_detail_check CHECK ((length(detail) <= 4000)),
    CONSTRAINT measure_no_check CHECK ((no > 0)),
    CONSTRAINT measure_offices_check CHECK (((cardinality(offices) >= 1) AND (cardinality(offices) <= 10))),
    CONSTRAINT measure_status_because_check CHECK ((length(status_because) <= 2000)),
    CONSTRAINT measure_status_check CHECK ((status = ANY (ARRAY['planned'::text, 'under_way'::text, 'done'::text, 'dropped'::text]))),
    CONSTRAINT measure_title_check CHECK (((length(title) >= 1) AND (length(title) <= 300)))
);
ALTER TABLE ONLY public.measure FORCE ROW LEVEL SECURITY;
CREATE TABLE public.measure_call (
    group_id uuid NOT NULL,
    measure_id uuid NOT NULL,
    call_id uuid NOT NULL
);
ALTER TABLE ONLY public.measure_call FORCE ROW LEVEL SECURITY;
CREATE TABLE public.measure_node (
    group_id uuid NOT NULL,
    measure_id uuid NOT NULL,
    no integer NOT NULL,
    title text NOT NULL,
    due_on date NOT NULL,
    reached_at timestamp with time zone,
    reached_by_person_id uuid,
    note text DEFAULT ''::text NOT NULL,
    CONSTRAINT measure_node_check CHECK (((reached_at IS NULL) = (reached_by_person_id IS NULL))),
    CONSTRAINT measure_node_no_check CHECK ((no > 0)),
    CONSTRAINT measure_node_note_check CHECK ((length(note) <= 2000)),
    CONSTRAINT measure_node_title_check CHECK (((length(title) >= 1) AND (length(title) <= 300)))
);
ALTER TABLE ONLY public.measure_node FORCE ROW LEVEL SECURITY;
CREATE TABLE public.measure_remark (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    measure_id uuid NOT NULL,
    person_id uuid NOT NULL,
    school_id uuid,
    text text NOT NULL,
    at timestamp with time zone NOT NULL,
    CONSTRAINT measure_remark_text_check CHECK (((length(text) >= 1) AND (length(text) <= 4000)))
);
ALTER TABLE ONLY public.measure_remark FORCE ROW LEVEL SECURITY;
CREATE TABLE public.notice (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    school_id uuid,
    kind text NOT NULL,
    subject_id uuid NOT NULL,
    anchor_at timestamp with time zone NOT NULL,
    hours integer NOT NULL,
    urgent boolean NOT NULL,
    subject_en text NOT NULL,
    subject_zh text NOT NULL,
    body_en text NOT NULL,
    body_zh text NOT NULL,
    link text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    superseded_at timestamp with time zone,
    mail_id uuid,
    CONSTRAINT notice_kind_check CHECK ((kind ~ '^[a-z][a-z_]{0,59}$'::text)),
    CONSTRAINT notice_link_check CHECK ((link ~ '^/v1/[!-~]{1,200}$'::text))
);
ALTER TABLE ONLY public.notice FORCE ROW LEVEL SECURITY;
CREATE TABLE public.notice_preference (
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    language text DEFAULT 'zh'::text NOT NULL,
    email_on boolean DEFAULT true NOT NULL,
    digest_at time without time zone DEFAULT '07:30:00'::time without time zone NOT NULL,
    quiet_from time without time zone DEFAULT '22:00:00'::time without time zone NOT NULL,
    quiet_until time without time zone DEFAULT '07:00:00'::time without time zone NOT NULL,
    muted text[] DEFAULT '{}'::text[] NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT notice_preference_language_check CHECK ((language = ANY (ARRAY['en'::text, 'zh'::text]))),
    CONSTRAINT notice_preference_muted_check CHECK ((cardinality(muted) <= 100))
);
ALTER TABLE ONLY public.notice_preference FORCE ROW LEVEL SECURITY;
CREATE TABLE public.notice_rule (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    kind text NOT NULL,
    is_on boolean,
    hours integer[],
    urgent boolean,
    subject_en text,
    subject_zh text,
    body_en text,
    body_zh text,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT notice_rule_body_en_check CHECK (((length(body_en) >= 1) AND (length(body_en) <= 2000))),
    CONSTRAINT notice_rule_body_zh_check CHECK (((length(body_zh) >= 1) AND (length(body_zh) <= 2000))),
    CONSTRAINT notice_rule_hours_check CHECK (((cardinality(hours) >= 1) AND (cardinality(hours) <= 3))),
    CONSTRAINT notice_rule_kind_check CHECK ((kind ~ '^[a-z][a-z_]{0,59}$'::text)),
    CONSTRAINT notice_rule_subject_en_check CHECK (((length(subject_en) >= 1) AND (length(subject_en) <= 200))),
    CONSTRAINT notice_rule_subject_zh_check CHECK (((length(subject_zh) >= 1) AND (length(subject_zh) <= 200)))
);
ALTER TABLE ONLY public.notice_rule FORCE ROW LEVEL SECURITY;
CREATE TABLE public.offer (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    resource_id uuid NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL,
    valid_until_at timestamp with time zone,
    seats integer,
    loan_days integer NOT NULL,
    renewals_max integer NOT NULL,
    pickup_hours integer NOT NULL,
    guaranteed_days integer NOT NULL,
    per_school_max integer,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    lasts text DEFAULT 'days'::text NOT NULL,
    share_percent integer,
    loans_max integer,
    asks_owner boolean DEFAULT false NOT NULL,
    ask_hours integer DEFAULT 72 NOT NULL,
    ask_default text DEFAULT 'decline'::text NOT NULL,
    terms_no integer DEFAULT 1 NOT NULL,
    by_items boolean DEFAULT false NOT NULL,
    opens_at timestamp with time zone,
    CONSTRAINT items_have_seats CHECK (((NOT by_items) OR (seats IS NOT NULL))),
    CONSTRAINT offer_ask_default_check CHECK ((ask_default = ANY (ARRAY['agree'::text, 'decline'::text]))),
    CONSTRAINT offer_ask_hours_check CHECK (((ask_hours >= 1) AND (ask_hours <= 720))),
    CONSTRAINT offer_check CHECK ((guaranteed_days <= loan_days)),
    CONSTRAINT offer_guaranteed_days_check CHECK (((guaranteed_days >= 0) AND (guaranteed_days <= 400))),
    CONSTRAINT offer_lasts_check CHECK ((lasts = ANY (ARRAY['days'::text, 'term'::text]))),
    CONSTRAINT offer_loan_days_check CHECK (((loan_days >= 1) AND (loan_days <= 400))),
    CONSTRAINT offer_loans_max_check CHECK (((loans_max >= 1) AND (loans_max <= 1000000))),
    CONSTRAINT offer_per_school_max_check CHECK (((per_school_max >= 1) AND (per_school_max <= 1000))),
    CONSTRAINT offer_pickup_hours_check CHECK (((pickup_hours >= 1) AND (pickup_hours <= 720))),
    CONSTRAINT offer_renewals_max_check CHECK (((renewals_max >= 0) AND (renewals_max <= 20))),
    CONSTRAINT offer_seats_check CHECK (((seats >= 0) AND (seats <= 1000))),
    CONSTRAINT offer_share_percent_check CHECK (((share_percent >= 1) AND (share_percent <= 100))),
    CONSTRAINT offer_status_check CHECK ((status = ANY (ARRAY['open'::text, 'suspended'::text, 'closed'::text]))),
    CONSTRAINT offer_terms_no_check CHECK ((terms_no > 0))
);
ALTER TABLE ONLY public.offer FORCE ROW LEVEL SECURITY;
CREATE TABLE public.offer_audience (
    group_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    kind text NOT NULL,
    tier text,
    circle_id uuid,
    audience_school_id uuid,
    discover boolean NOT NULL,
    borrow boolean NOT NULL,
    adapt boolean NOT NULL,
    bounded boolean DEFAULT false NOT NULL,
    CONSTRAINT offer_audience_check CHECK (((kind = 'tier'::text) = (tier IS NOT NULL))),
    CONSTRAINT offer_audience_check1 CHECK (((kind = 'circle'::text) = (circle_id IS NOT NULL))),
    CONSTRAINT offer_audience_check2 CHECK (((kind = 'school'::text) = (audience_school_id IS NOT NULL))),
    CONSTRAINT offer_audience_discover_check CHECK (discover),
    CONSTRAINT offer_audience_kind_check CHECK ((kind = ANY (ARRAY['group'::text, 'tier'::text, 'circle'::text, 'school'::text, 'public'::text]))),
    CONSTRAINT offer_audience_tier_check CHECK ((tier = ANY (ARRAY['integrated'::text, 'partner'::text])))
);
ALTER TABLE ONLY public.offer_audience FORCE ROW LEVEL SECURITY;
CREATE TABLE public.offer_bound (
    group_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    bounding_offer_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    school_id uuid NOT NULL,
    CONSTRAINT offer_bound_check CHECK ((offer_id <> bounding_offer_id))
);
ALTER TABLE ONLY public.offer_bound FORCE ROW LEVEL SECURITY;
CREATE TABLE public.seat (
    group_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    no integer NOT NULL,
    loan_id uuid,
    hold_id uuid,
    retired_at timestamp with time zone,
    CONSTRAINT one_occupant CHECK ((num_nonnulls(loan_id, hold_id, retired_at) <= 1)),
    CONSTRAINT seat_no_check CHECK (((no >= 1) AND (no <= 100000)))
);
ALTER TABLE ONLY public.seat FORCE ROW LEVEL SECURITY;
CREATE VIEW public.offer_figures WITH (security_invoker='true') AS
 SELECT group_id,
    id AS offer_id,
    LEAST(seats, ( SELECT min(p.seats) AS min
           FROM (public.offer_bound b
             JOIN public.offer p ON (((p.group_id = b.group_id) AND (p.id = b.bounding_offer_id))))
          WHERE ((b.group_id = o.group_id) AND (b.offer_id = o.id)))) AS seats,
    ( SELECT count(*) AS count
           FROM public.seat s
          WHERE ((s.group_id = o.group_id) AND (s.offer_id = o.id) AND (s.retired_at IS NULL))) AS standing,
    ( SELECT count(*) AS count
           FROM public.loan l
          WHERE ((l.group_id = o.group_id) AND (l.offer_id = o.id) AND (l.status = 'active'::text) AND ((app.now() < l.ends_at) OR (o.by_items AND app.is_out(l.group_id, l.id))))) AS lent,
    ( SELECT count(*) AS count
           FROM public.hold h
          WHERE ((h.group_id = o.group_id) AND (h.offer_id = o.id) AND (h.status = 'ready'::text) AND (app.now() < h.ready_until_at))) AS reserved,
    ( SELECT count(*) AS count
           FROM public.hold h
          WHERE ((h.group_id = o.group_id) AND (h.offer_id = o.id) AND (h.status = 'waiting'::text))) AS waiting,
    ( SELECT count(*) AS count
           FROM public.hold h
          WHERE ((h.group_id = o.group_id) AND (h.offer_id = o.id) AND (h.status = 'waiting'::text) AND app.is_paused(h.paused_at, h.paused_until_at))) AS paused,
    loans_max,
        CASE
            WHEN (loans_max IS NOT NULL) THEN ( SELECT count(*) AS count
               FROM public.loan l
              WHERE ((l.group_id = o.group_id) AND (l.offer_id = o.id)))
            ELSE NULL::bigint
        END AS loans_made
   FROM public.offer o;
CREATE VIEW public.offer_reach WITH (security_invoker='true') AS
 SELECT group_id,
    offer_id,
    id,
    kind,
    tier,
    circle_id,
    audience_school_id,
    (discover AND ((NOT bounded) OR app.within_bounds(group_id, offer_id, 'found'::text))) AS found,
    (discover AND ((NOT bounded) OR app.within_bounds(group_id, offer_id, 'discover'::text))) AS discover,
    (borrow AND ((NOT bounded) OR app.within_bounds(group_id, offer_id, 'borrow'::text))) AS borrow,
    (adapt AND ((NOT bounded) OR app.within_bounds(group_id, offer_id, 'adapt'::text))) AS adapt
   FROM public.offer_audience a;
CREATE TABLE public.offer_terms (
    group_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    no integer CONSTRAINT offer_terms_no_not_null1 NOT NULL,
    school_id uuid NOT NULL,
    terms jsonb NOT NULL,
    by_person_id uuid,
    stated_at timestamp with time zone NOT NULL,
    CONSTRAINT offer_terms_no_check1 CHECK ((no > 0))
);
ALTER TABLE ONLY public.offer_terms FORCE ROW LEVEL SECURITY;
CREATE TABLE public.paper_cell (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    knowledge_point text NOT NULL,
    ability text NOT NULL,
    half_marks smallint NOT NULL,
    target_percent smallint,
    CONSTRAINT paper_cell_ability_check CHECK (((length(ability) >= 1) AND (length(ability) <= 100))),
    CONSTRAINT paper_cell_half_marks_check CHECK ((half_marks > 0)),
    CONSTRAINT paper_cell_knowledge_point_check CHECK (((length(knowledge_point) >= 1) AND (length(knowledge_point) <= 200))),
    CONSTRAINT paper_cell_target_percent_check CHECK (((target_percent >= 0) AND (target_percent <= 100)))
);
ALTER TABLE ONLY public.paper_cell FORCE ROW LEVEL SECURITY;
CREATE TABLE public.paper_choice (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    name text NOT NULL,
    choose smallint NOT NULL,
    rule text NOT NULL,
    CONSTRAINT paper_choice_choose_check CHECK ((choose > 0)),
    CONSTRAINT paper_choice_name_check CHECK (((length(name) >= 1) AND (length(name) <= 40))),
    CONSTRAINT paper_choice_rule_check CHECK ((rule = ANY (ARRAY['first'::text, 'best'::text])))
);
ALTER TABLE ONLY public.paper_choice FORCE ROW LEVEL SECURITY;
CREATE TABLE public.paper_item (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    "position" smallint NOT NULL,
    label text NOT NULL,
    max_half_marks smallint NOT NULL,
    knowledge_point text DEFAULT ''::text NOT NULL,
    ability text DEFAULT ''::text NOT NULL,
    section text DEFAULT ''::text NOT NULL,
    parent text DEFAULT ''::text NOT NULL,
    kind text DEFAULT 'subjective'::text NOT NULL,
    step_half_marks smallint DEFAULT 1 NOT NULL,
    choice text DEFAULT ''::text NOT NULL,
    target_percent smallint,
    CONSTRAINT paper_item_ability_check CHECK ((length(ability) <= 100)),
    CONSTRAINT paper_item_check CHECK (((max_half_marks % step_half_marks) = 0)),
    CONSTRAINT paper_item_choice_check CHECK ((length(choice) <= 40)),
    CONSTRAINT paper_item_kind_check CHECK ((kind = ANY (ARRAY['objective'::text, 'subjective'::text]))),
    CONSTRAINT paper_item_knowledge_point_check CHECK ((length(knowledge_point) <= 200)),
    CONSTRAINT paper_item_label_check CHECK (((length(label) >= 1) AND (length(label) <= 40))),
    CONSTRAINT paper_item_max_half_marks_check CHECK ((max_half_marks > 0)),
    CONSTRAINT paper_item_parent_check CHECK ((length(parent) <= 40)),
    CONSTRAINT paper_item_position_check CHECK ((("position" >= 1) AND ("position" <= 200))),
    CONSTRAINT paper_item_section_check CHECK ((length(section) <= 100)),
    CONSTRAINT paper_item_step_half_marks_check CHECK ((step_half_marks > 0)),
    CONSTRAINT paper_item_target_percent_check CHECK (((target_percent >= 0) AND (target_percent <= 100)))
);
ALTER TABLE ONLY public.paper_item FORCE ROW LEVEL SECURITY;
CREATE TABLE public.paper_key (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    "position" smallint NOT NULL,
    rule jsonb NOT NULL
);
ALTER TABLE ONLY public.paper_key FORCE ROW LEVEL SECURITY;
CREATE TABLE public.paper_rescore (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    from_version smallint NOT NULL,
    to_version smallint NOT NULL,
    because text NOT NULL,
    rescored integer NOT NULL,
    moved integer NOT NULL,
    items jsonb NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT paper_rescore_because_check CHECK (((length(because) >= 1) AND (length(because) <= 2000)))
);
ALTER TABLE ONLY public.paper_rescore FORCE ROW LEVEL SECURITY;
CREATE TABLE public.paper_rescore_move (
    group_id uuid NOT NULL,
    rescore_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    before_half_marks integer NOT NULL,
    after_half_marks integer NOT NULL,
    items text[] NOT NULL
);
ALTER TABLE ONLY public.paper_rescore_move FORCE ROW LEVEL SECURITY;
CREATE TABLE public.paper_version (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    version smallint NOT NULL,
    because text DEFAULT ''::text NOT NULL,
    made_at timestamp with time zone NOT NULL,
    CONSTRAINT paper_version_because_check CHECK ((length(because) <= 2000)),
    CONSTRAINT paper_version_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY public.paper_version FORCE ROW LEVEL SECURITY;
CREATE TABLE public.person (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    username text NOT NULL,
    name text NOT NULL,
    epoch integer DEFAULT 1 NOT NULL,
    suspended_at timestamp with time zone,
    suspended_by_office boolean DEFAULT false NOT NULL,
    left_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT person_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT person_username_check CHECK ((username ~ '^[a-z0-9][a-z0-9._-]{1,63}$'::text))
);
ALTER TABLE ONLY public.person FORCE ROW LEVEL SECURITY;
CREATE TABLE public.person_credential (
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    password_hash text NOT NULL,
    must_change boolean DEFAULT false NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT person_credential_password_hash_check CHECK ((password_hash ~~ '$argon2id$%'::text))
);
ALTER TABLE ONLY public.person_credential FORCE ROW LEVEL SECURITY;
CREATE TABLE public.person_identity (
    group_id uuid NOT NULL,
    issuer text NOT NULL,
    subject text NOT NULL,
    person_id uuid NOT NULL,
    linked_at timestamp with time zone NOT NULL,
    CONSTRAINT person_identity_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 255)))
);
ALTER TABLE ONLY public.person_identity FORCE ROW LEVEL SECURITY;
CREATE TABLE public.place (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    name text NOT NULL,
    address text DEFAULT ''::text NOT NULL,
    contact text DEFAULT ''::text NOT NULL,
    guidance text DEFAULT ''::text NOT NULL,
    capacity_people integer NOT NULL,
    shared boolean NOT NULL,
    slot_minutes integer NOT NULL,
    slots_max integer NOT NULL,
    lead_hours integer NOT NULL,
    ahead_days integer NOT NULL,
    cancel_hours integer NOT NULL,
    asks_owner boolean NOT NULL,
    ask_hours integer NOT NULL,
    open_on_holidays boolean NOT NULL,
    status text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT place_address_check CHECK ((length(address) <= 300)),
    CONSTRAINT place_ahead_days_check CHECK (((ahead_days >= 1) AND (ahead_days <= 400))),
    CONSTRAINT place_ask_hours_check CHECK (((ask_hours >= 1) AND (ask_hours <= 720))),
    CONSTRAINT place_cancel_hours_check CHECK (((cancel_hours >= 0) AND (cancel_hours <= 720))),
    CONSTRAINT place_capacity_people_check CHECK (((capacity_people >= 1) AND (capacity_people <= 100000))),
    CONSTRAINT place_contact_check CHECK ((length(contact) <= 200)),
    CONSTRAINT place_guidance_check CHECK ((length(guidance) <= 2000)),
    CONSTRAINT place_lead_hours_check CHECK (((lead_hours >= 0) AND (lead_hours <= 2160))),
    CONSTRAINT place_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT place_slot_minutes_check CHECK ((slot_minutes = ANY (ARRAY[15, 30, 45, 60, 90, 120, 240]))),
    CONSTRAINT place_slots_max_check CHECK (((slots_max >= 1) AND (slots_max <= 96))),
    CONSTRAINT place_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text])))
);
ALTER TABLE ONLY public.place FORCE ROW LEVEL SECURITY;
CREATE TABLE public.place_closure (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    because text NOT NULL,
    CONSTRAINT place_closure_because_check CHECK (((length(because) >= 1) AND (length(because) <= 200))),
    CONSTRAINT place_closure_check CHECK ((until_on > from_on))
);
ALTER TABLE ONLY public.place_closure FORCE ROW LEVEL SECURITY;
CREATE TABLE public.place_hours (
    group_id uuid NOT NULL,
    place_id uuid NOT NULL,
    weekday smallint NOT NULL,
    from_minute integer NOT NULL,
    until_minute integer NOT NULL,
    CONSTRAINT place_hours_check CHECK ((until_minute > from_minute)),
    CONSTRAINT place_hours_from_minute_check CHECK (((from_minute >= 0) AND (from_minute <= 1439))),
    CONSTRAINT place_hours_until_minute_check CHECK (((until_minute >= 1) AND (until_minute <= 1440))),
    CONSTRAINT place_hours_weekday_check CHECK (((weekday >= 1) AND (weekday <= 7)))
);
ALTER TABLE ONLY public.place_hours FORCE ROW LEVEL SECURITY;
CREATE TABLE public.policy_bundle (
    group_id uuid NOT NULL,
    version integer NOT NULL,
    sha256 text NOT NULL,
    files jsonb NOT NULL,
    author text NOT NULL,
    approver text NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    published_at timestamp with time zone NOT NULL,
    CONSTRAINT policy_bundle_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT policy_bundle_version_check CHECK ((version > 0))
);
ALTER TABLE ONLY public.policy_bundle FORCE ROW LEVEL SECURITY;
CREATE TABLE public.prerequisite (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no integer NOT NULL,
    no integer NOT NULL,
    needs_resource_id uuid,
    needs_node_id uuid,
    title text NOT NULL,
    CONSTRAINT needs_not_itself CHECK ((needs_resource_id <> resource_id)),
    CONSTRAINT needs_one_thing CHECK ((num_nonnulls(needs_resource_id, needs_node_id) = 1)),
    CONSTRAINT prerequisite_no_check CHECK (((no >= 1) AND (no <= 20))),
    CONSTRAINT prerequisite_title_check CHECK (((length(title) >= 1) AND (length(title) <= 2000)))
);
ALTER TABLE ONLY public.prerequisite FORCE ROW LEVEL SECURITY;
CREATE TABLE public.preview_page (
    group_id uuid NOT NULL,
    school_id uuid NOT NULL,
    blob_id uuid NOT NULL,
    no integer NOT NULL,
    object_key text NOT NULL,
    media_type text NOT NULL,
    width_px integer NOT NULL,
    height_px integer NOT NULL,
    size_bytes bigint NOT NULL,
    CONSTRAINT preview_page_height_px_check CHECK (((height_px >= 1) AND (height_px <= 10000))),
    CONSTRAINT preview_page_media_type_check CHECK (((length(media_type) >= 3) AND (length(media_type) <= 200))),
    CONSTRAINT preview_page_no_check CHECK (((no >= 0) AND (no <= 100))),
    CONSTRAINT preview_page_object_key_check CHECK (((length(object_key) >= 1) AND (length(object_key) <= 500))),
    CONSTRAINT preview_page_size_bytes_check CHECK ((size_bytes > 0)),
    CONSTRAINT preview_page_width_px_check CHECK (((width_px >= 1) AND (width_px <= 10000)))
);
ALTER TABLE ONLY public.preview_page FORCE ROW LEVEL SECURITY;
CREATE TABLE public.preview_view (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    viewer_school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    viewed_on date NOT NULL,
    owner_school_id uuid NOT NULL
);
ALTER TABLE ONLY public.preview_view FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pupil (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    register_number text NOT NULL COLLATE pg_catalog."C",
    sex text,
    status text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pupil_register_number_check CHECK (((length(register_number) >= 1) AND (length(register_number) <= 40))),
    CONSTRAINT pupil_sex_check CHECK ((sex = ANY (ARRAY['f'::text, 'm'::text]))),
    CONSTRAINT pupil_status_check CHECK ((status = ANY (ARRAY['enrolled'::text, 'left'::text, 'graduated'::text])))
);
ALTER TABLE ONLY public.pupil FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pupil_enrolment (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    register_number text NOT NULL COLLATE pg_catalog."C",
    school_year smallint NOT NULL,
    grade smallint NOT NULL,
    class_label text NOT NULL,
    from_on date NOT NULL,
    until_on date,
    CONSTRAINT pupil_enrolment_check CHECK (((until_on IS NULL) OR (until_on >= from_on))),
    CONSTRAINT pupil_enrolment_class_label_check CHECK (((length(class_label) >= 1) AND (length(class_label) <= 40))),
    CONSTRAINT pupil_enrolment_grade_check CHECK (((grade >= 1) AND (grade <= 12))),
    CONSTRAINT pupil_enrolment_register_number_check CHECK (((length(register_number) >= 1) AND (length(register_number) <= 40))),
    CONSTRAINT pupil_enrolment_school_year_check CHECK (((school_year >= 1990) AND (school_year <= 2200)))
);
ALTER TABLE ONLY public.pupil_enrolment FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pupil_name (
    group_id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    school_id uuid NOT NULL,
    name text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pupil_name_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
ALTER TABLE ONLY public.pupil_name FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pupil_promotion (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    to_year smallint NOT NULL,
    promoted integer NOT NULL,
    graduated integer NOT NULL,
    made_at timestamp with time zone NOT NULL,
    undone_at timestamp with time zone,
    CONSTRAINT pupil_promotion_to_year_check CHECK (((to_year >= 1990) AND (to_year <= 2200)))
);
ALTER TABLE ONLY public.pupil_promotion FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pupil_retention (
    group_id uuid NOT NULL,
    school_id uuid NOT NULL,
    months smallint NOT NULL,
    because text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT pupil_retention_because_check CHECK (((length(because) >= 1) AND (length(because) <= 2000))),
    CONSTRAINT pupil_retention_months_check CHECK (((months >= 1) AND (months <= 120)))
);
ALTER TABLE ONLY public.pupil_retention FORCE ROW LEVEL SECURITY;
CREATE TABLE public.pupil_transfer (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    pupil_id uuid NOT NULL,
    from_school_id uuid NOT NULL,
    to_school_id uuid NOT NULL,
    status text NOT NULL,
    grade smallint NOT NULL,
    because text DEFAULT ''::text NOT NULL,
    decided_because text DEFAULT ''::text NOT NULL,
    proposed_at timestamp with time zone NOT NULL,
    decided_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT pupil_transfer_because_check CHECK ((length(because) <= 1000)),
    CONSTRAINT pupil_transfer_check CHECK ((from_school_id <> to_school_id)),
    CONSTRAINT pupil_transfer_check1 CHECK (((status = 'proposed'::text) = (decided_at IS NULL))),
    CONSTRAINT pupil_transfer_decided_because_check CHECK ((length(decided_because) <= 1000)),
    CONSTRAINT pupil_transfer_status_check CHECK ((status = ANY (ARRAY['proposed'::text, 'accepted'::text, 'declined'::text, 'withdrawn'::text])))
);
ALTER TABLE ONLY public.pupil_transfer FORCE ROW LEVEL SECURITY;
CREATE TABLE public.refresh_token (
    group_id uuid NOT NULL,
    token_sha256 bytea NOT NULL,
    session_id uuid NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT refresh_token_token_sha256_check CHECK ((length(token_sha256) = 32))
);
ALTER TABLE ONLY public.refresh_token FORCE ROW LEVEL SECURITY;
CREATE TABLE public.release_conversion (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    conversion_id uuid NOT NULL
);
ALTER TABLE ONLY public.release_conversion FORCE ROW LEVEL SECURITY;
CREATE TABLE public.release_figure (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    figures jsonb NOT NULL
);
ALTER TABLE ONLY public.release_figure FORCE ROW LEVEL SECURITY;
CREATE TABLE public.release_pupils (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    school_id uuid NOT NULL,
    exam_numbers text[] NOT NULL,
    class_labels text[] NOT NULL,
    results text[] NOT NULL,
    grades text[],
    total_half_marks integer[],
    joint_ranks integer[],
    assigned_marks smallint[]
);
ALTER TABLE ONLY public.release_pupils FORCE ROW LEVEL SECURITY;
CREATE TABLE public.release_recipient (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    school_id uuid NOT NULL
);
ALTER TABLE ONLY public.release_recipient FORCE ROW LEVEL SECURITY;
CREATE TABLE public.release_shared_figure (
    group_id uuid NOT NULL,
    release_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    letter text NOT NULL COLLATE pg_catalog."C",
    figures jsonb NOT NULL,
    carried_from_id uuid,
    CONSTRAINT release_shared_figure_letter_check CHECK ((letter ~ '^([A-Z]{1,3}|[*])$'::text))
);
ALTER TABLE ONLY public.release_shared_figure FORCE ROW LEVEL SECURITY;
CREATE TABLE public.rendering (
    group_id uuid NOT NULL,
    school_id uuid NOT NULL,
    blob_id uuid NOT NULL,
    status text NOT NULL,
    form text,
    because text,
    page_count integer,
    outline jsonb DEFAULT '[]'::jsonb NOT NULL,
    made_at timestamp with time zone,
    CONSTRAINT rendering_because_check CHECK (((length(because) >= 1) AND (length(because) <= 100))),
    CONSTRAINT rendering_check CHECK (((status = 'making'::text) = (made_at IS NULL))),
    CONSTRAINT rendering_check1 CHECK (((status = 'ready'::text) = (form IS NOT NULL))),
    CONSTRAINT rendering_check2 CHECK (((status = 'failed'::text) = (because IS NOT NULL))),
    CONSTRAINT rendering_form_check CHECK ((form = ANY (ARRAY['pages'::text, 'picture'::text, 'cover'::text, 'outline'::text]))),
    CONSTRAINT rendering_page_count_check CHECK ((page_count >= 0)),
    CONSTRAINT rendering_status_check CHECK ((status = ANY (ARRAY['making'::text, 'ready'::text, 'none'::text, 'failed'::text])))
);
ALTER TABLE ONLY public.rendering FORCE ROW LEVEL SECURITY;
CREATE UNLOGGED TABLE public.request_count (
    group_id uuid NOT NULL,
    caller_sha256 bytea NOT NULL,
    window_no bigint NOT NULL,
    used integer NOT NULL,
    CONSTRAINT request_count_caller_sha256_check CHECK ((length(caller_sha256) = 32)),
    CONSTRAINT request_count_used_check CHECK ((used >= 0))
)
WITH (fillfactor='70');
ALTER TABLE ONLY public.request_count FORCE ROW LEVEL SECURITY;
CREATE TABLE public.resource_list (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid,
    kind text NOT NULL,
    title text NOT NULL,
    summary text DEFAULT ''::text NOT NULL,
    audience text NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT resource_list_audience_check CHECK ((audience = ANY (ARRAY['school'::text, 'group'::text]))),
    CONSTRAINT resource_list_check CHECK (((school_id IS NOT NULL) OR (audience = 'group'::text))),
    CONSTRAINT resource_list_kind_check CHECK ((kind = ANY (ARRAY['course'::text, 'reading'::text, 'place'::text]))),
    CONSTRAINT resource_list_summary_check CHECK ((length(summary) <= 4000)),
    CONSTRAINT resource_list_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.resource_list FORCE ROW LEVEL SECURITY;
CREATE TABLE public.resource_text (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no integer NOT NULL,
    school_id uuid NOT NULL,
    body text NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT resource_text_body_check CHECK ((length(body) <= 200000))
);
ALTER TABLE ONLY public.resource_text FORCE ROW LEVEL SECURITY;
CREATE TABLE public.resource_view (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    viewer_school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    viewed_on date NOT NULL,
    owner_school_id uuid NOT NULL
);
ALTER TABLE ONLY public.resource_view FORCE ROW LEVEL SECURITY;
CREATE TABLE public.return_file (
    group_id uuid NOT NULL,
    return_id uuid NOT NULL,
    school_id uuid NOT NULL,
    no integer NOT NULL,
    version_no integer GENERATED ALWAYS AS (NULLIF(no, 0)) STORED,
    upload_id uuid NOT NULL,
    file_name text NOT NULL,
    blob_id uuid NOT NULL,
    CONSTRAINT return_file_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
    CONSTRAINT return_file_no_check CHECK ((no >= 0))
);
ALTER TABLE ONLY public.return_file FORCE ROW LEVEL SECURITY;
CREATE TABLE public.return_version (
    group_id uuid NOT NULL,
    return_id uuid NOT NULL,
    school_id uuid NOT NULL,
    no integer NOT NULL,
    "values" jsonb NOT NULL,
    submitted_by_person_id uuid NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    sources jsonb DEFAULT '{}'::jsonb NOT NULL,
    worked_seconds integer,
    CONSTRAINT return_version_no_check CHECK ((no > 0)),
    CONSTRAINT return_version_sources_check CHECK ((jsonb_typeof(sources) = 'object'::text)),
    CONSTRAINT return_version_values_check CHECK ((jsonb_typeof("values") = 'object'::text)),
    CONSTRAINT return_version_worked_seconds_check CHECK ((worked_seconds > 0))
);
ALTER TABLE ONLY public.return_version FORCE ROW LEVEL SECURITY;
CREATE TABLE public.school_return (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    call_id uuid NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL,
    "values" jsonb NOT NULL,
    submitted_no integer,
    accepted_no integer,
    accepted_at timestamp with time zone,
    accepted_by_person_id uuid,
    reopened_fields text[] DEFAULT '{}'::text[] NOT NULL,
    sent_back_because text,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    sources jsonb DEFAULT '{}'::jsonb NOT NULL,
    worked_seconds integer DEFAULT 0 NOT NULL,
    CONSTRAINT acceptance_names_the_newest CHECK (((status <> 'accepted'::text) OR ((accepted_no IS NOT NULL) AND (accepted_no = submitted_no)))),
    CONSTRAINT school_return_check CHECK (((status = 'drafting'::text) = (submitted_no IS NULL))),
    CONSTRAINT school_return_check1 CHECK (((accepted_no IS NULL) = (accepted_at IS NULL))),
    CONSTRAINT school_return_check2 CHECK (((status = 'sent_back'::text) = ((sent_back_because IS NOT NULL) AND (reopened_fields <> '{}'::text[])))),
    CONSTRAINT school_return_sent_back_because_check CHECK (((length(sent_back_because) >= 1) AND (length(sent_back_because) <= 2000))),
    CONSTRAINT school_return_sources_check CHECK ((jsonb_typeof(sources) = 'object'::text)),
    CONSTRAINT school_return_status_check CHECK ((status = ANY (ARRAY['drafting'::text, 'submitted'::text, 'sent_back'::text, 'accepted'::text]))),
    CONSTRAINT school_return_values_check CHECK ((jsonb_typeof("values") = 'object'::text)),
    CONSTRAINT school_return_worked_seconds_check CHECK ((worked_seconds >= 0))
);
ALTER TABLE ONLY public.school_return FORCE ROW LEVEL SECURITY;
CREATE VIEW public.return_standing WITH (security_invoker='true') AS
 SELECT g.group_id,
    g.call_id,
    g.school_id,
    g.tier,
    g.exempt_because,
    g.extended_until_at,
    app.closes_at(c.*, g.*) AS closes_at,
    r.id AS return_id,
    COALESCE(r.status, 'not_begun'::text) AS status,
    r.submitted_no,
    r.accepted_no,
    f.submitted_at AS first_submitted_at,
    (g.exempted_at IS NULL) AS expected,
    ((g.exempted_at IS NULL) AND COALESCE((r.status = ANY (ARRAY['submitted'::text, 'accepted'::text])), false)) AS answered,
    ((g.exempted_at IS NULL) AND COALESCE((r.status = ANY (ARRAY['submitted'::text, 'accepted'::text])), false) AND (f.submitted_at < app.due_at(c.*, g.*))) AS on_time,
    ((g.exempted_at IS NULL) AND COALESCE((r.status = 'accepted'::text), false)) AS accepted
   FROM (((public.return_target g
     JOIN public.return_call c ON (((c.group_id = g.group_id) AND (c.id = g.call_id))))
     LEFT JOIN public.school_return r ON (((r.group_id = g.group_id) AND (r.call_id = g.call_id) AND (r.school_id = g.school_id))))
     LEFT JOIN public.return_version f ON (((f.group_id = r.group_id) AND (f.return_id = r.id) AND (f.no = 1))));
CREATE TABLE public.revision_file (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no integer NOT NULL,
    no integer NOT NULL,
    file_name text NOT NULL,
    blob_id uuid NOT NULL,
    CONSTRAINT revision_file_file_name_check CHECK (((length(file_name) >= 1) AND (length(file_name) <= 200))),
    CONSTRAINT revision_file_no_check CHECK (((no >= 1) AND (no <= 50)))
);
ALTER TABLE ONLY public.revision_file FORCE ROW LEVEL SECURITY;
CREATE TABLE public.revision_reading (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no integer NOT NULL,
    school_id uuid NOT NULL,
    files_key text NOT NULL,
    text_status text NOT NULL,
    because text,
    read_at timestamp with time zone NOT NULL,
    CONSTRAINT revision_reading_because_check CHECK (((length(because) >= 1) AND (length(because) <= 100))),
    CONSTRAINT revision_reading_files_key_check CHECK ((files_key ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT revision_reading_text_status_check CHECK ((text_status = ANY (ARRAY['ready'::text, 'no_text'::text, 'failed'::text])))
);
ALTER TABLE ONLY public.revision_reading FORCE ROW LEVEL SECURITY;
CREATE TABLE public.round_school (
    group_id uuid NOT NULL,
    round_id uuid NOT NULL,
    school_id uuid NOT NULL,
    tier text NOT NULL,
    excused_at timestamp with time zone,
    excused_because text,
    CONSTRAINT round_school_check CHECK (((excused_at IS NULL) = (excused_because IS NULL))),
    CONSTRAINT round_school_excused_because_check CHECK (((length(excused_because) >= 1) AND (length(excused_because) <= 1000))),
    CONSTRAINT round_school_tier_check CHECK ((tier = ANY (ARRAY['integrated'::text, 'partner'::text])))
);
ALTER TABLE ONLY public.round_school FORCE ROW LEVEL SECURITY;
CREATE VIEW public.round_standing WITH (security_invoker='true') AS
 SELECT s.group_id,
    s.round_id,
    s.school_id,
    s.tier,
    s.excused_because,
    (s.excused_at IS NULL) AS expected,
    ((s.excused_at IS NULL) AND COALESCE(v.visited, false)) AS visited,
    ((s.excused_at IS NULL) AND COALESCE(v.planned, false)) AS planned,
    COALESCE(v.spot_checks, (0)::bigint) AS spot_checks
   FROM (public.round_school s
     LEFT JOIN LATERAL ( SELECT bool_or((v_1.status = ANY (ARRAY['carried_out'::text, 'reported'::text, 'replied'::text]))) AS visited,
            bool_or((v_1.status <> 'cancelled'::text)) AS planned,
            count(*) FILTER (WHERE ((v_1.kind = 'spot'::text) AND (v_1.status = ANY (ARRAY['carried_out'::text, 'reported'::text, 'replied'::text])))) AS spot_checks
           FROM public.inspection_visit v_1
          WHERE ((v_1.group_id = s.group_id) AND (v_1.round_id = s.round_id) AND (v_1.school_id = s.school_id))) v ON (true));
CREATE TABLE public.round_team (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    round_id uuid NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT round_team_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
ALTER TABLE ONLY public.round_team FORCE ROW LEVEL SECURITY;
CREATE TABLE public.saved_search (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    name text NOT NULL,
    wanted jsonb NOT NULL,
    looked_at timestamp with time zone NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT saved_search_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100)))
);
ALTER TABLE ONLY public.saved_search FORCE ROW LEVEL SECURITY;
CREATE VIEW public.school_content WITH (security_invoker='true') AS
 SELECT r.group_id,
    r.school_id,
    b.sha256,
    b.size_bytes
   FROM ((public.resource r
     JOIN public.revision_file f ON (((f.group_id = r.group_id) AND (f.resource_id = r.id))))
     JOIN public.blob b ON (((b.group_id = f.group_id) AND (b.id = f.blob_id))))
UNION
 SELECT d.group_id,
    d.school_id,
    d.sha256,
    d.size_bytes
   FROM public.deposit d
  WHERE (((d.status = 'verified'::text) AND (d.released_at IS NULL)) OR ((d.status = 'open'::text) AND (d.expires_at > app.now())));
CREATE TABLE public.school_quota (
    group_id uuid NOT NULL,
    school_id uuid NOT NULL,
    bytes_max bigint NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT school_quota_bytes_max_check CHECK ((bytes_max >= 0))
);
ALTER TABLE ONLY public.school_quota FORCE ROW LEVEL SECURITY;
CREATE TABLE public.school_tier (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    tier text NOT NULL,
    from_on date NOT NULL,
    until_on date,
    CONSTRAINT school_tier_check CHECK (((until_on IS NULL) OR (until_on > from_on))),
    CONSTRAINT school_tier_tier_check CHECK ((tier = ANY (ARRAY['integrated'::text, 'partner'::text])))
);
ALTER TABLE ONLY public.school_tier FORCE ROW LEVEL SECURITY;
CREATE TABLE public.script_batch (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    school_id uuid NOT NULL,
    deposit_id uuid NOT NULL,
    exam_numbers text[] NOT NULL,
    candidates_cut integer DEFAULT 0 NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    CONSTRAINT script_batch_check CHECK (((candidates_cut >= 0) AND (candidates_cut <= cardinality(exam_numbers)))),
    CONSTRAINT script_batch_exam_numbers_check CHECK ((exam_numbers <> '{}'::text[]))
);
ALTER TABLE ONLY public.script_batch FORCE ROW LEVEL SECURITY;
CREATE TABLE public.search_change (
    group_id uuid NOT NULL,
    id bigint NOT NULL,
    lot bigint DEFAULT hashtextextended((gen_random_uuid())::text, (0)::bigint) NOT NULL
);
ALTER TABLE ONLY public.search_change FORCE ROW LEVEL SECURITY;
ALTER TABLE public.search_change ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.search_change_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.search_class (
    group_id uuid NOT NULL,
    id integer NOT NULL,
    family_id integer NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL,
    kind text NOT NULL,
    reach_id uuid NOT NULL,
    sealed_until_at timestamp with time zone
);
ALTER TABLE ONLY public.search_class FORCE ROW LEVEL SECURITY;
ALTER TABLE public.search_class ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.search_class_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.search_entry (
    group_id uuid NOT NULL,
    no bigint NOT NULL,
    resource_id uuid NOT NULL,
    school_id uuid NOT NULL,
    class_id integer NOT NULL,
    loans integer DEFAULT 0 NOT NULL,
    title_chars smallint NOT NULL,
    draft boolean NOT NULL,
    value_ids integer[] NOT NULL,
    document tsvector NOT NULL
)
WITH (fillfactor='90', toast_tuple_target='8160');
ALTER TABLE ONLY public.search_entry FORCE ROW LEVEL SECURITY;
CREATE SEQUENCE public.search_entry_no
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;
CREATE TABLE public.search_family (
    group_id uuid NOT NULL,
    id integer NOT NULL,
    school_id uuid NOT NULL,
    status text NOT NULL,
    reach_id uuid NOT NULL
);
ALTER TABLE ONLY public.search_family FORCE ROW LEVEL SECURITY;
ALTER TABLE public.search_family ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.search_family_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.search_move (
    group_id uuid NOT NULL,
    no bigint NOT NULL,
    resource_id uuid NOT NULL,
    from_class_id integer,
    to_class_id integer NOT NULL,
    moved_at timestamp with time zone NOT NULL
);
ALTER TABLE ONLY public.search_move FORCE ROW LEVEL SECURITY;
ALTER TABLE public.search_move ALTER COLUMN no ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.search_move_no_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.search_part (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no integer NOT NULL,
    part integer NOT NULL,
    school_id uuid NOT NULL,
    said tsvector NOT NULL,
    document tsvector NOT NULL
);
ALTER TABLE ONLY public.search_part FORCE ROW LEVEL SECURITY;
CREATE TABLE public.search_reach (
    group_id uuid NOT NULL,
    id uuid NOT NULL
);
ALTER TABLE ONLY public.search_reach FORCE ROW LEVEL SECURITY;
CREATE TABLE public.search_reach_line (
    group_id uuid NOT NULL,
    reach_id uuid NOT NULL,
    line_no integer NOT NULL,
    kind text NOT NULL,
    tier text,
    circle_id uuid,
    audience_school_id uuid,
    discover boolean NOT NULL,
    borrow boolean NOT NULL,
    adapt boolean NOT NULL,
    valid_until_at timestamp with time zone,
    bounded_offer_id uuid
);
ALTER TABLE ONLY public.search_reach_line FORCE ROW LEVEL SECURITY;
CREATE VIEW public.search_reach_given WITH (security_invoker='true') AS
 SELECT group_id,
    reach_id,
    kind,
    tier,
    circle_id,
    audience_school_id,
    valid_until_at,
    (discover AND ((bounded_offer_id IS NULL) OR app.within_bounds(group_id, bounded_offer_id, 'discover'::text))) AS discover,
    (borrow AND ((bounded_offer_id IS NULL) OR app.within_bounds(group_id, bounded_offer_id, 'borrow'::text))) AS borrow,
    (adapt AND ((bounded_offer_id IS NULL) OR app.within_bounds(group_id, bounded_offer_id, 'adapt'::text))) AS adapt
   FROM public.search_reach_line l;
CREATE TABLE public.search_tally (
    group_id uuid NOT NULL,
    family_id integer NOT NULL,
    value_id integer NOT NULL,
    n integer NOT NULL
);
ALTER TABLE ONLY public.search_tally FORCE ROW LEVEL SECURITY;
CREATE TABLE public.search_value (
    group_id uuid NOT NULL,
    id integer NOT NULL,
    facet text NOT NULL,
    value text NOT NULL,
    CONSTRAINT search_value_value_check CHECK (((length(value) >= 1) AND (length(value) <= 200)))
);
ALTER TABLE ONLY public.search_value FORCE ROW LEVEL SECURITY;
ALTER TABLE public.search_value ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.search_value_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);
CREATE TABLE public.sign_in_flow (
    group_id uuid NOT NULL,
    handle_sha256 bytea NOT NULL,
    issuer text NOT NULL,
    redirect_uri text NOT NULL,
    person_id uuid,
    code_sha256 bytea,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT sign_in_flow_check CHECK (((person_id IS NULL) = (code_sha256 IS NULL))),
    CONSTRAINT sign_in_flow_code_sha256_check CHECK ((length(code_sha256) = 32)),
    CONSTRAINT sign_in_flow_handle_sha256_check CHECK ((length(handle_sha256) = 32))
);
ALTER TABLE ONLY public.sign_in_flow FORCE ROW LEVEL SECURITY;
CREATE TABLE public.signing_key (
    kid text NOT NULL,
    public_jwk jsonb NOT NULL,
    private_sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone
);
CREATE TABLE public.team_member (
    group_id uuid NOT NULL,
    team_id uuid NOT NULL,
    round_id uuid NOT NULL,
    person_id uuid NOT NULL,
    school_id uuid,
    leads boolean DEFAULT false NOT NULL
);
ALTER TABLE ONLY public.team_member FORCE ROW LEVEL SECURITY;
CREATE TABLE public.term (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    name text NOT NULL,
    name_en text DEFAULT ''::text NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    CONSTRAINT term_check CHECK ((until_on > from_on)),
    CONSTRAINT term_name_check CHECK (((length(name) >= 1) AND (length(name) <= 100))),
    CONSTRAINT term_name_en_check CHECK ((length(name_en) <= 100))
);
ALTER TABLE ONLY public.term FORCE ROW LEVEL SECURITY;
CREATE TABLE public.visit_evidence (
    group_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    place integer NOT NULL,
    criterion text NOT NULL,
    kind text NOT NULL,
    text text DEFAULT ''::text NOT NULL,
    file_name text,
    blob_id uuid,
    resource_id uuid,
    CONSTRAINT visit_evidence_check CHECK (((kind = 'upload'::text) = (blob_id IS NOT NULL))),
    CONSTRAINT visit_evidence_check1 CHECK (((blob_id IS NULL) = (file_name IS NULL))),
    CONSTRAINT visit_evidence_check2 CHECK (((kind = 'resource'::text) = (resource_id IS NOT NULL))),
    CONSTRAINT visit_evidence_check3 CHECK (((kind <> 'document'::text) OR (text <> ''::text))),
    CONSTRAINT visit_evidence_criterion_check CHECK (((length(criterion) >= 1) AND (length(criterion) <= 40))),
    CONSTRAINT visit_evidence_kind_check CHECK ((kind = ANY (ARRAY['upload'::text, 'resource'::text, 'document'::text]))),
    CONSTRAINT visit_evidence_place_check CHECK ((place > 0)),
    CONSTRAINT visit_evidence_text_check CHECK ((length(text) <= 500))
);
ALTER TABLE ONLY public.visit_evidence FORCE ROW LEVEL SECURITY;
CREATE TABLE public.visit_finding (
    group_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    no integer NOT NULL,
    criterion text DEFAULT ''::text NOT NULL,
    item_id uuid NOT NULL,
    found_by_person_id uuid NOT NULL,
    found_at timestamp with time zone NOT NULL,
    CONSTRAINT visit_finding_criterion_check CHECK ((length(criterion) <= 40)),
    CONSTRAINT visit_finding_no_check CHECK ((no > 0))
);
ALTER TABLE ONLY public.visit_finding FORCE ROW LEVEL SECURITY;
CREATE TABLE public.visit_inspector (
    group_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    team_id uuid NOT NULL,
    person_id uuid NOT NULL,
    home_school_id uuid,
    visited_school_id uuid NOT NULL,
    CONSTRAINT nobody_inspects_the_own_school CHECK ((home_school_id <> visited_school_id))
);
ALTER TABLE ONLY public.visit_inspector FORCE ROW LEVEL SECURITY;
CREATE TABLE public.visit_observation (
    group_id uuid NOT NULL,
    visit_id uuid NOT NULL,
    criterion text NOT NULL,
    points integer NOT NULL,
    note text DEFAULT ''::text NOT NULL,
    person_id uuid NOT NULL,
    observed_at timestamp with time zone NOT NULL,
    CONSTRAINT visit_observation_criterion_check CHECK (((length(criterion) >= 1) AND (length(criterion) <= 40))),
    CONSTRAINT visit_observation_note_check CHECK ((length(note) <= 4000)),
    CONSTRAINT visit_observation_points_check CHECK ((points >= 0))
);
ALTER TABLE ONLY public.visit_observation FORCE ROW LEVEL SECURITY;
CREATE VIEW public.waiting_times WITH (security_invoker='true') AS
 SELECT h.group_id,
    h.borrower_school_id AS school_id,
    (date_trunc('month'::text, (h.ready_at AT TIME ZONE g.time_zone)))::date AS month,
    count(*) AS holds,
    (EXTRACT(epoch FROM percentile_cont((0.5)::double precision) WITHIN GROUP (ORDER BY (h.ready_at - COALESCE(h.joined_at, h.placed_at)))) / (3600)::numeric) AS median_hours,
    (EXTRACT(epoch FROM max((h.ready_at - COALESCE(h.joined_at, h.placed_at)))) / (3600)::numeric) AS longest_hours,
    count(*) FILTER (WHERE ((h.status = 'lapsed'::text) OR ((h.status = 'ready'::text) AND (h.ready_until_at <= app.now())))) AS lapsed
   FROM (public.hold h
     JOIN public.education_group g ON ((g.id = h.group_id)))
  WHERE (h.ready_at IS NOT NULL)
  GROUP BY h.group_id, h.borrower_school_id, ((date_trunc('month'::text, (h.ready_at AT TIME ZONE g.time_zone)))::date);
CREATE TABLE public.webhook_delivery (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    school_id uuid,
    stream_id uuid,
    kind text NOT NULL,
    event_id uuid,
    event_type text NOT NULL,
    status text NOT NULL,
    tries integer DEFAULT 0 NOT NULL,
    attempts jsonb DEFAULT '[]'::jsonb NOT NULL,
    created_at timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT webhook_delivery_attempts_check CHECK ((jsonb_array_length(attempts) <= 20)),
    CONSTRAINT webhook_delivery_check CHECK (((kind = 'ping'::text) = (event_id IS NULL))),
    CONSTRAINT webhook_delivery_check1 CHECK (((status = 'waiting'::text) = (ended_at IS NULL))),
    CONSTRAINT webhook_delivery_event_type_check CHECK (((length(event_type) >= 1) AND (length(event_type) <= 130))),
    CONSTRAINT webhook_delivery_kind_check CHECK ((kind = ANY (ARRAY['event'::text, 'replay'::text, 'redelivery'::text, 'ping'::text]))),
    CONSTRAINT webhook_delivery_status_check CHECK ((status = ANY (ARRAY['waiting'::text, 'delivered'::text, 'failed'::text, 'dropped'::text])))
);
ALTER TABLE ONLY public.webhook_delivery FORCE ROW LEVEL SECURITY;
CREATE TABLE public.webhook_endpoint (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    client_id uuid NOT NULL,
    school_id uuid,
    slot integer NOT NULL,
    url text NOT NULL,
    types text[] DEFAULT '{}'::text[] NOT NULL,
    description text DEFAULT ''::text NOT NULL,
    status text NOT NULL,
    disabled_because text,
    disabled_at timestamp with time zone,
    secret_sealed bytea NOT NULL,
    previous_secret_sealed bytea,
    previous_until_at timestamp with time zone,
    session_id uuid,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT webhook_endpoint_check CHECK (((status = 'disabled'::text) = (disabled_at IS NOT NULL))),
    CONSTRAINT webhook_endpoint_check1 CHECK (((status = 'disabled'::text) = (disabled_because IS NOT NULL))),
    CONSTRAINT webhook_endpoint_check2 CHECK (((previous_secret_sealed IS NULL) = (previous_until_at IS NULL))),
    CONSTRAINT webhook_endpoint_description_check CHECK ((length(description) <= 200)),
    CONSTRAINT webhook_endpoint_disabled_because_check CHECK ((disabled_because = ANY (ARRAY['gone'::text, 'exhausted'::text]))),
    CONSTRAINT webhook_endpoint_previous_secret_sealed_check CHECK (((length(previous_secret_sealed) >= 40) AND (length(previous_secret_sealed) <= 200))),
    CONSTRAINT webhook_endpoint_secret_sealed_check CHECK (((length(secret_sealed) >= 40) AND (length(secret_sealed) <= 200))),
    CONSTRAINT webhook_endpoint_slot_check CHECK (((slot >= 1) AND (slot <= 10))),
    CONSTRAINT webhook_endpoint_status_check CHECK ((status = ANY (ARRAY['active'::text, 'paused'::text, 'disabled'::text]))),
    CONSTRAINT webhook_endpoint_types_check CHECK ((cardinality(types) <= 50)),
    CONSTRAINT webhook_endpoint_url_check CHECK ((((length(url) >= 8) AND (length(url) <= 2000)) AND (url ~ '^https?://'::text)))
);
ALTER TABLE ONLY public.webhook_endpoint FORCE ROW LEVEL SECURITY;
CREATE TABLE public.webhook_stream (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    endpoint_id uuid NOT NULL,
    school_id uuid,
    kind text NOT NULL,
    life bigint NOT NULL,
    transaction_id xid8 NOT NULL,
    seq bigint NOT NULL,
    end_life bigint,
    end_transaction_id xid8,
    end_seq bigint,
    after_at timestamp with time zone,
    until_at timestamp with time zone,
    event_id uuid,
    tries integer DEFAULT 0 NOT NULL,
    due_at timestamp with time zone NOT NULL,
    holder text,
    held_until_at timestamp with time zone,
    ended_at timestamp with time zone,
    created_at timestamp with time zone NOT NULL,
    missed_until_at timestamp with time zone,
    missed_told boolean DEFAULT false NOT NULL,
    CONSTRAINT webhook_stream_check CHECK (((kind = 'live'::text) = (end_life IS NULL))),
    CONSTRAINT webhook_stream_check1 CHECK ((num_nulls(end_life, end_transaction_id, end_seq, after_at, until_at) = ANY (ARRAY[0, 5]))),
    CONSTRAINT webhook_stream_check2 CHECK (((holder IS NULL) = (held_until_at IS NULL))),
    CONSTRAINT webhook_stream_check3 CHECK (((kind = 'replay'::text) OR (ended_at IS NULL))),
    CONSTRAINT webhook_stream_holder_check CHECK (((length(holder) >= 1) AND (length(holder) <= 100))),
    CONSTRAINT webhook_stream_kind_check CHECK ((kind = ANY (ARRAY['live'::text, 'replay'::text]))),
    CONSTRAINT webhook_stream_tries_check CHECK ((tries >= 0))
);
ALTER TABLE ONLY public.webhook_stream FORCE ROW LEVEL SECURITY;
ALTER TABLE ONLY app.secret
    ADD CONSTRAINT secret_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY app.server_life
    ADD CONSTRAINT server_life_pkey PRIMARY KEY (no);
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.activity_guest
    ADD CONSTRAINT activity_guest_pkey PRIMARY KEY (group_id, activity_id, school_id);
ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreement_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreements_never_overlap EXCLUDE USING gist (group_id WITH =, owner_school_id WITH =, COALESCE(grantee_school_id, grantee_circle_id) WITH =, daterange(from_on, until_on) WITH &&) WHERE ((status = ANY (ARRAY['proposed'::text, 'in_force'::text])));
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appraisal_assessor
    ADD CONSTRAINT appraisal_assessor_pkey PRIMARY KEY (group_id, case_id, person_id);
ALTER TABLE ONLY public.appraisal_case
    ADD CONSTRAINT appraisal_case_group_id_id_scheme_id_key UNIQUE (group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_case
    ADD CONSTRAINT appraisal_case_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appraisal_evidence
    ADD CONSTRAINT appraisal_evidence_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appraisal_figure
    ADD CONSTRAINT appraisal_figure_pkey PRIMARY KEY (group_id, case_id, field);
ALTER TABLE ONLY public.appraisal
    ADD CONSTRAINT appraisal_group_id_id_scheme_id_key UNIQUE (group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_indicator
    ADD CONSTRAINT appraisal_indicator_group_id_scheme_id_code_level_key UNIQUE (group_id, scheme_id, code, level);
ALTER TABLE ONLY public.appraisal_indicator
    ADD CONSTRAINT appraisal_indicator_group_id_scheme_id_place_key UNIQUE (group_id, scheme_id, place);
ALTER TABLE ONLY public.appraisal_indicator
    ADD CONSTRAINT appraisal_indicator_pkey PRIMARY KEY (group_id, scheme_id, code);
ALTER TABLE ONLY public.appraisal_mark
    ADD CONSTRAINT appraisal_mark_pkey PRIMARY KEY (group_id, case_id, source, person_id, indicator_code);
ALTER TABLE ONLY public.appraisal_moderation
    ADD CONSTRAINT appraisal_moderation_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appraisal_objection
    ADD CONSTRAINT appraisal_objection_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appraisal
    ADD CONSTRAINT appraisal_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appraisal_result
    ADD CONSTRAINT appraisal_result_pkey PRIMARY KEY (group_id, case_id);
ALTER TABLE ONLY public.appraisal_scheme
    ADD CONSTRAINT appraisal_scheme_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appraisal_tally
    ADD CONSTRAINT appraisal_tally_pkey PRIMARY KEY (group_id, case_id, source, indicator_code);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT audience_once UNIQUE NULLS NOT DISTINCT (group_id, offer_id, kind, tier, circle_id, audience_school_id);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (group_id, chain, seq);
ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (group_id, chain);
ALTER TABLE ONLY public.item
    ADD CONSTRAINT barcode_once UNIQUE (group_id, school_id, barcode);
ALTER TABLE ONLY public.begun_upload
    ADD CONSTRAINT begun_upload_pkey PRIMARY KEY (group_id, upload_key);
ALTER TABLE ONLY public.blob
    ADD CONSTRAINT blob_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.list_entry
    ADD CONSTRAINT book_once UNIQUE (group_id, edition_id, isbn);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.bulletin_article
    ADD CONSTRAINT bulletin_article_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.bulletin_edition
    ADD CONSTRAINT bulletin_edition_pkey PRIMARY KEY (group_id, bulletin_id, no);
ALTER TABLE ONLY public.bulletin_number
    ADD CONSTRAINT bulletin_number_pkey PRIMARY KEY (group_id, year);
ALTER TABLE ONLY public.bulletin
    ADD CONSTRAINT bulletin_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.bulletin_receipt
    ADD CONSTRAINT bulletin_receipt_pkey PRIMARY KEY (group_id, bulletin_id, edition_no, school_id);
ALTER TABLE ONLY public.bulletin_recipient
    ADD CONSTRAINT bulletin_recipient_pkey PRIMARY KEY (group_id, bulletin_id, school_id);
ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_group_id_name_key UNIQUE (group_id, name);
ALTER TABLE ONLY public.circle_member
    ADD CONSTRAINT circle_member_pkey PRIMARY KEY (group_id, circle_id, school_id);
ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.client_assertion
    ADD CONSTRAINT client_assertion_pkey PRIMARY KEY (group_id, client_id, jti_sha256);
ALTER TABLE ONLY public.client_key
    ADD CONSTRAINT client_key_once UNIQUE (group_id, client_id, kid);
ALTER TABLE ONLY public.client_key
    ADD CONSTRAINT client_key_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_name_once UNIQUE NULLS NOT DISTINCT (group_id, school_id, name);
ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_conversion
    ADD CONSTRAINT conversion_number_once UNIQUE (group_id, exam_subject_id, number);
ALTER TABLE ONLY public.curriculum_node
    ADD CONSTRAINT curriculum_node_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.curriculum_version
    ADD CONSTRAINT curriculum_version_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT deposit_group_id_upload_key_key UNIQUE (group_id, upload_key);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT deposit_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.draw_secret
    ADD CONSTRAINT draw_secret_pkey PRIMARY KEY (group_id, draw_id);
ALTER TABLE ONLY public.education_group
    ADD CONSTRAINT education_group_code_key UNIQUE (code);
ALTER TABLE ONLY public.education_group
    ADD CONSTRAINT education_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.email_address
    ADD CONSTRAINT email_address_pkey PRIMARY KEY (group_id, person_id);
ALTER TABLE ONLY public.list_entry
    ADD CONSTRAINT entry_once UNIQUE (group_id, edition_id, resource_id);
ALTER TABLE ONLY public.event_floor
    ADD CONSTRAINT event_floor_pkey PRIMARY KEY (group_id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appraisal_evidence
    ADD CONSTRAINT evidence_stands_once UNIQUE NULLS NOT DISTINCT (group_id, case_id, indicator_code, resource_id, deposit_id);
ALTER TABLE ONLY public.exam_appeal
    ADD CONSTRAINT exam_appeal_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_candidate
    ADD CONSTRAINT exam_candidate_group_id_exam_id_school_id_exam_number_key UNIQUE (group_id, exam_id, school_id, exam_number);
ALTER TABLE ONLY public.exam_candidate_name
    ADD CONSTRAINT exam_candidate_name_pkey PRIMARY KEY (group_id, candidate_id);
ALTER TABLE ONLY public.exam_candidate
    ADD CONSTRAINT exam_candidate_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_conversion
    ADD CONSTRAINT exam_conversion_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_draw
    ADD CONSTRAINT exam_draw_group_id_exam_id_number_key UNIQUE (group_id, exam_id, number);
ALTER TABLE ONLY public.exam_draw
    ADD CONSTRAINT exam_draw_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_entry
    ADD CONSTRAINT exam_entry_pkey PRIMARY KEY (group_id, exam_subject_id, candidate_id);
ALTER TABLE ONLY public.exam_gate_rule
    ADD CONSTRAINT exam_gate_rule_pkey PRIMARY KEY (group_id, gate);
ALTER TABLE ONLY public.exam_paper_file
    ADD CONSTRAINT exam_paper_file_pkey PRIMARY KEY (group_id, resource_id);
ALTER TABLE ONLY public.exam
    ADD CONSTRAINT exam_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_release
    ADD CONSTRAINT exam_release_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_response
    ADD CONSTRAINT exam_response_pkey PRIMARY KEY (group_id, exam_subject_id, candidate_id);
ALTER TABLE ONLY public.exam_room
    ADD CONSTRAINT exam_room_group_id_exam_id_number_key UNIQUE (group_id, exam_id, number);
ALTER TABLE ONLY public.exam_room
    ADD CONSTRAINT exam_room_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_school
    ADD CONSTRAINT exam_school_group_id_exam_id_letter_key UNIQUE (group_id, exam_id, letter);
ALTER TABLE ONLY public.exam_school
    ADD CONSTRAINT exam_school_pkey PRIMARY KEY (group_id, exam_id, school_id);
ALTER TABLE ONLY public.exam_school_subject
    ADD CONSTRAINT exam_school_subject_pkey PRIMARY KEY (group_id, exam_subject_id, school_id);
ALTER TABLE ONLY public.exam_score
    ADD CONSTRAINT exam_score_pkey PRIMARY KEY (group_id, exam_subject_id, candidate_id);
ALTER TABLE ONLY public.exam_seat
    ADD CONSTRAINT exam_seat_pkey PRIMARY KEY (group_id, candidate_id);
ALTER TABLE ONLY public.exam_seed
    ADD CONSTRAINT exam_seed_pkey PRIMARY KEY (group_id, exam_id);
ALTER TABLE ONLY public.exam_setter
    ADD CONSTRAINT exam_setter_pkey PRIMARY KEY (group_id, exam_subject_id, person_id);
ALTER TABLE ONLY public.exam_snapshot
    ADD CONSTRAINT exam_snapshot_group_id_exam_id_number_key UNIQUE (group_id, exam_id, number);
ALTER TABLE ONLY public.exam_snapshot_part
    ADD CONSTRAINT exam_snapshot_part_pkey PRIMARY KEY (group_id, snapshot_id, exam_subject_id, school_id);
ALTER TABLE ONLY public.exam_snapshot
    ADD CONSTRAINT exam_snapshot_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_subject
    ADD CONSTRAINT exam_subject_group_id_exam_id_position_key UNIQUE (group_id, exam_id, "position");
ALTER TABLE ONLY public.exam_subject
    ADD CONSTRAINT exam_subject_group_id_exam_id_subject_key UNIQUE (group_id, exam_id, subject);
ALTER TABLE ONLY public.exam_subject
    ADD CONSTRAINT exam_subject_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_sum
    ADD CONSTRAINT exam_sum_pkey PRIMARY KEY (group_id, exam_subject_id, school_id);
ALTER TABLE ONLY public.form_field
    ADD CONSTRAINT form_field_group_id_form_id_form_version_place_key UNIQUE (group_id, form_id, form_version, place);
ALTER TABLE ONLY public.form_field
    ADD CONSTRAINT form_field_pkey PRIMARY KEY (group_id, form_id, form_version, field_code);
ALTER TABLE ONLY public.form
    ADD CONSTRAINT form_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.form_rule
    ADD CONSTRAINT form_rule_pkey PRIMARY KEY (group_id, form_id, form_version, place);
ALTER TABLE ONLY public.form_version
    ADD CONSTRAINT form_version_pkey PRIMARY KEY (group_id, form_id, no);
ALTER TABLE ONLY public.group_quota
    ADD CONSTRAINT group_quota_pkey PRIMARY KEY (group_id);
ALTER TABLE ONLY public.harvest_stamp
    ADD CONSTRAINT harvest_stamp_pkey PRIMARY KEY (group_id, resource_id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.holiday
    ADD CONSTRAINT holiday_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.place_hours
    ADD CONSTRAINT hours_never_overlap EXCLUDE USING gist (group_id WITH =, place_id WITH =, weekday WITH =, int4range(from_minute, until_minute) WITH &&);
ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (group_id, caller, route, key);
ALTER TABLE ONLY public.identity_provider
    ADD CONSTRAINT identity_provider_pkey PRIMARY KEY (group_id);
ALTER TABLE ONLY public.inbox_read
    ADD CONSTRAINT inbox_read_pkey PRIMARY KEY (group_id, person_id, item);
ALTER TABLE ONLY public.initiative
    ADD CONSTRAINT initiative_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.inspection_draw
    ADD CONSTRAINT inspection_draw_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.inspection_round
    ADD CONSTRAINT inspection_round_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.inspection_visit
    ADD CONSTRAINT inspection_visit_group_id_id_team_id_school_id_key UNIQUE (group_id, id, team_id, school_id);
ALTER TABLE ONLY public.inspection_visit
    ADD CONSTRAINT inspection_visit_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.item_handover
    ADD CONSTRAINT item_handover_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.item_note
    ADD CONSTRAINT item_note_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.ledger_act
    ADD CONSTRAINT ledger_act_pkey PRIMARY KEY (group_id, item_id, no);
ALTER TABLE ONLY public.ledger_evidence
    ADD CONSTRAINT ledger_evidence_pkey PRIMARY KEY (group_id, item_id, report_no, place);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_pkey PRIMARY KEY (group_id, id);
ALTER TABLE public.ledger_item
    ADD CONSTRAINT ledger_item_source_id_check CHECK (((source_id IS NULL) OR (source <> ALL (ARRAY['manual'::text, 'import'::text])))) NOT VALID;
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.ledger_report
    ADD CONSTRAINT ledger_report_group_id_item_id_no_person_id_key UNIQUE (group_id, item_id, no, person_id);
ALTER TABLE ONLY public.ledger_report
    ADD CONSTRAINT ledger_report_pkey PRIMARY KEY (group_id, item_id, no);
ALTER TABLE ONLY public.ledger_target
    ADD CONSTRAINT ledger_target_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.lending_rule
    ADD CONSTRAINT lending_rule_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.list_edition
    ADD CONSTRAINT list_edition_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.list_entry
    ADD CONSTRAINT list_entry_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.list_suggestion
    ADD CONSTRAINT list_suggestion_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.loan_fetch
    ADD CONSTRAINT loan_fetch_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.login_failure
    ADD CONSTRAINT login_failure_pkey PRIMARY KEY (group_id, subject_sha256, id);
ALTER TABLE ONLY public.mail
    ADD CONSTRAINT mail_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.makeup_day
    ADD CONSTRAINT makeup_day_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.marking_abnormal
    ADD CONSTRAINT marking_abnormal_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.marking_identity
    ADD CONSTRAINT marking_identity_pkey PRIMARY KEY (group_id, script_id);
ALTER TABLE ONLY public.marking_marker
    ADD CONSTRAINT marking_marker_group_id_plan_id_person_id_school_id_key UNIQUE (group_id, plan_id, person_id, school_id);
ALTER TABLE ONLY public.marking_marker
    ADD CONSTRAINT marking_marker_pkey PRIMARY KEY (group_id, plan_id, person_id);
ALTER TABLE ONLY public.marking_plan
    ADD CONSTRAINT marking_plan_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.marking_script
    ADD CONSTRAINT marking_script_group_id_id_school_id_plan_id_key UNIQUE (group_id, id, school_id, plan_id);
ALTER TABLE ONLY public.marking_script
    ADD CONSTRAINT marking_script_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.marking_share
    ADD CONSTRAINT marking_share_pkey PRIMARY KEY (group_id, plan_id, school_id);
ALTER TABLE ONLY public.marking_task
    ADD CONSTRAINT marking_task_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.marking_template
    ADD CONSTRAINT marking_template_pkey PRIMARY KEY (group_id, exam_subject_id, paper_version);
ALTER TABLE ONLY public.marking_turn
    ADD CONSTRAINT marking_turn_group_id_id_person_id_key UNIQUE (group_id, id, person_id);
ALTER TABLE ONLY public.marking_turn
    ADD CONSTRAINT marking_turn_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.measure_call
    ADD CONSTRAINT measure_call_pkey PRIMARY KEY (group_id, measure_id, call_id);
ALTER TABLE ONLY public.measure_node
    ADD CONSTRAINT measure_node_pkey PRIMARY KEY (group_id, measure_id, no);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT measure_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.measure_remark
    ADD CONSTRAINT measure_remark_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.prerequisite
    ADD CONSTRAINT needs_once UNIQUE NULLS NOT DISTINCT (group_id, resource_id, revision_no, needs_resource_id, needs_node_id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.notice_preference
    ADD CONSTRAINT notice_preference_pkey PRIMARY KEY (group_id, person_id);
ALTER TABLE ONLY public.notice_rule
    ADD CONSTRAINT notice_rule_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT offer_audience_pkey PRIMARY KEY (group_id, offer_id, id);
ALTER TABLE ONLY public.offer_bound
    ADD CONSTRAINT offer_bound_pkey PRIMARY KEY (group_id, offer_id, bounding_offer_id);
ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.offer_terms
    ADD CONSTRAINT offer_terms_pkey PRIMARY KEY (group_id, offer_id, no);
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT one_appointment_at_a_time EXCLUDE USING gist (group_id WITH =, person_id WITH =, COALESCE(school_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, role WITH =, daterange(from_on, until_on) WITH &&);
ALTER TABLE ONLY public.blob
    ADD CONSTRAINT one_blob_per_content UNIQUE (group_id, sha256);
ALTER TABLE ONLY public.bulletin
    ADD CONSTRAINT one_bulletin_per_number UNIQUE (group_id, year, no);
ALTER TABLE ONLY public.appraisal_case
    ADD CONSTRAINT one_case_per_subject UNIQUE (group_id, appraisal_id, school_id, stage, teacher_ref);
ALTER TABLE ONLY public.ledger_category
    ADD CONSTRAINT one_category_per_code PRIMARY KEY (group_id, code);
ALTER TABLE ONLY public.ledger_category
    ADD CONSTRAINT one_category_per_label UNIQUE (group_id, label_zh);
ALTER TABLE ONLY public.search_class
    ADD CONSTRAINT one_class UNIQUE NULLS NOT DISTINCT (group_id, school_id, status, kind, reach_id, sealed_until_at);
ALTER TABLE ONLY public.pupil_enrolment
    ADD CONSTRAINT one_class_a_year UNIQUE (group_id, pupil_id, school_year, school_id);
ALTER TABLE ONLY public.curriculum_version
    ADD CONSTRAINT one_curriculum_per_name UNIQUE (group_id, name);
ALTER TABLE ONLY public.curriculum_version
    ADD CONSTRAINT one_curriculum_per_no UNIQUE (group_id, no);
ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT one_delivery_in_a_stream UNIQUE (group_id, stream_id, event_id);
ALTER TABLE ONLY public.list_edition
    ADD CONSTRAINT one_edition_a_year UNIQUE (group_id, list_id, school_year);
ALTER TABLE ONLY public.search_entry
    ADD CONSTRAINT one_entry_per_no UNIQUE (group_id, no);
ALTER TABLE ONLY public.search_family
    ADD CONSTRAINT one_family UNIQUE (group_id, school_id, status, reach_id);
ALTER TABLE ONLY public.visit_finding
    ADD CONSTRAINT one_item_per_finding UNIQUE (group_id, item_id);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT one_item_per_number UNIQUE (group_id, ledger_id, no);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT one_item_per_ref UNIQUE (group_id, ledger_id, ref);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT one_ledger_per_title UNIQUE (group_id, title);
ALTER TABLE ONLY public.makeup_day
    ADD CONSTRAINT one_makeup_per_day UNIQUE NULLS NOT DISTINCT (group_id, taught_on, school_id);
ALTER TABLE ONLY public.marking_mark
    ADD CONSTRAINT one_mark_per_turn PRIMARY KEY (group_id, turn_id);
ALTER TABLE ONLY public.field
    ADD CONSTRAINT one_meaning_per_field PRIMARY KEY (group_id, code);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT one_measure_per_number UNIQUE (group_id, initiative_id, no);
ALTER TABLE ONLY public.curriculum_node
    ADD CONSTRAINT one_node_per_no UNIQUE (group_id, version_id, no);
ALTER TABLE ONLY public.curriculum_node
    ADD CONSTRAINT one_node_per_path UNIQUE (group_id, version_id, path_key);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT one_notice UNIQUE NULLS NOT DISTINCT (group_id, person_id, kind, subject_id, anchor_at, hours, school_id);
ALTER TABLE ONLY public.notice_rule
    ADD CONSTRAINT one_notice_rule UNIQUE NULLS NOT DISTINCT (group_id, kind, school_id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT one_party_at_a_time EXCLUDE USING gist (group_id WITH =, place_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (((NOT shared) AND (status = ANY (ARRAY['asked'::text, 'confirmed'::text]))));
ALTER TABLE ONLY public.marking_plan
    ADD CONSTRAINT one_plan_per_item UNIQUE (group_id, exam_subject_id, paper_version, "position");
ALTER TABLE ONLY public.school_return
    ADD CONSTRAINT one_return_per_school UNIQUE (group_id, call_id, school_id);
ALTER TABLE ONLY public.inspection_round
    ADD CONSTRAINT one_round_per_number UNIQUE (group_id, no);
ALTER TABLE ONLY public.lending_rule
    ADD CONSTRAINT one_rule_per_case UNIQUE NULLS NOT DISTINCT (group_id, tier, kind, role);
ALTER TABLE ONLY public.appraisal_scheme
    ADD CONSTRAINT one_scheme_per_edition UNIQUE NULLS NOT DISTINCT (group_id, school_id, code, edition);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT one_school_per_deposit UNIQUE (group_id, id, school_id);
ALTER TABLE ONLY public.marking_identity
    ADD CONSTRAINT one_script_per_candidate UNIQUE (group_id, plan_id, candidate_id);
ALTER TABLE ONLY public.marking_script
    ADD CONSTRAINT one_script_per_code UNIQUE (group_id, plan_id, blind_code);
ALTER TABLE ONLY public.saved_search
    ADD CONSTRAINT one_search_per_name UNIQUE (group_id, person_id, name);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT one_seat_per_hold UNIQUE (group_id, hold_id);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT one_seat_per_loan UNIQUE (group_id, loan_id);
ALTER TABLE ONLY public.person_identity
    ADD CONSTRAINT one_subject_per_person UNIQUE (group_id, person_id, issuer);
ALTER TABLE ONLY public.round_team
    ADD CONSTRAINT one_team_per_name UNIQUE (group_id, round_id, name);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT one_team_per_person UNIQUE (group_id, round_id, person_id);
ALTER TABLE ONLY public.school_tier
    ADD CONSTRAINT one_tier_at_a_time EXCLUDE USING gist (group_id WITH =, school_id WITH =, daterange(from_on, until_on) WITH &&);
ALTER TABLE ONLY public.exam_seat
    ADD CONSTRAINT one_to_a_seat UNIQUE (group_id, room_id, seat_no);
ALTER TABLE ONLY public.search_value
    ADD CONSTRAINT one_value UNIQUE (group_id, facet, value);
ALTER TABLE ONLY public.paper_cell
    ADD CONSTRAINT paper_cell_pkey PRIMARY KEY (group_id, exam_subject_id, knowledge_point, ability);
ALTER TABLE ONLY public.paper_choice
    ADD CONSTRAINT paper_choice_pkey PRIMARY KEY (group_id, exam_subject_id, paper_version, name);
ALTER TABLE ONLY public.paper_item
    ADD CONSTRAINT paper_item_group_id_exam_subject_id_paper_version_label_key UNIQUE (group_id, exam_subject_id, paper_version, label);
ALTER TABLE ONLY public.paper_item
    ADD CONSTRAINT paper_item_pkey PRIMARY KEY (group_id, exam_subject_id, paper_version, "position");
ALTER TABLE ONLY public.paper_key
    ADD CONSTRAINT paper_key_pkey PRIMARY KEY (group_id, exam_subject_id, paper_version, "position");
ALTER TABLE ONLY public.paper_rescore
    ADD CONSTRAINT paper_rescore_group_id_exam_subject_id_to_version_key UNIQUE (group_id, exam_subject_id, to_version);
ALTER TABLE ONLY public.paper_rescore_move
    ADD CONSTRAINT paper_rescore_move_pkey PRIMARY KEY (group_id, rescore_id, candidate_id);
ALTER TABLE ONLY public.paper_rescore
    ADD CONSTRAINT paper_rescore_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.paper_version
    ADD CONSTRAINT paper_version_pkey PRIMARY KEY (group_id, exam_subject_id, version);
ALTER TABLE ONLY public.person_credential
    ADD CONSTRAINT person_credential_pkey PRIMARY KEY (group_id, person_id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_group_id_username_key UNIQUE (group_id, username);
ALTER TABLE ONLY public.person_identity
    ADD CONSTRAINT person_identity_pkey PRIMARY KEY (group_id, issuer, subject);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.place_closure
    ADD CONSTRAINT place_closure_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.place_hours
    ADD CONSTRAINT place_hours_pkey PRIMARY KEY (group_id, place_id, weekday, from_minute);
ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.policy_bundle
    ADD CONSTRAINT policy_bundle_pkey PRIMARY KEY (group_id, version);
ALTER TABLE ONLY public.prerequisite
    ADD CONSTRAINT prerequisite_pkey PRIMARY KEY (group_id, resource_id, revision_no, no);
ALTER TABLE ONLY public.preview_page
    ADD CONSTRAINT preview_page_pkey PRIMARY KEY (group_id, school_id, blob_id, no);
ALTER TABLE ONLY public.preview_view
    ADD CONSTRAINT preview_view_pkey PRIMARY KEY (group_id, resource_id, viewer_school_id, person_id, viewed_on);
ALTER TABLE ONLY public.pupil_enrolment
    ADD CONSTRAINT pupil_enrolment_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.pupil_name
    ADD CONSTRAINT pupil_name_pkey PRIMARY KEY (group_id, pupil_id, school_id);
ALTER TABLE ONLY public.pupil
    ADD CONSTRAINT pupil_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.pupil_promotion
    ADD CONSTRAINT pupil_promotion_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.pupil_retention
    ADD CONSTRAINT pupil_retention_pkey PRIMARY KEY (group_id, school_id);
ALTER TABLE ONLY public.pupil_transfer
    ADD CONSTRAINT pupil_transfer_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (group_id, token_sha256);
ALTER TABLE ONLY public.pupil
    ADD CONSTRAINT register_number_once UNIQUE (group_id, school_id, register_number);
ALTER TABLE ONLY public.release_conversion
    ADD CONSTRAINT release_conversion_pkey PRIMARY KEY (group_id, release_id, exam_subject_id);
ALTER TABLE ONLY public.release_figure
    ADD CONSTRAINT release_figure_pkey PRIMARY KEY (group_id, release_id, exam_subject_id, school_id);
ALTER TABLE ONLY public.release_pupils
    ADD CONSTRAINT release_pupils_pkey PRIMARY KEY (group_id, release_id, exam_subject_id, school_id);
ALTER TABLE ONLY public.release_recipient
    ADD CONSTRAINT release_recipient_pkey PRIMARY KEY (group_id, release_id, school_id);
ALTER TABLE ONLY public.release_shared_figure
    ADD CONSTRAINT release_shared_figure_pkey PRIMARY KEY (group_id, release_id, exam_subject_id, letter);
ALTER TABLE ONLY public.rendering
    ADD CONSTRAINT rendering_pkey PRIMARY KEY (group_id, school_id, blob_id);
ALTER TABLE ONLY public.request_count
    ADD CONSTRAINT request_count_pkey PRIMARY KEY (group_id, caller_sha256, window_no);
ALTER TABLE ONLY public.resource_list
    ADD CONSTRAINT resource_list_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.resource_text
    ADD CONSTRAINT resource_text_pkey PRIMARY KEY (group_id, resource_id, revision_no);
ALTER TABLE ONLY public.resource_view
    ADD CONSTRAINT resource_view_pkey PRIMARY KEY (group_id, resource_id, viewer_school_id, person_id, viewed_on);
ALTER TABLE ONLY public.return_call
    ADD CONSTRAINT return_call_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.return_file
    ADD CONSTRAINT return_file_pkey PRIMARY KEY (group_id, return_id, no, upload_id);
ALTER TABLE ONLY public.return_target
    ADD CONSTRAINT return_target_pkey PRIMARY KEY (group_id, call_id, school_id);
ALTER TABLE ONLY public.return_version
    ADD CONSTRAINT return_version_pkey PRIMARY KEY (group_id, return_id, no);
ALTER TABLE ONLY public.revision_file
    ADD CONSTRAINT revision_file_pkey PRIMARY KEY (group_id, resource_id, revision_no, no);
ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_pkey PRIMARY KEY (group_id, resource_id, no);
ALTER TABLE ONLY public.revision_reading
    ADD CONSTRAINT revision_reading_pkey PRIMARY KEY (group_id, resource_id, revision_no);
ALTER TABLE ONLY public.exam_room
    ADD CONSTRAINT room_label_once UNIQUE (group_id, exam_id, site_school_id, label);
ALTER TABLE ONLY public.round_school
    ADD CONSTRAINT round_school_pkey PRIMARY KEY (group_id, round_id, school_id);
ALTER TABLE ONLY public.round_team
    ADD CONSTRAINT round_team_group_id_id_round_id_key UNIQUE (group_id, id, round_id);
ALTER TABLE ONLY public.round_team
    ADD CONSTRAINT round_team_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.saved_search
    ADD CONSTRAINT saved_search_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.school
    ADD CONSTRAINT school_group_id_code_key UNIQUE (group_id, code);
ALTER TABLE ONLY public.school
    ADD CONSTRAINT school_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.school_quota
    ADD CONSTRAINT school_quota_pkey PRIMARY KEY (group_id, school_id);
ALTER TABLE ONLY public.school_return
    ADD CONSTRAINT school_return_group_id_id_school_id_key UNIQUE (group_id, id, school_id);
ALTER TABLE ONLY public.school_return
    ADD CONSTRAINT school_return_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.school_tier
    ADD CONSTRAINT school_tier_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.script_batch
    ADD CONSTRAINT script_batch_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.search_change
    ADD CONSTRAINT search_change_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.search_class
    ADD CONSTRAINT search_class_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.search_entry
    ADD CONSTRAINT search_entry_pkey PRIMARY KEY (group_id, resource_id);
ALTER TABLE ONLY public.search_family
    ADD CONSTRAINT search_family_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.search_move
    ADD CONSTRAINT search_move_pkey PRIMARY KEY (group_id, no);
ALTER TABLE ONLY public.search_part
    ADD CONSTRAINT search_part_pkey PRIMARY KEY (group_id, resource_id, revision_no, part);
ALTER TABLE ONLY public.search_reach_line
    ADD CONSTRAINT search_reach_line_pkey PRIMARY KEY (group_id, reach_id, line_no);
ALTER TABLE ONLY public.search_reach
    ADD CONSTRAINT search_reach_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.search_value
    ADD CONSTRAINT search_value_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_pkey PRIMARY KEY (group_id, offer_id, no);
ALTER TABLE ONLY public.sign_in_flow
    ADD CONSTRAINT sign_in_flow_pkey PRIMARY KEY (group_id, handle_sha256);
ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (kid);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT team_member_group_id_team_id_person_id_school_id_key UNIQUE (group_id, team_id, person_id, school_id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT team_member_pkey PRIMARY KEY (group_id, team_id, person_id);
ALTER TABLE ONLY public.term
    ADD CONSTRAINT term_group_id_name_key UNIQUE (group_id, name);
ALTER TABLE ONLY public.term
    ADD CONSTRAINT term_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.term
    ADD CONSTRAINT terms_never_overlap EXCLUDE USING gist (group_id WITH =, daterange(from_on, until_on) WITH &&);
ALTER TABLE ONLY public.visit_evidence
    ADD CONSTRAINT visit_evidence_pkey PRIMARY KEY (group_id, visit_id, place);
ALTER TABLE ONLY public.visit_finding
    ADD CONSTRAINT visit_finding_pkey PRIMARY KEY (group_id, visit_id, no);
ALTER TABLE ONLY public.visit_inspector
    ADD CONSTRAINT visit_inspector_pkey PRIMARY KEY (group_id, visit_id, person_id);
ALTER TABLE ONLY public.visit_observation
    ADD CONSTRAINT visit_observation_pkey PRIMARY KEY (group_id, visit_id, criterion);
ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_slot_once UNIQUE NULLS NOT DISTINCT (group_id, school_id, slot);
ALTER TABLE ONLY public.webhook_stream
    ADD CONSTRAINT webhook_stream_pkey PRIMARY KEY (group_id, id);
CREATE INDEX access_session_client ON public.access_session USING btree (group_id, client_id) WHERE (client_id IS NOT NULL);
CREATE INDEX access_session_person ON public.access_session USING btree (group_id, person_id) WHERE (revoked_at IS NULL);
CREATE INDEX activity_day ON public.activity USING btree (group_id, held_on DESC, id DESC);
CREATE INDEX activity_guest_school ON public.activity_guest USING btree (group_id, school_id);
CREATE INDEX activity_school ON public.activity USING btree (group_id, school_id, held_on DESC, id DESC);
CREATE INDEX agreement_grantee ON public.agreement USING btree (group_id, grantee_school_id, owner_school_id);
CREATE INDEX appointment_person ON public.appointment USING btree (group_id, person_id);
CREATE INDEX appointment_school ON public.appointment USING btree (group_id, school_id);
CREATE INDEX appraisal_assessor_person ON public.appraisal_assessor USING btree (group_id, person_id, case_id);
CREATE INDEX appraisal_case_school ON public.appraisal_case USING btree (group_id, school_id);
CREATE INDEX appraisal_evidence_case ON public.appraisal_evidence USING btree (group_id, case_id);
CREATE INDEX appraisal_moderation_case ON public.appraisal_moderation USING btree (group_id, case_id, id);
CREATE INDEX appraisal_objection_round ON public.appraisal_objection USING btree (group_id, appraisal_id, id);
CREATE INDEX ask_borrower ON public.ask USING btree (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX ask_hold ON public.ask USING btree (group_id, hold_id) WHERE (hold_id IS NOT NULL);
CREATE INDEX ask_of_person ON public.ask USING btree (group_id, offer_id, borrower_person_id, asked_at DESC, id DESC);
CREATE INDEX ask_owner ON public.ask USING btree (group_id, owner_school_id, id);
CREATE INDEX audit_entry_at ON public.audit_entry USING btree (group_id, at, chain, seq);
CREATE INDEX audit_entry_thing ON public.audit_entry USING btree (group_id, thing);
CREATE INDEX begun_upload_age ON public.begun_upload USING btree (group_id, begun_at);
CREATE INDEX booking_booker ON public.booking USING btree (group_id, booker_school_id, booker_person_id, id);
CREATE INDEX booking_owner ON public.booking USING btree (group_id, owner_school_id, id);
CREATE INDEX booking_times ON public.booking USING btree (group_id, place_id, starts_at);
CREATE INDEX bulletin_article_bulletin ON public.bulletin_article USING btree (group_id, bulletin_id, created_at) WHERE (bulletin_id IS NOT NULL);
CREATE INDEX bulletin_article_school ON public.bulletin_article USING btree (group_id, school_id, id);
CREATE INDEX bulletin_recipient_school ON public.bulletin_recipient USING btree (group_id, school_id, bulletin_id);
CREATE UNIQUE INDEX candidate_of_pupil ON public.exam_candidate USING btree (group_id, exam_id, pupil_id) WHERE (pupil_id IS NOT NULL);
CREATE UNIQUE INDEX candidate_of_register ON public.exam_candidate USING btree (group_id, exam_id, school_id, register_number) WHERE (register_number IS NOT NULL);
CREATE INDEX circle_member_school ON public.circle_member USING btree (group_id, school_id);
CREATE INDEX client_assertion_age ON public.client_assertion USING btree (group_id, client_id, until_at);
CREATE INDEX client_by_id ON public.client USING btree (id);
CREATE INDEX curriculum_node_child ON public.curriculum_node USING btree (group_id, parent_id);
CREATE INDEX curriculum_node_parent ON public.curriculum_node USING btree (group_id, version_id, parent_id, no);
CREATE INDEX curriculum_node_path ON public.curriculum_node USING btree (group_id, path_key);
CREATE INDEX deposit_blob ON public.deposit USING btree (group_id, blob_id);
CREATE INDEX deposit_open ON public.deposit USING btree (group_id, COALESCE(person_id, client_id), expires_at) WHERE (status = 'open'::text);
CREATE INDEX deposit_school ON public.deposit USING btree (group_id, school_id, id);
CREATE INDEX deposit_untidied ON public.deposit USING btree (group_id, expires_at, id) WHERE ((status = 'open'::text) AND (tidied_at IS NULL));
CREATE INDEX deposit_unused ON public.deposit USING btree (group_id, verified_at, id) WHERE ((status = 'verified'::text) AND (released_at IS NULL));
CREATE INDEX event_order ON public.event USING btree (group_id, life, transaction_id, seq);
CREATE INDEX event_subject ON public.event USING btree (group_id, subject, at);
CREATE INDEX exam_appeal_exam ON public.exam_appeal USING btree (group_id, exam_id, id);
CREATE INDEX exam_candidate_pupil ON public.exam_candidate USING btree (group_id, pupil_id) WHERE (pupil_id IS NOT NULL);
CREATE INDEX exam_conversion_exam ON public.exam_conversion USING btree (group_id, exam_id);
CREATE INDEX exam_entry_candidate ON public.exam_entry USING btree (group_id, candidate_id);
CREATE INDEX exam_entry_exam ON public.exam_entry USING btree (group_id, exam_id, school_id);
CREATE INDEX exam_in_year ON public.exam USING btree (group_id, school_year, stage, grade);
CREATE INDEX exam_paper_file_subject ON public.exam_paper_file USING btree (group_id, exam_subject_id);
CREATE INDEX exam_release_exam ON public.exam_release USING btree (group_id, exam_id);
CREATE INDEX exam_response_candidate ON public.exam_response USING btree (group_id, candidate_id);
CREATE INDEX exam_school_school ON public.exam_school USING btree (group_id, school_id);
CREATE INDEX exam_school_subject_exam ON public.exam_school_subject USING btree (group_id, exam_id, school_id);
CREATE INDEX exam_score_candidate ON public.exam_score USING btree (group_id, candidate_id);
CREATE INDEX exam_setter_exam ON public.exam_setter USING btree (group_id, exam_id, person_id);
CREATE INDEX harvest_order ON public.harvest_stamp USING btree (group_id, changed_at, resource_id);
CREATE INDEX harvest_order_public ON public.harvest_stamp USING btree (group_id, changed_at, resource_id) WHERE ever_public;
CREATE INDEX hold_borrower ON public.hold USING btree (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX hold_history ON public.hold USING btree (group_id, offer_id, ready_at) WHERE (ready_at IS NOT NULL);
CREATE INDEX hold_kept_until ON public.hold USING btree (group_id, ready_until_at) WHERE (ready_until_at IS NOT NULL);
CREATE INDEX hold_of_person ON public.hold USING btree (group_id, borrower_person_id) WHERE (status = ANY (ARRAY['waiting'::text, 'ready'::text]));
CREATE INDEX hold_owner ON public.hold USING btree (group_id, owner_school_id, id);
CREATE INDEX hold_queue ON public.hold USING btree (group_id, offer_id, band, placed_at, id) WHERE (status = 'waiting'::text);
CREATE INDEX hold_ready ON public.hold USING btree (group_id, offer_id, ready_until_at) WHERE (status = 'ready'::text);
CREATE INDEX holiday_days ON public.holiday USING btree (group_id, from_on);
CREATE INDEX idempotency_key_age ON public.idempotency_key USING btree (group_id, created_at);
CREATE INDEX inspection_draw_round ON public.inspection_draw USING btree (group_id, round_id, id);
CREATE INDEX inspection_visit_round ON public.inspection_visit USING btree (group_id, round_id, id);
CREATE INDEX inspection_visit_school ON public.inspection_visit USING btree (group_id, school_id, id);
CREATE INDEX item_barcode ON public.item USING btree (group_id, barcode);
CREATE INDEX item_handover_borrower ON public.item_handover USING btree (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX item_handover_item ON public.item_handover USING btree (group_id, item_id, id);
CREATE INDEX item_handover_loan ON public.item_handover USING btree (group_id, loan_id);
CREATE INDEX item_handover_owner ON public.item_handover USING btree (group_id, owner_school_id, id);
CREATE INDEX item_note_item ON public.item_note USING btree (group_id, item_id, id);
CREATE INDEX item_note_photo ON public.item_note USING btree (group_id, photo_blob_id) WHERE (photo_blob_id IS NOT NULL);
CREATE INDEX item_resource ON public.item USING btree (group_id, resource_id, id);
CREATE INDEX job_due ON public.job USING btree (group_id, due_at, id) WHERE (status = 'waiting'::text);
CREATE INDEX job_ended ON public.job USING btree (group_id, ended_at) WHERE (status <> 'waiting'::text);
CREATE INDEX job_failed ON public.job USING btree (kind) WHERE (status = 'failed'::text);
CREATE INDEX ledger_evidence_blob ON public.ledger_evidence USING btree (group_id, blob_id) WHERE (blob_id IS NOT NULL);
CREATE INDEX ledger_item_ledger ON public.ledger_item USING btree (group_id, ledger_id, id);
CREATE INDEX ledger_item_measure ON public.ledger_item USING btree (group_id, measure_id) WHERE (measure_id IS NOT NULL);
CREATE INDEX ledger_item_school ON public.ledger_item USING btree (group_id, school_id, status);
CREATE INDEX ledger_item_waits ON public.ledger_item USING btree (group_id, due_on) WHERE (status = ANY (ARRAY['open'::text, 'reported'::text]));
CREATE INDEX ledger_target_ledger ON public.ledger_target USING btree (group_id, ledger_id, by_on);
CREATE INDEX list_entry_order ON public.list_entry USING btree (group_id, edition_id, sort_key, id);
CREATE INDEX list_entry_resource ON public.list_entry USING btree (group_id, resource_id) WHERE (resource_id IS NOT NULL);
CREATE INDEX list_suggestion_list ON public.list_suggestion USING btree (group_id, list_id, id);
CREATE INDEX loan_borrower ON public.loan USING btree (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX loan_closed ON public.loan USING btree (group_id, closed_at) WHERE (status = ANY (ARRAY['ended'::text, 'revoked'::text]));
CREATE INDEX loan_ends ON public.loan USING btree (group_id, ends_at) WHERE (status = 'active'::text);
CREATE INDEX loan_fetch_loan ON public.loan_fetch USING btree (group_id, loan_id, id);
CREATE INDEX loan_history ON public.loan USING btree (group_id, offer_id, closed_at) WHERE (status <> 'active'::text);
CREATE INDEX loan_of_person ON public.loan USING btree (group_id, borrower_person_id) WHERE (status = 'active'::text);
CREATE INDEX loan_owner ON public.loan USING btree (group_id, owner_school_id, id);
CREATE INDEX loan_recalled ON public.loan USING btree (group_id, recalled_at) WHERE ((status = 'active'::text) AND (recalled_at IS NOT NULL));
CREATE INDEX loan_resource ON public.loan USING btree (group_id, resource_id);
CREATE INDEX loan_running ON public.loan USING btree (group_id, offer_id, ends_at) WHERE (status = 'active'::text);
CREATE INDEX login_failure_age ON public.login_failure USING btree (group_id, at);
CREATE INDEX login_failure_recent ON public.login_failure USING btree (group_id, subject_sha256, at);
CREATE INDEX mail_person ON public.mail USING btree (group_id, person_id, made_at);
CREATE INDEX mail_queued ON public.mail USING btree (group_id, next_try_at, id) WHERE (status = 'queued'::text);
CREATE INDEX marking_abnormal_plan ON public.marking_abnormal USING btree (group_id, plan_id, id);
CREATE INDEX marking_identity_candidate ON public.marking_identity USING btree (group_id, candidate_id);
CREATE INDEX marking_mark_person ON public.marking_mark USING btree (group_id, plan_id, person_id);
CREATE INDEX marking_marker_person ON public.marking_marker USING btree (group_id, person_id);
CREATE INDEX marking_plan_exam ON public.marking_plan USING btree (group_id, exam_id, id);
CREATE INDEX marking_script_plan ON public.marking_script USING btree (group_id, plan_id, kind, school_id);
CREATE INDEX marking_turn_done ON public.marking_turn USING btree (group_id, plan_id, marker_school_id, no) WHERE ((purpose = 'live'::text) AND (person_id IS NOT NULL) AND (voided_at IS NULL));
CREATE INDEX marking_turn_in_hand ON public.marking_turn USING btree (group_id, plan_id, person_id) WHERE ((marked_at IS NULL) AND (voided_at IS NULL) AND (person_id IS NOT NULL));
CREATE INDEX marking_turn_marked ON public.marking_turn USING btree (group_id, plan_id, person_id, purpose) WHERE (marked_at IS NOT NULL);
CREATE INDEX marking_turn_queue ON public.marking_turn USING btree (group_id, plan_id, place) WHERE ((purpose = 'live'::text) AND (marked_at IS NULL) AND (voided_at IS NULL) AND (NOT is_held));
CREATE INDEX measure_remark_measure ON public.measure_remark USING btree (group_id, measure_id, id);
CREATE UNIQUE INDEX never_twice_to_one_marker ON public.marking_turn USING btree (group_id, script_id, person_id) WHERE ((purpose = 'live'::text) AND (person_id IS NOT NULL));
CREATE INDEX notice_mail ON public.notice USING btree (group_id, mail_id) WHERE (mail_id IS NOT NULL);
CREATE INDEX notice_person ON public.notice USING btree (group_id, person_id, anchor_at DESC, id DESC);
CREATE INDEX notice_unmailed ON public.notice USING btree (group_id, made_at) WHERE ((mail_id IS NULL) AND (superseded_at IS NULL));
CREATE INDEX offer_audience_circle ON public.offer_audience USING btree (group_id, circle_id) WHERE (circle_id IS NOT NULL);
CREATE INDEX offer_audience_named ON public.offer_audience USING btree (group_id, audience_school_id) WHERE (audience_school_id IS NOT NULL);
CREATE INDEX offer_audience_public ON public.offer_audience USING btree (group_id, offer_id) WHERE (kind = 'public'::text);
CREATE INDEX offer_bound_by ON public.offer_bound USING btree (group_id, bounding_offer_id);
CREATE INDEX offer_bound_resource ON public.offer_bound USING btree (group_id, resource_id);
CREATE INDEX offer_bound_school ON public.offer_bound USING btree (group_id, school_id, bounding_offer_id);
CREATE INDEX offer_expiry ON public.offer USING btree (group_id, valid_until_at) WHERE (valid_until_at IS NOT NULL);
CREATE INDEX offer_resource ON public.offer USING btree (group_id, resource_id);
CREATE INDEX offer_school ON public.offer USING btree (group_id, school_id);
CREATE UNIQUE INDEX one_active_loan ON public.loan USING btree (group_id, offer_id, borrower_person_id) WHERE (status = 'active'::text);
CREATE UNIQUE INDEX one_appeal_per_snapshot ON public.exam_appeal USING btree (group_id, snapshot_id, exam_subject_id, candidate_id) WHERE (status <> 'withdrawn'::text);
CREATE UNIQUE INDEX one_check_per_marker ON public.marking_turn USING btree (group_id, script_id, person_id, purpose) WHERE (purpose <> 'live'::text);
CREATE UNIQUE INDEX one_digest_a_day ON public.mail USING btree (group_id, person_id, day) WHERE (kind = 'digest'::text);
CREATE UNIQUE INDEX one_draft_at_a_time ON public.revision USING btree (group_id, resource_id) WHERE (published_at IS NULL);
CREATE UNIQUE INDEX one_draft_edition ON public.list_edition USING btree (group_id, list_id) WHERE (status = 'draft'::text);
CREATE UNIQUE INDEX one_hand ON public.item_handover USING btree (group_id, item_id) WHERE (closed_at IS NULL);
CREATE UNIQUE INDEX one_item_per_loan ON public.item_handover USING btree (group_id, loan_id) WHERE ((closed_at IS NULL) AND (status <> ALL (ARRAY['returning'::text, 'returned'::text])));
CREATE UNIQUE INDEX one_leader_per_team ON public.team_member USING btree (group_id, team_id) WHERE leads;
CREATE UNIQUE INDEX one_live_stream ON public.webhook_stream USING btree (group_id, endpoint_id) WHERE (kind = 'live'::text);
CREATE UNIQUE INDEX one_offer_of_items ON public.offer USING btree (group_id, resource_id) WHERE (by_items AND (status <> 'closed'::text));
CREATE UNIQUE INDEX one_open_appeal ON public.exam_appeal USING btree (group_id, exam_subject_id, candidate_id) WHERE ((status = 'lodged'::text) OR ((status = 'upheld'::text) AND (applied_snapshot_id IS NULL)));
CREATE UNIQUE INDEX one_open_enrolment ON public.pupil_enrolment USING btree (group_id, pupil_id, school_year) WHERE (until_on IS NULL);
CREATE UNIQUE INDEX one_open_hold ON public.hold USING btree (group_id, offer_id, borrower_person_id) WHERE (status = ANY (ARRAY['waiting'::text, 'ready'::text]));
CREATE UNIQUE INDEX one_open_objection ON public.appraisal_objection USING btree (group_id, case_id) WHERE (status = 'lodged'::text);
CREATE UNIQUE INDEX one_open_report ON public.marking_abnormal USING btree (group_id, script_id) WHERE (decided_at IS NULL);
CREATE UNIQUE INDEX one_open_transfer ON public.pupil_transfer USING btree (group_id, pupil_id) WHERE (status = 'proposed'::text);
CREATE UNIQUE INDEX one_planned_visit_per_school ON public.inspection_visit USING btree (group_id, round_id, school_id) WHERE ((kind = 'planned'::text) AND (status <> 'cancelled'::text));
CREATE UNIQUE INDEX one_promotion_a_year ON public.pupil_promotion USING btree (group_id, school_id, to_year) WHERE (undone_at IS NULL);
CREATE UNIQUE INDEX one_replay ON public.webhook_stream USING btree (group_id, endpoint_id) WHERE ((kind = 'replay'::text) AND (ended_at IS NULL));
CREATE UNIQUE INDEX one_resource_per_ref ON public.resource USING btree (group_id, school_id, ref) WHERE (ref IS NOT NULL);
CREATE UNIQUE INDEX one_self_mark ON public.appraisal_mark USING btree (group_id, case_id, indicator_code) WHERE (source = 'self'::text);
CREATE UNIQUE INDEX one_spot_visit_per_draw ON public.inspection_visit USING btree (group_id, draw_id, school_id) WHERE ((kind = 'spot'::text) AND (status <> 'cancelled'::text));
CREATE UNIQUE INDEX one_turn_per_role ON public.marking_turn USING btree (group_id, script_id, no) WHERE ((purpose = 'live'::text) AND (voided_at IS NULL));
CREATE UNIQUE INDEX one_turn_per_task ON public.marking_turn USING btree (group_id, task_id) WHERE (task_id IS NOT NULL);
CREATE UNIQUE INDEX one_untouched_job_per_key ON public.job USING btree (group_id, kind, once_key) WHERE ((status = 'waiting'::text) AND (once_key IS NOT NULL));
CREATE INDEX paper_rescore_move_candidate ON public.paper_rescore_move USING btree (group_id, candidate_id);
CREATE INDEX place_closure_days ON public.place_closure USING btree (group_id, place_id, from_on);
CREATE INDEX place_resource ON public.place USING btree (group_id, resource_id);
CREATE INDEX place_school ON public.place USING btree (group_id, school_id, id);
CREATE INDEX prerequisite_node ON public.prerequisite USING btree (group_id, needs_node_id) WHERE (needs_node_id IS NOT NULL);
CREATE INDEX prerequisite_of ON public.prerequisite USING btree (group_id, needs_resource_id) WHERE (needs_resource_id IS NOT NULL);
CREATE INDEX preview_page_object ON public.preview_page USING btree (group_id, object_key);
CREATE INDEX pupil_enrolment_class ON public.pupil_enrolment USING btree (group_id, school_id, school_year, grade, class_label);
CREATE INDEX refresh_token_session ON public.refresh_token USING btree (group_id, session_id);
CREATE INDEX rendering_blob ON public.rendering USING btree (group_id, blob_id);
CREATE INDEX request_count_window ON public.request_count USING btree (window_no);
CREATE INDEX resource_author_school ON public.resource USING btree (group_id, author_person_id, school_id, status) WHERE (author_person_id IS NOT NULL);
CREATE INDEX resource_by_grace ON public.resource USING btree (group_id, derived_by_offer_id) WHERE (derived_by_offer_id IS NOT NULL);
CREATE INDEX resource_curriculum ON public.resource USING btree (group_id, curriculum_node_id, id) WHERE (curriculum_node_id IS NOT NULL);
CREATE INDEX resource_derived ON public.resource USING btree (group_id, derived_from_resource_id) WHERE (derived_from_resource_id IS NOT NULL);
CREATE INDEX resource_list_school ON public.resource_list USING btree (group_id, school_id, id);
CREATE INDEX resource_school ON public.resource USING btree (group_id, school_id, id);
CREATE INDEX resource_subject ON public.resource USING btree (group_id, subject, id) WHERE (status = 'published'::text);
CREATE INDEX return_file_blob ON public.return_file USING btree (group_id, blob_id);
CREATE INDEX return_file_upload ON public.return_file USING btree (group_id, upload_id);
CREATE INDEX return_target_school ON public.return_target USING btree (group_id, school_id, call_id);
CREATE INDEX revision_curriculum ON public.revision USING btree (group_id, curriculum_node_id) WHERE (curriculum_node_id IS NOT NULL);
CREATE INDEX revision_file_blob ON public.revision_file USING btree (group_id, blob_id);
CREATE INDEX saved_search_person ON public.saved_search USING btree (group_id, person_id, id);
CREATE INDEX school_return_school ON public.school_return USING btree (group_id, school_id);
CREATE INDEX script_batch_exam ON public.script_batch USING btree (group_id, exam_id, id);
CREATE INDEX search_entry_class ON public.search_entry USING btree (group_id, class_id, no);
CREATE INDEX search_entry_document ON public.search_entry USING gin (document);
CREATE INDEX search_entry_used ON public.search_entry USING btree (group_id, loans DESC, no DESC) WHERE (loans > 0);
CREATE INDEX search_move_at ON public.search_move USING btree (group_id, moved_at);
CREATE INDEX search_part_document ON public.search_part USING gin (document);
CREATE INDEX search_tally_family ON public.search_tally USING btree (group_id, family_id);
CREATE INDEX seat_free ON public.seat USING btree (group_id, offer_id, no) WHERE ((loan_id IS NULL) AND (hold_id IS NULL) AND (retired_at IS NULL));
CREATE INDEX sign_in_flow_age ON public.sign_in_flow USING btree (group_id, expires_at);
CREATE INDEX visit_evidence_blob ON public.visit_evidence USING btree (group_id, blob_id) WHERE (blob_id IS NOT NULL);
CREATE INDEX visit_inspector_person ON public.visit_inspector USING btree (group_id, person_id, visit_id);
CREATE INDEX webhook_delivery_ended ON public.webhook_delivery USING btree (group_id, ended_at);
CREATE INDEX webhook_delivery_endpoint ON public.webhook_delivery USING btree (group_id, endpoint_id, id);
CREATE INDEX webhook_endpoint_client ON public.webhook_endpoint USING btree (group_id, client_id);
CREATE INDEX webhook_endpoint_session ON public.webhook_endpoint USING btree (group_id, session_id);
CREATE INDEX webhook_stream_due ON public.webhook_stream USING btree (due_at) WHERE (ended_at IS NULL);
CREATE TRIGGER take_new_key AFTER INSERT OR DELETE OR UPDATE ON app.secret FOR EACH STATEMENT EXECUTE FUNCTION app.take_new_key();
CREATE TRIGGER bound_new AFTER INSERT ON public.offer FOR EACH ROW EXECUTE FUNCTION app.bound_offer();
CREATE TRIGGER chain_audit_entry BEFORE INSERT ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION app.chain_audit_entry();
CREATE TRIGGER check_source BEFORE INSERT ON public.ledger_item FOR EACH ROW EXECUTE FUNCTION app.check_source();
CREATE TRIGGER index_changed AFTER UPDATE ON public.offer REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_offers();
CREATE TRIGGER index_changed AFTER UPDATE ON public.offer_audience REFERENCING NEW TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_audiences();
CREATE TRIGGER index_changed AFTER UPDATE ON public.resource REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_resources();
CREATE TRIGGER index_gone AFTER DELETE ON public.offer_audience REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_audiences();
CREATE TRIGGER index_new AFTER INSERT ON public.offer_audience REFERENCING NEW TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.index_changed_audiences();
CREATE TRIGGER index_new AFTER INSERT ON public.resource REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.index_new_resources();
CREATE TRIGGER keep_call BEFORE UPDATE ON public.return_call FOR EACH ROW EXECUTE FUNCTION app.keep_call();
CREATE TRIGGER keep_draw BEFORE UPDATE ON public.inspection_draw FOR EACH ROW EXECUTE FUNCTION app.keep_draw();
CREATE TRIGGER keep_lineage BEFORE UPDATE ON public.resource FOR EACH ROW WHEN ((((old.derived_from_resource_id IS DISTINCT FROM new.derived_from_resource_id) OR (old.derived_from_revision_no IS DISTINCT FROM new.derived_from_revision_no)) OR (old.derived_by_offer_id IS DISTINCT FROM new.derived_by_offer_id))) EXECUTE FUNCTION app.keep_lineage();
CREATE TRIGGER keep_published BEFORE INSERT OR DELETE OR UPDATE ON public.appraisal_indicator FOR EACH ROW EXECUTE FUNCTION app.keep_published_indicator();
CREATE TRIGGER keep_published BEFORE DELETE OR UPDATE ON public.appraisal_scheme FOR EACH ROW EXECUTE FUNCTION app.keep_published_scheme();
CREATE TRIGGER keep_published BEFORE INSERT OR DELETE OR UPDATE ON public.list_entry FOR EACH ROW EXECUTE FUNCTION app.keep_published_edition();
CREATE TRIGGER keep_published BEFORE INSERT OR DELETE OR UPDATE ON public.prerequisite FOR EACH ROW EXECUTE FUNCTION app.keep_published_prerequisite();
CREATE TRIGGER keep_published BEFORE DELETE ON public.resource FOR EACH ROW EXECUTE FUNCTION app.keep_published_resource();
CREATE TRIGGER keep_published BEFORE DELETE OR UPDATE ON public.revision FOR EACH ROW EXECUTE FUNCTION app.keep_published_revision();
CREATE TRIGGER keep_published BEFORE INSERT OR DELETE OR UPDATE ON public.revision_file FOR EACH ROW EXECUTE FUNCTION app.keep_published_file();
CREATE TRIGGER keep_stated BEFORE DELETE OR UPDATE ON public.offer_terms FOR EACH ROW EXECUTE FUNCTION app.keep_terms();
CREATE TRIGGER keep_targets BEFORE INSERT ON public.return_target FOR EACH ROW EXECUTE FUNCTION app.keep_targets();
CREATE TRIGGER keep_used BEFORE INSERT OR DELETE OR UPDATE ON public.curriculum_node FOR EACH ROW EXECUTE FUNCTION app.keep_used_curriculum();
CREATE TRIGGER keep_used BEFORE DELETE OR UPDATE ON public.curriculum_version FOR EACH ROW EXECUTE FUNCTION app.keep_used_version();
CREATE TRIGGER let_go BEFORE DELETE ON public.resource FOR EACH ROW EXECUTE FUNCTION app.forget_resource();
CREATE TRIGGER let_go BEFORE DELETE ON public.revision FOR EACH ROW EXECUTE FUNCTION app.forget_revision();
CREATE TRIGGER mark_bounded BEFORE INSERT OR UPDATE ON public.offer_audience FOR EACH ROW EXECUTE FUNCTION app.mark_bounded();
CREATE TRIGGER mark_changed AFTER UPDATE ON public.agreement REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON public.circle_member REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON public.offer REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON public.offer_audience REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON public.search_class REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_changed AFTER UPDATE ON public.search_reach_line REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON public.agreement REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON public.circle_member REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON public.offer_audience REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON public.offer_bound REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON public.search_class REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_gone AFTER DELETE ON public.search_reach_line REFERENCING OLD TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON public.agreement REFERENCING NEW TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON public.circle_member REFERENCING NEW TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON public.offer_audience REFERENCING NEW TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_new_audience();
CREATE TRIGGER mark_new AFTER INSERT ON public.offer_bound REFERENCING NEW TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON public.search_class REFERENCING NEW TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER mark_new AFTER INSERT ON public.search_reach_line REFERENCING NEW TABLE AS rows_of FOR EACH STATEMENT EXECUTE FUNCTION app.mark_search_change();
CREATE TRIGGER marking_is_open BEFORE INSERT ON public.marking_mark FOR EACH ROW EXECUTE FUNCTION app.marking_is_open();
CREATE TRIGGER marking_is_over BEFORE UPDATE OF status ON public.exam FOR EACH ROW WHEN (((new.status = 'frozen'::text) AND (old.status <> 'released'::text))) EXECUTE FUNCTION app.marking_is_over();
CREATE TRIGGER missed_events AFTER INSERT OR UPDATE ON public.event_floor FOR EACH ROW EXECUTE FUNCTION app.mark_missed_events();
CREATE TRIGGER move_epoch AFTER UPDATE ON public.appointment FOR EACH ROW WHEN (((new.until_on < COALESCE(old.until_on, 'infinity'::date)) OR (new.from_on > old.from_on) OR (((new.person_id IS DISTINCT FROM old.person_id) OR (new.school_id IS DISTINCT FROM old.school_id)) OR (new.role IS DISTINCT FROM old.role)))) EXECUTE FUNCTION app.move_epoch();
CREATE TRIGGER move_epoch_first BEFORE DELETE ON public.appointment FOR EACH ROW EXECUTE FUNCTION app.move_epoch();
CREATE TRIGGER move_epochs_of_closing AFTER UPDATE OF closed_on ON public.school FOR EACH ROW WHEN ((old.closed_on IS DISTINCT FROM new.closed_on)) EXECUTE FUNCTION app.move_epochs_of_closing();
CREATE TRIGGER move_openings AFTER UPDATE OF sealed_until_at ON public.resource FOR EACH ROW EXECUTE FUNCTION app.move_openings();
CREATE TRIGGER move_seal AFTER UPDATE OF starts_at ON public.exam_subject FOR EACH ROW EXECUTE FUNCTION app.move_seal();
CREATE TRIGGER open_with_resource BEFORE INSERT ON public.offer FOR EACH ROW EXECUTE FUNCTION app.open_with_resource();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.appraisal_moderation FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.appraisal_result FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.exam_conversion FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.exam_draw FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.exam_seed FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.exam_snapshot FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.exam_snapshot_part FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.field FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.form_field FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.form_rule FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.form_version FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.ledger_act FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.ledger_category FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.ledger_evidence FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.ledger_report FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.ledger_target FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.marking_mark FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.measure_remark FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.paper_rescore FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.release_conversion FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.release_figure FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.release_pupils FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.release_shared_figure FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.return_file FOR EACH ROW WHEN ((old.no > 0)) EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.return_version FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.appraisal_moderation FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.appraisal_result FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.exam_snapshot FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.exam_snapshot_part FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.field FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.form_field FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.form_rule FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.form_version FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.ledger_act FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.ledger_category FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.ledger_evidence FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.ledger_report FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.ledger_target FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.marking_mark FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.measure_remark FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.return_file FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.return_version FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_update BEFORE UPDATE ON public.offer_bound FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER stamp_at_opening BEFORE INSERT OR UPDATE ON public.harvest_stamp FOR EACH ROW EXECUTE FUNCTION app.stamp_at_opening();
CREATE TRIGGER stamp_audience AFTER INSERT OR DELETE OR UPDATE ON public.offer_audience FOR EACH ROW EXECUTE FUNCTION app.stamp_audience();
CREATE TRIGGER stamp_audience AFTER UPDATE ON public.resource_list FOR EACH ROW WHEN ((old.audience IS DISTINCT FROM new.audience)) EXECUTE FUNCTION app.stamp_readers();
CREATE TRIGGER stamp_bounded AFTER UPDATE ON public.offer FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.valid_until_at IS DISTINCT FROM new.valid_until_at))) EXECUTE FUNCTION app.stamp_bounded_by_offer();
CREATE TRIGGER stamp_bounded AFTER INSERT OR DELETE OR UPDATE ON public.offer_audience FOR EACH ROW EXECUTE FUNCTION app.stamp_bounded_by_audience();
CREATE TRIGGER stamp_changed AFTER UPDATE ON public.offer FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.valid_until_at IS DISTINCT FROM new.valid_until_at))) EXECUTE FUNCTION app.stamp_offer();
CREATE TRIGGER stamp_changed AFTER UPDATE ON public.resource REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.stamp_changed_resources();
CREATE TRIGGER stamp_new AFTER INSERT ON public.offer FOR EACH ROW EXECUTE FUNCTION app.stamp_offer();
CREATE TRIGGER stamp_new AFTER INSERT ON public.resource REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.stamp_new_resources();
CREATE TRIGGER stamp_published AFTER UPDATE ON public.list_edition FOR EACH ROW WHEN ((old.status IS DISTINCT FROM new.status)) EXECUTE FUNCTION app.stamp_edition();
CREATE TRIGGER stamp_sealed AFTER UPDATE OF sealed_until_at ON public.resource FOR EACH ROW WHEN ((new.status <> 'draft'::text)) EXECUTE FUNCTION app.stamp_resource();
CREATE TRIGGER take_wall BEFORE INSERT ON public.appraisal_assessor FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case();
CREATE TRIGGER take_wall BEFORE INSERT ON public.appraisal_evidence FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case();
CREATE TRIGGER take_wall BEFORE INSERT ON public.appraisal_figure FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case();
CREATE TRIGGER take_wall BEFORE INSERT ON public.appraisal_mark FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case();
CREATE TRIGGER take_wall BEFORE INSERT ON public.appraisal_moderation FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case();
CREATE TRIGGER take_wall BEFORE INSERT ON public.appraisal_objection FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case();
CREATE TRIGGER take_wall BEFORE INSERT ON public.appraisal_result FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case();
CREATE TRIGGER take_wall BEFORE INSERT ON public.appraisal_tally FOR EACH ROW EXECUTE FUNCTION app.take_wall_of_case();
CREATE TRIGGER tally_changed AFTER UPDATE ON public.search_entry REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tally_changed_entries();
CREATE TRIGGER tally_gone AFTER DELETE ON public.search_entry REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tally_gone_entries();
CREATE TRIGGER tally_new AFTER INSERT ON public.search_entry REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION app.tally_new_entries();
CREATE CONSTRAINT TRIGGER weights_make_10000 AFTER INSERT OR DELETE OR UPDATE ON public.appraisal_indicator DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION app.check_indicators();
ALTER TABLE ONLY public.ledger_report
    ADD CONSTRAINT a_report_has_evidence FOREIGN KEY (group_id, item_id, no, first_place) REFERENCES public.ledger_evidence(group_id, item_id, report_no, place) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_group_id_appointment_id_fkey FOREIGN KEY (group_id, appointment_id) REFERENCES public.appointment(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_group_id_client_id_fkey FOREIGN KEY (group_id, client_id) REFERENCES public.client(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.activity
    ADD CONSTRAINT activity_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.activity_guest
    ADD CONSTRAINT activity_guest_group_id_activity_id_fkey FOREIGN KEY (group_id, activity_id) REFERENCES public.activity(group_id, id);
ALTER TABLE ONLY public.activity_guest
    ADD CONSTRAINT activity_guest_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreement_group_id_grantee_circle_id_fkey FOREIGN KEY (group_id, grantee_circle_id) REFERENCES public.circle(group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreement_group_id_grantee_school_id_fkey FOREIGN KEY (group_id, grantee_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreement_group_id_grantee_signed_by_fkey FOREIGN KEY (group_id, grantee_signed_by) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreement_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreement_group_id_owner_signed_by_fkey FOREIGN KEY (group_id, owner_signed_by) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.appraisal_assessor
    ADD CONSTRAINT appraisal_assessor_group_id_assessor_school_id_fkey FOREIGN KEY (group_id, assessor_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.appraisal_assessor
    ADD CONSTRAINT appraisal_assessor_group_id_case_id_scheme_id_fkey FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES public.appraisal_case(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_assessor
    ADD CONSTRAINT appraisal_assessor_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.appraisal_case
    ADD CONSTRAINT appraisal_case_group_id_appraisal_id_scheme_id_fkey FOREIGN KEY (group_id, appraisal_id, scheme_id) REFERENCES public.appraisal(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_case
    ADD CONSTRAINT appraisal_case_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.appraisal_evidence
    ADD CONSTRAINT appraisal_evidence_group_id_case_id_scheme_id_fkey FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES public.appraisal_case(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_evidence
    ADD CONSTRAINT appraisal_evidence_group_id_deposit_id_fkey FOREIGN KEY (group_id, deposit_id) REFERENCES public.deposit(group_id, id);
ALTER TABLE ONLY public.appraisal_evidence
    ADD CONSTRAINT appraisal_evidence_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.appraisal_evidence
    ADD CONSTRAINT appraisal_evidence_group_id_scheme_id_indicator_code_fkey FOREIGN KEY (group_id, scheme_id, indicator_code) REFERENCES public.appraisal_indicator(group_id, scheme_id, code);
ALTER TABLE ONLY public.appraisal_figure
    ADD CONSTRAINT appraisal_figure_group_id_case_id_scheme_id_fkey FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES public.appraisal_case(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal
    ADD CONSTRAINT appraisal_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.appraisal
    ADD CONSTRAINT appraisal_group_id_scheme_id_fkey FOREIGN KEY (group_id, scheme_id) REFERENCES public.appraisal_scheme(group_id, id);
ALTER TABLE ONLY public.appraisal
    ADD CONSTRAINT appraisal_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.appraisal_indicator
    ADD CONSTRAINT appraisal_indicator_group_id_scheme_id_fkey FOREIGN KEY (group_id, scheme_id) REFERENCES public.appraisal_scheme(group_id, id);
ALTER TABLE ONLY public.appraisal_indicator
    ADD CONSTRAINT appraisal_indicator_group_id_scheme_id_parent_code_parent__fkey FOREIGN KEY (group_id, scheme_id, parent_code, parent_level) REFERENCES public.appraisal_indicator(group_id, scheme_id, code, level) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE ONLY public.appraisal_mark
    ADD CONSTRAINT appraisal_mark_group_id_case_id_scheme_id_fkey FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES public.appraisal_case(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_mark
    ADD CONSTRAINT appraisal_mark_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.appraisal_mark
    ADD CONSTRAINT appraisal_mark_group_id_scheme_id_indicator_code_fkey FOREIGN KEY (group_id, scheme_id, indicator_code) REFERENCES public.appraisal_indicator(group_id, scheme_id, code);
ALTER TABLE ONLY public.appraisal_moderation
    ADD CONSTRAINT appraisal_moderation_group_id_case_id_scheme_id_fkey FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES public.appraisal_case(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_moderation
    ADD CONSTRAINT appraisal_moderation_group_id_objection_id_fkey FOREIGN KEY (group_id, objection_id) REFERENCES public.appraisal_objection(group_id, id);
ALTER TABLE ONLY public.appraisal_moderation
    ADD CONSTRAINT appraisal_moderation_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.appraisal_moderation
    ADD CONSTRAINT appraisal_moderation_group_id_scheme_id_indicator_code_fkey FOREIGN KEY (group_id, scheme_id, indicator_code) REFERENCES public.appraisal_indicator(group_id, scheme_id, code);
ALTER TABLE ONLY public.appraisal_objection
    ADD CONSTRAINT appraisal_objection_group_id_case_id_scheme_id_fkey FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES public.appraisal_case(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_result
    ADD CONSTRAINT appraisal_result_group_id_case_id_scheme_id_fkey FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES public.appraisal_case(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_scheme
    ADD CONSTRAINT appraisal_scheme_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.appraisal_scheme
    ADD CONSTRAINT appraisal_scheme_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.appraisal_tally
    ADD CONSTRAINT appraisal_tally_group_id_case_id_scheme_id_fkey FOREIGN KEY (group_id, case_id, scheme_id) REFERENCES public.appraisal_case(group_id, id, scheme_id);
ALTER TABLE ONLY public.appraisal_tally
    ADD CONSTRAINT appraisal_tally_group_id_scheme_id_indicator_code_fkey FOREIGN KEY (group_id, scheme_id, indicator_code) REFERENCES public.appraisal_indicator(group_id, scheme_id, code);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_agreement_id_fkey FOREIGN KEY (group_id, agreement_id) REFERENCES public.agreement(group_id, id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_borrower_person_id_fkey FOREIGN KEY (group_id, borrower_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_borrower_school_id_fkey FOREIGN KEY (group_id, borrower_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_hold_id_fkey FOREIGN KEY (group_id, hold_id) REFERENCES public.hold(group_id, id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_loan_id_fkey FOREIGN KEY (group_id, loan_id) REFERENCES public.loan(group_id, id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT audience_circle FOREIGN KEY (group_id, circle_id) REFERENCES public.circle(group_id, id);
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT audience_school FOREIGN KEY (group_id, audience_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT audit_head_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.begun_upload
    ADD CONSTRAINT begun_upload_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.blob
    ADD CONSTRAINT blob_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_group_id_booker_person_id_fkey FOREIGN KEY (group_id, booker_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_group_id_booker_school_id_fkey FOREIGN KEY (group_id, booker_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.booking
    ADD CONSTRAINT booking_group_id_place_id_fkey FOREIGN KEY (group_id, place_id) REFERENCES public.place(group_id, id);
ALTER TABLE ONLY public.bulletin_article
    ADD CONSTRAINT bulletin_article_group_id_bulletin_id_fkey FOREIGN KEY (group_id, bulletin_id) REFERENCES public.bulletin(group_id, id);
ALTER TABLE ONLY public.bulletin_article
    ADD CONSTRAINT bulletin_article_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.bulletin_article
    ADD CONSTRAINT bulletin_article_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.bulletin_article
    ADD CONSTRAINT bulletin_article_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.bulletin_edition
    ADD CONSTRAINT bulletin_edition_group_id_bulletin_id_fkey FOREIGN KEY (group_id, bulletin_id) REFERENCES public.bulletin(group_id, id);
ALTER TABLE ONLY public.bulletin_edition
    ADD CONSTRAINT bulletin_edition_group_id_checked_by_person_id_fkey FOREIGN KEY (group_id, checked_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.bulletin_edition
    ADD CONSTRAINT bulletin_edition_group_id_issued_by_person_id_fkey FOREIGN KEY (group_id, issued_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.bulletin
    ADD CONSTRAINT bulletin_group_id_checked_by_person_id_fkey FOREIGN KEY (group_id, checked_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.bulletin
    ADD CONSTRAINT bulletin_group_id_circle_id_fkey FOREIGN KEY (group_id, circle_id) REFERENCES public.circle(group_id, id);
ALTER TABLE ONLY public.bulletin
    ADD CONSTRAINT bulletin_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.bulletin_number
    ADD CONSTRAINT bulletin_number_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.bulletin_receipt
    ADD CONSTRAINT bulletin_receipt_group_id_bulletin_id_edition_no_fkey FOREIGN KEY (group_id, bulletin_id, edition_no) REFERENCES public.bulletin_edition(group_id, bulletin_id, no);
ALTER TABLE ONLY public.bulletin_receipt
    ADD CONSTRAINT bulletin_receipt_group_id_bulletin_id_school_id_fkey FOREIGN KEY (group_id, bulletin_id, school_id) REFERENCES public.bulletin_recipient(group_id, bulletin_id, school_id);
ALTER TABLE ONLY public.bulletin_receipt
    ADD CONSTRAINT bulletin_receipt_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.bulletin_recipient
    ADD CONSTRAINT bulletin_recipient_group_id_bulletin_id_fkey FOREIGN KEY (group_id, bulletin_id) REFERENCES public.bulletin(group_id, id);
ALTER TABLE ONLY public.bulletin_recipient
    ADD CONSTRAINT bulletin_recipient_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.circle_member
    ADD CONSTRAINT circle_member_group_id_circle_id_fkey FOREIGN KEY (group_id, circle_id) REFERENCES public.circle(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.circle_member
    ADD CONSTRAINT circle_member_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.client_assertion
    ADD CONSTRAINT client_assertion_group_id_client_id_fkey FOREIGN KEY (group_id, client_id) REFERENCES public.client(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.client_key
    ADD CONSTRAINT client_key_group_id_client_id_fkey FOREIGN KEY (group_id, client_id) REFERENCES public.client(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.curriculum_node
    ADD CONSTRAINT curriculum_node_group_id_parent_id_fkey FOREIGN KEY (group_id, parent_id) REFERENCES public.curriculum_node(group_id, id);
ALTER TABLE ONLY public.curriculum_node
    ADD CONSTRAINT curriculum_node_group_id_version_id_fkey FOREIGN KEY (group_id, version_id) REFERENCES public.curriculum_version(group_id, id);
ALTER TABLE ONLY public.curriculum_version
    ADD CONSTRAINT curriculum_version_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT deposit_group_id_blob_id_fkey FOREIGN KEY (group_id, blob_id) REFERENCES public.blob(group_id, id);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT deposit_group_id_client_id_fkey FOREIGN KEY (group_id, client_id) REFERENCES public.client(group_id, id);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT deposit_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT deposit_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.draw_secret
    ADD CONSTRAINT draw_secret_group_id_draw_id_fkey FOREIGN KEY (group_id, draw_id) REFERENCES public.inspection_draw(group_id, id);
ALTER TABLE ONLY public.email_address
    ADD CONSTRAINT email_address_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.event_floor
    ADD CONSTRAINT event_floor_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.exam_appeal
    ADD CONSTRAINT exam_appeal_group_id_applied_snapshot_id_fkey FOREIGN KEY (group_id, applied_snapshot_id) REFERENCES public.exam_snapshot(group_id, id);
ALTER TABLE ONLY public.exam_appeal
    ADD CONSTRAINT exam_appeal_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id);
ALTER TABLE ONLY public.exam_appeal
    ADD CONSTRAINT exam_appeal_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_appeal
    ADD CONSTRAINT exam_appeal_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_appeal
    ADD CONSTRAINT exam_appeal_group_id_release_id_fkey FOREIGN KEY (group_id, release_id) REFERENCES public.exam_release(group_id, id);
ALTER TABLE ONLY public.exam_appeal
    ADD CONSTRAINT exam_appeal_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_appeal
    ADD CONSTRAINT exam_appeal_group_id_snapshot_id_fkey FOREIGN KEY (group_id, snapshot_id) REFERENCES public.exam_snapshot(group_id, id);
ALTER TABLE ONLY public.exam_candidate
    ADD CONSTRAINT exam_candidate_group_id_exam_id_school_id_fkey FOREIGN KEY (group_id, exam_id, school_id) REFERENCES public.exam_school(group_id, exam_id, school_id);
ALTER TABLE ONLY public.exam_candidate
    ADD CONSTRAINT exam_candidate_group_id_pupil_id_fkey FOREIGN KEY (group_id, pupil_id) REFERENCES public.pupil(group_id, id);
ALTER TABLE ONLY public.exam_candidate_name
    ADD CONSTRAINT exam_candidate_name_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exam_candidate_name
    ADD CONSTRAINT exam_candidate_name_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_conversion
    ADD CONSTRAINT exam_conversion_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_conversion
    ADD CONSTRAINT exam_conversion_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_conversion
    ADD CONSTRAINT exam_conversion_group_id_snapshot_id_fkey FOREIGN KEY (group_id, snapshot_id) REFERENCES public.exam_snapshot(group_id, id);
ALTER TABLE ONLY public.exam_draw
    ADD CONSTRAINT exam_draw_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_entry
    ADD CONSTRAINT exam_entry_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exam_entry
    ADD CONSTRAINT exam_entry_group_id_exam_id_school_id_fkey FOREIGN KEY (group_id, exam_id, school_id) REFERENCES public.exam_school(group_id, exam_id, school_id);
ALTER TABLE ONLY public.exam_entry
    ADD CONSTRAINT exam_entry_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_gate_rule
    ADD CONSTRAINT exam_gate_rule_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.exam
    ADD CONSTRAINT exam_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.exam
    ADD CONSTRAINT exam_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_paper_file
    ADD CONSTRAINT exam_paper_file_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_paper_file
    ADD CONSTRAINT exam_paper_file_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.exam_release
    ADD CONSTRAINT exam_release_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_release
    ADD CONSTRAINT exam_release_group_id_snapshot_id_fkey FOREIGN KEY (group_id, snapshot_id) REFERENCES public.exam_snapshot(group_id, id);
ALTER TABLE ONLY public.exam_response
    ADD CONSTRAINT exam_response_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exam_response
    ADD CONSTRAINT exam_response_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_response
    ADD CONSTRAINT exam_response_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_school
    ADD CONSTRAINT exam_school_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_school
    ADD CONSTRAINT exam_school_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_school_subject
    ADD CONSTRAINT exam_school_subject_group_id_exam_id_school_id_fkey FOREIGN KEY (group_id, exam_id, school_id) REFERENCES public.exam_school(group_id, exam_id, school_id);
ALTER TABLE ONLY public.exam_school_subject
    ADD CONSTRAINT exam_school_subject_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_score
    ADD CONSTRAINT exam_score_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exam_score
    ADD CONSTRAINT exam_score_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_seat
    ADD CONSTRAINT exam_seat_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exam_seat
    ADD CONSTRAINT exam_seat_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_seat
    ADD CONSTRAINT exam_seat_group_id_room_id_fkey FOREIGN KEY (group_id, room_id) REFERENCES public.exam_room(group_id, id);
ALTER TABLE ONLY public.exam_seed
    ADD CONSTRAINT exam_seed_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_setter
    ADD CONSTRAINT exam_setter_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_setter
    ADD CONSTRAINT exam_setter_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_snapshot
    ADD CONSTRAINT exam_snapshot_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_snapshot_part
    ADD CONSTRAINT exam_snapshot_part_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_snapshot_part
    ADD CONSTRAINT exam_snapshot_part_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_snapshot_part
    ADD CONSTRAINT exam_snapshot_part_group_id_snapshot_id_fkey FOREIGN KEY (group_id, snapshot_id) REFERENCES public.exam_snapshot(group_id, id);
ALTER TABLE ONLY public.exam_subject
    ADD CONSTRAINT exam_subject_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_sum
    ADD CONSTRAINT exam_sum_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.exam_sum
    ADD CONSTRAINT exam_sum_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.field
    ADD CONSTRAINT field_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.form_field
    ADD CONSTRAINT form_field_group_id_field_code_fkey FOREIGN KEY (group_id, field_code) REFERENCES public.field(group_id, code);
ALTER TABLE ONLY public.form_field
    ADD CONSTRAINT form_field_group_id_form_id_form_version_fkey FOREIGN KEY (group_id, form_id, form_version) REFERENCES public.form_version(group_id, form_id, no);
ALTER TABLE ONLY public.form
    ADD CONSTRAINT form_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.form_rule
    ADD CONSTRAINT form_rule_group_id_form_id_form_version_fkey FOREIGN KEY (group_id, form_id, form_version) REFERENCES public.form_version(group_id, form_id, no);
ALTER TABLE ONLY public.form_version
    ADD CONSTRAINT form_version_group_id_created_by_person_id_fkey FOREIGN KEY (group_id, created_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.form_version
    ADD CONSTRAINT form_version_group_id_form_id_fkey FOREIGN KEY (group_id, form_id) REFERENCES public.form(group_id, id);
ALTER TABLE ONLY public.group_quota
    ADD CONSTRAINT group_quota_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.harvest_stamp
    ADD CONSTRAINT harvest_stamp_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_group_id_borrower_person_id_fkey FOREIGN KEY (group_id, borrower_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_group_id_borrower_school_id_fkey FOREIGN KEY (group_id, borrower_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_group_id_loan_id_fkey FOREIGN KEY (group_id, loan_id) REFERENCES public.loan(group_id, id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.holiday
    ADD CONSTRAINT holiday_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.holiday
    ADD CONSTRAINT holiday_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.identity_provider
    ADD CONSTRAINT identity_provider_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.inbox_read
    ADD CONSTRAINT inbox_read_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.initiative
    ADD CONSTRAINT initiative_group_id_created_by_person_id_fkey FOREIGN KEY (group_id, created_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.initiative
    ADD CONSTRAINT initiative_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.inspection_draw
    ADD CONSTRAINT inspection_draw_group_id_round_id_fkey FOREIGN KEY (group_id, round_id) REFERENCES public.inspection_round(group_id, id);
ALTER TABLE ONLY public.inspection_round
    ADD CONSTRAINT inspection_round_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.inspection_round
    ADD CONSTRAINT inspection_round_group_id_ledger_id_fkey FOREIGN KEY (group_id, ledger_id) REFERENCES public.ledger(group_id, id);
ALTER TABLE ONLY public.inspection_visit
    ADD CONSTRAINT inspection_visit_group_id_draw_id_fkey FOREIGN KEY (group_id, draw_id) REFERENCES public.inspection_draw(group_id, id);
ALTER TABLE ONLY public.inspection_visit
    ADD CONSTRAINT inspection_visit_group_id_round_id_school_id_fkey FOREIGN KEY (group_id, round_id, school_id) REFERENCES public.round_school(group_id, round_id, school_id);
ALTER TABLE ONLY public.inspection_visit
    ADD CONSTRAINT inspection_visit_group_id_team_id_round_id_fkey FOREIGN KEY (group_id, team_id, round_id) REFERENCES public.round_team(group_id, id, round_id);
ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.item
    ADD CONSTRAINT item_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.item_handover
    ADD CONSTRAINT item_handover_group_id_borrower_person_id_fkey FOREIGN KEY (group_id, borrower_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.item_handover
    ADD CONSTRAINT item_handover_group_id_borrower_school_id_fkey FOREIGN KEY (group_id, borrower_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.item_handover
    ADD CONSTRAINT item_handover_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.item_handover
    ADD CONSTRAINT item_handover_group_id_item_id_fkey FOREIGN KEY (group_id, item_id) REFERENCES public.item(group_id, id);
ALTER TABLE ONLY public.item_handover
    ADD CONSTRAINT item_handover_group_id_loan_id_fkey FOREIGN KEY (group_id, loan_id) REFERENCES public.loan(group_id, id);
ALTER TABLE ONLY public.item_handover
    ADD CONSTRAINT item_handover_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.item_handover
    ADD CONSTRAINT item_handover_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.item_note
    ADD CONSTRAINT item_note_group_id_handover_id_fkey FOREIGN KEY (group_id, handover_id) REFERENCES public.item_handover(group_id, id);
ALTER TABLE ONLY public.item_note
    ADD CONSTRAINT item_note_group_id_item_id_fkey FOREIGN KEY (group_id, item_id) REFERENCES public.item(group_id, id);
ALTER TABLE ONLY public.item_note
    ADD CONSTRAINT item_note_group_id_photo_blob_id_fkey FOREIGN KEY (group_id, photo_blob_id) REFERENCES public.blob(group_id, id);
ALTER TABLE ONLY public.job
    ADD CONSTRAINT job_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.ledger_act
    ADD CONSTRAINT ledger_act_group_id_category_fkey FOREIGN KEY (group_id, category) REFERENCES public.ledger_category(group_id, code);
ALTER TABLE ONLY public.ledger_act
    ADD CONSTRAINT ledger_act_group_id_item_id_fkey FOREIGN KEY (group_id, item_id) REFERENCES public.ledger_item(group_id, id);
ALTER TABLE ONLY public.ledger_act
    ADD CONSTRAINT ledger_act_group_id_item_id_report_no_fkey FOREIGN KEY (group_id, item_id, report_no) REFERENCES public.ledger_report(group_id, item_id, no);
ALTER TABLE ONLY public.ledger_act
    ADD CONSTRAINT ledger_act_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.ledger_act
    ADD CONSTRAINT ledger_act_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.ledger_category
    ADD CONSTRAINT ledger_category_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.ledger_evidence
    ADD CONSTRAINT ledger_evidence_group_id_blob_id_fkey FOREIGN KEY (group_id, blob_id) REFERENCES public.blob(group_id, id);
ALTER TABLE ONLY public.ledger_evidence
    ADD CONSTRAINT ledger_evidence_group_id_item_id_report_no_fkey FOREIGN KEY (group_id, item_id, report_no) REFERENCES public.ledger_report(group_id, item_id, no);
ALTER TABLE ONLY public.ledger_evidence
    ADD CONSTRAINT ledger_evidence_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.ledger
    ADD CONSTRAINT ledger_group_id_initiative_id_fkey FOREIGN KEY (group_id, initiative_id) REFERENCES public.initiative(group_id, id);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_group_id_category_fkey FOREIGN KEY (group_id, category) REFERENCES public.ledger_category(group_id, code);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_group_id_closed_by_person_id_fkey FOREIGN KEY (group_id, closed_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_group_id_id_reported_no_reported_by_person_id_fkey FOREIGN KEY (group_id, id, reported_no, reported_by_person_id) REFERENCES public.ledger_report(group_id, item_id, no, person_id);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_group_id_ledger_id_fkey FOREIGN KEY (group_id, ledger_id) REFERENCES public.ledger(group_id, id);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_group_id_measure_id_fkey FOREIGN KEY (group_id, measure_id) REFERENCES public.measure(group_id, id);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.ledger_item
    ADD CONSTRAINT ledger_item_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.ledger_report
    ADD CONSTRAINT ledger_report_group_id_item_id_fkey FOREIGN KEY (group_id, item_id) REFERENCES public.ledger_item(group_id, id);
ALTER TABLE ONLY public.ledger_report
    ADD CONSTRAINT ledger_report_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.ledger_target
    ADD CONSTRAINT ledger_target_group_id_ledger_id_fkey FOREIGN KEY (group_id, ledger_id) REFERENCES public.ledger(group_id, id);
ALTER TABLE ONLY public.ledger_target
    ADD CONSTRAINT ledger_target_group_id_set_by_person_id_fkey FOREIGN KEY (group_id, set_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.lending_rule
    ADD CONSTRAINT lending_rule_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.list_edition
    ADD CONSTRAINT list_edition_group_id_list_id_fkey FOREIGN KEY (group_id, list_id) REFERENCES public.resource_list(group_id, id);
ALTER TABLE ONLY public.list_edition
    ADD CONSTRAINT list_edition_group_id_rolled_from_edition_id_fkey FOREIGN KEY (group_id, rolled_from_edition_id) REFERENCES public.list_edition(group_id, id);
ALTER TABLE ONLY public.list_entry
    ADD CONSTRAINT list_entry_group_id_edition_id_fkey FOREIGN KEY (group_id, edition_id) REFERENCES public.list_edition(group_id, id);
ALTER TABLE ONLY public.list_entry
    ADD CONSTRAINT list_entry_group_id_resource_id_revision_no_fkey FOREIGN KEY (group_id, resource_id, revision_no) REFERENCES public.revision(group_id, resource_id, no);
ALTER TABLE ONLY public.list_suggestion
    ADD CONSTRAINT list_suggestion_group_id_list_id_fkey FOREIGN KEY (group_id, list_id) REFERENCES public.resource_list(group_id, id);
ALTER TABLE ONLY public.list_suggestion
    ADD CONSTRAINT list_suggestion_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.list_suggestion
    ADD CONSTRAINT list_suggestion_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.list_suggestion
    ADD CONSTRAINT list_suggestion_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.loan_fetch
    ADD CONSTRAINT loan_fetch_group_id_loan_id_fkey FOREIGN KEY (group_id, loan_id) REFERENCES public.loan(group_id, id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_group_id_borrower_person_id_fkey FOREIGN KEY (group_id, borrower_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_group_id_borrower_school_id_fkey FOREIGN KEY (group_id, borrower_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.loan
    ADD CONSTRAINT loan_group_id_resource_id_revision_no_fkey FOREIGN KEY (group_id, resource_id, revision_no) REFERENCES public.revision(group_id, resource_id, no);
ALTER TABLE ONLY public.login_failure
    ADD CONSTRAINT login_failure_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.mail
    ADD CONSTRAINT mail_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.makeup_day
    ADD CONSTRAINT makeup_day_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.makeup_day
    ADD CONSTRAINT makeup_day_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.marking_abnormal
    ADD CONSTRAINT marking_abnormal_group_id_plan_id_decided_by_fkey FOREIGN KEY (group_id, plan_id, decided_by) REFERENCES public.marking_marker(group_id, plan_id, person_id);
ALTER TABLE ONLY public.marking_abnormal
    ADD CONSTRAINT marking_abnormal_group_id_plan_id_reported_by_fkey FOREIGN KEY (group_id, plan_id, reported_by) REFERENCES public.marking_marker(group_id, plan_id, person_id);
ALTER TABLE ONLY public.marking_abnormal
    ADD CONSTRAINT marking_abnormal_group_id_script_id_fkey FOREIGN KEY (group_id, script_id) REFERENCES public.marking_script(group_id, id);
ALTER TABLE ONLY public.marking_identity
    ADD CONSTRAINT marking_identity_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id);
ALTER TABLE ONLY public.marking_identity
    ADD CONSTRAINT marking_identity_group_id_script_id_fkey FOREIGN KEY (group_id, script_id) REFERENCES public.marking_script(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.marking_marker
    ADD CONSTRAINT marking_marker_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.marking_marker
    ADD CONSTRAINT marking_marker_group_id_plan_id_fkey FOREIGN KEY (group_id, plan_id) REFERENCES public.marking_plan(group_id, id);
ALTER TABLE ONLY public.marking_marker
    ADD CONSTRAINT marking_marker_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.marking_plan
    ADD CONSTRAINT marking_plan_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.marking_plan
    ADD CONSTRAINT marking_plan_group_id_exam_subject_id_paper_version_positi_fkey FOREIGN KEY (group_id, exam_subject_id, paper_version, "position") REFERENCES public.paper_item(group_id, exam_subject_id, paper_version, "position");
ALTER TABLE ONLY public.marking_script
    ADD CONSTRAINT marking_script_group_id_plan_id_fkey FOREIGN KEY (group_id, plan_id) REFERENCES public.marking_plan(group_id, id);
ALTER TABLE ONLY public.marking_script
    ADD CONSTRAINT marking_script_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.marking_share
    ADD CONSTRAINT marking_share_group_id_plan_id_fkey FOREIGN KEY (group_id, plan_id) REFERENCES public.marking_plan(group_id, id);
ALTER TABLE ONLY public.marking_share
    ADD CONSTRAINT marking_share_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.marking_task
    ADD CONSTRAINT marking_task_group_id_plan_id_person_id_fkey FOREIGN KEY (group_id, plan_id, person_id) REFERENCES public.marking_marker(group_id, plan_id, person_id);
ALTER TABLE ONLY public.marking_template
    ADD CONSTRAINT marking_template_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.marking_template
    ADD CONSTRAINT marking_template_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.marking_turn
    ADD CONSTRAINT marking_turn_group_id_plan_id_person_id_marker_school_id_fkey FOREIGN KEY (group_id, plan_id, person_id, marker_school_id) REFERENCES public.marking_marker(group_id, plan_id, person_id, school_id);
ALTER TABLE ONLY public.marking_turn
    ADD CONSTRAINT marking_turn_group_id_script_id_script_school_id_plan_id_fkey FOREIGN KEY (group_id, script_id, script_school_id, plan_id) REFERENCES public.marking_script(group_id, id, school_id, plan_id);
ALTER TABLE ONLY public.marking_turn
    ADD CONSTRAINT marking_turn_group_id_task_id_fkey FOREIGN KEY (group_id, task_id) REFERENCES public.marking_task(group_id, id);
ALTER TABLE ONLY public.marking_mark
    ADD CONSTRAINT marks_by_the_occupant FOREIGN KEY (group_id, turn_id, person_id) REFERENCES public.marking_turn(group_id, id, person_id);
ALTER TABLE ONLY public.measure_call
    ADD CONSTRAINT measure_call_group_id_call_id_fkey FOREIGN KEY (group_id, call_id) REFERENCES public.return_call(group_id, id);
ALTER TABLE ONLY public.measure_call
    ADD CONSTRAINT measure_call_group_id_measure_id_fkey FOREIGN KEY (group_id, measure_id) REFERENCES public.measure(group_id, id);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT measure_group_id_initiative_id_fkey FOREIGN KEY (group_id, initiative_id) REFERENCES public.initiative(group_id, id);
ALTER TABLE ONLY public.measure
    ADD CONSTRAINT measure_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.measure_node
    ADD CONSTRAINT measure_node_group_id_measure_id_fkey FOREIGN KEY (group_id, measure_id) REFERENCES public.measure(group_id, id);
ALTER TABLE ONLY public.measure_node
    ADD CONSTRAINT measure_node_group_id_reached_by_person_id_fkey FOREIGN KEY (group_id, reached_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.measure_remark
    ADD CONSTRAINT measure_remark_group_id_measure_id_fkey FOREIGN KEY (group_id, measure_id) REFERENCES public.measure(group_id, id);
ALTER TABLE ONLY public.measure_remark
    ADD CONSTRAINT measure_remark_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.measure_remark
    ADD CONSTRAINT measure_remark_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_group_id_mail_id_fkey FOREIGN KEY (group_id, mail_id) REFERENCES public.mail(group_id, id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.notice
    ADD CONSTRAINT notice_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.notice_preference
    ADD CONSTRAINT notice_preference_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.notice_rule
    ADD CONSTRAINT notice_rule_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.notice_rule
    ADD CONSTRAINT notice_rule_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT offer_audience_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT offer_audience_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.offer_bound
    ADD CONSTRAINT offer_bound_group_id_bounding_offer_id_fkey FOREIGN KEY (group_id, bounding_offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.offer_bound
    ADD CONSTRAINT offer_bound_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.offer_bound
    ADD CONSTRAINT offer_bound_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.offer_bound
    ADD CONSTRAINT offer_bound_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.offer_terms
    ADD CONSTRAINT offer_terms_group_id_by_person_id_fkey FOREIGN KEY (group_id, by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.offer_terms
    ADD CONSTRAINT offer_terms_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.offer_terms
    ADD CONSTRAINT offer_terms_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.paper_cell
    ADD CONSTRAINT paper_cell_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.paper_choice
    ADD CONSTRAINT paper_choice_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.paper_item
    ADD CONSTRAINT paper_item_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.paper_key
    ADD CONSTRAINT paper_key_group_id_exam_subject_id_paper_version_position_fkey FOREIGN KEY (group_id, exam_subject_id, paper_version, "position") REFERENCES public.paper_item(group_id, exam_subject_id, paper_version, "position") ON DELETE CASCADE;
ALTER TABLE ONLY public.paper_rescore
    ADD CONSTRAINT paper_rescore_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.paper_rescore_move
    ADD CONSTRAINT paper_rescore_move_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.paper_rescore_move
    ADD CONSTRAINT paper_rescore_move_group_id_rescore_id_fkey FOREIGN KEY (group_id, rescore_id) REFERENCES public.paper_rescore(group_id, id);
ALTER TABLE ONLY public.paper_rescore_move
    ADD CONSTRAINT paper_rescore_move_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.paper_version
    ADD CONSTRAINT paper_version_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.person_credential
    ADD CONSTRAINT person_credential_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.person_identity
    ADD CONSTRAINT person_identity_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.place_closure
    ADD CONSTRAINT place_closure_group_id_place_id_fkey FOREIGN KEY (group_id, place_id) REFERENCES public.place(group_id, id);
ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.place
    ADD CONSTRAINT place_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.place_hours
    ADD CONSTRAINT place_hours_group_id_place_id_fkey FOREIGN KEY (group_id, place_id) REFERENCES public.place(group_id, id);
ALTER TABLE ONLY public.policy_bundle
    ADD CONSTRAINT policy_bundle_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.prerequisite
    ADD CONSTRAINT prerequisite_group_id_needs_node_id_fkey FOREIGN KEY (group_id, needs_node_id) REFERENCES public.curriculum_node(group_id, id);
ALTER TABLE ONLY public.prerequisite
    ADD CONSTRAINT prerequisite_group_id_needs_resource_id_fkey FOREIGN KEY (group_id, needs_resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.prerequisite
    ADD CONSTRAINT prerequisite_group_id_resource_id_revision_no_fkey FOREIGN KEY (group_id, resource_id, revision_no) REFERENCES public.revision(group_id, resource_id, no);
ALTER TABLE ONLY public.preview_page
    ADD CONSTRAINT preview_page_group_id_school_id_blob_id_fkey FOREIGN KEY (group_id, school_id, blob_id) REFERENCES public.rendering(group_id, school_id, blob_id) ON DELETE CASCADE;
ALTER TABLE ONLY public.preview_view
    ADD CONSTRAINT preview_view_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.preview_view
    ADD CONSTRAINT preview_view_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.preview_view
    ADD CONSTRAINT preview_view_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.preview_view
    ADD CONSTRAINT preview_view_group_id_viewer_school_id_fkey FOREIGN KEY (group_id, viewer_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.pupil_enrolment
    ADD CONSTRAINT pupil_enrolment_group_id_pupil_id_fkey FOREIGN KEY (group_id, pupil_id) REFERENCES public.pupil(group_id, id);
ALTER TABLE ONLY public.pupil_enrolment
    ADD CONSTRAINT pupil_enrolment_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.pupil
    ADD CONSTRAINT pupil_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.pupil
    ADD CONSTRAINT pupil_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.pupil_name
    ADD CONSTRAINT pupil_name_group_id_pupil_id_fkey FOREIGN KEY (group_id, pupil_id) REFERENCES public.pupil(group_id, id);
ALTER TABLE ONLY public.pupil_name
    ADD CONSTRAINT pupil_name_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.pupil_promotion
    ADD CONSTRAINT pupil_promotion_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.pupil_retention
    ADD CONSTRAINT pupil_retention_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.pupil_transfer
    ADD CONSTRAINT pupil_transfer_group_id_from_school_id_fkey FOREIGN KEY (group_id, from_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.pupil_transfer
    ADD CONSTRAINT pupil_transfer_group_id_pupil_id_fkey FOREIGN KEY (group_id, pupil_id) REFERENCES public.pupil(group_id, id);
ALTER TABLE ONLY public.pupil_transfer
    ADD CONSTRAINT receiving_school FOREIGN KEY (group_id, to_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_group_id_session_id_fkey FOREIGN KEY (group_id, session_id) REFERENCES public.access_session(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.release_conversion
    ADD CONSTRAINT release_conversion_group_id_conversion_id_fkey FOREIGN KEY (group_id, conversion_id) REFERENCES public.exam_conversion(group_id, id);
ALTER TABLE ONLY public.release_conversion
    ADD CONSTRAINT release_conversion_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.release_conversion
    ADD CONSTRAINT release_conversion_group_id_release_id_fkey FOREIGN KEY (group_id, release_id) REFERENCES public.exam_release(group_id, id);
ALTER TABLE ONLY public.release_figure
    ADD CONSTRAINT release_figure_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.release_figure
    ADD CONSTRAINT release_figure_group_id_release_id_fkey FOREIGN KEY (group_id, release_id) REFERENCES public.exam_release(group_id, id);
ALTER TABLE ONLY public.release_figure
    ADD CONSTRAINT release_figure_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.release_pupils
    ADD CONSTRAINT release_pupils_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.release_pupils
    ADD CONSTRAINT release_pupils_group_id_release_id_fkey FOREIGN KEY (group_id, release_id) REFERENCES public.exam_release(group_id, id);
ALTER TABLE ONLY public.release_pupils
    ADD CONSTRAINT release_pupils_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.release_recipient
    ADD CONSTRAINT release_recipient_group_id_release_id_fkey FOREIGN KEY (group_id, release_id) REFERENCES public.exam_release(group_id, id);
ALTER TABLE ONLY public.release_recipient
    ADD CONSTRAINT release_recipient_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.release_shared_figure
    ADD CONSTRAINT release_shared_figure_group_id_carried_from_id_fkey FOREIGN KEY (group_id, carried_from_id) REFERENCES public.exam_release(group_id, id);
ALTER TABLE ONLY public.release_shared_figure
    ADD CONSTRAINT release_shared_figure_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.release_shared_figure
    ADD CONSTRAINT release_shared_figure_group_id_release_id_fkey FOREIGN KEY (group_id, release_id) REFERENCES public.exam_release(group_id, id);
ALTER TABLE ONLY public.rendering
    ADD CONSTRAINT rendering_group_id_blob_id_fkey FOREIGN KEY (group_id, blob_id) REFERENCES public.blob(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.rendering
    ADD CONSTRAINT rendering_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_curriculum FOREIGN KEY (group_id, curriculum_node_id) REFERENCES public.curriculum_node(group_id, id);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_derived_by FOREIGN KEY (group_id, derived_by_offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_derived_from FOREIGN KEY (group_id, derived_from_resource_id, derived_from_revision_no) REFERENCES public.revision(group_id, resource_id, no);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_group_id_author_person_id_fkey FOREIGN KEY (group_id, author_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.resource_list
    ADD CONSTRAINT resource_list_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.resource_list
    ADD CONSTRAINT resource_list_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_published_revision FOREIGN KEY (group_id, id, published_revision_no) REFERENCES public.revision(group_id, resource_id, no);
ALTER TABLE ONLY public.resource_text
    ADD CONSTRAINT resource_text_group_id_resource_id_revision_no_fkey FOREIGN KEY (group_id, resource_id, revision_no) REFERENCES public.revision(group_id, resource_id, no);
ALTER TABLE ONLY public.resource_text
    ADD CONSTRAINT resource_text_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.resource_view
    ADD CONSTRAINT resource_view_group_id_owner_school_id_fkey FOREIGN KEY (group_id, owner_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.resource_view
    ADD CONSTRAINT resource_view_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.resource_view
    ADD CONSTRAINT resource_view_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.resource_view
    ADD CONSTRAINT resource_view_group_id_viewer_school_id_fkey FOREIGN KEY (group_id, viewer_school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.return_call
    ADD CONSTRAINT return_call_group_id_form_id_form_version_fkey FOREIGN KEY (group_id, form_id, form_version) REFERENCES public.form_version(group_id, form_id, no);
ALTER TABLE ONLY public.return_call
    ADD CONSTRAINT return_call_group_id_opened_by_person_id_fkey FOREIGN KEY (group_id, opened_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.return_file
    ADD CONSTRAINT return_file_group_id_blob_id_fkey FOREIGN KEY (group_id, blob_id) REFERENCES public.blob(group_id, id);
ALTER TABLE ONLY public.return_file
    ADD CONSTRAINT return_file_group_id_return_id_school_id_fkey FOREIGN KEY (group_id, return_id, school_id) REFERENCES public.school_return(group_id, id, school_id);
ALTER TABLE ONLY public.return_file
    ADD CONSTRAINT return_file_group_id_return_id_version_no_fkey FOREIGN KEY (group_id, return_id, version_no) REFERENCES public.return_version(group_id, return_id, no);
ALTER TABLE ONLY public.return_file
    ADD CONSTRAINT return_file_group_id_upload_id_school_id_fkey FOREIGN KEY (group_id, upload_id, school_id) REFERENCES public.deposit(group_id, id, school_id);
ALTER TABLE ONLY public.return_target
    ADD CONSTRAINT return_target_group_id_call_id_fkey FOREIGN KEY (group_id, call_id) REFERENCES public.return_call(group_id, id);
ALTER TABLE ONLY public.return_target
    ADD CONSTRAINT return_target_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.return_version
    ADD CONSTRAINT return_version_group_id_return_id_school_id_fkey FOREIGN KEY (group_id, return_id, school_id) REFERENCES public.school_return(group_id, id, school_id);
ALTER TABLE ONLY public.return_version
    ADD CONSTRAINT return_version_group_id_submitted_by_person_id_fkey FOREIGN KEY (group_id, submitted_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_curriculum FOREIGN KEY (group_id, curriculum_node_id) REFERENCES public.curriculum_node(group_id, id);
ALTER TABLE ONLY public.revision_file
    ADD CONSTRAINT revision_file_group_id_blob_id_fkey FOREIGN KEY (group_id, blob_id) REFERENCES public.blob(group_id, id);
ALTER TABLE ONLY public.revision_file
    ADD CONSTRAINT revision_file_group_id_resource_id_revision_no_fkey FOREIGN KEY (group_id, resource_id, revision_no) REFERENCES public.revision(group_id, resource_id, no);
ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_group_id_created_by_person_id_fkey FOREIGN KEY (group_id, created_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.revision_reading
    ADD CONSTRAINT revision_reading_group_id_resource_id_revision_no_fkey FOREIGN KEY (group_id, resource_id, revision_no) REFERENCES public.revision(group_id, resource_id, no);
ALTER TABLE ONLY public.revision_reading
    ADD CONSTRAINT revision_reading_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_room
    ADD CONSTRAINT room_site FOREIGN KEY (group_id, exam_id, site_school_id) REFERENCES public.exam_school(group_id, exam_id, school_id);
ALTER TABLE ONLY public.round_school
    ADD CONSTRAINT round_school_group_id_round_id_fkey FOREIGN KEY (group_id, round_id) REFERENCES public.inspection_round(group_id, id);
ALTER TABLE ONLY public.round_school
    ADD CONSTRAINT round_school_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.round_team
    ADD CONSTRAINT round_team_group_id_round_id_fkey FOREIGN KEY (group_id, round_id) REFERENCES public.inspection_round(group_id, id);
ALTER TABLE ONLY public.saved_search
    ADD CONSTRAINT saved_search_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.saved_search
    ADD CONSTRAINT saved_search_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.school
    ADD CONSTRAINT school_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.school_quota
    ADD CONSTRAINT school_quota_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.school_return
    ADD CONSTRAINT school_return_group_id_accepted_by_person_id_fkey FOREIGN KEY (group_id, accepted_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.school_return
    ADD CONSTRAINT school_return_group_id_call_id_school_id_fkey FOREIGN KEY (group_id, call_id, school_id) REFERENCES public.return_target(group_id, call_id, school_id);
ALTER TABLE ONLY public.school_return
    ADD CONSTRAINT school_return_group_id_id_accepted_no_fkey FOREIGN KEY (group_id, id, accepted_no) REFERENCES public.return_version(group_id, return_id, no);
ALTER TABLE ONLY public.school_return
    ADD CONSTRAINT school_return_group_id_id_submitted_no_fkey FOREIGN KEY (group_id, id, submitted_no) REFERENCES public.return_version(group_id, return_id, no);
ALTER TABLE ONLY public.school_tier
    ADD CONSTRAINT school_tier_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.script_batch
    ADD CONSTRAINT script_batch_group_id_deposit_id_fkey FOREIGN KEY (group_id, deposit_id) REFERENCES public.deposit(group_id, id);
ALTER TABLE ONLY public.script_batch
    ADD CONSTRAINT script_batch_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.script_batch
    ADD CONSTRAINT script_batch_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.script_batch
    ADD CONSTRAINT script_batch_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.search_change
    ADD CONSTRAINT search_change_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.search_class
    ADD CONSTRAINT search_class_group_id_family_id_fkey FOREIGN KEY (group_id, family_id) REFERENCES public.search_family(group_id, id);
ALTER TABLE ONLY public.search_class
    ADD CONSTRAINT search_class_group_id_reach_id_fkey FOREIGN KEY (group_id, reach_id) REFERENCES public.search_reach(group_id, id);
ALTER TABLE ONLY public.search_class
    ADD CONSTRAINT search_class_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.search_entry
    ADD CONSTRAINT search_entry_group_id_class_id_fkey FOREIGN KEY (group_id, class_id) REFERENCES public.search_class(group_id, id);
ALTER TABLE ONLY public.search_entry
    ADD CONSTRAINT search_entry_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.search_family
    ADD CONSTRAINT search_family_group_id_reach_id_fkey FOREIGN KEY (group_id, reach_id) REFERENCES public.search_reach(group_id, id);
ALTER TABLE ONLY public.search_family
    ADD CONSTRAINT search_family_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.search_move
    ADD CONSTRAINT search_move_group_id_from_class_id_fkey FOREIGN KEY (group_id, from_class_id) REFERENCES public.search_class(group_id, id);
ALTER TABLE ONLY public.search_move
    ADD CONSTRAINT search_move_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.search_move
    ADD CONSTRAINT search_move_group_id_to_class_id_fkey FOREIGN KEY (group_id, to_class_id) REFERENCES public.search_class(group_id, id);
ALTER TABLE ONLY public.search_part
    ADD CONSTRAINT search_part_group_id_resource_id_revision_no_fkey FOREIGN KEY (group_id, resource_id, revision_no) REFERENCES public.resource_text(group_id, resource_id, revision_no) ON DELETE CASCADE;
ALTER TABLE ONLY public.search_reach
    ADD CONSTRAINT search_reach_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.search_reach_line
    ADD CONSTRAINT search_reach_line_group_id_reach_id_fkey FOREIGN KEY (group_id, reach_id) REFERENCES public.search_reach(group_id, id);
ALTER TABLE ONLY public.search_tally
    ADD CONSTRAINT search_tally_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.search_value
    ADD CONSTRAINT search_value_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_group_id_hold_id_fkey FOREIGN KEY (group_id, hold_id) REFERENCES public.hold(group_id, id);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_group_id_loan_id_fkey FOREIGN KEY (group_id, loan_id) REFERENCES public.loan(group_id, id);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.exam_setter
    ADD CONSTRAINT setter_person FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.sign_in_flow
    ADD CONSTRAINT sign_in_flow_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.sign_in_flow
    ADD CONSTRAINT sign_in_flow_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT team_member_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT team_member_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.team_member
    ADD CONSTRAINT team_member_group_id_team_id_round_id_fkey FOREIGN KEY (group_id, team_id, round_id) REFERENCES public.round_team(group_id, id, round_id);
ALTER TABLE ONLY public.term
    ADD CONSTRAINT term_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.visit_evidence
    ADD CONSTRAINT visit_evidence_group_id_blob_id_fkey FOREIGN KEY (group_id, blob_id) REFERENCES public.blob(group_id, id);
ALTER TABLE ONLY public.visit_evidence
    ADD CONSTRAINT visit_evidence_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.visit_evidence
    ADD CONSTRAINT visit_evidence_group_id_visit_id_criterion_fkey FOREIGN KEY (group_id, visit_id, criterion) REFERENCES public.visit_observation(group_id, visit_id, criterion);
ALTER TABLE ONLY public.visit_finding
    ADD CONSTRAINT visit_finding_group_id_found_by_person_id_fkey FOREIGN KEY (group_id, found_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.visit_finding
    ADD CONSTRAINT visit_finding_group_id_item_id_fkey FOREIGN KEY (group_id, item_id) REFERENCES public.ledger_item(group_id, id);
ALTER TABLE ONLY public.visit_finding
    ADD CONSTRAINT visit_finding_group_id_visit_id_fkey FOREIGN KEY (group_id, visit_id) REFERENCES public.inspection_visit(group_id, id);
ALTER TABLE ONLY public.visit_inspector
    ADD CONSTRAINT visit_inspector_group_id_team_id_person_id_fkey FOREIGN KEY (group_id, team_id, person_id) REFERENCES public.team_member(group_id, team_id, person_id);
ALTER TABLE ONLY public.visit_inspector
    ADD CONSTRAINT visit_inspector_group_id_team_id_person_id_home_school_id_fkey FOREIGN KEY (group_id, team_id, person_id, home_school_id) REFERENCES public.team_member(group_id, team_id, person_id, school_id);
ALTER TABLE ONLY public.visit_inspector
    ADD CONSTRAINT visit_inspector_group_id_visit_id_team_id_visited_school_i_fkey FOREIGN KEY (group_id, visit_id, team_id, visited_school_id) REFERENCES public.inspection_visit(group_id, id, team_id, school_id);
ALTER TABLE ONLY public.visit_observation
    ADD CONSTRAINT visit_observation_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.visit_observation
    ADD CONSTRAINT visit_observation_group_id_visit_id_fkey FOREIGN KEY (group_id, visit_id) REFERENCES public.inspection_visit(group_id, id);
ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_group_id_endpoint_id_fkey FOREIGN KEY (group_id, endpoint_id) REFERENCES public.webhook_endpoint(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook_delivery
    ADD CONSTRAINT webhook_delivery_group_id_stream_id_fkey FOREIGN KEY (group_id, stream_id) REFERENCES public.webhook_stream(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_group_id_client_id_fkey FOREIGN KEY (group_id, client_id) REFERENCES public.client(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.webhook_endpoint
    ADD CONSTRAINT webhook_endpoint_group_id_session_id_fkey FOREIGN KEY (group_id, session_id) REFERENCES public.access_session(group_id, id) ON DELETE SET NULL (session_id);
ALTER TABLE ONLY public.webhook_stream
    ADD CONSTRAINT webhook_stream_group_id_endpoint_id_fkey FOREIGN KEY (group_id, endpoint_id) REFERENCES public.webhook_endpoint(group_id, id) ON DELETE CASCADE;
ALTER TABLE public.access_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.activity ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.activity_guest ENABLE ROW LEVEL SECURITY;
CREATE POLICY adapter ON public.offer FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (id IN ( SELECT b.bounding_offer_id
   FROM public.offer_bound b
  WHERE ((b.group_id = ( SELECT app.group_id() AS group_id)) AND (b.school_id = ( SELECT app.school_id() AS school_id)))))));
ALTER TABLE public.agreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appointment ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_assessor ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_indicator ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_moderation ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_objection ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_result ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_scheme ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appraisal_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ask ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.begun_upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.blob ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.booking ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.bulletin ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.bulletin_article ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.bulletin_edition ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.bulletin_number ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.bulletin_receipt ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.bulletin_recipient ENABLE ROW LEVEL SECURITY;
CREATE POLICY change ON public.exam FOR UPDATE USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.exam_school s
  WHERE ((s.group_id = exam.group_id) AND (s.exam_id = exam.id) AND (s.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY change ON public.exam_release FOR UPDATE USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_release.group_id) AND (e.id = exam_release.exam_id) AND (( SELECT app.is_office() AS is_office) OR (e.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY change ON public.marking_marker FOR UPDATE USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY change ON public.marking_plan FOR UPDATE USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY change ON public.marking_share FOR UPDATE USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY change ON public.marking_template FOR UPDATE USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
ALTER TABLE public.circle ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.circle_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.client ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.client_assertion ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.client_key ENABLE ROW LEVEL SECURITY;
CREATE POLICY counted ON public.inspection_visit FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.ledger_act FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.ledger_evidence FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.ledger_item FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.ledger_report FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.loan FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.return_target FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.return_version FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.school_return FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
ALTER TABLE public.curriculum_node ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.curriculum_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.deposit ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.draw_secret ENABLE ROW LEVEL SECURITY;
CREATE POLICY due ON public.event FOR SELECT USING (((( SELECT app.claim('kind'::text) AS claim) = 'system'::text) AND (( SELECT app.group_id() AS group_id) IS NULL)));
CREATE POLICY due ON public.job FOR SELECT USING (((( SELECT app.claim('kind'::text) AS claim) = 'system'::text) AND (( SELECT app.group_id() AS group_id) IS NULL)));
CREATE POLICY due ON public.webhook_endpoint FOR SELECT USING (((( SELECT app.claim('kind'::text) AS claim) = 'system'::text) AND (( SELECT app.group_id() AS group_id) IS NULL)));
CREATE POLICY due ON public.webhook_stream FOR SELECT USING (((( SELECT app.claim('kind'::text) AS claim) = 'system'::text) AND (( SELECT app.group_id() AS group_id) IS NULL)));
ALTER TABLE public.education_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.email_address ENABLE ROW LEVEL SECURITY;
CREATE POLICY enter ON public.exam FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY enter ON public.exam_release FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_release.group_id) AND (e.id = exam_release.exam_id) AND (( SELECT app.is_office() AS is_office) OR (e.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY enter ON public.exam_snapshot FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_snapshot.group_id) AND (e.id = exam_snapshot.exam_id) AND (( SELECT app.is_office() AS is_office) OR (e.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY enter ON public.marking_mark FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY enter ON public.marking_marker FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY enter ON public.marking_plan FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY enter ON public.marking_share FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY enter ON public.marking_task FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY enter ON public.marking_template FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY enter ON public.person FOR INSERT WITH CHECK ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY enter ON public.release_figure FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_release(release_id)));
CREATE POLICY enter ON public.release_pupils FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_release(release_id)));
CREATE POLICY enter ON public.release_shared_figure FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_release(release_id)));
ALTER TABLE public.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.event_floor ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_appeal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_candidate ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_candidate_name ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_conversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_draw ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_gate_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_paper_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_release ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_response ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_room ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_school ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_school_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_score ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_seat ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_seed ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_setter ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_snapshot_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_sum ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.field ENABLE ROW LEVEL SECURITY;
CREATE POLICY find ON public.client FOR SELECT USING ((( SELECT app.is_system() AS is_system) AND (( SELECT app.group_id() AS group_id) IS NULL)));
ALTER TABLE public.form ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.form_field ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.form_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.form_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.group_quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.harvest_stamp ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.holiday ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.identity_provider ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.inbox_read ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.initiative ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.inspection_draw ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.inspection_round ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.inspection_visit ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.item ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.item_handover ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.item_note ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.job ENABLE ROW LEVEL SECURITY;
CREATE POLICY keepers ON public.email_address FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.person p
  WHERE ((p.group_id = email_address.group_id) AND (p.id = email_address.person_id))))));
CREATE POLICY known ON public.notice_rule FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id IS NULL) OR (school_id = ( SELECT app.school_id() AS school_id)))));
ALTER TABLE public.ledger ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_act ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_category ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_report ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ledger_target ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.lending_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.list_edition ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.list_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.list_suggestion ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.loan ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.loan_fetch ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.login_failure ENABLE ROW LEVEL SECURITY;
CREATE POLICY looking_through ON public.preview_page FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY looking_through ON public.revision_file FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY looking_through ON public.search_entry FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY looking_through ON public.search_part FOR SELECT TO schoolgroup_owner USING (true);
ALTER TABLE public.mail ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.makeup_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_abnormal ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_mark ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_marker ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_plan ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_script ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_share ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_task ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_template ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.marking_turn ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.measure ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.measure_call ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.measure_node ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.measure_remark ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notice ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notice_preference ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.notice_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.offer_audience ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.offer_bound ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.offer_terms ENABLE ROW LEVEL SECURITY;
CREATE POLICY old_ones ON public.event AS RESTRICTIVE FOR DELETE USING ((( SELECT app.is_system() AS is_system) AND (at < (( SELECT app.now() AS now) - '30 days'::interval))));
ALTER TABLE public.paper_cell ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.paper_choice ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.paper_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.paper_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.paper_rescore ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.paper_rescore_move ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.paper_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.person_credential ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.person_identity ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.place ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.place_closure ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.place_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.policy_bundle ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.prerequisite ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.preview_page ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.preview_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pupil ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pupil_enrolment ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pupil_name ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pupil_promotion ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pupil_retention ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.pupil_transfer ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_conversion ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_pupils ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_recipient ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_shared_figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.rendering ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.request_count ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.resource ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.resource_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.resource_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.resource_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.return_call ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.return_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.return_target ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.return_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.revision ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.revision_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.revision_reading ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.round_school ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.round_team ENABLE ROW LEVEL SECURITY;
CREATE POLICY runs ON public.exam_subject AS RESTRICTIVE FOR UPDATE USING ((app.runs_exam(exam_id) OR app.sees_paper(id)));
ALTER TABLE public.saved_search ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.school ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.school_quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.school_return ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.school_tier ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.script_batch ENABLE ROW LEVEL SECURITY;
CREATE POLICY sealed ON public.resource AS RESTRICTIVE FOR SELECT USING (((sealed_until_at IS NULL) OR (sealed_until_at <= ( SELECT app.now() AS now)) OR (author_person_id = ( SELECT app.person_id() AS person_id)) OR (( SELECT app.claim('kind'::text) AS claim) = 'system'::text) OR app.sets_paper_of(id)));
ALTER TABLE public.search_change ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_class ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_family ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_move ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_reach ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_reach_line ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_tally ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.search_value ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.seat ENABLE ROW LEVEL SECURITY;
CREATE POLICY shared ON public.event FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND app.tells_of_sharing(type) AND ((EXISTS ( SELECT
   FROM public.resource r
  WHERE ((r.group_id = event.group_id) AND (r.id = app.subject_id(event.subject, 'resource'::text))))) OR (EXISTS ( SELECT
   FROM public.offer o
  WHERE ((o.group_id = event.group_id) AND (o.id = app.subject_id(event.subject, 'offer'::text))))))));
ALTER TABLE public.sign_in_flow ENABLE ROW LEVEL SECURITY;
CREATE POLICY standing ON public.access_session FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.client FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.person FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.policy_bundle FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.school FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.school_tier FOR SELECT TO schoolgroup_owner USING (true);
ALTER TABLE public.team_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.term ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.visit_evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.visit_finding ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.visit_inspector ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.visit_observation ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON public.access_session USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (person_id = ( SELECT app.person_id() AS person_id)) OR (EXISTS ( SELECT
   FROM public.person p
  WHERE ((p.group_id = access_session.group_id) AND (p.id = access_session.person_id)))) OR (EXISTS ( SELECT
   FROM public.client c
  WHERE ((c.group_id = access_session.group_id) AND (c.id = access_session.client_id)))))));
CREATE POLICY wall ON public.activity USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR true))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.activity_guest USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.activity a
  WHERE ((a.group_id = activity_guest.group_id) AND (a.id = activity_guest.activity_id) AND (( SELECT app.is_office() AS is_office) OR (a.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.agreement USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (grantee_school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.circle_member m
  WHERE ((m.group_id = agreement.group_id) AND (m.circle_id = agreement.grantee_circle_id) AND (m.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.appointment USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (person_id = ( SELECT app.person_id() AS person_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((school_id IS NULL) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (( SELECT app.is_office() AS is_office) AND office_sees) OR (EXISTS ( SELECT
   FROM public.appraisal_assessor a
  WHERE ((a.group_id = appraisal.group_id) AND (a.appraisal_id = appraisal.id) AND (a.person_id = ( SELECT app.person_id() AS person_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (NOT (school_id IS DISTINCT FROM ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal_assessor USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (runner_school_id = ( SELECT app.school_id() AS school_id)) OR (person_id = ( SELECT app.person_id() AS person_id)))));
CREATE POLICY wall ON public.appraisal_case USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.appraisal_assessor a
  WHERE ((a.group_id = appraisal_case.group_id) AND (a.case_id = appraisal_case.id) AND (a.person_id = ( SELECT app.person_id() AS person_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal_evidence USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.appraisal_assessor a
  WHERE ((a.group_id = appraisal_evidence.group_id) AND (a.case_id = appraisal_evidence.case_id) AND (a.person_id = ( SELECT app.person_id() AS person_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal_figure USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (school_id = ( SELECT app.school_id() AS school_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (runner_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal_indicator USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.appraisal_scheme s
  WHERE ((s.group_id = appraisal_indicator.group_id) AND (s.id = appraisal_indicator.scheme_id))))));
CREATE POLICY wall ON public.appraisal_mark USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (runner_school_id = ( SELECT app.school_id() AS school_id)) OR ((source = 'expert'::text) AND (person_id = ( SELECT app.person_id() AS person_id))) OR ((source = 'self'::text) AND ((school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.appraisal_assessor a
  WHERE ((a.group_id = appraisal_mark.group_id) AND (a.case_id = appraisal_mark.case_id) AND (a.person_id = ( SELECT app.person_id() AS person_id)))))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ((person_id = ( SELECT app.person_id() AS person_id)) OR ( SELECT app.is_office() AS is_office))));
CREATE POLICY wall ON public.appraisal_moderation USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (school_id = ( SELECT app.school_id() AS school_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (runner_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal_objection USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal_result USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (school_id = ( SELECT app.school_id() AS school_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (runner_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal_scheme USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((school_id IS NULL) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (( SELECT app.is_office() AS is_office) AND teachers_to_office)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (NOT (school_id IS DISTINCT FROM ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.appraisal_tally USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((( SELECT app.is_office() AS is_office) AND office_sees) OR (runner_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.ask USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.audit_entry USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ((NOT (school_id IS DISTINCT FROM ( SELECT app.school_id() AS school_id))) OR (( SELECT app.claim('kind'::text) AS claim) = 'system'::text))));
CREATE POLICY wall ON public.audit_head USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.begun_upload USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.blob USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.booking USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (booker_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (booker_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.bulletin USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (EXISTS ( SELECT
   FROM public.bulletin_recipient r
  WHERE ((r.group_id = bulletin.group_id) AND (r.bulletin_id = bulletin.id) AND (r.school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.bulletin_article USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.bulletin_edition USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (EXISTS ( SELECT
   FROM public.bulletin_recipient r
  WHERE ((r.group_id = bulletin_edition.group_id) AND (r.bulletin_id = bulletin_edition.bulletin_id) AND (r.school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.bulletin_number USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.bulletin_receipt USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.bulletin_recipient USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.circle USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.circle_member USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.client USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.client_assertion USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_system() AS is_system)));
CREATE POLICY wall ON public.client_key USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.client c
  WHERE ((c.group_id = client_key.group_id) AND (c.id = client_key.client_id))))));
CREATE POLICY wall ON public.curriculum_node USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.curriculum_version USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.deposit USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.draw_secret USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_system() AS is_system)));
CREATE POLICY wall ON public.education_group USING (((id = ( SELECT app.group_id() AS group_id)) OR (( SELECT app.claim('kind'::text) AS claim) = 'system'::text)));
CREATE POLICY wall ON public.email_address USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_system() AS is_system) OR (person_id = ( SELECT app.person_id() AS person_id)))));
CREATE POLICY wall ON public.event USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (( SELECT app.school_id() AS school_id) = ANY (school_ids))))) WITH CHECK ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.event_floor USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.exam FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id IS NULL) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_appeal USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_candidate USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_candidate_name USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (school_id = ( SELECT app.school_id() AS school_id))));
CREATE POLICY wall ON public.exam_conversion USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (app.runs_exam(exam_id) OR (EXISTS ( SELECT
   FROM public.release_conversion u
  WHERE ((u.group_id = exam_conversion.group_id) AND (u.conversion_id = exam_conversion.id))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_exam(exam_id)));
CREATE POLICY wall ON public.exam_draw USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_draw.group_id) AND (e.id = exam_draw.exam_id))))));
CREATE POLICY wall ON public.exam_entry USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_gate_rule USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.exam_paper_file USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.exam_release FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (EXISTS ( SELECT
   FROM public.release_recipient r
  WHERE ((r.group_id = exam_release.group_id) AND (r.release_id = exam_release.id) AND (r.school_id = ( SELECT app.school_id() AS school_id))))) OR (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_release.group_id) AND (e.id = exam_release.exam_id) AND (e.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.exam_response USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_room USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_room.group_id) AND (e.id = exam_room.exam_id))))));
CREATE POLICY wall ON public.exam_school USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_school_subject USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_score USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_seat USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (site_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (site_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_seed USING (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_exam(exam_id)));
CREATE POLICY wall ON public.exam_setter USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (person_id = ( SELECT app.person_id() AS person_id)) OR app.runs_exam(exam_id)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_exam(exam_id)));
CREATE POLICY wall ON public.exam_snapshot FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_snapshot.group_id) AND (e.id = exam_snapshot.exam_id) AND (( SELECT app.is_office() AS is_office) OR (e.school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
           FROM public.exam_school s
          WHERE ((s.group_id = e.group_id) AND (s.exam_id = e.id) AND (s.school_id = ( SELECT app.school_id() AS school_id)))))))))));
CREATE POLICY wall ON public.exam_snapshot_part USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_subject USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_subject.group_id) AND (e.id = exam_subject.exam_id))))));
CREATE POLICY wall ON public.exam_sum USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.field USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.form USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.form_field USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.form_rule USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.form_version USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.group_quota USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.harvest_stamp USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.hold USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.holiday USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.idempotency_key USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.identity_provider USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.inbox_read USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (person_id = ( SELECT app.person_id() AS person_id))));
CREATE POLICY wall ON public.initiative USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.inspection_draw USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.inspection_round USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.inspection_visit USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.visit_inspector i
  WHERE ((i.group_id = inspection_visit.group_id) AND (i.visit_id = inspection_visit.id) AND (i.person_id = ( SELECT app.person_id() AS person_id))))))));
CREATE POLICY wall ON public.item USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.item_handover h
  WHERE ((h.group_id = item.group_id) AND (h.item_id = item.id) AND (h.borrower_school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.item_handover USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.item_note USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.job USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.ledger USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.ledger_act USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (EXISTS ( SELECT
   FROM public.ledger_item i
  WHERE ((i.group_id = ledger_act.group_id) AND (i.id = ledger_act.item_id)))))));
CREATE POLICY wall ON public.ledger_category USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.ledger_evidence USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (EXISTS ( SELECT
   FROM public.ledger_item i
  WHERE ((i.group_id = ledger_evidence.group_id) AND (i.id = ledger_evidence.item_id)))))));
CREATE POLICY wall ON public.ledger_item USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (person_id = ( SELECT app.person_id() AS person_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.ledger_report USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (EXISTS ( SELECT
   FROM public.ledger_item i
  WHERE ((i.group_id = ledger_report.group_id) AND (i.id = ledger_report.item_id)))))));
CREATE POLICY wall ON public.ledger_target USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.lending_rule USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.list_edition USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.resource_list l
  WHERE ((l.group_id = list_edition.group_id) AND (l.id = list_edition.list_id) AND ((list_edition.status <> 'draft'::text) OR ( SELECT app.is_office() AS is_office) OR (l.school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.resource_list l
  WHERE ((l.group_id = list_edition.group_id) AND (l.id = list_edition.list_id) AND (( SELECT app.is_office() AS is_office) OR (l.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.list_entry USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.list_edition e
  WHERE ((e.group_id = list_entry.group_id) AND (e.id = list_entry.edition_id))))));
CREATE POLICY wall ON public.list_suggestion USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (owner_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.loan USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.loan_fetch USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.login_failure USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_system() AS is_system)));
CREATE POLICY wall ON public.mail USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_system() AS is_system) OR (person_id = ( SELECT app.person_id() AS person_id)))));
CREATE POLICY wall ON public.makeup_day USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.marking_abnormal USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.marking_identity USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.marking_mark FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (person_id = ( SELECT app.person_id() AS person_id)))));
CREATE POLICY wall ON public.marking_marker FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.marking_plan FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR true)));
CREATE POLICY wall ON public.marking_script USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.marking_share FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.marking_task FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (person_id = ( SELECT app.person_id() AS person_id)))));
CREATE POLICY wall ON public.marking_template FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR true)));
CREATE POLICY wall ON public.marking_turn USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.measure USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.measure_call USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.measure_node USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.measure_remark USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.notice USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_system() AS is_system) OR (person_id = ( SELECT app.person_id() AS person_id)))));
CREATE POLICY wall ON public.notice_preference USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_system() AS is_system) OR (person_id = ( SELECT app.person_id() AS person_id)))));
CREATE POLICY wall ON public.notice_rule USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.offer USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.offer_audience a
  WHERE ((a.group_id = offer.group_id) AND (a.offer_id = offer.id))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.offer_audience USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (kind = 'public'::text) OR ((kind = 'group'::text) AND (NOT ( SELECT app.is_visitor() AS is_visitor))) OR (tier = ( SELECT app.tier() AS tier)) OR (audience_school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.circle_member m
  WHERE ((m.group_id = offer_audience.group_id) AND (m.circle_id = offer_audience.circle_id) AND (m.school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.offer_bound USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.offer_terms USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.paper_cell USING (((group_id = ( SELECT app.group_id() AS group_id)) AND app.sees_paper(exam_subject_id)));
CREATE POLICY wall ON public.paper_choice USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam_subject s
  WHERE ((s.group_id = paper_choice.group_id) AND (s.id = paper_choice.exam_subject_id))))));
CREATE POLICY wall ON public.paper_item USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam_subject s
  WHERE ((s.group_id = paper_item.group_id) AND (s.id = paper_item.exam_subject_id))))));
CREATE POLICY wall ON public.paper_key USING (((group_id = ( SELECT app.group_id() AS group_id)) AND app.sees_paper(exam_subject_id)));
CREATE POLICY wall ON public.paper_rescore USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam_subject s
  WHERE ((s.group_id = paper_rescore.group_id) AND (s.id = paper_rescore.exam_subject_id))))));
CREATE POLICY wall ON public.paper_rescore_move USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.paper_version USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam_subject s
  WHERE ((s.group_id = paper_version.group_id) AND (s.id = paper_version.exam_subject_id))))));
CREATE POLICY wall ON public.person USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (id = ( SELECT app.person_id() AS person_id)) OR (EXISTS ( SELECT
   FROM public.appointment a
  WHERE ((a.group_id = person.group_id) AND (a.person_id = person.id) AND (a.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.person_credential USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.person p
  WHERE ((p.group_id = person_credential.group_id) AND (p.id = person_credential.person_id))))));
CREATE POLICY wall ON public.person_identity USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_system() AS is_system)));
CREATE POLICY wall ON public.place USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.offer o
  WHERE ((o.group_id = place.group_id) AND (o.resource_id = place.resource_id)))) OR (EXISTS ( SELECT
   FROM public.booking k
  WHERE ((k.group_id = place.group_id) AND (k.place_id = place.id) AND (k.booker_school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.place_closure USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.place p
  WHERE ((p.group_id = place_closure.group_id) AND (p.id = place_closure.place_id)))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.place p
  WHERE ((p.group_id = place_closure.group_id) AND (p.id = place_closure.place_id) AND (( SELECT app.is_office() AS is_office) OR (p.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.place_hours USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.place p
  WHERE ((p.group_id = place_hours.group_id) AND (p.id = place_hours.place_id)))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.place p
  WHERE ((p.group_id = place_hours.group_id) AND (p.id = place_hours.place_id) AND (( SELECT app.is_office() AS is_office) OR (p.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.policy_bundle USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.prerequisite USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.revision v
  WHERE ((v.group_id = prerequisite.group_id) AND (v.resource_id = prerequisite.resource_id) AND (v.no = prerequisite.revision_no))))));
CREATE POLICY wall ON public.preview_page USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.preview_view USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (viewer_school_id = ( SELECT app.school_id() AS school_id)) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (viewer_school_id = ( SELECT app.school_id() AS school_id)) OR (owner_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.pupil USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.pupil_enrolment USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.pupil_name USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (school_id = ( SELECT app.school_id() AS school_id))));
CREATE POLICY wall ON public.pupil_promotion USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.pupil_retention USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.pupil_transfer USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (from_school_id = ( SELECT app.school_id() AS school_id)) OR (to_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (from_school_id = ( SELECT app.school_id() AS school_id)) OR (to_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.refresh_token USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_system() AS is_system)));
CREATE POLICY wall ON public.release_conversion USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam_release r
  WHERE ((r.group_id = release_conversion.group_id) AND (r.id = release_conversion.release_id))))));
CREATE POLICY wall ON public.release_figure FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR ((school_id = ( SELECT app.school_id() AS school_id)) AND app.release_is_open(release_id)))));
CREATE POLICY wall ON public.release_pupils FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR ((school_id = ( SELECT app.school_id() AS school_id)) AND app.release_is_open(release_id)))));
CREATE POLICY wall ON public.release_recipient USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.release_shared_figure FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (true AND app.release_is_open(release_id)))));
CREATE POLICY wall ON public.rendering USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.request_count USING ((( SELECT app.is_system() AS is_system) AND (( SELECT app.group_id() AS group_id) IS NULL)));
CREATE POLICY wall ON public.resource USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (status <> 'draft'::text)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.resource_list USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (audience = 'group'::text)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.resource_text USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.resource_view USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (viewer_school_id = ( SELECT app.school_id() AS school_id)) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (viewer_school_id = ( SELECT app.school_id() AS school_id)) OR (owner_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.return_call USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.return_file USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.return_target USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.return_version USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.revision USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.resource r
  WHERE ((r.group_id = revision.group_id) AND (r.id = revision.resource_id) AND ((revision.published_at IS NOT NULL) OR ( SELECT app.is_office() AS is_office) OR (r.school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.resource r
  WHERE ((r.group_id = revision.group_id) AND (r.id = revision.resource_id) AND (( SELECT app.is_office() AS is_office) OR (r.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.revision_file USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.revision v
  WHERE ((v.group_id = revision_file.group_id) AND (v.resource_id = revision_file.resource_id) AND (v.no = revision_file.revision_no))))));
CREATE POLICY wall ON public.revision_reading USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.round_school USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.round_team USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.saved_search USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (person_id = ( SELECT app.person_id() AS person_id))));
CREATE POLICY wall ON public.school USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.school_quota USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.school_return USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.school_tier USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.script_batch USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.search_change USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.search_class USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (status <> 'draft'::text)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.search_entry USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (NOT draft)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.search_family USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (status <> 'draft'::text)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.search_move USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.search_part USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.search_reach USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.search_reach_line USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ((kind = ANY (ARRAY['group'::text, 'public'::text])) OR (tier = ( SELECT app.tier() AS tier)) OR (audience_school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.circle_member m
  WHERE ((m.group_id = search_reach_line.group_id) AND (m.circle_id = search_reach_line.circle_id) AND (m.school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.search_tally USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (family_id IN ( SELECT f.id
   FROM public.search_family f
  WHERE (f.group_id = ( SELECT app.group_id() AS group_id)))))) WITH CHECK ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.search_value USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.seat USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.sign_in_flow USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_system() AS is_system)));
CREATE POLICY wall ON public.team_member USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.term USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.visit_evidence USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.inspection_visit v
  WHERE ((v.group_id = visit_evidence.group_id) AND (v.id = visit_evidence.visit_id))))));
CREATE POLICY wall ON public.visit_finding USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.inspection_visit v
  WHERE ((v.group_id = visit_finding.group_id) AND (v.id = visit_finding.visit_id))))));
CREATE POLICY wall ON public.visit_inspector USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (visited_school_id = ( SELECT app.school_id() AS school_id)) OR (home_school_id = ( SELECT app.school_id() AS school_id)) OR (person_id = ( SELECT app.person_id() AS person_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (visited_school_id = ( SELECT app.school_id() AS school_id)) OR (home_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.visit_observation USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.inspection_visit v
  WHERE ((v.group_id = visit_observation.group_id) AND (v.id = visit_observation.visit_id))))));
CREATE POLICY wall ON public.webhook_delivery USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.webhook_endpoint USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.webhook_stream USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
ALTER TABLE public.webhook_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhook_endpoint ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.webhook_stream ENABLE ROW LEVEL SECURITY;
GRANT USAGE ON SCHEMA app TO schoolgroup_app;
GRANT ALL ON SCHEMA public TO schoolgroup_owner;
GRANT USAGE ON SCHEMA public TO schoolgroup_app;
GRANT ALL ON FUNCTION app.after_school_hours(in_group uuid, of_school uuid, zone text, from_at timestamp with time zone, hours integer) TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.audit_entry TO schoolgroup_app;
GRANT ALL ON FUNCTION app.audit_digest(entry public.audit_entry) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.begin(context text, mac text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.begin(context text, mac text) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.begin_visit(context text, mac text) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.bound_offer() TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.call_completeness(of_call_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.call_completeness(of_call_id uuid) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.call_figures(of_call_id uuid, only_accepted boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.call_figures(of_call_id uuid, only_accepted boolean) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.chain_audit_entry() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.claim(claim text) TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(form_id) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(form_version) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(period) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(opens_at) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(due_at) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(closes_at) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(closed_at) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(wished_school_ids) ON TABLE public.return_call TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.return_target TO schoolgroup_app;
GRANT UPDATE(exempted_at) ON TABLE public.return_target TO schoolgroup_app;
GRANT UPDATE(exempt_because) ON TABLE public.return_target TO schoolgroup_app;
GRANT UPDATE(extended_until_at) ON TABLE public.return_target TO schoolgroup_app;
GRANT UPDATE(extended_because) ON TABLE public.return_target TO schoolgroup_app;
GRANT ALL ON FUNCTION app.closes_at(call public.return_call, target public.return_target) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.due_at(call public.return_call, target public.return_target) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.exchange_by_tier(from_month date, until_month date) FROM PUBLIC;
GRANT ALL ON FUNCTION app.exchange_by_tier(from_month date, until_month date) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.forget_resource() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.forget_revision() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.group_id() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.in_lines(document jsonb) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.index_parts(of_group uuid, ids uuid[]) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.index_resources(of_group uuid, ids uuid[]) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.inner_pad() FROM PUBLIC;
GRANT ALL ON FUNCTION app.is_appointed(in_group uuid, of_person uuid, at_school uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_office() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_out(in_group uuid, of_loan uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_paused(paused_at timestamp with time zone, paused_until_at timestamp with time zone) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_quiet(at time without time zone, from_at time without time zone, until_at time without time zone) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_school_day(in_group uuid, of_school uuid, on_day date) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_system() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_visitor() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_lineage() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_published_edition() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_published_file() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_published_prerequisite() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_published_resource() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_published_revision() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_terms() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_used_curriculum() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_used_version() TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.ledger_figures(at_instants timestamp with time zone[], by text, of_ledger uuid, of_initiative uuid, of_measure uuid, of_school uuid, of_category text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.ledger_figures(at_instants timestamp with time zone[], by text, of_ledger uuid, of_initiative uuid, of_measure uuid, of_school uuid, of_category text) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.mark_bounded() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.marking_is_open() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.marking_is_over() TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.measure_progress(of_initiative uuid, of_measure uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.measure_progress(of_initiative uuid, of_measure uuid) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.measured_work(of_form_ids uuid[]) FROM PUBLIC;
GRANT ALL ON FUNCTION app.measured_work(of_form_ids uuid[]) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.move_epoch() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.move_epochs_of_closing() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.move_openings() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.move_seal() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.now() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.number_of(answer jsonb, code text) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.open_with_resource() TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.outer_pad() FROM PUBLIC;
GRANT ALL ON FUNCTION app.overdue_days(in_group uuid, of_school uuid, due_at timestamp with time zone) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.person_id() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.prepare_entries(of_group uuid, ids uuid[]) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.refresh_directory_statistics() TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.refresh_exam_statistics() FROM PUBLIC;
GRANT ALL ON FUNCTION app.refresh_exam_statistics() TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.refresh_marking_statistics() FROM PUBLIC;
GRANT ALL ON FUNCTION app.refresh_marking_statistics() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.refuse_change() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.release_is_open(of_release_id uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.role() TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.roll_up(of_call_ids uuid[], code text, beside text, only_accepted boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.roll_up(of_call_ids uuid[], code text, beside text, only_accepted boolean) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.round_coverage(of_round_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.round_coverage(of_round_id uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.runs_exam(of_exam_id uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.runs_release(of_release_id uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.said() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.school_day(in_group uuid, of_school uuid, from_day date, n integer) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.school_id() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_characters(words tsvector, mark text) TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(kind) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(summary) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(stage) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(subject) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(edition) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(grade) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(volume) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(chapter) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(licence) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(language) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(keywords) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(published_revision_no) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(search) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(published_at) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(withdrawn_at) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(withdrawn_because) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(curriculum_node_id) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(preview_pages_max) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(duration_minutes) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(ref) ON TABLE public.resource TO schoolgroup_app;
GRANT UPDATE(sealed_until_at) ON TABLE public.resource TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_class(of_resource public.resource) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_document(of_resource public.resource, entry_no bigint) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_facets(of_resource public.resource) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_frequencies(lexemes text[]) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_keyword(keyword text) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_matches(indexed tsquery, checked tsquery, rarest integer, narrower tsquery, classes integer[], extra bigint[], unborrowed boolean, before bigint, most integer) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_minutes(minutes integer) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_most_borrowed(wanted tsquery, classes integer[], extra bigint[], after_loans integer, after_no bigint, most integer) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_reach(of_resource public.resource) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_segments(entry_no bigint) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_stretch(upper_no bigint, first_no bigint, looked bigint, so_far integer, most integer, rarest integer, checked boolean, OUT lower_no bigint, OUT segment text) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_texts(wanted tsquery, classes integer[], extra bigint[], before bigint, most integer) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_thumbnails(ids uuid[]) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.search_titles(words tsvector) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.sees_paper(of_exam_subject_id uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.sets_paper_of(of_resource_id uuid) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.sign(message text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.stamp_at_opening() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_audience() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_bounded(of_group uuid, of_offer uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_bounded_by_audience() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_bounded_by_offer() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_edition() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_harvest(stamped_group uuid, stamped_resource uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_list(stamped_group uuid, stamped_list uuid, also_edition uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_offer() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_readers() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_resource() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_resources(of_group uuid, ids uuid[]) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.tier() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.tier_of(of_school_id uuid, on_day date) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.time_of_day() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.today() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.wall_by_group(target regclass) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.wall_by_school(target regclass, columns text[], also text) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.within_bounds(of_group uuid, of_offer uuid, given text) TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_session TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(held_on) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(place_name) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(longitude) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(latitude) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(note) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(sessions) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(pupils) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(teachers) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(parents) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(cancelled_because) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.activity TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.activity TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.activity_guest TO schoolgroup_app;
GRANT SELECT ON TABLE public.activity_month TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agreement TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appointment TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(self_until_at) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(evidence_until_at) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(experts_until_at) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(objections_until_at) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(cancelled_because) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(results_sha256) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(code_version) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.appraisal TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.appraisal TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.appraisal_assessor TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.appraisal_assessor TO schoolgroup_app;
GRANT UPDATE(recused_because) ON TABLE public.appraisal_assessor TO schoolgroup_app;
GRANT UPDATE(submitted_at) ON TABLE public.appraisal_assessor TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.appraisal_case TO schoolgroup_app;
GRANT UPDATE(self_sent_at) ON TABLE public.appraisal_case TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.appraisal_case TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.appraisal_evidence TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.appraisal_evidence TO schoolgroup_app;
GRANT UPDATE(reviewed_because) ON TABLE public.appraisal_evidence TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.appraisal_figure TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.appraisal_indicator TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.appraisal_mark TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.appraisal_moderation TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.appraisal_objection TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.appraisal_objection TO schoolgroup_app;
GRANT UPDATE(decided_because) ON TABLE public.appraisal_objection TO schoolgroup_app;
GRANT UPDATE(decided_at) ON TABLE public.appraisal_objection TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.appraisal_objection TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.appraisal_result TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT UPDATE(title_en) ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT UPDATE(title_zh) ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT UPDATE(settings) ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT UPDATE(teachers_to_office) ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT UPDATE(sha256) ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.appraisal_scheme TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.appraisal_tally TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.ask TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.ask TO schoolgroup_app;
GRANT UPDATE(decided_at) ON TABLE public.ask TO schoolgroup_app;
GRANT UPDATE(decided_because) ON TABLE public.ask TO schoolgroup_app;
GRANT UPDATE(conditions) ON TABLE public.ask TO schoolgroup_app;
GRANT UPDATE(loan_days_max) ON TABLE public.ask TO schoolgroup_app;
GRANT UPDATE(loan_id) ON TABLE public.ask TO schoolgroup_app;
GRANT UPDATE(hold_id) ON TABLE public.ask TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.ask TO schoolgroup_app;
GRANT SELECT ON TABLE public.audit_head TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.begun_upload TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.blob TO schoolgroup_app;
GRANT UPDATE(sha256) ON TABLE public.blob TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.booking TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.booking TO schoolgroup_app;
GRANT UPDATE(decide_by_at) ON TABLE public.booking TO schoolgroup_app;
GRANT UPDATE(confirmed_at) ON TABLE public.booking TO schoolgroup_app;
GRANT UPDATE(closed_at) ON TABLE public.booking TO schoolgroup_app;
GRANT UPDATE(closed_because) ON TABLE public.booking TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.booking TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(year) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(no) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(sections) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(figures) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(audience) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(tier) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(circle_id) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(school_ids) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(editor_person_ids) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(checked_by_person_id) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(changed) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(edition_no) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.bulletin TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.bulletin TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.bulletin_article TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.bulletin_article TO schoolgroup_app;
GRANT UPDATE(bulletin_id) ON TABLE public.bulletin_article TO schoolgroup_app;
GRANT UPDATE(declined_because) ON TABLE public.bulletin_article TO schoolgroup_app;
GRANT UPDATE(decided_at) ON TABLE public.bulletin_article TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.bulletin_article TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.bulletin_edition TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.bulletin_number TO schoolgroup_app;
GRANT UPDATE(last_no) ON TABLE public.bulletin_number TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.bulletin_receipt TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.bulletin_recipient TO schoolgroup_app;
GRANT SELECT ON TABLE public.bulletin_standing TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.circle TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.circle_member TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.client TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.client_assertion TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.client_key TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.curriculum_node TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.curriculum_version TO schoolgroup_app;
GRANT UPDATE(source) ON TABLE public.curriculum_version TO schoolgroup_app;
GRANT UPDATE(created_at) ON TABLE public.curriculum_version TO schoolgroup_app;
GRANT UPDATE(used_at) ON TABLE public.curriculum_version TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(rejected_because) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(multipart_id) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(assembling_until_at) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(blob_id) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(verified_at) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(scan) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(tidied_at) ON TABLE public.deposit TO schoolgroup_app;
GRANT UPDATE(released_at) ON TABLE public.deposit TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.draw_secret TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.education_group TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.email_address TO schoolgroup_app;
GRANT UPDATE(address) ON TABLE public.email_address TO schoolgroup_app;
GRANT UPDATE(code_at) ON TABLE public.email_address TO schoolgroup_app;
GRANT UPDATE(code_tries) ON TABLE public.email_address TO schoolgroup_app;
GRANT UPDATE(verified_at) ON TABLE public.email_address TO schoolgroup_app;
GRANT UPDATE(failed_at) ON TABLE public.email_address TO schoolgroup_app;
GRANT UPDATE(failed_because) ON TABLE public.email_address TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.email_address TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.email_address TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.event TO schoolgroup_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.event_floor TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(cancelled_because) ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(answer_until_at) ON TABLE public.exam TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_appeal TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.exam_appeal TO schoolgroup_app;
GRANT UPDATE(decided_because) ON TABLE public.exam_appeal TO schoolgroup_app;
GRANT UPDATE(after_half_marks) ON TABLE public.exam_appeal TO schoolgroup_app;
GRANT UPDATE(applied_snapshot_id) ON TABLE public.exam_appeal TO schoolgroup_app;
GRANT UPDATE(decided_at) ON TABLE public.exam_appeal TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.exam_appeal TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_candidate TO schoolgroup_app;
GRANT UPDATE(exam_number) ON TABLE public.exam_candidate TO schoolgroup_app;
GRANT UPDATE(class_label) ON TABLE public.exam_candidate TO schoolgroup_app;
GRANT UPDATE(pupil_id) ON TABLE public.exam_candidate TO schoolgroup_app;
GRANT UPDATE(register_number) ON TABLE public.exam_candidate TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_candidate_name TO schoolgroup_app;
GRANT UPDATE(name) ON TABLE public.exam_candidate_name TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_conversion TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_draw TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_entry TO schoolgroup_app;
GRANT UPDATE(attendance) ON TABLE public.exam_entry TO schoolgroup_app;
GRANT UPDATE(attendance_because) ON TABLE public.exam_entry TO schoolgroup_app;
GRANT UPDATE(recorded_at) ON TABLE public.exam_entry TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_gate_rule TO schoolgroup_app;
GRANT UPDATE(allowed) ON TABLE public.exam_gate_rule TO schoolgroup_app;
GRANT UPDATE(collects) ON TABLE public.exam_gate_rule TO schoolgroup_app;
GRANT UPDATE(contents) ON TABLE public.exam_gate_rule TO schoolgroup_app;
GRANT UPDATE(in_school_year_max) ON TABLE public.exam_gate_rule TO schoolgroup_app;
GRANT UPDATE(because) ON TABLE public.exam_gate_rule TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.exam_gate_rule TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.exam_gate_rule TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_paper_file TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_release TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.exam_release TO schoolgroup_app;
GRANT UPDATE(withdrawn_at) ON TABLE public.exam_release TO schoolgroup_app;
GRANT UPDATE(withdrawn_because) ON TABLE public.exam_release TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.exam_release TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_response TO schoolgroup_app;
GRANT UPDATE(paper_version) ON TABLE public.exam_response TO schoolgroup_app;
GRANT UPDATE(answers) ON TABLE public.exam_response TO schoolgroup_app;
GRANT UPDATE(half_marks) ON TABLE public.exam_response TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_room TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_school TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.exam_school TO schoolgroup_app;
GRANT UPDATE(letter) ON TABLE public.exam_school TO schoolgroup_app;
GRANT UPDATE(answered_at) ON TABLE public.exam_school TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_school_subject TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.exam_school_subject TO schoolgroup_app;
GRANT UPDATE(answered_at) ON TABLE public.exam_school_subject TO schoolgroup_app;
GRANT UPDATE(late_because) ON TABLE public.exam_school_subject TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_score TO schoolgroup_app;
GRANT UPDATE(paper_version) ON TABLE public.exam_score TO schoolgroup_app;
GRANT UPDATE(result) ON TABLE public.exam_score TO schoolgroup_app;
GRANT UPDATE(item_half_marks) ON TABLE public.exam_score TO schoolgroup_app;
GRANT UPDATE(left_out) ON TABLE public.exam_score TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_seat TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_seed TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_setter TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_snapshot TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_snapshot_part TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_subject TO schoolgroup_app;
GRANT UPDATE(paper_version) ON TABLE public.exam_subject TO schoolgroup_app;
GRANT UPDATE(starts_at) ON TABLE public.exam_subject TO schoolgroup_app;
GRANT UPDATE(minutes) ON TABLE public.exam_subject TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_sum TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(ends_at) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(guaranteed_until_at) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(renewals) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(closed_at) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(closed_because) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(recalled_at) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(recalled_because) ON TABLE public.loan TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.loan_fetch TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(kind) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(summary) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(stage) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(subject) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(edition) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(grade) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(volume) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(chapter) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(licence) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(language) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(keywords) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(published_at) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(curriculum_node_id) ON TABLE public.revision TO schoolgroup_app;
GRANT UPDATE(duration_minutes) ON TABLE public.revision TO schoolgroup_app;
GRANT SELECT ON TABLE public.lending_months TO schoolgroup_app;
GRANT SELECT ON TABLE public.exchange_balance TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.field TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.form TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.form TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.form TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.form_field TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.form_rule TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.form_version TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.group_quota TO schoolgroup_app;
GRANT UPDATE(bytes_max) ON TABLE public.group_quota TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.group_quota TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.group_quota TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.harvest_stamp TO schoolgroup_app;
GRANT UPDATE(changed_at) ON TABLE public.harvest_stamp TO schoolgroup_app;
GRANT UPDATE(ever_public) ON TABLE public.harvest_stamp TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(band) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(placed_at) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(ready_until_at) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(loan_id) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(closed_at) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(closed_because) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(joined_at) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(ready_at) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(paused_at) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(paused_until_at) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(moved_at) ON TABLE public.hold TO schoolgroup_app;
GRANT UPDATE(moved_because) ON TABLE public.hold TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.holiday TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.idempotency_key TO schoolgroup_app;
GRANT UPDATE(created_at) ON TABLE public.idempotency_key TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_provider TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.inbox_read TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.initiative TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.initiative TO schoolgroup_app;
GRANT UPDATE(summary) ON TABLE public.initiative TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.initiative TO schoolgroup_app;
GRANT UPDATE(status_because) ON TABLE public.initiative TO schoolgroup_app;
GRANT UPDATE(from_on) ON TABLE public.initiative TO schoolgroup_app;
GRANT UPDATE(until_on) ON TABLE public.initiative TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.initiative TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.initiative TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.inspection_draw TO schoolgroup_app;
GRANT UPDATE(seed) ON TABLE public.inspection_draw TO schoolgroup_app;
GRANT UPDATE(public_value) ON TABLE public.inspection_draw TO schoolgroup_app;
GRANT UPDATE(drawn) ON TABLE public.inspection_draw TO schoolgroup_app;
GRANT UPDATE(passed_over) ON TABLE public.inspection_draw TO schoolgroup_app;
GRANT UPDATE(revealed_at) ON TABLE public.inspection_draw TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.inspection_draw TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.inspection_round TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.inspection_round TO schoolgroup_app;
GRANT UPDATE(rubric) ON TABLE public.inspection_round TO schoolgroup_app;
GRANT UPDATE(ledger_id) ON TABLE public.inspection_round TO schoolgroup_app;
GRANT UPDATE(from_on) ON TABLE public.inspection_round TO schoolgroup_app;
GRANT UPDATE(until_on) ON TABLE public.inspection_round TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.inspection_round TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.inspection_round TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.inspection_round TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(planned_on) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(carried_out_on) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(summary) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(reported_at) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(reply) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(replied_at) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(cancelled_because) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(moved_from_on) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(moved_at) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(moved_because) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT UPDATE(moved_by_school) ON TABLE public.inspection_visit TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(pieces) ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(home_location) ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(condition) ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(state) ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(state_because) ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(seen_at) ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(seen_location) ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.item TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.item TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(pieces_back) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(condition_back) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(sent_at) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(handed_at) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(received_at) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(received_by) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(claimed_at) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(returned_at) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(closed_at) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(closed_because) ON TABLE public.item_handover TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.item_handover TO schoolgroup_app;
GRANT SELECT ON TABLE public.item_now TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.school TO schoolgroup_app;
GRANT SELECT ON TABLE public.item_figures TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.item_note TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(once_key) ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(attempts) ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(due_at) ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(worker) ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(failed_because) ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(started_at) ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(ended_at) ON TABLE public.job TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.job TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.ledger TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.ledger TO schoolgroup_app;
GRANT UPDATE(initiative_id) ON TABLE public.ledger TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.ledger TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.ledger TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.ledger_act TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.ledger_category TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.ledger_evidence TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(detail) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(category) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(measure_id) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(school_id) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(person_id) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(due_on) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(reported_no) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(reported_by_person_id) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(closed_by_person_id) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.ledger_item TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.ledger_report TO schoolgroup_app;
GRANT SELECT ON TABLE public.ledger_span TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.ledger_target TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(loan_days_max) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(renewals_max) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(person_open_max) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(school_open_max) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(group_open_max) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(share_percent) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(hold_band) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(because) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.lending_rule TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.list_edition TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.list_edition TO schoolgroup_app;
GRANT UPDATE(published_at) ON TABLE public.list_edition TO schoolgroup_app;
GRANT UPDATE(archived_at) ON TABLE public.list_edition TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.list_edition TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.list_edition TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(sort_key) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(importance) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(note) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(resource_id) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(revision_no) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(isbn) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(author) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(publisher) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(address) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(hours) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(capacity_people) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(contact) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.list_entry TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.list_entry TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.list_suggestion TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.list_suggestion TO schoolgroup_app;
GRANT UPDATE(decided_because) ON TABLE public.list_suggestion TO schoolgroup_app;
GRANT UPDATE(decided_at) ON TABLE public.list_suggestion TO schoolgroup_app;
GRANT UPDATE(entry_id) ON TABLE public.list_suggestion TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.list_suggestion TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.login_failure TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.mail TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.mail TO schoolgroup_app;
GRANT UPDATE(tries) ON TABLE public.mail TO schoolgroup_app;
GRANT UPDATE(next_try_at) ON TABLE public.mail TO schoolgroup_app;
GRANT UPDATE(leased_until_at) ON TABLE public.mail TO schoolgroup_app;
GRANT UPDATE(answer) ON TABLE public.mail TO schoolgroup_app;
GRANT UPDATE(done_at) ON TABLE public.mail TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.makeup_day TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_abnormal TO schoolgroup_app;
GRANT UPDATE(decision) ON TABLE public.marking_abnormal TO schoolgroup_app;
GRANT UPDATE(decided_by) ON TABLE public.marking_abnormal TO schoolgroup_app;
GRANT UPDATE(decided_because) ON TABLE public.marking_abnormal TO schoolgroup_app;
GRANT UPDATE(decided_at) ON TABLE public.marking_abnormal TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_identity TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_mark TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_marker TO schoolgroup_app;
GRANT UPDATE(duty) ON TABLE public.marking_marker TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.marking_marker TO schoolgroup_app;
GRANT UPDATE(paused_because) ON TABLE public.marking_marker TO schoolgroup_app;
GRANT UPDATE(checked_from_at) ON TABLE public.marking_marker TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(mode) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(threshold) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(threshold_unit) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(third_rule) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(step_half_marks) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(point_labels) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(point_half_marks) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(medium) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(lease_minutes) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(seed_percent) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(recheck_percent) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(tolerance_half_marks) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(pause_outside_max) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(pause_window) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(calibration_pass) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(calibration_of) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(balance) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(arbiter_sees_marks) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(opened_at) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(completed_at) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.marking_plan TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_script TO schoolgroup_app;
GRANT UPDATE(known_half_marks) ON TABLE public.marking_script TO schoolgroup_app;
GRANT UPDATE(known_because) ON TABLE public.marking_script TO schoolgroup_app;
GRANT UPDATE(image_key) ON TABLE public.marking_script TO schoolgroup_app;
GRANT UPDATE(place) ON TABLE public.marking_script TO schoolgroup_app;
GRANT UPDATE(final_quarter_marks) ON TABLE public.marking_script TO schoolgroup_app;
GRANT UPDATE(settled_by) ON TABLE public.marking_script TO schoolgroup_app;
GRANT UPDATE(settled_at) ON TABLE public.marking_script TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_share TO schoolgroup_app;
GRANT UPDATE(weight) ON TABLE public.marking_share TO schoolgroup_app;
GRANT UPDATE(turns_allotted) ON TABLE public.marking_share TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_task TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_template TO schoolgroup_app;
GRANT UPDATE(pages) ON TABLE public.marking_template TO schoolgroup_app;
GRANT UPDATE(regions) ON TABLE public.marking_template TO schoolgroup_app;
GRANT UPDATE(name_areas) ON TABLE public.marking_template TO schoolgroup_app;
GRANT UPDATE(set_at) ON TABLE public.marking_template TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.marking_template TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(place) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(is_held) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(person_id) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(marker_school_id) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(task_id) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(leased_until_at) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(marked_at) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(voided_at) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT UPDATE(voided_because) ON TABLE public.marking_turn TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.measure TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.measure TO schoolgroup_app;
GRANT UPDATE(detail) ON TABLE public.measure TO schoolgroup_app;
GRANT UPDATE(offices) ON TABLE public.measure TO schoolgroup_app;
GRANT UPDATE(person_id) ON TABLE public.measure TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.measure TO schoolgroup_app;
GRANT UPDATE(status_because) ON TABLE public.measure TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.measure TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.measure TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.measure_call TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.measure_node TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.measure_node TO schoolgroup_app;
GRANT UPDATE(due_on) ON TABLE public.measure_node TO schoolgroup_app;
GRANT UPDATE(reached_at) ON TABLE public.measure_node TO schoolgroup_app;
GRANT UPDATE(reached_by_person_id) ON TABLE public.measure_node TO schoolgroup_app;
GRANT UPDATE(note) ON TABLE public.measure_node TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.measure_remark TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.notice TO schoolgroup_app;
GRANT UPDATE(superseded_at) ON TABLE public.notice TO schoolgroup_app;
GRANT UPDATE(mail_id) ON TABLE public.notice TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.notice_preference TO schoolgroup_app;
GRANT UPDATE(language) ON TABLE public.notice_preference TO schoolgroup_app;
GRANT UPDATE(email_on) ON TABLE public.notice_preference TO schoolgroup_app;
GRANT UPDATE(digest_at) ON TABLE public.notice_preference TO schoolgroup_app;
GRANT UPDATE(quiet_from) ON TABLE public.notice_preference TO schoolgroup_app;
GRANT UPDATE(quiet_until) ON TABLE public.notice_preference TO schoolgroup_app;
GRANT UPDATE(muted) ON TABLE public.notice_preference TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.notice_preference TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.notice_preference TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(is_on) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(hours) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(urgent) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(subject_en) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(subject_zh) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(body_en) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(body_zh) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.notice_rule TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(valid_until_at) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(seats) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(loan_days) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(renewals_max) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(pickup_hours) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(guaranteed_days) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(per_school_max) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(lasts) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(share_percent) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(loans_max) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(asks_owner) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(ask_hours) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(ask_default) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(terms_no) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(opens_at) ON TABLE public.offer TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.offer_audience TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.offer_bound TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.seat TO schoolgroup_app;
GRANT UPDATE(loan_id) ON TABLE public.seat TO schoolgroup_app;
GRANT UPDATE(hold_id) ON TABLE public.seat TO schoolgroup_app;
GRANT UPDATE(retired_at) ON TABLE public.seat TO schoolgroup_app;
GRANT SELECT ON TABLE public.offer_figures TO schoolgroup_app;
GRANT SELECT ON TABLE public.offer_reach TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.offer_terms TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.paper_cell TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.paper_choice TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.paper_item TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.paper_key TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.paper_rescore TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.paper_rescore_move TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.paper_version TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.person TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.person_credential TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.person_identity TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(name) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(address) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(contact) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(guidance) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(capacity_people) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(slots_max) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(lead_hours) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(ahead_days) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(cancel_hours) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(asks_owner) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(ask_hours) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(open_on_holidays) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.place TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.place TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.place_closure TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.place_hours TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.policy_bundle TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.prerequisite TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.preview_page TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.preview_view TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.pupil TO schoolgroup_app;
GRANT UPDATE(school_id) ON TABLE public.pupil TO schoolgroup_app;
GRANT UPDATE(register_number) ON TABLE public.pupil TO schoolgroup_app;
GRANT UPDATE(sex) ON TABLE public.pupil TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.pupil TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.pupil TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.pupil TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.pupil_enrolment TO schoolgroup_app;
GRANT UPDATE(register_number) ON TABLE public.pupil_enrolment TO schoolgroup_app;
GRANT UPDATE(grade) ON TABLE public.pupil_enrolment TO schoolgroup_app;
GRANT UPDATE(class_label) ON TABLE public.pupil_enrolment TO schoolgroup_app;
GRANT UPDATE(until_on) ON TABLE public.pupil_enrolment TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.pupil_name TO schoolgroup_app;
GRANT UPDATE(name) ON TABLE public.pupil_name TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.pupil_name TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.pupil_promotion TO schoolgroup_app;
GRANT UPDATE(undone_at) ON TABLE public.pupil_promotion TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.pupil_retention TO schoolgroup_app;
GRANT UPDATE(months) ON TABLE public.pupil_retention TO schoolgroup_app;
GRANT UPDATE(because) ON TABLE public.pupil_retention TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.pupil_retention TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.pupil_retention TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.pupil_transfer TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.pupil_transfer TO schoolgroup_app;
GRANT UPDATE(decided_because) ON TABLE public.pupil_transfer TO schoolgroup_app;
GRANT UPDATE(decided_at) ON TABLE public.pupil_transfer TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.pupil_transfer TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.refresh_token TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_conversion TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_figure TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_pupils TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_recipient TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_shared_figure TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.rendering TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.rendering TO schoolgroup_app;
GRANT UPDATE(form) ON TABLE public.rendering TO schoolgroup_app;
GRANT UPDATE(because) ON TABLE public.rendering TO schoolgroup_app;
GRANT UPDATE(page_count) ON TABLE public.rendering TO schoolgroup_app;
GRANT UPDATE(outline) ON TABLE public.rendering TO schoolgroup_app;
GRANT UPDATE(made_at) ON TABLE public.rendering TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.request_count TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(summary) ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(audience) ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.resource_list TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.resource_text TO schoolgroup_app;
GRANT UPDATE(body) ON TABLE public.resource_text TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.resource_text TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.resource_view TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.return_file TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.return_version TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE("values") ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(submitted_no) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(accepted_no) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(accepted_at) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(accepted_by_person_id) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(reopened_fields) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(sent_back_because) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(sources) ON TABLE public.school_return TO schoolgroup_app;
GRANT UPDATE(worked_seconds) ON TABLE public.school_return TO schoolgroup_app;
GRANT SELECT ON TABLE public.return_standing TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.revision_file TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.revision_reading TO schoolgroup_app;
GRANT UPDATE(files_key) ON TABLE public.revision_reading TO schoolgroup_app;
GRANT UPDATE(text_status) ON TABLE public.revision_reading TO schoolgroup_app;
GRANT UPDATE(because) ON TABLE public.revision_reading TO schoolgroup_app;
GRANT UPDATE(read_at) ON TABLE public.revision_reading TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.round_school TO schoolgroup_app;
GRANT UPDATE(excused_at) ON TABLE public.round_school TO schoolgroup_app;
GRANT UPDATE(excused_because) ON TABLE public.round_school TO schoolgroup_app;
GRANT SELECT ON TABLE public.round_standing TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.round_team TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.saved_search TO schoolgroup_app;
GRANT UPDATE(name) ON TABLE public.saved_search TO schoolgroup_app;
GRANT UPDATE(wanted) ON TABLE public.saved_search TO schoolgroup_app;
GRANT UPDATE(looked_at) ON TABLE public.saved_search TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.saved_search TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.saved_search TO schoolgroup_app;
GRANT SELECT ON TABLE public.school_content TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.school_quota TO schoolgroup_app;
GRANT UPDATE(bytes_max) ON TABLE public.school_quota TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.school_quota TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.school_quota TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.school_tier TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.script_batch TO schoolgroup_app;
GRANT UPDATE(candidates_cut) ON TABLE public.script_batch TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.script_batch TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.search_change TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.search_class TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.search_entry TO schoolgroup_app;
GRANT UPDATE(no) ON TABLE public.search_entry TO schoolgroup_app;
GRANT UPDATE(class_id) ON TABLE public.search_entry TO schoolgroup_app;
GRANT UPDATE(loans) ON TABLE public.search_entry TO schoolgroup_app;
GRANT UPDATE(title_chars) ON TABLE public.search_entry TO schoolgroup_app;
GRANT UPDATE(draft) ON TABLE public.search_entry TO schoolgroup_app;
GRANT UPDATE(value_ids) ON TABLE public.search_entry TO schoolgroup_app;
GRANT UPDATE(document) ON TABLE public.search_entry TO schoolgroup_app;
GRANT USAGE ON SEQUENCE public.search_entry_no TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.search_family TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.search_move TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.search_part TO schoolgroup_app;
GRANT UPDATE(document) ON TABLE public.search_part TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.search_reach TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.search_reach_line TO schoolgroup_app;
GRANT SELECT ON TABLE public.search_reach_given TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.search_tally TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.search_value TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.sign_in_flow TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.signing_key TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.team_member TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.term TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.visit_evidence TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.visit_finding TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.visit_inspector TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.visit_observation TO schoolgroup_app;
GRANT UPDATE(points) ON TABLE public.visit_observation TO schoolgroup_app;
GRANT UPDATE(note) ON TABLE public.visit_observation TO schoolgroup_app;
GRANT UPDATE(person_id) ON TABLE public.visit_observation TO schoolgroup_app;
GRANT UPDATE(observed_at) ON TABLE public.visit_observation TO schoolgroup_app;
GRANT SELECT ON TABLE public.waiting_times TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_delivery TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_endpoint TO schoolgroup_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.webhook_stream TO schoolgroup_app;
