-- migrate:up
-- Why: an endpoint that was paused for longer than events are kept goes on behind a gap. Until now
-- nothing said so: its receiver would believe a copy that lacks what was forgotten. The gap is made by
-- forgetting, so forgetting writes it down, in its own transaction, whoever forgets.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- The instant of the last event that was forgotten.
ALTER TABLE event_floor ADD COLUMN last_at timestamptz;
ALTER TABLE webhook_stream
    -- events up to this instant were forgotten before they were told
    ADD COLUMN missed_until_at timestamptz,
    -- whether the receiver was told of that gap
    ADD COLUMN missed_told boolean NOT NULL DEFAULT false;

CREATE FUNCTION app.mark_missed_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE webhook_stream s
       SET missed_until_at = coalesce(NEW.last_at, NEW.forgotten_at), missed_told = false
     WHERE s.group_id = NEW.group_id AND s.kind = 'live'
       AND (s.life, s.transaction_id, s.seq) < (NEW.life, NEW.transaction_id, NEW.seq);
    RETURN NULL;
END $$;
CREATE TRIGGER missed_events AFTER INSERT OR UPDATE ON event_floor
    FOR EACH ROW EXECUTE FUNCTION app.mark_missed_events();
-- migrate:down
