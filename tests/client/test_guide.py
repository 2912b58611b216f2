"""What docs/client.md says beside its blocks, which tests/guides carries out."""

import re
from pathlib import Path

from schoolgroup.client.commands import BY_STATUS
from tests.client.test_commands import ROOT

GUIDE = (ROOT / "docs" / "client.md").read_text("utf-8")


def test_the_guide_names_every_exit_code():
    for status, code in BY_STATUS.items():
        row = next(line for line in GUIDE.splitlines() if line.startswith(f"| {code} |"))
        assert str(status) in row, row


def test_the_guide_names_nothing_that_is_not_there():
    assert Path(ROOT / "platform/schoolgroup/generator").is_dir()
    assert "make client" in GUIDE
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make ([a-z-]+)`", GUIDE):
        assert f"\n{target}:" in makefile
