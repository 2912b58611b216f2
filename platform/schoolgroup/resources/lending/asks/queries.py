"""SQL of asks. What the clock has decided reads as decided: no job need have run."""

from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.lending.asks.models import AskRow, AskStatus
from schoolgroup.resources.lending.desk.models import Passed
from schoolgroup.resources.lending.offers.models import OfferRow

# The default decides from decide_by_at on; an agreed ask can be used for 14 days.
_ASK = """
WITH asks AS (
    SELECT a.*, a.status = 'asked' AND a.decide_by_at <= app.now() AS timed_out,
           CASE WHEN a.status <> 'asked' OR app.now() < a.decide_by_at THEN a.status
                WHEN a.by_default = 'agree' THEN 'agreed' ELSE 'declined' END AS decided,
           coalesce(a.decided_at, a.decide_by_at) + interval '14 days' AS usable_until_at
      FROM ask a
     WHERE a.group_id = $1)
SELECT a.id, a.offer_id, a.resource_id, coalesce(r.title, '') AS title,
       a.owner_school_id, o.name AS owner_school_name,
       a.borrower_school_id, b.name AS borrower_school_name, a.borrower_person_id,
       CASE WHEN a.decided = 'agreed' AND a.usable_until_at <= app.now() THEN 'over'
            ELSE a.decided END AS status,
       a.timed_out, a.note, a.asked_at, a.decide_by_at, a.by_default, a.decided_at,
       a.decided_because, a.conditions, a.loan_days_max,
       CASE WHEN a.decided = 'agreed' THEN a.usable_until_at END AS usable_until_at,
       a.agreement_id, a.loan_id, a.hold_id, a.version"""
_FROM = """
  FROM asks a
  JOIN school o ON o.group_id = a.group_id AND o.id = a.owner_school_id
  JOIN school b ON b.group_id = a.group_id AND b.id = a.borrower_school_id
  LEFT JOIN resource r ON r.group_id = a.group_id AND r.id = a.resource_id"""

GET_ASK = f"""{_ASK}, /*relations:ask:a*/ AS relations {_FROM}
 WHERE a.id = $2
"""

# Only open ($4 true): what waits for the owner or, agreed, for the borrower.
LIST_ASKS = f"""{_ASK}, /*relations:ask:a*/ AS relations {_FROM}
 WHERE ($2::uuid IS NULL OR a.offer_id = $2)
   AND ($3::uuid IS NULL OR a.borrower_person_id = $3)
   AND ($4::boolean IS NULL OR $4 = (a.decided IN ('asked', 'agreed')
        AND (a.decided = 'asked' OR app.now() < a.usable_until_at)))
   AND ($5::uuid IS NULL OR a.id < $5)
   AND /*visible:ask:read@ask:a*/
 ORDER BY a.id DESC
 LIMIT $6
"""

# What a person asked last of an offer, or what their hold ($4) rests on.
GET_NEWEST = f"""{_ASK} {_FROM}
 WHERE a.offer_id = $2 AND a.borrower_person_id = $3 AND ($4::uuid IS NULL OR a.hold_id = $4)
 ORDER BY a.asked_at DESC, a.id DESC
 LIMIT 1
"""

INSERT_ASK = """
INSERT INTO ask (group_id, id, offer_id, resource_id, owner_school_id, borrower_school_id,
                 borrower_person_id, status, note, asked_at, decide_by_at, by_default)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'asked', $8, app.now(), $9, $10)
"""

INSERT_ANSWERED = """
INSERT INTO ask (group_id, id, offer_id, resource_id, owner_school_id, borrower_school_id,
                 borrower_person_id, status, note, asked_at, decide_by_at, by_default, decided_at,
                 agreement_id, loan_id, hold_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'used', $8, app.now(), app.now(), 'agree', app.now(), $9, $10,
        $11)
"""

# The agreement in force by which the owner's school has answered already (relations.toml: agreed).
GET_AGREEMENT = """
SELECT g.id FROM agreement g
 WHERE g.group_id = $1 AND g.owner_school_id = $2 AND g.status = 'in_force'
   AND g.from_on <= app.today() AND app.today() < g.until_on
   AND (cardinality(g.kinds) = 0 OR $4 = ANY (g.kinds))
   AND (g.grantee_school_id = $3
        OR EXISTS (SELECT FROM circle_member m WHERE m.group_id = g.group_id
                      AND m.circle_id = g.grantee_circle_id AND m.school_id = $3))
 ORDER BY g.id LIMIT 1
"""

