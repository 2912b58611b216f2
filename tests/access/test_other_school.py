"""Two schools of one group: what is the one's, the other reaches only where the policy says so.

A whole run with drawn bodies for every role is `make audit` (tools/audit.py); here each door is
tried by one of two people with what would be let in at home.
"""

import pytest

from schoolgroup.documentation import list_routes
from tests.access.other_school import OWN_PART, attack, denied, doors, strangers
from tests.applications import bare_app
from tests.populate import populate

ROLES = {"integrated": ("teacher",), "partner": ("school_admin",)}


@pytest.mark.long
async def test_no_door_opens_to_another_school_against_the_policy(http, world, services):
    group = await populate(http, world, services)
    routes = list_routes(bare_app())
    found = doors(routes)
    about_a_thing = {r.name for r in routes if r.act != "public" and "{" in r.path}
    assert about_a_thing - {door.route.name for door in found} == OWN_PART | {"revokeSession"}
    tried, open_doors = 0, []
    people = await strangers(world, ROLES)
    for number, door in enumerate(found):
        for who in people[number % 2 :: 2]:
            no = await denied(services, who, door, group.ids)
            body = group.bodies.get(door.route.name, {})
            answer = await attack(http, who, door, group, body)
            tried += no
            at = f"{who.role}: {door.route.method} {door.route.path}: {answer.status_code}"
            if answer.status_code >= 500 or (no and answer.status_code < 400):
                open_doors.append(f"{at} {answer.text[:200]}")
    assert open_doors == []
    assert tried > 100, f"only {tried} attempts were against the policy"
