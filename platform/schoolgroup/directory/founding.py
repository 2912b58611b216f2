"""Founding a group: once, from the command line, by the system itself."""

from uuid import UUID

from schoolgroup.access import queries as access_queries
from schoolgroup.access.bundles import ShippedPolicy
from schoolgroup.directory import queries
from schoolgroup.directory.models import KnownGroup, Role
from schoolgroup.directory.people import service as people
from schoolgroup.directory.people.models import AppointmentEntry
from schoolgroup.kernel import journal
from schoolgroup.kernel.context import system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import Conflict, refuse_by_constraint
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.texts import Text

FOUNDER = "installation"


class GroupExists(Conflict):
    """There is a group with this code: nothing was changed."""

    code = "group_exists"
    title = Text("There is a group with this code", "该集团代码已存在")
    remedy = Text("Use it, or choose another code.", "请直接使用，或另选代码。")


refuse_by_constraint("education_group_code_key", GroupExists)


async def found_group(
    db: Database,
    code: str,
    name: str,
    admin_username: str,
    admin_name: str,
    password_hash: str | None,
    policy: ShippedPolicy,
) -> UUID:
    """Found a group: the policy it starts with, and its first administrator from today on.

    `password_hash` is argon2id, null where the administrator gets a password later. All or
    nothing; raises GroupExists where the code is taken.
    """
    group_id = new_id()

    async def found(tx: Tx) -> UUID:
        await queries.insert_group(tx, code, name)
        await access_queries.insert_policy(
            tx, policy.sha256, policy.texts, FOUNDER, FOUNDER, "the policy the group starts with"
        )
        first = AppointmentEntry(role=Role.GROUP_ADMIN, from_on=await queries.today(tx))
        person_id = await people.enter(tx, admin_username, admin_name, [first])
        if password_hash is not None:
            await queries.insert_credential(tx, person_id, password_hash)
        await journal.record(
            tx,
            "group.founded",
            act="policy:publish",
            thing=f"group/{group_id}",
            data={"code": code, "policy_sha256": policy.sha256},
        )
        return group_id

    return await db.run(system_actor(group_id), found, "found-group")


async def list_groups(db: Database) -> list[KnownGroup]:
    """Every group of this installation, by code."""
    return await db.run(system_actor(None), queries.list_groups, "list-groups")
