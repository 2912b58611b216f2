"""Live figures of a call: counted over rows each time, never showing a school another's answer."""

from datetime import datetime
from uuid import UUID

import msgspec

from schoolgroup.access.decisions import require, require_found
from schoolgroup.kernel.db import Tx
from schoolgroup.management.returns.calls import service as calls
from schoolgroup.management.returns.figures import queries, rules
from schoolgroup.management.returns.figures.models import (
    Basis,
    CallCompleteness,
    CallFigures,
    Figure,
    SumRow,
)
from schoolgroup.management.returns.forms import service as forms
from schoolgroup.management.returns.forms.models import FormField

MISSING_MAX = 1000


async def completeness(tx: Tx, call_id: UUID) -> CallCompleteness:
    """Who has answered, counted; by name only for who may read every return."""
    await calls.look_up(tx, call_id)
    rows = await queries.count_by_tier(tx, call_id)
    *tiers, whole = rows
    names = await calls.missing_targets(tx, call_id, MISSING_MAX) if calls.sees_all(tx) else None
    return CallCompleteness(
        **msgspec.structs.asdict(rules.with_rates(whole)),
        call_id=call_id,
        last_closes_at=whole.closes_at,
        by_tier=[rules.with_rates(row) for row in tiers],
        missing=names,
        mine=await calls.own_target(tx, call_id),
    )


async def figures(tx: Tx, call_id: UUID, basis: Basis) -> CallFigures:
    """Sums and means of the call's numbers; for schools only when nobody can answer any more.

    Over accepted answers only for who may read every return: acceptances come one by one.
    """
    call = await queries.get_call(tx, call_id)
    require_found(call, f"call/{call_id}", "figures:read")
    assert call is not None
    thing = f"call/{call_id}"
    require(tx, "figures:read", call.relations, thing=thing)
    if basis is Basis.ACCEPTED:
        require(tx, "return:read", thing=thing)
    until_at = None if calls.sees_all(tx) else await _still_open_until(tx, call_id)
    shown: list[Figure] = []
    if until_at is None:
        rows = await queries.sum_by_tier(tx, call_id, only_accepted=basis is Basis.ACCEPTED)
        hidden = set() if calls.sees_all(tx) else rules.withheld(rows)
        fields = await forms.fields_of(tx, call.form_id, call.form_version)
        by_code = {field.code: field for field in fields}
        shown = [_figure(by_code[r.field_code], r, (r.field_code, r.tier) in hidden) for r in rows]
    return CallFigures(
        call_id=call_id,
        form_version=call.form_version,
        basis=basis,
        withheld_until_at=until_at,
        figures=shown,
    )


async def _still_open_until(tx: Tx, call_id: UUID) -> datetime | None:
    """When the last school expected can no longer answer; None if that has passed."""
    whole = (await queries.count_by_tier(tx, call_id))[-1]
    return whole.closes_at if whole.closes_at and tx.now < whole.closes_at else None


def _figure(field: FormField, row: SumRow, hide: bool) -> Figure:
    return Figure(
        field=field.code,
        label=field.label,
        unit=field.unit,
        tier=row.tier,
        schools=row.schools,
        sum=None if hide else row.sum,
        mean=None if hide else row.mean,
    )
