"""Handing letters to a mail server (SMTP, RFC 5321), and what its answers mean.

4xx: later. 5xx to the recipient: there is no such mailbox, for good. 5xx to us - our login, our
sender address, no connection - is nobody's fault who is written to: all letters wait.
"""

import ssl
from contextlib import suppress
from email.message import EmailMessage
from enum import StrEnum
from types import TracebackType
from typing import Self

import aiosmtplib
import msgspec

from schoolgroup.integration.notices.letters import Sender
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.settings import Settings

PATIENCE_S = 30.0
# RFC 3463: x.1.x is about the mailbox; 550, 551, 553 say the same without an enhanced code.
NO_MAILBOX = frozenset({550, 551, 553})


class Outcome(StrEnum):
    """What the server said to a letter."""

    SENT = "sent"
    LATER = "later"  # this one, by its recipient's server
    NO_MAILBOX = "no_mailbox"
    REFUSED = "refused"  # this letter, for good
    UNREACHABLE = "unreachable"  # none of them, now: the server, or what we are configured to say


class Answer(msgspec.Struct, frozen=True):
    """An outcome, and the reply code behind it (never its text, which may hold an address)."""

    outcome: Outcome
    code: str


class Post(msgspec.Struct, frozen=True):
    """The post office of an installation; `offered` is false where no mail server is configured."""

    settings: Settings

    @property
    def offered(self) -> bool:
        """Whether this installation sends mail."""
        return bool(self.settings.smtp_host)

    @property
    def code_key(self) -> bytes:
        """What address codes are reckoned from."""
        return derive_key(self.settings.secret, "email codes")

    @property
    def sender(self) -> Sender:
        """Who writes."""
        settings = self.settings
        return Sender(
            address=settings.smtp_from or settings.contact_email,
            public_url=settings.public_url.rstrip("/"),
            contact=settings.contact_email,
        )

    def counter(self) -> "Counter":
        """A connection for one run of sending; opened when the first letter is handed in."""
        return Counter(self.settings)


class Counter:
    """One connection to the mail server, opened when it is needed and again when it was lost."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._client: aiosmtplib.SMTP | None = None

    async def __aenter__(self) -> Self:
        """Nothing yet: the first letter opens the connection."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take leave of the server."""
        await self._leave()

    async def hand_in(self, message: EmailMessage, sender: str, to: str) -> Answer:
        """Give one letter to the server; what it said. Raises nothing the server can cause."""
        try:
            client = await self._reach()
            await client.sendmail(sender, [to], message.as_bytes(), timeout=PATIENCE_S)
        except aiosmtplib.SMTPRecipientsRefused as refused:
            return await self._after(_of_mailbox(refused.recipients[0].code, final=True))
        except aiosmtplib.SMTPDataError as refused:
            return await self._after(_of_mailbox(refused.code, final=False))
        except aiosmtplib.SMTPResponseException as refused:  # our login, our sender address
            await self._leave()
            return Answer(Outcome.UNREACHABLE, str(refused.code))
        except (aiosmtplib.SMTPException, OSError) as lost:
            # its text may name an address or a host: only what kind of failure it was is kept
            await self._leave()
            return Answer(Outcome.UNREACHABLE, type(lost).__name__)
        return Answer(Outcome.SENT, "250")

    async def _after(self, answer: Answer) -> Answer:
        """Begin anew after a refusal: not every server takes a second letter on the same line."""
        await self._leave()
        return answer

    async def _reach(self) -> aiosmtplib.SMTP:
        if self._client is not None and self._client.is_connected:
            return self._client
        client = client_of(self.settings, PATIENCE_S)
        await client.connect()
        self._client = client
        return client

    async def _leave(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            with suppress(aiosmtplib.SMTPException, OSError):  # it may be gone already
                await client.quit(timeout=PATIENCE_S)
            client.close()


def client_of(settings: Settings, patience_s: float) -> aiosmtplib.SMTP:
    """A connection to the mail server of the settings, not opened yet."""
    return aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        use_tls=settings.smtp_tls == "tls",
        start_tls=settings.smtp_tls == "starttls",
        tls_context=ssl.create_default_context(cafile=settings.smtp_ca_file or None),
        username=settings.smtp_user or None,
        password=settings.smtp_password or None,
        timeout=patience_s,
    )


def _of_mailbox(code: int, *, final: bool) -> Answer:
    """A refusal of this recipient (`final`: any 5xx is about the mailbox) or of this letter."""
    if code < 500:
        return Answer(Outcome.LATER, str(code))
    if final or code in NO_MAILBOX:
        return Answer(Outcome.NO_MAILBOX, str(code))
    return Answer(Outcome.REFUSED, str(code))
