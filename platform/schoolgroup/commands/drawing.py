"""The command that draws a published draw again: no server, no database, no network."""

from pathlib import Path

import msgspec

from schoolgroup.commands import CommandFailed, say
from schoolgroup.management.rounds.draws.models import Published
from schoolgroup.management.rounds.draws.rules import faults_of


def draw(file: Path) -> int:
    """Draw a published draw again: 0 where it is what its parts make of it, 1 with the faults."""
    try:
        published = msgspec.json.decode(file.read_bytes(), type=Published)
    except (OSError, msgspec.MsgspecError) as wrong:
        raise CommandFailed(f"{file}: not a revealed draw ({wrong})") from wrong
    passed = f", passed over {', '.join(published.passed_over)}" if published.passed_over else ""
    document = published.document
    say(f"candidates {len(document.candidates)}, to be drawn {document.count}{passed}")
    faults = faults_of(published)
    for fault in faults:
        say(f"WRONG: {fault}")
    if not faults:
        say(f"the same when drawn again: {', '.join(published.drawn)}")
    return 1 if faults else 0
