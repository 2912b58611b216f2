-- migrate:up
-- Why: the group's ground. Tiers and appointments are dated, so history stays true and a change
-- takes effect on its day without any job; agreements carry both schools' signatures and an end.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

CREATE TABLE school (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    code text NOT NULL CHECK (length(code) BETWEEN 1 AND 40),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_en text NOT NULL DEFAULT '' CHECK (length(name_en) <= 200),
    stages text[] NOT NULL
        CHECK (stages <@ ARRAY['kindergarten', 'primary', 'junior', 'senior'] AND stages <> '{}'),
    address text NOT NULL DEFAULT '' CHECK (length(address) <= 400),
    longitude float8 CHECK (longitude BETWEEN -180 AND 180),
    latitude float8 CHECK (latitude BETWEEN -90 AND 90),
    closed_on date,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, code)
);

CREATE TABLE school_tier (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    tier text NOT NULL CHECK (tier IN ('integrated', 'partner')),
    from_on date NOT NULL,
    until_on date,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK (until_on IS NULL OR until_on > from_on),
    CONSTRAINT one_tier_at_a_time EXCLUDE USING gist (
        group_id WITH =, school_id WITH =, daterange(from_on, until_on) WITH &&)
);

CREATE TABLE person (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    username text NOT NULL CHECK (username ~ '^[a-z0-9][a-z0-9._-]{1,63}$'),
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    -- moves with every change of rights: a token of an older epoch is refused
    epoch int NOT NULL DEFAULT 1,
    suspended_at timestamptz,
    suspended_by_office boolean NOT NULL DEFAULT false,
    left_at timestamptz,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, username)
);

CREATE TABLE appointment (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    -- null: the group office
    school_id uuid,
    role text NOT NULL CHECK (role IN ('teacher', 'lead', 'librarian', 'school_admin', 'principal',
        'group_admin', 'evaluation_officer', 'inspector', 'auditor')),
    from_on date NOT NULL,
    -- the first day it no longer holds; equal to from_on: it was ended before it began
    until_on date,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK (until_on IS NULL OR until_on >= from_on),
    CHECK ((school_id IS NULL) =
           (role IN ('group_admin', 'evaluation_officer', 'inspector', 'auditor'))),
    CONSTRAINT one_appointment_at_a_time EXCLUDE USING gist (
        group_id WITH =, person_id WITH =,
        coalesce(school_id, '00000000-0000-0000-0000-000000000000'::uuid) WITH =,
        role WITH =, daterange(from_on, until_on) WITH &&)
);
CREATE INDEX appointment_person ON appointment (group_id, person_id);
CREATE INDEX appointment_school ON appointment (group_id, school_id);

CREATE TABLE circle (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    name_en text NOT NULL DEFAULT '' CHECK (length(name_en) <= 200),
    subject text NOT NULL DEFAULT '' CHECK (length(subject) <= 100),
    purpose text NOT NULL DEFAULT '' CHECK (length(purpose) <= 2000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, name)
);
CREATE TABLE circle_member (
    group_id uuid NOT NULL,
    circle_id uuid NOT NULL,
    school_id uuid NOT NULL,
    joined_at timestamptz NOT NULL,
    from_on date NOT NULL DEFAULT app.today(),
    PRIMARY KEY (group_id, circle_id, school_id),
    FOREIGN KEY (group_id, circle_id) REFERENCES circle (group_id, id) ON DELETE CASCADE,
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX circle_member_school ON circle_member (group_id, school_id);

CREATE TABLE agreement (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    grantee_school_id uuid,
    grantee_circle_id uuid,
    -- kinds of resource it covers; empty: all
    kinds text[] NOT NULL DEFAULT '{}',
    from_on date NOT NULL,
    until_on date NOT NULL,
    status text NOT NULL CHECK (status IN ('proposed', 'in_force', 'declined', 'ended')),
    owner_signed_by uuid,
    owner_signed_at timestamptz,
    grantee_signed_by uuid,
    grantee_signed_at timestamptz,
    ended_at timestamptz,
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, owner_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, grantee_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, grantee_circle_id) REFERENCES circle (group_id, id),
    FOREIGN KEY (group_id, owner_signed_by) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, grantee_signed_by) REFERENCES person (group_id, id),
    CHECK (until_on > from_on),
    CHECK ((grantee_school_id IS NULL) <> (grantee_circle_id IS NULL)),
    CHECK (grantee_school_id IS DISTINCT FROM owner_school_id),
    CHECK (status <> 'in_force' OR (owner_signed_at IS NOT NULL AND grantee_signed_at IS NOT NULL)),
    CONSTRAINT agreements_never_overlap EXCLUDE USING gist (
        group_id WITH =, owner_school_id WITH =,
        coalesce(grantee_school_id, grantee_circle_id) WITH =,
        daterange(from_on, until_on) WITH &&) WHERE (status IN ('proposed', 'in_force'))
);
CREATE INDEX agreement_grantee ON agreement (group_id, grantee_school_id, owner_school_id);

