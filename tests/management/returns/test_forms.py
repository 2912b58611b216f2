"""Forms and the dictionary: one meaning per code, and no question moves under an answer."""

import asyncio
from typing import Any

import pytest

from tests.management.returns.desk import FIELDS, Desk, pointers

LABEL = {"en": "x", "zh": "x"}


async def make(desk: Desk, *fields: dict[str, Any], expect: int = 201) -> dict[str, Any]:
    body = {"title": LABEL, "fields": list(fields)}
    return await desk.send(desk.office, "POST", "/v1/forms", expect, json=body)


async def test_a_form_reads_as_it_was_designed(desk: Desk):
    made = await desk.form()
    answer = await desk.http.get(f"/v1/forms/{made['id']}", headers=desk.office.headers)
    assert answer.json() == made
    assert answer.headers["etag"] == '"1"'
    unchanged = await desk.http.get(
        f"/v1/forms/{made['id']}", headers={**desk.office.headers, "If-None-Match": '"1"'}
    )
    assert unchanged.status_code == 304
    for shown, written in zip(made["fields"], FIELDS, strict=True):
        assert {key: shown[key] for key in written} == written
    [listed] = (await desk.send(desk.office, "GET", "/v1/forms"))["items"]
    assert (listed["id"], listed["actions"]) == (made["id"], ["revise"])
    dictionary = (await desk.send(desk.office, "GET", "/v1/fields"))["items"]
    assert [f["code"] for f in dictionary] == sorted(f["code"] for f in FIELDS)


async def test_a_field_is_named_by_its_code_once_the_dictionary_has_it(desk: Desk):
    await desk.form()
    made = await make(desk, {"code": "hours", "required": True})
    assert made["fields"][0]["label"] == FIELDS[1]["label"]
    assert made["fields"][0]["required"]


async def test_the_same_meaning_again_is_the_same_field_and_another_is_refused(desk: Desk):
    await desk.form()
    await make(desk, FIELDS[0])
    refused = await make(desk, FIELDS[1], {**FIELDS[0], "max": 5}, expect=422)
    assert pointers(refused) == {"/fields/1": "field_means_otherwise"}
    assert refused["errors"][0]["remedy"]


async def test_two_offices_enter_one_code_at_once_and_one_meaning_stands(desk: Desk):
    body = {"title": LABEL, "fields": [{"code": "same", "label": LABEL, "type": "integer"}]}
    other = {"title": LABEL, "fields": [{"code": "same", "label": LABEL, "type": "text"}]}
    answers = await asyncio.gather(
        *(
            desk.http.post("/v1/forms", json=wish, headers=desk.office.headers)
            for wish in (body, other)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    assert await desk.world.sql.fetchval("SELECT count(*) FROM field WHERE code = 'same'") == 1


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([{"code": "unheard"}], {"/fields/0/code": "unknown_field"}),
        ([FIELDS[0], FIELDS[0]], {"/fields/1/code": "field_twice"}),
        ([{"code": "x", "label": LABEL}], {"/fields/0/type": "missing"}),
        ([{"code": "x", "type": "text"}], {"/fields/0/label": "missing"}),
        (
            [{"code": "x", "label": LABEL, "type": "integer", "min": 2, "max": 1}],
            {"/fields/0/max": "empty_range"},
        ),
        (
            [{"code": "x", "label": LABEL, "type": "date", "max": 1}],
            {"/fields/0/max": "no_range"},
        ),
        ([{"code": "x", "label": LABEL, "type": "choice"}], {"/fields/0/choices": "choices"}),
        (
            [{**FIELDS[3], "type": "text"}],
            {"/fields/0/choices": "choices"},
        ),
        (
            [{**FIELDS[3], "choices": [FIELDS[3]["choices"][0]] * 2}],
            {"/fields/0/choices": "choice_twice"},
        ),
    ],
)
async def test_what_does_not_make_a_form_is_told_by_field(desk: Desk, fields, expected):
    assert pointers(await make(desk, *fields, expect=422)) == expected
    assert await desk.world.sql.fetchval("SELECT count(*) FROM form") == 0
    assert await desk.world.sql.fetchval("SELECT count(*) FROM field") == 0


