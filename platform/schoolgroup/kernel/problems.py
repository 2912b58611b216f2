"""Every refusal, ours and the framework's, as one problem+json (RFC 9457)."""

import logging
import re
from typing import Any

import msgspec
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.status_codes import HTTP_500_INTERNAL_SERVER_ERROR

from schoolgroup.kernel.errors import Problem, Refusal
from schoolgroup.kernel.http import request_id_of
from schoolgroup.kernel.texts import Text, choose_language

PROBLEM_JSON = "application/problem+json"
log = logging.getLogger("schoolgroup")

FRAMEWORK: dict[int, tuple[str, Text, Text]] = {
    400: (
        "malformed",
        Text("The request cannot be read", "无法解析请求"),
        Text("Send what the API description says.", "请按接口说明发送请求。"),
    ),
    401: ("unauthenticated", Text("Sign in first", "请先登录"), Text("Sign in.", "请先登录。")),
    403: ("forbidden", Text("Not allowed", "没有权限"), Text("", "")),
    404: ("not_found", Text("Not found", "未找到"), Text("Check the address.", "请核对地址。")),
    405: (
        "method_not_allowed",
        Text("This address does not do that", "该地址不支持此方法"),
        Text("See the Allow header.", "请参见 Allow 响应头。"),
    ),
    413: (
        "too_large",
        Text("Too large", "超出大小限制"),
        Text("Send less, or upload files by /v1/uploads.", "请减小内容，或通过 /v1/uploads 上传。"),
    ),
    415: (
        "unsupported_media_type",
        Text("This media type is not understood", "不支持的媒体类型"),
        Text("Send application/json.", "请发送 application/json。"),
    ),
    422: (
        "invalid",
        Text("The input is not valid", "输入无效"),
        Text("Mend the fields named in errors.", "请按 errors 中列出的字段修改。"),
    ),
    500: (
        "internal",
        Text("Something went wrong on our side", "服务器内部错误"),
        Text("Tell the group office the request_id.", "请将 request_id 告知集团办公室。"),
    ),
    503: (
        "unavailable",
        Text("Not available at the moment", "暂时不可用"),
        Text("Try again in a moment.", "请稍后再试。"),
    ),
}
AT_PATH = re.compile(r" - at `\$?\.?(?P<path>[^`]*)`$")


def document(
    request: "Request[Any, Any, Any]", status: int, code: str, title: Text, **more: Any
) -> dict[str, Any]:
    """The members every problem document has, and `more`."""
    language = choose_language(request.headers.get("accept-language"))
    shown: dict[str, Any] = {
        "type": f"/problems/{code.replace('_', '-')}",
        "title": title.within(language),
        "status": status,
        "detail": "",
        "instance": request.url.path,
        "code": code,
        "request_id": request_id_of(request),
    }
    for name, value in more.items():
        shown[name] = value.within(language) if isinstance(value, Text) else value
    return shown


def answer(
    request: "Request[Any, Any, Any]", body: dict[str, Any], headers: dict[str, str] | None = None
) -> "Response[bytes]":
    """The problem document as a response."""
    language = choose_language(request.headers.get("accept-language"))
    sent = {
        "Content-Language": "zh-CN" if language == "zh" else "en",
        "Cache-Control": "no-store",
        **(headers or {}),
    }
    if body["status"] == 401:
        sent.setdefault("WWW-Authenticate", 'Bearer realm="schoolgroup"')
    return Response(
        msgspec.json.encode(body), status_code=body["status"], headers=sent, media_type=PROBLEM_JSON
    )


def answer_refusal(request: "Request[Any, Any, Any]", refusal: Refusal) -> "Response[bytes]":
    """One of our own refusals."""
    body = document(
        request,
        refusal.status,
        refusal.code,
        refusal.title,
        detail=refusal.detail or (type(refusal).__doc__ or "").strip().partition("\n")[0],
        remedy=refusal.remedy_now,
    )
    if refusal.until_at is not None:
        body["until"] = refusal.until_at
    if refusal.problems:
        body["errors"] = refusal.problems
    body.update({k: v for k, v in refusal.facts.items() if k not in body})
    headers = {}
    if refusal.retry_after_s is not None:
        headers["Retry-After"] = str(refusal.retry_after_s)
    elif refusal.status in (429, 503):
        headers["Retry-After"] = "1"
    if refusal.status == 416:  # RFC 9110, section 15.5.17: how long it is
        headers["Content-Range"] = f"bytes */{refusal.facts.get('size_bytes', 0)}"
    return answer(request, body, headers)


def answer_framework(request: "Request[Any, Any, Any]", error: HTTPException) -> "Response[bytes]":
    """A refusal of the framework: unknown address, wrong method, a body that does not decode."""
    status = error.status_code if error.status_code in FRAMEWORK else 400
    problems = _problems(error) if status == 400 else []
    if problems:
        status = 422
    code, title, remedy = FRAMEWORK[status]
    detail = "" if status >= 500 else str(error.detail)[:500]
    body = document(request, status, code, title, detail=detail, remedy=remedy)
    if problems:
        body["errors"] = problems
        body["detail"] = f"{len(problems)} problem(s) in the input"
    headers = {k: v for k, v in (error.headers or {}).items() if k.lower() == "allow"}
    return answer(request, body, headers)


def answer_failure(request: "Request[Any, Any, Any]", failure: Exception) -> "Response[bytes]":
    """Anything unforeseen: logged with its request id, told to nobody."""
    log.error("request %s failed", request_id_of(request), exc_info=failure)
    code, title, remedy = FRAMEWORK[HTTP_500_INTERNAL_SERVER_ERROR]
    return answer(request, document(request, 500, code, title, detail="", remedy=remedy))


def _problems(error: HTTPException) -> list[Problem]:
    """What the validation says of each field, as JSON pointers; empty for unreadable JSON."""
    found: list[Problem] = []
    extra = error.extra if isinstance(error.extra, list) else []
    for entry in extra[:100]:
        if not isinstance(entry, dict):
            continue
        message = str(entry.get("message", ""))
        where = str(entry.get("key", ""))
        source = str(getattr(entry.get("source"), "value", None) or entry.get("source") or "body")
        at = AT_PATH.search(message)
        path = at["path"] if at else where
        if source == "body" and path == "data":  # the framework's name for the whole body
            path = ""
        pointer = "/" + path.replace("[", "/").replace("]", "").replace(".", "/").strip("/")
        prefix = "" if source == "body" else f"{source}:"
        found.append(
            Problem(
                pointer=prefix + (pointer if pointer != "/" else ""),
                code="invalid_value",
                detail=AT_PATH.sub("", message)[:300],
            )
        )
    return found
