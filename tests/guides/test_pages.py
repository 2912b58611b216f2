"""The pages themselves: two languages agree, what they name is there, promises bite."""

import re
from pathlib import Path

import pytest

from tests.guides.pages import blocks_of, broken, meant, steps_of

ROOT = Path(__file__).parent.parent.parent
GUIDES = ("school", "office", "integrator")
PAIRS = [
    ("README.md", "README.zh-CN.md"),
    *((f"docs/guides/{name}.md", f"docs/guides/{name}.zh-CN.md") for name in GUIDES),
]
PAGES = [page for pair in PAIRS for page in pair]
WORDS_MAX = 1000  # of a guide, beside its blocks; of Chinese, characters by two


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[0].replace("/", "."))
def test_both_languages_have_the_same_blocks_in_the_same_order(pair):
    english, chinese = (meant(ROOT / page) for page in pair)
    assert english == chinese
    assert english


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.replace("/", "."))
def test_links_and_make_targets_are_there(page):
    text = (ROOT / page).read_text("utf-8")
    for link in re.findall(r"\]\(([^):#]+)\)", text):
        assert ((ROOT / page).parent / link).exists(), link
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"(?:^ {4}|`)make ([a-z-]+)", text, re.MULTILINE):
        assert f"\n{target}:" in makefile, target


@pytest.mark.parametrize("name", GUIDES)
def test_guides_are_short_and_reached_from_both_readmes(name):
    for page, readme in (
        (f"docs/guides/{name}.md", "README.md"),
        (f"docs/guides/{name}.zh-CN.md", "README.zh-CN.md"),
    ):
        text = (ROOT / page).read_text("utf-8")
        for block in blocks_of(ROOT / page):
            text = text.replace(block.text, "")
        said = len(re.findall(r"[A-Za-z'-]+", text)) + len(re.findall(r"[\u4e00-\u9fff]", text)) / 2
        assert said < WORDS_MAX
        assert f"({page})" in (ROOT / readme).read_text("utf-8")


@pytest.mark.parametrize(
    ("promise", "out", "code", "kept"),
    [
        ('201 {"id": "…"}', '201\n{"id": 7, "more": 1}\n', 0, True),
        ("200", '201\n{"id": 7}\n', 0, False),
        ("200", "200\n{}\n403\n{}\n", 0, False),
        ('201 {"id": "…"}', "201\n{}\n", 0, False),
        ('200 {"items": ["…"]}', '200\n{"items": [1, 2, 3]}\n', 0, True),
        ('200 {"items": ["…", "…"]}', '200\n{"items": [1]}\n', 0, False),
        ('200 {"items": []}', '200\n{"items": [1]}\n', 0, False),
        ('200 {"a": {"b": false}}', '200\n{"a": {"b": 0}}\n', 0, False),
        ("403 forbidden", '403\n{"code": "not_found"}\n', 0, False),
        ("exit 6 on loan", "You have it  on loan\n", 6, True),
        ("exit 6 on loan", "You have it on loan\n", 5, False),
        ("exit 6 on loan", "no\n", 6, False),
        ("a  table", "a table\n", 0, True),
        ("a table", "a chair\n", 0, False),
    ],
)
def test_a_promise_that_is_not_kept_is_seen(promise, out, code, kept):
    assert (broken(promise, out, code) is None) == kept


def test_a_page_becomes_steps_with_the_readers_values(tmp_path):
    page = tmp_path / "page.md"
    page.write_text(
        "Text\n```sh\nNAME=x  # yours\nfalse  # a remark\n# → exit 1\ntrue\n```\n"
        "```python\n# run.py\nprint(1)\n```\n```json\n{}\n```\n",
        "utf-8",
    )
    first, second, third = steps_of(page, "page.md", {"NAME": "'mine'"})
    assert (first.where, first.text, first.exit) == (
        "page.md:3",
        "NAME='mine'\nfalse  # a remark",
        1,
    )
    assert (second.where, second.text, second.promises) == ("page.md:6", "true", ())
    assert third.text.startswith("cat > run.py <<")
    assert meant(page)[0][1] == "NAME=x\nfalse\n# → exit 1\ntrue\n"
