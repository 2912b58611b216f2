-- migrate:up
-- Why: telling people in time. What is worth a notice is computed from the rows themselves at the
-- moment it is made and again when it is sent, so a job that did not run loses nothing and what the
-- facts have overtaken is not sent; a key per person, matter and timing says that nothing is told
-- twice. What waits for somebody is never stored: an inbox only remembers what was read.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- The history of one thing, and when it came into the state it is in.
CREATE INDEX event_subject ON event (group_id, subject, at);
-- What comes to its end soon, or came to it lately, among years of lending.
CREATE INDEX loan_ends ON loan (group_id, ends_at) WHERE status = 'active';
CREATE INDEX loan_recalled ON loan (group_id, recalled_at)
 WHERE status = 'active' AND recalled_at IS NOT NULL;
CREATE INDEX loan_closed ON loan (group_id, closed_at) WHERE status IN ('ended', 'revoked');
CREATE INDEX hold_kept_until ON hold (group_id, ready_until_at) WHERE ready_until_at IS NOT NULL;

-- What a school, or the office for all, has set other than as shipped; null: as it stands above.
CREATE TABLE notice_rule (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- null: of the whole group
    school_id uuid,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,59}$'),
    is_on boolean,
    -- from the instant the kind is about: -72 three days before, 0 upon it, 48 two days after
    hours int[] CHECK (cardinality(hours) BETWEEN 1 AND 3),
    urgent boolean,
    subject_en text CHECK (length(subject_en) BETWEEN 1 AND 200),
    subject_zh text CHECK (length(subject_zh) BETWEEN 1 AND 200),
    body_en text CHECK (length(body_en) BETWEEN 1 AND 2000),
    body_zh text CHECK (length(body_zh) BETWEEN 1 AND 2000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CONSTRAINT one_notice_rule UNIQUE NULLS NOT DISTINCT (group_id, kind, school_id)
);

-- How a person wants to be told; without a row: the defaults of these columns.
CREATE TABLE notice_preference (
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    language text NOT NULL DEFAULT 'zh' CHECK (language IN ('en', 'zh')),
    email_on boolean NOT NULL DEFAULT true,
    -- times of day at the group's place
    digest_at time NOT NULL DEFAULT '07:30',
    quiet_from time NOT NULL DEFAULT '22:00',
    quiet_until time NOT NULL DEFAULT '07:00',
    -- kinds that are not mailed
    muted text[] NOT NULL DEFAULT '{}' CHECK (cardinality(muted) <= 100),
    version int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, person_id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);
-- Equal ends: no quiet hours.
CREATE FUNCTION app.is_quiet(at time, from_at time, until_at time) RETURNS boolean
LANGUAGE sql IMMUTABLE
AS $$ SELECT CASE WHEN from_at <= until_at THEN from_at <= at AND at < until_at
                  ELSE from_at <= at OR at < until_at END $$;
-- The time of day at the group's place.
CREATE FUNCTION app.time_of_day() RETURNS time LANGUAGE sql STABLE
AS $$ SELECT (app.now() AT TIME ZONE coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::time $$;

-- Where a person gets mail. The code that proves it is reckoned from `code_at` and the
-- installation's secret, so it is stored nowhere.
CREATE TABLE email_address (
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    address text NOT NULL CHECK (address ~ '^[!-?A-~]{1,64}@[A-Za-z0-9.-]{3,190}$'),
    code_at timestamptz NOT NULL,
    code_tries int NOT NULL DEFAULT 0,
    verified_at timestamptz,
    -- the receiving server said for good that there is no such mailbox
    failed_at timestamptz,
    failed_because text NOT NULL DEFAULT '' CHECK (length(failed_because) <= 200),
    version int NOT NULL DEFAULT 1,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, person_id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);

-- One letter to one person. `leased_until_at`: somebody is sending it; whoever finds the lease over
-- sends it again under the same Message-ID (its id), so a crash costs one duplicate at most.
CREATE TABLE mail (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('digest', 'urgent', 'code')),
    -- of a digest: the day at the group's place
    day date,
    status text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'sent', 'failed', 'dropped')),
    tries int NOT NULL DEFAULT 0,
    next_try_at timestamptz NOT NULL,
    leased_until_at timestamptz,
    -- what the server said last: a reply code, or `unreachable`
    answer text NOT NULL DEFAULT '' CHECK (length(answer) <= 40),
    made_at timestamptz NOT NULL,
    done_at timestamptz,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    CHECK ((kind = 'digest') = (day IS NOT NULL)),
    CHECK ((status = 'queued') = (done_at IS NULL))
);
CREATE UNIQUE INDEX one_digest_a_day ON mail (group_id, person_id, day) WHERE kind = 'digest';
CREATE INDEX mail_queued ON mail (group_id, next_try_at, id) WHERE status = 'queued';
CREATE INDEX mail_person ON mail (group_id, person_id, made_at);

