"""The group, as everyone in it sees it."""

from schoolgroup.access.decisions import require
from schoolgroup.directory import queries
from schoolgroup.directory.models import Group
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import NotFound


async def get_group(tx: Tx) -> Group:
    """The actor's group and how many schools it has today."""
    require(tx, "directory:read", thing=f"group/{tx.group_id}")
    group = await queries.get_group(tx)
    if group is None:
        raise NotFound
    return group
