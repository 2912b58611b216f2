"""SQL of the group's rules for borrowing, and of what terms and limits are decided on."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.terms.models import Ground, Limits, OpenNow, Rule, RuleWish

_RULE = """r.id, r.tier, r.kind, r.role, r.loan_days_max, r.renewals_max, r.person_open_max,
       r.school_open_max, r.group_open_max, r.share_percent, r.hold_band, r.because, r.version"""


def ground_of(school: str, tier: str, role: str) -> str:
    """The columns of a Ground, for a statement whose $1 is the group; the parameters' names."""
    return f"""(SELECT coalesce(jsonb_agg(to_jsonb(m)), '[]')
          FROM (SELECT {_RULE} FROM lending_rule r
                 WHERE r.group_id = $1 AND (r.tier IS NULL OR r.tier = {tier})
                   AND (r.role IS NULL OR r.role = {role})) AS m) AS rules,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'name', t.name, 'from_on', t.from_on, 'until_on', t.until_on)), '[]')
          FROM term t
         WHERE t.group_id = $1 AND t.from_on <= app.today() AND app.today() < t.until_on) AS terms,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                   'name', h.name, 'from_on', h.from_on, 'until_on', h.until_on)), '[]')
          FROM holiday h
         WHERE h.group_id = $1 AND (h.school_id IS NULL OR h.school_id = {school})
           AND h.until_on > app.today()) AS holidays"""


GET_GROUND = f"SELECT {ground_of('$2', '$3', '$4')}"

# Whoever opens something under a limit does it one after another: of one person, of one school, in
# the group. The names are those of `_locked`; the counts are read by a later statement, which sees
# what the one before has committed. Taken before the desk of any offer, in this order.
LOCK_LIMITS = """
SELECT pg_advisory_xact_lock(hashtextextended(name, 0))
  FROM unnest($1::text[]) WITH ORDINALITY AS n (name, no) ORDER BY no
"""

COUNT_OPEN = """
WITH opened AS (
    SELECT l.borrower_person_id AS person_id, l.borrower_school_id AS school_id, r.kind
      FROM loan l JOIN resource r ON r.group_id = l.group_id AND r.id = l.resource_id
     WHERE l.group_id = $1 AND l.status = 'active'
       AND (app.now() < l.ends_at OR app.is_out(l.group_id, l.id))
       AND ($7 OR l.borrower_person_id = $2 OR $6 AND l.borrower_school_id = $3)
    UNION ALL
    SELECT h.borrower_person_id, h.borrower_school_id, r.kind
      FROM hold h JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id
     WHERE h.group_id = $1
       AND (h.status = 'waiting' OR h.status = 'ready' AND app.now() < h.ready_until_at)
       AND ($7 OR h.borrower_person_id = $2 OR $6 AND h.borrower_school_id = $3))
SELECT count(*) FILTER (WHERE o.person_id = $2 AND ($4::text IS NULL OR o.kind = $4)) AS person,
       count(*) FILTER (WHERE o.school_id = $3 AND ($5::text IS NULL OR o.kind = $5)) AS school,
       count(*) FILTER (WHERE $8::text IS NULL OR o.kind = $8) AS group
  FROM opened o
"""

INSERT_RULE = """
INSERT INTO lending_rule (group_id, id, tier, kind, role, loan_days_max, renewals_max,
                          person_open_max, school_open_max, group_open_max, share_percent,
                          hold_band, because, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, app.now(), app.now())
"""

GET_RULE = f"""
SELECT {_RULE} FROM lending_rule r WHERE r.group_id = $1 AND r.id = $2
"""

LOCK_RULE = f"""
SELECT {_RULE} FROM lending_rule r WHERE r.group_id = $1 AND r.id = $2 FOR UPDATE
"""

LIST_RULES = f"""
SELECT {_RULE} FROM lending_rule r
 WHERE r.group_id = $1 AND ($2::uuid IS NULL OR r.id > $2) ORDER BY r.id LIMIT $3
"""

CHANGE_RULE = """
UPDATE lending_rule SET loan_days_max = $3, renewals_max = $4, person_open_max = $5,
       school_open_max = $6, group_open_max = $7, share_percent = $8, hold_band = $9, because = $10,
       version = version + 1, updated_at = app.now()
 WHERE group_id = $1 AND id = $2
"""

