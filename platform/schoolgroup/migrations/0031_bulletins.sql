-- migrate:up
-- Why: what the office tells the schools is numbered without a gap, said by one and checked by
-- another, and stays as it was said: a correction is one edition more, its figures are kept with
-- their instant, and who has signed for it is a row.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- The last number given in a year. Its row is held until the issue commits: a number is neither
-- given twice nor lost by an issue that fails.
CREATE TABLE bulletin_number (
    group_id uuid NOT NULL REFERENCES education_group (id),
    year int NOT NULL CHECK (year BETWEEN 2000 AND 2199),
    last_no int NOT NULL CHECK (last_no > 0),
    PRIMARY KEY (group_id, year)
);

-- A bulletin 简报 as it is being written; what was issued stands in its editions.
CREATE TABLE bulletin (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    year int,
    no int,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    sections jsonb NOT NULL,
    -- references to saved queries; their values are worked out when somebody looks
    figures jsonb NOT NULL,
    audience text NOT NULL CHECK (audience IN ('group', 'tier', 'circle', 'schools')),
    tier text CHECK (tier IN ('integrated', 'partner')),
    circle_id uuid,
    school_ids uuid[] NOT NULL DEFAULT '{}',
    status text NOT NULL CHECK (status IN ('draft', 'checked', 'issued', 'corrected')),
    -- who wrote what stands there since the last edition
    editor_person_ids uuid[] NOT NULL CHECK (cardinality(editor_person_ids) > 0),
    checked_by_person_id uuid,
    -- what the edition in work changes of the one before
    changed text NOT NULL DEFAULT '' CHECK (length(changed) <= 2000),
    edition_no int NOT NULL DEFAULT 0 CHECK (edition_no >= 0),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    CONSTRAINT one_bulletin_per_number UNIQUE (group_id, year, no),
    FOREIGN KEY (group_id, circle_id) REFERENCES circle (group_id, id),
    FOREIGN KEY (group_id, checked_by_person_id) REFERENCES person (group_id, id),
    CHECK ((audience = 'tier') = (tier IS NOT NULL)),
    CHECK ((audience = 'circle') = (circle_id IS NOT NULL)),
    CHECK ((audience = 'schools') = (cardinality(school_ids) > 0)),
    CHECK ((edition_no > 0) = (no IS NOT NULL) AND (no IS NULL) = (year IS NULL)),
    CHECK (status NOT IN ('issued', 'corrected') OR edition_no > 0),
    CHECK ((status = 'corrected') <= (edition_no > 1)),
    CHECK ((status = 'draft') = (checked_by_person_id IS NULL)),
    CONSTRAINT checked_by_another CHECK (NOT checked_by_person_id = ANY (editor_person_ids)),
    CHECK (edition_no = 0 OR status = 'issued' OR changed <> '')
);

-- What was issued, whole, as it was issued. Nothing may change or take away one.
CREATE TABLE bulletin_edition (
    group_id uuid NOT NULL,
    bulletin_id uuid NOT NULL,
    no int NOT NULL CHECK (no > 0),
    content jsonb NOT NULL,
    -- what it corrects
    changed text NOT NULL CHECK (length(changed) <= 2000),
    issued_at timestamptz NOT NULL,
    issued_by_person_id uuid NOT NULL,
    checked_by_person_id uuid NOT NULL,
    PRIMARY KEY (group_id, bulletin_id, no),
    FOREIGN KEY (group_id, bulletin_id) REFERENCES bulletin (group_id, id),
    FOREIGN KEY (group_id, issued_by_person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, checked_by_person_id) REFERENCES person (group_id, id),
    CONSTRAINT a_correction_says_what CHECK ((no = 1) = (changed = ''))
);

-- The schools it was issued to, written at the first issue: who is missing is counted over these.
CREATE TABLE bulletin_recipient (
    group_id uuid NOT NULL,
    bulletin_id uuid NOT NULL,
    school_id uuid NOT NULL,
    PRIMARY KEY (group_id, bulletin_id, school_id),
    FOREIGN KEY (group_id, bulletin_id) REFERENCES bulletin (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id)
);
CREATE INDEX bulletin_recipient_school ON bulletin_recipient (group_id, school_id, bulletin_id);

