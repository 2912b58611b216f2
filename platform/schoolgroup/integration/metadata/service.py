"""Describing one published resource to other systems."""

from uuid import UUID

from schoolgroup.access.decisions import require, require_found
from schoolgroup.integration.metadata import queries
from schoolgroup.integration.metadata.models import Described
from schoolgroup.kernel.db import Tx
from schoolgroup.resources.catalogue import service as catalogue

DISCOVER = "resource:discover"


async def describe(tx: Tx, resource_id: UUID) -> Described:
    """The published revision; raises NotFound (also for a draft), Withdrawn."""
    thing = f"resource/{resource_id}"
    row = await queries.get_described(tx, resource_id)
    if row is None:
        await catalogue.get(tx, resource_id)  # says whether it was withdrawn
    row = require_found(row, thing, DISCOVER)
    require(tx, DISCOVER, row.relations, thing=thing, see=DISCOVER)
    return row
