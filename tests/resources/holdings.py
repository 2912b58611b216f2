"""Published resources for the tests of lists and of the harvest, straight into the database."""

from typing import Any
from uuid import UUID

import httpx
import msgspec

from schoolgroup.kernel.ids import new_id
from tests.people import Person, School, World

ADD_BLOB = """
INSERT INTO blob (group_id, id, sha256, size_bytes, media_type, state, object_key, created_at)
VALUES ($1, $2::uuid, encode(sha256($2::uuid::text::bytea), 'hex'), 12345, 'application/pdf',
        'verified', $2::uuid::text, now())
"""
ADD_RESOURCE = """
INSERT INTO resource (group_id, id, school_id, author_person_id, status, kind, title, summary,
                      stage, subject, edition, grade, volume, chapter, licence, language, keywords,
                      search, created_at, updated_at)
VALUES ($1, $2, $3, $4, 'draft', $5, $6, $7, $8, $9, '人教版', '五年级', '下册',
        '{分数,分数的意义}', 'cc_by', 'zh', '{分数,单位“1”}', '', now(), now())
"""
ADD_REVISION = """
INSERT INTO revision (group_id, resource_id, no, kind, title, summary, stage, subject, edition,
                      grade, volume, chapter, licence, language, keywords, created_at, updated_at)
SELECT group_id, id, 1, kind, title, summary, stage, subject, edition, grade, volume, chapter,
       licence, language, keywords, now(), now() FROM resource WHERE id = $1
"""
ADD_FILE = """
INSERT INTO revision_file (group_id, resource_id, revision_no, no, file_name, blob_id)
VALUES ($1, $2, 1, 1, '分数 的意义.pdf', $3)
"""
SHOW = """
UPDATE resource SET status = 'published', published_revision_no = 1, published_at = now()
 WHERE id = ANY ($1)
"""
ADD_OFFER = """
INSERT INTO offer (group_id, id, resource_id, school_id, status, loan_days, renewals_max,
                   pickup_hours, guaranteed_days, created_at, updated_at)
VALUES ($1, $2, $3, $4, 'open', 14, 1, 48, 0, now(), now())
"""
ADD_AUDIENCE = """
INSERT INTO offer_audience (group_id, offer_id, id, school_id, kind, tier, circle_id,
                            audience_school_id, discover, borrow, adapt)
VALUES ($1, $2, gen_random_uuid(), $3, $4, $5, $6, $7, true, false, false)
"""


class Holdings(msgspec.Struct, frozen=True):
    """The school that publishes, one of its librarians, and a teacher of another school."""

    world: World
    school: School
    librarian: Person
    reader: Person

    async def publish(self, titles: list[str], offered: bool = True, **said: Any) -> list[UUID]:
        """Resources of these titles, offered to the whole group."""
        group, school, sql = self.world.group_id, self.school.id, self.world.sql
        things = [new_id() for _ in titles]
        fields = {"kind": "courseware", "summary": "用圆形纸片理解分数", "stage": "primary",
                  "subject": "数学", **said}  # fmt: skip
        blob = new_id()
        await sql.execute(ADD_BLOB, group, blob)
        await sql.executemany(
            ADD_RESOURCE,
            [
                (group, one, school, self.librarian.id, fields["kind"], title, fields["summary"],
                 fields["stage"], fields["subject"])
                for one, title in zip(things, titles, strict=True)
            ],
        )  # fmt: skip
        await sql.executemany(ADD_REVISION, [(one,) for one in things])
        await sql.executemany(ADD_FILE, [(group, one, blob) for one in things])
        await sql.execute(
            "UPDATE revision SET published_at = now() WHERE resource_id = ANY ($1)", things
        )
        await sql.execute(SHOW, things)
        if offered:
            for one in things:
                await self.offer(one)
        return things

    async def offer(self, resource_id: UUID, kind: str = "group", **whom: Any) -> UUID:
        """An offer of one of them, to the whole group unless said otherwise."""
        offer = new_id()
        group, school = self.world.group_id, self.school.id
        named = [whom.get(name) for name in ("tier", "circle_id", "school_id")]
        await self.world.sql.execute(ADD_OFFER, group, offer, resource_id, school)
        await self.world.sql.execute(ADD_AUDIENCE, group, offer, school, kind, *named)
        return offer

    async def withdraw(self, http: httpx.AsyncClient, resource_id: UUID) -> None:
        """Taken back through the API."""
        answer = await http.post(
            f"/v1/resources/{resource_id}/withdraw",
            json={"because": "有误"},
            headers=self.librarian.headers,
        )
        assert answer.status_code == 200, answer.text


async def hold(world: World) -> Holdings:
    """A school with holdings, and someone elsewhere who reads."""
    school = await world.school("第一小学", code="3101150003")
    other = await world.school("第二小学", tier="partner")
    return Holdings(
        world, school, await world.person(school, "librarian"), await world.person(other, "teacher")
    )
