"""What a page tells people to do: its fenced blocks, cut into steps with what each one promises.

The convention, as the guides explain it to their readers:

- a block `sh` is pasted into a shell; a line ``# → …`` says what the lines before it bring about;
- a line ``NAME=value  # yours`` (``# 您的``) carries the reader's own value;
- a block `python` whose first line is ``# name.py`` is saved as that file; without a name it runs
  as it stands, where names in capitals stand for the reader's own.
"""

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

BLOCK = re.compile(r"^```(?P<kind>sh|python)\n(?P<text>.*?)^```$", re.DOTALL | re.MULTILINE)
PROMISE = re.compile(r"^# → (?P<what>.+)$")
OWN = re.compile(r"^(?P<word>export )?(?P<name>[A-Z_]+)=.*\s# (?:yours|您的)$")
FILE = re.compile(r"# (?P<name>[a-z_]+\.py)\n")
REMARK = re.compile(r"(?:^|[ ]{2,})# (?!→).*$", re.MULTILINE)


class Block(NamedTuple):
    """One fenced block of a page."""

    kind: str
    text: str
    line: int


class Step(NamedTuple):
    """Some lines for the shell, and what they are promised to bring about."""

    page: str
    line: int
    text: str
    promises: tuple[str, ...]

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def exit(self) -> int:
        """The exit code that is promised, 0 unless another is."""
        told = next((one for one in self.promises if one.startswith("exit ")), "exit 0")
        return int(told.split()[1])


def blocks_of(page: Path) -> list[Block]:
    """The blocks of a page that are to be executed, in order."""
    text = page.read_text("utf-8")
    return [
        Block(match["kind"], match["text"], text.count("\n", 0, match.start()) + 2)
        for match in BLOCK.finditer(text)
    ]


def meant(page: Path) -> list[tuple[str, str]]:
    """The blocks without remarks: what two languages of one page must have in common."""
    return [(block.kind, REMARK.sub("", block.text)) for block in blocks_of(page)]


def steps_of(page: Path, name: str, own: dict[str, str]) -> list[Step]:
    """The page as steps for one shell; `own` has the reader's values, as words of the shell.

    Raises KeyError for a value that is not given.
    """
    steps = []
    for block in blocks_of(page):
        if block.kind == "python":
            steps.append(Step(name, block.line, program(block.text), ()))
            continue
        lines: list[str] = []
        promises: list[str] = []
        begin = block.line
        for at, line in enumerate(block.text.splitlines(), block.line):
            if promise := PROMISE.match(line):
                promises.append(promise["what"])
                continue
            if promises:
                steps.append(Step(name, begin, "\n".join(lines), tuple(promises)))
                lines, promises, begin = [], [], at
            yours = OWN.match(line)
            if yours:
                line = f"{yours['word'] or ''}{yours['name']}={own[yours['name']]}"
            lines.append(line)
        steps.append(Step(name, begin, "\n".join(lines), tuple(promises)))
    return [step for step in steps if step.text.strip()]


def quoted(value: str) -> str:
    """A word for the shell."""
    return "'" + value.replace("'", "'\\''") + "'"


def program(text: str) -> str:
    """The lines that save a named program, or run an unnamed one."""
    named = FILE.match(text)
    if named:
        return f"cat > {named['name']} <<'END OF THE PROGRAM'\n{text}END OF THE PROGRAM"
    return f"python3 -c {quoted(GIVEN + text)}"


GIVEN = "import os; globals().update({k: v for k, v in os.environ.items() if k.isupper()})\n"


def broken(promise: str, out: str, code: int) -> str | None:
    """Why what came is not what was promised, or None."""
    first, _, rest = promise.partition(" ")
    if first == "exit":
        number, _, text = rest.partition(" ")
        if code != int(number):
            return f"exit code {code}"
        return None if plain(text) in plain(out) else f"not said: {text}"
    if not re.fullmatch(r"\d{3}", first):
        return None if plain(promise) in plain(out) else f"not said: {promise}"
    statuses = re.findall(r"^(\d{3})$", out, re.MULTILINE)
    if not statuses or any(status != first for status in statuses):
        return f"answered {', '.join(statuses) or 'nothing'}"
    if not rest:
        return None
    body = out[out.rindex(f"{first}\n") + 4 :].strip()
    wanted = json.loads(rest) if rest[0] in '{["' else {"code": rest}
    return differs(wanted, json.loads(body or "null"), "answer")


def differs(wanted: Any, told: Any, where: str) -> str | None:
    """Where an answer lacks what was promised: objects may say more, "…" stands for anything,
    and as the last of a list also for all that follows."""
    if wanted == "…":
        return None if told is not None else f"{where} is not there"
    if isinstance(wanted, dict):
        if not isinstance(told, dict):
            return f"{where} is {told!r}"
        found = (differs(one, told.get(key), f"{where}.{key}") for key, one in wanted.items())
        return next((one for one in found if one), None)
    if isinstance(wanted, list):
        more = bool(wanted) and wanted[-1] == "…"  # so many or more
        if not isinstance(told, list) or len(told) < len(wanted):
            return f"{where} is {told!r}"
        if len(told) > len(wanted) and not more:
            return f"{where} has {len(told)}: {told!r}"
        pairs = enumerate(zip(wanted, told, strict=False))
        found = (differs(a, b, f"{where}[{n}]") for n, (a, b) in pairs)
        return next((one for one in found if one), None)
    if type(wanted) is not type(told):
        return f"{where} is {told!r}, not {wanted!r}"
    return None if wanted == told else f"{where} is {told!r}, not {wanted!r}"


def plain(text: str) -> str:
    """Words alone: how tables are drawn and lines broken is nobody's promise."""
    return " ".join(text.split())
