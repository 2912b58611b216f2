"""Speaking to identity providers: what they publish, kept for a while, and codes for ID tokens.

Only issuers the operator has named are ever called, without redirects, for seconds, and at most
a megabyte of each answer is read: a group cannot make this server look around its own network.
"""

import asyncio
import ssl
import time
from base64 import b64encode
from typing import Any
from urllib.parse import quote_plus

import msgspec

from schoolgroup.access.identity import rules
from schoolgroup.kernel.errors import Invalid, Problem, Unavailable
from schoolgroup.kernel.texts import Text

TIMEOUT_S, WHOLE_S = 5.0, 15.0  # to connect and between two pieces; of a whole answer
REFUSED = (400, 401, 403)  # how a token endpoint says no (RFC 6749 section 5.2)
ANSWER_BYTES_MAX = 1024 * 1024
DOCUMENT_KEPT_S = 3600.0
KEYS_KEPT_S = 3600.0
LOOK_AGAIN_S = 30.0  # for a key we do not know: providers change theirs at any time
WELL_KNOWN = "/.well-known/openid-configuration"


class UselessIssuer(Invalid):
    """The issuer is not trusted here, or does not answer as a provider does."""

    code = "useless_issuer"
    title = Text("This issuer cannot be used", "该身份提供方无法使用")
    remedy = Text(
        "Ask the operator to name it in identity_issuers; it must publish its configuration.",
        "请联系运维在 identity_issuers 中登记；提供方须公布其 OpenID 配置。",
    )


class CodeRefused(Exception):
    """The provider gives nothing for this code."""


class Document(msgspec.Struct, frozen=True):
    """What of a provider's configuration is used (OpenID Connect Discovery section 3)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class _KeySet(msgspec.Struct, frozen=True):
    keys: list[dict[str, Any]]


class _Given(msgspec.Struct, frozen=True):
    id_token: str


class Providers:
    """The identity providers this process may speak to, and what it remembers of them."""

    def __init__(self, issuers: str) -> None:
        """`issuers`: those the operator trusts, by commas."""
        self.trusted = frozenset(one.strip() for one in issuers.split(",") if one.strip())
        self._documents: dict[str, tuple[Document, float]] = {}
        self._keys: dict[str, tuple[list[dict[str, Any]], float]] = {}
        self._tls: ssl.SSLContext | None = None

    async def document(self, issuer: str) -> Document:
        """What the issuer publishes of itself. Raises UselessIssuer, Unavailable."""
        if issuer not in self.trusted or not rules.may_be_called(issuer):
            raise _useless("not_trusted", "the operator has not named this issuer")
        kept = self._documents.get(issuer)
        if kept is not None and time.monotonic() < kept[1] + DOCUMENT_KEPT_S:
            return kept[0]
        answer = await self._fetch(issuer.rstrip("/") + WELL_KNOWN)
        try:
            document = msgspec.json.decode(answer, type=Document)
        except msgspec.MsgspecError as unreadable:
            raise _useless("unreadable", "its configuration cannot be read") from unreadable
        endpoints = (document.authorization_endpoint, document.token_endpoint, document.jwks_uri)
        if document.issuer != issuer or not all(map(rules.may_be_called, endpoints)):
            raise _useless("untrue", "its configuration names another issuer, or no TLS")
        self._documents[issuer] = document, time.monotonic()
        return document

    async def key_of(self, document: Document, token: str) -> dict[str, Any]:
        """The published key that could have signed the token. Raises TokenUntrue, Unavailable."""
        kept = self._keys.get(document.issuer)
        now = time.monotonic()
        if kept is not None and now < kept[1] + KEYS_KEPT_S:
            key = rules.key_for(token, kept[0])
            if key is not None:
                return key
            if now < kept[1] + LOOK_AGAIN_S:
                raise rules.TokenUntrue("no published key could have signed it")
        answer = await self._fetch(document.jwks_uri)
        try:
            keys = msgspec.json.decode(answer, type=_KeySet).keys
        except msgspec.MsgspecError as unreadable:
            raise Unavailable(facts={"what": "identity provider"}) from unreadable
        self._keys[document.issuer] = keys, now
        key = rules.key_for(token, keys)
        if key is None:
            raise rules.TokenUntrue("no published key could have signed it")
        return key

    async def exchange(
        self,
        document: Document,
        client_id: str,
        client_secret: str | None,
        code: str,
        redirect_uri: str,
        verifier: str,
    ) -> str:
        """The ID token for a code. Raises CodeRefused, Unavailable."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "code_verifier": verifier,
        }
        headers = {}
        if client_secret is None:
            form["client_id"] = client_id
        elif "client_secret_basic" in document.token_endpoint_auth_methods_supported:
            pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
            headers["Authorization"] = "Basic " + b64encode(pair.encode()).decode()
        else:
            form |= {"client_id": client_id, "client_secret": client_secret}
        status, answer = await self._ask(
            "POST", document.token_endpoint, data=form, headers=headers
        )
        if status in REFUSED:
            raise CodeRefused(f"it answered {status}")
        if status != 200:
            raise Unavailable(facts={"what": "identity provider"})
        try:
            return msgspec.json.decode(answer, type=_Given).id_token
        except msgspec.MsgspecError as unreadable:
            raise CodeRefused("no ID token was given") from unreadable

    async def _fetch(self, url: str) -> bytes:
        """What the provider publishes at an address."""
        status, answer = await self._ask("GET", url)
        if status != 200:
            raise Unavailable(facts={"what": "identity provider"})
        return answer

    async def _ask(self, method: str, url: str, **more: Any) -> tuple[int, bytes]:
        import httpx  # here: a quarter of a second that no process needs to start

        if self._tls is None:
            self._tls = ssl.create_default_context()
        try:
            async with (
                asyncio.timeout(WHOLE_S),
                httpx.AsyncClient(verify=self._tls, timeout=TIMEOUT_S, trust_env=False) as http,
                http.stream(method, url, **more) as answer,
            ):
                body = b""
                async for piece in answer.aiter_bytes():
                    body += piece
                    if len(body) > ANSWER_BYTES_MAX:
                        raise Unavailable(facts={"what": "identity provider"})
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as failed:
            raise Unavailable(facts={"what": "identity provider"}) from failed
        return answer.status_code, body


def _useless(code: str, detail: str) -> UselessIssuer:
    return UselessIssuer(problems=[Problem("/issuer", code, detail)])
