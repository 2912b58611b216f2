"""Find resources: what the caller may discover, filtered, ranked, counted, page by page.

What a caller may find is decided by the policy for whole classes of resources (same school, kind,
status and audience), which makes it as fast as a look-up. What may be done with a row of a page is
decided in the statement's own state by its class and by what only concerns this person (`rights`).
Figures count what the caller may find and nothing else.

The text of files is looked through for everybody who may discover a resource, but it is quoted only
to those who may open the files: a quotation is content, a description is not.
"""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import may, policy_of
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.paging import PageRequest
from schoolgroup.resources.catalogue import service as catalogue
from schoolgroup.resources.catalogue import words
from schoolgroup.resources.catalogue.models import Status
from schoolgroup.resources.search import queries, rights, rules
from schoolgroup.resources.search.models import (
    NO_ARRAY,
    Counts,
    Found,
    FoundResource,
    FoundRow,
    Highlight,
    Hits,
    Question,
    Scope,
    Sort,
    Suggestion,
    Wanted,
    Way,
)
from schoolgroup.resources.search.queries import EVERYTHING
from schoolgroup.resources.search.scopes import scope_of
from schoolgroup.resources.search.ways import ways

# Ranked and counted at most: the newest that match. More than that is "at least".
CANDIDATES_MAX, TEXTS_MAX = 1_000, 300
FIRST = (2_147_483_647, EVERYTHING)  # before every (key, no)
QUOTES_MAX = 20
SUGGESTED_FROM = 200  # titles and keywords that are looked at for suggestions


async def search(
    tx: Tx, wanted: Wanted, sort: Sort, page: PageRequest, *, facets: bool = False
) -> Found:
    """A page in the order asked for, after the key [key, no]; with figures where asked for.

    By relevance a list ends with the candidates; newest and most borrowed go on to the end.
    """
    limit = page.limit
    after = (int(page.after[0]), int(page.after[1])) if page.after else FIRST
    question, scope = await asked(tx, wanted)
    if question is None or (scope.classes == NO_ARRAY and not scope.extra):
        total = 0 if facets else None
        return Found(
            items=[], next_key=None, total=total, counts=Counts.EXACT if facets else None,
            facets=rules.facets([]) if facets else None,
        )  # fmt: skip
    hits, figures = await _hits(tx, sort, question, scope, after, limit + 1, facets)
    shown = hits.page[:limit]
    more = len(hits.page) > limit
    return Found(
        items=await show(tx, [id_ for _, id_, _ in shown], wanted.q),
        next_key=[shown[-1][2], shown[-1][0]] if more else None,
        total=figures.total if figures else None,
        counts=(Counts.AT_LEAST if figures.truncated else Counts.EXACT) if figures else None,
        facets=rules.facets(figures.facets) if figures else None,
    )


async def suggest(tx: Tx, text: str, most: int) -> list[Suggestion]:
    """How a question may go on: titles and keywords one may find, and places of the curriculum."""
    question, scope = await asked(tx, Wanted(q=text.rstrip(words.STAR[0]) + words.STAR[0]))
    if question is None:
        return []
    said = await queries.said_by(tx, question, scope, SUGGESTED_FROM)
    nodes = await queries.nodes_named(tx, text.strip(), most)
    return rules.suggestions(text, said, nodes, most)


async def asked(tx: Tx, wanted: Wanted) -> tuple[Question | None, Scope]:
    """What PostgreSQL is asked (None: nothing can be found), and what the actor may find."""
    node_key = None
    if wanted.node is not None:
        node_key = await queries.node_key(tx, wanted.node)
        if node_key is None:  # nothing lies below a place that is not there
            return None, Scope(NO_ARRAY, NO_ARRAY, True, [])
    return rules.question(wanted, node_key), await scope_of(tx, wanted)


async def _hits(
    tx: Tx,
    sort: Sort,
    question: Question,
    scope: Scope,
    after: tuple[int, int],
    limit: int,
    facets: bool,
) -> tuple[Hits, Hits | None]:
    """The page's hits, and what the figures come from (the same, where it counted)."""
    to_all, to_titles = await ways(tx, question)
    if question.wanted is None and (scope.whole or not facets):
        hits = await _listed(tx, sort, question, to_all, scope, after, limit)
        return hits, await queries.count_all(tx, scope) if facets else None
    deep = sort is Sort.NEWEST and not facets
    hits = await queries.find(
        tx, sort, question, to_all, to_titles, scope,
        before=after[1] if sort is Sort.NEWEST else EVERYTHING,
        most=limit if deep else CANDIDATES_MAX,
        texts_most=limit if deep else TEXTS_MAX,
        after=after, limit=limit, facets=facets,
    )  # fmt: skip
    figures = hits if facets else None
    if sort is Sort.MOST_BORROWED and hits.truncated:
        hits = await _listed(tx, sort, question, to_all, scope, after, limit)
    return hits, figures


