-- migrate:up
-- Why: what is counted in school days was counted over weekends and knew no day on which school is
-- made up for (调休); an item of a ledger could name a source that is not there; what a return takes
-- was only reckoned, where it can be measured; and a visit that is moved has to say so.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- A day of school where the week or a holiday has none: of the group, or of one school.
CREATE TABLE makeup_day (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- null: of the whole group
    school_id uuid,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    name_en text NOT NULL DEFAULT '' CHECK (length(name_en) <= 100),
    taught_on date NOT NULL,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_makeup_per_day UNIQUE NULLS NOT DISTINCT (group_id, taught_on, school_id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
SELECT app.wall_by_group('makeup_day');
GRANT SELECT, INSERT, DELETE ON makeup_day TO schoolgroup_app;

-- Whether there is school on a day: what the school says goes before what the group says, and a day
-- made up for before a holiday; otherwise Monday to Friday. No school: the group office.
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

-- The nth school day after a day (n > 0) or before it (n < 0); none: the day itself. Beyond 400 days
-- the calendar decides.
CREATE OR REPLACE FUNCTION app.school_day(in_group uuid, of_school uuid, from_day date, n int)
RETURNS date LANGUAGE plpgsql STABLE
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
-- So many hours after an instant (before it, where negative), every 24 of them a school day: the
-- same time of day at the group's place, so many school days on.
CREATE FUNCTION app.after_school_hours(
    in_group uuid, of_school uuid, zone text, from_at timestamptz, hours int) RETURNS timestamptz
LANGUAGE sql STABLE
AS $$
    SELECT (app.school_day(in_group, of_school, (from_at AT TIME ZONE zone)::date, hours / 24)
            + (from_at AT TIME ZONE zone)::time) AT TIME ZONE zone
           + hours % 24 * interval '1 hour'
$$;

-- As in 0015, over the same school days as everything else.
CREATE OR REPLACE FUNCTION app.overdue_days(in_group uuid, of_school uuid, due_at timestamptz)
RETURNS int LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN due_at IS NULL OR app.now() < due_at THEN 0 ELSE (
        SELECT count(*)::int
          FROM generate_series(0, least(400, app.today() - (due_at AT TIME ZONE
                   coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::date)) AS n
         WHERE app.is_school_day(in_group, of_school, app.today() - n))
    END
$$;

-- Where an item of a ledger came from: a measure and an activity too.
ALTER TABLE ledger_item
    DROP CONSTRAINT ledger_item_source_check,
    ADD CONSTRAINT ledger_item_source_check CHECK (source IN
        ('visit', 'return', 'bulletin', 'measure', 'activity', 'manual', 'import')),
    -- what was entered by hand or taken over from a sheet comes from no row of ours
    ADD CONSTRAINT ledger_item_source_id_check
        CHECK (source_id IS NULL OR source NOT IN ('manual', 'import')) NOT VALID;
-- A source is a row that whoever names it may see: the walls hold here as for any other question.
CREATE FUNCTION app.check_source() RETURNS trigger LANGUAGE plpgsql
SET search_path = public, pg_catalog
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
CREATE TRIGGER check_source BEFORE INSERT ON ledger_item
    FOR EACH ROW EXECUTE FUNCTION app.check_source();

-- How long the work on a return has taken: the seconds between its saves, a longer pause left out
-- (the bound is in the room that writes it). A submission keeps what it took; null: not measured.
ALTER TABLE school_return ADD COLUMN worked_seconds int NOT NULL DEFAULT 0
    CHECK (worked_seconds >= 0);
ALTER TABLE return_version ADD COLUMN worked_seconds int CHECK (worked_seconds > 0);
GRANT UPDATE (worked_seconds) ON school_return TO schoolgroup_app;
-- What a form version took where it was measured: over first submissions of which nothing was taken
-- over from elsewhere, the median, with how many there are of how many schools. Fewer than three
-- schools answer nothing: what one school needs is its own affair.
CREATE FUNCTION app.measured_work(of_form_ids uuid[])
RETURNS TABLE (form_id uuid, form_version int, returns bigint, median_seconds float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_catalog
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

-- That a visit was moved: from which day, when, why, and whether by the school.
ALTER TABLE inspection_visit
    ADD COLUMN moved_from_on date,
    ADD COLUMN moved_at timestamptz,
    ADD COLUMN moved_because text NOT NULL DEFAULT '' CHECK (length(moved_because) <= 1000),
    ADD COLUMN moved_by_school boolean NOT NULL DEFAULT false,
    ADD CHECK ((moved_from_on IS NULL) = (moved_at IS NULL));
GRANT UPDATE (moved_from_on, moved_at, moved_because, moved_by_school) ON inspection_visit
    TO schoolgroup_app;

REVOKE EXECUTE ON FUNCTION app.measured_work(uuid[]) FROM public;
GRANT EXECUTE ON FUNCTION app.is_school_day(uuid, uuid, date),
    app.after_school_hours(uuid, uuid, text, timestamptz, int), app.measured_work(uuid[])
    TO schoolgroup_app;
-- migrate:down
