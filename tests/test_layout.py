"""Where files are (`platform/` shares its name with a stdlib module) and how long they may be."""

import platform
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_platform_is_the_standard_library_module():
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))


def test_the_source_root_is_not_a_package_and_holds_exactly_one():
    assert not (ROOT / "platform" / "__init__.py").exists()
    entries = [p.name for p in (ROOT / "platform").iterdir() if p.name != "__pycache__"]
    assert entries == ["schoolgroup"]


def test_a_process_started_at_the_root_gets_the_standard_library_module():
    code = "import platform; print(platform.system())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == platform.system()


# Longer, each for its reason.
LONGER = {
    "tests/populate.py": "a table: an id and a valid body for every route",
    "tests/management/returns/test_invariants.py": "the laws of one thing, each broken once",
    "tests/resources/catalogue/test_resources.py": "one thing from draft to withdrawal",
    "tests/evaluation/reports/test_reports.py": "every section of a report, over one made exam",
    "tests/directory/test_people.py": "the story of one thing, with its refusals",
    "tests/directory/test_imports.py": "every kind of sheet, with its refusals",
}
LINES_MAX = 400
WRITTEN = "platform/schoolgroup/client/generated/"  # by `make client`


def test_files_written_by_hand_stay_short():
    found = {}
    for folder in ("platform", "tests", "tools", "bench"):
        for path in (ROOT / folder).rglob("*.py"):
            name = str(path.relative_to(ROOT))
            count = path.read_bytes().count(b"\n")
            if count >= LINES_MAX and not name.startswith(WRITTEN):
                found[name] = count
    assert found.keys() <= LONGER.keys(), found
