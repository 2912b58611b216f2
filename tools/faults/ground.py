"""A small group on a cluster: the people whose work the load is, and how their work is checked."""

import random
from datetime import timedelta
from typing import Any

import asyncpg
import msgspec

from schoolgroup.services import Services
from tests.evaluation.sittings import mock_exam
from tests.management.ledgers.book import DOCUMENT
from tests.management.returns.desk import BEGIN, FIELDS
from tests.people import Person, School, World, today_there
from tests.resources.lending.shelf import EVERYONE, shelve
from tests.resources.uploads import wish
from tools.faults.recorder import Recorder

LOST = (
    OSError, TimeoutError,
    asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError,
)  # fmt: skip
TIMES_MAX = 4  # an upload is completed before it is begun anew
MARKED = 6  # pupils of the sheet that is sent in again and again


class Ground(msgspec.Struct, frozen=True):
    """Where the load works: what it may look at, and whom it asks."""

    sql: "asyncpg.Pool[Any]"  # as superuser; it connects again by itself
    services: Services
    world: World
    recorder: Recorder
    chance: random.Random


class Story:
    """One kind of work, by several people at once; `check` says what is wrong afterwards."""

    name = ""
    people = 1

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self.acknowledged = 0

    async def prepare(self) -> None:
        """What has to be there before anything breaks."""

    async def step(self, number: int) -> None:
        """One turn of one of the people."""
        raise AssertionError(number)

    async def check(self) -> list[str]:
        """What was acknowledged and is not there, or is there twice."""
        return []

    async def ask(self, who: Person, method: str, path: str, **more: Any) -> Any:
        """One command, acknowledged; its JSON, or nothing where it was not foreseen."""
        expect = more.pop("expect", {200, 201})
        answer = await self.ground.recorder.ask(who, method, path, expect=expect, **more)
        if answer.status_code not in expect:
            return None
        self.acknowledged += 1
        return answer.json() if answer.content else {}

    async def value(self, sql: str, *arguments: object) -> Any:
        """One figure of the database."""
        return await self.ground.sql.fetchval(sql, *arguments)


