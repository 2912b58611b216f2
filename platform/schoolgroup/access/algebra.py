"""A tiny language for relations: one definition, turned into SQL and into Python alike.

    expr    := both ('or' both)*            both := no ('and' no)*           no := ['not'] atom
    atom    := '(' expr ')' | 'true' | 'false'
             | 'exists' table alias '(' expr ')'      a row of the same group for which expr holds
             | value ('=' | '<>' | '<' | '<=' | '>' | '>=') value
             | value 'is' ['not'] 'null' | value 'in' alias.column     (an array column)
             | 'empty' '(' alias.column ')'                            (an array column)
             | 'during' '(' value ',' value ',' value ')' | 'before' '(' value ',' value ')'
             | macro '(' argument (',' argument)* ')' | alias.column   (a boolean column)
    value   := alias.column | 'me.school_id' | 'me.person_id' | 'me.tier' | 'now' | 'today' | 'text'

Both compilations keep SQL's three-valued logic (ISO/IEC 9075-2, 6.39): a missing value makes a
comparison unknown, and a definition that is unknown does not hold. Ranges are half open.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple

import msgspec


class Column(msgspec.Struct, frozen=True):
    """A column of the row that `alias` stands for."""

    alias: str
    name: str


class Asked(msgspec.Struct, frozen=True):
    """What the transaction knows: school_id, person_id, tier, now or today."""

    name: str


class Word(msgspec.Struct, frozen=True):
    """A literal text."""

    text: str


Value = Column | Asked | Word


class Always(msgspec.Struct, frozen=True):
    """True or false, whatever the row."""

    holds: bool


class Flag(msgspec.Struct, frozen=True):
    """A boolean column."""

    column: Column


class Compare(msgspec.Struct, frozen=True):
    """Two values compared; unknown when either is missing."""

    op: str
    left: Value
    right: Value


class Missing(msgspec.Struct, frozen=True):
    """The value is null."""

    value: Value


class Among(msgspec.Struct, frozen=True):
    """The value is an element of an array column."""

    value: Value
    array: Column


class Empty(msgspec.Struct, frozen=True):
    """An array column without elements."""

    array: Column


class Not(msgspec.Struct, frozen=True):
    """The opposite; unknown stays unknown."""

    part: "Expr"


class And(msgspec.Struct, frozen=True):
    """All parts hold."""

    parts: "tuple[Expr, ...]"


class Or(msgspec.Struct, frozen=True):
    """At least one part holds."""

    parts: "tuple[Expr, ...]"


class Exists(msgspec.Struct, frozen=True):
    """Some row of the table, in the thing's group, for which the body holds."""

    table: str
    alias: str
    body: "Expr"


Expr = Always | Flag | Compare | Missing | Among | Empty | Not | And | Or | Exists

THING = "thing"
ATTRIBUTES = ("school_id", "person_id", "tier")
CLOCKS = ("now", "today")
COMPARISONS = ("=", "<>", "<", "<=", ">", ">=")
KEYWORDS = frozenset(
    {"and", "or", "not", "exists", "is", "in", "null", "true", "false", "me", *CLOCKS}
    | {"empty", "during", "before"}
)
MACRO_DEPTH_MAX = 8
TOKEN = re.compile(r"\s*(?:([a-z_][a-z0-9_]*)|('[a-z0-9_]*')|(<>|<=|>=|[=<>().,]))")


class BadDefinition(ValueError):
    """A definition does not follow the language."""


class Macro(NamedTuple):
    """A named piece of the language with parameters that stand for aliases or values."""

    parameters: tuple[str, ...]
    body: tuple[str, ...]


def tokens(text: str) -> tuple[str, ...]:
    """The words of a definition; raises BadDefinition where a character has no place in it."""
    found, at = [], 0
    text = text.strip()
    while at < len(text):
        match = TOKEN.match(text, at)
        if match is None:
            raise BadDefinition(f"unexpected {text[at : at + 12]!r}")
        found.append(match[0].strip())
        at = match.end()
    return tuple(found)


