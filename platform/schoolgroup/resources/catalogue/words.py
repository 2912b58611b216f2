"""Full text without a dictionary: what PostgreSQL is given to index and to look for.

Every character of a Chinese run stands at its own position as the bigram it begins; the last one of
a run stands there alone. Latin words and numbers are words. So a word of two characters is one
lexeme, a longer one a phrase, and a single character the beginning of some lexeme. This is what
Lucene's CJKBigramFilter does, with single characters at the ends of runs kept besides, so that
第37课 is found inside of 数学第37课分数. Traditional and simplified characters are one.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping
from enum import Enum, auto
from typing import NamedTuple

import opencc

CJK = (
    "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
HAN = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF))  # the characters that are folded
WIDE = range(0xFF01, 0xFF5F)  # ASCII as wide as a Chinese character
RUN = re.compile(rf"(?P<cjk>[{CJK}]+)|(?P<digits>\d+)|(?P<word>[^\W\d_{CJK}]+)")
GAP = 10  # positions between two fields, so that no phrase reaches from one into the next
# Of PostgreSQL's tsvector: positions up to 16383, 256 per lexeme, lexemes below 2 KiB.
POSITION_MAX, WORD_LENGTH_MAX = 16_383, 60
TERMS_MAX = 12
# The text of a file is cut so that a part and a description fit into one tsvector together.
PART_LEXEMES, OVERLAP, POSITIONS_PER_LEXEME_MAX = 12_000, 20, 255
TERM = re.compile(
    r"[\"“”„‟「『«《](?P<quoted>[^\"“”„‟」』»》]*)[\"“”„‟」』»》]|(?P<plain>[^\s\"“”„‟「『«]+)"
)
STAR = ("*", "＊")
CHARACTER = "~"  # the mark of single characters (app.search_characters)
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


class _Characters(dict[int, int | str]):
    """A table for str.translate that learns what stays as it is: a miss costs it an exception."""

    def __missing__(self, code: int) -> int:
        self[code] = code
        return code


@functools.cache
def _simplified() -> _Characters:
    """Each traditional character to its simplified one: OpenCC's tables, character by character.

    One by one, so that no text gets longer or shorter and the same character is always folded into
    the same: 乾 is 干 also in 乾坤, in what is indexed and in what is asked alike.
    """
    every = [chr(code) for first, last in HAN for code in range(first, last + 1)]
    simple = opencc.OpenCC("t2s").convert("\n".join(every)).split("\n")
    pairs = zip(every, simple, strict=True)
    return _Characters(
        {ord(one): other for one, other in pairs if one != other and len(other) == 1}
    )


@functools.cache
def _traditional() -> frozenset[str]:
    return frozenset(chr(code) for code, one in _simplified().items() if one != code)


def fold(text: str) -> str:
    """One spelling: compatibility forms, small letters, simplified characters."""
    if text.isascii():
        return text.lower()
    folded = unicodedata.normalize("NFKC", text).casefold()
    # Most texts are simplified already, and looking is thirty times cheaper than translating.
    if _traditional().isdisjoint(folded):
        return folded
    return folded.translate(_simplified())


@functools.cache
def spellings() -> Mapping[str, str]:
    """How each folded character may be written, itself included; not what is only itself.

    By capitals, wide forms and traditional characters; rarer forms are left out.
    """
    found: dict[str, str] = {}
    folded = [(character, fold(character)) for character in map(chr, [*range(0x80), *WIDE])]
    folded += [(chr(code), one) for code, one in _simplified().items() if isinstance(one, str)]
    for character, one in folded:
        if character != one:
            found[one] = found.get(one, one) + character
    return found


def runs(text: str) -> list[str]:
    """The runs of a text, folded: Chinese characters, digits, letters."""
    return [run[0] for run in RUN.finditer(fold(text))]


def lexemes(text: str) -> list[Lexeme]:
    """The lexemes of a text in order, one per position."""
    found: list[Lexeme] = []
    for run in RUN.finditer(fold(text)):
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


def query(text: str, *, mark: str = "", weights: str = "") -> str:
    """The text form of a tsquery: every term of the text must be there, each as a phrase.

    A term is what stands between spaces, or between quotation marks of any kind, spaces included. A
    star at the end of a term makes its last word the beginning of one. `mark` stands before every
    lexeme (the catalogue keeps titles twice), `weights` names the fields that count ("AB"). Empty
    where there is nothing to look for; that matches nothing.
    """
    return " & ".join(_phrase(term, mark, weights) for term in terms(text)) or NOTHING


def terms(text: str) -> list["Term"]:
    """What a question asks for, in its order; at most TERMS_MAX."""
    found = []
    for match in TERM.finditer(text):
        asked = match["quoted"] or match["plain"] or ""
        if wanted := lexemes(asked):
            found.append(Term(wanted, begins=asked.endswith(STAR), text=asked))
    return found[:TERMS_MAX]


class Term(NamedTuple):
    """One term of a question; `begins`: its last word may go on."""

    lexemes: list[Lexeme]
    begins: bool
    text: str


def pieces(term: Term, mark: str = "", weights: str = "") -> list[str]:
    """The lexemes of a term as a tsquery asks for them one after the other."""
    *before, last = term.lexemes
    wanted = [f"'{mark}{lexeme.text}'{weights and ':' + weights}" for lexeme in before]
    # In the document the last run may go on: the pair before its end says enough. A character is
    # kept by itself, but nowhere in particular: where its field counts (`weights`), it is the
    # beginning of some pair.
    if last.place is Place.ALONE and before:
        pass  # 第37课 is looked for as 第37: all that begins with 课 would be gathered first
    elif last.place is Place.ALONE and not weights:
        wanted.append(f"'{mark}{CHARACTER}{last.text}'")
    elif last.place is Place.ALONE or (term.begins and last.place is Place.WORD):
        wanted.append(f"'{mark}{last.text}':*{weights}")
    elif last.place is not Place.END:
        wanted.append(f"'{mark}{last.text}'{weights and ':' + weights}")
    return wanted


def _phrase(term: Term, mark: str, weights: str) -> str:
    return f"({' <-> '.join(pieces(term, mark, weights))})"


def parts(text: str) -> list[str]:
    """A long text as tsvectors of weight D, each as much as one can hold.

    They overlap by OVERLAP positions, so that no short phrase is lost between two of them.
    """
    found: list[str] = []
    every = lexemes(text)
    for begin in range(0, max(1, len(every)), PART_LEXEMES - OVERLAP):
        places: dict[str, list[str]] = {}
        for position, lexeme in enumerate(every[begin : begin + PART_LEXEMES], 1):
            at = places.setdefault(lexeme.text, [])
            if len(at) < POSITIONS_PER_LEXEME_MAX:
                at.append(f"{position}D")
        found.append(" ".join(f"'{text}':{','.join(at)}" for text, at in places.items()))
        if begin + PART_LEXEMES >= len(every):
            break
    return [part for part in found if part]
