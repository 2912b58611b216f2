"""Activities: entered, held, counted once by one view, and shown on a map."""

import asyncio
import csv
import io
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from schoolgroup.kernel.sheets import read_sheet
from tests.people import today_there

TODAY = today_there()
MONTH = f"{TODAY:%Y-%m}"
HALL = {"longitude": 116.4437, "latitude": 39.9219}


def wish(**more):
    return {
        "kind": "lecture",
        "title": "科学家进校园",
        "held_on": TODAY.isoformat(),
        "place_name": "少年宫",
        "position": HALL,
        **more,
    }


async def hold(http, who, report=None, **more):
    """An activity that is entered and reported."""
    made = await http.post("/v1/activities", json=wish(**more), headers=who.headers)
    assert made.status_code == 201, made.text
    told = await http.post(
        f"/v1/activities/{made.json()['id']}/report", json=report or {}, headers=who.headers
    )
    assert told.status_code == 200, told.text
    return told.json()


@pytest.fixture
async def people(world):
    """Two schools' leads, a principal of the second, and the office."""
    first, second = await world.school("第一中学"), await world.school("第二中学", "partner")
    return {
        "first": await world.person(first, "lead"),
        "second": await world.person(second, "lead"),
        "teacher": await world.person(second, "teacher"),
        "office": await world.person(None, "group_admin"),
    }


async def test_a_visitor_gets_401(http, world):
    assert (await http.get("/v1/activities")).status_code == 401


async def test_the_same_count_in_figures_map_export_and_rows(http, people):
    """I22: whatever is shown equals the rows it summarises."""
    guest = people["second"].school_id
    await hold(http, people["first"], {"pupils": 120, "teachers": 6}, guest_school_ids=[str(guest)])
    await hold(http, people["first"], {"sessions": 3, "pupils": 30, "parents": 9})
    await hold(http, people["first"], {"pupils": 5}, kind="visit", position=None)
    await hold(http, people["second"], {"teachers": 40}, kind="training")
    await hold(http, people["office"], {"teachers": 2})
    planned = await http.post("/v1/activities", json=wish(), headers=people["first"].headers)
    assert planned.json()["status"] == "planned"

    reader = people["teacher"].headers
    answer = await http.get(
        "/v1/activities/figures", params={"from_month": MONTH, "until_month": MONTH}, headers=reader
    )
    found = answer.json()
    assert found["totals"] == {
        "activities": 5, "sessions": 7, "pupils": 155, "teachers": 48, "parents": 9,
    }  # fmt: skip
    lines = {(one["school_name"], one["kind"]): one for one in found["lines"]}
    assert lines["第一中学", "lecture"]["pupils"] == 150
    assert lines["第一中学", "lecture"]["activities"] == 2
    assert lines["", "lecture"]["teachers"] == 2
    for line in found["lines"]:
        rows = (await http.get(line["link"], headers=reader)).json()["items"]
        assert len(rows) == line["activities"], urlsplit(line["link"]).query
        for count in ("sessions", "pupils", "teachers", "parents"):
            assert sum(row[count] for row in rows) == line[count]

    places = await http.get("/v1/activities/places", headers=reader)
    assert places.headers["content-type"] == "application/geo+json"
    (feature,) = places.json()["features"]
    assert feature["geometry"] == {
        "type": "Point", "coordinates": [HALL["longitude"], HALL["latitude"]],
    }  # fmt: skip
    assert feature["properties"]["activities"] == 4
    assert feature["properties"]["people"] == 120 + 6 + 30 + 9 + 40 + 2

    for form in ("csv", "xlsx"):
        file = await http.get(
            "/v1/activities/figures/export", params={"form": form}, headers=reader
        )
        assert file.status_code == 200
        if form == "csv":
            table = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))[1:]
        else:
            table = [[str(cell) for cell in row.cells.values()] for row in read_sheet(file.content)]
        assert sum(int(row[5]) for row in table) == found["totals"]["pupils"]
        assert len(table) == len(found["lines"])


async def test_nobody_is_counted_before_the_day_and_nothing_twice(http, world, people, clock):
    tomorrow = (TODAY + timedelta(days=1)).isoformat()
    made = await http.post(
        "/v1/activities", json=wish(held_on=tomorrow), headers=people["first"].headers
    )
    path, keeper = f"/v1/activities/{made.json()['id']}", people["first"].headers
    early = await http.post(f"{path}/report", json={"pupils": 3}, headers=keeper)
    assert (early.status_code, early.json()["code"]) == (409, "not_yet_held")
    assert made.json()["actions"] == ["report", "cancel", "change"]
    clock.jump(timedelta(days=1))
    lead = people["first"]
    keeper = (await world.sign_in(lead.group_id, lead.id, lead.appointment_id)).headers
    answers = await asyncio.gather(
        *(http.post(f"{path}/report", json={"pupils": n}, headers=keeper) for n in range(1, 5))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    month = f"{TODAY + timedelta(days=1):%Y-%m}"
    told = await http.get("/v1/activities/figures", params={"from_month": month}, headers=keeper)
    kept = next(answer for answer in answers if answer.status_code == 200).json()
    assert told.json()["totals"]["pupils"] == kept["pupils"]


async def test_only_who_holds_it_writes_it(http, people):
    mine = await hold(http, people["first"], {"pupils": 3})
    path = f"/v1/activities/{mine['id']}"
    seen = await http.get(path, headers=people["second"].headers)
    assert (seen.status_code, seen.json()["actions"]) == (200, [])
    for who in ("second", "office", "teacher"):
        refused = await http.patch(
            path, json={"pupils": 4}, headers=people[who].headers | {"If-Match": '"2"'}
        )
        assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
    changed = await http.patch(
        path, json={"pupils": 4}, headers=people["first"].headers | {"If-Match": '"2"'}
    )
    assert (changed.status_code, changed.json()["pupils"]) == (200, 4)
    stale = await http.patch(
        path, json={"pupils": 5}, headers=people["first"].headers | {"If-Match": '"2"'}
    )
    assert stale.status_code == 412


async def test_what_is_wrong_is_named(http, people):
    keeper = people["first"].headers
    guests = [str(people["first"].school_id), "0199d000-0000-7000-8000-000000000000"]
    refused = await http.post("/v1/activities", json=wish(guest_school_ids=guests), headers=keeper)
    assert refused.status_code == 422
    assert [e["code"] for e in refused.json()["errors"]] == ["is_host", "unknown_school"]
    made = (await http.post("/v1/activities", json=wish(), headers=keeper)).json()
    path = f"/v1/activities/{made['id']}"
    counted = await http.patch(path, json={"pupils": 1}, headers=keeper | {"If-Match": '"1"'})
    assert [e["code"] for e in counted.json()["errors"]] == ["not_held"]
    gone = await http.post(f"{path}/cancel", json={"because": "下雨"}, headers=keeper)
    assert gone.json()["status"] == "cancelled"
    twice = await http.post(f"{path}/report", json={}, headers=keeper)
    assert (twice.status_code, twice.json()["code"]) == (409, "wrong_state")
    backward = await http.get(
        "/v1/activities/figures",
        params={"from_month": "2026-05", "until_month": "2026-04"},
        headers=keeper,
    )
    assert backward.status_code == 422


async def test_the_pages_of_a_day_skip_and_repeat_nothing(http, people):
    made = {(await hold(http, people["first"]))["id"] for _ in range(5)}
    seen, cursor = [], None
    while True:
        params = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (
            await http.get("/v1/activities", params=params, headers=people["second"].headers)
        ).json()
        seen += [row["id"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
