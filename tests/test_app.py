"""What every answer of the server has, whatever the room."""

import re

import pytest


async def test_it_lives_and_is_ready(http):
    assert (await http.get("/healthz")).json()["status"] == "ok"
    ready = await http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["parts"] == {"database": "ok", "store": "ok"}


async def test_an_unknown_address_is_a_problem_in_the_language_asked_for(http):
    answer = await http.get("/v1/nowhere", headers={"Accept-Language": "zh-CN,zh;q=0.9,en;q=0.8"})
    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["title"] == "未找到"
    assert body["code"] == "not_found"
    assert body["instance"] == "/v1/nowhere"
    assert body["request_id"]


async def test_a_wrong_method_says_which_are_right(http):
    answer = await http.delete("/healthz")
    assert answer.status_code == 405
    assert answer.json()["code"] == "method_not_allowed"
    assert "GET" in answer.headers["allow"]


async def test_a_parameter_nobody_knows_is_not_ignored(http):
    answer = await http.get("/healthz", params={"verbose": "1"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "unknown_parameter"


@pytest.mark.parametrize(
    "header", ["Bearer", "Basic eDp5", "Bearer x", "Bearer a.b.c", "Bearer " + "x" * 9000]
)
async def test_a_junk_token_is_refused_and_told_how(http, header):
    answer = await http.get("/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["code"] == "token_refused"
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_the_callers_request_id_is_kept_and_a_strange_one_replaced(http):
    answer = await http.get("/v1/nowhere", headers={"X-Request-Id": "abc-123"})
    assert answer.json()["request_id"] == "abc-123"
    answer = await http.get("/v1/nowhere", headers={"X-Request-Id": "a b\tc"})
    assert answer.json()["request_id"] != "a b\tc"


async def test_the_docs_page_needs_nothing_from_outside(http):
    page = await http.get("/docs")
    assert page.status_code == 200
    sources = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert sources
    for source in sources:
        assert not source.startswith(("http:", "https:", "//")), source
        if source.startswith("/"):
            assert (await http.get(source)).status_code == 200, source


async def test_the_document_is_openapi_3_1_with_named_operations(http):
    document = (await http.get("/openapi.json")).json()
    assert document["openapi"].startswith("3.1")
    operations = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
    ]
    assert len(operations) == len(set(operations))
