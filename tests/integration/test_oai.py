"""The harvest, asked as the protocol's own validator asks, and by two independent harvesters."""

import re
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any
from uuid import UUID

import anyio.to_thread
import asyncpg
import httpx
import msgspec
import pytest
from lxml import etree

from schoolgroup.integration.oai import service
from schoolgroup.serving import serving
from tests.integration.harvesting import (
    NS,
    Answer,
    canonical,
    compare,
    described,
    with_scythe,
    with_sickle,
)
from tests.people import World
from tests.resources.holdings import Holdings, hold

SECOND = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@pytest.fixture
async def held(world: World) -> Holdings:
    return await hold(world)


async def ask(http: httpx.AsyncClient, held: Holdings, by: str = "GET", **arguments: str) -> Answer:
    headers = held.reader.headers
    if by == "POST":
        return Answer(await http.post("/oai", data=arguments, headers=headers))
    return Answer(await http.get("/oai", params=arguments, headers=headers))


async def identifiers(http, held, **more: str) -> dict[str, bool]:
    """Every identifier of a whole harvest, and whether it is deleted; pages by token."""
    answer = await ask(http, held, verb="ListIdentifiers", metadataPrefix="oai_dc", **more)
    found: dict[str, bool] = {}
    while not answer.error:
        for header in answer.all("//o:header"):
            (one,) = header.xpath("o:identifier/text()", namespaces=NS)
            found[str(one).rpartition(":")[2]] = header.get("status") == "deleted"
        if not answer.token:
            return found
        answer = await ask(http, held, verb="ListIdentifiers", resumptionToken=answer.token)
    assert answer.error == "noRecordsMatch"
    return found


async def test_a_stranger_harvests_nothing_of_ours(http, world, held):
    (one,) = await held.publish(["分数的意义"])
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "teacher")
    foreign = Holdings(world, held.school, held.librarian, stranger)
    listed = await ask(http, foreign, verb="ListRecords", metadataPrefix="oai_dc")
    assert listed.error == "noRecordsMatch"
    name = f"oai:schoolgroup.localhost:{one}"
    assert (await ask(http, foreign, verb="GetRecord", metadataPrefix="lom",
                      identifier=name)).error == "idDoesNotExist"  # fmt: skip


@pytest.mark.parametrize("by", ["GET", "POST"])
async def test_identify(http, held, by):
    answer = await ask(http, held, by, verb="Identify")
    said = {etree.QName(e).localname: e.text for e in answer.all("o:Identify/*")}
    assert said["baseURL"] == "http://test/oai" == answer.all("o:request")[0].text
    assert (said["protocolVersion"], said["deletedRecord"]) == ("2.0", "persistent")
    assert said["granularity"] == "YYYY-MM-DDThh:mm:ssZ"
    assert "@" in said["adminEmail"]
    assert SECOND.fullmatch(said["earliestDatestamp"])
    assert answer.asked == {"verb": "Identify"}


