"""What people and machines ask all day: the ten calls, and what they are asked of.

A teacher finds something, borrows it and opens it; a principal reads the school's results and
fills in a return; a connected system follows the events.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx
import msgspec

from schoolgroup.kernel.ids import new_id
from schoolgroup.services import Services
from tests.evaluation.sittings import released, set_up
from tests.people import Person, World
from tests.resources.lending.shelf import shelve

FIELDS = 40
PUPILS = {"甲校": 42, "乙校": 38, "丙校": 45, "丁校": 33}
FINE = (200, 201, 307)
# So that a page of events is full from the first day on, when the statements are recorded.
HAPPENED = """
INSERT INTO event (group_id, id, type, subject, owner_school_id, school_ids, data, request_id, at)
SELECT $1, gen_random_uuid(), 'loan.opened', 'loan/' || gen_random_uuid(), $2, ARRAY[$2::uuid],
       '{}', 'earlier', now() FROM generate_series(1, 100)
"""
TEN = ("who am I", "search, first page", "a resource", "borrow", "open its file: a link",
       "my loans", "inbox", "the school's exam results", "save a return", "events")  # fmt: skip
GIVE_BACK = "give back"  # so that the day can begin anew; not one of the ten


class Ask(msgspec.Struct, frozen=True):
    """One request."""

    name: str
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""


Asking = Callable[[Ask], Awaitable[tuple[int, bytes]]]


class Trio:
    """A teacher, a principal and a connected system, doing the same day after day."""

    def __init__(self, teacher: Person, principal: Person, machine: dict[str, str]) -> None:
        self.teacher, self.principal, self.machine = teacher, principal, machine
        self.resource_id = self.offer_id = self.loan_id = ""
        self.release_id = self.call_id = ""
        self.reader: Person = principal  # who reads the results
        self.version = 0

    def _asks(self) -> list[tuple[str, str, str, dict[str, str]]]:
        word = quote("分数")
        teacher, principal = self.teacher.headers, self.principal.headers
        goes_on = {"If-Match": f'"{self.version}"'} if self.version else {"If-None-Match": "*"}
        return [
            (TEN[0], "GET", "/v1/me", teacher),
            (TEN[1], "GET", f"/v1/resources?q={word}&facets=true", teacher),
            (TEN[2], "GET", f"/v1/resources/{self.resource_id}", teacher),
            (TEN[3], "POST", f"/v1/offers/{self.offer_id}/borrow", teacher),
            (TEN[4], "GET", "/v1/loans/LOAN/files/1", teacher),
            (TEN[5], "GET", "/v1/loans", teacher),
            (TEN[6], "GET", "/v1/inbox", teacher),
            (GIVE_BACK, "POST", "/v1/loans/LOAN/return", teacher),
            (TEN[7], "GET", f"/v1/releases/{self.release_id}", self.reader.headers),
            (TEN[8], "PUT", f"/v1/calls/{self.call_id}/return", {**principal, **goes_on}),
            (TEN[9], "GET", "/v1/events?limit=50", self.machine),
        ]

    async def day(self, ask: Asking, only: tuple[str, ...] = ()) -> AsyncIterator[tuple[str, int]]:
        """The calls in the order they are made; of each its name and its answer's length.

        Raises AssertionError where one of them is refused.
        """
        for name, method, path, headers in self._asks():
            if only and name not in only:
                continue
            body = b""
            if method != "GET":
                headers = headers | {"Idempotency-Key": str(new_id())}
                headers["Content-Type"] = "application/json"
                values = {f"f{n}": n + self.version % 1000 for n in range(FIELDS)}
                body = b"{}" if method == "POST" else msgspec.json.encode({"values": values})
            path = path.replace("LOAN", self.loan_id)
            if name == GIVE_BACK:
                body = b""
            status, said = await ask(Ask(name, method, path, headers, body))
            if status not in FINE:
                raise AssertionError(f"{name}: {status} {said[:400]!r}")
            if name == TEN[3]:
                self.loan_id = str(msgspec.json.decode(said)["loan"]["id"])
            elif name == TEN[8]:
                self.version = int(msgspec.json.decode(said)["version"])
            yield name, len(said)


async def arrange(
    http: httpx.AsyncClient, world: World, services: Services, trios: int
) -> list[Trio]:
    """A resource to borrow, a released exam, an open call; who works with them."""
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=200)
    sitting = await set_up(http, world, tuple(PUPILS))
    release = await released(http, sitting, PUPILS)
    made = []
    for n in range(trios):
        school = await world.school(f"白天{n}校")
        made.append(
            Trio(
                await world.person(school, "teacher"),
                await world.person(school, "principal"),
                await world.client(shelf.school, ["event:read"]),
            )
        )
    office = await world.person(None, "group_admin")
    label = {"en": "Lessons shared", "zh": "共享课数"}
    fields = [
        {"code": f"f{n}", "label": label, "type": "integer", "min": 0, "max": 5000}
        for n in range(FIELDS)
    ]
    form = await _made(http, office, "/v1/forms", {"title": label, "fields": fields})
    due = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    wish = {"form_id": form["id"], "period": "2026-06", "title": "六月填报", "all": True,
            "due_at": due, "closes_at": due}  # fmt: skip
    call = await _made(http, office, "/v1/calls", wish)
    await world.sql.execute(HAPPENED, world.group_id, shelf.school.id)
    readers = list(sitting.principals.values())
    for n, trio in enumerate(made):
        trio.resource_id, trio.offer_id = str(shelf.resource_id), offer["id"]
        trio.release_id, trio.call_id = release["id"], call["id"]
        trio.reader = readers[n % len(readers)]
    return made


async def _made(
    http: httpx.AsyncClient, who: Person, path: str, wish: dict[str, Any]
) -> dict[str, Any]:
    answer = await http.post(path, json=wish, headers=who.headers)
    if answer.status_code != 201:
        raise AssertionError(f"{path}: {answer.text}")
    made: dict[str, Any] = answer.json()
    return made
