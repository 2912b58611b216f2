"""The shipped input of the demo: consistent with itself, readable, and true to its sources."""

import csv
import hashlib
import io
import re
import struct
import wave
import zipfile
from collections import Counter
from datetime import date
from fractions import Fraction
from xml.etree import ElementTree

import puremagic
import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from schoolgroup.demo import files, roster
from schoolgroup.demo.roster import Part

STAGES = {"kindergarten", "primary", "junior", "senior"}
SCHOOL_ROLES = {"principal", "school_admin", "librarian", "lead", "teacher"}
OFFICE_ROLES = {"group_admin": 2, "evaluation_officer": 2, "inspector": 8, "auditor": 1}
KINDS = {"lesson_plan", "courseware", "exercise", "other"}
ITEMS = [str(number) for number in range(1, roster.EXAM_ITEMS + 1)]
# difficulty_p of R psych::alpha on ShinyItemAnalysis::HCI, all digits
PUBLISHED_P = {1: 0.698924731182796, 2: 0.752688172043011}
# Right answers per item of the same data set; 455 / 651 is the first figure above.
RIGHT = [
    *(455, 490, 552, 263, 288, 236, 356, 459, 282, 422),
    *(507, 373, 396, 494, 289, 395, 193, 519, 511, 470),
]


def rows_of(content):
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.fixture(scope="module")
def lesson(tmp_path_factory):
    return files.lesson_files(tmp_path_factory.mktemp("lesson") / "made")


@pytest.fixture(scope="module")
def candidates():
    return rows_of(roster.exam_csv())


@pytest.fixture(scope="module")
def present(candidates):
    return [row for row in candidates if row["status"] == "present"]


# ── the roster ──


def test_the_group_has_19_integrated_and_16_partner_schools():
    assert Counter(school.tier for school in roster.schools()) == {"integrated": 19, "partner": 16}


def test_codes_are_unique_and_belong_to_no_region():
    codes = [school.code for school in roster.schools()]
    assert len(set(codes)) == 35
    assert all(re.fullmatch(r"99\d{8}", code) for code in codes)
    assert len({school.name for school in roster.schools()}) == 35


def test_every_school_has_the_graduating_junior_grade_and_lies_in_the_open_sea():
    for school in roster.schools():
        assert "junior" in school.stages
        assert set(school.stages) <= STAGES
        assert school.tier_from_on == date(2024, 9, 1)
        assert school.address.startswith("演示市")
        assert 124.0 < school.lng < 124.6
        assert 29.0 < school.lat < 29.6


def test_every_school_has_its_people():
    people = roster.staff()
    for school in roster.schools():
        roles = Counter(row.role for row in people if row.school_code == school.code)
        assert set(roles) == SCHOOL_ROLES
        assert roles["principal"] == roles["school_admin"] == roles["librarian"] == 1
        assert roles["teacher"] + roles["lead"] >= 2
        assert 4 <= roles.total() <= 6
    assert [row.school_code for row in roster.principals()] == [s.code for s in roster.schools()]


def test_the_office_has_its_people_and_nobody_else_is_without_a_school():
    office = [row for row in roster.staff() if row.school_code == roster.OFFICE]
    assert Counter(row.role for row in office) == OFFICE_ROLES
    known = {school.code for school in roster.schools()} | {roster.OFFICE}
    assert {row.school_code for row in roster.staff()} == known


def test_people_are_told_apart_and_their_appointments_run_on():
    everyone = [*roster.staff(), *roster.neighbour_staff()]
    assert len({row.username for row in everyone}) == len(everyone) == 214
    assert len({row.name for row in everyone}) == len(everyone)
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", row.username) for row in everyone)
    assert {(row.from_on, row.until_on) for row in everyone} == {(date(2025, 9, 1), None)}


def test_no_file_carries_a_secret_or_an_address_to_write_to():
    for content in (roster.staff_csv(), roster.neighbour_staff_csv()):
        assert content.splitlines()[0] == b"username,name,school_code,role,from_on,until_on"
        assert b"@" not in content


@pytest.mark.parametrize(
    ("plain", "workbook"),
    [(roster.schools_csv, roster.schools_xlsx), (roster.staff_csv, roster.staff_xlsx)],
)
def test_the_workbook_says_the_same_as_the_plain_file(plain, workbook):
    header, *rows = csv.reader(io.StringIO(plain().decode()))
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook())).get_sheet_by_index(0)
    first, *cells = sheet.to_python()
    assert first == header
    assert len(cells) == len(rows)
    for row, seen in zip(rows, cells, strict=True):
        for column, text, cell in zip(header, row, seen, strict=True):
            if column.endswith("_on") and text:
                assert cell == date.fromisoformat(text)
            elif column in {"lng", "lat"}:
                assert cell == float(text)
            else:
                assert cell == text


