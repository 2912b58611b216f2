"""A group whose people are told things, and a mail server of their own."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import httpx
import msgspec
import pytest

from schoolgroup.integration.notices.models import SendingReport
from schoolgroup.integration.notices.sending import send_due
from schoolgroup.integration.notices.smtp import Post
from schoolgroup.kernel.clock import Clock
from schoolgroup.services import Services
from tests.integration.notices.postbox import Office, Postbox
from tests.people import THERE, Person, World
from tests.resources.lending.shelf import Shelf, shelve

PREFER = "/v1/me/notice-settings"


class Told:
    """Runs what tells people, and looks at what they were told."""

    def __init__(
        self, http: httpx.AsyncClient, world: World, services: Services, clock: Clock, post: Post
    ) -> None:
        self.http, self.world, self.services, self.clock = http, world, services, clock
        self.post = post

    async def run(self, post: Post | None = None) -> SendingReport:
        """One run of `schoolgroup notices send` for the newest group."""
        (report,) = await send_due(self.services.db, post or self.post, "demo")
        return report

    def at(self, hour: int, minute: int = 0, days: int = 0) -> None:
        """Set the clock to a time of day at the group's place, so many days from today."""
        there = datetime.now(THERE)
        wanted = datetime.combine(there.date() + timedelta(days=days), time(hour, minute), THERE)
        self.clock.offset = wanted - datetime.now(UTC)

    def signed(self, who: Person) -> dict[str, str]:
        """The person's session with a token of this minute."""
        token = self.services.authenticator.write_token(
            who.session_id, who.group_id, f"person:{who.id}"
        )
        return {"Authorization": f"Bearer {token}"}

    async def ask(
        self, who: Person, method: str, path: str, expect: int = 200, **more: Any
    ) -> dict[str, Any]:
        headers = {**self.signed(who), **more.pop("headers", {})}
        answer = await self.http.request(method, path, headers=headers, **more)
        assert answer.status_code == expect, answer.text
        body: dict[str, Any] = answer.json() if answer.content else {}
        return body

    async def reachable(self, who: Person, address: str) -> None:
        """Give the person an address that has been verified."""
        await self.world.sql.execute(
            """INSERT INTO email_address (group_id, person_id, address, code_at, verified_at,
                                          updated_at) VALUES ($1, $2, $3, now(), now(), now())""",
            who.group_id, who.id, address,
        )  # fmt: skip

    async def kinds(self, who: Person) -> list[str]:
        rows = await self.world.sql.fetch(
            "SELECT kind FROM notice WHERE person_id = $1 ORDER BY made_at, kind, hours", who.id
        )
        return [row["kind"] for row in rows]

    async def mail(self) -> list[tuple[str, str]]:
        rows = await self.world.sql.fetch("SELECT kind, status FROM mail ORDER BY made_at, id")
        return [(row["kind"], row["status"]) for row in rows]


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def office(box: Postbox) -> Iterator[Office]:
    office = Office(box)
    office.open()
    yield office
    office.close()


@pytest.fixture
def post(services: Services, office: Office) -> Post:
    settings = msgspec.structs.replace(
        services.settings,
        smtp_host="127.0.0.1",
        smtp_port=office.port,
        smtp_tls="none",
        smtp_from="notices@group.example",
        contact_email="help@group.example",
        public_url="https://school.example",
    )
    return Post(settings)


@pytest.fixture
async def told(
    http: httpx.AsyncClient, world: World, services: Services, clock: Clock, post: Post
) -> Told:
    told = Told(http, world, services, clock, post)
    told.at(12)
    return told


@pytest.fixture
async def shelf(world: World, services: Services) -> Shelf:
    return await shelve(world, services)


@pytest.fixture
async def reader(world: World) -> Person:
    return await world.person(await world.school("借阅学校"), "teacher")
