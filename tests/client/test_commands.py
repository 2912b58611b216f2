"""The commands of schools and integrators, and docs/client.md, against a served instance."""

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio.to_thread
import pytest

from schoolgroup.client.commands import exit_code
from schoolgroup.client.errors import Conflict, Invalid, StaleVersion, TransferFailed, Unavailable
from tests.client.conftest import PASSWORD, with_password
from tests.resources.lending.shelf import CONTENT, shelve

ROOT = Path(__file__).parent.parent.parent


class Desk:
    """A shell on somebody's computer, with a home of its own."""

    def __init__(self, home: Path, **more: str) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SCHOOLGROUP_", "LC_"))}
        mine = {"PYTHONPATH": str(ROOT / "platform"), "XDG_CONFIG_HOME": str(home), "LANG": "C"}
        self.environment = {**kept, **mine, **more}
        self.home = home

    async def order(self, *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        return await anyio.to_thread.run_sync(
            lambda: subprocess.run(
                [sys.executable, "-m", "schoolgroup", *arguments],
                env=self.environment,
                cwd=self.home,
                capture_output=True,
                text=True,
                timeout=60,
                input=typed,
                check=False,
            )
        )

    async def says(self, *arguments: str) -> Any:
        """The answer of a command that must succeed, as JSON."""
        done = await self.order(*arguments, "--json")
        assert done.returncode == 0, done.stderr
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return lines[0] if len(lines) == 1 else lines


async def test_a_teachers_day_by_commands(address, world, services, http, tmp_path):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http)
    reader = await world.person(await world.school("二中"), "teacher")
    username = await with_password(world, reader)
    desk = Desk(tmp_path)

    nobody = await desk.order("whoami")
    assert (nobody.returncode, "login" in nobody.stderr) == (3, True)
    wrong = await desk.order("login", address, "--username", username, typed="not it\n")
    assert wrong.returncode == 3
    login = await desk.order("login", address, "--username", username, typed=PASSWORD + "\n")
    assert login.returncode == 0, login.stderr
    assert "二中" in login.stdout
    file = tmp_path / "schoolgroup" / "profiles.json"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert PASSWORD not in file.read_text()

    me = await desk.says("whoami")
    assert me["role"] == "teacher"
    borrowed = await desk.says("borrow", offer["id"])
    loan = borrowed["loan"]["id"]
    again = await desk.order("borrow", offer["id"])
    assert again.returncode == 6
    assert "already_borrowed" in again.stderr
    assert "[request " in again.stderr
    assert (await desk.says("loans", "--mine"))["id"] == loan
    assert (await desk.says("show", "loan", loan))["status"] == "running"
    assert (await desk.says("call", "getLoan", loan))["id"] == loan
    fetched = await desk.order("fetch", loan, "--output", "教案.txt")
    assert fetched.returncode == 0, fetched.stderr
    assert (tmp_path / "教案.txt").read_bytes() == CONTENT
    assert (await desk.says("return", loan))["status"] != "running"
    missing = await desk.order("show", "loan", str(world.group_id))
    assert missing.returncode == 5
    assert (await desk.order("call", "noSuchThing")).returncode == 1
    assert (await desk.order("logout")).returncode == 0
    assert (await desk.order("whoami")).returncode == 3


async def test_a_file_is_handed_in_and_words_are_chinese_where_the_school_is(
    address, world, tmp_path
):
    author = await world.person(await world.school("一中"), "teacher")
    username = await with_password(world, author)
    desk = Desk(tmp_path, LANG="zh_CN.UTF-8")
    (tmp_path / "分数.txt").write_text("分数的意义\n" * 100, "utf-8")
    assert "登录" in (await desk.order("--help")).stdout
    await desk.order("login", address, "--username", username, typed=PASSWORD + "\n")
    done = await desk.says("upload", "分数.txt")
    assert done["status"] == "verified"
    refused = await desk.order("publish", "--draft", '{"title": "", "kind": "lesson_plan"}')
    assert refused.returncode == 7
    assert "输入无效" in refused.stderr
    draft = json.dumps({"title": "分数的意义", "kind": "lesson_plan"})
    lacking = await desk.order("publish", "分数.txt", "--draft", draft)
    assert lacking.returncode in (0, 6, 7), lacking.stderr
    assert "草稿资源" in lacking.stderr


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
