"""Every block of docs/client.md, executed as it stands there."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import anyio.to_thread

from schoolgroup.client import AsyncClient
from schoolgroup.client.commands import BY_STATUS
from schoolgroup.client.generated.access import ClientWish
from tests.client.conftest import PASSWORD, QUICK, with_password
from tests.client.test_commands import ROOT, Desk
from tests.client.test_requests import known
from tests.resources.lending.shelf import shelve

GUIDE = (ROOT / "docs" / "client.md").read_text("utf-8")
BLOCK = re.compile(r"```(?P<kind>python|sh)\n(?P<text>.*?)```", re.DOTALL)


async def test_every_block_of_the_guide_works(address, world, services, http, tmp_path):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http, seats=3)
    school = await world.school("二中")
    reader, other = [await world.person(school, "teacher") for _ in range(2)]
    office = await world.person(None, "group_admin")
    async with AsyncClient(address, known(office), patience=QUICK) as client:
        wish = ClientWish(name="sis", scopes=["account:read", "event:read"])
        machine = await client.access.connect_client(wish)
    (tmp_path / "教案.txt").write_text("分数的意义\n" * 10, "utf-8")
    names = {
        "ADDRESS": address,
        "USERNAME": await with_password(world, reader),
        "PASSWORD": PASSWORD,
        "OFFER_ID": offer["id"],
        "FILE": str(tmp_path / "教案.txt"),
        "CLIENT_ID": str(machine.id),
        "CLIENT_SECRET": str(machine.secret),
    }
    desk = Desk(tmp_path)
    blocks = [(match["kind"], match["text"]) for match in BLOCK.finditer(GUIDE)]
    programs = [text for kind, text in blocks if kind == "python"]
    assert len(programs) == 4
    given = "\n".join(f"{name} = {value!r}" for name, value in names.items())
    # in one process, each with names of its own: starting Python four times says nothing more
    whole = [
        f"exec(compile({given + chr(10) + text!r}, 'guide', 'exec'), {{}})" for text in programs
    ]
    done = await anyio.to_thread.run_sync(
        lambda: subprocess.run(
            [sys.executable, "-c", "\n".join(whole)],
            cwd=tmp_path,
            env=desk.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    )
    assert done.returncode == 0, done.stderr
    for said in ("teacher 二中", "loan", "勾股定理", "of 160", "loan.opened"):
        assert said in done.stdout, done.stdout
    orders = [line for kind, text in blocks if kind == "sh" for line in text.splitlines()]
    assert len(orders) == 15
    names["USERNAME"] = await with_password(world, other)
    parted = [shlex.split(line)[1:] for line in orders]
    meant = [[names[w[1:]] if w.startswith("$") else w for w in words] for words in parted]
    secret = names["CLIENT_SECRET"] + "\n"
    answers = await desk.orders(*meant, typed=PASSWORD + "\n", secret=secret)
    for line, told in zip(orders, answers, strict=True):
        assert told.code == 0, f"{line}: {told.err}"


def test_the_guide_names_every_exit_code():
    for status, code in BY_STATUS.items():
        row = next(line for line in GUIDE.splitlines() if line.startswith(f"| {code} |"))
        assert str(status) in row, row


def test_the_guide_names_nothing_that_is_not_there():
    assert Path(ROOT / "platform/schoolgroup/generator").is_dir()
    assert "make client" in GUIDE
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for target in re.findall(r"`make ([a-z-]+)`", GUIDE):
        assert f"\n{target}:" in makefile
