"""Pure decisions about uploads: names, parts, and what kind of file some bytes are."""

import unicodedata
from collections.abc import Iterable, Sequence
from datetime import timedelta

import puremagic

from schoolgroup.kernel.errors import Problem
from schoolgroup.kernel.storage import PARTS_MAX, StoredPart
from schoolgroup.resources.deposits.models import FinishedPart, Limits, Rejection
from schoolgroup.resources.deposits.refusals import BadFileName, PartsDiffer, PartsMissing

# S3 takes parts of 5 MiB to 5 GiB, at most 10,000 (the last one may be shorter).
PART_BYTES_MIN = 8 * 1024 * 1024
LIVES_FOR = timedelta(days=7)
OPEN_PER_PERSON_MAX = 50
NAME_BYTES_MAX = 240  # what common file systems take, with room for a suffix
# Other: control characters, marks that turn the direction of writing, lone halves, unassigned.
FORBIDDEN_CATEGORIES = ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
PARTS_TOLD_MAX = 100

DOCUMENT_WORDS = ("pdf", "officedocument", "opendocument", "msword", "ms-word", "ms-excel",
                  "ms-powerpoint", "epub", "rtf", "ole-storage")  # fmt: skip
ARCHIVE_WORDS = ("zip", "x-tar", "rar", "7z", "gzip", "bzip2", "x-xz", "compress")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
OFFICE_XML = "application/vnd.openxmlformats-officedocument."
IN_ZIP = (
    (b"ppt/", OFFICE_XML + "presentationml.presentation"),
    (b"word/", OFFICE_XML + "wordprocessingml.document"),
    (b"xl/", OFFICE_XML + "spreadsheetml.sheet"),
    (b"application/epub+zip", "application/epub+zip"),
    (b"application/vnd.oasis.opendocument.presentation",
     "application/vnd.oasis.opendocument.presentation"),
    (b"application/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
)  # fmt: skip
IN_OLE = (
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
)
UNKNOWN, PLAIN = "application/octet-stream", "text/plain"


def check_file_name(name: str) -> str:
    """The name in its composed form (Unicode NFC), any space a plain one; raises BadFileName."""
    composed = unicodedata.normalize("NFC", name)
    name = "".join(" " if unicodedata.category(c) == "Zs" else c for c in composed).strip()
    wrong = (
        not name.strip(".")
        or any(letter in "/\\" for letter in name)
        or any(unicodedata.category(letter) in FORBIDDEN_CATEGORIES for letter in name)
        or len(name.encode("utf-8", "surrogatepass")) > NAME_BYTES_MAX
    )
    if wrong:
        raise BadFileName(problems=[Problem("/file_name", "bad_file_name", "not a plain name")])
    return name


def part_bytes_for(size_bytes: int) -> int:
    """The size of each part of a file: 8 MiB, more only where there would be too many parts."""
    least = -(-size_bytes // PARTS_MAX)
    whole_mebibytes = -(-least // (1024 * 1024)) * 1024 * 1024
    return max(PART_BYTES_MIN, whole_mebibytes)


def part_count_of(size_bytes: int, part_bytes: int) -> int:
    """Into how many parts a file is cut."""
    return -(-size_bytes // part_bytes)


def check_parts(
    count: int, arrived: Sequence[StoredPart], sent: Iterable[FinishedPart]
) -> list[StoredPart]:
    """The parts to put together, in order; raises PartsMissing or PartsDiffer.

    What is in the store counts, not what the client believes: some stores give the whole upload up
    when they are asked to complete it with an ETag they do not know.
    """
    in_store = {part.number: part for part in arrived}
    claimed = {part.number: part.etag.strip('"') for part in sent}
    missing = [n for n in range(1, count + 1) if n not in in_store or n not in claimed]
    if missing:
        raise PartsMissing(facts={"missing": missing[:PARTS_TOLD_MAX]})
    differ = [n for n in claimed if n > count or claimed[n] != in_store[n].etag.strip('"')]
    if differ:
        raise PartsDiffer(facts={"differing": sorted(differ)[:PARTS_TOLD_MAX]})
    return [in_store[number] for number in range(1, count + 1)]


def mismatch(
    announced_bytes: int, announced_sha256: str, size_bytes: int, sha256: str
) -> Rejection | None:
    """What is wrong with the bytes that came, if anything."""
    if size_bytes != announced_bytes:
        return Rejection.SIZE
    return Rejection.SHA256 if sha256 != announced_sha256 else None


def kind_of(media_type: str) -> str:
    """The kind of media a limit is set for: image, audio, video, document, archive or other."""
    kind = media_type.partition("/")[0]
    if kind in ("image", "audio", "video"):
        return kind
    if kind == "text" or any(word in media_type for word in DOCUMENT_WORDS):
        return "document"
    return "archive" if any(word in media_type for word in ARCHIVE_WORDS) else "other"


def kind_limit(limits: Limits, media_type: str) -> int:
    """How many bytes a file of this media type may have."""
    return min(limits.file_bytes_max, limits.by_kind.get(kind_of(media_type), 2**63))


def media_type_of(head: bytes, tail: bytes) -> str:
    """The media type of a file by its first and last bytes alone, never by its name.

    The same bytes must give the same answer whoever sends them under whatever name: otherwise a
    stored content would tell under which name another school handed it in.
    """
    edges = head + tail
    if head.startswith(ZIP):
        return next((kind for mark, kind in IN_ZIP if mark in edges), "application/zip")
    if head.startswith(OLE):
        names = ((name.encode("utf-16-le"), kind) for name, kind in IN_OLE)
        return next((kind for name, kind in names if name in edges), "application/x-ole-storage")
    if _is_text(head):
        lowered = head[:1024].lstrip().lower()
        return "text/html" if lowered.startswith((b"<!doctype html", b"<html")) else PLAIN
    try:
        found = puremagic.magic_string(edges)
    except (puremagic.PureError, ValueError):
        return UNKNOWN
    # One byte alone says nothing; of equally good answers always the same one.
    sure = [m for m in found if m.mime_type and len(m.byte_match) >= 2]
    best = max((m.confidence for m in sure), default=0.0)
    return min((m.mime_type for m in sure if m.confidence == best), default=UNKNOWN)


def _is_text(head: bytes) -> bool:
    if b"\0" in head or head.startswith(b"%PDF"):
        return False
    for cut in range(4):  # the edge may fall inside a character of up to four bytes
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return True
    return False
