-- migrate:up
-- Why: physical things are lent by the same desk as files: an offer that lends items has as many
-- seats as there are items to give; what is in somebody's hands is a row with one holder, so no item
-- is ever in two hands; a thing that is out keeps its loan from being over before it is back. Places
-- are booked by time without overlap, which the database itself refuses.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- ── items 实物 ────────────────────────────────────────────────────────────────────────────────

ALTER TABLE offer
    -- lends the items of its resource: its seats follow them
    ADD COLUMN by_items boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT items_have_seats CHECK (NOT by_items OR seats IS NOT NULL);
-- the same items are never promised by two offers at once
CREATE UNIQUE INDEX one_offer_of_items ON offer (group_id, resource_id)
 WHERE by_items AND status <> 'closed';

-- One thing with a barcode: a copy, a kit, or a whole set in a box (套) that is counted in pieces.
CREATE TABLE item (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- the owner, which is the school of the resource
    school_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    -- items entered together: the lots of a set that is lent by count
    set_id uuid,
    barcode text NOT NULL CHECK (barcode ~ '^[!-~]{3,40}$'),
    scheme text NOT NULL CHECK (scheme IN ('plain', 'ean13', 'luhn14', 'mod43')),
    pieces int NOT NULL CHECK (pieces BETWEEN 1 AND 10000),
    home_location text NOT NULL CHECK (length(home_location) BETWEEN 1 AND 100),
    condition text NOT NULL CHECK (condition IN ('good', 'worn', 'poor')),
    -- what is to be said of the thing itself; in whose hands it is, its hand-over says
    state text NOT NULL CHECK (state IN ('sound', 'damaged', 'lost', 'withdrawn')),
    state_because text NOT NULL DEFAULT '' CHECK (length(state_because) <= 500),
    -- the last stock-taking that saw it
    seen_at timestamptz,
    seen_location text NOT NULL DEFAULT '' CHECK (length(seen_location) <= 100),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT barcode_once UNIQUE (group_id, school_id, barcode),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id)
);
CREATE INDEX item_resource ON item (group_id, resource_id, id);
CREATE INDEX item_barcode ON item (group_id, barcode);

-- A hand-over 交接: one item on its way to one borrower and back, from the shelf to the shelf.
CREATE TABLE item_handover (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    item_id uuid NOT NULL,
    loan_id uuid NOT NULL,
    offer_id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    borrower_school_id uuid NOT NULL,
    borrower_person_id uuid NOT NULL,
    status text NOT NULL CHECK (status IN ('prepared', 'sent', 'handed', 'received', 'claimed',
        'returning', 'returned', 'accepted', 'lost', 'cancelled')),
    pieces_out int NOT NULL CHECK (pieces_out BETWEEN 1 AND 10000),
    pieces_back int CHECK (pieces_back BETWEEN 0 AND 10000),
    condition_out text NOT NULL CHECK (condition_out IN ('good', 'worn', 'poor')),
    condition_back text CHECK (condition_back IN ('good', 'worn', 'poor')),
    prepared_at timestamptz NOT NULL,
    sent_at timestamptz,
    handed_at timestamptz,
    -- a receipt is signed by the borrower or their school, or stands because it was returned, or
    -- because nobody objected in time
    received_at timestamptz,
    received_by text CHECK (received_by IN ('borrower', 'school', 'return', 'silence')),
    claimed_at timestamptz,
    returned_at timestamptz,
    closed_at timestamptz,
    closed_because text NOT NULL DEFAULT '' CHECK (length(closed_because) <= 500),
    version int NOT NULL DEFAULT 1,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, item_id) REFERENCES item (group_id, id),
    FOREIGN KEY (group_id, loan_id) REFERENCES loan (group_id, id),
    FOREIGN KEY (group_id, offer_id) REFERENCES offer (group_id, id),
    FOREIGN KEY (group_id, owner_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, borrower_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, borrower_person_id) REFERENCES person (group_id, id),
    CHECK ((status IN ('accepted', 'lost', 'cancelled')) = (closed_at IS NOT NULL)),
    CHECK (status NOT IN ('handed', 'received', 'claimed') OR handed_at IS NOT NULL),
    CHECK (status NOT IN ('received', 'claimed') OR received_at IS NOT NULL),
    CHECK (status NOT IN ('returning', 'returned') OR handed_at IS NULL OR received_at IS NOT NULL),
    CHECK ((received_at IS NULL) = (received_by IS NULL)),
    -- a hand-over has its receipt, or is open, or nobody ever had the thing in hand
    CONSTRAINT receipt_or_open CHECK (closed_at IS NULL OR handed_at IS NULL
                                      OR received_at IS NOT NULL)
);
-- an item is never in two hands, and a loan never has two items at once
CREATE UNIQUE INDEX one_hand ON item_handover (group_id, item_id) WHERE closed_at IS NULL;
CREATE UNIQUE INDEX one_item_per_loan ON item_handover (group_id, loan_id)
 WHERE closed_at IS NULL AND status NOT IN ('returning', 'returned');
