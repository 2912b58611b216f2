"""SQL of what somebody may find: whole classes, and entries for the caller's own sake."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_one
from schoolgroup.resources.search.models import ClassRights, Own, Reach, Wanted

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
# The next instant at which the clock alone may change what is decided about classes: offers run
# out, seals are lifted, and dates (of agreements) change at midnight.
UNTIL = """
least((SELECT min(l.valid_until_at) FROM search_reach_line l
        WHERE l.group_id = $1 AND l.valid_until_at > (SELECT app.now())),
      (SELECT min(c.sealed_until_at) FROM search_class c
        WHERE c.group_id = $1 AND c.sealed_until_at > (SELECT app.now())),
      (WITH bounding AS MATERIALIZED (
           SELECT p.valid_until_at FROM offer p
            WHERE p.group_id = $1
              AND p.id IN (SELECT b.bounding_offer_id FROM offer_bound b WHERE b.group_id = $1))
       SELECT min(valid_until_at) FROM bounding WHERE valid_until_at > (SELECT app.now())),
      ((SELECT app.today()) + 1)::timestamp AT TIME ZONE (SELECT app.claim('time_zone')))
"""
# Whole classes by the policy. Beyond are the classes of which somebody may find what is the own:
# with $5 any; else (where nobody may do by person what is asked) those by which one may, and those
# closed to all but authors.
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
       AND ($5 OR c.sealed_until_at IS NOT NULL
            OR $4 = 'borrow' AND /*visible:resource:borrow@resource_class:c*/
            OR $4 = 'adapt' AND /*visible:resource:adapt@resource_class:c*/))
SELECT {LOTS} AS lots, {UNTIL} AS until,
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
# What stands between the caller and these classes.
CLASS_RIGHTS = f"""
WITH held AS MATERIALIZED (
    SELECT r.id, /*relations:resource_class:r*/ AS relations FROM search_class r
     WHERE r.group_id = $1 AND r.id = ANY ($2::int[]))
SELECT {LOTS} AS lots, {UNTIL} AS until,
       coalesce(array_agg(id), '{{}}') AS class_ids,
       coalesce(array_agg(relations), '{{}}') AS relations
  FROM held
"""
# What is the caller's own (made, or on loan), with the relations to each. Most of what somebody
# made lies in classes that are in scope: only what is like something outside is looked at.
OWN = f"""
WITH own AS MATERIALIZED (
    SELECT r.id
      FROM unnest($4::uuid[], $5::text[]) b (school_id, status)
      JOIN resource r ON r.group_id = $1 AND r.author_person_id = (SELECT app.person_id())
                     AND r.school_id = b.school_id AND r.status = b.status
     UNION
    SELECT l.resource_id FROM loan l
     WHERE l.group_id = $1 AND l.borrower_person_id = (SELECT app.person_id())
       AND l.status = 'active'),
held AS MATERIALIZED (
    SELECT e.no, e.class_id, /*relations:resource:r*/ AS relations
      FROM own
      JOIN search_entry e ON e.group_id = $1 AND e.resource_id = own.id
      JOIN resource r ON r.group_id = $1 AND r.id = own.id
     WHERE r.group_id = $1 {NARROWED})
SELECT {LOTS} AS lots, coalesce(array_agg(no), '{{}}') AS numbers,
       coalesce(array_agg(class_id), '{{}}') AS class_ids,
       coalesce(array_agg(relations), '{{}}') AS relations
  FROM held
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
        by_person,
    )  # fmt: skip
    assert found is not None
    return found


async def class_rights(tx: Tx, class_ids: Sequence[int], acts: Iterable[str]) -> ClassRights:
    """The relations to these classes that decide about one of the acts, and how long they hold."""
    sql = with_rights(tx, CLASS_RIGHTS, acts)
    found = await fetch_one(tx, ClassRights, sql, tx.group_id, class_ids)
    assert found is not None
    return found


async def own(
    tx: Tx,
    wanted: Wanted,
    beyond_schools: Sequence[UUID],
    beyond_statuses: Sequence[str],
    acts: Iterable[str],
    also: Iterable[str],
) -> Own:
    """What is the actor's own and lies there, or is on loan; and the state that is of.

    With the relations that decide about one of the acts, and `also` those named.
    """
    sql = with_rights(tx, OWN, acts, also)
    found = await fetch_one(
        tx, Own, sql, tx.group_id, wanted.status, wanted.owner, beyond_schools, beyond_statuses
    )
    assert found is not None
    return found
