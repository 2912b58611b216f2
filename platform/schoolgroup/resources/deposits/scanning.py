"""A virus scanner that speaks clamd's protocol (clamd(8), INSTREAM), over TCP or a unix socket."""

import socket
import struct
from collections.abc import Iterator

import msgspec

from schoolgroup.kernel.storage import Storage
from schoolgroup.resources.deposits.models import Scan
from schoolgroup.resources.deposits.refusals import ScannerUnavailable

CONNECT_S, ANSWER_S = 5.0, 120.0
ANSWER_BYTES_MAX = 4096
UNIX = "unix:"
# What clamd calls a file it could not look into to the end (AlertExceedsMax): no virus was found.
TOO_MUCH = "Heuristics.Limits.Exceeded"


class Verdict(msgspec.Struct, frozen=True):
    """What the scanner said: `signature` names what it found."""

    scan: Scan
    signature: str | None = None


class Scanner:
    """One clamd. Each file is a connection of its own."""

    def __init__(self, address: str) -> None:
        """`address` is host:port or unix:/path."""
        self.address = address

    async def scan(self, storage: Storage, key: str) -> Verdict:
        """Send an object from the store to the scanner.

        Raises ScannerUnavailable where it does not answer or answers nonsense, StoreUnavailable,
        Missing.
        """
        return await storage.read_through(key, self._ask)

    def _ask(self, chunks: Iterator[bytes]) -> Verdict:
        try:
            link = self._connect()
        except OSError as failed:
            raise ScannerUnavailable(retry_after_s=10) from failed
        with link:
            try:
                link.sendall(b"zINSTREAM\0")
            except OSError as failed:
                raise ScannerUnavailable(retry_after_s=10) from failed
            for chunk in chunks:  # what fails here is the store, and is told as that
                try:
                    link.sendall(struct.pack(">I", len(chunk)) + chunk)
                except OSError:
                    return _verdict(_answer(link))  # it hung up early: it may say why
            try:
                link.sendall(struct.pack(">I", 0))
            except OSError:
                return _verdict(_answer(link))
            return _verdict(_answer(link))

    def _connect(self) -> socket.socket:
        if self.address.startswith(UNIX):
            link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            link.settimeout(CONNECT_S)
            try:
                link.connect(self.address.removeprefix(UNIX))
            except OSError:
                link.close()
                raise
        else:
            host, _, port = self.address.rpartition(":")
            link = socket.create_connection((host, int(port)), CONNECT_S)
        link.settimeout(ANSWER_S)
        return link


def _answer(link: socket.socket) -> str:
    said = b""
    try:
        while b"\0" not in said and len(said) < ANSWER_BYTES_MAX:
            piece = link.recv(ANSWER_BYTES_MAX)
            if not piece:
                break
            said += piece
    except OSError as failed:
        raise ScannerUnavailable(retry_after_s=10) from failed
    return said.partition(b"\0")[0].decode("utf-8", "replace").strip()


def _verdict(answer: str) -> Verdict:
    """`stream: OK`, `stream: <signature> FOUND` or `<reason> ERROR`; anything else is no answer."""
    if answer == "stream: OK":
        return Verdict(Scan.CLEAN)
    if answer.startswith(f"stream: {TOO_MUCH}"):
        return Verdict(Scan.TOO_LARGE)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Verdict(Scan.CLEAN, answer.removeprefix("stream: ").removesuffix(" FOUND"))
    if answer.startswith("INSTREAM size limit exceeded"):
        return Verdict(Scan.TOO_LARGE)
    raise ScannerUnavailable(retry_after_s=10)
