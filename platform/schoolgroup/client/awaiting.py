"""The client to be awaited; `calling` has the one that answers at once."""

import ssl
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx

from schoolgroup.client import feed, transfers
from schoolgroup.client.calling import renewal, state_of
from schoolgroup.client.driving import Async, limits_of
from schoolgroup.client.exchange import Patience, Timeouts, exchange
from schoolgroup.client.generated import events, uploads
from schoolgroup.client.generated.rooms import AsyncRooms
from schoolgroup.client.keys import Credentials, Nobody, Shared, Tokens
from schoolgroup.client.kinds import Asked

T = TypeVar("T")


class AsyncClient(AsyncRooms):
    """A server of an education group, spoken to within an event loop (asyncio, trio).

    Rooms hold the operations (`await client.lending.borrow(…)`); lists are gone through with
    `async for loan in client.lending.all_loans()`; `send` carries out any generated call. Limits,
    retries and errors are those of `Client`; several tasks may share one.
    """

    def __init__(
        self,
        base_url: str,
        credentials: Credentials = Nobody(),  # noqa: B008 - a frozen struct without state
        *,
        language: str = "en",
        patience: Patience = Patience(),  # noqa: B008 - as above
        timeouts: Timeouts = Timeouts(),  # noqa: B008 - as above
        remember: int = 128,
        on_tokens: Callable[[Tokens], None] | None = None,
        shared: Shared | None = None,
        proxy: str | None = None,
        verify: ssl.SSLContext | bool = True,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        """As of `Client`."""
        self.state = state_of(
            base_url, credentials, language, patience, remember, on_tokens, shared
        )
        http = httpx.AsyncClient(
            timeout=limits_of(timeouts),
            proxy=proxy,
            verify=verify,
            transport=transport,
            trust_env=False,  # nothing of ~/.netrc may reach the store
        )
        self.driver = Async(http, timeouts)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections; the session stays, until it is revoked or ends."""
        await self.driver.http.aclose()

    async def send(self, asked: Asked[T]) -> T:
        """Carry out one generated call."""
        return asked.read(await self.driver.run(exchange(self.state, asked.call)))

    async def sign_in(self) -> Tokens:
        """Fetch tokens now instead of with the first request."""
        return await self.driver.run(renewal(self.state))

    async def upload(
        self,
        path: Path | str,
        *,
        media_type: str = "",
        resume: UUID | None = None,
        progress: transfers.Progress = transfers.told,
    ) -> uploads.Upload:
        """Hand a file in, in parts straight to the store; the verified upload with its receipt.

        After a break, `resume` goes on with the upload of that id; the error's notes name it.
        `progress` is told bytes done and bytes in all.
        """
        program = transfers.upload(self.state, Path(path), media_type, resume, progress)
        return await self.driver.run(program)

    async def download(
        self,
        asked: Asked[Any],
        path: Path | str,
        *,
        sha256: str | None = None,
        progress: transfers.Progress = transfers.told,
    ) -> Path:
        """What a call leads to, as a file at `path`, going on where an earlier try broke off."""
        program = transfers.download(self.state, asked, Path(path), progress, sha256)
        return await self.driver.run(program)

    async def follow(
        self,
        place: feed.Place | None = None,
        *,
        types: str | None = None,
        wait_s: int = feed.WAIT_S,
        stay: bool = True,
    ) -> AsyncIterator[events.Event]:
        """Events after a place, in commit order, waiting for the next ones; none is skipped.

        A page's place is kept when all of its events have been taken: what a crash cuts short is
        told again with the same `id`. With `stay` false it ends where the stream ends now.
        """
        place = place or feed.Place()
        while True:
            page = await self.send(feed.next_page(place, types, wait_s if stay else 0))
            for event in page.items:
                yield event
            place.keep(page.next_cursor)
            if not stay and not page.more:
                return
