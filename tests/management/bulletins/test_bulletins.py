"""Bulletins: numbered without gaps, checked by another, frozen at issue, corrected by editions."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import httpx
import pytest
from pypdf import PdfReader

from schoolgroup.integration.notices.sending import send_due
from schoolgroup.management.bulletins import queries
from tests.management.ledgers.book import Book
from tests.people import Person, School, World, today_there
from tests.waiting import until_waiting


class Press(Book):
    """An office that writes bulletins about a ledger of two schools."""

    async def draft(self, who: Person | None = None, expect: int = 201, **wish: Any) -> Any:
        """A bulletin about the ledger."""
        reference = {"saved": "ledger_completion", "of": self.ledger["id"]}
        body = {"title": "简报", "sections": [{"heading": "要闻", "text": "开学平稳。"}]}
        body |= {"figures": [reference], **wish}
        return await self.send(who or self.office, "POST", "/v1/bulletins", expect, json=body)

    async def step(
        self, who: Person, bulletin: dict[str, Any], verb: str, expect: int = 200, **body: Any
    ) -> Any:
        """One step of a bulletin."""
        path = f"/v1/bulletins/{bulletin['id']}/{verb}"
        return await self.send(who, "POST", path, expect, json=body or None)

    async def issued(self, **wish: Any) -> Any:
        """A bulletin that is out."""
        made = await self.draft(**wish)
        await self.step(self.inspector, made, "check")
        return await self.step(self.office, made, "issue")

    async def read(self, who: Person, bulletin: dict[str, Any], expect: int = 200) -> Any:
        """As somebody sees it."""
        return await self.send(who, "GET", f"/v1/bulletins/{bulletin['id']}", expect)

    async def put_into(self, circle: str, school: School) -> None:
        """Another member of a circle."""
        path = f"{circle}/{school.id}"
        answer = await self.http.put(path, headers=self.signed(self.office))
        assert answer.is_success, answer.text

    async def waiting(self, who: Person, kind: str) -> list[Any]:
        """What of a kind waits for somebody."""
        return (await self.send(who, "GET", "/v1/inbox", params={"kind": kind}))["items"]

    async def close_one(self) -> None:
        """One item more, closed."""
        item = await self.open()
        done: dict[str, Any] = {"note": "已改", "evidence": [{"text": "报告"}]}
        await self.act(self.principals[0], item, "report", **done)
        await self.act(self.inspector, item, "close", report_no=1)


@pytest.fixture
async def press(http: httpx.AsyncClient, world: World) -> Press:
    made = Press(http, world)
    await made.begin()
    return made


async def test_visitors_strangers_and_other_schools_see_nothing(press: Press, http, world: World):
    made = await press.issued(audience={"kind": "tier", "tier": "partner"})
    draft = await press.draft()
    path = f"/v1/bulletins/{made['id']}"
    assert (await http.get(path)).status_code == 401
    east, west = press.principals
    for where in ("", "/receipts", "/editions", "/document"):
        await press.send(east, "GET", path + where, 404)
        await press.send(west, "GET", path + where)
    await press.step(east, made, "sign", 404)
    await press.read(west, draft, 404)
    assert (await press.send(east, "GET", "/v1/bulletins"))["items"] == []
    assert len((await press.send(west, "GET", "/v1/bulletins"))["items"]) == 1
    other = await press.issued(audience={"kind": "tier", "tier": "integrated"})
    await press.read(west, other, 404)
    named = {"kind": "schools", "school_ids": [str(press.schools[0].id)]}
    await press.read(west, await press.issued(audience=named), 404)
    await world.group("other")
    stranger = await world.person(None, "group_admin")
    await press.send(stranger, "GET", path, 404)


async def test_from_draft_to_receipts(press: Press):
    """The story: an article comes in, another checks, it goes out, schools sign."""
    east, west = press.principals
    made = await press.draft()
    assert "check" not in made["actions"]
    assert (await press.step(press.office, made, "check", 409))["code"] == "checked_by_author"
    offer = {"title": "劳动周", "body": "师生参加。"}
    article = await press.send(east, "POST", "/v1/bulletin-articles", 201, json=offer)
    where = f"/v1/bulletin-articles/{article['id']}"
    await press.send(west, "GET", where, 404)
    await press.send(east, "POST", f"{where}/take", 403, json={"bulletin_id": made["id"]})
    assert len(await press.waiting(press.office, "article_to_decide")) == 1
    second = await press.send(west, "POST", "/v1/bulletin-articles", 201, json=offer)
    because = {"because": "下期再用"}
    told = f"/v1/bulletin-articles/{second['id']}"
    await press.send(press.office, "POST", f"{told}/decline", json=because)
    assert (await press.send(west, "GET", told))["declined_because"] == "下期再用"
    await press.send(press.office, "POST", f"{where}/take", json={"bulletin_id": made["id"]})
    await press.step(press.office, made, "issue", 409)
    await press.step(press.inspector, made, "check")
    await press.step(press.inspector, made, "issue", 403)
    out = await press.step(press.office, made, "issue")
    assert (out["no"], out["year"], out["edition_no"]) == (1, today_there().year, 1)
    assert out["content"]["articles"][0]["school_name"] == "东校"
    assert (out["receipts"]["schools"], out["receipts"]["signed"]) == (2, 0)

    assert len(await press.waiting(west, "bulletin_to_sign")) == 1
    signed = [await press.step(west, made, "sign") for _ in range(2)]
    assert signed[0]["signed_at"] == signed[1]["signed_at"] is not None
    assert await press.waiting(west, "bulletin_to_sign") == []
    receipts = await press.send(press.office, "GET", out["receipts"]["link"])
    assert [(r["school_name"], r["signed_at"] is None) for r in receipts] == [
        ("东校", True), ("西校", False),
    ]  # fmt: skip
    assert receipts[1]["person_id"] == str(west.id)
    own = await press.send(east, "GET", out["receipts"]["link"])
    assert [line["school_name"] for line in own] == ["东校"]


async def test_figures_are_live_in_a_draft_and_frozen_at_issue(press: Press):
    await press.close_one()
    out = await press.issued()
    live = await press.draft()
    await press.open()
    frozen, moved = await press.read(press.principals[0], out), await press.read(press.office, live)
    assert [one["value"] for one in frozen["content"]["figures"]] == [1.0]
    assert [one["value"] for one in moved["content"]["figures"]] == [0.5]
    figure = frozen["content"]["figures"][0]
    assert figure["as_of_at"] == frozen["issued_at"]
    rows = await press.send(press.office, "GET", figure["link"])
    assert len(rows["items"]) == 2  # the rows as they are now


async def test_a_correction_is_a_new_edition_and_the_old_one_stays(
    press: Press, sql: asyncpg.Connection
):
    east, west = press.principals
    out = await press.issued()
    await press.step(west, out, "sign")
    draft = await press.step(press.office, out, "correct", changed="更正日期")
    wish = {"title": "简报（更正）"}
    path, tag = f"/v1/bulletins/{out['id']}", {"If-Match": str(draft["version"])}
    elsewhere = {"audience": {"kind": "tier", "tier": "partner"}}
    refused = await press.send(press.office, "PATCH", path, 409, json=elsewhere, headers=tag)
    assert refused["code"] == "audience_stands"
    await press.send(press.office, "PATCH", path, json=wish, headers=tag)
    unseen = await press.read(east, out)
    assert (unseen["content"]["title"], unseen["status"]) == ("简报", "issued")
    await press.step(press.office, out, "check", 409)  # a correction too is checked by another
    await press.step(press.inspector, out, "check")
    new = await press.step(press.office, out, "issue")
    assert (new["status"], new["no"], new["edition_no"]) == ("corrected", out["no"], 2)
    seen = await press.read(west, out)
    assert (seen["changed"], seen["signed_at"]) == ("更正日期", None)  # to be signed anew
    editions = await press.send(east, "GET", f"{path}/editions")
    titles = [(one["content"]["title"], one["changed"]) for one in editions]
    assert titles == [("简报", ""), ("简报（更正）", "更正日期")]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await sql.execute("SET ROLE schoolgroup_app; UPDATE bulletin_edition SET changed = 'x'")
    await sql.execute("RESET ROLE")


NUMBER_BY_COUNTING = """
SELECT extract(year FROM app.today())::int AS year,
       coalesce((SELECT max(no) FROM bulletin WHERE group_id = $1), 0) + 1 AS no
