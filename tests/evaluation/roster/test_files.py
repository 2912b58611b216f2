"""Files of a roster: a sheet back with its problems, and what is printed."""

from schoolgroup.kernel.sheets import read_sheet
from tests.evaluation.roster.test_roster import registering


async def test_a_sheet_of_candidates_comes_back_with_its_problems(http, world, sql):
    sitting = await registering(http, world)
    principal = sitting.principals["甲校"]
    content = "学籍号,班级,姓名,科目\nG001,901,王一,\nG001,,王二,物理".encode("gb18030")
    path = f"{sitting.path}/candidates/annotated"
    back = await http.post(path, content=content, headers=principal.headers)
    assert back.status_code == 200, back.text
    assert '"candidates-checked.csv"' in back.headers["content-disposition"]
    rows = read_sheet(back.content)
    assert [row.cells["姓名"] for row in rows] == ["王一", "王二"]
    assert rows[0].cells["问题/problem"] == ""
    told = rows[1].cells["问题/problem"]
    assert all(part in told for part in ("stands in row 2 already", "class:", "subjects:"))
    assert await sql.fetchval("SELECT count(*) FROM exam_candidate") == 0
    # the file as it came back, mended, is taken
    mended = back.content.decode().replace("G001,,王二,物理", "G002,901,王二,").encode()
    sent = await http.post(f"{sitting.path}/candidates", content=mended, headers=principal.headers)
    assert (sent.status_code, sent.json()["candidates"]) == (200, 2), sent.text
