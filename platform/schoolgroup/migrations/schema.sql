CREATE SCHEMA app;
CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA public;
COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';
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
    claims jsonb;
    at timestamptz;
    today date;
    of_group uuid;
    of_school uuid;
    current_sha text;
BEGIN
    PERFORM set_config('app.context', context, true), set_config('app.mac', mac, true);
    claims := app.claims();
    IF claims ->> 'kind' IS NULL THEN
        RAISE EXCEPTION 'the context is not signed by the application' USING ERRCODE = 'SG001';
    END IF;
    -- As app.now() and app.today() have it.
    at := now() + coalesce((claims ->> 'clock_offset_s')::float8, 0) * interval '1 second';
    IF claims ->> 'kind' = 'system' THEN RETURN at; END IF;
    today := (at AT TIME ZONE coalesce(claims ->> 'time_zone', 'Asia/Shanghai'))::date;
    of_group := (claims ->> 'group_id')::uuid;
    of_school := (claims ->> 'school_id')::uuid;
    SELECT b.sha256 INTO current_sha FROM policy_bundle b
     WHERE b.group_id = of_group ORDER BY b.version DESC LIMIT 1;
    IF current_sha IS DISTINCT FROM claims ->> 'policy_sha256' THEN
        RAISE EXCEPTION 'the policy in force is another' USING ERRCODE = 'SG002';
    END IF;
    IF at >= (claims ->> 'valid_until_at')::timestamptz
       OR of_school IS NOT NULL AND NOT EXISTS (
           SELECT FROM school_tier t
             JOIN school h ON h.group_id = t.group_id AND h.id = t.school_id
            WHERE t.group_id = of_group AND t.school_id = of_school
              AND t.tier = claims ->> 'tier'
              AND t.from_on <= today AND (t.until_on IS NULL OR today < t.until_on)
              AND (h.closed_on IS NULL OR today < h.closed_on)) THEN
        RAISE EXCEPTION 'the rights of this session have changed' USING ERRCODE = 'SG003';
    END IF;
    PERFORM FROM access_session s
       LEFT JOIN person p ON p.group_id = s.group_id AND p.id = s.person_id
       LEFT JOIN client c ON c.group_id = s.group_id AND c.id = s.client_id
      WHERE s.group_id = of_group AND s.id = (claims ->> 'session_id')::uuid
        AND s.revoked_at IS NULL AND at < s.expires_at
        AND coalesce(p.epoch, c.epoch) = (claims ->> 'epoch')::int
        AND p.suspended_at IS NULL AND p.left_at IS NULL AND c.suspended_at IS NULL;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the session is over' USING ERRCODE = 'SG003';
    END IF;
    RETURN at;
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
     WHERE s.group_id = app.group_id() AND s.call_id = of_call_id
     GROUP BY GROUPING SETS ((s.tier), ())
     ORDER BY s.tier NULLS LAST
$$;
CREATE FUNCTION app.call_figures(of_call_id uuid, only_accepted boolean) RETURNS TABLE(field_code text, tier text, schools bigint, sum numeric, mean numeric)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$
    WITH asked AS (
        SELECT d.code, f.place
          FROM return_call c
          JOIN form_field f ON f.group_id = c.group_id AND f.form_id = c.form_id
                           AND f.form_version = c.form_version
          JOIN field d ON d.group_id = f.group_id AND d.code = f.field_code
         WHERE c.group_id = app.group_id() AND c.id = of_call_id
           AND d.type IN ('integer', 'decimal')
    ), answer AS (
        SELECT s.tier, v.values
          FROM return_standing s
          JOIN return_version v ON v.group_id = s.group_id AND v.return_id = s.return_id
                               AND v.no = s.submitted_no
         WHERE s.group_id = app.group_id() AND s.call_id = of_call_id
           AND s.answered AND (s.accepted OR NOT only_accepted)
    )
    SELECT q.code, a.tier, count(e.value), sum(e.value::numeric), avg(e.value::numeric)
      FROM answer a
     CROSS JOIN LATERAL jsonb_each_text(a.values) e
      JOIN asked q ON q.code = e.key
     GROUP BY GROUPING SETS ((q.place, q.code, a.tier), (q.place, q.code))
     ORDER BY q.place, a.tier NULLS LAST
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
CREATE FUNCTION app.claim(claim text) RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT app.claims() ->> claim $$;
CREATE FUNCTION app.claims() RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$
DECLARE context text := current_setting('app.context', true);
BEGIN
    IF context IS NULL OR context = '' THEN RETURN NULL; END IF;
    IF encode((SELECT sha256(outer_pad || sha256(inner_pad || convert_to(context, 'UTF8')))
                 FROM app.secret), 'hex') IS DISTINCT FROM current_setting('app.mac', true) THEN
        RETURN NULL;
    END IF;
    RETURN context::jsonb;
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
    CONSTRAINT return_call_check CHECK (((opens_at < due_at) AND (due_at <= closes_at))),
    CONSTRAINT return_call_check1 CHECK (((status = 'closed'::text) = (closed_at IS NOT NULL))),
    CONSTRAINT return_call_period_check CHECK ((period ~ '^[0-9]{4}[0-9A-Za-z-]{0,36}$'::text)),
    CONSTRAINT return_call_status_check CHECK ((status = ANY (ARRAY['open'::text, 'closed'::text]))),
    CONSTRAINT return_call_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
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
CREATE FUNCTION app.group_id() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$ SELECT app.claim('group_id')::uuid $$;
CREATE FUNCTION app.is_office() RETURNS boolean
    LANGUAGE plpgsql STABLE
    AS $$
