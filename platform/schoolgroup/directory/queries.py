"""SQL of the group itself."""

from datetime import date
from uuid import UUID

import msgspec

from schoolgroup.directory.models import Group
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value

GET_GROUP = """
SELECT g.id, g.code, g.name, g.time_zone, g.created_at,
       count(*) FILTER (WHERE t.tier = 'integrated') AS schools_integrated,
       count(*) FILTER (WHERE t.tier = 'partner') AS schools_partner
  FROM education_group g
  LEFT JOIN school_tier t
    ON t.group_id = g.id AND t.from_on <= (SELECT app.today())
   AND (t.until_on IS NULL OR (SELECT app.today()) < t.until_on)
 WHERE g.id = $1
 GROUP BY g.id
"""

LIST_GROUPS = """
SELECT id, code FROM education_group ORDER BY code
"""

INSERT_GROUP = """
INSERT INTO education_group (id, code, name, created_at) VALUES ($1, $2, $3, $4)
"""

INSERT_CREDENTIAL = """
INSERT INTO person_credential (group_id, person_id, password_hash, updated_at)
VALUES ($1, $2, $3, $4)
"""

TODAY = """
SELECT app.today()
"""


async def today(tx: Tx) -> date:
    """The date at the group's place."""
    day: date = await fetch_value(tx, TODAY)
    return day


async def get_group(tx: Tx) -> Group | None:
    """The actor's group."""
    return await fetch_one(tx, Group, GET_GROUP, tx.group_id)


class GroupCode(msgspec.Struct, frozen=True):
    """A group of this server, by its code."""

    id: UUID
    code: str


async def list_groups(tx: Tx) -> list[GroupCode]:
    """Every group of this server: only the system itself sees more than one."""
    return await fetch_all(tx, GroupCode, LIST_GROUPS)


async def insert_group(tx: Tx, code: str, name: str) -> None:
    """The group whose id this transaction already speaks for."""
    await execute(tx, INSERT_GROUP, tx.group_id, code, name, tx.now)


async def insert_credential(tx: Tx, person_id: UUID, password_hash: str) -> None:
    """The first password of a person, already hashed."""
    await execute(tx, INSERT_CREDENTIAL, tx.group_id, person_id, password_hash, tx.now)