WRONG = [
    ({}, "badVerb"),
    ({"verb": "Junk"}, "badVerb"),
    ({"verb": "identify"}, "badVerb"),
    ({"verb": "Identify", "extra": "1"}, "badArgument"),
    ({"verb": "ListSets", "extra": "1"}, "badArgument"),
    ({"verb": "ListSets", "resumptionToken": "junk"}, "badResumptionToken"),
    ({"verb": "ListRecords"}, "badArgument"),
    ({"verb": "ListRecords", "metadataPrefix": "junk"}, "cannotDisseminateFormat"),
    ({"verb": "ListRecords", "resumptionToken": "junk"}, "badResumptionToken"),
    ({"verb": "ListRecords", "resumptionToken": "x", "metadataPrefix": "lom"}, "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "lom", "from": "junk"}, "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "lom", "from": "2026-02-30"}, "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "lom", "from": "2026-01-01",
      "until": "2026-01-01T00:00:00Z"}, "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "lom", "from": "2026-01-02",
      "until": "2026-01-01"}, "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "lom", "until": "1999-01-01"},
     "noRecordsMatch"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "lom", "set": "subject:really!"},
     "badArgument"),
    ({"verb": "ListIdentifiers", "metadataPrefix": "lom", "set": "subject:none"},
     "noRecordsMatch"),
    ({"verb": "GetRecord", "metadataPrefix": "lom"}, "badArgument"),
    ({"verb": "GetRecord", "identifier": "x"}, "badArgument"),
    ({"verb": "GetRecord", "identifier": 'a"<&\x0b', "metadataPrefix": "lom"}, "idDoesNotExist"),
    ({"verb": "ListMetadataFormats", "identifier": "oai:x.y:1"}, "idDoesNotExist"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code"), WRONG)
@pytest.mark.parametrize("by", ["GET", "POST"])
async def test_what_is_wrong_is_said_in_the_words_of_the_protocol(http, held, by, arguments, code):
    await held.publish(["分数的意义"])
    answer = await ask(http, held, by, **arguments)
    assert answer.error == code
    if code in ("badVerb", "badArgument"):
        assert answer.asked == {}
    else:
        assert answer.asked == {k: v.replace("\x0b", "") for k, v in arguments.items()}


async def test_an_argument_given_twice_is_refused(http, held):
    headers = held.reader.headers
    twice = "/oai?verb=ListIdentifiers&metadataPrefix=lom&metadataPrefix=lom"
    assert Answer(await http.get(twice, headers=headers)).error == "badArgument"
    verbs = "/oai?verb=Identify&verb=Identify"
    assert Answer(await http.get(verbs, headers=headers)).error == "badVerb"


async def test_a_json_body_is_no_form(http, held):
    answer = await http.post("/oai", json={"verb": "Identify"}, headers=held.reader.headers)
    assert answer.status_code == 415


async def test_a_record_its_datestamp_and_its_sets_agree_everywhere(http, held):
    (one,) = await held.publish(["分数的意义"])
    listed = await ask(http, held, verb="ListRecords", metadataPrefix="lom")
    (name,) = listed.all("//o:header/o:identifier/text()")
    (at,) = listed.all("//o:header/o:datestamp/text()")
    got = await ask(http, held, "POST", verb="GetRecord", identifier=name, metadataPrefix="lom")
    assert etree.tostring(got.all("//o:record")[0]) == etree.tostring(listed.all("//o:record")[0])
    sets = listed.all("//o:header/o:setSpec/text()")
    assert sets == ["school:3101150003", "subject:!E6!95!B0!E5!AD!A6", "stage:primary"]
    named = await ask(http, held, verb="ListSets")
    assert set(sets) <= set(named.all("//o:setSpec/text()"))
    assert "数学" in named.all("//o:setName/text()")
    for spec in (*sets, "school", "subject", "stage"):
        within = {"set": spec, "from": at, "until": at}
        assert await identifiers(http, held, **within) == {str(one): False}
    assert await identifiers(http, held, set="stage:senior") == {}
    assert await identifiers(http, held, **{"from": at[:10], "until": at[:10]}) != {}
    formats = await ask(http, held, verb="ListMetadataFormats", identifier=name)
    assert formats.all("//o:metadataPrefix/text()") == ["oai_dc", "lom"]
    assert listed.all("//o:resumptionToken") == []


async def test_what_is_withdrawn_is_deleted_for_ever_and_without_metadata(http, held, clock):
    one, two = await held.publish(["分数的意义", "分数的加减"])
    before = await ask(http, held, verb="ListRecords", metadataPrefix="oai_dc")
    (since,) = before.all("o:responseDate/text()")
    await held.withdraw(http, one)
    assert await identifiers(http, held) == {str(one): True, str(two): False}
    assert (await identifiers(http, held, **{"from": since}))[str(one)]
    clock.jump(timedelta(days=5 * 365))
    again = await held.world.sign_in(
        held.reader.group_id, held.reader.id, held.reader.appointment_id
    )
    await held.world.sql.execute(
        "UPDATE access_session SET expires_at = now() + interval '9 years'"
    )
    later = msgspec.structs.replace(held, reader=again)
    gone = await ask(http, later, verb="GetRecord", metadataPrefix="lom",
                     identifier=f"oai:schoolgroup.localhost:{one}")  # fmt: skip
    assert gone.all("//o:header/@status") == ["deleted"]
    assert gone.all("//o:metadata") == []


async def test_a_draft_and_what_was_never_offered_are_not_there(http, held):
    await held.publish(["不共享"], offered=False)
    await http.post(
        "/v1/resources", json={"title": "草稿", "kind": "paper"}, headers=held.librarian.headers
    )
    assert await identifiers(http, held) == {}
    own = msgspec.structs.replace(held, reader=held.librarian)
    assert len(await identifiers(http, own)) == 1


async def test_an_offer_made_suspended_closed_or_run_out_shows_in_the_next_harvest(
    http, held, clock
):
    (one,) = await held.publish(["分数的意义"], offered=False)
    sql = held.world.sql

    async def age() -> str:
        """Let all that happened be long ago; from when to ask for what comes."""
        await sql.execute("UPDATE harvest_stamp SET changed_at = changed_at - interval '1 hour'")
        return (datetime.now(UTC) - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")

    since = await age()
    assert await identifiers(http, held, **{"from": since}) == {}
    offer = await held.offer(one)
    assert await identifiers(http, held, **{"from": since}) == {str(one): False}
    for verb, deleted in (("suspend", True), ("resume", False)):
        since = await age()
        act = f"/v1/offers/{offer}/{verb}"
        assert (await http.post(act, headers=held.librarian.headers)).status_code == 200
        assert await identifiers(http, held, **{"from": since}) == {str(one): deleted}
    until = datetime.now(UTC) + timedelta(seconds=100)
    await sql.execute("UPDATE offer SET valid_until_at = $2 WHERE id = $1", offer, until)
    since = await age()
    assert await identifiers(http, held, **{"from": since}) == {}
    clock.jump(timedelta(seconds=200))  # nothing is written; the offer runs out by itself
    assert await identifiers(http, held, **{"from": since}) == {str(one): True}
    got = await ask(http, held, verb="GetRecord", metadataPrefix="lom",
                    identifier=f"oai:schoolgroup.localhost:{one}")  # fmt: skip
    assert got.all("//o:datestamp/text()") == [until.strftime("%Y-%m-%dT%H:%M:%SZ")]


async def test_a_draft_of_a_next_revision_changes_nothing_until_it_is_published(http, held):
    (one,) = await held.publish(["分数的意义"])
    sql, mine = held.world.sql, held.librarian.headers
    await sql.execute("UPDATE harvest_stamp SET changed_at = changed_at - interval '1 hour'")
    stamp = await sql.fetchval("SELECT changed_at FROM harvest_stamp")
    made = await http.post(f"/v1/resources/{one}/revisions", headers=mine)
    change = {"title": "分数的意义（修订）"}
    edited = await http.patch(
        f"/v1/resources/{one}", json=change, headers={**mine, "If-Match": made.headers["etag"]}
    )
    assert edited.status_code == 200
    assert await sql.fetchval("SELECT changed_at FROM harvest_stamp") == stamp
    listed = await ask(http, held, verb="ListRecords", metadataPrefix="oai_dc")
    assert listed.all("//dc:title/text()") == ["分数的意义"]
    done = await http.post(f"/v1/resources/{one}/publish", headers=mine)
    assert done.status_code == 200, done.text
    listed = await ask(http, held, verb="ListRecords", metadataPrefix="oai_dc")
    assert listed.all("//dc:title/text()") == ["分数的意义（修订）"]
    assert await sql.fetchval("SELECT changed_at FROM harvest_stamp") > stamp


async def test_a_harvest_does_not_overtake_a_transaction_still_writing(http, held, settings):
    """A change stamped before the harvest and committed after it must be in the next one."""
    await held.publish(["分数的意义"])
    writer = await asyncpg.connect(settings.database_url)
    try:
        async with writer.transaction():
            await writer.execute("SELECT pg_current_xact_id()")
            began = await writer.fetchval("SELECT date_trunc('second', now())")
            await anyio.sleep(1.1)  # into the next second
            answer = await ask(http, held, verb="ListIdentifiers", metadataPrefix="lom")
            (shown_until,) = answer.all("o:responseDate/text()")
            assert datetime.fromisoformat(shown_until) <= began
    finally:
        await writer.close()
    answer = await ask(http, held, verb="ListIdentifiers", metadataPrefix="lom")
    (shown_until,) = answer.all("o:responseDate/text()")
    assert datetime.fromisoformat(shown_until) > began


@pytest.fixture
def small_pages(monkeypatch):
    monkeypatch.setattr(service, "RECORDS_PER_PAGE", 7)
    monkeypatch.setattr(service, "HEADERS_PER_PAGE", 5)


async def test_tokens_are_repeatable_bound_to_their_verb_and_signed(http, held, small_pages):
    await held.publish([f"第{n}课" for n in range(20)])
    first = await ask(http, held, verb="ListRecords", metadataPrefix="oai_dc")
    assert first.all("//o:resumptionToken/@cursor") == ["0"]
    token = first.token or ""
    pages = [await ask(http, held, verb="ListRecords", resumptionToken=token) for _ in range(2)]
    names = [p.all("//o:identifier/text()") for p in pages]
    assert names[0] == names[1]
    assert pages[0].token == pages[1].token
    last = await ask(http, held, verb="ListRecords", resumptionToken=pages[0].token or "")
    assert len(last.all("//o:record")) == 6
    (end,) = last.all("//o:resumptionToken")
    assert (end.text, end.get("cursor")) == (None, "14")
    other = await ask(http, held, verb="ListIdentifiers", resumptionToken=token)
    assert other.error == "badResumptionToken"
    forged = token[:-2] + ("AA" if token[-2:] != "AA" else "BB")
    assert (await ask(http, held, verb="ListRecords", resumptionToken=forged)).error == (
        "badResumptionToken"
    )


async def test_paging_while_records_change_loses_none(http, held, small_pages):
    """What was there at the beginning is in this harvest, or in the next from its first date."""
    things = await held.publish([f"第{n}课" for n in range(23)])
    await held.world.sql.execute(
        "UPDATE harvest_stamp SET changed_at = changed_at - interval '1 hour'"
    )
    page = await ask(http, held, verb="ListIdentifiers", metadataPrefix="oai_dc")
    (began,) = page.all("o:responseDate/text()")
    seen: dict[str, bool] = {}
    added: list[UUID] = []
    turn = 0
    while True:
        for header in page.all("//o:header"):
            (name,) = header.xpath("o:identifier/text()", namespaces=NS)
            seen[name.rpartition(":")[2]] = header.get("status") == "deleted"
        if not page.token:
            break
        await held.withdraw(http, things[-1 - turn])
        await held.withdraw(http, things[turn])
        added += await held.publish([f"新{turn}"])
        turn += 1
        page = await ask(http, held, verb="ListIdentifiers", resumptionToken=page.token)
    assert turn >= 3
    withdrawn = {str(things[-1 - n]) for n in range(turn)} | {str(things[n]) for n in range(turn)}
    assert set(seen) != {str(one) for one in things}, "nothing moved: the test shows nothing"
    seen |= await identifiers(http, held, **{"from": began})
    assert seen == {str(one): str(one) in withdrawn for one in [*things, *added]}


async def test_two_harvesters_take_everything_as_the_api_has_it(settings, held, monkeypatch):
    """Over three pages of records, two of headers and two of the API's list."""
    monkeypatch.setattr(service, "RECORDS_PER_PAGE", 20)
    monkeypatch.setattr(service, "HEADERS_PER_PAGE", 30)
    titles = [f"第{n}课 分数 <{n}> & 小数" for n in range(46)]
    things = await held.publish(titles)
    async with serving(msgspec.structs.replace(settings, port=0)) as address:
        async with httpx.AsyncClient(base_url=address, headers=held.reader.headers) as api:
            await held.withdraw(api, things[5])
            shown: dict[str, Any] = {}
            cursor: dict[str, str] = {}
            while True:
                page = (await api.get("/v1/resources", params={"limit": 40, **cursor})).json()
                shown |= {item["id"]: item for item in page["items"]}
                if not page["next_cursor"]:
                    break
                cursor = {"cursor": page["next_cursor"]}
            said = {}  # every word of some of them, as the API describes them
            for one, form in product(things[::4], ("dc", "lom")):
                answer = await api.get(f"/v1/resources/{one}/metadata?format={form}")
                said[str(one), form] = canonical(answer.content)
        base = f"{address}/oai"
        token = held.reader.headers["Authorization"]
        by_sickle = await anyio.to_thread.run_sync(with_sickle, base, token)
        by_scythe = await anyio.to_thread.run_sync(with_scythe, base, token)
    assert len(shown) == 45
    for harvest in (by_sickle, by_scythe):
        for prefix in ("oai_dc", "lom"):
            assert len(harvest[prefix]) == 46
            assert compare(harvest[prefix], shown, prefix) == [f"{things[5]}"]
            form = prefix.removeprefix("oai_")
            records = {name.rpartition(":")[2]: xml for name, xml in harvest[prefix].items()}
            for one in things[::4]:
                assert described(records[str(one)] or b"") == said[str(one), form]