CREATE INDEX item_handover_loan ON item_handover (group_id, loan_id);
CREATE INDEX item_handover_item ON item_handover (group_id, item_id, id);
CREATE INDEX item_handover_owner ON item_handover (group_id, owner_school_id, id);
CREATE INDEX item_handover_borrower
    ON item_handover (group_id, borrower_school_id, borrower_person_id, id);

-- What was noted about a thing's condition, when, and at which step.
CREATE TABLE item_note (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    item_id uuid NOT NULL,
    handover_id uuid,
    owner_school_id uuid NOT NULL,
    -- the school that had it in hand, and so may read the note
    borrower_school_id uuid,
    step text NOT NULL CHECK (length(step) BETWEEN 1 AND 40),
    condition text NOT NULL CHECK (condition IN ('good', 'worn', 'poor')),
    pieces int NOT NULL CHECK (pieces BETWEEN 0 AND 10000),
    note text NOT NULL CHECK (length(note) <= 1000),
    -- a picture that was handed in as an upload
    photo_blob_id uuid,
    noted_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, item_id) REFERENCES item (group_id, id),
    FOREIGN KEY (group_id, handover_id) REFERENCES item_handover (group_id, id),
    FOREIGN KEY (group_id, photo_blob_id) REFERENCES blob (group_id, id)
);
CREATE INDEX item_note_item ON item_note (group_id, item_id, id);
CREATE INDEX item_note_photo ON item_note (group_id, photo_blob_id)
 WHERE photo_blob_id IS NOT NULL;

-- Whether a thing of the loan is under way or in the borrower's hands: such a loan is not over,
-- however late it is.
CREATE FUNCTION app.is_out(in_group uuid, of_loan uuid) RETURNS boolean LANGUAGE sql STABLE
AS $$
    SELECT EXISTS (SELECT FROM item_handover h
                    WHERE h.group_id = in_group AND h.loan_id = of_loan
                      AND h.status IN ('sent', 'handed', 'received', 'claimed'))
$$;
-- School days begun since something was due: days in a holiday of the group or of the school do not
-- count. Zero: not overdue. The count ends at 400.
CREATE FUNCTION app.overdue_days(in_group uuid, of_school uuid, due_at timestamptz)
RETURNS int LANGUAGE sql STABLE
AS $$
    SELECT CASE WHEN due_at IS NULL OR app.now() < due_at THEN 0 ELSE (
        SELECT count(*)::int
          FROM generate_series(0, least(400, app.today() - (due_at AT TIME ZONE
                   coalesce(app.claim('time_zone'), 'Asia/Shanghai'))::date)) AS n
         WHERE NOT EXISTS (SELECT FROM holiday d
                            WHERE d.group_id = in_group
                              AND (d.school_id IS NULL OR d.school_id = of_school)
                              AND d.from_on <= app.today() - n AND app.today() - n < d.until_on))
    END
