"""What a school may answer: every wrong value is told with its pointer, all at once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel.texts import Text
from schoolgroup.management.returns.answers import rules
from schoolgroup.management.returns.forms.models import Choice, FieldType, FormField
from tests.management.returns.desk import BEGIN, Desk, pointers


def field(
    kind: str, *, low: float | None = None, high: float | None = None, required: bool = False
) -> FormField:
    choices = [Choice("own", Text("own", "自办"))] if kind == "choice" else []
    return FormField(
        code="x", label=Text("x", "x"), type=FieldType(kind), unit="", min=low, max=high,
        choices=choices, required=required,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("integer", [0, -5, 10**15], [1.0, 1.5, "1", True, [], {}, 10**15 + 1, 10**30]),
        ("decimal", [0, 0.1, -2.5, 1e15], ["0.1", False, [1], 1e16, -1e300]),
        ("text", ["", "一所学校", "a\nb\tc", "字" * 4000], [1, True, [], "字" * 4001, "a\x00b"]),
        ("choice", ["own"], ["OWN", "", 1, None.__class__, ["own"]]),
        ("boolean", [True, False], [0, 1, "true", []]),
        (
            "date",
            ["2026-02-28", "2024-02-29"],
            ["2026-02-29", "2026-2-8", "20260208", "2026-02-08T00:00:00Z", "2026-W06-1", 20260208],
        ),
    ],
)
def test_each_type_takes_its_values_and_no_others(kind: str, right: list[Any], wrong: list[Any]):
    for value in right:
        assert rules.problems_of([field(kind)], {"x": value}) == [], value
    for value in wrong:
        [problem] = rules.problems_of([field(kind)], {"x": value})
        assert problem.pointer == "/values/x"
        assert problem.detail


@pytest.mark.parametrize(
    ("kind", "low", "high", "inside", "outside"),
    [
        ("integer", 0, 10, [0, 10], [-1, 11]),
        ("decimal", 0.5, 1.5, [0.5, 1.5], [0.4999, 1.5001]),
        ("text", 2, 3, ["ab", "字字字"], ["a", "abcd"]),
        ("integer", None, 10, [-(10**15), 10], [11]),
    ],
)
def test_the_ends_of_a_range_are_inside(kind, low, high, inside, outside):
    asked = [field(kind, low=low, high=high)]
    assert all(not rules.problems_of(asked, {"x": value}) for value in inside)
    for value in outside:
        assert rules.problems_of(asked, {"x": value})[0].code == "out_of_range"


@pytest.mark.parametrize("value", [None, "", "   ", "\n"])
def test_no_answer_is_no_answer_where_one_is_required(value):
    [missing] = rules.problems_of_missing([field("text", required=True)], {"x": value})
    assert (missing.pointer, missing.code) == ("/values/x", "required")
    assert rules.problems_of_missing([field("text")], {"x": value}) == []


def test_zero_and_no_are_answers():
    assert rules.problems_of_missing([field("integer", required=True)], {"x": 0}) == []
    assert rules.problems_of_missing([field("boolean", required=True)], {"x": False}) == []


def test_a_pointer_is_escaped():
    assert rules.at("a/b~c") == "/values/a~1b~0c"


ATOMS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
NESTED = st.lists(ATOMS, max_size=2) | st.dictionaries(st.text(), ATOMS, max_size=2)


@given(st.dictionaries(st.text(max_size=3) | st.just("x"), ATOMS | NESTED, max_size=120))
def test_whatever_is_sent_is_judged_and_never_breaks_the_judge(values: dict[str, Any]):
    fields = [field(kind) for kind in FieldType]
    problems = rules.problems_of(fields[:1], values)
    assert len(problems) <= rules.PROBLEMS_MAX
    accepted = {"x": values["x"]} if "x" in values else {}
    for asked in fields:
        if not rules.problems_of([asked], accepted) and accepted.get("x") is not None:
            lists = (FieldType.ROWS, FieldType.FILE)
            kinds = list if asked.type in lists else int | float | str
            assert isinstance(accepted["x"], kinds)


NOON = datetime(2026, 7, 1, 12, tzinfo=UTC)
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("now", "exempt", "refused"),
    [
        (NOON - TICK, False, rules.NotOpenYet),
        (NOON, False, None),
        (NOON + timedelta(hours=1) - TICK, False, None),
        (NOON + timedelta(hours=1), False, rules.CallClosed),
        (NOON, True, rules.SchoolExempt),
    ],
)
def test_the_window_is_half_open(now, exempt, refused):
    found = rules.window_refusal(
        now, opens_at=NOON, closes_at=NOON + timedelta(hours=1), exempt=exempt
    )
    assert found is None if refused is None else isinstance(found, refused)


async def test_all_wrong_values_are_told_at_once_and_nothing_is_kept(desk: Desk):
    call = await desk.call()
    wrong = {
        "lessons": -1,
        "hours": "two",
        "note": "字" * 21,
        "canteen": "none",
        "inspected": "yes",
        "held_on": "2026-02-30",
        "a/b": 1,
    }
    refused = await desk.save(desk.principals[0], call, wrong, expect=422)
    assert refused["code"] == "bad_answers"
    assert pointers(refused) == {
        "/values/lessons": "out_of_range",
        "/values/hours": "wrong_type",
        "/values/note": "out_of_range",
        "/values/canteen": "not_a_choice",
        "/values/inspected": "wrong_type",
        "/values/held_on": "wrong_type",
        "/values/a~1b": "unknown_field",
    }
    assert await desk.world.sql.fetchval("SELECT count(*) FROM school_return") == 0


async def test_what_is_required_is_asked_for_at_submission_only(desk: Desk):
    call = await desk.call()
    await desk.save(desk.principals[0], call, {"hours": 1})
    refused = await desk.submit(desk.principals[0], call, expect=422)
    assert pointers(refused) == {"/values/lessons": "required"}
    await desk.save(desk.principals[0], call, {"hours": 1, "lessons": 0}, version=1)
    await desk.submit(desk.principals[0], call)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"values": 1}',
        b'{"values": {}, "more": 1}',
        b'{"values": {"note": "\\u0000"}}',
        b'{"values": {"note": "\\ud800"}}',
        b'{"values": {"lessons": 1e999}}',
        b'{"values": {"lessons": 123456789012345678901234567890}}',
        b'{"values": {"hours": NaN}}',
    ],
)
async def test_a_body_that_is_no_answer_is_a_problem_document_never_a_failure(desk: Desk, body):
    call = await desk.call()
    answer = await desk.http.put(
        f"/v1/calls/{call['id']}/return",
        content=body,
        headers={**desk.principals[0].headers, **BEGIN, "Content-Type": "application/json"},
    )
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_nothing_is_submitted_that_was_never_begun(desk: Desk):
    call = await desk.call()
    path = f"/v1/calls/{call['id']}/return"
    for method, where in (("GET", path), ("POST", f"{path}/submit")):
        refused = await desk.send(desk.principals[0], method, where, 404)
        assert refused["code"] == "return_not_begun"
    missing = await desk.save(desk.principals[0], call, {"lessons": 1}, version=1, expect=404)
    assert missing["remedy"]


async def test_numbers_come_back_as_they_were_sent(desk: Desk):
    call = await desk.call()
    await desk.save(desk.principals[0], call, {"lessons": 1000, "hours": 0.1})
    mine = await desk.send(desk.principals[0], "GET", f"/v1/calls/{call['id']}/return")
    assert mine["values"] == {"lessons": 1000, "hours": 0.1}
    assert isinstance(mine["values"]["lessons"], int)