DECLARE claims jsonb := app.claims();
BEGIN RETURN coalesce(claims ->> 'tier' = 'office' OR claims ->> 'kind' = 'system', false); END $$;
CREATE FUNCTION app.is_paused(paused_at timestamp with time zone, paused_until_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT paused_at IS NOT NULL AND (paused_until_at IS NULL OR app.now() < paused_until_at) $$;
CREATE FUNCTION app.is_system() RETURNS boolean
    LANGUAGE sql STABLE
    AS $$ SELECT coalesce(app.claim('kind') = 'system', false) $$;
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
CREATE FUNCTION app.now() RETURNS timestamp with time zone
    LANGUAGE sql STABLE
    AS $$ SELECT now() + coalesce(app.claim('clock_offset_s')::float8, 0) * interval '1 second' $$;
CREATE FUNCTION app.person_id() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$ SELECT app.claim('person_id')::uuid $$;
CREATE FUNCTION app.refresh_directory_statistics() RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'public', 'pg_catalog'
    AS $$ BEGIN ANALYZE school, school_tier, person, appointment; END $$;
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
    LANGUAGE sql STABLE
    AS $$ SELECT app.claim('role') $$;
CREATE FUNCTION app.runs_release(of_release_id uuid) RETURNS boolean
    LANGUAGE sql STABLE
    AS $$
    SELECT app.is_office() OR EXISTS (
        SELECT FROM public.exam_release r
          JOIN public.exam e ON e.group_id = r.group_id AND e.id = r.exam_id
         WHERE r.group_id = app.group_id() AND r.id = of_release_id
           AND e.school_id = app.school_id())
$$;
CREATE FUNCTION app.school_id() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$ SELECT app.claim('school_id')::uuid $$;
CREATE FUNCTION app.sign(message text) RETURNS bytea
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog'
    AS $$ SELECT sha256(outer_pad || sha256(inner_pad || convert_to(message, 'UTF8'))) FROM app.secret $$;
CREATE FUNCTION app.stamp_audience() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE changed offer_audience := coalesce(NEW, OLD);
BEGIN
    PERFORM app.stamp_harvest(o.group_id, o.resource_id) FROM offer o
      WHERE o.group_id = changed.group_id AND o.id = changed.offer_id;
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_harvest(stamped_group uuid, stamped_resource uuid) RETURNS void
    LANGUAGE sql
    AS $$
    INSERT INTO harvest_stamp AS h (group_id, resource_id, changed_at)
    SELECT r.group_id, r.id, date_trunc('second', clock_timestamp() + (app.now() - now()))
      FROM resource r
     WHERE r.group_id = stamped_group AND r.id = stamped_resource AND r.status <> 'draft'
    ON CONFLICT (group_id, resource_id)
    DO UPDATE SET changed_at = greatest(h.changed_at, EXCLUDED.changed_at)
$$;
CREATE FUNCTION app.stamp_offer() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.stamp_harvest(NEW.group_id, NEW.resource_id);
    RETURN NULL;
END $$;
CREATE FUNCTION app.stamp_resource() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    PERFORM app.stamp_harvest(NEW.group_id, NEW.id);
    RETURN NULL;
END $$;
CREATE FUNCTION app.tier() RETURNS text
    LANGUAGE sql STABLE
    AS $$ SELECT app.claim('tier') $$;
CREATE FUNCTION app.tier_of(of_school_id uuid, on_day date) RETURNS text
    LANGUAGE sql STABLE
    AS $$
    SELECT t.tier FROM public.school_tier t
     WHERE t.group_id = app.group_id() AND t.school_id = of_school_id
       AND t.from_on <= on_day AND (t.until_on IS NULL OR on_day < t.until_on)
$$;
CREATE FUNCTION app.today() RETURNS date
    LANGUAGE sql STABLE
    AS $$ SELECT (app.now() AT TIME ZONE coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::date $$;
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
CREATE TABLE app.secret (
    only_row boolean DEFAULT true NOT NULL,
    inner_pad bytea NOT NULL,
    outer_pad bytea NOT NULL,
    CONSTRAINT secret_inner_pad_check CHECK ((length(inner_pad) = 64)),
    CONSTRAINT secret_only_row_check CHECK (only_row),
    CONSTRAINT secret_outer_pad_check CHECK ((length(outer_pad) = 64))
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
    secret_sha256 bytea NOT NULL,
    previous_secret_sha256 bytea,
    previous_until_at timestamp with time zone,
    epoch integer DEFAULT 1 NOT NULL,
    suspended_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone NOT NULL,
    updated_at timestamp with time zone NOT NULL,
    CONSTRAINT client_name_check CHECK (((length(name) >= 1) AND (length(name) <= 200))),
    CONSTRAINT client_previous_secret_sha256_check CHECK ((length(previous_secret_sha256) = 32)),
    CONSTRAINT client_secret_sha256_check CHECK ((length(secret_sha256) = 32))
);
ALTER TABLE ONLY public.client FORCE ROW LEVEL SECURITY;
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
    school_id uuid NOT NULL,
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
    CONSTRAINT verified_names_a_blob CHECK ((((status = 'verified'::text) AND (released_at IS NULL)) = (blob_id IS NOT NULL)))
);
ALTER TABLE ONLY public.deposit FORCE ROW LEVEL SECURITY;
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
    CONSTRAINT event_type_check CHECK ((type ~ '^[a-z_]+\.[a-z_]+$'::text))
);
ALTER TABLE ONLY public.event FORCE ROW LEVEL SECURITY;
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
    CONSTRAINT exam_cancelled_because_check CHECK ((length(cancelled_because) <= 2000)),
    CONSTRAINT exam_gate_check CHECK (((length(gate) >= 1) AND (length(gate) <= 60))),
    CONSTRAINT exam_grade_check CHECK (((grade >= 1) AND (grade <= 12))),
    CONSTRAINT exam_purpose_check CHECK (((length(purpose) >= 1) AND (length(purpose) <= 40))),
    CONSTRAINT exam_stage_check CHECK ((stage = ANY (ARRAY['primary'::text, 'junior'::text, 'senior'::text]))),
    CONSTRAINT exam_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'invited'::text, 'registering'::text, 'rostered'::text, 'sat'::text, 'marking'::text, 'verifying'::text, 'frozen'::text, 'released'::text, 'archived'::text, 'cancelled'::text]))),
    CONSTRAINT exam_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200)))
);
ALTER TABLE ONLY public.exam FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_candidate (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    school_id uuid NOT NULL,
    exam_number text NOT NULL COLLATE pg_catalog."C",
    class_label text DEFAULT ''::text NOT NULL,
    CONSTRAINT exam_candidate_class_label_check CHECK ((length(class_label) <= 40)),
    CONSTRAINT exam_candidate_exam_number_check CHECK (((length(exam_number) >= 1) AND (length(exam_number) <= 40)))
);
ALTER TABLE ONLY public.exam_candidate FORCE ROW LEVEL SECURITY;
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
    CONSTRAINT exam_release_cell_pupils_min_check CHECK ((cell_pupils_min >= 1)),
    CONSTRAINT exam_release_check CHECK (((status = 'withdrawn'::text) = (withdrawn_at IS NOT NULL))),
    CONSTRAINT exam_release_contents_check CHECK ((contents <> '{}'::text[])),
    CONSTRAINT exam_release_status_check CHECK ((status = ANY (ARRAY['released'::text, 'withdrawn'::text]))),
    CONSTRAINT exam_release_withdrawn_because_check CHECK ((length(withdrawn_because) <= 2000))
);
ALTER TABLE ONLY public.exam_release FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.exam_score (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    candidate_id uuid NOT NULL,
    school_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    result text NOT NULL,
    item_half_marks smallint[],
    CONSTRAINT exam_score_check CHECK (((result = 'present'::text) = (item_half_marks IS NOT NULL))),
    CONSTRAINT exam_score_result_check CHECK ((result = ANY (ARRAY['present'::text, 'absent'::text, 'void'::text, 'exempt'::text, 'late'::text])))
);
ALTER TABLE ONLY public.exam_score FORCE ROW LEVEL SECURITY;
CREATE TABLE public.exam_snapshot (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    exam_id uuid NOT NULL,
    number smallint NOT NULL,
    sha256 text NOT NULL,
    frozen_at timestamp with time zone NOT NULL,
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
    CONSTRAINT exam_snapshot_part_check CHECK (((cardinality(class_labels) = cardinality(exam_numbers)) AND (cardinality(results) = cardinality(exam_numbers)))),
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
    CONSTRAINT exam_subject_check CHECK ((cardinality(grade_percents) = cardinality(grade_labels))),
    CONSTRAINT exam_subject_check1 CHECK (((low_percent <= pass_percent) AND (pass_percent <= excellent_percent))),
    CONSTRAINT exam_subject_excellent_percent_check CHECK ((excellent_percent <= 100)),
    CONSTRAINT exam_subject_grade_labels_check CHECK (((cardinality(grade_labels) >= 2) AND (cardinality(grade_labels) <= 5))),
    CONSTRAINT exam_subject_low_percent_check CHECK ((low_percent > 0)),
    CONSTRAINT exam_subject_paper_version_check CHECK ((paper_version > 0)),
    CONSTRAINT exam_subject_position_check CHECK ((("position" >= 1) AND ("position" <= 20))),
    CONSTRAINT exam_subject_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 40)))
);
ALTER TABLE ONLY public.exam_subject FORCE ROW LEVEL SECURITY;
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
    CONSTRAINT field_check CHECK ((max >= min)),
    CONSTRAINT field_check1 CHECK (((type = 'choice'::text) = (choices <> '[]'::jsonb))),
    CONSTRAINT field_check2 CHECK (((type = ANY (ARRAY['integer'::text, 'decimal'::text, 'text'::text])) OR ((min IS NULL) AND (max IS NULL)))),
    CONSTRAINT field_choices_check CHECK ((jsonb_typeof(choices) = 'array'::text)),
    CONSTRAINT field_code_check CHECK ((code ~ '^[a-z][a-z0-9_]{0,63}$'::text)),
    CONSTRAINT field_label_en_check CHECK (((length(label_en) >= 1) AND (length(label_en) <= 200))),
    CONSTRAINT field_label_zh_check CHECK (((length(label_zh) >= 1) AND (length(label_zh) <= 200))),
    CONSTRAINT field_type_check CHECK ((type = ANY (ARRAY['integer'::text, 'decimal'::text, 'text'::text, 'choice'::text, 'boolean'::text, 'date'::text]))),
    CONSTRAINT field_unit_check CHECK ((length(unit) <= 40))
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
    CONSTRAINT form_field_place_check CHECK ((place > 0))
);
ALTER TABLE ONLY public.form_field FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.harvest_stamp (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    changed_at timestamp with time zone NOT NULL,
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
    CONSTRAINT offer_status_check CHECK ((status = ANY (ARRAY['open'::text, 'suspended'::text, 'closed'::text])))
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
    CONSTRAINT offer_audience_check CHECK (((kind = 'tier'::text) = (tier IS NOT NULL))),
    CONSTRAINT offer_audience_check1 CHECK (((kind = 'circle'::text) = (circle_id IS NOT NULL))),
    CONSTRAINT offer_audience_check2 CHECK (((kind = 'school'::text) = (audience_school_id IS NOT NULL))),
    CONSTRAINT offer_audience_discover_check CHECK (discover),
    CONSTRAINT offer_audience_kind_check CHECK ((kind = ANY (ARRAY['group'::text, 'tier'::text, 'circle'::text, 'school'::text]))),
    CONSTRAINT offer_audience_tier_check CHECK ((tier = ANY (ARRAY['integrated'::text, 'partner'::text])))
);
ALTER TABLE ONLY public.offer_audience FORCE ROW LEVEL SECURITY;
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
    seats,
    ( SELECT count(*) AS count
           FROM public.seat s
          WHERE ((s.group_id = o.group_id) AND (s.offer_id = o.id) AND (s.retired_at IS NULL))) AS standing,
    ( SELECT count(*) AS count
           FROM public.loan l
          WHERE ((l.group_id = o.group_id) AND (l.offer_id = o.id) AND (l.status = 'active'::text) AND (app.now() < l.ends_at))) AS lent,
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
CREATE TABLE public.paper_item (
    group_id uuid NOT NULL,
    exam_subject_id uuid NOT NULL,
    paper_version smallint NOT NULL,
    "position" smallint NOT NULL,
    label text NOT NULL,
    max_half_marks smallint NOT NULL,
    knowledge_point text DEFAULT ''::text NOT NULL,
    ability text DEFAULT ''::text NOT NULL,
    CONSTRAINT paper_item_ability_check CHECK ((length(ability) <= 100)),
    CONSTRAINT paper_item_knowledge_point_check CHECK ((length(knowledge_point) <= 200)),
    CONSTRAINT paper_item_label_check CHECK (((length(label) >= 1) AND (length(label) <= 40))),
    CONSTRAINT paper_item_max_half_marks_check CHECK ((max_half_marks > 0)),
    CONSTRAINT paper_item_position_check CHECK ((("position" >= 1) AND ("position" <= 200)))
);
ALTER TABLE ONLY public.paper_item FORCE ROW LEVEL SECURITY;
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
    joint_ranks integer[]
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
    CONSTRAINT release_shared_figure_letter_check CHECK ((letter ~ '^([A-Z]{1,3}|[*])$'::text))
);
ALTER TABLE ONLY public.release_shared_figure FORCE ROW LEVEL SECURITY;
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
    CONSTRAINT resource_chapter_check CHECK ((cardinality(chapter) <= 8)),
    CONSTRAINT resource_check CHECK (((status = 'draft'::text) = (published_revision_no IS NULL))),
    CONSTRAINT resource_check1 CHECK (((status = 'draft'::text) = (published_at IS NULL))),
    CONSTRAINT resource_check2 CHECK (((status = 'withdrawn'::text) = (withdrawn_at IS NOT NULL))),
    CONSTRAINT resource_check3 CHECK (((status = 'withdrawn'::text) = (withdrawn_because IS NOT NULL))),
    CONSTRAINT resource_edition_check CHECK (((length(edition) >= 1) AND (length(edition) <= 60))),
    CONSTRAINT resource_grade_check CHECK (((length(grade) >= 1) AND (length(grade) <= 60))),
    CONSTRAINT resource_keywords_check CHECK ((cardinality(keywords) <= 20)),
    CONSTRAINT resource_kind_check CHECK ((kind = ANY (ARRAY['lesson_plan'::text, 'courseware'::text, 'video'::text, 'exercise'::text, 'paper'::text, 'school_course'::text, 'experiment'::text, 'book'::text, 'place'::text, 'other'::text]))),
    CONSTRAINT resource_language_check CHECK ((language ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$'::text)),
    CONSTRAINT resource_licence_check CHECK ((licence = ANY (ARRAY['group_only'::text, 'cc_by'::text, 'cc_by_sa'::text, 'cc_by_nc'::text, 'cc_by_nc_sa'::text, 'public_domain'::text]))),
    CONSTRAINT resource_stage_check CHECK ((stage = ANY (ARRAY['kindergarten'::text, 'primary'::text, 'junior'::text, 'senior'::text]))),
    CONSTRAINT resource_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'published'::text, 'withdrawn'::text]))),
    CONSTRAINT resource_subject_check CHECK (((length(subject) >= 1) AND (length(subject) <= 60))),
    CONSTRAINT resource_summary_check CHECK ((length(summary) <= 4000)),
    CONSTRAINT resource_title_check CHECK (((length(title) >= 1) AND (length(title) <= 200))),
    CONSTRAINT resource_volume_check CHECK (((length(volume) >= 1) AND (length(volume) <= 60))),
    CONSTRAINT resource_withdrawn_because_check CHECK (((length(withdrawn_because) >= 1) AND (length(withdrawn_because) <= 500)))
);
ALTER TABLE ONLY public.resource FORCE ROW LEVEL SECURITY;
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
CREATE TABLE public.resource_view (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    viewer_school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    viewed_on date NOT NULL,
    owner_school_id uuid NOT NULL
);
ALTER TABLE ONLY public.resource_view FORCE ROW LEVEL SECURITY;
CREATE TABLE public.return_version (
    group_id uuid NOT NULL,
    return_id uuid NOT NULL,
    school_id uuid NOT NULL,
    no integer NOT NULL,
    "values" jsonb NOT NULL,
    submitted_by_person_id uuid NOT NULL,
    submitted_at timestamp with time zone NOT NULL,
    CONSTRAINT return_version_no_check CHECK ((no > 0)),
    CONSTRAINT return_version_values_check CHECK ((jsonb_typeof("values") = 'object'::text))
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
    CONSTRAINT acceptance_names_the_newest CHECK (((status <> 'accepted'::text) OR ((accepted_no IS NOT NULL) AND (accepted_no = submitted_no)))),
    CONSTRAINT school_return_check CHECK (((status = 'drafting'::text) = (submitted_no IS NULL))),
    CONSTRAINT school_return_check1 CHECK (((accepted_no IS NULL) = (accepted_at IS NULL))),
    CONSTRAINT school_return_check2 CHECK (((status = 'sent_back'::text) = ((sent_back_because IS NOT NULL) AND (reopened_fields <> '{}'::text[])))),
    CONSTRAINT school_return_sent_back_because_check CHECK (((length(sent_back_because) >= 1) AND (length(sent_back_because) <= 2000))),
    CONSTRAINT school_return_status_check CHECK ((status = ANY (ARRAY['drafting'::text, 'submitted'::text, 'sent_back'::text, 'accepted'::text]))),
    CONSTRAINT school_return_values_check CHECK ((jsonb_typeof("values") = 'object'::text))
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
CREATE TABLE public.signing_key (
    kid text NOT NULL,
    public_jwk jsonb NOT NULL,
    private_sealed bytea NOT NULL,
    created_at timestamp with time zone NOT NULL,
    retired_at timestamp with time zone
);
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
ALTER TABLE ONLY app.secret
    ADD CONSTRAINT secret_pkey PRIMARY KEY (only_row);
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreement_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.agreement
    ADD CONSTRAINT agreements_never_overlap EXCLUDE USING gist (group_id WITH =, owner_school_id WITH =, COALESCE(grantee_school_id, grantee_circle_id) WITH =, daterange(from_on, until_on) WITH &&) WHERE ((status = ANY (ARRAY['proposed'::text, 'in_force'::text])));
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT appointment_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.ask
    ADD CONSTRAINT ask_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT audience_once UNIQUE NULLS NOT DISTINCT (group_id, offer_id, kind, tier, circle_id, audience_school_id);
ALTER TABLE ONLY public.audit_entry
    ADD CONSTRAINT audit_entry_pkey PRIMARY KEY (group_id, chain, seq);
ALTER TABLE ONLY public.audit_head
    ADD CONSTRAINT audit_head_pkey PRIMARY KEY (group_id, chain);
ALTER TABLE ONLY public.blob
    ADD CONSTRAINT blob_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.list_entry
    ADD CONSTRAINT book_once UNIQUE (group_id, edition_id, isbn);
ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_group_id_name_key UNIQUE (group_id, name);
ALTER TABLE ONLY public.circle_member
    ADD CONSTRAINT circle_member_pkey PRIMARY KEY (group_id, circle_id, school_id);
ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_name_once UNIQUE NULLS NOT DISTINCT (group_id, school_id, name);
ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.curriculum_node
    ADD CONSTRAINT curriculum_node_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.curriculum_version
    ADD CONSTRAINT curriculum_version_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT deposit_group_id_upload_key_key UNIQUE (group_id, upload_key);
ALTER TABLE ONLY public.deposit
    ADD CONSTRAINT deposit_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.education_group
    ADD CONSTRAINT education_group_code_key UNIQUE (code);
ALTER TABLE ONLY public.education_group
    ADD CONSTRAINT education_group_pkey PRIMARY KEY (id);
ALTER TABLE ONLY public.list_entry
    ADD CONSTRAINT entry_once UNIQUE (group_id, edition_id, resource_id);
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_candidate
    ADD CONSTRAINT exam_candidate_group_id_exam_id_school_id_exam_number_key UNIQUE (group_id, exam_id, school_id, exam_number);
ALTER TABLE ONLY public.exam_candidate
    ADD CONSTRAINT exam_candidate_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam
    ADD CONSTRAINT exam_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_release
    ADD CONSTRAINT exam_release_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.exam_school
    ADD CONSTRAINT exam_school_group_id_exam_id_letter_key UNIQUE (group_id, exam_id, letter);
ALTER TABLE ONLY public.exam_school
    ADD CONSTRAINT exam_school_pkey PRIMARY KEY (group_id, exam_id, school_id);
ALTER TABLE ONLY public.exam_score
    ADD CONSTRAINT exam_score_pkey PRIMARY KEY (group_id, exam_subject_id, candidate_id);
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
ALTER TABLE ONLY public.form_field
    ADD CONSTRAINT form_field_group_id_form_id_form_version_place_key UNIQUE (group_id, form_id, form_version, place);
ALTER TABLE ONLY public.form_field
    ADD CONSTRAINT form_field_pkey PRIMARY KEY (group_id, form_id, form_version, field_code);
ALTER TABLE ONLY public.form
    ADD CONSTRAINT form_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.form_version
    ADD CONSTRAINT form_version_pkey PRIMARY KEY (group_id, form_id, no);
ALTER TABLE ONLY public.harvest_stamp
    ADD CONSTRAINT harvest_stamp_pkey PRIMARY KEY (group_id, resource_id);
ALTER TABLE ONLY public.hold
    ADD CONSTRAINT hold_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.holiday
    ADD CONSTRAINT holiday_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.idempotency_key
    ADD CONSTRAINT idempotency_key_pkey PRIMARY KEY (group_id, caller, route, key);
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
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT offer_audience_pkey PRIMARY KEY (group_id, offer_id, id);
ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.appointment
    ADD CONSTRAINT one_appointment_at_a_time EXCLUDE USING gist (group_id WITH =, person_id WITH =, COALESCE(school_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =, role WITH =, daterange(from_on, until_on) WITH &&);
ALTER TABLE ONLY public.blob
    ADD CONSTRAINT one_blob_per_content UNIQUE (group_id, sha256);
ALTER TABLE ONLY public.curriculum_version
    ADD CONSTRAINT one_curriculum_per_name UNIQUE (group_id, name);
ALTER TABLE ONLY public.curriculum_version
    ADD CONSTRAINT one_curriculum_per_no UNIQUE (group_id, no);
ALTER TABLE ONLY public.list_edition
    ADD CONSTRAINT one_edition_a_year UNIQUE (group_id, list_id, school_year);
ALTER TABLE ONLY public.field
    ADD CONSTRAINT one_meaning_per_field PRIMARY KEY (group_id, code);
ALTER TABLE ONLY public.curriculum_node
    ADD CONSTRAINT one_node_per_no UNIQUE (group_id, version_id, no);
ALTER TABLE ONLY public.curriculum_node
    ADD CONSTRAINT one_node_per_path UNIQUE (group_id, version_id, path_key);
ALTER TABLE ONLY public.school_return
    ADD CONSTRAINT one_return_per_school UNIQUE (group_id, call_id, school_id);
ALTER TABLE ONLY public.lending_rule
    ADD CONSTRAINT one_rule_per_case UNIQUE NULLS NOT DISTINCT (group_id, tier, kind, role);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT one_seat_per_hold UNIQUE (group_id, hold_id);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT one_seat_per_loan UNIQUE (group_id, loan_id);
ALTER TABLE ONLY public.school_tier
    ADD CONSTRAINT one_tier_at_a_time EXCLUDE USING gist (group_id WITH =, school_id WITH =, daterange(from_on, until_on) WITH &&);
ALTER TABLE ONLY public.paper_item
    ADD CONSTRAINT paper_item_group_id_exam_subject_id_paper_version_label_key UNIQUE (group_id, exam_subject_id, paper_version, label);
ALTER TABLE ONLY public.paper_item
    ADD CONSTRAINT paper_item_pkey PRIMARY KEY (group_id, exam_subject_id, paper_version, "position");
ALTER TABLE ONLY public.person_credential
    ADD CONSTRAINT person_credential_pkey PRIMARY KEY (group_id, person_id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_group_id_username_key UNIQUE (group_id, username);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.policy_bundle
    ADD CONSTRAINT policy_bundle_pkey PRIMARY KEY (group_id, version);
ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_pkey PRIMARY KEY (group_id, token_sha256);
ALTER TABLE ONLY public.release_figure
    ADD CONSTRAINT release_figure_pkey PRIMARY KEY (group_id, release_id, exam_subject_id, school_id);
ALTER TABLE ONLY public.release_pupils
    ADD CONSTRAINT release_pupils_pkey PRIMARY KEY (group_id, release_id, exam_subject_id, school_id);
ALTER TABLE ONLY public.release_recipient
    ADD CONSTRAINT release_recipient_pkey PRIMARY KEY (group_id, release_id, school_id);
ALTER TABLE ONLY public.release_shared_figure
    ADD CONSTRAINT release_shared_figure_pkey PRIMARY KEY (group_id, release_id, exam_subject_id, letter);
ALTER TABLE ONLY public.resource_list
    ADD CONSTRAINT resource_list_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.resource_view
    ADD CONSTRAINT resource_view_pkey PRIMARY KEY (group_id, resource_id, viewer_school_id, person_id, viewed_on);
ALTER TABLE ONLY public.return_call
    ADD CONSTRAINT return_call_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.return_target
    ADD CONSTRAINT return_target_pkey PRIMARY KEY (group_id, call_id, school_id);
ALTER TABLE ONLY public.return_version
    ADD CONSTRAINT return_version_pkey PRIMARY KEY (group_id, return_id, no);
ALTER TABLE ONLY public.revision_file
    ADD CONSTRAINT revision_file_pkey PRIMARY KEY (group_id, resource_id, revision_no, no);
ALTER TABLE ONLY public.revision
    ADD CONSTRAINT revision_pkey PRIMARY KEY (group_id, resource_id, no);
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
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_pkey PRIMARY KEY (group_id, offer_id, no);
ALTER TABLE ONLY public.signing_key
    ADD CONSTRAINT signing_key_pkey PRIMARY KEY (kid);
ALTER TABLE ONLY public.term
    ADD CONSTRAINT term_group_id_name_key UNIQUE (group_id, name);
ALTER TABLE ONLY public.term
    ADD CONSTRAINT term_pkey PRIMARY KEY (group_id, id);
ALTER TABLE ONLY public.term
    ADD CONSTRAINT terms_never_overlap EXCLUDE USING gist (group_id WITH =, daterange(from_on, until_on) WITH &&);
CREATE INDEX access_session_client ON public.access_session USING btree (group_id, client_id) WHERE (client_id IS NOT NULL);
CREATE INDEX access_session_person ON public.access_session USING btree (group_id, person_id) WHERE (revoked_at IS NULL);
CREATE INDEX agreement_grantee ON public.agreement USING btree (group_id, grantee_school_id, owner_school_id);
CREATE INDEX appointment_person ON public.appointment USING btree (group_id, person_id);
CREATE INDEX appointment_school ON public.appointment USING btree (group_id, school_id);
CREATE INDEX ask_borrower ON public.ask USING btree (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX ask_hold ON public.ask USING btree (group_id, hold_id) WHERE (hold_id IS NOT NULL);
CREATE INDEX ask_of_person ON public.ask USING btree (group_id, offer_id, borrower_person_id, asked_at DESC, id DESC);
CREATE INDEX ask_owner ON public.ask USING btree (group_id, owner_school_id, id);
CREATE INDEX audit_entry_at ON public.audit_entry USING btree (group_id, at, chain, seq);
CREATE INDEX audit_entry_thing ON public.audit_entry USING btree (group_id, thing);
CREATE INDEX circle_member_school ON public.circle_member USING btree (group_id, school_id);
CREATE INDEX client_by_id ON public.client USING btree (id);
CREATE INDEX curriculum_node_child ON public.curriculum_node USING btree (group_id, parent_id);
CREATE INDEX curriculum_node_parent ON public.curriculum_node USING btree (group_id, version_id, parent_id, no);
CREATE INDEX curriculum_node_path ON public.curriculum_node USING btree (group_id, path_key);
CREATE INDEX deposit_blob ON public.deposit USING btree (group_id, blob_id);
CREATE INDEX deposit_open ON public.deposit USING btree (group_id, COALESCE(person_id, client_id), expires_at) WHERE (status = 'open'::text);
CREATE INDEX deposit_school ON public.deposit USING btree (group_id, school_id, id);
CREATE INDEX deposit_untidied ON public.deposit USING btree (group_id, expires_at, id) WHERE ((status = 'open'::text) AND (tidied_at IS NULL));
CREATE INDEX deposit_unused ON public.deposit USING btree (group_id, verified_at, id) WHERE ((status = 'verified'::text) AND (released_at IS NULL));
CREATE INDEX event_order ON public.event USING btree (group_id, transaction_id, seq);
CREATE INDEX exam_in_year ON public.exam USING btree (group_id, school_year, stage, grade);
CREATE INDEX exam_release_exam ON public.exam_release USING btree (group_id, exam_id);
CREATE INDEX exam_school_school ON public.exam_school USING btree (group_id, school_id);
CREATE INDEX exam_score_candidate ON public.exam_score USING btree (group_id, candidate_id);
CREATE INDEX harvest_order ON public.harvest_stamp USING btree (group_id, changed_at, resource_id);
CREATE INDEX hold_borrower ON public.hold USING btree (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX hold_history ON public.hold USING btree (group_id, offer_id, ready_at) WHERE (ready_at IS NOT NULL);
CREATE INDEX hold_of_person ON public.hold USING btree (group_id, borrower_person_id) WHERE (status = ANY (ARRAY['waiting'::text, 'ready'::text]));
CREATE INDEX hold_owner ON public.hold USING btree (group_id, owner_school_id, id);
CREATE INDEX hold_queue ON public.hold USING btree (group_id, offer_id, band, placed_at, id) WHERE (status = 'waiting'::text);
CREATE INDEX hold_ready ON public.hold USING btree (group_id, offer_id, ready_until_at) WHERE (status = 'ready'::text);
CREATE INDEX holiday_days ON public.holiday USING btree (group_id, from_on);
CREATE INDEX idempotency_key_age ON public.idempotency_key USING btree (created_at);
CREATE INDEX list_entry_order ON public.list_entry USING btree (group_id, edition_id, sort_key, id);
CREATE INDEX list_entry_resource ON public.list_entry USING btree (group_id, resource_id) WHERE (resource_id IS NOT NULL);
CREATE INDEX list_suggestion_list ON public.list_suggestion USING btree (group_id, list_id, id);
CREATE INDEX loan_borrower ON public.loan USING btree (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX loan_fetch_loan ON public.loan_fetch USING btree (group_id, loan_id, id);
CREATE INDEX loan_history ON public.loan USING btree (group_id, offer_id, closed_at) WHERE (status <> 'active'::text);
CREATE INDEX loan_of_person ON public.loan USING btree (group_id, borrower_person_id) WHERE (status = 'active'::text);
CREATE INDEX loan_owner ON public.loan USING btree (group_id, owner_school_id, id);
CREATE INDEX loan_resource ON public.loan USING btree (group_id, resource_id);
CREATE INDEX loan_running ON public.loan USING btree (group_id, offer_id, ends_at) WHERE (status = 'active'::text);
CREATE INDEX login_failure_age ON public.login_failure USING btree (at);
CREATE INDEX login_failure_recent ON public.login_failure USING btree (group_id, subject_sha256, at);
CREATE INDEX offer_audience_circle ON public.offer_audience USING btree (group_id, circle_id) WHERE (circle_id IS NOT NULL);
CREATE INDEX offer_audience_named ON public.offer_audience USING btree (group_id, audience_school_id) WHERE (audience_school_id IS NOT NULL);
CREATE INDEX offer_expiry ON public.offer USING btree (group_id, valid_until_at) WHERE (valid_until_at IS NOT NULL);
CREATE INDEX offer_resource ON public.offer USING btree (group_id, resource_id);
CREATE INDEX offer_school ON public.offer USING btree (group_id, school_id);
CREATE UNIQUE INDEX one_active_loan ON public.loan USING btree (group_id, offer_id, borrower_person_id) WHERE (status = 'active'::text);
CREATE UNIQUE INDEX one_draft_at_a_time ON public.revision USING btree (group_id, resource_id) WHERE (published_at IS NULL);
CREATE UNIQUE INDEX one_draft_edition ON public.list_edition USING btree (group_id, list_id) WHERE (status = 'draft'::text);
CREATE UNIQUE INDEX one_open_hold ON public.hold USING btree (group_id, offer_id, borrower_person_id) WHERE (status = ANY (ARRAY['waiting'::text, 'ready'::text]));
CREATE INDEX refresh_token_session ON public.refresh_token USING btree (group_id, session_id);
CREATE INDEX resource_curriculum ON public.resource USING btree (group_id, curriculum_node_id, id) WHERE (curriculum_node_id IS NOT NULL);
CREATE INDEX resource_list_school ON public.resource_list USING btree (group_id, school_id, id);
CREATE INDEX resource_school ON public.resource USING btree (group_id, school_id, id);
CREATE INDEX resource_search ON public.resource USING gin (search);
CREATE INDEX return_target_school ON public.return_target USING btree (group_id, school_id, call_id);
CREATE INDEX revision_curriculum ON public.revision USING btree (group_id, curriculum_node_id) WHERE (curriculum_node_id IS NOT NULL);
CREATE INDEX revision_file_blob ON public.revision_file USING btree (group_id, blob_id);
CREATE INDEX school_return_school ON public.school_return USING btree (group_id, school_id);
CREATE INDEX seat_free ON public.seat USING btree (group_id, offer_id, no) WHERE ((loan_id IS NULL) AND (hold_id IS NULL) AND (retired_at IS NULL));
CREATE TRIGGER chain_audit_entry BEFORE INSERT ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION app.chain_audit_entry();
CREATE TRIGGER keep_published BEFORE INSERT OR DELETE OR UPDATE ON public.list_entry FOR EACH ROW EXECUTE FUNCTION app.keep_published_edition();
CREATE TRIGGER keep_published BEFORE DELETE OR UPDATE ON public.revision FOR EACH ROW EXECUTE FUNCTION app.keep_published_revision();
CREATE TRIGGER keep_published BEFORE INSERT OR DELETE OR UPDATE ON public.revision_file FOR EACH ROW EXECUTE FUNCTION app.keep_published_file();
CREATE TRIGGER keep_used BEFORE INSERT OR DELETE OR UPDATE ON public.curriculum_node FOR EACH ROW EXECUTE FUNCTION app.keep_used_curriculum();
CREATE TRIGGER keep_used BEFORE DELETE OR UPDATE ON public.curriculum_version FOR EACH ROW EXECUTE FUNCTION app.keep_used_version();
CREATE TRIGGER move_epoch AFTER UPDATE ON public.appointment FOR EACH ROW WHEN (((new.until_on < COALESCE(old.until_on, 'infinity'::date)) OR (new.from_on > old.from_on) OR (((new.person_id IS DISTINCT FROM old.person_id) OR (new.school_id IS DISTINCT FROM old.school_id)) OR (new.role IS DISTINCT FROM old.role)))) EXECUTE FUNCTION app.move_epoch();
CREATE TRIGGER move_epoch_first BEFORE DELETE ON public.appointment FOR EACH ROW EXECUTE FUNCTION app.move_epoch();
CREATE TRIGGER move_epochs_of_closing AFTER UPDATE OF closed_on ON public.school FOR EACH ROW WHEN ((old.closed_on IS DISTINCT FROM new.closed_on)) EXECUTE FUNCTION app.move_epochs_of_closing();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.audit_entry FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.exam_snapshot FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.exam_snapshot_part FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.field FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.form_field FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.form_version FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.release_figure FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.release_pupils FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.release_shared_figure FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_change BEFORE DELETE OR UPDATE ON public.return_version FOR EACH ROW EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.audit_entry FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.exam_snapshot FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.exam_snapshot_part FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.field FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.form_field FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.form_version FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON public.return_version FOR EACH STATEMENT EXECUTE FUNCTION app.refuse_change();
CREATE TRIGGER stamp_audience AFTER INSERT OR DELETE OR UPDATE ON public.offer_audience FOR EACH ROW EXECUTE FUNCTION app.stamp_audience();
CREATE TRIGGER stamp_changed AFTER UPDATE ON public.offer FOR EACH ROW WHEN (((old.status IS DISTINCT FROM new.status) OR (old.valid_until_at IS DISTINCT FROM new.valid_until_at))) EXECUTE FUNCTION app.stamp_offer();
CREATE TRIGGER stamp_changed AFTER UPDATE ON public.resource FOR EACH ROW WHEN (((new.status <> 'draft'::text) AND (((((((((((((((old.status IS DISTINCT FROM new.status) OR (old.published_revision_no IS DISTINCT FROM new.published_revision_no)) OR (old.school_id IS DISTINCT FROM new.school_id)) OR (old.title IS DISTINCT FROM new.title)) OR (old.kind IS DISTINCT FROM new.kind)) OR (old.summary IS DISTINCT FROM new.summary)) OR (old.stage IS DISTINCT FROM new.stage)) OR (old.subject IS DISTINCT FROM new.subject)) OR (old.edition IS DISTINCT FROM new.edition)) OR (old.grade IS DISTINCT FROM new.grade)) OR (old.volume IS DISTINCT FROM new.volume)) OR (old.chapter IS DISTINCT FROM new.chapter)) OR (old.licence IS DISTINCT FROM new.licence)) OR (old.language IS DISTINCT FROM new.language)) OR (old.keywords IS DISTINCT FROM new.keywords)))) EXECUTE FUNCTION app.stamp_resource();
CREATE TRIGGER stamp_new AFTER INSERT ON public.offer FOR EACH ROW EXECUTE FUNCTION app.stamp_offer();
CREATE TRIGGER stamp_new AFTER INSERT ON public.resource FOR EACH ROW WHEN ((new.status <> 'draft'::text)) EXECUTE FUNCTION app.stamp_resource();
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_group_id_appointment_id_fkey FOREIGN KEY (group_id, appointment_id) REFERENCES public.appointment(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_group_id_client_id_fkey FOREIGN KEY (group_id, client_id) REFERENCES public.client(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.access_session
    ADD CONSTRAINT access_session_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
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
ALTER TABLE ONLY public.blob
    ADD CONSTRAINT blob_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.circle
    ADD CONSTRAINT circle_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.circle_member
    ADD CONSTRAINT circle_member_group_id_circle_id_fkey FOREIGN KEY (group_id, circle_id) REFERENCES public.circle(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.circle_member
    ADD CONSTRAINT circle_member_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.client
    ADD CONSTRAINT client_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
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
ALTER TABLE ONLY public.event
    ADD CONSTRAINT event_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.exam_candidate
    ADD CONSTRAINT exam_candidate_group_id_exam_id_school_id_fkey FOREIGN KEY (group_id, exam_id, school_id) REFERENCES public.exam_school(group_id, exam_id, school_id);
ALTER TABLE ONLY public.exam
    ADD CONSTRAINT exam_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.exam
    ADD CONSTRAINT exam_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_release
    ADD CONSTRAINT exam_release_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_release
    ADD CONSTRAINT exam_release_group_id_snapshot_id_fkey FOREIGN KEY (group_id, snapshot_id) REFERENCES public.exam_snapshot(group_id, id);
ALTER TABLE ONLY public.exam_school
    ADD CONSTRAINT exam_school_group_id_exam_id_fkey FOREIGN KEY (group_id, exam_id) REFERENCES public.exam(group_id, id);
ALTER TABLE ONLY public.exam_school
    ADD CONSTRAINT exam_school_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.exam_score
    ADD CONSTRAINT exam_score_group_id_candidate_id_fkey FOREIGN KEY (group_id, candidate_id) REFERENCES public.exam_candidate(group_id, id) ON DELETE CASCADE;
ALTER TABLE ONLY public.exam_score
    ADD CONSTRAINT exam_score_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
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
ALTER TABLE ONLY public.field
    ADD CONSTRAINT field_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.form_field
    ADD CONSTRAINT form_field_group_id_field_code_fkey FOREIGN KEY (group_id, field_code) REFERENCES public.field(group_id, code);
ALTER TABLE ONLY public.form_field
    ADD CONSTRAINT form_field_group_id_form_id_form_version_fkey FOREIGN KEY (group_id, form_id, form_version) REFERENCES public.form_version(group_id, form_id, no);
ALTER TABLE ONLY public.form
    ADD CONSTRAINT form_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.form_version
    ADD CONSTRAINT form_version_group_id_created_by_person_id_fkey FOREIGN KEY (group_id, created_by_person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.form_version
    ADD CONSTRAINT form_version_group_id_form_id_fkey FOREIGN KEY (group_id, form_id) REFERENCES public.form(group_id, id);
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
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT offer_audience_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.offer_audience
    ADD CONSTRAINT offer_audience_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_group_id_resource_id_fkey FOREIGN KEY (group_id, resource_id) REFERENCES public.resource(group_id, id);
ALTER TABLE ONLY public.offer
    ADD CONSTRAINT offer_group_id_school_id_fkey FOREIGN KEY (group_id, school_id) REFERENCES public.school(group_id, id);
ALTER TABLE ONLY public.paper_item
    ADD CONSTRAINT paper_item_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.person_credential
    ADD CONSTRAINT person_credential_group_id_person_id_fkey FOREIGN KEY (group_id, person_id) REFERENCES public.person(group_id, id);
ALTER TABLE ONLY public.person
    ADD CONSTRAINT person_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.policy_bundle
    ADD CONSTRAINT policy_bundle_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE ONLY public.refresh_token
    ADD CONSTRAINT refresh_token_group_id_session_id_fkey FOREIGN KEY (group_id, session_id) REFERENCES public.access_session(group_id, id) ON DELETE CASCADE;
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
    ADD CONSTRAINT release_shared_figure_group_id_exam_subject_id_fkey FOREIGN KEY (group_id, exam_subject_id) REFERENCES public.exam_subject(group_id, id);
ALTER TABLE ONLY public.release_shared_figure
    ADD CONSTRAINT release_shared_figure_group_id_release_id_fkey FOREIGN KEY (group_id, release_id) REFERENCES public.exam_release(group_id, id);
ALTER TABLE ONLY public.resource
    ADD CONSTRAINT resource_curriculum FOREIGN KEY (group_id, curriculum_node_id) REFERENCES public.curriculum_node(group_id, id);
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
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_group_id_hold_id_fkey FOREIGN KEY (group_id, hold_id) REFERENCES public.hold(group_id, id);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_group_id_loan_id_fkey FOREIGN KEY (group_id, loan_id) REFERENCES public.loan(group_id, id);
ALTER TABLE ONLY public.seat
    ADD CONSTRAINT seat_group_id_offer_id_fkey FOREIGN KEY (group_id, offer_id) REFERENCES public.offer(group_id, id);
ALTER TABLE ONLY public.term
    ADD CONSTRAINT term_group_id_fkey FOREIGN KEY (group_id) REFERENCES public.education_group(id);
ALTER TABLE public.access_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.agreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.appointment ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.ask ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.audit_head ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.blob ENABLE ROW LEVEL SECURITY;
CREATE POLICY change ON public.exam FOR UPDATE USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.exam_school s
  WHERE ((s.group_id = exam.group_id) AND (s.exam_id = exam.id) AND (s.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY change ON public.exam_release FOR UPDATE USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_release.group_id) AND (e.id = exam_release.exam_id) AND (( SELECT app.is_office() AS is_office) OR (e.school_id = ( SELECT app.school_id() AS school_id))))))));
ALTER TABLE public.circle ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.circle_member ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.client ENABLE ROW LEVEL SECURITY;
CREATE POLICY counted ON public.return_target FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.return_version FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY counted ON public.school_return FOR SELECT TO schoolgroup_owner USING ((group_id = ( SELECT app.group_id() AS group_id)));
ALTER TABLE public.curriculum_node ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.curriculum_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.deposit ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.education_group ENABLE ROW LEVEL SECURITY;
CREATE POLICY enter ON public.exam FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY enter ON public.exam_release FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_release.group_id) AND (e.id = exam_release.exam_id) AND (( SELECT app.is_office() AS is_office) OR (e.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY enter ON public.exam_snapshot FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_snapshot.group_id) AND (e.id = exam_snapshot.exam_id) AND (( SELECT app.is_office() AS is_office) OR (e.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY enter ON public.person FOR INSERT WITH CHECK ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY enter ON public.release_figure FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_release(release_id)));
CREATE POLICY enter ON public.release_pupils FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_release(release_id)));
CREATE POLICY enter ON public.release_shared_figure FOR INSERT WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND app.runs_release(release_id)));
ALTER TABLE public.event ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_candidate ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_release ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_school ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_score ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_snapshot ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_snapshot_part ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.exam_subject ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.field ENABLE ROW LEVEL SECURITY;
CREATE POLICY find ON public.client FOR SELECT USING ((( SELECT app.is_system() AS is_system) AND (( SELECT app.group_id() AS group_id) IS NULL)));
ALTER TABLE public.form ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.form_field ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.form_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.harvest_stamp ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.hold ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.holiday ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.idempotency_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.lending_rule ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.list_edition ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.list_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.list_suggestion ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.loan ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.loan_fetch ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.login_failure ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.offer ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.offer_audience ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.paper_item ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.person ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.person_credential ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.policy_bundle ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.refresh_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_pupils ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_recipient ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.release_shared_figure ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.resource ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.resource_list ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.resource_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.return_call ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.return_target ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.return_version ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.revision ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.revision_file ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.school ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.school_quota ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.school_return ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.school_tier ENABLE ROW LEVEL SECURITY;
ALTER TABLE public.seat ENABLE ROW LEVEL SECURITY;
CREATE POLICY standing ON public.access_session FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.client FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.person FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.policy_bundle FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.school FOR SELECT TO schoolgroup_owner USING (true);
CREATE POLICY standing ON public.school_tier FOR SELECT TO schoolgroup_owner USING (true);
ALTER TABLE public.term ENABLE ROW LEVEL SECURITY;
CREATE POLICY wall ON public.access_session USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (person_id = ( SELECT app.person_id() AS person_id)) OR (EXISTS ( SELECT
   FROM public.person p
  WHERE ((p.group_id = access_session.group_id) AND (p.id = access_session.person_id)))) OR (EXISTS ( SELECT
   FROM public.client c
  WHERE ((c.group_id = access_session.group_id) AND (c.id = access_session.client_id)))))));
