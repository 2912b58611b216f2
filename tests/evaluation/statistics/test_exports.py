"""Files of a release: only what the caller may see, logged, and marked on every row."""

import io
import re
import zipfile

import pytest

from schoolgroup.kernel.sheets import read_sheet
from tests.evaluation.exams.test_exams import NOWHERE
from tests.evaluation.sittings import released, set_up

SIZES = {"甲校": 30, "乙校": 24, "丙校": 16, "丁校": 12}
MARK = re.compile(r"(?P<who>.+) · (?P<at>\d{4}-\d\d-\d\d .+) · (?P<export>export/[0-9a-f-]{36})")


@pytest.fixture
async def sitting(http, world):
    made = await set_up(http, world)
    made.exam["release"] = await released(http, made, SIZES)
    return made


async def export(http, sitting, who, **query):
    path = f"/v1/releases/{sitting.exam['release']['id']}/export"
    return await http.get(path, params=query, headers=who.headers)


async def test_every_row_carries_who_took_it_and_the_trail_has_it(http, world, sql, sitting):
    assert (await http.get(f"/v1/releases/{NOWHERE}/export")).status_code == 401
    principal = sitting.principals["甲校"]
    name = await sql.fetchval("SELECT name FROM person WHERE id = $1", principal.id)
    marks = {}
    for form in ("csv", "xlsx"):
        file = await export(http, sitting, principal, content="pupils", format=form)
        assert file.status_code == 200, file.text
        assert f'"pupils.{form}"' in file.headers["content-disposition"]
        found = read_sheet(file.content)
        assert len(found) == 30
        assert {row.cells["准考证号 number"][:-4] for row in found} == {
            sitting.schools["甲校"].code
        }
        [marks[form]] = {row.cells["导出标记/export"] for row in found}
    told = MARK.fullmatch(marks["xlsx"])
    assert told is not None
    assert told["who"] == name
    assert marks["csv"] != marks["xlsx"]
    with zipfile.ZipFile(io.BytesIO(file.content)) as book:  # and where no cell shows it
        assert told["export"] in book.read("docProps/core.xml").decode()
        assert told["export"] in book.read("xl/worksheets/sheet1.xml").decode()
    # whoever finds the file looks the entry up by its mark
    admin = await world.person(sitting.schools["甲校"], "school_admin")
    path = "/v1/audit"
    seen = await http.get(path, params={"thing": told["export"]}, headers=admin.headers)
    [entry] = seen.json()["items"]
    assert entry["actor"] == f"person:{principal.id}"
    assert entry["detail"]["of"] == f"release/{sitting.exam['release']['id']}"
    assert (entry["detail"]["content"], entry["detail"]["rows"]) == ("pupils", 30)
    other = await world.person(sitting.schools["乙校"], "school_admin")
    hidden = await http.get(path, params={"thing": told["export"]}, headers=other.headers)
    assert hidden.json()["items"] == []


async def test_a_file_holds_no_more_than_the_page(http, world, sitting):
    school = await export(http, sitting, sitting.principals["丁校"])
    table = read_sheet(school.content)
    of = [row.cells["学校 of"] for row in table]
    assert sum(name.startswith("本校") for name in of) == 1
    assert not any(name in school.text for name in ("甲校", "乙校", "丙校"))
    office = await export(http, sitting, sitting.officer, format="html")
    assert "甲校" in office.text
    assert "<script" not in office.text
    assert MARK.search(office.text.split("<footer")[1])
    pupils = await export(http, sitting, sitting.officer, content="pupils")
    assert pupils.status_code == 404  # the office has no pupils
    await world.group("other")
    stranger = await world.person(None, "evaluation_officer")
    assert (await export(http, sitting, stranger)).status_code == 404
