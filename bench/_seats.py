"""Two ways to lend seats, as scripts for pgbench: the desk's own statements, and a plain lock.

Both check the same: seats, one loan of a title per person, and how much one person may have open.
A borrower who has the title gives it back, one who has not tries to get it. The plain way is what a
careful developer writes first: lock the offer's row, count, insert.
"""

import re
from uuid import UUID

from schoolgroup.resources.lending.desk import queries as desk
from schoolgroup.resources.lending.offers import queries as offers
from schoolgroup.resources.lending.terms import queries as terms

OPEN_MAX = 50
NUMBERED = "('00000000-0000-7000-8000-' || lpad(to_hex({0}::int + {1}), 12, '0'))::uuid"
PERSONS, OFFERS = 1_000_000, 2_000_000  # where the numbers of their ids begin

PLAIN = """
CREATE SCHEMA plain;
CREATE TABLE plain.person (id int PRIMARY KEY);
CREATE TABLE plain.offer (id int PRIMARY KEY, seats int NOT NULL, status text NOT NULL);
CREATE TABLE plain.loan (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    offer_id int NOT NULL REFERENCES plain.offer (id),
    person_id int NOT NULL REFERENCES plain.person (id),
    status text NOT NULL,
    starts_at timestamptz NOT NULL DEFAULT now(),
    ends_at timestamptz NOT NULL,
    closed_at timestamptz
);
CREATE UNIQUE INDEX ON plain.loan (offer_id, person_id) WHERE status = 'active';
CREATE INDEX ON plain.loan (person_id) WHERE status = 'active';
INSERT INTO plain.person SELECT generate_series(1, {people});
INSERT INTO plain.offer SELECT n, {seats}, 'open' FROM generate_series(1, {titles}) n;
"""
PLAIN_ATTEMPT = """
\\set who :client_id + 1
\\set title random(1, {titles})
BEGIN;
SELECT seats FROM plain.offer WHERE id = :title AND status = 'open' FOR UPDATE \\gset
SELECT count(*) FILTER (WHERE offer_id = :title) AS lent,
       count(*) FILTER (WHERE offer_id = :title AND person_id = :who) AS has,
       count(*) FILTER (WHERE person_id = :who) AS open
  FROM plain.loan
 WHERE status = 'active' AND now() < ends_at AND (offer_id = :title OR person_id = :who) \\gset
\\if :has > 0
UPDATE plain.loan SET status = 'returned', closed_at = now()
 WHERE offer_id = :title AND person_id = :who AND status = 'active';
\\elif :lent < :seats and :open < {open_max}
INSERT INTO plain.loan (offer_id, person_id, status, ends_at)
VALUES (:title, :who, 'active', now() + interval '14 days');
\\endif
COMMIT;
"""
# First a look that waits for nobody: most who ask for a title everyone wants are answered by it.
OUR_ATTEMPT = """
\\set who :client_id + 1
\\set title random(1, {titles})
\\set r1 random(0, 2147483647)
\\set r2 random(0, 2147483647)
{look} \\gset
\\if :has
BEGIN;
{lock_offer};
{close};
{settle};
COMMIT;
\\elif :free and :own_open < {open_max}
BEGIN;
{lock_limits};
{mine} \\gset
\\if :own_open < {open_max}
{claim};
\\endif
COMMIT;
\\endif
"""


def person(number: str) -> str:
    """SQL of the id of the person so numbered."""
    return NUMBERED.format(PERSONS, number)


def offer(number: str) -> str:
    """SQL of the id of the offer so numbered."""
    return NUMBERED.format(OFFERS, number)


def our_attempt(group: UUID, school: UUID, resource: UUID, titles: int) -> str:
    """The desk's statements, word for word, with the borrower and the title filled in."""
    group_sql, school_sql = f"'{group}'::uuid", f"'{school}'::uuid"
    loan = "('00000000-0000-4000-8' || substr(md5(:r1 || '-' || :r2), 1, 3)"
    loan += " || '-' || substr(md5(:r1 || '+' || :r2), 1, 12))::uuid"
    who, title = person(":who"), offer(":title")
    claim = {
        1: group_sql, 2: title, 3: loan, 4: f"'{resource}'::uuid", 5: "1", 6: "'勾股定理'",
        7: school_sql, 8: school_sql, 9: who, 10: "now()", 11: "now() + interval '14 days'",
        12: "now()", 13: "'{}'::jsonb",
    }  # fmt: skip
    mine = {1: group_sql, 2: f"ARRAY[{title}]", 3: who, 4: school_sql}
    look = {1: group_sql, 2: title, 3: "NULL::uuid"}
    first_look = (
        f"SELECT f.loan_id IS NOT NULL AS has, f.own_open, coalesce(f.loan_id, {group_sql}) AS"
        f" loan, d.idle_seats > d.waiting AS free"
        f" FROM ({filled(desk.LIST_MINE, mine)}) AS f, ({filled(desk.LOOK, look)}) AS d"
    )
    return OUR_ATTEMPT.format(
        titles=titles,
        open_max=OPEN_MAX,
        look=first_look,
        lock_offer=filled(offers.LOCK_OFFER, {1: group_sql, 2: title}),
        close=filled(desk.CLOSE_LOAN, {1: group_sql, 2: "(:loan)::uuid", 3: "'returned'", 4: "''"}),
        settle=filled(desk.LOOK, look),
        lock_limits=filled(terms.LOCK_LIMITS, {1: "ARRAY['lending/person/' || :who]"}),
        mine=f"SELECT own_open FROM ({filled(desk.LIST_MINE, mine)}) AS f",
        claim=filled(desk.CLAIM_FREE_SEAT, claim),
    )


def filled(statement: str, values: dict[int, str]) -> str:
    """The statement with its parameters written in."""
    return re.sub(r"\$(\d+)", lambda found: values[int(found[1])], statement.strip())
