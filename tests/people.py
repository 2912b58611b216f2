"""The people of the tests: a small group, its schools, and signed requests in their names."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec

from schoolgroup.access.authentication import Authenticator
from schoolgroup.kernel.ids import new_id

LONG_AGO = date(2020, 9, 1)
THERE = ZoneInfo("Asia/Shanghai")


def today_there() -> date:
    """The date at the group's place, which from 16:00 UTC on is another than here."""
    return datetime.now(THERE).date()


WRITE_BUNDLE = """
INSERT INTO policy_bundle (group_id, version, sha256, files, author, approver, published_at)
VALUES ($1, 1, $2, $3, 'tests', 'tests', now())
"""
# As it lies in the database: writing it out anew, 120 kB of JSON, takes ten times as long.
COPY_BUNDLE = """
INSERT INTO policy_bundle (group_id, version, sha256, files, author, approver, published_at)
SELECT $1, k.*, now() FROM pg_temp.bundle_kept k
"""
WRITE_SCHOOL = """
WITH written AS (
    INSERT INTO school (group_id, id, code, name, stages, created_at, updated_at)
    VALUES ($1, $2, $3, $4, $5, now(), now()))
INSERT INTO school_tier (group_id, id, school_id, tier, from_on) VALUES ($1, $6, $2, $7, $8)
"""
WRITE_PERSON = """
WITH written AS (
    INSERT INTO person (group_id, id, username, name, created_at, updated_at)
    VALUES ($1, $2, $3, $4, now(), now()) RETURNING epoch),
appointed AS (
    INSERT INTO appointment (group_id, id, person_id, school_id, role, from_on, created_at)
    VALUES ($1, $5, $2, $6, $7, $8, now()))
INSERT INTO access_session (group_id, id, person_id, appointment_id, epoch, created_at, expires_at)
SELECT $1, $9, $2, $5, w.epoch, now(), now() + interval '400 days' FROM written w
"""


class School(msgspec.Struct, frozen=True):
    """A school of the tests."""

    id: UUID
    group_id: UUID
    code: str
    name: str
    tier: str


class Person(msgspec.Struct, frozen=True):
    """A person acting in one appointment, already signed in: `headers` carry the token."""

    id: UUID
    group_id: UUID
    school_id: UUID | None
    appointment_id: UUID
    session_id: UUID
    role: str
    headers: dict[str, str]


async def write_bundle(sql: asyncpg.Connection, group_id: UUID) -> None:
    """Put the shipped policy in force in the group."""
    from schoolgroup.access.bundles import shipped_policy

    bundle = shipped_policy()
    await sql.execute(
        WRITE_BUNDLE, group_id, bundle.sha256, msgspec.json.encode(bundle.texts).decode()
    )


async def keep_bundle(sql: asyncpg.Connection) -> None:
    """Keep the shipped policy for the length of this connection, for `World(bundle_kept=True)`."""
    group_id = new_id()
    await sql.execute("SET session_replication_role = replica")  # the group is not there
    await write_bundle(sql, group_id)
    await sql.execute(
        """CREATE TEMP TABLE bundle_kept AS
           SELECT b.version, b.sha256, b.files, b.author, b.approver FROM policy_bundle b"""
    )
    await sql.execute("DELETE FROM policy_bundle WHERE group_id = $1", group_id)
    await sql.execute("SET session_replication_role = DEFAULT")


