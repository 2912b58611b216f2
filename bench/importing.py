"""A sheet of 5,000 resources, each with a verified file, as a school brings its catalogue along.

The whole request: session, rights, reading and checking the sheet, every row, its revision, file,
event, audit entry and search entry, in one transaction that is committed to the disk.
"""

import hashlib
import time
from typing import Any, cast

import httpx

from bench import Row
from bench._ground import Ground, ground
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.sheets import write_csv
from tests.people import Person

ROWS = 5_000
# Half of what a proxy waits. A dry run does everything and takes it back: so the same for both.
TAKE_S, SAME_S = 30.0, 15.0
HEADER = ["校本编号", "标题", "类型", "学段", "学科", "版本", "年级", "册次", "许可", "关键词",
          "简介", "文件"]  # fmt: skip
ADD_BLOBS = """
INSERT INTO blob (group_id, id, sha256, size_bytes, media_type, state, object_key, created_at)
SELECT $1, b, s, 10, 'application/pdf', 'verified', s, now()
  FROM unnest($2::uuid[], $3::text[]) x (b, s)
"""
ADD_DEPOSITS = """
INSERT INTO deposit (group_id, id, school_id, person_id, file_name, size_bytes, sha256,
                     media_type_claimed, status, upload_key, part_bytes, blob_id, expires_at,
                     verified_at, created_at, updated_at)
SELECT $1, gen_random_uuid(), $4, $5, '课件.pdf', 10, s, 'application/pdf', 'verified', s, 5242880,
       b, now(), now(), now(), now() FROM unnest($2::uuid[], $3::text[]) x (b, s)
"""


async def measure() -> list[Row]:
    """Looked through, taken and published, and sent a second time."""
    async with ground() as at:
        school = await at.world.school("第一小学")
        librarian = await at.world.person(school, "librarian")
        sheet = write_csv(HEADER, await _rows(at, librarian))
        await at.sql.execute("ANALYZE")
        transport = httpx.ASGITransport(app=cast("Any", at.app))
        rows = []
        async with httpx.AsyncClient(
            transport=transport, base_url="http://bench", timeout=300
        ) as http:
            for what, asked, limit, expected in (
                ("looked through only", {"dry_run": "true", "publish": "true"}, TAKE_S, "created"),
                ("taken and published", {"publish": "true"}, TAKE_S, "published"),
                ("sent once more: nothing changes", {"publish": "true"}, SAME_S, "unchanged"),
            ):
                began = time.perf_counter()
                answer = await http.post(
                    "/v1/resources/import", params=asked, content=sheet,
                    headers={**librarian.headers, "Content-Type": "text/csv"},
                )  # fmt: skip
                took = time.perf_counter() - began
                if answer.status_code != 200 or answer.json()[expected] != ROWS:
                    raise AssertionError(answer.text[:500])
                rows.append(Row(f"{ROWS:,} rows with files, {what}", took, "limit", limit, "s", 1))
        return rows


async def _rows(at: Ground, librarian: Person) -> list[list[str]]:
    """The sheet's rows, and a verified upload of the librarian for each."""
    sha256s = [hashlib.sha256(str(n).encode()).hexdigest() for n in range(ROWS)]
    blobs, group = [new_id() for _ in sha256s], at.world.group_id
    await at.sql.execute(ADD_BLOBS, group, blobs, sha256s)
    await at.sql.execute(ADD_DEPOSITS, group, blobs, sha256s, librarian.school_id, librarian.id)
    subjects, kinds = ("数学", "语文", "英语", "科学"), ("课件", "courseware", "video")
    return [
        [f"A{n}", f"{subjects[n % 4]}第{n}课《分数的意义》", kinds[n % 3], "小学", subjects[n % 4],
         "人教版", "五年级", "下册", "cc_by", "分数；单位", f"第{n}份：用圆形纸片理解分数", sha]
        for n, sha in enumerate(sha256s)
    ]  # fmt: skip
