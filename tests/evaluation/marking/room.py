"""A marking room: a joint exam with candidates, an item to mark, and people at the desks."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import msgspec

from schoolgroup.kernel.ids import new_id
from tests.evaluation.sittings import Sitting, mock_exam, set_up
from tests.people import Person, School, World

SUBJECTS = [
    {
        "subject": "语文",
        "items": [
            {"label": "1", "max_marks": 3},
            {"label": "作文", "max_marks": 12},
        ],
    }
]


class Room(msgspec.Struct):
    """An exam whose item 作文 (12 marks) is marked."""

    http: httpx.AsyncClient
    world: World
    sql: asyncpg.Connection
    sitting: Sitting
    plan: dict[str, Any]
    people: dict[str, Person]

    @property
    def path(self) -> str:
        return f"/v1/marking/plans/{self.plan['id']}"

    @property
    def officer(self) -> Person:
        return self.sitting.officer

    def school(self, name: str) -> School:
        return self.sitting.schools[name]

    async def post(self, who: Person | str, path: str, body: Any = None) -> httpx.Response:
        person = self.people[who] if isinstance(who, str) else who
        return await self.http.post(path, json=body, headers=person.headers)

    async def get(self, who: Person | str, path: str) -> httpx.Response:
        person = self.people[who] if isinstance(who, str) else who
        return await self.http.get(path, headers=person.headers)

    async def enrol(self, name: str, school: str, duty: str = "marker") -> Person:
        """Someone of the school in the item's pool."""
        person = await self.world.person(self.school(school), "teacher")
        await self.take_in(person, duty)
        self.people[name] = person
        return person

    async def take_in(self, person: Person, duty: str) -> None:
        wish = {"person_id": str(person.id), "school_id": str(person.school_id), "duty": duty}
        answer = await self.post(self.officer, f"{self.path}/markers", {"markers": [wish]})
        assert answer.status_code == 200, answer.text

    async def open(self) -> None:
        answer = await self.post(self.officer, f"{self.path}/open")
        assert answer.status_code == 200, answer.text

    async def take(self, who: Person | str, **wish: Any) -> httpx.Response:
        return await self.post(who, f"{self.path}/take", wish)

    async def taken(self, who: Person | str) -> str:
        answer = await self.take(who)
        assert answer.status_code == 200, answer.text
        task_id: str = answer.json()["id"]
        return task_id

    async def mark(self, who: Person | str, task_id: str, marks: float, **more: Any):
        return await self.post(who, f"/v1/marking/tasks/{task_id}/mark", {"marks": marks, **more})

    async def give(self, who: Person | str, marks: float) -> str:
        """Take the next script and mark it; the task."""
        task_id = await self.taken(who)
        answer = await self.mark(who, task_id, marks)
        assert answer.status_code == 200, answer.text
        return task_id

    async def script_of(self, task_id: str) -> UUID:
        found: UUID = await self.sql.fetchval(
            "SELECT script_id FROM marking_turn WHERE task_id = $1", UUID(task_id)
        )
        return found

    async def final(self, script_id: UUID) -> tuple[int, str] | None:
        """A script's final quarter marks and the rule that made them."""
        row = await self.sql.fetchrow(
            "SELECT final_quarter_marks, settled_by FROM marking_script WHERE id = $1", script_id
        )
        assert row is not None
        return None if row["settled_by"] is None else (row[0], row[1])


async def candidates(sql: asyncpg.Connection, sitting: Sitting, sizes: dict[str, int]) -> None:
    """So many candidates of each school, and an exam that has been sat."""
    for name, size in sizes.items():
        school = sitting.schools[name]
        await sql.executemany(
            """INSERT INTO exam_candidate (group_id, id, exam_id, school_id, exam_number)
               VALUES ($1, $2, $3, $4, $5)""",
            [
                (
                    school.group_id,
                    new_id(),
                    UUID(sitting.exam["id"]),
                    school.id,
                    f"{school.code}{n:04}",
                )
                for n in range(1, size + 1)
            ],
        )
    await sql.execute("UPDATE exam SET status = 'marking' WHERE id = $1", UUID(sitting.exam["id"]))


async def prepare(
    http: httpx.AsyncClient,
    world: World,
    sizes: dict[str, int] | None = None,
    **rules: Any,
) -> Room:
    """A room whose item is planned and not open yet; marked on paper unless told otherwise."""
    sizes = sizes or {"甲校": 2, "乙校": 2}
    sitting = await set_up(
        http, world, integrated=tuple(sizes), exam=mock_exam(), subjects=SUBJECTS
    )
    await candidates(world.sql, sitting, sizes)
    wish = {
        "subject": "语文",
        "label": "作文",
        "threshold_marks": 2,
        "seed_percent": 0,
        "recheck_percent": 0,
        "balance": "none",
        **rules,
    }
    made = await http.post(f"{sitting.path}/marking", json=wish, headers=sitting.officer.headers)
    assert made.status_code == 201, made.text
    return Room(http, world, world.sql, sitting, made.json(), {})


