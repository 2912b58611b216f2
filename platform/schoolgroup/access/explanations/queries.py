"""SQL of explanations: what stands between someone and any kind of thing."""

from uuid import UUID

import msgspec

from schoolgroup.access.decisions import with_rights
from schoolgroup.access.relations import Relations
from schoolgroup.access.sessions.models import Context
from schoolgroup.access.sessions.queries import LIST_CONTEXTS
from schoolgroup.kernel.db import Tx, fetch_all, fetch_one, fetch_value

GET_PERSON = """
SELECT p.id, /*relations:person:p*/ AS relations
  FROM person p
 WHERE p.group_id = $1 AND p.id = $2
"""
GET_SCHOOL_NAME = """
SELECT name FROM school WHERE group_id = $1 AND id = $2
"""


class PersonRow(msgspec.Struct, frozen=True):
    """A person with the relations between them and whoever asks."""

    id: UUID
    relations: int


class ThingRow(msgspec.Struct, frozen=True):
    """What stands between the actor and a thing, and whose it is."""

    relations: int
    owner_school_id: UUID | None


async def get_person(tx: Tx, person_id: UUID) -> PersonRow | None:
    """The person who is asked about."""
    return await fetch_one(tx, PersonRow, with_rights(tx, GET_PERSON), tx.group_id, person_id)


async def list_contexts(tx: Tx, person_id: UUID) -> list[Context]:
    """The appointments of that person the caller can know of."""
    return await fetch_all(tx, Context, LIST_CONTEXTS, tx.group_id, person_id)


async def get_thing(tx: Tx, relations: Relations, kind: str, thing_id: UUID) -> ThingRow | None:
    """The relations between the transaction's actor and the thing.

    The statement is put together from the kinds in relations.toml, never from the request.
    """
    table = relations.things[kind]
    statement = f"""
SELECT {relations.mask_sql(kind, "t")} AS relations,
       CASE WHEN '{kind}' = 'school' THEN t.id
            ELSE coalesce(to_jsonb(t) ->> 'owner_school_id', to_jsonb(t) ->> 'school_id')::uuid
       END AS owner_school_id
  FROM {table} t
 WHERE t.group_id = $1 AND t.id = $2
"""
    return await fetch_one(tx, ThingRow, statement, tx.group_id, thing_id)


async def get_school_name(tx: Tx, school_id: UUID) -> str | None:
    """The name of a school."""
    name: str | None = await fetch_value(tx, GET_SCHOOL_NAME, tx.group_id, school_id)
    return name
