"""The API description and its page, with nothing from outside: schools have closed networks."""

from collections.abc import Mapping
from dataclasses import fields, replace
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
from litestar import Litestar, Request, Response, get
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import (
    Components,
    OpenAPI,
    Operation,
    SecurityScheme,
    Tag,
)
from litestar.router import Router
from litestar.routes import HTTPRoute
from litestar.static_files import create_static_files_router

from schoolgroup import __version__
from schoolgroup.kernel.answer_forms import YAML, in_forms
from schoolgroup.kernel.bodies import Malformed, UnsupportedMediaType
from schoolgroup.kernel.errors import (
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Refusal,
    StaleVersion,
    TooLarge,
    TooMany,
    Unauthenticated,
    Unavailable,
    VersionRequired,
)
from schoolgroup.kernel.headers import policy_of_page
from schoolgroup.kernel.http import PUBLIC, refusals
from schoolgroup.kernel.sheet_files import HTML_TYPE
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE
from schoolgroup.openapi import Traits, finish, traits_of

PAGE = "/docs"
ASSETS = "/assets/docs"
TAGS = [
    Tag("access", "Signing in, connected systems, the policy, the audit trail (身份与权限)."),
    Tag("activities", "Activities: planned, held, counted by month (活动)."),
    Tag("appraisals", "Appraisals by indicators: schemes, rounds, cases, results (评价)."),
    Tag("bulletins", "Bulletins: editions, receipts, articles (简报)."),
    Tag("curriculum", "The versioned tree resources point into (课程目录)."),
    Tag("dashboard", "The figures of one's role in one call (总览)."),
    Tag("directory", "Schools, people, circles, agreements, the calendar (通讯录)."),
    Tag("events", "The stream of what happened, and those who are told (事件)."),
    Tag("exams", "Joint exams: invitations, results, releases (联考与评价)."),
    Tag("inbox", "What waits for one person now (待办)."),
    Tag("initiatives", "Measures and their time nodes (举措)."),
    Tag("items", "Physical things: barcodes, hand-overs, stock-taking (实物)."),
    Tag("ledgers", "Items open until somebody else closes them (台账)."),
    Tag("lending", "Offers, loans and holds between schools (共享与借阅)."),
    Tag("lists", "Course, reading and place lists (清单)."),
    Tag("marking", "Marking of scripts: plans, tasks, figures (阅卷)."),
    Tag("metadata", "Resources in other systems' words, OAI-PMH (元数据)."),
    Tag("notices", "What people are told, and by which rules (通知)."),
    Tag("papers", "Papers, keys, blueprints and re-scoring (试卷)."),
    Tag("places", "Places to visit: hours, bookings, free times (场地)."),
    Tag("pupils", "The register of pupils, under the law (学籍)."),
    Tag("resources", "Lesson resources: describe, find, preview, publish (资源目录)."),
    Tag("returns", "Forms, calls and the schools' returns (填报)."),
    Tag("roster", "Candidates, rooms and seats of an exam (考务)."),
    Tag("rounds", "Rounds of guidance, visits, draws (巡回指导)."),
    Tag("service", "Whether the server lives and is ready (运行状态)."),
    Tag("uploads", "Handing files in, straight to the store (上传)."),
    Tag("webhooks", "Other systems that are called when something happens (推送)."),
]
SCHEME = "bearer"
FORM_PARAMETERS = ("form", "file_format")
FORMS = {
    "csv": CSV_TYPE,
    "xlsx": XLSX_TYPE,
    "html": HTML_TYPE,
    "json": "application/json",
    "pdf": "application/pdf",
    "jsonld": "application/ld+json",
    "yaml": YAML,
    "markdown": "text/markdown; charset=utf-8",
}
UNCHANGED = ResponseSpec(
    data_container=None, description="If-None-Match names this version.", generate_examples=False
)


class GuardedPage(SwaggerRenderPlugin):
    """The page, of which only what stands in it and what is shipped with it may run."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """The page; its policy goes into the headers of the answer."""
        page = super().render(request, openapi_schema)
        request.scope.setdefault("state", {})["page_policy"] = policy_of_page(page)
        return page


class Document(OpenAPI):
    """The document of one application, finished whenever it is written out."""

    traits: Mapping[str, Traits]

    def to_schema(self) -> dict[str, Any]:
        """The finished document."""
        return finish(super().to_schema(), self.traits)


class Config(OpenAPIConfig):
    """The framework's configuration, whose documents are finished."""

    traits: Mapping[str, Traits]

    def to_openapi_schema(self) -> OpenAPI:
        """The document without its operations, as the framework begins it."""
        begun = super().to_openapi_schema()
        document = Document(**{f.name: getattr(begun, f.name) for f in fields(begun)})
        document.traits = self.traits
        return document