-- One person told of one matter at one timing, in the words of that moment. `anchor_at` is the
-- instant it is about: when a loan is renewed, its new end is another matter.
CREATE TABLE notice (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    person_id uuid NOT NULL,
    -- where the person was told as one of its people; null: the group office
    school_id uuid,
    kind text NOT NULL CHECK (kind ~ '^[a-z][a-z_]{0,59}$'),
    subject_id uuid NOT NULL,
    anchor_at timestamptz NOT NULL,
    hours int NOT NULL,
    urgent boolean NOT NULL,
    subject_en text NOT NULL,
    subject_zh text NOT NULL,
    body_en text NOT NULL,
    body_zh text NOT NULL,
    -- the address of the thing, below the server's own
    link text NOT NULL CHECK (link ~ '^/v1/[!-~]{1,200}$'),
    made_at timestamptz NOT NULL,
    -- the facts overtook it before it was mailed
    superseded_at timestamptz,
    mail_id uuid,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, mail_id) REFERENCES mail (group_id, id),
    CONSTRAINT one_notice UNIQUE NULLS NOT DISTINCT
        (group_id, person_id, kind, subject_id, anchor_at, hours, school_id)
);
CREATE INDEX notice_unmailed ON notice (group_id, made_at)
 WHERE mail_id IS NULL AND superseded_at IS NULL;
CREATE INDEX notice_mail ON notice (group_id, mail_id) WHERE mail_id IS NOT NULL;
CREATE INDEX notice_person ON notice (group_id, person_id, anchor_at DESC, id DESC);

-- What a person has read in the inbox: `item` names the matter and the instant it came in.
CREATE TABLE inbox_read (
    group_id uuid NOT NULL,
    person_id uuid NOT NULL,
    item text NOT NULL CHECK (length(item) BETWEEN 1 AND 200),
    read_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, person_id, item),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);

-- Walls. What a person is told, where and how, is theirs alone; whether mail reaches them is also
-- for those who keep the school's people to see.
DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['notice_rule', 'notice_preference', 'email_address', 'mail', 'notice',
                             'inbox_read'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['notice_preference', 'email_address', 'mail', 'notice'] LOOP
        EXECUTE format('CREATE POLICY wall ON %I USING (group_id = (SELECT app.group_id())
            AND ((SELECT app.is_system()) OR person_id = (SELECT app.person_id())))', t);
    END LOOP;
END $$;
CREATE POLICY wall ON inbox_read USING (group_id = (SELECT app.group_id())
    AND person_id = (SELECT app.person_id()));
CREATE POLICY keepers ON email_address FOR SELECT USING (group_id = (SELECT app.group_id())
    AND EXISTS (SELECT FROM person p WHERE p.group_id = email_address.group_id
                   AND p.id = email_address.person_id));
CREATE POLICY known ON notice_rule FOR SELECT USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR school_id IS NULL OR school_id = (SELECT app.school_id())));
CREATE POLICY wall ON notice_rule USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office()) OR school_id = (SELECT app.school_id())));

GRANT SELECT, INSERT, DELETE,
    UPDATE (is_on, hours, urgent, subject_en, subject_zh, body_en, body_zh, version, updated_at)
    ON notice_rule TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (language, email_on, digest_at, quiet_from, quiet_until, muted, version, updated_at)
    ON notice_preference TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE,
    UPDATE (address, code_at, code_tries, verified_at, failed_at, failed_because, version,
            updated_at)
    ON email_address TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (status, tries, next_try_at, leased_until_at, answer, done_at) ON mail
    TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (superseded_at, mail_id) ON notice TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON inbox_read TO schoolgroup_app;
GRANT EXECUTE ON FUNCTION app.is_quiet(time, time, time), app.time_of_day() TO schoolgroup_app;
-- migrate:down
