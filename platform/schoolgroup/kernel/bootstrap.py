"""Bringing a PostgreSQL server to the newest schema: roles, database, migrations, signing key.

Three roles: the owner of the tables cannot log in; the migrator changes the schema as the owner;
the application is an ordinary role that owns nothing, so row-level security binds it always.
"""

import asyncio
import os
import sysconfig
from importlib import resources
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import asyncpg

from schoolgroup.kernel.keys import derive_key, hmac_pads

OWNER, MIGRATOR, APPLICATION = "schoolgroup_owner", "schoolgroup_migrator", "schoolgroup_app"
DATABASE = "schoolgroup"
MIGRATE_S = 600.0
CONNECT_S = 10.0
EXTENSIONS = ("btree_gist",)

SEAL = """
INSERT INTO app.secret (inner_pad, outer_pad) VALUES ($1, $2)
ON CONFLICT (only_row) DO UPDATE SET inner_pad = $1, outer_pad = $2
"""


class MigrationFailed(Exception):
    """The schema could not be brought forward; the message is what the tool said."""


def role_url(admin_url: str, role: str, password: str, database: str = DATABASE) -> str:
    """The address of `database` on the admin's server for another role."""
    at = urlsplit(admin_url)
    return (
        f"postgresql://{role}:{quote(password, safe='')}@{at.hostname}:{at.port or 5432}/{database}"
    )


def inside(admin_url: str, database: str = DATABASE) -> str:
    """The admin's address of `database` itself."""
    return urlsplit(admin_url)._replace(path=f"/{database}").geturl()


async def prepare_server(admin_url: str, app_url: str, migrate_url: str) -> None:
    """Make roles and database where they are missing; passwords become those of the addresses."""
    app, migrator = urlsplit(app_url), urlsplit(migrate_url)
    database = migrator.path.lstrip("/") or DATABASE
    admin = await asyncpg.connect(admin_url, timeout=CONNECT_S)
    try:
        for role, password in ((OWNER, None), (MIGRATOR, migrator), (APPLICATION, app)):
            if not await admin.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", role):
                await admin.execute(f"CREATE ROLE {role} NOLOGIN")
            if password is not None:
                secret = await admin.fetchval(
                    "SELECT quote_literal($1::text)", unquote(password.password or "")
                )
                await admin.execute(f"ALTER ROLE {role} LOGIN PASSWORD {secret}")
        await admin.execute(f"GRANT {OWNER} TO {MIGRATOR}")
        await admin.execute(f"ALTER ROLE {MIGRATOR} SET role = '{OWNER}'")
        for setting, value in (
            ("statement_timeout", "20s"),
            ("lock_timeout", "8s"),
            ("idle_in_transaction_session_timeout", "60s"),
            ("jit", "off"),  # as the pools ask it of a server they reach without PgBouncer
        ):
            await admin.execute(f"ALTER ROLE {APPLICATION} SET {setting} = '{value}'")
        if not await admin.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", database):
            await admin.execute(f'CREATE DATABASE "{database}" OWNER {OWNER}')
            await admin.execute(f'REVOKE ALL ON DATABASE "{database}" FROM public')
            await admin.execute(f'GRANT CONNECT ON DATABASE "{database}" TO {APPLICATION}')
    finally:
        await admin.close()
    admin = await asyncpg.connect(inside(admin_url, database), timeout=CONNECT_S)
    try:
        for extension in EXTENSIONS:
            await admin.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        await admin.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
        await admin.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
    finally:
        await admin.close()


async def drop_database(admin_url: str, database: str) -> None:
    """Drop a database the caller has seen to hold nothing; raises where somebody is in it."""
    admin = await asyncpg.connect(admin_url, timeout=CONNECT_S)
    try:
        await admin.execute(f'DROP DATABASE "{database}"')
    finally:
        await admin.close()


def migrations_folder() -> Path:
    """Where the numbered migrations are."""
    return Path(str(resources.files("schoolgroup") / "migrations"))


def tool(name: str) -> str:
    """A program that came with one of our wheels, beside this interpreter or on the path."""
    beside = Path(sysconfig.get_path("scripts")) / name
    return str(beside) if beside.exists() else name


async def migrate(migrate_url: str) -> str:
    """Apply every pending migration, one runner at a time; what the tool printed.

    Raises MigrationFailed. The tool is dbmate: numbered plain SQL, forward only.
    """
    at = urlsplit(migrate_url)
    query = at.query or "sslmode=disable"
    process = await asyncio.create_subprocess_exec(
        tool("dbmate"),
        "--migrations-dir",
        str(migrations_folder()),
        "--no-dump-schema",
        "--migration-lock",
        "--wait",
        "migrate",
        env={**os.environ, "DATABASE_URL": at._replace(scheme="postgres", query=query).geturl()},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        printed, _ = await asyncio.wait_for(process.communicate(), MIGRATE_S)
    except TimeoutError as slow:
        process.kill()
        raise MigrationFailed(f"not done after {MIGRATE_S:.0f} s") from slow
    if process.returncode:
        raise MigrationFailed(printed.decode(errors="replace")[-4000:])
    return printed.decode(errors="replace")


async def seal_context_key(migrate_url: str, secret: str) -> None:
    """Tell the database the key by which it knows our contexts."""
    connection = await asyncpg.connect(migrate_url, timeout=CONNECT_S)
    try:
        await connection.execute(SEAL, *hmac_pads(derive_key(secret, "context")))
    finally:
        await connection.close()
