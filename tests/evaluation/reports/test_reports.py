"""Reports over a release: what each recipient gets, in each form, and nothing the release hides."""

import io
import re
import statistics
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import msgspec
import pytest
from python_calamine import CalamineWorkbook

from tests.evaluation.exams.test_exams import NOWHERE
from tests.evaluation.sittings import (
    again,
    freeze,
    mock_exam,
    release,
    rows,
    send,
    set_up,
    sheet,
)

SENIOR = {"title": "高三联考", "stage": "senior", "grade": 12, "purpose": "mock"}
EVERYTHING = ["figures", "pupil_grades", "pupil_scores", "ranks"]
SIZES = {"甲校": 60, "乙校": 35, "丙校": 45, "丁校": 38, "戊校": 52, "己校": 7}
FORMS = ("json", "xlsx", "html")


def spread(n):
    """Marks of n pupils that rise with one ability, so that every method has something to say."""
    marks = []
    for i in range(n):
        able = i * 7 % n / n
        halves = (
            min(4, int(able * 5 + i % 3 * 0.5)),
            min(6, int(able * 7 + i * 5 % 4 * 0.4)),
            min(10, int(able * 9 + i * 3 % 5 * 0.5)),
        )
        marks.append("," + ",".join(f"{half / 2:g}" for half in halves))
    return marks


def in_classes(block, sizes):
    """The rows of a school, parted into classes of these sizes."""
    labels = [label for label, n in sizes.items() for _ in range(n)]
    parted = [row.split(",") for row in block]
    return [
        ",".join([*cells[:2], label, *cells[3:]])
        for cells, label in zip(parted, labels, strict=True)
    ]


def totals(n):
    return [sum(float(cell) for cell in row.split(",")[1:]) for row in spread(n)]


async def ask(http, person, made, recipient="school", form="json", **more):
    return await http.get(
        f"/v1/releases/{made['id']}/report",
        params={"recipient": recipient, "form": form, **more},
        headers=person.headers,
    )


