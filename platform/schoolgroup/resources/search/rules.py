"""Pure decisions of the search: what PostgreSQL is asked, and where a text has it."""

import bisect
import functools
import itertools
import re
import unicodedata
from collections.abc import Sequence

from schoolgroup.resources.catalogue import words
from schoolgroup.resources.search.models import (
    Facet,
    Highlight,
    NodeNamed,
    Question,
    Said,
    Suggestion,
    Value,
    Wanted,
    Way,
)

FACETS = (
    "kind", "stage", "subject", "edition", "grade", "volume", "licence", "language", "school_id",
    "media_type",
)  # fmt: skip
VALUES_MAX = 50
MINUTES_MAX, SPANS = 10_000, (1, 8, 64, 512)  # as app.search_minutes has them
MARKS_MAX = 20
BETWEEN = "\0"  # no text of the database can hold it
WITHIN_TERM = rf"(?:[^\w{BETWEEN}]|_)*"
# Characters that may become several when they are folded, or one with their neighbours. Not among
# them are those that a text hardly ever goes without: ASCII, Chinese characters and punctuation,
# wide forms. Each of these becomes one.
FOLDED_APART = re.compile("[^\0-\x7f·—‘’“”\u3000-\u3011\u4e00-\u9fff\uff01-\uff5e]")
ROWS_ENOUGH, NEXT_TIMES_MAX = 20_000, 4
AROUND = 40  # characters shown before the first mark of a long text
EXCERPT_CHARS = 160


@functools.lru_cache(maxsize=1024)  # the next page and the next pupil ask the same
def question(wanted: Wanted, node_key: str | None) -> Question | None:
    """What to ask; None where there is a text in which nothing can be looked for.

    `node_key` is the key of the place in the curriculum, where one is wanted.
    """
    filters = [_lexeme(f"={name}={value}") for name in FACETS if (value := getattr(wanted, name))]
    if wanted.minutes_from is not None or wanted.minutes_to is not None:
        spans = _spans(wanted.minutes_from or 1, wanted.minutes_to or MINUTES_MAX)
        if not spans:
            return None
        any_of = " | ".join(_lexeme(f"=minutes/{size}={no}") for size, no in spans)
        filters.append(f"({any_of})")
    if wanted.keyword is not None:
        filters.append(_lexeme("#" + _keyword(wanted.keyword)))
    if node_key is not None:
        filters.append(_lexeme("@" + node_key[:32]))
    if wanted.q is None:
        asked = " & ".join(filters)
        return Question(wanted=asked or None, titles=None, narrower=None, chars=0, filters=filters)
    text = words.query(wanted.q)
    if text == words.NOTHING:
        return None
    return Question(
        wanted=" & ".join([text, *filters]),
        titles=" & ".join([words.query(wanted.q, mark="^"), *filters]),
        narrower=words.query(wanted.q, weights="AB"),
        keywords=_lexeme("#" + _keyword(words.terms(wanted.q)[0].text.rstrip("*＊"))) + ":*",
        chars=sum(len(term.text) for term in words.terms(wanted.q)),
        terms=[words.pieces(term) for term in words.terms(wanted.q)],
        title_terms=[words.pieces(term, "^") for term in words.terms(wanted.q)],
        filters=filters,
    )


def plain(piece: str) -> bool:
    """Whether a piece of a question is one lexeme, of which is known how many have it."""
    return piece.endswith("'") and not piece.startswith("(")


def way(
    whole: str | None, terms: Sequence[Sequence[str]], filters: Sequence[str], have: dict[str, int]
) -> Way:
    """How to go through the index, where so many rows have each lexeme.

    Of a phrase the index is asked for the rarest lexeme, and where that is in many rows for the
    next one too, unless it is much more frequent. The others hardly ever say more, and whether they
    stand side by side is seen in the row in any case.
    """
    indexed = list(filters)
    for pieces in terms:
        known = sorted((p for p in pieces if plain(p)), key=lambda p: have.get(p, 0))
        rarest = have.get(known[0], 0) if known else 0
        much = NEXT_TIMES_MAX * rarest if rarest > ROWS_ENOUGH else 0
        indexed += known[:1] + [p for p in known[1:2] if 0 < have.get(p, 0) <= much] or pieces
    counts = [have[piece] for piece in indexed if piece in have]
    return Way(
        indexed=" & ".join(indexed) or None,
        checked=whole if any(len(pieces) > 1 for pieces in terms) else None,
        rarest=min(counts) if counts else None,
    )


