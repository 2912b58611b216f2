"""The composition root: the only file that knows every room."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

import msgspec
from litestar import Litestar, Request
from litestar.config.cors import CORSConfig
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler, Message, Scope

from schoolgroup.access import routes as access
from schoolgroup.access.bundles import PolicyStore
from schoolgroup.access.sessions.gate import Gate
from schoolgroup.access.tokens import TokenRefused
from schoolgroup.directory import routes as directory_routes
from schoolgroup.documentation import (
    document_refusals,
    openapi_config,
    openapi_document,
    shipped_assets,
)
from schoolgroup.evaluation.analyses import routes as analysis_routes
from schoolgroup.evaluation.appeals import routes as appeal_routes
from schoolgroup.evaluation.appraisals import routes as appraisal_routes
from schoolgroup.evaluation.assigning import routes as assigning_routes
from schoolgroup.evaluation.exams import routes as exam_routes
from schoolgroup.evaluation.marking import routes as marking_routes
from schoolgroup.evaluation.papers import routes as paper_routes
from schoolgroup.evaluation.reports import routes as report_routes
from schoolgroup.evaluation.results import routes as result_routes
from schoolgroup.evaluation.roster import routes as roster_routes
from schoolgroup.evaluation.statistics import routes as release_routes
from schoolgroup.integration import routes as integration_routes
from schoolgroup.integration.metadata import routes as metadata_routes
from schoolgroup.integration.notices.smtp import Post
from schoolgroup.integration.webhooks.courier import Courier
from schoolgroup.kernel import health
from schoolgroup.kernel.bodies import StrictRequest
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.context import Actor
from schoolgroup.kernel.errors import Problem, Refusal, Unauthenticated
from schoolgroup.kernel.headers import CORS_READ, CORS_SEND, complete
from schoolgroup.kernel.http import Call, request_id_in
from schoolgroup.kernel.observe.requests import WatchedApplication
from schoolgroup.kernel.pace import (
    BULK,
    NOBODYS,
    OWN,
    READ,
    VISIT,
    WRITE,
    Paces,
    policy_of,
    visitor,
)
from schoolgroup.kernel.problems import answer_failure, answer_framework, answer_refusal
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.starting import uncollected
from schoolgroup.kernel.storage import Storage
from schoolgroup.kernel.texts import Text
from schoolgroup.management.activities import routes as activity_routes
from schoolgroup.management.bulletins import routes as bulletin_routes
from schoolgroup.management.initiatives import routes as initiative_routes
from schoolgroup.management.ledgers import routes as ledger_routes
from schoolgroup.management.returns import routes as return_routes
from schoolgroup.management.rounds import routes as round_routes
from schoolgroup.resources.bulk import routes as bulk_routes
from schoolgroup.resources.catalogue import routes as catalogue_routes
from schoolgroup.resources.curriculum import routes as curriculum_routes
from schoolgroup.resources.deposits import routes as deposit_routes
from schoolgroup.resources.items import routes as item_routes
from schoolgroup.resources.lending import routes as lending_routes
from schoolgroup.resources.lists import routes as list_routes
from schoolgroup.resources.lists.suggestions import routes as suggestion_routes
from schoolgroup.resources.places import routes as place_routes
from schoolgroup.resources.previews import routes as preview_routes
from schoolgroup.resources.search import routes as search_routes
from schoolgroup.services import Services, open_services

ROUTES: Sequence[ControllerRouterHandler] = [
    *health.ROUTES,
    *access.ROUTES,
    *directory_routes.ROUTES,
    *deposit_routes.ROUTES,
    *curriculum_routes.ROUTES,
    *bulk_routes.ROUTES,
    *catalogue_routes.ROUTES,
    *search_routes.ROUTES,
    *preview_routes.ROUTES,
    *lending_routes.ROUTES,
    *item_routes.ROUTES,
    *place_routes.ROUTES,
    *list_routes.ROUTES,
    *suggestion_routes.ROUTES,
    *analysis_routes.ROUTES,
    *report_routes.ROUTES,
    *assigning_routes.ROUTES,
    *appeal_routes.ROUTES,
    *appraisal_routes.ROUTES,
    *exam_routes.ROUTES,
    *paper_routes.ROUTES,
    *roster_routes.ROUTES,
    *result_routes.ROUTES,
    *marking_routes.ROUTES,
    *release_routes.ROUTES,
    *return_routes.ROUTES,
    *activity_routes.ROUTES,
    *bulletin_routes.ROUTES,
    *initiative_routes.ROUTES,
    *ledger_routes.ROUTES,
    *round_routes.ROUTES,
    *integration_routes.ROUTES,
]


class UnknownParameter(Refusal):
    """A query parameter this address does not know."""

    code = "unknown_parameter"
    title = Text("A parameter is not known here", "存在未知的查询参数")
    remedy = Text("Leave it out: nothing is ignored silently.", "请去掉该参数：系统不会静默忽略。")


async def authenticated(
    connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler
) -> None:
    """The first door of every route: who asks, and not too fast, before anything is read.

    Raises Unauthenticated, TokenRefused, SessionOver, TooFast, UnknownParameter.
    """
    services: Services = connection.app.state.services
    paces: Paces = connection.app.state.paces
    door: Door = connection.app.state.doors[str(handler)]
    if door.act == "public":
        if door.pace != OWN:
            paces.count(connection.scope, visitor(connection.scope))
    else:
        state: dict[str, Any] = connection.scope.setdefault("state", {})
        try:
            state["token"] = _token_of(connection)
            actor = await services.authenticator.actor_of(state["token"])
        except Unauthenticated:
            paces.count(connection.scope, visitor(connection.scope))
            raise
        state["actor"] = actor
        quota = paces.quota_of(actor.requests_per_minute, door.pace)
        caller = (actor.group_id or NOBODYS, actor.name, door.pace, quota)
        paces.count(connection.scope, caller)
    if door.parameters is not None:
        for name in connection.query_params:
            if name not in door.parameters:
                raise UnknownParameter(
                    problems=[
                        Problem(f"query:/{name[:100]}", "unknown_parameter", "not known here")
                    ]
                )


def _token_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str:
    header = connection.headers.get("authorization", "")
    scheme, _, token = header.partition(" ")
    if not header:
        raise Unauthenticated
    if scheme.lower() != "bearer" or not token:
        raise TokenRefused
    return token.strip()


def provide_services(request: Request[Any, Any, Any]) -> Services:
    """The services of this process."""
    services: Services = request.app.state.services
    return services


def provide_call(request: Request[Any, Any, Any], services: NamedDependency[Services]) -> Call:
    """The request as services see it."""
    state: dict[str, Any] = request.scope["state"]

    async def renew() -> Actor:
        services.authenticator.forget(state["token"])
        return await services.authenticator.actor_of(state["token"])

    reads = services.standby if request.route_handler.opt.get("on_standby") else None
    return Call(services.db, services.cursors, state["actor"], request, renew, reads)


def provide_gate(services: NamedDependency[Services]) -> Gate:
    """What opens sessions."""
    return services.gate


def provide_policies(services: NamedDependency[Services]) -> PolicyStore:
    """The policies in force."""
    return services.policies


def provide_storage(services: NamedDependency[Services]) -> Storage:
    """The object store."""
    return services.storage


def provide_post_office(services: NamedDependency[Services]) -> Post:
    """What sends letters, where it is configured."""
    return services.post_office


def provide_courier(services: NamedDependency[Services]) -> Courier:
    """What brings webhooks, and knows where they may go."""
    return services.courier


class Formats:
    """How other systems are told of a resource: what the catalogue need not know."""

    negotiate = staticmethod(metadata_routes.negotiate)
    links = staticmethod(metadata_routes.other_formats)


async def complete_headers(message: Message, scope: Scope) -> None:
    """Nothing of an answer is kept by anyone in between; each carries its request's id."""
    if message["type"] != "http.response.start":
        return
    state: dict[str, Any] = scope.setdefault("state", {})
    if "pace" not in state:  # no route was found, or one that keeps its own pace
        state["pace"] = scope["litestar_app"].state.paces.look(*visitor(scope))
    message["headers"] = headers = list(message["headers"])
    complete(
        headers,
        request_id=request_id_in(scope),
        secure=scope["scheme"] == "https",
        pace=state["pace"].headers(),
        page_policy=state.get("page_policy"),
    )