async def read(http, person, made, recipient, **more):
    answer = await ask(http, person, made, recipient, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def section(report, key):
    [found] = [one for one in report["sections"] if one["key"] == key]
    return found


def table(found):
    """The rows of a section as dicts by column; texts in Chinese, withheld cells as their sign."""
    keys = [column["key"] for column in found["table"]["columns"]]
    return [dict(zip(keys, map(said, row), strict=True)) for row in found["table"]["rows"]]


def said(cell):
    if isinstance(cell, dict):
        return f"<{cell['sign']}>" if "sign" in cell else cell["zh"]
    return cell


async def made_of(http, sitting, sizes=SIZES, classes=None, **wish):
    classes = classes or {}
    blocks = []
    for name, n in sizes.items():
        block = rows(sitting.schools[name].code, spread(n))
        blocks.append(in_classes(block, classes.get(name, {"901": n})))
    sent = await send(http, sitting, sheet(*blocks))
    assert sent.status_code == 200, sent.text
    await freeze(http, sitting)
    answer = await release(http, sitting, **wish)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_visitor_is_asked_to_sign_in(http):
    for path in ("report", "own-part"):
        assert (await http.get(f"/v1/releases/{NOWHERE}/{path}")).status_code == 401


async def test_who_was_not_sent_the_results_finds_no_report(http, world):
    sitting = await set_up(http, world, partners=("紧密校",))
    made = await made_of(http, sitting, {"甲校": 20, "乙校": 20, "丙校": 20, "丁校": 20})
    outside = [sitting.principals["紧密校"]]
    await world.group("other")
    outside.append(await world.person(await world.school("外校"), "principal"))
    outside.append(await world.person(None, "evaluation_officer"))
    for person in outside:
        for recipient, more in (
            ("school", {}), ("teacher", {}), ("group", {}), ("class", {"class_label": "901"}),
            ("pupil", {"exam_number": "S甲校0001"}),
        ):  # fmt: skip
            answer = await ask(http, person, made, recipient, **more)
            assert answer.status_code == 404, (recipient, answer.text)
        export = await http.get(f"/v1/releases/{made['id']}/own-part", headers=person.headers)
        assert export.status_code == 404
    # another school's pupil or class is nothing of mine, all schools by name are not for a school
    mine = sitting.principals["甲校"]
    other = await ask(http, mine, made, "pupil", exam_number="S乙校0001")
    assert other.status_code == 404
    assert (await ask(http, mine, made, "class", class_label="999")).status_code == 404
    refused = await ask(http, mine, made, "group")
    assert (refused.status_code, refused.json()["code"]) == (403, "organiser_only")
    assert (await ask(http, sitting.officer, made, "school")).status_code == 404
    for wrong in (
        {"recipient": "pupil"}, {"recipient": "class"}, {"recipient": "school", "names": "true"},
        {"recipient": "teacher", "wright": "true"}, {"subject": "物理"},
    ):  # fmt: skip
        bad = await ask(http, mine, made, **wrong)
        assert (bad.status_code, bad.json()["code"]) == (422, "report_invalid"), wrong


async def test_each_of_the_five_gets_its_own(http, world, sql):
    sitting = await set_up(http, world, tuple(SIZES), exam=mock_exam(**SENIOR))
    classes = {"甲校": {"901": 20, "902": 18, "903": 22}}
    made = await made_of(http, sitting, classes=classes, contents=EVERYTHING)
    mine, code = sitting.principals["甲校"], sitting.schools["甲校"].code
    marks = totals(60)

    school = await read(http, mine, made, "school")
    own, whole = table(section(school, "overview"))
    assert (own["who"], own["n_present"]) == ("本校", 60)
    assert own["mean"] == pytest.approx(statistics.fmean(marks), abs=1e-12)
    error = statistics.stdev(marks) / 60**0.5
    assert own["mean_high"] - own["mean"] == pytest.approx(2.000995378 * error, abs=1e-9)
    assert whole["n_present"] == sum(SIZES.values())
    bars = section(school, "distribution")["plot"]["bars"]
    assert [bar["n"] for bar in bars] == [
        sum(1 for m in marks if min(int(m), 9) == tenth) for tenth in range(10)
    ]
    beside = table(section(school, "schools"))
    assert beside[0]["school"].startswith("本校")
    assert [row["school"] for row in beside[1:]] == sorted(row["school"] for row in beside[1:])
    hidden = [row for row in beside if row["mean"] == "<suppressed>"]
    assert len(hidden) == 3
    assert all(set(row.values()) == {row["school"], "<suppressed>"} for row in hidden)
    plot = {one["label"]["zh"]: one for one in section(school, "schools")["plot"]["of"]}
    assert all(plot[row["school"]]["value"] is None for row in hidden)
    assert {row["compared"] for row in beside[1:] if row not in hidden} == {"无法区分"}
    for other in set(SIZES) - {"甲校"}:
        assert other not in msgspec.json.encode(school).decode()
    for one in school["sections"]:
        assert one["snapshot_sha256"][0] == made["snapshot_sha256"]
        assert one["code_version"]
        assert one["method"]["zh"]
        assert "rank" not in str(one["table"]["columns"])

    teacher = await read(http, mine, made, "teacher", subject="数学")
    by_class = table(section(teacher, "classes"))
    assert [(row["class"], row["n_present"]) for row in by_class] == [
        ("901", 20), ("902", 18), ("903", 22)
    ]  # fmt: skip
    assert by_class[1]["mean"] == pytest.approx(statistics.fmean(marks[20:38]), abs=1e-12)
    items = table(section(teacher, "items_by_class"))
    second = [float(row.split(",")[2]) for row in spread(60)[20:38]]
    assert items[1]["class_2"] == pytest.approx(statistics.fmean(second) / 3, abs=1e-12)

    of_class = await read(http, mine, made, "class", class_label="902")
    listed = table(section(of_class, "pupils"))
    assert [row["marks"] for row in listed] == marks[20:38]
    everybody = [mark for n in SIZES.values() for mark in totals(n)]
    assert [row["joint_rank"] for row in listed] == [
        1 + sum(other > mark for other in everybody) for mark in marks[20:38]
    ]
    assert "name" not in listed[0]

    number = f"{code}0021"
    pupil = await read(http, mine, made, "pupil", exam_number=number)
    [result] = table(section(pupil, "results"))
    assert (result["marks"], result["school_mean"]) == (marks[20], own["mean"])
    got = [float(cell) for cell in spread(60)[20].split(",")[1:]]
    assert [row["marks"] for row in table(section(pupil, "items_of_pupil"))] == got
    assert f"{code}0022" not in msgspec.json.encode(pupil).decode()

    group = await read(http, sitting.officer, made, "group", wright="true")
    named = {row["school"]: row for row in table(section(group, "schools"))}
    assert set(named) == set(SIZES)
    assert {name for name, row in named.items() if row["mean"] == "<suppressed>"} == {
        "己校", "乙校", "丁校"
    }  # fmt: skip
    assert (named["甲校"]["n"], named["己校"]["n"]) == (60, "<suppressed>")
    assert all(
        bar["n"] == 0 or bar["n"] >= 10 for bar in section(group, "distribution")["plot"]["bars"]
    )
    assert section(group, "wright")["plot"]["items"]
    assert section(group, "items")["plot"]["points"][0]["p"] == pytest.approx(
        statistics.fmean(float(r.split(",")[1]) for n in SIZES.values() for r in spread(n)) / 2
    )

    # names are the school's own, asked for in so many words, and kept in the trail
    await sql.execute(
        """INSERT INTO exam_candidate_name (group_id, candidate_id, school_id, name)
           SELECT group_id, id, school_id, '王小明' FROM exam_candidate WHERE exam_number = $1""",
        number,
    )
    named_class = await read(http, mine, made, "class", class_label="902", names="true")
    assert {row["exam_number"]: row["name"] for row in table(section(named_class, "pupils"))}[
        number
    ] == "王小明"
    teaching = await world.person(sitting.schools["甲校"], "teacher")
    no_names = await ask(http, teaching, made, "class", class_label="902", names="true")
    assert no_names.status_code == 403
    assert (await ask(http, teaching, made, "teacher")).status_code == 200
    trail = await sql.fetch(
        "SELECT act, detail FROM audit_entry WHERE thing = $1 AND outcome = 'done'",
        f"release/{made['id']}",
    )
    assert sum(entry["act"] == "pupil:name" for entry in trail) == 1
    assert sum('"report"' in str(entry["detail"]) for entry in trail) == 8


async def test_the_same_request_gives_the_same_bytes_in_every_form(http, world, clock):
    sitting = await set_up(http, world, tuple(SIZES), exam=mock_exam(**SENIOR))
    made = await made_of(http, sitting, contents=EVERYTHING)
    people = {"school": sitting.principals["甲校"], "group": sitting.officer}
    wishes = [("school", form, lang) for form in FORMS for lang in ("en", "zh")]
    wishes += [("group", "json", "zh"), ("group", "html", "zh")]
    first = {}
    for recipient, form, lang in wishes:
        answer = await ask(http, people[recipient], made, recipient, form, lang=lang)
        assert answer.status_code == 200, answer.text
        assert answer.headers["Content-Language"] == lang
        first[recipient, form, lang] = answer.content
    clock.jump(timedelta(minutes=3))  # nothing in them tells when they were made
    fresh = await again(world, people["school"])
    for form in FORMS:
        repeated = await ask(http, fresh, made, "school", form, lang="zh")
        assert repeated.content == first["school", form, "zh"], form
    asked = await http.get(
        f"/v1/releases/{made['id']}/report",
        params={"form": "xlsx"},
        headers={**fresh.headers, "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.1"},
    )
    assert asked.content == first["school", "xlsx", "zh"]
    assert first["school", "json", "zh"] == first["school", "json", "en"]

    for (recipient, form, lang), content in first.items():
        report = msgspec.json.decode(first[recipient, "json", lang])
        if form == "html":
            check_page(content.decode(), lang, report)
        elif form == "xlsx":
            check_workbook(content, lang, report)


def check_page(page, lang, report):
    """Well-formed, nothing to fetch, no script; every table and text of the report is in it."""
    for fetched in ("http", "src=", "<script", "@import", "<link", "<object", "file:"):
        assert fetched not in page, fetched
    assert set(re.findall(r"url\((.)", page)) <= {"#"}
    assert page.startswith("<!DOCTYPE html>")
    tree = ElementTree.fromstring(page.removeprefix("<!DOCTYPE html>\n"))
    assert tree.attrib["lang"] == lang
    ids = [node.attrib["id"] for node in tree.iter() if "id" in node.attrib]
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'(?:href="|url\()#([^")]+)', page)) <= set(ids)
    text = "".join(tree.itertext())
    for one in report["sections"]:
        assert one["title"][lang] in text
        assert one["method"][lang] in text
        for column in one["table"]["columns"]:
            assert column["label"][lang] in text
    drawn = [node for node in tree.iter("svg")]
    assert len(drawn) == sum(one.get("plot") is not None for one in report["sections"])
    assert all(node.attrib["aria-label"] for node in drawn)
    assert report["snapshot_sha256"] in text
    hidden = [
        cell
        for one in report["sections"]
        for row in one["table"]["rows"]
        for cell in row
        if isinstance(cell, dict) and cell.get("sign") == "suppressed"
    ]
    assert sum(node.attrib.get("class") == "suppressed" for node in tree.iter("td")) == len(hidden)
    assert {"en": "hidden: too few pupils", "zh": "人数过少"}[lang] in text
    words = {"en": ("Overview", "mean"), "zh": ("总体情况", "平均分")}
    assert all(word in text for word in words[lang])


