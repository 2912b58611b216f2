"""Looking at a revision with every check."""

from uuid import UUID

from schoolgroup.kernel.db import Tx
from schoolgroup.resources.catalogue.checks import queries, rules
from schoolgroup.resources.catalogue.checks.models import CheckResult, Facts
from schoolgroup.resources.catalogue.models import Revision
from schoolgroup.resources.catalogue.needs import service as needs


async def examine(
    tx: Tx, resource_id: UUID, school_id: UUID, revision: Revision
) -> list[CheckResult]:
    """What every check says of a revision now."""
    prerequisites = (await needs.shown(tx, resource_id, [revision.no]))[revision.no]
    needed = [one.resource_id for one in prerequisites if one.resource_id is not None]
    circular = await needs.circles(tx, resource_id, needed)
    facts = Facts(
        files=await queries.list_files(tx, resource_id, revision.no),
        prerequisites=prerequisites,
        circular=sorted(str(one) for one in circular),
        twins=await queries.list_twins(tx, resource_id, revision.no, school_id),
    )
    return rules.examine(revision, facts)