async def _listed(
    tx: Tx,
    sort: Sort,
    question: Question,
    to_all: Way,
    scope: Scope,
    after: tuple[int, int],
    limit: int,
) -> Hits:
    """A page of a list too long to be looked at whole."""
    if sort is not Sort.MOST_BORROWED:
        return await queries.find_newest(tx, to_all, scope, after[1], limit)
    page: list[tuple[int, UUID, int]] = []
    if after[0] > 0:
        page += (await queries.find_most_borrowed(tx, question, scope, after, limit)).page
    if len(page) < limit:
        before = after[1] if after[0] == 0 else EVERYTHING
        left = limit - len(page)
        page += (await queries.find_newest(tx, to_all, scope, before, left, unborrowed=True)).page
    return Hits(total=0, truncated=True, page=page)


async def show(tx: Tx, ids: Sequence[UUID], q: str | None) -> list[FoundResource]:
    """Those of them that the actor may discover, in order, with what was looked for marked."""
    if not ids:
        return []
    rows = await _discovered(tx, ids)
    marked = _in_descriptions([row for row, _ in rows], q) if q else {}
    silent = (
        [row for row, mask in rows if row.id not in marked and _may_read(tx, mask)] if q else []
    )
    if q and silent:
        # The wall keeps texts within their school; a loan leads to the text, as to the files.
        async with tx.as_system():
            marked |= await _in_texts(tx, silent[:QUOTES_MAX], q)
    able: dict[tuple[Status, bool, int], list[str]] = {}  # the same for all that are alike
    found = []
    for row, mask in rows:
        alike = row.status, row.draft_no is None, mask
        if alike not in able:
            able[alike] = catalogue.actions_of(tx, row.life, mask)
        found.append(
            FoundResource(
                **catalogue.shared_fields(row),
                actions=able[alike],
                thumbnail=f"/v1/resources/{row.id}/previews/0" if row.thumbnail else None,
                highlights=marked.get(row.id, []),
            )
        )
    return found


async def _discovered(tx: Tx, ids: Sequence[UUID]) -> list[tuple[FoundRow, int]]:
    """Those of them that the actor may discover, in order, and the relations to each."""
    found = await queries.list_found(tx, ids, (), rights.BY_ROW)
    if not found:
        return []
    whole = await rights.of_classes(tx, found[0].lots, {row.class_id for row in found})
    if whole is None:
        found = await queries.list_found(tx, ids, rights.ACTS, rights.BY_ROW)
    by_id = {}
    seen: dict[int, bool] = {}  # the same for all that are alike
    for row in found:
        mask = whole(row.class_id, row.relations) if whole else row.relations
        if mask not in seen:
            seen[mask] = may(tx, "resource:discover", mask)
        if seen[mask]:
            by_id[row.id] = row, mask
    return [by_id[id_] for id_ in ids if id_ in by_id]


def _in_descriptions(rows: Sequence[FoundRow], q: str) -> dict[UUID, list[Highlight]]:
    """What the descriptions say of it, of those that do."""
    fields = [
        field
        for row in rows
        for field in (
            ("title", row.title), ("keywords", "、".join(row.keywords)), ("summary", row.summary),
        )
    ]  # fmt: skip
    marked = rules.highlights(fields, q)
    found = {}
    for n, row in enumerate(rows):
        if here := [one for one in marked[3 * n : 3 * n + 3] if one]:
            found[row.id] = here
    return found


def _may_read(tx: Tx, mask: int) -> bool:
    """Whether the caller may open the files: without a loan, or by one that is running."""
    lent = mask & policy_of(tx).relations.by_name["lent"].bit
    return bool(lent) or may(tx, "resource:fetch", mask)


async def _in_texts(tx: Tx, rows: Sequence[FoundRow], q: str) -> dict[UUID, list[Highlight]]:
    """Quotations from the text of files the caller may open."""
    quotes = await queries.quote_texts(
        tx, [row.id for row in rows], rules.needle(q), rules.AROUND, rules.EXCERPT_CHARS
    )
    marked = rules.highlights([("text", quote.text) for quote in quotes], q)
    return {
        quote.resource_id: [one] for quote, one in zip(quotes, marked, strict=True) if one
    }  # fmt: skip