@uncollected()
def create_app(
    settings: Settings,
    clock: Clock | None = None,
    routes: Sequence[ControllerRouterHandler] | None = None,
) -> Litestar:
    """The application; refuses to start where a route does not say which right it takes.

    `routes` instead of every room's are for tests that look at what all rooms share.
    """

    @asynccontextmanager
    async def hold_services(app: Litestar) -> AsyncIterator[None]:
        async with open_services(settings, clock, called="api") as services:
            app.state.services = services
            if isinstance(app, WatchedApplication):
                app.policy_of = services.policies.in_force
            telling = asyncio.create_task(app.state.paces.keep_telling(services.db))
            try:
                yield
            finally:
                telling.cancel()
                with suppress(asyncio.CancelledError):
                    await telling

    rooms = ROUTES if routes is None else routes
    app = WatchedApplication(
        route_handlers=[*rooms, openapi_document, shipped_assets()],
        lifespan=[hold_services],
        guards=[authenticated],
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "call": Provide(provide_call, sync_to_thread=False),
            "gate": Provide(provide_gate, sync_to_thread=False),
            "policies": Provide(provide_policies, sync_to_thread=False),
            "storage": Provide(provide_storage, sync_to_thread=False),
            "post_office": Provide(provide_post_office, sync_to_thread=False),
            "courier": Provide(provide_courier, sync_to_thread=False),
            "formats": Provide(Formats, sync_to_thread=False),
        },
        exception_handlers={
            Refusal: answer_refusal,
            HTTPException: answer_framework,
            Exception: answer_failure,
        },
        before_send=[complete_headers],
        request_class=StrictRequest,
        openapi_config=openapi_config(),
        request_max_body_size=settings.body_bytes_max,
        logging_config=None,
        cors_config=_cors_of(settings),
    )
    app.state.paces = Paces(
        {
            READ: settings.reads_per_minute,
            WRITE: settings.writes_per_minute,
            BULK: settings.bulk_per_minute,
            VISIT: settings.visits_per_minute,
        }
    )
    app.state.doors = _check_routes(app)
    document_refusals(app)
    return app


