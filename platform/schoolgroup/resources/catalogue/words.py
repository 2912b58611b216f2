"""Full text without a dictionary: what PostgreSQL is given to index and to look for.

Every character of a Chinese run stands at its own position as the bigram it begins; the last one of
a run stands there alone. Latin words and numbers are words. So a word of two characters is one
lexeme, a longer one a phrase, and a single character the beginning of some lexeme. This is what
Lucene's CJKBigramFilter does, with single characters at the ends of runs kept besides, so that
第37课 is found inside of 数学第37课分数.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import Enum, auto
from typing import NamedTuple

CJK = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
RUN = re.compile(rf"(?P<cjk>[{CJK}]+)|(?P<digits>\d+)|(?P<word>[^\W\d_{CJK}]+)")
SPACE = re.compile(r"\s+")
GAP = 10  # positions between two fields, so that no phrase reaches from one into the next
# Of PostgreSQL's tsvector: positions up to 16383, 256 per lexeme, lexemes below 2 KiB.
POSITION_MAX, WORD_LENGTH_MAX = 16_383, 60
TERMS_MAX = 12
NOTHING = ""


class Place(Enum):
    """Where in its run a lexeme stands."""

    WORD = auto()  # Latin letters or digits: a run of its own
    PAIR = auto()  # two characters of a Chinese run
    END = auto()  # the last character of a Chinese run of several
    ALONE = auto()  # the only character of a Chinese run


class Lexeme(NamedTuple):
    """One indexed unit."""

    text: str
    place: Place


def lexemes(text: str) -> list[Lexeme]:
    """The lexemes of a text in order, one per position."""
    found: list[Lexeme] = []
    for run in RUN.finditer(unicodedata.normalize("NFKC", text).casefold()):
        whole = run[0]
        if run["cjk"]:
            found += [Lexeme(whole[at : at + 2], Place.PAIR) for at in range(len(whole) - 1)]
            found.append(Lexeme(whole[-1], Place.ALONE if len(whole) == 1 else Place.END))
        else:
            found.append(Lexeme(whole[:WORD_LENGTH_MAX], Place.WORD))
    return found


def document(fields: Iterable[tuple[str, str]]) -> str:
    """The text form of a tsvector for (weight, text) fields: weight "A" above "B", "C" and "D"."""
    places: dict[str, list[str]] = {}
    position = 0
    for weight, text in fields:
        for lexeme in lexemes(text):
            position += 1
            if position > POSITION_MAX:
                break
            places.setdefault(lexeme.text, []).append(f"{position}{weight}")
        position += GAP
    return " ".join(f"'{text}':{','.join(at)}" for text, at in places.items())


def query(text: str) -> str:
    """The text form of a tsquery: every term of the text must be there, each as a phrase.

    Empty where there is nothing to look for; that matches nothing.
    """
    terms = [found for term in SPACE.split(text) if (found := lexemes(term))]
    return " & ".join(_phrase(term) for term in terms[:TERMS_MAX]) or NOTHING


def _phrase(term: list[Lexeme]) -> str:
    *before, last = term
    wanted = [f"'{lexeme.text}'" for lexeme in before]
    # In the document the last run may go on: the pair before its end says enough, and a single
    # character is the beginning of some pair.
    if last.place is Place.ALONE:
        wanted.append(f"'{last.text}':*")
    elif last.place is not Place.END:
        wanted.append(f"'{last.text}'")
    return f"({' <-> '.join(wanted)})"
