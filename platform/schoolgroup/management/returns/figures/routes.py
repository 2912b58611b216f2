"""HTTP of a call's figures."""

from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.management.returns.figures import service
from schoolgroup.management.returns.figures.models import (
    Basis,
    CallCompleteness,
    CallFigures,
    Dimension,
    Question,
    RollUp,
    RollUpKind,
    Series,
)

TAGS = ["returns"]
BasisParameter = FromQuery[
    Annotated[Basis, QueryParameter(description="Over all answers, or the accepted ones.")]
]

Code = Annotated[
    str,
    QueryParameter(
        pattern=r"^[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?$",
        description="A field that is a number, or a column of rows: staff.hours.",
    ),
]
CodeParameter = FromQuery[Code]
BesideParameter = FromQuery[
    Annotated[
        str | None,
        QueryParameter(
            pattern=r"^[a-z][a-z0-9_]{0,63}(\.[a-z][a-z0-9_]{0,63})?$",
            description="The weight of a weighted mean, the denominator of a share.",
        ),
    ]
]
PeriodParameter = FromQuery[
    Annotated[str | None, QueryParameter(max_length=40, description="The first or last period.")]
]
CallsParameter = FromQuery[Annotated[int, QueryParameter(ge=1, le=60)]]


@get("/v1/calls/{call_id:uuid}/completeness", opt=may("call:read"), operation_id="getCompleteness",
     tags=TAGS, summary="How complete a call is", responses=refusals(NotFound))  # fmt: skip
async def completeness(call_id: FromPath[UUID], call: NamedDependency[Call]) -> CallCompleteness:
    """Expected, answered, on time and accepted, live; the office sees who is missing."""
    return await call.read(lambda tx: service.completeness(tx, call_id))


@get("/v1/calls/{call_id:uuid}/figures", opt=may("figures:read"), operation_id="getFigures",
     tags=TAGS, summary="Sums and means of a call",
     responses=refusals(NotAllowed, NotFound))  # fmt: skip
async def figures(
    call_id: FromPath[UUID],
    call: NamedDependency[Call],
    basis: BasisParameter = Basis.SUBMITTED,
) -> CallFigures:
    """Each number by tier; schools see them once nobody can answer any more."""
    return await call.read(lambda tx: service.figures(tx, call_id, basis))


@get("/v1/calls/{call_id:uuid}/roll-up/{field_code:str}", opt=may("figures:read"),
     operation_id="rollUpCall", tags=TAGS, summary="One figure of a call, by tier, stage or school",
     responses=refusals(NotAllowed, NotFound, service.BadQuestion))  # fmt: skip
async def roll_up(
    call_id: FromPath[UUID],
    field_code: FromPath[str],
    call: NamedDependency[Call],
    kind: FromQuery[RollUpKind] = RollUpKind.SUM,
    beside: BesideParameter = None,
    by: FromQuery[Dimension] = Dimension.TIER,
    basis: BasisParameter = Basis.SUBMITTED,
) -> RollUp:
    """Sum, mean, weighted mean or share, live; by school, a school sees itself alone."""
    question = Question(field=field_code, kind=kind, beside=beside, by=by, basis=basis)
    return await call.read(lambda tx: service.roll_up(tx, call_id, question))


@get("/v1/field-series", opt=may("figures:read"), operation_id="getFieldSeries", tags=TAGS,
     summary="One figure over periods",
     responses=refusals(NotAllowed, service.BadQuestion))  # fmt: skip
async def series(
    call: NamedDependency[Call],
    field: CodeParameter,
    kind: FromQuery[RollUpKind] = RollUpKind.SUM,
    beside: BesideParameter = None,
    by: FromQuery[Dimension] = Dimension.ALL,
    basis: BasisParameter = Basis.SUBMITTED,
    from_period: PeriodParameter = None,
    to_period: PeriodParameter = None,
    calls_max: CallsParameter = 24,
) -> Series:
    """The same figure of every call that asked the field, by whatever form; newest `calls_max`."""
    question = Question(field=field, kind=kind, beside=beside, by=by, basis=basis)
    return await call.read(
        lambda tx: service.series(tx, question, from_period, to_period, calls_max)
    )


ROUTES = [completeness, figures, roll_up, series]
