"""A body that is a sheet itself: what the API's description says of it, and how it is read."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.openapi.spec.enums import OpenAPIFormat, OpenAPIType

from schoolgroup.kernel.db import Tx
from schoolgroup.kernel.errors import Refusal
from schoolgroup.kernel.http import Call
from schoolgroup.kernel.sheets import CSV_TYPE, XLSX_TYPE, Row, read_sheet
from schoolgroup.kernel.texts import Text

MEDIA_TYPES = (CSV_TYPE, XLSX_TYPE, "application/octet-stream")
FILE_BYTES_MAX = 8 * 1024 * 1024


class NotAFile(Refusal):
    """The body has to be a CSV or XLSX file itself."""

    status = 415
    code = "not_a_sheet"
    title = Text("Send a CSV or XLSX file", "请上传 CSV 或 XLSX 文件")
    remedy = Text(
        f"Send the file as the body, with Content-Type {CSV_TYPE} or {XLSX_TYPE}.",
        f"请将文件作为请求正文发送，Content-Type 为 {CSV_TYPE} 或 {XLSX_TYPE}。",
    )


@dataclass
class SheetOperation(Operation):
    """Says in the API's description that the body is the file itself."""

    def __post_init__(self) -> None:
        """One binary body in any of the media types read."""
        schema = Schema(type=OpenAPIType.STRING, format=OpenAPIFormat.BINARY)
        self.request_body = RequestBody(
            description="The file: UTF-8 or GB18030 CSV, or a workbook whose first sheet is read.",
            required=True,
            content={name: OpenAPIMediaType(schema=schema) for name in MEDIA_TYPES},
        )


def check_media_type(call: Call) -> None:
    """Raise NotAFile unless the body says that it is a sheet."""
    media_type = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise NotAFile


async def sent_file(call: Call) -> bytes:
    """The file that was sent. Raises NotAFile, and TooLarge beyond what the route takes."""
    check_media_type(call)
    return await call.request.body()


async def sent_rows(call: Call, ask: Callable[[Tx], Awaitable[None]]) -> list[Row]:
    """The rows of the file that was sent, read beside the event loop.

    `ask` raises where the caller may not send one: asked before a large body is read.
    Raises NotAFile, SheetRefused, TooLarge, and what `ask` raises.
    """
    check_media_type(call)
    await call.read(ask)
    return await asyncio.to_thread(read_sheet, await call.request.body())
