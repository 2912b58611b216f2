-- migrate:up
-- Why: lending between schools. A seat is a row with at most one occupant, so no count can be wrong;
-- the queue is the order of rows; terms are frozen where a loan was made; what is over is decided by
-- the instants stored here, never by a job that might not have run.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

CREATE TABLE offer (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    resource_id uuid NOT NULL,
    -- the school that owns the resource
    school_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'suspended', 'closed')),
    -- null: until it is closed
    valid_until_at timestamptz,
    -- null: unlimited
    seats int CHECK (seats BETWEEN 0 AND 1000),
    loan_days int NOT NULL CHECK (loan_days BETWEEN 1 AND 400),
    renewals_max int NOT NULL CHECK (renewals_max BETWEEN 0 AND 20),
    pickup_hours int NOT NULL CHECK (pickup_hours BETWEEN 1 AND 720),
    guaranteed_days int NOT NULL CHECK (guaranteed_days BETWEEN 0 AND 400),
    -- null: no limit
    per_school_max int CHECK (per_school_max BETWEEN 1 AND 1000),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK (guaranteed_days <= loan_days)
);
CREATE INDEX offer_resource ON offer (group_id, resource_id);
CREATE INDEX offer_school ON offer (group_id, school_id);

-- Whom an offer reaches, and how far: three separate rights. Borrowing and adapting need finding.
CREATE TABLE offer_audience (
    group_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    id uuid NOT NULL,
    -- the owner, kept here too so that this table's wall needs no look at the offer
    school_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('group', 'tier', 'circle', 'school')),
    tier text CHECK (tier IN ('integrated', 'partner')),
    circle_id uuid,
    audience_school_id uuid,
    discover boolean NOT NULL,
    borrow boolean NOT NULL,
    adapt boolean NOT NULL,
    PRIMARY KEY (group_id, offer_id, id),
    FOREIGN KEY (group_id, offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CONSTRAINT audience_circle FOREIGN KEY (group_id, circle_id) REFERENCES circle (group_id, id),
    CONSTRAINT audience_school FOREIGN KEY (group_id, audience_school_id)
        REFERENCES school (group_id, id),
    CONSTRAINT audience_once UNIQUE NULLS NOT DISTINCT
        (group_id, offer_id, kind, tier, circle_id, audience_school_id),
    CHECK ((kind = 'tier') = (tier IS NOT NULL)),
    CHECK ((kind = 'circle') = (circle_id IS NOT NULL)),
    CHECK ((kind = 'school') = (audience_school_id IS NOT NULL)),
    CHECK (discover)
);
CREATE INDEX offer_audience_circle ON offer_audience (group_id, circle_id)
 WHERE circle_id IS NOT NULL;
CREATE INDEX offer_audience_named ON offer_audience (group_id, audience_school_id)
 WHERE audience_school_id IS NOT NULL;

CREATE TABLE loan (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    revision_no int NOT NULL,
    -- the title of the revision that was lent
    title text NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    borrower_person_id uuid NOT NULL,
    -- active and past ends_at gives no access: `ended` only tidies up after it
    status text NOT NULL CHECK (status IN ('active', 'returned', 'ended', 'revoked')),
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    guaranteed_until_at timestamptz NOT NULL,
    -- the offer's terms as they were agreed
    terms jsonb NOT NULL,
    renewals int NOT NULL DEFAULT 0,
    closed_at timestamptz,
    closed_because text NOT NULL DEFAULT '' CHECK (length(closed_because) <= 500),
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, resource_id, revision_no)
        REFERENCES revision (group_id, resource_id, no),
    FOREIGN KEY (group_id, owner_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, borrower_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, borrower_person_id) REFERENCES person (group_id, id),
    CHECK (ends_at > starts_at),
    CHECK ((status = 'active') = (closed_at IS NULL)),
    CHECK (renewals BETWEEN 0 AND 20),
    -- I7: nothing moves the end below what was guaranteed
    CONSTRAINT never_below_guaranteed CHECK (ends_at >= guaranteed_until_at)
);
-- I2: one loan per person and offer at a time
CREATE UNIQUE INDEX one_active_loan ON loan (group_id, offer_id, borrower_person_id)
 WHERE status = 'active';
CREATE INDEX loan_running ON loan (group_id, offer_id, ends_at) WHERE status = 'active';
CREATE INDEX loan_borrower ON loan (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX loan_of_person ON loan (group_id, borrower_person_id) WHERE status = 'active';
CREATE INDEX loan_owner ON loan (group_id, owner_school_id, id);
CREATE INDEX loan_resource ON loan (group_id, resource_id);

CREATE TABLE hold (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    offer_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    borrower_person_id uuid NOT NULL,
    -- ready and past ready_until_at is lapsed, whether or not anyone has written it down
    status text NOT NULL CHECK (status IN ('waiting', 'ready', 'filled', 'lapsed', 'cancelled')),
    -- the order of the queue is (band, placed_at, id)
    band smallint NOT NULL DEFAULT 0,
    placed_at timestamptz NOT NULL,
    ready_until_at timestamptz,
    loan_id uuid,
    closed_at timestamptz,
    closed_because text NOT NULL DEFAULT '' CHECK (length(closed_because) <= 500),
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id),
    FOREIGN KEY (group_id, owner_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, borrower_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, borrower_person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, loan_id) REFERENCES loan (group_id, id),
    CHECK ((status IN ('waiting', 'ready')) = (closed_at IS NULL)),
    CHECK (status <> 'ready' OR ready_until_at IS NOT NULL),
    CHECK ((status = 'filled') = (loan_id IS NOT NULL))
);
-- I2: one place in the queue per person and offer
CREATE UNIQUE INDEX one_open_hold ON hold (group_id, offer_id, borrower_person_id)
 WHERE status IN ('waiting', 'ready');
