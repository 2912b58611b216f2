"""Joint management of the demo, through the API: the district report's figures, from rows.

Everything here is invented but the figures: 194 ledger items of which 126 are closed (65 %), a
target of 80 % by 1 July, 23 measures, 8 teams, and a first round that reached every school.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from schoolgroup.demo.stage import expect
from schoolgroup.demo.visitor import Visitor
from schoolgroup.kernel.sheets import XLSX_TYPE, write_xlsx

ITEMS, CLOSED, MEASURES, TEAMS, TARGET = 194, 126, 23, 8, 0.8
CATEGORIES = {
    "safety": ("Campus safety", "校园安全"),
    "teaching": ("Teaching", "教学常规"),
    "conduct": ("Conduct of teachers", "师德师风"),
    "meals": ("School meals", "校园餐"),
    "burden": ("Fewer burdens", "减负增效"),
}
RUBRIC = [
    {"code": "safety", "en": "Campus safety", "zh": "校园安全"},
    {"code": "teaching", "en": "Teaching", "zh": "教学常规"},
]
HEADER = [
    "编号", "事项", "类别", "责任学校", "办结期限", "立项日期", "举措序号", "佐证",
    "报告日期", "报告人", "销号日期", "销号人",
]  # fmt: skip


class Answering(msgspec.Struct, frozen=True):
    """A school of the demo, and the username of who reports its items."""

    code: str
    username: str


class Member(msgspec.Struct, frozen=True):
    """Who leads a team and records its visits, already signed in."""

    visitor: Visitor
    person_id: str
    school_id: str


class Managed(msgspec.Struct, frozen=True):
    """What was made, as the API counts it."""

    initiative_id: str
    ledger_id: str
    round_id: str
    figure: dict[str, Any]
    aim: dict[str, Any]
    coverage: dict[str, Any]


def ledger_xlsx(schools: Sequence[Answering], closer: str, today: date) -> bytes:
    """The ledger as the office kept it: items of the last twenty weeks, with their days."""
    rows: list[list[str]] = []
    kinds = list(CATEGORIES.values())
    for n in range(ITEMS):
        opened = today - timedelta(days=140 - n * 120 // ITEMS)
        school = schools[n % len(schools)]
        closes = n * CLOSED // ITEMS < (n + 1) * CLOSED // ITEMS
        late = n % 9 == 0
        due = opened + timedelta(days=10 if late else 45) if closes else today + timedelta(days=30)
        row = [f"T-{n + 1:03}", f"{kinds[n % 5][1]}问题第{n + 1}项", kinds[n % 5][1], school.code]
        row += [str(due), str(opened), str(n % MEASURES + 1)]
        if closes:
            done = opened + timedelta(days=12 + n % 5)
            row += ["整改报告", str(done), school.username, str(done + timedelta(days=3)), closer]
        rows.append(row + [""] * (len(HEADER) - len(row)))
    return write_xlsx("台账", HEADER, rows)


def next_first_of_july(today: date) -> date:
    """The day the target is for."""
    return date(today.year + (today >= date(today.year, 7, 1)), 7, 1)


async def manage_together(
    admin: Visitor,
    inspector: Visitor,
    closer: str,
    schools: Sequence[Answering],
    members: Sequence[Member],
    today: date,
) -> Managed:
    """Make the initiative, the ledger and the first round; raises DemoFailed where a figure is off.

    `closer` is the username of who closed the items; `members` lead the eight teams, each of
    another school.
    """
    body: dict[str, Any] = {"title": "校园治理专项行动", "from_on": str(today)}
    initiative = await admin.post("/v1/initiatives", body)
    path = f"/v1/initiatives/{initiative['id']}"
    for n in range(MEASURES):
        node = {"title": "阶段完成", "due_on": str(today + timedelta(days=30 + n))}
        body = {"title": f"举措{n + 1}", "offices": ["基础教育科"], "nodes": [node]}
        await admin.post(f"{path}/measures", body)
    await admin.post(f"{path}/step", {"verb": "start"})
    for code, (en, zh) in CATEGORIES.items():
        label = {"en": en, "zh": zh}
        await admin.post("/v1/ledger-categories", {"code": code, "label": label})
    body = {"title": "整改台账", "initiative_id": initiative["id"]}
    ledger = await admin.post("/v1/ledgers", body)
    path = f"/v1/ledgers/{ledger['id']}"
    sheet = ledger_xlsx(schools, closer, today)
    await admin.send_file(f"{path}/import?dry_run=true", sheet, XLSX_TYPE)
    taken = await admin.send_file(f"{path}/import", sheet, XLSX_TYPE)
    expect((taken["opened"], taken["closed"]) == (ITEMS, CLOSED), "the ledger was taken over")
    by_on = str(next_first_of_july(today))
    target = {"completion": TARGET, "by_on": by_on, "because": "集团年度部署"}
    await admin.post(f"{path}/targets", target)
    round_id = await go_round(inspector, ledger["id"], members, today)

    figure = (await admin.get(f"/v1/ledger-figures?ledger_id={ledger['id']}"))["whole"]
    outlook = await admin.get(f"{path}/outlook")
    coverage = await admin.get(f"/v1/rounds/{round_id}/coverage")
    expect(figure["total"] == ITEMS, f"{ITEMS} items")
    expect(round(figure["completion_rate"], 2) == 0.65, "65 % of the items are closed")
    expect(outlook["figure"] == figure, "the outlook says the same")
    expect(coverage["full"], "the first round reached every school")
    return Managed(initiative["id"], ledger["id"], round_id, figure, outlook["aims"][0], coverage)


async def go_round(
    inspector: Visitor, ledger_id: str, members: Sequence[Member], today: date
) -> str:
    """The first round: teams, who goes where, and each visit carried out; its id."""
    body = {
        "title": "第一轮巡回指导",
        "ledger_id": ledger_id,
        "from_on": str(today),
        "until_on": str(today + timedelta(days=60)),
        "rubric": RUBRIC,
    }
    path = f"/v1/rounds/{(await inspector.post('/v1/rounds', body))['id']}"
    goes: dict[str, Member] = {}
    for n, member in enumerate(members, 1):
        who = {"person_id": member.person_id, "school_id": member.school_id, "leads": True}
        made = await inspector.post(f"{path}/teams", {"name": f"第{n}组", "members": [who]})
        goes |= {t["id"]: member for t in made["teams"] if t["name"] == f"第{n}组"}
    await inspector.post(f"{path}/open", {})
    await inspector.post(f"{path}/assign", {"planned_on": str(today), "keep": True})
    round_id = path.rpartition("/")[2]
    for visit in await inspector.all("/v1/visits", round_id=round_id):
        leader = goes[visit["team_id"]].visitor
        await leader.post(f"/v1/visits/{visit['id']}/carry-out", {})
    return round_id
