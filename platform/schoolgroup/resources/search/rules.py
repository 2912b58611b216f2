"""Pure decisions of the search: what PostgreSQL is asked, and where a text has it."""

import re
import unicodedata
from collections.abc import Sequence

from schoolgroup.resources.catalogue import words
from schoolgroup.resources.search.models import Facet, Highlight, Question, Value, Wanted

FACETS = (
    "kind", "stage", "subject", "edition", "grade", "volume", "licence", "language", "school_id",
    "media_type",
)  # fmt: skip
VALUES_MAX = 50
MARKS_MAX = 20
AROUND = 40  # characters shown before the first mark of a long text
EXCERPT_CHARS = 160


def question(wanted: Wanted, node_key: str | None) -> Question | None:
    """What to ask; None where there is a text in which nothing can be looked for.

    `node_key` is the key of the place in the curriculum, where one is wanted.
    """
    filters = [_lexeme(f"={name}={value}") for name in FACETS if (value := getattr(wanted, name))]
    if wanted.keyword is not None:
        filters.append(_lexeme("#" + unicodedata.normalize("NFKC", wanted.keyword.strip()).lower()))
    if node_key is not None:
        filters.append(_lexeme("@" + node_key[:32]))
    if wanted.q is None:
        asked = " & ".join(filters)
        return Question(wanted=asked or None, titles=None, narrower=None, chars=0)
    text = words.query(wanted.q)
    if text == words.NOTHING:
        return None
    return Question(
        wanted=" & ".join([text, *filters]),
        titles=" & ".join([words.query(wanted.q, mark="^"), *filters]),
        narrower=words.query(wanted.q, weights="AB"),
        chars=sum(len(term.text) for term in words.terms(wanted.q)),
    )


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


def highlight(field: str, text: str, asked: str) -> Highlight | None:
    """Where a text has any term of what was asked; None where it has none.

    A long text is cut to what stands around the first place.
    """
    found = marks(text, asked)
    if not found:
        return None
    begin = max(0, found[0][0] - AROUND) if len(text) > EXCERPT_CHARS else 0
    end = begin + EXCERPT_CHARS if len(text) > EXCERPT_CHARS else len(text)
    within = [(a - begin, min(b, end) - begin) for a, b in found if begin <= a < end]
    return Highlight(field, text[begin:end], within)


def marks(text: str, asked: str) -> list[tuple[int, int]]:
    """The places [begin, end) of a text that a term stands at, in order, none within another.

    The same folding as for the index: compatibility forms are one (NFKC), letters small, and what
    is neither letter nor digit may stand between the runs of a term.
    """
    folded, at = [], []
    for position, character in enumerate(text):
        for letter in unicodedata.normalize("NFKC", character).casefold():
            folded.append(letter)
            at.append(position)
    whole = "".join(folded)
    found: list[tuple[int, int]] = []
    for term in words.terms(asked):
        runs = words.runs(term.text)
        pattern = r"[\W_]*".join(re.escape(run) for run in runs)
        for match in re.finditer(pattern, whole):
            found.append((at[match.start()], at[match.end() - 1] + 1))
            if len(found) >= MARKS_MAX:
                break
    apart: list[tuple[int, int]] = []
    for begin, end in sorted(found):
        if apart and begin < apart[-1][1]:
            apart[-1] = (apart[-1][0], max(end, apart[-1][1]))
        else:
            apart.append((begin, end))
    return apart


def needle(asked: str) -> str:
    """What is looked for in a long text to quote from it: the longest run of the first term."""
    for term in words.terms(asked):
        return max(words.runs(term.text), key=len)
    return ""
