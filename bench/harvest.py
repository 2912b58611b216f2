"""A harvest of 100,000 records: whether its last pages come as fast as its first."""

import statistics
import time
from typing import Any, cast

import httpx
from lxml import etree

from bench import Row
from bench._ground import Ground, ground
from tests.people import Person

RECORDS = 100_000
PAGES, TURNS = 20, 3  # compared at either end, and how often each
TIMES_MIN = 1 / 1.3
TOKEN = "{http://www.openarchives.org/OAI/2.0/}resumptionToken"
HEADER = "{http://www.openarchives.org/OAI/2.0/}header"

FILL = """
INSERT INTO resource (group_id, id, school_id, author_person_id, status, kind, title, summary,
                      stage, subject, edition, grade, volume, chapter, licence, language, keywords,
                      search, published_revision_no, created_at, updated_at, published_at)
SELECT $1, gen_random_uuid(), $2, $3, 'published', 'courseware', '分数的意义 第' || n || '课',
       '用圆形纸片理解分数', 'primary', (ARRAY['数学', '语文', '英语', '科学'])[1 + n % 4],
       '人教版', '五年级', '下册', '{分数,分数的意义}', 'cc_by', 'zh', '{分数,单位}', '', 1,
       now(), now(), now()
  FROM generate_series(1, $4::int) n
"""
REVISIONS = """
INSERT INTO revision (group_id, resource_id, no, kind, title, summary, stage, subject, edition,
                      grade, volume, chapter, licence, language, keywords, created_at, updated_at,
                      published_at)
SELECT group_id, id, 1, kind, title, summary, stage, subject, edition, grade, volume, chapter,
       licence, language, keywords, now(), now(), now() FROM resource
"""
FILES = """
INSERT INTO revision_file (group_id, resource_id, revision_no, no, file_name, blob_id)
SELECT r.group_id, r.id, 1, 1, '分数.pdf', b.id FROM resource r, blob b
"""
BLOB = """
INSERT INTO blob (group_id, id, sha256, size_bytes, media_type, state, object_key, created_at)
VALUES ($1, gen_random_uuid(), repeat('ab', 32), 12345, 'application/pdf', 'verified', 'k', now())
"""
OFFERS = """
INSERT INTO offer (group_id, id, resource_id, school_id, status, loan_days, renewals_max,
                   pickup_hours, guaranteed_days, created_at, updated_at)
SELECT group_id, gen_random_uuid(), id, school_id, 'open', 14, 1, 48, 0, now(), now() FROM resource
"""
AUDIENCES = """
INSERT INTO offer_audience (group_id, offer_id, id, school_id, kind, discover, borrow, adapt)
SELECT group_id, id, gen_random_uuid(), school_id, 'public', true, false, false FROM offer
"""
# A few changed in every second, as after some months of use.
STAMPS = """
INSERT INTO harvest_stamp (group_id, resource_id, changed_at, ever_public)
SELECT group_id, id, date_trunc('second', now() - (n / 3 + 10) * interval '1 second'), true
  FROM (SELECT group_id, id, row_number() OVER () AS n FROM resource) AS r
"""


async def fill(at: Ground) -> Person:
    """The records, of one school and offered to everyone; someone of another school."""
    school = await at.world.school("第一小学")
    author = await at.world.person(school, "teacher")
    reader = await at.world.person(await at.world.school("第二小学", tier="partner"), "teacher")
    await at.sql.execute("SET session_replication_role = replica")  # stamps are written by hand
    await at.sql.execute(FILL, at.world.group_id, school.id, author.id, RECORDS)
    await at.sql.execute(BLOB, at.world.group_id)
    for statement in (REVISIONS, FILES, OFFERS, AUDIENCES, STAMPS):
        await at.sql.execute(statement)
    await at.sql.execute("SET session_replication_role = origin")
    await at.sql.execute("VACUUM ANALYZE")
    return reader


async def ask(
    http: httpx.AsyncClient, asked: dict[str, str], headers: dict[str, str]
) -> tuple[float, int, str | None]:
    """Milliseconds of one page, how many records it has, and the token that goes on."""
    began = time.perf_counter()
    answer = await http.get("/oai", params=asked, headers=headers)
    took = (time.perf_counter() - began) * 1000
    answer.raise_for_status()
    root: Any = etree.fromstring(answer.content)
    token = root.find(f".//{TOKEN}")
    return took, len(root.findall(f".//{HEADER}")), token.text if token is not None else None


async def walk(http: httpx.AsyncClient, verb: str, headers: dict[str, str]) -> list[str]:
    """The tokens of a whole harvest; all records must be in it."""
    tokens = []
    _, found, token = await ask(http, {"verb": verb, "metadataPrefix": "oai_dc"}, headers)
    while token is not None:
        tokens.append(token)
        _, more, token = await ask(http, {"verb": verb, "resumptionToken": token}, headers)
        found += more
    if found != RECORDS:
        raise AssertionError(f"{found} of {RECORDS} records were harvested")
    return tokens


async def measure() -> list[Row]:
    """The last full pages beside the first ones, for a visitor and for a school."""
    async with ground(harvest_requests_per_minute=1_000_000, access_token_s=86_400) as at:
        reader = await fill(at)
        transport = httpx.ASGITransport(app=cast("Any", at.app))
        rows = []
        async with httpx.AsyncClient(
            transport=transport, base_url="http://bench", timeout=60
        ) as http:
            for who, verb, headers in (
                ("a visitor", "ListRecords", {}),
                ("a school", "ListIdentifiers", reader.headers),
            ):
                tokens = await walk(http, verb, headers)
                ends: tuple[list[float], list[float]] = ([], [])
                # turn about, so that whatever else the machine does falls on both alike
                for first, last in zip(tokens[:PAGES], tokens[-PAGES - 1 : -1], strict=True):
                    for token, took in ((first, ends[0]), (last, ends[1])):
                        for _ in range(TURNS):
                            asked = {"verb": verb, "resumptionToken": token}
                            took.append((await ask(http, asked, headers))[0])
                rows.append(
                    Row(
                        f"{verb} for {who}: {PAGES} last pages of {len(tokens) + 1}, p50",
                        statistics.median(ends[1]),
                        f"{PAGES} first pages",
                        statistics.median(ends[0]),
                        "ms",
                        TIMES_MIN,
                    )
                )
        return rows
