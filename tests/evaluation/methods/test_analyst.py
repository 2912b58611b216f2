"""The command line for analysts: the same methods on a plain file."""

import csv
import json
from pathlib import Path

import msgspec
import numpy as np
import pytest

from schoolgroup.__main__ import main
from schoolgroup.evaluation.value_added.sums import six_numbers
from tests.evaluation.methods.lsat import lsat


def write(file: Path, header: list[str], rows: list[list[object]], encoding: str = "utf-8") -> Path:
    with file.open("w", encoding=encoding, newline="") as out:
        csv.writer(out).writerows([header, *rows])
    return file


def items_file(folder: Path) -> Path:
    rows = [[*row, "F" if at % 2 else "M"] for at, row in enumerate(lsat().astype(int).tolist())]
    return write(folder / "items.csv", ["1", "2", "3", "4", "5", "性别"], rows, "gb18030")


def schools_file(folder: Path, schools: int = 8) -> Path:
    chance = np.random.default_rng(2)
    rows: list[list[object]] = []
    for school in range(schools):
        effect = chance.normal(0, 4)
        for _ in range(2 if school == 0 else 25):
            prior = chance.normal(70, 10)
            outcome = 20 + prior + effect + chance.normal(0, 5)
            rows.append([f"校{school}", round(prior, 1), round(outcome, 1)])
    rows.append(["校1", "", 88])
    return write(folder / "schools.csv", ["school", "prior", "outcome"], rows)


def test_items_are_printed(tmp_path, capsys):
    asked = ["evaluate", str(items_file(tmp_path)), "--group", "性别", "--focal", "F", "--model",
             "2pl", "--line", "3"]  # fmt: skip
    assert main(asked) == 0
    shown = capsys.readouterr().out
    assert "item analysis: n = 1000" in shown
    assert "0.2950" in shown  # alpha
    assert "-2466.6534" in shown  # the log-likelihood of the 2PL
    assert "ets" in shown


def test_options_are_scored_by_the_key(tmp_path):
    file = write(
        tmp_path / "answers.csv", ["1", "2"], [["A", "B"], ["A", "C"], ["", "B"], ["D", "C"]]
    )
    out = tmp_path / "out.json"
    assert main(["evaluate", str(file), "--key", "AB", "--write", str(out)]) == 0
    rows = json.loads(out.read_bytes())["rows"]
    assert [row["p"] for row in rows] == [0.5, 0.5]
    assert [row["omit_rate"] for row in rows] == [0.25, 0]


def test_value_added_by_school_and_the_same_bytes_twice(tmp_path):
    asked = ["evaluate", str(schools_file(tmp_path)), "--school", "school", "--prior", "prior",
             "--outcome", "outcome", "--slope", "--write"]  # fmt: skip
    first, second, rows = (tmp_path / name for name in ("a.json", "b.json", "rows.csv"))
    for out in (first, second, rows):
        assert main([*asked, str(out)]) == 0
    assert first.read_bytes() == second.read_bytes()
    report = json.loads(first.read_bytes())
    assert report["parameters"]["criterion"] == "REML"
    assert len(report["file_sha256"]) == 64
    by_school = {row["school"]: row for row in report["rows"]}
    assert by_school["校0"]["band"] == "too_few_pupils"
    assert by_school["校0"]["effect"] is None
    assert by_school["校1"]["coverage"] == pytest.approx(25 / 26)
    with rows.open(encoding="utf-8-sig", newline="") as written:
        assert [row["school"] for row in csv.DictReader(written)] == sorted(by_school)