CREATE POLICY wall ON public.agreement USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (grantee_school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.circle_member m
  WHERE ((m.group_id = agreement.group_id) AND (m.circle_id = agreement.grantee_circle_id) AND (m.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.appointment USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (person_id = ( SELECT app.person_id() AS person_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.ask USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.audit_entry USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ((NOT (school_id IS DISTINCT FROM ( SELECT app.school_id() AS school_id))) OR (( SELECT app.claim('kind'::text) AS claim) = 'system'::text))));
CREATE POLICY wall ON public.audit_head USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.blob USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.circle USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.circle_member USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.client USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.curriculum_node USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.curriculum_version USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.deposit USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.education_group USING (((id = ( SELECT app.group_id() AS group_id)) OR (( SELECT app.claim('kind'::text) AS claim) = 'system'::text)));
CREATE POLICY wall ON public.event USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (( SELECT app.school_id() AS school_id) = ANY (school_ids))))) WITH CHECK ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.exam FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id IS NULL) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_candidate USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_release FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (EXISTS ( SELECT
   FROM public.release_recipient r
  WHERE ((r.group_id = exam_release.group_id) AND (r.release_id = exam_release.id) AND (r.school_id = ( SELECT app.school_id() AS school_id))))) OR (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_release.group_id) AND (e.id = exam_release.exam_id) AND (e.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.exam_school USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_score USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_snapshot FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_snapshot.group_id) AND (e.id = exam_snapshot.exam_id) AND (( SELECT app.is_office() AS is_office) OR (e.school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
           FROM public.exam_school s
          WHERE ((s.group_id = e.group_id) AND (s.exam_id = e.id) AND (s.school_id = ( SELECT app.school_id() AS school_id)))))))))));
