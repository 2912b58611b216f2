"""The ceiling: the same framework and server, answering a constant of a given size.

`python -m bench._constant PORT`: `/constant/BYTES` answers that many bytes of JSON, by GET or POST.
"""

import sys

import msgspec
import uvicorn
from litestar import Litestar, get, post
from litestar.params import FromPath


class Constant(msgspec.Struct, frozen=True):
    """An answer that is always the same."""

    text: str


@get("/constant/{size:int}")
async def read(size: FromPath[int]) -> Constant:
    """About `size` bytes."""
    return Constant("x" * size)


@post("/constant/{size:int}", status_code=200)
async def act(size: FromPath[int]) -> Constant:
    """The same."""
    return Constant("x" * size)


if __name__ == "__main__":
    uvicorn.run(
        Litestar([read, act], openapi_config=None, logging_config=None),
        host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False,
    )  # fmt: skip
