"""Figures of lending over HTTP, as JSON or as a sheet."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromQuery, QueryParameter

from schoolgroup.kernel.errors import Invalid, Unauthenticated
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE
from schoolgroup.resources.lending.figures import service
from schoolgroup.resources.lending.figures.models import (
    Balance,
    BalanceList,
    Circulation,
    CirculationList,
    Form,
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
AsForm = FromQuery[Annotated[Form, QueryParameter(description="json, csv or xlsx.")]]


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
    form: AsForm = Form.JSON,
) -> Response[CirculationList]:
    """What the caller's school lent and borrowed; the office sees all."""
    rows = await call.read(lambda tx: service.circulation(tx, from_on, until_on))
    return _answer("circulation", Circulation, rows, form, CirculationList(rows))


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
    form: AsForm = Form.JSON,
) -> Response[BalanceList]:
    """The caller's school; the office sees all."""
    rows = await call.read(lambda tx: service.balance(tx, from_on, until_on))
    return _answer("balance", Balance, rows, form, BalanceList(rows))


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
    form: AsForm = Form.JSON,
) -> Response[WaitsList]:
    """The people of the caller's school; the office sees all."""
    rows = await call.read(lambda tx: service.waits(tx, from_on, until_on))
    return _answer("waits", Waits, rows, form, WaitsList(rows))


def _answer(
    name: str, kind: type[msgspec.Struct], rows: Sequence[Any], form: Form, listed: Any
) -> Response[Any]:
    if form is Form.JSON:
        return Response(listed)
    media_type = XLSX_TYPE if form is Form.XLSX else CSV_TYPE
    headers = {"Content-Disposition": f'attachment; filename="lending-{name}.{form}"'}
    content = service.sheet(name, kind, rows, form)
    return Response(content, media_type=media_type, headers=headers)


ROUTES = [circulation, balance, waits]
