"""A whole joint exam of any size, driven through the API: six subjects of 25 items.

Five come as sheets or answers; of 语文 the last item, an essay, is marked by people. What everybody
did is drawn by lot from a seed and kept here, so that whoever drives the exam can reckon every
figure from it and compare.
"""

from collections.abc import Sequence
from typing import Any, cast

import httpx
import msgspec
import numpy as np

from schoolgroup.kernel.sheets import write_xlsx
from tests.people import Person, School, World

ITEMS = 25
LABELS = [str(n) for n in range(1, ITEMS + 1)]
KEYS = ["ABCD"[n % 4] for n in range(ITEMS)]
SHEETS = ("数学", "英语", "物理", "生物")
SUBJECTS = ("语文", *SHEETS, "化学")
OF_ITEM = 8  # half marks of an item that comes by a sheet
OF_CHOICE = 6  # half marks of an item with a key
ESSAY, OF_ESSAY = "25", 120
# In which subject who was not simply there; the marker is what schools write.
ODD = {"语文": ("absent", "缺考"), "数学": ("absent", "缺考"), "英语": ("void", "违纪"),
       "生物": ("exempt", "免考")}  # fmt: skip
Answers = np.ndarray[Any, np.dtype[np.int64]]


class Done(msgspec.Struct):
    """What a candidate did: half marks by item (of an answered paper: 0 or all), by subject."""

    school: str
    register: str
    class_label: str
    marks: dict[str, list[int]]
    state: dict[str, str]
    number: str = ""

    def total(self, subject: str) -> int:
        """The total in half marks."""
        return sum(self.marks[subject])


