-- migrate:up
-- Why: a job's span is linked to the request that wished for it (W3C traceparent); and who watches
-- an installation counts the jobs given up over all groups without reading those that are done.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

ALTER TABLE job
    ADD COLUMN trace_parent text CHECK (trace_parent ~ '^[0-9a-f]{2}(-[0-9a-f]+){3}$'
                                        AND length(trace_parent) <= 100);
CREATE INDEX job_failed ON job (kind) WHERE status = 'failed';
-- migrate:down
