"""An office with a connected system that is told at a receiver on loopback."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from schoolgroup.integration.events import jobs as event_jobs
from schoolgroup.integration.webhooks import jobs as webhook_jobs
from schoolgroup.integration.webhooks.courier import Courier
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.jobs import Registry, Worker
from schoolgroup.services import Services
from tests.integration.webhooks.receivers import Receiver, receiving
from tests.people import Person, School, World

PATH = "/v1/webhook-endpoints"
TELL = """
INSERT INTO event (group_id, id, type, subject, owner_school_id, school_ids, data, request_id, at)
VALUES ($1, $2, $3, $4, $5, $6, '{"n": 1}', 'test', now() + make_interval(secs => $7))
"""


class Desk:
    """Enters endpoints, lets things happen, and lets a worker work."""

    def __init__(self, http: httpx.AsyncClient, world: World, services: Services) -> None:
        self.http, self.world, self.services = http, world, services
        self.registry = Registry([*webhook_jobs.KINDS, *event_jobs.KINDS])

    async def connect(
        self, school: School | None, scopes: tuple[str, ...] = ("event:read", "webhook:manage")
    ) -> tuple[UUID, dict[str, str]]:
        """A connected system: its id and its headers."""
        headers = await self.world.client(school, list(scopes))
        row = await self.world.sql.fetchval(
            "SELECT id FROM client ORDER BY created_at DESC LIMIT 1"
        )
        return row, headers

    async def add(
        self, headers: dict[str, str], url: str, expect: int = 201, **more: Any
    ) -> dict[str, Any]:
        answer = await self.http.post(PATH, json={"url": url, **more}, headers=headers)
        assert answer.status_code == expect, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def happens(
        self,
        count: int = 1,
        school: School | None = None,
        kind: str = "note.written",
        subject: str | None = None,
        to: tuple[School, ...] = (),
    ) -> list[str]:
        """So many events; their ids."""
        made = []
        for _ in range(count):
            event_id = new_id()
            await self.world.sql.execute(
                TELL,
                self.world.group_id,
                event_id,
                kind,
                subject or f"note/{event_id}",
                school.id if school else None,
                [each.id for each in to],
                self.services.clock.offset.total_seconds(),
            )
            made.append(str(event_id))
        return made

    async def work(self) -> Worker:
        """Everything that is due now."""
        worker = Worker(self.services, self.registry, hands=8)
        await worker.write_wishes()
        await worker.run_until_idle()
        return worker

    async def endpoint(self, endpoint_id: str) -> dict[str, Any]:
        """As the office sees it now, signed in anew: the clock may have moved."""
        answer = await self.http.get(f"{PATH}/{endpoint_id}", headers=await self.office())
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    async def deliveries(self, endpoint_id: str, **query: Any) -> list[dict[str, Any]]:
        answer = await self.http.get(
            f"{PATH}/{endpoint_id}/deliveries", params=query, headers=await self.office()
        )
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.json()["items"]
        return items

    async def ask(self, endpoint_id: str, verb: str, body: Any = None) -> dict[str, Any]:
        answer = await self.http.post(
            f"{PATH}/{endpoint_id}/{verb}", json=body, headers=await self.office()
        )
        assert answer.status_code in (200, 202), answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def change(self, endpoint_id: str, **what: Any) -> dict[str, Any]:
        headers = await self.office()
        version = (await self.endpoint(endpoint_id))["version"]
        answer = await self.http.patch(
            f"{PATH}/{endpoint_id}", json=what, headers={**headers, "If-Match": f'"{version}"'}
        )
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def office(self) -> dict[str, str]:
        person: Person = await self.world.person(None, "group_admin")
        return person.headers


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as made:
        yield made


@pytest.fixture
def near(app, services: Services) -> Iterator[Services]:
    """The same services where the operator allows receivers on loopback, by http."""
    settings = msgspec.structs.replace(
        services.settings,
        webhook_networks="127.0.0.0/8",
        webhook_http=True,
        webhook_ports="443,1024-65535",
        webhook_timeout_s=1,
    )
    made = msgspec.structs.replace(services, settings=settings, courier=Courier(settings))
    app.state.services = made
    yield made
    app.state.services = services


@pytest.fixture
async def desk(http, world, near: Services) -> Desk:
    return Desk(http, world, near)


@pytest.fixture
async def told(desk: Desk, receiver: Receiver) -> dict[str, Any]:
    """An endpoint of a system of the office, told of every event but those of webhooks."""
    _, headers = await desk.connect(None)
    return await desk.add(headers, receiver.url, types=["note.*"])