$$;

-- Where each item is now: one view for every answer, figure and count.
CREATE VIEW item_now WITH (security_invoker = true) AS
SELECT i.group_id, i.id AS item_id, i.school_id, i.resource_id, h.id AS handover_id,
       h.offer_id, h.loan_id, h.borrower_school_id,
       CASE h.status WHEN 'prepared' THEN 'reserved' WHEN 'sent' THEN 'in_transit'
            WHEN 'handed' THEN 'on_loan' WHEN 'received' THEN 'on_loan'
            WHEN 'claimed' THEN 'claimed' WHEN 'returning' THEN 'in_transit'
            WHEN 'returned' THEN 'in_inspection'
            ELSE CASE i.state WHEN 'sound' THEN 'available' ELSE i.state END END AS status,
       CASE WHEN h.status IN ('prepared', 'sent', 'handed', 'received', 'claimed')
            THEN l.ends_at END AS due_at,
       CASE WHEN h.status IN ('handed', 'received', 'claimed')
            THEN app.overdue_days(i.group_id, h.borrower_school_id, l.ends_at)
            ELSE 0 END AS overdue_days
  FROM item i
  LEFT JOIN item_handover h ON h.group_id = i.group_id AND h.item_id = i.id
                           AND h.closed_at IS NULL
  LEFT JOIN loan l ON l.group_id = h.group_id AND l.id = h.loan_id;

-- Of each school's own items how many are where, and how many of others' it has in hand.
CREATE VIEW item_figures WITH (security_invoker = true) AS
SELECT s.group_id, s.id AS school_id, s.name AS school_name, s.code AS school_code,
       count(n.item_id) AS owned,
       count(*) FILTER (WHERE n.status = 'available') AS available,
       count(*) FILTER (WHERE n.status = 'reserved') AS reserved,
       count(*) FILTER (WHERE n.status = 'in_transit') AS in_transit,
       count(*) FILTER (WHERE n.status IN ('on_loan', 'claimed')) AS out,
       count(*) FILTER (WHERE n.overdue_days > 0) AS overdue,
       count(*) FILTER (WHERE n.status = 'claimed') AS claimed,
       count(*) FILTER (WHERE n.status = 'in_inspection') AS in_inspection,
       count(*) FILTER (WHERE n.status = 'damaged') AS damaged,
       count(*) FILTER (WHERE n.status = 'lost') AS lost,
       (SELECT count(*) FROM item_now b
         WHERE b.group_id = s.group_id AND b.borrower_school_id = s.id
           AND b.status IN ('on_loan', 'claimed')) AS in_hand,
       (SELECT count(*) FROM item_now b
         WHERE b.group_id = s.group_id AND b.borrower_school_id = s.id
           AND b.overdue_days > 0) AS in_hand_overdue
  FROM school s
  LEFT JOIN item_now n ON n.group_id = s.group_id AND n.school_id = s.id
                      AND n.status <> 'withdrawn'
 GROUP BY s.group_id, s.id, s.name, s.code;

-- As before; a loan whose thing is still out is lent, however late it is.
CREATE OR REPLACE VIEW offer_figures WITH (security_invoker = true) AS
SELECT o.group_id, o.id AS offer_id, o.seats,
       (SELECT count(*) FROM seat s WHERE s.group_id = o.group_id AND s.offer_id = o.id
           AND s.retired_at IS NULL) AS standing,
       (SELECT count(*) FROM loan l WHERE l.group_id = o.group_id AND l.offer_id = o.id
           AND l.status = 'active'
           AND (app.now() < l.ends_at OR o.by_items AND app.is_out(l.group_id, l.id))) AS lent,
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

-- ── places 场地 ───────────────────────────────────────────────────────────────────────────────

