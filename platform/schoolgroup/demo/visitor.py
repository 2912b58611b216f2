"""One person of the demo at their browser: speaks to the running API over HTTP and nothing else."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from schoolgroup.demo.files import LessonFile
from schoolgroup.kernel.ids import new_id

WAIT_S = 60.0


class DemoFailed(Exception):
    """The API did not answer what the story expects."""


class Visitor:
    """A signed-in person (or nobody yet). Commands carry an Idempotency-Key, as clients should."""

    def __init__(self, http: httpx.AsyncClient, name: str, token: str = "") -> None:
        self.http = http
        self.name = name
        self.headers = {"Accept-Language": "en"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"

    async def ask(
        self,
        method: str,
        path: str,
        *,
        expect: int | tuple[int, ...] = (200, 201),
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request; raises DemoFailed unless the status is an expected one."""
        sent = {**self.headers, **(headers or {})}
        if method == "POST":
            sent.setdefault("Idempotency-Key", str(new_id()))
        answer = await self.http.request(method, path, headers=sent, **more)
        expected = (expect,) if isinstance(expect, int) else expect
        if answer.status_code not in expected:
            raise DemoFailed(
                f"{self.name}: {method} {path} answered {answer.status_code} instead of "
                f"{' or '.join(map(str, expected))}: {answer.text[:2000]}"
            )
        return answer

    async def get(self, path: str, **more: Any) -> Any:
        """What GET answers, read as JSON."""
        return (await self.ask("GET", path, **more)).json()

    async def all(self, path: str, **parameters: Any) -> list[Any]:
        """Every item of a list, page by page."""
        items: list[Any] = []
        cursor: str | None = None
        while True:
            page = await self.get(
                path, params={**parameters, "limit": 200, **({"cursor": cursor} if cursor else {})}
            )
            items += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                return items

    async def post(self, path: str, body: Any = None, **more: Any) -> Any:
        """What POST answers, read as JSON."""
        return (await self.ask("POST", path, json={} if body is None else body, **more)).json()

    async def send_file(self, path: str, content: bytes, media_type: str, **more: Any) -> Any:
        """What POST of a file answers, read as JSON."""
        answer = await self.ask(
            "POST", path, content=content, headers={"Content-Type": media_type}, **more
        )
        return answer.json()

    async def refused(self, method: str, path: str, status: int, **more: Any) -> Any:
        """The problem document of a request that must be refused with `status`."""
        problem = (await self.ask(method, path, expect=status, **more)).json()
        if "code" not in problem:
            raise DemoFailed(f"{method} {path}: a refusal without a code: {problem}")
        return problem

    async def deposit(self, file: LessonFile) -> Any:
        """Upload a file straight to the store by presigned parts; the verified upload."""
        upload = await self.post(
            "/v1/uploads",
            {
                "file_name": file.filename,
                "size_bytes": file.size_bytes,
                "sha256": file.sha256,
                "media_type": file.media_type,
            },
        )
        etags = []
        for part in upload["parts"]:
            content = read_part(file.path, part["number"], upload["part_bytes"])
            # the bytes go to the store, not to the API: no token is sent along
            sent = await self.http.put(part["url"], content=content)
            if sent.status_code != httpx.codes.OK:
                raise DemoFailed(f"the store refused part {part['number']}: {sent.text[:300]}")
            etags.append({"number": part["number"], "etag": sent.headers["etag"]})
        done = await self.post(f"/v1/uploads/{upload['id']}/complete", {"parts": etags})
        if done["receipt"]["sha256"] != file.sha256:
            raise DemoFailed(f"{file.filename}: the receipt names other bytes")
        return {**done, "part_count": len(etags)}


def read_part(path: Path, number: int, part_bytes: int) -> bytes:
    """The bytes of one part of a file; parts are counted from 1."""
    with path.open("rb") as file:
        file.seek((number - 1) * part_bytes)
        return file.read(part_bytes)
