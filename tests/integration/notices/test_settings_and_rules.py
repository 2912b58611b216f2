"""Where mail goes is proven and private; what schools change stays within its limits."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schoolgroup.integration.notices.templates import faults_of
from tests.integration.notices.conftest import PREFER
from tests.integration.notices.test_telling import lend
from tests.people import Person, World

EMAIL = "/v1/me/email"
RULES = "/v1/notice-rules"


@pytest.fixture
def offered(app, services, post):
    """The application as it is where a mail server is configured."""
    plain = app.state.services
    from msgspec.structs import replace

    app.state.services = replace(plain, post_office=post)
    yield
    app.state.services = plain


def code_in(message: Any) -> str:
    text = message.get_body(("plain",)).get_content()
    (code,) = re.findall(r"\b[0-9]{8}\b", text)
    return str(code)


async def test_visitors_and_machines_have_no_settings(http, world):
    for path in (PREFER, EMAIL, RULES, "/v1/inbox"):
        method = "PUT" if path == EMAIL else "GET"
        assert (await http.request(method, path, json={})).status_code == 401
    machine = await world.client(await world.school("一中"), ["notice:prefer"])
    answer = await http.get(PREFER, headers=machine)
    assert answer.status_code == 403


async def test_an_address_counts_once_its_code_was_read_there(told, box, reader, offered, world):
    wish = {"address": "reader@school.example"}
    told.at(23)
    await told.ask(reader, "PUT", EMAIL, 202, json=wish)
    stored = await world.sql.fetch("SELECT row_to_json(e)::text AS r FROM email_address e")
    assert (await told.run()).sent == 1, "at once, also at night"
    (message,) = box.to("reader@school.example")
    code = code_in(message)
    assert all(code not in row["r"] for row in stored), "the code is stored nowhere"
    assert not await world.sql.fetchval(
        "SELECT EXISTS (SELECT FROM mail m WHERE row_to_json(m)::text LIKE '%' || $1 || '%')", code
    )
    wrong = f"{(int(code) + 1) % 10**8:08d}"
    answer = await told.ask(reader, "POST", f"{EMAIL}/verify", 409, json={"code": wrong})
    assert answer["code"] == "email_code_wrong"
    done = await told.ask(reader, "POST", f"{EMAIL}/verify", json={"code": code})
    assert done["verified_at"]
    said = await world.sql.fetch("SELECT data::text, type FROM event WHERE type LIKE 'person.%'")
    assert [row["type"] for row in said] == ["person.email_entered", "person.email_verified"]
    assert all("@" not in row["data"] for row in said), "that, not which"
    await told.ask(reader, "DELETE", EMAIL, 204)
    assert (await told.ask(reader, "GET", PREFER))["email"] is None


async def test_a_code_is_tried_five_times_and_holds_half_an_hour(told, box, reader, offered):
    await told.ask(reader, "PUT", EMAIL, 202, json={"address": "reader@school.example"})
    await told.run()
    code = code_in(box.letters[-1][1])
    wrong = {"code": f"{(int(code) + 1) % 10**8:08d}"}
    for _ in range(5):
        await told.ask(reader, "POST", f"{EMAIL}/verify", 409, json=wrong)
    await told.ask(reader, "POST", f"{EMAIL}/verify", 429, json={"code": code})
    told.clock.jump(timedelta(minutes=1))
    await told.ask(reader, "PUT", EMAIL, 202, json={"address": "reader@school.example"})
    await told.run()
    new = code_in(box.letters[-1][1])
    assert new != code
    await told.ask(reader, "POST", f"{EMAIL}/verify", 409, json={"code": code})
    told.clock.jump(timedelta(minutes=31))
    await told.ask(reader, "POST", f"{EMAIL}/verify", 409, json={"code": new})
    for _ in range(3):
        await told.ask(reader, "PUT", EMAIL, 202, json={"address": "victim@school.example"})
    refused = await told.ask(reader, "PUT", EMAIL, 429, json={"address": "victim@school.example"})
    assert refused["code"] == "too_many_codes"


@pytest.mark.parametrize(
    "address",
    [
        "a@b", "a b@c.example", "a@c.example\r\nBcc: x@y.example", "a@c.example,b@c.example",
        "<a@c.example>", '"a b"@c.example', "a@-c.example", "王@学校.例子", "@c.example", "a@c..d",
        "a..b@c.example", ".a@c.example", "a.@c.example", "a" * 65 + "@c.example",
    ],
)  # fmt: skip
async def test_what_is_no_plain_address_is_refused(told, reader, offered, address):
    answer = await told.ask(reader, "PUT", EMAIL, 422, json={"address": address})
    assert answer["code"] == "invalid"


async def test_only_the_person_and_who_keeps_the_schools_people_see_the_address(
    told, reader, world
):
    await told.reachable(reader, "reader@school.example")
    school = (await world.sql.fetchrow("SELECT * FROM school WHERE id = $1", reader.school_id))[
        "id"
    ]
    admin = await person_at(world, school, "school_admin")
    colleague = await person_at(world, school, "teacher")
    elsewhere = await world.person(await world.school("外校"), "school_admin")
    office = await world.person(None, "group_admin")
    path = f"/v1/people/{reader.id}/email"
    for who in (admin, office):
        assert (await told.ask(who, "GET", path))["address"] == "reader@school.example"
    assert (await told.ask(colleague, "GET", path, 403))["code"] == "not_allowed"
    assert (await told.ask(elsewhere, "GET", path, 404))["code"] == "not_found"
    assert (await told.ask(admin, "GET", f"/v1/people/{admin.id}/email", 404))["code"] == (
        "no_email_address"
    )


async def person_at(world: World, school_id: Any, role: str) -> Person:
    from tests.people import School

    row = await world.sql.fetchrow("SELECT * FROM school WHERE id = $1", school_id)
    assert row is not None
    school = School(row["id"], row["group_id"], row["code"], row["name"], "integrated")
    return await world.person(school, role)


async def test_a_school_tells_its_own_people_otherwise_and_the_office_the_others(
    told, shelf, reader, world
):
    admin = await person_at(world, reader.school_id, "school_admin")
    office = await world.person(None, "group_admin")
    for_all = {"kind": "loan_due_soon", "hours": [-240]}
    await told.ask(office, "POST", RULES, 201, json=for_all)
    words = {"en": "Soon over: {{ title }}", "zh": "快到期：{{ title }}"}
    mine = {"kind": "loan_due_soon", "hours": [-48], "subject": words}
    rule = await told.ask(admin, "POST", RULES, 201, json=mine)
    again = await told.ask(admin, "POST", RULES, 409, json=mine)
    assert again["code"] == "notice_rule_exists"
    other = await world.person(await world.school("别校"), "teacher")
    await lend(told, shelf, reader)
    await lend(told, shelf, other)
    told.clock.jump(timedelta(days=5))
    await told.run()
    assert await told.kinds(other) == ["loan_due_soon"]
    assert await told.kinds(reader) == []
    told.clock.jump(timedelta(days=7, hours=1))
    await told.run()
    subjects = "SELECT subject_zh FROM notice WHERE person_id = $1"
    assert await world.sql.fetchval(subjects, reader.id) == "快到期：勾股定理"
    assert str(await world.sql.fetchval(subjects, other.id)).startswith("《勾股定理》将于")

    listed = (await told.ask(admin, "GET", RULES))["items"]
    shown = next(item for item in listed if item["kind"] == "loan_due_soon")
    assert (shown["set_by"], shown["hours"], shown["own"]["id"]) == ("school", [-48], rule["id"])
    stranger = await world.person(await world.school("第三校"), "school_admin")
    path = f"{RULES}/{rule['id']}"
    match = {"If-Match": '"1"'}
    await told.ask(stranger, "PATCH", path, 404, json={"is_on": False}, headers=match)
    await told.ask(stranger, "DELETE", path, 404)
    await told.ask(reader, "POST", RULES, 403, json=mine)
    off = await told.ask(admin, "PATCH", path, json={"is_on": False}, headers=match)
    assert (off["is_on"], off["hours"], off["version"]) == (False, [-48], 2)
    await lend(told, shelf, reader)
    told.clock.jump(timedelta(days=13))
    await told.run()
    assert "loan_due_soon" not in (await told.kinds(reader))[1:]
    await told.ask(admin, "DELETE", path, 204)
    listed = (await told.ask(admin, "GET", RULES))["items"]
    assert next(i for i in listed if i["kind"] == "loan_due_soon")["set_by"] == "group"


async def test_what_goes_beyond_the_limits_is_refused_place_by_place(told, world):
    office = await world.person(None, "group_admin")
    wish = {
        "kind": "loan_recalled",
        "is_on": False,
        "hours": [5, 5],
        "subject": {"en": "{{ title }} {{ secret }}", "zh": "{{ title.__class__ }}"},
        "body": {"en": "{% for x in [1] %}x{% endfor %}", "zh": "{{ title"},
    }
    refused = await told.ask(office, "POST", RULES, 422, json=wish)
    assert refused["code"] == "notice_rule_out_of_limits"
    assert {error["pointer"] for error in refused["errors"]} == {
        "/is_on", "/hours/0", "/hours/1", "/hours", "/subject/en", "/subject/zh", "/body/en",
        "/body/zh",
    }  # fmt: skip
    unknown = await told.ask(office, "POST", RULES, 404, json={"kind": "nonsense"})
    assert unknown["code"] == "unknown_notice_kind"


@pytest.mark.parametrize(
    "template",
    [
        "{{ x }}", "{{ title.upper() }}", "{{ title|upper }}", "{{ title[0] }}", "{{ 7*7 }}",
        "{% if title %}a{% endif %}", "{% set title = 1 %}", "{{ self }}", "{{ title ~ owner }}",
        "{% include 'x' %}", "{% raw %}x", "{{ lipsum }}", "{{ 'text' }}", "{{ (title,) }}",
    ],
)  # fmt: skip
def test_a_template_is_text_and_placeholders_and_nothing_else(template):
    assert faults_of(template, ["title", "owner"])
    assert not faults_of("《{{ title }}》 {{owner}} 100%", ["title", "owner"])


@pytest.mark.parametrize("local", ["a", "a.b", "wang+x", "o'neil", "x" * 64, "!#$%&*/=?^_`{|}~-"])
def test_what_is_taken_as_an_address_can_be_written_into_a_letter(local):
    import msgspec

    from schoolgroup.integration.notices.letters import Sender, write_code
    from schoolgroup.integration.notices.models import AddressWish
    from schoolgroup.kernel.ids import new_id

    taken = msgspec.convert({"address": f"{local}@c.example"}, AddressWish)
    sender = Sender("notices@group.example", "", "")
    at = datetime(2026, 9, 1, tzinfo=UTC)
    message = write_code(
        sender, new_id(), at, taken.address, "zh", "集团\r\nBcc: x@y.z", "12345678"
    )
    assert message["To"].addresses[0].addr_spec == taken.address
    assert message.as_bytes().count(b"\r\nBcc:") == 0
