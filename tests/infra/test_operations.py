"""What the pages tell people to type is what the commands take, and the files they name exist."""

import re
import shlex
from pathlib import Path

import pytest

from schoolgroup.__main__ import build_parser

ROOT = Path(__file__).parent.parent.parent
PAGES = ("README.md", "README.zh-CN.md", "docs/operations.md", "infra/README.md")
ORDER = re.compile(r"(?:^    |`)schoolgroup ([^`#\n]+)|run --rm migrate ([^`#\n]+)", re.MULTILINE)
ORDERS = [
    (page, direct or within)
    for page in PAGES
    for direct, within in ORDER.findall((ROOT / page).read_text("utf-8"))
]


@pytest.mark.parametrize(("page", "order"), ORDERS, ids=lambda value: value.replace("/", "."))
def test_an_order_that_is_written_down_is_one_the_command_line_takes(page, order):
    assert build_parser().parse_args(shlex.split(order.replace("FOLDER", "folder"))).order


def test_there_are_orders_and_the_files_named_beside_them_exist():
    assert len(ORDERS) >= 6
    for page in PAGES:
        for name in re.findall(r"`((?:docs|infra)/[a-z./-]+)`", (ROOT / page).read_text("utf-8")):
            assert (ROOT / name).exists() or name in ("infra/secrets", "infra/.env"), name
