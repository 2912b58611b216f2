"""A school's week by commands: returns, results, a publication; bars; a profile used by two."""

import asyncio
import json
import os
import select
import threading
from datetime import timedelta
from pathlib import Path

import anyio.to_thread
import pytest

from schoolgroup.client import Client, Password
from schoolgroup.client.commands import profiles
from schoolgroup.client.commands.orders import _client
from schoolgroup.client.commands.telling import bar
from schoolgroup.client.errors import SignInNeeded
from schoolgroup.client.exchange import Work
from tests.client.conftest import PASSWORD, Front, with_password
from tests.client.test_commands import Desk
from tests.evaluation.sittings import released, set_up
from tests.management.returns.desk import Desk as Office
from tests.resources.catalogue.test_resources import PDF, READY


async def test_a_principals_week_by_commands(address, world, http, tmp_path):
    sitting = await set_up(http, world, ("甲校", "乙校"))
    results = await released(http, sitting, {"甲校": 30, "乙校": 30})
    call = await Office(http, world, await world.person(None, "group_admin")).call()
    principal = sitting.principals["甲校"]
    author = await world.person(sitting.schools["甲校"], "teacher")
    names = [await with_password(world, who) for who in (principal, author)]
    (tmp_path / "answers.json").write_text('{"lessons": 7, "note": "线上两节"}', "utf-8")
    (tmp_path / "wrong.json").write_text('{"lessons": "many"}', "utf-8")
    (tmp_path / "教案.pdf").write_bytes(PDF)
    publish = ["publish", "教案.pdf", "--json", "--profile", "author", "--draft", json.dumps(READY)]
    answers = await Desk(tmp_path).orders(
        f"login {address} --username {names[0]}",
        f"login {address} --username {names[1]} --profile author",
        f"returns submit {call['id']}",
        f"returns answer {call['id']} --values answers.json --json",
        f"returns answer {call['id']} --values wrong.json",
        f"returns submit {call['id']} --json",
        f"returns submit {call['id']}",
        "exam list --json",
        "exam releases",
        f"exam results {results['id']} --json",
        f"exam results {call['id']}",
        publish,
        typed=PASSWORD + "\n",
    )
    (first, second, too_early, saved, wrong, submitted, twice) = answers[:7]
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert too_early.code == 5, "nothing was answered yet"
    assert (saved.json["status"], saved.json["values"]["lessons"]) == ("drafting", 7)
    assert (wrong.code, "lessons" in wrong.err) == (7, True), wrong.err
    assert submitted.json["status"] == "submitted"
    assert twice.code == 6, twice.err
    exams, releases, result, nothing, published = answers[7:]
    assert exams.json["id"] == sitting.exam["id"]
    assert results["id"] in releases.out
    assert result.json["id"] == results["id"]
    assert nothing.code == 5
    assert published.json["status"] == "published"
    shown = await http.get(f"/v1/resources/{published.json['id']}", headers=author.headers)
    assert (shown.json()["title"], len(shown.json()["files"])) == ("分数的意义", 1)


def test_a_bar_grows_on_a_terminal_and_nowhere_else(monkeypatch, capsys):
    master, slave = os.openpty()
    with os.fdopen(slave, "w") as terminal:
        monkeypatch.setattr("sys.stderr", terminal)
        monkeypatch.setenv("COLUMNS", "100")
        monkeypatch.setenv("TERM", "xterm")
        with bar("教案.pdf", quiet=True) as silent:
            silent(1, 2)
        with bar("教案.pdf", quiet=False) as progress:
            progress(500, 2000)
            progress(2000, 2000)
        terminal.flush()
        raw = b""
        while select.select([master], [], [], 0)[0]:  # a terminal gives it in pieces
            raw += os.read(master, 65536)
        shown = raw.decode()
    os.close(master)
    assert "教案.pdf" in shown
    assert "2.0/2.0 kB" in shown
    monkeypatch.undo()
    with bar("教案.pdf", quiet=False) as progress:
        progress(1, 2)
    assert capsys.readouterr().err == "", "no terminal, no bar"


@pytest.fixture
async def shared(address, world, tmp_path, monkeypatch) -> str:
    """A profile that is signed in, and where it is kept."""
    monkeypatch.setenv("SCHOOLGROUP_PROFILES", str(tmp_path / "profiles.json"))
    teacher = await world.person(await world.school("一中"), "teacher")
    credentials = Password(username=await with_password(world, teacher), password=PASSWORD)

    def sign_in() -> None:
        with Client(address, credentials) as client:
            kept = profiles.Profile(address=address, tokens=client.sign_in())
            profiles.keep_profile("default", kept)

    await anyio.to_thread.run_sync(sign_in)
    return str(tmp_path)


class Meeting(Front):
    """Answers the first two questions who one is only when both are asked."""

    def __init__(self, app) -> None:
        super().__init__(app)
        self.both = asyncio.Barrier(2)
        self.left = 2

    async def __call__(self, scope, receive, send) -> None:
        if scope["path"] == "/v1/me" and self.left:
            self.left -= 1
            await self.both.wait()
        await super().__call__(scope, receive, send)


@pytest.mark.parametrize("locked", [True, False], ids=["locked", "control"])
async def test_two_that_share_a_profile_renew_it_once(shared, front, clock, locked, monkeypatch):
    """Both are told at the same moment that the token is over; without the lock both renew it.

    A refresh token that is used twice ends the session.
    """
    meeting = Meeting(front.app)
    monkeypatch.setattr(front, "app", meeting)
    clients = [_client("default") for _ in range(2)]
    if not locked:
        both = threading.Barrier(2)
        for client in clients:
            client.state.signer.shared = None
            ask = client.state.signer.ask

            def together(*asked, ask=ask):
                yield Work(both.wait)  # after both have chosen their token
                return (yield from ask(*asked))

            client.state.signer.ask = together
    clock.offset = timedelta(minutes=20)
    done = await asyncio.gather(
        *(anyio.to_thread.run_sync(client.access.me) for client in clients),
        return_exceptions=True,
    )
    for client in clients:
        client.close()
    refreshed = [path for _, path, _ in front.seen].count("/v1/sessions/refresh")
    if not locked:
        assert refreshed == 2
        assert any(isinstance(each, SignInNeeded) for each in done)
        return
    assert [getattr(each, "role", each) for each in done] == ["teacher", "teacher"]
    assert refreshed == 1
    kept = json.loads((Path(shared) / "profiles.json").read_text())
    assert kept["default"]["tokens"]["access_token"] == clients[0].state.signer.token
    assert clients[1].state.signer.token == clients[0].state.signer.token


async def test_who_signed_out_elsewhere_is_signed_out_here(shared, front, clock):
    client = _client("default")
    profiles.keep_profile("default", None)
    clock.offset = timedelta(minutes=20)
    with pytest.raises(SignInNeeded):
        await anyio.to_thread.run_sync(client.access.me)
    client.close()
    assert "/v1/sessions/refresh" not in [path for _, path, _ in front.seen]
