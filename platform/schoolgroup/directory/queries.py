"""SQL of the group itself."""

from datetime import date
from uuid import UUID

from schoolgroup.directory.models import Group, KnownGroup
from schoolgroup.kernel.db import Tx, execute, fetch_all, fetch_one, fetch_value

GET_GROUP = """
SELECT g.id, g.code, g.name, g.time_zone, g.created_at,
       count(*) FILTER (WHERE t.tier = 'integrated') AS schools_integrated,
       count(*) FILTER (WHERE t.tier = 'partner') AS schools_partner
  FROM education_group g
  LEFT JOIN school_tier t
    ON t.group_id = g.id AND t.from_on <= app.today()
   AND (t.until_on IS NULL OR app.today() < t.until_on)
 WHERE g.id = $1
 GROUP BY g.id
"""

INSERT_GROUP = """
INSERT INTO education_group (id, code, name, created_at) VALUES ($1, $2, $3, $4)
"""

INSERT_CREDENTIAL = """
INSERT INTO person_credential (group_id, person_id, password_hash, updated_at)
VALUES ($1, $2, $3, $4)
"""

LIST_GROUPS = """
SELECT id, code, name FROM education_group ORDER BY code
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


async def insert_group(tx: Tx, code: str, name: str) -> None:
    """The group whose id this transaction already speaks for."""
    await execute(tx, INSERT_GROUP, tx.group_id, code, name, tx.now)


async def insert_credential(tx: Tx, person_id: UUID, password_hash: str) -> None:
    """The first password of a person, already hashed."""
    await execute(tx, INSERT_CREDENTIAL, tx.group_id, person_id, password_hash, tx.now)


async def list_groups(tx: Tx) -> list[KnownGroup]:
    """Every group, for the system itself: nobody else sees more than one."""
    return await fetch_all(tx, KnownGroup, LIST_GROUPS)
