"""What browsers are told: nothing of ours runs, loads or is framed elsewhere; no cookies at all."""

import re
from base64 import b64encode
from hashlib import sha256
from typing import Any, cast

import httpx
import msgspec
import pytest

from schoolgroup.access import routes as access
from schoolgroup.app import create_app
from schoolgroup.kernel import health

HERE = "https://portal.example.org"


async def test_every_answer_is_locked_up(http, world):
    teacher = await world.person(await world.school("一中"), "teacher")
    for path, headers in (
        ("/v1/me", teacher.headers),
        ("/v1/me", {}),
        ("/v1/nowhere", {}),
        ("/openapi.json", {}),
        ("/healthz", {}),
        ("/assets/docs/swagger-ui.css", {}),
    ):
        answer = await http.get(path, headers=headers)
        told = answer.headers
        assert told["x-content-type-options"] == "nosniff", path
        assert told["referrer-policy"] == "no-referrer"
        assert told["x-frame-options"] == "DENY"
        assert told["content-security-policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in told["content-security-policy"]
        assert "ratelimit" in told
        assert "ratelimit-policy" in told
        for unwanted in ("set-cookie", "server", "x-powered-by", "strict-transport-security"):
            assert unwanted not in told, path


async def test_of_the_page_only_its_own_scripts_run(http):
    page = await http.get("/docs")
    policy = page.headers["content-security-policy"]
    scripts = re.findall(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", page.text, re.DOTALL)
    assert scripts
    for script in scripts:
        assert f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" in policy
    script_rule = next(r for r in policy.split("; ") if r.startswith("script-src"))
    assert "unsafe" not in script_rule
    assert "frame-ancestors 'none'" in policy
    for source in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        assert source.startswith("/"), "what is loaded from elsewhere would be stopped"


async def test_no_page_of_another_origin_reads_us_unless_it_is_let_in(http, app, settings):
    ask = {"Origin": HERE, "Access-Control-Request-Method": "GET"}
    closed = await http.get("/healthz", headers={"Origin": HERE})
    assert "access-control-allow-origin" not in closed.headers
    preflight = await http.options("/v1/me", headers=ask)
    assert "access-control-allow-origin" not in preflight.headers
    assert preflight.status_code < 500
    let_in = msgspec.structs.replace(settings, cors_origins=f"{HERE}, https://b")
    open_to_one = create_app(let_in, routes=[*health.ROUTES, *access.ROUTES])
    open_to_one.state.services = app.state.services
    transport = httpx.ASGITransport(app=cast("Any", open_to_one))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as browser:
        for path in ("/healthz", "/v1/me", "/v1/nowhere"):
            answer = await browser.get(path, headers={"Origin": HERE})
            assert answer.headers["access-control-allow-origin"] == HERE, path
            exposed = answer.headers["access-control-expose-headers"].lower()
            for name in ("etag", "link", "retry-after", "ratelimit", "ratelimit-policy"):
                assert name in exposed
            assert "access-control-allow-credentials" not in answer.headers
        asked = {**ask, "Access-Control-Request-Headers": "authorization,if-match,idempotency-key"}
        preflight = await browser.options("/v1/me", headers=asked)
        assert preflight.status_code < 300
        assert preflight.headers["access-control-allow-origin"] == HERE
        stranger = await browser.get("/healthz", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "FOO"])
async def test_no_other_methods_are_spoken(http, method):
    assert (await http.request(method, "/healthz")).status_code in (400, 404, 405)
