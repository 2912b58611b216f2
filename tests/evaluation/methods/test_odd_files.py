"""Odd files through the command line: an answer or a typed refusal, never a traceback, never NaN.

(pytest turns every warning of numpy into a failure.)
"""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import xlsxwriter

from schoolgroup.__main__ import main

VALUE_ADDED = ["--school", "学校", "--prior", "前测", "--outcome", "后测"]


def table(schools: int = 7, n: int = 140, prior: str = "", outcome: str = "") -> str:
    """Pupils of some schools; a fixed prior or outcome where one is given."""
    lines = ["学校,前测,后测"]
    lines += [
        f"校{at % schools},{prior or 50 + at % 31},{outcome or 60 + at * 7 % 29}" for at in range(n)
    ]
    return "\n".join(lines)


def workbook(text: str) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out)
    sheet = book.add_worksheet()
    for number, row in enumerate(csv.reader(io.StringIO(text))):
        sheet.write_row(number, 0, [float(c) if c.isdigit() else c for c in row])
    book.close()
    return out.getvalue()


def run(file: Path, content: bytes, options: list[str], capsys) -> tuple[int, str, str]:
    file.write_bytes(content)
    code = main(["evaluate", str(file), *options])
    told = capsys.readouterr()
    return code, told.out, told.err


@pytest.mark.parametrize(
    "content",
    [
        table().encode("gb18030"),
        table().encode("utf-16"),
        table().encode("utf-8-sig"),
        table().replace(",", "\t").encode(),
        table().replace(",", ";").encode(),
        workbook(table()),
    ],
    ids=["gb18030", "utf-16", "marked", "tabs", "semicolons", "xlsx"],
)
def test_a_file_may_come_as_schools_have_it(tmp_path, capsys, content):
    code, out, _ = run(tmp_path / "file", content, VALUE_ADDED, capsys)
    assert code == 0
    plain = run(tmp_path / "plain", table().encode(), VALUE_ADDED, capsys)[1]
    assert out.splitlines()[1:] == plain.splitlines()[1:]  # all but the hash of the bytes


@pytest.mark.parametrize(
    ("content", "options", "reason"),
    [
        (table(schools=2), VALUE_ADDED, "2 schools have 10 pupils"),
        (table(schools=140), VALUE_ADDED, "0 schools have 10 pupils"),
        (table(prior="50"), VALUE_ADDED, "does not vary"),
        (table(outcome="60"), [*VALUE_ADDED, "--slope"], "do not vary within schools"),
        (table(prior="缺考"), VALUE_ADDED, "0 schools"),
        ("学校,前测,后测\n" + "\n".join(f"校{n % 6},{n},{2 * n}" for n in range(90)),
         [*VALUE_ADDED, "--slope"], "follows from the prior"),
        ("a,b\n1,0\n1e300,1", [], "no number that a mark can be"),
        ("a,b\n1,0\n1e-300,1", [], "no number that a mark can be"),
        ("a,b\n1,0\ninf,1", [], "no number that a mark can be"),
        ("a,b\n1,0\n王,1", [], "'王' is no number"),
        ("a,b\n1,\0\n", [], "no number"),
        ("a,b\n" + "1" * 200_000 + ",1", [], "no CSV table"),
        ("a,a\n1,0", [], "repeats a column"),
        ("", [], "no rows"),
        ("PK\x03\x04garbage", [], "not readable as XLSX"),
        ("x,y\n1,2\n999999999,3", ["--form-x", "x", "--form-y", "y"], "more than 20000 scores"),
        ("x,y\n1,2\n2,3", ["--form-x", "x", "--form-y", "y", "--smooth", "-1"], "is 1 or more"),
        ("x,y\n1.5,2\n2,3", ["--form-x", "x", "--form-y", "y"], "not whole"),
        ("a,b\n1,0\n0,1", ["--model", "2pl"], "needs 200"),
        ("a,b\n1,0\n0,1", ["--group", "a", "--focal", "7"], "--focal is one of"),
        ("a,b\n1,0\n0,1", ["--leave-out", "a,b"], "no columns are left"),
    ],
    ids=range(21),
)  # fmt: skip
def test_what_carries_no_figure_is_refused_with_the_reason(
    tmp_path, capsys, content, options, reason
):
    code, out, err = run(tmp_path / "odd.csv", content.encode(), options, capsys)
    assert (code, out) == (1, "")
    assert reason in err