CREATE POLICY wall ON public.exam_snapshot_part USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.exam_subject USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam e
  WHERE ((e.group_id = exam_subject.group_id) AND (e.id = exam_subject.exam_id))))));
CREATE POLICY wall ON public.field USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.form USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.form_field USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.form_version USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.harvest_stamp USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.hold USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR (borrower_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.holiday USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.idempotency_key USING ((group_id = ( SELECT app.group_id() AS group_id)));
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
CREATE POLICY wall ON public.offer USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.offer_audience a
  WHERE ((a.group_id = offer.group_id) AND (a.offer_id = offer.id))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.offer_audience USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (kind = 'group'::text) OR (tier = ( SELECT app.tier() AS tier)) OR (audience_school_id = ( SELECT app.school_id() AS school_id)) OR (EXISTS ( SELECT
   FROM public.circle_member m
  WHERE ((m.group_id = offer_audience.group_id) AND (m.circle_id = offer_audience.circle_id) AND (m.school_id = ( SELECT app.school_id() AS school_id)))))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.paper_item USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.exam_subject s
  WHERE ((s.group_id = paper_item.group_id) AND (s.id = paper_item.exam_subject_id))))));
CREATE POLICY wall ON public.person USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (id = ( SELECT app.person_id() AS person_id)) OR (EXISTS ( SELECT
   FROM public.appointment a
  WHERE ((a.group_id = person.group_id) AND (a.person_id = person.id) AND (a.school_id = ( SELECT app.school_id() AS school_id))))))));
