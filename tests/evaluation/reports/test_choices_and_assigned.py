"""Optional items and assigned marks on paper: who did not choose has a gap, and no nought."""

import pytest

from tests.evaluation.papers.test_papers import put_paper
from tests.evaluation.reports.test_reports import (
    EVERYTHING,
    FORMS,
    SENIOR,
    ask,
    read,
    section,
    table,
)
from tests.evaluation.results.test_choices import HEADER, PAPER, SCHOOLS, chance, geometry
from tests.evaluation.sittings import freeze, mock_exam, release, rows, send, set_up, sheet


async def test_a_report_tells_what_counted_and_what_was_assigned(http, world):
    sitting = await set_up(http, world, SCHOOLS, exam=mock_exam(**SENIOR))
    assert (await put_paper(http, sitting, sitting.officer, PAPER)).status_code == 200
    marks = {"甲校": [*geometry(20), ",4,6,6"], "乙校": geometry(20), "丙校": chance(10),
             "丁校": chance(10)}  # fmt: skip
    blocks = [rows(sitting.schools[name].code, some) for name, some in marks.items()]
    assert (await send(http, sitting, sheet(*blocks, header=HEADER))).status_code == 200
    await freeze(http, sitting)
    wish = {"subject": "数学", "scheme": "3+1+2", "boundary": "nearest"}
    made = await http.post(
        f"{sitting.path}/conversions", json=wish, headers=sitting.officer.headers
    )
    assert made.status_code == 201, made.text
    made = (await release(http, sitting, contents=EVERYTHING)).json()
    mine, code = sitting.principals["甲校"], sitting.schools["甲校"].code

    # the third pupil chose 22: 2 of 4 and 3 of 6; of the last, who answered both, the first counts
    async def of(number):
        told = await read(http, mine, made, "pupil", exam_number=f"{code}{number:04d}")
        [result] = table(section(told, "results"))
        items = {row["label"]: row["marks"] for row in table(section(told, "items_of_pupil"))}
        return result, items

    third, items = await of(3)
    assert (third["marks"], items) == (5.0, {"1": 2.0, "22": 3.0, "23": "<no_value>"})
    both, items = await of(21)
    assert (both["marks"], items) == (10.0, {"1": 4.0, "22": 6.0, "23": "<no_value>"})
    # 9 of the 61 have full marks, 9/61 < 15 %: the top level, the highest of them its upper end
    assert both["assigned_marks"] == 100
    listed = await http.get(f"/v1/releases/{made['id']}/pupils", headers=mine.headers)
    assigned = {p["exam_number"]: p["assigned_marks"] for p in listed.json()["items"]}
    of_class = await read(http, mine, made, "class", class_label="901")
    on_paper = table(section(of_class, "pupils"))
    assert {row["exam_number"]: row["assigned_marks"] for row in on_paper} == assigned
    assert third["assigned_marks"] == assigned[f"{code}0003"] < 100

    group = await read(http, sitting.officer, made, "group")
    p = {row["label"]: row["p"] for row in table(section(group, "items"))}
    # over those for whom it counts: 40 in turn 0 … 1 and one full; 4 of 6 by all twenty
    assert p["22"] == pytest.approx((40 * 0.5 + 1) / 41, abs=1e-12)
    assert p["23"] == pytest.approx(4 / 6, abs=1e-12)
    school = await read(http, mine, made, "school")
    own = {row["label"]: row["p"] for row in table(section(school, "items"))}
    assert own["22"] == pytest.approx((20 * 0.5 + 1) / 21, abs=1e-12)
    assert own["23"] == "<no_value>", "nobody here chose it: nothing is hidden"
    for form in FORMS:
        assert (await ask(http, mine, made, "class", form, class_label="901")).status_code == 200
