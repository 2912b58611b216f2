"""Terms, holidays and days made up for over HTTP."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar import Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from schoolgroup.access.decisions import NotAllowed
from schoolgroup.directory.calendar import service
from schoolgroup.directory.calendar.models import (
    Holiday,
    HolidayEntry,
    HolidayFilter,
    MakeupDay,
    MakeupEntry,
    PeriodChange,
    Term,
    TermEntry,
)
from schoolgroup.kernel.errors import Invalid, NotFound, StaleVersion, VersionRequired
from schoolgroup.kernel.http import LIMIT, Call, Cursor, Limit, may, refusals
from schoolgroup.kernel.paging import BadCursor, Page

TAGS = ["directory"]
Since = FromQuery[
    Annotated[date | None, QueryParameter(description="Only what ends after this day begins.")]
]
Until = FromQuery[
    Annotated[date | None, QueryParameter(description="Only what begins before this day.")]
]


@get(
    "/v1/terms",
    opt=may("term:read"),
    operation_id="listTerms",
    tags=TAGS,
    summary="List the terms",
    responses=refusals(BadCursor, Invalid),
)
async def list_terms(
    call: NamedDependency[Call], limit: Limit = LIMIT, cursor: Cursor = None
) -> Response[Page[Term]]:
    """From the earliest on."""
    return await call.page(
        "terms",
        limit,
        cursor,
        lambda tx, page: service.list_terms(tx, page),
        key_of=lambda term: [term.from_on, term.id],
    )


@post(
    "/v1/terms",
    opt=may("term:manage"),
    operation_id="enterTerm",
    tags=TAGS,
    summary="Set a term",
    responses=refusals(NotAllowed, service.TermsOverlap, service.TermNameTaken, Invalid),
)
async def enter_term(data: JSONBody[TermEntry], call: NamedDependency[Call]) -> Response[Term]:
    """Terms belong to the whole group and never overlap."""
    return await call.once(
        lambda tx: service.enter_term(tx, data), location=lambda t: f"/v1/terms/{t.id}"
    )


@get(
    "/v1/terms/{term_id:uuid}",
    opt=may("term:read"),
    operation_id="getTerm",
    tags=TAGS,
    summary="One term",
    responses=refusals(NotFound),
)
async def get_term(term_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Term]:
    """Its name and days."""
    return await call.item(lambda tx: service.get_term(tx, term_id))


@patch(
    "/v1/terms/{term_id:uuid}",
    opt=may("term:manage"),
    operation_id="changeTerm",
    tags=TAGS,
    summary="Change a term",
    responses=refusals(
        NotAllowed,
        NotFound,
        service.TermsOverlap,
        service.TermNameTaken,
        StaleVersion,
        Invalid,
        VersionRequired,
    ),
)
async def change_term(
    term_id: FromPath[UUID], data: JSONBody[PeriodChange], call: NamedDependency[Call]
) -> Response[Term]:
    """Loans that were given until the end of a term keep their terms."""
    return await call.change(lambda tx, version: service.change_term(tx, term_id, data, version))


@delete(
    "/v1/terms/{term_id:uuid}",
    opt=may("term:manage"),
    operation_id="deleteTerm",
    tags=TAGS,
    summary="Delete a term",
    responses=refusals(NotAllowed, NotFound, StaleVersion, VersionRequired),
)
async def delete_term(term_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[None]:
    """A term set by mistake."""
    version = call.expected_version()
    return await call.once(lambda tx: service.delete_term(tx, term_id, version), status=204)


@get(
    "/v1/holidays",
    opt=may("term:read"),
    operation_id="listHolidays",
    tags=TAGS,
    summary="List the holidays",
    responses=refusals(BadCursor, Invalid),
)
async def list_holidays(
    call: NamedDependency[Call],
    school_id: FromQuery[UUID | None] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[Holiday]]:
    """From the earliest on; with `school_id` what that school keeps, the group's included."""
    wanted = HolidayFilter(school_id=school_id, since=since, until=until)
    return await call.page(
        "holidays",
        limit,
        cursor,
        lambda tx, page: service.list_holidays(tx, wanted, page),
        key_of=lambda holiday: [holiday.from_on, holiday.id],
    )


@post(
    "/v1/holidays",
    opt=may("term:manage"),
    operation_id="enterHoliday",
    tags=TAGS,
    summary="Set a holiday",
    responses=refusals(NotAllowed, Invalid),
)
async def enter_holiday(
    data: JSONBody[HolidayEntry], call: NamedDependency[Call]
) -> Response[Holiday]:
    """Of the whole group by the office, of a school by that school."""
    return await call.once(
        lambda tx: service.enter_holiday(tx, data), location=lambda h: f"/v1/holidays/{h.id}"
    )