DELETE_RULE = "DELETE FROM lending_rule WHERE group_id = $1 AND id = $2"

# The part of several seats one school may hold, for a kind of resource and whoever borrows.
GET_SHARE = """
SELECT share_percent FROM lending_rule
 WHERE group_id = $1 AND (kind IS NULL OR kind = $2) AND tier IS NULL AND role IS NULL
   AND share_percent IS NOT NULL
 ORDER BY kind NULLS LAST LIMIT 1
"""


async def get_ground(tx: Tx, school_id: UUID | None, tier: str, role: str) -> Ground:
    """The rules that match the tier and role, the running term, and the school's holidays."""
    ground = await fetch_one(tx, Ground, GET_GROUND, tx.group_id, school_id, tier, role)
    assert ground is not None  # the statement always has one row
    return ground


async def lock_limits(tx: Tx, person_id: UUID, school_id: UUID, limits: Limits) -> None:
    """Wait for whoever opens something under the same limits; held until the end."""
    names = [f"lending/person/{person_id}"]
    if limits.school is not None:
        names.append(f"lending/school/{school_id}")
    if limits.group is not None:
        names.append(f"lending/group/{tx.group_id}")
    await execute(tx, LOCK_LIMITS, names)


async def count_open(tx: Tx, person_id: UUID, school_id: UUID, limits: Limits) -> OpenNow:
    """What is open now under each limit; as the system, for it spans schools."""
    found = await fetch_one(
        tx,
        OpenNow,
        COUNT_OPEN,
        tx.group_id,
        person_id,
        school_id,
        limits.person.kind,
        limits.school.kind if limits.school else None,
        limits.school is not None,
        limits.group is not None,
        limits.group.kind if limits.group else None,
    )
    assert found is not None  # an aggregate always has one row
    return found


async def open_now(
    tx: Tx, person_id: UUID, school_id: UUID, limits: Limits, own_open: int
) -> OpenNow:
    """What is open under each limit, counted only where one is narrower or wider than a person's.

    `own_open` is what the person has open of all kinds. As the system, for it spans schools.
    """
    if limits.person.kind or limits.school or limits.group:
        return await count_open(tx, person_id, school_id, limits)
    return OpenNow(own_open, 0, 0)


async def insert_rule(tx: Tx, rule_id: UUID, wish: RuleWish) -> None:
    """Write a rule; one_rule_per_case refuses a second one for the same case."""
    await execute(
        tx,
        INSERT_RULE,
        tx.group_id,
        rule_id,
        wish.tier,
        wish.kind,
        wish.role,
        wish.loan_days_max,
        wish.renewals_max,
        wish.person_open_max,
        wish.school_open_max,
        wish.group_open_max,
        wish.share_percent,
        wish.hold_band,
        wish.because,
    )


async def get_rule(tx: Tx, rule_id: UUID) -> Rule | None:
    """One rule."""
    return await fetch_one(tx, Rule, GET_RULE, tx.group_id, rule_id)


async def lock_rule(tx: Tx, rule_id: UUID) -> Rule | None:
    """One rule, held until commit."""
    return await fetch_one(tx, Rule, LOCK_RULE, tx.group_id, rule_id)


async def list_rules(tx: Tx, page: PageRequest) -> Sequence[Rule]:
    """The group's rules, oldest first."""
    after = page.after[0] if page.after else None
    return await fetch_all(tx, Rule, LIST_RULES, tx.group_id, after, page.limit)


async def change_rule(tx: Tx, rule: Rule) -> None:
    """Write the rule's values and reason."""
    await execute(
        tx,
        CHANGE_RULE,
        tx.group_id,
        rule.id,
        rule.loan_days_max,
        rule.renewals_max,
        rule.person_open_max,
        rule.school_open_max,
        rule.group_open_max,
        rule.share_percent,
        rule.hold_band,
        rule.because,
    )


async def delete_rule(tx: Tx, rule_id: UUID) -> None:
    """Take a rule away: loans made by it keep their terms."""
    await execute(tx, DELETE_RULE, tx.group_id, rule_id)


async def get_share(tx: Tx, kind: str) -> int | None:
    """The share the group's rules give a school of several seats; None where none says."""
    share: int | None = await fetch_value(tx, GET_SHARE, tx.group_id, kind)
    return share
