-- migrate:up
-- Why: what a school did for others, and with whom, is counted once: where the activity itself is
-- entered. The month, the school and the kind it counts for are columns of its row, and one view
-- adds them up; dashboards, exports, maps and bulletins read that view and nothing else (I22).
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- An activity 活动: a lecture, a lesson for a class, a visit, a training, at a place, with so many.
CREATE TABLE activity (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- who holds it; null: the group office
    school_id uuid,
    kind text NOT NULL CHECK (kind IN ('lecture', 'class_lesson', 'visit', 'training')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    held_on date NOT NULL CHECK (held_on BETWEEN '2000-01-01' AND '2199-12-31'),
    -- the first of its month: what figures are counted by
    month date NOT NULL GENERATED ALWAYS AS
        (held_on - (extract(day FROM held_on)::int - 1)) STORED,
    place_name text NOT NULL CHECK (length(place_name) BETWEEN 1 AND 200),
    -- WGS 84, degrees; null: not on the map
    longitude numeric(9, 6) CHECK (longitude BETWEEN -180 AND 180),
    latitude numeric(8, 6) CHECK (latitude BETWEEN -90 AND 90),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    status text NOT NULL DEFAULT 'planned' CHECK (status IN ('planned', 'held', 'cancelled')),
    sessions int NOT NULL DEFAULT 0 CHECK (sessions BETWEEN 0 AND 1000),
    pupils int NOT NULL DEFAULT 0 CHECK (pupils BETWEEN 0 AND 1000000),
    teachers int NOT NULL DEFAULT 0 CHECK (teachers BETWEEN 0 AND 1000000),
    parents int NOT NULL DEFAULT 0 CHECK (parents BETWEEN 0 AND 1000000),
    cancelled_because text NOT NULL DEFAULT '' CHECK (length(cancelled_because) <= 500),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CONSTRAINT on_the_map_or_not CHECK ((longitude IS NULL) = (latitude IS NULL)),
    -- only what took place is counted, and what took place had a session
    CONSTRAINT counted_when_held CHECK (
        CASE status WHEN 'held' THEN sessions >= 1
                    ELSE sessions + pupils + teachers + parents = 0 END),
    CHECK ((status = 'cancelled') = (cancelled_because <> ''))
);
CREATE INDEX activity_day ON activity (group_id, held_on DESC, id DESC);
CREATE INDEX activity_school ON activity (group_id, school_id, held_on DESC, id DESC);

-- The schools that came, beside the one that holds it.
CREATE TABLE activity_guest (
    group_id uuid NOT NULL,
    activity_id uuid NOT NULL,
    school_id uuid NOT NULL,
    PRIMARY KEY (group_id, activity_id, school_id),
    FOREIGN KEY (group_id, activity_id) REFERENCES activity (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX activity_guest_school ON activity_guest (group_id, school_id);

-- The one count: what was held, by school, month and kind.
CREATE VIEW activity_month WITH (security_invoker = true) AS
SELECT a.group_id, a.school_id, a.month, a.kind, count(*)::int AS activities,
       sum(a.sessions)::int AS sessions, sum(a.pupils)::int AS pupils,
       sum(a.teachers)::int AS teachers, sum(a.parents)::int AS parents
  FROM activity a
 WHERE a.status = 'held'
 GROUP BY a.group_id, a.school_id, a.month, a.kind;

-- Everyone in the group may know them (policy: activity:read); who holds one writes it.
SELECT app.wall_by_school('activity', ARRAY['school_id'], 'true');
ALTER TABLE activity_guest ENABLE ROW LEVEL SECURITY;
ALTER TABLE activity_guest FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON activity_guest USING (group_id = (SELECT app.group_id()))
 WITH CHECK (group_id = (SELECT app.group_id())
     AND EXISTS (SELECT FROM activity a
                  WHERE a.group_id = activity_guest.group_id AND a.id = activity_id
                    AND ((SELECT app.is_office()) OR a.school_id = (SELECT app.school_id()))));

GRANT SELECT, INSERT,
      UPDATE (title, held_on, place_name, longitude, latitude, note, status, sessions, pupils,
              teachers, parents, cancelled_because, version, updated_at)
   ON activity TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON activity_guest TO schoolgroup_app;
GRANT SELECT ON activity_month TO schoolgroup_app;
-- migrate:down
