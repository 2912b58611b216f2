"""Exams of the tests: a group with schools, a paper of a few items, and sheets of marks."""

from typing import Any

import httpx
import msgspec

from tests.people import Person, School, World

PAPER = {
    "subject": "数学",
    "items": [
        {"label": "1", "max_marks": 2, "knowledge_point": "方程", "ability": "运算"},
        {"label": "2", "max_marks": 3},
        {"label": "3", "max_marks": 5},
    ],
}
HEADER = "school_code,exam_number,class,status,1,2,3"


class Sitting(msgspec.Struct):
    """An exam that has been set up, and the people around it."""

    exam: dict[str, Any]
    officer: Person
    schools: dict[str, School]
    principals: dict[str, Person]

    @property
    def path(self) -> str:
        return f"/v1/exams/{self.exam['id']}"


def mock_exam(**changes: Any) -> dict[str, Any]:
    """The exam the law allows across schools: a mock of the graduating grade."""
    return {
        "title": "九年级第一次模拟",
        "stage": "junior",
        "grade": 9,
        "purpose": "mock",
        "term_last": True,
        "subjects": [PAPER],
        **changes,
    }


def rows(code: str, marks: list[str], first: int = 1) -> list[str]:
    """Rows of a school; `marks` are the cells from status on, or a lone status."""
    return [
        f"{code},{code}{number:04d},901,{cells}" for number, cells in enumerate(marks, start=first)
    ]


def sheet(*blocks: list[str], header: str = HEADER) -> bytes:
    return "\n".join([header, *(row for block in blocks for row in block)]).encode()


def spread(n: int) -> list[str]:
    """Marks of n pupils from full marks down, so that schools differ and every line is reached."""
    return [f",{2 - i % 3 / 2:g},{3 - i % 4 * 0.5:g},{5 - i % 11 * 0.5:g}" for i in range(n)]


async def set_up(
    http: httpx.AsyncClient,
    world: World,
    integrated: tuple[str, ...] = ("甲校", "乙校", "丙校", "丁校"),
    partners: tuple[str, ...] = (),
    exam: dict[str, Any] | None = None,
    subjects: list[Any] | None = None,
) -> Sitting:
    """A joint exam to which all schools are invited; each school with its principal."""
    officer = await world.person(None, "evaluation_officer")
    wanted = exam or mock_exam()
    stages = ("junior", "senior")
    schools = {name: await world.school(name, stages=stages) for name in integrated}
    schools |= {name: await world.school(name, "partner", stages) for name in partners}
    principals = {name: await world.person(school, "principal") for name, school in schools.items()}
    if subjects:
        wanted["subjects"] = subjects
    made = await http.post("/v1/exams", json=wanted, headers=officer.headers)
    assert made.status_code == 201, made.text
    sitting = Sitting(made.json(), officer, schools, principals)
    invited = await http.post(f"{sitting.path}/invite", json={"all": True}, headers=officer.headers)
    assert invited.status_code == 200, invited.text
    sitting.exam = invited.json()
    return sitting


async def again(world: World, who: Person) -> Person:
    """The same person, signed in anew: a jump of the clock outlives an access token."""
    return await world.sign_in(who.group_id, who.id, who.appointment_id)


async def send(
    http: httpx.AsyncClient,
    sitting: Sitting,
    content: bytes,
    who: Person | None = None,
    **query: Any,
) -> httpx.Response:
    """Send a sheet in, as the officer unless told."""
    person = who or sitting.officer
    return await http.post(
        f"{sitting.path}/scores", params=query, content=content, headers=person.headers
    )


async def freeze(http: httpx.AsyncClient, sitting: Sitting) -> dict[str, Any]:
    frozen = await http.post(f"{sitting.path}/freeze", headers=sitting.officer.headers)
    assert frozen.status_code == 201, frozen.text
    snapshot: dict[str, Any] = frozen.json()
    return snapshot


async def release(http: httpx.AsyncClient, sitting: Sitting, **wish: Any) -> httpx.Response:
    return await http.post(f"{sitting.path}/releases", json=wish, headers=sitting.officer.headers)


async def released(
    http: httpx.AsyncClient, sitting: Sitting, sizes: dict[str, int], **wish: Any
) -> dict[str, Any]:
    """Import marks for schools of these sizes, freeze and release them."""
    blocks = [rows(sitting.schools[name].code, spread(n)) for name, n in sizes.items()]
    taken = await send(http, sitting, sheet(*blocks))
    assert taken.status_code == 200, taken.text
    await freeze(http, sitting)
    made = await release(http, sitting, **wish)
    assert made.status_code == 201, made.text
    view: dict[str, Any] = made.json()
    return view
