"""Where commands remember who is signed in where: one file only its owner can read."""

import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import msgspec

from schoolgroup.client.errors import SchoolgroupError
from schoolgroup.client.keys import ClientCredentials, Credentials, Tokens

DEFAULT = "default"


class NotSignedIn(SchoolgroupError):
    """No profile of this name: `schoolgroup login ADDRESS` makes one."""


class Profile(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One server, and how one is signed in there: a person's tokens, or a system's secret."""

    address: str
    tokens: Tokens | None = None
    client: ClientCredentials | None = None

    def credentials(self) -> Credentials:
        """What a client is to sign in with; raises NotSignedIn."""
        if self.client is not None:
            return self.client
        if self.tokens is None:
            raise NotSignedIn("signed out: `schoolgroup login` signs in")
        return self.tokens


def config_file() -> Path:
    """$SCHOOLGROUP_PROFILES, else profiles.json in the user's folder for settings."""
    named = os.environ.get("SCHOOLGROUP_PROFILES")
    if named:
        return Path(named)
    home = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    return Path(home) / "schoolgroup" / "profiles.json"


def read_profiles() -> dict[str, Profile]:
    """Every profile by its name; raises SchoolgroupError where the file is not one."""
    path = config_file()
    if not path.exists():
        return {}
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Profile])
    except msgspec.MsgspecError as wrong:
        raise SchoolgroupError(f"{path} cannot be read: {wrong}") from wrong


def read_profile(name: str) -> Profile:
    """One profile; raises NotSignedIn."""
    found = read_profiles().get(name)
    if found is None:
        raise NotSignedIn(f"no profile {name!r}: `schoolgroup login ADDRESS` makes one")
    return found


def keep_profile(name: str, profile: Profile | None) -> None:
    """Write one profile, or forget it; the file is replaced as a whole and has mode 0600."""
    path = config_file()
    with alone("lock"):
        profiles = read_profiles()
        if profile is None:
            profiles.pop(name, None)
        else:
            profiles[name] = profile
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.write(msgspec.json.format(msgspec.json.encode(profiles), indent=2))
        os.replace(fresh, path)


@contextmanager
def alone(what: str) -> Iterator[None]:
    """One process at a time; whoever is killed in it lets go. The lock is a file of its own.

    The file is locked and never written, as the one beside it is replaced.
    """
    path = config_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(path.with_name(f"{path.name}.{what}"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


class SharedProfile(msgspec.Struct, frozen=True):
    """The tokens of a profile, as every process that uses it has them."""

    name: str

    def alone(self) -> AbstractContextManager[None]:
        """A profile is renewed by one process at a time; other profiles meanwhile."""
        return alone(f"{hashlib.sha256(self.name.encode()).hexdigest()[:8]}.lock")

    def read(self) -> Tokens | None:
        """The tokens another process may have renewed; None: signed out."""
        found = read_profiles().get(self.name)
        return found.tokens if found else None


def _lock(descriptor: int) -> None:
    """Wait until nobody else holds it; closing lets it go."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        import fcntl

        fcntl.flock(descriptor, fcntl.LOCK_EX)
