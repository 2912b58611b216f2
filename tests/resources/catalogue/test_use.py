"""Who uses a resource, and whom its withdrawal would meet: for its owner alone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from schoolgroup.kernel.sheets import read_sheet
from schoolgroup.resources.catalogue.use import service as use
from tests.resources.lending.shelf import act, actor_of, again, borrow, shelve

NOWHERE = "/v1/resources/01890000-0000-7000-8000-000000000000"


@pytest.fixture
async def shelf(world, services):
    return await shelve(world, services)


async def seen(http, who, shelf, what):
    answer = await http.get(f"/v1/resources/{shelf.resource_id}/{what}", headers=who.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def month():
    return datetime.now(UTC).astimezone(ZoneInfo("Asia/Shanghai")).date().replace(day=1).isoformat()


async def test_a_visitor_is_asked_to_sign_in(http):
    for what in ("use", "affected"):
        assert (await http.get(f"{NOWHERE}/{what}")).status_code == 401


async def test_only_those_who_keep_it_are_told(http, world, shelf):
    await shelf.offer(http)
    borrower = await world.person(await world.school("二中"), "librarian")
    colleague = await world.person(shelf.school, "teacher")
    principal = await world.person(shelf.school, "principal")
    await world.group("other")
    stranger = await world.person(await world.school("外"), "principal")
    for what in ("use", "affected"):
        address = f"/v1/resources/{shelf.resource_id}/{what}"
        answers = [
            (await http.get(address, headers=who.headers)).status_code
            for who in (shelf.author, shelf.librarian, principal, colleague, borrower, stranger)
        ]
        assert answers == [200, 200, 200, 403, 403, 404]


async def test_views_loans_and_downloads_are_counted_per_school_and_month(
    http, world, shelf, services
):
    everything = [{"kind": "group", "borrow": True, "adapt": True}]
    offer = await shelf.offer(http, seats=5, per_school_max=None, audiences=everything)
    second, third = await world.school("二中"), await world.school("三中")
    people = [await world.person(second, "teacher") for _ in range(2)]
    reader = await world.person(third, "teacher")
    page = f"/v1/resources/{shelf.resource_id}"
    for who in (*people, people[0], reader):
        assert (await http.get(page, headers=who.headers)).status_code == 200
    loan = (await borrow(http, offer, people[0])).json()["loan"]
    for _ in range(2):
        fetched = await http.get(f"/v1/loans/{loan['id']}/files/1", headers=people[0].headers)
        assert fetched.status_code == 307
    await look_at_previews(services, people[:1] * 2, shelf)
    adapted = (await http.post(f"{page}/adapt", json={}, headers=people[1].headers)).json()
    change = {**people[1].headers, "If-Match": f'"{adapted["version"]}"'}
    said = {"licence": "group_only", "stage": "junior", "subject": "数学"}
    one = f"/v1/resources/{adapted['id']}"
    assert (await http.patch(one, json=said, headers=change)).status_code == 200
    before = await seen(http, shelf.author, shelf, "use")
    assert sum(m["derivatives"] for m in before["months"]) == 0  # a draft of theirs is not known
    assert (await http.post(f"{one}/publish", headers=people[1].headers)).status_code == 200
    used = await seen(http, shelf.author, shelf, "use")
    assert used["months"] == [
        {"month_on": month(), "school_id": str(third.id), "school_name": "三中",
         "views": 1, "previews": 0, "loans": 0, "downloads": 0, "derivatives": 0},
        {"month_on": month(), "school_id": str(second.id), "school_name": "二中",
         "views": 2, "previews": 1, "loans": 1, "downloads": 2, "derivatives": 1},
    ]  # fmt: skip


async def look_at_previews(services, people, shelf):
    """What whoever shows a preview does: it is noted, once a day and person."""
    for who in people:
        actor = await actor_of(services, who)
        await services.db.run(
            actor, lambda tx: use.note_preview(tx, shelf.resource_id, shelf.school.id)
        )


@pytest.mark.parametrize("form", ["csv", "xlsx"])
async def test_the_figures_are_also_a_sheet(http, world, shelf, sql, form):
    reader = await world.person(await world.school("=二中"), "teacher")
    await shelf.offer(http)
    page = f"/v1/resources/{shelf.resource_id}"
    await http.get(page, headers=reader.headers)
    answer = await http.get(f"{page}/use?form={form}", headers=shelf.author.headers)
    assert answer.status_code == 200, answer.text
    (row,) = read_sheet(answer.content)
    assert (row.cells["school_name"], row.cells["views"]) == ("=二中", "1")
    if form == "csv":
        assert "'=二中" in answer.text  # never a formula in an office program
    assert await sql.fetchval("SELECT count(*) FROM audit_entry WHERE act = 'resource:follow'") == 1


async def test_a_draft_and_the_office_leave_no_trace_of_views(http, world, services, sql):
    draft = await shelve(world, services, status="draft")
    office = await world.person(None, "group_admin")
    for who in (draft.author, office):
        await http.get(f"/v1/resources/{draft.resource_id}", headers=who.headers)
    assert await sql.fetchval("SELECT count(*) FROM resource_view") == 0


async def test_a_new_day_is_a_new_view(http, world, shelf, clock):
    page = f"/v1/resources/{shelf.resource_id}"
    for _ in range(2):
        await http.get(page, headers=shelf.author.headers)
    clock.jump(timedelta(days=1))
    author = await again(shelf.author, world)
    await http.get(page, headers=author.headers)
    months = (await seen(http, author, shelf, "use"))["months"]
    assert sum(m["views"] for m in months) == 2


async def test_before_a_withdrawal_the_owner_sees_whom_it_meets(http, world, shelf, clock):
    assert await seen(http, shelf.author, shelf, "affected") == {
        "resource_id": str(shelf.resource_id), "running_loans": 0, "holds": 0, "lists": 0,
        "lists_of_office": 0, "lists_elsewhere": 0, "derivatives": 0, "dependents": 0,
        "schools": [],
    }  # fmt: skip
    offer = await shelf.offer(http, seats=2, loan_days=14, per_school_max=None)
    second, third = await world.school("二中"), await world.school("三中")
    people = [await world.person(school, "teacher") for school in (second, second, third)]
    loans = [(await borrow(http, offer, who)).json() for who in people]
    met = await seen(http, shelf.author, shelf, "affected")
    assert (met["running_loans"], met["holds"]) == (2, 1)
    assert [(s["school_name"], s["running_loans"], s["holds"]) for s in met["schools"]] == [
        ("三中", 0, 1), ("二中", 2, 0),
    ]  # fmt: skip
    assert met["schools"][1]["last_ends_at"] == loans[1]["loan"]["ends_at"]
    assert met["schools"][0]["last_ends_at"] is None
    returned = await act(http, people[0], "loans", loans[0]["loan"]["id"], "return")
    assert returned.status_code == 200
    met = await seen(http, shelf.author, shelf, "affected")
    assert (met["running_loans"], met["holds"]) == (1, 1)  # the place is ready to be picked up
    # Nothing was tidied up, and yet what is over is not counted.
    clock.jump(timedelta(days=15))
    met = await seen(http, await again(shelf.author, world), shelf, "affected")
    assert (met["running_loans"], met["holds"]) == (0, 0)


async def test_a_withdrawal_also_meets_lists_adaptations_and_those_that_build_on_it(
    http, world, shelf
):
    """Lists the owner may not read are one number: neither whose nor which."""
    everything = [{"kind": "group", "borrow": True, "adapt": True}]
    await shelf.offer(http, audiences=everything)
    second, third = await world.school("二中"), await world.school("三中")
    keepers = [await world.person(school, "librarian") for school in (second, third)]
    office = await world.person(None, "group_admin")
    for who, audience in ((keepers[0], "group"), (keepers[1], "school"), (office, "group")):
        made = await made_by(http, who, "/v1/lists", kind="course", title="x", audience=audience)
        edition = f"/v1/lists/{made['id']}/editions"
        edition = f"/v1/list-editions/{(await made_by(http, who, edition, school_year=2026))['id']}"
        entry = {"target": "resource", "resource_id": str(shelf.resource_id)}
        await made_by(http, who, f"{edition}/entries", **entry)
        await made_by(http, who, f"{edition}/publish")
    said = {"kind": "book", "licence": "cc_by", "title": "勾股定理的续篇"}
    adapted = await made_by(http, keepers[1], f"/v1/resources/{shelf.resource_id}/adapt")
    one = f"/v1/resources/{adapted['id']}"
    change = {**keepers[1].headers, "If-Match": f'"{adapted["version"]}"'}
    needs = {"prerequisites": [{"resource_id": str(shelf.resource_id)}]}
    assert (await http.patch(one, json=said | needs, headers=change)).status_code == 200
    hidden = await seen(http, shelf.author, shelf, "affected")
    assert (hidden["derivatives"], hidden["dependents"]) == (0, 0)  # still a draft of theirs
    await made_by(http, keepers[1], f"{one}/publish")
    met = await seen(http, shelf.author, shelf, "affected")
    figures = ("lists", "lists_of_office", "lists_elsewhere", "derivatives", "dependents")
    assert [met[name] for name in figures] == [3, 1, 1, 1, 1]
    by_school = ("school_name", "lists", "derivatives", "dependents")
    assert [[s[name] for name in by_school] for s in met["schools"]] == [
        ["三中", 0, 1, 1], ["二中", 1, 0, 0],
    ]  # fmt: skip


async def made_by(http, who, path, **body):
    answer = await http.post(path, json=body, headers=who.headers)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()