class Whole:
    """One exam on its way, and what everybody did."""

    def __init__(self, http: httpx.AsyncClient, world: World, sizes: dict[str, int], seed: int):
        """`sizes`: candidates by school; the last school is a partner and takes no 化学."""
        self.http, self.world, self.sizes = http, world, sizes
        self.partner = list(sizes)[-1]
        self.schools: dict[str, School] = {}
        self.principals: dict[str, Person] = {}
        self.done = _drawn_by_lot(sizes, self.partner, seed)
        self.path = self.exam_id = ""
        self.shelf: Any = None  # where a sealed paper lies

    def of(self, school: str) -> list[Done]:
        """A school's candidates."""
        return [one for one in self.done if one.school == school]

    async def ask(self, who: Person, path: str, method: str = "POST", **more: Any) -> Any:
        """A request that succeeds; its answer."""
        headers = {**who.headers, **more.pop("headers", {})}
        answer = await self.http.request(method, path, headers=headers, timeout=300, **more)
        assert answer.is_success, f"{method} {path}: {answer.text[:2000]}"
        return answer.json()

    async def invite(self) -> None:
        """Set up, papers with keys, invited; the partner answers subject by subject."""
        world = self.world
        self.officer = await world.person(None, "evaluation_officer")
        for name in self.sizes:
            tier = "partner" if name == self.partner else "integrated"
            self.schools[name] = await world.school(name, tier, ("senior",))
            self.principals[name] = await world.person(self.schools[name], "principal")
        subjects = [
            {"subject": s, "items": [_item(s, label) for label in LABELS]} for s in SUBJECTS
        ]
        wish = {"title": "高三第一次联考", "stage": "senior", "grade": 12, "purpose": "mock",
                "term_last": True, "subjects": subjects}  # fmt: skip
        self.exam_id = (await self.ask(self.officer, "/v1/exams", json=wish))["id"]
        self.path = f"/v1/exams/{self.exam_id}"
        for subject in ("语文", "化学"):
            items = [_keyed(subject, n) for n in range(ITEMS)]
            await self.ask(self.officer, f"{self.path}/paper", "PUT", json={"items": items},
                           params={"subject": subject}, headers={"If-Match": '"1"'})  # fmt: skip
        await self.ask(self.officer, f"{self.path}/invite", json={"all": True})
        answers = [{"subject": s, "accept": s != "化学"} for s in SUBJECTS]
        partner = self.principals[self.partner]
        await self.ask(partner, f"{self.path}/answers", "PUT", json={"answers": answers})

    async def register(self) -> None:
        """Each school sends its candidates."""
        await self.ask(self.officer, f"{self.path}/register")
        for name, principal in self.principals.items():
            lines = [f"{one.register},{one.class_label}" for one in self.of(name)]
            content = "\n".join(["register_number,class", *lines]).encode()
            await self.ask(principal, f"{self.path}/candidates", content=content)

    async def draw(self, rows: int = 5, columns: int = 6) -> dict[str, Any]:
        """Rooms at every school; numbers and seats drawn over all, and locked; the draw."""
        seats = rows * columns
        rooms = [
            {"site_school_id": str(school.id), "label": f"{name}{n}", "seat_rows": rows,
             "seat_columns": columns}
            for name, school in self.schools.items()
            for n in range(-(-self.sizes[name] // seats))
        ]  # fmt: skip
        await self.ask(self.officer, f"{self.path}/rooms", "PUT", json={"rooms": rooms})
        drawn = await self.ask(self.officer, f"{self.path}/draw", json={"mixed": True})
        await self.ask(self.officer, f"{self.path}/roster/lock")
        return cast("dict[str, Any]", drawn)

    async def learn_numbers(self) -> None:
        """Every candidate's number, page by page as a school reads it."""
        known = {(one.school, one.register): one for one in self.done}
        for name, principal in self.principals.items():
            cursor: str | None = ""
            while cursor is not None:
                query = {"limit": 200} | ({"cursor": cursor} if cursor else {})
                page = await self.ask(principal, f"{self.path}/candidates", "GET", params=query)
                for row in page["items"]:
                    known[name, row["register_number"]].number = row["exam_number"]
                cursor = page["next_cursor"]
        assert all(one.number for one in self.done)

    async def sit(self) -> None:
        """The papers are written; each school records who was absent in 语文."""
        for name, principal in self.principals.items():
            gone = [one.number for one in self.of(name) if one.state.get("语文") == "absent"]
            if gone:
                records = [{"exam_number": number, "attendance": "absent"} for number in gone]
                await self.ask(principal, f"{self.path}/attendance", "PUT",
                               params={"subject": "语文"}, json={"records": records})  # fmt: skip
        await self.ask(self.officer, f"{self.path}/sit")

    async def begin_marking(self) -> None:
        """The exam is at the stage at which results come in."""
        await self.ask(self.officer, f"{self.path}/begin-marking")

    async def send_answers(self, subject: str) -> Any:
        """The answers to the items with keys, scored by them."""
        last = ITEMS - (subject == "语文")
        lines = ["school_code,exam_number,class,status,answers"]
        for one in self.done:
            if subject in one.marks:
                said = [
                    KEYS[n] if half else "ABCD"[(n + 1) % 4]
                    for n, half in enumerate(one.marks[subject][:last])
                ]
                begins = f"{self.code(one)},{one.number},{one.class_label}"
                odd = one.state.get(subject)
                lines.append(
                    f"{begins},{ODD[subject][1]}," if odd else f"{begins},,{''.join(said)}"
                )
        content = "\n".join(lines).encode()
        query = {"subject": subject}
        return await self.ask(self.officer, f"{self.path}/responses", params=query, content=content)

    async def send_sheet(
        self, subject: str, file_format: str = "csv", content: bytes | None = None
    ) -> Any:
        """Marks by item as one sheet of all schools: csv, xlsx or gb18030."""
        content = content or self.sheet(subject, file_format)
        query = {"subject": subject}
        return await self.ask(self.officer, f"{self.path}/scores", params=query, content=content)

    def sheet(self, subject: str, file_format: str) -> bytes:
        """The sheet of a subject."""
        header = ["school_code", "exam_number", "class", "status", *LABELS]
        table = [self._row(one, subject) for one in self.done if subject in one.marks]
        if file_format == "xlsx":
            return write_xlsx(subject, header, table)
        text = "\n".join(",".join(map(str, row)) for row in [header, *table])
        return text.encode("gb18030" if file_format == "gb18030" else "utf-8-sig")

    def _row(self, one: Done, subject: str) -> Sequence[str | float]:
        begins = [self.code(one), one.number, one.class_label]
        if one.state.get(subject):
            return [*begins, ODD[subject][1], *[""] * ITEMS]
        return [*begins, "", *(half / 2 for half in one.marks[subject])]

    def code(self, one: Done) -> str:
        """The code of a candidate's school."""
        return self.schools[one.school].code

    async def plan_essay(self, pool: Sequence[tuple[Person, str]], **rules: Any) -> str:
        """Plan the essay's marking in 2+1+1 with these people and open it; the path of the plan."""
        wish = {"subject": "语文", "label": ESSAY, "mode": "2+1+1", "threshold_marks": 5,
                "balance": "none", "seed_percent": 0, "recheck_percent": 0, **rules}  # fmt: skip
        plan = await self.ask(self.officer, f"{self.path}/marking", json=wish)
        path = f"/v1/marking/plans/{plan['id']}"
        members = [
            {"person_id": str(person.id), "school_id": str(person.school_id), "duty": duty}
            for person, duty in pool
        ]
        await self.ask(self.officer, f"{path}/markers", json={"markers": members})
        return path

    async def complete(self) -> Any:
        """Write the marks of the essay into the scores of 语文."""
        wish = {"subject": "语文"}
        return await self.ask(self.officer, f"{self.path}/marking/complete", json=wish)


def _item(subject: str, label: str) -> dict[str, Any]:
    return {"label": label, "max_marks": _most(subject, label) / 2}


def _most(subject: str, label: str) -> int:
    if subject in SHEETS:
        return OF_ITEM
    return OF_ESSAY if (subject, label) == ("语文", ESSAY) else OF_CHOICE


def _keyed(subject: str, n: int) -> dict[str, Any]:
    item = _item(subject, LABELS[n])
    if (subject, LABELS[n]) == ("语文", ESSAY):
        return item
    return {**item, "kind": "objective", "key": {"rule": "single", "accept": [KEYS[n]]}}


def _drawn_by_lot(sizes: dict[str, int], partner: str, seed: int) -> list[Done]:
    """What everybody did; the essay's marks come from the markers."""
    chance = np.random.default_rng(seed)
    n = sum(sizes.values())
    ability = chance.normal(0, 1, (n, 1))
    hard = chance.normal(0, 1, (1, ITEMS))
    share = 1 / (1 + np.exp(hard - ability))
    marks: dict[str, list[list[int]]] = {}
    for subject in SUBJECTS:
        if subject in SHEETS:
            marks[subject] = chance.binomial(OF_ITEM, share).tolist()
        else:
            marks[subject] = (chance.binomial(1, share) * OF_CHOICE).tolist()
    names = [name for name, size in sizes.items() for _ in range(size)]
    done = []
    for place, name in enumerate(names):
        one = Done(name, f"G{place:06}", f"{place % 12 + 1}班", {}, {})
        for k, subject in enumerate(SUBJECTS):
            if name == partner and subject == "化学":
                continue
            one.marks[subject] = marks[subject][place]
            if subject == "语文":
                one.marks[subject][-1] = 0
            if subject in ODD and place % 19 == 5 * k % 19:
                one.state[subject] = ODD[subject][0]
        done.append(one)
    return done
