"""Public keys of connected systems, and what they sign to say who they are.

`private_key_jwt`: RFC 7523 section 3 and OpenID Connect Core section 9. Which algorithm a key is
used with follows from the key, never from what was sent (RFC 8725 sections 3.1 and 3.2).
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from schoolgroup.access.tokens import UNCHECKED
from schoolgroup.kernel.errors import Invalid, Problem
from schoolgroup.kernel.texts import Text

ALGORITHMS = ("RS256", "ES256", "EdDSA")
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTION_CHARACTERS_MAX = 8192
JTI_CHARACTERS_MAX = 255
LIVES_MAX = timedelta(minutes=5)
LEEWAY = timedelta(seconds=30)
RSA_BITS_MIN, RSA_BITS_MAX = 2048, 8192
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
# RFC 7638 section 3.2 and RFC 8037 section 2: what a public key consists of
PUBLIC_MEMBERS = {"RSA": ("e", "kty", "n"), "EC": ("crv", "kty", "x", "y"),
                  "OKP": ("crv", "kty", "x")}  # fmt: skip


class UselessKey(Invalid):
    """What was sent is no public key that can be used here."""

    code = "useless_key"
    title = Text("This key cannot be used", "该密钥无法使用")
    remedy = Text(
        "Send the public half: RSA of 2048 to 8192 bits, EC P-256, or Ed25519; as a JWK or PEM.",
        "请发送公钥：2048 至 8192 位 RSA、EC P-256 或 Ed25519，格式为 JWK 或 PEM。",
    )


class PublicKey(msgspec.Struct, frozen=True):
    """A key's public half as a JWK, with the one algorithm it is used with."""

    kid: str
    alg: str
    jwk: dict[str, str]


class AssertionRefused(Exception):
    """An assertion does not show who it says; the message may be told to who signed it."""


class Assertion(msgspec.Struct, frozen=True):
    """An assertion that holds: its id, and until when the id must be remembered."""

    jti: str
    until_at: datetime


def read_public_key(
    jwk: dict[str, Any] | None, pem: str | None, kid: str | None = None
) -> PublicKey:
    """One of the two as a public key, named by `kid`, by itself, or by its thumbprint (RFC 7638).

    Raises UselessKey; a private half is refused and goes nowhere: it is lost, make another.
    """
    if (jwk is None) == (pem is None):
        raise _useless("", "one_form", "send either jwk or pem")
    if jwk is not None:
        if PRIVATE_MEMBERS & jwk.keys():
            raise _useless("/jwk", "private_key", "this is the private half: it is lost, make anew")
        kid = kid or (jwk["kid"] if isinstance(jwk.get("kid"), str) else None)
        key = _of_jwk(jwk)
    else:
        key = _of_pem(pem or "")
    alg, whole = _kind(key)
    public = {name: str(whole[name]) for name in PUBLIC_MEMBERS[str(whole["kty"])]}
    digest = hashlib.sha256(msgspec.json.encode(public, order="sorted")).digest()
    thumbprint = urlsafe_b64encode(digest).decode().rstrip("=")
    return PublicKey((kid or thumbprint)[:200], alg, public)


def subject_of(assertion: str) -> UUID | None:
    """Whose assertion this says it is; nothing is believed yet."""
    try:
        claims = jwt.decode(
            assertion[:ASSERTION_CHARACTERS_MAX], options={"verify_signature": False}
        )
        return UUID(str(claims.get("sub")))
    except (jwt.PyJWTError, ValueError, RecursionError):
        return None