def test_the_circle_has_six_primary_schools_of_both_tiers():
    by_code = {school.code: school for school in roster.schools()}
    members = [by_code[row["school_code"]] for row in rows_of(roster.circles_csv())]
    assert len({school.code for school in members}) == 6
    assert {school.tier for school in members} == {"integrated", "partner"}
    assert all("primary" in school.stages for school in members)


def test_terms_follow_each_other_and_hold_their_holidays():
    rows = rows_of(roster.terms_csv())
    terms = {row["term"]: row for row in rows if row["row"] == "term"}
    first, second = terms.values()
    assert first["first_on"] < first["last_on"] < second["first_on"] < second["last_on"]
    holidays = [row for row in rows if row["row"] == "holiday"]
    assert len(holidays) == 6
    for row in holidays:
        term = terms[row["term"]]
        assert term["first_on"] <= row["first_on"] <= row["last_on"] <= term["last_on"]


# ── the story ──


def test_the_cast_can_play_the_story_of_five_seats():
    by_code = {school.code: school for school in roster.schools()}
    cast = {part: roster.person(part) for part in Part}
    assert set(roster.DEMO_PEOPLE) == set(Part)
    takers = [Part.BORROWER_1, Part.BORROWER_2, Part.BORROWER_3, Part.BORROWER_4]
    takers += [Part.REFUSED, Part.LAST_SEAT, Part.IN_QUEUE]
    codes = [cast[part].school_code for part in [Part.DEPOSITOR, *takers]]
    assert len(set(codes)) == len(codes)
    assert {cast[part].role for part in [Part.DEPOSITOR, *takers]} == {"teacher"}
    assert all("primary" in by_code[code].stages for code in codes)
    partners = [part for part in takers if by_code[cast[part].school_code].tier == "partner"]
    assert partners == [Part.REFUSED, Part.LAST_SEAT]


def test_the_agreement_covers_the_last_seat_and_not_the_refused_school():
    (agreement,) = rows_of(roster.agreement_csv())
    assert agreement["owner_school_code"] == roster.person(Part.DEPOSITOR).school_code
    assert agreement["grantee_school_code"] == roster.person(Part.LAST_SEAT).school_code
    assert set(agreement["kinds"].split(";")) == KINDS
    assert agreement["from_on"] <= "2025-09-01" < "2035-01-01" < agreement["until_on"]
    circle = {row["school_code"] for row in rows_of(roster.circles_csv())}
    assert roster.person(Part.REFUSED).school_code not in circle


@pytest.mark.parametrize(
    ("part", "role", "beside"),
    [
        (Part.GROUP_ADMIN, "group_admin", None),
        (Part.EVALUATION_OFFICER, "evaluation_officer", None),
        (Part.OWNER_PRINCIPAL, "principal", Part.DEPOSITOR),
        (Part.OWNER_LIBRARIAN, "librarian", Part.DEPOSITOR),
        (Part.GRANTEE_PRINCIPAL, "principal", Part.LAST_SEAT),
        (Part.EXAM_SCHOOL, "principal", None),
        (Part.SMALL_SCHOOL, "principal", None),
        (Part.STRANGER, "teacher", None),
    ],
)
def test_each_part_is_played_by_somebody_with_the_right_role(part, role, beside):
    assert roster.person(part).role == role
    if beside is not None:
        assert roster.person(part).school_code == roster.person(beside).school_code


def test_the_stranger_belongs_to_a_group_of_his_own():
    (school,) = rows_of(roster.neighbour_schools_csv())
    assert roster.person(Part.STRANGER).school_code == school["code"]
    assert school["code"] not in {ours.code for ours in roster.schools()}
    assert {row.school_code for row in roster.neighbour_staff()} == {school["code"], roster.OFFICE}


def test_three_schools_in_five_answer_the_return():
    answering = roster.answering_principals()
    assert Fraction(len({row.school_code for row in answering}), 35) == Fraction(60, 100)


# ── the lesson ──


def test_the_lesson_has_four_files_as_described(lesson):
    assert {file.kind for file in lesson} == KINDS
    assert len({file.filename for file in lesson}) == 4
    for file in lesson:
        content = file.path.read_bytes()
        assert file.size_bytes == len(content)
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        found = puremagic.from_file(str(file.path), mime=True)
        assert found == file.media_type or {found, file.media_type} == {"audio/wave", "audio/wav"}
    assert sum(file.size_bytes for file in lesson[:3]) < 600_000


def test_the_plan_is_a_chinese_pdf_of_three_pages(lesson):
    pages = [page.extract_text() for page in PdfReader(lesson[0].path).pages]
    assert len(pages) == 3
    assert "《分数的意义》教学设计" in pages[0]
    assert "把单位“1”平均分成若干份" in "".join(pages)


