"""Log lines: one JSON object a line, holding ids and numbers, never what people wrote.

The standard library's `logging` with one formatter of ours, not `structlog` or
`python-json-logger`: the point is what is left *out*. Of an exception only its type and its frames
are told, since its message may quote a row; of other libraries' lines only the constant text, since
their arguments may be addresses with names or keys in them.
"""

import logging
import sys
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, TextIO

import msgspec

from schoolgroup.kernel.observe import traces

OURS = "schoolgroup"
FRAMES_MAX = 30
CAUSES_MAX = 5
LEVELS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
FACTS = "facts"

# The request or job being worked on, so that every line of it can be found by one id.
request_id_now: ContextVar[str] = ContextVar("request_id_now", default="")


class JsonLines(logging.Formatter):
    """A record as one line of JSON: at, level, logger, message, request_id, and its facts."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its newline."""
        ours = record.name.partition(".")[0] == OURS
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage() if ours else str(record.msg),
        }
        if request_id := request_id_now.get():
            line["request_id"] = request_id
        if trace_id := traces.trace_id_now():
            line["trace_id"] = trace_id
        if ours and (facts := getattr(record, FACTS, None)):
            line.update(facts)
        if record.exc_info and record.exc_info[1] is not None:
            line["errors"] = chain_of(record.exc_info[1])
            line["frames"] = frames_of(record.exc_info[2])
        return msgspec.json.encode(line).decode()


def chain_of(error: BaseException) -> list[str]:
    """The kinds of an exception and of what led to it, without their messages."""
    kinds: list[str] = []
    step: BaseException | None = error
    while step is not None and len(kinds) < CAUSES_MAX:
        kinds.append(f"{type(step).__module__}.{type(step).__qualname__}")
        step = step.__cause__ or step.__context__
    return kinds


def frames_of(trace: TracebackType | None) -> list[str]:
    """Where it happened, the innermost last: module, line, function."""
    frames: list[str] = []
    while trace is not None:
        frame = trace.tb_frame
        module = frame.f_globals.get("__name__", "?")
        frames.append(f"{module}:{trace.tb_lineno} {frame.f_code.co_name}")
        trace = trace.tb_next
    return frames[-FRAMES_MAX:]


def tell(log: logging.Logger, level: int, message: str, /, **facts: object) -> None:
    """One line with facts: ids, numbers, names of routes, kinds and statements."""
    if log.isEnabledFor(level):
        log.log(level, message, extra={FACTS: facts})


def write_log_lines(level: str, stream: TextIO | None = None) -> None:
    """Let every logger of this process write JSON lines to `stream` (standard error).

    `level` bounds our own lines; other libraries are heard from warnings on.
    """
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(LEVELS[level], logging.WARNING))
    logging.getLogger(OURS).setLevel(LEVELS[level])
    logging.captureWarnings(True)
