"""SQL of the inbox: one SELECT per kind of waiting thing, over the rows as they stand now.

Nothing here is stored but what was read. A thing waits for a person when it is in a waiting state
and the policy lets this person take the step it waits for: the same predicate by which the lists
of that thing say `actions`. A new feature adds its SELECT to the module of its promise, and its
words in kinds.py.

$1 the group, $2 the person, $3 the acting school (null: the office); $4 stands at the returns.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from schoolgroup.access.decisions import with_rights
from schoolgroup.integration.inbox.evaluation_queries import EVALUATION
from schoolgroup.integration.inbox.management_queries import MANAGEMENT
from schoolgroup.integration.inbox.models import CountRow, ItemRow, Sort
from schoolgroup.kernel.db import Tx, execute, fetch_all
from schoolgroup.kernel.paging import PageRequest

# How long before its end a loan stands in the inbox.
LOAN_ENDS_WITHIN = "interval '3 days'"

_LENDING = f"""
SELECT 'ask_to_decide' AS kind, a.id AS subject_id, a.asked_at AS since_at,
       a.decide_by_at AS due_at, r.title, b.name AS school_name, '/v1/asks/' || a.id AS link
  FROM ask a
  JOIN school b ON b.group_id = a.group_id AND b.id = a.borrower_school_id
  JOIN resource r ON r.group_id = a.group_id AND r.id = a.resource_id
 WHERE a.group_id = $1 AND a.status = 'asked' AND (SELECT app.now()) < a.decide_by_at
   AND /*visible:ask:decide@ask:a*/
UNION ALL
SELECT 'ask_agreed', a.id, coalesce(a.decided_at, a.decide_by_at),
       coalesce(a.decided_at, a.decide_by_at) + interval '14 days', coalesce(r.title, ''), o.name,
       '/v1/asks/' || a.id
  FROM ask a
  JOIN school o ON o.group_id = a.group_id AND o.id = a.owner_school_id
  LEFT JOIN resource r ON r.group_id = a.group_id AND r.id = a.resource_id
 WHERE a.group_id = $1 AND a.borrower_person_id = $2 AND a.borrower_school_id = $3
   AND (a.status = 'agreed' OR a.status = 'asked' AND a.decide_by_at <= (SELECT app.now())
                               AND a.by_default = 'agree')
   AND (SELECT app.now()) < coalesce(a.decided_at, a.decide_by_at) + interval '14 days'
   AND /*visible:ask:withdraw@ask:a*/
UNION ALL
SELECT 'hold_ready', h.id, coalesce(h.ready_at, h.placed_at), h.ready_until_at,
       coalesce(r.title, ''), o.name, '/v1/holds/' || h.id
  FROM hold h
  JOIN school o ON o.group_id = h.group_id AND o.id = h.owner_school_id
  LEFT JOIN resource r ON r.group_id = h.group_id AND r.id = h.resource_id
 WHERE h.group_id = $1 AND h.borrower_person_id = $2 AND h.borrower_school_id = $3
   AND h.status = 'ready' AND (SELECT app.now()) < h.ready_until_at
   AND /*visible:hold:cancel@hold:h*/
UNION ALL
SELECT 'loan_ending', l.id, greatest(l.starts_at, l.ends_at - {LOAN_ENDS_WITHIN}), l.ends_at,
       l.title, o.name, '/v1/loans/' || l.id
  FROM loan l
  JOIN school o ON o.group_id = l.group_id AND o.id = l.owner_school_id
 WHERE l.group_id = $1 AND l.borrower_person_id = $2 AND l.borrower_school_id = $3
   AND l.status = 'active' AND (SELECT app.now()) < l.ends_at
   AND l.ends_at - {LOAN_ENDS_WITHIN} <= (SELECT app.now())
   AND /*visible:loan:return@loan:l*/"""

_THINGS = """
SELECT 'receipt_to_sign', h.id, h.handed_at, NULL::timestamptz, l.title, o.name,
       '/v1/handovers/' || h.id
  FROM item_handover h
  JOIN loan l ON l.group_id = h.group_id AND l.id = h.loan_id
  JOIN school o ON o.group_id = h.group_id AND o.id = h.owner_school_id
 WHERE h.group_id = $1 AND h.borrower_person_id = $2 AND h.borrower_school_id = $3
   AND h.status = 'handed' AND /*visible:handover:receive@handover:h*/
UNION ALL
SELECT 'thing_overdue', l.id, l.ends_at, l.ends_at, l.title, o.name, '/v1/loans/' || l.id
  FROM loan l
  JOIN school o ON o.group_id = l.group_id AND o.id = l.owner_school_id
 WHERE l.group_id = $1 AND l.borrower_person_id = $2 AND l.borrower_school_id = $3
   AND l.status = 'active' AND l.ends_at <= (SELECT app.now()) AND app.is_out(l.group_id, l.id)
   AND /*visible:loan:return@loan:l*/
