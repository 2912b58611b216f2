-- migrate:up
-- Why: lending in full. Group-wide rules bound what an offer grants and say so; a school has a fair
-- share of the seats; a recall shortens a loan and never below what was guaranteed; a place in the
-- queue can be paused and moved, for a reason anyone may read; owners may want to be asked, with a
-- deadline and a stated default, both decided by the clock; figures come from one view each.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

ALTER TABLE offer
    -- a loan lasts loan_days, or to the end of the running term
    ADD COLUMN lasts text NOT NULL DEFAULT 'days' CHECK (lasts IN ('days', 'term')),
    -- the part of several seats one school may hold, where per_school_max names no number
    ADD COLUMN share_percent int CHECK (share_percent BETWEEN 1 AND 100),
    -- loans the licence gives in its lifetime; null: no end
    ADD COLUMN loans_max int CHECK (loans_max BETWEEN 1 AND 1000000),
    -- the owner is asked first; silence until ask_hours have passed means ask_default
    ADD COLUMN asks_owner boolean NOT NULL DEFAULT false,
    ADD COLUMN ask_hours int NOT NULL DEFAULT 72 CHECK (ask_hours BETWEEN 1 AND 720),
    ADD COLUMN ask_default text NOT NULL DEFAULT 'decline'
        CHECK (ask_default IN ('agree', 'decline'));

ALTER TABLE loan
    ADD COLUMN recalled_at timestamptz,
    ADD COLUMN recalled_because text NOT NULL DEFAULT '' CHECK (length(recalled_because) <= 500),
    ADD CONSTRAINT recalled_for_a_reason CHECK ((recalled_at IS NULL) = (recalled_because = ''));

ALTER TABLE hold
    -- when it joined the queue, where placed_at has become the key of a place it was moved to
    ADD COLUMN joined_at timestamptz,
    ADD COLUMN ready_at timestamptz,
    -- paused: keeps its place and is passed over, until it is resumed or paused_until_at comes
    ADD COLUMN paused_at timestamptz,
    ADD COLUMN paused_until_at timestamptz,
    ADD COLUMN moved_at timestamptz,
    ADD COLUMN moved_because text NOT NULL DEFAULT '' CHECK (length(moved_because) <= 500),
    ADD CONSTRAINT paused_while_waiting
        CHECK (paused_until_at IS NULL OR paused_until_at > paused_at),
    ADD CONSTRAINT moved_for_a_reason CHECK ((moved_at IS NULL) = (moved_because = ''));
CREATE FUNCTION app.is_paused(paused_at timestamptz, paused_until_at timestamptz)
RETURNS boolean LANGUAGE sql STABLE
AS $$ SELECT paused_at IS NOT NULL AND (paused_until_at IS NULL OR app.now() < paused_until_at) $$;
CREATE INDEX loan_history ON loan (group_id, offer_id, closed_at) WHERE status <> 'active';
CREATE INDEX hold_history ON hold (group_id, offer_id, ready_at) WHERE ready_at IS NOT NULL;

-- What the office lays down for borrowing, by the borrowing school's tier, the kind of resource and
-- the borrower's role. A null dimension is any; of the rules that state a value the most specific
-- one decides it: kind before role before tier.
CREATE TABLE lending_rule (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    tier text CHECK (tier IN ('integrated', 'partner')),
    kind text CHECK (kind IN ('lesson_plan', 'courseware', 'video', 'exercise', 'paper',
        'school_course', 'experiment', 'book', 'place', 'other')),
    role text CHECK (role IN ('teacher', 'lead', 'librarian', 'principal')),
    loan_days_max int CHECK (loan_days_max BETWEEN 1 AND 400),
    renewals_max int CHECK (renewals_max BETWEEN 0 AND 20),
    -- loans and holds open at a time: of one person, one school, the whole group
    person_open_max int CHECK (person_open_max BETWEEN 0 AND 1000),
    school_open_max int CHECK (school_open_max BETWEEN 0 AND 100000),
    group_open_max int CHECK (group_open_max BETWEEN 0 AND 1000000),
    share_percent int CHECK (share_percent BETWEEN 1 AND 100),
    -- the order of the queue is band first: a lower one goes before
    hold_band smallint CHECK (hold_band BETWEEN -9 AND 9),
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 500),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_rule_per_case UNIQUE NULLS NOT DISTINCT (group_id, tier, kind, role),
    CONSTRAINT rule_says_something CHECK (num_nonnulls(loan_days_max, renewals_max,
        person_open_max, school_open_max, group_open_max, share_percent, hold_band) > 0)
);

-- A wish the owner is asked about. Asked and past decide_by_at is decided by its default, agreed and
-- past usable_until_at is over, whether or not anyone has written it down.
CREATE TABLE ask (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    borrower_person_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('asked', 'agreed', 'declined', 'withdrawn', 'used')),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 500),
    asked_at timestamptz NOT NULL,
    decide_by_at timestamptz NOT NULL,
    by_default text NOT NULL CHECK (by_default IN ('agree', 'decline')),
    decided_at timestamptz,
    decided_because text NOT NULL DEFAULT '' CHECK (length(decided_because) <= 500),
    -- what the owner asks in return, and how long a loan may last at most
    conditions text NOT NULL DEFAULT '' CHECK (length(conditions) <= 1000),
    loan_days_max int CHECK (loan_days_max BETWEEN 1 AND 400),
    -- the agreement between the schools that answered in the owner's place
    agreement_id uuid,
    loan_id uuid,
    hold_id uuid,
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, owner_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, borrower_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, borrower_person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, agreement_id) REFERENCES agreement (group_id, id),
    FOREIGN KEY (group_id, loan_id) REFERENCES loan (group_id, id),
    FOREIGN KEY (group_id, hold_id) REFERENCES hold (group_id, id),
    CHECK (decide_by_at >= asked_at),
    CHECK ((status = 'used') = (num_nonnulls(loan_id, hold_id) = 1))
);
CREATE INDEX ask_of_person ON ask (group_id, offer_id, borrower_person_id, asked_at DESC, id DESC);
CREATE INDEX ask_hold ON ask (group_id, hold_id) WHERE hold_id IS NOT NULL;
CREATE INDEX ask_owner ON ask (group_id, owner_school_id, id);
CREATE INDEX ask_borrower ON ask (group_id, borrower_school_id, borrower_person_id, id);

