"""SQL of what somebody may find: whole classes, and entries for the caller's own sake."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_one
from schoolgroup.resources.search.models import Own, Reach, Wanted

# What only concerns classes is asked of both.
NARROWED = """
   AND (r.status = $2 OR ($2::text IS NULL AND r.status <> 'withdrawn'))
   AND ($3::text IS NULL
        OR ($3 = 'mine') = (r.school_id IS NOT DISTINCT FROM (SELECT app.school_id())))
"""
# The name of the state this statement sees (migration 0040); none in a transaction that has
# written, which sees what no other does.
LOTS = """
CASE WHEN pg_current_xact_id_if_assigned() IS NULL
     THEN (SELECT coalesce(bit_xor(h.lot), 0) FROM search_change h WHERE h.group_id = $1) END
"""
# Whole classes by the policy. `until` is the next instant at which the clock alone may change what
# is decided here: offers run out, seals are lifted, and dates (of agreements) change at midnight.
# Beyond are the classes of which somebody may find what is the own: with $6 any; else (where nobody
# may do by person what is asked) those by which one may, and those closed to all but authors.
REACH = f"""
WITH scope AS MATERIALIZED (
    SELECT r.id, r.family_id FROM search_class r
     WHERE r.group_id = $1 AND /*visible:resource:discover@resource_class:r*/ {NARROWED}
       AND ($4::text IS NULL
            OR $4 = 'borrow' AND /*visible:resource:borrow@resource_class:r*/
            OR $4 = 'adapt' AND /*visible:resource:adapt@resource_class:r*/)),
beyond AS MATERIALIZED (
    SELECT DISTINCT c.school_id, c.status FROM search_class c
     WHERE c.group_id = $1 AND c.id NOT IN (SELECT id FROM scope)
       AND ($6 OR c.sealed_until_at IS NOT NULL
            OR $4 = 'borrow' AND /*visible:resource:borrow@resource_class:c*/
            OR $4 = 'adapt' AND /*visible:resource:adapt@resource_class:c*/)),
bounding AS MATERIALIZED (
    SELECT p.valid_until_at FROM offer p
     WHERE p.group_id = $1
       AND p.id IN (SELECT b.bounding_offer_id FROM offer_bound b WHERE b.group_id = $1))
SELECT {LOTS} AS lots,
       least((SELECT min(l.valid_until_at) FROM search_reach_line l
               WHERE l.group_id = $1 AND l.valid_until_at > (SELECT app.now())),
             (SELECT min(c.sealed_until_at) FROM search_class c
               WHERE c.group_id = $1 AND c.sealed_until_at > (SELECT app.now())),
             (SELECT min(valid_until_at) FROM bounding WHERE valid_until_at > (SELECT app.now())),
             ((app.today() + 1)::timestamp AT TIME ZONE $5)) AS until,
       (SELECT coalesce(array_agg(id), '{{}}')::text FROM scope) AS classes,
       (SELECT coalesce(array_agg(DISTINCT family_id), '{{}}')::text FROM scope) AS families,
       (SELECT count(*) FROM search_class c
         WHERE c.group_id = $1 AND c.family_id IN (SELECT family_id FROM scope))
           = (SELECT count(*) FROM scope) AS whole,
       (SELECT coalesce(array_agg(school_id ORDER BY school_id, status), '{{}}') FROM beyond)
           AS beyond_schools,
       (SELECT coalesce(array_agg(status ORDER BY school_id, status), '{{}}') FROM beyond)
           AS beyond_statuses
"""
# Of what is the caller's own (made, or on loan), each that may be found though its class may not.
# Most of what somebody made lies in classes that are in scope: only what is like something outside
# is looked at.
OWN = f"""
WITH own AS MATERIALIZED (
    SELECT r.id FROM resource r
     WHERE r.group_id = $1 AND r.author_person_id = (SELECT app.person_id())
       AND r.status = ANY ($7::text[])
       AND (r.school_id, r.status) IN (SELECT s, t FROM unnest($6::uuid[], $7::text[]) b (s, t))
     UNION
    SELECT l.resource_id FROM loan l
     WHERE l.group_id = $1 AND l.borrower_person_id = (SELECT app.person_id())
       AND l.status = 'active')
SELECT {LOTS} AS lots,
       (SELECT coalesce(array_agg(e.no), '{{}}')
          FROM own
          JOIN search_entry e ON e.group_id = $1 AND e.resource_id = own.id
          JOIN resource r ON r.group_id = $1 AND r.id = own.id
         WHERE e.class_id NOT IN (SELECT unnest($5::text::int[]))
           AND /*visible:resource:discover@resource:r*/ {NARROWED}
           AND ($4::text IS NULL
                OR $4 = 'borrow' AND /*visible:resource:borrow@resource:r*/
                OR $4 = 'adapt' AND /*visible:resource:adapt@resource:r*/)) AS extra
"""
# Planning these statements takes longer than they do: for this transaction plans are kept.
KEEP_PLANS = "SELECT set_config('plan_cache_mode', 'force_generic_plan', true)"


async def keep_plans(tx: Tx) -> None:
    """From here on plans are kept."""
    await execute(tx, KEEP_PLANS)


async def reach(tx: Tx, wanted: Wanted, *, by_person: bool) -> Reach:
    """The classes the actor may find of what is wanted, and for how long that holds.

    `by_person`: whether somebody may find what is wanted for a personal relation's sake.
    """
    found = await fetch_one(
        tx, Reach, with_rights(tx, REACH), tx.group_id, wanted.status, wanted.owner, wanted.can,
        tx.actor.time_zone, by_person,
    )  # fmt: skip
    assert found is not None
    return found


async def own(
    tx: Tx,
    wanted: Wanted,
    classes: str,
    beyond_schools: Sequence[UUID],
    beyond_statuses: Sequence[str],
) -> Own:
    """What is the actor's own and may be found beyond these classes; and the state they are of."""
    found = await fetch_one(
        tx, Own, with_rights(tx, OWN), tx.group_id, wanted.status, wanted.owner, wanted.can,
        classes, beyond_schools, beyond_statuses,
    )  # fmt: skip
    assert found is not None
    return found