def read_macros(source: Mapping[str, str]) -> dict[str, Macro]:
    """Macros from their `name(a, b)` = body texts; raises BadDefinition."""
    macros = {}
    for head, body in source.items():
        match = re.fullmatch(r"([a-z_]+)\(([a-z]+(?:, [a-z]+)*)\)", head)
        if match is None or match[1] in KEYWORDS:
            raise BadDefinition(f"a macro is written name(a, b), not {head!r}")
        macros[match[1]] = Macro(tuple(match[2].split(", ")), tokens(body))
    return macros


def parse(text: str, macros: Mapping[str, Macro]) -> Expr:
    """The definition as a tree; raises BadDefinition with what was expected."""
    reader = _Reader(tokens(text), macros, frozenset({THING}), 0)
    tree = reader.expr()
    reader.end()
    return tree


class _Reader:
    """Recursive descent over the words of one definition."""

    def __init__(
        self,
        words: tuple[str, ...],
        macros: Mapping[str, Macro],
        aliases: frozenset[str],
        depth: int,
    ) -> None:
        self.words, self.at = words, 0
        self.macros, self.aliases, self.depth = macros, aliases, depth

    def peek(self, ahead: int = 0) -> str:
        return self.words[self.at + ahead] if self.at + ahead < len(self.words) else ""

    def take(self, *expected: str) -> str:
        word = self.peek()
        if expected and word not in expected:
            raise BadDefinition(f"expected {' or '.join(expected)}, found {word or 'the end'!r}")
        self.at += 1
        return word

    def end(self) -> None:
        if self.peek():
            raise BadDefinition(f"nothing should follow, found {self.peek()!r}")

    def expr(self) -> Expr:
        parts = [self.both()]
        while self.peek() == "or":
            self.take()
            parts.append(self.both())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def both(self) -> Expr:
        parts = [self.no()]
        while self.peek() == "and":
            self.take()
            parts.append(self.no())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def no(self) -> Expr:
        if self.peek() == "not":
            self.take()
            return Not(self.atom())
        return self.atom()

    def atom(self) -> Expr:
        word = self.peek()
        if word == "(":
            self.take()
            inner = self.expr()
            self.take(")")
            return inner
        if word in ("true", "false"):
            return Always(self.take() == "true")
        if word == "exists":
            return self.exists()
        if self.peek(1) == "(":
            return self.call()
        return self.comparison()

    def exists(self) -> Expr:
        self.take("exists")
        table, alias = self.name(), self.name()
        if alias in self.aliases:
            raise BadDefinition(f"{alias} already stands for a row here; use another letter")
        self.take("(")
        outer, self.aliases = self.aliases, self.aliases | {alias}
        body = self.expr()
        self.aliases = outer
        self.take(")")
        return Exists(table, alias, body)

    def call(self) -> Expr:
        name = self.take()
        arguments = self.arguments()
        if name == "empty" and len(arguments) == 1:
            return Empty(self.inner(arguments[0]).column())
        if name == "before" and len(arguments) == 2:
            moment, until = (self.inner(a).value() for a in arguments)
            return Or((Missing(until), Compare("<", moment, until)))
        if name == "during" and len(arguments) == 3:
            moment, start, until = (self.inner(a).value() for a in arguments)
            open_end = Or((Missing(until), Compare("<", moment, until)))
            return And((Compare("<=", start, moment), open_end))
        macro = self.macros.get(name)
        if macro is None or len(arguments) != len(macro.parameters):
            raise BadDefinition(f"there is no {name} with {len(arguments)} argument(s)")
        if self.depth >= MACRO_DEPTH_MAX:
            raise BadDefinition(f"{name} calls itself")
        given = dict(zip(macro.parameters, arguments, strict=True))
        words: list[str] = []
        for before, word in zip(("", *macro.body), macro.body, strict=False):
            words.extend(given[word] if word in given and before != "." else (word,))
        reader = self.inner(tuple(words), self.depth + 1)
        tree = reader.expr()
        reader.end()
        return tree

    def inner(self, words: tuple[str, ...], depth: int | None = None) -> "_Reader":
        return _Reader(words, self.macros, self.aliases, self.depth if depth is None else depth)

    def arguments(self) -> list[tuple[str, ...]]:
        self.take("(")
        found: list[tuple[str, ...]] = []
        words: list[str] = []
        while (word := self.take()) != ")":
            if word in ("", "("):
                raise BadDefinition("an argument is an alias or a value")
            if word == ",":
                found.append(tuple(words))
                words = []
            else:
                words.append(word)
        return [*found, tuple(words)]

    def comparison(self) -> Expr:
        left = self.value()
        word = self.peek()
        if word in COMPARISONS:
            return Compare(self.take(), left, self.value())
        if word == "is":
            self.take()
            negated = self.peek() == "not" and bool(self.take())
            self.take("null")
            return Not(Missing(left)) if negated else Missing(left)
        if word == "in":
            self.take()
            return Among(left, self.column())
        if isinstance(left, Column):
            return Flag(left)
        raise BadDefinition(f"expected a comparison, found {word or 'the end'!r}")

    def value(self) -> Value:
        word = self.peek()
        if word.startswith("'"):
            return Word(self.take()[1:-1])
        if word in CLOCKS:
            return Asked(self.take())
        if word == "me":
            self.take()
            self.take(".")
            return Asked(self.take(*ATTRIBUTES))
        return self.column()

    def column(self) -> Column:
        alias = self.name()
        if alias not in self.aliases:
            raise BadDefinition(f"{alias} stands for no row here")
        self.take(".")
        return Column(alias, self.name())

    def name(self) -> str:
        word = self.take()
        if not word or not word[0].isalpha() or word in KEYWORDS:
            raise BadDefinition(f"expected a name, found {word or 'the end'!r}")
        return word