SELECT app.wall_by_group('lending_rule');
SELECT app.wall_by_school('ask', ARRAY['owner_school_id', 'borrower_school_id']);

-- As before, and how many of those who wait have paused, and what the licence has still to give.
CREATE OR REPLACE VIEW offer_figures WITH (security_invoker = true) AS
SELECT o.group_id, o.id AS offer_id, o.seats,
       (SELECT count(*) FROM seat s WHERE s.group_id = o.group_id AND s.offer_id = o.id
           AND s.retired_at IS NULL) AS standing,
       (SELECT count(*) FROM loan l WHERE l.group_id = o.group_id AND l.offer_id = o.id
           AND l.status = 'active' AND app.now() < l.ends_at) AS lent,
       (SELECT count(*) FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
           AND h.status = 'ready' AND app.now() < h.ready_until_at) AS reserved,
       (SELECT count(*) FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
           AND h.status = 'waiting') AS waiting,
       (SELECT count(*) FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
           AND h.status = 'waiting' AND app.is_paused(h.paused_at, h.paused_until_at)) AS paused,
       o.loans_max,
       CASE WHEN o.loans_max IS NOT NULL THEN
           (SELECT count(*) FROM loan l WHERE l.group_id = o.group_id AND l.offer_id = o.id)
       END AS loans_made
  FROM offer o;

-- Loans by owner, borrower, subject and the month they began in (at the group's place).
CREATE VIEW lending_months WITH (security_invoker = true) AS
SELECT l.group_id, l.owner_school_id, l.borrower_school_id, coalesce(r.subject, '') AS subject,
       date_trunc('month', l.starts_at AT TIME ZONE g.time_zone)::date AS month,
       count(*) AS loans, coalesce(sum(l.renewals), 0) AS renewals,
       count(*) FILTER (WHERE l.recalled_at IS NOT NULL) AS recalls,
       (SELECT count(*) FROM loan_fetch f
         WHERE f.group_id = l.group_id AND f.loan_id = ANY (array_agg(l.id))) AS fetches
  FROM loan l
  JOIN education_group g ON g.id = l.group_id
  LEFT JOIN revision r ON r.group_id = l.group_id AND r.resource_id = l.resource_id
                      AND r.no = l.revision_no
 GROUP BY l.group_id, l.owner_school_id, l.borrower_school_id, coalesce(r.subject, ''),
          date_trunc('month', l.starts_at AT TIME ZONE g.time_zone)::date;

-- What each school gave to others and took from others, by subject and month. A school's own loans
-- to itself are no exchange.
CREATE VIEW exchange_balance WITH (security_invoker = true) AS
SELECT group_id, school_id, subject, month, sum(given)::bigint AS given, sum(taken)::bigint AS taken
  FROM (SELECT m.group_id, m.owner_school_id AS school_id, m.subject, m.month,
               m.loans AS given, 0 AS taken FROM lending_months m
         WHERE m.owner_school_id <> m.borrower_school_id
        UNION ALL
        SELECT m.group_id, m.borrower_school_id, m.subject, m.month, 0, m.loans
          FROM lending_months m WHERE m.owner_school_id <> m.borrower_school_id) AS both_sides
 GROUP BY group_id, school_id, subject, month;

-- How long those waited who were given a seat, by the month it was given.
CREATE VIEW waiting_times WITH (security_invoker = true) AS
SELECT h.group_id, h.borrower_school_id AS school_id,
       date_trunc('month', h.ready_at AT TIME ZONE g.time_zone)::date AS month,
       count(*) AS holds,
       extract(epoch FROM percentile_cont(0.5) WITHIN GROUP (
           ORDER BY h.ready_at - coalesce(h.joined_at, h.placed_at))) / 3600 AS median_hours,
       extract(epoch FROM max(h.ready_at - coalesce(h.joined_at, h.placed_at))) / 3600
           AS longest_hours,
       count(*) FILTER (WHERE h.status = 'lapsed'
                           OR h.status = 'ready' AND h.ready_until_at <= app.now()) AS lapsed
  FROM hold h
  JOIN education_group g ON g.id = h.group_id
 WHERE h.ready_at IS NOT NULL
 GROUP BY h.group_id, h.borrower_school_id,
          date_trunc('month', h.ready_at AT TIME ZONE g.time_zone)::date;

GRANT SELECT, INSERT, DELETE,
    UPDATE (loan_days_max, renewals_max, person_open_max, school_open_max, group_open_max,
            share_percent, hold_band, because, version, updated_at)
    ON lending_rule TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (status, decided_at, decided_because, conditions, loan_days_max, loan_id, hold_id,
            version)
    ON ask TO schoolgroup_app;
GRANT UPDATE (recalled_at, recalled_because) ON loan TO schoolgroup_app;
GRANT UPDATE (band, placed_at, joined_at, ready_at, paused_at, paused_until_at, moved_at,
              moved_because) ON hold TO schoolgroup_app;
GRANT SELECT ON lending_months, exchange_balance, waiting_times TO schoolgroup_app;
GRANT EXECUTE ON FUNCTION app.is_paused(timestamptz, timestamptz) TO schoolgroup_app;
-- migrate:down