@pytest.mark.parametrize("seed", range(8))
def test_odd_columns_give_finite_figures_or_a_refusal(tmp_path, capsys, seed):
    chance = np.random.default_rng(seed)
    n = int(chance.choice([1, 2, 12, 230]))
    kinds: list[list[object]] = [
        chance.integers(0, 2, n).tolist(),
        (chance.integers(0, 9, n) / 2).tolist(),
        (1e11 + chance.integers(0, 3, n)).tolist(),
        (-chance.integers(0, 5, n)).tolist(),
        [1] * n,
        [""] * n,
        [mark if chance.random() < 0.6 else "缺考" for mark in chance.integers(0, 2, n).tolist()],
        ["１" if up else "０" for up in chance.random(n) < 0.5],
    ]
    picked = [kinds[at] for at in chance.integers(0, len(kinds), 4)]
    rows = zip(*picked, [f"校{at % 6}" for at in range(n)], strict=True)
    out = io.StringIO()
    csv.writer(out).writerows([["甲", "乙", "丙", "丁", "校"], *rows])
    result = tmp_path / "out.json"
    for options in (
        ["--leave-out", "校", "--line", "1"],
        ["--group", "校", "--focal", "校0"],
        ["--leave-out", "校", "--model", "2pl"],
        ["--school", "校", "--prior", "甲", "--outcome", "乙", "--slope"],
        ["--form-x", "甲", "--form-y", "乙", "--how", "linear"],
        ["--form-x", "丙", "--form-y", "丁", "--smooth", "2"],
    ):
        asked = [*options, "--write", str(result)]
        code, _, err = run(tmp_path / "odd.csv", out.getvalue().encode(), asked, capsys)
        assert code == 0 or "schoolgroup: method_refused" in err or "not_usable" in err
        if code == 0:
            # NaN would have been refused by the writer; numbers are numbers or null
            assert json.loads(result.read_bytes())["n"] >= 0


def test_what_an_analyst_writes_out_is_no_formula(tmp_path, capsys):
    content = table().replace("校", "=cmd").replace("学=cmd", "学校")
    out = tmp_path / "rows.csv"
    run(tmp_path / "odd.csv", content.encode(), [*VALUE_ADDED, "--write", str(out)], capsys)
    assert out.read_text("utf-8-sig").splitlines()[1].startswith("'=cmd0,")


def figures(tmp_path: Path, content: str, capsys) -> dict[str, dict[str, float]]:
    out = tmp_path / "out.json"
    assert (
        run(tmp_path / "f.csv", content.encode(), [*VALUE_ADDED, "--write", str(out)], capsys)[0]
        == 0
    )
    found: dict[str, dict[str, float]] = {
        row["school"]: row for row in json.loads(out.read_bytes())["rows"]
    }
    return found


def test_permuted_relabelled_rescaled(tmp_path, capsys):
    head, *lines = table().splitlines()
    first = figures(tmp_path, "\n".join([head, *lines]), capsys)
    assert figures(tmp_path, "\n".join([head, *lines[::-1]]), capsys) == first
    renamed = figures(tmp_path, "\n".join([head, *lines]).replace("校3,", "另一所,"), capsys)
    assert renamed["另一所"]["effect"] == pytest.approx(first["校3"]["effect"], abs=1e-12)
    cells = [line.split(",") for line in lines]
    larger = [f"{school},{int(x) * 10 + 5},{int(y) * 100 - 7}" for school, x, y in cells]
    scaled = figures(tmp_path, "\n".join([head, *larger]), capsys)
    for school, row in first.items():
        assert scaled[school]["effect"] == pytest.approx(100 * row["effect"], abs=1e-6)
        assert scaled[school]["band"] == row["band"]
