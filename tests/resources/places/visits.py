"""A place that is offered, people who would visit it, and times at the group's own clock."""

from datetime import date, datetime, time, timedelta
from typing import Any

import httpx
import msgspec

from schoolgroup.services import Services
from tests.people import THERE, Person, School, World, today_there
from tests.resources.lending.shelf import EVERYONE, Shelf, shelve

HOURS = [{"weekday": n, "from_minute": 8 * 60, "until_minute": 18 * 60} for n in range(1, 8)]


def at(days: int, hour: int, minute: int = 0) -> datetime:
    """A time so many days from today, by the clock of the group's place."""
    day = today_there() + timedelta(days=days)
    return datetime.combine(day, time(hour, minute), THERE)


class Visits(msgspec.Struct, frozen=True):
    """The place and its keeper, and a teacher of another school."""

    http: httpx.AsyncClient
    world: World
    shelf: Shelf
    place: dict[str, Any]
    school: School
    teacher: Person

    @property
    def keeper(self) -> Person:
        """The librarian of the place's school."""
        return self.shelf.librarian

    @property
    def path(self) -> str:
        """The address of the place."""
        return f"/v1/places/{self.place['id']}"

    async def book(
        self,
        who: Person,
        begin: datetime,
        *,
        hours: float = 1,
        people: int = 20,
        key: str | None = None,
        **more: Any,
    ) -> httpx.Response:
        """A wish to book."""
        body = {
            "starts_at": begin.isoformat(),
            "ends_at": (begin + timedelta(hours=hours)).isoformat(),
            "people": people,
            "purpose": "参观",
            **more,
        }
        headers = who.headers | ({"Idempotency-Key": key} if key else {})
        return await self.http.post(f"{self.path}/bookings", json=body, headers=headers)

    async def booked(self, who: Person, begin: datetime, **more: Any) -> dict[str, Any]:
        """A booking that was made."""
        answer = await self.book(who, begin, **more)
        assert answer.status_code in (201, 202), answer.text
        booking: dict[str, Any] = answer.json()["booking"]
        return booking

    async def step(
        self, who: Person, booking: dict[str, Any], verb: str, because: str | None = "有事"
    ) -> httpx.Response:
        """A step of a booking."""
        body = {"because": because} if because else None
        url = f"/v1/bookings/{booking['id']}/{verb}"
        return await self.http.post(url, json=body, headers=who.headers)

    async def get(self, who: Person, path: str, **params: Any) -> Any:
        """The answer of a GET that works."""
        answer = await self.http.get(path, params=params, headers=who.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def free_on(self, who: Person, day: date) -> dict[str, Any]:
        """What is free on a day."""
        month = await self.get(who, f"{self.path}/free", month=f"{day:%Y-%m}")
        found: dict[str, Any] = next(d for d in month["days"] if d["day"] == day.isoformat())
        return found


async def open_place(
    http: httpx.AsyncClient,
    world: World,
    services: Services,
    audiences: list[dict[str, Any]] | None = None,
    **said: Any,
) -> Visits:
    """A place with hours from eight to six, offered to the whole group unless said otherwise."""
    shelf = await shelve(world, services)
    await shelf.offer(http, seats=None, audiences=audiences or EVERYONE)
    wish = {
        "resource_id": str(shelf.resource_id),
        "name": "红色记忆陈列馆",
        "address": "人民路1号",
        "capacity_people": 40,
        "hours": HOURS,
        **said,
    }
    made = await http.post("/v1/places", json=wish, headers=shelf.librarian.headers)
    assert made.status_code == 201, made.text
    school = await world.school("来访中学")
    return Visits(http, world, shelf, made.json(), school, await world.person(school, "teacher"))
