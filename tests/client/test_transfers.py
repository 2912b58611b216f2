"""Files through the client: broken off in the middle, gone on with, and whole in the end."""

import hashlib
from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest

from schoolgroup.client import Client, Place
from schoolgroup.client.errors import TransferFailed
from schoolgroup.client.generated import lending
from schoolgroup.client.generated.lending import BorrowWish
from tests.client.conftest import QUICK, in_thread
from tests.client.test_requests import known
from tests.resources.lending.shelf import CONTENT, shelve
from tests.resources.uploads import PART_BYTES, some_bytes


class Torn(httpx.SyncByteStream):
    """An answer of which only the beginning arrives."""

    def __init__(self, stream: httpx.SyncByteStream, upto: int) -> None:
        self.stream, self.upto = stream, upto

    def __iter__(self) -> Iterator[bytes]:
        came = 0
        for chunk in self.stream:
            yield chunk[: self.upto - came]
            came += len(chunk)
            if came >= self.upto:
                raise httpx.ReadError("the line broke")

    def close(self) -> None:
        self.stream.close()


class Line(httpx.BaseTransport):
    """A real line whose planned requests break: "before" they arrive, or after so many bytes."""

    def __init__(self, method: str, plan: list[str | int | None]) -> None:
        self.method, self.plan = method, plan
        self.inner = httpx.HTTPTransport()
        self.asked: list[httpx.Request] = []

    def close(self) -> None:
        self.inner.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.method != self.method or "/sessions" in request.url.path:
            return self.inner.handle_request(request)
        self.asked.append(request)
        planned = self.plan.pop(0) if self.plan else None
        if planned == "before":
            raise httpx.WriteError("the line broke")
        answer = self.inner.handle_request(request)
        if isinstance(planned, int):
            assert isinstance(answer.stream, httpx.SyncByteStream)
            answer.stream = Torn(answer.stream, planned)
        return answer


async def test_an_upload_survives_a_broken_line_and_a_killed_client(address, world, tmp_path):
    author = await world.person(await world.school("一中"), "teacher")
    content = some_bytes(2 * PART_BYTES + 1000)
    file = tmp_path / "分数的意义.pptx"
    file.write_bytes(content)

    class Killed(Exception):
        pass

    def story() -> None:
        opened: list[UUID] = []

        def killed_after_the_first_part(done: int, whole: int) -> None:
            if done:
                raise Killed

        with Client(address, known(author), patience=QUICK) as client:
            with pytest.raises(Killed):
                client.upload(file, progress=killed_after_the_first_part)
            opened += [upload.id for upload in client.uploads.all_uploads()]
        line = Line("PUT", ["before", None])
        told: list[tuple[int, int]] = []
        with Client(address, known(author), patience=QUICK, transport=line) as client:
            done = client.upload(file, resume=opened[0], progress=lambda a, b: told.append((a, b)))
            again = client.upload(file, resume=opened[0])
        assert done.receipt is not None
        assert done.receipt.sha256 == hashlib.sha256(content).hexdigest()
        assert again.receipt == done.receipt
        assert told[0] == (PART_BYTES, len(content)), "the first part is not sent again"
        assert told[-1] == (len(content), len(content))
        assert len(line.asked) == 3, "two parts, one of them twice"
        file.write_bytes(content[:-1] + b"!")
        with (
            Client(address, known(author), patience=QUICK) as client,
            pytest.raises(TransferFailed),
        ):
            client.upload(file, resume=opened[0])

    await in_thread(story)


async def test_a_download_goes_on_where_it_broke_off(address, world, services, http, tmp_path):
    shelf = await shelve(world, services)
    offer = await shelf.offer(http)
    reader = await world.person(await world.school("二中"), "teacher")
    path = tmp_path / "教案.txt"

    def story() -> None:
        line = Line("GET", [20_000, None])
        with Client(address, known(reader), patience=QUICK, transport=line) as client:
            loan = client.lending.borrow(offer["id"], BorrowWish()).loan
            assert loan is not None
            line.asked.clear()
            asked = lending.download_loan_file(loan.id, 1)
            client.download(asked, path, sha256=hashlib.sha256(CONTENT).hexdigest())
            assert path.read_bytes() == CONTENT
            assert [request.headers.get("range") for request in line.asked] == [
                None,
                "bytes=20000-",
            ]
            linked = lending.fetch_loan_file(loan.id, 1)
            other = client.download(linked, tmp_path / "by link.txt")
            assert other.read_bytes() == CONTENT
            with pytest.raises(TransferFailed, match="SHA-256"):
                client.download(asked, tmp_path / "wrong", sha256="0" * 64)
        left = sorted(p.name for p in tmp_path.iterdir())
        assert left == sorted(["by link.txt", "教案.txt"])
        tokens = [r.headers.get("authorization") for r in line.asked if r.url.path.endswith(".txt")]
        assert not any(tokens), "the store never sees the token"

    await in_thread(story)


async def test_the_stream_is_followed_from_where_it_was_left(address, world, http, tmp_path):
    office = await world.person(None, "group_admin")

    async def enter(code: str) -> str:
        body = {
            "code": code,
            "name": code,
            "stages": ["junior"],
            "tier": "integrated",
            "tier_from_on": "2026-09-01",
        }
        answer = await http.post("/v1/schools", json=body, headers=office.headers)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def taken(count: int | None) -> list[str]:
        subjects: list[str] = []
        with Client(address, known(office), patience=QUICK) as client:
            for event in client.follow(
                Place(file=tmp_path / "place"), types="school.*", stay=False
            ):
                subjects.append(event.subject)
                if len(subjects) == count:
                    break
        return subjects

    first = [f"school/{await enter(code)}" for code in ("a1", "a2")]
    assert await in_thread(lambda: taken(1)) == first[:1]
    assert await in_thread(lambda: taken(None)) == first, "cut short: told again"
    assert await in_thread(lambda: taken(None)) == []
    third = f"school/{await enter('a3')}"
    assert await in_thread(lambda: taken(None)) == [third]
