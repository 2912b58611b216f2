"""Carries out pages in one real `sh`; the commands of Python run here, which has started once.

`python -m tests.guides.hand` reads {"folder", "steps", "curl"} as JSON from stdin and writes what
came of each step as JSON to stdout. In the shell, `schoolgroup`, `python3` and `curl` are small
programs that pass their words, input, folder and variables to this process. It forks for each: to
start Python a hundred times would cost ten times as much, and says nothing more. With "curl": true
the real curl is used; otherwise `curl.py`, so that a machine without one can run the tests.
"""

import io
import json
import os
import shlex
import signal
import subprocess
import sys
import traceback
from pathlib import Path
from typing import Any

# Each call has a folder of its own, named by its process; the last line waits for its end.
PASSER = """#!/bin/sh
d="$HAND/$$"; mkdir "$d"; mkfifo "$d/end"
printf '%s\\0' "$@" > "$d/words"; export -p > "$d/variables"
case "NAME $*" in curl*@-*|schoolgroup*|python3*) cat;; esac > "$d/input"
echo "NAME $$ $PWD" > "$HAND/ask"
read -r code < "$d/end"
cat "$d/out"; cat "$d/err" >&2; exit "$code"
"""
Came = dict[str, Any]
COMMANDS = ("schoolgroup", "python3", "curl", "make")
# imported once for all that are forked
ONCE = (
    "schoolgroup.client.commands.orders", "schoolgroup.__main__", "tests.guides.curl",
    "rich.console", "rich.table", "rich.progress",
)  # fmt: skip
END = "\x1e"
WHOLE_S = 120
PASSWORD = "seven quiet rivers"


def main() -> None:
    """Do what stdin asks for."""
    asked = json.load(sys.stdin)
    folder = Path(asked["folder"])
    os.setpgrp()
    print(json.dumps(carry_out(folder, asked["steps"], real_curl=asked["curl"])))  # noqa: T201


def carry_out(
    folder: Path, steps: list[tuple[str, int]], *, real_curl: bool
) -> list[dict[str, Any]]:
    """The steps in one shell, which stops where one fails that was not meant to."""
    tools, hand = folder / "tools", folder / "hand"
    tools.mkdir()
    hand.mkdir()
    for name in COMMANDS:
        if name == "curl" and real_curl:
            continue
        (tools / name).write_text(PASSER.replace("NAME", name))
        (tools / name).chmod(0o755)
    os.mkfifo(hand / "ask")
    desk = folder / "desk"
    desk.mkdir()
    script = folder / "script.sh"
    script.write_text("\n".join(one_step(text, code) for text, code in steps) + "\n", "utf-8")
    environment = {**os.environ, "HAND": str(hand), "PATH": f"{tools}:{os.environ['PATH']}"}
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever was forked ends unwatched
    helper = os.fork()
    if helper == 0:
        listen(hand)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with (folder / "said").open("wb") as said:
        shell = subprocess.Popen(
            ["sh", str(script)],
            cwd=desk,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        try:
            code = shell.wait(WHOLE_S)
        except subprocess.TimeoutExpired:
            shell.kill()
            code = -1
    os.kill(helper, signal.SIGKILL)
    # what a page left running in the background ends with it; only this process outlives that
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    parts = (folder / "said").read_bytes().decode("utf-8", "replace").split(END)
    return [{"out": parts[n], "code": int(parts[n + 1])} for n in range(0, len(parts) - 1, 2)] + [
        {"out": parts[-1], "code": code}
    ]


def one_step(text: str, code: int) -> str:
    """A step for the shell: what is not meant to fail ends it where it does."""
    return (
        f"set {'+' if code else '-'}e\n{{\n{text}\n}} 2>&1\n"
        f"came=$?; printf '{END}%s{END}' $came; [ $came = {code} ] || exit $came"
    )


def listen(hand: Path) -> None:
    """Fork for each call that is passed; never returns."""
    import tests.guides.curl  # noqa: F401 - imported once for all

    fifo = os.open(hand / "ask", os.O_RDWR)
    with os.fdopen(fifo, "r", encoding="utf-8") as calls:
        for line in calls:
            name, process, where = line.rstrip("\n").split(" ", 2)
            if os.fork() == 0:
                answer(name, hand / process, where)


def answer(name: str, call: Path, where: str) -> None:
    """One call, in a process of its own, with the variables and the folder of who called."""
    code = 1
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        os.dup2(os.open(call / "input", os.O_RDONLY), 0)
        for number, file in ((1, "out"), (2, "err")):
            os.dup2(os.open(call / file, os.O_CREAT | os.O_WRONLY), number)
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        os.chdir(where)
        told = shlex.split((call / "variables").read_text("utf-8"))
        os.environ.clear()
        parted = [one.partition("=") for one in told]
        os.environ.update({variable: value for variable, found, value in parted if found})
        words = (call / "words").read_bytes().decode().split("\0")[:-1]
        code = COMMAND[name](words)
    except SystemExit as ended:
        if isinstance(ended.code, str):
            sys.stderr.write(f"{ended.code}\n")
        code = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:  # as the interpreter does when it ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        with (call / "end").open("w") as end:
            end.write(f"{code}\n")
        os._exit(0)


def schoolgroup(words: list[str]) -> int:
    """The command line. The stores of the tests stand for those in `.schoolgroup`."""
    from schoolgroup.__main__ import main

    if words[-2:] == ["--data", ".schoolgroup"]:
        words = words[:-2]
    if words[0] in ("group", "login"):
        sys.stdin = io.StringIO(typed(words))
    return main(words)


def typed(words: list[str]) -> str:
    """What the people of the pages type, unseen: a one-time password where they have one."""
    if "--client-id" in words:
        return os.environ["CLIENT_SECRET"] + "\n"
    first = Path("first.txt")
    given = dict(line.split() for line in first.read_text().splitlines()) if first.exists() else {}
    name = words[words.index("--username") + 1] if words[0] == "login" else ""
    if name in given and not Path(f"{name}.token").exists():
        return f"{given[name]}\n{PASSWORD}\n"
    return f"{PASSWORD}\n"


def python(words: list[str]) -> int:
    """`python3 -c TEXT …` and `python3 FILE …`."""
    if words[0] == "-c":
        text, sys.argv = words[1], ["-c", *words[2:]]
    else:
        text, sys.argv = Path(words[0]).read_text("utf-8"), words
    sys.path.insert(0, "")
    exec(compile(text, sys.argv[0], "exec"), {"__name__": "__main__"})
    return 0


def curl(words: list[str]) -> int:
    from tests.guides.curl import main

    return main(words)


def make(words: list[str]) -> int:
    """There is such a target. What `make serve` starts is running already, as the tests' own."""
    targets = (Path(__file__).parent.parent.parent / "Makefile").read_text("utf-8")
    return 0 if all(f"\n{word}:" in targets for word in words if "=" not in word) else 2


COMMAND = {"schoolgroup": schoolgroup, "python3": python, "curl": curl, "make": make}


if __name__ == "__main__":
    main()
