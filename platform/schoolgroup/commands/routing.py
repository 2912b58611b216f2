"""Commands that print what the server answers: every route, the API description."""

import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec

from schoolgroup.app import create_app
from schoolgroup.commands import say
from schoolgroup.documentation import describe_routes, written
from schoolgroup.generator import write_client
from schoolgroup.kernel.settings import read_settings

GENERATED = Path(__file__).parent.parent / "client" / "generated"


def routes(*, write: bool) -> int:
    """Print (and write to docs/routes.md) every route and the right it takes."""
    page = describe_routes(create_app(read_settings({}, secret="-" * 32)))
    if write:
        Path("docs").mkdir(exist_ok=True)
        Path("docs/routes.md").write_text(page, "utf-8")
    else:
        sys.stdout.write(page)
    return 0


def openapi() -> int:
    """Print the API description."""
    sys.stdout.buffer.write(_description() + b"\n")
    return 0


def client(*, write: bool) -> int:
    """Write the generated part of the client anew, or say which of its files are not as written."""
    made = as_written(write_client(msgspec.json.decode(_description())))
    stale = [name for name, text in made.items() if not _same(GENERATED / name, text)]
    gone = [
        path for path in GENERATED.rglob("*.py") if str(path.relative_to(GENERATED)) not in made
    ]
    if write:
        for name in stale:
            (GENERATED / name).parent.mkdir(parents=True, exist_ok=True)
            (GENERATED / name).write_text(made[name], "utf-8")
        for path in gone:
            path.unlink()
        return 0
    for name in [*stale, *(str(path.relative_to(GENERATED)) for path in gone)]:
        say(f"{name} is not what the API description says: run `make client`")
    return 1 if stale or gone else 0


def as_written(files: dict[str, str]) -> dict[str, str]:
    """The files as the house's formatter writes them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        for order in (["check", "--fix", "--exit-zero"], ["format"]):
            ruff = [sys.executable, "-m", "ruff", *order, "--silent", "--no-cache"]
            rules = ["--config", str(GENERATED.parents[3] / "pyproject.toml"), folder]
            subprocess.run([*ruff, *rules], check=True)
        paths = sorted(Path(folder).rglob("*.py"))
        return {str(p.relative_to(folder)): p.read_text("utf-8") for p in paths}


def _description() -> bytes:
    return written(create_app(read_settings({}, secret="-" * 32)))


def _same(path: Path, text: str) -> bool:
    return path.exists() and path.read_text("utf-8") == text
