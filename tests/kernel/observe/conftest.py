"""What the process writes while a test runs, as the lines an operator would keep."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from schoolgroup.kernel.observe.logs import OURS, write_log_lines


class Lines:
    """Everything logged, whole and line by line."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]

    def of(self, message: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["message"] == message]


@contextmanager
def written(level: str) -> Iterator[Lines]:
    root, ours = logging.getLogger(), logging.getLogger(OURS)
    before = (root.handlers[:], root.level, ours.level)
    lines = Lines()
    write_log_lines(level, lines.stream)
    try:
        yield lines
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        ours.setLevel(before[2])
        logging.captureWarnings(False)


@pytest.fixture
def lines() -> Iterator[Lines]:
    """Every line, from debugging on."""
    with written("debug") as made:
        yield made
