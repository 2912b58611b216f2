"""One published resource as LOM, JSON-LD and Dublin Core: one mapping, three formats."""

from typing import Any

import httpx
import pytest
from lxml import etree

from tests.people import World
from tests.resources.holdings import hold
from tests.resources.lending.shelf import shelve

LOM = {"l": "http://ltsc.ieee.org/xsd/LOM"}
DC = {"dc": "http://purl.org/dc/elements/1.1/"}
# IEEE 1484.12.3: the order of the elements within each category, as far as they are used here.
ORDER = {
    "lom": "general lifeCycle metaMetadata technical educational rights relation classification",
    "general": "identifier title language description keyword",
    "lifeCycle": "version status contribute",
    "contribute": "role entity date",
    "metaMetadata": "identifier contribute metadataSchema language",
    "technical": "format size location",
    "educational": "learningResourceType intendedEndUserRole context typicalAgeRange description"
    " language",
    "rights": "cost copyrightAndOtherRestrictions description",
    "relation": "kind resource",
    "classification": "purpose taxonPath description",
    "taxonPath": "source taxon",
}


def path_of(resource_id, form):
    return f"/v1/resources/{resource_id}/metadata?format={form}"


@pytest.fixture
async def held(world: World):
    return await hold(world)


async def test_nobody_is_told(http, held):
    (one,) = await held.publish(["分数的意义"])
    assert (await http.get(path_of(one, "lom"))).status_code == 401


async def test_a_stranger_and_a_school_it_is_not_offered_to_get_404(http, world, held):
    (one,) = await held.publish(["分数的意义"], offered=False)
    assert (await http.get(path_of(one, "lom"), headers=held.reader.headers)).status_code == 404
    await world.group("elsewhere")
    stranger = await world.person(await world.school("外校"), "librarian")
    assert (await http.get(path_of(one, "dc"), headers=stranger.headers)).status_code == 404


async def test_a_draft_is_not_described_and_a_withdrawn_one_is_over(http, held):
    draft = await http.post(
        "/v1/resources", json={"title": "草稿", "kind": "paper"}, headers=held.librarian.headers
    )
    mine = path_of(draft.json()["id"], "jsonld")
    assert (await http.get(mine, headers=held.librarian.headers)).status_code == 404
    (one,) = await held.publish(["分数的意义"])
    await held.withdraw(http, one)
    gone = await http.get(path_of(one, "jsonld"), headers=held.librarian.headers)
    assert gone.status_code == 410
    assert gone.json()["because"] == "有误"


async def test_lom_says_what_the_api_says_in_the_order_of_the_schema(http, held):
    (one,) = await held.publish(["分数的意义 <一> & \x0b二"])
    answer = await http.get(path_of(one, "lom"), headers=held.reader.headers)
    assert answer.headers["content-type"].startswith("application/xml")
    shown = (await http.get(f"/v1/resources/{one}", headers=held.reader.headers)).json()
    root: Any = etree.fromstring(answer.content)
    assert etree.QName(root).namespace == LOM["l"]

    def said(path: str) -> list[str]:
        return root.xpath(path, namespaces=LOM)

    assert said("l:general/l:title/l:string/text()") == [shown["title"].replace("\x0b", "")]
    assert said("l:general/l:title/l:string/@language") == ["zh"]
    assert said("l:general/l:keyword/l:string/text()") == shown["keywords"]
    assert said("l:technical/l:format/text()") == [f["media_type"] for f in shown["files"]]
    assert said("l:technical/l:size/text()") == ["12345"]
    types = said("l:educational/l:learningResourceType/l:value/text()")
    assert types == ["slide", shown["kind"]]
    assert said("l:educational/l:description/l:string/text()") == ["课件", "courseware"]
    assert said("l:classification[1]//l:entry/l:string/text()") == [
        "数学", "Mathematics", "人教版", "下册", "分数", "分数的意义",
    ]  # fmt: skip
    assert "ORG:第一小学" in said("l:lifeCycle/l:contribute/l:entity/text()")[0]
    assert said("l:rights/l:description/l:string[@language='en']/text()") == [
        "CC BY 4.0 https://creativecommons.org/licenses/by/4.0/"
    ]
    assert said("l:relation") == []
    in_order(root)


def in_order(root: Any) -> None:
    """Every element of a LOM record stands where the schema wants it."""
    for element in root.iter():
        order = ORDER.get(etree.QName(element).localname, "").split()
        tags = [etree.QName(child).localname for child in element]
        if order:
            assert set(tags) <= set(order)
            assert tags == sorted(tags, key=order.index)


async def test_an_adaptation_names_what_it_was_made_from(http, world, services):
    """As CC BY asks of whoever shares adapted material (licence 4.0, section 3a)."""
    shelf = await shelve(world, services)
    await shelf.offer(http, audiences=[{"kind": "group", "borrow": True, "adapt": True}])
    reader = await world.person(await world.school("二中"), "teacher")
    source = f"/v1/resources/{shelf.resource_id}"
    made = (await http.post(f"{source}/adapt", json={}, headers=reader.headers)).json()
    second = made["id"]
    change = {**reader.headers, "If-Match": f'"{made["version"]}"'}
    said = {"licence": "group_only", "stage": "junior", "subject": "数学"}
    await http.patch(f"/v1/resources/{second}", json=said, headers=change)
    await http.post(f"/v1/resources/{second}/publish", headers=reader.headers)

    async def told(form: str) -> httpx.Response:
        return await http.get(path_of(second, form), headers=reader.headers)

    assert (await told("jsonld")).json()["isBasedOn"].endswith(source)
    named: Any = etree.fromstring((await told("dc")).content)
    assert [one.endswith(source) for one in named.xpath("//dc:source/text()", namespaces=DC)] == [
        True
    ]
    root: Any = etree.fromstring((await told("lom")).content)
    in_order(root)
    relation = root.xpath("l:relation//text()[normalize-space()]", namespaces=LOM)
    assert relation[:2] == ["LOMv1.0", "isbasedon"]
    assert relation[-1].endswith(source)


