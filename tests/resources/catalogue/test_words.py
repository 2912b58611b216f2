"""Searching without a dictionary: what PostgreSQL makes of our words."""

import pytest

from schoolgroup.resources.catalogue import words

TITLE = "数学第37课《分数的意义》Unit 5"


async def matches(sql, text, wanted):
    return await sql.fetchval(
        """SELECT d || array_to_tsvector(app.search_characters(d, '~')) @@ $2::text::tsquery
             FROM (SELECT $1::text::tsvector) one (d)""",
        words.document([("A", text)]),
        words.query(wanted),
    )


@pytest.mark.parametrize(
    "wanted",
    ["分数", "意义", "分数的意义", "数学", "课", "分", "第37课", "37", "37课", "unit", "UNIT5",
     "５", "Unit 5", "分数 意义", "意义 分数", "《分数》", "数学第37课", "学第"],
)  # fmt: skip
async def test_what_is_there_is_found(sql, wanted):
    assert await matches(sql, TITLE, wanted)


@pytest.mark.parametrize(
    "wanted", ["小数", "意分", "分数意义", "第3课", "3", "课分", "数数", "！？", "分数 小数"]
)
async def test_what_is_not_there_is_not_found(sql, wanted):
    assert not await matches(sql, TITLE, wanted)


async def test_no_phrase_reaches_from_one_field_into_the_next(sql):
    document = words.document([("A", "长方"), ("D", "形体")])
    assert not await sql.fetchval(
        "SELECT $1::text::tsvector @@ $2::text::tsquery", document, words.query("方形")
    )


@pytest.mark.parametrize(
    "text", ["分" * 4000, "a'b\\c:&|!()<->*", "x" * 5000, "", "𠀀𠀁 ガギ 한국어"]
)
async def test_any_text_can_be_indexed_and_looked_for(sql, text):
    await sql.fetchval("SELECT $1::text::tsvector", words.document([("A", text)] * 8))
    await sql.fetchval("SELECT $1::text::tsquery", words.query(text))