CREATE TABLE term (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    name_en text NOT NULL DEFAULT '' CHECK (length(name_en) <= 100),
    from_on date NOT NULL,
    until_on date NOT NULL,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    UNIQUE (group_id, name),
    CHECK (until_on > from_on),
    CONSTRAINT terms_never_overlap EXCLUDE USING gist (
        group_id WITH =, daterange(from_on, until_on) WITH &&)
);
CREATE TABLE holiday (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- null: of the whole group
    school_id uuid,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    name_en text NOT NULL DEFAULT '' CHECK (length(name_en) <= 100),
    from_on date NOT NULL,
    until_on date NOT NULL,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK (until_on > from_on)
);
CREATE INDEX holiday_days ON holiday (group_id, from_on);

-- After a roster of thousands was read, nobody waits for autovacuum to notice: a planner that takes
-- the directory for empty needs seconds for what takes milliseconds. Only the owner may analyze.
CREATE FUNCTION app.refresh_directory_statistics() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_catalog
AS $$ BEGIN ANALYZE school, school_tier, person, appointment; END $$;

-- The tier a school has on a day; null before it joined and after it left.
CREATE FUNCTION app.tier_of(of_school_id uuid, on_day date) RETURNS text LANGUAGE sql STABLE
AS $$
    SELECT t.tier FROM public.school_tier t
     WHERE t.group_id = app.group_id() AND t.school_id = of_school_id
       AND t.from_on <= on_day AND (t.until_on IS NULL OR on_day < t.until_on)
$$;

-- Whatever takes rights from a person's appointments moves the person's epoch, whoever does it and
-- however; a new or longer appointment takes nothing, so sessions go on.
-- (A change of a school's tier needs none: app.begin compares the tier itself, so that a change
-- planned for next month ends nobody's session today.)
CREATE FUNCTION app.move_epoch() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    UPDATE person p SET epoch = epoch + 1
     WHERE p.group_id = coalesce(NEW.group_id, OLD.group_id)
       AND p.id = coalesce(NEW.person_id, OLD.person_id);
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER move_epoch AFTER UPDATE ON appointment
FOR EACH ROW WHEN (
    NEW.until_on < coalesce(OLD.until_on, 'infinity') OR NEW.from_on > OLD.from_on
    OR (NEW.person_id, NEW.school_id, NEW.role)
       IS DISTINCT FROM (OLD.person_id, OLD.school_id, OLD.role))
EXECUTE FUNCTION app.move_epoch();
-- Before: afterwards a person of no other appointment is no longer visible to the school.
CREATE TRIGGER move_epoch_first BEFORE DELETE ON appointment
FOR EACH ROW EXECUTE FUNCTION app.move_epoch();

-- The directory of schools is common knowledge inside the group; people are seen by their own
-- school and the office; agreements by their two sides.
SELECT app.wall_by_group(t) FROM unnest(ARRAY[
    'school', 'school_tier', 'circle', 'circle_member', 'term', 'holiday'
]::regclass[]) AS t;
-- People also see what they are elsewhere: they choose among it when they sign in.
SELECT app.wall_by_school('appointment', ARRAY['school_id'],
                          'person_id = (SELECT app.person_id())');
ALTER TABLE agreement ENABLE ROW LEVEL SECURITY;
ALTER TABLE agreement FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON agreement USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR owner_school_id = (SELECT app.school_id())
         OR grantee_school_id = (SELECT app.school_id())
         OR EXISTS (SELECT FROM circle_member m WHERE m.group_id = agreement.group_id
                       AND m.circle_id = agreement.grantee_circle_id
                       AND m.school_id = (SELECT app.school_id()))));
ALTER TABLE person ENABLE ROW LEVEL SECURITY;
ALTER TABLE person FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON person USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR id = (SELECT app.person_id())
         OR EXISTS (SELECT FROM appointment a WHERE a.group_id = person.group_id
                       AND a.person_id = person.id AND a.school_id = (SELECT app.school_id()))));
-- A school admin enters a person before the appointment that ties the person to the school.
CREATE POLICY enter ON person FOR INSERT WITH CHECK (group_id = (SELECT app.group_id()));

GRANT SELECT, INSERT, UPDATE, DELETE ON school, school_tier, person, appointment, circle,
    circle_member, agreement, term, holiday TO schoolgroup_app;
-- migrate:down
