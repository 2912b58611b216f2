"""What the command line does; each function answers its exit code.

A module a kind of work: `__main__` imports only the one that is asked for, so that a look at the
settings does not wait for the whole of the platform.
"""


class CommandFailed(Exception):
    """The command could not be carried out; the message says why."""


def say(text: str) -> None:
    """Print one answer of a command."""
    print(text, flush=True)  # noqa: T201 - the command line's own voice