-- Signed for 签收, edition by edition.
CREATE TABLE bulletin_receipt (
    group_id uuid NOT NULL,
    bulletin_id uuid NOT NULL,
    edition_no int NOT NULL,
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    signed_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, bulletin_id, edition_no, school_id),
    FOREIGN KEY (group_id, bulletin_id, edition_no)
        REFERENCES bulletin_edition (group_id, bulletin_id, no),
    FOREIGN KEY (group_id, bulletin_id, school_id)
        REFERENCES bulletin_recipient (group_id, bulletin_id, school_id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id)
);

-- What a school offers for a bulletin.
CREATE TABLE bulletin_article (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    school_id uuid NOT NULL,
    person_id uuid NOT NULL,
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    body text NOT NULL CHECK (length(body) BETWEEN 1 AND 20000),
    status text NOT NULL CHECK (status IN ('proposed', 'taken', 'declined')),
    bulletin_id uuid,
    declined_because text NOT NULL DEFAULT '' CHECK (length(declined_because) <= 1000),
    decided_at timestamptz,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    FOREIGN KEY (group_id, bulletin_id) REFERENCES bulletin (group_id, id),
    CHECK ((status = 'taken') = (bulletin_id IS NOT NULL)),
    CHECK ((status = 'declined') = (declined_because <> '')),
    CHECK ((status = 'proposed') = (decided_at IS NULL))
);
CREATE INDEX bulletin_article_bulletin ON bulletin_article (group_id, bulletin_id, created_at)
 WHERE bulletin_id IS NOT NULL;
CREATE INDEX bulletin_article_school ON bulletin_article (group_id, school_id, id);

-- Who of the recipients has signed the newest edition: list, receipts, inbox, notices and dashboard
-- count over this and nothing else.
CREATE VIEW bulletin_standing WITH (security_invoker = true) AS
SELECT r.group_id, r.bulletin_id, r.school_id, b.edition_no, e.issued_at, c.person_id, c.signed_at
  FROM bulletin_recipient r
  JOIN bulletin b ON b.group_id = r.group_id AND b.id = r.bulletin_id
  JOIN bulletin_edition e
    ON e.group_id = b.group_id AND e.bulletin_id = b.id AND e.no = b.edition_no
  LEFT JOIN bulletin_receipt c
    ON c.group_id = r.group_id AND c.bulletin_id = r.bulletin_id AND c.school_id = r.school_id
   AND c.edition_no = b.edition_no;

-- Numbers and drafts are the office's; what was issued, its recipients'.
ALTER TABLE bulletin_number ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulletin_number FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON bulletin_number
 USING (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()));
SELECT app.wall_by_school('bulletin_recipient', ARRAY['school_id']);
SELECT app.wall_by_school('bulletin_receipt', ARRAY['school_id']);
SELECT app.wall_by_school('bulletin_article', ARRAY['school_id']);
ALTER TABLE bulletin ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulletin FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON bulletin
 USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office())
         OR EXISTS (SELECT FROM bulletin_recipient r
                     WHERE r.group_id = bulletin.group_id AND r.bulletin_id = bulletin.id
                       AND r.school_id = (SELECT app.school_id()))))
 WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()));
ALTER TABLE bulletin_edition ENABLE ROW LEVEL SECURITY;
ALTER TABLE bulletin_edition FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON bulletin_edition
 USING (group_id = (SELECT app.group_id())
    AND ((SELECT app.is_office())
         OR EXISTS (SELECT FROM bulletin_recipient r
                     WHERE r.group_id = bulletin_edition.group_id
                       AND r.bulletin_id = bulletin_edition.bulletin_id
                       AND r.school_id = (SELECT app.school_id()))))
 WITH CHECK (group_id = (SELECT app.group_id()) AND (SELECT app.is_office()));

GRANT SELECT, INSERT, UPDATE (last_no) ON bulletin_number TO schoolgroup_app;
GRANT SELECT, INSERT,
      UPDATE (year, no, title, sections, figures, audience, tier, circle_id, school_ids, status,
              editor_person_ids, checked_by_person_id, changed, edition_no, version, updated_at)
   ON bulletin TO schoolgroup_app;
GRANT SELECT, INSERT ON bulletin_edition, bulletin_recipient, bulletin_receipt TO schoolgroup_app;
GRANT SELECT, INSERT,
      UPDATE (status, bulletin_id, declined_because, decided_at, version)
   ON bulletin_article TO schoolgroup_app;
GRANT SELECT ON bulletin_standing TO schoolgroup_app;
-- migrate:down
