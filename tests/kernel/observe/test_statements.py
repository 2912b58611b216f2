"""Statements are known by the name of their constant, and slow ones are told of."""

import sys

import asyncpg
import pytest

from schoolgroup.access.bundles import shipped_policy
from schoolgroup.access.decisions import MARKER
from schoolgroup.kernel.bootstrap import APPLICATION
from schoolgroup.kernel.observe import metrics
from schoolgroup.kernel.observe.statements import NAMES
from schoolgroup.kernel.pools import open_pool
from tests.kernel.observe.conftest import Lines
from tests.test_sql import as_seen_by, statements

ALL = statements()
POLICY = shipped_policy().compiled
SECRET = "王小明"


def test_every_statement_is_found_by_the_name_of_a_constant_that_holds_it():
    """Also where the policy has been written into it."""
    wrong = []
    for name, text in ALL:
        run = as_seen_by(POLICY, "teacher", "integrated", text) if MARKER.search(text) else text
        found = NAMES.of(run)
        module, _, constant = found.rpartition(".")
        held = getattr(sys.modules.get(f"schoolgroup.{module}"), constant, None)
        if held != text:
            wrong.append(f"{name}: {found}")
    assert len(ALL) > 500
    assert not wrong


def test_what_no_constant_holds_is_known_by_its_first_word():
    assert NAMES.of("BEGIN;") == "(begin)"
    assert NAMES.of(f"SELECT '{SECRET}'") == "(select)"
    assert NAMES.of("/* ? */") == "(other)"


@pytest.mark.parametrize("slow_ms", [1, 0])
async def test_a_slow_statement_is_told_by_name_time_and_rows(settings, lines: Lines, slow_ms):
    before = metrics.REGISTRY.get_sample_value(
        "schoolgroup_slow_statements_total", {"statement": "(select)"}
    )
    pool = await open_pool(settings.database_url, 1, slow_ms)
    try:
        three_rows = "SELECT pg_sleep(0.002), $1::text FROM generate_series(1, 3)"
        rows = await pool.fetch(three_rows, SECRET)
        assert len(rows) == 3
        with pytest.raises(asyncpg.DivisionByZeroError):
            await pool.fetchval("SELECT 1 / (SELECT 0 FROM pg_sleep(0.005))")
    finally:
        await pool.close()
    told = lines.of("slow query")
    assert SECRET not in lines.text
    assert APPLICATION not in lines.text
    if not slow_ms:
        assert not told
        return
    [three] = [line for line in told if line["rows"] == 3]
    assert three["statement"] == "(select)"
    assert 5 < three["ms"] < 5000
    assert any(line["rows"] is None for line in told), "it failed, and was slow all the same"
    after = metrics.REGISTRY.get_sample_value(
        "schoolgroup_slow_statements_total", {"statement": "(select)"}
    )
    assert after == (before or 0) + len([t for t in told if t["statement"] == "(select)"])
