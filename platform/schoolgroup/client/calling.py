"""The client that answers at once; `awaiting` has the one to be awaited."""

import random
import ssl
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx

from schoolgroup.client import feed, transfers
from schoolgroup.client.driving import Sync, limits_of
from schoolgroup.client.exchange import (
    Alone,
    Call,
    Patience,
    Program,
    State,
    Timeouts,
    Work,
    exchange,
)
from schoolgroup.client.generated import events, uploads
from schoolgroup.client.generated.rooms import Rooms
from schoolgroup.client.keys import Credentials, Nobody, Shared, Signer, Tokens
from schoolgroup.client.kinds import Asked

T = TypeVar("T")
USER_AGENT = "schoolgroup-client/1"


def state_of(
    base_url: str,
    credentials: Credentials,
    language: str,
    patience: Patience,
    remember: int,
    on_tokens: Callable[[Tokens], None] | None,
    shared: Shared | None = None,
) -> State:
    """What a client begins with."""
    state = State(
        base_url=base_url.rstrip("/"),
        language=language,
        patience=patience,
        signer=Signer(credentials, on_tokens, shared),
        remember=remember,
        user_agent=USER_AGENT,
        chance=random.SystemRandom(),
    )

    def ask(path: str, body: bytes, content_type: str, headers: dict[str, str]) -> Program[bytes]:
        call = Call(
            operation=path,
            method="POST",
            path=path,
            body=body,
            content_type=content_type,
            signed=False,
            headers=headers,
        )
        reply = yield from exchange(state, call)
        return reply.body

    state.signer.ask, state.signer.block = ask, Work
    return state


def renewal(state: State) -> Program[Tokens]:
    """New tokens, whatever there were; raises Refused, Unreachable."""
    yield Alone(partial(state.signer.renew, state.signer.token))
    assert state.signer.tokens is not None
    return state.signer.tokens


class Client(Rooms):
    """A server of an education group, spoken to at once.

    Rooms hold the operations (`client.lending.borrow(…)`, `client.lending.all_loans()`); `send`
    carries out any generated call. Every request has time limits (`timeouts`) and is tried again
    within `patience`; what carries an ETag is sent only when it has changed (`remember` items).
    Several threads may share a client. Raises what `schoolgroup.client.errors` draws.
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
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """`language`: of refusals (en, zh-CN). `on_tokens` is told of new tokens, to keep them.

        `shared`: where other processes keep the same tokens, so that one alone renews them.
        """
        self.state = state_of(
            base_url, credentials, language, patience, remember, on_tokens, shared
        )
        http = httpx.Client(
            timeout=limits_of(timeouts),
            proxy=proxy,
            verify=verify,
            transport=transport,
            trust_env=False,  # nothing of ~/.netrc may reach the store
        )
        self.driver = Sync(http, timeouts)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; the session stays, until it is revoked or ends."""
        self.driver.http.close()

    def send(self, asked: Asked[T]) -> T:
        """Carry out one generated call."""
        return asked.read(self.driver.run(exchange(self.state, asked.call)))

    def sign_in(self) -> Tokens:
        """Fetch tokens now instead of with the first request."""
        return self.driver.run(renewal(self.state))

    def upload(
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
        return self.driver.run(program)

    def download(
        self,
        asked: Asked[Any],
        path: Path | str,
        *,
        sha256: str | None = None,
        progress: transfers.Progress = transfers.told,
    ) -> Path:
        """What a call leads to, as a file at `path`, going on where an earlier try broke off."""
        program = transfers.download(self.state, asked, Path(path), progress, sha256)
        return self.driver.run(program)

    def follow(
        self,
        place: feed.Place | None = None,
        *,
        types: str | None = None,
        wait_s: int = feed.WAIT_S,
        stay: bool = True,
    ) -> Iterator[events.Event]:
        """Events after a place, in commit order, waiting for the next ones; none is skipped.

        A page's place is kept when all of its events have been taken: what a crash cuts short is
        told again with the same `id`. With `stay` false it ends where the stream ends now.
        """
        place = place or feed.Place()
        while True:
            page = self.send(feed.next_page(place, types, wait_s if stay else 0))
            yield from page.items
            place.keep(page.next_cursor)
            if not stay and not page.more:
                return
