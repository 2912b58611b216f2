"""Figures of lending over HTTP, as JSON or as a sheet."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from schoolgroup.kernel.errors import Invalid, Unauthenticated
from schoolgroup.kernel.http import Call, file_answer, may, refusals
from schoolgroup.kernel.sheet_files import ListFormat
from schoolgroup.resources.lending.figures import service
from schoolgroup.resources.lending.figures.models import (
    Balance,
    BalanceList,
    Circulation,
    CirculationList,
    Waits,
    WaitsList,
)

TAGS = ["lending"]
FromOn = FromQuery[
    Annotated[date | None, QueryParameter(description="Months beginning on or after this day.")]
]
UntilOn = FromQuery[
    Annotated[date | None, QueryParameter(description="Months beginning before this day.")]
]
AsForm = FromQuery[Annotated[ListFormat, QueryParameter(description="json, csv or xlsx.")]]


@get(
    "/v1/lending/circulation",
    opt=may("figures:read"),
    operation_id="lendingCirculation",
    tags=TAGS,
    summary="Loans by school, subject and month",
    responses=refusals(Unauthenticated, Invalid),
)
async def circulation(
    call: NamedDependency[Call],
    from_on: FromOn = None,
    until_on: UntilOn = None,
    form: AsForm = ListFormat.JSON,
) -> Response[CirculationList]:
    """What the caller's school lent and borrowed; the office sees all."""
    rows = await call.read(lambda tx: service.circulation(tx, from_on, until_on))
    return await _answer("circulation", Circulation, rows, form, CirculationList(rows))


@get(
    "/v1/lending/balance",
    opt=may("figures:read"),
    operation_id="lendingBalance",
    tags=TAGS,
    summary="What a school gave to others and took from others",
    responses=refusals(Unauthenticated, Invalid),
)
async def balance(
    call: NamedDependency[Call],
    from_on: FromOn = None,
    until_on: UntilOn = None,
    form: AsForm = ListFormat.JSON,
) -> Response[BalanceList]:
    """The caller's school; the office sees all."""
    rows = await call.read(lambda tx: service.balance(tx, from_on, until_on))
    return await _answer("balance", Balance, rows, form, BalanceList(rows))


@get(
    "/v1/lending/waits",
    opt=may("figures:read"),
    operation_id="lendingWaits",
    tags=TAGS,
    summary="How long people waited for a seat",
    responses=refusals(Unauthenticated, Invalid),
)
async def waits(
    call: NamedDependency[Call],
    from_on: FromOn = None,
    until_on: UntilOn = None,
    form: AsForm = ListFormat.JSON,
) -> Response[WaitsList]:
    """The people of the caller's school; the office sees all."""
    rows = await call.read(lambda tx: service.waits(tx, from_on, until_on))
    return await _answer("waits", Waits, rows, form, WaitsList(rows))


async def _answer(
    name: str, kind: type[msgspec.Struct], rows: Sequence[Any], form: ListFormat, listed: Any
) -> Response[Any]:
    if form is ListFormat.JSON:
        return Response(listed)
    return file_answer(await service.sheet(name, kind, rows, form))


ROUTES = [circulation, balance, waits]
