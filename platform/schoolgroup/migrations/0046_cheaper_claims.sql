-- migrate:up
-- Why: every wall asks who is speaking, up to some hundred times a statement, and each answer cost 16
-- to 25 µs: reading the key out of its table 4, a JSON document of 460 bytes through HMAC-SHA-256 6
-- and through the parser 5. Half of what most statements took went into that, and into making each
-- question ready. Now 5: the context is lines, of which one is cut out, the key is read once a
-- connection, and a question is one call.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- The halves of the key, for app.said() alone: whoever else may call them may not read app.secret.
-- IMMUTABLE, so that the plan of app.said() in a connection holds the value, not the call. It is
-- not so for ever: whoever changes the key has app.said() compiled anew by every connection.
CREATE FUNCTION app.inner_pad() RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$ SELECT inner_pad FROM app.secret $$;
CREATE FUNCTION app.outer_pad() RETURNS bytea LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
AS $$ SELECT outer_pad FROM app.secret $$;
REVOKE ALL ON FUNCTION app.inner_pad(), app.outer_pad() FROM public;

-- The context as the release before wrote it, a JSON document, in lines.
CREATE FUNCTION app.in_lines(document jsonb) RETURNS text LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog
AS $$
SELECT array_to_string(ARRAY[document ->> 'kind', document ->> 'tier', document ->> 'role',
           document ->> 'group_id', document ->> 'school_id', document ->> 'person_id',
           document ->> 'client_id', document ->> 'clock_offset_s', document ->> 'time_zone',
           document ->> 'session_id', document ->> 'epoch', document ->> 'valid_until_at',
           document ->> 'policy_sha256'], E'\n', '')
$$;

-- The signed context, or null: a context set by anyone without the key says nothing. Its lines, of
-- which an empty one is null: kind, tier, role, group_id, school_id, person_id, client_id,
-- clock_offset_s, time_zone, session_id, epoch, valid_until_at, policy_sha256
-- (kernel.context.CLAIMS). A process of the release before, still running, sends JSON.
CREATE FUNCTION app.said() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog
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
GRANT EXECUTE ON FUNCTION app.said(), app.in_lines(jsonb) TO schoolgroup_app;

-- A function that was altered is compiled anew by whoever calls it next, on every connection.
CREATE FUNCTION app.take_new_key() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN ALTER FUNCTION app.said() COST 100; RETURN NULL; END $$;
CREATE TRIGGER take_new_key AFTER INSERT OR UPDATE OR DELETE ON app.secret
FOR EACH STATEMENT EXECUTE FUNCTION app.take_new_key();

-- PL/pgSQL, not SQL: the planner would copy a function in SQL into each of a statement's hundreds of
-- questions, and making ready what it consists of takes longer than the call, most of all where the
-- question is never asked.
CREATE OR REPLACE FUNCTION app.claim(claim text) RETURNS text LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN nullif(split_part(app.said(), E'\n', CASE claim
        WHEN 'kind' THEN 1 WHEN 'tier' THEN 2 WHEN 'role' THEN 3 WHEN 'group_id' THEN 4
        WHEN 'school_id' THEN 5 WHEN 'person_id' THEN 6 WHEN 'client_id' THEN 7
        WHEN 'clock_offset_s' THEN 8 WHEN 'time_zone' THEN 9 WHEN 'session_id' THEN 10
        WHEN 'epoch' THEN 11 WHEN 'valid_until_at' THEN 12 WHEN 'policy_sha256' THEN 13 END), '');
END $$;
CREATE OR REPLACE FUNCTION app.tier() RETURNS text LANGUAGE plpgsql STABLE
AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 2), ''); END $$;
CREATE OR REPLACE FUNCTION app.role() RETURNS text LANGUAGE plpgsql STABLE
AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 3), ''); END $$;
CREATE OR REPLACE FUNCTION app.group_id() RETURNS uuid LANGUAGE plpgsql STABLE
AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 4), '')::uuid; END $$;
CREATE OR REPLACE FUNCTION app.school_id() RETURNS uuid LANGUAGE plpgsql STABLE
AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 5), '')::uuid; END $$;
CREATE OR REPLACE FUNCTION app.person_id() RETURNS uuid LANGUAGE plpgsql STABLE
AS $$ BEGIN RETURN nullif(split_part(app.said(), E'\n', 6), '')::uuid; END $$;
CREATE OR REPLACE FUNCTION app.is_system() RETURNS boolean LANGUAGE plpgsql STABLE
AS $$ BEGIN RETURN coalesce(split_part(app.said(), E'\n', 1) = 'system', false); END $$;
CREATE OR REPLACE FUNCTION app.is_visitor() RETURNS boolean LANGUAGE plpgsql STABLE
AS $$ BEGIN RETURN coalesce(split_part(app.said(), E'\n', 1) = 'visitor', false); END $$;
-- Whether the caller's right is not bounded by one school: the group office and the system itself.
CREATE OR REPLACE FUNCTION app.is_office() RETURNS boolean LANGUAGE plpgsql STABLE
AS $$
DECLARE said text := app.said();
BEGIN
    RETURN coalesce(split_part(said, E'\n', 2) = 'office' OR split_part(said, E'\n', 1) = 'system',
                    false);
END $$;
-- The one clock: the transaction's own, moved only by what the signed context says (tests jump it).
CREATE OR REPLACE FUNCTION app.now() RETURNS timestamptz LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN now() + coalesce(nullif(split_part(app.said(), E'\n', 8), '')::float8, 0)
                   * interval '1 second';
END $$;
-- The date and the time of day at the group's place.
CREATE OR REPLACE FUNCTION app.today() RETURNS date LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (app.now() AT TIME ZONE coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::date;
END $$;
CREATE OR REPLACE FUNCTION app.time_of_day() RETURNS time LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (app.now() AT TIME ZONE coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::time;
END $$;

CREATE OR REPLACE FUNCTION app.begin(context text, mac text) RETURNS timestamptz
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog
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
DROP FUNCTION app.claims();
-- migrate:down
