"""Named relations between whoever asks and a thing: what they are, as bits, SQL and Python.

A set of relations is a mask: bit n stands for the n-th relation of `relations.toml`, bit 0 is
`any` and always set. Masks are made here and judged by `compiled.CompiledPolicy`.
"""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping

import msgspec

from schoolgroup.access import algebra
from schoolgroup.access.algebra import Always, And, BadDefinition, Expr, Or
from schoolgroup.access.evaluate import Row, Viewer, World, all_to_sql, to_python, to_sql
from schoolgroup.access.faults import Fault, FaultCode, line_of
from schoolgroup.kernel.texts import Text

FILE = "relations.toml"
ANY = "any"
ANY_MASK = 1
RELATIONS_MAX = 62  # a mask is a bigint
ALIAS = re.compile(r"(?!x[0-9]+$)[a-z_][a-z0-9_]*")  # x1, x2 … are the rows looked up inside
NAME = re.compile(r"[a-z][a-z_]*")


class Relation(msgspec.Struct, frozen=True):
    """One relation: its meaning, what to do when it is missing, what to do when it forbids.

    `parts` are the relations it is made of; `personal` ones hold for this one person only.
    """

    name: str
    bit: int
    meaning: Text
    need: Text | None
    lift: Text | None
    parts: tuple[str, ...]
    personal: bool
    on: Mapping[str, Expr]


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    en: str
    zh: str
    need: Text | None = None
    lift: Text | None = None
    all: tuple[str, ...] = ()
    personal: bool = False
    on: dict[str, str] = {}


class _File(msgspec.Struct, forbid_unknown_fields=True):
    things: dict[str, str]
    macros: dict[str, str]
    relations: dict[str, _Written]


class Relations:
    """All relations of one policy version."""

    def __init__(self, things: Mapping[str, str], relations: Iterable[Relation]) -> None:
        self.things = dict(things)
        self.by_name = {relation.name: relation for relation in relations}
        self.names = tuple(self.by_name)

    def mask_of(self, *names: str) -> int:
        """The mask in which these relations hold, `any` and what follows from them included.

        For a thing that is about to be made, and for acts on the group itself. Raises KeyError
        for an unknown name.
        """
        mask = ANY_MASK
        for name in names:
            mask |= self.by_name[name].bit
        return self.close(mask)

    def close(self, mask: int) -> int:
        """The mask with every relation that is made of others set where all of those are."""
        for relation in self.by_name.values():
            if relation.parts and all(mask & self.by_name[p].bit for p in relation.parts):
                mask |= relation.bit
        return mask

    def names_in(self, mask: int) -> tuple[str, ...]:
        """The names of the relations in the mask, in the order of the file."""
        return tuple(r.name for r in self.by_name.values() if mask & r.bit)

    def defined_on(self, thing: str) -> tuple[str, ...]:
        """The relations that can hold for this kind of thing; `any` is the first."""
        return tuple(r.name for r in self.by_name.values() if r.name == ANY or thing in r.on)

    def mask_sql(self, thing: str, alias: str, only: int | None = None) -> str:
        """A bigint SQL expression over the row `alias` of the thing's table: the mask.

        Each relation is worked out once; with `only`, those in that mask and what they are made
        of. Raises KeyError for an unknown thing, ValueError for an alias that is not a plain name.
        """
        self._check(thing, alias)
        held: dict[str, Expr] = {}
        terms = [str(ANY_MASK)]
        wanted = set(self.names if only is None else self.names_in(only))
        wanted |= {part for name in wanted for part in self.by_name[name].parts}
        for name in self.defined_on(thing)[1:]:
            if name not in wanted:
                continue
            relation = self.by_name[name]
            if relation.parts:
                condition = " AND ".join(f"held.{part}" for part in relation.parts)
            else:
                condition = f"held.{name}"
                held[name] = relation.on[thing]
            terms.append(f"CASE WHEN {condition} THEN {relation.bit} ELSE 0 END")
        if not held:
            return f"{ANY_MASK}::bigint"
        # OFFSET 0 keeps the planner from writing each definition out again at every mention.
        once = f"({all_to_sql(held, alias)} OFFSET 0) held"
        return f"(SELECT ({' + '.join(terms)})::bigint FROM {once})"  # noqa: S608 - from the bundle

    def predicate_sql(self, thing: str, alias: str, allowed: int, denied: int) -> str:
        """SQL: one of the allowed relations holds and none of the denied; TRUE or FALSE if clear.

        `allowed` and `denied` are masks. The text depends on nothing else, so it is one prepared
        statement per vector of rights.
        """
        self._check(thing, alias)
        allow = algebra.simplify(Or(self._definitions(thing, allowed)))
        deny = algebra.simplify(Or(self._definitions(thing, denied)))
        if allow == Always(False) or deny == Always(True):
            return "FALSE"
        if deny == Always(False):
            return to_sql(allow, alias)
        forbidden = f"NOT coalesce({to_sql(deny, alias)}, FALSE)"
        return forbidden if allow == Always(True) else f"({to_sql(allow, alias)} AND {forbidden})"

    def lock(self, thing: str, mask: int) -> Expr:
        """The widest reach of the relations in the mask that a row-level lock can express.

        A lock looks only into tables whose own lock does not look back: the tables of things
        listed below this one, and the tables that are no thing of their own.
        """
        kinds = list(self.things)
        above = {self.things[kind] for kind in kinds[: kinds.index(thing) + 1]}
        wide = Or(self._definitions(thing, mask))
        return algebra.simplify(algebra.weaken(wide, frozenset(algebra.tables(wide)) - above))

    def judge(self, thing: str, viewer: Viewer, world: World) -> Callable[[Row], int]:
        """The mask of each row of a thing, worked out in Python: the second reading, for tests."""
        tests = [
            (relation.bit, to_python(relation.on[thing], viewer, world))
            for relation in self.by_name.values()
            if thing in relation.on and not relation.parts
        ]
        return lambda row: self.close(sum((b for b, holds in tests if holds(row)), ANY_MASK))

    def _definitions(self, thing: str, mask: int) -> tuple[Expr, ...]:
        return tuple(
            Always(True) if r.name == ANY else r.on[thing]
            for r in self.by_name.values()
            if mask & r.bit and (r.name == ANY or thing in r.on)
        )

    def _check(self, thing: str, alias: str) -> None:
        if not self.things[thing]:
            raise KeyError(f"{thing} has no rows")
        if not ALIAS.fullmatch(alias):
            raise ValueError(f"not a plain alias: {alias!r}")


