"""Commands that print what the server answers: every route, the API description."""

import sys
from pathlib import Path

from schoolgroup.app import create_app
from schoolgroup.documentation import describe_routes, written
from schoolgroup.kernel.settings import read_settings


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
    sys.stdout.buffer.write(written(create_app(read_settings({}, secret="-" * 32))) + b"\n")
    return 0