def _spans(begin: int, end: int) -> list[tuple[int, int]]:
    """The minutes from `begin` to `end` as few (size, number) spans of SPANS as they can be."""
    found = []
    while begin <= end:
        size = max(s for s in SPANS if begin % s == 0 and begin + s - 1 <= end)
        found.append((size, begin // size))
        begin += size
    return found


def _keyword(keyword: str) -> str:
    """As app.search_keyword folds it."""
    return unicodedata.normalize("NFKC", keyword.strip()).lower()


def _lexeme(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def facets(counted: Sequence[tuple[str, str, str, int]]) -> list[Facet]:
    """The counted values by facet, the most frequent first, at most VALUES_MAX of each."""
    by_name: dict[str, list[Value]] = {name: [] for name in FACETS}
    for name, value, label, count in counted:
        by_name[name].append(Value(value, label, count))
    return [
        Facet(name, sorted(values, key=lambda v: (-v.count, v.value))[:VALUES_MAX])
        for name, values in by_name.items()
    ]


def suggestions(
    text: str, said: Sequence[Said], nodes: Sequence[NodeNamed], most: int
) -> list[Suggestion]:
    """Titles and keywords that have the text, those that begin with it first; then places."""
    begins = _keyword(text).rstrip("*")
    found: dict[tuple[str, str], int] = {}
    for one in said:
        for kind, written in (("keyword", one.keywords), ("title", [one.title])):
            for word in written:
                at = _keyword(word).find(begins)
                if at == 0 or (kind == "title" and marks([word], text)[0]):
                    found.setdefault((kind, word), 0 if at == 0 else 1)
    ranked = sorted(found, key=lambda key: (found[key], key[0] != "keyword"))
    places = [Suggestion("node", " > ".join(node.path), node.id) for node in nodes]
    room = max(most - len(places), most // 2)
    return ([Suggestion(*key) for key in ranked[:room]] + places)[:most]


def highlights(fields: Sequence[tuple[str, str]], asked: str) -> list[Highlight | None]:
    """For each (name, text): where it has any term of what was asked; None where it has none.

    A long text is cut to what stands around the first place.
    """
    found = marks([text for _, text in fields], asked)
    return [
        _excerpt(name, text, places) if places else None
        for (name, text), places in zip(fields, found, strict=True)
    ]


def _excerpt(field: str, text: str, found: list[tuple[int, int]]) -> Highlight:
    if len(text) <= EXCERPT_CHARS:
        return Highlight(field, text, found)
    begin = max(0, found[0][0] - AROUND)
    end = begin + EXCERPT_CHARS
    within = [(a - begin, min(b, end) - begin) for a, b in found if begin <= a < end]
    return Highlight(field, text[begin:end], within)


def marks(texts: Sequence[str], asked: str) -> list[list[tuple[int, int]]]:
    """The places [begin, end) of each text that a term stands at, in order, none within another.

    The same folding as for the index, and what is neither letter nor digit may stand between the
    runs of a term. At most MARKS_MAX of a text.
    """
    # All texts of a page are looked through at one go, as they are written: that is ten times as
    # fast as to fold them one by one.
    found: list[list[tuple[int, int]]] = [[] for _ in texts]
    even = list(texts)
    whole = BETWEEN.join(texts)
    if FOLDED_APART.search(whole):
        for n, text in enumerate(texts):
            if FOLDED_APART.search(text):
                found[n], even[n] = _marks_of_odd(text, asked), ""
        whole = BETWEEN.join(even)
    ends = list(itertools.accumulate(len(text) + len(BETWEEN) for text in even))
    for begin, end in _places(_patterns(asked), whole):
        n = bisect.bisect_right(ends, begin)
        if len(found[n]) < MARKS_MAX:
            first = ends[n - 1] if n else 0
            found[n].append((begin - first, end - first))
    return found


def _marks_of_odd(text: str, asked: str) -> list[tuple[int, int]]:
    """The same of a text that is not folded character by character."""
    patterns = _patterns(asked)
    if not any(pattern.search(words.fold(text)) for pattern in patterns):
        return []
    pieces = [_folded_character(character) for character in text]
    at = [n for n, piece in enumerate(pieces) for _ in piece]
    places = _places(patterns, "".join(pieces))[:MARKS_MAX]
    return [(at[begin], at[end - 1] + 1) for begin, end in places]


def _places(patterns: Sequence[re.Pattern[str]], folded: str) -> list[tuple[int, int]]:
    """The places of a folded text that a term stands at, in order, none within another."""
    found = [match.span() for pattern in patterns for match in pattern.finditer(folded)]
    apart: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if apart and begin < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart


@functools.lru_cache(maxsize=8192)
def _folded_character(character: str) -> str:
    return words.fold(character)


@functools.lru_cache(maxsize=256)
def _patterns(asked: str) -> list[re.Pattern[str]]:
    """How each term of a question may stand in a text, folded or not."""
    return [
        re.compile(WITHIN_TERM.join("".join(map(_spelt, run)) for run in words.runs(term.text)))
        for term in words.terms(asked)
    ]


def _spelt(character: str) -> str:
    """Every way a folded character may be written: 课 or 課, a or A or ａ."""
    ways = words.spellings().get(character, character)
    return re.escape(ways) if len(ways) == 1 else f"[{re.escape(ways)}]"


def needle(asked: str) -> str:
    """What is looked for in a long text to quote from it: the longest run of the first term."""
    for term in words.terms(asked):
        return max(words.runs(term.text), key=len)
    return ""