def read_assertion(
    assertion: str, keys: list[PublicKey], client_id: UUID, audiences: set[str], now: datetime
) -> Assertion:
    """The id and end of an assertion that one of `keys` signed; raises AssertionRefused.

    It must name the client twice (`iss`, `sub`), one of `audiences` and nobody else, an `exp` at
    most five minutes ahead, and a `jti`. The instant is ours, not the library's.
    """
    if len(assertion) > ASSERTION_CHARACTERS_MAX:
        raise AssertionRefused("the assertion is too long")
    claims = _signed_claims(assertion, keys)
    if claims.get("iss") != str(client_id) or claims.get("sub") != str(client_id):
        raise AssertionRefused("iss and sub must both be the client's id")
    audience = claims.get("aud")
    named = audience if isinstance(audience, list) else [audience]
    if len(named) != 1 or named[0] not in audiences:
        raise AssertionRefused("aud must be this server's issuer or token endpoint, alone")
    until = _instant(claims, "exp", now)
    if until is None or now >= until + LEEWAY:
        raise AssertionRefused("the assertion has expired")
    if until > now + LIVES_MAX + LEEWAY:
        raise AssertionRefused("exp must be at most five minutes ahead")
    for name in ("iat", "nbf"):
        at = _instant(claims, name, now)
        if at is not None and at > now + LEEWAY:
            raise AssertionRefused(f"{name} lies ahead: set the client's clock")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 1 <= len(jti) <= JTI_CHARACTERS_MAX:
        raise AssertionRefused("jti is missing: each assertion has one of its own")
    return Assertion(jti, until + LEEWAY)


def _signed_claims(assertion: str, keys: list[PublicKey]) -> dict[str, Any]:
    try:
        kid = jwt.get_unverified_header(assertion).get("kid")
    except (jwt.PyJWTError, ValueError) as unreadable:
        raise AssertionRefused("the assertion is no JWT") from unreadable
    for key in keys:
        if kid is not None and kid != key.kid:
            continue
        try:
            claims: dict[str, Any] = jwt.decode(
                assertion,
                jwt.PyJWK(key.jwk, algorithm=key.alg),
                algorithms=[key.alg],
                options=UNCHECKED,
            )
        except (jwt.PyJWTError, ValueError, TypeError):
            continue
        return claims
    raise AssertionRefused("no registered key of the client signed this")


def _instant(claims: dict[str, Any], name: str, now: datetime) -> datetime | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AssertionRefused(f"{name} must be a number of seconds")
    try:
        return datetime.fromtimestamp(value, now.tzinfo)
    except (ValueError, OverflowError, OSError) as wrong:
        raise AssertionRefused(f"{name} is no instant") from wrong


def _of_jwk(jwk: dict[str, Any]) -> object:
    readers: dict[str, Callable[[dict[str, Any]], object]] = {
        "RSA": RSAAlgorithm.from_jwk, "EC": ECAlgorithm.from_jwk, "OKP": OKPAlgorithm.from_jwk,
    }  # fmt: skip
    kind = str(jwk.get("kty"))
    if kind not in readers:
        raise _useless("/jwk/kty", "kind", "RSA, EC or OKP")
    try:
        return readers[kind]({k: v for k, v in jwk.items() if k in PUBLIC_MEMBERS[kind]})
    except (jwt.PyJWTError, ValueError, TypeError, AttributeError) as wrong:
        raise _useless("/jwk", "unreadable", "not a public key") from wrong


def _of_pem(pem: str) -> object:
    if "PRIVATE KEY" in pem:
        raise _useless("/pem", "private_key", "this is the private half: it is lost, make anew")
    try:
        return load_pem_public_key(pem.encode())
    except (ValueError, UnsupportedAlgorithm) as wrong:
        raise _useless("/pem", "unreadable", "not a public key in PEM") from wrong


def _kind(key: object) -> tuple[str, dict[str, Any]]:
    if isinstance(key, RSAPublicKey):
        if not RSA_BITS_MIN <= key.key_size <= RSA_BITS_MAX:
            raise _useless("", "bits", f"RSA of {key.key_size} bits")
        return "RS256", RSAAlgorithm.to_jwk(key, as_dict=True)
    if isinstance(key, EllipticCurvePublicKey) and isinstance(key.curve, SECP256R1):
        return "ES256", ECAlgorithm.to_jwk(key, as_dict=True)
    if isinstance(key, Ed25519PublicKey):
        return "EdDSA", OKPAlgorithm.to_jwk(key, as_dict=True)
    raise _useless("", "kind", "only RSA, EC P-256 and Ed25519 are used here")


def _useless(pointer: str, code: str, detail: str) -> UselessKey:
    return UselessKey(problems=[Problem(pointer, code, detail)])