DECIDE_ASK = """
UPDATE ask SET status = $3, decided_at = app.now(), decided_because = $4, conditions = $5,
               loan_days_max = $6, version = version + 1
 WHERE group_id = $1 AND id = $2 AND status = 'asked' AND app.now() < decide_by_at
RETURNING id, offer_id, owner_school_id, borrower_school_id, version
"""

WITHDRAW_ASK = """
UPDATE ask SET status = 'withdrawn', version = version + 1
 WHERE group_id = $1 AND id = $2 AND status IN ('asked', 'agreed') AND version = $3
RETURNING id, offer_id, owner_school_id, borrower_school_id, version
"""

USE_ASK = """
UPDATE ask SET status = 'used', decided_at = coalesce(decided_at, decide_by_at), loan_id = $3,
               hold_id = $4, version = version + 1
 WHERE group_id = $1 AND id = $2 AND status IN ('asked', 'agreed')
RETURNING id, offer_id, owner_school_id, borrower_school_id, version
"""


async def get_ask(tx: Tx, ask_id: UUID) -> AskRow | None:
    """The ask with the caller's relations to it."""
    return await fetch_one(tx, AskRow, with_rights(tx, GET_ASK), tx.group_id, ask_id)


async def list_asks(
    tx: Tx, offer_id: UUID | None, person_id: UUID | None, open_now: bool | None, page: PageRequest
) -> list[AskRow]:
    """The asks the caller may read, newest first."""
    after = page.after[0] if page.after else None
    sql = with_rights(tx, LIST_ASKS)
    return await fetch_all(
        tx, AskRow, sql, tx.group_id, offer_id, person_id, open_now, after, page.limit
    )


async def get_newest(
    tx: Tx, offer_id: UUID, person_id: UUID, hold_id: UUID | None = None
) -> AskRow | None:
    """What the person asked last of the offer, or what their hold rests on."""
    return await fetch_one(tx, AskRow, GET_NEWEST, tx.group_id, offer_id, person_id, hold_id)


async def insert_ask(
    tx: Tx,
    ask_id: UUID,
    offer: OfferRow,
    school_id: UUID,
    person_id: UUID,
    note: str,
    decide_by_at: datetime,
) -> None:
    """Ask the owner; the default is the offer's at this moment."""
    await execute(
        tx,
        INSERT_ASK,
        tx.group_id,
        ask_id,
        offer.id,
        offer.resource_id,
        offer.school_id,
        school_id,
        person_id,
        note,
        decide_by_at,
        offer.ask_default,
    )


async def insert_answered(
    tx: Tx,
    ask_id: UUID,
    offer: OfferRow,
    school_id: UUID,
    person_id: UUID,
    note: str,
    agreement_id: UUID,
    loan_id: UUID | None,
    hold_id: UUID | None,
) -> None:
    """Write down an ask that an agreement has answered at once."""
    await execute(
        tx,
        INSERT_ANSWERED,
        tx.group_id,
        ask_id,
        offer.id,
        offer.resource_id,
        offer.school_id,
        school_id,
        person_id,
        note,
        agreement_id,
        loan_id,
        hold_id,
    )


async def get_agreement(tx: Tx, offer: OfferRow, school_id: UUID) -> UUID | None:
    """The agreement in force that covers the offer for the school, or None."""
    found: UUID | None = await fetch_value(
        tx, GET_AGREEMENT, tx.group_id, offer.school_id, school_id, offer.kind
    )
    return found


async def decide_ask(
    tx: Tx,
    ask_id: UUID,
    status: AskStatus,
    because: str,
    conditions: str,
    loan_days_max: int | None,
) -> Passed | None:
    """Write the owner's answer; None where it is too late or answered."""
    return await fetch_one(
        tx, Passed, DECIDE_ASK, tx.group_id, ask_id, status, because, conditions, loan_days_max
    )


async def withdraw_ask(tx: Tx, ask: AskRow) -> Passed | None:
    """Withdraw an ask; None where it has changed since it was read."""
    return await fetch_one(tx, Passed, WITHDRAW_ASK, tx.group_id, ask.id, ask.version)


async def use_ask(
    tx: Tx, ask_id: UUID, loan_id: UUID | None, hold_id: UUID | None
) -> Passed | None:
    """Write what an agreed ask became."""
    return await fetch_one(tx, Passed, USE_ASK, tx.group_id, ask_id, loan_id, hold_id)