def _cors_of(settings: Settings) -> CORSConfig | None:
    """Which pages of other origins may call us from a browser; None: none may. No cookies."""
    origins = [origin.strip() for origin in settings.cors_origins.split(",") if origin.strip()]
    if not origins:
        return None
    return CORSConfig(
        allow_origins=origins,
        allow_methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=CORS_SEND,
        expose_headers=CORS_READ,
        allow_credentials=False,
        max_age=600,
    )


class Door(msgspec.Struct, frozen=True):
    """What a route takes: a right, a pace, its query parameters (None: it reads them itself)."""

    act: str
    pace: str
    parameters: frozenset[str] | None


def _check_routes(app: Litestar) -> dict[str, Door]:
    """The door of each handler; raises where a route has no act and is not public."""
    doors: dict[str, Door] = {}
    silent: list[str] = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, model) in route.route_handler_map.items():
            if "act" not in handler.opt and method != "OPTIONS":
                silent.append(f"{method} {route.path}")
            names = frozenset(p.field_alias for p in model.expected_query_params)
            doors[str(handler)] = Door(
                handler.opt.get("act", "public"),
                handler.opt.get("pace") or policy_of(method, route.path),
                None if handler.opt.get("own_parameters") or method == "OPTIONS" else names,
            )
    if silent:
        raise RuntimeError(f"routes that do not say which right they take: {', '.join(silent)}")
    return doors
