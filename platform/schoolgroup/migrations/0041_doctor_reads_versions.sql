-- migrate:up
-- Why: `schoolgroup doctor` says which migrations are missing, also where only the application's own
-- role is at hand; a version's number tells nothing else.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

GRANT SELECT ON schema_migrations TO schoolgroup_app;
-- migrate:down
