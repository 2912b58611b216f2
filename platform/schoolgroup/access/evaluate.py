"""The two readings of a relation's definition: a SQL condition, and a predicate over plain rows."""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from itertools import count
from typing import Any
from uuid import UUID

import msgspec

from schoolgroup.access.algebra import (
    THING,
    Always,
    Among,
    And,
    Asked,
    Column,
    Compare,
    Empty,
    Exists,
    Expr,
    Flag,
    Missing,
    Not,
    Or,
    Value,
    Word,
)

Row = Mapping[str, Any]
World = Mapping[str, Sequence[Row]]
Holds = Callable[[Mapping[str, Row]], bool | None]

# Wrapped in a select each is computed once per statement (an InitPlan), not once per row.
ASKED_SQL = {
    "school_id": "(SELECT app.school_id())",
    "person_id": "(SELECT app.person_id())",
    "tier": "(SELECT app.tier())",
    "now": "(SELECT app.now())",
    "today": "(SELECT app.today())",
}
OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "<>": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Viewer(msgspec.Struct, frozen=True):
    """Who looks, and when: exactly what the database's own context functions answer."""

    school_id: UUID | None
    person_id: UUID | None
    tier: str | None
    now: datetime
    today: date


def to_sql(tree: Expr, alias: str) -> str:
    """The definition as a boolean SQL expression over the thing's row called `alias`."""
    return _Sql(alias).write(tree, {THING: alias})


def all_to_sql(trees: Mapping[str, Expr], alias: str) -> str:
    """A SELECT of one row over the thing's row `alias`: a boolean column for each definition.

    What several of them look up in one table by the same link to the thing is looked up once.
    Every mention of a table brings its walls along, and most of the time a plan takes.
    """
    writer = _Sql(alias)
    sources = writer.share([node for tree in trees.values() for node in _lookups(tree)])
    columns = [f"{writer.write(tree, {THING: alias})} AS {name}" for name, tree in trees.items()]
    source = f" FROM {', '.join(sources)}" if sources else ""
    return f"SELECT {', '.join(columns)}{source}"


def _lookups(tree: Expr) -> list[Exists]:
    """The rows a definition looks for, those that such a row is asked about left out."""
    if isinstance(tree, Exists):
        return [tree]
    if isinstance(tree, Not):
        return _lookups(tree.part)
    return [n for p in tree.parts for n in _lookups(p)] if isinstance(tree, And | Or) else []


def _link(node: Exists) -> tuple[Column, Column] | None:
    """By which columns the rows looked for belong to the thing, where that is said first."""
    first = node.body.parts[0] if isinstance(node.body, And) else node.body
    match first:
        case Compare("=", Column(inner) as mine, Column() as its) if inner == node.alias:
            return (mine, its) if its.alias == THING else None
    return None