async def with_images(room: Room) -> None:
    """Every script as if its image had been cut."""
    await room.sql.execute("UPDATE marking_script SET image_key = 'marking/' || gen_random_uuid()")
    await room.sql.execute("UPDATE marking_turn SET is_held = false WHERE marked_at IS NULL")


async def staffed(
    http: httpx.AsyncClient, world: World, sizes: dict[str, int] | None = None, **rules: Any
) -> Room:
    """An open room: markers m1 of 甲校, m2 and m3 of 丙校, a leader and an arbiter of 丁校.

    丙校 and 丁校 have no candidates, so all of them may take any script of 乙校.
    """
    sizes = {"甲校": 0, "乙校": 2, "丙校": 0, "丁校": 0} if sizes is None else sizes
    room = await prepare(http, world, sizes, **rules)
    for name, school, duty in (
        ("m1", "甲校", "marker"),
        ("m2", "丙校", "marker"),
        ("m3", "丙校", "marker"),
        ("leader", "丁校", "leader"),
        ("arbiter", "丁校", "arbiter"),
    ):
        await room.enrol(name, school, duty)
    await room.open()
    await with_images(room)
    return room


async def things(http: httpx.AsyncClient, world: World, deposit_id: str) -> dict[str, str]:
    """One of each thing of marking, for the tests that walk every route: their ids."""
    room = await prepare(http, world, {"阅甲校": 0, "阅乙校": 3}, mode="1")
    await room.enrol("m", "阅甲校", "leader")
    await room.enrol("b", "阅乙校")
    await room.open()
    await with_images(room)
    reported = await room.taken("m")
    await room.post("m", f"/v1/marking/tasks/{reported}/report", {"kind": "blank"})
    drawn = await room.post("m", f"{room.path}/seeds", {"use": "seed", "count": 1})
    abnormal = await room.get("m", f"{room.path}/abnormal")
    batch_id = await world.sql.fetchval(
        """INSERT INTO script_batch (group_id, id, exam_id, exam_subject_id, paper_version,
                                     school_id, deposit_id, exam_numbers, created_at)
           SELECT d.group_id, gen_random_uuid(), s.exam_id, s.id, 1, d.school_id, d.id, '{1}',
                  now()
             FROM deposit d JOIN exam_subject s ON s.exam_id = $2 WHERE d.id = $1
           RETURNING id""",
        UUID(deposit_id),
        UUID(room.sitting.exam["id"]),
    )
    return {
        "plan_id": str(room.plan["id"]),
        "task_id": await room.taken("m"),
        "seed_id": drawn.json()["items"][0]["id"],
        "report_id": abnormal.json()["items"][0]["id"],
        "batch_id": str(batch_id),
    }


AREA = {"page": 1, "left": 0, "top": 50, "right": 100, "bottom": 100}
RULES = {"threshold_marks": 1}
BODIES: dict[str, Any] = {
    "planMarking": {"subject": "语文", "label": "1", **RULES},
    "changeMarkingPlan": RULES,
    "addMarkers": {"markers": [{"person_id": str(UUID(int=1)), "school_id": str(UUID(int=2))}]},
    "takeScript": {},
    "markScript": {"marks": 1},
    "reportScript": {"kind": "blank"},
    "pauseMarker": {"because": "x"},
    "resumeMarker": {"because": "x"},
    "dismissMarker": {"because": "x"},
    "remarkScripts": {
        "from_at": "2026-01-01T00:00:00Z",
        "until_at": "2027-01-01T00:00:00Z",
        "because": "x",
    },
    "drawSeeds": {"use": "seed", "count": 1},
    "keySeed": {"marks": 1, "because": "x"},
    "decideAbnormal": {"decision": "mark_on", "because": "x"},
    "setScriptTemplate": {
        "subject": "语文",
        "pages": 1,
        "regions": [{**AREA, "label": "1"}],
        "name_areas": [{**AREA, "top": 0, "bottom": 20}],
    },
    "sendScripts": {"subject": "语文", "deposit_id": str(UUID(int=1))},
    "cutScripts": {},
    "completeMarking": {"subject": "语文"},
}


async def together(*calls: Any) -> list[Any]:
    """All at the same time."""
    return list(await asyncio.gather(*calls))
