"""Keys for each purpose, derived from the installation's one secret (HKDF-style, RFC 5869)."""

import hashlib
import hmac

BLOCK_BYTES = 64


def derive_key(secret: str, purpose: str) -> bytes:
    """32 bytes for `purpose`; knowing one purpose's key tells nothing about another's."""
    return hmac.new(secret.encode(), b"schoolgroup/" + purpose.encode(), hashlib.sha256).digest()


def hmac_pads(key: bytes) -> tuple[bytes, bytes]:
    """The inner and outer padded key of HMAC-SHA256 (RFC 2104 section 2), for use inside SQL."""
    block = key.ljust(BLOCK_BYTES, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
