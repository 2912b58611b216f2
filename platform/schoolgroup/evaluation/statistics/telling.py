"""What a release tells beside what earlier ones told: so that two of them together show nobody."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from schoolgroup.evaluation.results import service as results
from schoolgroup.evaluation.results.models import Part
from schoolgroup.evaluation.statistics import queries
from schoolgroup.evaluation.statistics.carrying import Key, Told, carry, changed
from schoolgroup.evaluation.statistics.models import (
    GROUP,
    Computed,
    GroupFigures,
    PeerFigures,
)
from schoolgroup.kernel.db import Tx


async def beside_earlier(
    tx: Tx,
    exam_id: UUID,
    computed: Computed,
    parts: Sequence[Part],
    letters: Mapping[UUID, str],
    k: int,
) -> Computed:
    """The same with the shared figures told as they were wherever fewer than k pupils changed."""
    rows = await queries.list_told(tx, exam_id)
    if not rows or not computed.shared:
        return computed
    since: dict[UUID, dict[Key, int]] = {}
    for snapshot_id in {row.snapshot_id for row in rows}:
        before = await results.parts(tx, snapshot_id)
        since[snapshot_id] = _by_letter(changed(before, parts), letters)
    by_key = {(row.exam_subject_id, row.letter): row for row in rows}
    told = Told(
        shared={key: row.told for key, row in by_key.items()},
        origin={key: row.origin_id for key, row in by_key.items()},
        changes={key: since[row.snapshot_id].get(key, 0) for key, row in by_key.items()},
    )
    carried = carry(told, computed.shared, k)
    return msgspec.structs.replace(computed, shared=carried.shared, origin=carried.origin)


async def first_told(
    tx: Tx, origin: Mapping[Key, UUID]
) -> dict[Key, PeerFigures | GroupFigures | None]:
    """The figures that a release carries, as the release they come from holds them."""
    found: dict[Key, PeerFigures | GroupFigures | None] = {}
    for release_id in set(origin.values()):
        stored = await queries.get_computed(tx, release_id, None)
        found |= {
            key: stored.shared.get(key) for key, where in origin.items() if where == release_id
        }
    return found


def _by_letter(
    changes: Mapping[tuple[UUID, UUID], int], letters: Mapping[UUID, str]
) -> dict[Key, int]:
    """Changes by subject and letter, and under GROUP over all schools of the subject."""
    found: dict[Key, int] = {}
    for (subject, school), count in changes.items():
        found[subject, letters.get(school, "")] = count
        found[subject, GROUP] = found.get((subject, GROUP), 0) + count
    return found
