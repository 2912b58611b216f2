"""Finding resources over HTTP: words, order, filters, figures - and nothing one may not find."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schoolgroup.kernel.context import system_actor
from schoolgroup.resources.search import rules, service, tidying
from schoolgroup.resources.search.texts import index_text
from tests.resources import holdings

NOWHERE = "01890000-0000-7000-8000-000000000000"
PATH = "/v1/resources"
TREE = "学段,学制,学科,版本,年级,册次,章节\n小学,六三,数学,人教版,五年级,下册,分式 > 分组\n"


@pytest.fixture
async def held(world):
    return await holdings.hold(world)


async def ask(http, person, path=PATH, **params):
    answer = await http.get(path, params=params, headers=person.headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def titles(http, person, **params):
    return [item["title"] for item in (await ask(http, person, **params))["items"]]


def counts(answer, name):
    facet = next(f for f in answer["facets"] if f["name"] == name)
    return {value["value"]: value["count"] for value in facet["values"]}


async def said(http, held, resource, **changes):
    """A next revision that says something else, published through the API."""
    one, headers = f"{PATH}/{resource}", held.librarian.headers
    made = await http.post(f"{one}/revisions", headers=headers)
    tag = {"If-Match": made.headers["ETag"]}
    answer = await http.patch(one, json=changes, headers={**headers, **tag})
    assert answer.status_code == 200, answer.text
    assert (await http.post(f"{one}/publish", headers=headers)).status_code == 200


async def hand_over(services, held, resource, text):
    async with services.db.transaction(system_actor(held.world.group_id)) as tx:
        assert await index_text(tx, resource, 1, text)


async def test_a_visitor_is_asked_to_sign_in_and_a_stranger_finds_nothing(http, world, held):
    answers = [await http.get(PATH), await http.get(f"{PATH}/suggestions?q=x")]
    assert [answer.status_code for answer in answers] == [401, 401]
    await held.publish(["分数的意义"])
    await world.group("other")
    stranger = await world.person(await world.school("外校"), "librarian")
    found = await ask(http, stranger, q="分数", facets=True)
    assert (found["items"], found["total"], found["counts"]) == ([], 0, "exact")
    assert not any(facet["values"] for facet in found["facets"])
    assert (await ask(http, stranger, f"{PATH}/suggestions", q="分"))["items"] == []


async def publish_words(http, held):
    made = await held.publish(["课件一则", "小数与分数的比较", "分数", "分数的意义"])
    for one, keywords, summary in zip(
        made, (["圆周率"], ["比较"], [], ["单位"]), ("讲分数", "", "", ""), strict=True
    ):
        await said(
            http, held, one, keywords=keywords, summary=summary, stage="primary", subject="数学",
            licence="cc_by", chapter=[],
        )  # fmt: skip
    return made


async def test_titles_come_above_the_rest_and_the_closest_first(http, held):
    await publish_words(http, held)
    reader = held.reader
    ranked = ["分数", "分数的意义", "小数与分数的比较", "课件一则"]
    assert await titles(http, reader, q="分数") == ranked
    assert await titles(http, reader, q="分数", sort="newest") == [
        "分数的意义", "分数", "小数与分数的比较", "课件一则",
    ]  # fmt: skip
    assert await titles(http, reader, q='"分数的意义"') == ["分数的意义"]
    assert await titles(http, reader, q="数分") == []
    assert await titles(http, reader, q="ｃｏｕｒｓｅ＊ 圆周率") == ["课件一则"]
    assert await titles(http, reader, q="courseware 圆周") == ["课件一则"]
    assert await titles(http, reader, q="cours 圆周") == []
    assert await titles(http, reader, q="！？") == []
    assert await titles(http, reader, keyword="圆周率") == ["课件一则"]


async def test_marks_show_where_it_was_found(http, held):
    await publish_words(http, held)
    first, *_, last = (await ask(http, held.reader, q="分数"))["items"]
    assert first["highlights"] == [{"of": "title", "text": "分数", "marks": [[0, 2]]}]
    assert last["highlights"] == [{"of": "summary", "text": "讲分数", "marks": [[1, 3]]}]


async def test_pages_of_every_order_are_the_whole_list_once(http, sql, held, monkeypatch):
    made = await held.publish([f"分数练习{n}" for n in range(11)])
    await sql.execute("UPDATE search_entry SET loans = 3 WHERE resource_id = ANY ($1)", made[2:5])
    for most in (service.CANDIDATES_MAX, 4):
        monkeypatch.setattr(service, "CANDIDATES_MAX", most)
        for params in ({}, {"q": "分数"}, {"subject": "数学"}):
            for sort in ("relevance", "newest", "most_borrowed"):
                cursor: dict[str, str] = {}
                seen: list[str] = []
                while True:
                    page = await ask(http, held.reader, **params, sort=sort, limit=3, **cursor)
                    seen += [item["id"] for item in page["items"]]
                    if page["next_cursor"] is None:
                        break
                    cursor = {"cursor": page["next_cursor"]}
                whole = [str(id_) for id_ in reversed(made)]
                if sort == "most_borrowed":
                    used = whole[6:9]
                    whole = used + [id_ for id_ in whole if id_ not in used]
                if sort == "relevance" and params.get("q"):
                    # it ends with what is looked at; the order among equals is not promised
                    assert len(seen) == len(set(seen)) == min(most, 11)
                else:
                    assert seen == whole, (params, sort, most)
    # a cursor is good for its own order
    page = await ask(http, held.reader, limit=3)
    stolen = {"cursor": page["next_cursor"], "sort": "most_borrowed"}
    answer = await http.get(PATH, params=stolen, headers=held.reader.headers)
    assert answer.json()["code"] == "bad_cursor"


async def test_what_is_more_than_is_looked_at_is_said_to_be_at_least(http, held, monkeypatch):
    await held.publish([f"分数练习{n}" for n in range(5)])
    found = await ask(http, held.reader, q="分数", facets=True)
    assert (found["total"], found["counts"]) == (5, "exact")
    assert counts(found, "kind") == {"courseware": 5}
    monkeypatch.setattr(service, "CANDIDATES_MAX", 3)
    found = await ask(http, held.reader, q="分数", facets=True)
    assert (found["total"], found["counts"]) == (3, "at_least")
    everything = await ask(http, held.reader, facets=True)
    assert (everything["total"], everything["counts"]) == (5, "exact")


async def test_filters_are_what_the_facets_count(http, world, held):
    await held.publish(["分数课件", "小数课件"])
    await held.publish(["细胞"], kind="video", subject="生物", stage="junior")
    other = await world.school("第三小学")
    await holdings.Holdings(
        world, other, await world.person(other, "librarian"), held.reader
    ).publish(["分数教案"], kind="lesson_plan")
    found = await ask(http, held.reader, facets=True)
    assert found["total"] == 4
    for facet in found["facets"]:
        for value in facet["values"]:
            narrowed = await ask(http, held.reader, **{facet["name"]: value["value"]}, facets=True)
            assert len(narrowed["items"]) == narrowed["total"] == value["count"], (facet, value)
    school = next(f for f in found["facets"] if f["name"] == "school_id")
    assert {v["label"]: v["count"] for v in school["values"]} == {"第一小学": 3, "第三小学": 1}
    both = await ask(http, held.reader, q="分数", kind="lesson_plan", school_id=other.id)
    assert [item["title"] for item in both["items"]] == ["分数教案"]
    assert await titles(http, held.reader, owner="mine") == []
    assert await titles(http, held.reader, node=NOWHERE) == []
    assert await titles(http, held.reader, can="borrow") == []


async def test_the_text_of_files_is_found_and_quoted_only_to_those_who_may_open_them(
    http, services, held
):
    resource, *_ = await held.publish(["教学设计"])
    page = "前言" + "空话" * 300 + "本节讨论齐民要术中的农学思想" + "尾声" * 300
    await hand_over(services, held, resource, page)
    for person in (held.librarian, held.reader):
        found = await ask(http, person, q="齐民要术", facets=True)
        assert [item["id"] for item in found["items"]] == [str(resource)]
        assert found["total"] == 1
        # words of the title and of the text together; never across what is not together
        assert await titles(http, person, q="教学 农学思想") == ["教学设计"]
        assert await titles(http, person, q="农学要术") == []
        assert await titles(http, person, q="齐民要术", subject="语文") == []
        assert await titles(http, person, q="齐民要术", sort="newest") == ["教学设计"]
        quoted = found["items"][0]["highlights"]
        if person is held.librarian:
            (mark,) = quoted
            assert mark["of"] == "text"
            assert [mark["text"][a:b] for a, b in mark["marks"]] == ["齐民要术"]
            assert len(mark["text"]) <= 160
        else:
            assert quoted == []
    # what a later revision does not say any more is not found any more
    await said(http, held, resource, title="新的教学设计", licence="cc_by")
    assert await titles(http, held.librarian, q="齐民要术") == []


async def test_a_text_of_a_draft_and_of_a_withdrawn_resource_is_found_by_nobody_else(
    http, services, sql, held
):
    resource, *_ = await held.publish(["教学设计"])
    await hand_over(services, held, resource, "齐民要术")
    await held.withdraw(http, resource)
    assert await titles(http, held.reader, q="齐民要术") == []
    assert await titles(http, held.reader, q="齐民要术", status="withdrawn") == []
    assert await titles(http, held.librarian, q="齐民要术", status="withdrawn") == ["教学设计"]


async def test_most_borrowed_is_counted_from_the_loans(http, services, sql, held):
    made = await held.publish(["甲课", "乙课"])
    await sql.execute("SET session_replication_role = replica")
    for number, one in enumerate((made[0], made[0], made[1])):
        await sql.execute(
            """INSERT INTO loan (group_id, id, offer_id, resource_id, revision_no, title,
                 owner_school_id, borrower_school_id, borrower_person_id, status, starts_at,
                 ends_at, guaranteed_until_at, terms, closed_at)
               VALUES ($1, gen_random_uuid(), gen_random_uuid(), $2, 1, 'x', $3, $4, $5,
                 'returned', now(), now() + interval '1 day', now(), '{}', now())""",
            held.world.group_id, one, held.school.id, held.reader.school_id, held.reader.id,
        )  # fmt: skip
        assert number < 3
    await sql.execute("SET session_replication_role = origin")
    (report,) = await tidying.tidy(services.db)
    assert report.counted_loans == 2
    assert await titles(http, held.reader, sort="most_borrowed") == ["甲课", "乙课"]
    (again,) = await tidying.tidy(services.db)
    assert (again.counted_loans, again.added_up_figures) == (0, 0)


async def test_suggestions_are_what_one_may_find(http, held):
    await publish_words(http, held)
    await held.publish(["分数的秘密"], offered=False)
    path = f"{PATH}/suggestions"
    found = (await ask(http, held.reader, path, q="分"))["items"]
    assert {"kind": "title", "text": "分数的意义", "node_id": None} in found
    assert found[-1]["text"] == "小数与分数的比较"
    assert not any("秘密" in one["text"] for one in found)
    ours = (await ask(http, held.librarian, path, q="分"))["items"]
    assert any("秘密" in one["text"] for one in ours)
    assert (await ask(http, held.reader, path, q="圆周"))["items"] == [
        {"kind": "keyword", "text": "圆周率", "node_id": None}
    ]
    office = await held.world.person(None, "group_admin")
    made = await http.post(
        "/v1/curriculum/import?name=x",
        content=TREE.encode(),
        headers={**office.headers, "Content-Type": "text/csv"},
    )
    assert made.status_code == 200, made.text
    found = (await ask(http, held.reader, path, q="分"))["items"]
    assert [one["text"].split(" > ")[-1] for one in found if one["kind"] == "node"] == [
        "分式", "分组",
    ]  # fmt: skip


async def test_two_who_offer_the_same_resource_at_once_are_both_seen(http, world, services, held):
    """The entry is locked before anything is looked at, so the later one sees the earlier."""
    resource, *_ = await held.publish(["分数"], offered=False)
    schools = [await world.school(f"第{n}中学") for n in range(4)]
    readers = [await world.person(school, "teacher") for school in schools]

    async def offer(school):
        body = {
            "audiences": [
                {"kind": "school", "school_id": str(school.id), "discover": True, "borrow": True}
            ],
            "loan_days": 14,
        }
        return await http.post(
            f"{PATH}/{resource}/offers", json=body, headers=held.librarian.headers
        )

    answers = await asyncio.gather(*(offer(school) for school in schools))
    assert [answer.status_code for answer in answers] == [201] * 4, answers[0].text
    for reader in readers:
        assert await titles(http, reader, q="分数") == ["分数"]
        assert await titles(http, reader, q="分数", can="borrow") == ["分数"]


async def test_lessons_are_found_by_how_long_they_last(http, sql, held):
    made = await held.publish(["一", "二", "三", "四"])
    for one, minutes in zip(made, (8, 45, 90, 10_000), strict=True):
        await sql.execute("UPDATE resource SET duration_minutes = $2 WHERE id = $1", one, minutes)
    spans = {(1, 8): "一", (9, 44): "", (8, 90): "一二三", (45, 45): "二", (91, None): "四",
             (None, 89): "一二", (46, 45): ""}  # fmt: skip
    for (begin, end), expected in spans.items():
        asked = {"minutes_from": begin, "minutes_to": end}
        found = await titles(http, held.reader, **{k: v for k, v in asked.items() if v})
        assert "".join(sorted(found, key="一二三四".index)) == expected, (begin, end)
    answer = await http.get(f"{PATH}?minutes_from=0", headers=held.reader.headers)
    assert answer.status_code == 422


@given(begin=st.integers(1, 10_000), end=st.integers(1, 10_000), minutes=st.integers(1, 10_000))
def test_a_span_of_minutes_is_made_of_few_pieces_that_hold_it_and_no_more(begin, end, minutes):
    pieces = rules._spans(begin, end)
    assert len(pieces) < 70
    assert any(minutes // size == no for size, no in pieces) == (begin <= minutes <= end)


async def test_traditional_and_simplified_characters_are_one(http, held):
    await held.publish(["分數的意義", "三角形的面积"], summary="课")
    for asked in ("分数的意义", "分數的意義", "數", "数"):
        assert await titles(http, held.reader, q=asked) == ["分數的意義"]
    assert await titles(http, held.reader, q="面積") == ["三角形的面积"]
    (found,) = (await ask(http, held.reader, q="分数"))["items"]
    assert found["highlights"][0]["text"] == "分數的意義"
    assert found["highlights"][0]["marks"] == [[0, 2]]


async def test_a_thumbnail_is_named_where_there_is_one_its_owner_shows(http, sql, held):
    (one,) = await held.publish(["有图"])
    assert [i["thumbnail"] for i in (await ask(http, held.reader))["items"]] == [None]
    blob = await sql.fetchrow("SELECT * FROM revision_file WHERE resource_id = $1", one)
    owner = await sql.fetchval("SELECT school_id FROM resource WHERE id = $1", one)
    for statement in (
        """INSERT INTO rendering (group_id, school_id, blob_id, status, form, page_count, made_at)
           VALUES ($1, $2, $3, 'ready', 'pages', 1, now())
           ON CONFLICT (group_id, school_id, blob_id)
           DO UPDATE SET status = 'ready', form = 'pages', page_count = 1, made_at = now()""",
        """INSERT INTO preview_page (group_id, school_id, blob_id, no, object_key, media_type,
               width_px, height_px, size_bytes)
           VALUES ($1, $2, $3, 0, 'small', 'image/webp', 10, 10, 10)""",
    ):
        await sql.execute(statement, blob["group_id"], owner, blob["blob_id"])
    small = f"{PATH}/{one}/previews/0"
    assert [i["thumbnail"] for i in (await ask(http, held.reader))["items"]] == [small]
    await sql.execute("UPDATE resource SET preview_pages_max = 0")
    assert [i["thumbnail"] for i in (await ask(http, held.reader))["items"]] == [None]
