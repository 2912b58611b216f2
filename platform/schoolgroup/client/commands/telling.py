"""What commands say: in English or Chinese by LANG, as tables for people or as JSON."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import msgspec

WIDE = 1000  # characters; a longer cell is wrapped


def language() -> str:
    """`zh-CN` where LC_ALL, LC_MESSAGES or LANG say Chinese, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh-CN" if value.lower().startswith("zh") else "en"
    return "en"


def text(en: str, zh: str) -> str:
    """The sentence in the language of whoever is at the keyboard."""
    return zh if language() == "zh-CN" else en


def complain(said: str) -> None:
    """One line on the error output."""
    print(f"schoolgroup: {said}", file=sys.stderr)  # noqa: T201 - the command's own voice


def say(said: str) -> None:
    """One line of the answer."""
    print(said, flush=True)  # noqa: T201 - the command's own voice


def show(thing: object, *, as_json: bool) -> None:
    """One thing: its fields, or JSON."""
    plain = msgspec.to_builtins(thing)
    if as_json or not isinstance(plain, dict):
        say(msgspec.json.encode(plain).decode())
        return
    width = max((len(name) for name in plain), default=0)
    for name, value in plain.items():
        say(f"{name:{width}}  {_cell(value)}")


def show_all(things: Iterable[object], columns: list[str], *, as_json: bool) -> None:
    """Many things: a table of some columns, or one JSON object a line, as they come.

    A table is as wide as it has to be: an id that was shortened is of no use to the next command.
    """
    if as_json:
        for thing in things:
            say(msgspec.json.encode(thing).decode())
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=None, pad_edge=False)
    for thing in things:
        plain: dict[str, Any] = msgspec.to_builtins(thing)
        table.add_row(*(_cell(plain.get(name)) for name in columns))
    console = Console()
    wide = console.measure(table, options=console.options.update(max_width=WIDE)).maximum
    Console(width=max(wide, 1)).print(table, crop=False, soft_wrap=True)


def _cell(value: object) -> str:
    if isinstance(value, dict) and set(value) == {"en", "zh"}:
        return str(value["zh" if language() == "zh-CN" else "en"])
    if value is None:
        return "-"
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@contextmanager
def bar(name: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on the error output that grows with bytes; none where that is no terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, whole: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn

    with Progress(
        "{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn(),
        console=Console(stderr=True),
    ) as progress:  # fmt: skip
        task = progress.add_task(name)
        yield lambda done, whole: progress.update(task, completed=done, total=whole)
