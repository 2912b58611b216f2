"""What must be kept and read again, encrypted under the installation's secret (AES-256-GCM)."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE_BYTES = 12


def seal(data: bytes, key: bytes, place: str) -> bytes:
    """`data` under a 32-byte key; opens only with the same `place`, which says whose it is."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def unseal(sealed: bytes, key: bytes, place: str) -> bytes | None:
    """The data again; None where it was sealed under another key or for another place."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except InvalidTag:
        return None