async def test_no_person_is_named(http, held):
    (one,) = await held.publish(["分数的意义"])
    name = await held.world.sql.fetchval("SELECT name FROM person WHERE id = $1", held.librarian.id)
    for form in ("lom", "jsonld", "dc"):
        text = (await http.get(path_of(one, form), headers=held.librarian.headers)).text
        assert "分数的意义" in text
        assert name not in text
        assert str(held.librarian.id) not in text


async def test_json_ld_is_schema_org_with_both_languages(http, held):
    (one,) = await held.publish(["分数的意义"])
    answer = await http.get(path_of(one, "jsonld"), headers=held.reader.headers)
    assert answer.headers["content-type"].startswith("application/ld+json")
    said = answer.json()
    assert said["@context"] == "https://schema.org"
    assert said["@type"] == "LearningResource"
    assert said["@id"] == f"http://test/v1/resources/{one}"
    assert said["name"] == {"@language": "zh", "@value": "分数的意义"}
    assert said["learningResourceType"]["name"] == [
        {"@language": "zh", "@value": "课件"},
        {"@language": "en", "@value": "courseware"},
    ]
    assert said["educationalLevel"][0]["termCode"] == "primary"
    assert said["license"] == "https://creativecommons.org/licenses/by/4.0/"
    (file,) = said["encoding"]
    assert file["contentUrl"] == f"http://test/v1/resources/{one}/files/1?revision=1"
    opened = await http.get(
        file["contentUrl"], headers=held.librarian.headers, follow_redirects=False
    )
    assert opened.status_code == 307


async def test_dublin_core_and_the_version_of_the_answer(http, held):
    (one,) = await held.publish(["分数的意义"])
    answer = await http.get(path_of(one, "dc"), headers=held.reader.headers)
    root: Any = etree.fromstring(answer.content)
    assert root.xpath("dc:title/text()", namespaces=DC) == ["分数的意义"]
    assert root.xpath("dc:subject/text()", namespaces=DC) == [
        "数学", "Mathematics", "分数", "单位“1”",
    ]  # fmt: skip
    known = {**held.reader.headers, "If-None-Match": answer.headers["etag"]}
    again = await http.get(path_of(one, "dc"), headers=known)
    assert (again.status_code, again.content) == (304, b"")


async def test_an_unknown_format_is_refused(http, held):
    (one,) = await held.publish(["分数的意义"])
    answer = await http.get(path_of(one, "marc"), headers=held.reader.headers)
    assert answer.status_code in (400, 422)


async def test_the_resources_own_address_answers_in_the_format_accept_prefers(http, held):
    (one,) = await held.publish(["分数的意义"])
    path, dc = f"/v1/resources/{one}", "http://www.openarchives.org/OAI/2.0/oai_dc/"
    asked = {
        "application/ld+json": ("application/ld+json", "jsonld"),
        "application/ld+json;q=0.9, application/json;q=0.5": ("application/ld+json", "jsonld"),
        "application/xml": ("application/xml", "lom"),
        "text/xml": ("application/xml", "lom"),
        f'application/xml;profile="{dc}"': ("application/xml", "dc"),
        "application/json, application/ld+json;q=0.5": ("application/json", None),
        "*/*": ("application/json", None),
        "image/png": ("application/json", None),
    }
    tags = set()
    for accept, (media_type, form) in asked.items():
        headers = {**held.reader.headers, "Accept": accept}
        answer = await http.get(path, headers=headers)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].partition(";")[0] == media_type, accept
        assert answer.headers["vary"] == "Accept"
        tags.add((form, answer.headers["etag"]))
        if form is not None:
            same = await http.get(path_of(one, form), headers=held.reader.headers)
            assert answer.content == same.content
        else:
            assert answer.json()["id"] == str(one)
            assert 'rel="alternate"; type="application/ld+json"' in answer.headers["link"]
        known = await http.get(path, headers={**headers, "If-None-Match": answer.headers["etag"]})
        assert (known.status_code, known.content) == (304, b"")
    assert len(tags) == 4, "each format has an ETag of its own"


async def test_negotiation_opens_no_door(http, world, held):
    (one,) = await held.publish(["分数的意义"], offered=False)
    wish = {"Accept": "application/ld+json"}
    assert (await http.get(f"/v1/resources/{one}", headers=wish)).status_code == 401
    hidden = await http.get(f"/v1/resources/{one}", headers={**held.reader.headers, **wish})
    assert hidden.status_code == 404
    await held.withdraw(http, one)
    gone = await http.get(f"/v1/resources/{one}", headers={**held.librarian.headers, **wish})
    assert gone.status_code == 410
