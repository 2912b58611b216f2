"""A sign-in at an identity provider: its secrets, its addresses, and what an ID token must say.

OpenID Connect Core 1.0 section 3.1, with PKCE (RFC 7636) and the advice of RFC 9700.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import jwt
import msgspec

from schoolgroup.access.tokens import UNCHECKED

ALGORITHMS = ("RS256", "ES256", "EdDSA")
KINDS = {"RS256": "RSA", "ES256": "EC", "EdDSA": "OKP"}
SKEW = timedelta(seconds=60)
FLOW_LIFE = timedelta(minutes=10)
FLOW_MARK, FLOW_BYTES = "sgf_", 32
ID_TOKEN_CHARACTERS_MAX = 16_384
SUBJECT_MAX = 255  # OpenID Connect Core section 2
LOOPBACK = ("127.0.0.1", "localhost", "::1")


class TokenUntrue(Exception):
    """An ID token does not say what it must; the message is for the log of the operator."""


class FlowSecrets(msgspec.Struct, frozen=True):
    """What a sign-in is guarded by; reckoned from its handle, so nothing of it is kept."""

    state: str
    nonce: str
    verifier: str

    @property
    def challenge(self) -> str:
        """The verifier's hash (RFC 7636 section 4.2, S256)."""
        return _text(hashlib.sha256(self.verifier.encode()).digest())


class Identity(msgspec.Struct, frozen=True):
    """Whom the provider vouches for: its own unchanging subject, and the name by our claim."""

    subject: str
    username: str


def make_flow(group_id: UUID) -> str:
    """A new handle: 256 random bits, and the group in which they mean something."""
    return FLOW_MARK + _text(group_id.bytes + secrets.token_bytes(FLOW_BYTES))


def group_of_flow(flow: str) -> UUID | None:
    """The group a handle names; None where it is none of ours."""
    try:
        body = flow.removeprefix(FLOW_MARK)
        raw = urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except ValueError:
        return None
    if not flow.startswith(FLOW_MARK) or len(raw) != len(UUID(int=0).bytes) + FLOW_BYTES:
        return None
    return UUID(bytes=raw[:-FLOW_BYTES])


def secrets_of(flow: str, key: bytes) -> FlowSecrets:
    """State, nonce and verifier of a handle, each by another use of our key."""

    def derive(purpose: str) -> str:
        return _text(hmac.new(key, f"{purpose} {flow}".encode(), hashlib.sha256).digest())

    return FlowSecrets(derive("state"), derive("nonce"), derive("verifier"))


def may_be_called(address: str) -> bool:
    """Whether an address of a provider is fit for secrets: TLS, or this very machine."""
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)


def authorization_url(endpoint: str, client_id: str, redirect_uri: str, guard: FlowSecrets) -> str:
    """Where to send the person (OpenID Connect Core section 3.1.2.1)."""
    asked = {
        "response_type": "code",
        "scope": "openid profile email",
        "client_id": client_id,
        "redirect_uri": redirect_uri,
        "state": guard.state,
        "nonce": guard.nonce,
        "code_challenge": guard.challenge,
        "code_challenge_method": "S256",
    }
    return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"


def key_for(token: str, keys: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The published key that could have signed a token: by its name, of the algorithm's kind.

    None where there is none; a token without a name is matched only where one key could be meant.
    """
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError) as unreadable:
        raise TokenUntrue("not a JWT") from unreadable
    alg, kid = header.get("alg"), header.get("kid")
    if alg not in ALGORITHMS:
        raise TokenUntrue(f"the algorithm {str(alg)[:20]} is not allowed")
    fit = [
        key
        for key in keys
        if key.get("kty") == KINDS[alg]
        and key.get("use", "sig") == "sig"
        and key.get("alg", alg) == alg
        and (kid is None or key.get("kid") == kid)
    ]
    return fit[0] if len(fit) == 1 else None


def read_id_token(
    token: str,
    key: dict[str, Any],
    *,
    issuer: str,
    client_id: str,
    nonce: str,
    username_claim: str,
    now: datetime,
) -> Identity:
    """Whom the token vouches for, to us, in this sign-in; raises TokenUntrue.

    OpenID Connect Core section 3.1.3.7; times may be off by at most a minute.
    """
    if len(token) > ID_TOKEN_CHARACTERS_MAX:
        raise TokenUntrue("too long")
    alg = str(jwt.get_unverified_header(token).get("alg"))
    if alg not in ALGORITHMS or key.get("kty") != KINDS[alg]:
        raise TokenUntrue("the key is not of the algorithm's kind")
    try:
        claims: dict[str, Any] = jwt.decode(
            token, jwt.PyJWK(key, algorithm=alg), algorithms=[alg], options=UNCHECKED
        )
    except (jwt.PyJWTError, ValueError, TypeError) as wrong:
        raise TokenUntrue("the signature is not right") from wrong
    _check_parties(claims, issuer, client_id)
    _check_times(claims, now)
    if not hmac.compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise TokenUntrue("nonce is of another sign-in")
    subject, username = claims.get("sub"), claims.get(username_claim)
    if not isinstance(subject, str) or not 1 <= len(subject) <= SUBJECT_MAX:
        raise TokenUntrue("sub is missing")
    if not isinstance(username, str) or not username:
        raise TokenUntrue(f"{username_claim} is missing")
    return Identity(subject, username.strip().lower())


def _check_parties(claims: dict[str, Any], issuer: str, client_id: str) -> None:
    if claims.get("iss") != issuer:
        raise TokenUntrue("iss is another")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if client_id not in named:
        raise TokenUntrue("aud is another")
    if (len(named) > 1 or "azp" in claims) and claims.get("azp") != client_id:
        raise TokenUntrue("azp is another")


def _check_times(claims: dict[str, Any], now: datetime) -> None:
    instant = now.timestamp()
    values: dict[str, float] = {}
    for name in ("exp", "iat", "nbf"):
        value = claims.get(name)
        if name in claims and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise TokenUntrue(f"{name} is no instant")
        if isinstance(value, int | float):
            values[name] = value
    if "exp" not in values or "iat" not in values:
        raise TokenUntrue("exp or iat is missing")
    if instant >= values["exp"] + SKEW.total_seconds():
        raise TokenUntrue("it has expired")
    if max(values["iat"], values.get("nbf", 0)) > instant + SKEW.total_seconds():
        raise TokenUntrue("it is not valid yet")


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
