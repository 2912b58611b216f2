"""Wrong input of every kind gets the right problem document, never a failure of ours."""

import json
import logging
from typing import Any

import pytest

JSON = {"Content-Type": "application/json"}


def is_problem(answer, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.headers["content-type"]) == (
        status,
        "application/problem+json",
    ), answer.text
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["code"] == code, body
    assert body["request_id"]
    assert body["type"] == f"/problems/{code.replace('_', '-')}"
    assert body["title"]
    return body


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b'{"text": "x"} more',
        b'{"text": NaN}',
        b'{"text": "\xff"}',
        b'\xff\xfe{\x00"\x00',
        b'{"text": "\\ud800"}',
        b'{"text": "\\u12"}',
        b'{"text": "line\nbreak"}',
        b"{'text': 'x'}",
        b'{"text": "x", "data": ' + b"[" * 100_000,
        b'{"text": "x", "data": ' + b'{"a":' * 100_000,
        b'{"text": "x", "data": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    ],
    ids=lambda body: body[:24].decode(errors="replace"),
)
async def test_what_is_no_json_is_malformed(writer, body):
    answer = await writer.post("/v1/notes", content=body, headers=JSON)
    is_problem(answer, 400, "malformed")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"text": 1}, "/text"),
        ({"text": None}, "/text"),
        ({"text": "x", "at": "null"}, "/at"),
        ({"text": "x\0"}, "/text"),
        ({"text": "x", "data": {"a/b": [1, "\0"]}}, "/data/a~1b/1"),
        ({"text": "x" * 2001}, "/text"),
        ({"text": "x", "number": "7"}, "/number"),
        ({"text": "x", "number": 1.5}, "/number"),
        ({"text": "x", "number": True}, "/number"),
        ({"text": "x", "at": "yesterday"}, "/at"),
        ({"text": "x", "at": "2026-02-30T00:00:00Z"}, "/at"),
        ({"text": "x", "nobody": "knows"}, ""),
        ([], ""),
        ("text", ""),
        (None, ""),
        (7, ""),
    ],
    ids=str,
)
async def test_a_wrong_field_is_named_by_its_pointer(writer, body, pointer):
    answer = await writer.post("/v1/notes", json=body)
    problem = is_problem(answer, 422, "invalid")
    assert problem["errors"][0]["pointer"] == pointer
    assert problem["errors"][0]["detail"]
    assert problem["remedy"]


async def test_a_missing_body_is_invalid(writer):
    answer = await writer.post("/v1/notes", content=b"", headers=JSON)
    assert is_problem(answer, 422, "invalid")["errors"][0]["pointer"] == ""


async def test_an_unknown_field_is_named(writer):
    answer = await writer.post("/v1/notes", json={"text": "x", "nobody": "knows"})
    assert "nobody" in is_problem(answer, 422, "invalid")["errors"][0]["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {"text": "before\0after"},
        {"text": "x", "data": {"deep": ["\0"]}},
        {"text": "x", "data": {"\0": 1}},
        {"text": "x", "number": 2**63},
        {"text": "x", "number": -(2**63) - 1},
        {"text": "x", "number": 10**40},
        {"text": "x", "small": 2**31},
        {"text": "x", "at": "0001-01-01T00:00:00+14:00"},
        {"text": "x", "at": "9999-12-31T23:59:59-14:00"},
    ],
    ids=str,
)
async def test_a_value_the_database_cannot_hold_is_invalid(writer, sql, body):
    answer = await writer.post("/v1/notes", json=body)
    problem = is_problem(answer, 422, "invalid")
    assert "before" not in json.dumps(problem)
    assert await sql.fetchval("SELECT count(*) FROM note") == 0


@pytest.mark.parametrize("text", ["%00", "a%00b", "%ED%A0%80", "%FF", "%", "%F0%9F%99%82"])
async def test_a_strange_query_is_answered(writer, text):
    answer = await writer.get(f"/v1/notes?text={text}")
    if "%00" in text:
        is_problem(answer, 422, "invalid")
    else:
        assert answer.json()["items"] == []


@pytest.mark.parametrize(
    "path", ["/v1/notes/%00", "/v1/notes/%ED%A0%80", "/v1/%FF", "/v1/notes/1", "/v1/../etc"]
)
async def test_a_strange_address_is_not_found(writer, path):
    is_problem(await writer.get(path), 404, "not_found")


async def test_text_of_every_script_is_kept(writer):
    for text in ("便笺", "𠀀🙂", "a\u200fb", "\u007f\u0001", "é" * 2000):
        answer = await writer.post("/v1/notes", json={"text": text})
        assert answer.status_code == 201, answer.text
        assert answer.json()["text"] == text


async def test_a_large_number_is_kept_to_the_last_digit(writer):
    for number in (2**63 - 1, -(2**63), 2**53 + 1):
        answer = await writer.post("/v1/notes", json={"text": str(number), "number": number})
        assert answer.json()["number"] == number


async def test_a_body_beyond_the_limit_is_too_large(writer, settings):
    huge = b'{"text": "' + b"x" * settings.body_bytes_max + b'"}'
    is_problem(await writer.post("/v1/notes", content=huge, headers=JSON), 413, "too_large")


async def test_a_body_of_unsaid_length_is_bounded_too(writer, settings):
    async def endless():
        for _ in range(settings.body_bytes_max // 65536 + 2):
            yield b" " * 65536

    is_problem(await writer.post("/v1/notes", content=endless(), headers=JSON), 413, "too_large")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "x", ""]
)
async def test_another_media_type_is_not_understood(writer, media_type):
    answer = await writer.post(
        "/v1/notes", content=b'{"text": "x"}', headers={"Content-Type": media_type}
    )
    is_problem(answer, 415, "unsupported_media_type")


async def test_json_of_another_name_is_understood(writer):
    for number, media_type in enumerate(["application/json; charset=utf-8", "APPLICATION/JSON"]):
        answer = await writer.post(
            "/v1/notes",
            content=json.dumps({"text": f"note {number}"}),
            headers={"Content-Type": media_type},
        )
        assert answer.status_code == 201, answer.text


async def test_the_title_is_in_the_language_asked_for(writer):
    missing = "/v1/notes/0199d000-0000-7000-8000-000000000000"
    english = await writer.get(missing)
    chinese = await writer.get(missing, headers={"Accept-Language": "zh-CN"})
    assert is_problem(english, 404, "not_found")["title"] == "Not found"
    assert is_problem(chinese, 404, "not_found")["title"] == "未找到"
    assert (english.headers["content-language"], chinese.headers["content-language"]) == (
        "en",
        "zh-CN",
    )


async def test_our_own_failure_is_logged_and_told_to_nobody(writer, caplog):
    with caplog.at_level(logging.ERROR, "schoolgroup"):
        answer = await writer.post("/v1/run", json={"text": "SELECT secret_thing FROM nowhere"})
    problem = is_problem(answer, 500, "internal")
    assert "secret_thing" not in answer.text
    assert problem["request_id"] in caplog.text


async def test_every_answer_forbids_keeping_it(writer):
    for address in ("/v1/notes", "/v1/nowhere", "/openapi.json"):
        answer = await writer.get(address)
        assert answer.headers["cache-control"] == "no-store", address
        assert answer.headers["x-content-type-options"] == "nosniff", address
        assert answer.headers["x-request-id"], address
