"""A crash between any two steps loses no mark and publishes nothing early."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.evaluation.marking.room import Room, staffed
from tests.evaluation.severed import Axe, survives, wielded
from tests.people import Person, World


class Acts:
    """Acts of an exam, each of which dies at every statement before it is done."""

    def __init__(self, room: Room, axe: Axe) -> None:
        self.room, self.axe, self.done = room, axe, 0

    async def post(self, who: Person | str, path: str, **body: Any) -> dict[str, Any]:
        """Cut at every statement, then done; the answer."""
        person = self.room.people[who] if isinstance(who, str) else who
        self.done += 1

        async def ask(headers: dict[str, str]):
            return await self.room.http.post(path, headers={**person.headers, **headers}, **body)

        answer: dict[str, Any] = (await survives(self.axe, f"{self.done}:{path}", ask)).json()
        return answer

    async def mark(self, who: str, task: dict[str, Any], marks: float) -> None:
        """Hand a mark in; what was acknowledged is there."""
        await self.post(who, f"/v1/marking/tasks/{task['id']}/mark", json={"marks": marks})


@pytest.fixture
async def room(http, world: World) -> Room:
    """One candidate of 乙校, whose essay of 12 marks is marked in 2+1+1 with a threshold of 2."""
    return await staffed(http, world, {"甲校": 0, "乙校": 1, "丙校": 0, "丁校": 0})


async def test_every_act_is_done_whole_or_not_at_all(room: Room, sql):
    """From the import to the second release, cut before each statement, then repeated."""
    exam, officer = room.sitting.path, room.officer
    school, principal = room.school("乙校"), room.sitting.principals["乙校"]
    number = f"{school.code}0001"
    sheet = f"school_code,exam_number,1,作文\n{school.code},{number},2.5,0\n".encode()
    appeals_until = (datetime.now(UTC) + timedelta(days=7)).isoformat()
    with wielded(sql) as axe:
        acts = Acts(room, axe)
        await acts.post(officer, f"{exam}/scores", content=sheet)
        await acts.mark("m1", await acts.post("m1", f"{room.path}/take", json={}), 2)
        axe.aim(-1)
        await room.give("m2", 8)
        await acts.mark("m3", (await room.take("m3")).json(), 5)  # opens the arbiter's turn
        axe.aim(-1)
        assert (await sql.fetchval("SELECT max(no) FROM marking_turn")) == 4
        axe.aim(-1)
        last = (await room.post("arbiter", f"{room.path}/arbitration/take")).json()
        assert last["earlier_marks"] == [2, 8, 5]
        await acts.mark("arbiter", last, 6.5)  # settles it
        given = await sql.fetch("SELECT half_marks FROM marking_mark ORDER BY marked_at")
        assert [row["half_marks"] for row in given] == [4, 16, 10, 13]

        subject = {"subject": "语文"}
        done = await acts.post(officer, f"{exam}/marking/complete", json=subject)
        assert done["written"] == 1
        await acts.post(officer, f"{exam}/verify")
        frozen = await acts.post(officer, f"{exam}/freeze")
        wish = {"appeals_until_at": appeals_until}
        made = await acts.post(officer, f"{exam}/releases", json=wish)
        assert made["snapshot_sha256"] == frozen["snapshot_sha256"]
        doubt = {**subject, "exam_number": number, "kind": "re_mark", "reason": "漏计步骤分"}
        appeal = await acts.post(principal, f"/v1/releases/{made['id']}/appeals", json=doubt)
        upheld = {"uphold": True, "because": "确有漏计",
                  "marks": [{"label": "作文", "marks": 7}]}  # fmt: skip
        await acts.post(officer, f"/v1/appeals/{appeal['id']}/decide", json=upheld)
        why = {"because": "复核结果生效"}
        again = await acts.post(officer, f"{exam}/refreeze", json=why)
        assert again["number"] == 2
        newer = await acts.post(officer, f"{exam}/releases", json={})
        await acts.post(officer, f"/v1/releases/{made['id']}/withdraw", json=why)
        axe.aim(-1)
        seen = await room.get(principal, f"/v1/releases/{newer['id']}")
        assert seen.json()["own"][0]["figures"]["mean"] == 9.5
        assert (await room.get(principal, f"/v1/releases/{made['id']}")).status_code == 404
    assert acts.done == 14
