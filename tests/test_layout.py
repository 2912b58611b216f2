"""`platform/` shares its name with a stdlib module: these tests keep the two apart."""

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
