"""Each trap of the statistics has the test that docs/statistics.md names for it."""

import re
from pathlib import Path

EVALUATION = Path(__file__).parents[1]
NAMED = re.compile(r"^\| (.+?) \| `([\w/]+\.py)::(\w+)` \|$", re.MULTILINE)


def test_every_trap_in_the_guide_has_its_test():
    guide = (EVALUATION.parents[1] / "docs" / "statistics.md").read_text(encoding="utf-8")
    traps = NAMED.findall(guide)
    assert len(traps) == 17
    missing = [
        (trap, name)
        for trap, file, name in traps
        if f"def {name}(" not in (EVALUATION / file).read_text(encoding="utf-8")
    ]
    assert missing == []
