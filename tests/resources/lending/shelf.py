"""A shelf for the lending tests: a published resource with a real file, and offers of it."""

import hashlib
import io
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx
import msgspec

from schoolgroup.kernel.context import Actor
from schoolgroup.kernel.ids import new_id
from schoolgroup.services import Services
from tests.people import Person, School, World

CONTENT = "北师大版八年级上册 勾股定理 第一课时\n".encode() * 1000
EVERYONE = [{"kind": "group", "discover": True, "borrow": True}]


class Shelf(msgspec.Struct, frozen=True):
    """The owner's school, its author and librarian, and the resource they lend."""

    world: World
    school: School
    author: Person
    librarian: Person
    resource_id: UUID

    async def offer(self, http: httpx.AsyncClient, **terms: Any) -> dict[str, Any]:
        """An offer to the whole group unless `terms` say otherwise, made by the author."""
        body = {"audiences": EVERYONE, "seats": 1, "loan_days": 14, "pickup_hours": 48, **terms}
        answer = await http.post(
            f"/v1/resources/{self.resource_id}/offers", json=body, headers=self.author.headers
        )
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made


async def shelve(
    world: World, services: Services, *, status: str = "published", content: bytes = CONTENT
) -> Shelf:
    """A school with an author and a librarian, and a resource of one file in the store."""
    school = await world.school("第一中学", code="owner")
    author = await world.person(school, "teacher")
    librarian = await world.person(school, "librarian")
    resource_id, blob_id = new_id(), new_id()
    sha256 = hashlib.sha256(content).hexdigest()
    key = f"{world.group_id}/{sha256}/{blob_id}"
    storage = services.storage
    await storage.run(
        lambda: storage.client.put_object(storage.bucket, key, io.BytesIO(content), len(content))
    )
    now = datetime.now(UTC)
    sql = world.sql
    await sql.execute(
        """INSERT INTO blob (group_id, id, sha256, size_bytes, media_type, state, object_key,
                             created_at)
           VALUES ($1, $2, $3, $4, 'text/plain', 'verified', $5, $6)""",
        world.group_id, blob_id, sha256, len(content), key, now,
    )  # fmt: skip
    await sql.execute(
        """INSERT INTO resource (group_id, id, school_id, author_person_id, kind, status, title,
                                 search, created_at, updated_at)
           VALUES ($1, $2, $3, $4, 'lesson_plan', 'draft', '勾股定理', '', $5, $5)""",
        world.group_id, resource_id, school.id, author.id, now,
    )  # fmt: skip
    await sql.execute(
        """INSERT INTO revision (group_id, resource_id, no, kind, title, summary, chapter, language,
                                 keywords, created_at, updated_at)
           VALUES ($1, $2, 1, 'lesson_plan', '勾股定理', '', '{}', 'zh', '{}', $3, $3)""",
        world.group_id, resource_id, now,
    )  # fmt: skip
    await sql.execute(
        """INSERT INTO revision_file (group_id, resource_id, revision_no, no, file_name, blob_id)
           VALUES ($1, $2, 1, 1, '教案 第一课时.txt', $3)""",
        world.group_id, resource_id, blob_id,
    )  # fmt: skip
    if status != "draft":
        await sql.execute(
            "UPDATE revision SET published_at = $2 WHERE resource_id = $1", resource_id, now
        )
        await sql.execute(
            """UPDATE resource SET status = 'published', published_revision_no = 1,
                                   published_at = $2 WHERE id = $1""",
            resource_id, now,
        )  # fmt: skip
    return Shelf(world, school, author, librarian, resource_id)


async def again(person: Person, world: World) -> Person:
    """The same person signed in anew: tokens are over after a jump of the clock."""
    return await world.sign_in(person.group_id, person.id, person.appointment_id)


async def actor_of(services: Services, person: Person) -> Actor:
    """The person as services see them."""
    token = person.headers["Authorization"].removeprefix("Bearer ")
    return await services.authenticator.actor_of(token)


async def borrow(
    http: httpx.AsyncClient, offer: dict[str, Any], person: Person, **wish: Any
) -> httpx.Response:
    """The person borrows from the offer."""
    return await http.post(f"/v1/offers/{offer['id']}/borrow", json=wish, headers=person.headers)


async def act(
    http: httpx.AsyncClient, person: Person, what: str, of: str, verb: str, **body: Any
) -> httpx.Response:
    """The person takes a step with a thing: act(http, p, "loans", id, "return")."""
    return await http.post(f"/v1/{what}/{of}/{verb}", json=body or None, headers=person.headers)


async def agree(world: World, owner: School, grantee: School) -> None:
    """An agreement in force between two schools, signed by both."""
    principals = [await world.person(school, "principal") for school in (owner, grantee)]
    await world.sql.execute(
        """INSERT INTO agreement (group_id, id, owner_school_id, grantee_school_id, from_on,
                                  until_on, status, owner_signed_by, owner_signed_at,
                                  grantee_signed_by, grantee_signed_at, created_at, updated_at)
           VALUES ($1, $2, $3, $4, '2020-09-01', '2099-09-01', 'in_force', $5, now(), $6, now(),
                   now(), now())""",
        world.group_id, new_id(), owner.id, grantee.id, principals[0].id, principals[1].id,
    )  # fmt: skip
