"""Faults of other kinds than a sudden end."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec


class Shown(msgspec.Struct):
    """What a scenario showed."""

    figures: list[tuple[str, str]]
    wrong: list[str]


SCENARIOS: dict[str, Callable[[Path, int], Awaitable[Shown]]] = {}