class Lending(Story):
    """Eight readers of four schools want four seats, again and again."""

    name = "borrow, return"
    people = 8
    seats = 4

    async def prepare(self) -> None:
        """A shelf with one offer, and readers elsewhere."""
        ground = self.ground
        shelf = await shelve(ground.world, ground.services)
        schools = [await ground.world.school(f"借阅校{n}") for n in range(self.people // 2)]
        self.readers = [
            await ground.world.person(schools[n // 2], "teacher") for n in range(self.people)
        ]
        terms = {"audiences": EVERYONE, "seats": self.seats, "loan_days": 14, "pickup_hours": 48}
        path = f"/v1/resources/{shelf.resource_id}/offers"
        self.offer = await self.ask(shelf.author, "POST", path, json=terms)
        self.lent: set[str] = set()
        self.returned: set[str] = set()
        self.over_lent = self.looks = 0

    async def step(self, number: int) -> None:
        """Borrow and give back; where there is no seat, wait no longer."""
        who = self.readers[number]
        path = f"/v1/offers/{self.offer['id']}/borrow"
        got = await self.ask(who, "POST", path, json={}, expect={201, 202})
        if got is None:
            return
        if got.get("loan"):
            loan = got["loan"]["id"]
            self.lent.add(loan)
            await self._look()
            if await self.ask(who, "POST", f"/v1/loans/{loan}/return") is not None:
                self.returned.add(loan)
        else:
            hold = got["hold"]["id"]
            await self.ask(who, "POST", f"/v1/holds/{hold}/cancel", expect={200, 409})

    async def _look(self) -> None:
        """While all of it goes on: how many are lent now."""
        running = "SELECT count(*) FROM loan WHERE offer_id = $1 AND status = 'active'"
        try:
            count = await self.value(running, self.offer["id"])
        except LOST:
            return
        self.looks += 1
        self.over_lent = max(self.over_lent, count - self.seats)

    async def check(self) -> list[str]:
        """Loans are those that were acknowledged, each once; no seat had two."""
        rows = await self.ground.sql.fetch("SELECT id::text, status FROM loan")
        there = {row["id"]: row["status"] for row in rows}
        wrong = [f"lost loan {loan}" for loan in self.lent - there.keys()]
        wrong += [f"loan nobody was told of {loan}" for loan in there.keys() - self.lent]
        wrong += [f"return lost {loan}" for loan in self.returned if there.get(loan) != "returned"]
        if self.over_lent > 0:
            wrong.append(f"{self.over_lent} more lent than there are seats")
        occupied = await self.value("SELECT count(*) FROM seat WHERE loan_id IS NOT NULL")
        active = sum(status == "active" for status in there.values())
        if occupied != active:
            wrong.append(f"{occupied} seats taken by {active} loans")
        return wrong


class Reading(Story):
    """Two teachers look for lesson plans, of which there is one: on the standby if there is one."""

    name = "searches"
    people = 2
    query = "/v1/resources?kind=lesson_plan"

    async def prepare(self) -> None:
        """Who looks; what there is to find is on the shelf of `Lending`."""
        school = await self.ground.world.school("查找校")
        self.readers = [await self.ground.world.person(school, "teacher") for _ in range(2)]
        self.missed: list[str] = []

    async def step(self, number: int) -> None:
        """One search."""
        found = await self.ask(self.readers[number], "GET", self.query, once=False)
        if found is not None and len(found["items"]) != 1:
            self.missed.append(", ".join(item["title"] for item in found["items"]) or "nothing")

    async def check(self) -> list[str]:
        """What is there was found each time."""
        missed = f"{len(self.missed)} searches did not find what is there: {self.missed[:3]}"
        return [missed] * bool(self.missed)


class Uploads(Story):
    """Files handed in: acknowledged only when their bytes have been read back."""

    name = "upload, complete"
    people = 2

    async def prepare(self) -> None:
        """Who hands in."""
        school = await self.ground.world.school("上传校")
        self.teachers = [await self.ground.world.person(school, "teacher") for _ in range(2)]
        self.receipts: dict[str, str] = {}
        self.begun_anew = 0

    async def step(self, number: int) -> None:
        """Open, put, complete; what the store forgot meanwhile is put again."""
        who = self.teachers[number]
        content = self.ground.chance.randbytes(self.ground.chance.randrange(1000, 200_000))
        opened = await self.ask(who, "POST", "/v1/uploads", json=wish(content, "课.bin"))
        for _ in range(TIMES_MAX):
            if opened is None:
                return
            path = f"/v1/uploads/{opened['id']}"
            part = opened["parts"][0]
            tag = await self.ground.recorder.put(part["url"], content)
            if tag is not None:
                body = {"parts": [{"number": part["number"], "etag": tag.strip('"')}]}
                answer = await self.ground.recorder.ask(
                    who, "POST", f"{path}/complete", json=body, expect={200, 409}
                )
                if answer.status_code == 200:
                    self.acknowledged += 1
                    self.receipts[opened["id"]] = answer.json()["receipt"]["sha256"]
                if answer.status_code != 409:
                    return
            # the store was killed and has forgotten the upload: its part is put again
            again = await self.ask(who, "POST", f"{path}/parts", json={"numbers": [1]}, once=False)
            opened = None if again is None else {**opened, "parts": again["parts"]}
        # a store whose disk was full may never put its parts together: begun anew, as people do
        self.begun_anew += 1

    async def check(self) -> list[str]:
        """Every receipt's bytes are in the store, whole."""
        wrong = []
        for upload_id, sha256 in self.receipts.items():
            row = await self.ground.sql.fetchrow(
                """SELECT d.status, b.object_key, b.size_bytes
                     FROM deposit d JOIN blob b ON b.group_id = d.group_id AND b.id = d.blob_id
                    WHERE d.id = $1::text::uuid""",
                upload_id,
            )
            if row is None or row["status"] != "verified":
                wrong.append(f"receipt lost {upload_id}")
                continue
            kept = await self.ground.services.storage.inspect(row["object_key"], row["size_bytes"])
            if kept.sha256 != sha256:
                wrong.append(f"bytes lost {upload_id}")
        there = await self.value("SELECT count(*) FROM deposit WHERE status = 'verified'")
        if there != len(self.receipts):
            wrong.append(f"{there} uploads verified, {len(self.receipts)} acknowledged")
        return wrong


class Marks(Story):
    """Sheets of marks taken in, each replacing the one before."""

    name = "marks"
    people = 1

    async def prepare(self) -> None:
        """An exam of one school."""
        self.officer = await self.ground.world.person(None, "evaluation_officer")
        self.school: School = await self.ground.world.school("联考校", stages=("junior",))
        self.exam = await self.ask(self.officer, "POST", "/v1/exams", json=mock_exam())
        path = f"/v1/exams/{self.exam['id']}/invite"
        await self.ask(self.officer, "POST", path, json={"all": True}, expect={200})
        self.last: list[list[int]] = []

    async def step(self, number: int) -> None:
        """The whole sheet, with new marks."""
        marks = [[self.ground.chance.randrange(5) for _ in range(3)] for _ in range(MARKED)]
        lines = ["school_code,exam_number,class,status,1,2,3"]
        for n, of in enumerate(marks, 1):
            cells = ",".join(f"{half / 2:g}" for half in of)
            lines.append(f"{self.school.code},N{n:03},901,,{cells}")
        path = f"/v1/exams/{self.exam['id']}/scores"
        if await self.ask(self.officer, "POST", path, content="\n".join(lines).encode()):
            self.last = marks

    async def check(self) -> list[str]:
        """The sheet acknowledged last is the one that counts."""
        rows = await self.ground.sql.fetch(
            """SELECT s.item_half_marks FROM exam_score s
                 JOIN exam_candidate c ON c.group_id = s.group_id AND c.id = s.candidate_id
                ORDER BY c.exam_number"""
        )
        there = [list(row["item_half_marks"]) for row in rows]
        return [] if there == self.last else [f"marks are {there}, acknowledged {self.last}"]


class Returns(Story):
    """The office asks, schools fill in and submit."""

    name = "returns submitted"
    people = 1

    async def prepare(self) -> None:
        """An office with a form, and two schools."""
        world = self.ground.world
        self.office = await world.person(None, "group_admin")
        self.heads = []
        for name in ("甲校", "乙校"):
            school = await world.school(name)
            self.heads.append((school, await world.person(school, "principal")))
        wish = {"title": {"en": "Sharing", "zh": "共享情况"}, "fields": FIELDS}
        self.form = await self.ask(self.office, "POST", "/v1/forms", json=wish)
        self.submitted: dict[tuple[str, str], int] = {}
        self.calls = 0

    async def step(self, number: int) -> None:
        """One call, answered by both."""
        self.calls += 1
        body = {
            "form_id": self.form["id"], "period": "2026-06", "title": f"填报 {self.calls}",
            "school_ids": [str(school.id) for school, _ in self.heads],
            "due_at": f"{today_there() + timedelta(days=7)}T12:00:00+08:00",
            "closes_at": f"{today_there() + timedelta(days=9)}T12:00:00+08:00",
        }  # fmt: skip
        call = await self.ask(self.office, "POST", "/v1/calls", json=body)
        if call is None:
            self.calls -= 1
            return
        for school, head in self.heads:
            lessons = self.ground.chance.randrange(1000)
            path = f"/v1/calls/{call['id']}/return"
            values = {"values": {"lessons": lessons}}
            # begun before its answer was lost: it is there, with these values
            await self.ask(
                head, "PUT", path, json=values, headers=BEGIN, expect={200, 201, 412, 409}
            )
            if await self.ask(head, "POST", f"{path}/submit"):
                self.submitted[call["id"], str(school.id)] = lessons

    async def check(self) -> list[str]:
        """One version each, with what was sent."""
        rows = await self.ground.sql.fetch(
            """SELECT r.call_id::text AS call, r.school_id::text AS school, v.values
                 FROM return_version v
                 JOIN school_return r ON r.group_id = v.group_id AND r.id = v.return_id"""
        )
        there = {(row["call"], row["school"]): msgspec.json.decode(row["values"]) for row in rows}
        wrong = [f"return lost {key}" for key in self.submitted.keys() - there.keys()]
        if len(rows) != len(self.submitted):
            wrong.append(f"{len(rows)} versions, {len(self.submitted)} acknowledged")
        wrong += [
            f"return changed {key}" for key, lessons in self.submitted.items()
            if key in there and there[key].get("lessons") != lessons
        ]  # fmt: skip
        calls = await self.value("SELECT count(*) FROM return_call")
        if calls != self.calls:
            wrong.append(f"{calls} calls, {self.calls} acknowledged")
        return wrong


class Ledger(Story):
    """Items opened, reported, and closed by somebody else."""

    name = "ledger items closed"
    people = 2

    async def prepare(self) -> None:
        """A ledger, and who keeps it."""
        world = self.ground.world
        self.office = await world.person(None, "group_admin")
        self.inspector = await world.person(None, "inspector")
        self.school = await world.school("台账校")
        self.head = await world.person(self.school, "principal")
        category = {"code": "safety", "label": {"en": "Safety", "zh": "校园安全"}}
        await self.ask(self.office, "POST", "/v1/ledger-categories", json=category)
        self.ledger = await self.ask(self.office, "POST", "/v1/ledgers", json={"title": "台账"})
        self.closed: set[str] = set()
        self.opened: set[str] = set()

    async def step(self, number: int) -> None:
        """One item to its end."""
        body = {
            "title": "消防通道堆放杂物", "category": "safety", "due_on": str(today_there()),
            "school_id": str(self.school.id),
        }  # fmt: skip
        path = f"/v1/ledgers/{self.ledger['id']}/items"
        item = await self.ask(self.office, "POST", path, json=body)
        if item is None:
            return
        self.opened.add(item["id"])
        at = f"/v1/ledger-items/{item['id']}"
        report = {"note": "已清理", "evidence": DOCUMENT}
        await self.ask(self.head, "POST", f"{at}/report", json=report)
        looked_at = {"report_no": 1, "because": ""}
        if await self.ask(self.inspector, "POST", f"{at}/close", json=looked_at):
            self.closed.add(item["id"])

    async def check(self) -> list[str]:
        """Every item once, with a number of its own, closed where that was acknowledged."""
        rows = await self.ground.sql.fetch("SELECT id::text, no, status FROM ledger_item")
        there = {row["id"]: row["status"] for row in rows}
        wrong = [f"item lost {item}" for item in self.opened - there.keys()]
        wrong += [f"item nobody was told of {item}" for item in there.keys() - self.opened]
        wrong += [f"closing lost {item}" for item in self.closed if there.get(item) != "closed"]
        if len({row["no"] for row in rows}) != len(rows):
            wrong.append("two items with one number")
        return wrong


STORIES: list[type[Story]] = [Lending, Reading, Uploads, Marks, Returns, Ledger]
