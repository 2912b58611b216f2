"""Commands that only describe: the settings, the policy."""

import sys
from pathlib import Path

from schoolgroup.access.bundle import policies_folder
from schoolgroup.access.compiler import load_policy
from schoolgroup.access.faults import PolicyRefused
from schoolgroup.access.matrix import render_matrix
from schoolgroup.commands import CommandFailed, say
from schoolgroup.kernel.settings import read_settings, shown_settings


def check() -> int:
    """Print the effective settings, secrets hidden."""
    say(shown_settings(read_settings()))
    return 0


def policy(what: str, folder: Path | None, *, write: bool) -> int:
    """Check the policy's files, or print (and write) who may do what."""
    folder = folder or policies_folder()
    try:
        compiled = load_policy(folder)
    except PolicyRefused as refused:
        raise CommandFailed(str(refused)) from refused
    if what == "lint":
        say(f"{compiled.sha256}  no faults")
    elif write:
        (folder / "matrix.md").write_text(render_matrix(compiled), "utf-8")
    else:
        sys.stdout.write(render_matrix(compiled))
    return 0