@pytest.mark.parametrize(
    "field",
    [
        {"code": "UPPER", "label": LABEL, "type": "text"},
        {"code": "x", "label": LABEL, "type": "photo"},
        {"code": "x", "label": {"en": "x"}, "type": "text"},
        {"code": "x", "label": LABEL, "type": "integer", "min": 1e300},
        {"code": "x", "label": LABEL, "type": "text", "colour": "red"},
    ],
)
async def test_what_is_no_field_at_all_is_refused(desk: Desk, field):
    refused = await make(desk, field, expect=422)
    assert refused["code"] == "invalid"


async def test_a_change_is_a_new_version_and_open_calls_keep_theirs(desk: Desk):
    form = await desk.form()
    call = await desk.call(form_id=form["id"])
    await desk.save(desk.principals[0], call, {"lessons": 1})
    path = f"/v1/forms/{form['id']}"
    wish = {"title": LABEL, "fields": [{"code": "hours", "required": True}]}
    etag = {"If-Match": '"1"'}
    await desk.send(desk.office, "PUT", path, 428, json=wish)
    revised = await desk.send(desk.office, "PUT", path, json=wish, headers=etag)
    assert (revised["version"], len(revised["fields"])) == (2, 1)
    await desk.send(desk.office, "PUT", path, 412, json=wish, headers=etag)
    shown = await desk.send(desk.principals[0], "GET", f"/v1/calls/{call['id']}")
    assert shown["form_version"] == 1
    assert len(shown["fields"]) == len(FIELDS)
    await desk.submit(desk.principals[0], call)
    later = await desk.call(form_id=form["id"])
    assert later["form_version"] == 2
    refused = await desk.save(desk.principals[0], later, {"lessons": 1}, expect=422)
    assert pointers(refused) == {"/values/lessons": "unknown_field"}


async def test_a_form_version_never_changes_not_even_by_the_owner(desk: Desk):
    await desk.form()
    for table in ("field", "form_version", "form_field"):
        with pytest.raises(Exception, match="append-only"):
            await desk.world.sql.execute(f"UPDATE {table} SET group_id = group_id")


@pytest.mark.parametrize(
    ("wish", "expected"),
    [
        ({"all": False}, {"/school_ids"}),
        ({"school_ids": []}, {"/school_ids"}),
        ({"due_at": "2020-01-01T00:00:00Z"}, {"/due_at"}),
        ({"closes_at": "2020-01-01T00:00:00Z"}, {"/closes_at"}),
        ({"opens_at": "2099-01-01T00:00:00Z"}, {"/opens_at", "/due_at"}),
        (
            {"due_at": "9999-12-31T23:59:59-23:59", "closes_at": "9999-12-31T23:59:59-23:59"},
            {"/due_at", "/closes_at"},
        ),
        ({"form_id": "01890000-0000-7000-8000-000000000000"}, {"/form_id"}),
        ({"school_ids": ["01890000-0000-7000-8000-000000000000"]}, {"/school_ids/0"}),
        ({"due_at": "2099-01-01T00:00:00"}, {"/due_at"}),
        ({"period": "June"}, {"/period"}),
        ({"title": ""}, {"/title"}),
    ],
)
async def test_a_call_that_cannot_be_says_why(desk: Desk, wish, expected):
    refused = await desk.call(422, **wish)
    assert {error["pointer"] for error in refused["errors"]} == expected
    assert await desk.world.sql.fetchval("SELECT count(*) FROM return_call") == 0


async def test_a_call_to_a_school_of_another_group_is_refused(desk: Desk):
    form = await desk.form()
    here = desk.world.group_id
    await desk.world.group("other")
    foreign = await desk.world.school("外校")
    desk.world.group_id = here
    ids = [str(desk.schools[0].id), str(foreign.id)]
    refused = await desk.call(422, form_id=form["id"], school_ids=ids)
    assert pointers(refused) == {"/school_ids/1": "no_school_of_the_group"}
