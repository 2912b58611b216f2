"""A release worked out anew, figure by figure: on the server, and by a school by itself."""

import msgspec
import pytest

from schoolgroup.__main__ import main
from schoolgroup.evaluation.reports import offline
from schoolgroup.evaluation.reports.service import verify_release
from tests.evaluation.sittings import mock_exam, released, rows, set_up, sheet, spread

SIZES = {"甲校": 40, "乙校": 30, "丙校": 24, "丁校": 7}
SENIOR = {"stage": "senior", "grade": 12}
MARKS = {"contents": ["figures", "pupil_grades", "pupil_scores", "ranks"]}


async def exported(http, sitting, made, name, folder):
    answer = await http.get(
        f"/v1/releases/{made['id']}/own-part", headers=sitting.principals[name].headers
    )
    assert answer.status_code == 200, answer.text
    file = folder / "release.json"
    file.write_bytes(answer.content)
    return file


async def test_every_figure_comes_out_and_a_byte_changed_in_the_database_is_named(
    http, world, sql, services
):
    sitting = await set_up(http, world, exam=mock_exam(**SENIOR))
    made = await released(http, sitting, SIZES, **MARKS)
    school = sitting.schools["甲校"]

    async def verified():
        found = await verify_release(services.db, world.group_id, made["id"])
        assert found is not None
        return found

    clean = await verified()
    assert offline.exit_code(clean) == 0
    assert {row.equal for row in clean} == {True}
    # 4 parts and the snapshot; what of each school was told to it, to others, and of its pupils
    assert len(clean) > 4 * 40 + 101 * 4
    assert sum(row.figure == "suppressed" for row in clean) == 5
    assert await verify_release(services.db, world.group_id, world.group_id) is None

    await sql.execute("SET session_replication_role = replica")  # past the triggers, too
    for change, told in (
        (
            """UPDATE release_figure SET figures = jsonb_set(figures, '{mean}', '9.9')
                WHERE school_id = $1""",
            ("甲校", "mean"),
        ),
        (
            """UPDATE release_shared_figure
                  SET figures = jsonb_set(figures, '{suppressed}', 'false')
                WHERE figures->>'suppressed' = 'true' AND letter <> '*'
                  AND $1::uuid IS NOT NULL""",
            (" as ", "suppressed"),
        ),
        (
            """UPDATE release_pupils SET grades[3] = 'A', total_half_marks[3] = 20
                WHERE school_id = $1""",
            ("甲校", f"{school.code}0003 total_half_marks"),
        ),
        (
            """UPDATE exam_snapshot_part SET half_marks = set_byte(half_marks, 0, 1)
                WHERE school_id = $1""",
            ("甲校", "part_sha256"),
        ),
    ):
        assert await sql.execute(change, school.id) != "UPDATE 0"
        wrong = [row for row in await verified() if not row.equal]
        assert any(told[0] in row.of and row.figure == told[1] for row in wrong), wrong
        page = offline.shown(wrong, everything=False)
        assert "DIFFERENT" in page
        assert told[1] in page
        assert offline.exit_code(wrong) == 1
    await sql.execute("SET session_replication_role = DEFAULT")


async def test_a_school_works_its_part_out_from_its_own_file(http, world, tmp_path, capsys):
    sitting = await set_up(http, world, exam=mock_exam(**SENIOR))
    made = await released(http, sitting, SIZES, **MARKS)
    file = await exported(http, sitting, made, "丙校", tmp_path)
    assert "甲校" not in file.read_text("utf-8")
    checked, page = offline.verify_files([file], everything=True)
    assert checked == 0
    assert "mean" in page
    assert "DIFFERENT" not in page
    assert "not checkable" in page  # joint ranks need the other schools

    plain = msgspec.json.decode(file.read_bytes())
    plain["subjects"][0]["rows"][4]["half_marks"][2] -= 1
    file.write_bytes(msgspec.json.encode(plain))
    checked, page = offline.verify_files([file], everything=False)
    assert checked == 1
    number = plain["subjects"][0]["rows"][4]["exam_number"]
    for figure in ("part_sha256", " mean ", f"{number} total_half_marks", "items[3].p"):
        assert figure in page
    assert "items[1].p" not in page


async def test_where_no_marks_are_released_the_schools_own_sheet_stands_in(
    http, world, tmp_path, capsys
):
    sitting = await set_up(http, world)
    made = await released(http, sitting, SIZES)
    code = sitting.schools["丙校"].code
    file = await exported(http, sitting, made, "丙校", tmp_path)
    alone, page = offline.verify_files([file], everything=True)
    assert alone == 0
    assert "not checkable" in page
    own = tmp_path / "数学.csv"
    own.write_bytes(sheet(rows(code, spread(24))))
    checked, page = offline.verify_files([file, own], everything=True)
    assert checked == 0, page
    assert "not checkable" not in page.partition("\n\n")[2]
    changed = spread(24)
    changed[0] = ",2,3,4.5"
    own.write_bytes(sheet(rows(code, changed)))
    checked, page = offline.verify_files([file, own], everything=False)
    assert checked == 1
    assert "part_sha256" in page


def test_the_command_line_says_what_it_needs(capsys, tmp_path):
    assert main(["verify"]) == 1
    assert "RELEASE" in capsys.readouterr().err
    other = tmp_path / "x.csv"
    other.write_text("a,b\n1,2\n")
    assert main(["verify", "--export", str(other)]) == 1
    assert "export" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["verify", "no-id"])
