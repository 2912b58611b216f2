"""The application on a real port with its worker, and a shell that carries pages out against it."""

import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import anyio.to_thread
import asyncpg
import msgspec
import pytest

from schoolgroup.kernel.settings import Settings
from schoolgroup.running import working
from tests.guides.pages import Step

ROOT = Path(__file__).parent.parent.parent
LIMIT_S = 150


@pytest.fixture
async def guided(settings: Settings, sql: asyncpg.Connection) -> AsyncIterator[Settings]:
    """An installation without a group, and its worker; webhooks may go to loopback, by http."""
    given = msgspec.structs.replace(
        settings,
        port=0,
        webhook_networks="127.0.0.0/8",
        webhook_http=True,
        webhook_ports="443,1024-65535",
    )
    async with working(given):
        yield given


async def carry_out(folder: Path, settings: Settings, steps: list[Step]) -> list[dict[str, Any]]:
    """What came of each step; the store's and the database's addresses are in the environment."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SCHOOLGROUP_", "LC_"))}
    named = {
        f"SCHOOLGROUP_{name.upper()}": str(value)
        for name, value in msgspec.structs.asdict(settings).items()
        if name.startswith(("database_url", "s3_", "secret")) and value not in (None, "")
    }
    mine = {
        "PYTHONPATH": os.pathsep.join([str(ROOT / "platform"), str(ROOT)]),
        "XDG_CONFIG_HOME": str(folder / "home"),
        "LANG": "C.UTF-8",
        "PYTHONUTF8": "1",
        "PYTHONDONTWRITEBYTECODE": "",
    }
    asked = {
        "folder": str(folder),
        "steps": [[step.text, step.exit] for step in steps],
        "curl": os.environ.get("GUIDES_CURL") == "real",
    }
    done = await anyio.to_thread.run_sync(
        lambda: subprocess.run(
            [sys.executable, "-m", "tests.guides.hand"],
            cwd=folder,
            env={**kept, **named, **mine},
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
    )
    assert done.returncode == 0, done.stderr
    came: list[dict[str, Any]] = json.loads(done.stdout)
    return came
