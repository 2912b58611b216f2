"""`schoolgroup up` as a person runs it: a process that can be killed at any moment."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil
import pytest

ROOT = Path(__file__).parent.parent
START_S, STOP_S = 60.0, 30.0


def environment(**more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SCHOOLGROUP_")}
    return {**kept, "PYTHONPATH": str(ROOT / "platform"), **more}


def order(
    *arguments: str, typed: str | None = None, **more: str
) -> subprocess.CompletedProcess[str]:
    """One command, waited for; `typed` is what is piped in."""
    return subprocess.run(
        [sys.executable, "-m", "schoolgroup", *arguments],
        env=environment(**more),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        input=typed,
        check=False,
    )


@contextmanager
def up(data: Path, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A running instance and its address; whatever is left in the end is killed."""
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "schoolgroup", "up", "--data", str(data), "--port", "0"],
            env=environment(),
            cwd=ROOT,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    try:
        give_up_at = time.monotonic() + START_S
        while not (found := re.search(r"is up: (http://\S+)", log.read_text())):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < give_up_at, log.read_text()
            time.sleep(0.05)
        yield process, found[1]
    finally:
        process.kill()
        process.wait()


def family(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def all_gone(processes: list[psutil.Process]) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=STOP_S)
    return not alive


@pytest.mark.long
def test_a_founded_group_is_served_kept_and_recovers_after_a_kill(tmp_path):
    data, log = tmp_path / "data", tmp_path / "log"
    found = ["group", "chaoyang", "朝阳教育集团", "--admin", "li.ming", "--data", str(data)]
    weak = order(*found, typed="li.ming\n")
    assert weak.returncode == 1
    assert "weak_password" in weak.stderr
    founded = order(*found, typed="several words of mine\n")
    assert founded.returncode == 0, founded.stderr
    with up(data, log) as (process, address):
        assert httpx.get(f"{address}/readyz", timeout=STOP_S).status_code == 200
        second = order("up", "--data", str(data), "--port", "0")
        assert second.returncode == 1
        assert str(process.pid) in second.stderr, "it says who holds the data"
        assert "Traceback" not in second.stderr
        children = family(process.pid)
        assert children
        process.kill()
        process.wait()
        assert all_gone(children), "the servers outlived the process that was killed"
    with up(data, log) as (process, address):
        signed_in = httpx.post(
            f"{address}/v1/sessions",
            json={"username": "li.ming", "password": "several words of mine"},
            timeout=STOP_S,
        )
        assert signed_in.status_code == 201, signed_in.text
        token = signed_in.json()["access_token"]
        bearer = {"Authorization": f"Bearer {token}"}
        me = httpx.get(f"{address}/v1/me", headers=bearer, timeout=STOP_S)
        assert me.json()["role"] == "group_admin"
        children = family(process.pid)
        process.send_signal(signal.SIGTERM)
        assert process.wait(STOP_S) == 0
        assert all_gone(children)
    again = order(*found, typed="several words of mine\n")
    assert again.returncode == 1
    assert "group_exists" in again.stderr
    verified = order("audit", "verify", "--data", str(data))
    assert verified.returncode == 0, verified.stderr
    assert "intact" in verified.stdout


def test_check_prints_the_settings_with_secrets_hidden():
    shown = order("check", SCHOOLGROUP_SECRET="s" * 40, SCHOOLGROUP_PORT="8123")
    assert shown.returncode == 0
    assert "port = 8123" in shown.stdout
    assert "s" * 40 not in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "settings", "said"),
    [
        (["check"], {"SCHOOLGROUP_PORT": "high", "SCHOOLGROUP_SECRET": "s" * 40}, "port"),
        (["check"], {}, "secret: missing"),
        (["serve"], {"SCHOOLGROUP_SECRET": "s" * 40}, "database_url"),
        (["migrate"], {"SCHOOLGROUP_SECRET": "s" * 40}, "database_migrate_url"),
    ],
)
def test_what_is_missing_is_said_in_one_line(arguments, settings, said):
    refused = order(*arguments, **settings)
    assert refused.returncode == 1
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_policy_can_be_checked_and_printed():
    assert order("policy", "lint").returncode == 0
    printed = order("policy", "matrix")
    assert printed.stdout == (ROOT / "policies" / "matrix.md").read_text("utf-8")
