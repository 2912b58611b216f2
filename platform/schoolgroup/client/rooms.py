"""How generated functions become methods of a client: one description, two ways to do it.

A generated function only says what is asked (`Asked`). `Act` makes a method of it that answers,
`AsyncAct` one to await; `Each` and `AsyncEach` go through all pages of a list.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Generic, ParamSpec, Protocol, TypeVar

import msgspec

from schoolgroup.client.kinds import Asked

P = ParamSpec("P")
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class PageOf(Protocol[T_co]):
    """Anything with items and a way to go on."""

    @property
    def items(self) -> Sequence[T_co]:
        """What is on this page."""
        ...

    @property
    def next_cursor(self) -> str | None:
        """Where the next page begins; None on the last one."""
        ...


class Speaker(Protocol):
    """What a room needs of its client."""

    def send(self, asked: Asked[T]) -> T:
        """Carry one call out."""
        ...


class AsyncSpeaker(Protocol):
    """What a room needs of its client, within an event loop."""

    async def send(self, asked: Asked[T]) -> T:
        """Carry one call out."""
        ...


class Room:
    """The operations of one tag."""

    def __init__(self, client: Speaker) -> None:
        self._client = client


class AsyncRoom:
    """The operations of one tag, to be awaited."""

    def __init__(self, client: AsyncSpeaker) -> None:
        self._client = client


class _Described(Generic[P, T]):
    def __init__(self, asks: Callable[P, Asked[T]]) -> None:
        self.asks = asks
        self.__doc__ = asks.__doc__

    def _dressed(self, method: Any) -> Any:
        method.__name__ = self.asks.__name__
        method.__doc__ = self.asks.__doc__
        method.__wrapped__ = self.asks
        return method


class Act(_Described[P, T]):
    """A method that carries its call out and answers."""

    def __get__(self, room: Room, owner: type[Room]) -> Callable[P, T]:
        def act(*args: P.args, **kwargs: P.kwargs) -> T:
            return room._client.send(self.asks(*args, **kwargs))

        dressed: Callable[P, T] = self._dressed(act)
        return dressed


class AsyncAct(_Described[P, T]):
    """A method to be awaited that carries its call out and answers."""

    def __get__(self, room: AsyncRoom, owner: type[AsyncRoom]) -> Callable[P, Awaitable[T]]:
        async def act(*args: P.args, **kwargs: P.kwargs) -> T:
            return await room._client.send(self.asks(*args, **kwargs))

        dressed: Callable[P, Awaitable[T]] = self._dressed(act)
        return dressed


class Each(Generic[P, T]):
    """A method that goes through all pages of a list, one request a page, as far as it is read."""

    def __init__(self, asks: Callable[P, Asked[PageOf[T]]]) -> None:
        self.asks = asks
        self.__doc__ = asks.__doc__

    def __get__(self, room: Room, owner: type[Room]) -> Callable[P, Iterator[T]]:
        def each(*args: P.args, **kwargs: P.kwargs) -> Iterator[T]:
            asked: Asked[PageOf[T]] | None = self.asks(*args, **kwargs)
            while asked is not None:
                page = room._client.send(asked)
                yield from page.items
                asked = following(asked, page)

        return each


class AsyncEach(Generic[P, T]):
    """The same to go through with `async for`."""

    def __init__(self, asks: Callable[P, Asked[PageOf[T]]]) -> None:
        self.asks = asks
        self.__doc__ = asks.__doc__

    def __get__(self, room: AsyncRoom, owner: type[AsyncRoom]) -> Callable[P, AsyncIterator[T]]:
        async def each(*args: P.args, **kwargs: P.kwargs) -> AsyncIterator[T]:
            asked: Asked[PageOf[T]] | None = self.asks(*args, **kwargs)
            while asked is not None:
                page = await room._client.send(asked)
                for item in page.items:
                    yield item
                asked = following(asked, page)

        return each


def following(asked: Asked[PageOf[T]], page: PageOf[T]) -> Asked[PageOf[T]] | None:
    """The call for the page after this one; None after the last."""
    if page.next_cursor is None:
        return None
    query = [(k, v) for k, v in asked.call.query if k != "cursor"]
    call = msgspec.structs.replace(asked.call, query=[*query, ("cursor", page.next_cursor)])
    return Asked(call, asked.read)
