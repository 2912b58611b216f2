-- migrate:up
-- Why: answers of commands and failed logins are forgotten a few at a time by whoever writes the next.
-- The oldest were found by their age alone, so the old rows of groups where nobody works were walked
-- over again and again by all the others. And a lock says itself which group's rows it asks for, as
-- every statement does, instead of leaning on another table's lock (tests/test_sharding.py).
SET lock_timeout = '4s';
SET statement_timeout = '60s';

DROP INDEX idempotency_key_age;
CREATE INDEX idempotency_key_age ON idempotency_key (group_id, created_at);
DROP INDEX login_failure_age;
CREATE INDEX login_failure_age ON login_failure (group_id, at);
ALTER POLICY wall ON search_tally
    USING (group_id = (SELECT app.group_id())
       AND family_id IN (SELECT f.id FROM search_family f
                          WHERE f.group_id = (SELECT app.group_id())));
-- migrate:down
