"""Naming prerequisites in a draft, and showing how they are now."""

from collections.abc import Sequence
from uuid import UUID

from schoolgroup.access.decisions import may
from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.resources.catalogue.needs import queries
from schoolgroup.resources.catalogue.needs.models import Need, NeedRow, Prerequisite, Standing
from schoolgroup.resources.curriculum import service as curriculum

DISCOVER = "resource:discover"
Named = tuple[UUID | None, UUID | None, str]


async def resolve(tx: Tx, resource_id: UUID | None, needs: Sequence[Need]) -> list[Named]:
    """The prerequisites as they are written, with what each is called now.

    Raises Invalid naming each that is no published resource the actor may find, no place in the
    curriculum, the resource itself, named twice, or would close a circle.
    """
    wanted = [need.resource_id for need in needs if need.resource_id is not None]
    nodes = [need.node_id for need in needs if need.node_id is not None]
    targets = await queries.list_targets(tx, wanted) if wanted else {}
    places = await queries.list_places(tx, nodes) if nodes else {}
    circular = await circles(tx, resource_id, wanted) if resource_id else set()
    wrong: list[Problem] = []
    named: list[Named] = []
    for at, need in enumerate(needs):
        pointer = f"/prerequisites/{at}"
        if (need.resource_id is None) == (need.node_id is None):
            wrong.append(Problem(pointer, "one_of", "send either resource_id or node_id"))
        elif need in needs[:at]:
            wrong.append(Problem(pointer, "twice", "this prerequisite is already listed"))
        elif need.resource_id is not None and need.resource_id in (resource_id, *circular):
            wrong.append(
                Problem(f"{pointer}/resource_id", "circular", "it leads back to this resource")
            )
        elif need.resource_id is not None:
            target = targets.get(need.resource_id)
            seen = target is not None and may(tx, DISCOVER, target.relations)
            if target is None or not seen or target.status != "published":
                why = "no published resource that you may find"
                wrong.append(Problem(f"{pointer}/resource_id", "unknown", why))
            else:
                named.append((need.resource_id, None, target.title))
        elif need.node_id not in places:
            wrong.append(
                Problem(f"{pointer}/node_id", "no_such_node", "no such place in the curriculum")
            )
        else:
            await curriculum.take_place(tx, need.node_id)
            named.append((None, need.node_id, places[need.node_id]))
    if wrong:
        raise Invalid(problems=wrong)
    return named


async def circles(tx: Tx, resource_id: UUID, needed: Sequence[UUID]) -> set[UUID]:
    """Those of the needed resources that lead back to this one by what is published."""
    return await queries.leading_back(tx, resource_id, needed) if needed else set()


async def shown(
    tx: Tx, resource_id: UUID, revision_nos: Sequence[int]
) -> dict[int, list[Prerequisite]]:
    """The prerequisites of some revisions as the actor sees them, by revision number."""
    found: dict[int, list[Prerequisite]] = {no: [] for no in revision_nos}
    for row in await queries.list_needs(tx, resource_id, revision_nos):
        found[row.revision_no].append(_shown(row))
    return found


def _shown(row: NeedRow) -> Prerequisite:
    standing = Standing.OK
    if row.resource_id is not None and not row.found:
        standing = Standing.OUT_OF_REACH
    elif row.resource_id is not None and row.status == "withdrawn":
        standing = Standing.WITHDRAWN
    title = None if standing is Standing.OUT_OF_REACH else row.title
    return Prerequisite(row.no, row.resource_id, row.node_id, title, standing)