def check_workbook(content, lang, report):
    """Opens, and holds the figures of the JSON unrounded."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert len(book.sheet_names) == len(report["sections"]) + 1
    for number, one in enumerate(report["sections"], start=1):
        grid = book.get_sheet_by_index(number).to_python()
        assert grid[0] == [column["label"][lang] for column in one["table"]["columns"]]
        for row, told in zip(grid[1:], one["table"]["rows"], strict=False):
            for shown, cell in zip(row, told, strict=True):
                if isinstance(cell, dict):
                    signs = {"suppressed": "▨", "no_value": "–", "not_told": "×"}
                    assert shown == (signs[cell["sign"]] if "sign" in cell else cell[lang])
                else:
                    # a workbook holds 16 digits, JSON all 17
                    exact = isinstance(cell, str)
                    assert shown == (cell if exact else pytest.approx(cell, rel=1e-15))


async def test_before_its_hour_there_is_no_report(http, world, clock):
    sitting = await set_up(http, world)
    hour = datetime.now(UTC) + timedelta(days=2)
    sizes = {"甲校": 20, "乙校": 20, "丙校": 20, "丁校": 20}
    made = await made_of(http, sitting, sizes, embargo_until_at=hour.isoformat())
    mine = sitting.principals["甲校"]
    for recipient, more in (("school", {}), ("class", {"class_label": "901"}), ("teacher", {})):
        early = await ask(http, mine, made, recipient, "html", **more)
        assert (early.status_code, early.json()["code"]) == (403, "embargoed")
    export = await http.get(f"/v1/releases/{made['id']}/own-part", headers=mine.headers)
    assert (export.status_code, export.json()["code"]) == (403, "embargoed")
    clock.jump(timedelta(days=2, seconds=10))
    mine = await again(world, mine)
    assert (await ask(http, mine, made, "school", "html")).status_code == 200


async def test_a_release_of_grades_tells_no_marks_anywhere(http, world):
    sitting = await set_up(http, world)
    made = await made_of(
        http, sitting, {"甲校": 24, "乙校": 20, "丙校": 20, "丁校": 20}, contents=["pupil_grades"]
    )
    mine = sitting.principals["甲校"]
    number = f"{sitting.schools['甲校'].code}0003"
    for recipient, more in (
        ("school", {}), ("teacher", {}), ("class", {"class_label": "901"}),
        ("pupil", {"exam_number": number}),
    ):  # fmt: skip
        for form in FORMS:
            answer = await ask(http, mine, made, recipient, form, lang="en", **more)
            assert answer.status_code == 200, answer.text
            if form == "xlsx":
                book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
                grids = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
                text = " ".join(str(cell) for grid in grids for row in grid for cell in row)
            else:
                text = re.sub(r"<svg.*?</svg>|<style.*?</style>", "", answer.text, flags=re.DOTALL)
            told = set(re.findall(r"(?<![\w.:-])\d+\.\d*[1-9](?![\w.])", text))
            assert not told, told  # no half mark, no mean, no share
        keys = {
            column["key"]
            for one in (await read(http, mine, made, recipient, **more))["sections"]
            for column in one["table"]["columns"]
        }
        assert keys <= {"bar", "n", "exam_number", "result", "grade", "subject", "full_marks"}
    assert (await ask(http, sitting.officer, made, "group")).status_code == 404
    exported = await http.get(f"/v1/releases/{made['id']}/own-part", headers=mine.headers)
    assert {row["half_marks"] for one in exported.json()["subjects"] for row in one["rows"]} == {
        None
    }


async def test_small_classes_stay_hidden_with_those_that_would_give_them_away(http, world):
    """Pupils' marks are not released: a class of four is hidden, and two more with it."""
    sitting = await set_up(http, world)
    sizes = {"901": 30, "902": 4, "903": 20, "904": 12, "905": 15}
    schools = {"甲校": 81, "乙校": 30, "丙校": 30, "丁校": 30}
    made = await made_of(http, sitting, schools, classes={"甲校": sizes})
    mine, marks = sitting.principals["甲校"], totals(81)
    report = await read(http, mine, made, "teacher")
    shown = {row["class"]: row["mean"] for row in table(section(report, "classes"))}
    assert {label for label, mean in shown.items() if mean == "<suppressed>"} == {
        "902",
        "904",
        "905",
    }
    assert shown["903"] == pytest.approx(statistics.fmean(marks[34:54]), abs=1e-12)
    for key in ("items_by_class", "knowledge"):
        for row in table(section(report, key)):
            signs = [row[f"class_{n}"] for n in range(1, 6)]
            assert [sign == "<suppressed>" for sign in signs] == [False, True, False, True, True]
    assert {"class_label", "marks"}.isdisjoint(str(section(report, "distribution")["plot"]))
    assert section(report, "distribution")["plot"]["axis"]["zh"] == "等级"
    small = await read(http, mine, made, "class", class_label="902")
    assert table(section(small, "overview"))[0]["mean"] == "<suppressed>"
    page = await ask(http, mine, made, "class", "html", class_label="902", lang="zh")
    assert f"{statistics.fmean(marks[30:34]):.2f}" not in page.text


