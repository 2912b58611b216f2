"""What a route hands to a service, and how a service's result becomes an answer.

`Call` is one HTTP request: who asks, in which language, which version and which idempotency key.
Services take the transaction it opens and know nothing of HTTP.
"""

import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Annotated, Any, Protocol, TypeVar
from urllib.parse import urlencode

import msgspec
from litestar import Request, Response
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromQuery, QueryParameter
from litestar.types import Scope

from schoolgroup.kernel import queries
from schoolgroup.kernel.context import Actor
from schoolgroup.kernel.db import Database, SessionOver, Tx
from schoolgroup.kernel.errors import (
    Conflict,
    Invalid,
    Problem,
    Refusal,
    StaleVersion,
    TooLarge,
    VersionRequired,
)
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.paging import LIMIT_DEFAULT, LIMIT_MAX, Cursors, Page, PageRequest
from schoolgroup.kernel.sheet_files import SheetFile
from schoolgroup.kernel.standby import Standby
from schoolgroup.kernel.storage import Storage, StoredFile
from schoolgroup.kernel.texts import Text, choose_language

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
JSON = "application/json"
REMEMBERED_FOR = timedelta(hours=24)
LINK_LIVES_FOR = timedelta(seconds=60)
REMEMBERED_BYTES_MAX = 4 * 1024 * 1024
REQUEST_ID = re.compile(r"^[A-Za-z0-9._-]{1,100}\Z")
IDEMPOTENCY_KEY = re.compile(r"^[!-~]{1,255}\Z")
VERSION_TAG = re.compile(r'^"?(?P<version>[0-9]{1,9})"?\Z')

Limit = FromQuery[
    Annotated[
        int,
        QueryParameter(ge=1, le=LIMIT_MAX, description="How many items at most."),
    ]
]
Cursor = FromQuery[
    Annotated[
        str | None, QueryParameter(max_length=1024, description="Where to go on: next_cursor.")
    ]
]
LIMIT: int = LIMIT_DEFAULT


