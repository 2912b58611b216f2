"""The API description and its page, with nothing from outside: schools have closed networks."""

from importlib import resources
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin, SwaggerRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme, Tag
from litestar.router import Router
from litestar.static_files import create_static_files_router

from schoolgroup import __version__
from schoolgroup.kernel.http import PUBLIC

PAGE = "/docs"
ASSETS = "/assets/docs"
TAGS = [
    Tag("service", "Whether the server lives and is ready (运行状态)."),
    Tag("access", "Signing in, connected systems, the policy, the audit trail (身份与权限)."),
    Tag("directory", "Schools, people, circles, agreements, the calendar (通讯录)."),
    Tag("deposits", "Handing files in, straight to the store (上传)."),
    Tag("catalogue", "Lesson resources: describe, find, publish (资源目录)."),
    Tag("lending", "Offers, loans and holds between schools (共享与借阅)."),
    Tag("exams", "Joint exams: invitations, results, releases (联考与评价)."),
    Tag("returns", "Forms, calls and the schools' returns (填报)."),
]
SCHEME = "bearer"


def openapi_config() -> OpenAPIConfig:
    """OpenAPI 3.1, and a page at /docs to read and try it."""
    return OpenAPIConfig(
        title="Schoolgroup",
        version=__version__,
        summary="资源共享 · 价值共创 · 管理协同 · 评价一体",
        openapi_router=Router(PAGE, route_handlers=[], opt=dict(PUBLIC)),
        tags=TAGS,
        components=Components(
            security_schemes={
                SCHEME: SecurityScheme(type="http", scheme="bearer", bearer_format="JWT")
            }
        ),
        security=[{SCHEME: []}],
        render_plugins=[
            SwaggerRenderPlugin(
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
    schema = request.app.openapi_schema.to_schema()
    return Response(msgspec.json.encode(schema), media_type="application/json")


def shipped_assets() -> Router:
    """The page's own scripts and styles, from the wheel that carries them."""
    return create_static_files_router(
        path=ASSETS, directories=[_assets_folder()], include_in_schema=False, opt=dict(PUBLIC)
    )


def _assets_folder() -> Path:
    vendor = Path(str(resources.files("swagger_ui_bundle") / "vendor"))
    return next(folder for folder in sorted(vendor.iterdir()) if folder.is_dir())
