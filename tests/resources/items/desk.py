"""A school that lends things, a school that borrows them, and the steps between the two."""

from typing import Any

import httpx
import msgspec

from schoolgroup.services import Services
from tests.people import Person, School, World
from tests.resources.lending.shelf import Shelf, borrow, shelve


class Things(msgspec.Struct, frozen=True):
    """The shelf and offer of the owner, and the people of the borrowing school."""

    http: httpx.AsyncClient
    shelf: Shelf
    offer: dict[str, Any]
    items: list[dict[str, Any]]
    school: School
    borrower: Person
    librarian: Person

    @property
    def owner(self) -> Person:
        """The librarian of the owning school."""
        return self.shelf.librarian

    async def post(self, who: Person, path: str, **body: Any) -> httpx.Response:
        """A POST in someone's name."""
        return await self.http.post(path, json=body, headers=who.headers)

    async def get(self, who: Person, path: str, **params: Any) -> Any:
        """The answer of a GET that works."""
        answer = await self.http.get(path, params=params, headers=who.headers)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def item(self, number: int = 0) -> dict[str, Any]:
        """One of the items, as its owner sees it now."""
        found: dict[str, Any] = await self.get(self.owner, f"/v1/items/{self.items[number]['id']}")
        return found

    async def scan(self, who: Person, number: int = 0, at: str = "") -> dict[str, Any]:
        """What a scan of one of the items says."""
        answer = await self.post(who, "/v1/items/scan", barcode=self.barcode(number), at=at)
        assert answer.status_code == 200, answer.text
        scanned: dict[str, Any] = answer.json()
        return scanned

    def barcode(self, number: int = 0) -> str:
        """The barcode of one of the items."""
        code: str = self.items[number]["barcode"]
        return code

    async def borrowed(self, who: Person | None = None) -> dict[str, Any]:
        """A loan of the borrower."""
        answer = await borrow(self.http, self.offer, who or self.borrower)
        assert answer.status_code == 201, answer.text
        loan: dict[str, Any] = answer.json()["loan"]
        return loan

    async def give(self, loan: dict[str, Any], number: int = 0, step: str = "hand") -> Any:
        """A hand-over begun by the owner."""
        path = f"/v1/loans/{loan['id']}/handovers"
        answer = await self.post(self.owner, path, barcode=self.barcode(number), step=step)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def step(
        self, who: Person, handover: dict[str, Any], verb: str, **body: Any
    ) -> httpx.Response:
        """A step of a hand-over."""
        return await self.post(who, f"/v1/handovers/{handover['id']}/{verb}", **body)

    async def done(self, who: Person, handover: dict[str, Any], verb: str, **body: Any) -> Any:
        """A step of a hand-over that works."""
        answer = await self.step(who, handover, verb, **body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def shown_offer(self) -> dict[str, Any]:
        """The offer as the owner sees it now."""
        shown: dict[str, Any] = await self.get(self.owner, f"/v1/offers/{self.offer['id']}")
        return shown


async def lay_out(
    http: httpx.AsyncClient, world: World, services: Services, count: int = 2, **terms: Any
) -> Things:
    """A school with `count` items of a resource, lent to the whole group."""
    shelf = await shelve(world, services)
    wish = {
        "resource_id": str(shelf.resource_id),
        "count": count,
        "pieces": 40,
        "home_location": "二楼A3",
    }
    entered = await http.post("/v1/items", json=wish, headers=shelf.librarian.headers)
    assert entered.status_code == 201, entered.text
    offer = await shelf.offer(http, seats=None, by_items=True, **terms)
    school = await world.school("借书中学")
    return Things(
        http,
        shelf,
        offer,
        entered.json()["items"],
        school,
        await world.person(school, "teacher"),
        await world.person(school, "librarian"),
    )
