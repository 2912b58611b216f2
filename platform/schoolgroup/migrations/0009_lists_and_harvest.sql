-- migrate:up
-- Why: other systems harvest what is published, by the instant of its last change that they can see;
-- and schools keep lists of resources, books and places, a new edition each school year.
SET lock_timeout = '4s';
SET statement_timeout = '60s';

-- ── the harvest ──────────────────────────────────────────────────────────────────────────────

-- When something about a published resource last changed that a harvester can see: what it says, or
-- whom it reaches. Apart from the resource, so that a new offer rewrites no row with a text index.
CREATE TABLE harvest_stamp (
    group_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    -- to the second, as harvesters ask for it
    changed_at timestamptz NOT NULL CHECK (changed_at = date_trunc('second', changed_at)),
    PRIMARY KEY (group_id, resource_id),
    FOREIGN KEY (group_id, resource_id) REFERENCES resource (group_id, id)
);
CREATE INDEX harvest_order ON harvest_stamp (group_id, changed_at, resource_id);
-- An offer that runs out changes what is seen without any row changing.
CREATE INDEX offer_expiry ON offer (group_id, valid_until_at) WHERE valid_until_at IS NOT NULL;

-- The clock is the wall's at the moment of writing, not the transaction's beginning: see
-- integration/oai/queries.py on how a harvest never overtakes a transaction that has yet to commit.
CREATE FUNCTION app.stamp_harvest(stamped_group uuid, stamped_resource uuid) RETURNS void
LANGUAGE sql
AS $$
    INSERT INTO harvest_stamp AS h (group_id, resource_id, changed_at)
    SELECT r.group_id, r.id, date_trunc('second', clock_timestamp() + (app.now() - now()))
      FROM resource r
     WHERE r.group_id = stamped_group AND r.id = stamped_resource AND r.status <> 'draft'
    ON CONFLICT (group_id, resource_id)
    DO UPDATE SET changed_at = greatest(h.changed_at, EXCLUDED.changed_at)
$$;
CREATE FUNCTION app.stamp_resource() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.stamp_harvest(NEW.group_id, NEW.id);
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_new AFTER INSERT ON resource
FOR EACH ROW WHEN (NEW.status <> 'draft') EXECUTE FUNCTION app.stamp_resource();
CREATE TRIGGER stamp_changed AFTER UPDATE ON resource
FOR EACH ROW WHEN (NEW.status <> 'draft' AND (
        OLD.status, OLD.published_revision_no, OLD.school_id, OLD.title, OLD.kind, OLD.summary,
        OLD.stage, OLD.subject, OLD.edition, OLD.grade, OLD.volume, OLD.chapter, OLD.licence,
        OLD.language, OLD.keywords)
    IS DISTINCT FROM (
        NEW.status, NEW.published_revision_no, NEW.school_id, NEW.title, NEW.kind, NEW.summary,
        NEW.stage, NEW.subject, NEW.edition, NEW.grade, NEW.volume, NEW.chapter, NEW.licence,
        NEW.language, NEW.keywords))
EXECUTE FUNCTION app.stamp_resource();
CREATE FUNCTION app.stamp_offer() RETURNS trigger LANGUAGE plpgsql
AS $$
BEGIN
    PERFORM app.stamp_harvest(NEW.group_id, NEW.resource_id);
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_new AFTER INSERT ON offer
FOR EACH ROW EXECUTE FUNCTION app.stamp_offer();
CREATE TRIGGER stamp_changed AFTER UPDATE ON offer
FOR EACH ROW WHEN ((OLD.status, OLD.valid_until_at)
    IS DISTINCT FROM (NEW.status, NEW.valid_until_at))
EXECUTE FUNCTION app.stamp_offer();
CREATE FUNCTION app.stamp_audience() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE changed offer_audience := coalesce(NEW, OLD);
BEGIN
    PERFORM app.stamp_harvest(o.group_id, o.resource_id) FROM offer o
      WHERE o.group_id = changed.group_id AND o.id = changed.offer_id;
    RETURN NULL;
END $$;
CREATE TRIGGER stamp_audience AFTER INSERT OR UPDATE OR DELETE ON offer_audience
FOR EACH ROW EXECUTE FUNCTION app.stamp_audience();

