"""A ledger from a sheet: whole or not at all, under the same laws, and back out again."""

from datetime import timedelta

from schoolgroup.kernel.sheets import CSV_TYPE, PROBLEM_COLUMN, XLSX_TYPE, read_sheet, write_xlsx
from tests.management.ledgers.book import Book
from tests.people import World, today_there

HEADER = [
    "编号", "事项", "类别", "责任学校", "办结期限", "立项日期", "佐证", "报告日期", "报告人",
    "销号日期", "销号人",
]  # fmt: skip


def day(n: int) -> str:
    return str(today_there() + timedelta(days=n))


async def sent(book: Book, rows: list[list[str]], expect: int = 200, path: str = "import", **query):
    content = write_xlsx("x", HEADER, rows)
    return await book.send(
        book.office, "POST", f"/v1/ledgers/{book.ledger['id']}/{path}", expect, content=content,
        params=query, headers={"Content-Type": XLSX_TYPE},
    )  # fmt: skip


async def names(book: Book, world: World) -> tuple[str, str, str]:
    """Who reports at the first school, who closes at the office, and the school's code."""
    await world.person(book.schools[0], "school_admin", "dong.admin")
    await world.person(None, "inspector", "closer.one")
    return "dong.admin", "closer.one", book.schools[0].code


async def test_a_ledger_that_was_kept_elsewhere_is_taken_over_with_its_days(
    book: Book, world: World, sql
):
    reporter, closer, code = await names(book, world)
    past = [day(-40), "会议纪要", day(-12), reporter, day(-10), closer]
    rows = [
        ["A-1", "消防器材过期", "校园安全", code, day(-11), *past],
        ["A-2", "监控盲区", "safety", "西校", day(5), day(-40), "", "", "", "", ""],
        ["A-3", "食堂台账不全", "safety", code, day(-20), *past],
    ]
    tried = await sent(book, rows, dry_run=True)
    assert (tried["opened"], tried["closed"]) == (3, 2)
    assert await sql.fetchval("SELECT count(*) FROM ledger_item") == 0
    made = await sent(book, rows)
    assert {**tried, "dry_run": False} == made
    whole = (await book.figures())["whole"]
    assert (whole["total"], whole["closed"], whole["on_time"]) == (3, 2, 1)
    points = {p["on"]: p["figure"] for p in await book.series(today_there() - timedelta(days=45))}
    assert [points[day(n)]["closed"] for n in (-45, -40, -12, -10)] == [0, 0, 0, 2]
    assert [points[day(n)]["total"] for n in (-45, -40)] == [0, 3]
    events = await sql.fetchval("SELECT count(*) FROM event WHERE type LIKE 'ledger_item.%'")
    assert events == 3 + 2 + 2
    again = await sent(book, rows)
    assert (again["opened"], again["unchanged"]) == (0, 3)
    other = [[*rows[0][:1], "另一件事", *rows[0][2:]]]
    assert (await sent(book, other, 422))["code"] == "sheet_refused"


async def test_every_problem_is_told_at_once_beside_its_row(book: Book, world: World, sql):
    reporter, closer, code = await names(book, world)
    rows = [
        ["B-1", "", "safety", code, day(1), "", "", "", "", "", ""],
        ["B-2", "x", "nothing", code, day(1), "", "", "", "", "", ""],
        ["B-3", "x", "safety", "无此校", day(1), "", "", "", "", "", ""],
        ["B-4", "x", "safety", code, "明天", "", "", "", "", "", ""],
        ["B-5", "x", "safety", code, day(1), day(-9), "证", day(-5), reporter, day(-4), reporter],
        ["B-6", "x", "safety", code, day(1), day(-9), "", day(-5), reporter, day(-4), closer],
        ["B-7", "x", "safety", code, day(1), day(-1), "证", day(-5), reporter, "", ""],
        ["B-8", "x", "safety", code, day(1), day(-9), "证", day(-5), "nobody", "", ""],
        ["B-9", "x", "safety", code, day(1), "", "", "", "", "", ""],
    ]
    refused = await sent(book, rows, 422)
    told = {(e["pointer"].split("/")[1], e["code"]) for e in refused["errors"]}
    assert told >= {
        ("2", "required"), ("3", "unknown_category"), ("4", "no_such_school"), ("5", "not_a_date"),
        ("6", "closed_by_reporter"), ("7", "report_incomplete"), ("8", "out_of_order"),
        ("9", "not_appointed"),
    }  # fmt: skip
    assert not [one for one in told if one[0] == "10"]
    assert await sql.fetchval("SELECT count(*) FROM ledger_item") == 0
    back = read_sheet(await sent(book, rows, path="import/annotated"))
    assert [bool(row.cells[PROBLEM_COLUMN]) for row in back] == [True] * 8 + [False]


async def test_an_export_is_the_list_and_is_kept_in_the_trail(book: Book, sql):
    item = await book.closed()
    await book.open(book.schools[1])
    path = f"/v1/ledgers/{book.ledger['id']}/export"
    for who, seen in ((book.office, 2), (book.principals[1], 1)):
        rows = read_sheet(await book.send(who, "GET", path, params={"form": "xlsx"}))
        assert len(rows) == seen
    rows = read_sheet(await book.send(book.office, "GET", path))
    assert (rows[0].cells["序号"], rows[0].cells["状态"]) == ("1", "已销号")
    assert rows[0].cells["责任学校"] == book.schools[0].code
    kept = await sql.fetch("SELECT detail FROM audit_entry WHERE detail::text LIKE '%export%'")
    assert len(kept) == 3
    body = b"x"
    for who, status in ((book.principals[0], 403), (book.office, 415)):
        answer = await book.http.post(
            f"/v1/ledgers/{book.ledger['id']}/import",
            content=body,
            headers={**book.signed(who), "Content-Type": CSV_TYPE if status == 403 else "text/x"},
        )
        assert answer.status_code == status
    assert item["no"] == 1
