"""The language of relations: what it accepts, what it refuses, and how missing values count."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from schoolgroup.access import algebra
from schoolgroup.access.algebra import Always, BadDefinition, Expr, parse, read_macros, simplify
from schoolgroup.access.evaluate import Viewer, World, to_python, to_sql
from schoolgroup.access.relations import read_relations
from tests.access.policies import RELATIONS, shipped

ME, OTHER, GROUP = (UUID(int=n) for n in (1, 2, 3))
NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)
VIEWER = Viewer(ME, ME, "integrated", NOON, date(2026, 9, 1))
MACROS = read_macros({"mine(x)": "x.school_id = me.school_id", "twice(x)": "mine(x) or mine(x)"})


def holds(text: str, row: dict[str, Any], world: World | None = None) -> bool:
    tree = parse(text, MACROS)
    return to_python(tree, VIEWER, world or {})({"group_id": GROUP, **row})


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("thing.a = 'x'", {"a": "x"}, True),
        ("thing.a = 'x'", {"a": None}, False),
        ("not thing.a = 'x'", {"a": "y"}, True),
        ("not thing.a = 'x'", {"a": None}, False),
        ("thing.a <> 'x'", {"a": None}, False),
        ("thing.a is null", {"a": None}, True),
        ("thing.a is not null", {"a": None}, False),
        ("not thing.b", {"b": None}, False),
        ("thing.b or thing.a = 'x'", {"b": None, "a": "x"}, True),
        ("thing.b and thing.a = 'x'", {"b": None, "a": "x"}, False),
        ("not (thing.b and thing.a = 'x')", {"b": None, "a": "y"}, True),
        ("not (thing.b or thing.a = 'x')", {"b": None, "a": "y"}, False),
        ("before(now, thing.until)", {"until": None}, True),
        ("before(now, thing.until)", {"until": NOON}, False),
        ("before(now, thing.until)", {"until": NOON.replace(microsecond=1)}, True),
        ("during(today, thing.f, thing.u)", {"f": date(2026, 9, 1), "u": None}, True),
        ("during(today, thing.f, thing.u)", {"f": date(2026, 9, 2), "u": None}, False),
        ("during(today, thing.f, thing.u)", {"f": date(2026, 8, 1), "u": date(2026, 9, 1)}, False),
        ("during(today, thing.f, thing.u)", {"f": date(2026, 8, 1), "u": date(2026, 9, 2)}, True),
        ("during(today, thing.f, thing.u)", {"f": None, "u": None}, False),
        ("thing.k in thing.ks", {"k": "a", "ks": ["b", "a"]}, True),
        ("thing.k in thing.ks", {"k": "a", "ks": None}, False),
        ("not thing.k in thing.ks", {"k": None, "ks": []}, True),
        ("not thing.k in thing.ks", {"k": None, "ks": ["a"]}, False),
        ("not thing.k in thing.ks", {"k": "a", "ks": [None]}, False),
        ("empty(thing.ks)", {"ks": []}, True),
        ("empty(thing.ks)", {"ks": None}, False),
        ("mine(thing)", {"school_id": ME}, True),
        ("twice(thing)", {"school_id": OTHER}, False),
        ("true and not false", {}, True),
        ("thing.a = 'x' or thing.a = 'y' and thing.a = 'z'", {"a": "x"}, True),
    ],
)
def test_missing_values_and_half_open_ranges(text: str, row: dict[str, Any], expected: bool):
    assert holds(text, row) is expected


def test_a_row_of_another_group_is_no_row():
    text = "exists seat s (s.no = thing.no and mine(s))"
    seat = {"group_id": GROUP, "no": 1, "school_id": ME}
    assert holds(text, {"no": 1}, {"seat": [seat]})
    assert not holds(text, {"no": 1}, {"seat": [seat | {"group_id": OTHER}]})
    assert not holds(text, {"no": 1}, {"seat": [seat | {"school_id": OTHER}]})
    assert not holds(text, {"no": 1}, {})


def test_the_sql_asks_each_context_value_once_and_looks_rows_up_by_exists():
    tree = parse("exists seat s (s.no = thing.no and mine(s) and before(now, s.until))", MACROS)
    assert to_sql(tree, "t") == (
        "EXISTS (SELECT FROM seat x1 WHERE x1.group_id = t.group_id AND ((x1.no = t.no"
        " AND x1.school_id = (SELECT app.school_id())"
        " AND (x1.until IS NULL OR (SELECT app.now()) < x1.until))))"
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "thing",
        "thing.",
        "thing.a =",
        "thing.a = x",
        "thing.a = 'x",
        "thing.a = 'x' thing.b",
        "thing.a = 'x' or",
        "(thing.a = 'x'",
        "other.a = 'x'",
        "me.name = 'x'",
        "thing.a = 'it''s'",
        "thing.a = 'x'; drop table loan",
        'thing.a = "x"',
        "thing.a || 'x' = 'y'",
        "now",
        "thing.a in thing",
        "exists seat (true)",
        "exists seat s true",
        "exists seat thing (true)",
        "exists seat s (exists seat s (true))",
        "exists seat s (true) and s.no = thing.no",
        "mine()",
        "mine(thing, thing)",
        "mine((thing))",
        "his(thing)",
        "before(now)",
        "empty(now)",
        "thing.A = 'x'",
        "thing.a is 'x'",
        "not",
    ],
)
def test_what_is_not_in_the_language_is_refused(text: str):
    with pytest.raises(BadDefinition):
        parse(text, MACROS)


@pytest.mark.parametrize("head", ["mine", "mine()", "now(a)", "mine(a b)", "Mine(a)"])
def test_a_macro_is_written_like_a_function(head: str):
    with pytest.raises(BadDefinition):
        read_macros({head: "true"})


def test_a_macro_that_calls_itself_is_refused():
    macros = read_macros({"again(x)": "again(x)"})
    with pytest.raises(BadDefinition, match="itself"):
        parse("again(thing)", macros)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("true or thing.a = 'x'", "true"),
        ("false and thing.a = 'x'", "false"),
        ("false or thing.a = 'x'", "thing.a = 'x'"),
        ("thing.b or (thing.b and thing.a = 'x')", "thing.b"),
        ("(thing.b or thing.c) and thing.b", "thing.b"),
        ("thing.b or (thing.c or thing.b)", "thing.b or thing.c"),
        ("not (true or thing.b)", "false"),
    ],
)
def test_what_is_clear_without_looking_is_written_shorter(text: str, expected: str):
    assert simplify(parse(text, {})) == simplify(parse(expected, {}))


def test_a_lock_looks_only_where_it_may_and_is_never_narrower():
    seated = "thing.a = 'x' and exists seat s (s.no = thing.no)"
    tree = parse(f"{seated} and not exists ban b (b.no = thing.no)", {})
    wide = simplify(algebra.weaken(tree, frozenset({"seat"})))
    assert wide == simplify(parse(seated, {}))
    assert simplify(algebra.weaken(tree, frozenset())) == parse("thing.a = 'x'", {})
    assert algebra.looks(tree) == {True, False}
    assert algebra.tables(tree) == {"seat", "ban"}


def test_relations_that_are_clear_make_a_clear_list():
    relations, _ = read_relations(RELATIONS)
    own, lost = relations.mask_of("own") & ~1, relations.mask_of("lost") & ~1
    assert relations.predicate_sql("book", "b", 0, 0) == "FALSE"
    assert relations.predicate_sql("book", "b", 1, 0) == "TRUE"
    assert relations.predicate_sql("book", "b", 1 | own, 1) == "FALSE"
    assert relations.predicate_sql("book", "b", 1, lost) == "NOT coalesce(b.status = 'lost', FALSE)"
    assert relations.predicate_sql("book", "b", own, lost) == (
        "(b.school_id = (SELECT app.school_id()) AND NOT coalesce(b.status = 'lost', FALSE))"
    )


@pytest.mark.parametrize("alias", ["", "R", "r r", "r;", "x1", "r.id", "1r"])
def test_an_alias_is_a_plain_name(alias: str):
    with pytest.raises(ValueError, match="alias"):
        shipped().mask_sql("resource", alias)
    with pytest.raises(ValueError, match="alias"):
        shipped().list_predicate_sql("teacher", "partner", "resource:borrow", "resource", alias)
    with pytest.raises(ValueError, match="alias"):
        shipped().rls_predicate_sql("resource", alias)


@pytest.mark.parametrize("thing", ["group", "", "boat"])
def test_only_things_with_rows_have_masks(thing: str):
    with pytest.raises(KeyError):
        shipped().mask_sql(thing, "t")


def test_a_mask_for_what_is_about_to_be_made():
    relations = shipped().relations
    assert relations.mask_of() == 1
    assert relations.names_in(relations.mask_of("own")) == ("any", "own")
    assert "own_published" in relations.names_in(relations.mask_of("own", "published"))
    with pytest.raises(KeyError):
        relations.mask_of("owned")


def test_every_relation_of_the_shipped_policy_is_used_by_a_rule():
    relations = shipped().relations
    used = {line.rel for line in shipped().bundle.lines}
    used |= {part for name in used for part in relations.by_name[name].parts}
    assert used == set(relations.names)


def test_the_shape_of_a_tree_is_a_value():
    """Two readings of one text are equal, so a policy can be compared with another."""
    one: Expr = parse("mine(thing)", MACROS)
    assert one == parse("thing.school_id = me.school_id", {})
    assert one != Always(True)