def openapi_config() -> Config:
    """OpenAPI 3.1, and a page at /docs to read and try it."""
    return Config(
        use_handler_docstrings=True,
        title="Schoolgroup",
        version=__version__,
        summary="资源共享 · 价值共创 · 管理协同 · 评价一体",
        openapi_router=Router(PAGE, route_handlers=[], opt=dict(PUBLIC), include_in_schema=False),
        tags=TAGS,
        components=Components(
            security_schemes={
                SCHEME: SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        security=[{SCHEME: []}],
        render_plugins=[
            GuardedPage(
                path="/",
                js_url=f"{ASSETS}/swagger-ui-bundle.js",
                standalone_preset_js_url=f"{ASSETS}/swagger-ui-standalone-preset.js",
                css_url=f"{ASSETS}/swagger-ui.css",
                favicon=f'<link rel="icon" href="{ASSETS}/favicon-32x32.png">',
            ),
            JsonRenderPlugin(),
        ],
    )


@get("/openapi.json", opt=PUBLIC, include_in_schema=False)
async def openapi_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """The OpenAPI document."""
    state = request.app.state
    if "openapi_document" not in state:  # made once: it takes seconds
        state.openapi_document = written(request.app)
    return Response(state.openapi_document, media_type="application/json")


def written(app: Litestar) -> bytes:
    """The document as JSON: the same application gives the same bytes."""
    return msgspec.json.encode(app.openapi_schema.to_schema())


def shipped_assets() -> Router:
    """The page's own scripts and styles, from the wheel that carries them."""
    return create_static_files_router(
        path=ASSETS, directories=[_assets_folder()], include_in_schema=False, opt=dict(PUBLIC)
    )


def _assets_folder() -> Path:
    vendor = Path(str(resources.files("swagger_ui_bundle") / "vendor"))
    return next(folder for folder in sorted(vendor.iterdir()) if folder.is_dir())


def document_refusals(app: Litestar) -> None:
    """Describe in every operation what any route can answer, beside what it says itself."""
    assert isinstance(app.openapi_config, Config)
    app.openapi_config.traits = traits = {}
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            if method == "OPTIONS":
                continue
            does = traits_of(handler.fn, str(handler.opt.get("act", "")))
            if handler.operation_id:
                traits[str(handler.operation_id)] = does
            kinds: list[type[Refusal]] = [Malformed, Invalid, TooMany, Unavailable]
            if handler.opt.get("act") != "public":
                kinds += [Unauthenticated, Forbidden]
            if route.path_parameters:
                kinds += [NotFound]
            if method != "GET":
                kinds += [Conflict, TooLarge, UnsupportedMediaType]
            if does.versioned:
                kinds += [StaleVersion, VersionRequired]
            own = dict(handler.responses or {})
            for status, spec in refusals(*kinds).items():
                if status in own:
                    described = f"{own[status].description}; {spec.description}"
                    own[status] = replace(own[status], description=described)
                else:
                    own[status] = spec
            if method == "GET" and route.path_parameters:
                own.setdefault(304, UNCHANGED)
            handler.responses = own
            forms = _forms(handler)
            if forms and handler.operation_class is Operation:
                handler.operation_class = in_forms(forms)


def _forms(handler: HTTPRouteHandler) -> list[str]:
    """The media types an answer can be asked for in, by a parameter `form` or `format`."""
    parameters = handler.parsed_fn_signature.parameters
    named = next((parameters[name] for name in FORM_PARAMETERS if name in parameters), None)
    kind = named.annotation if named else None
    if not (isinstance(kind, type) and issubclass(kind, StrEnum)):
        return []
    return [FORMS[one.value] for one in kind]


class RouteLine(msgspec.Struct, frozen=True, order=True):
    """One route: what it takes to go through, and under which name OpenAPI has it."""

    path: str
    method: str
    act: str
    name: str
    tags: tuple[str, ...]
    on_standby: bool = False


def list_routes(app: Litestar) -> list[RouteLine]:
    """Every method of every route, in the order of their addresses."""
    return sorted(
        RouteLine(
            route.path,
            method,
            str(handler.opt.get("act", "")),
            str(handler.operation_id or ""),
            tuple(sorted(handler.tags or ())),
            bool(handler.opt.get("on_standby")),
        )
        for route in app.routes
        if isinstance(route, HTTPRoute)
        for method, (handler, _) in route.route_handler_map.items()
        if method != "OPTIONS"
    )


def describe_routes(app: Litestar) -> str:
    """The page docs/routes.md: a forgotten or changed route shows as a diff of it."""
    lines = ["# Routes", "", "Written by `make routes`; a test compares it.", ""]
    lines += ["| method | path | act | operation | tags |", "|---|---|---|---|---|"]
    for route in list_routes(app):
        tags = ", ".join(route.tags)
        lines.append(f"| {route.method} | `{route.path}` | {route.act} | {route.name} | {tags} |")
    return "\n".join(lines) + "\n"