-- A place to visit or to work in; the offers of its resource say who finds and who books it.
CREATE TABLE place (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
    address text NOT NULL DEFAULT '' CHECK (length(address) <= 300),
    contact text NOT NULL DEFAULT '' CHECK (length(contact) <= 200),
    guidance text NOT NULL DEFAULT '' CHECK (length(guidance) <= 2000),
    capacity_people int NOT NULL CHECK (capacity_people BETWEEN 1 AND 100000),
    -- several parties at a time, up to its capacity; else one party at a time
    shared boolean NOT NULL,
    slot_minutes int NOT NULL CHECK (slot_minutes IN (15, 30, 45, 60, 90, 120, 240)),
    slots_max int NOT NULL CHECK (slots_max BETWEEN 1 AND 96),
    lead_hours int NOT NULL CHECK (lead_hours BETWEEN 0 AND 2160),
    ahead_days int NOT NULL CHECK (ahead_days BETWEEN 1 AND 400),
    cancel_hours int NOT NULL CHECK (cancel_hours BETWEEN 0 AND 720),
    -- the owner is asked first; silence until ask_hours have passed means no
    asks_owner boolean NOT NULL,
    ask_hours int NOT NULL CHECK (ask_hours BETWEEN 1 AND 720),
    open_on_holidays boolean NOT NULL,
    status text NOT NULL CHECK (status IN ('open', 'closed')),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id)
);
CREATE INDEX place_resource ON place (group_id, resource_id);
CREATE INDEX place_school ON place (group_id, school_id, id);

-- When it is open in a week, by the clock of the group's place; Monday is 1.
CREATE TABLE place_hours (
    group_id uuid NOT NULL,
    place_id uuid NOT NULL,
    weekday smallint NOT NULL CHECK (weekday BETWEEN 1 AND 7),
    from_minute int NOT NULL CHECK (from_minute BETWEEN 0 AND 1439),
    until_minute int NOT NULL CHECK (until_minute BETWEEN 1 AND 1440),
    PRIMARY KEY (group_id, place_id, weekday, from_minute),
    FOREIGN KEY (group_id, place_id) REFERENCES place (group_id, id),
    CHECK (until_minute > from_minute),
    CONSTRAINT hours_never_overlap EXCLUDE USING gist (
        group_id WITH =, place_id WITH =, weekday WITH =,
        int4range(from_minute, until_minute) WITH &&)
);
-- Days on which it is closed.
CREATE TABLE place_closure (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    from_on date NOT NULL,
    until_on date NOT NULL,
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 200),
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, place_id) REFERENCES place (group_id, id),
    CHECK (until_on > from_on)
);
CREATE INDEX place_closure_days ON place_closure (group_id, place_id, from_on);

-- Asked and past decide_by_at is lapsed, whether or not anyone has written it down.
CREATE TABLE booking (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    place_id uuid NOT NULL,
    owner_school_id uuid NOT NULL,
    booker_school_id uuid NOT NULL,
    booker_person_id uuid NOT NULL,
    -- as the place was when it was booked
    shared boolean NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    people int NOT NULL CHECK (people BETWEEN 1 AND 100000),
    purpose text NOT NULL CHECK (length(purpose) BETWEEN 1 AND 500),
    status text NOT NULL CHECK (status IN
        ('asked', 'confirmed', 'declined', 'lapsed', 'cancelled', 'no_show')),
    decide_by_at timestamptz,
    -- until when the booker may cancel
    cancel_by_at timestamptz NOT NULL,
    confirmed_at timestamptz,
    closed_at timestamptz,
    closed_because text NOT NULL DEFAULT '' CHECK (length(closed_because) <= 500),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, place_id) REFERENCES place (group_id, id),
    FOREIGN KEY (group_id, owner_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, booker_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, booker_person_id) REFERENCES person (group_id, id),
    CHECK (ends_at > starts_at),
    CHECK ((status IN ('asked', 'confirmed')) = (closed_at IS NULL)),
    CHECK ((status = 'asked') <= (decide_by_at IS NOT NULL)),
    CHECK (status NOT IN ('confirmed', 'no_show') OR confirmed_at IS NOT NULL),
    -- one party at a time, whoever asks how fast: the last word
    CONSTRAINT one_party_at_a_time EXCLUDE USING gist (
        group_id WITH =, place_id WITH =, tstzrange(starts_at, ends_at) WITH &&)
        WHERE (NOT shared AND status IN ('asked', 'confirmed'))
);
CREATE INDEX booking_times ON booking (group_id, place_id, starts_at);
CREATE INDEX booking_owner ON booking (group_id, owner_school_id, id);
CREATE INDEX booking_booker ON booking (group_id, booker_school_id, booker_person_id, id);