@get(
    "/v1/holidays/{holiday_id:uuid}",
    opt=may("term:read"),
    operation_id="getHoliday",
    tags=TAGS,
    summary="One holiday",
    responses=refusals(NotFound),
)
async def get_holiday(holiday_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[Holiday]:
    """Its name, days and school."""
    return await call.item(lambda tx: service.get_holiday(tx, holiday_id))


@patch(
    "/v1/holidays/{holiday_id:uuid}",
    opt=may("term:manage"),
    operation_id="changeHoliday",
    tags=TAGS,
    summary="Change a holiday",
    responses=refusals(NotAllowed, NotFound, StaleVersion, Invalid, VersionRequired),
)
async def change_holiday(
    holiday_id: FromPath[UUID], data: JSONBody[PeriodChange], call: NamedDependency[Call]
) -> Response[Holiday]:
    """Its name and days; whose it is never changes."""
    return await call.change(
        lambda tx, version: service.change_holiday(tx, holiday_id, data, version)
    )


@delete(
    "/v1/holidays/{holiday_id:uuid}",
    opt=may("term:manage"),
    operation_id="deleteHoliday",
    tags=TAGS,
    summary="Delete a holiday",
    responses=refusals(NotAllowed, NotFound, StaleVersion, VersionRequired),
)
async def delete_holiday(holiday_id: FromPath[UUID], call: NamedDependency[Call]) -> Response[None]:
    """A holiday that does not take place."""
    version = call.expected_version()
    return await call.once(lambda tx: service.delete_holiday(tx, holiday_id, version), status=204)


@get(
    "/v1/makeup-days",
    opt=may("term:read"),
    operation_id="listMakeupDays",
    tags=TAGS,
    summary="List the days made up for",
    responses=refusals(BadCursor, Invalid),
)
async def list_makeups(
    call: NamedDependency[Call],
    school_id: FromQuery[UUID | None] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = LIMIT,
    cursor: Cursor = None,
) -> Response[Page[MakeupDay]]:
    """From the earliest on; with `school_id` what that school keeps, the group's included."""
    wanted = HolidayFilter(school_id=school_id, since=since, until=until)
    return await call.page(
        "makeup-days",
        limit,
        cursor,
        lambda tx, page: service.list_makeups(tx, wanted, page),
        key_of=lambda day: [day.taught_on, day.id],
    )


@post(
    "/v1/makeup-days",
    opt=may("term:manage"),
    operation_id="enterMakeupDay",
    tags=TAGS,
    summary="Set a day made up for",
    responses=refusals(NotAllowed, service.MakeupTwice, Invalid),
)
async def enter_makeup(
    data: JSONBody[MakeupEntry], call: NamedDependency[Call]
) -> Response[MakeupDay]:
    """A Saturday or Sunday of school, or a day within a holiday (调休): it counts as school day."""
    return await call.once(
        lambda tx: service.enter_makeup(tx, data), location=lambda d: f"/v1/makeup-days/{d.id}"
    )


@get(
    "/v1/makeup-days/{makeup_day_id:uuid}",
    opt=may("term:read"),
    operation_id="getMakeupDay",
    tags=TAGS,
    summary="One day made up for",
    responses=refusals(NotFound),
)
async def get_makeup(
    makeup_day_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[MakeupDay]:
    """Its name, day and school."""
    return await call.item(lambda tx: service.get_makeup(tx, makeup_day_id))


@delete(
    "/v1/makeup-days/{makeup_day_id:uuid}",
    opt=may("term:manage"),
    operation_id="deleteMakeupDay",
    tags=TAGS,
    summary="Delete a day made up for",
    responses=refusals(NotAllowed, NotFound),
)
async def delete_makeup(
    makeup_day_id: FromPath[UUID], call: NamedDependency[Call]
) -> Response[None]:
    """There is no school that day after all; one never changes, so no version is asked for."""
    return await call.once(lambda tx: service.delete_makeup(tx, makeup_day_id), status=204)


ROUTES = [
    list_terms,
    enter_term,
    get_term,
    change_term,
    delete_term,
    list_holidays,
    enter_holiday,
    get_holiday,
    change_holiday,
    delete_holiday,
    list_makeups,
    enter_makeup,
    get_makeup,
    delete_makeup,
]
