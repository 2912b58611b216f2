"""Every statement of every `queries` module is prepared on the migrated schema, as every role.

A misspelt column fails here in milliseconds; so does a right that cannot be turned into SQL.
"""

import importlib
import pkgutil
import re
from types import ModuleType

import asyncpg
import pytest

import schoolgroup
from schoolgroup.access.bundles import shipped_policy
from schoolgroup.access.compiled import CompiledPolicy
from schoolgroup.access.decisions import MARKER, with_rights
from schoolgroup.kernel import bootstrap
from schoolgroup.kernel.context import Actor, ActorKind, in_lines
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.ids import new_id

STATEMENT = re.compile(r"^\s*(WITH|SELECT|INSERT|UPDATE|DELETE|MERGE)\b")


def queries_modules() -> list[ModuleType]:
    names = (
        module.name
        for module in pkgutil.walk_packages(schoolgroup.__path__, "schoolgroup.")
        if module.name.rpartition(".")[2].endswith("queries")
    )
    return [importlib.import_module(name) for name in names]


def statements() -> list[tuple[str, str]]:
    return [
        (f"{module.__name__}.{name}", text)
        for module in queries_modules()
        for name, text in sorted(vars(module).items())
        if name[0] != "_" and name.isupper() and isinstance(text, str) and STATEMENT.match(text)
    ]


def places(policy: CompiledPolicy) -> list[tuple[str, str]]:
    return list(policy.bundle.vocabulary.places)


@pytest.fixture(scope="module")
def policy() -> CompiledPolicy:
    return shipped_policy().compiled


def as_seen_by(policy: CompiledPolicy, role: str, tier: str, text: str) -> str:
    actor = Actor(kind=ActorKind.PERSON, group_id=new_id(), role=role, tier=tier)
    return with_rights(Tx(None, actor, policy, None, "-", str), text)  # type: ignore[arg-type]  # only rights are asked


def test_the_walk_finds_the_rooms_with_sql():
    found = {module.__name__ for module in queries_modules()}
    assert "schoolgroup.kernel.queries" in found
    assert len(statements()) > 20


@pytest.mark.parametrize(("name", "text"), statements(), ids=lambda v: v if "." in v[:90] else "")
async def test_a_statement_is_prepared_for_every_role(
    name: str, text: str, superuser: asyncpg.Connection, policy: CompiledPolicy
):
    variants = {text}
    if MARKER.search(text):
        variants = {as_seen_by(policy, role, tier, text) for role, tier in places(policy)}
    for variant in variants:
        assert not MARKER.search(variant)
        await superuser.prepare(variant)


async def test_a_misspelt_column_would_be_found(superuser: asyncpg.Connection):
    with pytest.raises(asyncpg.UndefinedColumnError):
        await superuser.prepare("SELECT nmae FROM school")


async def test_every_table_of_the_group_is_walled(superuser: asyncpg.Connection):
    """Row-level security is on and forced everywhere; the exceptions carry no group."""
    open_tables = await superuser.fetch(
        """SELECT c.relname FROM pg_class c
            WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace
              AND NOT (c.relrowsecurity AND c.relforcerowsecurity)"""
    )
    assert {row["relname"] for row in open_tables} == {"schema_migrations", "signing_key"}


async def test_every_key_carries_the_group(superuser: asyncpg.Connection):
    """Primary, unique and foreign keys of tenant tables contain group_id, so groups can part."""
    keys = await superuser.fetch(
        """SELECT c.conrelid::regclass::text AS name, c.conname,
                  (SELECT array_agg(a.attname) FROM pg_attribute a
                    WHERE a.attrelid = c.conrelid AND a.attnum = ANY (c.conkey)) AS columns
             FROM pg_constraint c
            WHERE c.contype IN ('p', 'u', 'f') AND c.connamespace = 'public'::regnamespace"""
    )
    without = {row["name"] for row in keys if "group_id" not in row["columns"]}
    assert without <= {"schema_migrations", "signing_key", "education_group"}


async def test_the_application_owns_nothing_and_bypasses_nothing(superuser: asyncpg.Connection):
    role = await superuser.fetchrow(
        "SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = $1",
        bootstrap.APPLICATION,
    )
    assert role is not None
    assert not any(role.values())
    owned = await superuser.fetchval(
        "SELECT count(*) FROM pg_class WHERE relowner = $1::text::regrole",
        bootstrap.APPLICATION,
    )
    assert owned == 0


async def test_without_a_context_there_are_no_rows(settings, world):
    await world.school("一中")
    connection = await asyncpg.connect(settings.database_url)
    try:
        assert await connection.fetchval("SELECT count(*) FROM school") == 0
        claims = {"kind": "system", "group_id": world.group_id, "tier": "office"}
        forged = in_lines(claims)
        async with connection.transaction():
            await connection.execute(
                "SELECT set_config('app.context', $1, true), set_config('app.mac', $2, true)",
                forged,
                "0" * 64,
            )
            assert await connection.fetchval("SELECT count(*) FROM school") == 0
    finally:
        await connection.close()