-- What is there already. The owner is bound by the walls too, and nobody is speaking now.
ALTER TABLE resource NO FORCE ROW LEVEL SECURITY;
INSERT INTO harvest_stamp (group_id, resource_id, changed_at)
SELECT group_id, id, date_trunc('second', now()) FROM resource WHERE status <> 'draft';
ALTER TABLE resource FORCE ROW LEVEL SECURITY;
SELECT app.wall_by_group('harvest_stamp');
GRANT SELECT, INSERT, UPDATE (changed_at) ON harvest_stamp TO schoolgroup_app;

-- ── lists 清单 ────────────────────────────────────────────────────────────────────────────────

CREATE TABLE resource_list (
    group_id uuid NOT NULL REFERENCES education_group (id),
    id uuid NOT NULL,
    -- null: kept by the group office
    school_id uuid,
    kind text NOT NULL CHECK (kind IN ('course', 'reading', 'place')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    summary text NOT NULL DEFAULT '' CHECK (length(summary) <= 4000),
    -- whom its published editions reach: the own school, or every school of the group
    audience text NOT NULL CHECK (audience IN ('school', 'group')),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    CHECK (school_id IS NOT NULL OR audience = 'group')
);
CREATE INDEX resource_list_school ON resource_list (group_id, school_id, id);

-- The list of one school year; published ones are immutable.
CREATE TABLE list_edition (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    -- the year it begins in: 2026 for 2026-2027 学年
    school_year int NOT NULL CHECK (school_year BETWEEN 1990 AND 2200),
    status text NOT NULL CHECK (status IN ('draft', 'published', 'archived')),
    rolled_from_edition_id uuid,
    published_at timestamptz,
    archived_at timestamptz,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, list_id) REFERENCES resource_list (group_id, id),
    FOREIGN KEY (group_id, rolled_from_edition_id) REFERENCES list_edition (group_id, id),
    CONSTRAINT one_edition_a_year UNIQUE (group_id, list_id, school_year),
    CHECK ((status = 'draft') = (published_at IS NULL)),
    CHECK ((status = 'archived') = (archived_at IS NOT NULL))
);
CREATE UNIQUE INDEX one_draft_edition ON list_edition (group_id, list_id) WHERE status = 'draft';

-- One line of an edition. `sort_key` is its order, never a position that is shown. `title` is what
-- it was called when it was entered: a broken target is still shown by it.
CREATE TABLE list_entry (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    edition_id uuid NOT NULL,
    sort_key int NOT NULL,
    target text NOT NULL CHECK (target IN ('resource', 'book', 'place')),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    importance text NOT NULL CHECK (importance IN ('required', 'recommended', 'optional')),
    note text NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
    resource_id uuid,
    -- the revision that was current when the entry was made
    revision_no int,
    isbn text CHECK (isbn ~ '^97[89][0-9]{10}$'),
    author text NOT NULL DEFAULT '' CHECK (length(author) <= 200),
    publisher text NOT NULL DEFAULT '' CHECK (length(publisher) <= 200),
    address text NOT NULL DEFAULT '' CHECK (length(address) <= 300),
    hours text NOT NULL DEFAULT '' CHECK (length(hours) <= 300),
    capacity_people int CHECK (capacity_people BETWEEN 1 AND 1000000),
    contact text NOT NULL DEFAULT '' CHECK (length(contact) <= 200),
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, edition_id) REFERENCES list_edition (group_id, id),
    FOREIGN KEY (group_id, resource_id, revision_no)
        REFERENCES revision (group_id, resource_id, no),
    CONSTRAINT entry_once UNIQUE (group_id, edition_id, resource_id),
    CONSTRAINT book_once UNIQUE (group_id, edition_id, isbn),
    CHECK ((target = 'resource') = (resource_id IS NOT NULL)),
    CHECK ((resource_id IS NULL) = (revision_no IS NULL)),
    CHECK (target = 'book' OR isbn IS NULL),
    CHECK (target = 'place' OR capacity_people IS NULL)
);
CREATE INDEX list_entry_order ON list_entry (group_id, edition_id, sort_key, id);
CREATE INDEX list_entry_resource ON list_entry (group_id, resource_id)
 WHERE resource_id IS NOT NULL;

