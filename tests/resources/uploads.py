"""Handing files in as a browser would: open, PUT each part to its link, complete."""

import hashlib
from typing import Any

import httpx

from tests.people import Person

MIB = 1024 * 1024
PART_BYTES = 8 * MIB


def some_bytes(count: int, seed: str = "x") -> bytes:
    """Bytes that repeat nowhere near a part's size; the same for the same seed."""
    block = b"".join(hashlib.sha256(f"{seed}{n}".encode()).digest() for n in range(1024))
    return (block * (count // len(block) + 1))[:count]


def wish(content: bytes, file_name: str = "分数的意义.pptx", **more: Any) -> dict[str, Any]:
    """The body that opens an upload of `content`."""
    return {
        "file_name": file_name,
        "size_bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "media_type": "application/octet-stream",
        **more,
    }


async def open_upload(
    http: httpx.AsyncClient, person: Person, content: bytes, **more: Any
) -> dict[str, Any]:
    """An open upload with links for its first parts."""
    answer = await http.post("/v1/uploads", json=wish(content, **more), headers=person.headers)
    assert answer.status_code == 201, answer.text
    upload: dict[str, Any] = answer.json()
    return upload


async def put_parts(
    upload: dict[str, Any], content: bytes, numbers: list[int] | None = None
) -> list[dict[str, Any]]:
    """PUT the parts with links in `upload` (or only these numbers); number and ETag of each."""
    done = []
    size = upload["part_bytes"]
    # plain HTTP: reading every authority's certificate would take longer than the sending
    async with httpx.AsyncClient(timeout=60, verify=False) as store:
        for part in upload["parts"]:
            number = part["number"]
            if numbers is not None and number not in numbers:
                continue
            piece = content[(number - 1) * size : number * size]
            answer = await store.put(part["url"], content=piece)
            assert answer.status_code == 200, answer.text
            done.append({"number": number, "etag": answer.headers["etag"].strip('"')})
    return done


async def complete(
    http: httpx.AsyncClient, person: Person, upload: dict[str, Any], parts: list[dict[str, Any]]
) -> httpx.Response:
    """Ask the server to verify and acknowledge."""
    return await http.post(
        f"/v1/uploads/{upload['id']}/complete", json={"parts": parts}, headers=person.headers
    )


async def hand_in(
    http: httpx.AsyncClient, person: Person, content: bytes, file_name: str = "分数的意义.pptx"
) -> dict[str, Any]:
    """A verified upload of `content`."""
    upload = await open_upload(http, person, content, file_name=file_name)
    answer = await complete(http, person, upload, await put_parts(upload, content))
    assert answer.status_code == 200, answer.text
    verified: dict[str, Any] = answer.json()
    return verified
