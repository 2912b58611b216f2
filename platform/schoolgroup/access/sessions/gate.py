"""The gate: what signing in needs of the process, and the attempts it lets through.

Attempts are counted before a password is looked at, under a lock per subject, so that a thousand
at once are counted as a thousand; the one that turns out right is taken back.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import timedelta
from uuid import UUID

from schoolgroup.access.authentication import Authenticator
from schoolgroup.access.bundles import PolicyStore
from schoolgroup.access.identity.providers import Providers
from schoolgroup.access.sessions import attempt_queries as attempts
from schoolgroup.access.sessions import queries
from schoolgroup.access.sessions.rules import ADDRESS_FACTOR
from schoolgroup.kernel.context import Actor, system_actor
from schoolgroup.kernel.db import Database, Tx
from schoolgroup.kernel.errors import TooMany
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.keys import derive_key
from schoolgroup.kernel.settings import Settings
from schoolgroup.kernel.texts import Text

REFRESH_MARK = "sgr_"
SECRET_BYTES = 32


class TooManyAttempts(TooMany):
    """Too many attempts to sign in with this name or from this address."""

    code = "too_many_attempts"
    title = Text("Too many attempts to sign in", "登录尝试过于频繁")
    remedy = Text(
        "Wait as long as Retry-After says; a forgotten password is reset by your school's"
        " administrator.",
        "请按 Retry-After 等待后再试；忘记密码请联系本校管理员重置。",
    )


class Gate:
    """Opens sessions for one process."""

    def __init__(
        self,
        db: Database,
        authenticator: Authenticator,
        policies: PolicyStore,
        settings: Settings,
    ) -> None:
        self.db = db
        self._policies = policies
        self.authenticator = authenticator
        self.session_life = timedelta(seconds=settings.session_s)
        self.token_life = timedelta(seconds=settings.access_token_s)
        self.public_url = settings.public_url.rstrip("/")
        self._window = timedelta(seconds=settings.login_window_s)
        self._failures_max = settings.login_failures_max
        self._key = derive_key(settings.secret, "login subjects")
        self.providers = Providers(settings.identity_issuers)
        self.flow_key = derive_key(settings.secret, "identity flows")
        self.identity_key = derive_key(settings.secret, "identity secrets")

    async def find_group(self, code: str | None) -> UUID | None:
        """The group of that code, or the only one where none is named."""

        async def find(tx: Tx) -> UUID | None:
            return await queries.find_group(tx, code)

        return await self.db.run(system_actor(None), find)

    def subjects(self, group_id: UUID, username: str, address: str) -> dict[bytes, int]:
        """What an attempt is counted against, and how many are let through in the window."""
        return {
            self._name(group_id, f"name {username}"): self._failures_max,
            self._name(group_id, f"address {address}"): self._failures_max * ADDRESS_FACTOR,
        }

    async def count(self, tx: Tx, subjects: dict[bytes, int]) -> UUID:
        """Count an attempt; its id. Raises TooManyAttempts."""
        since = tx.now - self._window
        for subject in sorted(subjects):  # one order for all, so that no two wait for each other
            await attempts.lock_subject(tx, subject)
        for subject, limit in subjects.items():
            found = await attempts.count_attempts(tx, subject, since)
            if found.attempts >= limit and found.first_at is not None:
                left = found.first_at + self._window - tx.now
                raise TooManyAttempts(retry_after_s=max(1, int(left.total_seconds()) + 1))
        attempt_id = new_id()
        await attempts.insert_attempt(tx, list(subjects), attempt_id)
        await attempts.forget_attempts(tx, since)
        return attempt_id

    async def take_back(self, actor: Actor, subjects: dict[bytes, int], attempt_id: UUID) -> None:
        """Count an attempt no longer: the password was right."""

        async def delete(tx: Tx) -> None:
            await attempts.delete_attempt(tx, list(subjects), attempt_id)

        await self.db.run(actor, delete)

    async def is_news(self, tx: Tx, what: str) -> bool:
        """Whether this has failed less often than names may within the window; counts it."""
        subject = self._name(tx.group_id, what)
        await attempts.lock_subject(tx, subject)
        found = await attempts.count_attempts(tx, subject, tx.now - self._window)
        if found.attempts >= self._failures_max:
            return False
        await attempts.insert_attempt(tx, [subject], new_id())
        return True

    def scopes(self) -> list[str]:
        """Every act of this software's policy: what a scope can be."""
        return list(self._policies.shipped().compiled.bundle.vocabulary.acts)

    def _name(self, group_id: UUID, what: str) -> bytes:
        return hmac.new(self._key, f"{group_id} {what}".encode(), hashlib.sha256).digest()


def make_refresh_token(group_id: UUID) -> str:
    """A new refresh token: 256 random bits, and the group in which they mean something."""
    raw = group_id.bytes + secrets.token_bytes(SECRET_BYTES)
    return REFRESH_MARK + urlsafe_b64encode(raw).decode().rstrip("=")


def group_of_refresh_token(token: str) -> UUID | None:
    """The group a refresh token names; None where it is none of ours."""
    try:
        body = token.removeprefix(REFRESH_MARK)
        raw = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except ValueError:
        return None
    if not token.startswith(REFRESH_MARK) or len(raw) != len(UUID(int=0).bytes) + SECRET_BYTES:
        return None
    return UUID(bytes=raw[:-SECRET_BYTES])


def token_hash(token: str) -> bytes:
    """What is kept of a random token: its SHA-256 suffices, as there is nothing to guess."""
    return hashlib.sha256(token.encode()).digest()
