"""The small language of rules between the answers of one form.

    total = boys + girls
    if boarding = true then boarders >= 1
    sum(staff.hours) <= hours_max and count(staff) >= 2

Comparisons (= != < <= > >=), sums and products, `and`, `or`, `not`, `if … then …`, `answered(x)`,
`count(rows)` and `sum(rows.column)`. It is parsed against the form's fields, so a rule that could
fail for its kinds never comes to an answer. Evaluation reads nothing and reckons in exact
fractions: 0.1 + 0.2 = 0.3 holds. What was not answered is unknown, as is a division by zero; and,
or and not follow Kleene's strong logic of three values, and an unknown rule is not broken.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from msgspec import Struct

from schoolgroup.management.returns.forms.models import Field, FieldType

CHARACTERS_MAX = 500
DEPTH_MAX = 20
TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9]+(?:\.[0-9]+)?)|(?P<name>[a-z][a-z0-9_]*)|'(?P<text>[^']*)'"
    r"|(?P<sign><=|>=|!=|[=<>+\-*/().]))",
    re.ASCII,
)
WORDS = frozenset({"if", "then", "and", "or", "not", "true", "false"})
NUMBER, TEXT, TRUTH, DATE = "number", "text", "truth", "date"
KINDS = {
    FieldType.INTEGER: NUMBER,
    FieldType.DECIMAL: NUMBER,
    FieldType.TEXT: TEXT,
    FieldType.CHOICE: TEXT,
    FieldType.BOOLEAN: TRUTH,
    FieldType.DATE: DATE,
}
ORDERED = frozenset({NUMBER, DATE})
Known = Fraction | str | bool
Found = Known | None  # None: unknown


class BadExpression(ValueError):
    """What is not a rule: which law it breaks, at which character (from 1), and why."""

    def __init__(self, code: str, at: int, why: str) -> None:
        super().__init__(f"at character {at}: {why}")
        self.code = code
        self.at = at


class Expression(Struct, frozen=True):
    """A parsed piece: its operation, the kind of what it finds, its parts, its own value."""

    op: str
    kind: str
    parts: tuple["Expression", ...] = ()
    value: Any = None
    choices: tuple[str, ...] | None = None
    at: int = 1


class _Token(Struct, frozen=True):
    kind: str
    text: str
    at: int


def parse_rule(text: str, fields: Mapping[str, Field]) -> Expression:
    """The rule as a tree over these fields; raises BadExpression naming the place."""
    parser = _Parser(_tokens(text), fields)
    found = parser.rule()
    rest = parser.here
    if rest.kind != "end":
        raise BadExpression("unexpected", rest.at, f"{rest.text!r} is not expected here")
    if found.kind != TRUTH:
        raise BadExpression("no_rule", 1, "a rule compares: it holds or does not hold")
    return found


def named_in(expression: Expression) -> list[str]:
    """The codes of the fields a rule speaks about, in the order in which it names them."""
    own = [expression.value.partition(".")[0]] if expression.op in _READ else []
    found = own + [code for part in expression.parts for code in named_in(part)]
    return list(dict.fromkeys(found))


def evaluate(expression: Expression, answers: Mapping[str, Any]) -> Found:
    """What the expression finds in these answers; None where it is unknown.

    The answers must fit their fields: they were checked one by one before.
    """
    if expression.op in _READ:
        return _READ[expression.op](expression.value, answers)
    parts = [evaluate(part, answers) for part in expression.parts]
    return _WORK[expression.op](expression, parts)


def _tokens(text: str) -> list[_Token]:
    if len(text) > CHARACTERS_MAX:
        raise BadExpression("too_long", CHARACTERS_MAX, f"at most {CHARACTERS_MAX} characters")
    found, at = [], 0
    while at < len(text.rstrip()):
        token = TOKEN.match(text, at)
        if token is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise BadExpression("unreadable", at + 1, f"{text[at]!r} is no part of a rule")
        kind = str(token.lastgroup)
        word = token[kind]
        if kind == "name" and word in WORDS:
            kind = "word"
        quote = kind == "text"
        found.append(_Token(kind, word, token.start(str(token.lastgroup)) + (not quote)))
        at = token.end()
    return [*found, _Token("end", "", len(text.rstrip()) + 1)]


class _Parser:
    """Recursive descent, one level of precedence a method."""

    def __init__(self, tokens: list[_Token], fields: Mapping[str, Field]) -> None:
        self._tokens = tokens
        self._fields = fields
        self._place = 0
        self._depth = 0

    @property
    def here(self) -> _Token:
        return self._tokens[self._place]

    def _took(self, *signs: str) -> _Token | None:
        token = self.here
        if token.kind not in ("sign", "word") or token.text not in signs:
            return None
        self._place += 1
        return token

    def _need(self, sign: str) -> None:
        if self._took(sign) is None:
            raise BadExpression("unexpected", self.here.at, f"{sign!r} is expected here")

    def rule(self) -> Expression:
        self._depth += 1
        if self._depth > DEPTH_MAX:
            raise BadExpression("too_deep", self.here.at, f"at most {DEPTH_MAX} deep")
        begin = self._took("if")
        if begin:
            condition = _of(self._either(), TRUTH)
            self._need("then")
            found = Expression("then", TRUTH, (condition, _of(self._either(), TRUTH)), at=begin.at)
        else:
            found = self._either()
        self._depth -= 1
        return found

    def _chain(self, next_: Callable[[], Expression], kind: str, *signs: str) -> Expression:
        found = next_()
        while token := self._took(*signs):
            parts = (_of(found, kind), _of(next_(), kind))
            found = Expression(token.text, kind, parts, at=found.at)
        return found

    def _either(self) -> Expression:
        return self._chain(self._both, TRUTH, "or")

    def _both(self) -> Expression:
        return self._chain(self._not, TRUTH, "and")

    def _not(self) -> Expression:
        times = 0
        begin = self.here.at
        while self._took("not"):
            times += 1
        found = self._compared()
        if not times:
            return found
        _of(found, TRUTH)
        return Expression("not", TRUTH, (found,), at=begin) if times % 2 else found

    def _compared(self) -> Expression:
        left = self._sum()
        token = self._took("=", "!=", "<", "<=", ">", ">=")
        if token is None:
            return left
        return _comparison(token, left, self._sum())

    def _sum(self) -> Expression:
        return self._chain(self._product, NUMBER, "+", "-")

    def _product(self) -> Expression:
        return self._chain(self._one, NUMBER, "*", "/")

    def _one(self) -> Expression:
        token = self.here
        if self._took("("):
            found = self.rule()
            self._need(")")
            return found
        self._place += token.kind != "end"
        if token.kind == "number":
            return Expression("said", NUMBER, value=Fraction(Decimal(token.text)), at=token.at)
        if token.kind == "text":
            return Expression("said", TEXT, value=token.text, at=token.at)
        if token.text in ("true", "false") and token.kind == "word":
            return Expression("said", TRUTH, value=token.text == "true", at=token.at)
        if token.text == "-" and token.kind == "sign":
            none = Expression("said", NUMBER, value=Fraction(0), at=token.at)
            begun = self.here
            if begun.text == "-":
                raise BadExpression("unexpected", begun.at, "one minus is enough")
            return Expression("-", NUMBER, (none, _of(self._one(), NUMBER)), at=token.at)
        if token.kind == "name":
            return self._called(token) if self._took("(") else self._answer(token)
        raise BadExpression("unexpected", token.at, "a field, a number or a 'text' is expected")

    def _answer(self, token: _Token) -> Expression:
        field = self._field(token)
        if field.type is FieldType.FILE:
            why = f"{token.text} has files: take answered({token.text})"
            raise BadExpression("wrong_kind", token.at, why)
        if field.type not in KINDS:
            why = f"{token.text} has rows: take count({token.text}) or sum({token.text}.column)"
            raise BadExpression("wrong_kind", token.at, why)
        choices = tuple(c.code for c in field.choices) if field.choices else None
        return Expression("read", KINDS[field.type], (), token.text, choices, token.at)

    def _called(self, token: _Token) -> Expression:
        if token.text not in ("answered", "count", "sum"):
            raise BadExpression("unknown_function", token.at, "there are answered, count and sum")
        named = self.here
        if named.kind != "name":
            raise BadExpression("unexpected", named.at, "a field is expected here")
        self._place += 1
        field = self._field(named)
        value, kind = named.text, TRUTH
        if token.text != "answered":
            kind = NUMBER
            if field.type is not FieldType.ROWS:
                raise BadExpression("wrong_kind", named.at, f"{named.text} has no rows")
        if token.text == "sum":
            self._need(".")
            value += "." + self._column(field)
        self._need(")")
        return Expression(token.text, kind, (), value, at=token.at)

    def _column(self, field: Field) -> str:
        token = self.here
        column = {column.code: column for column in field.columns}.get(token.text)
        if token.kind != "name" or column is None:
            raise BadExpression("unknown_column", token.at, f"{field.code} has no such column")
        if KINDS[column.type] != NUMBER:
            raise BadExpression("wrong_kind", token.at, f"{token.text} is no number")
        self._place += 1
        return token.text

    def _field(self, token: _Token) -> Field:
        field = self._fields.get(token.text)
        if field is None:
            raise BadExpression("unknown_field", token.at, f"the form has no field {token.text}")
        return field


def _of(expression: Expression, kind: str) -> Expression:
    if expression.kind != kind:
        why = f"a {kind} is expected here, and this is a {expression.kind}"
        raise BadExpression("wrong_kind", expression.at, why)
    return expression


def _comparison(token: _Token, left: Expression, right: Expression) -> Expression:
    left, right = _as_date(left, right), _as_date(right, left)
    if left.kind != right.kind:
        why = f"a {left.kind} is compared with a {right.kind}"
        raise BadExpression("wrong_kind", token.at, why)
    if token.text not in ("=", "!=") and left.kind not in ORDERED:
        raise BadExpression("wrong_kind", token.at, f"a {left.kind} has no order")
    for one, other in ((left, right), (right, left)):
        if one.choices and other.op == "said" and other.value not in one.choices:
            why = f"{one.value} has no choice {other.value!r}"
            raise BadExpression("not_a_choice", other.at, why)
    return Expression(token.text, TRUTH, (left, right), at=left.at)


def _as_date(said: Expression, beside: Expression) -> Expression:
    """A text that stands beside a date is one: its letters then sort as days do."""
    if said.op != "said" or said.kind != TEXT or beside.kind != DATE:
        return said
    try:
        day = date.fromisoformat(said.value).isoformat()
    except ValueError:
        raise BadExpression("not_a_date", said.at, "a date is written 'YYYY-MM-DD'") from None
    return Expression("said", DATE, (), day, at=said.at)


def _exact(value: object) -> Fraction:
    """A JSON number as it is written: 0.1 is a tenth."""
    return Fraction(Decimal(str(value)))


def _read(code: str, answers: Mapping[str, Any]) -> Found:
    value = answers.get(code)
    if value is None or isinstance(value, bool | str):
        return value
    return _exact(value)


def _sum_of(path: str, answers: Mapping[str, Any]) -> Found:
    code, _, column = path.partition(".")
    rows = answers.get(code)
    if rows is None:
        return None
    cells = [row[column] for row in rows if row.get(column) is not None]
    return sum(map(_exact, cells), Fraction(0))


def _count(code: str, answers: Mapping[str, Any]) -> Found:
    rows = answers.get(code)
    return None if rows is None else Fraction(len(rows))


_READ: dict[str, Callable[[str, Mapping[str, Any]], Found]] = {
    "read": _read,
    "sum": _sum_of,
    "count": _count,
    "answered": lambda code, answers: answers.get(code) not in (None, "", []),
}


def _and(one: Found, other: Found) -> Found:
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _negated(one: Found) -> Found:
    return None if one is None else not one


def _known(
    work: Callable[[Any, Any], Found],
) -> Callable[[Expression, list[Found]], Found]:
    """Unknown where one of the two is."""
    return lambda _, parts: None if None in parts else work(*parts)


_WORK: dict[str, Callable[[Expression, list[Found]], Found]] = {
    "said": lambda expression, _: expression.value,
    "and": lambda _, parts: _and(*parts),
    "or": lambda _, parts: _negated(_and(_negated(parts[0]), _negated(parts[1]))),
    "not": lambda _, parts: _negated(parts[0]),
    "then": lambda _, parts: _negated(_and(parts[0], _negated(parts[1]))),
    "+": _known(lambda a, b: a + b),
    "-": _known(lambda a, b: a - b),
    "*": _known(lambda a, b: a * b),
    "/": _known(lambda a, b: a / b if b else None),
    "=": _known(lambda a, b: a == b),
    "!=": _known(lambda a, b: a != b),
    "<": _known(lambda a, b: a < b),
    "<=": _known(lambda a, b: a <= b),
    ">": _known(lambda a, b: a > b),
    ">=": _known(lambda a, b: a >= b),
}
