"""The stream of events, followed from a place that is kept on disk."""

import os
from pathlib import Path

from schoolgroup.client.generated import events
from schoolgroup.client.kinds import Asked

WAIT_S = 20
PER_PAGE = 100


class Place:
    """Where a reader is in the stream; with a file, it is there again after a restart.

    The file is replaced as a whole, so that a crash leaves the old place or the new one.
    """

    def __init__(self, cursor: str | None = None, file: Path | None = None) -> None:
        self.file = file
        self.cursor = cursor
        if file is not None and file.exists():
            self.cursor = file.read_text("ascii").strip() or cursor

    def keep(self, cursor: str) -> None:
        """Everything before `cursor` is done with."""
        self.cursor = cursor
        if self.file is None:
            return
        fresh = self.file.with_name(self.file.name + ".new")
        with fresh.open("w", encoding="ascii") as out:
            out.write(cursor + "\n")
            out.flush()
            os.fsync(out.fileno())
        os.replace(fresh, self.file)


def next_page(place: Place, types: str | None, wait_s: int) -> Asked[events.Feed]:
    """The call for what comes after a place."""
    return events.list_events(after=place.cursor, types=types, limit=PER_PAGE, wait=wait_s)
