"""The picture of the present schema, as all migrations together make it."""

import asyncio
import re

from schoolgroup.kernel.stores_postgres import installed_programs

PICTURE = "schema.sql"
DUMP_S = 60.0
# what differs between two dumps of one schema: versions, and the dump's own safety key
NOISE = re.compile(r"^(--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(un)?restrict .*)?$")


async def draw_schema(admin_url: str) -> str:
    """The schema at `admin_url` as SQL, without anything that differs from run to run."""
    program = installed_programs() / "pg_dump"
    process = await asyncio.create_subprocess_exec(
        str(program),
        "--schema-only",
        "--no-owner",
        "--exclude-table=schema_migrations",
        f"--dbname={admin_url}",
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    dumped, complaints = await asyncio.wait_for(process.communicate(), DUMP_S)
    if process.returncode:
        raise RuntimeError(complaints.decode(errors="replace")[-2000:])
    lines = [line.rstrip() for line in dumped.decode().splitlines() if not NOISE.match(line)]
    return "\n".join(line for line in lines if line) + "\n"
