"""`make demo` as a person runs it: to the end, killed in the middle, against given services."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from schoolgroup.kernel.bootstrap import drop_database

ROOT = Path(__file__).parent.parent.parent
DEMO_S, STOP_S = 300.0, 30.0
DEMO = [sys.executable, "-m", "schoolgroup", "demo"]


def environment(folder: Path, **more: str) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith("SCHOOLGROUP_")}
    return {**kept, "PYTHONPATH": str(ROOT / "platform"), "TMPDIR": str(folder), **more}


def figure(printed: str, name: str) -> str:
    """One value of the table at the end."""
    found = re.search(rf"│[^│]*│ {re.escape(name)} +│ +(\S.*?) +│", printed)
    assert found, f"{name} is not in the table:\n{printed}"
    return found[1]


def check_table(printed: str) -> None:
    assert figure(printed, "integrated schools (一体化成员校)") == "19"
    assert figure(printed, "partner schools (紧密校)") == "16"
    assert figure(printed, "agreements in force") == "1"
    assert figure(printed, "files verified by their SHA-256") == "4"
    assert figure(printed, "seats lent, free, holds waiting") == "5, 0, 0"
    assert figure(printed, "files fetched byte-identical") == "4"
    assert figure(printed, "candidates present") == "651"
    assert figure(printed, "mean of all (of 20)") == f"{7950 / 651:.3f}"
    assert figure(printed, "Cronbach's alpha") == "0.7155"
    assert figure(printed, "completion rate") == f"{100 * 21 / 35:.1f} %"
    # the district report's figures, each counted over rows
    assert figure(printed, "measures (举措)") == "23"
    assert figure(printed, "inspection teams (巡回指导组)") == "8"
    assert figure(printed, "schools reached by the first round") == "100%"
    assert figure(printed, "ledger items, closed (台账, 销号)") == "194, 126"
    assert figure(printed, "completion of the ledger (办结率)") == "65%"
    assert re.search(r"target by \d{4}-07-01 \(目标\) +│ +80% ", printed)
    assert figure(printed, "bulletins issued (简报)") == "13"
    assert figure(printed, "schools that signed for the last (签收)") == "31 of 35"


@pytest.mark.long
async def test_it_plays_to_the_end_against_given_services(settings, tmp_path):
    """The services were started apart; the demo only gets their addresses, and what is its own."""

    def at(url: str) -> str:
        return f"{url.rpartition('/')[0]}/story"

    names = ("secret", "database_admin_url", "s3_endpoint", "s3_access_key", "s3_secret_key")
    given = {f"SCHOOLGROUP_{name.upper()}": str(getattr(settings, name)) for name in names}
    given["SCHOOLGROUP_DATABASE_URL"] = at(settings.database_url)
    given["SCHOOLGROUP_DATABASE_MIGRATE_URL"] = at(settings.database_migrate_url)
    given |= {"SCHOOLGROUP_S3_BUCKET": "story", "SCHOOLGROUP_S3_SECURE": "false"}
    done = subprocess.run(  # noqa: ASYNC221 - nothing else runs in this test
        DEMO,
        env=environment(tmp_path, COLUMNS="100", **given),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=DEMO_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    check_table(done.stdout)
    assert not re.search(r"[0-9a-f]{40}", done.stderr), "nothing secret is printed"
    await drop_database(settings.database_admin_url, "story")


@pytest.mark.long
def test_killed_in_the_middle_it_leaves_no_process(tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            DEMO, env=environment(tmp_path), cwd=ROOT, stdout=out, stderr=subprocess.STDOUT
        )
    try:
        give_up_at = time.monotonic() + DEMO_S
        while "1. " not in log.read_text():  # the first of its chapters goes on for seconds
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < give_up_at
            time.sleep(0.02)
        children = psutil.Process(process.pid).children(recursive=True)
        names = " ".join(child.name() for child in children)
        assert "postgres" in names, "the servers run while the demo does"
        assert "2. " not in log.read_text(), "it was killed in the middle"
    finally:
        process.kill()
        process.wait()
    _, alive = psutil.wait_procs(children, timeout=STOP_S)
    assert not alive
