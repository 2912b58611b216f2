"""A group of 35 schools with a million resources, written straight into the database.

Titles are the starter curriculum's volumes × topics × kinds, each with six topics in its summary.
What triggers would write row by row is written in bulk by the same SQL functions; `check` compares.
"""

import itertools
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg

from schoolgroup.kernel.ids import new_id
from schoolgroup.resources.catalogue import words
from schoolgroup.resources.catalogue.models import KINDS, STAGES, Stage
from schoolgroup.resources.curriculum.service import STARTER
from tests.people import Person, School, World

SCHOOLS, PARTNERS, TEACHERS, BATCH = 35, 16, 60, 20_000
TEXTS_SHARE = 0.01  # of the resources have the text of a file indexed
TOPICS = [
    "分数的意义",
    "分数的加减法",
    "小数的乘法",
    "长方形的面积",
    "圆的周长",
    "比和比例",
    "一元一次方程",
    "二次函数",
    "勾股定理",
    "全等三角形",
    "平行四边形",
    "概率初步",
    "数据的收集",
    "古诗三首",
    "记叙文阅读",
    "说明文写作",
    "文言文翻译",
    "修辞手法",
    "名著导读",
    "口语交际",
    "光的折射",
    "牛顿第一定律",
    "欧姆定律",
    "浮力",
    "二氧化碳的制取",
    "酸碱中和",
    "化学方程式",
    "元素周期表",
    "细胞的结构",
    "光合作用",
    "生态系统",
    "遗传与变异",
    "辛亥革命",
    "改革开放",
    "丝绸之路",
    "长江与黄河",
    "气候类型",
    "地图的阅读",
    "人口与民族",
    "公民的权利",
    "法治社会",
    "一般过去时",
    "现在完成时",
    "定语从句",
    "阅读理解",
    "线描与色彩",
    "剪纸艺术",
    "合唱训练",
    "节奏练习",
    "篮球运球",
    "立定跳远",
    "机器人编程",
    "算法与流程图",
    "垃圾分类",
    "劳动实践",
    "心理健康",
    "安全教育",
    "红色故事",
    "传统节日",
    "社会主义核心价值观",
]
WIDE, MEDIA = "分数的意义", ("application/pdf", "video/mp4",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation")  # fmt: skip
# (what is offered to whom, share of the resources)
REACHES = (("group", 45), ("integrated", 20), ("partner", 10), ("circle", 10), ("school", 5),
           ("none", 5), ("draft", 5))  # fmt: skip
COPIED = [
    "group_id",
    "id",
    "school_id",
    "author_person_id",
    "status",
    "title",
    "kind",
    "summary",
    "stage",
    "subject",
    "edition",
    "grade",
    "volume",
    "licence",
    "language",
    "keywords",
    "search",
    "titled",
    "published_revision_no",
    "created_at",
    "updated_at",
    "published_at",
    "reach",
    "media",
    "circle_id",
    "named_id",
    "loans",
    "no",
]
STAGED = """
CREATE UNLOGGED TABLE bench_resource (LIKE resource INCLUDING DEFAULTS, titled tsvector,
    reach text, media text, circle_id uuid, named_id uuid, loans int, no bigint)
"""
SPREAD = """
SET session_replication_role = replica;
SET work_mem = '256MB';
SET maintenance_work_mem = '512MB';
SET jit = off;
DROP INDEX search_entry_document;
INSERT INTO resource (group_id, id, school_id, author_person_id, status, title, kind, summary,
    stage, subject, edition, grade, volume, licence, language, keywords, search,
    published_revision_no, created_at, updated_at, published_at)
SELECT group_id, id, school_id, author_person_id, status, title, kind, summary, stage, subject,
       edition, grade, volume, licence, language, keywords, search, published_revision_no,
       created_at, updated_at, published_at FROM bench_resource;
INSERT INTO revision (group_id, resource_id, no, kind, title, summary, stage, subject, edition,
    grade, volume, chapter, licence, language, keywords, created_at, updated_at, published_at)
SELECT group_id, id, 1, kind, title, summary, stage, subject, edition, grade, volume, '{}', licence,
       language, keywords, created_at, updated_at, published_at FROM bench_resource;
INSERT INTO blob (group_id, id, sha256, size_bytes, media_type, state, object_key, created_at)
SELECT group_id, md5(media)::uuid, encode(sha256(media::bytea), 'hex'), 1, media, 'verified', media,
       now() FROM (SELECT DISTINCT group_id, media FROM bench_resource) m;
INSERT INTO revision_file (group_id, resource_id, revision_no, no, file_name, blob_id)
SELECT group_id, id, 1, 1, 'x', md5(media)::uuid FROM bench_resource WHERE status <> 'draft';
INSERT INTO offer (group_id, id, resource_id, school_id, status, loan_days, renewals_max,
                   pickup_hours, guaranteed_days, created_at, updated_at)
SELECT group_id, id, id, school_id, 'open', 14, 1, 48, 0, created_at, created_at
  FROM bench_resource WHERE reach NOT IN ('none', 'draft');
INSERT INTO offer_audience (group_id, offer_id, id, school_id, kind, tier, circle_id,
                            audience_school_id, discover, borrow, adapt)
SELECT group_id, id, id, school_id,
       CASE WHEN reach IN ('integrated', 'partner') THEN 'tier' ELSE reach END,
       CASE WHEN reach IN ('integrated', 'partner') THEN reach END, circle_id, named_id,
       true, true, false
  FROM bench_resource WHERE reach NOT IN ('none', 'draft');
CREATE UNLOGGED TABLE bench_class AS
SELECT DISTINCT ON (school_id, status, kind, reach, circle_id, named_id)
       group_id, id, school_id, status, kind, reach, circle_id, named_id, 0 AS class_id
  FROM bench_resource;
ANALYZE;
SELECT app.index_resources(group_id, array_agg(id)) FROM bench_class GROUP BY group_id;
UPDATE bench_class c SET class_id = e.class_id FROM search_entry e WHERE e.resource_id = c.id;
DELETE FROM search_move;
DELETE FROM search_entry;
INSERT INTO search_value (group_id, facet, value)
SELECT DISTINCT b.group_id, f.facet, f.value
  FROM bench_resource b
 CROSS JOIN LATERAL (VALUES ('kind', kind), ('stage', stage), ('subject', subject),
      ('edition', edition), ('grade', grade), ('volume', volume), ('licence', licence),
      ('language', language), ('school_id', school_id::text), ('media_type', media))
      AS f (facet, value)
 WHERE f.value IS NOT NULL
ON CONFLICT (group_id, facet, value) DO NOTHING;
INSERT INTO search_entry (group_id, no, resource_id, school_id, class_id, loans, title_chars, draft,
                          value_ids, document)
SELECT b.group_id, b.no, b.id, b.school_id, c.class_id, b.loans, length(b.title),
       b.status = 'draft',
       array_remove(ARRAY[v1.id, v2.id, v3.id, v4.id, v5.id, v6.id, v7.id, v8.id, v9.id, v10.id],
                    NULL),
       b.titled || array_to_tsvector(array_remove(ARRAY[
           '=kind=' || b.kind, '=stage=' || b.stage, '=subject=' || b.subject,
           '=edition=' || b.edition, '=grade=' || b.grade, '=volume=' || b.volume,
           '=licence=' || b.licence, '=language=' || b.language, '=school_id=' || b.school_id,
           CASE WHEN b.status <> 'draft' THEN '=media_type=' || b.media END,
           '#' || b.keywords[1]], NULL) || app.search_segments(b.no)
           || app.search_characters(b.search, '~')
           || app.search_characters(ts_filter(b.search, '{a}'), '^~'))
  FROM bench_resource b
  JOIN bench_class c ON (c.school_id, c.status, c.kind, c.reach) = (b.school_id, b.status, b.kind,
       b.reach) AND c.circle_id IS NOT DISTINCT FROM b.circle_id
       AND c.named_id IS NOT DISTINCT FROM b.named_id
  LEFT JOIN search_value v1 ON v1.facet = 'kind' AND v1.value = b.kind
  LEFT JOIN search_value v2 ON v2.facet = 'stage' AND v2.value = b.stage
  LEFT JOIN search_value v3 ON v3.facet = 'subject' AND v3.value = b.subject
  LEFT JOIN search_value v4 ON v4.facet = 'edition' AND v4.value = b.edition
  LEFT JOIN search_value v5 ON v5.facet = 'grade' AND v5.value = b.grade
  LEFT JOIN search_value v6 ON v6.facet = 'volume' AND v6.value = b.volume
  LEFT JOIN search_value v7 ON v7.facet = 'licence' AND v7.value = b.licence
  LEFT JOIN search_value v8 ON v8.facet = 'language' AND v8.value = b.language
  LEFT JOIN search_value v9 ON v9.facet = 'school_id' AND v9.value = b.school_id::text
  LEFT JOIN search_value v10 ON v10.facet = 'media_type' AND v10.value = b.media
       AND b.status <> 'draft'
 ORDER BY b.no;
INSERT INTO search_tally (group_id, family_id, value_id, n)
SELECT e.group_id, c.family_id, v, count(*)
  FROM search_entry e JOIN search_class c ON c.id = e.class_id, unnest(0 || e.value_ids) v
 GROUP BY 1, 2, 3;
INSERT INTO resource_text (group_id, resource_id, revision_no, school_id, body, updated_at)
SELECT group_id, id, 1, school_id, $text, now() FROM bench_resource WHERE no % $every = 0
   AND status <> 'draft';
INSERT INTO search_part (group_id, resource_id, revision_no, part, school_id, said, document)
SELECT t.group_id, t.resource_id, 1, 0, t.school_id, $said::tsvector, e.document || $said::tsvector
       || array_to_tsvector(app.search_characters($said::tsvector, '~'))
  FROM resource_text t JOIN search_entry e USING (group_id, resource_id);
SELECT setval('search_entry_no', (SELECT max(no) FROM search_entry));
CREATE INDEX search_entry_document ON search_entry USING gin (document);
DROP TABLE bench_resource, bench_class;
SET session_replication_role = origin
"""
CHECK = """
SELECT e.document = (SELECT document FROM app.search_document(r, e.no))
       AND e.class_id = (SELECT id FROM app.search_class(r))
       AND e.value_ids @> v.ids AND v.ids @> e.value_ids AS same
  FROM (SELECT * FROM resource TABLESAMPLE SYSTEM (0.01) LIMIT 200) r
  JOIN search_entry e ON e.resource_id = r.id
 CROSS JOIN LATERAL (SELECT array_agg(s.id) AS ids
                       FROM app.search_facets(r) f
                       JOIN search_value s ON s.group_id = r.group_id AND s.facet = f.facet
                                          AND s.value = f.value) v
"""


async def build(sql: asyncpg.Connection, world: World, size: int) -> Person:
    """The group with `size` resources; answers a teacher of a partner school, signed in."""
    chance = random.Random(1)
    await world.group("bench")
    schools = [
        await world.school(f"第{n}学校", tier="partner" if n < PARTNERS else "integrated")
        for n in range(SCHOOLS)
    ]
    reader = await world.person(schools[0], "teacher")
    circles = [new_id() for _ in range(5)]
    for n, circle in enumerate(circles):
        await sql.execute(
            """INSERT INTO circle (group_id, id, name, created_at, updated_at)
               VALUES ($1, $2, $3, now(), now())""", world.group_id, circle, f"圈{n}",
        )  # fmt: skip
        for school in schools[n * 7 : n * 7 + 7]:
            await sql.execute(
                """INSERT INTO circle_member (group_id, circle_id, school_id, joined_at)
                   VALUES ($1, $2, $3, now())""",
                world.group_id, circle, school.id,
            )  # fmt: skip
    await sql.execute(STAGED)
    lines = _lines(chance, world, schools, circles, reader, size)
    while batch := list(itertools.islice(lines, BATCH)):
        await sql.copy_to_table(
            "bench_resource", source=_Bytes("".join(batch).encode()), columns=COPIED,
        )  # fmt: skip
    text = f"{WIDE}与{'、'.join(TOPICS)}。本课的教学目标、教学重点与作业设计。" * 3 + "齐民要术"
    spread = SPREAD.replace("$text", f"'{text}'").replace("$every", str(int(1 / TEXTS_SHARE)))
    said = words.parts(text)[0].replace("'", "''")
    for statement in spread.replace("$said", f"'{said}'").split(";\n"):
        await sql.execute(statement, timeout=3600)
    await sql.execute("VACUUM ANALYZE", timeout=3600)
    if not all(row["same"] for row in await sql.fetch(CHECK)):
        raise AssertionError("the bulk load is not what the triggers write")
    return reader


class _Bytes:
    """One chunk for COPY."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    async def __aiter__(self) -> Any:
        yield self._data


def _volumes() -> list[tuple[str, ...]]:
    """The starter's volumes: stage, subject, edition, grade, volume."""
    codes = {text.zh: code for code, text in STAGES.items()}
    codes["小学"] = Stage.PRIMARY
    found: list[tuple[str, ...]] = []
    for line in STARTER.read_text("utf-8").splitlines()[1:]:
        stage, _, subject, edition, grade, volume = line.split(",")[:6]
        found.append((str(codes[stage]), subject, edition, grade, volume))
    return found


def _lines(
    chance: random.Random, world: World, schools: list[School], circles: list[UUID],
    reader: Person, size: int,
) -> Iterator[str]:  # fmt: skip
    """The rows as COPY reads them."""
    volumes, kinds, licences = _volumes(), list(KINDS), ("group_only", "cc_by", "cc_by_nc")
    authors = {s.id: [new_id() for _ in range(TEACHERS)] for s in schools}
    authors[schools[0].id][0] = reader.id
    names, weights = zip(*REACHES, strict=True)
    now = datetime.now(UTC).isoformat()
    # words are cut once for each text that comes again and again
    cut: dict[str, list[str]] = {}
    for no in range(1, size + 1):
        school, reach = chance.choice(schools), chance.choices(names, weights)[0]
        stage, subject, edition, grade, volume = chance.choice(volumes)
        kind, main = chance.choice(kinds), chance.choice(TOPICS)
        six = chance.sample(TOPICS, 5)
        six.append(WIDE if chance.random() < 0.28 else chance.choice(TOPICS))
        label, lesson = KINDS[kind], f"第{chance.randrange(1, 41)}课"
        title = f"{edition}{subject}{grade}{volume}{lesson}《{main}》{label.zh}"
        search, titled = _document(
            cut, [("A", edition), ("A", subject), ("A", grade), ("A", volume), ("A", lesson),
                  ("A", main), ("A", label.zh), ("B", main), ("C", subject), ("C", edition),
                  ("C", grade), ("C", volume), ("C", label.zh), ("C", label.en),
                  *(("C", topic) for topic in six)],
        )  # fmt: skip
        draft = reach == "draft"
        loans = 0 if draft or chance.random() < 0.7 else min(500, int(chance.paretovariate(1)))
        yield "\t".join((
            str(world.group_id), str(new_id()), str(school.id),
            str(chance.choice(authors[school.id])), "draft" if draft else "published", title, kind,
            "、".join(six), stage, subject, *(at or "\\N" for at in (edition, grade, volume)),
            chance.choice(licences), "zh",
            f"{{{main}}}", search, titled, "\\N" if draft else "1", now, now,
            "\\N" if draft else now, reach, chance.choice(MEDIA),
            str(circles[schools.index(school) // 7]) if reach == "circle" else "\\N",
            str(schools[schools.index(school) - chance.choice((1, 2))].id)
            if reach == "school" else "\\N", str(loans), str(no),
        )) + "\n"  # fmt: skip


def _document(cut: dict[str, list[str]], fields: list[tuple[str, str]]) -> tuple[str, str]:
    """What `words.document` gives, from pieces cut before; and the same with titles marked."""
    places: dict[str, list[str]] = {}
    titles: dict[str, list[int]] = {}
    position = last = 0
    for weight, text in fields:
        if text not in cut:
            cut[text] = [lexeme.text for lexeme in words.lexemes(text)]
        for lexeme in cut[text]:
            position += 1
            last = position
            places.setdefault(lexeme, []).append(f"{position}{weight}")
            if weight == "A":
                titles.setdefault(lexeme, []).append(position)
        position += 1
    search = " ".join(f"'{text}':{','.join(at)}" for text, at in places.items())
    marked = " ".join(
        f"'^{text}':{','.join(f'{last + p}A' for p in at)}" for text, at in titles.items()
    )
    return search, f"{search} {marked}"
