"""Passwords: argon2id, in threads, never more of them at once than the machine has room for.

Parameters: OWASP Password Storage Cheat Sheet, argon2id with 19 MiB, two passes, one lane; about
25 ms of one core. An unknown user costs the same, so that the time tells nobody who exists.
"""

import os
import secrets
import unicodedata

import anyio
from anyio.lowlevel import RunVar
from argon2 import PasswordHasher, Type
from argon2.exceptions import Argon2Error, InvalidHashError

from schoolgroup.kernel.errors import Unavailable

HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1, type=Type.ID)
# Well formed, of the same cost, and matched by nothing: what an unknown user's password is
# compared with.
NOBODY = f"$argon2id$v=19$m=19456,t=2,p=1${'A' * 22}${'A' * 43}"
AT_ONCE = max(2, min(4, os.cpu_count() or 2))
WAITING_MAX = 200
# Without the signs people mistake for each other when they copy a slip of paper.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
INITIAL_PARTS, INITIAL_PART = 3, 5  # 31^15: 74 bits

_room: RunVar[anyio.CapacityLimiter] = RunVar("room for passwords")


def normal(password: str) -> str:
    """The password in the one form it is hashed in (RFC 8265 OpaqueString: NFC)."""
    return unicodedata.normalize("NFC", password)


async def hash_password(password: str) -> str:
    """The argon2id hash of a password, with its parameters and its own salt.

    Raises Unavailable where too many are waiting.
    """
    return await anyio.to_thread.run_sync(HASHER.hash, normal(password), limiter=_enter())


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the one behind the hash; None (nobody) costs the same time.

    Raises Unavailable where too many are waiting.
    """
    return await anyio.to_thread.run_sync(
        _matches, password_hash or NOBODY, normal(password), limiter=_enter()
    )


def initial_password() -> str:
    """A new one-time password, easy to copy from paper."""
    return "-".join(
        "".join(secrets.choice(LETTERS) for _ in range(INITIAL_PART)) for _ in range(INITIAL_PARTS)
    )


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False


def _enter() -> anyio.CapacityLimiter:
    try:
        room = _room.get()
    except LookupError:
        room = anyio.CapacityLimiter(AT_ONCE)
        _room.set(room)
    if room.statistics().tasks_waiting >= WAITING_MAX:
        raise Unavailable(facts={"what": "passwords"}, retry_after_s=2)
    return room
