"""An object of the store as a file that can be looked into, within a bound."""

import io
from typing import Any

from minio import Minio


class ReadTooMuch(Exception):
    """More of an object was asked for than was granted."""


class ObjectFile(io.RawIOBase):
    """An object as a seekable file, read by ranges; raises ReadTooMuch beyond what was granted."""

    def __init__(
        self, client: Minio, bucket: str, key: str, size_bytes: int, bytes_max: int
    ) -> None:
        super().__init__()
        self._client, self._bucket, self._key = client, bucket, key
        self._size = size_bytes
        self._left, self._at = bytes_max, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("a place before the beginning")
        self._at = base + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, into: Any) -> int:
        count = min(len(into), self._size - self._at)
        if count <= 0:
            return 0
        if count > self._left:
            raise ReadTooMuch
        answer: Any = self._client.get_object(
            self._bucket, self._key, offset=self._at, length=count
        )
        try:
            piece = answer.read()
        finally:
            answer.close()
            answer.release_conn()
        into[: len(piece)] = piece
        self._at += len(piece)
        self._left -= len(piece)
        return len(piece)