def read_relations(text: str) -> tuple[Relations, list[Fault]]:
    """The relations of a file's text, and everything that is wrong with it."""
    faults: list[Fault] = []
    try:
        file = msgspec.convert(tomllib.loads(text), _File)
        macros = algebra.read_macros(file.macros)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, BadDefinition) as error:
        remedy = "Write it like the sections around it."
        return Relations({}, ()), [Fault(FILE, 0, FaultCode.UNREADABLE, f"{error}.", remedy)]

    def blame(name: str, code: FaultCode, what: str, remedy: str) -> None:
        faults.append(Fault(FILE, line_of(text, f"[relations.{name}]"), code, what, remedy))

    if next(iter(file.relations), "") != ANY:
        blame("", FaultCode.BAD_DEFINITION, "The first relation is not `any`.", "Put it first.")
    if len(file.relations) > RELATIONS_MAX:
        blame("", FaultCode.BAD_DEFINITION, "More than 62 relations.", "Drop those unused.")
    found: dict[str, Relation] = {}
    for number, (name, written) in enumerate(file.relations.items()):
        if not NAME.fullmatch(name):
            blame(name, FaultCode.BAD_DEFINITION, f"{name!r} is no name.", "Use a-z and _.")
            continue
        on: dict[str, Expr] = {}
        for thing, definition in written.on.items():
            if not file.things.get(thing):
                what = f"{name} is defined on {thing!r}, which is no kind of thing with rows."
                blame(name, FaultCode.UNKNOWN_THING, what, "Use a name of [things].")
                continue
            try:
                on[thing] = algebra.parse(definition, macros)
            except BadDefinition as error:
                what = f"{name} on {thing}: {error}."
                blame(name, FaultCode.BAD_DEFINITION, what, "See the language at the top.")
        if written.all:
            on |= _join(name, written, found, blame)
        elif not written.on and name != ANY:
            what = f"{name} is defined on nothing."
            blame(name, FaultCode.BAD_DEFINITION, what, "Give it `on` or `all`.")
        if not (written.en and written.zh):
            what = f"{name} does not say what it means."
            blame(name, FaultCode.MISSING_TEXT, what, "Write it in English and Chinese.")
        found[name] = Relation(
            name, 1 << number, Text(written.en, written.zh), written.need, written.lift,
            written.all, written.personal, on,
        )  # fmt: skip
    return Relations(file.things, found.values()), faults


def _join(
    name: str,
    written: _Written,
    found: Mapping[str, Relation],
    blame: Callable[[str, FaultCode, str, str], None],
) -> dict[str, Expr]:
    """The definitions of a relation made of others: on every thing where all of those can hold."""
    parts = [found.get(part) for part in written.all]
    if written.on or any(p is None or p.parts or p.name == ANY for p in parts):
        what = f"{name} must be made only of relations above it that are themselves defined."
        blame(name, FaultCode.BAD_DEFINITION, what, "List such relations in `all`.")
        return {}
    made_of = [part for part in parts if part is not None]
    things = [t for t in made_of[0].on if all(t in part.on for part in made_of)]
    return {t: And(tuple(part.on[t] for part in made_of)) for t in things}