CREATE POLICY wall ON public.person_credential USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (EXISTS ( SELECT
   FROM public.person p
  WHERE ((p.group_id = person_credential.group_id) AND (p.id = person_credential.person_id))))));
CREATE POLICY wall ON public.policy_bundle USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.refresh_token USING (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_system() AS is_system)));
CREATE POLICY wall ON public.release_figure FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR ((school_id = ( SELECT app.school_id() AS school_id)) AND app.release_is_open(release_id)))));
CREATE POLICY wall ON public.release_pupils FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR ((school_id = ( SELECT app.school_id() AS school_id)) AND app.release_is_open(release_id)))));
CREATE POLICY wall ON public.release_recipient USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.release_shared_figure FOR SELECT USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (true AND app.release_is_open(release_id)))));
CREATE POLICY wall ON public.resource USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (status <> 'draft'::text)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.resource_list USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR (audience = 'group'::text)))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.resource_view USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (viewer_school_id = ( SELECT app.school_id() AS school_id)) OR (owner_school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (viewer_school_id = ( SELECT app.school_id() AS school_id)) OR (owner_school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.return_call USING ((group_id = ( SELECT app.group_id() AS group_id))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
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
CREATE POLICY wall ON public.school USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.school_quota USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id))))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND ( SELECT app.is_office() AS is_office)));
CREATE POLICY wall ON public.school_return USING (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)) OR false))) WITH CHECK (((group_id = ( SELECT app.group_id() AS group_id)) AND (( SELECT app.is_office() AS is_office) OR (school_id = ( SELECT app.school_id() AS school_id)))));
CREATE POLICY wall ON public.school_tier USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.seat USING ((group_id = ( SELECT app.group_id() AS group_id)));
CREATE POLICY wall ON public.term USING ((group_id = ( SELECT app.group_id() AS group_id)));
GRANT USAGE ON SCHEMA app TO schoolgroup_app;
GRANT ALL ON SCHEMA public TO schoolgroup_owner;
GRANT USAGE ON SCHEMA public TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.audit_entry TO schoolgroup_app;
GRANT ALL ON FUNCTION app.audit_digest(entry public.audit_entry) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.begin(context text, mac text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.begin(context text, mac text) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.call_completeness(of_call_id uuid) FROM PUBLIC;
GRANT ALL ON FUNCTION app.call_completeness(of_call_id uuid) TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.call_figures(of_call_id uuid, only_accepted boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION app.call_figures(of_call_id uuid, only_accepted boolean) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.chain_audit_entry() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.claim(claim text) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.claims() TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(closed_at) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.return_call TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.return_call TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.return_target TO schoolgroup_app;
GRANT UPDATE(exempted_at) ON TABLE public.return_target TO schoolgroup_app;
GRANT UPDATE(exempt_because) ON TABLE public.return_target TO schoolgroup_app;
GRANT UPDATE(extended_until_at) ON TABLE public.return_target TO schoolgroup_app;
GRANT UPDATE(extended_because) ON TABLE public.return_target TO schoolgroup_app;
GRANT ALL ON FUNCTION app.closes_at(call public.return_call, target public.return_target) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.due_at(call public.return_call, target public.return_target) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.group_id() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_office() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_paused(paused_at timestamp with time zone, paused_until_at timestamp with time zone) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.is_system() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_published_edition() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_published_file() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.keep_published_revision() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.move_epoch() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.move_epochs_of_closing() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.now() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.person_id() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.refresh_directory_statistics() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.refuse_change() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.release_is_open(of_release_id uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.role() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.runs_release(of_release_id uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.school_id() TO schoolgroup_app;
REVOKE ALL ON FUNCTION app.sign(message text) FROM PUBLIC;
GRANT ALL ON FUNCTION app.stamp_audience() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_harvest(stamped_group uuid, stamped_resource uuid) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_offer() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.stamp_resource() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.tier() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.tier_of(of_school_id uuid, on_day date) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.today() TO schoolgroup_app;
GRANT ALL ON FUNCTION app.wall_by_group(target regclass) TO schoolgroup_app;
GRANT ALL ON FUNCTION app.wall_by_school(target regclass, columns text[], also text) TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.access_session TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agreement TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appointment TO schoolgroup_app;
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
GRANT SELECT,INSERT,DELETE ON TABLE public.blob TO schoolgroup_app;
GRANT UPDATE(sha256) ON TABLE public.blob TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.circle TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.circle_member TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.client TO schoolgroup_app;
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
GRANT SELECT,INSERT ON TABLE public.education_group TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.event TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(cancelled_because) ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.exam TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.exam TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_candidate TO schoolgroup_app;
GRANT UPDATE(class_label) ON TABLE public.exam_candidate TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_release TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.exam_release TO schoolgroup_app;
GRANT UPDATE(withdrawn_at) ON TABLE public.exam_release TO schoolgroup_app;
GRANT UPDATE(withdrawn_because) ON TABLE public.exam_release TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.exam_release TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_school TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.exam_school TO schoolgroup_app;
GRANT UPDATE(letter) ON TABLE public.exam_school TO schoolgroup_app;
GRANT UPDATE(answered_at) ON TABLE public.exam_school TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.exam_score TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_snapshot TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_snapshot_part TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.exam_subject TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(ends_at) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(renewals) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(closed_at) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(closed_because) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(recalled_at) ON TABLE public.loan TO schoolgroup_app;
GRANT UPDATE(recalled_because) ON TABLE public.loan TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.loan_fetch TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.revision TO schoolgroup_app;
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
GRANT SELECT ON TABLE public.lending_months TO schoolgroup_app;
GRANT SELECT ON TABLE public.exchange_balance TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.field TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.form TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.form TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.form TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.form_field TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.form_version TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.harvest_stamp TO schoolgroup_app;
GRANT UPDATE(changed_at) ON TABLE public.harvest_stamp TO schoolgroup_app;
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
GRANT SELECT,INSERT ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(status) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(valid_until_at) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(seats) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.offer TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.offer TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.offer_audience TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.seat TO schoolgroup_app;
GRANT UPDATE(loan_id) ON TABLE public.seat TO schoolgroup_app;
GRANT UPDATE(hold_id) ON TABLE public.seat TO schoolgroup_app;
GRANT UPDATE(retired_at) ON TABLE public.seat TO schoolgroup_app;
GRANT SELECT ON TABLE public.offer_figures TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.paper_item TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.person TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.person_credential TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.policy_bundle TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.refresh_token TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_figure TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_pupils TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_recipient TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.release_shared_figure TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.resource TO schoolgroup_app;
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
GRANT SELECT,INSERT,DELETE ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(title) ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(summary) ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(audience) ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.resource_list TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.resource_list TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.resource_view TO schoolgroup_app;
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
GRANT SELECT ON TABLE public.return_standing TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE ON TABLE public.revision_file TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.school TO schoolgroup_app;
GRANT SELECT ON TABLE public.school_content TO schoolgroup_app;
GRANT SELECT,INSERT ON TABLE public.school_quota TO schoolgroup_app;
GRANT UPDATE(bytes_max) ON TABLE public.school_quota TO schoolgroup_app;
GRANT UPDATE(version) ON TABLE public.school_quota TO schoolgroup_app;
GRANT UPDATE(updated_at) ON TABLE public.school_quota TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.school_tier TO schoolgroup_app;
GRANT SELECT,INSERT,UPDATE ON TABLE public.signing_key TO schoolgroup_app;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.term TO schoolgroup_app;
GRANT SELECT ON TABLE public.waiting_times TO schoolgroup_app;
