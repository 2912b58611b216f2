-- migrate:up
-- Why: what waits for a person who has left would wait for nobody: inbox and notices ask whether who
-- was named is still appointed there, and turn to whoever may act instead.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- Whether somebody is appointed today at a school (none: at the group office).
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
GRANT EXECUTE ON FUNCTION app.is_appointed(uuid, uuid, uuid) TO schoolgroup_app;
-- migrate:down
