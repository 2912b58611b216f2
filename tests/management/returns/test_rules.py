"""Rules between answers, rows, conditions; what was told before; drafts; what changed."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.forms.expressions import (
    DEPTH_MAX,
    BadExpression,
    evaluate,
    named_in,
    parse_rule,
)
from schoolgroup.management.returns.forms.models import Choice, Column, Field, FieldType
from tests.management.returns.desk import Desk, pointers

X = Text("x", "x")
LABEL = {"en": "x", "zh": "x"}


def field(code: str, kind: FieldType, *columns: Column) -> Field:
    choices = [Choice(c, X) for c in ("own", "shared")] if kind is FieldType.CHOICE else []
    return Field(
        code=code, label=X, type=kind, unit="", min=None, max=None, choices=choices,
        columns=list(columns),
    )  # fmt: skip


HOURS = Column(
    code="hours", label=X, type=FieldType.DECIMAL, required=False, unit="", min=None, max=None,
    choices=[],
)  # fmt: skip
KNOWN = {
    one.code: one
    for one in (
        *(field(code, FieldType.DECIMAL) for code in "abc"),
        field("who", FieldType.CHOICE),
        field("note", FieldType.TEXT),
        field("yes", FieldType.BOOLEAN),
        field("on", FieldType.DATE),
        field("staff", FieldType.ROWS, HOURS),
    )
}


@pytest.mark.parametrize(
    ("text", "answers", "found"),
    [
        ("a = b + c", {"a": 0.3, "b": 0.1, "c": 0.2}, True),  # floats would say no
        ("a / 3 * 3 = a", {"a": 1}, True),
        ("a / b > 1", {"a": 1, "b": 0}, None),
        ("a - b - c = 0 - 4", {"a": 1, "b": 2, "c": 3}, True),
        ("-a * 2 = -4", {"a": 2}, True),
        ("a = b", {"a": 1}, None),
        ("a = 1 or b = 1", {"a": 1}, True),
        ("a = 1 and b = 1", {"a": 2}, False),
        ("if yes then a >= 1", {"yes": False}, True),
        ("if yes then a >= 1", {"yes": True, "a": 0}, False),
        ("if who = 'own' then answered(note)", {"who": "own"}, False),
        ("not (a = 1) and not not yes", {"a": 2, "yes": True}, True),
        ("on >= '2026-02-28' and on != '2026-03-01'", {"on": "2026-02-28"}, True),
        ("sum(staff.hours) = 0.3", {"staff": [{"hours": 0.1}, {}, {"hours": 0.2}]}, True),
        ("sum(staff.hours) = 0 and count(staff) = 0", {"staff": []}, True),
        ("count(staff) > 0", {}, None),
    ],
)
def test_a_rule_finds_exactly_this(text: str, answers: dict[str, Any], found):
    assert evaluate(parse_rule(text, KNOWN), answers) is found


@pytest.mark.parametrize(
    ("text", "code", "at"),
    [
        ("a + b", "no_rule", 1),
        ("a = ", "unexpected", 4),
        ("a = d", "unknown_field", 5),
        ("a = 'x'", "wrong_kind", 3),
        ("note < 'x'", "wrong_kind", 6),
        ("who = 'none'", "not_a_choice", 7),
        ("on > '2026-02-30'", "not_a_date", 6),
        ("staff = 1", "wrong_kind", 1),
        ("sum(staff.days) = 1", "unknown_column", 11),
        ("count(a) = 1", "wrong_kind", 7),
        ("eval(a) = 1", "unknown_function", 1),
        ("a.__class__ = 1", "unreadable", 3),
        ("a = 1 b", "unexpected", 7),
        ("a = 1 and b", "wrong_kind", 11),
        ("(" * (DEPTH_MAX + 1) + "a = 1" + ")" * (DEPTH_MAX + 1), "too_deep", DEPTH_MAX + 1),
    ],
)
def test_what_is_no_rule_is_refused_at_its_place(text: str, code: str, at: int):
    with pytest.raises(BadExpression) as refused:
        parse_rule(text, KNOWN)
    assert (refused.value.code, refused.value.at) == (code, at)


PIECES = ["a", "b", "1.5", "'own'", "who", "(", ")", "and", "not", "if", "then", "=", "<", "+",
          "-", "/", "sum(staff.hours)", "count(staff)", "yes", "on", "é", "."]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12))
def test_any_text_is_a_rule_or_is_refused(pieces: list[str]):
    try:
        rule = parse_rule(" ".join(pieces), KNOWN)
    except BadExpression:
        return
    assert evaluate(rule, {}) in (None, True, False)
    full = {"a": 1, "b": 0, "who": "own", "yes": True, "on": "2026-01-01", "staff": []}
    assert evaluate(rule, full) in (None, True, False)
    assert set(named_in(rule)) <= set(KNOWN)


@given(*(st.decimals(-1000, 1000, places=3) for _ in range(3)))
def test_it_reckons_as_fractions_do(a: Decimal, b: Decimal, c: Decimal):
    values = {"a": float(a), "b": float(b), "c": float(c)}
    expected = Fraction(a) + Fraction(b) * Fraction(c) <= Fraction(c) - Fraction(a)
    assert evaluate(parse_rule("a + b * c <= c - a", KNOWN), values) is expected


FIELDS: list[dict[str, Any]] = [
    {"code": "boys", "label": LABEL, "type": "integer", "min": 0, "counts_pupils": True},
    {"code": "girls", "label": LABEL, "type": "integer", "min": 0, "counts_pupils": True},
    {"code": "pupils", "label": LABEL, "type": "integer", "required": True},
    {"code": "boarding", "label": LABEL, "type": "boolean"},
    {"code": "beds", "label": LABEL, "type": "integer", "asked_when": "boarding",
     "required_when": "boarding"},
    {"code": "trips", "label": LABEL, "type": "rows", "max": 2, "columns": [
        {"code": "place", "label": LABEL, "type": "text", "required": True},
        {"code": "went", "label": LABEL, "type": "integer", "min": 1},
    ]},
]  # fmt: skip
RULES = [
    {"holds": "pupils = boys + girls", "message": {"en": "The sum differs", "zh": "合计不符"}},
    {"holds": "sum(trips.went) <= pupils", "message": {"en": "Too many", "zh": "人数过多"}},
]
RIGHT = {"boys": 20, "girls": 22, "pupils": 42, "boarding": False,
         "trips": [{"place": "农场", "went": 40}]}  # fmt: skip


async def form(desk: Desk, expect: int = 201, **more: Any) -> dict[str, Any]:
    wish = {"title": LABEL, "fields": FIELDS, "rules": RULES, **more}
    return await desk.send(desk.office, "POST", "/v1/forms", expect, json=wish)


async def test_a_form_with_a_rule_that_is_none_is_refused_at_the_rule(desk: Desk):
    bad = [*RULES, {"holds": "pupils = boy", "message": LABEL}]
    refused = await form(desk, 422, rules=bad)
    assert pointers(refused) == {"/rules/2/holds": "unknown_field"}
    assert "character 10" in refused["errors"][0]["detail"]
    assert await desk.world.sql.fetchval("SELECT count(*) FROM field") == 0


async def test_rules_warn_on_saving_and_refuse_on_submitting(desk: Desk):
    made = await form(desk)
    assert [rule["holds"] for rule in made["rules"]] == [rule["holds"] for rule in RULES]
    call = await desk.call(form_id=made["id"])
    assert call["rules"][0]["message"] == RULES[0]["message"]
    who = desk.principals[0]
    wrong = {**RIGHT, "girls": 21, "boarding": True, "trips": [{"went": 50}]}
    saved = await desk.save(who, call, wrong)
    assert pointers({"errors": saved["warnings"]}) == {
        "/values/pupils": "rule_broken", "/values/boys": "rule_broken",
        "/values/girls": "rule_broken", "/values/trips": "rule_broken",
    }  # fmt: skip
    assert "合计不符" in saved["warnings"][0]["detail"]
    own = await desk.send(who, "GET", f"/v1/calls/{call['id']}/return")
    assert own["warnings"] == saved["warnings"]
    refused = pointers(await desk.submit(who, call, expect=422))
    assert refused["/values/beds"] == "required"
    assert refused["/values/trips/0/place"] == "required"
    assert refused["/values/girls"] == "rule_broken"
    too_many = [{"place": "x"}] * 3
    refused = await desk.save(who, call, {"trips": too_many}, version=1, expect=422)
    assert pointers(refused) == {"/values/trips": "too_many_rows"}
    refused = await desk.save(who, call, {"trips": [{"went": 0, "no": 1}]}, version=1, expect=422)
    assert pointers(refused) == {
        "/values/trips/0/went": "out_of_range", "/values/trips/0/no": "unknown_field",
    }  # fmt: skip
    await desk.save(who, call, {**RIGHT, "beds": 3}, version=1)
    assert pointers(await desk.submit(who, call, expect=422)) == {"/values/beds": "not_asked"}
    assert (await desk.save(who, call, RIGHT, version=2))["warnings"] == []
    await desk.submit(who, call)
    shown = await desk.send(desk.office, "GET", f"/v1/calls/{call['id']}/figures")
    sums = {f["field"]: f["sum"] for f in shown["figures"] if f["tier"] is None}
    assert sums == {"boys": 20, "girls": 22, "pupils": 42, "trips.went": 40}


async def test_what_was_told_is_not_asked_again_and_says_where_it_came_from(desk: Desk):
    made = await form(desk)
    who, neighbour = desk.principals[:2]
    earlier = await desk.call(form_id=made["id"], period="2026-05")
    await desk.save(who, earlier, {**RIGHT, "boys": 19, "girls": 23})
    await desk.submit(who, earlier)
    first = await desk.call(form_id=made["id"], title="六月基本数据")
    await desk.save(who, first, RIGHT)
    told = await desk.submit(who, first)
    later = await desk.form([{"code": "pupils", "required": True}, {"code": "girls"},
                             {"code": "lessons", "label": LABEL, "type": "integer"}])  # fmt: skip
    call = await desk.call(form_id=later["id"])
    path = f"/v1/calls/{call['id']}/return"
    known = (await desk.send(who, "GET", f"{path}/prefill"))["suggestions"]
    assert [(k["field"], k["value"], k["same_period"]) for k in known] == [
        ("pupils", 42, True), ("girls", 22, True),
    ]  # fmt: skip
    assert known[0]["source"]["call_title"] == "六月基本数据"
    assert (await desk.send(neighbour, "GET", f"{path}/prefill"))["suggestions"] == []
    begun = await desk.send(
        who, "PUT", path, 201, json={"values": {"lessons": 7}, "prefill": True},
        headers={"If-None-Match": "*"},
    )  # fmt: skip
    assert begun["values"] == {"lessons": 7, "pupils": 42, "girls": 22}
    assert begun["sources"]["pupils"]["return_id"] == told["id"]
    assert begun["sources"]["pupils"]["version_no"] == 1
    changed = await desk.save(who, call, {**begun["values"], "girls": 21}, version=1)
    assert set(changed["sources"]) == {"pupils"}
    sent = await desk.submit(who, call)
    version = await desk.send(desk.office, "GET", f"/v1/returns/{sent['id']}/versions/1")
    assert set(version["sources"]) == {"pupils"}
    # what the office doubts is not offered; the answer of the month before is, as one
    body = {"fields": ["pupils"], "because": "与学籍不符"}
    for doubted in (told["id"], sent["id"]):
        await desk.send(desk.office, "POST", f"/v1/returns/{doubted}/send-back", json=body)
    last = await desk.call(form_id=later["id"])
    known = (await desk.send(who, "GET", f"/v1/calls/{last['id']}/return/prefill"))["suggestions"]
    assert [(k["value"], k["same_period"], k["source"]["period"]) for k in known] == [
        (42, False, "2026-05"), (23, False, "2026-05"),
    ]  # fmt: skip


async def test_each_submission_is_compared_field_by_field(desk: Desk):
    call = await desk.call(form_id=(await form(desk))["id"])
    who = desk.principals[0]
    await desk.save(who, call, RIGHT)
    sent = await desk.submit(who, call)
    path = f"/v1/returns/{sent['id']}"
    await desk.send(desk.office, "POST", f"{path}/accept", json={"version_no": 1})
    fields = ["boys", "pupils", "trips"]
    body = {"fields": fields, "because": "与学籍不符"}
    await desk.send(desk.office, "POST", f"{path}/send-back", json=body)
    trips = [{"place": "农场", "went": 41}, {"place": "海边"}]
    await desk.save(who, call, {**RIGHT, "boys": 21, "pupils": 43, "trips": trips}, version=4)
    await desk.submit(who, call)
    diff = await desk.send(desk.office, "GET", f"{path}/versions/1/diff/2")
    assert diff["accepted_no"] == 1
    assert [(d["field"], d["before"], d["after"]) for d in diff["differences"][:2]] == [
        ("boys", 20, 21), ("pupils", 42, 43),
    ]  # fmt: skip
    assert diff["differences"][2]["cells"] == [
        {"row": 1, "column": "went", "before": 40, "after": 41},
        {"row": 2, "column": "place", "before": None, "after": "海边"},
    ]
    assert (await desk.send(who, "GET", f"{path}/versions/2/diff/2"))["differences"] == []
    await desk.send(who, "GET", f"{path}/versions/1/diff/3", 404)
    await desk.send(desk.principals[1], "GET", f"{path}/versions/1/diff/2", 404)


async def test_a_draft_is_seen_by_the_office_alone_and_asks_whoever_belongs_when_it_opens(
    desk: Desk,
):
    call = await desk.call(draft=True)
    assert (call["status"], call["actions"]) == ("draft", ["open", "revise", "discard"])
    who = desk.principals[0]
    there = f"/v1/calls/{call['id']}"
    for path in (there, f"{there}/return", f"{there}/targets"):
        await desk.send(who, "GET", path, 404)
    await desk.save(who, call, {"lessons": 1}, expect=404)
    joined = await desk.enrol("新校")
    wish = {key: call[key] for key in ("form_id", "period", "due_at", "closes_at")}
    revised = {**wish, "title": "改题", "all": True}
    await desk.send(desk.office, "PUT", there, 200, json=revised, headers={"If-Match": '"1"'})
    await desk.send(desk.office, "PUT", there, 412, json=revised, headers={"If-Match": '"1"'})
    opened = await desk.send(desk.office, "POST", f"{there}/open")
    assert (opened["status"], opened["title"]) == ("open", "改题")
    asked = (await desk.send(desk.office, "GET", f"{there}/targets"))["items"]
    assert str(joined.id) in {target["school_id"] for target in asked}
    await desk.send(desk.office, "POST", f"{there}/open", 409)
    await desk.send(desk.office, "PUT", there, 409, json=revised, headers={"If-Match": '"3"'})
    other = await desk.call(draft=True, form_id=call["form_id"])
    gone = await desk.send(desk.office, "POST", f"/v1/calls/{other['id']}/discard")
    assert (gone["status"], gone["actions"]) == ("discarded", [])
    await desk.send(desk.office, "POST", f"/v1/calls/{other['id']}/open", 409)
