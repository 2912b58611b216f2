"""Whatever is sent, the server answers by its own description and never fails.

schemathesis draws requests from the OpenAPI document, half of them about things that exist, and
sends them to a real server in the name of different people; the seed is fixed, the time bounded.
`make fuzz` sends ten times as many.
"""

import asyncio
import os
import time
from typing import Any

import httpx
import msgspec
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as bounded
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from schoolgroup.kernel.settings import Settings
from schoolgroup.services import Services
from schoolgroup.serving import serving
from tests.people import Person, World
from tests.populate import Group, populate

EXAMPLES_MAX = int(os.environ.get("FUZZ_EXAMPLES", "2"))  # the plainest there is, and drawn ones
TOTAL_S = 120.0 * EXAMPLES_MAX
ROLES = ("group_admin", "school_admin", "teacher", "evaluation_officer")
WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
)


def is_problem(answer: Any, path: str) -> str:
    """What is wrong with a refusal; empty where it is a whole problem document."""
    if answer.status_code < 400 or path.startswith("/oauth/"):  # those speak RFC 6749 section 5.2
        return ""
    if not answer.headers["content-type"][0].startswith("application/problem+json"):
        return f"{answer.status_code} is no problem document"
    body = answer.json()
    missing = {"type", "title", "status", "code", "request_id", "instance"} - set(body)
    return f"lacks {missing}" if missing else ""


STILL_IN = """
SELECT count(*) FROM access_session s
  JOIN person p ON p.group_id = s.group_id AND p.id = s.person_id AND p.epoch = s.epoch
 WHERE s.id = ANY ($1) AND s.revoked_at IS NULL AND p.suspended_at IS NULL AND p.left_at IS NULL
"""


def attack(
    operation: Any, base: str, people: list[Person], group: Group, session: requests.Session
) -> tuple[int, list[str]]:
    """Send drawn requests to one operation; how many, and what was wrong with the answers."""
    sent, faults = 0, []
    checks = [CHECKS.get_one(name) for name in WANTED]

    @seed(20260901)
    @bounded(
        max_examples=EXAMPLES_MAX,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=st.one_of(
            operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
            operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
        ),
        who=st.sampled_from(people),
        existing=st.booleans(),
    )
    def send(case: Any, who: Person, existing: bool) -> None:
        nonlocal sent
        sent += 1
        if existing:
            known = {k: v for k, v in group.ids.items() if k in (case.path_parameters or {})}
            case.path_parameters = {**(case.path_parameters or {}), **known}
        answer = case.call(base_url=base, headers=who.headers, session=session)
        fault = is_problem(answer, operation.path)
        try:
            case.validate_response(answer, checks=checks)
        except FailureGroup as failed:
            told = (" ".join(str(one).split())[:500] for one in failed.exceptions)
            fault = " | ".join([fault, *told])
        if fault:
            faults.append(f"{operation.label} as {who.role}: {fault}")

    send()
    return sent, faults


@pytest.mark.long
async def test_the_server_keeps_to_its_description(
    world: World, sql, http: httpx.AsyncClient, services: Services, settings: Settings
):
    group = await populate(http, world, services)
    schema = schemathesis.openapi.from_dict((await http.get("/openapi.json")).json())
    found = list(schema.get_all_operations())
    operations = [one.ok() for one in found if isinstance(one, Ok)]
    assert len(operations) == len(found), "an operation's description is not valid OpenAPI"
    faults: list[str] = []
    sent, began = 0, time.monotonic()
    people = [group.people[role] for role in ROLES]
    whole = msgspec.structs.replace(settings, port=0)
    with requests.Session() as session:
        async with serving(whole) as base:
            for operation in operations:
                # an earlier request may have ended a session or a person
                if await sql.fetchval(STILL_IN, [who.session_id for who in people]) < len(people):
                    people = [await fresh(world, who) for who in people]
                more, wrong = await asyncio.to_thread(
                    attack, operation, base, people, group, session
                )
                sent += more
                faults += wrong
                assert time.monotonic() - began < TOTAL_S, "the fuzz run takes too long"
    assert sent >= 2 * len(operations)
    assert not faults, f"{len(faults)} of {sent} answers\n\n" + "\n\n".join(faults[:40])


async def fresh(world: World, person: Person) -> Person:
    """The person signed in anew, and back where it had left."""
    await world.sql.execute(
        "UPDATE person SET suspended_at = NULL, left_at = NULL WHERE id = $1", person.id
    )
    return await world.sign_in(person.group_id, person.id, person.appointment_id)