-- Walls. The school that has or had a thing in hand sees it; a place is seen where an offer of its
-- resource is, or a booking of the own school; hand-overs, notes and bookings by both schools.
SELECT app.wall_by_school('item_handover', ARRAY['owner_school_id', 'borrower_school_id']);
SELECT app.wall_by_school('item_note', ARRAY['owner_school_id', 'borrower_school_id']);
SELECT app.wall_by_school('item', ARRAY['school_id'], $hand$
    EXISTS (SELECT FROM item_handover h WHERE h.group_id = item.group_id AND h.item_id = item.id
               AND h.borrower_school_id = (SELECT app.school_id()))$hand$);
SELECT app.wall_by_school('place', ARRAY['school_id'], $reach$
    EXISTS (SELECT FROM offer o WHERE o.group_id = place.group_id
               AND o.resource_id = place.resource_id)
    OR EXISTS (SELECT FROM booking k WHERE k.group_id = place.group_id AND k.place_id = place.id
                  AND k.booker_school_id = (SELECT app.school_id()))$reach$);
SELECT app.wall_by_school('booking', ARRAY['owner_school_id', 'booker_school_id']);
ALTER TABLE place_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE place_hours FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON place_hours
    USING (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM place p
                        WHERE p.group_id = place_hours.group_id AND p.id = place_hours.place_id))
    WITH CHECK (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM place p
                        WHERE p.group_id = place_hours.group_id AND p.id = place_hours.place_id
                          AND ((SELECT app.is_office()) OR p.school_id = (SELECT app.school_id()))));
ALTER TABLE place_closure ENABLE ROW LEVEL SECURITY;
ALTER TABLE place_closure FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON place_closure
    USING (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM place p
                        WHERE p.group_id = place_closure.group_id
                          AND p.id = place_closure.place_id))
    WITH CHECK (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM place p
                        WHERE p.group_id = place_closure.group_id AND p.id = place_closure.place_id
                          AND ((SELECT app.is_office()) OR p.school_id = (SELECT app.school_id()))));

GRANT UPDATE (guaranteed_until_at) ON loan TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (home_location, pieces, condition, state, state_because, seen_at, seen_location, version,
            updated_at)
    ON item TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (status, pieces_back, condition_back, sent_at, handed_at, received_at, received_by,
            claimed_at, returned_at, closed_at, closed_because, version)
    ON item_handover TO schoolgroup_app;
GRANT SELECT, INSERT ON item_note TO schoolgroup_app;
GRANT SELECT ON item_now, item_figures TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (name, address, contact, guidance, capacity_people, slots_max, lead_hours, ahead_days,
            cancel_hours, asks_owner, ask_hours, open_on_holidays, status, version, updated_at)
    ON place TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE ON place_hours, place_closure TO schoolgroup_app;
GRANT SELECT, INSERT,
    UPDATE (status, decide_by_at, confirmed_at, closed_at, closed_because, version)
    ON booking TO schoolgroup_app;
GRANT EXECUTE ON FUNCTION app.is_out(uuid, uuid), app.overdue_days(uuid, uuid, timestamptz)
   TO schoolgroup_app;
-- migrate:down