def tables(tree: Expr) -> frozenset[str]:
    """Every table the definition looks into, apart from the thing's own."""
    if isinstance(tree, Exists):
        return tables(tree.body) | {tree.table}
    if isinstance(tree, And | Or):
        return frozenset().union(*(tables(p) for p in tree.parts))
    return tables(tree.part) if isinstance(tree, Not) else frozenset()


def looks(tree: Expr, positive: bool = True) -> frozenset[bool]:
    """Whether the definition asks for rows that are there (True), that are not (False), or both."""
    if isinstance(tree, Exists):
        return looks(tree.body, positive) | {positive}
    if isinstance(tree, And | Or):
        return frozenset().union(*(looks(p, positive) for p in tree.parts))
    return looks(tree.part, not positive) if isinstance(tree, Not) else frozenset()


def weaken(tree: Expr, may_look: frozenset[str], positive: bool = True) -> Expr:
    """The strictest wider condition that looks only into the tables of `may_look`.

    What looks elsewhere is taken to hold (under a `not`: not to hold), so whatever satisfied the
    definition satisfies this: what a lock needs, whose rules must not go round in a circle.
    """
    if isinstance(tree, Exists):
        if tree.table not in may_look:
            return Always(positive)
        return Exists(tree.table, tree.alias, weaken(tree.body, may_look, positive))
    if isinstance(tree, And | Or):
        return type(tree)(tuple(weaken(p, may_look, positive) for p in tree.parts))
    if isinstance(tree, Not):
        return Not(weaken(tree.part, may_look, not positive))
    return tree


def simplify(tree: Expr) -> Expr:
    """The same condition without parts that are always true or always false, or said twice."""
    if isinstance(tree, Not):
        part = simplify(tree.part)
        return Always(not part.holds) if isinstance(part, Always) else Not(part)
    if not isinstance(tree, And | Or):
        return tree
    decides = isinstance(tree, Or)  # a true part decides an or, a false one an and
    parts: list[Expr] = []
    for part in (simplify(p) for p in tree.parts):
        if isinstance(part, Always):
            if part.holds == decides:
                return Always(decides)
        elif isinstance(part, type(tree)):
            parts.extend(p for p in part.parts if p not in parts)
        elif part not in parts:
            parts.append(part)
    if not parts:
        return Always(not decides)
    # a or (a and b) is a; a and (a or b) is a
    opposite = And if decides else Or
    pieces = [set(p.parts) if isinstance(p, opposite) else {p} for p in parts]
    parts = [p for p, own in zip(parts, pieces, strict=True) if not any(o < own for o in pieces)]
    return parts[0] if len(parts) == 1 else type(tree)(tuple(parts))
