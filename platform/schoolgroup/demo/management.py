"""Joint management of the demo, through the API: the district report's figures, from rows.

Everything here is invented but the figures: 23 measures, 194 ledger items of which 126 are closed
(65 %), a target of 80 % by 1 July, 8 teams, and a first round that reached every school. Most items
come from the sheet the office kept before; the last ones are found on visits, and one of these goes
the whole way: reported with evidence by its school, closed by somebody else.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from schoolgroup.demo.stage import expect
from schoolgroup.demo.visitor import Visitor
from schoolgroup.kernel.sheets import XLSX_TYPE, write_xlsx

ITEMS, CLOSED, MEASURES, TEAMS, TARGET = 194, 126, 23, 8, 0.8
FOUND = 4  # of the items, on visits
KEPT, KEPT_CLOSED = ITEMS - FOUND, CLOSED - 1  # in the sheet
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


class Head(msgspec.Struct, frozen=True):
    """Who heads a school of the demo, signed in: reports its items, leads a team, signs."""

    visitor: Visitor
    username: str
    school_id: str
    school_code: str


class Planned(msgspec.Struct, frozen=True):
    """What the office has planned: measures, and a ledger with its target."""

    initiative_id: str
    ledger_id: str


def ledger_xlsx(schools: Sequence[Head], closer: str, today: date) -> bytes:
    """The ledger as the office kept it: items of the last twenty weeks, with their days."""
    rows: list[list[str]] = []
    kinds = list(CATEGORIES.values())
    for n in range(KEPT):
        opened = today - timedelta(days=140 - n * 120 // KEPT)
        school = schools[n % len(schools)]
        closes = n * KEPT_CLOSED // KEPT < (n + 1) * KEPT_CLOSED // KEPT
        late = n % 9 == 0
        due = opened + timedelta(days=10 if late else 45) if closes else today + timedelta(days=30)
        row = [
            f"T-{n + 1:03}",
            f"{kinds[n % 5][1]}问题第{n + 1}项",
            kinds[n % 5][1],
            school.school_code,
        ]
        row += [str(due), str(opened), str(n % MEASURES + 1)]
        if closes:
            done = opened + timedelta(days=12 + n % 5)
            row += ["整改报告", str(done), school.username, str(done + timedelta(days=3)), closer]
        rows.append(row + [""] * (len(HEADER) - len(row)))
    return write_xlsx("台账", HEADER, rows)


def next_first_of_july(today: date) -> date:
    """The day the target is for."""
    return date(today.year + (today >= date(today.year, 7, 1)), 7, 1)


async def plan_measures(admin: Visitor, closer: str, heads: Sequence[Head], today: date) -> Planned:
    """The initiative with its measures, and the ledger taken over from the office's sheet.

    `closer` is the username of who closed the items. Raises DemoFailed where a figure is off.
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
    sheet = ledger_xlsx(heads, closer, today)
    await admin.send_file(f"{path}/import?dry_run=true", sheet, XLSX_TYPE)
    taken = await admin.send_file(f"{path}/import", sheet, XLSX_TYPE)
    expect((taken["opened"], taken["closed"]) == (KEPT, KEPT_CLOSED), "the ledger was taken over")
    by_on = str(next_first_of_july(today))
    target = {"completion": TARGET, "by_on": by_on, "because": "集团年度部署"}
    await admin.post(f"{path}/targets", target)
    return Planned(initiative["id"], ledger["id"])


async def go_round(inspector: Visitor, ledger_id: str, heads: Sequence[Head], today: date) -> str:
    """The first round: teams, who goes where, and every visit carried out; its id.

    The heads of the first schools lead the teams; nobody inspects the own school. The first visits
    find something, and the school of the first finding puts it right.
    """
    body = {
        "title": "第一轮巡回指导",
        "ledger_id": ledger_id,
        "from_on": str(today),
        "until_on": str(today + timedelta(days=60)),
        "rubric": RUBRIC,
    }
    path = f"/v1/rounds/{(await inspector.post('/v1/rounds', body))['id']}"
    round_id = path.rpartition("/")[2]
    goes: dict[str, Head] = {}
    for n, head in enumerate(heads[:TEAMS], 1):
        me = (await head.visitor.get("/v1/me"))["person"]["id"]
        who = {"person_id": me, "school_id": head.school_id, "leads": True}
        made = await inspector.post(f"{path}/teams", {"name": f"第{n}组", "members": [who]})
        goes |= {t["id"]: head for t in made["teams"] if t["name"] == f"第{n}组"}
    await inspector.post(f"{path}/open", {})
    await inspector.post(f"{path}/assign", {"planned_on": str(today), "keep": True})
    visits = await inspector.all("/v1/visits", round_id=round_id)
    of_team = {team: [v for v in visits if v["team_id"] == team] for team in goes}

    async def carry_out(team: str) -> None:
        for visit in of_team[team]:
            await goes[team].visitor.post(f"/v1/visits/{visit['id']}/carry-out", {})

    await asyncio.gather(*(carry_out(team) for team in goes))
    due_on = str(today + timedelta(days=30))
    found = []
    for n, visit in enumerate(visits[:FOUND]):
        finding = {"title": f"巡查发现第{n + 1}项", "category": "safety", "due_on": due_on}
        where, leader = f"/v1/visits/{visit['id']}", goes[visit["team_id"]].visitor
        version = (await leader.get(where))["version"]
        seen = [{"criterion": one["code"], "points": 8 - n} for one in RUBRIC]
        match = {"If-Match": f'"{version}"'}
        await leader.ask("PUT", f"{where}/observations", json={"observations": seen}, headers=match)
        after = await leader.post(f"{where}/findings", {**finding, "criterion": "safety"})
        await leader.post(f"{where}/report", {"summary": "总体良好，发现一项问题。"})
        found.append((visit["school_id"], after["findings"][0]["item_id"]))
    school_id, item_id = found[0]
    own = next(head for head in heads if head.school_id == school_id).visitor
    done = {"note": "已整改", "evidence": [{"text": "整改报告"}]}
    await own.post(f"/v1/ledger-items/{item_id}/report", done)
    await own.refused("POST", f"/v1/ledger-items/{item_id}/close", 403, json={"report_no": 1})
    await inspector.post(f"/v1/ledger-items/{item_id}/close", {"report_no": 1})
    return round_id