"""
NUMBER_BY_SEQUENCE = """
SELECT extract(year FROM app.today())::int AS year, nextval('test_number')::int AS no
 WHERE $1::uuid IS NOT NULL
"""


async def issue_two_at_once(press: Press, sql: asyncpg.Connection) -> list[httpx.Response]:
    """Both are under way before either commits: editions are held until both wait."""
    drafts = [await press.draft() for _ in range(2)]
    for one in drafts:
        await press.step(press.inspector, one, "check")
    async with sql.transaction():
        await sql.execute("LOCK TABLE bulletin_edition IN SHARE MODE")
        both = [
            asyncio.create_task(
                press.http.post(f"/v1/bulletins/{one['id']}/issue", headers=press.office.headers)
            )
            for one in drafts
        ]
        await until_waiting(sql, 2)
    return await asyncio.gather(*both)


async def test_the_year_s_row_is_what_gives_two_at_once_two_numbers(
    press: Press, sql: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
):
    """Without it two read the same number, and only the constraint keeps one of them out."""
    given = await issue_two_at_once(press, sql)
    assert sorted(one.json()["no"] for one in given) == [1, 2]

    monkeypatch.setattr(queries, "GIVE_NUMBER", NUMBER_BY_COUNTING)
    given = await issue_two_at_once(press, sql)
    assert sorted(one.status_code for one in given)[0] == 200
    assert sorted(one.status_code for one in given)[1] >= 400
    await sql.execute("ALTER TABLE bulletin DROP CONSTRAINT one_bulletin_per_number")
    try:
        given = await issue_two_at_once(press, sql)
        assert [one.json()["no"] for one in given] == [4, 4]
        with pytest.raises(asyncpg.UniqueViolationError):
            await sql.execute(UNIQUE_AGAIN)
    finally:
        await sql.execute(
            """UPDATE bulletin SET no = NULL, year = NULL, edition_no = 0, status = 'draft',
                      checked_by_person_id = NULL, changed = ''"""
        )
        await sql.execute(UNIQUE_AGAIN)


UNIQUE_AGAIN = """
ALTER TABLE bulletin ADD CONSTRAINT one_bulletin_per_number UNIQUE (group_id, year, no)
"""
FAIL_ONCE = """
CREATE OR REPLACE FUNCTION pg_temp.fail() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'the disk is full'; END $$;
CREATE TRIGGER test_fails BEFORE INSERT ON bulletin_edition EXECUTE FUNCTION pg_temp.fail();
"""


@pytest.mark.parametrize(("how", "next_no"), [("row", 2), ("sequence", 3)])
async def test_an_issue_that_fails_gives_its_number_back(
    press: Press, sql: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, how: str, next_no: int
):
    """A sequence would not: with one in the row's place a number is missing for ever."""
    await sql.execute("CREATE SEQUENCE test_number; GRANT USAGE ON test_number TO schoolgroup_app")
    try:
        if how == "sequence":
            monkeypatch.setattr(queries, "GIVE_NUMBER", NUMBER_BY_SEQUENCE)
        assert (await press.issued())["no"] == 1
        made = await press.draft()
        await press.step(press.inspector, made, "check")
        await sql.execute(FAIL_ONCE)
        await press.step(press.office, made, "issue", 500)
        await sql.execute("DROP TRIGGER test_fails ON bulletin_edition")
        assert (await press.read(press.office, made))["status"] == "checked"
        assert (await press.step(press.office, made, "issue"))["no"] == next_no
    finally:
        await sql.execute("DROP TRIGGER IF EXISTS test_fails ON bulletin_edition")
        await sql.execute("DROP SEQUENCE test_number")