CREATE TABLE list_suggestion (
    group_id uuid NOT NULL,
    id uuid NOT NULL,
    list_id uuid NOT NULL,
    -- the list's own school, kept here too so that this wall needs no look at the list
    owner_school_id uuid,
    school_id uuid NOT NULL,
    person_id uuid,
    -- the entry as it is proposed (models.EntryWish)
    entry jsonb NOT NULL,
    because text NOT NULL CHECK (length(because) BETWEEN 1 AND 1000),
    status text NOT NULL CHECK (status IN ('proposed', 'accepted', 'declined', 'taken_back')),
    decided_because text CHECK (length(decided_because) BETWEEN 1 AND 1000),
    decided_at timestamptz,
    entry_id uuid,
    version int NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL,
    PRIMARY KEY (group_id, id),
    FOREIGN KEY (group_id, list_id) REFERENCES resource_list (group_id, id),
    FOREIGN KEY (group_id, owner_school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, school_id) REFERENCES school (group_id, id),
    FOREIGN KEY (group_id, person_id) REFERENCES person (group_id, id),
    CHECK ((status = 'proposed') = (decided_at IS NULL)),
    CHECK (status NOT IN ('accepted', 'declined') OR decided_because IS NOT NULL)
);
CREATE INDEX list_suggestion_list ON list_suggestion (group_id, list_id, id);

-- Entries change in a draft edition only (domain.md, law 9): whoever tries, and however.
CREATE FUNCTION app.keep_published_edition() RETURNS trigger LANGUAGE plpgsql
AS $$
DECLARE held list_entry := coalesce(OLD, NEW);
BEGIN
    -- The lock keeps a publication from slipping in between this look and the end.
    PERFORM FROM list_edition e
      WHERE e.group_id = held.group_id AND e.id = held.edition_id AND e.status = 'draft'
        FOR SHARE;
    IF NOT FOUND OR (TG_OP = 'UPDATE' AND NEW.edition_id <> OLD.edition_id) THEN
        RAISE EXCEPTION 'edition % is published', held.edition_id
            USING ERRCODE = 'check_violation', CONSTRAINT = 'published_editions_never_change';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER keep_published BEFORE INSERT OR UPDATE OR DELETE ON list_entry
FOR EACH ROW EXECUTE FUNCTION app.keep_published_edition();

-- Walls. A list for the group passes to every school; which of its editions, the next wall says.
SELECT app.wall_by_school('resource_list', ARRAY['school_id'], $$audience = 'group'$$);
ALTER TABLE list_edition ENABLE ROW LEVEL SECURITY;
ALTER TABLE list_edition FORCE ROW LEVEL SECURITY;
CREATE POLICY wall ON list_edition
    USING (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM resource_list l
                        WHERE l.group_id = list_edition.group_id AND l.id = list_edition.list_id
                          AND (list_edition.status <> 'draft' OR (SELECT app.is_office())
                               OR l.school_id = (SELECT app.school_id()))))
    WITH CHECK (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM resource_list l
                        WHERE l.group_id = list_edition.group_id AND l.id = list_edition.list_id
                          AND ((SELECT app.is_office())
                               OR l.school_id = (SELECT app.school_id()))));
ALTER TABLE list_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE list_entry FORCE ROW LEVEL SECURITY;
-- Entries are seen where their edition is; they are written in drafts only (the trigger), which
-- only the own school and the office see.
CREATE POLICY wall ON list_entry
    USING (group_id = (SELECT app.group_id())
           AND EXISTS (SELECT FROM list_edition e
                        WHERE e.group_id = list_entry.group_id AND e.id = list_entry.edition_id));
SELECT app.wall_by_school('list_suggestion', ARRAY['school_id', 'owner_school_id']);

GRANT SELECT, INSERT, DELETE, UPDATE (title, summary, audience, version, updated_at)
    ON resource_list TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE, UPDATE (status, published_at, archived_at, version, updated_at)
    ON list_edition TO schoolgroup_app;
GRANT SELECT, INSERT, DELETE,
    UPDATE (sort_key, title, importance, note, resource_id, revision_no, isbn, author, publisher,
            address, hours, capacity_people, contact, version, updated_at)
    ON list_entry TO schoolgroup_app;
GRANT SELECT, INSERT, UPDATE (status, decided_because, decided_at, entry_id, version)
    ON list_suggestion TO schoolgroup_app;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA app TO schoolgroup_app;
REVOKE EXECUTE ON FUNCTION app.sign(text) FROM schoolgroup_app;
-- migrate:down
