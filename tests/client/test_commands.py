"""The commands of schools and integrators, and docs/client.md, against a served instance."""

import json
import os
import shlex
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import anyio.to_thread
import pytest

from schoolgroup.client.commands import exit_code
from schoolgroup.client.errors import Conflict, Invalid, StaleVersion, TransferFailed, Unavailable
from tests.client.conftest import PASSWORD, with_password
from tests.resources.lending.shelf import CONTENT, shelve

ROOT = Path(__file__).parent.parent.parent


ONE_AFTER_ANOTHER = """
import contextlib, io, json, sys
from schoolgroup.__main__ import main

answers = []
for arguments, typed in json.loads(sys.argv[1]):
    sys.stdin, out, err = io.StringIO(typed), io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main(arguments)
        except SystemExit as ended:
            code = ended.code
    answers.append((code or 0, out.getvalue(), err.getvalue()))
print(json.dumps(answers))
"""


class Said(NamedTuple):
    """What one command answered."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer of a command that must have succeeded."""
        assert self.code == 0, self.err
        lines = [json.loads(line) for line in self.out.splitlines()]
        return lines[0] if len(lines) == 1 else lines


class Desk:
    """A shell on somebody's computer, with a home of its own."""

    def __init__(self, home: Path, **more: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SCHOOLGROUP_", "LC_"))}
        mine = {"PYTHONPATH": str(ROOT / "platform"), "XDG_CONFIG_HOME": str(home), "LANG": "C"}
        self.environment = {**kept, **mine, "PYTHONUTF8": "1", **more}
        self.home = home

    async def orders(
        self, *orders: str | list[str], typed: str = "", secret: str = ""
    ) -> list[Said]:
        """Commands one after another, in one process: to start Python costs more than they do."""
        parted = [shlex.split(one) if isinstance(one, str) else one for one in orders]
        given = json.dumps([(one, secret if "--client-id" in one else typed) for one in parted])
        done = await anyio.to_thread.run_sync(
            lambda: subprocess.run(
                [sys.executable, "-c", ONE_AFTER_ANOTHER, given],
                env=self.environment,
                cwd=self.home,
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
        )
        assert done.returncode == 0, done.stderr
        return [Said(*answer) for answer in json.loads(done.stdout)]


async def test_a_teachers_day_by_commands(address, world, services, http, tmp_path):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http)
    reader = await world.person(await world.school("二中"), "teacher")
    username = await with_password(world, reader)
    desk = Desk(tmp_path)

    (wrong,) = await desk.orders(f"login {address} --username {username}", typed="not it\n")
    assert wrong.code == 3
    nobody, login, me, borrowed, again = await desk.orders(
        "whoami",
        f"login {address} --username {username}",
        "whoami --json",
        f"borrow {offer['id']} --json",
        f"borrow {offer['id']}",
        typed=PASSWORD + "\n",
    )
    assert (nobody.code, "login" in nobody.err) == (3, True)
    assert login.code == 0, login.err
    assert "二中" in login.out
    file = tmp_path / "schoolgroup" / "profiles.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text()
    assert me.json["role"] == "teacher"
    assert again.code == 6
    assert "already_borrowed" in again.err
    assert "[request " in again.err

    loan = borrowed.json["loan"]["id"]
    table, loans, shown, called, fetched, given_back, missing, *rest = await desk.orders(
        "loans --mine",
        "loans --mine --json",
        f"show loan {loan} --json",
        f"call getLoan {loan}",
        f"fetch {loan} --output 教案.txt",
        f"return {loan} --json",
        f"show loan {world.group_id}",
        "call noSuchThing",
        "logout",
        "whoami",
    )
    assert loan in table.out, "an id is never shortened: the next command takes it"
    assert loans.json["id"] == loan
    assert shown.json["id"] == loan
    assert json.loads(called.out)["id"] == loan
    assert fetched.code == 0, fetched.err
    assert (tmp_path / "教案.txt").read_bytes() == CONTENT
    assert given_back.json["status"] != shown.json["status"]
    assert [missing.code, *(one.code for one in rest)] == [5, 1, 0, 3]


async def test_a_one_time_password_is_changed_while_signing_in(address, world, tmp_path):
    beginner = await world.person(await world.school("一中"), "teacher")
    username = await with_password(world, beginner)
    await world.sql.execute("UPDATE person_credential SET must_change = true")
    desk = Desk(tmp_path)
    login = f"login {address} --username {username}"
    (weak,) = await desk.orders(login, typed=f"{PASSWORD}\n{username}\n")
    assert (weak.code, "contains username" in weak.err) == (7, True), weak.err
    done, again = await desk.orders(login, "whoami", typed=f"{PASSWORD}\nseven quiet rivers\n")
    assert done.code == 0, done.err
    assert "一中" in again.out
    (over, own) = await desk.orders(login, login, typed="seven quiet rivers\n")
    assert (over.code, own.code) == (0, 0), over.err


async def test_a_file_is_handed_in_and_words_are_chinese_where_the_school_is(
    address, world, tmp_path
):
    author = await world.person(await world.school("一中"), "teacher")
    username = await with_password(world, author)
    desk = Desk(tmp_path, LANG="zh_CN.UTF-8")
    (tmp_path / "分数.txt").write_text("分数的意义\n" * 100, "utf-8")
    draft = json.dumps({"title": "分数的意义", "kind": "lesson_plan"})
    told, _, done, refused, lacking = await desk.orders(
        "--help",
        f"login {address} --username {username}",
        "upload 分数.txt --json",
        ["publish", "--draft", '{"title": "", "kind": "lesson_plan"}'],
        ["publish", "分数.txt", "--draft", draft],
        typed=PASSWORD + "\n",
    )
    assert "登录" in told.out
    assert done.json["status"] == "verified"
    assert refused.code == 7
    assert "输入无效" in refused.err
    assert lacking.code in (6, 7), "it lacks what a publication needs, and says so"
    assert "草稿资源" in lacking.err


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Conflict(409, {}), 6),
        (StaleVersion(412, {}), 6),
        (Invalid(422, {}), 7),
        (Unavailable(503, {}), 8),
        (TransferFailed(), 9),
    ],
    ids=["conflict", "stale", "invalid", "unavailable", "transfer"],
)
def test_exit_codes_say_what_kind_of_failure_it_was(error, code):
    assert exit_code(error) == code
