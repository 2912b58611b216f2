"""Access tokens: JWT by RFC 9068, signed with EdDSA (RFC 8037), ten minutes, one algorithm."""

import hashlib
from base64 import urlsafe_b64encode
from datetime import datetime
from typing import Any
from uuid import UUID

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from jwt.types import Options

from schoolgroup.kernel import sealing
from schoolgroup.kernel.errors import Unauthenticated
from schoolgroup.kernel.ids import new_id
from schoolgroup.kernel.texts import Text

ALGORITHM = "EdDSA"
ISSUER = "schoolgroup"  # where no public address is set
FIRST_PARTY = "schoolgroup"  # the client of people who sign in with a password
AUDIENCE = "schoolgroup-api"
LEEWAY_S = 30
TOKEN_CHARACTERS_MAX = 4096
# Of tokens others sign, the library looks at the signature alone: what their claims must be is said
# where they are read, by our clock.
UNCHECKED: Options = {
    "verify_exp": False, "verify_iat": False, "verify_nbf": False, "verify_aud": False,
    "verify_iss": False, "verify_sub": False, "verify_jti": False,
}  # fmt: skip


class TokenRefused(Unauthenticated):
    """The access token is not one of ours, or has expired."""

    code = "token_refused"
    title = Text("The access token is not valid", "访问令牌无效")
    remedy = Text("Sign in again or refresh the token.", "请重新登录或刷新令牌。")


class Claims(msgspec.Struct, frozen=True):
    """What an access token says: a session of a group, nothing about rights."""

    session_id: UUID
    group_id: UUID
    expires_at: datetime
    subject: str = ""
    client_id: str = ""


class SigningKey(msgspec.Struct, frozen=True):
    """A key pair; the private half leaves memory only sealed."""

    kid: str
    private: Ed25519PrivateKey

    @property
    def public_jwk(self) -> dict[str, str]:
        """The public half as a JWK (RFC 8037 section 2)."""
        raw = self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = urlsafe_b64encode(raw).decode().rstrip("=")
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "x": x,
            "kid": self.kid,
            "use": "sig",
            "alg": "EdDSA",
        }


def make_signing_key() -> SigningKey:
    """A fresh key, named by the hash of its public half."""
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return SigningKey(kid=hashlib.sha256(raw).hexdigest()[:16], private=private)


def seal(key: SigningKey, sealing_key: bytes) -> bytes:
    """The private half, encrypted (AES-GCM) under the installation's secret."""
    raw = key.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    return sealing.seal(raw, sealing_key, key.kid)


def unseal(kid: str, sealed: bytes, sealing_key: bytes) -> SigningKey | None:
    """The key pair again; None where it was sealed under another secret."""
    raw = sealing.unseal(sealed, sealing_key, kid)
    if raw is None:
        return None
    return SigningKey(kid=kid, private=Ed25519PrivateKey.from_private_bytes(raw))


def write_token(
    key: SigningKey,
    session_id: UUID,
    group_id: UUID,
    subject: str,
    now: datetime,
    lives_s: int,
    *,
    issuer: str = ISSUER,
    client_id: str = FIRST_PARTY,
) -> str:
    """An access token for a session, living `lives_s` seconds from `now` (RFC 9068 section 2.2)."""
    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": AUDIENCE,
        "sub": subject,
        "client_id": client_id,
        "sid": str(session_id),
        "gid": str(group_id),
        "jti": str(new_id()),
        "iat": issued,
        "exp": issued + lives_s,
    }
    headers = {"kid": key.kid, "typ": "at+jwt"}
    return jwt.encode(claims, key.private, algorithm=ALGORITHM, headers=headers)


def read_token(
    token: str, keys: dict[str, Ed25519PublicKey], now: datetime, issuer: str = ISSUER
) -> Claims:
    """The claims of a token signed by one of `keys`; raises TokenRefused.

    The instant is ours, not the library's, so that one clock decides.
    """
    if len(token) > TOKEN_CHARACTERS_MAX:
        raise TokenRefused
    try:
        header = jwt.get_unverified_header(token)
        key = keys.get(str(header.get("kid")))
        if key is None or header.get("typ") != "at+jwt":
            raise TokenRefused
        claims = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            audience=AUDIENCE,
            issuer=issuer,
            options={
                "verify_exp": False,
                "verify_iat": False,
                "require": ["exp", "iat", "sid", "gid"],
            },
        )
        expires_at = datetime.fromtimestamp(int(claims["exp"]), now.tzinfo)
        read = Claims(
            UUID(claims["sid"]),
            UUID(claims["gid"]),
            expires_at,
            str(claims.get("sub", "")),
            str(claims.get("client_id", "")),
        )
    except (jwt.PyJWTError, ValueError, TypeError, OverflowError, AttributeError) as wrong:
        raise TokenRefused from wrong
    if now >= expires_at or int(claims["iat"]) > now.timestamp() + LEEWAY_S:
        raise TokenRefused("the access token has expired")
    return read


def key_id(token: str) -> str | None:
    """The key a token says it is signed with; None where it says nothing readable."""
    try:
        kid = jwt.get_unverified_header(token[:TOKEN_CHARACTERS_MAX]).get("kid")
    except (jwt.PyJWTError, ValueError):
        return None
    return kid if isinstance(kid, str) else None
