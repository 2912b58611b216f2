"""The harvest: what a harvester's school may find, and what it might find once."""

from urllib.parse import urlsplit

from schoolgroup.access.decisions import require
from schoolgroup.integration.oai import queries, rules
from schoolgroup.integration.oai.models import (
    Asked,
    ErrorCode,
    HeaderRow,
    Item,
    OaiError,
    Page,
    Prefix,
    SetRow,
    SetSpec,
    Token,
    Verb,
)
from schoolgroup.kernel.context import ActorKind
from schoolgroup.kernel.db import Tx

RECORDS_PER_PAGE, HEADERS_PER_PAGE = 100, 500


def domain_at(base_url: str) -> str:
    """The namespace of this server's identifiers."""
    return rules.domain_of(urlsplit(base_url).hostname or "")


async def get_one(tx: Tx, asked: Asked, domain: str) -> Item:
    """One item; raises OaiError where the caller could never find it."""
    resource_id = rules.read_identifier(domain, asked.identifier or "")
    header = await queries.get_item(tx, resource_id)
    if header is None:
        raise OaiError(ErrorCode.NO_ID, "no such item here")
    return (await _described(tx, [header]))[0]


async def list_some(tx: Tx, asked: Asked, token: Token | None) -> Page:
    """A page of a list, the first one or where `token` goes on; raises OaiError.

    The end of the list is fixed when it begins: what changes meanwhile leaves it and is in the
    next harvest, from the response date of this list's first page.
    """
    if token is None:
        until_at = min(asked.until_at or tx.now, await queries.horizon(tx))
        from_at, within, prefix = asked.from_at, asked.within, asked.prefix
        after, seen = None, 0
    else:
        until_at, from_at, prefix = token.until_at, token.from_at, token.prefix
        within = SetSpec(token.set_kind, token.set_value) if token.set_kind else None
        after, seen = (token.after_at, token.after_id), token.seen
    assert prefix is not None  # read() has refused a list without one
    limit = RECORDS_PER_PAGE if asked.verb is Verb.LIST_RECORDS else HEADERS_PER_PAGE
    rows = await queries.list_items(tx, from_at, until_at, within, after, limit + 1)
    if not rows and token is None:
        raise OaiError(ErrorCode.NO_RECORDS, "nothing of this kind changed within this time")
    following: Token | None = None
    if len(rows) > limit:
        rows = rows[:limit]
        following = Token(
            asked.verb, prefix, from_at, until_at, within.kind if within else None,
            within.value if within else None, rows[-1].changed_at, rows[-1].id, seen + limit,
        )  # fmt: skip
    if asked.verb is Verb.LIST_RECORDS:
        return Page(await _described(tx, rows), following, seen, prefix)
    return Page([Item(row) for row in rows], following, seen, prefix)


async def sets(tx: Tx) -> list[SetRow]:
    """Every set with a member the caller may find."""
    if tx.actor.kind is not ActorKind.VISITOR:  # who is shown schools that offer to everyone only
        require(tx, "directory:read", thing="sets")
    return await queries.list_sets(tx)


async def _described(tx: Tx, rows: list[HeaderRow]) -> list[Item]:
    known = await queries.list_described(tx, [row.id for row in rows if not row.deleted])
    items = []
    for row in rows:
        described = known.get(row.id)
        if described is None and not row.deleted:
            # It went away between the two looks: the next harvest tells its deletion.
            continue
        items.append(Item(row, described))
    return items


def formats() -> list[Prefix]:
    """The formats every item is in."""
    return list(Prefix)
