"""The composition root: the only file that knows every room."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from litestar import Litestar, Request
from litestar.connection import ASGIConnection
from litestar.datastructures import MutableScopeHeaders
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
from schoolgroup.kernel import health
from schoolgroup.kernel.bodies import StrictRequest
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.context import Actor
from schoolgroup.kernel.errors import Problem, Refusal, Unauthenticated
from schoolgroup.kernel.http import Call, request_id_of
from schoolgroup.kernel.problems import answer_failure, answer_framework, answer_refusal
from schoolgroup.kernel.settings import Settings
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
    """The first door of every route: who asks, before anything of the request is read.

    Raises Unauthenticated, TokenRefused, SessionOver, UnknownParameter.
    """
    services: Services = connection.app.state.services
    if handler.opt.get("act") != "public":
        header = connection.headers.get("authorization", "")
        scheme, _, token = header.partition(" ")
        if not header:
            raise Unauthenticated
        if scheme.lower() != "bearer" or not token:
            raise TokenRefused
        state: dict[str, Any] = connection.scope.setdefault("state", {})
        state["token"] = token.strip()
        state["actor"] = await services.authenticator.actor_of(state["token"])
    known = connection.app.state.query_names.get(str(handler), None)
    if known is not None:
        for name in connection.query_params:
            if name not in known:
                raise UnknownParameter(
                    problems=[
                        Problem(f"query:/{name[:100]}", "unknown_parameter", "not known here")
                    ]
                )


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


class Formats:
    """How other systems are told of a resource: what the catalogue need not know."""

    negotiate = staticmethod(metadata_routes.negotiate)
    links = staticmethod(metadata_routes.other_formats)


async def complete_headers(message: Message, scope: Scope) -> None:
    """Nothing of an answer is kept by anyone in between; each carries its request's id."""
    if message["type"] != "http.response.start":
        return
    headers = MutableScopeHeaders.from_message(message)
    headers.setdefault("Cache-Control", "no-store")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers["X-Request-Id"] = request_id_of(Request(scope))


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
        async with open_services(settings, clock) as services:
            app.state.services = services
            yield

    rooms = ROUTES if routes is None else routes
    app = Litestar(
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
    )
    app.state.query_names = _check_routes(app)
    document_refusals(app)
    return app


def _check_routes(app: Litestar) -> dict[str, frozenset[str]]:
    """The query parameters of each handler; raises where a route has no act and is not public."""
    names: dict[str, frozenset[str]] = {}
    silent: list[str] = []
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, model) in route.route_handler_map.items():
            if method == "OPTIONS":
                continue
            if "act" not in handler.opt:
                silent.append(f"{method} {route.path}")
            if not handler.opt.get("own_parameters"):
                names[str(handler)] = frozenset(p.field_alias for p in model.expected_query_params)
    if silent:
        raise RuntimeError(f"routes that do not say which right they take: {', '.join(silent)}")
    return names
