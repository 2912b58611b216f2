"""Bringing one message to one address: pinned, bounded, without redirects.

The name is resolved once, each address it stands for is checked, and the connection goes to the
one that was checked: what the name says a moment later (DNS rebinding) changes nothing. That
happens at every delivery, not only when the address is entered. No proxy of the environment is
asked, as it would resolve the name again.
"""

import asyncio
import os
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

import msgspec

from schoolgroup.integration.webhooks import rules
from schoolgroup.integration.webhooks.models import Outcome
from schoolgroup.kernel import sealing
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.settings import Settings

if TYPE_CHECKING:
    import httpx

LOOK_UP_S = 5.0
KEY_BYTES = 32
SENT_WITH = {
    "content-type": "application/json",
    "user-agent": "Schoolgroup-Webhooks",
    # an answer is shown as it came: nothing is unpacked
    "accept-encoding": "identity",
}


class UnknownHost(rules.AddressRefused):
    """The name of the host stands for nothing."""

    code = "unknown_host"


class Courier(msgspec.Struct, frozen=True):
    """What an installation brings webhooks with; `settings` say where they may go."""

    settings: Settings

    @property
    def allowed(self) -> rules.Allowed:
        """Where webhooks may go."""
        settings = self.settings
        return rules.Allowed(
            settings.webhook_ports, settings.webhook_networks, settings.webhook_http
        )

    def new_secret(self) -> str:
        """A secret to sign with: 256 random bits."""
        return rules.secret_of(os.urandom(KEY_BYTES))

    def seal(self, secret: str, endpoint_id: str) -> bytes:
        """The secret, encrypted (AES-256-GCM) for this endpoint alone."""
        return sealing.seal(rules.key_of(secret), self._sealing_key, endpoint_id)

    def open(self, sealed: bytes, endpoint_id: str) -> bytes | None:
        """The key to sign with; None where it was sealed under another installation's secret."""
        return sealing.unseal(sealed, self._sealing_key, endpoint_id)

    @property
    def _sealing_key(self) -> bytes:
        return derive_key(self.settings.secret, "webhook secrets")

    async def check(self, url: str) -> None:
        """Raise AddressRefused where webhooks may not go to this address, as it stands now."""
        await self._resolve(rules.read_url(url, self.allowed))

    @asynccontextmanager
    async def way(self) -> AsyncIterator["httpx.AsyncClient"]:
        """Connections of one job; they are kept open between its deliveries."""
        import httpx  # here, and below: a quarter of a second that no process needs to start

        async with httpx.AsyncClient(
            verify=_certificates(self.settings.webhook_ca_file),
            trust_env=False,
            follow_redirects=False,
            timeout=self.settings.webhook_timeout_s,
            limits=httpx.Limits(max_connections=2, keepalive_expiry=30),
        ) as client:
            yield client

    async def bring(
        self,
        way: "httpx.AsyncClient",
        url: str,
        headers: dict[str, str],
        body: bytes,
        now: datetime,
    ) -> Outcome:
        """Send one message and read the beginning of the answer. Raises nothing.

        All of it, the look-up of the name included, has `webhook_timeout_s`.
        """
        import httpx

        begun = time.monotonic()
        status, answer, asked_s, error = None, "", None, None
        try:
            async with asyncio.timeout(self.settings.webhook_timeout_s):
                place = rules.read_url(url, self.allowed)
                address = await self._resolve(place)
                async with way.stream(
                    "POST",
                    place.at(address),
                    content=body,
                    headers={**SENT_WITH, **headers, "host": place.host_header},
                    extensions={"sni_hostname": place.host},
                ) as response:
                    status = response.status_code
                    asked_s = rules.retry_after_s(status, response.headers.get("retry-after"), now)
                    answer = rules.shown_answer(await _beginning(response))
        except TimeoutError:
            status, error = None, "timeout"
        except httpx.TimeoutException:
            status, error = None, "timeout"
        except rules.AddressRefused as refused:
            error = refused.code
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError, ValueError) as failed:
            # its text may hold the address, and so what it is protected by
            status = None
            error = "certificate" if _is_about_certificates(failed) else "unreachable"
        latency_ms = int((time.monotonic() - begun) * 1000)
        return Outcome(status, error, latency_ms, answer, asked_s)

    async def _resolve(self, place: rules.Place) -> rules.Address:
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(LOOK_UP_S):
                found = await loop.getaddrinfo(place.host, place.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError, TimeoutError) as unknown:
            raise UnknownHost("the name of the host cannot be looked up") from unknown
        return rules.choose([str(each[4][0]) for each in found], self.allowed)


async def _beginning(response: "httpx.Response") -> bytes:
    """So much of an answer as is kept; however much more comes is never read."""
    read = b""
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= rules.ANSWER_BYTES_MAX:
            break
    return read


def _is_about_certificates(failed: BaseException) -> bool:
    cause: BaseException | None = failed
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


@lru_cache(maxsize=4)
def _certificates(file: str) -> ssl.SSLContext:
    """Reading the system's certificates takes tens of milliseconds: once a process."""
    return ssl.create_default_context(cafile=file or None)