class Input(msgspec.Struct, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A request body: unknown fields are refused, never ignored."""


class Versioned(Protocol):
    """Anything that carries its version, and so has an ETag."""

    @property
    def version(self) -> int:
        """Moves by one with every change."""
        ...


class KeyInFlight(Conflict):
    """The same command is being carried out at this moment."""

    code = "idempotency_key_in_flight"
    title = Text("The same command is still running", "相同的命令正在执行")
    remedy = Text("Repeat the same request in a moment.", "请稍后重发同一请求。")


class KeyReused(Invalid):
    """This Idempotency-Key was used for another request."""

    code = "idempotency_key_reused"
    title = Text("The key was used for another request", "该幂等键已用于其他请求")
    remedy = Text("Use a new key for a new command.", "新的命令请使用新的幂等键。")


class Call:
    """One HTTP request of one actor."""

    def __init__(
        self,
        db: Database,
        cursors: Cursors,
        actor: Actor,
        request: "Request[Any, Any, Any]",
        renew: Callable[[], Awaitable[Actor]] | None = None,
        standby: Standby | None = None,
    ) -> None:
        """`renew` looks the caller up anew, when the database says the rights have changed.

        `standby` answers instead of `db` where it can: for routes that only read.
        """
        self.renew = renew
        self._run = db.run if standby is None else standby.run
        self.db = db
        self.cursors = cursors
        self.actor = actor
        self.request = request
        self.request_id = request_id_of(request)
        self.language = choose_language(request.headers.get("accept-language"))

    async def read(self, work: Callable[[Tx], Awaitable[T]]) -> T:
        """Run `work` in a transaction.

        Where the rights this process remembers are no longer those of the session, they are
        looked up anew, once: a session that still stands goes on with its new rights.
        """
        try:
            return await self._run(self.actor, work, self.request_id)
        except SessionOver:
            if self.renew is None:
                raise
            actor = await self.renew()
            if actor == self.actor:
                raise
            self.actor = actor
        return await self._run(self.actor, work, self.request_id)

    async def item(self, work: Callable[[Tx], Awaitable[T]]) -> Response[T]:
        """One versioned item with its ETag; 304 where If-None-Match names that version."""
        result = await self.read(work)
        headers = etag(result)
        known = _tags(self.request.headers.get("if-none-match"))
        if headers and not known.isdisjoint({headers["ETag"], "*"}):
            return Response(None, status_code=304, headers=headers)  # type: ignore[arg-type]  # 304 has no body
        return Response(result, headers=headers)

    async def page(
        self,
        list_name: str,
        limit: int,
        cursor: str | None,
        work: Callable[[Tx, PageRequest], Awaitable[list[T]]],
        key_of: Callable[[T], list[Any]],
    ) -> Response[Page[T]]:
        """A page of a list. `work` is asked for one row more than `limit`, ordered by the key."""
        wanted = PageRequest(
            limit=limit, after=self.cursors.read(list_name, cursor) if cursor else None
        )
        rows = await self.read(
            lambda tx: work(tx, msgspec.structs.replace(wanted, limit=limit + 1))
        )
        page = self.cursors.page(list_name, rows, limit, key_of)
        return Response(page, headers=self.link_to_next(page.next_cursor))

    def link_to_next(self, cursor: str | None) -> dict[str, str]:
        """The Link header (RFC 8288) to the page a cursor leads to; nothing on the last page."""
        if cursor is None:
            return {}
        url = self.request.url.with_replacements(query=_with_cursor(self.request, cursor))
        return {"Link": f'<{url.path}?{url.query}>; rel="next"'}

    async def once(
        self,
        work: Callable[[Tx], Awaitable[T]],
        *,
        status: int | Callable[[T], int] = 201,
        location: Callable[[T], str] | None = None,
        keep: Callable[[T], T] | None = None,
    ) -> Response[T]:
        """Carry a command out in one transaction; with an Idempotency-Key, exactly once.

        The key and the effect commit together: the same key and request gets the stored answer,
        another request KeyReused, a request still running KeyInFlight. `keep` says what is stored
        instead of an answer that shows a secret once: the secret itself is never stored.
        """
        key = self.request.headers.get("idempotency-key")
        fingerprint = b""
        if key is not None:
            if not IDEMPOTENCY_KEY.match(key):
                why = "1 to 255 visible ASCII characters, without spaces"
                raise Invalid(problems=[Problem("header:/Idempotency-Key", "invalid_value", why)])
            fingerprint = await self._fingerprint()

        async def carry_out(tx: Tx) -> queries.Remembered:
            if key is not None and (stored := await self._recall(tx, key, fingerprint)):
                return stored
            result = await work(tx)
            headers = etag(result)
            if location:
                headers["Location"] = location(result)
            answer = queries.Remembered(
                fingerprint=fingerprint,
                status=status(result) if callable(status) else status,
                headers=headers,
                body=msgspec.json.encode(result),
            )
            if key is not None:
                kept = answer
                if keep is not None:
                    kept = msgspec.structs.replace(answer, body=msgspec.json.encode(keep(result)))
                await self._remember(tx, key, kept)
            return answer

        answer = await self.read(carry_out)
        content: Any = answer.body if answer.status != 204 else None
        return Response(content, status_code=answer.status, headers=answer.headers, media_type=JSON)

    async def change(self, work: Callable[[Tx, int], Awaitable[T]]) -> Response[T]:
        """Carry out a change of a versioned thing; the version comes from If-Match."""
        version = self.expected_version()
        return await self.once(lambda tx: work(tx, version), status=200)

    def expected_version(self) -> int:
        """The version in If-Match; raises VersionRequired or StaleVersion."""
        header = self.request.headers.get("if-match")
        if header is None:
            raise VersionRequired
        tag = VERSION_TAG.match(header.strip())
        if tag is None:
            raise StaleVersion("If-Match is not an ETag of this server")
        return int(tag["version"])

    async def _fingerprint(self) -> bytes:
        request = self.request
        digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}".encode())
        digest.update(request.headers.get("if-match", "").encode() + b"\0")
        digest.update(await request.body())
        return digest.digest()

    @property
    def _route(self) -> str:
        return f"{self.request.method} {self.request.url.path}"

    async def _recall(self, tx: Tx, key: str, fingerprint: bytes) -> queries.Remembered | None:
        if not await queries.try_lock_key(tx, self.actor.name, self._route, key):
            raise KeyInFlight(retry_after_s=1)
        since = tx.now - REMEMBERED_FOR
        stored = await queries.get_remembered(tx, self.actor.name, self._route, key, since)
        if stored is None:
            return None
        if stored.fingerprint != fingerprint:
            raise KeyReused
        return msgspec.structs.replace(
            stored, headers={**stored.headers, "Idempotent-Replayed": "true"}
        )

    async def _remember(self, tx: Tx, key: str, answer: queries.Remembered) -> None:
        if len(answer.body) > REMEMBERED_BYTES_MAX:
            raise TooLarge("the answer of this command is too large to be remembered")
        await queries.forget_old(tx, self.actor.name, self._route, key, tx.now - REMEMBERED_FOR)
        await queries.remember(tx, self.actor.name, self._route, key, answer)


def file_answer(file: SheetFile, *, shown: bool = False) -> Response[bytes]:
    """A file under its name, to be kept; with `shown` the browser opens it itself."""
    disposition = f'{"inline" if shown else "attachment"}; filename="{file.name}"'
    return Response(
        file.content, media_type=file.media_type, headers={"Content-Disposition": disposition}
    )


def link_answer(
    storage: Storage,
    file: StoredFile,
    lives_for: timedelta = LINK_LIVES_FOR,
    *,
    shown: bool = False,
) -> Response[Any]:
    """307 to a link that soon ends; with `shown` (of what we made) the browser opens it itself."""
    link = storage.link(file.object_key, lives_for, file.file_name, file.media_type, inline=shown)
    return Response(None, status_code=307, headers={"Location": link})


def etag(result: object) -> dict[str, str]:
    """The ETag header of anything that carries a version."""
    version = getattr(result, "version", None)
    return {"ETag": f'"{version}"'} if isinstance(version, int) else {}


def check_version(expected: int, actual: int) -> None:
    """Raise StaleVersion unless the caller read the newest version."""
    if expected != actual:
        raise StaleVersion(
            Text(
                f"the version is {actual}, If-Match was {expected}",
                f"当前版本为 {actual}，If-Match 为 {expected}",
            )
        )


def request_id_of(request: "Request[Any, Any, Any]") -> str:
    """The caller's X-Request-Id where it is a sane one, else a new one; the same all request."""
    return request_id_in(request.scope)


def request_id_in(scope: Scope) -> str:
    """The same, of the bare request a server hands on."""
    state: dict[str, Any] = scope.setdefault("state", {})
    if "request_id" not in state:
        given = next((v for k, v in scope["headers"] if k == b"x-request-id"), b"").decode(
            "latin-1"
        )
        state["request_id"] = given if REQUEST_ID.match(given) else str(new_id())
    return str(state["request_id"])


def may(act: str, *, on_standby: bool = False) -> Mapping[str, Any]:
    """The mark of a route: the right it takes. Without one the server does not start.

    `on_standby`: it only reads, and heavily, so it may be answered by a standby (kernel.standby).
    """
    return {"act": act, "on_standby": True} if on_standby else {"act": act}


PUBLIC: Mapping[str, Any] = {"act": "public"}


class ProblemDocument(msgspec.Struct, omit_defaults=True):
    """application/problem+json (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    instance: str
    request_id: str
    remedy: str = ""
    errors: list[dict[str, str]] = []


def refusals(*kinds: type[Refusal]) -> dict[int, ResponseSpec]:
    """The refusals a route can answer, for its OpenAPI description."""
    specs: dict[int, ResponseSpec] = {}
    for kind in kinds:
        known = specs.get(kind.status)
        described = f"`{kind.code}`: {kind.title.en} ({kind.title.zh})"
        if known:
            described = f"{known.description}; {described}"
        specs[kind.status] = ResponseSpec(
            data_container=ProblemDocument,
            description=described,
            media_type="application/problem+json",
            generate_examples=False,
        )
    return specs


def _tags(header: str | None) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in (header or "").split(",")}


def _with_cursor(request: "Request[Any, Any, Any]", cursor: str) -> str:
    pairs = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    return urlencode([*pairs, ("cursor", cursor)])
