"""What the demo's office tells: thirteen bulletins with schools' articles, and what was held.

Titles and texts are invented. A bulletin is drafted by one, checked by another, and numbered when
it is issued; its figures are references, frozen at that moment.
"""

import asyncio
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from schoolgroup.demo.management import Head, Planned
from schoolgroup.demo.stage import expect
from schoolgroup.demo.visitor import Visitor

BULLETINS = 13
TO_CIRCLE = range(2, 12)  # those for one circle's schools; the others are for everybody
MISSING = 4  # schools that have not signed for the last one yet
TITLES = (
    "集团成立，三十五所学校同行", "开学工作平稳有序", "专项行动二十三项举措部署",
    "整改台账启用", "集体备课在各校展开", "第一周巡查动态", "校园餐管理经验",
    "师德师风学习交流", "减负增效一校一策", "红色阵地研学启动", "安全隐患排查进展",
    "课程资源共享月报", "第一轮巡回指导全覆盖",
)  # fmt: skip
ARTICLES = ("劳动教育周侧记", "校长说课", "一堂好课是怎样磨成的", "家校共育案例", "食堂开放日")
HELD = 36
KINDS = ("lecture", "class_lesson", "visit", "training")
PLACES = (
    ("演示市革命纪念馆", 124.233, 29.352), ("青禾农耕实践园", 124.281, 29.311),
    ("滨江生态湿地", 124.074, 29.462), ("松山烈士陵园", 124.305, 29.298),
    ("演示市科技馆", 124.219, 29.341), ("邻江古桥", 124.152, 29.407),
)  # fmt: skip


def report_figures(planned: Planned, round_id: str) -> list[dict[str, str]]:
    """References to every figure of the district's report."""
    of_ledger = ("ledger_items", "ledger_closed", "ledger_completion", "ledger_target")
    return [
        {"saved": "schools_integrated"},
        {"saved": "schools_partner"},
        {"saved": "measures", "of": planned.initiative_id},
        {"saved": "round_teams", "of": round_id},
        {"saved": "round_coverage", "of": round_id},
        *({"saved": saved, "of": planned.ledger_id} for saved in of_ledger),
        {"saved": "bulletins"},
    ]


async def issue_bulletin(
    admin: Visitor,
    checker: Visitor,
    number: int,
    figures: Sequence[dict[str, str]],
    author: Head,
    audience: dict[str, str],
) -> Any:
    """One bulletin with an article of the author's school, from its draft to its issue."""
    title = ARTICLES[number % len(ARTICLES)]
    body = {"title": title, "body": f"{title}：师生积极参与，形成了可推广的做法。"}
    article = await author.visitor.post("/v1/bulletin-articles", body)
    text = "本期简报通报近期工作。\n\n各校请对照台账抓好落实，按时反馈整改情况。"
    draft = await admin.post(
        "/v1/bulletins",
        {
            "title": TITLES[(number - 1) % len(TITLES)],
            "sections": [{"heading": "工作动态", "text": text}],
            "figures": list(figures),
            "audience": audience,
        },
    )
    path = f"/v1/bulletins/{draft['id']}"
    where = f"/v1/bulletin-articles/{article['id']}/take"
    await admin.post(where, {"bulletin_id": draft["id"]})
    if number == 1:  # nobody checks what they wrote
        await admin.refused("POST", f"{path}/check", 409)
    await checker.post(f"{path}/check")
    issued = await admin.post(f"{path}/issue")
    expect(issued["no"] == number, f"bulletin number {number} follows the one before")
    return issued


async def sign_for(bulletins: Sequence[Any], heads: Sequence[Head]) -> None:
    """Each of these schools signs for each of these bulletins."""

    async def sign(head: Head) -> None:
        for one in bulletins:
            await head.visitor.post(f"/v1/bulletins/{one['id']}/sign")

    await asyncio.gather(*(sign(head) for head in heads))


async def hold_activities(heads: Sequence[Head], today: date, count: int = HELD) -> None:
    """Activities of the last months at places on the map, entered and reported by their schools."""

    async def hold(n: int) -> None:
        host, guest = heads[n % len(heads)], heads[(n + 7) % len(heads)]
        name, longitude, latitude = PLACES[n % len(PLACES)]
        wish = {
            "kind": KINDS[n % len(KINDS)],
            "title": f"{name}主题活动",
            "held_on": str(today - timedelta(days=n * 120 // count)),
            "place_name": name,
            "position": {"longitude": longitude, "latitude": latitude},
            "guest_school_ids": [guest.school_id],
        }
        made = await host.visitor.post("/v1/activities", wish)
        counted = {"sessions": 1 + n % 3, "pupils": 40 + 5 * (n % 20), "teachers": 3, "parents": 0}
        await host.visitor.post(f"/v1/activities/{made['id']}/report", counted)

    for first in range(0, count, 8):  # eight schools at a time
        await asyncio.gather(*(hold(n) for n in range(first, min(first + 8, count))))