class World:
    """Writes a group, schools and people straight into the database, as its superuser.

    `bundle_kept` where `keep_bundle` was called on the connection.
    """

    def __init__(
        self, sql: asyncpg.Connection, authenticator: Authenticator, *, bundle_kept: bool = False
    ) -> None:
        self.sql = sql
        self.bundle_kept = bundle_kept
        self.authenticator = authenticator
        self.group_id = UUID(int=0)

    async def group(self, code: str = "demo") -> UUID:
        """A group with the shipped policy in force; the newest one is where schools are made."""
        self.group_id = new_id()
        await self.sql.execute(
            "INSERT INTO education_group (id, code, name) VALUES ($1, $2, $3)",
            self.group_id,
            code,
            f"集团 {code}",
        )
        if self.bundle_kept:
            await self.sql.execute(COPY_BUNDLE, self.group_id)
        else:
            await write_bundle(self.sql, self.group_id)
        return self.group_id

    async def school(
        self,
        name: str,
        tier: str = "integrated",
        stages: tuple[str, ...] = ("junior",),
        code: str | None = None,
    ) -> School:
        """A school that has had its tier for long."""
        made = School(new_id(), self.group_id, code or f"S{name}", name, tier)
        await self.sql.execute(
            WRITE_SCHOOL, self.group_id, made.id, made.code, name, list(stages),
            new_id(), tier, LONG_AGO,
        )  # fmt: skip
        return made

    async def no_weekends(self) -> None:
        """School on Saturdays and Sundays too: for tests that count days from today."""
        await self.sql.execute(
            """INSERT INTO makeup_day (group_id, id, name, taught_on)
               SELECT $1, gen_random_uuid(), '补课', d
                 FROM generate_series($2::date - 30, $2::date + 300, interval '1 day') AS d
                WHERE extract(isodow FROM d) > 5""",
            self.group_id,
            today_there(),
        )

    async def person(self, school: School | None, role: str, username: str | None = None) -> Person:
        """Someone with one appointment (no school: at the group office), signed in."""
        group_id = school.group_id if school else self.group_id
        person_id, appointment_id = new_id(), new_id()
        username = username or f"{role.replace('_', '-')}-{person_id.hex[-10:]}"
        school_id, session_id = school.id if school else None, new_id()
        name = f"老师{username[-4:]}"
        await self.sql.execute(
            WRITE_PERSON, group_id, person_id, username, name,
            appointment_id, school_id, role, LONG_AGO, session_id,
        )  # fmt: skip
        return self._signed_in(group_id, person_id, appointment_id, session_id, school_id, role)

    async def sign_in(self, group_id: UUID, person_id: UUID, appointment_id: UUID) -> Person:
        """A session for one of a person's appointments."""
        row = await self.sql.fetchrow(
            """SELECT a.role, a.school_id, p.epoch FROM appointment a
                 JOIN person p ON p.group_id = a.group_id AND p.id = a.person_id
                WHERE a.group_id = $1 AND a.id = $2""",
            group_id,
            appointment_id,
        )
        assert row is not None
        session_id = new_id()
        await self.sql.execute(
            """INSERT INTO access_session (group_id, id, person_id, appointment_id, epoch,
                                           created_at, expires_at)
               VALUES ($1, $2, $3, $4, $5, now(), $6)""",
            group_id,
            session_id,
            person_id,
            appointment_id,
            row["epoch"],
            datetime.now(UTC) + timedelta(days=400),
        )
        return self._signed_in(
            group_id, person_id, appointment_id, session_id, row["school_id"], row["role"]
        )

    def _signed_in(
        self,
        group_id: UUID,
        person_id: UUID,
        appointment_id: UUID,
        session_id: UUID,
        school_id: UUID | None,
        role: str,
    ) -> Person:
        token = self.authenticator.write_token(session_id, group_id, f"person:{person_id}")
        headers = {"Authorization": f"Bearer {token}"}
        return Person(person_id, group_id, school_id, appointment_id, session_id, role, headers)

    async def client(self, school: School | None, scopes: list[str]) -> dict[str, str]:
        """A machine acting for a school (or the office) with scopes; its request headers."""
        group_id = school.group_id if school else self.group_id
        client_id, session_id = new_id(), new_id()
        await self.sql.execute(
            """INSERT INTO client (group_id, id, school_id, name, scopes, secret_sha256,
                                   created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, sha256('x'), now(), now())""",
            group_id,
            client_id,
            school.id if school else None,
            f"client {client_id}",
            scopes,
        )
        await self.sql.execute(
            """INSERT INTO access_session (group_id, id, client_id, scopes, epoch, created_at,
                                           expires_at)
               VALUES ($1, $2, $3, $4, 1, now(), $5)""",
            group_id,
            session_id,
            client_id,
            scopes,
            datetime.now(UTC) + timedelta(days=400),
        )
        token = self.authenticator.write_token(session_id, group_id, f"client:{client_id}")
        return {"Authorization": f"Bearer {token}"}