async def test_value_added_shows_bands_and_intervals_and_no_order(http, world):
    sizes = {"甲校": 60, "乙校": 35, "丙校": 45, "丁校": 38, "戊校": 52, "己校": 40}
    sitting = await set_up(http, world, tuple(sizes), exam=mock_exam(**SENIOR))
    prior = await made_of(http, sitting, sizes, contents=EVERYTHING)
    second = await http.post("/v1/exams", json=mock_exam(**SENIOR), headers=sitting.officer.headers)
    later = type(sitting)(second.json(), sitting.officer, sitting.schools, sitting.principals)
    invited = await http.post(
        f"{later.path}/invite", json={"all": True}, headers=sitting.officer.headers
    )
    assert invited.status_code == 200
    # every second school gains two marks on item 3 where there is room for it
    blocks = []
    for at, (name, n) in enumerate(sizes.items()):
        cells = [row.split(",") for row in spread(n)]
        third = [min(5.0, float(c[3]) + 2 * (at % 2)) for c in cells]
        marks = [f",{c[1]},{c[2]},{m:g}" for c, m in zip(cells, third, strict=True)]
        blocks.append(rows(sitting.schools[name].code, marks))
    assert (await send(http, later, sheet(*blocks))).status_code == 200
    await freeze(http, later)
    made = (await release(http, later, contents=EVERYTHING)).json()
    mine = sitting.principals["乙校"]
    group = await read(http, sitting.officer, made, "group", prior_release_id=prior["id"])
    named = {row["school"]: row for row in table(section(group, "value_added"))}
    assert list(named) == sorted(named)
    assert all(named[name]["low"] > 0 for name in ("乙校", "丁校", "己校"))
    assert all("高于" in named[name]["band"] for name in ("乙校", "丁校", "己校"))
    school = await read(http, mine, made, "school", prior_release_id=prior["id"])
    found = section(school, "value_added")
    assert len(found["snapshot_sha256"]) == 2
    own, *others = table(found)
    assert own["effect"] == named["乙校"]["effect"]
    assert [row["school"] for row in others] == sorted(row["school"] for row in others)
    told = sorted(row["effect"] for row in others)
    assert told == sorted(round(named[name]["effect"], 1) for name in sizes if name != "乙校")
    assert {row["coverage"] for row in others} == {"<not_told>"}
    assert not any(other in str(found) for other in sizes)