UNION ALL
SELECT 'booking_to_decide', b.id, b.created_at, b.decide_by_at, p.name, s.name,
       '/v1/bookings/' || b.id
  FROM booking b
  JOIN place p ON p.group_id = b.group_id AND p.id = b.place_id
  JOIN school s ON s.group_id = b.group_id AND s.id = b.booker_school_id
 WHERE b.group_id = $1 AND b.status = 'asked' AND (SELECT app.now()) < b.decide_by_at
   AND /*visible:booking:decide@booking:b*/"""

_DIRECTORY = """
SELECT 'agreement_to_sign', g.id, g.created_at, NULL::timestamptz, '',
       CASE WHEN g.owner_school_id IS DISTINCT FROM $3 THEN s.name
            ELSE coalesce(t.name, c.name, '') END, '/v1/agreements/' || g.id
  FROM agreement g
  JOIN school s ON s.group_id = g.group_id AND s.id = g.owner_school_id
  LEFT JOIN school t ON t.group_id = g.group_id AND t.id = g.grantee_school_id
  LEFT JOIN circle c ON c.group_id = g.group_id AND c.id = g.grantee_circle_id
 WHERE g.group_id = $1 AND g.status = 'proposed' AND (SELECT app.today()) < g.until_on
   AND CASE WHEN g.owner_school_id = $3 THEN g.owner_signed_at ELSE g.grantee_signed_at END IS NULL
   AND /*visible:agreement:sign@agreement:g*/"""

_LISTS = """
SELECT 'suggestion_to_decide', g.id, g.created_at, NULL::timestamptz,
       coalesce(g.entry ->> 'title', l.title), s.name, '/v1/lists/' || l.id || '/suggestions'
  FROM list_suggestion g
  JOIN resource_list l ON l.group_id = g.group_id AND l.id = g.list_id
  JOIN school s ON s.group_id = g.group_id AND s.id = g.school_id
 WHERE g.group_id = $1 AND g.status = 'proposed' AND /*visible:list:curate@list:l*/"""

_WAITING = " UNION ALL ".join([_LENDING, _THINGS, _DIRECTORY, _LISTS, *EVALUATION, *MANAGEMENT])

# Notices of things that wait stand there as the things themselves ($5: the kinds that do not).
_ITEMS = f"""
WITH waiting AS ({_WAITING}),
item AS (
    SELECT w.kind, w.subject_id, w.since_at, w.due_at, w.title, w.school_name,
           '' AS text_en, '' AS text_zh, '' AS body_en, '' AS body_zh, w.link, 'waiting' AS sort
      FROM waiting w
    UNION ALL
    SELECT n.kind, n.id, n.made_at, NULL, '', '', n.subject_en, n.subject_zh, n.body_en, n.body_zh,
           n.link, 'notice'
      FROM notice n
     WHERE n.group_id = $1 AND n.person_id = $2 AND n.school_id IS NOT DISTINCT FROM $3
       AND n.superseded_at IS NULL AND n.kind = ANY ($5::text[])),
named AS (
    SELECT i.*, i.kind || '/' || i.subject_id || '/'
                || (extract(epoch FROM i.since_at) * 1000000)::bigint AS item
      FROM item i),
shown AS (
    SELECT m.*, r.read_at FROM named m
      LEFT JOIN inbox_read r ON r.group_id = $1 AND r.person_id = $2 AND r.item = m.item)"""

LIST_ITEMS = f"""{_ITEMS}
SELECT s.kind, s.subject_id, s.since_at, s.due_at, s.title, s.school_name, s.text_en, s.text_zh,
       s.body_en, s.body_zh, s.link, s.item, s.read_at
  FROM shown s
 WHERE ($6::text IS NULL OR s.kind = $6) AND ($7::text IS NULL OR s.sort = $7)
   AND ($8::boolean IS NULL OR $8 = (s.read_at IS NULL))
   AND ($9::timestamptz IS NULL OR (s.since_at, s.item) < ($9, $10::text))
 ORDER BY s.since_at DESC, s.item DESC
 LIMIT $11
"""

COUNT_ITEMS = f"""{_ITEMS}
SELECT s.kind, count(*) AS count, count(*) FILTER (WHERE s.read_at IS NULL) AS unread,
       count(*) FILTER (WHERE s.due_at <= (SELECT app.now())) AS overdue
  FROM shown s
 GROUP BY s.kind
 ORDER BY s.kind
"""

MARK_READ = """
INSERT INTO inbox_read (group_id, person_id, item, read_at)
SELECT $1, $2, i, (SELECT app.now()) FROM unnest($3::text[]) AS i
ON CONFLICT DO NOTHING
"""
MARK_UNREAD = """
DELETE FROM inbox_read WHERE group_id = $1 AND person_id = $2 AND item = ANY ($3::text[])
"""


async def list_items(
    tx: Tx,
    person_id: UUID,
    fills_in: bool,
    news: Sequence[str],
    page: PageRequest,
    *,
    kind: str | None,
    sort: Sort | None,
    unread: bool | None,
) -> list[ItemRow]:
    """What is in a person's inbox, the newest first."""
    after = [datetime.fromisoformat(page.after[0]), page.after[1]] if page.after else [None, None]
    return await fetch_all(
        tx, ItemRow, with_rights(tx, LIST_ITEMS), tx.group_id, person_id, tx.actor.school_id,
        fills_in, list(news), kind, sort, unread, *after, page.limit,
    )  # fmt: skip


async def count_items(
    tx: Tx, person_id: UUID, fills_in: bool, news: Sequence[str]
) -> list[CountRow]:
    """How many of each kind are in a person's inbox: counted over the same rows."""
    return await fetch_all(
        tx, CountRow, with_rights(tx, COUNT_ITEMS), tx.group_id, person_id, tx.actor.school_id,
        fills_in, list(news),
    )  # fmt: skip


async def mark(tx: Tx, person_id: UUID, items: Sequence[str], *, read: bool) -> int:
    """Mark items read or unread; how many were not so before."""
    sql = MARK_READ if read else MARK_UNREAD
    return await execute(tx, sql, tx.group_id, person_id, list(items))