class _Sql:
    def __init__(self, alias: str) -> None:
        self.alias = alias
        self.within = [alias]
        self.numbers = count(1)
        self.shared: dict[Exists, str] = {}

    def share(self, nodes: Sequence[Exists]) -> list[str]:
        """Sources of one row each: which of the lookups they stand for find something."""
        alike: dict[tuple[str, str, str], list[Exists]] = {}
        for node in dict.fromkeys(nodes):
            if link := _link(node):
                alike.setdefault((node.table, link[0].name, link[1].name), []).append(node)
        sources = []
        for (table, mine, its), found in alike.items():
            if len(found) == 1:
                continue
            inner, columns = f"x{next(self.numbers)}", []
            for number, node in enumerate(found):
                rest = node.body.parts[1:] if isinstance(node.body, And) else ()
                names = {THING: self.alias, node.alias: inner}
                condition = self.write(And(rest), names) if rest else "TRUE"
                columns.append(f"coalesce(bool_or({condition}), FALSE) AS e{number}")
                self.shared[node] = f"of_{inner}.e{number}"
            sources.append(
                f"(SELECT {', '.join(columns)} FROM {table} {inner}"  # noqa: S608 - the bundle
                f" WHERE {inner}.group_id = {self.alias}.group_id"
                f" AND {inner}.{mine} = {self.alias}.{its}) of_{inner}"
            )
        return sources

    def write(self, tree: Expr, names: Mapping[str, str]) -> str:
        if isinstance(tree, Exists) and tree in self.shared:
            return self.shared[tree]
        match tree:
            case Always(holds):
                return "TRUE" if holds else "FALSE"
            case Flag(column):
                return self.value(column, names)
            case Compare(op, left, right):
                return f"{self.value(left, names)} {op} {self.value(right, names)}"
            case Missing(value):
                return f"{self.value(value, names)} IS NULL"
            case Among(value, array):
                return f"{self.value(value, names)} = ANY ({self.value(array, names)})"
            case Empty(array):
                return f"cardinality({self.value(array, names)}) = 0"
            case Not(part):
                return f"NOT ({self.write(part, names)})"
            case Exists(table, alias, body):
                # The group is asked of the row just outside, not of the thing: what reaches past
                # its neighbour can only be looked up anew for each row.
                inner, outer = f"x{next(self.numbers)}", self.within[-1]
                self.within.append(inner)
                condition = self.write(body, {**names, alias: inner})
                self.within.pop()
                return (
                    f"EXISTS (SELECT FROM {table} {inner}"
                    f" WHERE {inner}.group_id = {outer}.group_id AND ({condition}))"
                )
        word = " AND " if isinstance(tree, And) else " OR "
        return "(" + word.join(self.write(part, names) for part in tree.parts) + ")"

    def value(self, value: Value, names: Mapping[str, str]) -> str:
        if isinstance(value, Asked):
            return ASKED_SQL[value.name]
        if isinstance(value, Word):
            return f"'{value.text}'"
        return f"{names[value.alias]}.{value.name}"


def to_python(tree: Expr, viewer: Viewer, world: World) -> Callable[[Row], bool]:
    """The definition as a predicate over the thing's row, for one viewer in one world."""
    holds = _predicate(tree, viewer, world)
    return lambda row: holds({THING: row}) is True


def _predicate(tree: Expr, viewer: Viewer, world: World) -> Holds:
    """Three-valued: None is unknown, as in SQL."""
    match tree:
        case Always(holds):
            return lambda rows: holds
        case Flag(column):
            return lambda rows: rows[column.alias][column.name]
        case Compare(op, left, right):
            return lambda rows: _compare(op, _read(left, rows, viewer), _read(right, rows, viewer))
        case Missing(value):
            return lambda rows: _read(value, rows, viewer) is None
        case Among(value, array):
            return lambda rows: _among(_read(value, rows, viewer), _read(array, rows, viewer))
        case Empty(array):
            return lambda rows: _compare("=", _size(_read(array, rows, viewer)), 0)
        case Not(part):
            inner = _predicate(part, viewer, world)
            return lambda rows: _negate(inner(rows))
        case Exists(table, alias, body):
            each = _predicate(body, viewer, world)
            by_group: dict[object, list[Row]] = {}
            for row in world.get(table, ()):
                by_group.setdefault(row["group_id"], []).append(row)
            return lambda rows: any(
                each({**rows, alias: row}) is True
                for row in by_group.get(rows[THING]["group_id"], ())
            )
    parts = [_predicate(part, viewer, world) for part in tree.parts]
    decided = not isinstance(tree, And)

    def connect(rows: Mapping[str, Row]) -> bool | None:
        unknown = False
        for part in parts:
            answer = part(rows)
            if answer is decided:
                return decided
            unknown = unknown or answer is None
        return None if unknown else not decided

    return connect


def _read(value: Value, rows: Mapping[str, Row], viewer: Viewer) -> Any:
    if isinstance(value, Column):
        return rows[value.alias][value.name]
    return getattr(viewer, value.name) if isinstance(value, Asked) else value.text


def _compare(op: str, left: Any, right: Any) -> bool | None:
    return None if left is None or right is None else OPERATORS[op](left, right)


def _among(value: Any, array: Sequence[Any] | None) -> bool | None:
    if array is None:
        return None
    if not array:
        return False  # as PostgreSQL: nothing is among no elements, not even something unknown
    if value is None:
        return None
    return True if value in array else None if None in array else False


def _size(array: Sequence[Any] | None) -> int | None:
    return None if array is None else len(array)


def _negate(answer: bool | None) -> bool | None:
    return None if answer is None else not answer