def test_the_courseware_is_a_deck_of_seven_slides_with_a_table(lesson):
    with zipfile.ZipFile(lesson[1].path) as archive:
        assert archive.testzip() is None
        names = [n for n in archive.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", n)]
        slides = [ElementTree.fromstring(archive.read(name)) for name in sorted(names)]
    assert len(slides) == 7
    drawing = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
    texts = ["".join(t.text or "" for t in slide.iter(f"{drawing}t")) for slide in slides]
    assert "分数的意义" in texts[0]
    assert all(re.search(r"[\u4e00-\u9fff]{4}", text) for text in texts)
    assert [i for i, slide in enumerate(slides, 1) if next(slide.iter(f"{drawing}tbl"), None)] == [
        5
    ]


def test_the_worksheet_is_a_grey_a4_page_at_150_dpi(lesson):
    content = lesson[2].path.read_bytes()
    assert content.startswith(b"\xff\xd8\xff\xe0")
    assert content.endswith(b"\xff\xd9")
    units, across, down = struct.unpack(">BHH", content[13:18])  # JFIF: 1 is dots per inch
    assert (units, across, down) == (1, 150, 150)
    frame = content.index(b"\xff\xc0")
    height, width, components = struct.unpack(">HHB", content[frame + 5 : frame + 10])
    assert (width, height, components) == (1240, 1754, 1)


def test_the_recording_is_a_valid_wav_that_needs_many_uneven_parts(lesson):
    path = lesson[3].path
    with wave.open(str(path)) as recording:
        assert recording.getframerate() == 44_100
        assert recording.getnchannels() == 2
        assert recording.getnframes() == 240 * 44_100
    content = path.read_bytes()
    assert len(content) == files.RECORDING_BYTES > 40 * 1024 * 1024
    assert struct.unpack("<I", content[4:8])[0] == len(content) - 8
    for part_bytes in (5 * 1024 * 1024, 8 * 1024 * 1024, 5_000_000):
        parts = [content[at : at + part_bytes] for at in range(0, len(content), part_bytes)]
        assert 0 < len(parts[-1]) < part_bytes
        assert len({hashlib.sha256(part).digest() for part in parts}) == len(parts)


def test_the_recording_is_the_same_on_every_machine(lesson):
    assert lesson[3].sha256 == "855e93f09337c531c068be74ae2ee37e98ceea3ee2994f5803b1ea6f3a4ec483"


# ── the exam ──


def test_candidates_belong_to_the_35_schools_and_are_told_apart(candidates):
    codes = [school.code for school in roster.schools()]
    assert list(dict.fromkeys(row["school_code"] for row in candidates)) == codes
    assert len({row["exam_number"] for row in candidates}) == len(candidates) == 666
    assert list(candidates[0]) == ["school_code", "exam_number", "class", "status", *ITEMS]
    for row in candidates:
        assert row["exam_number"].startswith("26" + row["school_code"][-2:])


def test_the_absent_have_no_marks_and_everyone_else_has_all(candidates):
    assert Counter(row["status"] for row in candidates) == {"present": 651, "absent": 15}
    for row in candidates:
        marks = {row[item] for item in ITEMS}
        assert marks == {""} if row["status"] == "absent" else marks <= {"0", "1"}


def test_one_school_alone_is_too_small_to_be_shown(candidates, present):
    sat = Counter(row["school_code"] for row in present)
    small = roster.person(Part.SMALL_SCHOOL).school_code
    assert [code for code, number in sat.items() if number < 10] == [small]
    registered = Counter(row["school_code"] for row in candidates)
    assert sat[small] == registered[small] == 7


def test_the_marks_are_the_published_ones(present):
    """Means and item difficulties of R psych on the source, all digits; the order by its hash."""
    right = [sum(int(row[item]) for row in present) for item in ITEMS]
    assert right == RIGHT
    for item, p in PUBLISHED_P.items():
        assert float(Fraction(right[item - 1], 651)) == pytest.approx(p, abs=1e-15)
    totals = [sum(int(row[item]) for item in ITEMS) for row in present]
    mean = Fraction(sum(totals), len(totals))
    assert mean == Fraction(2650, 217)
    assert float(mean) == pytest.approx(12.2119815668203, abs=1e-13)
    assert (min(totals), sorted(totals)[325], max(totals)) == (3, 12, 20)
    patterns = "\n".join("".join(row[item] for item in ITEMS) for row in present)
    assert (
        hashlib.sha256(patterns.encode()).hexdigest()
        == "bf51bbf7c3b44f838a394b19305038e8b4de8f9bfe865c5c9f6df9e927ec0278"
    )


def test_the_reliability_is_the_published_one(present):
    """KR-20 as psych::alpha gives it for the source, from whole numbers."""
    count = len(present)
    totals = [sum(int(row[item]) for item in ITEMS) for row in present]
    spread = Fraction(sum(t * t for t in totals), count) - Fraction(sum(totals), count) ** 2
    within = sum(Fraction(right, count) * (1 - Fraction(right, count)) for right in RIGHT)
    kr20 = Fraction(20, 19) * (1 - within / spread)
    assert float(kr20) == pytest.approx(0.715453478612218, abs=1e-14)
    assert float(spread) ** 0.5 == pytest.approx(3.63688784763155, abs=1e-13)