-- I5: eligibility first, then this order
CREATE INDEX hold_queue ON hold (group_id, offer_id, band, placed_at, id)
 WHERE status = 'waiting';
CREATE INDEX hold_ready ON hold (group_id, offer_id, ready_until_at) WHERE status = 'ready';
CREATE INDEX hold_borrower ON hold (group_id, borrower_school_id, borrower_person_id, id);
CREATE INDEX hold_of_person ON hold (group_id, borrower_person_id)
 WHERE status IN ('waiting', 'ready');
CREATE INDEX hold_owner ON hold (group_id, owner_school_id, id);

-- I1: a seat has at most one occupant, and each occupant one seat.
CREATE TABLE seat (
    group_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    no int NOT NULL CHECK (no BETWEEN 1 AND 100000),
    loan_id uuid,
    hold_id uuid,
    -- I9: seats that were cut retire when they are freed
    retired_at timestamptz,
    PRIMARY KEY (group_id, offer_id, no),
    FOREIGN KEY (group_id, offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, loan_id) REFERENCES loan (group_id, id),
    FOREIGN KEY (group_id, hold_id) REFERENCES hold (group_id, id),
    CONSTRAINT one_occupant CHECK (num_nonnulls(loan_id, hold_id, retired_at) <= 1),
    CONSTRAINT one_seat_per_loan UNIQUE (group_id, loan_id),
    CONSTRAINT one_seat_per_hold UNIQUE (group_id, hold_id)
);
CREATE INDEX seat_free ON seat (group_id, offer_id, no)
 WHERE loan_id IS NULL AND hold_id IS NULL AND retired_at IS NULL;

-- Every link that was given out, for the borrower and the owner to see.
CREATE TABLE loan_fetch (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    loan_id uuid NOT NULL,
    file_no int NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    at timestamptz NOT NULL,
    link_until_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, loan_id) REFERENCES loan (group_id, id),
    CHECK (link_until_at > at)
);
CREATE INDEX loan_fetch_loan ON loan_fetch (group_id, loan_id, id);

-- One view for every figure of an offer that anybody is shown: what counts now, not what was written.
CREATE VIEW offer_figures WITH (security_invoker = true) AS
SELECT o.group_id, o.id AS offer_id, o.seats,
       (SELECT count(*) FROM seat s WHERE s.group_id = o.group_id AND s.offer_id = o.id
           AND s.retired_at IS NULL) AS standing,
       (SELECT count(*) FROM loan l WHERE l.group_id = o.group_id AND l.offer_id = o.id
           AND l.status = 'active' AND app.now() < l.ends_at) AS lent,
       (SELECT count(*) FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
           AND h.status = 'ready' AND app.now() < h.ready_until_at) AS reserved,
       (SELECT count(*) FROM hold h WHERE h.group_id = o.group_id AND h.offer_id = o.id
           AND h.status = 'waiting') AS waiting
  FROM offer o;

-- Who may see what of it. Whom a line of the audience reaches sees that line, and by it the offer;
-- a loan and a hold are seen by both schools; seats say nothing of who sits there. The queue itself
-- spans schools: it is worked by the system, after the policy has let the caller up to the desk.
SELECT app.wall_by_school('offer_audience', ARRAY['school_id'], $reach$
    kind = 'group' OR tier = (SELECT app.tier())
    OR audience_school_id = (SELECT app.school_id())
    OR EXISTS (SELECT FROM circle_member m WHERE m.group_id = offer_audience.group_id
                  AND m.circle_id = offer_audience.circle_id
                  AND m.school_id = (SELECT app.school_id()))$reach$);
SELECT app.wall_by_school('offer', ARRAY['school_id'], $reach$
    EXISTS (SELECT FROM offer_audience a WHERE a.group_id = offer.group_id
               AND a.offer_id = offer.id)$reach$);
SELECT app.wall_by_school('loan', ARRAY['owner_school_id', 'borrower_school_id']);
SELECT app.wall_by_school('hold', ARRAY['owner_school_id', 'borrower_school_id']);
SELECT app.wall_by_school('loan_fetch', ARRAY['owner_school_id', 'borrower_school_id']);
SELECT app.wall_by_group('seat');

GRANT SELECT, INSERT ON offer, offer_audience, seat, loan, hold, loan_fetch TO schoolgroup_app;
GRANT UPDATE (status, seats, valid_until_at, version, updated_at) ON offer TO schoolgroup_app;
GRANT UPDATE (loan_id, hold_id, retired_at) ON seat TO schoolgroup_app;
GRANT UPDATE (status, ends_at, renewals, closed_at, closed_because, version) ON loan
   TO schoolgroup_app;
GRANT UPDATE (status, ready_until_at, loan_id, closed_at, closed_because, version) ON hold
   TO schoolgroup_app;
GRANT SELECT ON offer_figures TO schoolgroup_app;
-- migrate:down