async def test_a_bulletin_for_a_circle_is_for_its_schools_of_that_day(press: Press):
    """Who leaves the circle later keeps it, who joins later was not told."""
    made = await press.send(press.office, "POST", "/v1/circles", 201, json={"name": "校际圈"})
    circle = f"/v1/circles/{made['id']}/members"
    audience = {"kind": "circle", "circle_id": made["id"]}
    empty = await press.draft(audience=audience)
    await press.step(press.inspector, empty, "check")
    assert (await press.step(press.office, empty, "issue", 409))["code"] == "nobody_to_tell"
    await press.enrol("南校")
    east, west, south = press.principals
    for school in press.schools[:2]:
        await press.put_into(circle, school)
    out = await press.issued(audience=audience)
    receipts = await press.send(press.office, "GET", f"/v1/bulletins/{out['id']}/receipts")
    assert [line["school_name"] for line in receipts] == ["东校", "西校"]
    await press.read(south, out, 404)
    await press.step(south, out, "sign", 404)
    await press.send(press.office, "DELETE", f"{circle}/{press.schools[0].id}")
    await press.put_into(circle, press.schools[2])
    assert (await press.step(east, out, "sign"))["signed_at"] is not None
    await press.read(south, out, 404)

    # a correction goes to the same schools, and each signs anew
    await press.step(press.office, out, "correct", changed="更正日期")
    await press.step(press.inspector, out, "check", 200)
    again = await press.step(press.office, out, "issue")
    assert (again["no"], again["receipts"]["schools"], again["receipts"]["signed"]) == (
        out["no"], 2, 0,
    )  # fmt: skip
    for who in (east, west):
        await press.step(who, out, "sign")
    kept = await press.read(press.office, out)
    assert (kept["receipts"]["signed"], kept["edition_no"]) == (2, 2)
    newer = await press.issued(audience=audience)
    receipts = await press.send(press.office, "GET", f"/v1/bulletins/{newer['id']}/receipts")
    assert [line["school_name"] for line in receipts] == ["南校", "西校"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "Asia/Urumqi", "Pacific/Kiritimati"])
