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


class World:
    """Writes a group, schools and people straight into the database, as its superuser."""

    def __init__(self, sql: asyncpg.Connection, authenticator: Authenticator) -> None:
        self.sql = sql
        self.authenticator = authenticator
        self.group_id = UUID(int=0)

    async def group(self, code: str = "demo", files: dict[str, str] | None = None) -> UUID:
        """A group with the shipped policy in force; the newest one is where schools are made."""
        from schoolgroup.access.bundles import shipped_policy

        self.group_id = new_id()
        await self.sql.execute(
            "INSERT INTO education_group (id, code, name) VALUES ($1, $2, $3)",
            self.group_id,
            code,
            f"集团 {code}",
        )
        bundle = shipped_policy()
        await self.sql.execute(
            """INSERT INTO policy_bundle
                   (group_id, version, sha256, files, author, approver, published_at)
               VALUES ($1, 1, $2, $3, 'tests', 'tests', now())""",
            self.group_id,
            bundle.sha256,
            msgspec.json.encode(bundle.texts).decode(),
        )
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
            """INSERT INTO school (group_id, id, code, name, stages, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $5, now(), now())""",
            self.group_id,
            made.id,
            made.code,
            name,
            list(stages),
        )
        await self.sql.execute(
            """INSERT INTO school_tier (group_id, id, school_id, tier, from_on)
               VALUES ($1, $2, $3, $4, $5)""",
            self.group_id,
            new_id(),
            made.id,
            tier,
            LONG_AGO,
        )
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
        await self.sql.execute(
            """INSERT INTO person (group_id, id, username, name, created_at, updated_at)
               VALUES ($1, $2, $3, $4, now(), now())""",
            group_id,
            person_id,
            username,
            f"老师{username[-4:]}",
        )
        await self.sql.execute(
            """INSERT INTO appointment
                   (group_id, id, person_id, school_id, role, from_on, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, now())""",
            group_id,
            appointment_id,
            person_id,
            school.id if school else None,
            role,
            LONG_AGO,
        )
        return await self.sign_in(group_id, person_id, appointment_id)

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
        token = self.authenticator.write_token(session_id, group_id, f"person:{person_id}")
        return Person(
            person_id,
            group_id,
            row["school_id"],
            appointment_id,
            session_id,
            row["role"],
            {"Authorization": f"Bearer {token}"},
        )

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
