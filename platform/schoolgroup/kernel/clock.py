"""The clock as a dependency, so that a test can jump it.

The database's transaction instant is the one clock of every decision (`app.now()`); this offset is
signed into each transaction's context and applied to the process's own checks alike.
"""

from datetime import UTC, datetime, timedelta


class Clock:
    """System time, moved by an offset that is zero outside tests."""

    def __init__(self) -> None:
        self.offset = timedelta()

    def now(self) -> datetime:
        """The instant now, in UTC."""
        return datetime.now(UTC) + self.offset

    def jump(self, by: timedelta) -> None:
        """Move every later reading by `by`."""
        self.offset += by