async def test_numbers_begin_anew_at_the_group_s_midnight(
    press: Press, sql: asyncpg.Connection, clock, zone: str
):
    """The year and a month's figures turn there, whatever the hour is elsewhere."""
    await sql.execute("UPDATE education_group SET time_zone = $1", zone)
    year = datetime.now(ZoneInfo(zone)).year
    midnight = datetime(year + 1, 1, 1, tzinfo=ZoneInfo(zone))
    numbers = []
    for instant in (midnight - timedelta(seconds=30), midnight):
        clock.offset = instant - datetime.now(UTC)
        out = await press.issued(figures=[{"saved": "bulletins"}])
        [count] = out["content"]["figures"]
        numbers.append((out["year"], out["no"], count["value"]))
        board = await press.send(press.office, "GET", "/v1/dashboard")
        month = {one["month"] for one in board["figures"] if one["saved"] == "activities"}
        assert month == {f"{year}-12" if instant < midnight else f"{year + 1}-01"}
    assert numbers == [(year, 1, 1), (year + 1, 1, 1)]


async def test_printed_in_both_languages_and_the_same_bytes_again(press: Press, tmp_path):
    out = await press.issued(sections=[{"heading": "<b>", "text": "安全 & 有序"}])
    path = f"/v1/bulletins/{out['id']}/document"
    zh: dict[str, Any] = {"headers": {"Accept-Language": "zh"}}
    page = (await press.send(press.principals[0], "GET", path, **zh)).decode()
    assert "年简报第1期" in page
    assert "&lt;b&gt;" in page
    assert "台账办结率" in page
    assert "<link" not in page
    assert "src=" not in page
    assert "Bulletin No. 1 of" in (await press.send(press.principals[0], "GET", path)).decode()
    pdf: dict[str, Any] = {**zh, "params": {"as_format": "pdf"}}
    made, again = [await press.send(press.principals[0], "GET", path, **pdf) for _ in range(2)]
    assert made == again
    file = tmp_path / "bulletin.pdf"
    file.write_bytes(made)
    text = PdfReader(file).pages[0].extract_text()
    assert "安全 & 有序" in text


async def test_a_reference_or_audience_that_is_wrong_is_named(press: Press):
    for wrong, pointer in (
        ([{"saved": "activities"}], "/figures/0/month"),
        ([{"saved": "round_coverage"}], "/figures/0/of"),
        ([{"saved": "ledger_items", "of": str(UUID(int=7))}], "/figures/0/of"),
    ):
        refused = await press.draft(expect=422, figures=wrong)
        assert refused["errors"][0]["pointer"] == pointer, refused
    await press.draft(expect=422, audience={"kind": "tier"})
    await press.draft(expect=422, audience={"kind": "group", "tier": "partner"})


async def test_who_signs_is_told_once_when_a_bulletin_is_issued(press: Press, services, sql):
    await press.issued()
    for _ in range(2):
        await send_due(services.db, services.post_office, "demo")
    rows = await sql.fetch("SELECT person_id, link FROM notice WHERE kind = 'bulletin_issued'")
    assert {row["person_id"] for row in rows} >= {one.id for one in press.principals}
    assert len(rows) == len({row["person_id"] for row in rows})
