"""HTTP of the figures of ledgers."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.kernel.errors import NotFound
from schoolgroup.kernel.http import Call, may, refusals
from schoolgroup.management.ledgers.figures import rules, service
from schoolgroup.management.ledgers.figures.models import By, Figures, Of, Outlook, Series, Step

TAGS = ["ledgers"]
OfThis = Annotated[UUID | None, QueryParameter(description="Only the items of this one.")]
OfCategory = Annotated[
    str | None, QueryParameter(max_length=40, description="Only the items of this category.")
]
FromOn = Annotated[date, QueryParameter(description="The first day.")]
UntilOn = Annotated[date | None, QueryParameter(description="The last day; null: today.")]


@get("/v1/ledger-figures", opt=may(service.FIGURES), operation_id="getLedgerFigures", tags=TAGS,
     summary="Completion and on-time rate, now",
     responses=refusals(NotAllowed, rules.BadParts))  # fmt: skip
async def get_figures(
    call: NamedDependency[Call],
    by: FromQuery[Annotated[By, QueryParameter(description="In parts.")]] = By.NOTHING,
    ledger_id: FromQuery[OfThis] = None,
    initiative_id: FromQuery[OfThis] = None,
    measure_id: FromQuery[OfThis] = None,
    school_id: FromQuery[OfThis] = None,
    category: FromQuery[OfCategory] = None,
) -> Response[Figures]:
    """Counted over rows at this moment, each figure with the list of the items behind it."""
    of = Of(
        ledger_id=ledger_id, initiative_id=initiative_id, measure_id=measure_id,
        school_id=school_id, category=category,
    )  # fmt: skip
    return Response(await call.read(lambda tx: service.figures(tx, by, of)))


@get("/v1/ledger-series", opt=may(service.FIGURES), operation_id="getLedgerSeries", tags=TAGS,
     summary="The same at the ends of days gone by",
     responses=refusals(NotAllowed, rules.BadParts, rules.BadSeries))  # fmt: skip
async def get_series(
    call: NamedDependency[Call],
    from_on: FromQuery[FromOn],
    until_on: FromQuery[UntilOn] = None,
    step: FromQuery[Step] = Step.WEEK,
    ledger_id: FromQuery[OfThis] = None,
    initiative_id: FromQuery[OfThis] = None,
    measure_id: FromQuery[OfThis] = None,
    school_id: FromQuery[OfThis] = None,
    category: FromQuery[OfCategory] = None,
) -> Response[Series]:
    """From what happened to the items, never from stored counts; today's point is as of now."""
    of = Of(
        ledger_id=ledger_id, initiative_id=initiative_id, measure_id=measure_id,
        school_id=school_id, category=category,
    )  # fmt: skip
    return Response(await call.read(lambda tx: service.series(tx, of, from_on, until_on, step)))


@get("/v1/ledgers/{ledger_id:uuid}/outlook", opt=may(service.FIGURES),
     operation_id="getLedgerOutlook", tags=TAGS, summary="How far the targets are",
     responses=refusals(NotAllowed, NotFound))  # fmt: skip
async def get_outlook(ledger_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Outlook]:
    """With a projection and its interval, or the reason why there is none."""
    return Response(await call.read(lambda tx: service.outlook(tx, ledger_id)))


ROUTES = [get_figures, get_series, get_outlook]