def test_six_numbers_a_school_give_what_its_rows_give(tmp_path):
    file = schools_file(tmp_path)
    with file.open(encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    sums = six_numbers(
        [row["school"] for row in rows],
        [float(row["prior"] or "nan") for row in rows],
        [float(row["outcome"]) for row in rows],
    )
    sent = write(tmp_path / "sums.csv", ["school", "n", "sum_x", "sum_y", "sum_xx", "sum_xy",
                                         "sum_yy"], [list(msgspec.structs.astuple(one))
                                                     for one in sums])  # fmt: skip
    by_rows, by_sums = tmp_path / "rows.json", tmp_path / "sums.json"
    asked = ["--school", "school", "--prior", "prior", "--outcome", "outcome"]
    assert main(["evaluate", str(file), *asked, "--write", str(by_rows)]) == 0
    assert main(["evaluate", str(sent), "--sums", "--write", str(by_sums)]) == 0
    ours, theirs = (json.loads(each.read_bytes()) for each in (by_rows, by_sums))
    assert theirs["figures"]["tau2"] == pytest.approx(ours["figures"]["tau2"], rel=1e-6)
    for one, other in zip(ours["rows"], theirs["rows"], strict=True):
        assert other["effect"] == (
            None if one["effect"] is None else pytest.approx(one["effect"], abs=1e-6)
        )
    twin = tmp_path / "twin.json"
    assert main(["evaluate", str(file), *asked, "--progress", "--write", str(twin)]) == 0
    by_school = {row["school"]: row for row in json.loads(twin.read_bytes())["rows"]}
    assert by_school["校0"]["progress"] is None  # two pupils
    assert by_school["校1"]["low"] < by_school["校1"]["progress"] < by_school["校1"]["high"]


def test_two_forms_are_equated_from_scores_or_counts(tmp_path):
    scores = write(tmp_path / "scores.csv", ["x", "y"], [[1, 2], [2, 3], [2, 3], [3, 4], ["", 3]])
    out = tmp_path / "out.json"
    asked = ["--form-x", "x", "--form-y", "y", "--how", "mean", "--write", str(out)]
    assert main(["evaluate", str(scores), *asked]) == 0
    assert json.loads(out.read_bytes())["figures"]["intercept"] == pytest.approx(1)
    counts = write(
        tmp_path / "counts.csv", ["score", "x", "y"], [[1, 1, 0], [2, 2, 1], [3, 1, 3], [4, 0, 1]]
    )
    assert main(["evaluate", str(counts), "--scale", "score", *asked]) == 0
    assert json.loads(out.read_bytes())["figures"]["intercept"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("rows", "options", "reason"),
    [
        ([["1", "0"], ["x", "1"]], [], "row 3, column 'a': 'x' is no number"),
        ([["1", "0"], ["1"]], [], "row 3 has 1 cells"),
        ([["1", "0"]], ["--school", "s", "--prior", "a", "--outcome", "b"], "no column 's'"),
        ([["1", "0"]], ["--school", "a"], "needs --school, --outcome and --prior"),
        ([["1", "0"]], ["--key", "ABC"], "3 options for 2 items"),
        ([["1", "0"]], ["--form-x", "a"], "--form-y"),
        ([], [], "no rows"),
    ],
)
def test_what_is_wrong_is_said(tmp_path, capsys, rows, options, reason):
    file = write(tmp_path / "wrong.csv", ["a", "b"], rows)
    assert main(["evaluate", str(file), *options]) == 1
    assert reason in capsys.readouterr().err


def test_full_width_digits_are_numbers(tmp_path, capsys):
    file = write(tmp_path / "wide.csv", ["a", "b"], [["１", "0"], ["0", "１"], ["1", "1"]])
    assert main(["evaluate", str(file)]) == 0
    assert "n = 3" in capsys.readouterr().out


def test_too_few_schools_get_no_figure(tmp_path, capsys):
    file = schools_file(tmp_path, schools=4)
    asked = ["--school", "school", "--prior", "prior", "--outcome", "outcome"]
    assert main(["evaluate", str(file), *asked]) == 1
    assert "5 are needed" in capsys.readouterr().err
    assert main(["evaluate", str(tmp_path / "nowhere.csv")]) == 1


def reference(folder: Path, alpha: float) -> Path:
    ranks = {"scores": [98, 95, 95, 90], "min": [1, 2, 2, 4], "dense": [1, 2, 2, 3],
             "average": [1, 2.5, 2.5, 4], "max": [1, 3, 3, 4]}  # fmt: skip
    krippendorff = {
        "data_raters_by_units": [[1, 2, 3, "NA"], [1, 2, 3, 1]],
        "nominal": alpha, "ordinal": 1, "interval": 1, "ratio": 1,
    }  # fmt: skip
    answers = {"chinese": {"ranks": ranks}, "raters": {"Krippendorff_example": krippendorff}}
    (folder / "reference.json").write_text(json.dumps(answers), encoding="utf-8")
    return folder


def test_a_folder_of_references_is_compared(tmp_path, capsys):
    assert main(["evaluate", "--check", str(reference(tmp_path, 1.0))]) == 0
    assert "20 figures compared, 0 comparisons outside" in capsys.readouterr().out
    assert main(["evaluate", "--check", str(reference(tmp_path, 0.5))]) == 1
    assert "FAIL Krippendorff's alpha" in capsys.readouterr().out


def test_a_folder_without_references_is_refused(tmp_path, capsys):
    assert main(["evaluate", "--check", str(tmp_path)]) == 1
    assert "reference.json" in capsys.readouterr().err
    (tmp_path / "reference.json").write_text("{}", encoding="utf-8")
    assert main(["evaluate", "--check", str(tmp_path)]) == 1  # nothing compared is no agreement
