"""The composition root: the only file that knows every room."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.config.response_cache import ResponseCacheConfig
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException
from litestar.handlers.base import BaseRouteHandler
from litestar.routes import HTTPRoute
from litestar.types import ControllerRouterHandler

from schoolgroup.access.authentication import Authenticator
from schoolgroup.access.bundles import PolicyStore
from schoolgroup.access.tokens import TokenRefused
from schoolgroup.documentation import openapi_config, openapi_document, shipped_assets
from schoolgroup.kernel import health
from schoolgroup.kernel.clock import Clock
from schoolgroup.kernel.db import Database, open_pool
from schoolgroup.kernel.errors import Problem, Refusal, Unauthenticated
from schoolgroup.kernel.http import Call
from schoolgroup.kernel.journal import enter_denial
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.paging import Cursors
from schoolgroup.kernel.problems import answer_failure, answer_framework, answer_refusal
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.storage import Storage
from schoolgroup.kernel.texts import Text
from schoolgroup.resources.catalogue import routes as catalogue_routes
from schoolgroup.resources.deposits import routes as deposit_routes

ROUTES: Sequence[ControllerRouterHandler] = [
    *health.ROUTES,
    *deposit_routes.ROUTES,
    *catalogue_routes.ROUTES,
]


class UnknownParameter(Refusal):
    """A query parameter this address does not know."""

    code = "unknown_parameter"
    title = Text("A parameter is not known here", "存在未知的查询参数")
    remedy = Text("Leave it out: nothing is ignored silently.", "请去掉该参数：系统不会静默忽略。")


class Services(msgspec.Struct, frozen=True):
    """What one process holds open."""

    settings: Settings
    clock: Clock
    db: Database
    storage: Storage
    policies: PolicyStore
    authenticator: Authenticator
    cursors: Cursors


@asynccontextmanager
async def open_services(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Services]:
    """Pool, store, policies and keys for one process, closed in the end."""
    clock = clock or Clock()
    policies = PolicyStore(settings.policies)
    pool = await open_pool(settings.database_url, settings.database_pool_max)
    try:
        db = Database(pool, derive_key(settings.secret, "context"), clock, policies, enter_denial)
        policies.read_from(db)
        storage = Storage(
            settings.s3_endpoint,
            settings.s3_access_key,
            settings.s3_secret_key,
            region=settings.s3_region,
            bucket=settings.s3_bucket,
            secure=settings.s3_secure,
            public_endpoint=settings.s3_public_endpoint,
        )
        authenticator = Authenticator(
            db, derive_key(settings.secret, "signing keys"), settings.access_token_s
        )
        await authenticator.prepare()
        yield Services(
            settings=settings,
            clock=clock,
            db=db,
            storage=storage,
            policies=policies,
            authenticator=authenticator,
            cursors=Cursors(derive_key(settings.secret, "cursors")),
        )
    finally:
        await pool.close()


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
        connection.scope.setdefault("state", {})["actor"] = await services.authenticator.actor_of(
            token.strip()
        )
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
    return Call(services.db, services.cursors, request.scope["state"]["actor"], request)


def provide_storage(services: NamedDependency[Services]) -> Storage:
    """The object store."""
    return services.storage


async def send_request_id(response: Response[Any]) -> Response[Any]:
    """Nothing of an answer is kept by anyone in between."""
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def create_app(settings: Settings, clock: Clock | None = None) -> Litestar:
    """The application; refuses to start where a route does not say which right it takes."""

    @asynccontextmanager
    async def hold_services(app: Litestar) -> AsyncIterator[None]:
        async with open_services(settings, clock) as services:
            app.state.services = services
            yield

    app = Litestar(
        route_handlers=[*ROUTES, openapi_document, shipped_assets()],
        lifespan=[hold_services],
        guards=[authenticated],
        dependencies={
            "services": Provide(provide_services, sync_to_thread=False),
            "call": Provide(provide_call, sync_to_thread=False),
            "storage": Provide(provide_storage, sync_to_thread=False),
        },
        exception_handlers={
            Refusal: answer_refusal,
            HTTPException: answer_framework,
            Exception: answer_failure,
        },
        after_request=send_request_id,
        openapi_config=openapi_config(),
        request_max_body_size=settings.body_bytes_max,
        logging_config=None,
        response_cache_config=ResponseCacheConfig(),
    )
    app.state.query_names = _check_routes(app)
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
            names[str(handler)] = frozenset(p.field_alias for p in model.expected_query_params)
    if silent:
        raise RuntimeError(f"routes that do not say which right they take: {', '.join(silent)}")
    return names
