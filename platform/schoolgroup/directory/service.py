"""The group: founded once, from the command line, and seen by everyone in it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

from schoolgroup.access import queries as access_queries
from schoolgroup.access.bundle import bundle_hash
from schoolgroup.access.decisions import require
from schoolgroup.directory import queries
from schoolgroup.directory.models import Group, Role
from schoolgroup.directory.people import service as people
from schoolgroup.directory.people.models import AppointmentEntry
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Conflict, NotFound, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.texts import Text

FOUNDER = "installation"


class GroupExists(Conflict):
    """There is a group with this code: nothing was changed."""

    code = "group_exists"
    title = Text("There is a group with this code", "该集团代码已存在")
    remedy = Text("Use it, or choose another code.", "请直接使用，或另选代码。")


refuse_by_constraint("education_group_code_key", GroupExists)


async def get_group(tx: Tx) -> Group:
    """The actor's group and how many schools it has today."""
    require(tx, "directory:read", thing=f"group/{tx.group_id}")
    group = await queries.get_group(tx)
    if group is None:
        raise NotFound
    return group


async def found_group(
    db: Database,
    code: str,
    name: str,
    admin_username: str,
    admin_name: str,
    password_hash: str | None,
    files: Mapping[str, str],
    also: Sequence[Callable[[Tx], Awaitable[object]]] = (),
) -> UUID:
    """Found a group: its policy (files by name), and its first administrator from today on.

    `also` is what the promises give a new group to begin with, in the same transaction.

    `password_hash` is argon2id, null where the administrator gets a password later. All or
    nothing; raises GroupExists where the code is taken.
    """
    group_id = new_id()
    texts = dict(files)
    sha256 = bundle_hash({name: text.encode() for name, text in texts.items()})

    async def found(tx: Tx) -> UUID:
        await queries.insert_group(tx, code, name)
        await access_queries.insert_policy(
            tx, sha256, texts, FOUNDER, FOUNDER, "the policy the group starts with"
        )
        today: date = await queries.today(tx)
        first = AppointmentEntry(role=Role.GROUP_ADMIN, from_on=today)
        person_id = await people.enter(tx, admin_username, admin_name, [first])
        if password_hash is not None:
            await queries.insert_credential(tx, person_id, password_hash)
        await journal.record(
            tx,
            "group.founded",
            act="policy:publish",
            thing=f"group/{group_id}",
            data={"code": code, "policy_sha256": sha256},
        )
        for give in also:
            await give(tx)
        return group_id

    return await db.run(system_actor(group_id), found, "found-group")


async def list_groups(db: Database) -> list[queries.GroupCode]:
    """Every group of this server, for its operator's commands."""
    return await db.run(system_actor(None), queries.list_groups)
