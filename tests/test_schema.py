"""The migrations, the picture of the schema they make, and the rights that go with it."""

import difflib
import re

import asyncpg
import pytest

from schoolgroup.access.compiler import load_policy
from schoolgroup.access.decisions import MARKER
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.schema import PICTURE, draw_schema
from tests.test_sql import as_seen_by, statements

POLICY = load_policy()
MIGRATIONS = sorted(bootstrap.migrations_folder().glob("[0-9]*.sql"))


async def test_the_picture_is_what_the_migrations_make(settings):
    """A change of the schema is reviewed twice: as its migration and as the diff of the picture."""
    path = bootstrap.migrations_folder() / PICTURE
    drawn = await draw_schema(bootstrap.inside(settings.database_admin_url))
    assert path.exists(), f"{PICTURE} is missing: run `make schema`"
    kept = path.read_text("utf-8")
    diff = "\n".join(list(difflib.unified_diff(kept.splitlines(), drawn.splitlines(), n=1))[:40])
    assert kept == drawn, f"{PICTURE} is old: run `make schema` and review its diff\n{diff}"


def test_migrations_are_numbered_without_a_gap():
    numbers = [int(path.name.partition("_")[0]) for path in MIGRATIONS]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("path", MIGRATIONS, ids=lambda path: path.name)
def test_a_migration_says_why_and_waits_for_nobody_long(path):
    lines = path.read_text("utf-8").splitlines()
    assert lines[0] == "-- migrate:up"
    assert lines[1].startswith("-- Why: ")
    code = [line for line in lines if line.strip() and not line.startswith("--")]
    assert re.fullmatch(r"SET lock_timeout = '\d+s';", code[0])
    assert re.fullmatch(r"SET statement_timeout = '\d+s';", code[1])
    assert "-- migrate:down" in lines
    below = lines[lines.index("-- migrate:down") + 1 :]
    assert not any(below), "forward only: nothing stands below migrate:down"


# What a backup asks, it asks as the server's administrator.
ITS_OWN = [one for one in statements() if not one[0].startswith("schoolgroup.backup.")]


@pytest.mark.parametrize(("name", "text"), ITS_OWN, ids=lambda v: v if "." in v[:90] else "")
async def test_the_application_may_run_its_statements(
    settings, superuser: asyncpg.Connection, name: str, text: str
):
    """Preparing checks names; only planning for execution checks rights: a missing GRANT fails."""
    if MARKER.search(text):
        text = as_seen_by(POLICY, "teacher", "integrated", text)
    async with superuser.transaction():
        await superuser.execute(f"SET LOCAL ROLE {bootstrap.APPLICATION}")
        await superuser.execute(f"EXPLAIN (GENERIC_PLAN) {text}")
