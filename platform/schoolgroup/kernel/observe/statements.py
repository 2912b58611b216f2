"""SQL statements as they run: by name, how long, how many rows; never a value.

A statement's name is that of the constant it is written in, `lending.queries.GET_OFFER`. Markers
in a constant are replaced before it runs (access.decisions), so those are known by their ends.
"""

import logging
import re
import sys
import time
from contextlib import nullcontext
from typing import Any

import asyncpg
import msgspec

from schoolgroup.kernel.observe import metrics, traces
from schoolgroup.kernel.observe.logs import tell

ROOT = "schoolgroup."
CONSTANT = re.compile(r"^[A-Z][A-Z0-9_]*\Z")
STATEMENT = re.compile(r"^\s*(?:--[^\n]*\n\s*)*(SELECT|WITH|INSERT|UPDATE|DELETE|SET)\b")
FIRST_WORD = re.compile(r"^\s*([A-Za-z]{1,20})")
MARKER = re.compile(r"/\*(?:relations|visible):[^*]*\*/")
KNOWN_MAX = 20_000
log = logging.getLogger("schoolgroup.queries")


class _Marked(msgspec.Struct, frozen=True):
    """A statement with markers: the pieces that are left of it whatever they become."""

    pieces: list[str]
    name: str

    def is_in(self, sql: str) -> bool:
        """Whether the text begins and ends so, with every other piece between, in order."""
        if not (sql.startswith(self.pieces[0]) and sql.endswith(self.pieces[-1])):
            return False
        at = len(self.pieces[0])
        for piece in self.pieces[1:-1]:
            at = sql.find(piece, at)
            if at < 0:
                return False
            at += len(piece)
        return at <= len(sql) - len(self.pieces[-1])


class Names:
    """The names of statements, looked up once for each text."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}
        self._whole: dict[str, str] = {}
        self._marked: list[_Marked] = []
        self._modules = 0

    def of(self, sql: str) -> str:
        """The name of a statement: its constant, else its first word."""
        name = self._known.get(sql)
        if name is None:
            name = self._find(sql)
            if len(self._known) < KNOWN_MAX:
                self._known[sql] = name
        return name

    def _find(self, sql: str) -> str:
        if len(sys.modules) != self._modules:
            self._collect()
        if sql in self._whole:
            return self._whole[sql]
        for each in self._marked:
            if each.is_in(sql):
                return each.name
        word = FIRST_WORD.match(sql)
        return f"({word[1].lower()})" if word else "(other)"

    def _collect(self) -> None:
        self._modules = len(sys.modules)
        whole: dict[str, str] = {}
        marked: list[_Marked] = []
        for module_name, module in sorted(sys.modules.items()):
            if not module_name.startswith(ROOT):
                continue
            for name, value in vars(module).items():
                if not (isinstance(value, str) and CONSTANT.match(name) and STATEMENT.match(value)):
                    continue
                called = f"{module_name.removeprefix(ROOT)}.{name}"
                pieces = MARKER.split(value)
                if len(pieces) > 1:
                    marked.append(_Marked(pieces, called))
                else:
                    whole.setdefault(value, called)
        # the longest first: they say most
        marked.sort(key=lambda each: -sum(map(len, each.pieces)))
        self._whole, self._marked = whole, marked


NAMES = Names()


class WatchedConnection(asyncpg.Connection):
    """A connection whose statements are timed, and named where they are slow or traced."""

    slow_s = float("inf")

    async def fetch(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        return await self._watch(query, super().fetch(query, *args, **options))

    async def fetchrow(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        return await self._watch(query, super().fetchrow(query, *args, **options))

    async def fetchval(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        return await self._watch(query, super().fetchval(query, *args, **options))

    async def execute(self, query: str, *args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        return await self._watch(query, super().execute(query, *args, **options))

    async def executemany(self, command: str, args: Any, **options: Any) -> Any:
        """As asyncpg's."""
        return await self._watch(command, super().executemany(command, args, **options))

    async def _watch(self, sql: str, work: Any) -> Any:
        with nullcontext() if traces.tracer is None else traces.statement(NAMES.of(sql)):
            began = time.perf_counter()
            result: Any = None
            try:
                result = await work
            finally:
                took_s = time.perf_counter() - began
                metrics.STATEMENT_SECONDS.observe(took_s)
                if took_s >= self.slow_s:
                    self._tell(sql, took_s, result)
        return result

    def _tell(self, sql: str, took_s: float, result: Any) -> None:
        name = NAMES.of(sql)
        metrics.SLOW_STATEMENTS.labels(name).inc()
        tell(
            log, logging.WARNING, "slow query",
            statement=name, ms=round(took_s * 1000, 1), rows=rows_in(result),
        )  # fmt: skip


def rows_in(result: Any) -> int | None:
    """How many rows came back or were touched; None where the statement did not end."""
    if isinstance(result, list):
        return len(result)
    if isinstance(result, str):  # "UPDATE 3", or a value
        last = result.rpartition(" ")[2]
        return int(last) if last.isdigit() else 1
    return None if result is None else 1


def connections_slow_from(slow_ms: int) -> type[WatchedConnection]:
    """The kind of connection that tells of statements of `slow_ms` or more; 0 tells of none."""
    slow_s = slow_ms / 1000 if slow_ms else float("inf")
    return type("WatchedConnection", (WatchedConnection,), {"slow_s": slow_s})
